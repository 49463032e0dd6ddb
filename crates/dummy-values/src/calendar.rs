//! Days, times of day, and the time line on which rows are born.
//!
//! Everything is an integer number of microseconds since 1970-01-01 00:00 UTC: floating-point
//! logarithms differ between platforms, and the clock isn't read.
//!
//! All tables share one time line, which ends at a reference date ("today"): however many rows a table has, its
//! last ones are born on that day. A row's place on the line is its number in proportion to the table's rows
//! ([`Line`]), so of two tables it can be told without a clock which row is older. The company grows: its rows
//! double every 120 days, and people are at work by day.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "days, times of day and table positions are far smaller than the types they are cast to"
)]

use row_text::{RowBuffer, digit_pair};

/// Microseconds of a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds of a day.
pub const DAY: i64 = 86_400 * SECOND;

/// Rows that a table is thought to have had before its first, so that the line has a beginning.
const BEFORE: u64 = 16;
/// The bits of the place on the line that the reference moment has.
const END_BITS: u32 = 56;
/// In this time the number of rows doubles.
const DOUBLING: i64 = 120 * DAY;
/// Bits of a position on the time line that are below one row.
pub const POSITION_BITS: u32 = 20;

/// How busy each hour of a day is.
const ACTIVITY: [u16; 24] = [
    2, 1, 1, 1, 1, 2, 4, 8, 14, 20, 22, 20, 15, 18, 20, 19, 18, 16, 13, 12, 12, 11, 8, 4,
];

/// Microseconds since midnight at which each 256th part of a day's rows has been born.
static RUSH_HOURS: [i64; 257] = rush_hours();

/// A 256th part of a day.
const SLOT: i64 = DAY / 256;

// So `at_work`'s product fits.
const _: () = {
    let mut slot = 0;
    while slot < 256 {
        assert!(RUSH_HOURS[slot + 1] - RUSH_HOURS[slot] < i64::MAX / SLOT);
        slot += 1;
    }
};

/// Days since 1970-01-01 of 1900-03-01. From then until 2100-02-28 every fourth year is a leap year.
const REGULAR_FROM: i64 = -25_508;
/// How many days that is.
const REGULAR_DAYS: u64 = 73_049;
/// Days of four years.
const CYCLE: usize = 1461;

/// The days of four years that begin with March: in the lowest byte the years since the first January, then
/// the text from the first hyphen on.
static CYCLE_DAYS: [u64; CYCLE] = cycle_days();

/// How the rows of a table lie on the time line that all tables share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// How far it is from one row to the next.
    step: u64,
    /// The rows that the table has at the reference date.
    counted: u64,
    /// The reference moment.
    end: i64,
}

impl Line {
    /// The line of a table that has so many rows on a day, given in days since 1970.
    pub fn new(counted: u64, today: i64) -> Self {
        Self {
            step: (1 << END_BITS) / (counted.min(1 << 40) + BEFORE),
            counted,
            // An afternoon: what is there of the day can be looked at on the same day.
            end: today * DAY + DAY / 4 * 3,
        }
    }

    /// Where a row stands, and a fraction of the way to the next, in parts of `1 << POSITION_BITS`.
    #[inline]
    pub fn position(self, row: u64, fraction: u64) -> u64 {
        let place = ((row.min(1 << 42) + BEFORE) << POSITION_BITS) | fraction;
        ((u128::from(place) * u128::from(self.step)) >> POSITION_BITS) as u64
    }

    /// When something at a position of the line happened. Grows with the position.
    #[inline]
    pub fn moment(self, position: u64) -> i64 {
        let position = position.max(1);
        let zeros = position.leading_zeros();
        let doublings = i64::from(63 - zeros) - i64::from(END_BITS);
        let fraction = (position << zeros) << 1;
        let within = ((u128::from(fraction) * DOUBLING as u128) >> 64) as i64;
        let uniform = self.end + doublings * DOUBLING + within;
        let day = uniform.div_euclid(DAY);
        day * DAY + at_work(uniform.rem_euclid(DAY))
    }

    /// The present, as far as the table's rows know: not after the last of them is born.
    pub fn now(self, rows: u64) -> i64 {
        self.moment(self.position(rows.saturating_sub(1), 0))
    }

    /// The day that the line leads to, in microseconds.
    pub fn today(self) -> i64 {
        self.end.div_euclid(DAY) * DAY
    }

