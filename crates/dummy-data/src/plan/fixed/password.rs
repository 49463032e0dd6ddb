//! A row that is given a `password`, which no table has: accounts keep its hash.

use crate::password::{hash, is_plain};
use crate::plan::facts::masters::Masters;
use crate::plan::fixed::Fixed;
use crate::problem::Problem;
use crate::settings::{FixedCell, FixedValue};
use std::collections::BTreeMap;
use value_model::{Schema, Table};

/// The columns that hold hashes: those of `has_secure_password` and of Devise.
pub(crate) const DIGESTS: [&str; 2] = ["password_digest", "encrypted_password"];

/// The column that keeps the hash of what a table's rows are given as `password`.
pub(super) fn digest_of(table: &Table) -> Option<&'static str> {
    let has = |name: &str| table.column(name).is_some();
    DIGESTS
        .into_iter()
        .find(|name| has(name))
        .filter(|_| !has("password"))
}

/// Puts hashes in the place of passwords.
pub(super) fn keep(
    schema: &Schema,
    masters: &Masters<'_>,
    fixed: &mut Fixed,
    problems: &mut Vec<Problem>,
) {
    // bcrypt is slow by intent, and many rows of a file have the same password.
    let mut known: BTreeMap<String, Result<String, String>> = BTreeMap::new();
    for (&position, rows) in fixed {
        let Some(digest) = digest_of(&schema.tables[position]) else {
            continue;
        };
        if masters[position].is_some() {
            continue;
        }
        for row in rows {
            let is_given_twice = row.cells.iter().any(|cell| cell.column == digest);
            for cell in &mut row.cells {
                if cell.column != "password" {
                    continue;
                }
                if is_given_twice {
                    problems.push(
                        Problem::at(
                            &cell.column_place,
                            format!("`password` and `{digest}` both say what the password is"),
                        )
                        .hint("leave one of them out"),
                    );
                    continue;
                }
                match &cell.value {
                    FixedValue::Text(text) => {
                        let made = known.entry(text.clone()).or_insert_with(|| hash(text));
                        match made {
                            Ok(hash) => cell.value = FixedValue::Text(hash.clone()),
                            Err(sentence) => {
                                problems.push(Problem::at(&cell.place, sentence.clone()));
                                continue;
                            }
                        }
                    }
                    FixedValue::Null => {}
                    FixedValue::Row(_) => {
                        problems.push(Problem::at(&cell.place, "a password is a text"));
                        continue;
                    }
                }
                digest.clone_into(&mut cell.column);
            }
        }
    }
}

/// What is wrong with a hash that isn't one, so that nobody could log in.
pub(super) fn not_a_hash(cell: &FixedCell) -> Option<Problem> {
    let FixedValue::Text(text) = &cell.value else {
        return None;
    };
    (DIGESTS.contains(&cell.column.as_str()) && is_plain(text)).then(|| {
        Problem::at(
            &cell.place,
            format!(
                "`{}` holds hashes, and `{text}` is none: nobody could log in",
                cell.column
            ),
        )
        .hint("say `password` for that column's name, and the hash of its value is made")
    })
}
