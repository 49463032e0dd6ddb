//! Sums that must be unique: `UNIQUE ((a + b))`, or of a computed column that is one.
//!
//! Pairs that differ have the same sum all the time. So one of the columns counts in large steps and the other stays
//! below a step: then sums differ as the first column does.

use crate::check;
use crate::ids::{ColumnId, TableColumns};
use sqlparser::ast::{BinaryOperator, Expr};
use value_model::expression::identifier;
use value_model::{ColumnValue, IndexKey, Table, ValueType};

/// In what steps the first column counts: a hundred thousand of them are whole numbers of four bytes.
const STEP: i64 = 1000;

/// The column that counts and the one that stays below a step, if an expression is a sum of two that are free to.
pub(crate) fn addends(table: &Table, expression: &Expr) -> Option<(ColumnId, ColumnId)> {
    match expression {
        Expr::Nested(inner) => addends(table, inner),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Plus,
            right,
        } => {
            let (first, second) = (free_number(table, left)?, free_number(table, right)?);
            (first != second).then_some((first, second))
        }
        _ => None,
    }
}

/// The same for a computed column.
pub(crate) fn addends_of_column(table: &Table, column: ColumnId) -> Option<(ColumnId, ColumnId)> {
    let ColumnValue::Generated { expression, .. } = &table.columns[column].value else {
        return None;
    };
    addends(table, &check::parse(expression).ok()?)
}

/// What all unique sums of a table ask of their columns, as a check would.
pub(crate) fn checks(table: &Table) -> Vec<String> {
    let mut checks = Vec::new();
    for index in table.indexes.iter().filter(|index| index.unique) {
        for part in &index.parts {
            let found = match &part.key {
                IndexKey::Column(name) => table
                    .column_id(name)
                    .and_then(|column| addends_of_column(table, column)),
                IndexKey::Expression(sql) => check::parse(sql)
                    .ok()
                    .and_then(|expression| addends(table, &expression)),
            };
            if let Some((first, second)) = found {
                let [first, second] =
                    [first, second].map(|column| identifier(&table.columns[column].name));
                checks.push(format!(
                    "{first} % {STEP} = 0 AND {second} >= 0 AND {second} < {STEP}"
                ));
            }
        }
    }
    checks
}

/// A column of whole numbers that no key is about.
fn free_number(table: &Table, expression: &Expr) -> Option<ColumnId> {
    let name = match expression {
        Expr::Nested(inner) => return free_number(table, inner),
        Expr::Identifier(name) => check::folded(name),
        _ => return None,
    };
    let position = table.column_id(&name)?;
    let column = &table.columns[position];
    let is_whole = matches!(
        column.data_type.kind,
        ValueType::Integer | ValueType::BigInt
    ) && !column.data_type.array;
    let in_primary = table.primary_key.iter().flat_map(|key| &key.columns);
    let in_foreign = table.foreign_keys.iter().flat_map(|key| &key.columns);
    let is_key = in_primary.chain(in_foreign).any(|own| *own == name);
    let is_made = matches!(
        column.value,
        ColumnValue::Generated { .. } | ColumnValue::Numbered(())
    );
    (is_whole && !is_key && !is_made).then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use value_model::{Column, DataType, Index, IndexPart, IndexRules, QualifiedName};

    #[test]
    fn one_addend_counts_and_the_other_stays_below() {
        let mut table = Table::new(QualifiedName::bare("t"));
        table.columns = ["a", "b"]
            .map(|name| Column::new(name, DataType::scalar(ValueType::Integer)))
            .into();
        let mut index = Index {
            name: "i".to_owned(),
            unique: true,
            parts: vec![IndexPart {
                key: IndexKey::Expression("(a + b)".to_owned()),
                order: None,
                own: (),
            }],
            comment: None,
            own: IndexRules::default(),
        };
        table.indexes = vec![index.clone()];
        assert_eq!(checks(&table), ["a % 1000 = 0 AND b >= 0 AND b < 1000"]);
        index.parts[0].key = IndexKey::Expression("a + a".to_owned());
        table.indexes = vec![index];
        assert!(checks(&table).is_empty());
    }
}
