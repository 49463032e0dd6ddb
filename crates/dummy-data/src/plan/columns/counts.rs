//! `comments_count` on posts is the number of comments that point to the post.

use crate::generators::{Children, Generator, TargetPlace};
use crate::ids::{ColumnId, ReferenceId, SchemaTables, TableId};
use crate::plan::bounds::number_bounds;
use crate::plan::columns::build::Builder;
use crate::plan::columns::context::Choice;
use crate::plan::names::{NameParts, singular};
use crate::plan::story::words;
use crate::problem::Problem;
use std::sync::{Arc, OnceLock};
use value_model::{Table, ValueType};

/// Rows of a table beyond which its children aren't counted: the counts of all rows are kept in memory,
/// four bytes each.
const MOST_COUNTED: u64 = 1 << 23;

/// Whose rows a column counts.
struct Counted {
    /// Their table.
    child: TableId,
    /// Their reference that points to the column's table.
    reference: ReferenceId,
    /// Which of the reference's tables that is.
    target: TargetPlace,
}

impl Builder<'_> {
    /// The generator of a column that counts children, if it is one.
    pub(crate) fn count_of_children(&mut self, table: TableId, column: ColumnId) -> Option<Choice> {
        let Counted {
            child,
            reference,
            target,
        } = self.counted_children(table, column)?;
        let facts = &self.facts[table];
        let own = &facts.table.columns[column];
        let name = self.schema.tables[child].name.clone();
        let parents = self.decided.rows[table];
        if parents > MOST_COUNTED {
            self.warnings.push(Problem::new(
                format!("{}.{}", facts.table.name, own.name),
                format!("it isn't the number of `{name}`: they are counted for at most {MOST_COUNTED} rows"),
            ));
            return None;
        }
        let domain = facts.rules.domains.get(&own.name).cloned();
        let bounds = number_bounds(&own.data_type.kind, &domain.unwrap_or_default());
        let columns = &self.facts[child].references[reference].columns;
        let first = columns[0];
        let last = columns[columns.len() - 1];
        let children = Children {
            parents,
            rows: self.decided.rows[child],
            ordinal: self.ordinal_of_reference(child, first),
            nulls: self.nulls_of(child, last),
            target,
            greatest: bounds.greatest,
            counts: OnceLock::new(),
        };
        Some((
            Generator::Children(Arc::new(children)),
            format!("the number of `{name}` that point to the row"),
        ))
    }

    /// Whose rows a column counts.
    fn counted_children(&self, table: TableId, column: ColumnId) -> Option<Counted> {
        let facts = &self.facts[table];
        let own = &facts.table.columns[column];
        let is_whole = matches!(
            own.data_type.kind,
            ValueType::SmallInt | ValueType::Integer | ValueType::BigInt
        ) && !own.data_type.array;
        let in_relation = facts
            .rules
            .relations
            .iter()
            .any(|relation| relation.of(&own.name).is_some());
        let domain = facts.rules.domains.get(&own.name);
        let least_is_0 = domain.is_none_or(|domain| {
            domain.one_of.is_none()
                && domain.none_of.is_empty()
                && domain.least.as_ref().is_none_or(|bound| {
                    let least = bound.value.parse::<f64>();
                    least.is_ok_and(|least| least < 0.0 || (!bound.is_open && least <= 0.0))
                })
        });
        if !is_whole || in_relation || !least_is_0 || !self.is_free(table, column) {
            return None;
        }
        if let Some(found) = self.counted_in_japanese(table, column) {
            return Some(found);
        }
        let parts = NameParts::new(&own.name);
        let stem = ["count", "counter", "counter_cache"]
            .iter()
            .find_map(|ending| parts.prefix_before(ending))
            .filter(|stem| !stem.is_empty())?;
        let own_singular = &singular(&facts.table.name.name);
        let is_meant = |name: &str| name == stem || singular(name) == stem;
        let to_itself = matches!(
            stem,
            "children" | "child" | "replies" | "reply" | "descendants"
        );
        let candidates = |rank: usize| {
            self.schema
                .tables_with_ids()
                .filter(move |(_, child)| {
                    let name = child.name.name.as_str();
                    match rank {
                        0 => is_meant(name),
                        1 => name
                            .strip_prefix(own_singular.as_str())
                            .and_then(|rest| rest.strip_prefix('_'))
                            .is_some_and(is_meant),
                        2 => name
                            .match_indices('_')
                            .any(|(position, _)| is_meant(&name[position + 1..])),
                        _ => to_itself && child.name == facts.table.name,
                    }
                })
                .map(|(position, _)| position)
        };
        (0..4).flat_map(candidates).find_map(|child| {
            let counted = self.counted_by(child, table, own_singular)?;
            self.facts[child].master.is_none().then_some(counted)
        })
    }

    /// What a Japanese name or comment counts: `juchu_kensu`, `受注件数` on a table to which `受注` points.
    fn counted_in_japanese(&self, table: TableId, column: ColumnId) -> Option<Counted> {
        const COUNTS: &[&str] = &["件数", "回数", "人数", "台数", "枚数", "冊数", "室数", "数"];
        const ENDINGS: &[&str] = &[
            "_kensu", "_kensuu", "_kaisu", "_kaisuu", "_ninzu", "_ninzuu", "_su", "_suu",
        ];
        let own = &self.facts[table].table.columns[column];
        let comment = own.comment.as_deref().unwrap_or("");
        let head = comment.split(['(', '（', ':', '：', '、', '。']).next();
        let said = head.and_then(|head| COUNTS.iter().find_map(|end| head.strip_suffix(end)));
        let said = said.map(|said| said.trim_end_matches('の'));
        let named = ENDINGS.iter().find_map(|end| own.name.strip_suffix(end));
        let called = self.story.tables[table].names[column].comment.as_ref();
        let called = called.and_then(|name| name.prefix_before("count"));
        let is_meant = |child: &Table| {
            let about = child.comment.as_deref().unwrap_or("");
            let about = about
                .split(['(', '（', '・', '：', ':'])
                .next()
                .unwrap_or("");
            let bare = about
                .trim_end_matches("マスタ")
                .trim_end_matches("一覧")
                .trim_end_matches("情報");
            let by_comment = said.is_some_and(|said| !said.is_empty() && said == bare);
            let by_name = named.is_some_and(|named| named == child.name.name);
            let by_meaning = called.is_some_and(|called| {
                !called.is_empty() && words::called(child).contains(&singular(called))
            });
            (by_comment, by_name || by_meaning)
        };
        if said.is_none() && named.is_none() && !own.name.is_ascii() && called.is_none() {
            return None;
        }
        let own_singular = &singular(&self.facts[table].table.name.name);
        let pick = |by_comment: bool| {
            self.schema
                .tables_with_ids()
                .filter(|(_, child)| {
                    let (first, second) = is_meant(child);
                    if by_comment { first } else { second }
                })
                .find_map(|(child, _)| {
                    let counted = self.counted_by(child, table, own_singular)?;
                    self.facts[child].master.is_none().then_some(counted)
                })
        };
        pick(true).or_else(|| pick(false))
    }

    /// The reference of a table that points to another one: by the other's name where there are several.
    fn counted_by(&self, child: TableId, table: TableId, own_singular: &str) -> Option<Counted> {
        let facts = &self.facts[child];
        let mut found: Vec<Counted> = Vec::new();
        let counted = |reference, target| Counted {
            child,
            reference,
            target,
        };
        for (number, reference) in facts.references.iter_enumerated() {
            if facts.reference_of[reference.columns[0]].is_none_or(|own| own.reference != number) {
                continue;
            }
            if reference.targets.is_empty() {
                if reference.table == table {
                    found.push(counted(number, TargetPlace::ONLY));
                }
            } else if let Some(own) = reference
                .targets
                .iter()
                .position(|target| target.table == table)
            {
                let target = TargetPlace {
                    tables: reference.targets.len() as u64,
                    place: own as u64,
                };
                found.push(counted(number, target));
            }
        }
        let by_name = found.iter().position(|counted| {
            let column = facts.references[counted.reference].columns[0];
            facts.table.columns[column].name == format!("{own_singular}_id")
        });
        found.into_iter().nth(by_name.unwrap_or(0))
    }
}
