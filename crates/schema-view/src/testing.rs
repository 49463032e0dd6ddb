//! Views for tests.

use crate::{Column, Key, Table, View};

/// A view of tables with an `id` and a column and a key for each table that they point to.
pub(crate) fn view(tables: &[(&str, &[&str])]) -> View {
    let mut view = View {
        tables: tables
            .iter()
            .map(|(name, targets)| table(name, targets))
            .collect(),
        ..View::default()
    };
    view.link();
    view
}

fn table(name: &str, targets: &[&str]) -> Table {
    let column = |name: String| Column {
        name,
        type_text: "bigint".into(),
        ..Column::default()
    };
    let key = |target: &&str| Key {
        name: format!("{name}_{target}"),
        columns: vec![format!("{target}_id")],
        table: (*target).to_owned(),
        referenced_columns: vec!["id".into()],
        ..Key::default()
    };
    Table {
        name: name.to_owned(),
        columns: std::iter::once("id".to_owned())
            .chain(targets.iter().map(|target| format!("{target}_id")))
            .map(column)
            .collect(),
        primary_key: vec!["id".into()],
        keys: targets.iter().map(key).collect(),
        ..Table::default()
    }
}
