//! What a PostgreSQL schema is, after every rule of the front end has been applied.
//!
//! The readers of Schemafiles build a [`Schema`]; the writers of SQL and of rows read it. It speaks
//! PostgreSQL's language, not ActiveRecord's: by the time a table is here, `t.references` has become
//! a column, an index and a foreign key, every default name has been chosen, and every default value
//! is SQL text. It holds no places in source files and does no I/O.
//!
//! Everything is kept in the order of the source, because the order of columns is part of a table
//! and the order of the rest is what a reader of the SQL expects.

mod constraint;
mod data_type;
mod index;
mod name;
mod ordering;
mod table;

pub use constraint::{
    CheckConstraint, Deferrability, ExclusionConstraint, ForeignKey, PrimaryKey, ReferentialAction,
    UniqueConstraint,
};
pub use data_type::{DataType, RangeType, TypeKind};
pub use index::{Index, IndexKey, IndexPart};
pub use name::QualifiedName;
pub use ordering::{LoadOrder, load_order, strongly_connected_components};
pub use table::{Column, ColumnValue, Identity, Persistence, Table};

/// A whole schema: everything that `01_schema.sql` creates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// Schemas (namespaces) to create besides `public`.
    pub namespaces: Vec<String>,
    /// Extensions to create.
    pub extensions: Vec<Extension>,
    /// Enum types to create.
    pub enums: Vec<EnumType>,
    /// Tables, in the order in which the source defines them.
    pub tables: Vec<Table>,
    /// SQL that the source hands over as it is: functions, triggers, views, domains.
    pub statements: Vec<Statement>,
}

impl Schema {
    /// The table of that name.
    pub fn table(&self, name: &QualifiedName) -> Option<&Table> {
        self.tables.iter().find(|table| &table.name == name)
    }

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

/// SQL text that the source gives verbatim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text, without a closing semicolon where the source has none.
    pub sql: String,
    /// How many of [`Schema::tables`] stand before it: a function that a later table's default
    /// calls must come first, a trigger after its table.
    pub tables_before: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_found_by_their_names() {
        let names = [
            QualifiedName::bare("a"),
            QualifiedName::in_schema("crew", "a"),
        ];
        let schema = Schema {
            enums: names
                .iter()
                .map(|name| EnumType {
                    name: name.clone(),
                    values: Vec::new(),
                })
                .collect(),
            tables: names.iter().cloned().map(Table::new).collect(),
            ..Schema::default()
        };
        for name in &names {
            assert_eq!(schema.table(name).map(|table| &table.name), Some(name));
            assert_eq!(schema.enum_type(name).map(|found| &found.name), Some(name));
        }
        let other = QualifiedName::bare("b");
        assert_eq!(schema.table(&other), None);
        assert_eq!(schema.enum_type(&other), None);
        assert_eq!(names.map(|name| name.to_string()), ["a", "crew.a"]);
    }

    #[test]
    fn a_column_has_a_name_and_a_position() {
        let mut table = Table::new(QualifiedName::bare("t"));
        for name in ["a", "b"] {
            let column = Column::new(name, DataType::scalar(TypeKind::Text));
            table.columns.push(column);
        }
        assert_eq!(table.column("b"), table.columns.last());
        assert_eq!(table.column_position("b"), Some(1));
        assert_eq!(
            (table.column("c"), table.column_position("c")),
            (None, None)
        );
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
}
