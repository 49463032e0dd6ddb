//! What a server calls things is known to its module alone: a third kind of server is a third module.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Words of one server's.
const WORDS: [&str; 9] = [
    "pg_",
    "information_schema",
    "CREATE ",
    "DROP ",
    "GRANT ",
    "mysqldump",
    "MYSQL_",
    "POSTGRES_",
    "/tcp",
];

fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn only_the_modules_of_servers_know_their_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (inside, outside): (Vec<_>, Vec<_>) = sources(&root)
        .into_iter()
        .partition(|path| path.starts_with(root.join("engine")));
    let knows = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        let known = WORDS.into_iter().find(|word| product.contains(word));
        known.map(|word| format!("{}: {word}", path.display()))
    };
    assert!(inside.iter().any(|path| knows(path).is_some()));
    let found: Vec<String> = outside.iter().filter_map(knows).collect();
    assert_eq!(found, Vec::<String>::new());
}
