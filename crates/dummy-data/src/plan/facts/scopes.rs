//! Which tables must agree on the columns that their keys share, such as `tenant_id`.
//!
//! Where two keys of a table share a column and neither contains the other, the rows that they point to must
//! agree on it. So what the shared columns name, the *tenants*, is found: by the keys up to the table whose
//! rows they are, or, where no key goes on and several tables just have such a column, by values made for
//! all of them. All tables on the way are shared out to the tenants by one formula ([`crate::scope`]).

use crate::ids::{ColumnId, SchemaTables, TableColumns, TableId, TableSlice, Tables};
use crate::plan::facts::table::is_name;
use crate::plan::facts::uniques::unique_sets;
use std::collections::{BTreeMap, BTreeSet};
use value_model::{Column, ColumnValue, Schema, ValueType};

/// A foreign key by positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// The constraint.
    pub name: String,
    /// Positions of its columns.
    pub columns: Vec<ColumnId>,
    /// The table that it points to.
    pub table: TableId,
    /// Positions of that table's columns.
    pub referenced: Vec<ColumnId>,
}

impl Key {
    /// The columns that this key points to with some of its own, if those are all its own.
    fn targets_of(&self, columns: &[ColumnId]) -> Option<Vec<ColumnId>> {
        columns
            .iter()
            .map(|column| {
                let place = self.columns.iter().position(|own| own == column)?;
                self.referenced.get(place).copied()
            })
            .collect()
    }

    fn contains(&self, columns: &[ColumnId]) -> bool {
        columns.iter().all(|column| self.columns.contains(column))
    }
}

/// Columns by which a table belongs to tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Which of the [`Scopes::roots`].
    pub scope: usize,
    /// The columns, in the order of the root's.
    pub columns: Vec<ColumnId>,
}

/// What the tenants are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Root {
    /// A table.
    pub table: TableId,
    /// Its columns.
    pub columns: Vec<ColumnId>,
    /// Whether each of its rows is a tenant. If not, the columns only say of which kind values are made.
    pub has_rows: bool,
    /// Tables with one row for each tenant.
    pub one_to_one: Vec<TableId>,
}

/// The keys of all tables, and who must agree with whom.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    /// The foreign keys of each table, and those that follow from keys of other tables.
    pub keys: Tables<Vec<Key>>,
    /// What the tenants of each scope are.
    pub roots: Vec<Root>,
    /// To which scope each table belongs.
    pub members: Tables<Option<Member>>,
    /// Tables with keys that no row is known to fit, and the keys' names.
    pub unfit: Vec<(TableId, String)>,
    /// The columns that are unique in each table.
    uniques: Tables<Vec<Vec<ColumnId>>>,
}

/// The tables of a scope, each with its columns in the same order.
type Map = BTreeMap<TableId, Vec<ColumnId>>;

/// Finds them. `is_configured` says which columns don't follow their keys, and `is_fixed` which get their values
/// from elsewhere, be it a master's file.
pub(crate) fn find(
    schema: &Schema,
    is_configured: &dyn Fn(TableId, ColumnId) -> bool,
    is_fixed: &dyn Fn(TableId, ColumnId) -> bool,
) -> Scopes {
    let mut keys: Tables<Vec<Key>> = schema
        .table_ids()
        .map(|table| keys_of(schema, table, is_configured))
        .collect();
    let unfit = add_implied(&mut keys, is_fixed);
    let uniques: Tables<Vec<Vec<ColumnId>>> = schema
        .tables
        .iter()
        .map(|table| {
            let sets = unique_sets(table).into_iter();
            sets.filter(|set| set.opaque.is_none())
                .map(|set| set.columns)
                .collect()
        })
        .collect();
    let is_unique = |table: TableId, columns: &[ColumnId]| {
        uniques[table]
            .iter()
            .any(|set| set.iter().all(|column| columns.contains(column)))
    };
    let mut maps: Vec<Map> = Vec::new();
    // They may still come from rows of the same tenants, with one row for each on one way.
    let forced = unfit
        .iter()
        .map(|(table, key)| (*table, key.columns.clone()));
    for (table, columns) in forced.chain(seeds(schema, &keys, &uniques)) {
        if let Some(map) = expand(&keys, table, columns, &is_unique) {
            merge(&mut maps, map);
        }
    }
    let mut scopes = Scopes {
        members: schema.tables.iter().map(|_| None).collect(),
        roots: Vec::new(),
        keys,
        uniques: uniques.clone(),
        unfit: Vec::new(),
    };
    for map in maps {
        scopes.add(&map, &is_unique, is_fixed);
    }
    scopes.unfit = unfit
        .into_iter()
        .filter(|(table, key)| {
            let shares = |member: &Member| {
                key.contains(&member.columns)
                    && scopes.is_below(member.scope, key.table, &key.referenced)
            };
            !scopes.members[*table].as_ref().is_some_and(shares)
        })
        .map(|(table, key)| (table, key.name))
        .collect();
    scopes
}

