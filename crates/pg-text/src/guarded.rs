//! `DO` blocks in which tools make what may be there already, where PostgreSQL has no `IF NOT EXISTS`.

use crate::cursor::Cursor;
use sql_text::{TokenKind, split, string_value, tokens};

/// Errors that say that something is there already.
const IS_THERE: [&str; 5] = [
    "duplicate_object",
    "duplicate_table",
    "duplicate_column",
    "duplicate_function",
    "others",
];

/// The statements that make or alter something in a block that does nothing else: one that takes no notice when it is
/// there (`EXCEPTION WHEN duplicate_object THEN null`), or asks before (`IF NOT EXISTS (SELECT … FROM pg_type …) THEN`).
///
/// ```
/// let block = "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN null; END $$";
/// assert_eq!(
///     pg_text::guarded_statements(block).as_deref(),
///     Some(&["CREATE TYPE mood AS ENUM ('a')".to_owned()][..])
/// );
/// ```
pub fn guarded_statements(sql: &str) -> Option<Vec<String>> {
    let found = tokens(sql);
    let mut cursor = Cursor::new(sql, &found);
    cursor.accept(&["do"]).then_some(())?;
    cursor.accept(&["language", "plpgsql"]);
    let literal = cursor.next()?;
    (literal.kind == TokenKind::Literal).then_some(())?;
    cursor.accept(&["language", "plpgsql"]);
    cursor.accept(&[";"]);
    cursor.is_at_end().then_some(())?;
    let body = text_of(literal.text)?;
    inside(&body)
}

/// What a literal says, in quotes or between dollars.
fn text_of(literal: &str) -> Option<String> {
    let Some(rest) = literal.strip_prefix('$') else {
        return string_value(literal);
    };
    let (tag, rest) = rest.split_once('$')?;
    rest.strip_suffix(&format!("${tag}$")).map(str::to_owned)
}

fn inside(body: &str) -> Option<Vec<String>> {
    let found = tokens(body);
    let mut cursor = Cursor::new(body, &found);
    cursor.accept(&["begin"]).then_some(())?;
    let start = cursor.peek()?.start();
    let mut parts: Vec<&str> = split(&body[start..]);
    is_end(parts.pop()?, &["end"]).then_some(())?;
    let mut statements = Vec::new();
    if is_guard(parts.last()?) {
        parts.pop();
        for part in &parts {
            statements.push(making(part)?);
        }
    } else {
        let mut parts = parts.into_iter();
        while let Some(part) = parts.next() {
            statements.push(making(behind_question(part)?)?);
            loop {
                let next = parts.next()?;
                if is_end(next, &["end", "if"]) {
                    break;
                }
                statements.push(making(next)?);
            }
        }
    }
    (!statements.is_empty()).then_some(statements)
}

fn is_end(sql: &str, words: &[&str]) -> bool {
    let found = tokens(sql);
    let mut cursor = Cursor::new(sql, &found);
    cursor.accept(words) && cursor.is_at_end()
}

/// `EXCEPTION WHEN duplicate_object THEN null`, or a notice in its place.
fn is_guard(sql: &str) -> bool {
    let found = tokens(sql);
    let mut cursor = Cursor::new(sql, &found);
    if !cursor.accept(&["exception", "when"]) {
        return false;
    }
    loop {
        if !cursor
            .next()
            .is_some_and(|word| IS_THERE.iter().any(|known| word.is(known)))
        {
            return false;
        }
        if !cursor.accept(&["or"]) {
            break;
        }
    }
    cursor.accept(&["then"])
        && (cursor.accept(&["null"]) && cursor.is_at_end() || cursor.is_at(&["raise", "notice"]))
}

/// The statement behind `IF NOT EXISTS (SELECT … FROM a catalogue …) THEN`, where the question is about what it makes.
fn behind_question(sql: &str) -> Option<&str> {
    let found = tokens(sql);
    let mut cursor = Cursor::new(sql, &found);
    cursor.accept(&["if", "not", "exists"]).then_some(())?;
    let question = cursor.parenthesis()?;
    let asks_a_catalogue = question.iter().any(|token| {
        let word = token.text.to_ascii_lowercase();
        word.starts_with("pg_") || word == "information_schema"
    });
    (asks_a_catalogue && cursor.accept(&["then"])).then_some(())?;
    let statement = &sql[cursor.peek()?.start()..];
    let words = tokens(statement);
    let is_named = |literal: &str| {
        let name = literal.trim_matches('\'');
        let name = name.rsplit('.').next().unwrap_or(name);
        words
            .iter()
            .any(|word| word.text.trim_matches('"').eq_ignore_ascii_case(name))
    };
    question
        .iter()
        .any(|token| token.text.starts_with('\'') && is_named(token.text))
        .then_some(statement)
}

/// A statement that makes or alters something.
fn making(sql: &str) -> Option<String> {
    let found = tokens(sql);
    let first = found.first()?;
    (first.is("create") || first.is("alter")).then(|| sql.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_makes_what_may_be_there_is_what_stands_in_it() {
        for block in [
            "DO $$ BEGIN CREATE TYPE m AS (a int); EXCEPTION WHEN duplicate_object THEN null; END $$",
            "do $x$\nbegin\n  CREATE TYPE m AS (a int);\nexception\n  when duplicate_object or duplicate_table then null;\nend;\n$x$ language plpgsql;",
            "DO LANGUAGE plpgsql $$ BEGIN CREATE TYPE m AS (a int); EXCEPTION WHEN others THEN NULL; END $$",
            "DO 'BEGIN CREATE TYPE m AS (a int); EXCEPTION WHEN duplicate_object THEN RAISE NOTICE ''there''; END'",
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm') THEN CREATE TYPE m AS (a int); END IF; END $$",
        ] {
            assert_eq!(
                guarded_statements(block),
                Some(vec!["CREATE TYPE m AS (a int)".to_owned()]),
                "{block}"
            );
        }
    }

    #[test]
    fn a_block_that_does_anything_else_stays_one() {
        for block in [
            "DO $$ BEGIN CREATE TYPE m AS (a int); END $$",
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM t) THEN CREATE TYPE m AS (a int); END IF; END $$",
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'm2') THEN CREATE TYPE m AS (a int); END IF; END $$",
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_type) THEN CREATE TYPE m AS (a int); END IF; END $$",
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type) THEN CREATE TYPE m AS (a int); ELSE CREATE TYPE n AS (a int); END IF; END $$",
            "DO $$ BEGIN INSERT INTO t VALUES (1); EXCEPTION WHEN duplicate_object THEN null; END $$",
            "DO $$ DECLARE a int; BEGIN CREATE TYPE m AS (a int); EXCEPTION WHEN duplicate_object THEN null; END $$",
            "DO $$ BEGIN EXECUTE 'CREATE TYPE m AS (a int)'; EXCEPTION WHEN duplicate_object THEN null; END $$",
            "DO LANGUAGE plperl $$ x $$",
            "SELECT 1",
        ] {
            assert_eq!(guarded_statements(block), None, "{block}");
        }
    }
}
