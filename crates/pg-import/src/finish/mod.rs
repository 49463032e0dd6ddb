//! What can be told only when all of a dump was read: which tables are parts of others, whose a sequence is, which types
//! are enums, and which keys stand on what the model has.

mod missing;
mod partitions;
mod sequences;

pub(crate) use sequences::takes_from;

use crate::Import;
use crate::draft::Draft;
use crate::draft_table::DraftTable;
use crate::raw_statement::{self, RawStatement};
use crate::value;
use pg_model::{PgSchema, Schema, TypeKind};
use pg_text::data_type::plain_name;

/// The schema, when everything was read.
pub(crate) fn finish(mut draft: Draft) -> Import {
    missing::make_or_leave_out(&mut draft);
    partitions::take_out(&mut draft);
    sequences::make_serial(&mut draft);
    resolve_enums(&mut draft);
    resolve_foreign_keys(&mut draft);
    for made in &mut draft.tables {
        value::normalize(&mut made.table);
    }
    let kept: Vec<DraftTable> = draft.tables.into_iter().filter(|made| made.kept).collect();
    let statements = raw_statement::order(draft.raw, &kept);
    Import {
        places: kept.iter().map(|made| (0, made.line)).collect(),
        schema: Schema {
            tables: kept.into_iter().map(|made| made.table).collect(),
            statements,
            own: PgSchema {
                namespaces: draft.namespaces,
                extensions: draft.extensions,
                enums: draft.enums,
            },
        },
        notes: draft.left_out.notes(),
    }
}

/// Tells columns of enum types from those of other types that the dump makes.
fn resolve_enums(draft: &mut Draft) {
    let enums = &draft.enums;
    for column in draft
        .tables
        .iter_mut()
        .flat_map(|made| &mut made.table.columns)
    {
        let TypeKind::Other(text) = &column.data_type.kind else {
            continue;
        };
        let Some(name) = plain_name(text) else {
            continue;
        };
        if enums.iter().any(|known| known.name == name) {
            column.data_type.kind = TypeKind::Enum(name);
        }
    }
}

/// Gives foreign keys to their tables; those that stand on what isn't in the model stay statements.
fn resolve_foreign_keys(draft: &mut Draft) {
    for waiting in std::mem::take(&mut draft.foreign_keys) {
        let target_is_known = draft
            .table(&waiting.key.referenced_table)
            .is_some_and(|target| {
                target.kept && target.table.is_unique_on(&waiting.key.referenced_columns)
            });
        let says_it_itself =
            waiting.is_inline && draft.table(&waiting.table).is_some_and(|own| !own.kept);
        let own = draft
            .table_mut(&waiting.table)
            .filter(|own| own.kept && target_is_known);
        match own {
            Some(own) => own.table.foreign_keys.push(waiting.key),
            // The partition that is kept word for word says it itself.
            None if says_it_itself => {}
            None => draft
                .raw
                .push(RawStatement::new(&waiting.sql, waiting.at, waiting.line)),
        }
    }
}
