//! How a server makes a change, as far as it isn't done at once.
//!
//! Measured on MySQL 9.7.4 and MariaDB 10.11 with `ALGORITHM=` and `LOCK=`; MySQL 8.0.29 and newer are the same. Older
//! ones do less at once.

use crate::facts::ColumnFacts;
use mysql_model::{DataType, Server};
use std::collections::BTreeSet;

/// What a part of an `ALTER TABLE` costs, the cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cost {
    /// Only what the server knows of the table changes.
    Instant,
    /// All rows are read, for a new index; reads and writes go on.
    Index,
    /// The table is made anew while reads and writes go on.
    Rebuild,
    /// All rows are read, or copied into a new table, and nobody writes meanwhile.
    Copy,
}

/// A sentence on what a statement on a table costs, by what each of its parts costs and why; none for what is done at
/// once.
pub(crate) fn sentence(table: &str, parts: &[(Cost, String)]) -> Option<String> {
    let highest = parts.iter().map(|(cost, _)| *cost).max()?;
    let mut reasons = BTreeSet::new();
    let named: Vec<&str> = parts
        .iter()
        .filter(|(cost, why)| *cost == highest && reasons.insert(why))
        .map(|(_, why)| why.as_str())
        .collect();
    let why = named.join("; ");
    match highest {
        Cost::Instant => None,
        Cost::Index => Some(format!(
            "Not instant: reads all rows of `{table}`, while others read and write ({why})"
        )),
        Cost::Rebuild => Some(format!(
            "Rebuilds `{table}`, while others read and write ({why})"
        )),
        Cost::Copy => Some(format!(
            "Copies `{table}`, and nobody can write to it meanwhile ({why})"
        )),
    }
}

/// What it costs to add a column.
pub(crate) fn of_new_column(facts: &ColumnFacts) -> (Cost, &'static str) {
    if facts.counts {
        (Cost::Copy, "a column that counts is added")
    } else if facts
        .generated
        .as_ref()
        .is_some_and(|generated| generated.stored)
    {
        (Cost::Copy, "a stored generated column is added")
    } else if facts.check.is_some() {
        (Cost::Copy, "a check is added")
    } else if facts
        .default
        .as_ref()
        .is_some_and(|text| text.contains('(') && !text.starts_with(['\'', 'c']))
    {
        (Cost::Copy, "the default of a new column is an expression")
    } else {
        (Cost::Instant, "")
    }
}

/// What it costs to make a column another one; and whether only its place changes.
pub(crate) fn of_column(
    before: &ColumnFacts,
    after: &ColumnFacts,
    moves: bool,
    server: Server,
) -> (Cost, &'static str) {
    let mut found = (Cost::Instant, "");
    let mut raise = |cost: Cost, why: &'static str| {
        if cost > found.0 {
            found = (cost, why);
        }
    };
    if before.data_type != after.data_type {
        raise(of_types(before, after, server), "a column changes its type");
    }
    if before.charset != after.charset {
        raise(
            Cost::Copy,
            "a column changes its character set or collation",
        );
    }
    if before.not_null != after.not_null {
        raise(Cost::Rebuild, "a column may or may no longer be NULL");
    }
    if before.counts != after.counts {
        raise(Cost::Copy, "a column begins or ceases to count");
    }
    if before.generated != after.generated {
        raise(Cost::Copy, "a column is computed in another way");
    }
    if before.check != after.check && after.check.is_some() {
        raise(Cost::Copy, "a check is added");
    }
    if moves && server == Server::MySql {
        raise(Cost::Rebuild, "a column changes its place");
    }
    found
}

fn of_types(before: &ColumnFacts, after: &ColumnFacts, server: Server) -> Cost {
    match (&before.data_type, &after.data_type) {
        // A length up to 255 bytes takes one byte, a longer one two.
        (DataType::Varchar { length: had }, DataType::Varchar { length: has }) if has >= had => {
            let width = before
                .charset
                .as_ref()
                .map_or(4, |charset| match charset.name.as_str() {
                    "utf8mb4" | "utf16" | "utf32" | "gb18030" => 4,
                    "utf8mb3" | "ujis" | "eucjpms" => 3,
                    "ucs2" | "sjis" | "cp932" | "gbk" | "big5" | "euckr" | "gb2312" => 2,
                    _ => 1,
                });
            if server == Server::MariaDb || (had * width > 255) == (has * width > 255) {
                Cost::Instant
            } else {
                Cost::Copy
            }
        }
        (DataType::Varbinary { length: had }, DataType::Varbinary { length: has })
            if has >= had && (*had > 255) == (*has > 255) =>
        {
            Cost::Instant
        }
        (DataType::Enum(had), DataType::Enum(has)) | (DataType::Set(had), DataType::Set(has))
            if has.starts_with(had) =>
        {
            Cost::Instant
        }
        _ => Cost::Copy,
    }
}
