//! The commits that changed a dump, and the rows that each of them changed.

use std::path::Path;

use dump_diff::{History, QueryError, RowChange, RowChanges, RowWhat, Source, Version};

use crate::dumps::content::Content;
use crate::error::AgentError;
use crate::git;
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
    near: Vec<(String, Content, Version)>,
    /// Whether any version has rows of the table.
    pub(crate) has_table: bool,
}

impl<'a> Versions<'a> {
    pub(crate) fn new(repository: &'a Repository, path: &'a str, history: History) -> Self {
        Self {
            repository,
            path,
            history,
            near: Vec::new(),
            has_table: false,
        }
    }

    /// Reads a version, if it isn't near.
    fn bring(&mut self, blob: &str) -> Result<(), AgentError> {
        if let Some(place) = self.near.iter().position(|(name, ..)| name == blob) {
            let found = self.near.remove(place);
            self.near.push(found);
            return Ok(());
        }
        let content = Content::of_blob(Some(blob), self.repository)?;
        let version = self
            .history
            .read(&content)
            .map_err(|error| AgentError::file("read", Path::new(self.path), error))?;
        self.has_table |= version.has_table();
        if self.near.len() == KEPT {
            self.near.remove(0);
        }
        self.near.push((blob.to_owned(), content, version));
        Ok(())
    }

    fn near(&self, blob: Option<&String>) -> Option<(&Version, &dyn Source)> {
        let (_, content, version) = self.near.iter().find(|(name, ..)| Some(name) == blob)?;
        Some((version, content))
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
        self.history
            .changes(self.near(before), self.near(after))
            .map_err(|error| match error {
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
            changes
                .rows
                .retain(|row| others.rows.iter().any(|other| other.key == row.key));
            let count = |kind: fn(&RowWhat) -> bool| {
                changes.rows.iter().filter(|row| kind(&row.what)).count() as u64
            };
            let counts = (
                count(|what| matches!(what, RowWhat::Added(_))),
                count(|what| matches!(what, RowWhat::Removed(_))),
                count(|what| matches!(what, RowWhat::Changed(_))),
            );
            (changes.added, changes.removed, changes.changed) = counts;
            changes
                .columns_added
                .retain(|name| others.columns_added.contains(name));
            changes
                .columns_removed
                .retain(|name| others.columns_removed.contains(name));
        }
        Ok(changes)
    }
}

/// Whether nothing changed.
pub(crate) fn is_nothing(changes: &RowChanges) -> bool {
    changes.added + changes.removed + changes.changed == 0
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
