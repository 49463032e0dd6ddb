//! Makes statements parts of the model.

use super::Completed;
use super::partitions::place_rows;
use super::reader::{column_type, first_words, partition_of};
use super::statement::{
    Action, Bounds, ColumnText, Constraint, ConstraintKind, DomainRule, IndexText, Statement,
};
use pg_model::{
    CheckConstraint, Column, ColumnValue, DataType, Deferrability, EnumType, ExclusionConstraint,
    ForeignKey, Index, IndexKey, IndexPart, Numbering, PgCheck, PgForeignKey, PgIndex, PgIndexPart,
    PrimaryKey, QualifiedName, RangeType, ReferentialAction, Schema, Table, TypeKind,
    UniqueConstraint,
};
use pg_text::default_name;
use sql_text::TokenKind;
use std::collections::{BTreeMap, BTreeSet};
use value_model::Doubt;
use value_model::expression::elements_of;

/// A schema while its statements are applied.
pub(super) struct Applying {
    pub(super) schema: Schema,
    /// The schema of names that have none.
    path: Option<String>,
    partitions: BTreeMap<QualifiedName, Vec<Bounds>>,
    /// The domain that each column had before its base type took its place.
    domains: BTreeMap<(usize, String), QualifiedName>,
    doubts: Vec<Doubt>,
}

/// A name in `public` as one without a schema.
pub(super) fn public(name: QualifiedName) -> QualifiedName {
    QualifiedName {
        schema: name.schema.filter(|schema| schema != "public"),
        name: name.name,
    }
}

impl Applying {
    pub(super) fn new(schema: Schema) -> Self {
        Self {
            schema,
            path: None,
            partitions: BTreeMap::new(),
            domains: BTreeMap::new(),
            doubts: Vec::new(),
        }
    }

    /// The name of a thing as the schema's tables have theirs.
    fn resolved(&self, name: QualifiedName) -> QualifiedName {
        public(QualifiedName {
            schema: name.schema.or_else(|| self.path.clone()),
            name: name.name,
        })
    }

    fn position(&self, name: &QualifiedName) -> Option<usize> {
        let name = self.resolved(name.clone());
        self.schema
            .tables
            .iter()
            .position(|table| public(table.name.clone()) == name)
    }

    pub(super) fn has_table(&self, name: &QualifiedName) -> bool {
        self.position(name).is_some()
    }

    fn table(&mut self, name: &QualifiedName) -> Option<&mut Table> {
        let position = self.position(name)?;
        Some(&mut self.schema.tables[position])
    }

    /// A statement that can't be told which table it is about.
    pub(super) fn doubt_all(&mut self, sql: &str) {
        let words = first_words(sql);
        let mentioned = self.schema.tables.iter().find(|table| {
            let mut types =
                table
                    .columns
                    .iter()
                    .filter_map(|column| match &column.data_type.kind {
                        TypeKind::Other(own) => Some(own),
                        _ => None,
                    });
            sql_text::mentions(sql, &table.name.name)
                || types.any(|own| sql_text::mentions(sql, own))
        });
        // What is about none of the tables binds no row.
        if let Some(table) = mentioned {
            self.doubts.push(Doubt::new(
                table.name.to_string(),
                &words,
                format!("raw SQL isn't understood: `{words}`"),
            ));
        }
    }

    /// Columns whose type is SQL text can bring constraints along: `bigint PRIMARY KEY`.
    pub(super) fn columns_of_own_types(&mut self) {
        for table in &mut self.schema.tables {
            for position in 0..table.columns.len() {
                let TypeKind::Other(sql) = &table.columns[position].data_type.kind else {
                    continue;
                };
                let Some(mut text) = column_type(sql) else {
                    continue;
                };
                text.name.clone_from(&table.columns[position].name);
                let column = &mut table.columns[position];
                let read = pg_text::data_type::read(&text.data_type);
                if read.serial {
                    column.value = ColumnValue::Numbered(Numbering::Serial);
                }
                column.data_type.kind = read.data_type.kind;
                column.data_type.array |= read.data_type.array;
                let name = column.name.clone();
                add_constraints_of_column(table, &name, &text);
            }
        }
    }

