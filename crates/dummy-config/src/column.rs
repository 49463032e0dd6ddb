//! A column's keys: what makes its values, and how.

use crate::follows;
use crate::reader::{Reader, Value, decimal, span};
use crate::template;
use dummy_data::{
    ColumnSettings, Distribution, GeneratorKind, GeneratorSettings, Locale, Located, OptionKind,
    OptionType, OptionValue, Problem, Source, Take, generator_kinds,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// Keys that every column may have, besides those of its source.
const KEYS: [&str; 7] = [
    "weights",
    "null_ratio",
    "unique",
    "locale",
    "distribution",
    "only_if",
    "cases",
];

/// Keys that say where values come from, one at most, besides those over children.
const SOURCES: [&str; 7] = [
    "generator",
    "values",
    "range",
    "template",
    "from",
    "default",
    "sql",
];

/// Whether a key says where values come from.
pub(crate) fn is_source(key: &str) -> bool {
    SOURCES.contains(&key) || take_of(key).is_some()
}

fn take_of(key: &str) -> Option<(&'static str, Take)> {
    Take::NAMES.into_iter().find(|(name, _)| *name == key)
}

/// Parts of a share: [`OptionValue::Share`].
const PARTS: f64 = 65_536.0;

/// Reads a column's table.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    name: Located<String>,
    table: &DeTable<'_>,
) -> ColumnSettings {
    let source = source(reader, &name.value, table, &KEYS);
    ColumnSettings {
        source,
        null_ratio: table
            .get("null_ratio")
            .and_then(|value| share(reader, value, "null_ratio")),
        unique: table.get("unique").and_then(|value| {
            if let DeValue::Boolean(unique) = value.get_ref() {
                return Some(Located {
                    value: *unique,
                    span: span(value),
                });
            }
            reader.wrong(value, "unique", "true or false");
            None
        }),
        locale: table.get("locale").and_then(|value| locale(reader, value)),
        distribution: table
            .get("distribution")
            .and_then(|value| distribution(reader, value)),
        only_if: table
            .get("only_if")
            .and_then(|value| follows::conditions(reader, value, "only_if")),
        cases: table
            .get("cases")
            .map_or_else(Vec::new, |value| follows::cases(reader, value, &name.value)),
        name,
    }
}

/// What makes the values of a column, or in one of its cases; `keys` may be there besides.
pub(crate) fn source(
    reader: &mut Reader<'_>,
    name: &str,
    table: &DeTable<'_>,
    keys: &[&str],
) -> Option<Located<Source>> {
    let kind = table
        .get("generator")
        .and_then(|value| generator_kind(reader, value));
    let place = format!("the column `{name}`");
    if table.contains_key("generator") && kind.is_none() {
        // Which keys may be there depends on the generator, which isn't known.
    } else {
        let mut known = SOURCES.to_vec();
        known.extend(keys);
        known.extend(Take::NAMES.map(|(name, _)| name));
        if table.contains_key("values") {
            known.push("weights");
        }
        if table.keys().any(|key| take_of(key.get_ref()).is_some()) {
            known.push("where");
        }
        known.extend(
            kind.iter()
                .flat_map(|kind| kind.options.iter().map(|option| option.name)),
        );
        reader.only_known_keys(table, &place, &known);
    }
    let mut sources: Vec<_> = table
        .iter()
        .filter(|(key, _)| is_source(key.get_ref()))
        .collect();
    sources.sort_by_key(|(key, _)| span(key));
    let first = sources.first().copied();
    for (key, _) in sources.into_iter().skip(1) {
        let other = first.map_or("", |(key, _)| key.get_ref());
        reader.problems.push(
            Problem::configured(
                span(key),
                format!("`{other}` already says where the values of {place} come from"),
            )
            .hint(format!("keep either `{other}` or `{}`", key.get_ref())),
        );
    }
    if let Some(weights) = table.get("weights")
        && !table.contains_key("values")
    {
        reader.problems.push(
            Problem::configured(span(weights), "`weights` without `values` says nothing")
                .hint("write `values = [\"a\", \"b\"]` beside it"),
        );
    }
    first.and_then(|(key, value)| {
        let source = match key.get_ref().as_ref() {
            "generator" => Source::Generator(generator(reader, kind?, value, table)),
            "values" => values(reader, value, table)?,
            "range" => range(reader, value)?,
            "from" => {
                let wanted =
                    "a parent and its column with a dot between them, such as `customer.email`";
                Source::From(follows::path(reader, value, ("from", wanted), 2)?)
            }
            "template" => {
                let text = reader.text_of(value, "template")?;
                let raw = reader.text.get(value.span()).unwrap_or("");
                Source::Template(template::read(
                    &text.value,
                    raw,
                    text.span,
                    &mut reader.problems,
                )?)
            }
            "default" => match value.get_ref() {
                DeValue::Boolean(true) => Source::Default,
                DeValue::Boolean(false) => return None,
                _ => {
                    reader.wrong(
                        value,
                        "default",
                        "true, to leave the column to the database",
                    );
                    return None;
                }
            },
            "sql" => sql(reader, value)?,
            other => follows::children(reader, take_of(other)?, value, table)?,
        };
        Some(Located {
            value: source,
            span: span(value),
        })
    })
}

