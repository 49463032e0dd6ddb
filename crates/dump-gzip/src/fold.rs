//! Members as their text, and back.
//!
//! Text says what has changed far better than what a compressor made of it. So whoever keeps many versions of a dump may
//! keep texts, as long as the very same members come of them again.

use std::fmt;

use libdeflater::{CompressionLvl, Compressor, DecompressionError, Decompressor};

use crate::writer::LEVEL;
use crate::{frozen, section};

/// A member's checksum and length, behind its bytes.
const TRAILER: usize = 8;

/// The texts of members that stand behind each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfolded {
    /// All of them.
    pub text: Vec<u8>,
    /// How many bytes each has.
    pub members: Vec<u32>,
}

/// Reads members as ours begin; `None` for anything else, or if their text has more than `most` bytes.
pub fn unfold(bytes: &[u8], most: usize) -> Option<Unfolded> {
    let mut decompressor = Decompressor::new();
    let mut unfolded = Unfolded {
        text: Vec::new(),
        members: Vec::new(),
    };
    let mut rest = bytes;
    while !rest.is_empty() {
        if !section::begins_member(rest) {
            return None;
        }
        let start = unfolded.text.len();
        let length = read_member(&mut decompressor, rest, &mut unfolded.text, most)?;
        if !section::is_labelled(rest, &unfolded.text[start..]) {
            return None;
        }
        let length_text = u32::try_from(unfolded.text.len() - start).ok()?;
        unfolded.members.push(length_text);
        rest = &rest[length..];
    }
    (!unfolded.members.is_empty()).then_some(unfolded)
}

/// Adds the text of the first member, and says how long the member is.
fn read_member(
    decompressor: &mut Decompressor,
    bytes: &[u8],
    text: &mut Vec<u8>,
    most: usize,
) -> Option<usize> {
    let start = text.len();
    let mut room = (bytes.len().saturating_mul(4)).clamp(64 << 10, 2 << 20);
    let length = loop {
        let room_left = room.min(most.checked_sub(start)?);
        text.resize(start + room_left, 0);
        match decompressor.gzip_decompress(bytes, &mut text[start..]) {
            Ok(length) => break length,
            Err(DecompressionError::InsufficientSpace) if room_left == room => room *= 4,
            Err(_) => return None,
        }
    };
    text.truncate(start + length);
    let trailer = [
        libdeflater::crc32(&text[start..]).to_le_bytes(),
        u32::try_from(length).ok()?.to_le_bytes(),
    ]
    .concat();
    // Where it ends isn't told: where its trailer stands, and then nothing or the next one.
    let ends = memchr::memmem::find_iter(bytes, &trailer).map(|at| at + TRAILER);
    let mut ends = ends.filter(|end| bytes.len() == *end || section::begins_member(&bytes[*end..]));
    ends.next()
}

/// Makes members of texts.
pub struct Folder {
    compressor: Compressor,
}

impl Default for Folder {
    fn default() -> Self {
        Self {
            compressor: Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default()),
        }
    }
}

impl fmt::Debug for Folder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Folder").finish_non_exhaustive()
    }
}

impl Folder {
    /// The members of a text that has so many bytes for each, as [`crate::compress`] makes them, for as long as the
    /// library does the same. `None` where the lengths aren't the text's.
    pub fn fold(&mut self, text: &[u8], members: &[u32]) -> Option<Vec<u8>> {
        let compressor = &mut self.compressor;
        each(text, members, |text, folded| {
            let start = folded.len();
            folded.resize(start + compressor.gzip_compress_bound(text.len()), 0);
            let length = compressor.gzip_compress(text, &mut folded[start..]);
            folded.truncate(start + length.ok()?);
            section::label(folded, start, text);
            Some(())
        })
    }
}

/// The same, by what is frozen and hence for good.
pub fn fold(text: &[u8], members: &[u32]) -> Option<Vec<u8>> {
    each(text, members, |text, folded| {
        let start = folded.len();
        folded.extend(frozen::compress(text));
        section::label(folded, start, text);
        Some(())
    })
}

