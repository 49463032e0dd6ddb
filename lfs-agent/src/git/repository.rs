//! What git knows of the repository: where things lie, and which URL git-lfs uses.
//!
//! git-lfs tells the agent neither, so both are found again by the rules of git-lfs's endpoint finder
//! (<https://github.com/git-lfs/git-lfs/blob/main/lfsapi/endpoint_finder.go>).

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use dump_store::RepositoryName;
use lfs_protocol::Operation;

use crate::error::AgentError;
use crate::git::{self, GitConfig, location};

/// The remote that git-lfs falls back on.
const DEFAULT_REMOTE: &str = "origin";

/// Who said something. What the repository says travels with every clone, so it may not be believed in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// git's configuration on this machine, or the command line.
    User,
    /// The committed `.lfsconfig`.
    Repository,
}

/// The repository around the current directory.
#[derive(Debug)]
pub(crate) struct Repository {
    common_directory: PathBuf,
    work_tree: Option<PathBuf>,
    config: GitConfig,
    lfsconfig: LfsConfig,
}

impl Repository {
    /// Finds the repository around the current directory and reads its configuration.
    pub(crate) fn discover() -> Result<Self, AgentError> {
        // Both questions at once: git-lfs starts eight agents for each command.
        let place = git::begin(&[
            "rev-parse",
            "--git-common-dir",
            "--is-inside-work-tree",
            "--show-cdup",
        ])?;
        let config = git::begin(&["config", "--list", "-z"])?;
        let output = place.end()?;
        if !output.status.success() {
            return Err(AgentError::NotARepository);
        }
        let current =
            env::current_dir().map_err(|error| AgentError::file("read", Path::new("."), error))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut lines = text.lines();
        let common_directory = current.join(lines.next().unwrap_or_default());
        let inside_work_tree = lines.next() == Some("true");
        let work_tree = inside_work_tree.then(|| match lines.next().unwrap_or_default() {
            "" => current.clone(),
            up => current.join(up),
        });
        Ok(Self {
            common_directory,
            lfsconfig: LfsConfig::of(work_tree.clone()),
            work_tree,
            config: GitConfig::from_listing(&config.output()?),
        })
    }

    /// git's configuration on this machine, without `.lfsconfig`.
    pub(crate) fn config(&self) -> &GitConfig {
        &self.config
    }

    /// The root of the work tree; `None` in a bare repository.
    pub(crate) fn work_tree(&self) -> Option<&Path> {
        self.work_tree.as_deref()
    }

    /// A directory to run git in: the root of the work tree, or the repository itself if it is bare.
    pub(crate) fn root(&self) -> &Path {
        self.work_tree().unwrap_or(&self.common_directory)
    }

    /// git-lfs's storage: the directory that holds `objects`. The same for all work trees of a repository.
    pub(crate) fn lfs_storage(&self) -> PathBuf {
        let storage = self
            .config
            .get("lfs.storage")
            .filter(|path| !path.is_empty())
            .unwrap_or("lfs");
        self.common_directory.join(storage)
    }

    /// Where git-lfs keeps objects.
    pub(crate) fn lfs_objects(&self) -> PathBuf {
        self.lfs_storage().join("objects")
    }

    /// The URL that git-lfs uses for `operation` with `remote`, and who said it.
    ///
    /// # Errors
    /// When `.lfsconfig` can't be read.
    pub(crate) fn lfs_url(
        &self,
        operation: Operation,
        remote: &str,
    ) -> Result<Option<(String, Origin)>, AgentError> {
        let upload = operation == Operation::Upload;
        let mut keys = Vec::new();
        if upload {
            keys.push("lfs.pushurl".to_owned());
        }
        keys.push("lfs.url".to_owned());
        let named = [remote, DEFAULT_REMOTE];
        let skipped = usize::from(remote.is_empty() || remote == DEFAULT_REMOTE);
        for remote in &named[skipped..] {
            if upload {
                keys.push(format!("remote.{remote}.lfspushurl"));
            }
            keys.push(format!("remote.{remote}.lfsurl"));
        }
        for key in &keys {
            if let Some((url, origin)) = self.value(key)? {
                return Ok(Some((self.replace_alias(&url, upload), origin)));
            }
        }
        Ok(None)
    }

    /// The remote that git-lfs uses where none is named: the branch's, `remote.lfsdefault`, the only one, or `origin`
    /// (<https://github.com/git-lfs/git-lfs/blob/main/config/config.go>, `Remote`).
    pub(crate) fn default_remote(&self) -> Result<String, AgentError> {
        let branch = git::attempt(&["symbolic-ref", "--quiet", "--short", "HEAD"])?;
        let branch = String::from_utf8_lossy(&branch.stdout).trim().to_owned();
        Ok(self.remote_of(&branch))
    }

