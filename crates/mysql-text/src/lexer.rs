//! Where words, literals and comments begin and end in MySQL's text.
//!
//! MySQL runs some of its comments: `/*!80000 INVISIBLE */` is for servers from 8.0 on, `/*M!100203 … */` for MariaDB from
//! 10.2.3 on. Here they are open: what stands in them is text like any other, unless [`opened`] was asked whose text it
//! is and takes them out.

use mysql_model::Server;

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
    /// A keyword or a bare name.
    Word,
    /// A number, without a sign.
    Number,
    /// A name in backticks.
    QuotedName,
    /// A text in single or double quotes, with its `N` or its character set (`_utf8mb4'a'`).
    Text,
    /// Bytes or bits: `x'6162'`, `0x6162`, `b'101'`, `0b101`, with their character set.
    Bytes,
    /// One character of punctuation.
    Symbol,
}

impl Token<'_> {
    /// Whether it is a given keyword, in any case, or a given character.
    pub fn is(&self, keyword: &str) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Symbol)
            && self.text.eq_ignore_ascii_case(keyword)
    }

    /// Whether it can be a name.
    pub fn is_name(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::QuotedName)
    }

    /// The name that it is, without its quotes.
    pub fn name(&self) -> Option<String> {
        match self.kind {
            TokenKind::Word => Some(self.text.to_owned()),
            TokenKind::QuotedName => {
                let inner = self.text.strip_prefix('`')?.strip_suffix('`')?;
                Some(inner.replace("``", "`"))
            }
            _ => None,
        }
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

/// Reads a text lexeme by lexeme, and knows which comments that the server runs are open.
#[derive(Debug, Clone, Default)]
pub struct Lexer {
    open_comments: usize,
}

impl Lexer {
    /// Whether the text read so far ends within a comment that the server runs.
    pub fn is_in_comment(&self) -> bool {
        self.open_comments > 0
    }

    /// The token, white space or comment that a text begins with; none when it is empty. What isn't closed reaches to
    /// the end.
    pub fn lexeme(&mut self, text: &str) -> Option<Lexeme> {
        if let Some(mark) = Mark::at(text) {
            self.open_comments += 1;
            return Some(Lexeme {
                kind: None,
                length: mark.length,
                closed: true,
            });
        }
        if self.open_comments > 0 && text.starts_with("*/") {
            self.open_comments -= 1;
            return Some(Lexeme {
                kind: None,
                length: 2,
                closed: true,
            });
        }
        plain_lexeme(text)
    }
}

/// The tokens of a text, without comments.
pub fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer::default();
    let mut tokens = Vec::new();
    let mut position = 0;
    while let Some(found) = lexer.lexeme(&sql[position..]) {
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

/// The text with its comments that a server runs open, or gone where this server doesn't run them. Other comments stay.
///
/// ```
/// use mysql_model::Server;
/// use mysql_text::opened;
/// let sql = "KEY `a` (`a`) /*!80000 INVISIBLE */ /*M!100500 IGNORED */";
/// assert_eq!(opened(sql, Server::MySql).trim(), "KEY `a` (`a`) INVISIBLE");
/// assert_eq!(opened(sql, Server::MariaDb).trim(), "KEY `a` (`a`)  IGNORED");
/// ```
pub fn opened(sql: &str, server: Server) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut lexer = Lexer::default();
    // How many comments were open where one began that this server passes over.
    let mut passed_over_from = None;
    let mut rest = sql;
    loop {
        let mark = Mark::at(rest);
        let depth = lexer.open_comments;
        let Some(found) = lexer.lexeme(rest) else {
            break;
        };
        let (piece, behind) = rest.split_at(found.length);
        rest = behind;
        if let Some(mark) = mark {
            if !mark.runs_on(server) {
                passed_over_from.get_or_insert(depth);
            }
            rest = rest.strip_prefix(' ').unwrap_or(rest);
            continue;
        }
        if lexer.open_comments < depth {
            if passed_over_from == Some(lexer.open_comments) {
                passed_over_from = None;
            } else if text.ends_with(' ') {
                text.pop();
            }
            continue;
        }
        if passed_over_from.is_none() {
            text.push_str(piece);
        }
    }
    text
}

/// What opens a comment that a server runs.
#[derive(Debug, Clone, Copy)]
struct Mark {
    length: usize,
    /// The lowest version that runs it, as `50100` or `100203`; none for every version.
    version: Option<u32>,
    for_mariadb: bool,
}

impl Mark {
    fn at(text: &str) -> Option<Self> {
        let (start, for_mariadb) = if text.starts_with("/*!") {
            (3, false)
        } else if text.starts_with("/*M!") {
            (4, true)
        } else {
            return None;
        };
        let digits = text[start..]
            .bytes()
            .take(6)
            .take_while(u8::is_ascii_digit)
            .count();
        let digits = if digits >= 5 { digits } else { 0 };
        Some(Self {
            length: start + digits,
            version: text[start..start + digits].parse().ok(),
            for_mariadb,
        })
    }

    /// MariaDB takes MySQL's versions from 5.7 to 9 for features of MySQL that it doesn't have, and says so:
    /// <https://mariadb.com/kb/en/comment-syntax/>.
    fn runs_on(self, server: Server) -> bool {
        const NEVER: u32 = 200_000;
        let version = self.version.unwrap_or(0);
        match server {
            Server::MySql => !self.for_mariadb && version < 100_000,
            Server::MariaDb => {
                version < NEVER && (self.for_mariadb || !(50_700..100_000).contains(&version))
            }
        }
    }
}

fn plain_lexeme(text: &str) -> Option<Lexeme> {
    let first = text.chars().next()?;
    let of = |kind, (length, closed)| {
        Some(Lexeme {
            kind,
            length,
            closed,
        })
    };
    if first == '#' || begins_dashed_comment(text) {
        let end = text.find('\n');
        return of(None, (end.unwrap_or(text.len()), end.is_some()));
    }
    if let Some(inner) = text.strip_prefix("/*") {
        let end = inner.find("*/");
        return of(None, (end.map_or(text.len(), |end| end + 4), end.is_some()));
    }
    match first {
        '\'' | '"' => return of(Some(TokenKind::Text), quoted(text, first, true)),
        '`' => return of(Some(TokenKind::QuotedName), quoted(text, first, false)),
        '_' => {
            if let Some(introduced) = introduced(text) {
                return Some(introduced);
            }
        }
        _ => {}
    }
    if let Some((kind, start)) = prefixed(text) {
        let (length, closed) = quoted(&text[start..], '\'', kind == TokenKind::Text);
        return of(Some(kind), (start + length, closed));
    }
    if is_space(first) {
        let length = text
            .find(|character: char| !is_space(character))
            .unwrap_or(text.len());
        return of(None, (length, true));
    }
    let begins_number = first.is_ascii_digit()
        || (first == '.' && text[1..].starts_with(|next: char| next.is_ascii_digit()));
    if begins_number {
        let (kind, length) = number(text);
        return of(Some(kind), (length, true));
    }
    if is_word_character(first) {
        return of(Some(TokenKind::Word), (word_length(text), true));
    }
    of(Some(TokenKind::Symbol), (first.len_utf8(), true))
}

/// Two dashes begin a comment only where a space, a control character or the end follows.
fn begins_dashed_comment(text: &str) -> bool {
    text.strip_prefix("--").is_some_and(|rest| {
        rest.chars()
            .next()
            .is_none_or(|next| is_space(next) || next.is_control())
    })
}

/// `N'a'`, `x'61'`, `b'1'`: its kind, and where its quotation begins.
fn prefixed(text: &str) -> Option<(TokenKind, usize)> {
    let kind = match text.as_bytes() {
        [b'n' | b'N', b'\'', ..] => TokenKind::Text,
        [b'x' | b'X' | b'b' | b'B', b'\'', ..] => TokenKind::Bytes,
        _ => return None,
    };
    Some((kind, 1))
}

/// A literal with its character set before it: `_utf8mb4'a'`, `_binary 'a'`, `_latin1 0x61`.
fn introduced(text: &str) -> Option<Lexeme> {
    let length = word_length(text);
    let charset = &text[1..length];
    if !CHARACTER_SETS
        .iter()
        .any(|known| charset.eq_ignore_ascii_case(known))
    {
        return None;
    }
    let behind = &text[length..];
    let literal = behind.trim_start_matches(is_space);
    // A literal of its own, or a name for a column.
    if !literal.starts_with(['\'', '"', 'x', 'X', 'b', 'B', '0']) {
        return None;
    }
    let found = plain_lexeme(literal)?;
    matches!(found.kind, Some(TokenKind::Text | TokenKind::Bytes)).then_some(Lexeme {
        length: text.len() - literal.len() + found.length,
        ..found
    })
}

/// Character sets that can stand before a literal.
const CHARACTER_SETS: &[&str] = &[
    "armscii8", "ascii", "big5", "binary", "cp1250", "cp1251", "cp1256", "cp1257", "cp850",
    "cp852", "cp866", "cp932", "dec8", "eucjpms", "euckr", "gb18030", "gb2312", "gbk", "geostd8",
    "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1", "latin2", "latin5", "latin7",
    "macce", "macroman", "sjis", "swe7", "tis620", "ucs2", "ujis", "utf16", "utf16le", "utf32",
    "utf8", "utf8mb3", "utf8mb4",
];

/// Where a quotation ends, doubled quotes being part of it.
fn quoted(text: &str, quote: char, escapes: bool) -> (usize, bool) {
    let bytes = text.as_bytes();
    let quote = quote as u8;
    let mut position = 1;
    while position < bytes.len() {
        let byte = bytes[position];
        if byte == quote {
            if bytes.get(position + 1) != Some(&quote) {
                return (position + 1, true);
            }
            position += 2;
        } else if escapes && byte == b'\\' {
            // What is escaped may be longer than a byte, but its other bytes are none of these.
            position += 2;
        } else {
            position += 1;
        }
    }
    (text.len(), false)
}

/// A number, or a name that begins with a digit.
fn number(text: &str) -> (TokenKind, usize) {
    let word = word_length(text);
    let bytes = text.as_bytes();
    if let [b'0', b'x' | b'b', digits @ ..] = &bytes[..word] {
        let is_hexadecimal = bytes[1] == b'x';
        let fits = |byte: &u8| {
            if is_hexadecimal {
                byte.is_ascii_hexdigit()
            } else {
                matches!(byte, b'0' | b'1')
            }
        };
        if !digits.is_empty() && digits.iter().all(fits) {
            return (TokenKind::Bytes, word);
        }
    }
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let mut length = digits(0);
    // Digits with letters behind them are a name, unless the letter is an exponent's.
    let mut has_point = false;
    if bytes.get(length) == Some(&b'.') {
        has_point = true;
        length += 1;
        length += digits(length);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = bytes
            .get(length + 1 + sign..)
            .map_or(0, |_| digits(length + 1 + sign));
        if exponent > 0 {
            return (TokenKind::Number, length + 1 + sign + exponent);
        }
    }
    if !has_point && word > length {
        return (TokenKind::Word, word);
    }
    (TokenKind::Number, length)
}

/// White space to MySQL's scanner.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

/// Whether a bare name may hold the character.
pub fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

fn word_length(text: &str) -> usize {
    text.find(|character: char| !is_word_character(character))
        .unwrap_or(text.len())
}

/// The text that a literal in quotes stands for, whatever its character set: `'it''s'`, `"a\nb"`, `N'a'`,
/// `_utf8mb4'a'`. None for any other text.
///
/// ```
/// assert_eq!(mysql_text::text_value(r"'it''s\n'").as_deref(), Some("it's\n"));
/// assert_eq!(mysql_text::text_value("_utf8mb4'a'").as_deref(), Some("a"));
/// assert_eq!(mysql_text::text_value("now()"), None);
/// ```
pub fn text_value(literal: &str) -> Option<String> {
    let found = plain_lexeme(literal)?;
    if found.kind != Some(TokenKind::Text) || found.length != literal.len() || !found.closed {
        return None;
    }
    let start = literal.find(['\'', '"'])?;
    let quote = literal[start..].chars().next()?;
    let inner = &literal[start + 1..literal.len() - 1];
    let mut value = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character == quote {
            characters.next();
            value.push(quote);
        } else if character == '\\' {
            match characters.next()? {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                'b' => value.push('\u{8}'),
                '0' => value.push('\0'),
                'Z' => value.push('\u{1a}'),
                // They keep their backslash, for patterns of LIKE.
                wildcard @ ('%' | '_') => value.extend(['\\', wildcard]),
                other => value.push(other),
            }
        } else {
            value.push(character);
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &[(TokenKind, &str)]) {
        let found: Vec<_> = tokens(sql)
            .iter()
            .map(|token| (token.kind, token.text))
            .collect();
        assert_eq!(found, expected, "{sql}");
    }

    #[test]
    fn texts_end_where_their_quotes_do() {
        use TokenKind::{Bytes, QuotedName, Symbol, Text, Word};
        check(
            r#"'a\'b''c' "d""e" `f``g`"#,
            &[
                (Text, r"'a\'b''c'"),
                (Text, r#""d""e""#),
                (QuotedName, "`f``g`"),
            ],
        );
        check(r"`a\` 'ä\ä'", &[(QuotedName, r"`a\`"), (Text, r"'ä\ä'")]);
        check(
            "_utf8mb4'a' _binary 'b' _latin1 0x61 _else 'c'",
            &[
                (Text, "_utf8mb4'a'"),
                (Text, "_binary 'b'"),
                (Bytes, "_latin1 0x61"),
                (Word, "_else"),
                (Text, "'c'"),
            ],
        );
        check(
            "N'a' X'61' b'01' 0x6f 0b10 0xg",
            &[
                (Text, "N'a'"),
                (Bytes, "X'61'"),
                (Bytes, "b'01'"),
                (Bytes, "0x6f"),
                (Bytes, "0b10"),
                (Word, "0xg"),
            ],
        );
        check(
            "a:='",
            &[(Word, "a"), (Symbol, ":"), (Symbol, "="), (Text, "'")],
        );
    }

    #[test]
    fn numbers_and_names_with_digits_differ() {
        use TokenKind::{Number, Symbol, Word};
        check(
            "1 1.5 .5 1e9 1.5E-3 1st 1e 3.",
            &[
                (Number, "1"),
                (Number, "1.5"),
                (Number, ".5"),
                (Number, "1e9"),
                (Number, "1.5E-3"),
                (Word, "1st"),
                (Word, "1e"),
                (Number, "3."),
            ],
        );
        check(
            "a.b$c-1",
            &[
                (Word, "a"),
                (Symbol, "."),
                (Word, "b$c"),
                (Symbol, "-"),
                (Number, "1"),
            ],
        );
    }

    #[test]
    fn comments_go_and_those_that_run_are_open() {
        use TokenKind::{Number, Symbol, Word};
        check(
            "a -- b\n# c\n/* d */ e --f",
            &[
                (Word, "a"),
                (Word, "e"),
                (Symbol, "-"),
                (Symbol, "-"),
                (Word, "f"),
            ],
        );
        check(
            "/*!50003 a /* b */ c*/ d 2*/*e*/3 /*! f*/",
            &[
                (Word, "a"),
                (Word, "c"),
                (Word, "d"),
                (Number, "2"),
                (Symbol, "*"),
                (Number, "3"),
                (Word, "f"),
            ],
        );
    }

    #[test]
    fn a_comment_runs_on_servers_of_its_version() {
        let sql = "/*!40101 a*/ /*!80000 b */ /*M!100203 c */ /*M!999999\\- d */ /*!100100 e*/";
        let squeezed = |server| {
            opened(sql, server)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(squeezed(Server::MySql), "a b");
        assert_eq!(squeezed(Server::MariaDb), "a c e");
    }

    #[test]
    fn escapes_stand_for_their_characters() {
        for (literal, value) in [
            (r"'\0\b\n\r\t\Z\\\'\x'", Some("\0\u{8}\n\r\t\u{1a}\\'x")),
            (r"'50\% \_'", Some(r"50\% \_")),
            (r#""it's""#, Some("it's")),
            (r"'a' 'b'", None),
            (r"'a", None),
            (r"0x61", None),
        ] {
            assert_eq!(text_value(literal).as_deref(), value, "{literal}");
        }
    }
}
