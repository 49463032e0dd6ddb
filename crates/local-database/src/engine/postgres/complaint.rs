//! What psql writes about a script that fails.
//!
//! psql counts the lines of what it reads, names the last line of a statement, and for rows the line behind them;
//! PostgreSQL says which line of the statement, or which row, it means. Together they are a place in the file.

use super::between;
use crate::trouble::{Complaint, Spot};

/// Reads what psql wrote. `None` if it complains of nothing.
pub(super) fn parse(said: &str) -> Option<Complaint> {
    let mut lines = said.lines().peekable();
    let (file, line, message) = lines.find_map(|line| {
        let rest = line.strip_prefix("psql:")?;
        // A file's name may have a colon in it, and so may the message.
        let end = rest.find(": ERROR:").or_else(|| rest.find(": FATAL:"))?;
        let (file, number) = rest[..end].rsplit_once(':')?;
        let message = rest[end + ": ERROR:".len()..].trim();
        Some((file, number.parse().ok()?, message.to_owned()))
    })?;
    let mut complaint = Complaint {
        file: (file != "<stdin>").then(|| file.to_owned()),
        line,
        table: table_in(&message),
        message,
        ..Complaint::default()
    };
    while let Some(line) = lines.next() {
        if line.starts_with("psql:") {
            break;
        }
        let quoted = line
            .strip_prefix("LINE ")
            .and_then(|rest| rest.split_once(": "));
        if let Some((_, quoted)) = quoted {
            let before = line.chars().count() - quoted.chars().count();
            let caret = lines.next_if(|next| next.trim() == "^");
            let column = caret.and_then(|caret| caret.chars().count().checked_sub(before));
            // What is long is cut at both ends.
            let inner = quoted.trim_start_matches("...");
            let cut = quoted.len() - inner.len();
            let column = column.map(|column| column.saturating_sub(cut));
            let inner = inner.trim_end_matches("...").trim_end();
            if complaint.spot == Spot::Line {
                complaint.spot = Spot::Quoted(inner.to_owned(), column);
            }
        } else if let Some(context) = line.strip_prefix("CONTEXT:") {
            if let Some((table, row)) = row(context.trim()) {
                complaint.table = Some(table);
                complaint.spot = Spot::RowOfCopy(row);
            }
        } else if let Some((word @ ("DETAIL" | "HINT"), rest)) = line.split_once(':') {
            let more = format!("{}: {}", word.to_lowercase(), rest.trim());
            complaint.more.push(more);
        }
    }
    Some(complaint)
}

/// `COPY orders, line 3, column status: "x"`: the table and the line.
fn row(context: &str) -> Option<(String, usize)> {
    let rest = context.strip_prefix("COPY ")?;
    let (table, rest) = rest.split_once(", line ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((table.trim_matches('"').to_owned(), digits.parse().ok()?))
}

/// The table that a sentence names.
fn table_in(message: &str) -> Option<String> {
    let named = |before| between(message, before, '"').map(str::to_owned);
    named("relation \"").or_else(|| named("table \""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(said: &str, text: &str, line: usize, column: Option<usize>) {
        let complaint = parse(said).unwrap();
        assert_eq!(complaint.place(text.as_bytes()), Some((line, column)));
    }

    #[test]
    fn a_row_is_found_below_its_copy() {
        check(
            "psql:<stdin>:6: ERROR:  null value in column \"status\" of relation \"orders\" violates not-null constraint\n\
             DETAIL:  Failing row contains (2, null).\nCONTEXT:  COPY orders, line 2: \"2\t\\N\"\n",
            "CREATE TABLE x ();\nCOPY other FROM stdin;\n\\.\nCOPY orders (id, status) FROM stdin;\n1\topen\n2\t\\N\n\\.\n",
            6,
            None,
        );
    }

    #[test]
    fn a_statement_of_several_lines_is_found_where_it_is_wrong() {
        check(
            "psql:dumps/01_schema.sql:5: ERROR:  type \"strng\" does not exist\nLINE 3:     name strng\n                 ^\n",
            "SELECT 1;\n\nCREATE TABLE users (\n    name strng\n);\n",
            4,
            Some(10),
        );
    }

    #[test]
    fn what_quotes_nothing_is_where_psql_was() {
        check(
            "NOTICE: x\npsql:<stdin>:2: ERROR:  column \"priority\" of relation \"orders\" does not exist\n",
            "SELECT 1;\nCOPY orders (priority) FROM stdin;\n",
            2,
            None,
        );
        assert_eq!(parse("psql: error: connection refused\n"), None);
    }

    #[test]
    fn the_file_is_told_where_one_was_read() {
        let of = |said: &str| parse(said).unwrap().file;
        let file = of("psql:dumps/02_rows.sql:2: ERROR:  x\n");
        assert_eq!(file.as_deref(), Some("dumps/02_rows.sql"));
        assert_eq!(of("psql:<stdin>:2: ERROR:  x\n"), None);
    }
}
