//! What a new version of a dump costs to move through real git-lfs, beside the same dump stored whole in the same run.
//!
//! The dump is one of gen-dummy with at least 300 MB of SQL. Bytes are counted by a proxy before the server, both ways
//! and headers included. The server is the one that `S3_TEST_ENDPOINT` names, or the test kit's.

mod dumps;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use command_line::Failure;
use host_tools::{narrate, workspace};
use testkit::git::GitHome;
use testkit_s3::proxy::{FaultProxy, Shaping};

use crate::measure::middle;
use crate::report::{Table, megabytes, ratio, seconds};
use crate::subjects::transfer::NETWORKS;
use crate::subjects::transfer::server::Server;
use dumps::Dumps;

/// The dump's place in its repository.
pub(super) const DUMP: &str = "dump.sql.gz";

/// How versions are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Recipes,
    Whole,
}

/// What one version took.
#[derive(Debug, Clone, Copy)]
struct Cost {
    pushed: u64,
    fetched: u64,
    push: Duration,
    fetch: Duration,
}

/// Measures each change, `runs` times.
pub(crate) fn measure(runs: u32) -> Result<(), Failure> {
    let dumps = Dumps::make()?;
    narrate::say(format!(
        "{} of SQL, {} compressed",
        megabytes(dumps.raw),
        megabytes(size(&dumps.first)?)
    ));
    for (network, shaping) in NETWORKS {
        narrate::heading(format!("Versions, {network}"));
        measure_network(&dumps, shaping, runs)?;
    }
    Ok(())
}

fn measure_network(dumps: &Dumps, shaping: Option<Shaping>, runs: u32) -> Result<(), Failure> {
    let mut table = Table::new([
        "what changed",
        "version",
        "push moves",
        "fetch moves",
        "push",
        "fetch",
        "push, to whole",
        "fetch, to whole",
    ]);
    for (name, path) in &dumps.versions {
        let bytes = size(path)?;
        let ours = median(runs, || cost(&dumps.first, path, Mode::Recipes, shaping))?;
        let whole = median(runs, || cost(&dumps.first, path, Mode::Whole, shaping))?;
        table.row([
            (*name).to_owned(),
            megabytes(bytes),
            share(ours.pushed, bytes),
            share(ours.fetched, bytes),
            seconds(ours.push),
            seconds(ours.fetch),
            ratio(ours.push, whole.push),
            ratio(ours.fetch, whole.fetch),
        ]);
    }
    table.show();
    Ok(())
}

/// Pushes the first version, clones, and then moves the other to the store and into the clone.
fn cost(first: &Path, other: &Path, mode: Mode, shaping: Option<Shaping>) -> Result<Cost, Failure> {
    let server = Server::open()?;
    let proxy = FaultProxy::shaped(server.endpoint(), shaping.unwrap_or_default());
    let mut home = GitHome::with_git_lfs();
    home.set_all(server.environment());
    set_up(&home, &server, &proxy, mode);
    home.git(home.work(), &["init", "-q", "--bare", "team.git"]);
    let [team, one, two] = ["team.git", "one", "two"].map(|name| home.work().join(name));
    let team = team.to_string_lossy().into_owned();
    home.git(home.work(), &["clone", "-q", &team, "one"]);
    let attributes = "*.sql.gz filter=lfs diff=lfs merge=lfs -text\n";
    fs::write(one.join(".gitattributes"), attributes).map_err(|error| unwritable(&error))?;
    commit(&home, &one, first)?;
    home.git(&one, &["push", "-q", "origin", "HEAD:main"]);
    home.set("GIT_LFS_SKIP_SMUDGE", "1");
    home.git(home.work(), &["clone", "-q", "-b", "main", &team, "two"]);
    home.git(&two, &["lfs", "fetch", "origin", "main"]);
    commit(&home, &one, other)?;

    let moved = || proxy.sent() + proxy.received();
    let (before, started) = (moved(), Instant::now());
    home.git(&one, &["lfs", "push", "origin", "HEAD"]);
    let (push, pushed) = (started.elapsed(), moved() - before);
    home.git(&one, &["push", "-q", "origin", "HEAD:main"]);
    home.git(&two, &["fetch", "-q", "origin"]);
    let (before, started) = (moved(), Instant::now());
    home.git(&two, &["lfs", "fetch", "origin", "origin/main"]);
    let (fetch, fetched) = (started.elapsed(), moved() - before);
    Ok(Cost {
        pushed,
        fetched,
        push,
        fetch,
    })
}

/// Tells git-lfs of the agent, and the agent of the server behind the proxy.
pub(super) fn set_up(home: &GitHome, server: &Server, proxy: &FaultProxy, mode: Mode) {
    let program = workspace::program("lfs-agent");
    let (bucket, prefix, region) = (&server.bucket, &server.prefix, &server.region);
    let url = format!(
        "lfs-agent::s3://{bucket}/{prefix}?region={region}&endpoint={}&path_style=true&whole={}",
        proxy.endpoint(),
        mode == Mode::Whole
    );
    for (key, value) in [
        (
            "lfs.customtransfer.lfs-agent.path",
            &*program.to_string_lossy(),
        ),
        ("lfs.lfs-agent::.standalonetransferagent", "lfs-agent"),
        ("lfs.url", &url),
    ] {
        home.git(home.work(), &["config", "--global", key, value]);
    }
}

pub(super) fn commit(home: &GitHome, repository: &Path, dump: &Path) -> Result<(), Failure> {
    fs::copy(dump, repository.join(DUMP)).map_err(|error| unwritable(&error))?;
    home.git(repository, &["add", "-A"]);
    home.git(repository, &["commit", "-q", "-m", "Change the dump"]);
    Ok(())
}

fn median(runs: u32, mut run: impl FnMut() -> Result<Cost, Failure>) -> Result<Cost, Failure> {
    let costs: Vec<Cost> = (0..runs).map(|_| run()).collect::<Result<_, _>>()?;
    Ok(Cost {
        pushed: middle(costs.iter().map(|cost| cost.pushed)),
        fetched: middle(costs.iter().map(|cost| cost.fetched)),
        push: middle(costs.iter().map(|cost| cost.push)),
        fetch: middle(costs.iter().map(|cost| cost.fetch)),
    })
}

/// Bytes, and how much of the object they are.
#[expect(
    clippy::cast_precision_loss,
    reason = "shown with two digits after the point"
)]
fn share(moved: u64, object: u64) -> String {
    let percent = moved as f64 / object as f64 * 100.0;
    format!("{} ({percent:.2} %)", megabytes(moved))
}

fn size(path: &PathBuf) -> Result<u64, Failure> {
    let metadata = fs::metadata(path).map_err(|error| unwritable(&error))?;
    Ok(metadata.len())
}

pub(super) fn unwritable(error: &std::io::Error) -> Failure {
    Failure::outside(format!("can't write the dumps: {error}"))
}
