//! Where statements and words begin and end in SQL text.

use crate::is_word_character;

/// A word, a quoted name, a literal, or one character of punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// As the text spells it, quotes included.
    pub text: &'a str,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// Kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword, a bare name, or the digits of a number.
    Word,
    /// A name in double quotes.
    QuotedName,
    /// A text in single quotes, with its `E`, or between dollars.
    Literal,
    /// One character of punctuation.
    Symbol,
}

impl Token<'_> {
    /// Whether it is a given keyword, in any case, or a given character.
    pub fn is(&self, keyword: &str) -> bool {
        self.kind != TokenKind::Literal && self.text.eq_ignore_ascii_case(keyword)
    }

    /// Whether it can be a name.
    pub fn is_name(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::QuotedName)
    }

    /// Where it begins, in bytes.
    pub fn start(&self) -> usize {
        self.end - self.text.len()
    }
}

/// What a text begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lexeme {
    /// The kind of a token; none for white space and comments.
    pub kind: Option<TokenKind>,
    /// Its length in bytes.
    pub length: usize,
    /// False when its closing quote, or the end of its comment, isn't in the text.
    pub closed: bool,
}

/// The tokens of a text, without comments.
pub fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut position = 0;
    while let Some(found) = lexeme(&sql[position..]) {
        let end = position + found.length;
        if let Some(kind) = found.kind {
            tokens.push(Token {
                kind,
                text: &sql[position..end],
                end,
            });
        }
        position = end;
    }
    tokens
}

/// The tokens of a text, without comments and string literals.
pub fn words(sql: &str) -> Vec<Token<'_>> {
    let mut words = tokens(sql);
    words.retain(|token| token.kind != TokenKind::Literal);
    words
}

/// The statements of a text, without the semicolons between them.
pub fn split(sql: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let mut nesting = Nesting::default();
    let mut start = 0;
    let mut is_empty = true;
    for token in tokens(sql) {
        if nesting.ends_with(token.kind, token.text) {
            if !is_empty {
                statements.push(sql[start..token.start()].trim());
            }
            start = token.end;
            is_empty = true;
            nesting = Nesting::default();
        } else {
            is_empty = false;
        }
    }
    if !is_empty {
        statements.push(sql[start..].trim());
    }
    statements
}

/// What a semicolon may stand inside of without ending the statement: parentheses (the actions of a rule), and a
/// body in the standard's own syntax (`BEGIN ATOMIC`).
#[derive(Debug, Default)]
pub struct Nesting {
    parentheses: usize,
    /// `BEGIN ATOMIC` and each `CASE`, to be closed by `END`.
    blocks: usize,
    last_word: String,
}

impl Nesting {
    /// Takes the next token of a statement in. True when it is the semicolon that ends the statement.
    pub fn ends_with(&mut self, kind: TokenKind, text: &str) -> bool {
        match (kind, text) {
            (TokenKind::Symbol, "(") => self.parentheses += 1,
            (TokenKind::Symbol, ")") => self.parentheses = self.parentheses.saturating_sub(1),
            (TokenKind::Symbol, ";") => return self.parentheses == 0 && self.blocks == 0,
            (TokenKind::Word, word) => {
                let word = word.to_ascii_lowercase();
                match word.as_str() {
                    "atomic" if self.last_word == "begin" => self.blocks = 1,
                    "case" => self.blocks += 1,
                    "end" => self.blocks = self.blocks.saturating_sub(1),
                    _ => {}
                }
                self.last_word = word;
            }
            _ => {}
        }
        false
    }
}

/// The token, white space or comment that a text begins with; none when it is empty. What isn't closed
/// reaches to the end.
pub fn lexeme(text: &str) -> Option<Lexeme> {
    let first = text.chars().next()?;
    let of = |kind, (length, closed)| {
        Some(Lexeme {
            kind,
            length,
            closed,
        })
    };
    if text.starts_with("--") {
        let end = text.find(['\n', '\r']);
        return of(None, (end.unwrap_or(text.len()), end.is_some()));
    }
    if text.starts_with("/*") {
        return of(None, block_comment(text));
    }
    if first == '\'' {
        return of(Some(TokenKind::Literal), quoted(text, '\'', false));
    }
    if text.starts_with("E'") || text.starts_with("e'") {
        let (length, closed) = quoted(&text[1..], '\'', true);
        return of(Some(TokenKind::Literal), (1 + length, closed));
    }
    if first == '"' {
        return of(Some(TokenKind::QuotedName), quoted(text, '"', false));
    }
    if let Some(found) = dollar_quoted(text) {
        return of(Some(TokenKind::Literal), found);
    }
    if is_word_character(first) && first != '$' {
        let length = text
            .find(|character: char| !is_word_character(character))
            .unwrap_or(text.len());
        return of(Some(TokenKind::Word), (length, true));
    }
    if is_space(first) {
        let length = text
            .find(|character: char| !is_space(character))
            .unwrap_or(text.len());
        return of(None, (length, true));
    }
    of(Some(TokenKind::Symbol), (first.len_utf8(), true))
}

