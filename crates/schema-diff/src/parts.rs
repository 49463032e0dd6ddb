//! The named parts of a table (indexes and constraints): which stay, are renamed, go or come.

use std::collections::BTreeSet;

/// How the parts of one kind differ, as positions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartChanges {
    /// Old ones that go.
    pub dropped: Vec<usize>,
    /// Those that stay, old and new position; their names may differ.
    pub kept: Vec<(usize, usize)>,
    /// New ones to make.
    pub added: Vec<usize>,
}

impl PartChanges {
    /// Compares two lists. `same` says whether an old part can stay as a new one, names aside. A part
    /// keeps its name where it can; a part that only changed its name is renamed, which costs nothing,
    /// while making an index reads the whole table.
    pub fn between<T>(
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
