//! Reads the statements that change what rows may be, word by word. What it doesn't know is `None`, never a guess.

use super::statement::{Action, Bounds, ColumnText, DomainRule, IndexText, Statement};
use pg_model::QualifiedName;
use sql_text::{Token, TokenKind, fold, tokens};

/// Reads a statement; none if it isn't one of those that matter here, or isn't understood.
pub(super) fn read(sql: &str) -> Option<Statement> {
    let mut reader = Reader::new(sql);
    if reader.takes(&["set", "search_path"]) {
        let _ = reader.take("to") || reader.take("=");
        return Some(Statement::SearchPath(reader.name_or_literal()?));
    }
    if reader.takes(&["alter", "table"]) {
        return reader.alter_table();
    }
    if reader.takes(&["alter", "domain"]) {
        return reader.alter_domain();
    }
    if reader.takes(&["alter", "type"]) {
        return reader.alter_type();
    }
    if reader.takes(&["drop", "index"]) {
        let _ = reader.take("concurrently");
        let _ = reader.takes(&["if", "exists"]);
        let mut names = vec![reader.qualified()?];
        while reader.take(",") {
            names.push(reader.qualified()?);
        }
        return Some(Statement::DropIndex(names));
    }
    if !reader.take("create") {
        return None;
    }
    if reader.take("domain") {
        return reader.domain();
    }
    if reader.take("type") {
        return reader.type_of_own();
    }
    let unique = reader.take("unique");
    if reader.take("index") {
        return reader.index(unique).map(Statement::Index);
    }
    let _ = reader.take("unlogged") || reader.take("foreign");
    if reader.take("table") {
        return reader.table();
    }
    None
}

/// Reads what stands after a column's name: its type, and constraints that came along with it.
pub(super) fn column_type(text: &str) -> Option<ColumnText> {
    let mut reader = Reader::new(text);
    let column = reader.column_after_name(String::new())?;
    reader.is_at_end().then_some(column)
}

/// The tables that `INHERITS (…)` among a table's options names.
pub(super) fn inherited(options: &str) -> Vec<QualifiedName> {
    let mut reader = Reader::new(options);
    while !reader.is_at_end() {
        if reader.take("inherits") {
            let mut names = Vec::new();
            if let Some(list) = reader.in_parentheses() {
                let mut inner = Reader::new(list);
                while let Some(name) = inner.qualified() {
                    names.push(name);
                    if !inner.take(",") {
                        break;
                    }
                }
            }
            return names;
        }
        reader.skip();
    }
    Vec::new()
}

/// What the rows of a table are parted by: `PARTITION BY RANGE (…)` among its options.
pub(super) fn partition_key(options: &str) -> Option<&str> {
    let mut reader = Reader::new(options);
    while !reader.is_at_end() {
        if reader.takes(&["partition", "by"]) {
            reader.skip();
            return reader.in_parentheses();
        }
        reader.skip();
    }
    None
}

/// The parent and the bounds that `PARTITION OF … FOR VALUES …` among a table's options names.
pub(super) fn partition_of(options: &str) -> Option<(QualifiedName, Bounds)> {
    let mut reader = Reader::new(options);
    if !reader.takes(&["partition", "of"]) {
        return None;
    }
    let parent = reader.qualified()?;
    if reader.is_at("(") {
        reader.in_parentheses()?;
    }
    Some((parent, reader.bounds()?))
}

/// Statements about tables inside of a text such as the body of `DO`.
pub(super) fn statements_inside(body: &str) -> Vec<&str> {
    let all = tokens(body);
    let mut found = Vec::new();
    let mut position = 0;
    while position + 1 < all.len() {
        let begins = (all[position].is("alter") && all[position + 1].is("table"))
            || (all[position].is("create")
                && ["unique", "index", "domain", "type"]
                    .iter()
                    .any(|word| all[position + 1].is(word)));
        if begins {
            let end = all[position..]
                .iter()
                .find(|token| token.is(";"))
                .map_or(body.len(), Token::start);
            found.push(body[all[position].start()..end].trim());
            position += all[position..]
                .iter()
                .position(|token| token.is(";"))
                .unwrap_or(all.len());
        }
        position += 1;
    }
    found
}

