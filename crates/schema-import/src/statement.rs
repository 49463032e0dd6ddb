//! Which part of a schema a statement makes.
//!
//! Each function here either takes a statement in whole or says that it doesn't know it; then it is kept
//! word for word.

use crate::cursor::Cursor;
use crate::draft::{Attachment, Draft, DraftKey, IndexAttachment};
use crate::error::{ImportError, Mistake};
use crate::left_out::What;
use crate::sequence::Sequence;
use crate::table::{self, Constraint};
use schema_model::{ColumnValue, EnumType, Extension, QualifiedName, Table, TypeKind};

/// A statement was dealt with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done;

/// Reads a statement.
pub(crate) fn read(draft: &mut Draft, sql: &str, line: usize) -> Result<(), ImportError> {
    draft.tick();
    let cursor = Cursor::new(sql);
    let Some(first) = cursor.peek() else {
        return Ok(());
    };
    let first = first.text.to_ascii_lowercase();
    let known = match first.as_str() {
        "set" => setting(draft, cursor.clone(), line)?,
        "select" => function_call(draft, sql, line),
        "begin" | "commit" | "start" | "end" | "lock" | "reset" | "refresh" => Some(Done),
        "copy" => Some(leave_out(draft, What::Rows, line)),
        "insert" => insert(draft, cursor.clone(), line),
        "grant" | "revoke" | "security" => Some(leave_out(draft, What::Privileges, line)),
        "drop" => Some(leave_out(draft, What::Drops, line)),
        "comment" => comment(draft, cursor.clone(), sql),
        "create" => create(draft, cursor.clone(), sql, line),
        "alter" => alter(draft, cursor.clone(), sql, line),
        _ => None,
    };
    if known.is_none() {
        if names_a_role(&cursor) {
            draft.left_out.note(
                line,
                "the policy is for a role, which the server must have before the schema is loaded"
                    .to_owned(),
            );
        }
        if let Some(table) = made_table(&cursor) {
            draft.left_out.note(
                line,
                format!(
                    "table `{table}` has what the DSL has no word for, so it stays SQL in `execute`"
                ),
            );
        }
        draft.keep(sql);
    }
    Ok(())
}

/// `SET …`: `pg_dump`'s own surroundings, which `01_schema.sql` has too.
fn setting(
    draft: &mut Draft,
    mut cursor: Cursor<'_>,
    line: usize,
) -> Result<Option<Done>, ImportError> {
    cursor.skip();
    let name = cursor.identifier().unwrap_or_default();
    let _ = cursor.take(&["="]) || cursor.take(&["to"]);
    let value = cursor.rest();
    let text = value.trim_matches('\'');
    match name.as_str() {
        "client_encoding"
            if !matches!(
                text.to_ascii_uppercase().as_str(),
                "UTF8" | "UTF-8" | "UNICODE" | "SQL_ASCII"
            ) =>
        {
            return Err(ImportError::new(line, Mistake::Encoding(text.to_owned())));
        }
        // Before 10.3 this says where the names that follow belong.
        "search_path" => {
            let mut schemas = value
                .split(',')
                .map(|name| name.trim().trim_matches(['\'', '"']));
            let is_public = schemas
                .next()
                .is_some_and(|first| matches!(first, "" | "public" | "$user"));
            if !is_public {
                return Err(ImportError::new(
                    line,
                    Mistake::SearchPath(value.to_owned()),
                ));
            }
        }
        "default_tablespace" if !text.is_empty() => draft.left_out.note(
            line,
            format!(
                "what follows lies in tablespace `{text}`, which belongs to a server: left out"
            ),
        ),
        "default_table_access_method" if text != "heap" => draft.left_out.note(
            line,
            format!("what follows is stored by `{text}`: the tables will be ordinary ones"),
        ),
        _ => {}
    }
    Ok(Some(Done))
}

/// Leaves a statement out of the schema, and counts it.
fn leave_out(draft: &mut Draft, what: What, line: usize) -> Done {
    draft.left_out.add(what, line);
    Done
}

