//! SQL of the source: what is new runs, what is gone is undone where its head says how.
//!
//! Views, triggers, policies and indexes that the source makes by SQL stand on tables, and PostgreSQL refuses
//! to change a column under a view. They are taken away before and made again behind whatever they
//! speak of. Statements of other kinds (an INSERT, a DO block) have no known opposite: when they go or
//! change, a person is told.

use crate::migration::{Phase, Steps};
use crate::statement::{Kind, Object, recognise, replacing};
use pg_sql::ddl::{relations_of_statement, statement};
use schema_model::{Schema, Statement};
use sql_text::mentions;

/// What the tables' changes mean for what stands on them, as names to look for.
#[derive(Debug, Default)]
pub(crate) struct Disturbance {
    /// Tables with any other column than before: `SELECT *` would tell.
    pub(crate) reshaped: Vec<String>,
    /// Tables whose columns were taken away, renamed or given another type.
    pub(crate) disturbed: Vec<String>,
}

/// What happens to each statement of the new schema.
#[derive(Debug)]
pub(crate) struct StatementChanges<'a> {
    /// The SQL to run for each, or none where it has run already.
    created: Vec<Option<String>>,
    new: &'a [Statement],
    /// What each of them makes.
    made: Vec<Option<Object>>,
    /// Drops that must come before anything else.
    early: Vec<Object>,
    /// Drops that must wait until nothing uses the things any more.
    late: Vec<Object>,
    by_hand: Vec<String>,
}

/// A statement of the old schema.
struct Former<'a> {
    sql: &'a str,
    object: Option<Object>,
    /// The position of the same text in the new schema.
    partner: Option<usize>,
}

impl<'a> StatementChanges<'a> {
    pub(crate) fn between(old: &'a Schema, new: &'a Schema, disturbance: &Disturbance) -> Self {
        let mut taken = vec![false; new.statements.len()];
        let former: Vec<Former<'_>> = old
            .statements
            .iter()
            .map(|statement| {
                let sql = statement.sql.as_str();
                let partner = (0..taken.len())
                    .find(|&position| !taken[position] && new.statements[position].sql == sql);
                if let Some(position) = partner {
                    taken[position] = true;
                }
                Former {
                    sql,
                    object: recognise(sql),
                    partner,
                }
            })
            .collect();
        let mut changes = Self {
            created: new
                .statements
                .iter()
                .zip(&taken)
                .map(|(next, taken)| (!taken).then(|| statement(&next.sql)))
                .collect(),
            new: &new.statements,
            made: new
                .statements
                .iter()
                .map(|statement| recognise(&statement.sql))
                .collect(),
            early: Vec::new(),
            late: Vec::new(),
            by_hand: Vec::new(),
        };
        changes.undo_what_is_gone(&former);
        changes.renew_what_is_disturbed(&former, disturbance);
        changes
    }

