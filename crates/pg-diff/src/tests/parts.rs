//! Indexes, keys and constraints.

use super::*;

/// `t (id, a, b)`, edited.
fn edited(edit: impl Fn(&mut Table)) -> Table {
    let mut table = table(
        "t",
        vec![
            column("a", TypeKind::Integer),
            column("b", TypeKind::Integer),
        ],
    );
    edit(&mut table);
    table
}

#[test]
fn an_index_is_made_anew_or_only_renamed() {
    let on_a = |name: &str| edited(|table| table.indexes.push(index(name, &["a"])));
    let on_b = edited(|table| {
        table.indexes.push(Index {
            unique: true,
            comment: Some("c".into()),
            ..index("x", &["b"])
        });
    });
    check_table(on_a("x"), on_a("y"), "ALTER INDEX x RENAME TO y;\n");
    check_table(
        on_a("x"),
        on_b,
        "\
DROP INDEX x;
-- May fail: rows may have the same values.
CREATE UNIQUE INDEX x ON t (b);
COMMENT ON INDEX x IS 'c';
",
    );
}

#[test]
fn names_that_are_exchanged_go_through_a_third() {
    let named = |on_a: &str, on_b: &str| {
        edited(|table| {
            table.indexes.push(index(on_a, &["a"]));
            table.indexes.push(index(on_b, &["b"]));
        })
    };
    check_table(
        named("x", "y"),
        named("y", "x"),
        "\
ALTER INDEX x RENAME TO renaming;
ALTER INDEX y RENAME TO x;
ALTER INDEX renaming RENAME TO y;
",
    );
}

#[test]
fn constraints_come_and_go() {
    let full = || {
        edited(|table| {
            table.checks.push(check_constraint("positive", "a > 0"));
            table.own.uniques.push(unique("once", &["a", "b"]));
            table.own.exclusions.push(ExclusionConstraint {
                name: "apart".into(),
                method: Some("gist".into()),
                elements: "int4range(a, b) WITH &&".into(),
                predicate: None,
                deferrable: Deferrability::NotDeferrable,
            });
        })
    };
    check_table(
        edited(|_| {}),
        full(),
        "\
-- May fail: rows may have the same values.
ALTER TABLE t ADD CONSTRAINT once UNIQUE (a, b);
-- May fail: rows may exclude each other.
ALTER TABLE t ADD CONSTRAINT apart EXCLUDE USING gist (int4range(a, b) WITH &&);
-- May fail: rows may not pass the check.
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0);
",
    );
    check_table(
        full(),
        edited(|_| {}),
        "\
ALTER TABLE t DROP CONSTRAINT positive;
ALTER TABLE t DROP CONSTRAINT apart;
ALTER TABLE t DROP CONSTRAINT once;
",
    );
}

#[test]
fn a_check_is_made_anew_when_its_column_gets_another_type() {
    let of = |kind: TypeKind| {
        edited(|table| {
            table.columns[1].data_type = DataType::scalar(kind.clone());
            table.checks.push(check_constraint("positive", "a > 0"));
            table.checks.push(check_constraint("other", "b > 0"));
        })
    };
    check_table(
        of(TypeKind::Integer),
        of(TypeKind::BigInt),
        "\
ALTER TABLE t DROP CONSTRAINT positive;
ALTER TABLE t ALTER COLUMN a TYPE bigint;
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0);
",
    );
}

#[test]
fn a_primary_key_changes_with_the_keys_that_point_to_it() {
    let keyed = |column: &str| {
        edited(|table| {
            table.columns[1].not_null = true;
            table.columns[0].not_null = true;
            table.primary_key = Some(PrimaryKey {
                name: None,
                columns: vec![column.into()],
            });
            table.own.uniques.push(unique("once", &["id"]));
        })
    };
    let mut child = table("child", vec![column("t_id", TypeKind::BigInt)]);
    child.foreign_keys.push(foreign_key("fk", "t_id", "t"));
    check(
        &schema(vec![keyed("id"), child.clone()]),
        &schema(vec![keyed("a"), child]),
        "\
ALTER TABLE child DROP CONSTRAINT fk;

ALTER TABLE t DROP CONSTRAINT t_pkey;
-- May fail: rows may have the same key, or none.
ALTER TABLE t ADD PRIMARY KEY (a);

ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (t_id) REFERENCES t (id);
",
    );
}

#[test]
fn a_foreign_key_is_made_anew_when_either_end_changes_its_type() {
    let of = |kind: &TypeKind| {
        let mut parent = table("parent", vec![]);
        parent.columns[0].data_type = DataType::scalar(kind.clone());
        let mut child = table("child", vec![column("parent_id", kind.clone())]);
        child
            .foreign_keys
            .push(foreign_key("fk", "parent_id", "parent"));
        schema(vec![parent, child])
    };
    check(
        &of(&TypeKind::Integer),
        &of(&TypeKind::BigInt),
        "\
ALTER TABLE child DROP CONSTRAINT fk;

ALTER TABLE parent ALTER COLUMN id TYPE bigint;
ALTER SEQUENCE parent_id_seq AS bigint;

ALTER TABLE child ALTER COLUMN parent_id TYPE bigint;

ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id);
",
    );
}

#[test]
fn an_index_that_became_a_constraint_is_the_constraint() {
    let by_index = edited(|table| {
        table.indexes.push(Index {
            unique: true,
            ..index("ux", &["a"])
        });
        table.own.uniques.push(UniqueConstraint {
            using_index: Some("ux".into()),
            ..unique("once", &[])
        });
    });
    let direct = edited(|table| table.own.uniques.push(unique("once", &["a"])));
    check_table(by_index, direct, "");
}
