//! Which row a row points to, where that must agree with something else.

use crate::calendar::elders;
use crate::memo::Memo;
use crate::ordinal::{Ordinal, parent};
use crate::random::{Key, below, permute, pick};
use crate::story::{Family, Pointer, Term, follow};
use std::sync::{Arc, OnceLock};

/// How often another row is drawn before the row takes one that doesn't fit.
const TRIES: u64 = 64;

/// A choice of a row that agrees with the row's other columns.
#[derive(Debug)]
pub struct Choice {
    /// How it is made.
    pub way: Way,
    chosen: Memo,
}

/// How a choice is made.
#[derive(Debug)]
pub enum Way {
    /// Where another column of the row leads; where it leads nowhere, another choice.
    Path(Box<[Pointer]>, Ordinal),
    /// An elder that fits.
    Fitting {
        /// The column's stream.
        key: Key,
        /// Rows of the other table.
        count: u64,
        /// How many of them are older.
        ratio: u64,
        /// What must be true of it.
        tests: Box<[Test]>,
        /// The choice where none fits; none for nobody.
        otherwise: Option<Ordinal>,
    },
    /// One of those that belong where another column of the row leads.
    Among {
        /// Where it leads.
        path: Box<[Pointer]>,
        /// Those that belong there.
        family: Arc<Family>,
        /// The column's stream.
        key: Key,
        /// How many of them are older.
        ratio: u64,
        /// Another column's choice, which this one must differ from.
        than: Option<Box<Ordinal>>,
        /// The choice where nobody belongs there; none for nobody.
        otherwise: Option<Ordinal>,
    },
    /// An elder sibling, in a share of 256 of the rows that have one.
    Sibling {
        /// The siblings.
        family: Arc<Family>,
        /// The column's stream.
        key: Key,
        /// The share.
        share: u64,
    },
    /// The row that was born just before: what belongs to an order is written down with it. Most have one, some have
    /// none or several.
    Close {
        /// The column's stream.
        key: Key,
        /// Rows of the other table.
        count: u64,
        /// How many of them are older.
        ratio: u64,
        /// How many rows one after the other take the same.
        together: u64,
        /// What must be true of it.
        tests: Box<[Test]>,
    },
    /// A row of the first part of its own table, so that no branch is long.
    Tree {
        /// The column's stream.
        key: Key,
        /// The first so many rows have no parent.
        roots: u64,
        /// How many times more rows each level has.
        breadth: u64,
    },
    /// The first or the second row of the pair that the row is.
    OfPair(Arc<Pairs>, bool),
    /// The row at the top of the row's tree.
    Root(Box<[Pointer]>),
    /// The row's own youngest child.
    Newest(Arc<Family>),
    /// The row's own eldest child.
    Eldest(Arc<Family>),
    /// The row's own youngest (true) or eldest child of which something is true.
    Kept(Arc<Family>, Arc<Term>, bool),
    /// Where a child of the row points; where it has none, another choice.
    OfChild {
        /// The children.
        family: Arc<Family>,
        /// Where they point.
        pointer: Pointer,
        /// The other choice.
        otherwise: Ordinal,
    },
}

/// All pairs of rows of two tables that belong to the same row of a third.
#[derive(Debug)]
pub struct Pairs {
    /// The stream.
    pub key: Key,
    /// The rows of the one table by where they belong.
    pub first: Arc<Family>,
    /// Those of the other.
    pub second: Arc<Family>,
    /// How many pairs there are up to each row of the third table; found once.
    pub ends: OnceLock<Box<[u64]>>,
}

impl Pairs {
    fn ends(&self) -> &[u64] {
        self.ends.get_or_init(|| {
            let mut sum = 0;
            (0..self.first.parents)
                .map(|row| {
                    sum += self.first.of(row).len() as u64 * self.second.of(row).len() as u64;
                    sum
                })
                .collect()
        })
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.ends().last().copied().unwrap_or(0)
    }

    /// The pair of a row: another one for each.
    fn at(&self, row: u64) -> Option<(u64, u64)> {
        let ends = self.ends();
        let place = permute(row, self.count(), self.key);
        let group = ends.partition_point(|&end| end <= place);
        let before = group.checked_sub(1).map_or(0, |before| ends[before]);
        let (first, second) = (self.first.of(group as u64), self.second.of(group as u64));
        let within = usize::try_from(place - before).ok()?;
        Some((
            u64::from(*first.get(within / second.len().max(1))?),
            u64::from(*second.get(within % second.len().max(1))?),
        ))
    }
}

/// What must be true of a row to be chosen.
#[derive(Debug)]
pub enum Test {
    /// Where it leads, so many belong who are older than the row that chooses.
    Has(Box<[Pointer]>, Arc<Family>, u64, usize),
    /// Something is true of it.
    Is(Arc<Term>),
    /// It isn't the row that another column chose.
    Differs(Ordinal),
}

impl Choice {
    /// A choice by this way, of which nothing was found yet.
    pub fn new(way: Way) -> Self {
        Self {
            way,
            chosen: Memo::new(),
        }
    }

