//! What writes the values of a column.
//!
//! A [`Generator`] is data, chosen and built by a plan, and one big `match`: there is no
//! trait object per cell, and nothing is allocated while rows are made. Values are written
//! plainly; a spelling makes of them what a database reads.

#![expect(
    clippy::cast_possible_truncation,
    reason = "positions in lists that are in memory, and lengths of short texts"
)]

mod children;
mod computed;
mod moment;
mod person;
mod place;
mod quantity;
mod text;

pub use children::{Children, TargetPlace};
pub use computed::{Computed, Input};
pub use moment::{Birth, Moment};
pub use person::{Aspect, People};
pub use place::{Part, Places};
pub use quantity::{Quantity, Shape};
pub use text::{Combination, NumberedCode, Pattern, Prose};

use crate::calendar::{self, DAY};
use crate::cases::Cases;
use crate::filter::Filter;
use crate::ordinal::Ordinal;
use crate::pinned::{Pin, PinnedCells};
use crate::pools::WordList;
use crate::random::{Key, below, mix, permute, scramble};
use crate::redraw::Redraw;
use crate::story::{Form, Term, Wording};
use crate::ways::Chooser;
use row_text::RowBuffer;
use std::cell::Cell;
use std::sync::Arc;

thread_local! {
    /// Where values are written that are only read: one buffer for all of a thread's.
    static READ: Cell<Option<RowBuffer>> = const { Cell::new(None) };
}

