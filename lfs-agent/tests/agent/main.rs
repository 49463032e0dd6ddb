//! Tests of the agent with real git and git-lfs, in one program: it links the S3 server of the test kit once, and a test
//! that waits for the network leaves the machine to others.

mod amazon;
mod certificates;
mod commands;
mod common;
mod diff;
mod disk;
mod doctor;
mod end_to_end;
mod faults;
mod generated;
mod get;
mod hostile;
mod json;
mod log;
mod memory;
mod merge;
mod mirror;
mod network;
mod no_knowledge;
mod permissions;
mod prune;
mod random_histories;
mod random_prunes;
mod repair;
mod repositories;
mod server;
mod setting_up;
mod tending;
mod texts;
mod thousand;
mod version_faults;
mod versions;
