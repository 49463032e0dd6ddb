//! A view of a schema of PostgreSQL.

mod objects;

use crate::{Column, Constraint, Index, Key, Numbered, Object, Table, TypeClass, View, joined};
use pg_model::{
    ColumnValue, Deferrability, ForeignKey, Identity, IndexKey, Numbering, Persistence,
    QualifiedName, Schema, TypeKind, UniqueConstraint,
};
use pg_sql::ddl;
use pg_text::cursor::Cursor;

/// Looks at a schema of PostgreSQL. Places, groups and what is switched off are the caller's to add.
pub fn of_postgresql(schema: &Schema) -> View {
    let mut view = View {
        database: "PostgreSQL".to_owned(),
        tables: schema.tables.iter().map(table).collect(),
        objects: schema
            .own
            .enums
            .iter()
            .map(|enum_type| Object {
                kind: "enum".to_owned(),
                name: shown(&enum_type.name),
                labels: enum_type.values.clone(),
                ..Object::default()
            })
            .collect(),
        ..View::default()
    };
    objects::put_all(&mut view, schema);
    view.link();
    view
}

/// A name as people say it: `public` is the schema that isn't said.
fn shown(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) if schema != "public" => format!("{schema}.{}", name.name),
        _ => name.name.clone(),
    }
}

fn table(table: &pg_model::Table) -> Table {
    let key_columns = table
        .primary_key
        .as_ref()
        .map(|key| key.columns.clone())
        .unwrap_or_default();
    let uniques = table
        .own
        .uniques
        .iter()
        .map(|unique| of_unique(table, unique));
    // An index that a unique constraint takes over is the constraint's.
    let taken = |name: &str| {
        table
            .own
            .uniques
            .iter()
            .any(|unique| unique.using_index.as_deref() == Some(name))
    };
    let indexes = table
        .indexes
        .iter()
        .filter(|index| !taken(&index.name))
        .map(of_index);
    let mut options = match table.own.persistence {
        Persistence::Permanent => String::new(),
        Persistence::Unlogged => "UNLOGGED".to_owned(),
        Persistence::Temporary => "TEMPORARY".to_owned(),
    };
    let mut partition_by = None;
    if let Some(text) = &table.options {
        match parted(text) {
            Some(by) => partition_by = Some(by),
            None => options = joined(&[options, text.clone()]),
        }
    }
    if let Some(query) = &table.as_query {
        options = joined(&[options, format!("AS {query}")]);
    }
    Table {
        name: shown(&table.name),
        schema: table
            .name
            .schema
            .clone()
            .filter(|schema| schema != "public"),
        renamed_from: table.renamed_from.as_ref().map(shown),
        comment: said(table.comment.as_ref()),
        columns: table
            .columns
            .iter()
            .map(|one| column(one, key_columns.contains(&one.name)))
            .collect(),
        primary_key: key_columns,
        keys: table.foreign_keys.iter().map(key).collect(),
        indexes: uniques.chain(indexes).collect(),
        checks: table
            .checks
            .iter()
            .map(|check| Constraint {
                name: check.name.clone(),
                definition: check.expression.clone(),
            })
            .chain(table.own.exclusions.iter().map(|exclusion| Constraint {
                name: exclusion.name.clone(),
                definition: without_name(&ddl::exclusion_constraint(exclusion), &exclusion.name),
            }))
            .collect(),
        is_reserved: is_reserved(&table.name.name),
        partition_by,
        options: Some(options).filter(|text| !text.is_empty()),
        ..Table::default()
    }
}

/// What follows `PARTITION BY`, when that is all that the options say.
fn parted(options: &str) -> Option<String> {
    let tokens = sql_text::tokens(options);
    let mut cursor = Cursor::new(options, &tokens);
    cursor
        .accept(&["partition", "by"])
        .then(|| pg_text::cursor::span(options, cursor.rest()).to_owned())
}

fn without_name(sql: &str, name: &str) -> String {
    let head = format!("CONSTRAINT {} ", pg_sql::identifier(name));
    sql.strip_prefix(&head).unwrap_or(sql).to_owned()
}

/// A comment that says something.
fn said(comment: Option<&String>) -> Option<String> {
    comment.filter(|text| !text.trim().is_empty()).cloned()
}

