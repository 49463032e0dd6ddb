//! Values of the file, each with its place and its type, and what is wrong with them.

use crate::synonyms;
use dummy_data::{Located, Problem, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A key's value, with its place.
pub(crate) type Value<'v> = Spanned<DeValue<'v>>;

/// Reads values and remembers what is wrong with them.
pub(crate) struct Reader<'t> {
    /// The file's text.
    pub(crate) text: &'t str,
    /// What is wrong.
    pub(crate) problems: Vec<Problem>,
}

/// The place of a value.
pub(crate) fn span<T>(spanned: &Spanned<T>) -> Span {
    let range = spanned.span();
    Span {
        start: range.start,
        end: range.end,
    }
}

impl<'t> Reader<'t> {
    /// Reads a text as TOML, as far as it is: what isn't is among the problems.
    pub(crate) fn of(text: &'t str) -> (Self, Spanned<DeTable<'t>>) {
        let (document, errors) = DeTable::parse_recoverable(text);
        let problems = errors.iter().map(|error| {
            let span = error.span().unwrap_or(0..0);
            let span = Span {
                start: span.start,
                end: span.end,
            };
            Problem::configured(span, format!("this isn't TOML: {}", error.message()))
        });
        let problems = problems.collect();
        (Self { text, problems }, document)
    }
}

impl Reader<'_> {
    /// A problem for each key that isn't among those that are known.
    pub(crate) fn only_known_keys(&mut self, table: &DeTable<'_>, place: &str, known: &[&str]) {
        for (key, value) in table {
            let name = key.get_ref();
            if !known.contains(&name.as_ref()) {
                let problem =
                    Problem::configured(span(key), format!("{place} has no key `{name}`"));
                let guessed = problem.clone().did_you_mean(name, known.iter().copied());
                self.problems
                    .push(if let Some(hint) = misplaced(place, name, value) {
                        problem.hint(hint)
                    } else if let Some(hint) = synonyms::of(name) {
                        problem.hint(hint)
                    } else if guessed.hint.is_some() {
                        guessed
                    } else {
                        problem.hint(format!("the keys are {}", known.join(", ")))
                    });
            }
        }
    }

    /// A table of keys.
    pub(crate) fn table<'v, 'i>(
        &mut self,
        value: &'v Value<'i>,
        key: &str,
    ) -> Option<&'v DeTable<'i>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        self.wrong(value, key, "a table of keys");
        None
    }

    /// A whole number that isn't negative.
    pub(crate) fn whole(&mut self, value: &Value<'_>, key: &str) -> Option<Located<u64>> {
        if let DeValue::Integer(number) = value.get_ref()
            && let Ok(number) = u64::from_str_radix(number.as_str(), number.radix())
        {
            return Some(Located {
                value: number,
                span: span(value),
            });
        }
        match value.get_ref() {
            DeValue::Integer(number) if !number.as_str().starts_with('-') => {
                self.wrong(value, key, &format!("a whole number up to {}", u64::MAX));
            }
            DeValue::Float(_) => self.wrong(value, key, "a whole number in digits, 0 or more"),
            _ => self.wrong(value, key, "a whole number, 0 or more"),
        }
        None
    }

    /// A text.
    pub(crate) fn text_of(&mut self, value: &Value<'_>, key: &str) -> Option<Located<String>> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(Located {
                value: text.to_string(),
                span: span(value),
            });
        }
        self.wrong(value, key, "a text in quotes");
        None
    }

    /// A date, in days since 1970.
    pub(crate) fn day(&mut self, value: &Value<'_>, key: &str) -> Option<Located<i64>> {
        let days = match value.get_ref() {
            DeValue::Datetime(moment) => moment.date.and_then(|date| {
                dummy_data::days_since_1970(date.year.into(), date.month.into(), date.day.into())
            }),
            DeValue::String(text) => {
                let mut parts = text.split('-').map(|part| part.parse::<u32>().ok());
                let (year, month, day) = (parts.next(), parts.next(), parts.next());
                match (year.flatten(), month.flatten(), day.flatten()) {
                    (Some(year), Some(month), Some(day)) => {
                        dummy_data::days_since_1970(year.into(), month, day)
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        if days.is_none() {
            self.wrong(value, key, "a date such as 2026-11-01");
        }
        Some(Located {
            value: days?,
            span: span(value),
        })
    }

    /// Says that a key's value isn't what it should be.
    pub(crate) fn wrong(&mut self, value: &Value<'_>, key: &str, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => {
                self.text.get(value.span()).unwrap_or("a number")
            }
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table of keys",
        };
        self.problems.push(Problem::configured(
            span(value),
            format!("`{key}` wants {wanted}; this is {found}"),
        ));
    }
}

/// Where a table of keys belongs that stands too high.
fn misplaced(place: &str, name: &str, value: &Value<'_>) -> Option<String> {
    if !matches!(value.get_ref(), DeValue::Table(_)) {
        return None;
    }
    if place == "the file" {
        return Some(format!(
            "what is said of a table stands under `[tables.{name}]`"
        ));
    }
    let table = place.strip_prefix("`[tables.")?.strip_suffix("]`")?;
    Some(format!(
        "what is said of a column stands under `[tables.{table}.columns.{name}]`"
    ))
}

/// A number with a fraction or without one.
pub(crate) fn decimal(value: &Value<'_>) -> Option<f64> {
    match value.get_ref() {
        #[expect(
            clippy::cast_precision_loss,
            reason = "shares, weights and scales have few digits"
        )]
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(|number| number as f64),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}
