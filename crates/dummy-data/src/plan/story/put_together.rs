//! Texts that are put together of other columns: a version of its numbers, a seat's label of its row and number, the
//! first characters of a token.

use crate::check::Domain;
use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::text_limit;
use crate::plan::story::reader::Reader;
use crate::plan::story::sums::spoken_of;
use crate::plan::story::{Relation, TextRole};

/// What stands between the parts of a text.
const BETWEEN: &[&str] = &["-", "/", ".", ":", " "];

/// Decides a text that others make up.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    if reader.is_unique(table, column) {
        return;
    }
    let found = version(reader, table, column)
        .or_else(|| listed(reader, table, column))
        .or_else(|| beginning(reader, table, column));
    if let Some((role, why)) = found {
        reader.relate(table, column, Relation::Text(role), why);
    }
}

/// `2.4.1` beside the numbers `major`, `minor` and `patch`.
fn version(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Option<(TextRole, &'static str)> {
    if !reader
        .name(table, column)
        .is(&["version", "version_number", "semver"])
    {
        return None;
    }
    let number = |names: &[&str]| {
        reader.columns(table).find(|&other| {
            reader.is_whole(table, other)
                && !reader.is_nullable(table, other)
                && reader.name(table, other).whole_is(names)
        })
    };
    let mut parts = vec![
        number(&["major", "major_version", "version_major"])?,
        number(&["minor", "minor_version", "version_minor"])?,
    ];
    parts.extend(number(&[
        "patch",
        "patch_version",
        "version_patch",
        "micro",
    ]));
    Some((TextRole::Joined(".", parts), "its numbers"))
}

/// `row and seat, e.g. 12-7`: columns, and what the example has between them.
fn listed(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Option<(TextRole, &'static str)> {
    let text = &reader.name(table, column).text;
    let (list, example) = [", e.g. ", " e.g. ", ", such as ", ", like ", ": "]
        .iter()
        .find_map(|mark| text.split_once(mark))?;
    let fits = |other: ColumnId| {
        other != column
            && (reader.is_whole(table, other) || reader.is_text(table, other))
            && reader.facts[table].reference_of[other].is_none()
            && !reader.is_nullable(table, other)
    };
    let mut parts: Vec<ColumnId> = Vec::new();
    for piece in list.replace(" and ", ",").split(',').map(str::trim) {
        // Only what the row's own columns are called, not a sentence about them.
        if piece.split(' ').count() > 2 {
            return None;
        }
        let found = spoken_of(reader, table, piece, &|other| {
            fits(other) && !parts.contains(&other)
        })?;
        parts.push(found);
    }
    let example = example.split([',', ';', ')']).next()?.trim();
    let between = BETWEEN
        .iter()
        .find(|between| example.split(**between).count() == parts.len())?;
    (parts.len() >= 2).then_some((TextRole::Joined(between, parts), "as its comment says"))
}

/// `first characters of the token`.
fn beginning(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Option<(TextRole, &'static str)> {
    let text = &reader.name(table, column).text;
    let (before, of) = [" of the ", " of its "]
        .iter()
        .find_map(|mark| text.split_once(mark))?;
    let begins = before.starts_with("first ") || matches!(before, "beginning" | "start" | "prefix");
    if !begins || before.contains("letter") || before.contains("name") {
        return None;
    }
    let of = spoken_of(reader, table, of, &|other| {
        other != column && reader.is_text(table, other)
    })?;
    let said = before.split(' ').find_map(|word| word.parse().ok());
    let limit = text_limit(reader.column(table, column), &Domain::default());
    let length = said.or(limit).unwrap_or(8);
    Some((TextRole::Beginning(of, length), "as its comment says"))
}
