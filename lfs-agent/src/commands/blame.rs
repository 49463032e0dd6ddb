//! `blame`: for each cell of a row, the commit that gave it its value.

use std::io::{self, Write};

use dump_diff::{History, RowWhat};
use serde_json::json;

use crate::arguments::BlameArguments;
use crate::commands::diff::written;
use crate::commands::show;
use crate::dumps::schema;
use crate::dumps::versions::{self, Step, Versions, shown};
use crate::error::AgentError;
use crate::git::repository::Repository;
use crate::terminal::output::Form;

/// A cell, and who gave it its value.
struct Cell {
    name: String,
    value: Option<String>,
    by: Option<Step>,
}

/// Goes back from commit to commit until every cell's is found.
pub(crate) fn blame(arguments: &BlameArguments) -> Result<(), AgentError> {
    let query = show::query(&arguments.table, &arguments.key, &[])?;
    let repository = Repository::discover()?;
    let path = versions::path(arguments.path.as_deref(), &repository)?;
    let asked = ["--end-of-options".to_owned(), arguments.revision.clone()];
    let steps = versions::steps(&repository, &path, &asked)?;
    let keys = schema::keys_beside(&path, &repository);
    let mut versions = Versions::new(&repository, &path, History::new(query, keys), &steps)?;
    let now = steps.first().and_then(|step| step.after.as_ref());
    let row = versions.between(None, now)?.rows().next();
    let Some(RowWhat::Added(cells)) = row.map(|row| row.what) else {
        return Err(AgentError::NoRow {
            table: arguments.table.clone(),
            key: arguments.key.join(", "),
        });
    };
    let mut cells: Vec<Cell> = cells
        .into_iter()
        .map(|(name, value)| Cell {
            name,
            value,
            by: None,
        })
        .collect();
    for step in &steps {
        if cells.iter().all(|cell| cell.by.is_some()) {
            break;
        }
        let changes = versions.of_step(step)?;
        let row = changes.rows().next().map(|row| row.what);
        for cell in cells.iter_mut().filter(|cell| cell.by.is_none()) {
            let is_its = match &row {
                Some(RowWhat::Added(_)) => true,
                Some(RowWhat::Changed(changed)) => {
                    changed.iter().any(|(name, ..)| *name == cell.name)
                }
                _ => false,
            };
            if is_its || changes.columns_added.contains(&cell.name) {
                cell.by = Some(step.clone());
            }
        }
    }
    let mut output = io::stdout().lock();
    written(match arguments.form.form() {
        Form::Json => as_json(arguments, &cells, &mut output),
        Form::Text => as_text(&cells, &mut output),
    })
}

fn as_text(cells: &[Cell], output: &mut dyn Write) -> io::Result<()> {
    let width = |of: &dyn Fn(&Cell) -> usize| cells.iter().map(of).max().unwrap_or_default();
    let author = |cell: &Cell| {
        cell.by
            .as_ref()
            .map_or(String::new(), |by| by.author.clone())
    };
    let names = width(&|cell| cell.name.chars().count());
    let authors = width(&|cell| author(cell).chars().count());
    for cell in cells {
        let (commit, date) = cell
            .by
            .as_ref()
            .map_or(("?", "?"), |by| (by.short(), by.date.as_str()));
        writeln!(
            output,
            "{commit:10} {date:10} {:authors$}  {:names$}  {}",
            author(cell),
            cell.name,
            shown(cell.value.as_ref())
        )?;
    }
    Ok(())
}

fn as_json(arguments: &BlameArguments, cells: &[Cell], output: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<_> = cells
        .iter()
        .map(|cell| {
            let by = cell.by.as_ref();
            json!({
                "column": cell.name,
                "value": cell.value,
                "commit": by.map(|by| &by.commit),
                "date": by.map(|by| &by.date),
                "author": by.map(|by| &by.author),
                "subject": by.map(|by| &by.subject),
            })
        })
        .collect();
    let told = json!({ "table": arguments.table, "key": arguments.key, "cells": cells });
    writeln!(output, "{told}")
}
