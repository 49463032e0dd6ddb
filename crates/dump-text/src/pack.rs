//! A dump's text on its way to be packed: INSERT statements end after rows that say so themselves.
//!
//! Packed members end at line feeds, and `mysqldump` writes a megabyte of rows into a line, which begins with another row
//! in every version of the table. So statements of many rows are cut anew, after rows whose content says so ([`cut`]);
//! what they insert stays the same, and so does every other byte of the text.

use std::io::{self, BufRead, Write};
use std::mem;
use std::ops::Range;

use crate::insert::Size;
use crate::lines::{Line, Lines};

/// The text of an INSERT statement.
#[derive(Debug, Default)]
pub(crate) struct Statement {
    text: Vec<u8>,
    /// Where the first row begins.
    head: usize,
    rows: Vec<Range<usize>>,
    /// Whether there is nothing around the rows but what there is around those of every other statement.
    plain: bool,
}

/// The statements that a reader went through.
#[derive(Debug, Default)]
pub(crate) struct Record {
    reading: Statement,
    finished: Option<Statement>,
}

impl Record {
    pub(crate) fn begin(&mut self, head: &[u8]) {
        self.reading = Statement {
            text: head.to_vec(),
            head: head.len(),
            rows: Vec::new(),
            plain: true,
        };
    }

    pub(crate) fn row(&mut self, row: &[u8]) {
        let begin = self.reading.text.len();
        self.reading.text.extend_from_slice(row);
        self.reading.rows.push(begin..self.reading.text.len());
    }

    pub(crate) fn between(&mut self, text: &[u8], comments: bool) {
        self.reading.text.extend_from_slice(text);
        self.reading.plain &= !comments;
    }

    /// What there is of a statement that has no end.
    pub(crate) fn take_begun(&mut self) -> Vec<u8> {
        mem::take(&mut self.reading.text)
    }

    pub(crate) fn take(&mut self) -> Option<Statement> {
        self.finished.take()
    }

    pub(crate) fn end(&mut self, text: &[u8]) {
        self.reading.text.extend_from_slice(text);
        self.reading.plain &= text == b";\n";
        self.finished = Some(mem::take(&mut self.reading));
    }
}

impl Statement {
    /// What stands between the first two rows.
    fn between_rows(&self) -> Option<&[u8]> {
        let [first, second, ..] = &self.rows[..] else {
            return None;
        };
        Some(&self.text[first.end..second.start])
    }
}

/// Copies a dump's text, with the statements of its INSERT blocks cut where the rows say.
///
/// # Errors
/// What the input or the output says.
pub fn pack(input: Box<dyn BufRead + Send>, output: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::recorded(input);
    let mut block = Block::default();
    loop {
        let next = match lines.next_line() {
            Ok(None) => return Ok(()),
            Ok(Some(Line::End(insert))) => Ok(insert.is_some()),
            Ok(Some(_)) => Ok(false),
            Err(error) => Err(error),
        };
        if let Some(statement) = lines.take_statement() {
            block.statement(&statement, output)?;
        }
        let ends = match next {
            Ok(ends) => ends,
            // What isn't whole is packed as it is.
            Err(error) => {
                let Some(text) = lines.take_cut() else {
                    return Err(error);
                };
                block.close(output)?;
                return output.write_all(&text);
            }
        };
        if ends {
            block.close(output)?;
        } else if !lines.is_in_insert() {
            output.write_all(lines.last_line())?;
        }
    }
}

/// The statements of one table, cut anew.
#[derive(Default)]
struct Block {
    /// Of the statement that isn't ended yet; without a row there is none.
    written: Size,
    between_rows: Vec<u8>,
}

