//! Where in a script of MySQL's a line belongs: its client tells the line at which a refused statement begins, and people
//! want the table and the row.

use std::io::{self, Write};

/// Passes a script on, and keeps in mind where its statements about tables begin.
#[derive(Debug)]
pub(super) struct Watch<W> {
    output: W,
    line: u64,
    /// The current line so far; of a row no more than its first byte.
    head: Vec<u8>,
    /// The table whose rows come next, with how many it had.
    table: Option<String>,
    rows: u64,
    /// For whom rows are collected in a temporary table.
    stage: Option<(String, String)>,
    marks: Marks,
}

/// Where statements about tables begin, in the order of their lines.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<Mark>);

/// A statement about a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    line: u64,
    /// The table, without quotes.
    pub(super) table: String,
    /// How many rows stand before it.
    pub(super) rows_before: u64,
}

impl<W> Watch<W> {
    pub(super) fn new(output: W) -> Self {
        Self {
            output,
            line: 1,
            head: Vec::new(),
            table: None,
            rows: 0,
            stage: None,
            marks: Marks::default(),
        }
    }

    /// What was kept in mind.
    pub(super) fn into_marks(self) -> Marks {
        self.marks
    }

    fn end_line(&mut self) {
        if self.head.first() == Some(&b'(') {
            self.rows += 1;
        } else if let Some(stage) = stage(&self.head) {
            self.stage = Some(stage);
        } else if let Some(mut table) = [b"INSERT INTO ".as_slice(), b"ALTER TABLE "]
            .iter()
            .find_map(|begin| self.head.strip_prefix(*begin))
            .and_then(|rest| name(rest).map(|(name, _)| name))
        {
            if let Some((stage, of)) = &self.stage
                && *stage == table
            {
                table.clone_from(of);
            }
            if self.table.as_ref() != Some(&table) {
                self.rows = 0;
                self.table = Some(table.clone());
            }
            self.marks.0.push(Mark {
                line: self.line,
                table,
                rows_before: self.rows,
            });
        }
        self.head.clear();
        self.line += 1;
    }
}

impl Marks {
    /// The statement that begins at a line, or the last one before it.
    pub(super) fn at(&self, line: u64) -> Option<&Mark> {
        let after = self.0.partition_point(|mark| mark.line <= line);
        self.0.get(after.checked_sub(1)?)
    }
}

impl<W: Write> Write for Watch<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes)?;
        for piece in bytes[..written].split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            let is_row = self.head.first().or(text.first()) == Some(&b'(');
            let kept = if is_row {
                &text[..text.len().min(1)]
            } else {
                text
            };
            self.head.extend_from_slice(kept);
            if ends {
                self.end_line();
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// The temporary table that a statement makes, and the table whose columns it has.
fn stage(line: &[u8]) -> Option<(String, String)> {
    let (stage, rest) = name(line.strip_prefix(b"CREATE TEMPORARY TABLE ")?)?;
    let rest = rest.strip_suffix(b" LIMIT 0;")?;
    let from = b"` FROM ";
    let place = rest.windows(from.len()).rposition(|part| part == from)?;
    let (of, _) = name(&rest[place + from.len()..])?;
    Some((stage, of))
}

/// The name in backticks, perhaps with that of its database before it, that a text begins with, and what follows.
fn name(text: &[u8]) -> Option<(String, &[u8])> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        rest = rest.strip_prefix(b"`")?;
        let mut part = Vec::new();
        loop {
            let end = rest.iter().position(|byte| *byte == b'`')?;
            part.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix(b"`") {
                Some(more) => {
                    part.push(b'`');
                    rest = more;
                }
                None => break,
            }
        }
        name.push_str(&String::from_utf8_lossy(&part));
        match rest.strip_prefix(b".") {
            Some(more) => {
                name.push('.');
                rest = more;
            }
            None => return Some((name, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_as_table_and_row() {
        let script = "SET a = 1;\n\nINSERT INTO `a` (`x`) VALUES\n(1),\n(2);\nINSERT INTO `a` (`x`) VALUES\n(3);\nCOMMIT;\n\
             ALTER TABLE `a`\n    ADD INDEX `i` (`x`);\n\
             CREATE TEMPORARY TABLE `dummy_rows` AS SELECT `x` FROM `shop`.`b``c` LIMIT 0;\n\
             INSERT INTO `dummy_rows` (`x`) VALUES\n(1);\nINSERT INTO `shop`.`b``c` (`x`)\n    SELECT `x`;\n";
        // However it comes.
        for size in [1, 7, 10_000] {
            let mut watch = Watch::new(Vec::new());
            for piece in script.as_bytes().chunks(size) {
                watch.write_all(piece).unwrap();
            }
            assert_eq!(watch.output, script.as_bytes());
            let marks = watch.into_marks();
            let at = |line| {
                marks
                    .at(line)
                    .map(|mark| (mark.table.as_str(), mark.rows_before))
            };
            assert_eq!(at(2), None);
            assert_eq!(at(3), Some(("a", 0)));
            assert_eq!(at(6), Some(("a", 2)));
            assert_eq!(at(9), Some(("a", 3)));
            assert_eq!(at(12), Some(("shop.b`c", 0)));
            assert_eq!(at(14), Some(("shop.b`c", 1)));
        }
    }
}
