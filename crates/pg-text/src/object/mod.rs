//! What a statement makes, told apart as PostgreSQL tells it apart: by kind, schema, folded name and, where they
//! count, input types, table or operands. How it is spelt makes no difference.
//!
//! Only heads are read. What isn't recognised is none, never a guess.

mod kind;
mod routine;
mod type_name;

pub use kind::{Kind, Space};
pub use routine::{Argument, Body, Mode, Routine};
pub use type_name::{TypeName, catalog_name};

use crate::cursor::{Cursor, at_commas, span};
use pg_model::QualifiedName;
use sql_text::{Token, TokenKind, words};

/// What a `CREATE` statement makes, or what a `DROP` statement takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its name, folded; without a schema where that is `public`. Empty for a cast.
    pub name: QualifiedName,
    /// The table of a trigger, policy, rule, index or constraint.
    pub table: Option<QualifiedName>,
    /// The head of a function or procedure.
    pub routine: Option<Routine>,
    /// What tells it apart from others of its name: canonical, only to be compared.
    detail: String,
    /// What stands behind `DROP`, as the source spells it.
    target: String,
}

impl Object {
    /// The statement that takes it away, without a semicolon.
    pub fn drop_sql(&self) -> String {
        match self.kind {
            Kind::Constraint => format!("ALTER TABLE {}", self.target),
            kind => format!("DROP {} {}", kind.noun().to_uppercase(), self.target),
        }
    }

    /// Whether two statements make the same thing, whatever they make of it.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.name == other.name
            && self.table == other.table
            && self.detail == other.detail
    }

    /// Whether both can't be there at once: their names are of one space.
    pub fn takes_the_place_of(&self, other: &Self) -> bool {
        let (own, others) = (self.kind.space(), other.kind.space());
        let is_typed = |kind: Kind| {
            kind.space() == Space::Types
                || matches!(
                    kind,
                    Kind::View | Kind::MaterializedView | Kind::Table | Kind::ForeignTable
                )
        };
        let meets = own == others || (is_typed(self.kind) && is_typed(other.kind));
        let same_detail = own != Space::Routines && !matches!(own, Space::Kind(_))
            || self.detail == other.detail && self.table == other.table;
        meets && self.name == other.name && same_detail
    }

    /// What the thing is called in a message: its name as the source spells it, with what tells it apart.
    pub fn title(&self) -> String {
        let constraint = " DROP CONSTRAINT ";
        match (self.kind, self.target.split_once(constraint)) {
            (Kind::Constraint, Some((table, name))) => format!("{name} ON {table}"),
            _ => self.target.clone(),
        }
    }

    /// What it is found by in other SQL: its name without a schema, or the sign of an operator.
    pub fn word(&self) -> &str {
        &self.name.name
    }
}

