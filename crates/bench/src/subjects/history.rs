//! What a long history of a dump costs: bytes kept, requests of pushes, and how long its newest and its oldest version take.
//!
//! A hundred versions of 100 MB, in each of which 1 % is other than in the one before: at the end, in one place, in a
//! place of each megabyte, or in a value of 1 % of the rows. They are rows as gen-dummy packs them, of which the agent may store
//! what changed in the text; but for the last also members of 50 kB that are noise, which it can only copy. For a machine that
//! has other work `BENCH_HISTORY_MEGABYTES` makes them smaller, `BENCH_HISTORY_VERSIONS` fewer, `BENCH_HISTORY_CHANGE` names one
//! of the four, and `BENCH_HISTORY_CONTENT` `rows` or `noise`. Pushes and fetches are those of real git-lfs; the fetches are
//! over a line that is far and narrow, where each request and each byte counts, beside a whole object of the same size.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use command_line::Failure;
use host_tools::{narrate, workspace};
use testkit::memory::{Peak, Watch};
use testkit::noise::{Noise, noise};
use testkit_s3::proxy::{FaultProxy, Shaping};

use super::dump::{Change, Dump, ROW};
use super::team::Team;
use super::versions::{Mode, commit, unwritable};
use crate::measure::{self, Cost, middle};
use crate::report::{Table, megabytes, ratio, seconds};

/// Unless [`FEWER`] says otherwise.
pub(super) const VERSIONS: u64 = 100;

/// Says how many versions there are.
pub(super) const FEWER: &str = "BENCH_HISTORY_VERSIONS";

/// Of each version, in megabytes, unless [`SMALLER`] says otherwise.
pub(super) const MEGABYTES: usize = 100;

/// Says how many megabytes a version has.
pub(super) const SMALLER: &str = "BENCH_HISTORY_MEGABYTES";

/// Names the only way of changing that is measured.
pub(super) const ONLY: &str = "BENCH_HISTORY_CHANGE";

/// Names the only content that is measured.
const CONTENT: &str = "BENCH_HISTORY_CONTENT";

pub(super) const MEGABYTE: usize = 1_000_000;

/// Of each member, in bytes.
const MEMBER: usize = 50_000;

/// How a member of ours begins: gzip's header.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

/// What one connection of the line carries in each direction, in bytes per second, and how long it takes to get there.
const LINE: Shaping = Shaping {
    delay: Duration::from_millis(15),
    bytes_per_second: Some(3_000_000),
};

/// What versions consist of.
enum Content {
    Rows(Box<Dump>),
    /// Members as they begin, so that files are cut there.
    Noise(Change, Vec<u8>),
}

impl Content {
    const NAMES: [&str; 2] = ["rows", "noise"];

    /// The first version.
    fn new(name: &str, change: Change, size: usize) -> Self {
        if name == Self::NAMES[0] {
            return Self::Rows(Box::new(Dump::new(change, size as u64 / ROW)));
        }
        Self::Noise(change, members(size, 0))
    }

    /// Makes the next version of the one before.
    fn change(&mut self, size: usize, version: u64) {
        let (change, content) = match self {
            Self::Rows(dump) => return dump.change(u32::try_from(version).unwrap_or_default()),
            Self::Noise(change, content) => (change, content),
        };
        let percent = size / 100;
        let mut random = Noise::new(version);
        let mut below = |end: usize| {
            let mut bytes = [0; 8];
            random.fill(&mut bytes);
            usize::try_from(u64::from_le_bytes(bytes) % end as u64).unwrap_or_default()
        };
        let (places, length) = match change {
            Change::Appended => {
                content.extend(members(percent, version));
                return;
            }
            Change::Clustered => (1, percent),
            Change::Scattered | Change::Everywhere => (size / MEGABYTE, MEGABYTE / 100),
        };
        for place in 0..places {
            let at = below(content.len() - length);
            let new = noise(length, version * 1000 + place as u64);
            for (offset, byte) in new.into_iter().enumerate() {
                // Members begin where they began.
                if (at + offset) % MEMBER >= HEADER.len() {
                    content[at + offset] = byte;
                }
            }
        }
    }

    /// Writes a version into a file, and says how many bytes it has.
    fn write(&self, path: &Path) -> Result<u64, Failure> {
        let written = match self {
            Self::Rows(dump) => dump.write(path),
            Self::Noise(_, content) => fs::write(path, content).map(|()| content.len() as u64),
        };
        written.map_err(|error| unwritable(&error))
    }
}

