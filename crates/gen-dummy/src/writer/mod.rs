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

/// What a part of the text is to a loader that has several connections: `docs/dump-format.md` says how it loads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// A table's rows, and its place in the dump.
    Data(usize),
    /// Small tables, for the connection that has what stands before the first section.
    Main,
    /// What stands behind the rows of all tables, but for the statistics; and how many sections are a table's rows.
    Tail(usize),
    /// The statistics.
    Analyze,
}

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
    /// What stands at the very end, for the statistics.
    pub(crate) statistics: String,
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
    /// Whether a table's rows are a section of their own.
    pub(crate) fn is_data(&self, table: &TablePlan) -> bool {
        match self {
            Self::PostgreSql(format) => postgresql::is_data(table, *format),
            Self::MySql { .. } => false,
        }
    }

    /// The line that a section begins with; `table` is the one whose rows are in it.
    pub(crate) fn section(section: Section, table: Option<&TablePlan>) -> String {
        let (name, number) = match section {
            Section::Data(place) => ("data", place),
            Section::Main => ("main", 0),
            Section::Tail(tables) => ("tail", tables),
            Section::Analyze => ("analyze", 0),
        };
        let table = table.map_or_else(String::new, |table| {
            format!(": {}", pg_sql::qualified(&table.name))
        });
        format!("-- dump section 1 {name} {number}{table}\n")
    }

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
