//! Every call of the DSL, as one table: on what it is called, in which files, with what, and what it does.
//!
//! Whoever adds a call adds a row here. The reader finds the function by it, "did you mean" its name, and the table in
//! `docs/schemafile.md` is these rows. Methods that make columns of the type of their name are the
//! [adapter's](Adapter::COLUMN_METHODS).

use super::{
    Dsl, Function, change, column, constraint, foreign_key, index, objects, reference, remove,
    rename, table,
};
use crate::adapter::Adapter;

/// A call of the DSL.
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "what a call takes and does is what the page is held to"
    )
)]
pub(crate) struct Rule<A: Adapter> {
    /// On what it is called.
    pub(crate) on: On,
    /// In which files.
    pub(crate) files: Files,
    /// Its name.
    pub(crate) name: &'static str,
    /// What stands behind the name before the options, as somebody would write it.
    pub(crate) arguments: &'static str,
    /// Which options it takes.
    pub(crate) options: Options,
    /// What it does, in a line.
    pub(crate) help: &'static str,
    /// What does it.
    pub(crate) function: Function<A>,
}

/// On what a call is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// On nothing: it stands at the top level.
    File,
    /// On the `t` of `create_table`.
    Table,
    /// On the `t` of `change_table`, where it is the call of that meaning at the top level.
    Change,
}

/// In which files a call may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Files {
    /// In a Schemafile and in a schema.rb.
    Both,
    /// In a schema.rb, where each call acts at once.
    Rails,
}

/// Which options a call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Options {
    /// Those of a table.
    Table,
    /// Those of a column.
    Column,
    /// Those of an index.
    Index,
    /// Those of a column, and what a reference has besides.
    Reference,
    /// Those of a foreign key.
    ForeignKey,
    /// Those of a table, and what a table of two references has besides.
    JoinTable,
    /// These.
    These(&'static [&'static str]),
}

const NONE: Options = Options::These(&[]);
const SQL: Options = Options::These(&["sql_definition", "version"]);

