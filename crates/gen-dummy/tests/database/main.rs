//! Dumps, made by the real binary and loaded into a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod bindings;
mod capture;
mod coherence;
mod configuration;
mod constraints;
mod fixed;
mod following;
mod forms;
mod kept;
mod loads;
mod many;
mod support;
mod tenants;
