//! A schema in the form in which two of them can be compared.
//!
//! `public.users` and `users` are one table, since the search path is `public`; a temporary table is gone with the
//! session that made it; and SQL of the source is taken for what it does: a type that `execute` makes is one that
//! `create_enum` makes, and what a statement drops again isn't there.

use crate::altered::{Alter, Altered};
use crate::canonical;
use pg_model::{
    ColumnValue, EnumType, Extension, Persistence, QualifiedName, Schema, Statement, Table,
    TypeKind,
};
use pg_sql::qualified;
use pg_text::cursor::{Cursor, at_commas, span};
use pg_text::data_type;
use pg_text::default_name;
use pg_text::guarded_statements;
use pg_text::object::{Kind, Object, dropped, made};
use sql_text::{Token, fold, mentions, split, string_value, tokens};
use std::collections::BTreeSet;

/// Two schemas without what makes no difference to a database.
pub(crate) fn both(old: &Schema, new: &Schema) -> (Schema, Schema) {
    let mut done = BTreeSet::new();
    let old = normal(old, &mut Renames::All(&mut done));
    let new = normal(new, &mut Renames::Done(&done));
    let counting: BTreeSet<QualifiedName> = sequences(&old)
        .intersection(&sequences(&new))
        .cloned()
        .collect();
    [old, new]
        .map(|schema| without_restarts(schema, &counting))
        .into()
}

/// The sequences of the columns that count.
fn sequences(schema: &Schema) -> BTreeSet<QualifiedName> {
    let tables = schema.tables.iter();
    tables
        .flat_map(|table| {
            let numbered = table
                .columns
                .iter()
                .filter(|column| matches!(column.value, ColumnValue::Numbered(_)));
            numbered.map(|column| QualifiedName {
                schema: table.name.schema.clone(),
                name: default_name(&table.name.name, Some(&column.name), "seq"),
            })
        })
        .collect()
}

/// A sequence that there is goes on where it stands: at its start only a new one begins.
fn without_restarts(mut schema: Schema, counting: &BTreeSet<QualifiedName>) -> Schema {
    for statement in &mut schema.statements {
        let restart = restart(&statement.sql, counting);
        if let Some(end) = restart {
            statement.sql.truncate(end);
        }
    }
    schema
        .statements
        .retain(|statement| !statement.sql.is_empty());
    schema
}

/// Where the text of an `ALTER SEQUENCE` ends without the `RESTART` that stands last, with or without a number.
fn restart(sql: &str, counting: &BTreeSet<QualifiedName>) -> Option<usize> {
    let tokens = tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    cursor.accept(&["alter", "sequence"]).then_some(())?;
    let (_, name) = cursor.name()?;
    let rest = cursor.rest();
    let place = rest.iter().position(|token| token.is("restart"))?;
    let is_number = |token: &Token<'_>| {
        token.is("with") || token.text == "-" || token.text.bytes().all(|one| one.is_ascii_digit())
    };
    if !counting.contains(&name) || !rest[place + 1..].iter().all(is_number) {
        return None;
    }
    // Where nothing else is said, nothing is left of the statement.
    Some(place.checked_sub(1).map_or(0, |before| rest[before].end))
}

/// Which labels of enums are taken for renamed. A renaming that only the new source has is yet to be done.
enum Renames<'a> {
    /// All, and here they are.
    All(&'a mut BTreeSet<String>),
    /// Only these.
    Done(&'a BTreeSet<String>),
}

impl Renames<'_> {
    fn is_done(&mut self, sql: &str) -> bool {
        let text = canonical::definition(sql);
        match self {
            Self::All(done) => {
                done.insert(text);
                true
            }
            Self::Done(done) => done.contains(&text),
        }
    }
}

fn normal(schema: &Schema, renames: &mut Renames<'_>) -> Schema {
    let mut schema = schema.clone();
    schema.own.namespaces.retain(|name| name != "public");
    for enum_type in &mut schema.own.enums {
        strip_public(&mut enum_type.name);
    }
    for extension in &mut schema.own.extensions {
        extension.schema = extension.schema.take().filter(|name| name != "public");
    }
    for table in &mut schema.tables {
        strip_table(table);
    }
    set_storage_parameters(&mut schema);
    let statements = statements(&schema);
    let mut kept = Kept::default();
    for statement in statements {
        kept.take_in(&mut schema, statement, renames);
    }
    schema.statements = kept.statements;
    schema
        .tables
        .retain(|table| table.own.persistence != Persistence::Temporary);
    name_types(&mut schema);
    schema
}

