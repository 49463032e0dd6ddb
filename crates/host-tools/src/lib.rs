//! What `cargo xtask`, the demo and the tests all need of the machine: its programs, found and run, and this
//! workspace's own place.
//!
//! It is apart from `testkit` so that `cargo xtask` is built in seconds: testkit carries an S3 server.

pub mod mysql;
pub mod narrate;
pub mod postgres;
pub mod process;
pub mod run;
pub mod workspace;
