//! Schemas in SQL: one file, or a folder of migrations that run one after the other.

use crate::language::Language;
use command_line::{Failure, Status};
use mysql_model::Server;
use project_files::{Project, plain_reason};
use schema_import::{ImportErrors, Note};
use schemafile::{AnySchema, Database, LoadError, Loader, Options, Place, Places, TablePlace};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// How much of a file is looked at to tell SQL from Ruby.
const BEGINNING: u64 = 8 * 1024;

/// What came of SQL.
#[derive(Debug)]
pub struct SqlReading {
    /// The schema.
    pub schema: AnySchema,
    /// What was left out and the like, a line each, closed by a line break.
    pub notes: String,
    /// Where its tables are made.
    pub places: Places,
}

/// A database that was said, and where.
pub(crate) type Said<'a> = Option<(Database, &'a str)>;

/// Reads a file of SQL, or all migrations below a folder; none when it is neither. `options` say for which database,
/// where the files don't.
///
/// # Errors
/// Every statement that can't be taken, each with its file and line, or why there is nothing to read.
pub fn read_sql(
    project: &Project,
    path: &Path,
    options: &Options,
) -> Result<Option<SqlReading>, Failure> {
    let name = project.display(path);
    let files = if path.is_dir() {
        let found = files_below(path).map_err(|error| unreadable(&name, &error))?;
        let migrations = schema_import::migrations(found);
        if migrations.files.is_empty() {
            return Ok(None);
        }
        migrations
            .files
            .iter()
            .map(|file| path.join(file))
            .collect()
    } else if beginning(path).is_ok_and(|beginning| Language::of(&beginning) == Language::Sql) {
        vec![path.to_owned()]
    } else {
        return Ok(None);
    };
    let names: Vec<String> = files.iter().map(|file| project.display(file)).collect();
    // What can't be opened is told by who reads it.
    let beginnings: Vec<Vec<u8>> = files
        .iter()
        .map(|file| beginning(file).unwrap_or_default())
        .collect();
    let opened = files
        .iter()
        .map(|file| File::open(file).map(BufReader::new));
    read_all(&beginnings, opened, &names, said(options)).map(Some)
}

/// Reads what [`read_sql`] reads as it was at another time.
///
/// # Errors
/// As [`read_sql`].
pub(crate) fn read_sql_at(
    version: &dyn Loader,
    path: &str,
    options: &Options,
) -> Result<Option<SqlReading>, Failure> {
    let mut names = vec![path.to_owned()];
    let contents = match version.read(path) {
        Ok(content) if Language::of(&content) == Language::Sql => vec![content],
        Ok(_) => return Ok(None),
        Err(_) => {
            // No file, but perhaps a folder.
            let Ok(found) = entries_below(version, path) else {
                return Ok(None);
            };
            names = schema_import::migrations(found)
                .files
                .iter()
                .map(|file| format!("{path}/{file}"))
                .collect();
            if names.is_empty() {
                return Ok(None);
            }
            let contents: Result<Vec<_>, _> = names.iter().map(|name| version.read(name)).collect();
            contents.map_err(|error| {
                Failure::outside(format!("can't read the files below `{path}`: {error}"))
            })?
        }
    };
    let beginnings: Vec<Vec<u8>> = contents
        .iter()
        .map(|content| content.iter().copied().take(8 * 1024).collect())
        .collect();
    let opened = contents.iter().map(|content| Ok(content.as_slice()));
    read_all(&beginnings, opened, &names, said(options)).map(Some)
}

/// The database that a flag or the settings say.
fn said(options: &Options) -> Said<'_> {
    Some((options.database?, options.database_place.as_deref()?))
}

/// Reads files in the SQL of the database that they are for.
fn read_all<R: BufRead>(
    beginnings: &[Vec<u8>],
    files: impl Iterator<Item = io::Result<R>>,
    names: &[String],
    said: Said<'_>,
) -> Result<SqlReading, Failure> {
    let shown = names.first().map_or("?", String::as_str);
    let told = told(beginnings);
    if let (Some(told), Some((database, place))) = (told, said)
        && told != database
    {
        return Err(Failure::input(format!(
            "`{shown}` is SQL of {told}, but {place} says {database}"
        ))
        .hint(format!("say `{}` there, or name another file", told.key())));
    }
    let is_mysql = beginnings
        .iter()
        .any(|beginning| mysql_import::looks_like_mysql(beginning));
    let server = match told.or(said.map(|(database, _)| database)) {
        Some(Database::PostgreSql) => None,
        Some(Database::MySql) => Some(Server::MySql),
        Some(Database::MariaDb) => Some(Server::MariaDb),
        None => is_mysql.then_some(Server::MySql),
    };
    let Some(server) = server else {
        let import = pg_import::read_all(files).map_err(|errors| failure(&errors, names))?;
        let schema = AnySchema::PostgreSql(import.schema);
        return Ok(SqlReading {
            places: places(&schema, &import.places, names),
            schema,
            notes: notes(&import.notes, names),
        });
    };
    let import =
        mysql_import::read_all(files, Some(server)).map_err(|errors| failure(&errors, names))?;
    let mut notes = notes(&import.notes, names);
    if told.is_none() && said.is_none() {
        let _ = writeln!(
            notes,
            "note: `{shown}` is taken for MySQL's; `--database mariadb` says otherwise"
        );
    }
    let schema = AnySchema::MySql(import.schema, import.server.unwrap_or(server));
    Ok(SqlReading {
        places: places(&schema, &import.places, names),
        schema,
        notes,
    })
}

