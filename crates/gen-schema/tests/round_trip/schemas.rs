//! Random schemas that PostgreSQL would take: odd names, every type, each way of having a value.

use pg_model::{
    CheckConstraint, Column, ColumnValue, DataType, Deferrability, EnumType, ExclusionConstraint,
    Extension, ForeignKey, Identity, Index, IndexKey, IndexPart, Numbering, Persistence, PgCheck,
    PgForeignKey, PgIndex, PgIndexPart, PgSchema, PrimaryKey, QualifiedName, RangeType,
    ReferentialAction, Schema, Statement, Table, TypeKind, UniqueConstraint,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const NAMES: [&str; 8] = [
    "a",
    "order",
    "With Space",
    "社員",
    "Mixed",
    "#{x}",
    "back\\slash",
    "it's",
];
const TEXTS: [&str; 6] = [
    "plain",
    "it's",
    "#{x} \"y\" \\",
    "two\nlines\t",
    "名",
    "$$ -- ;",
];

/// Whether a schema keeps to what a Schemafile's DSL has words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Dsl,
    Everything,
}

/// A schema of up to four tables.
pub(crate) fn schema(scope: Scope) -> impl Strategy<Value = Schema> {
    let tables = prop::collection::vec(table(scope), 1..5);
    let statements = subsequence(STATEMENTS.to_vec(), 0..3);
    (tables, statements).prop_map(|(mut tables, statements)| {
        for (number, table) in tables.iter_mut().enumerate() {
            finish(table, number);
        }
        let names: Vec<QualifiedName> = tables.iter().map(|table| table.name.clone()).collect();
        for table in &mut tables {
            point_to(table, &names);
        }
        let tables_before = tables.len();
        Schema {
            tables,
            statements: statements
                .into_iter()
                .map(|sql| Statement {
                    sql: sql.to_owned(),
                    tables_before,
                })
                .collect(),
            own: PgSchema {
                namespaces: vec!["billing".into(), "Odd Schema".into()],
                // A Schemafile that uses their types would get them in any case.
                extensions: ["citext", "hstore", "ltree", "pg_trgm", "uuid-ossp"]
                    .iter()
                    .map(|&name| Extension {
                        name: name.into(),
                        schema: (name == "ltree").then(|| "billing".into()),
                    })
                    .collect(),
                enums: vec![
                    EnumType {
                        name: QualifiedName::bare("mood"),
                        values: vec!["sad".into(), "it's ok".into()],
                    },
                    EnumType {
                        name: QualifiedName::in_schema("billing", "Odd Mood"),
                        values: vec!["x".into()],
                    },
                ],
            },
        }
    })
}

const STATEMENTS: [&str; 4] = [
    "CREATE VIEW v AS\n SELECT 1,\n\n    ';' AS \"a;b\"",
    "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $_$\nBEGIN\n\tRETURN 1; -- SQL\n  SQL\n   \nEND $_$",
    "CREATE FUNCTION g() RETURNS text LANGUAGE sql AS $$ SELECT '\\ #{x}\r\n' $$",
    "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION stamp()",
];

fn table(scope: Scope) -> impl Strategy<Value = Table> {
    let columns = prop::collection::vec(column(), 0..6);
    let comment = prop::option::of(select(TEXTS.to_vec()));
    let key = 0..6_usize;
    let extras = subsequence(vec![0_u8, 1, 2, 3, 4, 5, 6, 7, 8], 0..=9);
    (columns, comment, key, extras).prop_map(move |(columns, comment, key, extras)| {
        let mut table = Table::new(QualifiedName::bare("t"));
        table.comment = comment.map(str::to_owned);
        table.columns = columns;
        let mut names: Vec<String> = NAMES.iter().map(|&name| name.to_owned()).collect();
        for column in &mut table.columns {
            column.name = names.remove(0);
        }
        add_key(&mut table, key, scope);
        for extra in extras {
            add_extra(&mut table, extra, scope);
        }
        table
    })
}

/// Gives the table a name that no other has, and names to its parts.
fn finish(table: &mut Table, number: usize) {
    let name = NAMES[number % NAMES.len()];
    table.name = match number % 3 {
        0 => QualifiedName::bare(name),
        1 => QualifiedName::in_schema("billing", format!("{name}.{number}")),
        _ => QualifiedName::in_schema("Odd Schema", name),
    };
    for index in &mut table.indexes {
        index.name = format!("{} {number}", index.name);
    }
}

