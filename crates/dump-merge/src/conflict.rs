//! What a merge can't decide, and the words for it.

use std::fmt::{self, Write as _};

use dump_text::row;

use crate::side::{Side, Three};

/// A field as the dump has it: as COPY writes it, or a literal; none where a version has no such row.
pub type Field = Option<Vec<u8>>;

/// Something that both sides changed in ways that contradict each other, or that can't stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The table, as the dump writes it; empty for what stands around the rows.
    pub table: String,
    /// The columns that name the row, with their values; empty for what isn't about one row.
    pub key: Vec<(String, Vec<u8>)>,
    /// What it is.
    pub what: What,
}

/// What contradicts what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Both gave a cell another value. Without a base's, both added the row.
    Cell {
        /// The column, as the dump writes it.
        column: String,
        /// What it holds.
        values: Three<Field>,
    },
    /// One side deleted the row, the other one changed it.
    Deleted {
        /// Who deleted it.
        by: Side,
        /// What the other one changed: the column, its value before and after.
        changed: Vec<(String, Vec<u8>, Vec<u8>)>,
    },
    /// One side deleted the table, the other one changed rows of it.
    TableDeleted {
        /// Who deleted it.
        by: Side,
    },
    /// The table's rows can't be compared one by one.
    Table {
        /// Why.
        why: String,
    },
    /// Lines around the rows.
    Lines {
        /// As they are in each version.
        lines: Three<Vec<String>>,
    },
    /// Rows that the two sides made have the same values in columns that may hold them once.
    NotUnique {
        /// The columns.
        columns: Vec<String>,
        /// What both hold.
        values: Vec<Vec<u8>>,
        /// The row that theirs made.
        other: Vec<(String, Vec<u8>)>,
    },
    /// A row points to one that the other side deleted.
    Dangling {
        /// Who made or changed the row.
        by: Side,
        /// The columns that point.
        columns: Vec<String>,
        /// What they hold.
        values: Vec<Vec<u8>>,
        /// The table to which they point.
        target: String,
    },
}

impl What {
    /// Whether choosing a side settles it.
    pub fn has_sides(&self) -> bool {
        !matches!(self, Self::NotUnique { .. } | Self::Dangling { .. })
    }
}

impl Conflict {
    /// The row's place: `users 42`, `order_lines (7, 2)`.
    pub fn place(&self) -> String {
        place(&self.table, &self.key)
    }
}

fn place(table: &str, key: &[(String, Vec<u8>)]) -> String {
    let values: Vec<String> = key.iter().map(|(_, value)| row::shown(value)).collect();
    match &values[..] {
        [] if table.is_empty() => "around the rows".to_owned(),
        [] => table.to_owned(),
        [one] => format!("{table} {one}"),
        many => format!("{table} ({})", many.join(", ")),
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place(), self.told())
    }
}

impl Conflict {
    fn told(&self) -> String {
        match &self.what {
            What::Cell { column, values } => {
                let mut text = match &values.base {
                    Some(base) => format!("{column} was {}", row::shown(base)),
                    None => format!("both added it, with another {column}"),
                };
                for (who, value) in [("ours", &values.ours), ("theirs", &values.theirs)] {
                    let value = value
                        .as_ref()
                        .map_or("nothing".to_owned(), |it| row::shown(it));
                    // Writing into a text can't fail.
                    let _ = write!(text, ", {who} {value}");
                }
                text
            }
            What::Deleted { by, changed } => {
                let changes: Vec<String> = changed
                    .iter()
                    .map(|(column, before, after)| {
                        format!("{column} {} -> {}", row::shown(before), row::shown(after))
                    })
                    .collect();
                format!(
                    "{by} deleted it, {} changed {}",
                    by.other(),
                    changes.join(", ")
                )
            }
            What::TableDeleted { by } => {
                format!("{by} deleted the table, {} changed its rows", by.other())
            }
            What::Table { why } => why.clone(),
            What::Lines { lines } => {
                let first = |lines: &[String]| match lines {
                    [] => "nothing".to_owned(),
                    [one] => format!("`{one}`"),
                    [one, rest @ ..] => format!("`{one}` and {} more", rest.len()),
                };
                format!(
                    "lines were {}, ours {}, theirs {}",
                    first(&lines.base),
                    first(&lines.ours),
                    first(&lines.theirs)
                )
            }
            What::NotUnique {
                columns,
                values,
                other,
            } => format!(
                "ours and {} of theirs have the same {}: {}",
                place(&self.table, other),
                columns.join(", "),
                shown(values)
            ),
            What::Dangling {
                by,
                columns,
                values,
                target,
            } => format!(
                "{} of {by} names {target} {}, which {} deleted",
                columns.join(", "),
                shown(values),
                by.other()
            ),
        }
    }
}

fn shown(values: &[Vec<u8>]) -> String {
    let shown: Vec<String> = values.iter().map(|value| row::shown(value)).collect();
    shown.join(", ")
}
