//! What becomes of a column's values when its type changes.
//!
//! Two questions: which expression converts them, and whether every value survives. A value is *lost* where another one
//! stands in its place afterwards and nothing says so; it is *refused* where the migration stops before anything has
//! happened.

mod family;
mod limits;
mod rules;

use family::Family;
use pg_model::{DataType, RangeType, TypeKind};
use pg_sql::ddl::data_type;
use pg_sql::identifier;
use rules::{How, RULES};

/// A conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cast {
    /// The expression for `USING`, or none where PostgreSQL converts by itself.
    pub(crate) expression: Option<String>,
    pub(crate) fate: Fate,
}

/// What becomes of values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fate {
    /// What is lost in silence.
    pub(crate) loses: Option<String>,
    /// Which values stop the migration.
    pub(crate) refuses: Option<String>,
}

impl Fate {
    /// The first that says it is the most exact.
    fn lose(&mut self, what: &str) {
        self.loses.get_or_insert_with(|| what.to_owned());
    }

    fn refuse(&mut self, what: &str) {
        self.refuses.get_or_insert_with(|| what.to_owned());
    }
}

/// How the values of a column become those of another type.
pub(crate) fn cast(column: &str, old: &DataType, new: &DataType) -> Cast {
    let value = identifier(column).into_owned();
    match (old.array, new.array) {
        (false, false) => scalar(&value, &old.kind, &new.kind),
        (true, true) => elements(&value, &old.kind, &new.kind),
        (true, false) => array_to_scalar(&value, &old.kind, &new.kind),
        (false, true) => {
            let one = scalar(&value, &old.kind, &new.kind);
            let element = one.expression.unwrap_or_else(|| value.clone());
            let expression = format!(
                "CASE WHEN {value} IS NOT NULL THEN ARRAY[{element}]::{} END",
                data_type(new)
            );
            let expression = if is_strict(&new.kind) {
                // The cast would cut what the assignment refuses.
                format!(
                    "CASE WHEN {value} IS NOT NULL THEN ARRAY[{element}]::{}[] END",
                    cast_name(&new.kind)
                )
            } else {
                expression
            };
            Cast {
                expression: Some(expression),
                fate: one.fate,
            }
        }
    }
}

fn scalar(value: &str, old: &TypeKind, new: &TypeKind) -> Cast {
    let (how, fate) = found(old, new);
    let target = cast_name(new);
    let expression = match how {
        Conversion::Alone => None,
        Conversion::Through(mut types) => {
            types.push(target);
            types.dedup();
            Some(format!("{value}::{}", types.join("::")))
        }
        Conversion::By(template) => Some(filled(&template, value)),
        Conversion::Cast(template) => Some(format!("{}::{target}", filled(&template, value))),
    };
    Cast { expression, fate }
}

/// Arrays are converted element by element, which only casts can do.
fn elements(value: &str, old: &TypeKind, new: &TypeKind) -> Cast {
    let (how, mut fate) = found(old, new);
    let target = cast_name(new);
    let expression = match how {
        Conversion::Alone => None,
        Conversion::Through(mut types) => {
            types.push(target);
            types.dedup();
            Some(format!("{value}::{}[]", types.join("[]::")))
        }
        Conversion::By(_) | Conversion::Cast(_) => by_elements(value, old, new, &mut fate),
    };
    Cast { expression, fate }
}

/// What stands in for an expression, which can't look into an array: a cast of the server's, or what is written.
fn by_elements(value: &str, old: &TypeKind, new: &TypeKind, fate: &mut Fate) -> Option<String> {
    let is_moment = |kind| matches!(kind, TypeKind::Date | TypeKind::Timestamp { .. });
    if is_moment(old.clone()) && is_moment(new.clone()) {
        return None;
    }
    if old.is_number() && *new == TypeKind::Boolean {
        if !matches!(old, TypeKind::SmallInt | TypeKind::Integer) {
            fate.refuse("values beyond the range");
        }
        return Some(format!("{value}::integer[]::boolean[]"));
    }
    *fate = Fate {
        loses: None,
        refuses: Some("values that the new type can't read".to_owned()),
    };
    Some(format!("{value}::text[]::{}[]", cast_name(new)))
}

fn array_to_scalar(value: &str, old: &TypeKind, new: &TypeKind) -> Cast {
    let mut fate = Fate::default();
    if new.is_string() {
        // An array becomes text as a whole.
        limits::limited(&TypeKind::Text, new, &mut fate);
        return Cast {
            expression: None,
            fate,
        };
    }
    let whole = match new {
        TypeKind::Json => Some(format!("to_json({value})")),
        TypeKind::Jsonb => Some(format!("to_jsonb({value})")),
        TypeKind::Bytea => Some(format!("convert_to({value}::text, 'UTF8')")),
        _ => None,
    };
    if whole.is_some() {
        return Cast {
            expression: whole,
            fate,
        };
    }
    let first = format!("{value}[1]");
    let one = scalar(&first, old, new);
    fate = one.fate;
    fate.loses = Some("all elements but the first".to_owned());
    Cast {
        expression: Some(one.expression.unwrap_or(first)),
        fate,
    }
}

enum Conversion {
    Alone,
    Through(Vec<String>),
    By(String),
    Cast(String),
}

