//! Texts for regular expressions of the simple kind.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// One set of characters for each place of a text that matches: a fixed length is enough. `least`
/// and `most` bound the length in characters; `wanted` is how many different texts there should be,
/// as far as the expression allows.
pub fn places(pattern: &str, least: usize, most: usize, wanted: u64) -> Option<Vec<Box<[char]>>> {
    // What matches as it stands matches without regard to letter case too.
    let pattern = pattern.strip_prefix("(?i)").unwrap_or(pattern);
    // \A, \Z, \m, \M and \y are anchors; we only need what is between them.
    let pattern = pattern
        .replace("\\A", "^")
        .replace("\\Z", "$")
        .replace("\\z", "$")
        .replace("\\m", "")
        .replace("\\M", "")
        .replace("\\y", "")
        .replace("(?!\\.)", "");
    let hir = ParserBuilder::new().build().parse(&pattern).ok()?;
    // Repeat open-ended parts more and more until there are enough texts.
    let mut best: Option<Vec<Box<[char]>>> = None;
    for repeats in 0..=64 {
        let mut result = Vec::new();
        if !append(&hir, repeats, &mut result) || result.len() > most {
            break;
        }
        if result.len() < least {
            continue;
        }
        let count = result.iter().fold(1_u64, |count, place| {
            count.saturating_mul(place.len() as u64)
        });
        let better = best.as_ref().is_none_or(|old| old.len() < result.len());
        if better {
            best = Some(result);
        }
        if count >= wanted && repeats > 0 {
            break;
        }
    }
    best
}

fn append(hir: &Hir, repeats: u32, result: &mut Vec<Box<[char]>>) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => {
                result.extend(text.chars().map(|character| Box::from([character])));
                true
            }
            Err(_) => false,
        },
        HirKind::Class(class) => match characters(class) {
            Some(characters) => {
                result.push(characters);
                true
            }
            None => false,
        },
        HirKind::Repetition(repetition) => {
            let times = repetition
                .min
                .max(repeats)
                .min(repetition.max.unwrap_or(u32::MAX));
            (0..times).all(|_| append(&repetition.sub, repeats, result))
        }
        HirKind::Capture(capture) => append(&capture.sub, repeats, result),
        HirKind::Concat(parts) => parts.iter().all(|part| append(part, repeats, result)),
        // The part that has the most texts.
        HirKind::Alternation(parts) => {
            let mut best: Option<(u64, Vec<Box<[char]>>)> = None;
            for part in parts {
                let mut own = Vec::new();
                if !append(part, repeats, &mut own) {
                    continue;
                }
                let count = own.iter().fold(1_u64, |count, place| {
                    count.saturating_mul(place.len() as u64)
                });
                if best.as_ref().is_none_or(|(most, _)| count > *most) {
                    best = Some((count, own));
                }
            }
            match best {
                Some((_, mut own)) => {
                    result.append(&mut own);
                    true
                }
                None => false,
            }
        }
    }
}

/// Characters of a class: letters and digits where it has any, else what is printable.
fn characters(class: &Class) -> Option<Box<[char]>> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .map(|range| (range.start(), range.end()))
            .collect(),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .map(|range| (char::from(range.start()), char::from(range.end())))
            .collect(),
    };
    let all: Vec<char> = ranges
        .iter()
        .flat_map(|&(start, end)| (start..=end).take(128))
        .collect();
    for wanted in [
        |character: &char| character.is_ascii_lowercase() || character.is_ascii_digit(),
        |character: &char| character.is_ascii_alphanumeric(),
        |character: &char| character.is_ascii_graphic(),
        |character: &char| !character.is_control(),
    ] as [fn(&char) -> bool; 4]
    {
        let chosen: Box<[char]> = all.iter().copied().filter(wanted).collect();
        if !chosen.is_empty() {
            return Some(chosen);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, least: usize, most: usize, wanted: u64, first: &str, count: u64) {
        let places = places(pattern, least, most, wanted).unwrap();
        let text: String = places.iter().map(|place| place[0]).collect();
        assert_eq!(text, first);
        let product = places
            .iter()
            .map(|place| place.len() as u64)
            .product::<u64>();
        assert_eq!(product, count);
    }

    #[test]
    fn simple_patterns_have_as_many_texts_as_are_wanted() {
        check("^[A-Z]{3}$", 0, 255, 1000, "AAA", 26 * 26 * 26);
        check("^[a-z]+$", 0, 255, 1000, "aaa", 26 * 26 * 26);
        check("^[a-z]+$", 0, 2, 1000, "aa", 26 * 26);
        check(r"\A\d{3}-\d{4}\Z", 0, 255, 5, "000-0000", 10_000_000);
        check("^(yes|no)$", 0, 255, 2, "yes", 1);
        check("(?i)^[a-f]{2}$", 0, 255, 5, "aa", 36);
        check(
            "^#[0-9a-fA-F]{6}$",
            0,
            7,
            10,
            "#000000",
            36_u64.pow(0) * 16_u64.pow(6),
        );
    }

    #[test]
    fn a_length_is_kept() {
        check("^[a-z]*$", 5, 8, 1, "aaaaa", 26_u64.pow(5));
        assert!(places("^[a-z]{9}$", 0, 8, 1).is_none());
    }
}
