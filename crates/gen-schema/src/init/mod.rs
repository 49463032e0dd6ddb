//! `gen-schema init`: what a repository needs so that its database is made of text, in one command.
//!
//! Files that are there stay as they are, but for lines of git's own files that are missing, so it can be run again, in a
//! repository that has some of them, and before or after `lfs-agent init`.

mod compose;
mod import;
mod lines;
mod settings;
mod today;
mod workflow;

use crate::arguments::{GenerateArguments, InitArguments};
use crate::generate::{self, write};
use command_line::{COMMIT, Failure, SOURCE, Verbosity};
use project_files::{Project, plain_reason};
use schema_input::{DEFAULT_SCHEMAFILE as SCHEMAFILE, Program, SchemaArguments, SchemaReader};
use schemafile::Database;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use workflow::Programs;

const SQL: &str = "dumps/01_schema.sql";

/// What keeps the folder of masters.
const MASTERS: (&str, &str) = (
    "schema/masters/.gitkeep",
    "TABLE.csv: rows that are taken as they are, with the names of the columns in the first line.\n",
);

/// Where the workflow goes.
const WORKFLOW: &str = ".github/workflows/schema.yml";

/// Where the container goes.
const COMPOSE: &str = "docker-compose.yml";

/// Where it goes when the repository has a compose file under one of the other names, which docker would take instead.
const SECOND_COMPOSE: &str = "compose.database.yml";

/// The names under which docker finds a compose file, less ours.
const OTHER_COMPOSE: [&str; 3] = ["compose.yaml", "compose.yml", "docker-compose.yaml"];

/// Makes what is missing, and the SQL of the schema.
pub(crate) fn run(
    project: &Project,
    arguments: &InitArguments,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    let mut made = Vec::new();
    let mut advice = Vec::new();
    let programs = Programs::of(arguments.programs.as_deref(), SOURCE, COMMIT)?;
    if arguments.programs.is_some() && project.resolve(Path::new(WORKFLOW)).exists() {
        return Err(Failure::input(format!("`{WORKFLOW}` is there already"))
            .hint("remove it first, and `--programs` writes it anew"));
    }
    let workflow = workflow::text(programs.as_ref());
    settings::agree(project, &arguments.reading)?;
    let (schemafile, database) = schemafile(project, arguments, verbosity)?;
    let settings = settings::kept(project, &arguments.reading, &schemafile, database)?;
    let compose = compose::text(database);
    let today = today::text();
    let texts = [
        (SCHEMAFILE, schemafile.as_str()),
        (WORKFLOW, &workflow),
        (COMPOSE, &compose),
        (today::PATH, &today),
        MASTERS,
    ];
    for (name, content) in texts {
        let name = match other_compose(project).filter(|_| name == COMPOSE) {
            None => name,
            Some(other) => {
                advice.push(format!(
                    "`{other}` is there: add `include: [{SECOND_COMPOSE}]` to it, and it has the database too.\n"
                ));
                SECOND_COMPOSE
            }
        };
        let path = project.resolve(&PathBuf::from(name));
        if path
            .try_exists()
            .map_err(|error| unreadable(name, &error))?
        {
            continue;
        }
        write(project, &path, &here(content))?;
        made.push(name);
        if name == WORKFLOW {
            advice.push(workflow::remark(programs.as_ref()));
        }
    }
    for (name, content) in settings {
        write(project, &project.resolve(Path::new(name)), &content)?;
        made.push(name);
    }
    let added = add_lines(project)?;
    let generate = GenerateArguments {
        schema: SchemaArguments::default(),
        output: SQL.into(),
        check: false,
        reading: arguments.reading.clone(),
        rails_metadata: false,
    };
    let sql = project.resolve(Path::new(SQL));
    let before = std::fs::read(&sql).ok();
    generate::run(project, &generate, verbosity)?;
    if before != std::fs::read(&sql).ok() {
        made.push(SQL);
    }
    if !verbosity.is_quiet() {
        say(project, &made, &added, &advice);
    }
    Ok(())
}

