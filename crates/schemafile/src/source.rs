//! Source files and places in them.
//!
//! A run reads the entry file and whatever it requires; each gets a number in the order of reading,
//! so that a place is a few integers and sorting places sorts diagnostics in file order.

use crate::diagnostic::Diagnostic;

/// A file as the caller read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path from the project's root with `/` between its parts, as messages show it.
    pub path: String,
    /// The content. Not being UTF-8 is an error of the user's file, so it is bytes here.
    pub content: Vec<u8>,
}

impl SourceFile {
    /// A file with its path from the project's root and its content.
    pub fn new(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            content: content.into(),
        }
    }
}

/// A range of bytes in one of the run's files. Places sort in file order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Which file, as numbered by [`Sources`].
    pub(crate) file: u32,
    /// First byte.
    pub(crate) start: u32,
    /// Byte after the last.
    pub(crate) end: u32,
}

impl Span {
    /// The range from this start to the other's end.
    pub(crate) fn to(self, other: Span) -> Span {
        Span {
            file: self.file,
            start: self.start,
            end: other.end.max(self.start),
        }
    }
}

/// Text of a file that is known to be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceText {
    /// Path from the project's root.
    pub(crate) path: String,
    /// The text, lines ended by LF alone.
    pub(crate) text: String,
}

/// All files of a run, numbered in the order of reading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    files: Vec<SourceText>,
}

impl Sources {
    /// The text at a place.
    pub(crate) fn text(&self, span: Span) -> Option<&str> {
        let range = to_index(span.start)..to_index(span.end);
        self.file(span.file)?.text.get(range)
    }

    /// Adds a file.
    ///
    /// # Errors
    /// What is wrong with its content; of what isn't text, nothing is kept.
    pub(crate) fn add(&mut self, file: SourceFile) -> Result<u32, Diagnostic> {
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let (text, fault) = decode(file.content);
        self.files.push(SourceText {
            path: file.path,
            text,
        });
        match fault {
            None => Ok(number),
            Some(fault) => {
                let place = Span {
                    file: number,
                    start: offset(fault.start),
                    end: offset(fault.start + fault.length),
                };
                Err(Diagnostic::error(place, fault.message)
                    .maybe_hint(fault.hint.map(str::to_owned)))
            }
        }
    }

    /// The file of that number.
    pub(crate) fn file(&self, number: u32) -> Option<&SourceText> {
        self.files.get(usize::try_from(number).ok()?)
    }

    /// Line and column of a place's start, both from 1, the column in characters.
    pub(crate) fn line_column(&self, span: Span) -> (usize, usize) {
        let Some(file) = self.file(span.file) else {
            return (1, 1);
        };
        let before = file.text.get(..to_index(span.start)).unwrap_or(&file.text);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[line_start..].chars().count() + 1;
        (line, column)
    }
}

/// The most bytes that a file may have: places are 32-bit numbers, and so are the parser's.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What is wrong with a file's content.
struct Fault {
    /// Where in the text, in bytes.
    start: usize,
    length: usize,
    message: &'static str,
    hint: Option<&'static str>,
}

/// The text of a file, without a byte order mark. CRLF becomes LF, as Ruby's own reader has it, so that a Windows
/// checkout gives the same SQL.
fn decode(content: Vec<u8>) -> (String, Option<Fault>) {
    let nothing = |message, hint| {
        let fault = Fault {
            start: 0,
            length: 0,
            message,
            hint,
        };
        (String::new(), Some(fault))
    };
    if content.len() > MOST_BYTES {
        return nothing("the file is larger than 64 MiB, which no schema is", None);
    }
    if is_utf16(&content) {
        return nothing(
            "the file is UTF-16, not UTF-8",
            Some(
                "save it as UTF-8, or `iconv -f UTF-16 -t UTF-8 OLD > NEW`; PowerShell's `>` and some editors on Windows \
                 write UTF-16",
            ),
        );
    }
    if is_binary(&content) {
        return nothing(
            "the file isn't text",
            Some("a schema is text in Ruby: is it another file that was meant?"),
        );
    }
    match String::from_utf8(with_line_feeds(content)) {
        Ok(text) => {
            // Ruby takes a CR alone for a space, and all that follows a `#` for a comment.
            let first = text.find('\r').filter(|_| !text.trim_end().contains('\n'));
            let fault = first.map(|start| Fault {
                start,
                length: 1,
                message: "lines end with CR alone, which Ruby takes for spaces",
                hint: Some("save the file with line feeds (LF), or CRLF"),
            });
            (text, fault)
        }
        Err(error) => {
            let fault = Fault {
                start: error.utf8_error().valid_up_to(),
                length: '\u{FFFD}'.len_utf8(),
                message: "the file is not UTF-8 here",
                hint: Some("save the file as UTF-8"),
            };
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (text, Some(fault))
        }
    }
}

/// The content without a byte order mark, lines ended by LF alone. It may be anything yet: places are those of the text
/// that comes of it.
fn with_line_feeds(mut content: Vec<u8>) -> Vec<u8> {
    if content.starts_with("\u{FEFF}".as_bytes()) {
        content.drain(.."\u{FEFF}".len());
    }
    if !content.contains(&b'\r') {
        return content;
    }
    let mut kept = Vec::with_capacity(content.len());
    for line in content.split_inclusive(|&byte| byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => {
                kept.extend_from_slice(line);
                kept.push(b'\n');
            }
            None => kept.extend_from_slice(line),
        }
    }
    kept
}

/// Whether a file is UTF-16: by its mark, or because every second byte of the ASCII in it is zero and all of it is text
/// when it is read so. Its first characters may be any, a comment in Japanese too.
pub fn is_utf16(content: &[u8]) -> bool {
    if content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff") {
        return true;
    }
    let beginning = &content[..content.len().min(BEGINNING)];
    if beginning.len() < 4 || !beginning.contains(&0) {
        return false;
    }
    [u16::from_le_bytes, u16::from_be_bytes]
        .into_iter()
        .any(|unit_of: fn([u8; 2]) -> u16| {
            let units = beginning
                .as_chunks::<2>()
                .0
                .iter()
                .map(|pair| unit_of(*pair));
            let mut ascii = 0_usize;
            let mut count = 0_usize;
            for decoded in char::decode_utf16(units) {
                count += 1;
                match decoded {
                    Ok('\t' | '\r' | '\n' | ' '..='~') => ascii += 1,
                    Ok(character) if !character.is_control() => {}
                    // What is cut off at the end of the beginning may be half a character.
                    Err(_) if count >= BEGINNING / 2 - 1 => {}
                    _ => return false,
                }
            }
            // A schema is mostly ASCII; the same bytes read the other way round have none.
            ascii * 5 > count
        })
}

/// How much of a file is looked at to tell its encoding.
const BEGINNING: usize = 8 * 1024;

/// Whether a file holds what no text does: neither UTF-8 nor any other encoding of characters has NUL beside bytes that
/// aren't UTF-8.
fn is_binary(content: &[u8]) -> bool {
    content.contains(&0) && std::str::from_utf8(content).is_err()
}

/// A position in a text as a 32-bit number; texts are shorter than that.
pub(crate) fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A 32-bit position as an index.
pub(crate) fn to_index(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
