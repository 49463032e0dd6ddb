//! What a value is made of.

use crate::calendar::DAY;
use crate::generators::{Birth, Generator};
use crate::memo::Memo;
use crate::nulls::Nulls;
use crate::random::{Key, below};
use crate::story::{Event, Family, Form, Lifecycle, ONE, OwnDays, Pointer, follow};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

/// A value of a row; NULL is none.
#[derive(Debug)]
pub enum Term {
    /// Always the same.
    Fixed(i128),
    /// What another column of the row holds.
    Column(Arc<Generator>, Nulls),
    /// What a column holds that is written from a value, and is NULL where that is.
    Told(Arc<Term>, Form),
    /// Another value, which is kept for whoever asks next.
    Kept(Memo, Arc<Term>),
    /// What a column holds whether or not it is NULL.
    Anyway(Arc<Generator>),
    /// A value of the row that this one leads to.
    There(Box<[Pointer]>, Arc<Term>),
    /// Something over the row's children.
    Over(Box<Over>),
    /// The sum up to the row among its siblings.
    Running(Box<RunningSum>),
    /// How many siblings are older.
    Rank(Arc<Family>),
    /// How many siblings are older of which the same is true.
    RankAmong(Box<RankAlike>),
    /// The place among the siblings, the greatest of a value first.
    RankBy(Arc<Family>, Arc<Term>),
    /// What the next younger (true) or elder sibling has.
    Neighbour(Arc<Family>, Arc<Term>, bool),
    /// A day of its own among its siblings.
    OwnDay(Box<OwnDays>),
    /// The number of a moment's month.
    Month(Arc<Term>),
    /// The first day of a month of such a number.
    FirstOf(Arc<Term>),
    /// How many siblings there are, itself included.
    Size(Arc<Family>),
    /// The sum; what is NULL counts nothing.
    Sum(Box<[Arc<Term>]>),
    /// The difference; NULL counts nothing in what is taken away.
    Minus(Arc<Term>, Arc<Term>),
    /// The product.
    Times(Arc<Term>, Arc<Term>),
    /// The quotient; NULL where nothing is divided by.
    Per(Arc<Term>, Arc<Term>),
    /// The greatest of those that aren't NULL.
    Greatest(Box<[Arc<Term>]>),
    /// The first that isn't NULL.
    First(Box<[Arc<Term>]>),
    /// One or the other.
    If(Arc<Term>, Arc<Term>, Arc<Term>),
    /// Whether it isn't NULL.
    Known(Arc<Term>),
    /// Whether the first is at most the second; NULL where either is.
    AtMost(Arc<Term>, Arc<Term>),
    /// Whether it isn't true.
    Not(Arc<Term>),
    /// Whether all are true.
    All(Box<[Arc<Term>]>),
    /// Whether a column's text is one of some.
    Is(Arc<Generator>, Nulls, Box<[Box<str>]>),
    /// When something happened in a lifecycle.
    Event(Arc<Lifecycle>, Event),
    /// When the row was born.
    Born(Arc<Birth>),
    /// Its year.
    Year(Arc<Term>),
    /// Rounded down to so many millionths.
    Floor(Arc<Term>, i128),
    /// Random: least, steps, step, whether small ones are common.
    Random(Key, i128, u64, i128, bool),
    /// True where something isn't NULL, and NULL where it is.
    Present(Nulls),
    /// NULL.
    Null,
    /// True in a share of 65,536 rows.
    Chance(Key, u64),
    /// True in the rows whose draw of 65,536 lies from the first on and before the second.
    Drawn(Key, u64, u64),
    /// How many rows stand above.
    Depth(Box<[Pointer]>),
    /// The left or right number of a nested set.
    Nested(Arc<crate::story::wording::NestedSet>, bool),
}

/// What is made of the values of all children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Their sum.
    Sum,
    /// Their number.
    Count,
    /// The mean; NULL without any.
    Average,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
    /// The value of the youngest.
    Newest,
    /// The value of the eldest.
    Eldest,
}

