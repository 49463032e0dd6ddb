//! Rows in INSERT statements: how they are written around the values, and where one ends.
//!
//! Statements of one table that follow each other are one block of rows, as one COPY is. What stands between the values
//! (spaces, line feeds, what follows the last row) is learned while reading, so that a block can be written again in
//! its own form.

use std::cmp::{max, min};

use memchr::memchr;

use crate::columns;
use crate::cut;
use crate::lexer::{Lexer, Piece};
use crate::rules::Rules;

/// How a block of INSERT statements is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insert {
    /// The dialect that it is written in.
    pub rules: Rules,
    /// Up to the table's name: `` INSERT INTO `users` ``.
    pub(crate) into: Vec<u8>,
    /// What names columns behind it, if anything does: `` (`id`, `name`)``, with the space before it.
    pub(crate) list: Vec<u8>,
    /// From there to the first row: ` VALUES\n`.
    pub(crate) values: Vec<u8>,
    /// Between two values.
    pub(crate) between_values: Vec<u8>,
    /// Between two rows.
    pub(crate) between_rows: Vec<u8>,
    /// What follows the last row, without the line feed.
    pub(crate) tail: Vec<u8>,
    /// How long statements get.
    pub(crate) lengths: Lengths,
    /// Whether there is a comment between the rows, which isn't a row and isn't kept.
    pub comments: bool,
}

/// How long the statements of a block, or of a dump, get before another one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lengths {
    /// How many statements were followed by another one of the same table.
    followed: u64,
    /// The fewest and the most rows of such a statement.
    fewest_rows: u64,
    most_rows: u64,
    /// The most bytes, from its beginning to the end of its last row.
    most_bytes: u64,
    /// Whether all of them end where their content says so ([`cut`]), and none goes on there.
    by_content: bool,
}

/// A statement has fewer bytes than this where nothing else is known. (The clients of the official images take 16 MB.)
const MOST_BYTES: u64 = 1_000_000;

impl Default for Lengths {
    fn default() -> Self {
        Self {
            followed: 0,
            fewest_rows: u64::MAX,
            most_rows: 0,
            most_bytes: 0,
            by_content: true,
        }
    }
}

impl Lengths {
    /// What two blocks have in common.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            followed: self.followed + other.followed,
            fewest_rows: min(self.fewest_rows, other.fewest_rows),
            most_rows: max(self.most_rows, other.most_rows),
            most_bytes: max(self.most_bytes, other.most_bytes),
            by_content: self.by_content && other.by_content,
        }
    }

    /// Whether a statement of so many rows and bytes ends before a row that would give it so many bytes.
    pub(crate) fn ends(self, statement: Size, with_next: u64) -> bool {
        if self.followed == 0 {
            return with_next > MOST_BYTES;
        }
        if self.by_content {
            return statement.ends_by_content;
        }
        if self.fewest_rows == self.most_rows {
            return statement.rows >= self.most_rows;
        }
        with_next > self.most_bytes
    }

    fn followed(&mut self, statement: Size) {
        self.followed += 1;
        self.fewest_rows = min(self.fewest_rows, statement.rows);
        self.most_rows = max(self.most_rows, statement.rows);
        self.most_bytes = max(self.most_bytes, statement.bytes);
        self.by_content &= statement.ends_by_content;
    }

    fn goes_on(&mut self, statement: Size) {
        self.by_content &= !statement.ends_by_content;
    }
}

/// How much of a statement there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    /// Whether its last row is one that statements end with.
    pub(crate) ends_by_content: bool,
}

impl Size {
    /// Takes a row, as it is written from its parenthesis to the other one.
    pub(crate) fn take(&mut self, row: &[u8], between: usize) {
        self.rows += 1;
        self.bytes += (between + row.len()) as u64;
        self.ends_by_content = cut::ends_after(self.bytes, row);
    }
}

/// The head of an INSERT statement.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// As the dump writes it, without needless backticks.
    pub(crate) table: String,
    /// The same; empty when it names none.
    pub(crate) columns: Vec<String>,
    pub(crate) insert: Insert,
    /// Where the first row begins.
    pub(crate) length: usize,
}

/// What the beginning of a statement is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    Rows(Box<Head>),
    /// Not one that has rows.
    Other,
    /// That depends on the lines that follow.
    Unfinished,
}

