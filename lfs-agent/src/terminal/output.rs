//! Writing to the terminal: results on stdout, remarks and failures on stderr.
//!
//! Never used by the agent itself, whose stdout is git-lfs's.

use std::io::{self, Write};

use serde::Serialize;

/// Writes a line to stdout. A reader that has gone away (`lfs-agent ls | head`) is no failure.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// How a command's results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lines for people.
    Text,
    /// One JSON object in one line, for scripts: `docs/lfs-agent.md` has its form.
    Json,
}

/// Writes a result as [`Form::Json`] has it.
pub(crate) fn say_json(result: &impl Serialize) {
    // Nothing that is written has keys that aren't texts, which is all that could fail.
    if let Ok(line) = serde_json::to_string(result) {
        say(&line);
    }
}

/// A word in a colour, where standard output shows colours.
pub(crate) fn painted(word: &str, colour: Colour) -> String {
    if command_line::colour_on_stdout() {
        format!("\x1b[1;{}m{word}\x1b[0m", colour as u8)
    } else {
        word.to_owned()
    }
}

/// Colours, by their numbers on a terminal (ECMA-48).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Red = 31,
    Green = 32,
    Yellow = 33,
}

/// Writes a line to stderr.
pub(crate) fn remark(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// A number of bytes for people: `1.5 MB`. In powers of ten, as git-lfs shows them.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(crate) fn human(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if value < 9.95 {
        format!("{value:.1} {}", UNITS[unit])
    } else {
        format!("{value:.0} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn sizes_have_two_or_three_digits() {
        let shown = [
            0,
            999,
            1000,
            9_949,
            9_950,
            999_499,
            999_500,
            1_500_000_000,
            u64::MAX,
        ]
        .map(human);
        assert_eq!(
            shown,
            [
                "0 B", "999 B", "1.0 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "1.5 GB", "18 EB"
            ]
        );
    }
}
