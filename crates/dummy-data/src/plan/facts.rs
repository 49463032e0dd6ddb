//! What is known about a table before anything is decided: its keys, what must be unique, what its
//! CHECKs leave, which columns get no value from us.

use super::applied::{Per, add_order_of_birth, add_per, add_settings};
use super::by_name::{add_orders_by_name, add_references_by_name};
use super::master_rows::Masters;
use super::polymorphic::{self, Target};
use super::raw_sql::Completed;
use super::rules::add_rules;
use super::scopes::{self, Scopes};
use super::slots::{Slot, slots};
use super::uniques::{Compared, UniqueSet, unique_sets, words_outside_strings};
use crate::check::{Alternatives, Comparison, Rules};
use crate::masters::Master;
use crate::problem::Problem;
use crate::request::Request;
use crate::settings::{ColumnSettings, Located, Source};
use schema_model::{Column, ColumnValue, Schema, Table, TypeKind};

/// Parts of a share that are all rows.
pub(super) const ALL_ROWS: u32 = 1 << 16;

/// A table with everything that can be read off the schema.
#[derive(Debug)]
pub(super) struct TableFacts<'a> {
    /// The table.
    pub table: &'a Table,
    /// Its rows as somebody wrote them.
    pub master: Option<&'a Master>,
    /// What must be unique.
    pub unique_sets: Vec<UniqueSet>,
    /// What the CHECKs say.
    pub rules: Rules,
    /// References to other tables; no column is in two.
    pub references: Vec<Reference>,
    /// For each column the reference that decides it, and its place in that.
    pub reference_of: Vec<Option<(usize, usize)>>,
    /// Columns that can't be NULL, or that something else points to.
    pub never_null: Vec<bool>,
    /// Columns that are always NULL, and why.
    pub always_null: Vec<Option<String>>,
    /// Columns that are left out of the rows, and why.
    pub left_out: Vec<Option<String>>,
    /// Why the table gets no rows.
    pub no_rows: Option<String>,
    /// Pairs of columns of which the first must be lower, or which are unique in whatever order.
    pub halves: Vec<(usize, usize)>,
    /// Pairs of columns between which no two rows may overlap.
    pub slots: Vec<Slot>,
    /// What the configuration says of each column.
    pub settings: Vec<Option<&'a ColumnSettings>>,
    /// How many rows each parent has, where the configuration says so.
    pub per: Option<Per>,
}

/// Columns that take their values from a row of another table.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    /// The foreign key's name, none where only the column's name says so.
    pub constraint: Option<String>,
    /// Positions of the columns.
    pub columns: Vec<usize>,
    /// Position of the other table in the schema.
    pub table: usize,
    /// Positions of the other table's columns.
    pub referenced: Vec<usize>,
    /// The tables of a polymorphic pair, of which `table` is the first; the columns are then the pair's type
    /// and id. The choice of a row is one of them by its remainder, and a row of that by its quotient.
    pub targets: Vec<Target>,
    /// Which of the columns are enough to name a row of the other table.
    pub names: Vec<Vec<usize>>,
    /// From which of its rows a row may choose.
    pub choosing: Choosing,
    /// How many rows the columns can count: a `smallint` doesn't reach the keys of a large table.
    pub reach: u64,
}

/// From which rows of another table a row chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choosing {
    /// All.
    Freely,
    /// All, and the row belongs to the one it chooses: see [`super::scopes`].
    Tenant,
    /// Those that belong to the same one as itself.
    WithinTenant,
}

impl Reference {
    /// How many choices there are, with so many rows in each table.
    pub(super) fn choices(&self, rows: &[u64]) -> u64 {
        if self.targets.is_empty() {
            return rows[self.table].min(self.reach);
        }
        let fewest = self.targets.iter().map(|target| rows[target.table]).min();
        fewest
            .unwrap_or(0)
            .min(self.reach)
            .saturating_mul(self.targets.len() as u64)
    }
}

