//! Functions, procedures and aggregates: what identifies one, and what may change in place.

use super::type_name::{TypeName, read as read_type};
use crate::cursor::{Cursor, at_commas, span};
use sql_text::{Token, fold};

/// How an argument is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `IN`, and no word at all.
    In,
    /// `OUT`, which isn't among those that identify a function, and a column of `RETURNS TABLE`.
    Out,
    /// `INOUT`
    InOut,
    /// `VARIADIC`
    Variadic,
}

/// An argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// How it is passed.
    pub mode: Mode,
    /// Its name, folded.
    pub name: Option<String>,
    /// Its type.
    pub data_type: TypeName,
    /// Its type as the source spells it.
    pub spelt: String,
    /// Whether it may be left out.
    pub has_default: bool,
}

impl Argument {
    fn is_input(&self) -> bool {
        self.mode != Mode::Out
    }

    fn is_output(&self) -> bool {
        matches!(self.mode, Mode::Out | Mode::InOut)
    }
}

/// The head of a function or procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routine {
    /// All arguments; columns of `RETURNS TABLE` behind them.
    pub arguments: Vec<Argument>,
    /// What it returns, `SETOF` included; none for what has output arguments only, and procedures.
    pub result: Option<TypeName>,
    /// Whether its body is SQL in the standard's own syntax, which holds on to what it uses, and not text.
    pub body: Body,
}

/// How a routine's body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// As a text, which is read when it runs.
    Text,
    /// `RETURN …` or `BEGIN ATOMIC …`, which is read at once.
    Parsed,
}

impl Routine {
    /// The types of its input arguments, which identify it.
    pub fn input(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| argument.is_input())
    }

    /// Whether `CREATE OR REPLACE` makes this one of another with the same name and input types
    /// (`ProcedureCreate` in `src/backend/catalog/pg_proc.c`): names of arguments, the result and defaults
    /// that are there must stay.
    pub fn can_replace(&self, old: &Self) -> bool {
        let outputs = |routine: &Self| -> Vec<(Option<String>, TypeName)> {
            let outputs = routine.arguments.iter().filter(|one| one.is_output());
            outputs
                .map(|one| (one.name.clone(), one.data_type.clone()))
                .collect()
        };
        let defaults = |routine: &Self| routine.input().filter(|one| one.has_default).count();
        let names_stay = old.input().zip(self.input()).all(|(before, after)| {
            before.mode == after.mode && (before.name.is_none() || before.name == after.name)
        });
        self.result == old.result
            && outputs(self) == outputs(old)
            && names_stay
            && defaults(self) >= defaults(old)
    }
}

/// Reads what stands behind a routine's name.
pub(super) fn read(cursor: &mut Cursor<'_, '_>) -> Option<Routine> {
    let mut arguments = arguments(cursor)?;
    let mut result = None;
    if cursor.accept(&["returns", "table"]) {
        for column in at_commas(cursor.parenthesis()?) {
            let column = argument(cursor.sql, column)?;
            arguments.push(Argument {
                mode: Mode::Out,
                ..column
            });
        }
        // With one column it returns a set of that type, with more a set of records.
        result = TypeName::read("setof record");
    } else if cursor.accept(&["returns"]) {
        result = Some(read_type(cursor)?);
    }
    let mut body = Body::Text;
    let mut rest = cursor.clone();
    while let Some(token) = rest.next() {
        // A name of a setting, a language or a support function may be any word; these two are reserved or followed.
        if token.is("return") || (token.is("begin") && rest.is_at(&["atomic"])) {
            body = Body::Parsed;
            break;
        }
    }
    Some(Routine {
        arguments,
        result,
        body,
    })
}

/// Takes the arguments in their parentheses.
pub(super) fn arguments(cursor: &mut Cursor<'_, '_>) -> Option<Vec<Argument>> {
    let sql = cursor.sql;
    at_commas(cursor.parenthesis()?)
        .into_iter()
        .map(|piece| argument(sql, piece))
        .collect()
}