fn strip_table(table: &mut Table) {
    strip_public(&mut table.name);
    table.renamed_from.iter_mut().for_each(strip_public);
    for key in &mut table.foreign_keys {
        strip_public(&mut key.referenced_table);
    }
    for column in &mut table.columns {
        if let TypeKind::Enum(name) = &mut column.data_type.kind {
            strip_public(name);
        }
    }
}

fn strip_public(name: &mut QualifiedName) {
    if name.schema.as_deref() == Some("public") {
        name.schema = None;
    }
}

/// Storage parameters (`WITH (fillfactor = 70)`) are what `ALTER TABLE … SET` behind the table would give it, and unlike
/// other options that can be altered.
fn set_storage_parameters(schema: &mut Schema) {
    let mut set = Vec::new();
    for (position, table) in schema.tables.iter_mut().enumerate() {
        let parameters = table.options.as_deref().and_then(storage_parameters);
        // A temporary table isn't there any more when a migration runs.
        let is_kept = table.as_query.is_none() && table.own.persistence != Persistence::Temporary;
        if let Some(parameters) = parameters.filter(|_| is_kept) {
            set.push(Statement {
                sql: format!("ALTER TABLE {} SET ({parameters})", qualified(&table.name)),
                tables_before: position + 1,
            });
            table.options = None;
        }
    }
    // Whatever a source says of the table itself comes later.
    set.append(&mut schema.statements);
    schema.statements = set;
    schema
        .statements
        .sort_by_key(|statement| statement.tables_before);
}

/// What stands in `WITH (…)` where that is all. `oids` is only for old times' sake, and no `ALTER` takes it.
fn storage_parameters(options: &str) -> Option<String> {
    let tokens = tokens(options);
    let mut cursor = Cursor::new(options, &tokens);
    cursor.accept(&["with"]).then_some(())?;
    let inside = cursor.parenthesis()?;
    (cursor.is_at_end() && !inside.iter().any(|token| token.is("oids"))).then_some(())?;
    Some(span(options, inside).to_owned())
}

fn statements(schema: &Schema) -> Vec<Statement> {
    let mut statements = Vec::new();
    for statement in &schema.statements {
        let tables_before = schema
            .tables
            .iter()
            .take(statement.tables_before)
            .filter(|table| table.own.persistence != Persistence::Temporary)
            .count();
        for sql in split(&statement.sql) {
            let parts = guarded_statements(sql).unwrap_or_else(|| vec![sql.to_owned()]);
            statements.extend(
                parts
                    .into_iter()
                    .map(|sql| Statement { sql, tables_before }),
            );
        }
    }
    statements
}

/// Statements so far, and what each of them makes.
#[derive(Default)]
struct Kept {
    statements: Vec<Statement>,
    objects: Vec<Option<Object>>,
}

impl Kept {
    /// Adds a statement to those before it, or does to the model what it would do to a database.
    fn take_in(&mut self, schema: &mut Schema, statement: Statement, renames: &mut Renames<'_>) {
        if let Some(object) = dropped(&statement.sql)
            && self.take_away(schema, &statement.sql, &object)
        {
            return;
        }
        if alter_enum(schema, &statement.sql, renames).is_some() {
            return;
        }
        if log_table(schema, &statement.sql).is_some() || self.alter(&statement, renames).is_some()
        {
            return;
        }
        let object = made(&statement.sql);
        if let Some(object) = &object {
            if take_in_object(schema, &statement.sql, object).is_some() {
                return;
            }
            // Whoever makes a thing twice means the second, by `OR REPLACE`; `IF NOT EXISTS` means the first.
            if let Some(position) = self.position(object) {
                if says(&statement.sql, &["if", "not", "exists"]) {
                    return;
                }
                if object.routine.is_some() {
                    self.statements[position].sql = statement.sql;
                    self.objects[position] = Some(object.clone());
                    return;
                }
                self.remove(position);
            }
        }
        self.statements.push(statement);
        self.objects.push(object);
    }