impl TableFacts<'_> {
    /// Whether the configuration says what a column holds that an SQL expression names.
    pub(super) fn settings_of_any(&self, expression: &str) -> bool {
        words_outside_strings(expression).iter().any(|word| {
            self.table
                .column_position(word)
                .or_else(|| self.table.column_position(&word.to_lowercase()))
                .is_some_and(|column| self.source(column).is_some())
        })
    }

    /// Whether the file of a master has the column's values.
    pub(super) fn is_given(&self, column: usize) -> bool {
        let name = &self.table.columns[column].name;
        self.master.is_some_and(|master| master.has_column(name))
    }

    /// What the configuration wants a column's values to come from.
    pub(super) fn source(&self, column: usize) -> Option<&Located<Source>> {
        self.settings[column]?.source.as_ref()
    }

    /// Whether something unique looks only at the day of a time.
    pub(super) fn is_by_day(&self, column: usize) -> bool {
        self.unique_sets
            .iter()
            .any(|set| set.compared == Compared::Days && set.columns.contains(&column))
    }

    /// The table and column that a column by itself points to, where it is free to choose the row.
    fn target(&self, column: usize) -> Option<(usize, usize)> {
        let (reference, place) = self.reference_of[column]?;
        let reference = &self.references[reference];
        (reference.columns.len() == 1
            && reference.targets.is_empty()
            && reference.choosing == Choosing::Freely)
            .then_some((reference.table, reference.referenced[place]))
    }

    /// Takes the first of the alternatives that fits what is known already. Returns whether one was found.
    pub(super) fn add_rule(&mut self, alternatives: &Alternatives) -> bool {
        let (table, never_null) = (self.table, &self.never_null);
        self.rules.add(alternatives, &|name: &str| {
            table
                .column_position(name)
                .is_some_and(|position| !never_null[position])
        })
    }

    /// For a column that points to a lower or a higher row of a table than another one: whether to the higher.
    /// The lower half of the parents is for one, the upper half for the other.
    pub(super) fn half(&self, column: usize) -> Option<bool> {
        let own = self.target(column)?;
        let pairs = self.halves.iter();
        let mut both = pairs.filter(|(low, high)| *low == column || *high == column);
        let (low, high) = *both.next()?;
        // Only of two columns of which no other must be lower or higher.
        (both.next().is_none()
            && self.target(low) == Some(own)
            && self.target(high) == Some(own)
            && self.differs_from(low.max(high)).is_none())
        .then_some(column == high)
    }

    /// The column before it that a check wants this one to differ from, where both point to the same
    /// table.
    pub(crate) fn differs_from(&self, column: usize) -> Option<usize> {
        let name = &self.table.columns[column].name;
        self.rules
            .relations
            .iter()
            .find_map(|(left, operator, right)| {
                let other = match operator {
                    Comparison::NotEqual if left == name => right,
                    Comparison::NotEqual if right == name => left,
                    _ => return None,
                };
                let other = self.table.column_position(other)?;
                (other < column
                    && self.target(other).is_some()
                    && self.target(other) == self.target(column))
                .then_some(other)
            })
    }
}

/// How many rows columns of whole numbers can count, the narrowest of them.
pub(super) fn reach<'c>(columns: impl Iterator<Item = &'c Column>) -> u64 {
    columns
        .map(|column| match column.data_type.kind {
            TypeKind::SmallInt => i16::MAX.unsigned_abs().into(),
            TypeKind::Integer => i32::MAX.unsigned_abs().into(),
            _ => u64::MAX,
        })
        .min()
        .unwrap_or(u64::MAX)
}

/// Finds tables that must agree on the columns that their keys share. Masters and configured columns have
/// values of their own.
pub(super) fn find_scopes(schema: &Schema, masters: &Masters<'_>, request: &Request) -> Scopes {
    let is_configured = |table: usize, column: usize| {
        let table = &schema.tables[table];
        request.settings_of(table).is_some_and(|settings| {
            settings.columns.iter().any(|settings| {
                settings.name.value == table.columns[column].name && settings.source.is_some()
            })
        })
    };
    let is_masters = |table: usize, column: usize| {
        let name = &schema.tables[table].columns[column].name;
        masters[table].is_some_and(|master| master.has_column(name))
    };
    scopes::find(schema, &is_configured, &|table, column| {
        is_configured(table, column) || is_masters(table, column)
    })
}

