//! Texts that follow from other columns: slugs, initials, paths in a tree, numbers in a year.

use crate::generators::Generator;
use crate::nulls::Nulls;
use crate::story::{Family, ONE, Pointer, Term, follow};
use row_text::RowBuffer;
use std::sync::{Arc, OnceLock};

/// A text made of other values of the row.
#[derive(Debug)]
pub enum Wording {
    /// A title for use in an address; with the row's number where slugs must differ and titles needn't.
    Slug(Arc<Generator>, bool),
    /// The first letters of texts.
    Initials(Box<[Arc<Generator>]>),
    /// Ids from the root down: the pointer up, the ids, what stands between, before and after, and whether
    /// the row's own is among them.
    Ancestry {
        /// Where the parent is.
        up: Box<[Pointer]>,
        /// The ids.
        id: Arc<Generator>,
        /// Before, between and after.
        frame: [&'static str; 3],
        /// Whether the row's own is among them.
        own: bool,
    },
    /// A number with so many digits at least.
    Padded(Arc<Term>, usize),
    /// The text of one column or another.
    Either(Arc<Term>, Arc<Generator>, Arc<Generator>),
    /// A text of the row that this one leads to; another where it leads nowhere.
    There(Box<[Pointer]>, Arc<Generator>, Arc<Generator>),
    /// So many first characters.
    Beginning(Arc<Generator>, usize),
    /// What stands before an `@`.
    Local(Arc<Generator>),
    /// The text of the place that a number is.
    OneOf(Arc<Term>, Box<[Box<str>]>),
    /// A text and the check digit that makes it right: of an EAN, or a card (Luhn).
    Checked(Arc<Generator>, Check),
    /// A German IBAN of an account with such a number at a bank that there isn't.
    Iban(Arc<Generator>),
    /// The address of a network card of such a number, among those that are administered locally.
    NetworkCard(Arc<Generator>),
    /// The state of a row's lifecycle.
    State(Arc<crate::story::Lifecycle>, Box<[Box<str>]>),
}

/// How a check digit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Weights 1 and 3, from the left (GS1 General Specifications, 7.9).
    Ean,
    /// Every second digit doubled (ISO/IEC 7812-1, annex B).
    Luhn,
}

impl Wording {
    /// A text and its check digit, of a card's number or an article's.
    pub fn checked(text: Arc<Generator>, card: bool) -> Self {
        Self::Checked(text, if card { Check::Luhn } else { Check::Ean })
    }

    /// Appends the text of a row.
    pub fn write(&self, row: u64, out: &mut RowBuffer) {
        match self {
            Self::Slug(title, numbered) => {
                let start = out.len();
                title.read(row, |text| {
                    slug_of(std::str::from_utf8(text).unwrap_or_default(), out);
                });
                if out.len() == start {
                    out.text("item");
                    out.byte(b'-');
                    out.unsigned(row + 1);
                } else if *numbered {
                    out.byte(b'-');
                    out.unsigned(row + 1);
                }
            }
            Self::Initials(parts) => {
                for part in parts {
                    for first in text_of(part, row)
                        .split(' ')
                        .filter_map(|word| word.chars().next())
                    {
                        let mut bytes = [0; 4];
                        for upper in first.to_uppercase() {
                            out.text(upper.encode_utf8(&mut bytes));
                        }
                    }
                }
            }
            Self::Ancestry { up, id, frame, own } => {
                let mut line = Vec::new();
                let mut at = row;
                if *own {
                    line.push(row);
                }
                while let Some(above) =
                    follow(up, at).filter(|&above| above != at && line.len() < 64)
                {
                    line.push(above);
                    at = above;
                }
                out.text(frame[0]);
                for (place, &row) in line.iter().rev().enumerate() {
                    if place > 0 {
                        out.text(frame[1]);
                    }
                    id.write(row, out);
                }
                out.text(frame[2]);
            }
            Self::Padded(number, width) => {
                let number = number.at(row).unwrap_or(0) / ONE;
                out.padded(
                    u64::try_from(number).unwrap_or(0),
                    digits(number).max(*width),
                );
            }
            Self::Either(condition, yes, no) => {
                if condition.is_true(row) {
                    yes.write(row, out);
                } else {
                    no.write(row, out);
                }
            }
            Self::There(path, of, otherwise) => match follow(path, row) {
                Some(there) => of.write(there, out),
                None => otherwise.write(row, out),
            },
            Self::Beginning(text, length) => {
                let text = text_of(text, row);
                let end = text.char_indices().nth(*length);
                out.text(end.map_or(&text, |(end, _)| &text[..end]));
            }
            Self::Local(email) => {
                let text = text_of(email, row);
                out.text(text.split('@').next().unwrap_or(&text));
            }
            Self::OneOf(place, texts) => {
                let place = place.at(row).unwrap_or(0) / ONE;
                let place = usize::try_from(place).unwrap_or(0) % texts.len().max(1);
                if let Some(text) = texts.get(place) {
                    out.text(text);
                }
            }
            Self::Checked(text, check) => {
                let start = out.len();
                text.write(row, out);
                let digit = check.digit(&out.as_bytes()[start..]);
                out.byte(b'0' + digit);
            }
            Self::Iban(account) => {
                let account = format!("00000000{}", text_of(account, row));
                out.text("DE");
                out.padded(iban_check(&account), 2);
                out.text(&account);
            }
            Self::NetworkCard(number) => {
                let number: u64 = text_of(number, row).parse().unwrap_or(0);
                out.text("02");
                for place in (0..5).rev() {
                    out.text(&format!(":{:02x}", (number >> (8 * place)) & 0xff));
                }
            }
            Self::State(lifecycle, labels) => {
                let place = usize::try_from(lifecycle.label(row)).unwrap_or(0);
                if let Some(label) = labels.get(place) {
                    out.text(label);
                }
            }
        }
    }

