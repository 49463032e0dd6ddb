//! What all CHECKs of a table together leave each column.

#![expect(
    clippy::match_same_arms,
    reason = "an arm is a comparison; those with the same bounds stay apart to be read one by one"
)]

use super::clause::{Alternatives, Clause, Comparison, Distance};
use super::equations::Solution;
use super::steps::Multiples;
use std::collections::BTreeMap;

/// A value that others may not lie beyond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The value.
    pub value: String,
    /// Whether it is itself out of bounds.
    pub is_open: bool,
}

impl Bound {
    /// A bound at a value.
    pub fn new(value: &str, is_open: bool) -> Self {
        Self {
            value: value.to_owned(),
            is_open,
        }
    }
}

/// What a column may hold, besides what its type says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Domain {
    /// Only these texts.
    pub one_of: Option<Vec<String>>,
    /// None of these texts.
    pub none_of: Vec<String>,
    /// At least this.
    pub least: Option<Bound>,
    /// At most this.
    pub greatest: Option<Bound>,
    /// Only numbers that leave a remainder.
    pub multiples: Option<Multiples>,
    /// Fewest characters.
    pub shortest: Option<usize>,
    /// Most characters.
    pub longest: Option<usize>,
    /// Fewest elements.
    pub fewest: Option<u64>,
    /// Most elements.
    pub most: Option<u64>,
    /// Only these elements.
    pub elements: Option<Vec<String>>,
    /// These elements, whatever others there are.
    pub contained: Vec<String>,
    /// What every element may be.
    pub each: Option<Box<Domain>>,
    /// Keys that a JSON object must have.
    pub keys: Vec<String>,
    /// Regular expressions that it must match, all of them.
    pub patterns: Vec<String>,
    /// Regular expressions that it must not match.
    pub avoided: Vec<String>,
    /// Another column that it must equal.
    pub equals: Option<String>,
    /// True when it must be NULL, false when it must not.
    pub null: Option<bool>,
    /// The type of a JSON value.
    pub json_type: Option<String>,
    /// The type that an index, a generated column or a check reads the text as.
    pub read_as: Option<String>,
}

/// A comparison between two columns, `left OPERATOR right`, by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRelation {
    /// The column on the left.
    pub left: String,
    /// How they compare.
    pub operator: Comparison,
    /// The column on the right.
    pub right: String,
}

impl ColumnRelation {
    /// Whether it is between two columns, whichever stands on the left.
    pub fn is_between(&self, one: &str, other: &str) -> bool {
        (self.left == one && self.right == other) || (self.left == other && self.right == one)
    }

    /// How a column compares with the other one, and which that is; none where the relation isn't about the column.
    pub fn of(&self, column: &str) -> Option<(Comparison, &str)> {
        if self.left == column {
            Some((self.operator, &self.right))
        } else if self.right == column {
            Some((self.operator.mirrored(), &self.left))
        } else {
            None
        }
    }
}

/// How far apart two columns are, `upper - lower OPERATOR distance`, by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDistance {
    /// The column from which the other one is taken away.
    pub upper: String,
    /// The other one.
    pub lower: String,
    /// How the difference compares with the distance.
    pub operator: Comparison,
    /// The distance.
    pub distance: Distance,
}

/// What all CHECKs of a table say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// By column.
    pub domains: BTreeMap<String, Domain>,
    /// Comparisons between columns.
    pub relations: Vec<ColumnRelation>,
    /// How far apart columns are; each pair is in a relation too.
    pub distances: Vec<ColumnDistance>,
    /// Columns that are computed from others, each with all solutions of its equation.
    pub equations: Vec<Vec<Solution>>,
}

impl Rules {
    /// Takes the first of the alternatives that fits what is already there. `may_be_null` says
    /// whether a column can be made NULL. Returns whether one was found.
    pub fn add(&mut self, alternatives: &Alternatives, may_be_null: &dyn Fn(&str) -> bool) -> bool {
        // Alternatives that demand a NULL come last: data is nicer than none.
        let mut order: Vec<&Vec<Clause>> = alternatives.iter().collect();
        order.sort_by_key(|clauses| {
            clauses
                .iter()
                .filter(|clause| matches!(clause, Clause::Null { .. }))
                .count()
        });
        for clauses in order {
            let mut attempt = self.clone();
            if attempt.add_all(clauses, may_be_null) {
                *self = attempt;
                return true;
            }
        }
        false
    }

    /// Takes all of some clauses. Returns whether they fit what is already there; if not, some are left.
    pub fn add_all(&mut self, clauses: &[Clause], may_be_null: &dyn Fn(&str) -> bool) -> bool {
        clauses
            .iter()
            .all(|clause| self.add_clause(clause, may_be_null))
    }

