//! Which part of a schema a statement makes, changes or takes away.
//!
//! Each reader either takes a statement in whole or says that it doesn't know it; then it is kept word for word.

use crate::alter;
use crate::create;
use crate::draft::Draft;
use crate::drop;
use crate::error::Mistake;
use crate::left_out::What;
use crate::settings;
use mysql_model::QualifiedName;
use mysql_text::Cursor;
use mysql_text::{Lexer, TokenKind, opened};

/// Whether a statement is about rows, which may hold bytes that are no text.
pub(crate) fn is_about_rows(sql: &str) -> bool {
    let mut lexer = Lexer::default();
    let mut rest = sql;
    while let Some(found) = lexer.lexeme(rest) {
        if found.kind.is_some() {
            let word = rest[..found.length].to_ascii_lowercase();
            return matches!(
                word.as_str(),
                "insert" | "replace" | "update" | "delete" | "truncate" | "load" | "handler"
            );
        }
        rest = &rest[found.length..];
    }
    false
}

/// Reads a statement that begins in this line.
pub(crate) fn read(draft: &mut Draft, sql: &str, line: usize) -> Result<(), Mistake> {
    draft.line = line;
    if is_about_rows(sql) {
        rows(draft, sql);
        return Ok(());
    }
    let sql = opened(sql, draft.server);
    let sql = sql.trim();
    let cursor = Cursor::new(sql);
    let Some(first) = cursor.peek() else {
        return Ok(());
    };
    let first = first.text.to_ascii_lowercase();
    let known = match first.as_str() {
        "set" => {
            settings::set(draft, cursor.clone())?;
            Some(())
        }
        "use" => {
            settings::use_database(draft, cursor.clone())?;
            Some(())
        }
        "create" => create::read(draft, cursor.clone(), sql)?,
        "alter" => alter::read(draft, cursor.clone(), sql)?,
        "drop" => drop::read(draft, cursor.clone(), sql)?,
        "rename" => alter::rename_tables(draft, cursor.clone())?,
        // They hold for the time of a load.
        "lock" | "unlock" | "start" | "begin" | "commit" | "rollback" | "flush" | "analyze"
        | "optimize" | "check" | "repair" | "checksum" | "savepoint" | "release" | "change"
        | "reset" | "purge" | "stop" => Some(()),
        "grant" | "revoke" => {
            draft.leave_out(What::Privileges);
            Some(())
        }
        "select" | "show" | "describe" | "desc" | "explain" | "help" | "do" | "values" | "with" => {
            draft.leave_out(What::Selects);
            Some(())
        }
        "source" | "system" | "\\" => return Err(Mistake::ClientCommand(first_line(sql))),
        _ => None,
    };
    if known.is_none() {
        draft.note(format!(
            "`{}` isn't a statement that is known here, so it stays SQL in `execute`",
            beginning(sql)
        ));
        draft.keep(sql, None, None);
    }
    Ok(())
}

fn first_line(sql: &str) -> String {
    sql.lines().next().unwrap_or_default().trim().to_owned()
}

/// The first words of a statement.
fn beginning(sql: &str) -> String {
    const MOST: usize = 40;
    let line = first_line(sql);
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} …", line[..end].trim_end()),
        None => line,
    }
}

/// `INSERT INTO …` and the like: rows, unless Rails keeps its versions so.
fn rows(draft: &mut Draft, sql: &str) {
    let mut lexer = Lexer::default();
    let mut rest = sql;
    let mut words = Vec::new();
    let mut depth = 0_usize;
    let mut count = 0;
    let mut gives_values = false;
    while let Some(found) = lexer.lexeme(rest) {
        let text = &rest[..found.length];
        rest = &rest[found.length..];
        match found.kind {
            Some(TokenKind::Symbol) if text == "(" => {
                if gives_values && depth == 0 {
                    count += 1;
                }
                depth += 1;
            }
            Some(TokenKind::Symbol) if text == ")" => depth = depth.saturating_sub(1),
            Some(TokenKind::Word | TokenKind::QuotedName) => {
                if words.len() < 4 {
                    words.push(text.trim_matches('`').to_owned());
                }
                if depth == 0
                    && (text.eq_ignore_ascii_case("values") || text.eq_ignore_ascii_case("value"))
                {
                    gives_values = true;
                } else if depth == 0 && gives_values && text.eq_ignore_ascii_case("on") {
                    gives_values = false;
                }
            }
            _ => {}
        }
    }
    let of_rails = words
        .iter()
        .any(|word| create::is_rails(&QualifiedName::bare(word.clone())));
    let what = if of_rails {
        What::RailsTables
    } else {
        What::Rows
    };
    draft.leave_out(what);
    if !of_rails {
        draft.left_out.rows(count);
    }
}
