//! Diagrams as Mermaid, which hosting services draw.
//!
//! Mermaid's grammar of `erDiagram` takes any text in double quotes for a table and for what stands on a line, and few
//! characters for types and columns. What it wouldn't take is written with `_` in its place, so that one odd name costs
//! no diagram.

use schema_view::{Key, Table, View};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Mermaid refuses longer texts (`maxTextSize` is 50,000).
const LONGEST: usize = 48_000;

/// Mermaid refuses more lines between tables (`maxEdges` is 500).
const MOST_EDGES: usize = 480;

/// How much of a table is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All its columns.
    Columns,
    /// Its primary key and the columns of its foreign keys.
    Keys,
    /// Its name.
    Name,
}

/// A word behind a table's or column's name, such as `added`.
pub(crate) type Note<'n> = &'n dyn Fn(&Table, Option<&str>) -> Option<&'static str>;

/// The diagram of some tables and the keys between them, in as much detail as fits; none where none fits.
pub(crate) fn fitting(
    view: &View,
    tables: &[usize],
    details: &[Detail],
) -> Option<(String, Detail)> {
    details.iter().find_map(|detail| {
        let text = diagram(view, tables, &|_| *detail, &|_, _| None);
        fits(&text).then_some((text, *detail))
    })
}

/// Whether Mermaid draws it.
pub(crate) fn fits(text: &str) -> bool {
    let edges = text.matches("--").count() + text.matches("..").count();
    text.len() <= LONGEST && edges <= MOST_EDGES
}

/// The diagram of some tables and the keys between them.
pub(crate) fn diagram(
    view: &View,
    tables: &[usize],
    detail: &dyn Fn(usize) -> Detail,
    note: Note<'_>,
) -> String {
    let shown: BTreeSet<usize> = tables.iter().copied().collect();
    let mut text = String::from("erDiagram\n");
    for position in tables {
        let table = &view.tables[*position];
        let _ = write!(text, "    {}", entity(table, note(table, None)));
        let columns: Vec<_> = table
            .columns
            .iter()
            .filter(|column| match detail(*position) {
                Detail::Columns => true,
                Detail::Keys => {
                    table.primary_key.contains(&column.name) || table.is_in_key(&column.name)
                }
                Detail::Name => false,
            })
            .collect();
        if columns.is_empty() {
            text.push('\n');
            continue;
        }
        text.push_str(" {\n");
        for column in columns {
            let _ = write!(
                text,
                "        {} {}",
                word(&column.type_text),
                word(&column.name)
            );
            let mut keys = Vec::new();
            if table.primary_key.contains(&column.name) {
                keys.push("PK");
            }
            if table.is_in_foreign_key(&column.name) {
                keys.push("FK");
            }
            if table.primary_key.len() != 1 || table.primary_key[0] != column.name {
                let alone = std::slice::from_ref(&column.name);
                if table.is_unique(alone) {
                    keys.push("UK");
                }
            }
            if !keys.is_empty() {
                let _ = write!(text, " {}", keys.join(", "));
            }
            let said = note(table, Some(&column.name)).map(str::to_owned);
            let comment = said.or_else(|| {
                let logical = schema_view::logical_name(column.comment.as_deref()?).name;
                (!logical.is_empty()).then(|| logical.to_owned())
            });
            if let Some(comment) = comment {
                let _ = write!(text, " {}", quoted(&comment));
            }
            text.push('\n');
        }
        text.push_str("    }\n");
    }
    for position in tables {
        let table = &view.tables[*position];
        for key in &table.keys {
            let Some(target) = key.target.filter(|target| shown.contains(target)) else {
                continue;
            };
            let parent = &view.tables[target];
            let _ = writeln!(
                text,
                "    {} {}{}{} {} : {}",
                entity(parent, note(parent, None)),
                if is_optional(table, key) { "|o" } else { "||" },
                if key.by_name { ".." } else { "--" },
                if table.is_unique(&key.columns) {
                    "o|"
                } else {
                    "o{"
                },
                entity(table, note(table, None)),
                quoted(&key.columns.join(", "))
            );
        }
    }
    text
}

/// Whether a row need not have a parent.
fn is_optional(table: &Table, key: &Key) -> bool {
    key.columns
        .iter()
        .any(|name| table.column(name).is_some_and(|column| column.nullable))
}

fn entity(table: &Table, note: Option<&str>) -> String {
    match note {
        Some(note) => quoted(&format!("{} ({note})", table.name)),
        None => quoted(&table.name),
    }
}

/// A text in double quotes, in which no double quote, backslash or percent sign may stand.
fn quoted(text: &str) -> String {
    let inner: String = text
        .chars()
        .map(|character| match character {
            '"' => '\'',
            '\\' => '/',
            '%' => '％',
            '<' => '‹',
            '>' => '›',
            ';' => ',',
            control if control.is_control() => ' ',
            other => other,
        })
        .collect();
    if inner.trim().is_empty() {
        return "\"_\"".to_owned();
    }
    format!("\"{inner}\"")
}

/// A type or a column: letters, digits, and a few signs within.
fn word(text: &str) -> String {
    // `numeric(10, 2)` is one word without its space, and Mermaid takes no comma.
    let text = text.replace(", ", ",");
    let mut word: String = text
        .chars()
        .map(|character| match character {
            '_' | '-' | '(' | ')' | '[' | ']' => character,
            ',' => '-',
            letter if letter.is_ascii_alphanumeric() => letter,
            // The lexer's own range of letters beyond ASCII.
            '\u{c0}'..='\u{ffff}' => character,
            _ => '_',
        })
        .collect();
    let begins = word.starts_with(|first: char| {
        first.is_ascii_alphabetic() || first == '_' || first >= '\u{c0}'
    });
    if !begins {
        word.insert(0, '_');
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_cost_no_diagram() {
        assert_eq!(word("numeric(10, 2)"), "numeric(10-2)");
        assert_eq!(word("double precision"), "double_precision");
        assert_eq!(word("2nd"), "_2nd");
        assert_eq!(word("社員"), "社員");
        assert_eq!(word("😀"), "_");
        assert_eq!(quoted("a \"b\" <c>"), "\"a 'b' ‹c›\"");
        assert_eq!(quoted(""), "\"_\"");
    }
}
