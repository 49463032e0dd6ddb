//! Which table of a schema, and which column of a table: numbers that can't be taken for each other, nor for a row or
//! a count.

use std::ops::Index;
use typed_index_collections::{TiSlice, TiVec};
use value_model::{Column, Schema, Table};

/// A place in the order of a schema's file.
macro_rules! place {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(usize);

        impl From<usize> for $name {
            fn from(place: usize) -> Self {
                Self(place)
            }
        }

        impl From<$name> for usize {
            fn from(place: $name) -> Self {
                place.0
            }
        }
    };
}

place! {
    /// The position of a table in its schema.
    TableId
}
place! {
    /// The position of a column in its table.
    ColumnId
}
place! {
    /// The position of a reference among those of its table.
    ReferenceId
}

/// Something for each table of a schema.
pub(crate) type Tables<T> = TiVec<TableId, T>;
/// Something for each table of a schema, borrowed.
pub(crate) type TableSlice<T> = TiSlice<TableId, T>;
/// Something for each column of a table.
pub(crate) type Columns<T> = TiVec<ColumnId, T>;
/// Something for each column of a table, borrowed.
pub(crate) type ColumnSlice<T> = TiSlice<ColumnId, T>;

/// A column of a schema: its table and its place in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ColumnAt {
    /// The table.
    pub table: TableId,
    /// The column.
    pub column: ColumnId,
}

impl ColumnAt {
    /// A column of a table.
    pub(crate) fn new(table: TableId, column: ColumnId) -> Self {
        Self { table, column }
    }
}

impl Index<TableId> for Vec<Table> {
    type Output = Table;

    fn index(&self, table: TableId) -> &Table {
        &self[table.0]
    }
}

impl Index<ColumnId> for Vec<Column> {
    type Output = Column;

    fn index(&self, column: ColumnId) -> &Column {
        &self[column.0]
    }
}

/// The tables of a schema by their places.
pub(crate) trait SchemaTables {
    /// All of them, in order.
    fn table_ids(&self) -> impl DoubleEndedIterator<Item = TableId> + Clone + use<Self>;
    /// All of them with their places.
    fn tables_with_ids(&self) -> impl DoubleEndedIterator<Item = (TableId, &Table)>;
    /// The first of which something is true.
    fn find_table(&self, is_it: impl FnMut(&Table) -> bool) -> Option<TableId>;
}

impl SchemaTables for Schema {
    fn table_ids(&self) -> impl DoubleEndedIterator<Item = TableId> + Clone + use<> {
        (0..self.tables.len()).map(TableId)
    }

    fn tables_with_ids(&self) -> impl DoubleEndedIterator<Item = (TableId, &Table)> {
        let numbered = self.tables.iter().enumerate();
        numbered.map(|(place, table)| (TableId(place), table))
    }

    fn find_table(&self, is_it: impl FnMut(&Table) -> bool) -> Option<TableId> {
        self.tables.iter().position(is_it).map(TableId)
    }
}

/// The columns of a table by their places.
pub(crate) trait TableColumns {
    /// All of them, in order.
    fn column_ids(&self) -> impl DoubleEndedIterator<Item = ColumnId> + Clone + use<Self>;
    /// All of them with their places.
    fn columns_with_ids(&self) -> impl DoubleEndedIterator<Item = (ColumnId, &Column)>;
    /// The one of a name.
    fn column_id(&self, name: &str) -> Option<ColumnId>;
    /// The first of which something is true.
    fn find_column(&self, is_it: impl FnMut(&Column) -> bool) -> Option<ColumnId>;
}

impl TableColumns for Table {
    fn column_ids(&self) -> impl DoubleEndedIterator<Item = ColumnId> + Clone + use<> {
        (0..self.columns.len()).map(ColumnId)
    }

    fn columns_with_ids(&self) -> impl DoubleEndedIterator<Item = (ColumnId, &Column)> {
        let numbered = self.columns.iter().enumerate();
        numbered.map(|(place, column)| (ColumnId(place), column))
    }

    fn column_id(&self, name: &str) -> Option<ColumnId> {
        self.column_position(name).map(ColumnId)
    }

    fn find_column(&self, is_it: impl FnMut(&Column) -> bool) -> Option<ColumnId> {
        self.columns.iter().position(is_it).map(ColumnId)
    }
}
