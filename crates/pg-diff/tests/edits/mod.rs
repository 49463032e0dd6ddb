//! Edits that keep a schema valid, as a person makes them: one thing at a time.

mod objects;

use objects::{change_object, change_statement, first_objects, follow_rename, forget_table};
use pg_model::{
    CheckConstraint, Column, ColumnValue, DataType, Deferrability, EnumType, ForeignKey, Identity,
    Index, IndexKey, IndexPart, Numbering, PgCheck, PgForeignKey, PgIndex, PgIndexPart, PgSchema,
    PrimaryKey, QualifiedName, ReferentialAction, Schema, Table, TypeKind, UniqueConstraint,
};
use proptest::prelude::*;

const TABLE_NAMES: [&str; 6] = ["users", "orders", "Order Lines", "社員", "teams", "notes"];
const COLUMN_NAMES: [&str; 8] = ["a", "b", "c", "Total", "order", "状態", "note", "amount"];
const LABELS: [&str; 5] = ["draft", "paid", "it's", "sent", "x y"];

/// An edit: what to do, and four numbers that choose where, among what is there.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    action: u8,
    choices: [u8; 4],
}

impl Arbitrary for Edit {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        (0..29_u8, any::<[u8; 4]>())
            .prop_map(|(action, choices)| Self { action, choices })
            .boxed()
    }
}

/// A small schema with something of everything.
pub(crate) fn base() -> Schema {
    let mut users = new_table("users");
    users.columns.push(column("a", 3));
    users.columns.push(column("b", 0));
    let mut orders = new_table("orders");
    orders.columns.push(column("状態", 9));
    orders.columns.push(column("amount", 1));
    orders.checks.push(check("amount"));
    Schema {
        tables: vec![users, orders],
        statements: first_objects(),
        own: PgSchema {
            enums: vec![EnumType {
                name: QualifiedName::bare("state"),
                values: vec!["draft".into(), "paid".into()],
            }],
            ..PgSchema::default()
        },
    }
}

/// The schema as it stands after its renames: the next edits are a new version.
pub(crate) fn without_marks(mut schema: Schema) -> Schema {
    for table in &mut schema.tables {
        table.renamed_from = None;
        for column in &mut table.columns {
            column.renamed_from = None;
        }
    }
    schema
}

/// The schema after an edit; unchanged where the edit doesn't fit.
pub(crate) fn edit(mut schema: Schema, edit: &Edit) -> Schema {
    let [first, second, third, fourth] = edit.choices.map(usize::from);
    match edit.action {
        0 => add_table(&mut schema, first),
        1 => drop_table(&mut schema, first),
        2 => rename_table(&mut schema, first, second),
        3 => change_labels(&mut schema, first, second),
        4 | 24 | 25 => change_statement(&mut schema, first, second),
        26..=28 => change_object(&mut schema, first, second),
        _ => {
            let count = schema.tables.len();
            if count > 0 {
                let position = first % count;
                if edit.action < 8 {
                    add_foreign_key(&mut schema, position, second, third);
                } else {
                    edit_table(&mut schema, position, edit.action, [second, third, fourth]);
                }
            }
        }
    }
    schema
}

