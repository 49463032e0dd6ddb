//! A schema in words that aren't MySQL's.

use crate::expression::{self, Names, own_column};
use crate::types::{self, Neutral};
use crate::{collation, partitions};
use mysql_model::DataType;
use std::collections::BTreeSet;
use value_model::expression::identifier;
use value_model::{
    CheckConstraint, Column, ColumnRules, ColumnValue, DataType as ValueDataType, Doubt, EnumType,
    ForeignKey, Index, IndexKey, IndexPart, IndexRules, PrimaryKey, QualifiedName, Subject, Table,
    TableRules, ValueType,
};

/// The name of every primary key.
const PRIMARY: &str = "PRIMARY";

/// The same schema, without what doesn't bind rows.
pub(crate) fn subject(schema: &mysql_model::Schema) -> Subject {
    let mut subject = Subject::default();
    for table in &schema.tables {
        let table = self::table(schema, table, &mut subject);
        subject.schema.tables.push(table);
    }
    subject
}

/// A table while it is made.
struct Making<'a> {
    table: &'a mysql_model::Table,
    /// Columns that hold true or false.
    truths: Vec<String>,
    /// Columns of texts that a check wants to be JSON.
    json: BTreeSet<String>,
    checks: Vec<CheckConstraint>,
    subject: &'a mut Subject,
}

fn table(schema: &mysql_model::Schema, table: &mysql_model::Table, subject: &mut Subject) -> Table {
    let enforced = || table.checks.iter().filter(|check| check.own.enforced);
    let json = enforced()
        .filter_map(|check| expression::json_column(&check.expression, table))
        .collect();
    let mut making = Making {
        table,
        truths: truths(schema, table),
        json,
        checks: Vec::new(),
        subject,
    };
    let columns = table.columns.iter().map(|own| making.column(own)).collect();
    for check in enforced() {
        if expression::json_column(&check.expression, table).is_none() {
            making.check(&check.name, &check.expression);
        }
    }
    if let Some(partitioning) = table.options.as_deref().and_then(partitions::read) {
        making.partitions(&partitioning);
    }
    Table {
        name: table.name.clone(),
        renamed_from: table.renamed_from.clone(),
        columns,
        primary_key: table.primary_key.as_ref().map(|key| PrimaryKey {
            name: Some(PRIMARY.to_owned()),
            columns: making.own(&key.columns),
        }),
        indexes: table
            .indexes
            .iter()
            .map(|index| making.index(index))
            .collect(),
        foreign_keys: table
            .foreign_keys
            .iter()
            .map(|key| making.foreign_key(schema, key))
            .collect(),
        checks: making.checks,
        options: None,
        as_query: table.as_query.clone(),
        comment: table.comment.clone(),
        own: TableRules {
            temporary: table.own.temporary,
            ..TableRules::default()
        },
    }
}

/// Columns of `tinyint(1)` that hold true or false: all but those that count rows or name one.
fn truths(schema: &mysql_model::Schema, table: &mysql_model::Table) -> Vec<String> {
    let is_key = |name: &str| {
        let in_primary = table.primary_key.iter().flat_map(|key| &key.columns);
        let in_foreign = table.foreign_keys.iter().flat_map(|key| &key.columns);
        let named = schema
            .tables
            .iter()
            .flat_map(|other| &other.foreign_keys)
            .filter(|key| key.referenced_table == table.name)
            .flat_map(|key| &key.referenced_columns);
        in_primary
            .chain(in_foreign)
            .chain(named)
            .any(|own| own.eq_ignore_ascii_case(name))
    };
    table
        .columns
        .iter()
        .filter(|column| {
            let is_tiny = matches!(
                column.data_type,
                DataType::Integer {
                    size: mysql_model::IntegerSize::Tiny,
                    unsigned: false,
                    width: Some(1),
                    zerofill: false,
                }
            );
            let counts = matches!(column.value, mysql_model::ColumnValue::Numbered(_));
            is_tiny && !counts && !is_key(&column.name)
        })
        .map(|column| column.name.clone())
        .collect()
}

