//! `RENAME` and `SET SCHEMA`: a name changes wherever PostgreSQL follows it.
//!
//! PostgreSQL knows what it has made by numbers, so a new name changes nothing else. Text that is replayed behind
//! all tables has only names; those are changed in it, and where that can't be done for certain, in a view
//! say, the statement is refused.

use crate::create::is_rails;
use crate::cursor::Cursor;
use crate::draft::Draft;
use crate::error::Mistake;
use crate::object::{Class, Named, Object};
use crate::raw_statement;
use crate::sequence::Sequence;
use crate::statement::Done;
use pg_model::{ColumnValue, IndexKey, Numbering, QualifiedName, Table, TypeKind};
use sql_text::{Token, tokens};

/// Reads what follows the name of a known thing, when it changes a name.
pub(super) fn read(
    draft: &mut Draft,
    named: &Named,
    cursor: &mut Cursor<'_>,
    sql: &str,
) -> Result<Option<Done>, Mistake> {
    let own = &named.object.name;
    let to = if cursor.take(&["rename", "to"]) {
        let Some(name) = cursor.identifier() else {
            return Ok(None);
        };
        QualifiedName {
            schema: own.schema.clone(),
            name,
        }
    } else if cursor.take(&["set", "schema"]) {
        let Some(schema) = cursor.identifier() else {
            return Ok(None);
        };
        QualifiedName {
            schema: (schema != "public").then_some(schema),
            name: own.name.clone(),
        }
    } else if cursor.take(&["rename", "constraint"]) {
        return Ok(constraint(draft, own, cursor));
    } else if cursor.take(&["rename"]) {
        if draft.table(own).is_none() {
            return Ok(None);
        }
        cursor.take(&["column"]);
        return column(draft, own, cursor);
    } else {
        return Ok(None);
    };
    whole(draft, named, &to, sql)
}

/// Gives a thing another name, or another schema.
fn whole(
    draft: &mut Draft,
    named: &Named,
    to: &QualifiedName,
    sql: &str,
) -> Result<Option<Done>, Mistake> {
    let from = named.object.name.clone();
    match named.object.class {
        Class::Relation if draft.table(&from).is_some() => {
            refuse_view(draft, &from, None)?;
            table(draft, &from, to);
        }
        Class::Relation if draft.sequences.iter().any(|own| own.name == from) => {
            sequence(draft, &from, to);
        }
        Class::Relation if draft.table_of_index(&from).is_some() => {
            for index in draft
                .tables
                .iter_mut()
                .filter(|made| made.table.name.schema == from.schema)
                .flat_map(|made| &mut made.table.indexes)
                .filter(|index| index.name == from.name)
            {
                index.name.clone_from(&to.name);
            }
            rewrite_loose(draft, &named.object, &from, to);
        }
        Class::Type if draft.enums.iter().any(|own| own.name == from) => {
            for own in draft.enums.iter_mut().filter(|own| own.name == from) {
                own.name = to.clone();
            }
            for column in draft
                .tables
                .iter_mut()
                .flat_map(|made| &mut made.table.columns)
            {
                if let TypeKind::Other(text) = &mut column.data_type.kind {
                    *text = renamed(text, &from, to);
                }
                if let ColumnValue::Default(text) = &mut column.value {
                    *text = renamed(text, &from, to);
                }
            }
        }
        Class::Schema => return Err(Mistake::RenamedSchema(from.name)),
        // The unnamed constraints of a domain are called after its first name.
        Class::Relation | Class::Routine
            if named.noun != "table" && is_free_of_others(draft, &named.object) =>
        {
            rename_makers(draft, &named.object, to);
            in_expressions(draft, named.object.class, &from, to);
        }
        _ => {
            // It stays a statement behind the one that makes the thing, which has another name from here on.
            draft.keep(sql);
            if let Some(last) = draft.raw.last_mut() {
                last.is_used_as(&to.name);
            }
            for statement in &mut draft.raw {
                for subject in [&mut statement.makes, &mut statement.of] {
                    if let Some(own) = subject.as_mut().filter(|own| own.is(&named.object)) {
                        own.name = to.clone();
                    }
                }
            }
        }
    }
    Ok(Some(Done))
}

/// Whether no statement that is kept speaks of a thing but those that are about it.
fn is_free_of_others(draft: &Draft, object: &Object) -> bool {
    let name = &object.name.name;
    draft
        .raw
        .iter()
        .all(|statement| statement.is_about(object) || !statement.speaks_of(name))
}

/// Changes a name in the heads of the statements that make a thing and of those about it.
fn rename_makers(draft: &mut Draft, object: &Object, to: &QualifiedName) {
    for statement in draft
        .raw
        .iter_mut()
        .filter(|statement| statement.is_about(object))
    {
        let mut is_first = true;
        let sql = renamed_where(&statement.sql, &object.name, to, || {
            std::mem::take(&mut is_first)
        });
        statement.rewrite(&sql);
    }
}

