//! Holds an SQL expression of the configuration against the schema before the first row, as far as can be told without
//! a server: what it names, and whether that is there when the server computes it.
//!
//! The rows of a table with such columns go into a temporary table first, which has the columns that get values here
//! and no others.

use crate::check;
use crate::ids::{SchemaTables, TableId};
use crate::settings::{Source, TableSettings};
use nearest_name::did_you_mean;
use sql_text::{Token, TokenKind};
use sqlparser::ast::{Expr, FunctionArguments};
use std::collections::BTreeSet;
use value_model::{ColumnValue, QualifiedName, Schema, Table, load_order};

/// Functions over many rows, which a single row's expression can't have.
const AGGREGATES: [&str; 14] = [
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "string_agg",
    "array_agg",
    "json_agg",
    "jsonb_agg",
    "json_object_agg",
    "jsonb_object_agg",
    "bool_and",
    "bool_or",
    "every",
];

/// Names that are no columns although they look like it.
const NO_COLUMNS: [&str; 9] = [
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "session_user",
    "user",
    "localtime",
    "localtimestamp",
    "current_schema",
];

/// What is wrong with an expression: sentences, and hints where there is one.
pub(crate) fn problems(
    schema: &Schema,
    table: &Table,
    settings: &TableSettings,
    column: &str,
    sql: &str,
) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    if let Some(problem) = broken(sql) {
        return vec![(problem, None)];
    }
    // What the parser doesn't know a server may: then only the words are looked at.
    if let Ok(expression) = check::parse(sql) {
        let mut seen = BTreeSet::new();
        check::walk(&expression, &mut |part| {
            if let Some(name) = named(part, table)
                && seen.insert(name.clone())
            {
                found.extend(of_column(table, settings, column, &name));
            }
            if let Some(name) = aggregate(part) {
                found.push((
                    format!(
                        "`{name}` is over many rows, and the expression is computed for each row"
                    ),
                    Some(format!("a subquery can: `(SELECT {name}(…) FROM …)`")),
                ));
            }
        });
    }
    for name in tables_of_subqueries(sql) {
        found.extend(of_subquery(schema, table, &name));
    }
    found
}

/// What no expression is: open quotes and parentheses, several statements, nothing.
fn broken(sql: &str) -> Option<String> {
    let mut position = 0;
    while let Some(lexeme) = sql_text::lexeme(&sql[position..]) {
        if !lexeme.closed && lexeme.kind.is_some() {
            return Some("a quotation isn't closed in the expression".to_owned());
        }
        position += lexeme.length;
    }
    let mut depth = 0_i64;
    for token in sql_text::words(sql) {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            ";" => return Some("an expression has no semicolon".to_owned()),
            _ => {}
        }
        if depth < 0 {
            break;
        }
    }
    if depth != 0 {
        return Some("the parentheses of the expression don't match".to_owned());
    }
    sql_text::tokens(sql)
        .is_empty()
        .then(|| "there is no expression".to_owned())
}

/// The column that an expression names, as the table's own.
fn named(part: &Expr, table: &Table) -> Option<String> {
    match part {
        Expr::Identifier(name) => Some(check::folded(name))
            .filter(|folded| name.quote_style.is_some() || !NO_COLUMNS.contains(&folded.as_str())),
        Expr::CompoundIdentifier(names) => match names.as_slice() {
            [first, second] if check::folded(first) == table.name.name => {
                Some(check::folded(second))
            }
            _ => None,
        },
        _ => None,
    }
}

fn aggregate(part: &Expr) -> Option<String> {
    let Expr::Function(function) = part else {
        return None;
    };
    let name = function.name.0.last()?.as_ident()?.value.to_lowercase();
    let is_plain = function.over.is_none() && matches!(function.args, FunctionArguments::List(_));
    (is_plain && AGGREGATES.contains(&name.as_str())).then_some(name)
}

/// What is wrong with a column that an expression names.
fn of_column(
    table: &Table,
    settings: &TableSettings,
    own: &str,
    name: &str,
) -> Option<(String, Option<String>)> {
    if name == own {
        return Some((format!("`{own}` can't be computed from itself"), None));
    }
    let Some(column) = table.column(name) else {
        let names = table.columns.iter().map(|column| column.name.as_str());
        let hint = did_you_mean(name, names);
        return Some((
            format!("the table `{}` has no column `{name}`", table.name),
            hint,
        ));
    };
    let mut of_columns = settings.columns.iter();
    let source = of_columns
        .find(|settings| settings.name.value == name)
        .and_then(|settings| settings.source.as_ref())
        .map(|source| &source.value);
    let what = match (source, &column.value) {
        (Some(Source::Sql(_)), _) => "is computed by an expression too",
        (Some(Source::Default), _) => "is left to its default",
        (_, ColumnValue::Generated { .. }) => "is computed by the schema",
        _ => return None,
    };
    Some((
        format!("`{name}` {what}, so it has no value yet when `{own}` is computed"),
        Some(format!("write out in place of `{name}` what it is made of")),
    ))
}

