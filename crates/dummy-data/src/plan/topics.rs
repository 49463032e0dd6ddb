//! What texts can be about.

use crate::generators::{Aspect, Part};
use crate::locale::Locale;
use crate::plan::columns::text_rules::Named;

/// A kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Something of a person.
    Person(Aspect),
    /// Something of a place.
    Place(Part),
    /// A company's name.
    Company,
    /// A mobile telephone's number.
    Mobile,
    /// A text of a fixed shape: `A` stands for a letter, `9` for a digit.
    Shape(&'static str),
    /// Reading of a company's name.
    CompanyKana,
    /// The name of a row whose table says how its rows are called.
    Named(&'static Named),
    /// Reading of such a name.
    NamedReading(&'static Named),
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
    /// A language's name.
    LanguageName,
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
pub(crate) const STATUSES: &[&str] = &["active", "pending", "inactive", "archived"];

/// The texts of a topic that is one of a few, the locale's own first.
pub(crate) fn few(topic: Topic, locale: Locale) -> Option<&'static [&'static str]> {
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
        Topic::LanguageName if japanese => &[
            "日本語",
            "英語",
            "中国語",
            "韓国語",
            "スペイン語",
            "フランス語",
        ],
        Topic::LanguageName => &[
            "English",
            "Spanish",
            "French",
            "German",
            "Japanese",
            "Chinese",
            "Korean",
            "Portuguese",
            "Arabic",
            "Hindi",
        ],
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
