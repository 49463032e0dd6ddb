//! Says how each column is made, and why, with the value of the first row.

use dummy_data::{ColumnPlan, Nulls, Plan, TablePlan};
use row_text::RowBuffer;
use schema_page::Reasons;
use std::fmt::Write as _;

/// Characters of an example that are shown.
const EXAMPLE: usize = 40;

/// The explanation of one table, or of all.
pub(crate) fn text(plan: &Plan, only: Option<&str>) -> String {
    let mut text = String::new();
    for table in &plan.tables {
        let name = table.name.to_string();
        if only.is_none_or(|only| only == name || only == table.name.name) {
            write_table(table, &mut text);
        }
    }
    for (table, reason) in &plan.skipped {
        if only.is_none_or(|only| only == table.to_string() || only == table.name) {
            let _ = writeln!(text, "{table}: no rows: {reason}\n");
        }
    }
    text
}

fn write_table(table: &TablePlan, text: &mut String) {
    let given = match table.fixed.len() {
        0 => String::new(),
        1 => format!(", of which row {} is given", table.fixed[0] + 1),
        count => format!(", of which {count} are given"),
    };
    let _ = writeln!(text, "{}: {} rows{given}", table.name, table.rows);
    let width = table
        .columns
        .iter()
        .map(|column| column.name.chars().count())
        .chain(table.left_out.iter().map(|(name, _)| name.chars().count()))
        .max()
        .unwrap_or(0);
    for column in &table.columns {
        let _ = writeln!(
            text,
            "  {:width$}  {}",
            column.name,
            sentence(table, column)
        );
    }
    if let Some(story) = &table.story {
        let _ = writeln!(text, "  its rows: {story}");
    }
    for (name, reason) in &table.left_out {
        let _ = writeln!(text, "  {name:width$}  left out: {reason}");
    }
    text.push('\n');
}

/// How a column is made, and why, with an example.
fn sentence(table: &TablePlan, column: &ColumnPlan) -> String {
    // Row 1 rather than 0: the first row is special in self-references.
    let mut example = RowBuffer::new();
    column.write_field(u64::from(table.rows > 1), &mut example);
    let example = String::from_utf8_lossy(example.as_bytes()).into_owned();
    let short: String = example.chars().take(EXAMPLE).collect();
    let ellipsis = if example.chars().count() > EXAMPLE {
        "…"
    } else {
        ""
    };
    let nulls = match &column.nulls {
        Nulls::Share { parts, .. } => {
            format!("; NULL in {} % of the rows", parts * 100 / 65_536)
        }
        _ => String::new(),
    };
    format!("{}{nulls}; such as {short}{ellipsis}", column.why)
}

/// The same of all tables, for a page.
pub(crate) fn reasons(plan: &Plan) -> Reasons {
    let of_table = |table: &TablePlan| {
        let made = table
            .columns
            .iter()
            .map(|column| (column.name.clone(), sentence(table, column)));
        let left_out = table
            .left_out
            .iter()
            .map(|(name, reason)| (name.clone(), format!("left out: {reason}")));
        (table.name.to_string(), made.chain(left_out).collect())
    };
    plan.tables.iter().map(of_table).collect()
}
