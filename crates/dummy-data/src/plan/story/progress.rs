//! How many of something are done: none before it began.

use crate::ids::TableId;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::Event;

/// Finds such numbers of a table.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    let begun = reader.story.tables[table]
        .cycle
        .as_ref()
        .and_then(|cycle| cycle.event("started"));
    let Some(begun @ Event::Step(_)) = begun else {
        return;
    };
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).own.clone();
        let [about @ .., done] = name.words.as_slice() else {
            continue;
        };
        let is_done = matches!(
            done.as_str(),
            "done" | "failed" | "processed" | "succeeded" | "completed" | "imported" | "skipped"
        );
        // Of something of which there is a number in all.
        let is_of_all = reader.columns(table).any(|all| {
            let own = &reader.name(table, all).own;
            all != column
                && reader.is_number(table, all)
                && own.has_any(&["total", "all", "count"])
                && about.iter().all(|word| own.has(word))
        });
        if !is_done
            || about.is_empty()
            || !is_of_all
            || !reader.is_whole(table, column)
            || reader.is_nullable(table, column)
        {
            continue;
        }
        let value = Expr::when(Expr::happened(begun), Expr::Usual(column), Expr::Number(0));
        let why = "none before it began";
        reader.relate(table, column, Relation::Value(value), why);
    }
}
