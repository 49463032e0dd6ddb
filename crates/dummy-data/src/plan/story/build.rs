//! Makes generators of relations: each with what it is made of built before it.
//!
//! A relation is given up, and the column made by its name and type alone, where it would go in a circle or where the
//! first rows break a constraint: constraints always win.

use crate::check::{ColumnRelation, Comparison};
use crate::generators::Generator;
use crate::ids::{ColumnAt, ColumnId, TableColumns, TableId};
use crate::memo::Memo;
use crate::nulls::Nulls;
use crate::plan::bounds::{number_bounds, scale, text_limit};
use crate::plan::columns::build::Builder;
use crate::plan::columns::context::Choice as Made;
use crate::plan::facts::narrowing::ConstraintOf;
use crate::plan::rows::need::Need;
use crate::plan::story::keys::Class;
use crate::plan::story::lifecycles::{PlannedStep, PlannedThere, WayOut};
use crate::plan::story::{Agreement, Expr, Relation};
use crate::problem::Problem;
use crate::story::{Choice, Family, Form, Lifecycle, ONE, Out, Side, Step, Term, Way, Wording};
use row_text::RowBuffer;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use value_model::ValueType;

/// Rows that are tried against constraints.
const TRIED: u64 = 300;

/// Which rows belong together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FamilyKey {
    /// The children's table.
    pub child: TableId,
    /// The way to their parents, a column a step.
    pub back: Vec<ColumnId>,
    /// Which table the way ends in, where it could end in several.
    pub to: Option<TableId>,
    /// Whether they stand in the order of their birth.
    pub by_birth: bool,
    /// The only ones that count: by a column and its text.
    pub class: Option<Class>,
}

/// What was made of relations so far.
#[derive(Default)]
pub(crate) struct Woven {
    pub(super) lifecycles: BTreeMap<TableId, Option<Arc<Lifecycle>>>,
    pub(super) families: BTreeMap<FamilyKey, Option<Arc<Family>>>,
    pub(super) families_under_way: BTreeSet<FamilyKey>,
    pub(super) choices: BTreeMap<ColumnAt, Option<Arc<Choice>>>,
    pub(super) choices_under_way: BTreeSet<ColumnAt>,
    pub(super) nested: BTreeMap<TableId, Arc<crate::story::NestedSet>>,
    pub(super) pairs: BTreeMap<ColumnAt, Option<Arc<crate::story::Pairs>>>,
    pub(super) nulls: BTreeMap<ColumnAt, Option<Nulls>>,
    pub(super) nulls_under_way: BTreeSet<ColumnAt>,
}

