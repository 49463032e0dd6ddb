//! The commits that changed a dump, and the rows that each of them changed.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::path::{Path, PathBuf};

use dump_diff::{History, QueryError, RowChange, RowChanges, RowWhat, Source, Version};

use crate::dumps::ahead::Ahead;
use crate::dumps::content::Content;
use crate::dumps::elsewhere::{Outlines, RemoteVersion};
use crate::error::AgentError;
use crate::git;
use crate::git::pointer::{self, Pointer};
use crate::git::repository::Repository;

/// A commit that changed a dump.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its whole name.
    pub(crate) commit: String,
    /// The author's name.
    pub(crate) author: String,
    /// When it was authored, `2026-11-29`.
    pub(crate) date: String,
    pub(crate) subject: String,
    /// What git has for the dump in each parent; none where it isn't there.
    pub(crate) before: Vec<Option<String>>,
    /// What git has for it in this commit.
    pub(crate) after: Option<String>,
}

/// How many digits of a commit's name are shown.
const SHORT_NAME: usize = 10;

impl Step {
    /// The first digits of the commit's name.
    pub(crate) fn short(&self) -> &str {
        self.commit.get(..SHORT_NAME).unwrap_or(&self.commit)
    }
}

/// The dump that is meant: the one that is named, or the only one that git-lfs keeps for the agent.
pub(crate) fn path(named: Option<&Path>, repository: &Repository) -> Result<String, AgentError> {
    if let Some(path) = named {
        let path = path.to_string_lossy();
        let listing = git::run(&["ls-files", "-z", "--full-name", "--", &path])?;
        let text = String::from_utf8_lossy(&listing).into_owned();
        // A dump that was deleted has a history all the same.
        let found = text.split('\0').next().filter(|path| !path.is_empty());
        return Ok(found.map_or_else(|| path.replace('\\', "/"), str::to_owned));
    }
    let root = repository.root();
    let listing = git::run_in(root, &["ls-files", "-z"])?;
    let attributes = ["check-attr", "-z", "--stdin", "filter", "merge", "diff"];
    let answer = git::ask(root, &attributes, listing)?;
    let text = String::from_utf8_lossy(&answer);
    let fields: Vec<&str> = text.split('\0').collect();
    let paths: Vec<String> = fields
        .chunks_exact(9)
        .filter(|entry| {
            let (filter, merge, diff) = (entry[2], entry[5], entry[8]);
            // Of what git has itself the agent may merge SQL that makes tables, which isn't a dump.
            diff == crate::commands::install::NAME
                || (merge == crate::commands::install::NAME && filter == "lfs")
        })
        .map(|entry| entry[0].to_owned())
        .collect();
    match &paths[..] {
        [path] => Ok(path.clone()),
        _ => Err(AgentError::WhichDump { paths }),
    }
}

/// The commits that changed the file at `path`, newest first, as far as git's arguments reach.
pub(crate) fn steps(
    repository: &Repository,
    path: &str,
    arguments: &[String],
) -> Result<Vec<Step>, AgentError> {
    let mut all = vec![
        "-c",
        "core.quotepath=off",
        "log",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--root",
        // Of merges those that are as none of their parents.
        "-c",
        "--format=%x01%H%x00%an%x00%as%x00%s",
    ];
    all.extend(arguments.iter().map(String::as_str));
    all.extend(["--", path]);
    let mut steps = Vec::new();
    git::each_line(repository.root(), &all, |line| read(line, &mut steps))?;
    steps.retain(|step: &Step| !step.before.is_empty());
    Ok(steps)
}

