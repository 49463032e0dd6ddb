//! `DROP`: what a statement takes away is taken out of what was read so far.
//!
//! What isn't there can't be taken away. `mysqldump` writes such statements before everything that it makes; they are
//! counted and left out.

use crate::draft::{Class, Draft, Object};
use crate::error::Mistake;
use crate::left_out::What;
use mysql_text::Cursor;

/// Reads a statement that drops something; none when it isn't known.
pub(crate) fn read(
    draft: &mut Draft,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Result<Option<()>, Mistake> {
    cursor.skip();
    cursor.take(&["temporary"]);
    if cursor.take_any(&["database", "schema"]) {
        if draft.is_empty() {
            draft.leave_out(What::Databases);
            return Ok(Some(()));
        }
        cursor.take(&["if", "exists"]);
        let name = cursor.identifier().unwrap_or_default();
        return Err(Mistake::SecondDatabase(name));
    }
    if cursor.sees_any(&["user", "role"]) {
        draft.leave_out(What::Privileges);
        return Ok(Some(()));
    }
    if cursor.sees_any(&[
        "server",
        "tablespace",
        "logfile",
        "resource",
        "undo",
        "prepare",
    ]) {
        draft.leave_out(What::Databases);
        return Ok(Some(()));
    }
    if cursor.take(&["index"]) {
        return index(draft, cursor, sql);
    }
    let Some((class, noun)) = Class::ALL
        .iter()
        .find(|(_, noun)| cursor.sees(&[noun]) || cursor.sees(&[&format!("{noun}s")]))
    else {
        return Ok(None);
    };
    cursor.skip();
    let _ = noun;
    if *class == Class::Package {
        cursor.take(&["body"]);
    }
    let if_exists = cursor.take(&["if", "exists"]);
    loop {
        let Some(name) = cursor.qualified() else {
            return Ok(None);
        };
        let object = Object {
            class: *class,
            name: draft.local(name),
        };
        one(draft, &object, if_exists)?;
        if !cursor.take(&[","]) {
            break;
        }
    }
    cursor.take_any(&["restrict", "cascade"]);
    Ok(cursor.is_at_end().then_some(()))
}

fn one(draft: &mut Draft, object: &Object, if_exists: bool) -> Result<(), Mistake> {
    if draft.without.remove(&object.name) {
        return Ok(());
    }
    let is_gone = if object.class == Class::Table {
        let had = draft.has(object);
        let is_view = draft.raw.iter().any(|statement| {
            statement
                .makes
                .as_ref()
                .is_some_and(|made| made.class == Class::View && made.name == object.name)
        });
        draft.remove_table(&object.name);
        had && !is_view
    } else {
        draft.remove_loose(object)
    };
    if is_gone {
        return Ok(());
    }
    // A script that clears the way first says so.
    if if_exists || draft.is_empty() {
        draft.leave_out(What::Drops);
        Ok(())
    } else {
        Err(Mistake::Missing(format!(
            "the {} `{}`",
            object.class.noun(),
            object.name
        )))
    }
}

fn index(draft: &mut Draft, mut cursor: Cursor<'_>, sql: &str) -> Result<Option<()>, Mistake> {
    let if_exists = cursor.take(&["if", "exists"]);
    let Some(name) = cursor.identifier() else {
        return Ok(None);
    };
    if !cursor.take(&["on"]) {
        return Ok(None);
    }
    let Some(table) = cursor.qualified() else {
        return Ok(None);
    };
    let table = draft.local(table);
    if draft.is_loose(&table) {
        draft.keep(sql, None, Some(table));
        return Ok(Some(()));
    }
    let Some(own) = draft.table_mut(&table) else {
        return Err(Mistake::Missing(format!("the table `{table}`")));
    };
    if name.eq_ignore_ascii_case("primary") && own.primary_key.take().is_some() {
        return Ok(Some(()));
    }
    let before = own.indexes.len();
    own.indexes
        .retain(|index| !index.name.eq_ignore_ascii_case(&name));
    if own.indexes.len() == before && !if_exists {
        return Err(Mistake::MissingPart {
            part: format!("index `{name}`"),
            table: table.to_string(),
        });
    }
    Ok(Some(()))
}
