//! When columns are NULL: never, always, or in a share of the rows that depends on what the column is.

use crate::ids::{ColumnId, TableId};
use crate::nulls::Nulls;
use crate::ordinal::Ordinal;
use crate::plan::columns::build::Builder;
use crate::plan::names::NameParts;
use crate::plan::rows::need::Need;
use value_model::ValueType;

impl Builder<'_> {
    /// When a column is NULL that isn't a master's.
    pub(crate) fn nulls_of(&mut self, table: TableId, column: ColumnId) -> Nulls {
        let usual = self.unpinned_nulls_of(table, column);
        self.pinned_nulls(table, column, usual)
    }

    fn unpinned_nulls_of(&mut self, table: TableId, column: ColumnId) -> Nulls {
        if self.always_null(table, column).is_some() {
            return Nulls::Always;
        }
        if let Need::Few(rows) = self.decided.needs[table][column] {
            return Nulls::From(rows);
        }
        if let Some(told) = self.told_nulls(table, column) {
            return told;
        }
        self.usual_nulls(table, column)
    }

    /// When a column is NULL by its name and type.
    pub(crate) fn usual_nulls(&self, table: TableId, column: ColumnId) -> Nulls {
        let facts = &self.facts[table];
        if facts.never_null[column] {
            return Nulls::Never;
        }
        // Both columns of a polymorphic pair are NULL in the same rows.
        let key_column = facts
            .reference(column)
            .filter(|reference| !reference.targets.is_empty())
            .map_or(column, |reference| reference.columns[0]);
        let key = self
            .key(table)
            .child(&facts.table.columns[key_column].name)
            .child("null");
        let own = &facts.table.columns[column];
        let parts = NameParts::new(&own.name);
        let is_temporal = matches!(
            own.data_type.kind,
            ValueType::Date | ValueType::Timestamp { .. }
        );
        let itself = facts
            .reference(column)
            .is_some_and(|reference| reference.table == table);
        // Those that have no elder.
        let first = match &self.decided.needs[table][column] {
            _ if !itself => 0,
            Need::Follow(Ordinal::Within(within)) => within.without_elder(),
            Need::Follow(Ordinal::Leader(grouping)) => grouping.without_elder(),
            _ => 1,
        };
        let configured = facts.settings[column].and_then(|settings| settings.null_ratio.as_ref());
        let of_256: u32 = if let Some(ratio) = configured {
            return Nulls::Share {
                key,
                parts: ratio.value,
                first,
            };
        } else if is_temporal
            && parts.has_any(&[
                "deleted",
                "discarded",
                "archived",
                "cancelled",
                "canceled",
                "removed",
                "banned",
                "suspended",
                "blocked",
                "locked",
                "revoked",
                "rejected",
                "failed",
                "destroyed",
                "yanked",
                "hidden",
                "declined",
                "disabled",
                "voided",
                "void",
                "terminated",
                "unsubscribed",
                "bounced",
                "flagged",
                "muted",
                "retired",
                "withdrawn",
                "refunded",
                "frozen",
            ])
        {
            236
        } else if is_temporal && parts.has_any(&["created", "updated", "inserted"]) {
            return Nulls::Never;
        } else if itself {
            40
        } else {
            18
        };
        Nulls::Share {
            key,
            parts: of_256 << 8,
            first,
        }
    }
}
