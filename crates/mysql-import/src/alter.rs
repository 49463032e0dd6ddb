//! `ALTER` and `RENAME`: what was made before becomes what it would be in a database.

use crate::column::{self, Definition};
use crate::create::how;
use crate::draft::{Class, Draft, Object};
use crate::error::Mistake;
use crate::key;
use crate::left_out::What;
use crate::options::{apply, remove_partitions};
use crate::table::{add_part, add_parts_of_column, settle_binary, settle_json};
use mysql_model::{ColumnValue, DataType, IndexKey, QualifiedName, Server, Table};
use mysql_text::options::{self, Options};
use mysql_text::{Cursor, list};

/// Reads a statement that alters something; none when it isn't known.
pub(crate) fn read(
    draft: &mut Draft,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Result<Option<()>, Mistake> {
    cursor.skip();
    if cursor.sees_any(&[
        "database",
        "schema",
        "server",
        "tablespace",
        "instance",
        "logfile",
        "undo",
        "resource",
    ]) {
        draft.leave_out(What::Databases);
        return Ok(Some(()));
    }
    if cursor.sees_any(&["user", "role"]) {
        draft.leave_out(What::Privileges);
        return Ok(Some(()));
    }
    cursor.take_any(&["online", "ignore"]);
    if !cursor.take(&["table"]) {
        return Ok(None);
    }
    cursor.take(&["if", "exists"]);
    let Some(name) = cursor.qualified() else {
        return Ok(None);
    };
    let name = draft.local(name);
    if draft.without.contains(&name) {
        return Ok(Some(()));
    }
    if draft.is_loose(&name) {
        draft.keep(sql, None, Some(name));
        return Ok(Some(()));
    }
    let Some(before) = draft.table(&name) else {
        return Err(Mistake::Missing(format!("the table `{name}`")));
    };
    let mut change = Change {
        table: before.clone(),
        renamed_to: None,
        renamed_columns: Vec::new(),
        server: draft.server,
    };
    let specifications = list(cursor.rest());
    let mut has_counter = false;
    for text in specifications {
        let mut inner = Cursor::new(text);
        if let Some(counter) = change.apply(&mut inner)? {
            has_counter |= counter;
        } else {
            draft.note(format!(
                "the DSL has no word for what this makes of `{name}`, so it stays SQL in `execute`"
            ));
            draft.keep(sql, None, Some(name));
            return Ok(Some(()));
        }
    }
    let Change {
        mut table,
        renamed_to,
        renamed_columns,
        ..
    } = change;
    for key in &mut table.foreign_keys {
        key.referenced_table = draft.local(key.referenced_table.clone());
    }
    if let Some(own) = draft.table_mut(&name) {
        *own = table;
    }
    for (from, to) in &renamed_columns {
        for other in &mut draft.tables {
            for key in &mut other.foreign_keys {
                if key.referenced_table == name {
                    rename_in(&mut key.referenced_columns, from, to);
                }
            }
        }
    }
    if let Some(to) = renamed_to {
        let to = draft.local(to);
        rename(draft, &name, &to)?;
    }
    if has_counter {
        draft.leave_out(What::Counters);
    }
    Ok(Some(()))
}

/// Reads `RENAME TABLE a TO b, c TO d`.
pub(crate) fn rename_tables(
    draft: &mut Draft,
    mut cursor: Cursor<'_>,
) -> Result<Option<()>, Mistake> {
    cursor.skip();
    if cursor.sees(&["user"]) {
        draft.leave_out(What::Privileges);
        return Ok(Some(()));
    }
    if !cursor.take_any(&["table", "tables"]) {
        return Ok(None);
    }
    cursor.take(&["if", "exists"]);
    loop {
        let Some(from) = cursor.qualified() else {
            return Ok(None);
        };
        let to = cursor.take(&["to"]).then(|| cursor.qualified()).flatten();
        let Some(to) = to else {
            return Ok(None);
        };
        let (from, to) = (draft.local(from), draft.local(to));
        rename(draft, &from, &to)?;
        if !cursor.take(&[","]) {
            return Ok(cursor.is_at_end().then_some(()));
        }
    }
}

fn rename(draft: &mut Draft, from: &QualifiedName, to: &QualifiedName) -> Result<(), Mistake> {
    if draft.without.contains(from) || from == to {
        return Ok(());
    }
    let object = Object {
        class: Class::Table,
        name: to.clone(),
    };
    if draft.has(&object) {
        return Err(Mistake::MadeTwice(to.to_string()));
    }
    if draft.is_loose(from) && draft.table(from).is_none() {
        // It keeps its text, so its name changes by a statement of its own.
        let sql = format!(
            "RENAME TABLE {} TO {}",
            crate::written(from),
            crate::written(to)
        );
        draft.keep(&sql, None, Some(from.clone()));
        return Ok(());
    }
    if draft.table(from).is_none() {
        return Err(Mistake::Missing(format!("the table `{from}`")));
    }
    draft.rename_table(from, to);
    Ok(())
}

fn rename_in(names: &mut [String], from: &str, to: &str) {
    for name in names {
        if name.eq_ignore_ascii_case(from) {
            to.clone_into(name);
        }
    }
}

/// A table in the middle of an `ALTER TABLE`.
struct Change {
    table: Table,
    renamed_to: Option<QualifiedName>,
    renamed_columns: Vec<(String, String)>,
    server: Server,
}

/// Where a column goes.
enum Place {
    Last,
    First,
    After(String),
}

impl Change {
    /// Applies one specification. None when it isn't known; else whether it set a counter.
    fn apply(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<bool>, Mistake> {
        let known = if cursor.take(&["add"]) {
            self.add(cursor)?
        } else if cursor.take(&["drop"]) {
            self.drop(cursor)?
        } else if cursor.take(&["modify"]) {
            cursor.take(&["column"]);
            self.redefine(cursor, false)?
        } else if cursor.take(&["change"]) {
            cursor.take(&["column"]);
            self.redefine(cursor, true)?
        } else if cursor.take(&["rename"]) {
            self.rename(cursor)?
        } else if cursor.take(&["alter"]) {
            self.alter(cursor)?
        } else if cursor.take(&["convert", "to"]) {
            self.convert(cursor)
        } else if cursor.take(&["remove", "partitioning"]) {
            remove_partitions(&mut self.table)
        } else if cursor.take(&["force"])
            || cursor.take(&["enable", "keys"])
            || cursor.take(&["disable", "keys"])
            || cursor.take(&["without", "validation"])
            || cursor.take(&["with", "validation"])
        {
            Some(())
        } else if cursor.take(&["order", "by"]) {
            // That is an order of rows.
            while cursor.skip().is_some() {}
            Some(())
        } else if cursor.sees_any(&["algorithm", "lock"]) {
            how(cursor).then_some(())
        } else {
            return Ok(self.options(cursor));
        };
        Ok(known.filter(|()| cursor.is_at_end()).map(|()| false))
    }

    fn missing(&self, part: String) -> Mistake {
        Mistake::MissingPart {
            part,
            table: self.table.name.to_string(),
        }
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.table
            .columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
    }

    fn add(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<()>, Mistake> {
        if key::begins(cursor) {
            let Some(part) = key::read(cursor) else {
                return Ok(None);
            };
            add_part(&mut self.table, part, self.server);
            return Ok(Some(()));
        }
        if cursor.sees(&["partition"]) {
            return Ok(None);
        }
        cursor.take(&["column"]);
        let if_not_exists = cursor.take(&["if", "not", "exists"]);
        if cursor.sees(&["("]) {
            let Some(elements) = cursor.parenthesised() else {
                return Ok(None);
            };
            for element in list(elements) {
                let mut inner = Cursor::new(element);
                if key::begins(&inner) {
                    let Some(part) = key::read(&mut inner).filter(|_| inner.is_at_end()) else {
                        return Ok(None);
                    };
                    add_part(&mut self.table, part, self.server);
                } else if self.add_column(&mut inner, if_not_exists)?.is_none() {
                    return Ok(None);
                }
            }
            return Ok(Some(()));
        }
        self.add_column(cursor, if_not_exists)
    }

    fn add_column(
        &mut self,
        cursor: &mut Cursor<'_>,
        if_not_exists: bool,
    ) -> Result<Option<()>, Mistake> {
        let Some((definition, place)) = definition(cursor) else {
            return Ok(None);
        };
        if self.position(&definition.column.name).is_some() {
            return if if_not_exists {
                Ok(Some(()))
            } else {
                Err(Mistake::MadeTwice(format!(
                    "{}.{}",
                    self.table.name, definition.column.name
                )))
            };
        }
        self.put(definition, place, None)
    }

    /// Puts a column in its place, or back in the one that it had.
    fn put(
        &mut self,
        definition: Definition,
        place: Place,
        had: Option<usize>,
    ) -> Result<Option<()>, Mistake> {
        let position = match place {
            Place::First => 0,
            Place::Last => had.unwrap_or(self.table.columns.len()),
            Place::After(name) => match self.position(&name) {
                Some(position) => position + 1,
                None => return Err(self.missing(format!("column `{name}`"))),
            },
        };
        self.table.columns.insert(
            position.min(self.table.columns.len()),
            definition.column.clone(),
        );
        let name = definition.column.name.clone();
        add_parts_of_column(&mut self.table, definition, self.server);
        if let Some(position) = self.position(&name) {
            let is_key = self.table.primary_key.as_ref().is_some_and(|key| {
                key.columns
                    .iter()
                    .any(|column| column.eq_ignore_ascii_case(&name))
            });
            self.table.columns[position].not_null |= is_key;
            settle_binary(&mut self.table, position);
            settle_json(&mut self.table, position);
        }
        Ok(Some(()))
    }

    /// `MODIFY`, or `CHANGE` with a new name.
    fn redefine(
        &mut self,
        cursor: &mut Cursor<'_>,
        names_old: bool,
    ) -> Result<Option<()>, Mistake> {
        let if_exists = cursor.take(&["if", "exists"]);
        let old = if names_old {
            cursor.identifier()
        } else {
            cursor.clone().identifier()
        };
        let Some(old) = old else {
            return Ok(None);
        };
        let Some((definition, place)) = definition(cursor) else {
            return Ok(None);
        };
        let Some(position) = self.position(&old) else {
            return if if_exists {
                Ok(Some(()))
            } else {
                Err(self.missing(format!("column `{old}`")))
            };
        };
        let had = self.table.columns.remove(position);
        let name = definition.column.name.clone();
        self.put(definition, place, Some(position))?;
        if had.name != name {
            self.rename_column(&had.name, &name);
        }
        Ok(Some(()))
    }

    /// Gives a column's new name to all that stands on it.
    fn rename_column(&mut self, from: &str, to: &str) {
        for column in &mut self.table.columns {
            if column.name.eq_ignore_ascii_case(from) {
                to.clone_into(&mut column.name);
            }
        }
        if let Some(key) = &mut self.table.primary_key {
            rename_in(&mut key.columns, from, to);
        }
        for index in &mut self.table.indexes {
            for part in &mut index.parts {
                if let IndexKey::Column(name) = &mut part.key
                    && name.eq_ignore_ascii_case(from)
                {
                    to.clone_into(name);
                }
            }
        }
        let own = self.table.name.clone();
        for key in &mut self.table.foreign_keys {
            rename_in(&mut key.columns, from, to);
            if key.referenced_table == own {
                rename_in(&mut key.referenced_columns, from, to);
            }
        }
        self.renamed_columns.push((from.to_owned(), to.to_owned()));
    }

    fn drop(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<()>, Mistake> {
        if cursor.take(&["primary", "key"]) {
            self.table.own.primary_key_comment = None;
            return match self.table.primary_key.take() {
                Some(_) => Ok(Some(())),
                None => Err(self.missing("primary key".to_owned())),
            };
        }
        let noun = if cursor.take(&["foreign", "key"]) {
            "foreign key"
        } else if cursor.take_any(&["index", "key"]) {
            "index"
        } else if cursor.take_any(&["constraint", "check"]) {
            "constraint"
        } else if cursor.sees(&["partition"]) {
            return Ok(None);
        } else {
            cursor.take(&["column"]);
            "column"
        };
        let if_exists = cursor.take(&["if", "exists"]);
        let Some(name) = cursor.identifier() else {
            return Ok(None);
        };
        cursor.take_any(&["restrict", "cascade"]);
        let is = |other: &String| other.eq_ignore_ascii_case(&name);
        let table = &mut self.table;
        let count = |before: usize, after: usize| before > after;
        let found = match noun {
            "foreign key" => {
                let before = table.foreign_keys.len();
                table.foreign_keys.retain(|key| !is(&key.name));
                count(before, table.foreign_keys.len())
            }
            "index" => {
                let before = table.indexes.len();
                table.indexes.retain(|index| !is(&index.name));
                count(before, table.indexes.len())
            }
            "constraint" => {
                let before = table.checks.len() + table.foreign_keys.len() + table.indexes.len();
                table.checks.retain(|check| !is(&check.name));
                table.foreign_keys.retain(|key| !is(&key.name));
                table
                    .indexes
                    .retain(|index| !(index.unique && is(&index.name)));
                let after = table.checks.len() + table.foreign_keys.len() + table.indexes.len();
                count(before, after)
            }
            _ => self.drop_column(&name),
        };
        if found || if_exists {
            Ok(Some(()))
        } else {
            Err(self.missing(format!("{noun} `{name}`")))
        }
    }

    /// A column goes out of the indexes that it is part of; one that has no other goes with it.
    fn drop_column(&mut self, name: &str) -> bool {
        let Some(position) = self.position(name) else {
            return false;
        };
        self.table.columns.remove(position);
        for index in &mut self.table.indexes {
            index.parts.retain(
                |part| !matches!(&part.key, IndexKey::Column(own) if own.eq_ignore_ascii_case(name)),
            );
        }
        self.table.indexes.retain(|index| !index.parts.is_empty());
        if let Some(key) = &mut self.table.primary_key {
            key.columns.retain(|own| !own.eq_ignore_ascii_case(name));
        }
        self.table.primary_key.take_if(|key| key.columns.is_empty());
        true
    }

    fn rename(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<()>, Mistake> {
        let noun = if cursor.take(&["column"]) {
            "column"
        } else if cursor.take_any(&["index", "key"]) {
            "index"
        } else {
            cursor.take_any(&["to", "as"]);
            self.renamed_to = cursor.qualified();
            return Ok(self.renamed_to.as_ref().map(|_| ()));
        };
        cursor.take(&["if", "exists"]);
        let from = cursor.identifier();
        let to = cursor.take(&["to"]).then(|| cursor.identifier()).flatten();
        let (Some(from), Some(to)) = (from, to) else {
            return Ok(None);
        };
        if noun == "column" {
            if self.position(&from).is_none() {
                return Err(self.missing(format!("column `{from}`")));
            }
            self.rename_column(&from, &to);
            return Ok(Some(()));
        }
        let index = self
            .table
            .indexes
            .iter_mut()
            .find(|index| index.name.eq_ignore_ascii_case(&from));
        match index {
            Some(index) => {
                index.name = to;
                Ok(Some(()))
            }
            None => Err(self.missing(format!("index `{from}`"))),
        }
    }

    fn alter(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<()>, Mistake> {
        if cursor.take_any(&["index", "key"]) {
            cursor.take(&["if", "exists"]);
            let Some(name) = cursor.identifier() else {
                return Ok(None);
            };
            let invisible = if cursor.take_any(&["invisible", "ignored"]) {
                true
            } else if cursor.take(&["visible"]) || cursor.take(&["not", "ignored"]) {
                false
            } else {
                return Ok(None);
            };
            let index = self
                .table
                .indexes
                .iter_mut()
                .find(|index| index.name.eq_ignore_ascii_case(&name));
            return match index {
                Some(index) => {
                    index.own.invisible = invisible;
                    Ok(Some(()))
                }
                None => Err(self.missing(format!("index `{name}`"))),
            };
        }
        if cursor.take_any(&["check", "constraint"]) {
            let Some(name) = cursor.identifier() else {
                return Ok(None);
            };
            let enforced = !cursor.take(&["not", "enforced"]);
            cursor.take(&["enforced"]);
            let check = self
                .table
                .checks
                .iter_mut()
                .find(|check| check.name.eq_ignore_ascii_case(&name));
            return match check {
                Some(check) => {
                    check.own.enforced = enforced;
                    Ok(Some(()))
                }
                None => Err(self.missing(format!("constraint `{name}`"))),
            };
        }
        cursor.take(&["column"]);
        let Some(name) = cursor.identifier() else {
            return Ok(None);
        };
        let Some(position) = self.position(&name) else {
            return Err(self.missing(format!("column `{name}`")));
        };
        let column = &mut self.table.columns[position];
        if cursor.take(&["drop", "default"]) {
            column.value = ColumnValue::None;
        } else if cursor.take(&["set", "default"]) {
            let Some(text) = column::value(cursor) else {
                return Ok(None);
            };
            column.value = ColumnValue::Default(text);
            column::settle_value(column);
        } else if cursor.take(&["set", "invisible"]) {
            column.own.invisible = true;
        } else if cursor.take(&["set", "visible"]) {
            column.own.invisible = false;
        } else {
            return Ok(None);
        }
        Ok(Some(()))
    }

    /// `CONVERT TO CHARACTER SET`: all columns with characters get it. Where texts may grow to another type, only a
    /// server knows for certain.
    fn convert(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        let mut asked = Options::default();
        if !options::one(cursor, &mut asked)? {
            return None;
        }
        options::one(cursor, &mut asked)?;
        asked.charset.as_ref()?;
        let had_texts = self
            .table
            .columns
            .iter()
            .any(|column| matches!(column.data_type, DataType::Text(_)));
        if had_texts && self.table.own.charset != asked.charset {
            return None;
        }
        apply(asked, &mut self.table)?;
        for column in &mut self.table.columns {
            column.own.charset = None;
            column.collation = None;
        }
        Some(())
    }

    /// Options of the table; whether a counter was set.
    fn options(&mut self, cursor: &mut Cursor<'_>) -> Option<bool> {
        let read = options::read(cursor)?;
        if read.query.is_some() {
            return None;
        }
        if read.charset.is_some() || read.collation.is_some() {
            self.keep_charset()?;
        }
        let has_counter = read.has_counter();
        apply(read, &mut self.table)?;
        Some(has_counter)
    }

    /// Another character set for the table is one for columns to come: those that are there keep theirs.
    fn keep_charset(&mut self) -> Option<()> {
        let own = self.table.own.clone();
        for column in &mut self.table.columns {
            let has_characters = matches!(
                column.data_type,
                DataType::Char { .. }
                    | DataType::Varchar { .. }
                    | DataType::Text(_)
                    | DataType::Enum(_)
                    | DataType::Set(_)
            );
            if has_characters && column.own.charset.is_none() && column.collation.is_none() {
                if own.charset.is_none() && own.collation.is_none() {
                    return None;
                }
                column.own.charset.clone_from(&own.charset);
                column.collation.clone_from(&own.collation);
            }
        }
        Some(())
    }
}

/// A column's definition with its place.
fn definition(cursor: &mut Cursor<'_>) -> Option<(Definition, Place)> {
    let (definition, mut rest) = column::read(cursor.clone())?;
    while cursor.skip().is_some() {}
    let place = if rest.take(&["first"]) {
        Place::First
    } else if rest.take(&["after"]) {
        Place::After(rest.identifier()?)
    } else {
        Place::Last
    };
    rest.is_at_end().then_some((definition, place))
}
