//! What the commands have in common: how a failure reads, which exit code it has, and how much is
//! said. It knows nothing of what the commands do.

mod again;
mod failure;
mod mistake;
#[cfg(test)]
mod origin;
mod page;
mod parse;
mod synonym;
mod verbosity;

pub use again::this_command_without;
pub use failure::{Failure, Status, finish};
pub use parse::parse;
pub use verbosity::{Verbosity, directives};

use anstream::{AutoStream, ColorChoice};

/// The commit that this was built from: in a release, or where the builder said it.
pub const COMMIT: Option<&str> = said(option_env!("BUILD_COMMIT"));

/// Where others can get what this was built from: the address, fit for `git clone`, that the clone's remote had. None for
/// what was built elsewhere than in a clone of something on the network.
pub const SOURCE: Option<&str> = said(option_env!("BUILD_SOURCE"));

const fn said(value: Option<&'static str>) -> Option<&'static str> {
    match value {
        Some(value) if !value.is_empty() => Some(value),
        _ => None,
    }
}

/// Whether standard error shows colours. As `--help` has it, and most programs have: on a terminal that can, unless
/// `NO_COLOR` (<https://no-color.org>) is set, or anywhere with `CLICOLOR_FORCE=1` (<https://bixense.com/clicolors>).
pub fn colour_on_stderr() -> bool {
    AutoStream::choice(&std::io::stderr()) != ColorChoice::Never
}

/// Whether standard output shows colours, by the same rule.
pub fn colour_on_stdout() -> bool {
    AutoStream::choice(&std::io::stdout()) != ColorChoice::Never
}
