//! What a document asks for by kinds of work and costs: the fees are what its time entries come to, the disbursements
//! its expenses.

use crate::ids::{ColumnId, TableId};
use crate::plan::names::singular;
use crate::plan::story::money::{Role, role};
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::{Expr, Relation};
use crate::story::Fold;

/// What sums are called, and words of the tables whose rows they sum.
const SUMS: &str = include_str!("../../../pools/en/charges.tsv");

/// Finds such sums of a table.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if !reader.is_number(table, column) || reader.is_unique(table, column) {
            continue;
        }
        let name = reader.name(table, column).own.clone();
        let bare: Vec<&str> = name
            .words
            .iter()
            .map(String::as_str)
            .filter(|word| !matches!(*word, "total" | "amount" | "cents" | "sum" | "net"))
            .collect();
        let [word] = bare.as_slice() else {
            continue;
        };
        let tables = SUMS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .find(|(sums, _)| sums.split(' ').any(|sum| sum == *word))
            .map(|(_, tables)| tables);
        let Some(tables) = tables else {
            continue;
        };
        let lines: Vec<(TableId, ColumnId, ColumnId)> = reader
            .children(table)
            .into_iter()
            .filter(|&(child, via)| {
                child != table
                    && reader.facts[child].master.is_none()
                    && reader.reference(child, via).is_some()
                    && reader.rows(child) <= MOST_ROWS
                    && tables.split(' ').any(|wanted| {
                        reader
                            .table_name(child)
                            .words
                            .iter()
                            .any(|own| singular(own) == wanted)
                    })
            })
            .filter_map(|(child, via)| {
                let amount = [Role::Amount, Role::Subtotal, Role::Total, Role::Part]
                    .iter()
                    .find_map(|wanted| {
                        reader.columns(child).find(|&own| {
                            reader.is_number(child, own)
                                && reader.facts[child].reference_of[own].is_none()
                                && !reader.name(child, own).has(&["unit", "rate", "per"])
                                && (role(reader.name(child, own)) == Some(*wanted)
                                    || (*wanted == Role::Part
                                        && reader.name(child, own).whole_is(&["cost", "costs"])))
                        })
                    })?;
                Some((child, via, amount))
            })
            .collect();
        // Of several nobody says which.
        let &[(child, via, of)] = lines.as_slice() else {
            continue;
        };
        let sum = Expr::Over {
            table: child,
            via,
            fold: Fold::Sum,
            of: Box::new(Expr::Column(of)),
            only: None,
        };
        let sum = Expr::First(vec![sum, Expr::Number(0)]);
        let why = format!(
            "the sum of `{}` of its `{}`",
            reader.column(child, of).name,
            reader.facts[child].table.name
        );
        reader.relate(table, column, Relation::Value(sum), why);
    }
}
