//! What the commands have in common: how a failure reads, which exit code it has, and how much is
//! said. It knows nothing of what the commands do.

mod failure;
mod mistake;
mod parse;
mod verbosity;

pub use failure::{Failure, Status, finish};
pub use parse::parse;
pub use verbosity::{Verbosity, directives};

use std::io::IsTerminal as _;

/// Whether standard error shows colours: it is a terminal, and `NO_COLOR` (<https://no-color.org>)
/// is unset or empty.
pub fn colour_on_stderr() -> bool {
    std::io::stderr().is_terminal() && colours_wanted()
}

/// Whether standard output shows colours, by the same rule.
pub fn colour_on_stdout() -> bool {
    std::io::stdout().is_terminal() && colours_wanted()
}

fn colours_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
