//! Goes to a table of a dump and through its rows.

use std::io;

use crate::lines::{Line, Lines, Source};
use crate::literal::Fields;
use crate::row;

/// A place in one version of a dump. Tables that are asked for in the dump's order are reached in one reading.
pub struct Cursor<'a> {
    source: &'a dyn Source,
    fields: Fields,
    lines: Option<Lines>,
    /// How many blocks have begun before this place.
    begun: usize,
    row: Vec<u8>,
    opens_statement: bool,
}

impl<'a> Cursor<'a> {
    /// A place before everything. Rows have values.
    pub fn new(source: &'a dyn Source) -> Self {
        Self::with_fields(source, Fields::Values)
    }

    /// A place before everything, in a dump whose rows have such fields.
    pub fn with_fields(source: &'a dyn Source, fields: Fields) -> Self {
        Self {
            source,
            fields,
            lines: None,
            begun: 0,
            row: Vec::new(),
            opens_statement: false,
        }
    }

    /// Goes before the first row of the block that has this place among all blocks, counted from 0.
    pub fn enter(&mut self, at: usize) -> io::Result<()> {
        if self.begun > at || self.lines.is_none() {
            self.lines = None;
            self.begun = 0;
        }
        let lines = match &mut self.lines {
            Some(lines) => lines,
            none => none.insert(Lines::with_fields(self.source, self.fields)?),
        };
        while self.begun <= at {
            match lines.next_line()? {
                Some(Line::Begin { .. }) => self.begun += 1,
                Some(_) => {}
                None => return Err(io::Error::other("the dump changed while it was read")),
            }
        }
        Ok(())
    }

    /// Goes to the next row of the block; `false` at its end.
    pub fn advance(&mut self) -> io::Result<bool> {
        let Some(lines) = &mut self.lines else {
            return Ok(false);
        };
        match lines.next_line()? {
            Some(Line::Row(row)) => {
                self.row.clear();
                self.row.extend_from_slice(row);
                self.opens_statement = lines.row_opens_statement();
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The row that [`Self::advance`] went to.
    pub fn row(&self) -> &[u8] {
        &self.row
    }

    /// Whether that row begins an INSERT statement.
    pub fn row_opens_statement(&self) -> bool {
        self.opens_statement
    }

    /// Goes to the next row and tells its number.
    pub fn next_number(&mut self) -> io::Result<Option<i64>> {
        if !self.advance()? {
            return Ok(None);
        }
        row::number(&self.row)
            .map(Some)
            .ok_or_else(|| io::Error::other("the dump changed while it was read"))
    }
}
