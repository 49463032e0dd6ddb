//! The text around the rows of a dump, so that loading is fast and whole.
//!
//! Everything happens in one transaction, so a load that fails leaves the database as it was. What
//! makes loading slow is taken away first and put back afterwards, as the *catalogue* says it was,
//! not as the schema file says: secondary indexes and foreign keys are dropped, the tables emptied
//! in one statement, rows copied frozen, then indexes and keys recreated from their own
//! definitions with their comments. So the server itself verifies every key, and a database that
//! differs from the schema file keeps its differences.
//!
//! Primary keys and unique constraints go too where a table gets many rows; in small tables, where making
//! them again costs more than it saves, they stay. So do those that views depend on, exclusion constraints, and indexes
//! that carry something that their definition doesn't say: a tablespace, `CLUSTER`, `REPLICA
//! IDENTITY`, statistics targets, a partition's place under its parent's index. And so do those with a
//! list of values in their condition, whose text PostgreSQL changes when it reads its own words.
//!
//! Triggers don't fire, as with `pg_restore`: the rows already are what a trigger would have made, and
//! a trigger that writes audit rows, sends messages or refuses old dates must not see dummy data.
//! The tables' sequences continue after the greatest value that the rows have.
//!
//! A second load gives the same database.
//!
//! One transaction keeps a lock for everything it touches, and a server has room for so many. Where taking away
//! and putting back would need more than that, small tables keep their indexes, and keys where parents come
//! first, and are emptied without making new files for them. Their rows are never frozen in a dump of many tables, because
//! only a table that was truncated can take frozen rows. What still needs too many locks is refused before
//! anything is touched, with the setting that makes room.

use crate::{identifier, literal, qualified};
use pg_model::QualifiedName;
use std::fmt::Write as _;

const SAVE: &str = include_str!("save.sql");
const EMPTY: &str = include_str!("empty.sql");
const RESTORE: &str = include_str!("restore.sql");
const SEQUENCES: &str = include_str!("sequences.sql");

/// A table that is loaded, and how many rows it gets.
#[derive(Debug, Clone, Copy)]
pub struct TableRows<'a> {
    /// The table.
    pub name: &'a QualifiedName,
    /// Its rows.
    pub rows: u64,
}

/// Tables with fewer rows keep their primary keys and unique constraints, and in a dump of many tables can
/// keep all else.
pub const SMALL_TABLE_ROWS: u64 = 10_000;

/// The most tables of a dump of which all are frozen.
const FEW_TABLES: usize = 100;

/// Whether the rows of a table with so many can be frozen, in a dump of so many tables.
pub fn can_freeze(rows: u64, tables: usize) -> bool {
    tables <= FEW_TABLES || rows >= SMALL_TABLE_ROWS
}