    /// How many rows of another table are older than a row of this one, for each row: a share of 48 bits.
    pub fn ratio_to(self, other: Self) -> u64 {
        if self.counted == other.counted {
            return 1 << RATIO_BITS;
        }
        let numerator = u128::from(other.counted + BEFORE) << RATIO_BITS;
        let ratio =
            u64::try_from(numerator / u128::from(self.counted + BEFORE)).unwrap_or(u64::MAX);
        // Steps are rounded, so a little less: an elder must be older for certain.
        ratio - (ratio >> 30)
    }
}

/// Bits of the fraction in the number of elders for each row.
const RATIO_BITS: u32 = 48;

/// How many rows of another table are older than a row, by [`Line::ratio_to`]; one at least.
#[inline]
pub fn elders(row: u64, ratio: u64) -> u64 {
    if ratio == 1 << RATIO_BITS {
        return row.max(1);
    }
    let place = (u128::from(row + BEFORE) * u128::from(ratio)) >> RATIO_BITS;
    (place as u64).saturating_sub(BEFORE).max(1)
}

/// The ratio between tables with as many rows.
pub const ALIKE: u64 = 1 << RATIO_BITS;

/// Moves a time of day, uniform over the day, to where people are busy. Keeps the order.
#[inline]
pub fn at_work(time_of_day: i64) -> i64 {
    let slot = (time_of_day / SLOT) as usize;
    let within = time_of_day % SLOT;
    let start = RUSH_HOURS[slot];
    start + within * (RUSH_HOURS[slot + 1] - start) / SLOT
}

/// Year, month and day of a number of days since 1970-01-01 (Neri and Schneider's way, by way of
/// Howard Hinnant's `civil_from_days`).
#[inline]
pub fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097) as u32;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = i64::from(year_of_era) + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Days since 1970-01-01 of a date.
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Days since 1970-01-01 of a date; none for one that no calendar has.
pub fn days_since_1970(year: i64, month: u32, day: u32) -> Option<i64> {
    let days = days_from_civil(year, month.clamp(1, 12), day);
    (civil(days) == (year, month, day)).then_some(days)
}

/// How many rows a table has so many days later that has `rows` now: as the time line goes on.
pub fn grown(rows: u64, days: i64) -> u64 {
    let doubling = DOUBLING / DAY;
    let (doublings, rest) = (days.div_euclid(doubling), days.rem_euclid(doubling));
    let place = u128::from(rows + BEFORE) * u128::from((doubling + rest).cast_unsigned());
    let place = if doublings >= 0 {
        place << doublings.min(60)
    } else {
        place >> (-doublings).min(120)
    };
    let rows = place / u128::from(doubling.cast_unsigned());
    u64::try_from(rows)
        .unwrap_or(u64::MAX)
        .saturating_sub(BEFORE)
}

/// Writes `YYYY-MM-DD`.
#[inline]
pub fn write_date(out: &mut RowBuffer, days: i64) {
    match regular_date(days) {
        Some((start, day)) => {
            out.packed(start, 8);
            out.packed(day, 2);
        }
        None => write_any_date(out, days),
    }
}

/// The first eight and the last two bytes of a date in the years in which nearly all dates are.
#[inline]
fn regular_date(days: i64) -> Option<(u64, u64)> {
    let day = days.wrapping_sub(REGULAR_FROM).cast_unsigned();
    if day >= REGULAR_DAYS {
        return None;
    }
    let day = day as usize;
    let in_cycle = CYCLE_DAYS[day % CYCLE];
    let year = 4 * (day / CYCLE) as u32 + (in_cycle & 0xFF) as u32;
    let year_text = digit_pair(19 + year / 100) | (digit_pair(year % 100) << 16);
    let text = in_cycle >> 8;
    Some((year_text | (text << 32), text >> 32))
}

#[cold]
fn write_any_date(out: &mut RowBuffer, days: i64) {
    let (year, month, day) = civil(days);
    if let Ok(year) = u32::try_from(year)
        && year < 10_000
    {
        out.two_digits(year / 100);
        out.two_digits(year % 100);
    } else {
        out.signed(year);
    }
    out.byte(b'-');
    out.two_digits(month);
    out.byte(b'-');
    out.two_digits(day);
}

