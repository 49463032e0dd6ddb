//! Time passes as in a real database: when the present moves on, rows of that time are appended, open ones go on, and
//! nothing else changes.

use dummy_data::{Plan, Request};
use row_text::RowBuffer;
use std::collections::BTreeMap;
use value_model::{
    CheckConstraint, Column, ColumnValue, DataType, ForeignKey, PrimaryKey, QualifiedName,
    ReferentialAction, Schema, Table, ValueType,
};

/// The cells of a table's rows, by column.
type Cells = BTreeMap<String, Vec<String>>;

const NULL: &str = "\\N";
const FINAL: [&str; 2] = ["delivered", "cancelled"];

fn column(name: &str, kind: ValueType, not_null: bool) -> Column {
    Column {
        not_null,
        ..Column::new(name, DataType::scalar(kind))
    }
}

fn table(name: &str, columns: Vec<Column>) -> Table {
    let mut table = Table::new(QualifiedName::bare(name));
    table.columns.push(Column {
        value: ColumnValue::Numbered(()),
        ..column("id", ValueType::BigInt, true)
    });
    table.columns.extend(columns);
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".into()],
    });
    table
}

/// Customers, and their orders with a state and its times.
fn shop() -> Schema {
    let text = || ValueType::Varchar { limit: None };
    let time = || ValueType::Timestamp {
        precision: Some(6),
        with_time_zone: false,
    };
    let customers = table(
        "customers",
        vec![
            column("name", text(), true),
            column("email", text(), true),
            column("created_at", time(), true),
        ],
    );
    let mut orders = table(
        "orders",
        vec![
            column("customer_id", ValueType::BigInt, true),
            column("number", text(), true),
            column("status", text(), true),
            column("paid_at", time(), false),
            column("shipped_at", time(), false),
            column("delivered_at", time(), false),
            column("cancelled_at", time(), false),
            column("cancellation_reason", text(), false),
            column("created_at", time(), true),
            column("updated_at", time(), true),
        ],
    );
    orders.checks.push(CheckConstraint {
        name: "orders_status".into(),
        expression: "status IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled')".into(),
        own: Default::default(),
    });
    orders.foreign_keys.push(ForeignKey {
        name: "fk_customer".into(),
        columns: vec!["customer_id".into()],
        referenced_table: QualifiedName::bare("customers"),
        referenced_columns: vec!["id".into()],
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        own: (),
    });
    Schema {
        tables: vec![customers, orders],
        ..Schema::default()
    }
}

/// The rows of a table some days after the day for which a thousand rows were asked.
fn later(schema: &Schema, days: i64, name: &str) -> Cells {
    let usual = Request::default();
    let request = Request {
        today: usual.rows_on + days,
        ..usual
    };
    let plan = Plan::new(&schema.clone().into(), &[], &request).expect("the shop can be planned");
    let table = plan
        .tables
        .iter()
        .find(|table| table.name.name == name)
        .expect("the table has rows");
    let cell = |column: &dummy_data::ColumnPlan, row: u64| {
        let mut out = RowBuffer::new();
        column.write_field(row, &mut out);
        String::from_utf8(out.into_vec()).expect("values are UTF-8")
    };
    table
        .columns
        .iter()
        .map(|column| {
            let values = (0..table.rows).map(|row| cell(column, row)).collect();
            (column.name.clone(), values)
        })
        .collect()
}

#[test]
fn a_month_appends_its_rows_and_lets_open_ones_go_on() {
    let schema = shop();
    let (before, after) = (later(&schema, 0, "orders"), later(&schema, 30, "orders"));
    let (rows, more) = (before["id"].len(), after["id"].len());
    assert_eq!(rows, 1000);
    assert!((1100..1400).contains(&more), "{more} rows a month later");
    let mut went_on = 0;
    for row in 0..rows {
        let state = before["status"][row].as_str();
        for (column, values) in &before {
            let (was, is) = (&values[row], &after[column][row]);
            if was == is {
                continue;
            }
            assert!(
                !FINAL.contains(&state),
                "row {row} was {state}, and its {column} was {was} and is {is}"
            );
            assert!(
                was == NULL || matches!(column.as_str(), "status" | "updated_at"),
                "row {row}: {column} was {was} and is {is}"
            );
        }
        went_on += usize::from(state != after["status"][row]);
    }
    let open = (0..rows).filter(|&row| !FINAL.contains(&before["status"][row].as_str()));
    let open = open.count();
    assert!(open > 20, "{open} rows are open");
    assert!(went_on * 2 > open, "{went_on} of {open} open rows went on");
    let earliest = after["created_at"][rows..].iter().min();
    let latest = before["created_at"].iter().max();
    assert!(earliest > latest, "new rows are of the new month");
}

#[test]
fn what_has_no_state_stays_as_it_is() {
    let schema = shop();
    let (before, after) = (
        later(&schema, 0, "customers"),
        later(&schema, 30, "customers"),
    );
    for (column, values) in &before {
        assert_eq!(*values, after[column][..values.len()], "{column}");
    }
}
