//! What must be unique in a table: primary key, constraints, unique indexes, and exclusion
//! constraints that only compare for equality.

use crate::plan::sql::words_outside_strings;
use schema_model::{ColumnValue, Index, IndexKey, Table, TypeKind};

/// Columns whose values must be unique together.
#[derive(Debug, Clone)]
pub(crate) struct UniqueSet {
    /// The constraint or index, for messages.
    pub name: String,
    /// Positions of the columns, in order, each once.
    pub columns: Vec<usize>,
    /// An expression in it that may map different values to the same one.
    pub opaque: Option<String>,
    /// What counts as equal.
    pub compared: Compared,
    /// Whether NULLs count as equal to each other.
    pub nulls_equal: bool,
    /// Whether it is about some rows only. Rows that are made keep it as if it were about all.
    pub partial: bool,
}

/// What of a row a unique set compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// The values.
    Values,
    /// Of a time only its day.
    Days,
    /// Two values in whatever order.
    UnorderedPairs,
}

impl UniqueSet {
    /// Columns whose values differ from row to row, as a primary key's do.
    fn of_columns(name: impl Into<String>, columns: Vec<usize>) -> Self {
        Self {
            name: name.into(),
            columns,
            opaque: None,
            compared: Compared::Values,
            nulls_equal: false,
            partial: false,
        }
    }

    /// What the configuration wants to be unique.
    pub(crate) fn configured(column: usize) -> Self {
        Self::of_columns("configuration", vec![column])
    }
}

/// All of a table's unique sets; those that contain another are dropped, for they follow from it.
pub(crate) fn unique_sets(table: &Table) -> Vec<UniqueSet> {
    let mut sets = Vec::new();
    let positions = |columns: &[String]| -> Vec<usize> {
        let mut positions: Vec<usize> = columns
            .iter()
            .filter_map(|column| table.column_position(column))
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
    // A type given as SQL text can bring its constraint along.
    for (position, column) in table.columns.iter().enumerate() {
        if let TypeKind::Other(sql) = &column.data_type.kind
            && ["PRIMARY KEY", "UNIQUE"]
                .iter()
                .any(|words| sql.to_uppercase().contains(words))
        {
            sets.push(UniqueSet::of_columns(sql, vec![position]));
        }
    }
    for unique in &table.uniques {
        if unique.using_index.is_some() {
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
    for exclusion in &table.exclusions {
        if let Some(columns) = equal_columns(table, &exclusion.elements) {
            sets.push(UniqueSet {
                partial: exclusion.predicate.is_some(),
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
fn made_of(table: &Table, column: usize) -> Vec<usize> {
    let ColumnValue::Generated { expression, .. } = &table.columns[column].value else {
        return vec![column];
    };
    let named: Vec<usize> = words_outside_strings(expression)
        .iter()
        .filter_map(|word| table.column_position(word))
        .collect();
    if named.is_empty() {
        vec![column]
    } else {
        named
    }
}

fn of_index(table: &Table, index: &Index) -> UniqueSet {
    let mut columns = Vec::new();
    let mut opaque = None;
    for part in &index.parts {
        match &part.key {
            IndexKey::Column(name) => columns.extend(table.column_position(name)),
            IndexKey::Expression(text) => {
                let words = words_outside_strings(text);
                // `COALESCE(a, 0)` is decided by its first column when that is never null.
                let mut named = words.iter().filter_map(|word| table.column_position(word));
                if words
                    .iter()
                    .any(|word| word.eq_ignore_ascii_case("coalesce"))
                    && !text.contains("),")
                {
                    columns.extend(named.next());
                } else {
                    columns.extend(named);
                }
                if !is_day(text)
                    && !words
                        .iter()
                        .all(|word| keeps_apart(word) || table.column_position(word).is_some())
                {
                    opaque = Some(text.clone());
                }
            }
        }
    }
    let expressions = || {
        index.parts.iter().filter_map(|part| match &part.key {
            IndexKey::Expression(text) => Some(text),
            IndexKey::Column(_) => None,
        })
    };
    let compared = if expressions().any(|text| text.to_lowercase().contains("least(")) {
        Compared::UnorderedPairs
    } else if expressions().any(|text| is_day(text)) {
        Compared::Days
    } else {
        Compared::Values
    };
    UniqueSet {
        name: index.name.clone(),
        columns,
        compared,
        opaque,
        nulls_equal: index.nulls_not_distinct,
        partial: index.predicate.is_some(),
    }
}

/// Whether an index lets no more than one or two rows be of which its condition is true, because what it is over tells
/// no rows apart: `((true)) WHERE is_default`, `((user_id IS NULL)) WHERE user_id IS NULL`.
pub(crate) fn is_guard(table: &Table, index: &Index) -> bool {
    index.unique
        && index.predicate.is_some()
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
        .any(|word| table.column_position(word).is_some())
}

/// Whether an expression tells days apart and nothing less.
fn is_day(expression: &str) -> bool {
    let text = expression.to_lowercase();
    ["::date", "date(", "date_trunc('day'"]
        .iter()
        .any(|form| text.contains(form))
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

/// The columns of an exclusion constraint whose only operator is `=`.
fn equal_columns(table: &Table, elements: &str) -> Option<Vec<usize>> {
    let mut columns = Vec::new();
    for element in elements.split(',') {
        let (column, operator) = element
            .rsplit_once(" WITH ")
            .or_else(|| element.rsplit_once(" with "))?;
        if operator.trim() != "=" {
            return None;
        }
        columns.push(table.column_position(column.trim().trim_matches('"'))?);
    }
    Some(columns)
}
