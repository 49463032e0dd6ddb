//! From the DSL's names of types to MySQL's types.
//!
//! The names that ActiveRecord knows are its `NATIVE_DATABASE_TYPES` (`abstract_mysql_adapter.rb`); any other reaches the
//! server as the SQL text it is, which [`mysql_text::data_type`] reads.

use mysql_model::{DataType, IntegerSize, LobSize, Server};

/// Options of a column that shape its type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Modifiers {
    pub(crate) limit: Option<i128>,
    pub(crate) precision: Option<i128>,
    pub(crate) scale: Option<i128>,
    /// The word of `size:`.
    pub(crate) size: Option<String>,
    pub(crate) unsigned: bool,
    /// Whether `boolean` takes no limit (ActiveRecord 8.1).
    pub(crate) boolean_is_a_word: bool,
    /// Whether the types are those of ridgepole's table definition.
    pub(crate) is_ridgepole: bool,
}

/// What is wrong with a type, and the option that is to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) option: Option<&'static str>,
    pub(crate) message: String,
}

impl Problem {
    fn of(option: &'static str, message: impl Into<String>) -> Self {
        Self {
            option: Some(option),
            message: message.into(),
        }
    }
}

/// What a generated column is made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Generated {
    /// The expression, without its parentheses.
    pub(crate) expression: String,
    /// Whether it is kept in the table.
    pub(crate) stored: bool,
}

/// What stands behind a type in SQL text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Extras {
    pub(crate) charset: Option<String>,
    pub(crate) collation: Option<String>,
    /// What stands behind `AS`.
    pub(crate) generated: Option<Generated>,
    pub(crate) not_null: bool,
}

/// Methods of a table definition that make columns of the type of their name, in a schema.rb.
pub(crate) const COLUMN_METHODS: &[&str] = &[
    "bigint",
    "binary",
    "boolean",
    "date",
    "datetime",
    "decimal",
    "float",
    "integer",
    "json",
    "string",
    "text",
    "time",
    "timestamp",
    "virtual",
    "blob",
    "tinyblob",
    "mediumblob",
    "longblob",
    "tinytext",
    "mediumtext",
    "longtext",
    "unsigned_integer",
    "unsigned_bigint",
];

/// Methods that ridgepole has besides, which reach the server by name.
pub(crate) const METHODS_OF_RIDGEPOLE: &[&str] = &[
    "unsigned_float",
    "unsigned_decimal",
    "bit",
    "point",
    "polygon",
];

/// Every name by which the DSL and MySQL know a type, for hints.
pub(crate) const TYPE_NAMES: &[&str] = &[
    "bigint",
    "binary",
    "bit",
    "blob",
    "boolean",
    "char",
    "date",
    "datetime",
    "decimal",
    "double",
    "enum",
    "float",
    "geometry",
    "int",
    "integer",
    "json",
    "longblob",
    "longtext",
    "mediumblob",
    "mediumint",
    "mediumtext",
    "numeric",
    "point",
    "polygon",
    "set",
    "smallint",
    "string",
    "text",
    "time",
    "timestamp",
    "tinyblob",
    "tinyint",
    "tinytext",
    "varbinary",
    "varchar",
    "year",
];

