//! Reads definitions of columns and constraints, as they stand in `ALTER TABLE … ADD` and behind a column's name.

use super::reader::{AFTER_TYPE, Reader};
use super::statement::{ColumnText, Constraint, ConstraintKind};

impl Reader<'_> {
    pub(super) fn is_at_constraint(&self) -> bool {
        [
            "constraint",
            "check",
            "unique",
            "primary",
            "foreign",
            "exclude",
            "not",
        ]
        .iter()
        .any(|word| self.is_at(word))
    }

    pub(super) fn constraint(&mut self) -> Option<Constraint> {
        let name = if self.take("constraint") {
            Some(self.name()?)
        } else {
            None
        };
        let kind = self.constraint_kind()?;
        let mut validated = true;
        while !self.is_at_end() && !self.is_at(",") {
            if self.takes(&["not", "valid"]) {
                validated = false;
            } else if self.take("include") || self.take("with") {
                self.in_parentheses()?;
            } else if self.takes(&["using", "index", "tablespace"]) {
                self.name()?;
            } else if self.takes(&["on", "delete"]) || self.takes(&["on", "update"]) {
                let _ = self.take("set") || self.take("no");
                self.skip();
                if self.is_at("(") {
                    self.in_parentheses()?;
                }
            } else if [
                "deferrable",
                "initially",
                "deferred",
                "immediate",
                "not",
                "no",
                "inherit",
            ]
            .iter()
            .any(|word| self.is_at(word))
            {
                self.skip();
            } else {
                return None;
            }
        }
        Some(Constraint {
            name,
            validated,
            kind,
        })
    }

    fn constraint_kind(&mut self) -> Option<ConstraintKind> {
        if self.take("check") {
            return Some(ConstraintKind::Check(self.in_parentheses()?.to_owned()));
        }
        if self.takes(&["not", "null"]) {
            return Some(ConstraintKind::NotNull(self.name()?));
        }
        if self.take("unique") {
            if self.takes(&["using", "index"]) {
                self.qualified()?;
                return Some(ConstraintKind::UsingIndex);
            }
            let nulls_not_distinct = self.takes(&["nulls", "not", "distinct"]);
            let _ = self.takes(&["nulls", "distinct"]);
            return Some(ConstraintKind::Unique {
                columns: self.names()?,
                nulls_not_distinct,
            });
        }
        if self.takes(&["primary", "key"]) {
            if self.takes(&["using", "index"]) {
                self.qualified()?;
                return Some(ConstraintKind::UsingIndex);
            }
            return Some(ConstraintKind::PrimaryKey(self.names()?));
        }
        if self.takes(&["foreign", "key"]) {
            let columns = self.names()?;
            if !self.take("references") {
                return None;
            }
            let table = self.qualified()?;
            let referenced = if self.is_at("(") {
                self.names()?
            } else {
                Vec::new()
            };
            let full = self.takes(&["match", "full"]);
            let _ = self.takes(&["match", "simple"]);
            return Some(ConstraintKind::ForeignKey {
                columns,
                table,
                referenced,
                full,
            });
        }
        if self.take("exclude") {
            let method = if self.take("using") {
                Some(self.name()?)
            } else {
                None
            };
            let elements = self.in_parentheses()?.to_owned();
            let mut predicate = None;
            if self.take("where") {
                predicate = Some(self.in_parentheses()?.to_owned());
            }
            return Some(ConstraintKind::Exclude {
                method,
                elements,
                predicate,
            });
        }
        None
    }

    pub(super) fn column_after_name(&mut self, name: String) -> Option<ColumnText> {
        let mut stops = AFTER_TYPE.to_vec();
        stops.push(",");
        let mut column = ColumnText {
            name,
            data_type: self.until(&stops).to_owned(),
            ..ColumnText::default()
        };
        let mut constraint = None;
        while !self.is_at_end() && !self.is_at(",") {
            if self.take("constraint") {
                constraint = Some(self.name()?);
                continue;
            }
            if self.takes(&["not", "null"]) {
                column.not_null = true;
            } else if self.take("default") {
                column.default = Some(self.until(&stops).to_owned());
            } else if self.take("check") {
                column
                    .checks
                    .push((constraint.take(), self.in_parentheses()?.to_owned()));
                let _ = self.takes(&["no", "inherit"]);
            } else if self.take("unique") {
                column.unique = true;
                let _ = self.takes(&["nulls", "not", "distinct"]);
            } else if self.takes(&["primary", "key"]) {
                column.primary_key = true;
                column.not_null = true;
            } else if self.take("collate") {
                self.qualified()?;
            } else if self.take("storage") || self.take("compression") {
                self.skip();
            } else if self.take("references") {
                let table = self.qualified()?;
                let referenced = if self.is_at("(") {
                    self.names()?
                } else {
                    Vec::new()
                };
                column.references = Some((table, referenced));
                while self.takes(&["on", "delete"]) || self.takes(&["on", "update"]) {
                    let _ = self.take("set") || self.take("no");
                    self.skip();
                }
            } else if self.take("generated") {
                let _ = self.take("always") || self.takes(&["by", "default"]);
                if !self.take("as") {
                    return None;
                }
                if self.take("identity") {
                    column.identity = true;
                    column.not_null = true;
                    if self.is_at("(") {
                        self.in_parentheses()?;
                    }
                } else {
                    column.generated = Some(self.in_parentheses()?.to_owned());
                    let _ = self.take("stored") || self.take("virtual");
                }
            } else if self.take("null")
                || self.take("deferrable")
                || self.take("not")
                || self.take("initially")
                || self.take("deferred")
                || self.take("immediate")
            {
            } else {
                return None;
            }
        }
        Some(column)
    }
}
