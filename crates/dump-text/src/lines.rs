//! Reads a dump as a stream of lines that are rows of a table, or aren't.
//!
//! The text format of COPY is PostgreSQL's (documentation, COPY, "Text Format"): a line feed ends a row and can't be
//! within one, and `\.` alone ends the block.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// A dump that can be read from its beginning as often as needed.
pub trait Source: Sync {
    /// Opens it, compressed or not.
    ///
    /// # Errors
    /// What the system says.
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;
}

/// A dump in memory.
#[derive(Debug, Clone, Copy)]
pub struct InMemory<'a>(pub &'a [u8]);

impl Source for InMemory<'_> {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(io::Cursor::new(self.0.to_owned())))
    }
}

/// One line of a dump, without its line feed.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Outside of all COPY blocks.
    Statement(&'a [u8]),
    /// Begins a block of rows.
    Begin {
        /// As the dump writes it: `public.users`.
        table: String,
        /// As the dump writes them; empty when it names none.
        columns: Vec<String>,
        /// What follows them: ` FROM stdin;`.
        rest: String,
    },
    /// A row in the text format.
    Row(&'a [u8]),
    /// Ends a block of rows.
    End,
}

/// The lines of a dump.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    compressed: bool,
    line: Vec<u8>,
    in_rows: bool,
}

/// Large enough that the system is asked seldom.
const BUFFER: usize = 256 * 1024;

/// In bytes. A small compressed file may hold a line without an end, and no line may take all memory.
const LONGEST_LINE: u64 = 256 * 1024 * 1024;

/// The first bytes of every gzip file (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

impl Lines {
    /// Opens a dump; what begins like gzip is unpacked.
    pub fn open(source: &dyn Source) -> io::Result<Self> {
        let mut packed = BufReader::with_capacity(BUFFER, source.open()?);
        let compressed = packed.fill_buf()?.starts_with(&GZIP);
        let reader: Box<dyn BufRead + Send> = if compressed {
            Box::new(BufReader::with_capacity(
                BUFFER,
                MultiGzDecoder::new(packed),
            ))
        } else {
            Box::new(packed)
        };
        Ok(Self {
            reader,
            compressed,
            line: Vec::new(),
            in_rows: false,
        })
    }

    /// The next line; `None` at the end of the dump.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let mut reader = self.reader.by_ref().take(LONGEST_LINE);
        let read = reader.read_until(b'\n', &mut self.line);
        if read.map_err(|error| told(error, self.compressed))? == 0 {
            return Ok(None);
        }
        if self.line.ends_with(b"\n") {
            self.line.pop();
        } else if reader.limit() == 0 {
            return Err(io::Error::other(format!(
                "a line is longer than {LONGEST_LINE} bytes: this is not a dump"
            )));
        }
        if self.in_rows {
            if self.line == b"\\." {
                self.in_rows = false;
                return Ok(Some(Line::End));
            }
            return Ok(Some(Line::Row(&self.line)));
        }
        if let Some((table, columns, rest)) = beginning(&self.line) {
            self.in_rows = true;
            return Ok(Some(Line::Begin {
                table,
                columns,
                rest,
            }));
        }
        Ok(Some(Line::Statement(&self.line)))
    }
}

/// What is wrong with compressed data, in words.
fn told(error: io::Error, compressed: bool) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof if compressed => io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "its gzip data ends too early: the file was cut short",
        ),
        kind @ (io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) if compressed => {
            io::Error::new(kind, "its gzip data is damaged")
        }
        _ => error,
    }
}

/// The table and columns of `COPY table (column, …) FROM stdin …;` and what follows them, if that is what the line is.
fn beginning(line: &[u8]) -> Option<(String, Vec<String>, String)> {
    let line = std::str::from_utf8(line).ok()?;
    let rest = strip_word(line, "COPY ")?;
    let name_ends = end_of_name(rest);
    let (table, rest) = rest.split_at(name_ends);
    let rest = rest.trim_start();
    let (columns, rest) = match rest.strip_prefix('(') {
        Some(inner) => names_until_parenthesis(inner)?,
        None => (Vec::new(), rest),
    };
    let from = strip_word(rest.trim_start(), "FROM ")?;
    strip_word(from.trim_start(), "STDIN")?;
    Some((table.to_owned(), columns, rest.to_owned()))
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

/// Where a possibly qualified, possibly quoted name ends.
fn end_of_name(text: &str) -> usize {
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ' ' | '(' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// The names of a list, and what follows its closing parenthesis.
fn names_until_parenthesis(text: &str) -> Option<(Vec<String>, &str)> {
    let mut names = Vec::new();
    let mut quoted = false;
    let mut begin = 0;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ',' | ')' if !quoted => {
                names.push(text[begin..at].trim().to_owned());
                begin = at + 1;
                if character == ')' {
                    return Some((names, &text[begin..]));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{InMemory, Line, Lines, beginning};

    #[test]
    fn the_head_of_a_block_is_read_in_every_spelling() {
        let columns = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            beginning(b"COPY public.users (id, \"a, b)\", name) FROM stdin WITH (FREEZE);"),
            Some((
                "public.users".into(),
                columns(&["id", "\"a, b)\"", "name"]),
                " FROM stdin WITH (FREEZE);".into()
            ))
        );
        assert_eq!(
            beginning(b"copy \"two words\"(id) from STDIN;"),
            Some((
                "\"two words\"".into(),
                columns(&["id"]),
                " from STDIN;".into()
            ))
        );
        assert_eq!(
            beginning(b"COPY users FROM stdin;"),
            Some(("users".into(), Vec::new(), "FROM stdin;".into()))
        );
        assert_eq!(beginning(b"COPY users (id) TO stdout;"), None);
        assert_eq!(beginning(b"COPY users (id FROM stdin;"), None);
        assert_eq!(beginning(b"-- COPY users FROM stdin;"), None);
        assert_eq!(beginning(b"COPY \xff FROM stdin;"), None);
    }

    #[test]
    fn rows_end_at_their_mark_alone() {
        let text = InMemory(b"SET a;\nCOPY t (id) FROM stdin;\n1\n\\.x\n\\.\nSET b;");
        let mut lines = Lines::open(&text).unwrap();
        assert_eq!(lines.next_line().unwrap(), Some(Line::Statement(b"SET a;")));
        assert!(matches!(
            lines.next_line().unwrap(),
            Some(Line::Begin { .. })
        ));
        assert_eq!(lines.next_line().unwrap(), Some(Line::Row(b"1")));
        assert_eq!(lines.next_line().unwrap(), Some(Line::Row(b"\\.x")));
        assert_eq!(lines.next_line().unwrap(), Some(Line::End));
        assert_eq!(lines.next_line().unwrap(), Some(Line::Statement(b"SET b;")));
        assert_eq!(lines.next_line().unwrap(), None);
    }
}
