//! Orders between columns of a row: what must not be below, before or different from another column.

use crate::calendar::{DAY, SECOND};
use crate::check::{ColumnDistance, Comparison, Distance};
use crate::generators::{Moment, Quantity};
use crate::ids::{ColumnAt, ColumnId, TableColumns, TableId};
use crate::plan::bounds::{holds_numbers, number_bounds, scale};
use crate::plan::columns::build::Builder;
use crate::plan::columns::context::Lower;
use crate::plan::columns::{moments, numbers};
use crate::plan::rows::need::Need;
use crate::plan::sql::units;
use std::sync::Arc;
use value_model::ValueType;

/// A column of the same row that must not exceed another one.
#[derive(Debug, Clone, Copy)]
struct LowerColumn {
    /// The column.
    column: ColumnId,
    /// Whether it must be below.
    strictly: bool,
}

/// How far apart checks want two columns, in units of the upper one: microseconds, or units of its last digit.
#[derive(Debug, Clone, Copy)]
struct Apart {
    /// At least so far.
    least: Option<i64>,
    /// At most so far.
    most: Option<i64>,
}

impl Builder<'_> {
    /// Another column that a check wants this one to equal: the one that stands before it.
    pub(crate) fn equal_to(&self, table: TableId, column: ColumnId) -> Option<ColumnId> {
        let facts = &self.facts[table];
        let name = &facts.table.columns[column].name;
        let relations = facts.rules.relations.iter();
        relations
            .filter_map(|relation| relation.of(name))
            .filter(|(operator, _)| *operator == Comparison::Equal)
            .find_map(|(_, other)| facts.table.column_id(other).filter(|&other| other < column))
    }

    /// Columns of the same row that must not exceed this one.
    fn lower_columns(&self, table: TableId, column: ColumnId) -> Vec<LowerColumn> {
        let facts = &self.facts[table];
        let name = &facts.table.columns[column].name;
        facts
            .rules
            .relations
            .iter()
            .filter_map(|relation| {
                let (lower, strictly) = match relation.of(name)? {
                    (Comparison::AtLeast, lower) => (lower, false),
                    (Comparison::Above, lower) => (lower, true),
                    _ => return None,
                };
                let lower = facts.table.column_id(lower)?;
                (lower != column && facts.reference_of[lower].is_none()).then_some(LowerColumn {
                    column: lower,
                    strictly,
                })
            })
            .collect()
    }

    /// How far apart checks want two columns.
    fn apart(&self, table: TableId, upper: ColumnId, lower: ColumnId) -> Apart {
        let facts = &self.facts[table];
        let (upper, lower) = (&facts.table.columns[upper], &facts.table.columns[lower]);
        let kind = &upper.data_type.kind;
        let (unit, number_unit) = match kind {
            ValueType::Date => (DAY, DAY),
            ValueType::Timestamp { .. } => (SECOND, DAY),
            _ => (1, 1),
        };
        let (mut least, mut most) = (None::<i64>, None::<i64>);
        for ColumnDistance {
            upper: first,
            lower: second,
            operator,
            distance,
        } in &facts.rules.distances
        {
            if *first != upper.name || *second != lower.name {
                continue;
            }
            let (shortest, longest) = match distance {
                Distance::Time { least, greatest } => (*least, *greatest),
                Distance::Number(number) => {
                    let within = |up| Some(units(number, scale(kind), up)?.number);
                    let (Some(down), Some(up)) = (within(false), within(true)) else {
                        continue;
                    };
                    (
                        down.saturating_mul(number_unit),
                        up.saturating_mul(number_unit),
                    )
                }
            };
            let beyond = match operator {
                Comparison::Below | Comparison::Above => unit,
                _ => 0,
            };
            if !matches!(operator, Comparison::Above | Comparison::AtLeast) {
                // A day's fraction can be a whole day between dates.
                let mut greatest = (shortest - beyond) / unit * unit;
                if lower.data_type.kind == ValueType::Date && *kind != ValueType::Date {
                    // The lower one is written without its time of day.
                    greatest -= DAY;
                }
                most = Some(most.map_or(greatest, |most| most.min(greatest)));
            }
            if !matches!(operator, Comparison::Below | Comparison::AtMost) {
                let smallest = longest + beyond;
                least = Some(least.map_or(smallest, |least| least.max(smallest)));
            }
        }
        Apart { least, most }
    }

    pub(crate) fn after(&mut self, table: TableId, column: ColumnId) -> Vec<Lower<Moment>> {
        let kind = |position: ColumnId| &self.facts[table].table.columns[position].data_type.kind;
        let is_temporal = |kind: &ValueType| {
            matches!(
                kind,
                ValueType::Date | ValueType::Timestamp { .. } | ValueType::Time { .. }
            )
        };
        if !is_temporal(kind(column))
            || !self
                .relations_under_way
                .insert(ColumnAt::new(table, column))
        {
            return Vec::new();
        }
        let step = if *kind(column) == ValueType::Date {
            DAY
        } else {
            SECOND
        };
        let lower: Vec<LowerColumn> = self
            .lower_columns(table, column)
            .into_iter()
            .filter(|lower| is_temporal(kind(lower.column)))
            .collect();
        let mut after = Vec::new();
        for LowerColumn {
            column: lower,
            strictly,
        } in lower
        {
            if self
                .relations_under_way
                .contains(&ColumnAt::new(table, lower))
            {
                continue;
            }
            if self.is_told(table, lower)
                && !self.is_under_way(table, lower)
                && let Some((told, _)) = self.column(table, lower)
            {
                let Apart { least, most } = self.apart(table, column, lower);
                after.push(Lower {
                    base: Arc::new(Moment::Read(told, self.birth(table))),
                    least: least.unwrap_or(0).max(if strictly { step } else { 0 }),
                    most,
                });
                continue;
            }
            let bases = self.after(table, lower);
            let (moment, _) = self.with_context(table, lower, bases, Vec::new(), |context| {
                moments::moment_of(context)
            });
            let moment = self.given_moment(table, lower, moment);
            let Apart { least, most } = self.apart(table, column, lower);
            after.push(Lower {
                base: moment,
                least: least.unwrap_or(0).max(if strictly { step } else { 0 }),
                most,
            });
        }
        self.relations_under_way
            .remove(&ColumnAt::new(table, column));
        after
    }

    pub(crate) fn above(&mut self, table: TableId, column: ColumnId) -> Vec<Lower<Quantity>> {
        let kind = |position: ColumnId| &self.facts[table].table.columns[position].data_type.kind;
        if !holds_numbers(kind(column))
            || !self
                .relations_under_way
                .insert(ColumnAt::new(table, column))
        {
            return Vec::new();
        }
        let own_scale = scale(kind(column));
        let lower: Vec<(LowerColumn, u32)> = self
            .lower_columns(table, column)
            .into_iter()
            .filter(|lower| holds_numbers(kind(lower.column)))
            .map(|lower| (lower, scale(kind(lower.column))))
            .collect();
        let mut above = Vec::new();
        for (lower, lower_scale) in lower {
            let LowerColumn {
                column: lower,
                strictly,
            } = lower;
            if self
                .relations_under_way
                .contains(&ColumnAt::new(table, lower))
            {
                continue;
            }
            if self.is_told(table, lower)
                && !self.is_under_way(table, lower)
                && let Some((told, _)) = self.column(table, lower)
            {
                let Apart { least, most } = self.apart(table, column, lower);
                above.push(Lower {
                    base: Arc::new(Quantity::Read(told, own_scale, 0)),
                    least: least.unwrap_or(0).max(i64::from(strictly)),
                    most,
                });
                continue;
            }
            let bases = self.above(table, lower);
            let (quantity, _) = self.with_context(table, lower, Vec::new(), bases, |context| {
                numbers::quantity(context)
            });
            let quantity = self.given_quantity(ColumnAt::new(table, lower), lower_scale, quantity);
            let quantity = if lower_scale == own_scale {
                quantity
            } else {
                Arc::new(Quantity::Scaled {
                    base: quantity,
                    multiplier: 10_i64.pow(own_scale),
                    divisor: 10_i64.pow(lower_scale),
                })
            };
            let Apart { least, most } = self.apart(table, column, lower);
            above.push(Lower {
                base: quantity,
                least: least.unwrap_or(0).max(i64::from(strictly)),
                most,
            });
        }
        self.relations_under_way
            .remove(&ColumnAt::new(table, column));
        above
    }

    /// The least of the greatest numbers of the columns that must not be below this one.
    pub(crate) fn ceiling(&self, table: TableId, column: ColumnId) -> Option<i64> {
        let facts = &self.facts[table];
        let own = &facts.table.columns[column];
        if !holds_numbers(&own.data_type.kind) {
            return None;
        }
        facts
            .table
            .columns_with_ids()
            .filter(|(other, upper)| *other != column && holds_numbers(&upper.data_type.kind))
            .filter_map(|(other, upper)| {
                let mut lower = self.lower_columns(table, other).into_iter();
                let strictly = lower.find(|lower| lower.column == column)?.strictly;
                let apart = self.apart(table, other, column).least;
                let empty = crate::check::Domain::default();
                let domain = facts.rules.domains.get(&upper.name).unwrap_or(&empty);
                let bounds = number_bounds(&upper.data_type.kind, domain);
                let unit = 10_i64.pow(scale(&upper.data_type.kind));
                let greatest = match &self.decided.needs[table][other] {
                    // It is counted from here on, and this column must stay below all of them.
                    Need::Distinct | Need::Few(_) | Need::Follow(_) => bounds.least.max(1),
                    Need::Free | Need::Null => bounds.greatest,
                };
                let own_unit = 10_i64.pow(scale(&own.data_type.kind));
                let greatest = greatest.saturating_sub(apart.unwrap_or(0));
                let scaled = i128::from(greatest) * i128::from(own_unit) / i128::from(unit);
                Some(i64::try_from(scaled).unwrap_or(i64::MAX) - i64::from(strictly))
            })
            .min()
    }
}
