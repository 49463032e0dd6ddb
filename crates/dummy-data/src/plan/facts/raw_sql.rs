//! What the schema's raw SQL adds to its tables: domains, enum types, constraints, unique indexes, columns,
//! partitions.
//!
//! The front ends hand `execute "…"` over as it is. Rows must obey it all the same, so the statements are
//! read here and become parts of the model: a domain is its base type with checks, the partitions of a
//! table are a check on its key. What can't be read and speaks of constraints is named in a warning.

use crate::problem::Problem;
use schema_model::{
    CheckConstraint, Column, ColumnValue, DataType, Deferrability, EnumType, ForeignKey, Index,
    IndexKey, IndexPart, PrimaryKey, QualifiedName, RangeType, ReferentialAction, Schema, Table,
    TypeKind, UniqueConstraint,
};
use sqlparser::ast::{
    AlterColumnOperation, AlterTableOperation, ColumnOption, ConstraintReferenceMatchKind,
    CreateDomain, CreateIndex, Expr, ForValues, Ident, IndexColumn, NullsDistinctOption,
    ObjectName, PartitionBoundValue, Statement, TableConstraint, UserDefinedTypeRangeOption,
    UserDefinedTypeRepresentation,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use std::collections::{BTreeMap, BTreeSet};

/// A schema with what its raw SQL adds.
#[derive(Debug)]
pub(crate) struct Completed {
    /// The schema.
    pub schema: Schema,
    /// Partitioned tables all of whose rows have a partition.
    pub partitioned: BTreeSet<String>,
}

/// The partitions of a table.
type Partitions = BTreeMap<String, Vec<ForValues>>;

/// Reads the statements of a schema.
pub(crate) fn complete(schema: &Schema, warnings: &mut Vec<Problem>) -> Completed {
    let mut completed = Completed {
        schema: schema.clone(),
        partitioned: BTreeSet::new(),
    };
    let mut partitions = Partitions::new();
    for statement in &schema.statements {
        let (sql, not_null) = without_not_null(&statement.sql);
        match Parser::parse_sql(&PostgreSqlDialect {}, &sql) {
            Ok(statements) => {
                for statement in &statements {
                    warnings.extend(without_rows(&completed.schema, statement));
                    apply(&mut completed.schema, statement, &mut partitions);
                }
                if let ([Statement::CreateDomain(domain)], true) = (statements.as_slice(), not_null)
                {
                    forbid_null(&mut completed.schema, domain, schema);
                }
            }
            Err(_) if binds_rows(&statement.sql) => {
                let first: String = statement
                    .sql
                    .split_whitespace()
                    .take(8)
                    .collect::<Vec<_>>()
                    .join(" ");
                warnings.push(
                    Problem::new(
                        "raw SQL",
                        format!(
                            "`{first} …` isn't understood; rows are made as if it weren't there"
                        ),
                    )
                    .hint(
                        "if loading fails on it, say in `schema/dummy.toml` what its columns hold",
                    ),
                );
            }
            Err(_) => {}
        }
    }
    for (table, bounds) in partitions {
        let found = completed
            .schema
            .tables
            .iter_mut()
            .find(|own| own.name.to_string() == table || own.name.name == table);
        if let Some(own) = found
            && place_rows(own, &bounds)
        {
            completed.partitioned.insert(own.name.to_string());
        }
    }
    completed
}

/// What is to be said of a table that raw SQL makes: only its partitions are known by it.
fn without_rows(schema: &Schema, statement: &Statement) -> Option<Problem> {
    let Statement::CreateTable(table) = statement else {
        return None;
    };
    let name = bare(&table.name);
    let is_known = schema.tables.iter().any(|own| own.name.name == name);
    let has_own_rows = table.partition_of.is_none() && table.query.is_none() && !table.temporary;
    (has_own_rows && !is_known).then(|| {
        Problem::new(name, "gets no rows: raw SQL makes the table")
            .hint("write it as `create_table` in the Schemafile")
    })
}

/// `CREATE DOMAIN … NOT NULL` without the words that the parser doesn't know there, and whether it had them.
fn without_not_null(sql: &str) -> (String, bool) {
    let upper = sql.to_ascii_uppercase();
    if !upper.trim_start().starts_with("CREATE DOMAIN") {
        return (sql.to_owned(), false);
    }
    match upper
        .find(" NOT NULL")
        .filter(|&place| !upper[..place].ends_with(" IS"))
    {
        Some(place) => (
            format!("{}{}", &sql[..place], &sql[place + " NOT NULL".len()..]),
            true,
        ),
        None => (sql.to_owned(), false),
    }
}

/// Columns that were of a domain can't be NULL.
fn forbid_null(schema: &mut Schema, domain: &CreateDomain, before: &Schema) {
    let name = bare(&domain.name);
    for (table, old) in schema.tables.iter_mut().zip(&before.tables) {
        for (column, old) in table.columns.iter_mut().zip(&old.columns) {
            column.not_null |= is_of_type(&old.data_type.kind, &name);
        }
    }
}

/// Whether a statement that can't be read may constrain rows.
fn binds_rows(sql: &str) -> bool {
    let upper = sql.to_uppercase();
    let begins = |words: &str| upper.trim_start().starts_with(words);
    begins("CREATE DOMAIN")
        || begins("CREATE UNIQUE")
        || (begins("ALTER TABLE")
            && ["CHECK", "UNIQUE", "EXCLUDE", "FOREIGN KEY", "NOT NULL"]
                .iter()
                .any(|words| upper.contains(words)))
}

fn apply(schema: &mut Schema, statement: &Statement, partitions: &mut Partitions) {
    match statement {
        Statement::CreateDomain(domain) => add_domain(schema, domain),
        Statement::CreateType {
            name,
            representation: Some(UserDefinedTypeRepresentation::Enum { labels }),
        } => {
            let name = bare(name);
            add_enum(schema, &name, labels);
        }
        Statement::CreateType {
            name,
            representation: Some(UserDefinedTypeRepresentation::Range { options }),
        } => add_range(schema, &bare(name), options),
        Statement::AlterTable(alter) => {
            let own = bare(&alter.name);
            for operation in &alter.operations {
                alter_table(schema, &own, operation);
            }
        }
        Statement::CreateIndex(index) if index.unique => add_index(schema, index),
        Statement::CreateTable(table) => {
            if let (Some(parent), Some(values)) = (&table.partition_of, &table.for_values) {
                partitions
                    .entry(bare(parent))
                    .or_default()
                    .push(values.clone());
            }
        }
        _ => {}
    }
}

/// A name without its schema, as PostgreSQL folds it.
fn bare(name: &ObjectName) -> String {
    name.0
        .last()
        .and_then(|part| part.as_ident())
        .map(folded)
        .unwrap_or_default()
}

fn folded(ident: &Ident) -> String {
    if ident.quote_style.is_some() {
        ident.value.clone()
    } else {
        ident.value.to_lowercase()
    }
}

fn table<'a>(schema: &'a mut Schema, name: &str) -> Option<&'a mut Table> {
    schema
        .tables
        .iter_mut()
        .find(|table| table.name.name == name)
}

