//! Rows without a key: what a table holds is which rows are there, and how often.

use std::collections::BTreeMap;
use std::io::Write;

use dump_text::row;

use super::{Blocks, MOST_KEPT_ROWS, Stop, each_row};
use crate::resolve::Resolver;
use crate::side::Three;

/// How often a row is there in each version.
type Counts = Three<u32>;

/// Merges a table as a set of rows. All versions have the same columns.
pub(crate) fn merge(
    blocks: Blocks<'_, '_>,
    resolver: &mut Resolver<'_>,
    output: &mut dyn Write,
) -> Result<(), Stop> {
    let Blocks { cursors, at } = blocks;
    let order = resolver.shape.columns.iter().map(|column| column.places);
    let order = Three {
        base: order.clone().map(|places| places.base).collect::<Vec<_>>(),
        ours: order.clone().map(|places| places.ours).collect(),
        theirs: order.map(|places| places.theirs).collect(),
    };
    let mut found: BTreeMap<u128, Counts> = BTreeMap::new();
    let mut merged = Vec::new();
    for (cursor, at, order, count) in [
        (
            &mut cursors.base,
            at.base,
            &order.base,
            (|counts| &mut counts.base) as fn(&mut Counts) -> &mut u32,
        ),
        (&mut cursors.ours, at.ours, &order.ours, |counts| {
            &mut counts.ours
        }),
        (&mut cursors.theirs, at.theirs, &order.theirs, |counts| {
            &mut counts.theirs
        }),
    ] {
        each_row(cursor, at, |row| {
            ordered(row, order, &mut merged);
            if found.len() == MOST_KEPT_ROWS {
                return Err(Stop::TooMuch);
            }
            let counts = found.entry(row::wide_hash(&merged)).or_insert(Three {
                base: 0,
                ours: 0,
                theirs: 0,
            });
            *count(counts) += 1;
            Ok(())
        })?;
    }
    for counts in found.values() {
        for (is, side) in [
            (counts.ours, &mut resolver.counts.ours),
            (counts.theirs, &mut resolver.counts.theirs),
        ] {
            side.added += u64::from(is.saturating_sub(counts.base));
            side.deleted += u64::from(counts.base.saturating_sub(is));
        }
    }
    // How often each row is still to be written.
    let mut left: BTreeMap<u128, u32> = found
        .into_iter()
        .map(|(hash, counts)| (hash, merged_count(counts)))
        .collect();
    for (cursor, at, order) in [
        (&mut cursors.ours, at.ours, &order.ours),
        (&mut cursors.theirs, at.theirs, &order.theirs),
    ] {
        each_row(cursor, at, |row| {
            ordered(row, order, &mut merged);
            if let Some(left) = left.get_mut(&row::wide_hash(&merged))
                && *left > 0
            {
                *left -= 1;
                merged.push(b'\n');
                output.write_all(&merged)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// How often the merged table has a row.
fn merged_count(counts: Counts) -> u32 {
    counts.agreed().unwrap_or_else(|| {
        let Counts { base, ours, theirs } = counts;
        if ours > base && theirs > base {
            // Both added it: the same row, as far as anybody can tell.
            ours.max(theirs)
        } else if ours < base && theirs < base {
            ours.min(theirs)
        } else {
            (ours + theirs).saturating_sub(base)
        }
    })
}

/// The row's fields in the merged table's order.
fn ordered(row: &[u8], order: &[Option<usize>], merged: &mut Vec<u8>) {
    merged.clear();
    // A dump that names no columns has them in one order anyway.
    if order.is_empty() {
        merged.extend_from_slice(row);
        return;
    }
    let fields: Vec<&[u8]> = row::fields(row).collect();
    for (at, place) in order.iter().enumerate() {
        if at > 0 {
            merged.push(b'\t');
        }
        let field = place.and_then(|place| fields.get(place).copied());
        merged.extend_from_slice(field.unwrap_or(row::NULL));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_merged_whoever_is_ours() {
        for (base, one, other, merged) in [
            (1, 1, 1, 1),
            (0, 1, 1, 1),
            (0, 1, 2, 2),
            (1, 0, 1, 0),
            (1, 0, 0, 0),
            (2, 1, 3, 2),
            (3, 1, 2, 1),
        ] {
            for (ours, theirs) in [(one, other), (other, one)] {
                let counts = Three { base, ours, theirs };
                assert_eq!(merged_count(counts), merged, "{counts:?}");
            }
        }
    }
}
