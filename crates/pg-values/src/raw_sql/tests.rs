//! What each statement leaves of a schema.

use super::*;
use pg_model::{Column, DataType, Numbering, PgCheck, RangeType, Table, TypeKind};

#[track_caller]
fn completed(table: Table, sql: &[&str]) -> Completed {
    let schema = Schema {
        tables: vec![table],
        statements: sql
            .iter()
            .map(|sql| pg_model::Statement {
                sql: (*sql).to_owned(),
                tables_before: 0,
            })
            .collect(),
        ..Schema::default()
    };
    complete(&schema, &mut Vec::new())
}

fn users() -> Table {
    let mut table = Table::new(QualifiedName::bare("users"));
    table.columns = vec![
        Column::new(
            "email",
            DataType::scalar(TypeKind::Other("email_address".into())),
        ),
        Column::new("born_on", DataType::scalar(TypeKind::Date)),
    ];
    table
}

#[test]
fn a_domain_is_its_type_with_checks() {
    let table = &completed(
        users(),
        &["CREATE DOMAIN email_address AS citext NOT NULL CONSTRAINT has_at CHECK (VALUE ~ '@value')"],
    )
    .schema
    .tables[0];
    assert_eq!(table.columns[0].data_type.kind, TypeKind::Citext);
    assert!(table.columns[0].not_null);
    assert_eq!(table.checks[0].name, "has_at");
    assert_eq!(table.checks[0].expression, "email ~ '@value'");
}

#[test]
fn a_range_of_the_schemas_own_is_a_built_in_one() {
    for (subtype, expected) in [
        ("float8", TypeKind::Range(RangeType::Num)),
        ("bigint", TypeKind::Range(RangeType::Int8)),
        ("timestamp with time zone", TypeKind::Range(RangeType::Tstz)),
        ("time", TypeKind::Other("email_address".into())),
    ] {
        let sql = format!("CREATE TYPE email_address AS RANGE (subtype = {subtype})");
        let column = completed(users(), &[&sql]).schema.tables[0].columns[0].clone();
        assert_eq!(column.data_type.kind, expected, "{subtype}");
    }
}

#[test]
fn a_domain_can_be_of_any_type() {
    let sql = "CREATE DOMAIN email_address AS timestamp(3) with time zone[]";
    let column = completed(users(), &[sql]).schema.tables[0].columns[0].clone();
    let kind = TypeKind::Timestamp {
        precision: Some(3),
        with_time_zone: true,
    };
    assert_eq!(column.data_type, DataType { kind, array: true });
}

#[test]
fn constraints_are_added_to_their_table() {
    let table = &completed(
        users(),
        &[
            "ALTER TABLE users ADD CONSTRAINT old CHECK (born_on < '2010-01-01'), ALTER COLUMN born_on SET NOT NULL",
            "CREATE UNIQUE INDEX ON users (lower(email)); ALTER TABLE users ADD UNIQUE (born_on)",
            "ALTER TABLE public.users ADD COLUMN score integer NOT NULL",
        ],
    )
    .schema
    .tables[0];
    assert_eq!(table.checks[0].expression, "born_on < '2010-01-01'");
    assert!(table.columns[1].not_null);
    assert_eq!(table.indexes.len(), 1);
    assert_eq!(table.own.uniques[0].columns, ["born_on"]);
    assert_eq!(table.columns[2].data_type.kind, TypeKind::Integer);
}

#[test]
fn rows_stay_within_the_partitions() {
    let mut table = users();
    table.options = Some("PARTITION BY RANGE (born_on)".into());
    let completed = completed(
        table,
        &[
            "CREATE TABLE a PARTITION OF users FOR VALUES FROM ('2000-01-01') TO ('2001-01-01')",
            "CREATE TABLE b PARTITION OF users FOR VALUES FROM ('2001-01-01') TO ('2002-01-01')",
            "CREATE TABLE c PARTITION OF users FOR VALUES FROM ('2005-01-01') TO ('2006-01-01')",
        ],
    );
    assert!(completed.placed.contains(&QualifiedName::bare("users")));
    assert_eq!(
        completed.schema.tables[0].checks[0].expression,
        "born_on >= '2000-01-01' AND born_on < '2002-01-01'"
    );
}

