//! Master tables: rows that people wrote, as CSV.
//!
//! The first record names columns; each further record is a row. An empty field is NULL unless it is
//! quoted, then it is the empty string: the two must be told apart, which is why the reader is our
//! own. Quotes are doubled inside quoted fields, which may span lines (RFC 4180); lines end in LF or
//! CRLF. Every field keeps its place, for messages.
//!
//! People make these files with spreadsheets and merge them with git. What goes wrong there (UTF-16, semicolons, the
//! line ends of old Macs, markers of a conflict) spoils all of a file, and is told once and by its name.

use crate::conflict::merge_conflicts;
use crate::problem::Problem;

/// A CSV file of a table, read but not yet compared with the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Reads the bytes of a CSV file.
    ///
    /// # Errors
    /// Everything by which it isn't CSV of as many fields in each row as its header has.
    pub fn read(table: &str, file: &str, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let text = decoded(file, bytes).map_err(|problem| vec![problem])?;
        let spoilt = spoilt(file, text);
        if !spoilt.is_empty() {
            return Err(spoilt);
        }
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
        // A quote that swallows the rest says nothing of how many fields there are.
        if problems.is_empty() {
            problems.extend(
                records
                    .iter()
                    .filter_map(|record| of_other_length(file, record, header.len())),
            );
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

/// The file's text, without its byte order mark.
fn decoded<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b str, Problem> {
    const AS_UTF_8: &str = "save it as UTF-8: spreadsheets call that `CSV UTF-8`";
    let is_utf_16 = bytes.starts_with(&[0xFF, 0xFE])
        || bytes.starts_with(&[0xFE, 0xFF])
        || (bytes.len() > 1 && (bytes[0] == 0) != (bytes[1] == 0));
    if is_utf_16 {
        return Err(Problem::new(file, "the file is UTF-16").hint(AS_UTF_8));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        Problem::new(place_after(file, &before), "what stands here isn't UTF-8").hint(format!(
            "{AS_UTF_8}; Shift_JIS and Latin 1 are something else"
        ))
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    match text.find('\0') {
        Some(place) => Err(Problem::new(
            place_after(file, &text[..place]),
            "a NUL character stands here, which not every database can hold",
        )
        .hint("delete it")),
        None => Ok(text),
    }
}

/// What makes all of a file something else than a master.
fn spoilt(file: &str, text: &str) -> Vec<Problem> {
    let conflicts = merge_conflicts(text);
    if !conflicts.is_empty() {
        return conflicts
            .into_iter()
            .map(|conflict| Problem {
                place: place_after(file, &text[..conflict.span.map_or(0, |span| span.start)]),
                span: None,
                ..conflict
            })
            .collect();
    }
    if text.contains('\r') && !text.contains('\n') {
        return vec![
            Problem::new(file, "the lines end in carriage returns alone")
                .hint("save it as `CSV UTF-8`, not as CSV for Macintosh"),
        ];
    }
    let first = text.lines().next().unwrap_or_default();
    let other = [(';', "semicolons"), ('\t', "tabs")]
        .into_iter()
        .find(|(separator, _)| first.contains(*separator) && !first.contains(','));
    match other {
        Some((_, separators)) => vec![
            Problem::new(
                format!("{file}:1:1"),
                format!("{separators} stand between the fields of this file"),
            )
            .hint("a master's fields stand between commas: save it as CSV with commas"),
        ],
        None => Vec::new(),
    }
}

/// Where a text has ended, as messages name it.
fn place_after(file: &str, text: &str) -> String {
    let line = 1 + text.matches('\n').count();
    let column = 1 + text.rsplit('\n').next().unwrap_or_default().chars().count();
    format!("{file}:{line}:{column}")
}

/// What is wrong with a row that has more or fewer fields than the header.
fn of_other_length(file: &str, record: &[Field], wanted: usize) -> Option<Problem> {
    let first = record.first().filter(|_| record.len() != wanted)?;
    let problem = Problem::new(
        format!("{file}:{}:{}", first.line, first.column),
        format!(
            "this row has {} field{}, the header has {wanted}",
            record.len(),
            if record.len() == 1 { "" } else { "s" },
        ),
    );
    Some(problem.hint(if record.len() < wanted {
        "NULL is an empty field, with its comma"
    } else {
        "a value with a comma stands in quotes: `\"Smith, Ann\"`"
    }))
}

/// Walks through the text and counts lines and columns.
struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
    column: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
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
            problems.push(
                Problem::new(
                    format!("{file}:{line}:{column}"),
                    "there is text after the closing quote of this field",
                )
                .hint("a quote inside a quoted field is written twice: `\"\"`"),
            );
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
        let master = Master::read("kinds", "kinds.csv", csv.as_bytes()).unwrap();
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

    /// Where the problems of a file are, and what.
    #[track_caller]
    fn problems(bytes: &[u8]) -> Vec<String> {
        let problems = Master::read("kinds", "k.csv", bytes).unwrap_err();
        assert!(problems.iter().all(|problem| problem.hint.is_some()));
        problems
            .into_iter()
            .map(|problem| format!("{}: {}", problem.place, problem.text))
            .collect()
    }

    #[test]
    fn all_problems_are_told_with_their_places() {
        assert_eq!(
            problems(b"a,b\n1\n2,x,y\n"),
            [
                "k.csv:2:1: this row has 1 field, the header has 2",
                "k.csv:3:1: this row has 3 fields, the header has 2"
            ]
        );
        assert_eq!(
            problems(b"a,b\n1\n2,\"x\"y\n3,\"open"),
            [
                "k.csv:3:3: there is text after the closing quote of this field",
                "k.csv:4:3: the quote that opens here is never closed"
            ]
        );
        assert_eq!(problems(b"\n"), ["k.csv:1:1: the file is empty"]);
    }

    #[test]
    fn what_spreadsheets_save_otherwise_is_told_by_its_name() {
        for utf_16 in [&b"\xFF\xFEa\0"[..], b"\xFE\xFF\0a", b"a\0,\0", b"\0a\0,"] {
            assert_eq!(problems(utf_16), ["k.csv: the file is UTF-16"]);
        }
        assert_eq!(
            problems(b"a,b\n1,\x83x\n"),
            ["k.csv:2:3: what stands here isn't UTF-8"]
        );
        assert_eq!(
            problems(b"a,b\n1,x\0\n"),
            ["k.csv:2:4: a NUL character stands here, which not every database can hold"]
        );
        assert_eq!(
            problems(b"a;b\n1;x,y\n"),
            ["k.csv:1:1: semicolons stand between the fields of this file"]
        );
        assert_eq!(
            problems(b"\"a\"\t\"b\"\n1\t2\n"),
            ["k.csv:1:1: tabs stand between the fields of this file"]
        );
        assert_eq!(
            problems(b"a,b\r1,x\r"),
            ["k.csv: the lines end in carriage returns alone"]
        );
    }

    #[test]
    fn a_conflict_is_told_and_nothing_of_what_it_breaks() {
        assert_eq!(
            problems(b"a,b\n<<<<<<< HEAD\n1,x\n=======\n1,y\n>>>>>>> topic\n2,z\n"),
            ["k.csv:2:1: a merge conflict isn't resolved here"]
        );
    }

    #[test]
    fn fields_know_where_they_are() {
        let csv = "a,b\n\"x\ny\",東京\n";
        let master = Master::read("kinds", "kinds.csv", csv.as_bytes()).unwrap();
        assert_eq!((master.rows[0][1].line, master.rows[0][1].column), (3, 4));
        assert_eq!(master.place(&master.rows[0][0]), "kinds.csv:2:1");
    }
}