impl Scopes {
    /// Whether columns are those of a scope's tenants, or of rows of which each tenant has one.
    fn is_below(&self, scope: usize, table: TableId, columns: &[ColumnId]) -> bool {
        let root = &self.roots[scope];
        let is_root = |table: TableId| root.has_rows && table == root.table;
        is_root(table)
            || root.one_to_one.contains(&table)
                && reached(&self.keys, (table, columns))
                    .iter()
                    .any(|(table, _)| is_root(*table))
    }

    /// Which of a key's columns are enough to name a row of the other table.
    pub(crate) fn candidate_keys(&self, key: &Key) -> Vec<Vec<ColumnId>> {
        candidate_keys(&self.uniques, key)
    }

    /// Adds a scope, unless a table in it belongs to another one or has values of its own.
    fn add(
        &mut self,
        map: &Map,
        is_unique: &dyn Fn(TableId, &[ColumnId]) -> bool,
        is_fixed: &dyn Fn(TableId, ColumnId) -> bool,
    ) {
        let is_top = |table: TableId, columns: &[ColumnId]| {
            !self.keys[table]
                .iter()
                .any(|key| key.table != table && key.contains(columns))
        };
        let tops: Vec<_> = map
            .iter()
            .filter(|(table, columns)| is_top(**table, columns))
            .collect();
        let unique_top = tops
            .iter()
            .find(|(table, columns)| is_unique(**table, columns));
        let Some(&(&root, columns)) = unique_top.or(tops.first()) else {
            return;
        };
        let has_rows = unique_top.is_some();
        let (one_to_one, members): (Vec<_>, Vec<_>) = map
            .iter()
            .filter(|(table, _)| !has_rows || **table != root)
            .partition(|(table, columns)| is_unique(**table, columns));
        let is_free = |table: TableId, columns: &[ColumnId]| {
            !columns.iter().any(|&column| is_fixed(table, column))
        };
        if members
            .iter()
            .any(|(table, columns)| self.members[**table].is_some() || !is_free(**table, columns))
            || one_to_one
                .iter()
                .any(|(table, columns)| is_top(**table, columns) && !is_free(**table, columns))
        {
            return;
        }
        let unbound: Vec<_> = one_to_one
            .iter()
            .filter(|(table, columns)| is_top(**table, columns))
            .copied()
            .collect();
        for (&table, own) in unbound {
            self.keys[table].push(Key {
                name: "a key that shares its columns".to_owned(),
                columns: own.clone(),
                table: root,
                referenced: (*columns).clone(),
            });
        }
        let scope = self.roots.len();
        for (&table, columns) in members {
            self.members[table] = Some(Member {
                scope,
                columns: columns.clone(),
            });
        }
        self.roots.push(Root {
            table: root,
            columns: (*columns).clone(),
            has_rows,
            one_to_one: one_to_one.into_iter().map(|(&table, _)| table).collect(),
        });
    }
}

fn keys_of(
    schema: &Schema,
    position: TableId,
    is_configured: &dyn Fn(TableId, ColumnId) -> bool,
) -> Vec<Key> {
    let table = &schema.tables[position];
    let mut keys: Vec<Key> = table
        .foreign_keys
        .iter()
        .filter_map(|key| {
            let parent = schema.find_table(|parent| parent.name == key.referenced_table)?;
            let columns: Option<Vec<ColumnId>> = key
                .columns
                .iter()
                .map(|column| table.column_id(column))
                .collect();
            let referenced: Option<Vec<ColumnId>> = key
                .referenced_columns
                .iter()
                .map(|column| schema.tables[parent].column_id(column))
                .collect();
            Some(Key {
                name: key.name.clone(),
                columns: columns?,
                table: parent,
                referenced: referenced?,
            })
        })
        .filter(|key| {
            !key.columns
                .iter()
                .any(|&column| is_configured(position, column))
        })
        .collect();
    // The widest first: narrower ones over the same columns usually follow from it.
    keys.sort_by_key(|key| std::cmp::Reverse(key.columns.len()));
    keys
}

/// Whether the keys of some columns lead to some columns of another table, by any number of tables.
fn lead_to(
    keys: &TableSlice<Vec<Key>>,
    from: (TableId, &[ColumnId]),
    to: (TableId, &[ColumnId]),
) -> bool {
    reached(keys, from).contains(&(to.0, to.1.to_vec()))
}

