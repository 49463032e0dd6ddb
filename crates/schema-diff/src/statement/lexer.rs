//! Where statements and words begin and end in SQL text.

/// A word, a quoted name, or one character of punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// As the text spells it, quotes included.
    pub(crate) text: &'a str,
    /// Where it ends, in bytes.
    pub(crate) end: usize,
}

impl Word<'_> {
    /// Whether it is a given keyword, in any case.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        self.text.eq_ignore_ascii_case(keyword)
    }

    /// Whether it can be a name.
    pub(crate) fn is_name(&self) -> bool {
        self.text
            .chars()
            .next()
            .is_some_and(|first| first == '"' || is_word_character(first))
    }

    /// Where it begins, in bytes.
    pub(crate) fn start(&self) -> usize {
        self.end - self.text.len()
    }
}

/// The words of a text, without comments and string literals.
pub(crate) fn words(sql: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut position = 0;
    while let Some((token, length)) = next(&sql[position..]) {
        let end = position + length;
        if token == Token::Word {
            words.push(Word {
                text: &sql[position..end],
                end,
            });
        }
        position = end;
    }
    words
}

/// The statements of a text, without the semicolons between them. A text with a body in the
/// standard's own syntax (`BEGIN ATOMIC`) is one piece, because semicolons stand inside it.
pub(crate) fn split(sql: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let found = words(sql);
    let is_atomic = found
        .windows(2)
        .any(|pair| pair[0].is("begin") && pair[1].is("atomic"));
    let mut start = 0;
    let mut has_words = false;
    for word in found {
        if word.text != ";" || is_atomic {
            has_words = true;
        } else {
            if has_words {
                statements.push(sql[start..word.start()].trim());
            }
            start = word.end;
            has_words = false;
        }
    }
    if has_words {
        statements.push(sql[start..].trim());
    }
    statements
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Word,
    Other,
}

/// The token that a text begins with, and its length in bytes. What isn't closed reaches to the end.
fn next(text: &str) -> Option<(Token, usize)> {
    let first = text.chars().next()?;
    if text.starts_with("--") {
        return Some((Token::Other, text.find('\n').unwrap_or(text.len())));
    }
    if text.starts_with("/*") {
        return Some((Token::Other, block_comment(text)));
    }
    if first == '\'' {
        return Some((Token::Other, quoted(text, '\'', false)));
    }
    if text.starts_with("E'") || text.starts_with("e'") {
        return Some((Token::Other, 1 + quoted(&text[1..], '\'', true)));
    }
    if first == '"' {
        return Some((Token::Word, quoted(text, '"', false)));
    }
    if let Some(length) = dollar_quoted(text) {
        return Some((Token::Other, length));
    }
    if is_word_character(first) {
        let length = text
            .find(|character: char| !is_word_character(character) && character != '$')
            .unwrap_or(text.len());
        return Some((Token::Word, length));
    }
    let token = if first.is_whitespace() {
        Token::Other
    } else {
        Token::Word
    };
    Some((token, first.len_utf8()))
}

fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Comments of this kind nest.
fn block_comment(text: &str) -> usize {
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
                return position;
            }
        } else {
            position += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// A doubled quote inside ends one quotation and begins the next, which comes to the same.
fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut characters = text.char_indices().skip(1);
    while let Some((position, character)) = characters.next() {
        if character == quote {
            return position + 1;
        }
        if escapes && character == '\\' {
            characters.next();
        }
    }
    text.len()
}

/// `$$ … $$` or `$tag$ … $tag$`.
fn dollar_quoted(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('$')?;
    let tag_length = inner.find('$')?;
    let tag = &inner[..tag_length];
    if !tag.chars().all(is_word_character) || tag.starts_with(|first: char| first.is_ascii_digit())
    {
        return None;
    }
    let delimiter = &text[..tag_length + 2];
    let body = &text[delimiter.len()..];
    Some(
        body.find(delimiter)
            .map_or(text.len(), |end| delimiter.len() + end + delimiter.len()),
    )
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
    fn a_standard_body_stays_whole() {
        let sql = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END";
        assert_eq!(split(sql), [sql]);
    }

    #[test]
    fn what_is_not_closed_ends_with_the_text() {
        for sql in [
            "a 'b", "a \"b", "a /* b", "a $$ b", "a $x$ b", "a E'\\", "社 '員",
        ] {
            assert_eq!(split(sql), [sql]);
        }
    }
}
