//! Methods of lists and hashes.

use super::{Context, call, count};
use crate::ruby::eval::{Call, MOST_ELEMENTS, put};
use crate::ruby::value::{Located, Value};
use std::rc::Rc;

impl Context<'_, '_> {
    pub(super) fn array(&mut self, elements: &[Located]) -> Option<Value> {
        let name = self.call.name.as_ref();
        let iteration = match name {
            "each" => Some(Iteration::Each),
            "each_with_index" => Some(Iteration::EachWithIndex),
            "map" | "collect" => Some(Iteration::Map),
            "flat_map" => Some(Iteration::FlatMap),
            "select" | "filter" => Some(Iteration::Select),
            "reject" => Some(Iteration::Reject),
            "sort_by" => Some(Iteration::SortBy),
            _ => None,
        };
        if let Some(iteration) = iteration {
            return self.iterate(elements, iteration);
        }
        let list = |elements: Vec<Located>| Some(Value::Array(elements.into()));
        match (name, self.argument()) {
            ("to_a" | "entries", None) => list(elements.to_vec()),
            ("first", None) => Some(
                elements
                    .first()
                    .map_or(Value::Nil, |first| first.value.clone()),
            ),
            ("last", None) => Some(
                elements
                    .last()
                    .map_or(Value::Nil, |last| last.value.clone()),
            ),
            ("length" | "size" | "count", None) => count(elements.len()),
            ("empty?", None) => Some(Value::Bool(elements.is_empty())),
            ("any?", None) => Some(Value::Bool(
                elements.iter().any(|element| element.value.truthy()),
            )),
            ("reverse", None) => list(elements.iter().rev().cloned().collect()),
            ("compact", None) => list(
                elements
                    .iter()
                    .filter(|element| !element.value.is_nil())
                    .cloned()
                    .collect(),
            ),
            ("uniq", None) => list(unique(elements)),
            ("flatten", None) => list(flatten(elements)?),
            ("sort", None) => {
                let mut sorted = elements.to_vec();
                sort(&mut sorted)?;
                list(sorted)
            }
            ("include?", Some(other)) => Some(Value::Bool(
                elements.iter().any(|element| element.value.equals(other)),
            )),
            ("+" | "concat", Some(Value::Array(more)))
                if elements.len() + more.len() <= MOST_ELEMENTS =>
            {
                list(elements.iter().chain(more.iter()).cloned().collect())
            }
            ("-", Some(Value::Array(less))) => list(
                elements
                    .iter()
                    .filter(|element| !less.iter().any(|other| other.value.equals(&element.value)))
                    .cloned()
                    .collect(),
            ),
            ("[]" | "at" | "dig", Some(Value::Integer(index))) => {
                let length = i128::try_from(elements.len()).ok()?;
                let index = if *index < 0 { length + index } else { *index };
                let element = usize::try_from(index)
                    .ok()
                    .and_then(|index| elements.get(index));
                Some(element.map_or(Value::Nil, |element| element.value.clone()))
            }
            ("join", separator) => {
                let separator = match separator {
                    Some(value) => value.as_name()?.to_owned(),
                    None => String::new(),
                };
                let mut joined = String::new();
                for (number, element) in flatten(elements)?.iter().enumerate() {
                    if number > 0 {
                        joined.push_str(&separator);
                    }
                    joined.push_str(&element.value.to_text()?);
                    if !self.interpreter.may_build(self.span, separator.len() + 16) {
                        return Some(Value::Unknown);
                    }
                }
                Some(self.built(joined))
            }
            ("to_h", None) => {
                let entries: Option<Vec<(Located, Located)>> = elements
                    .iter()
                    .map(|element| match &element.value {
                        Value::Array(pair) => match pair.as_ref() {
                            [key, value] => Some((key.clone(), value.clone())),
                            _ => None,
                        },
                        _ => None,
                    })
                    .collect();
                Some(Value::Hash(entries?.into()))
            }
            _ => None,
        }
    }

