//! Writes a block of rows in the form in which a dump has it.

use std::io::{self, Write};

use crate::insert::{Insert, Size};
use crate::literal;
use crate::row;

/// How a block of rows is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A COPY, with what follows the columns in its head: ` FROM stdin;`.
    Copy {
        /// That.
        rest: String,
    },
    /// INSERT statements.
    Insert(Box<Insert>),
}

impl Form {
    /// Whether two blocks are written in the same language, so that their rows can be compared and mixed.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Copy { .. }, Self::Copy { .. }) => true,
            (Self::Insert(one), Self::Insert(other)) => one.rules == other.rules,
            _ => false,
        }
    }
}

/// Writes the rows of one table.
pub struct BlockWriter<'a> {
    form: Form,
    head: Vec<u8>,
    statement: Size,
    literals: Vec<u8>,
    output: &'a mut dyn Write,
}

impl<'a> BlockWriter<'a> {
    /// Begins a block; `columns` are named in the head of a COPY, and those of an INSERT are in its form.
    ///
    /// # Errors
    /// What the output says.
    pub fn begin(
        form: Form,
        table: &str,
        columns: &[&str],
        output: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let head = match &form {
            Form::Copy { rest } => {
                let rest = rest.trim_start();
                let head = if columns.is_empty() {
                    format!("COPY {table} {rest}\n")
                } else {
                    format!("COPY {table} ({}) {rest}\n", columns.join(", "))
                };
                output.write_all(head.as_bytes())?;
                Vec::new()
            }
            Form::Insert(insert) => insert.head(),
        };
        Ok(Self {
            form,
            head,
            statement: Size::default(),
            literals: Vec::new(),
            output,
        })
    }

    /// Writes a row. A statement ends before it where [`crate::Lengths`] say so.
    ///
    /// # Errors
    /// What the output says.
    pub fn row(&mut self, row: &[u8]) -> io::Result<()> {
        self.write(row, None)
    }

    /// Writes a row with which a statement begins, or doesn't, as in the dump from which it is.
    ///
    /// # Errors
    /// What the output says.
    pub fn row_as_it_was(&mut self, row: &[u8], opens_statement: bool) -> io::Result<()> {
        self.write(row, Some(opens_statement))
    }

    fn write(&mut self, row: &[u8], opens: Option<bool>) -> io::Result<()> {
        let Form::Insert(insert) = &self.form else {
            self.output.write_all(row)?;
            return self.output.write_all(b"\n");
        };
        self.literals.clear();
        self.literals.push(b'(');
        // A row without columns has no value at all.
        if !row.is_empty() {
            for (at, field) in row::fields(row).enumerate() {
                if at > 0 {
                    self.literals.extend_from_slice(&insert.between_values);
                }
                self.literals.extend_from_slice(&literal::literal(field));
            }
        }
        self.literals.push(b')');
        let between = insert.between_rows.len();
        let with_next = self.statement.bytes + (between + self.literals.len()) as u64;
        let opens = self.statement.rows == 0
            || opens.unwrap_or_else(|| insert.lengths().ends(self.statement, with_next));
        if opens {
            if self.statement.rows > 0 {
                self.output.write_all(&insert.tail)?;
                self.output.write_all(b"\n")?;
            }
            self.output.write_all(&self.head)?;
            self.statement = Size {
                bytes: self.head.len() as u64,
                ..Size::default()
            };
            self.statement.take(&self.literals, 0);
        } else {
            self.output.write_all(&insert.between_rows)?;
            self.statement.take(&self.literals, between);
        }
        self.output.write_all(&self.literals)
    }

    /// Ends the block. INSERT statements without a row are nothing.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(self) -> io::Result<()> {
        match &self.form {
            Form::Copy { .. } => self.output.write_all(b"\\.\n"),
            Form::Insert(insert) if self.statement.rows > 0 => {
                self.output.write_all(&insert.tail)?;
                self.output.write_all(b"\n")
            }
            Form::Insert(_) => Ok(()),
        }
    }
}
