//! Double entry: what is debited by the lines of an entry is credited by others of it, and accounts have a usual side.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::names::NameParts;
use crate::plan::story::kin::close;
use crate::plan::story::lifecycles::labels;
use crate::plan::story::money::in_cents;
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::{Expr, Relation, TextRole};
use crate::story::{Fold, ONE};

/// What somebody enters as a whole, of several lines.
const ENTRIES: &[&str] = &[
    "journal",
    "journals",
    "entry",
    "entries",
    "transaction",
    "transactions",
    "voucher",
    "vouchers",
    "slip",
    "slips",
    "posting",
    "postings",
    "batch",
    "document",
];

/// What is booked to.
const ACCOUNTS: &[&str] = &["account", "accounts"];

/// The two sides of a table's lines.
#[derive(Debug, Clone)]
pub(super) enum Sides {
    /// A number for each.
    Numbers {
        /// What is debited.
        debit: ColumnId,
        /// What is credited.
        credit: ColumnId,
    },
    /// A number, and a label that says which it is.
    Label {
        /// The number.
        amount: ColumnId,
        /// The label's column.
        side: ColumnId,
        /// As a debit's is stored, and a credit's.
        texts: [String; 2],
    },
}

impl Sides {
    /// What a line debits, less what it credits.
    pub(super) fn signed(&self) -> Expr {
        match self {
            Self::Numbers { debit, credit } => {
                Expr::Column(*debit).or_zero().minus(Expr::Column(*credit))
            }
            Self::Label {
                amount,
                side,
                texts,
            } => Expr::when(
                Expr::Is(*side, vec![texts[0].clone()]),
                Expr::Column(*amount),
                Expr::Number(0).minus(Expr::Column(*amount)),
            ),
        }
    }

    /// What a line debits (true) or credits.
    fn of(&self, debited: bool) -> Expr {
        match self {
            Self::Numbers { debit, credit } => Expr::Column(if debited { *debit } else { *credit }),
            Self::Label {
                amount,
                side,
                texts,
            } => Expr::when(
                Expr::Is(*side, vec![texts[usize::from(!debited)].clone()]),
                Expr::Column(*amount),
                Expr::Number(0),
            ),
        }
    }
}