/// Members with other contents for each seed.
fn members(length: usize, seed: u64) -> Vec<u8> {
    let mut content = noise(length, seed);
    for member in content.chunks_mut(MEMBER) {
        // The last one may be shorter.
        if let Some(begin) = member.first_chunk_mut() {
            *begin = HEADER;
        }
    }
    content
}

/// What a fetch took.
#[derive(Debug, Clone, Copy)]
struct Fetch {
    bytes: u64,
    requests: usize,
    time: Duration,
    processor: Duration,
    peak: Peak,
}

/// Measures each way of changing, `runs` fetches each.
pub(crate) fn measure(runs: u32) -> Result<(), Failure> {
    let mut kept = Table::new([
        "1 % changes",
        "content",
        "versions",
        "of bytes",
        "pushes move",
        "to all whole",
        "requests of a push, median",
        "most",
        "processor of a push, whole",
        "median",
        "most",
        "resident",
    ]);
    let mut fetched = Table::new([
        "1 % changes",
        "content",
        "fetched",
        "bytes",
        "requests",
        "time",
        "processor",
        "resident",
        "to whole, bytes",
        "to whole, time",
    ]);
    let variable = |name: &str| env::var(name).ok();
    let size = variable(SMALLER).and_then(|text| text.parse().ok());
    let size = size.unwrap_or(MEGABYTES) * MEGABYTE;
    let is_wanted =
        |variable: &Option<String>, name: &str| variable.as_ref().is_none_or(|only| only == name);
    let (only_change, only_content) = (variable(ONLY), variable(CONTENT));
    for name in Content::NAMES {
        for change in Change::ALL {
            // Of noise nothing is a row.
            let is_one = name == Content::NAMES[0] || !matches!(change, Change::Everywhere);
            if is_one && is_wanted(&only_content, name) && is_wanted(&only_change, change.name()) {
                measure_change(name, change, size, runs, &mut kept, &mut fetched)?;
            }
        }
    }
    kept.show();
    fetched.show();
    Ok(())
}

fn measure_change(
    name: &str,
    change: Change,
    first_size: usize,
    runs: u32,
    kept: &mut Table,
    fetched: &mut Table,
) -> Result<(), Failure> {
    let versions = env::var(FEWER).ok().and_then(|text| text.parse().ok());
    let versions = versions.unwrap_or(VERSIONS);
    let title = [change.name(), name].map(str::to_owned);
    narrate::say(format!(
        "{versions} versions of {name}, 1 % changed {}",
        change.name()
    ));
    let team = Team::new(Mode::Recipes)?;
    let (home, one, near) = (&team.home, &team.one, &team.proxy);
    let source = home.scratch().join("version");
    let mut content = Content::new(name, change, first_size);
    let mut all = 0;
    let mut pushes = Vec::new();
    let mut newest = 0;
    let watch = Watch::start(&workspace::program("lfs-agent"));
    for version in 0..versions {
        if version > 0 {
            content.change(first_size, version);
        }
        newest = content.write(&source)?;
        commit(home, one, &source)?;
        near.clear_requests();
        let cost = measure::once(
            home.command("git", one)
                .args(["lfs", "push", "origin", "HEAD"]),
        )?;
        pushes.push((near.requests().len(), cost.cpu));
        home.git(one, &["push", "-q", "--no-verify", "origin", "HEAD:main"]);
        home.git(one, &["tag", &format!("v{version}")]);
        all += newest;
        // A developer's machine has a few versions, and not all.
        forget_all_but(one, 4)?;
    }
    let peak = watch.end();
    drop(content);
    let (whole, later) = pushes.split_at(1);
    let most_requests = pushes.iter().map(|push| push.0).max().unwrap_or_default();
    let most_time = later.iter().map(|push| push.1).max().unwrap_or_default();
    let [change, name] = title.clone();
    kept.row([
        change,
        name,
        versions.to_string(),
        megabytes(all),
        megabytes(near.sent()),
        percent(near.sent(), all),
        middle(pushes.iter().map(|push| push.0)).to_string(),
        most_requests.to_string(),
        seconds(whole[0].1),
        seconds(middle(later.iter().map(|push| push.1))),
        seconds(most_time),
        megabytes(peak.largest),
    ]);
    measure_fetches(&team, runs, versions, newest, &title, fetched)
}

