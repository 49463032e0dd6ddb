//! Single things as a Schemafile has them. That all of it can be read again is proved with the golden databases in
//! `crates/gen-schema/tests/import_mysql.rs`.

use super::write;
use mysql_model::{
    AutoIncrement, Column, ColumnValue, DataType, IntegerSize, LobSize, PrimaryKey, QualifiedName,
    Schema, Server, Table,
};

fn lines(table: Table) -> Vec<String> {
    let schema = Schema {
        tables: vec![table],
        ..Schema::default()
    };
    write(&schema, Server::MySql, &[])
        .lines()
        .map(|line| line.trim().to_owned())
        .collect()
}

#[track_caller]
fn check_column(text: &str, value: ColumnValue, expected: &str) {
    let (data_type, _) = mysql_text::data_type::read(text);
    let mut table = Table::new(QualifiedName::bare("t"));
    table.columns = vec![Column::new("c", data_type)];
    table.columns[0].value = value;
    assert_eq!(lines(table)[1], expected);
}

#[track_caller]
fn check_key(text: &str, value: ColumnValue, expected: &str) {
    let (data_type, _) = mysql_text::data_type::read(text);
    let mut table = Table::new(QualifiedName::bare("t"));
    table.columns = vec![Column::new("id", data_type)];
    table.columns[0].value = value;
    table.columns[0].not_null = true;
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".into()],
    });
    assert_eq!(
        lines(table)[0],
        format!("create_table \"t\", {expected}force: :cascade do |t|")
    );
}

fn default(sql: &str) -> ColumnValue {
    ColumnValue::Default(sql.to_owned())
}

#[test]
fn types_have_the_names_that_rails_gives_them() {
    for (text, expected) in [
        ("tinyint(1)", "t.boolean \"c\""),
        ("tinyint", "t.integer \"c\", limit: 1"),
        ("int unsigned", "t.integer \"c\", unsigned: true"),
        ("bigint", "t.bigint \"c\""),
        ("varchar(255)", "t.string \"c\""),
        ("varchar(9)", "t.string \"c\", limit: 9"),
        ("longtext", "t.text \"c\", size: :long"),
        ("blob", "t.binary \"c\""),
        ("varbinary(16)", "t.binary \"c\", limit: 16"),
        ("datetime(6)", "t.datetime \"c\""),
        ("datetime", "t.datetime \"c\", precision: nil"),
        ("decimal(8,2)", "t.decimal \"c\", precision: 8, scale: 2"),
        ("double", "t.column \"c\", \"double\""),
        ("enum('a','b')", "t.column \"c\", \"enum('a','b')\""),
        (
            "int(5) zerofill",
            "t.column \"c\", \"int(5) unsigned zerofill\"",
        ),
    ] {
        check_column(text, ColumnValue::None, expected);
    }
}

#[test]
fn a_default_is_plain_ruby_only_where_that_is_the_same_sql() {
    for (text, sql, expected) in [
        ("tinyint(1)", "1", "t.boolean \"c\", default: true"),
        ("int", "-1", "t.integer \"c\", default: -1"),
        (
            "decimal(8,2)",
            "0.50",
            "t.decimal \"c\", precision: 8, scale: 2, default: \"0.50\"",
        ),
        (
            "varchar(255)",
            "'it\\'s'",
            "t.string \"c\", default: \"it's\"",
        ),
        (
            "datetime",
            "CURRENT_TIMESTAMP",
            "t.datetime \"c\", precision: nil, default: -> { \"CURRENT_TIMESTAMP\" }",
        ),
        ("text", "('a')", "t.text \"c\", default: -> { \"('a')\" }"),
    ] {
        check_column(text, default(sql), expected);
    }
}

#[test]
fn a_key_takes_the_shortest_form() {
    let counts = ColumnValue::Numbered(AutoIncrement);
    check_key("bigint", counts.clone(), "");
    check_key(
        "int unsigned",
        counts.clone(),
        "id: :integer, unsigned: true, ",
    );
    check_key("smallint", counts, "id: { type: :integer, limit: 2 }, ");
    check_key("bigint", ColumnValue::None, "id: :bigint, default: nil, ");
    check_key("char(36)", ColumnValue::None, "id: \"char(36)\", ");
}

#[test]
fn what_the_dsl_has_no_word_for_is_sql() {
    let mut table = Table::new(QualifiedName::bare("t"));
    let mut column = Column::new(
        "c",
        DataType::Integer {
            size: IntegerSize::Int,
            unsigned: false,
            width: None,
            zerofill: false,
        },
    );
    column.own.invisible = true;
    table.columns = vec![column, Column::new("d", DataType::Text(LobSize::Plain))];
    let text = lines(table).join("\n");
    assert!(text.contains("MODIFY COLUMN `c` int INVISIBLE"), "{text}");
}
