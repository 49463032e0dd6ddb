//! Checks that can be fulfilled in more than one way: `num_nonnulls(a, b) = 1`, `(status = 'paid') = (paid_at IS NOT
//! NULL)`. Each row goes one of the ways, so that all of them are among the rows.

use crate::check::{Alternatives, ColumnRelation, Comparison, Domain, Rules};
use crate::ids::{ColumnId, TableColumns};
use crate::plan::facts::duties::Duties;
use std::collections::BTreeSet;

/// More ways than these are not looked at.
const MOST: usize = 64;

/// What a list that isn't known counts for.
const UNKNOWN_WEIGHT: u64 = 3;

/// The heaviest that a way can be.
const HEAVIEST: u64 = 16;

/// Columns that are decided together, and the ways that leaves them.
#[derive(Debug, Clone)]
pub(crate) struct Ways {
    /// Positions of the columns.
    pub columns: Vec<ColumnId>,
    /// Places, among the columns, of those whose values something else decides.
    pub led_by: Vec<usize>,
    /// The ways, two at least.
    pub each: Vec<Way>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Way {
    /// How often rows go it, in parts of the sum.
    pub weight: u64,
    /// What it leaves each of the columns.
    pub domains: Vec<Domain>,
}

impl Ways {
    /// What each way leaves a column, by its place among the columns.
    pub(crate) fn of(&self, place: usize) -> impl Iterator<Item = &Domain> {
        self.each.iter().map(move |way| &way.domains[place])
    }

