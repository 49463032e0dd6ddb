//! The lines around the rows, merged.
//!
//! Where both sides changed the same lines, three things are no conflict: lines that both only added, lines that one
//! took away while the other added some, and numbers. A sequence goes on after the higher of two numbers, and so does
//! every other count that a dump holds.

use std::collections::BTreeSet;

use crate::conflict::{Conflict, What};
use crate::decisions::{Choice, Decisions};
use crate::outline::{Item, Outline};
use crate::report::Report;
use crate::sequence::{self, Part};
use crate::side::{Side, Three};

/// What the merged dump consists of, in its order.
pub(crate) fn merge(
    outlines: Three<&Outline>,
    decisions: &Decisions,
    report: &mut Report,
) -> Vec<Item> {
    let token = [outlines.ours, outlines.theirs, outlines.base]
        .iter()
        .find_map(|outline| outline.items.iter().find_map(token));
    let of_one_run = |items: &[Item]| items.iter().map(|item| with_token(item, token)).collect();
    let base: Vec<Item> = of_one_run(&base_items(outlines));
    let ours: Vec<Item> = of_one_run(&outlines.ours.items);
    let theirs: Vec<Item> = of_one_run(&outlines.theirs.items);
    let mut merged = Vec::new();
    for part in sequence::merge(&base, &ours, &theirs) {
        match part {
            Part::Ours(range) => merged.extend_from_slice(&ours[range]),
            Part::Theirs(range) => merged.extend_from_slice(&theirs[range]),
            Part::Conflict(ranges) => {
                let hunk = Three {
                    base: &base[ranges.base],
                    ours: &ours[ranges.ours],
                    theirs: &theirs[ranges.theirs],
                };
                merged.extend(resolve(hunk, decisions, report));
            }
        }
    }
    // A block that both sides moved, each to another place, would stand there twice.
    let mut seen = BTreeSet::new();
    merged.retain(|item| match item {
        Item::Block(name) => seen.insert(name.clone()),
        Item::Line(_) => true,
    });
    merged
}

/// What `pg_dump` puts around a dump with another token in each run, so that no text within can be a command of psql.
const GUARDS: [&[u8]; 2] = [b"\\restrict ", b"\\unrestrict "];

/// The token, if it stands in this line.
fn token(item: &Item) -> Option<&[u8]> {
    match item {
        Item::Line(line) => line.strip_prefix(GUARDS[0]),
        Item::Block(_) => None,
    }
}

/// The item with another token, if it has one: psql wants the same in both places.
fn with_token(item: &Item, token: Option<&[u8]>) -> Item {
    if let (Item::Line(line), Some(token)) = (item, token)
        && let Some(guard) = GUARDS.iter().find(|guard| line.starts_with(guard))
    {
        return Item::Line([*guard, token].concat());
    }
    item.clone()
}

/// What the base consists of, with another item in place of every table that one side deleted and the other changed:
/// so both sides changed that place.
fn base_items(outlines: Three<&Outline>) -> Vec<Item> {
    let mut items = outlines.base.items.clone();
    for item in &mut items {
        if let Item::Block(name) = item
            && deleted_by(outlines, name).is_some()
        {
            *item = Item::Line(format!("\0{}", name.table).into_bytes());
        }
    }
    items
}

/// Who deleted a table of which the other side changed rows.
fn deleted_by(outlines: Three<&Outline>, name: &crate::outline::BlockName) -> Option<Side> {
    let base = outlines.base.block(name)?;
    [Side::Ours, Side::Theirs].into_iter().find(|side| {
        let kept = outlines.of(side.other()).block(name);
        outlines.of(*side).block(name).is_none() && kept.is_some_and(|kept| !kept.is_same(base))
    })
}

fn resolve(hunk: Three<&[Item]>, decisions: &Decisions, report: &mut Report) -> Vec<Item> {
    if hunk.base.is_empty() {
        return union(hunk.ours, hunk.theirs);
    }
    let both_done = sequence::less_and_more(hunk.base, hunk.ours, hunk.theirs)
        .or_else(|| sequence::less_and_more(hunk.base, hunk.theirs, hunk.ours));
    if let Some(items) = both_done.or_else(|| numbers(hunk)) {
        return items;
    }
    let tables: Vec<&str> = hunk
        .base
        .iter()
        .filter_map(|item| match item {
            Item::Line(line) => std::str::from_utf8(line.strip_prefix(b"\0")?).ok(),
            Item::Block(_) => None,
        })
        .collect();
    let mut side = None;
    for table in &tables {
        let has = |items: &[Item]| {
            items
                .iter()
                .any(|item| matches!(item, Item::Block(name) if name.table == *table))
        };
        let by = if has(hunk.ours) {
            Side::Theirs
        } else {
            Side::Ours
        };
        match decisions.choose(table, &[], None) {
            Some(Choice::Side(chosen)) => side = Some(chosen),
            _ => report.conflict(Conflict {
                table: (*table).to_owned(),
                key: Vec::new(),
                what: What::TableDeleted { by },
            }),
        }
    }
    if tables.is_empty() {
        match decisions.choose("", &[], None) {
            Some(Choice::Side(chosen)) => side = Some(chosen),
            _ => report.conflict(Conflict {
                table: String::new(),
                key: Vec::new(),
                what: What::Lines {
                    lines: hunk.map(told),
                },
            }),
        }
    }
    hunk.of(side.unwrap_or(Side::Ours)).to_vec()
}

