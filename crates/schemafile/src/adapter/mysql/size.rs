//! How large a table may be: bytes of a row, bytes of it that InnoDB keeps in a page, and keys.
//!
//! The server counts two things apart: what a row of the statement may have, where texts count as pointers, and what of a
//! row stays in a page of 16 KB, where long values count with what InnoDB keeps of them there. The second differs between
//! the servers.

use super::{charset, table};
use crate::diagnostic::Diagnostic;
use crate::draft::DraftTable;
use crate::ruby::Interpreter;
use mysql_model::{Column, ColumnValue, DataType, LobSize, MySql, Server, Table};

/// Most bytes of a row, less what lies apart from it.
const MOST_ROW_BYTES: u64 = 65_535;

/// As many bytes are too many for what a page keeps of a row: two rows must have place in one.
const TOO_MANY_PAGE_BYTES: u64 = 8126;

/// Most keys of a table, the primary key among them.
const MOST_KEYS: usize = 64;

/// The head of a row in a page, less its bits for NULL.
const HEAD_BYTES: u64 = 5;

/// The head of a row of the format REDUNDANT, less where its columns end.
const REDUNDANT_HEAD_BYTES: u64 = 6;

/// What the older formats keep of a long value: its beginning, and a pointer to the rest.
const PREFIX_BYTES: u64 = 768 + 20;

/// A transaction's number and a pointer to older versions, which each row has.
const SYSTEM_BYTES: u64 = 13;

/// A number of the row, which stands for a key where there is none.
const HIDDEN_KEY_BYTES: u64 = 6;

/// Checks how many keys a table has, and how long its rows can be.
pub(super) fn check(interpreter: &mut Interpreter<'_>, draft: &DraftTable<MySql>, server: Server) {
    let table = &draft.table;
    let keys = table.indexes.len() + usize::from(table.primary_key.is_some());
    if keys > MOST_KEYS {
        interpreter.report(
            Diagnostic::error(
                draft.span,
                format!(
                    "table \"{}\" has {keys} keys with its primary key; the limit is {MOST_KEYS}",
                    draft.raw
                ),
            )
            .hint("one index over several columns serves those that begin like it"),
        );
    }
    let engine = table::engine(table);
    let bytes: u64 = table
        .columns
        .iter()
        .map(|column| row_bytes(table, column, server))
        .sum();
    if matches!(engine.as_str(), "innodb" | "myisam") && bytes > MOST_ROW_BYTES {
        interpreter.report(
            Diagnostic::error(
                draft.span,
                format!(
                    "a row of table \"{}\" has over {MOST_ROW_BYTES} bytes",
                    draft.raw
                ),
            )
            .hint("give the longest strings a lower `limit:`, or make them `t.text`"),
        );
        return;
    }
    if engine == "innodb"
        && let Some(format) = Format::of(table)
        && let Some(bytes) = page_bytes(table, format, server)
        && bytes >= TOO_MANY_PAGE_BYTES
    {
        let fits_otherwise = page_bytes(table, Format::Dynamic, server)
            .is_some_and(|bytes| bytes < TOO_MANY_PAGE_BYTES);
        interpreter.report(
            Diagnostic::error(
                draft.span,
                format!(
                    "a row of table \"{}\" can have {bytes} bytes in a page of InnoDB's; the limit is {}",
                    draft.raw,
                    TOO_MANY_PAGE_BYTES - 1
                ),
            )
            .hint(if fits_otherwise {
                "`ROW_FORMAT=DYNAMIC` in its `options:` keeps long values outside of the page"
            } else {
                "put columns into a table of their own, or keep them together as json"
            }),
        );
    }
}

/// How InnoDB lays out a row in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// The usual one: of a long value only a pointer stays.
    Dynamic,
    /// Its predecessor, which keeps the beginning of a long value too.
    Compact,
    /// The oldest one: as that, but each column has two bytes of its own for where it ends.
    Redundant,
}

