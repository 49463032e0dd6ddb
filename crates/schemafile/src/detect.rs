//! Which database a file is for, told from what it says.
//!
//! Neither ridgepole nor ActiveRecord names the database in a schema file, but few files keep it to themselves:
//! `charset:` and `unsigned:` are MySQL's, `enable_extension` and `jsonb` are PostgreSQL's. The file is run once with
//! nothing but an ear for such words. Each speaks for one database; what most of them say is believed.

use crate::database::Database;
use crate::ruby::{Call, Host, Interpreter, Located, Object, Value};
use crate::source::Span;

/// What a file says of its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Which database it is.
    pub(crate) database: Database,
    /// Whether the file says so; where nothing does, the default holds.
    pub(crate) is_said: bool,
    /// What the other kind of database refuses, if all signs speak against it: the first such.
    pub(crate) refused_elsewhere: Option<Sign>,
    /// Whether the file is MySQL's, and nothing in it tells MySQL from MariaDB.
    pub(crate) may_be_either_server: bool,
}

/// A word that only one database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sign {
    pub(crate) span: Span,
    /// The word as one would write it, such as `charset:`.
    pub(crate) word: String,
    of: Of,
    /// How much it says, from 1 to 3.
    weight: u32,
    /// Whether the other kind of database takes it and ignores it.
    is_ignored_elsewhere: bool,
}

impl Sign {
    /// The type of a column, where the word is one.
    pub(crate) fn column_type(&self) -> Option<&str> {
        self.word.strip_prefix("`t.")?.strip_suffix('`')
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    PostgreSql,
    /// MySQL and MariaDB.
    Both,
    MySql,
    MariaDb,
}

/// Runs a file for its signs.
pub(crate) fn detect(interpreter: &mut Interpreter<'_>, file: u32) -> Found {
    let mut ear = Ear::default();
    interpreter.most_steps = MOST_STEPS;
    interpreter.read_file(&mut ear, file);
    ear.found()
}

/// Evaluated expressions after which enough was heard.
const MOST_STEPS: usize = 300_000;

#[derive(Default)]
struct Ear {
    signs: Vec<Sign>,
}

/// Calls that mean something to PostgreSQL's adapter alone. Every dump of a PostgreSQL has the first of them, and an
/// application that runs on both has such a dump.
const IGNORED_BY_MYSQL: &[&str] = &["enable_extension", "create_enum"];

/// Calls that only PostgreSQL's adapter has.
const CALLS_OF_POSTGRESQL: &[&str] = &[
    "create_schema",
    "add_exclusion_constraint",
    "add_unique_constraint",
    "exclusion_constraint",
    "unique_constraint",
];

/// Column types that only PostgreSQL has.
const TYPES_OF_POSTGRESQL: &[&str] = &[
    "jsonb",
    "inet",
    "cidr",
    "citext",
    "timestamptz",
    "hstore",
    "macaddr",
    "xml",
    "tsvector",
    "tsquery",
    "bit_varying",
    "interval",
    "int4range",
    "int8range",
    "numrange",
    "tsrange",
    "tstzrange",
    "daterange",
    "ltree",
    "money",
    "oid",
    "enum",
    "bytea",
    "vector",
    "halfvec",
    "sparsevec",
];

/// Column types that only MySQL has.
const TYPES_OF_MYSQL: &[&str] = &[
    "tinytext",
    "mediumtext",
    "longtext",
    "tinyblob",
    "mediumblob",
    "longblob",
    "tinyint",
    "mediumint",
    "unsigned_integer",
    "unsigned_bigint",
    "unsigned_float",
    "unsigned_decimal",
    "year",
];

/// What begins the names of MySQL's collations.
pub(crate) const CHARACTER_SETS: &[&str] = &[
    "utf8mb4", "utf8mb3", "utf8", "latin1", "latin2", "ascii", "ucs2", "utf16", "utf32", "cp932",
    "sjis", "ujis", "eucjpms", "big5", "gbk", "gb18030", "koi8r", "euckr",
];

impl Ear {
    fn note(&mut self, of: Of, weight: u32, span: Span, word: impl Into<String>) {
        self.signs.push(Sign {
            span,
            word: word.into(),
            of,
            weight,
            is_ignored_elsewhere: false,
        });
    }

    /// The same of what the other kind of database takes and ignores.
    fn note_ignored(&mut self, of: Of, weight: u32, span: Span, word: impl Into<String>) {
        self.note(of, weight, span, word);
        if let Some(sign) = self.signs.last_mut() {
            sign.is_ignored_elsewhere = true;
        }
    }

