//! Why a file can't be read.

use std::fmt;
use std::io;

/// What is wrong, as a sentence by its `Display`, and the way out.
pub trait Explained: fmt::Display {
    /// What to do about it.
    fn hint(&self) -> String;
}

/// Why something in a file can't be taken.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct ImportError {
    /// Which of the files it is about, from 0.
    file: usize,
    kind: Kind,
}

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("{text}")]
    Mistake {
        line: usize,
        source_line: Option<String>,
        text: String,
        hint: String,
    },
    #[error(transparent)]
    Io(io::Error),
}

impl ImportError {
    /// About a line, from 1.
    pub fn new(line: usize, mistake: &impl Explained) -> Self {
        Self {
            file: 0,
            kind: Kind::Mistake {
                line,
                source_line: None,
                text: mistake.to_string(),
                hint: mistake.hint(),
            },
        }
    }

    /// About a statement that begins in a line, whose first line is shown.
    pub fn of_statement(line: usize, sql: &str, mistake: &impl Explained) -> Self {
        let mut error = Self::new(line, mistake);
        if let Kind::Mistake { source_line, .. } = &mut error.kind {
            *source_line = sql.lines().next().map(str::to_owned);
        }
        error
    }

    /// Turns a line in the count through all files into one of its own file. What has none is about the last file.
    pub fn set_place(&mut self, last: usize, place: impl Fn(usize) -> (usize, usize)) {
        match &mut self.kind {
            Kind::Mistake { line, .. } => (self.file, *line) = place(*line),
            Kind::Io(_) => self.file = last,
        }
    }

    /// Which of the files it is about, from 0.
    pub fn file(&self) -> usize {
        self.file
    }

    /// The line that it is about, from 1; none when the file couldn't be read at all.
    pub fn line(&self) -> Option<usize> {
        match &self.kind {
            Kind::Mistake { line, .. } => Some(*line),
            Kind::Io(_) => None,
        }
    }

    /// The line as the file has it, when it is about a statement: the statement's first.
    pub fn source_line(&self) -> Option<&str> {
        match &self.kind {
            Kind::Mistake { source_line, .. } => source_line.as_deref(),
            Kind::Io(_) => None,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match &self.kind {
            Kind::Mistake { hint, .. } => Some(hint.clone()),
            Kind::Io(_) => None,
        }
    }
}

impl From<io::Error> for ImportError {
    fn from(error: io::Error) -> Self {
        Self {
            file: 0,
            kind: Kind::Io(error),
        }
    }
}

/// All that is wrong with a file, in its order; at least one.
#[derive(Debug)]
pub struct ImportErrors(Vec<ImportError>);

impl ImportErrors {
    /// These, of which there is at least one.
    pub fn of(errors: Vec<ImportError>) -> Self {
        Self(errors)
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &ImportError> {
        self.0.iter()
    }
}

impl fmt::Display for ImportErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ImportErrors {}

/// The file, and the line in it, of a line in the count through all files. `before` says how many lines stand before
/// each file.
pub fn place(before: &[usize], line: usize) -> (usize, usize) {
    let file = before
        .partition_point(|&lines| lines < line)
        .saturating_sub(1);
    let lines = before.get(file).copied().unwrap_or(0);
    (file, line.saturating_sub(lines))
}
