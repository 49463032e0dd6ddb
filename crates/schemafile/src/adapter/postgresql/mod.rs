//! PostgreSQL: what calls of the DSL become, by ActiveRecord's `postgresql` adapter.

mod advice;
mod cast;
mod catalog;
mod column;
mod column_type;
mod constraint;
mod default;
mod finish;
mod foreign_key;
mod index;
mod objects;
mod order;
mod postgis;
mod sql;
mod types;
mod whole_file;
mod writer;

use super::{Adapter, Names};
use crate::Database;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::{Draft, DraftTable};
use crate::dsl::arguments::{Entry, OptionList};
use crate::dsl::check::Checked;
use crate::dsl::column::{Defined, TypeName};
use crate::dsl::constraint::Kind;
use crate::dsl::{
    Dsl, Function, constraint as shared_constraint, foreign_key as key, index as shared_index,
};
use crate::fragment::{self, Part};
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use pg_model::{
    Column, ColumnValue, DataType, EnumType, ForeignKey, Index, Persistence, PgCheck, PgForeignKey,
    PgIndex, PgIndexPart, PostgreSql, QualifiedName, Table, TypeKind, UniqueConstraint,
};
use sql_text::mentions;
use std::borrow::Cow;
use std::rc::Rc;

pub(crate) use advice::nearest_type;
#[cfg(test)]
pub(crate) use cast::CALENDAR;
pub(crate) use writer::write;

/// What is kept while a file for PostgreSQL is read.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Extensions and schemas that nothing asked for: ridgepole's DSL can't.
    implied_extensions: Vec<String>,
    implied_namespaces: Vec<String>,
    /// Defaults of columns whose enum type nothing had made when they were met.
    enum_defaults: Vec<EnumDefault>,
    /// Types that nothing had made when they were met, each with what is said if that stays so.
    unknown_types: Vec<(QualifiedName, Diagnostic)>,
}

/// A default whose type may be an enum that stands further down.
#[derive(Debug)]
pub(crate) struct EnumDefault {
    data_type: DataType,
    column: String,
    default: Located,
}

/// The name with `public` left out, which is where a name without schema lives, and cut as PostgreSQL does.
pub(crate) fn in_public(name: &QualifiedName) -> Cow<'_, QualifiedName> {
    let is_short = |name: &str| name.len() <= pg_text::MOST_NAME_BYTES;
    let schema = name.schema.as_deref();
    if is_short(&name.name) && schema.is_none_or(|schema| schema != "public" && is_short(schema)) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(QualifiedName {
        schema: name
            .schema
            .as_deref()
            .filter(|schema| *schema != "public")
            .map(sql::cut),
        name: sql::cut(&name.name),
    })
}

impl Draft<PostgreSql> {
    /// The enum type of that name.
    fn enum_type(&self, name: &QualifiedName) -> Option<&EnumType> {
        self.own
            .enums
            .iter()
            .find(|known| in_public(&known.name) == in_public(name))
    }

    /// Whether the extension was enabled.
    fn has_extension(&self, name: &str) -> bool {
        self.own
            .extensions
            .iter()
            .any(|extension| extension.name == name)
    }
}

impl Adapter for PostgreSql {
    type State = State;
    type ColumnNotes = ();

    const ADAPTER_NAME: &'static str = "PostgreSQL";
    const MOST_COLUMNS: usize = 1600;
    const MOST_NAME: usize = 63;
    const NO_NUL: Option<&'static str> = Some(sql::NO_NUL);
    const RELATIONS_SHARE_NAMES: &'static str =
        "tables, views and indexes of a schema share their names in PostgreSQL";
    const INDEX_NAMES_ARE_UNIQUE: &'static str =
        "names of indexes are unique in a schema of PostgreSQL; give `name:`";
    const HAS_MATERIALIZED_VIEWS: bool = true;
    const ENABLE_EXTENSION: Function<Self> = objects::enable_extension;
    const CREATE_ENUM: Function<Self> = objects::create_enum;
    const CREATE_SCHEMA: Function<Self> = objects::create_schema;
    const COLUMN_METHODS: Names = types::COLUMN_METHODS;
    const COLUMN_OPTIONS: Names = column::OPTIONS;
    const INDEX_OPTIONS: Names = index::OPTIONS;
    const TABLE_OPTIONS: Names = &[
        "temporary",
        "if_not_exists",
        "options",
        "as",
        "comment",
        "charset",
        "collation",
        "id",
        "primary_key",
        "force",
        "limit",
        "default",
        "precision",
    ];
    const KEY_OPTIONS: Names = &["limit", "default", "precision"];

