//! SQL cut into words, names, texts, comments and marks, by a dialect's [`Rules`].
//!
//! The only lexer of dumps: rows of INSERT statements, the ends of statements and the words of DDL are all found with
//! it. It goes on where a piece of text ended that was handed over, so a text may be as long as it likes.

use memchr::{memchr, memchr2, memchr2_iter};

use crate::rules::Rules;

/// What a piece of SQL is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Piece {
    /// Nothing: space or a comment.
    Space,
    Comment,
    /// A keyword, a name without quotes or a number.
    Word,
    /// A name in quotes.
    Name,
    /// A text in quotes.
    Text,
    /// Any other byte.
    Mark(u8),
}

/// What isn't closed yet at the end of the text so far.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Inside {
    Nothing,
    Quote {
        quote: u8,
        backslashes: bool,
        piece: Piece,
    },
    Dollar(Vec<u8>),
    Comment(u32),
}

/// Cuts SQL. What is handed over as text must end with a line feed or be all that follows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Lexer {
    rules: Rules,
    inside: Inside,
}

impl Lexer {
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            rules,
            inside: Inside::Nothing,
        }
    }

    pub(crate) fn rules(&self) -> Rules {
        self.rules
    }

    /// Whether a text, name or comment isn't closed yet.
    pub(crate) fn is_inside(&self) -> bool {
        self.inside != Inside::Nothing
    }

    /// The piece that begins at this place, which is in the text, and where it ends. What isn't closed by the end of
    /// the text goes on in what is handed over next.
    pub(crate) fn next(&mut self, text: &[u8], at: usize) -> (Piece, usize) {
        match self.inside.clone() {
            Inside::Nothing => self.begin(text, at),
            Inside::Quote {
                quote,
                backslashes,
                piece,
            } => self.quoted(text, at, quote, backslashes, piece),
            Inside::Dollar(tag) => self.dollar(text, at, tag),
            Inside::Comment(depth) => self.comment(text, at, depth),
        }
    }

    fn begin(&mut self, text: &[u8], at: usize) -> (Piece, usize) {
        let rules = self.rules;
        let rest = &text[at..];
        let first = rest[0];
        let next = rest.get(1).copied();
        match first {
            b'\'' => self.quoted(text, at + 1, b'\'', rules.backslashes, Piece::Text),
            b'"' if rules.has_backticks() => {
                self.quoted(text, at + 1, b'"', rules.backslashes, Piece::Text)
            }
            b'"' => self.quoted(text, at + 1, b'"', false, Piece::Name),
            b'`' if rules.has_backticks() => self.quoted(text, at + 1, b'`', false, Piece::Name),
            b'e' | b'E' if rules.dollars && next == Some(b'\'') => {
                self.quoted(text, at + 2, b'\'', true, Piece::Text)
            }
            b'$' if rules.dollars => match dollar_tag(rest) {
                Some(tag) => {
                    let tag = tag.to_vec();
                    self.dollar(text, at + tag.len(), tag)
                }
                None => (Piece::Mark(b'$'), at + 1),
            },
            b'-' if next == Some(b'-')
                && (!rules.executable_comments
                    || rest.get(2).is_none_or(u8::is_ascii_whitespace)) =>
            {
                (Piece::Comment, end_of_line(text, at))
            }
            b'#' if rules.executable_comments => (Piece::Comment, end_of_line(text, at)),
            b'/' if next == Some(b'*') => {
                if rules.executable_comments
                    && let Some(length) = executable(rest)
                {
                    return (Piece::Comment, at + length);
                }
                self.comment(text, at + 2, 1)
            }
            // What closes `/*!50503`; in nothing else does it stand.
            b'*' if rules.executable_comments && next == Some(b'/') => (Piece::Comment, at + 2),
            _ if first.is_ascii_whitespace() => {
                let length = rest
                    .iter()
                    .position(|byte| !byte.is_ascii_whitespace())
                    .unwrap_or(rest.len());
                (Piece::Space, at + length)
            }
            _ if is_word(first) => {
                let length = rest
                    .iter()
                    .position(|byte| !is_word(*byte) && *byte != b'$')
                    .unwrap_or(rest.len());
                (Piece::Word, at + length)
            }
            mark => (Piece::Mark(mark), at + 1),
        }
    }

    /// Goes on within quotes. A doubled quote stands for itself.
    fn quoted(
        &mut self,
        text: &[u8],
        from: usize,
        quote: u8,
        backslashes: bool,
        piece: Piece,
    ) -> (Piece, usize) {
        let mut at = from;
        loop {
            let found = if backslashes {
                memchr2(quote, b'\\', &text[at..])
            } else {
                memchr(quote, &text[at..])
            };
            let Some(found) = found.map(|found| at + found) else {
                break;
            };
            let next = text.get(found + 1);
            if text[found] == b'\\' {
                at = (found + 2).min(text.len());
            } else if next == Some(&quote) {
                at = found + 2;
            } else {
                self.inside = Inside::Nothing;
                return (piece, found + 1);
            }
        }
        self.inside = Inside::Quote {
            quote,
            backslashes,
            piece,
        };
        (piece, text.len())
    }

    fn dollar(&mut self, text: &[u8], from: usize, tag: Vec<u8>) -> (Piece, usize) {
        if let Some(found) = memchr::memmem::find(&text[from..], &tag) {
            self.inside = Inside::Nothing;
            return (Piece::Text, from + found + tag.len());
        }
        self.inside = Inside::Dollar(tag);
        (Piece::Text, text.len())
    }

    fn comment(&mut self, text: &[u8], from: usize, mut depth: u32) -> (Piece, usize) {
        let mut done = from;
        for found in memchr2_iter(b'*', b'/', &text[from..]) {
            let at = from + found;
            if at < done {
                continue;
            }
            match &text[at..text.len().min(at + 2)] {
                b"*/" => {
                    depth -= 1;
                    done = at + 2;
                    if depth == 0 {
                        self.inside = Inside::Nothing;
                        return (Piece::Comment, done);
                    }
                }
                b"/*" if !self.rules.executable_comments => {
                    depth += 1;
                    done = at + 2;
                }
                _ => {}
            }
        }
        self.inside = Inside::Comment(depth);
        (Piece::Comment, text.len())
    }
}

