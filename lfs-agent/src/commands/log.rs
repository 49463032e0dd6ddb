//! `log`: which commits changed the rows of a table, or one row.

use std::io::{self, Write};

use dump_diff::{History, QueryError, RowChange, RowChanges, RowWhat};
use serde_json::{Map, Value, json};

use crate::arguments::LogArguments;
use crate::commands::diff::written;
use crate::commands::show;
use crate::dumps::schema;
use crate::dumps::versions::{self, Step, Versions, is_nothing, line};
use crate::error::AgentError;
use crate::git::repository::Repository;

/// So many rows of a commit are shown.
const SHOWN: usize = 20;

/// Tells commit after commit, newest first.
pub(crate) fn log(arguments: &LogArguments) -> Result<(), AgentError> {
    let query = show::query(&arguments.table, &arguments.key, &arguments.rows.conditions)?;
    let repository = Repository::discover()?;
    let path = versions::path(arguments.path.as_deref(), &repository)?;
    let mut asked = Vec::new();
    for (option, value) in [
        ("since", &arguments.since),
        ("until", &arguments.until),
        ("author", &arguments.author),
    ] {
        asked.extend(value.iter().map(|value| format!("--{option}={value}")));
    }
    asked.push("--end-of-options".to_owned());
    asked.extend(arguments.revisions.iter().cloned());
    let steps = versions::steps(&repository, &path, &asked)?;
    let keys = schema::keys_beside(&path, &repository);
    let mut versions = Versions::new(&repository, &path, History::new(query, keys));
    let mut output = io::stdout().lock();
    for step in &steps {
        let changes = versions.of_step(step)?;
        if is_nothing(&changes) {
            continue;
        }
        let told = if arguments.json {
            writeln!(output, "{}", as_json(step, &changes))
        } else {
            as_text(step, &changes, &mut output)
        };
        match told.and_then(|()| output.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            told => written(told)?,
        }
    }
    if versions.has_table || steps.is_empty() {
        return Ok(());
    }
    Err(AgentError::Query {
        dump: path,
        error: QueryError::NoTable {
            table: arguments.table.clone(),
            tables: Vec::new(),
        },
    })
}

fn as_text(step: &Step, changes: &RowChanges, output: &mut dyn Write) -> io::Result<()> {
    writeln!(
        output,
        "{} {} {}: {}",
        step.short(),
        step.date,
        step.author,
        step.subject
    )?;
    changes_as_text(changes, output)
}

/// What changed, for people.
pub(crate) fn changes_as_text(changes: &RowChanges, output: &mut dyn Write) -> io::Result<()> {
    let counts: Vec<String> = [
        (changes.added, "added"),
        (changes.removed, "removed"),
        (changes.changed, "changed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if !counts.is_empty() {
        writeln!(output, "  {}: {}", changes.table, counts.join(", "))?;
    }
    for (columns, what) in [
        (&changes.columns_added, "added"),
        (&changes.columns_removed, "removed"),
    ] {
        if !columns.is_empty() {
            writeln!(output, "  columns {what}: {}", columns.join(", "))?;
        }
    }
    for row in changes.rows.iter().take(SHOWN) {
        writeln!(output, "    {}", line(row))?;
    }
    let all = changes.added + changes.removed + changes.changed;
    let told = changes.rows.len().min(SHOWN) as u64;
    if all > told {
        writeln!(output, "    … and {} more", all - told)?;
    }
    Ok(())
}

fn as_json(step: &Step, changes: &RowChanges) -> Value {
    let mut told = changes_as_json(changes);
    for (name, value) in [
        ("commit", &step.commit),
        ("date", &step.date),
        ("author", &step.author),
        ("subject", &step.subject),
    ] {
        told[name] = json!(value);
    }
    told
}

/// What changed, for scripts.
pub(crate) fn changes_as_json(changes: &RowChanges) -> Value {
    let rows: Vec<Value> = changes.rows.iter().map(row_as_json).collect();
    json!({
        "table": changes.table,
        "columns_added": changes.columns_added,
        "columns_removed": changes.columns_removed,
        "added": changes.added,
        "removed": changes.removed,
        "changed": changes.changed,
        "rows": rows,
    })
}

fn row_as_json(row: &RowChange) -> Value {
    let (what, cells) = match &row.what {
        RowWhat::Added(cells) => ("added", Value::Object(show::object(cells))),
        RowWhat::Removed(cells) => ("removed", Value::Object(show::object(cells))),
        RowWhat::Changed(cells) => {
            let cells: Map<String, Value> = cells
                .iter()
                .map(|(name, was, is)| (name.clone(), json!({ "was": was, "is": is })))
                .collect();
            ("changed", Value::Object(cells))
        }
    };
    let mut object = Map::new();
    object.insert("key".to_owned(), Value::Object(show::object(&row.key)));
    object.insert(what.to_owned(), cells);
    Value::Object(object)
}
