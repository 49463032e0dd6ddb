//! Counting bytes while they move, for progress that is true.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the bytes of one object that are through. Cloning gives another handle on the same count.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<AtomicU64>);

impl Meter {
    /// A meter at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many bytes are through. May go back, when a part has to be sent again.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// A meter for one part, whose count can be taken back without touching those of other parts.
    pub(crate) fn part(&self) -> PartMeter {
        PartMeter {
            total: self.clone(),
            counted: Arc::default(),
        }
    }
}

/// Counts the bytes of one part into its object's [`Meter`].
#[derive(Debug, Clone, Default)]
pub(crate) struct PartMeter {
    total: Meter,
    counted: Arc<AtomicU64>,
}

impl PartMeter {
    pub(crate) fn add(&self, bytes: u64) {
        self.counted.fetch_add(bytes, Ordering::Relaxed);
        self.total.add(bytes);
    }

    /// The bytes of this part alone.
    pub(crate) fn bytes(&self) -> u64 {
        self.counted.load(Ordering::Relaxed)
    }

    /// Takes back `bytes` of what this part has counted: they have to come again.
    pub(crate) fn take_back(&self, bytes: u64) {
        self.counted.fetch_sub(bytes, Ordering::Relaxed);
        self.total.0.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Takes back what this part has counted: it starts anew.
    pub(crate) fn restart(&self) {
        let counted = self.counted.swap(0, Ordering::Relaxed);
        self.total.0.fetch_sub(counted, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_starts_anew_takes_back_its_own_bytes_alone() {
        let meter = Meter::new();
        let (first, second) = (meter.part(), meter.part());
        first.add(10);
        second.add(5);
        first.restart();
        assert_eq!((meter.bytes(), first.bytes(), second.bytes()), (5, 0, 5));
    }
}
