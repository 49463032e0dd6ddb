//! Indexes.

/// `CREATE INDEX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// The index's name, without schema: it lives in its table's.
    pub name: String,
    /// `UNIQUE`
    pub unique: bool,
    /// The access method: `btree`, `gin`, `gist`, `hash`, `brin`, …
    pub method: String,
    /// What is indexed, in order.
    pub parts: Vec<IndexPart>,
    /// Columns of `INCLUDE`.
    pub include: Vec<String>,
    /// `NULLS NOT DISTINCT`
    pub nulls_not_distinct: bool,
    /// The condition of a partial index, as SQL text.
    pub predicate: Option<String>,
    /// `COMMENT ON INDEX`.
    pub comment: Option<String>,
}

impl Index {
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
pub struct IndexPart {
    /// What is indexed.
    pub key: IndexKey,
    /// The operator class, such as `gin_trgm_ops`, as SQL text.
    pub operator_class: Option<String>,
    /// `DESC`, `ASC NULLS FIRST` and the like, as SQL text.
    pub order: Option<String>,
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
