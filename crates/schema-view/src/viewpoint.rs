//! Viewpoints: parts of a schema that somebody looks at for a reason, such as all that a checkout touches.
//!
//! A group is where a table lives, and it lives in one. A viewpoint is a question, and a table may answer several.

use crate::View;
use std::collections::BTreeSet;

/// What has a label: a table by its position, and perhaps a column by its position there.
pub type Marked = (usize, Option<usize>);

/// A part of the schema with a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Viewpoint {
    /// What it is called.
    pub name: String,
    /// What it shows, in a sentence.
    pub text: Option<String>,
    /// Positions of its tables, in the source's order.
    pub tables: Vec<usize>,
}

impl View {
    /// These tables with all that so many keys lead to, in either direction, in the source's order.
    pub fn with_neighbours(&self, tables: &[usize], distance: usize) -> Vec<usize> {
        let referrers = self.referrers();
        let mut found: BTreeSet<usize> = tables.iter().copied().collect();
        let mut rim = found.clone();
        for _ in 0..distance {
            let mut next = BTreeSet::new();
            for table in rim {
                let parents = self.tables[table].keys.iter().filter_map(|key| key.target);
                let children = referrers[table].iter().map(|one| one.table);
                next.extend(parents.chain(children).filter(|one| !found.contains(one)));
            }
            found.extend(&next);
            rim = next;
        }
        found.into_iter().collect()
    }

    /// Every label that a table or a column has, with them: tables by position, columns by position in it.
    pub fn labelled(&self) -> Vec<(&str, Vec<Marked>)> {
        let mut labels: Vec<(&str, Vec<Marked>)> = Vec::new();
        let mut note = |label, place| match labels.iter_mut().find(|(known, _)| *known == label) {
            Some((_, places)) => places.push(place),
            None => labels.push((label, vec![place])),
        };
        for (position, table) in self.tables.iter().enumerate() {
            for label in &table.labels {
                note(label.as_str(), (position, None));
            }
            for (column, one) in table.columns.iter().enumerate() {
                for label in &one.labels {
                    note(label.as_str(), (position, Some(column)));
                }
            }
        }
        labels.sort_by(|one, other| one.0.cmp(other.0));
        labels
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::view;

    #[test]
    fn neighbours_are_found_in_both_directions() {
        let view = view(&[
            ("users", &[]),
            ("orders", &["users"]),
            ("lines", &["orders", "goods"]),
            ("goods", &[]),
            ("logs", &[]),
        ]);
        assert_eq!(view.with_neighbours(&[2, 0], 0), [0, 2]);
        assert_eq!(view.with_neighbours(&[1], 1), [0, 1, 2]);
        assert_eq!(view.with_neighbours(&[0], 9), [0, 1, 2, 3]);
    }

    #[test]
    fn labels_are_told_with_what_has_them() {
        let mut view = view(&[("users", &[]), ("orders", &["users"])]);
        view.tables[0].labels = vec!["secret".into(), "personal".into()];
        view.tables[1].columns[0].labels = vec!["personal".into()];
        assert_eq!(
            view.labelled(),
            [
                ("personal", vec![(0, None), (1, Some(0))]),
                ("secret", vec![(0, None)])
            ]
        );
    }
}