    pub(super) fn apply(&mut self, statement: Statement) {
        match statement {
            Statement::SearchPath(path) => {
                self.path = Some(path).filter(|path| path != "public" && !path.is_empty());
            }
            Statement::Domain { name, base, rules } => self.domain(&name, &base, &rules),
            Statement::AlterDomain { name, rule } => {
                let name = self.resolved(name);
                let columns: Vec<(usize, String)> = self
                    .domains
                    .iter()
                    .filter(|(_, domain)| **domain == name)
                    .map(|(column, _)| column.clone())
                    .collect();
                for (table, column) in columns {
                    add_rule(&mut self.schema.tables[table], &column, &name, rule.clone());
                }
            }
            Statement::Enum { name, labels } => self.add_enum(name, labels),
            Statement::Label {
                name,
                label,
                renamed_from,
            } => {
                let name = self.resolved(name);
                let mut enums = self.schema.own.enums.iter_mut();
                if let Some(known) = enums.find(|known| public(known.name.clone()) == name) {
                    let place = renamed_from
                        .and_then(|old| known.values.iter().position(|value| *value == old));
                    match place {
                        Some(place) => known.values[place] = label,
                        None if !known.values.contains(&label) => known.values.push(label),
                        None => {}
                    }
                }
            }
            Statement::Range { name, subtype } => self.add_range(&name, &subtype),
            Statement::AlterTable { table, actions } => {
                for action in actions {
                    self.alter(&table, action);
                }
            }
            Statement::Index(index) => self.add_index(index),
            Statement::DropIndex(names) => {
                for name in names {
                    let name = self.resolved(name);
                    for table in &mut self.schema.tables {
                        let same_schema = public(table.name.clone()).schema == name.schema;
                        table
                            .indexes
                            .retain(|index| !(same_schema && index.name == name.name));
                    }
                }
            }
            Statement::Partition { parent, bounds } => {
                let parent = self.resolved(parent);
                self.partitions.entry(parent).or_default().push(bounds);
            }
            Statement::Table(_) => {}
        }
    }

    /// The schema with what partitions leave.
    pub(super) fn finish(mut self) -> Completed {
        let mut parts = BTreeSet::new();
        for table in &self.schema.tables {
            let of = table.options.as_deref().and_then(partition_of);
            if let Some((parent, bounds)) = of {
                let parent = self.resolved(parent);
                self.partitions.entry(parent).or_default().push(bounds);
                parts.insert(table.name.clone());
            }
        }
        let mut partitioned = BTreeSet::new();
        for (name, bounds) in std::mem::take(&mut self.partitions) {
            if let Some(position) = self.position(&name)
                && place_rows(&mut self.schema.tables[position], &bounds)
            {
                partitioned.insert(self.schema.tables[position].name.clone());
            }
        }
        Completed {
            schema: self.schema,
            placed: partitioned,
            parts,
            doubts: self.doubts,
        }
    }

    fn domain(&mut self, name: &QualifiedName, base: &str, rules: &[DomainRule]) {
        let name = self.resolved(name.clone());
        let base = self.known_type(base);
        for (position, table) in self.schema.tables.iter_mut().enumerate() {
            let columns: Vec<String> = table
                .columns
                .iter()
                .filter(|column| is_of_type(&column.data_type.kind, &name, self.path.as_deref()))
                .map(|column| column.name.clone())
                .collect();
            for column in columns {
                if let (Some(base), Some(own)) = (
                    &base,
                    table.columns.iter_mut().find(|own| own.name == column),
                ) {
                    own.data_type.kind = base.kind.clone();
                    own.data_type.array |= base.array;
                }
                self.domains
                    .insert((position, column.clone()), name.clone());
                for rule in rules {
                    add_rule(table, &column, &name, rule.clone());
                }
            }
        }
    }

