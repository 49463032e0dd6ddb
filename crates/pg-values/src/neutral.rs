//! A schema in words that aren't PostgreSQL's.

use crate::raw_sql::is_partitioned;
use pg_model::TypeKind;
use value_model::{
    CheckConstraint, Column, ColumnRules, ColumnValue, DataType, EnumType, ExclusionConstraint,
    ForeignKey, Index, IndexPart, IndexRules, Labels, RangeType, Schema, Table, TableRules,
    UniqueConstraint, ValueType,
};

/// The same schema, without what doesn't bind rows.
pub(crate) fn schema(schema: &pg_model::Schema) -> Schema {
    Schema {
        tables: schema.tables.iter().map(table).collect(),
        statements: Vec::new(),
        own: Labels {
            enums: schema
                .own
                .enums
                .iter()
                .map(|own| EnumType {
                    name: own.name.clone(),
                    values: own.values.clone(),
                })
                .collect(),
        },
    }
}

fn table(table: &pg_model::Table) -> Table {
    let exclusions = table.own.exclusions.iter();
    let uniques = table.own.uniques.iter();
    Table {
        name: table.name.clone(),
        renamed_from: table.renamed_from.clone(),
        columns: table.columns.iter().map(column).collect(),
        primary_key: table.primary_key.clone(),
        indexes: table.indexes.iter().map(index).collect(),
        foreign_keys: table.foreign_keys.iter().map(foreign_key).collect(),
        checks: table
            .checks
            .iter()
            .map(|check| CheckConstraint {
                name: check.name.clone(),
                expression: check.expression.clone(),
                own: (),
            })
            .collect(),
        options: table.options.clone(),
        as_query: table.as_query.clone(),
        comment: table.comment.clone(),
        own: TableRules {
            temporary: table.own.persistence == pg_model::Persistence::Temporary,
            partitioned: is_partitioned(table),
            exclusions: exclusions
                .map(|exclusion| ExclusionConstraint {
                    name: exclusion.name.clone(),
                    elements: exclusion.elements.clone(),
                    predicate: exclusion.predicate.clone(),
                })
                .collect(),
            uniques: uniques
                .map(|unique| UniqueConstraint {
                    name: unique.name.clone(),
                    columns: if unique.using_index.is_some() {
                        Vec::new()
                    } else {
                        unique.columns.clone()
                    },
                    nulls_not_distinct: unique.nulls_not_distinct,
                })
                .collect(),
        },
    }
}

fn column(column: &pg_model::Column) -> Column {
    Column {
        name: column.name.clone(),
        renamed_from: column.renamed_from.clone(),
        data_type: DataType {
            kind: value_type(&column.data_type.kind),
            array: column.data_type.array,
        },
        not_null: column.not_null,
        value: match &column.value {
            pg_model::ColumnValue::None => ColumnValue::None,
            pg_model::ColumnValue::Null => ColumnValue::Null,
            pg_model::ColumnValue::Default(sql) => ColumnValue::Default(sql.clone()),
            pg_model::ColumnValue::Numbered(_) => ColumnValue::Numbered(()),
            pg_model::ColumnValue::Generated { expression, stored } => ColumnValue::Generated {
                expression: expression.clone(),
                stored: *stored,
            },
        },
        collation: column.collation.clone(),
        comment: column.comment.clone(),
        own: ColumnRules::default(),
    }
}

fn index(index: &pg_model::Index) -> Index {
    Index {
        name: index.name.clone(),
        unique: index.unique,
        parts: index
            .parts
            .iter()
            .map(|part| IndexPart {
                key: part.key.clone(),
                order: part.order.clone(),
                own: (),
            })
            .collect(),
        comment: index.comment.clone(),
        own: IndexRules {
            nulls_not_distinct: index.own.nulls_not_distinct,
            predicate: index.own.predicate.clone(),
        },
    }
}

fn foreign_key(key: &pg_model::ForeignKey) -> ForeignKey {
    ForeignKey {
        name: key.name.clone(),
        columns: key.columns.clone(),
        referenced_table: key.referenced_table.clone(),
        referenced_columns: key.referenced_columns.clone(),
        on_delete: key.on_delete,
        on_update: key.on_update,
        own: (),
    }
}

fn value_type(kind: &TypeKind) -> ValueType {
    match kind {
        TypeKind::SmallInt => ValueType::SmallInt,
        TypeKind::Integer => ValueType::Integer,
        TypeKind::BigInt => ValueType::BigInt,
        TypeKind::Numeric { precision, scale } => ValueType::Numeric {
            precision: *precision,
            scale: *scale,
        },
        TypeKind::Real => ValueType::Real,
        TypeKind::DoublePrecision => ValueType::DoublePrecision,
        TypeKind::Money => ValueType::Money,
        TypeKind::Text => ValueType::Text,
        TypeKind::Varchar { limit } => ValueType::Varchar { limit: *limit },
        TypeKind::Char { limit } => ValueType::Char { limit: *limit },
        TypeKind::Citext => ValueType::CaselessText,
        TypeKind::Boolean => ValueType::Boolean,
        TypeKind::Date => ValueType::Date,
        TypeKind::Time {
            precision,
            with_time_zone,
        } => ValueType::Time {
            precision: *precision,
            with_time_zone: *with_time_zone,
        },
        TypeKind::Timestamp {
            precision,
            with_time_zone,
        } => ValueType::Timestamp {
            precision: *precision,
            with_time_zone: *with_time_zone,
        },
        TypeKind::Interval { precision } => ValueType::Interval {
            precision: *precision,
        },
        TypeKind::Uuid => ValueType::Uuid,
        TypeKind::Json => ValueType::Json,
        TypeKind::Jsonb => ValueType::ParsedJson,
        TypeKind::Xml => ValueType::Xml,
        TypeKind::Bytea => ValueType::Bytes,
        TypeKind::Bit { length } => ValueType::Bit { length: *length },
        TypeKind::BitVarying { limit } => ValueType::BitVarying { limit: *limit },
        TypeKind::Inet => ValueType::Inet,
        TypeKind::Cidr => ValueType::Cidr,
        TypeKind::Macaddr => ValueType::Macaddr,
        TypeKind::Macaddr8 => ValueType::Macaddr8,
        TypeKind::Point => ValueType::Point,
        TypeKind::Line => ValueType::Line,
        TypeKind::Lseg => ValueType::Lseg,
        TypeKind::Box => ValueType::Box,
        TypeKind::Path => ValueType::Path,
        TypeKind::Polygon => ValueType::Polygon,
        TypeKind::Circle => ValueType::Circle,
        TypeKind::Range(range) => ValueType::Range(range_type(*range)),
        TypeKind::Multirange(range) => ValueType::Multirange(range_type(*range)),
        TypeKind::Hstore => ValueType::Hstore,
        TypeKind::Ltree => ValueType::Ltree,
        TypeKind::Tsvector => ValueType::Tsvector,
        TypeKind::Tsquery => ValueType::Tsquery,
        TypeKind::Oid => ValueType::Oid,
        TypeKind::Enum(name) => ValueType::Enum(name.clone()),
        TypeKind::Other(sql) => ValueType::Other(sql.clone()),
    }
}

fn range_type(range: pg_model::RangeType) -> RangeType {
    match range {
        pg_model::RangeType::Int4 => RangeType::Int4,
        pg_model::RangeType::Int8 => RangeType::Int8,
        pg_model::RangeType::Num => RangeType::Num,
        pg_model::RangeType::Ts => RangeType::Ts,
        pg_model::RangeType::Tstz => RangeType::Tstz,
        pg_model::RangeType::Date => RangeType::Date,
    }
}
