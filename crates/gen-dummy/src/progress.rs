//! Progress on a terminal: rows, megabytes a second, time left.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Work that ends sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows how far the dump is.
pub(crate) struct Progress {
    shown: Option<Shown>,
}

struct Shown {
    bar: ProgressBar,
    started: Instant,
    rows: u64,
    rows_done: AtomicU64,
    bytes_done: AtomicU64,
}

impl Progress {
    /// For so many rows; silent when told so or when standard error is no terminal.
    pub(crate) fn new(rows: u64, quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self::silent();
        }
        let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {msg}") {
            bar.set_style(style);
        }
        Self {
            shown: Some(Shown {
                bar,
                started: Instant::now(),
                rows,
                rows_done: AtomicU64::new(0),
                bytes_done: AtomicU64::new(0),
            }),
        }
    }

    /// Shows nothing.
    pub(crate) fn silent() -> Self {
        Self { shown: None }
    }

    /// So many rows with so many bytes of SQL more are written.
    pub(crate) fn advance(&self, rows: u64, bytes: u64) {
        let Some(shown) = &self.shown else { return };
        let elapsed = shown.started.elapsed();
        if shown.bar.is_hidden() && elapsed > PATIENCE {
            let target = ProgressDrawTarget::stderr_with_hz(5);
            shown.bar.set_draw_target(target);
        }
        let rows_done = shown.rows_done.fetch_add(rows, Ordering::Relaxed) + rows;
        let bytes_done = shown.bytes_done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        shown
            .bar
            .set_message(message(rows_done, shown.rows, bytes_done, elapsed));
        shown.bar.inc(rows);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(shown) = &self.shown {
            shown.bar.finish_and_clear();
        }
    }
}

/// What is said after so many of all rows and so many bytes of SQL, before compression.
fn message(done: u64, rows: u64, bytes: u64, elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis().max(1);
    let left =
        milliseconds * u128::from(rows.saturating_sub(done)) / u128::from(done.max(1)) / 1000;
    format!(
        "{} of {} rows, {} MB/s of SQL, {} left",
        grouped(done),
        grouped(rows),
        u128::from(bytes) / 1000 / milliseconds,
        duration(left)
    )
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many seconds, in the two largest units.
fn duration(seconds: u128) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_speed_and_time_left_are_told() {
        assert_eq!(
            message(1_500_000, 6_000_000, 800_000_000, Duration::from_secs(2)),
            "1,500,000 of 6,000,000 rows, 400 MB/s of SQL, 6 s left"
        );
        assert_eq!(
            message(999, 1000, 0, Duration::ZERO),
            "999 of 1,000 rows, 0 MB/s of SQL, 0 s left"
        );
    }

    #[test]
    fn time_left_is_told_in_two_units() {
        assert_eq!(duration(59), "59 s");
        assert_eq!(duration(61), "1 min 1 s");
        assert_eq!(duration(3 * 3600 + 25 * 60 + 59), "3 h 25 min");
    }

    #[test]
    fn nothing_done_yet_divides_by_nothing() {
        assert_eq!(
            message(0, 10, 0, Duration::from_secs(1)),
            "0 of 10 rows, 0 MB/s of SQL, 10 s left"
        );
    }

    #[test]
    fn no_terminal_sees_no_progress() {
        // Tests run without a terminal, or told to be quiet.
        assert!(Progress::new(10, true).shown.is_none());
        Progress::silent().advance(1, 1);
    }
}
