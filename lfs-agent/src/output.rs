//! Writing to the terminal: results on stdout, remarks and failures on stderr.
//!
//! Never used by the agent itself, whose stdout is git-lfs's.

use std::io::{self, Write};

/// Writes a line to stdout. A reader that has gone away (`lfs-agent ls | head`) is no failure.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Writes a line to stderr.
pub(crate) fn remark(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
