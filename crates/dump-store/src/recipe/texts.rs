//! Making of texts what a recipe says is made of them.
//!
//! Members come of texts by the library that also made them, on all cores. Should that give other bytes one day, they are
//! made by the encoder that is frozen in `dump_gzip`: which of the two it was shows nowhere, since what is made has the
//! hash that the recipe says.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use dump_delta::{ContentHash, LONGEST_TEXT, Made, Recipe, Text, Texts, apply};
use dump_gzip::{Folder, expand, fold, unfold};

use crate::transfer::file::{read_exact_at, write_all_at};

/// So many bytes of texts are held at most until all that are made of them are. A history needs a small part of it.
const MOST_HELD: usize = 256 << 20;

/// What a difference may be larger than the text that it makes, uncompressed.
pub(super) const MOST_AROUND: usize = 64 << 10;

/// Where a text's members are at hand.
#[derive(Debug, Clone)]
pub(crate) struct TextPlace {
    pub(crate) file: Arc<File>,
    pub(crate) offset: u64,
    pub(crate) length: u32,
}

/// Why something couldn't be made.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The file can't be read or written.
    Disk(io::Error),
    /// What the texts are made of isn't what the recipe was written for.
    Wrong,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Makes those of the recipe's parts that are `wanted` in `file`, which has all pieces that they need in their places.
/// Says of each when it is in.
pub(crate) fn make(
    recipe: &Recipe,
    file: &File,
    at_hand: &[Option<TextPlace>],
    wanted: &[bool],
    made: &(impl Fn(usize) + Sync),
) -> Result<(), Failure> {
    let offsets = made_offsets(recipe);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (sender, receiver) = mpsc::sync_channel::<(usize, Arc<Vec<u8>>)>(threads);
    let receiver = Mutex::new(receiver);
    let failed = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut folder = Folder::default();
                loop {
                    let received = receiver
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .recv();
                    let Ok((index, text)) = received else { return };
                    let part = &recipe.texts().made[index];
                    let outcome = match members(&mut folder, part, &text) {
                        Some(bytes) => {
                            write_all_at(file, &bytes, offsets[index]).map_err(Failure::from)
                        }
                        None => Err(Failure::Wrong),
                    };
                    match outcome {
                        Ok(()) => made(index),
                        Err(failure) => {
                            failed
                                .lock()
                                .unwrap_or_else(PoisonError::into_inner)
                                .get_or_insert(failure);
                        }
                    }
                }
            });
        }
        let mut kitchen = Kitchen::new(recipe, file, at_hand, wanted);
        for (index, part) in recipe.texts().made.iter().enumerate() {
            let stopped = failed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_some();
            if !wanted[index] || stopped {
                continue;
            }
            match kitchen.text(part.text) {
                // The threads end only when nothing more can come.
                Ok(text) => drop(sender.send((index, text))),
                Err(failure) => {
                    failed
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .get_or_insert(failure);
                }
            }
        }
        drop(sender);
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.map_or(Ok(()), Err)
}

/// The members of a text, if they are what the recipe says.
pub(super) fn members_of(part: &Made, text: &[u8]) -> Option<Vec<u8>> {
    members(&mut Folder::default(), part, text)
}

fn members(folder: &mut Folder, part: &Made, text: &[u8]) -> Option<Vec<u8>> {
    let is_it = |bytes: &Vec<u8>| {
        bytes.len() == part.length as usize && ContentHash::of(bytes) == part.hash
    };
    let by_library = folder.fold(text, &part.members).filter(is_it);
    by_library.or_else(|| fold(text, &part.members).filter(is_it))
}

/// Where what is made begins in the object.
fn made_offsets(recipe: &Recipe) -> Vec<u64> {
    let outputs = recipe.outputs().into_iter();
    let made = outputs.filter(|(_, output)| matches!(output, dump_delta::Output::Made(_)));
    made.map(|(offset, _)| offset).collect()
}

