//! SQL for the columns of a table that stays.

use crate::casts::{Fate, cast};
use crate::migration::{Deferral, Phase, Steps};
use crate::names::{ChosenNames, beside, is_of_one_kind, owns_sequence};
use crate::table::{TableChange, refuses_null};
use crate::types::TypeChanges;
use pg_model::{Column, ColumnValue, Identity, Numbering, TypeKind};
use pg_sql::ddl::{column_definition, data_type};
use pg_sql::{identifier, literal, qualified};

/// Takes away columns, and the sequences of columns that stop counting, under their old names.
pub(crate) fn drop(steps: &mut Steps, change: &TableChange<'_>, old_names: &ChosenNames) {
    let table = qualified(&change.old.name);
    let group = change.old.name.to_string();
    for (before, after) in &change.columns.kept {
        if !owns_sequence(&before.value) || !changes_owner(before, after) {
            continue;
        }
        let column = identifier(&before.name);
        if matches!(before.value, ColumnValue::Numbered(Numbering::Identity(_))) {
            let sql = format!("ALTER TABLE {table} ALTER COLUMN {column} DROP IDENTITY;\n");
            steps.add(Phase::DropColumns, &group, sql);
        } else {
            let sql = format!("ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT;\n");
            steps.add(Phase::DropColumns, &group, sql);
            if let Some(sequence) = old_names.sequence(&change.old.name, &before.name) {
                let sequence = qualified(&beside(change.old.name.schema.as_deref(), sequence));
                steps.add(
                    Phase::DropColumns,
                    &group,
                    format!("DROP SEQUENCE {sequence};\n"),
                );
            }
        }
    }
    // Functions that go, or are made again, and a default can't hold on to.
    for (before, _) in &change.columns.kept {
        if change.columns.takes_down(&before.value) {
            let column = identifier(&before.name);
            let sql = format!("ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT;\n");
            steps.add(Phase::DropColumns, &group, sql);
        }
    }
    // Generated columns stand on others, so they go first.
    let mut gone: Vec<&Column> = change.columns.gone().collect();
    gone.sort_by_key(|column| !matches!(column.value, ColumnValue::Generated { .. }));
    for column in gone {
        let sql = format!(
            "ALTER TABLE {table} DROP COLUMN {};\n",
            identifier(&column.name)
        );
        let step = steps.add(Phase::DropColumns, &group, sql);
        let is_derived = matches!(column.value, ColumnValue::Generated { .. });
        let is_recreated = change
            .columns
            .recreated
            .iter()
            .any(|(before, _)| before.name == column.name);
        if !(is_derived && is_recreated) {
            step.loses(format!("the column `{group}.{}`", column.name));
        }
    }
}

/// Changes the columns that stay and adds the new ones.
pub(crate) fn build(
    steps: &mut Steps,
    change: &TableChange<'_>,
    new_names: &ChosenNames,
    types: &TypeChanges<'_>,
) {
    for (before, after) in &change.columns.kept {
        alter(steps, change, before, after, types);
        sequence(steps, change, before, after, new_names);
    }
    let recreated = change.columns.recreated.iter().map(|(_, after)| *after);
    let mut added: Vec<&Column> = recreated
        .chain(change.columns.added.iter().copied())
        .collect();
    let is_generated = |column: &Column| matches!(column.value, ColumnValue::Generated { .. });
    added.sort_by_key(|column| {
        (
            is_generated(column),
            change.new.column_position(&column.name),
        )
    });
    for column in &added {
        add(steps, change, column);
    }
    let places: Vec<Option<usize>> = change
        .columns
        .kept
        .iter()
        .map(|(_, after)| *after)
        .chain(added)
        .map(|column| change.new.column_position(&column.name))
        .collect();
    if !places.is_sorted() {
        note_order(steps, change);
    }
}

fn note_order(steps: &mut Steps, change: &TableChange<'_>) {
    let sql = String::new();
    let added = change.columns.added.len() + change.columns.recreated.len();
    if added > 0 {
        steps
            .add(Phase::Build, change.new.name.to_string(), sql)
            .remark(crate::migration::Remark::Note(format!(
                "Added columns stand last in `{}`: PostgreSQL can't put them where the new schema has them.",
                change.new.name
            )));
    }
}

