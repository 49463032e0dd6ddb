//! Texts that follow from other columns, accounts, files and codes.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::lifecycles::labels;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;
use value_model::ValueType;

/// A text that follows from other columns.
#[derive(Debug, Clone)]
pub(crate) enum TextRole {
    /// What is counted for each row that a column leads to, with the year where that belongs to it, and an example.
    Numbered {
        via: Option<ColumnId>,
        with_year: bool,
        example: Option<String>,
    },
    /// The way from the root of a tree.
    Ancestry {
        up: ColumnId,
        /// What stands for each row; none for its id.
        of: Option<ColumnId>,
        frame: [&'static str; 3],
        own: bool,
    },
    /// A title for use in an address; numbered where slugs must differ.
    Slug { of: ColumnId, numbered: bool },
    /// A title in a host's name: what stands before and after it, and whether hosts must differ.
    Host {
        of: ColumnId,
        frame: [&'static str; 2],
        numbered: bool,
    },
    /// Another column's text with something before it.
    Prefixed(&'static str, ColumnId),
    /// The first letters of columns.
    Initials(Vec<ColumnId>),
    /// Columns with something between them.
    Joined(&'static str, Vec<ColumnId>),
    /// So many first characters of a column's text.
    Beginning(ColumnId, usize),
    /// An address of e-mail at a domain of the row that a column leads to.
    EmailAt { via: ColumnId, domain: ColumnId },
    /// A file's name, by the kind of file.
    FileName(Expr),
    /// A file's type, by the kind of file.
    MimeType(Expr),
    /// A file's ending, by the kind of file.
    Extension(Expr),
    /// Digits with a check digit: what stands before them, how many more.
    Checked {
        prefix: &'static str,
        digits: usize,
        card: bool,
    },
    /// One of some texts, by a number.
    OneOf(Expr, Vec<String>),
    /// Year and month of a month's number, with something between them.
    YearMonth(Expr, &'static str),
    /// Where something is true one column, else others with a space between them.
    Either(Expr, ColumnId, Vec<ColumnId>),
    /// The address of a network card.
    NetworkCard,
    /// An IBAN with its check digits.
    Iban,
    /// A JSON object with some keys and examples of their values.
    Json(Vec<(String, serde_json::Value)>),
}

/// Kinds of files: ending and type.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("pdf", "application/pdf"),
    ("csv", "text/csv"),
    ("txt", "text/plain"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("mp4", "video/mp4"),
    ("webm", "video/webm"),
    ("mp3", "audio/mpeg"),
    ("zip", "application/zip"),
];

/// Finds the texts of a table.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    super::accounts::accounts(reader, table);
    super::codes::find(reader, table);
    files(reader, table);
    browsers(reader, table);
    super::kinds_of_rows::only_for_a_kind(reader, table);
    super::kinds_of_rows::find(reader, table);
    for column in reader.free(table, |_| true) {
        if reader.is_text(table, column) {
            super::put_together::find(reader, table, column);
            slug(reader, table, column);
            host(reader, table, column);
            names(reader, table, column);
            email(reader, table, column);
            code(reader, table, column);
        } else if matches!(
            reader.kind(table, column),
            ValueType::Json | ValueType::ParsedJson
        ) {
            json(reader, table, column);
        }
    }
}

/// Decides a text that makes itself unique.
pub(super) fn relate_unique(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    role: TextRole,
    why: &str,
) -> bool {
    if !reader.is_free(table, column) {
        return false;
    }
    let sets: Vec<String> = reader.facts[table]
        .unique_sets
        .iter()
        .filter(|set| set.columns.contains(&column))
        .map(|set| set.name.clone())
        .collect();
    if reader.facts[table]
        .table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(&reader.column(table, column).name))
    {
        return false;
    }
    reader.story.tables[table].kept_sets.extend(sets);
    reader.story.tables[table]
        .relations
        .insert(column, (Relation::Text(role), why.to_owned()));
    true
}

fn slug(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column);
    if !name.whole_is(&[
        "slug",
        "permalink",
        "url_key",
        "url_slug",
        "parameterized_name",
        "handle",
        "uri_slug",
        "seo_slug",
        "slug_name",
    ]) || reader.request.locale == crate::locale::Locale::Japanese
    {
        return;
    }
    let of = [
        "title",
        "name",
        "headline",
        "subject",
        "display_name",
        "label",
        "heading",
        "full_name",
        "company_name",
    ]
    .iter()
    .find_map(|title| {
        reader.columns(table).find(|&other| {
            other != column
                && reader.is_text(table, other)
                && reader.name(table, other).whole_is(&[*title])
                && (!reader.is_nullable(table, other) || reader.is_nullable(table, column))
        })
    });
    let Some(of) = of else {
        return;
    };
    let limit = crate::plan::bounds::text_limit(
        reader.column(table, column),
        &crate::check::Domain::default(),
    );
    if limit.is_some_and(|limit| limit < 48) {
        return;
    }
    let numbered = reader.is_unique(table, column);
    relate_unique(
        reader,
        table,
        column,
        TextRole::Slug { of, numbered },
        "its title for use in an address",
    );
}

/// The domain of a company by its name, and its web site at its domain.
fn host(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).clone();
    let is_domain = name.whole_is(&[
        "domain",
        "email_domain",
        "mail_domain",
        "domain_name",
        "website_domain",
        "host",
        "hostname",
    ]);
    let is_site = name.whole_is(&[
        "website",
        "website_url",
        "url",
        "homepage",
        "homepage_url",
        "web_site",
        "site_url",
    ]);
    let is_subdomain = name.whole_is(&["subdomain"]);
    if !(is_domain || is_site || is_subdomain)
        || reader.request.locale == crate::locale::Locale::Japanese
        || crate::plan::columns::text_rules::is_people(&reader.table_name(table))
    {
        return;
    }
    let text = |names: &[&str]| {
        names.iter().find_map(|wanted| {
            reader.columns(table).find(|&other| {
                other != column
                    && reader.is_text(table, other)
                    && reader.name(table, other).whole_is(&[*wanted])
                    && (!reader.is_nullable(table, other) || reader.is_nullable(table, column))
            })
        })
    };
    let limit = crate::plan::bounds::text_limit(
        reader.column(table, column),
        &crate::check::Domain::default(),
    );
    let own = &reader.column(table, column).name;
    if limit.is_some_and(|limit| limit < 60) || reader.facts[table].rules.domains.contains_key(own)
    {
        return;
    }
    let domain = text(&["domain", "email_domain", "mail_domain", "domain_name"]);
    if let (true, Some(domain)) = (is_site, domain) {
        if !reader.is_unique(table, column) {
            reader.relate(
                table,
                column,
                Relation::Text(TextRole::Prefixed("https://www.", domain)),
                "the site at its domain",
            );
        }
        return;
    }
    let Some(of) = text(&["name", "company_name", "legal_name", "title", "label"]) else {
        return;
    };
    let numbered = reader.is_unique(table, column);
    if is_site && numbered {
        return;
    }
    let frame = if is_site {
        ["https://www.", ".example.com"]
    } else if is_subdomain {
        ["", ""]
    } else {
        ["", ".example.com"]
    };
    relate_unique(
        reader,
        table,
        column,
        TextRole::Host {
            of,
            frame,
            numbered,
        },
        "its name as a host's",
    );
}

/// The columns of a given and a family name.
fn given_and_family(reader: &Reader<'_, '_>, table: TableId) -> Option<(ColumnId, ColumnId)> {
    let named = |names: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.is_text(table, column) && reader.name(table, column).whole_is(names)
        })
    };
    Some((
        named(&["first_name", "given_name", "forename", "firstname", "mei"])?,
        named(&["last_name", "family_name", "surname", "lastname", "sei"])?,
    ))
}

