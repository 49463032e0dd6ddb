//! The page of something beside tables: what makes it, what it speaks of, and who speaks of it.

use crate::markdown::{block, code, head, link, paragraph, plain, row};
use crate::table_page::{defined_in, index_list};
use crate::{Context, MARK};
use schema_view::Target;
use std::fmt::Write as _;

pub(crate) fn text(context: &Context<'_>, position: usize) -> String {
    let object = &context.view().objects[position];
    let words = context.words;
    let mut text = format!(
        "{MARK}\n\n# {}\n\n{} · {}\n",
        plain(&object.title()),
        link(words.all_tables, "../README.md"),
        context.input.locale.kind(&object.kind)
    );
    if let Some(comment) = &object.comment {
        let _ = write!(text, "\n{}\n", paragraph(comment));
    }
    defined_in(context, object.place.as_ref(), &mut text);
    if !object.labels.is_empty() {
        let _ = write!(text, "\n## {}\n\n", words.labels);
        for label in &object.labels {
            let _ = writeln!(text, "- {}", code(label));
        }
    }
    if !object.columns.is_empty() {
        let _ = write!(text, "\n## {}\n\n", words.columns);
        text.push_str(&head(&[
            (words.column, false),
            (words.type_name, false),
            (words.remarks, false),
        ]));
        for column in &object.columns {
            text.push_str(&row(&[
                plain(&column.name),
                typed(context, &column.type_text, &column.uses),
                plain(column.comment.as_deref().unwrap_or_default()),
            ]));
        }
    }
    index_list(context, &object.indexes, &mut text);
    uses(context, words.uses, &object.uses, &mut text);
    uses(
        context,
        words.used_by,
        &context.users.of_objects[position],
        &mut text,
    );
    if !object.sql.is_empty() || !object.further.is_empty() {
        let _ = write!(text, "\n## {}\n", words.definition);
        let made = Some(&object.sql).filter(|sql| !sql.is_empty());
        for sql in made.into_iter().chain(&object.further) {
            let _ = write!(text, "\n{}", block("sql", sql));
        }
    }
    text
}

/// A list of links under a heading, when there is one.
pub(crate) fn uses(context: &Context<'_>, title: &str, targets: &[Target], text: &mut String) {
    if targets.is_empty() {
        return;
    }
    let _ = write!(text, "\n## {title}\n\n");
    for target in targets {
        let kind = match target {
            Target::Table(_) => "table",
            Target::Object(position) => &context.view().objects[*position].kind,
        };
        let _ = writeln!(
            text,
            "- {} {}",
            context.input.locale.kind(kind),
            linked(context, *target)
        );
    }
}

/// Links to things, with commas between them.
pub(crate) fn links(context: &Context<'_>, targets: &[Target]) -> String {
    let links: Vec<String> = targets
        .iter()
        .map(|target| linked(context, *target))
        .collect();
    links.join(", ")
}

fn linked(context: &Context<'_>, target: Target) -> String {
    let name = context.view().title(target);
    let path = match target {
        Target::Table(position) => Some(context.paths.table(position)),
        Target::Object(position) => context.paths.object(position),
    };
    match path {
        Some(path) => link(&name, &format!("../{path}")),
        None => plain(&name),
    }
}

/// A type as code, with a link where the schema makes it.
pub(crate) fn typed(context: &Context<'_>, type_text: &str, uses: &[Target]) -> String {
    let of_type = |target: &&Target| match target {
        Target::Object(position) => matches!(
            context.view().objects[*position].kind.as_str(),
            "enum" | "domain" | "type"
        ),
        Target::Table(_) => false,
    };
    let path = uses.iter().find(of_type).and_then(|target| match target {
        Target::Object(position) => context.paths.object(*position),
        Target::Table(_) => None,
    });
    match path {
        Some(path) => crate::markdown::link_of(&code(type_text), &format!("../{path}")),
        None => code(type_text),
    }
}
