//! Applies the configuration to what is known of a table: it narrows what columns may hold, and says how
//! many rows each parent has.

use crate::check::{self, Clause, ColumnRelation, Comparison, Domain};
use crate::ids::{SchemaTables, TableColumns};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::rules::choices_of;
use crate::plan::facts::table::{ALL_ROWS, Per, Reference};
use crate::plan::kinds::Made;
use crate::plan::names::is_named;
use crate::problem::Problem;
use crate::settings::{GeneratorSettings, Located, OptionValue, Source, TableSettings};
use value_model::Schema;

/// What a source says about the least and the greatest value.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SourceBounds<'s> {
    /// The least.
    pub least: Option<&'s str>,
    /// The greatest.
    pub greatest: Option<&'s str>,
}

/// What a source of numbers or moments says about the least and the greatest of them; none for another source.
pub(crate) fn bounds_of(source: &Source) -> Option<SourceBounds<'_>> {
    match source {
        Source::Range { least, greatest } => Some(SourceBounds {
            least: Some(&least.value),
            greatest: Some(&greatest.value),
        }),
        Source::Generator(generator) if generator.kind.made == Made::Number => {
            let option = |name: &str| match &generator.options.get(name)?.value {
                OptionValue::Text(text) => Some(text.as_str()),
                _ => None,
            };
            Some(SourceBounds {
                least: option("min"),
                greatest: option("max"),
            })
        }
        _ => None,
    }
}

/// The configuration narrows what a column may hold; what checks already forbid is a contradiction.
pub(crate) fn add_settings(facts: &mut Duties<'_>, problems: &mut Vec<Problem>) {
    let table = facts.table;
    for (position, column) in table.columns_with_ids() {
        let Some(settings) = facts.settings[position] else {
            continue;
        };
        if let Some(ratio) = &settings.null_ratio
            && ratio.value >= ALL_ROWS
            && !facts.never_null[position]
        {
            facts.always_null[position] = Some("the configuration says so".to_owned());
        }
        let Some(source) = &settings.source else {
            continue;
        };
        let empty = Domain::default();
        let domain = facts.rules.domains.get(&column.name).unwrap_or(&empty);
        let given: Vec<&Located<String>> = match &source.value {
            Source::Values { values, .. } => values.iter().collect(),
            Source::Range { least, greatest } => vec![least, greatest],
            _ => Vec::new(),
        };
        let choices: Vec<Vec<Domain>> = table
            .checks
            .iter()
            .filter_map(|check| check::read(&check.expression).ok())
            .filter_map(|alternatives| choices_of(&alternatives, &column.name))
            .collect();
        for value in given.into_iter().filter(|_| !column.data_type.array) {
            let broken = domain.broken_by(&value.value).or_else(|| {
                choices
                    .iter()
                    .find_map(|each| broken_by_all(each, &value.value))
            });
            if let Some(broken) = broken {
                problems.push(Problem::configured(
                    value.span,
                    format!(
                        "`{}` can't be a value of `{}`: {broken}",
                        value.value, column.name
                    ),
                ));
            }
        }
        if facts.always_null[position].is_some() {
            continue;
        }
        let clauses = clauses_of(&column.name, &source.value);
        if !facts.rules.add(&vec![clauses], &|_| false) && problems.is_empty() {
            problems.push(Problem::configured(
                source.span,
                format!(
                    "the checks of `{}` leave `{}` no such value",
                    table.name, column.name
                ),
            ));
        }
    }
}

