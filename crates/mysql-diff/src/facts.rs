//! A schema in the form in which two can be compared: what a server would hold, whatever notation made it.

use mysql_model::{
    Column, ColumnValue, DataType, Index, IndexKey, IndexKind, IndexPart, MySqlIndex,
    MySqlIndexPart, ReferentialAction, Schema, Server, Table,
};
use mysql_text::expression::{canonical, without_parentheses};
use mysql_text::options::{self, Options};
use mysql_text::{Cursor, TokenKind, literal, text_value, tokens};

/// A table with all that it gets without saying so.
#[derive(Debug, Clone)]
pub(crate) struct TableFacts {
    /// As the source has it, with the indexes that foreign keys bring along.
    pub(crate) table: Table,
    pub(crate) charset: Option<Charset>,
    pub(crate) comment: Option<String>,
    /// `ENGINE`, `ROW_FORMAT` and the like, by their names.
    pub(crate) others: Vec<(String, String)>,
    pub(crate) partitions: Option<String>,
    pub(crate) columns: Vec<ColumnFacts>,
}

/// A character set with its collation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charset {
    pub(crate) name: String,
    pub(crate) collation: String,
}

/// What a generated column is made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Generated {
    /// The expression, in one spelling.
    pub(crate) expression: String,
    /// Whether it is kept in the table.
    pub(crate) stored: bool,
}

/// What there is to compare of a column, but its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnFacts {
    pub(crate) data_type: DataType,
    pub(crate) not_null: bool,
    pub(crate) default: Option<String>,
    pub(crate) on_update: Option<String>,
    pub(crate) counts: bool,
    pub(crate) generated: Option<Generated>,
    /// Of a column with characters, where it is known.
    pub(crate) charset: Option<Charset>,
    pub(crate) comment: Option<String>,
    pub(crate) invisible: bool,
    pub(crate) check: Option<String>,
}

/// The tables of a schema. Temporary ones are gone with their session.
pub(crate) fn tables(schema: &Schema, server: Server) -> Vec<TableFacts> {
    let own: Vec<&Table> = schema
        .tables
        .iter()
        .filter(|table| !table.own.temporary)
        .collect();
    own.into_iter()
        .map(|table| of_table(table, server))
        .collect()
}

fn of_table(source: &Table, server: Server) -> TableFacts {
    let mut table = source.clone();
    let text = table.options.clone().unwrap_or_default();
    let said = options::read(&mut Cursor::new(&text)).unwrap_or_else(|| Options {
        // What can't be read is compared as it stands.
        others: vec![(text.clone(), String::new())],
        ..Options::default()
    });
    let charset = match (&said.charset, &said.collation) {
        (None, None) => charset(
            table.own.charset.as_deref(),
            table.own.collation.as_deref(),
            server,
        ),
        (name, collation) => charset(name.as_deref(), collation.as_deref(), server),
    };
    let comment = table
        .comment
        .clone()
        .or_else(|| said.comment.clone())
        .filter(|text| !text.is_empty());
    let mut others = said.others;
    others.retain(|(name, value)| {
        !matches!(name.as_str(), "ENGINE" | "TYPE") || !value.eq_ignore_ascii_case("innodb")
    });
    add_indexes_of_keys(&mut table);
    for index in &mut table.indexes {
        normalize_index(index);
    }
    for key in &mut table.foreign_keys {
        for action in [&mut key.on_delete, &mut key.on_update] {
            // MariaDB takes the two for one.
            if server == Server::MariaDb && *action == ReferentialAction::Restrict {
                *action = ReferentialAction::NoAction;
            }
        }
    }
    let columns = table
        .columns
        .iter()
        .map(|column| of_column(column, &table, charset.as_ref(), server))
        .collect();
    TableFacts {
        table,
        charset,
        comment,
        others,
        partitions: said.partitions,
        columns,
    }
}

/// A character set and collation of which one may be left out.
fn charset(name: Option<&str>, collation: Option<&str>, server: Server) -> Option<Charset> {
    let plain = |name: &str| match name.to_ascii_lowercase().as_str() {
        "utf8" => "utf8mb3".to_owned(),
        other => other.to_owned(),
    };
    match (name, collation) {
        (_, Some(collation)) => {
            let collation = collation.to_ascii_lowercase();
            let collation = match collation.strip_prefix("utf8_") {
                Some(rest) => format!("utf8mb3_{rest}"),
                None => collation,
            };
            let name = collation.split('_').next().unwrap_or_default().to_owned();
            Some(Charset { name, collation })
        }
        (Some(name), None) => {
            let name = plain(name);
            let collation = default_collation(&name, server);
            Some(Charset { name, collation })
        }
        (None, None) => None,
    }
}

