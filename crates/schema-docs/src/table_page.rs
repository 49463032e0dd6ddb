//! A table's page: all that is known of it, and its neighbours.

use crate::index_page::group_title;
use crate::locale::Locale;
use crate::markdown::{block, code, head, link, number, paragraph, plain, row};
use crate::mermaid::{Detail, diagram, fits};
use crate::object_page::{links, typed, uses};
use crate::{Context, MARK};
use dump_values::{ColumnValues, TableValues};
use schema_view::{Column, Index, Place, Table, Target, logical_name};
use std::fmt::Write as _;

/// More neighbours than these are drawn by name alone.
const WITH_KEYS: usize = 20;

pub(crate) fn text(context: &Context<'_>, position: usize) -> String {
    let table = &context.view().tables[position];
    let words = context.words;
    let mut text = format!("{MARK}\n\n# {}\n\n", plain(&table.name));
    let mut links = vec![link(words.all_tables, "../README.md")];
    if context.is_grouped() {
        let group = context.group_of[position];
        links.push(format!(
            "{}: {}",
            words.group,
            link(
                group_title(context, group),
                &format!("../{}", context.paths.group(group))
            )
        ));
    }
    let _ = writeln!(text, "{}", links.join(" · "));
    if let Some(comment) = &table.comment {
        let _ = write!(text, "\n{}\n", paragraph(comment));
    }
    defined_in(context, table.place.as_ref(), &mut text);
    seen_in(context, position, &mut text);
    columns(context, table, &mut text);
    keys(context, position, &mut text);
    index_list(context, &table.indexes, &mut text);
    constraints(context, table, &mut text);
    let users: Vec<Target> = context.users.of_tables[position]
        .iter()
        .copied()
        .filter(|user| matches!(user, Target::Object(_)))
        .collect();
    uses(context, words.used_by, &users, &mut text);
    neighbours(context, position, &mut text);
    if let Some(values) = context
        .input
        .values
        .and_then(|values| values.table(&table.name))
    {
        examples(context, values, &mut text);
        spread(context, values, &mut text);
    }
    text
}

/// In which file it is defined.
pub(crate) fn defined_in(context: &Context<'_>, place: Option<&Place>, text: &mut String) {
    let Some(place) = place else {
        return;
    };
    let file = match context.input.to_root {
        Some(to_root) => link(&place.path, &format!("../{to_root}{}", place.path)),
        None => code(&place.path),
    };
    let _ = write!(text, "\n{} {file}\n", context.words.defined_in);
}

/// The viewpoints that it is part of, and what it is marked as.
fn seen_in(context: &Context<'_>, position: usize, text: &mut String) {
    let words = context.words;
    let viewpoints: Vec<String> = context
        .view()
        .viewpoints
        .iter()
        .enumerate()
        .filter(|(_, viewpoint)| viewpoint.tables.contains(&position))
        .map(|(at, viewpoint)| {
            let path = format!("../{}", context.paths.viewpoint(at));
            link(&viewpoint.name, &path)
        })
        .collect();
    if !viewpoints.is_empty() {
        let _ = write!(text, "\n{}: {}\n", words.viewpoints, viewpoints.join(", "));
    }
    let labels = labels(&context.view().tables[position].labels);
    if !labels.is_empty() {
        let _ = write!(text, "\n{}: {labels}\n", words.marked);
    }
}

fn labels(labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| code(label)).collect();
    labels.join(", ")
}

fn columns(context: &Context<'_>, table: &Table, text: &mut String) {
    let words = context.words;
    let is_japanese = context.input.locale == Locale::Japanese;
    let _ = write!(text, "\n## {}\n\n", words.columns);
    let mut cells = vec![(words.column, false)];
    if is_japanese {
        cells.push((words.logical_name, false));
    }
    for name in [
        words.type_name,
        words.null,
        words.default,
        words.key,
        words.remarks,
    ] {
        cells.push((name, false));
    }
    text.push_str(&head(&cells));
    for column in &table.columns {
        let comment = column.comment.as_deref().unwrap_or_default();
        let mut cells = vec![plain(&column.name)];
        let remark = if is_japanese {
            let parted = logical_name(comment);
            cells.push(plain(parted.name));
            parted.rest
        } else {
            comment
        };
        cells.push(typed(context, &type_of(column), &column.uses));
        cells.push(if column.nullable { words.yes } else { "" }.to_owned());
        cells.push(code(&value(column)));
        cells.push(key_of(context, table, column));
        let told = [plain(remark), labels(&column.labels)];
        let told: Vec<String> = told.into_iter().filter(|one| !one.is_empty()).collect();
        cells.push(told.join(" "));
        text.push_str(&row(&cells));
    }
}

