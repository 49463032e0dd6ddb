//! Points in time, and their order within a row and between a row and its parents.

use crate::calendar::{DAY, Line, POSITION_BITS, SECOND};
use crate::generators::Generator;
use crate::memo::Memo;
use crate::ordinal::Ordinal;
use crate::random::{Key, below};
use std::collections::BTreeMap;
use std::sync::Arc;

/// When the rows of a table are born.
#[derive(Debug)]
pub struct Birth {
    key: Key,
    line: Line,
    /// The present, as far as the table's rows know.
    now: i64,
    /// Tables whose rows must be older; several where the choice says which of them by its remainder.
    parents: Vec<(Ordinal, Vec<Arc<Birth>>)>,
    /// Those of them where the choice of the row doesn't see to it, by their place in `parents`.
    later: Vec<usize>,
    /// When rows are born of which somebody says so.
    given: Option<Arc<BTreeMap<u64, i64>>>,
    /// Positions of rows whose parents must be asked.
    positions: Memo,
}

impl Birth {
    /// Births of a table's rows. Parents matter that can be younger than the row, or whose own birth
    /// can have been put off; for the first row, which has no elder, all of them.
    pub fn new(
        key: Key,
        (line, rows): (Line, u64),
        parents: Vec<(Ordinal, Vec<Arc<Self>>)>,
    ) -> Self {
        let later = (0..parents.len())
            .filter(|&place| {
                let (ordinal, births) = &parents[place];
                ordinal.may_be_younger() || births.iter().any(|birth| !birth.later.is_empty())
            })
            .collect();
        Self {
            key,
            line,
            now: line.now(rows),
            parents,
            later,
            given: None,
            positions: Memo::new(),
        }
    }

    /// The same with what is said of single rows.
    #[must_use]
    pub fn given(self, given: Option<Arc<BTreeMap<u64, i64>>>) -> Self {
        Self { given, ..self }
    }

    /// When a row is born, in microseconds since 1970.
    #[inline]
    pub fn at(&self, row: u64) -> i64 {
        if let Some(given) = &self.given
            && let Some(moment) = given.get(&row)
        {
            return *moment;
        }
        self.line.moment(self.position(row))
    }

    /// The present, as far as the table's rows know.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// The reference date, in microseconds since 1970.
    pub fn today(&self) -> i64 {
        self.line.today()
    }

    /// Whether rows are born in the order of their numbers.
    pub fn is_in_order(&self) -> bool {
        self.later.is_empty()
    }

    /// The row's position on the time line.
    #[inline]
    pub fn position(&self, row: u64) -> u64 {
        if self.later.is_empty() {
            return self.found_position(row);
        }
        let position = self
            .positions
            .value(row, || Some(self.found_position(row).into()));
        position
            .and_then(|position| position.try_into().ok())
            .unwrap_or(0)
    }

    fn found_position(&self, row: u64) -> u64 {
        let fraction = self.key.at(row) >> (64 - POSITION_BITS);
        let mut position = self.line.position(row, fraction);
        if row == 0 {
            for (ordinal, births) in &self.parents {
                position = position.max(position_of(births, ordinal.at(row)));
            }
        } else {
            for &place in &self.later {
                let (ordinal, births) = &self.parents[place];
                position = position.max(position_of(births, ordinal.at(row)));
            }
        }
        position
    }
}

/// When the row of a choice among one or more tables is born.
#[inline]
fn position_of(births: &[Arc<Birth>], choice: u64) -> u64 {
    match births {
        [only] => only.position(choice),
        several => {
            let count = several.len() as u64;
            usize::try_from(choice % count)
                .map_or(0, |table| several[table].position(choice / count))
        }
    }
}

/// A point in time for each row, in microseconds since 1970.
#[derive(Debug)]
pub enum Moment {
    /// When the row was born.
    Born(Arc<Birth>),
    /// Some time after another moment of the same row.
    After {
        /// The other moment.
        base: Arc<Moment>,
        /// The column's stream.
        key: Key,
        /// The shortest delay.
        least: i64,
        /// How much longer it can be; most are much shorter.
        span: i64,
        /// How many of 256 rows have the shortest.
        at_once: u8,
        /// Of what has happened: what lies behind this hasn't yet, and the row has the shortest delay.
        until: Option<i64>,
    },
    /// Counted in steps.
    Steps {
        /// Which step.
        ordinal: Ordinal,
        /// The first.
        start: i64,
        /// From one to the next.
        step: i64,
    },
    /// The last of several moments of the row.
    Latest(Box<[Arc<Moment>]>),
    /// What another column of the row holds; where that is NULL, when the row is born.
    Read(Arc<Generator>, Arc<Birth>),
    /// A quarter of an hour of a working day, some days after another moment.
    Planned {
        /// The other moment.
        base: Arc<Moment>,
        /// The column's stream.
        key: Key,
        /// Days from it at least.
        least: i64,
        /// How many days there are to choose from.
        days: u64,
        /// The hours between which it begins.
        hours: (u64, u64),
    },
    /// Another moment, but never after a bound.
    AtMost(Arc<Moment>, i64),
    /// What some rows are given, and the moment of all others.
    Given(Arc<Moment>, Arc<BTreeMap<u64, i64>>),
}

impl Moment {
    /// The moment of a row.
    #[inline]
    pub fn at(&self, row: u64) -> i64 {
        match self {
            Self::Born(birth) => birth.at(row),
            Self::Given(usual, given) => match given.get(&row) {
                Some(moment) => *moment,
                None => usual.at(row),
            },
            Self::Read(column, birth) => column
                .number(row)
                .and_then(|moment| i64::try_from(moment).ok())
                .unwrap_or_else(|| birth.at(row)),
            Self::Planned {
                base,
                key,
                least,
                days,
                hours: (first, last),
            } => {
                let bits = key.at(row);
                let day = base.at(row).div_euclid(DAY) + least + below(bits, *days).cast_signed();
                // Saturday and Sunday become Monday: 1970-01-01 was a Thursday.
                let day = match (day + 4).rem_euclid(7) {
                    6 => day + 2,
                    0 => day + 1,
                    _ => day,
                };
                let quarters = below(bits.rotate_left(32), 4 * (last - first)).cast_signed();
                day * DAY + first.cast_signed() * 3600 * SECOND + quarters * 900 * SECOND
            }
            Self::After {
                base,
                key,
                least,
                span,
                at_once,
                until,
            } => {
                let start = base.at(row) + least;
                let bits = key.at(row);
                if (bits & 0xFF) < u64::from(*at_once) {
                    return start;
                }
                // The product of two uniform numbers: small ones are common.
                let share = below(bits.rotate_left(32), bits >> 8 << 8);
                let moment = start + below(share, span.cast_unsigned()).cast_signed();
                // When the reference date has moved on, it will have happened.
                if until.is_some_and(|until| moment > until) {
                    start
                } else {
                    moment
                }
            }
            Self::Steps {
                ordinal,
                start,
                step,
            } => start + ordinal.at(row).cast_signed() * step,
            Self::Latest(moments) => moments
                .iter()
                .map(|moment| moment.at(row))
                .max()
                .unwrap_or(0),
            Self::AtMost(moment, bound) => moment.at(row).min(*bound),
        }
    }
}