/// The type of a column by its name in the DSL.
///
/// # Errors
/// A limit, precision, scale or size that ActiveRecord or the server refuses.
pub(crate) fn column_type(
    name: &str,
    modifiers: &Modifiers,
    server: Server,
) -> Result<(DataType, Extras), Problem> {
    let unsigned = modifiers.unsigned || name.starts_with("unsigned_");
    let base = name.strip_prefix("unsigned_").unwrap_or(name);
    let limit = modifiers.limit;
    let plain = |data_type: DataType| Ok((data_type, Extras::default()));
    let integer = |size| DataType::Integer {
        size,
        unsigned,
        width: None,
        zerofill: false,
    };
    let data_type = match base {
        "integer" => integer(match limit {
            Some(1) => IntegerSize::Tiny,
            Some(2) => IntegerSize::Small,
            Some(3) => IntegerSize::Medium,
            None | Some(4) => IntegerSize::Int,
            Some(5..=8) => IntegerSize::Big,
            Some(other) => {
                return Err(Problem::of(
                    "limit",
                    format!("an integer has 1 to 8 bytes, not {other}; for more use `decimal`"),
                ));
            }
        }),
        // A limit is a display width here, which means nothing.
        "primary_key" | "bigint" => integer(IntegerSize::Big),
        "float" => {
            let limit = limit.or((name == "unsigned_float").then_some(24));
            return match limit {
                None | Some(1..=24) => plain(DataType::Float {
                    digits: None,
                    unsigned,
                    zerofill: false,
                }),
                Some(25..=53) => plain(DataType::Double {
                    digits: None,
                    unsigned,
                    zerofill: false,
                }),
                Some(other) => Err(Problem::of(
                    "limit",
                    format!("a float has 1 to 53 bits of precision, not {other}"),
                )),
            };
        }
        "decimal" | "numeric" => decimal(modifiers, unsigned, server)?,
        _ if unsigned && !modifiers.unsigned => {
            let (data_type, extras) = of_sql(base);
            return Ok((as_unsigned(&data_type), extras));
        }
        "string" => DataType::Varchar {
            length: match limit {
                None => 255,
                Some(limit) => u32::try_from(limit)
                    .ok()
                    .filter(|length| *length <= 65_535)
                    .ok_or_else(|| {
                        Problem::of(
                            "limit",
                            format!("the limit of a string is 0 to 65535, not {limit}"),
                        )
                    })?,
            },
        },
        "text" => DataType::Text(size("text", modifiers)?),
        "blob" if modifiers.is_ridgepole => {
            let limit = Some(limit.unwrap_or(65_535));
            let modifiers = Modifiers {
                limit,
                ..modifiers.clone()
            };
            match (limit, &modifiers.size) {
                (Some(0..=255), None) => DataType::Blob(LobSize::Tiny),
                _ => return column_type("binary", &modifiers, server),
            }
        }
        "blob" => DataType::Blob(size("blob", modifiers)?),
        "binary" => match limit.and_then(|limit| u32::try_from(limit).ok()) {
            Some(length @ 0..=4095) => DataType::Varbinary { length },
            _ => DataType::Blob(size("binary", modifiers)?),
        },
        "tinytext" | "mediumtext" | "longtext" if modifiers.is_ridgepole && limit.is_some() => {
            DataType::Text(size("text", modifiers)?)
        }
        "tinyblob" | "mediumblob" | "longblob" if modifiers.is_ridgepole && limit.is_some() => {
            return column_type("binary", modifiers, server);
        }
        "boolean" => {
            if limit.is_some() && modifiers.boolean_is_a_word {
                return Err(Problem::of(
                    "limit",
                    "a boolean takes no `limit:` (up to ActiveRecord 8.0 it was tinyint(1) with or without)",
                ));
            }
            DataType::Integer {
                size: IntegerSize::Tiny,
                unsigned,
                width: Some(1),
                zerofill: false,
            }
        }
        "datetime" => DataType::DateTime {
            precision: fraction_digits(name, modifiers)?,
        },
        "timestamp" => DataType::Timestamp {
            precision: fraction_digits(name, modifiers)?,
        },
        "time" => DataType::Time {
            precision: fraction_digits(name, modifiers)?,
        },
        "date" => DataType::Date,
        "json" => DataType::Json,
        _ => return Ok(of_sql(base)),
    };
    plain(data_type)
}

fn as_unsigned(data_type: &DataType) -> DataType {
    let text = mysql_text::data_type::write(data_type, Server::MySql);
    of_sql(&format!("{text} unsigned")).0
}

