//! A script of psql as a row of statements: what `pg_dump` writes in its plain format.
//!
//! It is read line by line, and rows are counted and let go, so a dump of any size takes the memory of
//! its longest statement.

use crate::error::Mistake;
use schema_import::{ImportError, Section};
use sql_text::{Lexeme, Nesting, lexeme};
use std::io::BufRead;

/// What stands in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A statement without its semicolon and the comments before it.
    Statement {
        sql: String,
        /// The line that it begins in, from 1.
        line: usize,
    },
    /// A command of psql, such as `\connect shop`.
    Command { text: String, line: usize },
    /// How many rows followed a `COPY … FROM stdin`.
    Rows(u64),
}

/// Reads a script piece by piece.
#[derive(Debug)]
pub(crate) struct Script<R> {
    input: R,
    /// Lines that were read.
    line: usize,
    /// Text that no statement has taken yet.
    buffer: String,
    /// How much of the buffer is known to be whole tokens.
    lexed: usize,
    /// What the last token is waiting for, when it isn't whole yet.
    open: Option<Open>,
    /// Where the statement begins in the buffer, and in which line.
    start: Option<(usize, usize)>,
    nesting: Nesting,
    rows_follow: bool,
    has_crlf: bool,
    head: Head,
    /// Lines of other files before this one.
    lines_before: usize,
    /// Whether a section is passed over that takes a migration back.
    undoing: bool,
}

/// A literal, quoted name or comment whose end hasn't been read yet.
#[derive(Debug)]
struct Open {
    /// Without this it doesn't end, so lines that lack it needn't be lexed with all before them.
    closing: String,
    /// How much of the buffer was looked at.
    looked_at: usize,
}

impl Open {
    fn new(buffer: &str, from: usize) -> Self {
        let text = &buffer[from..];
        let closing = if text.starts_with("/*") {
            "*/"
        } else if text.starts_with('"') {
            "\""
        } else if let Some(tag) = text.strip_prefix('$') {
            &text[..tag.find('$').map_or(1, |end| end + 2)]
        } else {
            "'"
        };
        Self {
            closing: closing.to_owned(),
            looked_at: buffer.len(),
        }
    }

    /// Whether what was read since may hold its end.
    fn may_end(&mut self, buffer: &str) -> bool {
        let may_end = buffer[self.looked_at..].contains(&self.closing);
        self.looked_at = buffer.len();
        may_end
    }
}

/// Whether the file says that it is a dump, and that it is a whole one.
#[derive(Debug, Default)]
struct Head {
    begins: bool,
    ends: bool,
}

pub(crate) const HEADER: &str = "-- PostgreSQL database dump";
const TRAILER: &str = "-- PostgreSQL database dump complete";

impl<R: BufRead> Script<R> {
    /// A script that follows others of so many lines, which its own are counted behind.
    pub(crate) fn behind(lines_before: usize, input: R) -> Self {
        Self {
            input,
            line: lines_before,
            lines_before,
            undoing: false,
            buffer: String::new(),
            lexed: 0,
            open: None,
            start: None,
            nesting: Nesting::default(),
            rows_follow: false,
            has_crlf: false,
            head: Head::default(),
        }
    }

    /// How many lines were read, those of the files before included.
    pub(crate) fn lines(&self) -> usize {
        self.line
    }

