//! The agents that are measured, and how each is told where to store.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use command_line::Failure;
use host_tools::process::find_program;
use host_tools::{narrate, workspace};
use testkit::git::GitHome;

use super::server::Server;
use crate::measure::middle;
use crate::null_agent;
use crate::report::{Table, seconds};

/// An agent, as a program.
pub(super) enum Agent {
    Ours(PathBuf),
    LfsDal(PathBuf),
    GitRemoteS3(PathBuf),
    /// This program, which moves nothing.
    Null(PathBuf),
}

impl Agent {
    /// Ours, and the peers that are in PATH. Says how to get those that aren't.
    pub(super) fn at_hand() -> Vec<Self> {
        let mut agents = vec![Self::Ours(workspace::program("lfs-agent"))];
        let mut add = |program: &str, install: &str, agent: fn(PathBuf) -> Self| {
            if let Some(path) = find_program(program) {
                agents.push(agent(path));
            } else {
                narrate::say(format!(
                    "`{program}` is not in PATH, so it isn't measured: `{install}`"
                ));
            }
        };
        let lfs_dal = "cargo install lfs-dal --version 0.1.3 --locked";
        add("lfs-dal", lfs_dal, Self::LfsDal);
        let git_remote_s3 = "pip install git-remote-s3==0.4.2";
        add("git-lfs-s3", git_remote_s3, Self::GitRemoteS3);
        agents.push(Self::Null(workspace::program("bench")));
        agents
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Ours(_) => "lfs-agent",
            Self::LfsDal(_) => "lfs-dal",
            Self::GitRemoteS3(_) => "git-remote-s3",
            Self::Null(_) => "none: git-lfs alone",
        }
    }

    pub(super) fn program(&self) -> &Path {
        match self {
            Self::Ours(path) | Self::LfsDal(path) | Self::GitRemoteS3(path) | Self::Null(path) => {
                path
            }
        }
    }

    /// Tells git-lfs to use this agent in `repository`, and the agent where the server is.
    pub(super) fn set_up(
        &self,
        home: &mut GitHome,
        repository: &Path,
        server: &Server,
        endpoint: &str,
    ) {
        let (bucket, prefix, region) = (&server.bucket, &server.prefix, &server.region);
        let set =
            |home: &GitHome, key: &str, value: &str| home.git(repository, &["config", key, value]);
        let program = self.program().to_string_lossy().into_owned();
        match self {
            Self::Ours(_) => {
                set(home, "lfs.customtransfer.lfs-agent.path", &program);
                set(home, "lfs.lfs-agent::.standalonetransferagent", "lfs-agent");
                let url = format!(
                    "lfs-agent::s3://{bucket}/{prefix}?region={region}&endpoint={endpoint}&path_style=true"
                );
                set(home, "lfs.url", &url);
            }
            Self::LfsDal(_) => {
                set(home, "lfs.customtransfer.lfs-dal.path", &program);
                set(home, "lfs.standalonetransferagent", "lfs-dal");
                for (key, value) in [
                    ("scheme", "s3"),
                    ("bucket", bucket),
                    ("endpoint", endpoint),
                    ("region", region),
                    ("root", &format!("/{prefix}")),
                ] {
                    let key = format!("lfs-dal.{key}");
                    home.git(repository, &["config", "-f", ".lfsdalconfig", &key, value]);
                }
            }
            Self::GitRemoteS3(_) => {
                set(home, "lfs.customtransfer.git-lfs-s3.path", &program);
                set(home, "lfs.standalonetransferagent", "git-lfs-s3");
                let url = format!("s3://{bucket}/{prefix}");
                home.git(repository, &["remote", "set-url", "origin", &url]);
                home.set("AWS_ENDPOINT_URL", endpoint);
                home.set("AWS_DEFAULT_REGION", region);
            }
            Self::Null(_) => {
                set(home, "lfs.customtransfer.null.path", &program);
                let directory = home.work().join("null");
                let arguments = format!("{} {}", null_agent::ARGUMENT, directory.display());
                set(home, "lfs.customtransfer.null.args", &arguments);
                set(home, "lfs.standalonetransferagent", "null");
            }
        }
    }
}

/// Measures how long our agent takes from its start to its answer to git-lfs's first message.
pub(super) fn measure_start(runs: u32) -> Result<(), Failure> {
    narrate::heading("From the start of lfs-agent to its answer to `init`");
    let mut times = Vec::new();
    for _ in 0..runs {
        times.push(start()?);
    }
    let mut table = Table::new(["best", "median", "worst", "starts"]);
    table.row([
        seconds(times.iter().copied().min().unwrap_or_default()),
        seconds(middle(times.iter().copied())),
        seconds(times.iter().copied().max().unwrap_or_default()),
        runs.to_string(),
    ]);
    table.show();
    Ok(())
}

fn start() -> Result<Duration, Failure> {
    let outside = |error| Failure::outside(format!("can't speak with lfs-agent: {error}"));
    let started = Instant::now();
    let mut child = Command::new(workspace::program("lfs-agent"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(outside)?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Failure::outside("lfs-agent has no standard streams"));
    };
    input
        .write_all(b"{\"event\":\"init\",\"operation\":\"download\",\"remote\":\"origin\"}\n")
        .map_err(outside)?;
    let mut answer = String::new();
    BufReader::new(output)
        .read_line(&mut answer)
        .map_err(outside)?;
    let elapsed = started.elapsed();
    drop(input);
    child.wait().map_err(outside)?;
    if answer == "{}\n" {
        Ok(elapsed)
    } else {
        Err(Failure::check(format!(
            "lfs-agent answered `init` with {answer:?}"
        )))
    }
}
