//! What statements of PostgreSQL make beside tables, and who speaks of it.

use super::shown;
use crate::uses::{Catalog, Piece, columns};
use crate::{Constraint, Index, Object, Origin, Target, Trigger, View};
use pg_model::Schema;
use pg_text::cursor::{Cursor, at_commas, span};
use pg_text::object::{Kind, made};
use sql_text::{Token, TokenKind};
use std::collections::BTreeSet;

/// Puts what all statements of the schema make into a view that has its tables and enums.
pub(super) fn put_all(view: &mut View, schema: &Schema) {
    for (position, statement) in schema.statements.iter().enumerate() {
        // One piece of source may hold several statements.
        for piece in sql_text::split(&statement.sql) {
            let sql = piece.trim();
            let before = sql.as_ptr().addr() - statement.sql.as_ptr().addr();
            let origin = Origin {
                statement: position,
                line: statement.sql[..before].matches('\n').count(),
            };
            put(view, sql, origin);
        }
    }
    put_uses(view);
}

/// Puts a statement where people look for what it makes: with its table, else among the objects.
fn put(view: &mut View, sql: &str, origin: Origin) {
    let table_at = |view: &View, name: &str| {
        let mut tables = view.tables.iter();
        tables.position(|table| table.name == name)
    };
    if let Some((parent, part)) = partition(sql)
        && let Some(position) = table_at(view, &parent)
    {
        view.tables[position].partitions.push(part);
        return;
    }
    if let Some((table, index)) = index(sql) {
        if let Some(position) = table_at(view, &table) {
            view.tables[position].indexes.push(index);
            return;
        }
        let of_view = |object: &&mut Object| is_view(&object.kind) && object.name == table;
        if let Some(object) = view.objects.iter_mut().find(of_view) {
            object.indexes.push(index);
            return;
        }
    }
    if is_about_an_object(view, sql) {
        return;
    }
    let object = made(sql);
    let table = object.as_ref().and_then(|object| object.table.as_ref());
    let of_table = table.and_then(|table| table_at(view, &shown(table)));
    let of_view = table.map(shown).and_then(|table| {
        let mut objects = view.objects.iter();
        objects.position(|object| is_view(&object.kind) && object.name == table)
    });
    match (object, of_table, of_view) {
        (Some(object), Some(position), _) if object.kind == Kind::Trigger => {
            view.tables[position].triggers.push(Trigger {
                name: object.name.name.clone(),
                sql: sql.to_owned(),
                origin: Some(origin),
                ..Trigger::default()
            });
        }
        (Some(object), Some(position), _) => {
            view.tables[position].checks.push(Constraint {
                name: object.name.name.clone(),
                definition: sql.to_owned(),
            });
        }
        (Some(_), None, Some(position)) => view.objects[position].further.push(sql.to_owned()),
        (Some(object), None, None) => {
            let is_routine = matches!(
                object.kind,
                Kind::Function | Kind::Procedure | Kind::Aggregate
            );
            let labels = labels(sql);
            view.objects.push(Object {
                kind: if labels.is_empty() {
                    object.kind.noun()
                } else {
                    "enum".to_owned()
                },
                name: shown(&object.name),
                arguments: object
                    .routine
                    .as_ref()
                    .map(|routine| {
                        let types = routine.input().map(|argument| argument.spelt.clone());
                        types.collect::<Vec<_>>().join(", ")
                    })
                    .filter(|_| is_routine),
                labels,
                sql: sql.to_owned(),
                origin: Some(origin),
                ..Object::default()
            });
        }
        (None, _, _) => view.objects.push(Object {
            sql: sql.to_owned(),
            origin: Some(origin),
            ..Object::default()
        }),
    }
}

fn is_view(kind: &str) -> bool {
    matches!(kind, "view" | "materialized view")
}

