//! From the DSL's type names to PostgreSQL's types.
//!
//! The names that ActiveRecord knows are its `NATIVE_DATABASE_TYPES` (`postgresql_adapter.rb`); any other
//! reaches PostgreSQL as the SQL text it is, which [`pg_text::data_type`] reads.

use pg_model::{DataType, RangeType, TypeKind};

/// Options of a column that shape its type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Modifiers {
    pub(crate) limit: Option<i128>,
    pub(crate) precision: Option<i128>,
    pub(crate) scale: Option<i128>,
    pub(crate) array: bool,
    pub(crate) enum_type: Option<String>,
}

/// A type, and whether it brings a sequence or a key with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnType {
    pub(crate) data_type: DataType,
    /// `serial` and its kin.
    pub(crate) serial: bool,
    /// `bigserial primary key`, which is all of the column's definition.
    pub(crate) primary_key: bool,
}

/// What is wrong with a type, and the option that is to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeProblem {
    pub(crate) option: Option<&'static str>,
    pub(crate) message: String,
}

impl TypeProblem {
    fn of(option: &'static str, message: impl Into<String>) -> Self {
        Self {
            option: Some(option),
            message: message.into(),
        }
    }
}

/// Methods of a table definition that make columns of the type of their name.
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
    "bigserial",
    "bit",
    "bit_varying",
    "cidr",
    "citext",
    "daterange",
    "hstore",
    "inet",
    "interval",
    "int4range",
    "int8range",
    "jsonb",
    "ltree",
    "macaddr",
    "money",
    "numrange",
    "oid",
    "point",
    "line",
    "lseg",
    "box",
    "path",
    "polygon",
    "circle",
    "serial",
    "tsrange",
    "tstzrange",
    "tsvector",
    "uuid",
    "xml",
    "timestamptz",
    "enum",
];

/// Bytes that a text or binary limit may name; PostgreSQL ignores the limit itself.
const MOST_TEXT_BYTES: i128 = 0x3fff_ffff;

/// The type of a column by its name in the DSL.
///
/// # Errors
/// A limit, precision or scale that ActiveRecord or PostgreSQL refuses.
pub(crate) fn column_type(name: &str, modifiers: &Modifiers) -> Result<ColumnType, TypeProblem> {
    let limit = modifiers.limit;
    let plain = |kind: TypeKind| {
        Ok(ColumnType {
            data_type: DataType {
                kind,
                array: modifiers.array,
            },
            serial: false,
            primary_key: false,
        })
    };
    match name {
        "primary_key" => Ok(ColumnType {
            data_type: DataType::scalar(TypeKind::BigInt),
            serial: true,
            primary_key: true,
        }),
        "text" | "binary" => {
            if limit.is_some_and(|limit| !(0..=MOST_TEXT_BYTES).contains(&limit)) {
                return Err(TypeProblem::of(
                    "limit",
                    format!("a {name} has at most 1 GiB - 1 byte, so `limit:` can't be more"),
                ));
            }
            plain(if name == "text" {
                TypeKind::Text
            } else {
                TypeKind::Bytea
            })
        }
        "integer" => plain(match limit {
            Some(1 | 2) => TypeKind::SmallInt,
            None | Some(3 | 4) => TypeKind::Integer,
            Some(5..=8) => TypeKind::BigInt,
            Some(other) => {
                return Err(TypeProblem::of(
                    "limit",
                    format!("an integer has 1 to 8 bytes, not {other}; for more use `decimal`"),
                ));
            }
        }),
        "enum" => match &modifiers.enum_type {
            Some(text) => Ok(of_sql(text, modifiers.array)),
            None => Err(TypeProblem {
                option: None,
                message: "an enum column needs `enum_type:`, the name of its type".into(),
            }),
        },
        "decimal" | "numeric" => plain(decimal(modifiers)?),
        "datetime" | "timestamp" => plain(TypeKind::Timestamp {
            precision: fraction_digits(name, modifiers)?,
            with_time_zone: false,
        }),
        "time" => plain(TypeKind::Time {
            precision: fraction_digits(name, modifiers)?,
            with_time_zone: false,
        }),
        "interval" => plain(TypeKind::Interval {
            precision: fraction_digits(name, modifiers)?,
        }),
        "string" => plain(TypeKind::Varchar {
            limit: length("string", limit, 10_485_760)?,
        }),
        "bit" => plain(TypeKind::Bit {
            length: length("bit", limit, 83_886_080)?,
        }),
        "bit_varying" => plain(TypeKind::BitVarying {
            limit: length("bit_varying", limit, 83_886_080)?,
        }),
        "float" => plain(match limit {
            Some(1..=24) => TypeKind::Real,
            None | Some(25..=53) => TypeKind::DoublePrecision,
            Some(other) => {
                return Err(TypeProblem::of(
                    "limit",
                    format!("a float has 1 to 53 bits of precision, not {other}"),
                ));
            }
        }),
        "timestamptz" => plain(TypeKind::Timestamp {
            // ActiveRecord writes a limit behind the name, and no precision.
            precision: match limit {
                None => None,
                Some(limit) => u8::try_from(limit).ok().filter(|digits| *digits <= 6),
            },
            with_time_zone: true,
        }),
        // Of the extension vector, whose modifier is the number of dimensions.
        "vector" | "halfvec" | "sparsevec" => Ok(match limit {
            Some(dimensions) => of_sql(&format!("{name}({dimensions})"), modifiers.array),
            None => of_sql(name, modifiers.array),
        }),
        _ => match native(name) {
            Some(_) if limit.is_some() => Err(TypeProblem::of(
                "limit",
                format!("a {name} takes no `limit:` in PostgreSQL"),
            )),
            Some(kind) => plain(kind),
            None => Ok(of_sql(name, modifiers.array)),
        },
    }
}