    pub(super) fn hash(&mut self, entries: &[(Located, Located)]) -> Option<Value> {
        let pairs = || -> Vec<Located> {
            entries
                .iter()
                .map(|(key, value)| Located {
                    value: Value::Array(Rc::from([key.clone(), value.clone()])),
                    span: key.span,
                })
                .collect()
        };
        let find = |key: &Value| {
            entries
                .iter()
                .find(|(known, _)| known.value.equals(key))
                .map(|(_, value)| value.value.clone())
        };
        match (self.call.name.as_ref(), self.argument()) {
            ("each" | "each_pair", None) => self.iterate(&pairs(), Iteration::Each),
            ("map" | "collect", None) => self.iterate(&pairs(), Iteration::Map),
            ("to_a", None) => Some(Value::Array(pairs().into())),
            ("to_h" | "symbolize_keys", None) => Some(Value::Hash(entries.into())),
            ("keys", None) => Some(Value::Array(
                entries.iter().map(|(key, _)| key.clone()).collect(),
            )),
            ("values", None) => Some(Value::Array(
                entries.iter().map(|(_, value)| value.clone()).collect(),
            )),
            ("length" | "size" | "count", None) => count(entries.len()),
            ("empty?", None) => Some(Value::Bool(entries.is_empty())),
            ("key?" | "has_key?" | "include?", Some(key)) => Some(Value::Bool(find(key).is_some())),
            ("[]", Some(key)) => Some(find(key).unwrap_or(Value::Nil)),
            ("fetch", Some(key)) => find(key),
            ("merge", Some(Value::Hash(more))) => {
                let mut merged = entries.to_vec();
                for (key, value) in more.iter() {
                    put(&mut merged, key.clone(), value.clone());
                }
                Some(Value::Hash(merged.into()))
            }
            ("except", _) => Some(Value::Hash(
                entries
                    .iter()
                    .filter(|(key, _)| {
                        !self
                            .call
                            .arguments
                            .iter()
                            .any(|other| other.value.equals(&key.value))
                    })
                    .cloned()
                    .collect(),
            )),
            _ => None,
        }
    }

    pub(super) fn iterate(&mut self, elements: &[Located], iteration: Iteration) -> Option<Value> {
        let mut results = Vec::new();
        for (number, element) in elements.iter().enumerate() {
            if !self.interpreter.step(self.span) {
                return Some(Value::Unknown);
            }
            let mut arguments = vec![element.clone()];
            if iteration == Iteration::EachWithIndex {
                arguments.push(self.located(Value::Integer(i128::try_from(number).ok()?)));
            }
            let value = match (&self.call.block, self.block_symbol) {
                (Some(block), _) => self.interpreter.call_block(self.host, block, arguments),
                (None, Some(method)) => {
                    let inner = Call {
                        name: Rc::from(method),
                        name_span: self.call.name_span,
                        span: self.span,
                        arguments: Vec::new(),
                        options: Vec::new(),
                        block: None,
                    };
                    call(self.interpreter, self.host, element, &inner, None)?
                }
                (None, None) => return None,
            };
            results.push(Located {
                value,
                span: element.span,
            });
        }
        let chosen = |wanted: bool| -> Vec<Located> {
            elements
                .iter()
                .zip(&results)
                .filter(|(_, result)| result.value.truthy() == wanted)
                .map(|(element, _)| element.clone())
                .collect()
        };
        Some(Value::Array(match iteration {
            Iteration::Each | Iteration::EachWithIndex => elements.into(),
            Iteration::Map => results.into(),
            Iteration::FlatMap => flatten(&results)?.into(),
            Iteration::Select => chosen(true).into(),
            Iteration::Reject => chosen(false).into(),
            Iteration::SortBy => {
                let mut order: Vec<Located> = results.clone();
                sort(&mut order)?;
                let mut pairs: Vec<(usize, Located)> = Vec::new();
                for (element, result) in elements.iter().zip(&results) {
                    let rank = order
                        .iter()
                        .position(|known| known.value.equals(&result.value))?;
                    pairs.push((rank, element.clone()));
                }
                pairs.sort_by_key(|(rank, _)| *rank);
                pairs.into_iter().map(|(_, element)| element).collect()
            }
        }))
    }
}

/// What is done with a block's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Iteration {
    Each,
    EachWithIndex,
    Map,
    FlatMap,
    Select,
    Reject,
    SortBy,
}

fn unique(elements: &[Located]) -> Vec<Located> {
    let mut kept: Vec<Located> = Vec::new();
    for element in elements {
        if !kept.iter().any(|known| known.value.equals(&element.value)) {
            kept.push(element.clone());
        }
    }
    kept
}

/// All levels of nested lists as one; None when that gives too many.
fn flatten(elements: &[Located]) -> Option<Vec<Located>> {
    let mut flat = Vec::new();
    let mut left: Vec<&Located> = elements.iter().rev().collect();
    let mut looked_at = 0;
    while let Some(element) = left.pop() {
        looked_at += 1;
        if looked_at > MOST_ELEMENTS {
            return None;
        }
        match &element.value {
            Value::Array(inner) => left.extend(inner.iter().rev()),
            _ => flat.push(element.clone()),
        }
    }
    Some(flat)
}

/// Sorts text by bytes and numbers by size; None for anything else.
fn sort(elements: &mut [Located]) -> Option<()> {
    if elements
        .iter()
        .all(|element| matches!(element.value, Value::Integer(_)))
    {
        elements.sort_by_key(|element| match element.value {
            Value::Integer(number) => number,
            _ => 0,
        });
        return Some(());
    }
    if elements
        .iter()
        .all(|element| element.value.as_name().is_some())
    {
        elements.sort_by(|left, right| left.value.as_name().cmp(&right.value.as_name()));
        return Some(());
    }
    None
}
