//! A team around a bucket: homes of developers, a bare repository, an S3 server, and the agent that was built.
#![allow(
    dead_code,
    reason = "each test binary uses its own part of this module"
)]
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

pub(crate) mod hint;
pub(crate) mod kill;
pub(crate) mod sound;
pub(crate) mod tls;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc;

use dump_store::{Layout, RepositoryName};
use testkit::git::GitHome;
use testkit::noise::noise;
use testkit_s3::proxy::{FaultProxy, Shaping};
use testkit_s3::s3::EmbeddedS3;

pub(crate) const AGENT: &str = env!("CARGO_BIN_EXE_lfs-agent");

/// Where the team's dump lies in its repository.
pub(crate) const DUMP: &str = "dumps/02_dummy.sql.gz";

/// Bytes that look like a compressed dump and are the same every time.
pub(crate) fn dump(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = noise(length, seed);
    bytes[..2].copy_from_slice(&[0x1f, 0x8b]);
    bytes
}

/// Three versions of a dump: 1 % in the middle is edited, then 1 % comes at the end. Members of 50 kB, as in real dumps.
pub(crate) fn versions(length: usize) -> [Vec<u8>; 3] {
    let (middle, edit) = (length / 2, length / 100);
    let mut first = dump(length, 1);
    for member in first.chunks_mut(50_000) {
        member[..10].copy_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
    }
    let mut second = first.clone();
    second[middle + 10..middle + edit].copy_from_slice(&dump(edit - 10, 2));
    let third = [&second[..], &first[..10], &dump(edit - 10, 3)].concat();
    [first, second, third]
}

pub(crate) struct Team {
    pub(crate) s3: EmbeddedS3,
    pub(crate) home: GitHome,
    pub(crate) bare: PathBuf,
    pub(crate) first: PathBuf,
}

impl Team {
    /// A team whose first developer has installed the agent and initialised the repository; nothing is committed yet.
    pub(crate) fn new() -> Self {
        Self::at(EmbeddedS3::endpoint)
    }

    /// The same, with this git-lfs.
    pub(crate) fn with_git_lfs(program: &Path) -> Self {
        let home = GitHome::new();
        home.add_program(program);
        home.install_git_lfs();
        Self::of(home, EmbeddedS3::endpoint)
    }

    /// The same, with the server behind the endpoint that `endpoint` makes of it.
    pub(crate) fn at(endpoint: impl FnOnce(&EmbeddedS3) -> String) -> Self {
        Self::of(GitHome::with_git_lfs(), endpoint)
    }

    /// The same, with a proxy before the server, over a network of this shape.
    pub(crate) fn behind(shaping: Shaping) -> (Self, FaultProxy) {
        let (sender, receiver) = mpsc::channel();
        let team = Self::at(|s3| {
            let proxy = FaultProxy::shaped(&s3.endpoint(), shaping);
            let endpoint = proxy.endpoint();
            sender.send(proxy).unwrap();
            endpoint
        });
        (team, receiver.recv().unwrap())
    }

    fn of(mut home: GitHome, endpoint: impl FnOnce(&EmbeddedS3) -> String) -> Self {
        let s3 = EmbeddedS3::start();
        home.set_all(s3.environment());
        home.add_program(Path::new(AGENT));
        let bare = home.work().join("team.git");
        home.git(home.work(), &["init", "-q", "--bare", "team.git"]);
        let first = home.work().join("first");
        home.git(home.work(), &["init", "-q", "first"]);
        home.git(
            &first,
            &["remote", "add", "origin", &bare.to_string_lossy()],
        );
        let endpoint = endpoint(&s3);
        let team = Self {
            s3,
            home,
            bare,
            first,
        };
        team.agent(&team.first, &["install"]);
        team.home.git(
            &team.first,
            &[
                "config",
                "--global",
                "--add",
                "lfs-agent.allowEndpoint",
                &endpoint,
            ],
        );
        let url = team.s3.store_url_at(&endpoint, "shop");
        team.agent(&team.first, &["init", &url]);
        team.leave_name(&team.bare);
        team
    }

