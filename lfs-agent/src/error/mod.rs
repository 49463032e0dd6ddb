//! The one place where failures become text, hint and exit code.
//!
//! A message is one or two sentences: what failed, on what (oid and key for an object), and why. Below it, where there is a
//! next step, a line that begins with `hint:`. git-lfs shows nothing else of the agent to a user, behind words of its own:
//! `error transferring "OID": [CODE] `.

mod hints;

use std::io;
use std::path::{Path, PathBuf};

use command_line::Status;
use dump_merge::{DecisionsError, MergeError};
use dump_store::{ErrorKind, StoreError, TransferError};
use lfs_protocol::ServeError;

use crate::store::address;
use crate::store::remote_url::{RemoteUrl, SCHEME, UrlError};
use hints::{NEWER, refetch_hint, remote_hint, store_hint, transfer_hint, unshallow_hint};

/// Everything that can go wrong in this program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AgentError {
    #[error("git can't be found")]
    NoGit,
    #[error("git-lfs is not installed, and without it git would take the dumps themselves")]
    GitLfsMissing,
    #[error("`git {command}` failed: {said}")]
    Git { command: String, said: String },
    #[error("this is not a git repository")]
    NotARepository,
    #[error("`{}` is not a directory", path.display())]
    NoDirectory { path: PathBuf },
    #[error("this needs a work tree, and the repository here is bare")]
    NoWorkTree,
    #[error("nothing says where this repository keeps its LFS objects: there is no `lfs.url`")]
    NoUrl,
    #[error("this repository has no remote `{name}`")]
    NoRemote { name: String },
    #[error("`lfs.url` is `{url}`, which is not a store of lfs-agent")]
    OtherUrl { url: String },
    #[error("the URL `{url}` can't be used: {error}")]
    Url { url: String, error: UrlError },
    #[error("the URL `{url}` can't be used: {error}")]
    TypedUrl {
        url: String,
        error: UrlError,
        /// What to type, if it can be told.
        command: Option<String>,
    },
    #[error("{error}")]
    Option {
        error: UrlError,
        /// What to say instead, if it can be told.
        meant: Option<String>,
    },
    #[error("git's configuration `{key}` can't be used: {error}")]
    Setting { key: String, error: UrlError },
    #[error("git's configuration `{key}` is no setting of lfs-agent, and does nothing{}", nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    UnknownKey {
        key: String,
        /// The key that was meant, most likely.
        nearest: Option<String>,
    },
    #[error(
        "this repository's `.lfsconfig` sends dumps and signed requests to {endpoint}, which nobody on this machine has approved"
    )]
    EndpointNotApproved { endpoint: String },
    #[error(
        "this repository's `.lfsconfig` asks for the AWS profile `{profile}`, but a repository may not choose whose credentials are used"
    )]
    ProfileNotApproved { profile: String },
    #[error("`.lfsconfig` has another `lfs.url` already: `{found}`")]
    UrlIsSet { found: String },
    #[error("this is not a git repository, and no store is named")]
    NoStoreNamed,
    #[error("`{oid}` is not an oid: 64 digits of 0-9 and a-f")]
    Oid { oid: String },
    #[error("`{name}` is neither an oid nor a git-lfs pointer")]
    NotAPointer { name: String },
    #[error("`{name}` is neither an oid nor a file")]
    NoSuchDump { name: String },
    #[error("the oids of {dumps} dumps begin with `{digits}`")]
    Ambiguous { digits: String, dumps: usize },
    #[error("{store} has no dump {oid}")]
    NotStored { oid: String, store: String },
    #[error("{}", transfer_text(verb, oid, error))]
    Transfer {
        verb: &'static str,
        oid: String,
        error: TransferError,
    },
    #[error("git-lfs stopped listening while {oid} was moved")]
    Disconnected { oid: String },
    #[error("can't {action} `{}`: {error}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    #[error("the runtime can't be started: {0}")]
    Runtime(io::Error),
    #[error("{0}")]
    Protocol(#[from] ServeError),
    #[error("without a command this is the transfer agent, which git-lfs starts and speaks to")]
    NoGitLfs,
    #[error("{address}: {error}")]
    Store { address: String, error: StoreError },
    #[error("{bad} of {all} dumps are not as they should be")]
    Unsound {
        bad: usize,
        all: usize,
        /// Nothing but recipes in a later version of the format is wrong.
        newer: bool,
    },
    #[error("{bad} of {all} dumps are still not as they should be")]
    NotRepaired {
        bad: usize,
        all: usize,
        /// What the store said when something was to be stored, if it said no.
        refused: Option<StoreError>,
        /// Nothing but recipes in a later version of the format is wrong.
        newer: bool,
    },
    #[error(
        "{bad} of {all} objects, packs and recipes are not as they should be, and were not copied"
    )]
    NotCopied { bad: usize, all: usize },
    #[error("{0} of the checks failed")]
    Unwell(usize),
    #[error("`{}` doesn't know what `{reference}` of `{remote}` is now{}, so what it needs would look unneeded", repository.display(), and_more(*more))]
    NotFetched {
        repository: PathBuf,
        remote: String,
        reference: String,
        /// How many other refs it doesn't know.
        more: usize,
        /// The command that fetches them all.
        fetch: String,
    },
    #[error("`{}` is a shallow clone, so most of what history needs would look unneeded", repository.display())]
    Shallow {
        repository: PathBuf,
        /// The command that fetches the rest, if there is a remote.
        fetch: Option<String>,
    },
    #[error("{objects} of git's objects are missing here")]
    Missing { objects: usize },
    #[error("`{}` lacks {objects} of the objects that its history has, or that of its remotes, so what these need would look unneeded", repository.display())]
    Incomplete {
        repository: PathBuf,
        objects: usize,
        /// The command that fetches them, if there is a remote.
        fetch: Option<String>,
    },
    #[error("`{}` is no git repository: {said}", path.display())]
    NoRepositoryAt { path: PathBuf, said: String },
    #[error("the refs of `{remote}` can't be read, so what they need would look unneeded: {said}")]
    RemoteUnreadable {
        repository: PathBuf,
        remote: String,
        said: String,
    },
    #[error("the refs of `{remote}` have changed meanwhile, and nothing was taken out")]
    RemoteChanged { repository: PathBuf, remote: String },
    #[error("another repository has left its name in {store} meanwhile, and nothing was taken out")]
    StoreChanged { store: String },
    #[error("these keep dumps in {store} too, and what they need would look unneeded: {}", unread.join(", "))]
    Neighbours { store: String, unread: Vec<String> },
    #[error("no repository has left the name `{place}` in {store}")]
    NoNeighbour { place: String, store: String },
    #[error(
        "another repository may need what would be taken out of {store}, which was in use before repositories left their names there"
    )]
    MaybeOthers { store: String },
    #[error("`diff` takes two versions, the old one and the new one, and perhaps a table")]
    DiffArguments,
    #[error("can't compare `{}` with `{}`: {error}", old.display(), new.display())]
    NotCompared {
        old: PathBuf,
        new: PathBuf,
        error: io::Error,
    },
    #[error("`{path}` can't be merged: {error}")]
    NotMerged { path: String, error: MergeError },
    #[error("`{path}` has {count} conflict{}", if *count == 1 { "" } else { "s" })]
    Conflicts {
        path: String,
        /// Where they are decided.
        file: PathBuf,
        count: u64,
    },
    #[error("`{path}` is generated, and waits: {reason}")]
    Undecided {
        path: String,
        reason: String,
        /// What has to be decided.
        sources: Vec<String>,
    },
    #[error("`{path}` is made by {program}, which isn't on this machine")]
    NoGenerator { path: String, program: String },
    #[error("both sides changed the same lines of `{path}`")]
    LinesConflict { path: String, program: &'static str },
    #[error("{}", nothing_to_merge(paths))]
    NothingToMerge { paths: Vec<PathBuf> },
    #[error("`{}` can't be read: {}", file.display(), listed(errors))]
    Decisions {
        file: PathBuf,
        errors: Vec<DecisionsError>,
    },
    #[error("`{dump}`: {error}")]
    Query {
        dump: String,
        error: dump_diff::QueryError,
    },
    #[error("`{text}` is no condition: it has no `=`")]
    Condition { text: String },
    #[error("no row of `{table}` has the key {key}")]
    NoRow { table: String, key: String },
    #[error("{}", which_dump(paths))]
    WhichDump { paths: Vec<String> },
    #[error("the output can't be written: {0}")]
    Show(io::Error),
    #[error("an internal task failed: {0}")]
    Task(String),
}

