//! Cuts a dump into its members, and gives each a number.
//!
//! Every byte of every version goes through here and nowhere else, so this has to be as fast as memory.

use std::io;

use dump_text::Source;
use memchr::memmem;

/// How gen-dummy's members begin (`docs/dump-format.md`).
pub(super) const HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255];

/// A member by its compressed bytes. Two are the same unless 64 bits deceive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Member {
    pub(super) hash: u64,
    pub(super) length: u64,
}

/// Words that are mixed in, of no meaning: the first digits of pi (those of Blowfish).
const PI: [u64; 2] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];

/// Bytes that are taken at once.
const WORDS: usize = 16;

/// A hash of bytes that come in pieces: two words at a time are multiplied into 128 bits, whose halves are folded into each
/// other (as in Yi's wyhash).
#[derive(Debug, Default)]
struct Folded {
    state: u64,
    length: u64,
    rest: [u8; WORDS],
    waiting: usize,
}

impl Folded {
    fn write(&mut self, mut bytes: &[u8]) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        if self.waiting > 0 {
            let taken = (WORDS - self.waiting).min(bytes.len());
            self.rest[self.waiting..self.waiting + taken].copy_from_slice(&bytes[..taken]);
            self.waiting += taken;
            bytes = &bytes[taken..];
            if self.waiting < WORDS {
                return;
            }
            self.state = mixed(self.state, &self.rest);
            self.waiting = 0;
        }
        let (pairs, rest) = bytes.as_chunks::<WORDS>();
        self.state = pairs.iter().fold(self.state, mixed);
        self.rest[..rest.len()].copy_from_slice(rest);
        self.waiting = rest.len();
    }

    fn finish(mut self) -> u64 {
        self.rest[self.waiting..].fill(0);
        let last = mixed(self.state, &self.rest);
        folded(last ^ PI[0], self.length ^ PI[1])
    }
}

fn mixed(state: u64, bytes: &[u8; WORDS]) -> u64 {
    let (one, other) = bytes.split_at(WORDS / 2);
    let word = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
    folded(word(one) ^ PI[0], word(other) ^ state ^ PI[1])
}

fn folded(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    let halves = (product as u64, (product >> 64) as u64);
    halves.0 ^ halves.1
}

/// A number for several members behind each other: what it is without this one, and this one's.
pub(super) fn mixed_words(state: u64, hash: u64, length: u64) -> u64 {
    folded(hash ^ PI[0], folded(length ^ PI[1], state ^ PI[0]) ^ PI[1])
}

/// Cuts a file where members of ours begin, if it is to be cut: where each is, and which.
pub(super) fn members(source: &dyn Source, cut: bool) -> io::Result<Vec<(u64, Member)>> {
    let mut reader = source.open()?;
    let mut buffer = vec![0; 1 << 18];
    let (mut filled, mut begun, mut at) = (0, 0_u64, 0_u64);
    let mut hasher = Folded::default();
    let mut found = Vec::new();
    let finder = memmem::Finder::new(&HEADER);
    let mut end = |hasher: &mut Folded, begun: u64, at: u64| {
        let hasher = std::mem::take(hasher);
        let member = Member {
            hash: hasher.finish(),
            length: at - begun,
        };
        found.push((begun, member));
    };
    loop {
        let read = match reader.read(&mut buffer[filled..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        filled += read;
        let mut done = 0;
        while cut && let Some(place) = finder.find(&buffer[done..filled]) {
            hasher.write(&buffer[done..done + place]);
            at += place as u64;
            done += place;
            if at > begun {
                end(&mut hasher, begun, at);
                begun = at;
            }
            // Past its first byte, so that it isn't found again.
            hasher.write(&buffer[done..=done]);
            at += 1;
            done += 1;
        }
        // What may be the first bytes of a header waits for the rest.
        let keep = if read == 0 || !cut {
            0
        } else {
            (filled - done).min(HEADER.len() - 1)
        };
        hasher.write(&buffer[done..filled - keep]);
        at += (filled - keep - done) as u64;
        buffer.copy_within(filled - keep..filled, 0);
        filled = keep;
        if read == 0 {
            break;
        }
    }
    if at > begun || at == 0 {
        end(&mut hasher, begun, at);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(pieces: &[&[u8]]) -> u64 {
        let mut hash = Folded::default();
        for piece in pieces {
            hash.write(piece);
        }
        hash.finish()
    }

    #[test]
    fn a_number_depends_on_every_byte_and_not_on_pieces() {
        let bytes: Vec<u8> = (0..100_u8).collect();
        let whole = hash(&[&bytes]);
        for cut in 0..=bytes.len() {
            assert_eq!(hash(&[&bytes[..cut], &bytes[cut..]]), whole, "{cut}");
        }
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_ne!(hash(&[&other]), whole, "{at}");
            assert_ne!(hash(&[&bytes[..at]]), whole, "{at}");
        }
        assert_ne!(hash(&[b""]), hash(&[b"\0"]));
    }
}