    /// Whether the ways leave a column different values, not only NULL or none.
    pub(crate) fn differs_in_values(&self, place: usize) -> bool {
        let mut domains = self.of(place).filter(|domain| domain.null != Some(true));
        let Some(first) = domains.next() else {
            return false;
        };
        domains.any(|domain| !domain.has_values_of(first))
    }
}

/// Adds checks that have several alternatives. Returns the numbers of those that contradict what is known.
pub(crate) fn add(facts: &mut Duties<'_>, checks: Vec<Numbered>) -> Vec<usize> {
    let mut contradicting = Vec::new();
    for group in groups(checks) {
        let mut combined = vec![facts.rules.clone()];
        for (number, alternatives) in group {
            let mut next: Vec<Rules> = Vec::new();
            for rules in &combined {
                for clauses in &alternatives {
                    let mut attempt = rules.clone();
                    let may_be_null = |name: &str| facts.may_be_null(name);
                    if next.len() < MOST
                        && attempt.add_all(clauses, &may_be_null)
                        && !next.contains(&attempt)
                    {
                        next.push(attempt);
                    }
                }
            }
            if next.is_empty() {
                contradicting.push(number);
            } else {
                combined = next;
            }
        }
        take(facts, combined);
    }
    contradicting
}

/// A check by its number, and its alternatives.
type Numbered = (usize, Alternatives);

/// Checks that speak of the same columns, together.
fn groups(checks: Vec<Numbered>) -> Vec<Vec<Numbered>> {
    let mut groups: Vec<(BTreeSet<String>, Vec<Numbered>)> = Vec::new();
    for check in checks {
        let clauses = check.1.iter().flatten();
        let mut columns: BTreeSet<String> = clauses
            .flat_map(crate::check::Clause::all_columns)
            .collect();
        let mut own = vec![check];
        let mut apart = Vec::new();
        for (others, mut group) in groups {
            if columns.is_disjoint(&others) {
                apart.push((others, group));
            } else {
                columns.extend(others);
                group.append(&mut own);
                own = group;
            }
        }
        apart.push((columns, own));
        groups = apart;
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Takes the ways over, or the first where they can't stand beside each other.
fn take(facts: &mut Duties<'_>, combined: Vec<Rules>) {
    // Where all else fails: data is nicer than none.
    let nulls = |rules: &Rules| {
        let domains = rules.domains.values();
        domains.filter(|domain| domain.null == Some(true)).count()
    };
    let Some(first) = combined.iter().min_by_key(|rules| nulls(rules)).cloned() else {
        return;
    };
    let combined = with_equalities_of_ways(facts, combined);
    let table = facts.table;
    let empty = Domain::default();
    let domain = |rules: &Rules, name: &str| rules.domains.get(name).unwrap_or(&empty).clone();
    let differing: Vec<ColumnId> = table
        .column_ids()
        .filter(|&column| {
            let name = &table.columns[column].name;
            let own = combined.first().map(|rules| domain(rules, name));
            combined
                .iter()
                .any(|rules| Some(domain(rules, name)) != own)
        })
        .collect();
    let Some(between) = between_columns(&facts.rules, &combined) else {
        facts.rules = first;
        return;
    };
    let mut each: Vec<Way> = Vec::new();
    for rules in &combined {
        let domains = differing
            .iter()
            .map(|&column| domain(rules, &table.columns[column].name))
            .collect();
        let way = Way { weight: 1, domains };
        if !each.contains(&way) {
            each.push(way);
        }
    }
    let is_left_out = differing
        .iter()
        .any(|&column| facts.left_out[column].is_some());
    if each.len() < 2 || is_left_out {
        facts.rules = first;
        return;
    }
    let mut ways = Ways {
        led_by: Vec::new(),
        columns: differing,
        each,
    };
    ways.led_by = (0..ways.columns.len())
        .filter(|&place| is_bound(facts, &ways, place, &between))
        .collect();
    let known: Vec<Domain> = ways
        .columns
        .iter()
        .map(|&column| domain(&facts.rules, &table.columns[column].name))
        .collect();
    let mut domains = first.domains;
    for ((place, &column), known) in ways.columns.iter().enumerate().zip(known) {
        let mut nulls = ways.of(place).map(|domain| domain.null);
        let null = nulls
            .next()
            .flatten()
            .filter(|first| nulls.all(|other| other == Some(*first)));
        let name = table.columns[column].name.clone();
        domains.insert(name, Domain { null, ..known });
    }
    facts.rules = Rules { domains, ..between };
    facts.known.ways.push(weighted(ways));
}

/// Equations of two columns that hold in some ways only: there the one is what the other is.
fn with_equalities_of_ways(facts: &Duties<'_>, combined: Vec<Rules>) -> Vec<Rules> {
    let known = facts.rules.relations.len();
    let of_all: Vec<ColumnRelation> = combined
        .first()
        .map(|rules| &rules.relations[known..])
        .unwrap_or_default()
        .iter()
        .filter(|relation| {
            combined
                .iter()
                .all(|rules| rules.relations.contains(relation))
        })
        .cloned()
        .collect();
    let is_decided = |name: &String| {
        let table = facts.table;
        table
            .foreign_keys
            .iter()
            .any(|key| key.columns.contains(name))
            || table
                .primary_key
                .as_ref()
                .is_some_and(|key| key.columns.contains(name))
    };
    combined
        .into_iter()
        .map(|mut rules| {
            let (equal, others) = rules.relations.split_off(known).into_iter().partition(
                |relation: &ColumnRelation| {
                    relation.operator == Comparison::Equal && !of_all.contains(relation)
                },
            );
            rules.relations.extend::<Vec<_>>(others);
            let equal: Vec<ColumnRelation> = equal;
            for ColumnRelation { left, right, .. } in equal {
                let (target, other) = if is_decided(&left) {
                    (right, left)
                } else {
                    (left, right)
                };
                rules.domains.entry(target).or_default().equals = Some(other);
            }
            rules
        })
        .collect()
}

/// What any of the ways says of columns beside each other, for all rows; none where they contradict each other.
fn between_columns(known: &Rules, combined: &[Rules]) -> Option<Rules> {
    let mut all = known.clone();
    for rules in combined {
        for relation in &rules.relations {
            let ColumnRelation {
                left,
                operator,
                right,
            } = relation;
            let others = all.relations.iter().skip(known.relations.len());
            if others.clone().any(|other| {
                (other.left == *left && other.right == *right && other.operator != *operator)
                    || (other.left == *right
                        && other.right == *left
                        && other.operator != operator.mirrored())
            }) {
                return None;
            }
            if !all.relations.contains(relation) {
                all.relations.push(relation.clone());
            }
        }
        for distance in &rules.distances {
            if !all.distances.contains(distance) {
                all.distances.push(distance.clone());
            }
        }
        for equation in &rules.equations {
            if !all.equations.contains(equation) {
                all.equations.push(equation.clone());
            }
        }
    }
    Some(all)
}

/// Whether something else decides a column's values, so that the way follows from them.
fn is_bound(facts: &Duties<'_>, ways: &Ways, place: usize, between: &Rules) -> bool {
    let column = ways.columns[place];
    let name = &facts.table.columns[column].name;
    if facts.is_given(column) {
        return true;
    }
    if !ways.differs_in_values(place) {
        return false;
    }
    let is_key = facts
        .table
        .foreign_keys
        .iter()
        .any(|key| key.columns.contains(name));
    let is_related = between
        .relations
        .iter()
        .any(|relation| relation.of(name).is_some());
    is_key || is_related || facts.source(column).is_some()
}

/// A way with more values to choose from is gone more often.
fn weighted(mut ways: Ways) -> Ways {
    let differing: Vec<usize> = (0..ways.columns.len())
        .filter(|&place| ways.differs_in_values(place))
        .collect();
    for way in &mut ways.each {
        way.weight = differing
            .iter()
            .map(
                |&place| match (&way.domains[place], &way.domains[place].one_of) {
                    (domain, _) if domain.null == Some(true) => 1,
                    (_, Some(values)) => values.len() as u64,
                    _ => UNKNOWN_WEIGHT,
                },
            )
            .product::<u64>()
            .clamp(1, HEAVIEST);
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::groups;
    use crate::check::read;

    #[test]
    fn checks_of_the_same_columns_are_decided_together() {
        let checks: Vec<_> = [
            "a = 1 OR b = 2",
            "c = 1 OR d = 2",
            "b = 1 OR e = 2",
            "d = 3 OR e = 4",
        ]
        .iter()
        .enumerate()
        .map(|(number, check)| (number, read(check).unwrap()))
        .collect();
        let numbers = |count: usize| -> Vec<Vec<usize>> {
            groups(checks[..count].to_vec())
                .iter()
                .map(|group| group.iter().map(|(number, _)| *number).collect())
                .collect()
        };
        assert_eq!(numbers(3), [vec![1], vec![0, 2]]);
        assert_eq!(numbers(4).len(), 1);
    }
}
