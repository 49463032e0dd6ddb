//! The database in memory, as the calls of the DSL build it.
//!
//! It is the model with places: where each thing was defined, so that a later clash can point at both.

use crate::adapter::Adapter;
use crate::source::Span;
use schema_model::{Column, ForeignKey, Index, QualifiedName, Table};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// Everything that was defined so far.
#[derive(Debug)]
pub(crate) struct Draft<A: Adapter> {
    /// What only the database at hand has beside tables.
    pub(crate) own: A::Schema,
    pub(crate) statements: Vec<DraftStatement>,
    /// Whether tables and statements may stand in any order in the file, so that one has to be found.
    pub(crate) is_in_any_order: bool,
    tables: Vec<Option<DraftTable<A>>>,
    by_name: HashMap<QualifiedName, usize>,
    /// Words of all SQL text, in lower case.
    words: HashSet<String>,
    /// Tables and indexes, whose names are unique together within a schema.
    relations: HashMap<QualifiedName, Span>,
    views: HashSet<QualifiedName>,
    /// Those among them that aren't materialized.
    views_without_rows: HashSet<QualifiedName>,
    /// Types that a call makes, with where it names them.
    pub(crate) types: Vec<(QualifiedName, Span)>,
    clock: u32,
}

/// A table with its places.
#[derive(Debug)]
pub(crate) struct DraftTable<A: Adapter> {
    pub(crate) table: Table<A>,
    /// The name as the file has it, which default names are derived from.
    pub(crate) raw: Rc<str>,
    pub(crate) span: Span,
    /// Where the (first) column of its primary key is named.
    pub(crate) key_place: Option<Span>,
    /// When it was made, compared with statements.
    pub(crate) made_at: u32,
    /// Whether it may have columns that the file doesn't name: those of a query or of a parent.
    pub(crate) open: bool,
    /// Whether a column was refused because there are too many.
    is_full: bool,
    /// Where each column was defined, in their order.
    columns: Vec<ColumnPlace<A>>,
    constraints: BTreeMap<String, Span>,
}

/// Where a column was defined.
#[derive(Debug)]
struct ColumnPlace<A: Adapter> {
    span: Span,
    notes: A::ColumnNotes,
}

/// Where a new column goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Position {
    #[default]
    Last,
    First,
    After(String),
}

/// SQL text that goes into the schema as it is.
#[derive(Debug)]
pub(crate) struct DraftStatement {
    pub(crate) sql: String,
    pub(crate) span: Span,
    pub(crate) made_at: u32,
    /// The table that it comes before, wherever it stands.
    pub(crate) before: Option<QualifiedName>,
}

/// What became of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    Done,
    /// The table has as many as it can; this is the first that it can't have.
    Full,
    /// The same, and it was said before.
    StillFull,
}

impl<A: Adapter> DraftTable<A> {
    pub(crate) fn new(name: QualifiedName, raw: &str, span: Span) -> Self {
        Self {
            table: Table::new(name),
            raw: raw.into(),
            span,
            key_place: None,
            made_at: 0,
            open: false,
            is_full: false,
            columns: Vec::new(),
            constraints: BTreeMap::new(),
        }
    }

    /// Which column has that name. They are few, so looking at each is faster than keeping an index.
    fn position(&self, name: &str) -> Option<usize> {
        self.table
            .columns
            .iter()
            .position(|column| A::is_same_column(&column.name, name))
    }

    /// The column of that name.
    pub(crate) fn column(&self, name: &str) -> Option<&Column<A>> {
        self.table.columns.get(self.position(name)?)
    }

    /// The column of that name, to change.
    pub(crate) fn column_mut(&mut self, name: &str) -> Option<&mut Column<A>> {
        let position = self.position(name)?;
        self.table.columns.get_mut(position)
    }

    /// Where the column of that name was defined.
    pub(crate) fn column_span(&self, name: &str) -> Option<Span> {
        self.columns
            .get(self.position(name)?)
            .map(|place| place.span)
    }

    /// Where each column was defined, in their order.
    pub(crate) fn column_spans(&self) -> impl Iterator<Item = Span> {
        self.columns.iter().map(|place| place.span)
    }

    pub(crate) fn column_names(&self) -> impl Iterator<Item = &str> {
        self.table.columns.iter().map(|column| column.name.as_str())
    }

    /// Adds a column behind the others, or redefines the one of that name in its place.
    pub(crate) fn put_column(&mut self, column: Column<A>, span: Span) -> Put {
        self.put_column_at(column, span, A::ColumnNotes::default(), &Position::Last)
    }

