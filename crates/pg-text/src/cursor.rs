//! Tokens, read one after the other.

use pg_model::QualifiedName;
use sql_text::{Token, fold};

/// A place among the tokens of a statement.
#[derive(Debug, Clone)]
pub struct Cursor<'s, 't> {
    /// The whole text.
    pub sql: &'s str,
    tokens: &'t [Token<'s>],
    position: usize,
}

impl<'s, 't> Cursor<'s, 't> {
    /// Before the first token.
    pub fn new(sql: &'s str, tokens: &'t [Token<'s>]) -> Self {
        Self {
            sql,
            tokens,
            position: 0,
        }
    }

    /// The next token, left where it is.
    pub fn peek(&self) -> Option<&'t Token<'s>> {
        self.tokens.get(self.position)
    }

    /// Takes the next token.
    #[expect(
        clippy::should_implement_trait,
        reason = "a cursor is also asked what comes next"
    )]
    pub fn next(&mut self) -> Option<&'t Token<'s>> {
        let token = self.peek()?;
        self.position += 1;
        Some(token)
    }

    /// Whether all tokens are taken.
    pub fn is_at_end(&self) -> bool {
        self.position == self.tokens.len()
    }

    /// The tokens that are left.
    pub fn rest(&self) -> &'t [Token<'s>] {
        &self.tokens[self.position..]
    }

    /// Whether these words come next, in any case.
    pub fn is_at(&self, words: &[&str]) -> bool {
        let rest = self.rest();
        rest.len() >= words.len() && words.iter().zip(rest).all(|(word, token)| token.is(word))
    }

    /// Takes the words if they come next.
    pub fn accept(&mut self, words: &[&str]) -> bool {
        let found = self.is_at(words);
        if found {
            self.position += words.len();
        }
        found
    }

    /// Goes on to the first such word outside of parentheses, and takes it.
    pub fn skip_past(&mut self, word: &str) -> bool {
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            match token.text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ if depth == 0 && token.is(word) => return true,
                _ => {}
            }
        }
        false
    }

    /// Takes a parenthesis with all that it holds; the tokens between are given.
    pub fn parenthesis(&mut self) -> Option<&'t [Token<'s>]> {
        self.peek().filter(|token| token.text == "(")?;
        let start = self.position + 1;
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(&self.tokens[start..self.position - 1]);
            }
        }
        None
    }

    /// Takes `name` or `schema.name`: as it is spelt, and as it folds. `public` is where names without a schema are.
    pub fn name(&mut self) -> Option<(String, QualifiedName)> {
        let mut parts = vec![self.next().filter(|token| token.is_name())?.text];
        while self.peek().is_some_and(|token| token.text == ".") {
            self.next();
            parts.push(self.next().filter(|token| token.is_name())?.text);
        }
        let name = fold(parts.last()?)?;
        let schema = match parts.len() {
            1 => None,
            count => Some(fold(parts[count - 2])?).filter(|schema| schema != "public"),
        };
        Some((parts.join("."), QualifiedName { schema, name }))
    }
}

/// Cuts tokens at the commas that stand outside of parentheses and brackets.
pub fn at_commas<'s, 't>(tokens: &'t [Token<'s>]) -> Vec<&'t [Token<'s>]> {
    let mut depth = 0_usize;
    let pieces = tokens.split(|token| {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.text == ","
    });
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// The text that tokens span.
pub fn span<'s>(sql: &'s str, tokens: &[Token<'s>]) -> &'s str {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => &sql[first.start()..last.end],
        _ => "",
    }
}
