//! `install` and `uninstall`: the lines of git's configuration by which git-lfs finds the agent, and git what shows dumps.
//!
//! They name a program, so they can't be committed with a repository; each machine needs them once.

use std::env;
use std::path::{Path, PathBuf};

use crate::cli::Scope;
use crate::error::AgentError;
use crate::git;
use crate::output::{remark, say};

/// The program's name. Without a directory and without `.exe`, so that it is found in PATH on every system, wherever an
/// update puts it.
const PROGRAM: &str = "lfs-agent";

/// The lines. The first names the program, the second says for which URLs: all that begin with `lfs-agent::`. The others
/// are the driver that `diff=lfs-agent` in `.gitattributes` names: for `git diff`, and for `git log -p`.
const LINES: [(&str, &str); 4] = [
    ("lfs.customtransfer.lfs-agent.path", PROGRAM),
    ("lfs.lfs-agent::.standalonetransferagent", PROGRAM),
    ("diff.lfs-agent.command", "lfs-agent diff --git"),
    ("diff.lfs-agent.textconv", "lfs-agent show"),
];

/// Writes the lines.
pub(crate) fn install(scope: Scope, quiet: bool) -> Result<(), AgentError> {
    for (key, value) in LINES {
        git::run(&["config", scope.flag(), "--replace-all", key, value])?;
    }
    if !quiet {
        say(&format!(
            "lfs-agent is set up in the {scope} git configuration. Repositories whose `lfs.url` begins with `lfs-agent::` use it now."
        ));
    }
    if find_in_path(PROGRAM).is_none() {
        let directory = env::current_exe()
            .ok()
            .and_then(|path| path.parent().map(Path::to_owned));
        let directory = directory.map_or_else(
            || "its directory".to_owned(),
            |path| format!("`{}`", path.display()),
        );
        remark(&format!(
            "warning: git-lfs will look for `{PROGRAM}` in PATH and not find it\nhint: add {directory} to PATH"
        ));
    }
    if scope == Scope::System {
        remark(
            "warning: some versions of git-lfs don't read the system's configuration during a clone\nhint: have each user run `lfs-agent install` as well",
        );
    }
    if !git::attempt(&["lfs", "version"])?.status.success() {
        remark(
            "warning: git-lfs is not installed\nhint: install it (https://git-lfs.com), then run `git lfs install --skip-repo`",
        );
    } else if !git::attempt(&["config", "--get", "filter.lfs.process"])?
        .status
        .success()
    {
        remark(
            "warning: git-lfs is installed, but git doesn't use it yet\nhint: run `git lfs install --skip-repo`",
        );
    }
    Ok(())
}

/// Removes the lines. Not having them is no failure.
pub(crate) fn uninstall(scope: Scope, quiet: bool) -> Result<(), AgentError> {
    for (key, _) in LINES {
        let present = git::attempt(&["config", scope.flag(), "--get-all", key])?;
        if present.status.success() {
            git::run(&["config", scope.flag(), "--unset-all", key])?;
        }
    }
    if !quiet {
        say(&format!(
            "lfs-agent is no longer in the {scope} git configuration."
        ));
    }
    Ok(())
}

/// Where a program is found by its name alone, as a shell would.
pub(crate) fn find_in_path(program: &str) -> Option<PathBuf> {
    let file_name = format!("{program}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|directory| directory.join(&file_name))
        .find(|candidate| candidate.is_file())
}
