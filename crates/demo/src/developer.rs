//! A developer of the story: a HOME, a git configuration, a clone, and the commands that they type.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use command_line::Failure;
use host_tools::{narrate, run};
use testkit::git::GitHome;
use testkit_s3::s3::EmbeddedS3;

/// One of the two developers.
#[derive(Debug)]
pub(crate) struct Developer {
    home: GitHome,
    repository: PathBuf,
}

impl Developer {
    /// Somebody with this workspace's programs in PATH, git-lfs and the agent set up, and credentials for the bucket.
    pub(crate) fn new(name: &str, programs: &[PathBuf], s3: &EmbeddedS3) -> Result<Self, Failure> {
        let mut home = GitHome::with_git_lfs();
        for program in programs {
            home.add_program(program);
        }
        home.set_all(s3.environment());
        let repository = home.work().join("shop");
        let developer = Self { home, repository };
        developer.quiet("git", &["config", "--global", "user.name", name])?;
        developer.quiet("lfs-agent", &["install"])?;
        Ok(developer)
    }

    /// The developer's clone.
    pub(crate) fn repository(&self) -> &Path {
        &self.repository
    }

    /// Gives the developer one more program.
    pub(crate) fn has_program(&self, program: &Path) {
        self.home.add_program(program);
    }

    /// Types a command in the clone (or beside it, before there is one): it is shown, run and timed.
    pub(crate) fn types(
        &self,
        program: &str,
        arguments: &[&str],
    ) -> Result<(Output, Duration), Failure> {
        let mut command = self.command(program, arguments);
        narrate::command(host_tools::process::command_line(
            Command::new(program).args(arguments),
        ));
        let started = Instant::now();
        let output = run::captured(&mut command)?;
        Ok((output, started.elapsed()))
    }

    /// Runs a command that the story doesn't need to show, and returns what it prints.
    pub(crate) fn quiet(&self, program: &str, arguments: &[&str]) -> Result<String, Failure> {
        run::text(&mut self.command(program, arguments))
    }

    /// A file of the clone.
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let path = self.repository.join(path);
        fs::read(&path)
            .map_err(|error| Failure::check(format!("can't read {}: {error}", path.display())))
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let directory = if self.repository.is_dir() {
            self.repository.clone()
        } else {
            self.home.work()
        };
        let mut command = self.home.command(program, directory);
        command.args(arguments);
        command
    }
}
