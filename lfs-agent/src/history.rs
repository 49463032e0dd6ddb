//! The dumps that git's history names.
//!
//! What git knows is asked from git in three long-lived questions, never one per object: which objects the refs reach,
//! which of them are small enough to be pointers, and what these say.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use dump_store::Oid;

use crate::error::AgentError;
use crate::git;
use crate::pointer::{LARGEST, Pointer};

/// A large file that history names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dump {
    /// In bytes.
    pub(crate) size: u64,
    /// The pointers that name it, by their names in git.
    pub(crate) blobs: BTreeSet<String>,
    /// One path that it had in each of them.
    pub(crate) paths: BTreeSet<String>,
}

/// Which part of history is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach<'a> {
    /// What these refs reach; all refs, if there are none.
    Refs(&'a [String]),
    /// Everything that this repository could still need: all refs, what they were lately, and the index.
    Everything,
}

/// All dumps within `reach` of the repository at `directory`.
pub(crate) fn dumps(directory: &Path, reach: Reach<'_>) -> Result<BTreeMap<Oid, Dump>, AgentError> {
    let mut arguments = vec!["rev-list", "--objects"];
    match reach {
        Reach::Refs([]) => arguments.push("--all"),
        Reach::Refs(refs) => {
            arguments.push("--end-of-options");
            arguments.extend(refs.iter().map(String::as_str));
        }
        Reach::Everything => arguments.extend(["--all", "--reflog", "--indexed-objects"]),
    }
    let objects = ask(directory, &arguments, Vec::new())?;
    let candidates = small_blobs(directory, objects)?;
    let names: String = candidates
        .keys()
        .flat_map(|name| [name.as_str(), "\n"])
        .collect();
    let contents = ask(
        directory,
        &["cat-file", "--batch", "--buffer"],
        names.into_bytes(),
    )?;
    let mut dumps: BTreeMap<Oid, Dump> = BTreeMap::new();
    for (blob, content) in blobs(&contents) {
        let Some(pointer) = Pointer::parse(content) else {
            continue;
        };
        let dump = dumps.entry(pointer.oid).or_insert_with(|| Dump {
            size: pointer.size,
            blobs: BTreeSet::new(),
            paths: BTreeSet::new(),
        });
        dump.paths.extend(candidates.get(blob).cloned());
        dump.blobs.insert(blob.to_owned());
    }
    Ok(dumps)
}

/// How many digits of a commit's name are shown.
const SHORT_NAME: usize = 10;

/// One change of a dump in history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// The first digits of the commit's name.
    pub(crate) commit: String,
    /// The committer's date, `2026-11-22`.
    pub(crate) date: String,
    pub(crate) blob: String,
    pub(crate) path: String,
}

/// The commits that brought files in, newest first, as far as `refs` reach (all, if there are none).
pub(crate) fn changes(directory: &Path, refs: &[String]) -> Result<Vec<Change>, AgentError> {
    let mut arguments = vec![
        "-c",
        "core.quotepath=off",
        "log",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "-m",
        "--root",
        "--format=commit %H %cs",
    ];
    if refs.is_empty() {
        arguments.push("--all");
    } else {
        arguments.push("--end-of-options");
        arguments.extend(refs.iter().map(String::as_str));
    }
    Ok(parse_log(&String::from_utf8_lossy(&ask(
        directory,
        &arguments,
        Vec::new(),
    )?)))
}

/// Reads what `git log --raw` writes: a `commit` line, then `:OLDMODE NEWMODE OLD NEW STATUS\tPATH` lines.
fn parse_log(log: &str) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let (mut commit, mut date) = ("", "");
    for line in log.lines() {
        if let Some(head) = line.strip_prefix("commit ") {
            (commit, date) = head.split_once(' ').unwrap_or((head, ""));
            commit = commit.get(..SHORT_NAME).unwrap_or(commit);
        } else if let Some((fields, path)) = line
            .strip_prefix(':')
            .and_then(|rest| rest.split_once('\t'))
        {
            let Some(blob) = fields.split(' ').nth(3) else {
                continue;
            };
            if blob.bytes().all(|digit| digit == b'0') {
                continue;
            }
            let change = Change {
                commit: commit.to_owned(),
                date: date.to_owned(),
                blob: blob.to_owned(),
                path: path.to_owned(),
            };
            // A merge shows again what its branches brought in; the oldest commit is the one that did.
            changes.retain(|later| (&later.blob, &later.path) != (&change.blob, &change.path));
            changes.push(change);
        }
    }
    changes
}