impl Making<'_> {
    fn names(&self) -> Names<'_> {
        Names {
            table: self.table,
            truths: &self.truths,
        }
    }

    /// Names of columns as the table spells them.
    fn own(&self, names: &[String]) -> Vec<String> {
        own_names(self.table, names)
    }

    fn column(&mut self, column: &mysql_model::Column) -> Column {
        let table = &self.table.name;
        let label_type = QualifiedName {
            schema: table.schema.clone(),
            name: format!("{}.{}", table.name, column.name),
        };
        let is_truth = self.truths.contains(&column.name);
        let Neutral {
            kind,
            checks,
            labels,
            most_bytes,
            moments,
        } = types::neutral(&column.data_type, label_type.clone(), is_truth);
        let kind = if self.json.contains(&column.name) {
            ValueType::ParsedJson
        } else {
            self.shortest_key(&column.name, kind)
        };
        if !labels.is_empty() {
            self.subject.schema.own.enums.push(EnumType {
                name: label_type,
                values: labels,
            });
        }
        let points = self
            .table
            .foreign_keys
            .iter()
            .flat_map(|key| &key.columns)
            .any(|own| own.eq_ignore_ascii_case(&column.name));
        // What a key points to has numbers that fit.
        let is_made = !matches!(column.value, mysql_model::ColumnValue::Generated { .. });
        if is_made && !points {
            for check in checks {
                self.checks.push(CheckConstraint {
                    name: column.name.clone(),
                    expression: check.replace("{}", &identifier(&column.name)),
                    own: (),
                });
            }
        }
        Column {
            name: column.name.clone(),
            renamed_from: column.renamed_from.clone(),
            data_type: ValueDataType::scalar(kind),
            not_null: column.not_null,
            value: self.value(column, is_truth),
            collation: None,
            comment: column.comment.clone(),
            own: ColumnRules {
                folded: collation::is_folded(self.table, column),
                most_bytes,
                characters: collation::characters(self.table, column),
                moments,
            },
        }
    }

    /// A text whose first characters must be unique has no more of them.
    fn shortest_key(&self, column: &str, kind: ValueType) -> ValueType {
        let lengths = self
            .table
            .indexes
            .iter()
            .filter(|index| index.unique)
            .flat_map(|index| &index.parts)
            .filter(|part| matches!(&part.key, IndexKey::Column(own) if own.eq_ignore_ascii_case(column)))
            .filter_map(|part| part.own.length);
        let Some(shortest) = lengths.min() else {
            return kind;
        };
        match kind {
            ValueType::Text => ValueType::Varchar {
                limit: Some(shortest),
            },
            ValueType::Varchar { limit } => ValueType::Varchar {
                limit: Some(limit.map_or(shortest, |limit| limit.min(shortest))),
            },
            ValueType::Char { limit } => ValueType::Char {
                limit: Some(limit.map_or(shortest, |limit| limit.min(shortest))),
            },
            other => other,
        }
    }

    fn value(&self, column: &mysql_model::Column, is_truth: bool) -> ColumnValue {
        match &column.value {
            mysql_model::ColumnValue::None => ColumnValue::None,
            mysql_model::ColumnValue::Null => ColumnValue::Null,
            mysql_model::ColumnValue::Numbered(_) => ColumnValue::Numbered(()),
            mysql_model::ColumnValue::Default(sql) => match default(sql, is_truth, self.names()) {
                Some(sql) => ColumnValue::Default(sql),
                None => ColumnValue::None,
            },
            mysql_model::ColumnValue::Generated { expression, stored } => ColumnValue::Generated {
                expression: self.computed(expression),
                stored: *stored,
            },
        }
    }

    /// What a computed column is made of: its expression, else the columns that it names.
    fn computed(&self, sql: &str) -> String {
        expression::value(sql, self.names()).unwrap_or_else(|_| {
            let columns = expression::columns(sql, self.table);
            let names: Vec<String> = columns.iter().map(|name| identifier(name)).collect();
            format!("computed({})", names.join(", "))
        })
    }

    fn check(&mut self, name: &str, sql: &str) {
        match expression::condition(sql, self.names()) {
            Ok(expression) => self.checks.push(CheckConstraint {
                name: name.to_owned(),
                expression,
                own: (),
            }),
            Err(what) => self.doubt(name, format!("the check `{name}` isn't understood: {what}")),
        }
    }

    fn doubt(&mut self, name: &str, text: String) {
        let doubt = Doubt::new(self.table.name.to_string(), name, text);
        self.subject.doubts.push(doubt);
    }

    fn partitions(&mut self, partitioning: &partitions::Partitioning) {
        let name = "partitions";
        match partitioning {
            partitions::Partitioning::All => {}
            partitions::Partitioning::Within(sql) => self.check(name, sql),
            partitions::Partitioning::Unknown(sql) => {
                self.doubt(name, format!("it isn't known which rows `{sql}` takes"));
            }
        }
    }

    fn index(&mut self, index: &mysql_model::Index) -> Index {
        let mut parts = Vec::new();
        for part in &index.parts {
            let key = match &part.key {
                IndexKey::Column(name) => {
                    IndexKey::Column(own_column(self.table, name).unwrap_or_else(|| name.clone()))
                }
                IndexKey::Expression(sql) => IndexKey::Expression(self.indexed(index, sql)),
            };
            parts.push(IndexPart {
                key,
                order: part.order.clone(),
                own: (),
            });
        }
        Index {
            name: index.name.clone(),
            // One for words or places tells no rows apart.
            unique: index.unique && index.own.kind == mysql_model::IndexKind::Ordinary,
            parts,
            comment: index.comment.clone(),
            own: IndexRules::default(),
        }
    }

    /// The expressions of an index's text, each translated; one that can't be leaves its columns.
    fn indexed(&self, index: &mysql_model::Index, sql: &str) -> String {
        let elements = elements(sql);
        let translated: Vec<String> = elements
            .iter()
            .map(|element| {
                expression::value(element, self.names()).unwrap_or_else(|_| {
                    if index.unique {
                        self.computed(element)
                    } else {
                        "1".to_owned()
                    }
                })
            })
            .collect();
        translated.join(", ")
    }

    fn foreign_key(
        &self,
        schema: &mysql_model::Schema,
        key: &mysql_model::ForeignKey,
    ) -> ForeignKey {
        let referenced = schema.table(&key.referenced_table);
        ForeignKey {
            name: key.name.clone(),
            columns: self.own(&key.columns),
            referenced_table: key.referenced_table.clone(),
            referenced_columns: match referenced {
                Some(table) => own_names(table, &key.referenced_columns),
                None => key.referenced_columns.clone(),
            },
            on_delete: key.on_delete,
            on_update: key.on_update,
            own: (),
        }
    }
}

