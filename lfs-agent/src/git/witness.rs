//! A repository that tells which dumps are needed: by its own refs, and by those of its remotes as they are now.
//!
//! What a remote names is asked of the remote, never believed from what an earlier fetch has left here; and everything
//! that it names must be readable here to the last tree and pointer, or nothing is said at all. Why it is done so, and what
//! was rejected: `docs/design/prune.md`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dump_store::{Oid, RepositoryName};

use crate::error::AgentError;
use crate::git::history::{self, Reach};
use crate::git::{self, GitConfig, Place, View, location};
use crate::terminal::shell;

/// Where the hints have git keep what is fetched for `prune` alone. No root: what is needed is what the remote has now.
pub(crate) const KEPT_REFS: &str = "refs/lfs-agent/";

/// Where a remote stands, which may be on no branch.
const HEAD: &str = "HEAD";

/// So many digits name a remote that is a URL below [`KEPT_REFS`].
const URL_DIGITS: usize = 12;

/// A repository that is asked.
#[derive(Debug)]
pub(crate) struct Witness {
    directory: PathBuf,
    view: View,
    remotes: Vec<Remote>,
    own: RepositoryName,
    /// Its own and those of its remotes.
    names: BTreeSet<RepositoryName>,
}

/// A place that others push to, with its refs as it has told them.
#[derive(Debug)]
struct Remote {
    /// As git takes it: a remote's name or a URL.
    asked: String,
    /// What a fetch of all its refs is told; `None` for a mirror, which fetches all by itself.
    refspec: Option<String>,
    refs: Vec<Ref>,
}

/// A line of `git ls-remote`.
#[derive(Debug, PartialEq, Eq)]
struct Ref {
    object: String,
    name: String,
}

impl Witness {
    /// Asks the repository that this program runs in.
    pub(crate) fn own(root: &Path) -> Result<Self, AgentError> {
        Self::call(root, View::Whole)
    }

    /// Asks another repository on this machine.
    pub(crate) fn other(directory: &Path) -> Result<Self, AgentError> {
        if !directory.is_dir() {
            return Err(AgentError::NoDirectory {
                path: directory.to_owned(),
            });
        }
        Self::call(directory, View::WholeOfOther)
    }

    /// Asks all remotes for their refs, and sees whether what these name is here.
    fn call(directory: &Path, view: View) -> Result<Self, AgentError> {
        let place = Place { directory, view };
        let found = git::attempt_in(place, &["rev-parse", "--absolute-git-dir"])?;
        if !found.status.success() {
            return Err(AgentError::NoRepositoryAt {
                path: directory.to_owned(),
                said: text(&found.stderr).trim().to_owned(),
            });
        }
        // Paths of remotes are meant from there.
        let root = git::attempt_in(place, &["rev-parse", "--show-toplevel"])?;
        let root = if root.status.success() { root } else { found };
        let root = PathBuf::from(text(&root.stdout).trim_end_matches(['\r', '\n']));
        let common = git::run_in(place, &["rev-parse", "--git-common-dir"])?;
        let common = directory.join(text(&common).trim_end_matches(['\r', '\n']));
        let own = location::name_of_directory(&common);
        let mut witness = Self {
            directory: root,
            view,
            remotes: Vec::new(),
            names: [own.clone()].into(),
            own,
        };
        witness.find_remotes()?;
        witness.check_depth()?;
        witness.check_tips()?;
        Ok(witness)
    }

