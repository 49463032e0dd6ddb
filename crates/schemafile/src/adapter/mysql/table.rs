//! What concerns a table as a whole: its options, its character set, what its columns ask of it together.

use super::column::{check_charset, check_collation};
use super::{State, charset, size};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::dsl::Dsl;
use crate::dsl::arguments::OptionList;
use crate::fragment::{self, Part};
use crate::ruby::Interpreter;
use crate::source::Span;
use mysql_model::{
    Column, ColumnValue, DataType, IndexKey, IndexKind, MySql, QualifiedName, Server, Table,
};
use mysql_text::{TokenKind, tokens};

/// Options that a table may have.
pub(crate) const OPTIONS: &[&str] = &[
    "temporary",
    "if_not_exists",
    "options",
    "as",
    "comment",
    "charset",
    "collation",
    "id",
    "primary_key",
    "force",
    "limit",
    "default",
    "precision",
    "unsigned",
    "auto_increment",
];

/// Most characters of the comment on a table.
const MOST_COMMENT: usize = 2048;

/// Engines of both servers.
const ENGINES: &[&str] = &[
    "InnoDB",
    "MyISAM",
    "MEMORY",
    "HEAP",
    "CSV",
    "ARCHIVE",
    "BLACKHOLE",
    "MERGE",
    "MRG_MyISAM",
    "FEDERATED",
    "NDB",
    "NDBCLUSTER",
    "Aria",
    "RocksDB",
    "TokuDB",
    "Spider",
    "CONNECT",
    "ColumnStore",
    "S3",
    "SEQUENCE",
    "Mroonga",
];

/// Words that an option of a table may begin with.
const WORDS: &[&str] = &[
    "engine",
    "type",
    "auto_increment",
    "autoextend_size",
    "avg_row_length",
    "default",
    "character",
    "charset",
    "checksum",
    "collate",
    "comment",
    "compression",
    "connection",
    "data",
    "index",
    "delay_key_write",
    "encryption",
    "encrypted",
    "encryption_key_id",
    "engine_attribute",
    "secondary_engine",
    "secondary_engine_attribute",
    "ietf_quotes",
    "insert_method",
    "key_block_size",
    "max_rows",
    "min_rows",
    "pack_keys",
    "page_checksum",
    "page_compressed",
    "page_compression_level",
    "password",
    "row_format",
    "sequence",
    "start",
    "stats_auto_recalc",
    "stats_persistent",
    "stats_sample_pages",
    "table_checksum",
    "tablespace",
    "storage",
    "transactional",
    "union",
    "partition",
    "with",
    "without",
    "as",
    "select",
    "ignore",
    "replace",
];

/// Takes `temporary:`, `options:`, `charset:` and `collation:`.
pub(crate) fn options(
    dsl: &mut Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    draft: &mut DraftTable<MySql>,
    options: &mut OptionList,
) {
    let server = dsl.state.server;
    draft.table.own.temporary = options.take_flag("temporary");
    if let Some((text, entry)) = options.take_text(interpreter, "options") {
        fragment::check::<MySql>(interpreter, &text, entry.value.span, Part::Expression);
        check_options(interpreter, &text, entry.value.span);
        let said = |names: &[&str]| Some((option_of(&text, names)?, entry.clone()));
        let (charset, collation) = (said(&["charset", "character"]), said(&["collate"]));
        check_charset(interpreter, charset.as_ref());
        check_collation(interpreter, collation.as_ref(), charset.as_ref(), server);
        draft.table.options = Some(text);
    }
    let charset = options.take_text(interpreter, "charset");
    let collation = options.take_text(interpreter, "collation");
    check_charset(interpreter, charset.as_ref());
    check_collation(interpreter, collation.as_ref(), charset.as_ref(), server);
    draft.table.own.charset = charset.map(|(name, _)| name);
    draft.table.own.collation = collation.map(|(name, _)| name);
    if let Some(comment) = options.get("comment")
        && let Some(text) = comment.value.value.as_name()
        && text.chars().count() > MOST_COMMENT
    {
        let length = text.chars().count();
        let span = comment.value.span;
        interpreter.fail(
            span,
            format!("comment of {length} characters is too long (the limit is {MOST_COMMENT})"),
        );
    }
}

