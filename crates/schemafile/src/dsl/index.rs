//! Indexes.

use super::Dsl;
use super::arguments::{self, Entry, OptionList, Unknown, name_of, names_of};
use super::check::Checked;
use crate::adapter::Adapter;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::fragment::{self, Part};
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use schema_model::{Index, IndexKey, IndexPart, QualifiedName};
use std::borrow::Cow;
use std::rc::Rc;

/// An index as the file gives it.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) columns: Located,
    pub(crate) options: OptionList,
    /// Where to point when its default name is at fault.
    pub(crate) place: Span,
    /// Where a column's option asked for it.
    pub(crate) asked: Option<Span>,
}

/// `add_index "table", ["column"], …`
pub(crate) fn add_index<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let table = arguments::name_argument(interpreter, call, 0, "a table and its columns");
    let Some(columns) = call.arguments.get(1).cloned() else {
        if call.arguments.len() == 1 {
            interpreter.fail(call.name_span, "`add_index` needs a table and its columns");
        }
        return Value::Nil;
    };
    arguments::no_more_arguments(interpreter, call, 2);
    let options = arguments::options(interpreter, call);
    let Some((raw, span)) = table else {
        return Value::Nil;
    };
    let pending = Pending {
        columns,
        options,
        place: call.name_span,
        asked: None,
    };
    if dsl.is_ridgepole() {
        dsl.deferred
            .add_index(interpreter, &raw.into(), span, pending);
        return Value::Nil;
    }
    let name = names::qualified(&raw);
    if dsl.draft.table(&name).is_none() && !dsl.draft.sql_mentions(&name.name) {
        dsl.missing_table(interpreter, "add_index on", &raw, span);
        dsl.check_index(interpreter, &name, pending);
        return Value::Nil;
    }
    dsl.add_index(interpreter, &name, pending);
    Value::Nil
}

/// `t.index ["column"], …`
pub(crate) fn t_index<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(columns) = call.arguments.first().cloned() else {
        return interpreter.fail(call.name_span, "`index` needs its columns");
    };
    arguments::no_more_arguments(interpreter, call, 1);
    let pending = Pending {
        columns,
        options: arguments::options(interpreter, call),
        place: call.name_span,
        asked: None,
    };
    let ridgepole = dsl.is_ridgepole();
    if let Some(building) = dsl.building.last_mut() {
        if ridgepole {
            let (raw, span) = (Rc::clone(&building.draft.raw), building.draft.span);
            dsl.deferred.add_index(interpreter, &raw, span, pending);
        } else {
            building.indexes.push(pending);
        }
    }
    Value::Nil
}

impl<A: Adapter> Dsl<A> {
    /// Adds an index to a table, or to a relation that SQL text made.
    pub(crate) fn add_index(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        name: &QualifiedName,
        pending: Pending,
    ) {
        let place = pending.columns.span;
        let Some(read) = self.read_index(interpreter, name, pending) else {
            return;
        };
        if self.draft.is_view_without_rows(name) {
            interpreter.report(
                Diagnostic::error(
                    place,
                    format!("\"{name}\" is a view, which keeps no rows that an index could be on"),
                )
                .hint("give the view `materialized: true`, or the index to a table below it"),
            );
            return;
        }
        let index_name = A::index_place(name, &read.index.name);
        if let Some(first) = self.draft.relation(&index_name) {
            if read.if_not_exists {
                return;
            }
            let name = &read.index.name;
            let what = match self.draft.table(&index_name) {
                Some(_) => format!("\"{name}\" is the name of a table already"),
                None => format!("index \"{name}\" already exists"),
            };
            let mut diagnostic =
                Diagnostic::error(read.name_span, what).hint(A::INDEX_NAMES_ARE_UNIQUE);
            if first != read.name_span {
                diagnostic = diagnostic.related(first, "defined here first");
            }
            interpreter.report(diagnostic);
            return;
        }
        if read.needs_sql {
            let sql = A::create_index_sql(name, &read.index);
            self.draft.note_relation(&index_name, read.name_span);
            self.draft.add_statement(sql, read.name_span);
        } else {
            self.draft.add_index(name, read.index, read.name_span);
        }
    }
}

/// An index that was read.
struct Read<A: Adapter> {
    index: Index<A>,
    name_span: Span,
    if_not_exists: bool,
    /// Whether it stands on something that only SQL text of the file makes.
    needs_sql: bool,
}

