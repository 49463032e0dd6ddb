//! Names of columns, as dumps write them: in the head of an INSERT, or in the CREATE TABLE before it.

use crate::keys::statement::TABLE_KINDS;
use crate::rules::Rules;
use crate::words::{self, Reader, Word, words};

/// What begins an element of CREATE TABLE that is no column. In `PostgreSQL` such words are reserved.
const STANDARD: &[&str] = &[
    "primary",
    "unique",
    "constraint",
    "check",
    "foreign",
    "like",
];

/// What else does in `MySQL`, where a column of that name stands in quotes.
const MYSQL: &[&str] = &["key", "index", "fulltext", "spatial", "period"];

/// The table and the columns that a statement makes, if it is CREATE TABLE.
pub(crate) fn created(statement: &str, rules: Rules) -> Option<(String, Vec<String>)> {
    let words = words(statement, rules);
    let mut reader = Reader { words: &words };
    if !reader.take("create") {
        return None;
    }
    reader.take_all(TABLE_KINDS);
    if !reader.take("table") {
        return None;
    }
    reader.take_if_not_exists();
    let table = reader.table()?;
    let columns = reader.parenthesis()?.into_iter().filter_map(|element| {
        let first = element.first()?;
        let is_no_column = STANDARD.iter().any(|word| first.is(word))
            || (rules.has_backticks() && MYSQL.iter().any(|word| first.is(word)));
        if is_no_column {
            None
        } else {
            written(first, rules)
        }
    });
    Some((table, columns.collect()))
}

/// The name that a word is, in quotes where it must be.
pub(crate) fn written(word: &Word, rules: Rules) -> Option<String> {
    match word {
        Word::Bare(name) => Some(name.clone()),
        Word::Quoted(name) if is_plain(name) => Some(name.clone()),
        Word::Quoted(name) => Some(quoted(name, rules)),
        Word::Mark(_) | Word::Text => None,
    }
}

/// The name in the dialect's quotes.
fn quoted(name: &str, rules: Rules) -> String {
    let quote = if rules.has_backticks() { '`' } else { '"' };
    let inner = name.replace(quote, &String::from_iter([quote, quote]));
    format!("{quote}{inner}{quote}")
}

/// The name as an INSERT may have it, from one that is shown without needless backticks or stands in double quotes.
pub(crate) fn for_insert(name: &str, rules: Rules) -> String {
    if rules.has_backticks() {
        quoted(&words::name(name), rules)
    } else {
        name.to_owned()
    }
}

/// The name without backticks that it doesn't need to be read again: `MySQL`'s dumps put all names into them.
pub(crate) fn shown(name: &str) -> String {
    let parts: Vec<&str> = name
        .split('.')
        .map(|part| {
            let inner = part
                .strip_prefix('`')
                .and_then(|part| part.strip_suffix('`'));
            inner.filter(|inner| is_plain(inner)).unwrap_or(part)
        })
        .collect();
    parts.join(".")
}

/// Whether a name means the same with and without quotes, in lower case as keywords are compared.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_from_keys() {
        let (table, columns) = created(
            "CREATE TABLE `T x` (\n `id` int, `key` text, `Name` text,\n PRIMARY KEY (`id`), KEY `k` (`key`),\n \
             FULLTEXT KEY f (`key`), CONSTRAINT `c` CHECK (`id` > 0)\n) ENGINE=InnoDB",
            Rules::MYSQL,
        )
        .unwrap();
        assert_eq!(table, "T x");
        assert_eq!(columns, ["id", "key", "`Name`"]);
        let (table, columns) = created(
            "CREATE UNLOGGED TABLE public.t (\n id bigint DEFAULT nextval('a,b'), key text, \"Name\" numeric(1,2),\n \
             CONSTRAINT c CHECK (((a, b) > 0))\n)",
            Rules::POSTGRESQL,
        )
        .unwrap();
        assert_eq!(table, "t");
        assert_eq!(columns, ["id", "key", "\"Name\""]);
        assert_eq!(created("CREATE VIEW v AS SELECT 1", Rules::MYSQL), None);
    }

    #[test]
    fn names_are_shown_without_needless_backticks() {
        assert_eq!(shown("`shop`.`users`"), "shop.users");
        assert_eq!(shown("`Users`"), "`Users`");
        assert_eq!(shown("`a.b`"), "`a.b`");
        assert_eq!(for_insert("order", Rules::MYSQL), "`order`");
        assert_eq!(for_insert("`Users`", Rules::MYSQL), "`Users`");
        assert_eq!(for_insert("\"Users\"", Rules::POSTGRESQL), "\"Users\"");
    }
}