fn type_of(column: &Column) -> String {
    match &column.collation {
        Some(collation) => format!("{} COLLATE {collation}", column.type_text),
        None => column.type_text.clone(),
    }
}

/// Where a column's value comes from when nobody gives one.
fn value(column: &Column) -> String {
    if let Some(numbered) = &column.numbered {
        return numbered.0.clone();
    }
    if let Some(expression) = &column.generated {
        return format!("GENERATED {expression}");
    }
    column.default.clone().unwrap_or_default()
}

/// What a column is part of, with links to the tables that it points to.
fn key_of(context: &Context<'_>, table: &Table, column: &Column) -> String {
    let mut parts = Vec::new();
    if table.primary_key.contains(&column.name) {
        parts.push("PK".to_owned());
    }
    for key in table
        .keys
        .iter()
        .filter(|key| key.columns.contains(&column.name))
    {
        let kind = if key.by_name { "" } else { "FK " };
        parts.push(format!(
            "{kind}→ {}",
            linked(context, key.target, &key.table)
        ));
    }
    let is_primary = table.primary_key.as_slice() == std::slice::from_ref(&column.name);
    if !is_primary && table.is_unique(std::slice::from_ref(&column.name)) {
        parts.push("UK".to_owned());
    }
    parts.join(", ")
}

/// A table's name, with a link where it has a page.
fn linked(context: &Context<'_>, position: Option<usize>, name: &str) -> String {
    match position {
        Some(position) => link(name, &format!("../{}", context.paths.table(position))),
        None => plain(name),
    }
}

fn keys(context: &Context<'_>, position: usize, text: &mut String) {
    let words = context.words;
    let table = &context.view().tables[position];
    let tuple = |columns: &[String]| code(&columns.join(", "));
    if !table.primary_key.is_empty() {
        let _ = write!(
            text,
            "\n{}: {}\n",
            words.primary_key,
            tuple(&table.primary_key)
        );
    }
    if !table.keys.is_empty() {
        let _ = write!(text, "\n## {}\n\n", words.keys_out);
        text.push_str(&head(&[
            (words.columns, false),
            (words.references, false),
            (words.actions, false),
            (words.constraint, false),
        ]));
        for key in &table.keys {
            text.push_str(&row(&[
                tuple(&key.columns),
                format!(
                    "{} {}",
                    linked(context, key.target, &key.table),
                    tuple(&key.referenced_columns)
                ),
                code(&key.actions),
                if key.by_name {
                    words.by_name.to_owned()
                } else {
                    code(&key.name)
                },
            ]));
        }
    }
    if !context.referrers[position].is_empty() {
        let _ = write!(text, "\n## {}\n\n", words.keys_in);
        text.push_str(&head(&[
            (words.table, false),
            (words.columns, false),
            (words.references, false),
            (words.actions, false),
        ]));
        for referrer in &context.referrers[position] {
            let other = &context.view().tables[referrer.table];
            let key = &other.keys[referrer.key];
            text.push_str(&row(&[
                linked(context, Some(referrer.table), &other.name),
                tuple(&key.columns),
                tuple(&key.referenced_columns),
                if key.by_name {
                    words.by_name.to_owned()
                } else {
                    code(&key.actions)
                },
            ]));
        }
    }
}

/// A list of indexes under a heading, when there is one.
pub(crate) fn index_list(context: &Context<'_>, indexes: &[Index], text: &mut String) {
    if indexes.is_empty() {
        return;
    }
    let words = context.words;
    let _ = write!(text, "\n## {}\n\n", words.indexes);
    text.push_str(&head(&[
        (words.index, false),
        (words.definition, false),
        (words.unique, false),
        (words.comment, false),
    ]));
    for index in indexes {
        let unique = match (index.unique, index.is_constraint) {
            (_, true) => "UNIQUE",
            (true, false) => "UNIQUE INDEX",
            (false, false) => "",
        };
        text.push_str(&row(&[
            code(&index.name),
            code(&index.definition()),
            unique.to_owned(),
            plain(index.comment.as_deref().unwrap_or_default()),
        ]));
    }
}

