//! Reads a dump as a stream of lines that are rows of a table, or aren't.
//!
//! The text format of COPY is PostgreSQL's (documentation, COPY, "Text Format"): a line feed ends a row and can't be
//! within one, and `\.` alone ends the block. Rows of INSERT statements are brought into the same form, whether a line of
//! the dump has one of them or a thousand, or less than one; [`Fields`] says how.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::mem;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use memchr::memchr;

use crate::columns;
use crate::context::{Block, Context, DUMMY};
use crate::insert::{self, Beginning, Head, Insert, Next, RowReader, Size};
use crate::keys;
use crate::literal::{self, Fields};
use crate::pack::{Record, Statement};
use crate::plain_row;
use crate::statements::Statements;

/// A dump that can be read from its beginning as often as needed.
pub trait Source: Sync {
    /// Opens it, compressed or not.
    ///
    /// # Errors
    /// What the system says.
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;

    /// Opens it at a byte of it, as it is. What can be sought in does it faster than by reading.
    ///
    /// # Errors
    /// What the system says.
    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut reader = self.open()?;
        io::copy(&mut (&mut reader).take(offset), &mut io::sink())?;
        Ok(reader)
    }

    /// The text of `length` packed bytes from a byte of it on, for a source that has that without their being packed.
    ///
    /// # Errors
    /// What the system says.
    fn text_at(&self, _offset: u64, _length: u64) -> io::Result<Option<Arc<Vec<u8>>>> {
        Ok(None)
    }
}

/// A dump in memory.
#[derive(Debug, Clone, Copy)]
pub struct InMemory<'a>(pub &'a [u8]);

impl Source for InMemory<'_> {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(io::Cursor::new(self.0.to_owned())))
    }
}

/// One line of a dump, without its line feed.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Outside of all blocks of rows.
    Statement(&'a [u8]),
    /// Begins a block of rows.
    Begin {
        /// As the dump writes it: `public.users`. (`MySQL`'s dumps put every name into backticks; those that need none
        /// stand here without.)
        table: String,
        /// As the dump writes them, in the block's head or in the CREATE TABLE before it; empty when it names none.
        columns: Vec<String>,
        /// What follows them in a COPY: ` FROM stdin;`. None for INSERT statements.
        rest: Option<String>,
    },
    /// A row in the text format, or a row of literals.
    Row(&'a [u8]),
    /// Ends a block of rows; of INSERT statements with what is known of their form by now.
    End(Option<Box<Insert>>),
}

/// The lines of a dump.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    compressed: bool,
    fields: Fields,
    longest: u64,
    /// What was read and not yet told begins at `at`. It ends with a line feed, or is the dump's end.
    text: Vec<u8>,
    at: usize,
    /// Where the line began that was told last.
    last: usize,
    /// Up to here `text` was looked at, and is no INSERT.
    plain: usize,
    state: State,
    statements: Statements,
    row: Vec<u8>,
    /// The columns of the tables that the dump made so far, by folded names.
    columns: Arc<BTreeMap<String, Vec<String>>>,
    /// The head of the COPY in which the reader is.
    copy: Vec<u8>,
    /// Whether the next row isn't one.
    skips: bool,
    /// The text of INSERT statements, if somebody wants it.
    record: Option<Record>,
    /// Whether the dump ended within an INSERT.
    is_cut: bool,
    cut_block: Option<Block>,
}

/// Where the reader is.
enum State {
    Outside,
    Copy,
    Insert(Box<Open>),
}

/// A block of INSERT statements.
struct Open {
    head: Vec<u8>,
    insert: Insert,
    row: RowReader,
    statement: Size,
    /// Whether a row was read since its parenthesis was found: the reader is behind it.
    behind_row: bool,
    /// Whether the last row told is the first one of its statement.
    opens: bool,
    learned: Learned,
}

/// What is known of a block's form, and not only taken to be as usual.
#[derive(Default)]
struct Learned {
    between_values: bool,
    between_rows: bool,
    tail: bool,
}

/// Large enough that the system is asked seldom.
const BUFFER: usize = 256 * 1024;

/// In bytes. A small compressed file may hold a line without an end, and no line may take all memory.
const LONGEST_LINE: u64 = 256 * 1024 * 1024;

/// The first bytes of every gzip file (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

