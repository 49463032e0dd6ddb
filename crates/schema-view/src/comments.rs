//! How much of a schema says in a comment what it is.

use crate::{Table, View};

/// Of so many, so many have a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Commented {
    /// Those with a comment.
    pub with: usize,
    /// All that want one.
    pub of: usize,
}

impl Commented {
    fn count(&mut self, comment: Option<&String>) {
        self.of += 1;
        self.with += usize::from(comment.is_some());
    }

    /// Both counts together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            with: self.with + other.with,
            of: self.of + other.of,
        }
    }

    /// In whole hundredths, rounded down, so that 100 are all; of nothing that is 100.
    pub fn percent(self) -> usize {
        (self.with * 100).checked_div(self.of).unwrap_or(100)
    }
}

/// The comments of a whole schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Comments {
    /// On tables, but not on parts of others.
    pub tables: Commented,
    /// On columns that don't say themselves what they are.
    pub columns: Commented,
    /// On views, functions, types and the like.
    pub others: Commented,
}

impl Comments {
    /// All together.
    pub fn all(&self) -> Commented {
        self.tables.and(self.columns).and(self.others)
    }
}

impl Table {
    /// Whether a column says itself what it is: `id`, keys and Rails' timestamps do.
    pub fn says_itself(&self, column: &str) -> bool {
        matches!(column, "id" | "created_at" | "updated_at") || self.is_in_key(column)
    }

    /// How many of the columns that want a comment have one.
    pub fn commented_columns(&self) -> Commented {
        let mut count = Commented::default();
        for column in &self.columns {
            if !self.says_itself(&column.name) {
                count.count(column.comment.as_ref());
            }
        }
        count
    }
}

impl View {
    /// How many comments there are, of how many there could be.
    pub fn comments(&self) -> Comments {
        let mut comments = Comments::default();
        for table in self
            .tables
            .iter()
            .filter(|table| table.partition_of.is_none())
        {
            comments.tables.count(table.comment.as_ref());
            comments.columns = comments.columns.and(table.commented_columns());
        }
        for object in self.objects.iter().filter(|object| object.is_known()) {
            comments.others.count(object.comment.as_ref());
        }
        comments
    }
}

#[cfg(test)]
mod tests {
    use super::Commented;
    use crate::testing::view;

    #[test]
    fn what_says_itself_wants_no_comment() {
        let mut view = view(&[("users", &[]), ("orders", &["users"])]);
        assert_eq!(view.comments().columns, Commented { with: 0, of: 0 });
        assert_eq!(view.comments().all().percent(), 0);
        view.tables[0].comment = Some("Who orders".into());
        view.tables[1].columns[0].name = "total".into();
        let comments = view.comments();
        assert_eq!(comments.tables, Commented { with: 1, of: 2 });
        assert_eq!(comments.columns, Commented { with: 0, of: 1 });
        assert_eq!(comments.all().percent(), 33);
        view.tables[1].partition_of = Some("users".into());
        assert_eq!(view.comments().all().percent(), 100);
        assert_eq!(Commented::default().percent(), 100);
    }
}