/// Reads the facts of all tables.
pub(super) fn read<'a>(
    completed: &'a Completed,
    masters: &Masters<'a>,
    request: &'a Request,
    scopes: &Scopes,
    warnings: &mut Vec<Problem>,
    problems: &mut Vec<Problem>,
) -> Vec<TableFacts<'a>> {
    let mut all: Vec<TableFacts<'a>> = (0..completed.schema.tables.len())
        .map(|table| {
            of_table(
                completed, table, masters, request, scopes, warnings, problems,
            )
        })
        .collect();
    for position in 0..all.len() {
        let references = all[position].references.clone();
        for reference in references {
            for &column in &reference.referenced {
                all[reference.table].never_null[column] = true;
            }
            for target in &reference.targets {
                all[target.table].never_null[target.key] = true;
            }
        }
    }
    for facts in &mut all {
        drop_given_references(facts);
    }
    all
}

/// A master's file decides its columns, whatever keys they have.
fn drop_given_references(facts: &mut TableFacts<'_>) {
    for number in 0..facts.references.len() {
        let columns = &facts.references[number].columns;
        if columns.iter().any(|&column| facts.is_given(column)) {
            for column in columns.clone() {
                facts.reference_of[column] = None;
            }
        }
    }
}

fn of_table<'a>(
    completed: &'a Completed,
    position: usize,
    masters: &Masters<'a>,
    request: &'a Request,
    scopes: &Scopes,
    warnings: &mut Vec<Problem>,
    problems: &mut Vec<Problem>,
) -> TableFacts<'a> {
    let schema = &completed.schema;
    let table = &schema.tables[position];
    let table_settings = request.settings_of(table);
    let settings: Vec<Option<&ColumnSettings>> = table
        .columns
        .iter()
        .map(|column| {
            table_settings?
                .columns
                .iter()
                .find(|settings| settings.name.value == column.name)
        })
        .collect();
    let mut never_null: Vec<bool> = table.columns.iter().map(|column| column.not_null).collect();
    if let Some(key) = &table.primary_key {
        for name in &key.columns {
            if let Some(position) = table.column_position(name) {
                never_null[position] = true;
            }
        }
    }
    for (position, column) in table.columns.iter().enumerate() {
        let in_type = match &column.data_type.kind {
            TypeKind::Other(sql) => sql.to_uppercase(),
            _ => String::new(),
        };
        if matches!(column.value, ColumnValue::Serial | ColumnValue::Identity(_))
            || ["NOT NULL", "PRIMARY KEY", "SERIAL"]
                .iter()
                .any(|words| in_type.contains(words))
        {
            never_null[position] = true;
        }
    }
    for (position, settings) in settings.iter().enumerate() {
        if settings.is_some_and(|settings| {
            settings
                .null_ratio
                .as_ref()
                .is_some_and(|ratio| ratio.value == 0)
        }) {
            never_null[position] = true;
        }
    }
    let mut unique_sets = unique_sets(table);
    for (position, settings) in settings.iter().enumerate() {
        if settings
            .is_some_and(|settings| settings.unique.as_ref().is_some_and(|unique| unique.value))
        {
            unique_sets.push(UniqueSet::configured(position));
        }
    }
    for set in &unique_sets {
        if let Some(expression) = &set.opaque {
            warnings.push(
                Problem::new(
                    format!("{}", table.name),
                    format!("the unique index `{}` is over `{expression}`, which isn't understood; its columns are made unique instead", set.name),
                )
                .hint("if loading fails on this index, give its columns values in `schema/dummy.toml`"),
            );
        }
        if set.nulls_equal {
            for &column in &set.columns {
                never_null[column] = true;
            }
        }
    }
    let mut facts = TableFacts {
        table,
        master: masters[position],
        unique_sets,
        rules: Rules::default(),
        references: Vec::new(),
        reference_of: vec![None; table.columns.len()],
        always_null: vec![None; table.columns.len()],
        left_out: table
            .columns
            .iter()
            .zip(&settings)
            .map(|(column, settings)| left_out(column, *settings))
            .collect(),
        settings,
        per: None,
        never_null,
        halves: Vec::new(),
        slots: Vec::new(),
        no_rows: no_rows(completed, table),
    };
    add_rules(&mut facts, warnings);
    add_settings(&mut facts, problems);
    add_slots(&mut facts);
    add_foreign_keys(&mut facts, scopes, position);
    polymorphic::add(schema, &mut facts);
    add_references_by_name(schema, &mut facts);
    add_halves(&mut facts);
    add_orders_by_name(&mut facts);
    add_order_of_birth(&mut facts);
    if let Some(settings) = table_settings
        && !request.has_rows_on_command_line(table)
    {
        add_per(schema, &mut facts, settings, problems);
        if let (Some(per), Some(member)) = (facts.per, &scopes.members[position]) {
            let shared: Vec<String> = member
                .columns
                .iter()
                .map(|&column| format!("`{}`", table.columns[column].name))
                .collect();
            problems.push(
                Problem::configured(
                    per.span,
                    format!(
                        "rows of `{}` can't be counted for each parent: several of its keys share {}",
                        table.name,
                        shared.join(", ")
                    ),
                )
                .hint("say how many `rows` the table gets"),
            );
        }
    }
    facts
}

