//! MySQL and MariaDB: what calls of the DSL become, by ActiveRecord's `mysql2` and `trilogy` adapters.
//!
//! MariaDB is a profile of MySQL: [`State::server`] says whose rules hold where they differ.

mod advice;
mod cast;
mod charset;
mod column;
mod expression;
mod foreign_key;
mod functions;
mod index;
mod objects;
mod size;
mod table;
mod types;
mod words;
mod writer;

pub(crate) use advice::nearest_type;
pub(crate) use writer::write;

use super::{Adapter, Names};
use crate::Database;
use crate::diagnostic::Diagnostic;
use crate::draft::{Draft, DraftTable};
use crate::dsl::arguments::{Entry, OptionList};
use crate::dsl::check::Checked;
use crate::dsl::column::{Defined, TypeName};
use crate::dsl::constraint::Kind;
use crate::dsl::{
    Dsl, Function, constraint as shared_constraint, foreign_key as key, index as shared_index,
};
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use mysql_model::{
    Column, ColumnValue, DataType, ForeignKey, Index, IndexKey, IndexPart, MySql, MySqlCheck,
    MySqlIndex, MySqlIndexPart, PrimaryKey, QualifiedName, Server, Table,
};
use sql_text::mentions;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Most characters of any name.
const MOST_NAME: usize = 64;

/// What is kept while a file for MySQL is read.
#[derive(Debug)]
pub(crate) struct State {
    server: Server,
    /// What `create_enum` says, which does nothing but tells what was meant.
    enums: BTreeMap<String, Vec<String>>,
}

impl State {
    pub(crate) fn new(server: Server) -> Self {
        Self {
            server,
            enums: BTreeMap::new(),
        }
    }
}

/// What is remembered of a column beside its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    /// Where its type is named.
    type_place: Option<Span>,
    limit_place: Option<Span>,
    /// Where it is said to count by itself.
    auto_increment: Option<Span>,
    /// The expression of a generated column.
    generated: Option<Span>,
}

/// The name of a table as SQL.
fn qualified(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) => format!(
            "{}.{}",
            mysql_text::quoted(schema),
            mysql_text::quoted(&name.name)
        ),
        None => mysql_text::quoted(&name.name),
    }
}

/// Whether a column's type lets it count by itself.
fn column_may_count(column: &Column) -> bool {
    matches!(column.data_type, DataType::Integer { .. })
}

/// Reports a name that is too long.
fn check_length(interpreter: &mut Interpreter<'_>, what: &str, name: &str, span: Span) -> bool {
    let length = name.chars().count();
    if length > MOST_NAME {
        interpreter.fail(
            span,
            format!("{what} of {length} characters is too long (the limit is {MOST_NAME})"),
        );
    }
    length <= MOST_NAME
}

impl Adapter for MySql {
    type State = State;
    type ColumnNotes = Notes;

    const ADAPTER_NAME: &'static str = "Mysql2";
    const MOST_COLUMNS: usize = 1017;
    const MOST_NAME: usize = MOST_NAME;
    const NO_NUL: Option<&'static str> = None;
    const RELATIONS_SHARE_NAMES: &'static str =
        "tables and views of a database share their names in MySQL";
    const INDEX_NAMES_ARE_UNIQUE: &'static str =
        "names of indexes are unique in a table; give `name:`";
    const HAS_MATERIALIZED_VIEWS: bool = false;
    const ENABLE_EXTENSION: Function<Self> = objects::enable_extension;
    const CREATE_ENUM: Function<Self> = objects::create_enum;
    const CREATE_SCHEMA: Function<Self> = objects::create_schema;
    const COLUMN_METHODS: Names = types::COLUMN_METHODS;
    const COLUMN_OPTIONS: Names = column::OPTIONS;
    const INDEX_OPTIONS: Names = index::OPTIONS;
    const TABLE_OPTIONS: Names = table::OPTIONS;
    const KEY_OPTIONS: Names = &[
        "limit",
        "default",
        "precision",
        "unsigned",
        "auto_increment",
    ];