fn column(column: &pg_model::Column, in_primary_key: bool) -> Column {
    let mut view = Column {
        name: column.name.clone(),
        renamed_from: column.renamed_from.clone(),
        type_text: ddl::data_type(&column.data_type),
        class: if column.data_type.array {
            TypeClass::Other
        } else {
            class(&column.data_type.kind)
        },
        most_characters: most_characters(&column.data_type.kind),
        nullable: !column.not_null && !in_primary_key,
        collation: column.collation.clone(),
        comment: said(column.comment.as_ref()),
        is_reserved: is_reserved(&column.name),
        ..Column::default()
    };
    match &column.value {
        ColumnValue::None => {}
        ColumnValue::Null => view.default = Some("NULL".to_owned()),
        ColumnValue::Default(expression) => view.default = Some(expression.clone()),
        ColumnValue::Numbered(numbering) => {
            // A sequence's columns are never null.
            view.nullable = false;
            view.numbered = Some(Numbered(
                match numbering {
                    Numbering::Serial => match column.data_type.kind {
                        TypeKind::SmallInt => "smallserial",
                        TypeKind::BigInt => "bigserial",
                        _ => "serial",
                    },
                    Numbering::Identity(Identity::Always) => "GENERATED ALWAYS AS IDENTITY",
                    Numbering::Identity(Identity::ByDefault) => "GENERATED BY DEFAULT AS IDENTITY",
                }
                .to_owned(),
            ));
        }
        ColumnValue::Generated { expression, stored } => {
            view.generated = Some(format!(
                "{expression}{}",
                if *stored { " STORED" } else { " VIRTUAL" }
            ));
        }
    }
    view
}

/// Whether a name is quoted for no other reason than that it is a word of SQL.
fn is_reserved(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    name.chars().all(plain) && pg_sql::identifier(name) != name
}

fn class(kind: &TypeKind) -> TypeClass {
    match kind {
        TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt => TypeClass::Integer,
        TypeKind::Numeric { .. } | TypeKind::Money => TypeClass::Decimal,
        TypeKind::Real | TypeKind::DoublePrecision => TypeClass::Float,
        TypeKind::Boolean => TypeClass::Boolean,
        TypeKind::Date | TypeKind::Time { .. } | TypeKind::Timestamp { .. } => TypeClass::Time,
        kind if kind.is_string() => TypeClass::Text,
        _ => TypeClass::Other,
    }
}

fn most_characters(kind: &TypeKind) -> Option<u32> {
    match kind {
        TypeKind::Varchar { limit } => *limit,
        TypeKind::Char { limit } => Some(limit.unwrap_or(1)),
        _ => None,
    }
}

fn key(key: &ForeignKey) -> Key {
    let sql = ddl::foreign_key(key);
    // What follows the referenced columns is what happens and when.
    let head = {
        let plain = ForeignKey {
            on_delete: pg_model::ReferentialAction::NoAction,
            on_update: pg_model::ReferentialAction::NoAction,
            own: pg_model::PgForeignKey {
                deferrable: Deferrability::NotDeferrable,
                validated: true,
            },
            ..key.clone()
        };
        ddl::foreign_key(&plain)
    };
    let mut actions = sql
        .strip_prefix(&head)
        .unwrap_or_default()
        .trim()
        .to_owned();
    if !key.own.validated {
        actions = joined(&[actions, "NOT VALID".to_owned()]);
    }
    Key {
        name: key.name.clone(),
        columns: key.columns.clone(),
        table: shown(&key.referenced_table),
        target: None,
        referenced_columns: key.referenced_columns.clone(),
        actions,
        by_name: false,
    }
}

fn of_unique(table: &pg_model::Table, unique: &UniqueConstraint) -> Index {
    let taken = unique.using_index.as_deref().and_then(|name| {
        let index = table.indexes.iter().find(|index| index.name == name)?;
        Some(of_index(index))
    });
    let base = taken.unwrap_or_else(|| Index {
        parts: unique.columns.clone(),
        columns: Some(unique.columns.clone()),
        ..Index::default()
    });
    Index {
        name: unique.name.clone(),
        unique: true,
        is_constraint: true,
        further: joined(&[
            nulls(unique.nulls_not_distinct),
            deferred(unique.deferrable),
        ]),
        ..base
    }
}

