//! Statements that are kept word for word, and where they must stand.
//!
//! Most come behind everything else, in the order of the dump. What a table needs (a domain, a function that a
//! default calls, a sequence) comes before the first table that speaks of it. Whether it speaks of it is told by
//! names alone, and in doubt it does: at worst a statement stands earlier than it needs to, but behind the tables that it
//! speaks of itself.

use crate::cursor::Cursor;
use crate::draft_table::DraftTable;
use crate::object::{self, Class, Object};
use pg_model::{ColumnValue, IndexKey, Statement, Table, TypeKind};
use sql_text::word_list;
use std::collections::BTreeSet;

/// A statement that is kept word for word.
#[derive(Debug, Clone)]
pub(crate) struct RawStatement {
    pub(crate) sql: String,
    /// When it was read, compared with tables.
    pub(crate) at: usize,
    /// Where it begins in the file, from 1; 0 for what the file doesn't say.
    pub(crate) line: usize,
    /// What it makes.
    pub(crate) makes: Option<Object>,
    /// What it changes or belongs to: a trigger's table, what a comment is on.
    pub(crate) of: Option<Object>,
    /// The column that it is about.
    pub(crate) column: Option<String>,
    place: Place,
}

/// Where a statement belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Behind all tables.
    Late,
    /// Where it stands in the dump: operators and casts are used without a name.
    AsInDump,
    /// Before the first table that speaks of it.
    BeforeUse { name: String, kind: Kind },
}

/// What kinds of things with names differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It may need tables itself.
    Routine,
    /// It needs nothing, and `pg_dump` puts it behind its table.
    Sequence,
    Other,
}

impl RawStatement {
    pub(crate) fn new(sql: &str, at: usize, line: usize) -> Self {
        let (makes, of, column) = subjects(sql);
        Self {
            sql: sql.to_owned(),
            at,
            line,
            makes,
            of,
            column,
            place: place(sql),
        }
    }

    /// Whether it is about that thing: makes it, changes it or belongs to it.
    pub(crate) fn is_about(&self, object: &Object) -> bool {
        self.makes.as_ref().is_some_and(|made| made.is(object)) || self.belongs_to(object)
    }

    /// Whether it changes that thing, or goes away with it.
    pub(crate) fn belongs_to(&self, object: &Object) -> bool {
        self.of.as_ref().is_some_and(|of| {
            of.is(object)
                || (object.class == Class::Relation && of.on.as_ref() == Some(&object.name))
        })
    }

    /// Whether it speaks of a name outside of texts in quotes, of which PostgreSQL keeps no account either.
    pub(crate) fn speaks_of(&self, name: &str) -> bool {
        speaks_of(&self.sql, name)
    }

    /// Says by which name tables use what the statement gives a new name.
    pub(crate) fn is_used_as(&mut self, name: &str) {
        if let Place::BeforeUse { name: own, .. } = &mut self.place {
            name.clone_into(own);
        }
    }

    /// Another text for the same statement.
    pub(crate) fn rewrite(&mut self, sql: &str) {
        let late = self.place == Place::Late;
        *self = Self::new(sql, self.at, self.line);
        if late {
            self.place = Place::Late;
        }
    }

    /// Whether it makes a routine that speaks of a table and that a text calls, and was read after that moment.
    pub(crate) fn is_called_by(
        &self,
        text: &BTreeSet<String>,
        since: usize,
        tables: &[DraftTable],
    ) -> bool {
        let is_called = self.at > since
            && matches!(&self.place, Place::BeforeUse { name, kind: Kind::Routine } if text.contains(name));
        is_called && {
            let own = words(&self.sql);
            tables
                .iter()
                .any(|draft| own.contains(&draft.table.name.name))
        }
    }

    /// A statement that comes behind all tables, whatever it makes.
    pub(crate) fn late(sql: &str, at: usize) -> Self {
        Self {
            place: Place::Late,
            ..Self::new(sql, at, 0)
        }
    }
}

/// Whether a text speaks of a name, texts in quotes aside.
pub(crate) fn speaks_of(sql: &str, name: &str) -> bool {
    sql_text::words(sql)
        .iter()
        .any(|token| token.is_name() && sql_text::fold(token.text).as_deref() == Some(name))
}

