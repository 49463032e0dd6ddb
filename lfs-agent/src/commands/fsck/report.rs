//! What `fsck` says, to people and to scripts. The form of the JSON is written down in `docs/lfs-agent.md`.

use std::collections::BTreeMap;

use dump_store::{Item, Oid};
use serde::Serialize;

use super::check::Depth;
use super::finding::{Fault, Findings, Part, Wrong};
use super::repair::Work;
use crate::git::history::{Change, Dump};
use crate::git::partial::Completeness;
use crate::store::tending::Store;
use crate::terminal::output::{human, remark, say, say_json};

/// All that was found and done.
pub(super) struct Report<'a> {
    pub(super) store: &'a Store,
    pub(super) dumps: &'a BTreeMap<Oid, Dump>,
    pub(super) completeness: Completeness,
    pub(super) depth: Depth,
    pub(super) findings: &'a Findings,
    pub(super) work: &'a Work,
    /// The commits that brought the dumps in, if they are of interest.
    pub(super) changes: &'a [Change],
}

#[derive(Serialize)]
struct Json<'a> {
    store: &'a str,
    depth: &'static str,
    history: &'static str,
    absent: usize,
    dumps: usize,
    size: u64,
    findings: Vec<JsonFinding<'a>>,
    needless: Vec<JsonPart>,
    repaired: Vec<JsonWork>,
    failed: Vec<JsonFailure>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    kind: Fault,
    oid: String,
    size: u64,
    paths: Vec<&'a str>,
    commits: Vec<&'a str>,
    parts: Vec<JsonPart>,
}

#[derive(Serialize)]
struct JsonPart {
    key: String,
    wrong: &'static str,
    text: String,
}

#[derive(Serialize)]
struct JsonWork {
    key: String,
    how: &'static str,
}

#[derive(Serialize)]
struct JsonFailure {
    key: String,
    error: String,
}

impl Report<'_> {
    /// Tells a terminal.
    pub(super) fn write(&self, quiet: bool) {
        for (item, how) in &self.work.done {
            if !quiet {
                say(&format!("repaired {}: {}", self.address(item), how.text()));
            }
        }
        for (oid, finding) in &self.findings.dumps {
            let commits = self.commits(oid).join(", ");
            let paths = self.paths(oid).join(", ");
            let since = if commits.is_empty() {
                String::new()
            } else {
                format!(" (since commit {commits})")
            };
            say(&format!("{} {oid} {paths}{since}", finding.kind.word()));
            for part in &finding.parts {
                say(&format!("  {} {}", self.address(&part.item), part.text()));
            }
        }
        for (item, error) in &self.work.failed {
            let text = error.to_string();
            let address = self.address(item);
            if text.starts_with(&address) {
                say(&format!("failed {text}"));
            } else {
                say(&format!("failed {address}: {text}"));
            }
        }
        if quiet {
            return;
        }
        for part in self.findings.needless.values() {
            remark(&format!(
                "note: {} {}, and isn't needed: its dump is there whole. `lfs-agent fsck --repair` deletes it.",
                self.address(&part.item),
                part.text()
            ));
        }
        if let Some(caveat) = self.caveat() {
            remark(&format!("note: {caveat}"));
        }
        if self.findings.dumps.is_empty() {
            say(&self.summary());
        }
    }

    /// What it comes to when nothing is wrong.
    fn summary(&self) -> String {
        if self.dumps.is_empty() {
            return "No dump was checked: what git has here names none.".to_owned();
        }
        let how = match self.depth {
            Depth::Sizes => "there and whole",
            Depth::Contents => "there, whole and right",
        };
        let dumps = if self.dumps.len() == 1 {
            "1 dump".to_owned()
        } else {
            format!("{} dumps", self.dumps.len())
        };
        format!(
            "{dumps} ({}) in {}: all {how}.",
            human(self.size()),
            self.store.url
        )
    }

    /// What a clone can't tell that hasn't all of the history.
    fn caveat(&self) -> Option<String> {
        match self.completeness {
            Completeness::Complete => None,
            Completeness::Shallow => Some(
                "this is a shallow clone: dumps of older commits were not checked. `git fetch --unshallow` brings these commits.".to_owned(),
            ),
            Completeness::Partial(absent) => Some(format!(
                "this is a partial clone: {absent} of its files and directories aren't here, and dumps that they name were not checked. `git fetch --refetch --no-filter` brings them."
            )),
        }
    }

    /// Tells a script: one JSON object on one line.
    pub(super) fn write_json(&self) {
        let (history, absent) = match self.completeness {
            Completeness::Complete => ("complete", 0),
            Completeness::Shallow => ("shallow", 0),
            Completeness::Partial(absent) => ("partial", absent),
        };
        let findings = self
            .findings
            .dumps
            .iter()
            .map(|(oid, finding)| JsonFinding {
                kind: finding.kind,
                oid: oid.to_hex(),
                size: self.dumps[oid].size,
                paths: self.paths(oid),
                commits: self.commits(oid),
                parts: finding.parts.iter().map(|part| self.part(part)).collect(),
            });
        let needless = self.findings.needless.values();
        let repaired = self.work.done.iter().map(|(item, how)| JsonWork {
            key: self.address(item),
            how: how.word(),
        });
        let failed = self.work.failed.iter().map(|(item, error)| JsonFailure {
            key: self.address(item),
            error: error.to_string(),
        });
        say_json(&Json {
            store: self.store.url.split('?').next().unwrap_or_default(),
            depth: match self.depth {
                Depth::Sizes => "sizes",
                Depth::Contents => "contents",
            },
            history,
            absent,
            dumps: self.dumps.len(),
            size: self.size(),
            findings: findings.collect(),
            needless: needless.map(|part| self.part(part)).collect(),
            repaired: repaired.collect(),
            failed: failed.collect(),
        });
    }

    fn part(&self, part: &Part) -> JsonPart {
        let wrong = match part.wrong {
            Wrong::Missing => "missing",
            Wrong::InTrash => "in-trash",
            Wrong::Size(_) => "wrong-size",
            Wrong::Damaged | Wrong::OtherContent => "damaged",
            Wrong::Recipe(_) => "bad-recipe",
        };
        JsonPart {
            key: self.address(&part.item),
            wrong,
            text: part.text(),
        }
    }

    fn address(&self, item: &Item) -> String {
        let transfers = &self.store.transfers;
        transfers.store_address(item)
    }

    fn size(&self) -> u64 {
        self.dumps.values().map(|dump| dump.size).sum()
    }

    fn paths(&self, oid: &Oid) -> Vec<&str> {
        self.dumps[oid].paths.iter().map(String::as_str).collect()
    }

    /// The commits that brought a dump in.
    fn commits(&self, oid: &Oid) -> Vec<&str> {
        let changes = self.changes.iter().filter(|change| change.oid == *oid);
        changes.map(|change| change.commit.as_str()).collect()
    }
}
