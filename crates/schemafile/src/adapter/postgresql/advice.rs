//! What to write for types that PostgreSQL doesn't have by that name.

/// The nearest thing to a type that only MySQL has.
pub(crate) fn nearest_type(method: &str) -> Option<String> {
    let plain = match method {
        "tinytext" | "mediumtext" | "longtext" => "text",
        "tinyblob" | "mediumblob" | "longblob" => "binary",
        "tinyint" | "mediumint" | "year" => "integer",
        _ => method.strip_prefix("unsigned_")?,
    };
    Some(format!("write `t.{plain}`"))
}

/// What to write for the name that a type has elsewhere: in SQL, in other databases, in other languages.
pub(crate) fn other_word(name: &str) -> Option<String> {
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
