//! What comments say of the row that one belongs to, and of its lines: `of the rule`, `使用保険の値`, `明細の合計`.

use crate::ids::{ColumnId, TableId};
use crate::plan::sql::default_constant;
use crate::plan::story::Expr;
use crate::plan::story::formulas;
use crate::plan::story::money::{self, Role};
use crate::plan::story::reader::Reader;
use crate::story::Fold;

/// The number of a row that this one belongs to.
pub(super) fn there(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    piece: &str,
) -> Option<Expr> {
    let (path, of) = of_parent(reader, table, column, piece)?;
    let mut value = Expr::Column(of);
    for via in path.iter().rev() {
        value = Expr::There(*via, Box::new(value));
    }
    let may_lead_nowhere = path
        .first()
        .is_some_and(|&via| reader.is_nullable(table, via));
    if may_lead_nowhere && !reader.is_nullable(table, column) {
        let otherwise = default_constant(reader.column(table, column))
            .and_then(|text| text.parse::<i64>().ok())
            .map_or_else(|| Expr::Usual(column), Expr::whole);
        value = Expr::First(vec![value, otherwise]);
    }
    Some(value)
}

/// The column of a row that this one belongs to, of which a piece speaks, and the way there: `of the rule`, `those of
/// the question`, `使用保険の値`, `医薬品マスタの薬価`.
pub(super) fn of_parent(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    piece: &str,
) -> Option<(Vec<ColumnId>, ColumnId)> {
    const STARTS: &[&str] = &[
        "those of the ",
        "that of the ",
        "that of its ",
        "those of its ",
        "of the ",
        "of its ",
        "as in the ",
        "the one of the ",
        "value of the ",
        "taken from the ",
        "copied from the ",
    ];
    let is_number = reader.is_number(table, column);
    let own = reader.name(table, column);
    let fits = |target: TableId, other: ColumnId| {
        reader.facts[target].reference_of[other].is_none()
            && if is_number {
                reader.is_number(target, other)
            } else {
                reader.is_text(target, other)
            }
    };
    let same = |target: TableId| {
        reader.columns(target).find(|&other| {
            fits(target, other) && reader.name(target, other).own.whole == own.own.whole
        })
    };
    if piece.is_ascii() {
        let whose = STARTS
            .iter()
            .find_map(|start| piece.strip_prefix(start))?
            .trim();
        let is_it = |from: TableId, via: ColumnId, target: TableId| {
            let parts = &reader.name(from, via).own;
            let stem = parts.prefix_before("id").unwrap_or(&parts.whole);
            let one = reader.one_of(target);
            let last = one.rsplit('_').next().unwrap_or(&one);
            [stem, one.as_str(), last]
                .iter()
                .any(|word| word.replace('_', " ") == whose)
        };
        for (via, target) in reader.references(table) {
            if target != table
                && is_it(table, via, target)
                && let Some(of) = same(target)
            {
                return Some((vec![via], of));
            }
        }
        for (via, target) in crate::plan::story::copies::firm(reader, table) {
            for (next, far) in crate::plan::story::copies::firm(reader, target) {
                if far != table
                    && is_it(target, next, far)
                    && let Some(of) = same(far)
                {
                    return Some((vec![via, next], of));
                }
            }
        }
        return None;
    }
    let (whose, what) = piece.rsplit_once('の')?;
    let what = what.trim_end_matches(['値', 'ま', '、']).trim();
    let via = reader.references(table).into_iter().find(|&(via, target)| {
        let head = formulas::head(&reader.name(table, via).text).to_owned();
        let called = reader.facts[target]
            .table
            .comment
            .clone()
            .unwrap_or_default();
        let called = called
            .split(['（', '('])
            .next()
            .unwrap_or("")
            .to_lowercase();
        let fits = |name: &str| {
            name.chars().count() >= 2
                && !name.is_ascii()
                && (whose == name
                    || ["マスタ", "マスター", "情報", "テーブル"]
                        .iter()
                        .any(|end| whose.strip_suffix(end) == Some(name)))
        };
        target != table && (fits(&head) || fits(&called))
    });
    let (via, target) = via?;
    let by_comment =
        |word: &str| formulas::by_comment(reader, target, word, &|other| fits(target, other));
    let of = if what.is_empty() {
        same(target).or_else(|| by_comment(formulas::head(&own.text)))
    } else {
        by_comment(what)
    }?;
    Some((vec![via], of))
}

/// `明細の合計`: the sum of the amounts of what a row has.
pub(super) fn sum_of_lines(reader: &Reader<'_, '_>, table: TableId, piece: &str) -> Option<Expr> {
    let said = piece
        .strip_suffix("の合計")
        .or_else(|| piece.strip_suffix("合計"))
        .or_else(|| piece.strip_suffix("の合計額"))
        .or_else(|| piece.strip_suffix("の総和"))?;
    let (whose, what) = said.rsplit_once('の').unwrap_or((said, ""));
    if whose.is_ascii() || whose.chars().count() < 2 {
        return None;
    }
    let children: Vec<(TableId, ColumnId)> = reader
        .children(table)
        .into_iter()
        .filter(|(child, via)| {
            *child != table
                && reader.facts[*child].master.is_none()
                && reader.reference(*child, *via).is_some()
                && reader.facts[*child]
                    .table
                    .comment
                    .as_deref()
                    .is_some_and(|called| called.contains(whose))
        })
        .collect();
    let &[(child, via)] = children.as_slice() else {
        return None;
    };
    let number = |other: ColumnId| {
        reader.is_number(child, other) && reader.facts[child].reference_of[other].is_none()
    };
    let of = if what.is_empty() {
        let by_comment = ["小計", "金額", "行金額", "合計"].iter().find_map(|word| {
            reader.columns(child).find(|&other| {
                number(other) && formulas::head(&reader.name(child, other).text) == *word
            })
        });
        by_comment.or_else(|| {
            [Role::Amount, Role::Subtotal, Role::Total]
                .iter()
                .find_map(|wanted| {
                    reader.columns(child).find(|&other| {
                        number(other) && money::role(reader.name(child, other)) == Some(*wanted)
                    })
                })
        })
    } else {
        formulas::by_comment(reader, child, what, &number)
    }?;
    Some(Expr::Over {
        table: child,
        via,
        fold: Fold::Sum,
        of: Box::new(Expr::Column(of)),
        only: None,
    })
}
