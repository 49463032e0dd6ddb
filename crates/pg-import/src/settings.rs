//! `SET` and its kin: `pg_dump`'s own surroundings, which `01_schema.sql` has too, and the few that change what
//! follows.

use crate::cursor::Cursor;
use crate::draft::Draft;
use crate::error::Mistake;
use crate::left_out::What;
use crate::statement::Done;

/// `SET …`
pub(crate) fn set(draft: &mut Draft, mut cursor: Cursor<'_>) -> Result<Done, Mistake> {
    cursor.skip();
    if cursor.take(&["session", "authorization"]) {
        draft.leave_out(What::Owners);
        return Ok(Done);
    }
    let _ = cursor.take(&["local"]) || cursor.take(&["session"]);
    let name = cursor.identifier().unwrap_or_default();
    let _ = cursor.take(&["="]) || cursor.take(&["to"]);
    setting(draft, &name, cursor.rest())?;
    Ok(Done)
}

/// `SELECT pg_catalog.set_config('search_path', '', false)`, with the cursor before the parenthesis.
pub(crate) fn set_config(draft: &mut Draft, cursor: &mut Cursor<'_>) -> Result<Done, Mistake> {
    if let Some(arguments) = cursor.parenthesised() {
        let mut arguments = Cursor::new(arguments);
        let name = arguments.string().unwrap_or_default();
        arguments.take(&[","]);
        let value = arguments.string().unwrap_or_default();
        setting(draft, &name.to_ascii_lowercase(), &value)?;
    }
    Ok(Done)
}

fn setting(draft: &mut Draft, name: &str, value: &str) -> Result<(), Mistake> {
    let text = value.trim_matches(['\'', '"']);
    match name {
        "client_encoding"
            if !matches!(
                text.to_ascii_uppercase().as_str(),
                "UTF8" | "UTF-8" | "UNICODE" | "SQL_ASCII"
            ) =>
        {
            return Err(Mistake::Encoding(text.to_owned()));
        }
        // It says where the names that follow belong, if any follow that have no schema.
        "search_path" => {
            let first = value
                .split(',')
                .map(|name| name.trim().trim_matches(['\'', '"']))
                .find(|name| *name != "$user");
            let is_public = first.is_none_or(|first| {
                matches!(first, "" | "public" | "pg_catalog")
                    || first.eq_ignore_ascii_case("default")
            });
            draft.elsewhere = (!is_public).then(|| value.to_owned());
        }
        "default_tablespace" if !text.is_empty() => draft.note_once(format!(
            "what lies in tablespace `{text}` is made without it: a tablespace belongs to a server"
        )),
        "default_table_access_method" if text != "heap" => draft.note_once(format!(
            "what is stored by `{text}` becomes ordinary tables"
        )),
        _ => {}
    }
    Ok(())
}
