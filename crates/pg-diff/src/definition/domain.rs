//! `CREATE DOMAIN`.

use super::{Alteration, Turn};
use crate::canonical::definition;
use crate::migration::Deferral;
use pg_model::{DataType, QualifiedName};
use pg_sql::{identifier, qualified};
use pg_text::cursor::{Cursor, span};
use pg_text::object::TypeName;
use pg_text::{data_type, default_name};
use sql_text::tokens;
use std::fmt::Write as _;

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Domain {
    /// The type below it, by its name and modifiers, canonical.
    base: String,
    /// The same as a column's type.
    pub(crate) base_type: DataType,
    collation: Option<String>,
    default: Option<String>,
    not_null: bool,
    checks: Vec<Check>,
}

/// A check of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Check {
    /// Its name, the one that PostgreSQL chooses where the source gives none.
    name: String,
    /// The condition in its parentheses.
    expression: String,
    validity: &'static str,
}

const CLAUSES: &[&str] = &["constraint", "not", "null", "check", "collate", "default"];

impl Domain {
    /// Reads the statement that makes it.
    pub(crate) fn read(sql: &str, name: &QualifiedName) -> Option<Self> {
        let tokens = tokens(sql);
        let mut cursor = Cursor::new(sql, &tokens);
        cursor.skip_past("domain").then_some(())?;
        cursor.name()?;
        cursor.accept(&["as"]);
        let base = clause(&mut cursor)?;
        TypeName::read(base)?;
        let mut domain = Self {
            base: definition(base),
            base_type: data_type::read(base).data_type,
            collation: None,
            default: None,
            not_null: false,
            checks: Vec::new(),
        };
        let mut constraint = None;
        while cursor.peek().is_some() {
            if cursor.accept(&["constraint"]) {
                constraint = Some(cursor.name()?.1.name);
            } else if cursor.accept(&["collate"]) {
                domain.collation = Some(definition(clause(&mut cursor)?));
            } else if cursor.accept(&["default"]) {
                domain.default = Some(clause(&mut cursor)?.to_owned());
            } else if cursor.accept(&["not", "null"]) {
                domain.not_null = true;
                constraint = None;
            } else if cursor.accept(&["null"]) {
                constraint = None;
            } else if cursor.accept(&["check"]) {
                let expression = span(sql, cursor.parenthesis()?).to_owned();
                let validity = if cursor.accept(&["not", "valid"]) {
                    " NOT VALID"
                } else {
                    ""
                };
                let name = constraint
                    .take()
                    .unwrap_or_else(|| domain.free_name(&name.name));
                domain.checks.push(Check {
                    name,
                    expression,
                    validity,
                });
            } else if !cursor.accept(&[";"]) {
                return None;
            }
        }
        Some(domain)
    }

    /// Does to it what an `ALTER DOMAIN` does; none where that isn't known, or can't be.
    pub(crate) fn alter(&mut self, action: &str, name: &QualifiedName) -> Option<()> {
        let found = tokens(action);
        let mut cursor = Cursor::new(action, &found);
        if cursor.accept(&["set", "default"]) {
            self.default = Some(span(action, cursor.rest()).to_owned());
        } else if cursor.accept(&["drop", "default"]) {
            self.default = None;
        } else if cursor.accept(&["set", "not", "null"]) {
            self.not_null = true;
        } else if cursor.accept(&["drop", "not", "null"]) {
            self.not_null = false;
        } else if cursor.accept(&["drop", "constraint"]) {
            let lenient = cursor.accept(&["if", "exists"]);
            let gone = cursor.name()?.1.name;
            let before = self.checks.len();
            self.checks.retain(|check| check.name != gone);
            (lenient || self.checks.len() < before).then_some(())?;
        } else if cursor.accept(&["validate", "constraint"]) {
            let name = cursor.name()?.1.name;
            let check = self.checks.iter_mut().find(|check| check.name == name)?;
            check.validity = "";
        } else if cursor.accept(&["rename", "constraint"]) {
            let old = cursor.name()?.1.name;
            cursor.accept(&["to"]).then_some(())?;
            let new = cursor.name()?.1.name;
            self.checks.iter_mut().find(|check| check.name == old)?.name = new;
        } else if cursor.accept(&["add"]) {
            let text = span(action, cursor.rest());
            let added = Self::read(&format!("CREATE DOMAIN d AS integer {text}"), name)?;
            let is_named = cursor.is_at(&["constraint"]);
            for mut check in added.checks {
                if !is_named {
                    check.name = self.free_name(&name.name);
                }
                self.checks.push(check);
            }
            self.not_null |= added.not_null;
        } else {
            return None;
        }
        Some(())
    }

    /// Whether one statement can make it: `NOT VALID` is something that only `ALTER DOMAIN` knows.
    pub(crate) fn can_be_created(&self) -> bool {
        self.checks.iter().all(|check| check.validity.is_empty())
    }

