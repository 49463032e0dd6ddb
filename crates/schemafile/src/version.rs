//! Versions of Rails, and which of their rules apply to a file.
//!
//! The rules are those of `activerecord/lib/active_record/migration/compatibility.rb`: each version
//! undoes what the next one changed.

use std::fmt;
use std::str::FromStr;

/// A release series of Rails, such as 7.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RailsVersion {
    /// The first number.
    pub major: u8,
    /// The second number.
    pub minor: u8,
}

impl RailsVersion {
    /// The newest series whose rules are known.
    pub const NEWEST: Self = Self::new(8, 1);

    /// Every series whose rules are known, oldest first. 4.2 is what `ActiveRecord::Schema[4.2]` means
    /// to the newest ActiveRecord.
    pub const KNOWN: [Self; 12] = [
        Self::new(4, 2),
        Self::new(5, 0),
        Self::new(5, 1),
        Self::new(5, 2),
        Self::new(6, 0),
        Self::new(6, 1),
        Self::new(7, 0),
        Self::new(7, 1),
        Self::new(7, 2),
        Self::new(8, 0),
        Self::new(8, 1),
        Self::new(8, 2),
    ];

    /// A version by its numbers, known or not.
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for RailsVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// A text that isn't the number of a known series.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a known version of Rails (5.0 to 8.1)")]
pub struct UnknownVersion(String);

impl FromStr for RailsVersion {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        RailsVersion::KNOWN
            .into_iter()
            .find(|version| version.to_string() == text)
            .ok_or_else(|| UnknownVersion(text.to_owned()))
    }
}

/// The rules for what stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    version: RailsVersion,
    /// Whether the file names its version: then a newer ActiveRecord imitates the old rules, which is
    /// not quite what the old one did.
    versioned: bool,
}

impl Rules {
    /// The rules of a file that names its version.
    pub(crate) fn named(version: RailsVersion) -> Self {
        Self {
            version,
            versioned: true,
        }
    }

    /// The rules of a file that names none, for which the caller decides.
    pub(crate) fn unnamed(version: RailsVersion) -> Self {
        Self {
            version,
            versioned: false,
        }
    }

    /// Whether the file itself says its version.
    pub(crate) fn is_named(self) -> bool {
        self.versioned
    }

    fn since(self, major: u8, minor: u8) -> bool {
        self.version >= RailsVersion::new(major, minor)
    }

    /// `t.datetime` has precision 6 unless one is given (7.0).
    pub(crate) fn datetime_has_precision(self) -> bool {
        self.since(7, 0)
    }

    /// `t.timestamps` has precision 6 unless one is given (6.0).
    pub(crate) fn timestamps_have_precision(self) -> bool {
        self.since(6, 0)
    }

    /// `t.timestamps` is NOT NULL unless it is said (5.0).
    pub(crate) fn timestamps_are_required(self) -> bool {
        self.since(5, 0)
    }

    /// The index of a polymorphic reference is named after the reference (6.1).
    pub(crate) fn polymorphic_index_is_named_by_reference(self) -> bool {
        self.since(6, 1)
    }

    /// References have an index unless it is said (5.0).
    pub(crate) fn references_have_index(self) -> bool {
        self.since(5, 0)
    }

    /// Default index names over 62 bytes are shortened (7.1); before, one over 63 is an error.
    pub(crate) fn long_index_names_are_shortened(self) -> bool {
        self.since(7, 1)
    }

    /// A newer ActiveRecord that imitates 7.0 puts the schema of the table into default index names,
    /// which 7.0 itself didn't do.
    pub(crate) fn index_names_hold_the_schema(self) -> bool {
        self.versioned && !self.since(7, 1)
    }

    /// Unknown options of columns and tables are refused (7.1).
    pub(crate) fn unknown_options_are_errors(self) -> bool {
        self.since(7, 1)
    }

    /// `deferrable: true` of a foreign key is `:immediate` (up to 7.0).
    pub(crate) fn deferrable_may_be_true(self) -> bool {
        !self.since(7, 1)
    }

    /// Ids and references are bigint, and identifiers of type integer count for themselves (5.1).
    pub(crate) fn ids_are_bigint(self) -> bool {
        self.since(5, 1)
    }

    /// A column defined twice is an error (6.0).
    pub(crate) fn duplicate_columns_are_errors(self) -> bool {
        self.since(6, 0)
    }

    /// `boolean` is MySQL's own word, and takes no limit (8.1); before it was `tinyint(1)`.
    pub(crate) fn boolean_is_a_word(self) -> bool {
        self.since(8, 1)
    }

    /// Names of tables may have no more than 63 characters (7.1; a database may cut them before).
    pub(crate) fn table_names_are_checked(self) -> bool {
        self.since(7, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_by_their_two_numbers() {
        assert_eq!("7.1".parse(), Ok(RailsVersion::new(7, 1)));
        assert!("9.9".parse::<RailsVersion>().is_err());
        assert!("7".parse::<RailsVersion>().is_err());
    }
}
