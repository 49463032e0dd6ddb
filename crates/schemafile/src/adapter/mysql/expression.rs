//! SQL expressions that a file gives: of defaults, checks, generated columns and indexes.
//!
//! No expression is parsed; the server does that. What can be seen of its words alone is told here: functions that have no
//! place in it, columns that there aren't, operators beside each other, and a default that lacks its parentheses.

use super::words;
use crate::ruby::Interpreter;
use crate::source::Span;
use mysql_model::{DataType, Server};
use mysql_text::{Token, TokenKind, tokens};

/// Functions whose value isn't the same for the same row.
const VARYING: &[&str] = &[
    "now",
    "current_timestamp",
    "current_date",
    "current_time",
    "curdate",
    "curtime",
    "localtime",
    "localtimestamp",
    "sysdate",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    "unix_timestamp",
    "rand",
    "uuid",
    "uuid_short",
    "connection_id",
    "current_user",
    "session_user",
    "system_user",
    "user",
    "database",
    "schema",
    "last_insert_id",
    "found_rows",
    "row_count",
    "version",
    "sleep",
    "get_lock",
    "release_lock",
    "random_bytes",
];

/// The first function whose value isn't the same for the same row.
fn varying_function(sql: &str) -> Option<String> {
    let tokens = tokens(sql);
    tokens.iter().enumerate().find_map(|(position, token)| {
        let name = token.text.to_ascii_lowercase();
        let is_called = tokens
            .get(position + 1)
            .is_some_and(|next| next.text == "(");
        let stands_alone = name.starts_with("current_") || name.starts_with("utc_");
        let is_one = token.kind == TokenKind::Word && VARYING.contains(&name.as_str());
        // With an argument it is a function of the argument.
        let has_argument = name == "unix_timestamp"
            && tokens
                .get(position + 2)
                .is_some_and(|next| next.text != ")");
        (is_one && (is_called || stands_alone) && !has_argument).then_some(name)
    })
}

/// Whether operators stand beside each other that can't.
fn has_lonely_operator(sql: &str) -> bool {
    let tokens = tokens(sql);
    let is_operator =
        |token: &Token<'_>| matches!(token.text, ">" | "<" | "=" | "*" | "/" | "%" | "^");
    let pairs = ["<=", ">=", "<>", "<<", ">>", "=>", "->"];
    let mut run = String::new();
    let mut last_end = 0;
    for token in &tokens {
        if is_operator(token) {
            if run.is_empty() || token.start() == last_end {
                run.push_str(token.text);
            } else {
                return true;
            }
            last_end = token.end;
        } else {
            let is_fine = run.len() <= 1
                || pairs.contains(&run.as_str())
                || matches!(run.as_str(), "<=>" | ">>" | "->>");
            if !is_fine {
                return true;
            }
            run.clear();
        }
    }
    false
}

/// What is wrong with a check.
pub(crate) fn check_problem(sql: &str) -> Option<String> {
    if let Some(function) = varying_function(sql) {
        return Some(format!(
            "{function}() is not allowed in a check: its value changes"
        ));
    }
    has_lonely_operator(sql)
        .then(|| "the expression is not valid: operators stand beside each other".to_owned())
}

/// Reports what is wrong with the expression of a generated column.
pub(crate) fn check_generated(
    interpreter: &mut Interpreter<'_>,
    sql: &str,
    stored: bool,
    server: Server,
    place: Span,
) {
    if let Some(function) = varying_function(sql).filter(|_| stored || server == Server::MySql) {
        interpreter.fail(
            place,
            format!("{function}() is not allowed in a generated column: its value changes"),
        );
    } else if has_lonely_operator(sql) {
        interpreter.fail(
            place,
            "the expression is not valid: operators stand beside each other",
        );
    }
}

/// The names in an expression that can only be columns of the table.
pub(crate) fn columns_in(sql: &str) -> Vec<String> {
    let tokens = tokens(sql);
    let text = |position: Option<usize>| {
        position
            .and_then(|position| tokens.get(position))
            .map_or("", |token| token.text)
    };
    tokens
        .iter()
        .enumerate()
        .filter(|(position, token)| {
            let before = text(position.checked_sub(1));
            let after = text(Some(position + 1));
            let is_named = match token.kind {
                TokenKind::QuotedName => true,
                TokenKind::Word => {
                    token.text.starts_with(|first: char| first.is_alphabetic())
                        && !words::is_keyword(token.text)
                        && after != "("
                }
                _ => false,
            };
            is_named
                && !matches!(before, "." | "@" | ":")
                && after != "."
                && !before.eq_ignore_ascii_case("collate")
                && !before.eq_ignore_ascii_case("set")
                && !before.eq_ignore_ascii_case("charset")
                && !before.eq_ignore_ascii_case("using")
        })
        .filter_map(|(_, token)| token.name())
        .collect()
}

