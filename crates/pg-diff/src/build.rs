//! SQL for the parts of a table that stays: indexes, constraints, comments.

use crate::keys::index_name;
use crate::migration::{Deferral, Phase, Steps};
use crate::names::ChosenNames;
use crate::parts::definition;
use crate::table::TableChange;
use pg_model::{Column, Persistence, QualifiedName};
use pg_sql::ddl::{
    check_constraint, create_index, exclusion_constraint, primary_key, unique_constraint,
};
use pg_sql::{identifier, literal, qualified};
use std::collections::BTreeMap;

/// Takes away the parts that don't stay, under their old names.
pub(crate) fn drop_parts(steps: &mut Steps, change: &TableChange<'_>, old_names: &ChosenNames) {
    let old = change.old;
    let group = old.name.to_string();
    let checks = change.checks.dropped.iter().map(|&at| &old.checks[at].name);
    let exclusions = change
        .exclusions
        .dropped
        .iter()
        .map(|&at| &old.own.exclusions[at].name);
    let uniques = change
        .uniques
        .dropped
        .iter()
        .map(|&at| &change.old_uniques[at].name);
    let mut constraints: Vec<&str> = checks
        .chain(exclusions)
        .chain(uniques)
        .map(String::as_str)
        .collect();
    if !change.primary_key_stays {
        constraints.extend(old_names.primary_key(&old.name));
    }
    for name in constraints {
        let sql = format!(
            "ALTER TABLE {} DROP CONSTRAINT {};\n",
            qualified(&old.name),
            identifier(name)
        );
        steps.add(Phase::DropParts, &group, sql);
    }
    for &position in &change.indexes.dropped {
        let name = index_name(&old.name, &change.old_indexes[position].name);
        steps.add(Phase::DropParts, &group, format!("DROP INDEX {name};\n"));
    }
}

/// Whether tables are logged, which says something of crashes and nothing of their rows. A logged table can't refer to an
/// unlogged one, not even between two statements: who is referred to becomes logged first, and unlogged last.
pub(crate) fn persistences<'a>(
    steps: &mut Steps,
    changes: impl Iterator<Item = &'a TableChange<'a>>,
) {
    let mut waiting: Vec<&TableChange<'_>> = changes
        .filter(|change| change.old.own.persistence != change.new.own.persistence)
        .collect();
    while !waiting.is_empty() {
        let refers = |one: &TableChange<'_>, other: &TableChange<'_>| {
            one.new.name != other.new.name
                && one.new.own.persistence == other.new.own.persistence
                && one
                    .new
                    .foreign_keys
                    .iter()
                    .any(|key| key.referenced_table == other.new.name)
        };
        let must_wait = |one: &TableChange<'_>| {
            waiting.iter().any(|other| {
                if one.new.own.persistence == Persistence::Unlogged {
                    refers(other, one)
                } else {
                    refers(one, other)
                }
            })
        };
        let next = waiting.iter().position(|one| !must_wait(one)).unwrap_or(0);
        persistence(steps, waiting.remove(next));
    }
}

fn persistence(steps: &mut Steps, change: &TableChange<'_>) {
    let word = match change.new.own.persistence {
        Persistence::Unlogged => "UNLOGGED",
        Persistence::Permanent | Persistence::Temporary => "LOGGED",
    };
    steps.add(
        Phase::Build,
        change.new.name.to_string(),
        format!("ALTER TABLE {} SET {word};\n", qualified(&change.new.name)),
    );
}

