//! Ruby's `Date._parse`: what it finds in a text that may be a date, a time, both, or neither.
//!
//! ActiveRecord hands every default that isn't plain ISO 8601 to it. It takes nearly anything, and its choices are visible
//! in the database: `1/2/2004` is the first of February, `5th of January 2004` has no day. So its grammar is followed rule
//! by rule, in its order (`date_parse.c` of Ruby's `date`): each rule that fits takes its part out of the text and leaves a
//! space. What it says of week days and weeks is left out, because a default has no use for them.

use super::zone;
use regex_lite::{Captures, Regex};
use std::sync::LazyLock;

/// What was found. Numbers are as they stand: nothing is checked against a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Found {
    pub(super) year: Option<i64>,
    pub(super) month: Option<i64>,
    pub(super) day: Option<i64>,
    pub(super) hour: Option<i64>,
    pub(super) minute: Option<i64>,
    pub(super) second: Option<i64>,
    /// Microseconds of a second's fraction; what is finer is cut off.
    pub(super) microsecond: i64,
    /// Seconds east of Greenwich.
    pub(super) offset: Option<i64>,
}

/// What a year of two digits means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Century {
    /// The year itself.
    First,
    /// 1969 to 2068.
    Ours,
}

/// Ruby reads no longer text.
pub(super) const MOST_BYTES: usize = 128;

/// Finds what there is; None for a text longer than Ruby reads.
pub(super) fn parse(text: &str, century: Century) -> Option<Found> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let mut parser = Parser {
        text: without_noise(text),
        found: Found::default(),
        before_christ: false,
        century,
    };
    // A name of a week day could be taken for something else.
    parser.take(&WEEK_DAY, |_, _| {});
    parser.take(&TIME, Parser::time);
    parser.date();
    if parser.take(&ERA, |_, _| {}) {
        parser.before_christ = true;
    }
    parser.take(&REST, Parser::rest);
    Some(parser.finish())
}

/// Whether a text is what ActiveRecord reads without Ruby's help.
pub(super) fn is_iso_time(text: &str) -> bool {
    ISO_TIME.is_match(text)
}

/// The text with a space for whatever can be no part of a date.
fn without_noise(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut in_noise = false;
    for character in text.chars() {
        let is_noise = !character.is_alphanumeric() && !"-+',./:@[]".contains(character);
        if !is_noise {
            kept.push(character);
        } else if !in_noise {
            kept.push(' ');
        }
        in_noise = is_noise;
    }
    kept
}

/// A rule of the grammar. A pattern that isn't one is a defect that every test finds.
fn rule(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| unreachable!("{pattern}: {error}"))
}

