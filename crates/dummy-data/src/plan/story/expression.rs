//! What a value is made of, in terms of columns: see [`crate::story::Term`] for what it becomes.

use crate::ids::{ColumnId, TableId};
use crate::story::{Event, Fold, ONE};

/// What a value is made of.
#[derive(Debug, Clone)]
pub(crate) enum Expr {
    /// A constant.
    Number(i128),
    /// A column of the row.
    Column(ColumnId),
    /// What a column would be if it weren't NULL.
    Anyway(ColumnId),
    /// Something of the row that a column leads to.
    There(ColumnId, Box<Expr>),
    /// Something over the rows of a table that lead here by a column.
    Over {
        /// Their table.
        table: TableId,
        /// Their column.
        via: ColumnId,
        /// What is made of them.
        fold: Fold,
        /// The value of each.
        of: Box<Expr>,
        /// Only of those of which this is true.
        only: Option<Box<Expr>>,
    },
    /// The sum up to the row among those that lead to the same row by a column.
    Running(ColumnId, Box<Expr>),
    /// The place among those that lead to the same row by a column, from 0.
    Rank(ColumnId),
    /// The same among those of which something is the same.
    RankAmong(ColumnId, Box<Expr>),
    /// The place among all rows of the table of which something is the same, from 0.
    RankInTable(Box<Expr>),
    /// The place among those that lead to the same row, the greatest of a value first, from 1; of equals the same.
    RankBy(ColumnId, Box<Expr>),
    /// What the next younger of those that lead to the same row has; NULL for the youngest.
    Next(ColumnId, Box<Expr>),
    /// What the next elder of those that lead to the same row has; NULL for the eldest.
    Previous(ColumnId, Box<Expr>),
    /// The day on which a row was born; another one for each of those that lead to the same row, on working days (true)
    /// or any.
    OwnDay(ColumnId, bool),
    /// The number of a moment's month, counted from the year 0.
    Month(Box<Expr>),
    /// The first day of a month of such a number.
    FirstOf(Box<Expr>),
    /// How many lead to the same row.
    Size(ColumnId),
    /// A sum.
    Sum(Vec<Expr>),
    /// A difference.
    Minus(Box<Expr>, Box<Expr>),
    /// A product.
    Times(Box<Expr>, Box<Expr>),
    /// A quotient.
    Per(Box<Expr>, Box<Expr>),
    /// The greatest.
    Greatest(Vec<Expr>),
    /// The first that isn't NULL.
    First(Vec<Expr>),
    /// One or the other.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Whether it isn't NULL.
    Known(Box<Expr>),
    /// Whether it isn't true.
    Not(Box<Expr>),
    /// Whether all are true.
    All(Vec<Expr>),
    /// Whether the first is at most the second.
    AtMost(Box<Expr>, Box<Expr>),
    /// Whether a column's text is one of some.
    Is(ColumnId, Vec<String>),
    /// When something happened.
    Event(Event),
    /// When the row was born.
    Born,
    /// The present, as far as the table knows it.
    Now,
    /// The year of a moment.
    Year(Box<Expr>),
    /// Rounded down.
    Floor(Box<Expr>, i128),
    /// Random, by a label: least, how many, step, whether small ones are common.
    Random(&'static str, i128, u64, i128, bool),
    /// True in a share of 65,536 rows, by a label.
    Chance(&'static str, u64),
    /// How many rows stand above by a column.
    Depth(ColumnId),
    /// The left (true) or right number by a column.
    Nested(ColumnId, bool),
    /// What the column's name and type alone would make of it.
    Usual(ColumnId),
    /// NULL.
    Null,
}

impl Expr {
    /// A whole number.
    pub(crate) fn whole(number: i64) -> Self {
        Self::Number(i128::from(number) * ONE)
    }

    /// The product of two.
    pub(crate) fn times(self, other: Self) -> Self {
        Self::Times(Box::new(self), Box::new(other))
    }

    /// The difference of two.
    pub(crate) fn minus(self, other: Self) -> Self {
        Self::Minus(Box::new(self), Box::new(other))
    }

    /// The quotient of two.
    pub(crate) fn per(self, other: Self) -> Self {
        Self::Per(Box::new(self), Box::new(other))
    }

    /// One or the other.
    pub(crate) fn when(condition: Self, yes: Self, no: Self) -> Self {
        Self::If(Box::new(condition), Box::new(yes), Box::new(no))
    }

    /// Whether an event has happened.
    pub(crate) fn happened(event: Event) -> Self {
        Self::Known(Box::new(Self::Event(event)))
    }

    /// It, or 0 where it is NULL.
    pub(crate) fn or_zero(self) -> Self {
        Self::First(vec![self, Self::Number(0)])
    }

    /// A share of itself, in hundredths.
    pub(crate) fn percent(self, hundredths: Self) -> Self {
        self.times(hundredths).per(Self::whole(100))
    }

    /// Whether a column of the row is in it.
    pub(crate) fn is_of(&self, column: ColumnId) -> bool {
        match self {
            Self::Column(own) | Self::Anyway(own) | Self::Is(own, _) => *own == column,
            Self::Sum(terms) | Self::Greatest(terms) | Self::First(terms) | Self::All(terms) => {
                terms.iter().any(|term| term.is_of(column))
            }
            Self::Minus(first, second)
            | Self::Times(first, second)
            | Self::Per(first, second)
            | Self::AtMost(first, second) => first.is_of(column) || second.is_of(column),
            Self::If(condition, yes, no) => {
                condition.is_of(column) || yes.is_of(column) || no.is_of(column)
            }
            Self::Known(of) | Self::Not(of) | Self::Floor(of, _) => of.is_of(column),
            _ => false,
        }
    }
}
