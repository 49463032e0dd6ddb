//! What follows the parenthesis of a table.

use crate::{Cursor, TokenKind};

/// Options of a table, as far as they were read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `CHARSET`
    pub charset: Option<String>,
    /// `COLLATE`
    pub collation: Option<String>,
    /// `COMMENT`
    pub comment: Option<String>,
    /// All else, with its name in upper case.
    pub others: Vec<(String, String)>,
    /// `PARTITION BY …`
    pub partitions: Option<String>,
    /// `SELECT …`, which gives columns and rows.
    pub query: Option<String>,
}

/// Options that stand by themselves.
const WITHOUT_VALUE: &[&[&str]] = &[&["with", "system", "versioning"]];

/// Reads all options to the end; none when one isn't known.
pub fn read(cursor: &mut Cursor<'_>) -> Option<Options> {
    let mut options = Options::default();
    while !cursor.is_at_end() {
        if !one(cursor, &mut options)? {
            return None;
        }
        cursor.take(&[","]);
    }
    Some(options)
}

/// Reads one option; false when none begins here.
pub fn one(cursor: &mut Cursor<'_>, options: &mut Options) -> Option<bool> {
    let before = cursor.clone();
    cursor.take(&["default"]);
    if cursor.take(&["character", "set"]) || cursor.take(&["charset"]) {
        cursor.take(&["="]);
        options.charset = Some(cursor.charset()?);
        return Some(true);
    }
    if cursor.take(&["collate"]) {
        cursor.take(&["="]);
        options.collation = Some(cursor.charset()?);
        return Some(true);
    }
    *cursor = before;
    if cursor.sees(&["partition", "by"]) {
        options.partitions = Some(
            cursor
                .text_until(|at| at.sees_any(&["select", "as", "with", "ignore", "replace"]))
                .to_owned(),
        );
        return Some(true);
    }
    if cursor.sees_any(&["select", "as", "ignore", "replace"])
        || cursor.sees(&["with", "recursive"])
    {
        if cursor.sees_any(&["ignore", "replace"]) {
            return None;
        }
        cursor.take(&["as"]);
        let text = crate::expression::without_parentheses(cursor.rest());
        options.query = Some(text.to_owned());
        while cursor.skip().is_some() {}
        return Some(true);
    }
    if let Some(words) = WITHOUT_VALUE.iter().find(|words| cursor.sees(words)) {
        cursor.take(words);
        options
            .others
            .push((words.join(" ").to_ascii_uppercase(), String::new()));
        return Some(true);
    }
    if cursor.take(&["comment"]) {
        cursor.take(&["="]);
        options.comment = Some(cursor.string()?);
        return Some(true);
    }
    let Some(word) = cursor.skip().filter(|token| token.kind == TokenKind::Word) else {
        return Some(false);
    };
    let mut name = word.text.to_ascii_uppercase();
    if matches!(name.as_str(), "DATA" | "INDEX") && cursor.take(&["directory"]) {
        name.push_str(" DIRECTORY");
    }
    cursor.take(&["="]);
    let value = if cursor.sees(&["("]) {
        format!("({})", cursor.parenthesised()?)
    } else {
        let token = cursor.skip()?;
        if token.kind == TokenKind::Symbol {
            return None;
        }
        match token.kind {
            TokenKind::QuotedName => token.name()?,
            _ => token.text.to_owned(),
        }
    };
    options.others.push((name, value));
    Some(true)
}

impl Options {
    /// Whether a counter was set.
    pub fn has_counter(&self) -> bool {
        self.others.iter().any(|(name, _)| name == "AUTO_INCREMENT")
    }

    /// Whether a table of these is InnoDB's, which is what every table is that says nothing.
    pub fn is_innodb(&self) -> bool {
        self.others
            .iter()
            .filter(|(name, _)| matches!(name.as_str(), "ENGINE" | "TYPE"))
            .all(|(_, value)| value.eq_ignore_ascii_case("innodb"))
    }

    /// What isn't told apart by a field of its own, as one text; none when there is nothing.
    pub fn text(&self) -> Option<String> {
        let others = self.others.iter().map(|(name, value)| {
            if value.is_empty() {
                name.clone()
            } else {
                format!("{name}={value}")
            }
        });
        let text: Vec<String> = others.chain(self.partitions.clone()).collect();
        (!text.is_empty()).then(|| text.join(" "))
    }
}
