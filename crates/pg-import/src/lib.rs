//! Reads what `pg_dump` writes into the schema's model, so that a project can begin with a database that
//! is there already.
//!
//! `pg_dump`'s text is a narrow and regular dialect: fully qualified names, one statement for each thing, its
//! own spelling of every expression. So nothing here understands SQL in general. A statement is either of a
//! form that is known to the last token, and becomes part of a table, or it is handed on word for word as a
//! statement of the schema. Expressions are never taken apart, because PostgreSQL's own text of them is
//! the only one that is certain to mean the same.
//!
//! Statements take effect in order: each changes what those before it made, as it would change a database. So a script by
//! hand, or a folder of migrations, is read like a dump.
//!
//! What doesn't belong to a schema (settings, owners, grants, rows) is left out, and [`Import::notes`] says so.
//! The crate reads from a [`BufRead`] and holds one statement at a time.

mod alter;
mod create;
mod cursor;
mod draft;
mod draft_table;
mod drop;
mod error;
mod finish;
mod in_list;
mod left_out;
mod like;
mod names;
mod object;
mod raw_statement;
mod script;
mod sequence;
mod settings;
mod statement;
mod table;
mod value;

pub use schema_import::{ImportError, ImportErrors, Migrations, Note, migrations};

use draft::Draft;
use error::Mistake;
use pg_model::Schema;
use schema_import::place;
use script::{Piece, Script};
use std::io::{self, BufRead};

/// What came of a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The schema. Names in `public` have no schema of their own.
    pub schema: Schema,
    /// Where each of the schema's tables is made: which file, from 0, and which line of it, from 1.
    pub places: Vec<(usize, usize)>,
    /// What was left out, and why.
    pub notes: Vec<Note>,
}

/// Reads a dump in `pg_dump`'s plain format, a Rails `structure.sql`, or a script of DDL.
///
/// # Errors
/// A file that isn't such a dump or isn't whole, and all statements that can't be taken.
pub fn read(input: impl BufRead) -> Result<Import, ImportErrors> {
    read_all([Ok(input)])
}

/// Reads files that run one after the other on the same database: a folder of migrations, sorted by [`migrations`].
///
/// # Errors
/// As [`read`]; a file that can't be opened or isn't whole ends the reading.
pub fn read_all<R: BufRead>(
    files: impl IntoIterator<Item = io::Result<R>>,
) -> Result<Import, ImportErrors> {
    let mut draft = Draft::default();
    let mut errors = Vec::new();
    // How many lines stand before each file, for one count of lines through all of them.
    let mut before = Vec::new();
    let mut lines = 0;
    for file in files {
        before.push(lines);
        let read = file
            .map_err(ImportError::from)
            .and_then(|input| read_one(&mut draft, &mut errors, lines, input));
        match read {
            Ok(read) => lines = read,
            Err(error) => {
                errors.push(error);
                break;
            }
        }
    }
    if errors.is_empty() {
        let mut import = finish::finish(draft);
        if import.schema != Schema::default() {
            for note in &mut import.notes {
                (note.file, note.line) = place(&before, note.line);
            }
            for made in &mut import.places {
                *made = place(&before, made.1);
            }
            return Ok(import);
        }
        errors.push(ImportError::new(1, &Mistake::Nothing));
    }
    for error in &mut errors {
        error.set_place(before.len().saturating_sub(1), |line| place(&before, line));
    }
    Err(ImportErrors::of(errors))
}

/// Reads one file behind others of so many lines; gives the number of lines with its own.
fn read_one(
    draft: &mut Draft,
    errors: &mut Vec<ImportError>,
    lines_before: usize,
    input: impl BufRead,
) -> Result<usize, ImportError> {
    let mut script = Script::behind(lines_before, input);
    while let Some(piece) = script.next()? {
        match piece {
            Piece::Statement { sql, line } => {
                let sql = in_list::put_back(&sql);
                if let Err(mistake) = statement::read(draft, &sql, line) {
                    errors.push(ImportError::of_statement(line, &sql, &mistake));
                }
            }
            Piece::Command { text, line } => draft.command(&text, line)?,
            Piece::Rows(count) => draft.left_out.rows(count),
        }
    }
    Ok(script.lines())
}

/// Whether a text begins as `pg_dump` begins.
pub fn is_dump(beginning: &[u8]) -> bool {
    String::from_utf8_lossy(beginning)
        .lines()
        .any(|line| line.trim_end() == script::HEADER)
}

/// Whether a text looks like SQL rather than like Ruby: what its first line with anything on it begins with.
pub fn looks_like_sql(beginning: &[u8]) -> bool {
    if Mistake::of_first_bytes(beginning).is_some() {
        return true;
    }
    let text = String::from_utf8_lossy(beginning);
    let first = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let mut words = first.split_whitespace();
    let word = words.next().unwrap_or_default();
    // Ruby has `begin` too, and `BEGIN { … }`.
    let begins_a_transaction = match words.next() {
        None => word == "BEGIN",
        Some(next) => {
            let next = next.trim_end_matches(';');
            word.eq_ignore_ascii_case("begin")
                && (next.eq_ignore_ascii_case("transaction") || next.eq_ignore_ascii_case("work"))
        }
    };
    first.starts_with("--")
        || first.starts_with("/*")
        || first.starts_with('\\')
        || begins_a_transaction
        || [
            "alter", "begin;", "comment", "copy", "create", "delete", "do", "drop", "grant",
            "insert", "revoke", "select", "set", "start", "truncate", "update", "with",
        ]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}
