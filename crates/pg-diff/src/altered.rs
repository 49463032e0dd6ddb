//! Things of the source that the same source alters: what both statements make together, as one would have made it.
//!
//! Two sources that come to the same thing by other ways then have the same thing, and a way that is gone leaves
//! nothing to undo.

use crate::definition::{Composite, Domain};
use pg_sql::{identifier, qualified};
use pg_text::cursor::{Cursor, span};
use pg_text::object::{Kind, Object, dropped};
use sql_text::{Token, fold, tokens};

/// What an `ALTER` is about, and what it does to that.
pub(crate) struct Alter<'a> {
    pub(crate) object: Object,
    pub(crate) action: &'a str,
}

/// A statement that makes what another one made and altered.
pub(crate) enum Altered {
    /// Where the thing was made.
    There(String),
    /// Where it was altered: what the alteration speaks of may have come between.
    Here(String),
    /// Where it was made, under another name.
    Renamed(String),
}

impl<'a> Alter<'a> {
    /// Reads an `ALTER`. None where it isn't known which one thing it is about.
    pub(crate) fn read(sql: &'a str) -> Option<Self> {
        let found = tokens(sql);
        found.first()?.is("alter").then_some(())?;
        let rest = found.get(1)?.start();
        // It names what it is about as a `DROP` does.
        let (at, object) = (3..found.len()).find_map(|at| {
            let goes_on = [".", "(", ","].contains(&found[at].text);
            let head = sql.get(rest..found[at].start())?;
            (!goes_on).then(|| dropped(&format!("DROP {head}")).map(|object| (at, object)))?
        })?;
        let action = sql[found[at].start()..].trim_end_matches([';', ' ', '\n']);
        Some(Self { object, action })
    }

    /// The statement that makes at once what `create` makes and this alters; `is_done` says of a renaming whether both
    /// sources have it behind them. None where that can't be told.
    pub(crate) fn applied(
        &self,
        create: &str,
        sql: &str,
        is_done: impl FnOnce() -> bool,
    ) -> Option<Altered> {
        let found = tokens(self.action);
        let mut cursor = Cursor::new(self.action, &found);
        let kind = self.object.kind;
        let mut name = self.object.name.clone();
        let moves = if cursor.accept(&["rename", "to"]) {
            name.name = cursor.name()?.1.name;
            true
        } else if cursor.accept(&["set", "schema"]) {
            name.schema = Some(fold(cursor.next()?.text)?).filter(|schema| schema != "public");
            true
        } else {
            false
        };
        if moves {
            cursor.is_at_end().then_some(())?;
            let is_plain = !matches!(kind, Kind::Operator | Kind::Cast | Kind::Index);
            (kind.is_derived() && is_plain).then_some(())?;
            let spelt = if self.object.table.is_some() {
                identifier(&name.name).into_owned()
            } else {
                qualified(&name)
            };
            return under_another_name(create, &self.object, &spelt).map(Altered::Renamed);
        }
        match kind {
            Kind::Domain => {
                let mut domain = Domain::read(create, &name)?;
                domain.alter(self.action, &name)?;
                domain.can_be_created().then_some(())?;
                Some(Altered::There(domain.create_sql(&name)))
            }
            Kind::Type => {
                let mut composite = Composite::read(create)?;
                if cursor.is_at(&["rename", "attribute"]) {
                    is_done().then_some(())?;
                }
                composite.alter(self.action)?;
                Some(Altered::There(composite.create_sql(&name)))
            }
            Kind::TextSearchConfiguration
            | Kind::TextSearchDictionary
            | Kind::Publication
            | Kind::Policy
            | Kind::OperatorFamily
                if !cursor.is_at(&["owner"]) =>
            {
                Some(Altered::Here(format!(
                    "{};\n{}",
                    create.trim_end().trim_end_matches(';'),
                    sql.trim_end().trim_end_matches(';')
                )))
            }
            _ => None,
        }
    }
}

/// A statement that makes a thing, with another name for it.
fn under_another_name(create: &str, object: &Object, spelt: &str) -> Option<String> {
    let found = tokens(create);
    let noun: Vec<Token<'_>> = found
        .iter()
        .copied()
        .take_while(|token| token.text != "(")
        .take(10)
        .collect();
    (1..noun.len()).find_map(|at| {
        let begins = object
            .kind
            .noun()
            .ends_with(&noun[at - 1].text.to_lowercase())
            || noun[at - 1].is("exists");
        begins.then_some(())?;
        let mut cursor = Cursor::new(create, &found[at..]);
        let (_, name) = cursor.name()?;
        (name == object.name || name.name == object.name.name && object.table.is_some())
            .then_some(())?;
        let end = found[..found.len() - cursor.rest().len()].last()?.end;
        Some(format!(
            "{}{spelt}{}",
            &create[..found[at].start()],
            &create[end..]
        ))
    })
}

/// Takes a type's text, which ends where an action does.
pub(crate) fn rest_as_type(cursor: &Cursor<'_, '_>) -> Option<String> {
    let rest: Vec<&Token<'_>> = cursor.rest().iter().collect();
    let end = rest
        .iter()
        .position(|token| token.is("cascade") || token.is("restrict"))
        .unwrap_or(rest.len());
    (end > 0).then(|| span(cursor.sql, &cursor.rest()[..end]).to_owned())
}