fn add(steps: &mut Steps, change: &TableChange<'_>, column: &Column) {
    let table = qualified(&change.new.name);
    let sql = format!(
        "ALTER TABLE {table} ADD COLUMN {};\n",
        column_definition(column)
    );
    let step = steps.add(Phase::Build, change.new.name.to_string(), sql);
    let has_value = match &column.value {
        ColumnValue::None | ColumnValue::Null => false,
        ColumnValue::Default(_)
        | ColumnValue::Numbered(Numbering::Serial | Numbering::Identity(_))
        | ColumnValue::Generated { .. } => true,
    };
    if refuses_null(change.new, column) && !has_value {
        step.may_fail(format!(
            "rows that are there already have no value for `{}.{}`, which is not null and has no default",
            change.new.name, column.name
        ));
        let key = change.new.primary_key.as_ref();
        if key.is_none_or(|key| !key.columns.contains(&column.name)) {
            let nullable = Column {
                not_null: false,
                ..column.clone()
            };
            let sql = format!(
                "ALTER TABLE {table} ADD COLUMN {};\n",
                column_definition(&nullable)
            );
            step.defer(deferred_not_null(change, column, &sql));
        }
    }
}

fn alter(
    steps: &mut Steps,
    change: &TableChange<'_>,
    before: &Column,
    after: &Column,
    types: &TypeChanges<'_>,
) {
    let retyped = change.columns.retyped.contains(&before.name);
    let group = change.new.name.to_string();
    let start = format!(
        "ALTER TABLE {} ALTER COLUMN {} ",
        qualified(&change.new.name),
        identifier(&after.name)
    );
    let mut step = |sql: &str| {
        steps.add(Phase::Build, &group, format!("{start}{sql};\n"));
    };
    let moved = changes_owner(before, after);
    let was_generated = matches!(before.value, ColumnValue::Generated { .. });
    if was_generated && before.value != after.value {
        step("DROP EXPRESSION");
    }
    let taken_down = change.columns.takes_down(&before.value);
    let had_default =
        matches!(before.value, ColumnValue::Default(_) | ColumnValue::Null) && !taken_down;
    let has_default = matches!(after.value, ColumnValue::Default(_) | ColumnValue::Null);
    if had_default && (!has_default || retyped) {
        step("DROP DEFAULT");
    }
    if retyped {
        retype(steps, change, before, after, &start, types);
    }
    let mut step = |sql: &str| {
        steps.add(Phase::Build, &group, format!("{start}{sql};\n"));
    };
    let refused = refuses_null(change.old, before);
    let refuses = refuses_null(change.new, after);
    if refused && !refuses {
        step("DROP NOT NULL");
    } else if refuses && !refused {
        set_not_null(steps, change, after, &start);
    }
    let mut step = |sql: &str| {
        steps.add(Phase::Build, &group, format!("{start}{sql};\n"));
    };
    let value_changed = before.value != after.value || retyped || taken_down;
    match &after.value {
        ColumnValue::Default(sql) if value_changed => step(&format!("SET DEFAULT {sql}")),
        ColumnValue::Null if value_changed => step("SET DEFAULT NULL"),
        ColumnValue::Numbered(Numbering::Identity(identity)) if moved => {
            step(&format!("ADD {}", identity_clause(*identity)));
            restart(steps, change, after);
        }
        ColumnValue::Numbered(Numbering::Identity(identity)) if before.value != after.value => {
            let kind = match identity {
                Identity::Always => "ALWAYS",
                Identity::ByDefault => "BY DEFAULT",
            };
            step(&format!("SET GENERATED {kind}"));
        }
        _ => {}
    }
}

/// Refuses NULL from now on. A check that is validated tells the server that no row has any.
fn set_not_null(steps: &mut Steps, change: &TableChange<'_>, after: &Column, start: &str) {
    let new = change.new;
    let step = steps.add(
        Phase::Build,
        new.name.to_string(),
        format!("{start}SET NOT NULL;\n"),
    );
    step.may_fail(format!(
        "rows may have NULL in `{}.{}`",
        new.name, after.name
    ));
    // A key or an identity stands on it at once.
    let is_needed = matches!(after.value, ColumnValue::Numbered(Numbering::Identity(_)))
        || new
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&after.name));
    if !is_needed {
        step.defer(deferred_not_null(change, after, ""));
    }
}

/// `NOT NULL` by way of a check.
fn deferred_not_null(change: &TableChange<'_>, column: &Column, before: &str) -> Deferral {
    let table = qualified(&change.new.name);
    let name = pg_text::default_name(&change.new.name.name, Some(&column.name), "is_set");
    let (check, column) = (identifier(&name), identifier(&column.name));
    Deferral {
        at_once: format!(
            "{before}ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID;\n"
        ),
        validate: format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check};\n"),
        finish: format!(
            "ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {check};\n"
        ),
    }
}