/// The longest head, in bytes.
const LONGEST_HEAD: usize = 256 * 1024;

/// What may stand before INTO.
const MODIFIERS: [&[u8]; 4] = [b"LOW_PRIORITY", b"DELAYED", b"HIGH_PRIORITY", b"IGNORE"];

/// Whether a line may begin an INSERT with rows.
pub(crate) fn may_begin(line: &[u8]) -> bool {
    [&b"INSERT"[..], b"REPLACE"].iter().any(|word| {
        line.len() > word.len()
            && line[..word.len()].eq_ignore_ascii_case(word)
            && line[word.len()].is_ascii_whitespace()
    })
}

/// Reads the head of a statement.
pub(crate) fn head(text: &[u8], rules: Rules) -> Beginning {
    match read_head(text, rules) {
        Ok(head) => Beginning::Rows(Box::new(head)),
        Err(End::Text) if text.len() < LONGEST_HEAD => Beginning::Unfinished,
        Err(_) => Beginning::Other,
    }
}

/// Why there is no head.
enum End {
    /// The text ends too early.
    Text,
    Other,
}

/// The significant pieces of a head.
struct Pieces<'a> {
    text: &'a [u8],
    lexer: Lexer,
    at: usize,
}

impl Pieces<'_> {
    /// The next piece that isn't space: what it is, where it begins and ends.
    fn next(&mut self) -> Result<(Piece, usize, usize), End> {
        while self.at < self.text.len() {
            let begin = self.at;
            let (piece, end) = self.lexer.next(self.text, begin);
            if self.lexer.is_inside() {
                return Err(End::Text);
            }
            self.at = end;
            match piece {
                Piece::Space => {}
                Piece::Comment => return Err(End::Other),
                piece => return Ok((piece, begin, end)),
            }
        }
        Err(End::Text)
    }

    fn is(&self, (piece, begin, end): (Piece, usize, usize), word: &[u8]) -> bool {
        piece == Piece::Word && self.text[begin..end].eq_ignore_ascii_case(word)
    }
}

fn read_head(text: &[u8], rules: Rules) -> Result<Head, End> {
    let mut pieces = Pieces {
        text,
        lexer: Lexer::new(rules),
        at: 0,
    };
    let is_name = |piece| {
        matches!(piece, Piece::Word | Piece::Name)
            || (rules.has_backticks() && piece == Piece::Text)
    };
    // INSERT or REPLACE.
    pieces.next()?;
    let mut next = pieces.next()?;
    while MODIFIERS.iter().any(|word| pieces.is(next, word)) {
        next = pieces.next()?;
    }
    if pieces.is(next, b"INTO") {
        next = pieces.next()?;
    }
    let begin = next.1;
    let name_ends = loop {
        if !is_name(next.0) {
            return Err(End::Other);
        }
        let end = next.2;
        next = pieces.next()?;
        if next.0 != Piece::Mark(b'.') {
            break end;
        }
        next = pieces.next()?;
    };
    let table = name(&text[begin..name_ends]).ok_or(End::Other)?;
    // What a script notes for itself is gone with its session, and is no row of the dump.
    if table.starts_with("pg_temp.") {
        return Err(End::Other);
    }
    let mut columns = Vec::new();
    let mut list_ends = name_ends;
    if next.0 == Piece::Mark(b'(') {
        loop {
            let (piece, begin, end) = pieces.next()?;
            if !is_name(piece) {
                return Err(End::Other);
            }
            columns.push(name(&text[begin..end]).ok_or(End::Other)?);
            match pieces.next()? {
                (Piece::Mark(b','), ..) => {}
                (Piece::Mark(b')'), _, end) => {
                    list_ends = end;
                    break;
                }
                _ => return Err(End::Other),
            }
        }
        next = pieces.next()?;
    }
    if pieces.is(next, b"OVERRIDING") {
        // SYSTEM VALUE or USER VALUE.
        pieces.next()?;
        pieces.next()?;
        next = pieces.next()?;
    }
    if !pieces.is(next, b"VALUES") && !pieces.is(next, b"VALUE") {
        return Err(End::Other);
    }
    let (piece, length, _) = pieces.next()?;
    if piece != Piece::Mark(b'(') {
        return Err(End::Other);
    }
    Ok(Head {
        table,
        columns,
        insert: Insert {
            rules,
            into: text[..name_ends].to_vec(),
            list: text[name_ends..list_ends].to_vec(),
            values: text[list_ends..length].to_vec(),
            between_values: b",".to_vec(),
            between_rows: b",\n".to_vec(),
            tail: b";".to_vec(),
            lengths: Lengths::default(),
            comments: false,
        },
        length,
    })
}

