//! What `gen-dummy capture` wrote: rows of a table that were changed, added or left out.

use crate::column::plain;
use crate::reader::{Reader, Value, span};
use dummy_data::{
    OverlaidCell, OverlaidRow, Place, Problem, Span, TableOverlay, What, merge_conflicts,
};
use toml::de::{DeTable, DeValue};

/// The kinds of rows by their headings.
const KINDS: [(&str, What); 3] = [
    ("changed", What::Changed),
    ("added", What::Added),
    ("left_out", What::LeftOut),
];

/// Reads a file's text; none where it has problems.
///
/// # Errors
/// All that isn't understood.
pub fn read_captured(text: &str) -> Result<TableOverlay, Vec<Problem>> {
    let conflicts = merge_conflicts(text);
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    let (mut reader, document) = Reader::of(text);
    let file = document.get_ref();
    reader.only_known_keys(file, "the file", &["table", "changed", "added", "left_out"]);
    let table = file
        .get("table")
        .and_then(|value| reader.text_of(value, "table"));
    let mut rows = Vec::new();
    for (heading, what) in KINDS {
        let Some(value) = file.get(heading) else {
            continue;
        };
        let DeValue::Array(items) = value.get_ref() else {
            reader.wrong(value, heading, &format!("rows, each under `[[{heading}]]`"));
            continue;
        };
        for item in items {
            match item.get_ref() {
                DeValue::Table(cells) => rows.push(OverlaidRow {
                    place: Place::Configuration(span(item)),
                    what,
                    cells: row(&mut reader, cells),
                }),
                _ => reader.wrong(item, heading, "rows, each a table of columns"),
            }
        }
    }
    if table.is_none() && !file.contains_key("table") {
        reader.problems.push(
            Problem::configured(Span { start: 0, end: 0 }, "whose rows these are isn't said")
                .hint("begin with `table = \"orders\"`"),
        );
    }
    match table {
        Some(table) if reader.problems.is_empty() => Ok(TableOverlay {
            table: table.value,
            place: Place::Configuration(table.span),
            rows,
        }),
        _ => {
            reader.problems.sort_by_key(|problem| problem.span);
            Err(reader.problems)
        }
    }
}

fn row(reader: &mut Reader<'_>, cells: &DeTable<'_>) -> Vec<OverlaidCell> {
    let mut row = Vec::new();
    for (name, value) in cells {
        let Some(text) = cell(value) else {
            reader.wrong(
                value,
                name.get_ref(),
                "a text, a number, true, false or `{ null = true }`",
            );
            continue;
        };
        let value = (text, span(value));
        row.push(OverlaidCell {
            column: name.get_ref().to_string(),
            value: value.0,
            place: Place::Configuration(span(name)),
        });
    }
    row
}

/// A value; `{ null = true }` is NULL.
#[expect(
    clippy::option_option,
    reason = "what isn't understood, NULL, and a value"
)]
fn cell(value: &Value<'_>) -> Option<Option<String>> {
    let DeValue::Table(table) = value.get_ref() else {
        return plain(value).map(Some);
    };
    let null = table.get("null").filter(|_| table.len() == 1)?;
    matches!(null.get_ref(), DeValue::Boolean(true)).then_some(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_they_are_written() {
        let overlay = read_captured(
            "table = \"orders\"\n[[changed]]\nid = 17\ntotal = 12.50\nnote = { null = true }\n[[left_out]]\nid = 3\n",
        )
        .unwrap();
        assert_eq!(overlay.table, "orders");
        let kinds: Vec<What> = overlay.rows.iter().map(|row| row.what).collect();
        assert_eq!(kinds, [What::Changed, What::LeftOut]);
        let value = |name: &str| {
            let mut cells = overlay.rows[0].cells.iter();
            cells
                .find(|cell| cell.column == name)
                .unwrap()
                .value
                .clone()
        };
        assert_eq!(value("total").as_deref(), Some("12.50"));
        assert_eq!(value("note"), None);
    }

    #[test]
    fn what_isnt_understood_is_told() {
        for (text, told) in [
            ("[[changed]]\nid = 1\n", "whose rows these are isn't said"),
            ("table = \"t\"\n[[change]]\nid = 1\n", "has no key `change`"),
            (
                "table = \"t\"\n[added]\nid = 1\n",
                "rows, each under `[[added]]`",
            ),
            (
                "table = \"t\"\n[[added]]\nid = { x = 1 }\n",
                "`{ null = true }`",
            ),
        ] {
            let problems = read_captured(text).unwrap_err();
            assert!(
                problems.iter().any(|problem| problem.text.contains(told)),
                "{text}: {problems:?}"
            );
        }
    }
}
