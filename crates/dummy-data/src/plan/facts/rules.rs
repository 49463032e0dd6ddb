//! What checks and indexes ask of the values in a table's rows.

use crate::check::{self, Alternatives, Clause, ColumnRelation, Comparison, Domain, Rules};
use crate::ids::TableColumns;
use crate::plan::facts::duties::Duties;
use crate::plan::facts::narrowing::Narrowing;
use crate::plan::facts::table::Deferred;
use crate::plan::facts::uniques::is_guard;
use crate::plan::facts::{sums, ways};
use crate::plan::sql::{elements_of, without_operator};
use crate::settings::Source;
use value_model::{ColumnValue, IndexKey, Table};

/// Reads a table's checks, and what its indexes ask of its rows.
pub(crate) fn add_rules(facts: &mut Duties<'_>, narrowing: &Narrowing) {
    let table = facts.table;
    add_casts(facts);
    add_orders_of_ranges(facts);
    let mut several = Vec::new();
    let mut doubted = Vec::new();
    for (number, check) in table.checks.iter().enumerate() {
        match check::read(&check.expression) {
            Ok(alternatives) if leaves_values_to_configuration(facts, &alternatives) => {}
            Ok(alternatives)
                if alternatives.len() > 1
                    && !narrowing.all
                    && facts.master.is_none()
                    && check::columns_of(&alternatives).len() > 1
                    && !narrowing.names(table, &check.name) =>
            {
                facts.known.deferred.push(Deferred {
                    name: check.name.clone(),
                    alternatives,
                });
            }
            Ok(alternatives) => {
                if let Some(pattern) = unknown_pattern(&alternatives) {
                    facts.known.doubt(
                        &check.name,
                        format!(
                            "the check `{}` isn't understood at the pattern `{pattern}`",
                            check.name
                        ),
                    );
                }
                if alternatives.len() > 1 {
                    several.push((number, alternatives));
                } else if !facts.add_rule(&alternatives) {
                    doubted.push(number);
                }
            }
            // The configuration says what its columns hold; the server has the last word.
            Err(_) if facts.settings_of_any(&check.expression) => {}
            Err(part) => {
                for understood in check::read_parts(&check.expression) {
                    facts.add_rule(&understood);
                }
                facts.known.doubt(
                    &check.name,
                    format!("the check `{}` isn't understood at {part}", check.name),
                );
            }
        }
    }
    for sum in sums::checks(table) {
        if let Ok(alternatives) = check::read(&sum) {
            // Where it doesn't fit, the rows are seen to break the index.
            facts.add_rule(&alternatives);
        }
    }
    add_guards(facts);
    // Each way is what is known so far, and more.
    doubted.extend(ways::add(facts, several));
    for number in doubted {
        let check = &table.checks[number];
        facts.known.doubt(
            &check.name,
            format!(
                "no rows were found that keep the check `{}` beside the table's other constraints: {}",
                check.name, check.expression
            ),
        );
    }
    share_bounds(facts);
    facts.take_nulls();
}

/// What may not be above another column may not be above what that may be, over any number of columns.
fn share_bounds(facts: &mut Duties<'_>) {
    let table = facts.table;
    let relations: Vec<(String, String, bool)> = facts
        .rules
        .relations
        .iter()
        .filter_map(
            |ColumnRelation {
                 left,
                 operator,
                 right,
             }| match operator {
                Comparison::AtMost => Some((left.clone(), right.clone(), false)),
                Comparison::Below => Some((left.clone(), right.clone(), true)),
                Comparison::AtLeast => Some((right.clone(), left.clone(), false)),
                Comparison::Above => Some((right.clone(), left.clone(), true)),
                _ => None,
            },
        )
        .filter(|(lower, upper, _)| {
            let kind = |name: &str| table.column(name).map(|column| &column.data_type.kind);
            kind(lower).is_some() && kind(lower) == kind(upper)
        })
        .collect();
    for _ in 0..relations.len().min(8) {
        for (lower, upper, strictly) in &relations {
            let bound = |name: &str, is_greatest: bool| {
                let domain = facts.rules.domains.get(name)?;
                let bound = if is_greatest {
                    &domain.greatest
                } else {
                    &domain.least
                };
                bound.clone()
            };
            let clause = |column: &str, operator, value: String| Clause::Compare {
                column: column.to_owned(),
                operator,
                value,
            };
            let mut clauses = Vec::new();
            if let Some(greatest) = bound(upper, true) {
                let operator = if greatest.is_open || *strictly {
                    Comparison::Below
                } else {
                    Comparison::AtMost
                };
                clauses.push(clause(lower, operator, greatest.value));
            }
            if let Some(least) = bound(lower, false) {
                let operator = if least.is_open || *strictly {
                    Comparison::Above
                } else {
                    Comparison::AtLeast
                };
                clauses.push(clause(upper, operator, least.value));
            }
            for clause in clauses {
                facts.add_rule(&vec![vec![clause]]);
            }
        }
    }
}

