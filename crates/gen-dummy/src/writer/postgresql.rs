//! The text of a dump for PostgreSQL.

use super::{Around, Form, Frame};
use crate::arguments::Format;
use dummy_data::{Plan, TablePlan};
use pg_sql::loading::TableRows;
use pg_sql::staging::Staging;
use pg_sql::{insert, loading};

/// What stands before and after all rows.
pub(super) fn frame(plan: &Plan) -> Frame {
    let tables: Vec<TableRows<'_>> = plan
        .tables
        .iter()
        .map(|table| TableRows {
            name: &table.name,
            rows: table.rows,
        })
        .collect();
    Frame {
        before: format!(
            "-- Loading replaces all rows of the tables below, in one transaction.\n\n{}",
            loading::prologue(&tables)
        ),
        after: loading::epilogue(&tables),
        statistics: loading::statistics(&tables),
    }
}

/// Whether a table's rows are worth a connection of their own: so many that their keys are made anew, and frozen by a COPY
/// of their own in a transaction of its own.
pub(super) fn is_data(table: &TablePlan, format: Format) -> bool {
    format == Format::Copy
        && table.rows >= loading::SMALL_TABLE_ROWS
        && table.can_freeze
        && table.computed.is_empty()
        && !table.columns.is_empty()
        && !pg_sql::qualified(&table.name).contains(char::is_control)
}

/// What stands before and after a table's rows, and how they are written.
pub(super) fn around(table: &TablePlan, format: Format, frozen: bool) -> Around {
    let columns: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    if !table.computed.is_empty() && !columns.is_empty() {
        return around_stage(table, &columns, format);
    }
    if columns.is_empty() {
        let statement = insert::default_row(&table.name, &table.computed);
        return Around {
            before: String::new(),
            form: Form::Default(statement.into()),
            after: "\n".to_owned(),
        };
    }
    match format {
        Format::Copy => Around {
            before: loading::copy_header(&table.name, &columns, frozen && table.can_freeze),
            form: Form::Copy,
            after: loading::copy_footer().to_owned(),
        },
        Format::Insert => {
            let header = insert::header(&table.name, &columns);
            Around {
                before: String::new(),
                form: Form::Insert(header.into()),
                after: "\n".to_owned(),
            }
        }
    }
}

/// The same for a table of which the database computes some columns.
fn around_stage(table: &TablePlan, columns: &[&str], format: Format) -> Around {
    let staging = Staging {
        table: &table.name,
        columns,
        computed: &table.computed,
    };
    let stage = Staging::stage();
    let mut before = staging.before();
    match format {
        Format::Copy => {
            before.push_str(&loading::copy_header(&stage, columns, false));
            let after = loading::copy_footer().to_owned() + &staging.after();
            Around {
                before,
                form: Form::Copy,
                after,
            }
        }
        Format::Insert => {
            let header = insert::header(&stage, columns);
            Around {
                before,
                form: Form::Insert(header.into()),
                after: staging.after(),
            }
        }
    }
}