/// Sums up to each row among its siblings, found once.
#[derive(Debug)]
pub struct RunningSum {
    /// The siblings.
    pub family: Arc<Family>,
    /// What is summed.
    pub of: Arc<Term>,
    /// The sums of all rows.
    pub sums: OnceLock<Box<[i64]>>,
}

impl RunningSum {
    fn at(&self, row: u64) -> Option<i128> {
        let sums = self.sums.get_or_init(|| {
            let mut sums = vec![0_i64; usize::try_from(self.family.rows).unwrap_or(0)];
            for parent in 0..=self.family.parents {
                let mut sum = 0_i64;
                for &child in self.family.of(parent) {
                    let value = self.of.at(u64::from(child)).unwrap_or(0);
                    sum = sum.saturating_add(i64::try_from(value).unwrap_or(0));
                    if let Some(place) = sums.get_mut(child as usize) {
                        *place = sum;
                    }
                }
            }
            sums.into()
        });
        let row = usize::try_from(row).ok()?;
        sums.get(row).map(|&sum| i128::from(sum))
    }
}

/// How many siblings are older of which the same is true, found once.
#[derive(Debug)]
pub struct RankAlike {
    /// The siblings.
    family: Arc<Family>,
    /// What must be the same.
    of: Arc<Term>,
    /// The ranks of all rows.
    ranks: OnceLock<Box<[u32]>>,
}

impl RankAlike {
    /// Ranks among the children of one parent that are alike in a term.
    pub fn new(family: Arc<Family>, of: Arc<Term>) -> Self {
        Self {
            family,
            of,
            ranks: OnceLock::new(),
        }
    }

    fn at(&self, row: u64) -> Option<i128> {
        let ranks = self.ranks.get_or_init(|| {
            let mut ranks = vec![0_u32; usize::try_from(self.family.rows).unwrap_or(0)];
            for parent in 0..=self.family.parents {
                let mut counts: BTreeMap<Option<i128>, u32> = BTreeMap::new();
                for &child in self.family.of(parent) {
                    let count = counts.entry(self.of.at(u64::from(child))).or_insert(0);
                    if let Some(place) = ranks.get_mut(child as usize) {
                        *place = *count;
                    }
                    *count += 1;
                }
            }
            ranks.into()
        });
        let rank = ranks.get(usize::try_from(row).ok()?)?;
        Some(i128::from(*rank) * ONE)
    }
}

impl Term {
    /// What a column holds, NULL where it is.
    pub fn of_column(column: Arc<Generator>, nulls: Nulls) -> Self {
        match (&*column, &nulls) {
            (Generator::Told(of, form), Nulls::Told(known)) if Arc::ptr_eq(of, known) => {
                Self::Told(Arc::clone(of), *form)
            }
            _ => Self::Column(column, nulls),
        }
    }

    /// The same value, kept where finding it takes longer than keeping it.
    pub fn kept(of: Arc<Self>) -> Arc<Self> {
        match &*of {
            Self::Fixed(_)
            | Self::Null
            | Self::Random(..)
            | Self::Chance(..)
            | Self::Drawn(..)
            | Self::Kept(..) => of,
            _ => Arc::new(Self::Kept(Memo::new(), of)),
        }
    }