impl<A: Adapter> Dsl<A> {
    /// All calls.
    #[rustfmt::skip]
    pub(crate) const CALLS: &'static [Rule<A>] = &[
        // ridgepole has none of the first three; a Schemafile needs them on an empty database.
        call(On::File, Files::Both, "enable_extension", "\"citext\"", NONE,
            "has an extension of PostgreSQL", A::ENABLE_EXTENSION),
        call(On::File, Files::Both, "create_enum", "\"mood\", [\"glad\", \"sad\"]", NONE,
            "makes an enum type of PostgreSQL", A::CREATE_ENUM),
        call(On::File, Files::Both, "create_schema", "\"crew\"", Options::These(&["if_not_exists", "force"]),
            "makes a schema of PostgreSQL", A::CREATE_SCHEMA),
        call(On::File, Files::Both, "create_table", "\"books\"", Options::Table,
            "makes a table", table::create_table),
        call(On::File, Files::Both, "add_index", "\"books\", [\"title\"]", Options::Index,
            "makes an index", index::add_index),
        call(On::File, Files::Both, "add_foreign_key", "\"books\", \"authors\"", Options::ForeignKey,
            "makes a foreign key", foreign_key::add_foreign_key),
        call(On::File, Files::Both, "add_check_constraint", "\"books\", \"pages > 0\"",
            Options::These(&["name", "validate"]),
            "makes a check", constraint::add_constraint),
        call(On::File, Files::Both, "add_exclusion_constraint", "\"books\", \"title WITH =\"",
            Options::These(&["name", "using", "where", "deferrable"]),
            "makes an exclusion constraint of PostgreSQL", constraint::add_constraint),
        call(On::File, Files::Both, "add_unique_constraint", "\"books\", [\"title\"]",
            Options::These(&["name", "deferrable", "using_index", "nulls_not_distinct"]),
            "makes a unique constraint of PostgreSQL", constraint::add_constraint),
        call(On::File, Files::Both, "execute", "\"CREATE VIEW …\"", Options::These(&["before"]),
            "hands SQL over", objects::execute),
        // Of the gems scenic and fx, in whose dumps the SQL stands in the file.
        call(On::File, Files::Both, "create_view", "\"totals\"",
            Options::These(&["sql_definition", "materialized", "version"]),
            "makes a view, as the gem scenic does", objects::create_view),
        call(On::File, Files::Both, "create_function", ":total", SQL,
            "makes a function, as the gem fx does", objects::create_function),
        call(On::File, Files::Both, "create_trigger", ":touch", Options::These(&["sql_definition", "version", "on"]),
            "makes a trigger, as the gem fx does", objects::create_function),
        call(On::File, Files::Rails, "create_join_table", "\"books\", \"authors\"", Options::JoinTable,
            "makes a table of two references without a key", table::create_join_table),
        call(On::File, Files::Rails, "drop_table", "\"books\"", Options::These(&["if_exists", "force"]),
            "takes a table away", table::drop_table),
        call(On::File, Files::Rails, "rename_table", "\"books\", \"works\"", NONE,
            "gives a table another name", table::rename_table),
        call(On::File, Files::Rails, "change_table", "\"books\"", Options::These(&["bulk"]),
            "changes a table by the calls of its block", table::change_table),
        call(On::File, Files::Rails, "add_column", "\"books\", \"title\", :string", Options::Column,
            "adds a column", change::add_column),
        call(On::File, Files::Rails, "add_columns", "\"books\", \"title\", \"subtitle\", type: :string", Options::Column,
            "adds columns of one type", change::add_columns),
        call(On::File, Files::Rails, "add_reference", "\"books\", :author", Options::Reference,
            "adds a column that points to a row of another table", reference::add_reference),
        call(On::File, Files::Rails, "add_belongs_to", "\"books\", :author", Options::Reference,
            "the same", reference::add_reference),
        call(On::File, Files::Rails, "add_timestamps", "\"books\"", Options::Column,
            "adds `created_at` and `updated_at`", change::add_timestamps),
        call(On::File, Files::Rails, "change_column", "\"books\", \"title\", :text", Options::Column,
            "makes a column anew, with another type", change::change_column),
        call(On::File, Files::Rails, "change_column_default", "\"books\", \"title\", \"none\"",
            Options::These(&["from", "to"]),
            "gives a column another default", change::change_column_default),
        call(On::File, Files::Rails, "change_column_null", "\"books\", \"title\", false", NONE,
            "says whether a column may be NULL", change::change_column_null),
        call(On::File, Files::Rails, "change_column_comment", "\"books\", \"title\", \"its name\"",
            Options::These(&["from", "to"]),
            "gives a column another comment", change::change_column_comment),
        call(On::File, Files::Rails, "change_table_comment", "\"books\", \"all books\"",
            Options::These(&["from", "to"]),
            "gives a table another comment", change::change_table_comment),
        call(On::File, Files::Rails, "rename_column", "\"books\", \"title\", \"name\"", NONE,
            "gives a column another name", rename::rename_column),
        call(On::File, Files::Rails, "remove_column", "\"books\", \"title\"", Options::These(&["if_exists"]),
            "takes a column away", remove::remove_column),
        call(On::File, Files::Rails, "remove_columns", "\"books\", \"title\", \"subtitle\"", Options::These(&["if_exists"]),
            "takes columns away", remove::remove_column),
        call(On::File, Files::Rails, "remove_index", "\"books\", \"title\"",
            Options::These(&["name", "column", "if_exists"]),
            "takes an index away", remove::remove_index),
        call(On::File, Files::Rails, "remove_foreign_key", "\"books\", \"authors\"",
            Options::These(&["name", "column", "to_table", "if_exists"]),
            "takes a foreign key away", remove::remove_foreign_key),
        call(On::File, Files::Rails, "rename_index", "\"books\", \"by_title\", \"by_name\"", NONE,
            "gives an index another name", rename::rename_index),

        call(On::Table, Files::Both, "column", "\"title\", :string", Options::Column,
            "a column", column::t_column),
        call(On::Table, Files::Both, "index", "[\"title\"]", Options::Index,
            "an index", index::t_index),
        call(On::Table, Files::Both, "references", ":author", Options::Reference,
            "a column that points to a row of another table", reference::t_references),
        call(On::Table, Files::Both, "belongs_to", ":author", Options::Reference,
            "the same", reference::t_references),
        call(On::Table, Files::Both, "timestamps", "", Options::Column,
            "`created_at` and `updated_at`", column::t_timestamps),
        call(On::Table, Files::Both, "foreign_key", "\"authors\"", Options::ForeignKey,
            "a foreign key", foreign_key::t_foreign_key),
        call(On::Table, Files::Both, "check_constraint", "\"pages > 0\"", Options::These(&["name", "validate"]),
            "a check", constraint::t_constraint),
        call(On::Table, Files::Both, "exclusion_constraint", "\"title WITH =\"",
            Options::These(&["name", "using", "where", "deferrable"]),
            "an exclusion constraint of PostgreSQL", constraint::t_constraint),
        call(On::Table, Files::Both, "unique_constraint", "[\"title\"]",
            Options::These(&["name", "deferrable", "using_index", "nulls_not_distinct"]),
            "a unique constraint of PostgreSQL", constraint::t_constraint),

