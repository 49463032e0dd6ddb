//! Which part of a schema a statement makes, changes or takes away.
//!
//! Each reader either takes a statement in whole or says that it doesn't know it; then it is kept
//! word for word.

use crate::alter;
use crate::create;
use crate::cursor::Cursor;
use crate::draft::Draft;
use crate::drop;
use crate::error::Mistake;
use crate::left_out::What;
use crate::object::{self, Class, Object};
use crate::settings;
use pg_model::QualifiedName;

/// A statement was dealt with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done;

/// Reads a statement that begins in this line.
pub(crate) fn read(draft: &mut Draft, sql: &str, line: usize) -> Result<(), Mistake> {
    draft.tick(line);
    let cursor = Cursor::new(sql);
    let Some(first) = cursor.peek() else {
        return Ok(());
    };
    let first = first.text.to_ascii_lowercase();
    if matches!(first.as_str(), "create" | "alter" | "comment" | "drop") {
        refuse_elsewhere(draft, sql)?;
    }
    let known = match first.as_str() {
        "set" => Some(settings::set(draft, cursor.clone())?),
        "reset" => {
            draft.elsewhere = None;
            Some(Done)
        }
        "select" => function_call(draft, sql)?,
        "begin" | "commit" | "start" | "end" | "lock" | "refresh" | "analyze" | "vacuum" => {
            Some(Done)
        }
        "rollback" | "abort" => return Err(Mistake::Rollback),
        "insert" => insert(draft, cursor.clone()),
        "copy" | "update" | "delete" | "truncate" | "merge" => Some(draft.leave_out(What::Rows)),
        "grant" | "revoke" | "security" | "reassign" => Some(draft.leave_out(What::Privileges)),
        "drop" => Some(drop::read(draft, cursor.clone())?),
        "comment" => comment(draft, cursor.clone(), sql),
        "create" => create::read(draft, cursor.clone(), sql)?,
        "alter" => alter::read(draft, cursor.clone(), sql)?,
        "do" => guarded(draft, sql)?,
        _ => None,
    };
    if known.is_none() {
        keep(draft, sql);
    }
    Ok(())
}

/// A `DO` block that makes what may be there already is what stands in it.
fn guarded(draft: &mut Draft, sql: &str) -> Result<Option<Done>, Mistake> {
    let Some(statements) = pg_text::guarded_statements(sql) else {
        return Ok(None);
    };
    let line = draft.line;
    for sql in statements {
        match read(draft, &sql, line) {
            Ok(()) | Err(Mistake::MadeTwice(_)) => {}
            Err(mistake) => return Err(mistake),
        }
    }
    Ok(Some(Done))
}

/// Keeps a statement word for word, in the place of those before that it replaces.
fn keep(draft: &mut Draft, sql: &str) {
    let cursor = Cursor::new(sql);
    if names_a_role(&cursor) {
        draft.note(
            "the policy is for a role, which the server must have before the schema is loaded"
                .to_owned(),
        );
    }
    if let Some(table) = made_table(&cursor) {
        draft.note(format!(
            "table `{table}` has what the DSL has no word for, so it stays SQL in `execute`"
        ));
    }
    draft.keep(sql);
}

/// Refuses what has no schema in its name where such names belong to another schema than `public`.
fn refuse_elsewhere(draft: &Draft, sql: &str) -> Result<(), Mistake> {
    let Some(path) = &draft.elsewhere else {
        return Ok(());
    };
    let mut cursor = Cursor::new(sql);
    let named = if cursor.take(&["create"]) {
        object::made_by(sql)
    } else {
        let _ = cursor.take(&["comment", "on"]) || cursor.skip().is_some();
        object::named(&mut cursor)
    };
    let Some(named) = named else {
        return Ok(());
    };
    let subject = named.object.on.as_ref().unwrap_or(&named.object.name);
    let lies_in_a_schema = named.object.on.is_some()
        || matches!(
            named.object.class,
            Class::Relation
                | Class::Routine
                | Class::Type
                | Class::Other("statistics" | "collation" | "conversion" | "text search object")
        );
    // What is in `public` by its full name has none here either; the text tells.
    let says_public = sql_text::tokens(sql).windows(2).any(|pair| {
        pair[0].is(".") && sql_text::fold(pair[1].text).as_ref() == Some(&subject.name)
    });
    if lies_in_a_schema && subject.schema.is_none() && !says_public {
        return Err(Mistake::SearchPath(path.clone()));
    }
    Ok(())
}

