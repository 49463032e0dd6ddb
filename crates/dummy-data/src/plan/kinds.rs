//! The generators that a configuration can name, with their options.

use crate::generators::{Aspect, Part};
use crate::plan::topics::Topic;

/// A generator that a configuration can name.
#[derive(Debug, PartialEq, Eq)]
pub struct GeneratorKind {
    /// Its name.
    pub name: &'static str,
    /// What may be said beside it.
    pub options: &'static [OptionKind],
    /// What it makes.
    pub(crate) made: Made,
}

/// An option of a generator.
#[derive(Debug, PartialEq, Eq)]
pub struct OptionKind {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub option_type: OptionType,
    /// Whether the generator can't do without it.
    pub required: bool,
}

/// What an option's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionType {
    /// A whole number between two, both included.
    Whole {
        /// The least.
        least: i64,
        /// The greatest.
        greatest: i64,
    },
    /// A text, or a number's digits.
    Text,
    /// A share from 0 to 1.
    Share,
}

/// What a named generator makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// What a column of that name holds.
    Topic(Topic),
    /// What a column holds of which only the type is known.
    ByType,
    /// The row's number: `start`, `step`.
    Sequence,
    /// Numbers between `min` and `max`.
    Number,
    /// Texts of a `pattern`.
    Pattern,
    /// Hexadecimal `digits`.
    Hexadecimal,
    /// `prefix` and a number of `width` digits from `start` on.
    Code,
    /// Running text of `min` to `max` characters.
    Text,
    /// So many sentences: `count`.
    Sentences,
    /// What bcrypt makes of a `password`.
    PasswordHash,
    /// The same `value` in every row.
    Constant,
    /// True in a `true_ratio` of the rows.
    Boolean,
    /// When the row is born.
    Created,
    /// When the row is born or later.
    Updated,
    /// Latitude of the row's place.
    Latitude,
    /// Longitude of the row's place.
    Longitude,
}

/// All of them, in the order of their names.
pub fn generator_kinds() -> &'static [GeneratorKind] {
    KINDS
}

const fn whole(name: &'static str, least: i64, greatest: i64) -> OptionKind {
    OptionKind {
        name,
        option_type: OptionType::Whole { least, greatest },
        required: false,
    }
}

const fn text(name: &'static str, required: bool) -> OptionKind {
    OptionKind {
        name,
        option_type: OptionType::Text,
        required,
    }
}

const fn topic(name: &'static str, topic: Topic) -> GeneratorKind {
    kind(name, Made::Topic(topic), &[])
}

const fn kind(name: &'static str, made: Made, options: &'static [OptionKind]) -> GeneratorKind {
    GeneratorKind {
        name,
        options,
        made,
    }
}

/// The most characters that somebody can ask a text to have.
const LONGEST_TEXT: i64 = 1_000_000;

const KINDS: &[GeneratorKind] = &[
    topic("address", Topic::Place(Part::Address)),
    topic("body", Topic::Paragraph),
    kind(
        "boolean",
        Made::Boolean,
        &[OptionKind {
            name: "true_ratio",
            option_type: OptionType::Share,
            required: false,
        }],
    ),
    topic("category", Topic::Category),
    topic("city", Topic::Place(Part::City)),
    kind(
        "code",
        Made::Code,
        &[
            text("prefix", false),
            whole("start", 0, i64::MAX),
            whole("width", 0, 19),
        ],
    ),
    topic("color", Topic::ColorName),
    topic("color_code", Topic::ColorCode),
    topic("company", Topic::Company),
    topic("company_kana", Topic::CompanyKana),
    kind("constant", Made::Constant, &[text("value", true)]),
    topic("country", Topic::Country),
    topic("country_code", Topic::CountryCode),
    kind("created_at", Made::Created, &[]),
    topic("currency", Topic::Currency),
    topic("department", Topic::Department),
    topic("domain", Topic::Domain),
    topic("email", Topic::Person(Aspect::Email)),
    topic("file_name", Topic::FileName),
    topic("first_name", Topic::Person(Aspect::GivenName)),
    topic("first_name_kana", Topic::Person(Aspect::GivenKana)),
    topic("full_name", Topic::Person(Aspect::FullName)),
    topic("full_name_kana", Topic::Person(Aspect::FullKana)),
    kind(
        "hexadecimal",
        Made::Hexadecimal,
        &[whole("digits", 1, 1024)],
    ),
    topic("image_url", Topic::ImageUrl),
    topic("ip", Topic::Ip),
    topic("job_title", Topic::JobTitle),
    topic("json", Topic::Json),
    topic("language", Topic::Language),
    topic("last_name", Topic::Person(Aspect::FamilyName)),
    topic("last_name_kana", Topic::Person(Aspect::FamilyKana)),
    kind("latitude", Made::Latitude, &[]),
    kind("longitude", Made::Longitude, &[]),
    topic("mime_type", Topic::MimeType),
    topic("name", Topic::Person(Aspect::FullName)),
    kind(
        "number",
        Made::Number,
        &[text("max", false), text("min", false)],
    ),
    kind(
        "password_hash",
        Made::PasswordHash,
        &[text("password", false)],
    ),
    topic("path", Topic::Path),
    kind("pattern", Made::Pattern, &[text("pattern", true)]),
    topic("phone", Topic::Place(Part::Phone)),
    topic("postal_code", Topic::Place(Part::PostalCode)),
    topic("product", Topic::Product),
    topic("region", Topic::Place(Part::Region)),
    topic("sentence", Topic::Sentence),
    kind("sentences", Made::Sentences, &[whole("count", 1, 100)]),
    kind(
        "sequence",
        Made::Sequence,
        &[
            text("per", false),
            whole("start", i64::MIN, i64::MAX),
            whole("step", i64::MIN, i64::MAX),
        ],
    ),
    topic("slug", Topic::Slug),
    topic("street", Topic::Place(Part::Street)),
    kind(
        "text",
        Made::Text,
        &[whole("max", 1, LONGEST_TEXT), whole("min", 1, LONGEST_TEXT)],
    ),
    topic("time_zone", Topic::TimeZone),
    topic("title", Topic::Title),
    topic("token", Topic::Hexadecimal(40)),
    kind("type", Made::ByType, &[]),
    kind("updated_at", Made::Updated, &[]),
    topic("url", Topic::Url),
    topic("user_agent", Topic::UserAgent),
    topic("user_name", Topic::Person(Aspect::UserName)),
    topic("uuid", Topic::Uuid),
    topic("version", Topic::Version),
    topic("word", Topic::Word),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_each_there_once() {
        assert!(KINDS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