fn column() -> impl Strategy<Value = Column> {
    let kind = select(kinds());
    let comment = prop::option::of(select(TEXTS.to_vec()));
    (kind, any::<bool>(), any::<bool>(), 0..6_u8, comment).prop_map(
        |(kind, array, not_null, value, comment)| {
            let array = array && !matches!(kind, TypeKind::Other(_));
            let mut column = Column::new("c", DataType { kind, array });
            column.not_null = not_null;
            column.comment = comment.map(str::to_owned);
            column.value = match value {
                0 if !not_null => ColumnValue::Null,
                1 => ColumnValue::Default("now()".into()),
                2 => ColumnValue::Default(literal_of(&column.data_type)),
                3 => ColumnValue::Generated {
                    expression: "lower('a') || '#{b}'".into(),
                    stored: true,
                },
                4 if is_whole(&column.data_type) => {
                    column.not_null = true;
                    ColumnValue::Numbered(Numbering::Serial)
                }
                5 if is_whole(&column.data_type) => {
                    column.not_null = true;
                    ColumnValue::Numbered(Numbering::Identity(if array {
                        Identity::Always
                    } else {
                        Identity::ByDefault
                    }))
                }
                _ => ColumnValue::None,
            };
            if matches!(column.data_type.kind, TypeKind::Text) {
                column.collation = Some("C".into());
            }
            column
        },
    )
}

fn is_whole(data_type: &DataType) -> bool {
    !data_type.array
        && matches!(
            data_type.kind,
            TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt
        )
}

/// A default as a literal of the type.
fn literal_of(data_type: &DataType) -> String {
    if data_type.array {
        return "'{}'".into();
    }
    match &data_type.kind {
        TypeKind::Enum(name) if name.schema.is_some() => "'x'",
        TypeKind::Enum(_) => "'it''s ok'",
        TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt => "-7",
        TypeKind::Numeric { .. } => "0.0",
        TypeKind::Real | TypeKind::DoublePrecision => "1.5",
        TypeKind::Boolean => "FALSE",
        TypeKind::Date => "'2024-02-29'",
        TypeKind::Json | TypeKind::Jsonb => "'{\"a\": [1]}'",
        TypeKind::Bytea => "'\\x00'",
        _ => "'it''s #{x} \\'",
    }
    .into()
}

fn kinds() -> Vec<TypeKind> {
    let mut kinds = vec![
        TypeKind::SmallInt,
        TypeKind::Integer,
        TypeKind::BigInt,
        TypeKind::Real,
        TypeKind::DoublePrecision,
        TypeKind::Money,
        TypeKind::Text,
        TypeKind::Varchar { limit: None },
        TypeKind::Varchar { limit: Some(20) },
        TypeKind::Char { limit: Some(3) },
        TypeKind::Citext,
        TypeKind::Boolean,
        TypeKind::Date,
        TypeKind::Uuid,
        TypeKind::Json,
        TypeKind::Jsonb,
        TypeKind::Xml,
        TypeKind::Bytea,
        TypeKind::Bit { length: Some(4) },
        TypeKind::BitVarying { limit: Some(8) },
        TypeKind::Inet,
        TypeKind::Cidr,
        TypeKind::Macaddr,
        TypeKind::Macaddr8,
        TypeKind::Point,
        TypeKind::Line,
        TypeKind::Lseg,
        TypeKind::Box,
        TypeKind::Path,
        TypeKind::Polygon,
        TypeKind::Circle,
        TypeKind::Hstore,
        TypeKind::Ltree,
        TypeKind::Tsvector,
        TypeKind::Tsquery,
        TypeKind::Oid,
        TypeKind::Enum(QualifiedName::bare("mood")),
        TypeKind::Enum(QualifiedName::in_schema("billing", "Odd Mood")),
        TypeKind::Other("pg_lsn".into()),
    ];
    for (precision, scale) in [(None, None), (Some(10), Some(2)), (Some(5), Some(-2))] {
        kinds.push(TypeKind::Numeric { precision, scale });
    }
    for precision in [None, Some(0), Some(6)] {
        kinds.push(TypeKind::Interval { precision });
        for with_time_zone in [false, true] {
            kinds.push(TypeKind::Time {
                precision,
                with_time_zone,
            });
            kinds.push(TypeKind::Timestamp {
                precision,
                with_time_zone,
            });
        }
    }
    for range in [
        RangeType::Int4,
        RangeType::Int8,
        RangeType::Num,
        RangeType::Ts,
        RangeType::Tstz,
        RangeType::Date,
    ] {
        kinds.push(TypeKind::Range(range));
        kinds.push(TypeKind::Multirange(range));
    }
    kinds
}