/// Makes texts, each once, and holds each until it is used for the last time.
struct Kitchen<'a> {
    texts: &'a Texts,
    recipe: &'a Recipe,
    file: &'a File,
    offsets: Vec<u64>,
    at_hand: &'a [Option<TextPlace>],
    uses: Vec<u32>,
    held: HashMap<u32, Arc<Vec<u8>>>,
    bytes_held: usize,
}

impl<'a> Kitchen<'a> {
    fn new(
        recipe: &'a Recipe,
        file: &'a File,
        at_hand: &'a [Option<TextPlace>],
        wanted: &[bool],
    ) -> Self {
        let texts = recipe.texts();
        let mut uses = vec![0; texts.texts.len()];
        for (part, _) in texts.made.iter().zip(wanted).filter(|(_, wanted)| **wanted) {
            uses[part.text as usize] += 1;
        }
        for (index, text) in texts.texts.iter().enumerate().rev() {
            if let Text::Changed { bases, .. } = text
                && uses[index] > 0
                && at_hand[index].is_none()
            {
                for base in bases {
                    uses[*base as usize] += 1;
                }
            }
        }
        Self {
            texts,
            recipe,
            file,
            offsets: recipe.offsets(),
            at_hand,
            uses,
            held: HashMap::new(),
            bytes_held: 0,
        }
    }

    /// A text, for one of its uses.
    fn text(&mut self, index: u32) -> Result<Arc<Vec<u8>>, Failure> {
        let uses = &mut self.uses[index as usize];
        *uses = uses.saturating_sub(1);
        let is_last = *uses == 0;
        if let Some(held) = self.held.get(&index).cloned() {
            if is_last {
                self.held.remove(&index);
                self.bytes_held -= held.len();
            }
            return Ok(held);
        }
        let text = Arc::new(self.make(index)?);
        if !is_last {
            self.bytes_held += text.len();
            if self.bytes_held > MOST_HELD {
                return Err(Failure::Wrong);
            }
            self.held.insert(index, Arc::clone(&text));
        }
        Ok(text)
    }

    /// Goes no deeper than a recipe may have steps.
    fn make(&mut self, index: u32) -> Result<Vec<u8>, Failure> {
        if let Some(place) = &self.at_hand[index as usize] {
            let mut bytes = vec![0; place.length as usize];
            read_exact_at(&place.file, &mut bytes, place.offset).map_err(|_| Failure::Wrong)?;
            return plain(&bytes);
        }
        match &self.texts.texts[index as usize] {
            Text::Plain { part } => {
                let length = self.part(*part).1;
                plain(&self.read(*part, 0, length)?)
            }
            Text::Changed {
                size,
                part,
                offset,
                length,
                bases,
            } => {
                let size = *size as usize;
                let difference = self.read(*part, *offset, *length)?;
                let difference =
                    expand(&difference, 2 * size + MOST_AROUND).ok_or(Failure::Wrong)?;
                let mut old = Vec::new();
                for base in bases {
                    old.extend_from_slice(&self.text(*base)?);
                }
                apply(&old, &difference, size).ok_or(Failure::Wrong)
            }
        }
    }

    /// Where a part is in the file, and its length.
    fn part(&self, part: u32) -> (u64, u32) {
        let index = self.recipe.chunks().len() + part as usize;
        (self.offsets[index], self.recipe.pieces()[index].length)
    }

    fn read(&self, part: u32, offset: u32, length: u32) -> Result<Vec<u8>, Failure> {
        let mut bytes = vec![0; length as usize];
        read_exact_at(self.file, &mut bytes, self.part(part).0 + u64::from(offset))?;
        Ok(bytes)
    }
}

fn plain(members: &[u8]) -> Result<Vec<u8>, Failure> {
    let unfolded = unfold(members, LONGEST_TEXT as usize).ok_or(Failure::Wrong)?;
    Ok(unfolded.text)
}
