//! What each part of a schema wants of its rows.

use super::*;
use crate::expression::{Names, condition, value};
use mysql_model::{
    CheckConstraint, Column, ColumnValue, DataType, Index, IndexKey, IndexPart, IntegerSize,
    LobSize, MySqlCheck, MySqlIndex, MySqlIndexPart, QualifiedName, Schema, Statement, Table,
};
use value_model::ValueType;

fn integer(size: IntegerSize, unsigned: bool, width: Option<u32>) -> DataType {
    DataType::Integer {
        size,
        unsigned,
        width,
        zerofill: false,
    }
}

fn orders() -> Table {
    let mut table = Table::new(QualifiedName::bare("orders"));
    table.columns = vec![
        Column::new("Total", integer(IntegerSize::Int, true, None)),
        Column::new("order", integer(IntegerSize::Tiny, false, None)),
        Column::new("state", DataType::Varchar { length: 10 }),
        Column::new("paid", integer(IntegerSize::Tiny, false, Some(1))),
        Column::new("paid_at", DataType::DateTime { precision: Some(6) }),
        Column::new("note", DataType::Text(LobSize::Tiny)),
    ];
    table
}

#[test]
fn conditions_say_the_same_in_other_words() {
    let table = orders();
    let truths = ["paid".to_owned()];
    let names = Names {
        table: &table,
        truths: &truths,
    };
    for (mysql, expected) in [
        ("`total` > 0", "\"Total\" > 0"),
        ("`order` BETWEEN 1 AND 5", "\"order\" BETWEEN 1 AND 5"),
        ("state IN ('a', \"it's\")", "state IN ('a', 'it''s')"),
        (r"state <> 'it\'s'", "state <> 'it''s'"),
        ("state = _utf8mb4'draft'", "state = 'draft'"),
        ("paid", "paid"),
        ("NOT paid", "NOT (paid)"),
        ("paid = 1", "paid = TRUE"),
        ("paid IN (0, 1)", "paid IN (FALSE, TRUE)"),
        (
            "(paid = 1) = (paid_at IS NOT NULL)",
            "((paid = TRUE)) = ((paid_at IS NOT NULL))",
        ),
        (
            "total > 1 || total < 0",
            "(\"Total\" > 1) OR (\"Total\" < 0)",
        ),
        (
            "total > 1 && state = 'x'",
            "(\"Total\" > 1) AND (state = 'x')",
        ),
        ("char_length(state) < 9", "char_length(state) < 9"),
        ("LENGTH(`state`) < 9", "octet_length(state) < 9"),
        ("total DIV 2 = 1", "floor((\"Total\")::numeric / 2) = 1"),
        ("mod(total, 5) = 0", "(\"Total\") % (5) = 0"),
        ("state REGEXP '^[a-z]+$'", "state ~ '^[a-z]+$'"),
        (
            "year(paid_at) >= 2000",
            "EXTRACT(year FROM paid_at) >= 2000",
        ),
        (
            "paid_at > '2000-01-01' + INTERVAL 1 DAY",
            "paid_at > '2000-01-01' + interval '1 day'",
        ),
        (
            "if(paid, total > 0, total = 0)",
            "CASE WHEN paid THEN \"Total\" > 0 ELSE \"Total\" = 0 END",
        ),
        ("total + paid <= 1", "\"Total\" + (paid)::integer <= 1"),
    ] {
        assert_eq!(condition(mysql, names).as_deref(), Ok(expected), "{mysql}");
        value_model::expression::parse(expected).unwrap();
    }
    assert_eq!(
        value("concat(state, '-', lcase(note))", names).as_deref(),
        Ok("(state || '-' || lower(note))")
    );
    for unknown in ["json_length(note) > 1", "nobody > 1", "total +", "1; 2"] {
        assert!(condition(unknown, names).is_err(), "{unknown}");
    }
}

#[test]
fn what_is_narrower_than_its_type_is_a_check() {
    let schema = Schema {
        tables: vec![orders()],
        ..Schema::default()
    };
    let table = &subject(&schema, Server::MySql).schema.tables[0];
    let kinds: Vec<&ValueType> = table
        .columns
        .iter()
        .map(|column| &column.data_type.kind)
        .collect();
    assert_eq!(kinds[0], &ValueType::BigInt);
    assert_eq!(kinds[3], &ValueType::Boolean);
    let checks: Vec<&str> = table
        .checks
        .iter()
        .map(|check| check.expression.as_str())
        .collect();
    assert_eq!(
        checks,
        [
            "\"Total\" >= 0 AND \"Total\" <= 4294967295",
            "\"order\" >= -128 AND \"order\" <= 127",
        ]
    );
    assert_eq!(table.columns[5].own.most_bytes, Some(255));
}

