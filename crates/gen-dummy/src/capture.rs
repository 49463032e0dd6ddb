//! `gen-dummy capture`: what somebody built by hand in a database becomes files, and with them `gen-dummy` makes it again.

use crate::arguments::CaptureArguments;
use crate::inputs::{self, Planned};
use command_line::{Failure, Status, Verbosity, colour_on_stderr};
use dummy_capture::{Dialect, Difference, canonical, compare, key_of, text};
use dummy_config::{read_captured, render};
use dummy_data::{Plan, Problem, TableOverlay, TablePlan};
use dump_text::Source;
use project_files::{Project, files_with, plain_reason, written_to_stdout};
use schemafile::AnySchema;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};
use value_model::{Schema, Table};

/// The folder of the files, beside the schema.
const FOLDER: &str = "captured";

/// Compares standard input with what is made, and writes what differs.
pub(crate) fn run(
    project: &Project,
    arguments: &CaptureArguments,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        return Err(Failure::input(
            "`capture` reads a dump from its standard input, and that is a terminal",
        )
        .hint("pipe one into it: `pg_dump --data-only shop | gen-dummy capture`"));
    }
    let planned = inputs::plan(project, &arguments.data, &arguments.reading, verbosity)?;
    let dialect = match &planned.reading.schema {
        AnySchema::PostgreSql(_) => Dialect::PostgreSql,
        AnySchema::MySql(..) => Dialect::MySql,
    };
    let parts: BTreeSet<String> = planned
        .subject
        .parts
        .iter()
        .map(ToString::to_string)
        .collect();
    let outcome = compare(
        &planned.plan,
        &planned.subject.schema,
        &parts,
        dialect,
        &StandardInput,
    )
    .map_err(|error| {
        Failure::input(format!("standard input can't be read: {error}")).hint(
            "`capture` takes what `pg_dump --data-only` or `mysqldump --no-create-info` writes",
        )
    })?;
    if !outcome.problems.is_empty() {
        return Err(inputs::faulty(&outcome.problems));
    }
    if arguments.output.as_deref() == Some(Path::new("-")) {
        let all: Vec<String> = outcome.tables.iter().map(text::of).collect();
        tell(&outcome.untold, verbosity);
        let written = io::stdout().lock().write_all(all.join("\n").as_bytes());
        return written_to_stdout(written).map_err(Failure::outside);
    }
    let folder = arguments.output.as_ref().map_or_else(
        || planned.folder.join(FOLDER),
        |folder| project.resolve(folder),
    );
    let written = write(project, &folder, &outcome.tables)?;
    tell(&outcome.untold, verbosity);
    if !verbosity.is_quiet() {
        say(&outcome.tables, &written)?;
    }
    Ok(())
}

/// What was found, for people.
fn say(tables: &[Difference], written: &[String]) -> Result<(), Failure> {
    let mut said = String::new();
    if tables.is_empty() {
        said.push_str(
            "Nothing differs: the rows are those that schema, configuration and seed make.\n",
        );
    }
    for (table, file) in tables.iter().zip(written) {
        let _ = writeln!(said, "{}: {} -> {file}", table.table, text::counts(table));
    }
    for file in written.iter().skip(tables.len()) {
        let _ = writeln!(said, "removed {file}: nothing differs there any more");
    }
    written_to_stdout(io::stdout().lock().write_all(said.as_bytes())).map_err(Failure::outside)
}

/// What can't be captured.
fn tell(untold: &[Problem], verbosity: Verbosity) {
    if verbosity.is_quiet() {
        return;
    }
    let (yellow, end) = if colour_on_stderr() {
        ("\x1b[1;33m", "\x1b[0m")
    } else {
        ("", "")
    };
    for problem in untold {
        // Warnings that nobody can read must not stop the work.
        let _ = writeln!(io::stderr().lock(), "{yellow}warning{end}: {problem}");
    }
}

/// Writes the files of all tables that differ, and removes those of others; their names in that order.
fn write(project: &Project, folder: &Path, tables: &[Difference]) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let mut kept = BTreeSet::new();
    for table in tables {
        let path = folder.join(text::file_name(&table.table));
        let name = project.display(&path);
        let written = whole_file::write(&path, &mut text::of(table).as_bytes());
        written.map_err(|error| {
            Failure::outside(format!("can't write `{name}`: {}", plain_reason(&error)))
        })?;
        kept.insert(path);
        names.push(name);
    }
    for path in files(project, folder)? {
        if kept.contains(&path) {
            continue;
        }
        let name = project.display(&path);
        std::fs::remove_file(&path).map_err(|error| {
            Failure::outside(format!("can't remove `{name}`: {}", plain_reason(&error)))
        })?;
        names.push(name);
    }
    Ok(names)
}

/// Lays captured rows over those that are made.
pub(crate) fn lay(project: &Project, planned: &mut Planned) -> Result<(), Failure> {
    for path in files(project, &planned.folder.join(FOLDER))? {
        let name = project.display(&path);
        let content = std::fs::read_to_string(&path).map_err(|error| {
            Failure::outside(format!("can't read `{name}`: {}", plain_reason(&error)))
        })?;
        let laid = read_captured(&content)
            .and_then(|overlay| lay_one(&mut planned.plan, &planned.subject.schema, overlay));
        if let Err(problems) = laid {
            let rendered = render(&problems, &name, &content, colour_on_stderr());
            return Err(Failure::rendered(Status::BadInput, rendered));
        }
    }
    Ok(())
}

fn lay_one(plan: &mut Plan, schema: &Schema, overlay: TableOverlay) -> Result<(), Vec<Problem>> {
    let of = |plan: &TablePlan| -> Option<&Table> {
        schema.tables.iter().find(|table| table.name == plan.name)
    };
    plan.overlay(
        &[overlay],
        &|plan| of(plan).and_then(key_of).unwrap_or_default(),
        &|plan, place, value| {
            let column = of(plan).and_then(|table| table.column(&plan.columns[place].name));
            column.map_or_else(
                || value.to_owned(),
                |column| canonical::text(&column.data_type, value),
            )
        },
    )
}

/// The TOML files of a folder, in the order of their names.
fn files(project: &Project, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    files_with(folder, "toml").map_err(|error| {
        let name = project.display(folder);
        Failure::outside(format!("can't read `{name}`: {}", plain_reason(&error)))
    })
}

/// Standard input, which is read once.
struct StandardInput;

impl Source for StandardInput {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(io::stdin()))
    }
}
