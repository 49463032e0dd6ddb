//! How far a command is, on a terminal, where it takes longer than a moment.

use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, interval_at};

use crate::terminal::output::human;

/// How often the line is written anew. The first time is after as long, so what is quick says nothing.
const INTERVAL: Duration = Duration::from_millis(500);

/// Brings `work` to its end and shows meanwhile how many of `total` bytes are through. Says nothing where nobody looks, or
/// who looks wants it `quiet`.
pub(crate) async fn shown<T>(
    quiet: bool,
    total: u64,
    through: impl Fn() -> u64,
    work: impl Future<Output = T>,
) -> T {
    if quiet || !io::stderr().is_terminal() {
        return work.await;
    }
    let mut work = pin!(work);
    let mut ticks = interval_at(Instant::now() + INTERVAL, INTERVAL);
    let mut said = false;
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            _ = ticks.tick() => {
                said = true;
                tell(&format!("{} of {}", human(through()), human(total)));
            }
        }
    };
    if said {
        tell("");
    }
    done
}

/// Writes over the terminal's line.
fn tell(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "\r{text}\x1b[K");
    let _ = stderr.flush();
}
