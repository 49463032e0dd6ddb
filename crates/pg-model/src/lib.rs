//! What a schema is in PostgreSQL: the skeleton of `schema-model`, with what only PostgreSQL has.
//!
//! Whoever reads or writes PostgreSQL takes all its types from here, under their short names; `Table` is then a table
//! of PostgreSQL.

mod constraint;
mod data_type;
mod index;
mod table;

pub use constraint::{Deferrability, ExclusionConstraint, PgCheck, PgForeignKey, UniqueConstraint};
pub use data_type::{DataType, RangeType, TypeKind};
pub use index::{PgIndex, PgIndexPart};
pub use schema_model::{
    IndexKey, LoadOrder, PrimaryKey, QualifiedName, ReferentialAction, Statement, load_order,
    strongly_connected_components,
};
pub use table::{Identity, Numbering, Persistence, PgTable};

/// PostgreSQL, as a [`schema_model::Dialect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostgreSql;

/// A schema of PostgreSQL.
pub type Schema = schema_model::Schema<PostgreSql>;
/// A table of PostgreSQL.
pub type Table = schema_model::Table<PostgreSql>;
/// A column of PostgreSQL.
pub type Column = schema_model::Column<PostgreSql>;
/// Where a column's value comes from in PostgreSQL.
pub type ColumnValue = schema_model::ColumnValue<PostgreSql>;
/// An index of PostgreSQL.
pub type Index = schema_model::Index<PostgreSql>;
/// One column or expression of an index of PostgreSQL.
pub type IndexPart = schema_model::IndexPart<PostgreSql>;
/// A foreign key of PostgreSQL.
pub type ForeignKey = schema_model::ForeignKey<PostgreSql>;
/// A check of PostgreSQL.
pub type CheckConstraint = schema_model::CheckConstraint<PostgreSql>;

impl schema_model::Dialect for PostgreSql {
    type DataType = DataType;
    type Numbering = Numbering;
    type Schema = PgSchema;
    type Table = PgTable;
    type Column = ();
    type Index = PgIndex;
    type IndexPart = PgIndexPart;
    type ForeignKey = PgForeignKey;
    type Check = PgCheck;

    fn is_unique_on(table: &Table, columns: &[String]) -> bool {
        table.has_unique_on(
            columns,
            table.own.uniques.iter().map(|unique| &unique.columns),
            |index| index.own.predicate.is_none(),
            |one, other| one == other,
        )
    }
}

/// What only PostgreSQL has beside tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PgSchema {
    /// Schemas (namespaces) to create besides `public`.
    pub namespaces: Vec<String>,
    /// Extensions to create.
    pub extensions: Vec<Extension>,
    /// Enum types to create.
    pub enums: Vec<EnumType>,
}

impl PgSchema {
    /// The enum type of that name.
    pub fn enum_type(&self, name: &QualifiedName) -> Option<&EnumType> {
        self.enums.iter().find(|enum_type| &enum_type.name == name)
    }
}

/// `CREATE EXTENSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Name of the extension, such as `pg_trgm`.
    pub name: String,
    /// Schema it is installed in, when the source names one.
    pub schema: Option<String>,
}

/// `CREATE TYPE … AS ENUM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumType {
    /// Name of the type.
    pub name: QualifiedName,
    /// Its labels, in their sort order.
    pub values: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enum_type_is_found_by_its_name() {
        let name = QualifiedName::in_schema("crew", "role");
        let own = PgSchema {
            enums: vec![EnumType {
                name: name.clone(),
                values: Vec::new(),
            }],
            ..PgSchema::default()
        };
        assert_eq!(own.enum_type(&name), own.enums.first());
        assert_eq!(own.enum_type(&QualifiedName::bare("role")), None);
    }

    #[test]
    fn kinds_of_types_are_told_apart() {
        let numeric = TypeKind::Numeric {
            precision: None,
            scale: None,
        };
        for (kind, is_string, is_number) in [
            (TypeKind::Varchar { limit: None }, true, false),
            (TypeKind::Citext, true, false),
            (numeric, false, true),
            (TypeKind::Real, false, true),
            (TypeKind::Money, false, false),
            (TypeKind::Other("text".into()), false, false),
        ] {
            assert_eq!((kind.is_string(), kind.is_number()), (is_string, is_number));
        }
        let stems = [RangeType::Int4, RangeType::Num, RangeType::Tstz].map(RangeType::stem);
        assert_eq!(stems, ["int4", "num", "tstz"]);
    }

    fn names(columns: &[&str]) -> Vec<String> {
        columns.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_foreign_key_can_point_to_what_is_unique_as_a_whole() {
        let mut table = Table::new(QualifiedName::bare("t"));
        for name in ["a", "b", "c"] {
            table
                .columns
                .push(Column::new(name, DataType::scalar(TypeKind::Text)));
        }
        table.primary_key = Some(PrimaryKey {
            name: None,
            columns: names(&["a", "b"]),
        });
        let unique_index = |predicate: Option<&str>| Index {
            name: "i".into(),
            unique: true,
            parts: vec![IndexPart {
                key: IndexKey::Column("c".into()),
                order: None,
                own: PgIndexPart::default(),
            }],
            comment: None,
            own: PgIndex {
                predicate: predicate.map(str::to_owned),
                ..PgIndex::of("btree")
            },
        };
        assert!(table.is_unique_on(&names(&["b", "a"])));
        assert!(!table.is_unique_on(&names(&["a"])));
        table.indexes = vec![unique_index(Some("c > 'x'"))];
        assert!(!table.is_unique_on(&names(&["c"])));
        table.indexes = vec![unique_index(None)];
        assert!(table.is_unique_on(&names(&["c"])));
    }
}
