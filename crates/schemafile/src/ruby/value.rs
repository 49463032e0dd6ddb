//! Values of the evaluated part of Ruby.

use super::ast::Block;
use crate::source::Span;
use std::borrow::Cow;
use std::rc::Rc;

/// A value with the place of the code that gave it.
#[derive(Debug, Clone)]
pub(crate) struct Located {
    pub(crate) value: Value,
    pub(crate) span: Span,
}

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Nil,
    Bool(bool),
    Integer(i128),
    Float(f64),
    /// Bytes, because `"\xFF"` is a string too.
    String(Rc<[u8]>),
    Symbol(Rc<str>),
    Array(Rc<[Located]>),
    /// Entries in the order of the source; later ones of the same key have replaced earlier ones.
    Hash(Rc<[(Located, Located)]>),
    Range(Rc<RangeValue>),
    Regexp {
        pattern: Rc<str>,
        /// Letters behind the second slash: `i` and `m`.
        options: &'static str,
    },
    /// A lambda or a proc.
    Lambda(Rc<Block>),
    /// Something of the host's.
    Object(Object),
    /// What an expression gives that was reported as an error. Nothing more is said about it.
    Unknown,
}

/// A range.
#[derive(Debug, Clone)]
pub(crate) struct RangeValue {
    pub(crate) begin: Located,
    pub(crate) end: Located,
    pub(crate) exclusive: bool,
}

/// A thing that only the host knows how to talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    /// The `t` of a `create_table` block.
    TableDefinition,
    /// The `t` of a `change_table` block.
    TableChange,
    /// `ActiveRecord::Schema`, or one of its versions.
    Schema(Option<crate::version::RailsVersion>),
    /// The module that keeps the inflection rules.
    Inflector,
    /// What `inflections` yields.
    Inflections,
    /// The connection that ridgepole hands to the condition of `execute`.
    Connection,
    /// The file itself.
    Main,
}

impl Value {
    /// A string from text.
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        Self::String(Rc::from(text.as_ref().as_bytes()))
    }

    /// What Ruby takes for true: all but nil and false.
    pub(crate) fn truthy(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false) | Self::Unknown)
    }

    /// Whether it is nil.
    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// Whether an error was reported for it already.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The text of a string or symbol, when it is UTF-8.
    pub(crate) fn as_name(&self) -> Option<&str> {
        match self {
            Self::String(bytes) => std::str::from_utf8(bytes).ok(),
            Self::Symbol(name) => Some(name),
            _ => None,
        }
    }

    /// What Ruby's `to_s` gives, for the kinds whose text is the same on every Ruby.
    pub(crate) fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Nil => Cow::Borrowed(""),
            Self::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Float(number) => Cow::Owned(float_text(*number)),
            Self::String(bytes) => Cow::Borrowed(std::str::from_utf8(bytes).ok()?),
            Self::Symbol(name) => Cow::Borrowed(name),
            _ => return None,
        })
    }

    /// What to call it in a message.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::String(_) => "a string",
            Self::Symbol(_) => "a symbol",
            Self::Array(_) => "an array",
            Self::Hash(_) => "a hash",
            Self::Range(_) => "a range",
            Self::Regexp { .. } => "a regular expression",
            Self::Lambda(_) => "a lambda",
            Self::Object(_) | Self::Unknown => "an object",
        }
    }

    /// Ruby's `==`, as far as hashes' keys and conditions need it.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Integer(left), Self::Integer(right)) => left == right,
            (Self::Float(left), Self::Float(right)) => left.total_cmp(right).is_eq(),
            (Self::String(left), Self::String(right)) => left == right,
            (Self::Symbol(left), Self::Symbol(right)) => left == right,
            (Self::Array(left), Self::Array(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(right.iter())
                        .all(|(left, right)| left.value.equals(&right.value))
            }
            _ => false,
        }
    }
}

/// Ruby's `Float#to_s`: at least one digit after the point, an exponent below 0.0001 and from 1e16.
pub(crate) fn float_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .into();
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if number == 0.0 || (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        }
    } else {
        let mantissa = if mantissa.contains('.') {
            mantissa.to_owned()
        } else {
            format!("{mantissa}.0")
        };
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_ruby_writes_them() {
        for (number, expected) in [
            (2.0, "2.0"),
            (0.1, "0.1"),
            (1.0e-7, "1.0e-07"),
            (1.5e-5, "1.5e-05"),
            (0.0001, "0.0001"),
            (1e15, "1000000000000000.0"),
            (1e16, "1.0e+16"),
            (1e20, "1.0e+20"),
            (1.25e300, "1.25e+300"),
            (-0.0, "-0.0"),
        ] {
            assert_eq!(float_text(number), expected);
        }
    }
}