impl Lines {
    /// Opens a dump; what begins like gzip is unpacked. Rows have values.
    ///
    /// # Errors
    /// What the source says.
    pub fn open(source: &dyn Source) -> io::Result<Self> {
        Self::with_fields(source, Fields::Values)
    }

    /// Opens a dump whose rows have such fields.
    ///
    /// # Errors
    /// What the source says.
    pub fn with_fields(source: &dyn Source, fields: Fields) -> io::Result<Self> {
        let mut packed = BufReader::with_capacity(BUFFER, source.open()?);
        let compressed = packed.fill_buf()?.starts_with(&GZIP);
        let reader: Box<dyn BufRead + Send> = if compressed {
            Box::new(BufReader::with_capacity(
                BUFFER,
                MultiGzDecoder::new(packed),
            ))
        } else {
            Box::new(packed)
        };
        Ok(Self::of(reader, compressed, fields, LONGEST_LINE))
    }

    /// The lines of a part of a dump, which isn't compressed, behind what `context` tells. A block in whose middle it begins
    /// is begun again.
    pub fn resume(part: Box<dyn Read + Send>, context: &Context) -> Self {
        let block = context.block.as_ref();
        let before = block.map_or(&[][..], |block| &block.text).to_vec();
        let reader = BufReader::with_capacity(BUFFER, io::Cursor::new(before).chain(part));
        Self {
            statements: context.statements.clone(),
            columns: Arc::clone(&context.columns),
            skips: block.is_some_and(|block| block.has_dummy),
            ..Self::of(Box::new(reader), false, Fields::Values, LONGEST_LINE)
        }
    }

    /// Where the reader is, when it is at its part's end: also where it said that this is within an INSERT.
    pub fn context(&self) -> Context {
        let rest = &self.text[self.at..];
        let block = match &self.state {
            _ if self.is_cut => self.cut_block.clone(),
            State::Copy => Some(Block {
                text: [&self.copy[..], b"\n", rest].concat(),
                has_dummy: false,
            }),
            _ => None,
        };
        Context {
            statements: self.statements.clone(),
            columns: Arc::clone(&self.columns),
            block,
        }
    }

    /// Whether the dump, or the part, ended within an INSERT.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The lines of a text that isn't compressed, however long they are, with a record of its INSERT statements.
    pub(crate) fn recorded(reader: Box<dyn BufRead + Send>) -> Self {
        Self {
            record: Some(Record::default()),
            ..Self::of(reader, false, Fields::Literals, u64::MAX)
        }
    }

    /// The INSERT statement that was gone through since this was last asked, if it was recorded.
    pub(crate) fn take_statement(&mut self) -> Option<Statement> {
        self.record.as_mut().and_then(Record::take)
    }

    /// The text of the INSERT within which the dump ended, if it did.
    pub(crate) fn take_cut(&mut self) -> Option<Vec<u8>> {
        let rest = &self.text[self.at..];
        let begun = self.record.as_mut().filter(|_| self.is_cut)?.take_begun();
        Some([&begun[..], rest].concat())
    }