    /// Does an `ALTER` to what a statement before it made, where both can be said at once.
    fn alter(&mut self, statement: &Statement, renames: &mut Renames<'_>) -> Option<()> {
        let sql = &statement.sql;
        let alter = Alter::read(sql)?;
        let position = self.position(&alter.object)?;
        let word = alter.object.word();
        let between = || {
            self.objects[position + 1..]
                .iter()
                .zip(&self.statements[position + 1..])
        };
        let altered =
            alter.applied(&self.statements[position].sql, sql, || renames.is_done(sql))?;
        match altered {
            Altered::There(create) => {
                // What it speaks of must be there where it is said.
                let needs = |object: &Object| mentions(alter.action, object.word());
                between()
                    .all(|(object, _)| !object.as_ref().is_some_and(needs))
                    .then_some(())?;
                self.statements[position].sql = create;
            }
            Altered::Here(create) => {
                between()
                    .all(|(_, later)| !mentions(&later.sql, word))
                    .then_some(())?;
                self.remove(position);
                self.objects.push(made(&create));
                self.statements.push(Statement {
                    sql: create,
                    tables_before: statement.tables_before,
                });
            }
            Altered::Renamed(create) => {
                between()
                    .all(|(_, later)| !mentions(&later.sql, word))
                    .then_some(())?;
                self.objects[position] = made(&create);
                self.statements[position].sql = create;
            }
        }
        Some(())
    }

    /// Whether what a `DROP` takes away was made before, or isn't there at all.
    fn take_away(&mut self, schema: &mut Schema, sql: &str, object: &Object) -> bool {
        if let Some(position) = self.position(object) {
            self.remove(position);
            return true;
        }
        if object.kind == Kind::Type
            && let Some(position) = position_of_enum(schema, &object.name)
        {
            schema.own.enums.remove(position);
            return true;
        }
        let is_known = schema.table(&object.name).is_some()
            || object.kind == Kind::Schema && schema.own.namespaces.contains(&object.name.name)
            || object.kind == Kind::Extension;
        !is_known && says(sql, &["if", "exists"])
    }

    fn position(&self, object: &Object) -> Option<usize> {
        let same = |one: &Option<Object>| one.as_ref().is_some_and(|one| one.is_same_as(object));
        self.objects.iter().rposition(same)
    }

    fn remove(&mut self, position: usize) {
        self.statements.remove(position);
        self.objects.remove(position);
    }
}

/// Whether the head of a statement has some words.
fn says(sql: &str, words: &[&str]) -> bool {
    tokens(sql)
        .windows(words.len())
        .take(8)
        .any(|window| window.iter().zip(words).all(|(token, word)| token.is(word)))
}

fn position_of_enum(schema: &Schema, name: &QualifiedName) -> Option<usize> {
    schema.own.enums.iter().position(|one| one.name == *name)
}

/// Enums, schemas and extensions are the model's own.
fn take_in_object(schema: &mut Schema, sql: &str, object: &Object) -> Option<()> {
    let tokens = tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    match object.kind {
        Kind::Type => {
            cursor.skip_past("type").then_some(())?;
            cursor.name()?;
            cursor.accept(&["as", "enum"]).then_some(())?;
            let labels = at_commas(cursor.parenthesis()?);
            let values: Option<Vec<String>> = labels
                .iter()
                .map(|label| string_value(label[0].text))
                .collect();
            let enum_type = EnumType {
                name: object.name.clone(),
                values: values?,
            };
            if position_of_enum(schema, &object.name).is_none() {
                schema.own.enums.push(enum_type);
            }
        }
        Kind::Schema => {
            // What else stands in it (an owner, tables) is more than a schema.
            cursor.skip_past("schema").then_some(())?;
            cursor.accept(&["if", "not", "exists"]);
            cursor.name()?;
            cursor.is_at_end().then_some(())?;
            let name = &object.name.name;
            if name != "public" && !schema.own.namespaces.contains(name) {
                schema.own.namespaces.push(name.clone());
            }
        }
        Kind::Extension => {
            cursor.skip_past("extension").then_some(())?;
            cursor.accept(&["if", "not", "exists"]);
            let (_, name) = cursor.name()?;
            cursor.accept(&["with"]);
            let mut home = None;
            if cursor.accept(&["schema"]) {
                home = fold(cursor.next()?.text).filter(|name| name != "public");
            }
            cursor.accept(&["cascade"]);
            cursor.is_at_end().then_some(())?;
            if schema
                .own
                .extensions
                .iter()
                .all(|other| other.name != name.name)
            {
                schema.own.extensions.push(Extension {
                    name: name.name,
                    schema: home,
                });
            }
        }
        _ => return None,
    }
    Some(())
}

