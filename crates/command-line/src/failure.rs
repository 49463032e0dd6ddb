//! A failure as users and scripts meet it: a sentence, a hint, and an exit code.

use crate::colour_on_stderr;
use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Exit codes, the same for every command. 0 is success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 1: a check failed: a file is stale, an object damaged or missing.
    CheckFailed = 1,
    /// 2: the command line or an input is wrong.
    BadInput = 2,
    /// 3: the world outside failed: disk, git, network.
    Outside = 3,
}

/// Why a command ends with something other than success.
#[derive(Debug)]
pub struct Failure {
    status: Status,
    message: String,
    hint: Option<String>,
    /// The message is a text of its own, with its own headings and hints.
    rendered: bool,
}

impl Failure {
    /// A failure with its sentence, which begins in lower case and ends without a full stop.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            hint: None,
            rendered: false,
        }
    }

    /// A check failed.
    pub fn check(message: impl Into<String>) -> Self {
        Self::new(Status::CheckFailed, message)
    }

    /// The command line or an input is wrong.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Status::BadInput, message)
    }

    /// The world outside failed.
    pub fn outside(message: impl Into<String>) -> Self {
        Self::new(Status::Outside, message)
    }

    /// A failure whose text is already as users should see it, such as a list of diagnostics.
    pub fn rendered(status: Status, text: impl Into<String>) -> Self {
        Self {
            rendered: true,
            ..Self::new(status, text)
        }
    }

    /// Adds the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Puts a next step that fits better in the place of the one that is there, if there is one.
    #[must_use]
    pub fn hint_instead(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// The exit code.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What is written where there are no colours.
    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        let mut text = Vec::new();
        let _ = self.write(&mut text, false);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn write(&self, out: &mut impl io::Write, colour: bool) -> io::Result<()> {
        let (red, cyan, end) = if colour {
            ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m")
        } else {
            ("", "", "")
        };
        if self.rendered {
            writeln!(out, "{}", self.message.trim_end())?;
        } else {
            writeln!(out, "{red}error{end}: {}", self.message)?;
        }
        if let Some(hint) = &self.hint {
            writeln!(out, "{cyan}hint{end}: {hint}")?;
        }
        Ok(())
    }
}

/// For logs and tests; users see [`finish`]'s text.
impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// Ends a command: writes a failure to standard error and gives the exit code.
pub fn finish(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report(&failure);
            ExitCode::from(failure.status as u8)
        }
    }
}

/// Writes a failure to standard error and returns its exit code.
pub(crate) fn report(failure: &Failure) -> i32 {
    let mut stderr = io::stderr().lock();
    // Nobody is left to tell when standard error is closed.
    let _ = failure.write(&mut stderr, colour_on_stderr());
    let _ = stderr.flush();
    failure.status as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(failure: &Failure, colour: bool, expected: &str) {
        let mut out = Vec::new();
        failure.write(&mut out, colour).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_failure_is_a_sentence_and_a_hint() {
        let failure = Failure::input("`x` is wrong").hint("write `y`");
        check(&failure, false, "error: `x` is wrong\nhint: write `y`\n");
        check(
            &failure,
            true,
            "\x1b[1;31merror\x1b[0m: `x` is wrong\n\x1b[1;36mhint\x1b[0m: write `y`\n",
        );
    }

    #[test]
    fn a_better_hint_takes_the_place_of_another() {
        let failure = || Failure::input("x").hint("a");
        check(&failure().hint_instead(None), false, "error: x\nhint: a\n");
        check(
            &failure().hint_instead(Some("b".to_owned())),
            false,
            "error: x\nhint: b\n",
        );
    }

    #[test]
    fn a_rendered_text_stands_as_it_is() {
        let failure = Failure::rendered(Status::CheckFailed, "error: a\n\nerror: b\n");
        check(&failure, false, "error: a\n\nerror: b\n");
        assert_eq!(failure.status() as u8, 1);
    }
}
