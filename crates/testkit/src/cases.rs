//! Cases as text: files in which `=== name` begins a case and `--- name` each of its parts.
//!
//! So a test that is the same for many inputs is written once, and who adds a case writes no code. A part that
//! nobody knows, a part that stands twice and a line outside of all parts are mistakes, lest a case tests less than
//! its writer thinks.

use std::fmt;
use std::fs;
use std::path::Path;

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What stands behind `===`.
    pub name: String,
    /// The names of its parts and their texts, each with a line feed at its end.
    parts: Vec<(String, String)>,
}

impl Case {
    /// The text of a part; none where the case hasn't got it.
    pub fn part(&self, name: &str) -> Option<&str> {
        let found = self.parts.iter().find(|(own, _)| own == name);
        found.map(|(_, text)| text.as_str())
    }
}

/// Something that became another: `t.nick handle` is a column, `users members` a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rename<'a> {
    /// The table of a column, by its new name; none where a table is renamed.
    pub table: Option<&'a str>,
    /// The old name.
    pub old: &'a str,
    /// The new one.
    pub new: &'a str,
}

/// Reads renames, a line each.
pub fn renames(text: &str) -> impl Iterator<Item = Rename<'_>> {
    text.lines().filter(|line| !line.is_empty()).map(|line| {
        let (old, new) = line
            .split_once(' ')
            .unwrap_or_else(|| panic!("`{line}` is no rename: write the old name and the new one"));
        let (table, old) = match old.split_once('.') {
            Some((table, column)) => (Some(table), column),
            None => (None, old),
        };
        Rename { table, old, new }
    })
}

/// Reads the cases of a file whose parts have these names. `place` is how mistakes name the file.
pub fn read(text: &str, place: &dyn fmt::Display, known: &[&str]) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case {
                name: name.to_owned(),
                parts: Vec::new(),
            });
        } else if let Some(part) = line.strip_prefix("--- ") {
            assert!(known.contains(&part), "{place}: no part is called `{part}`");
            let case = cases.last_mut().expect("a case begins with its name");
            assert!(
                case.part(part).is_none(),
                "{place}: {}: two parts `{part}`",
                case.name
            );
            case.parts.push((part.to_owned(), String::new()));
        } else if let Some((_, text)) = cases.last_mut().and_then(|case| case.parts.last_mut()) {
            text.push_str(line);
            text.push('\n');
        } else {
            assert!(line.trim().is_empty(), "{place}: `{line}` is in no case");
        }
    }
    cases
}

/// The cases of all files of a folder, each file with the name that it has without its ending, in order of names.
pub fn of_folder(folder: &Path, known: &[&str]) -> Vec<(String, Vec<Case>)> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("can't list {}: {error}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a folder's entry").path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| {
            let text = fs::read_to_string(file)
                .unwrap_or_else(|error| panic!("can't read {}: {error}", file.display()));
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            (stem.into_owned(), read(&text, &file.display(), known))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_their_lines_and_their_order() {
        let cases = read(
            "\n=== a b\n--- old\nx\n\ny\n--- new\n=== c\n",
            &"f",
            &["old", "new"],
        );
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[0].name, "a b");
        assert_eq!(cases[0].part("old"), Some("x\n\ny\n"));
        assert_eq!(cases[0].part("new"), Some(""));
        assert_eq!(cases[1].part("new"), None);
    }

    #[test]
    #[should_panic(expected = "f: no part is called `odl`")]
    fn a_misspelt_part_is_a_mistake() {
        read("=== a\n--- odl\n", &"f", &["old"]);
    }

    #[test]
    #[should_panic(expected = "f: a: two parts `old`")]
    fn a_part_stands_once() {
        read("=== a\n--- old\n--- old\n", &"f", &["old"]);
    }

    #[test]
    #[should_panic(expected = "f: `x` is in no case")]
    fn a_line_belongs_somewhere() {
        read("x\n=== a\n", &"f", &[]);
    }

    #[test]
    fn renames_are_of_tables_or_columns() {
        let found: Vec<Rename<'_>> = renames("users members\nt.nick handle\n").collect();
        assert_eq!(
            found[0],
            Rename {
                table: None,
                old: "users",
                new: "members"
            }
        );
        assert_eq!(
            found[1],
            Rename {
                table: Some("t"),
                old: "nick",
                new: "handle"
            }
        );
    }
}
