//! What the commands have in common: how a failure reads, which exit code it has, and how much is
//! said. It knows nothing of what the commands do.

mod failure;
mod mistake;
mod page;
mod parse;
mod verbosity;

pub use failure::{Failure, Status, finish};
pub use parse::parse;
pub use verbosity::{Verbosity, directives};

use anstream::{AutoStream, ColorChoice};

/// Whether standard error shows colours. As `--help` has it, and most programs have: on a terminal that can, unless
/// `NO_COLOR` (<https://no-color.org>) is set, or anywhere with `CLICOLOR_FORCE=1` (<https://bixense.com/clicolors>).
pub fn colour_on_stderr() -> bool {
    AutoStream::choice(&std::io::stderr()) != ColorChoice::Never
}

/// Whether standard output shows colours, by the same rule.
pub fn colour_on_stdout() -> bool {
    AutoStream::choice(&std::io::stdout()) != ColorChoice::Never
}
