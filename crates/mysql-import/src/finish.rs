//! What a file has made, as a schema that loads in one go.

use crate::Import;
use crate::draft::{Class, Draft, RawStatement};
use mysql_model::{ColumnValue, IndexKey, QualifiedName, Schema, Server, Statement, Table};
use mysql_text::expression::without_introducers;
use mysql_text::{Token, tokens};

/// Makes a schema of a draft.
pub(crate) fn finish(mut draft: Draft) -> Import {
    drop_dangling_keys(&mut draft);
    if draft.server == Server::MySql {
        draft.tables.iter_mut().for_each(drop_introducers);
    }
    let tables = draft.tables.len();
    let raw = std::mem::take(&mut draft.raw);
    let (tied, free): (Vec<RawStatement>, Vec<RawStatement>) =
        raw.into_iter().partition(makes_table);
    let mut statements: Vec<Statement> = tied
        .into_iter()
        .map(|statement| Statement {
            // Keys of other tables stand behind all tables, and may point to it.
            tables_before: if points_elsewhere(&statement) {
                tables
            } else {
                statement.tables_before.min(tables.saturating_sub(1))
            },
            sql: statement.sql,
        })
        .collect();
    // Statements before the same table keep their order.
    statements.sort_by_key(|statement| statement.tables_before);
    statements.extend(in_order(free).into_iter().map(|statement| Statement {
        sql: statement.sql,
        tables_before: tables,
    }));
    let notes = draft.left_out.notes();
    Import {
        places: draft.lines.iter().map(|line| (0, *line)).collect(),
        schema: Schema {
            tables: draft.tables,
            statements,
            own: (),
        },
        server: None,
        notes,
    }
}

/// Takes off the character sets that MySQL prints before the texts of an expression. MariaDB prints one where somebody
/// wrote it, and there it stays.
fn drop_introducers(table: &mut Table) {
    let values = table
        .columns
        .iter_mut()
        .filter_map(|column| match &mut column.value {
            ColumnValue::Generated { expression, .. } => Some(expression),
            ColumnValue::Default(text) if text.starts_with('(') => Some(text),
            _ => None,
        });
    let checks = table.checks.iter_mut().map(|check| &mut check.expression);
    let parts = table
        .indexes
        .iter_mut()
        .flat_map(|index| &mut index.parts)
        .filter_map(|part| match &mut part.key {
            IndexKey::Expression(text) => Some(text),
            IndexKey::Column(_) => None,
        });
    for text in values.chain(checks).chain(parts) {
        *text = without_introducers(text);
    }
}

fn makes_table(statement: &RawStatement) -> bool {
    statement
        .makes
        .as_ref()
        .is_some_and(|made| matches!(made.class, Class::Table | Class::Sequence))
}

fn points_elsewhere(statement: &RawStatement) -> bool {
    tokens(&statement.sql)
        .iter()
        .any(|token| token.is("references") || token.is("select"))
}

/// A dump of some tables has keys to others.
fn drop_dangling_keys(draft: &mut Draft) {
    let names: Vec<QualifiedName> = draft
        .tables
        .iter()
        .map(|table| table.name.clone())
        .chain(draft.raw.iter().filter_map(|statement| {
            let made = statement.makes.as_ref()?;
            (made.class == Class::Table).then(|| made.name.clone())
        }))
        .collect();
    let mut notes = Vec::new();
    for table in &mut draft.tables {
        let own = &table.name;
        table.foreign_keys.retain(|key| {
            let is_there = names.contains(&key.referenced_table)
                || key.referenced_table.schema.is_some();
            if !is_there {
                notes.push(format!(
                    "the foreign key `{}` of `{own}` left out: the file doesn't make the table `{}`",
                    key.name, key.referenced_table
                ));
            }
            is_there
        });
    }
    for note in notes {
        draft.note(note);
    }
}

/// Views behind those that they show, and behind the functions that they call; all else as it stands. `mysqldump` writes
/// views by their names, over stand-ins of those that follow.
fn in_order(statements: Vec<RawStatement>) -> Vec<RawStatement> {
    let is_view = |statement: &RawStatement| {
        statement
            .makes
            .as_ref()
            .is_some_and(|made| made.class == Class::View)
    };
    let mut waiting: Vec<RawStatement> = statements;
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let next = waiting.iter().position(|candidate| {
            !is_view(candidate)
                || !waiting.iter().any(|other| {
                    !std::ptr::eq(candidate, other)
                        && other.makes.as_ref().is_some_and(|made| match made.class {
                            Class::View => shows(&candidate.sql, &made.name.name),
                            Class::Function => calls(&candidate.sql, &made.name.name),
                            _ => false,
                        })
                })
        });
        // A circle can't be made anyway.
        ordered.push(waiting.remove(next.unwrap_or(0)));
    }
    ordered
}

/// Whether a query takes rows of that name: columns and tables share names.
fn shows(sql: &str, name: &str) -> bool {
    const BEFORE: &[&str] = &["from", "join", "straight_join", ",", "("];
    tokens(sql)
        .windows(2)
        .any(|pair| BEFORE.iter().any(|word| pair[0].is(word)) && is_name(&pair[1], name))
}

/// Whether an expression calls a function of that name.
fn calls(sql: &str, name: &str) -> bool {
    tokens(sql)
        .windows(2)
        .any(|pair| is_name(&pair[0], name) && pair[1].is("("))
}

fn is_name(token: &Token<'_>, name: &str) -> bool {
    token
        .name()
        .is_some_and(|own| own.eq_ignore_ascii_case(name))
}
