//! The rules.

use crate::names;
use crate::remarks::Switches;
use schema_view::{Column, Index, Table, TypeClass, View};

/// A rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, in remarks and on command lines.
    pub name: &'static str,
    /// Whether it holds where nobody says anything.
    pub is_on: bool,
    /// What it wants, as a sentence without its full stop.
    pub wants: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// Something that a rule frowns at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The table, by position.
    pub table: usize,
    /// The column, by position.
    pub column: Option<usize>,
    /// What there is to see, as a sentence without its full stop.
    pub message: String,
}

/// All rules, in the order in which they are told.
pub static RULES: &[Rule] = &[
    Rule {
        name: "foreign_key_index",
        is_on: true,
        wants: "an index that begins with the columns of each foreign key",
        reason: "deleting a row of the other table, or joining from it, reads this whole table otherwise",
    },
    Rule {
        name: "duplicate_index",
        is_on: true,
        wants: "no two indexes that are the same",
        reason: "every write keeps both, and no query needs both",
    },
    Rule {
        name: "money_in_float",
        is_on: true,
        wants: "amounts of money in exact numbers",
        reason: "0.1 + 0.2 isn't 0.3 in floating point, and sums drift apart",
    },
    Rule {
        name: "no_primary_key",
        is_on: false,
        wants: "a primary key on every table",
        reason: "rows can't be told apart, replicated or changed one by one without one; join tables of Rails have none",
    },
    Rule {
        name: "redundant_index",
        is_on: false,
        wants: "no index whose columns another one begins with",
        reason: "the longer one serves the same queries; a short one may still pay where it is much smaller",
    },
    Rule {
        name: "unbounded_unique_text",
        is_on: false,
        wants: "a limit on texts in a unique index",
        reason: "a B-tree takes no value above some 2,700 bytes, and the INSERT that brings one fails",
    },
    Rule {
        name: "reserved_word",
        is_on: false,
        wants: "names that need no quotes",
        reason: "whoever writes SQL by hand must quote a word that SQL has for itself",
    },
    Rule {
        name: "naming",
        is_on: false,
        wants: "names written as nearly all others of the schema are",
        reason: "one odd name is looked up every time it is typed",
    },
    Rule {
        name: "table_comment",
        is_on: false,
        wants: "a comment on every table",
        reason: "a name says what a table is called, not what a row of it is",
    },
    Rule {
        name: "column_comment",
        is_on: false,
        wants: "a comment on every column but `id`, keys and timestamps",
        reason: "whoever reads a value should not have to read the code that wrote it",
    },
];

/// The rule of that name.
fn rule(name: &str) -> &'static Rule {
    RULES
        .iter()
        .find(|rule| rule.name == name)
        .unwrap_or(&RULES[0])
}

