//! `gen-schema diff`: migration SQL between two versions of a schema.
//!
//! What a migration is made of is the business of `pg-diff` and `mysql-diff`. Here the two versions are found and
//! read, data-losing migrations are refused, and the SQL is written.

mod revision;
mod side;

use crate::arguments::DiffArguments;
use crate::generate::{print, write_output};
use command_line::{Failure, Verbosity};
use pg_diff::Course;
use project_files::Project;
use schema_input::{Program, SchemaReader, warn};
use schemafile::AnySchema;
pub(crate) use side::Side;
use std::io::{self, Write as _};
use std::path::Path;

/// Runs the command.
pub(crate) fn run(
    project: &Project,
    arguments: &DiffArguments,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    let reader = SchemaReader::new(project, Program::GenSchema, &arguments.reading)?;
    let schemafile = arguments.schemafile.as_deref();
    let old_side = Side::named(project, &arguments.old)?;
    let new_side = match &arguments.new {
        Some(new) => Side::named(project, new)?,
        None => Side::File(project.resolve(&reader.schemafile(schemafile))),
    };
    let old = old_side.read(project, &reader, schemafile)?;
    let new = new_side.read(project, &reader, schemafile)?;
    // What has no effect in the old version is no news.
    warn(&new, verbosity);
    let migration = match (&old.schema, &new.schema) {
        (AnySchema::PostgreSql(old), AnySchema::PostgreSql(new)) => {
            let found = pg_diff::migration(old, new);
            Migration::PostgreSql(found.map_err(|errors| {
                unalterable(
                    errors
                        .into_iter()
                        .map(|error| (error.table.to_string(), error.what)),
                )
            })?)
        }
        (AnySchema::MySql(old, before), AnySchema::MySql(new, after)) if before == after => {
            if arguments.two_steps {
                return Err(Failure::input(format!(
                    "`--two-steps` is for PostgreSQL: {after} has no constraint that looks at new rows alone"
                ))
                .hint("leave it out; a statement that rows make fail leaves its table as it was"));
            }
            let found = mysql_diff::migration(old, new, *after);
            Migration::MySql(found.map_err(|errors| {
                unalterable(
                    errors
                        .into_iter()
                        .map(|error| (error.table.to_string(), error.what)),
                )
            })?)
        }
        (old, new) => {
            return Err(Failure::input(format!(
                "`{}` is for {}, and `{}` for {}: no migration leads from one to the other",
                old_side.shown(project),
                old.database(),
                new_side.shown(project),
                new.database()
            ))
            .hint("`--database` reads both for one"));
        }
    };
    if !arguments.allow_drop {
        refuse_losses(&migration)?;
    }
    if !verbosity.is_quiet() {
        say(&migration);
    }
    let course = if arguments.two_steps {
        Course::TwoSteps
    } else {
        Course::OneStep
    };
    if course == Course::OneStep && migration.has_second_step() && !verbosity.is_quiet() {
        say_two_steps();
    }
    let sql = migration.sql(&old_side.shown(project), &new_side.shown(project), course);
    if arguments.output == Path::new("-") {
        print(&sql)
    } else {
        let path = project.resolve(&arguments.output);
        write_output(project, &path, &sql, verbosity)
    }
}

/// A migration of one database or the other.
enum Migration {
    PostgreSql(pg_diff::Migration),
    MySql(mysql_diff::Migration),
}

impl Migration {
    fn is_empty(&self) -> bool {
        match self {
            Self::PostgreSql(migration) => migration.is_empty(),
            Self::MySql(migration) => migration.is_empty(),
        }
    }

    fn losses(&self) -> Vec<&str> {
        match self {
            Self::PostgreSql(migration) => migration.losses().collect(),
            Self::MySql(migration) => migration.losses().collect(),
        }
    }

    fn by_hand(&self) -> &[String] {
        match self {
            Self::PostgreSql(migration) => migration.by_hand(),
            Self::MySql(migration) => migration.by_hand(),
        }
    }

    /// What a server needs beside its default settings.
    fn needs(&self) -> Option<String> {
        match self {
            Self::PostgreSql(migration) => migration.needs(),
            Self::MySql(_) => None,
        }
    }

    fn has_second_step(&self) -> bool {
        match self {
            Self::PostgreSql(migration) => migration.has_second_step(),
            Self::MySql(_) => false,
        }
    }

    fn sql(&self, old: &str, new: &str, course: Course) -> String {
        match self {
            Self::PostgreSql(migration) => migration.sql(old, new, course),
            Self::MySql(migration) => migration.sql(old, new),
        }
    }
}

fn unalterable(errors: impl Iterator<Item = (String, String)>) -> Failure {
    let list: Vec<String> = errors
        .map(|(table, what)| format!("table `{table}` can't be altered: {what}"))
        .collect();
    Failure::input(list.join("\nerror: ")).hint(
        "make a table of another name, copy the rows into it, and drop the old one in a later step",
    )
}

/// Every loss at once, because they are judged together.
fn refuse_losses(migration: &Migration) -> Result<(), Failure> {
    let losses: Vec<String> = migration
        .losses()
        .into_iter()
        .map(|loss| format!("\n  {loss}"))
        .collect();
    if losses.is_empty() {
        return Ok(());
    }
    Err(Failure::input(format!(
        "this migration would lose data, so it isn't written:{}",
        losses.concat()
    ))
    .hint(
        "`--allow-drop` writes it all the same; a rename is said by `renamed_from: \"old_name\"`",
    ))
}

/// Rows may make the one transaction fail, and needn't.
fn say_two_steps() {
    let text = "hint: rows may break a new NOT NULL, check or foreign key (`-- May fail`): with `--two-steps` it holds for \
                new rows at once, and old rows are looked at behind the transaction\n";
    // Words that nobody can read must not stop the work.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// What a person should know beside the SQL.
fn say(migration: &Migration) {
    let mut text = String::new();
    if migration.is_empty() {
        text.push_str("the schemas don't differ\n");
    }
    for task in migration.by_hand() {
        text.push_str("warning: by hand: ");
        text.push_str(task);
        text.push('\n');
    }
    if let Some(needs) = migration.needs() {
        text.push_str("warning: ");
        text.push_str(&needs);
        text.push('\n');
    }
    // Words that nobody can read must not stop the work.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
