//! One column, as `CREATE TABLE` and `ALTER TABLE` define it.

use crate::key::{self, Check, References};
use mysql_model::{AutoIncrement, Column, ColumnValue, DataType, IntegerSize};
use mysql_text::Cursor;
use mysql_text::expression::without_parentheses;
use mysql_text::{TokenKind, data_type, literal, text_value, tokens};

/// A column with what its definition says of its table.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) column: Column,
    pub(crate) is_primary: bool,
    pub(crate) is_unique: bool,
    pub(crate) checks: Vec<Check>,
    pub(crate) references: Option<References>,
}

/// The collation of a column that is `BINARY`, until it is known of which character set.
pub(crate) const BINARY_OF_SET: &str = "*_bin";

/// What a default or an expression ends before.
const ATTRIBUTES: &[&str] = &[
    "not",
    "null",
    "auto_increment",
    "unique",
    "primary",
    "key",
    "comment",
    "collate",
    "column_format",
    "storage",
    "on",
    "references",
    "check",
    "constraint",
    "invisible",
    "visible",
    "generated",
    "as",
    "character",
    "charset",
    "virtual",
    "stored",
    "persistent",
    "srid",
    "first",
    "after",
    "default",
    "engine_attribute",
    "secondary_engine_attribute",
    "compressed",
];

/// Reads a definition that begins with the column's name, and gives what follows it. None when it has something that
/// the model has no word for.
pub(crate) fn read(mut cursor: Cursor<'_>) -> Option<(Definition, Cursor<'_>)> {
    let name = cursor.identifier()?;
    let national = national(&cursor);
    let (kind, rest) = if let Some(text) = &national {
        let (kind, rest) = data_type::read(text);
        let end = cursor.rest();
        (kind, end.get(end.len().checked_sub(rest.len())?..)?)
    } else {
        data_type::read(cursor.rest())
    };
    let mut rest = Cursor::new(rest);
    let mut found = Definition {
        column: Column::new(name, kind),
        is_primary: false,
        is_unique: false,
        checks: Vec::new(),
        references: None,
    };
    if national.is_some() {
        found.column.own.charset = Some("utf8mb3".to_owned());
    }
    if matches!(&found.column.data_type, DataType::Other(text) if text.eq_ignore_ascii_case("serial"))
    {
        found.column.data_type = DataType::Integer {
            size: IntegerSize::Big,
            unsigned: true,
            width: None,
            zerofill: false,
        };
        found.column.not_null = true;
        found.column.value = ColumnValue::Numbered(AutoIncrement);
        found.is_unique = true;
    }
    while attribute(&mut found, &mut rest)? {}
    settle_value(&mut found.column);
    Some((found, rest))
}

/// `NATIONAL VARCHAR(10)` and the like without the word that says so.
fn national(cursor: &Cursor<'_>) -> Option<String> {
    let mut after = cursor.clone();
    let prefix = if after.take(&["national"]) {
        ""
    } else if after.take(&["nvarchar"])
        || after.take(&["nchar", "varchar"])
        || after.take(&["nchar", "varying"])
    {
        "varchar"
    } else if after.take(&["nchar"]) {
        "char"
    } else {
        return None;
    };
    Some(format!("{prefix}{}", after.rest()))
}

