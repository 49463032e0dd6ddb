//! Indexes of MySQL and MariaDB.

use super::table;
use super::{column, expression};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::dsl::Dsl;
use crate::dsl::arguments::{Entry, OptionList};
use crate::dsl::check::Checked;
use crate::dsl::index::{Reading, Subject};
use crate::fragment;
use crate::ruby::{Interpreter, Value};
use crate::source::Span;
use mysql_model::{
    Column, DataType, Index, IndexKey, IndexKind, IndexPart, MySql, MySqlIndex, MySqlIndexPart,
    QualifiedName, Server,
};
use mysql_text::{TokenKind, quoted, tokens};
use std::fmt::Write as _;

/// Options that an index may have.
pub(crate) const OPTIONS: &[&str] = &[
    "unique",
    "length",
    "order",
    "opclass",
    "where",
    "type",
    "using",
    "comment",
    "algorithm",
    "include",
    "nulls_not_distinct",
    "enabled",
    "name",
    "if_not_exists",
];

/// Takes the options that are MySQL's, and holds the index against its limits.
pub(crate) fn own(
    dsl: &Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    reading: &Reading<'_, MySql>,
    options: &mut OptionList,
) -> (MySqlIndex, Vec<MySqlIndexPart>, Checked) {
    let server = dsl.state.server;
    let mut checked = Checked::Fine;
    if let Some(comment) = options.get("comment")
        && let Some(text) = comment.value.value.as_name()
    {
        let (text, span) = (text.to_owned(), comment.value.span);
        column::check_comment(interpreter, &text, span);
    }
    let kind = kind(interpreter, options);
    let using = using(interpreter, options);
    let enabled = options
        .take("enabled")
        .is_none_or(|entry| entry.value.value.truthy());
    // ActiveRecord takes them, and its adapter for MySQL leaves them out.
    for ignored in [
        "where",
        "include",
        "opclass",
        "nulls_not_distinct",
        "algorithm",
    ] {
        options.take(ignored);
    }
    let length = options.take("length");
    let columns = reading.subject.columns();
    let lengths: Vec<Option<(u32, Span)>> = columns
        .iter()
        .map(|(name, _)| length.as_ref().and_then(|entry| length_of(entry, name)))
        .collect();
    if let Some(draft) = reading.table {
        let seen = match reading.subject {
            Subject::Expression(text, span) => {
                check_text(dsl, interpreter, draft, text, *span, server)
            }
            Subject::Columns(columns) => {
                let index = Checking {
                    draft,
                    reading,
                    kind,
                    server,
                };
                index.check(interpreter, columns, &lengths)
            }
        };
        checked = checked.max(seen);
    }
    let parts = match reading.subject {
        Subject::Expression(..) => vec![MySqlIndexPart::default()],
        Subject::Columns(_) => lengths
            .iter()
            .map(|length| MySqlIndexPart {
                length: length.map(|(length, _)| length),
            })
            .collect(),
    };
    let own = MySqlIndex {
        kind,
        using,
        invisible: !enabled,
        parser: None,
    };
    (own, parts, checked)
}

fn kind(interpreter: &mut Interpreter<'_>, options: &mut OptionList) -> IndexKind {
    let Some((name, entry)) = options.take_text(interpreter, "type") else {
        return IndexKind::Ordinary;
    };
    match name.to_ascii_lowercase().as_str() {
        "fulltext" => IndexKind::Fulltext,
        "spatial" => IndexKind::Spatial,
        "unique" | "" => IndexKind::Ordinary,
        _ => {
            let hint = did_you_mean(&name, ["fulltext", "spatial"]).unwrap_or_else(|| {
                "`type:` is :fulltext or :spatial; a method is `using:`".to_owned()
            });
            interpreter.report(
                Diagnostic::error(
                    entry.value.span,
                    format!("there is no index type \"{name}\""),
                )
                .hint(hint),
            );
            IndexKind::Ordinary
        }
    }
}

fn using(interpreter: &mut Interpreter<'_>, options: &mut OptionList) -> Option<String> {
    let (method, entry) = options.take_text(interpreter, "using")?;
    if !matches!(
        method.to_ascii_lowercase().as_str(),
        "btree" | "hash" | "rtree"
    ) {
        interpreter.report(
            Diagnostic::error(
                entry.value.span,
                format!("there is no index method \"{method}\""),
            )
            .hint("MySQL's are `:btree` and `:hash`; take `using:` out"),
        );
        return None;
    }
    Some(method.to_ascii_lowercase())
}

