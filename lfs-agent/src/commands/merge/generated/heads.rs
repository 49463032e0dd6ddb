//! Which versions of the repository git is merging.
//!
//! A driver is handed three versions of one file, and nobody tells it of which commits. Who merges leaves names in the
//! environment, a rebase in its list of what is done; a cherry-pick leaves nothing before it is over. There the commit is
//! looked for that turned the one version of this file into the other. Whatever is found counts only if the file is in it
//! as the driver has it.

use std::collections::BTreeSet;
use std::env;
use std::fs;

use dump_merge::Three;

use crate::error::AgentError;
use crate::git;
use crate::git::repository::Repository;

/// What both sides come from, and theirs. Ours is what git's index has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Heads {
    /// Several, where branches were merged into each other before.
    pub(super) bases: Vec<String>,
    pub(super) theirs: String,
}

/// What `git merge` sets for each commit that it merges, with the commit's name behind it.
const MERGED: &str = "GITHEAD_";

/// What git calls commits that it is in the middle of taking over.
const TAKEN: [&str; 2] = ["CHERRY_PICK_HEAD", "REBASE_HEAD"];

/// So many entries of the stash are looked at, and so many commits that may be the one.
const MOST: usize = 50;

/// The versions in which the file is as it is here, the likeliest first.
pub(super) fn candidates(
    path: &str,
    blobs: &Three<Option<String>>,
    repository: &Repository,
) -> Result<Vec<Heads>, AgentError> {
    let mut found = Vec::new();
    for theirs in merged(repository)? {
        let answer = git::attempt_in(repository.root(), &["merge-base", "--all", "HEAD", &theirs])?;
        let bases = lines(&answer.stdout);
        found.push(Heads { bases, theirs });
    }
    for commit in taken(repository)? {
        found.push(change(&commit));
    }
    if exists("REVERT_HEAD", repository)? {
        found.push(change("REVERT_HEAD").reversed());
    }
    let stash = ["log", "-g", "--format=%H", "-n", "50", "refs/stash", "--"];
    let answer = git::attempt_in(repository.root(), &stash)?;
    found.extend(lines(&answer.stdout).iter().map(|commit| change(commit)));
    let fitting = fitting(&found, path, blobs, repository)?;
    if !fitting.is_empty() {
        return Ok(fitting);
    }
    fitting_changes(path, blobs, repository)
}

/// What a commit did to its first parent.
fn change(commit: &str) -> Heads {
    Heads {
        bases: vec![format!("{commit}^1")],
        theirs: commit.to_owned(),
    }
}

impl Heads {
    /// What undoes it.
    fn reversed(self) -> Self {
        let theirs = self.bases.into_iter().next().unwrap_or_default();
        Self {
            bases: vec![self.theirs],
            theirs,
        }
    }
}

/// The commits that a merge joins to `HEAD`.
fn merged(repository: &Repository) -> Result<Vec<String>, AgentError> {
    let mut commits: Vec<String> = env::vars_os()
        .filter_map(|(name, _)| Some(name.to_str()?.strip_prefix(MERGED)?.to_owned()))
        .collect();
    commits.sort();
    if exists("MERGE_HEAD", repository)? {
        commits.push("MERGE_HEAD".to_owned());
    }
    // `merge -C COMMIT LABEL # …` of a rebase that keeps merges.
    if let Some(step) = rebase_step(repository)?
        && let ["merge" | "m", words @ ..] = &step.split(' ').collect::<Vec<_>>()[..]
    {
        let labels = if let ["-C" | "-c", _, labels @ ..] = words {
            labels
        } else {
            words
        };
        commits.extend(
            labels
                .iter()
                .take_while(|label| **label != "#")
                .map(|label| format!("refs/rewritten/{label}")),
        );
    }
    Ok(commits)
}