fn names(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).clone();
    let Some((given, family)) = given_and_family(reader, table) else {
        let whole = reader.columns(table).find(|&other| {
            reader.is_text(table, other)
                && reader
                    .name(table, other)
                    .whole_is(&["full_name", "name", "display_name"])
                && (!reader.is_nullable(table, other) || reader.is_nullable(table, column))
        });
        if let Some(whole) = whole
            && name.whole_is(&["initials", "initial"])
            && crate::plan::columns::text_rules::is_people(&reader.table_name(table))
        {
            reader.relate(
                table,
                column,
                Relation::Text(TextRole::Initials(vec![whole])),
                "the initials of its name",
            );
        }
        return;
    };
    if name.whole_is(&["initials", "initial"]) {
        reader.relate(
            table,
            column,
            Relation::Text(TextRole::Initials(vec![given, family])),
            "the initials of its name",
        );
        return;
    }
    let says_so = [
        "first name and last name",
        "given name and family name",
        "first and last name",
        "given and family name",
        "first name + last name",
        "first_name last_name",
    ]
    .iter()
    .any(|words| name.text.contains(words));
    let is_whole = name.whole_is(&[
        "full_name",
        "display_name",
        "byline",
        "name",
        "fullname",
        "complete_name",
    ]);
    if (says_so || is_whole)
        && !reader.is_nullable(table, given)
        && !reader.is_nullable(table, family)
    {
        let parts = if reader.request.locale == crate::locale::Locale::Japanese {
            vec![family, given]
        } else {
            vec![given, family]
        };
        reader.relate(
            table,
            column,
            Relation::Text(TextRole::Joined(" ", parts)),
            "its names together",
        );
    } else if is_whole && !reader.is_nullable(table, column) {
        super::codes::of_either(reader, table, column, (given, family));
    }
}