    fn place(&self) -> Place<'_> {
        Place {
            directory: &self.directory,
            view: self.view,
        }
    }

    /// The names of all repositories whose refs are read: itself, and its remotes.
    pub(crate) fn names(&self) -> &BTreeSet<RepositoryName> {
        &self.names
    }

    /// The names of those that are pushed to: its remotes, or itself if it has none.
    pub(crate) fn pushed_to(&self) -> impl Iterator<Item = &RepositoryName> {
        let alone = self.names.len() == 1;
        self.names
            .iter()
            .filter(move |name| alone || **name != self.own)
    }

    /// Every dump that something names: a ref of a remote, a ref here, what one was lately, an index.
    pub(crate) fn dumps(&self) -> Result<BTreeSet<Oid>, AgentError> {
        let refs = self.remotes.iter().flat_map(|remote| &remote.refs);
        let tips: BTreeSet<&str> = refs.map(|tip| tip.object.as_str()).collect();
        let tips: Vec<&str> = tips.into_iter().collect();
        match history::dumps(self.place(), Reach::Everything(&tips)) {
            Ok(dumps) => Ok(dumps.into_keys().collect()),
            Err(AgentError::Missing { objects }) => Err(AgentError::Incomplete {
                repository: self.directory.clone(),
                objects,
                fetch: self.refetch()?,
            }),
            Err(error) => Err(error),
        }
    }

    /// Asks the remotes once more: what was pushed while all this was read may need what nothing needed before.
    pub(crate) fn check_unchanged(&self) -> Result<(), AgentError> {
        for remote in &self.remotes {
            if refs(self.place(), &remote.asked)? != remote.refs {
                return Err(AgentError::RemoteChanged {
                    repository: self.directory.clone(),
                    remote: shown(&remote.asked),
                });
            }
        }
        Ok(())
    }

    /// All places that are fetched from or pushed to from here, each asked once.
    fn find_remotes(&mut self) -> Result<(), AgentError> {
        let config = git::run_in(self.place(), &["config", "--list", "-z"])?;
        let config = GitConfig::from_listing(&config);
        let listed = git::run_in(self.place(), &["remote"])?;
        let listed = text(&listed);
        let named: BTreeSet<&str> = listed.lines().collect();
        for name in &named {
            let [fetched, pushed] = [&["--all"][..], &["--push", "--all"]]
                .map(|kind| self.urls(&[&["remote", "get-url"], kind, &["--", name]].concat()));
            let (fetched, pushed) = (fetched?, pushed?);
            // Without a URL it is a few settings and no remote.
            if let Some(first) = fetched.first() {
                self.ask(name, first, &config)?;
            }
            for url in fetched.iter().skip(1).chain(&pushed) {
                self.ask(url, url, &config)?;
            }
        }
        // Of branches that were fetched by URL, as those of pull requests from forks.
        let settings = config.entries().filter_map(|(key, value)| {
            let of_branch = key.starts_with("branch.")
                && (key.ends_with(".remote") || key.ends_with(".pushremote"));
            (of_branch || key == "remote.pushdefault").then_some(value)
        });
        let urls: BTreeSet<&str> = settings
            .filter(|value| !named.contains(value) && value.contains(['/', ':']))
            .collect();
        for url in urls {
            let replaced = self.urls(&["ls-remote", "--get-url", "--", url])?;
            self.ask(url, replaced.first().map_or(url, String::as_str), &config)?;
        }
        Ok(())
    }

    fn urls(&self, question: &[&str]) -> Result<Vec<String>, AgentError> {
        let output = git::attempt_in(self.place(), question)?;
        let listed = if output.status.success() {
            text(&output.stdout)
        } else {
            String::new()
        };
        Ok(listed.lines().map(str::to_owned).collect())
    }

    /// Asks one remote for its refs, unless it is one that was asked already.
    fn ask(&mut self, asked: &str, url: &str, config: &GitConfig) -> Result<(), AgentError> {
        let name = location::name(url, &self.directory);
        if !self.names.insert(name) {
            return Ok(());
        }
        let is_mirror = config
            .all(&format!("remote.{asked}.fetch"))
            .any(|refspec| refspec == "+refs/*:refs/*");
        let below = if asked == url {
            Oid::of(url.as_bytes()).to_hex()[..URL_DIGITS].to_owned()
        } else {
            asked.to_owned()
        };
        self.remotes.push(Remote {
            asked: asked.to_owned(),
            refspec: (!is_mirror).then(|| format!("+refs/*:{KEPT_REFS}{below}/*")),
            refs: refs(self.place(), asked)?,
        });
        Ok(())
    }

    fn check_depth(&self) -> Result<(), AgentError> {
        if !history::is_shallow(self.place())? {
            return Ok(());
        }
        let remote = self.remotes.first();
        Err(AgentError::Shallow {
            repository: self.directory.clone(),
            fetch: remote.map(|remote| self.fetch(remote, &["--unshallow"], None)),
        })
    }

    /// Whether what the remotes' refs name is here. What lies behind is seen when it is read.
    fn check_tips(&self) -> Result<(), AgentError> {
        for remote in &self.remotes {
            let names: String = remote
                .refs
                .iter()
                .flat_map(|tip| [tip.object.as_str(), "\n"])
                .collect();
            let check = ["cat-file", "--batch-check"];
            let checked = git::ask(self.place(), &check, names.into_bytes())?;
            let checked = text(&checked);
            // One line for each name, in the same order.
            let missing: Vec<&Ref> = remote
                .refs
                .iter()
                .zip(checked.lines())
                .filter(|(_, line)| line.ends_with(" missing"))
                .map(|(tip, _)| tip)
                .collect();
            // Where a remote stands is mostly a branch's.
            let (heads, mut refs): (Vec<&Ref>, Vec<&Ref>) =
                missing.into_iter().partition(|tip| tip.name == HEAD);
            let is_alone = |head: &&Ref| refs.iter().all(|tip| tip.object != head.object);
            let alone: Vec<&Ref> = heads.into_iter().filter(is_alone).collect();
            // No pattern of refs has it.
            let head = (!alone.is_empty()).then_some(HEAD);
            refs.extend(alone);
            if let [first, more @ ..] = &refs[..] {
                return Err(AgentError::NotFetched {
                    repository: self.directory.clone(),
                    remote: shown(&remote.asked),
                    reference: first.name.clone(),
                    more: more.len(),
                    fetch: self.fetch(remote, &[], head),
                });
            }
        }
        Ok(())
    }

    /// The command that brings all that a remote's refs name.
    fn fetch(&self, remote: &Remote, options: &[&str], head: Option<&str>) -> String {
        let directory = self.directory.to_string_lossy();
        let mut words = vec!["git", "-C", &directory, "fetch"];
        words.extend(options);
        // Of refs in a place of their own, where nobody else's are deleted.
        words.extend(remote.refspec.is_some().then_some("--prune"));
        let asked = shown(&remote.asked);
        words.push(&asked);
        words.extend(remote.refspec.as_deref());
        words.extend(head);
        shell::command(&words)
    }

    /// The command that brings what is missing behind refs that are here: of a partial clone from where the rest is.
    fn refetch(&self) -> Result<Option<String>, AgentError> {
        let config = git::run_in(self.place(), &["config", "--list", "-z"])?;
        let config = GitConfig::from_listing(&config);
        let is_promised = |remote: &&Remote| {
            let key = format!("remote.{}.promisor", remote.asked);
            config.get(&key).is_some_and(|value| value != "false")
        };
        let remote = self.remotes.iter().find(is_promised);
        let remote = remote.or(self.remotes.first());
        Ok(remote.map(|remote| self.fetch(remote, &["--refetch", "--no-filter"], None)))
    }
}

