//! Names of column types that aren't any, and what was meant by them.

use super::{Dsl, TABLE};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::ruby::{Call, Interpreter};
use crate::source::Span;
use crate::types::COLUMN_METHODS;
use std::rc::Rc;

impl Dsl {
    /// Reports a column type that isn't one. The columns are defined all the same, so that an index on
    /// them isn't an error too.
    pub(super) fn unknown_type(&mut self, interpreter: &mut Interpreter<'_>, call: &Call) {
        let name = call.name.as_ref();
        let building = self
            .building
            .last()
            .map(|building| Rc::clone(&building.draft.raw));
        let changing = self
            .changing
            .last()
            .and_then(|(table, _)| table.value.as_name());
        let table = building.as_deref().or(changing).unwrap_or_default();
        let known = COLUMN_METHODS
            .iter()
            .copied()
            .chain(TABLE.iter().map(|(name, _)| *name));
        let hint = crate::ruby::look_alike_advice(name)
            .or_else(|| other_word(name))
            .or_else(|| did_you_mean(name, known))
            .unwrap_or_else(|| {
                format!("a type of PostgreSQL's own is written `t.column \"name\", \"{name}\"`")
            });
        let message = format!("unknown column type `{name}` in table \"{table}\"");
        interpreter.report(Diagnostic::error(call.name_span, message).hint(hint));
        // Which of the known ones fit depends on the type that was meant.
        Self::options(interpreter, call).refuse_unknown(
            interpreter,
            &super::column_definition::options(self.is_ridgepole()),
            format_args!("column \"{}\"", first_name(call)),
            self.unknown_options(),
        );
        for argument in &call.arguments {
            if let Some(column) = argument.value.as_name() {
                self.note_unreadable_column(column, argument.span);
            }
        }
    }

    /// Adds a column about which an error was reported.
    fn note_unreadable_column(&mut self, name: &str, span: Span) {
        if let Some(building) = self.building.last_mut()
            && building.draft.column(name).is_none()
        {
            let unknown = pg_model::TypeKind::Other("unknown".into());
            let column = pg_model::Column::new(name, pg_model::DataType::scalar(unknown));
            building.draft.put_column(column, span);
        }
    }
}

/// The name of the column that a call is about.
fn first_name(call: &Call) -> &str {
    call.arguments
        .first()
        .and_then(|argument| argument.value.as_name())
        .unwrap_or_default()
}

/// What to write for the name that a type has elsewhere: in SQL, in other databases, in other languages.
fn other_word(name: &str) -> Option<String> {
    let plain = match name {
        "tinyblob" | "mediumblob" | "longblob" => {
            return Some("this size exists only in MySQL; write `t.binary`".to_owned());
        }
        "tinytext" | "mediumtext" | "longtext" => {
            return Some("this size exists only in MySQL; write `t.text`".to_owned());
        }
        "numeric" => return Some("ridgepole has `t.decimal`".to_owned()),
        "primary_key" => return Some("give create_table `primary_key:` and `id:`".to_owned()),
        "smallint" | "tinyint" | "int2" => "t.integer \"name\", limit: 2",
        "varchar" | "character_varying" | "str" | "nvarchar" => "t.string",
        "char" | "character" => "t.column \"name\", \"char(3)\"",
        "int" | "int4" | "mediumint" | "number" => "t.integer",
        "int8" | "long" | "biginteger" | "big_integer" => "t.bigint",
        "bool" => "t.boolean",
        "double" | "double_precision" => "t.float",
        "real" => "t.float \"name\", limit: 24",
        "bytea" | "bytes" => "t.binary",
        "guid" => "t.uuid",
        "date_time" => "t.datetime",
        "timestamp_with_time_zone" => "t.timestamptz",
        "array" => "t.string \"name\", array: true",
        "unique" => "t.index [\"name\"], unique: true",
        "foreign" => "t.foreign_key",
        "check" | "constraint" => "t.check_constraint \"SQL\", name: \"name\"",
        "exclude" | "exclusion" => "t.exclusion_constraint \"SQL\", name: \"name\"",
        "has_many" | "has_one" | "has_and_belongs_to_many" | "validates" | "scope" => {
            return Some(
                "this belongs into the application's model; the other table has the `t.references`"
                    .to_owned(),
            );
        }
        _ => {
            let plain = name.strip_prefix("unsigned_")?;
            return Some(format!(
                "unsigned numbers exist only in MySQL; write `t.{plain}`"
            ));
        }
    };
    Some(format!("write `{plain}`"))
}
