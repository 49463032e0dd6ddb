//! What was found a moment ago, for whoever asks next.
//!
//! Rows don't know each other, so every column that follows from a choice, a birth or a sum asks for it anew: the total
//! of an order asks for its lines, the payment for the total, the state of the payment for both. All of these are
//! functions of a row's number and nothing else. So each thread keeps the last few of them, and nobody can tell from a
//! value whether it was kept.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// So many values are kept in each thread: 24 KB, what a processor holds nearest to itself.
const SLOTS: usize = 1024;

/// What can't be kept, and what stands for NULL.
const NULL: i64 = i64::MIN;

/// A value of a function at a row.
#[derive(Clone, Copy)]
struct Kept {
    function: u64,
    row: u64,
    value: i64,
}

thread_local! {
    static KEPT: [Cell<Kept>; SLOTS] = const {
        [const { Cell::new(Kept { function: 0, row: 0, value: 0 }) }; SLOTS]
    };
}

/// The name of a function of rows, by which its values are kept.
#[derive(Debug)]
pub struct Memo(u64);

impl Default for Memo {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Memo {
    /// A name that no other function of this process has.
    pub fn new() -> Self {
        Self::default()
    }

    /// The function's number, which tells it from all others of the process.
    pub fn function(&self) -> u64 {
        self.0
    }

    /// The value of a row: what was kept, or what is found now.
    #[inline]
    pub fn value(&self, row: u64, find: impl FnOnce() -> Option<i128>) -> Option<i128> {
        KEPT.with(|kept| {
            // Rows that follow each other have places that follow each other.
            #[expect(clippy::cast_possible_truncation, reason = "a place below `SLOTS`")]
            let place = self.0.wrapping_mul(89).wrapping_add(row) as usize % SLOTS;
            let slot = &kept[place];
            let found = slot.get();
            if found.function == self.0 && found.row == row {
                return (found.value != NULL).then_some(i128::from(found.value));
            }
            let value = find();
            let short = match value {
                None => Some(NULL),
                Some(value) => i64::try_from(value).ok().filter(|value| *value != NULL),
            };
            if let Some(value) = short {
                slot.set(Kept {
                    function: self.0,
                    row,
                    value,
                });
            }
            value
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_found() {
        let (first, second) = (Memo::new(), Memo::new());
        let large = i128::from(i64::MAX) + 1;
        for (row, value) in [
            (0, Some(7)),
            (1, None),
            (2, Some(large)),
            (3, Some(i128::from(i64::MIN))),
            (SLOTS as u64, Some(-1)),
        ] {
            for _ in 0..2 {
                assert_eq!(first.value(row, || value), value, "{row}");
            }
            assert_eq!(second.value(row, || Some(5)), Some(5), "{row}");
        }
        // Asked for again, it isn't made again; another row with the same place is.
        assert_eq!(second.value(1, || None), Some(5));
        assert_eq!(second.value(1 + SLOTS as u64, || None), None);
        assert_eq!(second.value(1, || None), None);
    }

    #[test]
    fn functions_may_ask_each_other() {
        let (outer, inner) = (Memo::new(), Memo::new());
        let sum = outer.value(3, || Some(inner.value(3, || Some(4))? + 1));
        assert_eq!(sum, Some(5));
        assert_eq!(inner.value(3, || None), Some(4));
    }
}
