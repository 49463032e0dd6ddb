//! Cutting a file where its content says so.
//!
//! Dumps of ours are gzip members that don't depend on their neighbours, so a chunk is a member wherever there are
//! members of a fitting size. Everywhere else `FastCDC` decides. Where chunks end isn't part of the format of recipes: a
//! change here only makes versions that are stored before and after it share less.

use std::io::{self, Read};

use fastcdc::v2020::FastCDC;

use crate::ContentHash;

/// The sizes of chunks of files up to [`ORDINARY`] bytes, in bytes.
const LEAST: usize = 16 << 10;
const SMALLEST: usize = 32 << 10;
const AVERAGE: usize = 128 << 10;
const LARGEST: usize = 512 << 10;

/// Up to here, in bytes, chunks have the sizes above. No file can then have more than half of the chunks that a recipe may,
/// which bounds the memory of comparing two of them to some 30 MB.
const ORDINARY: u64 = 1 << 30;

/// How often the sizes may double for larger files: the largest chunk is then 16 MiB, which is the most that a recipe
/// may say and what bounds the buffer.
const DOUBLINGS: u32 = 5;

/// How much of a member's header is looked at, in bytes (RFC 1952, section 2.3).
const HEADER: usize = 10;

/// A piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// In bytes; at least 1.
    pub length: u32,
    /// Of its content.
    pub hash: ContentHash,
}

/// How large chunks may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSizes {
    /// A chunk ends at a member's header only if it has this many bytes.
    least: usize,
    /// `FastCDC`'s limits.
    smallest: usize,
    average: usize,
    largest: usize,
}

impl ChunkSizes {
    /// The sizes for a file of `size` bytes; `None` if it is too large to be cut (more than 32 GiB). They grow in steps, so
    /// that versions of a file nearly always have the same.
    pub fn for_size(size: u64) -> Option<Self> {
        let doublings = (0..=DOUBLINGS).find(|doublings| size <= ORDINARY << doublings)?;
        Some(Self {
            least: LEAST << doublings,
            smallest: SMALLEST << doublings,
            average: AVERAGE << doublings,
            largest: LARGEST << doublings,
        })
    }

    /// No chunk has more bytes.
    pub fn largest(&self) -> usize {
        self.largest
    }
}

/// Hands out the chunks of what it reads, in order, with a buffer of twice the largest chunk.
#[derive(Debug)]
pub struct Chunker<R> {
    input: R,
    sizes: ChunkSizes,
    buffer: Vec<u8>,
    /// The bytes of the buffer that aren't handed out yet.
    start: usize,
    end: usize,
    exhausted: bool,
}

