//! Partitions. The model knows the table that is divided; its parts are statements behind everything else.
//!
//! `pg_dump` makes a partition as a table of its own and attaches it. Where that comes to the same as
//! `CREATE TABLE … PARTITION OF`, which says it in one line, that is what the schema gets.

use crate::draft::{Attachment, Draft, IndexAttachment};
use crate::draft_table::{DraftTable, index_names};
use crate::raw_statement::RawStatement;
use pg_model::{QualifiedName, Table};
use pg_sql::{literal, qualified};
use pg_text::default_name;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Takes the partitions out of the tables.
pub(super) fn take_out(draft: &mut Draft) {
    let mut waiting = std::mem::take(&mut draft.attachments);
    let mut attached_indexes = std::mem::take(&mut draft.index_attachments);
    // When each partition is whole and a part of its parent.
    let mut attached_at: BTreeMap<QualifiedName, usize> = BTreeMap::new();
    while !waiting.is_empty() {
        // A partition that is itself divided comes before its own.
        let next = waiting
            .iter()
            .position(|one| waiting.iter().all(|other| other.child != one.parent))
            .unwrap_or(0);
        let attachment = waiting.remove(next);
        let of_parent = attached_at.get(&attachment.parent).copied().unwrap_or(0);
        let parent = draft.table(&attachment.parent).cloned();
        let Some(child) = draft.table_mut(&attachment.child) else {
            draft
                .raw
                .push(RawStatement::new(&attachment.sql, attachment.at, 0));
            continue;
        };
        child.kept = false;
        let child = child.clone();
        let is_of_parent = |one: &IndexAttachment| {
            index_names(&child.table).contains(&one.child.name)
                && one.child.schema == child.table.name.schema
        };
        let (own, others): (Vec<_>, Vec<_>) = attached_indexes.into_iter().partition(is_of_parent);
        attached_indexes = others;
        let at = match parent.filter(|parent| says_the_same(&parent.table, &child.table, &own)) {
            Some(_) => {
                let at = of_parent.max(child.made_at());
                wait_for(draft, &child, at);
                draft.raw.push(RawStatement::late(
                    &partition_of(&attachment, &child.table),
                    at,
                ));
                for comment in comments(&child.table) {
                    draft.raw.push(RawStatement::late(&comment, at));
                }
                at
            }
            None => keep_word_for_word(draft, &child, &attachment, &own, of_parent),
        };
        attached_at.insert(attachment.child, at);
    }
    for one in attached_indexes {
        draft.raw.push(RawStatement::new(&one.sql, one.at, 0));
    }
}

/// Moves what speaks of a partition behind the moment in which it is made.
fn wait_for(draft: &mut Draft, child: &DraftTable, at: usize) {
    for statement in &mut draft.raw {
        let is_early = child.made_at() < statement.at && statement.at < at;
        if is_early && statement.speaks_of(&child.table.name.name) {
            statement.at = at;
        }
    }
}

/// Whether `PARTITION OF` alone makes the same table, its indexes and their names included.
fn says_the_same(parent: &Table, child: &Table, attached: &[IndexAttachment]) -> bool {
    let columns_differ = parent.columns.len() != child.columns.len()
        || parent.columns.iter().zip(&child.columns).any(|(a, b)| {
            let mut b = b.clone();
            b.comment.clone_from(&a.comment);
            *a != b
        });
    let checks = |table: &Table| {
        let mut checks: Vec<(String, String)> = table
            .checks
            .iter()
            .map(|check| (check.name.clone(), check.expression.clone()))
            .collect();
        checks.sort();
        checks
    };
    let extra = |table: &Table| {
        table
            .options
            .as_deref()
            .is_some_and(|options| !options.starts_with("PARTITION BY"))
            || !table.own.exclusions.is_empty()
    };
    if columns_differ || checks(parent) != checks(child) || extra(child) || extra(parent) {
        return false;
    }
    let mut expected = Vec::new();
    let schema = &child.name.schema;
    let mut expect = |parent_name: String, columns: &[&str], label: &str| {
        let name = if label == "pkey" {
            default_name(&child.name.name, None, label)
        } else {
            default_name(&child.name.name, Some(&columns.join("_")), label)
        };
        expected.push((
            QualifiedName {
                schema: parent.name.schema.clone(),
                name: parent_name,
            },
            QualifiedName {
                schema: schema.clone(),
                name,
            },
        ));
    };
    if let Some(key) = &parent.primary_key {
        let name = key
            .name
            .clone()
            .unwrap_or_else(|| default_name(&parent.name.name, None, "pkey"));
        expect(name, &[], "pkey");
    }
    for unique in &parent.own.uniques {
        let columns: Vec<&str> = unique.columns.iter().map(String::as_str).collect();
        expect(unique.name.clone(), &columns, "key");
    }
    for index in &parent.indexes {
        // The name of an expression's index follows rules of its own.
        let Some(columns) = index.plain_columns() else {
            return false;
        };
        expect(index.name.clone(), &columns, "idx");
    }
    let mut actual: Vec<(QualifiedName, QualifiedName)> = attached
        .iter()
        .map(|one| (one.parent.clone(), one.child.clone()))
        .collect();
    expected.sort();
    actual.sort();
    expected == actual && index_names(child).len() == actual.len()
}

fn partition_of(attachment: &Attachment, child: &Table) -> String {
    let mut sql = format!(
        "CREATE TABLE {} PARTITION OF {} {}",
        qualified(&child.name),
        qualified(&attachment.parent),
        attachment.bounds
    );
    if let Some(options) = &child.options {
        let _ = write!(sql, " {options}");
    }
    sql
}

fn comments(table: &Table) -> Vec<String> {
    let mut comments = Vec::new();
    if let Some(comment) = &table.comment {
        comments.push(format!(
            "COMMENT ON TABLE {} IS {}",
            qualified(&table.name),
            literal(comment)
        ));
    }
    for column in &table.columns {
        if let Some(comment) = &column.comment {
            comments.push(format!(
                "COMMENT ON COLUMN {}.{} IS {}",
                qualified(&table.name),
                pg_sql::identifier(&column.name),
                literal(comment)
            ));
        }
    }
    comments
}

/// Keeps the statements of a partition as they are, attached when its indexes are there: attaching it earlier would
/// make others. Returns when that is.
fn keep_word_for_word(
    draft: &mut Draft,
    child: &DraftTable,
    attachment: &Attachment,
    indexes: &[IndexAttachment],
    of_parent: usize,
) -> usize {
    let mut whole_at = of_parent;
    for (at, sql) in &child.statements {
        draft.raw.push(RawStatement::late(sql, *at));
        whole_at = whole_at.max(*at);
    }
    draft
        .raw
        .push(RawStatement::late(&attachment.sql, whole_at));
    for one in indexes {
        draft.raw.push(RawStatement::late(&one.sql, whole_at));
    }
    whole_at
}