/// Where the keys of some columns lead, by any number of tables, and the columns themselves.
fn reached(
    keys: &TableSlice<Vec<Key>>,
    from: (TableId, &[ColumnId]),
) -> BTreeSet<(TableId, Vec<ColumnId>)> {
    let mut seen = BTreeSet::from([(from.0, from.1.to_vec())]);
    let mut open = vec![(from.0, from.1.to_vec())];
    while let Some((table, columns)) = open.pop() {
        for key in &keys[table] {
            if let Some(targets) = key.targets_of(&columns)
                && seen.insert((key.table, targets.clone()))
            {
                open.push((key.table, targets));
            }
        }
    }
    seen
}

/// Where a key's columns are all in a wider one, the wider one's parents must point to the same rows. If no
/// key of theirs says so, one is added; of two keys over the same columns that one comes first whose
/// parents point to the other's. Gives the keys for which another key of the parents' says otherwise, each as
/// its table and itself.
fn add_implied(
    keys: &mut TableSlice<Vec<Key>>,
    is_fixed: &dyn Fn(TableId, ColumnId) -> bool,
) -> Vec<(TableId, Key)> {
    let mut unfit = Vec::new();
    let mut open: Vec<TableId> = keys.keys().collect();
    while let Some(table) = open.pop() {
        for first in 0..keys[table].len() {
            for second in first + 1..keys[table].len() {
                let (wider, narrower) = (&keys[table][first], &keys[table][second]);
                let Some(through) = wider.targets_of(&narrower.columns) else {
                    continue;
                };
                let target = (narrower.table, narrower.referenced.as_slice());
                if lead_to(keys, (wider.table, &through), target) {
                    continue;
                }
                let is_turned = wider.columns.len() == narrower.columns.len();
                if is_turned && lead_to(keys, target, (wider.table, &through)) {
                    keys[table].swap(first, second);
                    continue;
                }
                let parent = wider.table;
                // Another key says where they come from, and that isn't the same place.
                let is_bound = keys[parent]
                    .iter()
                    .any(|key| key.columns.iter().all(|column| through.contains(column)))
                    || through.iter().any(|&column| is_fixed(parent, column))
                    || lead_to(keys, target, (parent, &through));
                if is_bound {
                    unfit.push((table, narrower.clone()));
                    continue;
                }
                let implied = Key {
                    name: narrower.name.clone(),
                    columns: through,
                    table: narrower.table,
                    referenced: narrower.referenced.clone(),
                };
                keys[parent].push(implied);
                keys[parent].sort_by_key(|key| std::cmp::Reverse(key.columns.len()));
                open.push(parent);
            }
        }
    }
    unfit
}

/// Which of a key's columns are enough to name a row of the other table: always all of them.
fn candidate_keys(uniques: &TableSlice<Vec<Vec<ColumnId>>>, key: &Key) -> Vec<Vec<ColumnId>> {
    let by_set = uniques[key.table].iter().filter_map(|set| {
        set.iter()
            .map(|column| {
                let place = key.referenced.iter().position(|other| other == column)?;
                Some(key.columns[place])
            })
            .collect::<Option<Vec<ColumnId>>>()
    });
    std::iter::once(key.columns.clone()).chain(by_set).collect()
}

/// Whether a column can well have another value in each row, without regard to others.
fn is_distinct(column: &Column) -> bool {
    let by_type = match column.data_type.kind {
        ValueType::Uuid | ValueType::Text | ValueType::CaselessText => true,
        ValueType::Varchar { limit } => limit.is_none_or(|limit| limit > 20),
        ValueType::Integer | ValueType::BigInt => is_name(column),
        _ => false,
    };
    by_type || matches!(column.value, ColumnValue::Numbered(()))
}

/// Whether the keys of a column, and of those that they point to, lead back to it.
fn leads_to_itself(keys: &TableSlice<Vec<Key>>, table: TableId, column: ColumnId) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![(table, column)];
    while let Some((from, place)) = open.pop() {
        for key in &keys[from] {
            for (own, other) in key.columns.iter().zip(&key.referenced) {
                if *own != place {
                    continue;
                }
                if (key.table, *other) == (table, column) {
                    return true;
                }
                if seen.insert((key.table, *other)) {
                    open.push((key.table, *other));
                }
            }
        }
    }
    false
}