/// What `length:` says of a column.
fn length_of(entry: &Entry, column: &str) -> Option<(u32, Span)> {
    let value = match &entry.value.value {
        Value::Hash(pairs) => {
            &pairs
                .iter()
                .find(|(key, _)| key.value.as_name() == Some(column))?
                .1
        }
        _ => &entry.value,
    };
    let number = match &value.value {
        Value::Integer(number) => u32::try_from(*number).ok(),
        text => text.as_name().and_then(|text| text.parse().ok()),
    }?;
    Some((number, value.span))
}

/// Most columns of an index.
fn most_parts(server: Server) -> usize {
    match server {
        Server::MySql => 16,
        Server::MariaDb => 32,
    }
}

/// An index on columns, held against what its table and the server allow.
struct Checking<'c> {
    draft: &'c DraftTable<MySql>,
    reading: &'c Reading<'c, MySql>,
    kind: IndexKind,
    server: Server,
}

impl Checking<'_> {
    fn check(
        &self,
        interpreter: &mut Interpreter<'_>,
        columns: &[(String, Span)],
        lengths: &[Option<(u32, Span)>],
    ) -> Checked {
        let most_parts = most_parts(self.server);
        if columns.len() > most_parts {
            let message = format!(
                "index \"{}\" has {} columns; the limit is {most_parts}",
                self.reading.name,
                columns.len()
            );
            interpreter.report(
                Diagnostic::error(self.reading.place, message).hint("leave out the last ones"),
            );
            return Checked::Wrong;
        }
        let mut all = 0;
        let mut is_known = true;
        for ((name, span), length) in columns.iter().zip(lengths) {
            let Some(column) = self.draft.column(name) else {
                is_known = false;
                continue;
            };
            let place = self.reading.asked.unwrap_or(*span);
            match self.column(column, *length, columns.len() == 1) {
                Ok(Some(bytes)) => all += bytes,
                Ok(None) => is_known = false,
                Err((at, message, hint)) => {
                    interpreter
                        .report(Diagnostic::error(at.unwrap_or(place), message).maybe_hint(hint));
                    return Checked::Wrong;
                }
            }
        }
        let most = table::most_key_bytes(&self.draft.table);
        // MariaDB makes a unique one of hashes.
        let may_be_longer = self.server == Server::MariaDb && self.reading.unique;
        if is_known && all > most && !may_be_longer && self.kind == IndexKind::Ordinary {
            let message = format!(
                "index \"{}\" has {all} bytes in all; the limit is {most}",
                self.reading.name
            );
            interpreter.report(
                Diagnostic::error(self.reading.place, message)
                    .hint("give `length:` for its strings, or leave a column out"),
            );
            return Checked::Wrong;
        }
        Checked::Fine
    }

    /// The bytes of a column in the index, none where they aren't known or don't count; else what is wrong, and where if
    /// not at the column.
    fn column(
        &self,
        column: &Column,
        length: Option<(u32, Span)>,
        is_alone: bool,
    ) -> Result<Option<u64>, (Option<Span>, String, Option<String>)> {
        let name = &column.name;
        let data_type = &column.data_type;
        match self.kind {
            IndexKind::Fulltext => {
                let is_text = matches!(
                    data_type,
                    DataType::Char { .. }
                        | DataType::Varchar { .. }
                        | DataType::Text(_)
                        | DataType::Other(_)
                );
                return if is_text {
                    Ok(None)
                } else {
                    Err((
                        None,
                        format!(
                            "column \"{name}\" can't be part of a fulltext index: it is no text"
                        ),
                        None,
                    ))
                };
            }
            IndexKind::Spatial => {
                return match data_type {
                    DataType::Geometry { .. } if column.not_null => Ok(None),
                    DataType::Geometry { .. } => Err((
                        None,
                        format!("column \"{name}\" must be `null: false` for a spatial index"),
                        None,
                    )),
                    DataType::Other(_) => Ok(None),
                    _ => Err((None, format!("column \"{name}\" is not spatial"), None)),
                };
            }
            IndexKind::Ordinary => {}
        }
        let table = &self.draft.table;
        let whole = table::key_bytes(table, column, self.server);
        let is_string = table::is_text(data_type)
            && !matches!(data_type, DataType::Enum(_) | DataType::Set(_))
            || matches!(
                data_type,
                DataType::Binary { .. }
                    | DataType::Varbinary { .. }
                    | DataType::Blob(_)
                    | DataType::Geometry { .. }
                    | DataType::Other(_)
            )
            || *data_type == DataType::Json && self.server == Server::MariaDb;
        let character = if table::is_text(data_type) {
            let (charset, _) = table::charset_of_column(table, column, self.server);
            u64::from(super::charset::bytes_of_character(&charset))
        } else {
            1
        };
        let bytes = if let Some((length, place)) = length.filter(|(length, _)| *length > 0) {
            if !is_string {
                return Err((
                    Some(place),
                    format!("`length:` on column \"{name}\", which is no string"),
                    Some("only a part of a string can be indexed; take it out".to_owned()),
                ));
            }
            let of_column = match data_type {
                DataType::Varchar { length } | DataType::Varbinary { length } => Some(*length),
                DataType::Char { length } | DataType::Binary { length } => {
                    Some(length.unwrap_or(1))
                }
                _ => None,
            };
            if let Some(most) = of_column.filter(|most| length > *most) {
                return Err((
                    Some(place),
                    format!("`length:` {length} is longer than column \"{name}\" ({most})"),
                    Some("take it out: all of the column is indexed then".to_owned()),
                ));
            }
            u64::from(length) * character
        } else if let Some(bytes) = whole {
            bytes
        } else {
            return self.without_length(name, data_type, is_alone);
        };
        let most = table::most_column_bytes(table);
        let is_of_format = most == 767;
        // MariaDB cuts what is too long, or makes a unique one of hashes.
        let is_cut = self.server == Server::MariaDb
            && (is_alone || self.reading.unique)
            && length.is_none()
            && (!is_of_format || bytes > 3072);
        if bytes > most && !is_cut {
            let what = if is_of_format {
                "the limit of this row format is"
            } else {
                "the limit is"
            };
            return Err((
                None,
                format!(
                    "index \"{}\" has {bytes} bytes; {what} {most}",
                    self.reading.name
                ),
                Some(format!(
                    "index its beginning: `length: {}`",
                    most / character.max(1)
                )),
            ));
        }
        Ok(Some(if is_cut && !self.reading.unique {
            bytes.min(most)
        } else {
            bytes
        }))
    }

    fn without_length(
        &self,
        name: &str,
        data_type: &DataType,
        is_alone: bool,
    ) -> Result<Option<u64>, (Option<Span>, String, Option<String>)> {
        let is_cut = self.server == Server::MariaDb && (is_alone || self.reading.unique);
        match data_type {
            DataType::Text(_) | DataType::Blob(_) if !is_cut => {
                let shown = table::describe(data_type);
                Err((
                    None,
                    format!("column \"{name}\" is {shown}: an index needs `length:`"),
                    Some(format!(
                        "write `length: {{ {name}: 191 }}`, or make the column a string"
                    )),
                ))
            }
            DataType::Json if self.server == Server::MySql => Err((
                None,
                format!("column \"{name}\" is json, which has no index of its own"),
                Some("index a generated column of what is looked for".to_owned()),
            )),
            _ => Ok(None),
        }
    }
}