fn email(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    if !reader
        .name(table, column)
        .whole_is(&["email", "email_address", "mail", "work_email"])
    {
        return;
    }
    let found = reader
        .references(table)
        .into_iter()
        .find_map(|(via, target)| {
            if reader.is_nullable(table, via) {
                return None;
            }
            reader
                .columns(target)
                .find(|&domain| {
                    reader.is_text(target, domain)
                        && !reader.is_nullable(target, domain)
                        && reader.name(target, domain).whole_is(&[
                            "email_domain",
                            "domain",
                            "mail_domain",
                            "domain_name",
                            "staff_email_domain",
                        ])
                })
                .map(|domain| (via, domain))
        });
    if let Some((via, domain)) = found {
        relate_unique(
            reader,
            table,
            column,
            TextRole::EmailAt { via, domain },
            "an address at its own domain",
        );
    }
}

fn code(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).clone();
    let own = reader.column(table, column);
    let domain = reader.facts[table].rules.domains.get(&own.name);
    if domain.is_some_and(|domain| !domain.patterns.is_empty() || domain.one_of.is_some()) {
        return;
    }
    let limit =
        crate::plan::bounds::text_limit(own, &domain.cloned().unwrap_or_default()).unwrap_or(64);
    let named = |words: &[&str]| {
        name.has(words)
            || words.iter().any(|word| {
                name.text
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|own| own == *word)
            })
    };
    let role = if named(&["isbn", "isbn13"]) && limit >= 13 {
        TextRole::Checked {
            prefix: "978",
            digits: 9,
            card: false,
        }
    } else if named(&["ean", "ean13", "jan", "gtin", "gtin13"]) && limit >= 13 {
        TextRole::Checked {
            prefix: "20",
            digits: 10,
            card: false,
        }
    } else if named(&["upc"]) && limit >= 12 {
        TextRole::Checked {
            prefix: "4",
            digits: 10,
            card: false,
        }
    } else if named(&["barcode"]) && limit >= 13 {
        TextRole::Checked {
            prefix: "20",
            digits: 10,
            card: false,
        }
    } else if named(&["iban"]) && limit >= 22 {
        TextRole::Iban
    } else if name.is(&["card_number", "credit_card_number", "cc_number"]) && limit >= 16 {
        TextRole::Checked {
            prefix: "400000",
            digits: 9,
            card: true,
        }
    } else {
        return;
    };
    relate_unique(
        reader,
        table,
        column,
        role,
        "digits with the check digit that they need",
    );
}

