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

/// Finds a place where a member begins, in a text that is read from somewhere in its middle.
///
/// Where a member ends depends on where it began, and that on the member before it. But all that could
/// have begun before the first row end in one of few rows, and those that end in the same row go on as
/// one. So the finder follows every member that could be under way, until there is only one.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    /// Bytes read.
    position: u64,
    /// The row from where members are followed: the first that ends any member long enough.
    origin: Option<u64>,
    /// Whether a member may be under way that began before the origin.
    older: bool,
    /// Other places where the member that is under way may have begun.
    starts: Vec<u64>,
}

impl Finder {
    /// Takes the next row and says whether a member begins after it for certain.
    pub(crate) fn begins_after(&mut self, row: &[u8]) -> bool {
        self.position += row.len() as u64;
        let here = self.position;
        let boundary = is_boundary(row);
        let Some(origin) = self.origin else {
            if boundary {
                self.origin = Some(here);
                // Older members that are still too short to end here.
                self.older = true;
                self.starts = vec![here];
            }
            return false;
        };
        let enough = if boundary { LEAST } else { MOST } as u64;
        let following = self.starts.len();
        self.starts.retain(|start| here - start < enough);
        if self.starts.len() < following || (boundary && self.older) {
            self.starts.push(here);
        }
        if self.older {
            if boundary && here - origin >= LEAST as u64 {
                self.older = false;
            } else if here - origin > (MOST - LEAST) as u64 {
                // One of them may have become too long, and nobody knows when.
                self.origin = None;
                return false;
            }
        }
        !self.older && self.starts == [here]
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

    /// Rows of some average length, and after which of them a member ends.
    fn rows_with_ends(count: u64, length: u64, key: u64) -> Vec<(Vec<u8>, bool)> {
        let mut cutter = Cutter::default();
        (0..count)
            .map(|number| {
                let bits = hash(&(number ^ key).to_le_bytes());
                let mut row = bits.to_le_bytes().repeat(1 + (bits % length / 4) as usize);
                row.push(b'\n');
                let ends = cutter.ends_after(&row);
                (row, ends)
            })
            .collect()
    }

    #[test]
    fn members_are_found_from_the_middle_and_never_in_the_wrong_place() {
        let mut found = 0;
        // From rows that are boundaries often to rows that hardly ever are, so that members grow too long.
        for (count, length) in [
            (60_000, 200),
            (12_000, 2_000),
            (3_000, 10_000),
            (300, 200_000),
        ] {
            for key in [1 << 40, 2 << 40, 3 << 40] {
                let rows = rows_with_ends(count, length, key);
                for start in 0..20 {
                    let rows = &rows[rows.len() * start / 40..];
                    let mut finder = Finder::default();
                    let first = rows.iter().find(|(row, _)| finder.begins_after(row));
                    if let Some((_, ends)) = first {
                        found += 1;
                        assert!(ends, "{length} bytes, {key}, from {start}");
                    }
                }
            }
        }
        assert!(found > 200, "found {found} of 240");
    }

    #[test]
    fn rows_that_never_end_a_member_are_no_boundary_for_the_finder() {
        // No boundary among these: members end where they are too long, and only the text's beginning
        // tells where that is.
        let row = (0_u64..1000)
            .map(|number| format!("{number:0100}\n").into_bytes())
            .find(|row| !is_boundary(row))
            .unwrap();
        let mut finder = Finder::default();
        assert!((0..50_000).all(|_| !finder.begins_after(&row)));
    }

    #[test]
    fn a_row_is_never_cut_however_long() {
        let mut cutter = Cutter::default();
        assert!(cutter.ends_after(&vec![b'x'; 5 * MOST]));
        assert!(!cutter.ends_after(b"short\n"));
    }
}
