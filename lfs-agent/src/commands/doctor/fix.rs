//! `doctor --fix`: what is missing on this machine is set up, by the commands that the checks name.
//!
//! What can only be meant is done at once: git-lfs's filter, the agent, a hook where there is none. What costs something or
//! is a matter of taste is asked for: fetching dumps, completions. What is somebody's own, such as a hook that is there, is
//! left to the checks' hints.

use std::env;
use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{HOOKS_PATH, has_filter, is_registered, pre_push_hook};
use crate::arguments::Scope;
use crate::commands::install;
use crate::error::AgentError;
use crate::git::repository::Repository;
use crate::git::tracked::tracked;
use crate::git::{self, GitConfig};

/// The programs that print completions: this one, and the one that comes with it.
const PROGRAMS: [&str; 2] = ["lfs-agent", "git-database"];

/// Mends what it can; `yes` answers all questions. What was done, in sentences without a full stop.
pub(super) fn fix(yes: bool) -> Result<Vec<String>, AgentError> {
    let mut done = Vec::new();
    let config = GitConfig::effective().unwrap_or_default();
    let has_git_lfs = git::attempt(&["lfs", "version"])?.status.success();
    if has_git_lfs && !has_filter(&config) {
        git::run(&["lfs", "install", "--skip-repo"])?;
        done.push("git uses git-lfs now (`git lfs install --skip-repo`)".to_owned());
    }
    if !is_registered(&config) {
        install::write(Scope::Global)?;
        done.push("git-lfs knows lfs-agent now (`lfs-agent install`)".to_owned());
    }
    if let Ok(repository) = Repository::discover()
        && has_git_lfs
    {
        let is_own = config.get(HOOKS_PATH).is_none();
        // It writes hooks that are missing, and touches none that is there.
        if is_own
            && pre_push_hook(&config).is_err()
            && git::attempt(&["lfs", "update"])?.status.success()
        {
            done.push("pushes bring dumps along now (`git lfs update`)".to_owned());
        }
        if let Some(root) = repository.work_tree() {
            let missing = tracked(root)?.not_fetched.len();
            if missing > 0 && agreed(&format!("fetch {missing} dumps that aren't here yet?"), yes) {
                git::run(&["lfs", "pull"])?;
                done.push("fetched dumps (`git lfs pull`)".to_owned());
            }
        }
    }
    if let Some((shell, places)) = completions()
        && agreed(&format!("have {shell} complete commands and options?"), yes)
    {
        for (program, place) in places {
            if let Some(place) = write_completions(&program, shell, &place) {
                done.push(format!(
                    "{shell} completes {} now ({place})",
                    name(&program)
                ));
            }
        }
    }
    Ok(done)
}

/// Asks on the terminal. Where there is none, nobody has agreed.
fn agreed(question: &str, yes: bool) -> bool {
    if yes {
        return true;
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{question} [y/N] ");
    let _ = stderr.flush();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// The user's shell and, for each program that is there, the file that it completes it by and that isn't there yet. Shells
/// that find such a file only after they were told where are left to docs/everyday.md.
fn completions() -> Option<(&'static str, Vec<(PathBuf, PathBuf)>)> {
    let shell = env::var("SHELL").ok()?;
    let home = PathBuf::from(env::var_os("HOME")?);
    let under = |variable: &str, usual: &str| {
        env::var_os(variable).map_or_else(|| home.join(usual), PathBuf::from)
    };
    let (shell, directory, ending) = match Path::new(&shell).file_name()?.to_str()? {
        "bash" => (
            "bash",
            under("XDG_DATA_HOME", ".local/share").join("bash-completion/completions"),
            "",
        ),
        "fish" => (
            "fish",
            under("XDG_CONFIG_HOME", ".config").join("fish/completions"),
            ".fish",
        ),
        _ => return None,
    };
    let here = env::current_exe().ok()?;
    let places: Vec<(PathBuf, PathBuf)> = PROGRAMS
        .iter()
        .map(|program| {
            let file = format!("{program}{}", env::consts::EXE_SUFFIX);
            (
                here.with_file_name(file),
                directory.join(format!("{program}{ending}")),
            )
        })
        .filter(|(program, place)| program.is_file() && !place.exists())
        .collect();
    (!places.is_empty()).then_some((shell, places))
}

/// Has a program print its completions into a file. Its place, if that went well.
fn write_completions(program: &Path, shell: &str, place: &Path) -> Option<String> {
    let output = Command::new(program).args(["--generate", shell]).output();
    let text = output.ok().filter(|output| output.status.success())?.stdout;
    fs::create_dir_all(place.parent()?).ok()?;
    whole_file::write(place, &mut text.as_slice()).ok()?;
    Some(place.display().to_string())
}

fn name(program: &Path) -> String {
    let stem = program.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
