//! What a server said of a dump that doesn't load, found again in the file: the line, the table, the words.
//!
//! Which words mean what is known to each [`Engine`](crate::engine::Engine); what they have in common is that they name a
//! line of what the client has read, and something from which the line in the file follows.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader};

use command_line::{Failure, Status};
use flate2::bufread::MultiGzDecoder;

use crate::dumps::{Dump, ROWS, SCHEMA};

/// So much of a line is shown at most, in characters.
const SHOWN: usize = 100;

/// What a client wrote about one error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The file that it names, if it read one.
    pub(crate) file: Option<String>,
    /// Where the client was, or where the statement begins: as the server counts. From 1.
    pub(crate) line: usize,
    /// The server's sentence.
    pub(crate) message: String,
    /// What it added: detail, hint, without what only repeats the place.
    pub(crate) more: Vec<String>,
    pub(crate) spot: Spot,
    /// A table that it names.
    pub(crate) table: Option<String>,
    /// The statement names the table, where the server doesn't.
    pub(crate) table_in_statement: bool,
}

/// How the line that is meant follows from the line that is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Spot {
    /// It is that one.
    #[default]
    Line,
    /// The last one up to that one with this text in it; and the column in it, counted from 1.
    Quoted(String, Option<usize>),
    /// So many lines below the last COPY up to that one.
    RowOfCopy(usize),
    /// This row of the INSERT that begins there, each in a line of its own, counted from 1.
    RowOfInsert(usize),
    /// This line of the statement that begins there, counted from 1, at the text if it has it.
    Within(usize, String),
}

/// A place in a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    line: usize,
    text: String,
    column: Option<usize>,
    /// How the statement begins that the client was at.
    statement: String,
}

impl Complaint {
    /// The failure that users see, with the line as it stands in the file.
    pub(crate) fn failure(&self, dump: &Dump) -> Failure {
        let found = open(dump).and_then(|text| self.find(text)).ok().flatten();
        let line = found.as_ref().map_or(self.line, |found| found.line);
        let in_statement = || {
            let found = found.as_ref().filter(|_| self.table_in_statement)?;
            table_of_statement(&found.statement)
        };
        let table = self.table.clone().or_else(in_statement);
        let table = table.map_or(String::new(), |table| format!(", table {table}"));
        let mut text = format!("error: {} doesn't load: {}\n", dump.shown(), self.message);
        let width = line.to_string().len();
        let column = found
            .as_ref()
            .and_then(|found| found.column)
            .map_or(String::new(), |column| format!(":{column}"));
        let _ = writeln!(
            text,
            "{:width$}--> {}:{line}{column}{table}",
            "",
            dump.shown()
        );
        if let Some(found) = &found {
            let shown: String = found.text.chars().take(SHOWN).collect();
            let _ = writeln!(
                text,
                "{:width$} |\n{line} | {}",
                "",
                shown.replace('\t', " ")
            );
            match found.column {
                Some(column) if column <= SHOWN => {
                    let _ = writeln!(text, "{:width$} | {:>column$}", "", "^");
                }
                _ => {
                    let _ = writeln!(text, "{:width$} |", "");
                }
            }
        }
        for more in &self.more {
            let _ = writeln!(text, "{:width$} = {more}", "");
        }
        if dump.is_gzip() && found.is_some() {
            let _ = writeln!(text, "{:width$} = lines are those of the unpacked dump", "");
        }
        Failure::rendered(Status::BadInput, text).hint(hint(dump))
    }

    /// The place in a text: line and column, from 1.
    #[cfg(test)]
    pub(crate) fn place(&self, text: &[u8]) -> Option<(usize, Option<usize>)> {
        let found = self.find(text).ok()??;
        Some((found.line, found.column))
    }