/// Writes `HH:MM:SS` and as many digits of the second's fraction as wanted (0 to 6).
#[inline]
pub fn write_time(out: &mut RowBuffer, microseconds: i64, digits: u8) {
    let seconds = (microseconds / SECOND) as u32;
    let fraction = (microseconds % SECOND) as u32;
    out.packed(clock(seconds), 8);
    if digits > 0 {
        let digits = usize::from(digits.min(6));
        out.packed(fraction_text(fraction), 1 + digits);
    }
}

/// Writes `YYYY-MM-DD HH:MM:SS` with a fraction.
#[inline]
pub fn write_timestamp(out: &mut RowBuffer, microseconds: i64, digits: u8) {
    write_date(out, microseconds.div_euclid(DAY));
    out.byte(b' ');
    write_time(out, microseconds.rem_euclid(DAY), digits);
}

/// `HH:MM:SS` of a second of the day.
#[inline]
fn clock(seconds: u32) -> u64 {
    const COLONS: u64 = ((b':' as u64) << 16) | ((b':' as u64) << 40);
    let minutes = seconds / 60;
    digit_pair(minutes / 60)
        | (digit_pair(minutes % 60) << 24)
        | (digit_pair(seconds % 60) << 48)
        | COLONS
}

/// A point and the six digits of a second's fraction.
#[inline]
fn fraction_text(microseconds: u32) -> u64 {
    u64::from(b'.')
        | (digit_pair(microseconds / 10_000) << 8)
        | (digit_pair(microseconds / 100 % 100) << 24)
        | (digit_pair(microseconds % 100) << 40)
}

const fn cycle_days() -> [u64; CYCLE] {
    /// From March on.
    const MONTHS: [u8; 12] = [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29];
    let mut table = [0; CYCLE];
    let mut month = 0;
    let mut day = 1;
    let mut place = 0;
    while place < CYCLE {
        let number = (month + 2) % 12 + 1;
        let year = (month + 2) / 12;
        table[place] = u64::from_le_bytes([
            year as u8,
            b'-',
            b'0' + (number / 10) as u8,
            b'0' + (number % 10) as u8,
            b'-',
            b'0' + day / 10,
            b'0' + day % 10,
            0,
        ]);
        // Only the last of the four Februaries has a 29th.
        let last = if month % 12 == 11 && month < 47 {
            28
        } else {
            MONTHS[month % 12]
        };
        if day == last {
            month += 1;
            day = 1;
        } else {
            day += 1;
        }
        place += 1;
    }
    table
}

const fn rush_hours() -> [i64; 257] {
    let mut total = 0;
    let mut hour = 0;
    while hour < 24 {
        total += ACTIVITY[hour] as i64;
        hour += 1;
    }
    let mut table = [0; 257];
    let mut slot = 0;
    let mut before = 0;
    hour = 0;
    while slot <= 256 {
        let target = total * slot as i64;
        while hour < 23 && (before + ACTIVITY[hour] as i64) * 256 <= target {
            before += ACTIVITY[hour] as i64;
            hour += 1;
        }
        let within = target - before * 256;
        table[slot] =
            hour as i64 * 3600 * SECOND + 3600 * SECOND / 256 * within / ACTIVITY[hour] as i64;
        slot += 1;
    }
    table
}