    /// The value of a row.
    pub fn at(&self, row: u64) -> Option<i128> {
        match self {
            Self::Fixed(value) => Some(*value),
            Self::Column(column, nulls) => {
                if nulls.at(row) {
                    None
                } else {
                    column.number(row)
                }
            }
            Self::Told(of, form) => of.at(row).map(|value| form.kept(value)),
            Self::Kept(memo, of) => memo.value(row, || of.at(row)),
            Self::Anyway(column) => column.number(row),
            Self::There(path, of) => of.at(follow(path, row)?),
            Self::Over(over) => over.at(row),
            Self::Running(sums) => sums.at(row),
            Self::Rank(family) => Some(i128::from(family.rank(row)) * ONE),
            Self::RankAmong(ranks) => ranks.at(row),
            Self::RankBy(family, of) => {
                let own = of.at(row);
                let siblings = family.siblings(row);
                let before = siblings
                    .iter()
                    .filter(|&&other| of.at(u64::from(other)) > own);
                Some((before.count() as i128 + 1) * ONE)
            }
            Self::Neighbour(family, of, younger) => {
                let rank = usize::try_from(family.rank(row)).ok()?;
                let place = if *younger {
                    rank + 1
                } else {
                    rank.checked_sub(1)?
                };
                of.at(u64::from(*family.siblings(row).get(place)?))
            }
            Self::OwnDay(days) => days.at(row),
            Self::Month(moment) => {
                let days = i64::try_from(moment.at(row)?).ok()?.div_euclid(DAY);
                let (year, month, _) = crate::calendar::civil(days);
                Some(i128::from(year * 12 + i64::from(month) - 1) * ONE)
            }
            Self::FirstOf(month) => {
                let month = i64::try_from(month.at(row)?.div_euclid(ONE)).ok()?;
                let day = crate::calendar::days_from_civil(
                    month.div_euclid(12),
                    u32::try_from(month.rem_euclid(12)).ok()? + 1,
                    1,
                );
                Some(i128::from(day) * i128::from(DAY))
            }
            Self::Size(family) => Some(family.siblings(row).len() as i128 * ONE),
            Self::Sum(terms) => Some(terms.iter().filter_map(|term| term.at(row)).sum()),
            Self::Minus(whole, part) => Some(whole.at(row)? - part.at(row).unwrap_or(0)),
            Self::Times(first, second) => Some(divided(first.at(row)? * second.at(row)?, ONE)),
            Self::Per(whole, by) => {
                let by = by.at(row)?;
                if by == 0 {
                    return None;
                }
                Some(divided(whole.at(row)? * ONE, by))
            }
            Self::Greatest(terms) => terms.iter().filter_map(|term| term.at(row)).max(),
            Self::First(terms) => terms.iter().find_map(|term| term.at(row)),
            Self::If(condition, yes, no) => {
                if condition.is_true(row) {
                    yes.at(row)
                } else {
                    no.at(row)
                }
            }
            Self::Known(term) => Some(i128::from(term.at(row).is_some()) * ONE),
            Self::AtMost(first, second) => {
                Some(i128::from(first.at(row)? <= second.at(row)?) * ONE)
            }
            Self::Not(term) => Some(i128::from(!term.is_true(row)) * ONE),
            Self::All(terms) => Some(i128::from(terms.iter().all(|term| term.is_true(row))) * ONE),
            Self::Is(column, nulls, texts) => {
                if nulls.at(row) {
                    return Some(0);
                }
                let is = column.read(row, |own| texts.iter().any(|text| text.as_bytes() == own));
                Some(i128::from(is) * ONE)
            }
            Self::Event(lifecycle, event) => lifecycle.time(*event, row).map(i128::from),
            Self::Born(birth) => Some(i128::from(birth.at(row))),
            Self::Year(moment) => {
                let days = i64::try_from(moment.at(row)?).ok()?.div_euclid(DAY);
                Some(i128::from(crate::calendar::civil(days).0) * ONE)
            }
            Self::Floor(term, unit) => Some(term.at(row)?.div_euclid(*unit) * unit),
            Self::Random(key, least, steps, step, skewed) => {
                let bits = key.at(row);
                let bits = if *skewed {
                    below(bits.rotate_left(32), bits)
                } else {
                    bits
                };
                Some(least + i128::from(below(bits, *steps)) * step)
            }
            Self::Present(nulls) => (!nulls.at(row)).then_some(ONE),
            Self::Null => None,
            Self::Chance(key, share) => Some(i128::from(key.at(row) >> 48 < *share) * ONE),
            Self::Drawn(key, from, to) => {
                let draw = key.at(row) >> 48;
                Some(i128::from((*from..*to).contains(&draw)) * ONE)
            }
            Self::Depth(up) => {
                let mut depth = 0;
                let mut at = row;
                while let Some(above) = follow(up, at).filter(|&above| above != at && depth < 64) {
                    at = above;
                    depth += 1;
                }
                Some(i128::from(depth) * ONE)
            }
            Self::Nested(set, left) => Some(i128::from(set.at(row, *left)) * ONE),
        }
    }

