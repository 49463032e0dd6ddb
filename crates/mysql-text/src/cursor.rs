//! A walk over the tokens of a statement.

use crate::{Token, TokenKind, text_value, tokens};
use mysql_model::QualifiedName;

/// A place among the tokens of a text. What doesn't fit leaves it where it was.
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    sql: &'a str,
    tokens: Vec<Token<'a>>,
    position: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a text.
    pub fn new(sql: &'a str) -> Self {
        Self {
            sql,
            tokens: tokens(sql),
            position: 0,
        }
    }

    /// The next token.
    pub fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.position)
    }

    /// Whether no token is left.
    pub fn is_at_end(&self) -> bool {
        self.position >= self.tokens.len()
    }

    /// Whether these keywords or characters come next.
    pub fn sees(&self, keywords: &[&str]) -> bool {
        let next = self.tokens.get(self.position..).unwrap_or_default();
        next.len() >= keywords.len()
            && keywords
                .iter()
                .zip(next)
                .all(|(keyword, token)| token.is(keyword))
    }

    /// Whether one of these keywords comes next.
    pub fn sees_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.sees(&[keyword]))
    }

    /// Goes past these keywords or characters, if they come next.
    pub fn take(&mut self, keywords: &[&str]) -> bool {
        let found = self.sees(keywords);
        if found {
            self.position += keywords.len();
        }
        found
    }

    /// Goes past one of these keywords, if it comes next.
    pub fn take_any(&mut self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.take(&[keyword]))
    }

    /// Goes past one token.
    pub fn skip(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.position).copied()?;
        self.position += 1;
        Some(token)
    }

    /// A name by itself.
    pub fn identifier(&mut self) -> Option<String> {
        let name = self.peek()?.name()?;
        self.position += 1;
        Some(name)
    }

    /// A name, which has that of a database before it or not.
    pub fn qualified(&mut self) -> Option<QualifiedName> {
        let before = self.position;
        let first = self.identifier()?;
        if !self.take(&["."]) {
            return Some(QualifiedName::bare(first));
        }
        let second = self.identifier();
        if second.is_none() {
            self.position = before;
        }
        Some(QualifiedName::in_schema(first, second?))
    }

    /// A text in quotes.
    pub fn string(&mut self) -> Option<String> {
        let value = text_value(self.peek()?.text)?;
        self.position += 1;
        Some(value)
    }

    /// A whole number.
    pub fn number(&mut self) -> Option<u32> {
        let token = self
            .peek()
            .filter(|token| token.kind == TokenKind::Number)?;
        let value = token.text.parse().ok()?;
        self.position += 1;
        Some(value)
    }

    /// A name of a character set or a collation, in whatever quotes.
    pub fn charset(&mut self) -> Option<String> {
        self.identifier().or_else(|| self.string())
    }

    /// What stands between the parentheses that open next, as the text has it.
    pub fn parenthesised(&mut self) -> Option<&'a str> {
        let open = *self.peek().filter(|token| token.is("("))?;
        let mut depth = 0_usize;
        for (offset, token) in self.tokens[self.position..].iter().enumerate() {
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth -= 1;
            }
            if depth == 0 {
                self.position += offset + 1;
                return Some(self.sql[open.end..token.start()].trim());
            }
        }
        None
    }

    /// Names with commas between them, in parentheses.
    pub fn columns(&mut self) -> Option<Vec<String>> {
        let before = self.position;
        let names = self.parenthesised().and_then(|list| {
            let mut inner = Cursor::new(list);
            let mut names = vec![inner.identifier()?];
            while inner.take(&[","]) {
                names.push(inner.identifier()?);
            }
            inner.is_at_end().then_some(names)
        });
        if names.is_none() {
            self.position = before;
        }
        names
    }

    /// Goes on to the first token outside of parentheses that `stop` takes, or to the end; gives the text before it,
    /// which has at least one token.
    pub fn text_until(&mut self, stop: impl Fn(&Self) -> bool) -> &'a str {
        let Some(first) = self.peek() else { return "" };
        let start = first.start();
        let mut end = start;
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            if depth == 0 && end > start && stop(self) {
                break;
            }
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth = depth.saturating_sub(1);
            }
            end = token.end;
            self.position += 1;
        }
        &self.sql[start..end]
    }

    /// All that is left.
    pub fn rest(&self) -> &'a str {
        self.peek()
            .map_or("", |token| self.sql[token.start()..].trim_end())
    }
}

/// The parts of a list, cut at the commas outside of parentheses.
pub fn list(text: &str) -> Vec<&str> {
    let mut cursor = Cursor::new(text);
    let mut parts = Vec::new();
    while !cursor.is_at_end() {
        parts.push(cursor.text_until(|at| at.sees(&[","])));
        cursor.take(&[","]);
    }
    parts
}
