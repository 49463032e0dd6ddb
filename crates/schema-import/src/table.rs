//! `CREATE TABLE`, `CREATE INDEX` and constraints.

use crate::cursor::{Cursor, list, without_parentheses};
use crate::sequence;
use schema_model::{
    CheckConstraint, Column, ColumnValue, DataType, Deferrability, ExclusionConstraint, ForeignKey,
    Identity, Index, IndexKey, IndexPart, Persistence, PrimaryKey, QualifiedName,
    ReferentialAction, Table, TypeKind, UniqueConstraint,
};
use sql_text::data_type::{self, ColumnType};
use sql_text::tokens;

/// A table as `CREATE TABLE` has it.
#[derive(Debug)]
pub(crate) struct Created {
    pub(crate) table: Table,
    /// Names of NOT NULL constraints, which PostgreSQL 18 keeps.
    pub(crate) named_not_null: Vec<String>,
}

/// A constraint of a table.
#[derive(Debug)]
pub(crate) enum Constraint {
    Primary(PrimaryKey),
    Unique(UniqueConstraint),
    Check(CheckConstraint),
    Exclusion(ExclusionConstraint),
    Foreign(ForeignKey),
    /// The name, and the column.
    NotNull((String, String)),
}

impl Constraint {
    /// Puts it into its table. Foreign keys go another way.
    pub(crate) fn add_to(self, table: &mut Table) {
        match self {
            Self::Primary(key) => {
                for name in &key.columns {
                    if let Some(column) = table.columns.iter_mut().find(|own| own.name == *name) {
                        column.not_null = true;
                    }
                }
                table.primary_key = Some(key);
            }
            Self::Unique(unique) => table.uniques.push(unique),
            Self::Check(check) => table.checks.push(check),
            Self::Exclusion(exclusion) => table.exclusions.push(exclusion),
            Self::Foreign(key) => table.foreign_keys.push(key),
            Self::NotNull((_, name)) => {
                if let Some(column) = table.columns.iter_mut().find(|own| own.name == name) {
                    column.not_null = true;
                }
            }
        }
    }
}

/// Reads `[UNLOGGED] TABLE …`. None for forms that the model has no place for.
pub(crate) fn create(cursor: &mut Cursor<'_>) -> Option<Created> {
    let persistence = if cursor.take(&["unlogged"]) {
        Persistence::Unlogged
    } else {
        Persistence::Permanent
    };
    cursor.take(&["table"]);
    cursor.take(&["if", "not", "exists"]);
    let name = cursor.qualified()?;
    // The DSL has no way to write a name with a quotation mark in it.
    if name.name.contains('"') || name.schema.as_ref().is_some_and(|name| name.contains('"')) {
        return None;
    }
    let mut table = Table::new(name);
    table.persistence = persistence;
    let mut named_not_null = Vec::new();
    for element in list(cursor.parenthesised()?) {
        let mut element = Cursor::new(element);
        if element.sees(&["like"]) || element.sees(&["foreign", "key"]) {
            return None;
        }
        let is_constraint = ["constraint", "primary", "unique", "check", "exclude"]
            .iter()
            .any(|word| element.sees(&[word]));
        if is_constraint {
            let name = table.name.clone();
            match constraint(&mut element, &name)? {
                Constraint::Foreign(_) => return None,
                Constraint::NotNull((name, column)) => {
                    named_not_null.push(name.clone());
                    Constraint::NotNull((name, column)).add_to(&mut table);
                }
                constraint => constraint.add_to(&mut table),
            }
        } else {
            column(&mut element, &mut table, &mut named_not_null)?;
        }
    }
    let rest: Vec<&str> = cursor.rest().split_whitespace().collect();
    if rest
        .first()
        .is_some_and(|word| word.eq_ignore_ascii_case("as"))
    {
        return None;
    }
    table.options = (!rest.is_empty()).then(|| without_public(&rest.join(" ")));
    Some(Created {
        table,
        named_not_null,
    })
}

/// The text with `public.` taken out before names.
fn without_public(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for pair in tokens(text).windows(2) {
        if pair[0].is("public") && pair[1].is(".") && pair[0].end == pair[1].start() {
            result.push_str(&text[copied..pair[0].start()]);
            copied = pair[1].end;
        }
    }
    result + &text[copied..]
}

/// Where the type of a column, or its default, has ended.
fn column_goes_on(at: &Cursor<'_>) -> bool {
    at.sees(&["not", "null"])
        || [
            "collate",
            "default",
            "null",
            "generated",
            "constraint",
            "primary",
            "unique",
            "check",
            "references",
            "storage",
            "compression",
            "options",
        ]
        .iter()
        .any(|word| at.sees(&[word]))
}