/// Checks an index that is given as a text: columns and expressions, parted by commas.
fn check_text(
    dsl: &Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    draft: &DraftTable<MySql>,
    text: &str,
    place: Span,
    server: Server,
) -> Checked {
    let mut has_expression = false;
    for (offset, part) in parts_of(text) {
        let found = tokens(part);
        let Some(first) = found.first() else { continue };
        if first.text == "(" {
            has_expression = true;
            if !table::check_expression(dsl, interpreter, draft, part, place, "an index") {
                return Checked::Wrong;
            }
            if let Some(problem) = expression::check_problem(part) {
                interpreter.fail(place, problem.replace("a check", "an index"));
                return Checked::Wrong;
            }
            continue;
        }
        let is_column = matches!(first.kind, TokenKind::QuotedName | TokenKind::Word)
            && found[1..].iter().all(|token| {
                token.kind == TokenKind::Number
                    || matches!(
                        token.text.to_ascii_lowercase().as_str(),
                        "(" | ")" | "asc" | "desc"
                    )
            })
            && (found.len() < 3 || found[2].kind == TokenKind::Number || found[1].text != "(");
        if !is_column {
            let start = offset + first.start();
            let inner = start..start + part.trim().len();
            let place = fragment::place_of(interpreter, text, &inner, place);
            interpreter.report(
                Diagnostic::error(
                    place,
                    format!("an expression needs parentheses: \"({})\"", part.trim()),
                )
                .hint(format!("write \"({})\"", part.trim())),
            );
            return Checked::Wrong;
        }
        if let Some(name) = first.name()
            && draft.column(&name).is_none()
            && !draft.open
        {
            let hint = did_you_mean(&name, draft.column_names());
            let message = format!(
                "index on column \"{name}\", which table \"{}\" lacks",
                draft.raw
            );
            interpreter.report(Diagnostic::error(place, message).maybe_hint(hint));
            return Checked::Wrong;
        }
    }
    if has_expression && server == Server::MariaDb {
        interpreter.report(
            Diagnostic::error(place, "MariaDB has no indexes on expressions")
                .hint("make a generated column of the expression, and index that"),
        );
        return Checked::Wrong;
    }
    Checked::Fine
}