/// An index that is being read, as the database at hand sees it.
pub(crate) struct Reading<'r, A: Adapter> {
    /// The table that it is on, when a call has made it.
    pub(crate) table: Option<&'r DraftTable<A>>,
    pub(crate) subject: &'r Subject,
    /// False when it is on nothing that could be read.
    pub(crate) has_subject: bool,
    pub(crate) name: &'r str,
    pub(crate) unique: bool,
    /// Where to point when the index itself is at fault.
    pub(crate) place: Span,
    /// Where a column's option asked for it.
    pub(crate) asked: Option<Span>,
}

/// What an index is on.
pub(crate) enum Subject {
    /// SQL text, which may be several expressions.
    Expression(String, Span),
    Columns(Vec<(String, Span)>),
}

impl Subject {
    /// None when there is nothing in it, which was reported.
    fn read<A: Adapter>(interpreter: &mut Interpreter<'_>, columns: &Located) -> Option<Self> {
        // As Ruby's `/\\W/`, to which a Japanese letter is none of a word.
        let is_expression = |text: &&str| {
            text.chars()
                .any(|letter| !(letter.is_ascii_alphanumeric() || letter == '_'))
        };
        if let Value::String(_) = columns.value
            && let Some(text) = columns.value.as_name().filter(is_expression)
        {
            let text = text.to_owned();
            fragment::check::<A>(interpreter, &text, columns.span, Part::Expression);
            return Some(Self::Expression(text, columns.span));
        }
        let names = names_of(interpreter, columns);
        if names.is_empty() {
            if !columns.value.is_unknown() {
                interpreter.fail(columns.span, "an index needs at least one column");
            }
            return None;
        }
        Some(Self::Columns(names))
    }

    pub(crate) fn columns(&self) -> &[(String, Span)] {
        match self {
            Self::Expression(..) => &[],
            Self::Columns(columns) => columns,
        }
    }

    /// What stands for it in a default name.
    fn words(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::Expression(text, _) => vec![Cow::Owned(names::words_of(text))],
            Self::Columns(columns) => columns
                .iter()
                .map(|(column, _)| Cow::Borrowed(column.as_str()))
                .collect(),
        }
    }

    fn into_parts<A: Adapter>(
        self,
        order: &PerColumn,
        own: Vec<A::IndexPart>,
    ) -> Vec<IndexPart<A>> {
        let mut own = own.into_iter();
        let mut next = move || own.next().unwrap_or_default();
        match self {
            Self::Expression(text, _) => vec![IndexPart {
                key: IndexKey::Expression(text),
                order: None,
                own: next(),
            }],
            Self::Columns(columns) => columns
                .into_iter()
                .map(|(column, _)| IndexPart {
                    order: order.for_column(&column).map(|order| order.to_uppercase()),
                    own: next(),
                    key: IndexKey::Column(column),
                })
                .collect(),
        }
    }
}

impl<A: Adapter> Dsl<A> {
    /// Looks for what is wrong with an index that isn't made.
    pub(crate) fn check_index(
        &self,
        interpreter: &mut Interpreter<'_>,
        table: &QualifiedName,
        pending: Pending,
    ) {
        self.read_index(interpreter, table, pending);
    }

    /// None when something is wrong with it, which was reported.
    fn read_index(
        &self,
        interpreter: &mut Interpreter<'_>,
        table_name: &QualifiedName,
        pending: Pending,
    ) -> Option<Read<A>> {
        let Pending {
            columns,
            mut options,
            place,
            asked,
        } = pending;
        let table = self.draft.table(table_name);
        // All of the call is read before an error ends it.
        let subject = Subject::read::<A>(interpreter, &columns);
        let is_subject = subject.is_some();
        let subject = subject.unwrap_or(Subject::Columns(Vec::new()));
        let on = self.check_columns(interpreter, table, subject.columns(), "index on column");
        let (name, name_span, place, hint) = match options.take_name(interpreter) {
            Some((name, entry)) if entry.value.span != columns.span => {
                (name, entry.value.span, entry.value.span, "shorten it")
            }
            // A reference gave it.
            Some((name, entry)) => (
                name,
                entry.value.span,
                place,
                "the name of a polymorphic reference's index isn't shortened: give `index: { name: }`",
            ),
            None => (
                self.default_name(table_name, table, &subject),
                columns.span,
                place,
                "give `name:`",
            ),
        };
        let too_long = is_subject && is_too_long::<A>(interpreter, &name, place, hint);
        let order = options.take("order").filter(|_| is_subject);
        let order = per_column(interpreter, order, subject.columns());
        let unique = options.take_flag("unique");
        let mut reading = Reading {
            table,
            subject: &subject,
            has_subject: is_subject,
            name: &name,
            unique,
            place: columns.span,
            asked,
        };
        let (own, own_parts, own_checked) =
            A::index_own(self, interpreter, &mut reading, &mut options);
        let text = |entry: Option<(String, Entry)>| entry.map(|(text, _)| text);
        let comment = text(options.take_text(interpreter, "comment"));
        let index = Index {
            name,
            unique,
            parts: subject.into_parts::<A>(&order, own_parts),
            comment,
            own,
        };
        let if_not_exists = options.take_flag("if_not_exists");
        options.finish(interpreter, A::INDEX_OPTIONS, "an index", Unknown::Error);
        let checked = on.max(own_checked);
        let is_wrong = !is_subject || too_long || checked == Checked::Wrong;
        (!is_wrong).then_some(Read {
            index,
            name_span,
            if_not_exists,
            needs_sql: checked == Checked::NeedsSql,
        })
    }