fn column(
    cursor: &mut Cursor<'_>,
    table: &mut Table,
    named_not_null: &mut Vec<String>,
) -> Option<()> {
    let name = cursor.identifier()?;
    let type_text = cursor.text_until(column_goes_on);
    if type_text.is_empty() || column_goes_on(&Cursor::new(type_text)) {
        return None;
    }
    let (data_type, serial) = read_type(type_text);
    let mut column = Column::new(name, data_type);
    if serial {
        column.value = ColumnValue::Serial;
        column.not_null = true;
    }
    while !cursor.is_at_end() {
        if cursor.take(&["collate"]) {
            let collation = cursor.dotted()?;
            column.collation = Some(match collation.as_slice() {
                [name] => name.clone(),
                [schema, name] if schema == "pg_catalog" || schema == "public" => name.clone(),
                _ => return None,
            });
        } else if cursor.take(&["default"]) {
            column.value = ColumnValue::Default(cursor.text_until(column_goes_on).to_owned());
        } else if cursor.take(&["not", "null"]) {
            column.not_null = true;
            if cursor.take(&["no", "inherit"]) {
                return None;
            }
        } else if cursor.sees(&["constraint"]) {
            let mut ahead = cursor.clone();
            ahead.skip();
            let name = ahead.identifier()?;
            if !ahead.take(&["not", "null"]) {
                return None;
            }
            named_not_null.push(name);
            column.not_null = true;
            *cursor = ahead;
        } else if cursor.take(&["null"]) {
            column.not_null = false;
        } else if cursor.take(&["primary", "key"]) {
            table.primary_key = Some(PrimaryKey {
                name: None,
                columns: vec![column.name.clone()],
            });
            column.not_null = true;
        } else if cursor.take(&["generated"]) {
            column.value = generated(cursor, &table.name, &column.name)?;
        } else {
            return None;
        }
    }
    table.columns.push(column);
    Some(())
}

/// The type that a text names, without `public` before it.
fn read_type(text: &str) -> (DataType, bool) {
    let ColumnType { data_type, serial } = data_type::read(text);
    let data_type = match data_type.kind {
        TypeKind::Other(text) => DataType {
            kind: TypeKind::Other(
                text.strip_prefix("public.")
                    .map_or(text.clone(), str::to_owned),
            ),
            array: data_type.array,
        },
        kind => DataType {
            kind,
            array: data_type.array,
        },
    };
    (data_type, serial)
}

/// What follows `GENERATED`.
fn generated(cursor: &mut Cursor<'_>, table: &QualifiedName, column: &str) -> Option<ColumnValue> {
    if cursor.sees(&["always", "as", "("]) {
        cursor.take(&["always", "as"]);
        let expression = without_parentheses(cursor.parenthesised()?).to_owned();
        let stored = cursor.take(&["stored"]);
        if !stored {
            cursor.take(&["virtual"]);
        }
        return Some(ColumnValue::Generated { expression, stored });
    }
    let identity = who(cursor)?;
    if cursor.sees(&["("]) {
        let options = cursor.parenthesised()?;
        if !sequence::is_plain_identity(options, table, column) {
            return None;
        }
    }
    Some(ColumnValue::Identity(identity))
}

/// `GENERATED … AS IDENTITY (…)` after `ADD`, when nothing about its sequence is out of the ordinary.
pub(crate) fn identity(
    cursor: &mut Cursor<'_>,
    table: &QualifiedName,
    column: &str,
) -> Option<Identity> {
    if !cursor.take(&["generated"]) {
        return None;
    }
    match generated(cursor, table, column)? {
        ColumnValue::Identity(identity) if cursor.is_at_end() => Some(identity),
        _ => None,
    }
}

fn who(cursor: &mut Cursor<'_>) -> Option<Identity> {
    if cursor.take(&["always", "as", "identity"]) {
        Some(Identity::Always)
    } else if cursor.take(&["by", "default", "as", "identity"]) {
        Some(Identity::ByDefault)
    } else {
        None
    }
}

