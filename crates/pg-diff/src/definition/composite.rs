//! `CREATE TYPE … AS (…)`.

use super::{Alteration, Turn};
use crate::altered::rest_as_type;
use crate::canonical::definition;
use pg_model::QualifiedName;
use pg_sql::{identifier, qualified};
use pg_text::cursor::{Cursor, at_commas, span};
use sql_text::{fold, tokens};

/// A composite type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Composite {
    attributes: Vec<Attribute>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Attribute {
    name: String,
    /// Its type, with a collation, as the source spells it.
    data_type: String,
}

impl Composite {
    /// Reads the statement that makes it.
    pub(crate) fn read(sql: &str) -> Option<Self> {
        let tokens = tokens(sql);
        let mut cursor = Cursor::new(sql, &tokens);
        cursor.skip_past("type").then_some(())?;
        cursor.name()?;
        cursor.accept(&["as"]).then_some(())?;
        let attributes: Option<Vec<Attribute>> = at_commas(cursor.parenthesis()?)
            .into_iter()
            .map(|piece| {
                Some(Attribute {
                    name: fold(piece[0].text)?,
                    data_type: span(sql, piece.get(1..)?).to_owned(),
                })
            })
            .collect();
        Some(Self {
            attributes: attributes?,
        })
    }

    /// Does to it what an `ALTER TYPE` does; none where that isn't known, or can't be.
    pub(crate) fn alter(&mut self, action: &str) -> Option<()> {
        let found = tokens(action);
        for one in at_commas(&found) {
            let mut cursor = Cursor::new(action, one);
            if cursor.accept(&["add", "attribute"]) {
                let name = cursor.name()?.1.name;
                self.attribute(&name).is_none().then_some(())?;
                let data_type = rest_as_type(&cursor)?;
                self.attributes.push(Attribute { name, data_type });
            } else if cursor.accept(&["drop", "attribute"]) {
                let lenient = cursor.accept(&["if", "exists"]);
                let name = cursor.name()?.1.name;
                (lenient || self.attribute(&name).is_some()).then_some(())?;
                self.attributes.retain(|attribute| attribute.name != name);
            } else if cursor.accept(&["alter", "attribute"]) {
                let name = cursor.name()?.1.name;
                cursor.accept(&["set", "data"]);
                cursor.accept(&["type"]).then_some(())?;
                self.attribute_mut(&name)?.data_type = rest_as_type(&cursor)?;
            } else if cursor.accept(&["rename", "attribute"]) {
                let name = cursor.name()?.1.name;
                cursor.accept(&["to"]).then_some(())?;
                self.attribute_mut(&name)?.name = cursor.name()?.1.name;
            } else {
                return None;
            }
        }
        Some(())
    }

    /// The statement that makes it.
    pub(crate) fn create_sql(&self, name: &QualifiedName) -> String {
        let attributes: Vec<String> = self
            .attributes
            .iter()
            .map(|one| format!("{} {}", identifier(&one.name), one.data_type))
            .collect();
        format!(
            "CREATE TYPE {} AS ({})",
            qualified(name),
            attributes.join(", ")
        )
    }

    fn attribute_mut(&mut self, name: &str) -> Option<&mut Attribute> {
        self.attributes
            .iter_mut()
            .find(|attribute| attribute.name == name)
    }

    /// What makes the old one of this, in place: attributes that go, and that come behind all others. None where
    /// more changes, since columns of the type forbid that.
    pub(crate) fn alterations(&self, old: &Self, name: &QualifiedName) -> Option<Vec<Alteration>> {
        let kept: Vec<&Attribute> = old
            .attributes
            .iter()
            .filter(|before| self.attribute(&before.name).is_some())
            .collect();
        let stays = kept.len() <= self.attributes.len()
            && kept.iter().zip(&self.attributes).all(|(before, after)| {
                before.name == after.name
                    && definition(&before.data_type) == definition(&after.data_type)
            });
        if !stays {
            return None;
        }
        let start = format!("ALTER TYPE {} ", qualified(name));
        let mut alterations = Vec::new();
        for gone in &old.attributes {
            if self.attribute(&gone.name).is_none() {
                let sql = format!("{start}DROP ATTRIBUTE {};\n", identifier(&gone.name));
                alterations.push(Alteration {
                    loses: Some(format!(
                        "the attribute `{}` of the type `{name}`",
                        gone.name
                    )),
                    ..Alteration::new(Turn::InPlace, sql)
                });
            }
        }
        for added in &self.attributes[kept.len()..] {
            let sql = format!(
                "{start}ADD ATTRIBUTE {} {};\n",
                identifier(&added.name),
                added.data_type
            );
            alterations.push(Alteration::new(Turn::InPlace, sql));
        }
        Some(alterations)
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// Attributes of another version that have no place here.
    pub(crate) fn lost<'a>(&'a self, old: &'a Self) -> impl Iterator<Item = &'a str> {
        old.attributes
            .iter()
            .filter(|before| self.attribute(&before.name).is_none())
            .map(|before| before.name.as_str())
    }

    /// Whether a value of another version reads as one of this when it is written as text.
    pub(crate) fn reads(&self, old: &Self) -> bool {
        let names = |of: &Self| -> Vec<String> {
            of.attributes.iter().map(|one| one.name.clone()).collect()
        };
        names(self) == names(old)
    }

    /// A value of another version as one of this: attribute by attribute, by name.
    pub(crate) fn converted(&self, old: &Self, value: &str, target: &str) -> String {
        let fields: Vec<String> = self
            .attributes
            .iter()
            .map(|after| match old.attribute(&after.name) {
                Some(before) => {
                    let field = format!("({value}).{}", identifier(&after.name));
                    if definition(&before.data_type) == definition(&after.data_type) {
                        field
                    } else {
                        format!("{field}::text")
                    }
                }
                None => "NULL".to_owned(),
            })
            .collect();
        format!(
            "CASE WHEN {value} IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW({})::text::{target} END",
            fields.join(", ")
        )
    }
}
