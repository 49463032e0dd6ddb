//! What follows the parenthesis of a table.

use crate::cursor::Cursor;
use mysql_model::Table;
use mysql_text::TokenKind;

/// Options of a table, as far as they were read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) charset: Option<String>,
    pub(crate) collation: Option<String>,
    pub(crate) comment: Option<String>,
    /// All else, with its name in upper case.
    others: Vec<(String, String)>,
    partitions: Option<String>,
    /// `SELECT …`, which gives columns and rows.
    pub(crate) query: Option<String>,
}

/// Options that stand by themselves.
const WITHOUT_VALUE: &[&[&str]] = &[&["with", "system", "versioning"]];

/// Reads all options to the end; none when one isn't known.
pub(crate) fn read(cursor: &mut Cursor<'_>) -> Option<Options> {
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
pub(crate) fn one(cursor: &mut Cursor<'_>, options: &mut Options) -> Option<bool> {
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
    pub(crate) fn has_counter(&self) -> bool {
        self.others.iter().any(|(name, _)| name == "AUTO_INCREMENT")
    }

    /// Gives a table its options, each in place of one that it has.
    pub(crate) fn apply(self, table: &mut Table) -> Option<()> {
        let kept = table.options.take();
        let mut before = match &kept {
            Some(text) => read(&mut Cursor::new(text))?,
            None => Self::default(),
        };
        for (name, value) in self.others {
            before.others.retain(|(other, _)| *other != name);
            before.others.push((name, value));
        }
        // What every table is that says nothing.
        before.others.retain(|(name, value)| {
            !matches!(name.as_str(), "ENGINE" | "TYPE") || !value.eq_ignore_ascii_case("innodb")
        });
        let partitions = self.partitions.or(before.partitions);
        let mut text: Vec<String> = before
            .others
            .iter()
            .map(|(name, value)| {
                if value.is_empty() {
                    name.clone()
                } else {
                    format!("{name}={value}")
                }
            })
            .collect();
        text.extend(partitions);
        table.options = (!text.is_empty()).then(|| text.join(" "));
        if self.charset.is_some() {
            table.own.charset = self.charset;
            table.own.collation = None;
        }
        if self.collation.is_some() {
            table.own.collation = self.collation;
        }
        if let Some(comment) = self.comment {
            table.comment = Some(comment).filter(|text| !text.is_empty());
        }
        if self.query.is_some() {
            table.as_query = self.query;
        }
        Some(())
    }
}

/// Takes the partitions out of the options of a table.
pub(crate) fn remove_partitions(table: &mut Table) -> Option<()> {
    if let Some(text) = table.options.take() {
        let mut options = read(&mut Cursor::new(&text))?;
        options.partitions = None;
        options.apply(table)?;
    }
    Some(())
}