    /// The same at another position, with what is remembered of it.
    pub(crate) fn put_column_at(
        &mut self,
        column: Column<A>,
        span: Span,
        notes: A::ColumnNotes,
        at: &Position,
    ) -> Put {
        if let Some(position) = self.position(&column.name) {
            self.columns[position].notes = notes;
            self.table.columns[position] = column;
            return Put::Done;
        }
        if self.table.columns.len() >= A::MOST_COLUMNS {
            let first = !std::mem::replace(&mut self.is_full, true);
            return if first { Put::Full } else { Put::StillFull };
        }
        let position = self.index_of(at);
        self.columns.insert(position, ColumnPlace { span, notes });
        self.table.columns.insert(position, column);
        Put::Done
    }

    fn index_of(&self, at: &Position) -> usize {
        let last = self.table.columns.len();
        match at {
            Position::Last => last,
            Position::First => 0,
            Position::After(name) => self.position(name).map_or(last, |position| position + 1),
        }
    }

    /// Gives a column that there is another position.
    pub(crate) fn move_column(&mut self, name: &str, at: &Position) {
        if *at == Position::Last {
            return;
        }
        if let Some(position) = self.position(name) {
            let column = self.table.columns.remove(position);
            let place = self.columns.remove(position);
            let position = self.index_of(at);
            self.table.columns.insert(position, column);
            self.columns.insert(position, place);
        }
    }

    /// What was remembered of the column of that name.
    pub(crate) fn column_notes(&self, name: &str) -> Option<&A::ColumnNotes> {
        self.columns
            .get(self.position(name)?)
            .map(|place| &place.notes)
    }

    /// Takes a column out.
    pub(crate) fn remove_column(&mut self, name: &str) {
        if let Some(position) = self.position(name) {
            self.table.columns.remove(position);
            self.columns.remove(position);
        }
    }

    /// Gives a column another name.
    pub(crate) fn rename_column(&mut self, name: &str, new: &str) {
        if let Some(column) = self.column_mut(name) {
            new.clone_into(&mut column.name);
        }
    }

    /// Where the constraint of that name was defined.
    pub(crate) fn constraint(&self, name: &str) -> Option<Span> {
        self.constraints.get(name).copied()
    }

    /// Notes the name of a constraint; names are unique within a table.
    pub(crate) fn note_constraint(&mut self, name: &str, span: Span) {
        self.constraints.insert(name.to_owned(), span);
    }

    pub(crate) fn forget_constraint(&mut self, name: &str) {
        self.constraints.remove(name);
    }

    /// The name of an index, with the schema that it lives in.
    pub(crate) fn index_name(&self, name: &str) -> QualifiedName {
        A::index_place(&self.table.name, name)
    }
}

impl<A: Adapter> Default for Draft<A> {
    fn default() -> Self {
        Self {
            own: A::Schema::default(),
            statements: Vec::new(),
            is_in_any_order: false,
            tables: Vec::new(),
            by_name: HashMap::new(),
            words: HashSet::new(),
            relations: HashMap::new(),
            views: HashSet::new(),
            views_without_rows: HashSet::new(),
            types: Vec::new(),
            clock: 0,
        }
    }
}

impl<A: Adapter> Draft<A> {
    /// A number that grows with every call.
    pub(crate) fn tick(&mut self) -> u32 {
        self.clock += 1;
        self.clock
    }

    /// The table of that name.
    pub(crate) fn table(&self, name: &QualifiedName) -> Option<&DraftTable<A>> {
        let position = *self.by_name.get(A::canonical(name).as_ref())?;
        self.tables.get(position)?.as_ref()
    }

    /// The table of that name, to change.
    pub(crate) fn table_mut(&mut self, name: &QualifiedName) -> Option<&mut DraftTable<A>> {
        let position = *self.by_name.get(A::canonical(name).as_ref())?;
        self.tables.get_mut(position)?.as_mut()
    }

