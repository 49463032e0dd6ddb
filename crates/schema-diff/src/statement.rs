//! SQL that the source hands over as it is: cut into statements, and what each of them makes.
//!
//! Nothing here understands SQL. It finds where a statement ends, and reads the head of the kinds
//! whose undoing follows from their head alone. The rest has no known opposite and is left to a person.

pub(crate) use sql_text::split;
use sql_text::{Token, words};

/// What a `CREATE` statement makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    /// The name as the statement spells it, with its schema.
    pub(crate) name: String,
    /// What the name is found by in other SQL: its last part, without quotes.
    pub(crate) word: String,
    /// What stands after the name in a `DROP`: arguments of a function, table of a trigger.
    suffix: String,
    /// Where the name, and the arguments of a function, end in the statement's text.
    head_end: usize,
}

/// Kinds of things that can be taken away by a statement made from their head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    View,
    MaterializedView,
    Trigger,
    EventTrigger,
    Policy,
    Rule,
    Index,
    Function,
    Procedure,
    Domain,
    Type,
    Sequence,
    Table,
}

impl Kind {
    /// Whether it holds nothing but what the source says of it, and stands on tables: it may be
    /// taken away and made again whenever they change.
    pub(crate) fn is_derived(self) -> bool {
        matches!(
            self,
            Self::View
                | Self::MaterializedView
                | Self::Trigger
                | Self::EventTrigger
                | Self::Policy
                | Self::Rule
                | Self::Index
        )
    }

    /// Whether rows or a position are lost with it.
    pub(crate) fn holds_data(self) -> bool {
        matches!(self, Self::Sequence | Self::Table)
    }

    /// Whether it is code, which can be replaced in place.
    pub(crate) fn is_routine(self) -> bool {
        matches!(self, Self::Function | Self::Procedure)
    }

    /// Its name in SQL, in lower case.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Trigger => "trigger",
            Self::EventTrigger => "event trigger",
            Self::Policy => "policy",
            Self::Rule => "rule",
            Self::Index => "index",
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::Domain => "domain",
            Self::Type => "type",
            Self::Sequence => "sequence",
            Self::Table => "table",
        }
    }
}

impl Object {
    /// The statement that takes it away.
    pub(crate) fn drop_sql(&self) -> String {
        format!(
            "DROP {} {}{};\n",
            self.kind.noun().to_uppercase(),
            self.name,
            self.suffix
        )
    }

    /// Whether two statements make the same thing, whatever they make of it.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.name.eq_ignore_ascii_case(&other.name)
            && squeeze(&self.suffix) == squeeze(&other.suffix)
    }
}

/// What a statement makes, when it is of a known kind.
pub(crate) fn recognise(sql: &str) -> Option<Object> {
    let found = words(sql);
    let mut words = found.iter().peekable();
    let mut next_is = |word: &str| words.next_if(|next| next.is(word)).is_some();
    if !next_is("create") {
        return None;
    }
    let _replaces = next_is("or") && next_is("replace");
    while ["unlogged", "recursive", "constraint", "unique"]
        .iter()
        .any(|word| next_is(word))
    {}
    let kind = if next_is("materialized") {
        next_is("view").then_some(Kind::MaterializedView)?
    } else if next_is("event") {
        next_is("trigger").then_some(Kind::EventTrigger)?
    } else {
        [
            ("view", Kind::View),
            ("trigger", Kind::Trigger),
            ("policy", Kind::Policy),
            ("rule", Kind::Rule),
            ("index", Kind::Index),
            ("function", Kind::Function),
            ("procedure", Kind::Procedure),
            ("domain", Kind::Domain),
            ("type", Kind::Type),
            ("sequence", Kind::Sequence),
            ("table", Kind::Table),
        ]
        .into_iter()
        .find_map(|(word, kind)| next_is(word).then_some(kind))?
    };
    if kind == Kind::Index {
        next_is("concurrently");
    }
    if next_is("if") && !(next_is("not") && next_is("exists")) {
        return None;
    }
    let rest: Vec<&Token<'_>> = words.collect();
    object(sql, kind, &rest)
}