/// Where the tables are made. SQL has no place for each column: statements change them after one another.
fn places(schema: &AnySchema, made: &[(usize, usize)], names: &[String]) -> Places {
    let of_table = |&(file, line): &(usize, usize)| TablePlace {
        place: Place {
            path: names.get(file).cloned().unwrap_or_default(),
            line,
        },
        columns: Vec::new(),
    };
    let tables = schema.table_names().into_iter().cloned();
    Places {
        tables: tables.zip(made.iter().map(of_table)).collect(),
        ..Places::default()
    }
}

/// The database that files name for certain, as dumps do.
fn told(beginnings: &[Vec<u8>]) -> Option<Database> {
    beginnings.iter().find_map(|beginning| {
        if pg_import::is_dump(beginning) {
            return Some(Database::PostgreSql);
        }
        Some(match mysql_import::server_of(beginning)? {
            Server::MySql => Database::MySql,
            Server::MariaDb => Database::MariaDb,
        })
    })
}

/// The paths of all files below a folder at another time, from it.
fn entries_below(version: &dyn Loader, folder: &str) -> Result<Vec<String>, LoadError> {
    let mut found = Vec::new();
    let mut waiting = vec![String::new()];
    while let Some(inner) = waiting.pop() {
        for entry in version.list(&format!("{folder}/{inner}"))? {
            if entry.is_folder {
                waiting.push(format!("{inner}{}/", entry.name));
            } else {
                found.push(format!("{inner}{}", entry.name));
            }
        }
    }
    Ok(found)
}

/// Notes, a line each.
fn notes(notes: &[Note], names: &[String]) -> String {
    notes.iter().fold(String::new(), |mut text, note| {
        let name = names.get(note.file).map_or("?", String::as_str);
        let _ = writeln!(text, "note: {name}:{}: {}", note.line, note.text);
        text
    })
}

/// All errors as users see them, each with the line that it is about.
fn failure(errors: &ImportErrors, names: &[String]) -> Failure {
    let mut text = String::new();
    for error in errors.iter() {
        let name = names.get(error.file()).map_or("?", String::as_str);
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

/// How a file begins.
fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    File::open(path)?
        .take(BEGINNING)
        .read_to_end(&mut beginning)?;
    Ok(beginning)
}

/// The paths of all files below a folder, from it, with `/` between their parts. Hidden folders and links aren't
/// entered.
fn files_below(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut waiting: Vec<(PathBuf, String)> = vec![(folder.to_owned(), String::new())];
    while let Some((path, inner)) = waiting.pop() {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                waiting.push((entry.path(), format!("{inner}{name}/")));
            } else {
                found.push(format!("{inner}{name}"));
            }
        }
    }
    Ok(found)
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::outside(format!("can't read `{name}`: {}", plain_reason(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stand_where_they_are_made() {
        let scratch = tempfile::tempdir().unwrap();
        let migrations = scratch.path().join("migrations");
        fs_err::create_dir(&migrations).unwrap();
        for (name, sql) in [
            (
                "V1__begin.sql",
                "CREATE TABLE gone (id int);\n\nCREATE TABLE users (id int);\n",
            ),
            (
                "V2__more.sql",
                "DROP TABLE gone;\nALTER TABLE users RENAME TO people;\nCREATE TABLE posts (id int);\n",
            ),
        ] {
            fs_err::write(migrations.join(name), sql).unwrap();
        }
        let project = Project::rooted(scratch.path());
        for database in [Database::PostgreSql, Database::MariaDb] {
            let options = Options {
                database: Some(database),
                database_place: Some("a test".to_owned()),
                ..Options::default()
            };
            let reading = read_sql(&project, &migrations, &options).unwrap().unwrap();
            let found: Vec<(String, &str, usize)> = reading
                .places
                .tables
                .iter()
                .map(|(table, found)| {
                    (
                        table.to_string(),
                        found.place.path.as_str(),
                        found.place.line,
                    )
                })
                .collect();
            assert_eq!(
                found,
                [
                    ("people".to_owned(), "migrations/V1__begin.sql", 3),
                    ("posts".to_owned(), "migrations/V2__more.sql", 3)
                ]
            );
        }
    }
}
