//! Options of a table that differ.

use super::{Alter, TableChange};
use crate::cost::Cost;
use crate::facts::Charset;
use mysql_text::literal;

impl TableChange<'_> {
    pub(super) fn options(&self, alter: &mut Alter, by_hand: &mut Vec<String>) {
        if self.old.charset != self.new.charset
            && let Some(Charset { name, collation }) = &self.new.charset
        {
            alter.add(
                format!("DEFAULT CHARACTER SET={name} COLLATE={collation}"),
                Cost::Instant,
                "",
            );
        }
        if self.old.comment != self.new.comment {
            let text = self.new.comment.as_deref().unwrap_or_default();
            alter.add(format!("COMMENT={}", literal(text)), Cost::Instant, "");
        }
        let find = |others: &[(String, String)], name: &str| {
            others
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, value)| value.clone())
        };
        let cost = |name: &str| match name {
            "ENGINE" | "TYPE" => (Cost::Copy, "its engine changes"),
            "ROW_FORMAT" | "KEY_BLOCK_SIZE" => (Cost::Rebuild, "the format of its rows changes"),
            _ => (Cost::Instant, ""),
        };
        for (name, value) in &self.new.others {
            let had = find(&self.old.others, name);
            if had.is_none_or(|had| !had.eq_ignore_ascii_case(value)) {
                let (cost, why) = cost(name);
                let sql = if value.is_empty() {
                    name.clone()
                } else {
                    format!("{name}={value}")
                };
                alter.add(sql, cost, why);
            }
        }
        for (name, value) in &self.old.others {
            if find(&self.new.others, name).is_some() {
                continue;
            }
            let (cost, why) = cost(name);
            let sql = match name.as_str() {
                "ENGINE" | "TYPE" => "ENGINE=InnoDB",
                "ROW_FORMAT" => "ROW_FORMAT=DEFAULT",
                "KEY_BLOCK_SIZE" => "KEY_BLOCK_SIZE=0",
                // It is raised to what the rows need.
                "AUTO_INCREMENT" => "AUTO_INCREMENT=1",
                "STATS_PERSISTENT" => "STATS_PERSISTENT=DEFAULT",
                "STATS_AUTO_RECALC" => "STATS_AUTO_RECALC=DEFAULT",
                "STATS_SAMPLE_PAGES" => "STATS_SAMPLE_PAGES=DEFAULT",
                "PACK_KEYS" => "PACK_KEYS=DEFAULT",
                "CHECKSUM" => "CHECKSUM=0",
                "DELAY_KEY_WRITE" => "DELAY_KEY_WRITE=0",
                "MAX_ROWS" => "MAX_ROWS=0",
                "MIN_ROWS" => "MIN_ROWS=0",
                "AVG_ROW_LENGTH" => "AVG_ROW_LENGTH=0",
                "COMPRESSION" => "COMPRESSION='NONE'",
                "ENCRYPTION" => "ENCRYPTION='N'",
                "WITH SYSTEM VERSIONING" => "DROP SYSTEM VERSIONING",
                _ => {
                    by_hand.push(format!(
                        "`{name}={value}` is gone from the options of `{}`",
                        self.new.table.name
                    ));
                    continue;
                }
            };
            alter.add(sql.to_owned(), cost, why);
        }
    }
}