/// One of the ways in which a table has its key, or has none.
fn add_key(table: &mut Table, choice: usize, scope: Scope) {
    let mut id = Column::new("id", DataType::scalar(TypeKind::BigInt));
    id.not_null = true;
    let mut columns = vec!["id".to_owned()];
    match choice {
        0 => return,
        1 => id.value = ColumnValue::Numbered(Numbering::Serial),
        2 => {
            id.data_type.kind = TypeKind::Uuid;
            id.value = ColumnValue::Default("gen_random_uuid()".into());
        }
        3 => id.value = ColumnValue::Numbered(Numbering::Identity(Identity::Always)),
        4 => {
            if let Some(first) = table.columns.first_mut() {
                first.not_null = true;
                if first.value == ColumnValue::Null {
                    first.value = ColumnValue::None;
                }
                columns.insert(0, first.name.clone());
            }
        }
        _ => {
            id.data_type.kind = TypeKind::Varchar { limit: Some(5) };
            id.comment = Some("the key".into());
        }
    }
    let place = if choice == 4 { table.columns.len() } else { 0 };
    table.columns.insert(place, id);
    table.primary_key = Some(PrimaryKey {
        name: (scope == Scope::Everything && choice == 5).then(|| "Odd Key".into()),
        columns,
    });
}

fn add_extra(table: &mut Table, choice: u8, scope: Scope) {
    let Some(first) = table.columns.first().map(|column| column.name.clone()) else {
        return;
    };
    match choice {
        0 => table.indexes.push(index("plain", &[&first])),
        1 => {
            let mut index = index("Odd Index", &[&first]);
            index.unique = true;
            index.parts[0].order = Some("DESC NULLS LAST".into());
            index.parts[0].own.operator_class = Some("text_ops".into());
            index.own.include = vec![first];
            index.own.nulls_not_distinct = true;
            index.own.predicate = Some("x IS NOT NULL AND y = '#{z}'".into());
            index.comment = Some("it's".into());
            table.indexes.push(index);
        }
        2 => {
            let mut index = index("expressions", &[]);
            index.own.method = "gin".into();
            index.parts = vec![IndexPart {
                key: IndexKey::Expression("lower(a), (b || 'c') gin_trgm_ops".into()),
                order: None,
                own: PgIndexPart {
                    operator_class: None,
                },
            }];
            table.indexes.push(index);
        }
        3 => table.checks.push(CheckConstraint {
            name: "Odd Check".into(),
            expression: "a > 0 AND b <> '#{c}'".into(),
            own: PgCheck { validated: true },
        }),
        4 => table.own.exclusions.push(ExclusionConstraint {
            name: "no overlap".into(),
            method: Some("gist".into()),
            elements: "a WITH =, b WITH &&".into(),
            predicate: Some("a > 0".into()),
            deferrable: Deferrability::InitiallyDeferred,
        }),
        5 => table.own.uniques.push(UniqueConstraint {
            name: "Unique".into(),
            columns: vec![first],
            using_index: None,
            nulls_not_distinct: true,
            deferrable: Deferrability::InitiallyImmediate,
        }),
        6 => table.options = Some("WITH (fillfactor = 70)".into()),
        7 if scope == Scope::Everything => table.own.persistence = Persistence::Unlogged,
        8 if scope == Scope::Everything => table.checks.push(CheckConstraint {
            name: "not_valid".into(),
            expression: "a > 1".into(),
            own: PgCheck { validated: false },
        }),
        _ => {}
    }
    // Where they stand in the SQL, the last comes last.
    table.checks.sort_by_key(|check| !check.own.validated);
}

fn index(name: &str, columns: &[&str]) -> Index {
    Index {
        name: name.to_owned(),
        unique: false,
        parts: columns
            .iter()
            .map(|&column| IndexPart {
                key: IndexKey::Column(column.to_owned()),
                order: None,
                own: PgIndexPart {
                    operator_class: None,
                },
            })
            .collect(),
        comment: None,
        own: PgIndex {
            method: "btree".into(),
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: None,
        },
    }
}

/// Adds keys to the tables that have one of their own on `id`.
fn point_to(table: &mut Table, names: &[QualifiedName]) {
    let is_plain = |table: &Table| {
        table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns == ["id"])
    };
    if !is_plain(table) {
        return;
    }
    let own = table.name.clone();
    if names.contains(&own) {
        table.foreign_keys.push(ForeignKey {
            name: "Odd Key To Itself".into(),
            columns: vec!["id".into()],
            referenced_table: own,
            referenced_columns: vec!["id".into()],
            on_delete: ReferentialAction::Cascade,
            on_update: ReferentialAction::SetNull,
            own: PgForeignKey {
                deferrable: Deferrability::InitiallyDeferred,
                validated: false,
            },
        });
    }
}
