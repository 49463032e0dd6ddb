//! Times that are called as the labels of a state are.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::lifecycles::labels;
use crate::plan::story::reader::Reader;
use crate::plan::story::words::{Stage, StageKind, stage};

/// Whether a table has a time of its own for a label: `diagnosed_at` for `diagnosed`.
pub(super) fn has_time(reader: &Reader<'_, '_>, table: TableId, label: &str) -> bool {
    let label = label.to_lowercase().replace([' ', '-'], "_");
    reader.columns(table).any(|column| {
        let name = &reader.name(table, column).own.whole;
        reader.is_time(table, column)
            && name
                .strip_prefix(&label)
                .is_some_and(|rest| matches!(rest, "_at" | "_on" | "_date" | "_time"))
    })
}

/// Whether a table has a time of which the comment speaks in a label's words: `監査日時` for `監査済`.
pub(super) fn has_said_time(reader: &Reader<'_, '_>, table: TableId, label: &str) -> bool {
    let core = plain(core_of(label));
    if core.is_ascii() || core.chars().count() < 2 {
        return false;
    }
    reader.columns(table).any(|column| {
        let text = &reader.name(table, column).text;
        let head = text.split(['(', '（', ':', '：']).next().unwrap_or("");
        reader.is_time(table, column)
            && ["年月日", "日時", "時刻", "日"]
                .iter()
                .find_map(|end| head.strip_suffix(end))
                .is_some_and(|stem| plain(stem).starts_with(&core))
    })
}

/// The label after which a time is called: `disbursed_at` is when a row became `disbursed`, whatever that is.
pub(super) fn of_own_name(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Option<(String, &'static Stage)> {
    if !reader.is_nullable(table, column) {
        return None;
    }
    let name = &reader.name(table, column).own.whole;
    let word = ["_at", "_on", "_date"]
        .iter()
        .find_map(|end| name.strip_suffix(end))?;
    // What is known is read in other ways too.
    if stage(word).is_some() {
        return None;
    }
    let label = reader
        .columns(table)
        .filter(|&other| other != column && may_hold_labels(reader, table, other))
        .flat_map(|other| labels(reader, table, other))
        .map(|(_, label)| label.to_lowercase())
        .find(|label| label.replace([' ', '-'], "_") == word)?;
    Some((label, stage("other")?))
}

/// The label that has a word in it: `under_review` of `review`.
pub(super) fn with_word(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    word: &str,
) -> Option<(String, &'static Stage)> {
    let label = reader
        .columns(table)
        .filter(|&other| {
            other != column
                && reader
                    .name(table, other)
                    .is(&["status", "state", "stage", "phase"])
        })
        .flat_map(|other| labels(reader, table, other))
        .map(|(_, label)| label.to_lowercase())
        .find(|label| label.split(['_', ' ', '-']).any(|own| own == word))?;
    let found = stage(&label).or_else(|| stage("other"))?;
    Some((label, found))
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
    table: TableId,
    column: ColumnId,
    likeness: Likeness,
) -> Option<(String, &'static Stage)> {
    let text = &reader.name(table, column).text;
    // When somebody clocked in isn't when a day became one of work.
    let is_clock = reader.name(table, column).own.has_any(&["clock", "punch"]);
    if text.is_ascii()
        || is_clock
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
    label_of_stem(reader, table, column, stem, likeness).or_else(|| {
        // `開始日時` is when a row became `実施中`.
        let happens = stage(stem).filter(|stage| stage.kind == StageKind::Step)?;
        reader
            .columns(table)
            .filter(|&other| other != column && may_hold_labels(reader, table, other))
            .flat_map(|other| labels(reader, table, other))
            .find(|(_, label)| !label.is_ascii() && stage(label) == Some(happens))
            .map(|(_, label)| (label.to_lowercase(), happens))
    })
}

/// The label of which a reason's or actor's Japanese comment speaks: `差し戻し理由` belongs to rows that are `差戻し`.
pub(super) fn of_reason(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Option<(String, &'static Stage)> {
    let text = &reader.name(table, column).text;
    let head = text.split(['(', '（', ':', '：']).next().unwrap_or("");
    let stem = [
        "担当者ID",
        "担当者",
        "者ID",
        "者名",
        "者",
        "の理由",
        "理由",
        "事由",
        "コメント",
        "メモ",
        "備考",
        "内容",
    ]
    .iter()
    .find_map(|end| head.strip_suffix(&end.to_lowercase()))?;
    label_of_stem(reader, table, column, stem, Likeness::Begins)
}

/// The label with which a Japanese comment begins: `遅刻した分数` is of rows that are `遅刻`.
pub(super) fn of_comment(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Option<(String, &'static Stage)> {
    let text = &reader.name(table, column).text;
    let head = text.split(['(', '（', ':', '：']).next().unwrap_or("");
    if head.is_ascii() {
        return None;
    }
    label_of_stem(reader, table, column, head, Likeness::Begins)
}

/// The label that a stem speaks of: the same, or else the longest with which it begins.
fn label_of_stem(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    stem: &str,
    likeness: Likeness,
) -> Option<(String, &'static Stage)> {
    let stem = plain(stem);
    let labels: Vec<String> = reader
        .columns(table)
        .filter(|&other| other != column && may_hold_labels(reader, table, other))
        .flat_map(|other| labels(reader, table, other))
        .map(|(_, label)| label)
        .collect();
    let label = labels
        .into_iter()
        .filter_map(|label| {
            let core = plain(core_of(&label));
            let fits = core.chars().count() >= 2
                && !core.is_ascii()
                && (stem.starts_with(&core)
                    || (likeness == Likeness::Either && core.starts_with(&stem)));
            fits.then(|| ((core == stem, core.len()), label))
        })
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, label)| label)?;
    let found = stage(&label).or_else(|| stage("other"))?;
    Some((label.to_lowercase(), found))
}

/// Whether a column's comment or check may list what its values mean.
fn may_hold_labels(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    let name = reader.name(table, column);
    reader.is_number(table, column)
        || (!reader.is_time(table, column)
            && !reader.is_boolean(table, column)
            && name.is(&["status", "state", "stage", "phase"]))
}

/// A label without what says that it is so: `承認済み` is `承認`.
fn core_of(label: &str) -> &str {
    label
        .trim_end_matches('み')
        .trim_end_matches('済')
        .trim_end_matches('中')
        .trim_end_matches("完了")
}

/// A word without the endings that some write and others don't: `差し戻し` and `差戻`, `取り下げ` and `取下`.
fn plain(word: &str) -> String {
    let kanji = |character: char| ('\u{4E00}'..='\u{9FFF}').contains(&character);
    if !word.chars().any(kanji) {
        return word.to_owned();
    }
    word.chars()
        .filter(|character| !matches!(character, 'し' | 'り' | 'げ' | 'い' | 'え' | 'け' | 'き'))
        .collect()
}
