//! What remarks in the schema's file say to the rules.
//!
//! `# lint: off rule, rule` behind a column or table is about that line. Alone in lines right above one it is about that
//! one too; anywhere else it is about the whole schema.

use crate::rules::{RULES, Rule};
use schema_view::View;
use std::collections::{BTreeMap, BTreeSet};

/// A line of a file.
pub type Place = (String, usize);

/// A remark of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where it stands.
    pub place: Place,
    /// Whether nothing else stands in its line.
    pub is_alone: bool,
    /// What follows `lint:`.
    pub text: String,
}

/// Which rules hold where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Switches {
    /// For the whole schema.
    everywhere: BTreeMap<&'static str, bool>,
    /// For a table, by position.
    tables: BTreeMap<(usize, &'static str), bool>,
    /// For a column of a table, by position.
    columns: BTreeMap<(usize, usize, &'static str), bool>,
}

impl Switches {
    /// Switches a rule on or off for the whole schema, whatever remarks say of it all.
    pub fn set(&mut self, rule: &'static Rule, on: bool) {
        self.everywhere.insert(rule.name, on);
    }

    /// Whether a rule holds for a table, or for one of its columns.
    pub(crate) fn is_on(&self, rule: &Rule, table: usize, column: Option<usize>) -> bool {
        let of_column = column.and_then(|column| self.columns.get(&(table, column, rule.name)));
        of_column
            .or_else(|| self.tables.get(&(table, rule.name)))
            .or_else(|| self.everywhere.get(rule.name))
            .copied()
            .unwrap_or(rule.is_on)
    }

    /// Whether a rule holds anywhere.
    pub(crate) fn is_on_anywhere(&self, rule: &Rule) -> bool {
        self.everywhere
            .get(rule.name)
            .copied()
            .unwrap_or(rule.is_on)
            || self
                .tables
                .iter()
                .any(|((_, name), on)| *on && *name == rule.name)
            || self
                .columns
                .iter()
                .any(|((_, _, name), on)| *on && *name == rule.name)
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy)]
enum About {
    Table(usize),
    Column(usize, usize),
}

/// Reads remarks, in file order.
///
/// # Errors
/// What can't be read or is about nothing, each with its place.
pub fn switches(view: &View, remarks: &[Remark]) -> Result<Switches, Vec<(Place, String)>> {
    let lines = lines(view);
    let alone: BTreeSet<&Place> = remarks
        .iter()
        .filter(|remark| remark.is_alone)
        .map(|remark| &remark.place)
        .collect();
    let mut switches = Switches::default();
    let mut wrong = Vec::new();
    for remark in remarks {
        let (on, rules) = match read(&remark.text) {
            Ok(read) => read,
            Err(why) => {
                wrong.push((remark.place.clone(), why));
                continue;
            }
        };
        let mut place = remark.place.clone();
        if remark.is_alone {
            while alone.contains(&place) {
                place.1 += 1;
            }
        }
        let about = lines.get(&place).copied();
        if about.is_none() && !remark.is_alone {
            let why = "it stands behind neither a table nor a column, so it is about nothing";
            wrong.push((remark.place.clone(), why.to_owned()));
            continue;
        }
        for rule in rules {
            match about {
                Some(About::Table(table)) => {
                    switches.tables.insert((table, rule.name), on);
                }
                Some(About::Column(table, column)) => {
                    switches.columns.insert((table, column, rule.name), on);
                }
                None => {
                    switches.everywhere.insert(rule.name, on);
                }
            }
        }
    }
    if wrong.is_empty() {
        Ok(switches)
    } else {
        Err(wrong)
    }
}

/// What each line of the files defines. The first line of a table is the table's, though its own key may stand there.
fn lines(view: &View) -> BTreeMap<Place, About> {
    let mut lines = BTreeMap::new();
    for (position, table) in view.tables.iter().enumerate() {
        let Some(place) = &table.place else { continue };
        for (column, line) in table.columns.iter().map(|column| column.line).enumerate() {
            if let Some(line) = line {
                lines.insert((place.path.clone(), line), About::Column(position, column));
            }
        }
        lines.insert((place.path.clone(), place.line), About::Table(position));
    }
    lines
}

/// `on` or `off`, and the rules.
fn read(text: &str) -> Result<(bool, Vec<&'static Rule>), String> {
    let text = text.trim();
    let (word, names) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let on = match word {
        "on" => true,
        "off" => false,
        _ => return Err("a remark is `# lint: off RULE` or `# lint: on RULE`".to_owned()),
    };
    let mut rules = Vec::new();
    for name in names
        .split([',', ' '])
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
            let known: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
            return Err(format!(
                "there is no rule `{name}`; the rules are {}",
                known.join(", ")
            ));
        };
        rules.push(rule);
    }
    if rules.is_empty() {
        return Err("it names no rule".to_owned());
    }
    Ok((on, rules))
}
