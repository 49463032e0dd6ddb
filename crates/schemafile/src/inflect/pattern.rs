//! Patterns of an application's rules: Ruby's regular expressions, for the engine at hand.
//!
//! The two notations look alike and differ in small ways that would change a table's name without a
//! word: `^` and `$` are ends of lines in Ruby, `m` lets `.` match a line break, `a++` gives nothing
//! back, `a(?i)b|c` puts both branches under the option. So a pattern is read by Ruby's rules and
//! written anew. What the engine can't do (look-around, back-references and rarer things) is an error.
//!
//! Two limits: `\b` takes only ASCII letters for parts of a word, and `\Z` is `\z`, as no name ends in a
//! line break.

use super::error::InflectionError;
use regex_lite::Regex;
use std::str::Chars;

/// What a rule looks for.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(super) kind: Kind,
}

/// The two things that Rails accepts.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A text, looked for anywhere in a word, with its letter case.
    Text(String),
    /// A regular expression.
    Regex {
        /// For the engine.
        regex: Regex,
        /// Letters in which every word ends that it matches, in whatever case. Most rules have such an
        /// ending, and comparing it is some fifty times faster than running the engine.
        ending: String,
    },
}

impl Pattern {
    /// A rule given as a string: its first occurrence in a word is replaced.
    pub(crate) fn text(text: &str) -> Self {
        Self {
            kind: Kind::Text(text.to_owned()),
        }
    }

    /// A rule given as `/source/options`: the source as it stands between the slashes, and the letters
    /// after them, of which `i` and `m` are known and those that don't change what matches (`u`, `o`).
    ///
    /// # Errors
    /// The pattern uses what can't be matched here, or isn't one.
    pub(crate) fn regex(source: &str, options: &str) -> Result<Self, InflectionError> {
        let mut translation = Translation::new(source);
        translation.options(options)?;
        translation.alternatives()?;
        let regex = translation.finish()?;
        Ok(Self {
            kind: Kind::Regex {
                regex,
                ending: certain_ending(source).to_owned(),
            },
        })
    }

    /// The names that a replacement can refer to.
    pub(super) fn group_names(&self) -> Vec<&str> {
        match &self.kind {
            Kind::Text(_) => Vec::new(),
            Kind::Regex { regex, .. } => regex.capture_names().flatten().collect(),
        }
    }
}

/// A pattern being read, and as much of it as is written anew.
struct Translation<'a> {
    source: &'a str,
    rest: Chars<'a>,
    output: String,
    /// Letter case doesn't matter where the reader is.
    ignore_case: bool,
    /// Open groups, the innermost last.
    groups: Vec<Group>,
    has_named: bool,
    has_numbered: bool,
}

/// A group whose `)` is still to come.
struct Group {
    /// How many more groups of ours end with it: each bare `(?i)` in it opened one.
    extra: usize,
    /// What to go back to behind it.
    ignore_case: bool,
}

/// One thing in a class.
enum Item {
    Letter(char),
    /// Like `\d`, already in the engine's notation.
    Kind(String),
}

