//! What to write for types that MySQL and MariaDB don't have by that name.

use super::State;
use crate::diagnostic::Diagnostic;
use crate::ruby::Call;

/// The name of the first column that a call is about.
fn column(call: &Call) -> &str {
    call.arguments
        .first()
        .and_then(|argument| argument.value.as_name())
        .unwrap_or("name")
}

/// The nearest thing to a type that only PostgreSQL has.
pub(crate) fn instead_of_type(name: &str) -> Option<String> {
    let nearest = match name {
        "jsonb" | "hstore" => "`t.json`",
        "uuid" | "guid" => "`t.string` with `limit: 36`, or `t.binary` with `limit: 16`",
        "inet" | "cidr" | "macaddr" => "`t.string` with `limit: 45`",
        "citext" => "`t.string`, which ignores case by its collation",
        "timestamptz" => "`t.datetime`, in UTC",
        "tsvector" | "tsquery" | "xml" | "ltree" => {
            "`t.text`; a fulltext index is `type: :fulltext`"
        }
        "bytea" | "bit_varying" => "`t.binary`",
        "money" => "`t.decimal` with `precision:` and `scale:`",
        "interval" => "`t.integer` of seconds, or `t.time`",
        "oid" | "serial" | "bigserial" => "`t.bigint` with `unsigned: true`",
        "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange" | "daterange" => {
            "two columns, where it begins and where it ends"
        }
        "line" | "lseg" | "path" => "`t.column \"name\", \"linestring\"`",
        "box" | "circle" => "`t.column \"name\", \"polygon\"`",
        _ => return None,
    };
    Some(format!("write {nearest}"))
}

/// The same of a method of a table's `t`, among them the one whose values nobody can know.
pub(crate) fn nearest_type(method: &str) -> Option<String> {
    if method == "enum" {
        return Some("write `t.column \"name\", \"enum('one','two')\"`".to_owned());
    }
    instead_of_type(method)
}

/// What is wrong with a call on a table's `t` that only PostgreSQL has.
pub(crate) fn foreign_call(state: &State, call: &Call) -> Option<Diagnostic> {
    let name = call.name.as_ref();
    if name == "enum" {
        let values = call
            .options
            .iter()
            .find(|(key, _)| key.value.as_name() == Some("enum_type"))
            .and_then(|(_, value)| value.value.as_name())
            .and_then(|name| state.enums.get(name))
            .map_or_else(
                || "'one','two'".to_owned(),
                |values| {
                    let quoted: Vec<String> = values
                        .iter()
                        .map(|value| mysql_text::literal(value))
                        .collect();
                    quoted.join(",")
                },
            );
        return Some(
            Diagnostic::error(call.name_span, "`t.enum` exists only in PostgreSQL").hint(format!(
                "write `t.column \"{}\", \"enum({values})\"`",
                column(call)
            )),
        );
    }
    let hint = instead_of_type(name)?;
    let message = match name {
        "uuid" => format!("{} has no type uuid in a schema.rb", state.server),
        "serial" | "bigserial" => format!("MySQL has no type {name} beside a key"),
        _ => format!("type {name} exists only in PostgreSQL: MySQL has no type {name}"),
    };
    Some(Diagnostic::error(call.name_span, message).hint(hint))
}

/// What to write for the name that a type has elsewhere: in SQL, in other databases, in other languages.
pub(crate) fn other_word(call: &Call) -> Option<String> {
    let column = column(call);
    let plain = match call.name.as_ref() {
        "numeric" => return Some("ridgepole has `t.decimal`".to_owned()),
        "primary_key" => {
            return Some(
                "ridgepole has no `t.primary_key`: give create_table `primary_key:` and `id:`"
                    .to_owned(),
            );
        }
        "unsigned_float" | "unsigned_decimal" => {
            return Some(format!(
                "ActiveRecord has no type {} any more: write `unsigned: true`",
                call.name
            ));
        }
        "smallint" => "t.integer \"name\", limit: 2",
        "mediumint" => "t.integer \"name\", limit: 3",
        "tinyint" => "t.integer \"name\", limit: 1",
        "varchar" | "str" | "nvarchar" => "t.string",
        "varbinary" | "bytes" => "t.binary \"name\", limit: 255",
        "int" | "number" => "t.integer",
        "long" | "biginteger" | "big_integer" => "t.bigint",
        "bool" => "t.boolean",
        "date_time" => "t.datetime",
        "array" => "t.json",
        "unique" => "t.index [\"name\"], unique: true",
        "fulltext" | "spatial" => "t.index [\"name\"], type: :fulltext",
        "foreign" => "t.foreign_key",
        "check" | "constraint" => "t.check_constraint \"SQL\", name: \"name\"",
        "has_many" | "has_one" | "has_and_belongs_to_many" | "validates" | "scope" => {
            return Some(
                "this belongs into the application's model; the other table has the `t.references`"
                    .to_owned(),
            );
        }
        "set" => {
            return Some(format!(
                "write `t.column \"{column}\", \"set('one','two')\"`"
            ));
        }
        "char" => return Some(format!("write `t.column \"{column}\", \"char(3)\"`")),
        name @ ("year" | "double" | "bit" | "point" | "polygon" | "geometry" | "linestring"
        | "multipoint" | "multilinestring" | "multipolygon" | "real") => {
            return Some(format!("write `t.column \"{column}\", \"{name}\"`"));
        }
        _ => return None,
    };
    Some(format!("write `{plain}`"))
}

/// What to say of a name that is near to no type.
pub(crate) fn own_type(call: &Call) -> String {
    format!(
        "a type of MySQL's own is written `t.column \"{}\", \"{}\"`",
        column(call),
        call.name
    )
}
