//! `DROP`: what a statement takes away is taken out of what was read so far.
//!
//! What isn't there can't be taken away. `pg_dump --clean` begins with such statements, which clear the database that
//! the dump is loaded into; they are counted and left out. Without `CASCADE` nothing depends on what goes, or
//! PostgreSQL would have refused; with it, what depends on it goes too, and that is told.

use crate::cursor::Cursor;
use crate::draft::Draft;
use crate::error::Mistake;
use crate::finish::takes_from;
use crate::left_out::What;
use crate::object::{self, Class, Named, Object};
use crate::raw_statement::{self, RawStatement};
use crate::statement::Done;
use pg_model::{Column, ColumnValue, IndexKey, Numbering, QualifiedName, Table, TypeKind};
use pg_text::data_type;

/// Whether what depends on a thing goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dependents {
    Go,
    AreNone,
}

/// Reads a statement that drops things.
pub(crate) fn read(draft: &mut Draft, mut cursor: Cursor<'_>) -> Result<Done, Mistake> {
    cursor.skip();
    if cursor.sees(&["owned"]) {
        return Ok(draft.leave_out(What::Privileges));
    }
    let noun = cursor.peek().map(|token| token.text.to_ascii_lowercase());
    let Some((all, cascade)) = object::dropped(&mut cursor) else {
        // Something that has no name which is understood; before anything is made it can only clean.
        return if draft.is_empty() {
            Ok(draft.leave_out(What::Drops))
        } else {
            Err(Mistake::UnknownDrop(noun.unwrap_or_default()))
        };
    };
    let dependents = if cascade {
        Dependents::Go
    } else {
        Dependents::AreNone
    };
    for named in &all {
        one(draft, named, dependents)?;
    }
    Ok(Done)
}

fn one(draft: &mut Draft, named: &Named, dependents: Dependents) -> Result<(), Mistake> {
    let object = &named.object;
    match object.class {
        Class::OfServer => {
            draft.leave_out(What::Databases);
        }
        Class::Secret => {
            draft.leave_out(What::Secrets);
        }
        // It goes as a whole even when nothing says that it was made.
        Class::Schema if dependents == Dependents::Go => schema(draft, &object.name.name),
        _ if !draft.knows(object) => {
            draft.leave_out(What::Drops);
        }
        _ => {
            let makers = draft
                .raw
                .iter()
                .filter_map(|statement| statement.makes.as_ref())
                .filter(|made| made.is(object));
            let first = makers.clone().next();
            if makers
                .clone()
                .any(|made| first.is_some_and(|first| !made.is(first)))
            {
                return Err(Mistake::AmbiguousDrop(object.name.to_string()));
            }
            remove(draft, object, dependents);
        }
    }
    Ok(())
}

/// A schema with all that lies in it.
fn schema(draft: &mut Draft, name: &str) {
    let schema = (name != "public").then(|| name.to_owned());
    let lies_in_it = |name: &QualifiedName| name.schema == schema;
    let mut all: Vec<Object> = Vec::new();
    all.extend(
        draft
            .tables
            .iter()
            .map(|made| &made.table.name)
            .chain(draft.sequences.iter().map(|sequence| &sequence.name))
            .filter(|name| lies_in_it(name))
            .map(Object::relation),
    );
    all.extend(
        draft
            .enums
            .iter()
            .filter(|own| lies_in_it(&own.name))
            .map(|own| Object {
                class: Class::Type,
                ..Object::relation(&own.name)
            }),
    );
    let has_schema = |made: &&Object| {
        matches!(
            made.class,
            Class::Relation
                | Class::Routine
                | Class::Type
                | Class::Other("statistics" | "collation" | "conversion" | "text search object")
        )
    };
    all.extend(
        draft
            .raw
            .iter()
            .filter_map(|statement| statement.makes.as_ref())
            .filter(has_schema)
            .filter(|made| lies_in_it(&made.name))
            .cloned(),
    );
    let known = draft.namespaces.iter().any(|own| own == name);
    if all.is_empty() && !known {
        draft.leave_out(What::Drops);
    }
    for object in all {
        remove(draft, &object, Dependents::Go);
    }
    draft.namespaces.retain(|own| own != name);
    draft.without.retain(|own| !lies_in_it(own));
}