/// The type that an SQL text names.
pub(crate) fn of_sql(text: &str, array: bool) -> ColumnType {
    let read = pg_text::data_type::read(text);
    ColumnType {
        data_type: DataType {
            array: array || read.data_type.array,
            ..read.data_type
        },
        serial: read.serial,
        primary_key: false,
    }
}

/// Native types that have no modifiers.
fn native(name: &str) -> Option<TypeKind> {
    Some(match name {
        "bigint" => TypeKind::BigInt,
        "date" => TypeKind::Date,
        "daterange" => TypeKind::Range(RangeType::Date),
        "numrange" => TypeKind::Range(RangeType::Num),
        "tsrange" => TypeKind::Range(RangeType::Ts),
        "tstzrange" => TypeKind::Range(RangeType::Tstz),
        "int4range" => TypeKind::Range(RangeType::Int4),
        "int8range" => TypeKind::Range(RangeType::Int8),
        "boolean" => TypeKind::Boolean,
        "xml" => TypeKind::Xml,
        "tsvector" => TypeKind::Tsvector,
        "hstore" => TypeKind::Hstore,
        "inet" => TypeKind::Inet,
        "cidr" => TypeKind::Cidr,
        "macaddr" => TypeKind::Macaddr,
        "uuid" => TypeKind::Uuid,
        "json" => TypeKind::Json,
        "jsonb" => TypeKind::Jsonb,
        "ltree" => TypeKind::Ltree,
        "citext" => TypeKind::Citext,
        "point" => TypeKind::Point,
        "line" => TypeKind::Line,
        "lseg" => TypeKind::Lseg,
        "box" => TypeKind::Box,
        "path" => TypeKind::Path,
        "polygon" => TypeKind::Polygon,
        "circle" => TypeKind::Circle,
        "money" => TypeKind::Money,
        "oid" => TypeKind::Oid,
        _ => return None,
    })
}

fn decimal(modifiers: &Modifiers) -> Result<TypeKind, TypeProblem> {
    if modifiers.precision.is_none() && modifiers.scale.is_some() {
        return Err(TypeProblem::of(
            "scale",
            "a decimal with `scale:` needs `precision:` too",
        ));
    }
    let precision = match modifiers.precision {
        None => None,
        Some(digits) => Some(
            u32::try_from(digits)
                .ok()
                .filter(|digits| (1..=1000).contains(digits))
                .ok_or_else(|| {
                    TypeProblem::of(
                        "precision",
                        format!("a decimal has 1 to 1000 digits, not {digits}"),
                    )
                })?,
        ),
    };
    let scale = match modifiers.scale {
        None => None,
        Some(digits) => Some(
            i32::try_from(digits)
                .ok()
                .filter(|digits| (-1000..=1000).contains(digits))
                .ok_or_else(|| {
                    TypeProblem::of(
                        "scale",
                        format!("the scale of a decimal is -1000 to 1000, not {digits}"),
                    )
                })?,
        ),
    };
    Ok(TypeKind::Numeric { precision, scale })
}

/// Digits of a second's fraction: the precision, or the limit in its absence.
fn fraction_digits(name: &str, modifiers: &Modifiers) -> Result<Option<u8>, TypeProblem> {
    let (option, digits) = match (modifiers.precision, modifiers.limit) {
        (Some(digits), _) => ("precision", digits),
        (None, Some(digits)) => ("limit", digits),
        (None, None) => return Ok(None),
    };
    u8::try_from(digits)
        .ok()
        .filter(|digits| *digits <= 6)
        .map(Some)
        .ok_or_else(|| {
            TypeProblem::of(
                option,
                format!("the precision of a {name} is 0 to 6, not {digits}"),
            )
        })
}

fn length(name: &str, limit: Option<i128>, most: u32) -> Result<Option<u32>, TypeProblem> {
    let Some(limit) = limit else { return Ok(None) };
    u32::try_from(limit)
        .ok()
        .filter(|length| (1..=most).contains(length))
        .map(Some)
        .ok_or_else(|| {
            TypeProblem::of(
                "limit",
                format!("the limit of a {name} is 1 to {most}, not {limit}"),
            )
        })
}

/// The type's name in messages.
pub(crate) fn describe(data_type: &DataType) -> String {
    let name = match &data_type.kind {
        TypeKind::SmallInt => "smallint".to_owned(),
        TypeKind::Integer => "integer".to_owned(),
        TypeKind::BigInt => "bigint".to_owned(),
        TypeKind::Numeric { .. } => "numeric".to_owned(),
        TypeKind::DoublePrecision => "double precision".to_owned(),
        TypeKind::Varchar { .. } => "character varying".to_owned(),
        TypeKind::Char { .. } => "character".to_owned(),
        TypeKind::Timestamp {
            with_time_zone: true,
            ..
        } => "timestamp with time zone".to_owned(),
        TypeKind::Timestamp { .. } => "timestamp".to_owned(),
        TypeKind::Time { .. } => "time".to_owned(),
        TypeKind::Interval { .. } => "interval".to_owned(),
        TypeKind::Bit { .. } => "bit".to_owned(),
        TypeKind::BitVarying { .. } => "bit varying".to_owned(),
        TypeKind::Enum(name) => name.to_string(),
        TypeKind::Other(text) => text.clone(),
        TypeKind::Range(range) => format!("{}range", range.stem()),
        TypeKind::Multirange(range) => format!("{}multirange", range.stem()),
        other => format!("{other:?}").to_lowercase(),
    };
    if data_type.array {
        format!("{name}[]")
    } else {
        name
    }
}
