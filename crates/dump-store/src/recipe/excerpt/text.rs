//! Texts of a recipe, one by one: who reads rows needs no members.
//!
//! Two recipes name the same text by other numbers, so texts are known here by what they are made of. The last ones are kept, as
//! one version's is usually what its neighbour's is a difference from.

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use dump_delta::{ContentHash, LONGEST_TEXT, Output, Recipe, Text, apply};
use dump_gzip::{expand, unfold};

use super::super::search;
use super::super::texts::{MOST_AROUND, TextPlace, members_of};
use super::{Excerpts, Outline, lock};
use crate::transfer::file::read_exact_at;

/// So many bytes of texts are kept.
const MOST_KEPT: usize = 12 << 20;

/// So many texts are made at most for one that is wanted. A history needs a small part of it; somebody's recipe could ask for
/// any number.
const MOST_MADE: u32 = 4096;

/// What is known of a recipe's texts.
#[derive(Debug)]
pub(super) struct Known {
    /// What each is known by.
    names: Vec<ContentHash>,
    /// Where their members are in local objects.
    pub(super) at_hand: Vec<Option<TextPlace>>,
}

impl Known {
    fn of(recipe: &Recipe, objects: Option<&Path>) -> Self {
        let parts = &recipe.pieces()[recipe.chunks().len()..];
        let mut names: Vec<ContentHash> = Vec::with_capacity(recipe.texts().texts.len());
        for text in &recipe.texts().texts {
            let name = match text {
                Text::Plain { part } => parts[*part as usize].hash,
                Text::Changed {
                    size,
                    part,
                    offset,
                    length,
                    bases,
                } => {
                    let mut made_of = parts[*part as usize].hash.as_bytes().to_vec();
                    for number in [size, offset, length] {
                        made_of.extend(number.to_le_bytes());
                    }
                    for base in bases {
                        made_of.extend(names[*base as usize].as_bytes());
                    }
                    ContentHash::of(&made_of)
                }
            };
            names.push(name);
        }
        let at_hand = match objects {
            Some(objects) => search::texts(recipe, objects),
            None => vec![None; names.len()],
        };
        Self { names, at_hand }
    }
}

impl Outline {
    pub(super) fn known_texts(&self, recipe: &Recipe, objects: Option<&Path>) -> &Known {
        self.texts.get_or_init(|| Known::of(recipe, objects))
    }
}

/// The texts that were wanted last.
#[derive(Debug, Default)]
pub(super) struct Cache {
    texts: HashMap<ContentHash, Arc<Vec<u8>>>,
    order: VecDeque<ContentHash>,
    bytes: usize,
}

impl Cache {
    fn keep(&mut self, name: ContentHash, text: &Arc<Vec<u8>>) {
        if self.texts.contains_key(&name) || text.len() > MOST_KEPT {
            return;
        }
        self.bytes += text.len();
        self.texts.insert(name, Arc::clone(text));
        self.order.push_back(name);
        while self.bytes > MOST_KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            let gone = self.texts.remove(&oldest);
            self.bytes -= gone.map_or(0, |text| text.len());
        }
    }
}

/// The text of a piece that is made of texts; `None` for any other, or if what it is made of isn't at hand.
///
/// # Errors
/// A file can't be read, or what is at hand isn't what the recipe was written for.
pub fn read_text(
    excerpts: &Mutex<Excerpts>,
    outline: &Outline,
    piece: usize,
) -> io::Result<Option<Arc<Vec<u8>>>> {
    let (Some(recipe), Some(Output::Made(index))) = (&outline.recipe, outline.pieces[piece].output)
    else {
        return Ok(None);
    };
    let members = lock(excerpts).place(&outline.pieces[piece].hash);
    if let Some(members) = members {
        return plain(&members.read()?).map(|text| Some(Arc::new(text)));
    }
    let maker = Maker {
        excerpts,
        recipe,
        known: outline.known_texts(recipe, None),
        left: Cell::new(MOST_MADE),
    };
    maker.text(recipe.texts().made[index].text)
}

/// The members of such a piece.
pub(super) fn members(
    excerpts: &Mutex<Excerpts>,
    outline: &Outline,
    piece: usize,
) -> io::Result<Option<Vec<u8>>> {
    let (Some(text), Some(recipe), Some(Output::Made(index))) = (
        read_text(excerpts, outline, piece)?,
        &outline.recipe,
        outline.pieces[piece].output,
    ) else {
        return Ok(None);
    };
    let members = members_of(&recipe.texts().made[index], &text);
    members.map(Some).ok_or_else(wrong)
}

struct Maker<'a> {
    excerpts: &'a Mutex<Excerpts>,
    recipe: &'a Recipe,
    known: &'a Known,
    /// So many texts may still be made.
    left: Cell<u32>,
}

impl Maker<'_> {
    /// Goes no deeper than a recipe may have steps.
    fn text(&self, index: u32) -> io::Result<Option<Arc<Vec<u8>>>> {
        let name = self.known.names[index as usize];
        let kept = lock(self.excerpts).texts.texts.get(&name).cloned();
        if kept.is_some() {
            return Ok(kept);
        }
        let left = self.left.get().checked_sub(1).ok_or_else(wrong)?;
        self.left.set(left);
        let Some(text) = self.make(index)? else {
            return Ok(None);
        };
        let text = Arc::new(text);
        lock(self.excerpts).texts.keep(name, &text);
        Ok(Some(text))
    }

    fn make(&self, index: u32) -> io::Result<Option<Vec<u8>>> {
        if let Some(place) = &self.known.at_hand[index as usize] {
            let mut bytes = vec![0; place.length as usize];
            read_exact_at(&place.file, &mut bytes, place.offset)?;
            return plain(&bytes).map(Some);
        }
        let text = &self.recipe.texts().texts[index as usize];
        let (Text::Plain { part } | Text::Changed { part, .. }) = text;
        let part = &self.recipe.pieces()[self.recipe.chunks().len() + *part as usize];
        let place = lock(self.excerpts).place(&part.hash);
        let Some(place) = place else { return Ok(None) };
        let Text::Changed {
            size,
            offset,
            length,
            bases,
            ..
        } = text
        else {
            return plain(&place.read()?).map(Some);
        };
        let mut difference = vec![0; *length as usize];
        let begin = place.offset + u64::from(*offset);
        read_exact_at(&place.file, &mut difference, begin)?;
        let size = *size as usize;
        let difference = expand(&difference, 2 * size + MOST_AROUND).ok_or_else(wrong)?;
        let mut old = Vec::new();
        for base in bases {
            let Some(base) = self.text(*base)? else {
                return Ok(None);
            };
            old.push(base);
        }
        let made = match &old[..] {
            [base] => apply(base, &difference, size),
            bases => {
                let bases: Vec<&[u8]> = bases.iter().map(|base| &base[..]).collect();
                apply(&bases.concat(), &difference, size)
            }
        };
        made.map(Some).ok_or_else(wrong)
    }
}

fn plain(members: &[u8]) -> io::Result<Vec<u8>> {
    let unfolded = unfold(members, LONGEST_TEXT as usize).ok_or_else(wrong)?;
    Ok(unfolded.text)
}

fn wrong() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "what texts are made of isn't what the recipe was written for",
    )
}