fn left_out(column: &Column, settings: Option<&ColumnSettings>) -> Option<String> {
    match settings
        .and_then(|settings| settings.source.as_ref())
        .map(|source| &source.value)
    {
        Some(Source::Default) => {
            return Some("the configuration leaves it to its default".to_owned());
        }
        Some(Source::Sql(sql)) => {
            return Some(format!(
                "the configuration says so: the database computes {sql}"
            ));
        }
        _ => {}
    }
    match &column.value {
        ColumnValue::Generated { .. } => Some("the database computes it".to_owned()),
        _ => None,
    }
}

fn no_rows(completed: &Completed, table: &Table) -> Option<String> {
    if table.persistence == schema_model::Persistence::Temporary {
        return Some("a temporary table is gone when its session ends".to_owned());
    }
    if table.as_query.is_some() {
        return Some("its rows come from its own query".to_owned());
    }
    let partitioned = table
        .options
        .as_ref()
        .is_some_and(|options| options.to_lowercase().contains("partition by"));
    // Without a partition no row has a place; with partitions we would have to know their bounds.
    (partitioned && !completed.partitioned.contains(&table.name.to_string()))
        .then(|| "it is partitioned, and no partitions were found that take any row".to_owned())
}

fn add_foreign_keys(facts: &mut TableFacts<'_>, scopes: &Scopes, position: usize) {
    let table = facts.table;
    let member = scopes.members[position].as_ref();
    let shared: &[usize] = member.map_or(&[], |member| &member.columns);
    let keys: Vec<&scopes::Key> = scopes.keys[position]
        .iter()
        .filter(|key| {
            let always_null = |column: &usize| facts.always_null[*column].is_some();
            !key.columns.iter().any(always_null)
        })
        .collect();
    if let Some(member) = member {
        let root = &scopes.roots[member.scope];
        let name = keys
            .iter()
            .rev()
            .find(|key| shared.iter().all(|column| key.columns.contains(column)))
            .map(|key| key.name.clone());
        add_reference(
            facts,
            Reference {
                // A guess is given up where it gets in the way. This is none.
                constraint: Some(name.unwrap_or_default()),
                reach: reach(shared.iter().map(|&column| &table.columns[column])),
                columns: shared.to_vec(),
                names: vec![shared.to_vec()],
                table: root.table,
                referenced: root.columns.clone(),
                targets: Vec::new(),
                choosing: Choosing::Tenant,
            },
        );
    }
    for key in keys {
        // What the tenant decides already, it decides for this key too.
        let within = member.is_some() && shared.iter().all(|column| key.columns.contains(column));
        let own: Vec<usize> = (0..key.columns.len())
            .filter(|&place| !shared.contains(&key.columns[place]))
            .collect();
        let is_free = |place: &usize| facts.reference_of[key.columns[*place]].is_none();
        let free: Vec<usize> = own.iter().copied().filter(is_free).collect();
        let is_unfit = scopes.unfit.contains(&(position, key.name.clone()));
        if free.is_empty() && is_unfit {
            let nullable = key
                .columns
                .iter()
                .find(|column| !facts.never_null[**column]);
            match nullable {
                Some(&column) => {
                    facts.always_null[column] = Some(format!("the key `{}` fits no row", key.name));
                }
                None => facts.no_rows = Some(unfit(table, key)),
            }
        } else if free.is_empty() {
            // Every column is decided by a wider key, whose parent row points to the same row.
        } else if free.len() == own.len() && (within || own.len() == key.columns.len()) {
            let columns: Vec<usize> = own.iter().map(|&place| key.columns[place]).collect();
            add_reference(
                facts,
                Reference {
                    constraint: Some(key.name.clone()),
                    reach: reach(columns.iter().map(|&column| &table.columns[column])),
                    names: scopes.names(key),
                    columns,
                    table: key.table,
                    referenced: own.iter().map(|&place| key.referenced[place]).collect(),
                    targets: Vec::new(),
                    choosing: if within {
                        Choosing::WithinTenant
                    } else {
                        Choosing::Freely
                    },
                },
            );
        } else if let Some(place) = free
            .iter()
            .find(|&&place| !facts.never_null[key.columns[place]])
        {
            facts.always_null[key.columns[*place]] = Some(format!(
                "the key `{}` shares columns with another one",
                key.name
            ));
        } else {
            facts.no_rows = Some(unfit(table, key));
        }
    }
}

