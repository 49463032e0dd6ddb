//! Keys, indexes and constraints of a table.

use mysql_model::{
    CheckConstraint, ForeignKey, Index, IndexKey, IndexKind, IndexPart, MySqlCheck, MySqlIndex,
    MySqlIndexPart, QualifiedName, ReferentialAction, Server, Table,
};
use mysql_text::expression::without_parentheses;
use mysql_text::{Cursor, list};

/// What stands in a table beside its columns.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    PrimaryKey {
        columns: Vec<String>,
        comment: Option<String>,
    },
    /// With a name where it has one.
    Index(Option<String>, Index),
    ForeignKey(Option<String>, Vec<String>, References),
    Check(Check),
}

/// `CHECK`, with a name where it has one.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub(crate) name: Option<String>,
    pub(crate) expression: String,
    enforced: bool,
}

/// What a foreign key points to.
#[derive(Debug, Clone)]
pub(crate) struct References {
    pub(crate) table: QualifiedName,
    columns: Vec<String>,
    on_delete: ReferentialAction,
    on_update: ReferentialAction,
}

/// Whether a part of a table begins here that is no column.
pub(crate) fn begins(cursor: &Cursor<'_>) -> bool {
    cursor.sees_any(&[
        "primary",
        "unique",
        "key",
        "index",
        "fulltext",
        "spatial",
        "constraint",
        "foreign",
        "check",
    ])
}

/// Reads such a part; none when it has something that the model has no word for.
pub(crate) fn read(cursor: &mut Cursor<'_>) -> Option<Part> {
    let mut name = None;
    if cursor.take(&["constraint"]) && !cursor.sees_any(&["primary", "unique", "foreign", "check"])
    {
        name = Some(cursor.identifier()?);
    }
    if cursor.take(&["primary", "key"]) {
        return primary_key(cursor);
    }
    if cursor.take(&["foreign", "key"]) {
        cursor.take(&["if", "not", "exists"]);
        // A name here is that of the index which the key may make.
        if name.is_none() && !cursor.sees(&["("]) {
            return None;
        }
        if !cursor.sees(&["("]) {
            cursor.identifier()?;
        }
        let columns = cursor.columns()?;
        let references = references(cursor)?;
        return Some(Part::ForeignKey(name, columns, references));
    }
    if cursor.sees(&["check"]) {
        return Some(Part::Check(check(name, cursor)?));
    }
    let mut index = Index {
        name: String::new(),
        unique: false,
        parts: Vec::new(),
        comment: None,
        own: MySqlIndex::default(),
    };
    if cursor.take(&["unique"]) {
        index.unique = true;
    } else if cursor.take(&["fulltext"]) {
        index.own.kind = IndexKind::Fulltext;
    } else if cursor.take(&["spatial"]) {
        index.own.kind = IndexKind::Spatial;
    } else if !cursor.sees_any(&["key", "index"]) {
        return None;
    }
    cursor.take_any(&["key", "index"]);
    cursor.take(&["if", "not", "exists"]);
    if !cursor.sees_any(&["(", "using"]) {
        name = Some(cursor.identifier()?);
    }
    body(cursor, &mut index)?;
    Some(Part::Index(name, index))
}

fn primary_key(cursor: &mut Cursor<'_>) -> Option<Part> {
    using(cursor)?;
    // A name means nothing: the key is called PRIMARY.
    if !cursor.sees(&["("]) {
        cursor.identifier()?;
        using(cursor)?;
    }
    // Neither lengths nor orders.
    let columns = cursor.columns()?;
    let mut comment = None;
    loop {
        if cursor.sees(&["using"]) {
            using(cursor)?;
        } else if cursor.take(&["comment"]) {
            comment = Some(cursor.string()?).filter(|text| !text.is_empty());
        } else {
            break;
        }
    }
    Some(Part::PrimaryKey { columns, comment })
}

/// `USING BTREE`, which is what a primary key is.
fn using(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.take(&["using"]) && !cursor.take(&["btree"]) {
        return None;
    }
    Some(())
}

/// An index from its method or its parts on.
pub(crate) fn body(cursor: &mut Cursor<'_>, index: &mut Index) -> Option<()> {
    if cursor.take_any(&["using", "type"]) {
        index.own.using = Some(cursor.identifier()?.to_ascii_lowercase());
    }
    let text = cursor.parenthesised()?;
    index.parts = parts(text)?;
    loop {
        if cursor.take_any(&["using", "type"]) {
            index.own.using = Some(cursor.identifier()?.to_ascii_lowercase());
        } else if cursor.take(&["comment"]) {
            index.comment = Some(cursor.string()?).filter(|text| !text.is_empty());
        } else if cursor.take_any(&["invisible", "ignored"]) {
            index.own.invisible = true;
        } else if cursor.take(&["visible"]) || cursor.take(&["not", "ignored"]) {
            index.own.invisible = false;
        } else if cursor.take(&["with", "parser"]) {
            index.own.parser = Some(cursor.identifier()?);
        } else {
            return Some(());
        }
    }
}

