//! Makes choices of keys that agree, and finds which rows belong together.

use crate::calendar::Line;
use crate::ids::{ColumnAt, ColumnId, TableId};
use crate::ordinal::Ordinal;
use crate::plan::columns::build::Builder;
use crate::plan::rows::need::Need;
use crate::plan::story::build::FamilyKey;
use crate::plan::story::keys::{self, Class};
use crate::plan::story::{Agreement, Expr};
use crate::story::{Choice, Family, Pointer, Test, Way};
use std::sync::{Arc, OnceLock};

/// Rows that a family may have, parents and children together.
const MOST_IN_FAMILY: u64 = 1 << 26;

impl Builder<'_> {
    /// How a table's rows lie on the time line.
    pub(crate) fn line(&self, table: TableId) -> Line {
        let rows = self.decided.rows[table].max(1);
        Line::new(
            self.request.counted(self.facts[table].table, rows).max(1),
            self.request.rows_on,
        )
    }

    pub(crate) fn ratio(&self, table: TableId, other: TableId) -> u64 {
        self.line(table).ratio_to(self.line(other))
    }

    /// Where a column by itself leads, and to which table. Of a polymorphic pair: to rows of one of its tables, or to
    /// its choices.
    pub(super) fn pointer(
        &mut self,
        table: TableId,
        column: ColumnId,
        to: Option<TableId>,
    ) -> Option<(Pointer, TableId)> {
        let facts = &self.facts[table];
        let number = facts.reference_of[column]?.reference;
        let reference = &facts.references[number];
        let first = reference.columns[0];
        let of = match to {
            Some(to) if !reference.targets.is_empty() => {
                let own = reference
                    .targets
                    .iter()
                    .position(|target| target.table == to)?;
                (reference.targets.len() as u64, own as u64)
            }
            _ => (1, 0),
        };
        let last = *reference.columns.last()?;
        let target = reference.table;
        let ordinal = self.ordinal_of_reference(table, first);
        let nulls = self.nulls_of(table, last);
        Some((Pointer { ordinal, nulls, of }, to.unwrap_or(target)))
    }

    pub(super) fn path(
        &mut self,
        table: TableId,
        columns: &[ColumnId],
    ) -> Option<(Vec<Pointer>, TableId)> {
        let mut at = table;
        let mut pointers = Vec::new();
        for &column in columns {
            let (pointer, to) = self.pointer(at, column, None)?;
            pointers.push(pointer);
            at = to;
        }
        Some((pointers, at))
    }

    /// The rows of a table by where some columns lead.
    pub(crate) fn family(
        &mut self,
        child: TableId,
        back: &[ColumnId],
        to: Option<TableId>,
        by_birth: bool,
        class: Option<Class>,
    ) -> Option<Arc<Family>> {
        let key = FamilyKey {
            child,
            back: back.to_vec(),
            to,
            by_birth,
            class,
        };
        if let Some(known) = self.woven.families.get(&key) {
            return known.clone();
        }
        if !self.woven.families_under_way.insert(key.clone()) {
            return None;
        }
        let mut family = self.new_family(&key);
        self.woven.families_under_way.remove(&key);
        // Where the order of births is that of numbers, one list is both.
        if let Some(found) = family.as_ref().filter(|found| found.birth.is_none()) {
            let in_order = FamilyKey {
                by_birth: false,
                ..key.clone()
            };
            let known = self.woven.families.get(&in_order).cloned().flatten();
            let shared = known.unwrap_or_else(|| Arc::clone(found));
            self.woven
                .families
                .insert(in_order, Some(Arc::clone(&shared)));
            family = Some(shared);
        }
        self.woven.families.insert(key, family.clone());
        family
    }

    /// What must be there where a row of a table leads.
    fn tests_of(
        &mut self,
        table: TableId,
        target: TableId,
        requirements: &[keys::Requirement],
    ) -> Option<Vec<Test>> {
        let mut tests = Vec::new();
        for need in requirements {
            let (path, _) = self.path(target, &need.path)?;
            let family = self.family(need.table, &need.back, None, false, need.class.clone())?;
            let ratio = self.ratio(table, need.table);
            tests.push(Test::Has(path.into(), family, ratio, need.least));
        }
        Some(tests)
    }

    /// All rows of a table as siblings.
    pub(super) fn everybody(&mut self, table: TableId) -> Option<Arc<Family>> {
        let rows = self.decided.rows[table];
        if rows > MOST_IN_FAMILY || rows == 0 {
            return None;
        }
        let birth = Some(self.birth(table)).filter(|birth| !birth.is_in_order());
        Some(Arc::new(Family {
            parents: 0,
            rows,
            path: Box::default(),
            birth,
            only: None,
            lists: OnceLock::new(),
        }))
    }

    fn new_family(&mut self, key: &FamilyKey) -> Option<Arc<Family>> {
        let FamilyKey {
            child,
            ref back,
            to,
            by_birth,
            ref class,
        } = *key;
        let (path, target) = match (to, back.as_slice()) {
            (Some(to), [only]) => {
                let (pointer, target) = self.pointer(child, *only, Some(to))?;
                (vec![pointer], target)
            }
            _ => self.path(child, back)?,
        };
        let rows = self.decided.rows[child];
        let mut parents = self.decided.rows[target];
        // The choices of a polymorphic pair are parents too.
        if let (None, [only]) = (to, back.as_slice()) {
            let facts = &self.facts[child];
            let number = facts.reference_of[*only]?.reference;
            let reference = &facts.references[number];
            if !reference.targets.is_empty() {
                parents = reference.choices(&self.decided.rows);
            }
        }
        if rows.saturating_add(parents) > MOST_IN_FAMILY || rows == 0 {
            return None;
        }
        let only = match class {
            Some(Class { column, text }) => {
                Some(self.term(child, &Expr::Is(*column, vec![text.clone()]))?)
            }
            None => None,
        };
        let birth = by_birth
            .then(|| self.birth(child))
            .filter(|birth| !birth.is_in_order());
        Some(Arc::new(Family {
            parents,
            rows,
            path: path.into(),
            birth,
            only,
            lists: OnceLock::new(),
        }))
    }

    /// The choice of a row that agrees with others, if one was found for a column.
    pub(crate) fn agreed(&mut self, table: TableId, column: ColumnId) -> Option<Arc<Choice>> {
        if let Some(known) = self.woven.choices.get(&ColumnAt::new(table, column)) {
            return known.clone();
        }
        let (agreement, _) = self.story.tables[table].agreements.get(&column)?.clone();
        let is_pair = matches!(agreement, Agreement::Pair { .. });
        if (!is_pair && !matches!(self.decided.needs[table][column], Need::Free))
            || self.facts[table].reference_of[column].is_none()
            || self.facts[table].half(column).is_some()
            || self.facts[table].settings[column]
                .is_some_and(|settings| settings.distribution.is_some())
            || self.facts[table].per.is_some()
            || !self
                .woven
                .choices_under_way
                .insert(ColumnAt::new(table, column))
        {
            return None;
        }
        let way = self.agree(table, column, &agreement);
        let choice = way.map(Choice::new).map(Arc::new);
        self.woven
            .choices_under_way
            .remove(&ColumnAt::new(table, column));
        self.woven
            .choices
            .insert(ColumnAt::new(table, column), choice.clone());
        choice
    }

    pub(super) fn agree(
        &mut self,
        table: TableId,
        column: ColumnId,
        agreement: &Agreement,
    ) -> Option<Way> {
        let facts = &self.facts[table];
        let number = facts.reference_of[column]?.reference;
        let reference = &facts.references[number];
        let target = reference.table;
        let key = self.key(table).child(&facts.table.columns[column].name);
        let count = reference.choices(&self.decided.rows);
        let ratio = self.ratio(table, target);
        let than = facts
            .differs_from(column)
            .map(|than| self.ordinal_of_reference(table, than));
        let usual = match &than {
            Some(than) => Ordinal::Other {
                than: Box::new(than.clone()),
                own: Box::new(Ordinal::Parent {
                    key,
                    count: count.saturating_sub(1),
                    ratio,
                }),
            },
            None => Ordinal::Parent { key, count, ratio },
        };
        // Who did what was done is somebody, if nobody who belongs there.
        let acts = target != table
            && matches!(
                self.story.tables[table].relations.get(&column),
                Some((crate::plan::story::Relation::OnlyIf(_), _))
            );
        Some(match agreement {
            Agreement::Up { .. } if than.is_some() => return None,
            Agreement::Up { through, path } => {
                let mut columns = vec![*through];
                columns.extend(path);
                let (path, _) = self.path(table, &columns)?;
                Way::Path(path.into(), usual)
            }
            Agreement::Among {
                through,
                path,
                back,
                class,
            } => {
                let mut columns = vec![*through];
                columns.extend(path);
                let (path, _) = self.path(table, &columns)?;
                let family = self.family(target, back, None, false, class.clone())?;
                Way::Among {
                    path: path.into(),
                    family,
                    key,
                    ratio,
                    than: than.map(Box::new),
                    otherwise: (facts.never_null[column] || acts).then_some(usual),
                }
            }
            Agreement::Pair {
                with,
                back,
                other_back,
                first,
                classes,
            } => {
                let own = if *first {
                    ColumnAt::new(table, column)
                } else {
                    ColumnAt::new(table, *with)
                };
                let pairs = if let Some(pairs) = self.woven.pairs.get(&own) {
                    pairs.clone()
                } else {
                    let other = facts.reference_of[*with]?.reference;
                    let other = facts.references[other].table;
                    let [own_class, other_class] = &**classes;
                    let mine = self.family(target, back, None, false, own_class.clone())?;
                    let theirs =
                        self.family(other, other_back, None, false, other_class.clone())?;
                    let (one, two) = if *first {
                        (mine, theirs)
                    } else {
                        (theirs, mine)
                    };
                    let pairs = crate::story::Pairs {
                        key: self.key(table).child("pairs"),
                        first: one,
                        second: two,
                        ends: OnceLock::new(),
                    };
                    // Where there are too few, uniqueness comes first.
                    let enough = pairs.count() >= self.decided.rows[table];
                    let pairs = enough.then(|| Arc::new(pairs));
                    self.woven.pairs.insert(own, pairs.clone());
                    pairs
                };
                Way::OfPair(pairs?, *first)
            }
            Agreement::Fitting {
                requirements,
                class,
            } => {
                let mut tests = Vec::new();
                if let Some(Class { column: of, text }) = class {
                    tests.push(Test::Is(
                        self.term(target, &Expr::Is(*of, vec![text.clone()]))?,
                    ));
                }
                tests.extend(self.tests_of(table, target, requirements)?);
                tests.extend(than.map(Test::Differs));
                Way::Fitting {
                    key,
                    count,
                    ratio,
                    tests: tests.into(),
                    otherwise: (facts.never_null[column] || acts).then_some(usual),
                }
            }
            Agreement::Sibling(through) => Way::Sibling {
                family: self.family(table, &[*through], None, true, None)?,
                key,
                share: 110,
            },
            Agreement::Root(up) => {
                let (pointer, _) = self.pointer(table, *up, None)?;
                Way::Root(Box::new([pointer]))
            }
            Agreement::Close {
                together,
                requirements,
            } => Way::Close {
                key,
                count,
                ratio,
                together: *together,
                tests: self.tests_of(table, target, requirements)?.into(),
            },
            Agreement::Tree => {
                let rows = self.decided.rows[table];
                Way::Tree {
                    key,
                    roots: 4.min(rows),
                    breadth: if rows > 100_000 { 16 } else { 5 },
                }
            }
            Agreement::OwnChild(child, via, newest) => {
                let family = self.family(*child, &[*via], None, true, None)?;
                if *newest {
                    Way::Newest(family)
                } else {
                    Way::Eldest(family)
                }
            }
            Agreement::OfChild(child, via, other) => {
                let family = self.family(*child, &[*via], None, false, None)?;
                let (pointer, _) = self.pointer(*child, *other, None)?;
                Way::OfChild {
                    family,
                    pointer,
                    otherwise: usual,
                }
            }
        })
    }
}
