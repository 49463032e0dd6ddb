//! Indexes.

use super::Dsl;
use super::arguments::{Entry, OptionList, Unknown, name_of, names_of};
use super::check::Checked;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::fragment::{self, Part};
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use crate::sql;
use pg_model::{Index, IndexKey, IndexPart, PgIndex, PgIndexPart, QualifiedName};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::rc::Rc;

/// Options that an index may have.
const OPTIONS: &[&str] = &[
    "unique",
    "length",
    "order",
    "opclass",
    "where",
    "type",
    "using",
    "comment",
    "algorithm",
    "include",
    "nulls_not_distinct",
    "name",
    "if_not_exists",
];

/// Most characters of an index's name.
const MOST_NAME: usize = 63;

/// An index as the file gives it.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) columns: Located,
    pub(super) options: OptionList,
    /// Where to point when its default name is at fault.
    pub(super) place: Span,
}

/// `add_index "table", ["column"], …`
pub(super) fn add_index(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    let table = Dsl::name_argument(interpreter, call, 0, "a table and its columns");
    let Some(columns) = call.arguments.get(1).cloned() else {
        if call.arguments.len() == 1 {
            interpreter.fail(call.name_span, "`add_index` needs a table and its columns");
        }
        return Value::Nil;
    };
    Dsl::no_more_arguments(interpreter, call, 2);
    let options = Dsl::options(interpreter, call);
    let Some((raw, span)) = table else {
        return Value::Nil;
    };
    let pending = Pending {
        columns,
        options,
        place: call.name_span,
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
pub(super) fn t_index(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    let Some(columns) = call.arguments.first().cloned() else {
        return interpreter.fail(call.name_span, "`index` needs its columns");
    };
    Dsl::no_more_arguments(interpreter, call, 1);
    let pending = Pending {
        columns,
        options: Dsl::options(interpreter, call),
        place: call.name_span,
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

impl Dsl {
    /// Adds an index to a table, or to a relation that SQL text made.
    pub(super) fn add_index(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        name: &QualifiedName,
        pending: Pending,
    ) {
        let Some(read) = self.read_index(interpreter, name, pending) else {
            return;
        };
        let index_name = QualifiedName {
            schema: name.schema.clone(),
            name: read.index.name.clone(),
        };
        if let Some(first) = self.draft.relation(&index_name) {
            if read.if_not_exists {
                return;
            }
            let name = &read.index.name;
            let what = match self.draft.table(&index_name) {
                Some(_) => format!("\"{name}\" is the name of a table already"),
                None => format!("index \"{name}\" already exists"),
            };
            let mut diagnostic = Diagnostic::error(read.name_span, what)
                .hint("names of indexes are unique in a schema of PostgreSQL; give `name:`");
            if first != read.name_span {
                diagnostic = diagnostic.related(first, "defined here first");
            }
            interpreter.report(diagnostic);
            return;
        }
        if read.needs_sql {
            let sql = create_index_sql(name, &read.index);
            self.draft.note_relation(&index_name, read.name_span);
            self.draft.add_statement(sql, read.name_span);
        } else {
            self.draft.add_index(name, read.index, read.name_span);
        }
    }
}

/// An index that was read.
struct Read {
    index: Index,
    name_span: Span,
    if_not_exists: bool,
    /// Whether it stands on something that only SQL text of the file makes.
    needs_sql: bool,
}

/// What an index is on.
enum Subject {
    /// SQL text, which may be several expressions.
    Expression(String),
    Columns(Vec<(String, Span)>),
}

impl Subject {
    /// None when there is nothing in it, which was reported.
    fn read(interpreter: &mut Interpreter<'_>, columns: &Located) -> Option<Self> {
        let is_expression = |text: &&str| {
            text.chars()
                .any(|letter| !(letter.is_alphanumeric() || letter == '_'))
        };
        if let Value::String(_) = columns.value
            && let Some(text) = columns.value.as_name().filter(is_expression)
        {
            let text = text.to_owned();
            fragment::check(interpreter, &text, columns.span, Part::Expression);
            return Some(Self::Expression(text));
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

    fn columns(&self) -> &[(String, Span)] {
        match self {
            Self::Expression(_) => &[],
            Self::Columns(columns) => columns,
        }
    }

    /// What stands for it in a default name.
    fn words(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::Expression(text) => vec![Cow::Owned(names::words_of(text))],
            Self::Columns(columns) => columns
                .iter()
                .map(|(column, _)| Cow::Borrowed(column.as_str()))
                .collect(),
        }
    }

    fn into_parts(self, order: &PerColumn, operator_class: &PerColumn) -> Vec<IndexPart> {
        match self {
            Self::Expression(text) => vec![IndexPart {
                key: IndexKey::Expression(text),
                order: None,
                own: PgIndexPart {
                    operator_class: None,
                },
            }],
            Self::Columns(columns) => columns
                .into_iter()
                .map(|(column, _)| IndexPart {
                    order: order.for_column(&column).map(|order| order.to_uppercase()),
                    own: PgIndexPart {
                        operator_class: operator_class.for_column(&column),
                    },
                    key: IndexKey::Column(column),
                })
                .collect(),
        }
    }
}

impl Dsl {
    /// Looks for what is wrong with an index that isn't made.
    pub(super) fn check_index(
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
    ) -> Option<Read> {
        let Pending {
            columns,
            mut options,
            place,
        } = pending;
        let table = self.draft.table(table_name);
        // All of the call is read before an error ends it.
        let subject = Subject::read(interpreter, &columns);
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
        let too_long = is_subject && is_too_long(interpreter, &name, place, hint);
        let include = match options.take("include") {
            Some(entry) => names_of(interpreter, &entry.value),
            None => Vec::new(),
        };
        let includes = self.check_columns(interpreter, table, &include, "index includes column");
        let (order, operator_class) = (options.take("order"), options.take("opclass"));
        let mut by_column = |entry: Option<Entry>| {
            per_column(interpreter, entry.filter(|_| is_subject), subject.columns())
        };
        let (order, operator_class) = (by_column(order), by_column(operator_class));
        let method = self.index_method(interpreter, &mut options);
        let text = |entry: Option<(String, Entry)>| entry.map(|(text, _)| text);
        let predicate = options.take_condition(interpreter).map(|text| {
            let is_column = table.is_some_and(|table| table.column(&text).is_some());
            if is_column { sql::quoted(&text) } else { text }
        });
        let index = Index {
            name,
            unique: options.take_flag("unique"),
            parts: subject.into_parts(&order, &operator_class),
            comment: text(options.take_text(interpreter, "comment")),
            own: PgIndex {
                method: method.unwrap_or_else(|| "btree".to_owned()),
                include: include.into_iter().map(|(name, _)| name).collect(),
                nulls_not_distinct: options.take_flag("nulls_not_distinct"),
                predicate,
            },
        };
        let if_not_exists = options.take_flag("if_not_exists");
        refuse_mysql(interpreter, &mut options);
        options.finish(interpreter, OPTIONS, "an index", Unknown::Error);
        let is_wrong = !is_subject || too_long || on.max(includes) == Checked::Wrong;
        (!is_wrong).then_some(Read {
            index,
            name_span,
            if_not_exists,
            needs_sql: on.max(includes) == Checked::NeedsSql,
        })
    }

    fn default_name(
        &self,
        table_name: &QualifiedName,
        table: Option<&DraftTable>,
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

/// Takes out what says nothing to PostgreSQL.
fn refuse_mysql(interpreter: &mut Interpreter<'_>, options: &mut OptionList) {
    if let Some((algorithm, entry)) = options.take_text(interpreter, "algorithm")
        && !matches!(algorithm.as_str(), "concurrently" | "default")
    {
        interpreter.fail(
            entry.value.span,
            format!("`algorithm:` is :concurrently, not {algorithm}"),
        );
    }
    options.take("length");
    let kind = options.take("type");
    if let Some(entry) = kind.filter(|entry| entry.value.value.truthy()) {
        interpreter.report(
            Diagnostic::error(entry.key, "`type:` of an index exists only in MySQL")
                .hint("PostgreSQL's methods are given by `using:`"),
        );
    }
}

/// Whether a name is too long, which is reported.
fn is_too_long(interpreter: &mut Interpreter<'_>, name: &str, place: Span, hint: &str) -> bool {
    let length = name.chars().count();
    if length > MOST_NAME {
        let message = format!(
            "index name \"{name}\" is too long ({length} characters; the limit is {MOST_NAME})"
        );
        interpreter.report(Diagnostic::error(place, message).hint(hint));
    }
    length > MOST_NAME
}

/// An option that is given once for all columns, or for some of them.
enum PerColumn {
    All(Option<String>),
    Some(Vec<(String, String)>),
}

impl PerColumn {
    fn for_column(&self, column: &str) -> Option<String> {
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

fn per_column(
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
        return PerColumn::All(name_of(interpreter, &value).map(|(text, _)| text));
    };
    let mut known = Vec::new();
    for (column, value) in pairs.iter() {
        let (Some((column, span)), Some((text, _))) =
            (name_of(interpreter, column), name_of(interpreter, value))
        else {
            continue;
        };
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

/// The SQL of an index on something that isn't a table of the schema, such as a materialized view.
fn create_index_sql(table: &QualifiedName, index: &Index) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let key = match &part.key {
                IndexKey::Column(name) => sql::quoted(name),
                IndexKey::Expression(text) => text.clone(),
            };
            [
                Some(key),
                part.own.operator_class.clone(),
                part.order.clone(),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
        })
        .collect();
    let mut text = format!(
        "CREATE {}INDEX {} ON {} USING {} ({})",
        if index.unique { "UNIQUE " } else { "" },
        sql::quoted(&index.name),
        sql::qualified(table),
        index.own.method,
        parts.join(", ")
    );
    if !index.own.include.is_empty() {
        let columns: Vec<String> = index
            .own
            .include
            .iter()
            .map(|name| sql::quoted(name))
            .collect();
        let _ = write!(text, " INCLUDE ({})", columns.join(", "));
    }
    if index.own.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(predicate) = &index.own.predicate {
        let _ = write!(text, " WHERE {predicate}");
    }
    if let Some(comment) = &index.comment {
        let name = QualifiedName {
            schema: table.schema.clone(),
            name: index.name.clone(),
        };
        let _ = write!(
            text,
            ";\nCOMMENT ON INDEX {} IS {}",
            sql::qualified(&name),
            sql_text::literal(comment)
        );
    }
    text
}
