//! Rows as INSERT statements, for tools that can't COPY.
//!
//! A statement has many rows, because one statement for each row is fifty times slower to load.

use crate::{identifier, qualified};
use pg_model::QualifiedName;
use row_text::{Column, RowBuffer, Spelling};

/// Rows of one statement. Part of the format: another number gives every such dump new bytes.
pub const STATEMENT_ROWS: u64 = 1000;

/// Rows as INSERT statements of [`STATEMENT_ROWS`] rows each, one row a line.
#[derive(Debug, Clone, Copy)]
pub struct Insert<'a> {
    /// What stands before the rows of a statement: [`header`].
    pub header: &'a str,
}

impl Spelling for Insert<'_> {
    fn begin_row(&self, row: u64, out: &mut RowBuffer) {
        if row.is_multiple_of(STATEMENT_ROWS) {
            out.text(self.header);
        }
        out.byte(b'(');
    }

    fn end_row(&self, row: u64, rows: u64, out: &mut RowBuffer) {
        let last = row + 1 == rows || (row + 1).is_multiple_of(STATEMENT_ROWS);
        out.array(if last { b");\n" } else { b"),\n" });
    }

    fn separator(&self, out: &mut RowBuffer) {
        out.array(b", ");
    }

    fn begin_value(&self, _column: Column, out: &mut RowBuffer) -> usize {
        out.len()
    }

    fn end_value(&self, column: Column, start: usize, out: &mut RowBuffer) {
        if !(column.number && out.is_number_from(start)) {
            quote_from(out, start);
        }
    }

    fn null(&self, out: &mut RowBuffer) {
        out.array(b"NULL");
    }
}

/// Makes what was written from `start` on an SQL literal on one line. What a backslash could
/// change is an `E''` literal, so the text means the same whatever `standard_conforming_strings` is.
fn quote_from(out: &mut RowBuffer, start: usize) {
    let written = out.as_bytes()[start..].to_vec();
    out.truncate(start);
    if written
        .iter()
        .any(|&byte| byte == b'\\' || byte.is_ascii_control())
    {
        out.byte(b'E');
    }
    out.byte(b'\'');
    for byte in written {
        match byte {
            b'\'' => out.array(b"''"),
            b'\\' => out.array(b"\\\\"),
            b'\t' => out.array(b"\\t"),
            b'\n' => out.array(b"\\n"),
            b'\r' => out.array(b"\\r"),
            control if control.is_ascii_control() => {
                out.array(b"\\x");
                out.hexadecimal(u64::from(control), 2);
            }
            other => out.byte(other),
        }
    }
    out.byte(b'\'');
}

/// What stands before the rows of a statement. A database can have made a column an identity that the
/// schema file knows nothing of, so every statement insists on its values; elsewhere that changes nothing.
pub fn header(table: &QualifiedName, columns: &[&str]) -> String {
    let columns: Vec<_> = columns.iter().map(|column| identifier(column)).collect();
    format!(
        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES\n",
        qualified(table),
        columns.join(", ")
    )
}

/// A row of a table that gives no column a value, but for what the database computes by SQL expressions.
pub fn default_row(table: &QualifiedName, computed: &[(String, String)]) -> String {
    if computed.is_empty() {
        return format!("INSERT INTO {} DEFAULT VALUES;\n", qualified(table));
    }
    let columns: Vec<_> = computed
        .iter()
        .map(|(column, _)| identifier(column))
        .collect();
    let expressions: Vec<String> = computed
        .iter()
        .map(|(_, expression)| format!("({expression})"))
        .collect();
    format!(
        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({});\n",
        qualified(table),
        columns.join(", "),
        expressions.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let table = QualifiedName::in_schema("sales", "Order");
        assert_eq!(
            header(&table, &["id", "Name"]),
            "INSERT INTO sales.\"Order\" (id, \"Name\") OVERRIDING SYSTEM VALUE VALUES\n"
        );
        assert_eq!(
            default_row(&table, &[]),
            "INSERT INTO sales.\"Order\" DEFAULT VALUES;\n"
        );
        assert_eq!(
            default_row(&table, &[("at".to_owned(), "now()".to_owned())]),
            "INSERT INTO sales.\"Order\" (at) OVERRIDING SYSTEM VALUE VALUES ((now()));\n"
        );
    }

    #[track_caller]
    fn check_quoted(text: &str, expected: &str) {
        let mut out = RowBuffer::new();
        out.text("(");
        out.text(text);
        quote_from(&mut out, 1);
        assert_eq!(
            String::from_utf8_lossy(out.as_bytes()),
            format!("({expected}")
        );
    }

    #[test]
    fn literals_need_no_setting_of_the_server() {
        check_quoted("it's テキスト", "'it''s テキスト'");
        check_quoted("", "''");
        check_quoted(r"C:\temp", r"E'C:\\temp'");
        check_quoted("a\tb\r\nc's", r"E'a\tb\r\nc''s'");
        check_quoted("\u{1b}[0m\u{7f}", r"E'\x1b[0m\x7f'");
    }
}
