//! Languages that data can be made in.

use schema_model::{Dialect, Schema};
use std::fmt;
use std::str::FromStr;

/// A language, with the country whose addresses and phone numbers go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Locale {
    /// English, United States.
    #[default]
    English,
    /// Japanese, Japan.
    Japanese,
}

impl Locale {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Japanese];

    /// Its code: `en`, `ja`.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    /// The language in which a schema speaks: Japanese where most of its comments are, or, without comments, most of
    /// its names. Fewer than three say nothing, and neither does text without any kana, which may be Chinese.
    pub fn of_schema<D: Dialect>(schema: &Schema<D>) -> Self {
        let columns = || schema.tables.iter().flat_map(|table| &table.columns);
        let comments: Vec<&str> = schema
            .tables
            .iter()
            .filter_map(|table| table.comment.as_deref())
            .chain(columns().filter_map(|column| column.comment.as_deref()))
            .filter(|comment| !comment.trim().is_empty())
            .collect();
        let names = || columns().map(|column| column.name.as_str()).collect();
        let texts: Vec<&str> = if comments.is_empty() {
            names()
        } else {
            comments
        };
        let japanese = texts
            .iter()
            .filter(|text| text.chars().any(|own| is_kana(own) || is_kanji(own)))
            .count();
        let has_kana = texts.iter().any(|text| text.chars().any(is_kana));
        if has_kana && japanese >= 3 && japanese * 2 > texts.len() {
            Self::Japanese
        } else {
            Self::English
        }
    }
}

fn is_kana(character: char) -> bool {
    matches!(character, 'ぁ'..='ゖ' | 'ァ'..='ヺ')
}

fn is_kanji(character: char) -> bool {
    matches!(character, '一'..='鿿' | '々')
}

impl fmt::Display for Locale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Locale {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|locale| locale.code() == code)
            .ok_or_else(|| format!("`{code}` is not a language that data can be made in: en or ja"))
    }
}
