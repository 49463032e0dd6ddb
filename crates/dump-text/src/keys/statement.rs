//! The keys that a statement makes.

use super::{ForeignKey, Keys};
use crate::columns;
use crate::rules::Rules;
use crate::words::{Reader, Word, split};

/// What may stand between CREATE and TABLE.
pub(crate) const TABLE_KINDS: &[&str] = &["unlogged", "temporary", "temp", "global", "local"];

/// Takes the keys that a statement makes, if it makes any.
pub(super) fn read(words: &[Word], rules: Rules, keys: &mut Keys) {
    let mut reader = Reader { words };
    if reader.take("create") {
        if reader.take("unique") {
            unique_index(&mut reader, keys);
        } else {
            reader.take_all(TABLE_KINDS);
            if reader.take("table") {
                create_table(&mut reader, rules, keys);
            }
        }
    } else if reader.take("alter") && reader.take("table") {
        alter_table(&mut reader, keys);
    }
}

fn unique_index(reader: &mut Reader<'_>, keys: &mut Keys) {
    if !reader.take("index") {
        return;
    }
    reader.take("concurrently");
    reader.take_if_not_exists();
    while !reader.take("on") {
        if reader.next().is_none() {
            return;
        }
    }
    reader.take("only");
    let Some(table) = reader.table() else { return };
    if reader.take("using") {
        reader.next();
    }
    let Some(parts) = reader.parenthesis() else {
        return;
    };
    // Of some rows only: two of the others may be equal.
    if reader.words.iter().any(|word| word.is("where")) {
        return;
    }
    let columns: Option<Vec<String>> = parts.iter().map(|part| plain_column(part)).collect();
    if let Some(columns) = columns {
        keys.entry(table).add_unique(columns);
    }
}

/// The column of an index's part that is nothing but a column and perhaps its order.
fn plain_column(part: &[Word]) -> Option<String> {
    let (column, order) = part.split_first()?;
    order
        .iter()
        .all(|word| {
            ["asc", "desc", "nulls", "first", "last"]
                .iter()
                .any(|known| word.is(known))
        })
        .then(|| column.name().map(str::to_owned))
        .flatten()
}

fn create_table(reader: &mut Reader<'_>, rules: Rules, keys: &mut Keys) {
    reader.take_if_not_exists();
    let Some(table) = reader.table() else { return };
    keys.entry(table.clone()).columns.clear();
    for part in reader.parenthesis().unwrap_or_default() {
        let mut element = Reader { words: part };
        if element.take("constraint") && !is_kind(&element) {
            element.next();
        }
        if constraint(&mut element, &table, keys) {
            continue;
        }
        let mut column = Reader { words: part };
        let Some(name) = column.next().and_then(Word::name) else {
            continue;
        };
        let written = part
            .first()
            .and_then(|first| columns::written(first, rules));
        keys.entry(table.clone()).columns.extend(written);
        column_constraints(&mut column, &table, name, keys);
    }
}

/// The keys that stand with a column.
fn column_constraints(reader: &mut Reader<'_>, table: &str, column: &str, keys: &mut Keys) {
    let columns = vec![column.to_owned()];
    while let Some(word) = reader.words.first() {
        if word.is_mark('(') {
            reader.parenthesis();
        } else if reader.take("primary") {
            keys.entry(table.to_owned()).primary = Some(columns.clone());
        } else if reader.take("unique") {
            keys.entry(table.to_owned()).add_unique(columns.clone());
        } else if reader.take("references") {
            reference(reader, table, columns.clone(), keys);
        } else {
            reader.next();
        }
    }
}

fn alter_table(reader: &mut Reader<'_>, keys: &mut Keys) {
    if reader.take("if") {
        reader.take("exists");
    }
    reader.take("only");
    let Some(table) = reader.table() else { return };
    for action in split(reader.words) {
        let mut action = Reader { words: action };
        if action.take("add") {
            if action.take("constraint") && !is_kind(&action) {
                action.next();
            }
            constraint(&mut action, &table, keys);
        }
    }
}

/// Whether a constraint has no name, as `MySQL` allows.
fn is_kind(reader: &Reader<'_>) -> bool {
    ["primary", "unique", "foreign", "check"]
        .iter()
        .any(|kind| reader.words.first().is_some_and(|word| word.is(kind)))
}

/// Reads a constraint of a table, if it is a key.
fn constraint(reader: &mut Reader<'_>, table: &str, keys: &mut Keys) -> bool {
    if reader.take("primary") && reader.take("key") {
        if reader.take("using") {
            reader.next();
        }
        let parts = reader.parenthesis().unwrap_or_default();
        // Where only the beginnings of texts are in the key, whole texts tell rows apart all the more.
        let columns: Option<Vec<String>> = parts
            .iter()
            .map(|part| part.first()?.name().map(str::to_owned))
            .collect();
        if let Some(columns) = columns.filter(|columns| !columns.is_empty()) {
            keys.entry(table.to_owned()).primary = Some(columns);
        }
        return true;
    }
    if reader.take("unique") {
        reader.take_all(&["nulls", "not", "distinct"]);
        if reader.words.first().is_none_or(|word| !word.is_mark('(')) {
            // MySQL: `UNIQUE KEY name (…)`.
            let _ = reader.take("key") || reader.take("index");
            if reader.words.first().and_then(Word::name).is_some() {
                reader.next();
            }
        }
        let parts = reader.parenthesis().unwrap_or_default();
        let columns: Option<Vec<String>> = parts.iter().map(|part| plain_column(part)).collect();
        if let Some(columns) = columns.filter(|columns| !columns.is_empty()) {
            keys.entry(table.to_owned()).add_unique(columns);
        }
        return true;
    }
    if reader.take("foreign") && reader.take("key") {
        // MySQL may name the key here.
        if reader.words.first().and_then(Word::name).is_some() {
            reader.next();
        }
        if let Some(columns) = reader.columns()
            && reader.take("references")
        {
            reference(reader, table, columns, keys);
        }
        return true;
    }
    ["check", "exclude", "like"]
        .iter()
        .any(|word| reader.take(word))
        || is_index(reader)
}

/// Whether an element of CREATE TABLE is an index of `MySQL`'s, and no column of such a name: `KEY name (…)`.
fn is_index(reader: &Reader<'_>) -> bool {
    let [first, rest @ ..] = reader.words else {
        return false;
    };
    let begins = ["key", "index", "fulltext", "spatial"]
        .iter()
        .any(|word| first.is(word));
    let mut rest = rest.iter().skip_while(|word| word.name().is_some());
    let is_bare_type = reader.words.len() < 3;
    begins && !is_bare_type && rest.next().is_some_and(|word| word.is_mark('(')) && {
        // A type's parenthesis holds a number, an index's names columns.
        rest.next().is_some_and(|word| {
            let name = word.name();
            name.is_some_and(|name| !name.starts_with(|first: char| first.is_ascii_digit()))
        })
    }
}

fn reference(reader: &mut Reader<'_>, table: &str, columns: Vec<String>, keys: &mut Keys) {
    if let Some(target) = reader.table() {
        let target_columns = reader.columns();
        keys.entry(table.to_owned()).add_foreign(ForeignKey {
            columns,
            target,
            target_columns,
        });
    }
}
