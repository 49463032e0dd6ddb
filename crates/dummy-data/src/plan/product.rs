//! What planning gives: how each column of each table is made, and the rows that follow from it.

use std::ops::Range;
use std::sync::Arc;

use row_text::{Column, Fields, RowBuffer, Spelling};
use value_model::QualifiedName;

use crate::check::{self, Alternatives};
use crate::generators::Generator;
use crate::nulls::Nulls;
use crate::overlay::Overlay;
use crate::problem::Problem;

/// Rows that are held against checks.
const HELD: u64 = 2000;

/// How all data is made.
#[derive(Debug)]
pub struct Plan {
    /// Tables that get rows, parents before their children.
    pub tables: Vec<TablePlan>,
    /// Tables that get none, and why.
    pub skipped: Vec<(QualifiedName, String)>,
    /// What was assumed.
    pub warnings: Vec<Problem>,
    /// Constraints that rows may break, and that the configuration leaves to the server: `orders.total_check`.
    pub unverified: Vec<String>,
}

/// How a table's rows are made.
#[derive(Debug)]
pub struct TablePlan {
    /// The table.
    pub name: QualifiedName,
    /// How many rows.
    pub rows: u64,
    /// Whether a server may take the rows as if they had always been there: not in a partitioned table.
    pub can_freeze: bool,
    /// Columns that are written, in the table's order.
    pub columns: Vec<ColumnPlan>,
    /// Columns that the database computes while the rows are loaded, each with its SQL expression over
    /// the other columns of the row.
    pub computed: Vec<(String, String)>,
    /// What happens to its rows, as readers would say it.
    pub story: Option<String>,
    /// What is laid over the rows.
    pub(crate) overlay: Option<Overlay>,
    /// The rows that the configuration gives, in its order.
    pub fixed: Vec<u64>,
    /// Columns that are left to the database, and why.
    pub left_out: Vec<(String, String)>,
}

/// How a column's values are made.
#[derive(Debug)]
pub struct ColumnPlan {
    /// The column.
    pub name: String,
    /// What makes its values.
    pub generator: Arc<Generator>,
    /// When it is NULL.
    pub nulls: Nulls,
    /// Whether a value may have what fields of a line escape.
    pub escape: bool,
    /// Whether its type is one of numbers, which SQL writes without quotes.
    pub number: bool,
    /// Why it is made so, for `--explain`.
    pub why: String,
}

impl Plan {
    /// Rows of all tables together.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

impl TablePlan {
    /// Whether the first rows keep a check.
    pub(super) fn keeps(&self, alternatives: &Alternatives) -> bool {
        let names = check::columns_of(alternatives);
        let columns: Vec<Option<&ColumnPlan>> = names
            .iter()
            .map(|name| self.columns.iter().find(|column| column.name == *name))
            .collect();
        // A given row that breaks one is told as such, and changes no other.
        let mut made = (0..self.rows.min(HELD)).filter(|row| !self.fixed.contains(row));
        made.all(|row| {
            let cells: Vec<Option<Option<String>>> = columns
                .iter()
                .map(|column| {
                    let column = (*column)?;
                    if column.nulls.at(row) {
                        return Some(None);
                    }
                    let mut out = RowBuffer::new();
                    column.generator.write(row, &mut out);
                    Some(String::from_utf8(out.into_vec()).ok())
                })
                .collect();
            check::holds(alternatives, &|name| {
                let place = names.iter().position(|own| own == name)?;
                cells[place].clone()
            })
        })
    }

    /// Appends a range of rows. Any range can be made at any time: rows don't know each other.
    pub fn write<S: Spelling>(&self, rows: Range<u64>, spelling: &S, out: &mut RowBuffer) {
        for row in rows {
            spelling.begin_row(row, out);
            if let Some(overlay) = &self.overlay {
                if let Some(of) = overlay.row(row) {
                    self.write_overlaid(&of, spelling, out);
                }
                spelling.end_row(row, self.rows, out);
                continue;
            }
            for (place, column) in self.columns.iter().enumerate() {
                if place > 0 {
                    spelling.separator(out);
                }
                column.spell(place, row, spelling, out);
            }
            spelling.end_row(row, self.rows, out);
        }
    }
}

impl ColumnPlan {
    /// Appends the value of a row as a field of a line.
    pub fn write_field(&self, row: u64, out: &mut RowBuffer) {
        self.spell(0, row, &Fields, out);
    }

    #[inline]
    pub(crate) fn spell<S: Spelling>(
        &self,
        place: usize,
        row: u64,
        spelling: &S,
        out: &mut RowBuffer,
    ) {
        // What a value is made of says whether there is one.
        let told = match (&self.nulls, &*self.generator) {
            (Nulls::Told(known), Generator::Told(of, form)) if Arc::ptr_eq(known, of) => {
                Some((of.at(row), form))
            }
            _ => None,
        };
        let is_null = match told {
            Some((value, _)) => value.is_none(),
            None => self.nulls.at(row),
        };
        if is_null {
            spelling.null(out);
            return;
        }
        let column = Column {
            place,
            number: self.number,
            escape: self.escape,
        };
        let start = spelling.begin_value(column, out);
        match told {
            Some((value, form)) => form.write(value.unwrap_or(0), out),
            None => self.generator.write(row, out),
        }
        spelling.end_value(column, start, out);
    }
}