#[test]
fn a_table_that_raw_sql_makes_is_named() {
    let mut schema = Schema::default();
    for sql in [
        "CREATE TABLE notes (id bigint PRIMARY KEY)",
        "CREATE TABLE a PARTITION OF users FOR VALUES IN (1)",
        "CREATE TABLE copied AS SELECT 1",
    ] {
        schema.statements.push(pg_model::Statement {
            sql: sql.to_owned(),
            tables_before: 0,
        });
    }
    let mut warnings = Vec::new();
    complete(&schema, &mut warnings);
    let said: Vec<String> = warnings
        .iter()
        .map(|warning| format!("{}: {}", warning.place, warning.text))
        .collect();
    assert_eq!(said, ["notes: gets no rows: raw SQL makes the table"]);
}

#[test]
fn a_key_that_matches_in_full_has_no_nulls() {
    let sql = "ALTER TABLE users ADD FOREIGN KEY (age) REFERENCES users (age) MATCH FULL";
    let before = users();
    let name = &before.columns[0].name;
    let completed = completed(before.clone(), &[&sql.replace("age", name)]);
    assert!(completed.schema.tables[0].columns[0].not_null);
    assert!(!before.columns[0].not_null);
}

/// A table of a name with text columns.
fn texts(name: QualifiedName, columns: &[&str]) -> Table {
    let mut table = Table::new(name);
    for column in columns {
        table
            .columns
            .push(Column::new(*column, DataType::scalar(TypeKind::Text)));
    }
    table
}

fn of_tables(tables: Vec<Table>, sql: &[&str]) -> Completed {
    let schema = Schema {
        tables,
        statements: sql
            .iter()
            .map(|sql| pg_model::Statement {
                sql: (*sql).to_owned(),
                tables_before: 0,
            })
            .collect(),
        ..Schema::default()
    };
    complete(&schema, &mut Vec::new())
}

#[test]
fn a_check_on_another_schemas_table_never_binds_one_of_the_same_name() {
    let tables = || {
        vec![
            texts(QualifiedName::bare("users"), &["name"]),
            texts(QualifiedName::in_schema("crew", "users"), &["name"]),
        ]
    };
    for sql in [
        "ALTER TABLE crew.users ADD CHECK (name <> 'x')",
        "ALTER TABLE ONLY \"crew\".\"users\" ADD CONSTRAINT c CHECK (name <> 'x')",
        "alter table if exists CREW.USERS add unique (name)",
        "CREATE UNIQUE INDEX ON crew.users (name)",
        "SET search_path TO crew; ALTER TABLE users ALTER name SET NOT NULL",
        "ALTER TABLE crew.users ADD EXCLUDE USING gist (name WITH =)",
    ] {
        let schema = of_tables(tables(), &[sql]).schema;
        let before = tables();
        assert_eq!(schema.tables[0], before[0], "{sql}");
        assert_ne!(schema.tables[1], before[1], "{sql}");
    }
    for sql in [
        "ALTER TABLE public.users ADD CHECK (name <> 'x')",
        "ALTER TABLE Users ADD CHECK (name <> 'x')",
    ] {
        let schema = of_tables(tables(), &[sql]).schema;
        assert_eq!(schema.tables[0].checks.len(), 1, "{sql}");
        assert_eq!(schema.tables[1].checks.len(), 0, "{sql}");
    }
}

#[test]
fn a_domain_of_another_schema_is_another_domain() {
    let mut table = texts(QualifiedName::bare("users"), &[]);
    for own in ["email", "crew.email"] {
        table.columns.push(Column::new(
            own.replace('.', "_"),
            DataType::scalar(TypeKind::Other(own.to_owned())),
        ));
    }
    let schema = of_tables(
        vec![table],
        &["CREATE DOMAIN crew.email AS text NOT NULL CHECK (VALUE ~ '@')"],
    )
    .schema;
    let columns = &schema.tables[0].columns;
    assert_eq!((columns[0].not_null, columns[1].not_null), (false, true));
    assert_eq!(schema.tables[0].checks[0].expression, "crew_email ~ '@'");
}

#[test]
fn exclusion_constraints_and_null_rules_of_raw_sql_count() {
    let schema = of_tables(
        vec![texts(QualifiedName::bare("rooms"), &["a", "b"])],
        &[
            "ALTER TABLE rooms ADD CONSTRAINT x EXCLUDE USING gist (a WITH =, tsrange(b, b) WITH &&) WHERE (a <> '') DEFERRABLE",
            "ALTER TABLE rooms ADD UNIQUE NULLS NOT DISTINCT (a, b), ADD CHECK (b <> '') NOT VALID",
            "DO $$ BEGIN IF true THEN ALTER TABLE rooms ALTER COLUMN b SET NOT NULL; END IF; END $$",
        ],
    )
    .schema;
    let table = &schema.tables[0];
    assert_eq!(
        table.own.exclusions[0].elements,
        "a WITH =, tsrange(b, b) WITH &&"
    );
    assert_eq!(
        table.own.exclusions[0].predicate.as_deref(),
        Some("a <> ''")
    );
    assert_eq!(table.own.uniques[0].name, "rooms_a_b_key");
    assert!(table.own.uniques[0].nulls_not_distinct);
    assert_eq!(table.checks[0].name, "rooms_b_check");
    assert!(table.columns[1].not_null);
}