fn add_domain(schema: &mut Schema, domain: &CreateDomain) {
    let name = bare(&domain.name);
    let Some(base) = known_type(&domain.data_type.to_string()) else {
        return;
    };
    for table in &mut schema.tables {
        let mut checks = Vec::new();
        for column in &mut table.columns {
            if !is_of_type(&column.data_type.kind, &name) {
                continue;
            }
            column.data_type.kind = base.kind.clone();
            column.data_type.array |= base.array;
            for constraint in &domain.constraints {
                if let TableConstraint::Check(check) = constraint {
                    checks.push(CheckConstraint {
                        name: check.name.as_ref().map_or_else(|| name.clone(), folded),
                        expression: with_column(&check.expr.to_string(), &column.name),
                        validated: true,
                    });
                }
            }
        }
        table.checks.append(&mut checks);
    }
}

/// Puts a column's name in place of `VALUE`, outside quotes.
fn with_column(expression: &str, column: &str) -> String {
    let mut result = String::new();
    let mut word = String::new();
    let mut quote = None;
    for character in expression.chars().chain(std::iter::once(' ')) {
        if quote.is_none() && (character.is_alphanumeric() || character == '_') {
            word.push(character);
            continue;
        }
        if word.eq_ignore_ascii_case("value") {
            result.push_str(&pg_sql::identifier(column));
        } else {
            result.push_str(&word);
        }
        word.clear();
        match quote {
            Some(open) if open == character => quote = None,
            None if character == '\'' || character == '"' => quote = Some(character),
            _ => {}
        }
        result.push(character);
    }
    result.trim_end().to_owned()
}

