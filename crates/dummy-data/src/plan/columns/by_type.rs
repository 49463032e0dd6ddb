//! Generators of all other types: identifiers, networks, geometry, ranges, documents, bits, and the
//! dispatch over types.

use crate::calendar::{DAY, SECOND, days_from_civil};
use crate::generators::{Array, Generator, Moment, Quantity};
use crate::ordinal::Ordinal;
use crate::plan::columns::context::{Choice, Context};
use crate::plan::columns::documents::{json, number, template, word};
use crate::plan::columns::numbers::{self, any_number, boolean, label};
use crate::plan::columns::{moments, spatial, texts};
use std::sync::Arc;
use value_model::{RangeType, ValueType};

/// A generator for a column, or none for a type that we know nothing of.
pub(crate) fn generator(context: &mut Context<'_>) -> Option<Choice> {
    if context.column.data_type.array {
        return array(context);
    }
    scalar(context)
}

fn scalar(context: &mut Context<'_>) -> Option<Choice> {
    let kind = context.column.data_type.kind.clone();
    // Types that have no words, numbers or moments of their own take the values that a check lists as they are.
    let has_own_lists = kind.is_string()
        || kind.is_number()
        || matches!(
            kind,
            ValueType::Boolean
                | ValueType::Enum(_)
                | ValueType::Oid
                | ValueType::Money
                | ValueType::Date
                | ValueType::Time { .. }
                | ValueType::Timestamp { .. }
        );
    if let Some(values) = &context.domain.one_of
        && !has_own_lists
    {
        return Some((
            context.one_of(values.iter().map(String::as_str)),
            "a check lists its values".to_owned(),
        ));
    }
    Some(match &kind {
        ValueType::SmallInt
        | ValueType::Integer
        | ValueType::BigInt
        | ValueType::Oid
        | ValueType::Numeric { .. }
        | ValueType::Real
        | ValueType::DoublePrecision
        | ValueType::Money => numbers::number(context),
        ValueType::Text
        | ValueType::Varchar { .. }
        | ValueType::Char { .. }
        | ValueType::CaselessText => texts::text(context),
        ValueType::Boolean => boolean(context),
        ValueType::Enum(_) if context.labels.is_empty() => return None,
        ValueType::Enum(_) => label(context),
        ValueType::Date | ValueType::Time { .. } | ValueType::Timestamp { .. } => {
            moments::temporal(context)
        }
        ValueType::Uuid => {
            let ordinal = context.wanted().unwrap_or(Ordinal::Row);
            typed(Generator::Uuid(context.key, ordinal))
        }
        ValueType::Json | ValueType::ParsedJson if !context.domain.keys.is_empty() => {
            let keys = context.domain.keys.clone();
            let mut parts = Vec::new();
            for (place, key) in keys.iter().enumerate() {
                let key = serde_json::Value::String(key.clone()).to_string();
                let before = if place == 0 { "{" } else { "\", " };
                parts.push(Generator::constant(&format!("{before}{key}: \"")));
                parts.push(word(context, &key));
            }
            parts.push(Generator::constant("\"}"));
            (template(parts), "a check wants these keys".to_owned())
        }
        ValueType::Json | ValueType::ParsedJson => {
            (json(context), "JSON with the shape of its name".to_owned())
        }
        ValueType::Interval { .. } => {
            let hours = any_number(context, "hours", 1, 72);
            typed(template(vec![
                Generator::Whole(hours),
                Generator::constant(":00:00"),
            ]))
        }
        ValueType::Xml => typed(template(vec![
            Generator::constant("<note>"),
            word(context, "note"),
            Generator::constant("</note>"),
        ])),
        ValueType::Bytes => typed(bytes(context)),
        ValueType::Bit { length } => bits(context, length.unwrap_or(1)),
        ValueType::BitVarying { limit } => bits(context, limit.unwrap_or(16).min(64)),
        ValueType::Inet => {
            let distinct = context.wanted().is_some();
            typed(Generator::Inet(
                context.key,
                context.wanted().unwrap_or(Ordinal::Row),
                distinct,
            ))
        }
        ValueType::Cidr => typed(template(vec![
            Generator::Inet(context.key, context.wanted().unwrap_or(Ordinal::Row), true),
            Generator::constant("/32"),
        ])),
        ValueType::Macaddr => typed(Generator::HardwareAddress(context.key, 6)),
        ValueType::Macaddr8 => typed(Generator::HardwareAddress(context.key, 8)),
        ValueType::Point => typed(point(context)),
        ValueType::Line => typed(template(vec![
            Generator::constant("{1,-1,"),
            spaced(0),
            Generator::constant("}"),
        ])),
        ValueType::Lseg | ValueType::Path => typed(template(corners("[(", ",0),(", ",5)]"))),
        ValueType::Box => typed(template(corners("(", ",0),(", ",5)"))),
        ValueType::Polygon => typed(template(vec![
            Generator::constant("(("),
            spaced(0),
            Generator::constant(",0),("),
            spaced(5),
            Generator::constant(",0),("),
            spaced(5),
            Generator::constant(",5))"),
        ])),
        ValueType::Circle => typed(template(vec![
            Generator::constant("<("),
            spaced(0),
            Generator::constant(",0),4>"),
        ])),
        ValueType::Range(range) => (
            ranges(*range, false),
            "its type; ranges of different rows don't overlap".to_owned(),
        ),
        ValueType::Multirange(range) => (
            ranges(*range, true),
            "its type; ranges of different rows don't overlap".to_owned(),
        ),
        ValueType::Hstore => typed(template(vec![
            Generator::constant("\"note\"=>\""),
            word(context, "note"),
            Generator::constant("\", \"count\"=>\""),
            any_unique(context, "count"),
            Generator::constant("\""),
        ])),
        ValueType::Ltree => typed(template(vec![
            Generator::constant("top.n"),
            number(context.key.child("branch"), 9),
            Generator::constant(".n"),
            Generator::counter(Ordinal::Row, 1),
        ])),
        ValueType::Tsvector => typed(template(vec![
            Generator::constant("'"),
            word(context, "first"),
            Generator::constant("':1 '"),
            word(context, "second"),
            Generator::constant("':2"),
        ])),
        ValueType::Tsquery => typed(template(vec![
            Generator::constant("'"),
            word(context, "first"),
            Generator::constant("'"),
        ])),
        ValueType::Other(sql) => return extension(context, sql),
    })
}

