//! What a statement is about: the thing that a `CREATE` makes, and that `DROP`, `ALTER` and `COMMENT ON` name.
//!
//! Two names are the same thing when PostgreSQL finds the same thing by them: whatever is a relation shares its
//! names with all relations, a routine is told apart by the types that it takes, a trigger by its table.

use crate::cursor::{Cursor, list};
use pg_model::{QualifiedName, TypeKind};
use pg_text::data_type;

/// One thing of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) class: Class,
    pub(crate) name: QualifiedName,
    /// The table of a trigger, a policy, a rule or a constraint.
    pub(crate) on: Option<QualifiedName>,
    /// What a routine takes, when the statement says it.
    pub(crate) takes: Option<Vec<Parameter>>,
}

/// Within which things a name is taken once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Tables, views, sequences and indexes.
    Relation,
    /// Functions, procedures and aggregates.
    Routine,
    /// Types and domains.
    Type,
    Schema,
    Extension,
    Trigger,
    Policy,
    Rule,
    Constraint,
    /// Any other, by its noun.
    Other(&'static str),
    /// What belongs to the server: databases, roles, tablespaces.
    OfServer,
    /// What may hold a password.
    Secret,
}

/// How a name is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Bare,
    Qualified,
    WithParameters,
    OnTable,
    /// `a.b.c`, of which the last is a column.
    Column,
    /// Words with no name of one word: `(text AS date)`.
    Text,
}

const KINDS: [(&[&str], Class, Form); 42] = [
    (&["table"], Class::Relation, Form::Qualified),
    (&["view"], Class::Relation, Form::Qualified),
    (&["materialized", "view"], Class::Relation, Form::Qualified),
    (&["foreign", "table"], Class::Relation, Form::Qualified),
    (&["sequence"], Class::Relation, Form::Qualified),
    (&["index"], Class::Relation, Form::Qualified),
    (&["column"], Class::Relation, Form::Column),
    (&["type"], Class::Type, Form::Qualified),
    (&["domain"], Class::Type, Form::Qualified),
    (&["function"], Class::Routine, Form::WithParameters),
    (&["procedure"], Class::Routine, Form::WithParameters),
    (&["routine"], Class::Routine, Form::WithParameters),
    (&["aggregate"], Class::Routine, Form::WithParameters),
    (&["trigger"], Class::Trigger, Form::OnTable),
    (&["policy"], Class::Policy, Form::OnTable),
    (&["rule"], Class::Rule, Form::OnTable),
    (&["constraint"], Class::Constraint, Form::OnTable),
    (&["schema"], Class::Schema, Form::Bare),
    (&["extension"], Class::Extension, Form::Bare),
    (&["database"], Class::OfServer, Form::Bare),
    (&["role"], Class::OfServer, Form::Bare),
    (&["user", "mapping"], Class::Secret, Form::Text),
    (&["user"], Class::OfServer, Form::Bare),
    (&["group"], Class::OfServer, Form::Bare),
    (&["tablespace"], Class::OfServer, Form::Bare),
    (&["subscription"], Class::Secret, Form::Bare),
    (
        &["event", "trigger"],
        Class::Other("event trigger"),
        Form::Bare,
    ),
    (&["publication"], Class::Other("publication"), Form::Bare),
    (&["language"], Class::Other("language"), Form::Bare),
    (
        &["procedural", "language"],
        Class::Other("language"),
        Form::Bare,
    ),
    (&["transform"], Class::Other("transform"), Form::Text),
    (&["server"], Class::Other("server"), Form::Bare),
    (
        &["foreign", "data", "wrapper"],
        Class::Other("foreign data wrapper"),
        Form::Bare,
    ),
    (
        &["access", "method"],
        Class::Other("access method"),
        Form::Bare,
    ),
    (&["statistics"], Class::Other("statistics"), Form::Qualified),
    (&["collation"], Class::Other("collation"), Form::Qualified),
    (&["conversion"], Class::Other("conversion"), Form::Qualified),
    (
        &["text", "search"],
        Class::Other("text search object"),
        Form::Qualified,
    ),
    (
        &["operator", "class"],
        Class::Other("operator class"),
        Form::Text,
    ),
    (
        &["operator", "family"],
        Class::Other("operator family"),
        Form::Text,
    ),
    (&["operator"], Class::Other("operator"), Form::Text),
    (&["cast"], Class::Other("cast"), Form::Text),
];