    /// `before` stands for what was before the text at hand.
    fn cut_short(&mut self, before: &[u8], has_dummy: bool) -> io::Error {
        self.is_cut = true;
        self.cut_block = Some(Block {
            text: [before, &self.text[self.at..]].concat(),
            has_dummy,
        });
        io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "it ends within an INSERT statement",
        )
    }

    /// Whether the reader is in a block of INSERT statements.
    pub(crate) fn is_in_insert(&self) -> bool {
        matches!(self.state, State::Insert(_))
    }

    /// The text of the line that was told last, with its line feed, if it isn't of an INSERT.
    pub(crate) fn last_line(&self) -> &[u8] {
        &self.text[self.last..self.at]
    }

    fn of(reader: Box<dyn BufRead + Send>, compressed: bool, fields: Fields, longest: u64) -> Self {
        Self {
            reader,
            compressed,
            fields,
            longest,
            text: Vec::new(),
            at: 0,
            last: 0,
            plain: 0,
            state: State::Outside,
            statements: Statements::default(),
            row: Vec::new(),
            columns: Arc::default(),
            copy: Vec::new(),
            skips: false,
            record: None,
            is_cut: false,
            cut_block: None,
        }
    }

    /// The next line; `None` at the end of the dump.
    ///
    /// # Errors
    /// What the source says, in words where compressed data is damaged or cut; a dump that ends within the rows of an
    /// INSERT.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        match self.state {
            State::Copy => self.next_of_copy(),
            State::Outside => self.next_outside(),
            State::Insert(_) => self.next_of_insert(),
        }
    }

    /// Whether the row that was told last begins a statement.
    pub fn row_opens_statement(&self) -> bool {
        matches!(&self.state, State::Insert(open) if open.opens)
    }

    /// Reads one more line behind what is there; `false` at the end of the dump.
    fn read_more(&mut self) -> io::Result<bool> {
        let length = self.text.len();
        let most = self.longest.saturating_sub(length as u64);
        let mut reader = self.reader.by_ref().take(most);
        let read = reader.read_until(b'\n', &mut self.text);
        let limit = reader.limit();
        if read.map_err(|error| told(error, self.compressed))? == 0 && limit > 0 {
            return Ok(false);
        }
        if limit == 0 && !self.text.ends_with(b"\n") {
            return Err(io::Error::other(format!(
                "a line is longer than {LONGEST_LINE} bytes: this is not a dump"
            )));
        }
        Ok(true)
    }

    /// Makes sure that there is something behind `at`, and forgets what is before; `false` at the end of the dump.
    fn refill(&mut self) -> io::Result<bool> {
        if self.at < self.text.len() {
            return Ok(true);
        }
        self.text.clear();
        (self.at, self.plain) = (0, 0);
        self.read_more()
    }

    /// Takes the next line out of the text. It is there.
    fn take_line(&mut self) -> (usize, usize) {
        let begin = self.at;
        self.last = begin;
        let rest = &self.text[begin..];
        let (end, next) = match memchr(b'\n', rest) {
            Some(feed) => (begin + feed, begin + feed + 1),
            None => (self.text.len(), self.text.len()),
        };
        self.at = next;
        (begin, end)
    }

    fn next_of_copy(&mut self) -> io::Result<Option<Line<'_>>> {
        if !self.refill()? {
            return Ok(None);
        }
        let (begin, end) = self.take_line();
        let line = &self.text[begin..end];
        if line == b"\\." {
            self.state = State::Outside;
            return Ok(Some(Line::End(None)));
        }
        Ok(Some(Line::Row(line)))
    }

    fn next_outside(&mut self) -> io::Result<Option<Line<'_>>> {
        if !self.refill()? {
            return Ok(None);
        }
        if self.at >= self.plain
            && self.statements.may_begin()
            && insert::may_begin(&self.text[self.at..])
            && let Some(head) = self.head()?
        {
            return Ok(Some(self.begin_insert(head)));
        }
        let (begin, end) = self.take_line();
        let line = &self.text[begin..end];
        if let Some((table, columns, rest)) = beginning(line) {
            self.state = State::Copy;
            self.statements.rules_told(line);
            self.copy.clear();
            self.copy.extend_from_slice(line);
            let columns = or_created(columns, &table, &self.columns);
            return Ok(Some(Line::Begin {
                table,
                columns,
                rest: Some(rest),
            }));
        }
        let with_feed = &self.text[begin..self.at];
        if let Some(statement) = self.statements.take(with_feed)
            && let Some((table, columns)) = columns::created(&statement, self.statements.rules())
        {
            Arc::make_mut(&mut self.columns).insert(table, columns);
        }
        Ok(Some(Line::Statement(&self.text[begin..end])))
    }

    /// The head of the INSERT that begins at `at`, if it has rows.
    fn head(&mut self) -> io::Result<Option<Head>> {
        loop {
            let text = &self.text[self.at..];
            let first = memchr(b'\n', text).map_or(text, |end| &text[..end]);
            self.statements.rules_told(first);
            match insert::head(text, self.statements.rules()) {
                Beginning::Rows(head) => return Ok(Some(*head)),
                Beginning::Unfinished if self.read_more()? => {}
                Beginning::Unfinished | Beginning::Other => {
                    self.plain = self.text.len();
                    return Ok(None);
                }
            }
        }
    }

    fn begin_insert(&mut self, head: Head) -> Line<'static> {
        let Head {
            table,
            columns,
            insert,
            length,
        } = head;
        if let Some(record) = &mut self.record {
            record.begin(&self.text[self.at..self.at + length]);
        }
        self.at += length;
        let columns = or_created(columns, &table, &self.columns);
        let rules = insert.rules;
        let head = insert.head();
        let statement = Size {
            bytes: head.len() as u64,
            ..Size::default()
        };
        self.state = State::Insert(Box::new(Open {
            head,
            insert,
            row: RowReader::new(rules, self.at),
            statement,
            behind_row: false,
            opens: true,
            learned: Learned::default(),
        }));
        Line::Begin {
            table,
            columns,
            rest: None,
        }
    }

    fn next_of_insert(&mut self) -> io::Result<Option<Line<'_>>> {
        let State::Insert(mut open) = mem::replace(&mut self.state, State::Outside) else {
            return Ok(None);
        };
        if open.behind_row && !self.after_row(&mut open)? {
            return Ok(Some(Line::End(Some(Box::new(open.insert)))));
        }
        self.read_row(&mut open)?;
        if mem::take(&mut self.skips) {
            if !self.after_row(&mut open)? {
                return Ok(Some(Line::End(Some(Box::new(open.insert)))));
            }
            self.read_row(&mut open)?;
        }
        self.state = State::Insert(open);
        Ok(Some(Line::Row(&self.row)))
    }

    /// Goes behind what follows a row; `false` when the block ends there.
    fn after_row(&mut self, open: &mut Open) -> io::Result<bool> {
        loop {
            match insert::after_row(&self.text, self.at, open.insert.rules) {
                Next::Row { at, comments } => {
                    open.insert.comments |= comments;
                    open.insert.statement_goes_on(open.statement);
                    if !open.learned.between_rows && !comments {
                        open.insert.between_rows = self.text[self.at..at].to_vec();
                        open.learned.between_rows = true;
                    }
                    if let Some(record) = &mut self.record {
                        record.between(&self.text[self.at..at], comments);
                    }
                    self.at = at;
                    open.row.reset(at);
                    open.opens = false;
                    return Ok(true);
                }
                Next::End {
                    tail,
                    rest,
                    comments,
                } => {
                    open.insert.comments |= comments;
                    if let Some(record) = &mut self.record {
                        record.end(&self.text[self.at..rest]);
                    }
                    let end = if self.text[..rest].ends_with(b"\n") {
                        rest - 1
                    } else {
                        tail
                    };
                    let tail = &self.text[self.at..end];
                    if !open.learned.tail {
                        open.insert.tail = tail.to_vec();
                        open.learned.tail = true;
                    } else if tail != open.insert.tail {
                        open.insert.comments = true;
                    }
                    self.at = rest;
                    return self.after_statement(open);
                }
                Next::Unfinished => {
                    self.text.drain(..self.at);
                    (self.at, self.plain) = (0, 0);
                    if !self.read_more()? {
                        let before = [&open.head[..], DUMMY].concat();
                        return Err(self.cut_short(&before, true));
                    }
                }
            }
        }
    }

    /// Goes to the first row of the next statement of the block; `false` when there is none.
    fn after_statement(&mut self, open: &mut Open) -> io::Result<bool> {
        if !self.refill()? {
            return Ok(false);
        }
        loop {
            let text = &self.text[self.at..];
            if text.len() > open.head.len() {
                if !text.starts_with(&open.head) || text[open.head.len()] != b'(' {
                    return Ok(false);
                }
                break;
            }
            if !open.head.starts_with(text) || !self.read_more()? {
                return Ok(false);
            }
        }
        open.insert.statement_followed(open.statement);
        open.statement = Size {
            bytes: open.head.len() as u64,
            ..Size::default()
        };
        if let Some(record) = &mut self.record {
            record.begin(&open.head);
        }
        self.at += open.head.len();
        open.row.reset(self.at);
        open.opens = true;
        Ok(true)
    }

    /// Reads the row that begins at `at`.
    fn read_row(&mut self, open: &mut Open) -> io::Result<()> {
        self.row.clear();
        if self.fields == Fields::Values && open.learned.between_values {
            let rules = open.insert.rules;
            if let Some(end) = plain_row::push(&self.text, self.at, rules, &mut self.row) {
                self.at = end;
                open.behind_row = true;
                return Ok(());
            }
        }
        let end = loop {
            match open.row.read(&self.text) {
                Some(end) => break end,
                None if self.read_more()? => {}
                None => return Err(self.cut_short(&open.head, false)),
            }
        };
        if !open.learned.between_values
            && let Some(between) = open.row.between_values(&self.text)
        {
            open.insert.between_values = between.to_vec();
            open.learned.between_values = true;
        }
        self.row.clear();
        for (place, value) in open.row.values(&self.text).enumerate() {
            if place > 0 {
                self.row.push(b'\t');
            }
            literal::push(value, open.insert.rules, self.fields, &mut self.row);
        }
        if self.fields == Fields::Literals {
            let between = if open.opens {
                0
            } else {
                open.insert.between_rows.len()
            };
            open.statement.take(&self.text[self.at..end], between);
        }
        if let Some(record) = &mut self.record {
            record.row(&self.text[self.at..end]);
        }
        self.at = end;
        open.behind_row = true;
        Ok(())
    }
}

