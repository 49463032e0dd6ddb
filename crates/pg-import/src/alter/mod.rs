//! `ALTER`: what a statement does to what was read so far.
//!
//! What takes something away that isn't there is left out, as a `DROP` is. What adds to something that the file
//! doesn't make is kept and told.

mod rename;
mod table;

use crate::cursor::{Cursor, list};
use crate::draft::{Draft, IndexAttachment};
use crate::error::Mistake;
use crate::left_out::What;
use crate::object::{self, Class, Named};
use crate::raw_statement::RawStatement;
use crate::sequence::{self, OwnedBy};
use crate::statement::{Done, is_left_out};
use pg_model::{EnumType, Persistence};

/// Reads a statement that changes something.
pub(crate) fn read(
    draft: &mut Draft,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Result<Option<Done>, Mistake> {
    cursor.skip();
    if let [.., owner, to, _] = cursor.last(3)
        && owner.is("owner")
        && to.is("to")
    {
        return Ok(Some(draft.leave_out(What::Owners)));
    }
    if cursor.take(&["default", "privileges"]) {
        return Ok(Some(draft.leave_out(What::Privileges)));
    }
    if cursor.sees(&["system"]) {
        return Ok(Some(draft.leave_out(What::Databases)));
    }
    if cursor.take(&["large", "object"]) {
        return Ok(Some(draft.leave_out(What::LargeObjects)));
    }
    let Some(named) = object::named(&mut cursor) else {
        return Ok(None);
    };
    match named.object.class {
        Class::OfServer => return Ok(Some(draft.leave_out(What::Databases))),
        Class::Secret => return Ok(Some(draft.leave_out(What::Secrets))),
        _ if is_left_out(draft, &named.object) => return Ok(Some(Done)),
        _ => {}
    }
    if !draft.knows(&named.object) {
        return Ok(unknown(draft, &named, &cursor));
    }
    if let Some(done) = rename::read(draft, &named, &mut cursor.clone(), sql)? {
        return Ok(Some(done));
    }
    match (named.object.class, named.noun) {
        (Class::Relation, "sequence") => Ok(sequence(draft, &named, cursor, sql)),
        (Class::Relation, "index") => Ok(index(draft, &named, cursor, sql)),
        (Class::Relation, "table") if draft.table(&named.object.name).is_some() => {
            table::read(draft, &named.object.name, cursor, sql)
        }
        (Class::Type, _) => Ok(enum_value(draft, &named, cursor)),
        _ => Ok(None),
    }
}

/// A change of something that the file hasn't made.
fn unknown(draft: &mut Draft, named: &Named, cursor: &Cursor<'_>) -> Option<Done> {
    if named.conditional || takes_away(cursor.rest()) {
        return Some(draft.leave_out(What::Drops));
    }
    // Those that come with the server or an extension are changed like any other.
    if matches!(named.object.class, Class::Relation | Class::Type) {
        draft.note(format!(
            "`{}` is changed here, and nothing above makes it: the statement is kept, and loads where an extension makes it",
            named.object.name
        ));
    }
    None
}

/// Whether all that an `ALTER` does is to take something away.
fn takes_away(actions: &str) -> bool {
    let actions = list(actions);
    !actions.is_empty()
        && actions.into_iter().all(|action| {
            let mut cursor = Cursor::new(action);
            if cursor.take(&["alter"]) {
                cursor.take(&["column"]);
                cursor.skip();
            }
            [
                &["drop"][..],
                &["detach", "partition"],
                &["no", "inherit"],
                &["not", "of"],
                &["owned", "by", "none"],
                &["disable"],
                &["reset"],
                &["no", "force"],
                &["set", "without"],
                &["replica", "identity", "default"],
            ]
            .iter()
            .any(|words| cursor.sees(words))
        })
}

fn sequence(draft: &mut Draft, named: &Named, mut cursor: Cursor<'_>, sql: &str) -> Option<Done> {
    let (at, line) = (draft.now(), draft.line);
    let own = draft
        .sequences
        .iter_mut()
        .find(|own| own.name == named.object.name)?;
    if cursor.take(&["owned", "by"]) {
        if cursor.take(&["none"]) {
            own.owner = None;
            own.owned_by = None;
        } else {
            own.owner = Some(sequence::owning_column(&mut cursor)?);
            own.owned_by = Some(OwnedBy {
                sql: sql.to_owned(),
                at,
            });
        }
    } else if cursor.take(&["set", "unlogged"]) {
        own.set_persistence(Persistence::Unlogged);
    } else if cursor.take(&["set", "logged"]) {
        own.set_persistence(Persistence::Permanent);
    } else {
        // Positions are data; what else is said is said again behind it.
        let is_position = cursor.take(&["restart"]);
        if is_position {
            draft.left_out.add(What::SequenceValues, line);
        } else {
            own.changes.push(RawStatement::new(sql, at, line));
        }
    }
    Some(Done)
}

fn index(draft: &mut Draft, named: &Named, mut cursor: Cursor<'_>, sql: &str) -> Option<Done> {
    if !cursor.take(&["attach", "partition"]) {
        return None;
    }
    let child = cursor.qualified()?;
    let at = draft.now();
    draft.index_attachments.push(IndexAttachment {
        parent: named.object.name.clone(),
        child,
        sql: sql.to_owned(),
        at,
    });
    Some(Done)
}

/// `ADD VALUE` and `RENAME VALUE` of an enum type.
fn enum_value(draft: &mut Draft, named: &Named, mut cursor: Cursor<'_>) -> Option<Done> {
    let own: &mut EnumType = draft
        .enums
        .iter_mut()
        .find(|own| own.name == named.object.name)?;
    if cursor.take(&["add", "value"]) {
        let conditional = cursor.take(&["if", "not", "exists"]);
        let value = cursor.string()?;
        let position = if cursor.take(&["before"]) {
            let other = cursor.string()?;
            own.values.iter().position(|value| *value == other)?
        } else if cursor.take(&["after"]) {
            let other = cursor.string()?;
            own.values.iter().position(|value| *value == other)? + 1
        } else {
            own.values.len()
        };
        if !(conditional && own.values.contains(&value)) {
            own.values.insert(position, value);
        }
        return cursor.is_at_end().then_some(Done);
    }
    if cursor.take(&["rename", "value"]) {
        let from = cursor.string()?;
        if !cursor.take(&["to"]) {
            return None;
        }
        let to = cursor.string()?;
        let value = own.values.iter_mut().find(|value| **value == from)?;
        *value = to;
        return Some(Done);
    }
    None
}
