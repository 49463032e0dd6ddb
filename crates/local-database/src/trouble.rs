//! What a server said of a dump that doesn't load, found again in the file: the line, the table, the words.
//!
//! psql counts the lines of what it reads, names the last line of a statement, and for rows the line behind them;
//! PostgreSQL says which line of the statement, or which row, it means. Together they are a place in the file.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader};

use command_line::{Failure, Status};
use flate2::bufread::MultiGzDecoder;

use crate::dumps::{Dump, ROWS, SCHEMA};

/// So much of a line is shown at most, in characters.
const SHOWN: usize = 100;

/// What psql wrote about one error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// Where psql was, counted from 1.
    pub(crate) line: usize,
    /// PostgreSQL's sentence.
    pub(crate) message: String,
    /// What it added: detail, hint, without what only repeats the place.
    pub(crate) more: Vec<String>,
    /// `LINE 2: …`: the text that it quotes, and the column in it, counted from 1.
    quoted: Option<(String, Option<usize>)>,
    /// `COPY orders, line 3`: the table and the row of its data, counted from 1.
    row: Option<(String, usize)>,
    /// A table that it names.
    table: Option<String>,
}

/// A place in a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    line: usize,
    text: String,
    column: Option<usize>,
}

impl Complaint {
    /// Reads what psql wrote. `None` if it complains of nothing.
    pub(crate) fn parse(said: &str) -> Option<Self> {
        let mut lines = said.lines().peekable();
        let (line, message) = lines.find_map(|line| {
            let rest = line.strip_prefix("psql:")?;
            // A file's name may have a colon in it, and so may the message.
            let end = rest.find(": ERROR:").or_else(|| rest.find(": FATAL:"))?;
            let number = rest[..end].rsplit(':').next()?.parse().ok()?;
            Some((number, rest[end + ": ERROR:".len()..].trim().to_owned()))
        })?;
        let mut complaint = Self {
            line,
            table: table_in(&message),
            message,
            ..Self::default()
        };
        while let Some(line) = lines.next() {
            if line.starts_with("psql:") {
                break;
            }
            if let Some((_, quoted)) = line
                .strip_prefix("LINE ")
                .and_then(|rest| rest.split_once(": "))
            {
                let before = line.chars().count() - quoted.chars().count();
                let caret = lines.next_if(|next| next.trim() == "^");
                let column = caret.and_then(|caret| (caret.chars().count()).checked_sub(before));
                complaint.quoted = Some((quoted.to_owned(), column));
            } else if let Some(context) = line.strip_prefix("CONTEXT:") {
                complaint.row = complaint.row.or_else(|| row(context.trim()));
            } else if let Some((word @ ("DETAIL" | "HINT"), rest)) = line.split_once(':') {
                complaint
                    .more
                    .push(format!("{}: {}", word.to_lowercase(), rest.trim()));
            }
        }
        Some(complaint)
    }

    /// The failure that users see, with the line as it stands in the file.
    pub(crate) fn failure(&self, dump: &Dump) -> Failure {
        let found = open(dump).and_then(|text| self.find(text)).ok().flatten();
        let line = found.as_ref().map_or(self.line, |found| found.line);
        let table = self
            .row
            .as_ref()
            .map(|(table, _)| table)
            .or(self.table.as_ref());
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

    /// Looks for the place in the file's text.
    fn find(&self, text: impl BufRead) -> io::Result<Option<Found>> {
        let quoted = self.quoted.as_ref().map(|(quoted, column)| {
            let inner = quoted.trim_start_matches("...");
            let cut = quoted.len() - inner.len();
            (
                inner.trim_end_matches("...").trim_end(),
                column.map(|column| column.saturating_sub(cut)),
            )
        });
        let mut best: Option<Found> = None;
        let mut header = None;
        for (line, bytes) in (1..=self.line).zip(text.split(b'\n')) {
            let bytes = bytes?;
            let line_text = || String::from_utf8_lossy(&bytes).into_owned();
            if let Some((_, row)) = &self.row {
                if bytes.starts_with(b"COPY ") {
                    header = Some(line);
                }
                if header.is_some_and(|header| header + row == line) {
                    best = Some(Found {
                        line,
                        text: line_text(),
                        column: None,
                    });
                }
            } else if let Some((inner, column)) = &quoted {
                let text = line_text();
                if let Some(at) = text.find(inner) {
                    let before = text[..at].chars().count();
                    let column = column.map(|column| before + column);
                    best = Some(Found { line, text, column });
                }
            } else if line == self.line {
                best = Some(Found {
                    line,
                    text: line_text(),
                    column: None,
                });
            }
        }
        Ok(best)
    }
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

/// `COPY orders, line 3, column status: "x"`: the table and the line.
fn row(context: &str) -> Option<(String, usize)> {
    let rest = context.strip_prefix("COPY ")?;
    let (table, rest) = rest.split_once(", line ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((table.trim_matches('"').to_owned(), digits.parse().ok()?))
}

/// The table that a sentence names.
fn table_in(message: &str) -> Option<String> {
    let (_, rest) = message
        .split_once("relation \"")
        .or_else(|| message.split_once("table \""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(said: &str, text: &str, line: usize, column: Option<usize>) {
        let complaint = Complaint::parse(said).unwrap();
        let found = complaint.find(text.as_bytes()).unwrap().unwrap();
        assert_eq!((found.line, found.column), (line, column), "{found:?}");
    }

    #[test]
    fn a_row_is_found_below_its_copy() {
        check(
            "psql:<stdin>:6: ERROR:  null value in column \"status\" of relation \"orders\" violates not-null constraint\n\
             DETAIL:  Failing row contains (2, null).\nCONTEXT:  COPY orders, line 2: \"2\t\\N\"\n",
            "CREATE TABLE x ();\nCOPY other FROM stdin;\n\\.\nCOPY orders (id, status) FROM stdin;\n1\topen\n2\t\\N\n\\.\n",
            6,
            None,
        );
    }

    #[test]
    fn a_statement_of_several_lines_is_found_where_it_is_wrong() {
        check(
            "psql:dumps/01_schema.sql:5: ERROR:  type \"strng\" does not exist\nLINE 3:     name strng\n                 ^\n",
            "SELECT 1;\n\nCREATE TABLE users (\n    name strng\n);\n",
            4,
            Some(10),
        );
    }

    #[test]
    fn what_quotes_nothing_is_where_psql_was() {
        check(
            "NOTICE: x\npsql:<stdin>:2: ERROR:  column \"priority\" of relation \"orders\" does not exist\n",
            "SELECT 1;\nCOPY orders (priority) FROM stdin;\n",
            2,
            None,
        );
        assert_eq!(Complaint::parse("psql: error: connection refused\n"), None);
    }
}
