//! What a schema is in every database, after every rule of the front end has been applied.
//!
//! The readers of Schemafiles and of SQL build a [`Schema`]; the writers of SQL and of rows read it. It speaks the
//! database's language, not ActiveRecord's: by the time a table is here, `t.references` has become a column, an index
//! and a foreign key, every default name has been chosen, and every default value is SQL text. It holds no places in
//! source files and does no I/O.
//!
//! This crate has the skeleton that databases share. What one of them adds hangs on it as the parameter [`Dialect`]:
//! `pg-model` and `mysql-model` each say what that is, and give the types under their short names.
//!
//! Everything is kept in the order of the source, because the order of columns is part of a table
//! and the order of the rest is what a reader of the SQL expects.

mod constraint;
mod dialect;
mod index;
mod name;
mod ordering;
mod table;

pub use constraint::{CheckConstraint, ForeignKey, PrimaryKey, ReferentialAction};
pub use dialect::{Dialect, Part};
pub use index::{Index, IndexKey, IndexPart};
pub use name::QualifiedName;
pub use ordering::{LoadOrder, load_order, strongly_connected_components};
pub use table::{Column, ColumnValue, Table};

/// A whole schema: everything that `01_schema.sql` creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema<D: Dialect> {
    /// Tables, in the order in which the source defines them.
    pub tables: Vec<Table<D>>,
    /// SQL that the source hands over as it is: functions, triggers, views.
    pub statements: Vec<Statement>,
    /// What only the database at hand has besides.
    pub own: D::Schema,
}

impl<D: Dialect> Default for Schema<D> {
    fn default() -> Self {
        Self {
            tables: Vec::new(),
            statements: Vec::new(),
            own: D::Schema::default(),
        }
    }
}

impl<D: Dialect> Schema<D> {
    /// The table of that name.
    pub fn table(&self, name: &QualifiedName) -> Option<&Table<D>> {
        self.tables.iter().find(|table| &table.name == name)
    }
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
    use crate::dialect::Plain;

    #[test]
    fn tables_are_found_by_their_names() {
        let names = [
            QualifiedName::bare("a"),
            QualifiedName::in_schema("crew", "a"),
        ];
        let schema = Schema::<Plain> {
            tables: names.iter().cloned().map(Table::new).collect(),
            ..Schema::default()
        };
        for name in &names {
            assert_eq!(schema.table(name).map(|table| &table.name), Some(name));
        }
        assert_eq!(schema.table(&QualifiedName::bare("b")), None);
        assert_eq!(names.map(|name| name.to_string()), ["a", "crew.a"]);
    }

    #[test]
    fn a_column_has_a_name_and_a_position() {
        let mut table = Table::<Plain>::new(QualifiedName::bare("t"));
        table.columns = ["a", "b"].map(|name| Column::new(name, ())).into();
        assert_eq!(table.column("b"), table.columns.last());
        assert_eq!(table.column_position("b"), Some(1));
        assert_eq!(
            (table.column("c"), table.column_position("c")),
            (None, None)
        );
    }
}
