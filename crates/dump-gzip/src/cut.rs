//! Where members end.

/// A member holds at least this many bytes, unless the text ends.
const LEAST: usize = 128 * 1024;
/// A member that has this many bytes ends with the row that got it there.
const MOST: usize = 1024 * 1024;
/// Once a member has [`LEAST`] bytes, this many more follow on average.
const MORE: u64 = 128 * 1024;

/// Decides row by row.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    /// Bytes of the current member.
    length: usize,
}

impl Cutter {
    /// Takes the next row, with its line feed, and says whether the member ends after it. That
    /// depends on the row's own bytes and, near the limits, on where the member began.
    pub(crate) fn ends_after(&mut self, row: &[u8]) -> bool {
        self.length += row.len();
        if self.length < LEAST {
            return false;
        }
        let ends = self.length >= MOST || is_boundary(row);
        if ends {
            self.length = 0;
        }
        ends
    }
}

/// Whether a row is one that members end with. Longer rows are so more often, so that members have the
/// same size on average whatever the rows' size is.
fn is_boundary(row: &[u8]) -> bool {
    let threshold = (row.len() as u64).saturating_mul(u64::MAX / MORE);
    hash(row) < threshold
}

/// 64 bits that depend on every byte of the row: words of eight bytes, rotated and multiplied, then
/// `SplitMix64`'s finalizer. Frozen.
fn hash(row: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = row.len() as u64;
    let mut words = row.chunks_exact(8);
    for word in &mut words {
        let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
        state = (state.rotate_left(23) ^ word).wrapping_mul(MULTIPLIER);
    }
    let mut last = [0; 8];
    let rest = words.remainder();
    last[..rest.len()].copy_from_slice(rest);
    state = (state.rotate_left(23) ^ u64::from_le_bytes(last)).wrapping_mul(MULTIPLIER);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_frozen() {
        assert_eq!(
            [
                hash(b""),
                hash(b"1\tx\n"),
                hash(b"12345678"),
                hash("1\t北海道札幌市\n".as_bytes())
            ],
            [
                0,
                529_513_207_369_779_839,
                4_633_102_951_150_833_772,
                5_132_214_978_236_003_500
            ],
            "every stored dump depends on these numbers"
        );
    }

    #[test]
    fn members_are_between_the_limits_and_near_the_average() {
        let mut cutter = Cutter::default();
        let mut lengths = Vec::new();
        let mut length = 0;
        for number in 0..400_000 {
            let row = format!(
                "{number}\tsome text of a row that is like others\t{}\n",
                number * 7
            );
            length += row.len();
            if cutter.ends_after(row.as_bytes()) {
                lengths.push(std::mem::take(&mut length));
            }
        }
        assert!(
            lengths
                .iter()
                .all(|length| (LEAST..MOST + 100).contains(length))
        );
        let average = lengths.iter().sum::<usize>() / lengths.len();
        assert!((200_000..320_000).contains(&average), "{average}");
    }

    #[test]
    fn a_row_is_never_cut_however_long() {
        let mut cutter = Cutter::default();
        assert!(cutter.ends_after(&vec![b'x'; 5 * MOST]));
        assert!(!cutter.ends_after(b"short\n"));
    }
}