fn is_of_type(kind: &TypeKind, name: &str) -> bool {
    match kind {
        TypeKind::Other(sql) => {
            let bare = sql.rsplit('.').next().unwrap_or(sql).trim();
            bare.trim_matches('"').eq_ignore_ascii_case(name)
        }
        TypeKind::Enum(own) => own.name == name,
        _ => false,
    }
}

fn add_enum(schema: &mut Schema, name: &str, labels: &[Ident]) {
    if schema.enums.iter().any(|known| known.name.name == name) {
        return;
    }
    let mut used = QualifiedName::bare(name);
    for table in &mut schema.tables {
        for column in &mut table.columns {
            match &mut column.data_type.kind {
                TypeKind::Enum(own) if own.name == name => used = own.clone(),
                kind if is_of_type(kind, name) => *kind = TypeKind::Enum(QualifiedName::bare(name)),
                _ => {}
            }
        }
    }
    schema.enums.push(EnumType {
        name: used,
        values: labels.iter().map(|label| label.value.clone()).collect(),
    });
}

/// A range type of the schema's own is written as a built-in one.
fn add_range(schema: &mut Schema, name: &str, options: &[UserDefinedTypeRangeOption]) {
    let range = options.iter().find_map(|option| match option {
        UserDefinedTypeRangeOption::Subtype(subtype) => {
            range_over(&known_type(&subtype.to_string())?.kind)
        }
        _ => None,
    });
    let Some(range) = range else { return };
    for table in &mut schema.tables {
        for column in &mut table.columns {
            if is_of_type(&column.data_type.kind, name) {
                column.data_type.kind = TypeKind::Range(range);
            }
        }
    }
}

fn alter_table(schema: &mut Schema, own: &str, operation: &AlterTableOperation) {
    match operation {
        AlterTableOperation::AddConstraint {
            constraint,
            not_valid,
        } => add_constraint(schema, own, constraint, *not_valid),
        AlterTableOperation::AlterColumn {
            column_name,
            op: AlterColumnOperation::SetNotNull,
        } => {
            let name = folded(column_name);
            if let Some(column) = table(schema, own)
                .and_then(|table| table.columns.iter_mut().find(|column| column.name == name))
            {
                column.not_null = true;
            }
        }
        AlterTableOperation::AddColumn { column_def, .. } => {
            let name = folded(&column_def.name);
            let sql = column_def.data_type.to_string();
            let data_type = sql_text::data_type::read(&sql).data_type;
            let Some(table) = table(schema, own).filter(|table| table.column(&name).is_none())
            else {
                return;
            };
            let mut column = Column::new(name, data_type);
            for option in &column_def.options {
                match &option.option {
                    ColumnOption::NotNull => column.not_null = true,
                    ColumnOption::Default(expression) => {
                        column.value = ColumnValue::Default(expression.to_string());
                    }
                    ColumnOption::Generated {
                        generation_expr: Some(expression),
                        ..
                    } => {
                        column.value = ColumnValue::Generated {
                            expression: expression.to_string(),
                            stored: true,
                        };
                    }
                    ColumnOption::Check(check) => table.checks.push(CheckConstraint {
                        name: format!("{own}_{}_check", column.name),
                        expression: check.expr.to_string(),
                        validated: true,
                    }),
                    _ => {}
                }
            }
            table.columns.push(column);
        }
        _ => {}
    }
}

