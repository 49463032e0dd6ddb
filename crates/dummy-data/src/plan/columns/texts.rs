//! Generators of texts.

use crate::generators::{Aspect, Combination, Generator, Part};
use crate::locale::Locale;
use crate::ordinal::Ordinal;
use crate::plan::bounds::text_limit;
use crate::plan::columns::context::{Choice, Context};
use crate::plan::columns::numbers::{by_meaning, gendered, listed, skewed};
use crate::plan::columns::patterns::{
    avoiding, code_of_any_length, jointly, keeps, of_characters, of_pattern,
};
use crate::plan::columns::text_rules::{is_people, list as list_of, topic};
use crate::plan::columns::words::{
    code, combination, default_and_others, list, numbered, person_prefix, place_prefix,
    product_words, prose, sentences, slug_words, web,
};
use crate::plan::names::NameParts;
use crate::plan::rows::need::Need;
use crate::plan::story::words::listed_labels;
use crate::plan::topics::{Topic, few};
use crate::pools::WordList;
use std::sync::Arc;
use value_model::ValueType;

/// What bcrypt makes of `password`, which is the password of all accounts.
pub(super) const PASSWORD: &str = "$2a$10$XTLlFAtiBuPIUQxf8cvgeezCEHXHJkTbsBwcc23uv4Vq3SgugJaV6";

