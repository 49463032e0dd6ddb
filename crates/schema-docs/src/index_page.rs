//! The first page: every table, and the diagram or the groups.

use crate::locale::Locale;
use crate::markdown::{block, code, head, link, number, plain, row};
use crate::mermaid::{Detail, fitting};
use crate::{Context, MARK};
use schema_view::{Table, logical_name};
use std::fmt::Write as _;

pub(crate) fn text(context: &Context<'_>) -> String {
    let words = context.words;
    let view = context.view();
    let mut text = format!("{MARK}\n\n# {}\n\n", words.title);
    let source = match context.input.to_root {
        Some(to_root) => link(
            context.input.source,
            &format!("{to_root}{}", context.input.source),
        ),
        None => code(context.input.source),
    };
    let _ = writeln!(text, "{} {source} ({}).", words.made_from, view.database);
    if context.is_grouped() {
        groups(context, &mut text);
    } else if !view.tables.is_empty() {
        let all: Vec<usize> = (0..view.tables.len()).collect();
        let _ = write!(text, "\n## {}\n\n", words.diagram);
        match fitting(view, &all, &[Detail::Columns, Detail::Keys, Detail::Name]) {
            Some((diagram, _)) => text.push_str(&block("mermaid", &diagram)),
            None => {
                let _ = writeln!(text, "{}", words.too_large);
            }
        }
    }
    viewpoints(context, &mut text);
    if !view.tables.is_empty() {
        let _ = write!(text, "\n## {}\n\n", words.tables);
        let all: Vec<usize> = (0..view.tables.len()).collect();
        text.push_str(&table_list(context, &all, ""));
    }
    labels(context, &mut text);
    objects(context, &mut text);
    text
}

fn viewpoints(context: &Context<'_>, text: &mut String) {
    let words = context.words;
    let viewpoints = &context.view().viewpoints;
    if viewpoints.is_empty() {
        return;
    }
    let _ = write!(text, "\n## {}\n\n", words.viewpoints);
    text.push_str(&head(&[
        (words.name, false),
        (words.remarks, false),
        (words.tables, true),
    ]));
    for (position, viewpoint) in viewpoints.iter().enumerate() {
        text.push_str(&row(&[
            link(&viewpoint.name, context.paths.viewpoint(position)),
            plain(viewpoint.text.as_deref().unwrap_or_default()),
            viewpoint.tables.len().to_string(),
        ]));
    }
}

/// What is marked, a line for each label.
fn labels(context: &Context<'_>, text: &mut String) {
    let words = context.words;
    let view = context.view();
    let labelled = view.labelled();
    if labelled.is_empty() {
        return;
    }
    let _ = write!(text, "\n## {}\n\n", words.marked);
    text.push_str(&head(&[(words.name, false), (words.tables, false)]));
    for (label, places) in labelled {
        let links: Vec<String> = places
            .into_iter()
            .map(|(table, column)| {
                let path = context.paths.table(table);
                let table = &view.tables[table];
                match column {
                    Some(column) => {
                        let column = &table.columns[column];
                        link(&format!("{}.{}", table.name, column.name), path)
                    }
                    None => link(&table.name, path),
                }
            })
            .collect();
        text.push_str(&row(&[code(label), links.join(", ")]));
    }
}

/// What is beside tables: a line for each that has a page, triggers with their tables, and the text of all else.
fn objects(context: &Context<'_>, text: &mut String) {
    let words = context.words;
    let view = context.view();
    let locale = context.input.locale;
    let mut rows = String::new();
    for (position, object) in view.objects.iter().enumerate() {
        let Some(path) = context.paths.object(position) else {
            continue;
        };
        let said = if let Some(comment) = &object.comment {
            plain(comment)
        } else {
            let labels: Vec<String> = object.labels.iter().map(|label| code(label)).collect();
            labels.join(", ")
        };
        rows.push_str(&row(&[
            link(&object.title(), path),
            locale.kind(&object.kind).to_owned(),
            said,
        ]));
    }
    for (position, table) in view.tables.iter().enumerate() {
        for trigger in &table.triggers {
            rows.push_str(&row(&[
                plain(&trigger.name),
                locale.kind("trigger").to_owned(),
                link(&table.name, context.paths.table(position)),
            ]));
        }
    }
    if !rows.is_empty() {
        let _ = write!(text, "\n## {}\n\n", words.beside_tables);
        text.push_str(&head(&[
            (words.name, false),
            (words.kind, false),
            (words.remarks, false),
        ]));
        text.push_str(&rows);
    }
    let unknown: Vec<&str> = view
        .objects
        .iter()
        .filter(|object| !object.is_known())
        .map(|object| object.sql.as_str())
        .collect();
    if !unknown.is_empty() {
        let _ = write!(text, "\n## {}\n", words.further);
        for sql in unknown {
            let _ = write!(text, "\n{}", block("sql", sql));
        }
    }
}

fn groups(context: &Context<'_>, text: &mut String) {
    let words = context.words;
    let _ = write!(text, "\n## {}\n\n", words.groups);
    text.push_str(&head(&[(words.group, false), (words.tables, true)]));
    for (position, group) in context.groups.iter().enumerate() {
        text.push_str(&row(&[
            link(
                group_title(context, position),
                context.paths.group(position),
            ),
            group.tables.len().to_string(),
        ]));
    }
}

/// What a group is called.
pub(crate) fn group_title<'c>(context: &'c Context<'_>, position: usize) -> &'c str {
    let name = context.groups[position].name.as_str();
    if name.is_empty() {
        context.words.others
    } else {
        name
    }
}

/// A list of tables with links; `up` is the way to the folder of the pages.
pub(crate) fn table_list(context: &Context<'_>, tables: &[usize], up: &str) -> String {
    let words = context.words;
    let is_japanese = context.input.locale == Locale::Japanese;
    let mut cells = vec![(words.table, false)];
    if is_japanese {
        cells.push((words.logical_name, false));
    }
    cells.push((words.remarks, false));
    cells.push((words.columns, true));
    if context.input.values.is_some() {
        cells.push((words.rows, true));
    }
    let mut text = head(&cells);
    for position in tables {
        let table = &context.view().tables[*position];
        let path = format!("{up}{}", context.paths.table(*position));
        let mut cells = vec![link(&table.name, &path)];
        let comment = table.comment.as_deref().unwrap_or_default();
        if is_japanese {
            let parted = logical_name(comment);
            cells.push(plain(parted.name));
            cells.push(plain(parted.rest));
        } else {
            cells.push(plain(comment));
        }
        cells.push(table.columns.len().to_string());
        if context.input.values.is_some() {
            cells.push(rows_of(context, table));
        }
        text.push_str(&row(&cells));
    }
    text
}

/// The number of a table's rows in the dump; empty where the dump doesn't name it.
pub(crate) fn rows_of(context: &Context<'_>, table: &Table) -> String {
    context
        .input
        .values
        .and_then(|values| values.table(&table.name))
        .map(|values| number(values.rows))
        .unwrap_or_default()
}