/// Adds the lines that git's own files want, and names the files that were changed.
fn add_lines(project: &Project) -> Result<Vec<&'static str>, Failure> {
    let read = |name: &str| match std::fs::read_to_string(project.resolve(Path::new(name))) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| unreadable(name, &error)),
    };
    // Where git-lfs has the dumps, git is to know of them.
    let in_a_bucket = read(lines::ATTRIBUTES.name)?.contains("filter=lfs");
    let mut changed = Vec::new();
    for wanted in [lines::ATTRIBUTES, lines::IGNORED] {
        let leave_out = in_a_bucket.then_some(lines::ROWS);
        if let Some(text) = wanted.added_to(&read(wanted.name)?, leave_out) {
            write(project, &project.resolve(Path::new(wanted.name)), &text)?;
            changed.push(wanted.name);
        }
    }
    Ok(changed)
}

/// The Schemafile to begin with, and the database that it is for: a small example, or a schema that is there already and
/// that reads without a mistake.
fn schemafile(
    project: &Project,
    arguments: &InitArguments,
    verbosity: Verbosity,
) -> Result<(String, Database), Failure> {
    let reader = SchemaReader::new(project, Program::GenSchema, &arguments.reading)?;
    let Some(from) = &arguments.from else {
        let example = include_str!("Schemafile").to_owned();
        let there = project.resolve(&reader.schemafile(None));
        let database = match reader.options().database {
            Some(database) => database,
            // A Schemafile of one's own stays, and what it says holds.
            None if there.is_file() => reader.read(&there)?.schema.database(),
            None => Database::PostgreSql,
        };
        return Ok((example, database));
    };
    if project.resolve(&PathBuf::from(SCHEMAFILE)).exists() {
        return Err(
            Failure::input(format!("`{SCHEMAFILE}` is there already")).hint(
                "`--from` is for a repository without one: remove it first, or leave `--from` out",
            ),
        );
    }
    let path = project.resolve(from);
    if let Some(found) = import::schemafile(project, &path, &arguments.reading, verbosity)? {
        return Ok(found);
    }
    if !path.exists() {
        let name = project.display(&path);
        return Err(
            Failure::input(format!("can't read `{name}`: there is no such file")).hint(
                "`--from` takes a schema.rb, a Schemafile, or what `pg_dump` or `mysqldump` wrote; its path starts at \
                 the repository's root",
            )
            .hint_instead(project.hint_for_schema(from)),
        );
    }
    let database = reader.read(&path)?.schema.database();
    std::fs::read_to_string(&path)
        .map(|text| (text, database))
        .map_err(|error| unreadable(&project.display(&path), &error))
}

/// The compose file of the repository's own that docker would take before ours.
fn other_compose(project: &Project) -> Option<&'static str> {
    OTHER_COMPOSE
        .into_iter()
        .find(|name| project.resolve(&PathBuf::from(name)).exists())
}

/// The text as it reads where the programs are installed, and not built from this workspace.
fn here(content: &str) -> String {
    content
        .replace("cargo run -p ", "")
        .replace(" docs/docker.md tells more.", "")
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::outside(format!("can't read `{name}`: {}", plain_reason(error)))
}

fn say(project: &Project, made: &[&str], added: &[&str], advice: &[String]) {
    let is_here = std::env::current_dir().is_ok_and(|here| here == project.root());
    let place = if is_here {
        String::new()
    } else {
        format!(
            "In {}, where the repository begins:\n",
            project.root().display()
        )
    };
    let made = match (made, added) {
        ([], []) => "Nothing is missing: all files are there".to_owned(),
        (made, []) => format!("Made {}", made.join(", ")),
        ([], added) => format!("Added lines to {}", added.join(" and ")),
        (made, added) => format!(
            "Made {}; added lines to {}",
            made.join(", "),
            added.join(" and ")
        ),
    };
    let repository = if project.root().join(".git").exists() {
        ""
    } else {
        "  git init                           the repository: there is none yet\n"
    };
    let text = format!(
        "\
{place}{made}.
{}Next:
{repository}  gen-dummy                          rows for it: dumps/02_dummy.sql.gz
  docker compose up --wait           a database with both
  lfs-agent init s3://BUCKET/PREFIX  keeps the rows in S3; then commit everything
Without a bucket .gitignore keeps the rows out of git: gen-dummy makes the same bytes everywhere.
",
        advice.concat()
    );
    match io::stdout().lock().write_all(text.as_bytes()) {
        // What was made is made, whoever listens.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            tracing::info!(%error, "standard output can't be written");
        }
        _ => {}
    }
}