fn unfit(table: &Table, key: &scopes::Key) -> String {
    let names: Vec<&str> = key
        .columns
        .iter()
        .map(|&column| table.columns[column].name.as_str())
        .collect();
    format!(
        "no row is known to fit both its key `{}` ({}) and another one that shares columns with it",
        key.name,
        names.join(", ")
    )
}

/// Friendships and the like: `CHECK (low_id < high_id)`, or unique over `LEAST(a_id, b_id), GREATEST(a_id, b_id)`.
fn add_halves(facts: &mut TableFacts<'_>) {
    let table = facts.table;
    let mut halves: Vec<(usize, usize)> = facts
        .rules
        .relations
        .iter()
        .filter_map(|(left, operator, right)| {
            let (left, right) = (table.column_position(left)?, table.column_position(right)?);
            match operator {
                Comparison::Below | Comparison::AtMost => Some((left, right)),
                Comparison::Above | Comparison::AtLeast => Some((right, left)),
                _ => None,
            }
        })
        .collect();
    for set in &facts.unique_sets {
        if let ([first, second], Compared::UnorderedPairs) = (set.columns.as_slice(), set.compared)
        {
            halves.push((*first, *second));
        }
    }
    facts.halves = halves;
}

/// A range without an end would overlap all that come after it.
fn add_slots(facts: &mut TableFacts<'_>) {
    for slot in slots(facts.table) {
        let both = [slot.lower, slot.upper];
        if both
            .iter()
            .any(|&column| facts.source(column).is_some() || facts.always_null[column].is_some())
        {
            continue;
        }
        for column in both {
            facts.never_null[column] = true;
        }
        facts.slots.push(slot);
    }
}

/// Adds a reference, which decides its columns from now on.
pub(super) fn add_reference(facts: &mut TableFacts<'_>, reference: Reference) {
    let number = facts.references.len();
    for (place, &column) in reference.columns.iter().enumerate() {
        facts.reference_of[column] = Some((number, place));
    }
    facts.references.push(reference);
}