macro_rules! rules {
    ($($(#[$comment:meta])* $name:ident = $($part:expr),+;)+) => {
        $($(#[$comment])* static $name: LazyLock<Regex> = LazyLock::new(|| rule(&[$($part),+].concat()));)+
    };
}

const MONTHS: &str = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
const ERAS: &str = r"c(?:e|\.e\.)|b(?:ce|\.c\.e\.)|a(?:d|\.d\.)|b(?:c|\.c\.)";
const HALF: &str = r"[ap](?:m\b|\.m\.)";

rules! {
    /// What ActiveRecord reads by itself.
    ISO_TIME = r"\A\d{4}-\d\d-\d\d(?:T|\s)\d\d:\d\d:\d\d(?:\.\d+)?(?:(?:Z|[+-]\d\d)(?::?\d\d)?)?\z";
    WEEK_DAY = r"(?i)\b(?:sun|mon|tue|wed|thu|fri|sat)[^-/\d\s]*";
    /// `10:00:05.5 pm JST`, `10h30m`, `10am +9`
    TIME = r"(?i)(?P<time>(?:\d+\s*:\s*\d+(?:\s*:\s*\d+(?:[,.]\d*)?)?|\d+\s*h(?:\s*\d+m?(?:\s*\d+s?)?)?)(?:\s*", HALF,
        r")?|\d+\s*", HALF, r")(?:\s*(?P<zone>(?:gmt|utc?)?[-+]\d+(?:[,.:]\d+(?::\d+)?)?",
        r"|(?-i:[[:alpha:].\s]+)(?:standard|daylight)\stime\b|(?-i:[[:alpha:]]+)(?:\sdst)?\b))?";
    /// The parts of what `TIME` found.
    CLOCK = r"(?i)\A(?P<h>\d+)h?(?:\s*:?\s*(?P<min>\d+)m?(?:\s*:?\s*(?P<s>\d+)(?:[,.](?P<f>\d*))?s?)?)?(?:\s*(?P<half>[ap])(?:m\b|\.m\.))?";
    /// `31st January, '04`
    DAY_FIRST = r"(?i)(?P<d>'?\d+)[^-\d\s]*\s*(?P<m>", MONTHS, r")[^-\d\s']*(?:\s*(?P<era>", ERAS,
        r")?\s*(?P<y>'?-?\d+(?:(?:st|nd|rd|th)\b)?))?";
    /// `January 31st, 2004`
    MONTH_FIRST = r"(?i)\b(?P<m>", MONTHS, r")[^-\d\s']*\s*(?P<d>'?\d+)[^-\d\s']*(?:\s*,?\s*(?P<era>", ERAS,
        r")?\s*(?P<y>'?-?\d+))?";
    ISO = r"(?P<y>'?[-+]?\d+)-(?P<m>\d+)-(?P<d>'?-?\d+)";
    /// `H16.01.31`: years of an emperor.
    JAPANESE = r"(?i)\b(?P<era>[mtshr])(?P<y>\d+)\.(?P<m>\d+)\.(?P<d>\d+)";
    DASHED_DAY_FIRST = r"(?i)(?P<d>'?-?\d+)-(?P<m>", MONTHS, r")[^-/.]*-(?P<y>'?-?\d+)";
    DASHED_MONTH_FIRST = r"(?i)\b(?P<m>", MONTHS, r")[^-/.]*-(?P<d>'?-?\d+)(?:-(?P<y>'?-?\d+))?";
    SLASHED = r"(?P<y>'?-?\d+)/\s*(?P<m>'?\d+)(?:\D\s*(?P<d>'?-?\d+))?";
    DOTTED = r"(?P<y>'?-?\d+)\.\s*(?P<m>'?\d+)\.\s*(?P<d>'?-?\d+)";
    /// ISO's weeks, which say no date here but take their part of the text.
    WEEK = r"(?i)\b(?:\d{2}|\d{4})?-?w\d{2}(?:-?\d)?\b";
    DAY_OF_WEEK = r"(?i)-w-\d\b";
    MONTH_AND_DAY = r"--(?P<m>\d{2})?-(?P<d>\d{2})\b";
    MONTH_WITH_DAY = r"--(?P<m>\d{2})(?P<d>\d{2})?\b";
    DAY_OF_YEAR = r"\b(?P<y>\d{2}|\d{4})-\d{3}\b";
    NO_DAY_OF_YEAR = r"[,.](?:\d{2}|\d{4})-\d{3}\b";
    DAY_OF_SOME_YEAR = r"\b-\d{3}\b";
    NO_DAY_OF_SOME_YEAR = r"\d-\d{3}\b";
    YEAR = r"'(?P<y>\d+)\b";
    MONTH = r"(?i)\b(?P<m>", MONTHS, r")\S*";
    DAY = r"(?i)(?P<d>\d+)(?:st|nd|rd|th)\b";
    /// Digits without anything between them: `20040131T100005.5+9`
    DIGITS = r"(?i)(?P<sign>[-+]?)(?P<first>\d{2,14})(?:\s*t?\s*(?P<then>\d{2,6})?(?:[,.](?P<f>\d*))?)?",
        r"(?:\s*(?P<zone>z\b|[-+]\d{1,4}\b|\[[-+]?\d[^\]]*\]))?";
    ERA = r"(?i)\b(?:bc\b|bce\b|b\.c\.|b\.c\.e\.)";
    /// A number that is left alone: the hour of a day, or the day of an hour.
    REST = r"\A\s*(?P<n>\d{1,2})\s*\z";
}

struct Parser {
    /// What no rule has taken yet.
    text: String,
    found: Found,
    before_christ: bool,
    century: Century,
}

impl Parser {
    /// Applies a rule once: what fits is taken out.
    fn take(&mut self, rule: &Regex, meaning: impl Fn(&mut Self, &Captures<'_>)) -> bool {
        let text = std::mem::take(&mut self.text);
        let Some(captures) = rule.captures(&text) else {
            self.text = text;
            return false;
        };
        let range = captures.get(0).map_or(0..0, |whole| whole.range());
        self.text = format!("{} {}", &text[..range.start], &text[range.end..]);
        meaning(self, &captures);
        true
    }

    /// The first rule that fits says the date.
    fn date(&mut self) -> bool {
        self.take(&DAY_FIRST, Self::with_month_name)
            || self.take(&MONTH_FIRST, Self::with_month_name)
            || self.take(&ISO, Self::with_numbers)
            || self.take(&JAPANESE, Self::japanese)
            || self.take(&DASHED_DAY_FIRST, Self::with_month_name)
            || self.take(&DASHED_MONTH_FIRST, Self::with_month_name)
            || self.take(&SLASHED, Self::with_numbers)
            || self.take(&DOTTED, Self::with_numbers)
            || self.shortened_iso()
            || self.take(&YEAR, |parser, captures| {
                parser.found.year = number(captures, "y");
            })
            || self.take(&MONTH, |parser, captures| {
                parser.found.month = captures.name("m").map(|name| month_of(name.as_str()));
            })
            || self.take(&DAY, |parser, captures| {
                parser.found.day = number(captures, "d");
            })
            || self.take(&DIGITS, Self::digits)
    }

    fn time(&mut self, captures: &Captures<'_>) {
        self.found.offset = captures
            .name("zone")
            .and_then(|zone| zone::offset(zone.as_str()));
        let Some(clock) = captures
            .name("time")
            .and_then(|time| CLOCK.captures(time.as_str()))
        else {
            return;
        };
        let hour = number(&clock, "h");
        self.found.hour = match clock.name("half") {
            Some(half) if half.as_str().eq_ignore_ascii_case("p") => {
                hour.map(|hour| hour % 12 + 12)
            }
            Some(_) => hour.map(|hour| hour % 12),
            None => hour,
        };
        self.found.minute = number(&clock, "min");
        self.found.second = number(&clock, "s");
        self.found.microsecond = fraction(&clock);
    }

    fn with_month_name(&mut self, captures: &Captures<'_>) {
        let text = |name| captures.name(name).map(|found| found.as_str().to_owned());
        if text("era").is_some_and(|era| era.starts_with(['b', 'B'])) {
            self.before_christ = true;
        }
        let month = text("m").map(|name| month_of(&name).to_string());
        self.year_month_day(text("y"), month, text("d"));
    }

    fn with_numbers(&mut self, captures: &Captures<'_>) {
        let text = |name| captures.name(name).map(|found| found.as_str().to_owned());
        self.year_month_day(text("y"), text("m"), text("d"));
    }

    /// Three numbers in the order of their rule, of which any may be the year: one with an apostrophe or more than two
    /// digits is it.
    fn year_month_day(
        &mut self,
        mut year: Option<String>,
        mut month: Option<String>,
        mut day: Option<String>,
    ) {
        let is_year = |text: &String| text.starts_with('\'') || text.len() > 2;
        if year.is_some() && month.is_some() && day.is_none() {
            (year, month, day) = (None, year, month);
        }
        if year.is_none() && day.as_ref().is_some_and(is_year) {
            year = day.take();
        }
        // `31st` in the place of the year is a day.
        if let Some(text) = &year {
            let (signed, rest) = leading_number(text);
            if !rest.is_empty() {
                let number = Some(signed.to_owned());
                year = day;
                day = number;
            }
        }
        if month.as_ref().is_some_and(is_year) {
            (year, month, day) = (month, day, year);
        }
        if day.as_ref().is_some_and(is_year) {
            (year, day) = (day, year);
        }
        if let Some(text) = &year {
            let (signed, _) = leading_number(text);
            let digits = signed.trim_start_matches(['-', '+']);
            if digits.len() > 2 || digits.len() < signed.len() {
                self.century = Century::First;
            }
            self.found.year = Some(to_number(signed));
        }
        let digits = |text: String| {
            let (signed, _) = leading_number(&text);
            to_number(signed.trim_start_matches(['-', '+']))
        };
        if let Some(text) = month {
            self.found.month = Some(digits(text));
        }
        if let Some(text) = day {
            self.found.day = Some(digits(text));
        }
    }

    fn japanese(&mut self, captures: &Captures<'_>) {
        let first = captures.name("era").map_or("", |era| era.as_str());
        let before = match first.to_ascii_lowercase().as_str() {
            "m" => 1867,
            "t" => 1911,
            "s" => 1925,
            "h" => 1988,
            _ => 2018,
        };
        self.found.year = number(captures, "y").map(|year| year.saturating_add(before));
        self.found.month = number(captures, "m");
        self.found.day = number(captures, "d");
    }

    /// What ISO 8601 lets one leave out. Of weeks and days of a year no default is made, but their year is one.
    fn shortened_iso(&mut self) -> bool {
        let year = |parser: &mut Self, captures: &Captures<'_>| {
            parser.found.year = number(captures, "y");
        };
        let month_and_day = |parser: &mut Self, captures: &Captures<'_>| {
            parser.found.month = number(captures, "m").or(parser.found.month);
            parser.found.day = number(captures, "d").or(parser.found.day);
        };
        self.take(&WEEK, |_, _| {})
            || self.take(&DAY_OF_WEEK, |_, _| {})
            || self.take(&MONTH_AND_DAY, month_and_day)
            || self.take(&MONTH_WITH_DAY, month_and_day)
            || !NO_DAY_OF_YEAR.is_match(&self.text) && self.take(&DAY_OF_YEAR, year)
            || !NO_DAY_OF_SOME_YEAR.is_match(&self.text) && self.take(&DAY_OF_SOME_YEAR, |_, _| {})
    }

    /// Digits alone are counted from the front, or from the end where a fraction of a second follows them.
    fn digits(&mut self, captures: &Captures<'_>) {
        let text = |name| captures.name(name).map(|found| found.as_str());
        let first = text("first").unwrap_or_default();
        let has_fraction = text("f").is_some();
        let length = first.len();
        let part = |from: usize, to: usize| first.get(from..to).map(to_number);
        let from_end = |from: usize, to: usize| {
            let at = |back: usize| length.checked_sub(back);
            first.get(at(from)?..at(to)?).map(to_number)
        };
        let found = &mut self.found;
        if text("then").is_none() && has_fraction {
            // An odd number of digits has one digit less in what stands first, and only up to seven mean anything.
            if length <= 8 || length.is_multiple_of(2) {
                let least = |from: usize, to: usize| from_end(from, to).or(from_end(from - 1, to));
                found.second = from_end(2, 0);
                found.minute = least(4, 2).or(found.minute);
                found.hour = least(6, 4).or(found.hour);
                found.day = least(8, 6).or(found.day);
                found.month = from_end(10, 8);
                found.year = match length {
                    12 => from_end(12, 10),
                    14 => from_end(14, 10),
                    _ => None,
                };
            }
            if length == 14 {
                self.century = Century::First;
            }
        } else {
            match length {
                2 => found.day = part(0, 2),
                4 => (found.month, found.day) = (part(0, 2), part(2, 4)),
                5 => found.year = part(0, 2),
                6 => (found.year, found.month, found.day) = (part(0, 2), part(2, 4), part(4, 6)),
                7 => found.year = part(0, 4),
                8 | 10 | 12 | 14 => {
                    (found.year, found.month, found.day) = (part(0, 4), part(4, 6), part(6, 8));
                    found.hour = part(8, 10).or(found.hour);
                    found.minute = part(10, 12).or(found.minute);
                    found.second = part(12, 14).or(found.second);
                    self.century = Century::First;
                }
                _ => {}
            }
        }
        if text("sign") == Some("-") {
            found.year = found.year.map(|year| -year);
        }
        if let Some(then) = text("then") {
            let part = |from: usize, to: usize| then.get(from..to).map(to_number);
            match (then.len(), has_fraction) {
                (2, true) => found.second = part(0, 2),
                (4, true) => (found.minute, found.second) = (part(0, 2), part(2, 4)),
                (2 | 4 | 6, _) => {
                    found.hour = part(0, 2);
                    found.minute = part(2, 4).or(found.minute);
                    found.second = part(4, 6).or(found.second);
                }
                _ => {}
            }
        }
        if has_fraction {
            found.microsecond = fraction(captures);
        }
        if let Some(zone) = text("zone") {
            found.offset = match zone
                .strip_prefix('[')
                .and_then(|zone| zone.strip_suffix(']'))
            {
                // `[+9:JST]`: the name behind the colon is for people.
                Some(inner) => {
                    let number = inner.split(':').next().unwrap_or(inner);
                    let signed = number.starts_with(|first: char| first.is_ascii_digit());
                    zone::offset(&format!("{}{number}", if signed { "+" } else { "" }))
                }
                None => zone::offset(zone),
            };
        }
    }

    fn rest(&mut self, captures: &Captures<'_>) {
        let Some(number) = number(captures, "n") else {
            return;
        };
        let found = &mut self.found;
        if found.hour.is_some() && found.day.is_none() && (1..=31).contains(&number) {
            found.day = Some(number);
        }
        if found.day.is_some() && found.hour.is_none() && (0..=24).contains(&number) {
            found.hour = Some(number);
        }
    }

    fn finish(self) -> Found {
        let mut found = self.found;
        if let Some(year) = &mut found.year {
            if self.before_christ {
                *year = 1 - *year;
            }
            if self.century == Century::Ours {
                *year += match *year {
                    0..=68 => 2000,
                    69..=99 => 1900,
                    _ => 0,
                };
            }
        }
        found
    }
}

/// The sign and the digits that a text has first, and what stands behind them.
fn leading_number(text: &str) -> (&str, &str) {
    let start = text
        .find(|character: char| matches!(character, '-' | '+') || character.is_ascii_digit())
        .unwrap_or(text.len());
    let number = &text[start..];
    let digits = number.trim_start_matches(['-', '+']);
    let sign = number.len() - digits.len();
    let length = digits
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(digits.len());
    number.split_at(sign + length)
}

/// A number, or the greatest there is: no calendar reaches as far.
fn to_number(digits: &str) -> i64 {
    match digits.parse() {
        Ok(number) => number,
        Err(_) if digits.starts_with('-') => i64::MIN / 2,
        Err(_) => i64::MAX / 2,
    }
}

fn number(captures: &Captures<'_>, name: &str) -> Option<i64> {
    captures.name(name).map(|found| to_number(found.as_str()))
}

/// The group `f` in microseconds.
fn fraction(captures: &Captures<'_>) -> i64 {
    let digits = captures.name("f").map_or("", |found| found.as_str());
    let padded = format!("{digits:0<6}");
    padded[..6].parse().unwrap_or(0)
}

/// The number of a month by the beginning of its English name.
fn month_of(name: &str) -> i64 {
    let name = name.to_ascii_lowercase();
    let position = MONTHS
        .split('|')
        .position(|month| name.starts_with(month))
        .unwrap_or(0);
    i64::try_from(position + 1).unwrap_or(1)
}