/// The collation that a character set has by itself, with servers as they come.
fn default_collation(charset: &str, server: Server) -> String {
    let known = match charset {
        "utf8mb4" if server == Server::MySql => "utf8mb4_0900_ai_ci",
        "binary" => "binary",
        "latin1" => "latin1_swedish_ci",
        "latin5" => "latin5_turkish_ci",
        "swe7" => "swe7_swedish_ci",
        "dec8" => "dec8_swedish_ci",
        "hp8" => "hp8_english_ci",
        "big5" => "big5_chinese_ci",
        "gbk" => "gbk_chinese_ci",
        "gb2312" => "gb2312_chinese_ci",
        "gb18030" => "gb18030_chinese_ci",
        "euckr" => "euckr_korean_ci",
        "sjis" => "sjis_japanese_ci",
        "cp932" => "cp932_japanese_ci",
        "ujis" => "ujis_japanese_ci",
        "eucjpms" => "eucjpms_japanese_ci",
        "tis620" => "tis620_thai_ci",
        other => return format!("{other}_general_ci"),
    };
    known.to_owned()
}

/// A foreign key that finds no index makes one of its own, under its name; a later one on the same columns takes it over.
fn add_indexes_of_keys(table: &mut Table) {
    let mut made: Vec<Index> = Vec::new();
    for key in &table.foreign_keys {
        let begins_so = |columns: &[&str]| {
            columns.len() >= key.columns.len()
                && key
                    .columns
                    .iter()
                    .zip(columns)
                    .all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        let in_key = table.primary_key.as_ref().is_some_and(|primary| {
            let columns: Vec<&str> = primary.columns.iter().map(String::as_str).collect();
            begins_so(&columns)
        });
        let in_index = table.indexes.iter().any(|index| {
            index.own.kind == IndexKind::Ordinary
                && leading_columns(index, key.columns.len())
                    .is_some_and(|columns| begins_so(&columns))
        });
        if in_key || in_index {
            continue;
        }
        // Longer ones that are there serve it.
        let is_served = made.iter().any(|index| {
            index.parts.len() > key.columns.len()
                && index
                    .plain_columns()
                    .is_some_and(|columns| begins_so(&columns))
        });
        if is_served {
            continue;
        }
        made.retain(|index| {
            let columns = index.plain_columns().unwrap_or_default();
            let is_beginning = columns.len() <= key.columns.len()
                && columns
                    .iter()
                    .zip(&key.columns)
                    .all(|(one, other)| other.eq_ignore_ascii_case(one));
            !is_beginning
        });
        made.push(Index {
            name: key.name.clone(),
            unique: false,
            parts: key
                .columns
                .iter()
                .map(|column| IndexPart {
                    key: IndexKey::Column(column.clone()),
                    order: None,
                    own: MySqlIndexPart::default(),
                })
                .collect(),
            comment: None,
            own: MySqlIndex::default(),
        });
    }
    table.indexes.append(&mut made);
}

/// The first columns of an index, when they are whole columns.
fn leading_columns(index: &Index, count: usize) -> Option<Vec<&str>> {
    index
        .parts
        .iter()
        .take(count)
        .map(|part| match &part.key {
            IndexKey::Column(name) if part.own.length.is_none() => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

fn normalize_index(index: &mut Index) {
    index.comment.take_if(|text| text.is_empty());
    if let Some(using) = &mut index.own.using {
        using.make_ascii_lowercase();
    }
    for part in &mut index.parts {
        part.order = part
            .order
            .take()
            .filter(|order| order.eq_ignore_ascii_case("desc"))
            .map(|order| order.to_ascii_uppercase());
    }
}

fn of_column(
    column: &Column,
    table: &Table,
    of_table: Option<&Charset>,
    server: Server,
) -> ColumnFacts {
    let data_type = type_with_defaults(&column.data_type);
    let in_key = table.primary_key.as_ref().is_some_and(|key| {
        key.columns
            .iter()
            .any(|own| own.eq_ignore_ascii_case(&column.name))
    });
    let mut on_update = column.own.on_update.as_deref().map(moment);
    let default = match &column.value {
        ColumnValue::Default(text) => {
            let (text, update) = parted(text);
            on_update = on_update.or(update.map(moment));
            Some(default(text, &data_type)).filter(|text| text != "null")
        }
        _ => None,
    };
    let generated = match &column.value {
        ColumnValue::Generated { expression, stored } => Some(Generated {
            expression: canonical(expression),
            stored: *stored,
        }),
        _ => None,
    };
    let charset = has_characters(&data_type)
        .then(|| {
            charset(
                column.own.charset.as_deref(),
                column.collation.as_deref(),
                server,
            )
            .or_else(|| of_table.cloned())
        })
        .flatten();
    ColumnFacts {
        data_type,
        not_null: column.not_null || in_key,
        default,
        on_update,
        counts: matches!(column.value, ColumnValue::Numbered(_)),
        generated,
        charset,
        comment: column.comment.clone().filter(|text| !text.is_empty()),
        invisible: column.own.invisible,
        check: column.own.check.as_deref().map(canonical),
    }
}

/// Whether values of the type are characters, which have a collation.
pub(crate) fn has_characters(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Char { .. }
            | DataType::Varchar { .. }
            | DataType::Text(_)
            | DataType::Enum(_)
            | DataType::Set(_)
    )
}

/// A type with what it has when it doesn't say it.
fn type_with_defaults(data_type: &DataType) -> DataType {
    let mut whole = data_type.clone();
    match &mut whole {
        DataType::Decimal {
            precision, scale, ..
        } => {
            precision.get_or_insert(10);
            scale.get_or_insert(0);
        }
        DataType::Bit { length } | DataType::Char { length } | DataType::Binary { length } => {
            length.get_or_insert(1);
        }
        DataType::Time { precision }
        | DataType::DateTime { precision }
        | DataType::Timestamp { precision } => {
            precision.get_or_insert(0);
        }
        DataType::Other(text) => text.make_ascii_lowercase(),
        _ => {}
    }
    whole
}

/// A default's text without what stands behind `ON UPDATE`.
fn parted(text: &str) -> (&str, Option<&str>) {
    let found = tokens(text);
    let at = found
        .windows(2)
        .find(|pair| pair[0].is("on") && pair[1].is("update"));
    match at {
        Some(pair) => (
            text[..pair[0].start()].trim(),
            Some(text[pair[1].end..].trim()),
        ),
        None => (text.trim(), None),
    }
}

/// `now()` and its other names.
fn moment(text: &str) -> String {
    let found = tokens(without_parentheses(text));
    let is_now = found.first().is_some_and(|token| {
        ["current_timestamp", "now", "localtime", "localtimestamp"]
            .iter()
            .any(|word| token.is(word))
    });
    if !is_now {
        return canonical(text);
    }
    let digits = found
        .iter()
        .find(|token| token.kind == TokenKind::Number)
        .map_or("0", |token| token.text);
    format!("current_timestamp({digits})")
}

/// A default as a server has it.
fn default(text: &str, data_type: &DataType) -> String {
    let found = tokens(text);
    let is_number_type = matches!(
        data_type,
        DataType::Integer { .. }
            | DataType::Decimal { .. }
            | DataType::Float { .. }
            | DataType::Double { .. }
            | DataType::Year
    );
    let plain = match found.as_slice() {
        [token] if token.kind == TokenKind::Text => text_value(token.text),
        [token] if token.kind == TokenKind::Number => Some(token.text.to_owned()),
        [sign, token] if sign.is("-") && token.kind == TokenKind::Number => {
            Some(format!("-{}", token.text))
        }
        [token] if token.is("true") => Some("1".to_owned()),
        [token] if token.is("false") => Some("0".to_owned()),
        [token] if token.kind == TokenKind::Bytes => return bytes(token.text),
        _ => None,
    };
    match plain {
        Some(plain) if is_number_type => number(&plain),
        Some(plain) => literal(&plain),
        None => moment(text),
    }
}

/// A number without zeros that say nothing.
fn number(text: &str) -> String {
    if text.contains(['e', 'E']) {
        return text.to_ascii_lowercase();
    }
    let text = match text.split_once('.') {
        Some((whole, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() {
                whole.to_owned()
            } else {
                format!("{whole}.{fraction}")
            }
        }
        None => text.to_owned(),
    };
    match text.as_str() {
        "-0" | "" => "0".to_owned(),
        _ => text,
    }
}

/// Bits without leading zeros, bytes in lower case.
fn bytes(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if let Some(bits) = lower
        .strip_prefix("b'")
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return format!("b'{}'", bits.trim_start_matches('0'));
    }
    let digits = lower.strip_prefix("0x").or_else(|| {
        lower
            .strip_prefix("x'")
            .and_then(|rest| rest.strip_suffix('\''))
    });
    match digits {
        Some(digits) => format!("x'{digits}'"),
        None => lower,
    }
}
