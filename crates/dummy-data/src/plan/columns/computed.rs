//! Columns that an equation decides: see [`crate::plan::facts::equations`].

use crate::generators::{Computed, Generator, Input};
use crate::ids::{ColumnId, TableId};
use crate::nulls::Nulls;
use crate::plan::bounds::scale;
use crate::plan::columns::build::Builder;
use crate::plan::columns::by_type;
use crate::plan::columns::context::Choice;
use crate::plan::rows::need::Need;
use std::sync::Arc;

impl Builder<'_> {
    /// What a column must be by an equation; none where there is none, or something else decides it.
    pub(crate) fn by_equation(&mut self, table: TableId, column: ColumnId) -> Option<Choice> {
        let facts = &self.facts[table];
        let equation = facts
            .equations
            .iter()
            .find(|equation| equation.target == column)?;
        if !matches!(self.decided.needs[table][column], Need::Free) {
            return None;
        }
        let mut inputs = Vec::new();
        for &input in &equation.inputs {
            let own = &facts.table.columns[input];
            let (generator, nulls) = if input == column {
                let (after, above) = (self.after(table, column), self.above(table, column));
                let made = self.with_context(table, column, after, above, by_type::generator);
                (Arc::new(made?.0), Nulls::Never)
            } else {
                let (generator, _) = self.column(table, input)?;
                let nulls = if self.always_null(table, input).is_some() {
                    Nulls::Always
                } else {
                    self.nulls(table, input, &generator)
                };
                (generator, nulls)
            };
            inputs.push(Input {
                name: own.name.clone(),
                data_type: own.data_type.clone(),
                generator,
                nulls,
            });
        }
        let own = &facts.table.columns[column];
        let why = format!("a check wants it to be {}", equation.expression);
        let computed = Computed {
            expression: equation.expression.clone(),
            inputs: inputs.into(),
            data_type: own.data_type.clone(),
            scale: scale(&own.data_type.kind),
        };
        Some((Generator::Computed(Arc::new(computed)), why))
    }
}
