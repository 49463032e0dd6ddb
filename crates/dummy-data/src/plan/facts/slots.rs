//! Pairs of columns between which no two rows may overlap: `EXCLUDE (room WITH =, tsrange(starts, ends)
//! WITH &&)`.
//!
//! Every row gets a slot of its own, one after the other, whatever else the constraint compares: then none
//! overlaps another, also where a row of the same room comes much later.

use crate::check;
use crate::ids::{ColumnId, TableColumns};
use crate::plan::sql::{elements_of, operator_of};
use value_model::{Table, ValueType};

/// The columns of a range that overlaps no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Where it begins.
    pub lower: ColumnId,
    /// Where it ends.
    pub upper: ColumnId,
}

/// The slots that a table's exclusion constraints speak of.
pub(crate) fn slots(table: &Table) -> Vec<Slot> {
    let mut found: Vec<Slot> = Vec::new();
    for exclusion in &table.own.exclusions {
        for element in elements_of(&exclusion.elements) {
            if let Some((expression, "&&")) = operator_of(element)
                && let Some(slot) = slot(table, expression)
                && !found.contains(&slot)
            {
                found.push(slot);
            }
        }
    }
    found
}

/// The slot that a range made of two columns is.
pub(crate) fn slot(table: &Table, expression: &str) -> Option<Slot> {
    let parsed = check::parse(expression).ok()?;
    let (lower, upper) = check::bounds_of_range(&parsed)?;
    let column = |bound| {
        check::columns(bound)
            .iter()
            .find_map(|name| table.column_id(name))
    };
    let (lower, upper) = (column(lower)?, column(upper)?);
    let kind = |column: ColumnId| &table.columns[column].data_type.kind;
    (lower != upper && kind(lower) == kind(upper) && can_count(kind(lower)))
        .then_some(Slot { lower, upper })
}

/// Whether one slot after the other can be made of a type.
fn can_count(kind: &ValueType) -> bool {
    matches!(
        kind,
        ValueType::Date
            | ValueType::Timestamp { .. }
            | ValueType::Integer
            | ValueType::BigInt
            | ValueType::Numeric { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use value_model::{Column, DataType, QualifiedName};

    #[test]
    fn a_range_of_two_columns_is_a_slot_however_it_is_written() {
        let mut table = Table::new(QualifiedName::bare("t"));
        for name in ["a", "b"] {
            table
                .columns
                .push(Column::new(name, DataType::scalar(ValueType::Date)));
        }
        for expression in [
            "daterange(a, b)",
            "(tsrange((a)::timestamp without time zone, COALESCE(b, 'infinity'::date), '[]'))",
            "public.custom_range(a, b + 1)",
        ] {
            assert_eq!(
                slot(&table, expression),
                Some(Slot {
                    lower: 0.into(),
                    upper: 1.into(),
                }),
                "{expression}"
            );
        }
        assert_eq!(slot(&table, "daterange(a, a)"), None);
        assert_eq!(slot(&table, "a"), None);
    }
}