/// Changes the name of a type or a routine in what tables say.
fn in_expressions(draft: &mut Draft, class: Class, from: &QualifiedName, to: &QualifiedName) {
    if !matches!(class, Class::Type | Class::Routine) {
        return;
    }
    let rewrite = |text: &mut String| *text = renamed(text, from, to);
    for made in &mut draft.tables {
        let table = &mut made.table;
        for column in &mut table.columns {
            if let (Class::Type, TypeKind::Other(text)) = (class, &mut column.data_type.kind) {
                rewrite(text);
            }
            match &mut column.value {
                ColumnValue::Default(text)
                | ColumnValue::Generated {
                    expression: text, ..
                } => {
                    rewrite(text);
                }
                _ => {}
            }
        }
        for check in &mut table.checks {
            rewrite(&mut check.expression);
        }
        for index in &mut table.indexes {
            for part in &mut index.parts {
                if let IndexKey::Expression(text) = &mut part.key {
                    rewrite(text);
                }
            }
            index.own.predicate.iter_mut().for_each(rewrite);
        }
        for (_, sql) in &mut made.statements {
            rewrite(sql);
        }
    }
}

fn table(draft: &mut Draft, from: &QualifiedName, to: &QualifiedName) {
    // A key named after the table keeps its name.
    if let Some(key) = draft
        .table_mut(from)
        .and_then(|made| made.table.primary_key.as_mut())
    {
        let old = key
            .name
            .clone()
            .unwrap_or_else(|| pg_text::default_name(&from.name, None, "pkey"));
        key.name = (old != pg_text::default_name(&to.name, None, "pkey")).then_some(old);
    }
    keep_names_of_identities(draft, from, |column| (to.clone(), column.to_owned()));
    draft.rename_table(from, to);
    // A table takes its sequences along into another schema.
    let own: Vec<QualifiedName> = draft
        .sequences
        .iter()
        .filter(|own| own.owner.as_ref().is_some_and(|owner| owner.table == *from))
        .map(|own| own.name.clone())
        .filter(|name| name.schema != to.schema)
        .collect();
    for name in own {
        let moved = QualifiedName {
            schema: to.schema.clone(),
            name: name.name.clone(),
        };
        sequence(draft, &name, &moved);
    }
    let rename = |name: &mut QualifiedName| {
        if name == from {
            *name = to.clone();
        }
    };
    for key in &mut draft.foreign_keys {
        rename(&mut key.table);
        rename(&mut key.key.referenced_table);
        key.sql = renamed(&key.sql, from, to);
    }
    for attachment in &mut draft.attachments {
        rename(&mut attachment.parent);
        rename(&mut attachment.child);
        attachment.sql = renamed(&attachment.sql, from, to);
    }
    for sequence in &mut draft.sequences {
        if let Some(owner) = &mut sequence.owner {
            rename(&mut owner.table);
        }
        if let Some(owned_by) = &mut sequence.owned_by {
            owned_by.sql = renamed(&owned_by.sql, from, to);
        }
    }
    for options in draft
        .tables
        .iter_mut()
        .filter_map(|made| made.table.options.as_mut())
    {
        *options = renamed(options, from, to);
    }
    if is_rails(to) {
        draft.note(format!("`{from}` takes the name of a table of Rails' own"));
    }
    rewrite_loose(draft, &Object::relation(from), from, to);
    if let Some(made) = draft.table_mut(to) {
        for (_, sql) in &mut made.statements {
            *sql = renamed(sql, from, to);
        }
    }
}

/// The sequence of an identity column keeps its name when its table or column gets another.
fn keep_names_of_identities(
    draft: &mut Draft,
    table: &QualifiedName,
    after: impl Fn(&str) -> (QualifiedName, String),
) {
    let usual = |table: &QualifiedName, column: &str| QualifiedName {
        schema: table.schema.clone(),
        name: pg_text::default_name(&table.name, Some(column), "seq"),
    };
    let identities: Vec<String> = draft
        .table(table)
        .into_iter()
        .flat_map(|made| &made.table.columns)
        .filter(|column| matches!(column.value, ColumnValue::Numbered(Numbering::Identity(_))))
        .map(|column| column.name.clone())
        .collect();
    for column in identities {
        let (new_table, new_column) = after(&column);
        let (old, new) = (usual(table, &column), usual(&new_table, &new_column));
        if old.name == new.name {
            continue;
        }
        let head =
            |name: &QualifiedName| format!("ALTER SEQUENCE {} RENAME TO ", pg_sql::qualified(name));
        let before = draft
            .raw
            .iter()
            .position(|statement| statement.sql.starts_with(&head(&old)));
        // Renamed once more, it still has its first name.
        let name = match before {
            Some(position) => draft.raw.remove(position).sql[head(&old).len()..].to_owned(),
            None => pg_sql::identifier(&old.name).into_owned(),
        };
        if name != pg_sql::identifier(&new.name) {
            draft.keep(&format!("{}{name}", head(&new)));
        }
    }
}

