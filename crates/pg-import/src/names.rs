//! The names that PostgreSQL gives to constraints and indexes which were made without one.
//!
//! `pg_dump` writes all names; people don't. The rules are those of `ChooseIndexName`, `ChooseIndexColumnNames` and
//! `ChooseConstraintName` in PostgreSQL's sources (`src/backend/commands/indexcmds.c`,
//! `src/backend/catalog/pg_constraint.c`).

use crate::cursor::{Cursor, list};
use crate::draft::Draft;
use crate::object::{Class, Object};
use crate::raw_statement;
use pg_model::{ForeignKey, Index, IndexKey, QualifiedName, Table};
use pg_text::default_name;
use std::collections::BTreeSet;

/// Names all parts of a table that have none yet. The table need not be in the draft.
pub(crate) fn name_parts(draft: &Draft, table: &mut Table, foreign_keys: &mut [ForeignKey]) {
    let usual_key = QualifiedName {
        schema: table.name.schema.clone(),
        name: default_name(&table.name.name, None, "pkey"),
    };
    let has_key = draft
        .table(&table.name)
        .is_some_and(|made| made.table.primary_key.is_some());
    // The usual name of the key may be another's by now.
    let key_is_late = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.name.is_none())
        && !has_key
        && draft.knows(&Object::relation(&usual_key));
    let has_all_names = !key_is_late
        && table.checks.iter().all(|check| !check.name.is_empty())
        && table
            .own
            .uniques
            .iter()
            .all(|unique| !unique.name.is_empty())
        && table
            .own
            .exclusions
            .iter()
            .all(|exclusion| !exclusion.name.is_empty())
        && foreign_keys.iter().all(|key| !key.name.is_empty());
    if has_all_names {
        return;
    }
    let mut taken = Taken::of(draft, &table.name);
    if let Some(key) = table.primary_key.as_mut().filter(|_| key_is_late) {
        key.name = Some(taken.choose(&table.name, None, "pkey"));
    }
    taken.add(table, foreign_keys);
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    for check in table
        .checks
        .iter_mut()
        .filter(|check| check.name.is_empty())
    {
        let mut named = columns
            .iter()
            .filter(|column| raw_statement::speaks_of(&check.expression, column));
        // Only a check of one column is named after it.
        let column = named.next().filter(|_| named.next().is_none());
        check.name = taken.choose(&table.name, column.map(String::as_str), "check");
    }
    for unique in table
        .own
        .uniques
        .iter_mut()
        .filter(|unique| unique.name.is_empty())
    {
        let columns = unique.columns.join("_");
        unique.name = taken.choose(&table.name, Some(&columns), "key");
    }
    for exclusion in &mut table.own.exclusions {
        if exclusion.name.is_empty() {
            let columns = names_of_elements(&list(&exclusion.elements));
            exclusion.name = taken.choose(&table.name, Some(&columns), "excl");
        }
    }
    for key in foreign_keys.iter_mut().filter(|key| key.name.is_empty()) {
        let columns = key.columns.join("_");
        key.name = taken.choose(&table.name, Some(&columns), "fkey");
    }
}

/// The name of the sequence of a serial column.
pub(crate) fn of_sequence(draft: &Draft, table: &QualifiedName, column: &str) -> QualifiedName {
    let usual = QualifiedName {
        schema: table.schema.clone(),
        name: default_name(&table.name, Some(column), "seq"),
    };
    if !draft.knows(&Object::relation(&usual)) {
        return usual;
    }
    QualifiedName {
        name: Taken::of(draft, table).choose(table, Some(column), "seq"),
        ..usual
    }
}

/// The name of an index that was made without one.
pub(crate) fn of_index(draft: &Draft, table: &Table, index: &Index) -> String {
    let mut elements: Vec<String> = Vec::new();
    for part in &index.parts {
        match &part.key {
            IndexKey::Column(name) => elements.push(pg_sql::identifier(name).into_owned()),
            // The whole list, when it isn't plain columns.
            IndexKey::Expression(text) => {
                elements.extend(list(text).into_iter().map(str::to_owned));
            }
        }
    }
    elements.extend(
        index
            .own
            .include
            .iter()
            .map(|name| pg_sql::identifier(name).into_owned()),
    );
    let elements: Vec<&str> = elements.iter().map(String::as_str).collect();
    let columns = names_of_elements(&elements);
    let mut taken = Taken::of(draft, &table.name);
    taken.add(table, &[]);
    taken.choose(&table.name, Some(&columns), "idx")
}

/// What the elements of an index contribute to its name.
fn names_of_elements(elements: &[&str]) -> String {
    let mut names: Vec<String> = Vec::new();
    for element in elements {
        let base = name_of_element(element);
        let mut name = base.clone();
        let mut number = 0;
        while names.contains(&name) {
            number += 1;
            name = format!("{base}{number}");
        }
        names.push(name);
    }
    names.join("_")
}

/// A column's name, that of a function, or `expr`.
fn name_of_element(element: &str) -> String {
    let element = element.trim();
    let inner = crate::cursor::without_parentheses(element);
    let mut cursor = Cursor::new(inner);
    let Some(name) = cursor.dotted().and_then(|mut parts| parts.pop()) else {
        return "expr".to_owned();
    };
    let is_call = cursor.parenthesised().is_some();
    let is_column = inner == element;
    let ends = cursor.is_at_end() || cursor.sees(&["collate"]) || cursor.sees(&[":", ":"]);
    let has_class = is_column
        && (cursor.peek().is_some_and(sql_text::Token::is_name) || cursor.sees(&["with"]));
    if ends || has_class || (is_call && is_column) {
        name
    } else {
        "expr".to_owned()
    }
}

/// Names that nothing else in a schema may have.
struct Taken(BTreeSet<String>);

impl Taken {
    fn of(draft: &Draft, table: &QualifiedName) -> Self {
        let mut taken = Self(BTreeSet::new());
        let same_schema = |name: &QualifiedName| name.schema == table.schema;
        for made in draft
            .tables
            .iter()
            .filter(|made| same_schema(&made.table.name))
        {
            taken.0.insert(made.table.name.name.clone());
            taken.add(&made.table, &[]);
        }
        for key in draft
            .foreign_keys
            .iter()
            .filter(|key| same_schema(&key.table))
        {
            taken.0.insert(key.key.name.clone());
        }
        let sequences = draft.sequences.iter().map(|sequence| &sequence.name);
        let relations = draft
            .raw
            .iter()
            .filter_map(|statement| statement.makes.as_ref())
            .filter(|made| made.class == Class::Relation)
            .map(|made| &made.name);
        taken.0.extend(
            sequences
                .chain(relations)
                .filter(|name| same_schema(name))
                .map(|name| name.name.clone()),
        );
        taken
    }

    fn add(&mut self, table: &Table, foreign_keys: &[ForeignKey]) {
        self.0.extend(crate::draft_table::index_names(table));
        self.0
            .extend(table.checks.iter().map(|check| check.name.clone()));
        self.0
            .extend(foreign_keys.iter().map(|key| key.name.clone()));
    }

    fn choose(&mut self, table: &QualifiedName, columns: Option<&str>, label: &str) -> String {
        let mut name = default_name(&table.name, columns, label);
        let mut number = 0;
        while self.0.contains(&name) {
            number += 1;
            name = default_name(&table.name, columns, &format!("{label}{number}"));
        }
        self.0.insert(name.clone());
        name
    }
}
