//! What a dump of MySQL or MariaDB holds that doesn't belong to a schema, and what is said of it.

use schema_import::{Kind, RAILS_TABLES, Tally};

/// What was left out so far.
pub(crate) type LeftOut = schema_import::LeftOut<What>;

/// Kinds of things that are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Rows,
    Privileges,
    Drops,
    Databases,
    Definers,
    RailsTables,
    Selects,
    Counters,
}

impl Kind for What {
    fn sentence(self, tally: Tally) -> String {
        let number = |singular, plural| tally.number(singular, plural);
        match self {
            Self::Rows => tally.of_rows(),
            Self::Privileges => format!(
                "{} left out: accounts belong to a server and not to a schema",
                number(
                    "statement about accounts and privileges",
                    "statements about accounts and privileges"
                )
            ),
            Self::Drops => format!(
                "{} left out: the schema is loaded into an empty database",
                number(
                    "statement that only takes away what isn't there yet, as mysqldump writes them,",
                    "statements that only take away what isn't there yet, as mysqldump writes them,"
                )
            ),
            Self::Databases => format!(
                "{} left out",
                number(
                    "statement about databases, servers or tablespaces",
                    "statements about databases, servers or tablespaces"
                )
            ),
            Self::Definers => format!(
                "{} left out: whoever loads the schema is the definer",
                number("`DEFINER`", "`DEFINER`s")
            ),
            Self::RailsTables => RAILS_TABLES.to_owned(),
            Self::Selects => format!(
                "{} left out",
                number(
                    "statement that only asks or shows something",
                    "statements that only ask or show something"
                )
            ),
            Self::Counters => format!(
                "{} kept as an option of its table: take it out where it only says how far the rows had got",
                number("`AUTO_INCREMENT=`", "`AUTO_INCREMENT=`s")
            ),
        }
    }
}