    /// The same on this branch, whose name is empty when there is none.
    fn remote_of(&self, branch: &str) -> String {
        let of_branch = self.config.get(&format!("branch.{branch}.remote"));
        if let Some(remote) = of_branch.or_else(|| self.config.get("remote.lfsdefault")) {
            return remote.to_owned();
        }
        let remotes = self.config.entries();
        let remotes: BTreeSet<&str> = remotes
            .filter_map(|(key, _)| key.strip_prefix("remote.")?.strip_suffix(".url"))
            .collect();
        match remotes.into_iter().collect::<Vec<_>>()[..] {
            [only] => only.to_owned(),
            _ => DEFAULT_REMOTE.to_owned(),
        }
    }

    /// Whether git's configuration knows a remote of this name.
    pub(crate) fn has_remote(&self, name: &str) -> bool {
        let section = format!("remote.{name}.");
        self.config
            .entries()
            .any(|(key, _)| key.starts_with(&section))
    }

    /// The remote that somebody has named, or else the one that git-lfs uses.
    ///
    /// # Errors
    /// When git's configuration knows no remote of that name.
    pub(crate) fn chosen_remote(&self, named: Option<&str>) -> Result<String, AgentError> {
        match named {
            Some(name) if self.has_remote(name) => Ok(name.to_owned()),
            Some(name) => Err(AgentError::NoRemote {
                name: name.to_owned(),
            }),
            None => self.default_remote(),
        }
    }

    /// The repositories that a push to `remote` changes: a name in git's configuration, or a URL.
    pub(crate) fn pushed_to(&self, remote: &str) -> Vec<RepositoryName> {
        let remote = if remote.is_empty() {
            DEFAULT_REMOTE
        } else {
            remote
        };
        // An empty value takes back those before it.
        let values = |variable: &str| {
            let key = format!("remote.{remote}.{variable}");
            let all: Vec<&str> = self.config.all(&key).collect();
            let rest = all.rsplit(|value| value.is_empty()).next();
            rest.unwrap_or_default().to_vec()
        };
        let (pushed, fetched) = (values("pushurl"), values("url"));
        let urls: Vec<String> = if !pushed.is_empty() {
            let own = pushed.into_iter();
            own.map(|url| self.replace_alias(url, false)).collect()
        } else if fetched.is_empty() {
            vec![self.replace_alias(remote, true)]
        } else {
            let own = fetched.into_iter();
            own.map(|url| self.replace_alias(url, true)).collect()
        };
        let names = urls.iter().map(|url| location::name(url, self.root()));
        names.collect()
    }

    /// The value of a key that `.lfsconfig` may hold: git's own configuration comes first.
    fn value(&self, key: &str) -> Result<Option<(String, Origin)>, AgentError> {
        if let Some(value) = self.config.get(key) {
            return Ok(Some((value.to_owned(), Origin::User)));
        }
        let committed = self.lfsconfig.get()?.get(key);
        Ok(committed.map(|value| (value.to_owned(), Origin::Repository)))
    }

    /// `url.BASE.insteadOf` and `pushInsteadOf`: the longest beginning that fits is replaced.
    fn replace_alias(&self, url: &str, upload: bool) -> String {
        let longest = |wanted: &str| {
            let fitting = self.config.entries().filter_map(|(key, prefix)| {
                let base = key.strip_prefix("url.")?.strip_suffix(wanted)?;
                url.starts_with(prefix).then_some((prefix, base))
            });
            fitting.max_by_key(|(prefix, _)| prefix.len())
        };
        let push = if upload {
            longest(".pushinsteadof")
        } else {
            None
        };
        match push.or_else(|| longest(".insteadof")) {
            Some((prefix, base)) => format!("{base}{}", &url[prefix.len()..]),
            None => url.to_owned(),
        }
    }
}

/// `.lfsconfig`, which is read when a question comes to it.
#[derive(Debug)]
struct LfsConfig {
    work_tree: Option<PathBuf>,
    read: OnceCell<GitConfig>,
}

impl LfsConfig {
    fn of(work_tree: Option<PathBuf>) -> Self {
        Self {
            work_tree,
            read: OnceCell::new(),
        }
    }

    fn get(&self) -> Result<&GitConfig, AgentError> {
        if let Some(config) = self.read.get() {
            return Ok(config);
        }
        let config = self.read()?;
        Ok(self.read.get_or_init(|| config))
    }