fn edit_table(schema: &mut Schema, position: usize, action: u8, choices: [usize; 3]) {
    let [first, second, third] = choices;
    let table = &mut schema.tables[position];
    let columns = table.columns.len();
    // The first column is the key.
    let chosen = (columns > 1).then(|| 1 + first % (columns - 1));
    match (action, chosen) {
        (8 | 9, _) => {
            let name = COLUMN_NAMES[first % COLUMN_NAMES.len()];
            if table.column(name).is_none() {
                let mut new = column(name, second);
                set_value(&mut new, third);
                let place = 1 + third % columns;
                table.columns.insert(place, new);
            }
        }
        (10, Some(chosen)) => {
            let name = table.columns[chosen].name.clone();
            forget_column(schema, position, &name);
            schema.tables[position].columns.remove(chosen);
        }
        (11 | 12, Some(chosen)) => rename_column(schema, position, chosen, second),
        (13, Some(chosen)) => retype(schema, position, chosen, second),
        (14, Some(chosen)) => set_value(&mut table.columns[chosen], second),
        (15, Some(chosen)) => {
            let column = &mut table.columns[chosen];
            column.not_null = !column.not_null;
        }
        (16, Some(chosen)) => {
            let column = &mut table.columns[chosen];
            column.comment = second
                .is_multiple_of(2)
                .then(|| format!("comment {second}"));
        }
        (17 | 18, Some(chosen)) => toggle_index(schema, position, chosen, second),
        (19, Some(chosen)) => {
            let name = &table.columns[chosen].name;
            let constraint = UniqueConstraint {
                name: format!("uniq_{position}_{first}"),
                columns: vec![name.clone()],
                using_index: None,
                nulls_not_distinct: second.is_multiple_of(2),
                deferrable: Deferrability::InitiallyDeferred,
            };
            if table.own.uniques.is_empty() && can_be_indexed(&table.columns[chosen]) {
                table.own.uniques.push(constraint);
            } else {
                table.own.uniques.clear();
            }
        }
        (20, Some(chosen)) => {
            let column = &table.columns[chosen];
            if is_number(column) && table.checks.is_empty() {
                let new = check(&column.name);
                table.checks.push(new);
            } else if is_text(column) && table.checks.is_empty() {
                // The server keeps this one in another form for each type of text.
                let new = CheckConstraint {
                    expression: format!("\"{}\" IN ('a', 'b')", column.name),
                    ..check(&column.name)
                };
                table.checks.push(new);
            } else {
                table.checks.clear();
            }
        }
        (21, Some(chosen)) => toggle_generated(schema, position, chosen),
        (22, Some(chosen)) => change_key(schema, position, chosen),
        (23, _) => {
            table.comment = second
                .is_multiple_of(2)
                .then(|| format!("it's table {second}"));
        }
        _ => {}
    }
}

fn new_table(name: &str) -> Table {
    let mut table = Table::new(QualifiedName::bare(name));
    let mut id = Column::new("id", DataType::scalar(TypeKind::BigInt));
    id.not_null = true;
    id.value = ColumnValue::Numbered(Numbering::Serial);
    table.columns.push(id);
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".into()],
    });
    table
}

fn data_type(choice: usize) -> DataType {
    let scalar = DataType::scalar;
    match choice % 16 {
        0 => scalar(TypeKind::Integer),
        1 => scalar(TypeKind::BigInt),
        2 => scalar(TypeKind::Numeric {
            precision: Some(10),
            scale: Some(2),
        }),
        3 => scalar(TypeKind::Varchar { limit: None }),
        4 => scalar(TypeKind::Varchar { limit: Some(20) }),
        5 => scalar(TypeKind::Text),
        6 => scalar(TypeKind::Boolean),
        7 => scalar(TypeKind::Timestamp {
            precision: Some(6),
            with_time_zone: false,
        }),
        8 => scalar(TypeKind::Uuid),
        9 => scalar(TypeKind::Enum(QualifiedName::bare("state"))),
        10 => DataType::array(TypeKind::Text),
        11 => scalar(TypeKind::Other("amount".into())),
        12 => scalar(TypeKind::Other("pair".into())),
        13 => scalar(TypeKind::Other("status".into())),
        14 => scalar(TypeKind::Jsonb),
        _ => DataType::array(TypeKind::Enum(QualifiedName::bare("state"))),
    }
}

fn column(name: &str, choice: usize) -> Column {
    Column::new(name, data_type(choice))
}

fn check(column: &str) -> CheckConstraint {
    CheckConstraint {
        name: format!("chk_{column}"),
        expression: if column.len().is_multiple_of(2) {
            format!("\"{column}\" IN (1, 2, 3)")
        } else {
            format!("half(\"{column}\"::integer) IN (1, 2, 3)")
        },
        own: PgCheck { validated: true },
    }
}

fn is_number(column: &Column) -> bool {
    matches!(
        column.data_type.kind,
        TypeKind::Integer | TypeKind::BigInt | TypeKind::Numeric { .. }
    )
}

