//! Words that values are made of, one set for each language.
//!
//! They are text files beside the source (`pools/LANGUAGE/*.txt` one entry a line, `*.tsv` with
//! tab-separated fields), so that a new language is a folder of files and an entry in
//! [`Pools::new`]. Entries of one file differ from each other, also without regard to case: values
//! that must be unique are counted through combinations of them.
//!
//! The order and the number of the entries is part of the data that a seed gives: adding a word
//! changes values everywhere.

#![expect(
    clippy::cast_possible_truncation,
    reason = "positions in lists that are in memory, and lengths of short texts"
)]

use crate::locale::Locale;
use row_text::{RowBuffer, ShortText};

/// A text that is written as it is; short ones with a single store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// At most 16 bytes.
    Short(ShortText),
    /// More than that.
    Long(Box<str>),
}

impl Word {
    /// A word of any length.
    pub fn new(text: &str) -> Self {
        ShortText::new(text).map_or_else(|| Self::Long(text.into()), Self::Short)
    }

    /// Appends it.
    #[inline]
    pub fn write(&self, out: &mut RowBuffer) {
        match self {
            Self::Short(short) => out.short(short),
            Self::Long(text) => out.text(text),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Short(short) => std::str::from_utf8(short.as_bytes()).unwrap_or_default(),
            Self::Long(text) => text,
        }
    }
}

/// A list of words.
#[derive(Debug, Clone, Default)]
pub struct WordList {
    words: Vec<Word>,
    longest: usize,
}

impl WordList {
    /// A list of the given words.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut list = Self::default();
        for word in words {
            list.longest = list.longest.max(word.chars().count());
            list.words.push(Word::new(word));
        }
        list
    }

    /// The same words, each with something before and after it.
    #[must_use]
    pub fn surrounded(&self, before: &str, after: &str) -> Self {
        let texts: Vec<String> = self
            .words
            .iter()
            .map(|word| format!("{before}{}{after}", word.as_str()))
            .collect();
        Self::new(texts.iter().map(String::as_str))
    }

    /// The same words in lower case, without anything but letters and digits.
    #[must_use]
    pub fn slugs(&self) -> Self {
        let texts: Vec<String> = self
            .words
            .iter()
            .map(|word| {
                word.as_str()
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|letter| letter.to_ascii_lowercase())
                    .collect()
            })
            .collect();
        Self::new(texts.iter().map(String::as_str))
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.words.len() as u64
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Length of the longest, in characters.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The word of that number, modulo how many there are.
    #[inline]
    pub fn get(&self, number: u64) -> &Word {
        let count = self.words.len() as u64;
        // Nearly all numbers are in range, and a division costs more than all the rest.
        let place = if number < count {
            number
        } else {
            number % count
        };
        &self.words[place as usize]
    }
}

/// All words of a language.
#[derive(Debug)]
pub struct Pools {
    /// Which language it is.
    pub locale: Locale,
    /// Given names as written.
    pub given_names: WordList,
    /// Given names in katakana; empty where the language has no such thing.
    pub given_kana: WordList,
    /// How many of the given names are women's: these come first.
    pub women: u64,
    /// Given names in hiragana.
    pub given_hiragana: WordList,
    /// Family names in hiragana.
    pub family_hiragana: WordList,
    /// Given names in lower-case Latin letters.
    pub given_latin: WordList,
    /// Family names as written.
    pub family_names: WordList,
    /// Family names in katakana.
    pub family_kana: WordList,
    /// Family names in lower-case Latin letters.
    pub family_latin: WordList,
    /// Places that have all their parts.
    pub places: Places,
    /// First parts of company names.
    pub company_words: WordList,
    /// Their readings.
    pub company_kana: WordList,
    /// What companies do, as part of their name.
    pub company_trades: WordList,
    /// Readings of these.
    pub trade_kana: WordList,
    /// Adjectives for products.
    pub product_adjectives: WordList,
    /// What products are made of.
    pub product_materials: WordList,
    /// Products.
    pub product_nouns: WordList,
    /// Words of running text.
    pub words: WordList,
    /// Whole sentences.
    pub sentences: WordList,
    /// Job titles.
    pub job_titles: WordList,
    /// Departments of a company.
    pub departments: WordList,
    /// Openings of titles.
    pub title_openings: WordList,
    /// What a title is about.
    pub title_subjects: WordList,
    /// Categories of goods.
    pub categories: WordList,
    /// Colours.
    pub colors: WordList,
    /// Countries.
    pub countries: WordList,
    /// What stands between words: a space, or nothing.
    pub space: &'static str,
}

