//! What a long history of a dump costs: bytes kept, requests of pushes, and how long its newest and its oldest version take.
//!
//! A hundred versions of 100 MB, in each of which 1 % is other than in the one before: at the end, in one place, in a
//! place of each megabyte, or in a value of 1 % of the rows. For a machine that has other work `BENCH_HISTORY_MEGABYTES` makes
//! them smaller, `BENCH_HISTORY_VERSIONS` fewer, and `BENCH_HISTORY_CHANGE` names one of the four. But for the last they are
//! made of members of 50 kB whose contents are noise, since how members are made of rows is no matter there. Pushes and fetches are those of real git-lfs; the fetches are over a line
//! that is far and narrow, where each request and each byte counts. The first version is stored whole, so its time is
//! that of a whole object.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use command_line::Failure;
use dump_gzip::MemberWriter;
use host_tools::narrate;
use testkit::git::GitHome;
use testkit::noise::{Noise, noise};
use testkit_s3::proxy::{FaultProxy, Shaping};

use super::transfer::server::Server;
use super::versions::{Mode, commit, set_up, unwritable};
use crate::measure::middle;
use crate::report::{Table, megabytes, ratio, seconds};

/// Unless [`FEWER`] says otherwise.
pub(super) const VERSIONS: u64 = 100;

/// Says how many versions there are.
pub(super) const FEWER: &str = "BENCH_HISTORY_VERSIONS";

/// Of each version, in megabytes, unless [`SMALLER`] says otherwise.
pub(super) const MEGABYTES: usize = 100;

/// Says how many megabytes a version has.
pub(super) const SMALLER: &str = "BENCH_HISTORY_MEGABYTES";

/// Of a compressed row of [`rows`], in bytes, about.
const ROW: usize = 23;

/// Names the only way of changing that is measured.
pub(super) const ONLY: &str = "BENCH_HISTORY_CHANGE";

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

/// Where 1 % is changed.
#[derive(Debug, Clone, Copy)]
enum Change {
    Appended,
    Clustered,
    Scattered,
    Rows,
}

