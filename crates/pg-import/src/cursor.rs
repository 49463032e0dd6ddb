//! A walk over the tokens of a statement.

use pg_model::QualifiedName;
use sql_text::{Token, fold, tokens};

/// A place among the tokens of a text. What doesn't fit leaves it where it was.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    sql: &'a str,
    tokens: Vec<Token<'a>>,
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(sql: &'a str) -> Self {
        Self {
            sql,
            tokens: tokens(sql),
            position: 0,
        }
    }

    /// The next token.
    pub(crate) fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.position)
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.position >= self.tokens.len()
    }

    /// Whether these keywords or characters come next.
    pub(crate) fn sees(&self, keywords: &[&str]) -> bool {
        let next = self.tokens.get(self.position..).unwrap_or_default();
        next.len() >= keywords.len()
            && keywords
                .iter()
                .zip(next)
                .all(|(keyword, token)| token.is(keyword))
    }

    /// Goes past these keywords or characters, if they come next.
    pub(crate) fn take(&mut self, keywords: &[&str]) -> bool {
        let found = self.sees(keywords);
        if found {
            self.position += keywords.len();
        }
        found
    }

    /// Goes past one token.
    pub(crate) fn skip(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.position).copied()?;
        self.position += 1;
        Some(token)
    }

    /// A name without a schema.
    pub(crate) fn identifier(&mut self) -> Option<String> {
        let token = self.peek().filter(|token| token.is_name())?;
        let name = fold(token.text)?;
        self.position += 1;
        Some(name)
    }

    /// Names with points between them.
    pub(crate) fn dotted(&mut self) -> Option<Vec<String>> {
        let before = self.position;
        let mut parts = vec![self.identifier()?];
        while self.take(&["."]) {
            if let Some(part) = self.identifier() {
                parts.push(part);
            } else {
                self.position = before;
                return None;
            }
        }
        Some(parts)
    }

    /// A name with its schema; what is in `public` has none.
    pub(crate) fn qualified(&mut self) -> Option<QualifiedName> {
        let before = self.position;
        let name = self.dotted().and_then(from_parts);
        if name.is_none() {
            self.position = before;
        }
        name
    }

    /// A text in single quotes.
    pub(crate) fn string(&mut self) -> Option<String> {
        let token = self.peek()?;
        let value = sql_text::string_value(token.text)?;
        self.position += 1;
        Some(value)
    }

    /// What stands between the parentheses that open next, as the text has it.
    pub(crate) fn parenthesised(&mut self) -> Option<&'a str> {
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
    pub(crate) fn columns(&mut self) -> Option<Vec<String>> {
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
    pub(crate) fn text_until(&mut self, stop: impl Fn(&Self) -> bool) -> &'a str {
        let Some(first) = self.peek() else { return "" };
        let start = first.start();
        let mut end = start;
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            if depth == 0 && end > start && stop(self) {
                break;
            }
            if token.is("(") || token.is("[") {
                depth += 1;
            } else if token.is(")") || token.is("]") {
                depth = depth.saturating_sub(1);
            }
            end = token.end;
            self.position += 1;
        }
        &self.sql[start..end]
    }

    /// All that is left.
    pub(crate) fn rest(&self) -> &'a str {
        self.peek()
            .map_or("", |token| self.sql[token.start()..].trim_end())
    }

    /// The last tokens, less those before the given number.
    pub(crate) fn last(&self, count: usize) -> &[Token<'a>] {
        &self.tokens[self.tokens.len().saturating_sub(count)..]
    }
}

/// A name from its parts; what is in `public` needs no schema.
pub(crate) fn from_parts(mut parts: Vec<String>) -> Option<QualifiedName> {
    let name = parts.pop()?;
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Some(QualifiedName::bare(name)),
        (Some(schema), true) if schema == "public" => Some(QualifiedName::bare(name)),
        (Some(schema), true) => Some(QualifiedName::in_schema(schema, name)),
        _ => None,
    }
}

/// The parts of a list, cut at the commas outside of parentheses and brackets.
pub(crate) fn list(text: &str) -> Vec<&str> {
    let mut cursor = Cursor::new(text);
    let mut parts = Vec::new();
    while !cursor.is_at_end() {
        parts.push(cursor.text_until(|at| at.sees(&[","])));
        cursor.take(&[","]);
    }
    parts
}

/// An expression without the parentheses around all of it, of which `pg_dump` writes one pair more than needed.
pub(crate) fn without_parentheses(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let mut cursor = Cursor::new(text);
        match cursor.parenthesised() {
            Some(inner) if cursor.is_at_end() && !inner.is_empty() => text = inner,
            _ => return text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_public_and_keep_others() {
        let mut cursor = Cursor::new("public.\"A b\", audit.Log, x.y.z");
        assert_eq!(cursor.qualified(), Some(QualifiedName::bare("A b")));
        assert!(cursor.take(&[","]));
        assert_eq!(
            cursor.qualified(),
            Some(QualifiedName::in_schema("audit", "log"))
        );
        assert!(cursor.take(&[","]));
        assert_eq!(cursor.qualified(), None);
        assert_eq!(cursor.rest(), "x.y.z");
    }

    #[test]
    fn lists_are_cut_outside_of_parentheses() {
        assert_eq!(
            list("a, f(b, c), ARRAY[1, 2], 'd,e'"),
            ["a", "f(b, c)", "ARRAY[1, 2]", "'d,e'"]
        );
        assert_eq!(list(""), Vec::<&str>::new());
    }

    #[test]
    fn only_parentheses_around_everything_go() {
        assert_eq!(without_parentheses("((a > 0))"), "a > 0");
        assert_eq!(
            without_parentheses("(a > 0) AND (b > 0)"),
            "(a > 0) AND (b > 0)"
        );
        assert_eq!(without_parentheses("()"), "()");
    }
}
