//! Rows as INSERT statements: many rows a statement, one row a line, nothing but UTF-8.
//!
//! Past 64 KB the length of a statement doesn't matter to the server (measured, see docs/benchmarks.md), and a statement
//! must stay below what client and server take in one packet, 16 MiB by default. So a statement has as many rows as make about
//! 256 KiB by what the first rows are long: a power of two, so that a somewhat longer row changes no other line.

use crate::{qualified, quoted};
use mysql_model::{DataType, QualifiedName};
use row_text::{Column, RowBuffer, Spelling};

/// About so many bytes a statement has.
const STATEMENT_BYTES: usize = 256 * 1024;

/// The most rows of a statement.
const MOST_ROWS: u64 = 8192;

/// How the values of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// In quotes, but for plain numbers in columns of numbers.
    Text,
    /// `t` and `f` are 1 and 0.
    Number,
    /// `\x` and hexadecimal digits become `x'…'`.
    Bytes,
    /// Digits 0 and 1 become `b'…'`.
    Bits,
    /// A date and time without a zone; what has one is UTC.
    Moment,
    /// Well-known text with or without its reference system becomes a call, in the system of that number.
    Shape(u32),
    /// An address, mapped to one of version 6.
    Inet6,
}

impl Cell {
    /// How values of a type are written.
    pub fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Integer { .. }
            | DataType::Decimal { .. }
            | DataType::Float { .. }
            | DataType::Double { .. }
            | DataType::Year => Self::Number,
            DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::Blob(_) => Self::Bytes,
            DataType::Bit { .. } => Self::Bits,
            DataType::DateTime { .. } | DataType::Timestamp { .. } => Self::Moment,
            DataType::Geometry { srid, .. } => Self::Shape(srid.unwrap_or(0)),
            DataType::Inet6 => Self::Inet6,
            _ => Self::Text,
        }
    }
}

/// Rows of a table as INSERT statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insert {
    header: String,
    cells: Vec<Cell>,
    /// Rows of one statement, a power of two.
    rows: u64,
}

impl Insert {
    /// Statements for a table's columns. `longest` is how many bytes the longest of the first rows has.
    pub fn new(table: &QualifiedName, columns: &[(&str, Cell)], longest: usize) -> Self {
        let names: Vec<String> = columns.iter().map(|(name, _)| quoted(name)).collect();
        let rows = (STATEMENT_BYTES / longest.max(1)).max(1) as u64;
        Self {
            header: format!(
                "INSERT INTO {} ({}) VALUES\n",
                qualified(table),
                names.join(", ")
            ),
            cells: columns.iter().map(|(_, cell)| *cell).collect(),
            // The greatest power of two that isn't more.
            rows: (1 << rows.ilog2()).min(MOST_ROWS),
        }
    }
}

/// A row that gives no column a value.
pub fn default_row(table: &QualifiedName) -> String {
    format!("INSERT INTO {} () VALUES ();\n", qualified(table))
}

impl Spelling for Insert {
    #[inline]
    fn begin_row(&self, row: u64, out: &mut RowBuffer) {
        if row & (self.rows - 1) == 0 {
            out.text(&self.header);
        }
        out.byte(b'(');
    }

    #[inline]
    fn end_row(&self, row: u64, rows: u64, out: &mut RowBuffer) {
        let last = row + 1 == rows || (row + 1) & (self.rows - 1) == 0;
        out.array(if last { b");\n" } else { b"),\n" });
    }

    #[inline]
    fn separator(&self, out: &mut RowBuffer) {
        out.array(b", ");
    }

    #[inline]
    fn begin_value(&self, column: Column, out: &mut RowBuffer) -> usize {
        if self.cells[column.place] != Cell::Number {
            out.byte(b'\'');
        }
        out.len()
    }