/// `SELECT pg_catalog.setval(…)` and the like, by which a dump sets positions and settings.
fn function_call(draft: &mut Draft, sql: &str, line: usize) -> Option<Done> {
    let mut cursor = Cursor::new(sql);
    cursor.skip();
    let function = cursor.dotted()?.pop()?;
    match function.as_str() {
        "set_config" => Some(Done),
        "setval" => Some(leave_out(draft, What::SequenceValues, line)),
        "lo_create" | "lo_open" | "lowrite" | "lo_close" | "lo_unlink" => {
            Some(leave_out(draft, What::LargeObjects, line))
        }
        _ => None,
    }
}

/// `INSERT INTO …`: rows, unless Rails keeps its versions so.
fn insert(draft: &mut Draft, mut cursor: Cursor<'_>, line: usize) -> Option<Done> {
    cursor.skip();
    cursor.take(&["into"]);
    let table = cursor.qualified()?;
    if is_rails(&table) {
        draft.left_out.add(What::RailsTables, line);
        return Some(Done);
    }
    draft.left_out.add(What::Rows, line);
    let mut rows = 0;
    while !cursor.take(&["values"]) && cursor.skip().is_some() {}
    while cursor.parenthesised().is_some() {
        rows += 1;
        cursor.take(&[","]);
    }
    draft.left_out.rows(rows);
    Some(Done)
}

/// Whether these are the tables in which Rails keeps which migrations have run.
fn is_rails(table: &QualifiedName) -> bool {
    table.schema.is_none()
        && matches!(
            table.name.as_str(),
            "schema_migrations" | "ar_internal_metadata"
        )
}

/// Whether it is one of these tables as Rails makes it; others may have taken the name for something else.
fn is_as_rails_has_it(table: &Table) -> bool {
    let first = table.columns.first();
    is_rails(&table.name)
        && first.is_some_and(|column| matches!(column.data_type.kind, TypeKind::Varchar { .. }))
}

fn create(draft: &mut Draft, mut cursor: Cursor<'_>, sql: &str, line: usize) -> Option<Done> {
    cursor.skip();
    if cursor.take(&["extension"]) {
        return extension(draft, cursor);
    }
    if cursor.take(&["schema"]) {
        return namespace(draft, cursor);
    }
    if cursor.take(&["type"]) {
        return enum_type(draft, cursor);
    }
    if cursor.take(&["sequence"]) {
        let sequence = Sequence::read(&mut cursor, sql, draft.now())?;
        draft.sequences.push(sequence);
        return Some(Done);
    }
    if cursor.take(&["subscription"]) || cursor.take(&["user", "mapping"]) {
        return Some(leave_out(draft, What::Secrets, line));
    }
    if ["database", "role", "user", "tablespace"]
        .iter()
        .any(|kind| cursor.take(&[kind]))
    {
        return Some(leave_out(draft, What::Databases, line));
    }
    if cursor.sees(&["table"]) || cursor.sees(&["unlogged", "table"]) {
        let found = table::create(&mut cursor)?;
        if is_as_rails_has_it(&found.table) {
            draft.without.insert(found.table.name);
            draft.left_out.add(What::RailsTables, line);
            return Some(Done);
        }
        draft.add_table(found.table, sql);
        for name in found.named_not_null {
            draft.left_out.note(
                line,
                format!("the NOT NULL constraint `{name}` keeps its meaning and loses its name"),
            );
        }
        return Some(Done);
    }
    if cursor.sees(&["index"]) || cursor.sees(&["unique", "index"]) {
        let (table, index) = table::index(&mut cursor)?;
        if draft.without.contains(&table) {
            return Some(Done);
        }
        draft.table_for(&table, sql)?.indexes.push(index);
        return Some(Done);
    }
    None
}

fn extension(draft: &mut Draft, mut cursor: Cursor<'_>) -> Option<Done> {
    cursor.take(&["if", "not", "exists"]);
    let name = cursor.identifier()?;
    cursor.take(&["with"]);
    let schema = if cursor.take(&["schema"]) {
        Some(cursor.identifier()?)
    } else {
        None
    };
    cursor.take(&["cascade"]);
    if !cursor.is_at_end() {
        return None;
    }
    // Every database has this one from the start.
    if name != "plpgsql" {
        let schema = schema.filter(|schema| schema != "public");
        draft.extensions.push(Extension { name, schema });
    }
    Some(Done)
}