/// The columns that a head names, or else those that the table was made with.
fn or_created(
    columns: Vec<String>,
    table: &str,
    created: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    if columns.is_empty() {
        created
            .get(&keys::folded(table))
            .cloned()
            .unwrap_or_default()
    } else {
        columns
    }
}

/// What is wrong with compressed data, in words.
fn told(error: io::Error, compressed: bool) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof if compressed => io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "its gzip data ends too early: the file was cut short",
        ),
        kind @ (io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) if compressed => {
            io::Error::new(kind, "its gzip data is damaged")
        }
        _ => error,
    }
}

/// The table and columns of `COPY table (column, …) FROM stdin …;` and what follows them, if that is what the line is.
fn beginning(line: &[u8]) -> Option<(String, Vec<String>, String)> {
    let line = std::str::from_utf8(line).ok()?;
    let rest = strip_word(line, "COPY ")?;
    let name_ends = end_of_name(rest);
    let (table, rest) = rest.split_at(name_ends);
    let rest = rest.trim_start();
    let (columns, rest) = match rest.strip_prefix('(') {
        Some(inner) => names_until_parenthesis(inner)?,
        None => (Vec::new(), rest),
    };
    let from = strip_word(rest.trim_start(), "FROM ")?;
    strip_word(from.trim_start(), "STDIN")?;
    Some((table.to_owned(), columns, rest.to_owned()))
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

/// Where a possibly qualified, possibly quoted name ends.
fn end_of_name(text: &str) -> usize {
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ' ' | '(' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// The names of a list, and what follows its closing parenthesis.
fn names_until_parenthesis(text: &str) -> Option<(Vec<String>, &str)> {
    let mut names = Vec::new();
    let mut quoted = false;
    let mut begin = 0;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ',' | ')' if !quoted => {
                names.push(text[begin..at].trim().to_owned());
                begin = at + 1;
                if character == ')' {
                    return Some((names, &text[begin..]));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{InMemory, Line, Lines, beginning};

    #[test]
    fn the_head_of_a_block_is_read_in_every_spelling() {
        let columns = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            beginning(b"COPY public.users (id, \"a, b)\", name) FROM stdin WITH (FREEZE);"),
            Some((
                "public.users".into(),
                columns(&["id", "\"a, b)\"", "name"]),
                " FROM stdin WITH (FREEZE);".into()
            ))
        );
        assert_eq!(
            beginning(b"copy \"two words\"(id) from STDIN;"),
            Some((
                "\"two words\"".into(),
                columns(&["id"]),
                " from STDIN;".into()
            ))
        );
        assert_eq!(
            beginning(b"COPY users FROM stdin;"),
            Some(("users".into(), Vec::new(), "FROM stdin;".into()))
        );
        assert_eq!(beginning(b"COPY users (id) TO stdout;"), None);
        assert_eq!(beginning(b"COPY users (id FROM stdin;"), None);
        assert_eq!(beginning(b"-- COPY users FROM stdin;"), None);
        assert_eq!(beginning(b"COPY \xff FROM stdin;"), None);
    }

    #[test]
    fn rows_end_at_their_mark_alone() {
        let text = InMemory(b"SET a;\nCOPY t (id) FROM stdin;\n1\n\\.x\n\\.\nSET b;");
        let mut lines = Lines::open(&text).unwrap();
        assert_eq!(lines.next_line().unwrap(), Some(Line::Statement(b"SET a;")));
        assert!(matches!(
            lines.next_line().unwrap(),
            Some(Line::Begin { .. })
        ));
        assert_eq!(lines.next_line().unwrap(), Some(Line::Row(b"1")));
        assert_eq!(lines.next_line().unwrap(), Some(Line::Row(b"\\.x")));
        assert_eq!(lines.next_line().unwrap(), Some(Line::End(None)));
        assert_eq!(lines.next_line().unwrap(), Some(Line::Statement(b"SET b;")));
        assert_eq!(lines.next_line().unwrap(), None);
    }
}