fn retype(
    steps: &mut Steps,
    change: &TableChange<'_>,
    before: &Column,
    after: &Column,
    start: &str,
    types: &TypeChanges<'_>,
) {
    let mut sql = format!("{start}TYPE {}", data_type(&after.data_type));
    if let Some(collation) = &after.collation {
        sql.push_str(" COLLATE ");
        sql.push_str(&identifier(collation));
    }
    let same_text = data_type(&before.data_type) == data_type(&after.data_type);
    let (expression, fate) = if !same_text {
        let cast = cast(
            &after.name,
            &types.former(&before.data_type),
            &after.data_type,
        );
        (cast.expression, cast.fate)
    } else if types.recreates(&after.data_type) {
        // The type of that name is another one now.
        let (expression, fate) = types.convert(&after.name, &after.data_type);
        (Some(expression), fate)
    } else {
        (None, Fate::default())
    };
    if let Some(expression) = expression {
        sql.push_str(" USING ");
        sql.push_str(&expression);
    }
    sql.push_str(";\n");
    let group = change.new.name.to_string();
    let step = steps.add(Phase::Build, &group, sql);
    let (from, to) = (data_type(&before.data_type), data_type(&after.data_type));
    let way = if same_text {
        String::new()
    } else {
        format!(", from {from} to {to}")
    };
    if let Some(what) = fate.loses {
        let what = what.trim_end_matches(',');
        step.loses(format!("{what} in `{group}.{}`{way}", after.name));
    }
    if let Some(which) = fate.refuses {
        step.may_fail(format!("`{group}.{}` may have {which}{way}", after.name));
    }
}

/// `GENERATED … AS IDENTITY`
fn identity_clause(identity: Identity) -> &'static str {
    match identity {
        Identity::Always => "GENERATED ALWAYS AS IDENTITY",
        Identity::ByDefault => "GENERATED BY DEFAULT AS IDENTITY",
    }
}

/// Gives a column that becomes a serial its sequence, in the type that it has by now, or adapts the
/// sequence of one that stays. Sequences have their new names by now.
fn sequence(
    steps: &mut Steps,
    change: &TableChange<'_>,
    before: &Column,
    after: &Column,
    new_names: &ChosenNames,
) {
    if after.value != ColumnValue::Numbered(Numbering::Serial) {
        return;
    }
    let Some(name) = new_names.sequence(&change.new.name, &after.name) else {
        return;
    };
    let sequence = qualified(&beside(change.new.name.schema.as_deref(), name));
    let group = change.new.name.to_string();
    // A serial of any other type is none, and gets no sequence from the server either.
    if !matches!(
        after.data_type.kind,
        TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt
    ) {
        return;
    }
    let counts_in = data_type(&after.data_type);
    if changes_owner(before, after) {
        let table = qualified(&change.new.name);
        let column = identifier(&after.name);
        let regclass = literal(&sequence);
        steps.add(
            Phase::Build,
            &group,
            format!("CREATE SEQUENCE {sequence} AS {counts_in} OWNED BY {table}.{column};\n"),
        );
        steps.add(
            Phase::Build,
            &group,
            format!(
                "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval({regclass}::regclass);\n"
            ),
        );
        restart(steps, change, after);
    } else if before.data_type != after.data_type {
        steps.add(
            Phase::Build,
            &group,
            format!("ALTER SEQUENCE {sequence} AS {counts_in};\n"),
        );
    }
}

/// Lets a new sequence go on behind the highest value.
fn restart(steps: &mut Steps, change: &TableChange<'_>, column: &Column) {
    let table = qualified(&change.new.name);
    let name = identifier(&column.name);
    let sql = format!(
        "SELECT setval(pg_get_serial_sequence({}, {}), greatest(max({name}), 0) + 1, false) FROM {table};\n",
        literal(&table),
        literal(&column.name)
    );
    steps.add(Phase::Build, change.new.name.to_string(), sql);
}

/// Whether a column gets or loses a sequence, or exchanges one of one kind for one of the other.
fn changes_owner(before: &Column, after: &Column) -> bool {
    !is_of_one_kind(&before.value, &after.value)
        && (owns_sequence(&before.value) || owns_sequence(&after.value))
}