/// All findings, table by table.
pub fn lint(view: &View, switches: &Switches) -> Vec<Finding> {
    let mut findings = Vec::new();
    let odd_names = if switches.is_on_anywhere(rule("naming")) {
        names::odd(view)
    } else {
        Vec::new()
    };
    for (position, table) in view.tables.iter().enumerate() {
        let mut of_table: Vec<(&'static str, Option<usize>, String)> = Vec::new();
        if !view.indexes_keys {
            foreign_key_index(table, &mut of_table);
        }
        duplicates(table, &mut of_table);
        if table.primary_key.is_empty() && table.partition_of.is_none() {
            of_table.push(("no_primary_key", None, "it has no primary key".to_owned()));
        }
        unbounded_unique_text(table, &mut of_table);
        if table.is_reserved {
            of_table.push((
                "reserved_word",
                None,
                "its name is a word of SQL".to_owned(),
            ));
        }
        if table.comment.is_none() {
            of_table.push(("table_comment", None, "it has no comment".to_owned()));
        }
        for (at, column) in table.columns.iter().enumerate() {
            column_rules(table, at, column, &mut of_table);
        }
        let odd = odd_names.iter().filter(|(table, _, _)| *table == position);
        of_table.extend(odd.map(|(_, column, why)| ("naming", *column, why.clone())));
        findings.extend(of_table.into_iter().filter_map(|(name, column, message)| {
            let rule = rule(name);
            switches.is_on(rule, position, column).then_some(Finding {
                rule,
                table: position,
                column,
                message,
            })
        }));
    }
    findings
}

type Found = Vec<(&'static str, Option<usize>, String)>;

fn position(table: &Table, column: &str) -> Option<usize> {
    table.columns.iter().position(|one| one.name == column)
}

fn foreign_key_index(table: &Table, found: &mut Found) {
    for key in table.keys.iter().filter(|key| !key.by_name) {
        let begins = |columns: &[String]| {
            columns.len() >= key.columns.len()
                && columns[..key.columns.len()]
                    .iter()
                    .all(|column| key.columns.contains(column))
        };
        let serves = |index: &Index| {
            // The condition may be that the key isn't null, which no row with a parent breaks.
            let is_whole = index.predicate.as_deref().is_none_or(|predicate| {
                let words = predicate.to_lowercase().replace(['(', ')', '"'], "");
                key.columns
                    .iter()
                    .any(|column| words.trim() == format!("{column} is not null"))
            });
            let leading: Vec<String> = index.parts.iter().map(|part| leading_name(part)).collect();
            is_whole && matches!(index.method.as_str(), "" | "hash") && begins(&leading)
        };
        if begins(&table.primary_key) || table.indexes.iter().any(serves) {
            continue;
        }
        found.push((
            "foreign_key_index",
            key.columns
                .first()
                .and_then(|column| position(table, column)),
            format!(
                "the foreign key on ({}) to {} has no index",
                key.columns.join(", "),
                key.table
            ),
        ));
    }
}

/// A part's column, without what orders it.
fn leading_name(part: &str) -> String {
    let upper = part.to_uppercase();
    let ends = [" ASC", " DESC", " NULLS FIRST", " NULLS LAST"];
    let end = ends.iter().filter_map(|end| upper.find(end)).min();
    part[..end
        .filter(|end| part.is_char_boundary(*end))
        .unwrap_or(part.len())]
        .to_owned()
}

fn duplicates(table: &Table, found: &mut Found) {
    for (at, index) in table.indexes.iter().enumerate() {
        let is_same = |earlier: &&Index| index.definition() == earlier.definition();
        if let Some(earlier) = table.indexes[..at].iter().find(is_same) {
            let message = match (index.unique, earlier.unique) {
                (true, false) => superfluous(&earlier.name, &index.name),
                (false, true) => superfluous(&index.name, &earlier.name),
                _ => format!("`{}` is the same index as `{}`", index.name, earlier.name),
            };
            found.push(("duplicate_index", None, message));
        }
        let Some(columns) = index.plain_columns().filter(|_| index.predicate.is_none()) else {
            continue;
        };
        if columns == table.primary_key {
            found.push((
                "duplicate_index",
                None,
                format!("`{}` is on the columns of the primary key", index.name),
            ));
            continue;
        }
        let longer = table.indexes.iter().find(|other| {
            let others = other.plain_columns().filter(|_| other.predicate.is_none());
            others.is_some_and(|others| others.len() > columns.len() && others.starts_with(columns))
        });
        if let Some(longer) = longer.filter(|_| !index.unique && index.include.is_empty()) {
            found.push((
                "redundant_index",
                None,
                format!(
                    "`{}` begins with the columns of `{}`",
                    longer.name, index.name
                ),
            ));
        } else if !index.unique
            && index.include.is_empty()
            && table.primary_key.len() > columns.len()
            && table.primary_key.starts_with(columns)
        {
            found.push((
                "redundant_index",
                None,
                format!(
                    "the primary key begins with the columns of `{}`",
                    index.name
                ),
            ));
        }
    }
}

/// Of two indexes on the same, of which one is unique, the other one does nothing.
fn superfluous(name: &str, unique: &str) -> String {
    format!("`{name}` is on the same as `{unique}`, which is unique besides")
}

/// Bytes of a value that a B-tree of PostgreSQL takes (a third of a page), with four to a character.
const MOST_CHARACTERS: u32 = 2704 / 4;

fn unbounded_unique_text(table: &Table, found: &mut Found) {
    for index in table.indexes.iter().filter(|index| index.unique) {
        let Some(columns) = &index.columns else {
            continue;
        };
        for name in columns {
            let Some(at) = position(table, name) else {
                continue;
            };
            let column = &table.columns[at];
            let is_long = column.class == TypeClass::Text
                && column
                    .most_characters
                    .is_none_or(|most| most > MOST_CHARACTERS);
            // A check of its length bounds it as well.
            let is_checked = table.checks.iter().any(|check| {
                check.definition.contains(name.as_str()) && check.definition.contains("length")
            });
            if is_long && !is_checked {
                found.push((
                    "unbounded_unique_text",
                    Some(at),
                    format!("`{}` is unique on a text without a limit", index.name),
                ));
            }
        }
    }
}

/// Words of columns that hold money.
const MONEY: [&str; 22] = [
    "price", "prices", "amount", "cost", "costs", "fee", "fees", "salary", "wage", "balance",
    "revenue", "budget", "payment", "deposit", "refund", "subtotal", "tax", "cash", "debt",
    "credit", "discount", "money",
];

fn column_rules(table: &Table, at: usize, column: &Column, found: &mut Found) {
    let words: Vec<String> = column.name.split('_').map(str::to_lowercase).collect();
    // A rate or a share of money is no money.
    let is_ratio = [
        "rate",
        "ratio",
        "percent",
        "percentage",
        "share",
        "factor",
        "score",
        "weight",
    ]
    .iter()
    .any(|word| words.iter().any(|own| own == word));
    let is_money = words.iter().any(|word| MONEY.contains(&word.as_str())) && !is_ratio;
    if column.class == TypeClass::Float && is_money {
        found.push((
            "money_in_float",
            Some(at),
            format!("it looks like money, and {} isn't exact", column.type_text),
        ));
    }
    if column.is_reserved {
        found.push((
            "reserved_word",
            Some(at),
            "its name is a word of SQL".to_owned(),
        ));
    }
    if column.comment.is_none() && !table.says_itself(&column.name) {
        found.push(("column_comment", Some(at), "it has no comment".to_owned()));
    }
}