fn of_index(index: &pg_model::Index) -> Index {
    let is_plain =
        |part: &pg_model::IndexPart| part.order.is_none() && part.own.operator_class.is_none();
    let columns = index
        .plain_columns()
        .filter(|_| index.parts.iter().all(is_plain))
        .map(|names| names.into_iter().map(str::to_owned).collect());
    Index {
        name: index.name.clone(),
        parts: index
            .parts
            .iter()
            .map(|part| {
                let mut text = match &part.key {
                    IndexKey::Column(name) => name.clone(),
                    IndexKey::Expression(sql) => sql.clone(),
                };
                for more in [&part.own.operator_class, &part.order]
                    .into_iter()
                    .flatten()
                {
                    text.push(' ');
                    text.push_str(more);
                }
                text
            })
            .collect(),
        columns,
        unique: index.unique,
        is_constraint: false,
        method: Some(index.own.method.clone())
            .filter(|method| !method.eq_ignore_ascii_case("btree"))
            .unwrap_or_default(),
        predicate: index.own.predicate.clone(),
        include: index.own.include.clone(),
        further: nulls(index.own.nulls_not_distinct),
        comment: said(index.comment.as_ref()),
    }
}

fn nulls(not_distinct: bool) -> String {
    let text = if not_distinct {
        "NULLS NOT DISTINCT"
    } else {
        ""
    };
    text.to_owned()
}