fn argument(sql: &str, tokens: &[Token<'_>]) -> Option<Argument> {
    let mut depth = 0_usize;
    let default_at = tokens.iter().position(|token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && (token.is("default") || token.text == "=" || token.text == ":")
    });
    let head = &tokens[..default_at.unwrap_or(tokens.len())];
    let mut cursor = Cursor::new(sql, head);
    let mut mode = take_mode(&mut cursor);
    let mut name = None;
    let typed = whole_type(sql, cursor.rest());
    let (data_type, spelt) = if let Some(found) = typed {
        found
    } else {
        name = Some(fold(cursor.next()?.text)?);
        mode = mode.or_else(|| take_mode(&mut cursor));
        whole_type(sql, cursor.rest())?
    };
    Some(Argument {
        mode: mode.unwrap_or(Mode::In),
        name,
        data_type,
        spelt,
        has_default: default_at.is_some(),
    })
}

fn take_mode(cursor: &mut Cursor<'_, '_>) -> Option<Mode> {
    if cursor.accept(&["in", "out"]) || cursor.accept(&["inout"]) {
        Some(Mode::InOut)
    } else if cursor.accept(&["in"]) {
        Some(Mode::In)
    } else if cursor.accept(&["out"]) {
        Some(Mode::Out)
    } else {
        cursor.accept(&["variadic"]).then_some(Mode::Variadic)
    }
}

fn whole_type(sql: &str, tokens: &[Token<'_>]) -> Option<(TypeName, String)> {
    let mut cursor = Cursor::new(sql, tokens);
    let name = read_type(&mut cursor)?;
    cursor
        .is_at_end()
        .then(|| (name, span(sql, tokens).to_owned()))
}

/// What identifies an aggregate, and how `DROP` and `COMMENT` name it: `(int4)`, `(*)`, `(float8 ORDER BY int4)`.
pub(super) fn aggregate(cursor: &mut Cursor<'_, '_>) -> Option<(Vec<TypeName>, String)> {
    let sql = cursor.sql;
    let inside = cursor.parenthesis()?;
    if cursor.peek().is_none_or(|next| next.text != "(") {
        return old_style_aggregate(sql, inside);
    }
    if inside.len() == 1 && inside[0].text == "*" {
        return Some((Vec::new(), "*".to_owned()));
    }
    let order = inside
        .windows(2)
        .position(|pair| pair[0].is("order") && pair[1].is("by"));
    let (direct, ordered) = match order {
        Some(at) => (&inside[..at], &inside[at + 2..]),
        None => (inside, &inside[inside.len()..]),
    };
    let read_all = |tokens| -> Option<Vec<Argument>> {
        at_commas(tokens)
            .into_iter()
            .map(|piece| argument(sql, piece))
            .collect()
    };
    let spelt = |arguments: &[Argument]| {
        let texts: Vec<&str> = arguments.iter().map(|one| one.spelt.as_str()).collect();
        texts.join(", ")
    };
    let (direct, ordered) = (read_all(direct)?, read_all(ordered)?);
    let mut text = spelt(&direct);
    if order.is_some() {
        let separator = if text.is_empty() { "" } else { " " };
        text = format!("{text}{separator}ORDER BY {}", spelt(&ordered));
    }
    let mut types: Vec<TypeName> = direct.into_iter().map(|one| one.data_type).collect();
    let ordered: Vec<TypeName> = ordered.into_iter().map(|one| one.data_type).collect();
    // A variadic argument may stand on both sides, where it is one.
    if !(types.last().is_some()
        && types.last() == ordered.last()
        && text.to_lowercase().contains("variadic"))
    {
        types.extend(ordered);
    }
    Some((types, text))
}

/// `CREATE AGGREGATE name (BASETYPE = type, …)`
fn old_style_aggregate(sql: &str, inside: &[Token<'_>]) -> Option<(Vec<TypeName>, String)> {
    let base = at_commas(inside)
        .into_iter()
        .find(|piece| piece[0].is("basetype"))?;
    let text = span(sql, base.get(2..)?);
    if text.trim_matches('\'').eq_ignore_ascii_case("any")
        || text.trim_matches('"').eq_ignore_ascii_case("any")
    {
        return Some((Vec::new(), "*".to_owned()));
    }
    Some((vec![TypeName::read(text)?], text.to_owned()))
}
