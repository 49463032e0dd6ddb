//! What a PostgreSQL schema wants of its rows.
//!
//! [`subject`] makes of it a schema without PostgreSQL's words: types become what may stand in a column, and raw SQL
//! (domains, constraints, partitions, what tables inherit) becomes part of the tables that it is about.

mod neutral;
mod raw_sql;

use value_model::Subject;

/// What rows of a schema must be.
pub fn subject(schema: &pg_model::Schema) -> Subject {
    let mut remarks = Vec::new();
    let completed = raw_sql::complete(schema, &mut remarks);
    Subject {
        schema: neutral::schema(&completed.schema),
        placed: completed.placed,
        parts: completed.parts,
        doubts: completed.doubts,
        remarks,
    }
}
