//! Which of its possible values a row takes: the number of a parent row, of an enum label, of a
//! line within an order.
//!
//! An [`Ordinal`] is a pure function from a row's number. Uniqueness is made here: distinct rows get
//! distinct ordinals ([`Ordinal::Row`]), or distinct pairs of ordinals (a [`Grouping`]), by counting
//! and never by remembering what was drawn.
//!
//! More rows must append, so nothing here depends on how many rows the table itself has. What
//! depends on the number of *parents* moves as little as it can when that number grows.

#![expect(
    clippy::cast_possible_truncation,
    reason = "positions in lists that are in memory, and lengths of short texts"
)]

use crate::calendar::elders;
use crate::random::{Key, mix, pick};
use crate::scope::Within;
use crate::story::Choice;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of one block of a [`Grouping`].
const BLOCK: u64 = 16;

/// How a block of 16 rows is shared out to parents: lengths of the runs that have one parent each.
const RUNS: [[u8; 8]; 8] = [
    [1, 3, 2, 5, 1, 4, 0, 0],
    [2, 1, 6, 1, 2, 4, 0, 0],
    [3, 3, 1, 2, 1, 1, 5, 0],
    [1, 1, 2, 7, 2, 3, 0, 0],
    [4, 2, 1, 3, 2, 1, 2, 1],
    [8, 1, 2, 1, 4, 0, 0, 0],
    [2, 2, 3, 1, 1, 4, 3, 0],
    [1, 5, 1, 2, 3, 1, 2, 1],
];

/// Choices from which members of a group can be picked freely.
const SPREAD: u64 = 64;

/// The longest run in [`RUNS`].
const LONGEST_RUN: u64 = 8;

/// For each pattern and each row of a block: the run's number, the place within the run, the run's
/// length.
static PLACES: [[(u8, u8, u8); BLOCK as usize]; RUNS.len()] = places();

/// A function from a row's number to one of finitely many choices.
#[derive(Debug, Clone)]
pub enum Ordinal {
    /// The row's own number: unique.
    Row,
    /// Always the same.
    Fixed(u64),
    /// Uniformly random below `count`.
    Random {
        /// The column's stream.
        key: Key,
        /// How many choices there are.
        count: u64,
    },
    /// A parent among those that are older than the row; some have many children, most have few. The
    /// first row has no elder and takes the first.
    Parent {
        /// The column's stream.
        key: Key,
        /// Rows of the parent table.
        count: u64,
        /// How many of them are older, for each row: [`crate::calendar::Line::ratio_to`].
        ratio: u64,
    },
    /// The same, but all parents have about as many children.
    EvenParent {
        /// The column's stream.
        key: Key,
        /// Rows of the parent table.
        count: u64,
        /// How many of them are older, for each row: [`crate::calendar::Line::ratio_to`].
        ratio: u64,
    },
    /// The grouping's leader.
    Leader(Grouping),
    /// The place within the leader's group, from 0.
    Rank(Grouping),
    /// Another choice for each row of a group: distinct within the group.
    Member {
        /// The groups.
        grouping: Grouping,
        /// Where this choice starts in each group.
        key: Key,
        /// How many choices there are, at least as many as the longest group.
        count: u64,
        /// Whether there is room to choose freely: see [`Grouping::has_room`].
        spread: bool,
        /// This choice is one digit of a larger one: divide by this …
        divisor: u64,
        /// … and take the remainder by this.
        modulus: u64,
    },
    /// The row before, and for the first the last of so many: another one for each row, and only a single row
    /// takes itself.
    Before {
        /// How many choices there are.
        count: u64,
    },
    /// What some rows are given, and the choice of all others.
    Pinned {
        /// The choices that are given, by row.
        given: Arc<BTreeMap<u64, u64>>,
        /// The choice of all others.
        own: Box<Ordinal>,
    },
    /// One of the choices from `first` on.
    From {
        /// The first.
        first: u64,
        /// Which of those that follow.
        own: Box<Ordinal>,
    },
    /// A choice that agrees with the row's other columns.
    Agreed(Arc<Choice>),
    /// A choice that depends on the tenant that the row belongs to.
    Within(Box<Within>),
    /// One of the choices but that of another column of the row, which this one must differ from. The
    /// own choice is made among one choice fewer.
    Other {
        /// The other column's.
        than: Box<Ordinal>,
        /// The own.
        own: Box<Ordinal>,
    },
}

