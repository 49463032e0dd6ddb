//! SQL of the source: what is new runs, what is gone is undone where its head says how.
//!
//! Views, triggers, functions and their kin hold on to what they use, and PostgreSQL refuses to change a column under
//! a view or a function under a check. They are taken away before and made again behind whatever they speak of.
//! Statements that do something to a thing leave it as they found it when they go. What is left (an INSERT, a DO
//! block) has no known opposite: a person is told.

mod steps;
mod undo;

use crate::definition::alter_sequence;
use crate::effects::Undone;
use crate::sources::{Partner, Sources};
use crate::table::TableChange;
use crate::taken_down::TakenDown;
use crate::types::TypeChanges;
use pg_model::{QualifiedName, Schema};
use pg_sql::ddl::{relations_of_statement, statement};
use pg_text::object::{Body, Kind, Object, Space};
use sql_text::{TokenKind, mentions, tokens, words};
use std::collections::BTreeSet;

/// What the tables' changes mean for what stands on them, as names to look for.
#[derive(Debug, Default)]
pub(crate) struct Disturbance {
    /// Tables with any other column than before: `SELECT *` would tell.
    pub(crate) reshaped: Vec<String>,
    /// Tables whose columns were taken away, renamed or given another type, or that go.
    pub(crate) disturbed: Vec<String>,
    /// Tables that go.
    pub(crate) gone: Vec<QualifiedName>,
    /// Indexes and constraints that go, for good or to be made anew.
    pub(crate) parts: BTreeSet<String>,
    /// Columns that go, or are made or cast anew, each with its table's old and new names.
    pub(crate) columns: Vec<(QualifiedName, QualifiedName, String)>,
}

/// What happens to each statement of the new schema.
#[derive(Debug)]
pub(crate) struct StatementChanges<'a> {
    sources: &'a Sources<'a>,
    /// The SQL to run for each of the new schema, or none where it has run already.
    created: Vec<Option<String>>,
    /// Old positions of what is taken away before anything else.
    early: BTreeSet<usize>,
    /// Those among them that parts of tables hold on to: they wait until these are gone.
    held: BTreeSet<usize>,
    /// Those among them that types hold on to, which go last.
    held_by_types: BTreeSet<usize>,
    /// Old positions of what must wait until nothing uses it any more.
    late: Vec<usize>,
    /// Those among them that can't wait, since something new takes their names.
    displaced: Vec<usize>,
    undone: Vec<Undone>,
    by_hand: Vec<String>,
}

/// What is known of everything else when statements are compared.
pub(crate) struct Surroundings<'s, 'a> {
    pub(crate) types: &'s TypeChanges<'a>,
    pub(crate) changes: &'s [TableChange<'a>],
    pub(crate) disturbance: &'s Disturbance,
    /// SQL in the old tables: defaults, checks, conditions.
    pub(crate) table_texts: &'s [&'a str],
    pub(crate) new: &'a Schema,
}

impl Surroundings<'_, '_> {
    /// Whether an old thing is a collation that columns hold on to.
    fn has_columns_of(&self, old: &Object) -> bool {
        let mut columns = self.changes.iter().flat_map(|change| &change.old.columns);
        old.kind == Kind::Collation
            && columns.any(|column| {
                column
                    .collation
                    .as_deref()
                    .is_some_and(|collation| mentions(collation, old.word()))
            })
    }

    /// Whether something new takes the name of an old thing.
    fn is_taken(&self, old: &Object, sources: &Sources<'_>) -> bool {
        let mut objects = sources
            .new
            .iter()
            .filter_map(|source| source.object.as_ref());
        objects.any(|object| object.takes_the_place_of(old))
            || old.kind.space() == Space::Relations && self.new.table(&old.name).is_some()
    }
}

