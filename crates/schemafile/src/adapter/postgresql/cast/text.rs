//! Defaults that are text, as PostgreSQL's adapter writes them.

use crate::defaults::{Scalar, text};
use crate::ruby::Value;
use crate::ruby::value::float_text;
use std::net::IpAddr;

/// The text of a default for a column of characters.
pub(super) fn of(value: &Value) -> Result<String, String> {
    match value {
        Value::Bool(truth) => Ok(if *truth { "t" } else { "f" }.to_owned()),
        Value::Array(_) => Err(
            "an array is no default for a column of single values; is `array: true` missing?"
                .into(),
        ),
        other => text::of(other),
    }
}

/// A default for a type that ActiveRecord doesn't know: what it is in Ruby decides how it is written.
pub(super) fn untyped(value: &Value) -> Result<Scalar, String> {
    Ok(match value {
        Value::Bool(truth) => Scalar::Bare(if *truth { "TRUE" } else { "FALSE" }.into()),
        Value::Integer(number) => Scalar::Bare(number.to_string()),
        Value::Float(number) if number.is_finite() => Scalar::Bare(float_text(*number)),
        _ => Scalar::Text(of(value)?),
    })
}

/// An address or network, which PostgreSQL reads itself; what can't be one is an error here.
pub(super) fn network(value: &Value) -> Result<Scalar, String> {
    let text = of(value)?;
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text.as_str(), None),
    };
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        // PostgreSQL also takes networks cut short, such as 10.1/16.
        Err(_) if bits.is_some() && is_short_network(address) => 32,
        Err(_) => return Err(format!("`{text}` is no network address")),
    };
    match bits.map(str::parse::<u8>) {
        None => Ok(Scalar::Text(text)),
        Some(Ok(bits)) if bits <= most => Ok(Scalar::Text(text)),
        Some(_) => Err(format!("`{text}` is no network address")),
    }
}

fn is_short_network(address: &str) -> bool {
    let parts: Vec<&str> = address.split('.').collect();
    parts.len() < 4 && parts.iter().all(|part| part.parse::<u8>().is_ok())
}
