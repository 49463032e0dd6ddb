//! Names: those that PostgreSQL chooses by itself, and whether SQL text speaks of one.
//!
//! A migrated database must have the names that a fresh one would have, down to the sequence of a
//! serial column whose table was renamed years ago. So the choice is made here as the server makes it.

use schema_model::{ColumnValue, QualifiedName, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// Longest name that PostgreSQL keeps, in bytes (`NAMEDATALEN` less one).
const LONGEST_NAME: usize = 63;

/// The names of sequences and primary keys that a fresh load of a schema would choose.
#[derive(Debug, Default)]
pub(crate) struct ChosenNames {
    sequences: BTreeMap<(QualifiedName, String), String>,
    primary_keys: BTreeMap<QualifiedName, String>,
}

impl ChosenNames {
    /// Goes through the tables in the order in which they are created.
    pub(crate) fn of(schema: &Schema) -> Self {
        let mut chosen = Self::default();
        let mut taken = BTreeSet::new();
        for table in &schema.tables {
            let home = table.name.schema.as_deref();
            let mut sequences = Vec::new();
            for column in &table.columns {
                if owns_sequence(&column.value) {
                    let name = free_name(home, &table.name.name, Some(&column.name), "seq", &taken);
                    sequences.push(name.clone());
                    chosen
                        .sequences
                        .insert((table.name.clone(), column.name.clone()), name);
                }
            }
            // The server chooses the names of one statement before it makes any of the things.
            let made = sequences.iter().chain([&table.name.name]);
            taken.extend(made.map(|name| beside(home, name)));
            if let Some(key) = &table.primary_key {
                let name = match &key.name {
                    Some(name) => name.clone(),
                    None => free_name(home, &table.name.name, None, "pkey", &taken),
                };
                taken.insert(beside(home, &name));
                chosen.primary_keys.insert(table.name.clone(), name);
            }
            let others = table.uniques.iter().map(|unique| &unique.name);
            let others = others.chain(table.exclusions.iter().map(|exclusion| &exclusion.name));
            let others = others.chain(table.indexes.iter().map(|index| &index.name));
            taken.extend(others.map(|name| beside(home, name)));
        }
        chosen
    }

    /// The sequence of a serial or identity column.
    pub(crate) fn sequence(&self, table: &QualifiedName, column: &str) -> Option<&str> {
        self.sequences
            .get(&(table.clone(), column.to_owned()))
            .map(String::as_str)
    }

    /// The constraint of a table's primary key, which is also its index.
    pub(crate) fn primary_key(&self, table: &QualifiedName) -> Option<&str> {
        self.primary_keys.get(table).map(String::as_str)
    }
}

/// Whether a column has a sequence of its own.
pub(crate) fn owns_sequence(value: &ColumnValue) -> bool {
    matches!(value, ColumnValue::Serial | ColumnValue::Identity(_))
}

/// A name in a given schema.
pub(crate) fn beside(schema: Option<&str>, name: &str) -> QualifiedName {
    QualifiedName {
        schema: schema.map(str::to_owned),
        name: name.to_owned(),
    }
}

/// Whether SQL text speaks of a name: as a word of its own, quoted or not, in any case. May be true
/// where the word means something else, never false where it means the name.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    let text = text.to_lowercase();
    // Inside quotes a quote is doubled, and the word then isn't found as it stands.
    let name = name.to_lowercase().replace('"', "\"\"");
    if name.is_empty() {
        return false;
    }
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(&name).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// `ChooseRelationName` of src/backend/commands/indexcmds.c.
fn free_name(
    schema: Option<&str>,
    table: &str,
    column: Option<&str>,
    label: &str,
    taken: &BTreeSet<QualifiedName>,
) -> String {
    let mut name = object_name(table, column, label);
    let mut number = 0_u32;
    while taken.contains(&beside(schema, &name)) {
        number += 1;
        name = object_name(table, column, &format!("{label}{number}"));
    }
    name
}

/// `makeObjectName` of the same file: the longer of the two names is shortened first.
fn object_name(first: &str, second: Option<&str>, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(second.is_some());
    let available = LONGEST_NAME.saturating_sub(overhead);
    let mut first_length = first.len();
    let mut second_length = second.map_or(0, str::len);
    while first_length + second_length > available {
        if first_length > second_length {
            first_length -= 1;
        } else {
            second_length -= 1;
        }
    }
    let first = &first[..first.floor_char_boundary(first_length)];
    match second {
        Some(second) => {
            let second = &second[..second.floor_char_boundary(second_length)];
            format!("{first}_{second}_{label}")
        }
        None => format!("{first}_{label}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_names_are_cut_as_the_server_cuts_them() {
        assert_eq!(object_name("users", Some("id"), "seq"), "users_id_seq");
        let long = "t".repeat(63);
        assert_eq!(
            object_name(&long, Some("id"), "seq"),
            format!("{}_id_seq", "t".repeat(56))
        );
        assert_eq!(
            object_name(&long, None, "pkey"),
            format!("{}_pkey", "t".repeat(58))
        );
        // 21 characters of three bytes: the last one doesn't fit whole.
        let japanese = "社".repeat(21);
        assert_eq!(
            object_name(&japanese, None, "pkey"),
            format!("{}_pkey", "社".repeat(19))
        );
    }

    #[test]
    fn a_name_is_found_as_a_word() {
        assert!(mentions("price >= 0", "price"));
        assert!(mentions("lower(\"Price\") = 'x'", "Price"));
        assert!(mentions("PRICE > 0", "price"));
        assert!(!mentions("unit_price > 0", "price"));
        assert!(!mentions("prices > 0", "price"));
    }
}
