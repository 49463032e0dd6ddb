//! Reads what data is made from: the schema and the masters beside it.

use crate::arguments::DataArguments;
use command_line::{Failure, Status, Verbosity, colour_on_stderr};
use dummy_data::{Locale, Master, Plan, Problem, Request};
use project_files::{Project, files_with, plain_reason};
use schema_input::{Program, ReadingArguments, SchemaReader, SchemaReading, warn};
use schemafile::AnySchema;
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use value_model::Subject;

/// The rows of a schema that are to be made.
pub(crate) struct Planned {
    pub(crate) reading: SchemaReading,
    pub(crate) plan: Plan,
    /// What its rows must be.
    pub(crate) subject: Subject,
    /// The folder of the schema.
    pub(crate) folder: PathBuf,
    /// The schema's path for the dump's header.
    pub(crate) source: String,
}

/// Plans the data, and tells what was assumed.
pub(crate) fn plan(
    project: &Project,
    arguments: &DataArguments,
    reading: &ReadingArguments,
    verbosity: Verbosity,
) -> Result<Planned, Failure> {
    // Rails' own two tables are filled by Rails.
    let reader = SchemaReader::new(project, Program::GenDummy, reading)?.with_rails_metadata(false);
    let schemafile = project.resolve(&reader.schemafile(arguments.schema.named()));
    let reading = reader.read(&schemafile)?;
    warn(&reading, verbosity);
    let (subject, spoken) = match &reading.schema {
        AnySchema::PostgreSql(own) => (pg_values::subject(own), Locale::of_schema(own)),
        AnySchema::MySql(own, server) => {
            (mysql_values::subject(own, *server), Locale::of_schema(own))
        }
    };
    let folder = schemafile.parent().unwrap_or(Path::new("."));
    let masters = rows_in(project, &folder.join("masters"))?;
    let fixed = rows_in(project, &folder.join("fixed"))?;
    let configuration = Configuration::find(project, arguments, folder)?;
    let configured = dummy_config::read(&configuration.text);
    let request = Request {
        fixed,
        ..arguments.request(configured.settings, spoken)?
    };
    let plan = Plan::new(&subject, &masters, &request);
    let plan = match plan {
        Ok(plan) if configured.problems.is_empty() => plan,
        outcome => {
            // What isn't understood and what doesn't fit the schema, in one go.
            let mut problems = configured.problems;
            problems.extend(outcome.err().unwrap_or_default());
            return Err(configuration.faulty(&problems));
        }
    };
    if !verbosity.is_quiet() {
        let mut stderr = io::stderr().lock();
        let (yellow, end) = if colour_on_stderr() {
            ("\x1b[1;33m", "\x1b[0m")
        } else {
            ("", "")
        };
        for warning in &plan.warnings {
            // Warnings that nobody can read must not stop the work.
            let _ = writeln!(stderr, "{yellow}warning{end}: {warning}");
        }
        for (table, reason) in &plan.skipped {
            let _ = writeln!(
                stderr,
                "{yellow}warning{end}: {table}: gets no rows: {reason}"
            );
        }
    }
    tracing::info!(
        tables = plan.tables.len(),
        rows = plan.rows(),
        "planned the data"
    );
    Ok(Planned {
        reading,
        plan,
        subject,
        folder: folder.to_owned(),
        source: project.display(&schemafile),
    })
}

/// The configuration's file.
struct Configuration {
    /// Its name for messages.
    name: String,
    /// Its text; empty when there is no file.
    text: String,
}

impl Configuration {
    /// The file that was asked for; else `dummy.toml` beside the schema, else `schema/dummy.toml`, where
    /// there is one.
    fn find(project: &Project, arguments: &DataArguments, folder: &Path) -> Result<Self, Failure> {
        let beside = folder.join("dummy.toml");
        let path = if let Some(path) = &arguments.config {
            project.resolve(path)
        } else if beside.exists() {
            beside
        } else {
            project.resolve(Path::new("schema/dummy.toml"))
        };
        let name = project.display(&path);
        if path.is_dir() {
            return Err(Failure::input(format!("`{name}` is a directory"))
                .hint("`--config` takes a file such as schema/dummy.toml"));
        }
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound && arguments.config.is_none() => {
                Vec::new()
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let typed = arguments.config.as_deref().unwrap_or(&path);
                return Err(Failure::input(format!("`{name}` isn't there"))
                    .hint("`--config` takes a file such as schema/dummy.toml; without it rows are made from the schema alone")
                    .hint_instead(project.hint_for(typed)));
            }
            Err(error) => {
                return Err(Failure::outside(format!(
                    "can't read `{name}`: {}",
                    plain_reason(&error)
                )));
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { name, text }),
            Err(_) => Err(Failure::input(format!("`{name}` isn't UTF-8"))
                .hint("TOML is UTF-8; save the file so")),
        }
    }

    /// Problems as one failure, those of the configuration with their lines.
    fn faulty(&self, problems: &[Problem]) -> Failure {
        if problems.iter().any(|problem| problem.span.is_some()) {
            let text = dummy_config::render(problems, &self.name, &self.text, colour_on_stderr());
            return Failure::rendered(Status::BadInput, text);
        }
        faulty(problems)
    }
}

/// All CSV files of the folder, in the order of their names.
fn rows_in(project: &Project, folder: &Path) -> Result<Vec<Master>, Failure> {
    let name = project.display(folder);
    let paths = files_with(folder, "csv").map_err(|error| {
        Failure::outside(format!("can't read `{name}`: {}", plain_reason(&error)))
    })?;
    let mut masters = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        let name = project.display(&path);
        let bytes = std::fs::read(&path).map_err(|error| {
            Failure::outside(format!("can't read `{name}`: {}", plain_reason(&error)))
        })?;
        let table = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        match Master::read(&table, &name, &bytes) {
            Ok(master) => masters.push(master),
            Err(mut more) => problems.append(&mut more),
        }
    }
    if problems.is_empty() {
        Ok(masters)
    } else {
        Err(faulty(&problems))
    }
}

/// More problems than these are counted, not shown: nobody reads thousands, and the first tell what is wrong.
const MOST_SHOWN: usize = 50;

/// All problems as one failure.
pub(crate) fn faulty(problems: &[Problem]) -> Failure {
    let (red, end) = if colour_on_stderr() {
        ("\x1b[1;31m", "\x1b[0m")
    } else {
        ("", "")
    };
    let mut text = String::new();
    for problem in problems.iter().take(MOST_SHOWN) {
        let _ = writeln!(text, "{red}error{end}: {problem}");
    }
    if problems.len() > MOST_SHOWN {
        let more = problems.len() - MOST_SHOWN;
        let _ = writeln!(text, "{red}error{end}: and {more} more like these");
    }
    Failure::rendered(Status::BadInput, text)
}
