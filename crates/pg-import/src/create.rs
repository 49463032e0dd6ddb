//! `CREATE`: what becomes part of the model, and what a second one of the same name does.

use crate::cursor::Cursor;
use crate::draft::{Draft, DraftKey};
use crate::error::Mistake;
use crate::left_out::What;
use crate::names;
use crate::object::{self, Class, Named, Object};
use crate::raw_statement;
use crate::sequence::Sequence;
use crate::statement::{Done, is_left_out};
use crate::table::{self, Created};
use pg_model::{ColumnValue, EnumType, Extension, ForeignKey, QualifiedName, Table, TypeKind};

/// Reads a statement that makes something.
pub(crate) fn read(
    draft: &mut Draft,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Result<Option<Done>, Mistake> {
    if let Some(without) = without_tablespace(sql) {
        draft.note_once(
            "what lies in a tablespace is made without it: a tablespace belongs to a server"
                .to_owned(),
        );
        let done = read(draft, Cursor::new(&without), &without)?;
        if done.is_none() {
            draft.keep(&without);
        }
        return Ok(Some(Done));
    }
    cursor.skip();
    let named = object::made_by(sql);
    if let Some(named) = &named {
        match named.object.class {
            Class::Secret => return Ok(Some(draft.leave_out(What::Secrets))),
            Class::OfServer => return Ok(Some(draft.leave_out(What::Databases))),
            _ => {}
        }
        // A trigger of Rails' own tables, say.
        if named
            .object
            .on
            .as_ref()
            .is_some_and(|table| draft.without.contains(table))
        {
            return Ok(Some(Done));
        }
        if let Some(done) = again(draft, named, sql)? {
            return Ok(Some(done));
        }
    }
    if ["temporary", "temp"]
        .iter()
        .any(|word| cursor.sees(&[word]))
    {
        draft.note(
            "a temporary table, view or sequence is gone with its session: left out".to_owned(),
        );
        return Ok(Some(Done));
    }
    Ok(if cursor.take(&["extension"]) {
        extension(draft, cursor)
    } else if cursor.take(&["schema"]) {
        namespace(draft, cursor)
    } else if cursor.take(&["type"]) {
        enum_type(draft, cursor)
    } else if cursor.sees(&["sequence"]) || cursor.sees(&["unlogged", "sequence"]) {
        let (now, line) = (draft.now(), draft.line);
        Sequence::read(&mut cursor, sql, now, line).map(|sequence| {
            draft.sequences.push(sequence);
            Done
        })
    } else if cursor.sees(&["table"]) || cursor.sees(&["unlogged", "table"]) {
        create_table(draft, &mut cursor, sql)?
    } else if cursor.sees(&["index"]) || cursor.sees(&["unique", "index"]) {
        index(draft, &mut cursor, sql)
    } else {
        None
    })
}

/// The statement less the tablespace that it names for what it makes; none when it names none.
fn without_tablespace(sql: &str) -> Option<String> {
    let mut cursor = Cursor::new(sql);
    cursor.text_until(|at| at.sees(&["tablespace"]));
    let start = cursor.peek()?.start();
    let named = object::made_by(sql)?;
    if !matches!(named.noun, "table" | "index" | "materialized") {
        return None;
    }
    cursor.skip();
    let end = cursor.skip()?.end;
    Some(format!("{}{}", sql[..start].trim_end(), &sql[end..]))
}

/// What making something does that is there already.
fn again(draft: &mut Draft, named: &Named, sql: &str) -> Result<Option<Done>, Mistake> {
    let object = &named.object;
    let is_nameless = matches!(object.class, Class::Other("cast" | "operator"))
        || (object.class == Class::Relation && object.name.name.is_empty());
    if is_nameless || is_left_out(draft, object) || !draft.knows(object) {
        return Ok(None);
    }
    let replaces = Cursor::new(sql).sees(&["create", "or", "replace"]);
    if replaces {
        replace(draft, object);
        return Ok(None);
    }
    let is_of_dump = matches!(object.class, Class::Schema | Class::Extension);
    if named.conditional || is_of_dump {
        // As PostgreSQL says when it passes over such a statement.
        draft.note(format!(
            "`{}` is there already: nothing is done",
            object.name
        ));
        return Ok(Some(Done));
    }
    Err(Mistake::MadeTwice(object.name.to_string()))
}

/// Takes away what is replaced, when nothing in between stands on it. `pg_dump` makes a view first as a stub when
/// something needs its columns before what it shows can be made.
fn replace(draft: &mut Draft, object: &Object) {
    let Some(old) = draft.maker_of(object).map(|old| old.at) else {
        return;
    };
    let name = &object.name.name;
    let stands_on_it = |sql: &str| raw_statement::speaks_of(sql, name);
    let in_raw = draft.raw.iter().any(|statement| {
        statement.at > old && !statement.belongs_to(object) && stands_on_it(&statement.sql)
    });
    let in_tables = draft
        .tables
        .iter()
        .flat_map(|made| &made.statements)
        .any(|(at, sql)| *at > old && stands_on_it(sql));
    let has_parts = draft
        .raw
        .iter()
        .any(|statement| statement.at > old && statement.belongs_to(object));
    if !in_raw && !in_tables && !has_parts {
        draft.raw.retain(|statement| statement.at != old);
    }
}

fn create_table(
    draft: &mut Draft,
    cursor: &mut Cursor<'_>,
    sql: &str,
) -> Result<Option<Done>, Mistake> {
    if sql_text::tokens(sql).iter().any(|token| token.text == "`") {
        return Err(Mistake::OtherDatabase("MySQL"));
    }
    // What isn't in the model can't be copied from it.
    let other = |name: &QualifiedName| {
        let own = Object::relation(name);
        let is_whole = draft
            .raw
            .iter()
            .all(|statement| !statement.belongs_to(&own));
        draft
            .table(name)
            .map(|made| made.table.clone())
            .filter(|_| is_whole)
    };
    let Some(created) = table::create(cursor, other) else {
        return Ok(None);
    };
    if is_as_rails_has_it(&created.table) {
        draft.without.insert(created.table.name);
        return Ok(Some(draft.leave_out(What::RailsTables)));
    }
    Ok(add_table(draft, created, sql))
}

fn add_table(draft: &mut Draft, mut created: Created, sql: &str) -> Option<Done> {
    let name = created.table.name.clone();
    for key in &mut created.foreign_keys {
        point_at_key(draft, &created.table, key)?;
    }
    names::name_parts(draft, &mut created.table, &mut created.foreign_keys);
    for position in 0..created.table.indexes.len() {
        let index = &created.table.indexes[position];
        if index.name.is_empty() {
            let name = names::of_index(draft, &created.table, index);
            created.table.indexes[position].name = name;
        }
    }
    make_sequences(draft, &mut created.table, &created.serials);
    draft.add_table(created.table, sql);
    for sql in created.after {
        draft.keep(&sql);
    }
    for key in created.foreign_keys {
        let sql = format!(
            "ALTER TABLE {} ADD {}",
            pg_sql::qualified(&name),
            pg_sql::ddl::foreign_key(&key)
        );
        add_key(draft, name.clone(), key, &sql);
        if let Some(own) = draft.foreign_keys.last_mut() {
            own.is_inline = true;
        }
    }
    for constraint in created.named_not_null {
        draft.note(format!(
            "the NOT NULL constraint `{constraint}` keeps its meaning and loses its name"
        ));
    }
    Some(Done)
}

/// Makes the sequences of serial columns, of which those that nothing else happens to become part of their column
/// again.
pub(crate) fn make_sequences(draft: &mut Draft, table: &mut Table, serials: &[String]) {
    for name in serials {
        let sequence = names::of_sequence(draft, &table.name, name);
        let Some(column) = table.columns.iter_mut().find(|column| column.name == *name) else {
            continue;
        };
        let (now, line) = (draft.now(), draft.line);
        let own = Sequence::of_serial(
            sequence,
            &table.name,
            column,
            table.own.persistence,
            now,
            line,
        );
        column.value = ColumnValue::Default(own.next_value());
        draft.sequences.push(own);
    }
}

/// Gives a foreign key that names no columns of the other table that table's primary key. None when it isn't known.
pub(crate) fn point_at_key(draft: &Draft, own: &Table, key: &mut ForeignKey) -> Option<()> {
    if !key.referenced_columns.is_empty() {
        return Some(());
    }
    let target = if key.referenced_table == own.name {
        own
    } else {
        &draft.table(&key.referenced_table)?.table
    };
    key.referenced_columns
        .clone_from(&target.primary_key.as_ref()?.columns);
    Some(())
}

/// Notes a foreign key, which is judged when all is read.
pub(crate) fn add_key(draft: &mut Draft, table: QualifiedName, key: ForeignKey, sql: &str) {
    let (at, line) = (draft.now(), draft.line);
    draft.foreign_keys.push(DraftKey {
        table,
        key,
        sql: sql.to_owned(),
        is_inline: false,
        at,
        line,
    });
}

fn index(draft: &mut Draft, cursor: &mut Cursor<'_>, sql: &str) -> Option<Done> {
    let (table, mut index) = table::index(cursor)?;
    if draft.without.contains(&table) {
        return Some(Done);
    }
    if index.name.is_empty() {
        index.name = names::of_index(draft, &draft.table(&table)?.table, &index);
    }
    draft.table_for(&table, sql)?.indexes.push(index);
    Some(Done)
}

/// Whether these are the tables in which Rails keeps which migrations have run.
pub(crate) fn is_rails(table: &QualifiedName) -> bool {
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

fn extension(draft: &mut Draft, mut cursor: Cursor<'_>) -> Option<Done> {
    cursor.take(&["if", "not", "exists"]);
    let name = cursor.identifier()?;
    cursor.take(&["with"]);
    let mut schema = None;
    let mut version = None;
    loop {
        if cursor.take(&["schema"]) {
            schema = Some(cursor.identifier()?);
        } else if cursor.take(&["version"]) {
            version = Some(cursor.skip()?.text.to_owned());
        } else if !cursor.take(&["cascade"]) {
            break;
        }
    }
    if !cursor.is_at_end() {
        return None;
    }
    if let Some(version) = version {
        draft.note(format!(
            "extension `{name}` is made in the version that the server has, not in {version}"
        ));
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
    let name = if cursor.sees(&["authorization"]) {
        let mut ahead = cursor.clone();
        ahead.skip();
        ahead.identifier()?
    } else {
        cursor.identifier()?
    };
    if cursor.take(&["authorization"]) {
        cursor.identifier()?;
        draft.leave_out(What::Owners);
    }
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
