//! `cargo xtask bench`: the figures of docs/benchmarks.md, measured here and now.

use command_line::Failure;

/// Measures one thing, or says what there is to measure.
pub(crate) fn run(what: Option<&str>) -> Result<(), Failure> {
    let failure = match what {
        None => Failure::input("there is nothing to measure yet"),
        Some(what) => Failure::input(format!("`{what}` can't be measured yet")),
    };
    Err(failure.hint("benchmarks of the generators and of the transfer are still to be written"))
}
