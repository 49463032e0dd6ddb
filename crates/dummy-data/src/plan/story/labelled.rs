//! Times that are called as the labels of a state are.

use crate::plan::story::reader::Reader;
use crate::plan::story::words::{Stage, numbered_labels, stage};

/// Whether a table has a time of its own for a label: `diagnosed_at` for `diagnosed`.
pub(super) fn has_time(reader: &Reader<'_, '_>, table: usize, label: &str) -> bool {
    let label = label.to_lowercase().replace([' ', '-'], "_");
    reader.columns(table).any(|column| {
        let name = &reader.name(table, column).own.whole;
        reader.is_time(table, column)
            && name
                .strip_prefix(&label)
                .is_some_and(|rest| matches!(rest, "_at" | "_on" | "_date" | "_time"))
    })
}

/// How a comment and a label are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The comment begins as the label does.
    Begins,
    /// Or the other way round.
    Either,
}

/// The label of which a time's Japanese comment speaks: `修了日` is when a row became `修了`.
pub(super) fn of_label(
    reader: &Reader<'_, '_>,
    table: usize,
    column: usize,
    likeness: Likeness,
) -> Option<(String, &'static Stage)> {
    let text = &reader.name(table, column).text;
    if text.is_ascii()
        || !reader.is_nullable(table, column)
        || ["予定", "期限", "希望", "締切", "次回", "最終"]
            .iter()
            .any(|plan| text.contains(plan))
    {
        return None;
    }
    let head = text.split(['(', '（', ':', '：']).next().unwrap_or("");
    let stem = ["年月日", "日時", "時刻", "日"]
        .iter()
        .find_map(|end| head.strip_suffix(end))?;
    let labels: Vec<String> = reader
        .columns(table)
        .filter(|&other| other != column && reader.is_number(table, other))
        .flat_map(|other| {
            let comment = reader.column(table, other).comment.as_deref().unwrap_or("");
            numbered_labels(comment)
        })
        .map(|(_, label)| label)
        .collect();
    let label = labels.into_iter().find(|label| {
        let core = label
            .trim_end_matches('み')
            .trim_end_matches('済')
            .trim_end_matches('中')
            .trim_end_matches("完了");
        core.chars().count() >= 2
            && !core.is_ascii()
            && (stem.starts_with(core) || (likeness == Likeness::Either && core.starts_with(stem)))
    })?;
    let found = stage(&label).or_else(|| stage("other"))?;
    Some((label.to_lowercase(), found))
}
