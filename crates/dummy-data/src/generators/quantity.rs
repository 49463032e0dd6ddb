//! Numbers: counts, amounts, measures.

use crate::ordinal::Ordinal;
use crate::random::{Key, below, mix};
use std::sync::Arc;

/// A whole number for each row; decimals are whole numbers of their smallest unit.
#[derive(Debug)]
pub enum Quantity {
    /// Random between bounds.
    Between {
        /// The column's stream.
        key: Key,
        /// The least.
        least: i64,
        /// How many steps there are from it, the least included.
        steps: u64,
        /// From one to the next.
        step: i64,
        /// How the numbers are distributed.
        shape: Shape,
    },
    /// Counted.
    Steps {
        /// Which step.
        ordinal: Ordinal,
        /// The first.
        start: i64,
        /// From one to the next.
        step: i64,
    },
    /// At least what another column of the row has.
    AtLeast {
        /// The other column.
        base: Arc<Quantity>,
        /// The column's stream.
        key: Key,
        /// The smallest difference.
        least: i64,
        /// How many differences there are.
        steps: u64,
        /// The greatest number allowed.
        greatest: i64,
    },
    /// The greatest of several columns of the row.
    Largest(Box<[Arc<Quantity>]>),
    /// Always the same.
    Fixed(i64),
    /// Another column's number in a finer or coarser unit.
    Scaled {
        /// The other column.
        base: Arc<Quantity>,
        /// Multiplied by this …
        multiplier: i64,
        /// … and divided by this, rounded up.
        divisor: i64,
    },
}

/// How random numbers are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// All alike.
    Even,
    /// Small ones are common, large ones rare.
    Skewed,
    /// Most are near the middle.
    Central,
}

impl Quantity {
    /// The number of a row.
    #[inline]
    pub fn at(&self, row: u64) -> i64 {
        match self {
            Self::Between {
                key,
                least,
                steps,
                step,
                shape,
            } => {
                let bits = key.at(row);
                let bits = match shape {
                    Shape::Even => bits,
                    Shape::Skewed => below(bits.rotate_left(32), bits),
                    Shape::Central => central(bits),
                };
                least + below(bits, *steps).cast_signed() * step
            }
            Self::Steps {
                ordinal,
                start,
                step,
            } => start.saturating_add(ordinal.at(row).cast_signed().saturating_mul(*step)),
            Self::AtLeast {
                base,
                key,
                least,
                steps,
                greatest,
            } => {
                let more = below(key.at(row), *steps).cast_signed();
                let base = base.at(row).saturating_add(*least);
                base.saturating_add(more).min((*greatest).max(base))
            }
            Self::Largest(quantities) => quantities
                .iter()
                .map(|quantity| quantity.at(row))
                .max()
                .unwrap_or(0),
            Self::Fixed(number) => *number,
            Self::Scaled {
                base,
                multiplier,
                divisor,
            } => {
                let product = base.at(row).saturating_mul(*multiplier);
                product.div_euclid(*divisor) + i64::from(product.rem_euclid(*divisor) != 0)
            }
        }
    }
}

/// Uniform bits become bits whose number is mostly near the middle: the mean of four parts of 16 bits.
#[inline]
fn central(bits: u64) -> u64 {
    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48);
    (sum << 46) | (mix(bits) >> 18)
}
