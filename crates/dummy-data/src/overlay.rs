//! Rows that somebody changed, added or left out, laid over those that are made.
//!
//! An overlay touches nothing but the rows that it names, and of these only the columns that it names: no other row, no
//! sum, no child follows from it. So whatever a database was made into by hand can be made again to the byte.

use crate::plan::{Plan, TablePlan};
use crate::problem::Problem;
use crate::settings::Place;
use row_text::{Column, RowBuffer, Spelling};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is laid over a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableOverlay {
    /// The table, and where it is named.
    pub table: String,
    /// Where that is.
    pub place: Place,
    /// The rows, in the order of the text.
    pub rows: Vec<OverlaidRow>,
}

/// A row of an overlay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlaidRow {
    /// Where it stands.
    pub place: Place,
    /// What becomes of it.
    pub what: What,
    /// Columns with their values, NULL being none.
    pub cells: Vec<OverlaidCell>,
}

/// A value of an overlaid row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlaidCell {
    /// The column.
    pub column: String,
    /// The value, as the database writes it.
    pub value: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Some of its columns hold something else.
    Changed,
    /// It is there besides.
    Added,
    /// It isn't there.
    LeftOut,
}

/// A column, and what it holds instead; `None` is NULL.
type Changed = (usize, Option<Box<str>>);

/// An overlay by the numbers of rows.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    /// How many rows are made.
    made: u64,
    /// Those that aren't there, in order.
    left_out: Vec<u64>,
    /// Values of rows that are made, by column.
    changed: BTreeMap<u64, Vec<Changed>>,
    /// Rows that are there besides, with the values of all columns.
    added: Vec<Vec<Option<Box<str>>>>,
}

