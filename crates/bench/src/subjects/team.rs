//! A team's repository whose dumps are in a store behind a counting proxy, as the subjects that need a history have it.

use std::fs;
use std::path::PathBuf;

use command_line::Failure;
use testkit::git::GitHome;
use testkit_s3::proxy::FaultProxy;

use super::transfer::server::Server;
use super::versions::{Mode, set_up, unwritable};

/// Where such a team works.
pub(super) struct Team {
    pub(super) server: Server,
    /// Before the server, as fast as the machine.
    pub(super) proxy: FaultProxy,
    pub(super) home: GitHome,
    /// The bare repository.
    pub(super) bare: String,
    /// A clone, in which nothing is committed yet.
    pub(super) one: PathBuf,
}

impl Team {
    /// A home with git-lfs and the agent, a bare repository, and a clone of it that keeps dumps by git-lfs.
    pub(super) fn new(mode: Mode) -> Result<Self, Failure> {
        let server = Server::open()?;
        let proxy = FaultProxy::start(server.endpoint());
        let mut home = GitHome::with_git_lfs();
        home.set_all(server.environment());
        home.set("GIT_LFS_SKIP_SMUDGE", "1");
        set_up(&home, &server, &proxy, mode);
        home.git(home.work(), &["init", "-q", "--bare", "team.git"]);
        let bare = home.work().join("team.git").to_string_lossy().into_owned();
        home.git(home.work(), &["clone", "-q", &bare, "one"]);
        let one = home.work().join("one");
        let attributes = "*.sql.gz filter=lfs diff=lfs-agent merge=lfs-agent -text\n";
        fs::write(one.join(".gitattributes"), attributes).map_err(|error| unwritable(&error))?;
        Ok(Self {
            server,
            proxy,
            home,
            bare,
            one,
        })
    }
}
