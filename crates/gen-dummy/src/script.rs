//! What a dump's text consists of, in its order, and where its parts begin when it is made in parts.
//!
//! A [`Script`] knows the statements and how many rows stand between them, not the rows. Places in it
//! are told by about how many bytes stand before them: every machine that makes a part of a dump
//! comes to the same places, because the estimate depends on nothing but the plan.

use crate::writer::{Around, Form, Frame, Section, Writer};
use dummy_data::{Plan, TablePlan};
use row_text::RowBuffer;
use std::ops::Range;
use std::sync::Arc;

/// Rows that are made to learn how long a table's rows are.
const SAMPLE_ROWS: u64 = 16;

/// The text of a dump, with rows that are yet to be made.
#[derive(Debug)]
pub(crate) struct Script {
    /// How the rows are made.
    pub(crate) plan: Arc<Plan>,
    pieces: Vec<Piece>,
}

/// A piece of the text.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Lines that are known.
    Text(Arc<str>),
    /// All rows of a table.
    Rows(Rows),
}

/// The rows of a table.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    /// The table's position in the plan.
    pub(crate) table: usize,
    /// How they are written.
    pub(crate) form: Form,
    /// About how many bytes one has.
    pub(crate) bytes_each: u64,
    count: u64,
}

/// A place in a script: before a piece, or before a row of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    piece: usize,
    row: u64,
}

impl Script {
    /// The text that loads a plan's rows; `source` is the schema's file as users know it.
    pub(crate) fn new(plan: Arc<Plan>, source: &str, writer: &Writer<'_>) -> Self {
        let Frame {
            before,
            after,
            statistics,
        } = writer.frame(&plan);
        let large = plan.tables.iter().filter(|table| writer.is_data(table));
        let large = large.count();
        let mut text = format!(
            "-- Dummy data for {source}, made by gen-dummy: don't edit, generate it again.\n{before}"
        );
        let mut section = Section::Main;
        let mut pieces = Vec::new();
        for (position, table) in plan.tables.iter().enumerate() {
            if table.rows == 0 {
                continue;
            }
            let Around {
                before,
                form,
                after,
            } = writer.around(&plan, table);
            if writer.is_data(table) {
                section = Section::Data(position + 1);
                text.push_str(&Writer::section(section, Some(table)));
            } else if matches!(section, Section::Data(_)) {
                section = Section::Main;
                text.push_str(&Writer::section(section, None));
            }
            text.push_str(&before);
            pieces.push(Piece::Text(std::mem::replace(&mut text, after).into()));
            pieces.push(Piece::Rows(Rows {
                table: position,
                bytes_each: sample(table, &form),
                form,
                count: table.rows,
            }));
        }
        for (section, part) in [
            (Section::Tail(large), after),
            (Section::Analyze, statistics),
        ] {
            if large > 0 {
                text.push_str(&Writer::section(section, None));
            }
            text.push_str(&part);
        }
        pieces.push(Piece::Text(text.into()));
        Self { plan, pieces }
    }

    /// Where it ends.
    pub(crate) fn end(&self) -> Place {
        Place {
            piece: self.pieces.len(),
            row: 0,
        }
    }

    /// About how many bytes the text has.
    pub(crate) fn bytes(&self) -> u64 {
        self.pieces
            .iter()
            .fold(0, |bytes, piece| bytes.saturating_add(piece.bytes()))
    }

    /// The place with about so many bytes before it.
    pub(crate) fn place_after(&self, bytes: u64) -> Place {
        let mut left = bytes;
        for (number, piece) in self.pieces.iter().enumerate() {
            if left >= piece.bytes() {
                left -= piece.bytes();
                continue;
            }
            let row = match piece {
                Piece::Text(_) => 0,
                Piece::Rows(rows) => left / rows.bytes_each,
            };
            return Place { piece: number, row };
        }
        self.end()
    }

    /// How many bytes stand before the part of that number, from 0, of `count` parts of about the same length.
    /// The number `count` gives the end.
    pub(crate) fn bytes_before_part(&self, number: u64, count: u64) -> u64 {
        let bytes = u128::from(self.bytes()) * u128::from(number) / u128::from(count);
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }

    /// The pieces between two places, each with its rows that are between them.
    pub(crate) fn between(
        &self,
        places: Range<Place>,
    ) -> impl Iterator<Item = (&Piece, Range<u64>)> {
        let last = self.pieces.len().min(places.end.piece + 1);
        self.pieces[places.start.piece.min(last)..last]
            .iter()
            .zip(places.start.piece..)
            .filter_map(move |(piece, number)| {
                let first = if number == places.start.piece {
                    places.start.row
                } else {
                    0
                };
                let end = if number == places.end.piece {
                    places.end.row
                } else {
                    piece.rows()
                };
                (first < end).then_some((piece, first..end))
            })
    }

    /// Rows between two places.
    pub(crate) fn rows(&self, places: Range<Place>) -> u64 {
        self.between(places)
            .filter(|(piece, _)| matches!(piece, Piece::Rows(_)))
            .map(|(_, rows)| rows.end - rows.start)
            .sum()
    }
}

impl Piece {
    fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Rows(rows) => rows.bytes_each.saturating_mul(rows.count),
        }
    }

    /// How many rows; a text can't be divided.
    fn rows(&self) -> u64 {
        match self {
            Self::Text(_) => 1,
            Self::Rows(rows) => rows.count,
        }
    }
}

/// About how long a row of the table is, at least one byte.
fn sample(table: &TablePlan, form: &Form) -> u64 {
    let rows = table.rows.min(SAMPLE_ROWS);
    let mut buffer = RowBuffer::new();
    form.write(table, 0..rows, &mut buffer);
    (buffer.len() as u64 / rows.max(1)).max(1)
}
