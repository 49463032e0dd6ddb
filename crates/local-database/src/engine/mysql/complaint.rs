//! What MySQL's and MariaDB's clients write about a script that fails: `ERROR 1054 (42S22) at line 12: Unknown column …`.
//!
//! The line is the one at which the statement begins. Some messages count on from there: rows of an INSERT, and lines of
//! what can't be parsed.

use super::super::between;
use crate::trouble::{Complaint, Spot};

/// Reads what the client wrote. `None` if it complains of nothing.
pub(super) fn parse(said: &str) -> Option<Complaint> {
    let mut lines = said.lines();
    let (file, line, first) = lines.find_map(|text| {
        // The container's script puts the file before it.
        let (file, rest) = match text.split_once("ERROR ") {
            Some(("", rest)) => (None, rest),
            Some((before, rest)) => (Some(before.strip_suffix(": ")?.to_owned()), rest),
            None => return None,
        };
        let (head, message) = rest.split_once(": ")?;
        let (_, number) = head.split_once(" at line ")?;
        Some((file, number.parse().ok()?, message.trim()))
    })?;
    // What it quotes may go on for lines, and the line of the statement comes behind it.
    let mut message = first.to_owned();
    if first.contains(NEAR) {
        while !message.contains(AT_LINE)
            && let Some(line) = lines.next()
        {
            message = message + "\n" + line;
        }
    }
    Some(Complaint {
        file,
        line,
        spot: spot(&message),
        table: table_in(&message),
        table_in_statement: true,
        message: shortened(&message),
        ..Complaint::default()
    })
}

/// Begins what is quoted.
const NEAR: &str = " near '";

/// Ends it.
const AT_LINE: &str = "' at line ";

/// Where in the statement it is.
fn spot(message: &str) -> Spot {
    let number = |before: &str| {
        let (_, rest) = message.rsplit_once(before)?;
        rest.trim_end_matches('.').parse().ok()
    };
    if let Some((_, near)) = message.split_once(NEAR)
        && let Some(line) = number(AT_LINE)
    {
        let near = near.split_once(AT_LINE).map_or(near, |(near, _)| near);
        let near = near.lines().next().unwrap_or_default();
        return Spot::Within(line, near.to_owned());
    }
    match number(" at row ") {
        Some(row @ 1..) => Spot::RowOfInsert(row),
        _ => Spot::Line,
    }
}

/// The table that a sentence names.
fn table_in(message: &str) -> Option<String> {
    let name = between(message, "Table '", '\'').or_else(|| between(message, "table '", '\''))?;
    let name = name.rsplit('.').next().unwrap_or(name);
    Some(name.to_owned())
}

/// Without the advice to see a manual, which comes before what is wrong.
fn shortened(message: &str) -> String {
    match message.split_once("; check the manual that corresponds to your ") {
        Some((what, rest)) => match rest.split_once(NEAR) {
            Some((_, near)) => {
                let near = near.lines().next().unwrap_or_default();
                let near = near.split(AT_LINE).next().unwrap_or(near);
                format!("{what} near `{near}`")
            }
            None => what.to_owned(),
        },
        None => message.to_owned(),
    }
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
    fn a_row_is_found_below_or_behind_the_head_of_its_insert() {
        let said = "ERROR 1265 (01000) at line 3: Data truncated for column 'status' at row 2\n";
        check(
            said,
            "SET NAMES utf8mb4;\n\nINSERT INTO `orders` VALUES\n(1, 'open'),\n(2, 'x');\n",
            5,
            None,
        );
        check(
            said,
            "SET NAMES utf8mb4;\n\nINSERT INTO `orders` VALUES (1, 'open'),\n(2, 'x');\n",
            4,
            None,
        );
    }

    #[test]
    fn what_cannot_be_parsed_is_found_in_its_statement() {
        check(
            "ERROR 1064 (42000) at line 3: You have an error in your SQL syntax; check the manual that corresponds to your \
             MariaDB server version for the right syntax to use near 'strng\n)' at line 2\n",
            "SELECT 1;\n\nCREATE TABLE users (\n    name strng\n);\n",
            4,
            Some(10),
        );
        check(
            "ERROR 1064 (42000) at line 3: You have an error in your SQL syntax; check the manual that corresponds to your \
             MariaDB server version for the right syntax to use near 'strng)' at line 2\n",
            "SELECT 1;\n\nCREATE TABLE users (\n    name strng);\n",
            4,
            Some(10),
        );
    }

    #[test]
    fn the_file_the_table_and_the_sentence_are_told() {
        let complaint = parse(
            "x\ndumps/02_dummy.sql.gz: ERROR 1146 (42S02) at line 7: Table 'app.orders' doesn't exist\n",
        )
        .unwrap();
        assert_eq!(complaint.file.as_deref(), Some("dumps/02_dummy.sql.gz"));
        assert_eq!(complaint.table.as_deref(), Some("orders"));
        assert_eq!(complaint.message, "Table 'app.orders' doesn't exist");
        assert_eq!(complaint.line, 7);
        assert_eq!(
            parse("ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)\n"),
            None
        );
    }
}