/// Tables that subqueries read: names after FROM and JOIN within parentheses that begin with SELECT.
fn tables_of_subqueries(sql: &str) -> Vec<QualifiedName> {
    let tokens = sql_text::tokens(sql);
    let mut open: Vec<bool> = Vec::new();
    let mut names = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        match (token.kind, token.text) {
            (TokenKind::Symbol, "(") => {
                let begins = tokens.get(place + 1).is_some_and(|next| next.is("select"));
                open.push(begins);
            }
            (TokenKind::Symbol, ")") => {
                open.pop();
            }
            (TokenKind::Word, _)
                if open.last() == Some(&true) && (token.is("from") || token.is("join")) =>
            {
                names.extend(name_at(&tokens[place + 1..]));
            }
            _ => {}
        }
    }
    names
}

fn name_at(tokens: &[Token<'_>]) -> Option<QualifiedName> {
    let name = |token: &Token<'_>| {
        token
            .is_name()
            .then(|| sql_text::fold(token.text))
            .flatten()
    };
    let first = name(tokens.first()?)?;
    if tokens.get(1).is_some_and(|token| token.is("(")) {
        return None;
    }
    match tokens.get(1..3) {
        Some([point, second]) if point.is(".") => {
            Some(QualifiedName::in_schema(first, name(second)?))
        }
        _ => Some(QualifiedName::bare(first)),
    }
}

/// What is wrong with a subquery over a table.
fn of_subquery(
    schema: &Schema,
    own: &Table,
    name: &QualifiedName,
) -> Option<(String, Option<String>)> {
    let same = |table: &Table| {
        let without = |schema: &Option<String>| schema.clone().filter(|name| name != "public");
        table.name.name == name.name && without(&table.name.schema) == without(&name.schema)
    };
    let position = schema.find_table(same)?;
    let table = &schema.tables[position];
    if table.name == own.name {
        return Some((
            format!(
                "a subquery over `{}` finds no rows: they are just being loaded",
                own.name
            ),
            None,
        ));
    }
    let order: Vec<TableId> = load_order(schema).tables().map(TableId::from).collect();
    let place = |wanted: &QualifiedName| {
        order
            .iter()
            .position(|&table| schema.tables[table].name == *wanted)
    };
    (place(&table.name) > place(&own.name)).then(|| {
        (
            format!(
                "a subquery over `{}` finds no rows: they are loaded after those of `{}`",
                table.name, own.name
            ),
            Some(format!(
                "tables are loaded parents first: a foreign key to `{}` moves it before `{}`",
                table.name, own.name
            )),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{ColumnSettings, Located, Span};
    use value_model::{Column, DataType, ValueType};

    fn located<T>(value: T) -> Located<T> {
        Located {
            value,
            span: Span { start: 0, end: 0 },
        }
    }

    fn texts(name: &str) -> Table {
        let mut table = Table::new(QualifiedName::bare(name));
        for column in ["name", "title", "made", "left", "own"] {
            table
                .columns
                .push(Column::new(column, DataType::scalar(ValueType::Text)));
        }
        table
    }

    #[track_caller]
    fn check(sql: &str, expected: &[&str]) {
        let schema = Schema {
            tables: ["earlier", "t", "later"].map(texts).to_vec(),
            ..Schema::default()
        };
        let of = |name: &str, source| ColumnSettings {
            name: located(name.to_owned()),
            source: Some(located(source)),
            null_ratio: None,
            unique: None,
            locale: None,
            distribution: None,
            only_if: None,
            cases: Vec::new(),
        };
        let settings = TableSettings {
            name: located("t".to_owned()),
            rows: None,
            per: None,
            unverified: Vec::new(),
            fixed: Vec::new(),
            personas: Vec::new(),
            lifecycle: None,
            columns: vec![
                of("made", Source::Sql("name".to_owned())),
                of("left", Source::Default),
            ],
        };
        let found = problems(&schema, &schema.tables[1], &settings, "own", sql);
        let found: Vec<&str> = found.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(found.len(), expected.len(), "{sql}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{sql}: {found}");
        }
    }

    #[test]
    fn an_expression_that_the_server_would_refuse_is_refused_before_the_first_row() {
        check("nmae || 'x'", &["no column `nmae`"]);
        check("t.nmae", &["no column `nmae`"]);
        check("name || made", &["`made` is computed by an expression too"]);
        check("\"left\"", &["`left` is left to its default"]);
        check("own || name", &["can't be computed from itself"]);
        check("count(name)", &["over many rows"]);
        check("(SELECT max(name) FROM later)", &["loaded after"]);
        check("(SELECT max(name) FROM public.t)", &["just being loaded"]);
        check("name || 'x", &["quotation"]);
        check("(name", &["parentheses"]);
        check("name; DROP TABLE t", &["semicolon"]);
        check(" ", &["no expression"]);
    }

    #[test]
    fn what_the_server_takes_is_taken() {
        for sql in [
            "name || ' (' || title || ')'",
            "t.name",
            "current_date::text || now()",
            "(SELECT max(name) FROM earlier WHERE earlier.title = t.title)",
            "extract(year FROM now())::text",
            "count(*) OVER (PARTITION BY name)",
            "(SELECT string_agg(x, ',') FROM generate_series(1, 3) AS s(x))",
            "jsonb_build_object('a', name)::text",
            "trim(both 'x' FROM name)",
        ] {
            check(sql, &[]);
        }
    }
}
