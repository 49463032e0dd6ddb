//! Default values, as ActiveRecord's types of values see them (`ActiveModel::Type`).
//!
//! What a value becomes in the SQL of a column is visible in the database: the digits of a number, a text that became
//! NULL. Here are the rules that hold for every database; each adapter's `cast` says which of them a column takes.

pub(crate) mod json;
pub(crate) mod number;
pub(crate) mod text;
pub(crate) mod time;

/// A value that a database can read, and how it is written as a literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scalar {
    Null,
    /// A number or a word such as TRUE, which stands as it is.
    Bare(String),
    /// A text in quotes.
    Text(String),
    /// A text in quotes after a word that says how to read it.
    Prefixed(&'static str, String),
}

impl Scalar {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text of an element of an array, or of a bound of a range.
    pub(crate) fn into_element(self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Bare(text) | Self::Text(text) | Self::Prefixed(_, text) => Some(text),
        }
    }
}