/// The type that an SQL text names, with what stands behind it.
pub(crate) fn of_sql(text: &str) -> (DataType, Extras) {
    let (data_type, rest) = mysql_text::data_type::read(text);
    if rest.is_empty() {
        return (data_type, Extras::default());
    }
    match extras(rest) {
        Some(extras) => (data_type, extras),
        None => (DataType::Other(text.trim().to_owned()), Extras::default()),
    }
}

/// What stands behind a type; none when it isn't understood.
fn extras(rest: &str) -> Option<Extras> {
    let mut extras = Extras::default();
    let mut rest = rest.trim();
    while !rest.is_empty() {
        let folded = rest.to_ascii_lowercase();
        let behind = |words: &str| -> Option<&str> {
            let after = folded.strip_prefix(words)?;
            let is_whole = after
                .chars()
                .next()
                .is_none_or(|next| !mysql_text::is_word_character(next));
            is_whole.then(|| rest[words.len()..].trim_start_matches([' ', '=']))
        };
        let word = |text: &str| -> (String, usize) {
            let end = text
                .find(|next: char| !mysql_text::is_word_character(next))
                .unwrap_or(text.len());
            (text[..end].to_owned(), end)
        };
        if let Some(after) = behind("character set").or_else(|| behind("charset")) {
            let (name, end) = word(after);
            extras.charset = Some(name);
            rest = after[end..].trim_start();
        } else if let Some(after) = behind("collate") {
            let (name, end) = word(after);
            extras.collation = Some(name);
            rest = after[end..].trim_start();
        } else if let Some(after) = behind("not null") {
            extras.not_null = true;
            rest = after;
        } else if let Some(after) = behind("null") {
            rest = after;
        } else if let Some(after) = behind("generated always as").or_else(|| behind("as")) {
            let (expression, after) = in_parentheses(after)?;
            extras.generated = Some(Generated {
                expression: expression.to_owned(),
                stored: false,
            });
            rest = after.trim_start();
        } else if let Some(after) = behind("stored").or_else(|| behind("persistent")) {
            extras.generated.as_mut()?.stored = true;
            rest = after;
        } else if let Some(after) = behind("virtual") {
            rest = after;
        } else {
            return None;
        }
    }
    Some(extras)
}

/// What stands in the parentheses that a text begins with, and what follows them.
fn in_parentheses(text: &str) -> Option<(&str, &str)> {
    let tokens = mysql_text::tokens(text);
    let mut depth = 0_usize;
    for token in &tokens {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some((text.get(1..token.end - 1)?, &text[token.end..]));
        }
    }
    None
}

fn size(name: &str, modifiers: &Modifiers) -> Result<LobSize, Problem> {
    match modifiers.size.as_deref() {
        Some("tiny") => return Ok(LobSize::Tiny),
        Some("medium") => return Ok(LobSize::Medium),
        Some("long") => return Ok(LobSize::Long),
        Some(other) => {
            return Err(Problem::of(
                "size",
                format!("`size:` is :tiny, :medium or :long, not {other}"),
            ));
        }
        None => {}
    }
    match modifiers.limit {
        None | Some(256..=65_535) => Ok(LobSize::Plain),
        Some(0..=255) => Ok(LobSize::Tiny),
        Some(65_536..=16_777_215) => Ok(LobSize::Medium),
        Some(16_777_216..=4_294_967_295) => Ok(LobSize::Long),
        Some(other) => Err(Problem::of(
            "limit",
            format!("no {name} has {other} bytes; the most are 4294967295"),
        )),
    }
}

