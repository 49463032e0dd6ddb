//! What a text is, said by another one: what is copied from it, and what is new.
//!
//! Made for texts that have the same rows but for some values in them: what is copied usually goes on where the last copy
//! ended, or a few bytes further. A difference is specified in `docs/s3-layout.md`; it comes from outside, so applying
//! one never panics and makes no more than was asked for.
//!
//! A difference is a list of steps, each three numbers: how many bytes are new, how many are copied after them, and where
//! from, as the distance from where one would go on if new bytes had replaced as many old ones. Behind the steps stand all
//! new bytes. It isn't compressed here; whoever keeps it should.

/// A match found by its hash has at least so many bytes, in whole words of four.
const KEY: usize = 12;

/// One that goes on near where the last one ended has at least so many.
const NEAR_MATCH: usize = 6;

/// Bytes that are compared at once, and which of their bits belong to such a match.
const WORD: usize = 8;
const KEY_BITS: u64 = (1 << (8 * NEAR_MATCH)) - 1;

/// So far before and behind it is looked.
const NEAR: usize = 24;

/// So soon, in bytes, the old text may go on where one would go on anyway.
const SOON: usize = 32;

/// What is copied from far is worth the way if it has so many bytes.
const LONG: usize = 64;

/// The number before the steps.
const LENGTH: usize = 4;

/// Says `new` by `old`. Both have less than 4 GiB.
pub fn difference(old: &[u8], new: &[u8]) -> Vec<u8> {
    let index = Index::of(old);
    let mut steps = Vec::new();
    let mut fresh = Vec::new();
    // Where the next copy is expected: how far old text is ahead of the new one.
    let mut ahead = 0_i64;
    let mut at = 0;
    let mut pending = 0;
    while at < new.len() {
        let expected = i64::try_from(at).unwrap_or_default() + ahead;
        let found = match near(old, &new[at..], expected) {
            Some(found) => found,
            None => match index.find(old, &new[at..]) {
                None => {
                    at += 1;
                    continue;
                }
                Some(far) => match goes_on(old, far, &new[at..], expected) {
                    None => far,
                    Some(behind) => {
                        at += behind;
                        continue;
                    }
                },
            },
        };
        let before = common_end(&old[..found], &new[pending..at]);
        let (from, start) = (found - before, at - before);
        let length = before + common_start(&old[found..], &new[at..]);
        let goes_on = i64::try_from(start).unwrap_or_default() + ahead;
        let jump = i64::try_from(from).unwrap_or_default() - goes_on;
        number(&mut steps, (start - pending) as u64);
        number(&mut steps, length as u64);
        number(&mut steps, zigzag(jump));
        fresh.extend_from_slice(&new[pending..start]);
        ahead += jump;
        at = start + length;
        pending = at;
    }
    number(&mut steps, (new.len() - pending) as u64);
    number(&mut steps, 0);
    number(&mut steps, 0);
    fresh.extend_from_slice(&new[pending..]);
    let length = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    [&length.to_le_bytes()[..], &steps, &fresh].concat()
}

/// Makes the new text of `size` bytes; `None` where the difference isn't one between such texts.
pub fn apply(old: &[u8], difference: &[u8], size: usize) -> Option<Vec<u8>> {
    let (length, rest) = difference.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (mut steps, mut fresh) = rest.split_at_checked(length)?;
    let mut new = Vec::with_capacity(size);
    let mut ahead = 0_i64;
    while !steps.is_empty() {
        let literal = usize::try_from(take_number(&mut steps)?).ok()?;
        let copied = usize::try_from(take_number(&mut steps)?).ok()?;
        let jump = unzigzag(take_number(&mut steps)?);
        let (now, later) = fresh.split_at_checked(literal)?;
        fresh = later;
        ahead = ahead.checked_add(jump)?;
        if new.len().checked_add(literal)?.checked_add(copied)? > size {
            return None;
        }
        new.extend_from_slice(now);
        if copied > 0 {
            let from = i64::try_from(new.len()).ok()?.checked_add(ahead)?;
            let from = usize::try_from(from).ok()?;
            new.extend_from_slice(old.get(from..from.checked_add(copied)?)?);
        }
    }
    (fresh.is_empty() && new.len() == size).then_some(new)
}

