//! Makes generators of texts that follow from other columns.

use crate::generators::{Aspect, Combination, Generator};
use crate::ids::{ColumnId, TableColumns, TableId};
use crate::locale::Locale;
use crate::nulls::Nulls;
use crate::ordinal::Ordinal;
use crate::plan::columns::build::Builder;
use crate::plan::story::texts::FILES;
use crate::plan::story::{Expr, TextRole};
use crate::pools::{Pools, WordList};
use crate::story::{ONE, Term, Wording};
use std::sync::Arc;

impl Builder<'_> {
    pub(super) fn copied(
        &mut self,
        table: TableId,
        column: ColumnId,
        via: ColumnId,
        of: &[ColumnId],
    ) -> Option<(Generator, Nulls)> {
        let (pointer, target) = self.pointer(table, via, None)?;
        let mut parts = Vec::new();
        let mut known = Vec::new();
        for &of in of {
            let (generator, nulls) = self.cell(target, of)?;
            if !parts.is_empty() {
                parts.push(Generator::constant(" "));
            }
            if !matches!(nulls, Nulls::Never) {
                known.push(Arc::new(Term::Known(Arc::new(Term::There(
                    Box::new([pointer.clone()]),
                    Arc::new(Term::If(
                        Arc::new(Term::Known(Arc::new(Term::Fixed(0)))),
                        Arc::new(Term::Present(nulls)),
                        Arc::new(Term::Null),
                    )),
                )))));
            }
            parts.push(Generator::Reference(pointer.ordinal.clone(), generator));
        }
        let generator = match parts.len() {
            1 => parts.remove(0),
            _ => Generator::Template(parts.into()),
        };
        let mut nulls = pointer.nulls.clone();
        for term in known {
            nulls = Nulls::Either(Box::new(nulls), Box::new(Nulls::Unless(term)));
        }
        if self.facts[table].never_null[column] && !matches!(pointer.nulls, Nulls::Never) {
            let otherwise = self.usual(table, column)?;
            let condition = Arc::new(Term::Present(pointer.nulls));
            let wording = Wording::Either(condition, Arc::new(generator), otherwise);
            return Some((Generator::Worded(Box::new(wording)), Nulls::Never));
        }
        Some((generator, nulls))
    }

    pub(super) fn text(
        &mut self,
        table: TableId,
        column: ColumnId,
        role: &TextRole,
    ) -> Option<(Generator, Nulls)> {
        let worded = |wording: Wording| Generator::Worded(Box::new(wording));
        let own = self
            .key(table)
            .child(&self.facts[table].table.columns[column].name);
        let usual_nulls = self.usual_nulls(table, column);
        Some(match role {
            TextRole::Numbered {
                via,
                with_year,
                example,
            } => {
                let generator = self.numbered(table, *via, *with_year, example.as_deref())?;
                // A number that is missing would be a gap.
                (generator, Nulls::Never)
            }
            TextRole::Ancestry { up, of, frame, own } => {
                let (pointer, _) = self.pointer(table, *up, None)?;
                let key = self.facts[table].table.primary_key.as_ref()?;
                let id = self.facts[table].table.column_id(key.columns.first()?)?;
                let id = of.unwrap_or(id);
                let (id, _) = self.cell(table, id)?;
                let nulls = if *own {
                    Nulls::Never
                } else {
                    pointer.nulls.clone()
                };
                let wording = Wording::Ancestry {
                    up: Box::new([pointer]),
                    id,
                    frame: *frame,
                    own: *own,
                };
                (worded(wording), nulls)
            }
            TextRole::Slug { of, numbered } => {
                let (title, nulls) = self.cell(table, *of)?;
                (worded(Wording::Slug(title, *numbered)), nulls)
            }
            TextRole::Host {
                of,
                frame,
                numbered,
            } => {
                let (title, nulls) = self.cell(table, *of)?;
                let parts = [
                    Generator::constant(frame[0]),
                    worded(Wording::Slug(title, *numbered)),
                    Generator::constant(frame[1]),
                ];
                (Generator::Template(Box::new(parts)), nulls)
            }
            TextRole::Prefixed(before, of) => {
                let (text, nulls) = self.cell(table, *of)?;
                let parts = [Generator::constant(before), Generator::Same(text)];
                (Generator::Template(Box::new(parts)), nulls)
            }
            TextRole::Initials(of) => {
                let parts: Option<Box<[Arc<Generator>]>> =
                    of.iter().map(|&of| Some(self.cell(table, of)?.0)).collect();
                (worded(Wording::Initials(parts?)), usual_nulls)
            }
            TextRole::Beginning(of, length) => {
                let (text, nulls) = self.cell(table, *of)?;
                (worded(Wording::Beginning(text, *length)), nulls)
            }
            TextRole::Joined(between, of) => {
                let mut parts = Vec::new();
                for &of in of {
                    if !parts.is_empty() {
                        parts.push(Generator::constant(between));
                    }
                    parts.push(Generator::Same(self.cell(table, of)?.0));
                }
                (Generator::Template(parts.into()), usual_nulls)
            }
            TextRole::EmailAt { via, domain } => {
                let (pointer, target) = self.pointer(table, *via, None)?;
                let (domain, _) = self.cell(target, *domain)?;
                let people = self.with_context(table, column, Vec::new(), Vec::new(), |context| {
                    context.people("")
                });
                let parts = [
                    Generator::Person(people, Aspect::UserName),
                    Generator::constant("@"),
                    Generator::Reference(pointer.ordinal, domain),
                ];
                (Generator::Template(Box::new(parts)), usual_nulls)
            }
            TextRole::FileName(kind) => {
                let kind = self.term(table, kind)?;
                let english = Pools::new(Locale::English);
                let words = Combination::new(
                    vec![
                        english.product_adjectives.slugs(),
                        english.product_nouns.slugs(),
                    ],
                    "-",
                    Ordinal::Row,
                    own,
                    true,
                );
                let endings = FILES
                    .iter()
                    .map(|(ending, _)| format!(".{ending}").into())
                    .collect();
                let parts = [
                    Generator::Combination(Box::new(words)),
                    worded(Wording::OneOf(kind, endings)),
                ];
                (Generator::Template(Box::new(parts)), usual_nulls)
            }
            TextRole::MimeType(kind) => {
                let kind = self.term(table, kind)?;
                let types = FILES.iter().map(|(_, mime)| (*mime).into()).collect();
                (worded(Wording::OneOf(kind, types)), usual_nulls)
            }
            TextRole::Extension(kind) => {
                let kind = self.term(table, kind)?;
                let endings = FILES.iter().map(|(ending, _)| (*ending).into()).collect();
                (worded(Wording::OneOf(kind, endings)), usual_nulls)
            }
            TextRole::Checked {
                prefix,
                digits,
                card,
            } => {
                let count = 10_u64.pow(u32::try_from(*digits).unwrap_or(9));
                let parts = [
                    Generator::constant(prefix),
                    Generator::Scrambled(own, count, *digits),
                ];
                let text = Arc::new(Generator::Template(Box::new(parts)));
                (worded(Wording::checked(text, *card)), usual_nulls)
            }
            TextRole::OneOf(kind, texts) => {
                let kind = self.term(table, kind)?;
                let texts = texts.iter().map(|text| text.as_str().into()).collect();
                (worded(Wording::OneOf(kind, texts)), usual_nulls)
            }
            TextRole::YearMonth(index, between) => {
                let year = Expr::Floor(Box::new(index.clone().per(Expr::whole(12))), ONE);
                let month = Expr::Sum(vec![
                    index.clone().minus(year.clone().times(Expr::whole(12))),
                    Expr::whole(1),
                ]);
                let year = self.term(table, &year)?;
                let month = self.term(table, &month)?;
                let parts = [
                    worded(Wording::Padded(year, 4)),
                    Generator::constant(between),
                    worded(Wording::Padded(month, 2)),
                ];
                (Generator::Template(Box::new(parts)), usual_nulls)
            }
            TextRole::Either(condition, one, others) => {
                let condition = self.term(table, condition)?;
                let (one, _) = self.cell(table, *one)?;
                let mut parts = Vec::new();
                for &of in others {
                    if !parts.is_empty() {
                        parts.push(Generator::constant(" "));
                    }
                    parts.push(Generator::Same(self.cell(table, of)?.0));
                }
                let others = Arc::new(Generator::Template(parts.into()));
                (worded(Wording::Either(condition, one, others)), usual_nulls)
            }
            TextRole::NetworkCard => {
                let number = Arc::new(Generator::Scrambled(own, 1 << 40, 13));
                (worded(Wording::NetworkCard(number)), usual_nulls)
            }
            TextRole::Iban => {
                let text = Arc::new(Generator::Scrambled(own, 10_u64.pow(10), 10));
                (worded(Wording::Iban(text)), usual_nulls)
            }
            TextRole::Json(pairs) => (json(own, pairs), usual_nulls),
        })
    }

    /// `2024-0001`: numbers that are counted for each row that a column leads to.
    pub(super) fn numbered(
        &mut self,
        table: TableId,
        via: Option<ColumnId>,
        with_year: bool,
        example: Option<&str>,
    ) -> Option<Generator> {
        let year = Expr::Year(Box::new(Expr::Born));
        let rank = match via {
            Some(via) if with_year => Expr::RankAmong(via, Box::new(year.clone())),
            Some(via) => Expr::Rank(via),
            None => Expr::RankInTable(Box::new(year.clone())),
        };
        let number = self.term(table, &Expr::Sum(vec![rank, Expr::whole(1)]))?;
        let year = self.term(table, &year)?;
        let example = example.unwrap_or(if with_year { "2024-0001" } else { "0001" });
        // The digits of the example's year and of its last number are replaced, the rest is kept.
        let digits = example
            .chars()
            .rev()
            .take_while(char::is_ascii_digit)
            .count()
            .max(1);
        let before = &example[..example.len() - digits];
        let mut parts = Vec::new();
        let start = before
            .char_indices()
            .find(|(at, _)| {
                before.get(*at..at + 4).is_some_and(|piece| {
                    piece
                        .chars()
                        .all(|character| character.is_ascii_digit() || character == 'Y')
                        && (piece.starts_with("20") || piece.starts_with("19") || piece == "YYYY")
                })
            })
            .map(|(at, _)| at);
        match start {
            Some(at) if with_year => {
                parts.push(Generator::constant(&before[..at]));
                parts.push(Generator::Worded(Box::new(Wording::Padded(year, 4))));
                parts.push(Generator::constant(&before[at + 4..]));
            }
            _ => parts.push(Generator::constant(before)),
        }
        parts.push(Generator::Worded(Box::new(Wording::Padded(number, digits))));
        Some(Generator::Template(parts.into()))
    }
}

