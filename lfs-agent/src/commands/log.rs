//! `log`: which commits changed the rows of a table, or one row.

use std::io::{self, Write};

use dump_diff::{History, QueryError, RowChange, RowChanges, RowWhat};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value, json};

use crate::arguments::LogArguments;
use crate::commands::diff::written;
use crate::commands::show;
use crate::dumps::schema;
use crate::dumps::versions::{self, Step, Versions, is_nothing, line};
use crate::error::AgentError;
use crate::git::repository::Repository;
use crate::terminal::output::remark;

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
    let mut versions = Versions::new(&repository, &path, History::new(query, keys), &steps)?;
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut found = false;
    for step in &steps {
        let changes = versions.of_step(step)?;
        // Columns of a table say nothing of rows that aren't there.
        let of_rows = !arguments.key.is_empty() || !arguments.rows.conditions.is_empty();
        let rows = changes.added() + changes.removed() + changes.changed();
        if is_nothing(&changes) || (of_rows && rows == 0) {
            continue;
        }
        found = true;
        let told = if arguments.json {
            write_json(step, &changes, &mut output)
        } else {
            as_text(step, &changes, &mut output)
        };
        match told.and_then(|()| output.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            told => written(told)?,
        }
    }
    if versions.has_table || steps.is_empty() {
        if !found {
            remark(&if steps.is_empty() {
                format!("note: no commit that was looked at changed `{path}`")
            } else {
                let table = &arguments.table;
                format!("note: no commit that was looked at changed such rows of `{table}`")
            });
        }
        return Ok(());
    }
    Err(AgentError::Query {
        dump: path.clone(),
        error: QueryError::NoTable {
            table: arguments.table.clone(),
            tables: versions.tables(),
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
        (changes.added(), "added"),
        (changes.removed(), "removed"),
        (changes.changed(), "changed"),
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
    for row in changes.rows().take(SHOWN) {
        writeln!(output, "    {}", line(&row))?;
    }
    let all = changes.added() + changes.removed() + changes.changed();
    let told = changes.kept().min(SHOWN) as u64;
    if all > told {
        writeln!(output, "    … and {} more", all - told)?;
    }
    Ok(())
}

/// What a commit changed, as JSON that is made row by row: a commit may have changed a million.
struct Told<'a> {
    step: Option<&'a Step>,
    changes: &'a RowChanges,
}

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let changes = self.changes;
        let mut object = serializer.serialize_map(None)?;
        if let Some(step) = self.step {
            object.serialize_entry("commit", &step.commit)?;
            object.serialize_entry("date", &step.date)?;
            object.serialize_entry("author", &step.author)?;
            object.serialize_entry("subject", &step.subject)?;
        }
        object.serialize_entry("table", &changes.table)?;
        object.serialize_entry("columns_added", &changes.columns_added)?;
        object.serialize_entry("columns_removed", &changes.columns_removed)?;
        object.serialize_entry("added", &changes.added())?;
        object.serialize_entry("removed", &changes.removed())?;
        object.serialize_entry("changed", &changes.changed())?;
        object.serialize_entry("rows", &Rows(changes))?;
        object.end()
    }
}

struct Rows<'a>(&'a RowChanges);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows().map(|row| row_as_json(&row)))
    }
}

/// What changed, for scripts.
pub(crate) fn changes_as_json(changes: &RowChanges) -> impl Serialize + '_ {
    Told {
        step: None,
        changes,
    }
}

fn write_json(step: &Step, changes: &RowChanges, output: &mut dyn Write) -> io::Result<()> {
    let told = Told {
        step: Some(step),
        changes,
    };
    serde_json::to_writer(&mut *output, &told)?;
    writeln!(output)
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
