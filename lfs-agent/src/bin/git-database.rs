//! `git database`. It is installed along with lfs-agent, because that is what a machine has that only wants the database;
//! all of it is in `local-database`, and none of it needs S3.

use std::process::ExitCode;

fn main() -> ExitCode {
    local_database::main()
}
