//! The simple things that a CHECK can say.

use super::equations::Solution;
use super::steps::Multiples;
use std::fmt;

/// A CHECK expression as alternatives of clauses.
pub type Alternatives = Vec<Vec<Clause>>;

/// Something that must hold in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// The column is one of these texts.
    OneOf {
        /// Which column.
        column: String,
        /// The texts, as the values are written plainly.
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
    /// The array has no elements but these texts.
    ElementsWithin {
        /// Which column.
        column: String,
        /// The texts.
        values: Vec<String>,
    },
    /// The array has these elements.
    ElementsWith {
        /// Which column.
        column: String,
        /// The texts.
        values: Vec<String>,
    },
    /// Every element of the array compares so with a constant.
    EachElement {
        /// Which column.
        column: String,
        /// How.
        operator: Comparison,
        /// The constant's text.
        value: String,
    },
    /// The JSON object has this key.
    JsonKey {
        /// Which column.
        column: String,
        /// The key.
        key: String,
    },
    /// One of several columns is computed from others.
    Equation {
        /// The columns and what each must be, the best first.
        solutions: Vec<Solution>,
    },
    /// The JSON value is of this type: `object`, `array`, …
    JsonType {
        /// Which column.
        column: String,
        /// The type.
        json_type: String,
    },
}

impl Clause {
    /// The columns that it speaks of.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::OneOf { column, .. }
            | Self::NoneOf { column, .. }
            | Self::Compare { column, .. }
            | Self::Multiple { column, .. }
            | Self::Length { column, .. }
            | Self::Elements { column, .. }
            | Self::ElementsWithin { column, .. }
            | Self::ElementsWith { column, .. }
            | Self::EachElement { column, .. }
            | Self::JsonKey { column, .. }
            | Self::Matches { column, .. }
            | Self::Avoids { column, .. }
            | Self::Null { column }
            | Self::NotNull { column }
            | Self::JsonType { column, .. } => vec![column],
            Self::Columns { left, right, .. } => vec![left, right],
            Self::Apart { upper, lower, .. } => vec![upper, lower],
            Self::NonNulls { columns, .. } => columns.iter().map(String::as_str).collect(),
            // Every column of an equation is one that it can be solved for, or a part of what it equals.
            Self::Equation { solutions } => solutions
                .iter()
                .map(|(column, _)| column.as_str())
                .collect(),
        }
    }

    /// The columns that it speaks of, those of an equation's expression too.
    pub fn all_columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = self.columns().into_iter().map(str::to_owned).collect();
        if let Self::Equation { solutions } = self {
            for (_, expression) in solutions {
                columns.extend(super::columns(expression));
            }
        }
        columns
    }
}

/// A difference between two columns, never negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distance {
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
pub enum Comparison {
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
    pub fn mirrored(self) -> Self {
        match self {
            Self::Below => Self::Above,
            Self::AtMost => Self::AtLeast,
            Self::Above => Self::Below,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }

    /// Whether two numbers compare so.
    pub fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Below => left < right,
            Self::AtMost => left <= right,
            Self::Above => left > right,
            Self::AtLeast => left >= right,
        }
    }

    /// What holds when this doesn't.
    #[must_use]
    pub fn negated(self) -> Self {
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
