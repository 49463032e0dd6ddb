//! The schema in the making: what the database would hold if the file had run up to here, so that a statement which
//! changes or drops something finds what it is about.

use crate::left_out::{LeftOut, What};
use mysql_model::{QualifiedName, Server, Table};
use mysql_text::{TokenKind, quoted, tokens};
use std::collections::BTreeSet;

/// Everything that was read so far.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) server: Server,
    pub(crate) tables: Vec<Table>,
    /// Where each of them was made.
    pub(crate) lines: Vec<usize>,
    pub(crate) raw: Vec<RawStatement>,
    pub(crate) left_out: LeftOut,
    /// Tables that are left out, with all that belongs to them.
    pub(crate) without: BTreeSet<QualifiedName>,
    /// The database that the file fills, where it says one.
    pub(crate) database: Option<String>,
    /// Where the statement that is read begins, from 1.
    pub(crate) line: usize,
}

/// A statement that is kept word for word.
#[derive(Debug, Clone)]
pub(crate) struct RawStatement {
    pub(crate) sql: String,
    pub(crate) makes: Option<Object>,
    /// The table that it is about: a trigger's, or that of an `ALTER TABLE`.
    pub(crate) on: Option<QualifiedName>,
    /// How many tables stood before it.
    pub(crate) tables_before: usize,
}

/// Something that isn't part of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) class: Class,
    pub(crate) name: QualifiedName,
}

/// Kinds of things that have names of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A table that is kept word for word.
    Table,
    View,
    Trigger,
    Function,
    Procedure,
    Event,
    /// MariaDB's.
    Sequence,
    /// MariaDB's.
    Package,
}

impl Class {
    pub(crate) const ALL: &[(Self, &str)] = &[
        (Self::Table, "table"),
        (Self::View, "view"),
        (Self::Trigger, "trigger"),
        (Self::Function, "function"),
        (Self::Procedure, "procedure"),
        (Self::Event, "event"),
        (Self::Sequence, "sequence"),
        (Self::Package, "package"),
    ];

    pub(crate) fn noun(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(class, _)| *class == self)
            .map_or("thing", |(_, noun)| noun)
    }

    /// Whether things of both kinds share their names.
    fn shares_names_with(self, other: Self) -> bool {
        let is_relation = |class| matches!(class, Self::Table | Self::View | Self::Sequence);
        self == other || (is_relation(self) && is_relation(other))
    }
}

impl Draft {
    pub(crate) fn new(server: Server) -> Self {
        Self {
            server,
            tables: Vec::new(),
            lines: Vec::new(),
            raw: Vec::new(),
            left_out: LeftOut::default(),
            without: BTreeSet::new(),
            database: None,
            line: 0,
        }
    }

