//! Reads the schema, makes the SQL, and writes or compares it.

use crate::arguments::GenerateArguments;
use command_line::{Failure, Verbosity, colour_on_stdout, this_command_without};
use project_files::{Project, plain_reason, written_to_stdout};
use schema_input::{Program, SchemaReader, SchemaReading, warn};
use schemafile::{AnySchema, RailsVersion, SETTINGS_PATH};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Makes the SQL, and prints, compares or writes it.
pub(crate) fn run(
    project: &Project,
    arguments: &GenerateArguments,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    let mut reader = SchemaReader::new(project, Program::GenSchema, &arguments.reading)?;
    if arguments.rails_metadata {
        reader = reader.with_rails_metadata(true);
    }
    let schemafile = project.resolve(&reader.schemafile(arguments.schema.named()));
    let (reading, sql) = generate(project, &reader, &schemafile, verbosity)?;
    let output = &arguments.output;
    if output == Path::new("-") {
        if arguments.check {
            return Err(Failure::input(
                "`--check` needs a file to check, and `-o -` is none",
            ));
        }
        return print(&sql);
    }
    let path = project.resolve(output);
    if arguments.check {
        let of_other_version = |old: &str| version_of(&reader, &schemafile, project, old);
        return check(project, &path, &sql, &of_other_version, verbosity);
    }
    write_output(project, &path, &sql, verbosity)?;
    if !verbosity.is_quiet() {
        say_what_is_not_kept(&reader, &schemafile, &reading);
    }
    Ok(())
}

