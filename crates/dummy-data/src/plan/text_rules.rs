//! What texts are about, by the column's name: a table of names, each with what it makes.
//!
//! The first entry whose name fits and whose values are short enough wins. Names are matched by
//! their last words, so `billing_postal_code` is a postal code, and what stands before is the
//! prefix that tells the billing address from the shipping address.

mod table;

use self::table::RULES;
use super::names::NameParts;
use crate::generators::{Aspect, Part};
use crate::locale::Locale;

/// A kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// Something of a person.
    Person(Aspect),
    /// Something of a place.
    Place(Part),
    /// A company's name.
    Company,
    /// Reading of a company's name.
    CompanyKana,
    /// A product's name.
    Product,
    /// A category's name.
    Category,
    /// A country's name.
    Country,
    /// One of a few texts that need no translation.
    OneOf(&'static [&'static str]),
    /// A country's code of two letters.
    CountryCode,
    /// A currency's code.
    Currency,
    /// A language's code.
    Language,
    /// A time zone's name.
    TimeZone,
    /// The type of a file's content.
    MimeType,
    /// A colour's name.
    ColorName,
    /// A colour as `#rrggbb`.
    ColorCode,
    /// A job title.
    JobTitle,
    /// A department.
    Department,
    /// The title of something written.
    Title,
    /// A word or two in lower case with hyphens.
    Slug,
    /// A web address.
    Url,
    /// The path of an image or file on a web server.
    ImageUrl,
    /// A host name.
    Domain,
    /// A path within a web site or a file system.
    Path,
    /// A file's name.
    FileName,
    /// An IP address as text.
    Ip,
    /// A browser's description of itself.
    UserAgent,
    /// So many hexadecimal digits that look random.
    Hexadecimal(usize),
    /// A bcrypt hash of a password.
    PasswordHash,
    /// A UUID as text.
    Uuid,
    /// So many decimal digits.
    Digits(usize),
    /// So many capital letters.
    Letters(usize),
    /// A flat or floor: the second line of an address.
    Unit,
    /// A date as text.
    Date,
    /// A code with a counter.
    Code,
    /// A line of text.
    Sentence,
    /// Some sentences.
    Paragraph,
    /// A word.
    Word,
    /// A version such as `1.4.2`.
    Version,
    /// JSON as text.
    Json,
    /// A number as text.
    Number,
}

/// Texts that any application could have, where the schema gives no list.
const STATUSES: &[&str] = &["active", "pending", "inactive", "archived"];

/// The texts of a topic that is one of a few, the locale's own first.
pub(super) fn few(topic: Topic, locale: Locale) -> Option<&'static [&'static str]> {
    let japanese = locale == Locale::Japanese;
    Some(match topic {
        Topic::OneOf(texts) => texts,
        Topic::CountryCode if japanese => &["JP", "US", "CN", "KR", "TW", "VN", "GB", "FR"],
        Topic::CountryCode => &[
            "US", "CA", "GB", "DE", "FR", "JP", "AU", "IT", "ES", "BR", "IN", "MX", "NL", "SE",
        ],
        Topic::Currency if japanese => &["JPY", "USD", "EUR"],
        Topic::Currency => &["USD", "EUR", "GBP", "CAD", "JPY", "AUD"],
        Topic::Language if japanese => &["ja", "en", "zh", "ko"],
        Topic::Language => &["en", "es", "fr", "de", "ja", "zh", "ko"],
        Topic::TimeZone if japanese => &["Asia/Tokyo", "UTC", "Asia/Shanghai"],
        Topic::TimeZone => &[
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Los_Angeles",
            "Europe/London",
            "UTC",
        ],
        Topic::Unit if japanese => &["101号室", "203号室", "3階", "5階502号", "別館2階"],
        Topic::Unit => &["Apt 4B", "Suite 200", "Floor 3", "Unit 12", "Apt 7"],
        Topic::MimeType => &[
            "image/jpeg",
            "image/png",
            "application/pdf",
            "text/plain",
            "text/csv",
            "application/json",
        ],
        _ => return None,
    })
}