/// Makes the parts that are new, or are made anew.
pub(crate) fn add_parts(steps: &mut Steps, change: &TableChange<'_>) {
    let new = change.new;
    let group = new.name.to_string();
    let start = format!("ALTER TABLE {} ADD ", qualified(&new.name));
    if let Some(key) = &new.primary_key
        && !change.primary_key_stays
    {
        let step = steps.add(
            Phase::Build,
            &group,
            format!("{start}{};\n", primary_key(key)),
        );
        if change.old.primary_key.as_ref().map(|old| &old.columns) != Some(&key.columns) {
            step.may_fail("rows may have the same key, or none".to_owned());
        }
    }
    for &position in &change.uniques.added {
        let unique = &change.new_uniques[position];
        let sql = format!("{start}{};\n", unique_constraint(unique));
        let step = steps.add(Phase::Build, &group, sql);
        if !is_unique_already(change, &unique.columns, unique.nulls_not_distinct) {
            step.may_fail("rows may have the same values".to_owned());
        }
    }
    for &position in &change.exclusions.added {
        let exclusion = &new.own.exclusions[position];
        let sql = format!("{start}{};\n", exclusion_constraint(exclusion));
        let step = steps.add(Phase::Build, &group, sql);
        if !change.old.own.exclusions.contains(exclusion) {
            step.may_fail("rows may exclude each other".to_owned());
        }
    }
    for &position in &change.checks.added {
        let check = &new.checks[position];
        let validity = if check.own.validated {
            ""
        } else {
            " NOT VALID"
        };
        let sql = format!("{start}{}{validity};\n", check_constraint(check));
        let step = steps.add(Phase::Build, &group, sql);
        if check.own.validated && !change.old.checks.contains(check) {
            step.may_fail("rows may not pass the check".to_owned());
            step.defer(Deferral {
                at_once: format!("{start}{} NOT VALID;\n", check_constraint(check)),
                validate: validate(&new.name, &check.name),
                finish: String::new(),
            });
        }
    }
    for &position in &change.indexes.added {
        let index = &change.new_indexes[position];
        let step = steps.add(Phase::Build, &group, create_index(&new.name, index));
        let was_there = change.old_indexes.iter().any(|old| {
            definition(old, &change.columns.renames) == definition(index, &BTreeMap::new())
        });
        let is_plain = index.plain_columns().is_some_and(|columns| {
            let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
            is_unique_already(change, &columns, index.own.nulls_not_distinct)
        });
        if index.unique && !was_there && !is_plain {
            step.may_fail("rows may have the same values".to_owned());
        }
    }
}

/// Whether the old table lets no two rows have the same values of some columns, given by their new names.
fn is_unique_already(
    change: &TableChange<'_>,
    columns: &[String],
    nulls_not_distinct: bool,
) -> bool {
    let is_old = |one: &Column| {
        change
            .columns
            .kept
            .iter()
            .find(|(_, after)| after.name == one.name)
            .map(|(before, _)| before.name.clone())
    };
    let former: Option<Vec<String>> = columns
        .iter()
        .map(|name| change.new.column(name).and_then(is_old))
        .collect();
    !nulls_not_distinct && former.is_some_and(|former| change.old.is_unique_on(&former))
}

/// Looks at the rows that a constraint hasn't looked at. Others may write meanwhile.
pub(crate) fn validate(table: &QualifiedName, constraint: &str) -> String {
    format!(
        "ALTER TABLE {} VALIDATE CONSTRAINT {};\n",
        qualified(table),
        identifier(constraint)
    )
}

/// Writes the comments that differ, or whose thing was made anew.
pub(crate) fn comments(steps: &mut Steps, change: &TableChange<'_>) {
    let group = change.new.name.to_string();
    let table = qualified(&change.new.name);
    let mut comment = |target: String, old: Option<&String>, new: Option<&String>| {
        if old != new {
            let text = new.map_or_else(|| "NULL".to_owned(), |text| literal(text));
            let sql = format!("COMMENT ON {target} IS {text};\n");
            steps.add(Phase::Build, &group, sql);
        }
    };
    comment(
        format!("TABLE {table}"),
        change.old.comment.as_ref(),
        change.new.comment.as_ref(),
    );
    let columns = &change.columns;
    for after in &change.new.columns {
        let before = columns
            .kept
            .iter()
            .find(|(_, kept)| kept.name == after.name)
            .and_then(|(before, _)| before.comment.as_ref());
        let target = format!("COLUMN {table}.{}", identifier(&after.name));
        comment(target, before, after.comment.as_ref());
    }
    for (position, after) in change.new_indexes.iter().enumerate() {
        let before = change
            .indexes
            .kept
            .iter()
            .find(|(_, kept)| *kept == position)
            .and_then(|(old, _)| change.old_indexes[*old].comment.as_ref());
        let target = format!("INDEX {}", index_name(&change.new.name, &after.name));
        comment(target, before, after.comment.as_ref());
    }
}
