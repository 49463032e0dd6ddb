//! How somebody wants conflicts to be settled: a side for all, a side for a table, or line by line in a file.
//!
//! The file has a line for each conflict, with tabs between its fields:
//!
//! ```text
//! users    id=42    email    ?    was=ann@example.com    ours=ann@example.org    theirs=ann@example.net
//! ```
//!
//! In place of `?` stands what is chosen: `ours`, `theirs`, `was`, or `=` and a value as COPY writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dump_text::{folded, row, value};

use crate::conflict::{Conflict, What};
use crate::side::Side;

/// What was chosen for one conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The version of one side.
    Side(Side),
    /// The version that both come from.
    Base,
    /// A value that nobody has, as COPY writes it.
    Value(Vec<u8>),
}

/// How conflicts are to be settled. Empty: not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// For what nothing else is said about.
    rest: Option<Side>,
    tables: BTreeMap<String, Side>,
    lines: BTreeMap<(String, String, String), Choice>,
}

/// Why a file of decisions can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct DecisionsError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// What stands in place of a column where a whole row or table is decided.
const WHOLE: &str = "*";

impl Decisions {
    /// All conflicts go to one side.
    pub fn all(side: Side) -> Self {
        Self {
            rest: Some(side),
            ..Self::default()
        }
    }

    /// All conflicts of which nothing else is said go to one side.
    pub fn everything(&mut self, side: Side) {
        self.rest = Some(side);
    }

    /// All conflicts of a table go to one side.
    pub fn table(&mut self, name: &str, side: Side) {
        self.tables.insert(folded(name), side);
    }

    /// Reads a file of decisions; lines that still have `?` decide nothing.
    ///
    /// # Errors
    /// Every line that isn't one of [`Decisions::file`].
    pub fn read(&mut self, text: &str) -> Result<(), Vec<DecisionsError>> {
        let mut errors = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut fields = line.split('\t');
            let (Some(table), Some(key), Some(column), Some(choice)) =
                (fields.next(), fields.next(), fields.next(), fields.next())
            else {
                errors.push(DecisionsError {
                    line: at + 1,
                    problem: "a table, a key, a column and a choice have tabs between them"
                        .to_owned(),
                });
                continue;
            };
            let choice = match choice.trim() {
                "?" => continue,
                "ours" => Choice::Side(Side::Ours),
                "theirs" => Choice::Side(Side::Theirs),
                "was" => Choice::Base,
                other => match other.strip_prefix('=') {
                    Some(value) if column != WHOLE => {
                        Choice::Value(value.trim_start().as_bytes().to_vec())
                    }
                    Some(_) => {
                        errors.push(DecisionsError {
                            line: at + 1,
                            problem: "a whole row has no value; choose `ours`, `theirs` or `was`"
                                .to_owned(),
                        });
                        continue;
                    }
                    None => {
                        errors.push(DecisionsError {
                            line: at + 1,
                            problem: format!(
                                "`{other}` is neither `ours`, `theirs`, `was` nor `= VALUE`"
                            ),
                        });
                        continue;
                    }
                },
            };
            self.lines
                .insert((folded(table), key.to_owned(), column.to_owned()), choice);
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// What was chosen for a cell, or for a row where no column is given.
    pub(crate) fn choose(
        &self,
        table: &str,
        key: &[(String, Vec<u8>)],
        column: Option<&str>,
    ) -> Option<Choice> {
        if self.rest.is_none() && self.tables.is_empty() && self.lines.is_empty() {
            return None;
        }
        let table = folded(table);
        let place = (table, key_text(key), column.unwrap_or(WHOLE).to_owned());
        if let Some(choice) = self.lines.get(&place) {
            return Some(choice.clone());
        }
        let side = self.tables.get(&place.0).copied().or(self.rest)?;
        Some(Choice::Side(side))
    }

    /// The file in which somebody decides these conflicts.
    pub fn file<'a>(conflicts: impl IntoIterator<Item = &'a Conflict>) -> String {
        // Writing into a text can't fail.
        let mut text = String::from(
            "# A line for each conflict. Put `ours`, `theirs`, `was` or `= VALUE` in place of `?`; tabs stay.\n",
        );
        for conflict in conflicts {
            let (column, values) = match &conflict.what {
                What::Cell { column, values } => {
                    let shown = |field: &Option<Vec<u8>>| {
                        field.as_ref().map(|field| row::printable(&value(field)))
                    };
                    let values = [
                        ("was", shown(&values.base)),
                        ("ours", shown(&values.ours)),
                        ("theirs", shown(&values.theirs)),
                    ];
                    (
                        column.as_str(),
                        values
                            .into_iter()
                            .filter_map(|(who, value)| Some(format!("\t{who}={}", value?)))
                            .collect(),
                    )
                }
                what if what.has_sides() => (WHOLE, format!("\t{conflict}")),
                // Choosing a side settles nothing: a row has to change.
                _ => {
                    let _ = writeln!(text, "# {conflict}");
                    continue;
                }
            };
            let _ = writeln!(
                text,
                "{}\t{}\t{column}\t?{values}",
                conflict.table,
                key_text(&conflict.key)
            );
        }
        text
    }
}

