//! Columns whose values depend on which way the row goes: see [`crate::plan::facts::ways`].

use crate::check::Domain;
use crate::generators::Generator;
use crate::ids::{ColumnId, TableColumns, TableId, TableSlice};
use crate::nulls::Nulls;
use crate::plan::columns::build::Builder;
use crate::plan::columns::by_type;
use crate::plan::columns::context::Choice;
use crate::plan::facts::ways::Ways;
use crate::plan::rows::need::Need;
use crate::ways::{Chooser, Leader};
use std::sync::Arc;

impl<'a> Builder<'a> {
    /// The ways that a column is decided by, which they are, and its place among their columns.
    fn ways_of(&self, table: TableId, column: ColumnId) -> Option<(usize, &'a Ways, usize)> {
        let facts: &'a TableSlice<_> = self.facts;
        let all = facts[table].ways.iter().enumerate();
        all.rev().find_map(|(number, ways)| {
            let place = ways.columns.iter().position(|&own| own == column)?;
            Some((number, ways, place))
        })
    }

    /// Whether the ways follow a column, and not the other way round.
    fn leads(&self, table: TableId, ways: &Ways, place: usize) -> bool {
        let column = ways.columns[place];
        let is_free = matches!(self.decided.needs[table][column], Need::Free);
        ways.led_by.contains(&place)
            || (!is_free && ways.differs_in_values(place))
            || matches!(self.decided.needs[table][column], Need::Null | Need::Few(_))
    }

    /// What chooses among ways; none while it is being made, where columns lead each other.
    fn chooser(&mut self, table: TableId, number: usize, ways: &Ways) -> Option<Chooser> {
        if let Some(known) = self.choosers.get(&(table, number)) {
            return known.clone();
        }
        self.choosers.insert((table, number), None);
        let mut leaders = Vec::new();
        for place in 0..ways.columns.len() {
            if !self.leads(table, ways, place) {
                continue;
            }
            let column = ways.columns[place];
            let nulls_always = self.always_null(table, column).is_some();
            let (generator, nulls) = if nulls_always {
                (Arc::new(Generator::constant("")), Nulls::Always)
            } else {
                let (generator, _) = self.column(table, column)?;
                let nulls = self.nulls(table, column, &generator);
                (generator, nulls)
            };
            leaders.push(Leader {
                generator,
                nulls,
                domains: ways.of(place).cloned().collect(),
            });
        }
        let weights: Vec<u64> = ways.each.iter().map(|way| way.weight).collect();
        let key = self.key(table).child("a way").child(&number.to_string());
        let chooser = Chooser::new(key, weights, leaders);
        self.choosers.insert((table, number), Some(chooser.clone()));
        Some(chooser)
    }

    /// A generator for each way; none where all have the same values.
    pub(crate) fn by_way(&mut self, table: TableId, column: ColumnId) -> Option<Choice> {
        let (number, ways, place) = self.ways_of(table, column)?;
        let name = &self.facts[table].table.columns[column].name;
        let known = self.facts[table].rules.domains.get(name);
        let is_as_known = known.is_some_and(|known| {
            let mut domains = ways.of(place).filter(|domain| domain.null != Some(true));
            domains.all(|domain| domain.has_values_of(known))
        });
        if self.leads(table, ways, place) || is_as_known {
            return None;
        }
        let chooser = self.chooser(table, number, ways)?;
        let mut made: Vec<(&Domain, Arc<Generator>)> = Vec::new();
        let mut each = Vec::new();
        for domain in ways.of(place) {
            let known = made.iter().find(|(known, _)| known.has_values_of(domain));
            if let Some((_, generator)) = known {
                each.push(Arc::clone(generator));
                continue;
            }
            let other = domain
                .equals
                .as_ref()
                .and_then(|other| self.facts[table].table.column_id(other));
            let generator = if let Some(other) = other {
                let (same, _) = self.column(table, other)?;
                Arc::new(Generator::Same(same))
            } else {
                let (after, above) = (self.after(table, column), self.above(table, column));
                self.domain_of_way = Some(domain.clone());
                let choice = self.with_context(table, column, after, above, by_type::generator);
                self.domain_of_way = None;
                Arc::new(choice?.0)
            };
            made.push((domain, Arc::clone(&generator)));
            each.push(generator);
        }
        Some((
            Generator::Ways(chooser, each.into()),
            "a check leaves several ways, and each row goes one".to_owned(),
        ))
    }

    /// When a column is NULL, where the row's way says so; else as usual.
    pub(crate) fn nulls_by_way(&mut self, table: TableId, column: ColumnId, usual: Nulls) -> Nulls {
        let Some((number, ways, place)) = self.ways_of(table, column) else {
            return usual;
        };
        if self.leads(table, ways, place) || ways.of(place).all(|domain| domain.null.is_none()) {
            return usual;
        }
        let Some(chooser) = self.chooser(table, number, ways) else {
            return usual;
        };
        let each = ways
            .of(place)
            .map(|domain| match domain.null {
                Some(true) => Nulls::Always,
                Some(false) => Nulls::Never,
                None => usual.clone(),
            })
            .collect();
        Nulls::Ways(chooser, each)
    }
}
