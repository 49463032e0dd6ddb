//! In which order the files of a folder of migrations run.
//!
//! Every tool names them so that people see the order: by a number or a time, with the numbers compared as numbers
//! (Flyway's `V10__` follows `V9__`). What takes a migration back is another file with some tools, and is left out.

use std::cmp::Ordering;

/// The files of a folder, sorted out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Migrations {
    /// Those that make the schema, in the order in which they run.
    pub files: Vec<String>,
    /// Those that take something back, or belong to a tool.
    pub left_out: Vec<String>,
}

/// Sorts the paths of all files below a folder of migrations; `/` stands between their parts.
///
/// Known are the names of Atlas, dbmate, Diesel, Drizzle, Flyway, golang-migrate, goose, Hasura, Prisma, Sqitch's
/// `deploy`, sqlx and Supabase. Files without a number stand behind those with one, by their names.
pub fn migrations(paths: impl IntoIterator<Item = String>) -> Migrations {
    let mut found = Migrations::default();
    for path in paths {
        if !path.to_ascii_lowercase().ends_with(".sql") {
            continue;
        }
        if takes_back(&path) {
            found.left_out.push(path);
        } else {
            found.files.push(path);
        }
    }
    found.files.sort_by(|one, other| compare(one, other));
    found.left_out.sort();
    found
}

/// Whether a file undoes or checks another.
fn takes_back(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    let is_undo_of_flyway = stem.strip_prefix('u').is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_digit()) && rest.contains("__")
    });
    let in_folder = folders
        .split('/')
        .any(|folder| matches!(folder, "down" | "revert" | "verify" | "rollback" | "undo"));
    in_folder
        || is_undo_of_flyway
        || stem == "down"
        || [".down", "_down", "-down", ".undo", ".rollback"]
            .iter()
            .any(|end| stem.ends_with(end))
}

/// By folder and number, then by name.
fn compare(one: &str, other: &str) -> Ordering {
    let (one_key, other_key) = (key(one), key(other));
    one_key.cmp(&other_key).then_with(|| one.cmp(other))
}

/// Numbers first; then what has none; then what Flyway runs again after everything else.
fn key(path: &str) -> (u8, Vec<u128>) {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    if name.starts_with("R__") {
        return (2, Vec::new());
    }
    // With Prisma, Diesel and Hasura the folder has the number.
    std::iter::once(name)
        .chain(parts)
        .find_map(number)
        .map_or((1, Vec::new()), |number| (0, number))
}

/// The number that a name begins with: `V1.2__x`, `0001_x`, `2024-01-31-120000_x`.
fn number(name: &str) -> Option<Vec<u128>> {
    let text = name.strip_prefix(['V', 'v', 'B']).unwrap_or(name);
    let end = text
        .find(|character: char| {
            !character.is_ascii_digit() && !matches!(character, '.' | '_' | '-')
        })
        .unwrap_or(text.len());
    // Two underscores end Flyway's number, and no digits follow them.
    let text = text[..end].split("__").next().unwrap_or_default();
    let numbers: Option<Vec<u128>> = text
        .split(['.', '_', '-'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(paths: &[&str], expected: &[&str]) {
        let mut shuffled: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
        shuffled.reverse();
        assert_eq!(migrations(shuffled).files, expected);
    }

    #[test]
    fn files_run_by_their_numbers() {
        // Flyway.
        check(
            &[
                "R__views.sql",
                "V10__c.sql",
                "V2__b.sql",
                "V1_1__x.sql",
                "V1__a.sql",
                "U2__b.sql",
            ],
            &[
                "V1__a.sql",
                "V1_1__x.sql",
                "V2__b.sql",
                "V10__c.sql",
                "R__views.sql",
            ],
        );
        // golang-migrate, and no zeros in front.
        check(
            &["10_b.up.sql", "10_b.down.sql", "9_a.up.sql", "9_a.down.sql"],
            &["9_a.up.sql", "10_b.up.sql"],
        );
        // Prisma; Hasura and Diesel have two files in a folder.
        check(
            &[
                "20240102_b/migration.sql",
                "20240101_a/migration.sql",
                "migration_lock.toml",
            ],
            &["20240101_a/migration.sql", "20240102_b/migration.sql"],
        );
        check(
            &[
                "2024-01-02-000000_b/up.sql",
                "2024-01-02-000000_b/down.sql",
                "2024-01-01-000000_a/up.sql",
            ],
            &["2024-01-01-000000_a/up.sql", "2024-01-02-000000_b/up.sql"],
        );
        // dbmate, goose, Atlas, Supabase, Drizzle.
        check(
            &[
                "20240101000000_b.sql",
                "00001_a.sql",
                "atlas.sum",
                "meta/_journal.json",
            ],
            &["00001_a.sql", "20240101000000_b.sql"],
        );
        // A schema in several files.
        check(
            &["users.sql", "posts.sql", "1_types.sql"],
            &["1_types.sql", "posts.sql", "users.sql"],
        );
        check(
            &["deploy/a.sql", "revert/a.sql", "verify/a.sql"],
            &["deploy/a.sql"],
        );
    }

    #[test]
    fn what_is_left_out_is_named() {
        let found = migrations(["1_a.down.sql".to_owned(), "1_a.up.sql".to_owned()]);
        assert_eq!(found.left_out, ["1_a.down.sql"]);
    }
}
