//! Which columns count so that what must be unique is unique.
//!
//! Columns that are decided together (the columns of a foreign key) are one *factor*. Each unique
//! set needs either one factor that takes another choice in every row, or a grouping: a leader (an
//! order) and a place within it (a line number, another product). Sets are kept from the
//! smallest to the largest, and what is chosen isn't touched again.

use crate::ids::{ColumnSlice, Columns};
use crate::ordinal::{Grouping, Ordinal};
use crate::plan::facts::duties::Duties;
use crate::plan::rows::factors::{self, Factors, smallest_first};
use crate::plan::rows::need::{Kind, Limit, Need};
use crate::random::Key;

/// How many values a day of the week has.
const DAYS_OF_A_WEEK: u64 = 7;

/// A factor and what has been decided of it.
type Factor = factors::Factor<Choice>;

/// What has been decided of a factor.
struct Choice {
    need: Need,
    /// The grouping that it is in.
    group: Option<Membership>,
}

/// What a factor is in a grouping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Membership {
    /// The grouping, by its number.
    grouping: usize,
    /// Whether it leads, and isn't a place within.
    leads: bool,
}

impl Membership {
    fn leader(grouping: usize) -> Self {
        Self {
            grouping,
            leads: true,
        }
    }

    fn member(grouping: usize) -> Self {
        Self {
            grouping,
            leads: false,
        }
    }
}

impl Choice {
    /// The grouping that it leads.
    fn led(&self) -> Option<usize> {
        let group = self.group.filter(|group| group.leads)?;
        Some(group.grouping)
    }
}

/// Decides what each column of a table must do, for so many rows. `per` is how the configuration shares
/// them out to parents. `capacities` says how many
/// values each column can take; for columns of a reference that is the number of parent rows.
pub(crate) fn assign(
    facts: &Duties<'_>,
    capacities: &ColumnSlice<u64>,
    per: Option<&Grouping>,
    rows: u64,
    key: Key,
) -> Result<Columns<Need>, Limit> {
    let mut table = Factors::new(facts, capacities, |_, _| Choice {
        need: Need::Free,
        group: None,
    });
    let mut groupings: Vec<Grouping> = Vec::new();
    if let (Some(grouping), Some(per)) = (per, facts.per) {
        let mut factors = table.all.iter_mut();
        if let Some(factor) = factors.find(|factor| factor.reference == Some(per.reference)) {
            factor.choice.need = Need::Follow(Ordinal::Leader(grouping.clone()));
            factor.choice.group = Some(Membership::leader(0));
        }
        groupings.push(grouping.clone());
    }
    for set in smallest_first(facts) {
        let mut own = table.of_set(set, |_| false);
        let factors = &mut table.all;
        // What a master's file gives was held against the set already; other columns differ by themselves.
        let before = own.len();
        own.retain(|&factor| !facts.is_given(factors[factor].columns[0]));
        if own.is_empty() && before > 0 {
            continue;
        }
        let possible = own.iter().fold(1_u64, |product, &factor| {
            product.saturating_mul(factors[factor].capacity)
        });
        if rows > possible {
            // NULLs are no duplicates of each other.
            let nullable = own.iter().copied().find(|&factor| {
                // All columns of a key are NULL then, so all of them must be able to.
                let mut columns = factors[factor].columns.iter();
                columns.all(|&column| !facts.never_null[column])
                    && !set.nulls_equal
                    && matches!(factors[factor].choice.need, Need::Free)
            });
            match nullable {
                Some(factor) => {
                    factors[factor].choice.need = if own.len() == 1 && possible > 0 {
                        Need::Few(possible)
                    } else {
                        Need::Null
                    };
                    continue;
                }
                None => return Err(Limit::of(facts, set, possible)),
            }
        }
        // One row, which is unique.
        if set.columns.is_empty() || is_kept(factors, &own, rows) {
            continue;
        }
        if !keep(factors, &mut groupings, &own, rows, key.child(&set.name)) {
            let nullable = own.iter().copied().find(|&factor| {
                factors[factor].nullable
                    && matches!(factors[factor].choice.need, Need::Free)
                    && !set.nulls_equal
            });
            if let Some(factor) = nullable {
                factors[factor].choice.need = Need::Null;
                continue;
            }
            let largest = own
                .iter()
                .filter(|&&factor| matches!(factors[factor].choice.need, Need::Free))
                .map(|&factor| factors[factor].capacity)
                .max()
                .unwrap_or(1);
            return Err(Limit::of(
                facts,
                set,
                largest.min(rows.saturating_sub(1)).max(1),
            ));
        }
    }
    let needs: Vec<Need> = table
        .all
        .iter()
        .map(|factor| factor.choice.need.clone())
        .collect();
    Ok(table.for_columns(&needs))
}

