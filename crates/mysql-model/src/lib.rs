//! What a schema is in MySQL and MariaDB: the skeleton of `schema-model`, with what only they have.
//!
//! MariaDB is a profile of MySQL, not a database of its own: one model holds both, and [`Server`] says whose rules hold
//! where they differ. Whoever reads or writes MySQL takes all its types from here, under their short names.

mod data_type;
mod server;

pub use data_type::{DataType, Geometry, IntegerSize, LobSize};
pub use schema_model::{
    IndexKey, LoadOrder, PrimaryKey, QualifiedName, ReferentialAction, Statement, load_order,
    strongly_connected_components,
};
pub use server::Server;

/// MySQL and MariaDB, as a [`schema_model::Dialect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MySql;

/// A schema of MySQL.
pub type Schema = schema_model::Schema<MySql>;
/// A table of MySQL.
pub type Table = schema_model::Table<MySql>;
/// A column of MySQL.
pub type Column = schema_model::Column<MySql>;
/// Where a column's value comes from in MySQL.
pub type ColumnValue = schema_model::ColumnValue<MySql>;
/// An index of MySQL.
pub type Index = schema_model::Index<MySql>;
/// One column or expression of an index of MySQL.
pub type IndexPart = schema_model::IndexPart<MySql>;
/// A foreign key of MySQL.
pub type ForeignKey = schema_model::ForeignKey<MySql>;
/// A check of MySQL.
pub type CheckConstraint = schema_model::CheckConstraint<MySql>;

impl schema_model::Dialect for MySql {
    type DataType = DataType;
    type Numbering = AutoIncrement;
    type Schema = ();
    type Table = MySqlTable;
    type Column = MySqlColumn;
    type Index = MySqlIndex;
    type IndexPart = MySqlIndexPart;
    type ForeignKey = ();
    type Check = MySqlCheck;

    fn is_unique_on(table: &Table, columns: &[String]) -> bool {
        table.has_unique_on(
            columns,
            std::iter::empty(),
            |index| index.parts.iter().all(|part| part.own.length.is_none()),
            str::eq_ignore_ascii_case,
        )
    }
}

/// `AUTO_INCREMENT`, the only way in which MySQL counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoIncrement;

/// What only MySQL says of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MySqlTable {
    /// `TEMPORARY`: gone with the session.
    pub temporary: bool,
    /// `DEFAULT CHARSET`; none takes the database's.
    pub charset: Option<String>,
    /// `COLLATE`; none takes the default of the character set.
    pub collation: Option<String>,
    /// The comment on the primary key.
    pub primary_key_comment: Option<String>,
}

/// What only MySQL says of a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MySqlColumn {
    /// `CHARACTER SET`; none takes the table's.
    pub charset: Option<String>,
    /// `ON UPDATE`, an expression such as `CURRENT_TIMESTAMP(6)`, where it doesn't stand in the default's text.
    pub on_update: Option<String>,
    /// `INVISIBLE`: `SELECT *` doesn't give it, and an INSERT without a list of columns doesn't take it.
    pub invisible: bool,
    /// `CHECK` that is part of the column and has no name of its own, as its SQL expression (MariaDB only).
    pub check: Option<String>,
}

/// What only MySQL says of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MySqlIndex {
    /// What it is for.
    pub kind: IndexKind,
    /// `USING`: `btree` or `hash`, as the source has it.
    pub using: Option<String>,
    /// `INVISIBLE` (MySQL), `IGNORED` (MariaDB): kept up, but not used by queries.
    pub invisible: bool,
    /// `WITH PARSER`, of a fulltext index.
    pub parser: Option<String>,
}

/// What an index is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IndexKind {
    /// An ordinary one, unique or not.
    #[default]
    Ordinary,
    /// `FULLTEXT`
    Fulltext,
    /// `SPATIAL`
    Spatial,
}

/// What only MySQL says of one part of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MySqlIndexPart {
    /// How much of the column is indexed, in characters (of a text) or bytes (of a binary string); none for all of it.
    pub length: Option<u32>,
}

/// What only MySQL says of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MySqlCheck {
    /// False for `NOT ENFORCED` (MySQL only).
    pub enforced: bool,
}