/// How the values of a column are made.
#[derive(Debug)]
pub enum Generator {
    /// The same text in every row.
    Constant(Box<[u8]>),
    /// A whole number.
    Whole(Arc<Quantity>),
    /// A number with so many digits after the point.
    Decimal(Arc<Quantity>, u32),
    /// One of some texts.
    Choice(Ordinal, WordList),
    /// One of some texts, some more often than others: which of them each part of 256 gives.
    Weighted(Key, Box<[u8; 256]>, WordList),
    /// One of some texts, each with its share: where the shares of all up to it end, of 64 bits.
    Shares(Key, Box<[u64]>, WordList),
    /// Something of the row's person.
    Person(Arc<People>, Aspect),
    /// A text that fits the name of the row's person: the column's stream, a woman's, a man's, and what anybody may be
    /// with how many of 256 are so.
    Gendered(Box<Gendered>),
    /// Something of the row's place.
    Place(Arc<Places>, Part),
    /// Latitude with six digits.
    Latitude(Arc<Places>),
    /// Longitude with six digits.
    Longitude(Arc<Places>),
    /// Words of several lists.
    Combination(Box<Combination>),
    /// Running text.
    Prose(Box<Prose>),
    /// A number in a frame.
    Numbered(Box<NumberedCode>),
    /// A text of a fixed pattern.
    Pattern(Box<Pattern>),
    /// Hexadecimal digits; unique when told so.
    Hexadecimal(Key, usize, bool),
    /// A random UUID (version 4), unique.
    Uuid(Key, Ordinal),
    /// A date.
    Date(Arc<Moment>),
    /// A time of day with so many digits of a second's fraction, and what follows it.
    Time(Arc<Moment>, u8, &'static str),
    /// A date and time, likewise.
    Timestamp(Arc<Moment>, u8, &'static str),
    /// An address of the documentation networks (RFC 5737, RFC 3849); unique ones are private.
    Inet(Key, Ordinal, bool),
    /// A locally administered hardware address of six or eight bytes, unique.
    HardwareAddress(Key, usize),
    /// Random bits.
    Bits(Key, u32),
    /// Several generators one after the other.
    Template(Box<[Generator]>),
    /// Elements in braces, of the generator at other rows.
    Array(Box<Array>),
    /// Nothing in the first so many rows, 2 in as many after them, and so on: what tells repeated
    /// texts apart.
    Round {
        /// After how many rows texts repeat.
        every: u64,
    },
    /// How many rows of another table point to the row.
    Children(Arc<Children>),
    /// One of several generators by the remainder of a choice, at the row that its quotient is.
    Polymorphic(Ordinal, Box<[Arc<Generator>]>),
    /// The value that another table has in a parent row.
    Reference(Ordinal, Arc<Generator>),
    /// Another column's value in the same row.
    Same(Arc<Generator>),
    /// What an equation over other columns of the row gives.
    Computed(Arc<Computed>),
    /// The generator of the way that the row goes.
    Ways(Chooser, Box<[Arc<Generator>]>),
    /// The generator at the row whose values the row takes.
    Redrawn(Arc<Generator>, Arc<Redraw>),
    /// A value that follows from others.
    Told(Arc<Term>, Form),
    /// A text that follows from others.
    Worded(Box<Wording>),
    /// So many sentences and up to so many.
    Paragraph(Key, WordList, u64, u64, &'static str),
    /// A number from a range by its place, in a frame of digits: what a bijection makes of the row's number.
    Scrambled(Key, u64, usize),
    /// What a case says that is met, and another generator where none is.
    Cases(Arc<Cases>),
    /// Another generator's text as a slug, or in letters of one size.
    Filtered(Box<Generator>, Filter),
    /// What some rows are given, and the generator of all others.
    Pinned(Arc<Generator>, Arc<PinnedCells>),
    /// Cells of a master table.
    Cells(Arc<[Option<Box<str>>]>),
}

/// What is said of women, of men and of anybody.
#[derive(Debug)]
pub struct Gendered {
    /// The people.
    pub people: Arc<People>,
    /// The column's stream.
    pub key: Key,
    /// Of 256 rows, how many have what anybody may have.
    pub others: u64,
    /// A woman's, a man's, anybody's.
    pub texts: [WordList; 3],
}

/// An array's elements.
#[derive(Debug)]
pub struct Array {
    /// The column's stream.
    pub key: Key,
    /// Makes the elements.
    pub element: Generator,
    /// Fewest elements.
    pub least: u64,
    /// Most elements.
    pub most: u64,
    /// Whether elements need quotes.
    pub quoted: bool,
    /// Braces and the character between elements.
    pub frame: [u8; 3],
}

impl Generator {
    /// A whole number counted from `start`.
    pub fn counter(ordinal: Ordinal, start: i64) -> Self {
        Self::Whole(Arc::new(Quantity::Steps {
            ordinal,
            start,
            step: 1,
        }))
    }

    /// One of some texts, in proportion to their weights, of which one at least isn't 0.
    pub fn shares(key: Key, texts: &[&str], weights: &[u64]) -> Self {
        let kept: Vec<(&str, u128)> = texts
            .iter()
            .zip(weights)
            .filter(|(_, weight)| **weight > 0)
            .map(|(text, weight)| (*text, u128::from(*weight)))
            .collect();
        let sum = kept.iter().map(|(_, weight)| weight).sum::<u128>().max(1);
        let mut before = 0;
        let ends = kept
            .iter()
            .map(|(_, weight)| {
                before += weight;
                u64::try_from((before << 64) / sum).unwrap_or(u64::MAX)
            })
            .collect();
        Self::Shares(key, ends, WordList::new(kept.iter().map(|(text, _)| *text)))
    }

    /// The same text in every row.
    pub fn constant(text: &str) -> Self {
        Self::Constant(text.as_bytes().into())
    }

    /// Appends the value of a row.
    #[inline]
    pub fn write(&self, row: u64, out: &mut RowBuffer) {
        match self {
            Self::Constant(text) => out.bytes(text),
            Self::Whole(quantity) => out.signed(quantity.at(row)),
            Self::Decimal(quantity, scale) => {
                out.fixed_point(i128::from(quantity.at(row)), *scale as usize);
            }
            Self::Choice(ordinal, words) => words.get(ordinal.at(row)).write(out),
            Self::Weighted(key, parts, words) => {
                let part = parts[(key.at(row) >> 56) as usize];
                words.get(u64::from(part)).write(out);
            }
            Self::Person(people, aspect) => people.write(*aspect, row, out),
            Self::Place(places, part) => places.write(*part, row, out),
            Self::Latitude(places) => out.fixed_point(i128::from(places.latitude(row)), 6),
            Self::Longitude(places) => out.fixed_point(i128::from(places.longitude(row)), 6),
            Self::Combination(combination) => combination.write(row, out),
            Self::Prose(prose) => prose.write(row, out),
            Self::Numbered(code) => code.write(row, out),
            Self::Date(moment) => calendar::write_date(out, moment.at(row).div_euclid(DAY)),
            Self::Time(moment, digits, zone) => {
                calendar::write_time(out, moment.at(row).rem_euclid(DAY), *digits);
                out.text(zone);
            }
            Self::Timestamp(moment, digits, zone) => {
                calendar::write_timestamp(out, moment.at(row), *digits);
                out.text(zone);
            }
            Self::Template(parts) => {
                for part in parts {
                    part.write(row, out);
                }
            }
            Self::Reference(ordinal, target) => target.write(ordinal.at(row), out),
            Self::Same(other) => other.write(row, out),
            _ => self.write_rare(row, out),
        }
    }

    /// What is made of the text of a row's value.
    pub fn read<T>(&self, row: u64, make: impl FnOnce(&[u8]) -> T) -> T {
        // Whoever reads while somebody else does finds an empty buffer, and leaves its own.
        let mut out = READ.take().unwrap_or_default();
        out.clear();
        self.write(row, &mut out);
        let made = make(out.as_bytes());
        READ.set(Some(out));
        made
    }

    /// The kinds that seldom matter for speed, kept out of the way of those that do.
    fn write_rare(&self, row: u64, out: &mut RowBuffer) {
        match self {
            Self::Told(term, form) => form.write(term.at(row).unwrap_or(0), out),
            Self::Worded(wording) => wording.write(row, out),
            Self::Gendered(gendered) => {
                let bits = gendered.key.at(row);
                let whose = if bits >> 56 < gendered.others {
                    2
                } else {
                    usize::from(!gendered.people.is_woman(row))
                };
                let texts = &gendered.texts[whose];
                texts.get(below(mix(bits), texts.len())).write(out);
            }
            Self::Paragraph(key, sentences, least, most, space) => {
                let mut draws = key.draws(row);
                let count = least + draws.below(most - least + 1);
                let mut place = draws.below(sentences.len());
                for number in 0..count {
                    if number > 0 {
                        out.text(space);
                    }
                    sentences.get(place).write(out);
                    // Another one than the last.
                    place = (place + 1 + draws.below(sentences.len().max(2) - 1))
                        % sentences.len().max(1);
                }
            }
            Self::Scrambled(key, count, width) => {
                out.padded(permute(row % count.max(&1), *count, *key), *width);
            }
            Self::Pattern(pattern) => pattern.write(row, out),
            Self::Hexadecimal(key, digits, unique) => {
                write_hexadecimal(*key, *digits, *unique, row, out);
            }
            Self::Uuid(key, ordinal) => write_uuid(*key, ordinal.at(row), out),
            Self::Inet(key, ordinal, unique) => write_inet(*key, ordinal.at(row), *unique, out),
            Self::HardwareAddress(key, bytes) => write_hardware_address(*key, *bytes, row, out),
            Self::Bits(key, length) => {
                let mut draws = key.draws(row);
                for _ in 0..*length {
                    out.byte(b'0' + (draws.bits() >> 63) as u8);
                }
            }
            Self::Array(array) => array.write(row, out),
            Self::Children(children) => out.signed(children.at(row)),
            Self::Polymorphic(ordinal, targets) => {
                let choice = ordinal.at(row);
                let count = targets.len() as u64;
                targets[(choice % count) as usize].write(choice / count, out);
            }
            Self::Redrawn(inner, redraw) => inner.write(redraw.at(row), out),
            Self::Cases(cases) => cases.write(row, out),
            Self::Filtered(inner, filter) => write_filtered(inner, *filter, row, out),
            Self::Pinned(usual, pins) => match pins.at(row) {
                Some(Pin::Text(text)) => out.text(text),
                Some(Pin::Null) => {}
                Some(Pin::As(other)) => usual.write(*other, out),
                None => usual.write(row, out),
            },
            Self::Computed(computed) => computed.write(row, out),
            Self::Ways(chooser, each) => each[chooser.at(row)].write(row, out),
            Self::Round { every } if row >= *every => out.unsigned(row / every + 1),
            Self::Shares(key, ends, words) => {
                let bits = key.at(row);
                words
                    .get(ends.partition_point(|&end| end <= bits) as u64)
                    .write(out);
            }
            Self::Cells(cells) => {
                if let Some(Some(cell)) = usize::try_from(row).ok().and_then(|row| cells.get(row)) {
                    out.text(cell);
                }
            }
            _ => {}
        }
    }

    /// Whether values can hold characters that fields of a line escape.
    pub fn needs_escape(&self) -> bool {
        match self {
            Self::Constant(text) => needs_escape(text),
            Self::Choice(_, words)
            | Self::Weighted(_, _, words)
            | Self::Shares(_, _, words)
            | Self::Paragraph(_, words, ..) => {
                (0..words.len()).any(|number| needs_escape(words.get(number).as_str().as_bytes()))
            }
            Self::Pattern(pattern) => pattern.places.iter().any(|place| {
                place
                    .iter()
                    .any(|&character| matches!(character, '\\' | '\t' | '\n' | '\r'))
            }),
            Self::Template(parts) => parts.iter().any(Self::needs_escape),
            Self::Polymorphic(_, each) | Self::Ways(_, each) => {
                each.iter().any(|one| one.needs_escape())
            }
            Self::Computed(computed) => computed.needs_escape(),
            Self::Gendered(gendered) => gendered.texts.iter().any(|words| {
                (0..words.len()).any(|number| needs_escape(words.get(number).as_str().as_bytes()))
            }),
            Self::Cases(cases) => cases.needs_escape(),
            Self::Filtered(inner, _) => inner.needs_escape(),
            Self::Worded(wording) => wording.needs_escape(),
            Self::Array(array) => array.quoted || array.element.needs_escape(),
            Self::Reference(_, other) | Self::Same(other) | Self::Redrawn(other, _) => {
                other.needs_escape()
            }
            Self::Pinned(usual, pins) => {
                usual.needs_escape() || pins.texts().any(|text| needs_escape(text.as_bytes()))
            }
            Self::Cells(cells) => cells
                .iter()
                .flatten()
                .any(|cell| needs_escape(cell.as_bytes())),
            Self::Numbered(code) => {
                needs_escape(code.prefix.as_bytes()) || needs_escape(code.suffix.as_bytes())
            }
            _ => false,
        }
    }
}

impl Array {
    fn write(&self, row: u64, out: &mut RowBuffer) {
        let length = self.least + below(self.key.at(row), self.most - self.least + 1);
        out.byte(self.frame[0]);
        for position in 0..length {
            if position > 0 {
                out.byte(self.frame[2]);
            }
            // One element: the row's own, so that a unique element makes a unique array.
            let element_row = if self.most == 1 {
                row
            } else {
                row.wrapping_mul(self.most) + position
            };
            if self.quoted {
                self.write_quoted(element_row, out);
            } else {
                self.element.write(element_row, out);
            }
        }
        out.byte(self.frame[1]);
    }

    fn write_quoted(&self, row: u64, out: &mut RowBuffer) {
        out.byte(b'"');
        let start = out.len();
        self.element.write(row, out);
        if out.as_bytes()[start..]
            .iter()
            .any(|byte| matches!(byte, b'"' | b'\\'))
        {
            let text = out.as_bytes()[start..].to_vec();
            out.truncate(start);
            for byte in text {
                if matches!(byte, b'"' | b'\\') {
                    out.byte(b'\\');
                }
                out.byte(byte);
            }
        }
        out.byte(b'"');
    }
}

fn write_filtered(inner: &Generator, filter: Filter, row: u64, out: &mut RowBuffer) {
    inner.read(row, |text| {
        let text = String::from_utf8_lossy(text);
        match filter {
            Filter::Plain => out.text(&text),
            Filter::Slug => crate::story::slug_of(&text, out),
            Filter::Lower => out.text(&text.to_lowercase()),
            Filter::Upper => out.text(&text.to_uppercase()),
        }
    });
}

fn needs_escape(text: &[u8]) -> bool {
    text.iter()
        .any(|byte| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r'))
}

fn write_hexadecimal(key: Key, digits: usize, unique: bool, row: u64, out: &mut RowBuffer) {
    let mut draws = key.draws(row);
    let mut left = digits;
    if unique {
        let first = left.min(16);
        out.hexadecimal(scramble(row, 4 * first as u32, key), first);
        left -= first;
    }
    while left > 0 {
        let next = left.min(16);
        out.hexadecimal(draws.bits(), next);
        left -= next;
    }
}

fn write_uuid(key: Key, ordinal: u64, out: &mut RowBuffer) {
    let high = key.at(ordinal);
    let middle = mix(high);
    out.hexadecimal(high >> 32, 8);
    out.byte(b'-');
    out.hexadecimal(high >> 16, 4);
    out.array(b"-4");
    out.hexadecimal(high, 3);
    out.byte(b'-');
    // The variant of RFC 9562 is in the two highest bits of this group.
    out.hexadecimal(0x8000 | (middle & 0x3FFF), 4);
    out.byte(b'-');
    out.hexadecimal(scramble(ordinal, 48, key), 12);
}

fn write_inet(key: Key, ordinal: u64, unique: bool, out: &mut RowBuffer) {
    const DOCUMENTATION: [&[u8]; 3] = [b"192.0.2.", b"198.51.100.", b"203.0.113."];
    if unique {
        if ordinal < 1 << 24 {
            let address = scramble(ordinal, 24, key);
            out.array(b"10.");
            out.unsigned(address >> 16);
            out.byte(b'.');
            out.unsigned(address >> 8 & 255);
            out.byte(b'.');
            out.unsigned(address & 255);
        } else {
            out.array(b"2001:db8::");
            out.hexadecimal(ordinal >> 16, 4);
            out.byte(b':');
            out.hexadecimal(ordinal, 4);
        }
        return;
    }
    let bits = key.at(ordinal);
    out.bytes(DOCUMENTATION[below(bits, 3) as usize]);
    out.unsigned(1 + below(mix(bits), 254));
}

fn write_hardware_address(key: Key, bytes: usize, row: u64, out: &mut RowBuffer) {
    // The second lowest bit of the first byte says "locally administered".
    let address = scramble(row, 8 * (bytes as u32 - 1), key);
    out.array(b"02");
    for place in (0..bytes - 1).rev() {
        out.byte(b':');
        out.hexadecimal(address >> (8 * place), 2);
    }
}
