//! Indexes.

use super::Dsl;
use super::arguments::{Entry, OptionList, Unknown, name_of, names_of};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::{Draft, DraftTable};
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use crate::sql;
use crate::types::catalog;
use crate::version::Rules;
use schema_model::{Index, IndexKey, IndexPart, QualifiedName};
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
        let table = self.draft.table(name);
        let Some(read) = read(interpreter, &self.draft, self.rules(), name, table, pending) else {
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
            let mut diagnostic = Diagnostic::error(
                read.name_span,
                format!("index \"{}\" already exists", read.index.name),
            )
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
            self.draft.add_statement(sql);
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

fn read(
    interpreter: &mut Interpreter<'_>,
    draft: &Draft,
    rules: Rules,
    table_name: &QualifiedName,
    table: Option<&DraftTable>,
    pending: Pending,
) -> Option<Read> {
    let Pending {
        columns,
        mut options,
        place,
    } = pending;
    let expression = match &columns.value {
        Value::String(_) => columns
            .value
            .as_name()
            .filter(|text| {
                text.chars()
                    .any(|letter| !(letter.is_alphanumeric() || letter == '_'))
            })
            .map(str::to_owned),
        _ => None,
    };
    let column_names = if expression.is_some() {
        Vec::new()
    } else {
        names_of(interpreter, &columns)
    };
    if expression.is_none() && column_names.is_empty() {
        if !columns.value.is_unknown() {
            interpreter.fail(columns.span, "an index needs at least one column");
        }
        return None;
    }
    let mut needs_sql = table.is_none();
    if let Some(table) = table {
        for (column, span) in &column_names {
            needs_sql |= !check_column(
                interpreter,
                draft,
                table,
                column,
                *span,
                "index on column",
                None,
            )?;
        }
    }
    let (name, name_span) = index_name(
        interpreter,
        rules,
        (table_name, table),
        expression.as_deref(),
        &column_names,
        &mut options,
        place,
        columns.span,
    )?;
    let include = match options.take("include") {
        Some(entry) => {
            let included = names_of(interpreter, &entry.value);
            if let Some(table) = table {
                for (column, span) in &included {
                    needs_sql |= !check_column(
                        interpreter,
                        draft,
                        table,
                        column,
                        *span,
                        "index includes column",
                        None,
                    )?;
                }
            }
            included.into_iter().map(|(name, _)| name).collect()
        }
        None => Vec::new(),
    };
    let order = per_column(interpreter, options.take("order"), &column_names);
    let opclass = per_column(interpreter, options.take("opclass"), &column_names);
    let method = match options.take_text(interpreter, "using") {
        Some((method, entry)) => {
            check_method(interpreter, draft, &method, entry.value.span);
            method
        }
        None => "btree".to_owned(),
    };
    let predicate = options.take_text(interpreter, "where").map(|(text, _)| {
        let is_column = table.is_some_and(|table| table.column(&text).is_some());
        if is_column { sql::quoted(&text) } else { text }
    });
    if let Some((algorithm, entry)) = options.take_text(interpreter, "algorithm")
        && !matches!(algorithm.as_str(), "concurrently" | "default")
    {
        interpreter.fail(
            entry.value.span,
            format!("`algorithm:` is :concurrently, not {algorithm}"),
        );
    }
    let unique = options.take_flag("unique");
    let nulls_not_distinct = options.take_flag("nulls_not_distinct");
    let comment = options
        .take_text(interpreter, "comment")
        .map(|(text, _)| text);
    let if_not_exists = options.take_flag("if_not_exists");
    options.take("length");
    if let Some(entry) = options
        .take("type")
        .filter(|entry| entry.value.value.truthy())
    {
        interpreter.report(
            Diagnostic::error(entry.key, "`type:` of an index exists only in MySQL")
                .hint("PostgreSQL's methods are given by `using:`"),
        );
    }
    options.finish(interpreter, OPTIONS, "an index", Unknown::Error);
    let parts = match expression {
        Some(text) => vec![IndexPart {
            key: IndexKey::Expression(text),
            operator_class: None,
            order: None,
        }],
        None => column_names
            .into_iter()
            .map(|(column, _)| IndexPart {
                operator_class: opclass.for_column(&column),
                order: order.for_column(&column).map(|order| order.to_uppercase()),
                key: IndexKey::Column(column),
            })
            .collect(),
    };
    Some(Read {
        index: Index {
            name,
            unique,
            method,
            parts,
            include,
            nulls_not_distinct,
            predicate,
            comment,
        },
        name_span,
        if_not_exists,
        needs_sql,
    })
}

/// Whether a table has a column: true, or false when SQL text of the file may have made it. None when it
/// was reported as missing, with the advice for a hint unless another column is near.
pub(super) fn check_column(
    interpreter: &mut Interpreter<'_>,
    draft: &Draft,
    table: &DraftTable,
    column: &str,
    span: Span,
    what: &str,
    advice: Option<&str>,
) -> Option<bool> {
    if table.column(column).is_some() || table.open {
        return Some(true);
    }
    if draft.sql_mentions(column) && draft.sql_mentions(&table.table.name.name) {
        return Some(false);
    }
    let hint = match (did_you_mean(column, table.column_names()), advice) {
        (Some(nearest), Some(advice)) => Some(format!("{nearest} {advice}")),
        (nearest, advice) => nearest.or(advice.map(str::to_owned)),
    };
    let message = format!("{what} \"{column}\", which table \"{}\" lacks", table.raw);
    interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
    None
}

#[expect(
    clippy::too_many_arguments,
    reason = "all of these decide the name, and nothing else needs them together"
)]
fn index_name(
    interpreter: &mut Interpreter<'_>,
    rules: Rules,
    (table_name, table): (&QualifiedName, Option<&DraftTable>),
    expression: Option<&str>,
    columns: &[(String, Span)],
    options: &mut OptionList,
    place: Span,
    columns_span: Span,
) -> Option<(String, Span)> {
    let given = options.take_name(interpreter);
    let is_given = given.is_some();
    let (name, span, long_place) = if let Some((name, entry)) = given {
        (name, entry.value.span, entry.value.span)
    } else {
        let words = expression.map(names::words_of);
        let parts: Vec<&str> = match &words {
            Some(words) => vec![words],
            None => columns.iter().map(|(column, _)| column.as_str()).collect(),
        };
        let name = if rules.long_index_names_are_shortened() {
            names::short_index(&table_name.name, &parts)
        } else if rules.index_names_hold_the_schema() {
            let raw = table.map_or_else(
                || table_name.to_string().into(),
                |table| Rc::clone(&table.raw),
            );
            names::index(&raw, &parts)
        } else {
            names::index(&table_name.name, &parts)
        };
        (name, columns_span, place)
    };
    let length = name.chars().count();
    if length > MOST_NAME {
        let hint = if place == columns_span {
            "the name of a polymorphic reference's index isn't shortened: give `index: { name: }`"
        } else if is_given {
            "shorten it"
        } else {
            "give `name:`"
        };
        let message = format!(
            "index name \"{name}\" is too long ({length} characters; the limit is {MOST_NAME})"
        );
        interpreter.report(Diagnostic::error(long_place, message).hint(hint));
        return None;
    }
    Some((name, span))
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

/// Reports a method of indexes that PostgreSQL lacks.
pub(super) fn check_method(
    interpreter: &mut Interpreter<'_>,
    draft: &Draft,
    method: &str,
    span: Span,
) {
    let of_extension = draft.extensions.iter().any(|extension| {
        catalog::known_extension(&extension.name)
            .is_none_or(|known| known.index_methods.contains(&method))
    });
    if catalog::INDEX_METHODS.contains(&method.to_ascii_lowercase().as_str())
        || of_extension
        || draft.sql_mentions(method)
    {
        return;
    }
    let hint = did_you_mean(method, catalog::INDEX_METHODS.iter().copied());
    let message = format!("PostgreSQL has no index method \"{method}\"");
    interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
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
            [Some(key), part.operator_class.clone(), part.order.clone()]
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
        index.method,
        parts.join(", ")
    );
    if !index.include.is_empty() {
        let columns: Vec<String> = index.include.iter().map(|name| sql::quoted(name)).collect();
        let _ = write!(text, " INCLUDE ({})", columns.join(", "));
    }
    if index.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(predicate) = &index.predicate {
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
