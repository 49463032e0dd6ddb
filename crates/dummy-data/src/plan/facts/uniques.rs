//! What must be unique in a table: primary key, constraints, unique indexes, and exclusion
//! constraints that only compare for equality.

use crate::calendar::{DAY, SECOND};
use crate::check;
use crate::ids::{ColumnId, TableColumns};
use crate::plan::facts::slots;
use crate::plan::facts::sums::{addends, addends_of_column};
use crate::plan::sql::{elements_of, operator_of, words_outside_strings};
use sqlparser::ast::{BinaryOperator, DataType, Expr, UnaryOperator};
use value_model::{ColumnValue, Index, IndexKey, Table, ValueType};

/// Columns whose values must be unique together.
#[derive(Debug, Clone)]
pub(crate) struct UniqueSet {
    /// The constraint or index, for messages.
    pub name: String,
    /// Positions of the columns, in order, each once.
    pub columns: Vec<ColumnId>,
    /// An expression in it that may map different values to the same one.
    pub opaque: Option<String>,
    /// What counts as equal.
    pub compared: Compared,
    /// Whether NULLs count as equal to each other.
    pub nulls_equal: bool,
    /// Columns whose NULLs something else takes the place of, so that they count as equal too.
    pub coalesced: Vec<ColumnId>,
    /// Whether it is about some rows only. Rows that are made keep it as if it were about all.
    pub partial: bool,
    /// About which rows, if only some.
    pub predicate: Option<String>,
    /// Whether no constraint asks for it: it is kept where there is room, and limits nothing.
    pub implied: bool,
}

/// What of a row a unique set compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// The values.
    Values,
    /// Of a time only which span it is in, such as its day: so many microseconds.
    Spans(i64),
    /// Two values in whatever order.
    UnorderedPairs,
}

impl UniqueSet {
    /// Columns whose values differ from row to row, as a primary key's do.
    fn of_columns(name: impl Into<String>, columns: Vec<ColumnId>) -> Self {
        Self {
            name: name.into(),
            columns,
            opaque: None,
            compared: Compared::Values,
            nulls_equal: false,
            coalesced: Vec::new(),
            partial: false,
            predicate: None,
            implied: false,
        }
    }

    /// What nobody asks for and everybody expects: the same two are joined once.
    pub(crate) fn implied(table: &str, columns: Vec<ColumnId>) -> Self {
        Self {
            implied: true,
            ..Self::of_columns(format!("rows of {table}"), columns)
        }
    }

    /// What the configuration wants to be unique.
    pub(crate) fn configured(column: ColumnId) -> Self {
        Self::of_columns("configuration", vec![column])
    }
}

/// All of a table's unique sets; those that contain another are dropped, for they follow from it.
pub(crate) fn unique_sets(table: &Table) -> Vec<UniqueSet> {
    let mut sets = Vec::new();
    let positions = |columns: &[String]| -> Vec<ColumnId> {
        let mut positions: Vec<ColumnId> = columns
            .iter()
            .filter_map(|column| table.column_id(column))
            .collect();
        positions.dedup();
        positions
    };
    if let Some(key) = &table.primary_key {
        let name = key.name.clone();
        sets.push(UniqueSet::of_columns(
            name.unwrap_or_else(|| format!("{}_pkey", table.name.name)),
            positions(&key.columns),
        ));
    }
    for unique in &table.own.uniques {
        if unique.columns.is_empty() {
            continue;
        }
        sets.push(UniqueSet {
            nulls_equal: unique.nulls_not_distinct,
            ..UniqueSet::of_columns(&unique.name, positions(&unique.columns))
        });
    }
    for index in table
        .indexes
        .iter()
        .filter(|index| index.unique && !is_guard(table, index))
    {
        sets.push(of_index(table, index));
    }
    for exclusion in &table.own.exclusions {
        if let Some(columns) = equal_columns(table, &exclusion.elements) {
            sets.push(UniqueSet {
                partial: exclusion.predicate.is_some(),
                predicate: exclusion.predicate.clone(),
                ..UniqueSet::of_columns(&exclusion.name, columns)
            });
        }
    }
    for set in &mut sets {
        set.columns = set
            .columns
            .iter()
            .flat_map(|&column| made_of(table, column))
            .collect();
    }
    for set in &mut sets {
        let mut seen = Vec::new();
        set.columns.retain(|column| {
            let fresh = !seen.contains(column);
            seen.push(*column);
            fresh
        });
    }
    let all = sets.clone();
    let mut position = 0;
    sets.retain(|set| {
        let own = position;
        position += 1;
        set.opaque.is_some()
            || !all.iter().enumerate().any(|(other, smaller)| {
                other != own
                    && smaller.opaque.is_none()
                    && !smaller.columns.is_empty()
                    && smaller
                        .columns
                        .iter()
                        .all(|column| set.columns.contains(column))
                    && (smaller.columns.len() < set.columns.len() || other < own)
                    && (smaller.nulls_equal || !set.nulls_equal)
                    && (!smaller.partial || set.partial)
            })
    });
    sets
}

