//! Reads a dump once.

use crate::column::Column;
use crate::value::{NULL, text};
use crate::{TableValues, Values};
use dump_text::{Line, Lines, Source};
use std::io;

/// How many rows of a table are kept as examples.
pub const EXAMPLES: usize = 5;

/// Reads a dump to its end. A table whose rows stand in several blocks has the rows of all, and the spread of the
/// first.
///
/// # Errors
/// What the source says; a dump that ends within rows; rows with more or fewer fields than columns.
pub fn read(source: &dyn Source) -> io::Result<Values> {
    let mut lines = Lines::open(source)?;
    let mut values = Values::default();
    let mut open: Option<Reading> = None;
    while let Some(line) = lines.next_line()? {
        match line {
            Line::Begin { table, columns, .. } => open = Some(Reading::new(&table, &columns)),
            Line::Row(row) => {
                if let Some(reading) = &mut open {
                    reading.row(row)?;
                }
            }
            Line::End(_) => {
                if let Some(table) = open.take().map(Reading::finish) {
                    put(&mut values, table);
                }
            }
            Line::Statement(_) => {}
        }
    }
    match open {
        Some(reading) => Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            format!("the dump ends within the rows of {}", reading.name),
        )),
        None => Ok(values),
    }
}

fn put(values: &mut Values, table: TableValues) {
    match values
        .tables
        .iter_mut()
        .find(|known| known.name == table.name)
    {
        Some(known) => {
            known.rows += table.rows;
            let missing = EXAMPLES.saturating_sub(known.examples.len());
            known
                .examples
                .extend(table.examples.into_iter().take(missing));
        }
        None => values.tables.push(table),
    }
}

/// A table whose rows are being read.
struct Reading {
    name: String,
    rows: u64,
    columns: Vec<Column>,
    examples: Vec<Vec<Option<String>>>,
}

impl Reading {
    fn new(table: &str, columns: &[String]) -> Self {
        Self {
            name: name(table),
            rows: 0,
            columns: columns
                .iter()
                .map(|column| Column::new(unquoted(column)))
                .collect(),
            examples: Vec::new(),
        }
    }

    fn row(&mut self, row: &[u8]) -> io::Result<()> {
        self.rows += 1;
        if self.examples.len() < EXAMPLES {
            let shown = |field: &[u8]| (field != NULL).then(|| text(field));
            self.examples
                .push(dump_text::row::fields(row).map(shown).collect());
        }
        // A block that names no columns has no names to tell the spread by.
        if self.columns.is_empty() {
            return Ok(());
        }
        let mut begin = 0;
        let mut columns = self.columns.iter_mut();
        let ends = memchr::memchr_iter(b'\t', row).chain(std::iter::once(row.len()));
        for end in ends {
            let Some(column) = columns.next() else {
                return Err(self.wrong());
            };
            column.add(&row[begin..end]);
            begin = end + 1;
        }
        if columns.next().is_some() {
            return Err(self.wrong());
        }
        Ok(())
    }

    fn wrong(&self) -> io::Error {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "row {} of {} hasn't as many fields as the table has columns in the dump",
                self.rows, self.name
            ),
        )
    }

    fn finish(self) -> TableValues {
        TableValues {
            name: self.name,
            rows: self.rows,
            columns: self.columns.into_iter().map(Column::finish).collect(),
            examples: self.examples,
        }
    }
}

/// A table's name as people say it: without quotes, and without `public`.
fn name(spelt: &str) -> String {
    let mut parts = Vec::new();
    let mut quoted = None;
    let mut begin = 0;
    for (at, character) in spelt.char_indices() {
        match character {
            '"' | '`' if quoted.is_none() => quoted = Some(character),
            _ if quoted == Some(character) => quoted = None,
            '.' if quoted.is_none() => {
                parts.push(unquoted(&spelt[begin..at]));
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(unquoted(&spelt[begin..]));
    match parts.as_slice() {
        [schema, table] if schema == "public" => table.clone(),
        _ => parts.join("."),
    }
}

/// A name without PostgreSQL's quotes, or MySQL's.
fn unquoted(name: &str) -> String {
    for quote in ["\"", "`"] {
        let inner = name.strip_prefix(quote);
        if let Some(inner) = inner.and_then(|inner| inner.strip_suffix(quote)) {
            return inner.replace(&quote.repeat(2), quote);
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dump_text::InMemory;

    #[test]
    fn a_dump_is_told_table_by_table() {
        let dump = "BEGIN;\nCOPY public.users (id, \"full name\") FROM stdin;\n1\tAnn\n2\t\\N\n\\.\n\
                    COPY crew.\"a.b\" (id) FROM stdin;\n\\.\n";
        let values = read(&InMemory(dump.as_bytes())).unwrap();
        let users = values.table("users").unwrap();
        assert_eq!(users.rows, 2);
        assert_eq!(
            users.examples,
            [
                vec![Some("1".to_owned()), Some("Ann".to_owned())],
                vec![Some("2".to_owned()), None]
            ]
        );
        let names: Vec<&str> = users.columns.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["id", "full name"]);
        assert_eq!(users.column("full name").map(|one| one.nulls), Some(1));
        assert_eq!(values.table("crew.a.b").map(|table| table.rows), Some(0));
    }

    #[test]
    fn rows_in_insert_statements_are_seen_too() {
        let dump = "CREATE TABLE `my``users` (\n  `id` bigint NOT NULL,\n  `full name` varchar(20)\n);\n\
                    INSERT INTO `my``users` VALUES (1,'it\\'s'),(2,NULL);\n\
                    INSERT INTO `logs` (`at`,`b`) VALUES ('2026-01-01',0x41);\n";
        let values = read(&InMemory(dump.as_bytes())).unwrap();
        let users = values.table("my`users").unwrap();
        assert_eq!(users.rows, 2);
        assert_eq!(users.examples[0][1].as_deref(), Some("it's"));
        assert_eq!(users.column("full name").map(|one| one.nulls), Some(1));
        let logs = values.table("logs").unwrap();
        assert_eq!(
            logs.column("at").unwrap().least.as_deref(),
            Some("2026-01-01")
        );
    }

    #[test]
    fn only_the_first_rows_are_examples() {
        let rows: Vec<String> = (0..20).map(|id| id.to_string()).collect();
        let dump = format!("COPY t (id) FROM stdin;\n{}\n\\.\n", rows.join("\n"));
        let values = read(&InMemory(dump.as_bytes())).unwrap();
        assert_eq!(values.tables[0].rows, 20);
        assert_eq!(values.tables[0].examples.len(), EXAMPLES);
    }

    #[test]
    fn a_row_of_another_width_is_an_error() {
        for row in ["1", "1\t2\t3"] {
            let dump = format!("COPY t (a, b) FROM stdin;\n{row}\n\\.\n");
            let error = read(&InMemory(dump.as_bytes())).unwrap_err().to_string();
            assert!(error.starts_with("row 1 of t hasn't as many"), "{error}");
        }
    }

    #[test]
    fn a_dump_that_stops_short_is_an_error() {
        let error = read(&InMemory(b"COPY t (a) FROM stdin;\n1\n")).unwrap_err();
        assert!(error.to_string().contains("within the rows of t"));
    }
}
