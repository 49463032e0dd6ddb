//! Rows that belong to a row of a common table, such as the tenant of a multi-tenant schema, and how a
//! row finds others of the same one.
//!
//! Two composite keys that share a column, such as `(tenant_id, order_id)` and `(tenant_id, product_id)`,
//! can only point to rows that agree on it. So all tables of such a schema share their rows out to the
//! same tenants by a formula that can be turned round: which tenant a row has, how many rows a tenant
//! has, and which is its third, are each a few divisions. Nothing is kept in memory, any number of rows
//! costs the same, and the number of pairs that are possible is known before the first row.

use crate::random::{Key, below, pick};

/// The most levels of a [`Scope`]. The largest tenant has as many more rows than the smallest as all
/// levels have tenants in one of the last: 31.
const MOST_LEVELS: u32 = 5;

/// Doublings of the number of tenants after which every table has one row for most tenants.
pub const MOST_DOUBLINGS: u32 = 3;

/// How a table's rows are shared out to tenants: the first rows go to one each, so that each has one.
/// Of those that follow every `levels`-th goes to all tenants in turn, as many to the first half, the
/// first quarter, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// How many tenants get rows, at least 1.
    tenants: u64,
    /// Between 1 and [`MOST_LEVELS`]; `tenants` is a multiple of 2 to the power of one less.
    levels: u32,
    /// Rows of the table.
    rows: u64,
}

impl Scope {
    /// Shares `rows` rows out to some of the tenants, as in life: few have many rows. `fewest` is the
    /// number of rows of the smallest of all the tables that are shared out. Every doubling takes twice as
    /// many tenants, as far as there are.
    pub fn skewed(tenants: u64, fewest: u64, doublings: u32, rows: u64) -> Self {
        let wanted = (fewest / u64::from(MOST_LEVELS)).max(1) << doublings.min(MOST_DOUBLINGS);
        let wanted = wanted.min(fewest).min(tenants).max(1);
        let power = wanted.ilog2();
        Self {
            tenants: 1 << power,
            levels: MOST_LEVELS.min(power + 1),
            rows,
        }
    }

    /// Shares `rows` rows out evenly to as many tenants as every table has rows for.
    pub fn even(tenants: u64, fewest: u64, rows: u64) -> Self {
        Self {
            tenants: tenants.min(fewest).max(1),
            levels: 1,
            rows,
        }
    }

    /// Shares the rows out to the same tenants, but evenly.
    #[must_use]
    pub fn evenly(self) -> Self {
        Self { levels: 1, ..self }
    }

    /// The same for no more than the first so many rows.
    #[must_use]
    pub fn up_to(self, rows: u64) -> Self {
        Self {
            rows: self.rows.min(rows),
            ..self
        }
    }

    /// The tenants' own rows.
    pub fn itself(rows: u64) -> Self {
        Self {
            tenants: rows.max(1),
            levels: 1,
            rows,
        }
    }

    /// How many tenants get rows.
    pub fn tenants(self) -> u64 {
        self.tenants
    }

    /// A tenant's deepest level, the only one that has it more than each other.
    fn deepest(self, tenant: u64) -> u32 {
        let above = self.tenants / (tenant + 1);
        if above == 0 {
            0
        } else {
            above.ilog2().min(self.levels - 1)
        }
    }

    /// How many rows a tenant gets in a cycle of `tenants * levels` rows.
    fn in_cycle(deepest: u32) -> u64 {
        (1 << (deepest + 1)) - 1
    }

    /// How many rows of a cycle a tenant got in the first steps of its deepest level.
    fn before_step(deepest: u32, step: u64) -> u64 {
        (0..=deepest)
            .map(|level| step.div_ceil(1 << (deepest - level)))
            .sum()
    }

    /// The tenant of a row, and how many rows before it the tenant has.
    #[inline]
    pub fn split(self, row: u64) -> (u64, u64) {
        if row < self.tenants {
            return (row, 0);
        }
        let levels = u64::from(self.levels);
        let later = row - self.tenants;
        let (turn, level) = (later / levels, later % levels);
        let (cycle, turn) = (turn / self.tenants, turn % self.tenants);
        let tenant = turn % (self.tenants >> level);
        let deepest = self.deepest(tenant);
        let step = (turn - tenant) / (self.tenants >> deepest);
        // The level's own place among those that meet in this step: all deeper ones are there too.
        let meeting = step.trailing_zeros().min(deepest);
        let first = u64::from(deepest - meeting);
        let place = 1
            + cycle * Self::in_cycle(deepest)
            + Self::before_step(deepest, step)
            + (level - first);
        (tenant, place)
    }

