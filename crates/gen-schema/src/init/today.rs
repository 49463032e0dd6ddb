//! `schema/dummy.toml` of a new repository: the day at which its rows end.
//!
//! This is the only place where a generator looks at a clock. From then on the day is text that a team moves when it
//! likes, so that the same repository makes the same rows on any day.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where `gen-dummy` looks for it.
pub(super) const PATH: &str = "schema/dummy.toml";

/// The file as it is on this day, in UTC.
pub(super) fn text() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    of_day(since.unwrap_or(Duration::ZERO).as_secs() / 86_400)
}

/// The file as it is so many days after 1970-01-01.
fn of_day(days: u64) -> String {
    let (year, month, day) = date(days);
    format!(
        "\
# What rows gen-dummy makes. Nothing but the day is needed; the page on dummy data (docs/dummy-data.md) says what else
# can be said: languages, numbers of rows, what columns hold, rows with a known key or login.

# The day at which the data ends: what has happened lies before it, plans and expiries after it. It stays until somebody
# moves it, and then all times move with it. With `rows_on` as well, `rows` is how many rows there were on that day,
# and moving `today` appends those of the time since.
today = {year:04}-{month:02}-{day:02}
"
    )
}

/// Year, month and day, so many days after 1970-01-01.
fn date(days: u64) -> (u64, u64, u64) {
    // Years that begin in March have their leap day at the end: Howard Hinnant's `civil_from_days`.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months + 2) / 5 + 1;
    let month = if months < 10 { months + 3 } else { months - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{date, of_day};

    #[test]
    fn days_are_dates() {
        for (days, expected) in [
            (0, (1970, 1, 1)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (20_758, (2026, 11, 1)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ] {
            assert_eq!(date(days), expected, "{days}");
        }
    }

    #[test]
    fn the_day_is_a_line_of_its_own() {
        assert!(of_day(20_758).ends_with("\ntoday = 2026-11-01\n"));
    }
}
