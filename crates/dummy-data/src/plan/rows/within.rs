//! Which columns count so that what must be unique is unique, in a table whose keys share columns.
//!
//! The tenant of each row is given; every other factor chooses within the tenant. A unique set gets a
//! value that is another one in every row, or its factors become the digits of the row's place among
//! the tenant's rows: order and product, order and line number.

use crate::ids::{ColumnId, ColumnSlice, Columns, ReferenceId, TableId};
use crate::ordinal::Ordinal;
use crate::plan::facts::duties::Duties;
use crate::plan::facts::table::Choosing;
use crate::plan::rows::factors::{self, Factors, smallest_first};
use crate::plan::rows::need::{Kind, Limit, Need};
use crate::random::Key;
use crate::scope::{Radix, Scope, Within, fits};
use typed_index_collections::TiVec;

/// The most values of a digit.
const MOST: u64 = 1 << 40;

/// A factor and what has been decided of it.
type Factor = factors::Factor<Choice>;

/// What has been decided of a factor.
struct Choice {
    what: What,
    /// Whether it points to a row of the same table.
    is_own: bool,
    state: State,
}

/// What a factor chooses from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// It is the tenant.
    Tenant,
    /// The tenant's rows of another table.
    Rows(Reach),
    /// Values, or rows without regard to tenants.
    Values(u64),
}

/// What a factor does for the sets that it is in.
#[derive(Clone, PartialEq, Eq)]
enum State {
    Open,
    Distinct,
    Null,
    /// The last of these factors, as digits of the place among the rows of the scope.
    Digit(Scope, Vec<usize>),
}

/// What the table and those that it points to have of each tenant.
pub(crate) struct Shares {
    /// The table's position.
    pub table: TableId,
    /// Its rows.
    pub own: Scope,
    /// What each reference reaches in the other table, where it must agree with it.
    pub others: TiVec<ReferenceId, Option<Reach>>,
}

/// The rows of another table that a reference may choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    /// How they are shared out to tenants.
    pub rows: Scope,
    /// Whether its columns say which row it is without the tenant's.
    pub is_named: bool,
}

/// Decides what each column of the table must do. `capacities` is as for [`crate::plan::rows::assign::assign`].
pub(crate) fn assign(
    facts: &Duties<'_>,
    capacities: &ColumnSlice<u64>,
    shares: &Shares,
    rows: u64,
    key: Key,
) -> Result<Columns<Need>, Limit> {
    let mut table = Factors::new(facts, capacities, |reference, capacity| {
        let known = reference.map(|number| (&facts.references[number], &shares.others[number]));
        Choice {
            what: match known {
                Some((reference, _)) if reference.choosing == Choosing::Tenant => What::Tenant,
                Some((reference, Some(reach))) if reference.choosing == Choosing::WithinTenant => {
                    What::Rows(*reach)
                }
                _ => What::Values(capacity),
            },
            is_own: known.is_some_and(|(reference, _)| reference.table == shares.table),
            state: State::Open,
        }
    });
    for set in smallest_first(facts) {
        let own = table.of_set(set, |column| is_tenants(facts, column));
        if set.columns.is_empty() && rows <= 1 {
            continue;
        }
        if let Err(possible) = keep(&mut table.all, &own, set.nulls_equal, shares.own, rows) {
            return Err(Limit::of(facts, set, possible));
        }
    }
    let needs: Vec<Need> = table
        .all
        .iter()
        .map(|factor| need(facts, &table.all, factor, shares.own, key))
        .collect();
    Ok(table.for_columns(&needs))
}

fn is_tenants(facts: &Duties<'_>, column: ColumnId) -> bool {
    facts
        .reference(column)
        .is_some_and(|reference| reference.choosing == Choosing::Tenant)
}