/// An object with the keys of an example and values like its.
pub(crate) fn json(key: crate::random::Key, pairs: &[(String, serde_json::Value)]) -> Generator {
    use serde_json::Value;
    let mut parts = vec![Generator::constant("{")];
    for (place, (name, value)) in pairs.iter().enumerate() {
        let comma = if place > 0 { ", " } else { "" };
        parts.push(Generator::constant(&format!(
            "{comma}{}: ",
            Value::from(name.as_str())
        )));
        let own = key.child(name);
        parts.push(match value {
            Value::Number(number) => {
                let whole = number.as_i64().unwrap_or_else(|| {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "an example's size is enough"
                    )]
                    let whole = number.as_f64().unwrap_or(1.0) as i64;
                    whole
                });
                let most = whole.unsigned_abs().max(1) * 2;
                Generator::counter(
                    Ordinal::Random {
                        key: own,
                        count: most,
                    },
                    1,
                )
            }
            Value::Bool(_) => Generator::Choice(
                Ordinal::Random { key: own, count: 2 },
                WordList::new(["true", "false"]),
            ),
            Value::String(text) if text.contains('|') => {
                let texts: Vec<String> = text
                    .split('|')
                    .map(|text| Value::from(text.trim()).to_string())
                    .collect();
                let words = WordList::new(texts.iter().map(String::as_str));
                Generator::Choice(
                    Ordinal::Random {
                        key: own,
                        count: words.len(),
                    },
                    words,
                )
            }
            other => Generator::constant(&other.to_string()),
        });
    }
    parts.push(Generator::constant("}"));
    Generator::Template(parts.into())
}