    fn add_enum(&mut self, name: QualifiedName, labels: Vec<String>) {
        let name = self.resolved(name);
        let path = self.path.clone();
        let mut enums = self.schema.own.enums.iter();
        if enums.any(|known| public(known.name.clone()) == name) {
            return;
        }
        for table in &mut self.schema.tables {
            for column in &mut table.columns {
                if is_of_type(&column.data_type.kind, &name, path.as_deref()) {
                    column.data_type.kind = TypeKind::Enum(name.clone());
                }
            }
        }
        self.schema.own.enums.push(EnumType {
            name,
            values: labels,
        });
    }

    /// A range type of the schema's own is written as a built-in one.
    fn add_range(&mut self, name: &QualifiedName, subtype: &str) {
        let name = self.resolved(name.clone());
        let path = self.path.clone();
        let Some(range) = self
            .known_type(subtype)
            .and_then(|subtype| range_over(&subtype.kind))
        else {
            return;
        };
        for table in &mut self.schema.tables {
            for column in &mut table.columns {
                if is_of_type(&column.data_type.kind, &name, path.as_deref()) {
                    column.data_type.kind = TypeKind::Range(range);
                }
            }
        }
    }

    /// The type that SQL text names, if it is one of PostgreSQL's own or an enum type of the schema.
    fn known_type(&self, sql: &str) -> Option<DataType> {
        let data_type = pg_text::data_type::read(sql).data_type;
        if let TypeKind::Other(text) = &data_type.kind {
            let name = self.resolved(pg_text::data_type::plain_name(text)?);
            let mut enums = self.schema.own.enums.iter();
            let own = enums.find(|own| public(own.name.clone()) == name)?;
            return Some(DataType {
                kind: TypeKind::Enum(own.name.clone()),
                array: data_type.array,
            });
        }
        Some(data_type)
    }

    fn alter(&mut self, name: &QualifiedName, action: Action) {
        let Some(position) = self.position(name) else {
            return;
        };
        let table = &mut self.schema.tables[position];
        let column = |table: &mut Table, name: &str| {
            table.columns.iter().position(|column| column.name == name)
        };
        match action {
            Action::Add(constraint) => self.add_constraint(position, &constraint),
            Action::AddColumn(text) => self.add_column(position, &text),
            Action::NotNull(name) => {
                if let Some(column) = column(table, &name) {
                    table.columns[column].not_null = true;
                }
            }
            Action::MayBeNull(name) => {
                if let Some(column) = column(table, &name) {
                    table.columns[column].not_null = false;
                }
            }
            Action::Type(name, sql) => {
                let known = self.known_type(&sql);
                let table = &mut self.schema.tables[position];
                if let Some(column) = column(table, &name) {
                    table.columns[column].data_type =
                        known.unwrap_or_else(|| pg_text::data_type::read(&sql).data_type);
                }
            }
            Action::Default(name, value) => {
                if let Some(column) = column(table, &name) {
                    table.columns[column].value =
                        value.map_or(ColumnValue::None, ColumnValue::Default);
                }
            }
            Action::DropColumn(name) => drop_column(table, &name),
            Action::DropConstraint(name) => drop_constraint(table, &name),
            Action::RenameConstraint(from, to) => rename_constraint(table, &from, &to),
            // Expressions of constraints would have to follow.
            Action::RenameColumn(from, to) => {
                let words = format!("RENAME COLUMN {from} TO {to}");
                let place = table.name.to_string();
                self.doubts.push(Doubt::new(
                    place.clone(),
                    &words,
                    format!("`ALTER TABLE {place} {words}`: rows are made for the column by its old name"),
                ));
            }
            Action::Partition { bounds } => {
                let parent = public(table.name.clone());
                self.partitions.entry(parent).or_default().push(bounds);
            }
            Action::Nothing => {}
            Action::Unknown(words) => {
                let place = table.name.to_string();
                self.doubts.push(Doubt::new(
                    place.clone(),
                    &words,
                    format!("raw SQL isn't understood: `ALTER TABLE {place} {words}`"),
                ));
            }
        }
    }

