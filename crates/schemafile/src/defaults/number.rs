//! Defaults that are numbers.

use super::Scalar;
use super::text::of;
use crate::ruby::Value;
use crate::ruby::value::float_text;

/// An integer of so many bytes. A text that doesn't begin with a number becomes NULL.
pub(crate) fn integer(value: &Value, bytes: u32) -> Result<Scalar, String> {
    let Some(number) = to_integer(value)? else {
        return Ok(Scalar::Null);
    };
    let most = 1_i128 << (bytes * 8 - 1);
    if (-most..most).contains(&number) {
        Ok(Scalar::Bare(number.to_string()))
    } else {
        Err(format!(
            "{number} doesn't fit in an integer of {bytes} bytes"
        ))
    }
}

/// The whole number that a value is taken for; none for a text that doesn't begin with one.
pub(crate) fn to_integer(value: &Value) -> Result<Option<i128>, String> {
    Ok(match value {
        Value::Integer(number) => Some(*number),
        Value::Bool(truth) => Some(i128::from(*truth)),
        Value::Float(number) => truncate(*number),
        Value::String(_) => {
            let text = of(value)?;
            let digits = text.trim_start();
            let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
            digits
                .starts_with(|first: char| first.is_ascii_digit())
                .then(|| crate::ruby::leading_integer(&text))
        }
        Value::Symbol(_) => None,
        other => {
            return Err(format!(
                "{} is no default for an integer column",
                other.kind()
            ));
        }
    })
}

/// The integer part of a float, when it has one.
fn truncate(number: f64) -> Option<i128> {
    if !number.is_finite() || number.abs() >= 1e38 {
        return None;
    }
    // Through text: there is no lossless cast, and the text of a truncated float is exact.
    format!("{:.0}", number.trunc()).parse().ok()
}

/// A float, written as Ruby writes it.
pub(crate) fn float(value: &Value) -> Result<Scalar, String> {
    let number = match value {
        Value::Float(number) => *number,
        Value::Integer(number) => number.to_string().parse().unwrap_or(f64::NAN),
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        Value::String(_) | Value::Symbol(_) => {
            let text = of(value)?;
            match text.as_str() {
                "" => return Ok(Scalar::Null),
                "NaN" => f64::NAN,
                "Infinity" => f64::INFINITY,
                "-Infinity" => f64::NEG_INFINITY,
                _ => numeric_prefix(&text).parse().unwrap_or(0.0),
            }
        }
        other => return Err(format!("{} is no default for a float column", other.kind())),
    };
    Ok(if number.is_finite() {
        Scalar::Bare(float_text(number))
    } else {
        Scalar::Text(float_text(number))
    })
}

/// A decimal number, written as Ruby's `BigDecimal#to_s("F")`: no exponent, at least one digit behind the point.
pub(crate) fn decimal(value: &Value) -> Result<Scalar, String> {
    let text = match value {
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => float_text(*number),
        Value::Bool(truth) => i32::from(*truth).to_string(),
        Value::String(_) | Value::Symbol(_) => of(value)?,
        other => {
            return Err(format!(
                "{} is no default for a decimal column",
                other.kind()
            ));
        }
    };
    match text.trim() {
        "" => Ok(Scalar::Null),
        special @ ("NaN" | "Infinity" | "-Infinity") => Ok(Scalar::Text(special.to_owned())),
        number => plain_decimal(&numeric_prefix(number)).map(Scalar::Bare),
    }
}

/// The number that a text begins with, as Ruby's `to_f` and `to_d` read it; `0` without one.
fn numeric_prefix(text: &str) -> String {
    let text = text.trim_start();
    let mut number = String::new();
    let mut characters = text.chars().peekable();
    if let Some(&sign) = characters.peek().filter(|sign| matches!(sign, '+' | '-')) {
        if sign == '-' {
            number.push('-');
        }
        characters.next();
    }
    let mut digits = 0;
    let mut point = false;
    while let Some(&next) = characters.peek() {
        match next {
            '0'..='9' => {
                digits += 1;
                number.push(next);
            }
            '_' if digits > 0 => {}
            '.' if !point && digits > 0 => {
                point = true;
                number.push('.');
            }
            'e' | 'E' if digits > 0 => {
                let rest: String = characters.clone().skip(1).collect();
                let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(&rest);
                let power: String = unsigned.chars().take_while(char::is_ascii_digit).collect();
                if !power.is_empty() && power.len() <= 4 {
                    number.push('e');
                    if rest.starts_with('-') {
                        number.push('-');
                    }
                    number.push_str(&power);
                }
                break;
            }
            _ => break,
        }
        characters.next();
    }
    if digits == 0 { "0".into() } else { number }
}

/// A number without an exponent and without needless zeros.
fn plain_decimal(number: &str) -> Result<String, String> {
    let (sign, number) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (mantissa, exponent) = number.split_once('e').unwrap_or((number, "0"));
    let exponent: i32 = exponent
        .parse()
        .map_err(|_| format!("`{number}` is no number"))?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len())
        .unwrap_or(i32::MAX)
        .saturating_add(exponent);
    if point.abs() > 2000 || digits.len() > 20_000 {
        return Err("the number has more digits than any decimal".into());
    }
    let (whole, fraction) = if point <= 0 {
        let zeros = usize::try_from(-point).unwrap_or(0);
        (String::new(), format!("{}{digits}", "0".repeat(zeros)))
    } else {
        let point = usize::try_from(point).unwrap_or(0);
        if point >= digits.len() {
            (
                format!("{digits}{}", "0".repeat(point - digits.len())),
                String::new(),
            )
        } else {
            (digits[..point].to_owned(), digits[point..].to_owned())
        }
    };
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    Ok(format!(
        "{sign}{}.{}",
        if whole.is_empty() { "0" } else { whole },
        if fraction.is_empty() { "0" } else { fraction }
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_decimal(value: &Value, expected: &str) {
        assert_eq!(decimal(value), Ok(Scalar::Bare(expected.into())));
    }

    #[test]
    fn decimals_have_no_exponent_and_a_digit_behind_the_point() {
        check_decimal(&Value::Integer(10), "10.0");
        check_decimal(&Value::text("12.34567"), "12.34567");
        check_decimal(&Value::text("0.0"), "0.0");
        check_decimal(&Value::text("12.50"), "12.5");
        check_decimal(&Value::text("abc"), "0.0");
        check_decimal(&Value::text("1e3"), "1000.0");
        check_decimal(&Value::Float(0.25), "0.25");
        check_decimal(&Value::Float(1e20), "100000000000000000000.0");
        check_decimal(&Value::Float(1e-7), "0.0000001");
        check_decimal(&Value::text("-1_000.5x"), "-1000.5");
    }

    #[test]
    fn integers_are_cut_and_checked() {
        assert_eq!(integer(&Value::Float(3.9), 4), Ok(Scalar::Bare("3".into())));
        assert_eq!(
            integer(&Value::text("12abc"), 4),
            Ok(Scalar::Bare("12".into()))
        );
        assert_eq!(integer(&Value::text("abc"), 4), Ok(Scalar::Null));
        assert_eq!(integer(&Value::Bool(true), 4), Ok(Scalar::Bare("1".into())));
        assert!(integer(&Value::Integer(40_000), 2).is_err());
    }
}