/// A key in one field: `id=42`, `order_id=7,position=2`.
fn key_text(key: &[(String, Vec<u8>)]) -> String {
    let parts: Vec<String> = key
        .iter()
        .map(|(column, field)| format!("{column}={}", row::printable(&value(field))))
        .collect();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::side::Three;

    fn cell() -> Conflict {
        let value = |text: &str| Some(text.as_bytes().to_vec());
        Conflict {
            table: "public.users".to_owned(),
            key: vec![("id".to_owned(), b"42".to_vec())],
            what: What::Cell {
                column: "name".to_owned(),
                values: Three {
                    base: value("a"),
                    ours: value("b"),
                    theirs: value("\\N"),
                },
            },
        }
    }

    #[test]
    fn a_file_that_is_filled_in_decides() {
        let conflict = cell();
        let file = Decisions::file([&conflict]);
        assert_eq!(
            file.lines().last(),
            Some("public.users\tid=42\tname\t?\twas=a\tours=b\ttheirs=\\N")
        );
        let mut decisions = Decisions::default();
        decisions.read(&file).unwrap();
        assert_eq!(decisions, Decisions::default());
        for (written, choice) in [
            ("ours", Choice::Side(Side::Ours)),
            ("was", Choice::Base),
            ("= c d", Choice::Value(b"c d".to_vec())),
        ] {
            decisions
                .read(&file.replace("\t?", &format!("\t{written}")))
                .unwrap();
            let chosen = decisions.choose("users", &conflict.key, Some("name"));
            assert_eq!(chosen, Some(choice), "{written}");
        }
        assert_eq!(
            decisions.choose("users", &conflict.key, Some("email")),
            None
        );
    }

    #[test]
    fn all_mistakes_of_a_file_are_told() {
        let errors = Decisions::default()
            .read("# fine\nusers\tid=1\tname\tmine\nusers\n\nusers\tid=1\t*\t= x\n")
            .unwrap_err();
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 3);
        assert_eq!(
            told[0],
            "line 2: `mine` is neither `ours`, `theirs`, `was` nor `= VALUE`"
        );
        assert!(told[1].starts_with("line 3: "), "{}", told[1]);
        assert!(told[2].starts_with("line 5: "), "{}", told[2]);
    }

    #[test]
    fn a_line_outweighs_a_table_and_a_table_the_rest() {
        let mut decisions = Decisions::all(Side::Ours);
        let conflict = cell();
        let chosen =
            |decisions: &Decisions| decisions.choose("public.users", &conflict.key, Some("name"));
        assert_eq!(chosen(&decisions), Some(Choice::Side(Side::Ours)));
        decisions.table("users", Side::Theirs);
        assert_eq!(chosen(&decisions), Some(Choice::Side(Side::Theirs)));
        decisions.read("users\tid=42\tname\twas\n").unwrap();
        assert_eq!(chosen(&decisions), Some(Choice::Base));
    }
}