/// The text that a literal in single quotes stands for: `'it''s'` or `E'a\nb'`. None for any other text,
/// and for escapes that PostgreSQL refuses.
///
/// ```
/// assert_eq!(sql_text::string_value("'it''s'").as_deref(), Some("it's"));
/// assert_eq!(sql_text::string_value(r"E'a\tb\u0041'").as_deref(), Some("a\tbA"));
/// assert_eq!(sql_text::string_value("now()"), None);
/// ```
pub fn string_value(literal: &str) -> Option<String> {
    let escapes = literal.starts_with(['E', 'e']);
    let quoted_text = if escapes { &literal[1..] } else { literal };
    if !quoted_text.starts_with('\'')
        || quoted(quoted_text, '\'', escapes) != (quoted_text.len(), true)
    {
        return None;
    }
    let inner = &quoted_text[1..quoted_text.len() - 1];
    let mut value = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                characters.next();
                value.push('\'');
            }
            '\\' if escapes => {
                let escaped = match characters.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => hexadecimal(&mut characters, 4)?,
                    'U' => hexadecimal(&mut characters, 8)?,
                    'x' | '0'..='9' => return None,
                    other => other,
                };
                value.push(escaped);
            }
            other => value.push(other),
        }
    }
    Some(value)
}

/// White space to PostgreSQL's scanner: no other than that of ASCII.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

fn hexadecimal(characters: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let rest = characters.as_str();
    let text = rest.get(..digits)?;
    // The parser would take a sign too.
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    *characters = rest[digits..].chars();
    char::from_u32(u32::from_str_radix(text, 16).ok()?).filter(|&character| character != '\0')
}