    fn database(state: &State) -> Database {
        match state.server {
            Server::MySql => Database::MySql,
            Server::MariaDb => Database::MariaDb,
        }
    }

    fn canonical(name: &QualifiedName) -> Cow<'_, QualifiedName> {
        Cow::Borrowed(name)
    }

    fn is_same_column(one: &str, other: &str) -> bool {
        table::is_same_column(one, other)
    }

    fn index_place(table: &QualifiedName, index: &str) -> QualifiedName {
        // No table lives in a database of such a name.
        QualifiedName::in_schema(format!("{table}\0index"), index.to_lowercase())
    }

    fn quoted(name: &str) -> String {
        mysql_text::quoted(name)
    }

    fn qualified(name: &QualifiedName) -> String {
        qualified(name)
    }

    fn lexeme(sql: &str) -> Option<sql_text::Lexeme> {
        let found = mysql_text::Lexer::default().lexeme(sql)?;
        Some(sql_text::Lexeme {
            kind: found.kind.map(|kind| match kind {
                mysql_text::TokenKind::Word | mysql_text::TokenKind::Number => {
                    sql_text::TokenKind::Word
                }
                mysql_text::TokenKind::QuotedName => sql_text::TokenKind::QuotedName,
                mysql_text::TokenKind::Text | mysql_text::TokenKind::Bytes => {
                    sql_text::TokenKind::Literal
                }
                mysql_text::TokenKind::Symbol => sql_text::TokenKind::Symbol,
            }),
            length: found.length,
            closed: found.closed,
        })
    }

    fn makes_relation(sql: &str, name: &QualifiedName) -> bool {
        let words: Vec<String> = sql_text::word_list(sql)
            .map(str::to_ascii_lowercase)
            .collect();
        let makes = words.first().is_some_and(|word| word == "create")
            && words.iter().any(|word| word == "table" || word == "view");
        makes && mentions(sql, &name.name)
    }

    fn column_method(name: &Rc<str>, is_ridgepole: bool) -> Option<Rc<str>> {
        let text = name.as_ref();
        if text == "numeric" && !is_ridgepole {
            return Some("decimal".into());
        }
        let is_one = types::COLUMN_METHODS.contains(&text)
            || is_ridgepole
                && (types::METHODS_OF_RIDGEPOLE.contains(&text)
                    || text == "uuid"
                    || text == "inet6");
        is_one.then(|| Rc::clone(name))
    }

    fn type_advice(call: &Call) -> Option<String> {
        advice::other_word(call)
    }

    fn own_type_advice(call: &Call) -> String {
        advice::own_type(call)
    }

    fn foreign_call(state: &State, call: &Call) -> Option<Diagnostic> {
        advice::foreign_call(state, call)
    }

    fn unknown_type() -> DataType {
        column::unknown()
    }

    fn check_column_name(interpreter: &mut Interpreter<'_>, name: &str, span: Span) {
        check_length(interpreter, "column name", name, span);
        if name.ends_with(' ') {
            interpreter.fail(span, "the name ends with a space, which MySQL refuses");
        }
    }

    fn define_column(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        name: &str,
        type_name: &TypeName,
        options: OptionList,
    ) -> Defined<Self> {
        column::define(dsl, interpreter, name, type_name, options)
    }

    fn change_column(old: &mut Column, changed: Column, has: &dyn Fn(&str) -> bool) {
        old.data_type = changed.data_type;
        old.own.charset = changed.own.charset;
        if has("collation") {
            old.collation = changed.collation;
        }
        if has("default") || !matches!(changed.value, ColumnValue::None) {
            old.value = changed.value;
        } else if !matches!(old.value, ColumnValue::Default(_) | ColumnValue::Null) {
            old.value = ColumnValue::None;
        }
        if has("null") {
            old.not_null = changed.not_null;
            if old.not_null && old.value == ColumnValue::Null {
                old.value = ColumnValue::None;
            }
        }
        if has("comment") {
            old.comment = changed.comment;
        }
    }

    fn changed_default(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        changed: &Column,
        default: &Located,
    ) -> ColumnValue {
        column::default_value(dsl, interpreter, changed, default, changed.not_null)
    }

    fn set_key_options(_: &str, _: &mut OptionList, _: Span) {}

    fn set_old_key_options(id: Option<&str>, options: &mut OptionList, span: Span) {
        if id == Some("integer") {
            options.set_default("default", Value::Nil, span);
        }
    }

    fn table_options(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        draft: &mut DraftTable<Self>,
        options: &mut OptionList,
    ) {
        table::options(dsl, interpreter, draft, options);
    }

    fn check_namespace(
        _: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        name: &QualifiedName,
        span: Span,
    ) {
        if name.name.ends_with(' ') {
            interpreter.fail(span, "the name ends with a space, which MySQL refuses");
        }
    }

    fn check_table(dsl: &mut Dsl<Self>, interpreter: &mut Interpreter<'_>, name: &QualifiedName) {
        // In a Schemafile the indexes are made later.
        if !dsl.is_ridgepole() {
            table::check(dsl, interpreter, name);
        }
    }

    fn index_own(
        dsl: &Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        reading: &mut shared_index::Reading<'_, Self>,
        options: &mut OptionList,
    ) -> (MySqlIndex, Vec<MySqlIndexPart>, Checked) {
        index::own(dsl, interpreter, reading, options)
    }

    fn create_index_sql(table: &QualifiedName, index: &Index) -> String {
        index::create_index_sql(table, index)
    }

    fn index_mentions(_: &Index, _: &str) -> bool {
        false
    }

    fn check_name(name: &str) -> Option<String> {
        let is_word = name
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '_' | '$'));
        let has_letter = name.chars().any(|character| !character.is_ascii_digit());
        (is_word && has_letter).then(|| name.to_owned())
    }

    fn check_own(_: &mut Interpreter<'_>, options: &mut OptionList, _: bool) -> MySqlCheck {
        // `validate: false` has no place in MySQL.
        options.take("validate");
        MySqlCheck { enforced: true }
    }

    fn may_have_check(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        check: &shared_constraint::NewCheck<'_>,
    ) -> bool {
        let mut is_fine = check_length(interpreter, "constraint name", check.name, check.place);
        if let Some(problem) = expression::check_problem(check.expression) {
            interpreter.fail(check.expression_place, problem);
            return false;
        }
        if dsl.state.server == Server::MySql {
            let taken = dsl.draft.tables().find(|table| {
                table.table.name != *check.table
                    && table
                        .table
                        .checks
                        .iter()
                        .any(|known| known.name.to_lowercase() == check.name.to_lowercase())
            });
            if let Some(table) = taken {
                interpreter.report(
                    Diagnostic::error(
                        check.place,
                        format!(
                            "constraint \"{}\" exists already in table \"{}\"",
                            check.name, table.raw
                        ),
                    )
                    .hint("names of checks are unique in a database of MySQL; give another"),
                );
                is_fine = false;
            }
        }
        let Some(draft) = dsl.draft.table(check.table) else {
            return is_fine;
        };
        is_fine
            & table::check_expression(
                dsl,
                interpreter,
                draft,
                check.expression,
                check.expression_place,
                "a check",
            )
    }

    fn add_constraint(
        _: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        new: shared_constraint::New<'_>,
    ) {
        let (what, hint) = match new.pending.kind {
            Kind::Exclusion => (
                "exclusion constraints exist only in PostgreSQL",
                "MySQL has no such thing: a trigger may do it",
            ),
            _ => (
                "unique constraints exist only in PostgreSQL",
                "write `t.index …, unique: true`",
            ),
        };
        interpreter.report(Diagnostic::error(new.pending.place, what).hint(hint));
    }

    fn reference_key_place(entry: &Entry) -> Span {
        entry.value.span
    }

    fn foreign_key_own(
        _: &Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        options: &mut OptionList,
        _: bool,
    ) {
        if let Some(entry) = options
            .take("deferrable")
            .filter(|entry| entry.value.value.truthy())
        {
            interpreter.report(
                Diagnostic::error(entry.key, "`deferrable:` exists only in PostgreSQL")
                    .hint("MySQL checks a key at once; take it out"),
            );
        }
    }

    fn add_foreign_key_sql(from: &QualifiedName, key: &ForeignKey) -> String {
        foreign_key::add_foreign_key_sql(from, key)
    }

    fn target_problem(
        dsl: &Dsl<Self>,
        target: &DraftTable<Self>,
        read: &key::Read<Self>,
    ) -> Option<(String, String)> {
        foreign_key::target_problem(dsl, target, read)
    }

    fn pair_problem(
        dsl: &Dsl<Self>,
        own: (&DraftTable<Self>, &Column),
        target: (&DraftTable<Self>, &Column),
        read: &key::Read<Self>,
    ) -> Option<(Span, String)> {
        foreign_key::pair_problem(dsl, own, target, read)
    }

    fn check_foreign_key(
        dsl: &Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        own: &DraftTable<Self>,
        read: &key::Read<Self>,
    ) -> Checked {
        foreign_key::check(dsl, interpreter, own, read)
    }

    fn own_text_on(_: &Table, _: &str) -> Option<&'static str> {
        None
    }

    fn rename_in_own(_: &mut Table, _: &str, _: &str) {}

    fn remove_from_own(_: &mut Table, _: &str) {}

    fn leave_to_sql(_: &mut Dsl<Self>) {}

    fn before_constraints(_: &mut Dsl<Self>, _: &mut Interpreter<'_>) {}

    fn check_all(dsl: &mut Dsl<Self>, interpreter: &mut Interpreter<'_>) {
        if dsl.is_ridgepole() {
            let names: Vec<QualifiedName> = dsl
                .draft
                .tables()
                .map(|table| table.table.name.clone())
                .collect();
            for name in names {
                table::check(dsl, interpreter, &name);
            }
        }
    }

    fn put_in_order(_: &mut Draft<Self>) -> Vec<Diagnostic> {
        // What `execute` says runs in the order of the file, as ridgepole does it.
        Vec::new()
    }

    fn finished(table: DraftTable<Self>) -> Table {
        let mut table = table.table;
        for index in &mut table.indexes {
            if let [
                IndexPart {
                    key: IndexKey::Expression(text),
                    ..
                },
            ] = index.parts.as_slice()
                && let Some(parts) = index::plain_parts(text)
            {
                index.parts = parts;
            }
        }
        table
    }

    fn rails_metadata(_: &State) -> Vec<Table> {
        rails_metadata()
    }
}

/// The tables in which Rails keeps which migrations have run, as its own schema load makes them.
pub(crate) fn rails_metadata() -> Vec<Table> {
    let text = || DataType::Varchar { length: 255 };
    let required = |name: &str, data_type: DataType| {
        let mut column = Column::new(name, data_type);
        column.not_null = true;
        column
    };
    let key = |column: &str| {
        Some(PrimaryKey {
            name: None,
            columns: vec![column.to_owned()],
        })
    };
    let mut migrations = Table::new(QualifiedName::bare("schema_migrations"));
    migrations.columns.push(required("version", text()));
    migrations.primary_key = key("version");
    let mut metadata = Table::new(QualifiedName::bare("ar_internal_metadata"));
    metadata.columns.push(required("key", text()));
    metadata.columns.push(Column::new("value", text()));
    for name in ["created_at", "updated_at"] {
        metadata
            .columns
            .push(required(name, DataType::DateTime { precision: Some(6) }));
    }
    metadata.primary_key = key("key");
    vec![migrations, metadata]
}
