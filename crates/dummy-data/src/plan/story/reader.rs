//! Reads what the rules ask about: names, types, neighbours; and takes what they decide.

use crate::ids::{ColumnId, TableColumns, TableId, TableSlice};
use crate::plan::bounds::{holds_numbers, scale};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::table::{Choosing, Reference, ReferencePlace};
use crate::plan::names::{NameParts, singular};
use crate::plan::story::words::{english, romaji};
use crate::plan::story::{Expr, Relation, Story, TableStory};
use crate::request::Request;
use value_model::{Column, Schema, ValueType};

/// What a column is called.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// Its name in English.
    pub own: NameParts,
    /// What its comment calls it, where that is a Japanese name.
    pub comment: Option<NameParts>,
    /// Its comment, in lower case.
    pub text: String,
}

impl Named {
    fn new(column: &Column) -> Self {
        let text = column.comment.clone().unwrap_or_default();
        // What stands in parentheses or after a colon explains, and is no name.
        let head = text
            .split(['(', '（', ':', '：', '、', '。', ','])
            .next()
            .unwrap_or("");
        let own = english(&column.name).unwrap_or_else(|| NameParts::new(&column.name));
        Self {
            comment: english(head).or_else(|| romaji(&own)),
            own,
            text: text.to_lowercase(),
        }
    }

    /// The name that says what values are: of a number what a name in Latin letters means in English.
    pub(crate) fn parts_of_value(&self, kind: &ValueType) -> NameParts {
        match romaji(&self.own) {
            Some(meant) if holds_numbers(kind) => self.comment.clone().unwrap_or(meant),
            _ => self.own.clone(),
        }
    }

    /// Whether its name is one of some or ends in one.
    pub(crate) fn is(&self, names: &[&str]) -> bool {
        self.own.is(names) || self.comment.as_ref().is_some_and(|name| name.is(names))
    }

    /// Whether its whole name is one of some.
    pub(crate) fn whole_is(&self, names: &[&str]) -> bool {
        names.contains(&self.own.whole.as_str())
            || self
                .comment
                .as_ref()
                .is_some_and(|name| names.contains(&name.whole.as_str()))
    }

    /// Whether one of some words is in its name.
    pub(crate) fn has(&self, words: &[&str]) -> bool {
        self.own.has_any(words)
            || self
                .comment
                .as_ref()
                .is_some_and(|name| name.has_any(words))
    }

    /// Whether one of some words is in its name, or stands by itself in its comment, between other characters than
    /// those of words.
    pub(crate) fn says(&self, words: &[&str], is_of_word: impl Fn(char) -> bool) -> bool {
        self.own.has_any(words)
            || self
                .text
                .split(|character| !is_of_word(character))
                .any(|word| words.contains(&word))
    }

    /// Its names.
    pub(crate) fn all(&self) -> impl Iterator<Item = &NameParts> {
        std::iter::once(&self.own).chain(&self.comment)
    }
}

/// What the rules read and decide.
pub(crate) struct Reader<'a, 'f> {
    pub schema: &'a Schema,
    pub facts: &'a TableSlice<Duties<'f>>,
    pub request: &'a Request,
    pub story: Story,
}

impl<'a, 'f> Reader<'a, 'f> {
    pub(crate) fn new(
        schema: &'a Schema,
        facts: &'a TableSlice<Duties<'f>>,
        request: &'a Request,
    ) -> Self {
        let tables = facts
            .iter()
            .map(|facts| TableStory {
                names: facts.table.columns.iter().map(Named::new).collect(),
                ..TableStory::default()
            })
            .collect();
        Self {
            schema,
            facts,
            request,
            story: Story { tables },
        }
    }

    pub(crate) fn columns(
        &self,
        table: TableId,
    ) -> impl DoubleEndedIterator<Item = ColumnId> + Clone + use<> {
        self.facts[table].table.column_ids()
    }