/// Why an expression can't be a default of a column, with what to do about it.
pub(crate) fn default_problem(
    data_type: &DataType,
    sql: &str,
    server: Server,
) -> Option<(String, Option<String>)> {
    if has_lonely_operator(sql) {
        return Some((
            "the expression is not valid: operators stand beside each other".to_owned(),
            None,
        ));
    }
    if let Some(function) = unknown_function(sql) {
        return Some((
            format!("the expression is not valid: {server} has no function {function}()"),
            None,
        ));
    }
    if server == Server::MariaDb {
        return None;
    }
    let sql = sql.trim();
    if sql.starts_with('(') {
        return None;
    }
    let found = tokens(sql);
    let first = found.first()?;
    let is_literal = match first.kind {
        TokenKind::Text | TokenKind::Number | TokenKind::Bytes => true,
        TokenKind::Word => matches!(
            first.text.to_ascii_lowercase().as_str(),
            "null" | "true" | "false" | "date" | "time" | "timestamp"
        ),
        _ => matches!(first.text, "-" | "+"),
    };
    if is_literal {
        return None;
    }
    let word = first.text.to_ascii_lowercase();
    let is_now = matches!(
        word.as_str(),
        "current_timestamp" | "now" | "localtime" | "localtimestamp"
    );
    if !is_now {
        return Some((
            format!("an expression needs parentheses in MySQL: \"({sql})\""),
            Some(format!("write `-> {{ \"({sql})\" }}`")),
        ));
    }
    let precision: u8 = match (found.get(1), found.get(2)) {
        (Some(open), Some(digits)) if open.text == "(" => digits.text.parse().unwrap_or(0),
        _ => 0,
    };
    match data_type {
        DataType::DateTime { precision: own } | DataType::Timestamp { precision: own } => {
            let own = own.unwrap_or(0);
            let written = |digits: u8| match digits {
                0 => "CURRENT_TIMESTAMP".to_owned(),
                digits => format!("CURRENT_TIMESTAMP({digits})"),
            };
            (own != precision).then(|| {
                (
                    format!("the precision of the expression ({precision}) is not that of the column ({own})"),
                    Some(format!("write `-> {{ \"{}\" }}`", written(own))),
                )
            })
        }
        _ => Some((
            "only a datetime or timestamp takes CURRENT_TIMESTAMP".to_owned(),
            Some(format!(
                "write an expression in parentheses, such as `-> {{ \"({})\" }}`",
                if matches!(data_type, DataType::Date) {
                    "curdate()"
                } else {
                    "now()"
                }
            )),
        )),
    }
}

/// A function of a default that can't be one of the server's: its own have no `_function` in their names, and those
/// that a schema makes have no place in a default.
fn unknown_function(sql: &str) -> Option<String> {
    let tokens = tokens(sql);
    tokens.iter().enumerate().find_map(|(position, token)| {
        let is_called = tokens
            .get(position + 1)
            .is_some_and(|next| next.text == "(");
        let name = token.text.to_ascii_lowercase();
        (token.kind == TokenKind::Word
            && is_called
            && name.starts_with(|first: char| first.is_alphabetic())
            && !super::functions::is_known(&name)
            && !words::is_keyword(&name))
        .then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_are_told_from_words_and_functions() {
        assert_eq!(
            columns_in(
                "lower(`name`) = 'x' AND n BETWEEN 1 AND 5 OR cast(a AS char) COLLATE utf8mb4_bin > @v"
            ),
            ["name", "n", "a"]
        );
        assert_eq!(columns_in("json_valid(`data`)"), ["data"]);
        assert!(columns_in("1 > 0 AND _utf8mb4'x' <> x'41'").is_empty());
    }

    #[test]
    fn a_default_needs_its_parentheses_in_mysql() {
        let string = DataType::Varchar { length: 36 };
        let datetime = DataType::DateTime { precision: Some(6) };
        let problem =
            |data_type, sql| default_problem(data_type, sql, Server::MySql).map(|(told, _)| told);
        assert!(problem(&string, "uuid()").is_some_and(|told| told.contains("parentheses")));
        assert_eq!(problem(&string, "(uuid())"), None);
        assert_eq!(problem(&string, "'a'"), None);
        assert_eq!(
            problem(
                &datetime,
                "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"
            ),
            None
        );
        assert!(problem(&datetime, "CURRENT_TIMESTAMP").is_some());
        assert!(problem(&DataType::Date, "CURRENT_TIMESTAMP").is_some());
        assert_eq!(default_problem(&string, "uuid()", Server::MariaDb), None);
        assert!(default_problem(&string, "(no_such_function())", Server::MariaDb).is_some());
    }

    #[test]
    fn what_varies_and_what_stands_alone_is_found() {
        assert!(check_problem("day > now()").is_some());
        assert!(check_problem("n >> > 0").is_some());
        for fine in [
            "n >= 0 AND m <> 5",
            "a <=> b",
            "x->>'$.a' > 1",
            "a << 2 = -1",
            "now_at > 5",
        ] {
            assert_eq!(check_problem(fine), None, "{fine}");
        }
    }
}
