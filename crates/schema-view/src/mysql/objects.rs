//! What statements of MySQL and MariaDB make beside tables, and who speaks of it.

use crate::uses::{Catalog, Piece, columns};
use crate::{Object, Origin, Target, Trigger, View};
use mysql_model::Schema;
use mysql_text::object::{ObjectKind, made_by};
use mysql_text::{TokenKind, tokens};
use std::collections::BTreeSet;

/// Puts what all statements of the schema make into a view that has its tables.
pub(super) fn put_all(view: &mut View, schema: &Schema) {
    for (position, statement) in schema.statements.iter().enumerate() {
        let origin = Origin {
            statement: position,
            line: 0,
        };
        put(view, statement.sql.trim(), origin);
    }
    put_uses(view);
}

/// Puts a trigger with its table, and anything else among the objects.
fn put(view: &mut View, sql: &str, origin: Origin) {
    let object = made_by(sql);
    let of_table = object
        .as_ref()
        .filter(|object| object.kind == ObjectKind::Trigger)
        .and_then(|_| {
            let pieces = pieces(sql);
            let on = pieces.iter().position(|piece| piece.is("on"))?;
            let mut names = pieces[on + 1..].iter();
            let mut table = names.next()?.name()?;
            if names.next().is_some_and(|next| next.is_sign('.')) {
                table = names.next()?.name()?;
            }
            view.tables.iter().position(|one| one.name == table)
        });
    match (object, of_table) {
        (Some(object), Some(position)) => view.tables[position].triggers.push(Trigger {
            name: object.name,
            sql: sql.to_owned(),
            origin: Some(origin),
            ..Trigger::default()
        }),
        (object, _) => {
            let (kind, name) = object
                .map(|object| (object.kind.word().to_lowercase(), object.name))
                .unwrap_or_default();
            view.objects.push(Object {
                kind,
                name,
                sql: sql.to_owned(),
                origin: Some(origin),
                ..Object::default()
            });
        }
    }
}

/// Says of everything what it speaks of, and of views which columns they have.
fn put_uses(view: &mut View) {
    if view.objects.is_empty() && view.tables.iter().all(|table| table.triggers.is_empty()) {
        return;
    }
    let catalog = Catalog::of(view);
    for position in 0..view.objects.len() {
        let object = &view.objects[position];
        let pieces = pieces(&object.sql);
        let mut uses = catalog.uses(&pieces);
        uses.remove(&Target::Object(position));
        let columns = if object.kind == "view" {
            columns(&pieces, &catalog, view).unwrap_or_default()
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
            let texts = [&column.default, &column.generated];
            let found: BTreeSet<Target> = texts
                .into_iter()
                .flatten()
                .flat_map(|sql| uses(sql))
                .collect();
            column.uses = found.into_iter().collect();
        }
        for trigger in &mut table.triggers {
            trigger.uses = uses(&trigger.sql).into_iter().collect();
        }
        let checks = table.checks.iter().map(|check| &check.definition);
        let found: BTreeSet<Target> = checks.flat_map(|sql| uses(sql)).collect();
        table.uses = found.into_iter().collect();
    }
}

/// The words of SQL. A routine is called in any case, a table only in its own.
fn pieces(sql: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for token in tokens(sql) {
        match token.kind {
            TokenKind::Word => {
                pieces.push(Piece::Word(
                    token.text.to_owned(),
                    token.text.to_lowercase(),
                ));
            }
            TokenKind::Number => {
                pieces.push(Piece::Word(token.text.to_owned(), token.text.to_owned()));
            }
            TokenKind::QuotedName => pieces.extend(token.name().map(Piece::Quoted)),
            TokenKind::Text | TokenKind::Bytes => pieces.push(Piece::Text(token.text.to_owned())),
            TokenKind::Symbol => pieces.extend(token.text.chars().map(Piece::Sign)),
        }
    }
    pieces
}
