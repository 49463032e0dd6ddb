//! Cutting a new version into what is known, what is new, and texts to look for differences in.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use dump_delta::{Chunk, ChunkList, ContentHash, Known, LONGEST_TEXT};
use dump_gzip::{MEMBER_HEADER, Unfolded, unfold};

use crate::transfer::file::read_exact_at;

/// A text that has so many bytes ends with the first chunk whose end says so.
const LEAST_TEXT: usize = 512 << 10;

/// A text that has so many bytes ends with the chunk that got it there.
const ENOUGH_TEXT: usize = 2 << 20;

/// How much of a text's end decides, and how seldom it does.
const END: usize = 64;
const ONE_IN: u64 = 4;

/// Chunks of a new version that stand behind each other.
pub(super) struct Segment {
    pub(super) bytes: Vec<u8>,
    pub(super) chunks: Vec<Chunk>,
    /// What they are members of; `None` where they are known in the store, or no members of ours.
    pub(super) text: Option<Unfolded>,
}

/// What has become of one.
pub(super) enum Outcome {
    /// It is stored as it is, or known.
    Raw,
    /// A text of the old version is its text.
    Same {
        /// The run of the old version that has it.
        run: usize,
    },
    /// It is a difference from texts of the old version.
    Changed {
        /// The runs of the old version that have them.
        runs: Vec<usize>,
        /// The difference, compressed.
        difference: Vec<u8>,
    },
}

/// Whether a file begins as one that our encoder wrote.
pub(crate) fn is_ours(path: &Path) -> io::Result<bool> {
    let mut beginning = [0; MEMBER_HEADER.len()];
    match File::open(path)?.read_exact(&mut beginning) {
        Ok(()) => Ok(beginning == MEMBER_HEADER),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Says where texts end, by what they have: so that those of two versions end at the same rows.
pub(super) fn ends(text: &[u8]) -> bool {
    if text.len() < LEAST_TEXT {
        return false;
    }
    let end = &text[text.len() - END.min(text.len())..];
    let mixed = end.iter().fold(0_u64, |state, byte| {
        (state.rotate_left(7) ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    });
    text.len() >= ENOUGH_TEXT || (mixed >> 32) % ONE_IN == 0
}

/// Goes through a new version.
pub(super) struct Cutter<'a> {
    file: &'a File,
    chunks: std::iter::Peekable<std::vec::IntoIter<(u64, Chunk)>>,
    known: &'a Known,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(file: &'a File, list: &ChunkList, known: &'a Known) -> Self {
        let placed: Vec<(u64, Chunk)> = list.placed().collect();
        Self {
            file,
            chunks: placed.into_iter().peekable(),
            known,
        }
    }

    /// The next part: a chunk that is known or can't be a text, or chunks that together are one.
    pub(super) fn next_part(&mut self) -> io::Result<Option<Segment>> {
        let Some((offset, chunk)) = self.chunks.next() else {
            return Ok(None);
        };
        let mut part = Segment {
            bytes: Vec::new(),
            chunks: vec![chunk],
            text: None,
        };
        if self.known.copy(&chunk).is_some() {
            return Ok(Some(part));
        }
        part.bytes = self.read(offset, &chunk)?;
        part.text = unfold(&part.bytes, LONGEST_TEXT as usize / 2);
        while let Some(text) = &mut part.text
            && !ends(&text.text)
            && let Some((offset, chunk)) = self.chunks.peek().copied()
            && self.known.copy(&chunk).is_none()
        {
            let bytes = self.read(offset, &chunk)?;
            let Some(more) = unfold(&bytes, LONGEST_TEXT as usize / 2) else {
                break;
            };
            text.text.extend_from_slice(&more.text);
            text.members.extend_from_slice(&more.members);
            part.bytes.extend_from_slice(&bytes);
            part.chunks.push(chunk);
            self.chunks.next();
        }
        Ok(Some(part))
    }

    fn read(&self, offset: u64, chunk: &Chunk) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; chunk.length as usize];
        read_exact_at(self.file, &mut bytes, offset)?;
        if ContentHash::of(&bytes) != chunk.hash {
            return Err(io::Error::other("the object changed while it was read"));
        }
        Ok(bytes)
    }
}
