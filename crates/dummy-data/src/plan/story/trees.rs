//! Trees: a row's depth, the path from the root, the numbers of a nested set.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::{Expr, Relation, TextRole};
use crate::story::Fold;
use value_model::ValueType;

/// Finds what a table that points to itself says of its tree.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    let Some(up) = up(reader, table) else {
        return;
    };
    let small = reader.rows(table) <= MOST_ROWS;
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).clone();
        if reader.is_whole(table, column) {
            let depth = Expr::Depth(up);
            if name.whole_is(&[
                "depth",
                "ancestry_depth",
                "tree_depth",
                "nesting_level",
                "parent_depth",
                "generation",
                "hierarchy_depth",
            ]) && !starts_at_one_for_sure(reader, table, column)
            {
                reader.relate(
                    table,
                    column,
                    Relation::Value(depth),
                    "how many rows stand above",
                );
            } else if name.whole_is(&[
                "level",
                "tree_level",
                "hierarchy_level",
                "tier",
                "depth",
                "org_level",
                "layer",
            ]) {
                let from = i64::from(starts_at_one(reader, table, column));
                let level = Expr::Sum(vec![depth, Expr::whole(from)]);
                reader.relate(
                    table,
                    column,
                    Relation::Value(level),
                    "its level in the tree",
                );
            } else if small && name.whole_is(&["lft", "left", "tree_left", "lft_no"]) {
                reader.relate(
                    table,
                    column,
                    Relation::Value(Expr::Nested(up, true)),
                    "the left number of a nested set",
                );
            } else if small && name.whole_is(&["rgt", "right", "tree_right", "rgt_no"]) {
                reader.relate(
                    table,
                    column,
                    Relation::Value(Expr::Nested(up, false)),
                    "the right number of a nested set",
                );
            } else if small
                && name.whole_is(&[
                    "children_count",
                    "child_count",
                    "replies_count",
                    "reply_count",
                    "subcategories_count",
                ])
            {
                let count = Expr::Over {
                    table,
                    via: up,
                    fold: Fold::Count,
                    of: Box::new(Expr::whole(1)),
                    only: None,
                };
                let own = &reader.facts[table].table.name;
                let why = format!("the number of `{own}` that point to the row");
                reader.relate(table, column, Relation::Value(count), why);
            }
        } else if *reader.kind(table, column) == ValueType::Ltree
            && !reader.column(table, column).data_type.array
        {
            let role = TextRole::Ancestry {
                up,
                of: None,
                frame: ["", ".", ""],
                own: true,
            };
            reader.relate(table, column, Relation::Text(role), "the way from the root");
        } else if reader.is_text(table, column)
            && name.whole_is(&[
                "ancestry",
                "path",
                "materialized_path",
                "tree_path",
                "ancestors",
                "ancestor_ids",
                "id_path",
                "hierarchy_path",
                "lineage",
                "full_path",
                "slug_path",
            ])
        {
            let text = &name.text;
            let own = !name.own.whole.starts_with("ancest")
                && !text.contains("parent")
                && !text.contains('親');
            let example = text
                .split(|character: char| {
                    character == ' ' || character == ':' || character == ',' || character == '：'
                })
                .find(|word| {
                    let digits = word.chars().any(|character| character.is_ascii_digit());
                    (digits && word.contains(['/', '.', '-', '>'])) || word.starts_with('/')
                });
            let between = match example {
                Some(word) if word.contains('.') => ".",
                Some(word) if word.contains('-') => "-",
                Some(word) if word.contains('>') => ">",
                _ => "/",
            };
            let before = if example.is_some_and(|word| word.starts_with(['/', '.'])) {
                between
            } else {
                ""
            };
            let after = if example.is_some_and(|word| word.ends_with('/')) {
                between
            } else {
                ""
            };
            let named = |wanted: &[&str]| {
                reader.columns(table).find(|&other| {
                    other != column
                        && reader.is_text(table, other)
                        && reader.name(table, other).whole_is(wanted)
                })
            };
            let of = if text.contains("slug") || name.has(&["slug"]) {
                named(&["slug", "permalink"])
            } else if text.contains("code") {
                named(&["code"])
            } else if text.contains("name") {
                named(&["name", "title"])
            } else {
                None
            };
            let role = TextRole::Ancestry {
                up,
                of,
                frame: [before, between, after],
                own,
            };
            reader.relate(table, column, Relation::Text(role), "the way from the root");
        }
    }
}

/// The column that points to the row above.
pub(crate) fn up(reader: &Reader<'_, '_>, table: TableId) -> Option<ColumnId> {
    let own: Vec<ColumnId> = reader
        .references(table)
        .into_iter()
        .filter(|(_, target)| *target == table)
        .map(|(column, _)| column)
        .collect();
    own.iter()
        .copied()
        .find(|&column| {
            reader
                .name(table, column)
                .has(&["parent", "reply", "ancestor", "above", "upper"])
        })
        .or_else(|| (own.len() == 1).then(|| own[0]))
}

/// Whether a default or a comment says that the top is 1.
fn starts_at_one_for_sure(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    let text = &reader.name(table, column).text;
    crate::plan::sql::default_constant(reader.column(table, column))
        .is_some_and(|default| default == "1")
        || text.contains("1 at the top")
        || text.contains("1 for the root")
        || text.contains("root is 1")
        || text.contains("1から")
}

fn starts_at_one(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    let text = &reader.name(table, column).text;
    if text.contains("0 at the top") || text.contains("0 for the root") {
        return false;
    }
    starts_at_one_for_sure(reader, table, column)
        || crate::plan::sql::default_constant(reader.column(table, column))
            .is_none_or(|default| default != "0")
}
