//! Statements that are kept word for word, and where they must stand.
//!
//! Most come behind everything else, in the order of the dump. What a table needs (a domain, a function that a
//! default calls, a sequence) comes before the first table that speaks of it. Whether it speaks of it is told by
//! names alone, and in doubt it does: at worst a statement stands earlier than it needs to, but behind the tables that it
//! speaks of itself.

use crate::cursor::Cursor;
use crate::draft_table::DraftTable;
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
pub(crate) fn order(mut loose: Vec<Loose>, tables: &[DraftTable]) -> Vec<Statement> {
    loose.sort_by_key(|statement| statement.at);
    let spoken_of: Vec<BTreeSet<String>> = tables
        .iter()
        .map(|draft| words_of_table(&draft.table))
        .collect();
    let made_at: Vec<usize> = tables.iter().map(DraftTable::made_at).collect();
    let own_words: Vec<BTreeSet<String>> = loose
        .iter()
        .map(|statement| words(&statement.sql))
        .collect();
    // How many tables stand before each; none for those that nothing is known to need.
    let mut before: Vec<Option<usize>> = vec![None; loose.len()];
    // What a needed statement speaks of is needed too, wherever it stands: the body of a function is no dependency to
    // `pg_dump`, and yet PostgreSQL looks into it when a table uses the function.
    loop {
        let found: Vec<Option<usize>> = loose
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
    let mut statements: Vec<Statement> = loose
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
