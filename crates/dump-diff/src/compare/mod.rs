//! Two versions of a dump side by side.
//!
//! Both are read once to see which tables differ at all, and once more for the rows of those. Rows belong together
//! by their primary key, or when their first fields are equal where nobody says what that is. Where it is the first field,
//! a whole number that grows in both versions, as with keys that come from a sequence, the two streams are merged and
//! nothing is kept; elsewhere two hashes of each row are.

pub(crate) mod changes;
pub(crate) mod pairing;
pub(crate) mod pairs;
pub(crate) mod statements;

use std::io::{self, Write};
use std::thread;

use crate::summary::{Summary, summarize};
use crate::text;
use changes::Changes;
pub use changes::MOST_KEPT_ROWS;
use dump_text::{Cursor, InMemory, Keys, Source};
use pairing::Pairing;
use pairs::{Counted, Pair, differ, pairs};
use statements::Statements;

/// Writes for people what `new` has that `old` hasn't, and the other way round; nothing when both say the same. `keys` are
/// those of the schema, as far as the dumps don't tell them.
///
/// # Errors
/// What the sources or the output say.
pub fn compare(
    old: &dyn Source,
    new: &dyn Source,
    keys: &Keys,
    output: &mut dyn Write,
) -> io::Result<()> {
    let (before, after) = both(old, new)?;
    let mut keys = keys.clone();
    for text in [&before, &after].map(|summary| &summary.statement_text) {
        keys.read(text.as_deref().unwrap_or_default());
    }
    let pairs = pairs(&before, &after);
    let counted = Counted::of(&pairs);
    if counted.differ == 0 && before.statements == after.statements {
        return Ok(());
    }
    if !pairs.is_empty() {
        text::totals(output, &counted)?;
        text::emptiness(output, &before, &after)?;
    }
    let mut cursors = (Cursor::new(old), Cursor::new(new));
    for pair in &pairs {
        match *pair {
            Pair::Removed(table) => text::whole_table(output, table, "removed")?,
            Pair::Added(table) => text::whole_table(output, table, "added")?,
            Pair::Both {
                old: (old_at, old),
                new: (new_at, new),
            } if differ(old, new) => {
                let pairing = Pairing::of(&old.columns, &new.columns, primary(&keys, &new.name));
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

/// The tables whose rows or columns differ, in the new version's order. A version that isn't there has none.
///
/// # Errors
/// What the sources say.
pub fn changed_tables(
    old: Option<&dyn Source>,
    new: Option<&dyn Source>,
) -> io::Result<Vec<String>> {
    let nothing = InMemory(b"");
    let (before, after) = both(old.unwrap_or(&nothing), new.unwrap_or(&nothing))?;
    let mut tables: Vec<String> = Vec::new();
    for pair in pairs(&before, &after) {
        let name = match pair {
            Pair::Removed(table) | Pair::Added(table) => &table.name,
            Pair::Both { old, new } if differ(old.1, new.1) => &new.1.name,
            Pair::Both { .. } => continue,
        };
        // A dump may have several blocks of one table.
        if !tables.contains(name) {
            tables.push(name.clone());
        }
    }
    Ok(tables)
}

/// The columns of a table's primary key, if anybody says what it is.
fn primary<'a>(keys: &'a Keys, table: &str) -> &'a [String] {
    let known = keys.table(table).and_then(|known| known.primary.as_deref());
    known.unwrap_or_default()
}

/// Both summaries at once, one on a thread of its own.
fn both(old: &dyn Source, new: &dyn Source) -> io::Result<(Summary, Summary)> {
    thread::scope(|scope| {
        let before = scope.spawn(|| summarize(old));
        let after = summarize(new).map_err(|error| of_version("new", &error))?;
        let before = before
            .join()
            .map_err(|_| io::Error::other("reading the old version was cut short"))?
            .map_err(|error| of_version("old", &error))?;
        Ok((before, after))
    })
}

/// The same error with the version that it is about.
fn of_version(which: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("the {which} version: {error}"))
}

#[cfg(test)]
mod tests;
