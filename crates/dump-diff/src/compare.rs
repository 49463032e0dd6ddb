//! Two versions of a dump side by side.
//!
//! Both are read once to see which tables differ at all, and once more for the rows of those. Rows belong together
//! when their first fields are equal. Where that field is a whole number that grows in both versions, as with keys
//! that come from a sequence, the two streams are merged and nothing is kept; elsewhere two hashes of each row are.

mod changes;
mod cursor;
mod pairing;
mod statements;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::thread;

use crate::copy::Source;
use crate::summary::{Summary, Table, summarize};
use crate::text;
pub(crate) use changes::Changes;
use cursor::Cursor;
pub(crate) use pairing::Pairing;
pub(crate) use statements::Statements;

/// Of a table without an ascending first column, how many rows of both versions together are compared one by one:
/// 16 bytes are kept for each.
pub const MOST_KEPT_ROWS: u64 = 4_000_000;

/// Writes for people what `new` has that `old` hasn't, and the other way round; nothing when both say the same.
///
/// # Errors
/// What the sources or the output say.
pub fn compare(old: &dyn Source, new: &dyn Source, output: &mut dyn Write) -> io::Result<()> {
    let (before, after) = both(old, new)?;
    let pairs = pairs(&before, &after);
    let counted = Counted::of(&pairs);
    if counted.differ == 0 && before.statements == after.statements {
        return Ok(());
    }
    text::totals(output, &counted)?;
    let mut cursors = (Cursor::new(old), Cursor::new(new));
    for pair in &pairs {
        match *pair {
            Pair::Removed(table) => text::whole_table(output, table, "removed")?,
            Pair::Added(table) => text::whole_table(output, table, "added")?,
            Pair::Both {
                old: (old_at, old),
                new: (new_at, new),
            } if differ(old, new) => {
                let pairing = Pairing::of(&old.columns, &new.columns);
                let changes = if pairing.can_merge() && old.ascending && new.ascending {
                    cursors.0.enter(old_at)?;
                    cursors.1.enter(new_at)?;
                    Some(Changes::merged(&mut cursors.0, &mut cursors.1, &pairing)?)
                } else if old.rows + new.rows <= MOST_KEPT_ROWS {
                    Some(Changes::hashed(
                        (&mut cursors.0, old_at),
                        (&mut cursors.1, new_at),
                        &pairing,
                    )?)
                } else {
                    None
                };
                text::changed_table(output, old, new, &pairing, changes.as_ref())?;
            }
            Pair::Both { .. } => {}
        }
    }
    match Statements::of(&before, &after) {
        // Each table has said how many rows it has.
        Statements::Numbers if counted.differ > 0 => Ok(()),
        statements => {
            let lines = (before.statement_lines, after.statement_lines);
            text::statements(output, lines, &statements)
        }
    }
}

/// Both summaries at once, one on a thread of its own.
fn both(old: &dyn Source, new: &dyn Source) -> io::Result<(Summary, Summary)> {
    thread::scope(|scope| {
        let before = scope.spawn(|| summarize(old));
        let after = summarize(new)?;
        let before = before
            .join()
            .map_err(|_| io::Error::other("reading the old version was cut short"))??;
        Ok((before, after))
    })
}

/// A table that one version has, or both; with its place among its version's tables.
enum Pair<'a> {
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
    differ: usize,
}

impl Counted {
    fn of(pairs: &[Pair<'_>]) -> Self {
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

fn differ(old: &Table, new: &Table) -> bool {
    old.content != new.content || old.columns != new.columns
}

/// The tables of both versions: removed ones first, then all of the new version in its order.
///
/// A dump may have several blocks of one table; the first belongs to the first, the second to the second.
fn pairs<'a>(before: &'a Summary, after: &'a Summary) -> Vec<Pair<'a>> {
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

#[cfg(test)]
mod tests;
