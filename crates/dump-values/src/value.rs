//! Fields of COPY's text format, as people read them.

/// What COPY writes for NULL.
pub(crate) const NULL: &[u8] = b"\\N";

/// The longest text of a value that is kept, in characters.
const LONGEST: usize = 60;

/// Bytes of a field that can matter for that: a character has up to four, and each may be escaped.
pub(crate) const KEPT_BYTES: usize = LONGEST * 8;

/// The text of a field that isn't NULL, cut where it is long. What isn't UTF-8 is shown by its sign.
pub(crate) fn text(field: &[u8]) -> String {
    let kept = &field[..field.len().min(KEPT_BYTES)];
    let bytes = if memchr::memchr(b'\\', kept).is_some() {
        unescaped(kept)
    } else {
        kept.to_vec()
    };
    let text = String::from_utf8_lossy(&bytes);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// Takes the escapes of COPY away (PostgreSQL's documentation, COPY, "Text Format").
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some(escaped) = rest.next() else { break };
        bytes.push(match escaped {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            digit @ b'0'..=b'7' => {
                let mut value = digit - b'0';
                for _ in 0..2 {
                    match rest.next_if(|next| matches!(next, b'0'..=b'7')) {
                        Some(next) => value = value.wrapping_mul(8).wrapping_add(next - b'0'),
                        None => break,
                    }
                }
                value
            }
            b'x' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let mut value = None;
                for _ in 0..2 {
                    let Some(next) = rest.next_if(|next| digit(*next).is_some()) else {
                        break;
                    };
                    let next = u8::try_from(digit(next).unwrap_or(0)).unwrap_or(0);
                    value = Some(value.unwrap_or(0_u8) * 16 + next);
                }
                value.unwrap_or(b'x')
            }
            other => other,
        });
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn escapes_are_what_they_stand_for() {
        assert_eq!(text(br"a\tb\nc\\d"), "a\tb\nc\\d");
        assert_eq!(text(br"\101\x42\q"), "ABq");
        assert_eq!(text(br"C:\\x"), "C:\\x");
        assert_eq!(
            text("é".repeat(61).as_bytes()),
            format!("{}…", "é".repeat(60))
        );
        assert_eq!(text(b"\xff"), "\u{fffd}");
    }
}