fn object(sql: &str, kind: Kind, rest: &[&Token<'_>]) -> Option<Object> {
    let (name, used) = dotted_name(rest)?;
    let after = &rest[used..];
    let mut head_end = rest[used - 1].end;
    let mut name_text = name.join(".");
    let mut suffix = String::new();
    match kind {
        Kind::Trigger | Kind::Policy | Kind::Rule => {
            // A rule is `ON` an event `TO` a table.
            let before_table = if kind == Kind::Rule { "to" } else { "on" };
            let on = after.iter().position(|word| word.is(before_table))?;
            let (table, _) = dotted_name(&after[on + 1..])?;
            suffix = format!(" ON {}", table.join("."));
        }
        Kind::Index => {
            // An index without a name begins with ON; one with a name lives in its table's schema.
            after.first().filter(|word| word.is("on"))?;
            let skip = 1 + usize::from(after.get(1).is_some_and(|word| word.is("only")));
            let (table, _) = dotted_name(after.get(skip..)?)?;
            if let [schema, _] = table.as_slice() {
                name_text = format!("{schema}.{name_text}");
            }
        }
        Kind::Function | Kind::Procedure => {
            let (arguments, end) = arguments(sql, after)?;
            suffix = format!("({arguments})");
            head_end = end;
        }
        _ => {}
    }
    let word = name.last()?.trim_matches('"').replace("\"\"", "\"");
    Some(Object {
        kind,
        name: name_text,
        word,
        suffix,
        head_end,
    })
}

/// The statement with `OR REPLACE`, when only what stands behind the head changed and the server lets
/// that be replaced: a routine that returns the same.
pub(crate) fn replacing(old: &str, new: &str) -> Option<String> {
    let (before, after) = (recognise(old)?, recognise(new)?);
    if !before.is_same_as(&after)
        || !before.kind.is_routine()
        || returned(old, before.head_end) != returned(new, after.head_end)
    {
        return None;
    }
    let words = words(new);
    if words.get(1)?.is("or") {
        return Some(new.to_owned());
    }
    let create_end = words.first()?.end;
    Some(format!(
        "{} OR REPLACE{}",
        &new[..create_end],
        &new[create_end..]
    ))
}

/// What stands between a routine's arguments and its body or language.
fn returned(sql: &str, head_end: usize) -> String {
    let tail = &sql[head_end..];
    let end = words(tail)
        .iter()
        .find(|word| {
            [
                "as",
                "language",
                "immutable",
                "stable",
                "volatile",
                "strict",
                "begin",
            ]
            .iter()
            .any(|stop| word.is(stop))
        })
        .map_or(tail.len(), |word| word.end);
    squeeze(&tail[..end])
}

/// `name` or `schema.name`, and how many words it took.
fn dotted_name(words: &[&Token<'_>]) -> Option<(Vec<String>, usize)> {
    let mut parts = vec![words.first().filter(|word| word.is_name())?.text.to_owned()];
    let mut used = 1;
    while words.get(used).is_some_and(|word| word.text == ".") {
        parts.push(
            words
                .get(used + 1)
                .filter(|word| word.is_name())?
                .text
                .to_owned(),
        );
        used += 2;
    }
    Some((parts, used))
}

/// The arguments of a routine without their defaults, and where the closing parenthesis ends.
fn arguments(sql: &str, words: &[&Token<'_>]) -> Option<(String, usize)> {
    let open = words.first().filter(|word| word.text == "(")?;
    let mut depth = 0_usize;
    let mut pieces = Vec::new();
    let mut start = open.end;
    let mut default_at = None;
    for word in words {
        match word.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        let closes = depth == 0;
        if closes || (depth == 1 && word.text == ",") {
            let end = default_at.take().unwrap_or(word.start());
            pieces.push(sql[start..end].trim());
            start = word.end;
        } else if depth == 1 && default_at.is_none() && (word.is("default") || word.text == "=") {
            default_at = Some(word.start());
        }
        if closes {
            return Some((pieces.join(", "), word.end));
        }
    }
    None
}

/// White space doesn't count, nor does case: good enough to tell whether a head changed.
fn squeeze(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_drop(sql: &str, expected: &str) {
        let object = recognise(sql).unwrap_or_else(|| panic!("not recognised: {sql}"));
        assert_eq!(object.drop_sql().trim_end(), expected);
    }

    #[test]
    fn what_is_made_can_be_taken_away() {
        check_drop("CREATE VIEW v AS SELECT 1", "DROP VIEW v;");
        check_drop(
            "create or replace view \"My\".v AS SELECT 1",
            "DROP VIEW \"My\".v;",
        );
        check_drop(
            "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1",
            "DROP MATERIALIZED VIEW m;",
        );
        check_drop(
            "-- when\nCREATE TRIGGER t BEFORE UPDATE OF a ON s.x FOR EACH ROW EXECUTE FUNCTION f()",
            "DROP TRIGGER t ON s.x;",
        );
        check_drop(
            "CREATE FUNCTION f(a integer DEFAULT 1 + (2), b numeric(3, 2) = 0) RETURNS int LANGUAGE sql AS ''",
            "DROP FUNCTION f(a integer, b numeric(3, 2));",
        );
        check_drop(
            "CREATE FUNCTION f() RETURNS int AS $$ $$",
            "DROP FUNCTION f();",
        );
        check_drop("CREATE UNIQUE INDEX i ON s.t (a)", "DROP INDEX s.i;");
        check_drop(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
            "DROP INDEX i;",
        );
        check_drop(
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
            "DROP EVENT TRIGGER e;",
        );
        check_drop(
            "CREATE OR REPLACE RULE r AS ON INSERT TO s.t DO ALSO (SELECT 1; SELECT 2)",
            "DROP RULE r ON s.t;",
        );
        check_drop("CREATE DOMAIN d AS text", "DROP DOMAIN d;");
        check_drop("CREATE SEQUENCE s", "DROP SEQUENCE s;");
    }

    #[test]
    fn what_has_no_known_opposite_is_left_alone() {
        for sql in [
            "INSERT INTO t VALUES (1)",
            "ALTER TABLE t ADD COLUMN x int",
            "CREATE INDEX ON t (a)",
            "CREATE",
            "CREATE FUNCTION f",
            "",
        ] {
            assert_eq!(recognise(sql), None, "{sql}");
        }
    }

    #[test]
    fn a_body_can_be_replaced_and_a_result_cannot() {
        let old = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'";
        let body = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 2'";
        assert_eq!(
            replacing(old, body).as_deref(),
            Some("CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 2'")
        );
        let result = "CREATE FUNCTION f(a int) RETURNS text LANGUAGE sql AS 'SELECT 2'";
        assert_eq!(replacing(old, result), None);
    }
}
