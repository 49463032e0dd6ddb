//! A team as the examples find it: a repository that is pushed, a bucket that has its dumps, a machine that has the programs.

use std::fs;
use std::path::{Path, PathBuf};

use host_tools::process::run;
use host_tools::workspace::root;
use testkit::cargo::binary;
use testkit::git::{GitHome, is_pointer};
use testkit::pg::TempPostgres;
use testkit_s3::s3::EmbeddedS3;

pub(crate) const DUMP: &str = "dumps/02_dummy.sql.gz";

/// Where a job would get the programs; nothing is fetched from there.
const PROGRAMS: &str = "https://git.example.com/team/database-tools.git#0123456789";

pub(crate) struct Team {
    pub(crate) home: GitHome,
    pub(crate) s3: EmbeddedS3,
    pub(crate) origin: PathBuf,
    /// The maintainer's clone.
    pub(crate) repository: PathBuf,
}

impl Team {
    pub(crate) fn new() -> Self {
        let s3 = EmbeddedS3::start();
        let mut home = GitHome::with_git_lfs();
        home.set_all(s3.environment());
        for program in ["gen-schema", "gen-dummy", "lfs-agent"] {
            home.add_program(&binary(program));
        }
        // Submodules in the tests lie on this machine.
        home.git(
            home.work(),
            &["config", "--global", "protocol.file.allow", "always"],
        );
        // A machine that has seen this endpoint before.
        let endpoint = s3.endpoint();
        home.git(
            home.work(),
            &[
                "config",
                "--global",
                "--add",
                "lfs-agent.allowEndpoint",
                &endpoint,
            ],
        );
        home.git(home.work(), &["init", "--quiet", "--bare", "team.git"]);
        home.git(home.work(), &["init", "--quiet", "maintainer"]);
        let team = Self {
            s3,
            origin: home.work().join("team.git"),
            repository: home.work().join("maintainer"),
            home,
        };
        team.begin();
        team
    }

    fn begin(&self) {
        let origin = self.origin.to_string_lossy().into_owned();
        self.home
            .git(&self.repository, &["remote", "add", "origin", &origin]);
        self.shell(
            &self.repository,
            &format!(
                "gen-schema init --programs {PROGRAMS} && lfs-agent install \
                 && lfs-agent init s3://{}/shop --region {} --endpoint {} --path-style",
                self.s3.bucket(),
                self.s3.region(),
                self.s3.endpoint()
            ),
        );
        fs::write(self.repository.join("schema/dummy.toml"), "rows = 50\n").unwrap();
        self.shell(
            &self.repository,
            "gen-dummy && git add --all && git commit --quiet -m Begin && git push --quiet -u origin main",
        );
    }

    /// Has the POSIX shell run commands as a CI service does: the first that fails ends them.
    #[track_caller]
    pub(crate) fn shell(&self, directory: &Path, commands: &str) -> String {
        let mut shell = self.home.command("bash", directory);
        let output = run(shell.args(["-e", "-o", "pipefail", "-c", commands]));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A clone with pointers in place of dumps.
    pub(crate) fn clone_of_pointers(&self, name: &str) -> PathBuf {
        let origin = self.origin.to_string_lossy();
        self.shell(
            &self.home.work(),
            &format!("GIT_LFS_SKIP_SMUDGE=1 git clone --quiet '{origin}' {name}"),
        );
        let clone = self.home.work().join(name);
        assert!(is_pointer(&fs::read(clone.join(DUMP)).unwrap()));
        clone
    }

    /// Leads every client of PostgreSQL to a new, empty database.
    pub(crate) fn with_database(&mut self, postgres: &TempPostgres) -> String {
        let database = postgres.create_database();
        let client = postgres.client("psql");
        for (name, value) in client.get_envs() {
            if let Some(value) = value {
                self.home.set(name, value);
            }
        }
        self.home.set("PGDATABASE", &database);
        self.home.add_program(Path::new(client.get_program()));
        database
    }

    /// The dump as the maintainer has it.
    pub(crate) fn dump(&self) -> Vec<u8> {
        let dump = fs::read(self.repository.join(DUMP)).unwrap();
        assert!(!is_pointer(&dump));
        dump
    }
}

/// The guard of the container's file needs no team.
pub(crate) fn compose_file() -> PathBuf {
    root().join("docker-compose.yml")
}
