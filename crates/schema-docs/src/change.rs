//! The page of a pull request: what the schema changes, as a list and as a diagram of the touched tables.

use crate::Locale;
use crate::locale::Words;
use crate::markdown::{block, code, head, plain, row};
use crate::mermaid::{Detail, diagram, fits};
use schema_view::{Change, Difference, Mark, Part, Table, View, both};
use similar::TextDiff;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The page. `old` and `new` are what `difference` was made of.
pub fn change_page(old: &View, new: &View, difference: &Difference, locale: Locale) -> String {
    let words = locale.words();
    let mut text = format!("## {}\n\n", words.changes);
    if difference.is_empty() {
        let _ = writeln!(text, "{}", words.no_changes);
        return text;
    }
    if !difference.tables.is_empty() {
        let drawn = picture(old, new, difference, words);
        if fits(&drawn) {
            let _ = writeln!(text, "{}", block("mermaid", &drawn));
        } else {
            let _ = writeln!(text, "{}\n", words.too_large);
        }
    }
    for table in &difference.tables {
        let mut title = format!("{} {}", table.mark.sign(), plain(&table.name));
        let _ = write!(title, " ({}", word(words, table.mark));
        if let Some(former) = &table.renamed_from {
            let _ = write!(title, ", {} {}", words.renamed_from, plain(former));
        }
        title.push(')');
        let _ = writeln!(text, "### {title}\n");
        if table.changes.is_empty() {
            if let Some(columns) = columns_of(old, new, &table.name, table.mark) {
                let _ = writeln!(text, "{columns}\n");
            }
            continue;
        }
        text.push_str(&changes(words, &table.changes));
        text.push('\n');
    }
    if !difference.others.is_empty() {
        let _ = write!(text, "### {}\n\n", words.beside_tables);
        text.push_str(&changes(words, &difference.others));
        text.push('\n');
    }
    text
}

fn word(words: &Words, mark: Mark) -> &'static str {
    match mark {
        Mark::Added => words.added,
        Mark::Removed => words.removed,
        Mark::Changed => words.changed,
    }
}

/// The columns of a table that came or went, in one line.
fn columns_of(old: &View, new: &View, name: &str, mark: Mark) -> Option<String> {
    let view = match mark {
        Mark::Added => new,
        Mark::Removed => old,
        Mark::Changed => return None,
    };
    let table = view.tables.iter().find(|table| table.name == name)?;
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| code(&format!("{} {}", column.name, column.type_text)))
        .collect();
    Some(columns.join(", "))
}

fn changes(words: &Words, changes: &[Change]) -> String {
    let (long, short): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| is_long(change));
    let mut text = String::new();
    if !short.is_empty() {
        text.push_str(&head(&[
            ("", false),
            (words.name, false),
            (words.old, false),
            (words.new, false),
        ]));
    }
    for change in short {
        text.push_str(&row(&[
            change.mark.sign().to_owned(),
            titled(words, change),
            code(&change.old),
            code(&change.new),
        ]));
    }
    for change in long {
        let _ = write!(
            text,
            "{}{} {}\n\n{}",
            if text.is_empty() { "" } else { "\n" },
            change.mark.sign(),
            titled(words, change),
            block("diff", &lines(&change.old, &change.new))
        );
    }
    text
}

/// Whether a table's cell is no place for it: the body of a function, the query of a view.
fn is_long(change: &Change) -> bool {
    let has_lines = change.old.contains('\n') || change.new.contains('\n');
    has_lines && matches!(change.part, Part::Other | Part::Trigger)
}

fn titled(words: &Words, change: &Change) -> String {
    let kind = match change.part {
        Part::Column => words.column,
        Part::PrimaryKey => words.primary_key,
        Part::Key => words.keys_out,
        Part::Index => words.indexes,
        Part::Check => words.checks,
        Part::Trigger => words.triggers,
        Part::Comment => words.comment,
        Part::Option => words.options,
        Part::Enum => words.enums,
        Part::Other => words.definition,
    };
    if change.name.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind} {}", code(&change.name))
    }
}

/// The lines that differ, with three around them.
fn lines(old: &str, new: &str) -> String {
    let ended = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!("{}\n", text.trim_end())
        }
    };
    TextDiff::from_lines(ended(old), ended(new))
        .unified_diff()
        .context_radius(3)
        .to_string()
}

/// A diagram of the touched tables, of both versions at once: what went is in it too, and each part says what became of
/// it.
fn picture(old: &View, new: &View, difference: &Difference, words: &'static Words) -> String {
    let both = both(old, new, difference);
    let mut marks: BTreeMap<(&str, Option<&str>), Mark> = BTreeMap::new();
    let mut touched = Vec::new();
    let positions = both.positions();
    for table in &difference.tables {
        marks.insert((&table.name, None), table.mark);
        let Some(position) = positions.get(table.name.as_str()) else {
            continue;
        };
        touched.push(*position);
        for change in table.changes.iter().filter(|one| one.part == Part::Column) {
            marks.insert((&table.name, Some(&change.name)), change.mark);
        }
    }
    // Tables that keys of touched ones go to are drawn by name, or the lines would end nowhere.
    let touched: BTreeSet<usize> = touched.into_iter().collect();
    let mut drawn = touched.clone();
    for position in &touched {
        drawn.extend(
            both.tables[*position]
                .keys
                .iter()
                .filter_map(|key| key.target),
        );
    }
    let drawn: Vec<usize> = drawn.into_iter().collect();
    let detail = |position: usize| {
        if touched.contains(&position) {
            Detail::Columns
        } else {
            Detail::Name
        }
    };
    let note = |table: &Table, column: Option<&str>| {
        let mark = marks.get(&(table.name.as_str(), column))?;
        Some(word(words, *mark))
    };
    diagram(&both, &drawn, &detail, &note)
}