fn sequence(draft: &mut Draft, from: &QualifiedName, to: &QualifiedName) {
    for own in draft.sequences.iter_mut().filter(|own| own.name == *from) {
        own.name = to.clone();
        own.sql = renamed(&own.sql, from, to);
        if let Some(owned_by) = &mut own.owned_by {
            owned_by.sql = renamed(&owned_by.sql, from, to);
        }
        for change in &mut own.changes {
            let sql = renamed(&change.sql, from, to);
            change.rewrite(&sql);
        }
    }
    let next = draft
        .sequences
        .iter()
        .find(|own| own.name == *to)
        .map(Sequence::next_value)
        .unwrap_or_default();
    for column in draft
        .tables
        .iter_mut()
        .flat_map(|made| &mut made.table.columns)
    {
        if crate::finish::takes_from(column, from) {
            column.value = ColumnValue::Default(next.clone());
        }
    }
}

/// Changes a name in all that belongs to a thing.
fn rewrite_loose(draft: &mut Draft, object: &Object, from: &QualifiedName, to: &QualifiedName) {
    for statement in draft
        .raw
        .iter_mut()
        .filter(|statement| statement.belongs_to(object))
    {
        let sql = renamed(&statement.sql, from, to);
        statement.rewrite(&sql);
    }
}

fn constraint(draft: &mut Draft, table: &QualifiedName, cursor: &mut Cursor<'_>) -> Option<Done> {
    let from = cursor.identifier()?;
    if !cursor.take(&["to"]) {
        return None;
    }
    let to = cursor.identifier()?;
    if let Some(key) = draft
        .foreign_keys
        .iter_mut()
        .find(|key| key.table == *table && key.key.name == from)
    {
        key.key.name.clone_from(&to);
        key.sql = replaced(&key.sql, &from, &to);
        return Some(Done);
    }
    let own: &mut Table = &mut draft.table_mut(table)?.table;
    let default = pg_text::default_name(&table.name, None, "pkey");
    if let Some(key) = own
        .primary_key
        .as_mut()
        .filter(|key| key.name.as_ref().unwrap_or(&default) == &from)
    {
        key.name = (to != default).then_some(to);
        return Some(Done);
    }
    let name = own
        .checks
        .iter_mut()
        .map(|check| &mut check.name)
        .chain(own.own.uniques.iter_mut().map(|unique| &mut unique.name))
        .chain(
            own.own
                .exclusions
                .iter_mut()
                .map(|exclusion| &mut exclusion.name),
        )
        .find(|name| **name == from)?;
    *name = to;
    Some(Done)
}

fn column(
    draft: &mut Draft,
    name: &QualifiedName,
    cursor: &mut Cursor<'_>,
) -> Result<Option<Done>, Mistake> {
    let Some(from) = cursor.identifier() else {
        return Ok(None);
    };
    if !cursor.take(&["to"]) {
        return Ok(None);
    }
    let Some(to) = cursor.identifier() else {
        return Ok(None);
    };
    let is_there = draft
        .table(name)
        .is_some_and(|made| made.table.column(&from).is_some());
    if !is_there {
        return Err(Mistake::NothingToDrop {
            part: from,
            table: name.to_string(),
        });
    }
    refuse_view(draft, name, Some(&from))?;
    let rename = |column: &mut String| {
        if *column == from {
            column.clone_from(&to);
        }
    };
    let rewrite = |text: &mut String| *text = replaced(text, &from, &to);
    for key in &mut draft.foreign_keys {
        if key.table == *name {
            key.key.columns.iter_mut().for_each(rename);
            rewrite(&mut key.sql);
        }
        if key.key.referenced_table == *name {
            key.key.referenced_columns.iter_mut().for_each(rename);
            rewrite(&mut key.sql);
        }
    }
    for sequence in &mut draft.sequences {
        if let Some(owner) = &mut sequence.owner
            && owner.table == *name
            && owner.column == from
        {
            owner.column.clone_from(&to);
            if let Some(owned_by) = &mut sequence.owned_by {
                rewrite(&mut owned_by.sql);
            }
        }
    }
    keep_names_of_identities(draft, name, |column| {
        let column = if column == from { &to } else { column };
        (name.clone(), column.to_owned())
    });
    if let Some(made) = draft.table_mut(name) {
        in_table(&mut made.table, rename, rewrite);
        for (_, sql) in &mut made.statements {
            rewrite(sql);
        }
    }
    let object = Object::relation(name);
    for statement in draft
        .raw
        .iter_mut()
        .filter(|statement| statement.belongs_to(&object))
    {
        let sql = replaced(&statement.sql, &from, &to);
        statement.rewrite(&sql);
    }
    Ok(Some(Done))
}