/// Reads one attribute. False at the end, and where the definition ends; none for one that isn't known.
fn attribute(found: &mut Definition, cursor: &mut Cursor<'_>) -> Option<bool> {
    let column = &mut found.column;
    if cursor.is_at_end() || cursor.sees_any(&[",", ")", "first", "after"]) {
        return Some(false);
    }
    if cursor.take(&["not", "null"]) {
        column.not_null = true;
    } else if cursor.take(&["null"]) {
        column.not_null = false;
    } else if cursor.take(&["default"]) {
        let text = value(cursor)?;
        column.value = ColumnValue::Default(text);
    } else if cursor.take(&["on", "update"]) {
        column.own.on_update = Some(value(cursor)?);
    } else if cursor.take(&["auto_increment"]) {
        column.value = ColumnValue::Numbered(AutoIncrement);
    } else if cursor.take(&["unique"]) {
        cursor.take(&["key"]);
        found.is_unique = true;
    } else if cursor.take(&["primary", "key"]) || cursor.take(&["key"]) {
        found.is_primary = true;
    } else if cursor.take(&["comment"]) {
        column.comment = Some(cursor.string()?).filter(|text| !text.is_empty());
    } else if cursor.take(&["collate"]) {
        cursor.take(&["="]);
        column.collation = Some(cursor.charset()?);
    } else if cursor.take(&["character", "set"]) || cursor.take(&["charset"]) {
        cursor.take(&["="]);
        column.own.charset = Some(cursor.charset()?);
    } else if is_text(&column.data_type) && cursor.take(&["binary"]) {
        column.collation = Some(BINARY_OF_SET.to_owned());
    } else if cursor.take(&["ascii"]) {
        column.own.charset = Some("latin1".to_owned());
    } else if cursor.take(&["unicode"]) {
        column.own.charset = Some("ucs2".to_owned());
    } else if cursor.sees(&["generated", "always", "as", "("]) || cursor.sees(&["as", "("]) {
        cursor.take(&["generated", "always"]);
        cursor.take(&["as"]);
        let expression = without_parentheses(cursor.parenthesised()?).to_owned();
        let stored = cursor.take_any(&["stored", "persistent"]);
        cursor.take(&["virtual"]);
        column.value = ColumnValue::Generated { expression, stored };
    } else if cursor.sees_any(&["constraint", "check"]) {
        let name = if cursor.take(&["constraint"]) && !cursor.sees(&["check"]) {
            Some(cursor.identifier()?)
        } else {
            None
        };
        found.checks.push(key::check(name, cursor)?);
    } else if cursor.sees(&["references"]) {
        found.references = Some(key::references(cursor)?);
    } else if cursor.take(&["invisible"]) {
        column.own.invisible = true;
    } else if cursor.take(&["visible"]) {
        column.own.invisible = false;
    } else if cursor.take(&["srid"]) {
        let DataType::Geometry { srid, .. } = &mut column.data_type else {
            return None;
        };
        *srid = Some(cursor.number()?);
    } else {
        return None;
    }
    Some(true)
}

/// A default: a literal, a call, or an expression in parentheses.
pub(crate) fn value(cursor: &mut Cursor<'_>) -> Option<String> {
    let text = cursor.text_until(|at| at.sees_any(ATTRIBUTES) || at.sees(&[","]));
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let inner = without_parentheses(text);
    Some(if inner.len() < text.len() {
        format!("({inner})")
    } else {
        text.to_owned()
    })
}

/// Gives a value the spelling that the DSL gives it.
pub(crate) fn settle_value(column: &mut Column) {
    let ColumnValue::Default(text) = &mut column.value else {
        return;
    };
    if text.eq_ignore_ascii_case("null") && column.own.on_update.is_none() {
        // That is what a column has which says nothing.
        column.value = if column.not_null {
            ColumnValue::Null
        } else {
            ColumnValue::None
        };
        return;
    }
    if let Some(plain) = plain_literal(text) {
        *text = if takes_numbers(&column.data_type) && is_number(&plain) {
            plain
        } else {
            literal(&plain)
        };
    }
    // The DSL has both in one text.
    if let Some(update) = column.own.on_update.take() {
        *text = format!("{text} ON UPDATE {update}");
    }
}

/// The text of a default that is a text in quotes, without a character set.
fn plain_literal(text: &str) -> Option<String> {
    let found = tokens(text);
    let [token] = found.as_slice() else {
        return None;
    };
    (token.kind == TokenKind::Text && token.text.starts_with(['\'', '"']))
        .then(|| text_value(token.text))
        .flatten()
}

fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Char { .. }
            | DataType::Varchar { .. }
            | DataType::Text(_)
            | DataType::Enum(_)
            | DataType::Set(_)
    )
}

fn takes_numbers(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Integer { .. }
            | DataType::Decimal { .. }
            | DataType::Float { .. }
            | DataType::Double { .. }
            | DataType::Year
    )
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let found = tokens(digits);
    matches!(found.as_slice(), [token] if token.kind == TokenKind::Number && token.text.len() == digits.len())
        && digits.starts_with(|first: char| first.is_ascii_digit())
}