/// Takes something out, with what belongs to it and goes with it in any case.
pub(crate) fn remove(draft: &mut Draft, object: &Object, dependents: Dependents) {
    let name = &object.name;
    match object.class {
        Class::Relation => {
            draft.without.remove(name);
            remove_table(draft, name, dependents);
            remove_sequence(draft, name, dependents);
            remove_index(draft, name);
        }
        Class::Type => {
            draft.enums.retain(|own| own.name != *name);
            if dependents == Dependents::Go {
                remove_columns_of_type(draft, name);
            }
        }
        Class::Routine if dependents == Dependents::Go => remove_uses(draft, &name.name),
        Class::Schema => draft.namespaces.retain(|own| *own != name.name),
        Class::Extension => draft.extensions.retain(|own| own.name != name.name),
        _ => {}
    }
    draft.raw.retain(|statement| {
        !statement.is_about(object) && !attaches_or_detaches(&statement.sql, object)
    });
    if dependents == Dependents::Go {
        remove_dependents(draft, object);
    }
}

/// Takes out what is kept word for word and stands on something that has gone.
fn remove_dependents(draft: &mut Draft, object: &Object) {
    let can_depend = matches!(object.class, Class::Relation | Class::Routine | Class::Type);
    if !can_depend || object.on.is_some() {
        return;
    }
    while let Some(position) = draft
        .raw
        .iter()
        .position(|statement| depends_on(statement, &object.name))
    {
        let statement = draft.raw.remove(position);
        if let Some(made) = statement.makes {
            draft.note(format!(
                "`{}` is dropped with `{}`, on which it stands",
                made.name, object.name
            ));
            remove(draft, &made, Dependents::Go);
        }
    }
}

/// Whether PostgreSQL counts a statement's thing among those that depend on a name. A body between quotes is only text
/// to it.
fn depends_on(statement: &RawStatement, name: &QualifiedName) -> bool {
    let makes = statement.makes.as_ref();
    // A publication loses a table and stays.
    let can = makes.is_some_and(|made| {
        made.name != *name && !matches!(made.class, Class::Other("publication"))
    });
    can && mentions(&statement.sql, name)
}

/// Whether a text names a thing, by its name alone or with its schema.
fn mentions(sql: &str, name: &QualifiedName) -> bool {
    let tokens = sql_text::words(sql);
    tokens.iter().enumerate().any(|(position, token)| {
        if !token.is_name() || sql_text::fold(token.text).as_ref() != Some(&name.name) {
            return false;
        }
        let before = position
            .checked_sub(2)
            .filter(|&before| tokens[before + 1].is("."))
            .and_then(|before| sql_text::fold(tokens[before].text));
        match (before, &name.schema) {
            (Some(before), Some(schema)) => before == *schema,
            (Some(before), None) => before == "public",
            (None, _) => true,
        }
    })
}

fn remove_table(draft: &mut Draft, name: &QualifiedName, dependents: Dependents) {
    let parts: Vec<QualifiedName> = draft
        .attachments
        .iter()
        .filter(|attachment| attachment.parent == *name)
        .map(|attachment| attachment.child.clone())
        .chain(
            draft
                .raw
                .iter()
                .filter(|statement| is_partition_of(&statement.sql, name))
                .filter_map(|statement| Some(statement.makes.as_ref()?.name.clone())),
        )
        .collect();
    let Some(table) = draft.take_table(name) else {
        return;
    };
    draft
        .attachments
        .retain(|attachment| attachment.parent != *name && attachment.child != *name);
    for part in parts {
        remove(draft, &Object::relation(&part), dependents);
    }
    draft.foreign_keys.retain(|key| {
        key.table != *name
            && (dependents == Dependents::AreNone || key.key.referenced_table != *name)
    });
    let indexes = table.index_names();
    let is_own =
        |index: &QualifiedName| index.schema == name.schema && indexes.contains(&index.name);
    draft
        .index_attachments
        .retain(|one| !is_own(&one.parent) && !is_own(&one.child));
    draft.sequences.retain(|sequence| {
        sequence
            .owner
            .as_ref()
            .is_none_or(|owner| owner.table != *name)
    });
    for column in &table.table.columns {
        forget_identity(draft, name, column);
    }
    // Comments and changes of its indexes.
    for index in indexes {
        let index = Object::relation(&QualifiedName {
            schema: name.schema.clone(),
            name: index,
        });
        draft.raw.retain(|statement| !statement.belongs_to(&index));
    }
}