/// A place near `expected` from where `new` goes on, the nearest first.
fn near(old: &[u8], new: &[u8], expected: i64) -> Option<usize> {
    let key = new.get(..NEAR_MATCH)?;
    // Nearly always all of it lies inside, and then words are compared.
    let begin = usize::try_from(expected)
        .ok()
        .and_then(|at| at.checked_sub(NEAR));
    if let Some(around) = begin.and_then(|begin| old.get(begin..begin + 2 * NEAR + WORD))
        && let Some(key) = new.get(..WORD).and_then(word)
    {
        let matches = |at: usize| {
            let here = around.get(at..at + WORD).and_then(word);
            here.is_some_and(|here| (here ^ key) & KEY_BITS == 0)
        };
        let found = (0..=NEAR).find_map(|away| {
            let places = [NEAR + away, NEAR - away];
            places.into_iter().find(|place| matches(*place))
        });
        return found.zip(begin).map(|(found, begin)| begin + found);
    }
    let matches = |place: i64| {
        let place = usize::try_from(place).ok()?;
        (old.get(place..place + NEAR_MATCH)? == key).then_some(place)
    };
    (0..=i64::try_from(NEAR).unwrap_or_default())
        .find_map(|away| matches(expected + away).or_else(|| matches(expected - away)))
}

