//! Constraints, as they stand in `CREATE TABLE` and after `ALTER TABLE … ADD`.

use crate::identifier;
use crate::quote::{push_column_list, push_qualified};
use pg_model::{
    CheckConstraint, Deferrability, ExclusionConstraint, ForeignKey, PrimaryKey, ReferentialAction,
    UniqueConstraint,
};
use std::fmt::Write as _;

/// `PRIMARY KEY (…)`, named only where the source names it.
pub fn primary_key(key: &PrimaryKey) -> String {
    let mut sql = String::new();
    push_primary_key(&mut sql, key);
    sql
}

/// Writes [`primary_key`] behind what is there.
pub(super) fn push_primary_key(sql: &mut String, key: &PrimaryKey) {
    if let Some(name) = &key.name {
        let _ = write!(sql, "CONSTRAINT {} ", identifier(name));
    }
    sql.push_str("PRIMARY KEY ");
    push_column_list(sql, &key.columns);
}

/// `CONSTRAINT … CHECK (…)`.
pub fn check_constraint(check: &CheckConstraint) -> String {
    format!(
        "CONSTRAINT {} CHECK ({})",
        identifier(&check.name),
        check.expression
    )
}

/// `CONSTRAINT … EXCLUDE …`.
pub fn exclusion_constraint(exclusion: &ExclusionConstraint) -> String {
    let mut sql = format!("CONSTRAINT {} EXCLUDE", identifier(&exclusion.name));
    if let Some(method) = &exclusion.method {
        let _ = write!(sql, " USING {}", identifier(method));
    }
    let _ = write!(sql, " ({})", exclusion.elements);
    if let Some(predicate) = &exclusion.predicate {
        let _ = write!(sql, " WHERE ({predicate})");
    }
    sql.push_str(deferrability(exclusion.deferrable));
    sql
}

/// `CONSTRAINT … UNIQUE …`.
pub fn unique_constraint(unique: &UniqueConstraint) -> String {
    let mut sql = format!("CONSTRAINT {} UNIQUE", identifier(&unique.name));
    if let Some(index) = &unique.using_index {
        let _ = write!(sql, " USING INDEX {}", identifier(index));
    } else {
        if unique.nulls_not_distinct {
            sql.push_str(" NULLS NOT DISTINCT");
        }
        sql.push(' ');
        push_column_list(&mut sql, &unique.columns);
    }
    sql.push_str(deferrability(unique.deferrable));
    sql
}

/// `CONSTRAINT … FOREIGN KEY … REFERENCES …`.
pub fn foreign_key(key: &ForeignKey) -> String {
    let mut sql = String::new();
    push_foreign_key(&mut sql, key);
    sql
}

/// Writes [`foreign_key`] behind what is there.
pub(super) fn push_foreign_key(sql: &mut String, key: &ForeignKey) {
    sql.push_str("CONSTRAINT ");
    sql.push_str(&identifier(&key.name));
    sql.push_str(" FOREIGN KEY ");
    push_column_list(sql, &key.columns);
    sql.push_str(" REFERENCES ");
    push_qualified(sql, &key.referenced_table);
    sql.push(' ');
    push_column_list(sql, &key.referenced_columns);
    for (event, action) in [("UPDATE", key.on_update), ("DELETE", key.on_delete)] {
        if let Some(action) = referential_action(action) {
            let _ = write!(sql, " ON {event} {action}");
        }
    }
    sql.push_str(deferrability(key.own.deferrable));
}

fn referential_action(action: ReferentialAction) -> Option<&'static str> {
    match action {
        ReferentialAction::NoAction => None,
        ReferentialAction::Restrict => Some("RESTRICT"),
        ReferentialAction::Cascade => Some("CASCADE"),
        ReferentialAction::SetNull => Some("SET NULL"),
        ReferentialAction::SetDefault => Some("SET DEFAULT"),
    }
}

fn deferrability(deferrability: Deferrability) -> &'static str {
    match deferrability {
        Deferrability::NotDeferrable => "",
        Deferrability::InitiallyImmediate => " DEFERRABLE",
        Deferrability::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}
