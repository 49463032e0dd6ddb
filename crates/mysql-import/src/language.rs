//! Whether a file is in MySQL's SQL, and of which server.

use mysql_model::Server;
use mysql_text::{TokenKind, tokens};

/// Whether a line is the first of a dump.
pub(crate) fn is_header(line: &str) -> bool {
    line.starts_with("-- MySQL dump") || line.starts_with("-- MariaDB dump")
}

/// The server that the beginning of a file names, as dumps do, or gives away by what only that server writes.
pub fn server_of(beginning: &[u8]) -> Option<Server> {
    let text = String::from_utf8_lossy(beginning);
    if text.contains("/*M!") {
        return Some(Server::MariaDb);
    }
    // The client's first line says who made the client, this one says which server answered.
    let told = text
        .lines()
        .find(|line| line.starts_with("-- Server version"))
        .or_else(|| text.lines().find(|line| is_header(line)));
    if let Some(line) = told {
        return Some(if line.to_ascii_lowercase().contains("mariadb") {
            Server::MariaDb
        } else {
            Server::MySql
        });
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&[
        "utf8mb4_0900_",
        "GTID_PURGED",
        "/*!80000",
        "/*!80016",
        "/*!80023",
    ]) {
        Some(Server::MySql)
    } else if has(&[
        "DEFAULT current_timestamp()",
        "utf8mb4_uca1400_",
        "json_valid(`",
    ]) {
        Some(Server::MariaDb)
    } else {
        None
    }
}

/// Whether SQL is MySQL's and not PostgreSQL's: names in backticks, engines, comments that run, unsigned numbers.
pub fn looks_like_mysql(beginning: &[u8]) -> bool {
    let text = String::from_utf8_lossy(beginning);
    if text.contains("/*!") || text.contains("/*M!") || text.lines().any(is_header) {
        return true;
    }
    let found = tokens(&text);
    found.windows(2).any(|pair| {
        let then = |first: &str, second: &str| pair[0].is(first) && pair[1].is(second);
        pair[0].kind == TokenKind::QuotedName
            || then("engine", "=")
            || then("delimiter", pair[1].text)
            || then("charset", "=")
            || then("character", "set")
            || then("lock", "tables")
    }) || found.iter().any(|token| {
        [
            "auto_increment",
            "unsigned",
            "tinyint",
            "mediumint",
            "longtext",
            "mediumtext",
            "datetime",
        ]
        .iter()
        .any(|word| token.is(word))
    })
}

/// Whether a text begins with a word that statements of MySQL begin with, and no Ruby.
pub fn looks_like_sql(beginning: &[u8]) -> bool {
    let text = String::from_utf8_lossy(beginning);
    // Both languages have comments that begin so.
    let first = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or_default();
    let mut words = first.split_whitespace();
    let word = words.next().unwrap_or_default();
    [
        "create",
        "delimiter",
        "drop",
        "grant",
        "lock",
        "rename",
        "replace",
        "use",
    ]
    .iter()
    .any(|known| word.eq_ignore_ascii_case(known))
        && words.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_its_server() {
        for (beginning, expected) in [
            (
                "-- MySQL dump 10.13  Distrib 9.7.4, for Linux",
                Some(Server::MySql),
            ),
            (
                "-- MySQL dump 10.19  Distrib 10.6.12-MariaDB, for debian-linux-gnu",
                Some(Server::MariaDb),
            ),
            (
                "-- MySQL dump 10.13  Distrib 8.0.36\n-- Server version\t10.11.6-MariaDB",
                Some(Server::MariaDb),
            ),
            (
                "/*M!999999\\- enable the sandbox mode */ ",
                Some(Server::MariaDb),
            ),
            (
                "CREATE TABLE a (b int) COLLATE=utf8mb4_0900_ai_ci",
                Some(Server::MySql),
            ),
            ("CREATE TABLE a (b int)", None),
        ] {
            assert_eq!(server_of(beginning.as_bytes()), expected, "{beginning}");
        }
    }

    #[test]
    fn what_is_mysql_is_told_from_what_is_postgresql() {
        for (sql, expected) in [
            ("CREATE TABLE `a` (b int);", true),
            ("create table a (id int auto_increment primary key);", true),
            ("CREATE TABLE a (b int) ENGINE=InnoDB;", true),
            ("/*!40101 SET NAMES utf8 */;", true),
            ("CREATE TABLE \"a\" (b serial, c text);", false),
            ("SELECT '`a`', E'b';", false),
            ("CREATE FUNCTION a() RETURNS int AS $$ SELECT 1 $$;", false),
        ] {
            assert_eq!(looks_like_mysql(sql.as_bytes()), expected, "{sql}");
        }
    }
}