/// The topic that a column's name tells, and the name that told it.
pub(super) fn topic(
    parts: &NameParts,
    table: &NameParts,
    locale: Locale,
) -> Option<(Topic, &'static str)> {
    let people = is_people(table);
    if parts.is(&["name", "氏名", "名前"])
        && (parts.whole == "name" || parts.whole == "氏名" || parts.whole == "名前")
    {
        return Some((name_of(table), "name"));
    }
    if parts.is(&["kana", "furigana"]) {
        let before = parts
            .prefix_before("kana")
            .or_else(|| parts.prefix_before("furigana"))
            .unwrap_or("");
        let topic = if before.ends_with("company_name") || before == "company" {
            Topic::CompanyKana
        } else if before.ends_with("city") {
            Topic::Place(Part::CityKana)
        } else if before.contains("last") || before.contains("family") {
            Topic::Person(Aspect::FamilyKana)
        } else if before.contains("first") || before.contains("given") {
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
    found_in_rules(parts, people, locale).or_else(|| {
        // `old_emails` and `recovery_codes` hold what their singular says.
        let last = parts.words.last()?;
        let one = super::names::singular(last);
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
    if parts.has("password") || parts.whole == "seed" {
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
    for (names, topic) in RULES {
        for name in *names {
            if let Some(prefix) = parts.prefix_before(name) {
                // A `label` or `code` with something before it is still one; so are all others.
                let _ = prefix;
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
        other => other,
    }
}

/// What the `name` of a table's rows is.
fn name_of(table: &NameParts) -> Topic {
    let last = super::names::singular(table.last());
    match last.as_str() {
        _ if is_people(table) => Topic::Person(Aspect::NumberedName),
        "company" | "organization" | "organisation" | "vendor" | "supplier" | "brand"
        | "manufacturer" | "publisher" | "client" | "account" | "shop" | "store" | "office"
        | "tenant" | "hospital" | "clinic" | "school" | "bank" | "restaurant" | "partner"
        | "agency" | "institution" | "employer" => Topic::Company,
        "category" | "genre" | "tag" | "topic" | "label" | "section" => Topic::Category,
        "department" | "team" | "division" | "group" => Topic::Department,
        "country" => Topic::Country,
        "city" | "town" => Topic::Place(Part::City),
        "prefecture" | "state" | "region" | "province" => Topic::Place(Part::Region),
        "color" | "colour" => Topic::ColorName,
        "project" | "event" | "course" | "campaign" | "post" | "page" | "book" | "survey"
        | "lesson" | "task" => Topic::Title,
        "file" | "attachment" | "document" | "blob" => Topic::FileName,
        _ => Topic::Product,
    }
}

fn is_people(table: &NameParts) -> bool {
    matches!(
        super::names::singular(table.last()).as_str(),
        "user"
            | "person"
            | "member"
            | "employee"
            | "staff"
            | "student"
            | "teacher"
            | "patient"
            | "doctor"
            | "author"
            | "contact"
            | "admin"
            | "administrator"
            | "driver"
            | "player"
            | "guest"
            | "participant"
            | "applicant"
            | "candidate"
            | "customer"
            | "profile"
            | "owner"
            | "artist"
            | "nurse"
            | "instructor"
            | "borrower"
            | "reader"
            | "speaker"
            | "attendee"
            | "subscriber"
            | "lead"
            | "submitter"
            | "volunteer"
            | "signer"
            | "recipient"
            | "sender"
            | "reviewer"
            | "contributor"
            | "collaborator"
            | "payee"
            | "donor"
            | "coach"
            | "guardian"
            | "mentor"
            | "beneficiary"
            | "resident"
            | "child"
            | "parent"
            | "agent"
            | "organizer"
            | "invitee"
    )
}