impl<'a> StatementChanges<'a> {
    pub(crate) fn between(sources: &'a Sources<'a>, around: &Surroundings<'_, 'a>) -> Self {
        let mut changes = Self {
            sources,
            created: vec![None; sources.new.len()],
            early: BTreeSet::new(),
            held: BTreeSet::new(),
            held_by_types: BTreeSet::new(),
            late: Vec::new(),
            displaced: Vec::new(),
            undone: Vec::new(),
            by_hand: Vec::new(),
        };
        for (at, former) in sources.formers.iter().enumerate() {
            if former.is_none() || around.types.creates(at) {
                changes.create(at);
            }
        }
        for (position, object) in sources.objects() {
            match sources.partners[position] {
                Partner::Same(_) => {}
                Partner::Changed(at) if around.has_columns_of(object) => {
                    let new = excerpt(sources.new[at].sql);
                    changes.by_hand.push(format!(
                        "the collation `{}` changed to {new}, and columns are of it",
                        object.title()
                    ));
                }
                Partner::Changed(at) => changes.change(position, object, at),
                Partner::Gone if is_type(object) => {}
                // Columns let go of it when they are of another.
                Partner::Gone if object.kind == Kind::Collation => changes.late.push(position),
                Partner::Gone if object.kind.is_derived() => {
                    changes.early.insert(position);
                }
                Partner::Gone => {
                    changes.late.push(position);
                    let is_table = matches!(object.kind, Kind::Table | Kind::ForeignTable);
                    if !is_table && around.is_taken(object, sources) {
                        changes.displaced.push(position);
                    }
                }
            }
        }
        changes.take_down_with_them(around);
        changes.hold_back(around);
        changes.undo_or_repeat_effects(around);
        changes
    }

    fn create(&mut self, at: usize) {
        self.created[at] = Some(statement(self.sources.new[at].sql));
    }

    /// A thing that both schemas make, by different statements.
    fn change(&mut self, position: usize, object: &Object, at: usize) {
        let (old, new) = (&self.sources.old[position], &self.sources.new[at]);
        if is_type(object) {
            return;
        }
        if let Some(sql) = replacing(object, new.object.as_ref(), new.sql) {
            self.created[at] = Some(statement(&sql));
        } else if object.kind.is_derived() {
            self.early.insert(position);
            self.create(at);
        } else if object.kind == Kind::Sequence
            && let Some(sql) = alter_sequence(old.sql, new.sql, &object.name)
        {
            self.created[at] = Some(sql).filter(|sql| !sql.is_empty());
        } else {
            self.by_hand.push(format!(
                "the {} `{}` changed to {}",
                object.kind.noun(),
                object.title(),
                excerpt(new.sql)
            ));
        }
    }

    /// Takes down what uses a thing that is taken down, or a table that changes under it, until nothing more does.
    fn take_down_with_them(&mut self, around: &Surroundings<'_, 'a>) {
        loop {
            let taken_down = self.names_taken_down_with(around);
            let views: Vec<&str> = self
                .taken_down()
                .filter(|object| matches!(object.kind, Kind::View | Kind::MaterializedView))
                .map(Object::word)
                .collect();
            let more: Vec<usize> = self
                .sources
                .objects()
                .filter(|(position, object)| {
                    object.kind.is_derived()
                        && !self.early.contains(position)
                        && self.is_concerned(*position, object, around, &taken_down, &views)
                })
                .map(|(position, _)| position)
                .collect();
            if more.is_empty() {
                return;
            }
            for position in more {
                self.early.insert(position);
                if let Partner::Same(at) | Partner::Changed(at) = self.sources.partners[position] {
                    self.create(at);
                }
            }
        }
    }

    fn is_concerned(
        &self,
        position: usize,
        object: &Object,
        around: &Surroundings<'_, 'a>,
        taken_down: &TakenDown,
        views: &[&str],
    ) -> bool {
        let sql = self.sources.old[position].sql;
        let speaks_of =
            |text: &str, names: &[String]| names.iter().any(|name| mentions(text, name));
        let disturbance = around.disturbance;
        let Some(routine) = &object.routine else {
            let tables = match object.kind {
                Kind::View | Kind::MaterializedView => &disturbance.reshaped,
                _ => &disturbance.disturbed,
            };
            // A fresh partner would be named as one that is taken down.
            return speaks_of(sql, tables)
                || views.iter().any(|view| mentions(sql, view))
                || taken_down.concerns_statement(sql);
        };
        // A body that is a text is read when it runs.
        let head = without_literals(sql);
        let gone = disturbance
            .gone
            .iter()
            .any(|table| mentions(&head, &table.name));
        gone || views.iter().any(|view| mentions(&head, view))
            || taken_down.concerns_statement(from_arguments(&head))
            || routine.body == Body::Parsed && speaks_of(&head, &disturbance.disturbed)
    }

    fn taken_down(&self) -> impl Iterator<Item = &Object> {
        self.early
            .iter()
            .filter_map(|&position| self.sources.old[position].object.as_ref())
    }

    /// What expressions can't use while the migration runs.
    pub(crate) fn names_taken_down(&self) -> TakenDown {
        let mut taken_down = TakenDown::default();
        self.taken_down().for_each(|object| taken_down.add(object));
        for object in self
            .displaced
            .iter()
            .filter_map(|&position| self.sources.old[position].object.as_ref())
        {
            taken_down.add_type(object.word());
        }
        taken_down
    }

