//! The text of a dump for MySQL and MariaDB.

use super::{Around, Form, Frame};
use dummy_data::{Plan, TablePlan};
use mysql_model::{QualifiedName, Schema, Server};
use mysql_sql::loading::{Load, staged};
use mysql_sql::rows::{Cell, Insert, default_row};
use row_text::RowBuffer;
use std::sync::Arc;

/// Rows that are made to learn how long a table's rows can be.
const SAMPLE_ROWS: u64 = 256;

/// What stands before and after all rows.
pub(super) fn frame(schema: &Schema, server: Server, plan: &Plan) -> Frame {
    let tables: Vec<(&QualifiedName, u64)> = plan
        .tables
        .iter()
        .map(|table| (&table.name, table.rows))
        .collect();
    let load = Load {
        schema,
        server,
        tables: &tables,
    };
    Frame {
        before: format!(
            "-- Loading replaces all rows of the tables below. {server} commits as it goes: after a load that failed, \
             load the schema anew.\n\n{}",
            load.prologue()
        ),
        after: load.epilogue(),
        statistics: String::new(),
    }
}

/// What stands before and after a table's rows, and how they are written.
pub(super) fn around(
    schema: &Schema,
    completed: &Schema,
    server: Server,
    table: &TablePlan,
) -> Around {
    let load = Load {
        schema,
        server,
        tables: &[],
    };
    let (mut before, mut after) = (
        load.before(&table.name, table.rows),
        load.after(&table.name, table.rows),
    );
    let columns: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    if columns.is_empty() && table.computed.is_empty() {
        return Around {
            before,
            form: Form::Default(default_row(&table.name).into()),
            after,
        };
    }
    let mut name = table.name.clone();
    if !table.computed.is_empty() {
        let (stage, fill, empty) = staged(&table.name, &columns, &table.computed);
        name = stage;
        before.push_str(&fill);
        after.insert_str(0, &empty);
    }
    let own = completed.table(&table.name);
    let cells: Vec<(&str, Cell)> = columns
        .iter()
        .map(|&column| {
            let own = own.and_then(|own| own.column(column));
            (
                column,
                own.map_or(Cell::Text, |own| Cell::of(&own.data_type)),
            )
        })
        .collect();
    let insert = Insert::new(
        &name,
        &cells,
        longest(table, &Insert::new(&name, &cells, 1)),
    );
    Around {
        before,
        form: Form::MySql(Arc::new(insert)),
        after,
    }
}

/// How many bytes the longest of a table's first rows has.
fn longest(table: &TablePlan, insert: &Insert) -> usize {
    let mut out = RowBuffer::new();
    let rows = 1..table.rows.min(SAMPLE_ROWS);
    rows.map(|row| {
        out.clear();
        table.write(row..row + 1, insert, &mut out);
        out.len()
    })
    .max()
    .unwrap_or(1)
}