/// Reports options of a table that no server reads.
fn check_options(interpreter: &mut Interpreter<'_>, text: &str, place: Span) {
    let found = tokens(text);
    let word = |position: usize| {
        found
            .get(position)
            .map(|token| token.text.to_ascii_lowercase())
            .unwrap_or_default()
    };
    let mut position = 0;
    while position < found.len() {
        let option = word(position);
        if option == "," {
            position += 1;
            continue;
        }
        if option == "partition" {
            let rest = &text[found[position].start()..];
            let folded = rest.to_ascii_lowercase();
            let by_values = ["range", "list"]
                .iter()
                .any(|kind| word(position + 2) == *kind);
            if word(position + 1) != "by" || by_values && !folded.contains("values") {
                interpreter.report(
                    Diagnostic::error(
                        place,
                        "the options are not MySQL's: it wants each partition named",
                    )
                    .hint("write `PARTITION BY RANGE (…) (PARTITION p0 VALUES LESS THAN (…), …)`"),
                );
            }
            return;
        }
        if matches!(option.as_str(), "as" | "select" | "ignore" | "replace") {
            return;
        }
        if !WORDS.contains(&option.as_str()) {
            let hint = did_you_mean(&option, WORDS.iter().copied());
            interpreter.report(
                Diagnostic::error(
                    place,
                    format!(
                        "the options are not valid: no option of a table is called `{}`",
                        found[position].text
                    ),
                )
                .maybe_hint(hint),
            );
            return;
        }
        position += 1;
        if matches!(option.as_str(), "with" | "without") {
            while position < found.len() && word(position) != "partition" {
                position += 1;
            }
            continue;
        }
        // `DEFAULT CHARACTER SET`, `DATA DIRECTORY`, `START TRANSACTION`
        if matches!(option.as_str(), "default") {
            continue;
        }
        if matches!(option.as_str(), "character" | "data" | "index" | "start") {
            position += 1;
        }
        if option == "start" {
            continue;
        }
        if word(position) == "=" {
            position += 1;
        }
        let value = found
            .get(position)
            .map(|token| token.text)
            .unwrap_or_default();
        if matches!(option.as_str(), "engine" | "type") {
            let name = value.trim_matches(['\'', '"', '`']);
            if !ENGINES
                .iter()
                .any(|engine| engine.eq_ignore_ascii_case(name))
            {
                let hint = did_you_mean(name, ENGINES.iter().copied());
                interpreter.report(
                    Diagnostic::error(place, format!("unknown engine \"{name}\"")).maybe_hint(hint),
                );
            }
        }
        if value == "(" {
            while position < found.len() && word(position) != ")" {
                position += 1;
            }
        }
        position += 1;
    }
}

/// The value of an option in a table's options.
fn option_of(options: &str, names: &[&str]) -> Option<String> {
    let found = tokens(options);
    let mut last = None;
    for (position, token) in found.iter().enumerate() {
        if token.is("partition") {
            break;
        }
        if token.kind == TokenKind::Word && names.iter().any(|name| token.is(name)) {
            let mut next = position + 1;
            if found.get(next).is_some_and(|token| token.is("set")) {
                next += 1;
            }
            if found.get(next).is_some_and(|token| token.is("=")) {
                next += 1;
            }
            last = found.get(next).map(|token| {
                token
                    .text
                    .trim_matches(['\'', '"', '`'])
                    .to_ascii_lowercase()
            });
        }
    }
    last
}

/// The engine of a table, in lower case.
pub(crate) fn engine(table: &Table) -> String {
    table
        .options
        .as_deref()
        .and_then(|options| option_of(options, &["engine"]))
        .unwrap_or_else(|| "innodb".to_owned())
}

