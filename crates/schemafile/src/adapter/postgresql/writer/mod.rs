//! A schema as a Schemafile: the way back, for a project that begins with a database that is there already.
//!
//! The text is what ridgepole or Rails would have exported, for people to read and to go on with. What the DSL has
//! no word for becomes `execute`, so that [`crate::read`] makes the same database of it. Whether a short form says
//! the same is never assumed: it is read by the reader's own rules, and when something else comes out, the long
//! form is written.

mod call;
mod column;
mod key;
mod key_names;
mod ruby;
mod table;

use crate::inflect::Inflections;
use key_names::Rename;
use pg_model::{QualifiedName, Schema, Statement};
use ruby::{list, string};
use std::fmt::Write as _;

/// Writes a Schemafile, with `header` as the comment at its top, a line each.
///
/// Names of tables and schemas must not hold the character `"`, which the DSL can't write.
pub fn write(schema: &Schema, header: &[&str]) -> String {
    let mut blocks: Vec<String> = Vec::new();
    blocks.push(header.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", format!("# {line}").trim_end());
        text
    }));
    blocks.push(lines(&schema.own.namespaces, |name| {
        format!("create_schema {}", string(name))
    }));
    blocks.push(lines(&schema.own.extensions, |extension| {
        let name = match &extension.schema {
            Some(schema) => format!("{schema}.{}", extension.name),
            None => extension.name.clone(),
        };
        format!("enable_extension {}", string(&name))
    }));
    blocks.push(lines(&schema.own.enums, |enum_type| {
        format!(
            "create_enum {}, {}",
            string(&raw(&enum_type.name)),
            list(&enum_type.values)
        )
    }));
    let (early, late): (Vec<&Statement>, Vec<&Statement>) = schema
        .statements
        .iter()
        .partition(|statement| statement.tables_before < schema.tables.len());
    let (early_renames, late_renames): (Vec<Rename>, Vec<Rename>) = key_names::renames(schema)
        .into_iter()
        .partition(|rename| rename.tables_before < schema.tables.len());
    // A name that is free again comes before what may take it.
    let mut early: Vec<(usize, &str)> = early_renames
        .iter()
        .map(|rename| (rename.tables_before, rename.sql.as_str()))
        .chain(
            early
                .iter()
                .map(|one| (one.tables_before, one.sql.as_str())),
        )
        .collect();
    early.sort_by_key(|(tables_before, _)| *tables_before);
    for (tables_before, sql) in early {
        blocks.push(execute(sql, Some(&schema.tables[tables_before].name)));
    }
    for table in &schema.tables {
        blocks.push(table::create_table(table));
    }
    let inflections = Inflections::english();
    blocks.push(
        schema
            .tables
            .iter()
            .flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)))
            .filter_map(|(table, key)| key::add_foreign_key(table, key, &inflections))
            .fold(String::new(), |text, line| text + &line + "\n"),
    );
    for rename in late_renames {
        blocks.push(execute(&rename.sql, None));
    }
    for table in &schema.tables {
        for sql in table::beyond_the_dsl(table) {
            blocks.push(execute(&sql, None));
        }
    }
    for statement in late {
        blocks.push(execute(&statement.sql, None));
    }
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

fn lines<T>(things: &[T], line: impl Fn(&T) -> String) -> String {
    things
        .iter()
        .fold(String::new(), |text, thing| text + &line(thing) + "\n")
}

/// A table's or type's name as the DSL has it: a point parts the schema from the name.
fn raw(name: &QualifiedName) -> String {
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
fn execute(sql: &str, before: Option<&QualifiedName>) -> String {
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

#[cfg(test)]
mod tests;
