//! Walks the tree.
//!
//! An expression always has a value: when something is wrong with it, that is reported where it stands
//! and the value is [`Value::Unknown`], about which nobody says anything more. So one run finds all errors
//! of a file, and none that only follow from others.

mod advice;
mod calls;

use super::ast::{Block, Expr, ExprKind, Pair};
use super::lower::Parsed;
use super::value::{Located, Object, RangeValue, Value};
use crate::Loader;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::inflect::Inflections;
use crate::source::{Sources, Span};
use std::rc::Rc;

/// What the evaluated part of Ruby doesn't know itself: the DSL.
pub(crate) trait Host {
    /// A call without a receiver; None when there is no such method.
    fn call(&mut self, interpreter: &mut Interpreter<'_>, call: &Call) -> Option<Value>;

    /// A call on an object of the host's; None when it has no such method.
    fn send(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        object: Object,
        call: &Call,
    ) -> Option<Value>;

    /// The names of methods that a call may have meant: of an object, or without a receiver.
    fn method_names(&self, object: Option<Object>) -> Vec<&'static str>;

    /// Hears of a call that there isn't, so that what it may have made isn't missed later.
    fn unknown_call(&mut self, _call: &Call) {}

    /// What to do instead of a call that there isn't.
    fn advice(&self, _object: Option<Object>, _name: &str) -> Option<String> {
        None
    }

    /// A constant.
    fn constant(&mut self, name: &str) -> Option<Value>;

    /// What `ActiveRecord::Base.connection.adapter_name` is, where that is known.
    fn adapter_name(&self) -> Option<&'static str> {
        None
    }
}

/// A call with its arguments evaluated.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: Rc<str>,
    pub(crate) name_span: Span,
    pub(crate) span: Span,
    pub(crate) arguments: Vec<Located>,
    /// Keyword arguments, or the hash that stands last.
    pub(crate) options: Vec<(Located, Located)>,
    pub(crate) block: Option<Rc<Block>>,
}

/// The state of a run.
pub(crate) struct Interpreter<'run> {
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What comments say to tools.
    pub(crate) remarks: Vec<(Span, String)>,
    pub(crate) loader: &'run dyn Loader,
    /// The rules by which words are made singular and plural.
    pub(crate) inflections: Inflections,
    /// Folder of the entry file: where `require` looks.
    pub(crate) entry_folder: String,
    /// Files being read now, innermost last.
    pub(super) reading: Vec<u32>,
    locals: Vec<Vec<(Rc<str>, Located)>>,
    /// The first frame that the file being read can see.
    visible_from: usize,
    constants: Vec<(Rc<str>, Located)>,
    depth: usize,
    steps: usize,
    /// Evaluated expressions after which the run ends.
    pub(crate) most_steps: usize,
    bytes: usize,
    /// How often a condition of `execute` asked the database.
    connection_asked: usize,
    /// Methods that the file defines, which was told: calls of them are no errors of their own.
    defined_methods: Vec<String>,
    gave_up: bool,
}

/// Evaluations nested deeper than this are refused: the stack holds several times as many.
const MOST_DEPTH: usize = 250;
/// Evaluated expressions of a run; 893 tables take about 60,000.
const MOST_STEPS: usize = 5_000_000;
/// Problems that a run tells: nobody reads more, and each is shown with its place in the file.
const MOST_DIAGNOSTICS: usize = 1000;
/// Bytes of text that a run may build.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Elements of a list that a run may build.
pub(super) const MOST_ELEMENTS: usize = 100_000;

impl<'run> Interpreter<'run> {
    pub(crate) fn new(
        sources: Sources,
        loader: &'run dyn Loader,
        inflections: Inflections,
        entry_folder: String,
    ) -> Self {
        Self {
            sources,
            diagnostics: Vec::new(),
            remarks: Vec::new(),
            loader,
            inflections,
            entry_folder,
            reading: Vec::new(),
            locals: vec![Vec::new()],
            visible_from: 0,
            constants: Vec::new(),
            depth: 0,
            steps: 0,
            most_steps: MOST_STEPS,
            bytes: 0,
            connection_asked: 0,
            defined_methods: Vec::new(),
            gave_up: false,
        }
    }

    /// How often the database was asked so far.
    pub(crate) fn connection_asked(&self) -> usize {
        self.connection_asked
    }

