//! Which tables of two versions belong together.

use std::collections::BTreeMap;

use crate::summary::{Summary, Table};

/// A table that one version has, or both; with its place among its version's tables.
pub(super) enum Pair<'a> {
    Removed(&'a Table),
    Added(&'a Table),
    Both {
        old: (usize, &'a Table),
        new: (usize, &'a Table),
    },
}

/// How many tables are what.
pub(crate) struct Counted {
    pub(crate) changed: usize,
    pub(crate) added: usize,
    pub(crate) removed: usize,
    pub(crate) unchanged: usize,
    pub(super) differ: usize,
}

impl Counted {
    pub(super) fn of(pairs: &[Pair<'_>]) -> Self {
        let count =
            |wanted: fn(&Pair<'_>) -> bool| pairs.iter().filter(|pair| wanted(pair)).count();
        let changed = count(|pair| matches!(pair, Pair::Both { old, new } if differ(old.1, new.1)));
        let added = count(|pair| matches!(pair, Pair::Added(_)));
        let removed = count(|pair| matches!(pair, Pair::Removed(_)));
        Self {
            changed,
            added,
            removed,
            unchanged: pairs.len() - changed - added - removed,
            differ: changed + added + removed,
        }
    }
}

pub(super) fn differ(old: &Table, new: &Table) -> bool {
    old.content != new.content || old.columns != new.columns
}

/// The tables of both versions: removed ones first, then all of the new version in its order.
///
/// A dump may have several blocks of one table; the first belongs to the first, the second to the second.
pub(super) fn pairs<'a>(before: &'a Summary, after: &'a Summary) -> Vec<Pair<'a>> {
    let old_places = places(before);
    let new_places = places(after);
    let removed = old_places
        .iter()
        .filter(|(name, _)| !new_places.contains_key(*name))
        .map(|(_, at)| Pair::Removed(&before.tables[*at]));
    let mut in_order: Vec<_> = new_places.iter().collect();
    in_order.sort_unstable_by_key(|(_, at)| **at);
    let rest = in_order.into_iter().map(|(name, at)| {
        let new = (*at, &after.tables[*at]);
        match old_places.get(name) {
            Some(old) => Pair::Both {
                old: (*old, &before.tables[*old]),
                new,
            },
            None => Pair::Added(new.1),
        }
    });
    removed.chain(rest).collect()
}

/// Each table's place, by its name and by which block of that name it is.
fn places(summary: &Summary) -> BTreeMap<(&str, usize), usize> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    summary
        .tables
        .iter()
        .enumerate()
        .map(|(at, table)| {
            let nth = seen.entry(&table.name).or_default();
            *nth += 1;
            ((table.name.as_str(), *nth), at)
        })
        .collect()
}
