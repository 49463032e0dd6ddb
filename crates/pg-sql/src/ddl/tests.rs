//! The text as a reviewer sees it. That PostgreSQL takes it is proved by gen-schema's golden tests.

use super::*;
use pg_model::{
    CheckConstraint, Column, ColumnValue, DataType, Deferrability, ForeignKey, Index, IndexKey,
    IndexPart, Numbering, PgCheck, PgForeignKey, PgIndex, PgIndexPart, PgSchema, PrimaryKey,
    QualifiedName, ReferentialAction, Statement, TypeKind, UniqueConstraint,
};

fn column(name: &str, kind: TypeKind) -> Column {
    Column::new(name, DataType::scalar(kind))
}

fn table_with_id(name: &str) -> Table {
    let mut table = Table::new(QualifiedName::bare(name));
    let mut id = column("id", TypeKind::BigInt);
    id.value = ColumnValue::Numbered(Numbering::Serial);
    id.not_null = true;
    table.columns.push(id);
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".into()],
    });
    table
}

fn index(name: &str, key: IndexKey) -> Index {
    Index {
        name: name.into(),
        unique: false,
        parts: vec![IndexPart {
            key,
            order: None,
            own: PgIndexPart {
                operator_class: None,
            },
        }],
        comment: None,
        own: PgIndex {
            method: "btree".into(),
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: None,
        },
    }
}

/// The text between the settings and the end, which are the same in every file.
fn body(schema: &Schema) -> String {
    let sql = schema_sql(schema, "schema/Schemafile");
    let start = sql.find("BEGIN;\n\n").expect("a transaction") + "BEGIN;\n\n".len();
    let end = sql.rfind("\nCOMMIT;\n").expect("its end");
    sql[start..end].to_owned()
}

#[test]
fn a_table_has_its_indexes_and_comments_beside_it_and_its_keys_at_the_end() {
    let mut orders = table_with_id("order");
    orders.comment = Some("it's 注文".into());
    let mut user = column("user_id", TypeKind::BigInt);
    user.not_null = true;
    user.comment = Some("who".into());
    orders.columns.push(user);
    orders.indexes.push(Index {
        comment: Some("fast".into()),
        ..index("index_order_on_user_id", IndexKey::Column("user_id".into()))
    });
    orders.foreign_keys.push(ForeignKey {
        name: "fk_rails_1".into(),
        columns: vec!["user_id".into()],
        referenced_table: QualifiedName::in_schema("crew", "users"),
        referenced_columns: vec!["id".into()],
        on_delete: ReferentialAction::SetNull,
        on_update: ReferentialAction::Cascade,
        own: PgForeignKey {
            deferrable: Deferrability::InitiallyDeferred,
            validated: false,
        },
    });
    let schema = Schema {
        tables: vec![orders],
        own: PgSchema {
            namespaces: vec!["crew".into()],
            ..PgSchema::default()
        },
        ..Schema::default()
    };
    assert_eq!(
        body(&schema),
        "\
CREATE SCHEMA IF NOT EXISTS crew;

CREATE TABLE \"order\" (
    id bigserial,
    user_id bigint NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX index_order_on_user_id ON \"order\" (user_id);
COMMENT ON TABLE \"order\" IS 'it''s 注文';
COMMENT ON COLUMN \"order\".user_id IS 'who';
COMMENT ON INDEX index_order_on_user_id IS 'fast';

ALTER TABLE \"order\" ADD CONSTRAINT fk_rails_1 FOREIGN KEY (user_id) REFERENCES crew.users (id) \
ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT VALID;
"
    );
}

#[test]
fn every_option_of_an_index_has_its_place() {
    let mut all = index("ix", IndexKey::Expression("lower(name)".into()));
    all.unique = true;
    all.own.method = "gin".into();
    all.parts[0].own.operator_class = Some("gin_trgm_ops".into());
    all.parts[0].order = Some("DESC NULLS LAST".into());
    all.own.include = vec!["b".into(), "C".into()];
    all.own.nulls_not_distinct = true;
    all.own.predicate = Some("b IS NOT NULL".into());
    assert_eq!(
        create_index(&QualifiedName::in_schema("crew", "t"), &all),
        "CREATE UNIQUE INDEX ix ON crew.t USING gin (lower(name) gin_trgm_ops DESC NULLS LAST) \
         INCLUDE (b, \"C\") NULLS NOT DISTINCT WHERE b IS NOT NULL;\n"
    );
}

#[test]
fn what_cannot_stand_in_create_table_comes_after_the_indexes() {
    let mut table = table_with_id("t");
    table.checks.push(CheckConstraint {
        name: "later".into(),
        expression: "id > 0".into(),
        own: PgCheck { validated: false },
    });
    table.own.uniques.push(UniqueConstraint {
        name: "u".into(),
        columns: Vec::new(),
        using_index: Some("ux".into()),
        nulls_not_distinct: false,
        deferrable: Deferrability::InitiallyImmediate,
    });
    table
        .indexes
        .push(index("ux", IndexKey::Column("id".into())));
    let schema = Schema {
        tables: vec![table],
        ..Schema::default()
    };
    assert_eq!(
        body(&schema),
        "\
CREATE TABLE t (
    id bigserial,
    PRIMARY KEY (id)
);
CREATE INDEX ux ON t (id);
ALTER TABLE t ADD CONSTRAINT later CHECK (id > 0) NOT VALID;
ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX ux DEFERRABLE;
"
    );
}

#[test]
fn statements_keep_their_place_among_the_tables() {
    let statement = |sql: &str, tables_before| Statement {
        sql: sql.into(),
        tables_before,
    };
    let schema = Schema {
        tables: vec![table_with_id("a"), table_with_id("b")],
        statements: vec![
            statement("CREATE DOMAIN d AS text", 0),
            statement("SELECT 1 -- of a;", 1),
            statement("SELECT 2;\n\n", 2),
            statement("  \n", 2),
        ],
        ..Schema::default()
    };
    assert_eq!(
        body(&schema),
        "\
CREATE DOMAIN d AS text;

CREATE TABLE a (
    id bigserial,
    PRIMARY KEY (id)
);

SELECT 1 -- of a;
;

CREATE TABLE b (
    id bigserial,
    PRIMARY KEY (id)
);

SELECT 2;
"
    );
}

#[test]
fn a_column_says_collation_value_and_nullability_in_this_order() {
    let mut name = column("Name", TypeKind::Varchar { limit: Some(20) });
    name.data_type.array = true;
    name.collation = Some("ja_JP.utf8".into());
    name.value = ColumnValue::Default("'{}'".into());
    name.not_null = true;
    assert_eq!(
        column_definition(&name),
        "\"Name\" varchar(20)[] COLLATE \"ja_JP.utf8\" DEFAULT '{}' NOT NULL"
    );
}

#[test]
fn an_enum_has_a_label_a_line() {
    let role = EnumType {
        name: QualifiedName::bare("role"),
        values: vec!["staff".into(), "it's".into()],
    };
    assert_eq!(
        create_enum(&role),
        "CREATE TYPE role AS ENUM (\n    'staff',\n    'it''s'\n);\n"
    );
}