    fn found(self) -> Found {
        let sum = |test: fn(Of) -> bool| -> u32 {
            self.signs
                .iter()
                .filter(|sign| test(sign.of))
                .map(|sign| sign.weight)
                .sum()
        };
        let postgresql = sum(|of| of == Of::PostgreSql);
        let mysql = sum(|of| of != Of::PostgreSql);
        let refused_elsewhere = self
            .signs
            .iter()
            .find(|sign| !sign.is_ignored_elsewhere)
            .filter(|_| postgresql == 0 || mysql == 0)
            .cloned();
        if postgresql >= mysql {
            return Found {
                database: Database::PostgreSql,
                is_said: postgresql > 0,
                refused_elsewhere,
                may_be_either_server: false,
            };
        }
        let (by_mysql, by_mariadb) = (sum(|of| of == Of::MySql), sum(|of| of == Of::MariaDb));
        Found {
            database: if by_mariadb > by_mysql {
                Database::MariaDb
            } else {
                Database::MySql
            },
            is_said: true,
            refused_elsewhere,
            may_be_either_server: by_mysql == by_mariadb,
        }
    }

    fn hear(&mut self, interpreter: &mut Interpreter<'_>, call: &Call) {
        let name = call.name.as_ref();
        if IGNORED_BY_MYSQL.contains(&name) {
            self.note_ignored(Of::PostgreSql, 3, call.name_span, format!("`{name}`"));
        } else if CALLS_OF_POSTGRESQL.contains(&name) {
            self.note(Of::PostgreSql, 3, call.name_span, format!("`{name}`"));
        }
        let is_index = matches!(name, "index" | "add_index");
        match name {
            "execute" => {
                if let Some(sql) = call.arguments.first() {
                    self.hear_sql(sql);
                }
            }
            "check_constraint" | "add_check_constraint" => {
                let position = usize::from(name.starts_with("add_"));
                if let Some(sql) = call.arguments.get(position) {
                    self.hear_sql(sql);
                    if sql
                        .value
                        .as_name()
                        .is_some_and(|text| text.starts_with("json_valid("))
                    {
                        self.note(Of::MariaDb, 2, sql.span, "`json_valid(…)`");
                    }
                }
            }
            "column" => {
                if let Some(named) = call.arguments.get(1) {
                    self.hear_type(named);
                }
            }
            "add_column" | "change_column" => {
                if let Some(named) = call.arguments.get(2) {
                    self.hear_type(named);
                }
            }
            _ if is_index => {
                let position = usize::from(name.starts_with("add_"));
                if let Some(columns) = call.arguments.get(position) {
                    self.hear_index(columns);
                }
            }
            "create_table" | "create_join_table" => {}
            _ => {
                if TYPES_OF_POSTGRESQL.contains(&name) {
                    self.note(Of::PostgreSql, 3, call.name_span, format!("`t.{name}`"));
                } else if TYPES_OF_MYSQL.contains(&name) {
                    self.note(Of::Both, 3, call.name_span, format!("`t.{name}`"));
                } else if name == "uuid" {
                    self.note(Of::PostgreSql, 2, call.name_span, "`t.uuid`");
                } else if matches!(name, "inet4" | "inet6") {
                    self.note(Of::MariaDb, 3, call.name_span, format!("`t.{name}`"));
                }
            }
        }
        self.hear_limit(call);
        self.hear_options(interpreter, &call.options, is_index);
    }

    /// Limits that only the dump of a MySQL has: those of its texts, and of integers that are as large as they are anyway.
    fn hear_limit(&mut self, call: &Call) {
        let limit = call
            .options
            .iter()
            .find(|(key, _)| key.value.as_name() == Some("limit"));
        let Some((
            _,
            Located {
                value: Value::Integer(limit),
                span,
            },
        )) = limit
        else {
            return;
        };
        let weight = match (call.name.as_ref(), *limit) {
            ("text" | "binary", 65_535 | 16_777_215 | 2_147_483_647 | 4_294_967_295) => 2,
            ("integer", 4) | ("boolean", 1) => 1,
            _ => return,
        };
        self.note(Of::Both, weight, *span, format!("`limit: {limit}`"));
    }