    /// The choice of a row.
    #[inline]
    pub fn at(&self, row: u64) -> Option<u64> {
        let choice = self.chosen.value(row, || self.way.at(row).map(i128::from));
        choice.and_then(|choice| choice.try_into().ok())
    }
}

impl Way {
    fn at(&self, row: u64) -> Option<u64> {
        match self {
            Self::Path(path, otherwise) => {
                Some(follow(path, row).unwrap_or_else(|| otherwise.at(row)))
            }
            Self::Fitting {
                key,
                count,
                ratio,
                tests,
                otherwise,
            } => {
                let older = elders(row, *ratio).min(*count);
                for attempt in 0..TRIES {
                    let stream = if attempt == 0 {
                        *key
                    } else {
                        key.numbered(attempt)
                    };
                    // The longer the search, the less a popular row is preferred.
                    let found = if attempt < 16 {
                        parent(stream, row, older)
                    } else {
                        below(stream.at(row), older)
                    };
                    if tests.iter().all(|test| test.passes(row, found)) {
                        return Some(found);
                    }
                }
                otherwise.as_ref().map(|otherwise| otherwise.at(row))
            }
            Self::Among {
                path,
                family,
                key,
                ratio,
                than,
                otherwise,
            } => {
                let leads = follow(path, row);
                let all = leads.map_or(&[][..], |to| family.of(to));
                let older = elders(row, *ratio);
                let eldest = all.partition_point(|&one| u64::from(one) < older);
                let choices = if eldest > 0 { &all[..eldest] } else { all };
                let than = than.as_ref().map(|than| than.at(row));
                let start = pick(key.at(row), choices.len() as u64);
                (0..choices.len() as u64)
                    .map(|turn| {
                        let place = (start + turn) % choices.len() as u64;
                        u64::from(choices[usize::try_from(place).unwrap_or(0)])
                    })
                    .find(|&found| Some(found) != than)
                    .or_else(|| otherwise.as_ref().map(|otherwise| otherwise.at(row)))
            }
            Self::Sibling { family, key, share } => {
                let bits = key.at(row);
                let rank = family.rank(row);
                if rank == 0 || bits >> 56 >= *share {
                    return None;
                }
                let siblings = family.siblings(row);
                let place = below(bits << 8, rank.div_ceil(2));
                siblings
                    .get(usize::try_from(place).unwrap_or(0))
                    .map(|&sibling| u64::from(sibling))
            }
            Self::Close {
                key,
                count,
                ratio,
                together,
                tests,
            } => {
                let row = row - row % together;
                let last = elders(row + 1, *ratio).min(*count) - 1;
                let bits = key.at(row);
                let before = if bits >> 56 < 226 {
                    0
                } else {
                    1 + below(bits << 8, 4)
                };
                let usual = last.saturating_sub(before);
                let fits = |found: &u64| tests.iter().all(|test| test.passes(row, *found));
                // One that doesn't fit leaves it to the one before.
                let fitting = (0..TRIES)
                    .map_while(|step| usual.checked_sub(step))
                    .find(fits);
                Some(fitting.unwrap_or(usual))
            }
            Self::Tree {
                key,
                roots,
                breadth,
            } => (row >= *roots).then(|| pick(key.at(row), (row / breadth).max(*roots).min(row))),
            Self::Root(up) => {
                let mut at = row;
                for _ in 0..64 {
                    match follow(up, at).filter(|&above| above != at) {
                        Some(above) => at = above,
                        None => break,
                    }
                }
                Some(at)
            }
            Self::OfPair(pairs, first) => pairs
                .at(row)
                .map(|pair| if *first { pair.0 } else { pair.1 }),
            Self::Newest(family) => family.of(row).last().map(|&child| u64::from(child)),
            Self::Eldest(family) => family.of(row).first().map(|&child| u64::from(child)),
            Self::Kept(family, only, youngest) => {
                let mut kept = family
                    .of(row)
                    .iter()
                    .map(|&child| u64::from(child))
                    .filter(|&child| only.is_true(child));
                if *youngest {
                    kept.next_back()
                } else {
                    kept.next()
                }
            }
            Self::OfChild {
                family,
                pointer,
                otherwise,
            } => Some(
                family
                    .of(row)
                    .first()
                    .and_then(|&child| pointer.at(u64::from(child)))
                    .unwrap_or_else(|| otherwise.at(row)),
            ),
        }
    }
}

impl Test {
    fn passes(&self, row: u64, found: u64) -> bool {
        match self {
            Self::Has(path, family, ratio, least) => follow(path, found).is_some_and(|to| {
                let older = elders(row, *ratio);
                family
                    .of(to)
                    .get(least - 1)
                    .is_some_and(|&last| u64::from(last) < older)
            }),
            Self::Is(term) => term.at(found).is_some_and(|value| value != 0),
            Self::Differs(other) => other.at(row) != found,
        }
    }
}
