//! What an SQL expression is for a row's values, as a server would say.
//!
//! The planner builds values so that constraints hold, and this holds them against the constraints afterwards: what it
//! was told wrong, or understood wrong, is seen before a dump is written. It also computes columns that an equation
//! of a check decides. It knows a part of SQL; what it doesn't know is [`Fault::Unknown`], never a guess.

mod arithmetic;
mod functions;
pub mod value;

use crate::check::{
    Comparison, comparison_of, elements_of_array, folded, like_pattern, regex, similar_pattern,
};
use regex_lite::Regex;
use sqlparser::ast::{
    BinaryOperator, CeilFloorKind, DataType, Expr, TrimWhereField, UnaryOperator, Value as Constant,
};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use value::{Number, Value, compare};

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It isn't understood: what.
    Unknown(String),
    /// A server refuses it with an error: why.
    Refused(String),
    /// Two different texts, of which the collation says which comes first.
    Order,
}

impl Fault {
    /// Something that the evaluator does not know, named for a sentence.
    pub fn unknown(what: &str) -> Self {
        Self::Unknown(what.to_owned())
    }
}

/// The value of a row's column, by its name.
type Columns<'a> = &'a dyn Fn(&str) -> Result<Value, Fault>;

/// Finds values of expressions over one row after the other.
#[derive(Default)]
pub struct Evaluator {
    patterns: RefCell<BTreeMap<String, Option<Regex>>>,
}

