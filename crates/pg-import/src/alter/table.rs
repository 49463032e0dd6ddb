//! `ALTER TABLE`, action by action. An action that the model has no place for is kept as a statement of its own.

use crate::create::{add_key, make_sequences, point_at_key};
use crate::cursor::{Cursor, list};
use crate::draft::{Attachment, Draft};
use crate::drop;
use crate::error::Mistake;
use crate::names;
use crate::raw_statement;
use crate::statement::Done;
use crate::table::{self, Constraint, Created};
use pg_model::{ColumnValue, Numbering, Persistence, QualifiedName, Table};
use pg_text::default_name;

/// Reads what follows the table's name.
pub(super) fn read(
    draft: &mut Draft,
    name: &QualifiedName,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Result<Option<Done>, Mistake> {
    if cursor.take(&["attach", "partition"]) {
        return Ok(attach(draft, name, cursor, sql));
    }
    let actions = list(cursor.rest());
    if let [one] = actions.as_slice() {
        return action(draft, name, one, sql);
    }
    let head = &sql[..sql.len() - cursor.rest().len()];
    for one in actions {
        let alone = format!("{}{one}", head.trim_start());
        if action(draft, name, one, &alone)?.is_none() {
            draft.keep(&alone);
        }
    }
    Ok(Some(Done))
}

fn attach(
    draft: &mut Draft,
    parent: &QualifiedName,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Option<Done> {
    let child = cursor.qualified()?;
    let at = draft.now();
    draft.attachments.push(Attachment {
        parent: parent.clone(),
        child,
        bounds: cursor.rest().to_owned(),
        sql: sql.to_owned(),
        at,
    });
    Some(Done)
}

fn action(
    draft: &mut Draft,
    name: &QualifiedName,
    text: &str,
    sql: &str,
) -> Result<Option<Done>, Mistake> {
    let mut cursor = Cursor::new(text);
    if cursor.take(&["add"]) {
        if is_column(&cursor) {
            refuse_wildcards(draft, name)?;
        }
        return Ok(add(draft, name, cursor, sql));
    }
    if cursor.take(&["drop"]) {
        return drop_part(draft, name, cursor, sql);
    }
    if cursor.take(&["detach", "partition"]) {
        let child = cursor.qualified();
        let before = draft.attachments.len();
        draft
            .attachments
            .retain(|one| one.parent != *name || Some(&one.child) != child.as_ref());
        return Ok((draft.attachments.len() < before).then_some(Done));
    }
    if cursor.take(&["validate", "constraint"]) {
        return Ok(validate(draft, name, cursor, sql));
    }
    if cursor.take(&["set", "unlogged"]) || cursor.take(&["set", "logged"]) {
        let persistence = if text.to_ascii_lowercase().contains("unlogged") {
            Persistence::Unlogged
        } else {
            Persistence::Permanent
        };
        // A table takes its sequences along.
        for sequence in &mut draft.sequences {
            if sequence
                .owner
                .as_ref()
                .is_some_and(|owner| owner.table == *name)
            {
                sequence.set_persistence(persistence);
            }
        }
        return Ok(draft.table_for(name, sql).map(|table| {
            table.own.persistence = persistence;
            Done
        }));
    }
    // A dump does this before and after the rows of a table.
    if cursor.take(&["enable", "trigger", "all"]) {
        let table = crate::object::Object::relation(name);
        let before = draft.raw.len();
        draft.raw.retain(|statement| {
            !(statement.belongs_to(&table)
                && statement
                    .sql
                    .to_ascii_lowercase()
                    .ends_with("disable trigger all"))
        });
        return Ok((draft.raw.len() < before).then_some(Done));
    }
    if cursor.take(&["alter", "constraint"]) {
        return Ok(alter_constraint(draft, name, cursor, sql));
    }
    if cursor.take(&["alter"]) {
        cursor.take(&["column"]);
        return alter_column(draft, name, cursor, sql);
    }
    Ok(None)
}

/// `ALTER CONSTRAINT … DEFERRABLE`, which only foreign keys take.
fn alter_constraint(
    draft: &mut Draft,
    name: &QualifiedName,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Option<Done> {
    let constraint = cursor.identifier()?;
    let deferrable = table::deferrability(&mut cursor);
    cursor.is_at_end().then_some(())?;
    let is_kept = draft.table(name).is_some_and(|made| made.kept);
    let key = draft.foreign_keys.iter_mut().find(|key| {
        key.table == *name && key.key.name == constraint && (is_kept || !key.is_inline)
    })?;
    key.key.own.deferrable = deferrable;
    // Where it stays a statement, so does this.
    key.sql = format!("{};\n{sql}", key.sql);
    Some(Done)
}

/// Whether a column is added, and no constraint.
fn is_column(cursor: &Cursor<'_>) -> bool {
    let is_constraint = [
        "constraint",
        "primary",
        "unique",
        "check",
        "foreign",
        "exclude",
    ]
    .iter()
    .any(|word| cursor.sees(&[word]))
        || cursor.sees(&["not", "null"]);
    !is_constraint
}

/// Refuses another column of a table of which something before has taken all: run behind it, that would take this one
/// too.
fn refuse_wildcards(draft: &Draft, table: &QualifiedName) -> Result<(), Mistake> {
    let view = draft
        .raw
        .iter()
        .filter(|statement| statement.speaks_of(&table.name))
        .filter(|statement| raw_statement::takes_all_columns(&statement.sql))
        .find_map(|statement| Some(statement.makes.as_ref()?.name.to_string()));
    view.map_or(Ok(()), |view| {
        Err(Mistake::SeenByView {
            what: table.to_string(),
            view,
        })
    })
}

fn add(draft: &mut Draft, name: &QualifiedName, mut cursor: Cursor<'_>, sql: &str) -> Option<Done> {
    if is_column(&cursor) {
        return add_column(draft, name, cursor, sql);
    }
    let mut table = draft.table(name)?.table.clone();
    let mut keys = Vec::new();
    match table::constraint(&mut cursor, name)? {
        Constraint::Foreign(mut key) => {
            point_at_key(draft, &table, &mut key)?;
            keys.push(key);
        }
        Constraint::NotNull(_) => return None,
        Constraint::Unique(unique) if unique.using_index.is_some() => {
            // The constraint takes the index over, with its name.
            let position = table
                .indexes
                .iter()
                .position(|index| Some(&index.name) == unique.using_index.as_ref())?;
            let columns = table.indexes[position].plain_columns()?;
            let mut unique = unique.clone();
            unique.columns = columns.into_iter().map(str::to_owned).collect();
            unique.using_index = None;
            if unique.name.is_empty() {
                unique.name.clone_from(&table.indexes[position].name);
            }
            table.indexes.remove(position);
            table.own.uniques.push(unique);
        }
        constraint => constraint.add_to(&mut table),
    }
    names::name_parts(draft, &mut table, &mut keys);
    if keys.is_empty() {
        *draft.table_for(name, sql)? = table;
    }
    for key in keys {
        add_key(draft, name.clone(), key, sql);
    }
    Some(Done)
}

fn add_column(
    draft: &mut Draft,
    name: &QualifiedName,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Option<Done> {
    cursor.take(&["column"]);
    let conditional = cursor.take(&["if", "not", "exists"]);
    let table = draft.table(name)?.table.clone();
    let column = cursor.clone().identifier()?;
    if conditional && table.column(&column).is_some() {
        return Some(Done);
    }
    let mut created = Created {
        table,
        foreign_keys: Vec::new(),
        after: Vec::new(),
        serials: Vec::new(),
        named_not_null: Vec::new(),
    };
    table::column(&mut cursor, &mut created)?;
    for key in &mut created.foreign_keys {
        point_at_key(draft, &created.table, key)?;
    }
    names::name_parts(draft, &mut created.table, &mut created.foreign_keys);
    make_sequences(draft, &mut created.table, &created.serials);
    *draft.table_for(name, sql)? = created.table;
    for sql in created.after {
        draft.keep(&sql);
    }
    for key in created.foreign_keys {
        let sql = format!(
            "ALTER TABLE {} ADD {}",
            pg_sql::qualified(name),
            pg_sql::ddl::foreign_key(&key)
        );
        add_key(draft, name.clone(), key, &sql);
        if let Some(own) = draft.foreign_keys.last_mut() {
            own.is_inline = true;
        }
    }
    Some(Done)
}

/// `DROP CONSTRAINT` and `DROP COLUMN`.
fn drop_part(
    draft: &mut Draft,
    name: &QualifiedName,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Result<Option<Done>, Mistake> {
    let is_constraint = cursor.take(&["constraint"]);
    if !is_constraint {
        cursor.take(&["column"]);
    }
    let conditional = cursor.take(&["if", "exists"]);
    let Some(part) = cursor.identifier() else {
        return Ok(None);
    };
    let cascade = cursor.take(&["cascade"]);
    let found = if is_constraint {
        drop_constraint(draft, name, &part, cascade, sql)
    } else {
        let found = draft
            .table(name)
            .is_some_and(|made| made.table.column(&part).is_some());
        if found {
            if cascade {
                drop::remove_views(draft, name, &part);
            }
            draft.table_for(name, sql);
            drop::remove_column(draft, name, &part);
        }
        found
    };
    if found || conditional {
        Ok(Some(Done))
    } else {
        Err(Mistake::NothingToDrop {
            part,
            table: name.to_string(),
        })
    }
}

fn drop_constraint(
    draft: &mut Draft,
    name: &QualifiedName,
    constraint: &str,
    cascade: bool,
    sql: &str,
) -> bool {
    let Some(made) = draft.table_mut(name) else {
        return false;
    };
    let clock_sql = sql.to_owned();
    let table: &mut Table = &mut made.table;
    let is_key = table.primary_key.as_ref().is_some_and(|key| {
        key.name
            .as_deref()
            .unwrap_or(&default_name(&name.name, None, "pkey"))
            == constraint
    });
    let counts =
        |table: &Table| table.checks.len() + table.own.uniques.len() + table.own.exclusions.len();
    let before = counts(table);
    if is_key {
        table.primary_key = None;
    }
    table.checks.retain(|check| check.name != constraint);
    table.own.uniques.retain(|unique| unique.name != constraint);
    table
        .own
        .exclusions
        .retain(|exclusion| exclusion.name != constraint);
    let mut found = is_key || counts(table) < before;
    if found {
        let at = draft.now();
        if let Some(made) = draft.table_mut(name) {
            made.statements.push((at, clock_sql));
        }
    }
    let is_own = |key: &crate::draft::DraftKey| key.table == *name && key.key.name == constraint;
    let keys = draft.foreign_keys.len();
    draft.foreign_keys.retain(|key| !is_own(key));
    found |= draft.foreign_keys.len() < keys;
    if cascade && (is_key || found) {
        // Keys that point to what was unique.
        let unique = draft.table(name).map(|made| made.table.clone());
        draft.foreign_keys.retain(|key| {
            key.key.referenced_table != *name
                || unique
                    .as_ref()
                    .is_some_and(|table| table.is_unique_on(&key.key.referenced_columns))
        });
    }
    // One that is kept word for word, with what is said about it.
    let table = crate::object::Object::relation(name);
    let before = draft.raw.len();
    draft.raw.retain(|statement| {
        let is_its_comment = statement.of.as_ref().is_some_and(|of| {
            of.class == crate::object::Class::Constraint
                && of.name.name == constraint
                && of.on.as_ref() == Some(name)
        });
        let makes_it = statement.belongs_to(&table) && adds_constraint(&statement.sql, constraint);
        !(makes_it || is_its_comment)
    });
    found || draft.raw.len() < before
}

/// Whether a statement adds the constraint of that name.
fn adds_constraint(sql: &str, name: &str) -> bool {
    let words = sql_text::words(sql);
    words.first().is_some_and(|word| word.is("alter"))
        && words.windows(3).any(|three| {
            three[0].is("add")
                && three[1].is("constraint")
                && sql_text::fold(three[2].text).as_deref() == Some(name)
        })
}

fn validate(
    draft: &mut Draft,
    name: &QualifiedName,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Option<Done> {
    let constraint = cursor.identifier()?;
    if let Some(key) = draft
        .foreign_keys
        .iter_mut()
        .find(|key| key.table == *name && key.key.name == constraint)
    {
        key.key.own.validated = true;
        return Some(Done);
    }
    let table = draft.table_for(name, sql)?;
    let check = table
        .checks
        .iter_mut()
        .find(|check| check.name == constraint)?;
    check.own.validated = true;
    Some(Done)
}

/// What follows `ALTER COLUMN`.
fn alter_column(
    draft: &mut Draft,
    name: &QualifiedName,
    mut cursor: Cursor<'_>,
    sql: &str,
) -> Result<Option<Done>, Mistake> {
    let Some(column) = cursor.identifier() else {
        return Ok(None);
    };
    let Some(mut changed) = draft
        .table(name)
        .and_then(|made| made.table.column(&column))
        .cloned()
    else {
        return Ok(None);
    };
    if cursor.take(&["set", "default"]) {
        changed.value = ColumnValue::Default(cursor.rest().to_owned());
    } else if cursor.take(&["drop", "default"]) {
        // What isn't a default stays, and an identity isn't one.
        if !matches!(changed.value, ColumnValue::Numbered(Numbering::Identity(_))) {
            changed.value = ColumnValue::None;
        }
    } else if cursor.take(&["drop", "identity"]) {
        if matches!(changed.value, ColumnValue::Numbered(Numbering::Identity(_))) {
            crate::drop::forget_identity(draft, name, &changed);
            changed.value = ColumnValue::None;
        }
        if drop_kept_identity(draft, name, &column) {
            return Ok(Some(Done));
        }
    } else if cursor.take(&["drop", "expression"]) {
        changed.value = ColumnValue::None;
    } else if cursor.take(&["set", "not", "null"]) {
        changed.not_null = true;
    } else if cursor.take(&["drop", "not", "null"]) {
        changed.not_null = false;
    } else if cursor.take(&["add"]) {
        let sequence = QualifiedName {
            schema: name.schema.clone(),
            name: default_name(&name.name, Some(&column), "seq"),
        };
        // Where that name is taken, PostgreSQL chooses another.
        let is_taken = draft.knows(&crate::object::Object::relation(&sequence));
        let identity = table::identity(&mut cursor, name, &column).filter(|_| !is_taken);
        let Some(identity) = identity else {
            return Ok(None);
        };
        changed.value = ColumnValue::Numbered(Numbering::Identity(identity));
    } else if cursor.take(&["type"]) || cursor.take(&["set", "data", "type"]) {
        let text = cursor.text_until(|at| at.sees(&["collate"]) || at.sees(&["using"]));
        changed.data_type = table::read_type(text).0;
        changed.collation = None;
        if cursor.take(&["collate"]) {
            let Some(collation) = table::collation(&mut cursor) else {
                return Ok(None);
            };
            changed.collation = Some(collation);
        }
        refuse_views(draft, name, &column)?;
    } else {
        return Ok(None);
    }
    Ok(draft.table_for(name, sql).and_then(|table| {
        let own = table.columns.iter_mut().find(|own| own.name == column)?;
        // A key's columns are never null, whatever a statement says.
        changed.not_null |= table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&column));
        *own = changed;
        Some(Done)
    }))
}

/// An identity that is kept word for word, because its sequence isn't an ordinary one.
fn drop_kept_identity(draft: &mut Draft, name: &QualifiedName, column: &str) -> bool {
    let table = crate::object::Object::relation(name);
    let before = draft.raw.len();
    draft.raw.retain(|statement| {
        !(statement.belongs_to(&table)
            && statement.column.as_deref() == Some(column)
            && raw_statement::words(&statement.sql).contains("identity"))
    });
    draft.raw.len() < before
}

/// Refuses a change that PostgreSQL refuses too while a view shows the column, so that no view is made of what was
/// never there.
fn refuse_views(draft: &Draft, table: &QualifiedName, column: &str) -> Result<(), Mistake> {
    super::rename::view_of(draft, table, Some(column)).map_or(Ok(()), |view| {
        Err(Mistake::SeenByView {
            what: format!("{table}.{column}"),
            view,
        })
    })
}
