//! Which thing a statement makes, from its head.

use crate::{Token, TokenKind, tokens};

/// Kinds of things that statements make, besides tables of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// `TABLE`
    Table,
    /// `VIEW`
    View,
    /// `TRIGGER`
    Trigger,
    /// `FUNCTION`
    Function,
    /// `PROCEDURE`
    Procedure,
    /// `EVENT`
    Event,
    /// `SEQUENCE`, MariaDB only
    Sequence,
}

impl ObjectKind {
    const ALL: &[Self] = &[
        Self::Table,
        Self::View,
        Self::Trigger,
        Self::Function,
        Self::Procedure,
        Self::Event,
        Self::Sequence,
    ];

    /// Its word in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "TABLE",
            Self::View => "VIEW",
            Self::Trigger => "TRIGGER",
            Self::Function => "FUNCTION",
            Self::Procedure => "PROCEDURE",
            Self::Event => "EVENT",
            Self::Sequence => "SEQUENCE",
        }
    }
}

/// A thing by its kind and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name, without that of its database.
    pub name: String,
}

/// What a statement makes: `CREATE OR REPLACE DEFINER=… SQL SECURITY INVOKER VIEW a …`. None for other statements, and for
/// parts of tables such as indexes.
pub fn made_by(sql: &str) -> Option<Object> {
    // The longest head: an algorithm, a definer of eight tokens, a security.
    const HEAD: usize = 24;
    let found = tokens(sql);
    if !found.first()?.is("create") {
        return None;
    }
    let mut rest = found.get(1..)?;
    let kind = loop {
        let first = rest.first()?;
        if found.len() - rest.len() > HEAD || first.is("index") || first.is("(") {
            return None;
        }
        let kind = ObjectKind::ALL.iter().find(|kind| first.is(kind.word()));
        rest = &rest[1..];
        if let Some(kind) = kind {
            break *kind;
        }
    };
    if let [first, second, third, behind @ ..] = rest
        && first.is("if")
        && second.is("not")
        && third.is("exists")
    {
        rest = behind;
    }
    let name = match rest {
        [_, point, name, ..] if is_point(point) => name,
        [name, ..] => name,
        [] => return None,
    };
    Some(Object {
        kind,
        name: name.name()?,
    })
}

fn is_point(token: &Token<'_>) -> bool {
    token.kind == TokenKind::Symbol && token.text == "."
}

/// Whether a text has the name as a word of its own.
pub fn mentions(sql: &str, name: &str) -> bool {
    tokens(sql).iter().any(|token| {
        token
            .name()
            .is_some_and(|own| own.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_what_is_made() {
        for (sql, expected) in [
            (
                "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW `x`.`v` AS SELECT 1",
                Some((ObjectKind::View, "v")),
            ),
            (
                "create trigger if not exists t before insert on a for each row set @x = 1",
                Some((ObjectKind::Trigger, "t")),
            ),
            (
                "CREATE AGGREGATE FUNCTION f RETURNS int SONAME 'x'",
                Some((ObjectKind::Function, "f")),
            ),
            (
                "CREATE TABLE `a``b` (c int)",
                Some((ObjectKind::Table, "a`b")),
            ),
            ("CREATE UNIQUE INDEX event ON a (b)", None),
            ("INSERT INTO view VALUES (1)", None),
        ] {
            let found = made_by(sql);
            let found = found.as_ref().map(|made| (made.kind, made.name.as_str()));
            assert_eq!(found, expected, "{sql}");
        }
    }
}
