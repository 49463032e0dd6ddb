//! Words for the person at the terminal, on standard output.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::time::Duration;

use command_line::colour_on_stdout;

/// Begins a chapter.
pub fn heading(text: impl Display) {
    let (bold, plain) = if colour_on_stdout() {
        ("\u{1b}[1m", "\u{1b}[0m")
    } else {
        ("", "")
    };
    line(format_args!("\n{bold}== {text}{plain}"));
}

/// Tells one thing.
pub fn say(text: impl Display) {
    for part in text.to_string().lines() {
        line(format_args!("   {part}"));
    }
}

/// Shows a command as it would be typed.
pub fn command(text: impl Display) {
    let (dim, plain) = if colour_on_stdout() {
        ("\u{1b}[36m", "\u{1b}[0m")
    } else {
        ("", "")
    };
    line(format_args!("   {dim}$ {text}{plain}"));
}

/// A duration as people say it.
pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 1.0 {
        format!("{} ms", duration.as_millis())
    } else if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!(
            "{} min {} s",
            duration.as_secs() / 60,
            duration.as_secs() % 60
        )
    }
}

/// A number of bytes as people say it, in powers of 1000.
pub fn bytes(count: usize) -> String {
    match count {
        0..10_000 => format!("{count} bytes"),
        10_000..10_000_000 => format!("{} kB", count / 1000),
        _ => format!("{} MB", count / 1_000_000),
    }
}

fn line(text: std::fmt::Arguments<'_>) {
    // A reader who has seen enough (`| head`) is no reason to fail.
    let mut output = io::stdout().lock();
    let _ = writeln!(output, "{text}");
    let _ = output.flush();
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{bytes, seconds};

    #[test]
    fn durations_and_sizes_read_well() {
        assert_eq!(seconds(Duration::from_millis(90)), "90 ms");
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
        assert_eq!(bytes(130), "130 bytes");
        assert_eq!(bytes(123_456), "123 kB");
        assert_eq!(bytes(12_345_678), "12 MB");
    }
}