    pub(crate) fn column(&self, table: TableId, column: ColumnId) -> &'a Column {
        let facts: &'a TableSlice<Duties<'f>> = self.facts;
        &facts[table].table.columns[column]
    }

    pub(crate) fn name(&self, table: TableId, column: ColumnId) -> &Named {
        &self.story.tables[table].names[column]
    }

    /// The words of a table's name, in English.
    pub(crate) fn table_name(&self, table: TableId) -> NameParts {
        let name = &self.facts[table].table.name.name;
        english(name).unwrap_or_else(|| NameParts::new(name))
    }

    /// The word for one of a table's rows: `order_line`.
    pub(crate) fn one_of(&self, table: TableId) -> String {
        singular(&self.table_name(table).whole)
    }

    /// Whether only its name and type say what a column holds.
    pub(crate) fn is_free(&self, table: TableId, column: ColumnId) -> bool {
        let facts = &self.facts[table];
        facts.reference_of[column].is_none()
            && facts.source(column).is_none()
            && facts.left_out[column].is_none()
            && facts.always_null[column].is_none()
            && !facts.is_given(column)
            && !facts.table.columns[column].data_type.array
            && !self.story.tables[table].relations.contains_key(&column)
            && !facts
                .slots
                .iter()
                .any(|slot| slot.lower == column || slot.upper == column)
    }

    /// Whether something unique looks at a column that relations don't keep.
    pub(crate) fn is_unique(&self, table: TableId, column: ColumnId) -> bool {
        self.facts[table].unique_sets.iter().any(|set| {
            set.columns.contains(&column) && !self.story.tables[table].kept_sets.contains(&set.name)
        })
    }

    pub(crate) fn kind(&self, table: TableId, column: ColumnId) -> &'a ValueType {
        &self.column(table, column).data_type.kind
    }

    pub(crate) fn is_number(&self, table: TableId, column: ColumnId) -> bool {
        holds_numbers(self.kind(table, column)) && !self.column(table, column).data_type.array
    }

    pub(crate) fn is_whole(&self, table: TableId, column: ColumnId) -> bool {
        self.is_number(table, column) && scale(self.kind(table, column)) == 0
    }

    pub(crate) fn is_text(&self, table: TableId, column: ColumnId) -> bool {
        self.kind(table, column).is_string() && !self.column(table, column).data_type.array
    }

    pub(crate) fn is_time(&self, table: TableId, column: ColumnId) -> bool {
        matches!(
            self.kind(table, column),
            ValueType::Date | ValueType::Timestamp { .. }
        ) && !self.column(table, column).data_type.array
    }

    pub(crate) fn is_date(&self, table: TableId, column: ColumnId) -> bool {
        matches!(self.kind(table, column), ValueType::Date)
    }

    pub(crate) fn is_boolean(&self, table: TableId, column: ColumnId) -> bool {
        matches!(self.kind(table, column), ValueType::Boolean)
            && !self.column(table, column).data_type.array
    }

    pub(crate) fn is_nullable(&self, table: TableId, column: ColumnId) -> bool {
        !self.facts[table].never_null[column]
    }

    /// A value as a column has it: 0 where it would be NULL and the column may not. Nothing adds up to 0.
    pub(crate) fn or_zero(&self, table: TableId, column: ColumnId, value: Expr) -> Expr {
        if self.is_nullable(table, column) {
            value
        } else {
            value.or_zero()
        }
    }

    /// The reference that a single column is.
    pub(crate) fn reference(&self, table: TableId, column: ColumnId) -> Option<&'a Reference> {
        let facts: &'a Duties<'f> = &self.facts[table];
        let number = facts.reference_of[column]?.reference;
        let reference = &facts.references[number];
        (reference.columns.len() == 1
            && reference.targets.is_empty()
            && reference.choosing == Choosing::Freely
            && facts.source(column).is_none())
        .then_some(reference)
    }

    /// Columns of a table that by themselves point to a row of another, with that table.
    pub(crate) fn references(&self, table: TableId) -> Vec<(ColumnId, TableId)> {
        self.columns(table)
            .filter_map(|column| Some((column, self.reference(table, column)?.table)))
            .collect()
    }

    /// Tables and columns that point to a table, polymorphic ones by their id.
    pub(crate) fn children(&self, table: TableId) -> Vec<(TableId, ColumnId)> {
        let mut found = Vec::new();
        for (child, facts) in self.facts.iter_enumerated() {
            if facts.no_rows.is_some() || self.rows(child) > MOST_ROWS {
                continue;
            }
            for column in self.columns(child) {
                let Some(ReferencePlace {
                    reference: number,
                    place,
                }) = facts.reference_of[column]
                else {
                    continue;
                };
                let reference = &facts.references[number];
                let points = if reference.targets.is_empty() {
                    self.reference(child, column).is_some() && reference.table == table
                } else {
                    place == 1 && reference.targets.iter().any(|target| target.table == table)
                };
                if points {
                    found.push((child, column));
                }
            }
        }
        found
    }

    /// How many rows are asked of a table.
    pub(crate) fn rows(&self, table: TableId) -> u64 {
        match self.facts[table].master {
            Some(master) => master.rows.len() as u64,
            None => self.request.rows_of(self.facts[table].table).rows,
        }
    }

    /// The column that says whose a row is: the first that always points to another table.
    pub(crate) fn owner(&self, table: TableId) -> Option<ColumnId> {
        let references = self.references(table);
        let one = |nullable: bool| {
            references
                .iter()
                .find(|(column, target)| {
                    *target != table && self.is_nullable(table, *column) == nullable
                })
                .map(|(column, _)| *column)
        };
        // `order_lines` belong to orders, whatever else they point to.
        let own = self.table_name(table).whole;
        references
            .iter()
            .find(|(column, target)| {
                *target != table
                    && !self.is_nullable(table, *column)
                    && own.starts_with(&format!("{}_", self.one_of(*target)))
            })
            .map(|(column, _)| *column)
            .or_else(|| one(false))
            .or_else(|| self.pair(table))
            .or_else(|| one(true))
    }

    /// The id of a polymorphic pair.
    pub(crate) fn pair(&self, table: TableId) -> Option<ColumnId> {
        let facts = &self.facts[table];
        self.columns(table).find(|&column| {
            facts.reference_of[column].is_some_and(|own| {
                own.place == 1 && !facts.references[own.reference].targets.is_empty()
            })
        })
    }

    /// Decides what a column follows from, if nothing has been decided yet.
    pub(crate) fn relate(
        &mut self,
        table: TableId,
        column: ColumnId,
        relation: Relation,
        why: impl Into<String>,
    ) -> bool {
        if !self.is_free(table, column) || self.is_unique(table, column) {
            return false;
        }
        self.story.tables[table]
            .relations
            .insert(column, (relation, why.into()));
        true
    }

    /// The free columns of which something is true.
    pub(crate) fn free(&self, table: TableId, fits: impl Fn(ColumnId) -> bool) -> Vec<ColumnId> {
        self.columns(table)
            .filter(|&column| self.is_free(table, column) && fits(column))
            .collect()
    }
}

/// Rows of a table beyond which nobody looks at all of them.
pub(crate) const MOST_ROWS: u64 = 1 << 25;