impl Ordinal {
    /// The choice of a row.
    #[inline]
    pub fn at(&self, row: u64) -> u64 {
        match self {
            Self::Row => row,
            Self::Fixed(choice) => *choice,
            Self::Random { key, count } => crate::random::below(key.at(row), *count),
            Self::Parent { key, count, ratio } => {
                parent(*key, row, elders(row, *ratio).min(*count))
            }
            Self::EvenParent { key, count, ratio } => {
                pick(key.at(row), elders(row, *ratio).min(*count))
            }
            Self::Leader(grouping) => grouping.split(row).0,
            Self::Rank(grouping) => grouping.split(row).1,
            Self::Member {
                grouping,
                key,
                count,
                spread,
                divisor,
                modulus,
            } => grouping.member(row, *key, *count, *spread) / divisor % modulus,
            Self::Before { count } => row.checked_sub(1).unwrap_or(count.saturating_sub(1)),
            Self::Pinned { given, own } => given.get(&row).copied().unwrap_or_else(|| own.at(row)),
            Self::From { first, own } => first + own.at(row),
            Self::Agreed(choice) => choice.at(row).unwrap_or(0),
            Self::Within(within) => within.at(row),
            Self::Other { than, own } => {
                let choice = own.at(row);
                choice + u64::from(choice >= than.at(row))
            }
        }
    }

    /// Whether the choice of a row can be one that was born after it; the first row aside.
    pub fn may_be_younger(&self) -> bool {
        !matches!(self, Self::Parent { .. } | Self::EvenParent { .. })
    }
}

/// Rows in groups that have a leader each: order lines under their order, memberships under their
/// user.
#[derive(Debug, Clone)]
pub struct Grouping {
    key: Key,
    /// How many leaders there are, at least 1.
    leaders: u64,
    sizes: Sizes,
}

/// How large the groups of a [`Grouping`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sizes {
    /// As in life: small ones and larger ones.
    Varied,
    /// All the same, as large as they must be.
    Equal,
    /// Between two sizes that somebody asked for.
    Asked {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
}

impl Grouping {
    /// How many of the first rows of a table that leads itself can have a leader that isn't older.
    pub fn without_elder(&self) -> u64 {
        match self.sizes {
            Sizes::Varied => BLOCK,
            Sizes::Equal | Sizes::Asked { .. } => self.leaders,
        }
    }

    /// Groups for `rows` rows under `leaders` leaders, none larger than `largest`; none if that
    /// can't be. Where there is room the sizes vary.
    pub fn new(key: Key, leaders: u64, rows: u64, largest: u64) -> Option<Self> {
        if leaders == 0 || rows.div_ceil(leaders) > largest {
            return None;
        }
        let natural = Self {
            key,
            leaders,
            sizes: Sizes::Varied,
        };
        if leaders >= BLOCK && natural.largest_group(rows) <= largest {
            return Some(natural);
        }
        Some(Self {
            key,
            leaders,
            sizes: Sizes::Equal,
        })
    }

    /// Groups of `least` to `most` rows, one for each leader; none if no leader gets any.
    pub fn asked(key: Key, leaders: u64, least: u64, most: u64) -> Option<Self> {
        (leaders > 0 && most > 0).then_some(Self {
            key,
            leaders,
            sizes: Sizes::Asked { least, most },
        })
    }

    /// How many rows fill the groups of all leaders, where their sizes were asked for.
    pub fn rows_asked(&self) -> Option<u64> {
        let Sizes::Asked { least, most } = self.sizes else {
            return None;
        };
        let pairs = (self.leaders / 2).saturating_mul(least.saturating_add(most));
        let single = if self.leaders % 2 == 1 {
            self.first_of_pair(self.leaders / 2, least, most)
        } else {
            0
        };
        Some(pairs.saturating_add(single))
    }

