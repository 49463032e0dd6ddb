//! Names that ActiveRecord gives where the file gives none.
//!
//! Sources are under `activerecord/lib/active_record/connection_adapters`: `generate_index_name`,
//! `foreign_key_name` and `check_constraint_name` of `abstract/schema_statements.rb`, and
//! `exclusion_constraint_name` and `unique_constraint_name` of `postgresql/schema_statements.rb`.

use schema_model::QualifiedName;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Bytes that a default index name may have before it is shortened.
const MOST_INDEX_BYTES: usize = 62;

/// The default name of an index, shortened when it would be long.
pub(crate) fn short_index(table: &str, columns: &[&str]) -> String {
    let name = index(table, columns);
    if name.len() <= MOST_INDEX_BYTES {
        return name;
    }
    let hash = format!("_{}", hash(&name));
    let short = format!("idx_on_{}", columns.join("_"));
    format!("{}{hash}", cut_to(&short, MOST_INDEX_BYTES - hash.len()))
}

/// The default name of an index, however long.
pub(crate) fn index(table: &str, columns: &[&str]) -> String {
    format!("index_{table}_on_{}", columns.join("_and_"))
}

/// What stands for the columns in the name of an index on an expression: its words, as Ruby's `/\w+/` finds them.
pub(crate) fn words_of(expression: &str) -> String {
    expression
        .split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

/// The name of a foreign key. `table` is as the file has it, schema included.
pub(crate) fn foreign_key(table: &str, columns: &[&str]) -> String {
    hashed("fk", &format!("{table}_{}_fk", columns.join("_and_")))
}

/// The name of a check constraint.
pub(crate) fn check(table: &str, expression: &str) -> String {
    hashed("chk", &format!("{table}_{expression}_chk"))
}

/// The name of an exclusion constraint.
pub(crate) fn exclusion(table: &str, expression: &str) -> String {
    hashed("excl", &format!("{table}_{expression}_excl"))
}

/// The name of a unique constraint on columns, or one that uses an index.
pub(crate) fn unique(table: &str, columns: &[&str]) -> String {
    hashed("uniq", &format!("{table}_{}_unique", columns.join("_and_")))
}

/// The most of a text's beginning that fits in so many bytes, cut between characters.
pub(crate) fn cut_to(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

fn hashed(prefix: &str, identifier: &str) -> String {
    format!("{prefix}_rails_{}", hash(identifier))
}

/// The first ten hexadecimal digits of the SHA-256.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(5).fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

/// Takes a table's name apart: `schema.name`, either of them in double quotes when it holds a point.
pub(crate) fn qualified(text: &str) -> QualifiedName {
    if !text.contains(['"', '.']) {
        return QualifiedName::bare(text);
    }
    let mut parts: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('"')
            && let Some(end) = inner.find('"')
        {
            parts.push(inner[..end].to_owned());
            rest = &inner[end + 1..];
            continue;
        }
        let start = rest.trim_start_matches(['"', '.']);
        let end = start.find(['"', '.']).unwrap_or(start.len());
        if end > 0 {
            parts.push(start[..end].to_owned());
        }
        rest = &start[end..];
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
        }
    }
    match parts.as_slice() {
        [schema, name, ..] => QualifiedName::in_schema(schema, name),
        [name] => QualifiedName::bare(name),
        [] => QualifiedName::bare(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_activerecord() {
        assert_eq!(foreign_key("pets", &["owner_id"]), "fk_rails_1ff5d16ccb");
        assert_eq!(index("users", &["a", "b"]), "index_users_on_a_and_b");
        assert_eq!(words_of("lower((title)::text), id"), "lower_title_text_id");
    }

    #[test]
    fn long_index_names_are_cut_to_62_bytes() {
        let name = short_index(
            "international_freight_consignment_documents",
            &["responsible_customs_office_id"],
        );
        assert!(name.starts_with("idx_on_responsible_customs_office_id_"));
        assert_eq!(
            name.len(),
            "idx_on_responsible_customs_office_id_".len() + 10
        );
        let long = short_index("t", &[&"x".repeat(80)]);
        assert_eq!(long.len(), 62);
    }

    #[test]
    fn a_point_parts_schema_and_name() {
        assert_eq!(qualified("users"), QualifiedName::bare("users"));
        assert_eq!(
            qualified("audit.logs"),
            QualifiedName::in_schema("audit", "logs")
        );
        assert_eq!(
            qualified("audit.\"a.b\""),
            QualifiedName::in_schema("audit", "a.b")
        );
        assert_eq!(qualified("Weird Name"), QualifiedName::bare("Weird Name"));
    }
}
