//! `gen-schema init --from` with a dump of a database, or other SQL: it becomes a Schemafile.

use command_line::{Failure, Status, Verbosity, colour_on_stderr};
use project_files::Project;
use schema_input::{Program, ReadingArguments, SchemaReader, read_sql};
use schemafile::{Database, MemoryLoader, SourceFile};
use std::io::{self, Write as _};
use std::path::Path;

/// The Schemafile of a dump, and the database that it is for; none when the file isn't SQL.
pub(super) fn schemafile(
    project: &Project,
    path: &Path,
    reading: &ReadingArguments,
    verbosity: Verbosity,
) -> Result<Option<(String, Database)>, Failure> {
    let name = project.display(path);
    // What isn't there is told by the reader of Ruby, which knows the usual places.
    let Ok(about) = std::fs::metadata(path) else {
        return Ok(None);
    };
    // A large file isn't blank.
    let is_blank = || {
        about.len() < 8 * 1024
            && std::fs::read(path).is_ok_and(|content| content.trim_ascii().is_empty())
    };
    if !about.is_dir() && is_blank() {
        return Err(Failure::input(format!("`{name}` is empty")).hint(
            "`--from` takes a schema.rb, a Schemafile, or what `pg_dump --schema-only` or `mysqldump --no-data` wrote",
        ));
    }
    let reader = SchemaReader::new(project, Program::GenSchema, reading)?;
    let sql = match read_sql(project, path, reader.options())? {
        Some(sql) => sql,
        None if about.is_dir() => return Err(directory(&name, path)),
        None => return Ok(None),
    };
    if !verbosity.is_quiet() {
        // Notes that nobody can read must not stop the work.
        let _ = io::stderr().lock().write_all(sql.notes.as_bytes());
    }
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = schemafile::write(
        &sql.schema,
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
    let database = sql.schema.database();
    let mut options = reader.options().clone();
    options.database = Some(database);
    match schemafile::read(source, &MemoryLoader::new(), &options) {
        Ok(_) => Ok(Some((text, database))),
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
            .hint(
                "name the file (a schema.rb, a Schemafile, or what `pg_dump --schema-only` or `mysqldump --no-data` wrote), or a folder of \
                 migrations in SQL",
            )
    }
}
