//! A script of the `mysql` client as a row of statements: what `mysqldump` writes.
//!
//! It is read line by line, so that a dump of any size takes the memory of its longest statement. `DELIMITER` is a
//! command of the client's and not of the server's: it is obeyed here, and no statement has it.

use crate::lexer::{Lexeme, Lexer, TokenKind};
use std::fmt::Write as _;
use std::io::{self, BufRead};

/// What stands in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A statement without what ends it and without the comments before it.
    Statement {
        /// As the script has it, comments that the server runs included.
        sql: String,
        /// The line that it begins in, from 1.
        line: usize,
        /// What is wrong with its text.
        flaw: Option<Flaw>,
    },
    /// A comment from its dashes to the end of its line, which stands between statements.
    Comment {
        /// With its dashes.
        text: String,
        /// Its line, from 1.
        line: usize,
    },
}

/// Why the text of a statement isn't what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It has bytes that aren't UTF-8, which were replaced: rows with binary strings have them.
    NotUtf8 {
        /// The first line that has one.
        line: usize,
    },
    /// A quotation or a comment in it has no end.
    NoEnd,
}

/// Reads a script piece by piece.
#[derive(Debug)]
pub struct Script<R> {
    input: R,
    /// Lines that were read.
    line: usize,
    /// Text that no statement has taken yet.
    buffer: String,
    /// How much of the buffer is known to be whole tokens.
    lexed: usize,
    lexer: Lexer,
    /// What the last token is waiting for, when it isn't whole yet.
    open: Option<Open>,
    /// Where the statement begins in the buffer, and in which line.
    start: Option<(usize, usize)>,
    body: Body,
    delimiter: String,
    first_bad_line: Option<usize>,
    has_crlf: bool,
    lines_before: usize,
}

/// A literal, quoted name or comment whose end hasn't been read yet.
#[derive(Debug)]
struct Open {
    /// Without this it doesn't end, so lines that lack it needn't be lexed with all before them.
    closing: &'static str,
    /// How much of the buffer was looked at.
    looked_at: usize,
}

impl Open {
    fn new(buffer: &str, from: usize) -> Self {
        let text = &buffer[from..];
        // A prefix or a character set may stand before a quote.
        let closing = match text.find(['\'', '"', '`', '*']).map(|at| &text[at..=at]) {
            Some("*") => "*/",
            Some("\"") => "\"",
            Some("`") => "`",
            _ => "'",
        };
        Self {
            closing,
            looked_at: buffer.len().saturating_sub(1).max(from),
        }
    }

    /// Whether what was read since may hold its end.
    fn may_end(&mut self, buffer: &str) -> bool {
        let from = (0..=self.looked_at.min(buffer.len()))
            .rev()
            .find(|&at| buffer.is_char_boundary(at))
            .unwrap_or(0);
        let may_end = buffer[from..].contains(self.closing);
        self.looked_at = buffer.len().saturating_sub(1);
        may_end
    }
}

impl<R: BufRead> Script<R> {
    /// A script.
    pub fn new(input: R) -> Self {
        Self::behind(0, input)
    }

    /// A script that follows others of so many lines, which its own are counted behind.
    pub fn behind(lines_before: usize, input: R) -> Self {
        Self {
            input,
            line: lines_before,
            lines_before,
            buffer: String::new(),
            lexed: 0,
            lexer: Lexer::default(),
            open: None,
            start: None,
            body: Body::default(),
            delimiter: ";".to_owned(),
            first_bad_line: None,
            has_crlf: false,
        }
    }

    /// How many lines were read, those of the files before included.
    pub fn lines(&self) -> usize {
        self.line
    }