fn deferred(deferrable: Deferrability) -> String {
    let text = match deferrable {
        Deferrability::NotDeferrable => "",
        Deferrability::InitiallyImmediate => "DEFERRABLE",
        Deferrability::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;
    use pg_model::Statement;

    fn with_statements(tables: &[&str], statements: &[&str]) -> View {
        let mut schema = Schema::default();
        for name in tables {
            schema
                .tables
                .push(pg_model::Table::new(QualifiedName::bare(*name)));
        }
        for sql in statements {
            schema.statements.push(Statement {
                sql: (*sql).to_owned(),
                tables_before: tables.len(),
            });
        }
        of_postgresql(&schema)
    }

    #[test]
    fn a_statement_stands_with_the_table_that_it_is_about() {
        let view = with_statements(
            &["events", "users"],
            &[
                "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                "ALTER TABLE ONLY public.events ATTACH PARTITION public.events_rest DEFAULT;",
                "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
                "CREATE VIEW recent AS SELECT 1; SELECT 2",
            ],
        );
        assert_eq!(
            view.tables[0].partitions,
            [
                "events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                "events_rest DEFAULT"
            ]
        );
        assert_eq!(view.tables[1].triggers[0].name, "touch");
        let objects: Vec<_> = view
            .objects
            .iter()
            .map(|object| (object.kind.as_str(), object.name.as_str()))
            .collect();
        assert_eq!(objects, [("view", "recent"), ("", "")]);
    }

    #[test]
    fn what_a_statement_is_about_has_it() {
        let view = with_statements(
            &["users"],
            &[
                "CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM users",
                "CREATE UNIQUE INDEX CONCURRENTLY i ON public.totals USING btree (n, lower(\"N\")) WHERE n > 1;",
                "CREATE INDEX j ON users (id)",
                "COMMENT ON MATERIALIZED VIEW totals IS 'All of it'",
                "CREATE TYPE mood AS ENUM ('glad', 'sad''ly')",
                "ALTER TYPE mood OWNER TO joe",
                "CREATE FUNCTION f(a integer, OUT b text) RETURNS text LANGUAGE sql AS $$ SELECT 1 $$",
                "COMMENT ON FUNCTION f(integer) IS 'One'",
            ],
        );
        let titles: Vec<String> = view.objects.iter().map(Object::title).collect();
        assert_eq!(titles, ["totals", "mood", "f(integer)"]);
        let totals = &view.objects[0];
        assert_eq!(totals.comment.as_deref(), Some("All of it"));
        assert_eq!(
            totals.indexes[0].definition(),
            "(n, lower(\"N\")) WHERE n > 1"
        );
        assert!(totals.indexes[0].unique);
        assert_eq!(view.tables[0].indexes[0].columns, Some(vec!["id".into()]));
        assert_eq!(view.objects[1].kind, "enum");
        assert_eq!(view.objects[1].labels, ["glad", "sad'ly"]);
        assert_eq!(view.objects[1].further, ["ALTER TYPE mood OWNER TO joe"]);
        assert_eq!(view.objects[2].comment.as_deref(), Some("One"));
    }

    /// Who speaks of what, by name.
    fn uses(view: &View, position: usize) -> Vec<String> {
        let uses = view.objects[position].uses.iter();
        uses.map(|used| view.title(*used)).collect()
    }

    #[test]
    fn statements_are_linked_with_what_they_speak_of() {
        let view = with_statements(
            &["users", "orders", "recent"],
            &[
                "CREATE TYPE status AS ENUM ('open')",
                "CREATE FUNCTION notify(s status) RETURNS trigger AS $body$ BEGIN INSERT INTO orders VALUES (1); END $body$",
                "CREATE VIEW paid AS WITH recent AS (SELECT * FROM users) SELECT o.status, \"users\" FROM recent r, orders o \
                 WHERE notify(1) IS NOT NULL",
                "CREATE VIEW both AS SELECT p.id, 'x'::status FROM paid p JOIN public.users u ON u.id = p.id",
                "CREATE SEQUENCE numbers",
                "CREATE FUNCTION next() RETURNS bigint AS 'x' LANGUAGE sql RETURN nextval('public.numbers')",
                "CREATE TRIGGER t AFTER INSERT ON users EXECUTE FUNCTION notify('a')",
            ],
        );
        assert_eq!(uses(&view, 1), ["orders", "status"]);
        assert_eq!(uses(&view, 2), ["users", "orders", "notify(status)"]);
        assert_eq!(uses(&view, 3), ["users", "status", "paid"]);
        assert_eq!(uses(&view, 5), ["numbers"]);
        assert_eq!(view.tables[0].triggers[0].uses, [Target::Object(1)]);
        let users = view.users();
        assert_eq!(
            users.of_tables[1],
            [Target::Object(1), Target::Object(2)],
            "orders"
        );
        assert_eq!(
            users.of_objects[1],
            [Target::Table(0), Target::Object(2)],
            "notify"
        );
        assert!(
            users.of_tables[2].is_empty(),
            "what WITH names isn't the table"
        );
    }

    #[test]
    fn a_view_has_the_columns_that_it_names() {
        let mut schema = Schema::default();
        let mut users = pg_model::Table::new(QualifiedName::bare("users"));
        for (name, kind) in [("id", TypeKind::BigInt), ("email", TypeKind::Text)] {
            users.columns.push(pg_model::Column::new(
                name,
                pg_model::DataType { kind, array: false },
            ));
        }
        schema.tables.push(users);
        let mut columns = |sql: &str| -> Vec<String> {
            schema.statements = vec![Statement {
                sql: sql.to_owned(),
                tables_before: 1,
            }];
            let view = of_postgresql(&schema);
            let columns = view.objects[0].columns.iter();
            columns
                .map(|column| format!("{} {}", column.name, column.type_text))
                .collect()
        };
        assert_eq!(
            columns(
                "CREATE VIEW v AS SELECT u.id, email AS mail, count(*) AS n, u.id::text FROM users u GROUP BY 1"
            ),
            ["id bigint", "mail text", "n ", "id "]
        );
        assert_eq!(
            columns("CREATE VIEW v AS SELECT DISTINCT ON (email) * FROM public.users"),
            ["id bigint", "email text"]
        );
        assert_eq!(
            columns("CREATE VIEW v (a, \"B\") AS SELECT id, email FROM users"),
            ["a bigint", "B text"]
        );
        // What only the server knows isn't guessed.
        assert!(columns("CREATE VIEW v AS SELECT count(*) FROM users").is_empty());
        assert!(columns("CREATE VIEW v AS SELECT * FROM users, (SELECT 1 AS x) y").is_empty());
    }

    #[test]
    fn options_are_told_from_partitions() {
        assert_eq!(
            parted("PARTITION BY RANGE (day)").as_deref(),
            Some("RANGE (day)")
        );
        assert_eq!(parted("WITH (fillfactor=70)"), None);
    }

    #[test]
    fn a_key_is_parted_into_what_it_binds_and_what_it_does() {
        let key = key(&ForeignKey {
            name: "k".into(),
            columns: vec!["a".into()],
            referenced_table: QualifiedName::in_schema("crew", "t"),
            referenced_columns: vec!["id".into()],
            on_delete: pg_model::ReferentialAction::Cascade,
            on_update: pg_model::ReferentialAction::NoAction,
            own: pg_model::PgForeignKey {
                deferrable: Deferrability::InitiallyDeferred,
                validated: false,
            },
        });
        assert_eq!(key.table, "crew.t");
        assert_eq!(
            key.actions,
            "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID"
        );
    }
}
