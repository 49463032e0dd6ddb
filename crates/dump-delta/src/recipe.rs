//! How to make an object of pieces of others. The format is specified in `docs/s3-layout.md`; change them together.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::ContentHash;
use crate::text::{Line, Lines, seal};
use crate::texts::Texts;

const MAGIC: &str = "lfs-agent recipe";
/// Of recipes that only copy, and of those that make bytes of texts as well.
const VERSION: u32 = 1;
const VERSION_WITH_TEXTS: u32 = 2;

/// A recipe's text has at most this many bytes.
pub const MOST_BYTES: usize = 16 << 20;

/// What the format allows of sources.
pub(crate) const MOST_SOURCES: usize = 64;
/// What the format allows of chunks.
pub(crate) const MOST_CHUNKS: usize = 131_072;
/// What the format allows of one chunk, in bytes.
pub(crate) const LONGEST_CHUNK: u32 = 16 << 20;

/// The words that lines of pieces begin with.
const CHUNK: &str = "chunk";
const PART: &str = "part";

/// What texts are made of may have so many times the object's bytes.
const MOST_PARTS: u64 = 4;

/// How the kinds are written, in the order of [`SourceKind`].
const KINDS: [&str; 2] = ["object", "pack"];

/// An object as pieces of sources. What can be made or read keeps to the format's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    object: ContentHash,
    size: u64,
    sources: Vec<Source>,
    /// Those of the object, and behind them the parts that texts are made of.
    pieces: Vec<Piece>,
    /// How many pieces are the object's own.
    chunks: usize,
    texts: Texts,
}

/// Some of an object's bytes, in the order in which they stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The piece with this index.
    Copied(usize),
    /// What is made with this index.
    Made(usize),
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
        "it is written in version {found} of the format, and this program reads versions {VERSION} and {VERSION_WITH_TEXTS}"
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
        let chunks = pieces.len();
        Self::with_texts(object, size, sources, pieces, chunks, Texts::default())
    }

    /// The same of an object of which some is made of texts. The first `chunks` pieces are the object's own, those behind
    /// them the parts that texts are made of.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_texts(
        object: ContentHash,
        size: u64,
        sources: Vec<Source>,
        pieces: Vec<Piece>,
        chunks: usize,
        texts: Texts,
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
        for (number, piece) in pieces.iter().enumerate() {
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
            if number < chunks {
                made += u64::from(piece.length);
            }
        }
        texts.check(chunks, &pieces[chunks..])?;
        let parts = pieces[chunks..].iter().map(|part| u64::from(part.length));
        if parts.sum::<u64>() > size.saturating_mul(MOST_PARTS) {
            return Err(RecipeError::TooLarge);
        }
        made += texts
            .made
            .iter()
            .map(|made| u64::from(made.length))
            .sum::<u64>();
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
            chunks,
            texts,
        })
    }

    /// The recipe as text.
    pub fn encode(&self) -> Vec<u8> {
        let version = if self.texts.is_empty() {
            VERSION
        } else {
            VERSION_WITH_TEXTS
        };
        let mut text = format!("{MAGIC} {version}\nobject {} {}\n", self.object, self.size);
        // Writing into a string can't fail.
        for source in &self.sources {
            let kind = KINDS[source.kind as usize];
            let _ = writeln!(text, "source {kind} {} {}", source.hash, source.size);
        }
        self.texts.encode_versions(&mut text);
        let mut next_made = 0;
        for (index, piece) in self.pieces.iter().enumerate() {
            self.texts.encode_made(&mut text, index, &mut next_made);
            let word = if index < self.chunks { CHUNK } else { PART };
            let _ = writeln!(
                text,
                "{word} {} {} {} {}",
                piece.length, piece.source, piece.offset, piece.hash
            );
        }
        self.texts.encode_texts(&mut text);
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
        let (mut lines, has_texts) = match Lines::open(bytes, MAGIC, VERSION) {
            Err(RecipeError::Version { found }) if found == u64::from(VERSION_WITH_TEXTS) => {
                (Lines::open(bytes, MAGIC, VERSION_WITH_TEXTS)?, true)
            }
            lines => (lines?, false),
        };
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
        let mut texts = Texts::default();
        if has_texts {
            texts.decode_versions(&mut lines)?;
        }
        while (!has_texts || lines.next_is(CHUNK) || lines.next_is("members"))
            && let Some(mut line) = lines.next_line()
        {
            if has_texts && line.begins_with("members") {
                texts.decode_made(&mut line, pieces.len())?;
            } else {
                pieces.push(piece(&mut line, CHUNK, pieces.len())?);
            }
        }
        let chunks = pieces.len();
        if has_texts {
            while lines.next_is(PART)
                && let Some(mut line) = lines.next_line()
            {
                pieces.push(piece(&mut line, PART, pieces.len())?);
            }
            texts.decode_texts(&mut lines)?;
            if texts.is_empty() {
                return Err(RecipeError::Contradiction("its version"));
            }
        }
        Self::with_texts(object, size, sources, pieces, chunks, texts)
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

    /// All pieces: the object's chunks, in order, and behind them the parts that texts are made of.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The object's chunks, in order.
    pub fn chunks(&self) -> &[Piece] {
        &self.pieces[..self.chunks]
    }

    /// What of the object is made of texts, and how; usually nothing.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// What the object consists of, in order, and where each begins.
    pub fn outputs(&self) -> Vec<(u64, Output)> {
        let mut outputs = Vec::with_capacity(self.chunks + self.texts.made.len());
        let (mut end, mut next) = (0, 0);
        let mut made = self.texts.made.iter().enumerate().peekable();
        while next < self.chunks || made.peek().is_some() {
            if let Some((index, found)) = made.next_if(|(_, made)| made.after == next) {
                outputs.push((end, Output::Made(index)));
                end += u64::from(found.length);
            } else {
                outputs.push((end, Output::Copied(next)));
                end += u64::from(self.pieces[next].length);
                next += 1;
            }
        }
        outputs
    }

    /// Where each piece begins: in the object, and the parts behind it.
    pub fn offsets(&self) -> Vec<u64> {
        let begin = |end: &mut u64, piece: &Piece| {
            let offset = *end;
            *end += u64::from(piece.length);
            Some(offset)
        };
        let chunks = self.outputs().into_iter();
        let chunks = chunks
            .filter_map(|(offset, output)| matches!(output, Output::Copied(_)).then_some(offset));
        let parts = self.pieces[self.chunks..].iter().scan(self.size, begin);
        chunks.chain(parts).collect()
    }

    /// The size of the object with the parts behind it.
    pub fn room(&self) -> u64 {
        let parts = self.pieces[self.chunks..].iter();
        self.size + parts.map(|part| u64::from(part.length)).sum::<u64>()
    }
}

/// Reads the line of a piece before which there are so many.
fn piece(line: &mut Line<'_>, word: &'static str, before: usize) -> Result<Piece, RecipeError> {
    line.expect(word)?;
    let piece = Piece {
        length: line.small_number()?,
        source: line.small_number()?,
        offset: line.number()?,
        hash: line.hash()?,
    };
    line.end()?;
    if before == MOST_CHUNKS {
        return Err(RecipeError::TooLarge);
    }
    Ok(piece)
}
