//! `cargo xtask demo`: the main job from nothing to a loaded database, on this machine, told as it goes.
//!
//! Nothing is pretended: the programs are this workspace's own, git, git-lfs and PostgreSQL are the real ones, and
//! each sentence about a result is checked before it is said. Only the S3 server lives in this process.

mod developer;
mod scratch;
mod story;

use clap::Args;

use crate::failure::Failure;
use crate::{narrate, setup};
use scratch::Scratch;

/// How to show it.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave the repositories where they are, and say where
    #[arg(long)]
    keep: bool,
}

/// Tells the story, and clears up after it however it ends.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    setup::ensure()?;
    let scratch = Scratch::new()?;
    let result = story::tell(scratch.path());
    if options.keep {
        let path = scratch.keep();
        narrate::say(format_args!("\nEverything is left in {}", path.display()));
        return result;
    }
    result.map_err(|failure| {
        failure.with_fallback_hint("`cargo xtask demo --keep` leaves the repositories to look at")
    })
}
