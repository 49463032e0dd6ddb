//! A schema of MySQL or MariaDB as a Schemafile: the way back, for a project that begins with a database that is there
//! already.
//!
//! The text is what ridgepole or Rails would have exported, for people to read and to go on with. What the DSL has no
//! word for becomes `execute`, so that [`crate::read`] makes the same database of it. Whether a short form says the same
//! is never assumed: it is read by the reader's own rules, and when something else comes out, the long form is written.

mod column;
mod table;

use crate::inflect::Inflections;
use crate::writer::{add_foreign_key, execute, header_lines};
use mysql_model::{QualifiedName, Schema, Server, Statement};

/// Writes a Schemafile for a server of MySQL, with `header` as the comment at its top, a line each.
pub(crate) fn write(schema: &Schema, server: Server, header: &[&str]) -> String {
    let mut blocks = vec![header_lines(header)];
    let (early, late): (Vec<&Statement>, Vec<&Statement>) = schema
        .statements
        .iter()
        .partition(|statement| statement.tables_before < schema.tables.len());
    let in_dsl: Vec<bool> = schema
        .tables
        .iter()
        .map(|table| table::has_a_form(table, server))
        .collect();
    // What stands before a table that is SQL itself stands before the next that isn't.
    let anchor = |position: usize| -> Option<&QualifiedName> {
        (position..schema.tables.len())
            .find(|&next| in_dsl[next])
            .map(|next| &schema.tables[next].name)
    };
    let mut last = Vec::new();
    for statement in early {
        match anchor(statement.tables_before) {
            Some(table) => blocks.push(execute(&statement.sql, Some(table))),
            None => last.push(execute(&statement.sql, None)),
        }
    }
    for (position, table) in schema.tables.iter().enumerate() {
        if in_dsl[position] {
            continue;
        }
        let sql = mysql_sql::ddl::create_table(table, server);
        let sql = sql.trim_end().trim_end_matches(';');
        match anchor(position) {
            Some(next) => blocks.push(execute(sql, Some(next))),
            None => last.push(execute(sql, None)),
        }
    }
    for (table, _) in schema
        .tables
        .iter()
        .zip(&in_dsl)
        .filter(|(_, is_in)| **is_in)
    {
        blocks.push(table::create_table(table, server));
    }
    let inflections = Inflections::english();
    let mut keys = String::new();
    for (table, is_in) in schema.tables.iter().zip(&in_dsl) {
        for key in &table.foreign_keys {
            let target_is_in = schema
                .tables
                .iter()
                .zip(&in_dsl)
                .any(|(other, is_in)| *is_in && other.name == key.referenced_table);
            let call = add_foreign_key(table, key, &inflections).filter(|_| *is_in && target_is_in);
            match call {
                Some(call) => {
                    keys.push_str(&call.finish());
                    keys.push('\n');
                }
                None => last.push(execute(
                    &super::foreign_key::add_foreign_key_sql(&table.name, key),
                    None,
                )),
            }
        }
    }
    blocks.push(keys);
    blocks.append(&mut last);
    for (table, _) in schema
        .tables
        .iter()
        .zip(&in_dsl)
        .filter(|(_, is_in)| **is_in)
    {
        for sql in table::beyond_the_dsl(table, server) {
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
