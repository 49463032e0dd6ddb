//! What is said: results on standard output, what was done and how far it is on standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use command_line::Verbosity;
use serde::Serialize;

/// How often the line of progress is written anew. The first time is after as long, so what is quick says nothing.
const INTERVAL: Duration = Duration::from_millis(300);

/// Writes a line to standard output. A reader that has gone away is no failure.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Writes a result as one JSON object in one line; docs/database.md has its forms.
pub(crate) fn say_json(result: &impl Serialize) {
    // Nothing that is written has keys that aren't texts, which is all that could fail.
    if let Ok(line) = serde_json::to_string(result) {
        say(&line);
    }
}

/// Who tells what is done, while it is done.
#[derive(Debug)]
pub(crate) struct Teller {
    quiet: bool,
    shows_progress: bool,
    last: Instant,
    /// A line of progress stands on the terminal.
    shown: bool,
    /// What was done, for `--json`.
    done: Vec<String>,
}

impl Teller {
    pub(crate) fn new(verbosity: Verbosity, json: bool) -> Self {
        let quiet = verbosity.is_quiet();
        Self {
            quiet: quiet || json,
            shows_progress: !quiet && io::stderr().is_terminal(),
            last: Instant::now(),
            shown: false,
            done: Vec::new(),
        }
    }

    /// Whether programs that are started may show on the terminal how far they are.
    pub(crate) fn shows_progress(&self) -> bool {
        self.shows_progress
    }

    /// One thing was done.
    pub(crate) fn done(&mut self, what: String) {
        self.clear();
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{what}");
        }
        self.done.push(what);
    }

    /// Something to know, which isn't what was asked for.
    pub(crate) fn note(&mut self, what: &str) {
        self.clear();
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "note: {what}");
        }
    }

    /// How far it is. Written now and then, where somebody looks.
    pub(crate) fn progress(&mut self, text: impl FnOnce() -> String) {
        if self.shows_progress && self.last.elapsed() >= INTERVAL {
            self.last = Instant::now();
            self.shown = true;
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r{}\x1b[K", text());
            let _ = stderr.flush();
        }
    }

    /// Takes the line of progress away.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[K");
            let _ = stderr.flush();
        }
    }

    /// All that was done.
    pub(crate) fn all_done(&self) -> &[String] {
        &self.done
    }
}

/// A number of bytes for people: `1.5 MB`. In powers of ten, as git-lfs shows them.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(crate) fn human(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
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

/// A duration for people.
pub(crate) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = duration.as_secs();
        format!("{} min {} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_two_or_three_digits() {
        let shown = [0, 999, 1000, 9_949, 9_950, 999_500, 1_500_000_000].map(human);
        assert_eq!(
            shown,
            [
                "0 B", "999 B", "1.0 kB", "9.9 kB", "10 kB", "1.0 MB", "1.5 GB"
            ]
        );
        assert_eq!(seconds(Duration::from_millis(240)), "0.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }
}
