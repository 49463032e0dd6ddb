//! What changed outside of all tables.

use std::collections::BTreeMap;

use crate::summary::Summary;

/// How the SQL around the rows differs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Statements {
    /// In nothing.
    Same,
    /// In numbers alone: the text that loads a dump names each table's number of rows.
    Numbers,
    /// In these lines, which only the old version has and only the new one, in their order.
    Lines {
        removed: Vec<String>,
        added: Vec<String>,
    },
    /// In something, of which there is too much to keep.
    Unknown,
}

impl Statements {
    /// What the new version has otherwise.
    pub(crate) fn of(old: &Summary, new: &Summary) -> Self {
        if old.statements == new.statements {
            return Self::Same;
        }
        let (Some(old), Some(new)) = (&old.statement_text, &new.statement_text) else {
            return Self::Unknown;
        };
        let (removed, added) = (only(old, new), only(new, old));
        if removed.is_empty() && added.is_empty() {
            return Self::Numbers;
        }
        Self::Lines { removed, added }
    }
}

/// The lines that `one` has more often than `other`, whatever numbers are in them.
fn only(one: &str, other: &str) -> Vec<String> {
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for line in other.lines() {
        *there.entry(without_numbers(line)).or_default() += 1;
    }
    let mut found = Vec::new();
    for line in one.lines() {
        match there.get_mut(&without_numbers(line)) {
            Some(left) if *left > 0 => *left -= 1,
            _ => found.push(line.to_owned()),
        }
    }
    found
}

/// The line with every number replaced by the same one.
fn without_numbers(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for letter in line.chars() {
        match letter {
            '0'..='9' if text.ends_with('0') => {}
            '0'..='9' => text.push('0'),
            other => text.push(other),
        }
    }
    text
}