fn typed(generator: Generator) -> Choice {
    (generator, "its type".to_owned())
}

/// A number that is the row's own where uniqueness asks for it.
fn any_unique(context: &Context<'_>, label: &str) -> Generator {
    Generator::Whole(any_number(context, label, 1, 100))
}

/// A number that is ten times the row's, and something.
fn spaced(plus: i64) -> Generator {
    Generator::Whole(Arc::new(Quantity::Steps {
        ordinal: Ordinal::Row,
        start: plus,
        step: 10,
    }))
}

fn corners(before: &str, between: &str, after: &str) -> Vec<Generator> {
    vec![
        Generator::constant(before),
        spaced(0),
        Generator::constant(between),
        spaced(5),
        Generator::constant(after),
    ]
}

fn point(context: &mut Context<'_>) -> Generator {
    let places = context.places("");
    template(vec![
        Generator::constant("("),
        Generator::Longitude(Arc::clone(&places)),
        Generator::constant(","),
        Generator::Latitude(places),
        Generator::constant(")"),
    ])
}

/// Bytes, as many as checks want: 16 if they leave it open.
fn bytes(context: &Context<'_>) -> Generator {
    const USUAL: usize = 16;
    let count = USUAL
        .min(context.domain.longest.unwrap_or(USUAL))
        .max(context.domain.shortest.unwrap_or(0));
    template(vec![
        Generator::constant("\\x"),
        Generator::Hexadecimal(context.key, 2 * count, true),
    ])
}

fn bits(context: &Context<'_>, length: u32) -> Choice {
    if let Some(ordinal) = context.wanted() {
        let pattern = crate::generators::Pattern {
            ordinal,
            key: None,
            places: vec![Box::from(['0', '1']); length.min(62) as usize],
        };
        return typed(Generator::Pattern(Box::new(pattern)));
    }
    typed(Generator::Bits(context.key, length))
}

/// Ranges in a row: each begins where the one of the row before has ended. So no exclusion
/// constraint can find two that overlap.
fn ranges(range: RangeType, multiple: bool) -> Generator {
    let steps = |start: i64, step: i64| {
        Arc::new(Moment::Steps {
            ordinal: Ordinal::Row,
            start,
            step,
        })
    };
    let start = days_from_civil(2020, 4, 1) * DAY;
    let hour = 3600 * SECOND;
    let (lower, upper) = match range {
        RangeType::Int4 | RangeType::Int8 | RangeType::Num => (spaced(0), spaced(5)),
        RangeType::Date => (
            Generator::Date(steps(start, 2 * DAY)),
            Generator::Date(steps(start + DAY, 2 * DAY)),
        ),
        RangeType::Ts | RangeType::Tstz => {
            let zone = if range == RangeType::Tstz { "+00" } else { "" };
            (
                Generator::Timestamp(steps(start, 2 * hour), 0, zone),
                Generator::Timestamp(steps(start + hour, 2 * hour), 0, zone),
            )
        }
    };
    let quote = if matches!(range, RangeType::Ts | RangeType::Tstz) {
        "\""
    } else {
        ""
    };
    let (open, close) = if multiple { ("{[", ")}") } else { ("[", ")") };
    template(vec![
        Generator::constant(&format!("{open}{quote}")),
        lower,
        Generator::constant(&format!("{quote},{quote}")),
        upper,
        Generator::constant(&format!("{quote}{close}")),
    ])
}