/// A generator for a column of a text type.
pub(crate) fn text(context: &mut Context<'_>) -> Choice {
    let limit = text_limit(context.column, &context.domain);
    let shortest = context.domain.shortest.unwrap_or(0);
    if let Some(values) = context.domain.one_of.clone() {
        return listed(context, &values);
    }
    let comment = context.column.comment.clone().unwrap_or_default();
    let labels = listed_labels(&comment);
    let fits_all = |limit: Option<usize>| {
        labels
            .iter()
            .all(|label| limit.is_none_or(|limit| label.chars().count() <= limit))
    };
    if labels.len() > 1
        && matches!(context.need, Need::Free)
        && context.domain.says_nothing_of_values()
        && context
            .settings
            .is_none_or(|settings| settings.source.is_none())
        && fits_all(limit)
        && (labels.len() > 2 || comment.contains(['/', '|', '／']) || is_choice(context))
    {
        let texts: Vec<&str> = labels.iter().map(String::as_str).collect();
        if let Some(choice) = gendered(context, &texts, &texts) {
            return (choice, "as its name is".to_owned());
        }
        return (
            by_meaning(context, &texts, &texts),
            "a label of its comment".to_owned(),
        );
    }
    if let Some(type_name) = context.domain.read_as.clone()
        && let Some(topic) = topic_read_as(&type_name)
        && let Some((generator, longest)) = of_topic(context, topic, "")
        && limit.is_none_or(|limit| longest <= limit)
    {
        return (generator, format!("its text is read as {type_name}"));
    }
    // All patterns must hold: texts made for one of them can match the others too.
    let patterns = context.domain.patterns.clone();
    let made = patterns
        .iter()
        .filter_map(|regex| of_pattern(context, regex))
        .collect::<Vec<_>>();
    let fitting = made
        .iter()
        .position(|(generator, _)| keeps(&context.domain, generator));
    if fitting.is_none()
        && let Some(choice) = patterns.iter().find_map(|regex| jointly(context, regex))
    {
        return choice;
    }
    if let Some(choice) = made.into_iter().nth(fitting.unwrap_or(0)) {
        return choice;
    }
    let is_hardware = context
        .parts
        .is(&["mac_address", "mac_addr", "mac", "hardware_address"]);
    if is_hardware && limit.is_none_or(|limit| limit >= 17) && shortest <= 17 {
        return (
            Generator::HardwareAddress(context.key, 6),
            "the name says a hardware address".to_owned(),
        );
    }
    if matches!(context.need, Need::Follow(_)) {
        return (
            code_of_any_length(context, limit, shortest),
            "a unique set counts it".to_owned(),
        );
    }
    if !context.domain.avoided.is_empty() {
        return (
            avoiding(context, limit, shortest),
            "a check forbids a pattern, so it is letters and digits only".to_owned(),
        );
    }
    let fits = |longest: usize, least: usize| {
        limit.is_none_or(|limit| longest <= limit) && least >= shortest
    };
    // What a Japanese comment calls it decides where its name is no word.
    let found = topic(&context.parts, &context.table_parts, context.locale()).or_else(|| {
        let called = context.called.clone()?;
        let found = topic(&called, &context.table_parts, context.locale())?;
        context.parts = called;
        Some(found)
    });
    // Some want a reading in hiragana.
    let wants_hiragana = context
        .parts
        .has_any(&["hiragana", "hira", "yomigana", "yomi"])
        || [
            "ひらがな",
            "（かな",
            "(かな",
            "ふりがな",
            "よみがな",
            "かな）",
            "せい",
            "めい",
        ]
        .iter()
        .any(|word| comment.contains(word))
            && !comment.contains("カナ");
    let found = match found {
        Some((Topic::Person(aspect), name)) if wants_hiragana => {
            let aspect = match aspect {
                Aspect::FullKana => Aspect::FullHiragana,
                Aspect::GivenKana => Aspect::GivenHiragana,
                Aspect::FamilyKana => Aspect::FamilyHiragana,
                other => other,
            };
            Some((Topic::Person(aspect), name))
        }
        found => found,
    };
    let found = match found {
        Some((Topic::Person(aspect), name)) if !context.is_distinct() => {
            let wide = ["全角スペース", "全角空白"]
                .iter()
                .any(|words| comment.contains(words));
            let short = [
                "initial of the last name",
                "last initial",
                "initial of the family",
            ]
            .iter()
            .any(|words| comment.contains(words));
            let aspect = match aspect {
                Aspect::FullName | Aspect::NumberedName if wide => Aspect::WideName,
                Aspect::FullKana if wide => Aspect::WideKana,
                Aspect::FullName | Aspect::NumberedName if short => Aspect::ShortName,
                other => other,
            };
            Some((Topic::Person(aspect), name))
        }
        found => found,
    };
    // `tantou_name` is whose name its comment says.
    let found = match (found, &context.called) {
        (Some((own, "name")), Some(called)) if !matches!(own, Topic::Person(_)) => {
            match topic(called, &context.table_parts, context.locale()) {
                Some((person @ Topic::Person(Aspect::FullName | Aspect::NumberedName), _)) => {
                    Some((person, "name"))
                }
                _ => Some((own, "name")),
            }
        }
        (found, _) => found,
    };
    // Lists of what business schemas hold, where nothing wants the values to differ.
    if !context.is_distinct()
        && shortest == 0
        // `type` is the class of the row.
        && context.parts.whole != "type"
        && context.default_constant().is_none_or(|default| default.is_empty())
    {
        let of = |parts: &NameParts| list_of(parts, &context.table_parts, context.locale());
        let values = of(&context.parts).or_else(|| context.called.as_ref().and_then(of));
        if let Some(values) = values
            && values
                .iter()
                .all(|value| limit.is_none_or(|limit| value.chars().count() <= limit))
        {
            if let Some(choice) = gendered(context, values, values) {
                return (choice, "as its name is".to_owned());
            }
            return (
                skewed(context, values),
                "a list of what such columns hold".to_owned(),
            );
        }
    }
    let found = match found {
        Some((Topic::OneOf(texts), name @ ("gender" | "sex")))
            if limit.is_some_and(|limit| texts.iter().any(|text| text.len() > limit)) =>
        {
            Some((Topic::OneOf(&["F", "M"]), name))
        }
        // The state of an address in two letters.
        Some((_, name @ ("state" | "province" | "region")))
            if limit.is_some_and(|limit| limit < 4) && (context.has_place || name != "state") =>
        {
            Some((Topic::Place(Part::RegionCode), name))
        }
        // Two letters of a country that an address is in.
        Some((Topic::Country, name)) if limit.is_some_and(|limit| limit < 4) => {
            Some((Topic::CountryCode, name))
        }
        // A colour for a screen: seven characters are `#rrggbb`.
        Some((Topic::ColorName, name)) if limit == Some(7) => Some((Topic::ColorCode, name)),
        // The state of an address, not of the row.
        Some((_, name @ "state"))
            if context.parts.has("address")
                || (context.has_place && context.parts.whole == "state") =>
        {
            Some((Topic::Place(Part::Region), name))
        }
        other => other,
    };
    // Single-table inheritance: the class of the table itself is always a valid one.
    if context.parts.whole == "type" && !context.is_distinct() && shortest == 0 {
        let class = crate::plan::names::class_name(&context.table_parts.whole);
        if fits(class.chars().count(), 0) {
            return (Generator::constant(&class), "the table's class".to_owned());
        }
    }
    let default = context.default_constant().filter(|text| !text.is_empty());
    if !context.is_distinct()
        && let Some(default) = &default
        && found.is_none_or(|(topic, _)| {
            matches!(
                topic,
                Topic::OneOf(_)
                    | Topic::CountryCode
                    | Topic::Currency
                    | Topic::Language
                    | Topic::TimeZone
                    | Topic::MimeType
                    | Topic::Word
                    | Topic::Code
                    | Topic::Product
            )
        })
        && fits(default.chars().count(), default.chars().count())
    {
        return (
            default_and_others(context, default, found.map(|(topic, _)| topic), limit),
            "mostly the column's default".to_owned(),
        );
    }
    // Of women what women are called.
    if let Some((Topic::OneOf(texts), _)) = found
        && texts
            .iter()
            .all(|text| fits(text.chars().count(), text.chars().count()))
        && let Some(choice) = gendered(context, texts, texts)
    {
        return (choice, "as its name is".to_owned());
    }
    if let Some((topic, name)) = found
        && let Some((generator, longest)) = of_topic(context, topic, name)
        && fits(longest, if shortest == 0 { 0 } else { shortest_of(topic) })
    {
        return (generator, format!("the name says `{name}`"));
    }
    // A column that is called as people are holds who it is.
    let names_people = |parts: &NameParts| {
        is_people(parts)
            && !parts.is(&[
                "lead",
                "profile",
                "invitation",
                "signature",
                "parent",
                "child",
            ])
    };
    if found.is_none()
        && (names_people(&context.parts) || context.called.as_ref().is_some_and(names_people))
        && let Some((generator, longest)) =
            of_topic(context, Topic::Person(Aspect::FullName), "name")
        && fits(longest, shortest_of(Topic::Person(Aspect::FullName)))
    {
        return (generator, "the name of who is called so".to_owned());
    }
    if context.is_distinct() {
        let words = product_words(context, true);
        if fits(words.longest(context.rows), usize::from(shortest > 0) * 5) {
            return (
                Generator::Combination(Box::new(words)),
                "unique: words, counted where they repeat".to_owned(),
            );
        }
        return (
            code_of_any_length(context, limit, shortest),
            "unique and short: letters and digits, counted".to_owned(),
        );
    }
    if shortest > 0 {
        let least = shortest.max(20);
        return (
            prose(context, least, limit.unwrap_or(least + 60).max(shortest)),
            "a check wants some length".to_owned(),
        );
    }
    match (&context.column.data_type.kind, limit) {
        (ValueType::Text, None) => {
            let all = context.sentences();
            let key = context.key.child("paragraph");
            let paragraph = Generator::Paragraph(key, all, 1, 5, context.pools.space);
            (paragraph, "a text".to_owned())
        }
        (ValueType::Text | ValueType::Varchar { .. } | ValueType::CaselessText, limit)
            if limit.is_none_or(|limit| limit >= 40) =>
        {
            guessed(context)
        }
        (ValueType::Char { .. }, _) | (_, Some(0..=4)) => (
            code_of_any_length(context, limit, shortest),
            "a very short text".to_owned(),
        ),
        (_, Some(limit)) => {
            let words = WordList::new(
                (0..context.pools.words.len())
                    .map(|number| context.pools.words.get(number).as_str())
                    .filter(|word| word.chars().count() <= limit),
            );
            let count = words.len();
            (
                Generator::Choice(context.ordinal(count), words),
                "a short text: a word".to_owned(),
            )
        }
        _ => (sentences(context, 1), "a text".to_owned()),
    }
}

