//! SQL as words and marks, statement by statement, without what stands in texts or in comments.

use crate::lexer::{Lexer, Piece};
use crate::rules::Rules;

/// A word, a name, or a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// A keyword or a name without quotes, in lower case.
    Bare(String),
    /// A name in quotes, as it is.
    Quoted(String),
    /// `(`, `)`, `,`, `.` and the like.
    Mark(char),
    /// A text, which is no concern of keys and columns.
    Text,
}

impl Word {
    pub(crate) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Bare(word) if word == keyword)
    }

    pub(crate) fn is_mark(&self, mark: char) -> bool {
        *self == Self::Mark(mark)
    }

    /// The name that it may be.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Bare(name) | Self::Quoted(name) => Some(name),
            Self::Mark(_) | Self::Text => None,
        }
    }
}

/// The words of each statement.
pub(crate) fn statements(sql: &str, rules: Rules) -> Vec<Vec<Word>> {
    let mut statements = vec![Vec::new()];
    for word in words(sql, rules) {
        if word.is_mark(';') {
            statements.push(Vec::new());
        } else if let Some(last) = statements.last_mut() {
            last.push(word);
        }
    }
    statements
}

/// A possibly qualified, possibly quoted name, without its quotes.
pub(crate) fn name(sql: &str) -> String {
    words(sql, Rules::of(sql))
        .into_iter()
        .map(|word| match word {
            Word::Bare(text) | Word::Quoted(text) => text,
            Word::Mark(mark) => mark.to_string(),
            Word::Text => String::new(),
        })
        .collect()
}

/// All words of some SQL.
pub(crate) fn words(sql: &str, rules: Rules) -> Vec<Word> {
    let mut lexer = Lexer::new(rules);
    let mut words = Vec::new();
    let mut at = 0;
    while at < sql.len() {
        let (piece, end) = lexer.next(sql.as_bytes(), at);
        let text = sql.get(at..end).unwrap_or_default();
        at = end;
        words.push(match piece {
            Piece::Space | Piece::Comment => continue,
            Piece::Word => Word::Bare(text.to_lowercase()),
            Piece::Name => Word::Quoted(unquoted(text)),
            Piece::Text => Word::Text,
            Piece::Mark(mark) => Word::Mark(char::from(mark)),
        });
    }
    words
}

/// A name without its quotes.
fn unquoted(name: &str) -> String {
    let Some(quote) = name.chars().next() else {
        return String::new();
    };
    let inner = &name[quote.len_utf8()..];
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    inner.replace(&String::from_iter([quote, quote]), &quote.to_string())
}

/// Words that are read from the front.
pub(crate) struct Reader<'a> {
    pub(crate) words: &'a [Word],
}

impl<'a> Reader<'a> {
    pub(crate) fn next(&mut self) -> Option<&'a Word> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    /// Takes this keyword, if it comes next.
    pub(crate) fn take(&mut self, keyword: &str) -> bool {
        let found = self.words.first().is_some_and(|word| word.is(keyword));
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    /// Takes any of these keywords, as long as one comes next.
    pub(crate) fn take_all(&mut self, keywords: &[&str]) {
        while keywords.iter().any(|keyword| self.take(keyword)) {}
    }

    pub(crate) fn take_if_not_exists(&mut self) {
        if self.take("if") {
            self.take("not");
            self.take("exists");
        }
    }

    /// A table's name, in the form in which tables are found.
    pub(crate) fn table(&mut self) -> Option<String> {
        let mut name = self.next()?.name()?.to_owned();
        while self.words.first().is_some_and(|word| word.is_mark('.')) {
            self.next();
            let part = self.next()?.name()?;
            name = if name == "public" {
                part.to_owned()
            } else {
                format!("{name}.{part}")
            };
        }
        Some(name)
    }

    /// What stands between the parentheses that come next, cut at the commas.
    pub(crate) fn parenthesis(&mut self) -> Option<Vec<&'a [Word]>> {
        if !self.words.first()?.is_mark('(') {
            return None;
        }
        let mut depth = 0_usize;
        for (at, word) in self.words.iter().enumerate() {
            if word.is_mark('(') {
                depth += 1;
            } else if word.is_mark(')') {
                depth -= 1;
                if depth == 0 {
                    let inner = &self.words[1..at];
                    self.words = &self.words[at + 1..];
                    return Some(split(inner));
                }
            }
        }
        None
    }

    /// Names between parentheses.
    pub(crate) fn columns(&mut self) -> Option<Vec<String>> {
        let before = self.words;
        let names = self.parenthesis()?.into_iter().map(|part| match part {
            [name] => name.name().map(str::to_owned),
            _ => None,
        });
        let names: Option<Vec<String>> = names.collect();
        if names.is_none() {
            self.words = before;
        }
        names
    }
}

/// Cuts words at the commas that aren't within parentheses.
pub(crate) fn split(words: &[Word]) -> Vec<&[Word]> {
    let mut parts = Vec::new();
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, word) in words.iter().enumerate() {
        if word.is_mark('(') {
            depth += 1;
        } else if word.is_mark(')') {
            depth = depth.saturating_sub(1);
        } else if word.is_mark(',') && depth == 0 {
            parts.push(&words[begin..at]);
            begin = at + 1;
        }
    }
    parts.push(&words[begin..]);
    parts
}
