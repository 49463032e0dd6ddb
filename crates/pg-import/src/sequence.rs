//! Sequences, as `pg_dump` makes them.

use crate::cursor::{Cursor, from_parts};
use crate::raw_statement::RawStatement;
use pg_model::{Column, Persistence, QualifiedName, TypeKind};
use pg_text::default_name;

/// A sequence.
#[derive(Debug)]
pub(crate) struct Sequence {
    pub(crate) name: QualifiedName,
    /// Whether it is emptied after a crash, as the rows of its table are.
    pub(crate) unlogged: bool,
    /// `AS smallint` or `AS integer`; bigint when nothing is said.
    pub(crate) data_type: Option<String>,
    /// What it says beside its type, such as `START WITH 1 INCREMENT BY 1 …`.
    pub(crate) options: String,
    pub(crate) sql: String,
    pub(crate) at: usize,
    /// Where it begins in the file, from 1.
    pub(crate) line: usize,
    /// The column that it goes away with.
    pub(crate) owner: Option<OwningColumn>,
    /// What says so.
    pub(crate) owned_by: Option<OwnedBy>,
    /// Statements that change it otherwise.
    pub(crate) changes: Vec<RawStatement>,
}

/// The column that a sequence goes away with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwningColumn {
    pub(crate) table: QualifiedName,
    pub(crate) column: String,
}

/// The statement that gives a sequence to a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnedBy {
    pub(crate) sql: String,
    /// When it was read.
    pub(crate) at: usize,
}

/// What a sequence counts by unless it says otherwise.
const PLAIN: &str = "START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1";

impl Sequence {
    /// Reads what follows `CREATE`.
    pub(crate) fn read(cursor: &mut Cursor<'_>, sql: &str, at: usize, line: usize) -> Option<Self> {
        let unlogged = cursor.take(&["unlogged"]);
        if !cursor.take(&["sequence"]) {
            return None;
        }
        cursor.take(&["if", "not", "exists"]);
        let name = cursor.qualified()?;
        let data_type = if cursor.take(&["as"]) {
            match crate::table::read_type(&cursor.identifier()?).0.kind {
                TypeKind::SmallInt => Some("smallint".to_owned()),
                TypeKind::Integer => Some("integer".to_owned()),
                TypeKind::BigInt => None,
                _ => return None,
            }
        } else {
            None
        };
        // People say at once whose it is, pg_dump does later.
        let options = if cursor.sees(&["owned", "by"]) {
            ""
        } else {
            cursor.text_until(|at| at.sees(&["owned", "by"]))
        };
        let (mut owner, mut owned_by, mut sql) = (None, None, sql.to_owned());
        if cursor.take(&["owned", "by"]) && !cursor.sees(&["none"]) {
            let whose = cursor.rest();
            owner = owning_column(cursor);
            if owner.is_none() || !cursor.is_at_end() {
                return None;
            }
            let change = format!(
                "ALTER SEQUENCE {} OWNED BY {whose}",
                pg_sql::qualified(&name)
            );
            owned_by = Some(OwnedBy { sql: change, at });
            let kept = sql.len() - whose.len();
            sql.truncate(kept);
            let before = sql.trim_end().len() - "OWNED BY".len();
            sql.truncate(sql[..before].trim_end().len());
        }
        let options = one_line(options);
        Some(Self {
            name,
            unlogged,
            data_type,
            options,
            sql,
            at,
            line,
            owner,
            owned_by,
            changes: Vec::new(),
        })
    }

    /// The sequence that a serial column gets.
    pub(crate) fn of_serial(
        name: QualifiedName,
        table: &QualifiedName,
        column: &Column,
        persistence: Persistence,
        at: usize,
        line: usize,
    ) -> Self {
        let data_type = match column.data_type.kind {
            TypeKind::SmallInt => Some("smallint"),
            TypeKind::Integer => Some("integer"),
            _ => None,
        };
        let as_type = data_type.map_or_else(String::new, |name| format!(" AS {name}"));
        let sql_name = pg_sql::qualified(&name);
        let owned_by = format!(
            "ALTER SEQUENCE {sql_name} OWNED BY {}.{}",
            pg_sql::qualified(table),
            pg_sql::identifier(&column.name)
        );
        let mut sequence = Self {
            unlogged: false,
            data_type: data_type.map(str::to_owned),
            options: String::new(),
            sql: format!("CREATE SEQUENCE {sql_name}{as_type}"),
            at,
            line,
            owner: Some(OwningColumn {
                table: table.clone(),
                column: column.name.clone(),
            }),
            owned_by: Some(OwnedBy { sql: owned_by, at }),
            changes: Vec::new(),
            name,
        };
        sequence.set_persistence(persistence);
        sequence
    }

    /// Makes it as lasting as a table.
    pub(crate) fn set_persistence(&mut self, persistence: Persistence) {
        let unlogged = persistence == Persistence::Unlogged;
        if unlogged != self.unlogged {
            let (from, to) = if unlogged {
                ("CREATE SEQUENCE", "CREATE UNLOGGED SEQUENCE")
            } else {
                ("CREATE UNLOGGED SEQUENCE", "CREATE SEQUENCE")
            };
            self.sql = self.sql.replacen(from, to, 1);
            self.unlogged = unlogged;
        }
    }

    /// The default of a column that counts by it.
    pub(crate) fn next_value(&self) -> String {
        format!(
            "nextval({}::regclass)",
            pg_sql::literal(&pg_sql::qualified(&self.name))
        )
    }

    /// Whether it counts as one does that says nothing about it.
    pub(crate) fn is_plain(&self) -> bool {
        self.options.is_empty() || self.options == PLAIN
    }
}

/// The table and the column that `OWNED BY` names.
pub(crate) fn owning_column(cursor: &mut Cursor<'_>) -> Option<OwningColumn> {
    let mut parts = cursor.dotted()?;
    let column = parts.pop()?;
    Some(OwningColumn {
        table: from_parts(parts)?,
        column,
    })
}

pub(crate) fn one_line(text: &str) -> String {
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
