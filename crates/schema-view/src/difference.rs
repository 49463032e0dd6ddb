//! What two views differ in, table by table: what a reviewer wants marked in a picture.
//!
//! This is for looking, and so it tells every difference of texts; what must be done about it is a migration's to say.

use crate::{Column, Index, Object, Table, View};
use std::collections::BTreeMap;

/// Whether something came, went or became another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Only the new version has it.
    Added,
    /// Only the old version has it.
    Removed,
    /// Both have it, and differ.
    Changed,
}

impl Mark {
    /// Its sign in texts.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Removed => "-",
            Self::Changed => "~",
        }
    }
}

/// All differences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Tables that differ: those of the new version in its order, then those that it lost.
    pub tables: Vec<TableDifference>,
    /// Enums, views and the like that differ.
    pub others: Vec<Change>,
}

/// What a table differs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDifference {
    /// Its name, in the new version where it is there.
    pub name: String,
    /// Its former name, when it was renamed.
    pub renamed_from: Option<String>,
    /// What became of it.
    pub mark: Mark,
    /// What became of its parts; empty for tables that came or went.
    pub changes: Vec<Change>,
}

/// What became of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of part it is.
    pub part: Part,
    /// What became of it.
    pub mark: Mark,
    /// Its name.
    pub name: String,
    /// What it was, as text; empty where it wasn't there.
    pub old: String,
    /// What it is.
    pub new: String,
}

/// Kinds of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A column.
    Column,
    /// The primary key.
    PrimaryKey,
    /// A foreign key.
    Key,
    /// An index.
    Index,
    /// A check and the like.
    Check,
    /// A trigger.
    Trigger,
    /// The comment on a table.
    Comment,
    /// Partitions and further options.
    Option,
    /// A type.
    Enum,
    /// Something beside tables.
    Other,
}

impl Difference {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.others.is_empty()
    }
}

/// Compares two views.
pub fn difference(old: &View, new: &View) -> Difference {
    let old_positions = old.positions();
    let new_positions = new.positions();
    let mut seen = vec![false; old.tables.len()];
    let mut tables = Vec::new();
    for table in &new.tables {
        let former = table
            .renamed_from
            .as_deref()
            .filter(|_| !old_positions.contains_key(table.name.as_str()));
        let position = old_positions
            .get(table.name.as_str())
            .or_else(|| old_positions.get(former?));
        let Some(position) = position else {
            tables.push(TableDifference {
                name: table.name.clone(),
                renamed_from: None,
                mark: Mark::Added,
                changes: Vec::new(),
            });
            continue;
        };
        seen[*position] = true;
        let before = &old.tables[*position];
        let renamed_from = (before.name != table.name).then(|| before.name.clone());
        let changes = of_table(before, table);
        if !changes.is_empty() || renamed_from.is_some() {
            tables.push(TableDifference {
                name: table.name.clone(),
                renamed_from,
                mark: Mark::Changed,
                changes,
            });
        }
    }
    for (table, _) in old.tables.iter().zip(&seen).filter(|(_, seen)| !**seen) {
        // A renamed table that kept its old name's place is told once.
        if !new_positions.contains_key(table.name.as_str()) {
            tables.push(TableDifference {
                name: table.name.clone(),
                renamed_from: None,
                mark: Mark::Removed,
                changes: Vec::new(),
            });
        }
    }
    let told = |view: &View, is_enum: bool| -> Vec<(String, String)> {
        let objects = view.objects.iter();
        let wanted = objects.filter(|object| (object.kind == "enum") == is_enum);
        wanted
            .map(|object| (object_name(object), object_text(object)))
            .collect()
    };
    let mut others = of_lists(Part::Enum, told(old, true), told(new, true));
    others.extend(of_lists(Part::Other, told(old, false), told(new, false)));
    Difference { tables, others }
}

/// What a change calls something beside tables: enums by their names alone, anything else with its kind.
pub fn object_name(object: &Object) -> String {
    match object.kind.as_str() {
        "enum" => object.title(),
        kind => format!("{kind} {}", object.title()).trim().to_owned(),
    }
}

/// All that is to be said of something beside tables.
fn object_text(object: &Object) -> String {
    let mut parts = Vec::new();
    if object.kind == "enum" {
        parts.push(object.labels.join(", "));
    } else {
        parts.push(object.sql.clone());
    }
    parts.extend(object.further.iter().cloned());
    parts.extend(object.indexes.iter().map(index_text));
    parts.extend(object.comment.iter().map(|comment| format!("— {comment}")));
    parts.join("\n")
}