/// Of the objects on these lines (a name, and perhaps a path behind it) the blobs that are small enough for pointers, with
/// their paths.
pub(crate) fn small_blobs(
    directory: &Path,
    objects: Vec<u8>,
) -> Result<BTreeMap<String, String>, AgentError> {
    let format = "--batch-check=%(objecttype) %(objectsize) %(objectname) %(rest)";
    let checked = ask(directory, &["cat-file", format, "--buffer"], objects)?;
    Ok(candidates(&checked))
}

/// The blobs that are small enough, with a path each, from lines `TYPE SIZE NAME PATH`.
fn candidates(checked: &[u8]) -> BTreeMap<String, String> {
    let mut candidates = BTreeMap::new();
    for line in String::from_utf8_lossy(checked).lines() {
        let mut fields = line.splitn(4, ' ');
        if let (Some("blob"), Some(size), Some(name), path) =
            (fields.next(), fields.next(), fields.next(), fields.next())
            && size.parse().is_ok_and(|size: u64| size <= LARGEST)
        {
            candidates.insert(name.to_owned(), path.unwrap_or_default().to_owned());
        }
    }
    candidates
}

/// The blobs in what `git cat-file --batch` writes: `NAME TYPE SIZE\nCONTENT\n`.
pub(crate) fn blobs(mut batch: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    std::iter::from_fn(move || {
        let end = batch.iter().position(|byte| *byte == b'\n')?;
        let (head, rest) = (std::str::from_utf8(&batch[..end]).ok()?, &batch[end + 1..]);
        let mut fields = head.split(' ');
        let (name, _, size) = (fields.next()?, fields.next()?, fields.next()?);
        let size: usize = size.parse().ok()?;
        let content = rest.get(..size)?;
        batch = rest.get(size + 1..).unwrap_or_default();
        Some((name, content))
    })
}

/// Runs git in `directory` with `input`, which is written while its output is read.
pub(crate) fn ask(
    directory: &Path,
    arguments: &[&str],
    input: Vec<u8>,
) -> Result<Vec<u8>, AgentError> {
    let failed = |said: String| AgentError::Git {
        command: arguments.join(" "),
        said,
    };
    let mut child = Command::new("git")
        .current_dir(directory)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| git::cannot_start(arguments, &error))?;
    let stdin = child.stdin.take();
    let writing = thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    let output = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    // If git didn't read all of it, git says why.
    let _ = writing.join();
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(failed(
        String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_are_told_apart_by_their_sizes() {
        let batch = b"aa blob 3\nx\ny\nbb blob 0\n\ncc missing\n";
        let found: Vec<_> = blobs(batch).collect();
        assert_eq!(found, [("aa", &b"x\ny"[..]), ("bb", &b""[..])]);
    }

    #[test]
    fn only_small_blobs_may_be_pointers() {
        let checked = b"commit 200 c1 \nblob 130 b1 dumps/a b.sql.gz\nblob 4000 b2 big\ntree 30 t1 dumps\nblob 0 b3\n";
        let expected = [("b1", "dumps/a b.sql.gz"), ("b3", "")];
        assert_eq!(
            candidates(checked),
            expected
                .map(|(name, path)| (name.to_owned(), path.to_owned()))
                .into()
        );
    }

    #[test]
    fn a_change_belongs_to_the_oldest_commit_that_made_it() {
        let log = "commit c3 2026-01-03\n\n:100644 100644 b1 b2 M\tdumps/a\n\
                   commit c2 2026-01-02\n\n:100644 100644 b1 b2 M\tdumps/a\n:100644 000000 b9 000 D\tgone\n\
                   commit c1 2026-01-01\n\n:000000 100644 000 b1 A\tdumps/a\n";
        let found: Vec<_> = parse_log(log)
            .into_iter()
            .map(|change| (change.commit, change.blob))
            .collect();
        assert_eq!(
            found,
            [
                ("c2".to_owned(), "b2".to_owned()),
                ("c1".to_owned(), "b1".to_owned())
            ]
        );
    }
}