    /// As git-lfs reads it: of the work tree, else of the index (a clone has no file yet when its first objects are
    /// fetched), else of `HEAD` (all that a bare repository has).
    fn read(&self) -> Result<GitConfig, AgentError> {
        if let Some(root) = &self.work_tree {
            let path = root.join(".lfsconfig");
            if path.exists() {
                return GitConfig::of_file(&path);
            }
            if let Some(config) = GitConfig::of_blob(":.lfsconfig")? {
                return Ok(config);
            }
        }
        Ok(GitConfig::of_blob("HEAD:.lfsconfig")?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(config: &str, lfsconfig: &str) -> Repository {
        let listing = |text: &str| {
            GitConfig::from_listing(text.replace('=', "\n").replace(';', "\0").as_bytes())
        };
        Repository {
            common_directory: PathBuf::from("/repository/.git"),
            work_tree: None,
            config: listing(config),
            lfsconfig: LfsConfig {
                work_tree: None,
                read: OnceCell::from(listing(lfsconfig)),
            },
        }
    }

    #[track_caller]
    fn url(config: &str, lfsconfig: &str, operation: Operation, remote: &str) -> (String, Origin) {
        repository(config, lfsconfig)
            .lfs_url(operation, remote)
            .unwrap()
            .expect("a URL applies")
    }

    #[test]
    fn the_machine_comes_before_the_repository() {
        use Operation::{Download, Upload};
        let committed = ("c".to_owned(), Origin::Repository);
        assert_eq!(url("", "lfs.url=c;", Download, "origin"), committed);
        assert_eq!(
            url("lfs.url=m;", "lfs.url=c;", Download, "origin"),
            ("m".to_owned(), Origin::User)
        );
        assert_eq!(
            url("remote.origin.lfsurl=r;", "lfs.url=c;", Upload, "origin"),
            committed
        );
        assert_eq!(
            url("lfs.url=m;", "lfs.pushurl=c;", Upload, "origin"),
            committed
        );
        assert_eq!(
            url("lfs.url=m;", "lfs.pushurl=c;", Download, "origin"),
            ("m".to_owned(), Origin::User)
        );
        let none = repository("", "").lfs_url(Download, "origin");
        assert!(none.unwrap().is_none());
    }

    #[test]
    fn a_remote_may_have_a_url_of_its_own() {
        use Operation::{Download, Upload};
        let config = "remote.origin.lfsurl=o;remote.fork.lfsurl=f;remote.fork.lfspushurl=p;";
        assert_eq!(url(config, "", Download, "origin").0, "o");
        assert_eq!(url(config, "", Download, "fork").0, "f");
        assert_eq!(url(config, "", Upload, "fork").0, "p");
        assert_eq!(
            url(config, "", Download, "https://example.com/other.git").0,
            "o"
        );
        assert_eq!(url(config, "", Download, "").0, "o");
    }

    #[test]
    fn aliases_are_replaced_as_git_does() {
        let config =
            "url.lfs-agent::s3://near/.insteadof=lfs-agent::s3://far/;url.x.insteadof=lfs;";
        let committed = "lfs.url=lfs-agent::s3://far/shop;";
        assert_eq!(
            url(config, committed, Operation::Download, "origin").0,
            "lfs-agent::s3://near/shop"
        );
    }

    #[test]
    fn the_remote_is_the_one_that_git_lfs_uses() {
        let of = |config, branch| repository(config, "").remote_of(branch);
        let two = "remote.a.url=x;remote.b.url=y;branch.main.remote=b;";
        assert_eq!(of(two, "main"), "b");
        assert_eq!(of(two, "other"), "origin");
        assert_eq!(of(two, ""), "origin");
        assert_eq!(of("remote.a.url=x;remote.a.fetch=y;", ""), "a");
        assert_eq!(of("remote.a.url=x;remote.lfsdefault=c;", ""), "c");
        assert_eq!(of("", ""), "origin");
        assert!(repository(two, "").has_remote("a"));
        assert!(!repository(two, "").has_remote("c"));
    }

    #[test]
    fn a_push_changes_the_repositories_that_its_urls_lead_to() {
        let config = "remote.origin.url=https://me:SECRET@example.com/a;remote.origin.url=work:b.git;\
                      remote.fork.url=git@example.com:x;remote.fork.pushurl=git@example.com:c.git;\
                      remote.reset.url=git@example.com:x;remote.reset.url=;remote.reset.url=git@example.com:d;\
                      url.ssh://git@example.com/.insteadof=work:;url.ssh://git@push.example.com/.pushinsteadof=work:;";
        let pushed_to = |remote| {
            let names = repository(config, "").pushed_to(remote);
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            names.join(" ")
        };
        for (remote, expected) in [
            ("origin", "example.com/a push.example.com/b"),
            ("", "example.com/a push.example.com/b"),
            ("fork", "example.com/c"),
            ("reset", "example.com/d"),
            ("https://x:SECRET@example.com/e.git", "example.com/e"),
            ("work:f", "push.example.com/f"),
        ] {
            assert_eq!(pushed_to(remote), expected, "{remote}");
        }
    }

    #[test]
    fn the_storage_may_be_elsewhere() {
        assert_eq!(
            repository("", "").lfs_storage(),
            Path::new("/repository/.git/lfs")
        );
        assert_eq!(
            repository("lfs.storage=big;", "").lfs_storage(),
            Path::new("/repository/.git/big")
        );
        assert_eq!(
            repository("lfs.storage=/mnt/lfs;", "").lfs_storage(),
            Path::new("/mnt/lfs")
        );
        assert_eq!(
            repository("", "lfs.storage=/etc;").lfs_storage(),
            Path::new("/repository/.git/lfs")
        );
    }
}
