//! Sums that a check wants: `net = fees + disbursements - discount`. What a constraint says comes before what names say, so
//! the other rules find these columns decided, and build on them.

use crate::check::columns;
use crate::ids::{ColumnId, TableColumns, TableId};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use sqlparser::ast::{BinaryOperator, Expr as Sql};

/// Decides the columns of a table that checks want to be sums and differences of others.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for equation in reader.facts[table].equations.clone() {
        let target = equation.target;
        let others_are_known = equation
            .inputs
            .iter()
            .all(|&input| input != target && !reader.is_nullable(table, input));
        if !reader.is_number(table, target)
            || !others_are_known
            || equation.inputs.len() < 2
            || !equation
                .inputs
                .iter()
                .all(|&input| reader.is_number(table, input))
        {
            continue;
        }
        if let Some(sum) = sum(reader, table, &equation.expression) {
            let why = format!("a check wants it to be {}", equation.expression);
            reader.relate(table, target, Relation::Value(sum), why);
        }
    }
}

/// What sums and differences of columns come to; none of anything else.
fn sum(reader: &Reader<'_, '_>, table: TableId, expression: &Sql) -> Option<Expr> {
    match expression {
        Sql::Nested(inner) => sum(reader, table, inner),
        Sql::Identifier(_) => {
            let [name] = <[String; 1]>::try_from(columns(expression)).ok()?;
            Some(Expr::Column(reader.facts[table].table.column_id(&name)?))
        }
        Sql::BinaryOp { left, op, right } => {
            let (left, right) = (sum(reader, table, left)?, sum(reader, table, right)?);
            match op {
                BinaryOperator::Plus => Some(Expr::Sum(vec![left, right])),
                BinaryOperator::Minus => Some(left.minus(right)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a column is a sum of others that another one is among.
pub(super) fn is_made_of(
    reader: &Reader<'_, '_>,
    table: TableId,
    sum: ColumnId,
    part: ColumnId,
) -> bool {
    reader.story.tables[table]
        .relations
        .get(&sum)
        .is_some_and(|(relation, _)| match relation {
            Relation::Value(value) => value.is_of(part),
            _ => false,
        })
}