/// Whether a name is that of a side's amount, and of which: `debit`, `debit_amount_cents`.
fn side_of(name: &NameParts) -> Option<bool> {
    let is_amount = |word: &str| {
        matches!(
            word,
            "debit"
                | "credit"
                | "debits"
                | "credits"
                | "dr"
                | "cr"
                | "amount"
                | "cents"
                | "minor"
                | "in"
                | "value"
                | "sum"
                | "total"
                | "totals"
        )
    };
    if !name.words.iter().all(|word| is_amount(word)) {
        return None;
    }
    match (
        name.has_any(&["debit", "debits", "dr"]),
        name.has_any(&["credit", "credits", "cr"]),
    ) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// The number of a table that is named after a side.
fn number_of(reader: &Reader<'_, '_>, table: TableId, debited: bool) -> Option<ColumnId> {
    reader.columns(table).find(|&column| {
        reader.is_number(table, column)
            && reader.facts[table].reference_of[column].is_none()
            && reader
                .name(table, column)
                .all()
                .any(|name| side_of(name) == Some(debited))
    })
}

/// Labels of which one means a debit and the other a credit, and no other is there.
fn label_of(reader: &Reader<'_, '_>, table: TableId) -> Option<(ColumnId, [String; 2])> {
    reader.columns(table).find_map(|column| {
        if reader.facts[table].reference_of[column].is_some() {
            return None;
        }
        let all = labels(reader, table, column);
        let of = |words: &[&str]| {
            all.iter()
                .find(|(_, word)| words.contains(&word.to_lowercase().as_str()))
                .map(|(text, _)| text.clone())
        };
        let debit = of(&["debit", "dr", "d", "借方"])?;
        let credit = of(&["credit", "cr", "c", "貸方"])?;
        (all.len() == 2).then_some((column, [debit, credit]))
    })
}

/// The two sides of a table's rows.
pub(super) fn sides(reader: &Reader<'_, '_>, table: TableId) -> Option<Sides> {
    if let (Some(debit), Some(credit)) = (
        number_of(reader, table, true),
        number_of(reader, table, false),
    ) {
        return Some(Sides::Numbers { debit, credit });
    }
    let (side, texts) = label_of(reader, table)?;
    let amount = reader.columns(table).find(|&column| {
        reader.is_number(table, column)
            && reader.name(table, column).whole_is(&[
                "amount",
                "amount_cents",
                "amount_minor",
                "value",
                "value_cents",
            ])
    })?;
    Some(Sides::Label {
        amount,
        side,
        texts,
    })
}

/// Lines of an entry: the first debits what the others credit.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    usual_side(reader, table);
    if reader.rows(table) > MOST_ROWS || reader.facts[table].per.is_some() {
        return;
    }
    let Some(sides) = sides(reader, table) else {
        return;
    };
    let references = reader.references(table);
    let named = |reader: &Reader<'_, '_>, target: TableId, words: &[&str]| {
        target != table && reader.table_name(target).has_any(words)
    };
    let entry = references.iter().copied().find(|&(via, target)| {
        !reader.is_nullable(table, via)
            && named(reader, target, ENTRIES)
            && !named(reader, target, ACCOUNTS)
    });
    let Some((via, entry)) = entry else {
        return;
    };
    if !references
        .iter()
        .any(|&(_, target)| named(reader, target, ACCOUNTS))
    {
        return;
    }
    pair(reader, table, via, entry);
    amounts(reader, table, via, &sides);
    if let Sides::Numbers { .. } = sides {
        for column in reader.free(table, |_| true) {
            let name = reader.name(table, column);
            if reader.is_number(table, column)
                && name.whole_is(&[
                    "signed_amount",
                    "amount",
                    "net_amount",
                    "net",
                    "signed_cents",
                ])
            {
                reader.relate(
                    table,
                    column,
                    Relation::Value(sides.signed()),
                    "what is debited less what is credited",
                );
            }
        }
    }
    totals(reader, entry, (table, via), &sides);
}

/// Two lines are written together, so that each can balance the other.
fn pair(reader: &mut Reader<'_, '_>, table: TableId, via: ColumnId, entry: TableId) {
    let fixed = reader.facts[table].unique_sets.iter().any(|set| {
        set.columns.contains(&via) && !reader.story.tables[table].kept_sets.contains(&set.name)
    });
    if fixed {
        return;
    }
    close(reader, table, via, (entry, 2));
}

fn amounts(reader: &mut Reader<'_, '_>, table: TableId, via: ColumnId, sides: &Sides) {
    let number = match sides {
        Sides::Numbers { debit, .. } => *debit,
        Sides::Label { amount, .. } => *amount,
    };
    let digits = scale(reader.kind(table, number)).min(6);
    let digit = ONE / 10_i128.pow(digits);
    // Round amounts are common: tens of the currency's larger unit, hundreds of yen.
    let step = if digits > 0 {
        ONE * 5 / 2
    } else if in_cents(reader.name(table, number)) {
        ONE * 250
    } else {
        ONE * 100
    };
    let whole = Expr::There(
        via,
        Box::new(Expr::Random("entered", step * 4, 2_000, step, true)),
    );
    let others = Expr::Size(via).minus(Expr::whole(1));
    let part = Expr::Floor(Box::new(whole.clone().per(others.clone())), digit);
    let rest = whole
        .clone()
        .minus(part.clone().times(others.clone().minus(Expr::whole(1))));
    let is_last = Expr::AtMost(Box::new(others), Box::new(Expr::Rank(via)));
    let credited = Expr::when(is_last, rest, part);
    let is_first = Expr::AtMost(Box::new(Expr::Rank(via)), Box::new(Expr::Number(0)));
    let nothing = |reader: &Reader<'_, '_>, column: ColumnId| {
        if reader.is_nullable(table, column) {
            Expr::Null
        } else {
            Expr::Number(0)
        }
    };
    match sides {
        Sides::Numbers { debit, credit } => {
            let none = nothing(reader, *debit);
            let value = Expr::when(is_first.clone(), whole, none);
            reader.relate(
                table,
                *debit,
                Relation::Value(value),
                "the first line's is what the others credit",
            );
            let none = nothing(reader, *credit);
            let value = Expr::when(is_first, none, credited);
            reader.relate(
                table,
                *credit,
                Relation::Value(value),
                "a part of what the first line debits",
            );
        }
        Sides::Label {
            amount,
            side,
            texts,
        } => {
            let value = Expr::when(is_first.clone(), whole, credited);
            reader.relate(
                table,
                *amount,
                Relation::Value(value),
                "the first line's is what the others credit",
            );
            let place = Expr::when(is_first, Expr::Number(0), Expr::whole(1));
            relate_label(reader, table, *side, place, texts, "the first line debits");
        }
    }
}