/// `SELECT pg_catalog.setval(…)` and the like, by which a dump sets positions and settings.
fn function_call(draft: &mut Draft, sql: &str) -> Result<Option<Done>, Mistake> {
    let mut cursor = Cursor::new(sql);
    cursor.skip();
    // What a dump knows of the rows, for the planner.
    if cursor.take(&["*", "from"])
        && cursor.clone().dotted().is_some_and(|parts| {
            parts.last().is_some_and(|name| {
                name.starts_with("pg_restore_") || name.starts_with("pg_clear_")
            })
        })
    {
        return Ok(Some(draft.leave_out(What::Statistics)));
    }
    // With `--if-exists` a condition stands around it.
    if sql_text::words(sql).iter().any(|word| word.is("lo_unlink")) {
        return Ok(Some(draft.leave_out(What::LargeObjects)));
    }
    let Some(function) = cursor.dotted().and_then(|mut parts| parts.pop()) else {
        return Ok(None);
    };
    Ok(match function.as_str() {
        "set_config" => Some(settings::set_config(draft, &mut cursor)?),
        "setval" => Some(draft.leave_out(What::SequenceValues)),
        "lo_create" | "lo_open" | "lowrite" | "lo_close" | "lo_unlink" | "loread" => {
            Some(draft.leave_out(What::LargeObjects))
        }
        _ => None,
    })
}

/// `INSERT INTO …`: rows, unless Rails keeps its versions so.
fn insert(draft: &mut Draft, mut cursor: Cursor<'_>) -> Option<Done> {
    cursor.skip();
    cursor.take(&["into"]);
    let table = cursor.qualified()?;
    // In another schema it is a table like any other.
    let is_kept = draft
        .tables
        .iter()
        .any(|made| made.table.name.name == table.name);
    if create::is_rails(&table) && !is_kept {
        return Some(draft.leave_out(What::RailsTables));
    }
    draft.leave_out(What::Rows);
    let mut rows = 0;
    while !cursor.take(&["values"]) && cursor.skip().is_some() {}
    while cursor.parenthesised().is_some() {
        rows += 1;
        cursor.take(&[","]);
    }
    draft.left_out.rows(rows);
    Some(Done)
}

fn comment(draft: &mut Draft, mut cursor: Cursor<'_>, sql: &str) -> Option<Done> {
    cursor.take(&["comment", "on"]);
    let is_public = cursor.sees(&["schema", "public", "is"]);
    if cursor.take(&["large", "object"]) {
        return Some(draft.leave_out(What::LargeObjects));
    }
    let named = object::named(&mut cursor)?;
    match named.object.class {
        // An extension brings its comment along.
        Class::Extension => return Some(Done),
        Class::OfServer => return Some(draft.leave_out(What::Databases)),
        Class::Secret => return Some(draft.leave_out(What::Secrets)),
        _ => {}
    }
    let text = comment_text(&mut cursor)?;
    if is_public {
        return (text.as_deref() == Some("standard public schema")).then_some(Done);
    }
    let name = &named.object.name;
    if draft.without.contains(name)
        || named
            .object
            .on
            .as_ref()
            .is_some_and(|table| draft.without.contains(table))
    {
        return Some(Done);
    }
    match named.noun {
        "table" => draft.table_for(name, sql)?.comment = text,
        "column" => {
            let column = named.column.as_ref()?;
            draft.table(name)?.table.column(column)?;
            let table = draft.table_for(name, sql)?;
            let column = table.columns.iter_mut().find(|own| own.name == *column)?;
            column.comment = text;
        }
        "index" => {
            let table = draft.table_of_index(name)?;
            let table = draft.table_for(&table, sql)?;
            let index = table.indexes.iter_mut().find(|own| own.name == name.name)?;
            index.comment = text;
        }
        _ => return None,
    }
    Some(Done)
}

/// The text of a comment, which `NULL` takes away.
#[expect(
    clippy::option_option,
    reason = "no comment to read, and a comment that is taken away"
)]
fn comment_text(cursor: &mut Cursor<'_>) -> Option<Option<String>> {
    if !cursor.take(&["is"]) {
        return None;
    }
    let text = if cursor.take(&["null"]) {
        None
    } else {
        Some(cursor.string()?)
    };
    cursor.is_at_end().then_some(text)
}

/// The table that a statement makes, in a form that wasn't known.
fn made_table(cursor: &Cursor<'_>) -> Option<QualifiedName> {
    let mut cursor = cursor.clone();
    cursor.take(&["create"]);
    cursor.take(&["unlogged"]);
    if !cursor.take(&["table"]) {
        return None;
    }
    cursor.take(&["if", "not", "exists"]);
    let name = cursor.qualified()?;
    // That is the way to say it.
    (!cursor.sees(&["partition", "of"])).then_some(name)
}

/// Whether a statement is a policy for others than everybody.
fn names_a_role(cursor: &Cursor<'_>) -> bool {
    let mut cursor = cursor.clone();
    if !cursor.take(&["create", "policy"]) {
        return false;
    }
    cursor.text_until(|at| at.sees(&["to"]) || at.sees(&["using"]) || at.sees(&["with"]));
    cursor.take(&["to"]) && !cursor.sees(&["public"]) && !cursor.sees(&["current_user"])
}

/// Whether a table is among those that are left out.
pub(crate) fn is_left_out(draft: &Draft, object: &Object) -> bool {
    draft.without.contains(&object.name)
        || object
            .on
            .as_ref()
            .is_some_and(|table| draft.without.contains(table))
}