    fn names_taken_down_with(&self, around: &Surroundings<'_, '_>) -> TakenDown {
        let mut taken_down = self.names_taken_down();
        for name in around.types.names() {
            taken_down.add_type(&name.name);
        }
        for name in around.types.altered(self.sources) {
            taken_down.add_type(name);
        }
        taken_down
    }

    /// Finds out which of the things that are taken down must wait: parts of tables or types hold on to them.
    fn hold_back(&mut self, around: &Surroundings<'_, 'a>) {
        let types: Vec<&str> = self
            .sources
            .objects()
            .filter(|(position, object)| {
                object.kind == Kind::Type
                    && (self.sources.partners[*position] == Partner::Gone
                        || around.types.names().any(|name| *name == object.name))
            })
            .map(|(position, _)| self.sources.old[position].sql)
            .collect();
        // Domains let go of a function when their checks are taken down, which is after that of views.
        let domains = self
            .sources
            .objects()
            .filter(|(_, object)| object.kind == Kind::Domain);
        let domains = domains.map(|(position, _)| self.sources.old[position].sql);
        let in_place: Vec<&str> = around.table_texts.iter().copied().chain(domains).collect();
        self.held = self.holding(&in_place);
        self.held_by_types = self.holding(&types);
        // What has a successor must go before it comes, whatever holds it.
        let partners = &self.sources.partners;
        self.held_by_types
            .retain(|&position| partners[position] == Partner::Gone);
    }

    /// Things taken down that these texts use, and things that those use.
    fn holding(&self, texts: &[&str]) -> BTreeSet<usize> {
        let mut held = BTreeSet::new();
        let mut texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        loop {
            let more: Vec<usize> = self
                .early
                .iter()
                .copied()
                .filter(|position| {
                    let mut one = TakenDown::default();
                    if let Some(object) = &self.sources.old[*position].object {
                        one.add(object);
                    }
                    !held.contains(position)
                        && texts.iter().any(|text| one.concerns_statement(text))
                })
                .collect();
            if more.is_empty() {
                return held;
            }
            texts = more
                .iter()
                .map(|&position| without_literals(self.sources.old[position].sql))
                .collect();
            held.extend(more);
        }
    }

    /// SQL of the source that needs columns which refuse NULL at once: an index that identifies rows.
    pub(crate) fn resting_on_not_null(&self) -> Vec<&'a str> {
        let new = self.sources.new.iter();
        new.filter(|source| source.text.contains("replica identity"))
            .map(|source| source.sql)
            .collect()
    }

    /// About how many relations the statements lock.
    pub(crate) fn locks(&self) -> usize {
        let created = self.created.iter().flatten();
        let made: usize = created.map(|sql| relations_of_statement(sql)).sum();
        made + self.early.len() + self.late.len() + self.undone.len()
    }

    /// What a person must see to.
    pub(crate) fn by_hand(self) -> Vec<String> {
        self.by_hand
    }
}

fn is_type(object: &Object) -> bool {
    matches!(object.kind, Kind::Domain | Kind::Type)
}

/// Whether a statement is about a thing, and not about another of its name.
fn speaks_of_object(sql: &str, object: &Object) -> bool {
    let word = object.word();
    if word.is_empty() {
        return false;
    }
    let named = match object.kind {
        Kind::Operator => sql.contains(word),
        _ => mentions(sql, word),
    };
    named
        && object
            .table
            .as_ref()
            .is_none_or(|table| object.kind == Kind::Index || mentions(sql, &table.name))
}

/// The statement with `OR REPLACE`, where PostgreSQL lets that be.
fn replacing(old: &Object, new: Option<&Object>, sql: &str) -> Option<String> {
    let after = new?.routine.as_ref()?;
    if !after.can_replace(old.routine.as_ref()?) {
        return None;
    }
    let words = words(sql);
    if words.get(1)?.is("or") {
        return Some(sql.to_owned());
    }
    let create_end = words.first()?.end;
    Some(format!(
        "{} OR REPLACE{}",
        &sql[..create_end],
        &sql[create_end..]
    ))
}

/// A statement without its texts.
fn without_literals(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    for token in tokens(sql) {
        if token.kind != TokenKind::Literal {
            text.push_str(token.text);
            text.push(' ');
        }
    }
    text
}

/// A function's head from its arguments on: its own name would be taken for a use of itself.
fn from_arguments(head: &str) -> &str {
    head.find('(').map_or(head, |start| &head[start..])
}

/// The beginning of a statement, for a message.
pub(crate) fn excerpt(sql: &str) -> String {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", line[..end].trim_end()),
        None => format!("`{line}`"),
    }
}
