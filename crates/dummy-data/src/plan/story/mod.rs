//! What joins columns: which follow from others, of the row, of its parents, of its children.
//!
//! A *role* is what a column is in its table: the time of a state, a line's amount, the copy of a parent's name. Roles
//! are read off names (own ones, and those that Japanese comments say), types, labels, keys and neighbours; the words
//! are data (`pools/*/stages.tsv`, `pools/ja/names.tsv`). A *relation* is what follows from them: a column and what
//! its values are made of. [`find`] decides them for the whole schema before any column is built, from facts alone;
//! [`build`] makes generators of them ([`agree`], [`terms`] and [`wordings`] their parts), and gives one up where it would go in a circle or break a constraint.
//!
//! | relation | found in |
//! |---|---|
//! | states with their times, flags, actors and reasons; what happens when it was planned | [`lifecycles`], [`states`], [`labelled`], [`parts`]; [`plans`] |
//! | how far a row is, what it got, whether it was late; what is sent before it is accepted | [`outcomes`], [`progress`]; [`prefixed`] |
//! | amounts of lines; taxes, totals, payments | [`money`], [`money_roles`]; [`documents`], [`payouts`]; [`ledgers`], [`openings`], [`bought`], [`charges`]; [`double_entry`] |
//! | sums that checks want | [`checks`] |
//! | margins, consumptions, parts of what was ordered | [`differences`] |
//! | how long something may take, and took | [`deadlines`], [`brief`] |
//! | what comments say in formulas, of other rows, of the rows that lead here; what checks compute | [`remarks`], [`gathered`]; [`equations`] |
//! | durations; pairs; weights and what there is of each piece; remainders, rates, what a comment says as a formula | [`spans`]; [`pairs`]; [`measures`]; [`sums`], [`formulas`], [`chains`], [`products`]; their signs in [`arithmetic`] |
//! | names and prices copied from a parent, the last of children; means and counts of children | [`copies`], [`beside`]; [`folds`] |
//! | places in a list, numbers in a year, exactly one default | [`sequences`] |
//! | parents, depths and paths in a tree | [`trees`] |
//! | keys that lead to the same tenant; nobody who is their own manager | [`keys`]; [`kin`] |
//! | what comes one after the other | [`successions`] |
//! | what the state of a row became | [`histories`] |
//! | months that rows are about, ages; what comments say in words, and of which rows; flags that numbers decide | [`periods`]; [`said`], [`counts_said`], [`when_said`]; [`conditions`]; [`flags`] |
//! | ages of kinds of people, coordinates, currencies of countries | [`kinds_of_rows`] |
//! | lifecycles and sequences that a configuration gives | [`configured`] |
//! | log-ins, tokens; slugs, files, codes | [`accounts`]; [`texts`], [`codes`], [`put_together`] |

mod accounts;
mod agree;
mod arithmetic;
mod beside;
mod bought;
mod brief;
pub(crate) mod build;
mod chains;
mod charges;
mod checks;
mod codes;
mod conditions;
pub(crate) mod configured;
mod copies;
mod counts_said;
mod deadlines;
mod differences;
mod documents;
mod double_entry;
mod equations;
pub(crate) mod expression;
mod flags;
mod folds;
mod formulas;
mod gathered;
mod histories;
mod keys;
mod kin;
mod kinds_of_rows;
mod labelled;
mod ledgers;
pub(crate) mod lifecycles;
mod lists;
mod measures;
mod money;
mod money_roles;
mod openings;
mod outcomes;
mod pairs;
mod parts;
mod payouts;
mod periods;
mod plans;
mod prefixed;
mod products;
mod progress;
mod put_together;
mod rates;
mod reader;
mod remarks;
mod said;
mod sequences;
pub(crate) mod spans;
mod states;
mod successions;
mod sums;
mod terms;
mod texts;
mod trees;
mod when_said;
pub(crate) mod wordings;
pub(crate) mod words;

pub(crate) use expression::Expr;
pub(crate) use keys::Agreement;
pub(crate) use reader::Named;
pub(crate) use texts::TextRole;

use crate::ids::{ColumnId, Columns, SchemaTables, TableColumns, TableId, TableSlice, Tables};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::narrowing::Narrowing;
use crate::plan::story::lifecycles::Cycle;
use crate::plan::story::reader::Reader;
use crate::request::Request;
use std::collections::BTreeMap;
use value_model::Schema;

/// What a column's values follow from.
#[derive(Debug, Clone)]
pub(crate) enum Relation {
    /// A number or moment.
    Value(Expr),
    /// The state of the table's lifecycle.
    State,
    /// As its name says, but only in some rows.
    OnlyIf(Expr),
    /// The text of a column of the row that a column leads to.
    Copy {
        /// The column that leads there.
        via: ColumnId,
        /// The columns whose texts are joined by a space.
        of: Vec<ColumnId>,
    },
    /// The text of a column of the row to which some columns lead one after the other, none of which is ever NULL.
    CopyFar {
        /// The columns that lead there.
        path: Vec<ColumnId>,
        /// The column.
        of: ColumnId,
    },
    /// The text of the newest of the rows that lead here.
    NewestText {
        /// Their table.
        child: TableId,
        /// Their column that leads here.
        via: ColumnId,
        /// Their text.
        of: ColumnId,
    },
    /// Another text.
    Text(TextRole),
}