/// `ALTER TYPE … ADD VALUE` and `RENAME VALUE` of an enum that is known.
fn alter_enum(schema: &mut Schema, sql: &str, renames: &mut Renames<'_>) -> Option<()> {
    let tokens = tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    cursor.accept(&["alter", "type"]).then_some(())?;
    let (_, name) = cursor.name()?;
    let position = position_of_enum(schema, &name)?;
    let values = &mut schema.own.enums[position].values;
    if cursor.accept(&["rename", "value"]) {
        let old = string_value(cursor.next()?.text)?;
        cursor.accept(&["to"]).then_some(())?;
        let new = string_value(cursor.next()?.text)?;
        renames.is_done(sql).then_some(())?;
        *values.iter_mut().find(|value| **value == old)? = new;
        return Some(());
    }
    cursor.accept(&["add", "value"]).then_some(())?;
    cursor.accept(&["if", "not", "exists"]);
    let label = string_value(cursor.next()?.text)?;
    if values.contains(&label) {
        return Some(());
    }
    let before = cursor.accept(&["before"]);
    let place = if before || cursor.accept(&["after"]) {
        let neighbour = string_value(cursor.next()?.text)?;
        let place = values.iter().position(|value| *value == neighbour)?;
        place + usize::from(!before)
    } else {
        values.len()
    };
    values.insert(place, label);
    Some(())
}

/// `ALTER TABLE … SET UNLOGGED` of a table of the model, which has a word of its own for that.
fn log_table(schema: &mut Schema, sql: &str) -> Option<()> {
    let tokens = tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    cursor.accept(&["alter", "table"]).then_some(())?;
    cursor.accept(&["if", "exists"]);
    cursor.accept(&["only"]);
    let (_, name) = cursor.name()?;
    let persistence = if cursor.accept(&["set", "unlogged"]) {
        Persistence::Unlogged
    } else if cursor.accept(&["set", "logged"]) {
        Persistence::Permanent
    } else {
        return None;
    };
    cursor.accept(&[";"]);
    cursor.is_at_end().then_some(())?;
    let table = schema.tables.iter_mut().find(|table| table.name == name)?;
    (table.own.persistence != Persistence::Temporary).then_some(())?;
    table.own.persistence = persistence;
    Some(())
}

/// Gives each column the type that its text names: an enum, one of PostgreSQL's own, or another by its one name.
fn name_types(schema: &mut Schema) {
    let enums: Vec<QualifiedName> = schema
        .own
        .enums
        .iter()
        .map(|one| one.name.clone())
        .collect();
    let columns = schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.columns);
    for column in columns {
        match &mut column.data_type.kind {
            TypeKind::Other(text) => {
                let Some(mut name) = data_type::plain_name(text) else {
                    continue;
                };
                strip_public(&mut name);
                let array = column.data_type.array;
                let own = data_type::read(text).data_type;
                column.data_type.kind = if enums.contains(&name) {
                    TypeKind::Enum(name)
                } else if !array && !matches!(own.kind, TypeKind::Other(_)) {
                    own.kind
                } else {
                    TypeKind::Other(qualified(&name))
                };
            }
            // An enum that isn't one: a domain or another type that a statement makes.
            TypeKind::Enum(name) if !enums.contains(name) => {
                column.data_type.kind = TypeKind::Other(qualified(name));
            }
            _ => {}
        }
    }
}
