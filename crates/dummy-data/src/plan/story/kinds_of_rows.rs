//! What goes with the class or kind of a row, and what is known together: ages, coordinates, currencies of countries.

use crate::ids::{ColumnId, TableId};
use crate::plan::names::{NameParts, singular};
use crate::plan::story::lifecycles::labels;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation, TextRole};
use crate::story::ONE;

const AGES: &str = include_str!("../../../pools/en/ages.tsv");
const CURRENCIES: &str = include_str!("../../../pools/en/currencies.tsv");

/// Finds what goes with the class of a table's rows.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
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
fn ages(reader: &mut Reader<'_, '_>, table: TableId) {
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
fn coordinates(reader: &mut Reader<'_, '_>, table: TableId) {
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
fn currency(reader: &mut Reader<'_, '_>, table: TableId) {
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
        let role = TextRole::OneOf(Expr::Number(0), vec![own.to_owned()]);
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
        (
            country,
            known
                .iter()
                .map(|(country, _)| (*country).to_owned())
                .collect(),
        ),
        (
            currency,
            known
                .iter()
                .map(|(_, currency)| (*currency).to_owned())
                .collect(),
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

/// `card_last4` only where the payment is by card: columns that begin with one of the labels of another.
pub(super) fn only_for_a_kind(reader: &mut Reader<'_, '_>, table: TableId) {
    let state = reader.story.tables[table]
        .cycle
        .as_ref()
        .and_then(|cycle| cycle.state.as_ref().map(|state| state.column));
    let mut kinds: Vec<(ColumnId, Vec<(String, String)>)> = Vec::new();
    for column in reader.columns(table) {
        let name = reader.name(table, column);
        // What a row was goes on where a state moves on, but not where it has ended.
        if Some(column) == state {
            let cycle = reader.story.tables[table].cycle.clone().unwrap_or_default();
            let all = labels(reader, table, column);
            let ends: Vec<(String, String)> = cycle
                .outs
                .iter()
                .filter_map(|out| all.get(out.happening.label?).cloned())
                .collect();
            if !ends.is_empty() && all.len() > ends.len() {
                kinds.push((column, ends));
            }
        }
        if Some(column) != state
            && reader.facts[table].reference_of[column].is_none()
            && (name.has(&[
                "type",
                "method",
                "kind",
                "mode",
                "means",
                "category",
                "channel",
                "way",
                "status",
                "result",
                "outcome",
                "attendance",
                "fulfilment",
                "fulfillment",
                "fuel",
                "plan",
                "billing",
            ]))
        {
            let labels = labels(reader, table, column);
            if labels.len() > 1 {
                kinds.push((column, labels));
            }
        }
    }
    for column in reader.columns(table) {
        if !reader.is_nullable(table, column)
            || reader.story.tables[table].relations.contains_key(&column)
            || reader.facts[table].always_null[column].is_some()
            || reader.facts[table].left_out[column].is_some()
            || reader.facts[table].source(column).is_some()
            || reader.facts[table].is_given(column)
        {
            continue;
        }
        let own = reader.name(table, column).own.clone();
        let text = reader.name(table, column).text.clone();
        let found = kinds.iter().find_map(|(kind, labels)| {
            if *kind == column {
                return None;
            }
            let fitting: Vec<String> = labels
                .iter()
                .filter(|(_, word)| {
                    speaks_of(&own, word)
                        || says_only(&text, word)
                        || (!word.is_ascii() && text.starts_with(word.as_str()) && text != *word)
                })
                .map(|(text, _)| text.clone())
                .collect();
            (!fitting.is_empty() && (fitting.len() < labels.len() || Some(*kind) == state))
                .then_some((*kind, fitting))
        });
        if let Some((kind, texts)) = found {
            let why = format!("only where `{}` says so", reader.column(table, kind).name);
            reader.story.tables[table]
                .relations
                .insert(column, (Relation::OnlyIf(Expr::Is(kind, texts)), why));
        }
    }
}

/// Whether a comment says that a column is only about rows of a kind: `pupils only`, `only for pupils`.
fn says_only(comment: &str, label: &str) -> bool {
    let own = label.to_lowercase();
    // Of `PersonClient` persons speak too.
    let of_class = NameParts::new(label)
        .words
        .first()
        .filter(|_| label.starts_with(char::is_uppercase))
        .cloned();
    let mut words = comment.split(|character: char| !character.is_alphanumeric());
    comment.contains("only")
        && own.len() > 2
        && words.any(|word| {
            let one = crate::plan::names::singular(word);
            word == own || one == own || of_class.as_ref() == Some(&one)
        })
}

/// Whether a column is only about rows of a kind.
fn speaks_of(column: &NameParts, label: &str) -> bool {
    let label = NameParts::new(label);
    let Some(first) = label.words.first() else {
        return false;
    };
    let [own, _, ..] = column.words.as_slice() else {
        let medium = column.words.first().map_or("", String::as_str);
        return match medium {
            "width" | "height" => matches!(first.as_str(), "image" | "photo" | "video" | "picture"),
            "duration" => matches!(first.as_str(), "video" | "audio" | "podcast" | "movie"),
            "brand" | "last4" | "network" | "cvc" => label
                .words
                .iter()
                .any(|word| matches!(word.as_str(), "card" | "credit" | "creditcard")),
            "iban" | "bic" => label
                .words
                .iter()
                .any(|word| matches!(word.as_str(), "sepa" | "debit" | "bank" | "iban")),
            _ => false,
        };
    };
    if own == "duration" || own == "video" {
        return matches!(first.as_str(), "video" | "audio" | "podcast" | "movie");
    }
    let is_card = |word: &str| matches!(word, "card" | "credit" | "creditcard" | "debit");
    let is_debit = |word: &str| {
        matches!(
            word,
            "sepa" | "debit" | "bank" | "iban" | "ach" | "transfer"
        )
    };
    let of_card = matches!(
        own.as_str(),
        "exp" | "expiry" | "cvc" | "cvv" | "cardholder" | "last4"
    );
    if of_card
        && label.words.iter().any(|word| is_card(word))
        && !label.words.iter().any(|word| word == "sepa")
    {
        return true;
    }
    if matches!(own.as_str(), "iban" | "bic" | "mandate")
        && label.words.iter().any(|word| is_debit(word))
    {
        return true;
    }
    first.len() > 2
        && (own == first
            || (is_card(own) && (label.words.iter().any(|word| is_card(word))))
            || (own == "bank" && label.words.iter().any(|word| word == "bank")))
}
