//! Other values where a row meets a condition: what a configuration's `case` and personas come to.

use crate::generators::Generator;
use crate::nulls::Nulls;
use crate::story::Term;
use row_text::RowBuffer;
use std::sync::Arc;

/// What a column holds in some rows, and in all others.
#[derive(Debug)]
pub struct Cases {
    /// The first that is met decides.
    pub each: Box<[OneCase]>,
    /// In all other rows.
    pub otherwise: Arc<Generator>,
}

/// A condition, and what a column then holds; NULL where that is none.
#[derive(Debug)]
pub struct OneCase {
    /// The condition.
    pub when: Arc<Term>,
    /// What makes the value and when that is NULL; none: always NULL.
    pub value: Option<(Arc<Generator>, Nulls)>,
}

impl Cases {
    fn at(&self, row: u64) -> Option<&OneCase> {
        self.each.iter().find(|case| case.when.is_true(row))
    }

    /// Appends the value of a row.
    pub fn write(&self, row: u64, out: &mut RowBuffer) {
        match self.at(row) {
            Some(case) => {
                if let Some((generator, _)) = &case.value {
                    generator.write(row, out);
                }
            }
            None => self.otherwise.write(row, out),
        }
    }

    /// Whether the row's value is NULL; `usual` says so where no case is met.
    pub fn is_null(&self, usual: &Nulls, row: u64) -> bool {
        match self.at(row) {
            Some(case) => case.value.as_ref().is_none_or(|(_, nulls)| nulls.at(row)),
            None => usual.at(row),
        }
    }

    /// Whether values can hold characters that fields of a line escape.
    pub fn needs_escape(&self) -> bool {
        let mut values = self.each.iter().filter_map(|case| case.value.as_ref());
        self.otherwise.needs_escape() || values.any(|(generator, _)| generator.needs_escape())
    }
}
