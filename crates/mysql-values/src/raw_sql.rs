//! What the schema's raw SQL adds to its tables: columns, constraints and unique indexes.
//!
//! The front ends hand `execute "…"` over as it is. Rows must obey it all the same. What can't be read and speaks of a
//! table is a doubt about it.

use crate::expression::own_column;
use mysql_model::{
    CheckConstraint, Column, ColumnValue, ForeignKey, Index, IndexKey, IndexPart, MySqlCheck,
    MySqlIndex, MySqlIndexPart, QualifiedName, ReferentialAction, Schema, Server, Table,
};
use mysql_text::{Token, TokenKind};
use value_model::{Doubt, Remark};

/// A schema with what its raw SQL adds.
#[derive(Debug)]
pub(crate) struct Completed {
    pub schema: Schema,
    pub doubts: Vec<Doubt>,
    pub remarks: Vec<Remark>,
}

/// Reads the statements of a schema.
pub(crate) fn complete(schema: &Schema, server: Server) -> Completed {
    let mut completed = Completed {
        schema: schema.clone(),
        doubts: Vec::new(),
        remarks: Vec::new(),
    };
    for statement in &schema.statements {
        for sql in mysql_text::split(&mysql_text::opened(&statement.sql, server)) {
            completed.one(&sql);
        }
    }
    completed
}

/// Words that begin an action of ALTER TABLE that binds no row.
const HARMLESS: [&str; 21] = [
    "comment",
    "engine",
    "auto_increment",
    "row_format",
    "key_block_size",
    "order",
    "algorithm",
    "lock",
    "stats_persistent",
    "stats_auto_recalc",
    "stats_sample_pages",
    "default",
    "disable",
    "enable",
    "force",
    "analyze",
    "optimize",
    "collate",
    "checksum",
    "compression",
    "encryption",
];

impl Completed {
    fn one(&mut self, sql: &str) {
        let tokens = mysql_text::tokens(sql);
        let words = Words {
            sql,
            tokens: &tokens,
        };
        if words.begins(&["create", "table"]) || words.begins(&["create", "or", "replace", "table"])
        {
            let mut rest = words
                .after(&["create"])
                .skipping(&["or", "replace"])
                .after(&["table"]);
            rest = rest.skipping(&["if", "not", "exists"]);
            if let Some((name, _)) = rest.name()
                && self.position(&name).is_none()
            {
                self.remarks.push(Remark {
                    place: name.to_string(),
                    text: "gets no rows: raw SQL makes the table".to_owned(),
                    hint: "write it as `create_table` in the Schemafile".to_owned(),
                });
            }
        } else if words.begins(&["alter", "table"]) {
            let rest = words.after(&["alter", "table"]).skipping(&["if", "exists"]);
            let Some((name, rest)) = rest.name() else {
                return;
            };
            if let Some(position) = self.position(&name) {
                for action in rest.elements() {
                    if self.action(position, action).is_none() {
                        self.doubt(position, sql);
                    }
                }
            }
        } else if words.begins(&["create", "unique"]) {
            let rest = words
                .after(&["create", "unique", "index"])
                .skipping(&["if", "not", "exists"]);
            let Some((index, rest)) = rest.name() else {
                return;
            };
            let Some(on) = rest.tokens.iter().position(|token| token.is("on")) else {
                return;
            };
            if let Some((name, rest)) = rest.from(on + 1).name()
                && let Some(position) = self.position(&name)
                && self.unique(position, Some(index.name), rest).is_none()
            {
                self.doubt(position, sql);
            }
        }
    }

    fn position(&self, name: &QualifiedName) -> Option<usize> {
        self.schema
            .tables
            .iter()
            .position(|table| table.name.name.eq_ignore_ascii_case(&name.name))
    }

    fn doubt(&mut self, position: usize, sql: &str) {
        const SHOWN: usize = 4;
        let tokens = mysql_text::tokens(sql);
        let words: Vec<&str> = tokens.iter().take(SHOWN).map(|token| token.text).collect();
        let words = words.join(" ");
        self.doubts.push(Doubt::new(
            self.schema.tables[position].name.to_string(),
            &words,
            format!("raw SQL isn't understood: `{words}`"),
        ));
    }

