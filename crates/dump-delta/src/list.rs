//! The chunks of one object, as they are kept locally to save time.

use std::fmt::Write as _;

use crate::recipe::{LONGEST_CHUNK, MOST_BYTES, MOST_CHUNKS};
use crate::text::{Lines, seal};
use crate::{Chunk, ContentHash, Recipe, RecipeError};

const MAGIC: &str = "lfs-agent chunks";
const VERSION: u32 = 1;

/// An object and its chunks, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkList {
    /// The object.
    pub object: ContentHash,
    /// Its size in bytes: that of all chunks.
    pub size: u64,
    /// All of it.
    pub chunks: Vec<Chunk>,
}

impl ChunkList {
    /// The list of these chunks.
    pub fn new(object: ContentHash, chunks: Vec<Chunk>) -> Self {
        let size = chunks.iter().map(|chunk| u64::from(chunk.length)).sum();
        Self {
            object,
            size,
            chunks,
        }
    }

    /// The chunks that a recipe copies: all of its object, unless some of that is made of texts.
    pub fn of_recipe(recipe: &Recipe) -> Self {
        let chunk = |piece: &crate::Piece| Chunk {
            length: piece.length,
            hash: piece.hash,
        };
        Self::new(recipe.object(), recipe.chunks().iter().map(chunk).collect())
    }

    /// The chunks with their offsets.
    pub fn placed(&self) -> impl Iterator<Item = (u64, Chunk)> + '_ {
        self.chunks.iter().scan(0, |end, chunk| {
            let offset = *end;
            *end += u64::from(chunk.length);
            Some((offset, *chunk))
        })
    }

    /// The list as text, which [`Self::decode`] reads.
    pub fn encode(&self) -> Vec<u8> {
        let mut text = format!("{MAGIC} {VERSION}\nobject {} {}\n", self.object, self.size);
        for chunk in &self.chunks {
            // Writing into a string can't fail.
            let _ = writeln!(text, "chunk {} {}", chunk.length, chunk.hash);
        }
        seal(text)
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// [`RecipeError`] for anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecipeError> {
        if bytes.len() > MOST_BYTES {
            return Err(RecipeError::TooLarge);
        }
        let mut lines = Lines::open(bytes, MAGIC, VERSION)?;
        let mut head = lines.next_line().ok_or(RecipeError::Truncated)?;
        head.expect("object")?;
        let (object, size) = (head.hash()?, head.number()?);
        head.end()?;
        let mut chunks = Vec::new();
        while let Some(mut line) = lines.next_line() {
            line.expect("chunk")?;
            let chunk = Chunk {
                length: line.small_number()?,
                hash: line.hash()?,
            };
            line.end()?;
            if chunks.len() == MOST_CHUNKS {
                return Err(RecipeError::TooLarge);
            }
            if !(1..=LONGEST_CHUNK).contains(&chunk.length) {
                return Err(RecipeError::Contradiction("a chunk's length"));
            }
            chunks.push(chunk);
        }
        let list = Self::new(object, chunks);
        if list.size != size {
            return Err(RecipeError::Contradiction("the object's size"));
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written_and_not_otherwise() {
        let chunk = |content: &[u8]| Chunk {
            length: u32::try_from(content.len()).unwrap(),
            hash: ContentHash::of(content),
        };
        let list = ChunkList::new(
            ContentHash::of(b"onetwo"),
            vec![chunk(b"one"), chunk(b"two")],
        );
        let text = list.encode();
        assert_eq!(ChunkList::decode(&text).as_ref(), Ok(&list));
        assert_eq!(
            list.placed().map(|(offset, _)| offset).collect::<Vec<_>>(),
            [0, 3]
        );
        for length in 0..text.len() {
            assert!(ChunkList::decode(&text[..length]).is_err(), "{length}");
        }
        let wrong = ChunkList { size: 7, ..list };
        assert_eq!(
            ChunkList::decode(&wrong.encode()),
            Err(RecipeError::Contradiction("the object's size"))
        );
    }
}