/// Whether a statement makes a partition of a table.
fn is_partition_of(sql: &str, parent: &QualifiedName) -> bool {
    let mut cursor = Cursor::new(sql);
    cursor.take(&["create"])
        && cursor.take(&["table"])
        && {
            cursor.take(&["if", "not", "exists"]);
            cursor.qualified().is_some()
        }
        && cursor.take(&["partition", "of"])
        && cursor.qualified().as_ref() == Some(parent)
}

/// Whether a statement makes a table part of another, or ends that.
fn attaches_or_detaches(sql: &str, object: &Object) -> bool {
    let mut cursor = Cursor::new(sql);
    if object.class != Class::Relation || !cursor.take(&["alter"]) {
        return false;
    }
    object::named(&mut cursor).is_some()
        && (cursor.take(&["detach", "partition"])
            || cursor.take(&["attach", "partition"])
            || cursor.take(&["inherit"])
            || cursor.take(&["no", "inherit"]))
        && cursor.qualified().as_ref() == Some(&object.name)
}

/// Takes away what was done to the sequence of an identity column, which goes with it.
pub(crate) fn forget_identity(draft: &mut Draft, table: &QualifiedName, column: &Column) {
    if !matches!(column.value, ColumnValue::Numbered(Numbering::Identity(_))) {
        return;
    }
    let sequence = Object::relation(&QualifiedName {
        schema: table.schema.clone(),
        name: pg_text::default_name(&table.name, Some(&column.name), "seq"),
    });
    draft
        .raw
        .retain(|statement| !statement.belongs_to(&sequence));
}

fn remove_sequence(draft: &mut Draft, name: &QualifiedName, dependents: Dependents) {
    let before = draft.sequences.len();
    draft.sequences.retain(|sequence| sequence.name != *name);
    if dependents == Dependents::Go && draft.sequences.len() < before {
        for column in draft
            .tables
            .iter_mut()
            .flat_map(|made| &mut made.table.columns)
        {
            if takes_from(column, name) {
                column.value = ColumnValue::None;
            }
        }
    }
}

fn remove_index(draft: &mut Draft, name: &QualifiedName) {
    for made in &mut draft.tables {
        if made.table.name.schema == name.schema {
            made.table.indexes.retain(|index| index.name != name.name);
        }
    }
    draft
        .index_attachments
        .retain(|one| one.parent != *name && one.child != *name);
}

fn remove_columns_of_type(draft: &mut Draft, name: &QualifiedName) {
    let has_type = |kind: &TypeKind| match kind {
        TypeKind::Other(text) => {
            data_type::plain_name(data_type::before_modifiers(text)).as_ref() == Some(name)
        }
        TypeKind::Enum(own) => own == name,
        _ => false,
    };
    let found: Vec<(QualifiedName, String)> = draft
        .tables
        .iter()
        .flat_map(|made| {
            made.table
                .columns
                .iter()
                .map(move |column| (&made.table.name, column))
        })
        .filter(|(_, column)| has_type(&column.data_type.kind))
        .map(|(table, column)| (table.clone(), column.name.clone()))
        .collect();
    for (table, column) in found {
        draft.note(format!(
            "`{table}.{column}` is dropped with its type `{name}`"
        ));
        remove_column(draft, &table, &column);
    }
}