/// Reads a commit's line, or `:MODES… BLOBS… STATUS\tPATH` with as many colons as there are parents.
fn read(line: &str, steps: &mut Vec<Step>) {
    if let Some(head) = line.strip_prefix('\u{1}') {
        let mut fields = head.split('\0').map(str::to_owned);
        let mut field = || fields.next().unwrap_or_default();
        steps.push(Step {
            commit: field(),
            author: field(),
            date: field(),
            subject: field(),
            ..Step::default()
        });
        return;
    }
    let parents = line.bytes().take_while(|byte| *byte == b':').count();
    if parents == 0 {
        return;
    }
    let (fields, _) = line[parents..].split_once('\t').unwrap_or((line, ""));
    let blobs = fields
        .split(' ')
        .skip(parents + 1)
        .take(parents + 1)
        .map(|blob| (!blob.bytes().all(|digit| digit == b'0')).then(|| blob.to_owned()));
    let mut blobs: Vec<Option<String>> = blobs.collect();
    if let Some(step) = steps.last_mut() {
        step.after = blobs.pop().flatten();
        step.before = blobs;
    }
}

/// So many versions are kept: a commit's, and its parents'.
const KEPT: usize = 4;

/// The versions of a dump, each read once as long as it is near.
pub(crate) struct Versions<'a> {
    repository: &'a Repository,
    path: &'a str,
    history: History,
    /// What git has for versions that git-lfs keeps, by its name for it.
    pointers: HashMap<String, Pointer>,
    /// Of those that aren't here. All versions are then cut as the store has them, so that they can be compared.
    outlines: Option<Outlines>,
    /// Of those that are here, unless all are cut so.
    ahead: Option<Ahead>,
    /// Those that are here.
    here: Vec<(String, PathBuf)>,
    near: Vec<Near>,
    /// Whether any version has rows of the table.
    pub(crate) has_table: bool,
}

/// A version that was read.
struct Near {
    blob: String,
    bytes: Bytes,
    version: Version,
}

/// Where a version's bytes are.
enum Bytes {
    Here(Content),
    Elsewhere(RemoteVersion),
}

impl Bytes {
    fn source(&self) -> &dyn Source {
        match self {
            Self::Here(content) => content,
            Self::Elsewhere(version) => version,
        }
    }
}

impl<'a> Versions<'a> {
    /// For these commits of the dump at `path`.
    pub(crate) fn new(
        repository: &'a Repository,
        path: &'a str,
        history: History,
        steps: &[Step],
    ) -> Result<Self, AgentError> {
        let mut blobs: Vec<&str> = Vec::new();
        for step in steps {
            let of_step = step.after.iter().chain(step.before.iter().flatten());
            blobs.extend(of_step.map(String::as_str));
        }
        let mut seen = HashSet::new();
        blobs.retain(|blob| seen.insert(*blob));
        let pointers = pointers(repository, &blobs)?;
        let objects = repository.lfs_objects();
        let is_here = |pointer: &Pointer| pointer.oid.path_below(&objects).is_file();
        let ordered = blobs
            .iter()
            .filter_map(|blob| Some((*blob, pointers.get(*blob)?)));
        let ordered: Vec<(&str, &Pointer)> = ordered.collect();
        let outlines = if ordered.iter().all(|(_, pointer)| is_here(pointer)) {
            let pointers = ordered.iter().map(|(_, pointer)| *pointer);
            Outlines::kept(repository, &pointers.collect::<Vec<_>>())
        } else {
            // Where the agent's store isn't the one, git-lfs knows which is.
            let oids = ordered.iter().map(|(_, pointer)| pointer.oid);
            Outlines::of(repository, oids).ok()
        };
        let here = ordered.iter().filter(|(_, pointer)| is_here(pointer));
        let here =
            here.map(|(blob, pointer)| ((*blob).to_owned(), pointer.oid.path_below(&objects)));
        let here: Vec<(String, PathBuf)> = here.collect();
        let ahead = outlines.is_none().then(|| Ahead::of(here.clone()));
        Ok(Self {
            repository,
            path,
            history,
            pointers,
            ahead,
            here,
            outlines,
            near: Vec::new(),
            has_table: false,
        })
    }

