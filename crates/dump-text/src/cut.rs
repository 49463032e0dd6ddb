//! After which rows a long INSERT statement ends, so that it ends after the same rows in the next version of a dump.
//!
//! `mysqldump` begins another statement when the one before is a megabyte long, so one row more moves the ends of all
//! that follow. Here the rows decide: a statement has at least [`LEAST`] bytes, and then ends after a row whose hash
//! says so, on average after [`MORE`] bytes, or when it has [`MOST`]. Part of the format of packed dumps: another number
//! gives them new bytes. It is only bytes that a change here would cost.

/// In bytes.
const LEAST: u64 = 128 * 1024;
const MOST: u64 = 768 * 1024;
const MORE: u64 = 64 * 1024;

/// Whether a statement that has so many bytes with this row ends after it.
pub(crate) fn ends_after(bytes: u64, row: &[u8]) -> bool {
    bytes >= LEAST
        && (bytes >= MOST || hash(row) < (row.len() as u64).saturating_mul(u64::MAX / MORE))
}

/// FNV-1a, then `SplitMix64`'s finalizer, so that all bits depend on all bytes. Frozen.
fn hash(row: &[u8]) -> u64 {
    let mut state = 0xCBF2_9CE4_8422_2325_u64;
    for byte in row {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    }
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_frozen() {
        assert_eq!(hash(b"(1,'x')"), 3_100_067_858_495_381_325);
    }

    #[test]
    fn statements_have_bounded_lengths() {
        let row = b"(1,'x')";
        assert!(!ends_after(LEAST - 1, row));
        assert!(ends_after(MOST, row));
        let ends = (0..10_000_u32)
            .filter(|number| ends_after(LEAST, format!("({number:062})").as_bytes()))
            .count();
        assert!((5..20).contains(&ends), "{ends}");
    }
}
