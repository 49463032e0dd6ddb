//! How tables are named after what is in them: who shows a schema looks for the table that a column's name means.

use crate::SourceFile;
use crate::inflect::{self, Inflections};

/// Plurals as ActiveRecord forms names of tables.
#[derive(Debug, Clone)]
pub struct Plurals(Inflections);

impl Plurals {
    /// The rules of English, with the application's own words. Words in which something is wrong count for nothing: that
    /// is told by whoever reads a schema with them.
    pub fn new(words: Option<&SourceFile>) -> Self {
        let own = words.and_then(|words| inflect::read(words.clone()).ok());
        Self(own.unwrap_or_else(Inflections::english))
    }

    /// The plural of a name: `person` gives `people`.
    pub fn of(&self, name: &str) -> String {
        self.0.pluralize(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_are_those_of_rails_and_of_the_application() {
        let english = Plurals::new(None);
        assert_eq!(
            [
                english.of("person"),
                english.of("sales_order"),
                english.of("drive")
            ],
            ["people", "sales_orders", "drives"]
        );
        let own = SourceFile::new("words", "drive driven\n");
        assert_eq!(Plurals::new(Some(&own)).of("drive"), "driven");
    }
}