/// What was found of all tables.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// By the table's position in the schema.
    pub tables: Tables<TableStory>,
}

impl Story {
    /// Leaves every column of a table to its own name and type.
    fn forget(&mut self, table: TableId) {
        let table = &mut self.tables[table];
        *table = TableStory {
            names: std::mem::take(&mut table.names),
            ..TableStory::default()
        };
    }
}

/// What was found of a table.
#[derive(Debug, Default)]
pub(crate) struct TableStory {
    /// What columns are called, in English.
    pub names: Columns<Named>,
    /// What columns follow from, with a sentence for readers.
    pub relations: BTreeMap<ColumnId, (Relation, String)>,
    /// Its lifecycle.
    pub cycle: Option<Cycle>,
    /// How columns that point to rows agree with others.
    pub agreements: BTreeMap<ColumnId, (Agreement, String)>,
    /// Columns that are known where another one is.
    pub beside: BTreeMap<ColumnId, ColumnId>,
    /// Unique sets that relations keep, by their names.
    pub kept_sets: Vec<String>,
}

/// Finds the relations of a schema.
pub(crate) fn find(
    schema: &Schema,
    facts: &TableSlice<Duties<'_>>,
    request: &Request,
    narrowing: &Narrowing,
) -> Story {
    let mut reader = Reader::new(schema, facts, request);
    let with_rows: Vec<TableId> = facts
        .iter_enumerated()
        .filter(|(_, facts)| facts.no_rows.is_none())
        .map(|(table, _)| table)
        .collect();
    for &table in &with_rows {
        if facts[table].master.is_none() {
            periods::find_lessons(&mut reader, table);
        }
        keys::find(&mut reader, table);
    }
    // A master's rows are as somebody wrote them.
    let made: Vec<TableId> = with_rows
        .into_iter()
        .filter(|&table| facts[table].master.is_none())
        .collect();
    for &table in &made {
        checks::find(&mut reader, table);
        remarks::days(&mut reader, table);
        flags::passed(&mut reader, table);
        trees::find(&mut reader, table);
        configured::keep_sequences(&mut reader, table);
        said::ranks(&mut reader, table);
        sequences::find(&mut reader, table);
        periods::find(&mut reader, table);
        deadlines::find(&mut reader, table);
        lifecycles::find(&mut reader, table);
        successions::find(&mut reader, table);
    }
    // What comments say as formulas comes before what names do.
    for &table in &made {
        remarks::find(&mut reader, table);
        gathered::find(&mut reader, table);
    }
    // Lines before the documents that sum them.
    for &table in &made {
        brief::find(&mut reader, table);
        kin::find_lines(&mut reader, table);
        double_entry::find(&mut reader, table);
        money::find_lines(&mut reader, table);
    }
    for &table in &made {
        charges::find(&mut reader, table);
        progress::find(&mut reader, table);
        said::find(&mut reader, table);
        differences::find(&mut reader, table);
        sums::find_comments(&mut reader, table);
        documents::find_documents(&mut reader, table);
        documents::find_granted(&mut reader, table);
    }
    for &table in &made {
        histories::find(&mut reader, table);
        copies::find(&mut reader, table);
        documents::find_payments(&mut reader, table);
        sums::find(&mut reader, table);
        flags::find(&mut reader, table);
        texts::find(&mut reader, table);
        conditions::find(&mut reader, table);
        prefixed::find(&mut reader, table);
    }
    for &table in &made {
        equations::keep(&mut reader, table);
        equations::give_up(&mut reader, table, narrowing);
    }
    let mut story = reader.story;
    for (table, own) in schema.tables_with_ids() {
        if narrowing.without_story.contains(&own.name.to_string()) {
            story.forget(table);
        }
    }
    story
}

/// Leaves of what tables have to keep what relations don't: takes the unique sets out that these keep, and those that
/// nobody asks for and that have no room. Sets that narrow the plan stay, for their relations were given up before.
pub(crate) fn relieve<'a>(
    mut duties: Tables<Duties<'a>>,
    story: &Story,
    request: &Request,
    narrowing: &Narrowing,
) -> Tables<Duties<'a>> {
    let rows: Tables<u64> = duties
        .iter()
        .map(|facts| match facts.master {
            Some(master) => master.rows.len() as u64,
            None => request.rows_of(facts.table).rows,
        })
        .collect();
    for ((table, duties), story) in duties.iter_mut_enumerated().zip(&story.tables) {
        let choices: Columns<u64> = duties
            .table
            .column_ids()
            .map(|column| {
                duties
                    .reference(column)
                    .map_or(u64::MAX, |reference| reference.choices(&rows))
            })
            .collect();
        let own = duties.table;
        duties.unique_sets.retain(|set| {
            let room = set
                .columns
                .iter()
                .fold(1_u64, |room, &column| room.saturating_mul(choices[column]));
            (!story.kept_sets.contains(&set.name) || narrowing.names(own, &set.name))
                && !(set.implied && room / 4 < rows[table])
        });
    }
    duties
}