    fn default_name(
        &self,
        table_name: &QualifiedName,
        table: Option<&DraftTable<A>>,
        subject: &Subject,
    ) -> String {
        let words = subject.words();
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let rules = self.rules();
        if rules.long_index_names_are_shortened() {
            names::short_index(&table_name.name, &words)
        } else if rules.index_names_hold_the_schema() {
            let raw = table.map_or_else(
                || table_name.to_string().into(),
                |table| Rc::clone(&table.raw),
            );
            names::index(&raw, &words)
        } else {
            names::index(&table_name.name, &words)
        }
    }
}

/// Whether a name is too long, which is reported.
fn is_too_long<A: Adapter>(
    interpreter: &mut Interpreter<'_>,
    name: &str,
    place: Span,
    hint: &str,
) -> bool {
    let length = name.chars().count();
    if length > A::MOST_NAME {
        let message = format!(
            "index name \"{name}\" is too long ({length} characters; the limit is {})",
            A::MOST_NAME
        );
        interpreter.report(Diagnostic::error(place, message).hint(hint));
    }
    length > A::MOST_NAME
}

/// An option that is given once for all columns, or for some of them.
pub(crate) enum PerColumn {
    All(Option<String>),
    Some(Vec<(String, String)>),
}

impl PerColumn {
    pub(crate) fn for_column(&self, column: &str) -> Option<String> {
        match self {
            Self::All(value) => value.clone(),
            Self::Some(values) => values
                .iter()
                .find(|(name, _)| name == column)
                .map(|(_, value)| value.clone()),
        }
        .filter(|value| !value.trim().is_empty())
    }
}

/// A word that isn't an order and was meant to be one. Others go to the server: some name operator classes here.
fn check_order(interpreter: &mut Interpreter<'_>, text: &str, place: Span) {
    // Where a word is as near to both, one that has a `d` was the second.
    const ORDERS: [&str; 2] = ["desc", "asc"];
    let word = text.to_lowercase();
    if ORDERS
        .iter()
        .any(|order| word.split_whitespace().next() == Some(*order))
    {
        return;
    }
    if let Some(hint) = did_you_mean(&word, ORDERS) {
        interpreter.report(
            Diagnostic::error(place, format!("`order:` is :asc or :desc, not :{text}")).hint(hint),
        );
    }
}

pub(crate) fn per_column(
    interpreter: &mut Interpreter<'_>,
    entry: Option<Entry>,
    columns: &[(String, Span)],
) -> PerColumn {
    let Some(Entry { name, key, value }) = entry else {
        return PerColumn::All(None);
    };
    if value.value.is_nil() || value.value.is_unknown() {
        return PerColumn::All(None);
    }
    if columns.is_empty() {
        let message = format!("`{name}:` has no effect on an index that is given as a text");
        interpreter.report(
            Diagnostic::warning(key, message).hint("write it into the text, behind its expression"),
        );
        return PerColumn::All(None);
    }
    let Value::Hash(pairs) = &value.value else {
        let found = name_of(interpreter, &value);
        if let Some((text, span)) = found.as_ref().filter(|_| &*name == "order") {
            check_order(interpreter, text, *span);
        }
        return PerColumn::All(found.map(|(text, _)| text));
    };
    let mut known = Vec::new();
    for (column, value) in pairs.iter() {
        let (Some((column, span)), Some((text, place))) =
            (name_of(interpreter, column), name_of(interpreter, value))
        else {
            continue;
        };
        if &*name == "order" {
            check_order(interpreter, &text, place);
        }
        let names = || columns.iter().map(|(name, _)| name.as_str());
        if names().any(|name| name == column) {
            known.push((column, text));
        } else {
            let message = format!(
                "`{name}:` names \"{column}\", which isn't a column of this index: no effect"
            );
            let hint = did_you_mean(&column, names());
            interpreter.report(Diagnostic::warning(span, message).maybe_hint(hint));
        }
    }
    PerColumn::Some(known)
}
