//! The rows of tables in two versions: all that changed, for a table that is asked for, or for scripts.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use dump_diff::{History, QueryError, RowChanges};

use super::{Version, beside, elsewhere, written};
use crate::commands::{log, show};
use crate::dumps::schema;
use crate::error::AgentError;

/// Tells what changed in the rows of a table, or of all, as text or as one JSON object.
pub(super) fn tell(
    (old, new): (&Version, &Version),
    name: &Path,
    table: Option<&str>,
    is_json: bool,
) -> Result<(), AgentError> {
    for version in [old, new] {
        if let Version::Elsewhere(pointer) = version {
            return written(writeln!(io::stdout().lock(), "{}", elsewhere(pointer)));
        }
    }
    let tables = match table {
        Some(table) => vec![table.to_owned()],
        None => dump_diff::changed_tables(old.source(), new.source())
            .map_err(|error| AgentError::file("read", name, error))?,
    };
    let mut found = Vec::new();
    for table in &tables {
        found.push(changes((old, new), name, table)?);
    }
    let mut output = io::BufWriter::new(io::stdout().lock());
    written(
        if is_json {
            let tables: Vec<_> = found.iter().map(log::changes_as_json).collect();
            let told = BTreeMap::from([("tables", tables)]);
            serde_json::to_writer(&mut output, &told)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(output))
        } else {
            found
                .iter()
                .try_for_each(|changes| log::changes_as_text(changes, &mut output))
        }
        .and_then(|()| output.flush()),
    )
}

fn changes(
    (old, new): (&Version, &Version),
    name: &Path,
    table: &str,
) -> Result<RowChanges, AgentError> {
    let cannot_read = |error| AgentError::file("read", name, error);
    let keys = schema::keys_in(Some(beside(name)));
    let mut history = History::new(show::query(table, &[], &[])?, keys);
    let mut read = |version: &Version| {
        version
            .source()
            .map(|source| history.read(source))
            .transpose()
    };
    let (before, after) = (
        read(old).map_err(cannot_read)?,
        read(new).map_err(cannot_read)?,
    );
    let has_table = [&before, &after]
        .into_iter()
        .flatten()
        .any(dump_diff::Version::has_table);
    let wrong = |error| match error {
        QueryError::Io(error) => AgentError::file("read", name, error),
        error => AgentError::Query {
            dump: name.to_string_lossy().into_owned(),
            error,
        },
    };
    if !has_table {
        return Err(wrong(QueryError::NoTable {
            table: table.to_owned(),
            tables: history.tables(),
        }));
    }
    history
        .changes(
            before.as_ref().zip(old.source()),
            after.as_ref().zip(new.source()),
        )
        .map_err(wrong)
}