/// Whether what is decided already makes the set unique.
fn is_kept(factors: &[Factor], own: &[usize], rows: u64) -> bool {
    own.iter()
        .any(|&factor| match &factors[factor].choice.need {
            Need::Distinct | Need::Few(_) | Need::Null => true,
            // Groups of one row each.
            Need::Follow(Ordinal::Leader(grouping)) => grouping.largest_group(rows) <= 1,
            _ => false,
        })
        || own.iter().any(|&leader| {
            let Some(group) = factors[leader].choice.led() else {
                return false;
            };
            // A member that alone tells the rows of a group apart.
            own.iter().any(|&member| {
                factors[member].choice.group == Some(Membership::member(group))
                    && match &factors[member].choice.need {
                        Need::Follow(Ordinal::Rank(_)) => true,
                        Need::Follow(Ordinal::Member {
                            count,
                            divisor,
                            modulus,
                            ..
                        }) => *divisor == 1 && modulus >= count,
                        _ => false,
                    }
            })
        })
}

/// Keeps a set, if it can.
fn keep(
    factors: &mut [Factor],
    groupings: &mut Vec<Grouping>,
    own: &[usize],
    rows: u64,
    key: Key,
) -> bool {
    let free =
        |factors: &[Factor], factor: usize| matches!(factors[factor].choice.need, Need::Free);
    let [only] = own else {
        let leader = own
            .iter()
            .copied()
            .filter(|&factor| {
                factors[factor].reference.is_some()
                    && (free(factors, factor) || factors[factor].choice.led().is_some())
            })
            .max_by_key(|&factor| {
                (
                    factors[factor].choice.group.is_some(),
                    factors[factor].capacity,
                    std::cmp::Reverse(factor),
                )
            });
        if let Some(leader) = leader {
            // `(variant_id, deleted_at)`: times tell rows apart only where nothing else can.
            let only_times = own
                .iter()
                .all(|&factor| factor == leader || factors[factor].kind == Kind::Time);
            if only_times && free(factors, leader) && factors[leader].capacity >= rows {
                factors[leader].choice.need = Need::Distinct;
                return true;
            }
            let counters = || {
                own.iter().copied().filter(|&factor| {
                    factors[factor].kind == Kind::Counter && free(factors, factor)
                })
            };
            let name = counters()
                .find(|&factor| factors[factor].is_name && factors[factor].capacity >= rows);
            if let Some(name) = name {
                factors[name].choice.need = Need::Distinct;
                return true;
            }
            let counter = counters().next();
            let text = own
                .iter()
                .copied()
                .filter(|&factor| {
                    factors[factor].reference.is_none()
                        && factors[factor].kind != Kind::Time
                        && free(factors, factor)
                        && factors[factor].capacity >= rows
                })
                .min_by_key(|&factor| factors[factor].telling);
            if counter.is_none()
                && let Some(text) = text
            {
                factors[text].choice.need = Need::Distinct;
                return true;
            }
            if group(factors, groupings, own, leader, counter, rows, key) {
                return true;
            }
        }
        // Something that can be different in every row, best not a reference.
        let distinct = own
            .iter()
            .copied()
            .filter(|&factor| free(factors, factor) && factors[factor].capacity >= rows)
            .min_by_key(|&factor| {
                let factor = &factors[factor];
                (
                    factor.kind == Kind::Time,
                    factor.reference.is_some(),
                    factor.kind == Kind::Counter,
                    factor.telling,
                )
            });
        if let Some(distinct) = distinct {
            factors[distinct].choice.need = Need::Distinct;
            return true;
        }
        let leader = own
            .iter()
            .copied()
            .filter(|&factor| free(factors, factor))
            .max_by_key(|&factor| factors[factor].capacity);
        return leader
            .is_some_and(|leader| group(factors, groupings, own, leader, None, rows, key));
    };
    if free(factors, *only) && factors[*only].capacity >= rows {
        factors[*only].choice.need = Need::Distinct;
        return true;
    }
    false
}