    /// Whether the run ended before the file did; why is among the diagnostics.
    pub(crate) fn has_given_up(&self) -> bool {
        self.gave_up
    }

    /// Reports a diagnostic.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if self.gave_up {
            return;
        }
        let span = diagnostic.span;
        self.diagnostics.push(diagnostic);
        if self.diagnostics.len() >= MOST_DIAGNOSTICS {
            self.gave_up = true;
            self.diagnostics.push(Diagnostic::error(
                span,
                format!("the first {MOST_DIAGNOSTICS} problems are told, and reading ends here"),
            ));
        }
    }

    /// Reports an error and gives the value for what failed.
    pub(crate) fn fail(&mut self, span: Span, message: impl Into<String>) -> Value {
        self.report(Diagnostic::error(span, message));
        Value::Unknown
    }

    pub(super) fn unsupported(&mut self, span: Span, what: &str) -> Value {
        if let Some(name) = advice::defined_method(what) {
            self.defined_methods.push(name.to_owned());
        }
        let hint = advice::instead_of(what);
        self.report(Diagnostic::error(span, format!("unsupported Ruby: {what}")).hint(hint));
        Value::Unknown
    }

    /// Ends the run: one error, and nothing after it.
    fn give_up(&mut self, span: Span, message: &str) -> Value {
        self.report(Diagnostic::error(span, message));
        self.gave_up = true;
        Value::Unknown
    }

    /// Evaluates a file that was added to the sources.
    pub(crate) fn read_file(&mut self, host: &mut dyn Host, file: u32) {
        let Parsed {
            statements,
            unread,
            remarks,
        } = match super::parse(&self.sources, file) {
            Ok(parsed) => parsed,
            Err(problems) => {
                for problem in problems {
                    self.report(problem);
                }
                return;
            }
        };
        if let Some(unread) = unread {
            self.report(unread);
        }
        self.remarks.extend(remarks);
        self.reading.push(file);
        let visible_from = std::mem::replace(&mut self.visible_from, self.locals.len());
        self.locals.push(Vec::new());
        self.run(host, &statements);
        self.locals.pop();
        self.visible_from = visible_from;
        self.reading.pop();
    }

    /// The path of the file being read, absolute within the project.
    pub(crate) fn current_path(&self) -> String {
        self.reading
            .last()
            .and_then(|&file| self.sources.file(file))
            .map(|file| format!("/{}", file.path))
            .unwrap_or_default()
    }

    fn run(&mut self, host: &mut dyn Host, body: &[Expr]) -> Value {
        let mut last = Value::Nil;
        for expr in body {
            if self.gave_up {
                return Value::Unknown;
            }
            last = self.eval(host, expr).value;
        }
        last
    }

    /// Evaluates a block or lambda with its parameters set.
    pub(crate) fn call_block(
        &mut self,
        host: &mut dyn Host,
        block: &Block,
        arguments: Vec<Located>,
    ) -> Value {
        // `|name, options|` takes a pair apart.
        let arguments = match arguments.as_slice() {
            [
                Located {
                    value: Value::Array(pair),
                    ..
                },
            ] if block.parameters.len() > 1 => pair.to_vec(),
            _ => arguments,
        };
        let frame = block
            .parameters
            .iter()
            .cloned()
            .zip(arguments)
            .collect::<Vec<_>>();
        self.locals.push(frame);
        let value = self.run(host, &block.body);
        self.locals.pop();
        value
    }

    /// Counts bytes of text that are about to be built.
    pub(super) fn may_build(&mut self, span: Span, bytes: usize) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > MOST_BYTES {
            self.give_up(span, "the file builds more than 64 MiB of text");
            return false;
        }
        true
    }

    /// Counts one step of work.
    pub(super) fn step(&mut self, span: Span) -> bool {
        self.steps += 1;
        if self.steps > self.most_steps && !self.gave_up {
            self.give_up(span, "the file asks for more than 5,000,000 steps of work");
        }
        !self.gave_up
    }

    pub(crate) fn eval(&mut self, host: &mut dyn Host, expr: &Expr) -> Located {
        let span = expr.span;
        if self.depth >= MOST_DEPTH {
            let value = if self.gave_up {
                Value::Unknown
            } else {
                self.give_up(span, "calls are nested too deep here")
            };
            return Located { value, span };
        }
        if !self.step(span) {
            return Located {
                value: Value::Unknown,
                span,
            };
        }
        self.depth += 1;
        let value = self.eval_kind(host, expr);
        self.depth -= 1;
        Located { value, span }
    }

    fn eval_kind(&mut self, host: &mut dyn Host, expr: &Expr) -> Value {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Nil => Value::Nil,
            ExprKind::True => Value::Bool(true),
            ExprKind::False => Value::Bool(false),
            ExprKind::SelfReference => Value::Object(Object::Main),
            ExprKind::Integer(number) => Value::Integer(*number),
            ExprKind::Float(number) => Value::Float(*number),
            ExprKind::String(bytes) => Value::String(Rc::clone(bytes)),
            ExprKind::Symbol(name) => Value::Symbol(Rc::clone(name)),
            ExprKind::Regexp { pattern, options } => Value::Regexp {
                pattern: Rc::clone(pattern),
                options,
            },
            ExprKind::Lambda(block) => Value::Lambda(Rc::clone(block)),
            ExprKind::Interpolated { parts, symbol } => {
                self.eval_interpolated(host, parts, *symbol, span)
            }
            ExprKind::Array(elements) => Value::Array(self.eval_list(host, elements).into()),
            ExprKind::Hash(pairs) => Value::Hash(self.eval_pairs(host, pairs).into()),
            ExprKind::Range(range) => {
                let begin = self.eval_optional(host, range.begin.as_ref(), span);
                let end = self.eval_optional(host, range.end.as_ref(), span);
                Value::Range(Rc::new(RangeValue {
                    begin,
                    end,
                    exclusive: range.exclusive,
                }))
            }
            ExprKind::Local(name) => self.local(name).unwrap_or(Value::Nil),
            ExprKind::Assign(name, value) => {
                let value = self.eval(host, value);
                self.assign(name, value)
            }
            ExprKind::AssignUnlessSet(name, value) => match self.local(name) {
                Some(value) if value.truthy() => value,
                _ => {
                    let value = self.eval(host, value);
                    self.assign(name, value)
                }
            },
            ExprKind::Constant(name) => self.eval_constant(host, name, span),
            ExprKind::AssignConstant(name, value) => {
                let value = self.eval(host, value);
                self.constants.push((Rc::clone(name), value.clone()));
                value.value
            }
            ExprKind::Call(call) => self.eval_call(host, call, span),
            ExprKind::If(branches) => match self.eval(host, &branches.condition).value {
                Value::Unknown => Value::Unknown,
                value if value.truthy() => self.run(host, &branches.then),
                _ => self.run(host, &branches.otherwise),
            },
            ExprKind::And(left, right) => match self.eval(host, left).value {
                value if value.truthy() => self.eval(host, right).value,
                value => value,
            },
            ExprKind::Or(left, right) => match self.eval(host, left).value {
                Value::Unknown => Value::Unknown,
                value if value.truthy() => value,
                _ => self.eval(host, right).value,
            },
            ExprKind::Sequence(body) => self.run(host, body),
            ExprKind::Splat(_) => self.unsupported(span, "`*` outside of a list"),
            ExprKind::Unsupported(what) => self.unsupported(span, what),
        }
    }

    fn eval_optional(&mut self, host: &mut dyn Host, expr: Option<&Expr>, span: Span) -> Located {
        match expr {
            Some(expr) => self.eval(host, expr),
            None => Located {
                value: Value::Nil,
                span,
            },
        }
    }

    fn eval_interpolated(
        &mut self,
        host: &mut dyn Host,
        parts: &[Expr],
        symbol: bool,
        span: Span,
    ) -> Value {
        let mut bytes = Vec::new();
        for part in parts {
            let part = self.eval(host, part);
            let before = bytes.len();
            match &part.value {
                Value::Unknown => return Value::Unknown,
                Value::String(more) => bytes.extend_from_slice(more),
                other => {
                    if let Some(text) = other.to_text() {
                        bytes.extend_from_slice(text.as_bytes());
                    } else {
                        let kind = other.kind();
                        return self.unsupported(part.span, &format!("{kind} inside a string"));
                    }
                }
            }
            if !self.may_build(span, bytes.len() - before) {
                return Value::Unknown;
            }
        }
        if symbol {
            Value::Symbol(Rc::from(String::from_utf8_lossy(&bytes).as_ref()))
        } else {
            Value::String(Rc::from(bytes))
        }
    }

    fn eval_list(&mut self, host: &mut dyn Host, elements: &[Expr]) -> Vec<Located> {
        let mut list = Vec::with_capacity(elements.len());
        for element in elements {
            if let ExprKind::Splat(inner) = &element.kind {
                let inner = self.eval(host, inner);
                match &inner.value {
                    Value::Array(more) if list.len() + more.len() <= MOST_ELEMENTS => {
                        list.extend_from_slice(more);
                    }
                    _ => list.push(inner),
                }
            } else {
                list.push(self.eval(host, element));
            }
        }
        list
    }

    fn eval_pairs(&mut self, host: &mut dyn Host, pairs: &[Pair]) -> Vec<(Located, Located)> {
        let mut entries: Vec<(Located, Located)> = Vec::with_capacity(pairs.len());
        for pair in pairs {
            match pair {
                Pair::Entry(key, value) => {
                    let key = self.eval(host, key);
                    let value = self.eval(host, value);
                    put(&mut entries, key, value);
                }
                Pair::Splat(expr) => {
                    let inner = self.eval(host, expr);
                    match &inner.value {
                        Value::Hash(more) => {
                            for (key, value) in more.iter() {
                                put(&mut entries, key.clone(), value.clone());
                            }
                        }
                        Value::Nil | Value::Unknown => {}
                        other => {
                            let kind = other.kind();
                            self.fail(inner.span, format!("`**` needs a hash, not {kind}"));
                        }
                    }
                }
            }
        }
        entries
    }

    fn local(&self, name: &str) -> Option<Value> {
        self.locals
            .get(self.visible_from..)?
            .iter()
            .rev()
            .flat_map(|frame| frame.iter().rev())
            .find(|(known, _)| known.as_ref() == name)
            .map(|(_, value)| value.value.clone())
    }

    fn assign(&mut self, name: &Rc<str>, value: Located) -> Value {
        let result = value.value.clone();
        let visible_from = self.visible_from;
        let slot = self
            .locals
            .iter_mut()
            .skip(visible_from)
            .rev()
            .flat_map(|frame| frame.iter_mut().rev())
            .find(|(known, _)| known == name);
        match slot {
            Some((_, old)) => *old = value,
            None => {
                if let Some(frame) = self.locals.last_mut() {
                    frame.push((Rc::clone(name), value));
                }
            }
        }
        result
    }

    fn known_constant(&mut self, host: &mut dyn Host, name: &str) -> Option<Value> {
        let own = self
            .constants
            .iter()
            .rev()
            .find(|(known, _)| known.as_ref() == name)
            .map(|(_, value)| value.value.clone());
        match own {
            Some(value) => Some(value),
            None if name == "Float::INFINITY" => Some(Value::Float(f64::INFINITY)),
            None if name == "Float::NAN" => Some(Value::Float(f64::NAN)),
            None => host.constant(name),
        }
    }

    fn eval_constant(&mut self, host: &mut dyn Host, name: &str, span: Span) -> Value {
        if let Some(value) = self.known_constant(host, name) {
            return value;
        }
        let hint = advice::meant_by(name)
            .or_else(|| did_you_mean(name, self.constants.iter().map(|(known, _)| known.as_ref())));
        self.report(Diagnostic::error(span, format!("unknown constant `{name}`")).maybe_hint(hint));
        Value::Unknown
    }

    /// The SQL text that a lambda of a default gives.
    pub(crate) fn call_lambda(&mut self, host: &mut dyn Host, block: &Block) -> Located {
        let span = block.body.last().map_or(block.span, |last| last.span);
        let value = self.call_block(host, block, Vec::new());
        Located { value, span }
    }
}

/// Adds an entry to a hash; one of the same key keeps its place and takes the new value.
pub(super) fn put(entries: &mut Vec<(Located, Located)>, key: Located, value: Located) {
    match entries
        .iter_mut()
        .find(|(known, _)| known.value.equals(&key.value))
    {
        Some(entry) => entry.1 = value,
        None => entries.push((key, value)),
    }
}
