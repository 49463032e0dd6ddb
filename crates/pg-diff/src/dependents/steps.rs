//! The steps that take things away and make them again, each in its phase.

use super::StatementChanges;
use crate::build::validate;
use crate::definition::Turn;
use crate::migration::{Deferral, Phase, Step, Steps};
use crate::sources::Partner;
use crate::types::TypeChanges;
use pg_sql::ddl::statement;
use pg_text::object::Kind;
use sql_text::tokens;

impl StatementChanges<'_> {
    /// Takes away what must go.
    pub(crate) fn drop(&self, steps: &mut Steps) {
        for (position, object) in self.sources.objects().collect::<Vec<_>>().into_iter().rev() {
            if !self.early.contains(&position) {
                continue;
            }
            let phase = if self.held_by_types.contains(&position) {
                Phase::CleanUp
            } else if self.held.contains(&position) {
                Phase::DropRoutines
            } else {
                Phase::DropDependents
            };
            steps.add(phase, "dependents", format!("{};\n", object.drop_sql()));
        }
        for &position in self.late.iter().rev() {
            let Some(object) = &self.sources.old[position].object else {
                continue;
            };
            // A table of this kind may be a partition of another one.
            let (phase, group) = match object.kind {
                Kind::Table | Kind::ForeignTable => (Phase::DropTables, "tables"),
                _ if self.displaced.contains(&position) => (Phase::DropRoutines, "dependents"),
                _ => (Phase::CleanUp, "clean-up"),
            };
            let mut sql = format!("{};\n", object.drop_sql());
            if object.kind == Kind::Sequence {
                // One that a column owns has gone with it.
                sql = sql.replacen("SEQUENCE ", "SEQUENCE IF EXISTS ", 1);
            }
            let step = steps.add(phase, group, sql);
            if object.kind.holds_data() {
                step.loses(format!("the {} `{}`", object.kind.noun(), object.title()));
            }
        }
        for undone in &self.undone {
            let phase = match undone.turn {
                Turn::Early => Phase::Undo,
                Turn::InPlace => Phase::Restore,
            };
            let step = steps.add(phase, "undone", undone.sql.clone());
            if let Some(loss) = &undone.loses {
                step.loses(loss.clone());
            }
        }
    }

    /// Runs the new statements that stand before the table at a position of the new schema.
    pub(crate) fn create_before(&self, steps: &mut Steps, table: usize, types: &TypeChanges<'_>) {
        self.create_some(steps, Phase::Build, types, |tables_before| {
            tables_before == table
        });
    }

    /// Runs the new statements that stand behind all tables.
    pub(crate) fn create_after(&self, steps: &mut Steps, tables: usize, types: &TypeChanges<'_>) {
        self.create_some(steps, Phase::Statements, types, |tables_before| {
            tables_before >= tables
        });
    }

    fn create_some(
        &self,
        steps: &mut Steps,
        phase: Phase,
        types: &TypeChanges<'_>,
        is_its_turn: impl Fn(usize) -> bool,
    ) {
        for (at, (source, sql)) in self.sources.new.iter().zip(&self.created).enumerate() {
            if !is_its_turn(source.tables_before) {
                continue;
            }
            for alteration in types.in_place(at) {
                let phase = match alteration.turn {
                    Turn::Early => Phase::DropParts,
                    Turn::InPlace => phase,
                };
                let step = steps.add(phase, format!("statement {at}"), alteration.sql.clone());
                if let Some(why) = &alteration.may_fail {
                    step.may_fail(why.clone());
                }
                if let Some(what) = &alteration.loses {
                    step.loses(what.clone());
                }
                if let Some(deferral) = &alteration.deferral {
                    step.defer(deferral.clone());
                }
            }
            if let Some(sql) = sql {
                let step = steps.add(phase, format!("statement {at}"), sql.clone());
                self.remark(step, at);
            }
        }
    }

    /// Rows may break a constraint or a unique index that SQL of the source makes.
    fn remark(&self, step: &mut Step, at: usize) {
        let source = &self.sources.new[at];
        let Some(object) = &source.object else {
            return;
        };
        let is_same = self.sources.formers[at]
            .is_some_and(|position| self.sources.partners[position] == Partner::Same(at));
        let table_is_old = object.table.as_ref().is_some();
        if is_same || !table_is_old {
            return;
        }
        let has = |words: &[&str]| {
            let all = tokens(source.sql);
            all.windows(words.len())
                .any(|window| window.iter().zip(words).all(|(token, word)| token.is(word)))
        };
        if object.kind == Kind::Constraint && !has(&["not", "valid"]) {
            step.may_fail(format!(
                "rows may break the constraint `{}`",
                object.title()
            ));
            if (has(&["check"]) || has(&["foreign", "key"]))
                && let Some(table) = &object.table
            {
                let sql = source.sql.trim_end().trim_end_matches(';');
                step.defer(Deferral {
                    at_once: statement(&format!("{sql} NOT VALID")),
                    validate: validate(table, object.word()),
                    finish: String::new(),
                });
            }
        } else if object.kind == Kind::Index && has(&["unique"]) {
            step.may_fail("rows may have the same values".to_owned());
        }
    }
}