/// The columns that a computed column is made of; itself if it isn't computed.
fn made_of(table: &Table, column: ColumnId) -> Vec<ColumnId> {
    if let Some((first, _)) = addends_of_column(table, column) {
        return vec![first];
    }
    let ColumnValue::Generated { expression, .. } = &table.columns[column].value else {
        return vec![column];
    };
    let named: Vec<ColumnId> = words_outside_strings(expression)
        .iter()
        .filter_map(|word| table.column_id(word))
        .collect();
    if named.is_empty() {
        vec![column]
    } else {
        named
    }
}

fn of_index(table: &Table, index: &Index) -> UniqueSet {
    let mut keys = Keys::default();
    for part in &index.parts {
        match &part.key {
            IndexKey::Column(name) => keys.columns.extend(table.column_id(name)),
            IndexKey::Expression(list) => {
                for element in elements_of(list) {
                    keys.add_element(table, element);
                }
            }
        }
    }
    UniqueSet {
        name: index.name.clone(),
        columns: keys.columns,
        compared: keys.compared,
        opaque: keys.opaque,
        nulls_equal: index.own.nulls_not_distinct,
        coalesced: keys.coalesced,
        partial: index.own.predicate.is_some(),
        predicate: index.own.predicate.clone(),
        implied: false,
    }
}

/// What the elements of an index compare.
struct Keys {
    columns: Vec<ColumnId>,
    compared: Compared,
    coalesced: Vec<ColumnId>,
    opaque: Option<String>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            compared: Compared::Values,
            coalesced: Vec::new(),
            opaque: None,
        }
    }
}

impl Keys {
    fn add_element(&mut self, table: &Table, element: &str) {
        // What follows the expression (an operator class, an order) isn't read.
        match check::parse(element) {
            Ok(expression) if self.add(table, &expression) => {}
            Ok(expression) => {
                let columns = check::columns(&expression);
                self.columns
                    .extend(columns.iter().filter_map(|name| table.column_id(name)));
                self.opaque = Some(element.to_owned());
            }
            Err(_) => {
                let words = words_outside_strings(element);
                self.columns
                    .extend(words.iter().filter_map(|word| table.column_id(word)));
                self.opaque = Some(element.to_owned());
            }
        }
    }

    /// Adds what an expression tells apart. False if different values of its columns may be the same to it.
    fn add(&mut self, table: &Table, expression: &Expr) -> bool {
        match expression {
            Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => self.add(table, inner),
            Expr::Identifier(name) => match table.column_id(&check::folded(name)) {
                Some(column) => {
                    self.columns.push(column);
                    true
                }
                None => false,
            },
            Expr::Cast {
                expr, data_type, ..
            } => {
                let kind = column_kind(table, expr);
                if *data_type == DataType::Date && matches!(kind, Some(ValueType::Timestamp { .. }))
                {
                    self.compared = Compared::Spans(DAY);
                    return self.add(table, expr);
                }
                let is_rounded = matches!(
                    kind,
                    Some(ValueType::Numeric { .. } | ValueType::Real | ValueType::DoublePrecision)
                );
                let name = data_type.to_string();
                let first: String = name
                    .chars()
                    .take_while(|character| character.is_alphanumeric() || *character == '_')
                    .collect();
                let keeps = keeps_apart(&first) || (*data_type == DataType::Date);
                keeps && !is_rounded && self.add(table, expr)
            }
            Expr::Trim { expr, .. } => self.add(table, expr),
            Expr::BinaryOp {
                left,
                op: BinaryOperator::StringConcat,
                right,
            } => {
                let first = self.add(table, left);
                self.add(table, right) && first
            }
            _ if addends(table, expression).is_some() => {
                let addends = addends(table, expression);
                self.columns.extend(addends.map(|(first, _)| first));
                true
            }
            // Truth values tell hardly any rows apart: what is beside them does.
            Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::InList { .. }
            | Expr::Between { .. }
            | Expr::UnaryOp {
                op: UnaryOperator::Not,
                ..
            }
            | Expr::BinaryOp {
                op:
                    BinaryOperator::And
                    | BinaryOperator::Or
                    | BinaryOperator::Eq
                    | BinaryOperator::NotEq
                    | BinaryOperator::Lt
                    | BinaryOperator::LtEq
                    | BinaryOperator::Gt
                    | BinaryOperator::GtEq,
                ..
            }
            | Expr::Value(_)
            | Expr::TypedString(_) => true,
            Expr::Function(_) => self.add_call(table, expression),
            _ => false,
        }
    }