fn constraints(context: &Context<'_>, table: &Table, text: &mut String) {
    let words = context.words;
    if !table.checks.is_empty() {
        let _ = write!(text, "\n## {}\n\n", words.checks);
        text.push_str(&head(&[(words.check, false), (words.definition, false)]));
        for check in &table.checks {
            text.push_str(&row(&[code(&check.name), code(&check.definition)]));
        }
    }
    if !table.triggers.is_empty() {
        let _ = write!(text, "\n## {}\n", words.triggers);
        for trigger in &table.triggers {
            let _ = write!(text, "\n{}", block("sql", &trigger.sql));
            if !trigger.uses.is_empty() {
                let _ = write!(
                    text,
                    "\n{}: {}\n",
                    words.uses,
                    links(context, &trigger.uses)
                );
            }
        }
    }
    if table.partition_by.is_some() || !table.partitions.is_empty() {
        let _ = write!(text, "\n## {}\n\n", words.partitions);
        if let Some(by) = &table.partition_by {
            let _ = writeln!(text, "{} {}", words.partitioned_by, code(by));
        }
        if !table.partitions.is_empty() {
            text.push('\n');
        }
        for part in &table.partitions {
            let _ = writeln!(text, "- {}", code(part));
        }
    }
    if let Some(options) = &table.options {
        let _ = write!(text, "\n## {}\n\n{}", words.options, block("sql", options));
    }
}

/// The diagram of the table with those that it points to and that point to it.
fn neighbours(context: &Context<'_>, position: usize, text: &mut String) {
    let view = context.view();
    let mut tables = vec![position];
    tables.extend(
        view.tables[position]
            .keys
            .iter()
            .filter_map(|key| key.target),
    );
    tables.extend(context.referrers[position].iter().map(|one| one.table));
    tables.sort_unstable();
    tables.dedup();
    if tables.len() < 2 {
        return;
    }
    let others = if tables.len() <= WITH_KEYS {
        Detail::Keys
    } else {
        Detail::Name
    };
    let detail = |table: usize| {
        if table == position {
            Detail::Columns
        } else {
            others
        }
    };
    let drawn = diagram(view, &tables, &detail, &|_, _| None);
    let _ = write!(text, "\n## {}\n\n", context.words.diagram);
    if fits(&drawn) {
        text.push_str(&block("mermaid", &drawn));
    } else {
        let _ = writeln!(text, "{}", context.words.too_large);
    }
}

fn examples(context: &Context<'_>, values: &TableValues, text: &mut String) {
    let words = context.words;
    let _ = write!(
        text,
        "\n## {}\n\n{}: {}\n",
        words.examples,
        words.rows,
        number(values.rows)
    );
    if values.examples.is_empty() || values.columns.is_empty() {
        return;
    }
    let names: Vec<String> = values
        .columns
        .iter()
        .map(|column| plain(&column.name))
        .collect();
    let cells: Vec<(&str, bool)> = names.iter().map(|name| (name.as_str(), false)).collect();
    let _ = write!(text, "\n{}", head(&cells));
    for example in &values.examples {
        let cells: Vec<String> = example
            .iter()
            .map(|value| shown(value.as_deref()))
            .collect();
        text.push_str(&row(&cells));
    }
}

/// A value, told from its absence.
fn shown(value: Option<&str>) -> String {
    match value {
        None => "*NULL*".to_owned(),
        Some("") => "*''*".to_owned(),
        Some(value) => code(value),
    }
}

fn spread(context: &Context<'_>, values: &TableValues, text: &mut String) {
    if values.rows == 0 || values.columns.is_empty() {
        return;
    }
    let words = context.words;
    let _ = write!(text, "\n## {}\n\n", words.values);
    text.push_str(&head(&[
        (words.column, false),
        (words.nulls, true),
        (words.distinct, true),
        (words.range, false),
        (words.frequent, false),
    ]));
    for column in &values.columns {
        text.push_str(&row(&[
            plain(&column.name),
            number(column.nulls),
            distinct(column),
            range(column),
            frequent(column),
        ]));
    }
}

/// The number of different values; an estimate is rounded to what it can say.
pub fn distinct(column: &ColumnValues) -> String {
    if column.distinct_is_exact {
        return number(column.distinct);
    }
    let mut unit = 1;
    while column.distinct / unit >= 100 {
        unit *= 10;
    }
    format!("≈ {}", number((column.distinct + unit / 2) / unit * unit))
}

fn range(column: &ColumnValues) -> String {
    match (&column.least, &column.greatest) {
        (Some(least), Some(greatest)) if least == greatest => shown(Some(least)),
        (Some(least), Some(greatest)) => {
            format!("{} … {}", shown(Some(least)), shown(Some(greatest)))
        }
        _ => String::new(),
    }
}

fn frequent(column: &ColumnValues) -> String {
    let told: Vec<String> = column
        .frequent
        .iter()
        .take(3)
        .map(|one| format!("{} × {}", shown(Some(&one.value)), number(one.rows)))
        .collect();
    told.join(", ")
}
