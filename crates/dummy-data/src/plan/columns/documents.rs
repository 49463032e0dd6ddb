//! Generators of JSON and other structured texts.

use crate::generators::Generator;
use crate::ordinal::Ordinal;
use crate::plan::columns::context::Context;
use crate::pools::WordList;
use crate::random::Key;

/// JSON with the shape that the column's name suggests. Its strings come from lists without
/// characters that JSON escapes.
pub(crate) fn json(context: &Context<'_>) -> Generator {
    let array = context.domain.json_type.as_deref() == Some("array")
        || (context.domain.json_type.is_none() && is_plural_list(context));
    if context.is_distinct() {
        return template(vec![
            Generator::constant("{\"number\": "),
            Generator::counter(Ordinal::Row, 1),
            Generator::constant("}"),
        ]);
    }
    match context.domain.json_type.as_deref() {
        Some("string") => {
            return template(vec![
                Generator::constant("\""),
                word(context, "word"),
                Generator::constant("\""),
            ]);
        }
        Some("number") => return number(context.key, 100),
        Some("boolean") => return Generator::constant("true"),
        Some("null") => return Generator::constant("null"),
        _ => {}
    }
    if array {
        return template(vec![
            Generator::constant("[\""),
            word(context, "first"),
            Generator::constant("\", \""),
            word(context, "second"),
            Generator::constant("\"]"),
        ]);
    }
    let parts = &context.parts;
    if parts.has_any(&[
        "settings",
        "preferences",
        "options",
        "config",
        "configuration",
    ]) {
        return template(vec![
            Generator::constant("{\"theme\": \""),
            choice(context.key.child("theme"), &["light", "dark"]),
            Generator::constant("\", \"notifications\": "),
            choice(context.key.child("notifications"), &["true", "false"]),
            Generator::constant("}"),
        ]);
    }
    if parts.has_any(&["location", "coordinates", "position", "geo"]) {
        return template(vec![
            Generator::constant("{\"x\": "),
            number(context.key.child("x"), 1000),
            Generator::constant(", \"y\": "),
            number(context.key.child("y"), 1000),
            Generator::constant("}"),
        ]);
    }
    if parts.has_any(&["attributes", "properties", "specs", "specification"]) {
        let colors = &context.pools.colors;
        return template(vec![
            Generator::constant("{\"color\": \""),
            Generator::Choice(
                Ordinal::Random {
                    key: context.key.child("color"),
                    count: colors.len(),
                },
                colors.clone(),
            ),
            Generator::constant("\", \"weight\": "),
            number(context.key.child("weight"), 900),
            Generator::constant("}"),
        ]);
    }
    if let Some(pairs) = like(parts) {
        return crate::plan::story::wordings::json(context.key, &pairs);
    }
    // Nothing says what is in it: its own name does.
    let name = crate::plan::names::singular(&parts.whole);
    let name = if name.is_empty() || !name.is_ascii() {
        "value".to_owned()
    } else {
        name
    };
    template(vec![
        Generator::constant(&format!("{{\"{name}\": \"")),
        word(context, "note"),
        Generator::constant("\", \"version\": "),
        number(context.key.child("version"), 3),
        Generator::constant("}"),
    ])
}

/// The object that a column of such a name holds: its keys and examples of their values.
fn like(parts: &crate::plan::names::NameParts) -> Option<Vec<(String, serde_json::Value)>> {
    const DOCUMENTS: &str = include_str!("../../../pools/en/documents.tsv");
    DOCUMENTS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .find(|(names, _)| names.split(' ').any(|name| parts.is(&[name])))
        .and_then(|(_, example)| serde_json::from_str(example).ok())
        .map(|object: serde_json::Map<String, serde_json::Value>| object.into_iter().collect())
}

/// Whether the default is a JSON array, or the name is that of a list.
fn is_plural_list(context: &Context<'_>) -> bool {
    match context.default_constant() {
        Some(default) => default.trim_start().starts_with('['),
        None => context.parts.has_any(&[
            "tags", "items", "list", "ids", "labels", "keywords", "steps",
        ]),
    }
}

/// Parts one after the other.
pub(crate) fn template(parts: Vec<Generator>) -> Generator {
    Generator::Template(parts.into())
}

/// A random word of the language.
pub(crate) fn word(context: &Context<'_>, label: &str) -> Generator {
    let words = context.pools.words.clone();
    let count = words.len();
    Generator::Choice(
        Ordinal::Random {
            key: context.key.child(label),
            count,
        },
        words,
    )
}

/// A random number from 1 to `most`.
pub(crate) fn number(key: Key, most: u64) -> Generator {
    Generator::counter(Ordinal::Random { key, count: most }, 1)
}

fn choice(key: Key, texts: &[&str]) -> Generator {
    let words = WordList::new(texts.iter().copied());
    let count = words.len();
    Generator::Choice(Ordinal::Random { key, count }, words)
}
