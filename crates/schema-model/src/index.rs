//! Indexes.

use crate::Dialect;

/// `CREATE INDEX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index<D: Dialect> {
    /// The index's name, without schema: it lives in its table's.
    pub name: String,
    /// `UNIQUE`
    pub unique: bool,
    /// What is indexed, in order.
    pub parts: Vec<IndexPart<D>>,
    /// The comment on it.
    pub comment: Option<String>,
    /// What only the database at hand says of it.
    pub own: D::Index,
}

impl<D: Dialect> Index<D> {
    /// Names of the indexed columns when every part is a plain column.
    pub fn plain_columns(&self) -> Option<Vec<&str>> {
        self.parts
            .iter()
            .map(|part| match &part.key {
                IndexKey::Column(name) => Some(name.as_str()),
                IndexKey::Expression(_) => None,
            })
            .collect()
    }
}

/// One column or expression of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexPart<D: Dialect> {
    /// What is indexed.
    pub key: IndexKey,
    /// `DESC` and what else orders it, as SQL text.
    pub order: Option<String>,
    /// What only the database at hand says of it.
    pub own: D::IndexPart,
}

/// What one part of an index looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexKey {
    /// A column of the table.
    Column(String),
    /// SQL text as the source has it. ActiveRecord passes an index given as one string through
    /// as it is, so this may be several expressions separated by commas.
    Expression(String),
}