    /// The names of all tables that any version has rows of.
    pub(crate) fn tables(&self) -> Vec<String> {
        self.history.tables()
    }

    /// Reads a version, if it isn't near.
    fn bring(&mut self, blob: &str) -> Result<(), AgentError> {
        if let Some(place) = self.near.iter().position(|near| near.blob == blob) {
            let found = self.near.remove(place);
            self.near.push(found);
            return Ok(());
        }
        let (bytes, version) = self.read(blob)?;
        self.has_table |= version.has_table();
        if self.near.len() == KEPT {
            self.near.remove(0);
        }
        self.near.push(Near {
            blob: blob.to_owned(),
            bytes,
            version,
        });
        Ok(())
    }

    fn read(&mut self, blob: &str) -> Result<(Bytes, Version), AgentError> {
        let unreadable = |error| AgentError::file("read", Path::new(self.path), error);
        if let Some(outlines) = &mut self.outlines
            && let Some(pointer) = self.pointers.get(blob)
        {
            let here = Content::here(pointer, self.repository);
            if here.is_none()
                && let Some(remote) = outlines.version(&pointer.oid)
            {
                let history = &mut self.history;
                remote.bring(&history.unknown(remote.outline().pieces()))?;
                let version = history.read_pieces(&remote, remote.outline().pieces());
                // Pieces that can't be read by themselves are of a file that isn't members: it is read as a whole.
                if let Ok(version) = version {
                    return Ok((Bytes::Elsewhere(remote), version));
                }
            }
            let content = match here {
                Some(here) => here,
                None => Content::of_blob(Some(blob), self.repository)?,
            };
            let object = pointer.oid.path_below(&self.repository.lfs_objects());
            let in_pieces = outlines.here(pointer, &object).and_then(|outline| {
                let version = self.history.read_pieces(&content, outline.pieces());
                version.ok()
            });
            let version = match in_pieces {
                Some(version) => version,
                // As it would be cut where nothing is known of it: so are the others then.
                None if outlines.are_here => {
                    self.outlines = None;
                    self.here.retain(|(here, _)| here != blob);
                    self.ahead = Some(Ahead::of(mem::take(&mut self.here)));
                    self.history.read(&content).map_err(unreadable)?
                }
                None => self.history.read(&content).map_err(unreadable)?,
            };
            return Ok((Bytes::Here(content), version));
        }
        let pointer = self.pointers.get(blob);
        let content = match pointer.and_then(|pointer| Content::here(pointer, self.repository)) {
            Some(here) => here,
            None => Content::of_blob(Some(blob), self.repository)?,
        };
        let cut = self.ahead.as_mut().and_then(|ahead| ahead.take(blob));
        let version = match cut {
            Some(members) => members.and_then(|cut| self.history.read_members(&content, &cut)),
            None => self.history.read(&content),
        };
        Ok((Bytes::Here(content), version.map_err(unreadable)?))
    }

    /// What two versions differ in.
    pub(crate) fn between(
        &mut self,
        before: Option<&String>,
        after: Option<&String>,
    ) -> Result<RowChanges, AgentError> {
        for blob in [after, before].into_iter().flatten() {
            self.bring(blob)?;
        }
        let near = &self.near;
        let sides = [before, after].map(|blob| near.iter().find(|near| Some(&near.blob) == blob));
        let [old, new] = sides.map(|side| side.map(|near| (&near.version, near.bytes.source())));
        let read = self
            .history
            .differing(old.map(|old| old.0), new.map(|new| new.0));
        for (side, parts) in sides.into_iter().zip(read) {
            if let Some(Near {
                bytes: Bytes::Elsewhere(remote),
                ..
            }) = side
            {
                remote.bring(&parts)?;
            }
        }
        self.history.changes(old, new).map_err(|error| match error {
            QueryError::Io(error) => AgentError::file("read", Path::new(self.path), error),
            error => AgentError::Query {
                dump: self.path.to_owned(),
                error,
            },
        })
    }

