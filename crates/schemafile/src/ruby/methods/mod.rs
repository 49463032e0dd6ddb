//! Methods of plain values: text, numbers, lists, hashes.
//!
//! Only what schema files use, and only what gives the same answer on every Ruby.

mod collections;

use super::eval::{Call, Host, Interpreter, MOST_ELEMENTS};
use super::value::{Located, Value};
use crate::source::Span;
use collections::Iteration;
use std::rc::Rc;

/// Calls a method of a value. `block_symbol` is the `:name` of `&:name`. None when the value has no such
/// method.
pub(super) fn call(
    interpreter: &mut Interpreter<'_>,
    host: &mut dyn Host,
    receiver: &Located,
    call: &Call,
    block_symbol: Option<&str>,
) -> Option<Value> {
    if call
        .arguments
        .iter()
        .any(|argument| argument.value.is_unknown())
    {
        return Some(Value::Unknown);
    }
    let mut context = Context {
        interpreter,
        host,
        call,
        block_symbol,
        span: receiver.span.to(call.span),
    };
    if let Some(value) = context.any(&receiver.value) {
        return Some(value);
    }
    match &receiver.value {
        Value::String(bytes) => context.text(std::str::from_utf8(bytes).ok()?),
        Value::Symbol(name) => context.symbol(name),
        Value::Integer(number) => context.integer(*number),
        Value::Float(number) => context.float(*number),
        Value::Array(elements) => context.array(elements),
        Value::Hash(entries) => context.hash(entries),
        Value::Range(range) => {
            let (Value::Integer(begin), Value::Integer(end)) =
                (&range.begin.value, &range.end.value)
            else {
                return None;
            };
            let end = if range.exclusive {
                *end
            } else {
                end.checked_add(1)?
            };
            let count = usize::try_from(end.saturating_sub(*begin).max(0)).ok()?;
            if count > MOST_ELEMENTS {
                return None;
            }
            let elements: Vec<Located> = (*begin..end)
                .map(|number| context.located(Value::Integer(number)))
                .collect();
            if call.name.as_ref() == "to_a" {
                return Some(Value::Array(elements.into()));
            }
            context.array(&elements)
        }
        Value::Lambda(block) if matches!(call.name.as_ref(), "call" | "()" | "[]") => {
            let block = Rc::clone(block);
            let arguments = call.arguments.clone();
            Some(
                context
                    .interpreter
                    .call_block(context.host, &block, arguments),
            )
        }
        Value::Nil if call.name.as_ref() == "to_a" => Some(Value::Array(Rc::from([]))),
        _ => None,
    }
}

struct Context<'call, 'run> {
    interpreter: &'call mut Interpreter<'run>,
    host: &'call mut dyn Host,
    call: &'call Call,
    block_symbol: Option<&'call str>,
    span: Span,
}

impl Context<'_, '_> {
    fn located(&self, value: Value) -> Located {
        Located {
            value,
            span: self.span,
        }
    }

    fn argument(&self) -> Option<&Value> {
        match self.call.arguments.as_slice() {
            [argument] => Some(&argument.value),
            _ => None,
        }
    }

    fn no_arguments(&self) -> bool {
        self.call.arguments.is_empty()
    }

    fn built(&mut self, text: String) -> Value {
        if self.interpreter.may_build(self.span, text.len()) {
            Value::text(text)
        } else {
            Value::Unknown
        }
    }

    /// What every value answers.
    fn any(&mut self, value: &Value) -> Option<Value> {
        let name = self.call.name.as_ref();
        Some(match (name, self.argument()) {
            ("freeze" | "dup" | "clone" | "itself" | "html_safe", None) if self.no_arguments() => {
                value.clone()
            }
            // The same bytes, which Ruby then takes for no text.
            ("b", None) if matches!(value, Value::String(_)) && self.no_arguments() => {
                value.clone()
            }
            ("!", None) => Value::Bool(!value.truthy()),
            ("nil?", None) => Value::Bool(value.is_nil()),
            ("==" | "eql?", Some(other)) => Value::Bool(value.equals(other)),
            ("!=", Some(other)) => Value::Bool(!value.equals(other)),
            ("to_s", None) if self.no_arguments() && !matches!(value, Value::String(_)) => {
                let text = value.to_text()?.into_owned();
                self.built(text)
            }
            ("blank?", None) => Value::Bool(is_blank(value)),
            ("present?", None) => Value::Bool(!is_blank(value)),
            ("presence", None) if is_blank(value) => Value::Nil,
            ("presence", None) => value.clone(),
            _ => return None,
        })
    }

