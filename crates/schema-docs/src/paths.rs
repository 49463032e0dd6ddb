//! Where the pages are.
//!
//! A name may have any character, and a file's name may not: on some system each of `/ \ : * ? " < > |` is forbidden,
//! `Users` and `users` are one file, and `con` is a device. So what isn't harmless everywhere is written as its code,
//! and a name that another one takes gets a number.

use schema_view::{Group, View};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The pages of tables, groups, viewpoints and what is beside tables, from the folder of the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    tables: Vec<String>,
    groups: Vec<String>,
    viewpoints: Vec<String>,
    objects: Vec<Option<String>>,
}

/// The folders of the pages that are made here.
pub const FOLDERS: [&str; 7] = [
    "functions",
    "groups",
    "others",
    "tables",
    "types",
    "viewpoints",
    "views",
];

/// The folder for a kind of thing beside tables.
fn folder(kind: &str) -> &'static str {
    match kind {
        "view" | "materialized view" => "views",
        "function" | "procedure" | "aggregate" => "functions",
        "enum" | "domain" | "type" => "types",
        _ => "others",
    }
}

impl Paths {
    /// The paths for a schema.
    pub fn of(view: &View, groups: &[Group]) -> Self {
        let mut taken = BTreeSet::new();
        let mut path = |folder: &str, name: &str| {
            let plain = file_name(name);
            let mut free = plain.clone();
            let mut number = 2;
            while !taken.insert(format!("{folder}/{}", free.to_lowercase())) {
                free = format!("{plain}~{number}");
                number += 1;
            }
            format!("{folder}/{free}.md")
        };
        Self {
            tables: view
                .tables
                .iter()
                .map(|table| path("tables", &table.name))
                .collect(),
            groups: groups
                .iter()
                .map(|group| {
                    let name = if group.name.is_empty() {
                        "others"
                    } else {
                        &group.name
                    };
                    path("groups", name)
                })
                .collect(),
            viewpoints: view
                .viewpoints
                .iter()
                .map(|viewpoint| path("viewpoints", &viewpoint.name))
                .collect(),
            objects: view
                .objects
                .iter()
                .map(|object| {
                    let folder = folder(&object.kind);
                    object.is_known().then(|| path(folder, &object.name))
                })
                .collect(),
        }
    }

    /// The page of something beside tables; none for what has no name.
    pub fn object(&self, position: usize) -> Option<&str> {
        self.objects[position].as_deref()
    }

    /// The page of a table.
    pub fn table(&self, position: usize) -> &str {
        &self.tables[position]
    }

    /// The page of a viewpoint.
    pub fn viewpoint(&self, position: usize) -> &str {
        &self.viewpoints[position]
    }

    /// The page of a group.
    pub fn group(&self, position: usize) -> &str {
        &self.groups[position]
    }
}

/// Names of devices on Windows, with any ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

fn file_name(name: &str) -> String {
    let mut file = String::with_capacity(name.len());
    for (at, character) in name.char_indices() {
        let is_harmless = character.is_alphanumeric()
            || character == '_'
            || (at > 0 && matches!(character, '-' | '.'));
        if is_harmless {
            file.push(character);
        } else {
            let _ = write!(file, "~{:x}", u32::from(character));
        }
    }
    let stem = file.split('.').next().unwrap_or_default().to_lowercase();
    let stem = stem.trim_end_matches(|end: char| end.is_ascii_digit());
    if DEVICES.contains(&stem) || file.is_empty() || file.ends_with('.') {
        file.push('~');
    }
    file
}

/// A relative link's address: what a browser would read otherwise is written as its code.
pub(crate) fn address(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema_view::Table;

    #[test]
    fn every_table_has_a_file_of_its_own_on_every_system() {
        let names = [
            "users",
            "Users",
            "a/b",
            "a:b",
            "..",
            "con",
            "社員",
            "crew.users",
            "a b",
            "",
        ];
        let view = View {
            tables: names
                .iter()
                .map(|name| Table {
                    name: (*name).to_owned(),
                    ..Table::default()
                })
                .collect(),
            ..View::default()
        };
        let paths = Paths::of(&view, &[]);
        let found: Vec<&str> = (0..names.len()).map(|at| paths.table(at)).collect();
        assert_eq!(
            found,
            [
                "tables/users.md",
                "tables/Users~2.md",
                "tables/a~2fb.md",
                "tables/a~3ab.md",
                "tables/~2e.~.md",
                "tables/con~.md",
                "tables/社員.md",
                "tables/crew.users.md",
                "tables/a~20b.md",
                "tables/~.md",
            ]
        );
        assert_eq!(address("tables/社.md"), "tables/%E7%A4%BE.md");
    }
}
