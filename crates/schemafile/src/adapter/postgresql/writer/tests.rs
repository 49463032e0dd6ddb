//! Single things as a Schemafile has them. That all of it can be read again is proved with random schemas in
//! `crates/gen-schema/tests/round_trip.rs`.

use super::write;
use pg_model::{
    Column, ColumnValue, DataType, ForeignKey, Numbering, PgForeignKey, PrimaryKey, QualifiedName,
    ReferentialAction, Schema, Statement, Table, TypeKind,
};

fn table(columns: Vec<Column>) -> Table {
    let mut table = Table::new(QualifiedName::bare("t"));
    table.columns = columns;
    table
}

/// The lines of a table's block.
#[track_caller]
fn check_column(kind: TypeKind, value: ColumnValue, expected: &str) {
    let mut column = Column::new("c", DataType::scalar(kind));
    column.value = value;
    let schema = Schema {
        tables: vec![table(vec![column])],
        ..Schema::default()
    };
    assert_eq!(
        write(&schema, &[]),
        format!("create_table \"t\", id: false, force: :cascade do |t|\n  {expected}\nend\n")
    );
}

/// The options of the table that its key becomes.
#[track_caller]
fn check_key(id: Column, expected: &str) {
    let mut table = table(vec![id]);
    table.columns[0].not_null = true;
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec![table.columns[0].name.clone()],
    });
    let schema = Schema {
        tables: vec![table],
        ..Schema::default()
    };
    let text = write(&schema, &[]);
    let first = text.lines().next().unwrap_or_default();
    assert_eq!(
        first,
        format!("create_table \"t\", {expected}force: :cascade do |t|")
    );
}

fn default(sql: &str) -> ColumnValue {
    ColumnValue::Default(sql.to_owned())
}

#[test]
fn a_default_is_plain_ruby_only_where_that_is_the_same_sql() {
    let numeric = || TypeKind::Numeric {
        precision: Some(8),
        scale: Some(2),
    };
    let plain = "t.decimal \"c\", precision: 8, scale: 2, default:";
    check_column(numeric(), default("0.0"), &format!("{plain} \"0.0\""));
    check_column(numeric(), default("0"), &format!("{plain} -> {{ \"0\" }}"));
    check_column(
        TypeKind::Integer,
        default("-1"),
        "t.integer \"c\", default: -1",
    );
    check_column(
        TypeKind::Jsonb,
        default("'{}'"),
        "t.jsonb \"c\", default: {}",
    );
    check_column(
        TypeKind::Jsonb,
        default("'{\"a\":1}'"),
        "t.jsonb \"c\", default: -> { \"'{\\\"a\\\":1}'\" }",
    );
    check_column(
        TypeKind::Text,
        default("'#{x}'"),
        "t.text \"c\", default: \"\\#{x}\"",
    );
    check_column(
        TypeKind::Text,
        default("now()"),
        "t.text \"c\", default: -> { \"now()\" }",
    );
    check_column(
        TypeKind::Boolean,
        default("TRUE"),
        "t.boolean \"c\", default: true",
    );
    check_column(
        TypeKind::Date,
        default("'soon'"),
        "t.date \"c\", default: -> { \"'soon'\" }",
    );
}

#[test]
fn types_have_the_names_that_rails_gives_them() {
    let timestamp = |precision| TypeKind::Timestamp {
        precision,
        with_time_zone: false,
    };
    check_column(timestamp(Some(6)), ColumnValue::None, "t.datetime \"c\"");
    check_column(
        timestamp(None),
        ColumnValue::None,
        "t.datetime \"c\", precision: nil",
    );
    check_column(
        TypeKind::Char { limit: Some(3) },
        ColumnValue::None,
        "t.column \"c\", \"character(3)\"",
    );
    check_column(
        TypeKind::Enum(QualifiedName::bare("Odd")),
        ColumnValue::None,
        "t.enum \"c\", enum_type: \"\\\"Odd\\\"\"",
    );
}

#[test]
fn a_key_takes_the_shortest_form() {
    let id = |kind, value| {
        let mut column = Column::new("id", DataType::scalar(kind));
        column.value = value;
        column
    };
    check_key(
        id(TypeKind::BigInt, ColumnValue::Numbered(Numbering::Serial)),
        "",
    );
    check_key(
        id(TypeKind::Integer, ColumnValue::Numbered(Numbering::Serial)),
        "id: :serial, ",
    );
    check_key(
        id(TypeKind::BigInt, ColumnValue::None),
        "id: :bigint, default: nil, ",
    );
    check_key(
        id(TypeKind::Uuid, default("gen_random_uuid()")),
        "id: :uuid, default: -> { \"gen_random_uuid()\" }, ",
    );
    check_key(
        id(TypeKind::Varchar { limit: Some(5) }, ColumnValue::None),
        "id: { type: :string, limit: 5 }, ",
    );
    let mut code = id(TypeKind::BigInt, ColumnValue::Numbered(Numbering::Serial));
    code.name = "code".into();
    check_key(code, "primary_key: \"code\", ");
}

#[test]
fn sql_stands_as_it_is() {
    let mut schema = Schema {
        tables: vec![table(Vec::new())],
        ..Schema::default()
    };
    for (sql, tables_before) in [("SELECT '#{x} \\\\'\n\n  SQL", 0), ("SELECT 'a\r'", 1)] {
        schema.statements.push(Statement {
            sql: sql.into(),
            tables_before,
        });
    }
    assert_eq!(
        write(&schema, &["a", ""]),
        "# a\n#\n\n\
         execute(<<~'SQL_', before: \"t\")\n  SELECT '#{x} \\\\'\n\n    SQL\nSQL_\n\n\
         create_table \"t\", id: false, force: :cascade do |t|\nend\n\n\
         execute(<<~SQL)\n  SELECT 'a\\r'\nSQL\n"
    );
}

#[test]
fn what_the_dsl_has_no_word_for_is_sql() {
    let mut own = table(vec![Column::new("id", DataType::scalar(TypeKind::BigInt))]);
    own.primary_key = Some(PrimaryKey {
        name: Some("Key".into()),
        columns: vec!["id".into()],
    });
    own.foreign_keys.push(ForeignKey {
        name: "to_itself".into(),
        columns: vec!["id".into()],
        referenced_table: own.name.clone(),
        referenced_columns: vec!["id".into()],
        on_delete: ReferentialAction::SetDefault,
        on_update: ReferentialAction::NoAction,
        own: PgForeignKey {
            deferrable: pg_model::Deferrability::NotDeferrable,
            validated: true,
        },
    });
    let schema = Schema {
        tables: vec![own],
        ..Schema::default()
    };
    let text = write(&schema, &[]);
    assert!(
        text.contains("RENAME CONSTRAINT \"t_pkey\" TO \"Key\""),
        "{text}"
    );
    assert!(text.contains("ON DELETE SET DEFAULT"), "{text}");
    assert!(!text.contains("add_foreign_key"), "{text}");
}
