//! What a dump of PostgreSQL holds that doesn't belong to a schema, and what is said of it.

use schema_import::{Kind, RAILS_TABLES, Tally};

/// What was left out so far.
pub(crate) type LeftOut = schema_import::LeftOut<What>;

/// Kinds of statements that are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Rows,
    SequenceValues,
    Owners,
    Privileges,
    Drops,
    Databases,
    LargeObjects,
    Secrets,
    RailsTables,
    Statistics,
}

impl Kind for What {
    fn sentence(self, tally: Tally) -> String {
        let number = |singular, plural| tally.number(singular, plural);
        match self {
            Self::Rows => tally.of_rows(),
            Self::SequenceValues => format!(
                "{} left out: sequences begin at their start",
                number("position of a sequence", "positions of sequences")
            ),
            Self::Owners => format!(
                "{} left out: whoever loads the schema owns it",
                number("statement that sets an owner", "statements that set owners")
            ),
            Self::Privileges => format!(
                "{} left out: roles belong to a server and not to a schema",
                number("statement about privileges", "statements about privileges")
            ),
            Self::Drops => format!(
                "{} left out: the schema is loaded into an empty database",
                number(
                    "statement that only takes away what isn't there yet, as those of `--clean` do,",
                    "statements that only take away what isn't there yet, as those of `--clean` do,"
                )
            ),
            Self::Databases => format!(
                "{} left out",
                number(
                    "statement about databases, roles or tablespaces",
                    "statements about databases, roles or tablespaces"
                )
            ),
            Self::LargeObjects => format!(
                "{} left out: they are data",
                number(
                    "statement about large objects",
                    "statements about large objects"
                )
            ),
            Self::Secrets => format!(
                "{} left out: it may hold a password, and it would connect to another server",
                number(
                    "subscription or user mapping",
                    "subscriptions and user mappings"
                )
            ),
            Self::Statistics => format!(
                "{} left out: a server makes them of its own rows",
                number(
                    "statement about the planner's statistics",
                    "statements about the planner's statistics"
                )
            ),
            Self::RailsTables => RAILS_TABLES.to_owned(),
        }
    }
}