        call(On::Change, Files::Rails, "column", "\"title\", :string", Options::Column,
            "`add_column`", change::add_column),
        call(On::Change, Files::Rails, "index", "[\"title\"]", Options::Index,
            "`add_index`", index::add_index),
        call(On::Change, Files::Rails, "references", ":author", Options::Reference,
            "`add_reference`", reference::add_reference),
        call(On::Change, Files::Rails, "belongs_to", ":author", Options::Reference,
            "`add_reference`", reference::add_reference),
        call(On::Change, Files::Rails, "timestamps", "", Options::Column,
            "`add_timestamps`", change::add_timestamps),
        call(On::Change, Files::Rails, "foreign_key", "\"authors\"", Options::ForeignKey,
            "`add_foreign_key`", foreign_key::add_foreign_key),
        call(On::Change, Files::Rails, "check_constraint", "\"pages > 0\"", Options::These(&["name", "validate"]),
            "`add_check_constraint`", constraint::add_constraint),
        call(On::Change, Files::Rails, "exclusion_constraint", "\"title WITH =\"",
            Options::These(&["name", "using", "where", "deferrable"]),
            "`add_exclusion_constraint`", constraint::add_constraint),
        call(On::Change, Files::Rails, "unique_constraint", "[\"title\"]",
            Options::These(&["name", "deferrable", "using_index", "nulls_not_distinct"]),
            "`add_unique_constraint`", constraint::add_constraint),
        call(On::Change, Files::Rails, "rename", "\"title\", \"name\"", NONE,
            "`rename_column`", rename::rename_column),
        call(On::Change, Files::Rails, "rename_index", "\"by_title\", \"by_name\"", NONE,
            "`rename_index`", rename::rename_index),
        call(On::Change, Files::Rails, "remove", "\"title\"", Options::These(&["if_exists"]),
            "`remove_columns`", remove::remove_column),
        call(On::Change, Files::Rails, "remove_index", "\"title\"", Options::These(&["name", "column", "if_exists"]),
            "`remove_index`", remove::remove_index),
        call(On::Change, Files::Rails, "remove_foreign_key", "\"authors\"",
            Options::These(&["name", "column", "to_table", "if_exists"]),
            "`remove_foreign_key`", remove::remove_foreign_key),
        call(On::Change, Files::Rails, "change", "\"title\", :text", Options::Column,
            "`change_column`", change::change_column),
        call(On::Change, Files::Rails, "change_default", "\"title\", \"none\"", Options::These(&["from", "to"]),
            "`change_column_default`", change::change_column_default),
        call(On::Change, Files::Rails, "change_null", "\"title\", false", NONE,
            "`change_column_null`", change::change_column_null),
    ];
}

impl<A: Adapter> Dsl<A> {
    /// The call of a name in such a file, called on that.
    pub(super) fn find(&self, on: On, name: &str) -> Option<Function<A>> {
        self.known(on)
            .find(|rule| rule.name == name)
            .map(|rule| rule.function)
    }

    /// The calls that such a file may have on that.
    pub(super) fn known(&self, on: On) -> impl Iterator<Item = &'static Rule<A>> + use<A> {
        let is_ridgepole = self.is_ridgepole();
        Self::CALLS
            .iter()
            .filter(move |rule| rule.on == on && !(is_ridgepole && rule.files == Files::Rails))
    }

    /// Whether a call of the top level is one that only a schema.rb may have.
    pub(super) fn is_rails_alone(name: &str) -> bool {
        let mut calls = Self::CALLS.iter();
        calls.any(|rule| rule.on == On::File && rule.files == Files::Rails && rule.name == name)
    }
}

