//! Where statements begin and end among the lines that aren't rows.
//!
//! An INSERT within a function, a trigger or a text is none of the dump's.

use crate::lexer::{Lexer, Piece};
use crate::rules::Rules;

/// Looks at lines, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Statements {
    rules: Option<Rules>,
    lexer: Lexer,
    /// Whether the statement before is over.
    over: bool,
    /// What ends a statement, if it is not a semicolon.
    delimiter: bool,
    /// The CREATE TABLE that is being read.
    table: Option<String>,
}

/// The longest CREATE TABLE whose columns are read, in bytes.
const LONGEST: usize = 1 << 20;

impl Default for Statements {
    fn default() -> Self {
        Self {
            rules: None,
            lexer: Lexer::new(Rules::POSTGRESQL),
            over: true,
            delimiter: false,
            table: None,
        }
    }
}

impl Statements {
    /// The rules that the dump has told so far, or else those of the standard.
    pub(crate) fn rules(&self) -> Rules {
        self.lexer.rules()
    }

    /// Takes the rules that a line tells, if none has told them before.
    pub(crate) fn rules_told(&mut self, line: &[u8]) {
        if self.rules.is_none() && !self.lexer.is_inside() {
            self.rules = Rules::told_by(line);
            if let Some(rules) = self.rules {
                self.lexer = Lexer::new(rules);
            }
        }
    }

    /// Whether the next line may begin a statement of the dump.
    pub(crate) fn may_begin(&self) -> bool {
        self.over && !self.delimiter && !self.lexer.is_inside()
    }

    /// Takes a line with its line feed. Gives the CREATE TABLE that ends with it.
    pub(crate) fn take(&mut self, line: &[u8]) -> Option<String> {
        self.rules_told(line);
        if self.may_begin() || self.delimiter {
            if self.rules().executable_comments && begins_with(line, b"DELIMITER ") {
                self.delimiter = line[b"DELIMITER ".len()..].trim_ascii() != b";";
                self.over = true;
                return None;
            }
            // A command of psql, which may hold anything.
            if self.delimiter || (self.rules().dollars && line.starts_with(b"\\")) {
                return None;
            }
            if begins_with(line, b"CREATE ") {
                self.table = Some(String::new());
            }
        }
        if let Some(table) = &mut self.table {
            table.push_str(&String::from_utf8_lossy(line));
        }
        let mut at = 0;
        while at < line.len() {
            let (piece, end) = self.lexer.next(line, at);
            at = end;
            match piece {
                Piece::Space | Piece::Comment => {}
                Piece::Mark(b';') => self.over = true,
                _ => self.over = false,
            }
        }
        if self.over && !self.lexer.is_inside() {
            return self.table.take();
        }
        if self
            .table
            .as_ref()
            .is_some_and(|table| table.len() > LONGEST)
        {
            self.table = None;
        }
        None
    }
}

fn begins_with(line: &[u8], words: &[u8]) -> bool {
    line.len() >= words.len() && line[..words.len()].eq_ignore_ascii_case(words)
}
