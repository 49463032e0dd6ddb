//! Enum types.

use super::*;
use pg_model::PgSchema;

/// A table with a column `role` of the type `role`, which has these labels.
fn with_roles(labels: &[&str], value: ColumnValue) -> Schema {
    let kind = TypeKind::Enum(QualifiedName::bare("role"));
    Schema {
        tables: vec![table("users", vec![with_value("role", kind, value)])],
        own: PgSchema {
            enums: vec![EnumType {
                name: QualifiedName::bare("role"),
                values: labels.iter().map(|&label| label.into()).collect(),
            }],
            ..PgSchema::default()
        },
        ..Schema::default()
    }
}

#[test]
fn labels_are_added_in_their_places() {
    check(
        &with_roles(&["b", "d"], ColumnValue::None),
        &with_roles(&["a", "b", "c", "d", "e", "f"], ColumnValue::None),
        "\
ALTER TYPE role ADD VALUE 'a' BEFORE 'b';
ALTER TYPE role ADD VALUE 'c' AFTER 'b';
ALTER TYPE role ADD VALUE 'e';
ALTER TYPE role ADD VALUE 'f';
",
    );
}

#[test]
fn a_label_that_is_used_at_once_needs_another_type() {
    check(
        &with_roles(&["staff"], default("'staff'")),
        &with_roles(&["staff", "guest"], default("'guest'")),
        "\
ALTER TYPE role RENAME TO role_old;
CREATE TYPE role AS ENUM (
    'staff',
    'guest'
);

ALTER TABLE users ALTER COLUMN role DROP DEFAULT;
ALTER TABLE users ALTER COLUMN role TYPE role USING role::text::role;
ALTER TABLE users ALTER COLUMN role SET DEFAULT 'guest';

DROP TYPE role_old;
",
    );
}

#[test]
fn a_lost_label_is_a_loss() {
    let migration = migration(
        &with_roles(&["a", "b"], ColumnValue::None),
        &with_roles(&["b"], ColumnValue::None),
    )
    .unwrap();
    assert_eq!(
        migration.losses().collect::<Vec<_>>(),
        ["the label `a` of the type `role`, in whose place rows need another"]
    );
}

#[test]
fn a_type_goes_once_nothing_uses_it() {
    let old = with_roles(&["a"], ColumnValue::None);
    let mut text = old.clone();
    text.own.enums.clear();
    text.tables[0].columns[1].data_type = DataType::scalar(TypeKind::Text);
    check(
        &old,
        &text,
        "ALTER TABLE users ALTER COLUMN role TYPE text;\n\nDROP TYPE role;\n",
    );
    check(
        &text,
        &old,
        "\
CREATE TYPE role AS ENUM (
    'a'
);

-- May fail: `users.role` may have values that the new type can't read, from text to role.
ALTER TABLE users ALTER COLUMN role TYPE role USING role::role;
",
    );
}
