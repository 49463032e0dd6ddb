//! Columns that are decided together, whichever way that is ([`mod@super::assign`], [`super::within`]).

use crate::ids::{ColumnId, ColumnSlice, Columns, ReferenceId, TableColumns};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::table::is_name;
use crate::plan::facts::uniques::UniqueSet;
use crate::plan::names::NameParts;
use crate::plan::rows::need::Kind;
use value_model::Column;

/// Columns that are decided together: those of a reference, or a single one.
pub(super) struct Factor<Choice> {
    /// Positions of the columns.
    pub columns: Vec<ColumnId>,
    /// Which of the columns are enough to tell choices apart: candidate keys of what is chosen from.
    pub candidate_keys: Vec<Vec<ColumnId>>,
    /// The number of the reference.
    pub reference: Option<ReferenceId>,
    /// How many choices there are.
    pub capacity: u64,
    /// What it is good for.
    pub kind: Kind,
    /// Whether one of the columns can be NULL.
    pub nullable: bool,
    /// Whether it names a row: then it counts through all rows, not anew in each group.
    pub is_name: bool,
    /// How far it is meant to tell rows apart: 0 for what is there to do that, 2 for what is one of a few.
    pub telling: u8,
    /// What has been chosen for it.
    pub choice: Choice,
}

/// How far a column is meant to tell rows apart, by its name: a token is, a provider isn't.
fn telling(column: &Column) -> u8 {
    const MEANT: &[&str] = &[
        "uid",
        "uuid",
        "guid",
        "token",
        "reference",
        "ref",
        "number",
        "no",
        "code",
        "key",
        "id",
        "identifier",
        "serial",
        "hash",
        "digest",
        "fingerprint",
        "slug",
        "email",
        "path",
        "url",
        "checksum",
        "etag",
        "handle",
    ];
    const FEW: &[&str] = &[
        "provider",
        "source",
        "type",
        "kind",
        "currency",
        "country",
        "locale",
        "language",
        "status",
        "state",
        "category",
        "platform",
        "network",
        "channel",
        "brand",
        "unit",
        "method",
        "gender",
        "role",
        "region",
        "environment",
        "scheme",
        "issuer",
        "gateway",
        "carrier",
    ];
    let parts = NameParts::new(&column.name);
    if MEANT.contains(&parts.last()) {
        0
    } else if FEW.contains(&parts.last()) {
        2
    } else {
        1
    }
}

/// All factors of a table: references first, in their order.
pub(super) struct Factors<Choice> {
    /// They.
    pub all: Vec<Factor<Choice>>,
    /// The factor of each column.
    of_column: Columns<usize>,
}

impl<Choice> Factors<Choice> {
    /// The factors of a table, of whose columns `capacities` says how many values each can take. `choice` gives
    /// what is known of one from the outset, by its reference and its capacity.
    pub(super) fn new(
        facts: &Duties<'_>,
        capacities: &ColumnSlice<u64>,
        choice: impl Fn(Option<ReferenceId>, u64) -> Choice,
    ) -> Self {
        let mut all = Vec::new();
        for (number, reference) in facts.references.iter_enumerated() {
            let first = reference.columns[0];
            if facts.reference_of[first].is_none() {
                continue;
            }
            let mut columns = reference.columns.iter();
            all.push(Factor {
                columns: reference.columns.clone(),
                candidate_keys: reference.candidate_keys.clone(),
                reference: Some(number),
                capacity: capacities[first],
                kind: Kind::Other,
                nullable: columns.any(|&column| !facts.never_null[column]),
                is_name: true,
                telling: 1,
                choice: choice(Some(number), capacities[first]),
            });
        }
        for (position, column) in facts.table.columns_with_ids() {
            if facts.reference_of[position].is_none() {
                all.push(Factor {
                    columns: vec![position],
                    candidate_keys: vec![vec![position]],
                    reference: None,
                    capacity: capacities[position],
                    kind: Kind::of(column),
                    nullable: !facts.never_null[position],
                    is_name: is_name(column),
                    telling: telling(column),
                    choice: choice(None, capacities[position]),
                });
            }
        }
        let mut of_column: Columns<usize> = facts.table.columns.iter().map(|_| 0).collect();
        for (number, factor) in all.iter().enumerate() {
            for &column in &factor.columns {
                of_column[column] = number;
            }
        }
        Self { all, of_column }
    }

    /// The factors that tell rows of a unique set apart. A part of a key, such as the tenant of
    /// `(tenant_id, user_id)`, doesn't, unless the rest `is_known` without the set.
    pub(super) fn of_set(
        &self,
        set: &UniqueSet,
        is_known: impl Fn(ColumnId) -> bool,
    ) -> Vec<usize> {
        let columns = set.columns.iter();
        let mut own: Vec<usize> = columns.map(|&column| self.of_column[column]).collect();
        own.sort_unstable();
        own.dedup();
        own.retain(|&factor| {
            self.all[factor].candidate_keys.iter().any(|key| {
                key.iter()
                    .all(|&column| set.columns.contains(&column) || is_known(column))
            })
        });
        own
    }

    /// For each column what there is of its factor.
    pub(super) fn for_columns<T: Clone>(&self, of_factors: &[T]) -> Columns<T> {
        self.of_column
            .iter()
            .map(|&factor| of_factors[factor].clone())
            .collect()
    }
}

/// A table's unique sets in the order in which they are kept.
pub(super) fn smallest_first<'f>(facts: &'f Duties<'_>) -> Vec<&'f UniqueSet> {
    let mut sets: Vec<&UniqueSet> = facts.unique_sets.iter().collect();
    sets.sort_by_key(|set| set.columns.len());
    sets
}