/// Whether a column is one of a few by what it is called.
fn is_choice(context: &Context<'_>) -> bool {
    let says = |parts: &NameParts| {
        parts.has_any(&[
            "status",
            "state",
            "kind",
            "type",
            "judgement",
            "judgment",
            "result",
            "decision",
            "category",
            "class",
            "rank",
            "level",
            "method",
            "mode",
            "division",
            "side",
        ])
    };
    says(&context.parts) || context.called.as_ref().is_some_and(says)
}

/// Nothing says what the text is: its own name, and a letter that tells values apart.
fn guessed(context: &Context<'_>) -> Choice {
    let japanese = context.locale() == Locale::Japanese;
    let comment = context.column.comment.as_deref().unwrap_or("");
    let comment = comment.split(['(', '（', ' ', '　']).next().unwrap_or("");
    let name = if japanese && !comment.is_empty() && comment.chars().count() <= 12 {
        comment.to_owned()
    } else {
        let mut words = context.parts.words.join(" ");
        if let Some(first) = words.get(..1).map(str::to_uppercase) {
            words.replace_range(..1, &first);
        }
        words
    };
    let texts: Vec<String> = ('A'..='L')
        .map(|letter| format!("{name} {letter}"))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    (
        skewed(context, &texts),
        "a guess: nothing says what it holds".to_owned(),
    )
}

