//! Which values are the most frequent, in bounded memory.
//!
//! Misra and Gries (1982): so many values have counters; a new one that finds none free takes one off all of them. A
//! value in more than 1 of so many rows is never lost, and its counter is at most the number of such rounds too small.

use crate::Frequent;
use crate::value::{KEPT_BYTES, text};

/// So many different values of a column are counted; of more, the frequent ones.
pub const MOST_COUNTED: usize = 256;

/// How many of them are told.
const TOLD: usize = 5;

/// Places of the open table; a power of two, twice as many as values.
const PLACES: usize = MOST_COUNTED * 2;

/// A free place.
const FREE: u16 = u16::MAX;

/// Counts the values of a column. What is looked at for each row is apart from what is seldom needed.
#[derive(Debug)]
pub(crate) struct Frequencies {
    /// Which counter a place has.
    places: Vec<u16>,
    /// Of each counter in use.
    fingerprints: Vec<u64>,
    rows: Vec<u64>,
    /// As the dump has it, cut; of a counter that has been above one, since no other is ever told. Those that aren't in
    /// use keep their memory.
    values: Vec<Vec<u8>>,
    rounds: u64,
}

impl Frequencies {
    pub(crate) fn new() -> Self {
        Self {
            places: vec![FREE; PLACES],
            fingerprints: Vec::new(),
            rows: Vec::new(),
            values: Vec::new(),
            rounds: 0,
        }
    }

    pub(crate) fn add(&mut self, fingerprint: u64, value: &[u8]) {
        let mut place = place_of(fingerprint);
        while self.places[place] != FREE {
            let at = usize::from(self.places[place]);
            if self.fingerprints[at] == fingerprint {
                self.rows[at] += 1;
                if self.rows[at] == 2 {
                    self.keep(at, value);
                }
                return;
            }
            place = (place + 1) % PLACES;
        }
        let used = self.fingerprints.len();
        if used == MOST_COUNTED {
            self.round();
            return;
        }
        self.fingerprints.push(fingerprint);
        self.rows.push(1);
        self.places[place] = u16::try_from(used).unwrap_or(FREE);
    }

    fn keep(&mut self, at: usize, value: &[u8]) {
        if self.values.len() <= at {
            self.values.resize(at + 1, Vec::new());
        }
        let kept = &mut self.values[at];
        kept.clear();
        kept.extend_from_slice(&value[..value.len().min(KEPT_BYTES)]);
    }

    /// Takes one off every counter, and frees those that have none left.
    fn round(&mut self) {
        self.rounds += 1;
        let mut kept = 0;
        for at in 0..self.rows.len() {
            let left = self.rows[at] - 1;
            if left == 0 {
                continue;
            }
            self.rows[kept] = left;
            self.fingerprints[kept] = self.fingerprints[at];
            if kept != at {
                // A counter that has rows left was above one, so it has a value.
                self.values.swap(kept, at);
            }
            kept += 1;
        }
        self.rows.truncate(kept);
        self.fingerprints.truncate(kept);
        self.places.fill(FREE);
        for (at, fingerprint) in self.fingerprints.iter().enumerate() {
            let mut place = place_of(*fingerprint);
            while self.places[place] != FREE {
                place = (place + 1) % PLACES;
            }
            self.places[place] = u16::try_from(at).unwrap_or(FREE);
        }
    }

    /// The most frequent values that are in more than one row, and by how much their numbers may be too small. What may
    /// be there by chance, because as many others were dropped, isn't told.
    pub(crate) fn most(&self) -> (Vec<Frequent>, u64) {
        let certain = self.rounds.max(1);
        let mut counters: Vec<(u64, &[u8])> = self
            .rows
            .iter()
            .zip(&self.values)
            .filter(|(rows, _)| **rows > certain)
            .map(|(rows, value)| (*rows, value.as_slice()))
            .collect();
        counters.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(other.1)));
        let told = counters
            .into_iter()
            .take(TOLD)
            .map(|(rows, value)| Frequent {
                value: text(value),
                rows,
            });
        (told.collect(), self.rounds)
    }
}

fn place_of(fingerprint: u64) -> usize {
    usize::try_from(fingerprint % PLACES as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distinct::fingerprint;

    fn most(values: impl IntoIterator<Item = String>) -> (Vec<(String, u64)>, u64) {
        let mut counters = Frequencies::new();
        for value in values {
            counters.add(fingerprint(value.as_bytes()), value.as_bytes());
        }
        let (told, error) = counters.most();
        let told = told.into_iter().map(|one| (one.value, one.rows)).collect();
        (told, error)
    }

    #[test]
    fn few_values_are_counted() {
        let values = (0..100).map(|number| (number % 3).to_string());
        let expected = [
            ("0".to_owned(), 34),
            ("1".to_owned(), 33),
            ("2".to_owned(), 33),
        ];
        assert_eq!(most(values), (expected.to_vec(), 0));
    }

    #[test]
    fn a_frequent_value_is_found_among_ten_thousands() {
        let values = (0..30_000).map(|number| {
            if number % 10 == 0 {
                "often".to_owned()
            } else {
                number.to_string()
            }
        });
        let (told, error) = most(values);
        assert_eq!(told[0].0, "often");
        assert!(
            told[0].1 <= 3000 && told[0].1 + error >= 3000,
            "{told:?} {error}"
        );
    }

    #[test]
    fn what_is_there_once_is_not_frequent() {
        assert_eq!(most((0..1000).map(|number| number.to_string())).0, []);
    }
}
