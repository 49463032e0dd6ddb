//! The main job from nothing to a loaded database, on this machine, told as it goes. `cargo xtask demo` runs it.
//!
//! Nothing is pretended: the programs are this workspace's own, git, git-lfs, PostgreSQL and MariaDB are the real ones, and
//! each sentence about a result is checked before it is said. Only the S3 server lives in this process.

mod arguments;
mod database;
mod developer;
mod load;
mod merge;
mod picture;
mod scratch;
mod story;

use std::process::ExitCode;

fn main() -> ExitCode {
    arguments::main()
}
