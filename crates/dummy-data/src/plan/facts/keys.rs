//! References by foreign keys: which columns take their values from which rows of which table.

use crate::check::{ColumnRelation, Comparison};
use crate::ids::{ColumnId, TableColumns, TableId};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::scopes::{self, Scopes};
use crate::plan::facts::table::{Choosing, OrderedPair, Reference, reach};
use crate::plan::facts::uniques::Compared;
use value_model::Table;

pub(crate) fn add_foreign_keys(facts: &mut Duties<'_>, scopes: &Scopes, position: TableId) {
    let table = facts.table;
    let member = scopes.members[position].as_ref();
    let shared: &[ColumnId] = member.map_or(&[], |member| &member.columns);
    let keys: Vec<&scopes::Key> = scopes.keys[position]
        .iter()
        .filter(|key| {
            let always_null = |column: &ColumnId| facts.always_null[*column].is_some();
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
        facts.add_reference(Reference {
            // A guess is given up where it gets in the way. This is none.
            constraint: Some(name.unwrap_or_default()),
            reach: reach(shared.iter().map(|&column| &table.columns[column])),
            columns: shared.to_vec(),
            candidate_keys: vec![shared.to_vec()],
            table: root.table,
            referenced: root.columns.clone(),
            targets: Vec::new(),
            choosing: Choosing::Tenant,
        });
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
                None => facts.known.no_rows = Some(unfit(table, key)),
            }
        } else if free.is_empty() {
            // Every column is decided by a wider key, whose parent row points to the same row.
        } else if free.len() == own.len() && (within || own.len() == key.columns.len()) {
            let columns: Vec<ColumnId> = own.iter().map(|&place| key.columns[place]).collect();
            facts.add_reference(Reference {
                constraint: Some(key.name.clone()),
                reach: reach(columns.iter().map(|&column| &table.columns[column])),
                candidate_keys: scopes.candidate_keys(key),
                columns,
                table: key.table,
                referenced: own.iter().map(|&place| key.referenced[place]).collect(),
                targets: Vec::new(),
                choosing: if within {
                    Choosing::WithinTenant
                } else {
                    Choosing::Freely
                },
            });
        } else if let Some(place) = free
            .iter()
            .find(|&&place| !facts.never_null[key.columns[place]])
        {
            facts.always_null[key.columns[*place]] = Some(format!(
                "the key `{}` shares columns with another one",
                key.name
            ));
        } else {
            facts.known.no_rows = Some(unfit(table, key));
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
pub(crate) fn add_ordered_pairs(facts: &mut Duties<'_>) {
    let table = facts.table;
    let mut pairs: Vec<OrderedPair> = facts
        .rules
        .relations
        .iter()
        .filter_map(
            |ColumnRelation {
                 left,
                 operator,
                 right,
             }| {
                let (left, right) = (table.column_id(left)?, table.column_id(right)?);
                let (lower, higher) = match operator {
                    Comparison::Below | Comparison::AtMost => (left, right),
                    Comparison::Above | Comparison::AtLeast => (right, left),
                    _ => return None,
                };
                Some(OrderedPair { lower, higher })
            },
        )
        .collect();
    for set in &facts.unique_sets {
        if let (&[lower, higher], Compared::UnorderedPairs) = (set.columns.as_slice(), set.compared)
        {
            pairs.push(OrderedPair { lower, higher });
        }
    }
    facts.known.ordered_pairs = pairs;
}

/// A master's file decides its columns, whatever keys they have.
pub(crate) fn drop_given_references(facts: &mut Duties<'_>) {
    for number in facts.references.keys() {
        let columns = &facts.references[number].columns;
        if columns.iter().any(|&column| facts.is_given(column)) {
            for column in columns.clone() {
                facts.reference_of[column] = None;
            }
        }
    }
}
