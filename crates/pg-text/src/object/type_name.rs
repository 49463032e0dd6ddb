//! Types as PostgreSQL tells them apart: `int`, `integer` and `pg_catalog.int4` are one, `varchar(3)` and
//! `character varying` too, since arguments have no modifiers.

use crate::cursor::Cursor;
use sql_text::{TokenKind, fold, tokens};
use std::fmt;

/// A type's name as the catalog has it, `int4` or `crew.mood[]`, without modifiers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeName(String);

impl TypeName {
    /// Reads a type's text; none when it isn't one type and nothing else.
    ///
    /// ```
    /// use pg_text::object::TypeName;
    /// let named = |text| TypeName::read(text).map(|name| name.to_string());
    /// assert_eq!(named("character varying(20)[]").as_deref(), Some("varchar[]"));
    /// assert_eq!(named("pg_catalog.int4"), named("INTEGER"));
    /// assert_eq!(named("public.\"Mood\"").as_deref(), Some("Mood"));
    /// assert_eq!(named("a integer"), None);
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let tokens = tokens(text);
        let mut cursor = Cursor::new(text, &tokens);
        let name = read(&mut cursor)?;
        cursor.is_at_end().then_some(name)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// How the grammar spells the types that have keywords, longest first, and what the catalog calls them.
const SPELLINGS: &[(&[&str], &str)] = &[
    (&["national", "character", "varying"], "varchar"),
    (&["national", "char", "varying"], "varchar"),
    (&["character", "varying"], "varchar"),
    (&["char", "varying"], "varchar"),
    (&["nchar", "varying"], "varchar"),
    (&["national", "character"], "bpchar"),
    (&["national", "char"], "bpchar"),
    (&["double", "precision"], "float8"),
    (&["bit", "varying"], "varbit"),
    (&["int"], "int4"),
    (&["integer"], "int4"),
    (&["smallint"], "int2"),
    (&["bigint"], "int8"),
    (&["real"], "float4"),
    (&["float"], "float8"),
    (&["decimal"], "numeric"),
    (&["dec"], "numeric"),
    (&["boolean"], "bool"),
    (&["character"], "bpchar"),
    (&["char"], "bpchar"),
    (&["nchar"], "bpchar"),
];

/// What a word that the grammar has for a type is called in the catalog.
pub fn catalog_name(words: &[&str]) -> Option<(&'static str, usize)> {
    SPELLINGS.iter().find_map(|(spelling, name)| {
        let found = words.len() >= spelling.len()
            && spelling
                .iter()
                .zip(words)
                .all(|(word, next)| word.eq_ignore_ascii_case(next));
        found.then_some((*name, spelling.len()))
    })
}

/// Takes one type.
pub(crate) fn read(cursor: &mut Cursor<'_, '_>) -> Option<TypeName> {
    let mut name = if cursor.accept(&["setof"]) {
        "setof ".to_owned()
    } else {
        String::new()
    };
    name.push_str(&element(cursor)?);
    let mut array = cursor.accept(&["array"]);
    while cursor.accept(&["["]) {
        array = true;
        while !cursor.accept(&["]"]) {
            cursor.next()?;
        }
    }
    if array {
        name.push_str("[]");
    }
    Some(TypeName(name))
}

fn element(cursor: &mut Cursor<'_, '_>) -> Option<String> {
    // Behind its schema a keyword is a name like others.
    let is_bare = cursor.rest().get(1).is_none_or(|next| next.text != ".");
    let words: Vec<&str> = cursor
        .rest()
        .iter()
        .take(3)
        .take_while(|token| token.kind == TokenKind::Word)
        .map(|token| token.text)
        .collect();
    if is_bare && let Some((name, used)) = catalog_name(&words) {
        for _ in 0..used {
            cursor.next();
        }
        let digits = cursor.parenthesis();
        // `float(24)` is a `real`.
        let is_short =
            digits.is_some_and(|digits| digits[0].text.parse().is_ok_and(|digits: u8| digits < 25));
        if words
            .first()
            .is_some_and(|word| word.eq_ignore_ascii_case("float"))
            && is_short
        {
            return Some("float4".to_owned());
        }
        return Some(name.to_owned());
    }
    if is_bare && (cursor.is_at(&["time"]) || cursor.is_at(&["timestamp"])) {
        let word = cursor.next()?.text.to_ascii_lowercase();
        cursor.parenthesis();
        let zoned = cursor.accept(&["with", "time", "zone"]);
        cursor.accept(&["without", "time", "zone"]);
        return Some(if zoned { format!("{word}tz") } else { word });
    }
    if is_bare && cursor.accept(&["interval"]) {
        while ["year", "month", "day", "hour", "minute", "second", "to"]
            .iter()
            .any(|field| cursor.accept(&[field]))
        {}
        cursor.parenthesis();
        return Some("interval".to_owned());
    }
    named(cursor)
}

fn named(cursor: &mut Cursor<'_, '_>) -> Option<String> {
    let mut parts = Vec::new();
    loop {
        let token = cursor.next().filter(|token| token.is_name())?;
        // A digit begins no name.
        parts.push(fold(token.text)?);
        if !cursor.accept(&["."]) {
            break;
        }
    }
    if parts.len() > 1 && matches!(parts[0].as_str(), "public" | "pg_catalog") {
        parts.remove(0);
    }
    let mut name = parts.join(".");
    if cursor.accept(&["%", "type"]) {
        name.push_str("%type");
    }
    cursor.parenthesis();
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, spellings: &[&str]) {
        for spelling in spellings {
            let read = TypeName::read(spelling);
            assert_eq!(
                read.as_ref().map(TypeName::as_str),
                Some(name),
                "{spelling}"
            );
        }
    }

