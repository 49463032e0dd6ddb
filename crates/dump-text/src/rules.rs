//! How a database writes texts, names and comments: the differences between SQL dumps, as data.
//!
//! `PostgreSQL` documentation, "Lexical Structure"; `MySQL` Reference Manual, "Literal Values", "Comments", "Schema Object
//! Names", "mysql Client Commands"; `MariaDB` is the same but for its own `/*M!`.

use memchr::memmem;

/// The lexical rules of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rules {
    /// A backslash takes the next character's meaning away within `'…'`.
    pub backslashes: bool,
    /// What stands around names. If it isn't the double quote, that stands around texts.
    pub name_quote: u8,
    /// `$tag$ … $tag$` and `E'…'` are texts.
    pub dollars: bool,
    /// `#` begins a comment, `--` only before a space; `/*! … */` is no comment, comments aren't nested, and the client's
    /// `DELIMITER` says what ends a statement.
    pub executable_comments: bool,
}

impl Rules {
    /// As `pg_dump` and gen-dummy write for PostgreSQL.
    pub const POSTGRESQL: Self = Self {
        backslashes: false,
        name_quote: b'"',
        dollars: true,
        executable_comments: false,
    };

    /// As `mysqldump`, `mariadb-dump` and gen-dummy write for `MySQL` and `MariaDB`.
    pub const MYSQL: Self = Self {
        backslashes: true,
        name_quote: b'`',
        dollars: false,
        executable_comments: true,
    };

    /// Whether names stand in backticks.
    pub(crate) fn has_backticks(self) -> bool {
        self.name_quote == b'`'
    }

    /// The rules that a line tells, if it tells any. The first line of a dump that does decides.
    pub fn told_by(line: &[u8]) -> Option<Self> {
        const POSTGRESQL: [&[u8]; 8] = [
            b"PostgreSQL",
            b"pg_catalog",
            b"standard_conforming_strings",
            b"OVERRIDING ",
            b"SET LOCAL ",
            b" public.",
            b"\\restrict ",
            b" FROM stdin",
        ];
        const MYSQL: [&[u8]; 7] = [
            b"`",
            b"/*!",
            b"/*M!",
            b"-- MySQL dump",
            b"-- MariaDB dump",
            b"SET NAMES utf8",
            b"ENGINE=",
        ];
        let has = |marks: &[&[u8]]| marks.iter().any(|mark| memmem::find(line, mark).is_some());
        // A comment of the other kind of dump may speak of anything; these marks begin its very first lines.
        if has(&MYSQL[3..5]) {
            return Some(Self::MYSQL);
        }
        if has(&POSTGRESQL) {
            return Some(Self::POSTGRESQL);
        }
        has(&MYSQL).then_some(Self::MYSQL)
    }

    /// The rules of some SQL: those that its first telling line tells, or PostgreSQL's, which are the standard's.
    pub fn of(sql: &str) -> Self {
        sql.lines()
            .find_map(|line| Self::told_by(line.as_bytes()))
            .unwrap_or(Self::POSTGRESQL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_tells_whose_it_is() {
        for line in [
            "/*M!999999\\- enable the sandbox mode */ ",
            "-- MySQL dump 10.13  Distrib 9.7.4, for Linux (x86_64)",
            "-- MySQL dump of a PostgreSQL application",
            "SET NAMES utf8mb4;",
            "INSERT INTO `users` VALUES (1);",
        ] {
            assert_eq!(
                Rules::told_by(line.as_bytes()),
                Some(Rules::MYSQL),
                "{line}"
            );
        }
        for line in [
            "-- PostgreSQL database dump",
            "INSERT INTO public.users VALUES (1, '`');",
            "SET standard_conforming_strings = on;",
            "COPY users (id) FROM stdin;",
        ] {
            let told = Rules::told_by(line.as_bytes());
            assert_eq!(told, Some(Rules::POSTGRESQL), "{line}");
        }
        assert_eq!(Rules::told_by(b"--"), None);
        assert_eq!(
            Rules::of("--\nINSERT INTO users VALUES (1);"),
            Rules::POSTGRESQL
        );
    }
}