fn told(items: &[Item]) -> Vec<String> {
    items
        .iter()
        .map(|item| match item {
            Item::Line(line) => String::from_utf8_lossy(line).into_owned(),
            Item::Block(name) => format!("the rows of {}", name.table),
        })
        .collect()
}

/// What both sides added in the same place: all of it, in an order that doesn't depend on which of them is which.
fn union(ours: &[Item], theirs: &[Item]) -> Vec<Item> {
    let (first, second) = if ours <= theirs {
        (ours, theirs)
    } else {
        (theirs, ours)
    };
    let mut items = first.to_vec();
    // What both have, such as an empty line between two tables, is wanted behind each.
    items.extend(
        second
            .iter()
            .filter(|item| match item {
                Item::Block(_) => !first.contains(item),
                Item::Line(_) => true,
            })
            .cloned(),
    );
    items
}

/// Lines that differ in numbers alone, with the higher ones where both sides have others.
fn numbers(hunk: Three<&[Item]>) -> Option<Vec<Item>> {
    if hunk.base.len() != hunk.ours.len() || hunk.base.len() != hunk.theirs.len() {
        return None;
    }
    (0..hunk.base.len())
        .map(
            |at| match (&hunk.base[at], &hunk.ours[at], &hunk.theirs[at]) {
                (Item::Line(base), Item::Line(ours), Item::Line(theirs)) => {
                    numbers_of_line(Three { base, ours, theirs }).map(Item::Line)
                }
                (_, ours, theirs) if ours == theirs => Some(ours.clone()),
                _ => None,
            },
        )
        .collect()
}

fn numbers_of_line(lines: Three<&Vec<u8>>) -> Option<Vec<u8>> {
    if let Some(agreed) = lines.agreed() {
        return Some(agreed.clone());
    }
    let pieces = lines.map(|line| pieces(line));
    if pieces.base.len() != pieces.ours.len() || pieces.base.len() != pieces.theirs.len() {
        return None;
    }
    let mut merged = Vec::new();
    for at in 0..pieces.base.len() {
        let piece = pieces.as_ref().map(|pieces| pieces[at]);
        let chosen = match piece.agreed() {
            Some(agreed) => agreed,
            None if is_number(piece.base) && is_number(piece.ours) && is_number(piece.theirs) => {
                // Longer is higher; no number of a dump has zeros before it.
                [piece.ours, piece.theirs]
                    .into_iter()
                    .max_by_key(|digits| (digits.len(), *digits))?
            }
            None => return None,
        };
        merged.extend_from_slice(chosen);
    }
    Some(merged)
}

/// The line cut into numbers and what is between them.
fn pieces(line: &[u8]) -> Vec<&[u8]> {
    line.chunk_by(|one, next| one.is_ascii_digit() == next.is_ascii_digit())
        .collect()
}

fn is_number(piece: &[u8]) -> bool {
    piece.first().is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(base: &str, ours: &str, theirs: &str) -> Option<String> {
        let [base, ours, theirs] = [base, ours, theirs].map(|line| line.as_bytes().to_vec());
        let merged = numbers_of_line(Three {
            base: &base,
            ours: &ours,
            theirs: &theirs,
        })?;
        Some(String::from_utf8(merged).unwrap())
    }

    #[test]
    fn what_guards_a_dump_has_one_token() {
        let item = |line: &str| Item::Line(line.as_bytes().to_vec());
        let begin = item("\\restrict abc");
        assert_eq!(token(&begin), Some(&b"abc"[..]));
        for (line, expected) in [
            ("\\restrict xyz", "\\restrict abc"),
            ("\\unrestrict xyz", "\\unrestrict abc"),
            ("-- \\restrict xyz", "-- \\restrict xyz"),
        ] {
            assert_eq!(with_token(&item(line), token(&begin)), item(expected));
            assert_eq!(with_token(&item(line), None), item(line));
        }
    }

    #[test]
    fn a_sequence_goes_on_after_the_higher_number() {
        let setval = |number: u32| format!("SELECT setval('s', {number}, true);");
        assert_eq!(
            line(&setval(9), &setval(12), &setval(101)),
            Some(setval(101))
        );
        assert_eq!(
            line(&setval(9), &setval(101), &setval(12)),
            Some(setval(101))
        );
        assert_eq!(
            line("a 1 b 2", "a 3 b 2", "a 1 b 5"),
            Some("a 3 b 5".to_owned())
        );
        assert_eq!(line("a 1", "b 2", "c 3"), None);
        assert_eq!(line("a 1", "a x", "a 3"), None);
    }
}
