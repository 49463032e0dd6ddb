//! The pages of groups and viewpoints: a diagram and its tables.

use crate::index_page::{group_title, table_list};
use crate::markdown::{block, link, paragraph, plain};
use crate::mermaid::{Detail, fitting};
use crate::{Context, MARK};
use std::fmt::Write as _;

/// Up to so many tables are drawn with all their columns.
const WITH_COLUMNS: usize = 12;

/// A group's page.
pub(crate) fn text(context: &Context<'_>, position: usize) -> String {
    let title = group_title(context, position);
    page(context, title, None, &context.groups[position].tables)
}

/// A viewpoint's page.
pub(crate) fn viewpoint(context: &Context<'_>, position: usize) -> String {
    let viewpoint = &context.view().viewpoints[position];
    let text = viewpoint.text.as_deref();
    page(context, &viewpoint.name, text, &viewpoint.tables)
}

fn page(context: &Context<'_>, title: &str, said: Option<&str>, tables: &[usize]) -> String {
    let words = context.words;
    let mut text = format!(
        "{MARK}\n\n# {}\n\n{}\n",
        plain(title),
        link(words.all_tables, "../README.md")
    );
    if let Some(said) = said {
        let _ = write!(text, "\n{}\n", paragraph(said));
    }
    if tables.is_empty() {
        return text;
    }
    let _ = write!(text, "\n## {}\n\n", words.diagram);
    let details: &[Detail] = if tables.len() <= WITH_COLUMNS {
        &[Detail::Columns, Detail::Keys, Detail::Name]
    } else {
        &[Detail::Keys, Detail::Name]
    };
    match fitting(context.view(), tables, details) {
        Some((diagram, detail)) => {
            text.push_str(&block("mermaid", &diagram));
            if detail == Detail::Name {
                let _ = write!(text, "\n{}\n", words.names_only);
            }
        }
        None => {
            let _ = writeln!(text, "{}", words.too_large);
        }
    }
    let _ = write!(text, "\n## {}\n\n", words.tables);
    text.push_str(&table_list(context, tables, "../"));
    text
}
