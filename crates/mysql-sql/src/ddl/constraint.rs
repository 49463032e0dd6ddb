//! Keys and constraints, as they stand in `CREATE TABLE` and after `ALTER TABLE … ADD`.

use crate::{column_list, literal, qualified, quoted};
use mysql_model::{CheckConstraint, ForeignKey, ReferentialAction, Table};
use std::fmt::Write as _;

/// `PRIMARY KEY (…)` of a table that has one. Its name is `PRIMARY` whatever one calls it, so none is written.
pub fn primary_key(table: &Table) -> Option<String> {
    let key = table.primary_key.as_ref()?;
    let mut sql = format!("PRIMARY KEY {}", column_list(&key.columns));
    if let Some(comment) = &table.own.primary_key_comment {
        let _ = write!(sql, " COMMENT {}", literal(comment));
    }
    Some(sql)
}

/// `CONSTRAINT … CHECK (…)`.
pub fn check_constraint(check: &CheckConstraint) -> String {
    let mut sql = format!(
        "CONSTRAINT {} CHECK ({})",
        quoted(&check.name),
        check.expression
    );
    if !check.own.enforced {
        sql.push_str(" NOT ENFORCED");
    }
    sql
}

/// `CONSTRAINT … FOREIGN KEY … REFERENCES …`.
pub fn foreign_key(key: &ForeignKey) -> String {
    let mut sql = format!(
        "CONSTRAINT {} FOREIGN KEY {} REFERENCES {} {}",
        quoted(&key.name),
        column_list(&key.columns),
        qualified(&key.referenced_table),
        column_list(&key.referenced_columns)
    );
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let action = match action {
            ReferentialAction::NoAction => continue,
            ReferentialAction::Restrict => "RESTRICT",
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
        };
        let _ = write!(sql, " ON {event} {action}");
    }
    sql
}
