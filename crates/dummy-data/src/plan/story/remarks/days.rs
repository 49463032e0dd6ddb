//! Days that comments count from others: `交付日を含め4日`, `14 days after the order`.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::formulas;
use crate::plan::story::reader::Reader;
use crate::plan::story::remarks::{named, pieces};
use crate::plan::story::{Expr, Relation};

/// Decides the days of a table that comments count from others.
pub(in crate::plan::story) fn days(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if !reader.is_time(table, column) || reader.is_unique(table, column) {
            continue;
        }
        let text = reader.name(table, column).text.clone();
        if let Some((from, days)) = days_after(reader, table, column, &text) {
            let value = Expr::Sum(vec![Expr::Column(from), Expr::whole(86_400 * days)]);
            let value = formulas::both_known(reader, table, &[from], value);
            let why = format!("as its comment says: {text}");
            reader.relate(table, column, Relation::Value(value), why);
        }
    }
}

/// The day from which a comment counts, and how many days it adds: `交付日を含め4日`, `14 days after the order`.
fn days_after(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> Option<(ColumnId, i64)> {
    let is_date = reader.is_date(table, column);
    let day = |piece: &str| {
        named(reader, table, piece, &|other| {
            other != column
                && reader.is_time(table, other)
                && (!is_date || reader.is_date(table, other))
        })
    };
    let number_before = |text: &str, unit: &str| -> Option<i64> {
        let before = &text[..text.find(unit)?];
        let digits = before.trim_end_matches(' ');
        let from = digits
            .rfind(|character: char| !character.is_ascii_digit())
            .map_or(0, |at| {
                at + digits[at..].chars().next().map_or(1, char::len_utf8)
            });
        digits[from..].parse().ok()
    };
    if text.is_ascii() {
        for (mark, back) in [
            (" days after ", 0),
            (" days from ", 0),
            (" days including ", 1),
            (" days counted from ", 0),
        ] {
            if let Some((_, rest)) = text.split_once(mark) {
                let days = number_before(text, mark)?;
                let rest = rest.split([',', ';', '(', ')']).next()?;
                return Some((day(rest)?, days - back));
            }
        }
        return None;
    }
    for piece in pieces(text) {
        for (mark, back) in [
            ("を含め", 1),
            ("を含む", 1),
            ("を初日とし", 1),
            ("から", 0),
            ("の翌日から", 0),
            ("＋", 0),
        ] {
            if let Some((from, rest)) = piece.split_once(mark)
                && let Some(days) = number_before(rest, "日")
                && !rest.contains("日前")
                && let Some(from) = day(from)
            {
                return Some((from, days - back));
            }
        }
    }
    None
}
