//! Groups of tables that belong together: pictures of hundreds of tables at once show nothing.
//!
//! What the source says wins. Where it says nothing, schemas are groups; and in a large schema without any, names tell:
//! what begins with the same word (`order_lines`, `order_notes`, `orders`) was named so for a reason. A table that is
//! alone with its word joins the group that most of its keys go to and come from.

use crate::View;
use std::collections::{BTreeMap, BTreeSet};

/// So many tables fit into one picture; more are grouped.
pub const SMALL: usize = 25;

/// How many tables of one first word make a group.
const FAMILY: usize = 3;

/// Tables that are shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name; empty for tables that nothing joins to others, and for the only group.
    pub name: String,
    /// Positions of its tables, in the source's order.
    pub tables: Vec<usize>,
}

/// The groups of a schema's tables. Every table is in one; groups stand in the order of their first tables, the one
/// without a name last.
pub fn groups(view: &View) -> Vec<Group> {
    let said = view.tables.iter().any(|table| table.group.is_some());
    let schemas = view.tables.iter().any(|table| table.schema.is_some());
    if view.tables.len() <= SMALL && !said {
        return vec![Group {
            name: String::new(),
            tables: (0..view.tables.len()).collect(),
        }];
    }
    let mut names: Vec<String> = view
        .tables
        .iter()
        .map(|table| {
            table
                .group
                .clone()
                .or_else(|| table.schema.clone())
                .unwrap_or_default()
        })
        .collect();
    let of_nobody = names.iter().filter(|name| name.is_empty()).count();
    if of_nobody > SMALL || (!said && !schemas) {
        by_first_words(view, &mut names);
        by_keys(view, &mut names);
    }
    collect(&names)
}

/// The first word of a table's name, in the singular as far as its own plural goes.
fn first_word(name: &str) -> &str {
    let name = name.rsplit_once('.').map_or(name, |(_, name)| name);
    name.split('_')
        .find(|word| !word.is_empty())
        .unwrap_or(name)
}

/// Gives tables without a group the first word that they share with others. A table whose whole name is the plural of a
/// word belongs to it.
fn by_first_words(view: &View, names: &mut [String]) {
    let words: Vec<&str> = view
        .tables
        .iter()
        .map(|table| first_word(&table.name))
        .collect();
    let known: BTreeSet<&str> = words.iter().copied().collect();
    let singular = |word: &str| -> Option<String> {
        let stems = [
            word.strip_suffix("ies").map(|stem| format!("{stem}y")),
            word.strip_suffix("es").map(str::to_owned),
            word.strip_suffix('s').map(str::to_owned),
        ];
        stems
            .into_iter()
            .flatten()
            .find(|stem| known.contains(stem.as_str()))
    };
    let words: Vec<String> = words
        .iter()
        .map(|word| singular(word).unwrap_or_else(|| (*word).to_owned()))
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (word, name) in words.iter().zip(names.iter()) {
        if name.is_empty() {
            *counts.entry(word).or_default() += 1;
        }
    }
    for (word, name) in words.iter().zip(names.iter_mut()) {
        if name.is_empty() && counts[word.as_str()] >= FAMILY {
            name.clone_from(word);
        }
    }
}

/// Gives tables without a group the one that most of their keys join them to; in rounds, since that may join others.
fn by_keys(view: &View, names: &mut [String]) {
    let referrers = view.referrers();
    for _ in 0..3 {
        let mut found = Vec::new();
        for (position, table) in view.tables.iter().enumerate() {
            if !names[position].is_empty() {
                continue;
            }
            let parents = table.keys.iter().filter_map(|key| key.target);
            let children = referrers[position].iter().map(|referrer| referrer.table);
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for other in parents.chain(children) {
                if !names[other].is_empty() {
                    *counts.entry(&names[other]).or_default() += 1;
                }
            }
            let most = counts.values().max().copied().unwrap_or(0);
            if let Some((name, _)) = counts.into_iter().find(|(_, count)| *count == most) {
                found.push((position, name.to_owned()));
            }
        }
        if found.is_empty() {
            return;
        }
        for (position, name) in found {
            names[position] = name;
        }
    }
}

fn collect(names: &[String]) -> Vec<Group> {
    let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (table, name) in names.iter().enumerate() {
        let position = *positions.entry(name).or_insert_with(|| {
            groups.push(Group {
                name: name.clone(),
                tables: Vec::new(),
            });
            groups.len() - 1
        });
        groups[position].tables.push(table);
    }
    groups.sort_by_key(|group| group.name.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::{SMALL, groups};
    use crate::testing::view;

    fn named(view: &crate::View) -> Vec<(String, Vec<String>)> {
        groups(view)
            .into_iter()
            .map(|group| {
                let tables = group.tables.iter();
                let tables = tables.map(|table| view.tables[*table].name.clone());
                (group.name, tables.collect())
            })
            .collect()
    }

    #[test]
    fn a_small_schema_is_one_group() {
        let view = view(&[("orders", &[]), ("users", &[])]);
        assert_eq!(
            named(&view),
            [(String::new(), vec!["orders".to_owned(), "users".to_owned()])]
        );
    }

    #[test]
    fn what_the_source_says_wins() {
        let mut view = view(&[("orders", &[]), ("users", &[]), ("lines", &["orders"])]);
        view.tables[0].group = Some("Sales".into());
        assert_eq!(
            named(&view),
            [
                ("Sales".to_owned(), vec!["orders".to_owned()]),
                (String::new(), vec!["users".to_owned(), "lines".to_owned()])
            ]
        );
    }

    #[test]
    fn names_tell_in_a_large_schema() {
        let mut tables: Vec<(String, Vec<&str>)> = vec![
            ("orders".into(), vec![]),
            ("order_lines".into(), vec![]),
            ("order_notes".into(), vec![]),
            ("coupons".into(), vec!["orders"]),
        ];
        for number in 0..SMALL {
            tables.push((format!("single{number}"), vec![]));
        }
        let borrowed: Vec<(&str, &[&str])> = tables
            .iter()
            .map(|(name, targets)| (name.as_str(), targets.as_slice()))
            .collect();
        let groups = named(&view(&borrowed));
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].0, "order");
        assert_eq!(
            groups[0].1,
            ["orders", "order_lines", "order_notes", "coupons"]
        );
        assert_eq!((groups[1].0.as_str(), groups[1].1.len()), ("", SMALL));
    }
}
