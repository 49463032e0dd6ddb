//! A group's page: its diagram and its tables.

use crate::index_page::{group_title, table_list};
use crate::markdown::{block, link, plain};
use crate::mermaid::{Detail, fitting};
use crate::{Context, MARK};
use std::fmt::Write as _;

/// Up to so many tables are drawn with all their columns.
const WITH_COLUMNS: usize = 12;

pub(crate) fn text(context: &Context<'_>, position: usize) -> String {
    let words = context.words;
    let group = &context.groups[position];
    let mut text = format!(
        "{MARK}\n\n# {}\n\n{}\n\n## {}\n\n",
        plain(group_title(context, position)),
        link(words.all_tables, "../README.md"),
        words.diagram
    );
    let details: &[Detail] = if group.tables.len() <= WITH_COLUMNS {
        &[Detail::Columns, Detail::Keys, Detail::Name]
    } else {
        &[Detail::Keys, Detail::Name]
    };
    match fitting(context.view(), &group.tables, details) {
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
    text.push_str(&table_list(context, &group.tables, "../"));
    text
}