/// A thing that a statement names, and how it was met.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) object: Object,
    /// The column, when the statement is about one.
    pub(crate) column: Option<String>,
    /// Whether the statement does nothing when the thing isn't there (`IF EXISTS`), or when it is (`IF NOT EXISTS`).
    pub(crate) conditional: bool,
    /// The kind's first word, as the statement has it.
    pub(crate) noun: &'static str,
}

/// What a `CREATE` makes; none for other statements, and for what has no name of its own.
pub(crate) fn made_by(sql: &str) -> Option<Named> {
    let mut cursor = Cursor::new(sql);
    if !cursor.take(&["create"]) {
        return None;
    }
    while cursor.take(&["or", "replace"])
        || [
            "temp",
            "temporary",
            "unlogged",
            "local",
            "global",
            "recursive",
            "unique",
            "constraint",
            "trusted",
            "procedural",
            "default",
        ]
        .iter()
        .any(|word| cursor.take(&[word]))
    {}
    let mut named = named(&mut cursor)?;
    // An index lies where its table does, whatever the statement says.
    if named.noun == "index" {
        cursor.take(&["on"]);
        cursor.take(&["only"]);
        let table = cursor.qualified()?;
        named.object.name.schema.clone_from(&table.schema);
        named.object.on = Some(table);
    }
    Some(named)
}

/// What `ALTER` or `COMMENT ON` is about; the cursor goes on behind its name.
pub(crate) fn named(cursor: &mut Cursor<'_>) -> Option<Named> {
    let (words, class, form) = *KINDS.iter().find(|(words, ..)| cursor.take(words))?;
    if words == ["text", "search"] {
        cursor.skip();
    }
    cursor.take(&["concurrently"]);
    let conditional = cursor.take(&["if", "exists"]) || cursor.take(&["if", "not", "exists"]);
    cursor.take(&["only"]);
    let (object, column) = name(cursor, class, form)?;
    // Behind a table's name: `*` for all that inherit from it.
    if class == Class::Relation {
        cursor.take(&["*"]);
    }
    Some(Named {
        object,
        column,
        conditional,
        noun: words[0],
    })
}

/// All things that a `DROP` names, and whether what depends on them goes too.
pub(crate) fn dropped(cursor: &mut Cursor<'_>) -> Option<(Vec<Named>, bool)> {
    let (words, class, form) = *KINDS.iter().find(|(words, ..)| cursor.take(words))?;
    if words == ["text", "search"] {
        cursor.skip();
    }
    cursor.take(&["concurrently"]);
    let conditional = cursor.take(&["if", "exists"]);
    let mut all = Vec::new();
    loop {
        let (object, column) = name(cursor, class, form)?;
        all.push(Named {
            object,
            column,
            conditional,
            noun: words[0],
        });
        if !cursor.take(&[","]) {
            break;
        }
    }
    let cascade = cursor.take(&["cascade"]);
    cursor.take(&["restrict"]);
    cursor.is_at_end().then_some((all, cascade))
}

