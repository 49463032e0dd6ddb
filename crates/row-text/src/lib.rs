//! Rows as text, written as fast as memory takes them, and the seam between what a value is and how a database has it
//! written.
//!
//! [`RowBuffer`] is a growing byte buffer with methods for what rows are made of. Short words come
//! from tables of 16 bytes each ([`ShortText`]) and are always copied whole, because one 16-byte
//! store is cheaper than a copy of the exact length; the next write overwrites the surplus. For
//! that the buffer keeps initialised bytes beyond its length, which safe code can write to.
//!
//! Whoever makes values writes them plainly: digits, text, `t` and `f`, `\x` before hexadecimal bytes. A [`Spelling`]
//! makes of each what its database reads, and puts round it what rows consist of. One spelling is here, because it
//! is nobody's: [`Fields`], a row a line, with tabs between values.

#![expect(clippy::cast_possible_truncation, reason = "single digits")]

/// Bytes that [`RowBuffer`] keeps free for one small write.
const SLACK: usize = 64;

/// Every two-digit number's text; what lies beyond 99 is only there so that seven bits find their place.
static DIGIT_PAIRS: [[u8; 2]; 128] = digit_pairs();

/// So many digits are made at once.
const DIGITS_AT_ONCE: usize = 8;
/// Turns eight digits that are numbers into eight that are text.
const ZEROS: u64 = 0x3030_3030_3030_3030;
/// 10 to the power of [`DIGITS_AT_ONCE`].
const AT_ONCE: u64 = 100_000_000;

/// Text of at most 16 bytes, padded, so that it can be copied in one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortText {
    bytes: [u8; 16],
    length: u8,
}