    fn add_column(&mut self, position: usize, text: &ColumnText) {
        let known = self.known_type(&text.data_type);
        let table = &mut self.schema.tables[position];
        if table.column(&text.name).is_some() {
            return;
        }
        let read = pg_text::data_type::read(&text.data_type);
        let mut column = Column::new(&text.name, known.unwrap_or(read.data_type));
        if read.serial {
            column.value = ColumnValue::Numbered(Numbering::Serial);
        }
        table.columns.push(column);
        add_constraints_of_column(table, &text.name, text);
        if let Some((parent, referenced)) = &text.references {
            let constraint = Constraint {
                name: None,
                validated: true,
                kind: ConstraintKind::ForeignKey {
                    columns: vec![text.name.clone()],
                    table: parent.clone(),
                    referenced: referenced.clone(),
                    full: false,
                },
            };
            self.add_constraint(position, &constraint);
        }
    }

    fn add_constraint(&mut self, position: usize, constraint: &Constraint) {
        let own = self.schema.tables[position].name.name.clone();
        let name_or = |columns: &[String], label: &str| {
            constraint.name.clone().unwrap_or_else(|| {
                let joined = columns.join("_");
                default_name(&own, (!joined.is_empty()).then_some(&joined), label)
            })
        };
        match &constraint.kind {
            ConstraintKind::Check(expression) => {
                let table = &mut self.schema.tables[position];
                let name = constraint
                    .name
                    .clone()
                    .unwrap_or_else(|| name_of_check(table, expression));
                table.checks.push(CheckConstraint {
                    name,
                    expression: expression.clone(),
                    own: PgCheck {
                        validated: constraint.validated,
                    },
                });
            }
            ConstraintKind::NotNull(name) => {
                let table = &mut self.schema.tables[position];
                if let Some(column) = table.columns.iter_mut().find(|own| own.name == *name) {
                    column.not_null = true;
                }
            }
            ConstraintKind::Unique {
                columns,
                nulls_not_distinct,
            } => {
                let name = name_or(columns, "key");
                self.schema.tables[position]
                    .own
                    .uniques
                    .push(UniqueConstraint {
                        name,
                        columns: columns.clone(),
                        using_index: None,
                        nulls_not_distinct: *nulls_not_distinct,
                        deferrable: Deferrability::NotDeferrable,
                    });
            }
            ConstraintKind::PrimaryKey(columns) => {
                let table = &mut self.schema.tables[position];
                if table.primary_key.is_none() {
                    table.primary_key = Some(PrimaryKey {
                        name: constraint.name.clone(),
                        columns: columns.clone(),
                    });
                }
            }
            ConstraintKind::UsingIndex => {}
            ConstraintKind::ForeignKey {
                columns,
                table: parent,
                referenced,
                full,
            } => {
                let Some(parent) = self.position(parent) else {
                    return;
                };
                let parent = &self.schema.tables[parent];
                let referenced_columns = if referenced.is_empty() {
                    let key = parent.primary_key.as_ref();
                    key.map(|key| key.columns.clone()).unwrap_or_default()
                } else {
                    referenced.clone()
                };
                let referenced_table = parent.name.clone();
                let name = name_or(columns, "fkey");
                let table = &mut self.schema.tables[position];
                // All of its columns are NULL or none is: so none is.
                if *full {
                    for column in &mut table.columns {
                        column.not_null |= columns.contains(&column.name);
                    }
                }
                table.foreign_keys.push(ForeignKey {
                    name,
                    columns: columns.clone(),
                    referenced_columns,
                    referenced_table,
                    on_delete: ReferentialAction::NoAction,
                    on_update: ReferentialAction::NoAction,
                    own: PgForeignKey {
                        deferrable: Deferrability::NotDeferrable,
                        validated: constraint.validated,
                    },
                });
            }
            ConstraintKind::Exclude {
                method,
                elements,
                predicate,
            } => {
                let name = name_or(&[], "excl");
                self.schema.tables[position]
                    .own
                    .exclusions
                    .push(ExclusionConstraint {
                        name,
                        method: method.clone(),
                        elements: elements.clone(),
                        predicate: predicate.clone(),
                        deferrable: Deferrability::NotDeferrable,
                    });
            }
        }
    }