impl<R: Read> Chunker<R> {
    /// The chunks of `input`.
    pub fn new(input: R, sizes: ChunkSizes) -> Self {
        Self {
            input,
            sizes,
            buffer: vec![0; 2 * sizes.largest],
            start: 0,
            end: 0,
            exhausted: false,
        }
    }

    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    /// What reading gives.
    pub fn next_chunk(&mut self) -> io::Result<Option<&[u8]>> {
        if self.end - self.start < self.sizes.largest && !self.exhausted {
            self.fill()?;
        }
        let ahead = &self.buffer[self.start..self.end.min(self.start + self.sizes.largest)];
        if ahead.is_empty() {
            return Ok(None);
        }
        let length = self.sizes.cut(ahead);
        let chunk = self.start..self.start + length;
        self.start = chunk.end;
        Ok(Some(&self.buffer[chunk]))
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < self.buffer.len() {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.exhausted = true;
                    break;
                }
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl ChunkSizes {
    /// The length of the chunk that `ahead` begins with. There is as much of it as a chunk may have, or all that is left.
    fn cut(&self, ahead: &[u8]) -> usize {
        if let Some(length) = member_after(ahead, self.least) {
            return length;
        }
        let cutter = FastCDC::new(ahead, self.smallest, self.average, self.largest);
        cutter.cut(0, ahead.len()).1.clamp(1, ahead.len())
    }
}

/// Whether a chunk belongs to the sixteenth by which files are compared before they are compared in full. It depends on
/// the chunk's last bytes alone, which of a gzip member are its checksum.
pub fn is_sample(chunk: &[u8]) -> bool {
    let tail = &chunk[chunk.len().saturating_sub(32)..];
    let mixed = tail.iter().fold(0_u64, |state, byte| {
        (state.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    });
    mixed >> 60 == 0
}

/// Where the first header of a gzip member begins that isn't before `least`.
fn member_after(bytes: &[u8], least: usize) -> Option<usize> {
    let mut from = least;
    while let Some(found) = memchr::memmem::find(bytes.get(from..)?, b"\x1f\x8b\x08") {
        let at = from + found;
        if is_header(bytes.get(at..at + HEADER)?) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Whether these bytes can begin a member: no reserved flag, an "extra flag" and a system that the RFC knows.
fn is_header(header: &[u8]) -> bool {
    header[3] & 0xE0 == 0 && matches!(header[8], 0 | 2 | 4) && matches!(header[9], 0..=13 | 255)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER_OF_OURS: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255];

    fn noise(length: usize, seed: u64) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend_from_slice(&state.to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }

    fn chunks(bytes: &[u8]) -> Vec<Vec<u8>> {
        let sizes = ChunkSizes::for_size(bytes.len() as u64).unwrap();
        let mut chunker = Chunker::new(bytes, sizes);
        let mut chunks = Vec::new();
        while let Some(chunk) = chunker.next_chunk().unwrap() {
            chunks.push(chunk.to_vec());
        }
        chunks
    }

    /// Members of these lengths.
    fn members(lengths: &[usize]) -> Vec<Vec<u8>> {
        let member = |(seed, length): (usize, &usize)| {
            [&HEADER_OF_OURS[..], &noise(length - HEADER, seed as u64)].concat()
        };
        lengths.iter().enumerate().map(member).collect()
    }

    #[test]
    fn chunks_are_members_where_there_are_members() {
        let members = members(&[100_000, 300_000, 20_000, 500_000, 17_000]);
        assert_eq!(chunks(&members.concat()), members);
    }

    #[test]
    fn members_that_are_too_small_share_a_chunk() {
        let members = members(&[1000; 100]);
        let chunks = chunks(&members.concat());
        assert_eq!(chunks.len(), 6);
        assert!(
            chunks
                .iter()
                .all(|chunk| chunk.starts_with(&HEADER_OF_OURS))
        );
    }

    #[test]
    fn a_file_without_members_is_cut_by_its_content() {
        let before = noise(20 << 20, 1);
        let mut after = before.clone();
        after.splice(10_000_000..10_000_000, *b"something new");
        let (before, after) = (chunks(&before), chunks(&after));
        assert!((80..400).contains(&before.len()), "{}", before.len());
        let new = after.iter().filter(|chunk| !before.contains(chunk)).count();
        assert!((1..=3).contains(&new), "{new} chunks are new");
    }

    #[test]
    fn sizes_grow_so_that_no_file_has_more_chunks_than_a_recipe_takes() {
        for size in [0, 1, ORDINARY, ORDINARY + 1, ORDINARY << DOUBLINGS] {
            let sizes = ChunkSizes::for_size(size).unwrap();
            assert!(size / sizes.least as u64 <= 65_536 && sizes.largest <= 16 << 20);
        }
        assert_eq!(ChunkSizes::for_size((ORDINARY << DOUBLINGS) + 1), None);
    }

    /// Versions of a file share chunks only if both are cut by the same sizes.
    #[test]
    fn the_sizes_of_chunks_are_those_of_the_documentation() {
        let kib = |size| {
            let sizes = ChunkSizes::for_size(size).unwrap();
            [sizes.least, sizes.smallest, sizes.average, sizes.largest].map(|bytes| bytes >> 10)
        };
        assert_eq!(kib(0), [16, 32, 128, 512]);
        assert_eq!(kib(1 << 30), [16, 32, 128, 512]);
        assert_eq!(kib((1 << 30) + 1), [32, 64, 256, 1024]);
        assert_eq!(kib((2 << 30) + 1), [64, 128, 512, 2048]);
        assert_eq!(kib(32 << 30), [512, 1024, 4096, 16384]);
    }

    #[test]
    fn about_a_sixteenth_is_the_sample() {
        let samples = (0..4096)
            .filter(|seed| is_sample(&noise(64, *seed)))
            .count();
        assert!((180..340).contains(&samples), "{samples}");
    }

    #[test]
    fn a_reader_that_gives_little_at_a_time_changes_nothing() {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let length = buffer.len().min(777).min(self.0.len());
                buffer[..length].copy_from_slice(&self.0[..length]);
                self.0 = &self.0[length..];
                Ok(length)
            }
        }
        let bytes = noise(3 << 20, 5);
        let mut chunker = Chunker::new(Slow(&bytes), ChunkSizes::for_size(1).unwrap());
        let mut found = Vec::new();
        while let Some(chunk) = chunker.next_chunk().unwrap() {
            found.push(chunk.to_vec());
        }
        assert_eq!(found, chunks(&bytes));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn chunks_make_the_file_and_keep_to_the_sizes(
            lengths in proptest::collection::vec(11_usize..700_000, 0..6), tail in 0_usize..2_000_000,
        ) {
            let mut bytes = members(&lengths).concat();
            bytes.extend(noise(tail, 99));
            let chunks = chunks(&bytes);
            prop_assert!(chunks.concat() == bytes);
            let (last, others) = chunks.split_last().map_or((None, &[][..]), |(last, others)| (Some(last), others));
            prop_assert!(others.iter().all(|chunk| (LEAST..=LARGEST).contains(&chunk.len())));
            prop_assert!(last.is_none_or(|chunk| (1..=LARGEST).contains(&chunk.len())));
        }
    }
}
