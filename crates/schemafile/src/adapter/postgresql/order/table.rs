//! What a table makes and needs.

use super::text::{Name, names_of_text};
use super::thing::{Kind, Thing};
use super::{Node, What};
use crate::draft::DraftTable;
use pg_model::{ColumnValue, IndexKey, PostgreSql, QualifiedName, TypeKind};

/// A table, as something that needs others.
pub(super) fn node(draft: &DraftTable<PostgreSql>) -> Node {
    let table = &draft.table;
    let mut needs: Vec<Name> = Vec::new();
    let mut runs: Vec<Name> = Vec::new();
    for column in &table.columns {
        match &column.data_type.kind {
            TypeKind::Other(text) => {
                // Its first name is the type; what stands behind it are modifiers.
                let first = names_of_text(text).into_iter().next();
                needs.extend(first.map(|name| Name {
                    before: "type".to_owned(),
                    is_called: false,
                    ..name
                }));
            }
            TypeKind::Enum(name) => needs.push(named(name, "type")),
            TypeKind::Citext => needs.push(named(&QualifiedName::bare("citext"), "type")),
            TypeKind::Hstore => needs.push(named(&QualifiedName::bare("hstore"), "type")),
            TypeKind::Ltree => needs.push(named(&QualifiedName::bare("ltree"), "type")),
            _ => {}
        }
        if let ColumnValue::Default(sql)
        | ColumnValue::Generated {
            expression: sql, ..
        } = &column.value
        {
            needs.extend(names_of_text(sql));
        }
        if let Some(collation) = &column.collation {
            needs.push(named(&QualifiedName::bare(collation), "collate"));
        }
    }
    for check in &table.checks {
        needs.extend(names_of_text(&check.expression));
    }
    for exclusion in &table.own.exclusions {
        runs.extend(names_of_text(&exclusion.elements));
        runs.extend(
            exclusion
                .predicate
                .iter()
                .flat_map(|sql| names_of_text(sql)),
        );
    }
    for index in &table.indexes {
        for part in &index.parts {
            if let IndexKey::Expression(sql) = &part.key {
                runs.extend(names_of_text(sql));
            }
            needs.extend(
                part.own
                    .operator_class
                    .iter()
                    .flat_map(|class| names_of_text(class)),
            );
        }
        runs.extend(
            index
                .own
                .predicate
                .iter()
                .flat_map(|sql| names_of_text(sql)),
        );
    }
    needs.extend(table.options.iter().flat_map(|sql| parents(sql)));
    runs.extend(table.as_query.iter().flat_map(|sql| names_of_text(sql)));
    needs.extend(runs.iter().cloned());
    if let Some(schema) = &table.name.schema {
        needs.push(named(&QualifiedName::bare(schema), "schema"));
    }
    let made = |kind| Thing {
        kind,
        name: table.name.clone(),
    };
    Node {
        what: What::Table,
        span: draft.span,
        shown: format!("table \"{}\"", draft.raw),
        makes: vec![made(Kind::Relation)],
        drops: Vec::new(),
        needs,
        body: Vec::new(),
        runs,
    }
}

/// The tables of `INHERITS (a, b)`, `PARTITION OF a` and `LIKE a`; what else may stand there names columns.
fn parents(options: &str) -> Vec<Name> {
    let mut inherits = false;
    names_of_text(options)
        .into_iter()
        .filter_map(|name| {
            inherits |= name.before == "inherits";
            if name.parts == ["inherits"] {
                inherits = true;
                return None;
            }
            let is_parent = inherits || matches!(name.before.as_str(), "of" | "like");
            is_parent.then(|| Name {
                before: "inherits".to_owned(),
                is_called: false,
                ..name
            })
        })
        .collect()
}

fn named(name: &QualifiedName, before: &str) -> Name {
    Name {
        parts: name.schema.iter().chain([&name.name]).cloned().collect(),
        before: before.to_owned(),
        is_called: false,
    }
}