    fn add_index(&mut self, index: IndexText) {
        let parts: Vec<IndexPart> = elements_of(&index.elements)
            .into_iter()
            .map(|element| IndexPart {
                key: plain_column(element).map_or_else(
                    || IndexKey::Expression(element.to_owned()),
                    IndexKey::Column,
                ),
                order: None,
                own: PgIndexPart {
                    operator_class: None,
                },
            })
            .collect();
        if let Some(table) = self.table(&index.table) {
            let columns: Vec<String> = parts
                .iter()
                .map(|part| match &part.key {
                    IndexKey::Column(name) => name.clone(),
                    IndexKey::Expression(_) => "expr".to_owned(),
                })
                .collect();
            let name = index.name.map_or_else(
                || default_name(&table.name.name, Some(&columns.join("_")), "idx"),
                |name| name.name,
            );
            table.indexes.push(Index {
                name,
                unique: index.unique,
                parts,
                comment: None,
                own: PgIndex {
                    method: index.method,
                    include: Vec::new(),
                    nulls_not_distinct: index.nulls_not_distinct,
                    predicate: index.predicate,
                },
            });
        }
    }
}

/// The column that an index's element is, whatever its operator class and order.
fn plain_column(element: &str) -> Option<String> {
    let tokens = sql_text::tokens(element);
    let (first, rest) = tokens.split_first()?;
    let is_plain = first.is_name() && rest.iter().all(|token| token.kind != TokenKind::Symbol);
    is_plain.then(|| sql_text::fold(first.text)).flatten()
}

fn drop_column(table: &mut Table, name: &str) {
    let names = |expression: &str| {
        value_model::expression::parse(expression).is_ok_and(|parsed| {
            value_model::expression::columns(&parsed)
                .iter()
                .any(|own| own == name)
        })
    };
    table.columns.retain(|column| column.name != name);
    table.checks.retain(|check| !names(&check.expression));
    table
        .own
        .uniques
        .retain(|unique| !unique.columns.iter().any(|own| own == name));
    table
        .foreign_keys
        .retain(|key| !key.columns.iter().any(|own| own == name));
    table.indexes.retain(|index| {
        !index.parts.iter().any(|part| match &part.key {
            IndexKey::Column(own) => own == name,
            IndexKey::Expression(list) => elements_of(list).into_iter().any(names),
        })
    });
    if let Some(key) = &table.primary_key
        && key.columns.iter().any(|own| own == name)
    {
        table.primary_key = None;
    }
}

fn rename_constraint(table: &mut Table, from: &str, to: &str) {
    let names = table
        .checks
        .iter_mut()
        .map(|check| &mut check.name)
        .chain(table.own.uniques.iter_mut().map(|unique| &mut unique.name))
        .chain(table.foreign_keys.iter_mut().map(|key| &mut key.name))
        .chain(
            table
                .own
                .exclusions
                .iter_mut()
                .map(|exclusion| &mut exclusion.name),
        );
    for name in names {
        if name == from {
            to.clone_into(name);
        }
    }
}

fn drop_constraint(table: &mut Table, name: &str) {
    table.checks.retain(|check| check.name != name);
    table.own.uniques.retain(|unique| unique.name != name);
    table.foreign_keys.retain(|key| key.name != name);
    table
        .own
        .exclusions
        .retain(|exclusion| exclusion.name != name);
    let default = format!("{}_pkey", table.name.name);
    if let Some(key) = &table.primary_key
        && key.name.as_deref().unwrap_or(&default) == name
    {
        table.primary_key = None;
    }
}