    fn database(_: &State) -> Database {
        Database::PostgreSql
    }

    fn canonical(name: &QualifiedName) -> Cow<'_, QualifiedName> {
        in_public(name)
    }

    fn is_same_column(one: &str, other: &str) -> bool {
        one == other
    }

    fn index_place(table: &QualifiedName, index: &str) -> QualifiedName {
        QualifiedName {
            schema: table.schema.clone(),
            name: index.to_owned(),
        }
    }

    fn quoted(name: &str) -> String {
        sql::quoted(name)
    }

    fn qualified(name: &QualifiedName) -> String {
        sql::qualified(name)
    }

    fn lexeme(sql: &str) -> Option<sql_text::Lexeme> {
        sql_text::lexeme(sql)
    }

    fn makes_relation(sql: &str, name: &QualifiedName) -> bool {
        order::makes_relation(sql, name)
    }

    fn column_method(name: &Rc<str>, is_ridgepole: bool) -> Option<Rc<str>> {
        match (name.as_ref(), is_ridgepole) {
            ("blob", _) => Some("binary".into()),
            ("numeric", false) => Some("decimal".into()),
            ("vector" | "halfvec" | "sparsevec", _) => Some(Rc::clone(name)),
            (name_text, _) => (types::COLUMN_METHODS.contains(&name_text)
                || postgis::is_spatial(name_text))
            .then(|| Rc::clone(name)),
        }
    }

    fn type_advice(call: &Call) -> Option<String> {
        advice::other_word(&call.name)
    }

    fn own_type_advice(call: &Call) -> String {
        let name = &call.name;
        format!("a type of PostgreSQL's own is written `t.column \"name\", \"{name}\"`")
    }

    fn foreign_call(_: &State, _: &Call) -> Option<Diagnostic> {
        None
    }

    fn unknown_type() -> DataType {
        DataType::scalar(TypeKind::Other("unknown".into()))
    }

    fn check_column_name(_: &mut Interpreter<'_>, _: &str, _: Span) {}

    fn define_column(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        name: &str,
        type_name: &TypeName,
        options: OptionList,
    ) -> Defined<Self> {
        dsl.define_column(interpreter, name, type_name, options)
    }

    fn change_column(old: &mut Column, changed: Column, has: &dyn Fn(&str) -> bool) {
        old.data_type = changed.data_type;
        old.collation = changed.collation;
        if has("default") {
            old.value = match changed.value {
                ColumnValue::Null => ColumnValue::None,
                value => value,
            };
        }
        if has("null") {
            old.not_null = changed.not_null;
        }
        if has("comment") {
            old.comment = changed.comment;
        }
    }

    fn changed_default(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        column: &Column,
        default: &Located,
    ) -> ColumnValue {
        let declared = if matches!(column.data_type.kind, TypeKind::Uuid) {
            "uuid"
        } else {
            ""
        };
        let default = (column.name.as_str(), default);
        dsl.default_value(interpreter, &column.data_type, declared, default)
    }

    fn set_key_options(type_name: &str, options: &mut OptionList, span: Span) {
        if type_name == "uuid" {
            options.set_default("default", Value::text("gen_random_uuid()"), span);
        }
    }

    fn set_old_key_options(id: Option<&str>, options: &mut OptionList, span: Span) {
        match id {
            Some("uuid") => {
                options.set_default("default", Value::text("uuid_generate_v4()"), span);
            }
            Some("integer" | "bigint") => options.set_default("default", Value::Nil, span),
            _ => {}
        }
    }

    fn table_options(
        _: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        draft: &mut DraftTable<Self>,
        options: &mut OptionList,
    ) {
        if options.take_flag("temporary") {
            draft.table.own.persistence = Persistence::Temporary;
        }
        if let Some((text, entry)) = options.take_text(interpreter, "options") {
            let upper = text.to_ascii_uppercase();
            if upper.contains("ENGINE=") || upper.contains("CHARSET=") {
                interpreter.report(
                    Diagnostic::error(
                        entry.key,
                        "`ENGINE=` is a MySQL option; PostgreSQL refuses it",
                    )
                    .hint("take `options:` out"),
                );
            }
            fragment::check::<Self>(interpreter, &text, entry.value.span, Part::Expression);
            draft.open = upper.contains("INHERITS") || upper.contains("PARTITION OF");
            draft.table.options = Some(text);
        }
        // They mean nothing to it.
        options.take("charset");
        options.take("collation");
    }

    fn check_namespace(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        name: &QualifiedName,
        span: Span,
    ) {
        let Some(schema) = name.schema.as_deref().filter(|schema| *schema != "public") else {
            return;
        };
        let namespaces = &mut dsl.draft.own.namespaces;
        if namespaces.iter().any(|known| known == schema) || dsl.draft.sql_mentions(schema) {
            return;
        }
        if dsl.is_ridgepole() {
            // ridgepole's DSL can't make it, so its users have it in their database already.
            dsl.draft.own.namespaces.push(schema.to_owned());
            dsl.state.implied_namespaces.push(schema.to_owned());
            return;
        }
        let hint = did_you_mean(schema, dsl.draft.own.namespaces.iter().map(String::as_str));
        let message = format!("schema \"{schema}\" is not defined by create_schema");
        interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
    }

    fn check_table(_: &mut Dsl<Self>, _: &mut Interpreter<'_>, _: &QualifiedName) {}

    fn index_own(
        dsl: &Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        index: &mut shared_index::Reading<'_, Self>,
        options: &mut OptionList,
    ) -> (PgIndex, Vec<PgIndexPart>, Checked) {
        index::own(dsl, interpreter, index, options)
    }

    fn create_index_sql(table: &QualifiedName, index: &Index) -> String {
        index::create_index_sql(table, index)
    }

    fn index_mentions(index: &Index, column: &str) -> bool {
        let included = index.own.include.iter().any(|name| name == column);
        let predicate = index.own.predicate.as_deref();
        included || predicate.is_some_and(|text| mentions(text, column))
    }

    fn check_name(name: &str) -> Option<String> {
        // Without quotes PostgreSQL folds it.
        sql_text::fold(name)
    }

    fn check_own(_: &mut Interpreter<'_>, options: &mut OptionList, in_table: bool) -> PgCheck {
        let validated = in_table
            || options
                .get("validate")
                .is_none_or(|validate| validate.value.value.truthy());
        options.take("validate");
        PgCheck { validated }
    }

    fn may_have_check(
        _: &mut Dsl<Self>,
        _: &mut Interpreter<'_>,
        _: &shared_constraint::NewCheck<'_>,
    ) -> bool {
        true
    }

    fn add_constraint(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        new: shared_constraint::New<'_>,
    ) {
        match new.pending.kind {
            Kind::Exclusion => dsl.add_exclusion(interpreter, new),
            _ => dsl.add_unique(interpreter, new),
        }
    }

    fn reference_key_place(entry: &Entry) -> Span {
        entry.key
    }

    fn foreign_key_own(
        dsl: &Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        options: &mut OptionList,
        in_table: bool,
    ) -> PgForeignKey {
        PgForeignKey {
            deferrable: constraint::deferrability(
                interpreter,
                options.take("deferrable"),
                dsl.rules().deferrable_may_be_true(),
            ),
            validated: in_table
                || options
                    .get("validate")
                    .is_none_or(|validate| validate.value.value.truthy()),
        }
    }

    fn add_foreign_key_sql(from: &QualifiedName, key: &ForeignKey) -> String {
        sql::add_foreign_key(from, key)
    }

    fn target_problem(
        _: &Dsl<Self>,
        target: &DraftTable<Self>,
        read: &key::Read<Self>,
    ) -> Option<(String, String)> {
        // What an index of SQL text has that a constraint took over is unknown.
        let takes_over = |unique: &UniqueConstraint| unique.using_index.is_some();
        if target.table.is_unique_on(&read.key.referenced_columns)
            || target.table.own.uniques.iter().any(takes_over)
        {
            return None;
        }
        let to = &read.to_table;
        let names = read.key.referenced_columns.join("\", \"");
        Some((
            format!(
                "\"{to}\".\"{names}\" is neither a primary key nor unique, so no foreign key can point to it"
            ),
            format!("add a unique index on it to \"{to}\""),
        ))
    }

    fn pair_problem(
        _: &Dsl<Self>,
        (own, left): (&DraftTable<Self>, &Column),
        (_, right): (&DraftTable<Self>, &Column),
        read: &key::Read<Self>,
    ) -> Option<(Span, String)> {
        if foreign_key::are_comparable(&left.data_type, &right.data_type) {
            return None;
        }
        let message = format!(
            "foreign key \"{}\".\"{}\" is {} but \"{}\".\"{}\" is {}",
            own.raw,
            left.name,
            types::describe(&left.data_type),
            read.to_table,
            right.name,
            types::describe(&right.data_type)
        );
        Some((read.type_place, message))
    }

    fn check_foreign_key(
        _: &Dsl<Self>,
        _: &mut Interpreter<'_>,
        _: &DraftTable<Self>,
        _: &key::Read<Self>,
    ) -> Checked {
        Checked::Fine
    }

    fn own_text_on(table: &Table, column: &str) -> Option<&'static str> {
        table
            .own
            .exclusions
            .iter()
            .any(|exclusion| mentions(&exclusion.elements, column))
            .then_some("an exclusion constraint")
    }

    fn rename_in_own(table: &mut Table, old: &str, new: &str) {
        let lists = table
            .own
            .uniques
            .iter_mut()
            .map(|unique| &mut unique.columns);
        let included = table.indexes.iter_mut().map(|index| &mut index.own.include);
        for name in lists.chain(included).flatten().filter(|name| *name == old) {
            new.clone_into(name);
        }
    }

    fn remove_from_own(table: &mut Table, column: &str) {
        table
            .own
            .uniques
            .retain(|unique| !unique.columns.iter().any(|name| name == column));
        table
            .own
            .exclusions
            .retain(|exclusion| !mentions(&exclusion.elements, column));
    }

    fn leave_to_sql(dsl: &mut Dsl<Self>) {
        let extensions = std::mem::take(&mut dsl.state.implied_extensions);
        let namespaces = std::mem::take(&mut dsl.state.implied_namespaces);
        dsl.leave_to_sql(&extensions, &namespaces);
    }

    fn before_constraints(dsl: &mut Dsl<Self>, interpreter: &mut Interpreter<'_>) {
        for (name, diagnostic) in std::mem::take(&mut dsl.state.unknown_types) {
            let is_made = dsl.draft.enum_type(&name).is_some();
            if !is_made && !dsl.draft.sql_mentions(&name.name) {
                interpreter.report(diagnostic);
            }
        }
        let defaults = std::mem::take(&mut dsl.state.enum_defaults);
        dsl.find_enums(interpreter, defaults);
    }

    fn check_all(_: &mut Dsl<Self>, _: &mut Interpreter<'_>) {}

    fn put_in_order(draft: &mut Draft<Self>) -> Vec<Diagnostic> {
        order::put_in_order(draft)
    }

    fn kept_name(name: &str) -> String {
        sql::cut(name)
    }

    fn finished(table: DraftTable<Self>) -> Table {
        finish::cut_names(table)
    }

    fn rails_metadata(_: &State) -> Vec<Table> {
        finish::rails_metadata()
    }
}

/// The tables in which Rails keeps its own state.
pub(crate) fn rails_metadata() -> Vec<Table> {
    finish::rails_metadata()
}
