//! Statements that do something to a thing: which are undone, and which run again.

use super::{StatementChanges, Surroundings, excerpt, replacing, speaks_of_object};
use crate::effects::{Effect, effects, is_repeatable};
use crate::sources::Partner;
use pg_sql::ddl::statement;
use pg_text::object::{Kind, Object};
use sql_text::{mentions, tokens, words};

impl<'a> StatementChanges<'a> {
    /// Statements that do something to a thing: those that are gone are undone, those that stay run again where the
    /// thing is made again.
    pub(super) fn undo_or_repeat_effects(&mut self, around: &Surroundings<'_, 'a>) {
        let sources = self.sources;
        let set_anew: Vec<Effect> = sources
            .formers
            .iter()
            .zip(&sources.new)
            .filter(|(former, source)| former.is_none() && source.object.is_none())
            .filter_map(|(_, source)| effects(source.sql))
            .flatten()
            .collect();
        for (position, source) in sources
            .old
            .iter()
            .enumerate()
            .filter(|(_, source)| source.object.is_none())
        {
            match sources.partners[position] {
                Partner::Same(at) | Partner::Changed(at) => {
                    if is_repeatable(source.sql) && self.is_made_again(source.sql, around) {
                        self.create(at);
                    }
                }
                Partner::Gone => self.undo(source.sql, &set_anew, around),
            }
        }
    }

    /// Whether what a statement speaks of is taken down, or lost what the statement did to it.
    fn is_made_again(&self, sql: &str, around: &Surroundings<'_, 'a>) -> bool {
        let disturbance = around.disturbance;
        self.taken_down()
            .any(|object| speaks_of_object(sql, object))
            || around.types.names().any(|name| mentions(sql, &name.name))
            || disturbance.parts.iter().any(|part| mentions(sql, part))
            || disturbance
                .columns
                .iter()
                .any(|(_, table, column)| mentions(sql, &table.name) && mentions(sql, column))
    }

    fn undo(&mut self, sql: &str, set_anew: &[Effect], around: &Surroundings<'_, 'a>) {
        if let Some(at) = self.routine_that(sql) {
            // `OR REPLACE` puts back all that was said of it.
            let new = &self.sources.new[at];
            if self.created[at].is_none()
                && let Some(sql) = new
                    .object
                    .as_ref()
                    .and_then(|object| replacing(object, Some(object), new.sql))
            {
                self.created[at] = Some(statement(&sql));
            }
            return;
        }
        let Some(effects) = effects(sql) else {
            self.by_hand
                .push(format!("{} is gone from the new schema", excerpt(sql)));
            return;
        };
        for effect in effects {
            if set_anew.iter().any(|other| effect.is_overridden_by(other))
                || self.is_gone_with(&effect, around)
            {
                continue;
            }
            let change = around
                .changes
                .iter()
                .find(|change| effect.is_of_table() && change.old.name == effect.name);
            // What a sequence counts by is restored to what it would be by itself, and so not where the statement that
            // made it may have said something else and doesn't say it again.
            let mut sources = self.sources.old.iter().zip(&self.sources.partners);
            let says_itself = effect.is_of_counting()
                && sources.any(|(source, partner)| {
                    let object = source.object.as_ref();
                    let is_it = |object: &Object| {
                        object.kind == Kind::Sequence && object.name == effect.name
                    };
                    object.is_some_and(is_it) && matches!(partner, Partner::Same(_))
                });
            match effect.undone(change).filter(|_| !says_itself) {
                Some(undone) => {
                    if !undone.sql.is_empty() && !self.undone.contains(&undone) {
                        self.undone.push(undone);
                    }
                }
                None => self
                    .by_hand
                    .push(format!("{} is gone from the new schema", excerpt(sql))),
            }
            if effect.is_description() {
                self.grant_again(effect.target());
            }
        }
    }

    /// What others were granted on a thing from which something was taken.
    fn grant_again(&mut self, target: &str) {
        let again: Vec<usize> = (0..self.sources.new.len())
            .filter(|&at| {
                let source = &self.sources.new[at];
                let starts = tokens(source.sql)
                    .first()
                    .is_some_and(|token| token.is("grant"));
                let on = target
                    .rsplit_once(|character: char| character.is_whitespace())
                    .map_or(target, |(_, name)| name);
                starts && mentions(source.sql, on)
            })
            .collect();
        for at in again {
            self.create(at);
        }
    }

    /// Whether what an effect was done to goes, or is made anew without it.
    fn is_gone_with(&self, effect: &Effect, around: &Surroundings<'_, 'a>) -> bool {
        let disturbance = around.disturbance;
        let text = effect.target();
        let late = self
            .late
            .iter()
            .filter_map(|&position| self.sources.old[position].object.as_ref());
        let is_gone = |object: &Object| speaks_of_object(text, object);
        if self.taken_down().any(is_gone) || late.into_iter().any(is_gone) {
            return true;
        }
        let gone_types = around.types.gone();
        if gone_types.iter().any(|name| mentions(text, &name.name)) {
            return true;
        }
        let of_columns = |inner: &dyn Fn(&str) -> bool| {
            disturbance
                .columns
                .iter()
                .any(|(table, _, column)| mentions(text, &table.name) && inner(column))
        };
        if effect.is_description() {
            return disturbance
                .gone
                .iter()
                .any(|table| mentions(text, &table.name))
                || disturbance.parts.iter().any(|part| mentions(text, part))
                || of_columns(&|column| mentions(text, column));
        }
        disturbance.gone.contains(&effect.name)
            || disturbance.parts.contains(&effect.name.name)
            || effect.inner.as_ref().is_some_and(|inner| {
                disturbance.gone.iter().any(|table| table.name == *inner)
                    || self.taken_down().any(|object| object.word() == inner)
                    || around.changes.iter().any(|change| {
                        change.old.name == effect.name
                            && change.columns.gone().any(|column| column.name == *inner)
                    })
            })
    }

    /// The new position of the function that an `ALTER FUNCTION` speaks of.
    fn routine_that(&self, sql: &str) -> Option<usize> {
        let found = words(sql);
        let is_alter = found.first()?.is("alter")
            && ["function", "procedure", "routine"]
                .iter()
                .any(|word| found.get(1).is_some_and(|token| token.is(word)));
        // A new owner, name or schema isn't undone by it.
        let moves = found.iter().any(|token| {
            ["owner", "rename", "depends"]
                .iter()
                .any(|word| token.is(word))
        });
        if !is_alter || moves {
            return None;
        }
        self.sources.new.iter().position(|source| {
            source
                .object
                .as_ref()
                .is_some_and(|object| object.routine.is_some() && mentions(sql, object.word()))
        })
    }
}
