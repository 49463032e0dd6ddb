//! Rows of COPY's text format: fields between tabs.

use std::hash::{DefaultHasher, Hasher as _};

/// The fields, as they are written.
pub fn fields(row: &[u8]) -> impl Iterator<Item = &[u8]> {
    row.split(|byte| *byte == b'\t')
}

/// The first field.
pub fn key(row: &[u8]) -> &[u8] {
    &row[..memchr::memchr(b'\t', row).unwrap_or(row.len())]
}

/// The first field as a whole number, if it is written as PostgreSQL writes one.
pub fn number(row: &[u8]) -> Option<i64> {
    whole_number(key(row))
}

/// A field as a whole number, if it is written as PostgreSQL writes one.
pub fn whole_number(field: &[u8]) -> Option<i64> {
    // The longest is `-9223372036854775808`; most fields of a row are no numbers, and are told by their first byte.
    if field.len() > 20 || !matches!(field.first(), Some(b'-' | b'0'..=b'9')) {
        return None;
    }
    std::str::from_utf8(field).ok()?.parse().ok()
}

/// A number that stands for these bytes: the same on every machine, equal for different ones once in 2⁶⁴.
pub fn hash(bytes: &[u8]) -> u64 {
    // `new` has fixed keys, unlike a HashMap's hasher.
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// Two such numbers, for what must be told apart among very many.
pub fn wide_hash(bytes: &[u8]) -> u128 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    let first = hasher.finish();
    // What follows depends on the state after all of `bytes`, so the two halves don't fall together.
    hasher.write_u8(0xff);
    hasher.write(bytes);
    (u128::from(first) << 64) | u128::from(hasher.finish())
}

/// What COPY writes for NULL.
pub const NULL: &[u8] = b"\\N";

/// The value of a field as text; none for NULL. What isn't UTF-8 is replaced.
pub fn text(field: &[u8]) -> Option<String> {
    let value = crate::literal::value(field);
    if *value == *NULL {
        return None;
    }
    let text = crate::literal::unescaped(&value).into_owned();
    Some(
        String::from_utf8(text)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    )
}

/// The longest text of a value that is shown, in characters.
const SHOWN: usize = 40;

/// Text without control characters: a value may hold what a terminal would obey. (COPY escapes only some.)
pub fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace(char::is_control, "\u{fffd}")
}

/// A field for people: NULL by its name, literals by their values, long ones cut.
pub fn shown(field: &[u8]) -> String {
    let field = &*crate::literal::value(field);
    if field == NULL {
        return "NULL".to_owned();
    }
    let text = printable(field);
    if text.is_empty() {
        return "''".to_owned();
    }
    cut(text, SHOWN)
}

/// The text, or so many letters of its beginning.
pub fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{fields, key, number, shown};

    #[test]
    fn fields_are_between_tabs() {
        assert_eq!(fields(b"1\ta\t").count(), 3);
        assert_eq!(key(b"1\ta"), b"1");
        assert_eq!(key(b"alone"), b"alone");
        assert_eq!(number(b"-12\ta"), Some(-12));
        assert_eq!(number(b"12a\ta"), None);
        assert_eq!(number(b"\\N"), None);
    }

    #[test]
    fn values_are_shown_short() {
        assert_eq!(shown(b"\\N"), "NULL");
        assert_eq!(shown(b""), "''");
        let long = "é".repeat(41);
        assert_eq!(shown(long.as_bytes()), format!("{}…", "é".repeat(40)));
        assert_eq!(shown(&[0xff]), "\u{fffd}");
        assert_eq!(shown(b"\x1b[2J"), "\u{fffd}[2J");
    }
}
