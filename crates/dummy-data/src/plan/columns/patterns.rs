//! Texts that match patterns: those that checks want, and none that they forbid.

use crate::check::Domain;
use crate::generators::{Generator, Pattern};
use crate::ordinal::Ordinal;
use crate::plan::bounds::{IDEOGRAPHS, pattern_places, text_limit};
use crate::plan::columns::context::{Choice, Context};
use row_text::RowBuffer;

/// Rows whose values tell whether a generator keeps what the checks say.
const SAMPLE: u64 = 64;

/// Whether the first values of a generator are within a domain.
pub(crate) fn keeps(domain: &Domain, generator: &Generator) -> bool {
    (0..SAMPLE).all(|row| {
        let mut out = RowBuffer::new();
        generator.write(row, &mut out);
        domain
            .broken_by(&String::from_utf8_lossy(out.as_bytes()))
            .is_none()
    })
}

/// Texts of a pattern whose first, middle and last characters are so narrowed that they match the column's
/// other patterns too, and none that is forbidden.
pub(crate) fn jointly(context: &Context<'_>, regex: &str) -> Option<Choice> {
    const KINDS: [fn(&char) -> bool; 4] = [
        |_| true,
        char::is_ascii_lowercase,
        char::is_ascii_digit,
        char::is_ascii_uppercase,
    ];
    let wanted = context.rows.max(1000).saturating_mul(1000);
    let places = pattern_places(regex, context.column, &context.domain, wanted)?;
    let last = places.len().checked_sub(1)?;
    let narrowed = |place: usize, kind: fn(&char) -> bool| -> Box<[char]> {
        let kept: Box<[char]> = places[place].iter().copied().filter(kind).collect();
        if kept.is_empty() {
            places[place].clone()
        } else {
            kept
        }
    };
    for middle in KINDS {
        for first in KINDS {
            for end in KINDS {
                let places = (0..places.len())
                    .map(|place| match place {
                        0 => narrowed(place, first),
                        _ if place == last => narrowed(place, end),
                        _ => narrowed(place, middle),
                    })
                    .collect();
                let pattern = Pattern {
                    ordinal: Ordinal::Row,
                    key: Some(context.key),
                    places,
                };
                let count = pattern.count();
                if context.wanted().is_some() && count < context.rows {
                    continue;
                }
                let generator = Generator::Pattern(Box::new(Pattern {
                    ordinal: context.ordinal(count),
                    ..pattern
                }));
                if keeps(&context.domain, &generator) {
                    return Some((generator, format!("checks want `{regex}` and more")));
                }
            }
        }
    }
    None
}

/// Letters and digits, or as many kinds of them as a forbidden pattern leaves.
pub(crate) fn avoiding(context: &Context<'_>, limit: Option<usize>, shortest: usize) -> Generator {
    let usual = code_of_any_length(context, limit, shortest);
    if keeps(&context.domain, &usual) {
        return usual;
    }
    let length = limit.unwrap_or(8).min(8).max(shortest).max(1);
    ["[a-z0-9]", "[a-z]", "[A-Z]", "[0-9]"]
        .iter()
        .filter_map(|class| of_pattern(context, &format!("^{class}{{{length}}}$")))
        .map(|(generator, _)| generator)
        .find(|generator| keeps(&context.domain, generator))
        .unwrap_or(usual)
}

/// Letters and digits of whatever length there is; ideographs where these aren't enough.
pub(crate) fn code_of_any_length(
    context: &Context<'_>,
    limit: Option<usize>,
    shortest: usize,
) -> Generator {
    let length = limit.unwrap_or(8).min(8).max(shortest).max(1);
    let plain: Box<[char]> = ('A'..='Z').chain('0'..='9').collect();
    let enough = u32::try_from(length)
        .ok()
        .and_then(|length| 36_u64.checked_pow(length))
        .unwrap_or(u64::MAX);
    let places = if context.rows <= enough || context.wanted().is_none() {
        vec![plain; length]
    } else {
        let ideographs: Box<[char]> = IDEOGRAPHS.filter_map(char::from_u32).collect();
        vec![ideographs; length]
    };
    let pattern = Pattern {
        ordinal: Ordinal::Row,
        key: Some(context.key),
        places,
    };
    let count = pattern.count();
    Generator::Pattern(Box::new(Pattern {
        ordinal: context.ordinal(count),
        ..pattern
    }))
}

pub(crate) fn of_pattern(context: &Context<'_>, regex: &str) -> Option<Choice> {
    let wanted = context.rows.max(1000);
    let places = pattern_places(regex, context.column, &context.domain, wanted)?;
    let pattern = Pattern {
        ordinal: Ordinal::Row,
        key: Some(context.key),
        places,
    };
    let count = pattern.count();
    let generator = Generator::Pattern(Box::new(Pattern {
        ordinal: context.ordinal(count),
        ..pattern
    }));
    Some((generator, format!("a check wants the pattern `{regex}`")))
}

/// So many characters of a class, if they fit and there are enough of them.
pub(crate) fn of_characters(
    context: &Context<'_>,
    class: &str,
    length: usize,
) -> Option<(Generator, usize)> {
    let limit = text_limit(context.column, &context.domain).unwrap_or(usize::MAX);
    let length = length.min(limit);
    let (generator, _) = of_pattern(context, &format!("^[{class}]{{{length}}}$"))?;
    let enough = match &generator {
        Generator::Pattern(pattern) => pattern.count() >= context.rows,
        _ => false,
    };
    (enough || context.wanted().is_none()).then_some((generator, length))
}
