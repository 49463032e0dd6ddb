//! Which old thing became which new one: by a name that stayed, or by `renamed_from`.

use std::collections::BTreeMap;

/// Old and new things of one kind, matched one to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// For each old one, the position of what it became.
    pub new_of_old: Vec<Option<usize>>,
    /// For each new one, the position of what it was.
    pub old_of_new: Vec<Option<usize>>,
}

impl Pairing {
    /// Matches names.
    ///
    /// A `renamed_from` counts as long as the rename hasn't happened yet: a source keeps such a mark
    /// for years after. So a name that both sides have stays with itself, unless its old owner has gone
    /// on to a name that is new altogether (`a` becomes `b` while `b` becomes `c`).
    pub fn by_name<N: Ord>(old: &[&N], new: &[(&N, Option<&N>)]) -> Self {
        let positions: BTreeMap<&N, usize> = old
            .iter()
            .enumerate()
            .map(|(position, name)| (*name, position))
            .collect();
        let mut pairing = Self {
            new_of_old: vec![None; old.len()],
            old_of_new: vec![None; new.len()],
        };
        loop {
            let mut found = false;
            for (position, (name, renamed_from)) in new.iter().enumerate() {
                let former = renamed_from.and_then(|former| positions.get(former).copied());
                let name_is_free = positions
                    .get(name)
                    .is_none_or(|owner| pairing.new_of_old[*owner].is_some());
                if let Some(former) = former
                    && name_is_free
                    && pairing.is_free(former, position)
                {
                    pairing.join(former, position);
                    found = true;
                }
            }
            if !found {
                break;
            }
        }
        for (position, (name, _)) in new.iter().enumerate() {
            if let Some(&same) = positions.get(name)
                && pairing.is_free(same, position)
            {
                pairing.join(same, position);
            }
        }
        pairing
    }

    fn is_free(&self, old: usize, new: usize) -> bool {
        self.new_of_old[old].is_none() && self.old_of_new[new].is_none()
    }

    fn join(&mut self, old: usize, new: usize) {
        self.new_of_old[old] = Some(new);
        self.old_of_new[new] = Some(old);
    }
}

/// Puts renames in an order in which each target is free when its turn comes. A circle is cut by a
/// name in between, short enough for any database.
pub fn in_order(renames: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut waiting = renames;
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let next = waiting
            .iter()
            .position(|(_, target)| waiting.iter().all(|(source, _)| source != target));
        if let Some(next) = next {
            ordered.push(waiting.remove(next));
        } else {
            let between = between_name(&waiting);
            let source = std::mem::replace(&mut waiting[0].0, between.clone());
            ordered.push((source, between));
        }
    }
    ordered
}

fn between_name(renames: &[(String, String)]) -> String {
    let is_taken = |name: &String| {
        renames
            .iter()
            .any(|(source, target)| source == name || target == name)
    };
    let mut name = "renaming".to_owned();
    while is_taken(&name) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &[&str], new: &[(&str, Option<&str>)], expected: &[Option<usize>]) {
        let old: Vec<&&str> = old.iter().collect();
        let new: Vec<(&&str, Option<&&str>)> = new
            .iter()
            .map(|(name, former)| (name, former.as_ref()))
            .collect();
        assert_eq!(Pairing::by_name(&old, &new).old_of_new, expected);
    }

    #[test]
    fn a_rename_counts_until_it_has_happened() {
        check(&["a"], &[("b", Some("a"))], &[Some(0)]);
        check(&["b"], &[("b", Some("a"))], &[Some(0)]);
        check(&["x"], &[("b", Some("a"))], &[None]);
    }

    #[test]
    fn an_old_name_may_be_taken_by_a_newcomer() {
        check(&["a"], &[("a", None), ("b", Some("a"))], &[None, Some(0)]);
    }

    #[test]
    fn a_name_that_stayed_beats_a_mark_that_was_left() {
        check(
            &["a", "b"],
            &[("b", Some("a")), ("a", None)],
            &[Some(1), Some(0)],
        );
    }

    #[test]
    fn names_may_move_up_in_a_row() {
        check(
            &["a", "b", "c"],
            &[("b", Some("a")), ("c", Some("b")), ("d", Some("c"))],
            &[Some(0), Some(1), Some(2)],
        );
    }

    #[track_caller]
    fn check_order(renames: &[(&str, &str)], expected: &[(&str, &str)]) {
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs
                .iter()
                .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
                .collect()
        };
        assert_eq!(in_order(owned(renames)), owned(expected));
    }

    #[test]
    fn a_rename_waits_until_its_target_is_free() {
        check_order(&[("a", "b"), ("b", "c")], &[("b", "c"), ("a", "b")]);
    }

    #[test]
    fn a_circle_is_cut() {
        check_order(
            &[("a", "b"), ("b", "a")],
            &[("a", "renaming"), ("b", "a"), ("renaming", "b")],
        );
    }
}
