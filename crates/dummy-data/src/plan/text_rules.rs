//! What texts are about, by the column's name: a table of names, each with what it makes.
//!
//! The first entry whose name fits and whose values are short enough wins. Names are matched by
//! their last words, so `billing_postal_code` is a postal code, and what stands before is the
//! prefix that tells the billing address from the shipping address.

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
    )
}

const RULES: &[(&[&str], Topic)] = &[
    (
        &["first_name", "given_name", "forename", "firstname"],
        Topic::Person(Aspect::GivenName),
    ),
    (
        &["last_name", "family_name", "surname", "lastname"],
        Topic::Person(Aspect::FamilyName),
    ),
    (&["middle_name"], Topic::Person(Aspect::GivenLatin)),
    (
        &[
            "company_name",
            "company",
            "organization_name",
            "organisation_name",
            "organization",
            "employer",
            "brand",
            "manufacturer",
            "vendor",
            "supplier",
            "publisher",
            "shop_name",
            "store_name",
            "office_name",
        ],
        Topic::Company,
    ),
    (
        &[
            "user_name",
            "username",
            "login",
            "nickname",
            "nick",
            "handle",
            "screen_name",
            "account_name",
            "slack_id",
        ],
        Topic::Person(Aspect::UserName),
    ),
    (
        &[
            "full_name",
            "fullname",
            "display_name",
            "contact_name",
            "person_name",
            "customer_name",
            "author_name",
            "recipient_name",
            "sender_name",
            "owner_name",
            "author",
            "contact",
            "recipient",
            "contact_person",
            "signed_by",
            "created_by",
            "updated_by",
            "real_name",
            "legal_name",
            "billing_name",
            "shipping_name",
            "holder_name",
            "account_holder",
            "artist",
            "director",
            "assignee",
            "reviewer",
            "name_on_card",
        ],
        Topic::Person(Aspect::FullName),
    ),
    (
        &["romaji", "name_en", "english_name", "latin_name"],
        Topic::Person(Aspect::FullLatin),
    ),
    (
        &[
            "email",
            "e_mail",
            "mail",
            "email_address",
            "mail_address",
            "unconfirmed_email",
            "uid",
        ],
        Topic::Person(Aspect::Email),
    ),
    (
        &[
            "phone",
            "phone_number",
            "tel",
            "telephone",
            "telephone_number",
            "mobile",
            "mobile_number",
            "cell",
            "cellphone",
            "fax",
            "fax_number",
            "mobile_phone",
            "contact_number",
        ],
        Topic::Place(Part::Phone),
    ),
    (
        &[
            "postal_code",
            "post_code",
            "postcode",
            "zip",
            "zip_code",
            "zipcode",
            "postal",
        ],
        Topic::Place(Part::PostalCode),
    ),
    (
        &[
            "prefecture",
            "state_name",
            "province",
            "region",
            "prefecture_name",
        ],
        Topic::Place(Part::Region),
    ),
    (
        &["state_code", "state_abbr", "prefecture_kana"],
        Topic::Place(Part::RegionCode),
    ),
    (
        &[
            "city",
            "town",
            "municipality",
            "locality",
            "city_name",
            "village",
            "ward",
        ],
        Topic::Place(Part::City),
    ),
    (
        &[
            "street",
            "street_address",
            "address_line1",
            "address_line_1",
            "address1",
            "address_1",
            "line1",
            "street1",
            "addr1",
        ],
        Topic::Place(Part::Street),
    ),
    (
        &[
            "ip_address",
            "ip",
            "remote_ip",
            "sign_in_ip",
            "remote_addr",
            "ip_addr",
            "host_ip",
        ],
        Topic::Ip,
    ),
    (
        &[
            "address",
            "full_address",
            "location",
            "billing_address",
            "shipping_address",
            "venue",
            "destination",
            "origin",
        ],
        Topic::Place(Part::Address),
    ),
    (
        &[
            "country_code",
            "country_iso",
            "nationality_code",
            "iso_code",
            "country_alpha2",
        ],
        Topic::OneOf(&[
            "US", "JP", "GB", "DE", "FR", "CA", "AU", "IT", "ES", "BR", "IN", "MX", "NL", "SE",
            "NO", "PL", "KR", "SG", "TW", "NZ",
        ]),
    ),
    (&["country", "country_name", "nationality"], Topic::Country),
    (
        &["currency", "currency_code"],
        Topic::OneOf(&["USD", "JPY", "EUR", "GBP", "CAD", "AUD"]),
    ),
    (
        &["locale", "lang", "language", "language_code"],
        Topic::OneOf(&["en", "ja", "de", "fr", "es", "zh", "ko"]),
    ),
    (
        &["time_zone", "timezone"],
        Topic::OneOf(&[
            "UTC",
            "Asia/Tokyo",
            "America/New_York",
            "Europe/London",
            "Europe/Berlin",
            "America/Los_Angeles",
        ]),
    ),
    (
        &["gender", "sex"],
        Topic::OneOf(&["female", "male", "other"]),
    ),
    (
        &["content_type", "mime_type", "media_type", "mimetype"],
        Topic::OneOf(&[
            "image/jpeg",
            "image/png",
            "application/pdf",
            "text/plain",
            "text/csv",
            "application/json",
        ]),
    ),
    (
        &["http_method", "request_method", "method", "verb"],
        Topic::OneOf(&["GET", "POST", "PUT", "DELETE"]),
    ),
    (
        &["provider"],
        Topic::OneOf(&["google", "github", "saml", "apple"]),
    ),
    (
        &["platform", "os"],
        Topic::OneOf(&["ios", "android", "web"]),
    ),
    (
        &["browser"],
        Topic::OneOf(&["Firefox", "Chrome", "Safari", "Edge"]),
    ),
    (
        &["environment"],
        Topic::OneOf(&["production", "staging", "development"]),
    ),
    (
        &["severity", "log_level"],
        Topic::OneOf(&["info", "warning", "error"]),
    ),
    (&["priority"], Topic::OneOf(&["low", "normal", "high"])),
    (&["role"], Topic::OneOf(&["member", "editor", "admin"])),
    (&["plan", "tier"], Topic::OneOf(&["free", "basic", "pro"])),
    (&["size"], Topic::OneOf(&["S", "M", "L", "XL"])),
    (&["unit"], Topic::OneOf(&["piece", "kg", "m", "l", "box"])),
    (
        &["payment_method", "payment_type"],
        Topic::OneOf(&["card", "bank_transfer", "cash", "invoice"]),
    ),
    (
        &["status", "state", "aasm_state", "workflow_state"],
        Topic::OneOf(STATUSES),
    ),
    (
        &["visibility", "privacy", "access_level"],
        Topic::OneOf(&["public", "internal", "private"]),
    ),
    (
        &["kind", "category_type"],
        Topic::OneOf(&["standard", "special", "other"]),
    ),
    (
        &[
            "color_code",
            "colour_code",
            "hex_color",
            "background_color",
            "text_color",
            "color_hex",
        ],
        Topic::ColorCode,
    ),
    (&["color", "colour", "color_name"], Topic::ColorName),
    (
        &["job_title", "position", "occupation", "job", "profession"],
        Topic::JobTitle,
    ),
    (
        &["department", "team", "division", "department_name"],
        Topic::Department,
    ),
    (
        &[
            "product_name",
            "item_name",
            "item",
            "product",
            "model_name",
            "part_name",
            "goods_name",
        ],
        Topic::Product,
    ),
    (
        &[
            "category",
            "category_name",
            "genre",
            "tag",
            "tag_name",
            "topic",
            "section",
            "segment",
        ],
        Topic::Category,
    ),
    (&["user_agent", "useragent"], Topic::UserAgent),
    (
        &[
            "avatar",
            "avatar_url",
            "image",
            "image_url",
            "photo",
            "photo_url",
            "thumbnail",
            "thumbnail_url",
            "logo",
            "logo_url",
            "picture",
            "icon",
            "icon_url",
            "banner",
            "cover",
            "cover_image",
            "image_path",
            "poster",
        ],
        Topic::ImageUrl,
    ),
    (
        &[
            "url",
            "uri",
            "website",
            "homepage",
            "link",
            "site",
            "web_site",
            "href",
            "endpoint",
            "webhook",
            "web",
            "referrer",
            "referer",
            "permalink",
            "redirect_uri",
            "callback",
        ],
        Topic::Url,
    ),
    (
        &[
            "domain",
            "host",
            "hostname",
            "subdomain",
            "domain_name",
            "fqdn",
            "server",
        ],
        Topic::Domain,
    ),
    (
        &[
            "path",
            "route",
            "file_path",
            "filepath",
            "directory",
            "folder",
        ],
        Topic::Path,
    ),
    (
        &[
            "file_name",
            "filename",
            "original_filename",
            "attachment",
            "file",
            "document",
        ],
        Topic::FileName,
    ),
    (
        &[
            "encrypted_password",
            "password_digest",
            "password_hash",
            "crypted_password",
            "hashed_password",
            "password",
        ],
        Topic::PasswordHash,
    ),
    (&["sha256", "sha_256"], Topic::Hexadecimal(64)),
    (
        &[
            "sha1",
            "commit_sha",
            "sha",
            "revision",
            "commit",
            "commit_id",
        ],
        Topic::Hexadecimal(40),
    ),
    (
        &[
            "md5",
            "checksum",
            "digest",
            "fingerprint",
            "etag",
            "hash",
            "signature",
            "salt",
            "otp_secret",
        ],
        Topic::Hexadecimal(32),
    ),
    (
        &[
            "token",
            "secret",
            "api_key",
            "access_key",
            "secret_key",
            "session_id",
            "nonce",
            "otp",
            "encrypted_key",
            "client_id",
            "client_secret",
            "public_key",
            "private_key",
            "challenge",
            "key_hash",
            "token_digest",
            "code_challenge",
        ],
        Topic::Hexadecimal(40),
    ),
    (&["uuid", "guid"], Topic::Uuid),
    (
        &[
            "slug",
            "permalink_slug",
            "identifier",
            "parameterized_name",
            "machine_name",
            "system_name",
        ],
        Topic::Slug,
    ),
    (
        &["version", "app_version", "version_number"],
        Topic::Version,
    ),
    (
        &[
            "title",
            "subject",
            "headline",
            "heading",
            "caption",
            "question",
            "event_name",
            "project_name",
            "summary_title",
        ],
        Topic::Title,
    ),
    (
        &[
            "body",
            "content",
            "description",
            "text",
            "bio",
            "biography",
            "about",
            "details",
            "article",
            "introduction",
            "profile",
            "terms",
            "body_html",
            "html",
            "markdown",
            "instructions",
        ],
        Topic::Paragraph,
    ),
    (
        &[
            "note",
            "notes",
            "comment",
            "comments",
            "message",
            "memo",
            "remark",
            "remarks",
            "summary",
            "excerpt",
            "reason",
            "feedback",
            "review",
            "reply",
            "answer",
            "abstract",
            "tagline",
            "subtitle",
            "error_message",
            "error",
            "response",
            "hint",
            "help_text",
            "purpose",
            "greeting",
            "signature_text",
            "备注",
            "備考",
        ],
        Topic::Sentence,
    ),
    (
        &[
            "sku",
            "code",
            "number",
            "no",
            "serial",
            "serial_number",
            "isbn",
            "ean",
            "upc",
            "jan",
            "barcode",
            "reference",
            "ref",
            "account_number",
            "invoice_number",
            "order_number",
            "tracking_number",
            "license_number",
            "registration_number",
            "room_number",
            "external_id",
            "identification",
            "voucher",
            "coupon",
            "ticket",
            "lot",
            "batch",
        ],
        Topic::Code,
    ),
    (
        &[
            "json",
            "payload",
            "metadata",
            "settings",
            "options",
            "preferences",
            "config",
            "properties",
            "params",
            "data",
            "raw_data",
            "object",
            "object_changes",
        ],
        Topic::Json,
    ),
    (
        &[
            "key",
            "setting_key",
            "property",
            "attribute",
            "field",
            "variable",
            "option_name",
            "setting_name",
            "event",
            "action",
            "controller",
            "queue",
            "task",
            "job_class",
            "operation",
            "activity",
            "scope",
            "namespace",
            "type_name",
            "format",
        ],
        Topic::Word,
    ),
    (
        &["amount", "price", "quantity", "score", "value_number"],
        Topic::Number,
    ),
    (&["name", "label", "名称"], Topic::Product),
];
