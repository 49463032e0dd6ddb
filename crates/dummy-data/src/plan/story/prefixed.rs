//! Times that something about a row has, one after the other: an invitation is sent before it is accepted.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::reader::Reader;
use crate::plan::story::words::{Stage, StageKind, stage};
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;

/// Finds such times of a table, as far as nothing else decides them.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    let times: Vec<(ColumnId, String, &'static Stage)> = reader
        .free(table, |_| true)
        .into_iter()
        .filter(|&column| {
            reader.is_time(table, column)
                && reader.is_nullable(table, column)
                && !reader.is_unique(table, column)
        })
        .filter_map(|column| {
            let words: Vec<&str> = reader
                .name(table, column)
                .own
                .words
                .iter()
                .map(String::as_str)
                .collect();
            let [about @ .., happened, "at" | "on"] = words.as_slice() else {
                return None;
            };
            let found = stage(happened).filter(|found| found.kind != StageKind::Begin)?;
            let is_past = happened.ends_with('d') || *happened == "sent";
            (!about.is_empty() && is_past).then(|| (column, about.join("_"), found))
        })
        .collect();
    for (column, about, happened) in &times {
        let answers = matches!(happened.kind, StageKind::Out)
            || matches!(
                happened.name,
                "approved"
                    | "completed"
                    | "confirmed"
                    | "answered"
                    | "read"
                    | "clicked"
                    | "verified"
            );
        let before = times.iter().find(|(other, same, stage)| {
            other != column
                && same == about
                && matches!(stage.name, "sent" | "requested" | "issued")
        });
        let Some((before, ..)) = before.filter(|_| answers) else {
            continue;
        };
        let hour = 3600 * ONE;
        let later = Expr::Sum(vec![
            Expr::Column(*before),
            Expr::Random("answered after", hour, 96, hour, true),
        ]);
        let is_past = Expr::AtMost(Box::new(later.clone()), Box::new(Expr::Now));
        let happens = if happened.kind == StageKind::Out {
            Expr::Chance("turned down", 5_000)
        } else {
            Expr::Chance("taken up", 48_000)
        };
        let known = Expr::Known(Box::new(Expr::Column(*before)));
        let value = Expr::when(Expr::All(vec![known, is_past, happens]), later, Expr::Null);
        let why = format!("some time after `{}`", reader.column(table, *before).name);
        reader.relate(table, *column, Relation::Value(value), why);
    }
}
