//! `show`: what a dump holds, and rows of it, in a file or in a revision.

use std::io::{self, Write};
use std::path::Path;

use dump_diff::{Cell, Query, QueryError, Source, cells};
use dump_text::Keys;
use serde_json::{Map, Value};

use crate::arguments::{RowForm, ShowArguments};
use crate::commands::diff::{Version, beside, elsewhere, written};
use crate::dumps::content::Content;
use crate::dumps::schema;
use crate::error::AgentError;
use crate::git::repository::Repository;

/// Shows a dump: its tables, one thing a line, as `git log -p` compares them; or the rows that were asked for.
pub(crate) fn show(arguments: &ShowArguments) -> Result<(), AgentError> {
    let file = &arguments.file;
    let name = file.to_string_lossy();
    let in_revision = name.split_once(':').filter(|_| !file.exists());
    let (source, keys): (Box<dyn Source>, Keys) = if let Some((revision, path)) = in_revision {
        let repository = Repository::discover()?;
        let content = Content::of_blob(Some(&format!("{revision}:{path}")), &repository)?;
        (Box::new(content), schema::keys_beside(path, &repository))
    } else {
        match Version::at(file)? {
            Version::Here(dump) => (Box::new(dump), schema::keys_in(Some(beside(file)))),
            Version::InGit(content) => (Box::new(content), Keys::default()),
            Version::Nothing => return Ok(()),
            Version::Elsewhere(pointer) => {
                return written(writeln!(io::stdout().lock(), "{}", elsewhere(&pointer)));
            }
        }
    };
    let mut output = io::BufWriter::new(io::stdout().lock());
    let Some(table) = &arguments.table else {
        let summary = dump_diff::summarize(&*source)
            .map_err(|error| AgentError::file("read", file, error))?;
        return written(write!(output, "{summary}").and_then(|()| output.flush()));
    };
    let query = query(table, &arguments.key, &arguments.rows.conditions)?;
    rows(&*source, &query, &keys, arguments.format, file, &mut output)
}

/// The rows that a command line asks for.
pub(crate) fn query(
    table: &str,
    key: &[String],
    conditions: &[String],
) -> Result<Query, AgentError> {
    let conditions = conditions.iter().map(|condition| {
        let (column, value) = condition
            .split_once('=')
            .ok_or_else(|| AgentError::Condition {
                text: condition.clone(),
            })?;
        Ok((column.to_owned(), value.to_owned()))
    });
    Ok(Query {
        table: table.to_owned(),
        key: key.to_vec(),
        conditions: conditions.collect::<Result<_, AgentError>>()?,
    })
}

fn rows(
    source: &dyn Source,
    query: &Query,
    keys: &Keys,
    form: RowForm,
    file: &Path,
    output: &mut dyn Write,
) -> Result<(), AgentError> {
    let mut count = 0_u64;
    let mut failed = None;
    let found = dump_diff::select(source, query, keys, &mut |columns, row| {
        let cells = cells(row, columns);
        let told = match form {
            RowForm::Text => text(&query.table, &cells, count, output),
            RowForm::Csv => csv(&cells, count, output),
            RowForm::Json => json(&cells, count, output),
        };
        count += 1;
        told.map_err(|error| {
            let kind = error.kind();
            failed = Some(error);
            io::Error::from(kind)
        })
    });
    if let Some(error) = failed {
        return written(Err(error));
    }
    let dump = file.to_string_lossy().into_owned();
    found.map_err(|error| match error {
        QueryError::Io(error) => AgentError::file("read", file, error),
        error => AgentError::Query { dump, error },
    })?;
    if form == RowForm::Json {
        written(output.write_all(if count == 0 { b"[]\n" } else { b"\n]\n" }))?;
    }
    written(output.flush())?;
    if count == 0 && !query.key.is_empty() {
        return Err(AgentError::NoRow {
            table: query.table.clone(),
            key: query.key.join(", "),
        });
    }
    Ok(())
}

fn text(table: &str, cells: &[Cell], count: u64, output: &mut dyn Write) -> io::Result<()> {
    if count > 0 {
        writeln!(output)?;
    }
    writeln!(output, "{table}")?;
    let width = cells.iter().map(|(name, _)| name.chars().count()).max();
    for (name, value) in cells {
        let value = match value {
            None => "NULL".to_owned(),
            Some(value) => dump_text::row::printable(value.as_bytes()),
        };
        writeln!(
            output,
            "  {name:width$}  {value}",
            width = width.unwrap_or_default()
        )?;
    }
    Ok(())
}

/// RFC 4180, but for line ends, which are those of everything here.
fn csv(cells: &[Cell], count: u64, output: &mut dyn Write) -> io::Result<()> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let field = |text: &str| {
        if text.is_empty() || text.contains(['"', ',', '\n', '\r']) {
            quoted(text)
        } else {
            text.to_owned()
        }
    };
    if count == 0 {
        let names: Vec<String> = cells.iter().map(|(name, _)| field(name)).collect();
        writeln!(output, "{}", names.join(","))?;
    }
    let values: Vec<String> = cells
        .iter()
        .map(|(_, value)| value.as_deref().map_or(String::new(), field))
        .collect();
    writeln!(output, "{}", values.join(","))
}

fn json(cells: &[Cell], count: u64, output: &mut dyn Write) -> io::Result<()> {
    output.write_all(if count == 0 { b"[\n" } else { b",\n" })?;
    write!(output, "{}", Value::Object(object(cells)))
}

/// Cells as JSON has them: a text, or null.
pub(crate) fn object(cells: &[Cell]) -> Map<String, Value> {
    cells
        .iter()
        .map(|(name, value)| {
            (
                name.clone(),
                value.clone().map_or(Value::Null, Value::String),
            )
        })
        .collect()
}
