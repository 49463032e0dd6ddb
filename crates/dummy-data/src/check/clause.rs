//! The simple things that a CHECK can say.

use super::steps::Multiples;
use std::fmt;

/// A CHECK expression as alternatives of clauses.
pub(crate) type Alternatives = Vec<Vec<Clause>>;

/// Something that must hold in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clause {
    /// The column is one of these texts.
    OneOf {
        /// Which column.
        column: String,
        /// The texts, as PostgreSQL writes the values.
        values: Vec<String>,
    },
    /// The column is none of these texts.
    NoneOf {
        /// Which column.
        column: String,
        /// The texts.
        values: Vec<String>,
    },
    /// The column compares so with a constant.
    Compare {
        /// Which column.
        column: String,
        /// How.
        operator: Comparison,
        /// The constant's text.
        value: String,
    },
    /// Two columns compare so with each other.
    Columns {
        /// The left one.
        left: String,
        /// How.
        operator: Comparison,
        /// The right one.
        right: String,
    },
    /// The column leaves a remainder.
    Multiple {
        /// Which column.
        column: String,
        /// Which numbers it may be.
        multiples: Multiples,
    },
    /// Two columns are so far apart: `upper - lower` compares so with a distance.
    Apart {
        /// The column that the other one is taken from.
        upper: String,
        /// The other one.
        lower: String,
        /// How.
        operator: Comparison,
        /// With what.
        distance: Distance,
    },
    /// The text's length in characters (or bytes) compares so.
    Length {
        /// Which column.
        column: String,
        /// How.
        operator: Comparison,
        /// With what.
        number: i64,
    },
    /// The array's number of elements compares so.
    Elements {
        /// Which column.
        column: String,
        /// How.
        operator: Comparison,
        /// With what.
        number: i64,
    },
    /// The text matches a regular expression somewhere.
    Matches {
        /// Which column.
        column: String,
        /// The regular expression.
        pattern: String,
    },
    /// The text matches it nowhere.
    Avoids {
        /// Which column.
        column: String,
        /// The regular expression.
        pattern: String,
    },
    /// The column is NULL.
    Null {
        /// Which column.
        column: String,
    },
    /// The column isn't NULL.
    NotNull {
        /// Which column.
        column: String,
    },
    /// So many of the columns aren't NULL.
    NonNulls {
        /// Which columns.
        columns: Vec<String>,
        /// How the number compares.
        operator: Comparison,
        /// With what.
        number: i64,
    },
    /// The JSON value is of this type: `object`, `array`, …
    JsonType {
        /// Which column.
        column: String,
        /// The type.
        json_type: String,
    },
}

/// A difference between two columns, never negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Distance {
    /// A number's text; days between dates.
    Number(String),
    /// An interval in microseconds; months and years have no fixed length.
    Time {
        /// The fewest that it can be.
        least: i64,
        /// The most that it can be.
        greatest: i64,
    },
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// The same with its sides swapped.
    #[must_use]
    pub(crate) fn mirrored(self) -> Self {
        match self {
            Self::Below => Self::Above,
            Self::AtMost => Self::AtLeast,
            Self::Above => Self::Below,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }

    /// What holds when this doesn't.
    #[must_use]
    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Below => Self::AtLeast,
            Self::AtMost => Self::Above,
            Self::Above => Self::AtMost,
            Self::AtLeast => Self::Below,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        })
    }
}
