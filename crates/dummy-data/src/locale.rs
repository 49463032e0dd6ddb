//! Languages that data can be made in.

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
