//! `gen-schema init --from` with a dump of a database: it becomes a Schemafile.

use crate::arguments::ReadingArguments;
use crate::generate::options;
use command_line::{Failure, Status, Verbosity, colour_on_stderr};
use project_files::Project;
use schema_import::{ImportErrors, Note};
use schemafile::{MemoryLoader, SourceFile};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, Write as _};
use std::path::Path;

/// How much of a file is looked at to tell SQL from Ruby.
const BEGINNING: u64 = 8 * 1024;

/// The Schemafile of a dump; none when the file isn't SQL.
pub(super) fn schemafile(
    project: &Project,
    path: &Path,
    reading: &ReadingArguments,
    verbosity: Verbosity,
) -> Result<Option<String>, Failure> {
    let name = project.display(path);
    if path.is_dir() {
        return Err(directory(&name, path));
    }
    let unreadable = |error: io::Error| super::unreadable(&name, &error);
    // What isn't there is told by the reader of Ruby, which knows the usual places.
    let Ok(mut file) = File::open(path) else {
        return Ok(None);
    };
    let mut beginning = Vec::new();
    (&mut file)
        .take(BEGINNING)
        .read_to_end(&mut beginning)
        .map_err(unreadable)?;
    if beginning.trim_ascii().is_empty() {
        return Err(Failure::input(format!("`{name}` is empty")).hint(
            "`--from` takes a schema.rb, a Schemafile, or what `pg_dump --schema-only` wrote",
        ));
    }
    if !schema_import::looks_like_sql(&beginning) {
        return Ok(None);
    }
    file.rewind().map_err(unreadable)?;
    let import =
        schema_import::read(BufReader::new(file)).map_err(|error| import_failure(&name, &error))?;
    if !verbosity.is_quiet() {
        say(&name, &import.notes);
    }
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = schemafile::write(
        &import.schema,
        &[
            &format!(
                "The schema, in ridgepole's DSL, made from {file_name} by `gen-schema init`. After a change:"
            ),
            "",
            "  gen-schema    dumps/01_schema.sql, what ActiveRecord would have built",
            "  gen-dummy     dumps/02_dummy.sql.gz, rows that fit it",
        ],
    );
    // What was written must be readable before it is put anywhere.
    let source = SourceFile::new(super::SCHEMAFILE, text.as_bytes());
    match schemafile::read(source, &MemoryLoader::new(), &options(project, reading)?) {
        Ok(_) => Ok(Some(text)),
        Err(diagnostics) => Err(Failure::rendered(
            Status::BadInput,
            format!(
                "{}error: the Schemafile that `{name}` becomes, shown above, has mistakes: please report this\n",
                diagnostics.render(colour_on_stderr())
            ),
        )),
    }
}

/// A directory is what `pg_dump --format=directory` writes, or a slip.
fn directory(name: &str, path: &Path) -> Failure {
    let failure = Failure::input(format!("`{name}` is a directory"));
    if path.join("toc.dat").exists() {
        failure.hint(format!(
            "turn the dump into SQL: `pg_restore --schema-only -f - {name} > shop.sql`"
        ))
    } else {
        failure
            .hint("name the file: a schema.rb, a Schemafile, or what `pg_dump --schema-only` wrote")
    }
}

fn import_failure(name: &str, errors: &ImportErrors) -> Failure {
    let mut text = String::new();
    for error in errors.iter() {
        let (Some(line), Some(hint)) = (error.line(), error.hint()) else {
            return Failure::outside(format!("can't read `{name}`: {error}"));
        };
        let hint = hint.replace("FILE", name);
        let margin = " ".repeat(line.to_string().len());
        let _ = match error.source_line() {
            Some(source) => writeln!(
                text,
                "error: {error}\n{margin}--> {name}:{line}\n{margin} |\n{line} | {source}\n{margin} |\n{margin} = hint: {hint}\n"
            ),
            None => writeln!(text, "error: {name}:{line}: {error}\nhint: {hint}"),
        };
    }
    Failure::rendered(Status::BadInput, text)
}

fn say(name: &str, notes: &[Note]) {
    let text = notes.iter().fold(String::new(), |text, note| {
        text + &format!("note: {name}:{}: {}\n", note.line, note.text)
    });
    // Notes that nobody can read must not stop the work.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
