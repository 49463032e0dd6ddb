//! What a Schemafile that we write looks like, whichever database it is for: Ruby, calls, SQL in heredocs, foreign keys.
//!
//! Each adapter writes its own types, defaults and options, by the rules of its own reader.

pub(crate) mod call;
pub(crate) mod ruby;
pub(crate) mod table;

use crate::inflect::Inflections;
use crate::names;
use call::Call;
use ruby::{list, string};
use schema_model::{Dialect, ForeignKey, QualifiedName, ReferentialAction, Table};
use std::fmt::Write as _;

/// The comment at the top, a line each.
pub(crate) fn header_lines(header: &[&str]) -> String {
    header.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", format!("# {line}").trim_end());
        text
    })
}

/// One line for each thing.
pub(crate) fn lines<T>(things: &[T], line: impl Fn(&T) -> String) -> String {
    things
        .iter()
        .fold(String::new(), |text, thing| text + &line(thing) + "\n")
}

/// A table's or type's name as the DSL has it: a point parts the schema from the name.
pub(crate) fn raw(name: &QualifiedName) -> String {
    let part = |text: &str| {
        if text.contains('.') {
            format!("\"{text}\"")
        } else {
            text.to_owned()
        }
    };
    match &name.schema {
        Some(schema) => format!("{}.{}", part(schema), part(&name.name)),
        None => part(&name.name),
    }
}

/// `execute` with the SQL as a heredoc.
pub(crate) fn execute(sql: &str, before: Option<&QualifiedName>) -> String {
    let sql = sql.trim();
    let before = before.map_or_else(String::new, |table| {
        format!(", before: {}", string(&raw(table)))
    });
    let mut mark = String::from("SQL");
    while sql.lines().any(|line| line.trim() == mark) {
        mark.push('_');
    }
    // Only a heredoc with escapes can hold control characters that survive tools which rewrite line endings.
    let is_plain = !sql
        .chars()
        .any(|character| character.is_control() && !matches!(character, '\n' | '\t'));
    let quote = if is_plain { "'" } else { "" };
    let mut text = format!("execute(<<~{quote}{mark}{quote}{before})\n");
    for line in sql.split('\n') {
        if !line.is_empty() {
            text.push_str("  ");
            if is_plain {
                text.push_str(line);
            } else {
                text.push_str(&ruby::escaped(line));
            }
        }
        text.push('\n');
    }
    text.push_str(&mark);
    text.push('\n');
    text
}

/// Whether the DSL can say what a foreign key does.
pub(crate) fn has_a_word<D: Dialect>(key: &ForeignKey<D>) -> bool {
    [key.on_delete, key.on_update]
        .into_iter()
        .all(|action| action != ReferentialAction::SetDefault)
}

/// `add_foreign_key "from", "to", …`, without what only one database says; none for a key that the DSL has no word for.
pub(crate) fn add_foreign_key<D: Dialect>(
    table: &Table<D>,
    key: &ForeignKey<D>,
    inflections: &Inflections,
) -> Option<Call> {
    if !has_a_word(key) {
        return None;
    }
    let from = raw(&table.name);
    let mut call = Call::new("add_foreign_key")
        .argument(&string(&from))
        .argument(&string(&raw(&key.referenced_table)));
    let guessed = format!("{}_id", inflections.singularize(&key.referenced_table.name));
    match key.columns.as_slice() {
        [column] if *column == guessed && key.referenced_columns.len() == 1 => {}
        [column] => call = call.option("column", &string(column)),
        columns => call = call.option("column", &list(columns)),
    }
    match key.referenced_columns.as_slice() {
        [column] if column == "id" => {}
        [column] => call = call.option("primary_key", &string(column)),
        columns => call = call.option("primary_key", &list(columns)),
    }
    let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
    if key.name != names::foreign_key(&from, &columns) {
        call = call.text("name", Some(&key.name));
    }
    for (name, action) in [("on_update", key.on_update), ("on_delete", key.on_delete)] {
        let word = match action {
            ReferentialAction::NoAction | ReferentialAction::SetDefault => continue,
            ReferentialAction::Restrict => ":restrict",
            ReferentialAction::Cascade => ":cascade",
            ReferentialAction::SetNull => ":nullify",
        };
        call = call.option(name, word);
    }
    Some(call)
}
