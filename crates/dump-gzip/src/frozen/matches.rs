//! What is written as literals and what as matches: a hash table of two places each, and the first good match is taken.

/// No more text is in one block, unless few bytes would be left for the next.
const BLOCK: usize = 65_535;
/// So few.
const LEAST_BLOCK: usize = 5000;
/// No more matches are in one block.
const MOST_MATCHES: usize = 8192;

const SHORTEST: usize = 4;
const LONGEST: usize = 258;
/// A match of this length isn't improved on.
const GOOD_ENOUGH: usize = 32;
/// Where less text is left there are only literals.
const NEEDED: usize = 5;
const WINDOW: usize = 32_768;
const HASH_BITS: u32 = 15;

/// A place that nothing is at.
const NOWHERE: u32 = u32::MAX;

/// What one block is made of.
pub(super) struct Block {
    /// Where it begins and ends in the text.
    pub(super) start: usize,
    pub(super) end: usize,
    /// In order.
    pub(super) sequences: Vec<Sequence>,
}

/// Literals, and a match behind them; the last ones of a block may have none, which is a length of 0.
#[derive(Clone, Copy, Default)]
pub(super) struct Sequence {
    pub(super) literals: u32,
    pub(super) length: u32,
    pub(super) distance: u32,
}

/// Goes through a text.
pub(super) struct MatchFinder<'a> {
    text: &'a [u8],
    at: usize,
    /// The last two places with each hash, the later one first.
    places: Vec<[u32; 2]>,
    /// Of the text at `at`. The very first is 0, whatever the text is.
    hash: usize,
}

impl<'a> MatchFinder<'a> {
    /// For a text of less than 4 GiB.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            places: vec![[NOWHERE; 2]; 1 << HASH_BITS],
            hash: 0,
        }
    }

    /// The block that begins where the last one ended; there is text left.
    pub(super) fn next_block(&mut self) -> Block {
        let start = self.at;
        let left = self.text.len() - start;
        let end = if left < BLOCK + LEAST_BLOCK {
            self.text.len()
        } else {
            start + BLOCK
        };
        let mut sequences = Vec::new();
        let mut current = Sequence::default();
        while self.at < end && sequences.len() < MOST_MATCHES {
            let left = self.text.len() - self.at;
            if left < NEEDED {
                current.literals += u32::try_from(left).unwrap_or_default();
                self.at += left;
                break;
            }
            let longest = left.min(LONGEST);
            let found = self.longest_match(longest);
            if let Some((length, distance)) = found {
                self.pass(length - 1);
                self.at += length;
                current.length = u32::try_from(length).unwrap_or_default();
                current.distance = distance;
                sequences.push(current);
                current = Sequence::default();
            } else {
                current.literals += 1;
                self.at += 1;
            }
        }
        sequences.push(current);
        Block {
            start,
            end: self.at,
            sequences,
        }
    }

    /// The match at this place, and the place is remembered.
    fn longest_match(&mut self, longest: usize) -> Option<(usize, u32)> {
        let at = self.at;
        let hash = self.hash;
        self.hash = self.hash_at(at + 1);
        let [first, second] = self.places[hash];
        self.places[hash][0] = place(at);
        let first = self.reachable(first)?;
        self.places[hash][1] = place(first);
        let good_enough = GOOD_ENOUGH.min(longest);
        let mut best = self.length_at(first, longest);
        let mut from = first;
        if best < good_enough
            && let Some(second) = self.reachable(second)
        {
            let length = self.length_at(second, longest);
            if length > best {
                (best, from) = (length, second);
            }
        }
        (best > 0).then(|| (best, place(at - from)))
    }

    /// A place from where a match may reach to this one.
    fn reachable(&self, place: u32) -> Option<usize> {
        let found = place as usize;
        (place != NOWHERE && self.at - found < WINDOW).then_some(found)
    }

    /// How many bytes from `from` on are the same as here; none if they are too few for a match.
    fn length_at(&self, from: usize, longest: usize) -> usize {
        let there = &self.text[from..];
        let here = &self.text[self.at..self.at + longest];
        let words = here.chunks_exact(8).zip(there.chunks_exact(8));
        let mut length = 8 * words.take_while(|(one, other)| one == other).count();
        while length < longest && here[length] == there[length] {
            length += 1;
        }
        if length < SHORTEST { 0 } else { length }
    }

    /// Remembers the next `count` places behind this one, if there is enough text behind them.
    fn pass(&mut self, count: usize) {
        let first = self.at + 1;
        if count + NEEDED > self.text.len() - first {
            return;
        }
        for at in first..first + count {
            let places = &mut self.places[self.hash];
            *places = [place(at), places[0]];
            self.hash = self.hash_at(at + 1);
        }
    }

    fn hash_at(&self, at: usize) -> usize {
        let bytes = self.text[at..at + 4].try_into().unwrap_or_default();
        let mixed = u32::from_le_bytes(bytes).wrapping_mul(0x1E35_A7BD);
        (mixed >> (32 - HASH_BITS)) as usize
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NOWHERE)
}