    /// Applies one action of ALTER TABLE; none where it isn't understood.
    fn action(&mut self, position: usize, action: Words<'_>) -> Option<()> {
        let first = action.tokens.first()?;
        if HARMLESS.iter().any(|word| first.is(word)) {
            return Some(());
        }
        if !first.is("add") {
            return None;
        }
        let mut rest = action.from(1);
        let mut name = None;
        if rest.begins(&["constraint"]) {
            rest = rest.from(1);
            let next = rest.tokens.first()?;
            if !["check", "unique", "foreign", "primary"]
                .iter()
                .any(|word| next.is(word))
            {
                name = next.name();
                rest = rest.from(1);
            }
        }
        if rest.begins(&["check"]) {
            let (expression, after) = rest.from(1).in_parentheses()?;
            let table = &mut self.schema.tables[position];
            let number = table.checks.len() + 1;
            table.checks.push(CheckConstraint {
                name: name.unwrap_or_else(|| format!("{}_chk_{number}", table.name.name)),
                expression: expression.to_owned(),
                own: MySqlCheck {
                    enforced: !after.begins(&["not", "enforced"]),
                },
            });
            return Some(());
        }
        if rest.begins(&["unique"]) {
            rest = rest.from(1).skipping(&["index"]).skipping(&["key"]);
            if !rest.tokens.first()?.is("(") {
                name = rest.tokens.first()?.name();
            }
            return self.unique(position, name, rest);
        }
        if rest.begins(&["foreign", "key"]) {
            return self.foreign_key(position, name, rest);
        }
        if rest.begins(&["primary"]) {
            return None;
        }
        let is_index = ["index", "key", "fulltext", "spatial"]
            .iter()
            .any(|word| rest.begins(&[word]));
        if is_index {
            return Some(());
        }
        self.column(
            position,
            rest.skipping(&["column"])
                .skipping(&["if", "not", "exists"]),
        )
    }

    fn unique(&mut self, position: usize, name: Option<String>, rest: Words<'_>) -> Option<()> {
        let open = rest.tokens.iter().position(|token| token.is("("))?;
        let (list, _) = rest.from(open).in_parentheses()?;
        let table = &mut self.schema.tables[position];
        let mut parts = Vec::new();
        let tokens = mysql_text::tokens(list);
        for element in (Words {
            sql: list,
            tokens: &tokens,
        })
        .elements()
        {
            let [first, others @ ..] = element.tokens else {
                return None;
            };
            let mut others = others;
            let mut length = None;
            if let [open, number, close, after @ ..] = others
                && open.is("(")
                && number.kind == TokenKind::Number
                && close.is(")")
            {
                length = number.text.parse().ok();
                others = after;
            }
            let key = match first.name().and_then(|name| own_column(table, &name)) {
                Some(column)
                    if others.is_empty() || others[0].is("asc") || others[0].is("desc") =>
                {
                    IndexKey::Column(column)
                }
                _ => IndexKey::Expression(element.text().to_owned()),
            };
            parts.push(IndexPart {
                key,
                order: None,
                own: MySqlIndexPart { length },
            });
        }
        table.indexes.push(Index {
            name: name.unwrap_or_else(|| "unique".to_owned()),
            unique: true,
            parts,
            comment: None,
            own: MySqlIndex::default(),
        });
        Some(())
    }

    fn foreign_key(
        &mut self,
        position: usize,
        name: Option<String>,
        rest: Words<'_>,
    ) -> Option<()> {
        let open = rest.tokens.iter().position(|token| token.is("("))?;
        let (columns, after) = rest.from(open).in_parentheses()?;
        let (target, after) = after.after(&["references"]).name()?;
        let (referenced, _) = after.in_parentheses()?;
        let target = self.position(&target)?;
        let key = ForeignKey {
            name: name.unwrap_or_else(|| "foreign_key".to_owned()),
            columns: names_of(columns)?,
            referenced_table: self.schema.tables[target].name.clone(),
            referenced_columns: names_of(referenced)?,
            on_delete: ReferentialAction::default(),
            on_update: ReferentialAction::default(),
            own: (),
        };
        self.schema.tables[position].foreign_keys.push(key);
        Some(())
    }