    /// The next piece; none at the end of a whole script.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, ImportError> {
        if std::mem::take(&mut self.rows_follow) {
            return self.rows().map(Some);
        }
        loop {
            if let Some(piece) = self.take_statement() {
                return Ok(Some(piece));
            }
            let Some(line) = self.read_line()? else {
                return self.finish();
            };
            if self.start.is_none() {
                match Section::begins(&line) {
                    Some(Section::Up) => self.undoing = false,
                    Some(Section::Down) => self.undoing = true,
                    None => {}
                }
            }
            if self.undoing {
                continue;
            }
            if self.start.is_none() && self.lexed == self.buffer.len() {
                // Only white space and whole comments are waiting.
                self.buffer.clear();
                self.lexed = 0;
                if line.starts_with('\\') {
                    return Ok(Some(Piece::Command {
                        text: line.trim_end().to_owned(),
                        line: self.line,
                    }));
                }
            }
            self.buffer.push_str(&line);
        }
    }

    /// Lexes what is new in the buffer, up to the end of a statement.
    fn take_statement(&mut self) -> Option<Piece> {
        if let Some(open) = &mut self.open
            && !open.may_end(&self.buffer)
        {
            return None;
        }
        self.open = None;
        while let Some(Lexeme {
            kind,
            length,
            closed,
        }) = lexeme(&self.buffer[self.lexed..])
        {
            // The last line of a file may be a comment without a line break.
            let may_go_on = !closed && !self.buffer[self.lexed..].starts_with("--");
            let from = self.lexed;
            if !may_go_on {
                self.lexed += length;
            }
            if let Some(kind) = kind {
                let text = &self.buffer[from..from + length];
                let ends = !may_go_on && self.nesting.ends_with(kind, text);
                if !ends && self.start.is_none() {
                    self.start = Some((from, self.line));
                }
                if ends {
                    if let Some(statement) = self.cut() {
                        return Some(statement);
                    }
                    continue;
                }
            }
            if may_go_on {
                self.open = Some(Open::new(&self.buffer, from));
                return None;
            }
        }
        None
    }

    /// Takes the statement that ends where the lexer stands out of the buffer; none when it is a semicolon by
    /// itself.
    fn cut(&mut self) -> Option<Piece> {
        let rest = self.buffer.split_off(self.lexed);
        let statement = std::mem::replace(&mut self.buffer, rest);
        self.lexed = 0;
        self.nesting = Nesting::default();
        let (start, line) = self.start.take()?;
        let sql = statement[start..statement.len() - 1].trim_end().to_owned();
        self.rows_follow = takes_rows(&sql);
        Some(Piece::Statement { sql, line })
    }

    /// A line with its line break; none at the end.
    fn read_line(&mut self) -> Result<Option<String>, ImportError> {
        let mut bytes = Vec::new();
        if self.input.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        if self.line == self.lines_before + 1 {
            if let Some(mistake) = Mistake::of_first_bytes(&bytes) {
                return Err(ImportError::new(self.line, &mistake));
            }
            if let Some(text) = bytes.strip_prefix("\u{feff}".as_bytes()) {
                bytes = text.to_vec();
            }
            self.has_crlf = bytes.ends_with(b"\r\n");
        }
        // Only MySQL knows comments that it runs; its dumps have them everywhere, in a Rails structure.sql too.
        if self.start.is_none() && bytes.starts_with(b"/*!") {
            return Err(ImportError::new(
                self.line,
                &Mistake::OtherDatabase("MySQL"),
            ));
        }
        let mut line =
            String::from_utf8(bytes).map_err(|_| ImportError::new(self.line, &Mistake::NotUtf8))?;
        if line.contains('\0') {
            return Err(ImportError::new(self.line, &Mistake::Binary));
        }
        // On Windows the whole file has them; in a file that doesn't they belong to a text.
        if self.has_crlf && line.ends_with("\r\n") {
            line.truncate(line.len() - 2);
            line.push('\n');
        }
        match line.trim_end() {
            HEADER => self.head.begins = true,
            TRAILER => self.head.ends = true,
            _ => {}
        }
        Ok(Some(line))
    }

    /// Counts the rows up to the line that ends them.
    fn rows(&mut self) -> Result<Piece, ImportError> {
        let first = self.line;
        let mut count = 0;
        self.buffer.clear();
        self.lexed = 0;
        loop {
            let mut bytes = Vec::new();
            if self.input.read_until(b'\n', &mut bytes)? == 0 {
                return Err(ImportError::new(first, &Mistake::RowsWithoutEnd));
            }
            self.line += 1;
            if bytes.trim_ascii_end() == b"\\." {
                return Ok(Piece::Rows(count));
            }
            count += 1;
        }
    }

    fn finish(&mut self) -> Result<Option<Piece>, ImportError> {
        if let Some((_, line)) = self.start {
            return Err(ImportError::new(line, &Mistake::StatementWithoutEnd));
        }
        if self.head.begins && !self.head.ends {
            return Err(ImportError::new(self.line.max(1), &Mistake::NoTrailer));
        }
        Ok(None)
    }
}

