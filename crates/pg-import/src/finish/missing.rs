//! What a file speaks of and doesn't make: a dump of some schemas or tables (`pg_dump --schema`, `--table`) leaves out
//! what lies elsewhere, and all extensions.
//!
//! What can be made is made, what would keep the SQL from loading is left out where something is left without it, and
//! each is told.

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
    others(draft);
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

/// What tables, views, triggers, policies and rules name with its schema and the file doesn't make: they are kept, and the
/// SQL loads only where that is.
fn others(draft: &mut Draft) {
    const SPEAKING: [&str; 5] = ["view", "materialized", "trigger", "policy", "rule"];
    let in_statements = draft.raw.iter().filter(|statement| {
        let mut words = sql_text::words(&statement.sql).into_iter().take(4);
        words.next().is_some_and(|word| word.is("create"))
            && words.any(|word| SPEAKING.iter().any(|known| word.is(known)))
    });
    let mut texts: Vec<(usize, &str)> = in_statements
        .map(|statement| (statement.line, statement.sql.as_str()))
        .collect();
    for made in &draft.tables {
        texts.extend(
            raw_statement::texts_of_table(&made.table)
                .into_iter()
                // A type that nobody makes is told where its column is read.
                .filter(|text| data_type::plain_name(text).is_none())
                .map(|text| (made.line, text)),
        );
    }
    let mut notes: Vec<(usize, String)> = Vec::new();
    for (line, text) in texts {
        for name in named_with_schema(draft, text) {
            let text = format!(
                "`{name}` is used, and the file doesn't make it: the SQL loads only where it is"
            );
            if !is_made(draft, &name) && notes.iter().all(|(_, told)| *told != text) {
                notes.push((line, text));
            }
        }
    }
    for (line, text) in notes {
        note(draft, line, text);
    }
}

/// Names with a schema: what is called, and what lies in `public` or in a schema of the file. Others may be columns.
fn named_with_schema(draft: &Draft, text: &str) -> Vec<QualifiedName> {
    let found = sql_text::words(text);
    let starts = |at: usize| at == 0 || !found[at - 1].is(".");
    let names = (0..found.len().saturating_sub(2)).filter_map(|at| {
        let [schema, point, name] = [found[at], found[at + 1], found[at + 2]];
        let is_name = starts(at) && schema.is_name() && point.is(".") && name.is_name();
        let (schema, name) = is_name
            .then(|| Some((sql_text::fold(schema.text)?, sql_text::fold(name.text)?)))
            .flatten()?;
        let is_called = found.get(at + 3).is_some_and(|next| next.is("("));
        let is_schema = schema == "public" || draft.namespaces.contains(&schema);
        let is_own = schema == "pg_catalog" || schema == "information_schema";
        (!is_own && (is_called || is_schema)).then(|| {
            if schema == "public" {
                QualifiedName::bare(name)
            } else {
                QualifiedName::in_schema(schema, name)
            }
        })
    });
    names.collect()
}

/// Whether the file makes something of that name, or an extension whose schema that is may bring it.
fn is_made(draft: &Draft, name: &QualifiedName) -> bool {
    let may_be_an_extensions = draft.extensions.iter().any(|extension| {
        extension.name != "plpgsql"
            && extension.schema.as_deref().filter(|own| *own != "public") == name.schema.as_deref()
    });
    may_be_an_extensions
        || draft.knows(&Object::relation(name))
        || draft.enums.iter().any(|own| own.name == *name)
        || draft.sequences.iter().any(|own| own.name == *name)
        || draft.raw.iter().any(|statement| {
            statement
                .makes
                .as_ref()
                .is_some_and(|made| made.name == *name)
        })
}