/// What stands before the rows of all tables.
pub fn prologue(tables: &[TableRows<'_>]) -> String {
    let mut sql = String::from(
        "BEGIN;\n\
         \n\
         SET LOCAL client_encoding = 'UTF8';\n\
         SET LOCAL standard_conforming_strings = on;\n\
         SET LOCAL datestyle = 'ISO, YMD';\n\
         SET LOCAL intervalstyle = 'postgres';\n\
         SET LOCAL timezone = 'UTC';\n\
         SET LOCAL lc_monetary = 'C';\n\
         SET LOCAL xmloption = 'content';\n\
         SET LOCAL client_min_messages = 'warning';\n\
         SET LOCAL statement_timeout = 0;\n\
         SET LOCAL lock_timeout = 0;\n\
         SET LOCAL idle_in_transaction_session_timeout = 0;\n\
         SET LOCAL row_security = off;\n\
         SET LOCAL synchronous_commit = off;\n\
         SET LOCAL maintenance_work_mem = '256MB';\n\
         SET LOCAL jit = off;\n\
         \n\
         -- The tables that get rows, in which order, how many, and whether they are frozen.\n\
         CREATE TEMPORARY TABLE dummy_tables (\n    \
         name regclass PRIMARY KEY, place integer NOT NULL, rows bigint NOT NULL, frozen boolean NOT NULL,\n    \
         taken_away boolean NOT NULL DEFAULT true\n\
         );\n",
    );
    if tables.is_empty() {
        sql.push('\n');
        return sql;
    }
    sql.push_str("INSERT INTO pg_temp.dummy_tables VALUES\n");
    list(&mut sql, tables, |place, table| {
        format!(
            "({}, {}, {}, {})",
            literal(&qualified(table.name)),
            place + 1,
            table.rows,
            can_freeze(table.rows, tables.len())
        )
    });
    sql.push('\n');
    sql.push_str(SAVE);
    sql.push('\n');
    sql.push_str(EMPTY);
    sql.push('\n');
    sql
}

/// The line before a table's rows.
pub fn copy_header(table: &QualifiedName, columns: &[&str], freeze: bool) -> String {
    let columns: Vec<_> = columns.iter().map(|column| identifier(column)).collect();
    let freeze = if freeze { " WITH (FREEZE)" } else { "" };
    format!(
        "COPY {} ({}) FROM stdin{freeze};\n",
        qualified(table),
        columns.join(", ")
    )
}

/// The lines after a table's rows.
pub fn copy_footer() -> &'static str {
    "\\.\n\n"
}

/// What stands after the rows of all tables, to the end of the transaction.
pub fn epilogue(tables: &[TableRows<'_>]) -> String {
    if tables.is_empty() {
        return "DROP TABLE pg_temp.dummy_tables;\nCOMMIT;\n".to_owned();
    }
    let mut sql = String::new();
    sql.push_str(RESTORE);
    sql.push('\n');
    sql.push_str(SEQUENCES);
    sql.push_str("\nDROP TABLE pg_temp.dummy_saved, pg_temp.dummy_tables;\nCOMMIT;\n\n");
    sql
}

/// What stands at the very end: the statistics of all tables, after the transaction.
pub fn statistics(tables: &[TableRows<'_>]) -> String {
    let mut sql = String::new();
    if !tables.is_empty() {
        sql.push_str("ANALYZE\n");
        list(&mut sql, tables, |_, table| qualified(table.name));
    }
    sql
}

/// One table a line, with commas between them and a semicolon at the end.
fn list(
    sql: &mut String,
    tables: &[TableRows<'_>],
    item: impl Fn(usize, &TableRows<'_>) -> String,
) {
    for (position, table) in tables.iter().enumerate() {
        let end = if position + 1 == tables.len() {
            ";"
        } else {
            ","
        };
        let _ = writeln!(sql, "    {}{end}", item(position, table));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let users = QualifiedName::bare("users");
        let order = QualifiedName::in_schema("sales", "Order");
        let text = prologue(&[
            TableRows {
                name: &users,
                rows: 5,
            },
            TableRows {
                name: &order,
                rows: 20_000,
            },
        ]);
        assert!(
            text.contains("    ('users', 1, 5, true),\n    ('sales.\"Order\"', 2, 20000, true);\n"),
            "{text}"
        );
        assert_eq!(
            copy_header(&order, &["id", "Name"], true),
            "COPY sales.\"Order\" (id, \"Name\") FROM stdin WITH (FREEZE);\n"
        );
    }

    #[test]
    fn the_server_and_we_mean_the_same_by_small() {
        assert!(SAVE.contains(&format!("t.rows >= {SMALL_TABLE_ROWS}")));
    }

    #[test]
    fn small_tables_among_many_are_not_frozen() {
        assert!(can_freeze(1, 100));
        assert!(!can_freeze(9_999, 101));
        assert!(can_freeze(10_000, 101));
    }

    #[test]
    fn no_tables_make_a_text_that_does_nothing() {
        let text = prologue(&[]) + &epilogue(&[]);
        assert!(!text.contains("TRUNCATE"));
        assert!(text.starts_with("BEGIN;") && text.ends_with("COMMIT;\n"));
    }
}
