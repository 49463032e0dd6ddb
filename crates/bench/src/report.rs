//! Tables in Markdown, as docs/benchmarks.md has them.

use std::time::Duration;

use host_tools::narrate;

/// A table that is shown when all of its rows are known.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table under these headings.
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> Self {
        Self {
            rows: vec![headings.map(str::to_owned).into()],
        }
    }

    /// Adds a row; it has as many cells as there are headings.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(cells.len(), self.rows[0].len());
        self.rows.push(cells.into());
    }

    /// Shows it on standard output.
    pub(crate) fn show(&self) {
        narrate::say(self.markdown());
    }

    fn markdown(&self) -> String {
        let rule = format!("|{}", "---|".repeat(self.rows[0].len()));
        let mut lines: Vec<String> = self
            .rows
            .iter()
            .map(|row| format!("| {} |", row.join(" | ")))
            .collect();
        lines.insert(1, rule);
        lines.join("\n")
    }
}

/// Seconds with two digits after the point, or milliseconds below one tenth.
pub(crate) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.1 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

/// Megabytes, of 1,000,000 bytes.
#[expect(
    clippy::cast_precision_loss,
    reason = "shown with one digit after the point"
)]
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// How many megabytes of 1,000,000 bytes in a second.
#[expect(clippy::cast_precision_loss, reason = "shown without a fraction")]
pub(crate) fn rate(bytes: u64, duration: Duration) -> String {
    format!("{:.0} MB/s", bytes as f64 / 1e6 / duration.as_secs_f64())
}

/// `ours` as a multiple of `theirs`.
pub(crate) fn ratio(ours: Duration, theirs: Duration) -> String {
    format!("{:.2}", ours.as_secs_f64() / theirs.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Table, megabytes, rate, ratio, seconds};

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new(["what", "wall"]);
        table.row(["ours".to_owned(), seconds(Duration::from_millis(1240))]);
        assert_eq!(
            table.markdown(),
            "| what | wall |\n|---|---|\n| ours | 1.24 s |"
        );
    }

    #[test]
    fn figures_read_well() {
        assert_eq!(seconds(Duration::from_micros(12_340)), "12.3 ms");
        assert_eq!(megabytes(12_345_678), "12.3 MB");
        assert_eq!(rate(1_000_000_000, Duration::from_secs(2)), "500 MB/s");
        assert_eq!(
            ratio(Duration::from_secs(1), Duration::from_secs(4)),
            "0.25"
        );
    }
}
