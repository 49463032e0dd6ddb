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
    /// The most bytes that a file may have: places are 32-bit numbers, and so are the parser's.
    const MOST_BYTES: usize = 64 * 1024 * 1024;

    /// Adds a file. CRLF becomes LF, as Ruby's own reader has it, so that a Windows checkout gives
    /// the same SQL.
    ///
    /// # Errors
    /// The number of the file, whose text is then empty, and what is wrong with its content.
    pub(crate) fn add(&mut self, file: SourceFile) -> Result<u32, Diagnostic> {
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let place = Span {
            file: number,
            start: 0,
            end: 0,
        };
        let (text, problem) = if file.content.len() > Self::MOST_BYTES {
            (
                String::new(),
                Some(Diagnostic::error(
                    place,
                    "the file is larger than 64 MiB, which no schema is",
                )),
            )
        } else if is_utf16(&file.content) {
            (
                String::new(),
                Some(
                    Diagnostic::error(place, "the file is UTF-16, not UTF-8")
                        .hint("save it as UTF-8; PowerShell's `>` and some editors on Windows write UTF-16"),
                ),
            )
        } else if is_binary(&file.content) {
            (
                String::new(),
                Some(
                    Diagnostic::error(place, "the file isn't text")
                        .hint("a schema is text in Ruby: is it another file that was meant?"),
                ),
            )
        } else {
            match String::from_utf8(file.content) {
                Ok(text) => (text, None),
                Err(error) => {
                    let bad = error.utf8_error().valid_up_to();
                    let content = error.into_bytes();
                    let text = String::from_utf8_lossy(&content).into_owned();
                    let place = Span {
                        file: number,
                        start: offset(bad),
                        end: offset(bad + '\u{FFFD}'.len_utf8()),
                    };
                    let problem = Diagnostic::error(place, "the file is not UTF-8 here")
                        .hint("save the file as UTF-8");
                    (text, Some(problem))
                }
            }
        };
        let text = match text.strip_prefix('\u{FEFF}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        let text = if text.contains("\r\n") {
            text.replace("\r\n", "\n")
        } else {
            text
        };
        self.files.push(SourceText {
            path: file.path,
            text,
        });
        problem.map_or(Ok(number), Err)
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

/// Whether a file begins as UTF-16 does: with its mark, or with a letter and a zero.
fn is_utf16(content: &[u8]) -> bool {
    content.starts_with(b"\xff\xfe")
        || content.starts_with(b"\xfe\xff")
        || matches!(content, [first, 0, second, 0, ..] | [0, first, 0, second, ..] if first.is_ascii_graphic() && second.is_ascii_graphic())
}

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
