//! Rows for a schema from a seed.
//!
//! [`Plan::new`] decides how every column of every table is made; [`TablePlan::write_copy`] makes any
//! range of rows. A value is a function of the seed, the table's name, the column's name and the
//! row's number, so ranges can be made in any order by any number of threads, a new column or table
//! changes no other, and more rows append. Nothing here reads a file, the clock or the environment,
//! and there is no floating-point arithmetic in values.

mod calendar;
mod check;
mod generators;
mod locale;
mod masters;
mod ordinal;
mod plan;
mod pools;
mod problem;
mod random;
mod request;

pub use locale::Locale;
pub use masters::{Field, Master};
pub use plan::{ColumnPlan, Nulls, Plan, TablePlan};
pub use problem::Problem;
pub use request::{DEFAULT_ROWS, Request};

/// The one of some names that is most like a misspelt one, if any is near.
pub fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (edits(wrong, name), name))
        .min()
        .filter(|(edits, name)| *edits <= 1 + name.chars().count() / 3)
        .map(|(_, name)| name)
}

/// How many characters must be added, removed or replaced (Levenshtein's distance).
fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, character) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let replaced = previous[column] + usize::from(character != *other);
            current.push(
                replaced
                    .min(previous[column + 1] + 1)
                    .min(current[column] + 1),
            );
        }
        previous = current;
    }
    previous[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["users", "offices", "orders"];
        assert_eq!(nearest("user", names.into_iter()), Some("users"));
        assert_eq!(nearest("ofices", names.into_iter()), Some("offices"));
        assert_eq!(nearest("zebra", names.into_iter()), None);
    }
}
