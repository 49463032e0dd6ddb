//! What the user asked for.

use crate::calendar::grown;
use crate::locale::Locale;
use crate::masters::Master;
use crate::plan::is_named;
use crate::settings::TableSettings;
use std::collections::BTreeMap;
use value_model::Table;

/// Rows of a table when nobody says how many.
pub const DEFAULT_ROWS: u64 = 1000;

/// The day at which data ends when nobody says another: 2026-11-01, in days since 1970.
pub const DEFAULT_TODAY: i64 = 20_758;

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
    /// The reference date, in days since 1970: what has happened lies before it, and what is planned after it.
    pub today: i64,
    /// The day on which tables have the rows that are asked for, likewise; not after `today`. From then on they grow.
    pub rows_on: i64,
    /// What a configuration says of tables.
    pub tables: Vec<TableSettings>,
    /// Rows that CSV files give, beside those of the configuration.
    pub fixed: Vec<Master>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            seed: 0,
            locale: Locale::English,
            rows: DEFAULT_ROWS,
            table_rows: BTreeMap::new(),
            scale: 1.0,
            today: DEFAULT_TODAY,
            rows_on: DEFAULT_TODAY,
            tables: Vec::new(),
            fixed: Vec::new(),
        }
    }
}

/// How many rows are asked of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AskedRows {
    /// So many.
    pub rows: u64,
    /// Whether they were asked for by the table's name.
    pub by_name: bool,
}

impl Request {
    /// Rows of a table, as many as it has come to today.
    pub(crate) fn rows_of(&self, table: &Table) -> AskedRows {
        let AskedRows { rows, by_name } = self.rows_asked(table);
        let rows = grown(rows, self.today - self.rows_on);
        AskedRows {
            rows: rows.max(self.fixed_rows_of(table)),
            by_name,
        }
    }

    /// How many rows of a table are given.
    fn fixed_rows_of(&self, table: &Table) -> u64 {
        let inline = self
            .settings_of(table)
            .map_or(0, |settings| settings.fixed.len());
        let files = self
            .fixed
            .iter()
            .filter(|file| is_named(table, &file.table));
        (inline + files.map(|file| file.rows.len()).sum::<usize>()) as u64
    }

    /// Rows that a table of so many rows had on the day for which rows are asked.
    pub(crate) fn counted(&self, table: &Table, rows: u64) -> u64 {
        let asked = self.rows_asked(table).rows;
        let days = self.today - self.rows_on;
        if grown(asked, days) == rows {
            asked
        } else {
            grown(rows, -days)
        }
    }

    fn rows_asked(&self, table: &Table) -> AskedRows {
        let named = self.rows_on_command_line(table).or_else(|| {
            let rows = self.settings_of(table)?.rows.as_ref()?;
            Some(rows.value)
        });
        AskedRows {
            rows: self.scaled(named.unwrap_or(self.rows)),
            by_name: named.is_some(),
        }
    }

    /// Whether the command line names the table.
    pub(crate) fn has_rows_on_command_line(&self, table: &Table) -> bool {
        self.rows_on_command_line(table).is_some()
    }

    fn rows_on_command_line(&self, table: &Table) -> Option<u64> {
        self.table_rows
            .get(&table.name.to_string())
            .or_else(|| self.table_rows.get(&table.name.name))
            .copied()
    }

    /// What a configuration says of a table.
    pub(crate) fn settings_of(&self, table: &Table) -> Option<&TableSettings> {
        let whole = table.name.to_string();
        let named = |name: &str| {
            self.tables
                .iter()
                .find(|settings| settings.name.value == name)
        };
        named(&whole).or_else(|| named(&table.name.name))
    }

    /// Whether a configuration says through which states rows go.
    pub(crate) fn has_lifecycles(&self) -> bool {
        self.tables.iter().any(|table| table.lifecycle.is_some())
    }

    /// Whether a configuration leaves a table's constraint to the server.
    pub(crate) fn is_unverified(&self, table: &str, constraint: &str) -> bool {
        self.tables
            .iter()
            .filter(|settings| settings.name.value == table)
            .flat_map(|settings| &settings.unverified)
            .any(|name| name.value == constraint)
    }

    fn scaled(&self, rows: u64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the scale is checked to be positive, and a conversion that saturates is right"
        )]
        if (self.scale - 1.0).abs() < f64::EPSILON {
            rows
        } else {
            (rows as f64 * self.scale).round() as u64
        }
    }
}