fn decimal(modifiers: &Modifiers, unsigned: bool, server: Server) -> Result<DataType, Problem> {
    let most_scale = match server {
        Server::MySql => 30,
        Server::MariaDb => 38,
    };
    let precision = modifiers.precision.or((modifiers.is_ridgepole
        && unsigned
        && !modifiers.unsigned
        && modifiers.scale.is_none())
    .then_some(10));
    if precision.is_none() && modifiers.scale.is_some() {
        return Err(Problem::of(
            "scale key",
            "a decimal with `scale:` needs `precision:` too",
        ));
    }
    let precision = match precision {
        None => None,
        Some(digits) => Some(
            u32::try_from(digits)
                .ok()
                .filter(|digits| (1..=65).contains(digits))
                .ok_or_else(|| {
                    Problem::of(
                        "precision",
                        format!("precision {digits} is out of 1..65, the digits of a decimal"),
                    )
                })?,
        ),
    };
    let scale = match modifiers.scale {
        None => None,
        Some(digits) => Some(
            u32::try_from(digits)
                .ok()
                .filter(|digits| *digits <= most_scale)
                .ok_or_else(|| {
                    Problem::of(
                        "scale",
                        format!("scale {digits} is over {most_scale}, the most that {server} has"),
                    )
                })?,
        ),
    };
    if let (Some(precision), Some(scale)) = (precision, scale)
        && scale > precision
    {
        return Err(Problem::of(
            "scale",
            format!("scale {scale} is larger than the precision {precision}"),
        ));
    }
    Ok(DataType::Decimal {
        precision,
        scale,
        unsigned,
        zerofill: false,
    })
}

/// Digits of a second's fraction.
fn fraction_digits(name: &str, modifiers: &Modifiers) -> Result<Option<u8>, Problem> {
    let Some(digits) = modifiers.precision else {
        return Ok(None);
    };
    u8::try_from(digits)
        .ok()
        .filter(|digits| *digits <= 6)
        .map(Some)
        .ok_or_else(|| {
            Problem::of(
                "precision",
                format!("precision {digits} of a {name} is out of 0..6"),
            )
        })
}

/// What is wrong with a type that was given as SQL text, or with what the DSL made.
pub(crate) fn problem(data_type: &DataType, server: Server, charset_bytes: u32) -> Option<Problem> {
    let told = |message: String| {
        Some(Problem {
            option: None,
            message,
        })
    };
    match data_type {
        DataType::Char {
            length: Some(length),
        }
        | DataType::Binary {
            length: Some(length),
        } if *length > 255 => {
            let (name, unit) = match data_type {
                DataType::Char { .. } => ("char", "characters"),
                _ => ("binary", "bytes"),
            };
            told(format!("a {name} has at most 255 {unit}, not {length}"))
        }
        DataType::Varchar { length } if length.saturating_mul(charset_bytes) > 65_535 => {
            Some(Problem::of(
                "limit",
                format!(
                    "a varchar has at most {} characters of {charset_bytes} bytes each, not {length}: use `t.text`",
                    65_535 / charset_bytes
                ),
            ))
        }
        DataType::Varbinary { length } if *length > 65_535 => {
            Some(Problem::of("limit", "a varbinary has at most 65535 bytes"))
        }
        DataType::Enum(values) | DataType::Set(values) => {
            let name = if matches!(data_type, DataType::Enum(_)) {
                "enum"
            } else {
                "set"
            };
            let twice = values
                .iter()
                .enumerate()
                .find(|(position, value)| values[..*position].contains(value));
            if let Some((_, value)) = twice {
                return told(format!("the {name} has \"{value}\" twice"));
            }
            if name == "set" && values.len() > 64 {
                return told("a set has at most 64 values".to_owned());
            }
            None
        }
        DataType::Decimal {
            precision: Some(precision),
            scale,
            ..
        } if *precision > 65 || scale.is_some_and(|scale| scale > *precision) => told(
            "a decimal has at most 65 digits, and no more behind the point than in all".to_owned(),
        ),
        DataType::Bit {
            length: Some(length),
        } if !(1..=64).contains(length) => told(format!("a bit has 1 to 64 bits, not {length}")),
        DataType::Uuid | DataType::Inet4 | DataType::Inet6 if server == Server::MySql => {
            let name = mysql_text::data_type::write(data_type, server);
            told(format!("MySQL has no type {name}"))
        }
        _ => None,
    }
}