/// A language.
pub(crate) fn locale(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Located<Locale>> {
    let code = reader.text_of(value, "locale")?;
    match code.value.parse() {
        Ok(locale) => Some(Located {
            value: locale,
            span: code.span,
        }),
        Err(sentence) => {
            reader
                .problems
                .push(Problem::configured(code.span, sentence));
            None
        }
    }
}

fn distribution(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Located<Distribution>> {
    let name = reader.text_of(value, "distribution")?;
    let found = Distribution::NAMES
        .iter()
        .find(|(known, _)| *known == name.value);
    if found.is_none() {
        let names = Distribution::NAMES.map(|(known, _)| known);
        reader.problems.push(
            Problem::configured(
                name.span,
                format!(
                    "there is no distribution `{}`: {}",
                    name.value,
                    names.join(", ")
                ),
            )
            .did_you_mean(&name.value, names.into_iter()),
        );
    }
    found.map(|(_, distribution)| Located {
        value: *distribution,
        span: name.span,
    })
}

fn generator_kind(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<&'static GeneratorKind> {
    let name = reader.text_of(value, "generator")?;
    let found = generator_kinds()
        .iter()
        .find(|kind| kind.name == name.value);
    if found.is_none() {
        let names = || generator_kinds().iter().map(|kind| kind.name);
        let problem =
            Problem::configured(name.span, format!("there is no generator `{}`", name.value));
        let guessed = problem.clone().did_you_mean(&name.value, names());
        reader.problems.push(if guessed.hint.is_some() {
            guessed
        } else {
            let all: Vec<&str> = names().collect();
            problem.hint(format!("there are {}", all.join(", ")))
        });
    }
    found
}

fn generator(
    reader: &mut Reader<'_>,
    kind: &'static GeneratorKind,
    name: &Value<'_>,
    table: &DeTable<'_>,
) -> GeneratorSettings {
    let mut options = BTreeMap::new();
    for option in kind.options {
        let Some(value) = table.get(option.name) else {
            if option.required {
                reader.problems.push(Problem::configured(
                    span(name),
                    format!("the generator `{}` needs `{}`", kind.name, option.name),
                ));
            }
            continue;
        };
        if let Some(read) = option_value(reader, value, option) {
            options.insert(
                option.name,
                Located {
                    value: read,
                    span: span(value),
                },
            );
        }
    }
    GeneratorSettings { kind, options }
}

/// The value of a generator's option.
fn option_value(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    option: &OptionKind,
) -> Option<OptionValue> {
    match option.option_type {
        OptionType::Whole { least, greatest } => {
            let whole = match value.get_ref() {
                DeValue::Integer(number) => {
                    i64::from_str_radix(number.as_str(), number.radix()).ok()
                }
                _ => None,
            };
            let fitting = whole.filter(|number| (least..=greatest).contains(number));
            if fitting.is_none() {
                let wanted = format!("a whole number from {least} to {greatest}");
                reader.wrong(value, option.name, &wanted);
            }
            fitting.map(OptionValue::Whole)
        }
        OptionType::Text => {
            let text = plain(value);
            if text.is_none() {
                reader.wrong(value, option.name, "a text or a number");
            }
            text.map(OptionValue::Text)
        }
        OptionType::Share => {
            let share = share(reader, value, option.name)?;
            Some(OptionValue::Share(share.value))
        }
    }
}

/// A share from 0 to 1.
pub(crate) fn share(reader: &mut Reader<'_>, value: &Value<'_>, key: &str) -> Option<Located<u32>> {
    let Some(number) = decimal(value) else {
        reader.wrong(value, key, "a share from 0 to 1, such as 0.1");
        return None;
    };
    if !(0.0..=1.0).contains(&number) {
        reader.problems.push(
            Problem::configured(
                span(value),
                format!("`{key}` wants a share from 0 to 1, and this is {number}"),
            )
            .hint("a tenth is 0.1"),
        );
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and the number of parts"
    )]
    let parts = (number * PARTS).round() as u32;
    Some(Located {
        value: parts,
        span: span(value),
    })
}

fn values(reader: &mut Reader<'_>, value: &Value<'_>, table: &DeTable<'_>) -> Option<Source> {
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong(value, "values", "a list: `[\"a\", \"b\"]`");
        return None;
    };
    if items.is_empty() {
        reader.problems.push(Problem::configured(
            span(value),
            "`values` is empty: there is nothing to choose from",
        ));
        return None;
    }
    let mut values = Vec::new();
    for item in items {
        match plain(item) {
            Some(text) => values.push(Located {
                value: text,
                span: span(item),
            }),
            None => reader.wrong(item, "values", "texts, numbers, dates, true or false"),
        }
    }
    let mut weights = Vec::new();
    if let Some(given) = table.get("weights") {
        weights = read_weights(reader, given)?;
        if weights.len() != items.len() {
            reader.problems.push(Problem::configured(
                span(given),
                format!(
                    "there are {} values and {} weights: each value wants one",
                    items.len(),
                    weights.len()
                ),
            ));
            return None;
        }
    }
    (values.len() == items.len()).then_some(Source::Values { values, weights })
}

