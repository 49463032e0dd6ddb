//! The named parts of a table (indexes and constraints): which stay, are renamed, go or come.

use pg_model::{Index, IndexKey, Table, UniqueConstraint};
use std::collections::{BTreeMap, BTreeSet};

/// How the parts of one kind differ, as positions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PartChanges {
    /// Old ones that go.
    pub(crate) dropped: Vec<usize>,
    /// Those that stay, old and new position; their names may differ.
    pub(crate) kept: Vec<(usize, usize)>,
    /// New ones to make.
    pub(crate) added: Vec<usize>,
}

impl PartChanges {
    /// Compares two lists. `same` says whether an old part can stay as a new one, names aside. A part
    /// keeps its name where it can; a part that only changed its name is renamed, which costs nothing,
    /// while making an index reads the whole table.
    pub(crate) fn between<T>(
        old: &[T],
        new: &[T],
        name: impl Fn(&T) -> &str,
        same: impl Fn(&T, &T) -> bool,
    ) -> Self {
        let mut new_of_old = vec![None; old.len()];
        let mut taken = BTreeSet::new();
        for names_must_agree in [true, false] {
            for (old_position, before) in old.iter().enumerate() {
                if new_of_old[old_position].is_some() {
                    continue;
                }
                let found = new.iter().enumerate().position(|(new_position, after)| {
                    !taken.contains(&new_position)
                        && (!names_must_agree || name(before) == name(after))
                        && same(before, after)
                });
                if let Some(new_position) = found {
                    new_of_old[old_position] = Some(new_position);
                    taken.insert(new_position);
                }
            }
        }
        Self {
            dropped: (0..old.len())
                .filter(|position| new_of_old[*position].is_none())
                .collect(),
            kept: new_of_old
                .iter()
                .enumerate()
                .filter_map(|(old_position, new)| new.map(|new| (old_position, new)))
                .collect(),
            added: (0..new.len())
                .filter(|position| !taken.contains(position))
                .collect(),
        }
    }
}

/// A column list after renames.
pub(crate) fn renamed(columns: &[String], renames: &BTreeMap<String, String>) -> Vec<String> {
    columns
        .iter()
        .map(|column| renames.get(column).unwrap_or(column).clone())
        .collect()
}

/// An index after its columns were renamed, without what isn't its definition: name and comment.
pub(crate) fn definition(index: &Index, renames: &BTreeMap<String, String>) -> Index {
    let mut index = index.clone();
    index.name.clear();
    index.comment = None;
    index.own.include = renamed(&index.own.include, renames);
    for part in &mut index.parts {
        if let IndexKey::Column(name) = &mut part.key
            && let Some(new) = renames.get(name)
        {
            name.clone_from(new);
        }
    }
    index
}

/// A table's unique constraints and indexes as the database has them: an index that a constraint took
/// over is the constraint's, and goes by its name.
pub(crate) fn effective(table: &Table) -> (Vec<UniqueConstraint>, Vec<Index>) {
    let mut indexes = table.indexes.clone();
    let mut uniques = table.own.uniques.clone();
    for unique in &mut uniques {
        let Some(position) = unique
            .using_index
            .as_ref()
            .and_then(|name| indexes.iter().position(|index| &index.name == name))
        else {
            continue;
        };
        if let Some(columns) = indexes[position].plain_columns() {
            unique.columns = columns.into_iter().map(str::to_owned).collect();
            unique.nulls_not_distinct = indexes[position].own.nulls_not_distinct;
            unique.using_index = None;
            indexes.remove(position);
        }
    }
    (uniques, indexes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        old: &[(&str, u8)],
        new: &[(&str, u8)],
        dropped: &[usize],
        kept: &[(usize, usize)],
        added: &[usize],
    ) {
        let changes = PartChanges::between(old, new, |part| part.0, |a, b| a.1 == b.1);
        assert_eq!(changes.dropped, dropped);
        assert_eq!(changes.kept, kept);
        assert_eq!(changes.added, added);
    }

    #[test]
    fn a_part_keeps_its_name_where_it_can() {
        check(
            &[("a", 1), ("b", 1)],
            &[("b", 1), ("a", 1)],
            &[],
            &[(0, 1), (1, 0)],
            &[],
        );
    }

    #[test]
    fn a_part_of_another_name_is_renamed() {
        check(&[("a", 1)], &[("b", 1)], &[], &[(0, 0)], &[]);
        check(
            &[("a", 1), ("b", 2)],
            &[("b", 1), ("a", 2)],
            &[],
            &[(0, 0), (1, 1)],
            &[],
        );
    }

    #[test]
    fn a_part_with_another_definition_is_made_anew() {
        check(&[("a", 1)], &[("a", 2)], &[0], &[], &[0]);
    }
}