/// Keeps a unique set, or says how many rows are possible.
fn keep(
    factors: &mut [Factor],
    own: &[usize],
    nulls_equal: bool,
    scope: Scope,
    rows: u64,
) -> Result<(), u64> {
    if own
        .iter()
        .any(|&factor| matches!(factors[factor].choice.state, State::Distinct | State::Null))
    {
        return Ok(());
    }
    let has_tenant = own
        .iter()
        .any(|&factor| factors[factor].choice.what == What::Tenant);
    let has_rows = own.iter().any(|&factor| match factors[factor].choice.what {
        What::Rows(reach) => has_tenant || reach.is_named,
        _ => false,
    });
    // What no tenant has a part in is told apart among all rows.
    let scope = if has_tenant || has_rows {
        scope
    } else {
        Scope::even(1, 1, rows)
    };
    let is_usable = |factor: &Factor| match factor.choice.what {
        What::Tenant => false,
        What::Rows(reach) => has_tenant || reach.is_named,
        What::Values(_) => true,
    };
    let mut open: Vec<usize> = own
        .iter()
        .copied()
        .filter(|&factor| {
            factors[factor].choice.state == State::Open && is_usable(&factors[factor])
        })
        .collect();
    // Another table's rows first, line numbers before other values, times last; the largest of a kind first.
    open.sort_by_key(|&factor| {
        let factor = &factors[factor];
        let (rank, count) = match factor.choice.what {
            What::Rows(reach) => (0, reach.rows.count(0)),
            What::Values(count) => (1, count),
            What::Tenant => (2, 0),
        };
        (
            factor.kind == Kind::Time,
            rank,
            factor.kind != Kind::Counter,
            std::cmp::Reverse(count),
        )
    });
    let distinct = |is_wanted: &dyn Fn(&Factor) -> bool| {
        open.iter().copied().find(|&factor| {
            matches!(factors[factor].choice.what, What::Values(count) if count >= rows)
                && is_wanted(&factors[factor])
        })
    };
    let has_counter = open
        .iter()
        .any(|&factor| factors[factor].kind == Kind::Counter);
    let by_value = if has_rows {
        distinct(&|factor| !has_counter && factor.kind == Kind::Other && factor.columns.len() == 1)
    } else {
        distinct(&|factor| factor.kind == Kind::Other || factor.is_name)
    };
    if let Some(factor) = by_value {
        factors[factor].choice.state = State::Distinct;
        return Ok(());
    }
    let base = own
        .iter()
        .filter_map(|&factor| match &factors[factor].choice.state {
            State::Digit(of, digits)
                if *of == scope && digits.iter().all(|digit| own.contains(digit)) =>
            {
                Some(digits)
            }
            _ => None,
        })
        .max_by_key(|digits| digits.len())
        .cloned()
        .unwrap_or_default();
    let radix = |factor: usize| match factors[factor].choice.what {
        What::Rows(reach) => Radix::Rows(reach.rows),
        What::Values(count) => Radix::Values(count.min(MOST)),
        What::Tenant => Radix::Values(1),
    };
    let mut digits = base.clone();
    let mut radices: Vec<Radix> = base.iter().map(|&factor| radix(factor)).collect();
    let mut more = open.iter().copied();
    // A line number counts within its order, even where nothing else would need it.
    let counts = |digits: &[usize]| {
        !has_rows
            || !has_counter
            || digits
                .iter()
                .any(|&factor| factors[factor].kind == Kind::Counter)
    };
    let is_enough = loop {
        if counts(&digits) && fits(scope, &radices) {
            break true;
        }
        let Some(factor) = more.next() else {
            break false;
        };
        digits.push(factor);
        radices.push(radix(factor));
    };
    if is_enough {
        for length in base.len() + 1..=digits.len() {
            factors[digits[length - 1]].choice.state =
                State::Digit(scope, digits[..length].to_vec());
        }
        return Ok(());
    }
    if let Some(factor) = distinct(&|_| true) {
        factors[factor].choice.state = State::Distinct;
        return Ok(());
    }
    if let Some(&factor) = open
        .iter()
        .find(|&&factor| factors[factor].nullable && !nulls_equal)
    {
        factors[factor].choice.state = State::Null;
        return Ok(());
    }
    Err(most(scope, &radices, rows))
}

/// The most rows that the digits can tell apart.
fn most(scope: Scope, radices: &[Radix], rows: u64) -> u64 {
    let (mut possible, mut impossible) = (0, rows);
    while possible + 1 < impossible {
        let middle = possible + (impossible - possible) / 2;
        if fits(Scope::even(scope.tenants(), middle, middle), radices) {
            possible = middle;
        } else {
            impossible = middle;
        }
    }
    possible
}

fn need(facts: &Duties<'_>, factors: &[Factor], factor: &Factor, own: Scope, key: Key) -> Need {
    let follow = |within: Within| Need::Follow(Ordinal::Within(Box::new(within)));
    let name = &facts.table.columns[factor.columns[0]].name;
    let key = key.child(name);
    match (&factor.choice.state, factor.choice.what) {
        (State::Distinct, _) => Need::Distinct,
        (State::Null, _) => Need::Null,
        (State::Digit(of, digits), _) => {
            let counts_from_0 = digits.len() == 1 || factor.kind == Kind::Counter;
            follow(Within::Digit {
                own: *of,
                digits: digits
                    .iter()
                    .map(|&factor| match factors[factor].choice.what {
                        What::Rows(reach) => Radix::Rows(reach.rows),
                        What::Values(count) => Radix::Values(count.min(MOST)),
                        What::Tenant => Radix::Values(1),
                    })
                    .collect(),
                start: (!counts_from_0).then_some(key),
            })
        }
        (State::Open, What::Tenant) => follow(Within::Tenant(own)),
        (State::Open, What::Rows(reach)) => {
            if factor.choice.is_own {
                follow(Within::Elder { own, key })
            } else {
                follow(Within::Any {
                    own,
                    other: reach.rows,
                    key,
                })
            }
        }
        (State::Open, What::Values(_)) => Need::Free,
    }
}
