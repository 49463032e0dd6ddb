//! What rows of a table are called where the table says more than that they are things, as data:
//! `pools/LANGUAGE/named.tsv`. A hotel isn't called as a company is, nor a school as a lamp.

use crate::locale::Locale;
use crate::plan::names::{NameParts, singular};
use crate::pools::{Pools, WordList};
use std::sync::OnceLock;

const ENGLISH: &str = include_str!("../../../../pools/en/named.tsv");
const JAPANESE: &str = include_str!("../../../../pools/ja/named.tsv");

/// How the rows of some tables are called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The tables, in the singular.
    tables: Vec<&'static str>,
    /// Words of which list a name begins with, or the words.
    opening: &'static str,
    /// What stands around it, with `*` for it, and its reading.
    around: Vec<(&'static str, &'static str)>,
}

fn all(locale: Locale) -> &'static [Named] {
    static ENGLISH_READ: OnceLock<Vec<Named>> = OnceLock::new();
    static JAPANESE_READ: OnceLock<Vec<Named>> = OnceLock::new();
    match locale {
        Locale::English => ENGLISH_READ.get_or_init(|| read(ENGLISH)),
        Locale::Japanese => JAPANESE_READ.get_or_init(|| read(JAPANESE)),
    }
}

fn read(text: &'static str) -> Vec<Named> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut fields = line.split('\t');
            Some(Named {
                tables: fields.next()?.split(' ').collect(),
                opening: fields.next()?,
                around: fields.next()?.split('|').map(with_reading).collect(),
            })
        })
        .collect()
}

/// A text and its reading, which stands after `=` where there is one.
fn with_reading(text: &'static str) -> (&'static str, &'static str) {
    text.split_once('=').unwrap_or((text, text))
}

/// How the rows of a table are called, by its last words; the most words first.
pub(crate) fn named(table: &NameParts, locale: Locale) -> Option<&'static Named> {
    let last = singular(table.words.last()?);
    let mut words = table.words.clone();
    words.pop();
    words.push(last);
    (0..words.len()).find_map(|from| {
        let name = words[from..].join("_");
        all(locale)
            .iter()
            .find(|named| named.tables.contains(&name.as_str()))
    })
}

impl Named {
    /// All names, or their readings in the same order.
    pub(crate) fn words(&self, pools: &Pools, reading: bool) -> WordList {
        let listed = |words: &WordList| -> Vec<String> {
            (0..words.len())
                .map(|number| words.get(number).as_str().to_owned())
                .collect()
        };
        let has_readings = pools.locale == Locale::Japanese && reading;
        let openings = match self.opening {
            "company" if has_readings => listed(&pools.company_kana),
            "company" => listed(&pools.company_words),
            "city" if has_readings => listed(&pools.places.city_kana),
            "city" => listed(&pools.places.cities),
            "family" if has_readings => listed(&pools.family_kana),
            "family" => listed(&pools.family_names),
            words => words
                .split('|')
                .map(with_reading)
                .map(|(text, read)| if reading { read } else { text }.to_owned())
                .collect(),
        };
        let names: Vec<String> = self
            .around
            .iter()
            .map(|(text, read)| if reading { *read } else { *text })
            .flat_map(|around| {
                openings
                    .iter()
                    .map(move |opening| around.replacen('*', opening, 1))
            })
            .collect();
        WordList::new(names.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn names(table: &str, locale: Locale, reading: bool) -> Vec<String> {
        let words = named(&NameParts::new(table), locale)
            .unwrap_or_else(|| panic!("nothing is known of {table}"))
            .words(&Pools::new(locale), reading);
        (0..words.len())
            .map(|number| words.get(number).as_str().to_owned())
            .collect()
    }

    #[test]
    fn a_table_says_how_its_rows_are_called() {
        assert!(names("hotels", Locale::English, false).contains(&"Pinecrest Inn".to_owned()));
        assert!(names("juku_classrooms", Locale::Japanese, false).contains(&"桜台校".to_owned()));
        assert!(names("school_subjects", Locale::English, false).contains(&"Physics".to_owned()));
        assert!(named(&NameParts::new("lamps"), Locale::English).is_none());
    }

    #[test]
    fn readings_stand_in_the_order_of_the_names() {
        let (texts, readings) = (
            names("schools", Locale::Japanese, false),
            names("schools", Locale::Japanese, true),
        );
        let place = texts.iter().position(|text| text == "緑台中学校");
        assert_eq!(
            readings[place.expect("it is listed")],
            "ミドリダイチュウガッコウ"
        );
    }

    #[test]
    fn every_entry_makes_names_that_differ() {
        for locale in [Locale::English, Locale::Japanese] {
            for entry in all(locale) {
                assert!(entry.around.iter().all(|(text, _)| text.contains('*')));
                let mut all = names(entry.tables[0], locale, false);
                let count = all.len();
                all.sort();
                all.dedup();
                assert_eq!(all.len(), count, "{:?}", entry.tables);
                assert!(count > 1, "{:?}", entry.tables);
            }
        }
    }

    #[test]
    fn no_table_is_listed_twice() {
        for locale in [Locale::English, Locale::Japanese] {
            let mut tables: Vec<&str> = all(locale)
                .iter()
                .flat_map(|named| named.tables.iter().copied())
                .collect();
            let count = tables.len();
            tables.sort_unstable();
            tables.dedup();
            assert_eq!(tables.len(), count);
        }
    }
}
