//! `doctor`: everything that a push or a pull needs, each checked on its own.
//!
//! Checks go from the machine to the bucket, and one that fails doesn't hide the next, unless the next needs it. What
//! speaks with the bucket is in [`bucket`].

mod bucket;
mod fix;

use std::path::{Path, PathBuf};

use lfs_protocol::Operation;
use serde::Serialize;

use crate::arguments::DoctorArguments;
use crate::commands::install::find_in_path;
use crate::error::AgentError;
use crate::git::repository::Repository;
use crate::git::tracked::{Tracked, tracked};
use crate::git::{self, GitConfig};
use crate::store::configuration::Configuration;
use crate::terminal::output::{Colour, Form, painted, say, say_json};

/// The oldest versions that are tested.
const OLDEST_GIT: (u32, u32) = (2, 30);
const OLDEST_GIT_LFS: (u32, u32) = (3, 3);

/// So many paths are named at most.
const MOST_NAMED: usize = 3;

/// What one check found: what is fine, or what isn't and how to mend it.
type Finding = Result<String, (String, String)>;

/// What git-lfs does where it doesn't find the agent.
const OTHERWISE: &str = "lfs.customtransfer.lfs-agent.args";

/// Runs all checks.
pub(crate) fn doctor(arguments: &DoctorArguments, quiet: bool) -> Result<(), AgentError> {
    let mut report = Report {
        quiet,
        form: arguments.form.form(),
        checks: Vec::new(),
        fixed: Vec::new(),
    };
    if arguments.fix {
        report.fixed = fix::fix(arguments.yes)?;
        if report.form == Form::Text && !quiet {
            for done in &report.fixed {
                say(&format!(
                    "{}  {:11} {done}",
                    painted("done", Colour::Green),
                    ""
                ));
            }
        }
    }
    report.add("git", git_version());
    report.add("git-lfs", git_lfs_version());
    let config = GitConfig::effective().unwrap_or_default();
    report.add("filter", filter(&config));
    report.add("agent", registration(&config));
    if is_registered(&config) && config.get(OTHERWISE).is_none() {
        let wrong = "a program that runs git with another PATH, such as one with windows, may not find lfs-agent";
        report.warn("agent", wrong, "run `lfs-agent install` again");
    }
    match Repository::discover() {
        Err(error) => report.add("repository", Err(told(&error))),
        Ok(repository) => {
            report.add("repository", Ok(repository.root().display().to_string()));
            report.add("hook", pre_push_hook(&config));
            report.add("attributes", attributes(&repository));
            if let Some(root) = repository.work_tree() {
                report.add("files", files(root));
            }
            report.add("storage", storage(&repository.lfs_storage()));
            let remote = repository.chosen_remote(arguments.store.remote.as_deref())?;
            let configuration = Configuration::resolve(&repository, Operation::Download, &remote);
            for key in configuration.iter().flat_map(|found| &found.unknown) {
                let (wrong, mend) = key.told();
                report.warn("settings", &wrong, &mend);
            }
            let pushed = Configuration::resolve(&repository, Operation::Upload, &remote);
            match (configuration, pushed) {
                (Ok(configuration), Ok(pushed)) => {
                    report.add("store", Ok(configuration.url.to_string()));
                    bucket::check(
                        &mut report,
                        &repository,
                        &configuration,
                        &pushed,
                        arguments.read_only,
                    )?;
                }
                (Err(error), _) | (_, Err(error)) => report.add("store", Err(told(&error))),
            }
        }
    }
    report.end()
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// Something that works, and will be regretted.
    Note,
    Failed,
}

#[derive(Serialize)]
struct Outcome {
    check: &'static str,
    state: State,
    found: String,
    hint: Option<String>,
}

/// What `--json` writes.
#[derive(Serialize)]
struct Answer {
    checks: Vec<Outcome>,
    failed: usize,
    /// What `--fix` has done before.
    fixed: Vec<String>,
}

struct Report {
    quiet: bool,
    form: Form,
    checks: Vec<Outcome>,
    fixed: Vec<String>,
}

impl Report {
    fn add(&mut self, check: &'static str, finding: Finding) {
        let (state, found, hint) = match finding {
            Ok(found) => (State::Ok, found, None),
            Err((wrong, mend)) => (State::Failed, wrong, Some(mend)),
        };
        self.take(Outcome {
            check,
            state,
            found,
            hint,
        });
    }