fn name(text: &[u8]) -> Option<String> {
    std::str::from_utf8(text).ok().map(columns::shown)
}

/// Where the reading of a row stands. All places are within the text that the reader has.
#[derive(Debug)]
pub(crate) struct RowReader {
    lexer: Lexer,
    depth: usize,
    /// From here on it is to be read.
    at: usize,
    /// Where the value begins that is being read.
    value: usize,
    /// Where the values that were read begin and end.
    values: Vec<(usize, usize)>,
}

impl RowReader {
    /// Before a row whose parenthesis is at this place.
    pub(crate) fn new(rules: Rules, at: usize) -> Self {
        Self {
            lexer: Lexer::new(rules),
            depth: 1,
            at: at + 1,
            value: at + 1,
            values: Vec::new(),
        }
    }

    /// Begins again with the row at this place.
    pub(crate) fn reset(&mut self, at: usize) {
        self.depth = 1;
        self.at = at + 1;
        self.value = at + 1;
        self.values.clear();
    }

    /// Reads on; where the row ends, or none when the text ends before it does.
    pub(crate) fn read(&mut self, text: &[u8]) -> Option<usize> {
        while self.at < text.len() {
            let begin = self.at;
            let (piece, end) = self.lexer.next(text, begin);
            self.at = end;
            match piece {
                Piece::Mark(b'(' | b'[') => self.depth += 1,
                Piece::Mark(b')' | b']') => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.values.push((self.value, begin));
                        return Some(end);
                    }
                }
                Piece::Mark(b',') if self.depth == 1 => {
                    self.values.push((self.value, begin));
                    self.value = end;
                }
                _ => {}
            }
        }
        None
    }

    /// The values of the row that was read, without space around them.
    pub(crate) fn values<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.values
            .iter()
            .map(|(begin, end)| text[*begin..*end].trim_ascii())
    }

    /// What stands between the first two values, if there are two.
    pub(crate) fn between_values<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let [(_, first_ends), (second, second_ends), ..] = self.values[..] else {
            return None;
        };
        let space =
            text[second..second_ends].len() - text[second..second_ends].trim_ascii_start().len();
        Some(&text[first_ends..second + space])
    }
}

/// What follows a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another one, at this place.
    Row { at: usize, comments: bool },
    /// The statement's end: here its tail ends, with the semicolon, and here what follows begins.
    End {
        tail: usize,
        rest: usize,
        comments: bool,
    },
    /// More text must be read.
    Unfinished,
}

/// What follows the row that ends at this place.
pub(crate) fn after_row(text: &[u8], from: usize, rules: Rules) -> Next {
    // As servers' own programs and gen-dummy write it.
    let usual = |at| Next::Row {
        at,
        comments: false,
    };
    match text[from..] {
        [b',', b'(', ..] => return usual(from + 1),
        [b',', b'\n', b'(', ..] => return usual(from + 2),
        _ => {}
    }
    let mut lexer = Lexer::new(rules);
    let (mut at, mut comma, mut comments) = (from, false, false);
    while at < text.len() {
        let begin = at;
        let (piece, end) = lexer.next(text, at);
        at = end;
        match piece {
            Piece::Space => {}
            Piece::Comment => comments = true,
            Piece::Mark(b',') if !comma => comma = true,
            Piece::Mark(b'(') if comma => {
                return Next::Row {
                    at: begin,
                    comments,
                };
            }
            Piece::Mark(b';') => {
                let line_ends =
                    memchr(b'\n', &text[end..]).map_or(text.len(), |feed| end + feed + 1);
                let behind = &text[end..line_ends];
                let rest = match behind.trim_ascii_start().len() {
                    0 => line_ends,
                    length => line_ends - length,
                };
                return Next::End {
                    tail: end,
                    rest,
                    comments,
                };
            }
            _ => comma = false,
        }
    }
    Next::Unfinished
}

