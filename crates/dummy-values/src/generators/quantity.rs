//! Numbers: counts, amounts, measures.

use crate::generators::Generator;
use crate::ordinal::Ordinal;
use crate::random::{Key, below, mix};
use std::collections::BTreeMap;
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
    /// What another column of the row holds, in units of so many digits after the point; the least that it may
    /// be where that is NULL.
    Read(Arc<Generator>, u32, i64),
    /// A price: a whole number, and an ending that prices have.
    Price {
        /// The column's stream.
        key: Key,
        /// The least, in whole numbers.
        least: i64,
        /// How many there are.
        steps: u64,
        /// A whole number in units of the last digit.
        unit: i64,
    },
    /// What some rows are given, and the number of all others.
    Given(Arc<Quantity>, Arc<BTreeMap<u64, i64>>),
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
            Self::Given(usual, given) => match given.get(&row) {
                Some(number) => *number,
                None => usual.at(row),
            },
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
            Self::Read(column, scale, otherwise) => column
                .number(row)
                .and_then(|value| {
                    i64::try_from(value * 10_i128.pow(*scale) / crate::story::ONE).ok()
                })
                .unwrap_or(*otherwise),
            Self::Price {
                key,
                least,
                steps,
                unit,
            } => {
                /// Hundredths: of ten prices four end in .99, three in .00.
                const ENDINGS: [i64; 16] =
                    [99, 99, 99, 99, 99, 99, 0, 0, 0, 0, 0, 50, 50, 95, 90, 99];
                let bits = key.at(row);
                let whole = below(below(bits.rotate_left(32), bits), *steps).cast_signed() + least;
                let ending = ENDINGS[usize::try_from(bits & 15).unwrap_or(0)];
                (whole * 100 + ending) * unit / 100
            }
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