fn is_text(column: &Column) -> bool {
    matches!(
        column.data_type,
        DataType {
            kind: TypeKind::Varchar { .. } | TypeKind::Text,
            array: false
        }
    )
}

fn can_be_indexed(column: &Column) -> bool {
    if matches!(column.data_type.kind, TypeKind::Other(_)) {
        return false;
    }
    !matches!(column.value, ColumnValue::Generated { .. }) || is_number(column)
}

fn set_value(column: &mut Column, choice: usize) {
    if matches!(column.value, ColumnValue::Generated { .. }) {
        return;
    }
    let text = |sql: &str| ColumnValue::Default(sql.into());
    let is_integer = matches!(column.data_type.kind, TypeKind::Integer | TypeKind::BigInt);
    column.value = match (choice % 6, &column.data_type) {
        (0, _) => ColumnValue::None,
        (1, _) => ColumnValue::Null,
        (2, _) if is_integer => ColumnValue::Numbered(Numbering::Serial),
        (3, _) if is_integer => ColumnValue::Numbered(Numbering::Identity(Identity::Always)),
        (4, _) if is_integer => ColumnValue::Numbered(Numbering::Identity(Identity::ByDefault)),
        (_, data_type) if data_type.array => text("'{}'"),
        (_, data_type) => match data_type.kind {
            TypeKind::Integer | TypeKind::BigInt | TypeKind::Numeric { .. } if choice % 12 > 5 => {
                text("half(14)")
            }
            TypeKind::Integer | TypeKind::BigInt | TypeKind::Numeric { .. } => text("7"),
            TypeKind::Varchar { .. } | TypeKind::Text if choice % 12 > 5 => {
                text("label(NULL::state)")
            }
            TypeKind::Varchar { .. } | TypeKind::Text => text("'it''s'"),
            TypeKind::Boolean => text("TRUE"),
            TypeKind::Timestamp { .. } => text("'2026-01-02 03:04:05'"),
            TypeKind::Uuid => text("gen_random_uuid()"),
            _ => ColumnValue::None,
        },
    };
    let counts = matches!(
        column.value,
        ColumnValue::Numbered(Numbering::Serial | Numbering::Identity(_))
    );
    column.not_null |= counts;
}

fn add_table(schema: &mut Schema, choice: usize) {
    let name = TABLE_NAMES[choice % TABLE_NAMES.len()];
    if schema.table(&QualifiedName::bare(name)).is_none() {
        schema.tables.push(new_table(name));
        objects::move_behind_tables(schema);
    }
}

fn drop_table(schema: &mut Schema, choice: usize) {
    if schema.tables.is_empty() {
        return;
    }
    let gone = schema.tables.remove(choice % schema.tables.len());
    for table in &mut schema.tables {
        table
            .foreign_keys
            .retain(|key| key.referenced_table != gone.name);
    }
    forget_table(schema, &gone.name);
}

fn rename_table(schema: &mut Schema, choice: usize, name: usize) {
    let name = QualifiedName::bare(TABLE_NAMES[name % TABLE_NAMES.len()]);
    if schema.tables.is_empty() || schema.table(&name).is_some() {
        return;
    }
    let count = schema.tables.len();
    let table = &mut schema.tables[choice % count];
    let former = std::mem::replace(&mut table.name, name.clone());
    table.renamed_from.get_or_insert_with(|| former.clone());
    for table in &mut schema.tables {
        for key in &mut table.foreign_keys {
            if key.referenced_table == former {
                key.referenced_table = name.clone();
            }
        }
    }
    follow_rename(schema, &former, &name);
}

/// Labels come, go and move; nothing in the schema says one by name.
fn change_labels(schema: &mut Schema, choice: usize, label: usize) {
    let Some(state) = schema.own.enums.first_mut() else {
        return;
    };
    let label = LABELS[label % LABELS.len()].to_owned();
    let known = state.values.iter().position(|value| *value == label);
    match known {
        Some(position) if state.values.len() > 1 => {
            state.values.remove(position);
        }
        Some(_) => {}
        None => {
            let place = choice % (state.values.len() + 1);
            state.values.insert(place, label);
        }
    }
}

