//! How a task fails: what happened, what to do about it, and whose fault it is.

use std::fmt;
use std::process::ExitCode;

/// A failure, as its user reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    hint: Option<String>,
}

/// What decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A test failed, or something isn't as it should be: exit code 1.
    Check,
    /// The command line is wrong: exit code 2.
    Usage,
    /// Something outside this repository failed: exit code 3.
    Outside,
}

impl Failure {
    /// A check that failed.
    pub(crate) fn check(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Check,
            message: message.into(),
            hint: None,
        }
    }

    /// A command line that is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Usage,
            message: message.into(),
            hint: None,
        }
    }

    /// A failure of something outside: a tool, the disk, the network.
    pub(crate) fn outside(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Outside,
            message: message.into(),
            hint: None,
        }
    }

    /// The same failure with a next step for the user.
    #[must_use]
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// The same failure with a next step for the user, unless it has a better one already.
    #[must_use]
    pub(crate) fn with_fallback_hint(self, hint: impl Into<String>) -> Self {
        if self.hint.is_some() {
            self
        } else {
            self.with_hint(hint)
        }
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.kind {
            Kind::Check => 1,
            Kind::Usage => 2,
            Kind::Outside => 3,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.message)?;
        match &self.hint {
            Some(hint) => write!(formatter, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}
