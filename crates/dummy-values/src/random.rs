//! Random numbers that are addressed, not drawn: a value is a function of where it stands.
//!
//! A [`Key`] names a place in the data (a seed, then a table, then a column) and [`Key::at`] gives
//! 64 random bits for a row of it. Nothing is carried from row to row, so any range of rows can be
//! made by any thread, and a new column changes no other.
//!
//! The functions are our own and frozen, because every byte of every dump depends on them: the
//! mixing is that of `SplitMix64` (Steele, Lea, Flood 2014, with Stafford's thirteenth constants),
//! the hash of a label is FNV-1a (64 bits) followed by the same mixing. The tests hold known
//! answers; a change to any of them changes all data of all users.

/// The golden ratio in 64 bits: `SplitMix64`'s step.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of random numbers, addressable by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(u64);

impl Key {
    /// The key of all data made from a seed.
    pub fn root(seed: u64) -> Self {
        Self(mix(seed.wrapping_add(GOLDEN)))
    }

    /// The key of something inside what this key names.
    #[must_use]
    pub fn child(self, label: &str) -> Self {
        let mut hash = 0xCBF2_9CE4_8422_2325_u64;
        for byte in label.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        Self(mix(self.0.rotate_left(29) ^ mix(hash)))
    }

    /// The key of one of many alike.
    #[must_use]
    pub fn numbered(self, number: u64) -> Self {
        Self(mix(
            self.0.wrapping_add(number.wrapping_mul(GOLDEN)) ^ GOLDEN
        ))
    }

    /// 64 random bits for a row.
    #[inline]
    pub fn at(self, row: u64) -> u64 {
        mix(self.0.wrapping_add(row.wrapping_mul(GOLDEN)))
    }

    /// Random numbers for a row that needs more than 64 bits.
    #[inline]
    pub fn draws(self, row: u64) -> Draws {
        Draws(self.at(row))
    }

    /// A random order of `0..length`, the same for the same key.
    pub fn permutation(self, length: u32) -> Vec<u32> {
        let mut order: Vec<u32> = (0..length).collect();
        for last in (1..order.len()).rev() {
            let other = below(self.at(last as u64), last as u64 + 1);
            order.swap(last, usize::try_from(other).unwrap_or(last));
        }
        order
    }

    /// The bits of the key, for mixing into something else.
    pub fn bits(self) -> u64 {
        self.0
    }
}

/// Random numbers one after the other, for one value.
#[derive(Debug, Clone)]
pub struct Draws(u64);

impl Draws {
    /// The next 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number from 0 to `bound - 1`.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        below(self.bits(), bound)
    }
}

/// Maps 64 random bits to `0..bound` without a division; 0 when the bound is 0.
#[inline]
pub fn below(bits: u64, bound: u64) -> u64 {
    ((u128::from(bits) * u128::from(bound)) >> 64) as u64
}

/// `SplitMix64`'s finalizer: a bijection of 64-bit numbers whose output looks random.
#[inline]
pub fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A bijection of the numbers of `width` bits (1 to 64), different for every key: distinct rows
/// get distinct numbers without remembering any.
#[inline]
pub fn scramble(number: u64, width: u32, key: Key) -> u64 {
    let mask = u64::MAX >> (64 - width);
    let half = width.div_ceil(2);
    let mut bits = (number ^ key.0) & mask;
    for (multiplier, addend) in [
        (0xBF58_476D_1CE4_E5B9_u64, key.0.rotate_left(17)),
        (0x94D0_49BB_1331_11EB, key.0.rotate_left(41)),
    ] {
        bits = bits.wrapping_mul(multiplier).wrapping_add(addend) & mask;
        bits ^= bits >> half;
    }
    bits
}

/// A bijection of `0..modulus`, different for every key: a walk through [`scramble`] until it comes
/// back into range, at most four steps on average.
pub fn permute(number: u64, modulus: u64, key: Key) -> u64 {
    if modulus <= 1 {
        return 0;
    }
    let width = 64 - (modulus - 1).leading_zeros();
    let mut image = scramble(number % modulus, width, key);
    while image >= modulus {
        image = scramble(image, width, key);
    }
    image
}

/// Picks one of `count` by linear hashing (Litwin 1980): when the count grows, only picks that move
/// to the new ones change. 0 when the count is 0.
#[inline]
pub fn pick(bits: u64, count: u64) -> u64 {
    if count <= 1 {
        return 0;
    }
    let mask = u64::MAX >> (count - 1).leading_zeros();
    let candidate = bits & mask;
    if candidate < count {
        candidate
    } else {
        candidate & (mask >> 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn known_answers_are_frozen() {
        assert_eq!(mix(1), 0x5692_161D_100B_05E5);
        // SplitMix64's published first output for the state 0.
        assert_eq!(mix(GOLDEN), 0xE220_A839_7B1D_CDAF);
        let key = Key::root(0).child("users").child("name");
        assert_eq!(
            [key.bits(), key.at(0), key.at(1), key.at(1_000_000)],
            KNOWN,
            "every dump of every user depends on these numbers"
        );
        assert_eq!(scramble(1, 48, key), SCRAMBLED);
    }

    const KNOWN: [u64; 4] = [
        12_133_152_949_340_224_726,
        6_050_907_542_785_528_681,
        17_663_899_405_436_630_317,
        10_671_469_312_523_967_175,
    ];
    const SCRAMBLED: u64 = 107_287_636_415_911;

    #[test]
    fn labels_do_not_run_into_each_other() {
        let root = Key::root(7);
        assert_ne!(root.child("ab").child("c"), root.child("a").child("bc"));
        assert_ne!(root.child("a"), Key::root(8).child("a"));
    }

    proptest! {
        #[test]
        fn scramble_is_a_bijection(width in 1_u32..=12, seed: u64) {
            let key = Key::root(seed);
            let images: BTreeSet<u64> = (0..1_u64 << width).map(|n| scramble(n, width, key)).collect();
            prop_assert_eq!(images.len(), 1 << width);
            prop_assert!(images.iter().all(|&image| image < 1 << width));
        }

        #[test]
        fn permute_is_a_bijection(modulus in 1_u64..3000, seed: u64) {
            let key = Key::root(seed);
            let images: BTreeSet<u64> = (0..modulus).map(|n| permute(n, modulus, key)).collect();
            prop_assert_eq!(images.len() as u64, modulus);
        }

        #[test]
        fn permutation_has_every_number_once(length in 0_u32..3000, seed: u64) {
            let mut order = Key::root(seed).permutation(length);
            order.sort_unstable();
            prop_assert_eq!(order, (0..length).collect::<Vec<_>>());
        }

        #[test]
        fn a_pick_moves_only_to_what_is_new(bits: u64, count in 1_u64..1_000_000, more in 0_u64..1000) {
            let before = pick(bits, count);
            let after = pick(bits, count + more);
            prop_assert!(before < count);
            prop_assert!(after == before || after >= count);
        }

        #[test]
        fn below_stays_below(bits: u64, bound in 1_u64..) {
            prop_assert!(below(bits, bound) < bound);
        }
    }
}
