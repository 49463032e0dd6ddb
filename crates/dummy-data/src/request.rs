//! What the user asked for.

use crate::locale::Locale;
use std::collections::BTreeMap;

/// Rows of a table when nobody says how many.
pub const DEFAULT_ROWS: u64 = 1000;

/// Everything besides the schema and the masters that decides what the data is.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The seed: other data for another number.
    pub seed: u64,
    /// The language.
    pub locale: Locale,
    /// Rows of each table that isn't named in `table_rows`.
    pub rows: u64,
    /// Rows of tables by name. A number asked for by name that can't be had is an error; a number
    /// for all tables is cut to what each can hold, with a warning.
    pub table_rows: BTreeMap<String, u64>,
    /// Multiplies every row count but those of masters.
    pub scale: f64,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            seed: 0,
            locale: Locale::English,
            rows: DEFAULT_ROWS,
            table_rows: BTreeMap::new(),
            scale: 1.0,
        }
    }
}

impl Request {
    /// Rows of a table, and whether they were asked for by its name.
    pub fn rows_of(&self, table: &str) -> (u64, bool) {
        let named = self.table_rows.get(table);
        let rows = named.copied().unwrap_or(self.rows);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the scale is checked to be positive, and a conversion that saturates is right"
        )]
        let scaled = if (self.scale - 1.0).abs() < f64::EPSILON {
            rows
        } else {
            (rows as f64 * self.scale).round() as u64
        };
        (scaled, named.is_some())
    }
}
