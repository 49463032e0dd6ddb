//! How each column is made: what its values are, and when it is NULL.
//!
//! [`build`] goes from column to column and asks in order: a master's file, the configuration, a key, a slot, an equal
//! column, a count of children, and last [`by_type`], which goes by type and name. Makers get a [`context::Context`]
//! and give back a generator with its reason.

pub(crate) mod build;
pub(crate) mod by_type;
pub(crate) mod computed;
pub(crate) mod configured;
pub(crate) mod context;
pub(crate) mod counts;
mod documents;
mod following;
mod magnitudes;
pub(crate) mod moments;
pub(crate) mod nulls;
pub(crate) mod number_rules;
mod numbers;
mod orders;
mod patterns;
pub(crate) mod pinned;
mod shares;
mod slots;
mod spatial;
pub(crate) mod text_rules;
mod texts;
mod ways;
mod words;

use value_model::{Doubt, QualifiedName, Schema};

use crate::ids::{TableId, TableSlice};
use crate::pinned::Pins;
use crate::plan::columns::build::Builder;
use crate::plan::facts::duties::Duties;
use crate::plan::facts::narrowing::ConstraintOf;
use crate::plan::facts::scopes::Scopes;
use crate::plan::product::TablePlan;
use crate::plan::rows::Decided;
use crate::plan::story::Story;
use crate::problem::Problem;
use crate::random::Key;
use crate::request::Request;

/// What the stages before have given, of which nothing changes any more.
#[derive(Clone, Copy)]
pub(crate) struct Basis<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// What is known of each table, and what its rows have to keep.
    pub duties: &'a TableSlice<Duties<'a>>,
    /// Which tables agree on columns that their keys share.
    pub scopes: &'a Scopes,
    /// How many rows there are, and what they want of columns.
    pub decided: &'a Decided,
    /// The order in which tables are filled.
    pub order: &'a [TableId],
    /// What everything is drawn by.
    pub root: Key,
    /// What the user asked for.
    pub request: &'a Request,
    /// What follows from what.
    pub story: &'a Story,
    /// Values that given rows put into columns.
    pub pins: &'a Pins,
}

/// How the columns of all tables are made.
pub(crate) struct Made {
    /// Tables that get rows, with their position in the schema, in the order in which they are filled.
    pub tables: Vec<(TableId, TablePlan)>,
    /// Tables that get none, and why.
    pub skipped: Vec<(QualifiedName, String)>,
    /// Unique sets whose relations were given up.
    pub given_up: Vec<ConstraintOf>,
    /// What was assumed.
    pub warnings: Vec<Problem>,
    /// Columns whose values the server may refuse.
    pub doubts: Vec<Doubt>,
}

/// Makes the columns of all tables.
pub(crate) fn make(basis: &Basis<'_>) -> Result<Made, Vec<Problem>> {
    let mut builder = Builder::new(basis);
    let mut tables = Vec::new();
    let mut skipped = Vec::new();
    for &table in basis.order {
        match builder.reason_for_no_rows(table) {
            Some(reason) => skipped.push((basis.schema.tables[table].name.clone(), reason)),
            None => tables.push((table, builder.table(table))),
        }
    }
    if !builder.problems.is_empty() {
        return Err(builder.problems);
    }
    Ok(Made {
        tables,
        skipped,
        given_up: builder.given_up,
        warnings: builder.warnings,
        doubts: builder.doubts,
    })
}