/// Takes out the views that show a column.
pub(crate) fn remove_views(draft: &mut Draft, table: &QualifiedName, column: &str) {
    let shows = |statement: &RawStatement| {
        statement.makes.as_ref().is_some_and(|made| {
            made.class == Class::Relation && made.on.is_none() && made.name != *table
        }) && mentions(&statement.sql, table)
            && (statement.speaks_of(column) || raw_statement::takes_all_columns(&statement.sql))
    };
    while let Some(position) = draft.raw.iter().position(shows) {
        if let Some(made) = draft.raw.remove(position).makes {
            draft.note(format!(
                "`{}` is dropped with `{table}.{column}`, which it shows",
                made.name
            ));
            remove(draft, &made, Dependents::Go);
        }
    }
}

/// Takes a column out of its table, with all that PostgreSQL takes away with it. Foreign keys of other tables go
/// too.
pub(crate) fn remove_column(draft: &mut Draft, name: &QualifiedName, column: &str) {
    let is = |other: &String| other == column;
    let speaks_of = |text: &str| raw_statement::speaks_of(text, column);
    let Some(made) = draft.table_mut(name) else {
        return;
    };
    let table: &mut Table = &mut made.table;
    let own = table.columns.iter().position(|own| own.name == column);
    let gone = own.map(|position| table.columns.remove(position));
    if table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.iter().any(is))
    {
        table.primary_key = None;
    }
    table
        .own
        .uniques
        .retain(|unique| !unique.columns.iter().any(is));
    table.checks.retain(|check| !speaks_of(&check.expression));
    table.own.exclusions.retain(|exclusion| {
        !speaks_of(&exclusion.elements) && !exclusion.predicate.as_deref().is_some_and(speaks_of)
    });
    table.indexes.retain(|index| {
        !index.own.include.iter().any(is)
            && !index.own.predicate.as_deref().is_some_and(speaks_of)
            && !index.parts.iter().any(|part| match &part.key {
                IndexKey::Column(own) => own == column,
                IndexKey::Expression(text) => speaks_of(text),
            })
    });
    draft.foreign_keys.retain(|key| {
        let starts_there = key.table == *name && key.key.columns.iter().any(is);
        let ends_there =
            key.key.referenced_table == *name && key.key.referenced_columns.iter().any(is);
        !(starts_there || ends_there)
    });
    if let Some(gone) = gone {
        forget_identity(draft, name, &gone);
    }
    draft.sequences.retain(|sequence| {
        sequence
            .owner
            .as_ref()
            .is_none_or(|owner| owner.table != *name || owner.column != column)
    });
    let table = Object::relation(name);
    draft.raw.retain(|statement| {
        if !statement.belongs_to(&table) {
            return true;
        }
        let is_of_column = statement.column.as_deref() == Some(column);
        let goes_along =
            statement.makes.as_ref().is_some_and(|made| {
                matches!(made.class, Class::Relation | Class::Other("statistics"))
            }) || is_added_constraint(&statement.sql);
        !(is_of_column || (goes_along && statement.speaks_of(column)))
    });
}

fn is_added_constraint(sql: &str) -> bool {
    let words = sql_text::words(sql);
    words.first().is_some_and(|word| word.is("alter"))
        && words
            .windows(2)
            .any(|pair| pair[0].is("add") && pair[1].is("constraint"))
}

/// Takes out of all tables what calls a routine that has gone.
fn remove_uses(draft: &mut Draft, routine: &str) {
    let calls = |text: &str| raw_statement::speaks_of(text, routine);
    let mut lost = Vec::new();
    for made in &mut draft.tables {
        let table = &mut made.table;
        let counts = (table.checks.len(), table.indexes.len());
        for column in &mut table.columns {
            if matches!(&column.value, ColumnValue::Default(expression) if calls(expression)) {
                column.value = ColumnValue::None;
                lost.push(format!("the default of `{}.{}`", table.name, column.name));
            }
        }
        table.checks.retain(|check| !calls(&check.expression));
        table.indexes.retain(|index| {
            !index.own.predicate.as_deref().is_some_and(calls)
                && !index
                    .parts
                    .iter()
                    .any(|part| matches!(&part.key, IndexKey::Expression(text) if calls(text)))
        });
        if counts != (table.checks.len(), table.indexes.len()) {
            lost.push(format!("checks or indexes of `{}`", table.name));
        }
    }
    for what in lost {
        draft.note(format!("{what} go with `{routine}`, which is dropped"));
    }
}