/// Types of extensions and domains that schemas often use.
fn extension(context: &mut Context<'_>, sql: &str) -> Option<Choice> {
    let lower = sql.to_ascii_lowercase();
    let bare = lower.rsplit('.').next().unwrap_or(&lower);
    let name: String = bare
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect();
    let argument: Option<usize> = sql.split_once('(').and_then(|(_, rest)| {
        rest.trim_end_matches(')')
            .split(',')
            .next()
            .and_then(|text| text.trim().parse().ok())
    });
    match name.as_str() {
        "geometry" | "geography" => spatial::shape(context, sql).map(typed),
        "st_point" => spatial::shape(context, "geometry(Point)").map(typed),
        "vector" | "halfvec" => {
            let dimensions = argument.unwrap_or(3);
            let mut parts = vec![Generator::constant("[")];
            for dimension in 0..dimensions {
                if dimension > 0 {
                    parts.push(Generator::constant(","));
                }
                parts.push(Generator::Decimal(
                    Arc::new(Quantity::Between {
                        key: context.key.child(&dimension.to_string()),
                        least: -999,
                        steps: 1999,
                        step: 1,
                        shape: crate::generators::Shape::Even,
                    }),
                    3,
                ));
            }
            parts.push(Generator::constant("]"));
            Some(typed(template(parts)))
        }
        "name" => Some(typed(word(context, "name"))),
        "cube" => Some(typed(template(vec![
            Generator::constant("("),
            spaced(0),
            Generator::constant(")"),
        ]))),
        "int2" | "int4" | "int8" | "int" | "integer" | "bigint" | "smallint" | "serial"
        | "bigserial" | "smallserial" => Some(numbers::number(context)),
        "text" | "varchar" | "character" | "bpchar" | "string" => Some(texts::text(context)),
        "bool" | "boolean" => Some(boolean(context)),
        "timestamp" | "timestamptz" | "date" => Some(moments::temporal(context)),
        "uuid" => Some(typed(Generator::Uuid(
            context.key,
            context.wanted().unwrap_or(Ordinal::Row),
        ))),
        "json" | "jsonb" => Some(typed(json(context))),
        "pg_lsn" => Some(typed(template(vec![
            Generator::constant("0/"),
            Generator::Hexadecimal(context.key, 7, true),
        ]))),
        _ => None,
    }
}

fn array(context: &mut Context<'_>) -> Option<Choice> {
    let (fewest, most) = (context.domain.fewest, context.domain.most);
    let distinct = context.wanted().is_some();
    let key = context.key;
    // Checks of the column speak of the array, not of its elements.
    let domain = std::mem::take(&mut context.domain);
    if let Some(values) = &domain.one_of {
        return Some((
            context.one_of(values.iter().map(String::as_str)),
            "a check lists its values".to_owned(),
        ));
    }
    let kind = context.column.data_type.kind.clone();
    if !domain.contained.is_empty() {
        let quoted: Vec<String> = domain
            .contained
            .iter()
            .map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
            .collect();
        return Some((
            Generator::constant(&format!("{{{}}}", quoted.join(","))),
            "a check wants these elements".to_owned(),
        ));
    }
    if let Some(each) = &domain.each {
        context.domain = (**each).clone();
    }
    if domain.elements.is_some() {
        context.domain.one_of.clone_from(&domain.elements);
    }
    let element = scalar(context).map(|(element, _)| element);
    context.domain = domain;
    let element = element?;
    let fewest = fewest.unwrap_or(0);
    let least = if distinct { 1.max(fewest) } else { fewest };
    let most = if distinct {
        1.max(least)
    } else {
        most.unwrap_or(3).min(least.max(3)).max(least)
    };
    let quoted = !matches!(
        kind,
        ValueType::SmallInt
            | ValueType::Integer
            | ValueType::BigInt
            | ValueType::Numeric { .. }
            | ValueType::Boolean
            | ValueType::Uuid
            | ValueType::Date
    );
    let array = Array {
        key: key.child("length"),
        element,
        least,
        most,
        quoted,
        frame: [b'{', b'}', if kind == ValueType::Box { b';' } else { b',' }],
    };
    Some((
        Generator::Array(Box::new(array)),
        format!("an array of {least} to {most} values of its type"),
    ))
}