fn namespace(draft: &mut Draft, mut cursor: Cursor<'_>) -> Option<Done> {
    cursor.take(&["if", "not", "exists"]);
    let name = cursor.identifier()?;
    if !cursor.is_at_end() {
        return None;
    }
    if name != "public" {
        draft.namespaces.push(name);
    }
    Some(Done)
}

fn enum_type(draft: &mut Draft, mut cursor: Cursor<'_>) -> Option<Done> {
    let name = cursor.qualified()?;
    if !cursor.take(&["as", "enum"]) {
        return None;
    }
    let mut labels = Cursor::new(cursor.parenthesised()?);
    let mut values = Vec::new();
    while let Some(value) = labels.string() {
        values.push(value);
        labels.take(&[","]);
    }
    if !labels.is_at_end() || !cursor.is_at_end() || name.name.contains('"') {
        return None;
    }
    draft.enums.push(EnumType { name, values });
    Some(Done)
}

fn comment(draft: &mut Draft, mut cursor: Cursor<'_>, sql: &str) -> Option<Done> {
    if !cursor.take(&["comment", "on"]) {
        return None;
    }
    // An extension brings its comment along.
    if cursor.sees(&["extension"]) {
        return Some(Done);
    }
    if cursor.take(&["schema", "public", "is"]) {
        return (cursor.string()? == "standard public schema").then_some(Done);
    }
    if cursor.take(&["table"]) {
        let name = cursor.qualified()?;
        let text = comment_text(&mut cursor)?;
        if draft.without.contains(&name) {
            return Some(Done);
        }
        draft.table_for(&name, sql)?.comment = Some(text);
        return Some(Done);
    }
    if cursor.take(&["column"]) {
        let mut parts = cursor.dotted()?;
        let column = parts.pop()?;
        let name = parts.pop()?;
        let name = match parts.pop() {
            Some(schema) if schema != "public" => QualifiedName::in_schema(schema, name),
            _ => QualifiedName::bare(name),
        };
        let text = comment_text(&mut cursor)?;
        draft.table(&name)?.table.column(&column)?;
        let table = draft.table_for(&name, sql)?;
        let column = table.columns.iter_mut().find(|own| own.name == column)?;
        column.comment = Some(text);
        return Some(Done);
    }
    if cursor.take(&["index"]) {
        let name = cursor.qualified()?;
        let text = comment_text(&mut cursor)?;
        let table = draft.table_of_index(&name)?;
        let table = draft.table_for(&table, sql)?;
        let index = table.indexes.iter_mut().find(|own| own.name == name.name)?;
        index.comment = Some(text);
        return Some(Done);
    }
    None
}

fn comment_text(cursor: &mut Cursor<'_>) -> Option<String> {
    if !cursor.take(&["is"]) {
        return None;
    }
    let text = cursor.string()?;
    cursor.is_at_end().then_some(text)
}