    #[inline]
    fn end_value(&self, column: Column, start: usize, out: &mut RowBuffer) {
        match self.cells[column.place] {
            Cell::Number => number(start, out),
            Cell::Text => {
                escape(start, out);
                out.byte(b'\'');
            }
            Cell::Moment => {
                moment(start, out);
                out.byte(b'\'');
            }
            other => rare(other, start, out),
        }
    }

    #[inline]
    fn null(&self, out: &mut RowBuffer) {
        out.array(b"NULL");
    }
}

#[inline]
fn number(start: usize, out: &mut RowBuffer) {
    // Nearly all values are digits.
    if out.as_bytes()[start..].iter().all(u8::is_ascii_digit) && out.len() > start {
        return;
    }
    odd_number(start, out);
}

#[cold]
fn odd_number(start: usize, out: &mut RowBuffer) {
    if out.is_number_from(start) {
        return;
    }
    let truth = match &out.as_bytes()[start..] {
        b"t" | b"true" | b"yes" | b"y" | b"on" => Some(b'1'),
        b"f" | b"false" | b"no" | b"n" | b"off" => Some(b'0'),
        _ => None,
    };
    if let Some(digit) = truth {
        out.truncate(start);
        out.byte(digit);
        return;
    }
    let text = out.as_bytes()[start..].to_vec();
    out.truncate(start);
    out.byte(b'\'');
    let start = out.len();
    out.bytes(&text);
    escape(start, out);
    out.byte(b'\'');
}

/// Escapes what was written from `start` on for a literal in single quotes.
#[inline]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without a branch a byte, many are looked at at once"
)]
fn escape(start: usize, out: &mut RowBuffer) {
    let odd = out.as_bytes()[start..].iter().fold(false, |odd, &byte| {
        odd | (byte == b'\'') | (byte == b'\\') | (byte < b' ')
    });
    if odd {
        escape_all(start, out);
    }
}

#[cold]
fn escape_all(start: usize, out: &mut RowBuffer) {
    let written = out.as_bytes()[start..].to_vec();
    out.truncate(start);
    for byte in written {
        match byte {
            b'\'' => out.array(b"\\'"),
            b'\\' => out.array(b"\\\\"),
            b'\n' => out.array(b"\\n"),
            b'\r' => out.array(b"\\r"),
            b'\t' => out.array(b"\\t"),
            b'\0' => out.array(b"\\0"),
            0x1a => out.array(b"\\Z"),
            other => out.byte(other),
        }
    }
}

/// A date and time without what says that it is UTC.
#[inline]
fn moment(start: usize, out: &mut RowBuffer) {
    let written = &out.as_bytes()[start..];
    let zone = [b"+00:00".as_slice(), b"+00", b"Z"]
        .into_iter()
        .find(|zone| written.ends_with(zone));
    if let Some(zone) = zone {
        out.truncate(out.len() - zone.len());
    }
}

#[cold]
fn rare(cell: Cell, start: usize, out: &mut RowBuffer) {
    let written = out.as_bytes()[start..].to_vec();
    // The quotation mark that stands before it goes too.
    out.truncate(start - 1);
    match cell {
        Cell::Bytes => {
            let digits = written.strip_prefix(b"\\x".as_slice());
            out.array(b"x'");
            match digits {
                Some(digits) => out.bytes(digits),
                // A text in a column of bytes.
                None => written
                    .iter()
                    .for_each(|&byte| out.hexadecimal(u64::from(byte), 2)),
            }
            out.byte(b'\'');
        }
        Cell::Bits => {
            out.array(b"b'");
            out.bytes(&written);
            out.byte(b'\'');
        }
        Cell::Shape(system) => shape(&written, system, out),
        Cell::Inet6 => {
            out.byte(b'\'');
            if !written.contains(&b':') {
                out.array(b"::ffff:");
            }
            out.bytes(&written);
            out.byte(b'\'');
        }
        Cell::Text | Cell::Number | Cell::Moment => {
            out.byte(b'\'');
            out.bytes(&written);
            out.byte(b'\'');
        }
    }
}

