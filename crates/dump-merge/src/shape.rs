//! The columns of a merged table, and where each version has them.

use std::collections::BTreeSet;
use std::mem;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::sequence::{self, Part};
use crate::side::{Side, Three};

/// A row cut into its fields.
pub(crate) type Fields<'a> = Vec<&'a [u8]>;

/// A column of the merged table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// As the dumps write it.
    pub(crate) name: String,
    /// Its place in each version, where that has it.
    pub(crate) places: Three<Option<usize>>,
}

/// The columns of a merged table.
#[derive(Debug)]
pub(crate) struct Shape {
    /// In their order.
    pub(crate) columns: Vec<Column>,
    /// Columns that one side took away and the other side still has, with the side that took them away.
    pub(crate) dropped: Vec<(Column, Side)>,
}

impl Shape {
    /// Merges three lists of columns. A version that hasn't got the table has no columns.
    pub(crate) fn of(names: Three<&[String]>) -> Self {
        let place = |of: &[String], name: &String| of.iter().position(|other| other == name);
        let column = |name: &String| Column {
            name: name.clone(),
            places: names.map(|of| place(of, name)),
        };
        let stays = |name: &String| {
            let places = names.map(|of| place(of, name));
            match (places.base, places.ours, places.theirs) {
                (_, Some(_), Some(_)) => true,
                (base, ..) => base.is_none(),
            }
        };
        let mut columns = Vec::new();
        for part in sequence::merge(names.base, names.ours, names.theirs) {
            match part {
                Part::Ours(range) => columns.extend(names.ours[range].iter().map(column)),
                Part::Theirs(range) => columns.extend(names.theirs[range].iter().map(column)),
                Part::Conflict(ranges) => {
                    let (here, there) = (&names.ours[ranges.ours], &names.theirs[ranges.theirs]);
                    let both = union(here, there);
                    columns.extend(both.into_iter().map(column));
                }
            }
        }
        // A column that was moved may stand in two parts.
        let mut seen = BTreeSet::new();
        columns.retain(|column| stays(&column.name) && seen.insert(column.name.clone()));
        let dropped_by = |side: Side| {
            let (here, there) = (*names.of(side), *names.of(side.other()));
            names
                .base
                .iter()
                .filter(move |name| place(here, name).is_none() && place(there, name).is_some())
                .map(move |name| (column(name), side))
        };
        let dropped = dropped_by(Side::Ours)
            .chain(dropped_by(Side::Theirs))
            .collect();
        Self { columns, dropped }
    }

    /// The places of these columns in each version, if all versions that have the table have all of them.
    pub(crate) fn places(
        &self,
        columns: &[String],
        there: Three<bool>,
    ) -> Option<Three<Vec<usize>>> {
        let found: Vec<&Column> = columns
            .iter()
            .map(|name| {
                self.columns
                    .iter()
                    .find(|column| dump_text::unquoted(&column.name) == *name)
            })
            .collect::<Option<_>>()?;
        let places = |of: fn(&Three<Option<usize>>) -> Option<usize>, there: bool| {
            if !there {
                return Some(Vec::new());
            }
            found.iter().map(|column| of(&column.places)).collect()
        };
        Some(Three {
            base: places(|places| places.base, there.base)?,
            ours: places(|places| places.ours, there.ours)?,
            theirs: places(|places| places.theirs, there.theirs)?,
        })
    }

    /// Whether a side's row says the same as the base's, in the columns that both versions have.
    pub(crate) fn unchanged(&self, side: Side, base: &Fields<'_>, row: &Fields<'_>) -> bool {
        let dropped = self.dropped.iter().map(|(column, _)| column);
        self.columns.iter().chain(dropped).all(|column| {
            match (column.places.base, *column.places.of(side)) {
                (Some(was), Some(is)) => base.get(was) == row.get(is),
                _ => true,
            }
        })
    }
}

/// What two lists have, in an order that doesn't depend on which of them is which: what both have in its place, and
/// between that the rest by name.
fn union<'a>(here: &'a [String], there: &'a [String]) -> Vec<&'a String> {
    let mut found = Vec::new();
    let mut between = BTreeSet::new();
    for operation in capture_diff_slices(Algorithm::Myers, here, there) {
        if operation.tag() == DiffTag::Equal {
            found.extend(mem::take(&mut between));
            found.extend(&here[operation.old_range()]);
        } else {
            between.extend(&here[operation.old_range()]);
            between.extend(&there[operation.new_range()]);
        }
    }
    found.extend(between);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, ours: &str, theirs: &str) -> String {
        let lists = [base, ours, theirs].map(|names| {
            names
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        });
        let shape = Shape::of(Three {
            base: &lists[0],
            ours: &lists[1],
            theirs: &lists[2],
        });
        let names: Vec<_> = shape
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        names.join(" ")
    }

    #[test]
    fn columns_come_and_go_on_either_side() {
        assert_eq!(merged("id a b", "id a b", "id a b"), "id a b");
        assert_eq!(merged("id a b", "id x a b", "id a"), "id x a");
        assert_eq!(merged("id a b", "id b", "id a"), "id");
        assert_eq!(merged("", "id a", "id b"), "id a b");
    }

    #[test]
    fn columns_at_the_same_place_are_in_the_same_order_whoever_merges() {
        assert_eq!(merged("id a", "id y a", "id x a"), "id x y a");
        assert_eq!(merged("id a", "id x a", "id y a"), "id x y a");
    }

    #[test]
    fn a_moved_column_stays_one() {
        assert_eq!(merged("id a b", "a b id", "id a b c"), "a b c id");
    }
}
