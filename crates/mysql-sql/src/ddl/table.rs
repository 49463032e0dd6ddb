//! `CREATE TABLE`.

use super::{check_constraint, column_definition, index_definition, primary_key};
use crate::{literal, qualified};
use mysql_model::{Server, Table};
use std::fmt::Write as _;

/// `CREATE TABLE` with all that belongs to the table but its foreign keys.
pub fn create_table(table: &Table, server: Server) -> String {
    let mut sql = String::from(if table.own.temporary {
        "CREATE TEMPORARY TABLE "
    } else {
        "CREATE TABLE "
    });
    sql.push_str(&qualified(&table.name));
    let columns = table
        .columns
        .iter()
        .map(|column| column_definition(column, server));
    let checks = table.checks.iter().map(check_constraint);
    let indexes = table
        .indexes
        .iter()
        .map(|index| index_definition(index, server));
    let elements: Vec<String> = columns
        .chain(checks)
        .chain(indexes)
        .chain(primary_key(table))
        .collect();
    // A query may give all the columns.
    if !elements.is_empty() || table.as_query.is_none() {
        let _ = write!(sql, " (\n    {}\n)", elements.join(",\n    "));
    }
    sql.push_str(&table_options(table));
    if let Some(query) = &table.as_query {
        let _ = write!(sql, " AS {}", query.trim_end().trim_end_matches(';'));
    }
    sql.push_str(";\n");
    sql
}

/// What follows the closing parenthesis, each with a space before it: character set and collation, the options of the
/// source, the comment. What is said last holds, as it does when ActiveRecord sends it.
pub fn table_options(table: &Table) -> String {
    let mut sql = String::new();
    if let Some(charset) = &table.own.charset {
        let _ = write!(sql, " DEFAULT CHARSET={charset}");
    }
    if let Some(collation) = &table.own.collation {
        let _ = write!(sql, " COLLATE={collation}");
    }
    let comment = table
        .comment
        .as_ref()
        .map(|comment| format!(" COMMENT={}", literal(comment)));
    let options = table.options.as_deref().unwrap_or_default().trim();
    // Nothing can follow partitions.
    let end = partitions(options).unwrap_or(options.len());
    let (plain, partitions) = options.split_at(end);
    let parts = [
        spaced(plain.trim_end()),
        comment.unwrap_or_default(),
        spaced(partitions),
    ];
    sql.push_str(&parts.concat());
    sql
}

/// A text behind a space, unless there is none.
fn spaced(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(" {text}")
    }
}

/// Where `PARTITION BY` begins in a table's options.
fn partitions(options: &str) -> Option<usize> {
    let upper = options.to_ascii_uppercase();
    upper
        .match_indices("PARTITION")
        .find_map(|(position, word)| {
            let stands_alone = !upper[..position]
                .ends_with(|before: char| before.is_alphanumeric() || before == '_');
            let by = upper[position + word.len()..].trim_start();
            (stands_alone && by.starts_with("BY")).then_some(position)
        })
}