/// Whether a statement takes all columns that a table has when it runs: `SELECT *`, `LIKE`.
pub(crate) fn takes_all_columns(sql: &str) -> bool {
    let tokens = sql_text::words(sql);
    tokens.windows(2).any(|pair| {
        // Not so in `count(*)` and `a * b`.
        pair[1].is("*")
            && ["select", "distinct", "all", "returning", ",", "."]
                .iter()
                .any(|before| pair[0].is(before))
    }) || tokens
        .windows(2)
        .any(|pair| pair[0].is("(") && pair[1].is("like"))
}

/// What a statement makes, what it belongs to, and the column that it is about.
fn subjects(sql: &str) -> (Option<Object>, Option<Object>, Option<String>) {
    if let Some(named) = object::made_by(sql) {
        let mut of = named.object.on.as_ref().map(Object::relation);
        if named.object.class == Class::Other("statistics") {
            let mut cursor = Cursor::new(sql);
            while !cursor.take(&["from"]) && cursor.skip().is_some() {}
            of = cursor.qualified().as_ref().map(Object::relation);
        }
        return (Some(named.object), of, None);
    }
    let mut cursor = Cursor::new(sql);
    if !cursor.take(&["comment", "on"]) && !cursor.take(&["alter"]) {
        return (None, None, None);
    }
    let Some(mut named) = object::named(&mut cursor) else {
        return (None, None, None);
    };
    if named.noun == "table" && (cursor.take(&["alter", "column"]) || cursor.take(&["alter"])) {
        named.column = cursor.identifier();
    }
    (None, Some(named.object), named.column)
}

fn place(sql: &str) -> Place {
    let mut cursor = Cursor::new(sql);
    if cursor.take(&["alter", "operator", "family"]) {
        return Place::AsInDump;
    }
    // What changes something that a table needs is needed too.
    if cursor.take(&["alter"]) {
        return match object::named(&mut cursor) {
            // Whose a sequence is says nothing about what it gives, and a table that becomes unlogged takes its own along.
            Some(named)
                if matches!(named.object.class, Class::Type | Class::Routine)
                    || named.noun == "view"
                    || (named.noun == "sequence" && !cursor.sees(&["owned", "by"])) =>
            {
                Place::BeforeUse {
                    name: named.object.name.name,
                    kind: Kind::Other,
                }
            }
            _ => Place::Late,
        };
    }
    if !cursor.take(&["create"]) {
        return Place::Late;
    }
    cursor.take(&["or", "replace"]);
    while ["unlogged", "recursive", "trusted", "default"]
        .iter()
        .any(|word| cursor.take(&[word]))
    {}
    let unnamed = [
        "operator",
        "cast",
        "conversion",
        "language",
        "procedural",
        "transform",
        "access",
    ];
    if unnamed.iter().any(|kind| cursor.sees(&[kind])) {
        return Place::AsInDump;
    }
    let named: [(&[&str], Kind); 17] = [
        (&["type"], Kind::Other),
        (&["domain"], Kind::Other),
        (&["function"], Kind::Routine),
        (&["procedure"], Kind::Routine),
        (&["aggregate"], Kind::Routine),
        (&["sequence"], Kind::Sequence),
        (&["table"], Kind::Other),
        (&["foreign", "table"], Kind::Other),
        (&["foreign", "data", "wrapper"], Kind::Other),
        (&["server"], Kind::Other),
        (&["collation"], Kind::Other),
        (&["text", "search", "configuration"], Kind::Other),
        (&["text", "search", "dictionary"], Kind::Other),
        (&["text", "search", "parser"], Kind::Other),
        (&["text", "search", "template"], Kind::Other),
        (&["view"], Kind::Other),
        (&["materialized", "view"], Kind::Other),
    ];
    let Some((_, kind)) = named.into_iter().find(|(words, _)| cursor.take(words)) else {
        return Place::Late;
    };
    cursor.take(&["if", "not", "exists"]);
    match cursor.dotted().and_then(|mut parts| parts.pop()) {
        Some(name) => Place::BeforeUse { name, kind },
        None => Place::AsInDump,
    }
}