fn word(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// How soon the old text goes on where it would anyway, if it then has at least as much as at a place that is far. Two long
/// numbers say the way there and back, which is more than what a changed value in a row has; and the end of a value with
/// what follows it is somewhere in any large text. But rows are alike: who is in the wrong one finds a little of each.
fn goes_on(old: &[u8], far: usize, new: &[u8], expected: i64) -> Option<usize> {
    let copied = common_start(&old[far..], new);
    if copied >= LONG {
        return None;
    }
    let (behind, place) = (1..=SOON.min(new.len())).find_map(|behind| {
        let expected = expected + i64::try_from(behind).unwrap_or_default();
        Some((behind, near(old, &new[behind..], expected)?))
    })?;
    (common_start(&old[place..], &new[behind..]) >= copied).then_some(behind)
}

/// Where the old text has which bytes.
struct Index {
    places: Vec<u32>,
    bits: u32,
}

impl Index {
    fn of(old: &[u8]) -> Self {
        // At most 8 MiB: a text of a version has one or two, and several are looked through at the same time.
        let bits = (old.len().max(2).ilog2() + 1).clamp(8, 21);
        let mut places = vec![u32::MAX; 1 << bits];
        // The first of several that are the same stays: differences go from the beginning to the end.
        for (at, key) in old.windows(KEY).enumerate().rev() {
            places[hash(key, bits)] = u32::try_from(at).unwrap_or(u32::MAX);
        }
        Self { places, bits }
    }

    fn find(&self, old: &[u8], new: &[u8]) -> Option<usize> {
        let key = new.get(..KEY)?;
        let place = self.places[hash(key, self.bits)] as usize;
        (old.get(place..place.checked_add(KEY)?)? == key).then_some(place)
    }
}

fn hash(key: &[u8], bits: u32) -> usize {
    let words = key
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap_or_default()));
    let mixed = words.fold(0_u64, |state, word| {
        (state.rotate_left(21) ^ u64::from(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    });
    usize::try_from(mixed >> (64 - bits)).unwrap_or_default()
}

/// How many bytes two texts begin with alike.
fn common_start(one: &[u8], other: &[u8]) -> usize {
    let words = one.chunks_exact(8).zip(other.chunks_exact(8));
    let whole = 8 * words.take_while(|(one, other)| one == other).count();
    let rest = one[whole..].iter().zip(&other[whole..]);
    whole + rest.take_while(|(one, other)| one == other).count()
}

/// How many bytes two texts end with alike.
fn common_end(one: &[u8], other: &[u8]) -> usize {
    let pairs = one.iter().rev().zip(other.iter().rev());
    pairs.take_while(|(one, other)| one == other).count()
}

/// Seven bits a byte, the lowest first, each but the last with the highest bit set.
fn number(to: &mut Vec<u8>, mut number: u64) {
    while number > 0x7F {
        to.push(0x80 | number.to_le_bytes()[0]);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

fn take_number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..9 {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// 0, -1, 1, -2, … as 0, 1, 2, 3, …
fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(count: u64, value: impl Fn(u64) -> u64) -> Vec<u8> {
        let row = |number: u64| {
            let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            format!(
                "{number}\tname {}\t{}\t{mixed}\n",
                number % 97,
                value(number)
            )
        };
        (0..count).map(row).collect::<String>().into_bytes()
    }

    fn there_and_back(old: &[u8], new: &[u8]) -> usize {
        let difference = difference(old, new);
        assert!(apply(old, &difference, new.len()).as_deref() == Some(new));
        difference.len()
    }

    #[test]
    fn a_value_in_one_row_of_a_hundred_costs_a_few_bytes_each() {
        let old = rows(20_000, |number| number % 1000);
        let new = rows(20_000, |number| {
            if number % 100 == 7 {
                number
            } else {
                number % 1000
            }
        });
        let bytes = there_and_back(&old, &new);
        assert!(bytes < 200 * 16, "{bytes}");
    }

    #[test]
    fn a_column_costs_what_it_has_and_a_few_bytes_a_row() {
        let old = rows(20_000, |number| number % 1000);
        let new = rows(20_000, |number| number.wrapping_mul(77) % 10_000);
        let bytes = there_and_back(&old, &new);
        assert!(bytes < 20_000 * 8, "{bytes}");
    }

    /// The end of a value and what follows it stand in many rows, but the way to them and back would cost more.
    #[test]
    fn the_next_row_is_not_looked_for_elsewhere() {
        let row = |number: u64, value: u64| {
            let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            format!("{number}\t{value}\t2024-01-01 10:00:00\t{mixed:016x}\n")
        };
        let text = |value: fn(u64) -> u64| -> Vec<u8> {
            (0..20_000)
                .flat_map(|number| row(number, value(number)).into_bytes())
                .collect()
        };
        let old = text(|number| 1000 + number * 7919 % 9000);
        let new = text(|number| 1000 + (number * 6007 + 11) % 9000);
        // Three numbers of a byte each, and at most four digits.
        assert!(there_and_back(&old, &new) < 20_000 * 8);
        // Also where the new text begins somewhere else.
        let half = new.len() / 2;
        let begin = half + new[half..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
        assert!(there_and_back(&old, &new[begin..]) < 10_000 * 8);
        assert!(there_and_back(&old[begin..], &new) < begin + 10_000 * 8);
    }

    #[test]
    fn rows_that_come_go_and_move_are_found_again() {
        let old = rows(10_000, |number| number % 7);
        let third = old.len() / 3;
        let cut = [&old[third..], b"a row that is new\n", &old[..third]].concat();
        assert!(there_and_back(&old, &cut) < 400);
        assert!(there_and_back(&old, &old[500..]) < 40);
        assert!(there_and_back(&old[500..], &old) < 700);
    }

    #[test]
    fn the_smallest_texts_differ_too() {
        for old in [&b""[..], b"a", b"abcdefghijklmnop"] {
            for new in [&b""[..], b"b", b"abcdefghijklmnop"] {
                there_and_back(old, new);
            }
        }
    }

    #[test]
    fn a_difference_is_what_is_written_down() {
        let old = b"one row\ntwo rows\nthree rows\n";
        let new = b"one row\n2 rows\nthree rows\n";
        let steps = [0, 8, 0, 1, 17, 4, 0, 0, 0];
        assert_eq!(
            difference(old, new),
            [&[9, 0, 0, 0][..], &steps, b"2"].concat()
        );
    }

    proptest! {
        #[test]
        fn any_text_comes_back(old in proptest::collection::vec(0_u8..4, 0..600), new in proptest::collection::vec(0_u8..4, 0..600)) {
            there_and_back(&old, &new);
        }

        #[test]
        fn an_edited_text_comes_back(at in 0_usize..2000, gone in 0_usize..300, with in proptest::collection::vec(any::<u8>(), 0..80)) {
            let old = rows(200, |number| number);
            let mut new = old.clone();
            let at = at.min(new.len());
            let end = (at + gone).min(new.len());
            new.splice(at..end, with);
            there_and_back(&old, &new);
        }

        #[test]
        fn any_bytes_are_no_more_than_no_difference(bytes in proptest::collection::vec(any::<u8>(), 0..60), size in 0_usize..100) {
            if let Some(made) = apply(b"some old text", &bytes, size) {
                prop_assert_eq!(made.len(), size);
            }
        }
    }
}