    #[test]
    fn each_type_has_one_name_however_it_is_spelt() {
        check(
            "int4",
            &["int", "INTEGER", "int4", "pg_catalog.int4", "\"int4\""],
        );
        check("int8", &["bigint", "int8"]);
        check("int2", &["smallint"]);
        check(
            "varchar",
            &[
                "varchar",
                "varchar(3)",
                "character varying",
                "CHAR VARYING (20)",
                "national character varying(1)",
            ],
        );
        check("bpchar", &["char", "character(3)", "bpchar", "nchar"]);
        // The type of the catalogs, which only quotes name.
        check("char", &["\"char\"", "pg_catalog.\"char\""]);
        check(
            "float8",
            &["double precision", "float", "float(53)", "float8"],
        );
        check("float4", &["real", "float(1)", "float4"]);
        check("numeric", &["decimal(3, 2)", "dec", "numeric"]);
        check("bool", &["boolean", "bool"]);
        check("varbit", &["bit varying(3)", "varbit"]);
        check("bit", &["bit", "bit(3)"]);
        check(
            "timestamptz",
            &["timestamp(3) with time zone", "timestamptz"],
        );
        check("timestamp", &["timestamp", "timestamp without time zone"]);
        check("timetz", &["time with time zone"]);
        check(
            "interval",
            &["interval", "interval day to second(3)", "interval(2)"],
        );
        check(
            "int4[]",
            &["int[]", "integer[3][4]", "int array", "integer ARRAY[4]"],
        );
        check("setof users", &["SETOF public.users"]);
        check("crew.mood", &["crew.mood", "\"crew\".MOOD"]);
        check("users.name%type", &["users.name%TYPE"]);
        check("geometry", &["geometry(Point, 4326)", "public.geometry"]);
    }

    #[test]
    fn what_is_more_than_a_type_is_none() {
        for text in ["a integer", "", "1", "int int", "(int)", "a.", "int["] {
            assert_eq!(TypeName::read(text), None, "{text}");
        }
    }
}
