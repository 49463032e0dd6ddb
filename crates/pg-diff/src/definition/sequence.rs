//! `CREATE SEQUENCE`: its options, each with what it is when nothing is said.

use crate::canonical::definition;
use pg_model::QualifiedName;
use pg_sql::qualified;
use pg_text::cursor::{Cursor, span};
use sql_text::tokens;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The options: how they begin, what they are called, and the clause that takes one back.
const OPTIONS: &[(&[&str], &str, &str)] = &[
    (&["as"], "AS", "AS bigint"),
    (&["increment", "by"], "INCREMENT", "INCREMENT BY 1"),
    (&["increment"], "INCREMENT", "INCREMENT BY 1"),
    (&["minvalue"], "MINVALUE", "NO MINVALUE"),
    (&["no", "minvalue"], "MINVALUE", "NO MINVALUE"),
    (&["maxvalue"], "MAXVALUE", "NO MAXVALUE"),
    (&["no", "maxvalue"], "MAXVALUE", "NO MAXVALUE"),
    (&["start", "with"], "START", "START WITH 1"),
    (&["start"], "START", "START WITH 1"),
    (&["cache"], "CACHE", "CACHE 1"),
    (&["cycle"], "CYCLE", "NO CYCLE"),
    (&["no", "cycle"], "CYCLE", "NO CYCLE"),
    (&["owned", "by"], "OWNED", "OWNED BY NONE"),
];

/// The statement that gives a sequence the options of its new definition; empty where they are the same, none where
/// they can't be told.
pub(crate) fn alter_sequence(old: &str, new: &str, name: &QualifiedName) -> Option<String> {
    let (before, after) = (options(old)?, options(new)?);
    let mut clauses = Vec::new();
    for &(_, option, without) in OPTIONS {
        let (was, is) = (before.get(option), after.get(option));
        let says = |clause: Option<&String>| -> Vec<String> {
            let text = definition(clause.map_or(without, String::as_str));
            let words = text
                .split(' ')
                .filter(|word| !["with", "by"].contains(word));
            words.map(str::to_owned).collect()
        };
        let clause = match is {
            Some(clause) => clause.clone(),
            // It begins with its end, when that isn't 1.
            None if option == "START" => start(&after),
            None => without.to_owned(),
        };
        if says(was) != says(is) && !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    let moved = ["MINVALUE", "MAXVALUE", "INCREMENT"]
        .iter()
        .any(|option| before.get(option) != after.get(option));
    if moved && !after.contains_key("START") && !before.contains_key("START") {
        let clause = start(&after);
        if clause != start(&before) {
            clauses.push(clause);
        }
    }
    if clauses.is_empty() {
        return Some(String::new());
    }
    let name = qualified(name);
    // The position must be within the bounds before they are.
    let mut sql = String::new();
    for (bound, function) in [("MINVALUE", "greatest"), ("MAXVALUE", "least")] {
        let clause = clauses
            .iter()
            .find(|clause| clause.to_uppercase().starts_with(bound));
        if let Some(number) = clause.and_then(|clause| clause.split_whitespace().last()) {
            let _ = writeln!(
                sql,
                "SELECT setval({}, {function}(last_value, {number}), is_called) FROM {name};",
                pg_sql::literal(&name)
            );
        }
    }
    let _ = writeln!(sql, "ALTER SEQUENCE {name} {};", clauses.join(" "));
    Some(sql)
}

/// Where a sequence begins that doesn't say where.
fn start(options: &BTreeMap<&'static str, String>) -> String {
    let number = |option: &str| {
        let clause = options.get(option)?;
        clause.split_whitespace().last()?.parse::<i64>().ok()
    };
    let falls = number("INCREMENT").is_some_and(|step| step < 0);
    let first = if falls {
        number("MAXVALUE").unwrap_or(-1)
    } else {
        number("MINVALUE").unwrap_or(1)
    };
    format!("START WITH {first}")
}

fn options(sql: &str) -> Option<BTreeMap<&'static str, String>> {
    let tokens = tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    cursor.skip_past("sequence").then_some(())?;
    cursor.accept(&["if", "not", "exists"]);
    cursor.name()?;
    let mut found = BTreeMap::new();
    while !cursor.is_at_end() {
        if cursor.accept(&[";"]) {
            continue;
        }
        let rest = cursor.rest();
        let (words, option, _) = OPTIONS.iter().find(|(words, ..)| cursor.accept(words))?;
        let mut count = words.len();
        // Until the next option begins.
        while cursor.peek().is_some_and(|token| token.text != ";")
            && (count == words.len() && takes_value(option, words)
                || !OPTIONS.iter().any(|(words, ..)| cursor.is_at(words)))
        {
            cursor.next();
            count += 1;
        }
        found.insert(*option, span(sql, &rest[..count]).to_owned());
    }
    Some(found)
}

fn takes_value(option: &str, words: &[&str]) -> bool {
    option != "CYCLE" && words[0] != "no"
}
