//! Numbers in steps, and which of them are near another one.

/// Numbers that leave one remainder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multiples {
    /// Divided by this, at least 1 …
    pub of: i64,
    /// … they leave this, from 0 to less than that.
    pub rest: i64,
}

impl Multiples {
    /// The numbers that are in both; none if there are none or they are too far apart.
    pub fn and(self, other: Self) -> Option<Self> {
        let of = (self.of / greatest_common_divisor(self.of, other.of)).checked_mul(other.of)?;
        let rest = (0..other.of / greatest_common_divisor(self.of, other.of))
            .map(|times| self.rest + times * self.of)
            .find(|number| number % other.of == other.rest)?;
        Some(Self { of, rest })
    }

    /// Whether a number is one of them.
    pub fn contains(self, number: i64) -> bool {
        number.rem_euclid(self.of) == self.rest
    }

    /// The first of them that isn't below a number.
    pub fn from(self, number: i64) -> i64 {
        number.saturating_add((self.rest - number.rem_euclid(self.of)).rem_euclid(self.of))
    }

    /// The last of them that isn't above a number.
    pub fn up_to(self, number: i64) -> i64 {
        number.saturating_sub((number.rem_euclid(self.of) - self.rest).rem_euclid(self.of))
    }
}

fn greatest_common_divisor(mut left: i64, mut right: i64) -> i64 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::Multiples;

    #[test]
    fn the_nearest_of_them_are_found() {
        let odd_fives = Multiples { of: 10, rest: 5 };
        for (number, from, up_to) in [(-7, -5, -15), (5, 5, 5), (6, 15, 5), (0, 5, -5)] {
            assert_eq!(odd_fives.from(number), from, "{number}");
            assert_eq!(odd_fives.up_to(number), up_to, "{number}");
        }
        assert!(odd_fives.contains(-5) && !odd_fives.contains(10));
    }

    #[test]
    fn two_kinds_of_steps_meet_or_dont() {
        let of = |of, rest| Multiples { of, rest };
        assert_eq!(of(4, 0).and(of(6, 0)), Some(of(12, 0)));
        assert_eq!(of(2, 1).and(of(5, 0)), Some(of(10, 5)));
        assert_eq!(of(2, 1).and(of(4, 0)), None);
    }
}
