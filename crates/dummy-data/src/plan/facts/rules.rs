//! What checks and indexes ask of the values in a table's rows.

use crate::check::{self, Alternatives, Domain, Rules};
use crate::plan::facts::table::TableFacts;
use crate::plan::facts::uniques::is_guard;
use crate::problem::Problem;
use crate::settings::Source;
use schema_model::{ColumnValue, IndexKey};

/// Reads a table's checks, and what its indexes ask of its rows.
pub(crate) fn add_rules(facts: &mut TableFacts<'_>, warnings: &mut Vec<Problem>) {
    let table = facts.table;
    for check in &table.checks {
        let place = format!("{}", table.name);
        let hint = "if loading fails on it, say in `schema/dummy.toml` what its columns hold";
        match check::read(&check.expression) {
            Ok(alternatives) if leaves_values_to_configuration(facts, &alternatives) => {}
            Ok(alternatives) => {
                if !facts.add_rule(&alternatives) {
                    warnings.push(
                        Problem::new(
                            place,
                            format!(
                                "the check `{}` contradicts other constraints of the table as far as they are understood; it is ignored: {}",
                                check.name, check.expression
                            ),
                        )
                        .hint(hint),
                    );
                }
            }
            // The configuration says what its columns hold; the server has the last word.
            Err(_) if facts.settings_of_any(&check.expression) => {}
            Err(part) => {
                for understood in check::read_parts(&check.expression) {
                    facts.add_rule(&understood);
                }
                warnings.push(
                    Problem::new(
                        place,
                        format!("the check `{}` isn't understood at {part}; rows are made as if that weren't there", check.name),
                    )
                    .hint(hint),
                );
            }
        }
    }
    add_casts(facts);
    add_guards(facts, warnings);
    let rules = &facts.rules;
    for (name, domain) in &rules.domains {
        if let Some(position) = table.column_position(name) {
            match domain.null {
                Some(true) => facts.always_null[position] = Some("a check wants it".to_owned()),
                Some(false) => facts.never_null[position] = true,
                None => {}
            }
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
fn leaves_values_to_configuration(facts: &TableFacts<'_>, alternatives: &Alternatives) -> bool {
    (0..facts.table.columns.len()).any(|column| {
        let source = facts.source(column).map(|source| &source.value);
        matches!(source, Some(Source::Values { .. }))
            && choices_of(alternatives, &facts.table.columns[column].name).is_some()
    })
}

/// Rows are made that no guard is about: among those that it is about there can be one.
fn add_guards(facts: &mut TableFacts<'_>, warnings: &mut Vec<Problem>) {
    let table = facts.table;
    for index in table.indexes.iter().filter(|index| is_guard(table, index)) {
        let condition = index.predicate.as_deref().unwrap_or("true");
        let avoided = check::read(&format!("NOT ({condition})"))
            .is_ok_and(|alternatives| facts.add_rule(&alternatives));
        if !avoided {
            warnings.push(
                Problem::new(
                    format!("{}", table.name),
                    format!("the unique index `{}` leaves one row of which `{condition}` is true; rows are made as if it weren't there", index.name),
                )
                .hint("if loading fails on it, say in `schema/dummy.toml` what its columns hold"),
            );
        }
    }
}

/// Texts that an index, a generated column or a check casts must be texts of that type.
fn add_casts(facts: &mut TableFacts<'_>) {
    let table = facts.table;
    let in_indexes = table.indexes.iter().flat_map(|index| {
        let keys = index.parts.iter().filter_map(|part| match &part.key {
            IndexKey::Expression(sql) => Some(sql.as_str()),
            IndexKey::Column(_) => None,
        });
        keys.chain(index.predicate.as_deref())
    });
    let generated = table
        .columns
        .iter()
        .filter_map(|column| match &column.value {
            ColumnValue::Generated { expression, .. } => Some(expression.as_str()),
            _ => None,
        });
    let checks = table.checks.iter().map(|check| check.expression.as_str());
    for expression in in_indexes.chain(generated).chain(checks) {
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
