//! What goes with the class or kind of a row, and what is known together: ages, coordinates, currencies of countries.

use crate::plan::names::{NameParts, singular};
use crate::plan::story::lifecycles::labels;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation, TextRole};
use crate::story::ONE;

const AGES: &str = include_str!("../../../pools/en/ages.tsv");
const CURRENCIES: &str = include_str!("../../../pools/en/currencies.tsv");

/// Finds what goes with the class of a table's rows.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: usize) {
    ages(reader, table);
    coordinates(reader, table);
    currency(reader, table);
}

/// How old people of a kind are, in years.
fn ages_of(word: &str) -> Option<(i64, i64)> {
    let words = NameParts::new(word).words;
    AGES.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let mut fields = line.split('\t');
            let kind = fields.next()?;
            let from = fields.next()?.parse().ok()?;
            let to = fields.next()?.parse().ok()?;
            words
                .iter()
                .any(|own| singular(own) == kind)
                .then_some((from, to))
        })
}

/// A day of birth that fits the class of the row.
fn ages(reader: &mut Reader<'_, '_>, table: usize) {
    let kind = reader
        .columns(table)
        .filter(|&kind| {
            reader.name(table, kind).whole_is(&[
                "type",
                "role",
                "kind",
                "user_type",
                "person_type",
                "member_type",
                "account_type",
                "category",
            ])
        })
        .find_map(|kind| {
            let known: Vec<(String, (i64, i64))> = labels(reader, table, kind)
                .into_iter()
                .filter_map(|(text, word)| Some((text, ages_of(&word)?)))
                .collect();
            (known.len() >= 2).then_some((kind, known))
        });
    let Some((kind, known)) = kind else {
        return;
    };
    for column in reader.free(table, |_| true) {
        let is_birth = reader.name(table, column).whole_is(&[
            "born_on",
            "birth_date",
            "date_of_birth",
            "birthday",
            "birthdate",
            "dob",
            "birth_day",
        ]);
        if !is_birth || !reader.is_time(table, column) {
            continue;
        }
        let day = 86_400 * ONE;
        let born = |(from, to): (i64, i64)| {
            // Leap days, and a birthday that is yet to come this year.
            let least = i128::from(from * 365 + from / 4 + 1);
            let count = u64::try_from((to - from) * 365).unwrap_or(365);
            let age = Expr::Random("age", least * day, count, day, false);
            Expr::Floor(Box::new(Expr::Now.minus(age)), day)
        };
        let mut value = born((20, 68));
        for (text, years) in known.iter().rev() {
            value = Expr::when(Expr::Is(kind, vec![text.clone()]), born(*years), value);
        }
        if reader.is_nullable(table, column) {
            value = Expr::when(Expr::Chance("told", 60_000), value, Expr::Null);
        }
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "a day of birth that fits what the row is",
        );
    }
}

/// A latitude without a longitude is no place.
fn coordinates(reader: &mut Reader<'_, '_>, table: usize) {
    for (one, other) in [
        ("latitude", "longitude"),
        ("lat", "lng"),
        ("lat", "lon"),
        ("lat", "long"),
    ] {
        for first in reader.columns(table) {
            if !reader.is_number(table, first) || !reader.is_nullable(table, first) {
                continue;
            }
            let name = reader.name(table, first).own.clone();
            let Some(before) = name.prefix_before(one) else {
                continue;
            };
            let wanted = if before.is_empty() {
                other.to_owned()
            } else {
                format!("{before}_{other}")
            };
            let second = reader.columns(table).find(|&second| {
                reader.name(table, second).own.whole == wanted
                    && reader.is_nullable(table, second)
                    && reader.is_free(table, second)
            });
            if let Some(second) = second {
                let known = Expr::Known(Box::new(Expr::Column(first)));
                reader.relate(
                    table,
                    second,
                    Relation::OnlyIf(known),
                    "known where the other is",
                );
            }
        }
    }
}

/// A currency beside a country is the country's.
fn currency(reader: &mut Reader<'_, '_>, table: usize) {
    let text = |names: &[&str]| {
        reader.free(table, |_| true).into_iter().find(|&column| {
            let own = &reader.column(table, column).name;
            reader.is_text(table, column)
                && reader.name(table, column).own.is(names)
                && !reader.is_unique(table, column)
                && !reader.facts[table].rules.domains.contains_key(own)
        })
    };
    let country = text(&["country", "country_code", "country_name"]);
    let currency = text(&["currency", "currency_code", "currency_iso"]);
    let (Some(country), Some(currency)) = (country, currency) else {
        return;
    };
    let has_place = reader.columns(table).any(|column| {
        reader.name(table, column).own.is(&[
            "city",
            "town",
            "street",
            "address",
            "street_address",
            "postal_code",
            "post_code",
            "zip",
            "zip_code",
            "prefecture",
        ])
    });
    let japanese = reader.request.locale == crate::locale::Locale::Japanese;
    if has_place {
        // An address is in the country of its language.
        let own = if japanese { "JPY" } else { "USD" };
        let role = TextRole::OneOf(Expr::Number(0), vec![own]);
        reader.relate(
            table,
            currency,
            Relation::Text(role),
            "the currency of its country",
        );
        return;
    }
    let limit = crate::plan::bounds::text_limit(
        reader.column(table, country),
        &crate::check::Domain::default(),
    );
    let by_code =
        limit.is_some_and(|limit| limit < 4) || reader.name(table, country).own.has("code");
    if japanese && !by_code {
        return;
    }
    let known: Vec<(&str, &str)> = CURRENCIES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (code, name, currency) = (fields.next()?, fields.next()?, fields.next()?);
            Some((if by_code { code } else { name }, currency))
        })
        .collect();
    let which = Expr::Random("country", 0, known.len() as u64, ONE, true);
    for (column, texts) in [
        (country, known.iter().map(|(country, _)| *country).collect()),
        (
            currency,
            known.iter().map(|(_, currency)| *currency).collect(),
        ),
    ] {
        let role = TextRole::OneOf(which.clone(), texts);
        reader.relate(
            table,
            column,
            Relation::Text(role),
            "a country with its currency",
        );
    }
}