    fn column(&mut self, position: usize, rest: Words<'_>) -> Option<()> {
        let name = rest.tokens.first()?.name()?;
        let rest = rest.from(1);
        let (data_type, after) = mysql_text::data_type::read(rest.text());
        let tokens = mysql_text::tokens(after);
        let has = |words: &[&str]| {
            tokens
                .windows(words.len())
                .any(|own| own.iter().zip(words).all(|(token, word)| token.is(word)))
        };
        if has(&["check"]) || has(&["references"]) || has(&["auto_increment"]) {
            return None;
        }
        let mut column = Column::new(name, data_type);
        column.not_null = has(&["not", "null"]);
        if let Some(place) = tokens.iter().position(|token| token.is("as")) {
            let words = Words {
                sql: after,
                tokens: &tokens,
            };
            let (expression, _) = words.from(place + 1).in_parentheses()?;
            column.value = ColumnValue::Generated {
                expression: expression.to_owned(),
                stored: has(&["stored"]) || has(&["persistent"]),
            };
        } else if let Some(default) = tokens
            .iter()
            .position(|token| token.is("default"))
            .and_then(|place| tokens.get(place + 1))
            && default.kind != TokenKind::Word
        {
            column.value = ColumnValue::Default(default.text.to_owned());
        }
        let is_unique = has(&["unique"]);
        let table: &mut Table = &mut self.schema.tables[position];
        if is_unique {
            table.indexes.push(Index {
                name: column.name.clone(),
                unique: true,
                parts: vec![IndexPart {
                    key: IndexKey::Column(column.name.clone()),
                    order: None,
                    own: MySqlIndexPart::default(),
                }],
                comment: None,
                own: MySqlIndex::default(),
            });
        }
        table.columns.push(column);
        Some(())
    }
}

fn names_of(list: &str) -> Option<Vec<String>> {
    let tokens = mysql_text::tokens(list);
    let names = tokens.iter().filter(|token| !token.is(","));
    names.map(Token::name).collect()
}

/// Words of a text that are yet to be read.
#[derive(Debug, Clone, Copy)]
struct Words<'a> {
    sql: &'a str,
    tokens: &'a [Token<'a>],
}

impl<'a> Words<'a> {
    fn from(self, place: usize) -> Self {
        Self {
            tokens: self.tokens.get(place..).unwrap_or_default(),
            ..self
        }
    }

    fn begins(self, words: &[&str]) -> bool {
        self.tokens.len() >= words.len()
            && self
                .tokens
                .iter()
                .zip(words)
                .all(|(token, word)| token.is(word))
    }

    fn skipping(self, words: &[&str]) -> Self {
        if self.begins(words) {
            self.from(words.len())
        } else {
            self
        }
    }

    /// What follows some words; nothing where they don't stand there.
    fn after(self, words: &[&str]) -> Self {
        if self.begins(words) {
            self.from(words.len())
        } else {
            self.from(self.tokens.len())
        }
    }

    fn text(self) -> &'a str {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => &self.sql[first.start()..last.end],
            _ => "",
        }
    }

    fn name(self) -> Option<(QualifiedName, Self)> {
        let first = self.tokens.first()?.name()?;
        if self.tokens.get(1).is_some_and(|token| token.is("."))
            && let Some(second) = self.tokens.get(2).and_then(Token::name)
        {
            return Some((QualifiedName::in_schema(first, second), self.from(3)));
        }
        Some((QualifiedName::bare(first), self.from(1)))
    }

    fn in_parentheses(self) -> Option<(&'a str, Self)> {
        let first = self.tokens.first().filter(|token| token.is("("))?;
        let mut depth = 0_u32;
        for (place, token) in self.tokens.iter().enumerate() {
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth -= 1;
                if depth == 0 {
                    return Some((
                        self.sql.get(first.end..token.start())?,
                        self.from(place + 1),
                    ));
                }
            }
        }
        None
    }

    /// The parts between commas.
    fn elements(self) -> Vec<Self> {
        let mut elements = Vec::new();
        let (mut start, mut depth) = (0, 0_u32);
        for (place, token) in self.tokens.iter().enumerate() {
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && token.is(",") {
                elements.push(Self {
                    tokens: &self.tokens[start..place],
                    ..self
                });
                start = place + 1;
            }
        }
        elements.push(self.from(start));
        elements
    }
}