#[test]
fn what_is_dropped_binds_nothing() {
    let schema = of_tables(
        vec![texts(QualifiedName::bare("t"), &["a", "b"])],
        &[
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a <> ''), ADD UNIQUE (a), ALTER a SET NOT NULL",
            "CREATE UNIQUE INDEX i ON t (lower(b) text_pattern_ops)",
            "ALTER TABLE t DROP CONSTRAINT IF EXISTS c, DROP CONSTRAINT t_a_key, ALTER a DROP NOT NULL",
            "DROP INDEX CONCURRENTLY IF EXISTS i",
        ],
    )
    .schema;
    assert_eq!(
        schema.tables[0],
        texts(QualifiedName::bare("t"), &["a", "b"])
    );
}

#[test]
fn a_table_that_inherits_has_the_columns_of_all_levels() {
    let mut grandparent = texts(QualifiedName::bare("m"), &["a"]);
    grandparent.columns[0].not_null = true;
    grandparent.checks.push(pg_model::CheckConstraint {
        name: "c".to_owned(),
        expression: "a <> ''".to_owned(),
        own: PgCheck { validated: true },
    });
    let mut parent = texts(QualifiedName::bare("m_a"), &["b"]);
    parent.options = Some("INHERITS (m)".to_owned());
    let mut child = texts(QualifiedName::in_schema("x", "m_a_a"), &["c", "b"]);
    child.options = Some("inherits ( public.m_a ) WITH (fillfactor=70)".to_owned());
    // Children come first here: the order of the source decides nothing.
    let schema = of_tables(
        vec![child, parent, grandparent],
        &["ALTER TABLE m ADD COLUMN late text NOT NULL"],
    )
    .schema;
    let names = |position: usize| -> Vec<&str> {
        let columns = schema.tables[position].columns.iter();
        columns.map(|column| column.name.as_str()).collect()
    };
    assert_eq!(names(1), ["a", "late", "b"]);
    assert_eq!(names(0), ["a", "late", "b", "c"]);
    for position in [0, 1] {
        assert!(schema.tables[position].columns[0].not_null);
        assert!(schema.tables[position].columns[1].not_null);
        assert_eq!(schema.tables[position].checks.len(), 1);
    }
}

#[test]
fn what_is_not_understood_is_a_doubt_of_its_table() {
    let doubts = of_tables(
        vec![texts(QualifiedName::bare("t"), &["a"])],
        &[
            "ALTER TABLE t ADD CONSTRAINT c CHECK",
            "ALTER TABLE t OWNER TO me, ENABLE ROW LEVEL SECURITY, ALTER a SET STATISTICS 100",
            "ALTER TABLE unknown ADD CONSTRAINT c CHECK",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        ],
    )
    .doubts;
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert_eq!(doubts[0].table, "t");
}

#[test]
fn a_type_of_sql_text_brings_its_constraints_along() {
    let mut table = texts(QualifiedName::bare("t"), &[]);
    for (name, sql) in [
        ("id", "bigserial PRIMARY KEY"),
        ("serial_number", "text"),
        ("code", "varchar(5) NOT NULL UNIQUE CHECK (code <> 'a')"),
    ] {
        table.columns.push(Column::new(
            name,
            DataType::scalar(TypeKind::Other(sql.to_owned())),
        ));
    }
    let schema = of_tables(vec![table], &[]).schema;
    let table = &schema.tables[0];
    assert_eq!(
        table.columns[0].value,
        pg_model::ColumnValue::Numbered(Numbering::Serial)
    );
    assert_eq!(
        table.primary_key.as_ref().map(|key| key.columns.len()),
        Some(1)
    );
    assert!(!table.columns[1].not_null);
    assert_eq!(
        table.columns[2].data_type.kind,
        TypeKind::Varchar { limit: Some(5) }
    );
    assert!(table.columns[2].not_null);
    assert_eq!((table.own.uniques.len(), table.checks.len()), (1, 1));
}