    /// Whether nothing was made so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.raw.is_empty()
    }

    /// A name without the database that the file fills.
    pub(crate) fn local(&self, name: QualifiedName) -> QualifiedName {
        if name.schema.is_some() && name.schema == self.database {
            QualifiedName::bare(name.name)
        } else {
            name
        }
    }

    pub(crate) fn table(&self, name: &QualifiedName) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    pub(crate) fn table_mut(&mut self, name: &QualifiedName) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.name == *name)
    }

    /// Whether a table was made of which a statement that is kept word for word has changed something since, so that
    /// what changes it now must follow.
    pub(crate) fn is_loose(&self, name: &QualifiedName) -> bool {
        self.raw.iter().any(|statement| {
            let changes_it = statement.makes.is_none() && statement.on.as_ref() == Some(name);
            let makes_it = statement
                .makes
                .as_ref()
                .is_some_and(|made| made.class == Class::Table && made.name == *name);
            changes_it || makes_it
        })
    }

    /// Whether something of this kind and name is there, in a table of its own or kept word for word.
    pub(crate) fn has(&self, object: &Object) -> bool {
        let is_table =
            object.class.shares_names_with(Class::Table) && self.table(&object.name).is_some();
        is_table
            || self.raw.iter().any(|statement| {
                statement.makes.as_ref().is_some_and(|made| {
                    made.class.shares_names_with(object.class) && made.name == object.name
                })
            })
    }

    /// Takes away something that was kept word for word; false when there is no such thing.
    pub(crate) fn remove_loose(&mut self, object: &Object) -> bool {
        let before = self.raw.len();
        self.raw
            .retain(|statement| statement.makes.as_ref() != Some(object));
        self.raw.len() < before
    }

    /// Takes away a table with its triggers, and gives it back.
    pub(crate) fn remove_table(&mut self, name: &QualifiedName) -> Option<Table> {
        let position = self.tables.iter().position(|table| table.name == *name);
        let is_loose = self.remove_loose(&Object {
            class: Class::Table,
            name: name.clone(),
        });
        if position.is_some() || is_loose {
            self.raw
                .retain(|statement| statement.on.as_ref() != Some(name));
        }
        let position = position?;
        for statement in &mut self.raw {
            if statement.tables_before > position {
                statement.tables_before -= 1;
            }
        }
        self.lines.remove(position);
        Some(self.tables.remove(position))
    }

    /// Takes a table that the statement at hand makes.
    pub(crate) fn add_table(&mut self, table: Table) {
        self.lines.push(self.line);
        self.tables.push(table);
    }

    /// Gives a table another name; its triggers and the keys that point to it go along.
    pub(crate) fn rename_table(&mut self, from: &QualifiedName, to: &QualifiedName) {
        for table in &mut self.tables {
            if table.name == *from {
                table.name = to.clone();
            }
            for key in &mut table.foreign_keys {
                if key.referenced_table == *from {
                    key.referenced_table = to.clone();
                }
            }
        }
        for statement in &mut self.raw {
            if statement.on.as_ref() == Some(from) {
                statement.on = Some(to.clone());
                statement.sql = with_other_table(&statement.sql, to);
            }
        }
    }

    /// Keeps a statement word for word.
    pub(crate) fn keep(&mut self, sql: &str, makes: Option<Object>, on: Option<QualifiedName>) {
        self.raw.push(RawStatement {
            sql: self.without_own_database(sql.trim()),
            makes,
            on,
            tables_before: self.tables.len(),
        });
    }

    /// A statement whose names don't say that they are of the database that the file fills, since it is loaded into one of
    /// another name. As it is, where that name may mean something else in it.
    fn without_own_database(&self, sql: &str) -> String {
        let Some(database) = self.database.as_deref() else {
            return sql.to_owned();
        };
        let found = tokens(sql);
        let is_database = |place: usize| {
            found[place].name().is_some_and(|name| name == database)
                && !(place > 0 && matches!(found[place - 1].text, "." | "@"))
        };
        let mut plain = String::new();
        let mut from = 0;
        for place in (0..found.len()).filter(|place| is_database(*place)) {
            let [point, name] = found.get(place + 1..place + 3).unwrap_or_default() else {
                return sql.to_owned();
            };
            if point.text != "." || name.name().is_none() {
                return sql.to_owned();
            }
            plain.push_str(&sql[from..found[place].start()]);
            from = point.end;
        }
        plain + &sql[from..]
    }

    /// Leaves a statement out of the schema, and counts it.
    pub(crate) fn leave_out(&mut self, what: What) {
        self.left_out.add(what, self.line);
    }

    /// Says something about the statement.
    pub(crate) fn note(&mut self, text: String) {
        self.left_out.note(self.line, text);
    }
}

/// A trigger or an `ALTER TABLE` with another name for its table.
fn with_other_table(sql: &str, table: &QualifiedName) -> String {
    let found = tokens(sql);
    let is_alter = found.first().is_some_and(|token| token.is("alter"));
    let before = found
        .iter()
        .position(|token| token.is(if is_alter { "table" } else { "on" }));
    let Some(first) = before.and_then(|before| found.get(before + 1)) else {
        return sql.to_owned();
    };
    let mut end = first.end;
    let position = found.iter().position(|token| token.end == end).unwrap_or(0);
    if let [_, point, name, ..] = &found[position..]
        && point.kind == TokenKind::Symbol
        && point.text == "."
    {
        end = name.end;
    }
    let written = match &table.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&table.name)),
        None => quoted(&table.name),
    };
    format!("{}{written}{}", &sql[..first.start()], &sql[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_goes_along_with_its_table() {
        let table = QualifiedName::bare("b");
        for (sql, expected) in [
            (
                "CREATE TRIGGER a BEFORE INSERT ON `x`.`y` FOR EACH ROW SET @z = 1",
                "CREATE TRIGGER a BEFORE INSERT ON `b` FOR EACH ROW SET @z = 1",
            ),
            ("ALTER TABLE a FORCE", "ALTER TABLE `b` FORCE"),
        ] {
            assert_eq!(with_other_table(sql, &table), expected);
        }
    }
}