    /// What a commit changed. A merge changed what it has in common with none of its parents.
    pub(crate) fn of_step(&mut self, step: &Step) -> Result<RowChanges, AgentError> {
        let mut parents = step.before.iter();
        let first = parents.next().and_then(Option::as_ref);
        let mut changes = self.between(first, step.after.as_ref())?;
        for parent in parents {
            let others = self.between(parent.as_ref(), step.after.as_ref())?;
            changes.leave_what_is_in(&others);
        }
        Ok(changes)
    }
}

/// What git has for these blobs, where it is a pointer.
fn pointers(
    repository: &Repository,
    blobs: &[&str],
) -> Result<HashMap<String, Pointer>, AgentError> {
    let lines = |blobs: &[&str]| {
        let lines = blobs.iter().map(|blob| format!("{blob}\n"));
        lines.collect::<String>().into_bytes()
    };
    let root = repository.root();
    let checked = git::ask(root, &["cat-file", "--batch-check"], lines(blobs))?;
    let text = String::from_utf8_lossy(&checked);
    let is_small = |line: &&str| {
        let size = line.rsplit(' ').next().and_then(|size| size.parse().ok());
        size.is_some_and(|size: u64| size <= pointer::LARGEST)
    };
    let small: Vec<&str> = text
        .lines()
        .filter(is_small)
        .filter_map(|line| line.split(' ').next())
        .collect();
    let answer = git::ask(root, &["cat-file", "--batch"], lines(&small))?;
    let blobs = git::history::blobs(&answer);
    let pointers =
        blobs.filter_map(|(name, content)| Some((name.to_owned(), Pointer::parse(content)?)));
    Ok(pointers.collect())
}

/// Whether nothing changed.
pub(crate) fn is_nothing(changes: &RowChanges) -> bool {
    changes.added() + changes.removed() + changes.changed() == 0
        && changes.columns_added.is_empty()
        && changes.columns_removed.is_empty()
}

/// A value for people.
pub(crate) fn shown(value: Option<&String>) -> String {
    match value {
        None => "NULL".to_owned(),
        Some(value) if value.is_empty() => "''".to_owned(),
        Some(value) => dump_text::row::cut(dump_text::row::printable(value.as_bytes()), 60),
    }
}

/// A row's change for people, in one line.
pub(crate) fn line(change: &RowChange) -> String {
    let cells = |cells: &[dump_diff::Cell]| {
        let cells = cells
            .iter()
            .map(|(name, value)| format!("{name} {}", shown(value.as_ref())));
        cells.collect::<Vec<_>>().join(", ")
    };
    match &change.what {
        RowWhat::Added(all) => format!("+ {}", cells(all)),
        RowWhat::Removed(all) => format!("- {}", cells(all)),
        RowWhat::Changed(changed) => {
            let changed = changed.iter().map(|(name, was, is)| {
                format!("{name} {} -> {}", shown(was.as_ref()), shown(is.as_ref()))
            });
            let changed: Vec<String> = changed.collect();
            format!("~ {}: {}", cells(&change.key), changed.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_and_merges_are_read() {
        let mut steps = Vec::new();
        for text in [
            "\u{1}c2\x00Ann\x002026-01-02\x00Merge: a",
            "",
            "::100644 100644 100644 p1 p2 r1 MM\tdumps/a b.gz",
            "\u{1}c1\x00Bob\x002026-01-01\x00Add",
            "",
            ":000000 100644 0000000 b1 A\tdumps/a b.gz",
        ] {
            read(text, &mut steps);
        }
        let name = |text: &str| Some(text.to_owned());
        assert_eq!(steps[0].before, [name("p1"), name("p2")]);
        assert_eq!(steps[0].after, name("r1"));
        assert_eq!(steps[0].subject, "Merge: a");
        assert_eq!(
            (&steps[1].before[..], &steps[1].after),
            (&[None][..], &name("b1"))
        );
    }
}