/// A row of a table under an overlay.
pub(crate) enum Row<'o> {
    /// One that is made, with other values in some columns.
    Made(u64, &'o [(usize, Option<Box<str>>)]),
    /// One that is there besides.
    Added(&'o [Option<Box<str>>]),
}

impl Overlay {
    /// How many rows there are.
    fn rows(&self) -> u64 {
        self.made - self.left_out.len() as u64 + self.added.len() as u64
    }

    /// A row by its number among those that there are.
    pub(crate) fn row(&self, number: u64) -> Option<Row<'_>> {
        let kept = self.made - self.left_out.len() as u64;
        if let Some(added) = number.checked_sub(kept) {
            let row = self.added.get(usize::try_from(added).ok()?)?;
            return Some(Row::Added(row));
        }
        // So many are left out before it: the first of which no more stand before than make up the difference.
        let (mut low, mut high) = (0, self.left_out.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.left_out[middle] - middle as u64 <= number {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let made = number + low as u64;
        let changed = self.changed.get(&made).map_or(&[][..], Vec::as_slice);
        Some(Row::Made(made, changed))
    }
}

impl TablePlan {
    /// Appends the values of a row that is there besides, or of a made one where some are others.
    pub(crate) fn write_overlaid<S: Spelling>(
        &self,
        row: &Row<'_>,
        spelling: &S,
        out: &mut RowBuffer,
    ) {
        for (place, column) in self.columns.iter().enumerate() {
            if place > 0 {
                spelling.separator(out);
            }
            let value = match row {
                Row::Added(values) => values.get(place),
                Row::Made(made, changed) => {
                    let mut changed = changed.iter();
                    let Some((_, value)) = changed.find(|(column, _)| *column == place) else {
                        column.spell(place, *made, spelling, out);
                        continue;
                    };
                    Some(value)
                }
            };
            let Some(Some(value)) = value else {
                spelling.null(out);
                continue;
            };
            let form = Column {
                place,
                number: column.number && is_plain_number(value),
                escape: true,
            };
            let start = spelling.begin_value(form, out);
            out.text(value);
            spelling.end_value(form, start, out);
        }
    }

    /// The values of a row in some columns, NULL being none.
    pub fn values(&self, columns: &[usize], row: u64) -> Vec<Option<String>> {
        columns
            .iter()
            .map(|&place| {
                let column = &self.columns[place];
                if column.nulls.at(row) {
                    return None;
                }
                let mut out = RowBuffer::new();
                column.generator.write(row, &mut out);
                Some(String::from_utf8_lossy(out.as_bytes()).into_owned())
            })
            .collect()
    }
}

impl Plan {
    /// Lays rows over those of the plan. `keys` names the columns by which each table's rows are told apart.
    ///
    /// # Errors
    /// Tables and columns that aren't there, rows that aren't made, and keys that are there already.
    pub fn overlay(
        &mut self,
        overlays: &[TableOverlay],
        keys: &dyn Fn(&TablePlan) -> Vec<String>,
        normal: &dyn Fn(&TablePlan, usize, &str) -> String,
    ) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        for overlay in overlays {
            let names: Vec<String> = self
                .tables
                .iter()
                .map(|table| table.name.to_string())
                .collect();
            let Some(position) = names.iter().position(|name| *name == overlay.table) else {
                problems.push(
                    Problem::at(
                        &overlay.place,
                        format!("no rows are made for a table `{}`", overlay.table),
                    )
                    .did_you_mean(&overlay.table, names.iter().map(String::as_str)),
                );
                continue;
            };
            let table = &mut self.tables[position];
            let key = keys(table);
            match lay(table, overlay, &key, normal) {
                Ok(laid) => {
                    table.rows = laid.rows();
                    table.overlay = Some(laid);
                }
                Err(mut more) => problems.append(&mut more),
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }
}

fn lay(
    table: &TablePlan,
    overlay: &TableOverlay,
    key: &[String],
    normal: &dyn Fn(&TablePlan, usize, &str) -> String,
) -> Result<Overlay, Vec<Problem>> {
    let mut problems = Vec::new();
    let place_of = |name: &str| table.columns.iter().position(|column| column.name == name);
    let key_places: Vec<usize> = key.iter().filter_map(|name| place_of(name)).collect();
    if key.is_empty() || key_places.len() < key.len() {
        return Err(vec![
            Problem::at(
                &overlay.place,
                format!(
                    "rows of `{}` have no key by which one could be named",
                    table.name
                ),
            )
            .hint("give the table a primary key"),
        ]);
    }
    // Keys that are looked for, with the rows of the overlay that name them.
    let mut wanted: BTreeMap<Vec<String>, &OverlaidRow> = BTreeMap::new();
    for row in &overlay.rows {
        for cell in &row.cells {
            if place_of(&cell.column).is_none() {
                let problem = Problem::at(
                    &cell.place,
                    format!(
                        "`{}` has no column `{}` that is made",
                        table.name, cell.column
                    ),
                );
                let names = table.columns.iter().map(|column| column.name.as_str());
                problems.push(problem.did_you_mean(&cell.column, names));
            }
        }
        let own: Option<Vec<String>> = key
            .iter()
            .zip(&key_places)
            .map(|(name, &place)| {
                let cell = row.cells.iter().find(|cell| cell.column == *name)?;
                Some(normal(table, place, cell.value.as_deref()?))
            })
            .collect();
        let Some(own) = own else {
            problems.push(
                Problem::at(
                    &row.place,
                    format!("which row of `{}` this is isn't said", table.name),
                )
                .hint(format!("a row is named by {}", key.join(", "))),
            );
            continue;
        };
        if wanted.insert(own, row).is_some() {
            problems.push(
                Problem::at(&row.place, format!("{} is there twice", shown(key, row)))
                    .hint("take one of the two out"),
            );
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut laid = Overlay {
        made: table.rows,
        ..Overlay::default()
    };
    let mut found: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for number in 0..table.rows {
        let own: Option<Vec<String>> = table
            .values(&key_places, number)
            .into_iter()
            .zip(&key_places)
            .map(|(value, &place)| Some(normal(table, place, &value?)))
            .collect();
        if let Some(own) = own
            && wanted.contains_key(&own)
        {
            found.entry(own).or_insert(number);
        }
    }
    for row in &overlay.rows {
        let own: Vec<String> = key
            .iter()
            .zip(&key_places)
            .filter_map(|(name, &place)| {
                let cell = row.cells.iter().find(|cell| cell.column == *name)?;
                Some(normal(table, place, cell.value.as_deref()?))
            })
            .collect();
        let number = found.get(&own).copied();
        let boxed = |cell: &OverlaidCell| cell.value.as_deref().map(Box::from);
        match (row.what, number) {
            (What::Added, Some(_)) => problems.push(
                Problem::at(
                    &row.place,
                    format!("a row of `{}` with {} is made already", table.name, shown(key, row)),
                )
                .hint("capture the database anew, or call the row `changed`"),
            ),
            (What::Added, None) => {
                let value = |name: &str| {
                    let cell = row.cells.iter().find(|cell| cell.column == name)?;
                    boxed(cell)
                };
                let columns = table.columns.iter();
                laid.added
                    .push(columns.map(|column| value(&column.name)).collect());
            }
            (What::Changed, Some(number)) => {
                let cells = row.cells.iter().filter(|cell| !key.contains(&cell.column));
                let cells = cells.filter_map(|cell| Some((place_of(&cell.column)?, boxed(cell))));
                laid.changed.insert(number, cells.collect());
            }
            (What::LeftOut, Some(number)) => laid.left_out.push(number),
            (What::Changed | What::LeftOut, None) => problems.push(
                Problem::at(
                    &row.place,
                    format!("no row of `{}` is made with {}", table.name, shown(key, row)),
                )
                .hint("schema, configuration or seed have changed since: take the row out, or capture the database anew"),
            ),
        }
    }
    laid.left_out.sort_unstable();
    if problems.is_empty() {
        Ok(laid)
    } else {
        Err(problems)
    }
}

/// A row's key for people.
fn shown(key: &[String], row: &OverlaidRow) -> String {
    let mut text = String::new();
    for name in key {
        let cell = row.cells.iter().find(|cell| cell.column == *name);
        let value = cell.and_then(|cell| cell.value.as_deref());
        if !text.is_empty() {
            text.push_str(", ");
        }
        let _ = write!(text, "{name} = {}", value.unwrap_or("NULL"));
    }
    text
}

/// Whether SQL reads the text as a number without quotes.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match digits.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(digits),
    }
}

#[cfg(test)]
mod tests {
    use super::{Overlay, Row, is_plain_number};

    #[test]
    fn rows_are_counted_without_those_that_are_left_out() {
        let overlay = Overlay {
            made: 6,
            left_out: vec![0, 2, 3],
            added: vec![Vec::new()],
            ..Overlay::default()
        };
        let numbers: Vec<Option<u64>> = (0..overlay.rows())
            .map(|number| match overlay.row(number) {
                Some(Row::Made(made, _)) => Some(made),
                _ => None,
            })
            .collect();
        assert_eq!(numbers, [Some(1), Some(4), Some(5), None]);
        assert!(overlay.row(4).is_none());
    }

    #[test]
    fn what_sql_reads_as_something_else_is_no_number() {
        for text in ["1", "-20", "3.50"] {
            assert!(is_plain_number(text), "{text}");
        }
        for text in ["", "NaN", "1e5", "-", "1.", "Infinity"] {
            assert!(!is_plain_number(text), "{text}");
        }
    }
}