/// Whether rows follow a statement: `COPY … FROM stdin`.
fn takes_rows(sql: &str) -> bool {
    sql.get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case("copy"))
        && sql_text::words(sql)
            .windows(2)
            .any(|pair| pair[0].is("from") && pair[1].is("stdin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<Piece> {
        let mut script = Script::behind(0, text.as_bytes());
        let mut pieces = Vec::new();
        while let Some(piece) = script.next().unwrap() {
            pieces.push(piece);
        }
        pieces
    }

    fn statement(sql: &str, line: usize) -> Piece {
        Piece::Statement {
            sql: sql.into(),
            line,
        }
    }

    #[test]
    fn statements_know_their_first_line() {
        assert_eq!(
            pieces("-- a; comment\n\nSET a = 1;\nCREATE VIEW v AS\n SELECT ';';  B;\n C\n;"),
            [
                statement("SET a = 1", 3),
                statement("CREATE VIEW v AS\n SELECT ';'", 4),
                statement("B", 5),
                statement("C", 6),
            ]
        );
    }

    #[test]
    fn rows_are_counted_and_let_go() {
        assert_eq!(
            pieces("COPY public.t (a) FROM stdin;\n1;\n'\n\\.\n\n\\connect x\nSELECT 1;\n"),
            [
                statement("COPY public.t (a) FROM stdin", 1),
                Piece::Rows(2),
                Piece::Command {
                    text: "\\connect x".into(),
                    line: 6
                },
                statement("SELECT 1", 7),
            ]
        );
    }

    #[test]
    fn bodies_hold_semicolons() {
        for body in [
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql\n    BEGIN ATOMIC\n SELECT CASE WHEN true THEN 1 END;\n SELECT 2;\nEND",
            "CREATE FUNCTION f() AS $_$\nBEGIN; $x$ END;\n$_$",
            "CREATE RULE r AS ON INSERT TO t DO INSTEAD ( SELECT 1;\n SELECT 2;\n)",
            "CREATE TABLE \"a;\nb\" (c text DEFAULT E'\\';')",
            "SELECT 'a\n;''\n;' /* b\n /* ;\n */ ;\n*/, $x$\n$$;\n$y$ ; $x$, E'\n\\'\n;'",
        ] {
            assert_eq!(pieces(&format!("{body};\n")), [statement(body, 1)]);
        }
    }

    #[test]
    fn a_long_body_is_read_line_by_line() {
        let lines = "  -- a line of a body\n".repeat(20_000);
        let body = format!("CREATE FUNCTION f() AS $$\n{lines}$$");
        let started = std::time::Instant::now();
        assert_eq!(pieces(&format!("{body};\n")), [statement(&body, 1)]);
        assert!(started.elapsed() < std::time::Duration::from_secs(10));
    }

    #[test]
    fn what_takes_a_migration_back_is_passed_over() {
        for (up, down) in [
            ("-- migrate:up", "-- migrate:down"),
            ("-- +goose Up", "-- +goose Down"),
            ("-- +migrate Up", "-- +migrate Down"),
            ("-- Up Migration", "-- Down Migration"),
            ("--", "-- //@UNDO"),
        ] {
            let text = format!("{up}\nA;\n{down}\nDROP A;\n");
            assert_eq!(pieces(&text), [statement("A", 2)], "{down}");
        }
        assert_eq!(
            pieces("-- migrate:down\nB;\n-- migrate:up\nA;\n"),
            [statement("A", 4)]
        );
    }

    #[test]
    fn line_endings_of_windows_are_not_part_of_the_text() {
        assert_eq!(pieces("A\r\nB;\r\n"), [statement("A\nB", 1)]);
        assert_eq!(pieces("A\nB\r\nC;\n"), [statement("A\nB\r\nC", 1)]);
    }

    #[test]
    fn a_cut_script_is_an_error() {
        for (text, line) in [
            ("SELECT 1;\nCREATE TABLE t (\n", 2),
            ("COPY t FROM stdin;\n1\n", 1),
            ("--\n-- PostgreSQL database dump\n--\nSELECT 1;\n", 4),
            ("SELECT '\n\n", 1),
        ] {
            let mut script = Script::behind(0, text.as_bytes());
            let error = loop {
                match script.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("{text:?} is taken for whole"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.line(), Some(line), "{text:?}");
        }
    }
}
