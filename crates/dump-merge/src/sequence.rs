//! Three versions of a list, merged: the lines around the rows, or a table's columns.
//!
//! The places that all three have in common cut the lists into chunks; a chunk that only one side changed is that
//! side's. (Khanna, Kunal, Pierce, "A Formal Investigation of Diff3", 2007.)

use std::hash::Hash;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::side::Three;

/// A part of the merged list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// These places of ours: nobody changed something here, or only we did, or both did the same.
    Ours(Range<usize>),
    /// These places of theirs: only they changed something here.
    Theirs(Range<usize>),
    /// Both changed something here, in different ways.
    Conflict(Three<Range<usize>>),
}

/// Merges three lists. The parts are in order.
pub(crate) fn merge<T: Ord + Hash>(base: &[T], ours: &[T], theirs: &[T]) -> Vec<Part> {
    let in_ours = matches(base, ours);
    let in_theirs = matches(base, theirs);
    let ends = Three {
        base: base.len(),
        ours: ours.len(),
        theirs: theirs.len(),
    };
    let mut at = ends.map(|_| 0);
    let mut parts = Vec::new();
    while at != ends {
        let common = (at.base..base.len())
            .take_while(|&place| {
                let step = place - at.base;
                in_ours[place] == Some(at.ours + step) && in_theirs[place] == Some(at.theirs + step)
            })
            .count();
        if common > 0 {
            parts.push(Part::Ours(at.ours..at.ours + common));
            at = at.map(|place| place + common);
            continue;
        }
        let next = (at.base..base.len())
            .find_map(|place| {
                Some(Three {
                    base: place,
                    ours: in_ours[place]?,
                    theirs: in_theirs[place]?,
                })
            })
            .unwrap_or(ends);
        let chunk = Three {
            base: at.base..next.base,
            ours: at.ours..next.ours,
            theirs: at.theirs..next.theirs,
        };
        let (was, we, they) = (
            &base[chunk.base.clone()],
            &ours[chunk.ours.clone()],
            &theirs[chunk.theirs.clone()],
        );
        parts.push(if we == they || they == was {
            Part::Ours(chunk.ours)
        } else if we == was {
            Part::Theirs(chunk.theirs)
        } else {
            Part::Conflict(chunk)
        });
        at = next;
    }
    parts
}

/// The list of which one side only took away from and the other one only added to; none if they did otherwise.
pub(crate) fn less_and_more<T: Ord + Hash + Clone>(
    base: &[T],
    less: &[T],
    more: &[T],
) -> Option<Vec<T>> {
    let (in_less, in_more) = (matches(base, less), matches(base, more));
    let taken = in_less.iter().flatten().count();
    if taken != less.len() || in_more.iter().any(Option::is_none) {
        return None;
    }
    let mut merged = Vec::new();
    let mut from = 0;
    for (here, there) in in_less.iter().zip(in_more.iter().flatten()) {
        merged.extend_from_slice(&more[from..*there]);
        merged.extend(here.map(|place| less[place].clone()));
        from = there + 1;
    }
    merged.extend_from_slice(&more[from..]);
    Some(merged)
}

/// For each place of the base, where a side has the same.
pub(crate) fn matches<T: Ord + Hash>(base: &[T], side: &[T]) -> Vec<Option<usize>> {
    let mut found = vec![None; base.len()];
    // Patience: what is there once, such as a table, finds its like before lines that are there often.
    for operation in capture_diff_slices(Algorithm::Patience, base, side) {
        if let DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = operation
        {
            for step in 0..len {
                found[old_index + step] = Some(new_index + step);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Conflicts in braces.
    fn merged(base: &str, ours: &str, theirs: &str) -> String {
        let [base, ours, theirs] =
            [base, ours, theirs].map(|text| text.chars().collect::<Vec<_>>());
        merge(&base, &ours, &theirs)
            .into_iter()
            .map(|part| match part {
                Part::Ours(range) => ours[range].iter().collect::<String>(),
                Part::Theirs(range) => theirs[range].iter().collect(),
                Part::Conflict(ranges) => format!(
                    "{{{}|{}}}",
                    ours[ranges.ours].iter().collect::<String>(),
                    theirs[ranges.theirs].iter().collect::<String>()
                ),
            })
            .collect()
    }

    #[test]
    fn changes_of_either_side_are_taken() {
        assert_eq!(merged("abc", "abc", "abc"), "abc");
        assert_eq!(merged("abc", "xabc", "abcy"), "xabcy");
        assert_eq!(merged("abc", "ac", "abcd"), "acd");
        assert_eq!(merged("abc", "axc", "axc"), "axc");
        assert_eq!(merged("", "a", "a"), "a");
        assert_eq!(merged("", "", ""), "");
    }

    #[test]
    fn taking_away_and_adding_in_the_same_place_are_both_done() {
        let done = |base: &str, less: &str, more: &str| {
            let [base, less, more] =
                [base, less, more].map(|text| text.chars().collect::<Vec<_>>());
            less_and_more(&base, &less, &more).map(|merged| merged.iter().collect::<String>())
        };
        assert_eq!(done("abc", "c", "abxc"), Some("xc".to_owned()));
        assert_eq!(done("abc", "abc", "xabcy"), Some("xabcy".to_owned()));
        assert_eq!(done("abc", "ac", "acx"), None);
        assert_eq!(done("abc", "acx", "abcy"), None);
    }

    #[test]
    fn changes_of_the_same_place_are_a_conflict() {
        assert_eq!(merged("abc", "axc", "ayc"), "a{x|y}c");
        assert_eq!(merged("abc", "ac", "ayc"), "a{|y}c");
        assert_eq!(merged("", "a", "b"), "{a|b}");
    }
}
