//! Polymorphic pairs: `commentable_type` names the class of a table, `commentable_id` one of its rows.
//!
//! Nothing in a schema says which tables such a pair may point to. A check, an enum or a default may name
//! some; a name such as `owner` speaks of users. Otherwise a few tables are chosen whose rows have a name
//! or title, by hashing their names: so a new table takes the place of at most one of them.

use crate::check::Domain;
use crate::ids::{ColumnId, SchemaTables, TableColumns};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::table::{Choosing, Reference, ReferencePlace, Target, reach};
use crate::plan::names::{NameParts, class_name, singular};
use crate::random::Key;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use value_model::{Schema, Table, ValueType};

/// Tables that one pair points to, at most.
const MOST_TABLES: usize = 3;

/// Finds the pairs of a table and makes references of them.
pub(crate) fn add(schema: &Schema, facts: &mut Duties<'_>) {
    let table = facts.table;
    for (id, column) in table.columns_with_ids() {
        let parts = NameParts::new(&column.name);
        let Some(stem) = parts.prefix_before("id").filter(|stem| !stem.is_empty()) else {
            continue;
        };
        let wanted = format!("{stem}_type");
        let Some(kind) = table.find_column(|column| NameParts::new(&column.name).whole == wanted)
        else {
            continue;
        };
        let is_free = |column: ColumnId| {
            facts.reference_of[column].is_none()
                && facts.left_out[column].is_none()
                && facts.always_null[column].is_none()
                && facts.source(column).is_none()
                && !table.columns[column].data_type.array
        };
        let bound = facts
            .rules
            .domains
            .get(&column.name)
            .is_some_and(|domain| !domain.says_nothing_of_values());
        if !is_free(id) || !is_free(kind) || bound {
            continue;
        }
        let targets = targets(schema, facts, stem, kind, id);
        let Some(first) = targets.first().cloned() else {
            continue;
        };
        // Both are NULL in the same rows, or none is.
        if facts.never_null[kind] || facts.never_null[id] {
            facts.never_null[kind] = true;
            facts.never_null[id] = true;
        }
        let number = facts.references.next_key();
        facts.reference_of[kind] = Some(ReferencePlace {
            reference: number,
            place: 0,
        });
        facts.reference_of[id] = Some(ReferencePlace {
            reference: number,
            place: 1,
        });
        facts.references.push(Reference {
            constraint: None,
            columns: vec![kind, id],
            // Ids of one table differ, ids of several needn't.
            candidate_keys: match targets.as_slice() {
                [_] => vec![vec![id]],
                _ => vec![vec![kind, id]],
            },
            table: first.table,
            referenced: vec![first.key, first.key],
            reach: reach(std::iter::once(column)),
            targets,
            choosing: Choosing::Freely,
        });
    }
}

fn targets(
    schema: &Schema,
    facts: &Duties<'_>,
    stem: &str,
    kind: ColumnId,
    id: ColumnId,
) -> Vec<Target> {
    let table = facts.table;
    let type_column = &table.columns[kind];
    let limit =
        crate::plan::bounds::text_limit(type_column, &Domain::default()).unwrap_or(usize::MAX);
    let named: Option<Vec<String>> = match &type_column.data_type.kind {
        ValueType::Enum(name) => schema
            .own
            .enum_type(name)
            .map(|enum_type| enum_type.values.clone()),
        ValueType::Text | ValueType::Varchar { .. } | ValueType::CaselessText => {
            match facts.rules.domains.get(&type_column.name) {
                Some(domain) => match &domain.one_of {
                    Some(values) => Some(values.clone()),
                    None if domain.says_nothing_of_values() => None,
                    None => return Vec::new(),
                },
                None => None,
            }
        }
        _ => return Vec::new(),
    };
    let fitting = schema.tables_with_ids().filter_map(|(position, other)| {
        let key = key_of(other)?;
        let fits = fits(
            &other.columns[key].data_type.kind,
            &table.columns[id].data_type.kind,
        ) && class_name(&other.name.name).chars().count() <= limit;
        fits.then_some((
            Target {
                table: position,
                key,
            },
            other,
        ))
    });
    let all = one_of_each_class(fitting);
    let of_classes = |classes: &[String]| -> Vec<Target> {
        all.iter()
            .filter(|(_, other)| classes.contains(&class_name(&other.name.name)))
            .map(|(target, _)| target.clone())
            .collect()
    };
    if let Some(classes) = named {
        let found = of_classes(&classes);
        // A value of the list that names no table could be anything.
        return if found.len() == classes.len() {
            found
        } else {
            Vec::new()
        };
    }
    if let Some(default) = crate::plan::sql::default_constant(type_column) {
        let found = of_classes(&[default]);
        if !found.is_empty() {
            return found;
        }
    }
    let by_name = all.iter().find(|(_, other)| {
        other.name.name == stem
            || singular(&other.name.name) == stem
            || (is_person(stem) && other.name.name == "users")
    });
    if let Some((target, _)) = by_name {
        return vec![target.clone()];
    }
    // Texts that are called so are often of another application: `device_type` and `device_id`. Those that mean rows
    // are looked up together.
    let is_text = !is_key(&table.columns[id].data_type.kind);
    if is_text && !are_indexed_together(table, kind, id) {
        return Vec::new();
    }
    let key = Key::root(0).child(&table.name.to_string()).child(stem);
    let mut chosen: Vec<(u64, &Target, &Table)> = all
        .iter()
        .filter(|(_, other)| other.name != table.name && !is_machinery(&other.name.name))
        .map(|(target, other)| (key.child(&other.name.to_string()).bits(), target, *other))
        .collect();
    let has_title = |table: &Table| {
        table.columns.iter().any(|column| {
            matches!(
                column.name.as_str(),
                "name" | "title" | "subject" | "email" | "body"
            )
        })
    };
    // Tables whose rows have a name or title come first, and those with short names: the things that an
    // application is about.
    chosen.sort_by_key(|(hash, _, other)| {
        let words = other.name.name.matches('_').count();
        (!has_title(other), words.min(2), *hash)
    });
    if chosen.first().is_some_and(|(_, _, other)| has_title(other)) {
        chosen.retain(|(_, _, other)| has_title(other));
    }
    let mut chosen: Vec<Target> = chosen
        .into_iter()
        .take(MOST_TABLES)
        .map(|(_, target, _)| target.clone())
        .collect();
    chosen.sort_by_key(|target| schema.tables[target.table].name.to_string());
    chosen
}

