//! What the schema's raw SQL adds to its tables: domains, enum types, constraints, indexes, columns, partitions,
//! and what tables inherit from others.
//!
//! The front ends hand `execute "…"` over as it is. Rows must obey it all the same, so the statements are
//! read here ([`reader`]) and become parts of the model ([`apply`]): a domain is its base type with checks, the
//! partitions of a table are a check on its key, a table that inherits has its parents' columns. Names are folded and
//! have their schema, so that `crew.users` is never taken for `users`. What can't be read and speaks of constraints is
//! a doubt.

mod apply;
mod definition;
mod inheritance;
mod partitions;
mod reader;
mod statement;

use apply::Applying;
use pg_model::{QualifiedName, Schema};
use statement::Statement;
use std::collections::BTreeSet;
use value_model::Doubt;
use value_model::Remark;

pub(crate) use partitions::is_partitioned;

/// A schema with what its raw SQL adds.
#[derive(Debug)]
pub(crate) struct Completed {
    /// The schema.
    pub schema: Schema,
    /// Partitioned tables all of whose rows have a partition.
    pub placed: BTreeSet<QualifiedName>,
    /// Tables that are partitions of others, whose rows they have.
    pub parts: BTreeSet<QualifiedName>,
    /// Statements that may bind rows and aren't understood.
    pub doubts: Vec<Doubt>,
}

/// Reads the statements of a schema.
pub(crate) fn complete(schema: &Schema, remarks: &mut Vec<Remark>) -> Completed {
    let mut applying = Applying::new(schema.clone());
    applying.columns_of_own_types();
    inheritance::add(&mut applying.schema);
    for statement in &schema.statements {
        for sql in sql_text::split(&statement.sql) {
            one(&mut applying, sql, remarks);
        }
    }
    // What came to a parent later came to its children too.
    inheritance::add(&mut applying.schema);
    applying.finish()
}

fn one(applying: &mut Applying, sql: &str, remarks: &mut Vec<Remark>) {
    if let Some(statement) = reader::read(sql) {
        if let Statement::Table(name) = &statement
            && !applying.has_table(name)
        {
            remarks.push(Remark {
                place: name.to_string(),
                text: "gets no rows: raw SQL makes the table".to_owned(),
                hint: "write it as `create_table` in the Schemafile".to_owned(),
            });
        }
        applying.apply(statement);
        return;
    }
    let words: Vec<String> = sql_text::words(sql)
        .iter()
        .take(3)
        .map(|word| word.text.to_ascii_lowercase())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["do", ..] => {
            for literal in sql_text::tokens(sql)
                .iter()
                .filter(|token| token.kind == sql_text::TokenKind::Literal)
            {
                for inner in reader::statements_inside(literal.text.trim_matches('$')) {
                    one(applying, inner, remarks);
                }
            }
        }
        ["alter", "table" | "domain", ..] | ["create", "domain" | "unique", ..] => {
            applying.doubt_all(sql);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
