//! The first part of the table: names that say something special, though they end in a word that means something
//! more general. It is asked before the other part.

use crate::generators::{Aspect, Part};
use crate::plan::topics::Topic;

/// Names, matched by their last words, and their topic.
pub(crate) const SPECIAL: &[(&[&str], Topic)] = &[
    (
        &[
            "reply_to",
            "sent_to",
            "sent_from",
            "mail_from",
            "identity",
            "cc",
            "bcc",
        ],
        Topic::Person(Aspect::Email),
    ),
    (
        &["locked_by"],
        Topic::OneOf(&["host:web-1 pid:4021", "host:web-2 pid:3977"]),
    ),
    (
        &[
            "sent_by",
            "referred_by",
            "requested_by",
            "approved_by",
            "entered_by",
            "performed_by",
            "reported_by",
            "uploaded_by",
            "submitted_by",
            "deleted_by",
            "cancelled_by",
            "resolved_by",
            "closed_by",
            "delivered_by",
            "care_of",
        ],
        Topic::Person(Aspect::FullName),
    ),
    (
        &["utm_campaign", "utm_term", "utm_content"],
        Topic::OneOf(&["spring_sale", "newsletter", "launch"]),
    ),
    (&["bidx", "cursor"], Topic::Hexadecimal(40)),
    (
        &["error_class", "exception_class"],
        Topic::OneOf(&[
            "ArgumentError",
            "Timeout::Error",
            "ActiveRecord::RecordNotFound",
        ]),
    ),
    (
        &[
            "width",
            "height",
            "depth",
            "weight",
            "duration",
            "house_number",
            "housenumber",
            "street_number",
            "page_count",
            "pages",
            "cost",
        ],
        Topic::Number,
    ),
    (
        &["extension", "file_type", "filetype", "file_extension"],
        Topic::OneOf(&["pdf", "png", "csv", "docx"]),
    ),
    (&["abbreviation", "abbr"], Topic::Letters(3)),
    (&["subject_line"], Topic::Title),
    (
        &[
            "motto",
            "slogan",
            "info",
            "information",
            "explanation",
            "justification",
        ],
        Topic::Sentence,
    ),
    (
        &["salutation", "honorific"],
        Topic::OneOf(&["Mr.", "Ms.", "Dr."]),
    ),
    (&["county"], Topic::Place(Part::City)),
    (&["keyword", "keywords"], Topic::Category),
    (&["emoji"], Topic::OneOf(&["👍", "🎉", "❤️", "😄", "🚀"])),
    (
        &["device_type"],
        Topic::OneOf(&["Desktop", "Mobile", "Tablet"]),
    ),
    (
        &["device", "device_name", "device_model", "device_info"],
        Topic::OneOf(&["iPhone 16", "Pixel 9", "MacBook Air", "ThinkPad X1"]),
    ),
    (
        &["os_info", "os_name", "operating_system"],
        Topic::OneOf(&["iOS", "Android", "Windows", "macOS", "Linux"]),
    ),
    (&["quality"], Topic::OneOf(&["low", "medium", "high"])),
    (&["iso_a2", "alpha2"], Topic::CountryCode),
    (&["iso_a3", "alpha3"], Topic::Letters(3)),
    (
        &["permission", "permissions", "ability"],
        Topic::OneOf(&["read", "write", "admin"]),
    ),
    (&["schedule"], Topic::OneOf(&["daily", "weekly", "monthly"])),
    (
        &["stage"],
        Topic::OneOf(&["new", "qualified", "proposal", "won", "lost"]),
    ),
    (&["strategy"], Topic::OneOf(&["password", "oauth", "token"])),
    (&["designation"], Topic::JobTitle),
    (
        &["street_one", "street_short", "street_long"],
        Topic::Place(Part::Street),
    ),
    (&["street_two", "po_box", "postbox"], Topic::Unit),
    (
        &["weekday", "day_of_week"],
        Topic::OneOf(&[
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ]),
    ),
    (
        &["mailer"],
        Topic::OneOf(&["UserMailer#welcome", "OrderMailer#receipt"]),
    ),
    (&["cost_center", "cost_centre"], Topic::Code),
    (&["grade"], Topic::OneOf(&["A", "B", "C", "D"])),
    (&["url_template"], Topic::Url),
    (
        &["css"],
        Topic::OneOf(&["body { color: #222222; }", ".note { margin: 1rem; }"]),
    ),
    (
        &["date_format"],
        Topic::OneOf(&["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"]),
    ),
    (
        &["number_format"],
        Topic::OneOf(&["1,234.56", "1.234,56", "1 234.56"]),
    ),
    (&["operator"], Topic::OneOf(&["=", "!=", ">", "<", "like"])),
    (&["qty"], Topic::Number),
    (&["mask"], Topic::Digits(4)),
    (
        &["vin", "chassis_number"],
        Topic::Shape("WAAZZZ9AZ9A999999"),
    ),
    (
        &[
            "plate_number",
            "licence_plate",
            "license_plate",
            "number_plate",
            "registration_plate",
            "plate",
        ],
        Topic::Shape("AAA-9999"),
    ),
    (
        &["passport_number", "passport_no"],
        Topic::Shape("A99999999"),
    ),
    (
        &["ssn", "social_security_number"],
        Topic::Shape("000-99-9999"),
    ),
    (
        &["licence_number", "license_number", "driving_licence_number"],
        Topic::Shape("AA999999"),
    ),
    (
        &["asset_tag", "inventory_tag", "barcode_tag"],
        Topic::Shape("AT-99999"),
    ),
    (
        &["phone_ext", "extension_number", "ext", "phone_extension"],
        Topic::Digits(3),
    ),
    (&["isrc"], Topic::Shape("QZAAA9999999")),
    (&["isni"], Topic::Digits(16)),
    (&["sscc"], Topic::Digits(18)),
    (&["scac"], Topic::Letters(4)),
    (&["bank_code"], Topic::Digits(4)),
    (&["branch_code"], Topic::Digits(3)),
    (&["sort_name"], Topic::Person(Aspect::FamilyName)),
    (
        &[
            "narrative",
            "statement",
            "remedy",
            "observations",
            "findings",
        ],
        Topic::Paragraph,
    ),
    (&["alt", "alt_text"], Topic::Title),
    (&["preferred_language"], Topic::Language),
    (&["var"], Topic::Slug),
    (
        &["js", "javascript"],
        Topic::OneOf(&["console.log(\"ready\");", "window.loaded = true;"]),
    ),
    (
        &["backtrace", "stacktrace", "stack_trace"],
        Topic::OneOf(&[
            "app/models/order.rb:42:in 'total'",
            "app/jobs/report_job.rb:17:in 'perform'",
        ]),
    ),
    (
        &["last4", "last_4", "last_four", "last_digits"],
        Topic::Digits(4),
    ),
    (
        &[
            "account_number",
            "routing_number",
            "bank_account",
            "card_number",
            "tax_id",
            "ein",
            "vat_number",
        ],
        Topic::Digits(9),
    ),
    (
        &["month"],
        Topic::OneOf(&["01", "03", "05", "07", "09", "11", "12"]),
    ),
    (
        &["exp_year", "expiry_year", "expiration_year"],
        Topic::OneOf(&["2027", "2028", "2029", "2030"]),
    ),
    (
        &["year"],
        Topic::OneOf(&["2021", "2022", "2023", "2024", "2025"]),
    ),
    (
        &[
            "card_brand",
            "stripe_brand",
            "card_network",
            "cc_type",
            "card_type",
        ],
        Topic::OneOf(&["visa", "mastercard", "amex", "jcb"]),
    ),
    (&["funding"], Topic::OneOf(&["credit", "debit", "prepaid"])),
    (
        &[
            "address_line2",
            "address_line_2",
            "address2",
            "address_2",
            "line2",
            "line_2",
            "street2",
            "street_2",
            "address_line3",
            "apartment",
            "building",
        ],
        Topic::Unit,
    ),
    (
        &["preferred_name", "given_names", "legal_first_name"],
        Topic::Person(Aspect::GivenName),
    ),
    (
        &[
            "twitter",
            "facebook",
            "instagram",
            "linkedin",
            "github",
            "telegram",
            "skype",
            "mastodon",
            "discord",
        ],
        Topic::Person(Aspect::UserName),
    ),
    (
        &["bank_name", "bank"],
        Topic::OneOf(&["First Harbor Bank", "Maple Savings", "Northfield Bank"]),
    ),
    (
        &["license", "licence"],
        Topic::OneOf(&["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-3.0"]),
    ),
    (&["ua", "http_user_agent"], Topic::UserAgent),
    (
        &["source", "channel", "medium", "utm_source", "utm_medium"],
        Topic::OneOf(&["web", "mobile", "api", "import"]),
    ),
    (&["pdf", "csv", "xlsx", "zip_file"], Topic::FileName),
    (
        &["action", "event", "operation", "activity"],
        Topic::OneOf(&["create", "update", "destroy"]),
    ),
    (
        &["controller"],
        Topic::OneOf(&["users", "sessions", "orders", "products"]),
    ),
    (
        &["queue", "queue_name"],
        Topic::OneOf(&["default", "mailers", "low"]),
    ),
    (
        &["job_class", "class_name", "worker_class"],
        Topic::OneOf(&["CleanupJob", "ReportJob", "NotificationJob"]),
    ),
    (
        &["file_format", "format"],
        Topic::OneOf(&["json", "csv", "pdf", "html"]),
    ),
    (&["scope"], Topic::OneOf(&["read", "write", "admin"])),
    (&["direction", "sort_order"], Topic::OneOf(&["asc", "desc"])),
    (
        &["frequency", "interval", "period"],
        Topic::OneOf(&["daily", "weekly", "monthly", "yearly"]),
    ),
    (&["theme"], Topic::OneOf(&["light", "dark", "system"])),
    (&["date", "birthday", "birth_date"], Topic::Date),
    (
        &[
            "schema",
            "fields",
            "variables",
            "values",
            "params",
            "arguments",
            "args",
            "changes",
            "audited_changes",
            "extra",
            "context_data",
            "response_body",
            "request_body",
            "headers",
        ],
        Topic::Json,
    ),
];
