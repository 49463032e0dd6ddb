//! Puts what fixed rows give in the place of what would be made: see [`crate::pinned`].

use crate::generators::{Generator, Moment, Quantity};
use crate::ids::{ColumnAt, ColumnId, TableColumns, TableId};
use crate::nulls::Nulls;
use crate::pinned::Pin;
use crate::plan::TablePlan;
use crate::plan::columns::build::Builder;
use crate::plan::sql::{moment, units};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Builder<'_> {
    /// A column's generator, with the rows that are given a value.
    pub(super) fn pinned(
        &self,
        table: TableId,
        column: ColumnId,
        generator: Arc<Generator>,
    ) -> Arc<Generator> {
        match self.pins.cells.get(&ColumnAt::new(table, column)) {
            Some(pins) => Arc::new(Generator::Pinned(generator, Arc::clone(pins))),
            None => generator,
        }
    }

    /// The same of when it is NULL.
    pub(super) fn pinned_nulls(&self, table: TableId, column: ColumnId, usual: Nulls) -> Nulls {
        match self.pins.cells.get(&ColumnAt::new(table, column)) {
            Some(pins) => Nulls::Pinned(Box::new(usual), Arc::clone(pins)),
            None => usual,
        }
    }

    /// Gives a table's fixed rows what columns were made without asking for it: those that are always NULL, and those
    /// whose rows may take another one's values.
    pub(super) fn pin(&self, table: TableId, plan: &mut TablePlan) {
        pin(self.facts[table].table, table, self.pins, plan);
    }

    /// The moments of a column that others must not precede.
    pub(super) fn given_moment(
        &self,
        table: TableId,
        column: ColumnId,
        usual: Arc<Moment>,
    ) -> Arc<Moment> {
        match self.given(table, column, &|text| moment(text)) {
            Some(given) => Arc::new(Moment::Given(usual, given)),
            None => usual,
        }
    }

    /// The numbers of a column that others must not be below.
    pub(super) fn given_quantity(
        &self,
        at: ColumnAt,
        scale: u32,
        usual: Arc<Quantity>,
    ) -> Arc<Quantity> {
        match self.given(at.table, at.column, &|text| {
            Some(units(text, scale, true)?.number)
        }) {
            Some(given) => Arc::new(Quantity::Given(usual, given)),
            None => usual,
        }
    }

    fn given(
        &self,
        table: TableId,
        column: ColumnId,
        read: &dyn Fn(&str) -> Option<i64>,
    ) -> Option<Arc<BTreeMap<u64, i64>>> {
        let pins = self.pins.cells.get(&ColumnAt::new(table, column))?;
        let rows = pins.all().filter_map(|(row, pin)| match pin {
            Pin::Text(text) => Some((row, read(text)?)),
            Pin::Null | Pin::As(_) => None,
        });
        Some(Arc::new(rows.collect()))
    }
}

/// Wraps the columns of a plan that pins aren't the outermost of.
pub(crate) fn pin(
    of: &value_model::Table,
    table: TableId,
    pins: &crate::pinned::Pins,
    plan: &mut TablePlan,
) {
    for column in &mut plan.columns {
        let Some(position) = of.column_id(&column.name) else {
            continue;
        };
        let Some(pins) = pins.cells.get(&ColumnAt::new(table, position)) else {
            continue;
        };
        if matches!(&*column.generator, Generator::Pinned(..))
            && matches!(column.nulls, Nulls::Pinned(..))
        {
            continue;
        }
        column.generator = Arc::new(Generator::Pinned(
            Arc::clone(&column.generator),
            Arc::clone(pins),
        ));
        column.nulls = Nulls::Pinned(Box::new(column.nulls.clone()), Arc::clone(pins));
        column.escape = column.generator.needs_escape();
    }
}
