//! One row in its three versions, made one: cell by cell.

use dump_text::{Form, field_like, row, sql_field};

use crate::conflict::{Conflict, What};
use crate::decisions::{Choice, Decisions};
use crate::report::{Report, TableReport, Tally};
use crate::shape::{Column, Fields, Shape};
use crate::side::{Side, Three};
use crate::watch::{Guard, Key, Watch};

/// Columns that say when a row was last written: where both sides wrote it, the later time is true.
const LAST_WRITTEN: [&str; 4] = ["updated_at", "updated_on", "modified_at", "modified_on"];

/// Resolves the rows of one table.
pub(crate) struct Resolver<'a> {
    pub(crate) table: &'a str,
    pub(crate) form: &'a Form,
    pub(crate) shape: &'a Shape,
    /// The columns that name a row, and their places.
    pub(crate) key: (Vec<String>, Three<Vec<usize>>),
    pub(crate) decisions: &'a Decisions,
    pub(crate) guard: Guard,
    pub(crate) watch: &'a mut Watch,
    pub(crate) report: &'a mut Report,
    pub(crate) counts: TableReport,
    pub(crate) tally: Tally,
}

impl Resolver<'_> {
    /// Appends the merged row to `output`, with its line feed, if one stays.
    pub(crate) fn resolve(&mut self, rows: Three<Option<&[u8]>>, output: &mut Vec<u8>) {
        let rows = rows.map(|row| row.map(|row| row::fields(row).collect::<Fields<'_>>()));
        self.count(&rows);
        if !self.guard.is_idle() {
            let key = (&self.key.0, &self.key.1);
            let (guard, watch) = (&mut self.guard, &mut *self.watch);
            guard.row(self.table, &rows, || key_of(key, &rows), watch);
        }
        match (&rows.base, &rows.ours, &rows.theirs) {
            (_, None, None) => {}
            (None, Some(row), None) => self.one_sided(Side::Ours, row, output),
            (None, None, Some(row)) => self.one_sided(Side::Theirs, row, output),
            (Some(base), Some(row), None) => {
                self.deleted(Side::Theirs, base, row, &rows, output);
            }
            (Some(base), None, Some(row)) => {
                self.deleted(Side::Ours, base, row, &rows, output);
            }
            (_, Some(_), Some(_)) => self.cells(&rows, output),
        }
    }

    fn count(&mut self, rows: &Three<Option<Fields<'_>>>) {
        for side in [Side::Ours, Side::Theirs] {
            match (&rows.base, rows.of(side)) {
                (None, Some(_)) => self.counts.of(side).added += 1,
                (Some(_), None) => self.counts.of(side).deleted += 1,
                (Some(base), Some(row)) if !self.shape.unchanged(side, base, row) => {
                    self.counts.of(side).changed += 1;
                    for (column, by) in &self.shape.dropped {
                        if *by == side.other()
                            && let (Some(was), Some(is)) =
                                (column.places.base, *column.places.of(side))
                            && base.get(was) != row.get(is)
                        {
                            self.tally.count(format!(
                                "{}: {by} took the column {} away, which {side} changed in {{}}",
                                self.table, column.name
                            ));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// A row that only one side has.
    pub(crate) fn one_sided(&mut self, side: Side, row: &Fields<'_>, output: &mut Vec<u8>) {
        for (at, column) in self.shape.columns.iter().enumerate() {
            if at > 0 {
                output.push(b'\t');
            }
            if let Some(place) = *column.places.of(side) {
                output.extend_from_slice(row.get(place).copied().unwrap_or_default());
                continue;
            }
            // Only an INSERT can ask for what the server would have put there.
            let (field, what) = match self.form {
                Form::Copy { .. } => (row::NULL.to_vec(), "NULL"),
                Form::Insert(insert) => (sql_field("DEFAULT", insert.rules), "the default"),
            };
            self.tally.count(format!(
                "{}: the column {} came with {}, so it is {what} in {{}} of {side}",
                self.table,
                column.name,
                side.other()
            ));
            output.extend_from_slice(&field);
        }
        output.push(b'\n');
    }

    /// A row that one side deleted.
    fn deleted(
        &mut self,
        by: Side,
        base: &Fields<'_>,
        row: &Fields<'_>,
        rows: &Three<Option<Fields<'_>>>,
        output: &mut Vec<u8>,
    ) {
        let side = by.other();
        if self.shape.unchanged(side, base, row) {
            return;
        }
        let key = key_of((&self.key.0, &self.key.1), rows);
        match self.decisions.choose(self.table, &key, None) {
            Some(Choice::Side(chosen)) if chosen == side => self.one_sided(side, row, output),
            Some(Choice::Side(_)) => {}
            Some(Choice::Base | Choice::Value(_)) => {
                let fields: Fields<'_> = self
                    .shape
                    .columns
                    .iter()
                    .map(|column| {
                        let place = column.places.base;
                        place
                            .and_then(|place| base.get(place).copied())
                            .unwrap_or(row::NULL)
                    })
                    .collect();
                output.extend_from_slice(&fields.join(&b'\t'));
                output.push(b'\n');
            }
            None => {
                let changed = self.changed_cells(side, base, row);
                self.report.conflict(Conflict {
                    table: self.table.to_owned(),
                    key,
                    what: What::Deleted { by, changed },
                });
                if side == Side::Ours {
                    self.one_sided(side, row, output);
                }
            }
        }
    }

    fn changed_cells(
        &self,
        side: Side,
        base: &Fields<'_>,
        row: &Fields<'_>,
    ) -> Vec<(String, Vec<u8>, Vec<u8>)> {
        let dropped = self.shape.dropped.iter().map(|(column, _)| column);
        self.shape
            .columns
            .iter()
            .chain(dropped)
            .filter_map(|column| {
                let was = base.get(column.places.base?)?;
                let is = row.get((*column.places.of(side))?)?;
                (was != is).then(|| (column.name.clone(), was.to_vec(), is.to_vec()))
            })
            .collect()
    }

    /// A row that both sides have.
    fn cells(&mut self, rows: &Three<Option<Fields<'_>>>, output: &mut Vec<u8>) {
        let shape = self.shape;
        for (at, column) in shape.columns.iter().enumerate() {
            if at > 0 {
                output.push(b'\t');
            }
            let field = |row: &Option<Fields<'_>>, place: Option<usize>| {
                row.as_ref()
                    .and_then(|row| row.get(place?))
                    .map(|field| field.to_vec())
            };
            let values = Three {
                base: field(&rows.base, column.places.base),
                ours: field(&rows.ours, column.places.ours),
                theirs: field(&rows.theirs, column.places.theirs),
            };
            let agreed = match (&values.ours, &values.theirs) {
                (Some(_), Some(_)) => values.as_ref().agreed().cloned().flatten(),
                (one, other) => one.clone().or_else(|| other.clone()),
            };
            let chosen = agreed.or_else(|| self.disputed(column, &values, rows));
            output.extend_from_slice(&chosen.unwrap_or_default());
        }
        output.push(b'\n');
    }

    /// What a cell becomes to which both sides gave another value.
    fn disputed(
        &mut self,
        column: &Column,
        values: &Three<Option<Vec<u8>>>,
        rows: &Three<Option<Fields<'_>>>,
    ) -> Option<Vec<u8>> {
        if LAST_WRITTEN.contains(&column.name.as_str()) {
            return values.ours.clone().max(values.theirs.clone());
        }
        let key = key_of((&self.key.0, &self.key.1), rows);
        match self.decisions.choose(self.table, &key, Some(&column.name)) {
            Some(Choice::Side(side)) => values.of(side).clone(),
            // A row that both added was nothing before.
            Some(Choice::Base) => values.base.clone().or_else(|| values.ours.clone()),
            Some(Choice::Value(value)) => Some(match self.form {
                Form::Copy { .. } => value,
                Form::Insert(insert) => {
                    let samples: Vec<&[u8]> = [&values.base, &values.ours, &values.theirs]
                        .into_iter()
                        .filter_map(Option::as_deref)
                        .collect();
                    field_like(&samples, &value, insert.rules)
                }
            }),
            None => {
                self.report.conflict(Conflict {
                    table: self.table.to_owned(),
                    key,
                    what: What::Cell {
                        column: column.name.clone(),
                        values: values.clone(),
                    },
                });
                values.ours.clone()
            }
        }
    }
}

/// The values that name a row, taken from any version that has it.
fn key_of(key: (&Vec<String>, &Three<Vec<usize>>), rows: &Three<Option<Fields<'_>>>) -> Key {
    let (names, places) = key;
    let found = [
        (&rows.ours, &places.ours),
        (&rows.theirs, &places.theirs),
        (&rows.base, &places.base),
    ]
    .into_iter()
    .find_map(|(row, places)| row.as_ref().map(|row| (row, places)));
    let Some((row, places)) = found else {
        return Key::new();
    };
    names
        .iter()
        .zip(places)
        .map(|(name, place)| {
            let value = row.get(*place).copied().unwrap_or_default();
            (name.clone(), value.to_vec())
        })
        .collect()
}