impl Evaluator {
    /// What an expression is.
    pub fn value(&self, expression: &Expr, row: Columns<'_>) -> Result<Value, Fault> {
        let value = |expression: &Expr| self.value(expression, row);
        let is_null = |expression: &Expr| Ok::<bool, Fault>(value(expression)?.is_null());
        let known = |truth: bool| Ok(Value::Truth(truth));
        match expression {
            Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => value(inner),
            Expr::Identifier(name) => match folded(name).as_str() {
                "current_date" | "current_timestamp" | "localtimestamp" | "current_user" => {
                    Err(Fault::unknown("the time of loading"))
                }
                name => row(name),
            },
            Expr::CompoundIdentifier(names) => match names.last() {
                Some(name) => row(&folded(name)),
                None => Err(unknown(expression)),
            },
            Expr::Value(constant) => match &constant.value {
                Constant::Null => Ok(Value::Null),
                Constant::Boolean(truth) => known(*truth),
                Constant::Number(number, _) => Number::read(number)
                    .map(Value::Number)
                    .ok_or_else(|| unknown(expression)),
                Constant::SingleQuotedString(text) | Constant::EscapedStringLiteral(text) => {
                    Ok(Value::Text(text.clone()))
                }
                Constant::DollarQuotedString(text) => Ok(Value::Text(text.value.clone())),
                _ => Err(unknown(expression)),
            },
            Expr::TypedString(typed) => match &typed.value.value {
                Constant::SingleQuotedString(text) => {
                    functions::cast(Value::Text(text.clone()), &typed.data_type)
                }
                _ => Err(unknown(expression)),
            },
            Expr::Interval(written) => {
                let number = value(&written.value)?;
                let text = match number {
                    Value::Number(number) => number.units.to_string(),
                    other => other.text()?,
                };
                let unit = written
                    .leading_field
                    .as_ref()
                    .map_or_else(String::new, |field| format!(" {field}"));
                value::span(&format!("{text}{unit}")).map(Value::Span)
            }
            Expr::IsNull(inner) => known(is_null(inner)?),
            Expr::IsNotNull(inner) => known(!is_null(inner)?),
            Expr::IsTrue(inner) => known(self.truth(inner, row)? == Some(true)),
            Expr::IsNotTrue(inner) => known(self.truth(inner, row)? != Some(true)),
            Expr::IsFalse(inner) => known(self.truth(inner, row)? == Some(false)),
            Expr::IsNotFalse(inner) => known(self.truth(inner, row)? != Some(false)),
            Expr::IsUnknown(inner) => known(self.truth(inner, row)?.is_none()),
            Expr::IsNotUnknown(inner) => known(self.truth(inner, row)?.is_some()),
            Expr::IsDistinctFrom(left, right) => known(!are_same(&value(left)?, &value(right)?)?),
            Expr::IsNotDistinctFrom(left, right) => known(are_same(&value(left)?, &value(right)?)?),
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let middle = value(expr)?;
                let above = compared(&middle, Comparison::AtLeast, &value(low)?)?;
                let below = compared(&middle, Comparison::AtMost, &value(high)?)?;
                Ok(of_truth(negate(both(above, below), *negated)))
            }
            Expr::InList {
                expr,
                list,
                negated,
            } => {
                let left = value(expr)?;
                let list = list.iter().map(value).collect::<Result<Vec<_>, _>>()?;
                Ok(of_truth(negate(
                    any(&left, Comparison::Equal, &list)?,
                    *negated,
                )))
            }
            Expr::AnyOp {
                left,
                compare_op,
                right,
                ..
            } => self.of_list(left, compare_op, right, false, row),
            Expr::AllOp {
                left,
                compare_op,
                right,
            } => self.of_list(left, compare_op, right, true, row),
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => {
                let escape = escape_of(escape_char.as_deref(), &value)?;
                self.like(&value(expr)?, &value(pattern)?, escape, "", *negated)
            }
            Expr::ILike {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => {
                let escape = escape_of(escape_char.as_deref(), &value)?;
                self.like(&value(expr)?, &value(pattern)?, escape, "(?i)", *negated)
            }
            Expr::SimilarTo {
                negated,
                expr,
                pattern,
                ..
            } => {
                let (text, pattern) = (value(expr)?, value(pattern)?);
                if text.is_null() || pattern.is_null() {
                    return Ok(Value::Null);
                }
                let found = self.matches(&text.text()?, &similar_pattern(&pattern.text()?))?;
                known(found != *negated)
            }
            Expr::UnaryOp { op, expr } => match op {
                UnaryOperator::Not => Ok(of_truth(self.truth(expr, row)?.map(|truth| !truth))),
                UnaryOperator::Minus => arithmetic::negative(value(expr)?),
                UnaryOperator::Plus => value(expr),
                UnaryOperator::PGAbs => arithmetic::absolute(value(expr)?),
                _ => Err(unknown(expression)),
            },
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, row),
            Expr::Cast {
                expr, data_type, ..
            } => functions::cast(value(expr)?, data_type),
            Expr::Array(array) => array
                .elem
                .iter()
                .map(value)
                .collect::<Result<_, _>>()
                .map(Value::List),
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => {
                for when in conditions {
                    let holds = match operand {
                        Some(operand) => compared(
                            &value(operand)?,
                            Comparison::Equal,
                            &value(&when.condition)?,
                        )?,
                        None => self.truth(&when.condition, row)?,
                    };
                    if holds == Some(true) {
                        return value(&when.result);
                    }
                }
                else_result
                    .as_ref()
                    .map_or(Ok(Value::Null), |otherwise| value(otherwise))
            }
            Expr::Extract { field, expr, .. } => functions::part(&field.to_string(), &value(expr)?),
            Expr::AtTimeZone {
                timestamp,
                time_zone,
            } => {
                let zone = value(time_zone)?.text()?;
                match (value(timestamp)?, zone.to_ascii_lowercase().as_str()) {
                    (Value::Null, _) => Ok(Value::Null),
                    (moment, "utc" | "gmt" | "etc/utc") => moment.moment().map(Value::Moment),
                    _ => Err(Fault::unknown("a time zone")),
                }
            }
            Expr::Ceil {
                expr,
                field: CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime),
            } => functions::call("ceil", &[value(expr)?]),
            Expr::Floor {
                expr,
                field: CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime),
            } => functions::call("floor", &[value(expr)?]),
            Expr::Trim {
                trim_where,
                trim_what: None,
                expr,
                trim_characters: None,
            } => functions::call(
                match trim_where {
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                    _ => "btrim",
                },
                &[value(expr)?],
            ),
            Expr::Trim {
                trim_where: None | Some(TrimWhereField::Both),
                trim_what: Some(what),
                expr,
                trim_characters: None,
            } => functions::call("btrim", &[value(expr)?, value(what)?]),
            Expr::Substring {
                expr,
                substring_from: Some(from),
                substring_for,
                ..
            } => {
                let mut arguments = vec![value(expr)?, value(from)?];
                if let Some(count) = substring_for {
                    arguments.push(value(count)?);
                }
                functions::call("substring", &arguments)
            }
            Expr::Position { expr, r#in } => {
                functions::call("strpos", &[value(r#in)?, value(expr)?])
            }
            Expr::Function(_) => {
                let Some((name, arguments)) = crate::check::call(expression) else {
                    return Err(unknown(expression));
                };
                if name == "coalesce" {
                    for argument in arguments {
                        let value = value(argument)?;
                        if !value.is_null() {
                            return Ok(value);
                        }
                    }
                    return Ok(Value::Null);
                }
                let values = arguments
                    .into_iter()
                    .map(value)
                    .collect::<Result<Vec<_>, _>>()?;
                if let ("regexp_like", [text, pattern]) = (name.as_str(), values.as_slice()) {
                    if text.is_null() {
                        return Ok(Value::Null);
                    }
                    return known(self.matches(&text.text()?, &pattern.text()?)?);
                }
                functions::call(&name, &values)
            }
            _ => Err(unknown(expression)),
        }
    }

    /// Whether an expression is true; none where it is NULL.
    pub fn truth(&self, expression: &Expr, row: Columns<'_>) -> Result<Option<bool>, Fault> {
        match self.value(expression, row)? {
            Value::Null => Ok(None),
            Value::Truth(truth) => Ok(Some(truth)),
            Value::Text(text) => value::truth(&text)
                .map(Some)
                .ok_or_else(|| unknown(expression)),
            _ => Err(unknown(expression)),
        }
    }

    fn binary(
        &self,
        left: &Expr,
        operator: &BinaryOperator,
        right: &Expr,
        row: Columns<'_>,
    ) -> Result<Value, Fault> {
        // What is false on one side needs no other, whatever that is.
        if matches!(operator, BinaryOperator::And | BinaryOperator::Or) {
            let decisive = *operator == BinaryOperator::Or;
            let first = self.truth(left, row);
            if first == Ok(Some(decisive)) {
                return Ok(Value::Truth(decisive));
            }
            let second = self.truth(right, row)?;
            if second == Some(decisive) {
                return Ok(Value::Truth(decisive));
            }
            return Ok(match (first?, second) {
                (Some(_), Some(_)) => Value::Truth(!decisive),
                _ => Value::Null,
            });
        }
        let (first, second) = (self.value(left, row)?, self.value(right, row)?);
        if let Some(comparison) = comparison_of(operator) {
            return Ok(of_truth(compared(&first, comparison, &second)?));
        }
        match operator {
            BinaryOperator::PGRegexMatch => self.regular(&first, &second, "", false),
            BinaryOperator::PGRegexIMatch => self.regular(&first, &second, "(?i)", false),
            BinaryOperator::PGRegexNotMatch => self.regular(&first, &second, "", true),
            BinaryOperator::PGRegexNotIMatch => self.regular(&first, &second, "(?i)", true),
            BinaryOperator::PGLikeMatch => self.like(&first, &second, Some('\\'), "", false),
            BinaryOperator::PGNotLikeMatch => self.like(&first, &second, Some('\\'), "", true),
            BinaryOperator::PGILikeMatch => self.like(&first, &second, Some('\\'), "(?i)", false),
            BinaryOperator::PGNotILikeMatch => self.like(&first, &second, Some('\\'), "(?i)", true),
            _ => arithmetic::of(operator, &first, &second),
        }
    }

    /// `left OPERATOR ANY (right)`, or ALL.
    fn of_list(
        &self,
        left: &Expr,
        operator: &BinaryOperator,
        right: &Expr,
        all: bool,
        row: Columns<'_>,
    ) -> Result<Value, Fault> {
        let left = self.value(left, row)?;
        let list = match self.value(right, row)? {
            Value::Null => return Ok(Value::Null),
            Value::List(list) => list,
            Value::Text(text) => elements_of_array(&text)
                .ok_or_else(|| unknown(right))?
                .into_iter()
                .map(Value::Text)
                .collect(),
            _ => return Err(unknown(right)),
        };
        let held = |one: &Value| -> Result<Option<bool>, Fault> {
            if let Some(comparison) = comparison_of(operator) {
                return compared(&left, comparison, one);
            }
            let held = match operator {
                BinaryOperator::PGLikeMatch => self.like(&left, one, Some('\\'), "", false)?,
                BinaryOperator::PGILikeMatch => self.like(&left, one, Some('\\'), "(?i)", false)?,
                BinaryOperator::PGRegexMatch => self.regular(&left, one, "", false)?,
                _ => return Err(Fault::unknown("an operator before ANY")),
            };
            truth_value(&held)
        };
        let mut outcome = Some(all);
        for one in &list {
            match held(one)? {
                Some(truth) if truth != all => return Ok(Value::Truth(!all)),
                Some(_) => {}
                None => outcome = None,
            }
        }
        Ok(of_truth(outcome))
    }

    fn regular(
        &self,
        text: &Value,
        pattern: &Value,
        flags: &str,
        negated: bool,
    ) -> Result<Value, Fault> {
        if text.is_null() || pattern.is_null() {
            return Ok(Value::Null);
        }
        let found = self.matches(&text.text()?, &format!("{flags}{}", pattern.text()?))?;
        Ok(Value::Truth(found != negated))
    }

    fn like(
        &self,
        text: &Value,
        pattern: &Value,
        escape: Option<char>,
        flags: &str,
        negated: bool,
    ) -> Result<Value, Fault> {
        if text.is_null() || pattern.is_null() {
            return Ok(Value::Null);
        }
        let pattern = format!("{flags}{}", like_pattern(&pattern.text()?, escape));
        let found = self.matches(&text.text()?, &pattern)?;
        Ok(Value::Truth(found != negated))
    }

    fn matches(&self, text: &str, pattern: &str) -> Result<bool, Fault> {
        let mut patterns = self.patterns.borrow_mut();
        let regex = patterns
            .entry(pattern.to_owned())
            .or_insert_with(|| regex(pattern));
        match regex {
            Some(regex) => Ok(regex.is_match(text)),
            None => Err(Fault::Unknown(format!("the pattern `{pattern}`"))),
        }
    }
}