fn found(old: &TypeKind, new: &TypeKind) -> (Conversion, Fate) {
    let (from, to) = (Family::of(old), Family::of(new));
    let mut fate = Fate::default();
    if let Some((conversion, loses)) = special(old, new) {
        if let Some(loses) = loses {
            fate.lose(loses);
        }
        limits::limited(old, new, &mut fate);
        return (conversion, fate);
    }
    let meets = |list: &[Family], family| list.is_empty() || list.contains(&family);
    let rule = RULES
        .iter()
        .find(|rule| meets(rule.from, from) && meets(rule.to, to));
    let Some(rule) = rule else {
        return (Conversion::Alone, fate);
    };
    if !rule.loses.is_empty() {
        fate.lose(rule.loses);
    }
    if !rule.refuses.is_empty() {
        fate.refuse(rule.refuses);
    }
    limits::limited(old, new, &mut fate);
    let conversion = match rule.how {
        How::Alone => Conversion::Alone,
        How::Through(types) => {
            Conversion::Through(types.iter().map(|&name| name.to_owned()).collect())
        }
        How::By(template) => Conversion::By(template.to_owned()),
        How::Cast(template) => Conversion::Cast(template.to_owned()),
    };
    (conversion, fate)
}

/// Pairs whose conversion follows from the types' own names and lengths.
fn special(old: &TypeKind, new: &TypeKind) -> Option<(Conversion, Option<&'static str>)> {
    use Conversion::{Alone, By, Through};
    let range_name = |range: RangeType| format!("{}range", range.stem());
    Some(match (old, new) {
        (TypeKind::Enum(one), TypeKind::Enum(other)) if one == other => (Alone, None),
        (TypeKind::Bit { length }, TypeKind::Bit { length: other }) if length == other => {
            (Alone, None)
        }
        // The assignment refuses any other length, the cast fills up or cuts.
        (TypeKind::Bit { .. } | TypeKind::Integer | TypeKind::BigInt, TypeKind::Bit { .. }) => (
            By(format!(
                "{{}}::{}",
                data_type(&DataType::scalar(new.clone()))
            )),
            None,
        ),
        (TypeKind::SmallInt | TypeKind::Boolean, TypeKind::Bit { .. }) => {
            let target = data_type(&DataType::scalar(new.clone()));
            (By(format!("{{}}::integer::{target}")), None)
        }
        (TypeKind::Bit { length }, TypeKind::Boolean) if length.unwrap_or(1) == 1 => {
            (Through(vec!["text".into()]), None)
        }
        (
            TypeKind::Bit { length },
            TypeKind::Numeric { .. } | TypeKind::Real | TypeKind::DoublePrecision,
        ) if length.unwrap_or(1) > 64 => (Through(vec!["text".into()]), None),
        (TypeKind::Other(one), TypeKind::Other(other)) if one == other => (Alone, None),
        (TypeKind::Range(one), TypeKind::Multirange(other)) if one == other => {
            (Through(Vec::new()), None)
        }
        (TypeKind::Multirange(one), TypeKind::Range(other)) if one == other => {
            (By("range_merge({})".into()), Some("gaps"))
        }
        (one, TypeKind::Range(range)) if bounds(*range, one) => (
            By(format!(
                "CASE WHEN {{}} IS NOT NULL THEN {}({{}}, {{}}, '[]') END",
                range_name(*range)
            )),
            None,
        ),
        (TypeKind::Range(range), one) if bounds(*range, one) => {
            (By("lower({})".into()), Some("all but the lower bound"))
        }
        (one, other)
            if Family::of(one) == Family::of(other)
                && !matches!(one, TypeKind::Enum(_) | TypeKind::Other(_)) =>
        {
            (Alone, None)
        }
        _ => return None,
    })
}

/// Whether ranges of a kind are bounded by values of a type.
fn bounds(range: RangeType, kind: &TypeKind) -> bool {
    match range {
        RangeType::Int4 => matches!(kind, TypeKind::SmallInt | TypeKind::Integer),
        RangeType::Int8 => *kind == TypeKind::BigInt,
        RangeType::Num => matches!(kind, TypeKind::Numeric { .. }),
        RangeType::Ts => matches!(
            kind,
            TypeKind::Timestamp {
                with_time_zone: false,
                ..
            }
        ),
        RangeType::Tstz => matches!(
            kind,
            TypeKind::Timestamp {
                with_time_zone: true,
                ..
            }
        ),
        RangeType::Date => *kind == TypeKind::Date,
    }
}

/// Types whose explicit cast cuts what doesn't fit, while the assignment that follows refuses it.
fn is_strict(kind: &TypeKind) -> bool {
    matches!(
        kind,
        TypeKind::Varchar { limit: Some(_) }
            | TypeKind::Char { .. }
            | TypeKind::Bit { .. }
            | TypeKind::BitVarying { .. }
    )
}

fn cast_name(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Bit { .. } | TypeKind::BitVarying { .. } => "bit varying".to_owned(),
        TypeKind::Varchar { .. } => "varchar".to_owned(),
        TypeKind::Char { .. } => "text".to_owned(),
        other => data_type(&DataType::scalar(other.clone())),
    }
}

/// `{}` is the value, `{{}}` a pair of braces.
fn filled(template: &str, value: &str) -> String {
    template
        .split("{{}}")
        .map(|part| part.replace("{}", value))
        .collect::<Vec<_>>()
        .join("{}")
}

#[cfg(test)]
mod tests;
