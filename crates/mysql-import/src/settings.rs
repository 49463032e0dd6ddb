//! `SET` and `USE`: what they say of the text behind them.

use crate::draft::Draft;
use crate::error::Mistake;
use mysql_text::{Cursor, list};

/// Reads `SET …`. Settings are for the time of a load, and go without a word unless they say how to read the file.
pub(crate) fn set(draft: &mut Draft, mut cursor: Cursor<'_>) -> Result<(), Mistake> {
    cursor.skip();
    if cursor.take(&["names"]) {
        return encoding(&mut cursor);
    }
    if cursor.take(&["character", "set"]) || cursor.take(&["charset"]) {
        return encoding(&mut cursor);
    }
    if cursor.sees_any(&["password", "role", "default"]) {
        draft.leave_out(crate::left_out::What::Privileges);
        return Ok(());
    }
    for assignment in list(cursor.rest()) {
        let mut inner = Cursor::new(assignment);
        while inner.take_any(&["@", "session", "global", "local", "persist", "."]) {}
        let Some(variable) = inner.identifier() else {
            continue;
        };
        inner.take(&[":"]);
        if !inner.take(&["="]) {
            continue;
        }
        match variable.to_ascii_lowercase().as_str() {
            // What results are sent in says nothing of the file.
            "character_set_client" if !inner.sees(&["@"]) => encoding(&mut inner)?,
            "sql_mode" => mode(&mut inner)?,
            _ => {}
        }
    }
    Ok(())
}

fn encoding(cursor: &mut Cursor<'_>) -> Result<(), Mistake> {
    let Some(name) = cursor.charset() else {
        return Ok(());
    };
    let plain = name.to_ascii_lowercase();
    // All that is ASCII is the same in the two; what isn't would be no UTF-8, which is told where it stands.
    let fits = [
        "utf8", "utf8mb3", "utf8mb4", "ascii", "binary", "default", "latin1",
    ]
    .contains(&plain.as_str());
    if fits {
        Ok(())
    } else {
        Err(Mistake::Encoding(name))
    }
}

fn mode(cursor: &mut Cursor<'_>) -> Result<(), Mistake> {
    let Some(modes) = cursor.string() else {
        return Ok(());
    };
    for mode in modes.split(',') {
        let mode = mode.trim();
        for refused in ["ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI"] {
            if mode.eq_ignore_ascii_case(refused) {
                return Err(Mistake::Mode(refused));
            }
        }
    }
    Ok(())
}

/// Reads `USE …`.
pub(crate) fn use_database(draft: &mut Draft, mut cursor: Cursor<'_>) -> Result<(), Mistake> {
    cursor.skip();
    let Some(name) = cursor.identifier() else {
        return Ok(());
    };
    if draft.database.as_ref().is_some_and(|known| *known != name) && !draft.is_empty() {
        return Err(Mistake::SecondDatabase(name));
    }
    draft.database = Some(name);
    Ok(())
}