/// Makes a set unique by a leader and members that differ within its group.
fn group(
    factors: &mut [Factor],
    groupings: &mut Vec<Grouping>,
    own: &[usize],
    leader: usize,
    counter: Option<usize>,
    rows: u64,
    key: Key,
) -> bool {
    let mut members: Vec<usize> = match counter {
        Some(counter) => vec![counter],
        None => own
            .iter()
            .copied()
            .filter(|&factor| factor != leader && matches!(factors[factor].choice.need, Need::Free))
            .collect(),
    };
    // As few members as give enough choices, the largest first, times last.
    members.sort_by_key(|&factor| {
        (
            factors[factor].kind == Kind::Time,
            std::cmp::Reverse(factors[factor].capacity),
        )
    });
    let choices = |members: &[usize]| {
        members.iter().fold(1_u64, |product, &factor| {
            product.saturating_mul(factors[factor].capacity)
        })
    };
    let found = if let Some(number) = factors[leader].choice.led() {
        Some(groupings[number].clone())
            .filter(|grouping| grouping.largest_group(rows) <= choices(&members))
    } else {
        let leaders = factors[leader].capacity.min(u64::MAX >> 8);
        // Who has hours on Sundays has them on all days.
        let weeks = (counter.is_some() && choices(&members) == DAYS_OF_A_WEEK)
            .then(|| Grouping::asked(key, leaders, DAYS_OF_A_WEEK, DAYS_OF_A_WEEK))
            .flatten()
            .filter(|weeks| weeks.rows_asked().is_some_and(|most| most >= rows));
        weeks.or_else(|| Grouping::new(key, leaders, rows, choices(&members)))
    };
    let Some(grouping) = found else {
        return false;
    };
    let largest = grouping.largest_group(rows);
    let mut needed = Vec::new();
    for member in members {
        needed.push(member);
        if choices(&needed) >= largest {
            break;
        }
    }
    let number = if let Some(group) = factors[leader].choice.group {
        group.grouping
    } else {
        groupings.push(grouping.clone());
        groupings.len() - 1
    };
    let count = choices(&needed).min(1 << 40);
    factors[leader].choice.need = Need::Follow(Ordinal::Leader(grouping.clone()));
    factors[leader].choice.group = Some(Membership::leader(number));
    let mut divisor = 1;
    for &member in &needed {
        let modulus = factors[member].capacity.min(1 << 40);
        let ordinal = if counter.is_some() {
            Ordinal::Rank(grouping.clone())
        } else {
            Ordinal::Member {
                key: key.child("member"),
                count,
                spread: needed.len() == 1 && grouping.has_room(rows, count),
                divisor,
                modulus,
                grouping: grouping.clone(),
            }
        };
        factors[member].choice.need = Need::Follow(ordinal);
        factors[member].choice.group = Some(Membership::member(number));
        divisor = divisor.saturating_mul(modulus);
    }
    true
}