fn add_constraint(schema: &mut Schema, own: &str, constraint: &TableConstraint, not_valid: bool) {
    let keys: BTreeMap<String, Vec<String>> = schema
        .tables
        .iter()
        .filter_map(|table| {
            let key = table.primary_key.as_ref()?;
            Some((table.name.name.clone(), key.columns.clone()))
        })
        .collect();
    let names: Vec<QualifiedName> = schema
        .tables
        .iter()
        .map(|table| table.name.clone())
        .collect();
    let Some(table) = table(schema, own) else {
        return;
    };
    let name_or = |name: &Option<Ident>, otherwise: &str| {
        name.as_ref()
            .map_or_else(|| format!("{own}_{otherwise}"), folded)
    };
    match constraint {
        TableConstraint::Check(check) => table.checks.push(CheckConstraint {
            name: name_or(&check.name, "check"),
            expression: check.expr.to_string(),
            validated: !not_valid,
        }),
        TableConstraint::Unique(unique) => {
            if let Some(columns) = plain_columns(&unique.columns) {
                table.uniques.push(UniqueConstraint {
                    name: name_or(&unique.name, "key"),
                    columns,
                    using_index: None,
                    nulls_not_distinct: unique.nulls_distinct == NullsDistinctOption::NotDistinct,
                    deferrable: Deferrability::NotDeferrable,
                });
            }
        }
        TableConstraint::PrimaryKey(key) => {
            if let (None, Some(columns)) = (&table.primary_key, plain_columns(&key.columns)) {
                table.primary_key = Some(PrimaryKey {
                    name: key.name.as_ref().map(folded),
                    columns,
                });
            }
        }
        TableConstraint::ForeignKey(key) => {
            let parent = bare(&key.foreign_table);
            let Some(referenced_table) = names.into_iter().find(|name| name.name == parent) else {
                return;
            };
            let referred: Vec<String> = key.referred_columns.iter().map(folded).collect();
            let columns: Vec<String> = key.columns.iter().map(folded).collect();
            // All of its columns are NULL or none is: so none is.
            if key.match_kind == Some(ConstraintReferenceMatchKind::Full) {
                for column in &mut table.columns {
                    column.not_null |= columns.contains(&column.name);
                }
            }
            table.foreign_keys.push(ForeignKey {
                name: name_or(&key.name, "fkey"),
                columns,
                referenced_columns: if referred.is_empty() {
                    keys.get(&parent).cloned().unwrap_or_default()
                } else {
                    referred
                },
                referenced_table,
                on_delete: ReferentialAction::NoAction,
                on_update: ReferentialAction::NoAction,
                deferrable: Deferrability::NotDeferrable,
                validated: !not_valid,
            });
        }
        _ => {}
    }
}

fn plain_columns(columns: &[IndexColumn]) -> Option<Vec<String>> {
    columns
        .iter()
        .map(|column| match &column.column.expr {
            Expr::Identifier(name) => Some(folded(name)),
            _ => None,
        })
        .collect()
}

fn add_index(schema: &mut Schema, index: &CreateIndex) {
    let own = bare(&index.table_name);
    let parts = index
        .columns
        .iter()
        .map(|column| IndexPart {
            key: match &column.column.expr {
                Expr::Identifier(name) => IndexKey::Column(folded(name)),
                expression => IndexKey::Expression(expression.to_string()),
            },
            operator_class: None,
            order: None,
        })
        .collect();
    let name = index.name.as_ref().map(bare).unwrap_or_default();
    if let Some(table) = table(schema, &own) {
        table.indexes.push(Index {
            name,
            unique: true,
            method: "btree".to_owned(),
            parts,
            include: Vec::new(),
            nulls_not_distinct: index.nulls_distinct == Some(false),
            predicate: index.predicate.as_ref().map(ToString::to_string),
            comment: None,
        });
    }
}

/// Makes sure that every row has a partition: a check on the key leaves it only what partitions take.
fn place_rows(table: &mut Table, partitions: &[ForValues]) -> bool {
    if partitions
        .iter()
        .any(|values| matches!(values, ForValues::Default))
    {
        return true;
    }
    let Some(key) = partition_key(table) else {
        return false;
    };
    let quoted = pg_sql::identifier(&key).into_owned();
    let expression = match &partitions[0] {
        ForValues::In(_) => {
            let values: Vec<String> = partitions
                .iter()
                .flat_map(|values| match values {
                    ForValues::In(values) => values.as_slice(),
                    _ => &[],
                })
                .map(ToString::to_string)
                .filter(|value| !value.eq_ignore_ascii_case("null"))
                .collect();
            format!("{quoted} IN ({})", values.join(", "))
        }
        ForValues::With { modulus, .. } => {
            return u64::try_from(partitions.len()).is_ok_and(|count| count == *modulus);
        }
        ForValues::From { .. } => match longest_run(partitions) {
            Some((from, to)) => {
                let lower = from.map(|from| format!("{quoted} >= {from}"));
                let upper = to.map(|to| format!("{quoted} < {to}"));
                let both: Vec<String> = lower.into_iter().chain(upper).collect();
                if both.is_empty() {
                    return true;
                }
                both.join(" AND ")
            }
            None => return false,
        },
        ForValues::Default => return true,
    };
    table.checks.push(CheckConstraint {
        name: "partitions".to_owned(),
        expression,
        validated: true,
    });
    true
}