/// Places: the same number in each list is the same place.
#[derive(Debug, Default)]
pub struct Places {
    /// State or prefecture.
    pub regions: WordList,
    /// Abbreviation of the state, or the prefecture's reading.
    pub region_codes: WordList,
    /// The prefectures' numbers as JIS X 0401 counts them; none of states.
    pub region_numbers: Vec<u64>,
    /// City, with its ward where it has one.
    pub cities: WordList,
    /// Readings of the cities.
    pub city_kana: WordList,
    /// Postal codes, digits only.
    pub postal_codes: WordList,
    /// A street or a part of the town.
    pub towns: WordList,
    /// Area codes of telephone numbers.
    pub area_codes: WordList,
    /// Latitude in millionths of a degree.
    pub latitudes: Vec<i64>,
    /// Longitude in millionths of a degree.
    pub longitudes: Vec<i64>,
}

macro_rules! pool {
    ($language:literal, $file:literal) => {
        include_str!(concat!("../pools/", $language, "/", $file))
    };
}

impl Pools {
    /// The words of a language.
    pub fn new(locale: Locale) -> Self {
        match locale {
            Locale::English => english(),
            Locale::Japanese => japanese(),
        }
    }
}

fn english() -> Pools {
    let given_names = lines(pool!("en", "given_names.txt"));
    let family_names = lines(pool!("en", "family_names.txt"));
    let places = pool!("en", "places.tsv");
    Pools {
        locale: Locale::English,
        given_latin: given_names.slugs(),
        given_kana: WordList::default(),
        women: women(&lines(pool!("en", "given_names.txt")), "Liam"),
        given_hiragana: WordList::default(),
        family_hiragana: WordList::default(),
        given_names,
        family_latin: family_names.slugs(),
        family_kana: WordList::default(),
        family_names,
        places: Places {
            cities: field(places, 0),
            city_kana: WordList::default(),
            regions: field(places, 1),
            region_numbers: Vec::new(),
            region_codes: field(places, 2),
            postal_codes: field(places, 3),
            area_codes: field(places, 4),
            latitudes: degrees(places, 5),
            longitudes: degrees(places, 6),
            towns: lines(pool!("en", "streets.txt")),
        },
        company_words: lines(pool!("en", "company_words.txt")),
        company_kana: WordList::default(),
        company_trades: lines(pool!("en", "company_trades.txt")),
        trade_kana: WordList::default(),
        product_adjectives: lines(pool!("en", "product_adjectives.txt")),
        product_materials: lines(pool!("en", "product_materials.txt")),
        product_nouns: lines(pool!("en", "product_nouns.txt")),
        words: lines(pool!("en", "words.txt")),
        sentences: lines(pool!("en", "sentences.txt")),
        job_titles: lines(pool!("en", "job_titles.txt")),
        departments: lines(pool!("en", "departments.txt")),
        title_openings: lines(pool!("en", "title_openings.txt")),
        title_subjects: lines(pool!("en", "title_subjects.txt")),
        categories: lines(pool!("en", "categories.txt")),
        colors: lines(pool!("en", "colors.txt")),
        countries: lines(pool!("en", "countries.txt")),
        space: " ",
    }
}

/// The how manieth region each place is in: prefectures stand in the order of their numbers.
fn counted(places: &str) -> Vec<u64> {
    let mut number = 0;
    let mut last = "";
    places
        .lines()
        .map(|line| {
            let region = line.split('\t').next().unwrap_or("");
            if region != last {
                number += 1;
                last = region;
            }
            number
        })
        .collect()
}

fn japanese() -> Pools {
    let given = pool!("ja", "given_names.tsv");
    let family = pool!("ja", "family_names.tsv");
    let places = pool!("ja", "places.tsv");
    let companies = pool!("ja", "company_words.tsv");
    let trades = pool!("ja", "company_trades.tsv");
    Pools {
        locale: Locale::Japanese,
        given_names: field(given, 0),
        given_kana: field(given, 1),
        women: women(&field(given, 0), "蓮"),
        given_hiragana: hiragana(&field(given, 1)),
        family_hiragana: hiragana(&field(family, 1)),
        given_latin: field(given, 2),
        family_names: field(family, 0),
        family_kana: field(family, 1),
        family_latin: field(family, 2),
        places: Places {
            regions: field(places, 0),
            region_numbers: counted(places),
            region_codes: field(places, 1),
            cities: field(places, 2),
            city_kana: field(places, 3),
            postal_codes: field(places, 4),
            towns: field(places, 5),
            area_codes: field(places, 6),
            latitudes: degrees(places, 7),
            longitudes: degrees(places, 8),
        },
        company_words: field(companies, 0),
        company_kana: field(companies, 1),
        company_trades: field(trades, 0),
        trade_kana: field(trades, 1),
        product_adjectives: lines(pool!("ja", "product_adjectives.txt")),
        product_materials: lines(pool!("ja", "product_materials.txt")),
        product_nouns: lines(pool!("ja", "product_nouns.txt")),
        words: lines(pool!("ja", "words.txt")),
        sentences: lines(pool!("ja", "sentences.txt")),
        job_titles: lines(pool!("ja", "job_titles.txt")),
        departments: lines(pool!("ja", "departments.txt")),
        title_openings: lines(pool!("ja", "title_openings.txt")),
        title_subjects: lines(pool!("ja", "title_subjects.txt")),
        categories: lines(pool!("ja", "categories.txt")),
        colors: lines(pool!("ja", "colors.txt")),
        countries: lines(pool!("ja", "countries.txt")),
        space: "",
    }
}

