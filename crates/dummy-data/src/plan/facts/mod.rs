//! What is known before anything is decided: the facts of each table, read off the schema, the masters and the
//! configuration.

pub(crate) mod applied;
pub(crate) mod by_name;
pub(crate) mod duties;
pub(crate) mod equations;
pub(crate) mod following;
pub(crate) mod keys;
pub(crate) mod masters;
pub(crate) mod narrowing;
pub(crate) mod polymorphic;
pub(crate) mod rules;
pub(crate) mod scopes;
pub(crate) mod settings;
pub(crate) mod slots;
mod sql_source;
mod sums;
pub(crate) mod table;
pub(crate) mod uniques;
pub(crate) mod values;
pub(crate) mod ways;

use crate::check::Rules;
use crate::ids::{ColumnId, Columns, SchemaTables, TableColumns, TableId, Tables};
use crate::plan::facts::applied::{add_order_of_birth, add_per, add_settings};
use crate::plan::facts::by_name::{
    add_days_of_the_week, add_differences_by_name, add_orders_by_name, add_references_by_name,
};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::keys::{add_foreign_keys, add_ordered_pairs, drop_given_references};
use crate::plan::facts::masters::Masters;
use crate::plan::facts::narrowing::Narrowing;
use crate::plan::facts::rules::add_rules;
use crate::plan::facts::scopes::Scopes;
use crate::plan::facts::slots::slots;
use crate::plan::facts::table::TableFacts;
use crate::plan::facts::uniques::{UniqueSet, unique_sets};
use crate::problem::Problem;
use crate::request::Request;
use crate::settings::{ColumnSettings, Source};
use typed_index_collections::TiVec;
use value_model::{Column, ColumnValue, Schema, Subject, Table};

/// Finds tables that must agree on the columns that their keys share. Masters and configured columns have
/// values of their own.
fn find_scopes(schema: &Schema, masters: &Masters<'_>, request: &Request) -> Scopes {
    let is_configured = |table: TableId, column: ColumnId| {
        let table = &schema.tables[table];
        request.settings_of(table).is_some_and(|settings| {
            settings.columns.iter().any(|settings| {
                settings.name.value == table.columns[column].name && settings.source.is_some()
            })
        })
    };
    let is_masters = |table: TableId, column: ColumnId| {
        let name = &schema.tables[table].columns[column].name;
        masters[table].is_some_and(|master| master.has_column(name))
    };
    scopes::find(schema, &is_configured, &|table, column| {
        is_configured(table, column) || is_masters(table, column)
    })
}

/// Reads what is known of all tables and what their rows have to keep, and which tables must agree on shared columns.
pub(crate) fn read<'a>(
    subject: &'a Subject,
    masters: &Masters<'a>,
    request: &'a Request,
    narrowing: &Narrowing,
    problems: &mut Vec<Problem>,
) -> (Tables<Duties<'a>>, Scopes) {
    let schema = &subject.schema;
    let scopes = find_scopes(schema, masters, request);
    let mut all: Tables<Duties<'a>> = subject
        .schema
        .table_ids()
        .map(|table| {
            of_table(
                subject, table, masters, request, &scopes, narrowing, problems,
            )
        })
        .collect();
    for position in all.keys() {
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
    following::check(schema, &all, request, problems);
    (all, scopes)
}

fn of_table<'a>(
    subject: &'a Subject,
    position: TableId,
    masters: &Masters<'a>,
    request: &'a Request,
    scopes: &Scopes,
    narrowing: &Narrowing,
    problems: &mut Vec<Problem>,
) -> Duties<'a> {
    let schema = &subject.schema;
    let table = &schema.tables[position];
    let table_settings = request.settings_of(table);
    let settings: Columns<Option<&ColumnSettings>> = table
        .columns
        .iter()
        .map(|column| {
            table_settings?
                .columns
                .iter()
                .find(|settings| settings.name.value == column.name)
        })
        .collect();
    let mut never_null: Columns<bool> =
        table.columns.iter().map(|column| column.not_null).collect();
    if let Some(key) = &table.primary_key {
        for name in &key.columns {
            if let Some(position) = table.column_id(name) {
                never_null[position] = true;
            }
        }
    }
    for (position, column) in table.columns_with_ids() {
        if matches!(column.value, ColumnValue::Numbered(())) {
            never_null[position] = true;
        }
    }
    for (position, settings) in settings.iter_enumerated() {
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
    for (position, settings) in settings.iter_enumerated() {
        if settings
            .is_some_and(|settings| settings.unique.as_ref().is_some_and(|unique| unique.value))
        {
            unique_sets.push(UniqueSet::configured(position));
        }
    }
    for set in &unique_sets {
        if set.nulls_equal {
            for &column in &set.columns {
                never_null[column] = true;
            }
        }
        for &column in &set.coalesced {
            // The first row of a tree has no parent.
            let points_to_itself = table.foreign_keys.iter().any(|key| {
                key.referenced_table == table.name
                    && key.columns.contains(&table.columns[column].name)
            });
            never_null[column] |= !points_to_itself;
        }
    }
    let mut facts = Duties {
        known: TableFacts {
            table,
            master: masters[position],
            deferred: Vec::new(),
            left_out: table
                .columns
                .iter()
                .zip(&settings)
                .map(|(column, settings)| left_out(column, *settings))
                .collect(),
            settings,
            per: None,
            ordered_pairs: Vec::new(),
            slots: Vec::new(),
            ways: Vec::new(),
            equations: Vec::new(),
            doubts: Vec::new(),
            no_rows: no_rows(subject, table),
        },
        unique_sets,
        rules: Rules::default(),
        references: TiVec::new(),
        reference_of: table.columns.iter().map(|_| None).collect(),
        never_null,
        always_null: table.columns.iter().map(|_| None).collect(),
    };
    add_rules(&mut facts, narrowing);
    for exclusion in &table.own.exclusions {
        if !uniques::is_kept(table, &exclusion.elements) {
            facts.known.doubt(
                &exclusion.name,
                format!(
                    "the exclusion constraint `{}` ({}) isn't understood",
                    exclusion.name, exclusion.elements
                ),
            );
        }
    }
    for set in facts.unique_sets.clone() {
        if let Some(expression) = &set.opaque {
            facts.known.doubt(
                &set.name,
                format!(
                    "the unique index `{}` is over `{expression}`, which isn't understood",
                    set.name
                ),
            );
        }
    }
    add_settings(&mut facts, problems);
    add_slots(&mut facts);
    add_foreign_keys(&mut facts, scopes, position);
    polymorphic::add(schema, &mut facts);
    add_references_by_name(schema, &mut facts);
    add_days_of_the_week(&mut facts);
    add_ordered_pairs(&mut facts);
    add_orders_by_name(&mut facts);
    add_differences_by_name(&mut facts);
    add_order_of_birth(&mut facts);
    equations::solve(&mut facts);
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

fn no_rows(subject: &Subject, table: &Table) -> Option<String> {
    if table.own.temporary {
        return Some("a temporary table is gone when its session ends".to_owned());
    }
    if table.as_query.is_some() {
        return Some("its rows come from its own query".to_owned());
    }
    if subject.parts.contains(&table.name) {
        return Some("it is a partition, and has the rows of its table".to_owned());
    }
    // Without a partition no row has a place; with partitions we would have to know their bounds.
    (table.own.partitioned && !subject.placed.contains(&table.name))
        .then(|| "it is partitioned, and no partitions were found that take any row".to_owned())
}

/// A range without an end would overlap all that come after it.
fn add_slots(facts: &mut Duties<'_>) {
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
        facts.known.slots.push(slot);
    }
}