impl ShortText {
    /// The text, if it fits.
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        Some(Self {
            bytes,
            length: u8::try_from(text.len()).ok()?,
        })
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// Bytes of rows under construction.
#[derive(Debug, Default)]
pub struct RowBuffer {
    /// Initialised storage; what lies beyond `length` is meaningless.
    bytes: Vec<u8>,
    length: usize,
}

impl RowBuffer {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty buffer that grows no more before it holds so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            bytes: vec![0; bytes + SLACK],
            length: 0,
        }
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// What was written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Forgets what was written after the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.length = 0;
    }

    /// The bytes as a vector of exactly their length.
    pub fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.length);
        self.bytes
    }

    /// Appends one byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.reserve(1);
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    /// Appends bytes of any length.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    /// Appends text as it is.
    #[inline]
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Appends a short text with one 16-byte store.
    #[inline]
    pub fn short(&mut self, text: &ShortText) {
        self.reserve(16);
        self.bytes[self.length..self.length + 16].copy_from_slice(&text.bytes);
        self.length += usize::from(text.length);
    }

    /// Appends bytes of a fixed number with one store.
    #[inline]
    pub fn array<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.reserve(N);
        self.bytes[self.length..self.length + N].copy_from_slice(bytes);
        self.length += N;
    }

    /// Appends the first `length` bytes of a little-endian number, at most eight, with one store. Short texts
    /// that are put together in a register are never read back from where they were just written.
    #[inline]
    pub fn packed(&mut self, bytes: u64, length: usize) {
        self.reserve(8);
        self.bytes[self.length..self.length + 8].copy_from_slice(&bytes.to_le_bytes());
        self.length += length;
    }

    /// Appends a number from 0 to 99 as two digits.
    #[inline]
    pub fn two_digits(&mut self, number: u32) {
        self.packed(digit_pair(number % 100), 2);
    }

    /// Appends a decimal number.
    #[inline]
    pub fn unsigned(&mut self, number: u64) {
        if number < AT_ONCE {
            let digits = eight_digits(number);
            // The first byte is the first digit; a number always has its last one.
            let zeros = (digits.trailing_zeros() as usize / 8).min(DIGITS_AT_ONCE - 1);
            self.packed((digits | ZEROS) >> (8 * zeros), DIGITS_AT_ONCE - zeros);
        } else {
            self.large_unsigned(number);
        }
    }

    /// Appends a decimal number with a minus sign where it has one.
    #[inline]
    pub fn signed(&mut self, number: i64) {
        if number < 0 {
            self.byte(b'-');
        }
        self.unsigned(number.unsigned_abs());
    }

    /// Appends the last `width` digits of a number, with leading zeros.
    #[inline]
    pub fn padded(&mut self, number: u64, width: usize) {
        if width <= DIGITS_AT_ONCE {
            let digits = eight_digits(number % AT_ONCE) | ZEROS;
            let surplus = 8 * (DIGITS_AT_ONCE - width) as u32;
            self.packed(digits.checked_shr(surplus).unwrap_or(0), width);
        } else {
            self.padded(number / AT_ONCE, width - DIGITS_AT_ONCE);
            self.padded(number, DIGITS_AT_ONCE);
        }
    }

    /// Appends a fixed-point number: `number` in units of 10 to the power of `-scale`.
    pub fn fixed_point(&mut self, number: i128, scale: usize) {
        if number < 0 {
            self.byte(b'-');
        }
        let magnitude = number.unsigned_abs();
        let Ok(magnitude) = u64::try_from(magnitude) else {
            self.large_fixed_point(magnitude, scale);
            return;
        };
        if scale == 0 {
            self.unsigned(magnitude);
        } else if scale == 2 {
            // Most amounts of money: a division by a constant is a multiplication.
            self.unsigned(magnitude / 100);
            let cents = digit_pair((magnitude % 100) as u32);
            self.packed(u64::from(b'.') | (cents << 8), 3);
        } else if let Some(unit) = 10_u64.checked_pow(u32::try_from(scale).unwrap_or(u32::MAX)) {
            self.unsigned(magnitude / unit);
            self.byte(b'.');
            self.padded(magnitude % unit, scale);
        } else {
            self.large_fixed_point(u128::from(magnitude), scale);
        }
    }

    /// Appends the hexadecimal digits of the last `digits` half-bytes of a number, in lower case.
    pub fn hexadecimal(&mut self, number: u64, digits: usize) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for place in (0..digits).rev() {
            self.byte(DIGITS[(number >> (4 * place)) as usize & 15]);
        }
    }

    /// Escapes what was written from `start` on, as [`Fields`] have it: backslash, tab, line feed and carriage return.
    pub fn escape_from(&mut self, start: usize) {
        let written = &self.bytes[start..self.length];
        let Some(first) = written.iter().position(|&byte| needs_escape(byte)) else {
            return;
        };
        let tail = written[first..].to_vec();
        self.length = start + first;
        for byte in tail {
            match byte {
                b'\\' => self.array(b"\\\\"),
                b'\t' => self.array(b"\\t"),
                b'\n' => self.array(b"\\n"),
                b'\r' => self.array(b"\\r"),
                other => self.byte(other),
            }
        }
    }

    /// Whether what was written from `start` on is a number as SQL reads it without quotes: digits
    /// with a point between them or none, and perhaps a minus sign before them.
    pub fn is_number_from(&self, start: usize) -> bool {
        let written = &self.bytes[start..self.length];
        let digits = written.strip_prefix(b"-").unwrap_or(written);
        let point = digits.iter().position(|&byte| byte == b'.');
        let (whole, fraction) = digits.split_at(point.unwrap_or(digits.len()));
        let all_digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        all_digits(whole) && (point.is_none() || all_digits(&fraction[1..]))
    }

    /// Makes room for `additional` bytes and a little more.
    #[inline]
    fn reserve(&mut self, additional: usize) {
        if self.length + additional > self.bytes.len() {
            self.grow(additional);
        }
    }

    fn large_unsigned(&mut self, number: u64) {
        self.unsigned(number / AT_ONCE);
        self.padded(number, DIGITS_AT_ONCE);
    }

    #[cold]
    fn grow(&mut self, additional: usize) {
        let wanted = (self.length + additional + SLACK).max(self.bytes.len() * 2);
        self.bytes.resize(wanted, 0);
    }

    fn large_fixed_point(&mut self, magnitude: u128, scale: usize) {
        let digits = magnitude.to_string();
        if scale == 0 {
            self.text(&digits);
            return;
        }
        let whole = digits.len().saturating_sub(scale);
        self.text(if whole == 0 { "0" } else { &digits[..whole] });
        self.byte(b'.');
        for _ in digits.len()..scale {
            self.byte(b'0');
        }
        self.text(&digits[whole..]);
    }
}

