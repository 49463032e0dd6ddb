//! The few pieces of SQL text that the model holds as text: literals of defaults and names in conditions.
//!
//! They are written so that a line of the file stays a line of the SQL: control characters become
//! escapes, which also keeps line endings safe from tools that rewrite them.

use crate::names::cut_to;
use pg_model::{Deferrability, ForeignKey, QualifiedName, ReferentialAction, UniqueConstraint};
use pg_text::MOST_NAME_BYTES;
use std::fmt::Write as _;

/// Why a text is refused that holds the character.
pub(crate) const NO_NUL: &str = "PostgreSQL's text can't hold the character NUL";

/// A name in double quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name as SQL, each part in double quotes.
pub(crate) fn qualified(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&name.name)),
        None => quoted(&name.name),
    }
}

/// `ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY`, for a key that must stay SQL text.
pub(crate) fn add_foreign_key(from: &QualifiedName, key: &ForeignKey) -> String {
    let mut text = format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
        qualified(from),
        quoted(&key.name),
        list(&key.columns),
        qualified(&key.referenced_table),
        list(&key.referenced_columns)
    );
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let words = match action {
            ReferentialAction::NoAction => continue,
            ReferentialAction::Restrict => "RESTRICT",
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
        };
        let _ = write!(text, " ON {event} {words}");
    }
    text.push_str(deferrability(key.own.deferrable));
    if !key.own.validated {
        text.push_str(" NOT VALID");
    }
    text
}

/// `ALTER TABLE … ADD CONSTRAINT … UNIQUE`, for a constraint on columns that must stay SQL text.
pub(crate) fn add_unique_constraint(table: &QualifiedName, unique: &UniqueConstraint) -> String {
    format!(
        "ALTER TABLE {} ADD CONSTRAINT {} UNIQUE{} ({}){}",
        qualified(table),
        quoted(&unique.name),
        if unique.nulls_not_distinct {
            " NULLS NOT DISTINCT"
        } else {
            ""
        },
        list(&unique.columns),
        deferrability(unique.deferrable)
    )
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    quoted.join(", ")
}

fn deferrability(deferrable: Deferrability) -> &'static str {
    match deferrable {
        Deferrability::NotDeferrable => "",
        Deferrability::InitiallyImmediate => " DEFERRABLE",
        Deferrability::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}

/// Cuts a name to the bytes that PostgreSQL keeps, between characters.
pub(crate) fn cut(name: &str) -> String {
    cut_to(name, MOST_NAME_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_characters() {
        assert_eq!(cut(&"あ".repeat(30)), "あ".repeat(21));
    }
}
