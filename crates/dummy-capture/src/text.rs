//! What differs as TOML: a file for each table, a row under its own heading, sorted by kind and key.
//!
//! Git merges such files by lines, and a reviewer reads them: of a changed row only the columns that changed are there,
//! each with what it was in a comment.

use crate::compare::{Difference, DifferentCell, DifferentRow};
use dummy_data::What;
use std::fmt::Write as _;

/// What is shown of a value in a comment, in characters.
const SHOWN: usize = 40;

/// The file of a table.
pub fn of(difference: &Difference) -> String {
    let mut text = format!(
        "# Rows of {} that differ from those that schema, configuration and seed make: written by `gen-dummy capture`,\n\
         # made by `gen-dummy`. Take a row out, and it is made as before; another capture writes the file anew.\n\
         table = {}\n",
        difference.table,
        quoted(&difference.table)
    );
    for what in [What::Changed, What::Added, What::LeftOut] {
        for row in difference.rows.iter().filter(|row| row.what == what) {
            row_text(row, &mut text);
        }
    }
    text
}

/// The name of a table's file, without anything that a file system takes for something else.
pub fn file_name(table: &str) -> String {
    let mut name = String::new();
    for byte in table.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') {
            name.push(char::from(byte));
        } else {
            let _ = write!(name, "%{byte:02x}");
        }
    }
    name + ".toml"
}

/// How many rows of each kind: `2 changed, 1 added`.
pub fn counts(difference: &Difference) -> String {
    let parts: Vec<String> = [
        (What::Changed, "changed"),
        (What::Added, "added"),
        (What::LeftOut, "left out"),
    ]
    .into_iter()
    .filter_map(|(what, name)| {
        let count = difference
            .rows
            .iter()
            .filter(|row| row.what == what)
            .count();
        (count > 0).then(|| format!("{count} {name}"))
    })
    .collect();
    parts.join(", ")
}

fn row_text(row: &DifferentRow, text: &mut String) {
    let heading = match row.what {
        What::Changed => "changed",
        What::Added => "added",
        What::LeftOut => "left_out",
    };
    let _ = write!(text, "\n[[{heading}]]\n");
    for cell in &row.cells {
        // What isn't said of a row that was added is NULL.
        if row.what == What::Added && cell.value.is_none() {
            continue;
        }
        let _ = write!(text, "{} = {}", key(&cell.column), value(cell));
        if let Some(made) = &cell.made {
            let _ = write!(text, " # was {}", shown(made.as_deref()));
        }
        text.push('\n');
    }
}

/// A column's name as a key.
fn key(name: &str) -> String {
    let is_bare = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if is_bare {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn value(cell: &DifferentCell) -> String {
    let Some(text) = &cell.value else {
        return "{ null = true }".to_owned();
    };
    match text.as_str() {
        "t" if cell.bare => return "true".to_owned(),
        "f" if cell.bare => return "false".to_owned(),
        _ => {}
    }
    if cell.bare && is_number(text) {
        return text.clone();
    }
    // Paragraphs are read and merged line by line.
    let is_paragraph = text.trim_end_matches('\n').contains('\n')
        && !text.contains("'''")
        && !text.ends_with('\'')
        && text
            .chars()
            .all(|character| character == '\n' || character == '\t' || !character.is_control());
    if is_paragraph {
        format!("'''\n{text}'''")
    } else {
        quoted(text)
    }
}

/// Whether TOML keeps a number as it is written.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_whole = |digits: &str| {
        !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (digits == "0" || !digits.starts_with('0'))
    };
    match digits.split_once('.') {
        None => is_whole(digits) && text != "-0" && text.parse::<i64>().is_ok(),
        Some((whole, fraction)) => {
            is_whole(whole)
                && !fraction.is_empty()
                && fraction.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            other if other.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(other));
            }
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

/// A value in a comment: on one line, and short.
fn shown(value: Option<&str>) -> String {
    let Some(text) = value else {
        return "NULL".to_owned();
    };
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    if text.chars().count() > SHOWN {
        shown.push('…');
    }
    if shown.trim() == shown && !shown.is_empty() {
        shown
    } else {
        format!("\"{shown}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(column: &str, value: Option<&str>, bare: bool) -> DifferentCell {
        DifferentCell {
            column: column.to_owned(),
            value: value.map(str::to_owned),
            made: None,
            bare,
        }
    }

    #[test]
    fn a_reviewer_sees_what_changed_and_from_what() {
        let difference = Difference {
            table: "orders".to_owned(),
            rows: vec![
                DifferentRow {
                    what: What::LeftOut,
                    cells: vec![cell("id", Some("3"), true)],
                },
                DifferentRow {
                    what: What::Changed,
                    cells: vec![
                        cell("id", Some("17"), true),
                        DifferentCell {
                            made: Some(Some("placed".to_owned())),
                            ..cell("status", Some("shipped"), false)
                        },
                        DifferentCell {
                            made: Some(None),
                            ..cell("total", Some("12.50"), true)
                        },
                    ],
                },
                DifferentRow {
                    what: What::Added,
                    cells: vec![
                        cell("id", Some("18"), true),
                        cell("note", None, false),
                        cell("Odd \"name\"", Some("a\nb"), false),
                    ],
                },
            ],
        };
        let text = of(&difference);
        let rows = text.split_once("\n\n").map_or("", |(_, rows)| rows);
        assert_eq!(
            rows,
            "[[changed]]\nid = 17\nstatus = \"shipped\" # was placed\ntotal = 12.50 # was NULL\n\n\
             [[added]]\nid = 18\n\"Odd \\\"name\\\"\" = '''\na\nb'''\n\n[[left_out]]\nid = 3\n"
        );
        assert_eq!(counts(&difference), "1 changed, 1 added, 1 left out");
    }

    #[test]
    fn numbers_that_toml_would_change_stand_in_quotes() {
        for text in [
            "007",
            "1e5",
            "-0",
            "NaN",
            "99999999999999999999",
            "1.",
            ".5",
        ] {
            assert!(!is_number(text), "{text}");
        }
        for text in ["0", "-7", "12.50", "0.10"] {
            assert!(is_number(text), "{text}");
        }
    }

    #[test]
    fn names_of_files_are_plain() {
        assert_eq!(file_name("sales.orders"), "sales.orders.toml");
        assert_eq!(file_name("a/b 注"), "a%2fb%20%e6%b3%a8.toml");
    }
}