    fn warn(&mut self, check: &'static str, wrong: &str, mend: &str) {
        self.take(Outcome {
            check,
            state: State::Note,
            found: wrong.to_owned(),
            hint: Some(mend.to_owned()),
        });
    }

    /// Each is told when it is known, since the next may take long.
    fn take(&mut self, check: Outcome) {
        let is_wanted = !self.quiet || check.state == State::Failed;
        if self.form == Form::Text && is_wanted {
            check.say();
        }
        self.checks.push(check);
    }

    fn end(self) -> Result<(), AgentError> {
        let failed = self.checks.iter();
        let failed = failed.filter(|check| check.state == State::Failed).count();
        if self.form == Form::Json {
            say_json(&Answer {
                checks: self.checks,
                failed,
                fixed: self.fixed,
            });
        }
        match failed {
            0 => Ok(()),
            failed => Err(AgentError::Unwell(failed)),
        }
    }
}

impl Outcome {
    fn say(&self) {
        let word = match self.state {
            State::Ok => painted("ok", Colour::Green) + "  ",
            State::Note => painted("note", Colour::Yellow),
            State::Failed => painted("FAIL", Colour::Red),
        };
        say(&format!("{word}  {:11} {}", self.check, self.found));
        if let Some(hint) = &self.hint {
            say(&format!("      {:11} hint: {hint}", ""));
        }
    }
}

fn git_version() -> Finding {
    let said = git::run(&["version"]).map_err(|error| told(&error))?;
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    at_least(&said, OLDEST_GIT, "git", "update git")
}

fn git_lfs_version() -> Finding {
    let wrong = || {
        (
            "git-lfs is not installed".to_owned(),
            "install it: https://git-lfs.com".to_owned(),
        )
    };
    let said = git::run(&["lfs", "version"]).map_err(|_| wrong())?;
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    at_least(&said, OLDEST_GIT_LFS, "git-lfs", "update git-lfs")
}

/// Finds `2.47` in what a program says of its version.
fn at_least(said: &str, (major, minor): (u32, u32), name: &str, mend: &str) -> Finding {
    let mut numbers = said
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|digits| digits.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(found), Some(then)) if (found, then) >= (major, minor) => Ok(said.to_owned()),
        _ => Err((
            format!("{said}: {name} {major}.{minor} or newer is needed"),
            mend.to_owned(),
        )),
    }
}

/// Whether git hands files to git-lfs.
pub(crate) fn has_filter(config: &GitConfig) -> bool {
    config
        .get("filter.lfs.process")
        .is_some_and(|command| command.contains("git-lfs"))
}

/// Whether git-lfs knows the agent, wherever that may be.
pub(crate) fn is_registered(config: &GitConfig) -> bool {
    config.get("lfs.customtransfer.lfs-agent.path").is_some()
        && config.get("lfs.lfs-agent::.standalonetransferagent") == Some("lfs-agent")
}

fn filter(config: &GitConfig) -> Finding {
    if has_filter(config) {
        return Ok("git uses git-lfs".to_owned());
    }
    Err((
        "git doesn't use git-lfs".to_owned(),
        "run `git lfs install --skip-repo`".to_owned(),
    ))
}

fn registration(config: &GitConfig) -> Finding {
    let mend = || "run `lfs-agent install`".to_owned();
    let Some(program) = config.get("lfs.customtransfer.lfs-agent.path") else {
        return Err(("git-lfs doesn't know lfs-agent".to_owned(), mend()));
    };
    if config.get("lfs.lfs-agent::.standalonetransferagent") != Some("lfs-agent") {
        return Err((
            "git-lfs knows lfs-agent, but not for which URLs it is".to_owned(),
            mend(),
        ));
    }
    let found = if Path::new(program).components().count() > 1 {
        Path::new(program).is_file().then(|| program.into())
    } else {
        find_in_path(program)
    };
    match found {
        Some(path) => Ok(path.display().to_string()),
        None => Err((
            format!("git-lfs will look for `{program}` and not find it"),
            "add its directory to PATH".to_owned(),
        )),
    }
}

/// Where somebody has git look for hooks.
pub(crate) const HOOKS_PATH: &str = "core.hookspath";