fn add_foreign_key(schema: &mut Schema, position: usize, target: usize, name: usize) {
    let target = &schema.tables[target % schema.tables.len()];
    let is_keyed = target
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns == ["id"]);
    let referenced_table = target.name.clone();
    let id_type = target.columns[0].data_type.clone();
    let table = &mut schema.tables[position];
    let column = table
        .columns
        .iter()
        .find(|column| column.data_type == id_type && column.name != "id");
    if let (true, Some(column), true) = (is_keyed, column, table.foreign_keys.is_empty()) {
        table.foreign_keys.push(ForeignKey {
            name: format!("fk_{}", name % 3),
            columns: vec![column.name.clone()],
            referenced_table,
            referenced_columns: vec!["id".into()],
            on_delete: ReferentialAction::Cascade,
            on_update: ReferentialAction::NoAction,
            own: PgForeignKey {
                deferrable: Deferrability::NotDeferrable,
                validated: !name.is_multiple_of(4),
            },
        });
    } else {
        table.foreign_keys.clear();
    }
}

/// Takes away all that speaks of a column.
fn forget_column(schema: &mut Schema, position: usize, name: &str) {
    let table = &mut schema.tables[position];
    table
        .checks
        .retain(|check| !check.expression.contains(&format!("\"{name}\"")));
    table.own.uniques.retain(|unique| unique.columns[0] != name);
    table.foreign_keys.retain(|key| key.columns[0] != name);
    table.indexes.retain(|index| {
        let quoted = format!("\"{name}\"");
        index.own.predicate.iter().all(|sql| !sql.contains(&quoted))
            && index.parts.iter().all(|part| match &part.key {
                IndexKey::Column(column) => column != name,
                IndexKey::Expression(sql) => !sql.contains(&quoted),
            })
    });
    for column in &mut table.columns {
        if let ColumnValue::Generated { expression, .. } = &column.value
            && expression.contains(&format!("\"{name}\""))
        {
            column.value = ColumnValue::None;
        }
    }
    let uses_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.iter().any(|column| column == name));
    if uses_key {
        table.primary_key = None;
        let former = table.name.clone();
        for table in &mut schema.tables {
            table
                .foreign_keys
                .retain(|key| key.referenced_table != former);
        }
    }
}

fn rename_column(schema: &mut Schema, position: usize, chosen: usize, name: usize) {
    let name = COLUMN_NAMES[name % COLUMN_NAMES.len()];
    let table = &mut schema.tables[position];
    if table.column(name).is_some() {
        return;
    }
    let column = &mut table.columns[chosen];
    let former = std::mem::replace(&mut column.name, name.to_owned());
    column.renamed_from.get_or_insert_with(|| former.clone());
    let rename = |list: &mut Vec<String>| {
        for column in list {
            if *column == former {
                name.clone_into(column);
            }
        }
    };
    let quote = |name: &str| format!("\"{name}\"");
    let rewrite = |sql: &mut String| *sql = sql.replace(&quote(&former), &quote(name));
    table
        .primary_key
        .iter_mut()
        .for_each(|key| rename(&mut key.columns));
    table
        .own
        .uniques
        .iter_mut()
        .for_each(|unique| rename(&mut unique.columns));
    table
        .foreign_keys
        .iter_mut()
        .for_each(|key| rename(&mut key.columns));
    table
        .checks
        .iter_mut()
        .for_each(|check| rewrite(&mut check.expression));
    for index in &mut table.indexes {
        index.own.predicate.iter_mut().for_each(rewrite);
        for part in &mut index.parts {
            match &mut part.key {
                IndexKey::Column(column) if *column == former => name.clone_into(column),
                IndexKey::Column(_) => {}
                IndexKey::Expression(sql) => rewrite(sql),
            }
        }
    }
    for column in &mut table.columns {
        if let ColumnValue::Generated { expression, .. } = &mut column.value {
            rewrite(expression);
        }
    }
}