/// Letters, digits, and all that isn't ASCII.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn end_of_line(text: &[u8], at: usize) -> usize {
    memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1)
}

/// `$tag$` at the beginning.
fn dollar_tag(rest: &[u8]) -> Option<&[u8]> {
    let end = 1 + memchr(b'$', &rest[1..])?;
    let tag = &rest[1..end];
    let is_tag =
        tag.iter().all(|byte| is_word(*byte)) && !tag.first().is_some_and(u8::is_ascii_digit);
    is_tag.then(|| &rest[..=end])
}

/// The length of `/*!50503` or `/*M!100203`, after which SQL follows.
fn executable(rest: &[u8]) -> Option<usize> {
    let mark = [&b"/*!"[..], b"/*M!"]
        .into_iter()
        .find(|mark| rest.starts_with(mark))?
        .len();
    let digits = rest[mark..].iter().take_while(|byte| byte.is_ascii_digit());
    Some(mark + digits.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, rules: Rules) -> Vec<(Piece, &str)> {
        let mut lexer = Lexer::new(rules);
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let (piece, end) = lexer.next(text.as_bytes(), at);
            if piece != Piece::Space {
                found.push((piece, &text[at..end]));
            }
            at = end;
        }
        assert!(!lexer.is_inside(), "{text}");
        found
    }

    #[test]
    fn each_dialect_quotes_in_its_own_way() {
        use Piece::{Comment, Mark, Name, Text, Word};
        let postgresql = pieces(
            r#"a"b""c"'d''e\' E'f\'g' $x$'$y$x$ -- h'"#,
            Rules::POSTGRESQL,
        );
        let expected = [
            (Word, "a"),
            (Name, "\"b\"\"c\""),
            (Text, "'d''e\\'"),
            (Text, "E'f\\'g'"),
            (Text, "$x$'$y$x$"),
            (Comment, "-- h'"),
        ];
        assert_eq!(postgresql, expected);
        let mysql = pieces("`a``b`'c\\'d'\"e'\"--5 # f'\n/*!50001 g */", Rules::MYSQL);
        let expected = [
            (Name, "`a``b`"),
            (Text, "'c\\'d'"),
            (Text, "\"e'\""),
            (Mark(b'-'), "-"),
            (Mark(b'-'), "-"),
            (Word, "5"),
            (Comment, "# f'\n"),
            (Comment, "/*!50001"),
            (Word, "g"),
            (Comment, "*/"),
        ];
        assert_eq!(mysql, expected);
        assert_eq!(pieces("/* a /* ' */ b */", Rules::POSTGRESQL).len(), 1);
        assert_eq!(pieces("/* a /* ' */", Rules::MYSQL).len(), 1);
    }

    #[test]
    fn what_is_not_closed_goes_on_in_the_next_text() {
        for (first, second, rules) in [
            ("'a\n", "''b' c", Rules::POSTGRESQL),
            ("'a\\\n", "\\'b' c", Rules::MYSQL),
            ("$f$ ' \n", " $f$ c", Rules::POSTGRESQL),
            ("/* ' \n", " */ c", Rules::MYSQL),
        ] {
            let mut lexer = Lexer::new(rules);
            assert_eq!(lexer.next(first.as_bytes(), 0).1, first.len());
            assert!(lexer.is_inside(), "{first}");
            let (_, end) = lexer.next(second.as_bytes(), 0);
            assert!(!lexer.is_inside(), "{first}");
            assert_eq!(&second[end..], " c");
        }
    }
}
