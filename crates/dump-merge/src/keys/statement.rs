//! The keys that a statement makes.

use super::words::Word;
use super::{ForeignKey, Keys};

/// Words that are read from the front.
struct Reader<'a> {
    words: &'a [Word],
}

/// Takes the keys that a statement makes, if it makes any.
pub(super) fn read(words: &[Word], keys: &mut Keys) {
    let mut reader = Reader { words };
    if reader.take("create") {
        if reader.take("unique") {
            unique_index(&mut reader, keys);
        } else {
            while ["unlogged", "temporary", "temp", "global", "local"]
                .iter()
                .any(|word| reader.take(word))
            {}
            if reader.take("table") {
                create_table(&mut reader, keys);
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
        keys.entry(table).uniques.push(columns);
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

fn create_table(reader: &mut Reader<'_>, keys: &mut Keys) {
    reader.take_if_not_exists();
    let Some(table) = reader.table() else { return };
    for part in reader.parenthesis().unwrap_or_default() {
        let mut element = Reader { words: part };
        if element.take("constraint") {
            element.next();
        }
        if constraint(&mut element, &table, keys) {
            continue;
        }
        let mut column = Reader { words: part };
        let Some(name) = column.next().and_then(Word::name) else {
            continue;
        };
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
            keys.entry(table.to_owned()).uniques.push(columns.clone());
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
            if action.take("constraint") {
                action.next();
            }
            constraint(&mut action, &table, keys);
        }
    }
}

/// Reads a constraint of a table, if it is a key.
fn constraint(reader: &mut Reader<'_>, table: &str, keys: &mut Keys) -> bool {
    if reader.take("primary") && reader.take("key") {
        if let Some(columns) = reader.columns() {
            keys.entry(table.to_owned()).primary = Some(columns);
        }
        return true;
    }
    if reader.take("unique") {
        while ["nulls", "not", "distinct"]
            .iter()
            .any(|word| reader.take(word))
        {}
        if let Some(columns) = reader.columns() {
            keys.entry(table.to_owned()).uniques.push(columns);
        }
        return true;
    }
    if reader.take("foreign") && reader.take("key") {
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
}

fn reference(reader: &mut Reader<'_>, table: &str, columns: Vec<String>, keys: &mut Keys) {
    if let Some(target) = reader.table() {
        let target_columns = reader.columns();
        keys.entry(table.to_owned()).foreign.push(ForeignKey {
            columns,
            target,
            target_columns,
        });
    }
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a Word> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    /// Takes this keyword, if it comes next.
    fn take(&mut self, keyword: &str) -> bool {
        let found = self.words.first().is_some_and(|word| word.is(keyword));
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn take_if_not_exists(&mut self) {
        if self.take("if") {
            self.take("not");
            self.take("exists");
        }
    }

    /// A table's name, in the form in which tables are found.
    fn table(&mut self) -> Option<String> {
        let mut name = self.next()?.name()?.to_owned();
        while self.words.first().is_some_and(|word| word.is_mark('.')) {
            self.next();
            let part = self.next()?.name()?;
            name = if name == "public" {
                part.to_owned()
            } else {
                format!("{name}.{part}")
            };
        }
        Some(name)
    }

    /// What stands between the parentheses that come next, cut at the commas.
    fn parenthesis(&mut self) -> Option<Vec<&'a [Word]>> {
        if !self.words.first()?.is_mark('(') {
            return None;
        }
        let mut depth = 0_usize;
        for (at, word) in self.words.iter().enumerate() {
            if word.is_mark('(') {
                depth += 1;
            } else if word.is_mark(')') {
                depth -= 1;
                if depth == 0 {
                    let inner = &self.words[1..at];
                    self.words = &self.words[at + 1..];
                    return Some(split(inner));
                }
            }
        }
        None
    }

    /// Names between parentheses.
    fn columns(&mut self) -> Option<Vec<String>> {
        let before = self.words;
        let names = self.parenthesis()?.into_iter().map(|part| match part {
            [name] => name.name().map(str::to_owned),
            _ => None,
        });
        let names: Option<Vec<String>> = names.collect();
        if names.is_none() {
            self.words = before;
        }
        names
    }
}

/// Cuts words at the commas that aren't within parentheses.
fn split(words: &[Word]) -> Vec<&[Word]> {
    let mut parts = Vec::new();
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, word) in words.iter().enumerate() {
        if word.is_mark('(') {
            depth += 1;
        } else if word.is_mark(')') {
            depth = depth.saturating_sub(1);
        } else if word.is_mark(',') && depth == 0 {
            parts.push(&words[begin..at]);
            begin = at + 1;
        }
    }
    parts.push(&words[begin..]);
    parts
}
