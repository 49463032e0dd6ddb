//! Whether a value is within what the CHECKs leave its column.

use super::domain::{Bound, Domain, is_below};
use super::translated::regex;

impl Domain {
    /// What a value breaks, as the end of a sentence; none if it breaks nothing that is understood.
    pub fn broken_by(&self, value: &str) -> Option<String> {
        if let Some(values) = &self.one_of
            && !values.iter().any(|one| same(one, value))
        {
            return Some(format!("a check wants one of {}", values.join(", ")));
        }
        if self.none_of.iter().any(|one| same(one, value)) {
            return Some("a check forbids it".to_owned());
        }
        if let Some(Bound {
            value: least,
            is_open,
        }) = &self.least
            && (is_below(value, least) || (*is_open && same(value, least)))
        {
            let than = if *is_open { "more than" } else { "at least" };
            return Some(format!("a check wants {than} {least}"));
        }
        if let Some(Bound {
            value: greatest,
            is_open,
        }) = &self.greatest
            && (is_below(greatest, value) || (*is_open && same(value, greatest)))
        {
            let than = if *is_open { "less than" } else { "at most" };
            return Some(format!("a check wants {than} {greatest}"));
        }
        if let (Some(multiples), Ok(number)) = (self.multiples, value.parse())
            && !multiples.contains(number)
        {
            return Some(format!(
                "a check wants a remainder of {} after division by {}",
                multiples.rest, multiples.of
            ));
        }
        let length = value.chars().count();
        if self.shortest.is_some_and(|shortest| length < shortest)
            || self.longest.is_some_and(|longest| length > longest)
        {
            return Some(format!(
                "it has {length} characters, and a check wants {}",
                match (self.shortest, self.longest) {
                    (Some(shortest), Some(longest)) => format!("{shortest} to {longest}"),
                    (Some(shortest), None) => format!("at least {shortest}"),
                    (_, longest) => format!("at most {}", longest.unwrap_or(0)),
                }
            ));
        }
        if let Some(pattern) = self
            .patterns
            .iter()
            .find(|pattern| matches(pattern, value) == Some(false))
        {
            return Some(format!("a check wants the pattern `{pattern}`"));
        }
        self.avoided
            .iter()
            .find(|pattern| matches(pattern, value) == Some(true))
            .map(|pattern| format!("a check forbids the pattern `{pattern}`"))
    }
}

/// Whether a value matches a regular expression of SQL; none if that isn't understood.
fn matches(pattern: &str, value: &str) -> Option<bool> {
    Some(regex(pattern)?.is_match(value))
}

fn same(left: &str, right: &str) -> bool {
    left == right
        || matches!((left.parse::<f64>(), right.parse::<f64>()), (Ok(left), Ok(right)) if (left - right).abs() < f64::EPSILON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_held_against_every_part_of_a_domain() {
        let domain = Domain {
            least: Some(Bound::new("1", false)),
            greatest: Some(Bound::new("10", true)),
            ..Domain::default()
        };
        assert_eq!(domain.broken_by("9.5"), None);
        assert!(domain.broken_by("10.0").is_some());
        assert!(domain.broken_by("0").is_some());
        let domain = Domain {
            longest: Some(3),
            patterns: vec![r"\A[a-z]+\Z".into()],
            avoided: vec!["^x".into()],
            ..Domain::default()
        };
        assert_eq!(domain.broken_by("abc"), None);
        for wrong in ["abcd", "AB", "xa"] {
            assert!(domain.broken_by(wrong).is_some(), "{wrong}");
        }
    }
}