/// `SRID=4326;POINT(13.4 52.5)` as a call. Longitude stands first, as everywhere but in MySQL's reading of systems of
/// longitudes and latitudes; MariaDB knows neither such systems nor the option.
fn shape(written: &[u8], system: u32, out: &mut RowBuffer) {
    let text = match written.iter().position(|&byte| byte == b';') {
        Some(end) if written.starts_with(b"SRID=") => &written[end + 1..],
        _ => written,
    };
    out.text("ST_GeomFromText('");
    out.bytes(text);
    out.byte(b'\'');
    if system != 0 {
        out.array(b", ");
        out.unsigned(u64::from(system));
        out.text(", 'axis-order=long-lat'");
    }
    out.byte(b')');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: Cell, value: &str, expected: &str) {
        let table = QualifiedName::bare("t");
        let insert = Insert::new(&table, &[("a", cell)], 10);
        let column = Column {
            place: 0,
            number: cell == Cell::Number,
            escape: true,
        };
        let mut out = RowBuffer::new();
        let start = insert.begin_value(column, &mut out);
        out.text(value);
        insert.end_value(column, start, &mut out);
        assert_eq!(String::from_utf8_lossy(out.as_bytes()), expected);
    }

    #[test]
    fn each_kind_of_value_is_a_literal_of_its_own() {
        check(Cell::Text, "it's テキスト", r"'it\'s テキスト'");
        check(
            Cell::Text,
            "a\\b\tc\nd\re\0f\u{1a}",
            r"'a\\b\tc\nd\re\0f\Z'",
        );
        check(Cell::Text, "12", "'12'");
        check(Cell::Number, "12", "12");
        check(Cell::Number, "-12.50", "-12.50");
        check(Cell::Number, "t", "1");
        check(Cell::Number, "f", "0");
        check(Cell::Number, "1e5", "'1e5'");
        check(Cell::Bytes, "\\x00ff", "x'00ff'");
        check(Cell::Bytes, "ab", "x'6162'");
        check(Cell::Bits, "0101", "b'0101'");
        check(
            Cell::Moment,
            "2026-01-31 10:00:00+00",
            "'2026-01-31 10:00:00'",
        );
        check(
            Cell::Moment,
            "2026-01-31T10:00:00Z",
            "'2026-01-31T10:00:00'",
        );
        check(
            Cell::Shape(0),
            "SRID=4326;POINT(13.4 52.5)",
            "ST_GeomFromText('POINT(13.4 52.5)')",
        );
        check(
            Cell::of(&DataType::Geometry {
                kind: mysql_model::Geometry::Point,
                srid: Some(4326),
            }),
            "SRID=4326;POINT(13.4 52.5)",
            "ST_GeomFromText('POINT(13.4 52.5)', 4326, 'axis-order=long-lat')",
        );
        check(Cell::Inet6, "192.0.2.1", "'::ffff:192.0.2.1'");
    }

    #[test]
    fn a_statement_has_a_row_a_line() {
        let table = QualifiedName::bare("t");
        let insert = Insert::new(&table, &[("a", Cell::Number), ("b`", Cell::Text)], 100_000);
        assert_eq!(insert.rows, 2);
        let mut out = RowBuffer::new();
        for row in 0..3 {
            insert.begin_row(row, &mut out);
            out.unsigned(row);
            insert.separator(&mut out);
            insert.null(&mut out);
            insert.end_row(row, 3, &mut out);
        }
        assert_eq!(
            String::from_utf8_lossy(out.as_bytes()),
            "INSERT INTO `t` (`a`, `b```) VALUES\n(0, NULL),\n(1, NULL);\n\
             INSERT INTO `t` (`a`, `b```) VALUES\n(2, NULL);\n"
        );
        assert_eq!(Insert::new(&table, &[], 0).rows, MOST_ROWS);
        assert_eq!(Insert::new(&table, &[], 10_000_000).rows, 1);
    }
}
