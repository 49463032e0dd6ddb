//! Expressions of MySQL in the form that a schema for rows has them.
//!
//! The translation says the same in other words or says that it can't: a check that isn't translated is a doubt, and a
//! doubt is better than rows that a server refuses. Where the two databases differ in what a word means (`LENGTH` counts
//! bytes, `/` keeps the fraction, `||` is OR, truth is a number), the meaning is MySQL's.

use mysql_model::Table;
use sqlparser::ast::{
    BinaryOperator, CastKind, CeilFloorKind, DataType as Cast, DateTimeField, Expr, Function,
    FunctionArg, FunctionArgExpr, FunctionArguments, Interval, TrimWhereField, UnaryOperator,
    Value,
};
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;
use std::fmt::Write as _;
use value_model::expression::identifier;

/// What expressions of a table can name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    /// The table.
    pub table: &'a Table,
    /// Its columns that hold true or false.
    pub truths: &'a [String],
}

/// An expression that is a condition.
pub(crate) fn condition(sql: &str, names: Names<'_>) -> Result<String, String> {
    names.truth(&parse(sql)?)
}

/// An expression that is a value.
pub(crate) fn value(sql: &str, names: Names<'_>) -> Result<String, String> {
    names.value(&parse(sql)?)
}

/// The column whose text `JSON_VALID(column)` wants to be JSON.
pub(crate) fn json_column(sql: &str, table: &Table) -> Option<String> {
    let parsed = parse(sql).ok()?;
    let mut inner = &parsed;
    while let Expr::Nested(next) = inner {
        inner = next;
    }
    let Expr::Function(function) = inner else {
        return None;
    };
    let (name, arguments) = call(function)?;
    let names = Names { table, truths: &[] };
    match (name.as_str(), arguments.as_slice()) {
        ("json_valid", [only]) => names.column(only),
        _ => None,
    }
}

/// The columns that an expression names.
pub(crate) fn columns(sql: &str, table: &Table) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for token in mysql_text::tokens(sql) {
        if let Some(name) = token.name()
            && let Some(column) = own_column(table, &name)
            && !found.contains(&column)
        {
            found.push(column);
        }
    }
    found
}

/// The column of a table by its name in whatever case, as the table spells it.
pub(crate) fn own_column(table: &Table, name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let columns = table.columns.iter();
    columns
        .map(|column| &column.name)
        .find(|own| own.to_lowercase() == lower)
        .cloned()
}

fn parse(sql: &str) -> Result<Expr, String> {
    // To the parser these bind closely, as they do where `||` joins texts.
    let mut words = sql.to_owned();
    for pair in mysql_text::tokens(sql).windows(2).rev() {
        for (sign, word) in [("|", " OR "), ("&", " AND ")] {
            if pair.iter().all(|token| token.is(sign)) && pair[0].end == pair[1].start() {
                words.replace_range(pair[0].start()..pair[1].end, word);
            }
        }
    }
    Parser::new(&MySqlDialect {})
        .try_with_sql(&words)
        .and_then(|mut parser| {
            let expression = parser.parse_expr()?;
            parser.expect_token(&sqlparser::tokenizer::Token::EOF)?;
            Ok(expression)
        })
        .map_err(|error| error.to_string())
}

/// The name of a function in lower case, and its arguments.
fn call(function: &Function) -> Option<(String, Vec<&Expr>)> {
    let arguments = match &function.args {
        FunctionArguments::None => Vec::new(),
        FunctionArguments::List(list) => list
            .args
            .iter()
            .map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression),
                _ => None,
            })
            .collect::<Option<_>>()?,
        FunctionArguments::Subquery(_) => return None,
    };
    let name = function.name.0.last()?.as_ident()?.value.to_lowercase();
    Some((name, arguments))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn not_understood<T>(expression: &Expr) -> Result<T, String> {
    Err(format!("`{expression}`"))
}

