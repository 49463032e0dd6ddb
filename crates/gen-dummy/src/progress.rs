//! Progress on a terminal: rows, megabytes a second, time left.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Work that ends sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows how far the dump is.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
    bytes: AtomicU64,
}

impl Progress {
    /// For so many rows; silent when told so or when standard error is no terminal.
    pub(crate) fn new(rows: u64, quiet: bool) -> Self {
        let visible = !quiet && std::io::stderr().is_terminal();
        let bar = visible.then(|| {
            let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::hidden());
            if let Ok(style) = ProgressStyle::with_template(
                "{bar:30} {human_pos} of {human_len} rows, {msg}, {eta} left",
            ) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            started: Instant::now(),
            bytes: AtomicU64::new(0),
        }
    }

    /// So many rows with so many bytes more are written.
    pub(crate) fn advance(&self, rows: u64, bytes: u64) {
        let Some(bar) = &self.bar else { return };
        let elapsed = self.started.elapsed();
        if bar.is_hidden() && elapsed > PATIENCE {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
        }
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let milliseconds = u64::try_from(elapsed.as_millis())
            .unwrap_or(u64::MAX)
            .max(1);
        bar.set_message(format!("{} MB/s of SQL", bytes / 1000 / milliseconds));
        bar.inc(rows);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
