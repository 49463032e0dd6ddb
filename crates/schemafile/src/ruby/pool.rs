//! Each text of a file once, or nearly.
//!
//! A schema says the same few hundred names and literals thousands of times. Sharing them saves a third of
//! what reading a large file would allocate. The pool is a cache and not an index: two texts that fall into
//! one slot drive each other out, which costs an allocation and nothing else.

use std::rc::Rc;

/// Texts that were seen lately.
#[derive(Debug)]
pub(super) struct Pool {
    names: Vec<Option<Rc<str>>>,
    strings: Vec<Option<Rc<[u8]>>>,
}

impl Pool {
    /// A few times as many as a large schema has different words.
    const SLOTS: usize = 4096;
    /// Texts longer than this are seldom said twice.
    const MOST_BYTES: usize = 64;

    pub(super) fn new() -> Self {
        Self {
            names: vec![None; Self::SLOTS],
            strings: vec![None; Self::SLOTS],
        }
    }

    /// The name, shared. Bytes that aren't UTF-8 become the replacement character.
    pub(super) fn name(&mut self, bytes: &[u8]) -> Rc<str> {
        let slot = &mut self.names[slot(bytes)];
        match slot {
            Some(known) if known.as_bytes() == bytes => Rc::clone(known),
            _ => {
                let name: Rc<str> = Rc::from(String::from_utf8_lossy(bytes).as_ref());
                *slot = Some(Rc::clone(&name));
                name
            }
        }
    }

    /// The content of a string, shared when it is short.
    pub(super) fn string(&mut self, bytes: &[u8]) -> Rc<[u8]> {
        if bytes.len() > Self::MOST_BYTES {
            return Rc::from(bytes);
        }
        let slot = &mut self.strings[slot(bytes)];
        match slot {
            Some(known) if known.as_ref() == bytes => Rc::clone(known),
            _ => {
                let string: Rc<[u8]> = Rc::from(bytes);
                *slot = Some(Rc::clone(&string));
                string
            }
        }
    }
}

/// Where a text belongs: FNV-1a.
fn slot(bytes: &[u8]) -> usize {
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, &byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    usize::try_from(hash ^ (hash >> 15)).unwrap_or_default() % Pool::SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_before_is_the_same_text() {
        let mut pool = Pool::new();
        let first = pool.name(b"users");
        assert!(Rc::ptr_eq(&first, &pool.name(b"users")));
        let first = pool.string(b"\xff");
        assert!(Rc::ptr_eq(&first, &pool.string(b"\xff")));
        assert_eq!(pool.string(&[b'x'; 100]).len(), 100);
    }

    #[test]
    fn texts_of_one_slot_stay_apart() {
        let mut pool = Pool::new();
        for number in 0..10_000 {
            let text = number.to_string();
            assert_eq!(pool.name(text.as_bytes()).as_ref(), text);
            assert_eq!(pool.string(text.as_bytes()).as_ref(), text.as_bytes());
        }
    }
}
