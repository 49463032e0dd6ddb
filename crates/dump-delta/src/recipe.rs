//! How to make an object of pieces of others. The format is specified in `docs/s3-layout.md`; change them together.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::ContentHash;
use crate::text::{Lines, seal};

const MAGIC: &str = "lfs-agent recipe";
const VERSION: u32 = 1;

/// A recipe's text has at most this many bytes.
pub const MOST_BYTES: usize = 16 << 20;

/// What the format allows of sources.
pub(crate) const MOST_SOURCES: usize = 64;
/// What the format allows of chunks.
pub(crate) const MOST_CHUNKS: usize = 131_072;
/// What the format allows of one chunk, in bytes.
pub(crate) const LONGEST_CHUNK: u32 = 16 << 20;

/// How the kinds are written, in the order of [`SourceKind`].
const KINDS: [&str; 2] = ["object", "pack"];

/// An object as pieces of sources. What can be made or read keeps to the format's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    object: ContentHash,
    size: u64,
    sources: Vec<Source>,
    pieces: Vec<Piece>,
}

/// What pieces are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Of its content.
    pub hash: ContentHash,
    /// In bytes.
    pub size: u64,
}

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// An object that is stored whole.
    Object,
    /// A pack.
    Pack,
}

/// The next chunk of the object, and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// In bytes.
    pub length: u32,
    /// The index of the source.
    pub source: u32,
    /// Where it begins in the source, in bytes.
    pub offset: u64,
    /// Of its content.
    pub hash: ContentHash,
}

/// Why a text isn't a recipe (or a list of chunks).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecipeError {
    /// It begins with something else.
    #[error("it doesn't begin as a recipe does")]
    Unknown,
    /// It is of another version.
    #[error(
        "it is written in version {found} of the format, and this program reads version {VERSION}"
    )]
    Version {
        /// That version.
        found: u64,
    },
    /// It has no last line.
    #[error("its end is missing")]
    Truncated,
    /// The checksum in its last line is another.
    #[error("its checksum is wrong")]
    Checksum,
    /// It is longer than a recipe may be, or has more chunks or sources.
    #[error("it is larger than a recipe may be")]
    TooLarge,
    /// A line isn't as it should be.
    #[error("its line {number} should have {expected}")]
    Line {
        /// Counted from 1.
        number: usize,
        /// What is missing or wrong.
        expected: &'static str,
    },
    /// Things in it don't fit each other.
    #[error("{0} doesn't fit the rest of it")]
    Contradiction(&'static str),
}

impl Recipe {
    /// The recipe that makes the object `object` of `size` bytes.
    ///
    /// # Errors
    /// [`RecipeError::TooLarge`] and [`RecipeError::Contradiction`] where the format's rules aren't kept.
    pub fn new(
        object: ContentHash,
        size: u64,
        sources: Vec<Source>,
        pieces: Vec<Piece>,
    ) -> Result<Self, RecipeError> {
        if sources.len() > MOST_SOURCES || pieces.len() > MOST_CHUNKS {
            return Err(RecipeError::TooLarge);
        }
        let mut names = BTreeSet::new();
        for source in &sources {
            if !names.insert((source.kind, source.hash)) {
                return Err(RecipeError::Contradiction("a source that is named twice"));
            }
            if source.kind == SourceKind::Object && source.hash == object {
                return Err(RecipeError::Contradiction(
                    "a source that is the object itself",
                ));
            }
        }
        let mut used = vec![false; sources.len()];
        let mut made = 0_u64;
        for piece in &pieces {
            let index = piece.source as usize;
            let source = sources
                .get(index)
                .ok_or(RecipeError::Contradiction("a source's number"))?;
            used[index] = true;
            let end = piece.offset.checked_add(u64::from(piece.length));
            let fits = end.is_some_and(|end| end <= source.size);
            if !fits || !(1..=LONGEST_CHUNK).contains(&piece.length) {
                return Err(RecipeError::Contradiction("a chunk's place or length"));
            }
            made += u64::from(piece.length);
        }
        if made != size || pieces.is_empty() {
            return Err(RecipeError::Contradiction("the object's size"));
        }
        if used.contains(&false) {
            return Err(RecipeError::Contradiction("a source that isn't used"));
        }
        Ok(Self {
            object,
            size,
            sources,
            pieces,
        })
    }

    /// The recipe as text.
    pub fn encode(&self) -> Vec<u8> {
        let mut text = format!("{MAGIC} {VERSION}\nobject {} {}\n", self.object, self.size);
        // Writing into a string can't fail.
        for source in &self.sources {
            let kind = KINDS[source.kind as usize];
            let _ = writeln!(text, "source {kind} {} {}", source.hash, source.size);
        }
        for piece in &self.pieces {
            let _ = writeln!(
                text,
                "chunk {} {} {} {}",
                piece.length, piece.source, piece.offset, piece.hash
            );
        }
        seal(text)
    }

    /// Reads a recipe. Whatever the bytes are, this needs no more memory than they are long, and no more time than reading
    /// them once.
    ///
    /// # Errors
    /// [`RecipeError`] for all that [`Self::encode`] wouldn't write.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecipeError> {
        if bytes.len() > MOST_BYTES {
            return Err(RecipeError::TooLarge);
        }
        let mut lines = Lines::open(bytes, MAGIC, VERSION)?;
        let mut head = lines.next_line().ok_or(RecipeError::Truncated)?;
        head.expect("object")?;
        let (object, size) = (head.hash()?, head.number()?);
        head.end()?;
        let mut sources = Vec::new();
        while lines.next_is("source")
            && let Some(mut line) = lines.next_line()
        {
            line.expect("source")?;
            let kind = if line.one_of(&KINDS)? == 0 {
                SourceKind::Object
            } else {
                SourceKind::Pack
            };
            let (hash, size) = (line.hash()?, line.number()?);
            line.end()?;
            if sources.len() == MOST_SOURCES {
                return Err(RecipeError::TooLarge);
            }
            sources.push(Source { kind, hash, size });
        }
        let mut pieces = Vec::new();
        while let Some(mut line) = lines.next_line() {
            line.expect("chunk")?;
            let piece = Piece {
                length: line.small_number()?,
                source: line.small_number()?,
                offset: line.number()?,
                hash: line.hash()?,
            };
            line.end()?;
            if pieces.len() == MOST_CHUNKS {
                return Err(RecipeError::TooLarge);
            }
            pieces.push(piece);
        }
        Self::new(object, size, sources, pieces)
    }

    /// What it makes.
    pub fn object(&self) -> ContentHash {
        self.object
    }

    /// The size of that in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What the pieces are taken from.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The object's chunks, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Where each piece begins in the object.
    pub fn offsets(&self) -> Vec<u64> {
        let begin = |end: &mut u64, piece: &Piece| {
            let offset = *end;
            *end += u64::from(piece.length);
            Some(offset)
        };
        self.pieces.iter().scan(0, begin).collect()
    }
}