impl Names<'_> {
    fn column(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Nested(inner) => self.column(inner),
            Expr::Identifier(name) => own_column(self.table, &name.value),
            Expr::CompoundIdentifier(names) => own_column(self.table, &names.last()?.value),
            _ => None,
        }
    }

    fn truth_column(&self, expression: &Expr) -> Option<String> {
        let column = self.column(expression)?;
        self.truths.contains(&column).then(|| identifier(&column))
    }

    /// A condition as a condition.
    fn truth(&self, expression: &Expr) -> Result<String, String> {
        if let Some(column) = self.truth_column(expression) {
            return Ok(column);
        }
        match expression {
            Expr::Nested(inner) => Ok(format!("({})", self.truth(inner)?)),
            Expr::UnaryOp {
                op: UnaryOperator::Not | UnaryOperator::BangNot,
                expr,
            } => Ok(format!("NOT ({})", self.truth(expr)?)),
            Expr::BinaryOp { left, op, right } => self.truth_of_two(expression, left, op, right),
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => Ok(format!(
                "{} {}BETWEEN {} AND {}",
                self.value(expr)?,
                not(*negated),
                self.value(low)?,
                self.value(high)?
            )),
            Expr::InList {
                expr,
                list,
                negated,
            } => {
                let column = self.truth_column(expr);
                let items: Result<Vec<String>, String> = list
                    .iter()
                    .map(|item| match &column {
                        Some(_) => truth_literal(item)
                            .map(str::to_owned)
                            .map_or_else(|| not_understood(item), Ok),
                        None => self.value(item),
                    })
                    .collect();
                let of = column.map_or_else(|| self.value(expr), Ok)?;
                Ok(format!("{of} {}IN ({})", not(*negated), items?.join(", ")))
            }
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char: None,
            } => Ok(format!(
                "{} {}LIKE {}",
                self.value(expr)?,
                not(*negated),
                self.value(pattern)?
            )),
            // Letters of either case match under most collations. What is to match is made so that it does in any case.
            Expr::RLike {
                negated,
                expr,
                pattern,
                ..
            } => Ok(format!(
                "{} {} {}",
                self.value(expr)?,
                if *negated { "!~*" } else { "~" },
                self.value(pattern)?
            )),
            Expr::IsNull(inner) => Ok(format!("{} IS NULL", self.either(inner)?)),
            Expr::IsNotNull(inner) => Ok(format!("{} IS NOT NULL", self.either(inner)?)),
            Expr::IsTrue(inner) => Ok(format!("({}) IS TRUE", self.truth(inner)?)),
            Expr::IsNotTrue(inner) => Ok(format!("({}) IS NOT TRUE", self.truth(inner)?)),
            Expr::IsFalse(inner) => Ok(format!("({}) IS FALSE", self.truth(inner)?)),
            Expr::IsNotFalse(inner) => Ok(format!("({}) IS NOT FALSE", self.truth(inner)?)),
            Expr::Value(_) => truth_literal(expression)
                .map(str::to_owned)
                .map_or_else(|| not_understood(expression), Ok),
            Expr::Case {
                operand: None,
                conditions,
                else_result,
                ..
            } => {
                let mut sql = "CASE".to_owned();
                for case in conditions {
                    let _ = write!(
                        sql,
                        " WHEN {} THEN {}",
                        self.truth(&case.condition)?,
                        self.truth(&case.result)?
                    );
                }
                if let Some(result) = else_result {
                    let _ = write!(sql, " ELSE {}", self.truth(result)?);
                }
                Ok(sql + " END")
            }
            Expr::Function(function) => {
                let Some((name, arguments)) = call(function) else {
                    return not_understood(expression);
                };
                match (name.as_str(), arguments.as_slice()) {
                    ("isnull", [only]) => Ok(format!("{} IS NULL", self.either(only)?)),
                    ("regexp_like", [text, pattern, ..]) => {
                        Ok(format!("{} ~ {}", self.value(text)?, self.value(pattern)?))
                    }
                    ("if", [when, yes, no]) => Ok(format!(
                        "CASE WHEN {} THEN {} ELSE {} END",
                        self.truth(when)?,
                        self.truth(yes)?,
                        self.truth(no)?
                    )),
                    ("coalesce" | "ifnull", [first, second]) => Ok(format!(
                        "coalesce({}, {})",
                        self.truth(first)?,
                        self.truth(second)?
                    )),
                    _ => not_understood(expression),
                }
            }
            _ => not_understood(expression),
        }
    }

    fn truth_of_two(
        &self,
        whole: &Expr,
        left: &Expr,
        operator: &BinaryOperator,
        right: &Expr,
    ) -> Result<String, String> {
        let joined = match operator {
            BinaryOperator::And => Some("AND"),
            BinaryOperator::Or => Some("OR"),
            BinaryOperator::Xor => Some("<>"),
            _ => None,
        };
        if let Some(word) = joined {
            return Ok(format!(
                "({}) {word} ({})",
                self.truth(left)?,
                self.truth(right)?
            ));
        }
        let word = match operator {
            BinaryOperator::Eq => "=",
            BinaryOperator::NotEq => "<>",
            BinaryOperator::Lt => "<",
            BinaryOperator::LtEq => "<=",
            BinaryOperator::Gt => ">",
            BinaryOperator::GtEq => ">=",
            BinaryOperator::Spaceship => "IS NOT DISTINCT FROM",
            _ => return not_understood(whole),
        };
        // A column of truth values beside a number: `active = 1`.
        for (column, other) in [(left, right), (right, left)] {
            if let Some(column) = self.truth_column(column)
                && matches!(word, "=" | "<>" | "IS NOT DISTINCT FROM")
                && let Some(truth) = truth_literal(other)
            {
                return Ok(format!("{column} {word} {truth}"));
            }
        }
        // Two conditions beside each other: `(status = 'done') = (done_at IS NOT NULL)`.
        if is_condition(left) && is_condition(right) && matches!(word, "=" | "<>") {
            return Ok(format!(
                "({}) {word} ({})",
                self.truth(left)?,
                self.truth(right)?
            ));
        }
        Ok(format!(
            "{} {word} {}",
            self.value(left)?,
            self.value(right)?
        ))
    }

    /// What may be a condition or a value, where it doesn't matter which.
    fn either(&self, expression: &Expr) -> Result<String, String> {
        match self.truth_column(expression) {
            Some(column) => Ok(column),
            None => self.value(expression),
        }
    }

    /// A value. A condition is the number 1 or 0.
    fn value(&self, expression: &Expr) -> Result<String, String> {
        if let Some(column) = self.truth_column(expression) {
            return Ok(format!("({column})::integer"));
        }
        if is_condition(expression) {
            return Ok(format!("({})::integer", self.truth(expression)?));
        }
        match expression {
            Expr::Nested(inner) => Ok(format!("({})", self.value(inner)?)),
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => match self.column(expression) {
                Some(column) => Ok(identifier(&column)),
                None => not_understood(expression),
            },
            // The character set of a literal: `_utf8mb4'draft'`.
            Expr::Prefixed { value, .. } => self.value(value),
            Expr::Value(value) => match &value.value {
                Value::Number(number, _) => Ok(number.clone()),
                Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => {
                    Ok(quoted(text))
                }
                Value::Boolean(truth) => Ok(u8::from(*truth).to_string()),
                Value::Null => Ok("NULL".to_owned()),
                _ => not_understood(expression),
            },
            Expr::TypedString(typed) => match &typed.value.value {
                Value::SingleQuotedString(text) => Ok(quoted(text)),
                _ => not_understood(expression),
            },
            Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr,
            } => Ok(format!("-{}", self.value(expr)?)),
            Expr::Collate { expr, .. }
            | Expr::UnaryOp {
                op: UnaryOperator::Plus,
                expr,
            } => self.value(expr),
            Expr::BinaryOp { left, op, right } => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                Ok(match op {
                    BinaryOperator::Plus => format!("{left} + {right}"),
                    BinaryOperator::Minus => format!("{left} - {right}"),
                    BinaryOperator::Multiply => format!("{left} * {right}"),
                    BinaryOperator::Modulo => format!("{left} % {right}"),
                    BinaryOperator::Divide => format!("({left})::numeric / {right}"),
                    BinaryOperator::MyIntegerDivide => {
                        format!("floor(({left})::numeric / {right})")
                    }
                    _ => return not_understood(expression),
                })
            }
            Expr::Interval(interval) => interval_text(interval, expression),
            Expr::Extract { field, expr, .. } => {
                Ok(format!("EXTRACT({field} FROM {})", self.value(expr)?))
            }
            Expr::Ceil {
                expr,
                field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime),
            } => Ok(format!("ceil({})", self.value(expr)?)),
            Expr::Floor {
                expr,
                field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime),
            } => Ok(format!("floor({})", self.value(expr)?)),
            Expr::Substring {
                expr,
                substring_from: Some(from),
                substring_for,
                ..
            } => {
                let mut sql = format!("substring({}, {}", self.value(expr)?, self.value(from)?);
                if let Some(length) = substring_for {
                    let _ = write!(sql, ", {}", self.value(length)?);
                }
                Ok(sql + ")")
            }
            Expr::Trim {
                trim_where,
                trim_what: None,
                expr,
                trim_characters: None,
            } => {
                let name = match trim_where {
                    None | Some(TrimWhereField::Both) => "btrim",
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                };
                Ok(format!("{name}({})", self.value(expr)?))
            }
            Expr::Cast {
                kind: CastKind::Cast,
                expr,
                data_type,
                ..
            } => {
                let name = match data_type {
                    Cast::Char(None) => "text",
                    Cast::Date => "date",
                    Cast::Datetime(_) => "timestamp",
                    Cast::Decimal(_) => "numeric",
                    Cast::Double(_) => "double precision",
                    Cast::Unsigned | Cast::Signed | Cast::UnsignedInteger | Cast::SignedInteger => {
                        "bigint"
                    }
                    _ => return not_understood(expression),
                };
                Ok(format!("({})::{name}", self.value(expr)?))
            }
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => {
                let mut sql = "CASE".to_owned();
                if let Some(operand) = operand {
                    let _ = write!(sql, " {}", self.value(operand)?);
                }
                for case in conditions {
                    let when = if operand.is_some() {
                        self.value(&case.condition)?
                    } else {
                        self.truth(&case.condition)?
                    };
                    let _ = write!(sql, " WHEN {when} THEN {}", self.value(&case.result)?);
                }
                if let Some(result) = else_result {
                    let _ = write!(sql, " ELSE {}", self.value(result)?);
                }
                Ok(sql + " END")
            }
            Expr::Function(function) => match call(function) {
                Some((name, arguments)) => self.function(expression, &name, &arguments),
                None => not_understood(expression),
            },
            _ => not_understood(expression),
        }
    }

    fn function(
        &self,
        expression: &Expr,
        name: &str,
        arguments: &[&Expr],
    ) -> Result<String, String> {
        if let ("if", [when, yes, no]) = (name, arguments) {
            return Ok(format!(
                "CASE WHEN {} THEN {} ELSE {} END",
                self.truth(when)?,
                self.value(yes)?,
                self.value(no)?
            ));
        }
        let values: Result<Vec<String>, String> = arguments
            .iter()
            .map(|argument| self.value(argument))
            .collect();
        let values = values?;
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        // The same under another name, or the same name.
        let same = match (name, values.len()) {
            ("char_length" | "character_length", 1) => "char_length",
            ("length" | "octet_length", 1) => "octet_length",
            ("lower" | "lcase", 1) => "lower",
            ("upper" | "ucase", 1) => "upper",
            ("coalesce", 1..) | ("ifnull", 2) => "coalesce",
            ("nullif", 2) => "nullif",
            ("abs", 1) => "abs",
            ("ceil" | "ceiling", 1) => "ceil",
            ("floor", 1) => "floor",
            ("round", 1 | 2) => "round",
            ("pow" | "power", 2) => "power",
            ("greatest", 1..) => "greatest",
            ("least", 1..) => "least",
            ("left", 2) => "left",
            ("right", 2) => "right",
            ("substr" | "substring" | "mid", 2 | 3) => "substring",
            ("trim", 1) => "btrim",
            ("ltrim", 1) => "ltrim",
            ("rtrim", 1) => "rtrim",
            ("replace", 3) => "replace",
            ("concat_ws", 2..) => "concat_ws",
            _ => "",
        };
        if !same.is_empty() {
            return Ok(format!("{same}({})", values.join(", ")));
        }
        match (name, values.as_slice()) {
            ("concat", [_, ..]) => Ok(format!("({})", values.join(" || "))),
            ("mod", [left, right]) => Ok(format!("({left}) % ({right})")),
            ("date", [moment]) => Ok(format!("({moment})::date")),
            ("datediff", [left, right]) => Ok(format!("(({left})::date - ({right})::date)")),
            ("year" | "month" | "hour" | "minute" | "second" | "quarter", [moment]) => {
                Ok(format!("EXTRACT({name} FROM {moment})"))
            }
            ("day" | "dayofmonth", [moment]) => Ok(format!("EXTRACT(day FROM {moment})")),
            _ => not_understood(expression),
        }
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

/// What a number or a word says as a truth value.
fn truth_literal(expression: &Expr) -> Option<&'static str> {
    match expression {
        Expr::Nested(inner) => truth_literal(inner),
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) if number == "1" => Some("TRUE"),
            Value::Number(number, _) if number == "0" => Some("FALSE"),
            Value::Boolean(truth) => Some(if *truth { "TRUE" } else { "FALSE" }),
            Value::Null => Some("NULL"),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is true or false and nothing else.
fn is_condition(expression: &Expr) -> bool {
    match expression {
        Expr::Nested(inner) => is_condition(inner),
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::InList { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::RLike { .. }
        | Expr::UnaryOp {
            op: UnaryOperator::Not | UnaryOperator::BangNot,
            ..
        }
        | Expr::BinaryOp {
            op:
                BinaryOperator::And
                | BinaryOperator::Or
                | BinaryOperator::Xor
                | BinaryOperator::Eq
                | BinaryOperator::NotEq
                | BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq
                | BinaryOperator::Spaceship,
            ..
        } => true,
        Expr::Function(function) => call(function)
            .is_some_and(|(name, _)| matches!(name.as_str(), "isnull" | "regexp_like")),
        _ => false,
    }
}

fn interval_text(interval: &Interval, expression: &Expr) -> Result<String, String> {
    let (Some(unit), Expr::Value(value)) = (&interval.leading_field, &*interval.value) else {
        return not_understood(expression);
    };
    let (Value::Number(number, _) | Value::SingleQuotedString(number)) = &value.value else {
        return not_understood(expression);
    };
    let unit = match unit {
        DateTimeField::Second => "second",
        DateTimeField::Minute => "minute",
        DateTimeField::Hour => "hour",
        DateTimeField::Day => "day",
        DateTimeField::Week(None) => "week",
        DateTimeField::Month => "month",
        DateTimeField::Year => "year",
        _ => return not_understood(expression),
    };
    number
        .parse::<i64>()
        .map(|number| format!("interval '{number} {unit}'"))
        .map_err(|_| format!("`{expression}`"))
}