    fn text(&mut self, text: &str) -> Option<Value> {
        let name = self.call.name.as_ref();
        let argument = self.argument().cloned();
        let other = argument.as_ref().and_then(Value::as_name);
        let value = match (name, other) {
            ("to_s" | "to_str", None) => text.to_owned(),
            ("squish", None) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            ("strip", None) => text.trim().to_owned(),
            ("lstrip", None) => text.trim_start().to_owned(),
            ("rstrip", None) => text.trim_end().to_owned(),
            ("chomp", None) => text.strip_suffix('\n').unwrap_or(text).to_owned(),
            ("upcase", None) => text.to_uppercase(),
            ("downcase", None) => text.to_lowercase(),
            ("strip_heredoc", None) => strip_heredoc(text),
            ("pluralize", None) if self.no_arguments() => {
                self.interpreter.inflections.pluralize(text)
            }
            ("singularize", None) => self.interpreter.inflections.singularize(text),
            ("+" | "concat", Some(other)) => format!("{text}{other}"),
            ("*", None) => {
                let Some(Value::Integer(times)) = argument else {
                    return None;
                };
                let times = usize::try_from(times).ok()?;
                if !self
                    .interpreter
                    .may_build(self.span, text.len().saturating_mul(times))
                {
                    return Some(Value::Unknown);
                }
                text.repeat(times)
            }
            ("delete_prefix", Some(other)) => text.strip_prefix(other).unwrap_or(text).to_owned(),
            ("delete_suffix", Some(other)) => text.strip_suffix(other).unwrap_or(text).to_owned(),
            ("gsub" | "sub" | "tr", _) => {
                let [from, to] = self.call.arguments.as_slice() else {
                    return None;
                };
                let (Value::String(_), Some(from), Some(to)) =
                    (&from.value, from.value.as_name(), to.value.as_name())
                else {
                    return None;
                };
                match name {
                    "gsub" => {
                        let most = text.len().saturating_add(1).saturating_mul(to.len().max(1));
                        if !self.interpreter.may_build(self.span, most) {
                            return Some(Value::Unknown);
                        }
                        text.replace(from, to)
                    }
                    "sub" => text.replacen(from, to, 1),
                    _ if from.chars().count() == 1 && to.chars().count() == 1 => {
                        text.replace(from, to)
                    }
                    _ => return None,
                }
            }
            ("to_sym" | "intern", None) => return Some(Value::Symbol(Rc::from(text))),
            ("to_i", None) => return Some(Value::Integer(leading_integer(text))),
            ("length" | "size", None) => return count(text.chars().count()),
            ("empty?", None) => return Some(Value::Bool(text.is_empty())),
            ("include?", Some(other)) => return Some(Value::Bool(text.contains(other))),
            ("start_with?", Some(other)) => return Some(Value::Bool(text.starts_with(other))),
            ("end_with?", Some(other)) => return Some(Value::Bool(text.ends_with(other))),
            ("split", _) => {
                let parts: Vec<String> = match other {
                    Some(separator) if !separator.is_empty() && separator != " " => {
                        text.split(separator).map(str::to_owned).collect()
                    }
                    _ => text.split_whitespace().map(str::to_owned).collect(),
                };
                return Some(Value::Array(
                    parts
                        .into_iter()
                        .map(|part| self.located(Value::text(part)))
                        .collect(),
                ));
            }
            _ => return None,
        };
        Some(self.built(value))
    }

    fn symbol(&mut self, name: &Rc<str>) -> Option<Value> {
        match self.call.name.as_ref() {
            "to_sym" => Some(Value::Symbol(Rc::clone(name))),
            "name" | "to_s" => Some(Value::text(name)),
            _ => None,
        }
    }