/// The refs of a remote, all of them, as it has them now.
fn refs(place: Place<'_>, remote: &str) -> Result<Vec<Ref>, AgentError> {
    let listed = git::attempt_in(place, &["ls-remote", "--quiet", "--", remote])?;
    if !listed.status.success() {
        return Err(AgentError::RemoteUnreadable {
            repository: place.directory.to_owned(),
            remote: shown(remote),
            said: text(&listed.stderr).trim().replace(remote, &shown(remote)),
        });
    }
    Ok(refs_of(&text(&listed.stdout)))
}

/// What `git ls-remote` lists, without what tags stand for: these are read on the way.
fn refs_of(listed: &str) -> Vec<Ref> {
    let lines = listed.lines().filter_map(|line| line.split_once('\t'));
    lines
        .filter(|(_, name)| !name.ends_with("^{}"))
        .map(|(object, name)| Ref {
            object: object.to_owned(),
            name: name.to_owned(),
        })
        .collect()
}

/// A remote's name or URL, without a password that may be in it.
fn shown(remote: &str) -> String {
    if let Some((scheme, rest)) = remote.split_once("://") {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if let Some((user, host)) = authority.rsplit_once('@') {
            let user = match scheme {
                "ssh" => format!("{}@", user.split(':').next().unwrap_or_default()),
                _ => String::new(),
            };
            return format!("{scheme}://{user}{host}/{path}");
        }
    }
    remote.to_owned()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_has_refs_of_every_kind() {
        let listed = "aa\tHEAD\naa\trefs/heads/main\nbb\trefs/pull/1/head\ncc\trefs/tags/v1\naa\trefs/tags/v1^{}\n";
        let names: Vec<String> = refs_of(listed).into_iter().map(|tip| tip.name).collect();
        assert_eq!(
            names,
            [
                "HEAD",
                "refs/heads/main",
                "refs/pull/1/head",
                "refs/tags/v1"
            ]
        );
    }

    #[test]
    fn no_password_is_shown() {
        for (remote, expected) in [
            ("origin", "origin"),
            ("https://me:SECRET@example.com/a", "https://example.com/a"),
            ("https://SECRET@example.com/a", "https://example.com/a"),
            ("ssh://git:SECRET@example.com/a", "ssh://git@example.com/a"),
            ("git@example.com:a", "git@example.com:a"),
            ("/srv/a@b", "/srv/a@b"),
        ] {
            assert_eq!(shown(remote), expected);
        }
    }
}
