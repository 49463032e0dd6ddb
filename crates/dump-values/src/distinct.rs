//! How many different values there are, in bounded memory.
//!
//! Up to [`MOST_EXACT`] fingerprints are kept and counted. From then on it is `HyperLogLog` (Flajolet and others, 2007)
//! with 2,048 registers, whose standard error is 2.3 %; that many values are beyond the range that it would have to
//! correct, so no logarithm is needed, which every system rounds in its own way.

/// So many different values of a column are counted; of more, the number is estimated.
pub const MOST_EXACT: usize = 5120;

/// Bits of a fingerprint that choose the register.
const BITS: u32 = 11;

/// A fingerprint: equal for equal values, and for different ones once in 2⁶⁴.
pub(crate) fn fingerprint(value: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = (value.len() as u64).wrapping_mul(MULTIPLIER);
    let (words, rest) = value.as_chunks::<8>();
    for word in words {
        hash = folded(hash ^ u64::from_le_bytes(*word), MULTIPLIER);
    }
    // The bytes behind the last whole word are the upper ones of the last eight.
    let last = match value.last_chunk::<8>() {
        Some(_) if rest.is_empty() => 0,
        Some(last) => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
        None => first_word(value),
    };
    hash = folded(hash ^ last, 0xBF58_476D_1CE4_E5B9);
    hash ^= hash >> 30;
    hash = hash.wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^ (hash >> 31)
}

/// The first eight bytes as a number whose lowest is the first; zeros follow a shorter value. Bytes that are copied one
/// by one and then read as a word would keep the processor waiting.
pub(crate) fn first_word(value: &[u8]) -> u64 {
    if let Some(first) = value.first_chunk::<8>() {
        return u64::from_le_bytes(*first);
    }
    if let (Some(first), Some(last)) = (value.first_chunk::<4>(), value.last_chunk::<4>()) {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (value.len() - 4));
        return u64::from(u32::from_le_bytes(*first)) | last;
    }
    value
        .iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The two halves of a product, folded: every bit of both numbers decides.
fn folded(one: u64, other: u64) -> u64 {
    // A zero would swallow the other number.
    let product = u128::from(one ^ 0x2545_F491_4F6C_DD1D) * u128::from(other);
    #[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
    let halves = (product as u64, (product >> 64) as u64);
    halves.0 ^ halves.1
}

/// Counts different fingerprints.
#[derive(Debug)]
pub(crate) struct Distinct {
    /// An open table of fingerprints, 0 for a free place; empty once there are too many.
    exact: Vec<u64>,
    count: usize,
    registers: Vec<u8>,
}

impl Distinct {
    pub(crate) fn new() -> Self {
        Self {
            exact: vec![0; 64],
            count: 0,
            registers: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, fingerprint: u64) {
        if self.exact.is_empty() {
            self.register(fingerprint);
            return;
        }
        // 0 marks a free place.
        let fingerprint = fingerprint.max(1);
        if !insert(&mut self.exact, fingerprint) {
            return;
        }
        self.count += 1;
        if self.count > MOST_EXACT {
            self.registers = vec![0; 1 << BITS];
            for kept in std::mem::take(&mut self.exact) {
                if kept != 0 {
                    self.register(kept);
                }
            }
        } else if self.count * 2 > self.exact.len() {
            let mut larger = vec![0; self.exact.len() * 2];
            for kept in self.exact.drain(..).filter(|kept| *kept != 0) {
                insert(&mut larger, kept);
            }
            self.exact = larger;
        }
    }

    fn register(&mut self, fingerprint: u64) {
        let (at, rest) = (fingerprint >> (64 - BITS), fingerprint << BITS);
        let rank = (rest.leading_zeros() + 1).min(64 - BITS + 1);
        let rank = u8::try_from(rank).unwrap_or(u8::MAX);
        let at = usize::try_from(at).unwrap_or(0);
        if self.registers[at] < rank {
            self.registers[at] = rank;
        }
    }

    /// The number, and whether it is exact.
    pub(crate) fn count(&self) -> (u64, bool) {
        if !self.exact.is_empty() {
            return (self.count as u64, true);
        }
        // Powers of two add up exactly in integers: 2⁵⁴ is the smallest register's share.
        let sum: u128 = self
            .registers
            .iter()
            .map(|rank| 1_u128 << (64 - u32::from(*rank)))
            .sum();
        let registers = 1_u128 << BITS;
        // 0.7213 / (1 + 1.079 / m), of the paper, in millionths.
        let alpha = 720_920_u128;
        let estimate = alpha * registers * registers * (1_u128 << 64) / (sum * 1_000_000);
        let least = MOST_EXACT as u64 + 1;
        (
            u64::try_from(estimate).unwrap_or(u64::MAX).max(least),
            false,
        )
    }
}

/// Puts a fingerprint into an open table; false if it was there.
fn insert(table: &mut [u64], fingerprint: u64) -> bool {
    let mask = table.len() - 1;
    let mut at = usize::try_from(fingerprint & mask as u64).unwrap_or(0);
    loop {
        if table[at] == fingerprint {
            return false;
        }
        if table[at] == 0 {
            table[at] = fingerprint;
            return true;
        }
        at = (at + 1) & mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(values: u32) -> (u64, bool) {
        let mut distinct = Distinct::new();
        for _ in 0..2 {
            for value in 0..values {
                distinct.add(fingerprint(value.to_string().as_bytes()));
            }
        }
        distinct.count()
    }

    #[test]
    fn few_are_counted() {
        for values in [0, 1, 100, 5120] {
            assert_eq!(count(values), (u64::from(values), true));
        }
    }

    #[test]
    fn many_are_estimated() {
        for values in [5121, 20_000, 300_000] {
            let (estimate, exact) = count(values);
            assert!(!exact);
            let off = estimate.abs_diff(u64::from(values)) * 100 / u64::from(values);
            assert!(off <= 6, "{estimate} for {values}");
        }
    }

    #[test]
    fn fingerprints_are_the_same_everywhere() {
        assert_ne!(fingerprint(b""), fingerprint(b"\0"));
        assert_ne!(fingerprint(b"a"), fingerprint(b"a\0"));
        let known: Vec<u64> = [&b""[..], b"users", b"12345678"]
            .iter()
            .map(|value| fingerprint(value))
            .collect();
        assert_eq!(known, KNOWN);
    }

    #[test]
    fn a_value_of_any_length_is_read_as_words_with_zeros_behind_it() {
        let value: Vec<u8> = (1..=40).collect();
        for length in 0..=value.len() {
            let value = &value[..length];
            let mut padded = value.to_vec();
            padded.resize(length.div_ceil(8).max(1) * 8, 0);
            let first = padded.first_chunk().map(|word| u64::from_le_bytes(*word));
            assert_eq!(Some(first_word(value)), first);
            let longer: Vec<u8> = [value, &[0]].concat();
            assert_ne!(fingerprint(value), fingerprint(&longer));
        }
        // As it was when bytes were copied into a word of their own.
        assert_eq!(fingerprint(&value[..13]), 8_417_995_602_702_015_817);
        assert_eq!(fingerprint(&value[..3]), 11_547_886_752_124_392_468);
    }

    const KNOWN: [u64; 3] = [
        14_629_464_801_574_604_766,
        14_560_848_884_872_354_813,
        173_460_014_860_872_196,
    ];
}