/// Of tables that have one class, the one that Rails finds by it, else the first. The pair can't tell such tables apart:
/// `Customer` and 8 would be a row of `customer` and one of `customers`, and twice the same pair. A collation may take
/// classes for equal that differ in case.
fn one_of_each_class<'t>(
    all: impl Iterator<Item = (Target, &'t Table)>,
) -> Vec<(Target, &'t Table)> {
    let is_plural = |table: &Table| singular(&table.name.name) != table.name.name;
    let mut places = BTreeMap::new();
    let mut kept: Vec<(Target, &Table)> = Vec::with_capacity(all.size_hint().0);
    for (target, table) in all {
        match places.entry(class_name(&table.name.name).to_lowercase()) {
            Entry::Vacant(free) => {
                free.insert(kept.len());
                kept.push((target, table));
            }
            Entry::Occupied(taken) => {
                let other = &mut kept[*taken.get()];
                if is_plural(table) && !is_plural(other.1) {
                    *other = (target, table);
                }
            }
        }
    }
    kept
}

/// The only column of a table's primary key.
fn key_of(table: &Table) -> Option<ColumnId> {
    let key = table.primary_key.as_ref()?;
    let [column] = key.columns.as_slice() else {
        return None;
    };
    table.column_id(column)
}

fn are_indexed_together(table: &Table, kind: ColumnId, id: ColumnId) -> bool {
    table.indexes.iter().any(|index| {
        index.plain_columns().is_some_and(|columns| {
            [kind, id]
                .iter()
                .all(|position| columns.contains(&table.columns[*position].name.as_str()))
        })
    })
}

/// Whether a type is one that keys usually have.
fn is_key(kind: &ValueType) -> bool {
    matches!(
        kind,
        ValueType::SmallInt | ValueType::Integer | ValueType::BigInt | ValueType::Uuid
    )
}

/// Whether a column of one type can hold keys of another.
fn fits(key: &ValueType, holder: &ValueType) -> bool {
    let is_integer = |kind: &ValueType| {
        matches!(
            kind,
            ValueType::SmallInt | ValueType::Integer | ValueType::BigInt
        )
    };
    (is_integer(key) && is_integer(holder))
        || (*key == ValueType::Uuid && *holder == ValueType::Uuid)
        || ((is_integer(key) || *key == ValueType::Uuid)
            && matches!(
                holder,
                ValueType::Text
                    | ValueType::Varchar {
                        limit: None | Some(36..)
                    }
            ))
}

/// Whether a name speaks of somebody.
fn is_person(stem: &str) -> bool {
    let last = stem.rsplit('_').next().unwrap_or(stem);
    stem.ends_with("_by")
        || matches!(
            last,
            "user"
                | "owner"
                | "author"
                | "actor"
                | "sender"
                | "recipient"
                | "receiver"
                | "tagger"
                | "creator"
                | "voter"
                | "follower"
                | "member"
                | "visitor"
                | "requester"
                | "reporter"
                | "performer"
                | "subscriber"
                | "assignee"
        )
}

/// Tables that frameworks keep for themselves, to which nobody's pairs point.
fn is_machinery(name: &str) -> bool {
    [
        "active_storage_",
        "action_text_",
        "action_mailbox_",
        "active_admin_",
        "ar_internal_",
        "schema_migrations",
        "solid_",
        "good_job",
        "delayed_job",
        "que_",
        "flipper_",
        "friendly_id_",
        "oauth_",
        "ahoy_",
        "pghero_",
        "blazer_",
        "versions",
        "audits",
        "sessions",
        "taggings",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TableId;
    use value_model::QualifiedName;

    #[test]
    fn tables_of_one_class_count_as_one_and_the_plural_is_it() {
        let tables = ["customer", "customers", "orders", "blog_posts", "blogPosts"]
            .map(|name| Table::new(QualifiedName::bare(name)));
        let kept = one_of_each_class(tables.iter().enumerate().map(|(place, table)| {
            let target = Target {
                table: TableId::from(place),
                key: ColumnId::from(0_usize),
            };
            (target, table)
        }));
        let places: Vec<usize> = kept
            .iter()
            .map(|(target, _)| usize::from(target.table))
            .collect();
        assert_eq!(places, [1, 2, 3]);
    }
}