impl<'a> Translation<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            rest: source.chars(),
            output: String::new(),
            ignore_case: false,
            groups: vec![Group {
                extra: 0,
                ignore_case: false,
            }],
            has_named: false,
            has_numbered: false,
        }
    }

    fn options(&mut self, options: &str) -> Result<(), InflectionError> {
        for option in options.chars() {
            match option {
                'i' => {
                    self.ignore_case = true;
                    self.output.push_str("(?i)");
                }
                'm' => self.output.push_str("(?s)"),
                'u' | 'o' => {}
                _ => {
                    return Err(InflectionError::Option {
                        pattern: self.source.to_owned(),
                        option,
                    });
                }
            }
        }
        Ok(())
    }

    fn alternatives(&mut self) -> Result<(), InflectionError> {
        while let Some(letter) = self.rest.next() {
            match letter {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.open()?,
                ')' => self.close()?,
                '*' | '+' | '?' => {
                    self.output.push(letter);
                    self.after_repetition(&format!("the possessive `{letter}+`"))?;
                }
                '{' => self.braces()?,
                '^' => self.output.push_str("(?m:^)"),
                '$' => self.output.push_str("(?m:$)"),
                '|' | '.' => self.output.push(letter),
                _ => self.letter(letter),
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Regex, InflectionError> {
        if self.has_named && self.has_numbered {
            return Err(self.unsupported("named groups beside unnamed ones"));
        }
        let [outermost] = self.groups.as_slice() else {
            return Err(self.malformed("a group isn't closed"));
        };
        self.output.push_str(&")".repeat(outermost.extra));
        Regex::new(&self.output).map_err(|error| self.malformed(&error.to_string()))
    }

    /// A letter that stands for itself. The engine knows upper and lower case of ASCII alone, so the
    /// two forms of another letter are written out.
    fn letter(&mut self, letter: char) {
        match other_case(letter).filter(|_| self.ignore_case) {
            Some(other) => {
                self.output.push('[');
                self.output.push(letter);
                self.output.push(other);
                self.output.push(']');
            }
            None => push_escaped(&mut self.output, letter),
        }
    }

    fn escape(&mut self) -> Result<(), InflectionError> {
        let Some(letter) = self.rest.next() else {
            return Err(self.malformed("it ends in a backslash"));
        };
        match letter {
            'A' | 'z' | 'b' | 'B' | 'w' | 'W' | 'd' | 'D' | 's' | 'S' => {
                self.output.push('\\');
                self.output.push(letter);
            }
            'Z' => self.output.push_str("\\z"),
            'h' => self.output.push_str("[0-9A-Fa-f]"),
            'H' => self.output.push_str("[^0-9A-Fa-f]"),
            '1'..='9' => {
                return Err(self.unsupported(&format!("the back-reference `\\{letter}`")));
            }
            _ => {
                let letter = self.escaped_letter(letter)?;
                self.letter(letter);
            }
        }
        Ok(())
    }

    /// The letter that a backslash and what follows it stand for, in a class or outside.
    fn escaped_letter(&mut self, letter: char) -> Result<char, InflectionError> {
        Ok(match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\u{C}',
            'v' => '\u{B}',
            'a' => '\u{7}',
            'e' => '\u{1B}',
            'x' => self.code_point(1, 2)?,
            'u' if self.rest.as_str().starts_with('{') => {
                self.rest.next();
                let letter = self.code_point(1, 6)?;
                if self.rest.next() != Some('}') {
                    return Err(self.unsupported("several characters in one `\\u{ }`"));
                }
                letter
            }
            'u' => self.code_point(4, 4)?,
            'A'..='Z' | 'a'..='z' | '0'..='9' => {
                return Err(self.unsupported(&format!("`\\{letter}`")));
            }
            _ => letter,
        })
    }

    /// A character by its number in hexadecimal digits.
    fn code_point(&mut self, fewest: usize, most: usize) -> Result<char, InflectionError> {
        let digits: String = self
            .rest
            .as_str()
            .chars()
            .take(most)
            .take_while(char::is_ascii_hexdigit)
            .collect();
        let letter = u32::from_str_radix(&digits, 16)
            .ok()
            .and_then(char::from_u32);
        match letter {
            // Two digits are a byte to Ruby, and no character of UTF-8 above this one is a single byte.
            Some(letter) if digits.len() >= fewest && (most > 2 || letter.is_ascii()) => {
                self.rest.nth(digits.len() - 1);
                Ok(letter)
            }
            _ => Err(self.malformed("an escape isn't the number of a character")),
        }
    }

    fn open(&mut self) -> Result<(), InflectionError> {
        let Some(inside) = self.rest.as_str().strip_prefix('?') else {
            self.has_numbered = true;
            self.push_group("(");
            return Ok(());
        };
        for (start, construct) in [
            ("=", "look-ahead `(?=`"),
            ("!", "look-ahead `(?!`"),
            ("<=", "look-behind `(?<=`"),
            ("<!", "look-behind `(?<!`"),
            (">", "the atomic group `(?>`"),
            ("~", "the absence operator `(?~`"),
            ("(", "the condition `(?(`"),
            ("#", "the comment `(?#`"),
        ] {
            if inside.starts_with(start) {
                return Err(self.unsupported(construct));
            }
        }
        let named = match inside.chars().next() {
            Some('<') => inside[1..].split_once('>'),
            Some('\'') => inside[1..].split_once('\''),
            _ => None,
        };
        if let Some((name, after)) = named {
            self.has_named = true;
            self.rest = after.chars();
            self.push_group(&format!("(?P<{name}>"));
            return Ok(());
        }
        self.rest = inside.chars();
        self.group_options()
    }

    /// `(?:`, `(?i:` and the bare `(?i)`, behind the question mark. The bare one holds until the group
    /// around it ends, over alternatives too, so it becomes a group that ends there.
    fn group_options(&mut self) -> Result<(), InflectionError> {
        let mut output = String::from("(?");
        let mut ignore_case = self.ignore_case;
        let mut switch_on = true;
        loop {
            match self.rest.next() {
                Some('-') if switch_on => {
                    switch_on = false;
                    output.push('-');
                }
                Some('i') => {
                    ignore_case = switch_on;
                    output.push('i');
                }
                Some('m') => output.push('s'),
                Some(end @ (':' | ')')) => {
                    // The engine wants an option behind a minus, Ruby doesn't.
                    let options = output.trim_end_matches('-');
                    if end == ':' {
                        self.push_group(&format!("{options}:"));
                    } else {
                        self.output.push_str(&[options, ":"].concat());
                        if let Some(group) = self.groups.last_mut() {
                            group.extra += 1;
                        }
                    }
                    self.ignore_case = ignore_case;
                    return Ok(());
                }
                Some(other) => return Err(self.unsupported(&format!("the group `(?{other}`"))),
                None => return Err(self.malformed("a group isn't closed")),
            }
        }
    }

    fn push_group(&mut self, start: &str) {
        self.output.push_str(start);
        self.groups.push(Group {
            extra: 0,
            ignore_case: self.ignore_case,
        });
    }

    fn close(&mut self) -> Result<(), InflectionError> {
        match self.groups.pop() {
            Some(group) if !self.groups.is_empty() => {
                self.output.push_str(&")".repeat(group.extra + 1));
                self.ignore_case = group.ignore_case;
                Ok(())
            }
            _ => Err(self.malformed("a `)` closes nothing")),
        }
    }

    /// `{2}`, `{2,}`, `{,3}`, `{2,3}`; any other brace stands for itself.
    fn braces(&mut self) -> Result<(), InflectionError> {
        let counts = self.rest.as_str().split_once('}').filter(|(counts, _)| {
            let (fewest, most) = counts.split_once(',').unwrap_or((counts, "0"));
            counts.bytes().any(|byte| byte.is_ascii_digit())
                && [fewest, most]
                    .iter()
                    .all(|count| count.bytes().all(|byte| byte.is_ascii_digit()))
        });
        let Some((counts, after)) = counts else {
            self.letter('{');
            return Ok(());
        };
        self.rest = after.chars();
        let zero = if counts.starts_with(',') { "0" } else { "" };
        self.output.push_str(&["{", zero, counts, "}"].concat());
        if after.starts_with('?') && !counts.contains(',') {
            return Err(self.unsupported(&format!("the optional repetition `{{{counts}}}?`")));
        }
        if after.starts_with('?') {
            self.rest.next();
            self.output.push('?');
        }
        Ok(())
    }

    /// What may follow `*`, `+` and `?`.
    fn after_repetition(&mut self, possessive: &str) -> Result<(), InflectionError> {
        match self.rest.as_str().chars().next() {
            Some('?') => {
                self.rest.next();
                self.output.push('?');
                Ok(())
            }
            Some('+') => Err(self.unsupported(possessive)),
            _ => Ok(()),
        }
    }

    fn class(&mut self) -> Result<(), InflectionError> {
        self.output.push('[');
        if let Some(after) = self.rest.as_str().strip_prefix('^') {
            self.rest = after.chars();
            self.output.push('^');
        }
        if self.rest.as_str().starts_with(']') {
            return Err(self.malformed("a class is empty"));
        }
        while let Some(item) = self.class_item()? {
            let first = match item {
                Item::Kind(kind) => {
                    self.output.push_str(&kind);
                    let rest = self.rest.as_str();
                    if rest.starts_with('-') && !rest.starts_with("-]") {
                        return Err(self.malformed("a range in a class has no beginning"));
                    }
                    continue;
                }
                Item::Letter(letter) => letter,
            };
            let after_dash = self.rest.as_str().strip_prefix('-');
            let Some(after_dash) = after_dash.filter(|after| !after.starts_with(']')) else {
                push_escaped(&mut self.output, first);
                if let Some(other) = other_case(first).filter(|_| self.ignore_case) {
                    self.output.push(other);
                }
                continue;
            };
            self.rest = after_dash.chars();
            let Some(Item::Letter(last)) = self.class_item()? else {
                return Err(self.malformed("a range in a class has no end"));
            };
            if self.ignore_case && (other_case(first).is_some() || other_case(last).is_some()) {
                return Err(self.unsupported("a range of letters beyond ASCII with the option `i`"));
            }
            push_escaped(&mut self.output, first);
            self.output.push('-');
            push_escaped(&mut self.output, last);
        }
        self.output.push(']');
        Ok(())
    }

    /// The next thing in a class, none at its end.
    fn class_item(&mut self) -> Result<Option<Item>, InflectionError> {
        let rest = self.rest.as_str();
        let Some(letter) = self.rest.next() else {
            return Err(self.malformed("a class isn't closed"));
        };
        match letter {
            ']' => Ok(None),
            '[' if rest.starts_with("[:") => {
                Err(self.unsupported("a named class such as `[:alpha:]`"))
            }
            '[' => Err(self.unsupported("a class within a class")),
            '&' if rest.starts_with("&&") => Err(self.unsupported("`&&` in a class")),
            '\\' => match self.rest.next() {
                Some(kind @ ('w' | 'W' | 'd' | 'D' | 's' | 'S')) => {
                    Ok(Some(Item::Kind(format!("\\{kind}"))))
                }
                Some('h') => Ok(Some(Item::Kind("0-9A-Fa-f".to_owned()))),
                Some('b') => Ok(Some(Item::Letter('\u{8}'))),
                Some(letter) => self.escaped_letter(letter).map(Item::Letter).map(Some),
                None => Err(self.malformed("a class isn't closed")),
            },
            _ => Ok(Some(Item::Letter(letter))),
        }
    }

    fn unsupported(&self, construct: &str) -> InflectionError {
        InflectionError::Unsupported {
            pattern: self.source.to_owned(),
            construct: construct.to_owned(),
        }
    }

    fn malformed(&self, reason: &str) -> InflectionError {
        InflectionError::Malformed {
            pattern: self.source.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

/// The letters that stand last in a plain pattern such as `^(ox)en$`; nothing when that can't be told at
/// a glance.
fn certain_ending(source: &str) -> &str {
    let body = ["$", "\\z", "\\Z"]
        .into_iter()
        .find_map(|anchor| source.strip_suffix(anchor));
    let Some(body) = body.filter(|body| !body.contains(['|', '\\']) && !body.contains("(?")) else {
        return "";
    };
    let body = body.strip_suffix(')').unwrap_or(body);
    let before =
        body.trim_end_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    &body[before.len()..]
}

/// The upper-case form of a lower-case letter beyond ASCII, or the reverse, where there is one letter.
fn other_case(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return None;
    }
    let mut other = letter
        .to_lowercase()
        .chain(letter.to_uppercase())
        .filter(|&form| form != letter);
    match (other.next(), other.next()) {
        (Some(form), None) => Some(form),
        _ => None,
    }
}

fn push_escaped(output: &mut String, letter: char) {
    if letter.is_ascii_punctuation() && letter != '_' {
        output.push('\\');
    }
    output.push(letter);
}