impl Insert {
    /// The head of a statement, as it stands in the dump.
    pub(crate) fn head(&self) -> Vec<u8> {
        [&self.into[..], &self.list, &self.values].concat()
    }

    /// Whether it names columns.
    pub fn names_columns(&self) -> bool {
        !self.list.is_empty()
    }

    /// The same with these columns.
    #[must_use]
    pub fn with_columns<'a>(&self, names: impl Iterator<Item = &'a str>) -> Self {
        let names: Vec<String> = names
            .map(|name| columns::for_insert(name, self.rules))
            .collect();
        let mut with = self.clone();
        with.list = format!(" ({})", names.join(", ")).into_bytes();
        with
    }

    /// The same with statements of such lengths.
    #[must_use]
    pub fn with_lengths(mut self, lengths: Lengths) -> Self {
        self.lengths = lengths;
        self
    }

    /// How long its statements get, if it was read with [`Fields::Literals`](crate::Fields::Literals): who wants values
    /// alone writes none.
    pub fn lengths(&self) -> Lengths {
        self.lengths
    }

    /// A statement was read to its end, and another one of the block follows.
    pub(crate) fn statement_followed(&mut self, statement: Size) {
        self.lengths.followed(statement);
    }

    /// A statement has another row.
    pub(crate) fn statement_goes_on(&mut self, statement: Size) {
        self.lengths.goes_on(statement);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, rules: Rules) -> Head {
        match head(text.as_bytes(), rules) {
            Beginning::Rows(head) => *head,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn heads_are_read_in_every_spelling() {
        let found = rows(
            "INSERT INTO `shop`.`users` (`id`, `Name`) VALUES\n(1",
            Rules::MYSQL,
        );
        assert_eq!(
            (&*found.table, &found.columns[..]),
            ("shop.users", &["id".to_owned(), "`Name`".to_owned()][..])
        );
        assert_eq!(found.insert.into, b"INSERT INTO `shop`.`users`");
        assert_eq!(found.insert.list, b" (`id`, `Name`)");
        assert_eq!(found.insert.values, b" VALUES\n");
        let found = rows("insert ignore into users values(1", Rules::MYSQL);
        assert_eq!((&*found.table, found.columns.len()), ("users", 0));
        assert_eq!(rows("REPLACE users VALUES (1", Rules::MYSQL).table, "users");
        let found = rows(
            "INSERT INTO public.\"T (x\" (id) OVERRIDING SYSTEM VALUE VALUES (1",
            Rules::POSTGRESQL,
        );
        assert_eq!(found.table, "public.\"T (x\"");
        assert_eq!(found.insert.values, b" OVERRIDING SYSTEM VALUE VALUES ");
        for other in [
            "INSERT INTO pg_temp.dummy_tables VALUES\n    ('a'",
            "INSERT INTO t SELECT 1;",
            "INSERT INTO t DEFAULT VALUES;",
            "INSERT INTO t SET a = 1;",
            "INSERT INTO t VALUES ROW(1)",
            "INSERT INTO t (a + b) VALUES (1)",
            "INSERT INTO t AS x VALUES (1)",
        ] {
            assert_eq!(
                head(other.as_bytes(), Rules::MYSQL),
                Beginning::Other,
                "{other}"
            );
        }
        assert_eq!(
            head(b"INSERT INTO t (a,\n", Rules::MYSQL),
            Beginning::Unfinished
        );
    }

    #[test]
    fn rows_end_where_their_parenthesis_does() {
        let text = b"(1, ')', f(2, 3), ARRAY[4, 5]), (2);";
        let mut reader = RowReader::new(Rules::POSTGRESQL, 0);
        let end = reader.read(text).unwrap();
        let values: Vec<&[u8]> = reader.values(text).collect();
        assert_eq!(values, [&b"1"[..], b"')'", b"f(2, 3)", b"ARRAY[4, 5]"]);
        assert_eq!(reader.between_values(text), Some(&b", "[..]));
        let next = after_row(text, end, Rules::POSTGRESQL);
        assert_eq!(
            next,
            Next::Row {
                at: 32,
                comments: false
            }
        );
        let next = after_row(b"(2) ON CONFLICT (a) DO NOTHING;\nx", 3, Rules::POSTGRESQL);
        assert_eq!(
            next,
            Next::End {
                tail: 31,
                rest: 32,
                comments: false
            }
        );
    }
}
