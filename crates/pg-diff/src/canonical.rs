//! SQL of the source in a form in which its spelling doesn't count.
//!
//! White space, comments, case and needless quotes never count. In definitions that name types and no columns, the
//! spelling of types and the schema `public` don't either. Whatever is left in doubt is a difference: a thing that is
//! made again does less harm than a change that is missed.

use pg_sql::{identifier, literal};
use pg_text::object::{Kind, Object, catalog_name};
use sql_text::{Token, TokenKind, fold, string_value, tokens};

/// How far two texts may differ and still say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Names may mean columns: types keep their spelling.
    Expressions,
    /// Names mean types and objects in the search path.
    Definition,
}

/// A statement, canonical. `object` is what it makes.
pub(crate) fn statement(sql: &str, object: Option<&Object>) -> String {
    let reading = match object.map(|object| object.kind) {
        Some(
            Kind::Function
            | Kind::Procedure
            | Kind::Aggregate
            | Kind::Operator
            | Kind::Cast
            | Kind::Domain
            | Kind::Type
            | Kind::Sequence
            | Kind::Table
            | Kind::Trigger
            | Kind::EventTrigger,
        ) => Reading::Definition,
        _ => Reading::Expressions,
    };
    let mut words = words(sql, reading);
    if object.is_some() {
        remove(&mut words, &["or", "replace"]);
        remove(&mut words, &["if", "not", "exists"]);
    }
    if object.is_some_and(|object| matches!(object.kind, Kind::Trigger | Kind::EventTrigger)) {
        replace(
            &mut words,
            ["execute", "procedure"],
            ["execute", "function"],
        );
    }
    words.join(" ")
}

/// An expression or a definition, canonical.
pub(crate) fn definition(sql: &str) -> String {
    words(sql, Reading::Definition).join(" ")
}

fn words(sql: &str, reading: Reading) -> Vec<String> {
    let tokens = tokens(sql);
    let mut words = Vec::with_capacity(tokens.len());
    let mut position = 0;
    while position < tokens.len() {
        let rest = &tokens[position..];
        if reading == Reading::Definition {
            if is_in_search_path(rest) {
                position += 2;
                continue;
            }
            if let Some((name, used)) = spelt_type(rest) {
                words.push(name.to_owned());
                position += used;
                continue;
            }
        }
        words.push(word(&rest[0]));
        position += 1;
    }
    // What ends a statement ends it once.
    while words.last().is_some_and(|last| last == ";") {
        words.pop();
    }
    words
}

/// `public.name` or `pg_catalog.name`.
fn is_in_search_path(tokens: &[Token<'_>]) -> bool {
    matches!(tokens, [schema, dot, name, ..] if dot.text == "." && name.is_name()
        && fold(schema.text).is_some_and(|schema| schema == "public" || schema == "pg_catalog"))
}

fn spelt_type(tokens: &[Token<'_>]) -> Option<(&'static str, usize)> {
    let bare = tokens
        .iter()
        .take(3)
        .take_while(|token| token.kind == TokenKind::Word);
    let texts: Vec<&str> = bare.map(|token| token.text).collect();
    let is = |words: &[&str]| {
        tokens.len() >= words.len() && words.iter().zip(tokens).all(|(word, token)| token.is(word))
    };
    for (words, name) in [
        (["timestamp", "with", "time", "zone"], "timestamptz"),
        (["timestamp", "without", "time", "zone"], "timestamp"),
        (["time", "with", "time", "zone"], "timetz"),
        (["time", "without", "time", "zone"], "time"),
    ] {
        if is(&words) {
            return Some((name, words.len()));
        }
    }
    catalog_name(&texts)
}

fn word(token: &Token<'_>) -> String {
    match token.kind {
        TokenKind::Word => token.text.to_ascii_lowercase(),
        TokenKind::QuotedName => fold(token.text).map_or_else(
            || token.text.to_owned(),
            |name| identifier(&name).into_owned(),
        ),
        TokenKind::Literal => {
            literal_value(token.text).map_or_else(|| token.text.to_owned(), |text| literal(&text))
        }
        TokenKind::Symbol => token.text.to_owned(),
    }
}

/// What a literal says, in quotes or between dollars.
fn literal_value(text: &str) -> Option<String> {
    if !text.starts_with('$') {
        return string_value(text);
    }
    let delimiter = 2 + text[1..].find('$')?;
    let end = text
        .len()
        .checked_sub(delimiter)
        .filter(|&end| end >= delimiter)?;
    Some(text[delimiter..end].to_owned())
}

fn remove(words: &mut Vec<String>, unwanted: &[&str]) {
    let found = words
        .windows(unwanted.len())
        .position(|window| window.iter().eq(unwanted));
    // Only in the head: a body may say the same.
    if let Some(position) = found.filter(|&position| position < 8) {
        words.drain(position..position + unwanted.len());
    }
}

fn replace(words: &mut [String], old: [&str; 2], new: [&str; 2]) {
    if let Some(position) = words.windows(2).position(|window| window.iter().eq(old)) {
        for (word, replacement) in words[position..].iter_mut().zip(new) {
            replacement.clone_into(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pg_text::object::made;

    #[track_caller]
    fn check(same: bool, one: &str, other: &str) {
        let [one, other] = [one, other].map(|sql| statement(sql, made(sql).as_ref()));
        assert_eq!(one == other, same, "{one}\n{other}");
    }

    #[test]
    fn spelling_makes_no_difference() {
        for (one, other) in [
            ("SELECT  1 -- one\n", "select 1;"),
            (
                "CREATE VIEW \"v\" AS SELECT A FROM t",
                "CREATE OR REPLACE VIEW v AS select a\nFROM \"t\"",
            ),
            (
                "CREATE DOMAIN d AS integer",
                "create domain public.d as pg_catalog.int4",
            ),
            (
                "CREATE DOMAIN d AS character varying(3)",
                "CREATE DOMAIN d AS varchar(3)",
            ),
            (
                "CREATE DOMAIN d AS timestamp with time zone",
                "CREATE DOMAIN d AS timestamptz",
            ),
            (
                "CREATE FUNCTION f(a int) RETURNS int AS $$it's$$ LANGUAGE sql",
                "CREATE OR REPLACE FUNCTION public.f(a integer) RETURNS int4 AS 'it''s' LANGUAGE SQL",
            ),
            (
                "CREATE TRIGGER t AFTER INSERT ON x EXECUTE PROCEDURE f()",
                "CREATE TRIGGER t AFTER INSERT ON public.x EXECUTE FUNCTION public.f()",
            ),
            (
                "CREATE SEQUENCE IF NOT EXISTS s",
                "CREATE SEQUENCE public.s",
            ),
        ] {
            check(true, one, other);
        }
    }

    #[test]
    fn whatever_may_mean_something_is_a_difference() {
        for (one, other) in [
            (
                "CREATE VIEW v AS SELECT 1 AS int",
                "CREATE VIEW v AS SELECT 1 AS int4",
            ),
            (
                "CREATE VIEW v AS SELECT f()",
                "CREATE VIEW v AS SELECT public.f()",
            ),
            ("SELECT 'a'", "SELECT 'A'"),
            ("SELECT \"A\"", "SELECT a"),
            ("SELECT \"user\"", "SELECT user"),
            (
                "CREATE FUNCTION f() RETURNS int AS 'a'",
                "CREATE FUNCTION f() RETURNS int AS 'a '",
            ),
        ] {
            check(false, one, other);
        }
    }
}