/// What is known of all values of a column before the first is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its place among the columns of the row, from 0.
    pub place: usize,
    /// Whether its type is one of numbers, which SQL writes without quotes.
    pub number: bool,
    /// Whether a value may have what [`RowBuffer::escape_from`] escapes.
    pub escape: bool,
}

/// How rows are written: what becomes of a value, and what stands round values and rows.
///
/// A value is written plainly, and [`Self::end_value`] is then told where it begins. Which rows belong together depends
/// on their numbers alone, so that ranges of rows can be made in any order.
pub trait Spelling {
    /// Appends what stands before the first value of a row.
    fn begin_row(&self, row: u64, out: &mut RowBuffer);
    /// Appends what stands after the last value of a row; `rows` is how many the table has.
    fn end_row(&self, row: u64, rows: u64, out: &mut RowBuffer);
    /// Appends what stands between two values.
    fn separator(&self, out: &mut RowBuffer);
    /// Appends what stands before a value, and says where the value begins.
    fn begin_value(&self, column: Column, out: &mut RowBuffer) -> usize;
    /// Makes a value of what was written from `start` on.
    fn end_value(&self, column: Column, start: usize, out: &mut RowBuffer);
    /// Appends NULL.
    fn null(&self, out: &mut RowBuffer);
}

/// A row a line, a tab between values, `\N` for NULL, and backslashes before what would be misread.
#[derive(Debug, Clone, Copy)]
pub struct Fields;

impl Spelling for Fields {
    #[inline]
    fn begin_row(&self, _row: u64, _out: &mut RowBuffer) {}

    #[inline]
    fn end_row(&self, _row: u64, _rows: u64, out: &mut RowBuffer) {
        out.byte(b'\n');
    }

    #[inline]
    fn separator(&self, out: &mut RowBuffer) {
        out.byte(b'\t');
    }

    #[inline]
    fn begin_value(&self, _column: Column, out: &mut RowBuffer) -> usize {
        out.len()
    }

    #[inline]
    fn end_value(&self, column: Column, start: usize, out: &mut RowBuffer) {
        if column.escape {
            out.escape_from(start);
        }
    }

    #[inline]
    fn null(&self, out: &mut RowBuffer) {
        out.array(b"\\N");
    }
}

/// A text as a value of [`Fields`].
pub fn escape(text: &str) -> String {
    let mut buffer = RowBuffer::with_capacity(text.len());
    buffer.text(text);
    buffer.escape_from(0);
    String::from_utf8_lossy(buffer.as_bytes()).into_owned()
}

fn needs_escape(byte: u8) -> bool {
    matches!(byte, b'\\' | b'\t' | b'\n' | b'\r')
}

/// The eight digits of a number below 100,000,000, each in a byte of its own, the first in the lowest byte.
///
/// Quotients by 100 and by 10 of all parts are made at once, as products with a rounded reciprocal: exact
/// below 10,000 and below 100 (Khuong 2017, "How to print integers really fast").
#[inline]
fn eight_digits(number: u64) -> u64 {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let pairs = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
    tens | ((pairs - 10 * tens) << 8)
}

/// The two digits of a number from 0 to 99 as a little-endian number, for [`RowBuffer::packed`].
#[inline]
pub fn digit_pair(number: u32) -> u64 {
    u64::from(u16::from_le_bytes(DIGIT_PAIRS[number as usize & 127]))
}

