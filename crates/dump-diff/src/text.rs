//! The words in which a dump and its changes are shown.

use std::fmt;
use std::io::{self, Write};

use crate::compare::changes::{Changes, MOST_KEPT_ROWS};
use crate::compare::pairing::Pairing;
use crate::compare::pairs::Counted;
use crate::compare::statements::Statements;
use crate::summary::{Summary, Table};
use dump_text::row;

impl fmt::Display for Summary {
    /// One thing a line, in an order that stays: what a line-by-line comparison of two versions needs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in &self.tables {
            writeln!(formatter, "table {}", table.name)?;
            writeln!(formatter, "  rows {}", table.rows)?;
            writeln!(formatter, "  content {}", table.content)?;
            for column in &table.columns {
                writeln!(formatter, "  column {column}")?;
            }
            for row in &table.sample {
                let fields: Vec<String> = row::fields(row).map(row::printable).collect();
                writeln!(formatter, "  sample {}", fields.join(" | "))?;
            }
        }
        if self.tables.is_empty() {
            writeln!(formatter, "{NO_ROWS}")?;
        }
        writeln!(
            formatter,
            "other SQL: {} line{}, content {}",
            self.statement_lines,
            if self.statement_lines == 1 { "" } else { "s" },
            self.statements
        )
    }
}

/// What is said of a file that may be no dump at all.
const NO_ROWS: &str =
    "no rows are in it, in COPY blocks or INSERT statements: a dump without rows, or none";

/// Says which version has no tables, where only one has any.
pub(crate) fn emptiness(output: &mut dyn Write, old: &Summary, new: &Summary) -> io::Result<()> {
    match (&old.tables[..], &new.tables[..]) {
        ([], _) => writeln!(output, "the old version: {NO_ROWS}"),
        (_, []) => writeln!(output, "the new version: {NO_ROWS}"),
        _ => Ok(()),
    }
}

/// The first line: how many tables are what.
pub(crate) fn totals(output: &mut dyn Write, counted: &Counted) -> io::Result<()> {
    let said: Vec<String> = [
        (counted.changed, "changed"),
        (counted.added, "added"),
        (counted.removed, "removed"),
        (counted.unchanged, "unchanged"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    writeln!(output, "tables: {}", said.join(", "))
}

/// A table that only one version has.
pub(crate) fn whole_table(output: &mut dyn Write, table: &Table, what: &str) -> io::Result<()> {
    let columns = table.columns.join(", ");
    writeln!(
        output,
        "{}: {what}, {} ({columns})",
        table.name,
        rows(table.rows)
    )
}

/// A table that both versions have, and that isn't the same. No changes: its rows couldn't be compared.
pub(crate) fn changed_table(
    output: &mut dyn Write,
    old: &Table,
    new: &Table,
    pairing: &Pairing,
    changes: Option<&Changes>,
) -> io::Result<()> {
    if old.rows == new.rows {
        writeln!(output, "{}: {}", new.name, rows(new.rows))?;
    } else {
        writeln!(output, "{}: {} -> {}", new.name, old.rows, rows(new.rows))?;
    }
    for (columns, what) in [(&pairing.added, "added"), (&pairing.removed, "removed")] {
        if !columns.is_empty() {
            writeln!(output, "  columns {what}: {}", columns.join(", "))?;
        }
    }
    let Some(changes) = changes else {
        return writeln!(
            output,
            "  its rows changed; they are not compared one by one, for there are more than {MOST_KEPT_ROWS} and \
             their key isn't a first column that ascends"
        );
    };
    counts(output, pairing, changes)?;
    for (before, after) in &changes.changed_rows {
        writeln!(output, "  ~ {}", changed_row(before, after, pairing))?;
    }
    for row in &changes.removed_rows {
        writeln!(output, "  - {}", whole_row(row, &old.columns))?;
    }
    for row in &changes.added_rows {
        writeln!(output, "  + {}", whole_row(row, &new.columns))?;
    }
    Ok(())
}

/// So many lines of other SQL are shown of each version.
const LINES: usize = 3;

/// So many letters of each.
const LINE: usize = 100;

/// What changed outside of all tables, of so many lines in either version.
pub(crate) fn statements(
    output: &mut dyn Write,
    (old, new): (u64, u64),
    statements: &Statements,
) -> io::Result<()> {
    match statements {
        Statements::Same => return Ok(()),
        Statements::Numbers => {
            return writeln!(output, "other SQL: nothing but numbers changed");
        }
        _ if old == new => writeln!(output, "other SQL: changed ({new} lines)")?,
        _ => writeln!(output, "other SQL: {old} -> {new} lines")?,
    }
    if let Statements::Lines { removed, added } = statements {
        for (sign, lines) in [('-', removed), ('+', added)] {
            for line in lines.iter().take(LINES) {
                let line = row::cut(row::printable(line.as_bytes()), LINE);
                writeln!(output, "  {sign} {line}")?;
            }
            if lines.len() > LINES {
                writeln!(output, "  {sign} … {} more", lines.len() - LINES)?;
            }
        }
    }
    Ok(())
}

fn counts(output: &mut dyn Write, pairing: &Pairing, changes: &Changes) -> io::Result<()> {
    let said: Vec<String> = [
        (changes.added, "added"),
        (changes.removed, "removed"),
        (changes.changed, "changed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if said.is_empty() {
        return match (&pairing.added[..], &pairing.removed[..]) {
            ([], []) => writeln!(output, "  the same rows in another order"),
            _ => writeln!(output, "  nothing else"),
        };
    }
    let columns: Vec<String> = changes
        .by_column
        .iter()
        .zip(&pairing.common)
        .filter(|(count, _)| **count > 0)
        .map(|(count, (name, _, _))| format!("{name} in {count}"))
        .collect();
    if columns.is_empty() {
        writeln!(output, "  rows: {}", said.join(", "))
    } else {
        writeln!(
            output,
            "  rows: {} ({})",
            said.join(", "),
            columns.join(", ")
        )
    }
}

/// How many columns of a row are shown.
const COLUMNS: usize = 6;

fn changed_row(before: &[u8], after: &[u8], pairing: &Pairing) -> String {
    let old: Vec<&[u8]> = row::fields(before).collect();
    let new: Vec<&[u8]> = row::fields(after).collect();
    let differences: Vec<String> = pairing
        .common
        .iter()
        .filter_map(|(name, here, there)| {
            let (from, to) = (old.get(*here)?, new.get(*there)?);
            (from != to).then(|| format!("{name} {} -> {}", row::shown(from), row::shown(to)))
        })
        .collect();
    let key: Vec<String> = pairing
        .key()
        .filter_map(|(name, here, _)| Some(format!("{name} {}", row::shown(old.get(*here)?))))
        .collect();
    let differences = few(&differences);
    if key.is_empty() {
        differences
    } else {
        format!("{}: {differences}", key.join(", "))
    }
}

fn whole_row(row: &[u8], columns: &[String]) -> String {
    let values: Vec<String> = row::fields(row)
        .enumerate()
        .map(|(at, field)| match columns.get(at) {
            Some(name) => format!("{name} {}", row::shown(field)),
            None => row::shown(field),
        })
        .collect();
    few(&values)
}

fn few(parts: &[String]) -> String {
    if parts.len() > COLUMNS {
        format!("{}, …", parts[..COLUMNS].join(", "))
    } else {
        parts.join(", ")
    }
}

fn rows(count: u64) -> String {
    if count == 1 {
        "1 row".to_owned()
    } else {
        format!("{count} rows")
    }
}
