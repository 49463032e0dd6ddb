//! A migration: steps in their order, and what a person must know of them.

use pg_sql::ddl::{SETTINGS, refuses_transaction};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What turns a database with the old schema into one with the new.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Migration {
    pub(crate) steps: Vec<Step>,
    pub(crate) by_hand: Vec<String>,
    pub(crate) locks: usize,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// What it belongs to, such as a table: steps of one group stand together.
    group: String,
    sql: String,
    remarks: Vec<Remark>,
    /// How to do the same without looking at the rows that are there already.
    deferral: Option<Deferral>,
}

/// A constraint that holds for new rows at once, and for those that are there already from a second step on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deferral {
    /// What runs in place of the statement.
    pub(crate) at_once: String,
    /// What looks at the rows. May run again.
    pub(crate) validate: String,
    /// What the constraint was made for, and its end; empty for one that stays.
    pub(crate) finish: String,
}

/// In how many steps a migration runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// All in one transaction, which rows may make fail.
    OneStep,
    /// New constraints hold for new rows at once. Old rows are looked at in a second step, which may run later, and
    /// again once they are mended.
    TwoSteps,
}

/// What to know before a statement runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remark {
    /// Rows, values or objects are lost for good. Names them: `the column users.nick`.
    LosesData(String),
    /// Existing rows may make the statement fail, and with it the transaction, and why.
    MayFail(String),
    /// Anything else.
    Note(String),
}

/// In which order the steps run. Drops use the old names and come first; then everything gets its
/// new name; then the rest is changed and made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// New schemas and extensions, which anything may need.
    Foundations,
    /// Views, triggers and the like, which hold on to what they use.
    DropDependents,
    /// What statements did that are gone.
    Undo,
    /// Foreign keys, which hold on to keys and tables.
    DropForeignKeys,
    DropTables,
    /// Checks, keys and indexes.
    DropParts,
    /// Columns, and the sequences of those that no longer count.
    DropColumns,
    /// Functions that parts of tables held on to.
    DropRoutines,
    /// Other names for types that must go later, while something new takes theirs.
    SetAside,
    Rename,
    /// Enum types, made or changed.
    Types,
    /// What the new schema says of tables that statements had changed.
    Restore,
    /// Tables, made or changed, with SQL of the source between them.
    Build,
    ForeignKeys,
    /// SQL of the source that stands behind the tables.
    Statements,
    /// Types that nothing uses any more.
    DropTypes,
    /// What other things used until now.
    CleanUp,
}

/// Collects the steps of a migration by phase.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    phases: BTreeMap<Phase, Vec<Step>>,
}

impl Migration {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.by_hand.is_empty()
    }

    /// What is lost when it runs, in the order of the steps, each such as ``the column `users.nick` ``.
    pub fn losses(&self) -> impl Iterator<Item = &str> {
        self.steps
            .iter()
            .flat_map(|step| &step.remarks)
            .filter_map(|remark| match remark {
                Remark::LosesData(what) => Some(what.as_str()),
                Remark::MayFail(_) | Remark::Note(_) => None,
            })
    }

    /// What the migration leaves to a person: SQL of the old source that is gone from the new one and
    /// whose effect can't be told. A sentence each.
    pub fn by_hand(&self) -> &[String] {
        &self.by_hand
    }

    /// About how many relations its transaction locks: tables with what TOAST gives them, indexes and sequences.
    pub fn locks(&self) -> usize {
        self.locks
    }

    /// What a server needs to have room for the locks, as a sentence; none where it has it with default settings.
    pub fn needs(&self) -> Option<String> {
        const DEFAULT: usize = 64;
        // Connections and background processes with default settings: each adds as much room.
        const PROCESSES: usize = 122;
        // A quarter more, for what others lock.
        let enough = DEFAULT * (1 + self.locks * 5 / (4 * DEFAULT * PROCESSES));
        (enough > DEFAULT).then(|| {
            format!(
                "the one transaction locks about {} relations, and a server with default settings has room for some \
                 {}: set `max_locks_per_transaction = {enough}`",
                self.locks,
                DEFAULT * PROCESSES
            )
        })
    }

    /// Whether there is anything that a second step could wait with.
    pub fn has_second_step(&self) -> bool {
        self.steps.iter().any(|step| step.deferral.is_some())
    }

    /// The migration as SQL that runs in one transaction, but for statements that can't and for a second step; empty
    /// when there is nothing to do. `old` and `new` say for the header what was compared.
    pub fn sql(&self, old: &str, new: &str, course: Course) -> String {
        if self.is_empty() {
            return String::new();
        }
        let mut sql = format!(
            "-- Generated by gen-schema diff: from {} to {}.\n",
            one_line(old),
            one_line(new)
        );
        for task in &self.by_hand {
            comment(&mut sql, &format!("By hand: {task}"));
        }
        if let Some(needs) = self.needs() {
            comment(&mut sql, &format!("Needs locks: {needs}."));
        }
        if self.steps.is_empty() {
            return sql;
        }
        let (outside, inside): (Vec<&Step>, Vec<&Step>) = self
            .steps
            .iter()
            .partition(|step| refuses_transaction(&step.sql));
        let _ = write!(sql, "\n{SETTINGS}");
        if !inside.is_empty() {
            sql.push_str("\nBEGIN;\n");
            push_steps(&mut sql, &inside, course);
            sql.push_str("\nCOMMIT;\n");
        }
        if !outside.is_empty() {
            sql.push('\n');
            comment(
                &mut sql,
                "Outside of the transaction: what stands below can't run in one.",
            );
            push_steps(&mut sql, &outside, course);
        }
        if course == Course::TwoSteps {
            push_second_step(&mut sql, &self.steps);
        }
        sql
    }

    /// The steps alone.
    #[cfg(test)]
    pub(crate) fn body(&self) -> String {
        let mut sql = String::new();
        push_steps(
            &mut sql,
            &self.steps.iter().collect::<Vec<_>>(),
            Course::OneStep,
        );
        sql
    }
}

