//! Reads the schema, makes the SQL, and writes or compares it.

use crate::arguments::{GenerateArguments, ReadingArguments};
use command_line::{Failure, Status, Verbosity, colour_on_stderr, colour_on_stdout};
use project_files::{Project, ReadSchemaError, plain_reason, read_schema};
use schemafile::{Options, Reading, SourceFile};
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
    let sql = generate(project, arguments, verbosity)?;
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
        check(project, &path, &sql, verbosity)
    } else {
        write_output(project, &path, &sql, verbosity)
    }
}

fn generate(
    project: &Project,
    arguments: &GenerateArguments,
    verbosity: Verbosity,
) -> Result<String, Failure> {
    let path = project.resolve(&arguments.schemafile);
    let name = project.display(&path);
    if path.is_dir() {
        return Err(Failure::input(format!("`{name}` is a directory"))
            .hint("name the Schemafile or schema.rb in it"));
    }
    let options = Options {
        rails_metadata: arguments.rails_metadata,
        ..options(project, &arguments.reading)?
    };
    let reading = read_schema(project, &path, &options).map_err(|error| {
        let from_here = project.hint_for_schema(&arguments.schemafile);
        let failure = sql_instead(&path, &name).unwrap_or_else(|| schema_failure(error));
        failure.hint_instead(from_here)
    })?;
    warn(&reading, verbosity);
    let is_empty = reading.schema.tables.is_empty() && reading.schema.statements.is_empty();
    if is_empty && !verbosity.is_quiet() {
        let text = format!("warning: `{name}` defines no table: the SQL makes an empty database\n");
        // A warning that nobody can read must not stop the work.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
    tracing::info!(
        tables = reading.schema.tables.len(),
        source = name,
        "read the schema"
    );
    Ok(pg_sql::ddl::schema_sql(&reading.schema, &name))
}

/// How the command line wants schemas to be read.
pub(crate) fn options(project: &Project, arguments: &ReadingArguments) -> Result<Options, Failure> {
    Ok(Options {
        frontend: arguments.frontend.map(Into::into),
        rails_version: arguments.rails_version,
        inflections: read_inflections(project, arguments)?,
        rails_metadata: false,
    })
}

/// Says why there is no schema.
pub(crate) fn schema_failure(error: ReadSchemaError) -> Failure {
    match error {
        ReadSchemaError::Faulty(diagnostics) => {
            Failure::rendered(Status::BadInput, diagnostics.render(colour_on_stderr()))
        }
        ReadSchemaError::Unreadable { missing: true, .. } => Failure::input(error.to_string())
            .hint(
                "name the file (`gen-schema db/schema.rb`), or begin one here: `gen-schema init`",
            ),
        ReadSchemaError::Unreadable { .. } => Failure::outside(error.to_string()),
    }
}

/// What to say of a file that is SQL and no schema in Ruby; none for any other.
fn sql_instead(path: &Path, name: &str) -> Option<Failure> {
    let content = std::fs::read(path).ok()?;
    schema_import::looks_like_sql(&content).then(|| {
        Failure::input(format!("`{name}` is SQL, and a Schemafile is Ruby")).hint(format!(
            "`gen-schema init --from {name}` makes a Schemafile of what pg_dump wrote"
        ))
    })
}

/// Shows what has no effect in a schema.
pub(crate) fn warn(reading: &Reading, verbosity: Verbosity) {
    if !reading.warnings.is_empty() && !verbosity.is_quiet() {
        let text = reading.warnings.render(colour_on_stderr());
        // Warnings that nobody can read must not stop the work.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

fn read_inflections(
    project: &Project,
    arguments: &ReadingArguments,
) -> Result<Option<SourceFile>, Failure> {
    let Some(typed) = &arguments.inflections else {
        return Ok(None);
    };
    let path = project.resolve(typed);
    let name = project.display(&path);
    match std::fs::read(&path) {
        Ok(content) => Ok(Some(SourceFile::new(name, content))),
        Err(error) => Err(
            Failure::input(format!("can't read `{name}`: {}", plain_reason(&error)))
                .hint("`--inflections` takes a file of irregular words")
                .hint_instead(project.hint_for(typed)),
        ),
    }
}

/// Writes to standard output.
pub(crate) fn print(sql: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(sql.as_bytes()) {
        // The reader has seen enough (`gen-schema -o - | head`).
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::outside(format!(
            "can't write to standard output: {error}"
        ))),
        Ok(()) => Ok(()),
    }
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

fn check(project: &Project, path: &Path, sql: &str, verbosity: Verbosity) -> Result<(), Failure> {
    let name = project.display(path);
    let stale = |what: &str| {
        Failure::check(format!("`{name}` {what}"))
            .hint("run `gen-schema` and commit what it writes")
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
    Err(stale("is stale"))
}

/// The difference as `diff -u` has it: from what is on disk to what would be written.
fn unified_diff(name: &str, old: &str, new: &str, colour: bool) -> String {
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