fn add_rule(table: &mut Table, column: &str, domain: &QualifiedName, rule: DomainRule) {
    match rule {
        DomainRule::NotNull => {
            if let Some(column) = table.columns.iter_mut().find(|own| own.name == column) {
                column.not_null = true;
            }
        }
        DomainRule::Check { name, expression } => {
            let array = table
                .column(column)
                .is_some_and(|column| column.data_type.array);
            // Of an array of a domain each element is checked, which isn't said by a check on the column.
            if !array {
                table.checks.push(CheckConstraint {
                    name: name.unwrap_or_else(|| default_name(&domain.name, None, "check")),
                    expression: with_column(&expression, column),
                    own: PgCheck { validated: true },
                });
            }
        }
    }
}

fn add_constraints_of_column(table: &mut Table, name: &str, text: &ColumnText) {
    let own = table.name.name.clone();
    let expressions: Vec<CheckConstraint> = text
        .checks
        .iter()
        .map(|(given, expression)| CheckConstraint {
            name: given
                .clone()
                .unwrap_or_else(|| default_name(&own, Some(name), "check")),
            expression: expression.clone(),
            own: PgCheck { validated: true },
        })
        .collect();
    table.checks.extend(expressions);
    if text.unique {
        table.own.uniques.push(UniqueConstraint {
            name: default_name(&own, Some(name), "key"),
            columns: vec![name.to_owned()],
            using_index: None,
            nulls_not_distinct: false,
            deferrable: Deferrability::NotDeferrable,
        });
    }
    if text.primary_key && table.primary_key.is_none() {
        table.primary_key = Some(PrimaryKey {
            name: None,
            columns: vec![name.to_owned()],
        });
    }
    let Some(column) = table.columns.iter_mut().find(|own| own.name == name) else {
        return;
    };
    column.not_null |= text.not_null || column.value == ColumnValue::Numbered(Numbering::Serial);
    if let Some(default) = &text.default {
        column.value = ColumnValue::Default(default.clone());
    }
    if let Some(expression) = &text.generated {
        column.value = ColumnValue::Generated {
            expression: expression.clone(),
            stored: true,
        };
    }
    if text.identity {
        column.value = ColumnValue::Numbered(Numbering::Identity(pg_model::Identity::ByDefault));
    }
}

/// The name that PostgreSQL gives to a check: with the column's name where there is one.
fn name_of_check(table: &Table, expression: &str) -> String {
    let columns = value_model::expression::parse(expression)
        .map(|parsed| value_model::expression::columns(&parsed))
        .unwrap_or_default();
    match columns.as_slice() {
        [column] => default_name(&table.name.name, Some(column), "check"),
        _ => default_name(&table.name.name, None, "check"),
    }
}

/// Puts a column's name in place of `VALUE`.
fn with_column(expression: &str, column: &str) -> String {
    let mut result = String::new();
    let mut end = 0;
    for token in sql_text::tokens(expression) {
        if token.kind == TokenKind::Word && token.is("value") {
            result.push_str(&expression[end..token.start()]);
            result.push_str(&pg_sql::identifier(column));
            end = token.end;
        }
    }
    result.push_str(&expression[end..]);
    result
}

/// Whether a column's type is the one of a name.
fn is_of_type(kind: &TypeKind, name: &QualifiedName, path: Option<&str>) -> bool {
    match kind {
        TypeKind::Other(sql) => pg_text::data_type::plain_name(sql).is_some_and(|own| {
            let schema = own.schema.clone().or_else(|| path.map(str::to_owned));
            public(QualifiedName {
                schema,
                ..own.clone()
            }) == *name
                || public(own) == *name
        }),
        TypeKind::Enum(own) => public(own.clone()) == *name,
        _ => false,
    }
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
