//! Options that people reach for where they don't belong: of another tool, another place, another database.

/// Words for which people reach, and slips in which are understood too.
pub(crate) const WORDS: &[&str] = &[
    "unique",
    "uniqueness",
    "required",
    "not_null",
    "nullable",
    "length",
    "max_length",
    "unsigned",
    "auto_increment",
    "charset",
];

/// What to write for an option that another tool, another database or another place has.
pub(crate) fn instead_of(name: &str, known: &[&str]) -> Option<String> {
    let has = |option: &str| known.contains(&option);
    Some(match name {
        "values" | "enum" if has("enum_type") => {
            "`create_enum \"name\", [...]` gives the values, and `enum_type: \"name\"` the column its type"
                .to_owned()
        }
        "enum_name" if has("enum_type") => "write `enum_type:`".to_owned(),
        "dependent" if has("on_delete") => "write `on_delete: :cascade` or `:nullify`".to_owned(),
        "references" | "on_delete" if has("enum_type") => {
            "a foreign key is a call of its own: `t.foreign_key \"table\", column: \"name\"`".to_owned()
        }
        "expression" | "case_sensitive" if has("opclass") => {
            "an index on an expression is given as a text: `t.index \"lower(name)\"`".to_owned()
        }
        "operator_class" | "kind" | "method" if has("opclass") => {
            "write `opclass:` for an operator class, `using:` for a method".to_owned()
        }
        "hypertable" => {
            "TimescaleDB's: `execute \"SELECT create_hypertable('table', 'time')\"`".to_owned()
        }
        "unique" | "uniqueness" if has("using_index") => {
            "a unique constraint is unique: take it out".to_owned()
        }
        "unique" | "uniqueness" if !has("index") => return None,
        "length" | "max_length" | "maximum" if !has("limit") => return None,
        "ignore" | "renamed_from" => {
            format!("`{name}:` is ridgepole's, for a Schemafile; take it out")
        }
        "unsigned" | "auto_increment" | "charset" | "after" | "first" | "on_update"
        | "enforced" | "size" => {
            format!("`{name}:` exists only in MySQL; take it out")
        }
        "array" | "enum_type" | "identity" | "opclass" | "using_index" => {
            format!("`{name}:` exists only in PostgreSQL; take it out")
        }
        "unique" | "uniqueness" => {
            "uniqueness is an index's: write `index: { unique: true }`".to_owned()
        }
        "required" | "not_null" | "nullable" | "allow_null" | "presence" | "optional" => {
            "write `null: false` for a column that must have a value".to_owned()
        }
        "length" | "max_length" | "maximum" => "write `limit:`".to_owned(),
        "default_value" => "write `default:`".to_owned(),
        _ => return None,
    })
}