fn json(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let Some(comment) = &reader.column(table, column).comment else {
        return;
    };
    let (Some(start), Some(end)) = (comment.find('{'), comment.rfind('}')) else {
        return;
    };
    let Some(Ok(serde_json::Value::Object(object))) = comment
        .get(start..=end)
        .map(serde_json::from_str::<serde_json::Value>)
    else {
        return;
    };
    let pairs: Vec<(String, serde_json::Value)> = object.into_iter().collect();
    if !pairs.is_empty() {
        reader.relate(
            table,
            column,
            Relation::Text(TextRole::Json(pairs)),
            "an object like that of its comment",
        );
    }
}

/// Files: name, type and ending of the same kind.
fn files(reader: &mut Reader<'_, '_>, table: TableId) {
    let names = [
        "filename",
        "file_name",
        "original_filename",
        "original_file_name",
        "attachment_file_name",
        "file",
        "document_name",
        "image_file_name",
        "stored_name",
    ];
    let types = [
        "content_type",
        "mime_type",
        "media_type",
        "mimetype",
        "mime",
        "file_content_type",
        "attachment_content_type",
        "image_content_type",
    ];
    let endings = ["extension", "file_extension", "ext"];
    let find = |reader: &Reader<'_, '_>, wanted: &[&str]| {
        reader.free(table, |_| true).into_iter().find(|&column| {
            let name = reader.name(table, column);
            reader.is_text(table, column)
                && (name.whole_is(wanted)
                    || wanted.iter().any(|word| {
                        (word.contains('_') || *word == "filename") && name.is(&[word])
                    }))
        })
    };
    // `attachment_name` beside `attachment_content_type` or `attachment_size`.
    let beside_its_type = |reader: &Reader<'_, '_>| {
        reader.free(table, |_| true).into_iter().find(|&column| {
            let Some(before) = reader.name(table, column).own.prefix_before("name") else {
                return false;
            };
            reader.is_text(table, column)
                && !before.is_empty()
                && reader.columns(table).any(|other| {
                    let other = &reader.name(table, other).own.whole;
                    ["content_type", "mime_type", "file_type", "file_size"]
                        .iter()
                        .any(|own| *other == format!("{before}_{own}"))
                })
        })
    };
    let (name, kind, ending) = (
        find(reader, &names).or_else(|| beside_its_type(reader)),
        find(reader, &types),
        find(reader, &endings),
    );
    if name.is_none() && kind.is_none() {
        return;
    }
    if kind.is_some_and(|kind| {
        let own = &reader.column(table, kind).name;
        reader.facts[table].rules.domains.contains_key(own)
    }) {
        return;
    }
    let pick = |least: i64, count: u64| {
        Expr::Random("kind of file", i128::from(least) * ONE, count, ONE, true)
    };
    let of_word = |word: &str| -> Option<Expr> {
        let word = word.to_lowercase();
        let is = |words: &[&str]| words.iter().any(|other| word.contains(other));
        if is(&[
            "image",
            "photo",
            "picture",
            "avatar",
            "logo",
            "icon",
            "screenshot",
            "画像",
            "写真",
        ]) {
            Some(pick(0, 3))
        } else if is(&["video", "movie", "動画"]) {
            Some(pick(8, 2))
        } else if is(&["audio", "sound", "voice", "podcast", "recording", "音声"]) {
            Some(pick(10, 1))
        } else if is(&[
            "contract",
            "document",
            "invoice",
            "report",
            "prescription",
            "clipping",
            "pdf",
            "certificate",
            "receipt",
            "letter",
            "resume",
            "cv",
            "scan",
            "statement",
            "文書",
            "契約",
        ]) {
            Some(pick(3, 1))
        } else if is(&["import", "export", "csv", "spreadsheet"]) {
            Some(pick(4, 1))
        } else {
            None
        }
    };
    // A class or kind of the row says of what kind its file is.
    let by_class = reader.columns(table).find_map(|column| {
        if !reader.name(table, column).whole_is(&[
            "type",
            "kind",
            "media_type",
            "file_type",
            "category",
            "document_type",
            "asset_type",
        ]) || Some(column) == kind
        {
            return None;
        }
        let labels = labels(reader, table, column);
        let known = labels
            .iter()
            .filter(|(_, word)| of_word(word).is_some())
            .count();
        (known > 0).then_some((column, labels))
    });
    let of_name = [name, kind]
        .into_iter()
        .flatten()
        .find_map(|column| of_word(&reader.name(table, column).own.whole));
    let mut expr = of_name
        .or_else(|| of_word(&reader.table_name(table).whole))
        .unwrap_or_else(|| pick(0, 8));
    if let Some((column, labels)) = by_class {
        for (text, word) in labels.iter().rev() {
            if let Some(own) = of_word(word) {
                expr = Expr::when(Expr::Is(column, vec![text.clone()]), own, expr);
            }
        }
    }
    if let Some(name) = name {
        let role = TextRole::FileName(expr.clone());
        relate_unique(reader, table, name, role, "a file of the row's kind");
        if reader.is_nullable(table, name) {
            // Without a file there is nothing to say of it.
            let sizes: Vec<ColumnId> = reader
                .columns(table)
                .filter(|&size| {
                    reader.is_number(table, size)
                        && reader.is_nullable(table, size)
                        && reader.name(table, size).has(&["size", "bytes", "filesize"])
                })
                .collect();
            for size in sizes {
                let known = Expr::Known(Box::new(Expr::Column(name)));
                reader.relate(
                    table,
                    size,
                    Relation::OnlyIf(known),
                    "only where there is a file",
                );
            }
            for beside in [kind, ending].into_iter().flatten() {
                reader.story.tables[table].beside.insert(beside, name);
            }
        }
    }
    if let Some(kind) = kind {
        reader.relate(
            table,
            kind,
            Relation::Text(TextRole::MimeType(expr.clone())),
            "the type of the row's file",
        );
    }
    if let Some(ending) = ending {
        reader.relate(
            table,
            ending,
            Relation::Text(TextRole::Extension(expr)),
            "the ending of the row's file",
        );
    }
}

