//! Statements that are kept word for word, and where they must stand.
//!
//! Most come behind everything else, in the order of the dump. What a table needs (a domain, a function that a
//! default calls, a sequence) comes before the first table that speaks of it. Whether it speaks of it is told by
//! names alone: at worst a statement stands earlier than it needs to, and it never stands earlier than in the dump.

use crate::cursor::Cursor;
use crate::draft::DraftTable;
use schema_model::{ColumnValue, IndexKey, Statement, Table, TypeKind};
use sql_text::word_list;
use std::collections::BTreeSet;

/// A statement that is kept word for word.
#[derive(Debug)]
pub(crate) struct Loose {
    sql: String,
    /// When it was read, compared with tables.
    at: usize,
    place: Place,
}

/// Where a statement belongs.
#[derive(Debug, PartialEq, Eq)]
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

impl Loose {
    pub(crate) fn new(sql: &str, at: usize) -> Self {
        Self {
            sql: sql.to_owned(),
            at,
            place: place(sql),
        }
    }

    /// Whether it makes a routine that a text calls, and was read after that moment.
    pub(crate) fn is_called_by(&self, words: &BTreeSet<String>, since: usize) -> bool {
        self.at > since
            && matches!(&self.place, Place::BeforeUse { name, kind: Kind::Routine } if words.contains(name))
    }

    /// A statement that comes behind all tables, whatever it makes.
    pub(crate) fn late(sql: &str, at: usize) -> Self {
        Self {
            sql: sql.to_owned(),
            at,
            place: Place::Late,
        }
    }
}

fn place(sql: &str) -> Place {
    let mut cursor = Cursor::new(sql);
    if cursor.take(&["alter", "operator", "family"]) {
        return Place::AsInDump;
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
        "text",
        "collation",
        "server",
    ];
    if unnamed.iter().any(|kind| cursor.sees(&[kind])) || cursor.sees(&["foreign", "data"]) {
        return Place::AsInDump;
    }
    let named: [(&[&str], Kind); 10] = [
        (&["type"], Kind::Other),
        (&["domain"], Kind::Other),
        (&["function"], Kind::Routine),
        (&["procedure"], Kind::Routine),
        (&["aggregate"], Kind::Routine),
        (&["sequence"], Kind::Sequence),
        (&["table"], Kind::Other),
        (&["foreign", "table"], Kind::Other),
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
pub(crate) fn order(mut loose: Vec<Loose>, tables: &[DraftTable]) -> Vec<Statement> {
    loose.sort_by_key(|statement| statement.at);
    let spoken_of: Vec<BTreeSet<String>> = tables
        .iter()
        .map(|draft| words_of_table(&draft.table))
        .collect();
    let made_at: Vec<usize> = tables.iter().map(DraftTable::made_at).collect();
    // From the last to the first, so that what a needed statement needs is known to be needed.
    let mut placed: Vec<(usize, Statement)> = Vec::new();
    let mut needed: Vec<(usize, BTreeSet<String>)> = Vec::new();
    for statement in loose.into_iter().rev() {
        let in_dump = made_at.iter().filter(|&&at| at < statement.at).count();
        let before = match &statement.place {
            Place::Late => None,
            Place::AsInDump => Some(in_dump),
            Place::BeforeUse { name, kind } => {
                let first = if *kind == Kind::Sequence { 0 } else { in_dump };
                let by_table = (first..tables.len()).find(|&table| spoken_of[table].contains(name));
                let by_statement = needed
                    .iter()
                    .filter(|(_, words)| words.contains(name))
                    .map(|(before, _)| *before)
                    .min();
                by_table.into_iter().chain(by_statement).min()
            }
        }
        .filter(|&before| before < tables.len());
        if let Some(before) = before {
            needed.push((before, words(&statement.sql)));
        }
        placed.push((
            statement.at,
            Statement {
                sql: statement.sql,
                tables_before: before.unwrap_or(tables.len()),
            },
        ));
    }
    placed.reverse();
    let mut statements: Vec<Statement> =
        placed.into_iter().map(|(_, statement)| statement).collect();
    statements.sort_by_key(|statement| statement.tables_before);
    statements
}

/// The words of a text, as they are and in lower case.
pub(crate) fn words(sql: &str) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = word_list(sql).map(str::to_owned).collect();
    words.extend(word_list(sql).map(str::to_lowercase));
    words
}

/// The words of all SQL text in a table.
fn words_of_table(table: &Table) -> BTreeSet<String> {
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
        texts.extend(column.collation.as_deref());
    }
    texts.extend(table.checks.iter().map(|check| check.expression.as_str()));
    for exclusion in &table.exclusions {
        texts.push(&exclusion.elements);
        texts.extend(exclusion.predicate.as_deref());
    }
    for index in &table.indexes {
        for part in &index.parts {
            if let IndexKey::Expression(text) = &part.key {
                texts.push(text);
            }
            texts.extend(part.operator_class.as_deref());
        }
        texts.extend(index.predicate.as_deref());
    }
    texts.extend(table.options.as_deref());
    let mut found = BTreeSet::new();
    for text in texts {
        found.extend(words(text));
    }
    found
}