impl Change {
    fn name(self) -> &'static str {
        match self {
            Self::Appended => "appended",
            Self::Clustered => "in one place",
            Self::Scattered => "in each megabyte",
            Self::Rows => "in 1 % of the rows",
        }
    }

    /// Makes the next version of the one before.
    fn make(self, content: &mut Vec<u8>, size: usize, version: u64) {
        let percent = size / 100;
        let mut random = Noise::new(version);
        let mut below = |end: usize| {
            let mut bytes = [0; 8];
            random.fill(&mut bytes);
            usize::try_from(u64::from_le_bytes(bytes) % end as u64).unwrap_or_default()
        };
        let (places, length) = match self {
            Self::Appended => {
                content.extend(members(percent, version));
                return;
            }
            Self::Rows => {
                *content = rows(size / ROW, version);
                return;
            }
            Self::Clustered => (1, percent),
            Self::Scattered => (size / MEGABYTE, MEGABYTE / 100),
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
}

/// A dump as gen-dummy packs it, so many versions after the first: in each of them another row of a hundred has another
/// value.
fn rows(count: usize, version: u64) -> Vec<u8> {
    let mixed = |number: u64| {
        let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        number ^ (number >> 31)
    };
    let mut writer = MemberWriter::new(Vec::new(), 2);
    for number in 0..count as u64 {
        let random = mixed(number);
        // The last version in which it was changed.
        let turn = random % 100;
        let changed = if version < turn {
            0
        } else {
            version - (version - turn) % 100
        };
        let value = mixed(number ^ (changed << 40)) % 100_000;
        // Writing into memory doesn't fail.
        let _ = writeln!(
            writer,
            "{number}\tcustomer {}\t{}.{:02}\t2024-{:02}-{:02} 10:{:02}:00\topen",
            mixed(random) % 50_000,
            value / 100,
            value % 100,
            random % 12 + 1,
            (random >> 8) % 28 + 1,
            (random >> 16) % 60,
        );
    }
    writer.finish().unwrap_or_default()
}

/// Members with other contents for each seed.
fn members(length: usize, seed: u64) -> Vec<u8> {
    let mut content = noise(length, seed);
    for member in content.chunks_mut(MEMBER) {
        member[..HEADER.len()].copy_from_slice(&HEADER);
    }
    content
}

/// What a fetch took.
#[derive(Debug, Clone, Copy)]
struct Fetch {
    bytes: u64,
    requests: usize,
    time: Duration,
}

/// Measures each way of changing, `runs` fetches each.
pub(crate) fn measure(runs: u32) -> Result<(), Failure> {
    let mut kept = Table::new([
        "1 % changes",
        "versions",
        "pushes move",
        "to all whole",
        "requests of a push, median",
        "most",
    ]);
    let mut fetched = Table::new([
        "1 % changes",
        "fetched",
        "bytes",
        "requests",
        "time",
        "to whole, bytes",
        "to whole, time",
    ]);
    let size = env::var(SMALLER).ok().and_then(|text| text.parse().ok());
    let size = size.unwrap_or(MEGABYTES) * MEGABYTE;
    let only = env::var(ONLY).ok();
    let wanted = |change: &Change| only.as_ref().is_none_or(|only| change.name() == only);
    let all = [
        Change::Appended,
        Change::Clustered,
        Change::Scattered,
        Change::Rows,
    ];
    for change in all.into_iter().filter(wanted) {
        measure_change(change, size, runs, &mut kept, &mut fetched)?;
    }
    kept.show();
    fetched.show();
    Ok(())
}

fn measure_change(
    change: Change,
    first_size: usize,
    runs: u32,
    kept: &mut Table,
    fetched: &mut Table,
) -> Result<(), Failure> {
    let versions = env::var(FEWER).ok().and_then(|text| text.parse().ok());
    let versions = versions.unwrap_or(VERSIONS);
    narrate::say(format!(
        "{versions} versions, 1 % changed {}",
        change.name()
    ));
    let server = Server::open()?;
    let near = FaultProxy::start(server.endpoint());
    let mut home = GitHome::with_git_lfs();
    home.set_all(server.environment());
    home.set("GIT_LFS_SKIP_SMUDGE", "1");
    set_up(&home, &server, &near, Mode::Recipes);
    home.git(home.work(), &["init", "-q", "--bare", "team.git"]);
    let team = home.work().join("team.git").to_string_lossy().into_owned();
    home.git(home.work(), &["clone", "-q", &team, "one"]);
    let one = home.work().join("one");
    fs::write(one.join(".gitattributes"), "*.sql.gz filter=lfs -text\n")
        .map_err(|error| unwritable(&error))?;

    let source = home.scratch().join("version");
    let mut content = match change {
        Change::Rows => rows(first_size / ROW, 0),
        _ => members(first_size, 0),
    };
    let first_bytes = content.len();
    let mut all = 0;
    let mut requests = Vec::new();
    for version in 0..versions {
        if version > 0 {
            change.make(&mut content, first_size, version);
        }
        fs::write(&source, &content).map_err(|error| unwritable(&error))?;
        commit(&home, &one, &source)?;
        near.clear_requests();
        home.git(&one, &["lfs", "push", "origin", "HEAD"]);
        requests.push(near.requests().len());
        home.git(&one, &["push", "-q", "--no-verify", "origin", "HEAD:main"]);
        home.git(&one, &["tag", &format!("v{version}")]);
        all += content.len() as u64;
        // A developer's machine has a few versions, and not all.
        forget_all_but(&one, 4)?;
    }
    kept.row([
        change.name().to_owned(),
        megabytes(all),
        megabytes(near.sent()),
        percent(near.sent(), all),
        middle(requests.iter().copied()).to_string(),
        requests
            .iter()
            .max()
            .copied()
            .unwrap_or_default()
            .to_string(),
    ]);

    home.git(
        &one,
        &["push", "-q", "origin", "HEAD:main", "--tags", "--no-verify"],
    );
    home.git(home.work(), &["clone", "-q", "-b", "main", &team, "two"]);
    let two = home.work().join("two");
    let newest = format!("v{}", versions - 1);
    let before = format!("v{}", versions - 2);
    let oldest = fetch(&home, &server, &two, runs, "v0", None);
    for (name, version, has) in [
        ("the oldest, whole, into an empty clone", "v0", None),
        ("the newest, into an empty clone", &*newest, None),
        ("the newest, with the one before", &*newest, Some(&*before)),
    ] {
        let cost = fetch(&home, &server, &two, runs, version, has);
        // A version that has grown is compared with the first as if that were as large.
        let size = if version == "v0" {
            first_bytes
        } else {
            content.len()
        };
        fetched.row([
            change.name().to_owned(),
            name.to_owned(),
            megabytes(cost.bytes),
            cost.requests.to_string(),
            seconds(cost.time),
            percent(cost.bytes, scaled(oldest.bytes, size, first_bytes)),
            ratio(
                cost.time,
                oldest.time * count(size / MEMBER) / count(first_bytes / MEMBER),
            ),
        ]);
    }
    Ok(())
}

/// Fetches a version over the line, into a clone that has another one or none.
fn fetch(
    home: &GitHome,
    server: &Server,
    clone: &Path,
    runs: u32,
    version: &str,
    has: Option<&str>,
) -> Fetch {
    let mut costs = Vec::new();
    for _ in 0..runs {
        let _ = fs::remove_dir_all(clone.join(".git/lfs"));
        if let Some(has) = has {
            home.git(clone, &["lfs", "fetch", "origin", has]);
        }
        let far = FaultProxy::shaped(server.endpoint(), LINE);
        let endpoint = format!("lfs-agent.endpoint={}", far.endpoint());
        let started = Instant::now();
        home.git(clone, &["-c", &endpoint, "lfs", "fetch", "origin", version]);
        costs.push(Fetch {
            time: started.elapsed(),
            bytes: far.received() + far.sent(),
            requests: far.requests().len(),
        });
    }
    Fetch {
        bytes: middle(costs.iter().map(|cost| cost.bytes)),
        requests: middle(costs.iter().map(|cost| cost.requests)),
        time: middle(costs.iter().map(|cost| cost.time)),
    }
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

/// What `bytes` of the first version would be if that had `size` bytes instead of `first_size`.
fn scaled(bytes: u64, size: usize, first_size: usize) -> u64 {
    bytes * (size / MEMBER) as u64 / (first_size / MEMBER) as u64
}

fn count(members: usize) -> u32 {
    u32::try_from(members).unwrap_or(u32::MAX)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shown with two digits after the point"
)]
fn percent(part: u64, whole: u64) -> String {
    format!("{:.2} %", part as f64 / whole as f64 * 100.0)
}
