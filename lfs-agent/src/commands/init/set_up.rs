//! What git and git-lfs must have in this clone before the first `git add`.
//!
//! A dump whose attribute names a filter that nobody configured is committed as it is, without a word, and stays in history
//! for ever. So what is missing is set up here, in the clone's own configuration, which nobody else's repository sees; the
//! filter is `required`, so that git refuses rather than passes a dump through when git-lfs has gone.
//!
//! There is no pre-commit hook: where this ran, the filter does more than a hook could, and where it didn't run, there would
//! be none. Of hooks, pushes need one; hooks that somebody manages (another tool's, `core.hooksPath`) are left alone and the
//! line they need is told.

use crate::arguments::Scope;
use crate::commands::{doctor, install};
use crate::error::AgentError;
use crate::git::{self, GitConfig};
use crate::terminal::output::remark;

/// What was missing and is there now.
#[derive(Debug, Default)]
pub(super) struct SetUp {
    missing: Vec<&'static str>,
}

/// Refuses where there is no git-lfs at all.
pub(super) fn require_git_lfs() -> Result<(), AgentError> {
    if git::attempt(&["lfs", "version"])?.status.success() {
        Ok(())
    } else {
        Err(AgentError::GitLfsMissing)
    }
}

/// Sets up what neither the user's configuration nor the clone's has.
pub(super) fn set_up(config: &GitConfig) -> Result<SetUp, AgentError> {
    let mut done = SetUp::default();
    if !doctor::has_filter(config) {
        git::run(&["lfs", "install", "--local", "--skip-repo"])?;
        done.missing.push("git-lfs");
    }
    if !doctor::is_registered(config) {
        install::write(Scope::Local)?;
        done.missing.push("lfs-agent");
    }
    if let Err((wrong, mend)) = doctor::pre_push_hook(config) {
        // It writes what is missing and refuses to touch what is there. Hooks of a directory that somebody chose may be
        // files of the repository, so they are that somebody's.
        let written = config.get(doctor::HOOKS_PATH).is_none()
            && git::attempt(&["lfs", "update"])?.status.success();
        if !written {
            remark(&format!("warning: {wrong}\nhint: {mend}"));
        }
    }
    Ok(done)
}

impl SetUp {
    /// What to say of it.
    pub(super) fn sentence(&self) -> Option<String> {
        let missing = match self.missing.as_slice() {
            [] => return None,
            missing => missing.join(" and "),
        };
        Some(format!(
            "git didn't know {missing} on this machine: set up in this clone (.git/config), and here alone."
        ))
    }
}