/// Words that may follow a column's type or default.
pub(super) const AFTER_TYPE: [&str; 14] = [
    "constraint",
    "not",
    "null",
    "default",
    "check",
    "unique",
    "primary",
    "references",
    "generated",
    "collate",
    "storage",
    "compression",
    "deferrable",
    "initially",
];

pub(super) struct Reader<'a> {
    sql: &'a str,
    tokens: Vec<Token<'a>>,
    position: usize,
}

impl<'a> Reader<'a> {
    fn new(sql: &'a str) -> Self {
        let mut tokens = tokens(sql);
        while tokens.last().is_some_and(|token| token.is(";")) {
            tokens.pop();
        }
        Self {
            sql,
            tokens,
            position: 0,
        }
    }

    pub(super) fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.position)
    }

    pub(super) fn is_at(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is(word))
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.position >= self.tokens.len()
    }

    pub(super) fn skip(&mut self) {
        self.position += 1;
    }

    pub(super) fn take(&mut self, word: &str) -> bool {
        let found = self.is_at(word);
        self.position += usize::from(found);
        found
    }

    /// All of some words, or none.
    pub(super) fn takes(&mut self, words: &[&str]) -> bool {
        let start = self.position;
        if words.iter().all(|word| self.take(word)) {
            return true;
        }
        self.position = start;
        false
    }

    pub(super) fn name(&mut self) -> Option<String> {
        let token = self.peek().filter(|token| token.is_name())?;
        let name = fold(token.text)?;
        self.skip();
        Some(name)
    }

    pub(super) fn qualified(&mut self) -> Option<QualifiedName> {
        let first = self.name()?;
        if self.take(".") {
            return Some(QualifiedName::in_schema(first, self.name()?));
        }
        Some(QualifiedName::bare(first))
    }

    fn name_or_literal(&mut self) -> Option<String> {
        if self.peek()?.kind == TokenKind::Literal {
            return self.literal();
        }
        self.name()
    }

    fn literal(&mut self) -> Option<String> {
        let value = sql_text::string_value(self.peek()?.text)?;
        self.skip();
        Some(value)
    }

    /// The text within the parentheses that begin here.
    pub(super) fn in_parentheses(&mut self) -> Option<&'a str> {
        if !self.is_at("(") {
            return None;
        }
        let start = self.peek()?.end;
        let mut depth = 0_u32;
        while let Some(token) = self.peek() {
            let (is_open, is_close, end) = (token.is("("), token.is(")"), token.start());
            self.skip();
            if is_open {
                depth += 1;
            } else if is_close {
                depth -= 1;
                if depth == 0 {
                    return Some(self.sql[start..end].trim());
                }
            }
        }
        None
    }

    /// Names in parentheses.
    pub(super) fn names(&mut self) -> Option<Vec<String>> {
        let mut inner = Reader::new(self.in_parentheses()?);
        let mut names = vec![inner.name()?];
        while inner.take(",") {
            names.push(inner.name()?);
        }
        inner.is_at_end().then_some(names)
    }

    /// The text up to one of some words outside of parentheses; at least one token.
    pub(super) fn until(&mut self, stops: &[&str]) -> &'a str {
        let Some(first) = self.peek() else { return "" };
        let start = first.start();
        let mut end = start;
        let mut depth = 0_u32;
        while let Some(token) = self.peek() {
            if depth == 0 && end > start && stops.iter().any(|stop| token.is(stop)) {
                break;
            }
            if token.is("(") || token.is("[") {
                depth += 1;
            } else if token.is(")") || token.is("]") {
                depth = depth.saturating_sub(1);
            }
            end = token.end;
            self.skip();
        }
        self.sql[start..end].trim()
    }

    fn domain(&mut self) -> Option<Statement> {
        let name = self.qualified()?;
        let _ = self.take("as");
        let base = self.until(&AFTER_TYPE).to_owned();
        let mut rules = Vec::new();
        let mut constraint = None;
        while !self.is_at_end() {
            if self.take("collate") {
                self.qualified()?;
            } else if self.take("default") {
                self.until(&AFTER_TYPE);
            } else if self.take("constraint") {
                constraint = Some(self.name()?);
            } else if !self.take("null") {
                rules.push(self.domain_rule(constraint.take())?);
            }
        }
        Some(Statement::Domain { name, base, rules })
    }

    fn domain_rule(&mut self, name: Option<String>) -> Option<DomainRule> {
        if self.takes(&["not", "null"]) {
            return Some(DomainRule::NotNull);
        }
        if !self.take("check") {
            return None;
        }
        let expression = self.in_parentheses()?.to_owned();
        let _ = self.takes(&["not", "valid"]);
        Some(DomainRule::Check { name, expression })
    }

    fn alter_domain(&mut self) -> Option<Statement> {
        let name = self.qualified()?;
        if self.takes(&["set", "not", "null"]) {
            return Some(Statement::AlterDomain {
                name,
                rule: DomainRule::NotNull,
            });
        }
        if !self.take("add") {
            return None;
        }
        let constraint = if self.take("constraint") {
            Some(self.name()?)
        } else {
            None
        };
        let rule = self.domain_rule(constraint)?;
        Some(Statement::AlterDomain { name, rule })
    }

    fn type_of_own(&mut self) -> Option<Statement> {
        let name = self.qualified()?;
        if !self.take("as") {
            return None;
        }
        if self.take("enum") {
            let mut inner = Reader::new(self.in_parentheses()?);
            let mut labels = Vec::new();
            while !inner.is_at_end() {
                labels.push(inner.literal()?);
                let _ = inner.take(",");
            }
            return Some(Statement::Enum { name, labels });
        }
        if self.take("range") {
            let mut inner = Reader::new(self.in_parentheses()?);
            while !inner.is_at_end() {
                if inner.takes(&["subtype", "="]) {
                    let subtype = inner.until(&[","]).to_owned();
                    return Some(Statement::Range { name, subtype });
                }
                inner.skip();
            }
        }
        None
    }

    fn alter_type(&mut self) -> Option<Statement> {
        let name = self.qualified()?;
        if self.takes(&["add", "value"]) {
            let _ = self.takes(&["if", "not", "exists"]);
            return Some(Statement::Label {
                name,
                label: self.literal()?,
                renamed_from: None,
            });
        }
        if self.takes(&["rename", "value"]) {
            let from = self.literal()?;
            if !self.take("to") {
                return None;
            }
            return Some(Statement::Label {
                name,
                label: self.literal()?,
                renamed_from: Some(from),
            });
        }
        None
    }

    fn index(&mut self, unique: bool) -> Option<IndexText> {
        let _ = self.take("concurrently");
        let _ = self.takes(&["if", "not", "exists"]);
        let name = if self.is_at("on") {
            None
        } else {
            Some(self.qualified()?)
        };
        if !self.take("on") {
            return None;
        }
        let _ = self.take("only");
        let table = self.qualified()?;
        let method = if self.take("using") {
            self.name()?
        } else {
            "btree".to_owned()
        };
        let elements = self.in_parentheses()?.to_owned();
        let mut index = IndexText {
            name,
            unique,
            table,
            method,
            elements,
            nulls_not_distinct: false,
            predicate: None,
        };
        while !self.is_at_end() {
            if self.takes(&["nulls", "not", "distinct"]) {
                index.nulls_not_distinct = true;
            } else if self.takes(&["nulls", "distinct"]) {
            } else if self.take("include") || self.take("with") {
                self.in_parentheses()?;
            } else if self.take("tablespace") {
                self.name()?;
            } else if self.take("where") {
                index.predicate = Some(self.until(&[]).to_owned());
            } else {
                return None;
            }
        }
        Some(index)
    }

    fn table(&mut self) -> Option<Statement> {
        let _ = self.takes(&["if", "not", "exists"]);
        let name = self.qualified()?;
        if self.takes(&["partition", "of"]) {
            let parent = self.qualified()?;
            if self.is_at("(") {
                self.in_parentheses()?;
            }
            return Some(Statement::Partition {
                parent,
                bounds: self.bounds()?,
            });
        }
        // One that is made of a query has the query's rows.
        if !self.is_at("(") {
            return None;
        }
        self.in_parentheses()?;
        Some(Statement::Table(name))
    }

    fn bounds(&mut self) -> Option<Bounds> {
        if self.take("default") {
            return Some(Bounds::Default);
        }
        if !self.takes(&["for", "values"]) {
            return None;
        }
        let list = |text: &str| -> Vec<String> {
            value_model::expression::elements_of(text)
                .into_iter()
                .map(str::to_owned)
                .collect()
        };
        if self.take("in") {
            return Some(Bounds::In(list(self.in_parentheses()?)));
        }
        if self.take("from") {
            let from = list(self.in_parentheses()?);
            if !self.take("to") {
                return None;
            }
            return Some(Bounds::Range(from, list(self.in_parentheses()?)));
        }
        if self.take("with") {
            let mut inner = Reader::new(self.in_parentheses()?);
            while !inner.is_at_end() {
                if inner.take("modulus") {
                    return inner.peek()?.text.parse().ok().map(Bounds::Hash);
                }
                inner.skip();
            }
        }
        None
    }

    fn alter_table(&mut self) -> Option<Statement> {
        let _ = self.takes(&["if", "exists"]);
        let _ = self.take("only");
        let table = self.qualified()?;
        let _ = self.take("*");
        let mut actions = Vec::new();
        while !self.is_at_end() {
            let start = self.position;
            let action = self.action();
            let is_whole = self.is_at_end() || self.is_at(",");
            match action {
                Some(action) if is_whole => actions.push(action),
                _ => {
                    self.position = start;
                    let text = self.until(&[","]);
                    actions.push(Action::Unknown(first_words(text)));
                }
            }
            let _ = self.take(",");
        }
        Some(Statement::AlterTable { table, actions })
    }

    fn action(&mut self) -> Option<Action> {
        if self.take("add") {
            if self.is_at_constraint() {
                return self.constraint().map(Action::Add);
            }
            let _ = self.take("column");
            let _ = self.takes(&["if", "not", "exists"]);
            let name = self.name()?;
            return self.column_after_name(name).map(Action::AddColumn);
        }
        if self.take("alter") {
            let _ = self.take("column");
            let column = self.name()?;
            if self.takes(&["set", "not", "null"]) {
                return Some(Action::NotNull(column));
            }
            if self.takes(&["drop", "not", "null"]) {
                return Some(Action::MayBeNull(column));
            }
            if self.takes(&["set", "default"]) {
                return Some(Action::Default(column, Some(self.until(&[","]).to_owned())));
            }
            if self.takes(&["drop", "default"]) {
                return Some(Action::Default(column, None));
            }
            if self.takes(&["set", "data", "type"]) || self.take("type") {
                let data_type = self.until(&["using", "collate", ","]).to_owned();
                if !self.is_at_end() && !self.is_at(",") {
                    self.until(&[","]);
                }
                return Some(Action::Type(column, data_type));
            }
            if self.is_at("set") || self.is_at("reset") {
                self.until(&[","]);
                return Some(Action::Nothing);
            }
            return None;
        }
        if self.take("drop") {
            let is_constraint = self.take("constraint");
            let _ = !is_constraint && self.take("column");
            let _ = self.takes(&["if", "exists"]);
            let name = self.name()?;
            let _ = self.take("cascade") || self.take("restrict");
            return Some(if is_constraint {
                Action::DropConstraint(name)
            } else {
                Action::DropColumn(name)
            });
        }
        if self.take("rename") {
            let is_constraint = self.take("constraint");
            let _ = !is_constraint && self.take("column");
            if self.is_at("to") {
                return None;
            }
            let from = self.name()?;
            if !self.take("to") {
                return None;
            }
            let to = self.name()?;
            return Some(if is_constraint {
                Action::RenameConstraint(from, to)
            } else {
                Action::RenameColumn(from, to)
            });
        }
        if self.takes(&["attach", "partition"]) {
            self.qualified()?;
            return Some(Action::Partition {
                bounds: self.bounds()?,
            });
        }
        let harmless = [
            "owner", "enable", "disable", "validate", "cluster", "replica", "set", "reset",
            "inherit", "no", "force", "of", "not",
        ];
        if harmless.iter().any(|word| self.is_at(word)) {
            self.until(&[","]);
            return Some(Action::Nothing);
        }
        None
    }
}

/// The first words of a text, for a message.
pub(super) fn first_words(text: &str) -> String {
    const WORDS: usize = 8;
    let mut words: Vec<&str> = text.split_whitespace().take(WORDS + 1).collect();
    if words.len() > WORDS {
        words[WORDS] = "…";
    }
    words.join(" ")
}
