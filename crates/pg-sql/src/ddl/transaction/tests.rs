//! How a schema is cut into transactions. That a server with default settings takes 1,500 tables with eight indexes
//! each was tried by hand: the counts here are what it depends on.

use super::*;
use crate::ddl::schema_sql;
use pg_model::{
    Column, ColumnValue, DataType, Deferrability, Index, IndexKey, IndexPart, Numbering,
    PgForeignKey, PgIndex, PgIndexPart, PrimaryKey, ReferentialAction, Statement, TypeKind,
};

/// Itself, TOAST with an index, a sequence, a primary key and five indexes.
const RELATIONS: usize = 10;

fn table(number: usize) -> Table {
    let name = format!("t{number:04}");
    let mut table = Table::new(QualifiedName::bare(&name));
    let mut id = Column::new("id", DataType::scalar(TypeKind::BigInt));
    id.value = ColumnValue::Numbered(Numbering::Serial);
    table.columns.push(id);
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".into()],
    });
    table.indexes = (0..5)
        .map(|index| Index {
            name: format!("{name}_{index}"),
            unique: false,
            parts: vec![IndexPart {
                key: IndexKey::Column("id".into()),
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
        })
        .collect();
    table
}

fn schema(tables: usize) -> Schema {
    Schema {
        tables: (0..tables).map(table).collect(),
        ..Schema::default()
    }
}

fn with_foreign_keys(mut schema: Schema) -> Schema {
    for table in &mut schema.tables {
        table.foreign_keys.push(ForeignKey {
            name: format!("fk_{}", table.name.name),
            columns: vec!["id".into()],
            referenced_table: QualifiedName::bare("t0000"),
            referenced_columns: vec!["id".into()],
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            own: PgForeignKey {
                deferrable: Deferrability::NotDeferrable,
                validated: true,
            },
        });
    }
    schema
}

/// For each transaction, how many tables it creates and how many foreign keys it adds.
fn transactions(schema: &Schema) -> Vec<(usize, usize)> {
    let sql = schema_sql(schema, "schema/Schemafile");
    let parts: Vec<&str> = sql.split("\nBEGIN;\n").skip(1).collect();
    for part in &parts {
        assert_eq!(part.matches("\nCOMMIT;\n").count(), 1, "{part}");
        assert!(
            part.starts_with('\n') && !part.starts_with("\n\n"),
            "{part}"
        );
    }
    assert!(!sql.contains("\n\n\n"), "one empty line between blocks");
    parts
        .iter()
        .map(|part| {
            (
                part.matches("CREATE TABLE ").count(),
                part.matches("FOREIGN KEY ").count(),
            )
        })
        .collect()
}

#[test]
fn a_table_counts_with_all_that_is_locked_beside_it() {
    assert_eq!(relations_of_table(&table(1)), RELATIONS);
}

#[test]
fn a_schema_that_a_server_can_lock_at_once_is_one_transaction() {
    let most = MOST_RELATIONS / RELATIONS;
    assert_eq!(
        transactions(&with_foreign_keys(schema(most))),
        [(most, most)]
    );
    assert!(!schema_sql(&schema(most), "s").contains("Too many relations"));
}

#[test]
fn a_larger_schema_is_committed_between_tables() {
    assert_eq!(transactions(&schema(301)), [(300, 0), (1, 0)]);
    assert_eq!(transactions(&schema(600)), [(300, 0), (300, 0)]);
    let sql = schema_sql(&schema(301), "schema/Schemafile");
    let commit = format!("ON t0299 (id);\n{COMMIT_IN_BETWEEN}\nCREATE TABLE t0300 (\n");
    assert!(sql.contains(&commit), "{sql}");
    assert_eq!(sql, schema_sql(&schema(301), "schema/Schemafile"));
}

#[test]
fn foreign_keys_count_both_tables_and_their_indexes() {
    // The rest of the tables' last transaction has room for 149 keys of 20 relations, others for 150.
    assert_eq!(
        transactions(&with_foreign_keys(schema(301))),
        [(300, 0), (1, 149), (0, 150), (0, 2)]
    );
    // Where the first key begins a transaction, there is one empty line before it, not two.
    assert_eq!(
        transactions(&with_foreign_keys(schema(600)))[..3],
        [(300, 0), (300, 0), (0, 150)]
    );
}

#[test]
fn a_table_too_large_for_any_transaction_has_one_of_its_own() {
    let mut schema = schema(3);
    let index = schema.tables[1].indexes[0].clone();
    schema.tables[1].indexes = vec![index; MOST_RELATIONS];
    assert_eq!(transactions(&schema), [(1, 0), (1, 0), (1, 0)]);
}

#[test]
fn tables_that_the_source_makes_by_itself_count_too() {
    let mut schema = schema(1);
    schema.statements = (0..1_000)
        .map(|number| Statement {
            sql: format!("CREATE TABLE p{number} PARTITION OF p FOR VALUES IN ({number})"),
            tables_before: 1,
        })
        .collect();
    assert_eq!(transactions(&schema), [(748, 0), (253, 0)]);
}

#[test]
fn what_holds_until_the_end_of_the_transaction_keeps_it_whole() {
    for sql in ["set local work_mem = '1GB'", "SAVEPOINT a"] {
        let mut schema = schema(700);
        schema.statements.push(Statement {
            sql: sql.into(),
            tables_before: 0,
        });
        assert_eq!(transactions(&schema), [(700, 0)], "{sql}");
    }
}

fn with_statement(mut schema: Schema, sql: &str) -> Schema {
    schema.statements.push(Statement {
        sql: sql.into(),
        tables_before: schema.tables.len(),
    });
    schema
}

#[test]
fn a_statement_that_refuses_a_transaction_leaves_none() {
    for sql in [
        "CREATE INDEX CONCURRENTLY i ON t0001 (id)",
        "create unique index concurrently i on t0001 (id)",
        "REINDEX (VERBOSE) TABLE CONCURRENTLY t0001",
        "/* once */ VACUUM t0001",
        "SELECT 1; -- and then\nVACUUM",
        "COMMIT; BEGIN",
        "ALTER SYSTEM SET work_mem = '1GB'",
    ] {
        let sql = schema_sql(&with_statement(schema(2), sql), "s");
        assert!(!sql.contains("\nBEGIN;\n"), "{sql}");
        assert!(sql.contains("-- Not in one transaction"), "{sql}");
    }
}

#[test]
fn words_in_comments_and_bodies_refuse_nothing() {
    for sql in [
        "-- Begin with the triggers\nCREATE TRIGGER g BEFORE INSERT ON t0001 EXECUTE FUNCTION f()",
        "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "INSERT INTO t0001 VALUES ('; VACUUM')",
    ] {
        assert_eq!(
            transactions(&with_statement(schema(2), sql)),
            [(2, 0)],
            "{sql}"
        );
    }
}