fn index_text(index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    format!("{unique}{}", index.definition())
}

/// Both versions at once, for pictures: the new one, with what it lost behind what it has.
pub fn both(old: &View, new: &View, difference: &Difference) -> View {
    let mut both = new.clone();
    let is_there = |object: &Object| {
        let mut objects = new.objects.iter();
        objects.any(|one| object_name(one) == object_name(object))
    };
    both.objects.extend(
        old.objects
            .iter()
            .filter(|object| object.is_known() && !is_there(object))
            .cloned()
            .map(without_uses),
    );
    for table in &difference.tables {
        if table.mark == Mark::Removed {
            let gone = old.tables.iter().find(|one| one.name == table.name);
            both.tables.extend(gone.cloned().map(apart));
            continue;
        }
        let former = table.renamed_from.as_deref().unwrap_or(&table.name);
        let before = old.tables.iter().find(|one| one.name == former);
        let now = both.tables.iter_mut().find(|one| one.name == table.name);
        let (Some(before), Some(now)) = (before, now) else {
            continue;
        };
        let lost = table
            .changes
            .iter()
            .filter(|change| change.part == Part::Column && change.mark == Mark::Removed)
            .filter_map(|change| before.column(&change.name));
        now.columns.extend(lost.cloned().map(unlinked));
    }
    both.link();
    both
}

/// A table of the old version in the new one, where the positions of what it speaks of are others.
fn apart(mut table: Table) -> Table {
    table.uses.clear();
    for trigger in &mut table.triggers {
        trigger.uses.clear();
    }
    table.columns = table.columns.into_iter().map(unlinked).collect();
    table
}

/// A thing of the old version in the new one, where the positions of what it speaks of are others.
fn without_uses(mut object: Object) -> Object {
    object.uses.clear();
    object.columns = object.columns.into_iter().map(unlinked).collect();
    object
}

fn unlinked(mut column: Column) -> Column {
    column.uses.clear();
    column
}

fn of_table(old: &Table, new: &Table) -> Vec<Change> {
    let mut changes = columns(old, new);
    let one = |part: Part, old: String, new: String| -> Vec<Change> {
        let listed = |text: String| (!text.is_empty()).then(|| (String::new(), text));
        of_lists(part, listed(old), listed(new))
    };
    changes.extend(one(
        Part::PrimaryKey,
        old.primary_key.join(", "),
        new.primary_key.join(", "),
    ));
    let keys = |table: &Table| -> Vec<(String, String)> {
        let said = table.keys.iter().filter(|key| !key.by_name);
        let keys = said.map(|key| {
            let text = format!(
                "({}) → {} ({}) {}",
                key.columns.join(", "),
                key.table,
                key.referenced_columns.join(", "),
                key.actions
            );
            (key.name.clone(), text.trim_end().to_owned())
        });
        keys.collect()
    };
    changes.extend(of_lists(Part::Key, keys(old), keys(new)));
    let indexes = |table: &Table| -> Vec<(String, String)> {
        let indexes = table.indexes.iter();
        indexes
            .map(|index| (index.name.clone(), index_text(index)))
            .collect()
    };
    changes.extend(of_lists(Part::Index, indexes(old), indexes(new)));
    let checks = |table: &Table| -> Vec<(String, String)> {
        let checks = table.checks.iter();
        checks
            .map(|check| (check.name.clone(), check.definition.clone()))
            .collect()
    };
    changes.extend(of_lists(Part::Check, checks(old), checks(new)));
    let triggers = |table: &Table| -> Vec<(String, String)> {
        let triggers = table.triggers.iter();
        triggers
            .map(|trigger| (trigger.name.clone(), trigger.sql.clone()))
            .collect()
    };
    changes.extend(of_lists(Part::Trigger, triggers(old), triggers(new)));
    let comment = |table: &Table| table.comment.clone().unwrap_or_default();
    changes.extend(one(Part::Comment, comment(old), comment(new)));
    let options = |table: &Table| {
        let by = table
            .partition_by
            .iter()
            .map(|by| format!("PARTITION BY {by}"));
        let parts: Vec<String> = by
            .chain(table.partitions.iter().cloned())
            .chain(table.options.clone())
            .collect();
        parts.join("; ")
    };
    changes.extend(one(Part::Option, options(old), options(new)));
    changes
}