    /// The tenant's row that has so many before it.
    #[inline]
    pub fn nth(self, tenant: u64, place: u64) -> u64 {
        let Some(later) = place.checked_sub(1) else {
            return tenant;
        };
        let deepest = self.deepest(tenant);
        let (cycle, place) = (
            later / Self::in_cycle(deepest),
            later % Self::in_cycle(deepest),
        );
        let mut step = 0;
        let mut below = 0;
        loop {
            let next = Self::before_step(deepest, step + 1);
            if next > place {
                break;
            }
            below = next;
            step += 1;
        }
        let meeting = step.trailing_zeros().min(deepest);
        let level = u64::from(deepest - meeting) + (place - below);
        let turn = cycle * self.tenants + tenant + step * (self.tenants >> deepest);
        self.tenants + turn * u64::from(self.levels) + level
    }

    /// How many rows a tenant has.
    #[inline]
    pub fn count(self, tenant: u64) -> u64 {
        if tenant >= self.rows {
            return 0;
        }
        let Some(later) = self.rows.checked_sub(self.tenants) else {
            return 1;
        };
        let levels = u64::from(self.levels);
        1 + (0..=self.deepest(tenant))
            .map(|level| {
                // Turns of this level, and those of them that are the tenant's.
                let turns = later.saturating_sub(u64::from(level)).div_ceil(levels);
                turns.saturating_sub(tenant).div_ceil(self.tenants >> level)
            })
            .sum::<u64>()
    }

    /// Tenants at which [`Self::count`] falls: it never rises.
    pub fn falls(self) -> Vec<u64> {
        let mut falls = vec![self.rows];
        let later = self.rows.saturating_sub(self.tenants);
        for level in 0..self.levels {
            let turns = later
                .saturating_sub(u64::from(level))
                .div_ceil(u64::from(self.levels));
            let own = self.tenants >> level;
            falls.extend([own, turns % own]);
        }
        falls.retain(|&tenant| tenant < self.tenants);
        falls
    }
}

/// What a digit of a row's place within its tenant counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Radix {
    /// The tenant's rows of another table.
    Rows(Scope),
    /// So many values.
    Values(u64),
}

impl Radix {
    /// How many there are for a tenant.
    #[inline]
    pub fn count(&self, tenant: u64) -> u64 {
        match self {
            Self::Rows(scope) => scope.count(tenant).max(1),
            Self::Values(count) => *count,
        }
    }
}

/// A choice that depends on a row's tenant.
#[derive(Debug, Clone)]
pub enum Within {
    /// The tenant.
    Tenant(Scope),
    /// Any row of another table that has the same tenant.
    Any {
        /// The own table's rows.
        own: Scope,
        /// The other table's.
        other: Scope,
        /// The column's stream.
        key: Key,
    },
    /// A row of the own table with the same tenant that stands before; the tenant's first takes itself.
    Elder {
        /// The own table's rows.
        own: Scope,
        /// The column's stream.
        key: Key,
    },
    /// A digit of the row's place within its tenant: rows of a tenant differ in one of the digits.
    Digit {
        /// The own table's rows.
        own: Scope,
        /// What stands before the digit, and the digit itself, which is the last.
        digits: Box<[Radix]>,
        /// Where each tenant begins to count anew whenever the digits before change; none for counting
        /// from 0.
        start: Option<Key>,
    },
}

impl Within {
    /// How many of the first rows have nobody to choose but themselves.
    pub fn without_elder(&self) -> u64 {
        match self {
            Self::Elder { own, .. } => own.tenants,
            _ => 1,
        }
    }

    /// The choice of a row.
    #[inline]
    pub fn at(&self, row: u64) -> u64 {
        match self {
            Self::Tenant(own) => own.split(row).0,
            Self::Any { own, other, key } => {
                let (tenant, _) = own.split(row);
                other.nth(tenant, pick(key.at(row), other.count(tenant)))
            }
            Self::Elder { own, key } => match own.split(row) {
                (_, 0) => row,
                (tenant, before) => own.nth(tenant, pick(key.at(row), before)),
            },
            Self::Digit { own, digits, start } => {
                let (tenant, place) = own.split(row);
                let Some((last, before)) = digits.split_last() else {
                    return place;
                };
                let (mut rest, mut lower, mut unit) = (place, 0, 1);
                for radix in before {
                    let count = radix.count(tenant);
                    lower += rest % count * unit;
                    unit *= count;
                    rest /= count;
                }
                let count = last.count(tenant);
                let start = start.map_or(0, |key| {
                    below(key.at(tenant.rotate_left(40) ^ lower), count)
                });
                let choice = (start + rest % count) % count;
                match last {
                    Radix::Rows(other) => other.nth(tenant, choice),
                    Radix::Values(_) => choice,
                }
            }
        }
    }
}