    /// The next piece; none at the end. As in the client, the last statement needs no delimiter.
    ///
    /// # Errors
    /// What reading the input says.
    pub fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        loop {
            if let Some(piece) = self.take_statement() {
                return Ok(Some(piece));
            }
            let Some(line) = self.read_line()? else {
                return Ok(self.finish());
            };
            if self.start.is_none() && self.lexed == self.buffer.len() {
                // Only white space and whole comments are waiting.
                self.buffer.clear();
                self.lexed = 0;
                if !self.lexer.is_in_comment() {
                    if let Some(delimiter) = delimiter(&line) {
                        delimiter.clone_into(&mut self.delimiter);
                        continue;
                    }
                    if line.starts_with("--") {
                        return Ok(Some(Piece::Comment {
                            text: line.trim_end().to_owned(),
                            line: self.line,
                        }));
                    }
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
        loop {
            let rest = &self.buffer[self.lexed..];
            // Within a comment that the server runs the client sees no delimiter.
            let may_end = !self.lexer.is_in_comment();
            if may_end && rest.starts_with(&self.delimiter) && !self.body.is_open(&self.delimiter) {
                let end = self.lexed;
                self.lexed += self.delimiter.len();
                if let Some(statement) = self.cut(end) {
                    return Some(statement);
                }
                continue;
            }
            let Lexeme {
                kind,
                mut length,
                closed,
            } = self.lexer.lexeme(rest)?;
            // `END$$` ends with the delimiter `$$`, though it could be a name.
            if matches!(kind, Some(TokenKind::Word | TokenKind::Number))
                && let Some(at) = rest[..length].find(&self.delimiter)
                && at > 0
            {
                length = at;
            }
            // The last line of a file may be a comment without a line break.
            let may_go_on = !closed && !rest.starts_with('#') && !rest.starts_with("--");
            if let Some(kind) = kind {
                if self.start.is_none() {
                    self.start = Some((self.lexed, self.line));
                }
                if !may_go_on {
                    self.body.take(kind, &rest[..length]);
                }
            }
            if may_go_on {
                self.open = Some(Open::new(&self.buffer, self.lexed));
                return None;
            }
            self.lexed += length;
        }
    }

    /// Takes the statement that ends where the lexer stands out of the buffer, less its delimiter; none when there is
    /// only a delimiter.
    fn cut(&mut self, end: usize) -> Option<Piece> {
        let rest = self.buffer.split_off(self.lexed);
        let statement = std::mem::replace(&mut self.buffer, rest);
        self.lexed = 0;
        self.body = Body::default();
        let first_bad_line = self.first_bad_line.take();
        let (start, line) = self.start.take()?;
        // A comment that the server runs may begin before the first token.
        let start = statement[..start]
            .rfind("/*!")
            .or_else(|| statement[..start].rfind("/*M!"))
            .filter(|&mark| crate::tokens(&statement[mark..start]).is_empty())
            .filter(|&mark| !statement[mark..start].contains("*/"))
            .unwrap_or(start);
        Some(Piece::Statement {
            sql: statement[start..end].trim_end().to_owned(),
            line,
            flaw: first_bad_line.map(|line| Flaw::NotUtf8 { line }),
        })
    }

    /// A line with its line break; none at the end.
    fn read_line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        if self.input.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        if self.line == self.lines_before + 1 {
            if let Some(text) = bytes.strip_prefix("\u{feff}".as_bytes()) {
                bytes = text.to_vec();
            }
            self.has_crlf = bytes.ends_with(b"\r\n");
        }
        let mut line = String::from_utf8(bytes).unwrap_or_else(|error| {
            let (text, is_whole) = with_bytes_as_digits(error.as_bytes());
            if !is_whole {
                self.first_bad_line.get_or_insert(self.line);
            }
            text
        });
        // On Windows the whole file has them; in a file that doesn't they belong to a text.
        if self.has_crlf && line.ends_with("\r\n") {
            line.truncate(line.len() - 2);
            line.push('\n');
        }
        Ok(Some(line))
    }

    fn finish(&mut self) -> Option<Piece> {
        let is_open = self.open.take().is_some() || self.lexer.is_in_comment();
        self.lexer = Lexer::default();
        // A comment without an end has no token before it.
        if self.start.is_none() && is_open {
            self.start = Some((self.lexed, self.line));
        }
        self.lexed = self.buffer.len();
        let mut piece = self.cut(self.lexed)?;
        if let Piece::Statement { flaw, .. } = &mut piece
            && is_open
        {
            *flaw = Some(Flaw::NoEnd);
        }
        Some(piece)
    }
}

/// A line in which quotations that are no UTF-8 are written in hexadecimal digits, which mean the same bytes: MariaDB
/// prints the default of a binary column as it is. False when other bytes had to be replaced.
fn with_bytes_as_digits(line: &[u8]) -> (String, bool) {
    let mut text = String::with_capacity(line.len());
    let mut is_whole = true;
    let mut position = 0;
    let mut push = |text: &mut String, bytes: &[u8]| {
        let piece = String::from_utf8_lossy(bytes);
        is_whole &= matches!(piece, std::borrow::Cow::Borrowed(_));
        text.push_str(&piece);
    };
    while let Some(start) = line[position..].iter().position(|byte| *byte == b'\'') {
        let start = position + start;
        push(&mut text, &line[position..start]);
        let Some((value, end)) = unescaped(line, start) else {
            position = start;
            break;
        };
        let quotation = &line[start..end];
        if std::str::from_utf8(quotation).is_ok() {
            push(&mut text, quotation);
        } else {
            text.push_str("x'");
            for byte in value {
                let _ = write!(text, "{byte:02x}");
            }
            text.push('\'');
        }
        position = end;
    }
    push(&mut text, &line[position..]);
    (text, is_whole)
}

/// The bytes that the quotation stands for which begins here, and where it ends; none when it doesn't on this line.
fn unescaped(line: &[u8], start: usize) -> Option<(Vec<u8>, usize)> {
    let mut value = Vec::new();
    let mut position = start + 1;
    loop {
        match *line.get(position)? {
            b'\'' if line.get(position + 1) == Some(&b'\'') => {
                value.push(b'\'');
                position += 2;
            }
            b'\'' => return Some((value, position + 1)),
            b'\\' => {
                value.push(match *line.get(position + 1)? {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'0' => 0,
                    b'Z' => 0x1a,
                    other => other,
                });
                position += 2;
            }
            byte => {
                value.push(byte);
                position += 1;
            }
        }
    }
}

/// The statements of a text, without what ends them. `DELIMITER` is obeyed, and a routine's body is one statement
/// without it too.
pub fn split(sql: &str) -> Vec<String> {
    let mut script = Script::new(sql.as_bytes());
    let mut statements = Vec::new();
    // Reading from memory can't fail.
    while let Ok(Some(piece)) = script.next_piece() {
        if let Piece::Statement { sql, .. } = piece {
            statements.push(sql);
        }
    }
    statements
}

/// What a line sets the delimiter to, when it does.
fn delimiter(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    if !words.next()?.eq_ignore_ascii_case("delimiter") {
        return None;
    }
    let word = words.next()?;
    let bare = ['\'', '"', '`']
        .iter()
        .find_map(|&quote| word.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(word);
    (!bare.is_empty()).then_some(bare)
}

/// Whether a semicolon belongs to the body of a trigger, routine or event, where no other delimiter was set: some tools
/// send such statements to the server as they are.
#[derive(Debug, Default)]
struct Body {
    tokens: usize,
    creates: bool,
    is_routine: bool,
    /// `BEGIN`, `CASE`, `IF`, `LOOP`, `WHILE` and `REPEAT`, each to be closed by `END`.
    blocks: usize,
    last: String,
}

impl Body {
    fn take(&mut self, kind: TokenKind, text: &str) {
        // The head of a routine: `CREATE OR REPLACE DEFINER = user@host AGGREGATE FUNCTION IF NOT EXISTS`.
        const HEAD: usize = 12;
        self.tokens += 1;
        if self.tokens > HEAD && !self.is_routine {
            return;
        }
        if !matches!(kind, TokenKind::Word | TokenKind::Symbol) {
            self.last.clear();
            return;
        }
        let word = text.to_ascii_lowercase();
        if self.tokens == 1 {
            self.creates = word == "create";
        }
        if self.creates && self.tokens <= HEAD {
            self.is_routine |= matches!(
                word.as_str(),
                "trigger" | "procedure" | "function" | "event" | "package"
            );
        }
        let begins_statement = matches!(
            self.last.as_str(),
            ";" | "begin" | "then" | "else" | "do" | "row" | "loop" | "repeat" | ":" | ")"
        );
        match word.as_str() {
            "(" if self.last == "repeat" => self.blocks = self.blocks.saturating_sub(1),
            "end" => self.blocks = self.blocks.saturating_sub(1),
            _ if self.last == "end" => {}
            "begin" | "case" | "loop" | "while" | "repeat" => self.blocks += 1,
            "if" if begins_statement => self.blocks += 1,
            _ => {}
        }
        self.last = word;
    }

    fn is_open(&self, delimiter: &str) -> bool {
        delimiter == ";" && self.is_routine && self.blocks > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str) -> Vec<(usize, String)> {
        let mut script = Script::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some(piece) = script.next_piece().unwrap() {
            if let Piece::Statement { sql, line, flaw } = piece {
                assert_eq!(flaw, None, "{sql}");
                found.push((line, sql));
            }
        }
        found
    }

    #[track_caller]
    fn check(text: &str, expected: &[(usize, &str)]) {
        let found = statements(text);
        let found: Vec<_> = found
            .iter()
            .map(|(line, sql)| (*line, sql.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn statements_end_at_the_delimiter() {
        check(
            "-- a\nSELECT 1; SELECT ';',\n \"a;\n;\" ; # b;\n;;\nSELECT 2",
            &[
                (2, "SELECT 1"),
                (2, "SELECT ';',\n \"a;\n;\""),
                (6, "SELECT 2"),
            ],
        );
        check(
            "DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER a BEGIN\n SET x = 1; END */;;\ndelimiter ;\nSELECT 1;\n",
            &[
                (
                    2,
                    "/*!50003 CREATE*/ /*!50003 TRIGGER a BEGIN\n SET x = 1; END */",
                ),
                (5, "SELECT 1"),
            ],
        );
        check(
            "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nDELIMITER //\nSELECT 2//",
            &[
                (2, "CREATE PROCEDURE p() BEGIN SELECT 1; END"),
                (4, "SELECT 2"),
            ],
        );
    }

    #[test]
    fn a_body_is_one_statement_without_another_delimiter_too() {
        check(
            "CREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW BEGIN\n\
             IF NEW.x = CASE 1 WHEN 1 THEN 2 END THEN SET NEW.x = REPEAT('a', 3); END IF;\n\
             WHILE 1 DO SET @a = IF(1, 2, 3); END WHILE;\nEND; SELECT 1;",
            &[
                (
                    1,
                    "CREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW BEGIN\n\
                     IF NEW.x = CASE 1 WHEN 1 THEN 2 END THEN SET NEW.x = REPEAT('a', 3); END IF;\n\
                     WHILE 1 DO SET @a = IF(1, 2, 3); END WHILE;\nEND",
                ),
                (4, "SELECT 1"),
            ],
        );
        check(
            "BEGIN; CREATE TABLE a (b int); COMMIT;",
            &[(1, "BEGIN"), (1, "CREATE TABLE a (b int)"), (1, "COMMIT")],
        );
    }

    #[test]
    fn comments_that_run_belong_to_their_statement() {
        check(
            "/*!40101 SET a = 1 */;\n/* b */ /*M!999999\\- c */;\n/*! DROP */ TABLE x;",
            &[
                (1, "/*!40101 SET a = 1 */"),
                (2, "/*M!999999\\- c */"),
                (3, "/*! DROP */ TABLE x"),
            ],
        );
    }

    #[test]
    fn what_has_no_end_and_what_is_no_text_is_told() {
        let mut script =
            Script::new(&b"INSERT INTO a VALUES ('\xff;', \"\xff\");\nSELECT 'a\n;"[..]);
        let Some(Piece::Statement { sql, flaw, .. }) = script.next_piece().unwrap() else {
            panic!("the rows are a statement");
        };
        assert_eq!(flaw, Some(Flaw::NotUtf8 { line: 1 }));
        assert_eq!(sql, "INSERT INTO a VALUES (x'ff3b', \"\u{fffd}\")");
        let Some(Piece::Statement { flaw, line, .. }) = script.next_piece().unwrap() else {
            panic!("what has no end is told");
        };
        assert_eq!((flaw, line), (Some(Flaw::NoEnd), 2));
        assert_eq!(script.next_piece().unwrap(), None);
    }

    #[test]
    fn lines_of_windows_and_a_mark_of_the_encoding_change_nothing() {
        check(
            "\u{feff}SELECT 1;\r\nSELECT '\r\n';\r\n",
            &[(1, "SELECT 1"), (2, "SELECT '\n'")],
        );
    }
}