/// What a statement makes, when it is of a known kind. `ALTER TABLE … ADD CONSTRAINT name` makes a constraint.
pub fn made(sql: &str) -> Option<Object> {
    let tokens = words(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    if cursor.accept(&["alter"]) {
        return added_constraint(&mut cursor);
    }
    if !cursor.accept(&["create"]) {
        return None;
    }
    cursor.accept(&["or", "replace"]);
    while [
        "unlogged",
        "recursive",
        "constraint",
        "unique",
        "trusted",
        "procedural",
        "default",
    ]
    .iter()
    .any(|word| cursor.accept(&[word]))
    {}
    let kind = take_kind(&mut cursor)?;
    cursor.accept(&["concurrently"]);
    if cursor.is_at(&["if"]) && !cursor.accept(&["if", "not", "exists"]) {
        return None;
    }
    if kind == Kind::Extension || kind == Kind::Schema {
        // A schema may have no name but its owner's.
        if cursor.is_at(&["authorization"]) {
            return None;
        }
    }
    named(&mut cursor, kind, Naming::Creating)
}

/// What a `DROP` statement takes away, when that is one thing.
pub fn dropped(sql: &str) -> Option<Object> {
    let tokens = words(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    if !cursor.accept(&["drop"]) {
        return None;
    }
    let kind = take_kind(&mut cursor)?;
    cursor.accept(&["concurrently"]);
    cursor.accept(&["if", "exists"]);
    let object = named(&mut cursor, kind, Naming::Dropping)?;
    // More than one name, or without its arguments, is more than is known here.
    let _how = cursor.accept(&["cascade"]) || cursor.accept(&["restrict"]);
    (cursor.accept(&[";"]) || cursor.is_at_end()).then_some(object)
}

/// Whether a name begins a definition, or is all there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    Creating,
    Dropping,
}

fn take_kind(cursor: &mut Cursor<'_, '_>) -> Option<Kind> {
    kind::KINDS
        .iter()
        .find_map(|(words, kind)| cursor.accept(words).then_some(*kind))
}

fn named(cursor: &mut Cursor<'_, '_>, kind: Kind, naming: Naming) -> Option<Object> {
    let mut object = Object {
        kind,
        name: QualifiedName::bare(""),
        table: None,
        routine: None,
        detail: String::new(),
        target: String::new(),
    };
    match kind {
        Kind::Cast => return cast(cursor, object),
        Kind::Operator => return operator(cursor, object, naming),
        Kind::Transform => {
            if !cursor.accept(&["for"]) {
                return None;
            }
            let data_type = type_name::read(cursor)?;
            cursor.accept(&["language"]).then_some(())?;
            let (language, name) = cursor.name()?;
            object.name = name;
            object.detail = data_type.to_string();
            object.target = format!("FOR {data_type} LANGUAGE {language}");
            return Some(object);
        }
        Kind::UserMapping => {
            cursor.accept(&["for"]).then_some(())?;
            let user = cursor.next()?.text.to_owned();
            cursor.accept(&["server"]).then_some(())?;
            let (server, name) = cursor.name()?;
            object.name = name;
            object.detail = user.to_lowercase();
            object.target = format!("FOR {user} SERVER {server}");
            return Some(object);
        }
        _ => {}
    }
    let (spelt, name) = cursor.name()?;
    object.name = name;
    object.target.clone_from(&spelt);
    match kind {
        Kind::Trigger | Kind::Policy | Kind::Rule => {
            // A rule is `ON` an event `TO` a table.
            let by_event = kind == Kind::Rule && naming == Naming::Creating;
            if !cursor.skip_past(if by_event { "to" } else { "on" }) {
                return None;
            }
            let (table, name) = cursor.name()?;
            object.target = format!("{spelt} ON {table}");
            object.table = Some(name);
        }
        Kind::Index if naming == Naming::Creating => {
            // An index without a name begins with ON; one with a name lives in its table's schema.
            if !cursor.accept(&["on"]) {
                return None;
            }
            cursor.accept(&["only"]);
            let (table, name) = cursor.name()?;
            object.name.schema.clone_from(&name.schema);
            if let Some((schema, _)) = table.rsplit_once('.') {
                object.target = format!("{schema}.{spelt}");
            }
        }
        Kind::Function | Kind::Procedure => routine_of(cursor, &mut object, naming)?,
        Kind::Aggregate => {
            let mut ahead = cursor.clone();
            let (types, text) = match naming {
                Naming::Creating => routine::aggregate(&mut ahead)?,
                Naming::Dropping => dropped_aggregate(&mut ahead)?,
            };
            *cursor = ahead;
            object.detail = list(&types);
            object.target = format!("{spelt}({text})");
        }
        Kind::OperatorClass | Kind::OperatorFamily => {
            if !cursor.skip_past("using") {
                return None;
            }
            let (method, name) = cursor.name()?;
            object.detail = name.name;
            object.target = format!("{spelt} USING {method}");
        }
        _ => {}
    }
    Some(object)
}

fn routine_of(cursor: &mut Cursor<'_, '_>, object: &mut Object, naming: Naming) -> Option<()> {
    let routine = match naming {
        Naming::Creating => routine::read(cursor)?,
        Naming::Dropping => Routine {
            arguments: routine::arguments(cursor)?,
            result: None,
            body: Body::Text,
        },
    };
    let types: Vec<TypeName> = routine.input().map(|one| one.data_type.clone()).collect();
    // A procedure without modes may be meant with its output arguments too.
    let mode = if object.kind == Kind::Procedure {
        "IN "
    } else {
        ""
    };
    let spelt: Vec<String> = routine
        .input()
        .map(|one| format!("{mode}{}", one.spelt))
        .collect();
    object.detail = list(&types);
    object.target = format!("{}({})", object.target, spelt.join(", "));
    object.routine = Some(routine);
    Some(())
}

fn dropped_aggregate(cursor: &mut Cursor<'_, '_>) -> Option<(Vec<TypeName>, String)> {
    // As in CREATE, where a second parenthesis follows.
    let tokens = cursor.rest();
    let sql = cursor.sql;
    let inside = cursor.parenthesis()?;
    let text = span(sql, inside).to_owned();
    let mut twice: Vec<Token<'_>> = tokens[..inside.len() + 2].to_vec();
    twice.extend_from_slice(&tokens[..inside.len() + 2]);
    let (types, _) = routine::aggregate(&mut Cursor::new(sql, &twice))?;
    Some((types, text))
}

fn list(types: &[TypeName]) -> String {
    let names: Vec<&str> = types.iter().map(TypeName::as_str).collect();
    names.join(", ")
}

fn cast(cursor: &mut Cursor<'_, '_>, mut object: Object) -> Option<Object> {
    let inside = cursor.parenthesis()?;
    let sql = cursor.sql;
    let at = inside.iter().position(|token| token.is("as"))?;
    let (source, target) = (span(sql, &inside[..at]), span(sql, &inside[at + 1..]));
    let (from, to) = (TypeName::read(source)?, TypeName::read(target)?);
    object.detail = format!("{from} as {to}");
    object.target = format!("({source} AS {target})");
    Some(object)
}

fn operator(cursor: &mut Cursor<'_, '_>, mut object: Object, naming: Naming) -> Option<Object> {
    let mut spelt = String::new();
    if cursor.peek()?.is_name() {
        let schema = cursor.next()?.text;
        cursor.accept(&["."]).then_some(())?;
        spelt = format!("{schema}.");
        object.name.schema = sql_text::fold(schema).filter(|schema| schema != "public");
    }
    while let Some(sign) = cursor.peek().filter(|token| {
        token.kind == TokenKind::Symbol && !matches!(token.text, "(" | ")" | "," | ";" | ".")
    }) {
        object.name.name.push_str(sign.text);
        cursor.next();
    }
    if object.name.name.is_empty() {
        return None;
    }
    spelt.push_str(&object.name.name);
    let sql = cursor.sql;
    let inside = cursor.parenthesis()?;
    let operand = |names: [&str; 2], position: usize| -> Option<&str> {
        if naming == Naming::Dropping {
            return at_commas(inside)
                .get(position)
                .map(|piece| span(sql, piece));
        }
        let pieces = at_commas(inside);
        let piece = pieces
            .iter()
            .find(|piece| names.iter().any(|name| piece[0].is(name)))?;
        Some(span(sql, piece.get(2..)?))
    };
    let texts = [
        operand(["leftarg", "leftarg1"], 0),
        operand(["rightarg", "rightarg1"], 1),
    ]
    .map(|text| text.unwrap_or("NONE"));
    let named = |text: &str| -> Option<String> {
        if text.eq_ignore_ascii_case("none") {
            return Some("none".to_owned());
        }
        TypeName::read(text).map(|name| name.to_string())
    };
    object.detail = format!("{}, {}", named(texts[0])?, named(texts[1])?);
    object.target = format!("{spelt} ({}, {})", texts[0], texts[1]);
    Some(object)
}

/// `ALTER TABLE t ADD CONSTRAINT c …` with no other action.
fn added_constraint(cursor: &mut Cursor<'_, '_>) -> Option<Object> {
    if !cursor.accept(&["table"]) {
        return None;
    }
    cursor.accept(&["if", "exists"]);
    cursor.accept(&["only"]);
    let (table, table_name) = cursor.name()?;
    if !cursor.accept(&["add", "constraint"]) || at_commas(cursor.rest()).len() != 1 {
        return None;
    }
    let (spelt, name) = cursor.name()?;
    Some(Object {
        kind: Kind::Constraint,
        name,
        table: Some(table_name),
        routine: None,
        detail: String::new(),
        target: format!("{table} DROP CONSTRAINT {spelt}"),
    })
}

#[cfg(test)]
mod tests;