/// The row format of a table, in lower case.
pub(crate) fn row_format(table: &Table) -> Option<String> {
    option_of(table.options.as_deref()?, &["row_format"])
}

/// The character set and the collation of a table.
pub(crate) fn charset_of(table: &Table, server: Server) -> (String, String) {
    let options = table.options.as_deref().unwrap_or_default();
    let collation = option_of(options, &["collate"]).or_else(|| table.own.collation.clone());
    let charset =
        option_of(options, &["charset", "character"]).or_else(|| table.own.charset.clone());
    match (charset, collation) {
        (_, Some(collation)) => {
            let collation = charset::canonical_collation(&collation);
            (charset::of_collation(&collation), collation)
        }
        (charset, None) => {
            let charset = charset::canonical(charset.as_deref().unwrap_or("utf8mb4"));
            let collation = charset::default_collation(&charset, server);
            (charset, collation)
        }
    }
}

/// The character set and the collation of a column's text.
pub(crate) fn charset_of_column(
    table: &Table,
    column: &Column,
    server: Server,
) -> (String, String) {
    if let Some(collation) = &column.collation {
        let collation = charset::canonical_collation(collation);
        return (charset::of_collation(&collation), collation);
    }
    if let Some(charset) = &column.own.charset {
        let charset = charset::canonical(charset);
        let collation = charset::default_collation(&charset, server);
        return (charset, collation);
    }
    charset_of(table, server)
}

/// Whether the values of a column are text of a character set.
pub(crate) fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Char { .. }
            | DataType::Varchar { .. }
            | DataType::Text(_)
            | DataType::Enum(_)
            | DataType::Set(_)
    )
}

/// The bytes of a column's whole value in an index; none for one that an index holds only the beginning of.
pub(crate) fn key_bytes(table: &Table, column: &Column, server: Server) -> Option<u64> {
    let character = || {
        let (charset, _) = charset_of_column(table, column, server);
        u64::from(charset::bytes_of_character(&charset))
    };
    let fraction = |precision: &Option<u8>| u64::from(precision.unwrap_or(0)).div_ceil(2);
    Some(match &column.data_type {
        DataType::Integer { size, .. } => u64::from(size.bytes()),
        DataType::Decimal {
            precision, scale, ..
        } => {
            let scale = scale.unwrap_or(0);
            let whole = precision.unwrap_or(10).saturating_sub(scale);
            decimal_bytes(whole) + decimal_bytes(scale)
        }
        DataType::Float { .. } | DataType::Inet4 => 4,
        DataType::Double { .. } => 8,
        DataType::Bit { length } => u64::from(length.unwrap_or(1)).div_ceil(8),
        DataType::Year => 1,
        DataType::Date => 3,
        DataType::Time { precision } => 3 + fraction(precision),
        DataType::DateTime { precision } => 5 + fraction(precision),
        DataType::Timestamp { precision } => 4 + fraction(precision),
        DataType::Char { length } => u64::from(length.unwrap_or(1)) * character(),
        DataType::Varchar { length } => u64::from(*length) * character(),
        DataType::Binary { length } => u64::from(length.unwrap_or(1)),
        DataType::Varbinary { length } => u64::from(*length),
        DataType::Enum(values) => {
            if values.len() > 255 {
                2
            } else {
                1
            }
        }
        DataType::Set(values) => match values.len().div_ceil(8) {
            bytes @ 0..=4 => u64::try_from(bytes).unwrap_or(4),
            _ => 8,
        },
        DataType::Uuid | DataType::Inet6 => 16,
        DataType::Text(_)
        | DataType::Blob(_)
        | DataType::Json
        | DataType::Geometry { .. }
        | DataType::Other(_) => return None,
    })
}

fn decimal_bytes(digits: u32) -> u64 {
    let rest = [0, 1, 1, 2, 2, 3, 3, 4, 4][usize::try_from(digits % 9).unwrap_or(0)];
    u64::from(digits / 9) * 4 + rest
}

