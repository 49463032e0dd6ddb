//! What a schema of MySQL or MariaDB wants of its rows.
//!
//! [`subject`] makes of it a schema without MySQL's words. Types become what may stand in a column, with checks for what
//! is narrower (a number without a sign, a moment before 2038); expressions are translated, or are a doubt; what compares equal
//! under a collation is said of the column.

mod collation;
mod expression;
mod neutral;
mod partitions;
mod raw_sql;
mod types;

use mysql_model::Server;
use value_model::Subject;

/// The schema with the columns, constraints and unique indexes that its raw SQL adds, as far as they are understood.
pub fn completed(schema: &mysql_model::Schema, server: Server) -> mysql_model::Schema {
    raw_sql::complete(schema, server).schema
}

/// What rows of a schema must be on a server.
pub fn subject(schema: &mysql_model::Schema, server: Server) -> Subject {
    let completed = raw_sql::complete(schema, server);
    let mut subject = neutral::subject(&completed.schema);
    subject.doubts.extend(completed.doubts);
    subject.remarks.extend(completed.remarks);
    subject
}

#[cfg(test)]
mod tests;
