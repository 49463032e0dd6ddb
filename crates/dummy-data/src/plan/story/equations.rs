//! Columns that checks compute from others (`net = fees + expenses - discount`): an equation comes before whatever names
//! and comments say of its column, or the whole table would lose its story for one of them.

use crate::ids::{ColumnId, TableColumns, TableId};
use crate::plan::bounds::scale;
use crate::plan::facts::narrowing::{ConstraintOf, Narrowing};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use sqlparser::ast::{self, BinaryOperator};
use std::collections::BTreeSet;

/// Leaves the columns of a table's equations to these, unless what they are made of was derived from them.
pub(super) fn keep(reader: &mut Reader<'_, '_>, table: TableId) {
    for equation in &reader.facts[table].equations {
        let target = equation.target;
        let relations = &reader.story.tables[table].relations;
        if equation.inputs.contains(&target)
            || !matches!(relations.get(&target), Some((Relation::Value(_), _)))
            || equation
                .inputs
                .iter()
                .any(|&input| follows(reader, table, input, target, &mut BTreeSet::new()))
        {
            continue;
        }
        let told = equation
            .inputs
            .iter()
            .all(|&input| !reader.is_nullable(table, input))
            .then(|| told(reader, table, target, &equation.expression))
            .flatten();
        let relations = &mut reader.story.tables[table].relations;
        match told {
            Some(value) => {
                let why = format!("a check wants it to be {}", equation.expression);
                relations.insert(target, (Relation::Value(value), why));
            }
            None => {
                relations.remove(&target);
            }
        }
    }
}

/// Takes the relations from the columns of checks that rows of an earlier plan broke.
pub(super) fn give_up(reader: &mut Reader<'_, '_>, table: TableId, narrowing: &Narrowing) {
    let own = reader.facts[table].table;
    for check in &own.checks {
        if !narrowing
            .without_relations
            .contains(&ConstraintOf::new(own, &check.name))
        {
            continue;
        }
        let Ok(parsed) = crate::check::parse(&check.expression) else {
            continue;
        };
        let columns: Vec<ColumnId> = crate::check::columns(&parsed)
            .iter()
            .filter_map(|column| own.column_id(column))
            .collect();
        if leave_to_equation(reader, table, &columns) {
            continue;
        }
        for column in columns {
            let relations = &mut reader.story.tables[table].relations;
            if !matches!(relations.get(&column), Some((Relation::State, _))) {
                relations.remove(&column);
            }
        }
    }
}

/// Leaves what a check computes to it, and takes the relations from what it is made of that followed from it; whether
/// there was anything to take.
fn leave_to_equation(reader: &mut Reader<'_, '_>, table: TableId, columns: &[ColumnId]) -> bool {
    let mut taken = false;
    for equation in &reader.facts[table].equations {
        let target = equation.target;
        if !columns.contains(&target) || equation.inputs.contains(&target) {
            continue;
        }
        let circular: Vec<ColumnId> = equation
            .inputs
            .iter()
            .copied()
            .filter(|&input| follows(reader, table, input, target, &mut BTreeSet::new()))
            .collect();
        let relations = &mut reader.story.tables[table].relations;
        if circular.is_empty() || !matches!(relations.get(&target), Some((Relation::Value(_), _))) {
            continue;
        }
        for column in circular.into_iter().chain([target]) {
            relations.remove(&column);
        }
        taken = true;
    }
    taken
}

/// Whether a column follows from another one of its row, however many steps away.
fn follows(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    other: ColumnId,
    seen: &mut BTreeSet<ColumnId>,
) -> bool {
    if !seen.insert(column) {
        return false;
    }
    let Some((Relation::Value(value), _)) = reader.story.tables[table].relations.get(&column)
    else {
        return false;
    };
    value.is_of(other)
        || reader
            .columns(table)
            .filter(|&next| next != column && value.is_of(next))
            .any(|next| follows(reader, table, next, other, seen))
}

/// A sum of columns that are never NULL, in terms of the story, which are quicker than SQL.
fn told(
    reader: &Reader<'_, '_>,
    table: TableId,
    target: ColumnId,
    expression: &ast::Expr,
) -> Option<Expr> {
    match expression {
        ast::Expr::Nested(inner) => told(reader, table, target, inner),
        ast::Expr::Identifier(_) => {
            let name = crate::check::columns(expression);
            let column = reader.facts[table].table.column_id(name.first()?)?;
            (reader.is_number(table, column)
                && scale(reader.kind(table, column)) <= scale(reader.kind(table, target)))
            .then_some(Expr::Column(column))
        }
        ast::Expr::BinaryOp { left, op, right } => {
            let left = told(reader, table, target, left)?;
            let right = told(reader, table, target, right)?;
            match op {
                BinaryOperator::Plus => Some(Expr::Sum(vec![left, right])),
                BinaryOperator::Minus => Some(left.minus(right)),
                _ => None,
            }
        }
        _ => None,
    }
}
