//! Pairs of columns between which no two rows may overlap: `EXCLUDE (room WITH =, tsrange(starts, ends)
//! WITH &&)`.
//!
//! Every row gets a slot of its own, one after the other, whatever else the constraint compares: then none
//! overlaps another, also where a row of the same room comes much later.

use super::bounds::scale;
use super::context::Choice;
use super::uniques::words_outside_strings;
use crate::calendar::{DAY, SECOND, days_from_civil};
use crate::generators::{Generator, Moment, Quantity};
use crate::ordinal::Ordinal;
use schema_model::{Table, TypeKind};
use std::sync::Arc;

/// The columns of a range that overlaps no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// Where it begins.
    pub lower: usize,
    /// Where it ends.
    pub upper: usize,
}

/// The slots that a table's exclusion constraints speak of.
pub(super) fn slots(table: &Table) -> Vec<Slot> {
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
            (lower != upper && kind(lower) == kind(upper) && of_kind(kind(lower), false).is_some())
                .then_some(Slot { lower, upper })
        })
        .collect()
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

/// What makes the begin or the end of each row's slot.
pub(super) fn generator(kind: &TypeKind, is_upper: bool) -> Option<Choice> {
    let generator = of_kind(kind, is_upper)?;
    Some((
        generator,
        "no two rows may overlap: slots one after the other".to_owned(),
    ))
}

fn of_kind(kind: &TypeKind, is_upper: bool) -> Option<Generator> {
    let later = i64::from(is_upper);
    match kind {
        TypeKind::Date | TypeKind::Timestamp { .. } => {
            let unit = if *kind == TypeKind::Date {
                DAY
            } else {
                3600 * SECOND
            };
            let moment = Arc::new(Moment::Steps {
                ordinal: Ordinal::Row,
                start: days_from_civil(2020, 4, 1) * DAY + later * unit,
                step: 2 * unit,
            });
            Some(super::moments::write(kind, moment))
        }
        TypeKind::Integer | TypeKind::BigInt | TypeKind::Numeric { .. } => {
            let quantity = Arc::new(Quantity::Steps {
                ordinal: Ordinal::Row,
                start: 1 + later,
                step: 3,
            });
            Some(match scale(kind) {
                0 => Generator::Whole(quantity),
                digits => Generator::Decimal(quantity, digits),
            })
        }
        _ => None,
    }
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