/// Checks a table with its columns and its key.
pub(crate) fn check(dsl: &mut Dsl<MySql>, interpreter: &mut Interpreter<'_>, name: &QualifiedName) {
    let server = dsl.state.server;
    let Some(draft) = dsl.draft.table(name) else {
        return;
    };
    if draft.table.as_query.is_some() {
        return;
    }
    check_counting(interpreter, draft);
    check_key(interpreter, draft, server);
    check_generated(dsl, interpreter, draft);
    size::check(interpreter, draft, server);
}

/// A column that counts by itself must be the only one, and begin a key.
fn check_counting(interpreter: &mut Interpreter<'_>, draft: &DraftTable<MySql>) {
    let counting: Vec<&Column> = draft
        .table
        .columns
        .iter()
        .filter(|column| matches!(column.value, ColumnValue::Numbered(_)))
        .collect();
    let place = |column: &Column| {
        draft
            .column_notes(&column.name)
            .and_then(|notes| notes.auto_increment)
            .unwrap_or(draft.span)
    };
    if let [_, second, ..] = counting.as_slice() {
        interpreter.report(
            Diagnostic::error(
                place(second),
                format!("table \"{}\" has two auto_increment columns", draft.raw),
            )
            .hint("say `id: false`, or take `auto_increment:` out"),
        );
        return;
    }
    let Some(column) = counting.first() else {
        return;
    };
    let may_stand_behind = engine(&draft.table) == "myisam";
    let begins = |names: &[&str]| {
        if may_stand_behind {
            names.iter().any(|name| same(name, &column.name))
        } else {
            names.first().is_some_and(|name| same(name, &column.name))
        }
    };
    let key: Vec<&str> = draft
        .table
        .primary_key
        .iter()
        .flat_map(|key| key.columns.iter().map(String::as_str))
        .collect();
    let has_key = begins(&key)
        || draft
            .table
            .indexes
            .iter()
            .any(|index| index.plain_columns().is_some_and(|names| begins(&names)));
    if !has_key && super::column_may_count(column) {
        interpreter.report(
            Diagnostic::error(
                place(column),
                format!(
                    "auto_increment column \"{}\" needs a key that begins with it",
                    column.name
                ),
            )
            .hint(format!(
                "add `t.index [\"{}\"]`, or make it the primary key",
                column.name
            )),
        );
    }
}

/// A primary key has its limits, as an index has.
fn check_key(interpreter: &mut Interpreter<'_>, draft: &DraftTable<MySql>, server: Server) {
    let Some(key) = &draft.table.primary_key else {
        return;
    };
    let mut bytes = 0;
    let mut place = None;
    for name in &key.columns {
        let Some(column) = draft.column(name) else {
            return;
        };
        let notes = draft.column_notes(name);
        place = place.or_else(|| notes.and_then(|notes| notes.limit_place.or(notes.type_place)));
        if let Some(own) = key_bytes(&draft.table, column, server) {
            bytes += own;
            continue;
        }
        if !matches!(column.data_type, DataType::Other(_)) {
            let shown = describe(&column.data_type);
            let place = notes
                .and_then(|notes| notes.type_place)
                .unwrap_or(draft.span);
            interpreter.report(
                Diagnostic::error(place, format!("{shown} can't be a primary key"))
                    .hint("write `:string` with a `limit:`"),
            );
        }
        return;
    }
    let most = most_key_bytes(&draft.table);
    if bytes > most {
        interpreter.report(
            Diagnostic::error(
                place.unwrap_or(draft.span),
                format!("the primary key has {bytes} bytes; the limit is {most}"),
            )
            .hint("give its columns a lower `limit:`, or a character set with shorter characters"),
        );
    }
}

/// Most bytes of a column in an index.
pub(crate) fn most_column_bytes(table: &Table) -> u64 {
    match (engine(table).as_str(), row_format(table).as_deref()) {
        ("myisam", _) => 1000,
        ("innodb", Some("compact" | "redundant")) => 767,
        _ => 3072,
    }
}