/// Whether pushes bring dumps along.
pub(crate) fn pre_push_hook(config: &GitConfig) -> Finding {
    let path =
        git::run(&["rev-parse", "--git-path", "hooks/pre-push"]).map_err(|error| told(&error))?;
    let path = PathBuf::from(String::from_utf8_lossy(&path).trim());
    // husky has git look into a directory `_` of its own, from where it calls the hooks beside that.
    let directory = path.parent().unwrap_or(Path::new(""));
    let own = match directory.parent() {
        Some(parent) if directory.ends_with("_") => parent.join("pre-push"),
        _ => path.clone(),
    };
    let calls = |path: &Path| {
        std::fs::read_to_string(path)
            .is_ok_and(|hook| hook.contains("git lfs") || hook.contains("git-lfs"))
    };
    if calls(&path) || calls(&own) {
        return Ok("pre-push calls git-lfs".to_owned());
    }
    let shown = own.display();
    let mend = if own.exists() || config.get(HOOKS_PATH).is_some() {
        format!("add this line to `{shown}`: `git lfs pre-push \"$@\"`")
    } else {
        "run `git lfs install --local`".to_owned()
    };
    Err((
        format!("`{shown}` doesn't call git-lfs, so a push would leave dumps behind"),
        mend,
    ))
}

fn attributes(repository: &Repository) -> Finding {
    let path = repository.root().join(".gitattributes");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let tracked: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#') && line.contains("filter=lfs"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    if tracked.is_empty() && repository.work_tree().is_some() {
        return Err((
            "no file is tracked by git-lfs in `.gitattributes`".to_owned(),
            "run `git lfs track '*.sql.gz'`, or `lfs-agent init`".to_owned(),
        ));
    }
    Ok(tracked.join(", "))
}

/// Whether git-lfs has what it should have, and nothing else.
fn files(root: &Path) -> Finding {
    let tracked = tracked(root).map_err(|error| told(&error))?;
    let Tracked {
        with_git_lfs,
        in_git,
        stray,
        not_fetched,
    } = &tracked;
    for (paths, wrong, mend) in [
        (
            in_git,
            "in git itself, though `.gitattributes` gives it to git-lfs",
            "run `git add --renormalize .` and commit; what history has of it already, `git lfs migrate import` takes out",
        ),
        (
            stray,
            "a pointer of git-lfs that `.gitattributes` doesn't name, so nobody gets what it stands for",
            "run `git lfs track` for it, commit `.gitattributes`, then `git lfs pull`",
        ),
        (
            not_fetched,
            "still a pointer in the work tree",
            "run `git lfs pull`",
        ),
    ] {
        if !paths.is_empty() {
            return Err((format!("{} {wrong}", named(paths)), mend.to_owned()));
        }
    }
    Ok(format!("{with_git_lfs} with git-lfs, all fetched"))
}

/// Paths as the subject of a sentence that goes on in the singular.
fn named(paths: &[String]) -> String {
    let first: Vec<String> = paths
        .iter()
        .take(MOST_NAMED)
        .map(|path| format!("`{path}`"))
        .collect();
    match (paths.len(), first.as_slice()) {
        (1, [path]) => format!("{path} is"),
        (all, _) if all > MOST_NAMED => {
            format!(
                "each of {} and {} more is",
                first.join(", "),
                all - MOST_NAMED
            )
        }
        _ => format!("each of {} is", first.join(", ")),
    }
}

fn storage(path: &Path) -> Finding {
    let tried = std::fs::create_dir_all(path)
        .and_then(|()| tempfile::NamedTempFile::new_in(path).map(drop));
    match tried {
        Ok(()) => Ok(path.display().to_string()),
        Err(error) => Err((
            format!("`{}` can't be written: {error}", path.display()),
            "git-lfs keeps its objects there: make it yours to write, or set `lfs.storage`"
                .to_owned(),
        )),
    }
}

/// An error as a finding.
fn told(error: &AgentError) -> (String, String) {
    (
        error.to_string(),
        error
            .hint()
            .unwrap_or_else(|| "mend what it names, then run `lfs-agent doctor` again".to_owned()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_paths_are_named() {
        let paths: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
        assert_eq!(named(&paths[..1]), "`a` is");
        assert_eq!(named(&paths[..2]), "each of `a`, `b` is");
        assert_eq!(named(&paths), "each of `a`, `b`, `c` and 2 more is");
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let check = |said: &str, oldest| at_least(said, oldest, "git", "update").is_ok();
        assert!(check("git version 2.47.3", (2, 30)));
        assert!(check(
            "git-lfs/3.10.0 (GitHub; linux amd64; go 1.19.8)",
            (3, 3)
        ));
        assert!(check("git version 2.39.5 (Apple Git-154)", (2, 30)));
        assert!(!check("git version 2.9.0", (2, 30)));
        assert!(!check("nothing", (2, 30)));
    }
}
