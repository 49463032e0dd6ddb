//! The seam between the DSL and the databases: what a call becomes.
//!
//! ActiveRecord has this seam too, and calls it the adapter. Reading Ruby, the calls and their order, names, references,
//! and what must be there before something can stand on it are the same for every database, and live in `dsl` and
//! `draft`. Types and options of columns, what a default is cast to, how an index is made, and what a server refuses are
//! one database's: they live here, a folder for each.

pub(crate) mod elsewhere;
pub(crate) mod mysql;
pub(crate) mod postgresql;

use crate::draft::{Draft, DraftTable};
use crate::dsl::Function;
use crate::dsl::arguments::{Entry, OptionList};
use crate::dsl::check::Checked;
use crate::dsl::column::{Defined, TypeName};
use crate::dsl::{Dsl, constraint, foreign_key, index};
use crate::ruby::{Call, Interpreter, Located};
use crate::source::Span;
use crate::{Database, diagnostic::Diagnostic};
use schema_model::{Column, ColumnValue, Dialect, ForeignKey, Index, QualifiedName, Table};
use std::borrow::Cow;
use std::rc::Rc;

/// What a table's options of a key are called, and the like: names that a file may use.
pub(crate) type Names = &'static [&'static str];

/// What only one database knows of the DSL.
pub(crate) trait Adapter: Dialect + 'static {
    /// What it keeps while a file is read, beside what is being built.
    type State;
    /// What it remembers of a column beside its place.
    type ColumnNotes: Default + std::fmt::Debug;

    /// What ActiveRecord's connection calls its adapter.
    const ADAPTER_NAME: &'static str;
    /// Most columns of a table.
    const MOST_COLUMNS: usize;
    /// Most characters of the name of a table or an index.
    const MOST_NAME: usize;
    /// Why a text that holds NUL is refused; none where it isn't.
    const NO_NUL: Option<&'static str>;
    /// What is to be known of the names of tables, views and indexes where two are the same.
    const RELATIONS_SHARE_NAMES: &'static str;
    /// The same of indexes among themselves.
    const INDEX_NAMES_ARE_UNIQUE: &'static str;
    /// Whether a key of a table may be copied from a query, which gives no key.
    const HAS_MATERIALIZED_VIEWS: bool;
    /// `enable_extension`, which only PostgreSQL has.
    const ENABLE_EXTENSION: Function<Self>;
    /// `create_enum`, likewise.
    const CREATE_ENUM: Function<Self>;
    /// `create_schema`, likewise.
    const CREATE_SCHEMA: Function<Self>;
    /// Methods of a table definition that make columns of the type of their name.
    const COLUMN_METHODS: Names;
    /// Options that a column may have.
    const COLUMN_OPTIONS: Names;
    /// Options that an index may have.
    const INDEX_OPTIONS: Names;
    /// Options that a table may have.
    const TABLE_OPTIONS: Names;
    /// Of these, the ones that are the key's.
    const KEY_OPTIONS: Names;

    /// The database's name in sentences.
    fn database(state: &Self::State) -> Database;

    /// What two spellings of a table's name have in common.
    fn canonical(name: &QualifiedName) -> Cow<'_, QualifiedName>;
    /// Whether two names mean the same column.
    fn is_same_column(one: &str, other: &str) -> bool;
    /// Where the name of an index is unique.
    fn index_place(table: &QualifiedName, index: &str) -> QualifiedName;
    /// A name as SQL.
    fn quoted(name: &str) -> String;
    /// The name of a table as SQL.
    fn qualified(name: &QualifiedName) -> String;
    /// The next piece of SQL text.
    fn lexeme(sql: &str) -> Option<sql_text::Lexeme>;
    /// Whether SQL text makes a table or view of that name.
    fn makes_relation(sql: &str, name: &QualifiedName) -> bool;

    /// The type of a column by a method of a table definition; none for a name that isn't one.
    fn column_method(name: &Rc<str>, is_ridgepole: bool) -> Option<Rc<str>>;
    /// What to write for a column type that isn't one, when there is something to say.
    fn type_advice(call: &Call) -> Option<String>;
    /// What to say of a name that is near to no type.
    fn own_type_advice(call: &Call) -> String;
    /// What is wrong with a call on a table's `t` that only another database has; none for any other.
    fn foreign_call(state: &Self::State, call: &Call) -> Option<Diagnostic>;
    /// The type of a column that has none, about which an error was told.
    fn unknown_type() -> Self::DataType;
    /// Reports a name that no column can have.
    fn check_column_name(interpreter: &mut Interpreter<'_>, name: &str, span: Span);
    /// Reads a column: its type, its options, its default.
    fn define_column(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        name: &str,
        type_name: &TypeName,
        options: OptionList,
    ) -> Defined<Self>;
    /// Gives a column what `change_column` says of it, and leaves what it doesn't speak of.
    fn change_column(old: &mut Column<Self>, changed: Column<Self>, has: &dyn Fn(&str) -> bool);
    /// The default that `change_column_default` gives a column.
    fn changed_default(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        column: &Column<Self>,
        default: &Located,
    ) -> ColumnValue<Self>;

    /// Sets the options of a key's column that its type brings.
    fn set_key_options(type_name: &str, options: &mut OptionList, span: Span);
    /// Sets the options that keys had before Rails 5.1, by the symbol of `id:`.
    fn set_old_key_options(id: Option<&str>, options: &mut OptionList, span: Span);

    /// Takes the options of a table that only this database has.
    fn table_options(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        draft: &mut DraftTable<Self>,
        options: &mut OptionList,
    );
    /// Checks that the schema of a table's name is there.
    fn check_namespace(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        name: &QualifiedName,
        span: Span,
    );
    /// Checks a table with all that `create_table` gave it.
    fn check_table(dsl: &mut Dsl<Self>, interpreter: &mut Interpreter<'_>, name: &QualifiedName);

    /// Takes the options of an index that only this database has, and tells what is wrong with it.
    fn index_own(
        dsl: &Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        index: &mut index::Reading<'_, Self>,
        options: &mut OptionList,
    ) -> (Self::Index, Vec<Self::IndexPart>, Checked);
    /// `CREATE INDEX` on something that isn't a table of the schema.
    fn create_index_sql(table: &QualifiedName, index: &Index<Self>) -> String;
    /// Whether an index speaks of a column beside its own columns.
    fn index_mentions(index: &Index<Self>, column: &str) -> bool;

    /// The name of a check as the database has it; none for one that can't be any.
    fn check_name(name: &str) -> Option<String>;
    /// Takes the options of a check that only this database has.
    fn check_own(
        interpreter: &mut Interpreter<'_>,
        options: &mut OptionList,
        in_table: bool,
    ) -> Self::Check;
    /// Tells what is wrong with a check; false when it can't be made.
    fn may_have_check(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        check: &constraint::NewCheck<'_>,
    ) -> bool;
    /// Adds a constraint that isn't a check.
    fn add_constraint(
        dsl: &mut Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        new: constraint::New<'_>,
    );

    /// Where a key is asked for that a reference makes.
    fn reference_key_place(entry: &Entry) -> Span;
    /// Takes the options of a foreign key that only this database has.
    fn foreign_key_own(
        dsl: &Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        options: &mut OptionList,
        in_table: bool,
    ) -> Self::ForeignKey;
    /// `ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY`, for a key that must stay SQL text.
    fn add_foreign_key_sql(from: &QualifiedName, key: &ForeignKey<Self>) -> String;
    /// Why a foreign key can't point to these columns, with what to do about it; nothing when it can.
    fn target_problem(
        dsl: &Dsl<Self>,
        target: &DraftTable<Self>,
        read: &foreign_key::Read<Self>,
    ) -> Option<(String, String)>;
    /// Why the columns at both ends of a key don't fit each other.
    fn pair_problem(
        dsl: &Dsl<Self>,
        own: (&DraftTable<Self>, &Column<Self>),
        target: (&DraftTable<Self>, &Column<Self>),
        read: &foreign_key::Read<Self>,
    ) -> Option<(Span, String)>;
    /// Tells what else is wrong with a key.
    fn check_foreign_key(
        dsl: &Dsl<Self>,
        interpreter: &mut Interpreter<'_>,
        own: &DraftTable<Self>,
        read: &foreign_key::Read<Self>,
    ) -> Checked;

    /// What of a table that only this database has holds SQL text that speaks of a column.
    fn own_text_on(table: &Table<Self>, column: &str) -> Option<&'static str>;
    /// Gives a column another name in what only this database has.
    fn rename_in_own(table: &mut Table<Self>, old: &str, new: &str);
    /// Takes what only this database has, and stands on a column, out of a table.
    fn remove_from_own(table: &mut Table<Self>, column: &str);

    /// Takes back what was only supposed where SQL of the file makes it itself.
    fn leave_to_sql(dsl: &mut Dsl<Self>);
    /// What is known only when a whole Schemafile was read, before constraints, indexes and keys are made.
    fn before_constraints(dsl: &mut Dsl<Self>, interpreter: &mut Interpreter<'_>);
    /// Checks that stand on all that was read.
    fn check_all(dsl: &mut Dsl<Self>, interpreter: &mut Interpreter<'_>);
    /// Puts tables and statements in an order in which each finds what it needs.
    fn put_in_order(draft: &mut Draft<Self>) -> Vec<Diagnostic>;
    /// A name as the database keeps it.
    fn kept_name(name: &str) -> String {
        name.to_owned()
    }
    /// The table as the database will have it.
    fn finished(table: DraftTable<Self>) -> Table<Self>;
    /// The tables in which Rails keeps its own state.
    fn rails_metadata(state: &Self::State) -> Vec<Table<Self>>;
}
