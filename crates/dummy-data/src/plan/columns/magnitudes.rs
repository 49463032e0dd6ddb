//! How large numbers are by what their columns are called, as data: `pools/magnitudes.tsv`. It is asked before the
//! general rules of [`super::number_rules`], which know words that stand anywhere in a name.

use crate::generators::Shape;
use crate::locale::Locale;
use crate::plan::columns::number_rules::Usual;
use crate::plan::names::NameParts;
use std::sync::OnceLock;

const MAGNITUDES: &str = include_str!("../../../pools/magnitudes.tsv");

/// How large the numbers of a column are.
#[derive(Debug)]
pub(crate) struct Magnitude {
    /// The language for which it is so; `None` for every one.
    locale: Option<Locale>,
    /// Names as they end, or `TABLE.COLUMN`.
    names: Vec<&'static str>,
    least: f64,
    greatest: f64,
    step: f64,
    shape: Shape,
    /// What it is, for `--explain`.
    what: &'static str,
}

fn all() -> &'static [Magnitude] {
    static READ: OnceLock<Vec<Magnitude>> = OnceLock::new();
    READ.get_or_init(|| {
        MAGNITUDES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(read)
            .collect()
    })
}

fn read(line: &'static str) -> Option<Magnitude> {
    let mut fields = line.split('\t');
    Some(Magnitude {
        locale: match fields.next()? {
            "en" => Some(Locale::English),
            "ja" => Some(Locale::Japanese),
            _ => None,
        },
        names: fields.next()?.split(' ').collect(),
        least: fields.next()?.parse().ok()?,
        greatest: fields.next()?.parse().ok()?,
        step: fields.next()?.parse().ok()?,
        shape: match fields.next()? {
            "skewed" => Shape::Skewed,
            "central" => Shape::Central,
            _ => Shape::Even,
        },
        what: fields.next()?,
    })
}

/// What the column's name, and its table's where that decides, says of its numbers; `unit` is one in units of its last
/// digit.
pub(crate) fn magnitude(
    column: &NameParts,
    table: &NameParts,
    locale: Locale,
    unit: i64,
) -> Option<Usual> {
    let (of, hundredths, in_yen) = without_currency(column);
    let locale = if in_yen { Locale::Japanese } else { locale };
    let fits = |name: &&'static str| match name.split_once('.') {
        Some((of_table, own)) => {
            of.whole == own
                && (table.whole == of_table || table.whole.ends_with(&format!("_{of_table}")))
        }
        None => of.is(&[name]),
    };
    let found = all().iter().find(|magnitude| {
        magnitude.locale.is_none_or(|of| of == locale) && magnitude.names.iter().any(fits)
    })?;
    let factor = if hundredths { 100 * unit } else { unit };
    let scaled = |number: f64| scale(number, factor);
    let step = scaled(found.step).max(1);
    Some(Usual {
        least: scaled(found.least),
        greatest: scaled(found.greatest).max(scaled(found.least)),
        step,
        shape: found.shape,
        why: format!("the name says {}", found.what),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "figures of a small table times a power of ten that fits a column"
)]
fn scale(number: f64, factor: i64) -> i64 {
    (number * factor as f64).round() as i64
}

/// A name without the currency at its end, whether it counts hundredths of one, and whether it is yen.
fn without_currency(column: &NameParts) -> (NameParts, bool, bool) {
    for (ending, hundredths, in_yen) in [
        ("in_cents", true, false),
        ("cents", true, false),
        ("in_yen", false, true),
        ("yen", false, true),
        ("jpy", false, true),
        ("usd", false, false),
    ] {
        if let Some(before) = column.prefix_before(ending).filter(|of| !of.is_empty()) {
            return (NameParts::new(before), hundredths, in_yen);
        }
    }
    (column.clone(), false, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn range(table: &str, column: &str, locale: Locale, unit: i64) -> Option<(i64, i64)> {
        magnitude(
            &NameParts::new(column),
            &NameParts::new(table),
            locale,
            unit,
        )
        .map(|usual| (usual.least, usual.greatest))
    }

    #[test]
    fn every_line_is_read() {
        let lines = MAGNITUDES.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(all().len(), lines.count());
        for magnitude in all() {
            assert!(magnitude.least <= magnitude.greatest, "{magnitude:?}");
            assert!(magnitude.step > 0.0, "{magnitude:?}");
        }
    }

    #[test]
    fn a_room_holds_no_two_dozen_adults() {
        assert_eq!(range("stays", "adults", Locale::English, 1), Some((1, 4)));
        assert_eq!(
            range("room_types", "max_occupancy", Locale::English, 1),
            Some((2, 6))
        );
    }

    #[test]
    fn decimals_are_in_units_of_their_last_digit() {
        assert_eq!(
            range("exam_results", "deviation", Locale::Japanese, 10),
            Some((300, 750))
        );
    }

    #[test]
    fn cents_are_hundredths_and_yen_are_yen_in_every_language() {
        assert_eq!(
            range("rooms", "nightly_rate_cents", Locale::English, 1),
            Some((6_000, 32_000))
        );
        assert_eq!(
            range("rooms", "nightly_rate_yen", Locale::English, 1),
            Some((5_000, 32_000))
        );
    }

    #[test]
    fn a_table_decides_what_a_capacity_is() {
        assert_eq!(
            range("courses", "capacity", Locale::English, 1),
            Some((6, 40))
        );
        assert_eq!(
            range("tanks", "capacity", Locale::English, 1),
            Some((10, 200))
        );
    }

    #[test]
    fn what_nobody_listed_is_left_to_the_general_rules() {
        assert_eq!(range("lamps", "brightness", Locale::English, 1), None);
    }
}
