//! Options of a call, taken out one by one so that what is left is known to be unknown.

use crate::adapter::{Adapter, elsewhere};
use crate::diagnostic::{Diagnostic, nearest};
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use std::borrow::Cow;
use std::fmt::Display;
use std::rc::Rc;

/// The options of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct OptionList {
    entries: Vec<Entry>,
}

/// An option: its key and value with their places.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: Rc<str>,
    pub(crate) key: Span,
    pub(crate) value: Located,
}

impl OptionList {
    /// Options from evaluated pairs. A key that is no name is reported and left out.
    pub(crate) fn new(interpreter: &mut Interpreter<'_>, pairs: &[(Located, Located)]) -> Self {
        let mut entries = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let name = match &key.value {
                Value::Symbol(name) => Some(Rc::clone(name)),
                other => other.as_name().map(Rc::from),
            };
            match name {
                Some(name) => entries.push(Entry {
                    name,
                    key: key.span,
                    value: value.clone(),
                }),
                None if key.value.is_unknown() => {}
                None => {
                    interpreter.fail(key.span, "an option has a name, such as `null:`");
                }
            }
        }
        Self { entries }
    }

    /// Options from the value of an option that is true or a hash. What any other value says has no effect, which is
    /// told.
    pub(crate) fn from_value(
        interpreter: &mut Interpreter<'_>,
        name: &str,
        value: &Located,
    ) -> Self {
        match &value.value {
            Value::Hash(pairs) => return Self::new(interpreter, pairs),
            Value::Nil | Value::Bool(_) | Value::Unknown => {}
            other => {
                let hint = match (name, other.as_name()) {
                    ("index", Some("unique")) => "write `index: { unique: true }`".to_owned(),
                    ("foreign_key", Some(table)) => {
                        format!("write `foreign_key: {{ to_table: \"{table}\" }}`")
                    }
                    _ => format!("write `{name}: true`, or a hash of its options"),
                };
                let found = match other.as_name() {
                    Some(text) => format!("\"{text}\""),
                    None => other.kind().to_owned(),
                };
                let message = format!("`{name}:` is true or a hash, so {found} has no effect");
                interpreter.report(Diagnostic::warning(value.span, message).hint(hint));
            }
        }
        Self::default()
    }

    /// Takes an option out, whatever its value is.
    pub(crate) fn take(&mut self, name: &str) -> Option<Entry> {
        let position = self
            .entries
            .iter()
            .position(|entry| entry.name.as_ref() == name)?;
        Some(self.entries.remove(position))
    }

    /// Looks at an option.
    pub(crate) fn get(&self, name: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.name.as_ref() == name)
    }

    /// Whether the option is given, be it nil.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets an option, in place of the one of that name.
    pub(crate) fn set(&mut self, name: &str, value: Located) {
        let key = value.span;
        match self
            .entries
            .iter_mut()
            .find(|entry| entry.name.as_ref() == name)
        {
            Some(entry) => entry.value = value,
            None => self.entries.push(Entry {
                name: Rc::from(name),
                key,
                value,
            }),
        }
    }

    /// Sets an option unless it is given.
    pub(crate) fn set_default(&mut self, name: &str, value: Value, span: Span) {
        if !self.has(name) {
            self.set(name, Located { value, span });
        }
    }

    /// Takes an option that is true or false by Ruby's rules.
    pub(crate) fn take_flag(&mut self, name: &str) -> bool {
        self.take(name)
            .is_some_and(|entry| entry.value.value.truthy())
    }

    /// Takes an option that is a text; nil counts as absent.
    pub(crate) fn take_text(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        name: &str,
    ) -> Option<(String, Entry)> {
        let entry = self.take(name)?;
        match &entry.value.value {
            Value::Nil | Value::Unknown => None,
            value => {
                if let Some(text) = value.to_text() {
                    return Some((text.into_owned(), entry));
                }
                let message = format!("`{name}:` is a text, not {}", value.kind());
                interpreter.fail(entry.value.span, message);
                None
            }
        }
    }

    /// Takes the option `name:`; nil counts as absent, and an empty name is reported.
    pub(crate) fn take_name(
        &mut self,
        interpreter: &mut Interpreter<'_>,
    ) -> Option<(String, Entry)> {
        let (name, entry) = self.take_text(interpreter, "name")?;
        if name.is_empty() {
            interpreter.report(
                Diagnostic::error(entry.value.span, "`name:` can't be empty")
                    .hint("leave it out, and ActiveRecord's default name is taken"),
            );
            return None;
        }
        Some((name, entry))
    }

    /// Takes an option that is a whole number, perhaps written as a text; nil counts as absent.
    pub(crate) fn take_number(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        name: &str,
    ) -> Option<(i128, Entry)> {
        let entry = self.take(name)?;
        let value = &entry.value.value;
        let number = match value {
            Value::Nil | Value::Unknown => return None,
            Value::Integer(number) => Some(*number),
            Value::String(_) => value.as_name().and_then(|text| text.parse().ok()),
            _ => None,
        };
        if let Some(number) = number {
            return Some((number, entry));
        }
        let found = match value {
            Value::String(_) | Value::Float(_) => {
                format!("`{}`", value.to_text().unwrap_or_default())
            }
            other => other.kind().to_owned(),
        };
        let message = format!("`{name}:` is a whole number, not {found}");
        interpreter.fail(entry.value.span, message);
        None
    }

    /// Reports every option that is left. `what` says whose they are, as in: unknown option `limt` of column "name".
    pub(crate) fn finish(
        self,
        interpreter: &mut Interpreter<'_>,
        known: &[&'static str],
        what: impl Display,
        unknown: Unknown,
    ) {
        for entry in &self.entries {
            report_unknown(interpreter, entry, known, &what, unknown);
        }
    }

    /// Reports and takes out every option that isn't known.
    pub(crate) fn refuse_unknown(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        known: &[&'static str],
        what: impl Display,
        unknown: Unknown,
    ) {
        self.entries.retain(|entry| {
            let is_known = known.contains(&entry.name.as_ref());
            if !is_known {
                report_unknown(interpreter, entry, known, &what, unknown);
            }
            is_known
        });
    }
}

fn report_unknown(
    interpreter: &mut Interpreter<'_>,
    entry: &Entry,
    known: &[&'static str],
    what: &impl Display,
    unknown: Unknown,
) {
    let name = &entry.name;
    let diagnostic = match unknown {
        Unknown::Error => {
            Diagnostic::error(entry.key, format!("unknown option `{name}` of {what}"))
        }
        Unknown::Warning => Diagnostic::warning(
            entry.key,
            format!("unknown option `{name}` of {what} has no effect"),
        ),
    };
    // A slip in a word of this place, or in one that belongs elsewhere.
    let others = elsewhere::WORDS
        .iter()
        .filter(|word| elsewhere::instead_of(word, known).is_some());
    let near = nearest(name, known.iter().chain(others).copied());
    let hint = elsewhere::instead_of(name, known).or_else(|| {
        let near = near?;
        if known.contains(&near) {
            Some(format!("did you mean `{near}`?"))
        } else {
            elsewhere::instead_of(near, known)
        }
    });
    interpreter.report(diagnostic.maybe_hint(hint));
}

/// The call, with every text in it that holds NUL reported and taken for unknown where the database has no such
/// text, neither as a name nor as SQL. Defaults are left, because bytes may hold it.
pub(crate) fn without_nul<'call, A: Adapter>(
    interpreter: &mut Interpreter<'_>,
    call: &'call Call,
) -> Cow<'call, Call> {
    let Some(refusal) = A::NO_NUL else {
        return Cow::Borrowed(call);
    };
    let is_default = |key: &Located| key.value.as_name() == Some("default");
    let found = call
        .arguments
        .iter()
        .any(|argument| holds_nul(&argument.value))
        || call.options.iter().any(|(key, value)| {
            holds_nul(&key.value) || !is_default(key) && holds_nul(&value.value)
        });
    if !found {
        return Cow::Borrowed(call);
    }
    let mut call = call.clone();
    let values = call.options.iter_mut().flat_map(|(key, value)| {
        let value = (!is_default(key)).then_some(value);
        std::iter::once(key).chain(value)
    });
    for value in call.arguments.iter_mut().chain(values) {
        if holds_nul(&value.value) {
            interpreter.fail(value.span, refusal);
            value.value = Value::Unknown;
        }
    }
    Cow::Owned(call)
}

