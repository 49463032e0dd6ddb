//! What texts are put together of: words of the pools, web addresses, codes, sentences.

use crate::generators::{Combination, Generator, NumberedCode, Pattern, Prose};
use crate::locale::Locale;
use crate::ordinal::Ordinal;
use crate::plan::bounds::text_limit;
use crate::plan::columns::context::Context;
use crate::plan::names::singular;
use crate::plan::topics::{Topic, few};
use crate::pools::WordList;
use std::sync::Arc;

/// Makes a generator unique by a number at its end, where it isn't so by itself and must be.
pub(super) fn numbered(
    context: &Context<'_>,
    generator: Generator,
    longest: usize,
    unique: bool,
) -> (Generator, usize) {
    if unique || !context.is_distinct() {
        return (generator, longest);
    }
    let parts = [
        generator,
        Generator::constant(" "),
        Generator::counter(Ordinal::Row, 1),
    ];
    let digits = context.rows.max(1).to_string().len();
    (Generator::Template(Box::new(parts)), longest + 1 + digits)
}

/// Of whom `billing_first_name` and `billing_email` speak: the prefix before what names a person.
pub(super) fn person_prefix(prefix: &str) -> &str {
    match prefix {
        "name" | "sei" | "mei" | "last_name" | "first_name" | "family_name" | "given_name"
        | "full_name" | "contact" | "user" | "customer" | "person" | "display" | "full"
        | "unconfirmed" | "account" | "twitter" | "facebook" | "github" | "instagram" | "work"
        | "personal" | "private" | "business" | "office" | "home" | "primary" | "main"
        | "login" | "corporate" | "company" | "staff" | "own" | "linkedin" | "telegram"
        | "slack" | "discord" | "skype" | "mastodon" | "legal" | "public" | "real" | "shimei"
        | "simei" | "namae" | "kanji" => "",
        other => other,
    }
}

pub(super) fn place_prefix(prefix: &str) -> &str {
    match prefix {
        "address" | "home" | "contact" => "",
        other => other.strip_suffix("_address").unwrap_or(other),
    }
}

pub(super) fn list(
    context: &mut Context<'_>,
    choose: impl Fn(&crate::pools::Pools) -> &WordList,
) -> (Generator, usize) {
    let words = choose(context.pools).clone();
    if context.is_distinct() {
        let combination = Combination::new(vec![words], "", Ordinal::Row, context.key, true);
        let longest = combination.longest(context.rows);
        return (Generator::Combination(Box::new(combination)), longest);
    }
    let longest = words.longest();
    let count = words.len();
    (Generator::Choice(context.ordinal(count), words), longest)
}

/// Combinations that another column of the same subject makes in the same order.
pub(super) fn combination(
    context: &Context<'_>,
    lists: Vec<WordList>,
    separator: &'static str,
    subject: &str,
    numbered: bool,
) -> (Generator, usize) {
    let key = context.table_key.child(subject);
    let combination = Combination::new(lists, separator, Ordinal::Row, key, numbered);
    let longest = combination.longest(context.rows);
    (Generator::Combination(Box::new(combination)), longest)
}

pub(super) fn product_words(context: &Context<'_>, numbered: bool) -> Combination {
    let pools = context.pools;
    Combination::new(
        vec![
            pools.product_adjectives.clone(),
            pools.product_materials.surrounded(pools.space, ""),
            pools
                .product_nouns
                .surrounded(if pools.space.is_empty() { "の" } else { " " }, ""),
        ],
        "",
        Ordinal::Row,
        context.key,
        numbered,
    )
}

/// Slugs are Latin in every language.
pub(super) fn slug_words(context: &Context<'_>) -> Combination {
    let english = crate::pools::Pools::new(Locale::English);
    Combination::new(
        vec![
            english.product_adjectives.slugs(),
            english.product_materials.slugs(),
            english.product_nouns.slugs(),
        ],
        "-",
        Ordinal::Row,
        context.key,
        true,
    )
}

