//! `add_foreign_key`.

use super::call::Call;
use super::raw;
use super::ruby::{list, string};
use crate::inflect::Inflections;
use crate::names;
use pg_model::{ForeignKey, ReferentialAction, Table};

/// Whether the DSL can say what the key does.
pub(super) fn has_a_word(key: &ForeignKey) -> bool {
    [key.on_delete, key.on_update]
        .into_iter()
        .all(|action| action != ReferentialAction::SetDefault)
}

/// `add_foreign_key "from", "to", …`; none for a key that the DSL has no word for.
pub(super) fn add_foreign_key(
    table: &Table,
    key: &ForeignKey,
    inflections: &Inflections,
) -> Option<String> {
    if !has_a_word(key) {
        return None;
    }
    let from = raw(&table.name);
    let mut call = Call::new("add_foreign_key")
        .argument(&string(&from))
        .argument(&string(&raw(&key.referenced_table)));
    let guessed = format!("{}_id", inflections.singularize(&key.referenced_table.name));
    match key.columns.as_slice() {
        [column] if *column == guessed && key.referenced_columns.len() == 1 => {}
        [column] => call = call.option("column", &string(column)),
        columns => call = call.option("column", &list(columns)),
    }
    match key.referenced_columns.as_slice() {
        [column] if column == "id" => {}
        [column] => call = call.option("primary_key", &string(column)),
        columns => call = call.option("primary_key", &list(columns)),
    }
    let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
    if key.name != names::foreign_key(&from, &columns) {
        call = call.text("name", Some(&key.name));
    }
    for (name, action) in [("on_update", key.on_update), ("on_delete", key.on_delete)] {
        let word = match action {
            ReferentialAction::NoAction | ReferentialAction::SetDefault => continue,
            ReferentialAction::Restrict => ":restrict",
            ReferentialAction::Cascade => ":cascade",
            ReferentialAction::SetNull => ":nullify",
        };
        call = call.option(name, word);
    }
    call = call.deferrable(key.own.deferrable);
    if !key.own.validated {
        call = call.option("validate", "false");
    }
    Some(call.finish())
}
