//! What MySQL and MariaDB ask of the two ends of a foreign key.

use super::MOST_NAME;
use super::table::{self, begins_with, charset_of_column, is_text};
use crate::diagnostic::Diagnostic;
use crate::draft::DraftTable;
use crate::dsl::Dsl;
use crate::dsl::check::Checked;
use crate::dsl::foreign_key::Read;
use crate::ruby::Interpreter;
use crate::source::Span;
use mysql_model::{Column, DataType, ForeignKey, MySql, QualifiedName, ReferentialAction, Server};
use mysql_text::quoted;
use std::fmt::Write as _;

/// Why a foreign key can't point to these columns, with what to do about it.
pub(crate) fn target_problem(
    dsl: &Dsl<MySql>,
    target: &DraftTable<MySql>,
    read: &Read<MySql>,
) -> Option<(String, String)> {
    let to = &read.to_table;
    let columns = &read.key.referenced_columns;
    let names = columns.join("\", \"");
    if !begins_with(&target.table, columns, false) {
        return Some((
            format!(
                "no key or index of \"{to}\" begins with \"{names}\", so no foreign key can point to it"
            ),
            format!("add a unique index on it to \"{to}\""),
        ));
    }
    if dsl.state.server == Server::MySql && !begins_with(&target.table, columns, true) {
        return Some((
            format!(
                "the index of \"{to}\" on \"{names}\" is not unique (MySQL 8.4 and newer want a unique one)"
            ),
            "say `unique: true` of it".to_owned(),
        ));
    }
    None
}

/// Why the columns at both ends of a key don't fit each other.
pub(crate) fn pair_problem(
    dsl: &Dsl<MySql>,
    (own, left): (&DraftTable<MySql>, &Column),
    (target, right): (&DraftTable<MySql>, &Column),
    read: &Read<MySql>,
) -> Option<(Span, String)> {
    let server = dsl.state.server;
    let (key, other) = (
        format!("\"{}\".\"{}\"", own.raw, left.name),
        format!("\"{}\".\"{}\"", read.to_table, right.name),
    );
    if is_text(&left.data_type) && is_text(&right.data_type) {
        let (charset, collation) = charset_of_column(&own.table, left, server);
        let (other_charset, other_collation) = charset_of_column(&target.table, right, server);
        let what = if charset != other_charset {
            format!("character set ({charset} and {other_charset})")
        } else if collation != other_collation {
            format!("collation ({collation} and {other_collation})")
        } else {
            return None;
        };
        return Some((
            read.place,
            format!("foreign key {key} and {other} differ in {what}"),
        ));
    }
    if fits(&left.data_type, &right.data_type) {
        return None;
    }
    let shown = |data_type| mysql_text::data_type::write(data_type, server);
    Some((
        read.place,
        format!(
            "foreign key {key} is {} but {other} is {}",
            shown(&left.data_type),
            shown(&right.data_type)
        ),
    ))
}

/// Whether the server takes a column of one type for a key to one of the other; when in doubt, yes.
fn fits(key: &DataType, target: &DataType) -> bool {
    match (key, target) {
        (DataType::Other(_), _)
        | (_, DataType::Other(_))
        | (DataType::Decimal { .. }, DataType::Decimal { .. })
        | (
            DataType::Binary { .. } | DataType::Varbinary { .. },
            DataType::Binary { .. } | DataType::Varbinary { .. },
        ) => true,
        (
            DataType::Integer { size, unsigned, .. },
            DataType::Integer {
                size: other,
                unsigned: other_unsigned,
                ..
            },
        ) => size == other && unsigned == other_unsigned,
        _ => std::mem::discriminant(key) == std::mem::discriminant(target),
    }
}

/// Tells what else is wrong with a key.
pub(crate) fn check(
    dsl: &Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    own: &DraftTable<MySql>,
    read: &Read<MySql>,
) -> Checked {
    let key = &read.key;
    let length = key.name.chars().count();
    if length > MOST_NAME {
        interpreter.fail(
            read.name_span,
            format!(
                "foreign key name of {length} characters is too long (the limit is {MOST_NAME})"
            ),
        );
        return Checked::Wrong;
    }
    let taken = dsl.draft.tables().find(|table| {
        table
            .table
            .foreign_keys
            .iter()
            .any(|known| known.name.to_lowercase() == key.name.to_lowercase())
    });
    if let Some(table) = taken {
        interpreter.report(
            Diagnostic::error(
                read.name_span,
                format!(
                    "foreign key \"{}\" exists already in table \"{}\"",
                    key.name, table.raw
                ),
            )
            .hint("names of foreign keys are unique in a database; give `name:`"),
        );
        return Checked::Wrong;
    }
    if key.on_delete == ReferentialAction::SetNull {
        let required = key
            .columns
            .iter()
            .find(|name| own.column(name).is_some_and(|column| column.not_null));
        if let Some(column) = required {
            interpreter.report(
                Diagnostic::error(
                    read.on_delete_place.unwrap_or(read.place),
                    format!("`on_delete: :nullify` on column \"{column}\", which is `null: false`"),
                )
                .hint("write `on_delete: :cascade`, or let the column be NULL"),
            );
            return Checked::Wrong;
        }
    }
    if dsl.is_ridgepole() && !ridgepole_sees_index(interpreter, own, read) {
        let column = key.columns.join("\", \"");
        interpreter.report(
            Diagnostic::error(
                read.place,
                format!(
                    "foreign key on column \"{column}\" of table \"{}\", which has no index: ridgepole wants one",
                    own.raw
                ),
            )
            .hint(format!("add `t.index [\"{column}\"]`")),
        );
        return Checked::Wrong;
    }
    Checked::Fine
}

/// Whether ridgepole sees an index for a key: one that begins with its column, or that is on just its columns; and of
/// primary keys only those that are given in strings. It asks for none of an engine that has no foreign keys.
fn ridgepole_sees_index(
    interpreter: &Interpreter<'_>,
    own: &DraftTable<MySql>,
    read: &Read<MySql>,
) -> bool {
    if table::engine(&own.table) != "innodb" {
        return true;
    }
    let columns = &read.key.columns;
    let fits = |names: &[&str]| {
        names.len() >= columns.len()
            && (columns.len() == 1 || names.len() == columns.len())
            && names
                .iter()
                .zip(columns)
                .all(|(name, column)| name == column)
    };
    let by_index = own
        .table
        .indexes
        .iter()
        .any(|index| index.plain_columns().is_some_and(|names| fits(&names)));
    let by_key = own.table.primary_key.as_ref().is_some_and(|key| {
        let names: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        fits(&names)
    });
    let is_symbol = own.key_place.is_some_and(|place| {
        interpreter
            .sources
            .text(place)
            .is_some_and(|text| text.starts_with(':'))
    });
    by_index || by_key && !is_symbol
}

/// `ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY`, for a key that must stay SQL text.
pub(crate) fn add_foreign_key_sql(from: &QualifiedName, key: &ForeignKey) -> String {
    let list = |names: &[String]| {
        let quoted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        quoted.join(", ")
    };
    let mut text = format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
        super::qualified(from),
        quoted(&key.name),
        list(&key.columns),
        super::qualified(&key.referenced_table),
        list(&key.referenced_columns)
    );
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let words = match action {
            ReferentialAction::NoAction => continue,
            ReferentialAction::Restrict => "RESTRICT",
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
        };
        let _ = write!(text, " ON {event} {words}");
    }
    text
}
