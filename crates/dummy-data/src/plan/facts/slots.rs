//! Pairs of columns between which no two rows may overlap: `EXCLUDE (room WITH =, tsrange(starts, ends)
//! WITH &&)`.
//!
//! Every row gets a slot of its own, one after the other, whatever else the constraint compares: then none
//! overlaps another, also where a row of the same room comes much later.

use crate::plan::sql::words_outside_strings;
use schema_model::{Table, TypeKind};

/// The columns of a range that overlaps no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Where it begins.
    pub lower: usize,
    /// Where it ends.
    pub upper: usize,
}

/// The slots that a table's exclusion constraints speak of.
pub(crate) fn slots(table: &Table) -> Vec<Slot> {
    table
        .exclusions
        .iter()
        .filter(|exclusion| exclusion.elements.contains("&&"))
        .filter_map(|exclusion| {
            let elements = &exclusion.elements;
            let call = elements.find("range(")? + "range(".len();
            let mut arguments = arguments(&elements[call..]).into_iter();
            let mut column = || {
                words_outside_strings(&arguments.next()?)
                    .iter()
                    .find_map(|word| table.column_position(word))
            };
            let (lower, upper) = (column()?, column()?);
            let kind = |column: usize| &table.columns[column].data_type.kind;
            (lower != upper && kind(lower) == kind(upper) && can_count(kind(lower)))
                .then_some(Slot { lower, upper })
        })
        .collect()
}

/// Whether one slot after the other can be made of a type.
fn can_count(kind: &TypeKind) -> bool {
    matches!(
        kind,
        TypeKind::Date
            | TypeKind::Timestamp { .. }
            | TypeKind::Integer
            | TypeKind::BigInt
            | TypeKind::Numeric { .. }
    )
}

/// The arguments of a call, up to its closing parenthesis.
fn arguments(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut depth = 0_u32;
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => break,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                found.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = found.last_mut() {
            last.push(character);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_end_with_their_call() {
        assert_eq!(
            arguments("(starts_at)::date, COALESCE(ends_at, 'infinity'::date), '[]') WITH &&"),
            [
                "(starts_at)::date",
                " COALESCE(ends_at, 'infinity'::date)",
                " '[]'"
            ]
        );
    }
}