/// Comments of this kind nest.
fn block_comment(text: &str) -> (usize, bool) {
    let mut depth = 0_usize;
    let mut position = 0;
    while position < text.len() {
        let rest = &text[position..];
        if rest.starts_with("/*") {
            depth += 1;
            position += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            position += 2;
            if depth == 0 {
                return (position, true);
            }
        } else {
            position += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    (text.len(), false)
}

/// Where a quotation ends, doubled quotes being part of it.
fn quoted(text: &str, quote: char, escapes: bool) -> (usize, bool) {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((position, character)) = characters.next() {
        if character == quote {
            if characters.next_if(|(_, next)| *next == quote).is_none() {
                return (position + 1, true);
            }
        } else if escapes && character == '\\' {
            characters.next();
        }
    }
    (text.len(), false)
}

/// `$$ … $$` or `$tag$ … $tag$`.
fn dollar_quoted(text: &str) -> Option<(usize, bool)> {
    let inner = text.strip_prefix('$')?;
    let tag_length =
        inner.find(|character: char| !is_word_character(character) || character == '$')?;
    let tag = &inner[..tag_length];
    if !inner[tag_length..].starts_with('$')
        || tag.starts_with(|first: char| first.is_ascii_digit())
    {
        return None;
    }
    let delimiter = &text[..tag_length + 2];
    let body = &text[delimiter.len()..];
    Some(match body.find(delimiter) {
        Some(end) => (delimiter.len() + end + delimiter.len(), true),
        None => (text.len(), false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_part_statements_except_inside_of_something() {
        assert_eq!(
            split("A ';' \"b;\" ; -- c;\nD $x$ ; $x$ /* ; /* ; */ ; */ E'\\';' ;;\n  "),
            [
                "A ';' \"b;\"",
                "-- c;\nD $x$ ; $x$ /* ; /* ; */ ; */ E'\\';'"
            ]
        );
        assert_eq!(split("-- nothing"), Vec::<&str>::new());
        assert_eq!(split("A '' ; B 'it''s;'"), ["A ''", "B 'it''s;'"]);
    }

    #[test]
    fn semicolons_inside_of_a_statement_part_nothing() {
        for sql in [
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
            "CREATE RULE r AS ON INSERT TO t DO INSTEAD (SELECT 1; SELECT 2;)",
        ] {
            assert_eq!(split(sql), [sql]);
            assert_eq!(split(&format!("{sql}; A ;B")), [sql, "A", "B"]);
        }
    }

    #[test]
    fn only_a_standard_body_waits_for_its_end() {
        // A transaction begins, a name is `atomic`, and CASE has an END of its own.
        for (sql, statements) in [
            ("BEGIN; SELECT 1; END", 3),
            ("SELECT 1 AS atomic; SELECT 2", 2),
            ("SELECT CASE WHEN a THEN 1 END; SELECT 2", 2),
            ("SELECT ')' ; SELECT '('", 2),
            ("SELECT 1) ; SELECT 2", 2),
        ] {
            assert_eq!(split(sql).len(), statements, "{sql}");
        }
    }

    #[test]
    fn a_token_is_a_keyword_in_any_case_and_never_by_its_quotes() {
        let found = tokens("Select \"select\" 'select' ( 5");
        let are = |keyword| -> Vec<bool> { found.iter().map(|token| token.is(keyword)).collect() };
        assert_eq!(are("select"), [true, false, false, false, false]);
        assert_eq!(are("'select'"), [false; 5]);
        assert_eq!(are("("), [false, false, false, true, false]);
        let names: Vec<bool> = found.iter().map(Token::is_name).collect();
        assert_eq!(names, [true, true, false, false, true]);
        let places: Vec<(usize, usize)> = found
            .iter()
            .map(|token| (token.start(), token.end))
            .collect();
        assert_eq!(places, [(0, 6), (7, 15), (16, 24), (25, 26), (27, 28)]);
    }

    #[test]
    fn words_are_tokens_without_literals() {
        let words: Vec<&str> = words("a 'b' \"c\" $$d$$ 5 -- e\n;")
            .iter()
            .map(|token| token.text)
            .collect();
        assert_eq!(words, ["a", "\"c\"", "5", ";"]);
    }

    #[test]
    fn a_backslash_escapes_only_after_an_e() {
        assert_eq!(string_value(r"'a\nb'").as_deref(), Some(r"a\nb"));
        assert_eq!(string_value(r"E'a\nb\q'").as_deref(), Some("a\nbq"));
        assert_eq!(tokens(r"'a\' b").len(), 2);
        assert_eq!(tokens(r"E'a\' b").len(), 1);
    }

    #[test]
    fn what_is_not_closed_ends_with_the_text() {
        for sql in [
            "a 'b", "a \"b", "a /* b", "a $$ b", "a $x$ b", "a E'\\", "社 '員",
        ] {
            assert_eq!(split(sql), [sql]);
            let last = tokens(sql).last().map_or(0, |token| token.end);
            assert!(last == sql.len() || sql.contains("/*"), "{sql}");
        }
    }

    #[test]
    fn a_dollar_inside_of_a_name_opens_nothing() {
        let texts: Vec<&str> = tokens("a$b$ c $1 $b$x$b$")
            .iter()
            .map(|token| token.text)
            .collect();
        assert_eq!(texts, ["a$b$", "c", "$", "1", "$b$x$b$"]);
    }

    #[test]
    fn words_and_spaces_are_those_of_postgresql() {
        let texts = |sql: &'static str| -> Vec<&str> {
            tokens(sql).iter().map(|token| token.text).collect()
        };
        // Whatever isn't ASCII is part of a name, a full-width space too.
        assert_eq!(texts("a→b\u{3000}c d🎉"), ["a→b\u{3000}c", "d🎉"]);
        assert_eq!(texts("a -- b\rc"), ["a", "c"]);
        assert_eq!(texts("a\u{b}b"), ["a", "b"]);
    }

    #[test]
    fn doubled_quotes_are_part_of_a_quotation() {
        let texts: Vec<&str> = tokens("'a''b' \"c\"\"d\"")
            .iter()
            .map(|token| token.text)
            .collect();
        assert_eq!(texts, ["'a''b'", "\"c\"\"d\""]);
    }

    #[test]
    fn only_whole_literals_have_a_value() {
        for other in [
            "'a' || 'b'",
            "'a",
            "E'\\x41'",
            "$$a$$",
            "E'\\u00'",
            "E'\\u+041'",
            "E'\\u0000'",
            "",
        ] {
            assert_eq!(string_value(other), None, "{other}");
        }
    }
}
