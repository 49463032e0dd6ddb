//! Looks into rows that are planned: what they hold, and which of them hold something.

use crate::evaluate::value::{Value, of_type};
use crate::ids::{ColumnAt, ColumnId, TableColumns, TableId, TableSlice};
use crate::pinned::{Pin, PinnedCells};
use crate::plan::facts::duties::Duties;
use crate::plan::{ColumnPlan, TablePlan};
use row_text::RowBuffer;
use std::collections::{BTreeMap, BTreeSet};
use value_model::{Schema, ValueType};

/// A table and some of its columns, by their positions.
pub(crate) type Columns<'c> = (TableId, &'c [ColumnId]);

/// What is given so far, by table and column.
pub(crate) type Given = BTreeMap<ColumnAt, PinnedCells>;

/// The rows of all tables.
pub(crate) struct Base<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) facts: &'a TableSlice<Duties<'a>>,
    /// Tables with rows, by their position in the schema, in the order in which they are filled.
    pub(crate) order: Vec<TableId>,
    plans: BTreeMap<TableId, &'a TablePlan>,
    columns: BTreeMap<ColumnAt, &'a ColumnPlan>,
}

impl<'a> Base<'a> {
    /// The rows of some plans, with the position of each one's table.
    pub(crate) fn new(
        schema: &'a Schema,
        facts: &'a TableSlice<Duties<'a>>,
        plans: &'a [(TableId, TablePlan)],
    ) -> Self {
        let mut base = Self {
            schema,
            facts,
            order: plans.iter().map(|(table, _)| *table).collect(),
            plans: BTreeMap::new(),
            columns: BTreeMap::new(),
        };
        for (table, plan) in plans {
            let table = *table;
            base.plans.insert(table, plan);
            for column in &plan.columns {
                if let Some(position) = facts[table].table.column_id(&column.name) {
                    base.columns.insert(ColumnAt::new(table, position), column);
                }
            }
        }
        base
    }

    /// The plan of a table, if it has rows.
    pub(crate) fn plan(&self, table: TableId) -> Option<&'a TablePlan> {
        self.plans.get(&table).copied()
    }

    /// How many rows a table has.
    pub(crate) fn rows(&self, table: TableId) -> u64 {
        self.plan(table).map_or(0, |plan| plan.rows)
    }

    /// How a column is made.
    pub(crate) fn column(&self, table: TableId, column: ColumnId) -> Option<&'a ColumnPlan> {
        self.columns.get(&ColumnAt::new(table, column)).copied()
    }

    /// What a row has in a column; none for NULL, and where the database makes it.
    pub(crate) fn text(&self, table: TableId, column: ColumnId, row: u64) -> Option<String> {
        let plan = self.column(table, column)?;
        if plan.nulls.at(row) {
            return None;
        }
        let mut out = RowBuffer::new();
        plan.generator.write(row, &mut out);
        Some(String::from_utf8_lossy(out.as_bytes()).into_owned())
    }

    /// The same where rows are given values.
    pub(crate) fn given(
        &self,
        given: &Given,
        table: TableId,
        column: ColumnId,
        row: u64,
    ) -> Option<String> {
        match given
            .get(&ColumnAt::new(table, column))
            .and_then(|pins| pins.at(row))
        {
            Some(Pin::Text(text)) => Some(text.to_string()),
            Some(Pin::Null) => None,
            Some(Pin::As(other)) => self.text(table, column, *other),
            None => self.text(table, column, row),
        }
    }

    /// A text that is the same for values that are equal.
    pub(crate) fn normal(&self, table: TableId, column: ColumnId, text: &str) -> String {
        let own = &self.facts[table].table.columns[column];
        let kind = &own.data_type.kind;
        if own.own.folded || matches!(kind, ValueType::CaselessText) {
            return crate::fold::folded(text);
        }
        if own.data_type.array || kind.is_string() {
            return text.to_owned();
        }
        match kind {
            ValueType::SmallInt | ValueType::Integer | ValueType::BigInt => text
                .trim()
                .parse::<i64>()
                .map_or_else(|_| text.to_owned(), |number| number.to_string()),
            ValueType::Uuid => text.to_lowercase(),
            _ => match of_type(text, &own.data_type) {
                Ok(Value::Number(number)) => {
                    let scale = number.scale as usize;
                    let digits = format!("{:0>1$}", number.units.unsigned_abs(), scale + 1);
                    let (whole, fraction) = digits.split_at(digits.len() - scale);
                    let sign = if number.units < 0 { "-" } else { "" };
                    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
                }
                Ok(value) => match value.moment() {
                    Ok(moment) => format!("at {moment}"),
                    Err(_) => format!("{value:?}"),
                },
                Err(_) => text.to_owned(),
            },
        }
    }

    /// What a row has in some columns, so that equal values are equal texts; none where one is NULL.
    pub(crate) fn key(
        &self,
        (table, columns): Columns<'_>,
        given: &Given,
        row: u64,
    ) -> Option<Vec<String>> {
        columns
            .iter()
            .map(|&column| {
                let text = self.given(given, table, column, row)?;
                Some(self.normal(table, column, &text))
            })
            .collect()
    }

    /// The first of some columns, if its values are written as they are compared.
    fn plain(&self, (table, columns): Columns<'_>) -> Option<&'a ColumnPlan> {
        let first = *columns.first()?;
        let own = &self.facts[table].table.columns[first];
        let kind = &own.data_type.kind;
        let is_plain = !own.own.folded
            && !own.data_type.array
            && match kind {
                ValueType::SmallInt | ValueType::Integer | ValueType::BigInt => true,
                kind => kind.is_string() && !matches!(kind, ValueType::CaselessText),
            };
        self.column(table, first).filter(|_| is_plain)
    }

    /// The rows that have one of some keys, each key with its rows in order.
    pub(crate) fn find(
        &self,
        columns: Columns<'_>,
        given: &Given,
        wanted: &BTreeSet<Vec<String>>,
    ) -> BTreeMap<Vec<String>, Vec<u64>> {
        let mut found: BTreeMap<Vec<String>, Vec<u64>> = BTreeMap::new();
        if wanted.is_empty() {
            return found;
        }
        let plain = self.plain(columns);
        let firsts: BTreeSet<&[u8]> = wanted.iter().map(|key| key[0].as_bytes()).collect();
        let own = given.get(&ColumnAt::new(columns.0, columns.1[0]));
        let mut out = RowBuffer::new();
        for row in 0..self.rows(columns.0) {
            // Nearly all rows are told by the first column, as it is written.
            if let Some(plan) = plain
                && own.and_then(|pins| pins.at(row)).is_none()
            {
                out.clear();
                plan.generator.write(row, &mut out);
                if !firsts.contains(out.as_bytes()) {
                    continue;
                }
            }
            if let Some(key) = self.key(columns, given, row)
                && wanted.contains(&key)
            {
                found.entry(key).or_default().push(row);
            }
        }
        found
    }
}