/// Reads a constraint to its last word.
pub(crate) fn constraint(cursor: &mut Cursor<'_>, table: &QualifiedName) -> Option<Constraint> {
    let name = if cursor.take(&["constraint"]) {
        Some(cursor.identifier()?)
    } else {
        None
    };
    let found = if cursor.take(&["primary", "key"]) {
        let columns = cursor.columns()?;
        let name = name.filter(|name| *name != sql_text::default_name(&table.name, None, "pkey"));
        Constraint::Primary(PrimaryKey { name, columns })
    } else if cursor.take(&["unique"]) {
        unique(cursor, name?)?
    } else if cursor.take(&["check"]) {
        let expression = without_parentheses(cursor.parenthesised()?).to_owned();
        let validated = !cursor.take(&["not", "valid"]);
        Constraint::Check(CheckConstraint {
            name: name?,
            expression,
            validated,
        })
    } else if cursor.take(&["exclude"]) {
        exclusion(cursor, name?)?
    } else if cursor.take(&["foreign", "key"]) {
        foreign_key(cursor, name?)?
    } else if cursor.take(&["not", "null"]) {
        Constraint::NotNull((name?, cursor.identifier()?))
    } else {
        return None;
    };
    cursor.is_at_end().then_some(found)
}

fn unique(cursor: &mut Cursor<'_>, name: String) -> Option<Constraint> {
    let mut constraint = UniqueConstraint {
        name,
        columns: Vec::new(),
        using_index: None,
        nulls_not_distinct: cursor.take(&["nulls", "not", "distinct"]),
        deferrable: Deferrability::NotDeferrable,
    };
    if cursor.take(&["using", "index"]) {
        constraint.using_index = Some(cursor.identifier()?);
    } else {
        constraint.columns = cursor.columns()?;
    }
    constraint.deferrable = deferrability(cursor);
    Some(Constraint::Unique(constraint))
}

fn exclusion(cursor: &mut Cursor<'_>, name: String) -> Option<Constraint> {
    let method = if cursor.take(&["using"]) {
        Some(cursor.identifier()?)
    } else {
        None
    };
    let elements = cursor.parenthesised()?.to_owned();
    let predicate = if cursor.take(&["where"]) {
        Some(without_parentheses(cursor.parenthesised()?).to_owned())
    } else {
        None
    };
    let deferrable = deferrability(cursor);
    Some(Constraint::Exclusion(ExclusionConstraint {
        name,
        method,
        elements,
        predicate,
        deferrable,
    }))
}

fn foreign_key(cursor: &mut Cursor<'_>, name: String) -> Option<Constraint> {
    let columns = cursor.columns()?;
    if !cursor.take(&["references"]) {
        return None;
    }
    let mut key = ForeignKey {
        name,
        columns,
        referenced_table: cursor.qualified()?,
        referenced_columns: cursor.columns()?,
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        deferrable: Deferrability::NotDeferrable,
        validated: true,
    };
    while cursor.take(&["on"]) {
        let of_delete = cursor.take(&["delete"]);
        if !of_delete && !cursor.take(&["update"]) {
            return None;
        }
        let action = action(cursor)?;
        *(if of_delete {
            &mut key.on_delete
        } else {
            &mut key.on_update
        }) = action;
    }
    key.deferrable = deferrability(cursor);
    key.validated = !cursor.take(&["not", "valid"]);
    Some(Constraint::Foreign(key))
}

fn action(cursor: &mut Cursor<'_>) -> Option<ReferentialAction> {
    [
        (&["cascade"][..], ReferentialAction::Cascade),
        (&["restrict"], ReferentialAction::Restrict),
        (&["set", "null"], ReferentialAction::SetNull),
        (&["set", "default"], ReferentialAction::SetDefault),
        (&["no", "action"], ReferentialAction::NoAction),
    ]
    .into_iter()
    .find_map(|(words, action)| cursor.take(words).then_some(action))
}

fn deferrability(cursor: &mut Cursor<'_>) -> Deferrability {
    cursor.take(&["not", "deferrable"]);
    if !cursor.take(&["deferrable"]) {
        return Deferrability::NotDeferrable;
    }
    if cursor.take(&["initially", "deferred"]) {
        Deferrability::InitiallyDeferred
    } else {
        cursor.take(&["initially", "immediate"]);
        Deferrability::InitiallyImmediate
    }
}

/// Reads `[UNIQUE] INDEX …`. None for what an index of the model can't have, such as storage parameters.
pub(crate) fn index(cursor: &mut Cursor<'_>) -> Option<(QualifiedName, Index)> {
    let unique = cursor.take(&["unique"]);
    cursor.take(&["index"]);
    cursor.take(&["if", "not", "exists"]);
    let name = cursor.identifier()?;
    if !cursor.take(&["on"]) {
        return None;
    }
    // The partitions are made later, and get the index then.
    cursor.take(&["only"]);
    let table = cursor.qualified()?;
    let method = if cursor.take(&["using"]) {
        cursor.identifier()?
    } else {
        "btree".to_owned()
    };
    let parts = index_parts(cursor.parenthesised()?)?;
    let include = if cursor.take(&["include"]) {
        cursor.columns()?
    } else {
        Vec::new()
    };
    let nulls_not_distinct = cursor.take(&["nulls", "not", "distinct"]);
    let predicate = if cursor.take(&["where"]) {
        let text = cursor.text_until(|_| false);
        let bare = without_parentheses(text);
        // A single word would be taken for a name to quote.
        let is_word = bare.chars().all(sql_text::is_word_character);
        Some(if is_word { text } else { bare }.to_owned())
    } else {
        None
    };
    cursor.is_at_end().then_some((
        table,
        Index {
            name,
            unique,
            method,
            parts,
            include,
            nulls_not_distinct,
            predicate,
            comment: None,
        },
    ))
}

