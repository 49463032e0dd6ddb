//! What texts are about, by the column's name: a table of names, each with what it makes.
//!
//! The first entry whose name fits and whose values are short enough wins. Names are matched by
//! their last words, so `billing_postal_code` is a postal code, and what stands before is the
//! prefix that tells the billing address from the shipping address.

mod general;
mod lists;
mod named;
mod said;
mod special;
mod tables;

use self::general::GENERAL;
pub(crate) use self::lists::list;
pub(crate) use self::named::Named;
use self::named::named;
pub(crate) use self::said::said;
use self::special::SPECIAL;
pub(crate) use self::tables::is_people;
use self::tables::{is_role, name_of, of_framework};
use crate::generators::{Aspect, Part};
use crate::locale::Locale;
use crate::plan::names::NameParts;
use crate::plan::topics::Topic;

/// The topic that a column's name tells, and the name that told it.
pub(crate) fn topic(
    parts: &NameParts,
    table: &NameParts,
    locale: Locale,
) -> Option<(Topic, &'static str)> {
    if let Some(topic) = of_framework(table, parts) {
        return Some((topic, "name"));
    }
    let people = is_people(table);
    if !people
        && matches!(
            parts.whole.as_str(),
            "name" | "title" | "display_name" | "full_name" | "名称" | "名前"
        )
        && let Some(named) = named(table, locale)
    {
        return Some((Topic::Named(named), "name"));
    }
    if parts.is(&["name", "氏名", "名前"])
        && (parts.whole == "name" || parts.whole == "氏名" || parts.whole == "名前")
    {
        return Some((name_of(table), "name"));
    }
    if parts.is(&["display_name", "legal_name", "short_name"]) && name_of(table) == Topic::Company {
        return Some((Topic::Company, "name"));
    }
    if matches!(parts.whole.as_str(), "name_en" | "english_name") {
        let topic = if people {
            Topic::Person(Aspect::FullLatin)
        } else {
            name_of(table)
        };
        return Some((topic, "name"));
    }
    // The title of a thing that is sold, or of who has the account, is its name.
    if parts.whole == "title" && tables::is_titled(table) {
        return Some((name_of(table), "title"));
    }
    if let Some(without) = without_language(parts) {
        return topic(&without, table, locale);
    }
    let reading = [
        "kana", "furigana", "hiragana", "yomigana", "yomi", "reading", "katakana",
    ]
    .iter()
    .find_map(|name| parts.prefix_before(name))
    .filter(|before| {
        !parts.is(&["reading", "yomi"])
            || before.ends_with("name")
            || matches!(*before, "sei" | "mei" | "shimei" | "last" | "first")
    });
    if let Some(before) = reading {
        let of = NameParts::new(before.strip_suffix("_name").unwrap_or(before));
        let own = matches!(before, "" | "name");
        let named = named(if own { table } else { &of }, locale);
        let topic = if let Some(named) = named.filter(|_| !people || !own) {
            Topic::NamedReading(named)
        } else if before.ends_with("company_name")
            || before == "company"
            || (matches!(before, "" | "name")
                && name_of(table) == Topic::Company
                && !matches!(
                    table.last(),
                    "tenants" | "clients" | "partners" | "accounts"
                ))
        {
            Topic::CompanyKana
        } else if before.ends_with("city") {
            Topic::Place(Part::CityKana)
        } else if before.contains("last") || before.contains("family") || before == "sei" {
            Topic::Person(Aspect::FamilyKana)
        } else if before.contains("first") || before.contains("given") || before == "mei" {
            Topic::Person(Aspect::GivenKana)
        } else {
            Topic::Person(Aspect::FullKana)
        };
        let topic = match (topic, locale) {
            (Topic::CompanyKana, Locale::English) => Topic::Company,
            (Topic::Person(Aspect::FullKana), Locale::English) => Topic::Person(Aspect::FullLatin),
            (Topic::Person(Aspect::GivenKana), Locale::English) => {
                Topic::Person(Aspect::GivenLatin)
            }
            (Topic::Person(Aspect::FamilyKana), Locale::English) => {
                Topic::Person(Aspect::FamilyLatin)
            }
            (Topic::Place(_), Locale::English) => Topic::Place(Part::City),
            (topic, _) => topic,
        };
        return Some((topic, "kana"));
    }
    if let Some(found) = by_words(parts) {
        return Some(found);
    }
    if table.last() == "versions" && parts.last() == "number" {
        return Some((Topic::Version, "number"));
    }
    let found = found_in_rules(parts, people, locale).map(|found| match found {
        // `sponsor_name` is what the name of a row of `sponsors` would be.
        (Topic::Product, "name") => {
            let of = NameParts::new(parts.prefix_before("name").unwrap_or(""));
            let topic = if is_role(of.last()) {
                Topic::Person(Aspect::FullName)
            } else {
                named(&of, locale).map_or_else(|| name_of(&of), Topic::Named)
            };
            (topic, "name")
        }
        found => found,
    });
    found.or_else(|| {
        // `old_emails` and `recovery_codes` hold what their singular says.
        let last = parts.words.last()?;
        let one = crate::plan::names::singular(last);
        if one == *last {
            return None;
        }
        let mut words = parts.words.clone();
        words.pop();
        words.push(one);
        let parts = NameParts {
            whole: words.join("_"),
            words,
        };
        by_words(&parts).or_else(|| found_in_rules(&parts, people, locale))
    })
}