    /// Whether it is there and not 0.
    pub fn is_true(&self, row: u64) -> bool {
        self.at(row).is_some_and(|value| value != 0)
    }
}

/// A quotient, rounded towards zero. Most numbers have 64 bits, which processors divide much faster than 128.
#[inline]
pub(super) fn divided(number: i128, by: i128) -> i128 {
    match (i64::try_from(number), i64::try_from(by)) {
        (Ok(small), Ok(by)) if by > 0 => i128::from(small / by),
        _ => number / by,
    }
}

/// Parents of which is kept what was found of their children: 128 MB.
const MOST_KEPT: u64 = 1 << 24;

/// Something over a row's children. A document's sum is asked for by its taxes, its total and its payments: what was found
/// is kept, eight bytes for each parent.
#[derive(Debug)]
pub struct Over {
    family: Arc<Family>,
    fold: Fold,
    of: Arc<Term>,
    only: Option<Arc<Term>>,
    found: OnceLock<Box<[AtomicI64]>>,
}

impl Over {
    /// Nothing was found yet.
    const UNKNOWN: i64 = i64::MIN;
    /// NULL was found.
    const NULL: i64 = i64::MIN + 1;

    /// Nothing is found yet.
    pub fn new(family: Arc<Family>, fold: Fold, of: Arc<Term>, only: Option<Arc<Term>>) -> Self {
        Self {
            family,
            fold,
            of,
            only,
            found: OnceLock::new(),
        }
    }

    fn at(&self, row: u64) -> Option<i128> {
        let all = self.found.get_or_init(|| {
            // Of very many parents nothing is kept.
            let parents = Some(self.family.parents).filter(|parents| *parents <= MOST_KEPT);
            (0..parents.unwrap_or(0))
                .map(|_| AtomicI64::new(Self::UNKNOWN))
                .collect()
        });
        // Whoever asks finds the same, so it doesn't matter who was first.
        let place = usize::try_from(row).ok().and_then(|row| all.get(row));
        match place.map_or(Self::UNKNOWN, |place| place.load(Ordering::Relaxed)) {
            Self::UNKNOWN => {}
            Self::NULL => return None,
            known => return Some(i128::from(known)),
        }
        let value = over(
            self.family.of(row),
            self.fold,
            &self.of,
            self.only.as_deref(),
        );
        let kept = match value {
            None => Some(Self::NULL),
            Some(value) => i64::try_from(value).ok().filter(|kept| *kept > Self::NULL),
        };
        if let (Some(place), Some(kept)) = (place, kept) {
            place.store(kept, Ordering::Relaxed);
        }
        value
    }
}

fn over(children: &[u32], fold: Fold, of: &Term, only: Option<&Term>) -> Option<i128> {
    let counts = |child: u64| only.is_none_or(|only| only.is_true(child));
    let mut all = children
        .iter()
        .map(|&child| u64::from(child))
        .filter(|&child| counts(child));
    match fold {
        Fold::Count => Some(all.count() as i128 * ONE),
        Fold::Sum => Some(all.filter_map(|child| of.at(child)).sum()),
        Fold::Average => {
            let (sum, count) = all
                .filter_map(|child| of.at(child))
                .fold((0, 0), |(sum, count), value| (sum + value, count + 1));
            (count > 0).then(|| sum / count.max(1))
        }
        Fold::Least => all.filter_map(|child| of.at(child)).min(),
        Fold::Greatest => all.filter_map(|child| of.at(child)).max(),
        Fold::Eldest => all.find_map(|child| of.at(child)),
        Fold::Newest => all.filter_map(|child| of.at(child)).next_back(),
    }
}