impl Format {
    /// That of a table; none where rows are compressed.
    fn of(table: &Table) -> Option<Self> {
        match table::row_format(table).as_deref() {
            None | Some("dynamic" | "default") => Some(Self::Dynamic),
            Some("compact") => Some(Self::Compact),
            Some("redundant") => Some(Self::Redundant),
            Some(_) => None,
        }
    }
}

/// What a column takes of the bytes that a row may have.
fn row_bytes(table: &Table, column: &Column, server: Server) -> u64 {
    let lob = |size: LobSize| match size {
        LobSize::Tiny => 9,
        LobSize::Plain => 10,
        LobSize::Medium => 11,
        LobSize::Long => 12,
    };
    match &column.data_type {
        DataType::Varchar { .. } | DataType::Varbinary { .. } => {
            let bytes = table::key_bytes(table, column, server).unwrap_or(0);
            bytes + if bytes > 255 { 2 } else { 1 }
        }
        DataType::Text(size) | DataType::Blob(size) => lob(*size),
        DataType::Json | DataType::Geometry { .. } => 12,
        _ => table::key_bytes(table, column, server).unwrap_or(0),
    }
}

/// The most bytes that a row has in a page; none where a type isn't known.
fn page_bytes(table: &Table, format: Format, server: Server) -> Option<u64> {
    let stored = table
        .columns
        .iter()
        .filter(|column| !matches!(column.value, ColumnValue::Generated { stored: false, .. }));
    let mut bytes = SYSTEM_BYTES;
    let mut nullable: u64 = 0;
    // A row begins with two columns of InnoDB's own, or three.
    let mut columns: u64 = 2;
    for column in stored {
        let is_key = |key: &mysql_model::PrimaryKey| key.columns.contains(&column.name);
        let is_key = table.primary_key.as_ref().is_some_and(is_key);
        nullable += u64::from(!column.not_null && !is_key);
        columns += 1;
        bytes += column_page_bytes(table, column, is_key, format, server)?;
    }
    if table.primary_key.is_none() {
        bytes += HIDDEN_KEY_BYTES;
        columns += 1;
    }
    Some(
        bytes
            + match format {
                Format::Dynamic | Format::Compact => HEAD_BYTES + nullable.div_ceil(8),
                Format::Redundant => REDUNDANT_HEAD_BYTES + 2 * columns,
            },
    )
}