    /// The size of the first of a pair's two groups. The second has what is left of the two sizes
    /// together, so every pair has the same number of rows, and a row knows its pair by a division.
    #[inline]
    fn first_of_pair(&self, pair: u64, least: u64, most: u64) -> u64 {
        least + crate::random::below(self.key.at(pair), most - least + 1)
    }

    /// How large the largest group can be.
    pub fn largest_group(&self, rows: u64) -> u64 {
        match self.sizes {
            Sizes::Equal => rows.div_ceil(self.leaders),
            Sizes::Asked { most, .. } => most,
            Sizes::Varied => {
                let blocks = rows.div_ceil(BLOCK).saturating_sub(1);
                let rounds = 1 + blocks.div_ceil(self.leaders / BLOCK);
                rounds.saturating_mul(LONGEST_RUN)
            }
        }
    }

    /// The leader of a row's group and the row's place in it: a bijection onto its image.
    #[inline]
    pub fn split(&self, row: u64) -> (u64, u64) {
        match self.sizes {
            Sizes::Equal => return (row % self.leaders, row / self.leaders),
            Sizes::Asked { least, most } => {
                let (pair, place) = (row / (least + most), row % (least + most));
                let first = self.first_of_pair(pair, least, most);
                return if place < first {
                    (2 * pair, place)
                } else {
                    (2 * pair + 1, place - first)
                };
            }
            Sizes::Varied => {}
        }
        // A block's leaders are those of the block before, who are older, and there however the last
        // block of leaders is filled. So the first leaders lead two blocks.
        let blocks = self.leaders / BLOCK;
        let (leading_block, round) = match (row / BLOCK).checked_sub(1) {
            None => (0, 0),
            Some(0) => (0, 1),
            Some(block) if block < blocks => (block, 0),
            Some(block) => {
                let leading = block % blocks;
                (leading, block / blocks + u64::from(leading == 0))
            }
        };
        let bits = self.key.at(leading_block);
        let pattern = &PLACES[(bits & 7) as usize];
        let (run, place, length) = pattern[(row % BLOCK) as usize];
        // Odd steps reach every leader of the block once.
        let step = (bits >> 3) | 1;
        let start = bits >> 32;
        let leader = start.wrapping_add(step.wrapping_mul(u64::from(run))) % BLOCK;
        (
            leading_block * BLOCK + leader,
            round * u64::from(length) + u64::from(place),
        )
    }

    /// A choice below `count` that no other row of the same group has.
    #[inline]
    fn member(&self, row: u64, key: Key, count: u64, spread: bool) -> u64 {
        let (leader, place) = self.split(row);
        let start = key.at(leader);
        if spread {
            // Pick among those about as old as the leader. Places below 32 differ in bits below the
            // mask's highest, which is all that `pick` can fold.
            return pick(start ^ place, leader.clamp(SPREAD, count));
        }
        (start % count + place) % count
    }

    /// Whether groups are so small, and choices so many, that a member can be picked anywhere among
    /// the choices instead of in a row of consecutive ones.
    pub fn has_room(&self, rows: u64, count: u64) -> bool {
        count >= SPREAD && self.largest_group(rows) <= SPREAD / 2
    }
}

/// A parent for a row among the first `older`.
#[inline]
pub fn parent(key: Key, row: u64, older: u64) -> u64 {
    let bits = key.at(row);
    let other = mix(bits ^ 0x6A09_E667_F3BC_C908);
    // Each bit is set with a probability of 3/8. Such numbers fall unevenly at every scale, so a few
    // parents have very many children, as in life, and any number of parents can be cut off.
    let skewed = bits & (other | bits.rotate_left(31));
    pick(skewed, older)
}

