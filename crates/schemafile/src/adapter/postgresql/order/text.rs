//! What a piece of SQL makes, and of what it speaks.
//!
//! No statement is parsed. What it makes stands behind `CREATE`; what it needs are names, and where a name stands says how
//! sure it is that the thing of that name is meant: behind `FROM` it is a relation, before a parenthesis a function.

use super::thing::{Kind, Thing};
use pg_model::QualifiedName;
use pg_text::guarded_statements;
use sql_text::{Token, TokenKind, fold, split, string_value, tokens};

/// A name as it stands in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// `schema.table.column`, as far as it is said.
    pub(super) parts: Vec<String>,
    /// What stands before it: a word in lower case, a symbol, or nothing.
    pub(super) before: String,
    /// Whether a parenthesis follows it.
    pub(super) is_called: bool,
}

/// What is known of a piece of SQL.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) makes: Vec<Thing>,
    /// What it finds there, and makes more of: by `ALTER TYPE`, by `ALTER TABLE … ADD COLUMN`.
    pub(super) extends: Vec<Thing>,
    pub(super) drops: Vec<Thing>,
    /// What it speaks of itself.
    pub(super) needs: Vec<Name>,
    /// What the body of a function or of a block speaks of, which matters when it runs.
    pub(super) body: Vec<Name>,
    /// What to call it in a message: `view "a"`.
    pub(super) shown: Option<String>,
    /// Whether it runs what it speaks of, and not only refers to it.
    pub(super) runs: bool,
}

impl Piece {
    /// Reads SQL text, which may be several statements.
    pub(super) fn read(sql: &str) -> Self {
        let mut piece = Self::default();
        for statement in split(sql) {
            match guarded_statements(statement) {
                Some(parts) => parts.iter().for_each(|part| piece.add(part)),
                None => piece.add(statement),
            }
        }
        // What it makes itself it needn't find.
        let makes = &piece.makes;
        let is_own = |name: &Name| {
            makes
                .iter()
                .any(|thing| name.means(thing).is_some() && thing.kind != Kind::Namespace)
        };
        let own: Vec<bool> = piece.needs.iter().map(is_own).collect();
        let mut own = own.into_iter();
        piece.needs.retain(|_| !own.next().unwrap_or(false));
        piece
    }

    fn add(&mut self, statement: &str) {
        let tokens = tokens(statement);
        let word = |at: usize| {
            tokens
                .get(at)
                .map(|token| token.text.to_ascii_lowercase())
                .unwrap_or_default()
        };
        let first = word(0);
        let defined = Defined::of(&tokens);
        let has_body = first == "do"
            || first == "create"
                && defined
                    .as_ref()
                    .is_some_and(|defined| defined.kind == Kind::Routine);
        let (outside, literals): (Vec<Token<'_>>, Vec<Token<'_>>) = if has_body {
            tokens
                .iter()
                .copied()
                .partition(|token| token.kind != TokenKind::Literal)
        } else {
            (tokens.clone(), Vec::new())
        };
        self.needs.extend(names(&outside));
        for body in literals {
            let inner = inner(body.text);
            self.body.extend(names(&sql_text::tokens(&inner)));
        }
        let is_query = (1..tokens.len()).any(|at| word(at - 1) == "as" && word(at) == "select");
        let without_rows = statement
            .to_ascii_lowercase()
            .trim_end()
            .ends_with("no data");
        self.runs |= match first.as_str() {
            "select" | "insert" | "update" | "delete" | "with" | "do" | "call" | "refresh"
            | "copy" => true,
            "create" => {
                (word(1) == "materialized" || word(1).ends_with("table") && is_query)
                    && !without_rows
                    || (1..4).any(|at| word(at) == "index")
            }
            _ => false,
        };
        let Some(defined) = defined else {
            return;
        };
        match first.as_str() {
            "create" => {
                if let Some(thing) = defined.thing() {
                    let shown = || format!("{} \"{}\"", defined.word, thing.name);
                    self.shown.get_or_insert_with(shown);
                    self.makes.push(thing);
                }
            }
            "drop" => self.drops.extend(defined.thing()),
            "alter" => self.alter(&defined, &tokens),
            _ => {}
        }
    }

