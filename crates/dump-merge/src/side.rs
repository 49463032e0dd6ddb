//! The versions that a merge looks at, by git's names for them.

use std::fmt;

use dump_text::Source;

/// One of the two versions that are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What the branch has into which is merged; of a rebase, what it is rebased onto.
    Ours,
    /// What is merged in; of a rebase, the commit that is applied.
    Theirs,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Ours => Self::Theirs,
            Self::Theirs => Self::Ours,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        })
    }
}

/// Something of each of the three versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Three<T> {
    /// Of the version that both come from.
    pub base: T,
    /// Of ours.
    pub ours: T,
    /// Of theirs.
    pub theirs: T,
}

impl<T> Three<T> {
    /// The same of what a function makes of each.
    pub(crate) fn map<U>(self, mut make: impl FnMut(T) -> U) -> Three<U> {
        Three {
            base: make(self.base),
            ours: make(self.ours),
            theirs: make(self.theirs),
        }
    }

    /// Of references to each.
    pub(crate) fn as_ref(&self) -> Three<&T> {
        Three {
            base: &self.base,
            ours: &self.ours,
            theirs: &self.theirs,
        }
    }

    /// That of one side.
    pub(crate) fn of(&self, side: Side) -> &T {
        match side {
            Side::Ours => &self.ours,
            Side::Theirs => &self.theirs,
        }
    }
}

impl<T: PartialEq + Copy> Three<T> {
    /// What three values come to, if they don't contradict each other: a change of one side, or the same of both.
    pub(crate) fn agreed(self) -> Option<T> {
        if self.ours == self.theirs || self.theirs == self.base {
            Some(self.ours)
        } else if self.ours == self.base {
            Some(self.theirs)
        } else {
            None
        }
    }
}

/// The three versions of a dump.
pub type Versions<'a> = Three<&'a dyn Source>;