fn own_names(table: &mysql_model::Table, names: &[String]) -> Vec<String> {
    names
        .iter()
        .map(|name| own_column(table, name).unwrap_or_else(|| name.clone()))
        .collect()
}

/// The elements of an index's text without their order: `lower(a) DESC, b`.
fn elements(sql: &str) -> Vec<&str> {
    let mut elements = Vec::new();
    let (mut start, mut end, mut depth) = (0, None, 0_u32);
    for token in mysql_text::tokens(sql) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && (token.is("asc") || token.is("desc")) {
            end = Some(token.start());
        } else if depth == 0 && token.is(",") {
            elements.push(&sql[start..end.take().unwrap_or_else(|| token.start())]);
            start = token.end;
        }
    }
    elements.push(&sql[start..end.unwrap_or(sql.len())]);
    elements
}

/// A default as a constant of the other form; none for what the server computes.
fn default(sql: &str, is_truth: bool, names: Names<'_>) -> Option<String> {
    if is_truth {
        let truth = expression::condition(sql, names).ok().or_else(|| {
            let text = mysql_text::text_value(sql.trim())?;
            expression::condition(&text, names).ok()
        })?;
        return Some(truth.to_lowercase());
    }
    if let Some(text) = mysql_text::text_value(sql.trim()) {
        return Some(format!("'{}'", text.replace('\'', "''")));
    }
    expression::value(sql, names).ok()
}
