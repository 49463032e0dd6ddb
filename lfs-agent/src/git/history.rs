//! The dumps that git's history names.
//!
//! What git knows is asked from git in three long-lived questions, never one per object: which objects the refs reach,
//! which of them are small enough to be pointers, and what these say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dump_store::Oid;

use crate::error::AgentError;
use crate::git::pointer::{LARGEST, Pointer};
use crate::git::{self, Place};

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
    /// Everything that could still be needed: all refs, what they were lately, the indices, and these objects.
    Everything(&'a [&'a str]),
}

/// Leaves out the refs below [`crate::git::witness::KEPT_REFS`].
const EXCEPT_KEPT: &str = "--exclude=refs/lfs-agent/*";

/// All dumps within `reach` of the repository at `place`.
pub(crate) fn dumps<'a>(
    place: impl Into<Place<'a>>,
    reach: Reach<'_>,
) -> Result<BTreeMap<Oid, Dump>, AgentError> {
    let place = place.into();
    let mut input = String::new();
    let mut arguments = vec!["rev-list", "--objects"];
    match reach {
        Reach::Refs([]) => arguments.push("--all"),
        Reach::Refs(refs) => {
            arguments.push("--end-of-options");
            arguments.extend(refs.iter().map(String::as_str));
        }
        Reach::Everything(tips) => {
            // Of every work tree, unless told otherwise.
            arguments.extend(["--missing=print", EXCEPT_KEPT]);
            arguments.extend(["--all", "--reflog", "--indexed-objects", "--stdin"]);
            input.extend(tips.iter().flat_map(|tip| [*tip, "\n"]));
        }
    }
    let objects = git::ask(place, &arguments, input.into_bytes())?;
    let missing = objects
        .split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(b"?"))
        .count();
    if missing > 0 {
        return Err(AgentError::Missing { objects: missing });
    }
    dumps_among(place, objects)
}

/// The dumps that pointers among these objects name, from lines `NAME PATH`.
pub(crate) fn dumps_among<'a>(
    place: impl Into<Place<'a>>,
    objects: Vec<u8>,
) -> Result<BTreeMap<Oid, Dump>, AgentError> {
    let place = place.into();
    let candidates = small_blobs(place, objects)?;
    let names: String = candidates
        .keys()
        .flat_map(|name| [name.as_str(), "\n"])
        .collect();
    let contents = git::ask(
        place,
        &["cat-file", "--batch", "--buffer"],
        names.into_bytes(),
    )?;
    let mut dumps: BTreeMap<Oid, Dump> = BTreeMap::new();
    let mut read = 0;
    for (blob, content) in blobs(&contents) {
        read += 1;
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
    if read < candidates.len() {
        return Err(AgentError::Missing {
            objects: candidates.len() - read,
        });
    }
    Ok(dumps)
}

/// Whether the repository's history ends before its beginning.
pub(crate) fn is_shallow<'a>(place: impl Into<Place<'a>>) -> Result<bool, AgentError> {
    let answer = git::run_in(place, &["rev-parse", "--is-shallow-repository"])?;
    Ok(answer.starts_with(b"true"))
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
    pub(crate) oid: Oid,
    pub(crate) path: String,
}

/// The commits that brought `dumps` in, newest first, as far as `refs` reach (all, if there are none).
pub(crate) fn changes(
    directory: &Path,
    refs: &[String],
    dumps: &BTreeMap<Oid, Dump>,
) -> Result<Vec<Change>, AgentError> {
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
    let mut log = Log::of(dumps);
    git::each_line(directory, &arguments, |line| log.read(line))?;
    Ok(log.changes())
}

/// What `git log --raw` writes, of which only the lines of dumps are kept: a history may be millions of lines long.
struct Log<'a> {
    oids: BTreeMap<&'a str, Oid>,
    commit: String,
    date: String,
    found: Vec<Change>,
}

impl<'a> Log<'a> {
    fn of(dumps: &'a BTreeMap<Oid, Dump>) -> Self {
        let oids = dumps
            .iter()
            .flat_map(|(oid, dump)| dump.blobs.iter().map(|blob| (blob.as_str(), *oid)));
        Self {
            oids: oids.collect(),
            commit: String::new(),
            date: String::new(),
            found: Vec::new(),
        }
    }

    /// Reads a `commit` line, or `:OLDMODE NEWMODE OLD NEW STATUS\tPATH`.
    fn read(&mut self, line: &str) {
        if let Some(head) = line.strip_prefix("commit ") {
            let (commit, date) = head.split_once(' ').unwrap_or((head, ""));
            commit
                .get(..SHORT_NAME)
                .unwrap_or(commit)
                .clone_into(&mut self.commit);
            date.clone_into(&mut self.date);
        } else if let Some((fields, path)) = line
            .strip_prefix(':')
            .and_then(|rest| rest.split_once('\t'))
            && let Some(blob) = fields.split(' ').nth(3)
            && let Some(oid) = self.oids.get(blob)
        {
            self.found.push(Change {
                commit: self.commit.clone(),
                date: self.date.clone(),
                oid: *oid,
                path: path.to_owned(),
            });
        }
    }

    /// Each change once. A merge shows again what its branches brought in; the oldest commit is the one that did.
    fn changes(mut self) -> Vec<Change> {
        let mut seen = BTreeSet::new();
        self.found.reverse();
        self.found
            .retain(|change| seen.insert((change.oid, change.path.clone())));
        self.found.reverse();
        self.found
    }
}

/// Of the objects on these lines (a name, and perhaps a path behind it) the blobs that are small enough for pointers, with
/// their paths.
pub(crate) fn small_blobs<'a>(
    place: impl Into<Place<'a>>,
    objects: Vec<u8>,
) -> Result<BTreeMap<String, String>, AgentError> {
    let format = "--batch-check=%(objecttype) %(objectsize) %(objectname) %(rest)";
    let checked = git::ask(place, &["cat-file", format, "--buffer"], objects)?;
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
                   commit c1 2026-01-01\n\n:000000 100644 000 b1 A\tdumps/a\n:000000 100644 000 b7 A\tREADME\n";
        let dump = |blob: &str| Dump {
            size: 1,
            blobs: [blob.to_owned()].into(),
            paths: BTreeSet::new(),
        };
        let [first, second] = [&b"1"[..], b"2"].map(Oid::of);
        let dumps = [(first, dump("b1")), (second, dump("b2"))].into();
        let mut read = Log::of(&dumps);
        log.lines().for_each(|line| read.read(line));
        let found: Vec<_> = read
            .changes()
            .into_iter()
            .map(|change| (change.commit, change.date, change.oid))
            .collect();
        let expected = [("c2", "2026-01-02", second), ("c1", "2026-01-01", first)];
        assert_eq!(
            found,
            expected.map(|(commit, date, oid)| (commit.to_owned(), date.to_owned(), oid))
        );
    }
}
