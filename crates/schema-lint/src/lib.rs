//! Where a reviewer of a schema would frown.
//!
//! A rule looks at a view and tells findings, each with its reason. Those that real schemas break for good reasons are
//! off until a team wants them; a remark in the schema's file, `# lint: off rule`, switches a rule off for a column, a
//! table or the whole schema, and `# lint: on rule` on. No rule knows a dialect.

mod names;
mod remarks;
mod rules;

pub use remarks::{Place, Remark, Switches, switches};
pub use rules::{Finding, RULES, Rule, lint};

#[cfg(test)]
mod tests;
