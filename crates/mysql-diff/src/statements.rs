//! SQL of the source: views, triggers, routines and events are taken down and made again where they change; what else
//! is new runs, and what else is gone is left to a person.

use crate::migration::{Remark, Step};
use mysql_model::{Schema, Statement};
use mysql_sql::ddl::statement;
use mysql_text::object::{Object, ObjectKind, made_by, mentions};
use mysql_text::{TokenKind, quoted, tokens};

/// What happens to the statements of both schemas.
#[derive(Debug, Default)]
pub(crate) struct StatementChanges {
    /// Before anything else, in their order.
    pub(crate) drops: Vec<Step>,
    /// Tables that statements had made, behind the foreign keys that may point to them.
    pub(crate) dropped_tables: Vec<Step>,
    /// Tables that statements make, each with the number of the schema's own before it.
    pub(crate) tables: Vec<(usize, Step)>,
    /// Behind everything else.
    pub(crate) creates: Vec<Step>,
    pub(crate) by_hand: Vec<String>,
}

struct Made<'a> {
    statement: &'a Statement,
    spelling: String,
    object: Option<Object>,
}

fn made(schema: &Schema) -> Vec<Made<'_>> {
    schema
        .statements
        .iter()
        .map(|statement| Made {
            statement,
            spelling: spelling(&statement.sql),
            object: made_by(&statement.sql),
        })
        .collect()
}

/// A statement in a spelling to compare: words without the spaces between them.
fn spelling(sql: &str) -> String {
    let mut words: Vec<&str> = tokens(sql).iter().map(|token| token.text).collect();
    while words.last() == Some(&";") {
        words.pop();
    }
    words.join(" ")
}

/// Compares the statements of two schemas. `reshaped` has the names, old and new, of tables whose columns differ; `gone`
/// those of tables that go, with their triggers.
pub(crate) fn between(
    old: &Schema,
    new: &Schema,
    reshaped: &[String],
    gone: &[String],
) -> StatementChanges {
    let (old, new) = (made(old), made(new));
    // Each old one stays as the first new one of the same text.
    let mut stays = vec![false; old.len()];
    let mut is_there = vec![false; new.len()];
    for (before, one) in old.iter().enumerate() {
        let same = new
            .iter()
            .enumerate()
            .position(|(after, other)| !is_there[after] && other.spelling == one.spelling);
        if let Some(after) = same {
            stays[before] = true;
            is_there[after] = true;
        }
    }
    // A view is bound to the columns that its tables had, and to other views.
    let mut changed: Vec<String> = reshaped.to_vec();
    loop {
        let mut found = false;
        for (before, one) in old.iter().enumerate() {
            let Some(object) = &one.object else { continue };
            let goes = match object.kind {
                ObjectKind::View => changed
                    .iter()
                    .any(|name| *name != object.name && mentions(&one.statement.sql, name)),
                // It went with its table.
                ObjectKind::Trigger => {
                    triggered(&one.statement.sql).is_some_and(|table| gone.contains(&table))
                }
                _ => false,
            };
            if stays[before] && goes {
                stays[before] = false;
                let same = new
                    .iter()
                    .enumerate()
                    .position(|(after, other)| is_there[after] && other.spelling == one.spelling);
                if let Some(after) = same {
                    is_there[after] = false;
                }
                found = true;
            }
            if !stays[before] && object.kind == ObjectKind::View && !changed.contains(&object.name)
            {
                changed.push(object.name.clone());
                found = true;
            }
        }
        if !found {
            break;
        }
    }
    let mut changes = StatementChanges::default();
    // What was made last may stand on what was made before.
    for (before, one) in old.iter().enumerate().rev() {
        if stays[before] {
            continue;
        }
        match &one.object {
            Some(object) if matches!(object.kind, ObjectKind::Table | ObjectKind::Sequence) => {
                let changed = new
                    .iter()
                    .any(|other| other.object.as_ref() == Some(object));
                if changed {
                    changes.by_hand.push(format!(
                        "the {} `{}`, made by `execute`, changed",
                        object.kind.word().to_lowercase(),
                        object.name
                    ));
                    for (after, other) in new.iter().enumerate() {
                        is_there[after] |= other.object.as_ref() == Some(object);
                    }
                    continue;
                }
                let mut step = drop(object);
                step.remarks.push(Remark::LosesData(format!(
                    "the {} `{}`",
                    object.kind.word().to_lowercase(),
                    object.name
                )));
                changes.dropped_tables.push(step);
            }
            Some(object) => {
                let went = object.kind == ObjectKind::Trigger
                    && triggered(&one.statement.sql).is_some_and(|table| gone.contains(&table));
                if !went {
                    changes.drops.push(drop(object));
                }
            }
            None => changes.by_hand.push(format!(
                "`{}` is gone from the schema, and what it did stays",
                excerpt(&one.statement.sql)
            )),
        }
    }
    for (after, other) in new.iter().enumerate() {
        if is_there[after] {
            continue;
        }
        let step = Step::new(statement(&other.statement.sql));
        let is_table = other
            .object
            .as_ref()
            .is_some_and(|object| matches!(object.kind, ObjectKind::Table | ObjectKind::Sequence));
        if is_table {
            changes.tables.push((other.statement.tables_before, step));
        } else {
            changes.creates.push(step);
        }
    }
    changes
}

fn drop(object: &Object) -> Step {
    Step::new(format!(
        "DROP {} {};\n",
        object.kind.word(),
        quoted(&object.name)
    ))
}

/// The table that a trigger is on.
fn triggered(sql: &str) -> Option<String> {
    let found = tokens(sql);
    let on = found.iter().position(|token| token.is("on"))?;
    let name = match found.get(on + 1..)? {
        [_, point, name, ..] if point.kind == TokenKind::Symbol && point.text == "." => name,
        [name, ..] => name,
        [] => return None,
    };
    name.name()
}

/// The beginning of a statement, in one line.
fn excerpt(sql: &str) -> String {
    const MOST: usize = 60;
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} …", line[..end].trim_end()),
        None => line,
    }
}
