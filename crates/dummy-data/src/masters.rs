//! Master tables: rows that people wrote, as CSV.
//!
//! The first record names columns; each further record is a row. An empty field is NULL unless it is
//! quoted, then it is the empty string: the two must be told apart, which is why the reader is our
//! own. Quotes are doubled inside quoted fields, which may span lines (RFC 4180); lines end in LF or
//! CRLF. Every field keeps its place, for messages.

use crate::problem::Problem;

/// A CSV file of a table, read but not yet compared with the schema.
#[derive(Debug, Clone)]
pub struct Master {
    /// Name of the table, from the file's name.
    pub table: String,
    /// The file, as messages name it.
    pub file: String,
    /// Column names.
    pub header: Vec<Field>,
    /// Rows; each has as many fields as the header.
    pub rows: Vec<Vec<Field>>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The text, none for NULL.
    pub text: Option<String>,
    /// Line in the file, from 1.
    pub line: usize,
    /// Column in the line, from 1, in characters.
    pub column: usize,
}

impl Master {
    /// Reads a CSV file.
    pub fn parse(table: &str, file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut records = Reader::new(text).records(file, &mut problems);
        if records.is_empty() {
            problems.push(
                Problem::new(format!("{file}:1:1"), "the file is empty")
                    .hint("its first line names columns of the table, such as `id,name`"),
            );
            return Err(problems);
        }
        let header = records.remove(0);
        for record in &records {
            if record.len() != header.len()
                && let Some(first) = record.first()
            {
                problems.push(Problem::new(
                    format!("{file}:{}:{}", first.line, first.column),
                    format!(
                        "this row has {} fields, the header has {}",
                        record.len(),
                        header.len()
                    ),
                ));
            }
        }
        if problems.is_empty() {
            Ok(Self {
                table: table.to_owned(),
                file: file.to_owned(),
                header,
                rows: records,
            })
        } else {
            Err(problems)
        }
    }

    /// A field's place as messages name it.
    pub fn place(&self, field: &Field) -> String {
        format!("{}:{}:{}", self.file, field.line, field.column)
    }
}

/// Walks through the text and counts lines and columns.
struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
    column: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        Self {
            rest: text.chars().peekable(),
            line: 1,
            column: 1,
        }
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        if character == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(character)
    }

    fn records(&mut self, file: &str, problems: &mut Vec<Problem>) -> Vec<Vec<Field>> {
        let mut records = Vec::new();
        while self.rest.peek().is_some() {
            let mut record = Vec::new();
            loop {
                record.push(self.field(file, problems));
                match self.next() {
                    Some(',') => {}
                    _ => break,
                }
            }
            // A line with nothing on it is no row, except in a table of one column.
            if record.len() > 1 || record[0].text.is_some() {
                records.push(record);
            }
        }
        records
    }

    /// Reads one field and stops before the comma or the line's end, whose CR it skips.
    fn field(&mut self, file: &str, problems: &mut Vec<Problem>) -> Field {
        let (line, column) = (self.line, self.column);
        let mut text = String::new();
        let quoted = self.rest.peek() == Some(&'"');
        if quoted {
            self.next();
            loop {
                match self.next() {
                    Some('"') if self.rest.peek() == Some(&'"') => {
                        self.next();
                        text.push('"');
                    }
                    Some('"') => break,
                    Some(character) => text.push(character),
                    None => {
                        problems.push(
                            Problem::new(
                                format!("{file}:{line}:{column}"),
                                "the quote that opens here is never closed",
                            )
                            .hint("a quote inside a quoted field is written twice: `\"\"`"),
                        );
                        break;
                    }
                }
            }
        }
        let mut surplus = false;
        while let Some(&character) = self.rest.peek() {
            if character == ',' || character == '\n' {
                break;
            }
            self.next();
            if character == '\r' && self.rest.peek().is_none_or(|&next| next == '\n') {
                break;
            }
            surplus |= quoted;
            text.push(character);
        }
        if surplus {
            problems.push(Problem::new(
                format!("{file}:{line}:{column}"),
                "there is text after the closing quote of this field",
            ));
        }
        Field {
            text: (quoted || !text.is_empty()).then_some(text),
            line,
            column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(csv: &str) -> Vec<Vec<Option<String>>> {
        let master = Master::parse("kinds", "kinds.csv", csv).unwrap();
        master
            .rows
            .into_iter()
            .map(|row| row.into_iter().map(|field| field.text).collect())
            .collect()
    }

    #[track_caller]
    fn check(csv: &str, expected: &[&[Option<&str>]]) {
        let expected: Vec<Vec<Option<String>>> = expected
            .iter()
            .map(|row| row.iter().map(|text| text.map(str::to_owned)).collect())
            .collect();
        assert_eq!(texts(csv), expected);
    }

    #[test]
    fn empty_is_null_and_quoted_empty_is_not() {
        check("a,b\n,\"\"\n", &[&[None, Some("")]]);
    }

    #[test]
    fn quotes_commas_and_line_ends_inside_quotes() {
        check(
            "a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\r\n",
            &[&[Some("x, \"y\""), Some("two\nlines")]],
        );
    }

    #[test]
    fn the_last_line_needs_no_end_and_a_byte_order_mark_is_skipped() {
        check("\u{FEFF}a\n北海道", &[&[Some("北海道")]]);
    }

    #[test]
    fn all_problems_are_told_with_their_places() {
        let problems =
            Master::parse("kinds", "kinds.csv", "a,b\n1\n2,\"x\"y\n3,\"open").unwrap_err();
        let places: Vec<&str> = problems
            .iter()
            .map(|problem| problem.place.as_str())
            .collect();
        assert_eq!(places, ["kinds.csv:3:3", "kinds.csv:4:3", "kinds.csv:2:1"]);
    }

    #[test]
    fn fields_know_where_they_are() {
        let master = Master::parse("kinds", "kinds.csv", "a,b\n\"x\ny\",東京\n").unwrap();
        assert_eq!((master.rows[0][1].line, master.rows[0][1].column), (3, 4));
        assert_eq!(master.place(&master.rows[0][0]), "kinds.csv:2:1");
    }
}
