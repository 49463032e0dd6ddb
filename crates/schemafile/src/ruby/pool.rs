//! Each text of a file once.
//!
//! A schema says the same few hundred names and literals thousands of times. Sharing them saves a third of
//! what reading a large file would allocate.

use std::collections::HashSet;
use std::rc::Rc;

/// Texts that were seen before.
#[derive(Debug, Default)]
pub(super) struct Pool {
    names: HashSet<Rc<str>>,
    strings: HashSet<Rc<[u8]>>,
}

impl Pool {
    /// Texts longer than this are seldom said twice.
    const MOST_BYTES: usize = 64;

    /// The name, shared. Bytes that aren't UTF-8 become the replacement character.
    pub(super) fn name(&mut self, bytes: &[u8]) -> Rc<str> {
        let name = String::from_utf8_lossy(bytes);
        if let Some(known) = self.names.get(name.as_ref()) {
            return Rc::clone(known);
        }
        let name: Rc<str> = Rc::from(name.as_ref());
        self.names.insert(Rc::clone(&name));
        name
    }

    /// The content of a string, shared when it is short.
    pub(super) fn string(&mut self, bytes: &[u8]) -> Rc<[u8]> {
        if bytes.len() > Self::MOST_BYTES {
            return Rc::from(bytes);
        }
        if let Some(known) = self.strings.get(bytes) {
            return Rc::clone(known);
        }
        let string: Rc<[u8]> = Rc::from(bytes);
        self.strings.insert(Rc::clone(&string));
        string
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_before_is_the_same_text() {
        let mut pool = Pool::default();
        let first = pool.name(b"users");
        assert!(Rc::ptr_eq(&first, &pool.name(b"users")));
        let first = pool.string(b"\xff");
        assert!(Rc::ptr_eq(&first, &pool.string(b"\xff")));
        assert_eq!(pool.string(&[b'x'; 100]).len(), 100);
    }
}