/// Whether a text in the value holds NUL, the values of a hash and the elements of a list included.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(bytes) => bytes.contains(&0),
        Value::Symbol(name) => name.as_bytes().contains(&0),
        Value::Array(elements) => elements.iter().any(|element| holds_nul(&element.value)),
        Value::Hash(pairs) => pairs
            .iter()
            .any(|(key, value)| holds_nul(&key.value) || holds_nul(&value.value)),
        _ => false,
    }
}

/// What an unknown option is, by the rules of the file's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    Error,
    Warning,
}

/// The first argument of a call as a name.
pub(crate) fn name_argument(
    interpreter: &mut Interpreter<'_>,
    call: &Call,
    position: usize,
    what: &str,
) -> Option<(String, Span)> {
    if let Some(argument) = call.arguments.get(position) {
        name_of(interpreter, argument)
    } else {
        interpreter.fail(call.name_span, format!("`{}` needs {what}", call.name));
        None
    }
}

pub(crate) fn options(interpreter: &mut Interpreter<'_>, call: &Call) -> OptionList {
    OptionList::new(interpreter, &call.options)
}

/// Reports every option of a call that it doesn't know.
pub(crate) fn refuse_unknown_options(
    interpreter: &mut Interpreter<'_>,
    call: &Call,
    known: &[&'static str],
) {
    options(interpreter, call).refuse_unknown(interpreter, known, &call.name, Unknown::Error);
}

/// Reports arguments beyond those that a call takes.
pub(crate) fn no_more_arguments(interpreter: &mut Interpreter<'_>, call: &Call, most: usize) {
    if let Some(argument) = call.arguments.get(most)
        && !argument.value.is_unknown()
    {
        let most = match most {
            1 => "one argument".to_owned(),
            most => format!("{most} arguments"),
        };
        interpreter.fail(
            argument.span,
            format!(
                "`{}` takes no more than {most} before its options",
                call.name
            ),
        );
    }
}

/// One name or several: a string, a symbol, or a list of them, each with its place.
pub(crate) fn names_of(interpreter: &mut Interpreter<'_>, value: &Located) -> Vec<(String, Span)> {
    match &value.value {
        Value::Array(elements) => elements
            .iter()
            .filter_map(|element| name_of(interpreter, element))
            .collect(),
        Value::Nil => Vec::new(),
        _ => name_of(interpreter, value).into_iter().collect(),
    }
}

/// A name: a string or a symbol. Anything else is reported.
pub(crate) fn name_of(
    interpreter: &mut Interpreter<'_>,
    value: &Located,
) -> Option<(String, Span)> {
    match value.value.as_name() {
        Some("") => {
            interpreter.fail(value.span, "a name can't be empty");
            None
        }
        Some(name) => Some((name.to_owned(), value.span)),
        None => {
            if !value.value.is_unknown() {
                let message = format!("a name is needed here, not {}", value.value.kind());
                interpreter.fail(value.span, message);
            }
            None
        }
    }
}