#[test]
fn collations_say_what_is_equal() {
    let mut table = orders();
    table.own.charset = Some("latin1".to_owned());
    let folded = |table: &Table| {
        let schema = Schema {
            tables: vec![table.clone()],
            ..Schema::default()
        };
        subject(&schema, Server::MariaDb).schema.tables[0].columns[2]
            .own
            .clone()
    };
    assert!(folded(&table).folded);
    assert_eq!(folded(&table).characters, value_model::Characters::Western);
    table.columns[2].collation = Some("utf8mb4_bin".to_owned());
    assert!(!folded(&table).folded);
    table.columns[2].collation = None;
    table.own.charset = None;
    table.options =
        Some("ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs".to_owned());
    assert!(!folded(&table).folded);
}

#[test]
fn the_first_characters_of_a_text_are_all_that_it_has_where_they_must_be_unique() {
    let mut table = orders();
    table.indexes.push(Index {
        name: "i".to_owned(),
        unique: true,
        parts: vec![IndexPart {
            key: IndexKey::Column("NOTE".to_owned()),
            order: None,
            own: MySqlIndexPart { length: Some(8) },
        }],
        comment: None,
        own: MySqlIndex::default(),
    });
    let schema = Schema {
        tables: vec![table],
        ..Schema::default()
    };
    let table = &subject(&schema, Server::MySql).schema.tables[0];
    assert_eq!(
        table.columns[5].data_type.kind,
        ValueType::Varchar { limit: Some(8) }
    );
    assert_eq!(table.indexes[0].plain_columns(), Some(vec!["note"]));
}

#[test]
fn a_text_that_must_be_json_is_json() {
    let mut table = orders();
    for (name, expression, enforced) in [
        ("note", "json_valid(`note`)", true),
        ("off", "total > 10", false),
        ("odd", "json_length(note) > 1", true),
    ] {
        table.checks.push(CheckConstraint {
            name: name.to_owned(),
            expression: expression.to_owned(),
            own: MySqlCheck { enforced },
        });
    }
    let schema = Schema {
        tables: vec![table],
        ..Schema::default()
    };
    let subject = subject(&schema, Server::MySql);
    let table = &subject.schema.tables[0];
    assert_eq!(table.columns[5].data_type.kind, ValueType::ParsedJson);
    assert!(!table.checks.iter().any(|check| check.name == "off"));
    assert_eq!(subject.doubts.len(), 1);
    assert_eq!(subject.doubts[0].constraint, "odd");
}

#[test]
fn raw_sql_adds_to_its_table() {
    let statement = |sql: &str| Statement {
        sql: sql.to_owned(),
        tables_before: 1,
    };
    let schema = Schema {
        tables: vec![orders()],
        statements: [
            "ALTER TABLE orders ADD COLUMN extra varchar(20) DEFAULT 'x;y' AFTER note, ADD CHECK (total < 9)",
            "CREATE UNIQUE INDEX i ON `orders` (state(5), total DESC)",
            "alter table orders modify note text",
            "CREATE TABLE others (id int)",
            "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.total = 1",
        ]
        .map(statement)
        .to_vec(),
        ..Schema::default()
    };
    let subject = subject(&schema, Server::MySql);
    let table = &subject.schema.tables[0];
    let extra = table.column("extra").unwrap();
    assert_eq!(extra.data_type.kind, ValueType::Varchar { limit: Some(20) });
    assert_eq!(
        extra.value,
        value_model::ColumnValue::Default("'x;y'".to_owned())
    );
    assert!(
        table
            .checks
            .iter()
            .any(|check| check.expression == "\"Total\" < 9")
    );
    assert_eq!(
        table.indexes[0].plain_columns(),
        Some(vec!["state", "Total"])
    );
    assert_eq!(subject.doubts.len(), 1, "{:?}", subject.doubts);
    assert_eq!(subject.remarks.len(), 1);
}

#[test]
fn defaults_are_constants_of_their_column() {
    let mut table = orders();
    for (position, default) in [
        (3, "'1'"),
        (2, r"'it\'s'"),
        (4, "CURRENT_TIMESTAMP(6)"),
        (0, "7"),
    ] {
        table.columns[position].value = ColumnValue::Default(default.to_owned());
    }
    let schema = Schema {
        tables: vec![table],
        ..Schema::default()
    };
    let columns = &subject(&schema, Server::MySql).schema.tables[0].columns;
    let default = |text: &str| value_model::ColumnValue::Default(text.to_owned());
    assert_eq!(columns[3].value, default("true"));
    assert_eq!(columns[2].value, default("'it''s'"));
    assert_eq!(columns[4].value, value_model::ColumnValue::None);
    assert_eq!(columns[0].value, default("7"));
}