fn lines(file: &str) -> WordList {
    WordList::new(file.lines())
}

/// How many names stand before the first man's.
fn women(names: &WordList, first_man: &str) -> u64 {
    (0..names.len())
        .find(|&number| names.get(number).as_str() == first_man)
        .unwrap_or(0)
}

/// Words of katakana in hiragana.
fn hiragana(words: &WordList) -> WordList {
    let texts: Vec<String> = (0..words.len())
        .map(|number| {
            let katakana = words.get(number).as_str().chars();
            katakana
                .map(|character| match u32::from(character) {
                    code @ 0x30A1..=0x30F6 => char::from_u32(code - 0x60).unwrap_or(character),
                    _ => character,
                })
                .collect()
        })
        .collect();
    WordList::new(texts.iter().map(String::as_str))
}

fn field(file: &str, number: usize) -> WordList {
    WordList::new(
        file.lines()
            .map(|line| line.split('\t').nth(number).unwrap_or_default()),
    )
}

fn degrees(file: &str, number: usize) -> Vec<i64> {
    file.lines()
        .map(|line| {
            let text = line.split('\t').nth(number).unwrap_or_default();
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let digits = format!("{whole}{fraction:0<6}");
            digits.parse().unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[track_caller]
    fn distinct(list: &WordList) {
        let mut seen = BTreeSet::new();
        for number in 0..list.len() {
            let word = list.get(number).as_str();
            assert!(!word.is_empty());
            assert!(!word.contains(['\\', '\t']), "{word} would need an escape");
            assert!(
                seen.insert(crate::fold::folded(word)),
                "{word} is there twice"
            );
        }
    }

    #[test]
    fn words_that_are_counted_through_differ() {
        for locale in Locale::ALL {
            let pools = Pools::new(locale);
            for list in [
                &pools.given_names,
                &pools.given_latin,
                &pools.family_names,
                &pools.family_latin,
                &pools.company_words,
                &pools.company_trades,
                &pools.product_adjectives,
                &pools.product_materials,
                &pools.product_nouns,
                &pools.sentences,
                &pools.title_openings,
                &pools.title_subjects,
                &pools.categories,
                &pools.colors,
                &pools.countries,
                &pools.words,
            ] {
                distinct(list);
            }
            assert!(pools.given_names.len() >= 100 && pools.family_names.len() >= 100);
        }
    }

    #[test]
    fn every_place_has_all_its_parts() {
        for locale in Locale::ALL {
            let places = Pools::new(locale).places;
            let count = places.cities.len();
            for list in [
                &places.regions,
                &places.region_codes,
                &places.postal_codes,
                &places.area_codes,
            ] {
                assert_eq!(list.len(), count);
                assert!((0..count).all(|number| !list.get(number).as_str().is_empty()));
            }
            assert!(
                places
                    .latitudes
                    .iter()
                    .all(|degrees| (20_000_000..65_000_000).contains(degrees))
            );
            assert!(
                places
                    .longitudes
                    .iter()
                    .all(|degrees| degrees.abs() > 60_000_000)
            );
        }
        let places = Pools::new(Locale::Japanese).places;
        let prefectures: BTreeSet<&str> = (0..places.regions.len())
            .map(|n| places.regions.get(n).as_str())
            .collect();
        assert_eq!(prefectures.len(), 47);
        assert!(
            (0..places.postal_codes.len()).all(|n| places.postal_codes.get(n).as_str().len() == 7)
        );
    }

    #[test]
    fn readings_are_katakana_and_latin() {
        let pools = Pools::new(Locale::Japanese);
        for list in [
            &pools.given_kana,
            &pools.family_kana,
            &pools.company_kana,
            &pools.trade_kana,
            &pools.places.city_kana,
        ] {
            for number in 0..list.len() {
                let word = list.get(number).as_str();
                assert!(
                    word.chars().all(|letter| ('ァ'..='ー').contains(&letter)),
                    "{word}"
                );
            }
        }
        for list in [&pools.given_latin, &pools.family_latin] {
            for number in 0..list.len() {
                assert!(
                    list.get(number)
                        .as_str()
                        .chars()
                        .all(|letter| letter.is_ascii_lowercase())
                );
            }
        }
    }
}
