//! Where the transactions of `01_schema.sql` begin and end.
//!
//! One transaction is what we want: a load that fails changes nothing. But a schema with more relations than a server
//! can lock at once would load nowhere but on a server that somebody configured for it, so such a schema is committed
//! in between.

use super::relations::{relations_of_statement, relations_of_table};
use pg_model::{ForeignKey, QualifiedName, Schema, Table};
use sql_text::{Token, split, words};
use std::collections::HashMap;

/// The most relations in one transaction, by our estimate. Less than half of what a server with default
/// settings has room for: others may be at work on it, and the estimate can't see what SQL of the source makes.
const MOST_RELATIONS: usize = 3_000;

/// What ends one transaction and begins the next.
const COMMIT_IN_BETWEEN: &str = "\n\
    COMMIT;\n\
    -- Too many relations for one transaction: a server with default settings has no room for their locks.\n\
    BEGIN;\n";

/// Writes the beginnings and ends of transactions, and counts what the one that is open locks.
pub(super) struct Transactions<'a> {
    mode: Mode<'a>,
}

enum Mode<'a> {
    /// A statement of the source can't run in a transaction.
    None,
    One,
    Several {
        /// How many relations each table has.
        tables: HashMap<&'a QualifiedName, usize>,
        /// Relations that the open transaction has locked so far.
        locked: usize,
    },
}

impl<'a> Transactions<'a> {
    /// What the schema as a whole needs.
    pub(super) fn of(schema: &'a Schema) -> Self {
        let statements = || schema.statements.iter().map(|statement| &*statement.sql);
        if statements().any(refuses_transaction) {
            return Self { mode: Mode::None };
        }
        let of_tables: usize = schema.tables.iter().map(relations_of_table).sum();
        let of_statements: usize = statements().map(relations_of_statement).sum();
        let mode = if of_tables + of_statements <= MOST_RELATIONS
            || statements().any(relies_on_transaction)
        {
            Mode::One
        } else {
            Mode::Several {
                tables: schema
                    .tables
                    .iter()
                    .map(|table| (&table.name, relations_of_table(table)))
                    .collect(),
                locked: 0,
            }
        };
        Self { mode }
    }

    /// Writes what stands before the first thing.
    pub(super) fn begin(&self, sql: &mut String) {
        sql.push_str(match self.mode {
            Mode::None => "\n-- Not in one transaction: a statement below can't run in one.\n",
            Mode::One | Mode::Several { .. } => "\nBEGIN;\n",
        });
    }

    /// To be called before a table is written.
    pub(super) fn before_table(&mut self, sql: &mut String, table: &Table) {
        self.make_room(sql, |_| relations_of_table(table));
    }

    /// To be called before SQL of the source is written.
    pub(super) fn before_statement(&mut self, sql: &mut String, statement: &str) {
        self.make_room(sql, |_| relations_of_statement(statement));
    }

    /// To be called before a foreign key is written. Returns whether a new transaction begins with it.
    ///
    /// A key locks both tables, and checking it plans a query over them, which locks all their indexes.
    pub(super) fn before_foreign_key(
        &mut self,
        sql: &mut String,
        table: &Table,
        key: &ForeignKey,
    ) -> bool {
        self.make_room(sql, |tables| {
            let own = relations_of_table(table);
            // A table that SQL of the source makes is unknown here; any guess is as good.
            own + tables.get(&key.referenced_table).copied().unwrap_or(own)
        })
    }

    /// Writes what stands after the last thing.
    pub(super) fn end(&self, sql: &mut String) {
        match self.mode {
            Mode::None => {}
            Mode::One | Mode::Several { .. } => sql.push_str("\nCOMMIT;\n"),
        }
    }

    fn make_room(
        &mut self,
        sql: &mut String,
        relations: impl FnOnce(&HashMap<&'a QualifiedName, usize>) -> usize,
    ) -> bool {
        let Mode::Several { tables, locked } = &mut self.mode else {
            return false;
        };
        let more = relations(tables);
        let full = *locked > 0 && *locked + more > MOST_RELATIONS;
        if full {
            sql.push_str(COMMIT_IN_BETWEEN);
            *locked = 0;
        }
        *locked += more;
        full
    }
}

/// Whether PostgreSQL refuses one of the statements inside of a transaction block, or one begins or ends a
/// transaction itself.
pub fn refuses_transaction(sql: &str) -> bool {
    split(sql).into_iter().any(|statement| {
        let words = words(statement);
        let is = |position: usize, any: &[&str]| {
            words
                .get(position)
                .is_some_and(|word: &Token<'_>| any.iter().any(|keyword| word.is(keyword)))
        };
        is(
            0,
            &[
                "vacuum", "begin", "start", "commit", "end", "rollback", "abort",
            ],
        ) || (is(0, &["alter"]) && is(1, &["system"]))
            || (is(0, &["create", "drop"]) && is(1, &["database", "tablespace", "subscription"]))
            || (is(0, &["reindex"]) && is(1, &["database", "system", "schema"]))
            || (is(0, &["create", "drop", "reindex"])
                && words.iter().take(6).any(|word| word.is("concurrently")))
    })
}

/// Whether one of the statements means something for the rest of its transaction, so that a commit behind it would
/// change what follows.
fn relies_on_transaction(sql: &str) -> bool {
    split(sql)
        .into_iter()
        .any(|statement| match words(statement).as_slice() {
            [first, ..] if first.is("savepoint") || first.is("lock") => true,
            [first, second, ..] if first.is("set") => ["local", "constraints", "transaction"]
                .iter()
                .any(|word| second.is(word)),
            _ => false,
        })
}

#[cfg(test)]
mod tests;