/// A label that is one of two: a text, or the number that means it.
fn relate_label(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    place: Expr,
    texts: &[String; 2],
    why: &str,
) {
    let relation = if reader.is_number(table, column) {
        let number = |text: &String| text.parse::<i64>().map(Expr::whole).ok();
        let (Some(first), Some(second)) = (number(&texts[0]), number(&texts[1])) else {
            return;
        };
        Relation::Value(Expr::when(Expr::Not(Box::new(place)), first, second))
    } else {
        Relation::Text(TextRole::OneOf(place, texts.to_vec()))
    };
    reader.relate(table, column, relation, why);
}

/// What an entry's lines come to.
fn totals(
    reader: &mut Reader<'_, '_>,
    entry: TableId,
    (lines, via): (TableId, ColumnId),
    sides: &Sides,
) {
    for column in reader.free(entry, |_| true) {
        if !reader.is_number(entry, column) {
            continue;
        }
        let name = reader.name(entry, column).clone();
        let debited = match name.all().find_map(side_of) {
            Some(debited) => debited,
            None if name.whole_is(&[
                "amount",
                "amount_cents",
                "total",
                "total_cents",
                "total_amount",
                "total_amount_cents",
            ]) =>
            {
                true
            }
            None => continue,
        };
        let sum = Expr::Over {
            table: lines,
            via,
            fold: Fold::Sum,
            of: Box::new(sides.of(debited)),
            only: None,
        };
        let of = reader.facts[lines].table.name.clone();
        reader.relate(
            entry,
            column,
            Relation::Value(sum),
            format!("what its `{of}` come to"),
        );
    }
}

/// What accounts of a kind usually hold: assets and expenses are debited, the others credited.
fn usual_side(reader: &mut Reader<'_, '_>, table: TableId) {
    if !reader.table_name(table).has_any(ACCOUNTS) {
        return;
    }
    let Some((side, texts)) = label_of(reader, table) else {
        return;
    };
    let kind = reader.columns(table).find_map(|column| {
        if column == side
            || !reader
                .name(table, column)
                .has(&["type", "kind", "category", "class"])
        {
            return None;
        }
        let all = labels(reader, table, column);
        let debited: Vec<String> = all
            .iter()
            .filter(|(_, word)| {
                NameParts::new(word).has_any(&[
                    "asset", "assets", "expense", "expenses", "cost", "costs", "資産", "費用",
                ])
            })
            .map(|(text, _)| text.clone())
            .collect();
        (!debited.is_empty() && debited.len() < all.len()).then_some((column, debited))
    });
    if let Some((kind, debited)) = kind {
        let place = Expr::when(Expr::Is(kind, debited), Expr::Number(0), Expr::whole(1));
        relate_label(
            reader,
            table,
            side,
            place,
            &texts,
            "the side of accounts of its kind",
        );
    }
}

/// What an account's lines come to, on the side that is its own.
pub(super) fn balance(
    reader: &Reader<'_, '_>,
    account: TableId,
    (lines, via): (TableId, ColumnId),
) -> Option<Expr> {
    let debited = Expr::Over {
        table: lines,
        via,
        fold: Fold::Sum,
        of: Box::new(sides(reader, lines)?.signed()),
        only: None,
    };
    Some(match label_of(reader, account) {
        Some((side, [debit, _])) => Expr::when(
            Expr::Is(side, vec![debit]),
            debited.clone(),
            Expr::Number(0).minus(debited),
        ),
        None => debited,
    })
}
