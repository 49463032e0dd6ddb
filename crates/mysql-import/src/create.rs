//! `CREATE`: tables and indexes become parts of the model; views, triggers, routines and events stay SQL.

use crate::draft::{Class, Draft, Object};
use crate::error::Mistake;
use crate::key;
use crate::left_out::What;
use crate::table;
use mysql_model::{Index, IndexKind, MySqlIndex, QualifiedName, Table};
use mysql_text::Cursor;
use mysql_text::TokenKind;

/// Reads a statement that makes something; none when it isn't known.
pub(crate) fn read(
    draft: &mut Draft,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Result<Option<()>, Mistake> {
    cursor.skip();
    let replaces = cursor.take(&["or", "replace"]);
    if cursor.sees_any(&["database", "schema"]) {
        return Ok(database(draft, &mut cursor));
    }
    if cursor.sees_any(&["user", "role"]) {
        draft.leave_out(What::Privileges);
        return Ok(Some(()));
    }
    if cursor.sees_any(&["server", "tablespace", "logfile", "resource", "undo"]) {
        draft.leave_out(What::Databases);
        return Ok(Some(()));
    }
    let temporary = cursor.take(&["temporary"]);
    if cursor.take(&["table"]) {
        return create_table(draft, &mut cursor, sql, replaces, temporary);
    }
    if let Some(kind) = index_kind(&mut cursor) {
        return create_index(draft, &mut cursor, sql, kind);
    }
    stored(draft, cursor, sql, replaces)
}

fn database(draft: &mut Draft, cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.skip();
    cursor.take(&["if", "not", "exists"]);
    let name = cursor.identifier()?;
    if draft.database.is_none() {
        draft.database = Some(name);
    }
    draft.leave_out(What::Databases);
    Some(())
}

/// Whether a table is one in which Rails keeps its own state.
pub(crate) fn is_rails(name: &QualifiedName) -> bool {
    name.schema.is_none()
        && matches!(
            name.name.as_str(),
            "schema_migrations" | "ar_internal_metadata"
        )
}

fn create_table(
    draft: &mut Draft,
    cursor: &mut Cursor<'_>,
    sql: &str,
    replaces: bool,
    temporary: bool,
) -> Result<Option<()>, Mistake> {
    let if_not_exists = cursor.take(&["if", "not", "exists"]);
    let Some(name) = cursor.qualified() else {
        return Ok(None);
    };
    let name = draft.local(name);
    if is_rails(&name) {
        draft.leave_out(What::RailsTables);
        draft.without.insert(name);
        return Ok(Some(()));
    }
    let object = Object {
        class: Class::Table,
        name: name.clone(),
    };
    if replaces {
        draft.remove_table(&name);
    }
    if draft.has(&object) {
        return if if_not_exists {
            draft.note(format!(
                "`{name}` is there already, so `IF NOT EXISTS` leaves it as it is"
            ));
            Ok(Some(()))
        } else {
            Err(Mistake::MadeTwice(name.to_string()))
        };
    }
    let of_other = like(cursor);
    let made = match of_other {
        Some(other) => {
            let other = draft.local(other);
            match draft.table(&other) {
                Some(model) if !draft.is_loose(&other) => Some(copy(model, name.clone())),
                _ => None,
            }
        }
        None => table::read(name.clone(), cursor, draft.server),
    };
    let Some(mut made) = made else {
        draft.note(format!(
            "table `{name}` has what the DSL has no word for, so it stays SQL in `execute`"
        ));
        draft.keep(sql, Some(object), Some(name));
        return Ok(Some(()));
    };
    for key in &mut made.foreign_keys {
        key.referenced_table = draft.local(key.referenced_table.clone());
    }
    made.own.temporary = temporary;
    if made
        .options
        .as_deref()
        .is_some_and(|text| text.contains("AUTO_INCREMENT="))
    {
        draft.leave_out(What::Counters);
    }
    draft.add_table(made);
    Ok(Some(()))
}

/// The table that `LIKE` names.
fn like(cursor: &mut Cursor<'_>) -> Option<QualifiedName> {
    let mut inner = cursor.clone();
    if inner.sees(&["(", "like"]) {
        inner = Cursor::new(inner.parenthesised()?);
    }
    inner
        .take(&["like"])
        .then(|| inner.qualified())
        .flatten()
        .filter(|_| inner.is_at_end())
}

/// A table as `LIKE` makes it: with its indexes and checks, without its foreign keys. Names of checks are the server's
/// own again.
fn copy(model: &Table, name: QualifiedName) -> Table {
    let mut table = model.clone();
    table.foreign_keys.clear();
    for (position, check) in table.checks.iter_mut().enumerate() {
        if check.name.starts_with(&format!("{}_chk_", model.name.name)) {
            check.name = format!("{}_chk_{}", name.name, position + 1);
        }
    }
    table.name = name;
    table
}

/// The kind of an index that the statement makes.
fn index_kind(cursor: &mut Cursor<'_>) -> Option<(bool, IndexKind)> {
    let mut after = cursor.clone();
    let kind = if after.take(&["unique"]) {
        (true, IndexKind::Ordinary)
    } else if after.take(&["fulltext"]) {
        (false, IndexKind::Fulltext)
    } else if after.take(&["spatial"]) {
        (false, IndexKind::Spatial)
    } else {
        (false, IndexKind::Ordinary)
    };
    if !after.take(&["index"]) {
        return None;
    }
    *cursor = after;
    Some(kind)
}

fn create_index(
    draft: &mut Draft,
    cursor: &mut Cursor<'_>,
    sql: &str,
    (unique, kind): (bool, IndexKind),
) -> Result<Option<()>, Mistake> {
    let if_not_exists = cursor.take(&["if", "not", "exists"]);
    let Some(name) = cursor.identifier() else {
        return Ok(None);
    };
    let mut index = Index {
        name: String::new(),
        unique,
        parts: Vec::new(),
        comment: None,
        own: MySqlIndex {
            kind,
            ..MySqlIndex::default()
        },
    };
    if cursor.take(&["using"]) {
        index.own.using = cursor.identifier().map(|name| name.to_ascii_lowercase());
    }
    if !cursor.take(&["on"]) {
        return Ok(None);
    }
    let Some(table) = cursor.qualified() else {
        return Ok(None);
    };
    let table = draft.local(table);
    if draft.without.contains(&table) {
        return Ok(Some(()));
    }
    if draft.is_loose(&table) {
        draft.keep(sql, None, Some(table));
        return Ok(Some(()));
    }
    let Some(own) = draft.table_mut(&table) else {
        return Err(Mistake::Missing(format!("the table `{table}`")));
    };
    if key::body(cursor, &mut index).is_none() || !how(cursor) {
        draft.keep(sql, None, Some(table));
        return Ok(Some(()));
    }
    let is_taken = own
        .indexes
        .iter()
        .any(|other| other.name.eq_ignore_ascii_case(&name));
    if is_taken {
        return if if_not_exists {
            Ok(Some(()))
        } else {
            Err(Mistake::MadeTwice(name))
        };
    }
    key::add_index(own, Some(name), index);
    Ok(Some(()))
}

/// Whether only `ALGORITHM` and `LOCK` are left, which say how something is made and not what.
pub(crate) fn how(cursor: &mut Cursor<'_>) -> bool {
    while cursor.take_any(&["algorithm", "lock"]) {
        cursor.take(&["="]);
        cursor.skip();
    }
    cursor.is_at_end()
}

/// A view, trigger, routine or event.
fn stored(
    draft: &mut Draft,
    mut cursor: Cursor<'_>,
    sql: &str,
    replaces: bool,
) -> Result<Option<()>, Mistake> {
    // What is said before the noun, of which some goes.
    let mut head = Vec::new();
    let mut had_definer = false;
    let (class, on) = loop {
        if cursor.take(&["algorithm", "="]) {
            match cursor.skip() {
                Some(algorithm) if !algorithm.is("undefined") => {
                    head.push(format!("ALGORITHM={}", algorithm.text));
                }
                _ => {}
            }
        } else if cursor.take(&["definer", "="]) {
            had_definer = true;
            if account(&mut cursor).is_none() {
                return Ok(None);
            }
        } else if cursor.take(&["sql", "security"]) {
            match cursor.skip() {
                // That is the default.
                Some(word) if !word.is("definer") => {
                    head.push(format!("SQL SECURITY {}", word.text));
                }
                _ => {}
            }
        } else if cursor.take(&["aggregate"]) {
            head.push("AGGREGATE".to_owned());
        } else if let Some((class, noun)) = Class::ALL
            .iter()
            .find(|(class, noun)| *class != Class::Table && cursor.sees(&[noun]))
        {
            cursor.take(&[noun]);
            head.push(noun.to_ascii_uppercase());
            break (*class, *class == Class::Trigger);
        } else {
            return Ok(None);
        }
    };
    let body = cursor.rest();
    if class == Class::Package {
        cursor.take(&["body"]);
    }
    let if_not_exists = cursor.take(&["if", "not", "exists"]);
    let Some(name) = cursor.qualified() else {
        return Ok(None);
    };
    let object = Object {
        class,
        name: draft.local(name),
    };
    let on = if on {
        // Its time, its event, and `ON`.
        while !cursor.sees(&["on"]) && cursor.skip().is_some() {}
        cursor.take(&["on"]);
        cursor.qualified().map(|table| draft.local(table))
    } else {
        None
    };
    if on
        .as_ref()
        .is_some_and(|table| draft.without.contains(table))
    {
        return Ok(Some(()));
    }
    if replaces {
        draft.remove_loose(&object);
    } else if draft.has(&object) && class != Class::Package {
        return if if_not_exists {
            Ok(Some(()))
        } else {
            Err(Mistake::MadeTwice(object.name.to_string()))
        };
    }
    if had_definer {
        draft.leave_out(What::Definers);
    }
    // Without a definer, and as nothing is there, the head says all.
    let sql = if had_definer || head.len() > 1 || sql.contains("UNDEFINED") {
        format!("CREATE {} {body}", head.join(" "))
    } else {
        sql.to_owned()
    };
    draft.keep(&sql, Some(object), on);
    Ok(Some(()))
}

/// Goes past an account: `root@localhost`, `` `a`@`%` ``, `CURRENT_USER()`.
fn account(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.take(&["current_user"]) || cursor.take(&["current_role"]) {
        if cursor.sees(&["("]) {
            cursor.parenthesised();
        }
        return Some(());
    }
    cursor
        .skip()
        .filter(|token| token.kind != TokenKind::Symbol)?;
    if cursor.take(&["@"]) {
        cursor.skip()?;
        // Hosts have points.
        while cursor.sees(&["."]) {
            cursor.skip();
            cursor.skip()?;
        }
    }
    Some(())
}