/// The columns of an index when all of them are plain, else its whole list as one text.
fn index_parts(text: &str) -> Option<Vec<IndexPart>> {
    if text.is_empty() {
        return None;
    }
    let parts: Option<Vec<IndexPart>> = list(text).into_iter().map(plain_part).collect();
    Some(parts.unwrap_or_else(|| {
        vec![IndexPart {
            key: IndexKey::Expression(text.to_owned()),
            operator_class: None,
            order: None,
        }]
    }))
}

fn plain_part(text: &str) -> Option<IndexPart> {
    const ORDERS: [&str; 6] = [
        "ASC",
        "DESC",
        "NULLS FIRST",
        "NULLS LAST",
        "DESC NULLS LAST",
        "ASC NULLS FIRST",
    ];
    let mut cursor = Cursor::new(text);
    let column = cursor.identifier()?;
    let is_order = |at: &Cursor<'_>| at.sees(&["asc"]) || at.sees(&["desc"]) || at.sees(&["nulls"]);
    let operator_class = if cursor.is_at_end() || is_order(&cursor) {
        None
    } else {
        let name = cursor
            .qualified()
            .filter(|_| cursor.is_at_end() || is_order(&cursor))?;
        Some(pg_sql::qualified(&name))
    };
    let order = cursor.rest().to_uppercase();
    if !order.is_empty() && !ORDERS.contains(&order.as_str()) {
        return None;
    }
    Some(IndexPart {
        key: IndexKey::Column(column),
        operator_class: operator_class.filter(|name| name != "collate"),
        order: (!order.is_empty()).then_some(order),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_index(sql: &str, expected: &str) {
        let (table, index) = index(&mut Cursor::new(sql)).unwrap();
        assert_eq!(
            pg_sql::ddl::create_index(&table, &index).trim_end(),
            expected
        );
    }

    #[test]
    fn an_index_is_read_to_its_last_word() {
        check_index(
            "UNIQUE INDEX \"I x\" ON ONLY public.t USING btree (a, b DESC NULLS LAST) INCLUDE (c) NULLS NOT DISTINCT WHERE (d IS NULL)",
            "CREATE UNIQUE INDEX \"I x\" ON t (a, b DESC NULLS LAST) INCLUDE (c) NULLS NOT DISTINCT WHERE d IS NULL;",
        );
        check_index(
            "INDEX i ON a.t USING gin (n public.gin_trgm_ops, x ext.ops)",
            "CREATE INDEX i ON a.t USING gin (n gin_trgm_ops, x ext.ops);",
        );
        check_index(
            "INDEX i ON t USING btree (lower((n)::text), n COLLATE \"C\")",
            "CREATE INDEX i ON t (lower((n)::text), n COLLATE \"C\");",
        );
        check_index(
            "INDEX i ON t USING btree (a) WHERE (b)",
            "CREATE INDEX i ON t (a) WHERE (b);",
        );
        for other in [
            "INDEX i ON t USING btree (a) WITH (fillfactor='70')",
            "INDEX i ON t USING btree ()",
            "INDEX ON t (a)",
        ] {
            assert!(index(&mut Cursor::new(other)).is_none(), "{other}");
        }
    }

    #[test]
    fn only_the_schema_public_goes() {
        let text = "INHERITS (public.a, republic.b, \"public.c\", public.d)";
        assert_eq!(
            without_public(text),
            "INHERITS (a, republic.b, \"public.c\", d)"
        );
    }

    #[test]
    fn what_a_table_of_the_model_cannot_be_is_not_taken() {
        for other in [
            "TABLE t (a integer REFERENCES b(id))",
            "TABLE t OF public.row_type",
            "TABLE t (LIKE other)",
            "TABLE t (a integer CONSTRAINT x CHECK (a > 0))",
            "TABLE t (a text COLLATE other.c)",
            "TABLE \"a\"\"b\" (a integer)",
            "TABLE t (a)",
        ] {
            assert!(create(&mut Cursor::new(other)).is_none(), "{other}");
        }
    }
}