    fn add_call(&mut self, table: &Table, expression: &Expr) -> bool {
        let Some((name, arguments)) = check::call(expression) else {
            return false;
        };
        match (name.as_str(), arguments.as_slice()) {
            // Decided by its first column, where that is never NULL.
            ("coalesce", [first, ..]) => {
                let names = check::columns(first);
                self.coalesced
                    .extend(names.iter().filter_map(|name| table.column_id(name)));
                self.add(table, first)
            }
            ("date", [moment]) => {
                self.compared = Compared::Spans(DAY);
                self.add(table, moment)
            }
            ("date_trunc", [unit, moment, ..]) => {
                let Some(unit) = check::literal(unit) else {
                    return false;
                };
                let span = match unit.to_lowercase().as_str() {
                    "second" => SECOND,
                    "minute" => 60 * SECOND,
                    "hour" => 3600 * SECOND,
                    "day" => DAY,
                    "week" => 7 * DAY,
                    "month" => 31 * DAY,
                    "quarter" => 92 * DAY,
                    "year" => 366 * DAY,
                    _ => return false,
                };
                self.compared = Compared::Spans(span);
                self.add(table, moment)
            }
            ("least" | "greatest", both) => {
                self.compared = Compared::UnorderedPairs;
                both.iter().all(|one| self.add(table, one))
            }
            (name, all) if keeps_apart(name) => all.iter().all(|one| self.add(table, one)),
            _ => false,
        }
    }
}

/// The type of the column that an expression is.
fn column_kind<'t>(table: &'t Table, expression: &Expr) -> Option<&'t ValueType> {
    match expression {
        Expr::Nested(inner) => column_kind(table, inner),
        Expr::Identifier(name) => table
            .column(&check::folded(name))
            .map(|column| &column.data_type.kind),
        _ => None,
    }
}

/// Whether an index lets no more than one or two rows be of which its condition is true, because what it is over tells
/// no rows apart: `((true)) WHERE is_default`, `((user_id IS NULL)) WHERE user_id IS NULL`.
pub(crate) fn is_guard(table: &Table, index: &Index) -> bool {
    index.unique
        && index.own.predicate.is_some()
        && index.parts.iter().all(|part| match &part.key {
            IndexKey::Column(_) => false,
            IndexKey::Expression(text) => is_null_test(text) || names_no_column(table, text),
        })
}

fn is_null_test(expression: &str) -> bool {
    let words: Vec<String> = words_outside_strings(expression)
        .iter()
        .map(|word| word.to_lowercase())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        [_, "is", "null"] | [_, "is", "not", "null"]
    )
}

fn names_no_column(table: &Table, expression: &str) -> bool {
    !words_outside_strings(expression)
        .iter()
        .any(|word| table.column_id(word).is_some())
}

/// Functions and types under which our unique values stay different: they differ in more than
/// letter case and surrounding blanks.
fn keeps_apart(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "lower"
            | "upper"
            | "trim"
            | "btrim"
            | "ltrim"
            | "rtrim"
            | "text"
            | "character"
            | "varying"
            | "varchar"
            | "coalesce"
            | "md5"
            | "unaccent"
            | "public"
            | "citext"
            | "bigint"
            | "integer"
            | "uuid"
            | "inet"
            | "null"
            | "both"
            | "from"
            | "digest"
            | "sha256"
            | "encode"
            | "convert_to"
            | "least"
            | "greatest"
            | "hashtext"
            | "desc"
            | "asc"
            | "collate"
            | "bytea"
            | "numeric"
            | "true"
            | "false"
            | "concat"
            | "immutable_unaccent"
            | "f_unaccent"
            | "nulls"
            | "first"
            | "last"
            | "c"
    ) || word.starts_with(|first: char| first.is_ascii_digit())
}

/// The columns of an exclusion constraint that `=` compares, where these being unique is enough: nothing else may stand
/// beside them but what slots keep apart.
fn equal_columns(table: &Table, elements: &str) -> Option<Vec<ColumnId>> {
    let mut columns = Vec::new();
    for element in elements_of(elements) {
        let (expression, operator) = operator_of(element)?;
        match operator {
            "=" => {
                let mut keys = Keys::default();
                keys.add_element(table, expression);
                if keys.opaque.is_some() {
                    return None;
                }
                columns.extend(keys.columns);
            }
            "&&" => return None,
            _ => {}
        }
    }
    (!columns.is_empty()).then_some(columns)
}

/// Whether rows are known to keep an exclusion constraint: by what is unique, or by ranges that follow each other.
pub(crate) fn is_kept(table: &Table, elements: &str) -> bool {
    equal_columns(table, elements).is_some()
        || elements_of(elements).into_iter().any(|element| {
            operator_of(element).is_some_and(|(expression, operator)| {
                let column = words_outside_strings(expression)
                    .iter()
                    .find_map(|word| table.column(word));
                operator == "&&"
                    && (slots::slot(table, expression).is_some()
                        || column.is_some_and(|column| {
                            matches!(
                                column.data_type.kind,
                                ValueType::Range(_)
                                    | ValueType::Multirange(_)
                                    | ValueType::Circle
                                    | ValueType::Box
                                    | ValueType::Polygon
                            )
                        }))
            })
        })
}
