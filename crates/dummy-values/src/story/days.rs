//! Days of which each of a row's children has another: somebody's days of work, the days of a meter.

use crate::calendar::DAY;
use crate::generators::Birth;
use crate::story::Family;
use std::sync::{Arc, OnceLock};

/// For each row the day on which it was born, or the next that no elder sibling has; found once.
#[derive(Debug)]
pub struct OwnDays {
    family: Arc<Family>,
    birth: Arc<Birth>,
    /// Whether only working days count.
    works: bool,
    /// Days since 1970 of all rows.
    days: OnceLock<Box<[i32]>>,
}

impl OwnDays {
    /// Days of a family's rows, from when each is born on; where it `works`, on working days only.
    pub fn new(family: Arc<Family>, birth: Arc<Birth>, works: bool) -> Self {
        Self {
            family,
            birth,
            works,
            days: OnceLock::new(),
        }
    }

    /// The day of a row, at its midnight.
    pub(super) fn at(&self, row: u64) -> Option<i128> {
        let days = self.days.get_or_init(|| self.find());
        let day = days.get(usize::try_from(row).ok()?)?;
        Some(i128::from(*day) * i128::from(DAY))
    }

    fn find(&self) -> Box<[i32]> {
        let mut days = vec![0_i32; usize::try_from(self.family.rows).unwrap_or(0)];
        let last = self.number(self.birth.now().div_euclid(DAY));
        for parent in 0..=self.family.parents {
            let siblings = self.family.of(parent);
            let mut before = i64::MIN;
            for (place, &child) in siblings.iter().enumerate() {
                let born = self.birth.at(u64::from(child)).div_euclid(DAY);
                let mut number = self.number(born);
                if number <= before {
                    number = before + 1;
                }
                // Days that are still to come are left to the younger ones.
                let younger = i64::try_from(siblings.len() - 1 - place).unwrap_or(0);
                number = number.min(last - younger);
                before = number;
                if let Some(day) = days.get_mut(child as usize) {
                    *day = i32::try_from(self.day(number)).unwrap_or(0);
                }
            }
        }
        days.into()
    }

    /// The number of a day: of working days five a week, of which the fifth stands for the weekend behind it.
    fn number(&self, day: i64) -> i64 {
        if !self.works {
            return day;
        }
        // 1970 began on a Thursday.
        let since_monday = day + 3;
        since_monday.div_euclid(7) * 5 + since_monday.rem_euclid(7).min(4)
    }

    /// The day of a number.
    fn day(&self, number: i64) -> i64 {
        if !self.works {
            return number;
        }
        number.div_euclid(5) * 7 + number.rem_euclid(5) - 3
    }
}
