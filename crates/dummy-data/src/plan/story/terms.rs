//! Makes values of what they are made of, with all their columns built.

use crate::generators::Generator;
use crate::ids::{ColumnId, TableId};
use crate::nulls::Nulls;
use crate::plan::columns::build::Builder;
use crate::plan::columns::by_type;
use crate::plan::story::Expr;
use crate::story::{Fold, Over, OwnDays, RankAlike, RunningSum, Term};
use std::sync::{Arc, OnceLock};

impl Builder<'_> {
    /// What a value is made of, with all its columns built.
    pub(crate) fn term(&mut self, table: TableId, expr: &Expr) -> Option<Arc<Term>> {
        let all = |builder: &mut Self, terms: &[Expr]| -> Option<Box<[Arc<Term>]>> {
            terms.iter().map(|term| builder.term(table, term)).collect()
        };
        Some(Arc::new(match expr {
            Expr::Number(value) => Term::Fixed(*value),
            Expr::Column(column) => {
                let (generator, nulls) = self.cell(table, *column)?;
                Term::of_column(generator, nulls)
            }
            Expr::Anyway(column) => Term::Anyway(self.cell(table, *column)?.0),
            Expr::There(via, of) => {
                let (pointer, target) = self.pointer(table, *via, None)?;
                let of = self.term(target, of)?;
                Term::There(Box::new([pointer]), of)
            }
            Expr::Over {
                table: child,
                via,
                fold,
                of,
                only,
            } => {
                let by_birth = matches!(fold, Fold::Newest | Fold::Eldest);
                let family = self.family(*child, &[*via], Some(table), by_birth, None)?;
                let of = self.term(*child, of)?;
                let only = match only {
                    Some(only) => Some(self.term(*child, only)?),
                    None => None,
                };
                Term::Over(Box::new(Over::new(family, *fold, of, only)))
            }
            Expr::Running(via, of) => {
                let family = self.family(table, &[*via], None, true, None)?;
                let of = self.term(table, of)?;
                Term::Running(Box::new(RunningSum {
                    family,
                    of,
                    sums: OnceLock::new(),
                }))
            }
            Expr::Rank(via) => Term::Rank(self.family(table, &[*via], None, true, None)?),
            Expr::RankAmong(via, of) => {
                let family = self.family(table, &[*via], None, true, None)?;
                Term::RankAmong(Box::new(RankAlike::new(family, self.term(table, of)?)))
            }
            Expr::RankInTable(of) => {
                let family = self.everybody(table)?;
                Term::RankAmong(Box::new(RankAlike::new(family, self.term(table, of)?)))
            }
            Expr::RankBy(via, of) => {
                let family = self.family(table, &[*via], None, true, None)?;
                Term::RankBy(family, self.term(table, of)?)
            }
            Expr::Next(via, of) => {
                let family = self.family(table, &[*via], None, true, None)?;
                Term::Neighbour(family, self.term(table, of)?, true)
            }
            Expr::Previous(via, of) => {
                let family = self.family(table, &[*via], None, true, None)?;
                Term::Neighbour(family, self.term(table, of)?, false)
            }
            Expr::OwnDay(via, works) => {
                let family = self.family(table, &[*via], None, true, None)?;
                let birth = self.birth(table);
                Term::OwnDay(Box::new(OwnDays::new(family, birth, *works)))
            }
            Expr::Month(of) => Term::Month(self.term(table, of)?),
            Expr::FirstOf(of) => Term::FirstOf(self.term(table, of)?),
            Expr::Size(via) => Term::Size(self.family(table, &[*via], None, true, None)?),
            Expr::Sum(terms) => Term::Sum(all(self, terms)?),
            Expr::Minus(first, second) => {
                Term::Minus(self.term(table, first)?, self.term(table, second)?)
            }
            Expr::Times(first, second) => {
                Term::Times(self.term(table, first)?, self.term(table, second)?)
            }
            Expr::Per(first, second) => {
                Term::Per(self.term(table, first)?, self.term(table, second)?)
            }
            Expr::Greatest(terms) => Term::Greatest(all(self, terms)?),
            Expr::First(terms) => Term::First(all(self, terms)?),
            Expr::If(condition, yes, no) => Term::If(
                self.term(table, condition)?,
                self.term(table, yes)?,
                self.term(table, no)?,
            ),
            // Of a column that is whether it isn't NULL, also where it holds no number.
            Expr::Known(of) if matches!(**of, Expr::Column(_)) => {
                let Expr::Column(column) = **of else {
                    return None;
                };
                let (_, nulls) = self.cell(table, column)?;
                Term::Known(Arc::new(Term::Present(nulls)))
            }
            Expr::Known(term) => Term::Known(self.term(table, term)?),
            Expr::Not(term) => Term::Not(self.term(table, term)?),
            Expr::All(terms) => Term::All(all(self, terms)?),
            Expr::AtMost(first, second) => {
                Term::AtMost(self.term(table, first)?, self.term(table, second)?)
            }
            Expr::Is(column, texts) => {
                let (generator, nulls) = self.cell(table, *column)?;
                let texts = texts.iter().map(|text| text.as_str().into()).collect();
                return Some(Term::kept(Arc::new(Term::Is(generator, nulls, texts))));
            }
            Expr::Event(event) => Term::Event(self.lifecycle(table)?, *event),
            Expr::Born => Term::Born(self.birth(table)),
            Expr::Now => Term::Fixed(i128::from(self.birth(table).now())),
            Expr::Year(of) => Term::Year(self.term(table, of)?),
            Expr::Floor(of, unit) => Term::Floor(self.term(table, of)?, *unit),
            Expr::Random(label, least, steps, step, skewed) => Term::Random(
                self.key(table).child("story").child(label),
                *least,
                *steps,
                *step,
                *skewed,
            ),
            Expr::Chance(label, share) => {
                Term::Chance(self.key(table).child("chance").child(label), *share)
            }
            Expr::Depth(up) => {
                let (pointer, _) = self.pointer(table, *up, None)?;
                Term::Depth(Box::new([pointer]))
            }
            Expr::Nested(up, left) => {
                let set = if let Some(set) = self.woven.nested.get(&table) {
                    Arc::clone(set)
                } else {
                    let family = self.family(table, &[*up], None, false, None)?;
                    let nulls = self.nulls_of(table, *up);
                    let set = Arc::new(crate::story::NestedSet {
                        family,
                        nulls,
                        numbers: OnceLock::new(),
                    });
                    self.woven.nested.insert(table, Arc::clone(&set));
                    set
                };
                Term::Nested(set, *left)
            }
            Expr::Usual(column) => Term::Anyway(self.usual(table, *column)?),
            Expr::Null => Term::Null,
        }))
    }

    /// What a column's name and type alone make of it.
    pub(crate) fn usual(&mut self, table: TableId, column: ColumnId) -> Option<Arc<Generator>> {
        let (generator, _) =
            self.with_context(table, column, Vec::new(), Vec::new(), by_type::generator)?;
        Some(Arc::new(generator))
    }

    /// A column's generator, and when it is NULL; none where it is being built.
    pub(crate) fn cell(
        &mut self,
        table: TableId,
        column: ColumnId,
    ) -> Option<(Arc<Generator>, Nulls)> {
        if self.is_under_way(table, column) || self.facts[table].left_out[column].is_some() {
            return None;
        }
        if self.always_null(table, column).is_some() {
            return Some((Arc::new(Generator::constant("")), Nulls::Always));
        }
        let (generator, _) = self.column(table, column)?;
        let nulls = self.nulls(table, column, &generator);
        Some((generator, nulls))
    }
}