fn name(cursor: &mut Cursor<'_>, class: Class, form: Form) -> Option<(Object, Option<String>)> {
    let mut object = Object {
        class,
        name: QualifiedName::bare(""),
        on: None,
        takes: None,
    };
    let mut column = None;
    match form {
        Form::Bare => object.name = QualifiedName::bare(cursor.identifier()?),
        Form::Qualified => object.name = cursor.qualified()?,
        Form::WithParameters => {
            object.name = cursor.qualified()?;
            if cursor.sees(&["("]) {
                object.takes = Some(parameters(cursor.parenthesised()?));
            }
        }
        Form::OnTable => {
            object.name = QualifiedName::bare(cursor.identifier()?);
            while !cursor.take(&["on"]) && !cursor.take(&["to"]) {
                cursor.skip()?;
            }
            let of_domain = cursor.take(&["domain"]);
            // `CREATE RULE r AS ON DELETE TO t`: the event isn't the table.
            if class == Class::Rule
                && ["select", "insert", "update", "delete"]
                    .iter()
                    .any(|event| cursor.take(&[event]))
            {
                cursor.take(&["to"]);
            }
            object.on = cursor.qualified();
            if of_domain {
                object.class = Class::Other("domain constraint");
            }
        }
        Form::Column => {
            let mut parts = cursor.dotted()?;
            column = Some(parts.pop()?);
            object.name = crate::cursor::from_parts(parts)?;
        }
        Form::Text => {
            // What it takes, or how it is made, is no part of the name.
            let ends_at_parenthesis = matches!(class, Class::Other("operator" | "transform"));
            let text = cursor.text_until(|at| {
                [
                    "cascade", "restrict", "is", "with", "without", "default", "for", "as",
                    "options", "add", "drop", "set", "owner", "using", "rename",
                ]
                .iter()
                .any(|word| at.sees(&[word]))
                    || (ends_at_parenthesis && at.sees(&["("]))
            });
            let words: Vec<&str> = sql_text::tokens(text)
                .iter()
                .map(|token| token.text)
                .collect();
            object.name = QualifiedName::bare(words.join(" ").replace("public . ", ""));
            if cursor.take(&["using"]) {
                cursor.identifier()?;
            }
            if ends_at_parenthesis && cursor.sees(&["("]) {
                cursor.parenthesised()?;
            }
        }
    }
    Some((object, column))
}

impl Object {
    /// Something among relations.
    pub(crate) fn relation(name: &QualifiedName) -> Self {
        Self {
            class: Class::Relation,
            name: name.clone(),
            on: None,
            takes: None,
        }
    }

    /// Whether both are the same thing, as far as what they say tells.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let by_table = matches!(
            self.class,
            Class::Trigger
                | Class::Policy
                | Class::Rule
                | Class::Constraint
                | Class::Other("domain constraint")
        );
        let same_parameters = match (&self.takes, &other.takes) {
            (Some(one), Some(other)) => {
                let counted = |all: &[Parameter]| -> Vec<Parameter> {
                    all.iter()
                        .filter(|parameter| !parameter.is_result)
                        .cloned()
                        .collect()
                };
                let (one, other) = (counted(one), counted(other));
                one.len() == other.len()
                    && one
                        .iter()
                        .zip(&other)
                        .all(|(one, other)| one.types.iter().any(|own| other.types.contains(own)))
            }
            _ => true,
        };
        self.class == other.class
            && self.name == other.name
            && (!by_table || self.on == other.on)
            && same_parameters
    }
}

/// One of the things that a routine takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// The type that the text names: whether its first word is a name or part of the type can't be told without a catalogue,
    /// so both are here.
    types: Vec<String>,
    /// Whether it only gives a value back.
    is_result: bool,
}

fn parameters(text: &str) -> Vec<Parameter> {
    list(text).into_iter().map(parameter).collect()
}

fn parameter(text: &str) -> Parameter {
    let mut cursor = Cursor::new(text);
    let mut is_result = false;
    loop {
        if cursor.take(&["out"]) {
            is_result = true;
        } else if !(cursor.take(&["inout"]) || cursor.take(&["in"]) || cursor.take(&["variadic"])) {
            break;
        }
    }
    let whole =
        cursor.text_until(|at| at.sees(&["default"]) || at.sees(&["="]) || at.sees(&["order"]));
    let mut types = vec![type_name(whole)];
    let mut behind = Cursor::new(whole);
    if behind.identifier().is_some() && !behind.is_at_end() && !behind.sees(&["."]) {
        types.push(type_name(behind.rest()));
    }
    Parameter { types, is_result }
}