/// The parts of a text between commas that stand in no parentheses, each with its position.
fn parts_of(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for token in tokens(text) {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                parts.push((start, &text[start..token.start()]));
                start = token.end;
            }
            _ => {}
        }
    }
    parts.push((start, &text[start..]));
    parts
}

/// The columns of an index that is given as a text, where it names nothing but columns.
pub(crate) fn plain_parts(text: &str) -> Option<Vec<IndexPart>> {
    parts_of(text)
        .into_iter()
        .map(|(_, part)| {
            let found = tokens(part);
            let (first, rest) = found.split_first()?;
            if !matches!(first.kind, TokenKind::QuotedName | TokenKind::Word) {
                return None;
            }
            let mut length = None;
            let mut rest = rest;
            if let [open, digits, close, behind @ ..] = rest
                && open.text == "("
                && close.text == ")"
            {
                length = Some(digits.text.parse().ok()?);
                rest = behind;
            }
            let order = match rest {
                [] => None,
                [word] if word.is("desc") || word.is("asc") => Some(word.text.to_ascii_uppercase()),
                _ => return None,
            };
            Some(IndexPart {
                key: IndexKey::Column(first.name()?),
                order,
                own: MySqlIndexPart { length },
            })
        })
        .collect()
}

/// `CREATE INDEX` on something that isn't a table of the schema.
pub(crate) fn create_index_sql(table: &QualifiedName, index: &Index) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let mut text = match &part.key {
                IndexKey::Column(name) => quoted(name),
                IndexKey::Expression(text) => text.clone(),
            };
            if let Some(length) = part.own.length {
                let _ = write!(text, "({length})");
            }
            if let Some(order) = &part.order {
                text.push(' ');
                text.push_str(order);
            }
            text
        })
        .collect();
    let kind = match (index.own.kind, index.unique) {
        (IndexKind::Fulltext, _) => "FULLTEXT ",
        (IndexKind::Spatial, _) => "SPATIAL ",
        (IndexKind::Ordinary, true) => "UNIQUE ",
        (IndexKind::Ordinary, false) => "",
    };
    let comment = index
        .comment
        .as_deref()
        .map(|comment| format!(" COMMENT {}", mysql_text::literal(comment)))
        .unwrap_or_default();
    format!(
        "CREATE {kind}INDEX {} ON {} ({}){comment}",
        quoted(&index.name),
        super::qualified(table),
        parts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_columns_alone_is_read_as_columns() {
        let parts = plain_parts("`a`(10) DESC, b").unwrap();
        let shown: Vec<_> = parts
            .iter()
            .map(|part| (&part.key, part.order.as_deref(), part.own.length))
            .collect();
        let column = |name: &str| IndexKey::Column(name.to_owned());
        assert_eq!(
            shown,
            [
                (&column("a"), Some("DESC"), Some(10)),
                (&column("b"), None, None)
            ]
        );
        assert_eq!(plain_parts("(lower(`a`)), b"), None);
        assert_eq!(plain_parts("lower(a)"), None);
    }
}
