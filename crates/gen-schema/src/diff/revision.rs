//! Files as they were at a git revision.
//!
//! git is run as a program, with fixed arguments: what a user typed goes in once, to be turned into a
//! commit's name, and never begins with `-`. Nothing is checked out, and no filter runs, so the files are
//! what was committed.

use command_line::Failure;
use schemafile::{Entry, LoadError, Loader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A commit of a repository.
#[derive(Debug)]
pub(crate) struct Revision {
    root: PathBuf,
    /// The commit's full name.
    commit: String,
}

/// What git knows of a name in a folder.
struct TreeEntry {
    mode: String,
    object: String,
    /// The whole path.
    path: String,
}

impl Revision {
    /// The commit that a name means, or none when git knows no such commit.
    pub(crate) fn find(root: &Path, name: &str) -> Result<Option<Self>, Failure> {
        let wanted = format!("{name}^{{commit}}");
        let output =
            git(root, &["rev-parse", "--verify", "--quiet", &wanted]).map_err(Failure::outside)?;
        match output.status.code() {
            Some(0) => Ok(Some(Self {
                root: root.to_owned(),
                commit: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
            })),
            Some(1) => Ok(None),
            _ => {
                let said = said(&output);
                // A name that can't be one is git's to judge, a missing repository is not.
                if said.contains("not a git repository") {
                    Err(Failure::input(format!(
                        "`{name}` is no file, and there is no git repository to look for a revision in"
                    )))
                } else {
                    Ok(None)
                }
            }
        }
    }

    /// What `git ls-tree` lists for a path: the thing itself, or with a closing `/` what is in it.
    fn entries(&self, path: &str) -> Result<Vec<TreeEntry>, LoadError> {
        let mut arguments = vec![
            "--literal-pathspecs",
            "ls-tree",
            "-z",
            "--full-tree",
            &self.commit,
            "--",
        ];
        // No path at all lists the root.
        if !path.is_empty() {
            arguments.push(path);
        }
        let output = self.run(&arguments)?;
        let text = String::from_utf8_lossy(&output);
        // `MODE TYPE OBJECT<tab>PATH`, each closed by NUL.
        let entry = |record: &str| {
            let (head, path) = record.split_once('\t')?;
            let mut head = head.split(' ');
            let mode = head.next()?.to_owned();
            let object = head.nth(1)?.to_owned();
            Some(TreeEntry {
                mode,
                object,
                path: path.to_owned(),
            })
        };
        Ok(text.split('\0').filter_map(entry).collect())
    }

    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, LoadError> {
        let output = git(&self.root, arguments).map_err(LoadError::Unreadable)?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(LoadError::Unreadable(format!(
                "git says: {}",
                said(&output)
            )))
        }
    }
}

impl Loader for Revision {
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let path = path.trim_start_matches('/');
        let entries = self.entries(path)?;
        let entry = entries
            .iter()
            .find(|entry| entry.path == path)
            .ok_or(LoadError::Missing)?;
        match entry.mode.as_str() {
            "100644" | "100755" | "100664" => self.run(&["cat-file", "blob", &entry.object]),
            "120000" => Err(LoadError::Unreadable(
                "it is a symbolic link, which isn't followed at a revision".to_owned(),
            )),
            _ => Err(LoadError::Missing),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, LoadError> {
        let folder = folder.trim_matches('/');
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let mut entries: Vec<Entry> = self
            .entries(&prefix)?
            .into_iter()
            .filter_map(|entry| {
                let name = entry.path.strip_prefix(&prefix)?;
                Some(Entry {
                    name: name.to_owned(),
                    is_folder: entry.mode == "040000",
                })
            })
            .collect();
        entries.sort();
        Ok(entries)
    }
}

/// Runs git in a repository, with no way to ask anybody anything.
fn git(root: &Path, arguments: &[&str]) -> Result<Output, String> {
    Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        // Messages are looked at, in the one language that doesn't depend on the user.
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("can't run git: {error}"))
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().next().unwrap_or("nothing").to_owned()
}
