//! A schema as a Schemafile: the way back, for a project that begins with a database that is there already.
//!
//! The text is what ridgepole or Rails would have exported, for people to read and to go on with. What the DSL has
//! no word for becomes `execute`, so that [`crate::read`] makes the same database of it. Whether a short form says
//! the same is never assumed: it is read by the reader's own rules, and when something else comes out, the long
//! form is written.

mod column;
mod key;
mod key_names;
mod table;

use crate::inflect::Inflections;
use crate::writer::ruby::{list, string};
use crate::writer::{execute, header_lines, lines, raw};
use key_names::Rename;
use pg_model::{Schema, Statement};

/// Writes a Schemafile, with `header` as the comment at its top, a line each.
///
/// Names of tables and schemas must not hold the character `"`, which the DSL can't write.
pub(crate) fn write(schema: &Schema, header: &[&str]) -> String {
    let mut blocks: Vec<String> = Vec::new();
    blocks.push(header_lines(header));
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

#[cfg(test)]
mod tests;