fn alter(draft: &mut Draft, mut cursor: Cursor<'_>, sql: &str, line: usize) -> Option<Done> {
    cursor.skip();
    if let [.., owner, to, _] = cursor.last(3)
        && owner.is("owner")
        && to.is("to")
    {
        return Some(leave_out(draft, What::Owners, line));
    }
    if cursor.take(&["default", "privileges"]) {
        return Some(leave_out(draft, What::Privileges, line));
    }
    if ["database", "role", "user", "tablespace", "system"]
        .iter()
        .any(|kind| cursor.take(&[kind]))
    {
        return Some(leave_out(draft, What::Databases, line));
    }
    if cursor.take(&["subscription"]) {
        return Some(leave_out(draft, What::Secrets, line));
    }
    if cursor.take(&["sequence"]) {
        cursor.take(&["if", "exists"]);
        let name = cursor.qualified()?;
        if !cursor.take(&["owned", "by"]) {
            return None;
        }
        let mut parts = cursor.dotted()?;
        let (column, table) = (parts.pop()?, parts.pop()?);
        let table = match parts.pop() {
            Some(schema) if schema != "public" => QualifiedName::in_schema(schema, table),
            _ => QualifiedName::bare(table),
        };
        let at = draft.now();
        let sequence = draft.sequences.iter_mut().find(|own| own.name == name)?;
        sequence.owner = Some((table, column));
        sequence.owned_by = Some((sql.to_owned(), at));
        return Some(Done);
    }
    if cursor.take(&["index"]) {
        let parent = cursor.qualified()?;
        if !cursor.take(&["attach", "partition"]) {
            return None;
        }
        let child = cursor.qualified()?;
        let at = draft.now();
        draft.index_attachments.push(IndexAttachment {
            parent,
            child,
            sql: sql.to_owned(),
            at,
        });
        return Some(Done);
    }
    if cursor.take(&["table"]) {
        cursor.take(&["if", "exists"]);
        cursor.take(&["only"]);
        let name = cursor.qualified()?;
        if draft.without.contains(&name) {
            return Some(Done);
        }
        return alter_table(draft, cursor, &name, sql);
    }
    None
}

fn alter_table(
    draft: &mut Draft,
    mut cursor: Cursor<'_>,
    name: &QualifiedName,
    sql: &str,
) -> Option<Done> {
    draft.table(name)?;
    if cursor.take(&["attach", "partition"]) {
        let child = cursor.qualified()?;
        let at = draft.now();
        draft.attachments.push(Attachment {
            parent: name.clone(),
            child,
            bounds: cursor.rest().to_owned(),
            sql: sql.to_owned(),
            at,
        });
        return Some(Done);
    }
    if cursor.take(&["add"]) {
        return match table::constraint(&mut cursor, name)? {
            Constraint::Foreign(key) => {
                add_key(draft, name.clone(), key, sql);
                Some(Done)
            }
            Constraint::NotNull(_) => None,
            constraint => {
                let table = draft.table_for(name, sql)?;
                constraint.add_to(table);
                Some(Done)
            }
        };
    }
    let _ = cursor.take(&["alter", "column"]) || cursor.take(&["alter"]);
    let column = cursor.identifier()?;
    if cursor.take(&["set", "default"]) {
        let expression = cursor.rest().to_owned();
        let value = ColumnValue::Default(expression);
        return set_value(draft, name, &column, value, sql);
    }
    if cursor.take(&["add"]) {
        let identity = table::identity(&mut cursor, name, &column)?;
        return set_value(draft, name, &column, ColumnValue::Identity(identity), sql);
    }
    None
}

fn set_value(
    draft: &mut Draft,
    name: &QualifiedName,
    column: &str,
    value: ColumnValue,
    sql: &str,
) -> Option<Done> {
    draft.table(name)?.table.column(column)?;
    let table: &mut Table = draft.table_for(name, sql)?;
    let column = table.columns.iter_mut().find(|own| own.name == column)?;
    column.value = value;
    Some(Done)
}

fn add_key(draft: &mut Draft, table: QualifiedName, key: schema_model::ForeignKey, sql: &str) {
    let at = draft.now();
    draft.foreign_keys.push(DraftKey {
        table,
        key,
        sql: sql.to_owned(),
        at,
    });
}

/// The table that a statement makes, in a form that wasn't known.
fn made_table(cursor: &Cursor<'_>) -> Option<QualifiedName> {
    let mut cursor = cursor.clone();
    cursor.take(&["create"]);
    cursor.take(&["unlogged"]);
    if !cursor.take(&["table"]) {
        return None;
    }
    cursor.qualified()
}

/// Whether a statement is a policy for others than everybody.
fn names_a_role(cursor: &Cursor<'_>) -> bool {
    let mut cursor = cursor.clone();
    if !cursor.take(&["create", "policy"]) {
        return false;
    }
    cursor.text_until(|at| at.sees(&["to"]) || at.sees(&["using"]) || at.sees(&["with"]));
    cursor.take(&["to"]) && !cursor.sees(&["public"]) && !cursor.sees(&["current_user"])
}