/// A type as all its spellings have it in common.
fn type_name(text: &str) -> String {
    let text = text.strip_prefix("public.").unwrap_or(text);
    let read = data_type::read(&crate::table::unquoted_type(text)).data_type;
    let name = match read.kind {
        TypeKind::Varchar { .. } => "varchar".to_owned(),
        TypeKind::Char { .. } => "char".to_owned(),
        TypeKind::Numeric { .. } => "numeric".to_owned(),
        TypeKind::Timestamp { with_time_zone, .. } => format!("timestamp {with_time_zone}"),
        TypeKind::Time { with_time_zone, .. } => format!("time {with_time_zone}"),
        TypeKind::Interval { .. } => "interval".to_owned(),
        TypeKind::Bit { .. } => "bit".to_owned(),
        TypeKind::BitVarying { .. } => "varbit".to_owned(),
        TypeKind::Other(text) => data_type::plain_name(data_type::before_modifiers(&text))
            .map_or_else(|| text.to_lowercase(), |name| name.to_string()),
        kind => format!("{kind:?}"),
    };
    if read.array { name + "[]" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_same(create: &str, drop: &str, expected: bool) {
        let made = made_by(create).unwrap().object;
        let mut cursor = Cursor::new(drop);
        cursor.take(&["drop"]);
        let (dropped, _) = dropped(&mut cursor).unwrap();
        assert_eq!(
            dropped[0].object.is(&made),
            expected,
            "{made:?} and {dropped:?}"
        );
    }

    #[test]
    fn a_thing_is_found_however_it_is_spelt() {
        for (create, drop) in [
            (
                "CREATE OR REPLACE FUNCTION public.f(a integer, b text DEFAULT 'x'::text) RETURNS int AS 'x'",
                "DROP FUNCTION f(int, text)",
            ),
            (
                "CREATE FUNCTION f(IN a varchar(3), OUT b int) AS 'x'",
                "DROP FUNCTION IF EXISTS public.f(character varying)",
            ),
            (
                "CREATE FUNCTION f(a double precision, timestamp with time zone) AS 'x'",
                "DROP ROUTINE f(float8, b timestamptz) CASCADE",
            ),
            (
                "CREATE FUNCTION f(a public.mood[]) AS 'x'",
                "DROP FUNCTION f(mood[])",
            ),
            ("CREATE FUNCTION f(a int) AS 'x'", "DROP FUNCTION f"),
            (
                "CREATE MATERIALIZED VIEW a.v AS SELECT 1",
                "DROP MATERIALIZED VIEW a.\"v\"",
            ),
            (
                "CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON public.t EXECUTE FUNCTION f()",
                "DROP TRIGGER tr ON t",
            ),
            (
                "CREATE RULE r AS ON DELETE TO public.t DO NOTHING",
                "DROP RULE r ON public.t",
            ),
            (
                "CREATE POLICY \"P x\" ON t FOR ALL",
                "DROP POLICY \"P x\" ON public.t",
            ),
            (
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a.t (b)",
                "DROP INDEX CONCURRENTLY a.i",
            ),
            (
                "CREATE CAST (text AS public.d) WITH INOUT",
                "DROP CAST (text AS d)",
            ),
            (
                "CREATE OPERATOR public.=== (LEFTARG = d)",
                "DROP OPERATOR public.===(d, d)",
            ),
            (
                "CREATE TEXT SEARCH CONFIGURATION public.c (PARSER = x)",
                "DROP TEXT SEARCH CONFIGURATION public.c",
            ),
            ("CREATE UNLOGGED SEQUENCE s", "DROP SEQUENCE public.s"),
            (
                "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
                "DROP EVENT TRIGGER e",
            ),
            (
                "CREATE OPERATOR CLASS public.oc DEFAULT FOR TYPE d USING btree AS OPERATOR 1 <",
                "DROP OPERATOR CLASS public.oc USING btree",
            ),
            (
                "CREATE OPERATOR FAMILY f USING gist",
                "DROP OPERATOR FAMILY public.f USING gist CASCADE",
            ),
            (
                "CREATE TRANSFORM FOR public.hstore LANGUAGE plperl (FROM SQL WITH FUNCTION f(internal))",
                "DROP TRANSFORM FOR hstore LANGUAGE plperl",
            ),
            (
                "CREATE OR REPLACE PROCEDURAL LANGUAGE plperl",
                "DROP LANGUAGE plperl",
            ),
            ("CREATE DOMAIN d AS int", "DROP TYPE d"),
        ] {
            check_same(create, drop, true);
        }
        for (create, drop) in [
            ("CREATE FUNCTION f(a int) AS 'x'", "DROP FUNCTION f(text)"),
            ("CREATE FUNCTION f(a int) AS 'x'", "DROP FUNCTION f()"),
            (
                "CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION f()",
                "DROP TRIGGER tr ON u",
            ),
            ("CREATE VIEW a.v AS SELECT 1", "DROP VIEW v"),
        ] {
            check_same(create, drop, false);
        }
    }
}
