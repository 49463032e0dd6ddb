//! The DSL: one function for each call, found by its name in [a table](calls).
//!
//! Two sets of rules share the functions. In `ActiveRecord::Schema.define` each call acts at once, on the
//! database as it is then. In a Schemafile the order means nothing: ridgepole collects the whole file
//! and then makes tables with their constraints, indexes, foreign keys, and at last what `execute` says;
//! `ridgepole` keeps what must wait.

pub(crate) mod arguments;
mod calls;
mod change;
pub(crate) mod check;
pub(crate) mod column;
pub(crate) mod constraint;
pub(crate) mod foreign_key;
mod gems;
pub(crate) mod index;
mod lambda;
pub(crate) mod objects;
mod primary_key;
pub(crate) mod reference;
mod remove;
mod rename;
pub(crate) mod ridgepole;
mod schema;
pub(crate) mod table;
mod unknown_type;

use crate::adapter::Adapter;
use crate::draft::{Draft, DraftTable};
use crate::ruby::{Call, Host, Interpreter, Located, Object, Value};
use crate::source::Span;
use crate::version::{RailsVersion, Rules};
use crate::{Frontend, diagnostic::Diagnostic};
use arguments::Unknown;
use calls::On;
use schema_model::QualifiedName;
use std::collections::BTreeSet;

/// A call of the DSL.
pub(crate) type Function<A> = fn(&mut Dsl<A>, &mut Interpreter<'_>, &Call) -> Value;

/// The state of the DSL.
pub(crate) struct Dsl<A: Adapter> {
    pub(crate) draft: Draft<A>,
    /// What the database at hand keeps beside what is being built.
    pub(crate) state: A::State,
    /// Whose rules apply now, innermost last.
    modes: Vec<Mode>,
    /// Tables whose block is being read, innermost last.
    pub(crate) building: Vec<Building<A>>,
    /// Tables that `change_table` is changing, innermost last.
    pub(crate) changing: Vec<(Located, QualifiedName)>,
    pub(crate) deferred: ridgepole::Deferred,
    /// Names in calls about which an error was told: what they were to make isn't missed once more.
    pub(crate) perhaps_made: BTreeSet<String>,
    default_version: RailsVersion,
    /// The `version:` that `define` was given.
    pub(crate) schema_version: Option<String>,
}

/// Whose rules apply.
#[derive(Debug, Clone, Copy)]
struct Mode {
    frontend: Frontend,
    rules: Rules,
}

/// A table whose block is being read.
pub(crate) struct Building<A: Adapter> {
    pub(crate) draft: DraftTable<A>,
    indexes: Vec<index::Pending>,
    foreign_keys: Vec<foreign_key::Pending>,
    constraints: Vec<constraint::Pending>,
    /// Columns of `primary_key: [...]`.
    key_columns: Vec<(String, Span)>,
}

impl<A: Adapter> Dsl<A> {
    pub(crate) fn new(frontend: Frontend, version: RailsVersion, state: A::State) -> Self {
        Self {
            draft: Draft::default(),
            state,
            modes: vec![Mode {
                frontend,
                rules: Rules::unnamed(version),
            }],
            building: Vec::new(),
            changing: Vec::new(),
            deferred: ridgepole::Deferred::default(),
            perhaps_made: BTreeSet::new(),
            default_version: version,
            schema_version: None,
        }
    }

    fn mode(&self) -> Mode {
        self.modes.last().copied().unwrap_or(Mode {
            frontend: Frontend::Rails,
            rules: Rules::unnamed(self.default_version),
        })
    }

    pub(crate) fn rules(&self) -> Rules {
        self.mode().rules
    }

    pub(crate) fn is_ridgepole(&self) -> bool {
        self.mode().frontend == Frontend::Ridgepole
    }

    /// What an option is that nobody knows.
    pub(crate) fn unknown_options(&self) -> Unknown {
        if self.rules().unknown_options_are_errors() {
            Unknown::Error
        } else {
            Unknown::Warning
        }
    }

    /// Remembers all names in the arguments of a call about which an error is told.
    pub(crate) fn note_names(&mut self, arguments: &[Located]) {
        for argument in arguments {
            match &argument.value {
                Value::Array(elements) => self.note_names(&elements.clone()),
                value => {
                    if let Some(name) = value.as_name() {
                        self.perhaps_made.insert(name.to_owned());
                    }
                }
            }
        }
    }

    /// Reports that a table isn't defined.
    pub(crate) fn missing_table(
        &self,
        interpreter: &mut Interpreter<'_>,
        what: &str,
        name: &str,
        span: Span,
    ) {
        if self.perhaps_made.contains(name) {
            return;
        }
        let names = self.draft.table_names();
        let hint = crate::diagnostic::did_you_mean(name, names.iter().map(AsRef::as_ref));
        let message = format!("{what} table \"{name}\", which no create_table defines");
        interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
    }
}

impl<A: Adapter> Host for Dsl<A> {
    fn call(&mut self, interpreter: &mut Interpreter<'_>, call: &Call) -> Option<Value> {
        let function = self.find(On::File, &call.name)?;
        let call = arguments::without_nul::<A>(interpreter, call);
        Some(function(self, interpreter, &call))
    }

    fn send(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        object: Object,
        call: &Call,
    ) -> Option<Value> {
        match object {
            Object::Schema(version) => schema::send(self, interpreter, version, call),
            Object::TableDefinition => {
                let call = arguments::without_nul::<A>(interpreter, call);
                Some(self.table_call(interpreter, &call))
            }
            Object::TableChange => {
                let call = arguments::without_nul::<A>(interpreter, call);
                Some(self.table_change_call(interpreter, &call))
            }
            Object::Connection => Some(Value::Object(Object::Connection)),
            Object::Main | Object::Inflector | Object::Inflections => None,
        }
    }

    fn method_names(&self, object: Option<Object>) -> Vec<&'static str> {
        let on = match object {
            None => On::File,
            Some(Object::Schema(_)) => return vec!["define"],
            Some(_) => On::Table,
        };
        let mut names: Vec<&'static str> = self.known(on).map(|rule| rule.name).collect();
        if object.is_some() {
            names.extend(A::COLUMN_METHODS);
        }
        names
    }

    fn unknown_call(&mut self, call: &Call) {
        self.note_names(&call.arguments);
    }

    fn advice(&self, object: Option<Object>, name: &str) -> Option<String> {
        if object.is_some() {
            return None;
        }
        if self.is_ridgepole() && Self::is_rails_alone(name) {
            return Some(
                "a Schemafile says what there is and not what to change: write it in the table's `create_table`"
                    .to_owned(),
            );
        }
        gems::advice(name)
    }

    fn constant(&mut self, name: &str) -> Option<Value> {
        matches!(name, "ActiveRecord::Schema").then_some(Value::Object(Object::Schema(None)))
    }

    fn adapter_name(&self) -> Option<&'static str> {
        Some(A::ADAPTER_NAME)
    }
}