impl Block {
    fn statement(&mut self, statement: &Statement, output: &mut dyn Write) -> io::Result<()> {
        if !statement.plain || (statement.rows.len() < 2 && self.written.rows == 0) {
            self.close(output)?;
            return output.write_all(&statement.text);
        }
        if let Some(between) = statement.between_rows() {
            self.between_rows = between.to_vec();
        }
        for row in &statement.rows {
            let row = &statement.text[row.clone()];
            if self.written.ends_by_content {
                self.close(output)?;
            }
            if self.written.rows == 0 {
                output.write_all(&statement.text[..statement.head])?;
                self.written.bytes = statement.head as u64;
                self.written.take(row, 0);
            } else {
                output.write_all(&self.between_rows)?;
                self.written.take(row, self.between_rows.len());
            }
            output.write_all(row)?;
        }
        Ok(())
    }

    fn close(&mut self, output: &mut dyn Write) -> io::Result<()> {
        if self.written.rows > 0 {
            self.written = Size::default();
            output.write_all(b";\n")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &str) -> String {
        let mut output = Vec::new();
        pack(Box::new(io::Cursor::new(text.to_owned())), &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    /// As `mysqldump` writes it: a statement is at most so many bytes long.
    fn dump(rows: &[String], between: &str, most: usize) -> String {
        let head = format!(
            "INSERT INTO `t` VALUES{}",
            if between == "," { " " } else { "\n" }
        );
        let mut text = String::from("-- MySQL dump\nLOCK TABLES `t` WRITE;\n");
        let mut length = 0;
        for row in rows {
            if length > 0 && length + row.len() < most {
                text.push_str(between);
            } else {
                if length > 0 {
                    text.push_str(";\n");
                }
                text.push_str(&head);
                length = head.len();
            }
            text.push_str(row);
            length += row.len() + between.len();
        }
        text + ";\nUNLOCK TABLES;\n"
    }

    fn rows(count: usize) -> Vec<String> {
        (0..count)
            .map(|number| format!("({number},'{}; it\\'s (x)')", "x".repeat(number % 90)))
            .collect()
    }

    #[test]
    fn a_row_more_moves_no_ends_of_statements() {
        for between in [",", ",\n"] {
            let mut rows = rows(60_000);
            let before = packed(&dump(&rows, between, 1 << 20));
            rows.insert(500, "(1,'a row more')".to_owned());
            let after = packed(&dump(&rows, between, 1 << 20));
            let lines: Vec<&str> = before.split("INSERT").collect();
            let changed = after
                .split("INSERT")
                .filter(|line| !lines.contains(line))
                .count();
            assert!(lines.len() > 10, "{}", lines.len());
            assert!(changed <= 3, "{changed} of {}", lines.len());
        }
    }

    #[test]
    fn packing_keeps_all_rows_and_packs_what_is_packed_to_itself() {
        let rows = rows(30_000);
        let packed_once = packed(&dump(&rows, ",", 1 << 20));
        let flat = |text: &str| text.replace(";\nINSERT INTO `t` VALUES ", ",");
        assert_eq!(flat(&packed_once), flat(&dump(&rows, ",", 1 << 30)));
        assert_eq!(packed(&packed_once), packed_once);
        // Whatever the statements were before.
        assert_eq!(packed(&dump(&rows, ",", 1 << 15)), packed_once);
    }

    #[test]
    fn what_is_unusual_stays_as_it_is() {
        for text in [
            "COPY t (a,b)  FROM stdin;\n1\t2\n\\.\nno end",
            "-- MySQL dump\r\nINSERT INTO t VALUES (1),(2);\r\nINSERT INTO t VALUES (1),(2);\r\n",
            "INSERT INTO t VALUES (1), -- one\n(2);\nINSERT INTO t VALUES (3) ON CONFLICT DO NOTHING;\n",
            "INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2); SELECT 1;\n",
            "INSERT INTO t (a,\n b) SELECT 1;\n\n",
            "INSERT INTO t VALUES (1),(2);\nINSERT INTO u VALUES (1),\n(2, 'a\nb",
            "INSERT INTO t VALUES (1),\n",
            "",
        ] {
            assert_eq!(packed(text), text);
        }
    }
}