/// A pattern that no values can be made for.
fn unknown_pattern(alternatives: &Alternatives) -> Option<&str> {
    alternatives
        .iter()
        .flatten()
        .find_map(|clause| match clause {
            Clause::Matches { pattern, .. } | Clause::Avoids { pattern, .. } => {
                check::regex(pattern).is_none().then_some(pattern.as_str())
            }
            _ => None,
        })
}

/// The server makes a range of columns for each row that an index, a constraint or a computed column has one for, and
/// refuses the row whose lower bound is above the upper.
fn add_orders_of_ranges(facts: &mut Duties<'_>) {
    let table = facts.table;
    let mut texts: Vec<&str> = expressions_of_indexes(table);
    texts.extend(expressions_of_columns(table));
    texts.extend(table.checks.iter().map(|check| check.expression.as_str()));
    let mut elements: Vec<String> = texts
        .into_iter()
        .flat_map(elements_of)
        .map(str::to_owned)
        .collect();
    for exclusion in &table.own.exclusions {
        elements.extend(
            elements_of(&exclusion.elements)
                .into_iter()
                .map(|element| without_operator(element).to_owned()),
        );
        elements.extend(exclusion.predicate.clone());
    }
    for element in elements {
        for order in check::orders_of_ranges(&element) {
            facts.add_rule(&order);
        }
    }
}

/// What each of several alternatives leaves a column; none where they speak of others too.
pub(crate) fn choices_of(alternatives: &Alternatives, column: &str) -> Option<Vec<Domain>> {
    if alternatives.len() < 2 {
        return None;
    }
    let mut choices = Vec::new();
    for clauses in alternatives {
        let mut rules = Rules::default();
        if !rules.add(&vec![clauses.clone()], &|_| true) {
            continue;
        }
        if !rules.relations.is_empty() || rules.domains.keys().any(|name| name != column) {
            return None;
        }
        choices.extend(rules.domains.remove(column));
    }
    Some(choices)
}

/// Whether a check has several alternatives for a column whose values the configuration lists: each value is held
/// against all of them then, and no alternative is chosen for all rows.
fn leaves_values_to_configuration(facts: &Duties<'_>, alternatives: &Alternatives) -> bool {
    facts.table.column_ids().any(|column| {
        let source = facts.source(column).map(|source| &source.value);
        matches!(source, Some(Source::Values { .. }))
            && choices_of(alternatives, &facts.table.columns[column].name).is_some()
    })
}

/// Rows are made that no guard is about: among those that it is about there can be one.
fn add_guards(facts: &mut Duties<'_>) {
    let table = facts.table;
    for index in table.indexes.iter().filter(|index| is_guard(table, index)) {
        let condition = index.own.predicate.as_deref().unwrap_or("true");
        let avoided = check::read(&format!("NOT ({condition})"))
            .is_ok_and(|alternatives| facts.add_rule(&alternatives));
        if !avoided {
            facts.known.doubt(
                &index.name,
                format!(
                    "the unique index `{}` leaves one row of which `{condition}` is true, and no others were found",
                    index.name
                ),
            );
        }
    }
}

/// Expressions of a table's indexes, their conditions too.
fn expressions_of_indexes(table: &Table) -> Vec<&str> {
    let indexes = table.indexes.iter();
    indexes
        .flat_map(|index| {
            let keys = index.parts.iter().filter_map(|part| match &part.key {
                IndexKey::Expression(sql) => Some(sql.as_str()),
                IndexKey::Column(_) => None,
            });
            keys.chain(index.own.predicate.as_deref())
        })
        .collect()
}

/// Expressions of computed columns.
fn expressions_of_columns(table: &Table) -> impl Iterator<Item = &str> {
    table
        .columns
        .iter()
        .filter_map(|column| match &column.value {
            ColumnValue::Generated { expression, .. } => Some(expression.as_str()),
            _ => None,
        })
}

/// Texts that an index, a generated column or a check casts must be texts of that type.
fn add_casts(facts: &mut Duties<'_>) {
    let table = facts.table;
    let checks = table.checks.iter().map(|check| check.expression.as_str());
    for expression in expressions_of_indexes(table)
        .into_iter()
        .chain(expressions_of_columns(table))
        .chain(checks)
    {
        for (name, type_name) in check::casts(expression) {
            let is_text = table
                .columns
                .iter()
                .any(|column| column.name == name && column.data_type.kind.is_string());
            if is_text
                && !["text", "varchar", "character", "citext", "bpchar"]
                    .contains(&type_name.as_str())
            {
                facts.rules.domains.entry(name).or_default().read_as = Some(type_name);
            }
        }
    }
}
