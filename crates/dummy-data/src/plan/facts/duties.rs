//! What a table's rows have to keep, beside what is known of the table.
//!
//! What is known stays as it was gathered. What has to be kept is handed from stage to stage, each of which gives back what
//! it leaves to those after it: the story takes out what it keeps itself, the counts of rows what can't be kept.

use std::ops::Deref;

use value_model::ValueType;

use crate::check::{Alternatives, Comparison, Rules};
use crate::ids::{ColumnAt, ColumnId, Columns, ReferenceId, TableColumns};
use crate::plan::facts::table::{
    Choosing, Half, OrderedPair, Reference, ReferencePlace, TableFacts,
};
use crate::plan::facts::uniques::{Compared, UniqueSet};
use typed_index_collections::TiVec;

/// A table, and what its rows have to keep.
#[derive(Debug)]
pub(crate) struct Duties<'a> {
    /// What is known of the table, which nobody but those who gather it can change.
    pub(in crate::plan::facts) known: TableFacts<'a>,
    /// What must be unique.
    pub unique_sets: Vec<UniqueSet>,
    /// What the CHECKs say.
    pub rules: Rules,
    /// References to other tables; no column is in two.
    pub references: TiVec<ReferenceId, Reference>,
    /// For each column the reference that decides it, and its place in that.
    pub reference_of: Columns<Option<ReferencePlace>>,
    /// Columns that can't be NULL, or that something else points to.
    pub never_null: Columns<bool>,
    /// Columns that are always NULL, and why.
    pub always_null: Columns<Option<String>>,
}

impl<'a> Deref for Duties<'a> {
    type Target = TableFacts<'a>;

    fn deref(&self) -> &TableFacts<'a> {
        &self.known
    }
}

impl Duties<'_> {
    /// The longest span, in microseconds, of which something unique looks at nothing less: a day, a month.
    pub(crate) fn span_of(&self, column: ColumnId) -> Option<i64> {
        let is_time = matches!(
            self.table.columns[column].data_type.kind,
            ValueType::Timestamp { .. } | ValueType::Date
        );
        let sets = self.unique_sets.iter();
        sets.filter(|set| is_time && set.columns.contains(&column))
            .filter_map(|set| match set.compared {
                Compared::Spans(span) => Some(span),
                _ => None,
            })
            .max()
    }

    /// The reference that decides a column.
    pub(crate) fn reference(&self, column: ColumnId) -> Option<&Reference> {
        let own = self.reference_of[column]?;
        Some(&self.references[own.reference])
    }

    /// The table and column that a column by itself points to, where it is free to choose the row.
    fn target(&self, column: ColumnId) -> Option<ColumnAt> {
        let ReferencePlace { reference, place } = self.reference_of[column]?;
        let reference = &self.references[reference];
        (reference.columns.len() == 1
            && reference.targets.is_empty()
            && reference.choosing == Choosing::Freely)
            .then_some(ColumnAt::new(reference.table, reference.referenced[place]))
    }

    /// Takes the first of the alternatives that fits what is known already. Returns whether one was found.
    pub(crate) fn add_rule(&mut self, alternatives: &Alternatives) -> bool {
        let (table, never_null) = (self.table, &self.never_null);
        self.rules.add(alternatives, &|name: &str| {
            table
                .column_id(name)
                .is_some_and(|position| !never_null[position])
        })
    }

    /// Whether a column can be made NULL, by its name.
    pub(crate) fn may_be_null(&self, name: &str) -> bool {
        self.table
            .column_id(name)
            .is_some_and(|position| !self.never_null[position])
    }

    /// Takes over what the rules say of NULL.
    pub(crate) fn take_nulls(&mut self) {
        for (name, domain) in &self.rules.domains {
            if let Some(position) = self.table.column_id(name) {
                match domain.null {
                    Some(true) => self.always_null[position] = Some("a check wants it".to_owned()),
                    Some(false) => self.never_null[position] = true,
                    None => {}
                }
            }
        }
    }

    /// For a column that points to a lower or a higher row of a table than another one: to which half of its rows. The lower
    /// half is for one, the higher for the other.
    pub(crate) fn half(&self, column: ColumnId) -> Option<Half> {
        let own = self.target(column)?;
        let pairs = self.ordered_pairs.iter();
        let mut both = pairs.filter(|pair| pair.other(column).is_some());
        let OrderedPair { lower, higher } = *both.next()?;
        // Only of two columns of which no other must be lower or higher.
        let is_alone = both.next().is_none()
            && self.target(lower) == Some(own)
            && self.target(higher) == Some(own)
            && self.differs_from(lower.max(higher)).is_none();
        is_alone.then_some(if column == higher {
            Half::Higher
        } else {
            Half::Lower
        })
    }

    /// The column before it that a check wants this one to differ from, where both point to the same
    /// table.
    pub(crate) fn differs_from(&self, column: ColumnId) -> Option<ColumnId> {
        let name = &self.table.columns[column].name;
        let relations = self.rules.relations.iter();
        relations
            .filter_map(|relation| relation.of(name))
            .filter(|(operator, _)| *operator == Comparison::NotEqual)
            .find_map(|(_, other)| {
                let other = self.table.column_id(other)?;
                (other < column
                    && self.target(other).is_some()
                    && self.target(other) == self.target(column))
                .then_some(other)
            })
    }

    /// Adds a reference, which decides its columns from now on.
    pub(crate) fn add_reference(&mut self, reference: Reference) {
        let number = self.references.next_key();
        for (place, &column) in reference.columns.iter().enumerate() {
            self.reference_of[column] = Some(ReferencePlace {
                reference: number,
                place,
            });
        }
        self.references.push(reference);
    }
}