/// The statements in their order, each with the number of tables before it.
pub(crate) fn order(mut raw: Vec<RawStatement>, tables: &[DraftTable]) -> Vec<Statement> {
    raw.sort_by_key(|statement| statement.at);
    let spoken_of: Vec<BTreeSet<String>> = tables
        .iter()
        .map(|draft| words_of_table(&draft.table))
        .collect();
    let made_at: Vec<usize> = tables.iter().map(DraftTable::made_at).collect();
    let own_words: Vec<BTreeSet<String>> =
        raw.iter().map(|statement| words(&statement.sql)).collect();
    // How many tables stand before each; none for those that nothing is known to need.
    let mut before: Vec<Option<usize>> = vec![None; raw.len()];
    // What a needed statement speaks of is needed too, wherever it stands: the body of a function is no dependency to
    // `pg_dump`, and yet PostgreSQL looks into it when a table uses the function.
    loop {
        let found: Vec<Option<usize>> = raw
            .iter()
            .zip(&own_words)
            .map(|(statement, own)| {
                let in_dump = made_at.iter().filter(|&&at| at < statement.at).count();
                let speaks_of = |table: &DraftTable| own.contains(&table.table.name.name);
                match &statement.place {
                    Place::Late => None,
                    Place::AsInDump => Some(in_dump),
                    Place::BeforeUse { name, kind } => {
                        let first = match kind {
                            Kind::Sequence => 0,
                            Kind::Routine => tables[..in_dump]
                                .iter()
                                .rposition(speaks_of)
                                .map_or(0, |last| last + 1),
                            Kind::Other => in_dump,
                        };
                        let by_table =
                            (first..tables.len()).find(|&table| spoken_of[table].contains(name));
                        let by_statement = before
                            .iter()
                            .zip(&own_words)
                            .filter(|(_, words)| words.contains(name))
                            .filter_map(|(before, _)| before.map(|before| before.max(first)))
                            .min();
                        by_table.into_iter().chain(by_statement).min()
                    }
                }
                .filter(|&before| before < tables.len())
            })
            .collect();
        if found == before {
            break;
        }
        before = found;
    }
    let mut statements: Vec<Statement> = raw
        .into_iter()
        .zip(before)
        .map(|(statement, before)| Statement {
            sql: statement.sql,
            tables_before: before.unwrap_or(tables.len()),
        })
        .collect();
    statements.sort_by_key(|statement| statement.tables_before);
    statements
}

/// The words of a text, as they are and in lower case, and what stands between double quotes, be it inside of another
/// text: `nextval('public."Odd seq"')`.
pub(crate) fn words(sql: &str) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = word_list(sql).map(str::to_owned).collect();
    words.extend(word_list(sql).map(str::to_lowercase));
    if sql.contains('"') {
        words.extend(sql.split('"').map(str::to_owned));
        words.extend(
            sql.replace("\"\"", "\u{0}")
                .split('"')
                .map(|name| name.replace('\u{0}', "\"")),
        );
    }
    words
}

/// The words of all SQL text in a table.
pub(crate) fn words_of_table(table: &Table) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for column in &table.columns {
        found.extend(column.collation.clone());
    }
    for text in texts_of_table(table) {
        found.extend(words(text));
    }
    found
}

/// All SQL text in a table.
pub(crate) fn texts_of_table(table: &Table) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for column in &table.columns {
        if let TypeKind::Other(text) = &column.data_type.kind {
            texts.push(text);
        }
        match &column.value {
            ColumnValue::Default(expression) | ColumnValue::Generated { expression, .. } => {
                texts.push(expression);
            }
            _ => {}
        }
    }
    texts.extend(table.checks.iter().map(|check| check.expression.as_str()));
    for exclusion in &table.own.exclusions {
        texts.push(&exclusion.elements);
        texts.extend(exclusion.predicate.as_deref());
    }
    for index in &table.indexes {
        for part in &index.parts {
            if let IndexKey::Expression(text) = &part.key {
                texts.push(text);
            }
            texts.extend(part.own.operator_class.as_deref());
        }
        texts.extend(index.own.predicate.as_deref());
    }
    texts.extend(table.options.as_deref());
    texts
}