/// Browser, system and device as the browser describes itself.
fn browsers(reader: &mut Reader<'_, '_>, table: TableId) {
    const KNOWN: &[[&str; 4]] = &[
        [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
            "Chrome",
            "Windows",
            "desktop",
        ],
        [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari",
            "iOS",
            "mobile",
        ],
        [
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
            "Chrome",
            "Android",
            "mobile",
        ],
        [
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
            "Safari",
            "macOS",
            "desktop",
        ],
        [
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox",
            "Linux",
            "desktop",
        ],
        [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox",
            "Windows",
            "desktop",
        ],
    ];
    const NAMES: [&[&str]; 4] = [
        &["user_agent", "useragent", "ua", "http_user_agent"],
        &["browser", "browser_name"],
        &["os", "operating_system", "os_name", "platform"],
        &["device_type", "device", "device_kind"],
    ];
    let found: Vec<(usize, ColumnId)> = NAMES
        .iter()
        .enumerate()
        .filter_map(|(which, names)| {
            let column = reader.free(table, |_| true).into_iter().find(|&column| {
                reader.is_text(table, column) && reader.name(table, column).whole_is(names)
            })?;
            let own = &reader.column(table, column).name;
            let bound = reader.facts[table].rules.domains.contains_key(own);
            (!bound).then_some((which, column))
        })
        .collect();
    if found.len() < 2 {
        return;
    }
    for (which, column) in found {
        let kind = Expr::Random("browser", 0, KNOWN.len() as u64, ONE, true);
        let texts = KNOWN.iter().map(|known| known[which].to_owned()).collect();
        reader.relate(
            table,
            column,
            Relation::Text(TextRole::OneOf(kind, texts)),
            "of the row's browser",
        );
    }
}