/// A row of the table.
const fn call<A: Adapter>(
    on: On,
    files: Files,
    name: &'static str,
    arguments: &'static str,
    options: Options,
    help: &'static str,
    function: Function<A>,
) -> Rule<A> {
    Rule {
        on,
        files,
        name,
        arguments,
        options,
        help,
        function,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use pg_model::PostgreSql;

    use super::*;
    use crate::loader::MemoryLoader;
    use crate::source::SourceFile;
    use crate::{Options as Reading, read};

    const PAGE: &str = include_str!("../../../../docs/schemafile.md");

    /// The part of the page that lists all calls.
    fn table() -> String {
        let parts = [
            ("At the top level", On::File, Files::Both),
            ("At the top level of a schema.rb", On::File, Files::Rails),
            ("On the `t` of `create_table`", On::Table, Files::Both),
            (
                "On the `t` of `change_table`, in a schema.rb",
                On::Change,
                Files::Rails,
            ),
        ];
        let mut text = String::new();
        for (title, on, files) in parts {
            let _ = write!(text, "### {title}\n\n| call | options | |\n|---|---|---|\n");
            let calls = Dsl::<PostgreSql>::CALLS.iter();
            for rule in calls.filter(|rule| rule.on == on && rule.files == files) {
                let on = if on == On::File { "" } else { "t." };
                let call = format!("{on}{} {}", rule.name, rule.arguments);
                let options = options_shown(rule.options);
                let _ = writeln!(
                    text,
                    "| `{}` | {options} | {} |",
                    call.trim_end(),
                    rule.help
                );
            }
            text.push('\n');
        }
        text
    }

    fn options_shown(options: Options) -> String {
        match options {
            Options::Table => "a table's".to_owned(),
            Options::JoinTable => "a table's, `table_name:`, `column_options:`".to_owned(),
            Options::Column => "a column's".to_owned(),
            Options::Index => "an index's".to_owned(),
            Options::Reference => format!("a column's, {}", listed(&reference::OPTIONS)),
            Options::ForeignKey => "a foreign key's".to_owned(),
            Options::These(names) => listed(names),
        }
    }

    fn listed(names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}:`")).collect();
        names.join(", ")
    }

    #[test]
    fn the_page_lists_every_call_with_its_options() {
        let table = table();
        assert!(
            PAGE.contains(&table),
            "docs/schemafile.md says under \"Every call\":\n\n{table}"
        );
    }

    #[test]
    fn the_page_names_every_option() {
        let lists = [
            PostgreSql::TABLE_OPTIONS,
            PostgreSql::COLUMN_OPTIONS,
            PostgreSql::INDEX_OPTIONS,
            foreign_key::OPTIONS,
        ];
        for name in lists.concat() {
            let is_named = [
                format!("`{name}`"),
                format!("`{name}:"),
                format!("{name}: "),
            ];
            assert!(
                is_named.iter().any(|text| PAGE.contains(text)),
                "docs/schemafile.md doesn't speak of the option `{name}`"
            );
        }
    }

    /// The errors and warnings about what a schema.rb says of books.
    fn said_of(call: &str, on: On) -> String {
        let (outside, inside, changed) = match on {
            On::File => (call, "", ""),
            On::Table => ("", call, ""),
            On::Change => ("", "", call),
        };
        let text = format!(
            "ActiveRecord::Schema[8.1].define do\n\
             create_table \"authors\"\n\
             create_table \"books\" do |t|\n\
             t.string \"subtitle\"\n{inside}\nend\n\
             {outside}\n\
             change_table \"books\" do |t|\n{changed}\nend\n\
             end\n"
        );
        let source = SourceFile::new("db/schema.rb", text);
        match read(source, &MemoryLoader::new(), &Reading::default()) {
            Ok(reading) => reading.warnings.render(false),
            Err(diagnostics) => diagnostics.render(false),
        }
    }

    #[test]
    fn every_call_is_known_where_the_table_says() {
        for rule in Dsl::<PostgreSql>::CALLS {
            let on = if rule.on == On::File { "" } else { "t." };
            let said = said_of(&format!("{on}{} {}", rule.name, rule.arguments), rule.on);
            for unknown in ["unknown name", "unknown method", "unknown column type"] {
                assert!(!said.contains(unknown), "{}: {said}", rule.name);
            }
        }
    }

    #[test]
    fn every_option_is_known_to_its_call() {
        for rule in Dsl::<PostgreSql>::CALLS {
            let on = if rule.on == On::File { "" } else { "t." };
            let Options::These(names) = rule.options else {
                continue;
            };
            for name in names {
                let comma = if rule.arguments.is_empty() { "" } else { ", " };
                let call = format!("{on}{} {}{comma}{name}: nil", rule.name, rule.arguments);
                let said = said_of(&call, rule.on);
                assert!(!said.contains("unknown option"), "{call}: {said}");
            }
        }
    }

    #[test]
    fn every_call_names_an_option_that_it_does_not_know() {
        for rule in Dsl::<PostgreSql>::CALLS {
            let on = if rule.on == On::File { "" } else { "t." };
            if !matches!(rule.options, Options::These(_)) {
                continue;
            }
            let comma = if rule.arguments.is_empty() { "" } else { ", " };
            let call = format!("{on}{} {}{comma}misspelt: 1", rule.name, rule.arguments);
            let said = said_of(&call, rule.on);
            assert!(said.contains("unknown option `misspelt`"), "{call}: {said}");
        }
    }
}