    /// Looks for the place in the file's text.
    fn find(&self, text: impl BufRead) -> io::Result<Option<Found>> {
        let last = match &self.spot {
            Spot::RowOfInsert(number) | Spot::Within(number, _) => self.line + number,
            Spot::Line | Spot::Quoted(..) | Spot::RowOfCopy(_) => self.line,
        };
        let mut best: Option<Found> = None;
        let mut header = None;
        let mut statement = String::new();
        let mut wanted = self.line;
        for (line, bytes) in (1..=last).zip(text.split(b'\n')) {
            let bytes = bytes?;
            if line == self.line {
                statement = shown_of(&bytes);
            }
            let mut take = |column| {
                best = Some(Found {
                    line,
                    text: shown_of(&bytes),
                    column,
                    statement: statement.clone(),
                });
            };
            match &self.spot {
                Spot::RowOfCopy(row) => {
                    if bytes.starts_with(b"COPY ") {
                        header = Some(line);
                    }
                    if header.is_some_and(|header| header + row == line) {
                        take(None);
                    }
                }
                Spot::Quoted(quoted, column) => {
                    if let Some(before) = characters_before(&bytes, quoted) {
                        take(column.map(|column| before + column));
                    }
                }
                Spot::Within(number, quoted) => {
                    if line == self.line + number - 1 {
                        let before = characters_before(&bytes, quoted);
                        take(
                            before
                                .filter(|_| !quoted.is_empty())
                                .map(|before| before + 1),
                        );
                    }
                }
                Spot::RowOfInsert(row) => {
                    if line == self.line {
                        // The first row stands below the head or behind it.
                        let is_head = bytes.trim_ascii_end().ends_with(b"VALUES");
                        wanted = line + row - usize::from(!is_head);
                    }
                    if line == wanted {
                        take(None);
                    }
                }
                Spot::Line => {
                    if line == self.line {
                        take(None);
                    }
                }
            }
        }
        Ok(best)
    }
}

/// So much of a line as can be looked at: a row may have megabytes.
fn shown_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(4 * SHOWN)]).into_owned()
}

/// How many characters stand in a line before a text.
fn characters_before(line: &[u8], text: &str) -> Option<usize> {
    let at = memchr::memmem::find(line, text.as_bytes())?;
    Some(String::from_utf8_lossy(&line[..at]).chars().count())
}

/// The table that a statement is about, from its first line.
fn table_of_statement(line: &str) -> Option<String> {
    const BEFORE: [&str; 5] = ["INTO", "TABLE", "UPDATE", "ON", "FROM"];
    let mut words = line.split_ascii_whitespace();
    words.find(|word| BEFORE.contains(&word.to_ascii_uppercase().as_str()))?;
    let name = words.find(|word| !["IF", "NOT", "EXISTS"].contains(word))?;
    let name = name.split('(').next()?.trim_end_matches([';', ',']);
    let name = name.trim_matches(['`', '"']);
    (!name.is_empty()).then(|| name.to_owned())
}

/// The text of a dump.
fn open(dump: &Dump) -> io::Result<Box<dyn BufRead>> {
    let file = BufReader::with_capacity(256 * 1024, File::open(&dump.path)?);
    if dump.is_gzip() {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(file))));
    }
    Ok(Box::new(file))
}

/// What to do about a dump that doesn't load.
fn hint(dump: &Dump) -> String {
    match dump.name.as_str() {
        SCHEMA => "`gen-schema` makes it anew from schema/".to_owned(),
        ROWS => "rows of another version of the schema look like this: make both anew with `gen-schema && gen-dummy`".to_owned(),
        _ => format!("mend that line, or take {} out of dumps/", dump.name),
    }
}

/// What to do about a dump that can't be unpacked.
pub(crate) fn damaged(dump: &Dump, reason: &str) -> Failure {
    let shown = dump.shown();
    Failure::input(format!("{shown} is damaged: {reason}")).hint(format!(
        "fetch it again (`rm {shown} && git checkout -- {shown}`), or make it anew with `gen-dummy`"
    ))
}

#[cfg(test)]
mod tests {
    use super::table_of_statement;

    #[test]
    fn a_statement_names_its_table() {
        for (statement, table) in [
            ("INSERT INTO `orders` (`id`) VALUES", Some("orders")),
            ("CREATE TABLE orders(", Some("orders")),
            ("CREATE TABLE IF NOT EXISTS `a b` (", Some("a")),
            ("ALTER TABLE `orders`", Some("orders")),
            ("CREATE INDEX x ON orders(id);", Some("orders")),
            ("SELECT 1;", None),
        ] {
            let found = table_of_statement(statement);
            assert_eq!(found.as_deref(), table, "{statement}");
        }
    }
}
