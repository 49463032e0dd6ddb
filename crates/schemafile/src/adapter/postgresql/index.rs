//! Indexes of PostgreSQL.

use super::constraint::take_condition;
use super::sql;
use crate::diagnostic::Diagnostic;
use crate::dsl::Dsl;
use crate::dsl::arguments::{Entry, OptionList, names_of};
use crate::dsl::check::Checked;
use crate::dsl::index::{self, per_column};
use crate::ruby::Interpreter;
use pg_model::{Index, IndexKey, PgIndex, PgIndexPart, PostgreSql, QualifiedName};
use std::fmt::Write as _;

/// Options that an index may have.
pub(crate) const OPTIONS: &[&str] = &[
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

/// Takes the options that are PostgreSQL's.
pub(crate) fn own(
    dsl: &Dsl<PostgreSql>,
    interpreter: &mut Interpreter<'_>,
    index: &index::Reading<'_, PostgreSql>,
    options: &mut OptionList,
) -> (PgIndex, Vec<PgIndexPart>, Checked) {
    let include = match options.take("include") {
        Some(entry) => names_of(interpreter, &entry.value),
        None => Vec::new(),
    };
    let checked = dsl.check_columns(interpreter, index.table, &include, "index includes column");
    let columns = index.subject.columns();
    let operator_class: Option<Entry> = options.take("opclass").filter(|_| index.has_subject);
    let operator_class = per_column(interpreter, operator_class, columns);
    let method = dsl.index_method(interpreter, options);
    let predicate = take_condition(interpreter, options).map(|text| {
        let is_column = index
            .table
            .is_some_and(|table| table.column(&text).is_some());
        if is_column { sql::quoted(&text) } else { text }
    });
    let own = PgIndex {
        method: method.unwrap_or_else(|| "btree".to_owned()),
        include: include.into_iter().map(|(name, _)| name).collect(),
        nulls_not_distinct: options.take_flag("nulls_not_distinct"),
        predicate,
    };
    refuse_mysql(interpreter, options);
    let parts = columns
        .iter()
        .map(|(column, _)| PgIndexPart {
            operator_class: operator_class.for_column(column),
        })
        .collect();
    (own, parts, checked)
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

/// The SQL of an index on something that isn't a table of the schema, such as a materialized view.
pub(crate) fn create_index_sql(table: &QualifiedName, index: &Index) -> String {
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
