//! Defaults that are numbers of types which only PostgreSQL has.

use super::text::of;
use crate::defaults::Scalar;
use crate::defaults::number::{decimal, to_integer};
use crate::ruby::Value;

/// PostgreSQL's oid: 32 bits without a sign.
pub(super) fn unsigned(value: &Value) -> Result<Scalar, String> {
    match to_integer(value)? {
        None => Ok(Scalar::Null),
        Some(number) if (0..1 << 32).contains(&number) => Ok(Scalar::Bare(number.to_string())),
        Some(number) => Err(format!("{number} is no oid")),
    }
}

/// An amount of money: a decimal, with signs of currency and thousands taken out.
pub(super) fn money(value: &Value) -> Result<Scalar, String> {
    let Value::String(_) = value else {
        return decimal(value);
    };
    let text = of(value)?;
    let text = match text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) => format!("-{inner}"),
        None => text,
    };
    let keep = |kept: char| -> String {
        text.chars()
            .filter(|character| {
                character.is_ascii_digit() || *character == '-' || *character == kept
            })
            .collect()
    };
    let tail: Vec<char> = text.chars().rev().take(3).collect();
    let cleaned = match tail.as_slice() {
        [last, before, '.'] if last.is_ascii_digit() && before.is_ascii_digit() => keep('.'),
        [last, before, ','] if last.is_ascii_digit() && before.is_ascii_digit() => {
            keep(',').replace(',', ".")
        }
        _ => text,
    };
    decimal(&Value::text(cleaned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_loses_its_signs() {
        assert_eq!(money(&Value::text("1.50")), Ok(Scalar::Bare("1.5".into())));
        assert_eq!(
            money(&Value::text("$12,345,678.12")),
            Ok(Scalar::Bare("12345678.12".into()))
        );
        assert_eq!(
            money(&Value::text("($2.55)")),
            Ok(Scalar::Bare("-2.55".into()))
        );
    }
}
