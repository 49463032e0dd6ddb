//! Decides which row each fixed row is, and what it gives to whom.

use crate::generators::{Generator, Moment};
use crate::ids::{ColumnAt, ColumnId, TableColumns, TableId};
use crate::pinned::{Pin, Pins};
use crate::plan::facts::scopes::Scopes;
use crate::plan::facts::table::{Choosing, Reference, ReferencePlace};
use crate::plan::facts::uniques::{UniqueSet, unique_sets};
use crate::plan::fixed::Fixed;
use crate::plan::fixed::cells::{Base, Given};
use crate::plan::names::class_name;
use crate::plan::sql::moment;
use crate::plan::story::{Relation, Story};
use crate::problem::Problem;
use crate::settings::{FixedCell, FixedRow, FixedValue};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use value_model::ValueType;

/// Among so many first rows one is looked for that is in the state of a fixed row.
const NEAR: u64 = 512;

/// How often a row may be given another one's value before that is an error: values can be taken in a circle.
const ROUNDS: usize = 8;

/// A fixed row with its table and its place.
#[derive(Clone, Copy)]
struct At<'f> {
    table: TableId,
    row: u64,
    fixed: &'f FixedRow,
}

/// Decides all of it.
pub(crate) fn place(
    base: &Base<'_>,
    scopes: &Scopes,
    story: &Story,
    fixed: &Fixed,
) -> Result<Pins, Vec<Problem>> {
    let mut placing = Placing {
        base,
        scopes,
        story,
        given: Given::new(),
        rows: BTreeMap::new(),
        choices: BTreeMap::new(),
        births: BTreeMap::new(),
        problems: Vec::new(),
    };
    for (&table, rows) in fixed {
        if base.plan(table).is_none() {
            let name = &base.facts[table].table.name;
            let reason = base.facts[table].no_rows.clone();
            let reason = reason.unwrap_or_else(|| "no rows were asked for".to_owned());
            let text = format!("`{name}` gets no rows: {reason}");
            placing
                .problems
                .extend(rows.first().map(|row| Problem::at(&row.place, text)));
        }
    }
    for &table in &base.order {
        if let Some(rows) = fixed.get(&table) {
            placing.table(table, rows);
        }
    }
    for (&table, rows) in fixed {
        placing.references(table, rows);
    }
    if placing.problems.is_empty() {
        for (&table, rows) in fixed {
            placing.free(table, rows);
        }
    }
    if !placing.problems.is_empty() {
        return Err(placing.problems);
    }
    let shared = |(key, pins)| (key, Arc::new(pins));
    Ok(Pins {
        cells: placing.given.into_iter().map(shared).collect(),
        choices: placing
            .choices
            .into_iter()
            .map(|(key, choices)| (key, Arc::new(choices)))
            .collect(),
        births: placing
            .births
            .into_iter()
            .map(|(table, births)| (table, Arc::new(births)))
            .collect(),
        rows: placing.rows,
    })
}

struct Placing<'a> {
    base: &'a Base<'a>,
    scopes: &'a Scopes,
    story: &'a Story,
    given: Given,
    rows: BTreeMap<TableId, Vec<u64>>,
    choices: BTreeMap<ColumnAt, BTreeMap<u64, u64>>,
    births: BTreeMap<TableId, BTreeMap<u64, i64>>,
    problems: Vec<Problem>,
}