fn columns(old: &Table, new: &Table) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut seen = Vec::new();
    for column in &new.columns {
        let before = old.column(&column.name).or_else(|| {
            old.column(column.renamed_from.as_deref()?)
                .filter(|before| new.column(&before.name).is_none())
        });
        let now = column_text(column);
        let Some(before) = before else {
            changes.push(Change {
                part: Part::Column,
                mark: Mark::Added,
                name: column.name.clone(),
                old: String::new(),
                new: now,
            });
            continue;
        };
        seen.push(before.name.as_str());
        let mut then = column_text(before);
        if before.name != column.name {
            then = format!("{} {then}", before.name);
        }
        if then != now {
            changes.push(Change {
                part: Part::Column,
                mark: Mark::Changed,
                name: column.name.clone(),
                old: then,
                new: now,
            });
        }
    }
    for column in &old.columns {
        if !seen.contains(&column.name.as_str()) {
            changes.push(Change {
                part: Part::Column,
                mark: Mark::Removed,
                name: column.name.clone(),
                old: column_text(column),
                new: String::new(),
            });
        }
    }
    changes
}

/// All that is to be said of a column, in one line.
fn column_text(column: &Column) -> String {
    let mut text = column.type_text.clone();
    if !column.nullable {
        text.push_str(" NOT NULL");
    }
    let more = [
        ("DEFAULT ", &column.default),
        ("GENERATED ", &column.generated),
        ("COLLATE ", &column.collation),
        ("— ", &column.comment),
    ];
    if let Some(numbered) = &column.numbered {
        text.push(' ');
        text.push_str(&numbered.0);
    }
    for (word, value) in more {
        if let Some(value) = value {
            text.push(' ');
            text.push_str(word);
            text.push_str(value);
        }
    }
    text
}

/// Compares two lists by name: those of the new one in its order, then what it lost.
fn of_lists(
    part: Part,
    old: impl IntoIterator<Item = (String, String)>,
    new: impl IntoIterator<Item = (String, String)>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let old: Vec<(String, String)> = old.into_iter().collect();
    let mut lost: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, text) in old.iter().rev() {
        lost.entry(name).or_default().push(text);
    }
    for (name, text) in new {
        let (mark, before) = match lost.get_mut(name.as_str()).and_then(Vec::pop) {
            Some(before) if before == text => continue,
            Some(before) => (Mark::Changed, before.to_owned()),
            None => (Mark::Added, String::new()),
        };
        changes.push(Change {
            part,
            mark,
            name,
            old: before,
            new: text,
        });
    }
    for (name, _) in &old {
        if let Some(text) = lost.get_mut(name.as_str()).and_then(Vec::pop) {
            changes.push(Change {
                part,
                mark: Mark::Removed,
                name: name.clone(),
                old: text.to_owned(),
                new: String::new(),
            });
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::view;

    fn told(old: &View, new: &View) -> Vec<String> {
        let mut told = Vec::new();
        for table in difference(old, new).tables {
            told.push(format!("{}{}", table.mark.sign(), table.name));
            for change in table.changes {
                told.push(format!(
                    "  {}{:?} {}: {} => {}",
                    change.mark.sign(),
                    change.part,
                    change.name,
                    change.old,
                    change.new
                ));
            }
        }
        told
    }

    #[test]
    fn a_view_does_not_differ_from_itself() {
        let one = view(&[("orders", &["users"]), ("users", &[])]);
        assert!(difference(&one, &one).is_empty());
    }

    #[test]
    fn tables_and_columns_come_go_and_change() {
        let old = view(&[("orders", &["users"]), ("users", &[]), ("notes", &[])]);
        let mut new = view(&[("orders", &[]), ("users", &[]), ("tags", &[])]);
        new.tables[1].columns[0].type_text = "uuid".into();
        assert_eq!(
            told(&old, &new),
            [
                "~orders",
                "  -Column users_id: bigint NOT NULL => ",
                "  -Key orders_users: (users_id) → users (id) => ",
                "~users",
                "  ~Column id: bigint NOT NULL => uuid NOT NULL",
                "+tags",
                "-notes",
            ]
        );
    }

    #[test]
    fn a_renamed_table_is_no_other_table() {
        let old = view(&[("staff", &[])]);
        let mut new = view(&[("users", &[])]);
        new.tables[0].renamed_from = Some("staff".into());
        let difference = difference(&old, &new);
        assert_eq!(difference.tables.len(), 1);
        assert_eq!(difference.tables[0].renamed_from.as_deref(), Some("staff"));
        assert!(difference.tables[0].changes.is_empty());
    }
}