fn in_table(table: &mut Table, rename: impl Fn(&mut String), rewrite: impl Fn(&mut String)) {
    for column in &mut table.columns {
        rename(&mut column.name);
        if let ColumnValue::Generated { expression, .. } = &mut column.value {
            rewrite(expression);
        }
    }
    if let Some(key) = &mut table.primary_key {
        key.columns.iter_mut().for_each(&rename);
    }
    for unique in &mut table.own.uniques {
        unique.columns.iter_mut().for_each(&rename);
    }
    for check in &mut table.checks {
        rewrite(&mut check.expression);
    }
    for exclusion in &mut table.own.exclusions {
        rewrite(&mut exclusion.elements);
        exclusion.predicate.iter_mut().for_each(&rewrite);
    }
    for index in &mut table.indexes {
        for part in &mut index.parts {
            match &mut part.key {
                IndexKey::Column(name) => rename(name),
                IndexKey::Expression(text) => rewrite(text),
            }
        }
        index.own.include.iter_mut().for_each(&rename);
        index.own.predicate.iter_mut().for_each(&rewrite);
    }
    table.options.iter_mut().for_each(&rewrite);
}

fn refuse_view(draft: &Draft, table: &QualifiedName, column: Option<&str>) -> Result<(), Mistake> {
    view_of(draft, table, column).map_or(Ok(()), |view| {
        let what = column.map_or_else(|| table.to_string(), |column| format!("{table}.{column}"));
        Err(Mistake::SeenByView { what, view })
    })
}

/// A view, or a function with a body that PostgreSQL has understood, that shows a table or a column of it.
pub(super) fn view_of(
    draft: &Draft,
    table: &QualifiedName,
    column: Option<&str>,
) -> Option<String> {
    draft
        .raw
        .iter()
        .filter(|statement| {
            statement.makes.as_ref().is_some_and(|made| {
                matches!(made.class, Class::Relation | Class::Routine) && made.on.is_none()
            }) && !statement.belongs_to(&Object::relation(table))
        })
        .filter(|statement| statement.speaks_of(&table.name))
        .filter(|statement| {
            column.is_none_or(|column| {
                statement.speaks_of(column) || raw_statement::takes_all_columns(&statement.sql)
            })
        })
        .find_map(|statement| Some(statement.makes.as_ref()?.name.to_string()))
}

/// The text with one name for another, wherever it stands as a word outside of texts in quotes.
fn replaced(text: &str, from: &str, to: &str) -> String {
    replace_tokens(text, |tokens, position| {
        let token: &Token<'_> = &tokens[position];
        let is_it = token.is_name() && sql_text::fold(token.text).as_deref() == Some(from);
        // A call is no column.
        let is_call = tokens.get(position + 1).is_some_and(|next| next.is("("));
        (is_it && !is_call).then(|| {
            (
                token.start(),
                token.end,
                pg_sql::identifier(to).into_owned(),
            )
        })
    })
}

/// The text with one qualified name for another.
fn renamed(text: &str, from: &QualifiedName, to: &QualifiedName) -> String {
    renamed_where(text, from, to, || true)
}

/// The text with one qualified name for another, wherever it is met and wanted.
fn renamed_where(
    text: &str,
    from: &QualifiedName,
    to: &QualifiedName,
    mut is_wanted: impl FnMut() -> bool,
) -> String {
    let name = pg_sql::qualified(to);
    replace_tokens(text, |tokens, position| {
        let token = &tokens[position];
        if !token.is_name() || sql_text::fold(token.text).as_ref() != Some(&from.name) {
            return None;
        }
        let schema = position
            .checked_sub(2)
            .filter(|&before| tokens[before + 1].is(".") && tokens[before].is_name());
        let start = match schema {
            Some(before) => {
                let found = sql_text::fold(tokens[before].text);
                let expected = from.schema.as_deref().unwrap_or("public");
                (found.as_deref() == Some(expected)).then(|| tokens[before].start())?
            }
            None => token.start(),
        };
        is_wanted().then(|| (start, token.end, name.clone()))
    })
}

fn replace_tokens(
    text: &str,
    mut replacement: impl FnMut(&[Token<'_>], usize) -> Option<(usize, usize, String)>,
) -> String {
    let tokens = tokens(text);
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for position in 0..tokens.len() {
        if let Some((start, end, new)) = replacement(&tokens, position) {
            result.push_str(&text[copied..start]);
            result.push_str(&new);
            copied = end;
        }
    }
    result + &text[copied..]
}