/// Columns that two keys of a table share although neither contains the other, and those that a key shares
/// with something unique, where they don't name a row and nothing else is likely to differ, and those that a key takes from the
/// same column of the same table, be it by way of others. The fewest first; keys can't do without,
/// so they come before what is unique.
fn seeds(
    schema: &Schema,
    all: &TableSlice<Vec<Key>>,
    uniques: &TableSlice<Vec<Vec<ColumnId>>>,
) -> Vec<(TableId, Vec<ColumnId>)> {
    let mut seeds = BTreeSet::new();
    for (table, keys) in all.iter_enumerated() {
        for (position, first) in keys.iter().enumerate() {
            let circular: Vec<ColumnId> = first
                .columns
                .iter()
                .copied()
                .filter(|&column| first.columns.len() > 1 && leads_to_itself(all, table, column))
                .collect();
            if !circular.is_empty() && circular.len() < first.columns.len() {
                seeds.insert((false, circular.len(), table, circular));
            }
            for set in &uniques[table] {
                let shared: BTreeSet<ColumnId> = first
                    .columns
                    .iter()
                    .copied()
                    .filter(|column| set.contains(column))
                    .collect();
                let is_named = candidate_keys(uniques, first)
                    .iter()
                    .any(|name| name.iter().all(|column| shared.contains(column)));
                let is_named = is_named
                    || first
                        .targets_of(&Vec::from_iter(shared.clone()))
                        .is_some_and(|targets| {
                            let columns = &schema.tables[first.table].columns;
                            targets.iter().any(|target| {
                                let own = |key: &Key| key.columns.contains(target);
                                !all[first.table].iter().any(own) && is_distinct(&columns[*target])
                            })
                        });
                let has_distinct = set.iter().any(|column| {
                    let own = |key: &Key| key.columns.contains(column);
                    !keys.iter().any(own) && is_distinct(&schema.tables[table].columns[*column])
                });
                if !shared.is_empty() && !is_named && !has_distinct {
                    seeds.insert((true, shared.len(), table, Vec::from_iter(shared)));
                }
            }
            for second in &keys[position + 1..] {
                let shared: BTreeSet<ColumnId> = first
                    .columns
                    .iter()
                    .copied()
                    .filter(|column| second.columns.contains(column))
                    .collect();
                if !shared.is_empty()
                    && shared.len() < first.columns.len()
                    && shared.len() < second.columns.len()
                {
                    seeds.insert((false, shared.len(), table, Vec::from_iter(shared)));
                }
            }
        }
    }
    seeds
        .into_iter()
        .map(|(_, _, table, columns)| (table, columns))
        .collect()
}

/// All tables that the shared columns lead to; none where another key takes a part of them elsewhere.
fn expand(
    keys: &TableSlice<Vec<Key>>,
    table: TableId,
    columns: Vec<ColumnId>,
    is_unique: &dyn Fn(TableId, &[ColumnId]) -> bool,
) -> Option<Map> {
    let mut map = Map::from([(table, columns)]);
    let mut open = vec![table];
    while let Some(table) = open.pop() {
        let columns = map[&table].clone();
        for key in &keys[table] {
            let Some(targets) = key.targets_of(&columns) else {
                let is_apart = !columns.iter().any(|column| key.columns.contains(column));
                let is_part = key.columns.iter().all(|column| columns.contains(column));
                if is_apart || is_part || is_unique(table, &columns) {
                    continue;
                }
                return None;
            };
            match map.get(&key.table) {
                Some(known) if *known == targets => {}
                Some(_) => return None,
                None => {
                    map.insert(key.table, targets);
                    open.push(key.table);
                }
            }
        }
    }
    Some(map)
}

/// Joins maps that have a table with the same columns in common.
fn merge(maps: &mut Vec<Map>, mut map: Map) {
    let mut place = maps.len();
    while let Some(position) = maps.iter().position(|other| {
        map.iter().any(|(table, columns)| {
            other.get(table).is_some_and(|known| {
                known.len() == columns.len() && known.iter().all(|column| columns.contains(column))
            })
        })
    }) {
        let other = maps.remove(position);
        place = place.min(position);
        let order = map.iter().find_map(|(table, columns)| {
            let known = other.get(table)?;
            known
                .iter()
                .map(|column| columns.iter().position(|own| own == column))
                .collect::<Option<Vec<usize>>>()
                .filter(|order| order.len() == columns.len())
        });
        let Some(order) = order else {
            maps.insert(position, other);
            return;
        };
        for columns in map.values_mut() {
            *columns = order.iter().map(|&place| columns[place]).collect();
        }
        if map
            .iter()
            .any(|(table, columns)| other.get(table).is_some_and(|known| known != columns))
        {
            maps.insert(position, other);
            return;
        }
        map.extend(other);
    }
    maps.insert(place.min(maps.len()), map);
}
