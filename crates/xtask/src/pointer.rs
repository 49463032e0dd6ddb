//! `cargo xtask pointer`: writes the LFS pointer that stands for the dump that gen-dummy makes.
//!
//! In a team's repository git-lfs turns a dump into its pointer on `git add`. This repository is worked on without
//! git-lfs's filters, and its dump is never stored: `cargo run -p gen-dummy` makes it anew. So a change that alters the
//! rows comes with a new pointer, and this is how it is made.

use std::process::Command;

use command_line::Failure;
use host_tools::run::captured;
use host_tools::workspace::{program, root};
use host_tools::{narrate, process};

use crate::setup::POSTGRESQL;
use crate::{build, setup};

/// The dump, from the repository's root.
const DUMP: &str = "dumps/02_dummy.sql.gz";

/// Makes the dump aside and writes its pointer in its place.
pub(crate) fn run() -> Result<(), Failure> {
    setup::ensure(&[POSTGRESQL])?;
    build::packages(&[], &["gen-dummy"])?;
    let scratch = tempfile::tempdir()
        .map_err(|error| Failure::outside(format!("no temporary directory can be had: {error}")))?;
    let dump = scratch.path().join("02_dummy.sql.gz");
    let mut generate = Command::new(program("gen-dummy"));
    generate.current_dir(root()).arg("-o").arg(&dump);
    captured(&mut generate)?;
    let mut lfs = Command::new("git");
    lfs.current_dir(scratch.path())
        .args(["lfs", "pointer", "--file"])
        .arg(&dump);
    let pointer = captured(&mut lfs)?.stdout;
    if lfs_pointer::Pointer::parse(&pointer).is_none() {
        return Err(Failure::outside(format!(
            "`{}` printed something else than a pointer",
            process::command_line(&lfs)
        )));
    }
    // Whole or not at all: a half pointer would be committed as if it were one.
    whole_file::write(&root().join(DUMP), &mut pointer.as_slice())
        .map_err(|error| Failure::outside(format!("can't write `{DUMP}`: {error}")))?;
    narrate::say(format_args!(
        "{DUMP} is the pointer of what gen-dummy makes."
    ));
    Ok(())
}