fn generate(
    project: &Project,
    reader: &SchemaReader<'_>,
    schemafile: &Path,
    verbosity: Verbosity,
) -> Result<(SchemaReading, String), Failure> {
    let name = project.display(schemafile);
    let reading = reader.read(schemafile)?;
    warn(&reading, verbosity);
    let is_empty = match &reading.schema {
        AnySchema::PostgreSql(schema) => schema.tables.is_empty() && schema.statements.is_empty(),
        AnySchema::MySql(schema, _) => schema.tables.is_empty() && schema.statements.is_empty(),
    };
    if is_empty && !verbosity.is_quiet() {
        let text = format!("warning: `{name}` defines no table: the SQL makes an empty database\n");
        // A warning that nobody can read must not stop the work.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
    tracing::info!(
        tables = reading.schema.table_count(),
        source = name,
        "read the schema"
    );
    let sql = sql_of(&reading.schema, &name);
    Ok((reading, sql))
}

/// The SQL of a schema, whichever database it is for.
fn sql_of(schema: &AnySchema, source: &str) -> String {
    match schema {
        AnySchema::PostgreSql(schema) => pg_sql::ddl::schema_sql(schema, source),
        AnySchema::MySql(schema, server) => mysql_sql::ddl::schema_sql(schema, *server, source),
    }
}

/// The version by whose rules a file was made that those of this run don't make.
fn version_of(
    reader: &SchemaReader<'_>,
    schemafile: &Path,
    project: &Project,
    old: &str,
) -> Option<RailsVersion> {
    let name = project.display(schemafile);
    RailsVersion::KNOWN.into_iter().rev().find(|version| {
        let reader = reader.clone().with_rails_version(*version);
        reader
            .read(schemafile)
            .is_ok_and(|reading| sql_of(&reading.schema, &name) == old)
    })
}

/// A file that was made with flags is stale to whoever checks it without them.
fn say_what_is_not_kept(reader: &SchemaReader<'_>, schemafile: &Path, reading: &SchemaReading) {
    if let Some((flags, lines)) = reader.unkept(schemafile, reading) {
        let text = format!(
            "note: without `{flags}` the SQL is another, so a plain `gen-schema --check` fails: `{lines}` in \
             {SETTINGS_PATH} keeps it\n"
        );
        // A note that nobody can read must not stop the work.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Writes to standard output.
pub(crate) fn print(sql: &str) -> Result<(), Failure> {
    let written = io::stdout().lock().write_all(sql.as_bytes());
    written_to_stdout(written).map_err(Failure::outside)
}

/// Writes what `--output` names. A directory that a slip in it made is told; `dumps` is where outputs belong.
pub(crate) fn write_output(
    project: &Project,
    path: &Path,
    sql: &str,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    let made = path
        .parent()
        .filter(|directory| !directory.exists())
        .map(|directory| project.display(directory))
        .filter(|name| name != "dumps");
    write(project, path, sql)?;
    if let Some(made) = made.filter(|_| !verbosity.is_quiet()) {
        let text = format!("note: made the directory `{made}`\n");
        // A note that nobody can read must not stop the work.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
    Ok(())
}

/// Writes a file as a whole, unless it is there already.
pub(crate) fn write(project: &Project, path: &Path, sql: &str) -> Result<(), Failure> {
    // An unchanged file keeps its time, so that nothing rebuilds for it. Reading a pipe could last forever.
    if path.is_file() && std::fs::read(path).is_ok_and(|old| old == sql.as_bytes()) {
        tracing::info!("the file is already what it should be");
        return Ok(());
    }
    let written = whole_file::WholeFile::create(path).and_then(|mut file| {
        file.write_all(sql.as_bytes())?;
        file.finish()
    });
    written.map_err(|error| {
        let name = project.display(path);
        let failure = Failure::outside(format!("can't write `{name}`: {}", plain_reason(&error)));
        match error.kind() {
            ErrorKind::IsADirectory => {
                failure.hint(format!("name a file: `-o {name}/01_schema.sql`"))
            }
            _ => failure,
        }
    })
}

fn check(
    project: &Project,
    path: &Path,
    sql: &str,
    of_other_version: &dyn Fn(&str) -> Option<RailsVersion>,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    let name = project.display(path);
    let stale = |what: &str| {
        Failure::check(format!("`{name}` {what}")).hint(format!(
            "run `{}` and commit what it writes",
            this_command_without("gen-schema", &["--check"])
        ))
    };
    let old = match std::fs::read(path) {
        Ok(old) => old,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(stale("isn't there"));
        }
        Err(error) => {
            let reason = plain_reason(&error);
            return Err(Failure::outside(format!("can't read `{name}`: {reason}")));
        }
    };
    if old == sql.as_bytes() {
        return Ok(());
    }
    let old = String::from_utf8_lossy(&old);
    if old.replace("\r\n", "\n") == sql {
        return Err(Failure::check(format!("`{name}` has CRLF line endings"))
            .hint("keep `*.sql text eol=lf` in .gitattributes, then `git checkout -- FILE`"));
    }
    if !verbosity.is_quiet() {
        print(&unified_diff(&name, &old, sql, colour_on_stdout()))?;
    }
    if let Some(version) = of_other_version(&old) {
        return Err(Failure::check(format!(
            "`{name}` is what ActiveRecord {version} makes of the schema, and not what this run does"
        ))
        .hint(format!(
            "if it shall stay so, write `rails_version = \"{version}\"` into {SETTINGS_PATH}; else run `{}`",
            this_command_without("gen-schema", &["--check"])
        )));
    }
    Err(stale("is stale"))
}

/// The difference as `diff -u` has it: from what is on disk to what would be written.
pub(crate) fn unified_diff(name: &str, old: &str, new: &str, colour: bool) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut text = format!("--- {name}\n+++ {name} (as generated)\n");
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        let _ = writeln!(text, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, start) = match change.tag() {
                ChangeTag::Delete => ('-', "\x1b[31m"),
                ChangeTag::Insert => ('+', "\x1b[32m"),
                ChangeTag::Equal => (' ', ""),
            };
            let (start, end) = if colour && !start.is_empty() {
                (start, "\x1b[0m")
            } else {
                ("", "")
            };
            let line = change.value().trim_end_matches('\n');
            let _ = writeln!(text, "{start}{sign}{line}{end}");
            if change.missing_newline() {
                text.push_str("\\ No newline at end of file\n");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_what_would_change_with_its_surroundings() {
        let old = "a\nb\nc\nd\ne\nf\n";
        let new = "a\nb\nc\nd\nE\nf\n";
        assert_eq!(
            unified_diff("x.sql", old, new, false),
            "--- x.sql\n+++ x.sql (as generated)\n@@ -2,5 +2,5 @@\n b\n c\n d\n-e\n+E\n f\n"
        );
    }

    #[test]
    fn a_missing_last_line_break_is_shown() {
        assert_eq!(
            unified_diff("x", "a", "a\n", false),
            "--- x\n+++ x (as generated)\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"
        );
    }
}