/// The commits that a rebase or a cherry-pick takes over.
fn taken(repository: &Repository) -> Result<Vec<String>, AgentError> {
    let mut commits = Vec::new();
    for name in TAKEN {
        if exists(name, repository)? {
            commits.push(name.to_owned());
        }
    }
    if let Some(step) = rebase_step(repository)?
        && let Some(commit) = step.split(' ').find(|word| is_name(word))
    {
        commits.insert(0, commit.to_owned());
    }
    Ok(commits)
}

fn is_name(word: &str) -> bool {
    word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a rebase is doing: the last line of what it has done, which it writes before it begins with it.
fn rebase_step(repository: &Repository) -> Result<Option<String>, AgentError> {
    let arguments = ["rev-parse", "--git-path", "rebase-merge/done"];
    let place = git::run_in(repository.root(), &arguments)?;
    let place = String::from_utf8_lossy(&place);
    let file = repository.root().join(place.trim_end_matches('\n'));
    let done = fs::read_to_string(file).unwrap_or_default();
    Ok(done
        .lines()
        .rfind(|line| !line.is_empty())
        .map(str::to_owned))
}

fn exists(name: &str, repository: &Repository) -> Result<bool, AgentError> {
    let arguments = ["rev-parse", "--quiet", "--verify", name];
    let answer = git::attempt_in(repository.root(), &arguments)?;
    Ok(answer.status.success())
}

/// The commits that turned one of the versions of the file into the other, forth or back.
fn fitting_changes(
    path: &str,
    blobs: &Three<Option<String>>,
    repository: &Repository,
) -> Result<Vec<Heads>, AgentError> {
    let mut commits = BTreeSet::new();
    for blob in [&blobs.theirs, &blobs.base].into_iter().flatten() {
        let object = format!("--find-object={blob}");
        let most = format!("--max-count={MOST}");
        let arguments = [
            "log",
            "--all",
            "--reflog",
            "--full-history",
            "-m",
            "--format=%H",
            &most,
            &object,
            "--",
            path,
        ];
        let answer = git::attempt_in(repository.root(), &arguments)?;
        commits.extend(lines(&answer.stdout));
        let fetched = ["rev-parse", "--quiet", "--verify", "FETCH_HEAD"];
        let answer = git::attempt_in(repository.root(), &fetched)?;
        commits.extend(lines(&answer.stdout));
    }
    let forth = commits.iter().map(|commit| change(commit));
    let back = commits.iter().map(|commit| change(commit).reversed());
    let found: Vec<Heads> = forth.chain(back).collect();
    fitting(&found, path, blobs, repository)
}

/// Those in which the file is as it is here.
fn fitting(
    found: &[Heads],
    path: &str,
    blobs: &Three<Option<String>>,
    repository: &Repository,
) -> Result<Vec<Heads>, AgentError> {
    let commits: BTreeSet<&str> = found
        .iter()
        .flat_map(|heads| heads.bases.iter().chain([&heads.theirs]))
        .map(String::as_str)
        .collect();
    let mut input = String::new();
    for commit in &commits {
        input.extend([commit, ":", path, "\n"]);
    }
    let arguments = ["cat-file", "--batch-check=%(objectname)"];
    let answer = git::ask(repository.root(), &arguments, input.into_bytes())?;
    let names = lines(&answer);
    let has = |commit: &str, blob: &Option<String>| {
        let at = commits.iter().position(|known| *known == commit);
        // What isn't there is told as `COMMIT:PATH missing`.
        let name = at.and_then(|at| names.get(at));
        let name = name.filter(|name| !name.ends_with(" missing"));
        name == blob.as_ref()
    };
    let mut seen = BTreeSet::new();
    let mut fitting = found.to_vec();
    fitting.retain(|heads| {
        let base = match &heads.bases[..] {
            [base] => has(base, &blobs.base),
            // git merges several into one that is nowhere.
            _ => true,
        };
        base && has(&heads.theirs, &blobs.theirs) && seen.insert(heads.clone())
    });
    Ok(fitting)
}

fn lines(output: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(output)
        .lines()
        .map(str::to_owned)
        .collect()
}
