//! What the makers of generators know about a column.

use crate::check::Domain;
use crate::generators::{Birth, Generator, Moment, People, Places, Quantity};
use crate::locale::Locale;
use crate::ordinal::Ordinal;
use crate::plan::columns::text_rules::said;
use crate::plan::names::NameParts;
use crate::plan::rows::need::Need;
use crate::plan::sql::default_constant;
use crate::pools::{Pools, WordList};
use crate::random::Key;
use crate::settings::ColumnSettings;
use std::collections::BTreeMap;
use std::sync::Arc;
use value_model::Column;

/// A generator and why it was chosen, for `--explain`.
pub(crate) type Choice = (Generator, String);

/// A column for which a generator is wanted.
pub(crate) struct Context<'a> {
    /// The column.
    pub column: &'a Column,
    /// Its name.
    pub parts: NameParts,
    /// What its comment calls it.
    pub called: Option<NameParts>,
    /// Its table's name.
    pub table_parts: NameParts,
    /// What the checks leave it.
    pub domain: Domain,
    /// What the unique sets want of it.
    pub need: Need,
    /// Its stream.
    pub key: Key,
    /// Its table's stream.
    pub table_key: Key,
    /// Rows of its table.
    pub rows: u64,
    /// The language.
    pub pools: &'a Arc<Pools>,
    /// Labels of its enum type.
    pub labels: &'a [String],
    /// When the table's rows are born.
    pub birth: &'a Arc<Birth>,
    /// People and places of the table, by the prefix of the columns that speak of them.
    pub entities: &'a mut Entities,
    /// Moments of other columns that this one may not precede.
    pub after: Vec<Lower<Moment>>,
    /// Numbers of other columns that this one may not be below.
    pub above: Vec<Lower<Quantity>>,
    /// Whether the table's rows have an address in parts.
    pub has_place: bool,
    /// The span, in microseconds, of which something unique looks at nothing less.
    pub span: Option<i64>,
    /// What the configuration says of the column.
    pub settings: Option<&'a ColumnSettings>,
    /// A number that this column may not exceed, because another one is bounded by it.
    pub ceiling: Option<i64>,
}

/// Another column of the row that one may not be below, and how far apart the two are, in the units of both.
pub(crate) struct Lower<T> {
    /// The other column.
    pub base: Arc<T>,
    /// The least distance.
    pub least: i64,
    /// The greatest distance, where a check bounds it.
    pub most: Option<i64>,
}

/// The greatest distance that all of them allow from the one that is highest.
pub(crate) fn room<T>(lower: &[Lower<T>]) -> Option<i64> {
    let least = lower.iter().map(|lower| lower.least).max()?;
    let most = lower.iter().filter_map(|lower| lower.most).min()?;
    Some((most - least).max(0))
}

/// People and places of a table's rows.
#[derive(Default)]
pub(crate) struct Entities {
    people: BTreeMap<(Locale, String), Arc<People>>,
    places: BTreeMap<(Locale, String), Arc<Places>>,
}

impl Context<'_> {
    /// The language.
    pub(crate) fn locale(&self) -> Locale {
        self.pools.locale
    }

    /// Whether the column takes a text of at most so many characters.
    pub(crate) fn takes(&self, text: &str, limit: usize) -> bool {
        text.chars().count() <= limit && self.column.own.characters.hold(text)
    }

    /// Whether every row needs another value.
    pub(crate) fn is_distinct(&self) -> bool {
        matches!(self.need, Need::Distinct)
    }

    /// The choice among `count` that the unique sets want, or a random one.
    pub(crate) fn ordinal(&self, count: u64) -> Ordinal {
        match &self.need {
            Need::Free | Need::Null => Ordinal::Random {
                key: self.key,
                count,
            },
            Need::Distinct | Need::Few(_) => Ordinal::Row,
            Need::Follow(ordinal) => ordinal.clone(),
        }
    }

    /// The choice that the unique sets want, if they want one.
    pub(crate) fn wanted(&self) -> Option<Ordinal> {
        match &self.need {
            Need::Free | Need::Null => None,
            Need::Distinct | Need::Few(_) => Some(Ordinal::Row),
            Need::Follow(ordinal) => Some(ordinal.clone()),
        }
    }

    /// One of some texts.
    pub(crate) fn one_of<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> Generator {
        let words = WordList::new(texts);
        let count = words.len();
        Generator::Choice(self.ordinal(count), words)
    }

    /// The constant that the column's default is, if it is one.
    pub(crate) fn default_constant(&self) -> Option<String> {
        default_constant(self.column)
    }

    /// Sentences that fit the column and its table; any where neither says what they speak of.
    pub(crate) fn sentences(&self) -> WordList {
        let of = |column: &NameParts| said(column, &self.table_parts, self.locale());
        of(&self.parts)
            .or_else(|| self.called.as_ref().and_then(of))
            .unwrap_or(&self.pools.sentences)
            .clone()
    }

    /// The people that a prefix speaks of; `""` is the row itself.
    pub(crate) fn people(&mut self, prefix: &str) -> Arc<People> {
        let key = self.table_key.child("a person").child(prefix);
        let pools = self.pools;
        Arc::clone(
            self.entities
                .people
                .entry((pools.locale, prefix.to_owned()))
                .or_insert_with(|| Arc::new(People::new(key, Arc::clone(pools)))),
        )
    }

    /// The places that a prefix speaks of.
    pub(crate) fn places(&mut self, prefix: &str) -> Arc<Places> {
        let key = self.table_key.child("a place").child(prefix);
        let pools = self.pools;
        Arc::clone(
            self.entities
                .places
                .entry((pools.locale, prefix.to_owned()))
                .or_insert_with(|| Arc::new(Places::new(key, Arc::clone(pools)))),
        )
    }
}
