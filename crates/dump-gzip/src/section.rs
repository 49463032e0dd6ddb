//! Rows that say that a section begins with them.
//!
//! Such a row is a comment of SQL: `-- dump section 1 data 7: orders`. What stands before the colon is the section's name,
//! and the comment in the header of the member that begins with it.

use crate::frozen::HEADER;

/// What a section's name begins with.
const NAME: &[u8] = b"dump section ";

/// What makes the row a comment.
const COMMENT: &[u8] = b"-- ";

/// No name is longer, in bytes.
const LONGEST: usize = 64;

/// The flag of a header that has a comment (RFC 1952, section 2.3.1), and where flags stand.
const FLAG: u8 = 1 << 4;
const FLAGS: usize = 3;

/// Puts the name of the section that a text begins with, if it does, into the header of the text's member, which begins at
/// `start`.
pub(crate) fn label(members: &mut Vec<u8>, start: usize, text: &[u8]) {
    if let Some(name) = name(text) {
        members[start + FLAGS] |= FLAG;
        let end = start + HEADER.len();
        members.splice(end..end, name.iter().copied().chain([0]));
    }
}

/// Whether a member's header is the one that we give to the member of this text.
pub(crate) fn is_labelled(member: &[u8], text: &[u8]) -> bool {
    let mut header = HEADER.to_vec();
    label(&mut header, 0, text);
    member.starts_with(&header)
}

/// Whether bytes begin as a member of ours does, of whatever text.
pub(crate) fn begins_member(bytes: &[u8]) -> bool {
    let mut labelled = HEADER;
    labelled[FLAGS] |= FLAG;
    bytes.starts_with(&HEADER) || bytes.starts_with(&labelled)
}

/// Whether a section begins with a row.
pub(crate) fn begins(row: &[u8]) -> bool {
    name(row).is_some()
}

/// The name of the section that a text begins with, if it begins with one.
pub(crate) fn name(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(COMMENT)?;
    if !text.starts_with(NAME) {
        return None;
    }
    let end = text
        .iter()
        .take(LONGEST + 1)
        .position(|byte| matches!(byte, b':' | b'\n'))?;
    let name = &text[..end];
    // In a header it is Latin-1, and a zero ends it.
    let is_plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b' ');
    name.iter().all(is_plain).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_ends_with_a_colon_or_with_the_line() {
        for text in [
            "-- dump section 1 data 7: orders\n1\t2\n",
            "-- dump section 1 data 7\nrest",
        ] {
            assert_eq!(name(text.as_bytes()), Some(&b"dump section 1 data 7"[..]));
        }
    }

    #[test]
    fn other_comments_begin_no_section() {
        for text in [
            "-- dump sections\n",
            "--dump section 1\n",
            "-- dump section 1",
            "-- dump section \u{e9}: x\n",
            "1\t-- dump section 1\n",
            "",
        ] {
            assert_eq!(name(text.as_bytes()), None, "{text}");
        }
        let long = format!("-- dump section {}\n", "1".repeat(100));
        assert_eq!(name(long.as_bytes()), None);
    }
}