/// Parts of an index. One that has an expression is a text as a whole, as in the DSL.
fn parts(text: &str) -> Option<Vec<IndexPart>> {
    let columns: Option<Vec<IndexPart>> = list(text).into_iter().map(column_part).collect();
    columns.or_else(|| {
        list(text)
            .iter()
            .any(|part| part.starts_with('('))
            .then(|| {
                vec![IndexPart {
                    key: IndexKey::Expression(text.to_owned()),
                    order: None,
                    own: MySqlIndexPart::default(),
                }]
            })
    })
}

fn column_part(text: &str) -> Option<IndexPart> {
    let mut cursor = Cursor::new(text);
    let key = IndexKey::Column(cursor.identifier()?);
    let length = match cursor.parenthesised() {
        Some(length) => Some(length.parse().ok()?),
        None => None,
    };
    let order = cursor.take(&["desc"]).then(|| "DESC".to_owned());
    cursor.take(&["asc"]);
    cursor.is_at_end().then_some(IndexPart {
        key,
        order,
        own: MySqlIndexPart { length },
    })
}

/// `CHECK (…)`
pub(crate) fn check(name: Option<String>, cursor: &mut Cursor<'_>) -> Option<Check> {
    if !cursor.take(&["check"]) {
        return None;
    }
    let expression = without_parentheses(cursor.parenthesised()?).to_owned();
    let enforced = !cursor.take(&["not", "enforced"]);
    cursor.take(&["enforced"]);
    Some(Check {
        name,
        expression,
        enforced,
    })
}

/// `REFERENCES …`
pub(crate) fn references(cursor: &mut Cursor<'_>) -> Option<References> {
    if !cursor.take(&["references"]) {
        return None;
    }
    let table = cursor.qualified()?;
    let columns = cursor.columns()?;
    let mut on_delete = ReferentialAction::NoAction;
    let mut on_update = ReferentialAction::NoAction;
    loop {
        if cursor.take(&["on", "delete"]) {
            on_delete = action(cursor)?;
        } else if cursor.take(&["on", "update"]) {
            on_update = action(cursor)?;
        } else if cursor.take(&["match"]) {
            // It is read and means nothing, but that the actions behind it mean nothing either.
            return None;
        } else {
            return Some(References {
                table,
                columns,
                on_delete,
                on_update,
            });
        }
    }
}

fn action(cursor: &mut Cursor<'_>) -> Option<ReferentialAction> {
    [
        (&["no", "action"][..], ReferentialAction::NoAction),
        (&["restrict"], ReferentialAction::Restrict),
        (&["cascade"], ReferentialAction::Cascade),
        (&["set", "null"], ReferentialAction::SetNull),
        (&["set", "default"], ReferentialAction::SetDefault),
    ]
    .into_iter()
    .find_map(|(words, action)| cursor.take(words).then_some(action))
}

impl Check {
    /// Adds it to a table, under the name that the server gives where it has none.
    pub(crate) fn add_to(self, table: &mut Table, server: Server) {
        let name = self.name.unwrap_or_else(|| {
            let prefix = match server {
                Server::MySql => format!("{}_chk_", table.name.name),
                Server::MariaDb => "CONSTRAINT_".to_owned(),
            };
            numbered(&prefix, table.checks.iter().map(|check| &check.name))
        });
        table.checks.push(CheckConstraint {
            name,
            expression: self.expression,
            own: MySqlCheck {
                enforced: self.enforced,
            },
        });
    }
}

/// Adds a foreign key to a table, under the name that the server gives where it has none.
pub(crate) fn add_foreign_key(
    table: &mut Table,
    name: Option<String>,
    columns: Vec<String>,
    to: References,
) {
    let name = name.unwrap_or_else(|| {
        let prefix = format!("{}_ibfk_", table.name.name);
        numbered(&prefix, table.foreign_keys.iter().map(|key| &key.name))
    });
    table.foreign_keys.push(ForeignKey {
        name,
        columns,
        referenced_table: to.table,
        referenced_columns: to.columns,
        on_delete: to.on_delete,
        on_update: to.on_update,
        own: (),
    });
}

/// The prefix with the number behind the highest that is there.
fn numbered<'a>(prefix: &str, names: impl Iterator<Item = &'a String>) -> String {
    let highest = names
        .filter_map(|name| name.strip_prefix(prefix)?.parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    format!("{prefix}{}", highest.saturating_add(1))
}

/// Adds an index to a table, under the name that the server gives where it has none: that of its first column, with a
/// number where that is taken.
pub(crate) fn add_index(table: &mut Table, name: Option<String>, mut index: Index) {
    index.name = name.unwrap_or_else(|| {
        let stem = match index.parts.first().map(|part| &part.key) {
            Some(IndexKey::Column(name)) => name.clone(),
            _ => "functional_index".to_owned(),
        };
        let is_taken = |name: &str| {
            table
                .indexes
                .iter()
                .any(|other| other.name.eq_ignore_ascii_case(name))
        };
        let mut name = stem.clone();
        let mut number = 2;
        // A column of that name can't lend it to its index.
        while is_taken(&name) || name.eq_ignore_ascii_case("primary") {
            name = format!("{stem}_{number}");
            number += 1;
        }
        name
    });
    table.indexes.push(index);
}
