//! Mends checks that rows break for all that was understood: see [`crate::redraw`].

use crate::check::{ColumnRelation, columns, parse};
use crate::generators::{Generator, Input};
use crate::ids::{ColumnId, ColumnSlice, TableColumns};
use crate::nulls::Nulls;
use crate::plan::facts::duties::Duties;
use crate::plan::product::TablePlan;
use crate::plan::rows::need::Need;
use crate::plan::verify::{Planned, breaks_a_check};
use crate::redraw::Redraw;
use sqlparser::ast::Expr;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rows of which at least half must find another one's values, or nothing is mended.
const SAMPLE: u64 = 20;

/// Lets rows of a table take other values where they break a check.
pub(crate) fn repair(
    duties: &Duties<'_>,
    needs: &ColumnSlice<Need>,
    mut plan: TablePlan,
) -> TablePlan {
    let planned = Planned {
        duties,
        plan: &plan,
    };
    let broken: Vec<usize> = (0..duties.table.checks.len())
        .filter(|&check| breaks_a_check(&planned, check))
        .collect();
    let mut mended: BTreeSet<usize> = BTreeSet::new();
    for check in broken {
        if mended.contains(&check) {
            continue;
        }
        let (checks, names) = component(duties, check);
        if let Some(redraw) = redraw(duties, needs, &plan, &checks, &names) {
            apply(&mut plan, &Arc::new(redraw));
            mended.extend(checks);
        }
    }
    plan
}

/// A check, those that speak of the same columns, and all of these columns with what they are bound to.
fn component(duties: &Duties<'_>, check: usize) -> (Vec<usize>, BTreeSet<String>) {
    let table = duties.table;
    let of_check = |check: usize| -> Vec<String> {
        parse(&table.checks[check].expression)
            .map_or_else(|_| Vec::new(), |parsed| columns(&parsed))
    };
    let mut names: BTreeSet<String> = of_check(check).into_iter().collect();
    let mut bound: Vec<Vec<String>> = (0..table.checks.len()).map(of_check).collect();
    let name = |column: ColumnId| table.columns[column].name.clone();
    bound.extend(
        duties
            .rules
            .relations
            .iter()
            .map(|ColumnRelation { left, right, .. }| vec![left.clone(), right.clone()]),
    );
    bound.extend(duties.equations.iter().map(|equation| {
        let inputs = equation.inputs.iter().map(|&input| name(input));
        inputs.chain([name(equation.target)]).collect()
    }));
    bound.extend(
        duties
            .ways
            .iter()
            .map(|ways| ways.columns.iter().map(|&column| name(column)).collect()),
    );
    loop {
        let before = names.len();
        for others in &bound {
            if others.len() > 1 && others.iter().any(|other| names.contains(other)) {
                names.extend(others.iter().cloned());
            }
        }
        if names.len() == before {
            break;
        }
    }
    let checks = (0..table.checks.len())
        .filter(|&other| of_check(other).iter().any(|column| names.contains(column)))
        .collect();
    (checks, names)
}

/// What lets the columns move; none where that mends nothing.
fn redraw(
    duties: &Duties<'_>,
    needs: &ColumnSlice<Need>,
    plan: &TablePlan,
    checks: &[usize],
    names: &BTreeSet<String>,
) -> Option<Redraw> {
    let table = duties.table;
    let checks: Vec<Expr> = checks
        .iter()
        .map(|&check| parse(&table.checks[check].expression).ok())
        .collect::<Option<_>>()?;
    let mut inputs = Vec::new();
    for name in names {
        let position = table.column_id(name)?;
        let planned = plan.columns.iter().find(|planned| planned.name == *name)?;
        let moves = matches!(needs[position], Need::Free)
            && !duties.is_given(position)
            && duties
                .slots
                .iter()
                .all(|slot| slot.lower != position && slot.upper != position);
        inputs.push((
            Input {
                name: name.clone(),
                data_type: table.columns[position].data_type.clone(),
                generator: Arc::clone(&planned.generator),
                nulls: planned.nulls.clone(),
            },
            moves,
        ));
    }
    let redraw = Redraw {
        checks,
        inputs,
        rows: plan.rows,
    };
    let rows = plan.rows.min(SAMPLE);
    let mended = (0..rows)
        .filter(|&row| redraw.keeps(row, redraw.at(row)))
        .count() as u64;
    (mended * 2 >= rows).then_some(redraw)
}

fn apply(plan: &mut TablePlan, redraw: &Arc<Redraw>) {
    for column in &mut plan.columns {
        let mut inputs = redraw.inputs.iter();
        if inputs.any(|(input, moves)| *moves && input.name == column.name) {
            column.generator = Arc::new(Generator::Redrawn(
                Arc::clone(&column.generator),
                Arc::clone(redraw),
            ));
            column.nulls = match column.nulls.clone() {
                always @ (Nulls::Always | Nulls::Never) => always,
                other => Nulls::Redrawn(Box::new(other), Arc::clone(redraw)),
            };
            column
                .why
                .push_str("; another row's where a check wants it");
        }
    }
}
