//! Taking members for plain rows before they are read.
//!
//! A member that is new is read twice: to know what it leaves the reader in, and to compare its rows. Nearly always it is rows
//! alone, and then those behind it that are known, which were in the same block before, are in it still. So that is taken for
//! granted, and seen when rows are compared: whoever compares two versions has read by then whatever was taken so in either. Where
//! it was wrong both are followed again, and no guess is made any more.

use std::collections::HashMap;
use std::{fmt, io};

use super::members::Member;
use super::{End, Part};

/// So many members are looked over for one that is known.
const MOST_OVER: usize = 4096;

/// Members of one version that are new, and whether what comes behind them is known.
#[derive(Debug, Default)]
pub(super) struct Outlook {
    /// Up to here, by number, for this context, it has been looked for: whether it was found.
    seen: Option<(usize, usize, bool)>,
}

impl Outlook {
    /// Whether behind the members from this one on, which are new, is one that was met in the same context.
    pub(super) fn is_known(
        &mut self,
        members: &[(u64, Member)],
        index: usize,
        context: usize,
        ends: &HashMap<(Member, usize), End>,
    ) -> bool {
        if let Some((until, known_context, found)) = self.seen
            && index < until
            && known_context == context
        {
            return found;
        }
        let behind = members.iter().enumerate().skip(index + 1).take(MOST_OVER);
        let mut until = index + 1;
        let mut found = false;
        for (number, (_, member)) in behind {
            until = number;
            found = ends.contains_key(&(*member, context));
            if found {
                break;
            }
        }
        self.seen = Some((until.max(index + 1), context, found));
        found
    }
}

/// What was taken for plain rows isn't.
#[derive(Debug)]
pub(super) struct WrongGuess;

impl WrongGuess {
    pub(super) fn error() -> io::Error {
        io::Error::other(Self)
    }

    pub(super) fn is(error: &io::Error) -> bool {
        error
            .get_ref()
            .is_some_and(<dyn std::error::Error + Send + Sync>::is::<Self>)
    }
}

impl fmt::Display for WrongGuess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a part of the dump isn't rows alone")
    }
}

impl std::error::Error for WrongGuess {}

impl Part {
    /// By what it is known.
    pub(super) fn place(&self) -> (Member, usize) {
        (self.member, self.context)
    }
}