/// Weights in millionths.
fn read_weights(reader: &mut Reader<'_>, given: &Value<'_>) -> Option<Vec<u64>> {
    const MILLION: f64 = 1_000_000.0;
    const MOST: f64 = 1_000_000_000.0;
    let DeValue::Array(items) = given.get_ref() else {
        reader.wrong(given, "weights", "a list of numbers: `[3, 1]`");
        return None;
    };
    let mut weights = Vec::new();
    for item in items {
        let Some(number) = decimal(item).filter(|number| (0.0..=MOST).contains(number)) else {
            reader.wrong(item, "weights", "numbers from 0 to a thousand million");
            return None;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 0 and a thousand million millionths"
        )]
        weights.push((number * MILLION).round() as u64);
    }
    if weights.iter().all(|&weight| weight == 0) {
        reader.problems.push(Problem::configured(
            span(given),
            "every weight is 0: no value could ever be taken",
        ));
        return None;
    }
    Some(weights)
}

fn range(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Source> {
    if let DeValue::Array(items) = value.get_ref()
        && let [least, greatest] = items.as_ref()
        && let (Some(low), Some(high)) = (plain(least), plain(greatest))
    {
        return Some(Source::Range {
            least: Located {
                value: low,
                span: span(least),
            },
            greatest: Located {
                value: high,
                span: span(greatest),
            },
        });
    }
    reader.wrong(
        value,
        "range",
        "two numbers or dates, the smaller first: `[1, 10]`",
    );
    None
}

fn sql(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Source> {
    let text = reader.text_of(value, "sql")?;
    let parsed = Parser::new(&PostgreSqlDialect {})
        .try_with_sql(&text.value)
        .and_then(|mut parser| {
            parser.parse_expr()?;
            parser.expect_token(&Token::EOF)
        });
    match parsed {
        Ok(_) => Some(Source::Sql(text.value)),
        Err(error) => {
            reader.problems.push(
                Problem::configured(text.span, format!("`sql` wants an SQL expression: {error}"))
                    .hint("such as `lower(name) || '-' || id`, over columns of the same row"),
            );
            None
        }
    }
}

/// A value as PostgreSQL reads it; lists become arrays.
pub(crate) fn plain(value: &Value<'_>) -> Option<String> {
    Some(match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()?
            .to_string(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(truth) => (if *truth { "t" } else { "f" }).to_owned(),
        DeValue::Datetime(moment) => moment.to_string().replace('T', " "),
        DeValue::Array(items) => {
            let items = items
                .iter()
                .map(|item| {
                    let text = plain(item)?;
                    Some(match item.get_ref() {
                        DeValue::String(_) => {
                            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
                        }
                        _ => text,
                    })
                })
                .collect::<Option<Vec<_>>>()?;
            format!("{{{}}}", items.join(","))
        }
        DeValue::Table(_) => return None,
    })
}
