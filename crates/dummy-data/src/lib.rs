//! Rows for a schema from a seed.
//!
//! [`Plan::new`] decides how every column of every table is made; [`TablePlan::write_copy`] makes any
//! range of rows. A value is a function of the seed, the table's name, the column's name and the
//! row's number, so ranges can be made in any order by any number of threads, a new column or table
//! changes no other, and more rows append. Nothing here reads a file, the clock or the environment,
//! and there is no floating-point arithmetic in values.

mod calendar;
mod check;
mod conflict;
mod generators;
mod locale;
mod masters;
mod ordinal;
mod plan;
mod pools;
mod problem;
mod random;
mod request;
mod scope;
mod settings;

pub use conflict::merge_conflicts;
pub use locale::Locale;
pub use masters::{Field, Master};
pub use plan::{
    ColumnPlan, GeneratorKind, Nulls, OptionKind, OptionType, Plan, TablePlan, generator_kinds,
};
pub use problem::Problem;
pub use request::{DEFAULT_ROWS, Request};
pub use settings::{
    ColumnSettings, Distribution, GeneratorSettings, Located, OptionValue, PerParent, Settings,
    Source, Span, TableSettings, TemplatePart,
};

/// The one of some names that is most like a misspelt one, if any is near. Letter case and blanks around it count
/// for nothing.
pub fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.trim().to_lowercase();
    names
        .map(|name| (strsim::levenshtein(&wrong, &name.to_lowercase()), name))
        .min()
        .filter(|(edits, name)| *edits <= 1 + name.chars().count() / 3)
        .map(|(_, name)| name)
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
        assert_eq!(nearest(" ORDERS ", names.into_iter()), Some("orders"));
        assert_eq!(nearest("ID", ["id"].into_iter()), Some("id"));
    }
}