/// Fetches the newest and the oldest version, in turns with one of the newest's size that is stored whole.
fn measure_fetches(
    team: &Team,
    runs: u32,
    versions: u64,
    size: u64,
    title: &[String; 2],
    fetched: &mut Table,
) -> Result<(), Failure> {
    let (home, one) = (&team.home, &team.one);
    home.git(one, &["push", "-q", "origin", "--tags", "--no-verify"]);
    let source = home.scratch().join("version");
    let length = usize::try_from(size).unwrap_or(usize::MAX);
    fs::write(&source, members(length, u64::MAX)).map_err(|error| unwritable(&error))?;
    commit(home, one, &source)?;
    home.git(one, &["tag", "whole"]);
    home.git(one, &["lfs", "push", "origin", "HEAD"]);
    home.git(one, &["push", "-q", "origin", "--tags", "--no-verify"]);
    home.git(
        home.work(),
        &["clone", "-q", "-b", "main", &team.bare, "two"],
    );
    let two = home.work().join("two");
    let (newest, before) = (format!("v{}", versions - 1), format!("v{}", versions - 2));
    let wanted = [
        ("another of its size, whole", "whole", None),
        ("the oldest, whole, into an empty clone", "v0", None),
        ("the newest, into an empty clone", &*newest, None),
        ("the newest, with the one before", &*newest, Some(&*before)),
    ];
    let mut costs = wanted.map(|_| Vec::new());
    for _ in 0..runs {
        for ((_, version, has), costs) in wanted.iter().zip(&mut costs) {
            costs.push(fetch(team, &two, version, *has)?);
        }
    }
    let costs = costs.map(|costs| Fetch::middle(&costs));
    for ((name, ..), cost) in wanted.iter().zip(costs) {
        let [change, content] = title.clone();
        fetched.row([
            change,
            content,
            (*name).to_owned(),
            megabytes(cost.bytes),
            cost.requests.to_string(),
            seconds(cost.time),
            seconds(cost.processor),
            megabytes(cost.peak.largest),
            percent(cost.bytes, costs[0].bytes),
            ratio(cost.time, costs[0].time),
        ]);
    }
    Ok(())
}

impl Fetch {
    /// The median of each figure.
    fn middle(costs: &[Self]) -> Self {
        let peak = |part: fn(&Peak) -> u64| middle(costs.iter().map(|cost| part(&cost.peak)));
        Self {
            bytes: middle(costs.iter().map(|cost| cost.bytes)),
            requests: middle(costs.iter().map(|cost| cost.requests)),
            time: middle(costs.iter().map(|cost| cost.time)),
            processor: middle(costs.iter().map(|cost| cost.processor)),
            peak: Peak {
                largest: peak(|peak| peak.largest),
                all: peak(|peak| peak.all),
            },
        }
    }
}

/// Fetches a version over the line, into a clone that has another one or none.
fn fetch(team: &Team, clone: &Path, version: &str, has: Option<&str>) -> Result<Fetch, Failure> {
    let home = &team.home;
    let _ = fs::remove_dir_all(clone.join(".git/lfs"));
    if let Some(has) = has {
        home.git(clone, &["lfs", "fetch", "origin", has]);
    }
    let far = FaultProxy::shaped(team.server.endpoint(), LINE);
    let endpoint = format!("lfs-agent.endpoint={}", far.endpoint());
    let watch = Watch::start(&workspace::program("lfs-agent"));
    let mut git = home.command("git", clone);
    git.args(["-c", &endpoint, "lfs", "fetch", "origin", version]);
    let cost = measure::once(&mut git);
    let peak = watch.end();
    let Cost { wall, cpu, .. } = cost?;
    Ok(Fetch {
        bytes: far.received() + far.sent(),
        requests: far.requests().len(),
        time: wall,
        processor: cpu,
        peak,
    })
}

/// Leaves the newest so many objects in the local LFS storage.
pub(super) fn forget_all_but(repository: &Path, newest: usize) -> Result<(), Failure> {
    for (_, path) in objects(repository)?.iter().skip(newest) {
        fs::remove_file(path).map_err(|error| unwritable(&error))?;
    }
    Ok(())
}

/// The objects of the local LFS storage, with their times, the newest first.
pub(super) fn objects(repository: &Path) -> Result<Vec<(SystemTime, PathBuf)>, Failure> {
    let mut found = Vec::new();
    let mut directories = vec![repository.join(".git/lfs/objects")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).map_err(|error| unwritable(&error))? {
            let path = entry.map_err(|error| unwritable(&error))?.path();
            let metadata = path.metadata().map_err(|error| unwritable(&error))?;
            if metadata.is_dir() {
                directories.push(path);
            } else if path.file_name().is_some_and(|name| name.len() == 64) {
                let modified = metadata.modified().map_err(|error| unwritable(&error))?;
                found.push((modified, path));
            }
        }
    }
    found.sort();
    found.reverse();
    Ok(found)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shown with two digits after the point"
)]
fn percent(part: u64, whole: u64) -> String {
    format!("{:.2} %", part as f64 / whole as f64 * 100.0)
}
