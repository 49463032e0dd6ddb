//! Rows in the order of a whole number: the three versions are read side by side, and nothing is kept.

use std::io::Write;

use dump_text::{Cursor, row};

use super::{Blocks, Stop};
use crate::resolve::Resolver;
use crate::side::Three;

/// Merges a table whose key ascends in all versions.
pub(crate) fn merge(
    blocks: Blocks<'_, '_>,
    resolver: &mut Resolver<'_>,
    output: &mut dyn Write,
) -> Result<(), Stop> {
    let places = resolver
        .key
        .1
        .as_ref()
        .map(|places| places.first().copied());
    let Blocks { cursors, at } = blocks;
    for (cursor, at) in [
        (&mut cursors.base, at.base),
        (&mut cursors.ours, at.ours),
        (&mut cursors.theirs, at.theirs),
    ] {
        if let Some(at) = at {
            cursor.enter(at)?;
        }
    }
    let mut numbers = Three {
        base: next(&mut cursors.base, at.base, places.base)?,
        ours: next(&mut cursors.ours, at.ours, places.ours)?,
        theirs: next(&mut cursors.theirs, at.theirs, places.theirs)?,
    };
    let mut merged = Vec::new();
    loop {
        let Some(least) = [numbers.base, numbers.ours, numbers.theirs]
            .into_iter()
            .flatten()
            .min()
        else {
            return Ok(());
        };
        let here = numbers.map(|number| number == Some(least));
        merged.clear();
        resolver.resolve(
            Three {
                base: here.base.then(|| cursors.base.row()),
                ours: here.ours.then(|| cursors.ours.row()),
                theirs: here.theirs.then(|| cursors.theirs.row()),
            },
            &mut merged,
        );
        output.write_all(&merged)?;
        if here.base {
            numbers.base = next(&mut cursors.base, at.base, places.base)?;
        }
        if here.ours {
            numbers.ours = next(&mut cursors.ours, at.ours, places.ours)?;
        }
        if here.theirs {
            numbers.theirs = next(&mut cursors.theirs, at.theirs, places.theirs)?;
        }
    }
}

/// Goes to the next row and tells the number that names it.
fn next(
    cursor: &mut Cursor<'_>,
    at: Option<usize>,
    place: Option<usize>,
) -> Result<Option<i64>, Stop> {
    if at.is_none() || !cursor.advance()? {
        return Ok(None);
    }
    let field = row::fields(cursor.row()).nth(place.unwrap_or_default());
    match field.and_then(row::whole_number) {
        Some(number) => Ok(Some(number)),
        None => Err(Stop::NoKey),
    }
}
