//! `CREATE TABLE`, `CREATE INDEX` and constraints.

use crate::cursor::{Cursor, list, without_parentheses};
use crate::like;
use crate::sequence;
use pg_model::{
    CheckConstraint, Column, ColumnValue, DataType, Deferrability, ExclusionConstraint, ForeignKey,
    Identity, Index, IndexKey, IndexPart, Numbering, Persistence, PgCheck, PgForeignKey, PgIndex,
    PgIndexPart, PrimaryKey, QualifiedName, ReferentialAction, Table, TypeKind, UniqueConstraint,
};
use pg_text::data_type::{self, ColumnType};
use sql_text::{TokenKind, tokens};

/// A table as `CREATE TABLE` has it.
#[derive(Debug)]
pub(crate) struct Created {
    /// Its foreign keys have their places elsewhere.
    pub(crate) table: Table,
    /// Constraints without a name have an empty one; keys that name no columns of the other table have none.
    pub(crate) foreign_keys: Vec<ForeignKey>,
    /// Statements that what the model has no place for needs behind the table.
    pub(crate) after: Vec<String>,
    /// Columns that were said to be serial: they have a sequence, which may get another name or lose its column.
    pub(crate) serials: Vec<String>,
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
            Self::Unique(unique) => table.own.uniques.push(unique),
            Self::Check(check) => table.checks.push(check),
            Self::Exclusion(exclusion) => table.own.exclusions.push(exclusion),
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
///
/// `other` finds a table that this one is to be like.
pub(crate) fn create(
    cursor: &mut Cursor<'_>,
    other: impl Fn(&QualifiedName) -> Option<Table>,
) -> Option<Created> {
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
    let mut created = Created {
        table: Table::new(name),
        foreign_keys: Vec::new(),
        after: Vec::new(),
        serials: Vec::new(),
        named_not_null: Vec::new(),
    };
    created.table.own.persistence = persistence;
    let mut constraints = Vec::new();
    for element in list(cursor.parenthesised()?) {
        let mut element = Cursor::new(element);
        if element.take(&["like"]) {
            let other = other(&element.qualified()?)?;
            like::copy(&mut element, &other, &mut created)?;
            continue;
        }
        if is_constraint(&element) {
            let name = created.table.name.clone();
            constraints.push(constraint(&mut element, &name)?);
        } else {
            column(&mut element, &mut created)?;
        }
    }
    // A key may stand before its columns.
    for constraint in constraints {
        created.add(constraint);
    }
    let rest: Vec<&str> = cursor.rest().split_whitespace().collect();
    if rest
        .first()
        .is_some_and(|word| word.eq_ignore_ascii_case("as"))
    {
        return None;
    }
    created.table.options = (!rest.is_empty()).then(|| without_public(&rest.join(" ")));
    Some(created)
}

/// Whether an element of a table is a constraint and no column.
fn is_constraint(element: &Cursor<'_>) -> bool {
    ["constraint", "primary", "unique", "check"]
        .iter()
        .any(|word| element.sees(&[word]))
        || element.sees(&["foreign", "key"])
        // This word may be a column's name.
        || element.sees(&["exclude", "using"])
        || element.sees(&["exclude", "("])
}

impl Created {
    fn add(&mut self, constraint: Constraint) {
        match constraint {
            Constraint::Foreign(key) => self.foreign_keys.push(key),
            Constraint::NotNull((name, column)) => {
                self.named_not_null.push(name.clone());
                Constraint::NotNull((name, column)).add_to(&mut self.table);
            }
            other => other.add_to(&mut self.table),
        }
    }
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

/// Reads a column, with the constraints that stand behind it.
pub(crate) fn column(cursor: &mut Cursor<'_>, created: &mut Created) -> Option<()> {
    let name = cursor.identifier()?;
    let type_text = cursor.text_until(column_goes_on);
    if type_text.is_empty() || column_goes_on(&Cursor::new(type_text)) {
        return None;
    }
    let (data_type, serial) = read_type(type_text);
    let mut column = Column::new(name, data_type);
    if serial {
        created.serials.push(column.name.clone());
        column.not_null = true;
    }
    let mut constraints = Vec::new();
    while !cursor.is_at_end() {
        let given = if cursor.take(&["constraint"]) {
            Some(cursor.identifier()?)
        } else {
            None
        };
        if cursor.take(&["not", "null"]) {
            column.not_null = true;
            created.named_not_null.extend(given);
            if cursor.take(&["no", "inherit"]) {
                return None;
            }
            continue;
        }
        let name = given.clone().unwrap_or_default();
        let own = || vec![column.name.clone()];
        if cursor.take(&["primary", "key"]) {
            let name = given.filter(|name| !is_default_key(&created.table.name, name));
            constraints.push(Constraint::Primary(PrimaryKey {
                name,
                columns: own(),
            }));
        } else if cursor.take(&["unique"]) {
            let nulls_not_distinct = cursor.take(&["nulls", "not", "distinct"]);
            cursor.take(&["nulls", "distinct"]);
            constraints.push(Constraint::Unique(UniqueConstraint {
                name,
                columns: own(),
                using_index: None,
                nulls_not_distinct,
                deferrable: deferrability(cursor),
            }));
        } else if cursor.take(&["check"]) {
            let expression = without_parentheses(cursor.parenthesised()?).to_owned();
            if cursor.take(&["no", "inherit"]) {
                return None;
            }
            constraints.push(Constraint::Check(CheckConstraint {
                name,
                expression,
                own: PgCheck { validated: true },
            }));
        } else if cursor.sees(&["references"]) {
            constraints.push(Constraint::Foreign(references(cursor, name, own())?));
        } else if given.is_some() {
            return None;
        } else if cursor.take(&["collate"]) {
            column.collation = Some(collation(cursor)?);
        } else if cursor.take(&["default"]) {
            column.value = ColumnValue::Default(cursor.text_until(column_goes_on).to_owned());
        } else if cursor.take(&["null"]) {
            column.not_null = false;
        } else if cursor.take(&["generated"]) {
            column.value = generated(
                cursor,
                &created.table.name,
                &column.name,
                &mut created.after,
            )?;
            // As a serial is.
            column.not_null |=
                matches!(column.value, ColumnValue::Numbered(Numbering::Identity(_)));
        } else {
            return None;
        }
    }
    created.table.columns.push(column);
    for constraint in constraints {
        created.add(constraint);
    }
    Some(())
}

/// The bare name of a collation; none for one that the model can't name.
pub(crate) fn collation(cursor: &mut Cursor<'_>) -> Option<String> {
    match cursor.dotted()?.as_slice() {
        [name] => Some(name.clone()),
        [schema, name] if schema == "pg_catalog" || schema == "public" => Some(name.clone()),
        _ => None,
    }
}

fn is_default_key(table: &QualifiedName, name: &str) -> bool {
    name == pg_text::default_name(&table.name, None, "pkey")
}

/// The type that a text names, without `public` before it.
pub(crate) fn read_type(text: &str) -> (DataType, bool) {
    let ColumnType { data_type, serial } = data_type::read(&unquoted_type(text));
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

/// A type's text without quotes that aren't needed, as `pg_dump --quote-all-identifiers` puts them around each name.
pub(crate) fn unquoted_type(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for token in tokens(text) {
        if token.kind != TokenKind::QuotedName {
            continue;
        }
        let inner = token.text.trim_matches('"');
        // Without quotes these two are other types.
        let says_the_same =
            sql_text::fold(inner).as_deref() == Some(inner) && !matches!(inner, "char" | "bit");
        if says_the_same {
            result.push_str(&text[copied..token.start()]);
            result.push_str(inner);
            copied = token.end;
        }
    }
    result + &text[copied..]
}

/// What follows `GENERATED`.
fn generated(
    cursor: &mut Cursor<'_>,
    table: &QualifiedName,
    column: &str,
    after: &mut Vec<String>,
) -> Option<ColumnValue> {
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
            // What is said of the sequence is said to it once it is there, unless that has a name of its own.
            if Cursor::new(options).sees(&["sequence"]) {
                return None;
            }
            let name = QualifiedName {
                schema: table.schema.clone(),
                name: pg_text::default_name(&table.name, Some(column), "seq"),
            };
            after.push(format!(
                "ALTER SEQUENCE {} {} RESTART",
                pg_sql::qualified(&name),
                sequence::one_line(options)
            ));
        }
    }
    Some(ColumnValue::Numbered(Numbering::Identity(identity)))
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
    let mut after = Vec::new();
    match generated(cursor, table, column, &mut after)? {
        ColumnValue::Numbered(Numbering::Identity(identity))
            if cursor.is_at_end() && after.is_empty() =>
        {
            Some(identity)
        }
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
        if cursor.sees(&["using"]) {
            return None;
        }
        let columns = cursor.columns()?;
        let name = name.filter(|name| !is_default_key(table, name));
        Constraint::Primary(PrimaryKey { name, columns })
    } else if cursor.take(&["unique"]) {
        unique(cursor, name.unwrap_or_default())?
    } else if cursor.take(&["check"]) {
        let expression = without_parentheses(cursor.parenthesised()?).to_owned();
        let validated = !cursor.take(&["not", "valid"]);
        Constraint::Check(CheckConstraint {
            name: name.unwrap_or_default(),
            expression,
            own: PgCheck { validated },
        })
    } else if cursor.take(&["exclude"]) {
        exclusion(cursor, name.unwrap_or_default())?
    } else if cursor.take(&["foreign", "key"]) {
        let columns = cursor.columns()?;
        Constraint::Foreign(references(cursor, name.unwrap_or_default(), columns)?)
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

/// `REFERENCES …` to its end. The columns of the other table are empty when they aren't named.
fn references(cursor: &mut Cursor<'_>, name: String, columns: Vec<String>) -> Option<ForeignKey> {
    if !cursor.take(&["references"]) {
        return None;
    }
    let referenced_table = cursor.qualified()?;
    let referenced_columns = if cursor.sees(&["("]) {
        cursor.columns()?
    } else {
        Vec::new()
    };
    let mut key = ForeignKey {
        name,
        columns,
        referenced_table,
        referenced_columns,
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        own: PgForeignKey {
            deferrable: Deferrability::NotDeferrable,
            validated: true,
        },
    };
    cursor.take(&["match", "simple"]);
    while cursor.take(&["on"]) {
        let of_delete = cursor.take(&["delete"]);
        if !of_delete && !cursor.take(&["update"]) {
            return None;
        }
        let action = action(cursor)?;
        // `SET NULL (a)` sets some of the columns.
        if cursor.sees(&["("]) {
            return None;
        }
        *(if of_delete {
            &mut key.on_delete
        } else {
            &mut key.on_update
        }) = action;
    }
    key.own.deferrable = deferrability(cursor);
    key.own.validated = !cursor.take(&["not", "valid"]);
    Some(key)
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

pub(crate) fn deferrability(cursor: &mut Cursor<'_>) -> Deferrability {
    cursor.take(&["not", "deferrable"]);
    let deferrable = cursor.take(&["deferrable"]);
    // Only what can be deferred can begin so.
    if !deferrable && !cursor.sees(&["initially", "deferred"]) {
        cursor.take(&["initially", "immediate"]);
        return Deferrability::NotDeferrable;
    }
    if cursor.take(&["initially", "deferred"]) {
        Deferrability::InitiallyDeferred
    } else {
        cursor.take(&["initially", "immediate"]);
        Deferrability::InitiallyImmediate
    }
}

/// Reads `[UNIQUE] INDEX …`; one without a name gets an empty one. None for what an index of the model can't have, such as storage parameters.
pub(crate) fn index(cursor: &mut Cursor<'_>) -> Option<(QualifiedName, Index)> {
    let unique = cursor.take(&["unique"]);
    cursor.take(&["index"]);
    cursor.take(&["concurrently"]);
    cursor.take(&["if", "not", "exists"]);
    let name = if cursor.sees(&["on"]) {
        String::new()
    } else {
        cursor.identifier()?
    };
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
            parts,
            comment: None,
            own: PgIndex {
                method,
                include,
                nulls_not_distinct,
                predicate,
            },
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
            order: None,
            own: PgIndexPart {
                operator_class: None,
            },
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
        order: (!order.is_empty()).then_some(order),
        own: PgIndexPart {
            operator_class: operator_class.filter(|name| name != "collate"),
        },
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
            "TABLE t (a integer REFERENCES b(id) MATCH FULL)",
            "TABLE t (a integer REFERENCES b(id) ON DELETE SET NULL (a))",
            "TABLE t OF public.row_type",
            "TABLE t (LIKE other)",
            "TABLE t (a integer CONSTRAINT x CHECK (a > 0) NO INHERIT)",
            "TABLE t (a text COLLATE other.c)",
            "TABLE \"a\"\"b\" (a integer)",
            "TABLE t (a)",
        ] {
            assert!(
                create(&mut Cursor::new(other), |_| None).is_none(),
                "{other}"
            );
        }
    }
}