    fn alter(&mut self, defined: &Defined, tokens: &[Token<'_>]) {
        // Under its new name it is another thing to whoever names it.
        let renamed = tokens.windows(3).find_map(|words| {
            let is_new = words[0].is("rename") && words[1].is("to") && words[2].is_name();
            is_new.then(|| fold(words[2].text)).flatten()
        });
        if let Some(new) = renamed
            && let Some(mut thing) = defined.thing()
        {
            thing.name.name = new;
            self.makes.push(thing);
        }
        match defined.kind {
            Kind::Type => self.extends.extend(defined.thing()),
            Kind::Relation => {
                let table = defined.name();
                for (at, token) in tokens.iter().enumerate() {
                    if !token.is("add") {
                        continue;
                    }
                    let mut next = at + 1;
                    while tokens.get(next).is_some_and(|word| {
                        ["column", "if", "not", "exists"]
                            .iter()
                            .any(|skipped| word.is(skipped))
                    }) {
                        next += 1;
                    }
                    let column = tokens.get(next).filter(|token| token.is_name());
                    let Some(column) = column.and_then(|token| fold(token.text)) else {
                        continue;
                    };
                    if ![
                        "constraint",
                        "check",
                        "unique",
                        "primary",
                        "foreign",
                        "exclude",
                    ]
                    .contains(&column.as_str())
                        && let Some(table) = table.clone()
                    {
                        self.extends.push(Thing {
                            kind: Kind::Column(table),
                            name: QualifiedName::bare(column),
                        });
                    }
                }
            }
            _ => {}
        }
    }
}

/// What a `CREATE`, `ALTER` or `DROP` is about.
struct Defined {
    kind: Kind,
    /// The kind in SQL's word for it.
    word: String,
    parts: Vec<String>,
}

impl Defined {
    fn of(tokens: &[Token<'_>]) -> Option<Self> {
        const MODIFIERS: [&str; 17] = [
            "or",
            "replace",
            "temp",
            "temporary",
            "unlogged",
            "global",
            "local",
            "recursive",
            "unique",
            "constraint",
            "trusted",
            "procedural",
            "default",
            "foreign",
            "event",
            "materialized",
            "data",
        ];
        let is_word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
        if !["create", "alter", "drop"]
            .iter()
            .any(|verb| is_word(0, verb))
        {
            return None;
        }
        let mut at = 1;
        while MODIFIERS.iter().any(|modifier| is_word(at, modifier)) {
            at += 1;
        }
        let word = tokens.get(at)?.text.to_ascii_lowercase();
        let kind = match word.as_str() {
            "view" | "table" | "sequence" | "index" => Kind::Relation,
            "function" | "procedure" | "aggregate" | "routine" => Kind::Routine,
            "type" | "domain" => Kind::Type,
            "schema" => Kind::Namespace,
            "extension" => Kind::Extension,
            "text" => {
                at += 2;
                Kind::Other
            }
            "collation" | "role" | "user" | "group" | "server" | "language" | "wrapper"
            | "tablespace" => Kind::Other,
            _ => return None,
        };
        at += 1;
        while ["if", "not", "exists", "concurrently", "only"]
            .iter()
            .any(|skipped| is_word(at, skipped))
        {
            at += 1;
        }
        // An index may have no name.
        if is_word(at, "on") {
            return None;
        }
        let (parts, _) = name_at(tokens, at)?;
        Some(Self { kind, word, parts })
    }

    fn name(&self) -> Option<QualifiedName> {
        match self.parts.as_slice() {
            [name] => Some(QualifiedName::bare(name)),
            [.., schema, name] => Some(QualifiedName::in_schema(schema, name)),
            [] => None,
        }
    }

    fn thing(&self) -> Option<Thing> {
        Some(Thing {
            kind: self.kind.clone(),
            name: self.name()?,
        })
    }
}

/// The names of a text: each word that may be one, and each literal that holds nothing but one.
pub(super) fn names_of_text(sql: &str) -> Vec<Name> {
    names(&tokens(sql))
}

fn names(tokens: &[Token<'_>]) -> Vec<Name> {
    let mut names = Vec::new();
    let mut at = 0;
    let mut before = String::new();
    // Names that the statement gives for itself, `WITH name AS (`.
    let mut own: Vec<String> = Vec::new();
    while let Some(token) = tokens.get(at) {
        if token.kind == TokenKind::Literal {
            names.extend(name_in_literal(token.text));
            "'".clone_into(&mut before);
            at += 1;
            continue;
        }
        let Some((parts, next)) = name_at(tokens, at) else {
            token.text.clone_into(&mut before);
            at += 1;
            continue;
        };
        let follows = |offset: usize, word: &str| {
            tokens
                .get(next + offset)
                .is_some_and(|token| token.is(word))
        };
        if follows(0, "as")
            && (follows(1, "(") || follows(1, "materialized"))
            && (before == "with" || before == "recursive" || before == ",")
        {
            own.extend(parts.last().cloned());
        }
        let word = parts.last().cloned().unwrap_or_default();
        names.push(Name {
            is_called: follows(0, "("),
            parts,
            before: std::mem::replace(&mut before, word),
        });
        at = next;
    }
    names.retain(|name| !matches!(name.parts.as_slice(), [only] if own.contains(only)));
    names
}

/// The name that begins at a token, with the position of what follows it.
fn name_at(tokens: &[Token<'_>], at: usize) -> Option<(Vec<String>, usize)> {
    let mut parts = Vec::new();
    let mut at = at;
    loop {
        let token = tokens.get(at).filter(|token| token.is_name())?;
        parts.push(fold(token.text)?);
        at += 1;
        let goes_on = tokens.get(at).is_some_and(|token| token.text == ".")
            && tokens.get(at + 1).is_some_and(Token::is_name);
        if !goes_on {
            return Some((parts, at));
        }
        at += 1;
    }
}

/// `'orders_id_seq'`, as `nextval` has it: a name in a literal.
fn name_in_literal(literal: &str) -> Option<Name> {
    let value = string_value(literal)?;
    let inner = tokens(&value);
    let (parts, next) = name_at(&inner, 0)?;
    let is_called = inner.get(next).is_some_and(|token| token.text == "(");
    (inner.len() == next || is_called).then(|| Name {
        parts,
        before: "'".to_owned(),
        is_called,
    })
}

/// What stands in a literal, be it quoted or between dollars.
fn inner(literal: &str) -> String {
    if let Some(value) = string_value(literal) {
        return value;
    }
    let Some(tag) = literal.strip_prefix('$').and_then(|rest| rest.find('$')) else {
        return literal.to_owned();
    };
    let delimiter = &literal[..tag + 2];
    let body = literal.strip_prefix(delimiter).unwrap_or_default();
    body.strip_suffix(delimiter).unwrap_or(body).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(sql: &str) -> Vec<String> {
        let piece = Piece::read(sql);
        let things = piece.makes.iter().chain(&piece.extends);
        things.map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_statement_makes_stands_behind_its_kind() {
        for (sql, expected) in [
            (
                "CREATE OR REPLACE VIEW a.\"B\" AS SELECT 1",
                "view or table \"a.B\"",
            ),
            (
                "create materialized view if not exists m as select 1",
                "view or table \"m\"",
            ),
            (
                "CREATE UNIQUE INDEX CONCURRENTLY i ON t (x)",
                "view or table \"i\"",
            ),
            (
                "CREATE OR REPLACE FUNCTION public.F(a int) RETURNS int AS $$ select 1 $$",
                "function \"public.f\"",
            ),
            ("CREATE DOMAIN email AS citext", "type \"email\""),
            (
                "CREATE TEXT SEARCH CONFIGURATION ja (COPY = simple)",
                "\"ja\"",
            ),
            ("ALTER TYPE mood ADD VALUE 'x'", "type \"mood\""),
            (
                "ALTER SEQUENCE shop.a RENAME TO b",
                "view or table \"shop.b\"",
            ),
            (
                "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"",
                "extension \"uuid-ossp\"",
            ),
        ] {
            assert_eq!(made(sql), [expected], "{sql}");
        }
        for sql in [
            "CREATE INDEX ON t (x)",
            "GRANT SELECT ON v TO r",
            "SELECT 1",
        ] {
            assert!(made(sql).is_empty(), "{sql}");
        }
        assert_eq!(
            made(
                "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int, ADD b text, ADD CONSTRAINT c CHECK (true)"
            ),
            ["column \"a\" of \"t\"", "column \"b\" of \"t\""]
        );
    }

    #[test]
    fn a_body_is_told_from_what_stands_around_it() {
        let piece = Piece::read(
            "CREATE FUNCTION f(x a) RETURNS SETOF b LANGUAGE sql AS $q$ SELECT * FROM c $q$",
        );
        let has = |names: &[Name], name: &str| names.iter().any(|found| found.parts == [name]);
        assert!(has(&piece.needs, "a") && has(&piece.needs, "b") && !has(&piece.needs, "c"));
        assert!(has(&piece.body, "c") && !has(&piece.body, "a"));
        assert!(!piece.runs);
    }

    #[test]
    fn names_of_a_with_are_the_statement_s_own() {
        let piece = Piece::read(
            "CREATE VIEW v AS WITH a AS (SELECT 1), b AS (SELECT 2) SELECT * FROM a, b, c",
        );
        let has = |name: &str| piece.needs.iter().any(|found| found.parts == [name]);
        assert!(!has("a") && !has("b") && has("c"));
    }

    #[test]
    fn what_runs_is_told_from_what_refers() {
        for (sql, runs) in [
            ("CREATE MATERIALIZED VIEW m AS SELECT f()", true),
            (
                "CREATE MATERIALIZED VIEW m AS SELECT f() WITH NO DATA",
                false,
            ),
            ("CREATE TABLE t AS SELECT f()", true),
            ("CREATE INDEX i ON t (f(x))", true),
            ("CREATE VIEW v AS SELECT f()", false),
            ("CREATE TABLE t (x int)", false),
            ("INSERT INTO t SELECT f()", true),
        ] {
            assert_eq!(Piece::read(sql).runs, runs, "{sql}");
        }
    }
}