    fn integer(&mut self, number: i128) -> Option<Value> {
        let name = self.call.name.as_ref();
        if name == "times" {
            let count = usize::try_from(number.max(0)).ok()?;
            if count > MOST_ELEMENTS {
                return None;
            }
            let elements: Vec<Located> = (0..number.max(0))
                .map(|number| self.located(Value::Integer(number)))
                .collect();
            return self.iterate(&elements, Iteration::Each);
        }
        if self.no_arguments() {
            let unit: i128 = match name {
                "-@" => return number.checked_neg().map(Value::Integer),
                "+@" | "to_i" | "byte" | "bytes" => 1,
                "kilobyte" | "kilobytes" => 1 << 10,
                "megabyte" | "megabytes" => 1 << 20,
                "gigabyte" | "gigabytes" => 1 << 30,
                "zero?" => return Some(Value::Bool(number == 0)),
                "positive?" => return Some(Value::Bool(number > 0)),
                "to_f" => return Some(Value::Float(to_float(number))),
                _ => return None,
            };
            return Some(self.checked(number.checked_mul(unit)));
        }
        match self.argument()? {
            Value::Integer(other) => {
                let other = *other;
                let result = match name {
                    "+" => number.checked_add(other),
                    "-" => number.checked_sub(other),
                    "*" => number.checked_mul(other),
                    "/" if other != 0 => floor_division(number, other),
                    "%" if other != 0 => number.checked_rem(other).map(|rest| {
                        if rest != 0 && (rest < 0) != (other < 0) {
                            rest + other
                        } else {
                            rest
                        }
                    }),
                    "**" => u32::try_from(other)
                        .ok()
                        .and_then(|power| number.checked_pow(power)),
                    "|" => Some(number | other),
                    "&" => Some(number & other),
                    "<<" => u32::try_from(other)
                        .ok()
                        .filter(|&bits| bits < 64)
                        .and_then(|bits| number.checked_mul(1_i128 << bits)),
                    ">" => return Some(Value::Bool(number > other)),
                    "<" => return Some(Value::Bool(number < other)),
                    ">=" => return Some(Value::Bool(number >= other)),
                    "<=" => return Some(Value::Bool(number <= other)),
                    _ => return None,
                };
                Some(self.checked(result))
            }
            Value::Float(other) => float_operation(name, to_float(number), *other),
            _ => None,
        }
    }

    fn checked(&mut self, result: Option<i128>) -> Value {
        match result {
            Some(number) => Value::Integer(number),
            None => self
                .interpreter
                .fail(self.span, "this number can't be worked out"),
        }
    }

    fn float(&mut self, number: f64) -> Option<Value> {
        let name = self.call.name.as_ref();
        if self.no_arguments() {
            return match name {
                "-@" => Some(Value::Float(-number)),
                "to_f" => Some(Value::Float(number)),
                _ => None,
            };
        }
        match self.argument()? {
            Value::Integer(other) => float_operation(name, number, to_float(*other)),
            Value::Float(other) => float_operation(name, number, *other),
            _ => None,
        }
    }
}

fn count(number: usize) -> Option<Value> {
    i128::try_from(number).ok().map(Value::Integer)
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Nil | Value::Bool(false) => true,
        Value::String(bytes) => bytes.iter().all(u8::is_ascii_whitespace),
        Value::Array(elements) => elements.is_empty(),
        Value::Hash(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Takes the smallest indentation of a text's lines away, as ActiveSupport does.
fn strip_heredoc(text: &str) -> String {
    let indentation = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    text.split_inclusive('\n')
        .map(|line| {
            line.get(indentation..)
                .unwrap_or(line.trim_start_matches([' ', '\t']))
        })
        .collect()
}

/// Ruby's `String#to_i`: the digits at the front, 0 without any.
pub(crate) fn leading_integer(text: &str) -> i128 {
    let text = text.trim_start();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut number: i128 = 0;
    for character in digits.chars() {
        match character.to_digit(10) {
            Some(digit) => {
                number = number.saturating_mul(10).saturating_add(i128::from(digit));
            }
            None if character == '_' => {}
            None => break,
        }
    }
    if negative { -number } else { number }
}

fn floor_division(left: i128, right: i128) -> Option<i128> {
    let quotient = left.checked_div(right)?;
    let rest = left.checked_rem(right)?;
    if rest != 0 && (rest < 0) != (right < 0) {
        quotient.checked_sub(1)
    } else {
        Some(quotient)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Ruby's Integer#to_f rounds to the nearest double as well"
)]
fn to_float(number: i128) -> f64 {
    number as f64
}

fn float_operation(name: &str, left: f64, right: f64) -> Option<Value> {
    Some(Value::Float(match name {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        _ => return None,
    }))
}
