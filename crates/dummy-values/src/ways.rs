//! Which of several ways a row goes, where a constraint leaves more than one.

use crate::check::Domain;
use crate::generators::Generator;
use crate::nulls::Nulls;
use crate::random::{Key, below};
use row_text::RowBuffer;
use std::sync::Arc;

/// Chooses one of several ways for each row.
#[derive(Debug, Clone)]
pub struct Chooser {
    key: Key,
    /// How often each is gone, in parts of the sum.
    weights: Arc<[u64]>,
    /// Columns that something else decides: only ways that fit their values are open.
    leaders: Arc<[Leader]>,
}

/// A column that the ways must fit.
#[derive(Debug)]
pub struct Leader {
    /// What makes its values.
    pub generator: Arc<Generator>,
    /// When it is NULL.
    pub nulls: Nulls,
    /// What each way leaves it.
    pub domains: Vec<Domain>,
}

impl Chooser {
    /// Ways in proportion to their weights, each at least 1.
    pub fn new(key: Key, weights: Vec<u64>, leaders: Vec<Leader>) -> Self {
        Self {
            key,
            weights: weights.into(),
            leaders: leaders.into(),
        }
    }

    /// The way of a row, from 0; the first where none fits.
    #[inline]
    pub fn at(&self, row: u64) -> usize {
        if self.leaders.is_empty() {
            return self.among(row, |_| true);
        }
        let values: Vec<Option<String>> = self
            .leaders
            .iter()
            .map(|leader| leader.value(row))
            .collect();
        self.among(row, |way| {
            self.leaders
                .iter()
                .zip(&values)
                .all(|(leader, value)| leader.fits(way, value.as_deref()))
        })
    }

    fn among(&self, row: u64, is_open: impl Fn(usize) -> bool) -> usize {
        let open = || {
            let ways = self.weights.iter().enumerate();
            ways.filter(|(way, _)| is_open(*way))
        };
        let sum: u64 = open().map(|(_, weight)| weight).sum();
        let mut left = below(self.key.at(row), sum.max(1));
        for (way, &weight) in open() {
            if left < weight {
                return way;
            }
            left -= weight;
        }
        0
    }
}

impl Leader {
    fn value(&self, row: u64) -> Option<String> {
        if self.nulls.at(row) {
            return None;
        }
        let mut out = RowBuffer::new();
        self.generator.write(row, &mut out);
        Some(String::from_utf8_lossy(out.as_bytes()).into_owned())
    }

    /// Whether a way leaves the column this value; NULL passes where it isn't forbidden.
    fn fits(&self, way: usize, value: Option<&str>) -> bool {
        let domain = &self.domains[way];
        match value {
            None => domain.null != Some(false),
            Some(value) => domain.null != Some(true) && domain.broken_by(value).is_none(),
        }
    }
}
