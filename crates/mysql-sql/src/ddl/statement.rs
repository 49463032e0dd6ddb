//! SQL of the source, so that a client of MySQL hands it to the server as a whole.
//!
//! A client cuts its input at semicolons wherever they stand but in quotes and comments: a trigger's body would be cut
//! to pieces. `DELIMITER` tells it another mark; it is a word of the client, and the server never sees it.

/// A statement of the source, closed; nothing for a text without one.
pub fn statement(sql: &str) -> String {
    let text = sql.trim();
    let Scan {
        semicolons,
        last,
        ends_in_line_comment,
    } = Scan::of(text);
    let Some(last) = last else {
        return String::new();
    };
    let (inner, closing): (Vec<usize>, Vec<usize>) = semicolons
        .into_iter()
        .partition(|position| *position < last);
    let line_end = if ends_in_line_comment { "\n" } else { "" };
    if !inner.is_empty() {
        // The server takes a body without the semicolon that closes it, and the mark closes it for the client.
        let body: String = text
            .char_indices()
            .filter(|(position, _)| !closing.contains(position))
            .map(|(_, character)| character)
            .collect();
        let mark = delimiter(&body);
        return format!(
            "DELIMITER {mark}\n{}{line_end}{mark}\nDELIMITER ;\n",
            body.trim_end()
        );
    }
    if closing.is_empty() {
        format!("{text}{line_end};\n")
    } else {
        format!("{text}\n")
    }
}

/// A mark that the text doesn't have: the one of mysqldump, or another that people use.
fn delimiter(text: &str) -> String {
    let mut mark = "$$$".to_owned();
    while text.contains(&mark) {
        mark.push('$');
    }
    let known = [";;", "//", "$$"];
    match known.into_iter().find(|known| !text.contains(known)) {
        Some(known) => known.to_owned(),
        None => mark,
    }
}

/// What a client sees of a text.
#[derive(Debug, Default)]
struct Scan {
    /// Where semicolons stand that close a statement for it.
    semicolons: Vec<usize>,
    /// Where the last character is that is neither space, comment nor such a semicolon.
    last: Option<usize>,
    /// Whether the text ends in a comment that goes to the end of its line.
    ends_in_line_comment: bool,
}

impl Scan {
    fn of(text: &str) -> Self {
        let mut scan = Self::default();
        let mut position = 0;
        while let Some(character) = text[position..].chars().next() {
            let rest = &text[position..];
            scan.ends_in_line_comment = false;
            let length = match character {
                '\'' | '"' | '`' => {
                    let length = quoted_length(rest, character);
                    scan.last = Some(position + length - 1);
                    length
                }
                '#' => {
                    scan.ends_in_line_comment = true;
                    line_length(rest)
                }
                '-' if is_dashed_comment(rest) => {
                    scan.ends_in_line_comment = true;
                    line_length(rest)
                }
                // A comment with a mark behind it is one that the server runs.
                '/' if rest.starts_with("/*")
                    && !rest.starts_with("/*!")
                    && !rest.starts_with("/*M!") =>
                {
                    rest.find("*/").map_or(rest.len(), |end| end + 2)
                }
                ';' => {
                    scan.semicolons.push(position);
                    1
                }
                other => {
                    if !other.is_whitespace() {
                        scan.last = Some(position);
                    }
                    other.len_utf8()
                }
            };
            position += length;
        }
        scan
    }
}

/// Two dashes begin a comment when a space, or nothing, follows them.
fn is_dashed_comment(rest: &str) -> bool {
    rest.strip_prefix("--").is_some_and(|after| {
        after
            .chars()
            .next()
            .is_none_or(|next| next.is_whitespace() || next.is_control())
    })
}

/// How many bytes a line has, with its end.
fn line_length(rest: &str) -> usize {
    rest.find('\n').map_or(rest.len(), |end| end + 1)
}

/// How many bytes a quoted text has, with its quotes. A doubled quote ends it here and begins another, which is the same.
fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (position, character) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if character == '\\' && quote != '`' {
            escaped = true;
        } else if character == quote {
            return position + 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::statement;

    #[test]
    fn a_plain_statement_is_closed_once() {
        for (text, expected) in [
            ("CREATE VIEW v AS SELECT 1", "CREATE VIEW v AS SELECT 1;\n"),
            ("\nSELECT ';'; \n", "SELECT ';';\n"),
            ("SELECT 1 -- a; b", "SELECT 1 -- a; b\n;\n"),
            ("SELECT 1 # a", "SELECT 1 # a\n;\n"),
            ("SELECT 1; -- a", "SELECT 1; -- a\n"),
            ("SELECT 'it\\'s; ' /* ; */", "SELECT 'it\\'s; ' /* ; */;\n"),
            ("SELECT 2--1", "SELECT 2--1;\n"),
            ("SELECT `a\\`", "SELECT `a\\`;\n"),
            ("-- nothing\n", ""),
            ("/* ; */;", ""),
            ("", ""),
        ] {
            assert_eq!(statement(text), expected, "{text}");
        }
    }

    #[test]
    fn a_body_with_semicolons_is_given_whole() {
        let text =
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW\nBEGIN\n  SET NEW.b = ';';\nEND;\n";
        assert_eq!(
            statement(text),
            "DELIMITER ;;\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW\nBEGIN\n  SET NEW.b = ';';\nEND;;\nDELIMITER ;\n"
        );
    }

    #[test]
    fn the_mark_is_none_of_the_text() {
        for (body, mark) in [
            ("a; ';;'", "//"),
            ("a; ';;//'", "$$"),
            ("a; ';;//$$$'", "$$$$"),
        ] {
            let sql = statement(&format!("BEGIN {body}"));
            assert!(sql.starts_with(&format!("DELIMITER {mark}\n")), "{sql}");
        }
        assert_eq!(
            statement("BEGIN a; END -- done"),
            "DELIMITER ;;\nBEGIN a; END -- done\n;;\nDELIMITER ;\n"
        );
    }
}
