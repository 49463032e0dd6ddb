//! Reads what `mysqldump` writes into the schema's model, so that a project can begin with a database of MySQL or
//! MariaDB that is there already.
//!
//! A statement is either of a form that is known to the last token, and becomes part of a table, or it is handed on word
//! for word as a statement of the schema. Statements take effect in order: each changes what those before it made, as it
//! would change a database. So Rails' `structure.sql`, a script by hand, or a folder of migrations is read like a dump.
//!
//! What doesn't belong to a schema (settings, accounts, rows) is left out, and [`Import::notes`] says so.
//! The crate reads from a [`BufRead`] and holds one statement at a time.

mod alter;
mod column;
mod create;
mod draft;
mod drop;
mod error;
mod finish;
mod key;
mod language;
mod left_out;
mod options;
mod settings;
mod statement;
mod table;

pub use language::{looks_like_mysql, looks_like_sql, server_of};
pub use schema_import::{ImportError, ImportErrors, Migrations, Note, migrations};

use draft::Draft;
use error::Mistake;
use mysql_model::{QualifiedName, Schema, Server};
use mysql_text::{Flaw, Piece, Script, quoted};
use schema_import::{Section, place};
use std::io::{self, BufRead};

/// What came of a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The schema.
    pub schema: Schema,
    /// Which server the file says that it is of.
    pub server: Option<Server>,
    /// Where each of the schema's tables is made: which file, from 0, and which line of it, from 1.
    pub places: Vec<(usize, usize)>,
    /// What was left out, and why.
    pub notes: Vec<Note>,
}

/// Reads a dump of `mysqldump` or `mariadb-dump`, a Rails `structure.sql`, or a script of DDL. `server` says whose rules
/// hold where the file doesn't say which server it is of; none takes MySQL's.
///
/// # Errors
/// A file that isn't such a dump or isn't whole, and all statements that can't be taken.
pub fn read(input: impl BufRead, server: Option<Server>) -> Result<Import, ImportErrors> {
    read_all([Ok(input)], server)
}

/// Reads files that run one after the other on the same database: a folder of migrations, sorted by [`migrations`].
///
/// # Errors
/// As [`read`]; a file that can't be opened or isn't whole ends the reading.
pub fn read_all<R: BufRead>(
    files: impl IntoIterator<Item = io::Result<R>>,
    server: Option<Server>,
) -> Result<Import, ImportErrors> {
    let mut reading = Reading {
        draft: Draft::new(server.unwrap_or(Server::MySql)),
        told: None,
        errors: Vec::new(),
    };
    // How many lines stand before each file, for one count of lines through all of them.
    let mut before = Vec::new();
    let mut lines = 0;
    for file in files {
        before.push(lines);
        let read = file
            .map_err(ImportError::from)
            .and_then(|input| reading.read_one(lines, input));
        match read {
            Ok(read) => lines = read,
            Err(error) => {
                reading.errors.push(error);
                break;
            }
        }
    }
    let Reading {
        draft,
        told,
        mut errors,
    } = reading;
    if errors.is_empty() {
        let mut import = finish::finish(draft);
        if import.schema != Schema::default() {
            for note in &mut import.notes {
                (note.file, note.line) = place(&before, note.line);
            }
            for made in &mut import.places {
                *made = place(&before, made.1);
            }
            import.server = told.or(server);
            return Ok(import);
        }
        errors.push(ImportError::new(1, &Mistake::Nothing));
    }
    for error in &mut errors {
        error.set_place(before.len().saturating_sub(1), |line| place(&before, line));
    }
    Err(ImportErrors::of(errors))
}

struct Reading {
    draft: Draft,
    /// The server that a file names.
    told: Option<Server>,
    errors: Vec<ImportError>,
}

impl Reading {
    /// Reads one file behind others of so many lines; gives the number of lines with its own.
    fn read_one(
        &mut self,
        lines_before: usize,
        mut input: impl BufRead,
    ) -> Result<usize, ImportError> {
        let beginning = input.fill_buf()?;
        if let Some(mistake) = Mistake::of_first_bytes(beginning) {
            return Err(ImportError::new(lines_before + 1, &mistake));
        }
        if let Some(server) = server_of(beginning) {
            self.told.get_or_insert(server);
            self.draft.server = server;
        }
        let mut script = Script::behind(lines_before, input);
        let mut is_dump = false;
        let mut is_whole = false;
        let mut undoing = false;
        while let Some(piece) = script.next_piece()? {
            match piece {
                Piece::Comment { text, .. } => {
                    is_dump |= language::is_header(&text);
                    is_whole |= text.starts_with("-- Dump completed");
                    match Section::begins(&text) {
                        Some(Section::Up) => undoing = false,
                        Some(Section::Down) => undoing = true,
                        None => {}
                    }
                }
                Piece::Statement { .. } if undoing => {}
                Piece::Statement { sql, line, flaw } => self.statement(&sql, line, flaw)?,
            }
        }
        if is_dump && !is_whole {
            return Err(ImportError::new(script.lines().max(1), &Mistake::NoTrailer));
        }
        Ok(script.lines())
    }

    fn statement(&mut self, sql: &str, line: usize, flaw: Option<Flaw>) -> Result<(), ImportError> {
        match flaw {
            Some(Flaw::NoEnd) => return Err(ImportError::new(line, &Mistake::NoEnd)),
            Some(Flaw::NotUtf8 { line }) if !statement::is_about_rows(sql) => {
                return Err(ImportError::new(line, &Mistake::NotUtf8));
            }
            _ => {}
        }
        if sql.contains('\0') && !statement::is_about_rows(sql) {
            return Err(ImportError::new(line, &Mistake::Binary));
        }
        if let Err(mistake) = statement::read(&mut self.draft, sql, line) {
            self.errors
                .push(ImportError::of_statement(line, sql, &mistake));
        }
        Ok(())
    }
}

/// A name as SQL.
fn written(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&name.name)),
        None => quoted(&name.name),
    }
}
