//! What a dump's text is for a database: statements around the rows, and the form of the rows.

mod mysql;
mod postgresql;

use crate::arguments::Format;
use dummy_data::{Plan, TablePlan};
use mysql_model::Server;
use pg_sql::insert::Insert;
use pg_sql::loading::can_freeze;
use row_text::{Fields, RowBuffer};
use std::ops::Range;
use std::sync::Arc;

/// For which database a dump is written.
#[derive(Debug)]
pub(crate) enum Writer<'a> {
    /// PostgreSQL, in one of two forms.
    PostgreSql(Format),
    /// MySQL or MariaDB.
    MySql {
        /// The schema as its file has it.
        schema: &'a mysql_model::Schema,
        /// The same with what its raw SQL adds.
        completed: &'a mysql_model::Schema,
        /// Which of them.
        server: Server,
    },
}

/// What stands before and after the rows of all tables.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) before: String,
    pub(crate) after: String,
}

/// What stands before and after a table's rows, and how they are written.
#[derive(Debug)]
pub(crate) struct Around {
    pub(crate) before: String,
    pub(crate) form: Form,
    pub(crate) after: String,
}

/// How rows are written.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    /// Lines of COPY's text format.
    Copy,
    /// INSERT statements of PostgreSQL with this before their rows.
    Insert(Arc<str>),
    /// INSERT statements of MySQL.
    MySql(Arc<mysql_sql::rows::Insert>),
    /// The same statement for each row, which names no column.
    Default(Arc<str>),
}

impl Form {
    /// Appends some rows of a table.
    pub(crate) fn write(&self, table: &TablePlan, rows: Range<u64>, out: &mut RowBuffer) {
        match self {
            Self::Copy => table.write(rows, &Fields, out),
            Self::Insert(header) => table.write(rows, &Insert { header }, out),
            Self::MySql(insert) => table.write(rows, insert.as_ref(), out),
            Self::Default(statement) => {
                for _ in rows {
                    out.text(statement);
                }
            }
        }
    }
}

impl Writer<'_> {
    /// What stands before and after all rows.
    pub(crate) fn frame(&self, plan: &Plan) -> Frame {
        match self {
            Self::PostgreSql(_) => postgresql::frame(plan),
            Self::MySql { schema, server, .. } => mysql::frame(schema, *server, plan),
        }
    }

    /// What stands before and after a table's rows, and how they are written.
    pub(crate) fn around(&self, plan: &Plan, table: &TablePlan) -> Around {
        match self {
            Self::PostgreSql(format) => {
                let frozen = can_freeze(table.rows, plan.tables.len());
                postgresql::around(table, *format, frozen)
            }
            Self::MySql {
                schema,
                completed,
                server,
            } => mysql::around(schema, completed, *server, table),
        }
    }
}