/// `description_fr` and `name_zh_tw` are what they are without the language.
fn without_language(parts: &NameParts) -> Option<NameParts> {
    const LANGUAGES: [&[&str]; 12] = [
        &["zh", "tw"],
        &["zh", "cn"],
        &["pt", "br"],
        &["en"],
        &["ja"],
        &["fr"],
        &["de"],
        &["es"],
        &["ko"],
        &["zh"],
        &["pt"],
        &["nl"],
    ];
    let language = LANGUAGES.iter().find(|language| {
        parts.words.len() > language.len()
            && parts
                .words
                .iter()
                .rev()
                .zip(language.iter().rev())
                .all(|(word, code)| word == code)
    })?;
    let words = parts.words[..parts.words.len() - language.len()].to_vec();
    Some(NameParts {
        whole: words.join("_"),
        words,
    })
}

/// What a word anywhere in a name says, whatever stands behind it.
fn by_words(parts: &NameParts) -> Option<(Topic, &'static str)> {
    const WORDS: &[(&str, Topic)] = &[
        ("ciphertext", Topic::Hexadecimal(64)),
        ("sha256", Topic::Hexadecimal(64)),
        ("sha1", Topic::Hexadecimal(40)),
        ("md5", Topic::Hexadecimal(32)),
        ("checksum", Topic::Hexadecimal(64)),
        ("fingerprint", Topic::Hexadecimal(40)),
        ("hashed", Topic::Hexadecimal(64)),
        ("digest", Topic::Hexadecimal(64)),
        ("seed", Topic::Hexadecimal(32)),
        ("recovery", Topic::Hexadecimal(10)),
        ("backup", Topic::Hexadecimal(10)),
        ("certificate", Topic::Hexadecimal(64)),
        ("cert", Topic::Hexadecimal(64)),
        ("iban", Topic::Digits(20)),
        ("swift", Topic::Letters(8)),
        ("bic", Topic::Letters(8)),
        ("acronym", Topic::Letters(4)),
        ("ticker", Topic::Letters(4)),
        ("mic", Topic::Letters(4)),
    ];
    // The number of a certificate is a number.
    let is_of_one = [
        "number", "no", "code", "name", "title", "type", "kind", "status",
    ]
    .contains(&parts.last());
    if parts.has("password") || parts.whole == "seed" || is_of_one {
        return None;
    }
    WORDS
        .iter()
        .find(|(word, _)| parts.has(word))
        .map(|(word, topic)| (*topic, *word))
}

fn found_in_rules(
    parts: &NameParts,
    people: bool,
    locale: Locale,
) -> Option<(Topic, &'static str)> {
    for (names, topic) in SPECIAL.iter().chain(GENERAL) {
        for name in *names {
            if parts.is(&[name]) {
                return Some((adjust(*topic, people, locale), name));
            }
        }
    }
    None
}

fn adjust(topic: Topic, people: bool, locale: Locale) -> Topic {
    match topic {
        Topic::Title if people => Topic::JobTitle,
        Topic::Person(Aspect::FullKana) if locale == Locale::English => {
            Topic::Person(Aspect::FullLatin)
        }
        Topic::Place(Part::RegionDigits) if locale == Locale::English => {
            Topic::Place(Part::RegionCode)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(table: &str, column: &str, expected: Topic) {
        let found = topic(
            &NameParts::new(column),
            &NameParts::new(table),
            Locale::English,
        );
        assert_eq!(
            found.map(|(topic, _)| topic),
            Some(expected),
            "{table}.{column}"
        );
    }

    #[test]
    fn a_name_is_what_its_table_is_about() {
        let person = Topic::Person(Aspect::NumberedName);
        check("casa_orgs", "name", Topic::Company);
        check("casa_orgs", "display_name", Topic::Company);
        check("users", "display_name", Topic::Person(Aspect::FullName));
        check("hearing_types", "name", Topic::Category);
        check("judges", "name", person);
        check("repositories", "name", Topic::Slug);
        check("card_payments", "merchant_name", Topic::Company);
        check("fund_requests", "youth_name", person);
        check("lamps", "name", Topic::Product);
    }

    #[test]
    fn a_language_at_the_end_of_a_name_is_no_part_of_it() {
        check("districts", "name_zh_tw", Topic::Place(Part::City));
        check("districts", "name_en", Topic::Place(Part::City));
        check("users", "name_en", Topic::Person(Aspect::FullLatin));
        check("items", "description_fr", Topic::Paragraph);
    }

    #[test]
    fn frameworks_fill_their_tables_themselves() {
        check(
            "active_storage_blobs",
            "service_name",
            Topic::OneOf(&["local"]),
        );
        check("active_storage_blobs", "key", Topic::Hexadecimal(28));
        check("settings", "key", Topic::Slug);
    }
}