impl AgentError {
    pub(crate) fn file(action: &'static str, path: &Path, error: io::Error) -> Self {
        Self::File {
            action,
            path: path.to_owned(),
            error,
        }
    }

    /// The failure of looking through a store.
    pub(crate) fn store(error: TransferError) -> Self {
        match error {
            TransferError::Store { address, error } => Self::Store { address, error },
            error => Self::Task(error.to_string()),
        }
    }

    /// The exit code of a command that fails so.
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::NotARepository
            | Self::NoStoreNamed
            | Self::NoDirectory { .. }
            | Self::NoWorkTree
            | Self::NoUrl
            | Self::NoRemote { .. }
            | Self::OtherUrl { .. }
            | Self::Url { .. }
            | Self::TypedUrl { .. }
            | Self::Option { .. }
            | Self::Setting { .. }
            | Self::UnknownKey { .. }
            | Self::EndpointNotApproved { .. }
            | Self::ProfileNotApproved { .. }
            | Self::UrlIsSet { .. }
            | Self::Oid { .. }
            | Self::NotAPointer { .. }
            | Self::NoSuchDump { .. }
            | Self::Ambiguous { .. }
            | Self::Protocol(ServeError::Protocol(_))
            | Self::NoGitLfs
            | Self::DiffArguments
            | Self::NotCompared { .. }
            | Self::NotMerged { .. }
            | Self::NothingToMerge { .. }
            | Self::NoGenerator { .. }
            | Self::Decisions { .. }
            | Self::Query { .. }
            | Self::Condition { .. }
            | Self::WhichDump { .. }
            | Self::NotFetched { .. }
            | Self::Shallow { .. }
            | Self::Incomplete { .. }
            | Self::NoRepositoryAt { .. }
            | Self::Neighbours { .. }
            | Self::NoNeighbour { .. }
            | Self::MaybeOthers { .. } => Status::BadInput,
            Self::Unsound { .. }
            | Self::NotRepaired { .. }
            | Self::NotCopied { .. }
            | Self::Unwell(_)
            | Self::Conflicts { .. }
            | Self::Undecided { .. }
            | Self::LinesConflict { .. }
            | Self::NoRow { .. }
            | Self::NotStored { .. } => Status::CheckFailed,
            Self::Transfer { error, .. } => transfer_exit(error),
            Self::NoGit
            | Self::GitLfsMissing
            | Self::Git { .. }
            | Self::Missing { .. }
            | Self::RemoteUnreadable { .. }
            | Self::RemoteChanged { .. }
            | Self::StoreChanged { .. }
            | Self::Disconnected { .. }
            | Self::File { .. }
            | Self::Runtime(_)
            | Self::Store { .. }
            | Self::Show(_)
            | Self::Task(_)
            | Self::Protocol(ServeError::Io(_)) => Status::Outside,
        }
    }

    /// What to do next, if there is something.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoGit => "install git, and have it in PATH",
            Self::NotARepository => "go into the repository, or make one with `git init`",
            Self::NoStoreNamed => {
                "name the store: `lfs-agent get s3://BUCKET/PREFIX OID -o FILE`, or go into a clone that has one"
            }
            Self::NoDirectory { .. } | Self::NoRepositoryAt { .. } => {
                "name the clone of the other repository"
            }
            Self::NoUrl => "run `lfs-agent init s3://BUCKET/PREFIX` and commit what it writes",
            Self::NoRemote { .. } => "`git remote` lists those that there are",
            Self::OtherUrl { .. } => {
                "a store of lfs-agent begins with `lfs-agent::s3://`; run `lfs-agent init s3://BUCKET/PREFIX`"
            }
            Self::GitLfsMissing => {
                "install it (https://git-lfs.com, or your package manager's `git-lfs`), then run this again"
            }
            Self::TypedUrl {
                command: Some(command),
                ..
            } => return Some(format!("did you mean `{command}`?")),
            Self::Option {
                meant: Some(meant), ..
            } => {
                return Some(format!("did you mean `{meant}`?"));
            }
            Self::Option { .. } => "`lfs-agent init --help` has examples",
            Self::TypedUrl { .. } => {
                "a store is given as `lfs-agent init s3://BUCKET/PREFIX --region REGION`, one that isn't AWS's with `--endpoint https://HOST --path-style`"
            }
            Self::Url { url, .. } => return Some(url_hint(url)),
            Self::Setting { key, .. } | Self::UnknownKey { key, .. } => {
                return Some(format!(
                    "see it with `git config --show-origin --get-all {key}`"
                ));
            }
            Self::EndpointNotApproved { endpoint } => {
                return Some(format!(
                    "if you trust it, run `git config --global --add lfs-agent.allowEndpoint {endpoint}`, then what you ran again (in a clone that stopped here, `git reset --hard`)"
                ));
            }
            Self::ProfileNotApproved { profile } => {
                return Some(format!(
                    "choose it yourself: `git config lfs-agent.profile {profile}`"
                ));
            }
            Self::UrlIsSet { .. } => "to move the repository to another store, say `--force`",
            Self::NotAPointer { .. } | Self::NoSuchDump { .. } => {
                "an oid has 64 digits of 0-9 and a-f; a pointer is what git has in place of a dump: `git show HEAD:dumps/02_dummy.sql.gz`"
            }
            Self::Ambiguous { .. } => "give more of the digits, or all 64",
            Self::NotStored { .. } => {
                "check the bucket and the prefix; if they are right, the dump was never pushed there"
            }
            Self::Transfer { error, .. } => return transfer_hint(error),
            Self::DiffArguments => {
                "`lfs-agent diff main HEAD` compares what two commits have; files can be compared as well"
            }
            Self::NoGitLfs => "see `lfs-agent --help` for its commands",
            Self::Store { error, .. }
            | Self::NotRepaired {
                refused: Some(error),
                ..
            } => return store_hint(error),
            Self::Unsound { newer: true, .. } | Self::NotRepaired { newer: true, .. } => NEWER,
            Self::Unsound { .. } => {
                "`lfs-agent fsck --repair` puts back what this clone has; what it hasn't, the same does in a clone that has it"
            }
            Self::NotRepaired { .. } => {
                "nothing on this machine has them: run `lfs-agent fsck --repair` in a clone that has them"
            }
            Self::NotCopied { .. } => {
                "run `lfs-agent fsck` in a clone to see which dumps need them; someone who has those can run `lfs-agent fsck --repair`"
            }
            Self::NotFetched { fetch, .. } => return Some(format!("run `{fetch}`")),
            Self::Shallow { fetch, .. } => return Some(unshallow_hint(fetch.as_deref())),
            Self::Incomplete { fetch, .. } => return Some(refetch_hint(fetch.as_deref())),
            Self::Missing { .. } => "run `git fsck` to see which",
            Self::RemoteUnreadable {
                repository, remote, ..
            } => return Some(remote_hint(repository, remote)),
            Self::RemoteChanged { .. } | Self::StoreChanged { .. } => {
                "somebody pushes just now: run it again"
            }
            Self::Neighbours { .. } => {
                "name a clone of each with `--also DIRECTORY`, or add it here as a remote; one that is gone for good, with `--gone REPOSITORY`"
            }
            Self::NoNeighbour { .. } => "give it as `prune` shows it without this option",
            Self::MaybeOthers { .. } => {
                "if no repository but this one and those of `--also` has ever kept dumps there, say `--no-others`; with `--delete`, once is enough"
            }
            Self::NotMerged { .. } => {
                "the file is left as ours has it; make it anew, or take theirs with `git checkout --theirs`"
            }
            Self::Conflicts { path, file, .. } => {
                return Some(format!(
                    "decide in {} and run `lfs-agent merge`, or take one side: `lfs-agent merge --ours {path}`, `--ours=TABLE` for one table",
                    file.display()
                ));
            }
            Self::Undecided { sources, .. } => {
                return Some(format!(
                    "decide {} as any text, `git add` it, then run `lfs-agent merge`, which makes the file",
                    sources.join(", ")
                ));
            }
            Self::NoGenerator { program, .. } => {
                return Some(format!(
                    "put {program} beside lfs-agent or into PATH, or take a side: `git checkout --ours` or `--theirs`"
                ));
            }
            Self::LinesConflict { program, .. } => {
                return Some(format!(
                    "decide the Schemafile, then run `{program}`, which writes the file, and `git add` it"
                ));
            }
            Self::NothingToMerge { .. } => {
                "`git status` says what is left to merge; a table goes with `=`: `lfs-agent merge --ours=TABLE`"
            }
            Self::Decisions { .. } => {
                "a line has a table, a key, a column and `ours`, `theirs`, `was` or `= VALUE`, with tabs between them"
            }
            Self::Query { error, .. } => return query_hint(error),
            Self::Condition { .. } => "write `--where COLUMN=VALUE`",
            Self::NoRow { .. } => "`lfs-agent log TABLE` shows which rows came and went",
            Self::WhichDump { paths } if paths.is_empty() => {
                "`lfs-agent init` has git-lfs keep dumps; name the file with `--path FILE`"
            }
            Self::WhichDump { .. } => "choose one with `--path FILE`",
            Self::Task(_) => "this is a defect of lfs-agent: please report it",
            Self::Unwell(_) => "each has its own hint above",
            Self::Git { .. } => "mend what git names, or try that command by hand",
            Self::File {
                action: "read",
                error,
                ..
            } if error.kind() == io::ErrorKind::NotFound => {
                "check the path, which starts in the current directory"
            }
            Self::NoWorkTree
            | Self::Oid { .. }
            | Self::Disconnected { .. }
            | Self::File { .. }
            | Self::Runtime(_)
            | Self::NotCompared { .. }
            | Self::Show(_)
            | Self::Protocol(_) => return None,
        };
        Some(hint.to_owned())
    }

    /// The message and its hint, as they are shown.
    pub(crate) fn text(&self) -> String {
        match self.hint() {
            Some(hint) => format!("{self}\nhint: {hint}"),
            None => self.to_string(),
        }
    }

    /// The failure that git-lfs shows.
    pub(crate) fn failure(&self) -> lfs_protocol::Failure {
        lfs_protocol::Failure::new(self.status() as u32, self.text())
    }
}