    /// Whether values can hold characters that fields of a line escape.
    pub fn needs_escape(&self) -> bool {
        match self {
            Self::Either(_, first, second) | Self::There(_, first, second) => {
                first.needs_escape() || second.needs_escape()
            }
            Self::Beginning(text, _) => text.needs_escape(),
            Self::OneOf(_, texts) | Self::State(_, texts) => texts
                .iter()
                .any(|text| text.contains(['\\', '\t', '\n', '\r'])),
            _ => false,
        }
    }
}

fn digits(number: i128) -> usize {
    number.max(1).to_string().len()
}

fn text_of(column: &Generator, row: u64) -> String {
    let mut out = RowBuffer::new();
    column.write(row, &mut out);
    String::from_utf8(out.into_vec()).unwrap_or_default()
}

/// Letters and digits in lower case with hyphens between words, as `parameterize` makes them.
pub fn slug_of(title: &str, out: &mut RowBuffer) {
    let mut between = false;
    let start = out.len();
    for character in title.chars() {
        if character.is_ascii_alphanumeric() {
            if between && out.len() > start {
                out.byte(b'-');
            }
            between = false;
            #[expect(clippy::cast_possible_truncation, reason = "it is ASCII")]
            out.byte(character.to_ascii_lowercase() as u32 as u8);
        } else {
            between = true;
        }
    }
}

impl Check {
    /// The digit that follows some digits.
    fn digit(self, text: &[u8]) -> u8 {
        let digits = text.iter().filter(|byte| byte.is_ascii_digit());
        let sum: u32 = match self {
            Self::Ean => {
                let count = digits.clone().count();
                digits
                    .enumerate()
                    .map(|(place, byte)| {
                        // The last digit before the check has the weight 3.
                        let weight = if (count - place) % 2 == 1 { 3 } else { 1 };
                        u32::from(byte - b'0') * weight
                    })
                    .sum()
            }
            Self::Luhn => digits
                .rev()
                .enumerate()
                .map(|(place, byte)| {
                    let digit = u32::from(byte - b'0');
                    let doubled = if place % 2 == 0 { digit * 2 } else { digit };
                    if doubled > 9 { doubled - 9 } else { doubled }
                })
                .sum(),
        };
        u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
    }
}

/// The check digits of a German bank's and account's number (ISO 13616: remainder 1 after division by 97).
fn iban_check(account: &str) -> u64 {
    // D is 13 and E is 14.
    let rest = account
        .bytes()
        .chain(*b"131400")
        .fold(0, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
    98 - rest
}

/// The left and right numbers of a tree's rows, found once.
#[derive(Debug)]
pub struct NestedSet {
    /// The children of each row.
    pub family: Arc<Family>,
    /// Which rows have no parent.
    pub nulls: Nulls,
    /// They.
    pub numbers: OnceLock<Box<[[u32; 2]]>>,
}

impl NestedSet {
    /// The left or the right number of a row.
    pub fn at(&self, row: u64, left: bool) -> u32 {
        let numbers = self.numbers.get_or_init(|| self.find());
        usize::try_from(row)
            .ok()
            .and_then(|row| numbers.get(row))
            .map_or(0, |pair| pair[usize::from(!left)])
    }

    fn find(&self) -> Box<[[u32; 2]]> {
        let rows = self.family.rows;
        let mut numbers = vec![[0_u32; 2]; usize::try_from(rows).unwrap_or(0)];
        let mut next = 1;
        // Who is open, and how many of its children have been seen.
        let mut open: Vec<(u32, usize)> = Vec::new();
        for &root in self.family.of(self.family.parents) {
            open.push((root, 0));
            while let Some((row, seen)) = open.last_mut() {
                let place = *row as usize;
                if *seen == 0 {
                    numbers[place][0] = next;
                    next += 1;
                }
                let child = self.family.of(u64::from(*row)).get(*seen).copied();
                *seen += 1;
                if let Some(child) = child {
                    open.push((child, 0));
                } else {
                    numbers[place][1] = next;
                    next += 1;
                    open.pop();
                }
            }
        }
        numbers.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_published_examples() {
        assert_eq!(Check::Ean.digit(b"978014300723"), 4);
        assert_eq!(Check::Ean.digit(b"400638133393"), 1);
        assert_eq!(Check::Ean.digit(b"7351353"), 7);
        assert_eq!(Check::Luhn.digit(b"411111111111111"), 1);
        assert_eq!(Check::Luhn.digit(b"7992739871"), 3);
    }

    #[test]
    fn an_iban_of_the_standard_has_its_check_digits() {
        assert_eq!(iban_check("370400440532013000"), 89);
    }

    #[test]
    fn slugs_are_what_rails_makes_of_titles() {
        for (title, slug) in [
            ("Light Cotton Lamp", "light-cotton-lamp"),
            (" How to: plan  a trip! ", "how-to-plan-a-trip"),
            ("旅", ""),
        ] {
            let mut out = RowBuffer::new();
            slug_of(title, &mut out);
            assert_eq!(out.as_bytes(), slug.as_bytes());
        }
    }
}
