//! Columns that come, change or move.

use super::{Alter, TableChange};
use crate::casts::fate;
use crate::cost;
use crate::cost::Cost;
use crate::facts::{Charset, ColumnFacts, has_characters};
use crate::migration::Remark;
use mysql_model::{Column, ColumnValue, DataType};
use mysql_sql::ddl::column_definition;
use mysql_text::quoted;
use std::collections::BTreeSet;

impl TableChange<'_> {
    pub(super) fn change_columns(&self, alter: &mut Alter, converted: bool) {
        let stays = self.staying();
        let mut previous: Option<&str> = None;
        for (after, column) in self.new.table.columns.iter().enumerate() {
            let place = previous.map_or_else(
                || "FIRST".to_owned(),
                |previous| format!("AFTER {}", quoted(previous)),
            );
            let former = self.old_of_new[after].filter(|before| !self.recreated.contains(before));
            match former {
                None => self.add_column(alter, after, &place),
                Some(before) => {
                    let place = (!stays.contains(&after)).then_some(place.as_str());
                    self.change_column(alter, before, after, place, converted);
                }
            }
            previous = Some(&column.name);
        }
    }

    /// New positions of the columns that needn't move: as many as can keep their order.
    fn staying(&self) -> BTreeSet<usize> {
        let kept: Vec<usize> = self.kept().map(|(_, after)| after).collect();
        // The longest rising row, by the longest that ends at each.
        let mut lengths: Vec<(usize, Option<usize>)> = Vec::with_capacity(kept.len());
        for (position, after) in kept.iter().enumerate() {
            let best = (0..position)
                .filter(|&other| kept[other] < *after)
                .max_by_key(|&other| lengths[other].0);
            lengths.push((best.map_or(1, |other| lengths[other].0 + 1), best));
        }
        let mut stays = BTreeSet::new();
        let mut at = (0..kept.len()).max_by_key(|&position| lengths[position].0);
        while let Some(position) = at {
            stays.insert(kept[position]);
            at = lengths[position].1;
        }
        stays
    }

    /// A column's definition, with its character set where the table's isn't sure to be the new one yet.
    fn definition(&self, after: usize, explicit: bool) -> String {
        let mut column: Column = self.new.table.columns[after].clone();
        if explicit && let Some(Charset { name, collation }) = &self.new.columns[after].charset {
            column.own.charset = Some(name.clone());
            column.collation = Some(collation.clone());
        }
        if self.new.columns[after].not_null && column.value != ColumnValue::Null {
            column.not_null = true;
        }
        column_definition(&column, self.server)
    }

    fn add_column(&self, alter: &mut Alter, after: usize, place: &str) {
        let facts = &self.new.columns[after];
        let is_last = after + 1 == self.new.columns.len();
        let explicit = self.old.charset != self.new.charset;
        let mut sql = format!("ADD COLUMN {}", self.definition(after, explicit));
        let nothing_follows = is_last && self.stays_in_order_before(after);
        if !nothing_follows {
            sql.push(' ');
            sql.push_str(place);
        }
        let (cost, why) = cost::of_new_column(facts);
        alter.add(sql, cost, why);
        let table = &self.new.table.name;
        let name = &self.new.table.columns[after].name;
        if facts.not_null && facts.default.is_none() && !facts.counts && facts.generated.is_none() {
            // In strict mode there is no date of zeros.
            let has_nothing = matches!(
                facts.data_type,
                DataType::Date
                    | DataType::DateTime { .. }
                    | DataType::Timestamp { .. }
                    | DataType::Geometry { .. }
            );
            alter.remark(if has_nothing {
                Remark::MayFail(format!(
                    "rows that are there have no value for `{table}.{name}`, which is not null and has no default"
                ))
            } else {
                Remark::Note(format!(
                    "Rows that are there get 0, '' or the first label in `{table}.{name}`, which is not null and has no default"
                ))
            });
        }
    }

    /// Whether the last column is last without a word.
    fn stays_in_order_before(&self, after: usize) -> bool {
        let stays = self.staying();
        (0..after).all(|other| {
            let is_new =
                self.old_of_new[other].is_none_or(|before| self.recreated.contains(&before));
            is_new || stays.contains(&other)
        })
    }

    fn change_column(
        &self,
        alter: &mut Alter,
        before: usize,
        after: usize,
        place: Option<&str>,
        converted: bool,
    ) {
        let (one, other) = (&self.old.columns[before], &self.new.columns[after]);
        let (had, has) = (
            &self.old.table.columns[before],
            &self.new.table.columns[after],
        );
        let is_text = has_characters(&other.data_type);
        // A conversion makes longer texts of texts, and gives all of them one character set.
        let is_undone = converted && is_text;
        let changes = one != other || is_undone;
        if !changes && place.is_none() {
            if had.name != has.name {
                alter.add(
                    format!(
                        "RENAME COLUMN {} TO {}",
                        quoted(&had.name),
                        quoted(&has.name)
                    ),
                    Cost::Instant,
                    "",
                );
            }
            return;
        }
        let explicit = self.old.charset != self.new.charset
            || one.charset != other.charset
            || has.own.charset.is_some()
            || has.collation.is_some();
        let definition = self.definition(after, explicit);
        let mut sql = if had.name == has.name {
            format!("MODIFY COLUMN {definition}")
        } else {
            format!("CHANGE COLUMN {} {definition}", quoted(&had.name))
        };
        if let Some(place) = place {
            sql.push(' ');
            sql.push_str(place);
        }
        let (cost, why) = cost::of_column(one, other, place.is_some(), self.server);
        alter.add(sql, cost, why);
        self.say_fate(alter, before, after);
    }

    fn say_fate(&self, alter: &mut Alter, before: usize, after: usize) {
        let (one, other) = (&self.old.columns[before], &self.new.columns[after]);
        let name = format!(
            "{}.{}",
            self.new.table.name, self.new.table.columns[after].name
        );
        let fate = fate(one, other);
        let way = if one.data_type == other.data_type {
            String::new()
        } else {
            let text =
                |facts: &ColumnFacts| mysql_text::data_type::write(&facts.data_type, self.server);
            format!(", from {} to {}", text(one), text(other))
        };
        if let Some(what) = fate.loses {
            alter.remark(Remark::LosesData(format!("{what} in `{name}`{way}")));
        }
        if one.generated.is_none() && other.generated.is_some() {
            alter.remark(Remark::LosesData(format!(
                "the values of `{name}`, which is computed from now on"
            )));
        }
        if let Some(which) = fate.refuses {
            alter.remark(Remark::MayFail(format!("`{name}` may have {which}{way}")));
        }
        if other.not_null && !one.not_null {
            alter.remark(Remark::MayFail(format!("rows may have NULL in `{name}`")));
        }
        if other.check.is_some() && one.check != other.check {
            alter.remark(Remark::MayFail(format!(
                "rows may break the check of `{name}`"
            )));
        }
    }
}