impl Placing<'_> {
    /// Finds the places of a table's fixed rows, and takes their values over.
    fn table(&mut self, table: TableId, fixed: &[FixedRow]) {
        let count = self.base.rows(table);
        if (fixed.len() as u64) > count {
            let name = &self.base.facts[table].table.name;
            self.problems.push(
                Problem::at(
                    &fixed[0].place,
                    format!("`{name}` gets {count} rows, and {} are given", fixed.len()),
                )
                .hint("let it have more rows, or its parents"),
            );
            return;
        }
        let mut places: Vec<Option<u64>> = vec![None; fixed.len()];
        let mut taken = BTreeSet::new();
        // Who has a key that is made for a row takes that row's place.
        for set in sets_of(self.base, table) {
            let keys: Vec<Option<Vec<String>>> = fixed
                .iter()
                .zip(&places)
                .map(|(row, place)| match place {
                    None => self.key_of(table, &set, row),
                    Some(_) => None,
                })
                .collect();
            let wanted = keys.iter().flatten().cloned().collect();
            let found = self
                .base
                .find((table, &set.columns), &Given::new(), &wanted);
            for (place, key) in places.iter_mut().zip(keys) {
                let rows = key.and_then(|key| found.get(&key));
                if let Some(row) =
                    rows.and_then(|rows| rows.iter().find(|row| !taken.contains(*row)))
                {
                    taken.insert(*row);
                    *place = Some(*row);
                }
            }
        }
        for (row, place) in fixed.iter().zip(&mut places) {
            if place.is_none() {
                *place = self.nearest(table, row, &taken);
                taken.extend(*place);
            }
        }
        let places: Vec<u64> = places.into_iter().flatten().collect();
        for (row, &place) in fixed.iter().zip(&places) {
            for cell in &row.cells {
                self.cell(table, place, cell);
            }
        }
        if places.len() == fixed.len() {
            self.rows.insert(table, places);
        }
    }

    /// What a fixed row has in the columns of a unique set, if it is given all of them.
    fn key_of(&self, table: TableId, set: &UniqueSet, row: &FixedRow) -> Option<Vec<String>> {
        set.columns
            .iter()
            .map(|&column| {
                let cell = cell_of(self.base, table, column, row)?;
                match &cell.value {
                    FixedValue::Text(text) => Some(self.base.normal(table, column, text)),
                    FixedValue::Null | FixedValue::Row(_) => None,
                }
            })
            .collect()
    }

    /// The first row that isn't taken, and is in the state of a fixed row if any near is; in a table that belongs to
    /// tenants one of the same tenant.
    fn nearest(&mut self, table: TableId, row: &FixedRow, taken: &BTreeSet<u64>) -> Option<u64> {
        let base = self.base;
        let tenants = self.tenants(table, row);
        let count = base.rows(table);
        let near = if tenants.is_empty() {
            NEAR.max(taken.len() as u64 + 1)
        } else {
            count
        };
        let mut best: Option<(u64, u64)> = None;
        let most = self.likeness_of(table, row, None);
        for at in (0..count.min(near)).filter(|at| !taken.contains(at)) {
            let is_tenants = tenants.iter().all(|(column, wanted)| {
                base.text(table, *column, at)
                    .is_some_and(|text| base.normal(table, *column, &text) == *wanted)
            });
            if !is_tenants {
                continue;
            }
            let likeness = self.likeness_of(table, row, Some(at));
            if best.is_none_or(|(_, before)| likeness > before) {
                best = Some((at, likeness));
            }
            if likeness == most {
                break;
            }
        }
        if best.is_none() {
            let (column, wanted) = tenants.first()?;
            let name = &base.facts[table].table.columns[*column].name;
            let of = &base.facts[table].table.name;
            let place = row.cells.iter().find(|cell| cell.column == *name);
            self.problems.push(
                Problem::at(
                    place.map_or(&row.place, |cell| &cell.place),
                    format!("no row of `{of}` is left whose `{name}` is `{wanted}`"),
                )
                .hint(format!(
                    "let `{of}` have more rows, or take another `{name}`"
                )),
            );
        }
        best.map(|(at, _)| at)
    }

    /// The columns by which a fixed row belongs to a tenant, with what it has there.
    fn tenants(&self, table: TableId, row: &FixedRow) -> Vec<(ColumnId, String)> {
        let Some(member) = &self.scopes.members[table] else {
            return Vec::new();
        };
        let given = member.columns.iter().filter_map(|&column| {
            let cell = cell_of(self.base, table, column, row)?;
            let text = match &cell.value {
                FixedValue::Text(text) => text.clone(),
                FixedValue::Null => return None,
                FixedValue::Row(_) => {
                    let ReferencePlace {
                        reference: number,
                        place,
                    } = self.base.facts[table].reference_of[column]?;
                    let reference = &self.base.facts[table].references[number];
                    let parent = self.parent(table, reference, row)?;
                    let other = reference.referenced[place];
                    self.base
                        .given(&self.given, reference.table, other, parent)?
                }
            };
            Some((column, self.base.normal(table, column, &text)))
        });
        given.collect()
    }

    /// How much a row is like a fixed one in what others follow from; without a row the most that can be.
    fn likeness_of(&self, table: TableId, fixed: &FixedRow, row: Option<u64>) -> u64 {
        let story = &self.story.tables[table];
        let mut likeness = 0;
        for cell in &fixed.cells {
            let Some(column) = self.base.facts[table].table.column_id(&cell.column) else {
                continue;
            };
            let Some((relation, _)) = story.relations.get(&column) else {
                continue;
            };
            let is_flag = matches!(
                self.base.facts[table].table.columns[column].data_type.kind,
                ValueType::Boolean
            );
            let (wanted, weight) = match &cell.value {
                FixedValue::Text(text) if is_flag || matches!(relation, Relation::State) => {
                    (Some(self.base.normal(table, column, text)), 8)
                }
                FixedValue::Null => (None, 1),
                _ => (Some(String::new()), 1),
            };
            let is_alike = row.is_none_or(|row| {
                let own = self.base.text(table, column, row);
                match (&wanted, own) {
                    (None, None) => true,
                    (Some(wanted), Some(own)) => {
                        wanted.is_empty() || *wanted == self.base.normal(table, column, &own)
                    }
                    _ => false,
                }
            });
            likeness += if is_alike { weight } else { 0 };
        }
        likeness
    }

    /// Gives a row a value, unless that comes from the row of another table.
    fn cell(&mut self, table: TableId, row: u64, cell: &FixedCell) {
        let facts = &self.base.facts[table];
        let Some(column) = facts.table.column_id(&cell.column) else {
            return;
        };
        let pin = match &cell.value {
            FixedValue::Text(text) => Pin::Text(text.as_str().into()),
            FixedValue::Null => Pin::Null,
            FixedValue::Row(_) => return,
        };
        if let (Pin::Text(text), Some(plan)) = (&pin, self.base.column(table, column))
            && let Generator::Timestamp(moment_of, ..) | Generator::Date(moment_of) =
                &*plan.generator
            && matches!(**moment_of, Moment::Born(_))
            && let Some(moment) = moment(text)
        {
            self.births.entry(table).or_default().insert(row, moment);
        }
        self.give(table, column, row, pin);
    }

    fn give(&mut self, table: TableId, column: ColumnId, row: u64, pin: Pin) {
        let cells = self.given.entry(ColumnAt::new(table, column));
        cells.or_default().give(row, pin);
    }

    /// Lets fixed rows point to the rows that they name.
    fn references(&mut self, table: TableId, fixed: &[FixedRow]) {
        let Some(places) = self.rows.get(&table).cloned() else {
            return;
        };
        let facts = &self.base.facts[table];
        for (row, fixed) in places.into_iter().zip(fixed) {
            for reference in &facts.references {
                let columns = &reference.columns;
                let cells: Vec<&FixedCell> = columns
                    .iter()
                    .filter_map(|&column| cell_of(self.base, table, column, fixed))
                    .collect();
                let is_null = |cell: &&FixedCell| cell.value == FixedValue::Null;
                if cells.is_empty() || cells.iter().any(is_null) {
                    continue;
                }
                if cells.len() < columns.len() {
                    let missing: Vec<String> = columns
                        .iter()
                        .filter(|&&column| cell_of(self.base, table, column, fixed).is_none())
                        .map(|&column| format!("`{}`", facts.table.columns[column].name))
                        .collect();
                    self.problems.push(
                        Problem::at(
                            &cells[0].place,
                            format!(
                                "`{}` is one of {} columns that name a row together",
                                cells[0].column,
                                columns.len()
                            ),
                        )
                        .hint(format!("give {} too", missing.join(", "))),
                    );
                    continue;
                }
                if reference.choosing == Choosing::Tenant {
                    // The place was chosen so that it fits.
                    continue;
                }
                let Some(parent) = self.parent(table, reference, fixed) else {
                    // Where only a name says that it points there, it may point elsewhere.
                    if reference.constraint.is_some() {
                        self.problems.push(self.no_parent(reference, &cells));
                    }
                    continue;
                };
                self.choices
                    .entry(ColumnAt::new(table, columns[0]))
                    .or_default()
                    .insert(row, parent);
                for (place, &column) in columns.iter().enumerate() {
                    if let Some(cell) = cell_of(self.base, table, column, fixed)
                        && matches!(cell.value, FixedValue::Row(_))
                        && let Some(text) = self.base.given(
                            &self.given,
                            reference.table,
                            reference.referenced[place],
                            parent,
                        )
                    {
                        self.give(table, column, row, Pin::Text(text.into()));
                    }
                }
            }
        }
    }

    fn no_parent(&self, reference: &Reference, cells: &[&FixedCell]) -> Problem {
        let parent = &self.base.facts[reference.table].table.name;
        let cell = cells[0];
        let named = match &cell.value {
            FixedValue::Row(names) => names
                .iter()
                .map(|(name, value)| format!("{} = {}", name.value, value.value))
                .collect::<Vec<_>>()
                .join(", "),
            _ => cells
                .iter()
                .map(|cell| match &cell.value {
                    FixedValue::Text(text) => format!("{} = {text}", cell.column),
                    _ => cell.column.clone(),
                })
                .collect::<Vec<_>>()
                .join(", "),
        };
        let problem = Problem::at(
            &cell.place,
            format!(
                "no row of `{parent}` is the one that `{}` names: {named}",
                cell.column
            ),
        );
        problem.hint(format!(
            "`{parent}` has {} rows; a row of its own is given by `[[tables.{parent}.fixed]]`",
            self.base.rows(reference.table)
        ))
    }

    /// The choice by which a fixed row points where it says.
    fn parent(&self, table: TableId, reference: &Reference, fixed: &FixedRow) -> Option<u64> {
        let base = self.base;
        let cells: Vec<&FixedCell> = reference
            .columns
            .iter()
            .map(|&column| cell_of(base, table, column, fixed))
            .collect::<Option<_>>()?;
        if !reference.targets.is_empty() {
            // The class says which table, the key which row.
            let text = |cell: &FixedCell| match &cell.value {
                FixedValue::Text(text) => Some(text.clone()),
                _ => None,
            };
            let (class, key) = (text(cells[0])?, text(cells.get(1)?)?);
            let name = |table: TableId| class_name(&base.schema.tables[table].name.name);
            let place = reference
                .targets
                .iter()
                .position(|target| name(target.table) == class)?;
            let target = &reference.targets[place];
            let row = self.row_with(target.table, &[target.key], &[key])?;
            return Some(row * reference.targets.len() as u64 + place as u64);
        }
        if let [cell] = cells.as_slice()
            && let FixedValue::Row(names) = &cell.value
        {
            let of = base.facts[reference.table].table;
            let columns: Vec<ColumnId> = names
                .iter()
                .map(|(name, _)| of.column_id(&name.value))
                .collect::<Option<_>>()?;
            let texts: Vec<String> = names.iter().map(|(_, value)| value.value.clone()).collect();
            return self.row_with(reference.table, &columns, &texts);
        }
        let texts: Vec<String> = cells
            .iter()
            .map(|cell| match &cell.value {
                FixedValue::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect::<Option<_>>()?;
        self.row_with(reference.table, &reference.referenced, &texts)
    }

    /// The row of a table that has some texts in some columns: a given one before others.
    fn row_with(&self, table: TableId, columns: &[ColumnId], texts: &[String]) -> Option<u64> {
        let base = self.base;
        let key: Vec<String> = columns
            .iter()
            .zip(texts)
            .map(|(&column, text)| base.normal(table, column, text))
            .collect();
        let has = |row: u64| base.key((table, columns), &self.given, row).as_ref() == Some(&key);
        let given = self.rows.get(&table).into_iter().flatten().copied();
        // Keys are counted: the row that has one is mostly where it says.
        let counted = match (columns, texts) {
            ([_], [text]) => text
                .trim()
                .parse::<u64>()
                .ok()
                .and_then(|key| key.checked_sub(1)),
            _ => None,
        };
        let counted = counted.filter(|&row| row < base.rows(table));
        given
            .chain(counted)
            .find(|&row| has(row))
            .or_else(|| (0..base.rows(table)).find(|&row| has(row)))
    }

    /// Lets rows that have what a fixed row was given in a unique set have what that would have had.
    fn free(&mut self, table: TableId, fixed: &[FixedRow]) {
        let Some(places) = self.rows.get(&table).cloned() else {
            return;
        };
        let all: Vec<At<'_>> = places
            .into_iter()
            .zip(fixed)
            .map(|(row, fixed)| At { table, row, fixed })
            .collect();
        for set in sets_of(self.base, table) {
            let mut rounds = ROUNDS;
            while self.free_set(&set, &all) && rounds > 0 {
                rounds -= 1;
            }
        }
    }

    /// One round of that; whether there was anything to do.
    fn free_set(&mut self, set: &UniqueSet, all: &[At<'_>]) -> bool {
        let Some(table) = all.first().map(|at| at.table) else {
            return false;
        };
        let base = self.base;
        let is_given = |at: &At<'_>| {
            let mut columns = set.columns.iter();
            columns.any(|&column| cell_of(base, table, column, at.fixed).is_some())
        };
        let mut owners: BTreeMap<Vec<String>, At<'_>> = BTreeMap::new();
        for at in all.iter().filter(|at| is_given(at)) {
            let Some(key) = base.key((table, &set.columns), &self.given, at.row) else {
                continue;
            };
            let is_twice = owners.insert(key, *at).is_some();
            if is_twice && !set.partial {
                let column = &base.facts[table].table.columns[set.columns[0]].name;
                let cell = at.fixed.cells.iter().find(|cell| cell.column == *column);
                let names: Vec<&str> = set
                    .columns
                    .iter()
                    .map(|&column| base.facts[table].table.columns[column].name.as_str())
                    .collect();
                self.problems.push(
                    Problem::at(
                        cell.map_or(&at.fixed.place, |cell| &cell.place),
                        format!(
                            "`{}` is unique (`{}`), and two of the rows that are given have the same",
                            names.join(", "),
                            set.name
                        ),
                    )
                    .hint(if names.len() > 1 {
                        format!("give each of them another one of {}", names.join(", "))
                    } else {
                        "give one of them another value".to_owned()
                    }),
                );
                return false;
            }
        }
        let wanted = owners.keys().cloned().collect();
        let found = base.find((table, &set.columns), &self.given, &wanted);
        let places: BTreeSet<u64> = all.iter().map(|at| at.row).collect();
        let mut freed = false;
        for (key, rows) in found {
            let Some(owner) = owners.get(&key) else {
                continue;
            };
            for row in rows.into_iter().filter(|row| !places.contains(row)) {
                for &column in &set.columns {
                    let is_own = cell_of(base, table, column, owner.fixed).is_some();
                    if is_own && base.facts[table].reference_of[column].is_none() {
                        self.give(table, column, row, Pin::As(owner.row));
                        freed = true;
                    }
                }
            }
        }
        freed
    }
}

/// The unique sets of a table that are about all that fixed rows say, keys first.
pub(super) fn sets_of(base: &Base<'_>, table: TableId) -> Vec<UniqueSet> {
    let facts = &base.facts[table];
    let mut sets = unique_sets(facts.table);
    for (column, settings) in facts.settings.iter_enumerated() {
        let is_unique = settings
            .and_then(|settings| settings.unique.as_ref())
            .is_some_and(|unique| unique.value);
        if is_unique {
            sets.push(UniqueSet::configured(column));
        }
    }
    sets.retain(|set| set.opaque.is_none() && !set.columns.is_empty() && !set.implied);
    sets
}

/// What a fixed row is given in a column.
pub(super) fn cell_of<'f>(
    base: &Base<'_>,
    table: TableId,
    column: ColumnId,
    row: &'f FixedRow,
) -> Option<&'f FixedCell> {
    let name = &base.facts[table].table.columns[column].name;
    row.cells.iter().find(|cell| cell.column == *name)
}