/// The only column of `PARTITION BY … (column)`.
fn partition_key(table: &Table) -> Option<String> {
    let options = table.options.as_ref()?;
    let start = options.to_lowercase().find("partition by")?;
    let rest = &options[start..];
    let inner = rest.split_once('(')?.1.split_once(')')?.0.trim();
    let name = inner.trim_matches('"');
    table.column(name).map(|column| column.name.clone())
}

/// The ends of the longest row of range partitions without a gap; none where it has no end.
fn longest_run(partitions: &[ForValues]) -> Option<(Option<String>, Option<String>)> {
    let end = |values: &[PartitionBoundValue]| match values {
        [PartitionBoundValue::Expr(expression)] => Some(Some(expression.to_string())),
        [_] => Some(None),
        _ => None,
    };
    let mut ranges = Vec::new();
    for values in partitions {
        if let ForValues::From { from, to } = values {
            ranges.push((end(from)?, end(to)?));
        }
    }
    // Texts of dates sort as dates do; numbers by their length first.
    let order = |text: &Option<String>| {
        let text = text.clone().unwrap_or_default();
        let number = text.trim_matches('\'').parse::<i64>().ok();
        (number, text)
    };
    ranges.sort_by_key(|(from, _)| order(from));
    let mut best: Option<(usize, Option<String>, Option<String>)> = None;
    let mut run: Option<(usize, Option<String>, Option<String>)> = None;
    for (from, to) in ranges {
        run = match run {
            Some((count, first, last)) if last == from && from.is_some() => {
                Some((count + 1, first, to))
            }
            _ => Some((1, from, to)),
        };
        if let Some((count, first, last)) = &run
            && best.as_ref().is_none_or(|(most, _, _)| count >= most)
        {
            best = Some((*count, first.clone(), last.clone()));
        }
    }
    best.map(|(_, first, last)| (first, last))
}

/// The type that SQL text names, if it is one of PostgreSQL's own.
fn known_type(sql: &str) -> Option<DataType> {
    let data_type = sql_text::data_type::read(sql).data_type;
    (!matches!(data_type.kind, TypeKind::Other(_))).then_some(data_type)
}

