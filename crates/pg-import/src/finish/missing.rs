//! What a file speaks of and doesn't make: a dump of some schemas or tables (`pg_dump --schema`, `--table`) leaves out
//! what lies elsewhere, and all extensions.
//!
//! What can be made is made, what would keep the SQL from loading is left out, and each is told.

use crate::draft::Draft;
use crate::object::{Class, Object};
use crate::raw_statement;
use pg_model::{ColumnValue, Extension, IndexKey, QualifiedName, Table, TypeKind};
use pg_text::data_type;

/// Things by which an extension is known to be needed: types, operator classes and functions.
const KNOWN_BY: [(&str, &str); 10] = [
    ("citext", "citext"),
    ("hstore", "hstore"),
    ("ltree", "ltree"),
    ("cube", "cube"),
    ("gin_trgm_ops", "pg_trgm"),
    ("gist_trgm_ops", "pg_trgm"),
    ("uuid_generate_v1", "uuid-ossp"),
    ("uuid_generate_v1mc", "uuid-ossp"),
    ("uuid_generate_v4", "uuid-ossp"),
    ("unaccent", "unaccent"),
];

/// Makes, or takes out, what isn't there.
pub(super) fn make_or_leave_out(draft: &mut Draft) {
    extensions(draft);
    keys(draft);
    defaults(draft);
}

fn note(draft: &mut Draft, line: usize, text: String) {
    draft.left_out.note(line, text);
}

/// Extensions whose things are used.
fn extensions(draft: &mut Draft) {
    for (thing, extension) in KNOWN_BY {
        let is_there = draft.extensions.iter().any(|own| own.name == extension)
            || draft.raw.iter().any(|statement| {
                statement
                    .makes
                    .as_ref()
                    .is_some_and(|made| made.name.name == thing)
            });
        if is_there {
            continue;
        }
        let mut uses = draft
            .tables
            .iter()
            .filter_map(|made| Some((made.line, schema_of(&made.table, thing)?)));
        let Some((line, schema)) = uses.next() else {
            continue;
        };
        if let Some(schema) = schema
            .as_ref()
            .filter(|schema| !draft.namespaces.contains(schema))
        {
            draft.namespaces.push(schema.clone());
        }
        draft.extensions.push(Extension {
            name: extension.to_owned(),
            schema,
        });
        note(
            draft,
            line,
            format!(
                "`{thing}` is used, and the file doesn't make its extension `{extension}`: added"
            ),
        );
    }
}

/// Whether a table uses a thing of an extension, and the schema that it lies in there: none for `public`.
#[expect(clippy::option_option, reason = "no use, and a use without a schema")]
fn schema_of(table: &Table, thing: &str) -> Option<Option<String>> {
    for column in &table.columns {
        let text = match &column.data_type.kind {
            TypeKind::Citext => "citext",
            TypeKind::Hstore => "hstore",
            TypeKind::Ltree => "ltree",
            TypeKind::Other(text) => data_type::before_modifiers(text),
            _ => "",
        };
        if let Some(name) = data_type::plain_name(text).filter(|name| name.name == thing) {
            return Some(name.schema);
        }
        if let ColumnValue::Default(text) = &column.value
            && raw_statement::speaks_of(text, thing)
        {
            return Some(None);
        }
    }
    for part in table.indexes.iter().flat_map(|index| &index.parts) {
        let in_text = matches!(&part.key, IndexKey::Expression(text) if raw_statement::speaks_of(text, thing));
        if in_text
            || part
                .own
                .operator_class
                .as_deref()
                .is_some_and(|class| raw_statement::speaks_of(class, thing))
        {
            return Some(None);
        }
    }
    None
}

/// Foreign keys to tables that the file doesn't make.
fn keys(draft: &mut Draft) {
    for key in std::mem::take(&mut draft.foreign_keys) {
        let target = &key.key.referenced_table;
        if draft.knows(&Object::relation(target)) {
            draft.foreign_keys.push(key);
        } else {
            let text = format!(
                "foreign key `{}` left out: it points to `{target}`, which the file doesn't make",
                key.key.name
            );
            note(draft, key.line, text);
        }
    }
}

/// Defaults that count by a sequence which the file doesn't make.
fn defaults(draft: &mut Draft) {
    let mut notes = Vec::new();
    let known: Vec<QualifiedName> = draft
        .sequences
        .iter()
        .map(|sequence| sequence.name.clone())
        .chain(
            draft
                .raw
                .iter()
                .filter_map(|statement| statement.makes.as_ref())
                .filter(|made| made.class == Class::Relation)
                .map(|made| made.name.clone()),
        )
        .collect();
    for made in &mut draft.tables {
        for column in &mut made.table.columns {
            let Some(sequence) = super::sequences::sequence_of(column) else {
                continue;
            };
            if known.contains(&sequence) {
                continue;
            }
            notes.push((
                made.line,
                format!(
                    "the default of `{}.{}` left out: it counts by `{sequence}`, which the file doesn't make",
                    made.table.name, column.name
                ),
            ));
            column.value = ColumnValue::None;
        }
    }
    for (line, text) in notes {
        note(draft, line, text);
    }
}
