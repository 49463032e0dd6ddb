//! Sequences, as `pg_dump` makes them.

use crate::cursor::Cursor;
use schema_model::QualifiedName;
use sql_text::default_name;

/// A sequence.
#[derive(Debug)]
pub(crate) struct Sequence {
    pub(crate) name: QualifiedName,
    /// `AS smallint` or `AS integer`; bigint when nothing is said.
    pub(crate) data_type: Option<String>,
    /// What it says beside its type, such as `START WITH 1 INCREMENT BY 1 …`.
    pub(crate) options: String,
    pub(crate) sql: String,
    pub(crate) at: usize,
    /// The table and column that it goes away with.
    pub(crate) owner: Option<(QualifiedName, String)>,
    /// The statement that says so, and when it was read.
    pub(crate) owned_by: Option<(String, usize)>,
}

/// What a sequence counts by unless it says otherwise.
pub(crate) const PLAIN: &str = "START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1";

impl Sequence {
    /// Reads what follows `CREATE SEQUENCE`.
    pub(crate) fn read(cursor: &mut Cursor<'_>, sql: &str, at: usize) -> Option<Self> {
        let name = cursor.qualified()?;
        let data_type = if cursor.take(&["as"]) {
            Some(cursor.identifier()?)
        } else {
            None
        };
        Some(Self {
            name,
            data_type,
            options: one_line(cursor.rest()),
            sql: sql.to_owned(),
            at,
            owner: None,
            owned_by: None,
        })
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the options of an identity column are those that it gets by itself.
pub(crate) fn is_plain_identity(options: &str, table: &QualifiedName, column: &str) -> bool {
    let mut cursor = Cursor::new(options);
    if cursor.take(&["sequence", "name"]) {
        let expected = QualifiedName {
            schema: table.schema.clone(),
            name: default_name(&table.name, Some(column), "seq"),
        };
        if cursor.qualified() != Some(expected) {
            return false;
        }
    }
    one_line(cursor.rest()) == PLAIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ordinary_options_of_an_identity_are_plain() {
        let table = QualifiedName::bare("t");
        let plain = "\n    SEQUENCE NAME public.t_id_seq\n    START WITH 1\n    INCREMENT BY 1\n    NO MINVALUE\n    NO MAXVALUE\n    CACHE 1\n";
        assert!(is_plain_identity(plain, &table, "id"));
        assert!(!is_plain_identity(
            &plain.replace("START WITH 1", "START WITH 5"),
            &table,
            "id"
        ));
        assert!(!is_plain_identity(
            &plain.replace("t_id", "other_id"),
            &table,
            "id"
        ));
    }
}