    /// The statement that makes it.
    pub(crate) fn create_sql(&self, name: &QualifiedName) -> String {
        let mut sql = format!("CREATE DOMAIN {} AS {}", qualified(name), self.base);
        if let Some(collation) = &self.collation {
            let _ = write!(sql, " COLLATE {collation}");
        }
        if let Some(default) = &self.default {
            let _ = write!(sql, " DEFAULT {default}");
        }
        if self.not_null {
            sql.push_str(" NOT NULL");
        }
        for check in &self.checks {
            let _ = write!(
                sql,
                " CONSTRAINT {} CHECK ({}){}",
                identifier(&check.name),
                check.expression,
                check.validity
            );
        }
        sql
    }

    fn free_name(&self, domain: &str) -> String {
        let mut label = "check".to_owned();
        let mut number = 0_u32;
        loop {
            let name = default_name(domain, None, &label);
            if self.checks.iter().all(|check| check.name != name) {
                return name;
            }
            number += 1;
            label = format!("check{number}");
        }
    }

    /// What makes the old one of this, in place; none where the type below it changes. Checks that `uses_taken_down` are
    /// taken down and put back.
    pub(crate) fn alterations(
        &self,
        old: &Self,
        name: &QualifiedName,
        uses_taken_down: impl Fn(&str) -> bool,
    ) -> Option<Vec<Alteration>> {
        if self.base != old.base || self.collation != old.collation {
            return None;
        }
        let start = format!("ALTER DOMAIN {} ", qualified(name));
        let mut alterations = Vec::new();
        let mut add = |turn: Turn, sql: String| {
            alterations.push(Alteration::new(turn, format!("{start}{sql};\n")));
        };
        let stays = |one: &Check, others: &[Check]| {
            others.iter().any(|other| {
                other.name == one.name
                    && other.validity == one.validity
                    && definition(&other.expression) == definition(&one.expression)
                    && !uses_taken_down(&one.expression)
            })
        };
        for check in old
            .checks
            .iter()
            .filter(|check| !stays(check, &self.checks))
        {
            add(
                Turn::Early,
                format!("DROP CONSTRAINT {}", identifier(&check.name)),
            );
        }
        let same_default = old.default.as_deref().map(definition)
            == self.default.as_deref().map(definition)
            && !self.default.as_deref().is_some_and(&uses_taken_down);
        if !same_default {
            if old.default.is_some() {
                add(Turn::Early, "DROP DEFAULT".to_owned());
            }
            if let Some(default) = &self.default {
                add(Turn::InPlace, format!("SET DEFAULT {default}"));
            }
        }
        if old.not_null && !self.not_null {
            add(Turn::InPlace, "DROP NOT NULL".to_owned());
        }
        if !old.not_null && self.not_null {
            let mut alteration = Alteration::new(Turn::InPlace, format!("{start}SET NOT NULL;\n"));
            alteration.may_fail = Some(format!("columns of the domain `{name}` may have NULL"));
            alterations.push(alteration);
        }
        for check in self
            .checks
            .iter()
            .filter(|check| !stays(check, &old.checks))
        {
            let sql = format!(
                "{start}ADD CONSTRAINT {} CHECK ({}){};\n",
                identifier(&check.name),
                check.expression,
                check.validity
            );
            let mut alteration = Alteration::new(Turn::InPlace, sql);
            let is_known = old.checks.iter().any(|other| {
                definition(&other.expression) == definition(&check.expression)
                    && (other.validity.is_empty() || !check.validity.is_empty())
            });
            if !is_known && check.validity.is_empty() {
                alteration.may_fail = Some(format!(
                    "columns of the domain `{name}` may not pass the check"
                ));
                alteration.deferral = Some(Deferral {
                    at_once: alteration.sql.replacen(");\n", ") NOT VALID;\n", 1),
                    validate: format!("{start}VALIDATE CONSTRAINT {};\n", identifier(&check.name)),
                    finish: String::new(),
                });
            }
            alterations.push(alteration);
        }
        Some(alterations)
    }

    /// What takes down the checks that `is_meant`, and a default of that kind.
    pub(crate) fn taken_down(
        &self,
        name: &QualifiedName,
        is_meant: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let start = format!("ALTER DOMAIN {} DROP ", qualified(name));
        let checks = self
            .checks
            .iter()
            .filter(|check| is_meant(&check.expression));
        let mut sql: Vec<String> = checks
            .map(|check| format!("{start}CONSTRAINT {};\n", identifier(&check.name)))
            .collect();
        if self.default.as_deref().is_some_and(&is_meant) {
            sql.push(format!("{start}DEFAULT;\n"));
        }
        sql
    }

    /// Whether it refuses what the type below it has.
    pub(crate) fn refuses_values(&self) -> bool {
        self.not_null || !self.checks.is_empty()
    }
}

/// Takes what comes before the next clause, one token at least.
fn clause<'s>(cursor: &mut Cursor<'s, '_>) -> Option<&'s str> {
    let rest = cursor.rest();
    let mut count = 0;
    let mut depth = 0_usize;
    for (position, token) in rest.iter().enumerate() {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            ";" => break,
            _ if depth == 0 && position > 0 && CLAUSES.iter().any(|word| token.is(word)) => break,
            _ => {}
        }
        count += 1;
    }
    for _ in 0..count {
        cursor.next();
    }
    (count > 0).then(|| span(cursor.sql, &rest[..count]))
}
