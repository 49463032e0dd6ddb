//! Other values where a row meets a condition: see [`crate::settings::Case`] and [`crate::settings::Persona`].

use crate::generators::Generator;
use crate::nulls::Nulls;
use crate::story::Term;
use row_text::RowBuffer;
use std::sync::Arc;

/// What a column holds in some rows, and in all others.
#[derive(Debug)]
pub struct Cases {
    /// The first that is met decides.
    pub(crate) each: Box<[OneCase]>,
    /// In all other rows.
    pub(crate) otherwise: Arc<Generator>,
}

/// A condition, and what a column then holds; NULL where that is none.
#[derive(Debug)]
pub(crate) struct OneCase {
    pub(crate) when: Arc<Term>,
    pub(crate) value: Option<(Arc<Generator>, Nulls)>,
}

impl Cases {
    fn at(&self, row: u64) -> Option<&OneCase> {
        self.each.iter().find(|case| case.when.is_true(row))
    }

    /// Appends the value of a row.
    pub(crate) fn write(&self, row: u64, out: &mut RowBuffer) {
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
    pub(crate) fn is_null(&self, usual: &Nulls, row: u64) -> bool {
        match self.at(row) {
            Some(case) => case.value.as_ref().is_none_or(|(_, nulls)| nulls.at(row)),
            None => usual.at(row),
        }
    }

    /// Whether values can hold characters that fields of a line escape.
    pub(crate) fn needs_escape(&self) -> bool {
        let mut values = self.each.iter().filter_map(|case| case.value.as_ref());
        self.otherwise.needs_escape() || values.any(|(generator, _)| generator.needs_escape())
    }
}