/// Most bytes of a whole index.
pub(crate) fn most_key_bytes(table: &Table) -> u64 {
    match engine(table).as_str() {
        "myisam" => 1000,
        _ => 3072,
    }
}

/// A type in a sentence.
pub(crate) fn describe(data_type: &DataType) -> String {
    match data_type {
        DataType::Text(_) => "a text".to_owned(),
        DataType::Blob(_) => "a blob".to_owned(),
        DataType::Json => "json".to_owned(),
        DataType::Geometry { .. } => "a geometry".to_owned(),
        other => mysql_text::data_type::write(other, Server::MySql),
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Whether two names mean the same column.
pub(crate) fn is_same_column(one: &str, other: &str) -> bool {
    one == other || same(one, other)
}

/// A generated column speaks of columns that there are, and of none that counts.
fn check_generated(dsl: &Dsl<MySql>, interpreter: &mut Interpreter<'_>, draft: &DraftTable<MySql>) {
    for column in &draft.table.columns {
        let ColumnValue::Generated { expression, .. } = &column.value else {
            continue;
        };
        let place = draft
            .column_notes(&column.name)
            .and_then(|notes| notes.generated)
            .unwrap_or(draft.span);
        check_expression(
            dsl,
            interpreter,
            draft,
            expression,
            place,
            "a generated column",
        );
    }
}

/// Reports the first column of an expression that the table lacks, or that counts by itself. False when there is one.
pub(crate) fn check_expression(
    dsl: &Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    draft: &DraftTable<MySql>,
    expression: &str,
    place: Span,
    whose: &str,
) -> bool {
    for name in super::expression::columns_in(expression) {
        let Some(column) = draft.column(&name) else {
            if draft.open || dsl.draft.sql_adds_column(&draft.table.name, &name) {
                continue;
            }
            let hint = did_you_mean(&name, draft.column_names());
            let message = if whose == "a check" {
                format!(
                    "check constraint on column \"{name}\", which table \"{}\" lacks",
                    draft.raw
                )
            } else {
                format!(
                    "the expression names column \"{name}\", which table \"{}\" lacks",
                    draft.raw
                )
            };
            interpreter.report(Diagnostic::error(place, message).maybe_hint(hint));
            return false;
        };
        if matches!(column.value, ColumnValue::Numbered(_)) {
            interpreter.fail(
                place,
                format!("{whose} can't be of the auto_increment column \"{name}\""),
            );
            return false;
        }
    }
    true
}

/// Whether a key or an index of the table begins with these columns, in order.
pub(crate) fn begins_with(table: &Table, columns: &[String], unique: bool) -> bool {
    let fits = |names: &[&str]| {
        names.len() >= columns.len()
            && names
                .iter()
                .zip(columns)
                .all(|(name, column)| is_same_column(name, column))
    };
    let is_whole = |names: &[&str]| names.len() == columns.len();
    let key: Vec<&str> = table
        .primary_key
        .iter()
        .flat_map(|key| key.columns.iter().map(String::as_str))
        .collect();
    if fits(&key) && (!unique || is_whole(&key)) {
        return true;
    }
    table.indexes.iter().any(|index| {
        index.own.kind == IndexKind::Ordinary
            && index
                .parts
                .iter()
                .take(columns.len())
                .all(|part| part.own.length.is_none() && matches!(part.key, IndexKey::Column(_)))
            && {
                let names: Vec<&str> = index
                    .parts
                    .iter()
                    .map_while(|part| match &part.key {
                        IndexKey::Column(name) => Some(name.as_str()),
                        IndexKey::Expression(_) => None,
                    })
                    .collect();
                fits(&names)
                    && (!unique
                        || index.unique && is_whole(&names) && index.parts.len() == columns.len())
            }
    })
}

impl State {
    /// The character set of the table whose block is being read.
    pub(crate) fn building_charset(&self, building: &[crate::dsl::Building<MySql>]) -> String {
        building.last().map_or_else(
            || "utf8mb4".to_owned(),
            |building| charset_of(&building.draft.table, self.server).0,
        )
    }
}
