//! `add_foreign_key`.

use crate::inflect::Inflections;
use crate::writer;
use pg_model::{Deferrability, ForeignKey, Table};

/// `add_foreign_key "from", "to", …`; none for a key that the DSL has no word for.
pub(super) fn add_foreign_key(
    table: &Table,
    key: &ForeignKey,
    inflections: &Inflections,
) -> Option<String> {
    let mut call = writer::add_foreign_key(table, key, inflections)?;
    if let Some(word) = deferrable(key.own.deferrable) {
        call = call.option("deferrable", word);
    }
    if !key.own.validated {
        call = call.option("validate", "false");
    }
    Some(call.finish())
}

/// When a constraint is checked, where that isn't at once.
pub(super) fn deferrable(deferrable: Deferrability) -> Option<&'static str> {
    match deferrable {
        Deferrability::NotDeferrable => None,
        Deferrability::InitiallyImmediate => Some(":immediate"),
        Deferrability::InitiallyDeferred => Some(":deferred"),
    }
}
