//! How many rows each table gets: what was asked for, cut to what can be unique.

use super::assign::{Limit, Need, assign};
use super::bounds::capacity;
use super::facts::TableFacts;
use crate::ordinal::Grouping;
use crate::problem::Problem;
use crate::random::Key;
use crate::request::Request;
use crate::settings::Span;
use schema_model::Schema;

/// What was decided for all tables, by their position in the schema.
#[derive(Debug)]
pub(super) struct Decided {
    /// Rows of each table.
    pub rows: Vec<u64>,
    /// What the unique sets want of each column.
    pub needs: Vec<Vec<Need>>,
    /// Why a table gets no rows.
    pub reasons: Vec<Option<String>>,
}

/// Decides. Cutting one table's rows can cut those of its children, so this repeats until nothing
/// changes; counts only ever shrink.
pub(super) fn decide(
    schema: &Schema,
    facts: &mut [TableFacts<'_>],
    order: &[usize],
    request: &Request,
    root: Key,
    warnings: &mut Vec<Problem>,
) -> Result<Decided, Vec<Problem>> {
    let mut decided = Decided {
        rows: facts.iter().map(|facts| asked(facts, request)).collect(),
        needs: facts
            .iter()
            .map(|facts| vec![Need::Free; facts.table.columns.len()])
            .collect(),
        reasons: facts.iter().map(|facts| facts.no_rows.clone()).collect(),
    };
    count_per_parent(facts, order, root, &mut decided)?;
    let mut limits: Vec<Option<Limit>> = vec![None; facts.len()];
    loop {
        let before = decided.rows.clone();
        for &table in order {
            drop_references_to_nothing(schema, &mut facts[table], table, &mut decided);
            drop_lonely_pairs(schema, &mut facts[table], table, &mut decided);
            decide_table(
                schema,
                &mut facts[table],
                table,
                root,
                &mut decided,
                &mut limits,
            );
        }
        if decided.rows == before {
            break;
        }
    }
    let mut problems = Vec::new();
    for (table, limit) in limits.into_iter().enumerate() {
        let Some(limit) = limit else { continue };
        let (asked, by_name) = request.rows_of(facts[table].table);
        let problem = limit_problem(&facts[table], &limit, asked);
        if let Some(span) = limit_span(&facts[table], &limit, request) {
            problems.push(
                Problem {
                    span: Some(span),
                    text: format!("{}: {}", problem.place, problem.text),
                    ..problem
                }
                .hint(format!("at most {} rows are possible", limit.rows)),
            );
        } else if by_name {
            problems.push(problem.hint(format!(
                "ask for at most {} rows: `--rows {}={}`",
                limit.rows, facts[table].table.name, limit.rows
            )));
        } else {
            warnings.push(Problem {
                text: format!("{}, and so many are made", problem.text),
                ..problem
            });
        }
    }
    if problems.is_empty() {
        Ok(decided)
    } else {
        Err(problems)
    }
}

/// Where the configuration asks for what can't be: too many rows of a table, or something unique that isn't.
fn limit_span(facts: &TableFacts<'_>, limit: &Limit, request: &Request) -> Option<Span> {
    let unique = limit.columns.iter().find_map(|name| {
        let settings = facts.settings[facts.table.column_position(name)?]?;
        settings
            .unique
            .as_ref()
            .filter(|unique| unique.value)
            .map(|unique| unique.span)
    });
    unique.or_else(|| {
        if request.has_rows_on_command_line(facts.table) {
            return None;
        }
        if let Some(per) = &facts.per {
            return Some(per.span);
        }
        let rows = request.settings_of(facts.table)?.rows.as_ref()?;
        Some(rows.span)
    })
}

/// The groups of rows under their parents that the configuration asks for.
fn per_grouping(facts: &TableFacts<'_>, root: Key, decided: &Decided) -> Option<Grouping> {
    let per = facts.per?;
    let key = root.child(&facts.table.name.to_string()).child("per");
    let parents = decided.rows[facts.references[per.reference].table];
    Grouping::asked(key, parents, per.least, per.most)
}

/// Rows of tables that have so many for each parent; parents before children.
fn count_per_parent(
    facts: &[TableFacts<'_>],
    order: &[usize],
    root: Key,
    decided: &mut Decided,
) -> Result<(), Vec<Problem>> {
    let mut open: Vec<usize> = order
        .iter()
        .copied()
        .filter(|&table| facts[table].per.is_some() && facts[table].no_rows.is_none())
        .collect();
    while !open.is_empty() {
        let ready: Vec<usize> = open
            .iter()
            .copied()
            .filter(|&table| {
                facts[table].per.is_some_and(|per| {
                    !open.contains(&facts[table].references[per.reference].table)
                })
            })
            .collect();
        if ready.is_empty() {
            return Err(open
                .iter()
                .filter_map(|&table| facts[table].per)
                .map(|per| {
                    Problem::configured(per.span, "these parents and children count each other")
                })
                .collect());
        }
        for &table in &ready {
            decided.rows[table] = per_grouping(&facts[table], root, decided)
                .and_then(|grouping| grouping.rows_asked())
                .unwrap_or(0);
        }
        open.retain(|table| !ready.contains(table));
    }
    Ok(())
}

fn asked(facts: &TableFacts<'_>, request: &Request) -> u64 {
    if facts.no_rows.is_some() {
        return 0;
    }
    match facts.master {
        Some(master) => master.rows.len() as u64,
        None => request.rows_of(facts.table).0,
    }
}

fn decide_table(
    schema: &Schema,
    facts: &mut TableFacts<'_>,
    table: usize,
    root: Key,
    decided: &mut Decided,
    limits: &mut [Option<Limit>],
) {
    if facts.master.is_some() || decided.rows[table] == 0 {
        return;
    }
    let key = root.child(&facts.table.name.to_string()).child("unique");
    let per = per_grouping(facts, root, decided);
    if facts.per.is_some() {
        let most = per.as_ref().and_then(Grouping::rows_asked).unwrap_or(0);
        decided.rows[table] = decided.rows[table].min(most);
        if most == 0 {
            decided.reasons[table] = Some("its parent has no rows".to_owned());
            return;
        }
    }
    loop {
        let capacities: Vec<u64> = (0..facts.table.columns.len())
            .map(|column| match facts.reference_of[column] {
                // One parent fewer where another column of the row must point to another one.
                Some((reference, _)) => facts.references[reference]
                    .choices(&decided.rows)
                    .saturating_sub(u64::from(facts.differs_from(column).is_some())),
                None => capacity(schema, facts, column),
            })
            .collect();
        match assign(facts, &capacities, per.as_ref(), decided.rows[table], key) {
            Ok(needs) => {
                decided.needs[table] = needs;
                return;
            }
            Err(limit) => {
                // A reference that only a name speaks of isn't worth a single row.
                let guessed = limit.columns.iter().find_map(|name| {
                    let column = facts.table.column_position(name)?;
                    let (reference, _) = facts.reference_of[column]?;
                    facts.references[reference]
                        .constraint
                        .is_none()
                        .then_some(column)
                });
                if let Some(column) = guessed {
                    drop_reference(facts, column);
                    continue;
                }
                decided.rows[table] = limit.rows.min(decided.rows[table] - 1);
                let narrower = limits[table]
                    .as_ref()
                    .is_none_or(|old| limit.rows < old.rows);
                if narrower {
                    limits[table] = Some(limit);
                }
                if decided.rows[table] == 0 {
                    return;
                }
            }
        }
    }
}

/// A table without rows can't be pointed to.
fn drop_references_to_nothing(
    schema: &Schema,
    facts: &mut TableFacts<'_>,
    table: usize,
    decided: &mut Decided,
) {
    if facts.master.is_some() || decided.rows[table] == 0 {
        return;
    }
    drop_empty_targets(facts, decided);
    let empty: Vec<usize> = facts
        .references
        .iter()
        .enumerate()
        .filter(|(_, reference)| decided.rows[reference.table] == 0)
        .map(|(number, _)| number)
        .collect();
    for number in empty {
        let reference = facts.references[number].clone();
        if !reference
            .columns
            .iter()
            .all(|&column| facts.reference_of[column].is_some())
        {
            continue;
        }
        let parent = &schema.tables[reference.table].name;
        if reference.constraint.is_some() {
            let nullable: Vec<usize> = reference
                .columns
                .iter()
                .copied()
                .filter(|&column| !facts.never_null[column])
                .collect();
            if nullable.is_empty() {
                decided.rows[table] = 0;
                decided.reasons[table] = Some(format!(
                    "every row must point to `{parent}`, which has no rows"
                ));
                return;
            }
            for column in nullable {
                facts.always_null[column] = Some(format!("`{parent}` has no rows"));
            }
        }
        for &column in &reference.columns {
            facts.reference_of[column] = None;
        }
    }
}

/// A polymorphic pair can't point to a table without rows, but to its other tables.
fn drop_empty_targets(facts: &mut TableFacts<'_>, decided: &Decided) {
    for reference in &mut facts.references {
        reference
            .targets
            .retain(|target| decided.rows[target.table] > 0);
        if let Some(first) = reference.targets.first() {
            reference.table = first.table;
            reference.referenced = vec![first.key; reference.columns.len()];
        }
    }
}

/// Two columns that must point to different rows of a table with a single row can't both do so.
fn drop_lonely_pairs(
    schema: &Schema,
    facts: &mut TableFacts<'_>,
    table: usize,
    decided: &mut Decided,
) {
    if facts.master.is_some() || decided.rows[table] == 0 {
        return;
    }
    for column in 0..facts.table.columns.len() {
        let Some(other) = facts.differs_from(column) else {
            continue;
        };
        let Some((reference, _)) = facts.reference_of[column] else {
            continue;
        };
        let parent = facts.references[reference].table;
        if decided.rows[parent] > 1 {
            continue;
        }
        let nullable = [column, other]
            .into_iter()
            .find(|&column| !facts.never_null[column]);
        let reason = format!(
            "`{}` has one row, and a check wants two different ones",
            schema.tables[parent].name
        );
        if let Some(column) = nullable {
            facts.always_null[column] = Some(reason);
            facts.reference_of[column] = None;
        } else {
            decided.rows[table] = 0;
            decided.reasons[table] = Some(reason);
            return;
        }
    }
}

/// Forgets a reference that only names speak of.
fn drop_reference(facts: &mut TableFacts<'_>, column: usize) {
    let (dropped, kept): (Vec<_>, Vec<_>) = facts.references.drain(..).partition(|reference| {
        reference.constraint.is_none() && reference.columns.contains(&column)
    });
    facts.references = kept;
    for reference in dropped {
        for column in reference.columns {
            facts.reference_of[column] = None;
        }
    }
    for (number, reference) in facts.references.iter().enumerate() {
        for (place, &column) in reference.columns.iter().enumerate() {
            if facts.reference_of[column].is_some() {
                facts.reference_of[column] = Some((number, place));
            }
        }
    }
}

fn limit_problem(facts: &TableFacts<'_>, limit: &Limit, asked: u64) -> Problem {
    let table = &facts.table.name;
    let place = match limit.columns.as_slice() {
        [column] => format!("{table}.{column}"),
        columns => format!("{table}.({})", columns.join(", ")),
    };
    let text = format!(
        "is unique (`{}`) over {} value{}; {asked} rows asked: at most {}",
        limit.constraint,
        limit.rows,
        if limit.rows == 1 { "" } else { "s" },
        limit.rows
    );
    Problem::new(place, text)
}