impl Builder<'_> {
    fn relation(&self, table: TableId, column: ColumnId) -> Option<(Relation, String)> {
        self.story
            .tables
            .get(table)?
            .relations
            .get(&column)
            .cloned()
    }

    /// Whether a column follows from others.
    pub(crate) fn is_told(&self, table: TableId, column: ColumnId) -> bool {
        matches!(self.relation(table, column), Some((relation, _)) if !matches!(relation, Relation::OnlyIf(_)))
    }

    /// The generator of a column that follows from others.
    pub(crate) fn told(&mut self, table: TableId, column: ColumnId) -> Option<Made> {
        let is_told = self.is_told(table, column);
        let told = self.tell(table, column);
        if is_told && told.is_none() {
            // What it would have kept unique must be kept so by counting.
            let own = self.facts[table].table;
            let name = &own.columns[column].name;
            let sets = self.story.tables[table].kept_sets.iter();
            self.given_up.extend(
                sets.filter(|set| may_look_at(own, set, name))
                    .map(|set| ConstraintOf::new(own, set)),
            );
            self.tell_of_lifecycle(table, column);
        }
        told
    }

    /// A lifecycle that somebody asked for isn't given up in silence.
    fn tell_of_lifecycle(&mut self, table: TableId, column: ColumnId) {
        let of = self.facts[table].table;
        let settings = self.request.settings_of(of);
        let Some(lifecycle) = settings.and_then(|settings| settings.lifecycle.as_ref()) else {
            return;
        };
        let name = &of.columns[column].name;
        let mut times = lifecycle.steps.iter().chain(&lifecycle.outs);
        let place = if lifecycle.column.value == *name {
            Some(lifecycle.column.span)
        } else {
            times.find_map(|step| {
                let time = step.time.as_ref()?;
                (time.value == *name).then_some(time.span)
            })
        };
        if let Some(place) = place {
            self.problems.push(
                Problem::configured(
                    place,
                    format!(
                        "the constraints of `{}` don't let `{name}` follow this lifecycle",
                        of.name
                    ),
                )
                .hint("its checks may want another order of states, or other times"),
            );
        }
    }

    fn tell(&mut self, table: TableId, column: ColumnId) -> Option<Made> {
        if !matches!(self.decided.needs[table][column], Need::Free) {
            return None;
        }
        let (relation, why) = self.relation(table, column)?;
        let (generator, nulls) = match &relation {
            Relation::OnlyIf(_) => return None,
            Relation::Value(expr) => {
                let term = Term::kept(self.term(table, expr)?);
                let form = self.form(table, column)?;
                (Generator::Told(Arc::clone(&term), form), Nulls::Told(term))
            }
            Relation::State => {
                let lifecycle = self.lifecycle(table)?;
                let labels = self.story.tables[table]
                    .cycle
                    .as_ref()?
                    .state
                    .as_ref()?
                    .labels
                    .clone();
                let labels = labels.into_iter().map(String::into_boxed_str).collect();
                let wording = Wording::State(lifecycle, labels);
                (Generator::Worded(Box::new(wording)), Nulls::Never)
            }
            Relation::Copy { via, of } => self.copied(table, column, *via, of)?,
            Relation::NewestText { child, via, of } => {
                let family = self.family(*child, &[*via], None, true, None)?;
                let newest = Arc::new(Choice::new(Way::Newest(family)));
                let (generator, _) = self.cell(*child, *of)?;
                let ordinal = crate::ordinal::Ordinal::Agreed(Arc::clone(&newest));
                (
                    Generator::Reference(ordinal, generator),
                    Nulls::Agreed(newest),
                )
            }
            Relation::CopyFar { path, of } => {
                let (pointers, target) = self.path(table, path)?;
                let (mut generator, nulls) = self.cell(target, *of)?;
                if !matches!(nulls, Nulls::Never) {
                    return None;
                }
                for pointer in pointers.into_iter().rev() {
                    generator = Arc::new(Generator::Reference(pointer.ordinal, generator));
                }
                (Generator::Same(generator), Nulls::Never)
            }
            Relation::Text(role) => self.text(table, column, role)?,
        };
        let beside = self.story.tables[table].beside.get(&column).copied();
        let nulls = match beside {
            _ if self.facts[table].never_null[column] => Nulls::Never,
            Some(other) => {
                let known = Expr::Known(Box::new(Expr::Column(other)));
                Nulls::Unless(self.term(table, &known)?)
            }
            None => nulls,
        };
        if self.breaks(table, column, &generator, &nulls, &relation) {
            return None;
        }
        self.woven
            .nulls
            .insert(ColumnAt::new(table, column), Some(nulls));
        Some((generator, why))
    }

    /// When a column is NULL because of a relation.
    pub(crate) fn told_nulls(&mut self, table: TableId, column: ColumnId) -> Option<Nulls> {
        if let Some(known) = self.woven.nulls.get(&ColumnAt::new(table, column)) {
            return known.clone();
        }
        if self.facts[table].never_null[column]
            || !self
                .woven
                .nulls_under_way
                .insert(ColumnAt::new(table, column))
        {
            return None;
        }
        let only_if = match self.relation(table, column) {
            Some((Relation::OnlyIf(expr), _)) => self.term(table, &expr).map(Nulls::Unless),
            _ => None,
        };
        let agreement = self.story.tables[table].agreements.get(&column).cloned();
        let agreed = match (agreement, self.agreed(table, column)) {
            (Some((agreement, _)), Some(choice)) => {
                if matches!(choice.way, Way::Root(_)) {
                    self.woven
                        .nulls_under_way
                        .remove(&ColumnAt::new(table, column));
                    self.woven
                        .nulls
                        .insert(ColumnAt::new(table, column), Some(Nulls::Never));
                    return Some(Nulls::Never);
                }
                let alone = matches!(
                    agreement,
                    Agreement::Sibling(_) | Agreement::Tree | Agreement::OwnChild(..)
                );
                (!matches!(
                    choice.way,
                    Way::Path(..) | Way::OfPair(..) | Way::Close { .. } | Way::Root(_)
                ))
                .then_some((Nulls::Agreed(choice), alone))
            }
            _ => None,
        };
        self.woven
            .nulls_under_way
            .remove(&ColumnAt::new(table, column));
        let nulls = match (only_if, agreed) {
            (Some(first), Some((second, _))) => {
                Some(Nulls::Either(Box::new(first), Box::new(second)))
            }
            (Some(first), None) => Some(first),
            (None, Some((nulls, true))) => Some(nulls),
            (None, Some((nulls, false))) => {
                let share = self.usual_nulls(table, column);
                Some(Nulls::Either(Box::new(share), Box::new(nulls)))
            }
            (None, None) => None,
        };
        self.woven
            .nulls
            .insert(ColumnAt::new(table, column), nulls.clone());
        nulls
    }

    /// How values of a column are written.
    pub(crate) fn form(&self, table: TableId, column: ColumnId) -> Option<Form> {
        let facts = &self.facts[table];
        let own = &facts.table.columns[column];
        let mut domain = facts
            .rules
            .domains
            .get(&own.name)
            .cloned()
            .unwrap_or_default();
        // What follows from others may lie on both sides of a forbidden number.
        domain.none_of.clear();
        Some(match &own.data_type.kind {
            ValueType::Boolean => Form::Boolean,
            ValueType::Date => Form::Date,
            ValueType::Time {
                precision,
                with_time_zone,
            } => Form::Time(
                precision.unwrap_or(6).min(6),
                if *with_time_zone { "+00" } else { "" },
            ),
            ValueType::Timestamp {
                precision,
                with_time_zone,
            } => Form::Timestamp(
                precision.unwrap_or(6).min(6),
                if *with_time_zone { "+00" } else { "" },
            ),
            kind if crate::plan::bounds::holds_numbers(kind) => {
                let bounds = number_bounds(kind, &domain);
                Form::Number {
                    scale: scale(kind),
                    least: bounds.least,
                    greatest: bounds.greatest,
                }
            }
            _ => return None,
        })
    }

    /// Whether a column's first rows break one of its constraints.
    fn breaks(
        &mut self,
        table: TableId,
        column: ColumnId,
        generator: &Generator,
        nulls: &Nulls,
        relation: &Relation,
    ) -> bool {
        let facts = &self.facts[table];
        let own = &facts.table.columns[column];
        let domain = facts.rules.domains.get(&own.name);
        let limit = text_limit(own, &domain.cloned().unwrap_or_default());
        let rows = self.decided.rows[table].min(TRIED);
        let relations: Vec<(bool, Comparison, ColumnId)> = facts
            .rules
            .relations
            .iter()
            .filter_map(
                |ColumnRelation {
                     left,
                     operator,
                     right,
                 }| {
                    let position = |name: &str| facts.table.column_id(name);
                    if *left == own.name {
                        Some((true, *operator, position(right)?))
                    } else if *right == own.name {
                        Some((false, *operator, position(left)?))
                    } else {
                        None
                    }
                },
            )
            .collect();
        let others: Vec<(bool, Comparison, Arc<Generator>, Nulls)> = relations
            .into_iter()
            .filter_map(|(is_left, operator, other)| {
                let built = self.built_already(table, other)?;
                let nulls = self.nulls(table, other, &built);
                Some((is_left, operator, built, nulls))
            })
            .collect();
        if domain.is_none()
            && limit.is_none()
            && others.is_empty()
            && !matches!(relation, Relation::Value(_))
        {
            return false;
        }
        for row in 0..rows {
            if nulls.at(row) {
                if facts.never_null[column] {
                    return true;
                }
                continue;
            }
            if let Generator::Told(term, _) = generator
                && term.at(row).is_none()
            {
                return true;
            }
            let mut out = RowBuffer::new();
            generator.write(row, &mut out);
            let text = String::from_utf8(out.into_vec()).unwrap_or_default();
            if domain.is_some_and(|domain| domain.broken_by(&text).is_some()) {
                return true;
            }
            if limit.is_some_and(|limit| text.chars().count() > limit) {
                return true;
            }
            for (is_left, operator, other, other_nulls) in &others {
                if other_nulls.at(row) {
                    continue;
                }
                let (Some(value), Some(other)) = (generator.number(row), other.number(row)) else {
                    continue;
                };
                let (left, right) = if *is_left {
                    (value, other)
                } else {
                    (other, value)
                };
                let holds = match operator {
                    Comparison::Equal => left == right,
                    Comparison::NotEqual => left != right,
                    Comparison::Below => left < right,
                    Comparison::AtMost => left <= right,
                    Comparison::Above => left > right,
                    Comparison::AtLeast => left >= right,
                };
                if !holds {
                    return true;
                }
            }
        }
        false
    }

    /// The lifecycle of a table.
    pub(crate) fn lifecycle(&mut self, table: TableId) -> Option<Arc<Lifecycle>> {
        if let Some(known) = self.woven.lifecycles.get(&table) {
            return known.clone();
        }
        let cycle = self.story.tables[table].cycle.clone()?;
        let key = self.key(table).child("lifecycle");
        let label = |label: Option<usize>| label.and_then(|place| u32::try_from(place).ok());
        let planned = match &cycle.planned {
            Some(PlannedStep { step, start, end }) => {
                let moment = |builder: &mut Self, column: ColumnId, hour: i64| {
                    let is_day = matches!(
                        builder.facts[table].table.columns[column].data_type.kind,
                        ValueType::Date
                    );
                    let hour = if is_day { hour } else { 0 };
                    let term = Expr::Sum(vec![
                        Expr::Anyway(column),
                        Expr::Number(i128::from(hour * 3600) * ONE),
                    ]);
                    builder.term(table, &term)
                };
                let start = moment(self, *start, 14);
                let end = end.and_then(|end| moment(self, end, 9));
                start.map(|start| crate::story::Planned {
                    step: *step,
                    start,
                    end,
                    lasting: 3_600_000_000,
                })
            }
            None => match &cycle.planned_there {
                Some(PlannedThere { step, path, start }) => {
                    let mut term = Expr::Anyway(*start);
                    for via in path.iter().rev() {
                        term = Expr::There(*via, Box::new(term));
                    }
                    self.term(table, &term).map(|start| crate::story::Planned {
                        step: *step,
                        start,
                        end: None,
                        lasting: 3_600_000_000,
                    })
                }
                None => None,
            },
        };
        let lifecycle = Arc::new(Lifecycle {
            memo: Memo::new(),
            planned,
            birth: self.birth(table),
            key,
            initial: u32::try_from(cycle.initial).unwrap_or(0),
            steps: cycle
                .steps
                .iter()
                .map(|step| Step {
                    delay: Lifecycle::days(step.days),
                    label: label(step.label),
                })
                .collect(),
            outs: cycle
                .outs
                .iter()
                .map(|WayOut { happening, after }| Out {
                    after: *after,
                    share: happening.share(),
                    delay: Lifecycle::days(happening.days),
                    label: label(happening.label),
                })
                .collect(),
            sides: cycle
                .sides
                .iter()
                .map(|side| Side {
                    key: key.child(&side.word),
                    share: side.share(),
                    delay: Lifecycle::days(side.days),
                })
                .collect(),
        });
        self.woven
            .lifecycles
            .insert(table, Some(Arc::clone(&lifecycle)));
        Some(lifecycle)
    }
}

/// Whether a unique set may look at a column: an index of other columns alone doesn't.
fn may_look_at(table: &value_model::Table, set: &str, column: &str) -> bool {
    table
        .indexes
        .iter()
        .find(|index| index.name == *set)
        .and_then(value_model::Index::plain_columns)
        .is_none_or(|columns| columns.contains(&column))
}

/// What a lifecycle says of a table, as readers would say it.
pub(crate) fn sentence(cycle: &crate::plan::story::lifecycles::Cycle) -> String {
    let initial = cycle
        .state
        .as_ref()
        .and_then(|state| state.labels.get(cycle.initial))
        .map_or("born", String::as_str);
    let mut text = initial.to_owned();
    for step in &cycle.steps {
        text.push_str(", then ");
        text.push_str(&step.word);
    }
    for WayOut { happening, after } in &cycle.outs {
        let from = match after
            .checked_sub(1)
            .and_then(|before| cycle.steps.get(before))
        {
            Some(step) => step.word.clone(),
            None => initial.to_owned(),
        };
        let _ = write!(text, "; or {} after {from}", happening.word);
    }
    for side in &cycle.sides {
        let _ = write!(text, "; some are {}", side.word);
    }
    text
}