    fn add_clause(&mut self, clause: &Clause, may_be_null: &dyn Fn(&str) -> bool) -> bool {
        match clause {
            Clause::OneOf { column, values } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                let values: Vec<String> = match &domain.one_of {
                    None => values.clone(),
                    Some(old) => old
                        .iter()
                        .filter(|value| values.contains(value))
                        .cloned()
                        .collect(),
                };
                let fits = !values.is_empty();
                domain.one_of = Some(values);
                fits && domain.leaves_values()
            }
            Clause::NoneOf { column, values } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                domain.none_of.extend(values.iter().cloned());
                domain.leaves_values()
            }
            Clause::Compare {
                column,
                operator,
                value,
            } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                match operator {
                    Comparison::Equal => {
                        return self.add_clause(
                            &Clause::OneOf {
                                column: column.clone(),
                                values: vec![value.clone()],
                            },
                            may_be_null,
                        );
                    }
                    Comparison::NotEqual => domain.none_of.push(value.clone()),
                    Comparison::Below => domain.lower_greatest(value, true),
                    Comparison::AtMost => domain.lower_greatest(value, false),
                    Comparison::Above => domain.raise_least(value, true),
                    Comparison::AtLeast => domain.raise_least(value, false),
                }
                domain.leaves_values()
            }
            Clause::Columns {
                left,
                operator,
                right,
            } => {
                self.relations.push(ColumnRelation {
                    left: left.clone(),
                    operator: *operator,
                    right: right.clone(),
                });
                true
            }
            Clause::Multiple { column, multiples } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                let both = match domain.multiples {
                    Some(old) => old.and(*multiples),
                    None => Some(*multiples),
                };
                domain.multiples = both;
                both.is_some() && domain.leaves_values()
            }
            Clause::Apart {
                upper,
                lower,
                operator,
                distance,
            } => {
                self.distances.push(ColumnDistance {
                    upper: upper.clone(),
                    lower: lower.clone(),
                    operator: *operator,
                    distance: distance.clone(),
                });
                // What is at most so much later is made later, unless it has to be earlier.
                let mut relations = self.relations.iter();
                let is_related = relations.any(|relation| relation.is_between(upper, lower));
                if !is_related {
                    self.relations.push(ColumnRelation {
                        left: upper.clone(),
                        operator: Comparison::AtLeast,
                        right: lower.clone(),
                    });
                }
                true
            }
            Clause::Length {
                column,
                operator,
                number,
            } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                let (least, most) = bounds(*operator, *number);
                narrow(&mut domain.shortest, &mut domain.longest, least, most)
            }
            Clause::Elements {
                column,
                operator,
                number,
            } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                let (least, most) = bounds(*operator, *number);
                narrow(&mut domain.fewest, &mut domain.most, least, most)
            }
            Clause::Matches { column, pattern } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                domain.patterns.push(pattern.clone());
                true
            }
            Clause::Avoids { column, pattern } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                domain.avoided.push(pattern.clone());
                true
            }
            Clause::Null { column } => {
                let entry = self.domains.entry(column.clone()).or_default();
                let fits = entry.null != Some(false) && may_be_null(column);
                entry.null = Some(true);
                fits
            }
            Clause::NotNull { column } => {
                let entry = self.domains.entry(column.clone()).or_default();
                let fits = entry.null != Some(true);
                entry.null = Some(false);
                fits
            }
            Clause::NonNulls {
                columns,
                operator,
                number,
            } => self.add_non_nulls(columns, *operator, *number, may_be_null),
            Clause::ElementsWithin { column, values } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                let values: Vec<String> = match &domain.elements {
                    None => values.clone(),
                    Some(old) => old
                        .iter()
                        .filter(|value| values.contains(value))
                        .cloned()
                        .collect(),
                };
                domain.elements = Some(values);
                true
            }
            Clause::ElementsWith { column, values } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                domain.contained.extend(values.iter().cloned());
                true
            }
            Clause::EachElement {
                column,
                operator,
                value,
            } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                let each = domain.each.get_or_insert_default();
                match operator {
                    Comparison::Equal => each.one_of = Some(vec![value.clone()]),
                    Comparison::NotEqual => each.none_of.push(value.clone()),
                    Comparison::Below => each.lower_greatest(value, true),
                    Comparison::AtMost => each.lower_greatest(value, false),
                    Comparison::Above => each.raise_least(value, true),
                    Comparison::AtLeast => each.raise_least(value, false),
                }
                each.leaves_values()
            }
            Clause::JsonKey { column, key } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                if !domain.keys.contains(key) {
                    domain.keys.push(key.clone());
                }
                true
            }
            Clause::Equation { solutions } => {
                self.equations.push(solutions.clone());
                true
            }
            Clause::JsonType { column, json_type } => {
                let Some(domain) = self.open(column) else {
                    return true;
                };
                let fits = domain.json_type.as_ref().is_none_or(|old| old == json_type);
                domain.json_type = Some(json_type.clone());
                fits
            }
        }
    }

    /// The domain of a column, none if it is NULL anyway: NULL passes every comparison.
    fn open(&mut self, column: &str) -> Option<&mut Domain> {
        let entry = self.domains.entry(column.to_owned()).or_default();
        (entry.null != Some(true)).then_some(entry)
    }

    fn add_non_nulls(
        &mut self,
        columns: &[String],
        operator: Comparison,
        number: i64,
        may_be_null: &dyn Fn(&str) -> bool,
    ) -> bool {
        let (least, most) = bounds(operator, number);
        let least = least.unwrap_or(0);
        let most = most.unwrap_or(columns.len());
        let state = |rules: &Self, column: &String| {
            rules.domains.get(column).and_then(|domain| domain.null)
        };
        let mut filled = columns
            .iter()
            .filter(|column| state(self, column) == Some(false) || !may_be_null(column))
            .count();
        if filled > most {
            return false;
        }
        for column in columns {
            let forced = state(self, column) == Some(false) || !may_be_null(column);
            if forced || state(self, column) == Some(true) {
                continue;
            }
            let fill = filled
                < least
                    .max(usize::from(most > 0 && least == 0 && filled == 0))
                    .min(most);
            filled += usize::from(fill);
            self.domains.entry(column.clone()).or_default().null = Some(!fill);
        }
        filled >= least
    }
}

