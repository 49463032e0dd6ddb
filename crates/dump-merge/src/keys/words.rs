//! SQL as words and marks, statement by statement, without what stands in quotes of texts or in comments.
//! (PostgreSQL documentation, "Lexical Structure".)

/// A word, a name, or a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// A keyword or a name without quotes, in lower case.
    Bare(String),
    /// A name in quotes, as it is.
    Quoted(String),
    /// `(`, `)`, `,`, `.` and the like.
    Mark(char),
    /// A text, which is no concern of keys.
    Text,
}

impl Word {
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Bare(word) if word == keyword)
    }

    pub(super) fn is_mark(&self, mark: char) -> bool {
        *self == Self::Mark(mark)
    }

    /// The name that it may be.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Bare(name) | Self::Quoted(name) => Some(name),
            Self::Mark(_) | Self::Text => None,
        }
    }
}

/// The words of each statement.
pub(super) fn statements(sql: &str) -> Vec<Vec<Word>> {
    let mut statements = vec![Vec::new()];
    for word in words(sql) {
        if word.is_mark(';') {
            statements.push(Vec::new());
        } else if let Some(last) = statements.last_mut() {
            last.push(word);
        }
    }
    statements
}

/// A possibly qualified, possibly quoted name, without its quotes.
pub(super) fn name(sql: &str) -> String {
    words(sql)
        .into_iter()
        .map(|word| match word {
            Word::Bare(text) | Word::Quoted(text) => text,
            Word::Mark(mark) => mark.to_string(),
            Word::Text => String::new(),
        })
        .collect()
}

fn words(sql: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '\'' => {
                words.push(Word::Text);
                quoted(rest, '\'', false)
            }
            'e' | 'E' if rest[1..].starts_with('\'') => {
                words.push(Word::Text);
                1 + quoted(&rest[1..], '\'', true)
            }
            '"' => {
                let length = quoted(rest, '"', false);
                let inner = rest[1..length]
                    .strip_suffix('"')
                    .unwrap_or(&rest[1..length]);
                words.push(Word::Quoted(inner.replace("\"\"", "\"")));
                length
            }
            '$' => match dollar_quoted(rest) {
                Some(length) => {
                    words.push(Word::Text);
                    length
                }
                None => 1,
            },
            _ if first.is_alphanumeric() || first == '_' => {
                let length = rest
                    .find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '$')))
                    .unwrap_or(rest.len());
                words.push(Word::Bare(rest[..length].to_lowercase()));
                length
            }
            _ => {
                if !first.is_whitespace() {
                    words.push(Word::Mark(first));
                }
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    words
}

/// The length of what begins with a quote, up to the one that closes it. A doubled one closes and opens again, which
/// is the same here: what follows is one word more.
fn quoted(text: &str, quote: char, backslashes: bool) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && backslashes {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

/// The length of `$tag$ … $tag$`.
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag_end = 1 + text[1..].find('$')?;
    let tag = &text[..=tag_end];
    if !tag[1..tag_end]
        .chars()
        .all(|letter| letter.is_alphanumeric() || letter == '_')
    {
        return None;
    }
    let inner = &text[tag.len()..];
    Some(
        inner
            .find(tag)
            .map_or(text.len(), |end| end + 2 * tag.len()),
    )
}