    fn hear_options(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        options: &[(Located, Located)],
        is_index: bool,
    ) {
        for (key, value) in options {
            let Some(name) = key.value.as_name() else {
                continue;
            };
            let text = value.value.as_name();
            if is_index && matches!(name, "where" | "include" | "opclass" | "nulls_not_distinct") {
                self.note_ignored(Of::PostgreSql, 2, key.span, format!("`{name}:`"));
                continue;
            }
            let (of, weight) = match name {
                "array" | "identity" if value.value.truthy() => (Of::PostgreSql, 3),
                "enum_type" | "deferrable" => (Of::PostgreSql, 3),
                "using" if text.is_some_and(is_method_of_postgresql) => (Of::PostgreSql, 3),
                "unsigned" | "auto_increment" => (Of::Both, 3),
                "size" if !is_index => (Of::Both, 3),
                "charset" => (Of::Both, 2),
                "collation" => match text.map(collation) {
                    Some(Some(of)) => (of, 2),
                    _ => continue,
                },
                "length" if is_index => (Of::Both, 1),
                "type" if is_index => (Of::Both, 3),
                "type" if text == Some("uuid") => (Of::PostgreSql, 2),
                "options" => match text.map(table_options) {
                    Some(Some(of)) => (of, 3),
                    _ => continue,
                },
                "id" => {
                    match (&value.value, text) {
                        (Value::Hash(inner), _) => {
                            let inner = inner.to_vec();
                            self.hear_options(interpreter, &inner, false);
                        }
                        (_, Some("uuid")) => {
                            self.note(Of::PostgreSql, 2, value.span, "`id: :uuid`");
                        }
                        (_, Some(text)) if text.starts_with("unsigned_") => {
                            self.note(Of::Both, 3, value.span, format!("`id: :{text}`"));
                        }
                        (Value::String(_), Some(_)) => self.hear_type(value),
                        _ => {}
                    }
                    continue;
                }
                "index" | "foreign_key" | "column_options" | "polymorphic" => {
                    if let Value::Hash(inner) = &value.value {
                        let inner = inner.to_vec();
                        self.hear_options(interpreter, &inner, name == "index");
                    }
                    continue;
                }
                "default" => {
                    if let Value::Lambda(block) = &value.value {
                        let block = std::rc::Rc::clone(block);
                        let sql = interpreter.call_lambda(self, &block);
                        self.hear_default(&sql);
                    }
                    continue;
                }
                "as" => {
                    self.hear_sql(value);
                    continue;
                }
                _ => continue,
            };
            self.note(of, weight, key.span, format!("`{name}:`"));
        }
    }

    /// The expression of a default.
    fn hear_default(&mut self, sql: &Located) {
        let Some(text) = sql.value.as_name() else {
            return;
        };
        let folded = text.to_ascii_lowercase();
        if folded.contains("on update") {
            self.note(Of::Both, 3, sql.span, "`ON UPDATE`");
        } else if folded.contains("gen_random_uuid")
            || folded.contains("uuid_generate")
            || folded.contains("::")
            || folded.contains("nextval(")
        {
            self.note(Of::PostgreSql, 3, sql.span, format!("`{text}`"));
        } else if folded == "(uuid())" {
            self.note(Of::Both, 3, sql.span, "`(uuid())`");
        } else if folded == "uuid()" || folded.starts_with("current_timestamp()") {
            self.note(Of::MariaDb, 2, sql.span, format!("`{text}`"));
        }
    }

    /// A type given as a text.
    fn hear_type(&mut self, named: &Located) {
        let Some(text) = named.value.as_name() else {
            return;
        };
        let folded = text.to_ascii_lowercase();
        let word = folded
            .split(|character: char| !(character.is_alphanumeric() || character == '_'))
            .next()
            .unwrap_or_default();
        let has_modifiers = folded.len() > word.len();
        let of = match word {
            "uuid" => {
                self.note(Of::PostgreSql, 1, named.span, "`uuid`");
                return;
            }
            "enum" | "set" if has_modifiers => Of::Both,
            _ if folded.contains("unsigned") || folded.contains("zerofill") => Of::Both,
            "int" | "bigint" | "smallint" | "datetime" if has_modifiers => Of::Both,
            "inet4" | "inet6" => Of::MariaDb,
            _ if TYPES_OF_MYSQL.contains(&word) || word == "varbinary" => Of::Both,
            _ if TYPES_OF_POSTGRESQL.contains(&word) => Of::PostgreSql,
            _ => return,
        };
        self.note(of, 3, named.span, format!("`{text}`"));
    }