/// Writes steps, with an empty line before each group.
fn push_steps(sql: &mut String, steps: &[&Step], course: Course) {
    let mut group = None;
    for step in steps {
        if group != Some(&step.group) {
            sql.push('\n');
        }
        group = Some(&step.group);
        if course == Course::TwoSteps
            && let Some(deferral) = &step.deferral
        {
            comment(
                sql,
                "Holds for new rows; the second step looks at those that are there.",
            );
            sql.push_str(&deferral.at_once);
            continue;
        }
        for remark in &step.remarks {
            match remark {
                Remark::LosesData(what) => comment(sql, &format!("Loses data: {what}.")),
                Remark::MayFail(why) => comment(sql, &format!("May fail: {why}.")),
                Remark::Note(text) => comment(sql, text),
            }
        }
        sql.push_str(&step.sql);
    }
}

/// Writes what looks at the rows, and then what stands on that.
fn push_second_step(sql: &mut String, steps: &[Step]) {
    let deferrals: Vec<&Deferral> = steps
        .iter()
        .filter_map(|step| step.deferral.as_ref())
        .collect();
    if deferrals.is_empty() {
        return;
    }
    sql.push('\n');
    comment(
        sql,
        "Second step: looks at the rows that were there before, while others read and write. It may run later. Where it",
    );
    comment(
        sql,
        "fails, mend the rows and run again what stands below; nothing of the first step is lost.",
    );
    for deferral in &deferrals {
        sql.push_str(&deferral.validate);
    }
    let finish: Vec<&str> = deferrals
        .iter()
        .map(|deferral| deferral.finish.as_str())
        .filter(|finish| !finish.is_empty())
        .collect();
    if !finish.is_empty() {
        sql.push_str("BEGIN;\n");
        for statement in finish {
            sql.push_str(statement);
        }
        sql.push_str("COMMIT;\n");
    }
}

impl Steps {
    /// Adds a statement behind the others of its phase. `sql` is closed and ends with a line break.
    pub(crate) fn add(&mut self, phase: Phase, group: impl Into<String>, sql: String) -> &mut Step {
        let steps = self.phases.entry(phase).or_default();
        steps.push(Step {
            group: group.into(),
            sql,
            remarks: Vec::new(),
            deferral: None,
        });
        let last = steps.len() - 1;
        &mut steps[last]
    }

    /// Lets no `NOT NULL` of a group wait for a second step.
    pub(crate) fn keep_not_null(&mut self, group: &str) {
        let steps = self.phases.values_mut().flatten();
        for step in steps.filter(|step| step.group == group) {
            step.deferral
                .take_if(|deferral| !deferral.finish.is_empty());
        }
    }

    /// All steps in order.
    pub(crate) fn into_steps(self) -> Vec<Step> {
        self.phases.into_values().flatten().collect()
    }
}

impl Step {
    /// Says something of the step.
    pub(crate) fn remark(&mut self, remark: Remark) -> &mut Self {
        self.remarks.push(remark);
        self
    }

    /// Says that the step loses data, and which.
    pub(crate) fn loses(&mut self, what: String) -> &mut Self {
        self.remark(Remark::LosesData(what))
    }

    /// Says that rows may make the step fail.
    pub(crate) fn may_fail(&mut self, why: String) -> &mut Self {
        self.remark(Remark::MayFail(why))
    }

    /// Says how the step needn't fail.
    pub(crate) fn defer(&mut self, deferral: Deferral) -> &mut Self {
        self.deferral = Some(deferral);
        self
    }
}

fn comment(sql: &mut String, text: &str) {
    let _ = writeln!(sql, "-- {}", one_line(text));
}

/// Text fit for a comment: a line break in it would end the comment.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