pub(super) fn web(context: &Context<'_>, topic: Topic) -> (Generator, usize) {
    let slug = slug_words(context);
    let longest = slug.longest(context.rows);
    let slug = Generator::Combination(Box::new(slug));
    let (before, after) = match topic {
        Topic::Url => ("https://www.example.com/", ""),
        Topic::ImageUrl => ("https://images.example.com/", ".jpg"),
        Topic::Domain => ("", ".example.com"),
        Topic::Path => ("/", ""),
        _ => ("", ".pdf"),
    };
    let parts = [
        Generator::constant(before),
        slug,
        Generator::constant(after),
    ];
    (
        Generator::Template(Box::new(parts)),
        longest + before.len() + after.len(),
    )
}

/// `ORD-000042`, with a prefix from the table's name where there is room for it.
pub(super) fn code(context: &Context<'_>, name: &str) -> Option<(Generator, usize)> {
    let limit = text_limit(context.column, &context.domain).unwrap_or(usize::MAX);
    let subject = singular(context.table_parts.last());
    let letters: String = subject
        .chars()
        .filter(char::is_ascii_alphabetic)
        .take(3)
        .collect::<String>()
        .to_uppercase();
    let digits_only = matches!(name, "isbn" | "ean" | "upc" | "jan" | "barcode");
    let width = if digits_only { 13 } else { 6 };
    // Room for a counter that outgrows its width.
    let digits = context.rows.max(1).to_string().len().max(width);
    let prefix = if digits_only || letters.len() < 2 || limit < letters.len() + 1 + digits.max(7) {
        String::new()
    } else {
        format!("{letters}-")
    };
    let longest = prefix.len() + digits;
    let code = NumberedCode {
        ordinal: Ordinal::Row,
        prefix: prefix.into(),
        suffix: "".into(),
        start: 1,
        width: width.min(limit),
    };
    (longest <= limit).then(|| (Generator::Numbered(Box::new(code)), longest))
}

/// The default four times in five, and what else the column could hold.
pub(super) fn default_and_others(
    context: &Context<'_>,
    default: &str,
    topic: Option<Topic>,
    limit: Option<usize>,
) -> Generator {
    let limit = limit.unwrap_or(usize::MAX);
    let others: Vec<&str> = match topic {
        Some(topic) => few(topic, context.locale())
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|text| *text != default && text.chars().count() <= limit)
            .collect(),
        None => Vec::new(),
    };
    if others.is_empty() {
        return Generator::constant(default);
    }
    let mut parts = Box::new([0_u8; 256]);
    for (part, entry) in parts.iter_mut().enumerate().skip(154) {
        *entry = u8::try_from(1 + part % others.len()).unwrap_or(0);
    }
    let words = WordList::new(std::iter::once(default).chain(others));
    Generator::Weighted(context.key, parts, words)
}

pub(crate) fn sentences(context: &Context<'_>, count: usize) -> Generator {
    let mut parts = Vec::new();
    for number in 0..count {
        if number > 0 && !context.pools.space.is_empty() {
            parts.push(Generator::constant(context.pools.space));
        }
        let key = context.key.child("sentence").child(&number.to_string());
        let words = context.sentences();
        let choices = words.len();
        parts.push(Generator::Choice(
            Ordinal::Random {
                key,
                count: choices,
            },
            words,
        ));
    }
    match parts.len() {
        1 => parts.remove(0),
        _ => Generator::Template(parts.into()),
    }
}

/// Running text of a length in characters; for languages with long characters somewhat shorter.
pub(crate) fn prose(context: &Context<'_>, least: usize, most: usize) -> Generator {
    let words = Arc::new(context.pools.words.surrounded("", context.pools.space));
    let bytes_each = if context.pools.space.is_empty() { 3 } else { 1 };
    // A word that goes past the end is dropped, so start from a longer least.
    let least = (least + 20).min(most.max(1));
    if context.pools.space.is_empty() || least + 20 > most {
        // Byte lengths say too little here: repeat single letters instead.
        let letters: Box<[char]> = ('a'..='z').collect();
        let pattern = Pattern {
            ordinal: Ordinal::Row,
            key: None,
            places: vec![letters; least.min(most)],
        };
        return Generator::Pattern(Box::new(pattern));
    }
    Generator::Prose(Box::new(Prose {
        key: context.key,
        words,
        least: least * bytes_each,
        most: most * bytes_each,
        end: "",
    }))
}