impl Domain {
    /// Whether checks say at most that the column is NULL or isn't.
    pub fn says_nothing_of_values(&self) -> bool {
        *self
            == Self {
                null: self.null,
                ..Self::default()
            }
    }

    /// Whether another one leaves the same values, be they NULL or not.
    pub fn has_values_of(&self, other: &Self) -> bool {
        *self
            == Self {
                null: self.null,
                ..other.clone()
            }
    }

    fn raise_least(&mut self, value: &str, strictly: bool) {
        let higher = self
            .least
            .as_ref()
            .is_none_or(|old| is_below(&old.value, value) || (strictly && old.value == value));
        if higher {
            self.least = Some(Bound::new(value, strictly));
        }
    }

    fn lower_greatest(&mut self, value: &str, strictly: bool) {
        let lower = self
            .greatest
            .as_ref()
            .is_none_or(|old| is_below(value, &old.value) || (strictly && old.value == value));
        if lower {
            self.greatest = Some(Bound::new(value, strictly));
        }
    }

    /// Drops values that other clauses forbid, and says whether any are left.
    fn leaves_values(&mut self) -> bool {
        if let Some(values) = &mut self.one_of {
            values.retain(|value| {
                !self.none_of.contains(value)
                    && self.multiples.is_none_or(|multiples| {
                        value.parse().is_ok_and(|number| multiples.contains(number))
                    })
                    && self.least.as_ref().is_none_or(|least| {
                        is_below(&least.value, value) || (!least.is_open && least.value == *value)
                    })
                    && self.greatest.as_ref().is_none_or(|greatest| {
                        is_below(value, &greatest.value)
                            || (!greatest.is_open && greatest.value == *value)
                    })
            });
            return !values.is_empty();
        }
        match (&self.least, &self.greatest) {
            (Some(least), Some(greatest)) => {
                !is_below(&greatest.value, &least.value)
                    && !(least.value == greatest.value && (least.is_open || greatest.is_open))
            }
            _ => true,
        }
    }
}

/// Compares as numbers where both are, as texts otherwise (dates compare right as texts).
pub(super) fn is_below(left: &str, right: &str) -> bool {
    match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => left < right,
        _ => left < right,
    }
}

fn bounds(operator: Comparison, number: i64) -> (Option<usize>, Option<usize>) {
    let number = usize::try_from(number).unwrap_or(0);
    match operator {
        Comparison::Equal => (Some(number), Some(number)),
        Comparison::NotEqual => (Some(number + 1), None),
        Comparison::Below => (None, Some(number.saturating_sub(1))),
        Comparison::AtMost => (None, Some(number)),
        Comparison::Above => (Some(number + 1), None),
        Comparison::AtLeast => (Some(number), None),
    }
}

fn narrow<N: Copy + Ord + TryFrom<usize>>(
    least: &mut Option<N>,
    most: &mut Option<N>,
    new_least: Option<usize>,
    new_most: Option<usize>,
) -> bool {
    if let Some(new) = new_least.and_then(|new| N::try_from(new).ok()) {
        *least = Some(least.map_or(new, |old| old.max(new)));
    }
    if let Some(new) = new_most.and_then(|new| N::try_from(new).ok()) {
        *most = Some(most.map_or(new, |old| old.min(new)));
    }
    match (*least, *most) {
        (Some(least), Some(most)) => least <= most,
        _ => true,
    }
}
