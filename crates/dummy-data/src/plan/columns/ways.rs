//! Columns whose values depend on which way the row goes: see [`crate::plan::facts::ways`].

use crate::check::Domain;
use crate::generators::Generator;
use crate::nulls::Nulls;
use crate::plan::columns::build::Builder;
use crate::plan::columns::by_type;
use crate::plan::columns::context::Choice;
use crate::plan::facts::ways::Ways;
use crate::plan::rows::need::Need;
use crate::ways::Chooser;
use std::sync::Arc;

impl Builder<'_> {
    /// The ways that a column is decided by, which they are, and its place among their columns.
    fn ways_of(&self, table: usize, column: usize) -> Option<(usize, &Ways, usize)> {
        let all = self.facts[table].ways.iter().enumerate();
        all.rev().find_map(|(number, ways)| {
            let place = ways.columns.iter().position(|&own| own == column)?;
            Some((number, ways, place))
        })
    }

    fn chooser(&self, table: usize, number: usize, ways: &Ways) -> Chooser {
        let weights: Vec<u64> = ways.each.iter().map(|way| way.weight).collect();
        let key = self.key(table).child("a way").child(&number.to_string());
        Chooser::new(key, &weights)
    }

    /// A generator for each way; none where all have the same values.
    pub(crate) fn by_way(&mut self, table: usize, column: usize) -> Option<Choice> {
        let (number, ways, place) = self.ways_of(table, column)?;
        let is_free = matches!(self.decided.needs[table][column], Need::Free);
        if !is_free || !ways.differs_in_values(place) {
            return None;
        }
        let chooser = self.chooser(table, number, ways);
        let domains: Vec<Domain> = ways.of(place).cloned().collect();
        let mut made: Vec<(Domain, Arc<Generator>)> = Vec::new();
        let mut each = Vec::new();
        for domain in domains {
            let known = made.iter().find(|(known, _)| known.has_values_of(&domain));
            if let Some((_, generator)) = known {
                each.push(Arc::clone(generator));
                continue;
            }
            let (after, above) = (self.after(table, column), self.above(table, column));
            self.domain_of_way = Some(domain.clone());
            let choice = self.with_context(table, column, after, above, by_type::generator);
            self.domain_of_way = None;
            let generator = Arc::new(choice?.0);
            made.push((domain, Arc::clone(&generator)));
            each.push(generator);
        }
        Some((
            Generator::Ways(chooser, each.into()),
            "a check leaves several ways, and each row goes one".to_owned(),
        ))
    }

    /// When a column is NULL, where the row's way says so; else as usual.
    pub(crate) fn nulls_by_way(&self, table: usize, column: usize, usual: Nulls) -> Nulls {
        let Some((number, ways, place)) = self.ways_of(table, column) else {
            return usual;
        };
        if ways.of(place).all(|domain| domain.null.is_none()) {
            return usual;
        }
        let each = ways
            .of(place)
            .map(|domain| match domain.null {
                Some(true) => Nulls::Always,
                Some(false) => Nulls::Never,
                None => usual.clone(),
            })
            .collect();
        Nulls::Ways(self.chooser(table, number, ways), each)
    }
}
