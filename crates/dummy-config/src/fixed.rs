//! Rows that the file gives: `[[tables.users.fixed]]`.

use crate::column::plain;
use crate::follows::is_null;
use crate::reader::{Reader, Value, span};
use dummy_data::{FixedCell, FixedRow, FixedValue, Located, Place, Problem};
use toml::de::{DeTable, DeValue};

/// Reads the rows of a table.
pub(crate) fn read(reader: &mut Reader<'_>, value: &Value<'_>, table: &str) -> Vec<FixedRow> {
    let DeValue::Array(items) = value.get_ref() else {
        let header = format!("`[[tables.{table}.fixed]]`");
        let problem = Problem::configured(
            span(value),
            format!("`fixed` wants rows, each under its own {header}"),
        );
        reader
            .problems
            .push(problem.hint("two brackets open a row of several; one opens a table of keys"));
        return Vec::new();
    };
    let mut rows = Vec::new();
    for item in items {
        match item.get_ref() {
            DeValue::Table(cells) => rows.push(FixedRow {
                place: Place::Configuration(span(item)),
                cells: row(reader, cells),
            }),
            _ => reader.wrong(item, "fixed", "rows, each a table of columns"),
        }
    }
    rows
}

/// The cells of a row, in the order of the text.
fn row(reader: &mut Reader<'_>, cells: &DeTable<'_>) -> Vec<FixedCell> {
    let mut row = Vec::new();
    for (name, value) in cells {
        if let Some(fixed) = fixed_value(reader, name.get_ref(), value) {
            row.push(FixedCell {
                column: name.get_ref().to_string(),
                column_place: Place::Configuration(span(name)),
                value: fixed,
                place: Place::Configuration(span(value)),
            });
        }
    }
    row.sort_by_key(|cell| match cell.column_place {
        Place::Configuration(span) => span.start,
        Place::File(_) => 0,
    });
    row
}

/// A value; `{ null = true }` is NULL, and another table names a row of the parent.
fn fixed_value(reader: &mut Reader<'_>, name: &str, value: &Value<'_>) -> Option<FixedValue> {
    let DeValue::Table(columns) = value.get_ref() else {
        let text = plain(value);
        if text.is_none() {
            reader.wrong(
                value,
                name,
                "a text, a number, a date, a list, true or false",
            );
        }
        return text.map(FixedValue::Text);
    };
    if is_null(columns) {
        return Some(FixedValue::Null);
    }
    if columns.is_empty() {
        reader.problems.push(
            Problem::configured(span(value), format!("nothing is said of `{name}`"))
                .hint("NULL is `{ null = true }`; a row of the parent is `{ slug = \"demo\" }`"),
        );
        return None;
    }
    let mut named = Vec::new();
    for (column, value) in columns {
        let Some(text) = plain(value) else {
            reader.wrong(value, column.get_ref(), "a text, a number or a date");
            return None;
        };
        named.push((
            Located {
                value: column.get_ref().to_string(),
                span: span(column),
            },
            Located {
                value: text,
                span: span(value),
            },
        ));
    }
    Some(FixedValue::Row(named))
}