/// What a text is about that something reads as a type; `None` where any text will do.
fn topic_read_as(type_name: &str) -> Option<Topic> {
    Some(match type_name {
        "inet" | "cidr" => Topic::Ip,
        "uuid" => Topic::Uuid,
        "smallint" | "integer" | "int" | "int2" | "int4" | "int8" | "bigint" | "numeric"
        | "decimal" | "real" | "float4" | "float8" | "double" => Topic::Number,
        "date" | "timestamp" | "timestamptz" => Topic::Date,
        "json" | "jsonb" => Topic::Json,
        "boolean" | "bool" => Topic::OneOf(&["true", "false"]),
        _ => return None,
    })
}

/// The generator of a topic and the length of its longest value, in characters.
pub(crate) fn of_topic(
    context: &mut Context<'_>,
    topic: Topic,
    name: &str,
) -> Option<(Generator, usize)> {
    let distinct = context.is_distinct();
    let rows = context.rows;
    let prefix = context.parts.prefix_before(name).unwrap_or("").to_owned();
    // Where something goes isn't where it comes from.
    let prefix = if prefix.is_empty() && matches!(name, "destination" | "origin") {
        name.to_owned()
    } else {
        prefix
    };
    Some(match topic {
        Topic::Person(aspect) => {
            let aspect = match (aspect, distinct) {
                (Aspect::FullName, true) => Aspect::NumberedName,
                (Aspect::NumberedName, false) => Aspect::FullName,
                (other, _) => other,
            };
            let unique = matches!(
                aspect,
                Aspect::NumberedName | Aspect::UserName | Aspect::Email
            );
            let people = context.people(person_prefix(&prefix));
            let longest = people.longest(aspect, rows);
            numbered(context, Generator::Person(people, aspect), longest, unique)
        }
        Topic::Place(part) => {
            let limit = text_limit(context.column, &context.domain);
            let part = match (part, limit) {
                // Separators where there is room for them.
                (Part::PostalCode, Some(limit)) if limit < 8 => Part::PostalDigits,
                (Part::Phone, Some(limit)) if limit < 12 => Part::PhoneDigits,
                (Part::OtherPhone, Some(limit)) if limit < 12 => Part::OtherPhoneDigits,
                (part, _) => part,
            };
            let places = context.places(place_prefix(&prefix));
            let longest = places.longest(part);
            numbered(context, Generator::Place(places, part), longest, false)
        }
        Topic::Company => {
            let pools = Arc::clone(context.pools);
            let lists = match context.locale() {
                Locale::English => vec![
                    pools.company_words.clone(),
                    pools.company_trades.surrounded(" ", ""),
                ],
                Locale::Japanese => vec![
                    pools.company_words.surrounded("株式会社", ""),
                    pools.company_trades.clone(),
                ],
            };
            combination(context, lists, "", "a company", distinct)
        }
        Topic::Mobile => {
            if context.locale() == Locale::English {
                return of_topic(context, Topic::Place(Part::OtherPhone), name);
            }
            let limit = text_limit(context.column, &context.domain);
            let separated = limit.is_none_or(|limit| limit >= 13);
            let regex = if separated {
                "^0[789]0-0000-[0-9]{4}$"
            } else {
                "^0[789]00000[0-9]{4}$"
            };
            let (generator, _) = of_pattern(context, regex)?;
            if distinct {
                return None;
            }
            (generator, if separated { 13 } else { 11 })
        }
        Topic::Shape(shape) => {
            let regex: String = shape
                .chars()
                .map(|character| match character {
                    'A' => "[A-HJ-NPR-Z]".to_owned(),
                    '9' => "[0-9]".to_owned(),
                    other => other.to_string(),
                })
                .collect();
            let (generator, _) = of_pattern(context, &format!("^{regex}$"))?;
            let enough = match &generator {
                Generator::Pattern(pattern) => pattern.count() >= context.rows,
                _ => false,
            };
            if !enough && context.wanted().is_some() {
                return None;
            }
            (generator, shape.chars().count())
        }
        Topic::CompanyKana => {
            let pools = Arc::clone(context.pools);
            let lists = vec![
                pools.company_kana.surrounded("カブシキガイシャ", ""),
                pools.trade_kana.clone(),
            ];
            combination(context, lists, "", "a company", distinct)
        }
        Topic::Named(named) | Topic::NamedReading(named) => {
            let reading = matches!(topic, Topic::NamedReading(_));
            let lists = vec![named.words(context.pools, reading)];
            combination(context, lists, "", "a name", distinct)
        }
        Topic::Product => {
            let words = product_words(context, distinct);
            let longest = words.longest(rows);
            (Generator::Combination(Box::new(words)), longest)
        }
        Topic::Title => {
            let pools = Arc::clone(context.pools);
            let lists = vec![pools.title_openings.clone(), pools.title_subjects.clone()];
            let separator = pools.space;
            combination(context, lists, separator, "a title", distinct)
        }
        Topic::Category => list(context, |pools| &pools.categories),
        Topic::Country if distinct || context.wanted().is_some() => {
            list(context, |pools| &pools.countries)
        }
        Topic::Country => {
            let countries = context.pools.countries.clone();
            let texts: Vec<&str> = (0..countries.len())
                .map(|number| countries.get(number).as_str())
                .collect();
            if context.has_place || context.parts.has("address") {
                // The country in which the address is.
                return Some((Generator::constant(texts[0]), texts[0].chars().count()));
            }
            (mostly_the_first(context, &texts), countries.longest())
        }
        Topic::Digits(length) => of_characters(context, "0-9", length)?,
        Topic::Letters(length) => of_characters(context, "A-Z", length)?,
        Topic::Date => {
            if distinct {
                return None;
            }
            let (moment, _) = crate::plan::columns::moments::moment_of(context);
            (Generator::Date(moment), 10)
        }
        Topic::ColorName => list(context, |pools| &pools.colors),
        Topic::JobTitle => list(context, |pools| &pools.job_titles),
        Topic::Department => list(context, |pools| &pools.departments),
        Topic::Word => list(context, |pools| &pools.words),
        Topic::OneOf(_)
        | Topic::CountryCode
        | Topic::Currency
        | Topic::Language
        | Topic::LanguageName
        | Topic::TimeZone
        | Topic::Unit
        | Topic::MimeType => {
            let texts = few(topic, context.locale())?;
            let longest = texts
                .iter()
                .map(|text| text.chars().count())
                .max()
                .unwrap_or(0);
            let limit = text_limit(context.column, &context.domain).unwrap_or(usize::MAX);
            let fitting: Vec<&str> = texts
                .iter()
                .copied()
                .filter(|text| context.takes(text, limit))
                .collect();
            if topic == Topic::CountryCode
                && context.has_place
                && !distinct
                && context.wanted().is_none()
                && limit == 2
            {
                // The country in which the address is.
                let own = if context.locale() == Locale::Japanese {
                    "JP"
                } else {
                    "US"
                };
                return Some((Generator::constant(own), 2));
            }
            if fitting.is_empty() && name == "gender" || name == "sex" && fitting.is_empty() {
                return Some((context.one_of(["F", "M"]), 1));
            }
            if fitting.is_empty() || distinct {
                return if distinct && longest + 12 <= limit {
                    let words = WordList::new(texts.iter().copied());
                    let combination =
                        Combination::new(vec![words], "", Ordinal::Row, context.key, true);
                    Some((Generator::Combination(Box::new(combination)), longest + 12))
                } else {
                    None
                };
            }
            let generator = if matches!(topic, Topic::OneOf(_) | Topic::Unit | Topic::MimeType)
                || context.wanted().is_some()
            {
                context.one_of(fitting.iter().copied())
            } else {
                mostly_the_first(context, &fitting)
            };
            (generator, longest.min(limit))
        }
        Topic::Slug => {
            let words = slug_words(context);
            let longest = words.longest(rows);
            (Generator::Combination(Box::new(words)), longest)
        }
        Topic::Url | Topic::ImageUrl | Topic::Domain | Topic::Path | Topic::FileName => {
            web(context, topic)
        }
        Topic::Ip => (
            Generator::Inet(context.key, Ordinal::Row, distinct),
            if distinct { 39 } else { 15 },
        ),
        Topic::Hexadecimal(digits) => {
            let limit = text_limit(context.column, &context.domain).unwrap_or(usize::MAX);
            let digits = digits.min(limit);
            if digits < 8 {
                return None;
            }
            (Generator::Hexadecimal(context.key, digits, true), digits)
        }
        Topic::Uuid => (Generator::Uuid(context.key, Ordinal::Row), 36),
        Topic::Code => code(context, name)?,
        Topic::ColorCode => {
            let code = Generator::Template(Box::new([
                Generator::constant("#"),
                Generator::Hexadecimal(context.key, 6, distinct),
            ]));
            (code, 7)
        }
        Topic::PasswordHash => {
            // `password`, hashed by bcrypt with cost 10: who tries the application can log in as anybody.
            if distinct {
                return None;
            }
            (Generator::constant(PASSWORD), 60)
        }
        Topic::UserAgent => {
            let agents = context.one_of([
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
            ]);
            if distinct {
                return None;
            }
            (agents, 140)
        }
        Topic::Sentence => {
            if distinct {
                return None;
            }
            let longest = context.sentences().longest();
            (sentences(context, 1), longest)
        }
        Topic::Paragraph => {
            if distinct {
                return None;
            }
            let longest = context.sentences().longest() * 3 + 2;
            let limit = text_limit(context.column, &context.domain).unwrap_or(usize::MAX);
            let one = context.sentences().longest();
            // As many as there is room for: some texts are short, some are long.
            let most = ((limit.saturating_add(1)) / (one + 1)).min(9) as u64;
            if most > 1 {
                let all = context.sentences();
                let paragraph = Generator::Paragraph(
                    context.key.child("paragraph"),
                    all,
                    1,
                    most,
                    context.pools.space,
                );
                (paragraph, longest.min(limit))
            } else {
                (sentences(context, 1), context.sentences().longest())
            }
        }
        Topic::Version => {
            let parts = if distinct {
                vec![
                    Generator::constant("1.0."),
                    Generator::counter(Ordinal::Row, 0),
                ]
            } else {
                let digit = |label: &str, count| {
                    Generator::counter(
                        Ordinal::Random {
                            key: context.key.child(label),
                            count,
                        },
                        0,
                    )
                };
                vec![
                    digit("major", 5),
                    Generator::constant("."),
                    digit("minor", 20),
                    Generator::constant("."),
                    digit("patch", 10),
                ]
            };
            (Generator::Template(parts.into()), 14)
        }
        Topic::Json => {
            if distinct {
                return None;
            }
            (crate::plan::columns::documents::json(context), 60)
        }
        Topic::Number => {
            if distinct {
                let digits = rows.max(1).to_string().len();
                return Some((Generator::counter(Ordinal::Row, 1), digits));
            }
            (
                Generator::counter(
                    Ordinal::Random {
                        key: context.key,
                        count: 1000,
                    },
                    1,
                ),
                4,
            )
        }
    })
}

/// The first most of the time, the others less and less often.
fn mostly_the_first(context: &Context<'_>, texts: &[&str]) -> Generator {
    let weights: Vec<u64> = (0..texts.len() as u64)
        .map(|place| if place == 0 { 120 } else { 60 / (1 + place) })
        .collect();
    Generator::shares(context.key, texts, &weights)
}

/// The fewest characters that values of a topic have.
fn shortest_of(topic: Topic) -> usize {
    match topic {
        Topic::Person(Aspect::Email) => 15,
        Topic::Person(_) | Topic::Code | Topic::Company => 3,
        Topic::Place(Part::Address | Part::Street | Part::Phone | Part::PhoneDigits) => 8,
        Topic::Hexadecimal(digits) => digits.min(8),
        Topic::Uuid => 36,
        Topic::PasswordHash => 60,
        Topic::Sentence | Topic::Paragraph | Topic::Url | Topic::ImageUrl => 10,
        Topic::Title | Topic::Product => 5,
        _ => 1,
    }
}