/// What a page keeps of a column, with the bytes of its length.
fn column_page_bytes(
    table: &Table,
    column: &Column,
    is_key: bool,
    format: Format,
    server: Server,
) -> Option<u64> {
    let most = table::key_bytes(table, column, server);
    let is_variable = match &column.data_type {
        DataType::Other(_) => return None,
        DataType::Char { .. } => {
            let (charset, _) = table::charset_of_column(table, column, server);
            !charset::has_characters_of_one_length(&charset)
        }
        DataType::Varchar { .. }
        | DataType::Varbinary { .. }
        | DataType::Text(_)
        | DataType::Blob(_)
        | DataType::Json
        | DataType::Geometry { .. } => true,
        _ => false,
    };
    if !is_variable {
        return most;
    }
    if format != Format::Dynamic {
        let kept = match most {
            Some(most) if is_key || most < PREFIX_BYTES => most,
            _ => PREFIX_BYTES,
        };
        return Some(match format {
            Format::Redundant => kept,
            _ if kept < 256 => kept + 1,
            _ => kept + 2,
        });
    }
    Some(match (server, most) {
        (Server::MySql, Some(most @ 0..40)) | (Server::MariaDb, Some(most @ 0..=255)) => most + 1,
        // A value of so many bytes stays whole; a longer one leaves a pointer, which is shorter.
        (Server::MySql, _) => 40 + 1,
        (Server::MariaDb, Some(most)) if is_key => most + 2,
        // A pointer.
        (Server::MariaDb, _) => 20 + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mysql_model::{AutoIncrement, IntegerSize, PrimaryKey, QualifiedName};

    /// A table with a key that counts and so many columns of a type.
    fn table(columns: usize, data_type: &DataType, charset: &str, not_null: bool) -> Table {
        let mut table = Table::new(QualifiedName::bare("t"));
        table.own.charset = Some(charset.to_owned());
        let key = DataType::Integer {
            size: IntegerSize::Big,
            unsigned: false,
            width: None,
            zerofill: false,
        };
        let mut id = Column::new("id", key);
        id.value = ColumnValue::Numbered(AutoIncrement);
        table.columns.push(id);
        table.primary_key = Some(PrimaryKey {
            name: None,
            columns: vec!["id".to_owned()],
        });
        for number in 0..columns {
            let mut column = Column::new(format!("c{number}"), data_type.clone());
            column.not_null = not_null;
            table.columns.push(column);
        }
        table
    }

    /// The most columns that both servers, asked with one column more each time, have taken.
    #[test]
    fn a_page_keeps_as_many_columns_as_the_servers_say() {
        use DataType::{Binary, Char, Text, Varbinary, Varchar};
        let text = Text(LobSize::Plain);
        for (data_type, charset, not_null, mysql, mariadb) in [
            (text.clone(), "utf8mb4", false, 196, 383),
            (text, "utf8mb4", true, 197, 385),
            (Varchar { length: 10 }, "utf8mb4", false, 196, 196),
            (Varchar { length: 50 }, "utf8mb4", false, 196, 40),
            (Varchar { length: 63 }, "utf8mb4", false, 196, 31),
            (Varchar { length: 64 }, "utf8mb4", false, 196, 383),
            (Varbinary { length: 39 }, "utf8mb4", false, 201, 201),
            (Char { length: Some(255) }, "latin1", false, 31, 31),
            (Char { length: Some(63) }, "utf8mb4", false, 196, 31),
            (Binary { length: Some(255) }, "utf8mb4", false, 31, 31),
        ] {
            for (server, most) in [(Server::MySql, mysql), (Server::MariaDb, mariadb)] {
                let fits = |columns| {
                    let table = table(columns, &data_type, charset, not_null);
                    page_bytes(&table, Format::Dynamic, server).unwrap() < TOO_MANY_PAGE_BYTES
                };
                assert!(fits(most), "{data_type:?} {server}");
                assert!(!fits(most + 1), "{data_type:?} {server}");
            }
        }
    }

    /// The same of the older formats, in which both servers take as many.
    #[test]
    fn a_page_of_the_older_formats_keeps_the_beginning_of_a_long_value() {
        use DataType::{Binary, Char, Text, Varchar};
        let text = Text(LobSize::Plain);
        for (data_type, charset, not_null, compact, redundant) in [
            (text.clone(), "utf8mb4", false, 10, 10),
            (text, "utf8mb4", true, 10, 10),
            (Varchar { length: 255 }, "utf8mb3", false, 10, 10),
            (Varchar { length: 191 }, "utf8mb4", true, 10, 10),
            (Varchar { length: 50 }, "utf8mb4", false, 40, 40),
            (Varchar { length: 10 }, "utf8mb4", false, 196, 192),
            (Varchar { length: 300 }, "latin1", true, 26, 26),
            (Char { length: Some(255) }, "latin1", false, 31, 31),
            (Char { length: Some(63) }, "utf8mb4", false, 31, 31),
            (Binary { length: Some(255) }, "latin1", false, 31, 31),
        ] {
            for (format, most) in [(Format::Compact, compact), (Format::Redundant, redundant)] {
                for server in [Server::MySql, Server::MariaDb] {
                    let fits = |columns| {
                        let table = table(columns, &data_type, charset, not_null);
                        page_bytes(&table, format, server).unwrap() < TOO_MANY_PAGE_BYTES
                    };
                    assert!(fits(most), "{data_type:?} {format:?} {server}");
                    assert!(!fits(most + 1), "{data_type:?} {format:?} {server}");
                }
            }
        }
    }
}
