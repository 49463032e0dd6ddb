//! Rows that take the values of another row where their own break a check that nothing else was found to keep.
//!
//! All columns that the check speaks of, and those that these are bound to, move together, so what holds between them
//! in the other row holds here too. It is the last resort: it costs a trial for each row that must move, and none
//! for a check that was understood.

use crate::evaluate::value::Value;
use crate::evaluate::{Evaluator, Fault};
use crate::generators::Input;
use sqlparser::ast::Expr;

/// So many other rows are tried.
const TRIALS: u64 = 1000;

/// The distance of the rows that are tried, prime to most numbers of rows.
const STRIDE: u64 = 7919;

/// Rows that are tried from, where a table has fewer.
const FEWEST: u64 = 10_000;

/// Says which row's values a row takes.
#[derive(Debug)]
pub struct Redraw {
    /// The checks that must hold.
    pub checks: Vec<Expr>,
    /// The columns that the checks name, and whether each moves.
    pub inputs: Vec<(Input, bool)>,
    /// The table's rows.
    pub rows: u64,
}

impl Redraw {
    /// The first row, from this one on, whose values keep all checks; this one where none is found.
    pub fn at(&self, row: u64) -> u64 {
        let count = self.rows.max(FEWEST);
        (0..TRIALS)
            .map(|trial| (row + trial * STRIDE) % count)
            .find(|&other| self.keeps(row, other))
            .unwrap_or(row)
    }

    /// Whether a row keeps the checks with another row's values.
    pub fn keeps(&self, row: u64, other: u64) -> bool {
        let evaluator = Evaluator::default();
        let column = |name: &str| -> Result<Value, Fault> {
            let mut inputs = self.inputs.iter();
            let found = inputs.find(|(input, _)| input.name == name);
            let (input, moves) = found.ok_or_else(|| Fault::unknown("a column"))?;
            input.at(if *moves { other } else { row })
        };
        self.checks
            .iter()
            .all(|check| matches!(evaluator.truth(check, &column), Ok(None | Some(true))))
    }
}