fn retype(schema: &mut Schema, position: usize, chosen: usize, choice: usize) {
    let name = schema.tables[position].columns[chosen].name.clone();
    let is_computed = matches!(
        schema.tables[position].columns[chosen].value,
        ColumnValue::Generated { .. }
    );
    if is_computed {
        return;
    }
    let numbers = is_number(&schema.tables[position].columns[chosen]);
    let data_type = data_type(choice);
    let texts = is_text(&schema.tables[position].columns[chosen]);
    let after = Column::new("x", data_type.clone());
    // A number may stay in the checks and sums that use it, and a text in its checks.
    if !(numbers && is_number(&after) || texts && is_text(&after)) {
        forget_column(schema, position, &name);
    }
    schema.tables[position].foreign_keys.clear();
    let column = &mut schema.tables[position].columns[chosen];
    column.data_type = data_type;
    set_value(column, choice / 16);
}

fn toggle_index(schema: &mut Schema, position: usize, chosen: usize, choice: usize) {
    let table = &mut schema.tables[position];
    let name = format!("ix_{position}_{}", choice % 4);
    let taken = |table: &Table| table.indexes.iter().any(|index| index.name == name);
    if taken(table) {
        table.indexes.retain(|index| index.name != name);
        return;
    }
    if schema.tables.iter().any(taken) {
        return;
    }
    let table = &mut schema.tables[position];
    let column = &table.columns[chosen];
    let quoted = format!("\"{}\"", column.name);
    let is_expression = choice.is_multiple_of(3) && is_number(column);
    table.indexes.push(Index {
        name,
        unique: choice.is_multiple_of(5),
        parts: vec![IndexPart {
            key: if is_expression {
                IndexKey::Expression(if choice.is_multiple_of(2) {
                    format!("({quoted} + 1)")
                } else {
                    format!("half({quoted}::integer)")
                })
            } else {
                IndexKey::Column(column.name.clone())
            },
            order: choice.is_multiple_of(7).then(|| "DESC NULLS LAST".into()),
            own: PgIndexPart {
                operator_class: None,
            },
        }],
        comment: choice.is_multiple_of(11).then(|| "fast".into()),
        own: PgIndex {
            method: "btree".into(),
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: choice
                .is_multiple_of(2)
                .then(|| format!("{quoted} IS NOT NULL")),
        },
    });
}

fn toggle_generated(schema: &mut Schema, position: usize, chosen: usize) {
    let table = &schema.tables[position];
    let column = &table.columns[chosen];
    if let ColumnValue::Generated { .. } = column.value {
        schema.tables[position].columns[chosen].value = ColumnValue::None;
        return;
    }
    let source = table.columns.iter().find(|source| {
        source.name != column.name
            && is_number(source)
            && !matches!(source.value, ColumnValue::Generated { .. })
    });
    let is_used = table.columns.iter().any(|other| {
        matches!(&other.value, ColumnValue::Generated { expression, .. }
            if expression.contains(&format!("\"{}\"", column.name)))
    });
    if let (Some(source), false, true) = (source, is_used, is_number(column)) {
        let expression = format!("\"{}\" * 2", source.name);
        let name = column.name.clone();
        // A foreign key with an action can't stand on a generated column.
        schema.tables[position].foreign_keys.clear();
        let column = schema.tables[position]
            .columns
            .iter_mut()
            .find(|column| column.name == name)
            .expect("the column");
        column.value = ColumnValue::Generated {
            expression,
            stored: true,
        };
    }
}

fn change_key(schema: &mut Schema, position: usize, chosen: usize) {
    let name = schema.tables[position].name.clone();
    for table in &mut schema.tables {
        table
            .foreign_keys
            .retain(|key| key.referenced_table != name);
    }
    let table = &mut schema.tables[position];
    let column = &table.columns[chosen];
    let can_be_key = can_be_indexed(column) && column.value != ColumnValue::Null;
    table.primary_key = match &table.primary_key {
        None => Some(vec!["id".to_owned()]),
        Some(key) if key.columns.len() == 1 && can_be_key => {
            Some(vec!["id".to_owned(), column.name.clone()])
        }
        Some(_) => None,
    }
    .map(|columns| PrimaryKey {
        name: None,
        columns,
    });
}
