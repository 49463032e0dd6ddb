//! The encoder of members, written down: the same bytes as the library's, for as long as this code is kept.
//!
//! Members are compressed by libdeflate, whose bytes are nobody's promise: a later version of it may write others. Where
//! a store keeps members as their text ([`fold`](crate::fold)), their bytes must come again in ten years, so what that library
//! does at level 1 stands here and in `docs/dump-format.md`, without any part that depends on a machine. It is frozen: a change
//! here is a defect, and tests hold it against the library and against bytes that were written down.
//!
//! It follows libdeflate 1.26 (MIT, Eric Biggers and Google LLC), `deflate_compress_fastest`.

mod bits;
mod block;
mod huffman;
mod matches;

use bits::BitWriter;
use matches::MatchFinder;

/// Up to so many bytes aren't compressed at all.
const STORED_UP_TO: usize = 51;

/// A member's header: no name, no time, fastest, unknown system.
pub const HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255];

/// The gzip member of a text.
pub fn compress(text: &[u8]) -> Vec<u8> {
    let mut bits = BitWriter::new(Vec::with_capacity(text.len() / 2 + 64));
    for byte in HEADER {
        bits.put(u32::from(byte), 8);
    }
    if text.len() <= STORED_UP_TO {
        block::write_stored(&mut bits, text, true);
    } else {
        let mut finder = MatchFinder::new(text);
        let mut done = false;
        while !done {
            let block = finder.next_block();
            done = block.end == text.len();
            block::write(&mut bits, text, &block, done);
        }
    }
    let mut member = bits.finish();
    member.extend(libdeflater::crc32(text).to_le_bytes());
    // gzip's own field has 32 bits, and counts from 0 again (RFC 1952).
    #[expect(clippy::cast_possible_truncation, reason = "as gzip has it")]
    member.extend((text.len() as u32).to_le_bytes());
    member
}

#[cfg(test)]
mod tests {
    use libdeflater::{CompressionLvl, Compressor};
    use proptest::prelude::*;

    use super::compress;

    fn library(text: &[u8]) -> Vec<u8> {
        let mut compressor = Compressor::new(CompressionLvl::new(1).unwrap());
        let mut member = vec![0; compressor.gzip_compress_bound(text.len())];
        let length = compressor.gzip_compress(text, &mut member).unwrap();
        member.truncate(length);
        member
    }

    fn noise(length: usize, seed: u64, of: u64) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut bytes = Vec::with_capacity(length);
        for _ in 0..length {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.push(u8::try_from((state >> 33) % of).unwrap());
        }
        bytes
    }

    fn rows(count: u64, seed: u64) -> Vec<u8> {
        (0..count)
            .flat_map(|number| {
                let mixed = (number + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                format!(
                    "{number}\tname {}\t{mixed}\t2024-01-{:02}\n",
                    number % 97,
                    number % 28
                )
                .into_bytes()
            })
            .collect()
    }

    #[test]
    fn rows_are_compressed_as_the_library_does() {
        for (count, seed) in [(0, 0), (1, 0), (2, 0), (50, 1), (3000, 2), (30_000, 3)] {
            let text = rows(count, seed);
            assert!(compress(&text) == library(&text), "{count} rows");
        }
    }

    #[test]
    fn all_kinds_of_texts_are_compressed_as_the_library_does() {
        for of in [1, 2, 3, 4, 10, 64, 200, 256] {
            for length in [
                0, 1, 51, 52, 53, 100, 258, 5000, 65_534, 65_535, 70_534, 70_535, 70_536, 140_000,
                400_000,
            ] {
                let text = noise(length, length as u64 + of, of);
                assert!(
                    compress(&text) == library(&text),
                    "{length} bytes of {of} kinds"
                );
            }
        }
        // Long matches across the window's end, and symbols so rare that their codes grow too long.
        let mut text = Vec::new();
        for round in 0_u32..18 {
            text.extend(std::iter::repeat_n(
                b'a' + u8::try_from(round).unwrap(),
                1 << round,
            ));
        }
        assert!(compress(&text) == library(&text));
        let mut fibonacci = Vec::new();
        let (mut one, mut other) = (1_usize, 1);
        for symbol in 0_u8..22 {
            for place in 0..one {
                let at = (place * 7919) % (fibonacci.len() + 1);
                fibonacci.insert(at, symbol);
            }
            (one, other) = (other, one + other);
        }
        assert!(compress(&fibonacci) == library(&fibonacci));
    }

    /// What these bytes were when differences were first stored. They never change.
    #[test]
    fn a_text_is_what_it_was() {
        let member = compress(&rows(2000, 7));
        assert_eq!(
            (member.len(), libdeflater::crc32(&member)),
            (34_351, 3_116_886_954)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_text_is_compressed_as_the_library_does(
            pieces in proptest::collection::vec((0_u64..6, 1_u64..256, 1_usize..40_000), 1..12),
        ) {
            let mut text = Vec::new();
            for (seed, of, length) in pieces {
                if seed == 0 && !text.is_empty() {
                    let from = text.len() - length.min(text.len());
                    let again = text[from..].to_vec();
                    text.extend(again);
                } else {
                    text.extend(noise(length, seed, of));
                }
            }
            prop_assert!(compress(&text) == library(&text));
        }
    }
}
