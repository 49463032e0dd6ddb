//! Names and turns of phrase that rules look for, as data: `pools/marks.tsv`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

const MARKS: &str = include_str!("../../../pools/marks.tsv");

/// A list of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// That one of each parent's rows has something.
    OneOfAParent,
    /// That none may have it.
    AtMostOne,
    /// Whose a copied text is.
    Whose,
    /// That a number is the one of what a key leads to.
    AsThere,
    /// That a number has a bound.
    NoMoreThan,
    /// Flags that are set only where a wider one is.
    Implied,
    /// People who come.
    Crowd,
    /// For how many there is room.
    Room,
    /// On which floor something is.
    Floor,
    /// How many floors there are.
    Floors,
    /// What somebody paid for one.
    PricePaid,
    /// What was asked for it.
    PriceAsked,
    /// Words of amounts that a total isn't made of.
    NoPart,
}

impl List {
    const fn name(self) -> &'static str {
        match self {
            Self::OneOfAParent => "one_of_a_parent",
            Self::AtMostOne => "at_most_one",
            Self::Whose => "whose",
            Self::AsThere => "as_there",
            Self::NoMoreThan => "no_more_than",
            Self::Implied => "implied",
            Self::Crowd => "crowd",
            Self::Room => "room",
            Self::Floor => "floor",
            Self::Floors => "floors",
            Self::PricePaid => "price_paid",
            Self::PriceAsked => "price_asked",
            Self::NoPart => "no_part",
        }
    }

    /// Its entries.
    pub(super) fn words(self) -> &'static [&'static str] {
        static READ: OnceLock<BTreeMap<&'static str, Vec<&'static str>>> = OnceLock::new();
        READ.get_or_init(|| {
            MARKS
                .lines()
                .filter(|line| !line.starts_with('#'))
                .filter_map(|line| line.split_once('\t'))
                .map(|(name, entries)| (name, entries.split('|').collect()))
                .collect()
        })
        .get(self.name())
        .map_or(&[], Vec::as_slice)
    }

    /// Whether one of its entries is in a text.
    pub(super) fn is_in(self, text: &str) -> bool {
        self.words().iter().any(|mark| text.contains(mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [List; 13] = [
        List::OneOfAParent,
        List::AtMostOne,
        List::Whose,
        List::AsThere,
        List::NoMoreThan,
        List::Implied,
        List::Crowd,
        List::Room,
        List::Floor,
        List::Floors,
        List::PricePaid,
        List::PriceAsked,
        List::NoPart,
    ];

    #[test]
    fn every_list_is_in_the_data_and_used() {
        for list in ALL {
            assert!(!list.words().is_empty(), "{list:?}");
        }
        let lines = MARKS.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(lines, ALL.len());
    }
}
