//! What is said in a table's texts, as data: `pools/LANGUAGE/said.tsv`. A review praises, a ticket complains, and
//! neither speaks of the parcels that the general sentences are about.

use crate::locale::Locale;
use crate::plan::names::NameParts;
use crate::pools::WordList;
use std::sync::OnceLock;

const ENGLISH: &str = include_str!("../../../../pools/en/said.tsv");
const JAPANESE: &str = include_str!("../../../../pools/ja/said.tsv");

/// An entry: names and sentences.
type Said = (Vec<&'static str>, WordList);

fn all(locale: Locale) -> &'static [Said] {
    static ENGLISH_READ: OnceLock<Vec<Said>> = OnceLock::new();
    static JAPANESE_READ: OnceLock<Vec<Said>> = OnceLock::new();
    let read = |text: &'static str| {
        text.lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .map(|(names, said)| (names.split(' ').collect(), WordList::new(said.split('|'))))
            .collect()
    };
    match locale {
        Locale::English => ENGLISH_READ.get_or_init(|| read(ENGLISH)),
        Locale::Japanese => JAPANESE_READ.get_or_init(|| read(JAPANESE)),
    }
}

/// The sentences that fit a column: those that name it before those that name its table only.
pub(crate) fn said(
    column: &NameParts,
    table: &NameParts,
    locale: Locale,
) -> Option<&'static WordList> {
    let in_table = |of: &str| table.whole == of || table.whole.ends_with(&format!("_{of}"));
    let by_column = |name: &&'static str| match name.split_once('.') {
        Some((_, "*")) => false,
        Some((of, own)) => column.whole == own && in_table(of),
        None => column.is(&[name]),
    };
    let by_table = |name: &&'static str| name.strip_suffix(".*").is_some_and(in_table);
    let entries = all(locale);
    entries
        .iter()
        .find(|(names, _)| names.iter().any(by_column))
        .or_else(|| entries.iter().find(|(names, _)| names.iter().any(by_table)))
        .map(|(_, said)| said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(table: &str, column: &str, locale: Locale) -> Option<&'static str> {
        said(&NameParts::new(column), &NameParts::new(table), locale)
            .map(|said| said.get(0).as_str())
    }

    #[test]
    fn a_table_says_what_its_texts_speak_of() {
        assert_eq!(
            first("guest_reviews", "body", Locale::English),
            Some("Better than I expected.")
        );
        assert_eq!(
            first("juku_notices", "body", Locale::Japanese),
            Some("月曜日は休業いたします。")
        );
        assert_eq!(first("lamps", "body", Locale::English), None);
    }

    #[test]
    fn a_column_decides_before_its_table() {
        assert_eq!(
            first("posts", "bio", Locale::English),
            Some("Lives near the sea with two cats.")
        );
    }

    #[test]
    fn sentences_of_an_entry_differ() {
        for locale in [Locale::English, Locale::Japanese] {
            for (names, said) in all(locale) {
                let mut texts: Vec<&str> = (0..said.len())
                    .map(|number| said.get(number).as_str())
                    .collect();
                let count = texts.len();
                texts.sort_unstable();
                texts.dedup();
                assert_eq!(texts.len(), count, "{names:?}");
                assert!(count > 1, "{names:?}");
            }
        }
    }
}