    /// Leaves a repository's name, and that nobody is without one, as a first push does. Tests then see the requests that
    /// every push makes, and no more.
    pub(crate) fn leave_name(&self, repository: &Path) {
        let place = repository.canonicalize().unwrap();
        let name = RepositoryName::new(
            &place
                .to_string_lossy()
                .trim_start_matches(r"\\?\")
                .replace('\\', "/"),
        );
        let layout = Layout::new("shop");
        let text = format!("lfs-agent repository 1\n{name}\n");
        self.s3
            .put(layout.repository(&name.digest()).as_str(), text.as_bytes());
        self.s3.put(layout.complete().as_str(), b"");
    }

    /// A team whose first developer has pushed these versions of the dump, one after the other.
    pub(crate) fn that_pushed(versions: &[Vec<u8>]) -> Self {
        let team = Self::new();
        for content in versions {
            team.push(&team.first, content);
        }
        team
    }

    /// Runs the agent's command and expects it to succeed.
    #[track_caller]
    pub(crate) fn agent(&self, directory: &Path, arguments: &[&str]) -> Output {
        let output = self.agent_any(directory, arguments);
        assert!(
            output.status.success(),
            "lfs-agent {arguments:?}: {}",
            text(&output)
        );
        output
    }

    #[track_caller]
    pub(crate) fn agent_any(&self, directory: &Path, arguments: &[&str]) -> Output {
        self.command(directory, arguments)
            .output()
            .expect("the agent starts")
    }

    /// Runs the agent's command in the first repository, expects this exit code, and returns all that it says.
    #[track_caller]
    pub(crate) fn says(&self, arguments: &[&str], code: i32) -> String {
        let output = self.agent_any(&self.first, arguments);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    /// The keys in the store that contain this text.
    pub(crate) fn keys(&self, part: &str) -> Vec<String> {
        let keys = self.s3.keys().into_iter();
        keys.filter(|key| key.contains(part)).collect()
    }

    pub(crate) fn command(&self, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = self.home.command(AGENT, directory);
        command.args(arguments);
        command
    }

    /// Commits `content` as the dump in `repository` and pushes it.
    #[track_caller]
    pub(crate) fn push(&self, repository: &Path, content: &[u8]) {
        self.commit(repository, content);
        self.push_head(repository);
    }

    /// Pushes what is committed.
    #[track_caller]
    pub(crate) fn push_head(&self, repository: &Path) {
        self.home.git(repository, &["push", "-q", "origin", "HEAD"]);
    }

    /// Pushes what is committed, which fails, and returns all that is said.
    #[track_caller]
    pub(crate) fn push_fails(&self, repository: &Path) -> String {
        text(&self.home.git_fails(repository, &["push", "origin", "HEAD"]))
    }

    /// Clones the team's repository, which fails, and returns all that is said.
    #[track_caller]
    pub(crate) fn clone_fails(&self, name: &str) -> String {
        let clone = ["clone", &self.bare.to_string_lossy(), name];
        text(&self.home.git_fails(self.home.work(), &clone))
    }

    #[track_caller]
    pub(crate) fn commit(&self, repository: &Path, content: &[u8]) {
        let path = repository.join(DUMP);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self.home.git(repository, &["add", "-A"]);
        self.home
            .git(repository, &["commit", "-q", "-m", "Change the dump"]);
    }

    /// A clone of the team's repository, with pointers in place of dumps.
    #[track_caller]
    pub(crate) fn clone_pointers(&self, name: &str) -> PathBuf {
        let path = self.home.work().join(name);
        let mut git = self.home.command("git", self.home.work());
        git.args(["clone", "-q"]).args([&self.bare, &path]);
        testkit::process::run(git.env("GIT_LFS_SKIP_SMUDGE", "1"));
        path
    }

    /// A clone of the team's repository.
    #[track_caller]
    pub(crate) fn clone(&self, name: &str) -> PathBuf {
        let path = self.home.work().join(name);
        self.home.git(
            self.home.work(),
            &[
                "clone",
                "-q",
                &self.bare.to_string_lossy(),
                &path.to_string_lossy(),
            ],
        );
        path
    }
}

/// All that a command said.
pub(crate) fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[track_caller]
pub(crate) fn assert_dump(repository: &Path, content: &[u8]) {
    let found = fs::read(repository.join(DUMP)).unwrap();
    assert!(
        found == content,
        "the dump in {} isn't what was pushed: {:?}…",
        repository.display(),
        &found[..found.len().min(80)]
    );
}