const fn places() -> [[(u8, u8, u8); BLOCK as usize]; RUNS.len()] {
    let mut table = [[(0, 0, 0); BLOCK as usize]; RUNS.len()];
    let mut pattern = 0;
    while pattern < RUNS.len() {
        let mut row = 0;
        let mut run = 0;
        while run < 8 {
            let length = RUNS[pattern][run];
            let mut place = 0;
            while place < length {
                table[pattern][row] = (run as u8, place, length);
                row += 1;
                place += 1;
            }
            run += 1;
        }
        assert!(
            row == BLOCK as usize,
            "the runs of a pattern fill its block"
        );
        pattern += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::ALIKE;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn groups_have_distinct_places(seed: u64, leaders in 1_u64..200, rows in 0_u64..2000, largest in 1_u64..400) {
            let Some(grouping) = Grouping::new(Key::root(seed), leaders, rows, largest) else {
                prop_assert!(rows > leaders * largest);
                return Ok(());
            };
            let mut seen = BTreeSet::new();
            for row in 0..rows {
                let (leader, place) = grouping.split(row);
                prop_assert!(leader < leaders);
                prop_assert!(place < largest);
                prop_assert!(seen.insert((leader, place)));
            }
        }

        #[test]
        fn asked_groups_have_the_sizes_that_were_asked_for(seed: u64, leaders in 1_u64..200, least in 0_u64..5, more in 0_u64..9) {
            let key = Key::root(seed);
            let Some(grouping) = Grouping::asked(key, leaders, least, least + more) else {
                prop_assert_eq!(least + more, 0);
                return Ok(());
            };
            let mut sizes = vec![0_u64; usize::try_from(leaders).unwrap()];
            for row in 0..grouping.rows_asked().unwrap() {
                let (leader, place) = grouping.split(row);
                prop_assert_eq!(place, sizes[usize::try_from(leader).unwrap()]);
                sizes[usize::try_from(leader).unwrap()] += 1;
            }
            prop_assert!(sizes.iter().all(|size| (least..=least + more).contains(size)), "{:?}", sizes);
        }

        #[test]
        fn members_are_distinct_within_their_group(seed: u64, leaders in 1_u64..200, rows in 0_u64..2000, count in 1_u64..300) {
            let key = Key::root(seed);
            let Some(grouping) = Grouping::new(key, leaders, rows, count) else { return Ok(()); };
            let member = Ordinal::Member { grouping: grouping.clone(), key: key.child("member"), count, spread: grouping.has_room(rows, count), divisor: 1, modulus: count };
            let mut seen = BTreeSet::new();
            for row in 0..rows {
                let choice = member.at(row);
                prop_assert!(choice < count);
                prop_assert!(seen.insert((grouping.split(row).0, choice)), "row {}", row);
            }
        }

        #[test]
        fn parents_are_older_and_more_parents_move_few(seed: u64, count in 1_u64..1000, more in 0_u64..50) {
            let key = Key::root(seed);
            let before = Ordinal::Parent { key, count, ratio: ALIKE };
            let after = Ordinal::Parent { key, count: count + more, ratio: ALIKE };
            for row in 0..2000 {
                prop_assert!(before.at(row) < row.max(1).min(count));
                prop_assert!(after.at(row) == before.at(row) || after.at(row) >= count);
            }
        }

        #[test]
        fn places_are_counted_without_gaps(seed: u64, leaders in 16_u64..200) {
            let grouping = Grouping::new(Key::root(seed), leaders, 3 * BLOCK * (leaders / BLOCK), 1000).unwrap();
            let mut groups: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
            for row in 0..3 * BLOCK * (leaders / BLOCK) {
                let (leader, place) = grouping.split(row);
                groups.entry(leader).or_default().insert(place);
            }
            for places in groups.values() {
                prop_assert_eq!(places.iter().copied().collect::<Vec<_>>(), (0..places.len() as u64).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn some_parents_have_many_children() {
        let pick = Ordinal::Parent {
            key: Key::root(0),
            count: 1000,
            ratio: ALIKE,
        };
        let mut children = vec![0; 1000];
        for row in 0..100_000 {
            children[usize::try_from(pick.at(row)).unwrap()] += 1;
        }
        children.sort_unstable();
        assert!(children[999] > 500, "most: {}", children[999]);
        assert!(
            (20..100).contains(&children[500]),
            "median: {}",
            children[500]
        );
        assert!(children[0] > 0);
    }
}