/// A date or timestamp constant in microseconds since 1970; none for a day that no calendar has.
pub fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let mut parts = date.split('-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    if !(0..200_000).contains(&year) || parts.next().is_some() {
        return None;
    }
    let days = days_from_civil(year, month, day);
    if civil(days) != (year, month, day) {
        return None;
    }
    let mut microseconds = days * DAY;
    let mut unit = 3600 * SECOND;
    for part in time.split(':').take(3) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(number) = digits.parse::<i64>() {
            microseconds += number * unit;
        }
        unit /= 60;
    }
    Some(microseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(days: i64) -> String {
        let mut out = RowBuffer::new();
        write_date(&mut out, days);
        String::from_utf8(out.into_vec()).unwrap()
    }

    fn timestamp(microseconds: i64, digits: u8) -> String {
        let mut out = RowBuffer::new();
        write_timestamp(&mut out, microseconds, digits);
        String::from_utf8(out.into_vec()).unwrap()
    }

    #[test]
    fn dates_are_gregorian() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(-1), "1969-12-31");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(18_353), "2020-04-01");
        for days in (-800_000..800_000).step_by(97) {
            let (year, month, day) = civil(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn the_table_of_days_knows_every_day_of_its_two_centuries() {
        for days in REGULAR_FROM - 800..REGULAR_FROM + REGULAR_DAYS.cast_signed() + 800 {
            let mut slow = RowBuffer::new();
            write_any_date(&mut slow, days);
            assert_eq!(date(days).as_bytes(), slow.as_bytes());
        }
        assert_eq!(date(REGULAR_FROM), "1900-03-01");
        assert_eq!(
            date(REGULAR_FROM + REGULAR_DAYS.cast_signed() - 1),
            "2100-02-28"
        );
        assert!(regular_date(REGULAR_FROM - 1).is_none());
        assert!(regular_date(REGULAR_FROM + REGULAR_DAYS.cast_signed()).is_none());
    }

    #[test]
    fn timestamps_are_cut_not_rounded() {
        assert_eq!(timestamp(86_399_999_999, 6), "1970-01-01 23:59:59.999999");
        assert_eq!(timestamp(86_399_999_999, 3), "1970-01-01 23:59:59.999");
        assert_eq!(timestamp(86_399_999_999, 0), "1970-01-01 23:59:59");
        assert_eq!(timestamp(-1, 0), "1969-12-31 23:59:59");
    }

    #[test]
    fn rows_are_born_in_their_order() {
        let line = Line::new(1_000_000_000, 20_758);
        let mut last = i64::MIN;
        for row in (0..5000)
            .chain(10_u64.pow(6)..10_u64.pow(6) + 5000)
            .chain(10_u64.pow(9) - 5000..10_u64.pow(9))
        {
            for part in [0, 1 << 19] {
                let now = line.moment(line.position(row, part));
                assert!(now >= last, "row {row}");
                last = now;
            }
        }
    }

    #[test]
    fn the_time_line_ends_today_whatever_the_number_of_rows() {
        let today = days_from_civil(2026, 11, 1);
        for (rows, first) in [(10, "2026-08"), (1000, "2024-11"), (1_000_000, "2021-08")] {
            let line = Line::new(rows, today);
            let begin = timestamp(line.moment(line.position(0, 0)), 0);
            assert!(begin.starts_with(first), "{rows} rows: {begin}");
            let end = timestamp(line.now(rows), 0);
            let small = rows < 20;
            assert!(end.starts_with("2026-1") || small, "{rows} rows: {end}");
            assert!(line.now(rows) < (today + 1) * DAY);
        }
        assert!(timestamp(Line::new(1000, today).now(1000), 0).starts_with("2026-11-01"));
    }

    #[test]
    fn what_was_there_stays_when_time_goes_on() {
        assert_eq!(grown(1000, 0), 1000);
        assert_eq!(grown(1000, 120), 2016);
        let later = grown(1000, 31);
        assert!((1200..1300).contains(&later), "{later}");
        let line = Line::new(1000, 20_758);
        let last = line.now(later);
        assert!(last <= (20_758 + 32) * DAY, "{}", timestamp(last, 0));
        assert!(last > (20_758 + 30) * DAY, "{}", timestamp(last, 0));
    }

    #[test]
    fn elders_are_older_in_every_pair_of_tables() {
        for (own, other) in [
            (1000, 100),
            (100, 1000),
            (1000, 1000),
            (7, 5000),
            (123_457, 1009),
        ] {
            let (line, parents) = (Line::new(own, 20_758), Line::new(other, 20_758));
            let ratio = line.ratio_to(parents);
            for row in 1..own {
                let last = elders(row, ratio).min(other) - 1;
                if last > 0 {
                    let (child, parent) =
                        (line.position(row, 0), parents.position(last, (1 << 20) - 1));
                    assert!(parent <= child, "{own} rows of {other}: row {row}");
                }
            }
        }
    }

    #[test]
    fn days_are_busier_than_nights() {
        assert_eq!(at_work(0), 0);
        assert!(at_work(DAY - 1) < DAY);
        let by_day = (0..1000)
            .filter(|part| (8..20).contains(&(at_work(part * DAY / 1000) / (3600 * SECOND))))
            .count();
        assert!((700..900).contains(&by_day), "{by_day}");
    }

    #[test]
    fn constants_become_moments() {
        assert_eq!(moment("1970-01-02"), Some(DAY));
        assert_eq!(moment("1970-01-01 01:00:05+00"), Some(3605 * SECOND));
        for none in [
            "now",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "99999999999-01-01",
            "1-2-3-4",
        ] {
            assert_eq!(moment(none), None, "{none}");
        }
    }
}