    /// What an index is on.
    fn hear_index(&mut self, columns: &Located) {
        let Some(text) = columns.value.as_name() else {
            return;
        };
        let is_expression = |letter: char| !(letter.is_alphanumeric() || letter == '_');
        if text.contains('`') {
            // A dump of MySQL has every column of an expression so.
            self.note(Of::MySql, 3, columns.span, "an index on an expression");
        } else if text.contains("::") {
            self.note(Of::PostgreSql, 3, columns.span, "an index on an expression");
        } else if text.contains(is_expression) {
            self.note(Of::PostgreSql, 1, columns.span, "an index on an expression");
        }
    }

    /// Statements, conditions and expressions.
    fn hear_sql(&mut self, sql: &Located) {
        let Some(text) = sql.value.as_name() else {
            return;
        };
        if text.contains('`') {
            self.note(Of::Both, 2, sql.span, "a name in backticks");
            return;
        }
        let folded = text.to_ascii_lowercase();
        let says = |word: &str| folded.contains(word);
        if says("partition of ")
            || says("plpgsql")
            || says("$$")
            || says("::")
            || says("create extension")
            || says("create type ")
            || says("materialized view")
            || says("create sequence")
        {
            self.note(Of::PostgreSql, 3, sql.span, "this SQL");
        } else if says("engine=") || says("auto_increment") || says("charset=") {
            self.note(Of::Both, 3, sql.span, "this SQL");
        }
    }
}

/// Whose collation a name is; none for one that nobody or everybody has.
fn collation(name: &str) -> Option<Of> {
    let folded = name.to_ascii_lowercase();
    let is_mysqls = CHARACTER_SETS.iter().any(|set| {
        folded
            .strip_prefix(set)
            .is_some_and(|rest| rest.starts_with('_'))
    });
    if folded.contains("uca1400") || folded.ends_with("_nopad_ci") {
        Some(Of::MariaDb)
    } else if !is_mysqls {
        None
    } else if folded.contains("_0900_") {
        Some(Of::MySql)
    } else {
        Some(Of::Both)
    }
}

/// Whose the text behind a table's columns is.
fn table_options(text: &str) -> Option<Of> {
    let folded = text.to_ascii_lowercase();
    let says = |word: &str| folded.contains(word);
    let collations = folded
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .filter_map(collation);
    if let Some(of) = collations.into_iter().find(|of| *of != Of::Both) {
        Some(of)
    } else if says("engine=aria") || says("page_compressed") || says("system versioning") {
        Some(Of::MariaDb)
    } else if says("engine")
        || says("charset")
        || says("character set")
        || says("row_format")
        || says("auto_increment")
        || says("values less than")
    {
        Some(Of::Both)
    } else if says("inherits") || says("with (") || says("partition of") || says("tablespace") {
        Some(Of::PostgreSql)
    } else {
        None
    }
}

/// `btree` is everybody's, and MySQL takes `hash` too.
fn is_method_of_postgresql(method: &str) -> bool {
    matches!(
        method.to_ascii_lowercase().as_str(),
        "gin" | "gist" | "spgist" | "brin" | "hnsw" | "ivfflat" | "bloom"
    )
}

impl Host for Ear {
    fn call(&mut self, interpreter: &mut Interpreter<'_>, call: &Call) -> Option<Value> {
        self.hear(interpreter, call);
        if let Some(block) = call
            .block
            .as_ref()
            .filter(|_| call.name.as_ref() != "execute")
        {
            let table = Located {
                value: Value::Object(Object::TableDefinition),
                span: call.name_span,
            };
            interpreter.call_block(self, block, vec![table]);
        }
        Some(Value::Nil)
    }

    fn send(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        object: Object,
        call: &Call,
    ) -> Option<Value> {
        match (object, call.name.as_ref()) {
            (Object::Schema(_), "[]") => Some(Value::Object(Object::Schema(None))),
            (Object::Schema(_), _) => {
                if let Some(block) = &call.block {
                    interpreter.call_block(self, block, Vec::new());
                }
                Some(Value::Nil)
            }
            (Object::TableDefinition, _) => {
                self.hear(interpreter, call);
                Some(Value::Nil)
            }
            _ => Some(Value::Nil),
        }
    }

    fn method_names(&self, _object: Option<Object>) -> Vec<&'static str> {
        Vec::new()
    }

    fn constant(&mut self, name: &str) -> Option<Value> {
        matches!(name, "ActiveRecord::Schema").then_some(Value::Object(Object::Schema(None)))
    }
}