/// What a source says of the values, as a check would.
pub(crate) fn clauses_of(name: &str, source: &Source) -> Vec<Clause> {
    match source {
        Source::Values { values, .. } => vec![Clause::OneOf {
            column: name.to_owned(),
            values: values.iter().map(|value| value.value.clone()).collect(),
        }],
        Source::Generator(GeneratorSettings { kind, options }) if kind.made == Made::Pattern => {
            match options.get("pattern").map(|option| &option.value) {
                Some(OptionValue::Text(pattern)) => vec![Clause::Matches {
                    column: name.to_owned(),
                    pattern: pattern.clone(),
                }],
                _ => Vec::new(),
            }
        }
        other => {
            let SourceBounds { least, greatest } = bounds_of(other).unwrap_or_default();
            let compare = |operator, value: &str| Clause::Compare {
                column: name.to_owned(),
                operator,
                value: value.to_owned(),
            };
            least
                .map(|value| compare(Comparison::AtLeast, value))
                .into_iter()
                .chain(greatest.map(|value| compare(Comparison::AtMost, value)))
                .collect()
        }
    }
}

/// What a value breaks, if none of several domains allows it.
fn broken_by_all(domains: &[Domain], value: &str) -> Option<String> {
    let broken: Option<Vec<String>> = domains
        .iter()
        .map(|domain| domain.broken_by(value))
        .collect();
    broken?.into_iter().next()
}

/// Finds the reference that `per` speaks of.
pub(crate) fn add_per(
    schema: &Schema,
    facts: &mut Duties<'_>,
    settings: &TableSettings,
    problems: &mut Vec<Problem>,
) {
    let Some(per) = &settings.per else { return };
    let name = &per.parent.value;
    let own = schema.find_table(|table| table.name == facts.table.name);
    let by_column = facts
        .table
        .column_id(name)
        .and_then(|column| facts.reference_of[column])
        .map(|own| vec![own.reference]);
    let found = by_column.unwrap_or_else(|| {
        facts
            .references
            .keys()
            .filter(|&reference| {
                let reference = &facts.references[reference];
                reference.targets.is_empty()
                    && is_named(&schema.tables[reference.table], name)
                    && facts.reference_of[reference.columns[0]].is_some()
            })
            .collect()
    });
    let [reference] = found.as_slice() else {
        let columns = |references: &mut dyn Iterator<Item = &Reference>| {
            references
                .map(|reference| facts.table.columns[reference.columns[0]].name.clone())
                .collect::<Vec<_>>()
        };
        let problem = if found.is_empty() {
            let all = columns(&mut facts.references.iter());
            let known = facts
                .references
                .iter()
                .map(|reference| schema.tables[reference.table].name.name.as_str())
                .chain(all.iter().map(String::as_str));
            Problem::configured(
                per.parent.span,
                format!(
                    "no column of `{}` points to a table `{name}`",
                    facts.table.name
                ),
            )
            .did_you_mean(name, known)
        } else {
            let columns = columns(&mut found.iter().map(|&number| &facts.references[number]));
            Problem::configured(
                per.parent.span,
                format!(
                    "several columns of `{}` point to `{name}`",
                    facts.table.name
                ),
            )
            .hint(format!(
                "name the column: `per = \"{}\"`, or {}",
                columns[0],
                columns[1..].join(", ")
            ))
        };
        problems.push(problem);
        return;
    };
    if Some(facts.references[*reference].table) == own {
        problems.push(Problem::configured(
            per.parent.span,
            format!("the rows of `{name}` can't be counted by themselves"),
        ));
        return;
    }
    for column in facts.references[*reference].columns.clone() {
        facts.never_null[column] = true;
    }
    facts.known.per = Some(Per {
        reference: *reference,
        least: per.least,
        most: per.most,
        span: per.parent.span,
    });
}

/// Where something else than the row's birth decides `created_at`, `updated_at` must follow that.
pub(crate) fn add_order_of_birth(facts: &mut Duties<'_>) {
    let table = facts.table;
    for (created, updated) in [("created_at", "updated_at"), ("created_on", "updated_on")] {
        let (Some(first), Some(second)) = (table.column_id(created), table.column(updated)) else {
            continue;
        };
        if facts.rules.domains.contains_key(created) || facts.source(first).is_some() {
            facts.rules.relations.push(ColumnRelation {
                left: second.name.clone(),
                operator: Comparison::AtLeast,
                right: created.to_owned(),
            });
        }
    }
}