    /// All tables, in the order of their making.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &DraftTable<A>> {
        self.tables.iter().flatten()
    }

    /// All tables, to change.
    pub(crate) fn tables_mut(&mut self) -> impl Iterator<Item = &mut DraftTable<A>> {
        self.tables.iter_mut().flatten()
    }

    /// All tables, taken out.
    pub(crate) fn take_tables(&mut self) -> Vec<DraftTable<A>> {
        std::mem::take(&mut self.tables)
            .into_iter()
            .flatten()
            .collect()
    }

    /// Names of all tables as the file has them.
    pub(crate) fn table_names(&self) -> Vec<Rc<str>> {
        self.tables().map(|table| Rc::clone(&table.raw)).collect()
    }

    /// Adds a table.
    pub(crate) fn add_table(&mut self, mut table: DraftTable<A>) {
        table.made_at = self.tick();
        let name = A::canonical(&table.table.name).into_owned();
        self.relations.insert(name.clone(), table.span);
        self.by_name.insert(name, self.tables.len());
        self.tables.push(Some(table));
    }

    /// Takes a table out with its indexes. Foreign keys that point to it stay.
    pub(crate) fn take_table(&mut self, name: &QualifiedName) -> Option<DraftTable<A>> {
        let name = A::canonical(name);
        let position = self.by_name.remove(name.as_ref())?;
        let table = self.tables.get_mut(position)?.take()?;
        self.relations.remove(name.as_ref());
        for index in &table.table.indexes {
            self.relations
                .remove(A::canonical(&table.index_name(&index.name)).as_ref());
        }
        Some(table)
    }

    /// Removes a table with its indexes and the foreign keys that point to it.
    pub(crate) fn remove_table(&mut self, name: &QualifiedName) {
        self.take_table(name);
        let name = A::canonical(name);
        for other in self.tables_mut() {
            let (gone, kept): (Vec<ForeignKey<A>>, Vec<ForeignKey<A>>) =
                std::mem::take(&mut other.table.foreign_keys)
                    .into_iter()
                    .partition(|key| A::canonical(&key.referenced_table) == name);
            other.table.foreign_keys = kept;
            for key in gone {
                other.forget_constraint(&key.name);
            }
        }
    }

    /// Notes the name of a view, which no table and no index may have too.
    pub(crate) fn note_view(&mut self, name: &QualifiedName, span: Span, keeps_rows: bool) {
        let canonical = A::canonical(name).into_owned();
        if !keeps_rows {
            self.views_without_rows.insert(canonical.clone());
        }
        self.views.insert(canonical);
        self.note_relation(name, span);
    }

    /// Whether that is a view which is worked out whenever it is read.
    pub(crate) fn is_view_without_rows(&self, name: &QualifiedName) -> bool {
        self.views_without_rows
            .contains(A::canonical(name).as_ref())
    }

    /// What has that name: a table, a view or an index.
    pub(crate) fn kind_of_relation(&self, name: &QualifiedName) -> &'static str {
        if self.views.contains(A::canonical(name).as_ref()) {
            "a view"
        } else if self.table(name).is_some() {
            "a table"
        } else {
            "an index"
        }
    }

    /// Where the relation of that name was defined.
    pub(crate) fn relation(&self, name: &QualifiedName) -> Option<Span> {
        self.relations.get(A::canonical(name).as_ref()).copied()
    }

    pub(crate) fn note_relation(&mut self, name: &QualifiedName, span: Span) {
        self.relations.insert(A::canonical(name).into_owned(), span);
    }

    pub(crate) fn forget_relation(&mut self, name: &QualifiedName) {
        self.relations.remove(A::canonical(name).as_ref());
    }

    /// Adds an index to a table that there is.
    pub(crate) fn add_index(&mut self, table: &QualifiedName, index: Index<A>, span: Span) {
        let Some(found) = self.table_mut(table) else {
            return;
        };
        let name = found.index_name(&index.name);
        found.table.indexes.push(index);
        self.note_relation(&name, span);
    }

    /// Whether some SQL text of the file speaks of that name, so that it may have made the thing.
    pub(crate) fn sql_mentions(&self, name: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        if name.chars().all(sql_text::is_word_character) {
            return self.words.contains(&name.to_ascii_lowercase());
        }
        let quoted = A::quoted(name);
        self.statements
            .iter()
            .any(|statement| statement.sql.contains(&quoted))
    }

    /// Whether some SQL text may add a column to a table.
    pub(crate) fn sql_adds_column(&self, table: &QualifiedName, column: &str) -> bool {
        self.sql_mentions(column)
            && self.sql_mentions(&table.name)
            && self.statements.iter().any(|statement| {
                let says = |word: &str| sql_text::mentions(&statement.sql, word);
                says("alter") && says(&table.name) && says(column)
            })
    }

    /// Whether some SQL text may make columns of a table unique.
    pub(crate) fn sql_adds_key(&self, table: &QualifiedName) -> bool {
        self.sql_mentions(&table.name)
            && self.statements.iter().any(|statement| {
                let says = |word: &str| sql_text::mentions(&statement.sql, word);
                says(&table.name) && (says("unique") || says("primary"))
            })
    }

    /// Adds SQL text.
    pub(crate) fn add_statement(&mut self, sql: String, span: Span) {
        self.push_statement(sql, span, None);
    }

    /// Adds SQL text that comes before a table, wherever it stands.
    pub(crate) fn add_statement_before(&mut self, table: QualifiedName, sql: String, span: Span) {
        self.push_statement(sql, span, Some(table));
    }

    fn push_statement(&mut self, sql: String, span: Span, before: Option<QualifiedName>) {
        self.words
            .extend(sql_text::word_list(&sql).map(str::to_ascii_lowercase));
        let made_at = self.tick();
        self.statements.push(DraftStatement {
            sql,
            span,
            made_at,
            before,
        });
    }
}
