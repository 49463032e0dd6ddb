//! SQL that a file gives as text: whether its quotes and brackets close.
//!
//! Such text reaches the database as it is, in the midst of a statement of ours. An open quotation would swallow what
//! follows, and the client would complain of a line that nobody wrote; here it is told where it stands.

use crate::adapter::Adapter;
use crate::diagnostic::Diagnostic;
use crate::ruby::Interpreter;
use crate::source::{Span, offset, to_index};
use sql_text::TokenKind;
use std::ops::Range;

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A piece of a statement: an expression, a condition.
    Expression,
    /// Whole statements.
    Statement,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    /// Where in the text.
    range: Range<usize>,
    message: String,
    hint: &'static str,
}

/// Reports the first quotation or bracket of a text that doesn't close. `place` is that of the whole text in the file.
pub(crate) fn check<A: Adapter>(
    interpreter: &mut Interpreter<'_>,
    sql: &str,
    place: Span,
    part: Part,
) {
    if let Some(fault) = fault::<A>(sql, part) {
        let place = place_of(interpreter, sql, &fault.range, place);
        interpreter.report(Diagnostic::error(place, fault.message).hint(fault.hint));
    }
}

fn fault<A: Adapter>(sql: &str, part: Part) -> Option<Fault> {
    let mut open: Vec<(char, Range<usize>)> = Vec::new();
    let mut position = 0;
    while let Some(found) = A::lexeme(&sql[position..]) {
        let end = position + found.length;
        let text = &sql[position..end];
        let first = text.chars().next()?;
        let range = position..position + first.len_utf8();
        position = end;
        match found.kind {
            Some(TokenKind::Symbol) => match first {
                '(' | '[' => open.push((first, range)),
                ')' | ']' => {
                    let opening = if first == ')' { '(' } else { '[' };
                    if open.last().is_some_and(|(last, _)| *last == opening) {
                        open.pop();
                    } else {
                        return Some(Fault {
                            range,
                            message: format!("this `{first}` of the SQL closes nothing"),
                            hint: "take it out; or is an opening one missing before it?",
                        });
                    }
                }
                ';' if part == Part::Expression => {
                    return Some(Fault {
                        range,
                        message: "a `;` ends the statement of which this SQL is only a part"
                            .to_owned(),
                        hint: "take it out",
                    });
                }
                _ => {}
            },
            None if text.starts_with("--") && part == Part::Expression && !found.closed => {
                return Some(Fault {
                    range: range.start..end,
                    message: "this comment swallows what follows it in the statement".to_owned(),
                    hint: "take it out, or write it between `/*` and `*/`",
                });
            }
            None if text.starts_with("--") || found.closed => {}
            None => {
                return Some(Fault {
                    range: range.start..range.start + 2,
                    message: "the comment that begins here has no `*/`".to_owned(),
                    hint: "close it",
                });
            }
            Some(TokenKind::QuotedName) if !found.closed => {
                return Some(Fault {
                    range,
                    message: format!("the name that `{first}` opens here isn't closed"),
                    hint: if first == '`' {
                        "a backtick is missing behind the name"
                    } else {
                        "a `\"` is missing behind the name"
                    },
                });
            }
            Some(TokenKind::Literal) if !found.closed => {
                let mark = match first {
                    '$' => "$$",
                    '"' => "\"",
                    _ => "'",
                };
                return Some(Fault {
                    range,
                    message: format!("the text that `{mark}` opens here isn't closed"),
                    hint: "a quotation mark inside of a text is written twice, `'it''s'`",
                });
            }
            Some(_) => {}
        }
    }
    open.first().map(|(bracket, range)| Fault {
        range: range.clone(),
        message: format!("the `{bracket}` that opens here isn't closed"),
        hint: if *bracket == '(' {
            "a `)` is missing"
        } else {
            "a `]` is missing"
        },
    })
}

/// Where a part of a text stands in the file: exactly where the file has the text as it is, and else on its line.
pub(crate) fn place_of(
    interpreter: &Interpreter<'_>,
    sql: &str,
    range: &Range<usize>,
    place: Span,
) -> Span {
    let Some(file) = interpreter.sources.file(place.file) else {
        return place;
    };
    let at = |start: usize, length: usize| Span {
        start: offset(start),
        end: offset(start + length),
        ..place
    };
    let (start, end) = (to_index(place.start), to_index(place.end));
    let source = file.text.get(start..end).unwrap_or_default();
    if let Some(found) = source.find(sql) {
        return at(start + found + range.start, range.len());
    }
    // A heredoc's text stands below, moved to the right.
    let line_start = sql[..range.start]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let line = sql[line_start..]
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end();
    let below = file.text.get(end..).unwrap_or_default();
    match below.find(line).filter(|_| !line.trim().is_empty()) {
        Some(found) => {
            let length = range
                .len()
                .min(line.len() - (range.start - line_start).min(line.len()));
            at(end + found + (range.start - line_start), length)
        }
        None => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pg_model::PostgreSql;

    #[track_caller]
    fn finds(sql: &str, part: Part, place: usize, word: &str) {
        let fault = fault::<PostgreSql>(sql, part).unwrap_or_else(|| panic!("{sql} is faulty"));
        assert_eq!(fault.range.start, place, "{sql}: {}", fault.message);
        assert!(fault.message.contains(word), "{sql}: {}", fault.message);
    }

    #[test]
    fn what_opens_and_never_closes_is_found() {
        for (sql, place, word) in [
            ("x > (1 + 2", 4, "`(`"),
            ("x <> 'abc", 5, "`'`"),
            ("a = 'it's' OR b = 'c'", 20, "`'`"),
            ("\"x > 1", 0, "`\"`"),
            ("x = ANY (ARRAY[1, 2)", 19, "closes nothing"),
            ("lower(a))", 8, "`)`"),
            ("a /* b", 2, "`*/`"),
            ("$$ a", 0, "`$$`"),
        ] {
            finds(sql, Part::Expression, place, word);
            finds(sql, Part::Statement, place, word);
        }
    }

    #[test]
    fn a_part_of_a_statement_neither_ends_nor_comments_it_out() {
        finds("x > 1;", Part::Expression, 5, "`;`");
        finds("x > 1 -- why", Part::Expression, 6, "comment");
        for sql in ["SELECT 1; SELECT 2; -- why", "x > 1 -- why"] {
            assert_eq!(fault::<PostgreSql>(sql, Part::Statement), None);
        }
        assert_eq!(
            fault::<PostgreSql>("x > 1 -- why\n AND y", Part::Expression),
            None
        );
    }

    #[test]
    fn what_stands_in_quotes_opens_nothing() {
        for sql in [
            "x <> ')' AND \"y(\" > 1 /* ( */",
            "x = 'it''s (fine' AND y[1] = E'\\''",
            "f($1, $q$ ' ( $q$)",
        ] {
            assert_eq!(fault::<PostgreSql>(sql, Part::Expression), None, "{sql}");
        }
    }
}
