//! What numbers are, by the column's name: the range that people expect, its steps and its shape.
//!
//! What `pools/magnitudes.tsv` lists by whole names comes first; else the first rule that fits wins, as with texts in [`super::text_rules`]. The rules are [data](rules::RULES); here is what
//! they can say.

mod rules;

use value_model::ColumnValue;

use self::rules::RULES;
use crate::calendar::{DAY, civil};
use crate::generators::Shape;
use crate::locale::Locale;
use crate::plan::columns::context::Context;
use crate::plan::columns::magnitudes::magnitude;

/// The range that people expect of a number, in units of its last digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Usual {
    /// The least.
    pub least: i64,
    /// The greatest.
    pub greatest: i64,
    /// How far apart values are.
    pub step: i64,
    /// How they are spread.
    pub shape: Shape,
    /// What says so.
    pub why: String,
}

/// What numbers of a name are.
struct Rule {
    /// Of which one must fit the column's name.
    name: &'static [Name],
    /// Of which all must hold besides.
    and: &'static [And],
    /// The least.
    least: Amount,
    /// The greatest.
    greatest: Amount,
    /// How far apart they are.
    step: Step,
    /// How they are spread.
    shape: Shape,
    /// What the name says.
    what: &'static str,
}

/// What a name can have.
enum Name {
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words at its end.
    Last(&'static [&'static str]),
    /// One of these endings, whole or not.
    Ends(&'static [&'static str]),
    /// Nothing but this.
    Whole(&'static str),
}

/// What else a rule wants.
enum And {
    /// One of these words in the name.
    Has(&'static [&'static str]),
    /// None of these words in the name.
    Lacks(&'static [&'static str]),
    /// The name begins so.
    Begins(&'static str),
    /// One of these words in the table's name.
    Table(&'static [&'static str]),
    /// One of these at the end of the table's name, whether one or many.
    Rows(&'static [&'static str]),
    /// A type with places behind the point.
    Decimal,
    /// A type without.
    Whole,
    /// Rows for a country whose money has no cents.
    Japanese,
    /// Rows for any other.
    NotJapanese,
}

/// A bound.
#[derive(Clone, Copy)]
enum Amount {
    /// So many ones.
    Ones(i64),
    /// So many tenths of one.
    Tenths(i64),
    /// So many hundredths of one, as far as the type has places for them.
    Hundredths(i64),
    /// So many hundredths of one, rounded down.
    Percent(i64),
    /// So many of the last digit.
    Digits(i64),
    /// The year that lies so far from the reference date's.
    Year(i64),
}

/// How far apart values are.
#[derive(Clone, Copy)]
enum Step {
    /// So many ones.
    Ones(i64),
    /// Half of one.
    Half,
    /// A tenth of one, as far as the type has a place for it.
    Tenth,
    /// A hundredth of one, likewise.
    Hundredth,
    /// A thousandth of one, likewise.
    Thousandth,
    /// So many of the last digit.
    Digits(i64),
}

/// Range, step and shape that a name suggests, where a one is so many of the last digit.
pub(crate) fn usual(context: &Context<'_>, unit: i64) -> Usual {
    let is_decimal = unit > 1;
    let listed = |parts| magnitude(parts, &context.table_parts, context.locale(), unit);
    if let Some(found) = listed(&context.parts).or_else(|| context.called.as_ref().and_then(listed))
    {
        return found;
    }
    let mut rules = RULES.iter();
    if let Some(rule) = rules.find(|rule| rule.fits(context, is_decimal)) {
        return Usual {
            least: rule.least.of(context, unit),
            greatest: rule.greatest.of(context, unit),
            step: rule.step.of(unit),
            shape: rule.shape,
            why: format!("the name says {}", rule.what),
        };
    }
    if matches!(context.column.value, ColumnValue::Default(_)) && !is_decimal {
        return Usual {
            least: 0,
            greatest: 10,
            step: 1,
            shape: Shape::Skewed,
            why: "small, because it has a default".to_owned(),
        };
    }
    Usual {
        least: 0,
        greatest: 1000 * unit,
        step: 1,
        shape: Shape::Even,
        why: "its type".to_owned(),
    }
}

impl Rule {
    fn fits(&self, context: &Context<'_>, is_decimal: bool) -> bool {
        let parts = &context.parts;
        let fits_name = |name: &Name| match name {
            Name::Word(words) => parts.has_any(words),
            Name::Last(words) => words.contains(&parts.last()),
            Name::Ends(endings) => endings.iter().any(|ending| parts.whole.ends_with(ending)),
            Name::Whole(whole) => parts.whole == *whole,
        };
        let holds = |and: &And| match and {
            And::Has(words) => parts.has_any(words),
            And::Lacks(words) => !parts.has_any(words),
            And::Begins(beginning) => parts.whole.starts_with(beginning),
            And::Table(words) => context.table_parts.has_any(words),
            And::Rows(words) => {
                let row = crate::plan::names::singular(context.table_parts.last());
                words.contains(&row.as_str())
            }
            And::Decimal => is_decimal,
            And::Whole => !is_decimal,
            And::Japanese => context.locale() == Locale::Japanese,
            And::NotJapanese => context.locale() != Locale::Japanese,
        };
        self.name.iter().any(fits_name) && self.and.iter().all(holds)
    }
}

impl Amount {
    fn of(self, context: &Context<'_>, unit: i64) -> i64 {
        match self {
            Self::Ones(count) => count * unit,
            Self::Tenths(count) => count * unit / 10,
            Self::Hundredths(count) => count * (unit / 100).max(1),
            Self::Percent(count) => count * unit / 100,
            Self::Digits(count) => count,
            Self::Year(distance) => {
                let (this, ..) = civil(context.birth.today() / DAY);
                (this + distance) * unit
            }
        }
    }
}

impl Step {
    fn of(self, unit: i64) -> i64 {
        match self {
            Self::Ones(count) => count * unit,
            Self::Half => (unit / 2).max(1),
            Self::Tenth => (unit / 10).max(1),
            Self::Hundredth => (unit / 100).max(1),
            Self::Thousandth => (unit / 1000).max(1),
            Self::Digits(count) => count,
        }
    }
}