/// The built-in range type whose bounds are written as those of a range over some type.
fn range_over(subtype: &TypeKind) -> Option<RangeType> {
    Some(match subtype {
        TypeKind::Date => RangeType::Date,
        TypeKind::Timestamp {
            with_time_zone: true,
            ..
        } => RangeType::Tstz,
        TypeKind::Timestamp { .. } => RangeType::Ts,
        TypeKind::SmallInt | TypeKind::Integer => RangeType::Int4,
        TypeKind::BigInt => RangeType::Int8,
        kind if kind.is_number() => RangeType::Num,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn completed(table: Table, sql: &[&str]) -> Completed {
        let schema = Schema {
            tables: vec![table],
            statements: sql
                .iter()
                .map(|sql| schema_model::Statement {
                    sql: (*sql).to_owned(),
                    tables_before: 0,
                })
                .collect(),
            ..Schema::default()
        };
        complete(&schema, &mut Vec::new())
    }

    fn users() -> Table {
        let mut table = Table::new(QualifiedName::bare("users"));
        table.columns = vec![
            Column::new(
                "email",
                DataType::scalar(TypeKind::Other("email_address".into())),
            ),
            Column::new("born_on", DataType::scalar(TypeKind::Date)),
        ];
        table
    }

    #[test]
    fn a_domain_is_its_type_with_checks() {
        let table = &completed(
            users(),
            &["CREATE DOMAIN email_address AS citext NOT NULL CONSTRAINT has_at CHECK (VALUE ~ '@value')"],
        )
        .schema
        .tables[0];
        assert_eq!(table.columns[0].data_type.kind, TypeKind::Citext);
        assert!(table.columns[0].not_null);
        assert_eq!(table.checks[0].name, "has_at");
        assert_eq!(table.checks[0].expression, "email ~ '@value'");
    }

    #[test]
    fn a_range_of_the_schemas_own_is_a_built_in_one() {
        for (subtype, expected) in [
            ("float8", TypeKind::Range(RangeType::Num)),
            ("bigint", TypeKind::Range(RangeType::Int8)),
            ("timestamp with time zone", TypeKind::Range(RangeType::Tstz)),
            ("time", TypeKind::Other("email_address".into())),
        ] {
            let sql = format!("CREATE TYPE email_address AS RANGE (subtype = {subtype})");
            let column = completed(users(), &[&sql]).schema.tables[0].columns[0].clone();
            assert_eq!(column.data_type.kind, expected, "{subtype}");
        }
    }

    #[test]
    fn a_domain_can_be_of_any_type() {
        let sql = "CREATE DOMAIN email_address AS timestamp(3) with time zone[]";
        let column = completed(users(), &[sql]).schema.tables[0].columns[0].clone();
        let kind = TypeKind::Timestamp {
            precision: Some(3),
            with_time_zone: true,
        };
        assert_eq!(column.data_type, DataType { kind, array: true });
    }

    #[test]
    fn constraints_are_added_to_their_table() {
        let table = &completed(
            users(),
            &[
                "ALTER TABLE users ADD CONSTRAINT old CHECK (born_on < '2010-01-01'), ALTER COLUMN born_on SET NOT NULL",
                "CREATE UNIQUE INDEX ON users (lower(email)); ALTER TABLE users ADD UNIQUE (born_on)",
                "ALTER TABLE public.users ADD COLUMN score integer NOT NULL",
            ],
        )
        .schema
        .tables[0];
        assert_eq!(table.checks[0].expression, "born_on < '2010-01-01'");
        assert!(table.columns[1].not_null);
        assert_eq!(table.indexes.len(), 1);
        assert_eq!(table.uniques[0].columns, ["born_on"]);
        assert_eq!(table.columns[2].data_type.kind, TypeKind::Integer);
    }

    #[test]
    fn rows_stay_within_the_partitions() {
        let mut table = users();
        table.options = Some("PARTITION BY RANGE (born_on)".into());
        let completed = completed(
            table,
            &[
                "CREATE TABLE a PARTITION OF users FOR VALUES FROM ('2000-01-01') TO ('2001-01-01')",
                "CREATE TABLE b PARTITION OF users FOR VALUES FROM ('2001-01-01') TO ('2002-01-01')",
                "CREATE TABLE c PARTITION OF users FOR VALUES FROM ('2005-01-01') TO ('2006-01-01')",
            ],
        );
        assert!(completed.partitioned.contains("users"));
        assert_eq!(
            completed.schema.tables[0].checks[0].expression,
            "born_on >= '2000-01-01' AND born_on < '2002-01-01'"
        );
    }

    #[test]
    fn a_table_that_raw_sql_makes_is_named() {
        let mut schema = Schema::default();
        for sql in [
            "CREATE TABLE notes (id bigint PRIMARY KEY)",
            "CREATE TABLE a PARTITION OF users FOR VALUES IN (1)",
            "CREATE TABLE copied AS SELECT 1",
        ] {
            schema.statements.push(schema_model::Statement {
                sql: sql.to_owned(),
                tables_before: 0,
            });
        }
        let mut warnings = Vec::new();
        complete(&schema, &mut warnings);
        let said: Vec<String> = warnings
            .iter()
            .map(|warning| format!("{}: {}", warning.place, warning.text))
            .collect();
        assert_eq!(said, ["notes: gets no rows: raw SQL makes the table"]);
    }

    #[test]
    fn a_key_that_matches_in_full_has_no_nulls() {
        let sql = "ALTER TABLE users ADD FOREIGN KEY (age) REFERENCES users (age) MATCH FULL";
        let before = users();
        let name = &before.columns[0].name;
        let completed = completed(before.clone(), &[&sql.replace("age", name)]);
        assert!(completed.schema.tables[0].columns[0].not_null);
        assert!(!before.columns[0].not_null);
    }
}