/// Whether every tenant has no more rows than its digits can tell apart.
pub fn fits(own: Scope, digits: &[Radix]) -> bool {
    let mut falls = own.falls();
    for digit in digits {
        if let Radix::Rows(other) = digit {
            falls.extend(other.falls());
        }
    }
    falls.push(own.tenants());
    falls.push(0);
    falls
        .iter()
        .flat_map(|&tenant| [tenant.saturating_sub(1), tenant])
        .filter(|&tenant| tenant < own.tenants())
        .all(|tenant| {
            let possible = digits.iter().fold(1_u64, |product, digit| {
                product.saturating_mul(digit.count(tenant))
            });
            own.count(tenant) <= possible
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Any scope.
    fn scopes() -> impl Strategy<Value = Scope> {
        (
            1_u64..400,
            1_u64..3000,
            0_u64..4000,
            0_u32..5,
            any::<bool>(),
        )
            .prop_map(|(tenants, fewest, rows, doublings, is_even)| {
                let rows = rows.max(fewest);
                if is_even {
                    Scope::even(tenants, fewest, rows)
                } else {
                    Scope::skewed(tenants, fewest, doublings, rows)
                }
            })
    }

    proptest! {
        #[test]
        fn rows_are_counted_and_found_again(scope in scopes()) {
            let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
            for row in 0..scope.rows {
                let (tenant, place) = scope.split(row);
                prop_assert!(tenant < scope.tenants);
                let count = counts.entry(tenant).or_default();
                prop_assert_eq!(place, *count, "row {} of tenant {}", row, tenant);
                *count += 1;
                prop_assert_eq!(scope.nth(tenant, place), row);
            }
            for tenant in 0..scope.tenants {
                prop_assert_eq!(scope.count(tenant), counts.get(&tenant).copied().unwrap_or(0));
                prop_assert!(scope.count(tenant) > 0);
            }
        }

        #[test]
        fn counts_fall_only_where_they_are_said_to(scope in scopes()) {
            let falls: BTreeSet<u64> = scope.falls().into_iter().collect();
            for tenant in 1..scope.tenants {
                let (before, after) = (scope.count(tenant - 1), scope.count(tenant));
                prop_assert!(before == after || (before > after && falls.contains(&tenant)), "{} {} {}", tenant, before, after);
            }
        }

        #[test]
        fn digits_tell_the_rows_of_a_tenant_apart(
            own in 1_u64..2000, first in 1_u64..800, second in 1_u64..800, values in 1_u64..6, tenants in 1_u64..50, seed: u64, is_even: bool,
        ) {
            let fewest = own.min(first).min(second);
            let scope = |rows| if is_even { Scope::even(tenants, fewest, rows) } else { Scope::skewed(tenants, fewest, 0, rows) };
            let own = scope(own);
            let digits = [Radix::Rows(scope(first)), Radix::Rows(scope(second)), Radix::Values(values)];
            let all_fit = (0..own.tenants).all(|tenant| {
                own.count(tenant) <= digits.iter().map(|digit| digit.count(tenant)).product()
            });
            prop_assert_eq!(fits(own, &digits), all_fit);
            if !all_fit {
                return Ok(());
            }
            let key = Key::root(seed);
            let within: Vec<Within> = (0..digits.len())
                .map(|last| Within::Digit {
                    own,
                    digits: digits[..=last].into(),
                    start: (last > 0).then_some(key),
                })
                .collect();
            let mut seen = BTreeSet::new();
            for row in 0..own.rows {
                let tenant = own.split(row).0;
                let chosen: Vec<u64> = within.iter().map(|digit| digit.at(row)).collect();
                prop_assert_eq!(scope(first).split(chosen[0]).0, tenant);
                prop_assert_eq!(scope(second).split(chosen[1]).0, tenant);
                prop_assert!(chosen[2] < values);
                prop_assert!(seen.insert((tenant, chosen)), "row {}", row);
            }
        }

        #[test]
        fn others_have_the_same_tenant_and_elders_stand_before(
            own in 1_u64..2000, other in 1_u64..2000, tenants in 1_u64..50, seed: u64,
        ) {
            let fewest = own.min(other);
            let (own, other) = (Scope::skewed(tenants, fewest, 1, own), Scope::skewed(tenants, fewest, 1, other));
            let key = Key::root(seed);
            let any = Within::Any { own, other, key };
            let elder = Within::Elder { own, key };
            for row in 0..own.rows {
                let (tenant, place) = own.split(row);
                prop_assert!(any.at(row) < other.rows);
                prop_assert_eq!(other.split(any.at(row)).0, tenant);
                prop_assert!(elder.at(row) < row || (place == 0 && elder.at(row) == row));
                prop_assert_eq!(own.split(elder.at(row)).0, tenant);
            }
        }
    }

    #[test]
    fn few_tenants_have_many_rows() {
        let scope = Scope::skewed(1000, 1000, 0, 10_000);
        assert_eq!(scope.tenants(), 128);
        assert!(scope.count(0) > 200, "{}", scope.count(0));
        assert!(scope.count(127) < 20, "{}", scope.count(127));
    }
}
