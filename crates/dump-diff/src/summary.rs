//! One version of a dump, read once: which tables, how many rows, and a fingerprint of each.

use std::collections::BinaryHeap;
use std::fmt;
use std::io;

use sha2::{Digest, Sha256};

use dump_text::{Line, Lines, Source, row};

/// What one version of a dump holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    /// In the dump's order.
    pub tables: Vec<Table>,
    /// Of all that isn't a row.
    pub(crate) statements: Fingerprint,
    /// How many lines that is.
    pub(crate) statement_lines: u64,
    /// All of it, if it isn't too much.
    pub(crate) statement_text: Option<String>,
}

/// A COPY block, or INSERT statements of one table that follow each other.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// As the dump writes it: `public.users`.
    pub name: String,
    /// As the dump writes them, in its order.
    pub columns: Vec<String>,
    /// How many.
    pub rows: u64,
    /// Of all rows in their order.
    pub(crate) content: Fingerprint,
    /// Whether the first field is a whole number that grows from row to row: then two versions can be merged.
    pub(crate) ascending: bool,
    /// A few rows, the same ones in every version that has them, in the dump's order.
    pub(crate) sample: Vec<Vec<u8>>,
}

/// SHA-256: two contents with one fingerprint are the same content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

impl fmt::Display for Fingerprint {
    /// The first 48 bits: enough to see that something changed.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..6]
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// How many rows of a table the summary shows.
const SAMPLE: usize = 12;

/// The longest row that a sample keeps, in bytes; a longer one is cut.
const SAMPLE_ROW: usize = 512;

/// So much of the SQL around the rows is kept, in bytes: many times what gen-dummy writes for hundreds of tables.
const STATEMENTS: usize = 1 << 20;

/// Reads one version of a dump to its end.
///
/// # Errors
/// What the source says; compressed data that is damaged is an error too.
pub fn summarize(source: &dyn Source) -> io::Result<Summary> {
    let mut lines = Lines::open(source)?;
    let mut tables = Vec::new();
    let mut statements = Sha256::new();
    let mut statement_lines = 0;
    let mut statement_text = Some(String::new());
    let mut open: Option<Reading> = None;
    while let Some(line) = lines.next_line()? {
        match line {
            Line::Begin { table, columns, .. } => open = Some(Reading::new(table, columns)),
            Line::Row(row) => {
                if let Some(reading) = &mut open {
                    reading.row(row);
                }
            }
            Line::End(_) => tables.extend(open.take().map(Reading::finish)),
            Line::Statement(line) => {
                statements.update(line);
                statements.update(b"\n");
                statement_lines += 1;
                statement_text = statement_text.filter(|text| text.len() + line.len() < STATEMENTS);
                if let Some(text) = &mut statement_text {
                    text.push_str(&String::from_utf8_lossy(line));
                    text.push('\n');
                }
            }
        }
    }
    if let Some(reading) = open {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            format!("the dump ends within the rows of {}", reading.name),
        ));
    }
    Ok(Summary {
        tables,
        statements: Fingerprint(statements.finalize().into()),
        statement_lines,
        statement_text,
    })
}