fn unknown(expression: &Expr) -> Fault {
    Fault::Unknown(format!("`{expression}`"))
}

fn escape_of(
    escape: Option<&Expr>,
    value: &dyn Fn(&Expr) -> Result<Value, Fault>,
) -> Result<Option<char>, Fault> {
    match escape {
        None => Ok(Some('\\')),
        Some(escape) => Ok(value(escape)?.text()?.chars().next()),
    }
}

fn truth_value(value: &Value) -> Result<Option<bool>, Fault> {
    match value {
        Value::Null => Ok(None),
        Value::Truth(truth) => Ok(Some(*truth)),
        _ => Err(Fault::unknown("a truth value was expected")),
    }
}

fn of_truth(truth: Option<bool>) -> Value {
    truth.map_or(Value::Null, Value::Truth)
}

fn negate(truth: Option<bool>, negated: bool) -> Option<bool> {
    truth.map(|truth| truth != negated)
}

fn both(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Whether a value compares so with one of a list.
fn any(left: &Value, comparison: Comparison, list: &[Value]) -> Result<Option<bool>, Fault> {
    let mut outcome = Some(false);
    for one in list {
        match compared(left, comparison, one)? {
            Some(true) => return Ok(Some(true)),
            Some(false) => {}
            None => outcome = None,
        }
    }
    Ok(outcome)
}

/// Whether two values compare so; none where one is NULL.
pub fn compared(
    left: &Value,
    comparison: Comparison,
    right: &Value,
) -> Result<Option<bool>, Fault> {
    let order = match compare(left, right) {
        Ok(None) => return Ok(None),
        Ok(Some(order)) => order,
        // Different they are.
        Err(Fault::Order) if comparison == Comparison::Equal => return Ok(Some(false)),
        Err(Fault::Order) if comparison == Comparison::NotEqual => return Ok(Some(true)),
        Err(Fault::Order) => return Err(Fault::unknown("which of two texts comes first")),
        Err(fault) => return Err(fault),
    };
    Ok(Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Below => order == Ordering::Less,
        Comparison::AtMost => order != Ordering::Greater,
        Comparison::Above => order == Ordering::Greater,
        Comparison::AtLeast => order != Ordering::Less,
    }))
}

/// Whether two ranges have a value in common, or two arrays an element.
pub fn overlap(left: &Value, right: &Value) -> Result<bool, Fault> {
    Ok(arithmetic::overlaps(left, right)? == Value::Truth(true))
}

/// Whether neither is distinct from the other: NULLs are the same.
fn are_same(left: &Value, right: &Value) -> Result<bool, Fault> {
    match (left.is_null(), right.is_null()) {
        (true, true) => Ok(true),
        (false, false) => Ok(compared(left, Comparison::Equal, right)? == Some(true)),
        _ => Ok(false),
    }
}

/// Whether a data type is one that values of any text keep apart.
pub fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Text
            | DataType::Varchar(None)
            | DataType::CharacterVarying(None)
            | DataType::String(None)
    )
}

#[cfg(test)]
mod tests;