/// The parent and the part, with its bounds, of a statement that makes a table a part of another.
fn partition(sql: &str) -> Option<(String, String)> {
    let tokens = sql_text::tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    let (parent, part) = if cursor.accept(&["create", "table"]) {
        cursor.accept(&["if", "not", "exists"]);
        let (_, part) = cursor.name()?;
        if !cursor.accept(&["partition", "of"]) {
            return None;
        }
        let (_, parent) = cursor.name()?;
        (parent, part)
    } else if cursor.accept(&["alter", "table"]) {
        cursor.accept(&["only"]);
        let (_, parent) = cursor.name()?;
        if !cursor.accept(&["attach", "partition"]) {
            return None;
        }
        let (_, part) = cursor.name()?;
        (parent, part)
    } else {
        return None;
    };
    let bounds = span(sql, cursor.rest());
    Some((
        shown(&parent),
        format!("{} {}", shown(&part), bounds.trim_end_matches(';'))
            .trim()
            .to_owned(),
    ))
}

/// The relation of a `CREATE INDEX`, and the index.
fn index(sql: &str) -> Option<(String, Index)> {
    let tokens = sql_text::tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    cursor.accept(&["create"]).then_some(())?;
    let unique = cursor.accept(&["unique"]);
    cursor.accept(&["index"]).then_some(())?;
    cursor.accept(&["concurrently"]);
    cursor.accept(&["if", "not", "exists"]);
    let mut index = Index {
        unique,
        ..Index::default()
    };
    if !cursor.accept(&["on"]) {
        index.name = cursor.name()?.1.name;
        cursor.accept(&["on"]).then_some(())?;
    }
    cursor.accept(&["only"]);
    let (_, table) = cursor.name()?;
    if cursor.accept(&["using"]) {
        index.method = cursor.name()?.1.name;
        if index.method == "btree" {
            index.method.clear();
        }
    }
    let parts = at_commas(cursor.parenthesis()?);
    let plain = |part: &&[Token<'_>]| match part {
        [name] => sql_text::fold(name.text),
        _ => None,
    };
    index.columns = parts.iter().map(plain).collect();
    index.parts = parts
        .iter()
        .map(|part| plain(part).unwrap_or_else(|| span(sql, part).to_owned()))
        .collect();
    if cursor.accept(&["include"]) {
        let columns = cursor.parenthesis()?.iter();
        index.include = columns.filter_map(|one| sql_text::fold(one.text)).collect();
    }
    while !cursor.is_at_end() {
        if cursor.accept(&["where"]) {
            let predicate = span(sql, cursor.rest()).trim_end_matches(';').trim_end();
            index.predicate = Some(predicate.to_owned());
            break;
        }
        cursor.next();
    }
    Some((shown(&table), index))
}

/// Puts a `COMMENT ON` or an `ALTER` with what it is about, when that is there.
fn is_about_an_object(view: &mut View, sql: &str) -> bool {
    let tokens = sql_text::tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    let is_comment = cursor.accept(&["comment", "on"]);
    if !is_comment && !cursor.accept(&["alter"]) {
        return false;
    }
    let kinds: [&[&str]; 8] = [
        &["materialized", "view"],
        &["view"],
        &["function"],
        &["procedure"],
        &["aggregate"],
        &["sequence"],
        &["domain"],
        &["type"],
    ];
    let Some(kind) = kinds.iter().find(|kind| cursor.accept(kind)) else {
        return false;
    };
    let kind = kind.join(" ");
    cursor.accept(&["if", "exists"]);
    let Some((_, name)) = cursor.name() else {
        return false;
    };
    let name = shown(&name);
    let arguments = cursor.parenthesis().map(|inside| span(sql, inside));
    let fits = |object: &&mut Object| {
        (object.kind == kind || kind == "type" && object.kind == "enum")
            && object.name == name
            && arguments.is_none_or(|arguments| object.arguments.as_deref() == Some(arguments))
    };
    let Some(object) = view.objects.iter_mut().find(fits) else {
        return false;
    };
    if !is_comment {
        object.further.push(sql.to_owned());
        return true;
    }
    let comment = cursor.accept(&["is"]).then(|| cursor.next()).flatten();
    let Some(comment) = comment else {
        return false;
    };
    object.comment = sql_text::string_value(comment.text).filter(|text| !text.trim().is_empty());
    true
}