/// The SQL around the rows of a dump, as much of it as a summary keeps.
///
/// # Errors
/// What the source says.
pub(crate) fn statements(source: &dyn Source) -> io::Result<String> {
    let mut lines = Lines::open(source)?;
    let mut text = String::new();
    while let Some(line) = lines.next_line()? {
        if let Line::Statement(line) = line
            && text.len() + line.len() < STATEMENTS
        {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
    }
    Ok(text)
}

/// A table whose rows are being read.
struct Reading {
    name: String,
    columns: Vec<String>,
    rows: u64,
    content: Sha256,
    ascending: bool,
    last: Option<i64>,
    /// Those with the smallest hashes of their keys: which rows these are depends on no other row.
    sample: BinaryHeap<(u64, u64, Vec<u8>)>,
}

impl Reading {
    fn new(name: String, columns: Vec<String>) -> Self {
        Self {
            name,
            columns,
            rows: 0,
            content: Sha256::new(),
            ascending: true,
            last: None,
            sample: BinaryHeap::new(),
        }
    }

    fn row(&mut self, row: &[u8]) {
        self.content.update(row);
        self.content.update(b"\n");
        if self.ascending {
            let number = row::number(row);
            self.ascending = number.is_some() && number > self.last;
            self.last = number;
        }
        let hash = row::hash(row::key(row));
        if self.sample.len() < SAMPLE || self.sample.peek().is_some_and(|most| hash < most.0) {
            let kept = row[..row.len().min(SAMPLE_ROW)].to_vec();
            self.sample.push((hash, self.rows, kept));
            if self.sample.len() > SAMPLE {
                self.sample.pop();
            }
        }
        self.rows += 1;
    }

    fn finish(self) -> Table {
        let mut sample: Vec<_> = self.sample.into_iter().collect();
        sample.sort_unstable_by_key(|(_, at, _)| *at);
        Table {
            name: self.name,
            columns: self.columns,
            rows: self.rows,
            content: Fingerprint(self.content.finalize().into()),
            ascending: self.ascending,
            sample: sample.into_iter().map(|(_, _, row)| row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::summarize;
    use crate::testing::{Bytes, Text, dump};

    #[test]
    fn tables_are_counted_and_told_apart() {
        let text = dump(&[
            ("users", "id, name", &["1\tAnn", "2\tBob"]),
            ("tags", "name", &["x"]),
        ]);
        let summary = summarize(&Text(&text)).unwrap();
        assert_eq!(summary.tables.len(), 2);
        assert_eq!(summary.tables[0].name, "users");
        assert_eq!(summary.tables[0].columns, ["id", "name"]);
        assert_eq!(summary.tables[0].rows, 2);
        assert!(summary.tables[0].ascending);
        assert!(!summary.tables[1].ascending);
        assert_ne!(summary.tables[0].content, summary.tables[1].content);
    }

    #[test]
    fn the_sample_keeps_its_rows_when_others_come() {
        let rows: Vec<String> = (1..=200).map(|id| format!("{id}\tname {id}")).collect();
        let all: Vec<&str> = rows.iter().map(String::as_str).collect();
        let sample = |rows: &[&str]| {
            let text = dump(&[("users", "id, name", rows)]);
            summarize(&Text(&text)).unwrap().tables.remove(0).sample
        };
        let before = sample(&all[..190]);
        let after = sample(&all);
        assert_eq!(before.len(), super::SAMPLE);
        let kept = before.iter().filter(|row| after.contains(row)).count();
        assert!(kept >= super::SAMPLE - 3, "{kept} of the rows stayed");
    }

    #[test]
    fn a_sample_is_bounded_in_rows_and_bytes() {
        let long = format!("1\t{}", "x".repeat(super::SAMPLE_ROW));
        let rows: Vec<String> = (2..40).map(|id| format!("{id}\tshort")).collect();
        let mut all = vec![long.as_str()];
        all.extend(rows.iter().map(String::as_str));
        let sample = |rows: &[&str]| {
            let text = dump(&[("users", "id, name", rows)]);
            summarize(&Text(&text)).unwrap().tables.remove(0).sample
        };
        assert_eq!(sample(&all[..1])[0].len(), super::SAMPLE_ROW);
        assert_eq!(sample(&all[..5]).len(), 5);
        assert_eq!(sample(&all).len(), super::SAMPLE);
    }

    #[test]
    fn a_summary_is_one_thing_a_line() {
        let text = dump(&[("users", "id, name", &["1\tAnn", "2\t\x1b"])]);
        let summary = summarize(&Text(&text)).unwrap();
        let content = summary.tables[0].content;
        let statements = summary.statements;
        assert_eq!(
            summary.to_string(),
            format!(
                "table users\n  rows 2\n  content {content}\n  column id\n  column name\n  \
                 sample 1 | Ann\n  sample 2 | \u{fffd}\nother SQL: 2 lines, content {statements}\n"
            )
        );
        let none = summarize(&Text("hello\n")).unwrap().to_string();
        assert!(
            none.starts_with("no rows are in it, in COPY blocks or INSERT statements: a dump without rows, or none\nother SQL: 1 line, "),
            "{none}"
        );
    }

    #[test]
    fn damaged_and_cut_gzip_is_told_in_words() {
        use std::io::Write as _;
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer
            .write_all(dump(&[("users", "id", &["1"])]).as_bytes())
            .unwrap();
        let packed = writer.finish().unwrap();
        let told = |bytes: &[u8]| summarize(&Bytes(bytes)).unwrap_err().to_string();
        assert!(summarize(&Bytes(&packed)).is_ok());
        for end in [2, 9, 30, packed.len() - 1] {
            assert_eq!(
                told(&packed[..end]),
                "its gzip data ends too early: the file was cut short",
                "{end}"
            );
        }
        let mut damaged = packed.clone();
        damaged[12] ^= 0xFF;
        assert_eq!(told(&damaged), "its gzip data is damaged");
    }

    #[test]
    fn a_dump_that_stops_short_is_an_error() {
        let error = summarize(&Text("COPY users (id) FROM stdin;\n1\n")).unwrap_err();
        assert!(error.to_string().contains("within the rows of users"));
    }
}