const fn digit_pairs() -> [[u8; 2]; 128] {
    let mut pairs = [[b'0'; 2]; 128];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut RowBuffer)) -> String {
        let mut buffer = RowBuffer::new();
        write(&mut buffer);
        String::from_utf8(buffer.into_vec()).unwrap()
    }

    #[test]
    fn numbers_are_plain_decimals() {
        for number in [0, 7, 10, 99, 100, 12_345, 1_000_000, u64::MAX] {
            assert_eq!(written(|b| b.unsigned(number)), number.to_string());
        }
        for number in [0, -1, 42, i64::MIN, i64::MAX] {
            assert_eq!(written(|b| b.signed(number)), number.to_string());
        }
        for power in 0..20 {
            let number = 10_u64.pow(power);
            for number in [number - 1, number, number + 1, number / 7] {
                assert_eq!(written(|b| b.unsigned(number)), number.to_string());
                for width in [0, 1, 2, 7, 8, 9, 16, 20] {
                    let text = format!("{number:020}");
                    assert_eq!(
                        written(|b| b.padded(number, width)),
                        text[20 - width..],
                        "{number} in {width} digits"
                    );
                }
            }
        }
        // The reciprocals are exact for every part of a number, and the parts don't disturb each other.
        for number in (0..100_000_000).step_by(9973).chain(0..10_000) {
            assert_eq!(written(|b| b.unsigned(number)), number.to_string());
        }
        assert_eq!(written(|b| b.padded(42, 5)), "00042");
        assert_eq!(written(|b| b.padded(123, 2)), "23");
    }

    #[test]
    fn fixed_point_numbers_keep_their_scale() {
        assert_eq!(written(|b| b.fixed_point(1999, 2)), "19.99");
        assert_eq!(written(|b| b.fixed_point(-5, 3)), "-0.005");
        assert_eq!(written(|b| b.fixed_point(7, 0)), "7");
        assert_eq!(
            written(|b| b.fixed_point(10_i128.pow(20) + 1, 30)),
            "0.000000000100000000000000000001"
        );
        assert_eq!(
            written(|b| b.fixed_point(10_i128.pow(21), 1)),
            format!("{}.0", 10_i128.pow(20))
        );
        assert_eq!(
            written(|b| b.fixed_point(5, 25)),
            "0.0000000000000000000000005"
        );
    }

    #[test]
    fn short_texts_leave_no_surplus() {
        let word = ShortText::new("日本語").unwrap();
        assert_eq!(
            written(|b| {
                b.short(&word);
                b.byte(b'!');
            }),
            "日本語!"
        );
        assert!(ShortText::new("seventeen letters").is_none());
    }

    #[test]
    fn only_what_reads_otherwise_is_escaped() {
        assert_eq!(escape("plain テキスト"), "plain テキスト");
        assert_eq!(escape("a\tb\nc\rd\\N"), "a\\tb\\nc\\rd\\\\N");
        assert_eq!(
            written(|b| {
                b.text("\t");
                b.text("x\ty");
                b.escape_from(1);
            }),
            "\tx\\ty"
        );
    }

    #[test]
    fn only_plain_numbers_go_without_quotes() {
        let is_number = |text: &str| {
            let mut buffer = RowBuffer::new();
            buffer.text("x");
            buffer.text(text);
            buffer.is_number_from(1)
        };
        for number in ["0", "-5", "12.50", "-0.001", "18446744073709551616"] {
            assert!(is_number(number), "{number}");
        }
        for other in [
            "", "-", ".5", "5.", "1e3", "NaN", " 1", "1 ", "+1", "1.2.3", "--1",
        ] {
            assert!(!is_number(other), "{other:?}");
        }
    }

    #[test]
    fn hexadecimal_digits_are_lower_case_and_padded() {
        assert_eq!(written(|b| b.hexadecimal(0xBEEF, 6)), "00beef");
    }
}