    fn undo_what_is_gone(&mut self, former: &[Former<'_>]) {
        for gone in former.iter().filter(|former| former.partner.is_none()) {
            let Some(object) = &gone.object else {
                self.by_hand
                    .push(format!("{} is gone from the new schema", excerpt(gone.sql)));
                continue;
            };
            let successor = self
                .made
                .iter()
                .position(|next| next.as_ref().is_some_and(|next| next.is_same_as(object)));
            match successor {
                None if object.kind.is_derived() => self.early.push(object.clone()),
                None => self.late.push(object.clone()),
                Some(position) => self.change(gone.sql, object, position),
            }
        }
    }

    /// A thing that both schemas make, by different statements.
    fn change(&mut self, old: &str, object: &Object, position: usize) {
        let new = &self.new[position].sql;
        if let Some(sql) = replacing(old, new) {
            self.created[position] = Some(statement(&sql));
        } else if object.kind.is_derived() || object.kind.is_routine() {
            self.early.push(object.clone());
            self.created[position] = Some(statement(new));
        } else {
            self.created[position] = None;
            self.by_hand.push(format!(
                "the {} `{}` changed to {}",
                object.kind.noun(),
                object.name,
                excerpt(new)
            ));
        }
    }

    fn renew_what_is_disturbed(&mut self, former: &[Former<'_>], disturbance: &Disturbance) {
        let mut words: Vec<String> = self
            .early
            .iter()
            .map(|object| object.word.clone())
            .collect();
        for kept in former {
            let Some(partner) = kept.partner else {
                continue;
            };
            let concerned = |names: &[String]| names.iter().any(|name| mentions(kept.sql, name));
            match &kept.object {
                Some(object) if object.kind.is_derived() => {
                    let tables = match object.kind {
                        Kind::View | Kind::MaterializedView => &disturbance.reshaped,
                        _ => &disturbance.disturbed,
                    };
                    if concerned(tables) || concerned(&words) {
                        words.push(object.word.clone());
                        self.early.push(object.clone());
                        self.created[partner] = Some(statement(kept.sql));
                    }
                }
                None if describes(kept.sql) && concerned(&words) => {
                    self.created[partner] = Some(statement(kept.sql));
                }
                _ => {}
            }
        }
        // In the order of the old schema, so that the last made goes first.
        let place = |object: &Object| {
            former
                .iter()
                .position(|former| former.object.as_ref() == Some(object))
        };
        self.early
            .sort_by_key(|object| (!object.kind.is_routine(), place(object)));
        self.early.dedup_by(|a, b| a.is_same_as(b));
    }

    /// Takes away what must go.
    pub(crate) fn drop(&self, steps: &mut Steps) {
        for object in self.early.iter().rev() {
            steps.add(Phase::DropDependents, "dependents", object.drop_sql());
        }
        for object in self.late.iter().rev() {
            // A table of this kind may be a partition of another one.
            let (phase, group) = match object.kind {
                Kind::Table => (Phase::DropTables, "tables"),
                _ => (Phase::CleanUp, "clean-up"),
            };
            let step = steps.add(phase, group, object.drop_sql());
            if object.kind.holds_data() {
                step.loses(format!("the {} `{}`", object.kind.noun(), object.name));
            }
        }
    }

    /// Runs the new statements that stand before the table at a position of the new schema.
    pub(crate) fn create_before(&self, steps: &mut Steps, table: usize) {
        self.create(steps, Phase::Build, |statement| {
            statement.tables_before == table
        });
    }

    /// Runs the new statements that stand behind all tables.
    pub(crate) fn create_after(&self, steps: &mut Steps, tables: usize) {
        self.create(steps, Phase::Statements, |statement| {
            statement.tables_before >= tables
        });
    }

    fn create(&self, steps: &mut Steps, phase: Phase, is_its_turn: impl Fn(&Statement) -> bool) {
        for (position, (statement, sql)) in self.new.iter().zip(&self.created).enumerate() {
            if let Some(sql) = sql
                && is_its_turn(statement)
            {
                steps.add(phase, format!("statement {position}"), sql.clone());
            }
        }
    }

    /// About how many relations the statements lock.
    pub(crate) fn locks(&self) -> usize {
        let created = self.created.iter().flatten();
        let made: usize = created.map(|sql| relations_of_statement(sql)).sum();
        made + self.early.len() + self.late.len()
    }

    /// What a person must see to.
    pub(crate) fn by_hand(self) -> Vec<String> {
        self.by_hand
    }
}

/// Whether a statement says something of a thing that is gone with the thing.
fn describes(sql: &str) -> bool {
    let start = sql.split_whitespace().next().unwrap_or_default();
    ["comment", "alter", "grant", "refresh"]
        .iter()
        .any(|word| start.eq_ignore_ascii_case(word))
}

/// The beginning of a statement, for a message.
fn excerpt(sql: &str) -> String {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", line[..end].trim_end()),
        None => format!("`{line}`"),
    }
}
