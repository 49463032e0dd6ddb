//! The seam between what every database has and what one of them adds.

use crate::Table;
use std::fmt::Debug;

/// What the parts that a database adds must be able to do, whichever they are.
pub trait Part: Debug + Clone + PartialEq + Eq {}

impl<T: Debug + Clone + PartialEq + Eq> Part for T {}

/// A database, by what it adds to the parts of a schema.
///
/// Each associated type is the field `own` of the struct of that name; a database that adds nothing there says `()`.
/// Its types, and how it numbers rows by itself, have fields of their own.
pub trait Dialect: Part {
    /// What may stand in a column.
    type DataType: Part;
    /// How a column's values are counted by the database: sequences, `AUTO_INCREMENT`.
    type Numbering: Part;
    /// What only this database has beside tables.
    type Schema: Part + Default;
    /// What only this database says of a table.
    type Table: Part + Default;
    /// What only this database says of a column.
    type Column: Part + Default;
    /// What only this database says of an index.
    type Index: Part;
    /// What only this database says of one part of an index.
    type IndexPart: Part + Default;
    /// What only this database says of a foreign key.
    type ForeignKey: Part;
    /// What only this database says of a check.
    type Check: Part;

    /// Whether the values of these columns, in whatever order, are different in every row by a constraint or an index
    /// that a foreign key can point to.
    fn is_unique_on(table: &Table<Self>, columns: &[String]) -> bool;
}

/// A database that adds nothing, for tests of the skeleton.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plain;

#[cfg(test)]
impl Dialect for Plain {
    type DataType = ();
    type Numbering = ();
    type Schema = ();
    type Table = ();
    type Column = ();
    type Index = ();
    type IndexPart = ();
    type ForeignKey = ();
    type Check = ();

    fn is_unique_on(table: &Table<Self>, columns: &[String]) -> bool {
        table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns == columns)
    }
}