/// The labels of a type that is an enum.
fn labels(sql: &str) -> Vec<String> {
    let tokens = sql_text::tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    if !cursor.accept(&["create", "type"])
        || cursor.name().is_none()
        || !cursor.accept(&["as", "enum"])
    {
        return Vec::new();
    }
    let inside = cursor.parenthesis().unwrap_or_default().iter();
    inside
        .filter_map(|token| sql_text::string_value(token.text))
        .collect()
}

/// Says of everything what it speaks of, and of views which columns they have.
fn put_uses(view: &mut View) {
    if view.objects.is_empty() && view.tables.iter().all(|table| table.triggers.is_empty()) {
        return;
    }
    let catalog = Catalog::of(view);
    for position in 0..view.objects.len() {
        let object = &view.objects[position];
        let mut uses = BTreeSet::new();
        for sql in std::iter::once(&object.sql).chain(&object.further) {
            uses.extend(catalog.uses(&pieces(sql)));
        }
        let routine = made(&object.sql).and_then(|object| object.routine);
        if let Some(routine) = &routine {
            let types = routine.arguments.iter().map(|argument| &argument.data_type);
            for data_type in types.chain(&routine.result) {
                uses.extend(catalog.type_named(type_name(data_type.as_str())));
            }
        }
        // Itself, or another of its name.
        uses.retain(|used| !matches!(used, Target::Object(other) if view.objects[*other].name == object.name));
        let columns = if is_view(&object.kind) {
            columns(&pieces(&object.sql), &catalog, view).unwrap_or_default()
        } else {
            Vec::new()
        };
        let object = &mut view.objects[position];
        object.uses = uses.into_iter().collect();
        object.columns = columns;
    }
    for position in 0..view.tables.len() {
        let own = Target::Table(position);
        let uses = |sql: &str| -> BTreeSet<Target> {
            let mut uses = catalog.uses(&pieces(sql));
            uses.remove(&own);
            uses
        };
        let table = &mut view.tables[position];
        for column in &mut table.columns {
            let mut found: BTreeSet<Target> = [&column.default, &column.generated]
                .into_iter()
                .flatten()
                .flat_map(|sql| uses(sql))
                .collect();
            found.extend(catalog.type_named(type_name(&column.type_text)));
            column.uses = found.into_iter().collect();
        }
        for trigger in &mut table.triggers {
            trigger.uses = uses(&trigger.sql).into_iter().collect();
        }
        let checks = table.checks.iter().map(|check| &check.definition);
        let indexes = table.indexes.iter();
        let parts = indexes.flat_map(|index| index.parts.iter().chain(&index.predicate));
        let found: BTreeSet<Target> = checks.chain(parts).flat_map(|sql| uses(sql)).collect();
        table.uses = found.into_iter().collect();
    }
    // What is a view's column has its type's link too, which is known only now.
    for object in &mut view.objects {
        for column in &mut object.columns {
            column.uses = catalog
                .type_named(type_name(&column.type_text))
                .into_iter()
                .collect();
        }
    }
}

/// The name in a type, without brackets, quotes and the usual schema.
fn type_name(text: &str) -> &str {
    let text = text.trim_end_matches("[]").trim_matches('"');
    text.strip_prefix("public.").unwrap_or(text)
}

/// The words of SQL; those of bodies between dollars, and in texts behind `AS`, are among them.
fn pieces(sql: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    put_pieces(sql, &mut pieces);
    pieces
}

fn put_pieces(sql: &str, pieces: &mut Vec<Piece>) {
    for token in sql_text::tokens(sql) {
        match token.kind {
            TokenKind::Word => {
                let lower = token.text.to_lowercase();
                pieces.push(Piece::Word(lower.clone(), lower));
            }
            TokenKind::QuotedName => pieces.extend(sql_text::fold(token.text).map(Piece::Quoted)),
            TokenKind::Literal if token.text.starts_with('$') => {
                let tag = token.text[1..].find('$').map_or(1, |at| at + 2);
                let end = token.text.len().saturating_sub(tag).max(tag);
                put_pieces(token.text.get(tag..end).unwrap_or_default(), pieces);
            }
            TokenKind::Literal => {
                pieces.extend(sql_text::string_value(token.text).map(Piece::Text));
            }
            TokenKind::Symbol => pieces.extend(token.text.chars().map(Piece::Sign)),
        }
    }
}