/// The failure that a terminal shows.
impl From<AgentError> for command_line::Failure {
    fn from(error: AgentError) -> Self {
        let failure = Self::new(error.status(), error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

fn which_dump(paths: &[String]) -> String {
    match paths {
        [] => "there is no dump here that git-lfs keeps".to_owned(),
        paths => format!("there are several dumps here: {}", paths.join(", ")),
    }
}

/// What was meant, or what there is.
fn query_hint(error: &dump_diff::QueryError) -> Option<String> {
    let (what, wrong, known) = match error {
        dump_diff::QueryError::NoTable { table, tables } => ("tables", table, tables),
        dump_diff::QueryError::NoColumn {
            column, columns, ..
        } => ("columns", column, columns),
        dump_diff::QueryError::Key { .. } => {
            return Some("give a value for each column of the key, in its order".to_owned());
        }
        dump_diff::QueryError::Io(_) => return None,
    };
    nearest_name::did_you_mean(wrong, known.iter().map(String::as_str)).or_else(|| {
        (!known.is_empty()).then(|| format!("the {what} that there are: {}", known.join(", ")))
    })
}

fn nothing_to_merge(paths: &[PathBuf]) -> String {
    match paths {
        [] => "git has left no dump unmerged here".to_owned(),
        paths => {
            let named: Vec<String> = paths
                .iter()
                .map(|path| format!("`{}`", path.display()))
                .collect();
            format!("git hasn't left {} unmerged", named.join(", "))
        }
    }
}

fn listed(errors: &[DecisionsError]) -> String {
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    told.join("; ")
}

/// The end of a sentence about one of several refs.
fn and_more(refs: usize) -> String {
    match refs {
        0 => String::new(),
        1 => ", nor another of its refs".to_owned(),
        _ => format!(", nor {refs} others of its refs"),
    }
}

/// What a URL that can't be used should have been.
fn url_hint(url: &str) -> String {
    let Some(meant) = address::meant(url).filter(|_| RemoteUrl::parse(url).is_err()) else {
        return "the form is `lfs-agent::s3://BUCKET[/PREFIX][?region=…&endpoint=…&path_style=true&storage_class=…&sse=…&sse_kms_key_id=…&requester_pays=true&profile=…&whole=true]`".to_owned();
    };
    let meant = meant.to_string();
    let shown = meant
        .strip_prefix(SCHEME)
        .filter(|_| !url.starts_with(SCHEME));
    format!("did you mean `{}`?", shown.unwrap_or(&meant))
}

/// What failed and why. The oid is in it, once if that can be: it is a part of nearly every key and path.
fn transfer_text(verb: &str, oid: &str, error: &TransferError) -> String {
    let why = error.to_string();
    match error {
        _ if !why.contains(oid) => format!("can't {verb} {oid}: {why}"),
        TransferError::Store { .. } => format!("can't {verb} {why}"),
        _ => why,
    }
}

fn transfer_exit(error: &TransferError) -> Status {
    match error {
        TransferError::StoredSize { .. }
        | TransferError::StoredContent { .. }
        | TransferError::Recipe { .. }
        | TransferError::Source { .. } => Status::CheckFailed,
        TransferError::Store { error, .. } if *error.kind() == ErrorKind::NotFound => {
            Status::CheckFailed
        }
        TransferError::Store { .. }
        | TransferError::LocalContent { .. }
        | TransferError::Local { .. } => Status::Outside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_where_why_and_what_next() {
        let oid = "ab".repeat(32);
        let error = AgentError::Transfer {
            verb: "fetch",
            oid: oid.clone(),
            error: TransferError::Store {
                address: format!("s3://team-dumps/ab/ab/{oid}"),
                error: StoreError::new(
                    ErrorKind::NotFound,
                    "the server answered GetObject with 404 NoSuchKey",
                ),
            },
        };
        assert_eq!(
            error.text(),
            format!(
                "can't fetch s3://team-dumps/ab/ab/{oid}: the server answered GetObject with 404 NoSuchKey\n\
                 hint: the object was never pushed there, or has been deleted; someone who has it can run `lfs-agent fsck --repair`"
            )
        );
        assert_eq!(error.failure().code, 1);
    }

    #[test]
    fn the_oid_is_said_once_and_always() {
        let oid = "ab".repeat(32);
        let told = |error| transfer_text("fetch", &oid, &error);
        let store = |address: &str| TransferError::Store {
            address: address.to_owned(),
            error: StoreError::new(ErrorKind::Connect, "no connection"),
        };
        let own = format!("s3://team-dumps/ab/ab/{oid}");
        assert_eq!(
            told(store(&own)),
            format!("can't fetch {own}: no connection")
        );
        assert_eq!(
            told(store("s3://team-dumps/packs/cd")),
            format!("can't fetch {oid}: s3://team-dumps/packs/cd: no connection")
        );
        let damaged = TransferError::StoredContent {
            address: own.clone(),
        };
        assert_eq!(
            told(damaged),
            format!("{own} is damaged: its content doesn't hash to its oid")
        );
    }

    #[test]
    fn exit_codes_are_those_of_the_contract() {
        assert_eq!(AgentError::NoUrl.status() as u8, 2);
        assert_eq!(AgentError::NoGit.status() as u8, 3);
        assert_eq!(
            AgentError::Unsound {
                bad: 1,
                all: 2,
                newer: false,
            }
            .status() as u8,
            1
        );
        let damaged = TransferError::StoredContent {
            address: String::new(),
        };
        assert_eq!(
            AgentError::Transfer {
                verb: "fetch",
                oid: String::new(),
                error: damaged
            }
            .status() as u8,
            1
        );
    }
}