fn each(
    text: &[u8],
    members: &[u32],
    mut add: impl FnMut(&[u8], &mut Vec<u8>) -> Option<()>,
) -> Option<Vec<u8>> {
    let mut folded = Vec::with_capacity(text.len() / 2);
    let mut rest = text;
    for length in members {
        let (member, later) = rest.split_at_checked(*length as usize)?;
        add(member, &mut folded)?;
        rest = later;
    }
    rest.is_empty().then_some(folded)
}

/// Compresses bytes as small as gzip can, for what is written once and kept. `None` only where the library fails.
pub fn squeeze(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::best());
    let mut squeezed = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut squeezed).ok()?;
    squeezed.truncate(length);
    Some(squeezed)
}

/// What one gzip member holds, if that has at most `most` bytes.
pub fn expand(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let size = bytes
        .last_chunk::<4>()
        .map(|size| u32::from_le_bytes(*size))?;
    let size = usize::try_from(size).ok().filter(|size| *size <= most)?;
    let mut expanded = vec![0; size];
    let length = Decompressor::new()
        .gzip_decompress(bytes, &mut expanded)
        .ok()?;
    (length == size).then_some(expanded)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::MemberWriter;

    fn rows(count: u64) -> Vec<u8> {
        let row =
            |number: u64| format!("{number}\t{}\n", number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        (0..count).map(row).collect::<String>().into_bytes()
    }

    fn members(text: &[u8]) -> Vec<u8> {
        let mut writer = MemberWriter::new(Vec::new(), 1);
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn members_come_again_of_their_text() {
        for count in [0, 1, 40_000] {
            let text = rows(count);
            let folded = members(&text);
            let unfolded = unfold(&folded, 16 << 20).unwrap();
            assert!(unfolded.text == text);
            assert!(fold(&text, &unfolded.members).unwrap() == folded);
            assert!(Folder::default().fold(&text, &unfolded.members).unwrap() == folded);
        }
    }

    #[test]
    fn members_that_begin_a_section_come_again_with_their_comment() {
        let mark = b"-- dump section 1 data 7: t\n".to_vec();
        let text = [rows(20_000), mark.clone(), rows(9000), mark].concat();
        let folded = members(&text);
        let unfolded = unfold(&folded, 16 << 20).unwrap();
        assert!(unfolded.text == text && unfolded.members.len() > 3);
        assert!(fold(&text, &unfolded.members).unwrap() == folded);
        assert!(Folder::default().fold(&text, &unfolded.members).unwrap() == folded);
        // A comment that isn't the text's would not come again.
        let at = memchr::memmem::find(&folded, b"data 7\0").unwrap();
        let mut other = folded.clone();
        other[at + 5] = b'8';
        assert_eq!(unfold(&other, 16 << 20), None);
    }

    #[test]
    fn what_is_no_member_of_ours_has_no_text() {
        let folded = members(&rows(30_000));
        assert_eq!(unfold(b"", 1 << 20), None);
        assert_eq!(unfold(b"plain", 1 << 20), None);
        assert_eq!(unfold(&folded[..folded.len() - 1], 1 << 20), None);
        assert_eq!(unfold(&folded[1..], 1 << 20), None);
        assert_eq!(unfold(&folded, 100_000), None, "more text than may be");
        let mut flipped = folded.clone();
        flipped[5000] ^= 1;
        assert_eq!(unfold(&flipped, 1 << 20), None);
        assert_eq!(unfold(&[&folded[..], b"more"].concat(), 1 << 20), None);
    }

    #[test]
    fn lengths_that_are_not_the_texts_make_nothing() {
        let text = rows(100);
        let length = u32::try_from(text.len()).unwrap();
        assert_eq!(fold(&text, &[length - 1]), None);
        assert_eq!(fold(&text, &[length, 1]), None);
        assert_eq!(Folder::default().fold(&text, &[]), None);
    }

    #[test]
    fn what_is_squeezed_expands_to_what_it_was() {
        let bytes = rows(1000);
        let squeezed = squeeze(&bytes).unwrap();
        assert!(squeezed.len() < bytes.len() / 2);
        assert_eq!(expand(&squeezed, bytes.len()), Some(bytes.clone()));
        assert_eq!(expand(&squeezed, bytes.len() - 1), None);
        assert_eq!(expand(&squeezed[1..], bytes.len()), None);
        assert_eq!(expand(b"", 10), None);
    }
}
