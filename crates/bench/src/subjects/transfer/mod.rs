//! How fast whole dumps move through real git-lfs, beside two peers and an agent that moves nothing, in the same run.
//!
//! Two settings: the server as it is on this machine, and the server behind a network that feels like S3, 15 ms away in
//! each direction and with 60 MB/s for each connection and direction. Two loads: one object of 1 GiB, and 200 of 1 MiB.
//!
//! The server is the one that `S3_TEST_ENDPOINT` and `S3_TEST_BUCKET` name, with credentials from the AWS variables; it
//! keeps what is pushed. Without them it is the test kit's, which is simple and none of the fastest. Everything runs on
//! one machine, so the server's work is in every figure.

mod agent;
pub(super) mod server;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use command_line::Failure;
use host_tools::narrate;
use testkit::git::GitHome;
use testkit::memory::{Peak, Watch};
use testkit::noise::Noise;
use testkit_s3::proxy::{FaultProxy, Shaping};

use crate::measure::middle;
use crate::report::{Table, megabytes, ratio, seconds};
use agent::Agent;
use server::Server;

/// What is moved.
#[derive(Debug, Clone, Copy)]
struct Load {
    name: &'static str,
    objects: usize,
    bytes: usize,
}

const LOADS: [Load; 2] = [
    Load {
        name: "1 × 1 GiB",
        objects: 1,
        bytes: 1 << 30,
    },
    Load {
        name: "200 × 1 MiB",
        objects: 200,
        bytes: 1 << 20,
    },
];

/// A network, by name: `None` is the loopback as it is.
pub(super) const NETWORKS: [(&str, Option<Shaping>); 2] = [
    ("loopback", None),
    (
        "30 ms, 60 MB/s a connection",
        Some(Shaping {
            delay: Duration::from_millis(15),
            bytes_per_second: Some(60_000_000),
        }),
    ),
];

/// What one round took.
#[derive(Debug, Clone, Copy)]
struct Round {
    push: Duration,
    again: Duration,
    fetch: Duration,
    peak: Peak,
}

/// Measures everything, each round `runs` times.
pub(crate) fn measure(runs: u32) -> Result<(), Failure> {
    let agents = Agent::at_hand();
    for (network, shaping) in NETWORKS {
        for load in LOADS {
            narrate::heading(format!("{}, {network}", load.name));
            measure_setting(&agents, load, shaping, runs)?;
        }
    }
    agent::measure_start(runs.max(10))
}

fn measure_setting(
    agents: &[Agent],
    load: Load,
    shaping: Option<Shaping>,
    runs: u32,
) -> Result<(), Failure> {
    let mut table = Table::new([
        "agent",
        "push",
        "push again",
        "fetch",
        "largest process",
        "all processes",
        "push, ours to theirs",
        "fetch, ours to theirs",
    ]);
    // In turns, so that other work on the machine disturbs all of them alike.
    let mut all: Vec<Result<Vec<Round>, Failure>> = agents.iter().map(|_| Ok(Vec::new())).collect();
    for _ in 0..runs {
        for (agent, rounds) in agents.iter().zip(&mut all) {
            if let Ok(known) = rounds {
                match round(agent, load, shaping) {
                    Ok(round) => known.push(round),
                    Err(failure) => *rounds = Err(failure),
                }
            }
        }
    }
    let mut ours: Option<Round> = None;
    for (agent, rounds) in agents.iter().zip(all) {
        let rounds = match rounds {
            Ok(rounds) => rounds,
            // A peer that fails is a result too; ours must not.
            Err(failure) if ours.is_some() => {
                // git-lfs tells of each object; the first says why.
                let text = failure.to_string();
                let first = text.lines().next().unwrap_or_default();
                narrate::say(format!("{} failed: {first}", agent.name()));
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let median = |part: fn(&Round) -> Duration| middle(rounds.iter().map(part));
        let round = Round {
            push: median(|round| round.push),
            again: median(|round| round.again),
            fetch: median(|round| round.fetch),
            peak: Peak {
                largest: middle(rounds.iter().map(|round| round.peak.largest)),
                all: middle(rounds.iter().map(|round| round.peak.all)),
            },
        };
        let compared = |part: fn(&Round) -> Duration| match &ours {
            Some(ours) => ratio(part(ours), part(&round)),
            None => "–".to_owned(),
        };
        table.row([
            agent.name().to_owned(),
            seconds(round.push),
            seconds(round.again),
            seconds(round.fetch),
            megabytes(round.peak.largest),
            megabytes(round.peak.all),
            compared(|round| round.push),
            compared(|round| round.fetch),
        ]);
        ours.get_or_insert(round);
    }
    table.show();
    Ok(())
}

/// Pushes, pushes again, and fetches, in a home and under a prefix of its own.
fn round(agent: &Agent, load: Load, shaping: Option<Shaping>) -> Result<Round, Failure> {
    let server = Server::open()?;
    let proxy = shaping.map(|shaping| FaultProxy::shaped(server.endpoint(), shaping));
    let endpoint = proxy
        .as_ref()
        .map_or_else(|| server.endpoint().to_owned(), FaultProxy::endpoint);
    let mut home = GitHome::with_git_lfs();
    home.set_all(server.environment());
    let repository = home.work().join("repository");
    home.git(home.work(), &["init", "-q", "--bare", "team.git"]);
    home.git(home.work(), &["init", "-q", "repository"]);
    let bare = home.work().join("team.git");
    let remote = ["remote", "add", "origin", &bare.to_string_lossy()];
    home.git(&repository, &remote);
    agent.set_up(&mut home, &repository, &server, &endpoint);
    fill(&repository, load)?;
    home.git(&repository, &["add", "-A"]);
    home.git(&repository, &["commit", "-q", "-m", "Add dumps"]);

    let watch = Watch::start(agent.program());
    let timed = |arguments: &[&str]| {
        let started = Instant::now();
        let output = home.git_any(&repository, arguments);
        let elapsed = started.elapsed();
        if output.status.success() {
            return Ok(elapsed);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure::outside(format!(
            "git {}: {said}",
            arguments.join(" ")
        )))
    };
    let push = timed(&["lfs", "push", "--all", "origin"])?;
    let again = timed(&["lfs", "push", "--all", "origin"])?;
    let objects = repository.join(".git/lfs/objects");
    fs::remove_dir_all(&objects)
        .map_err(|error| Failure::outside(format!("can't delete local objects: {error}")))?;
    let fetch = timed(&["lfs", "fetch", "origin", "main"])?;
    let peak = watch.end();
    let fetched = count_files(&objects);
    if fetched != load.objects {
        return Err(Failure::check(format!(
            "{} fetched {fetched} of {} objects",
            agent.name(),
            load.objects
        )));
    }
    Ok(Round {
        push,
        again,
        fetch,
        peak,
    })
}

/// Files of noise, which no compression makes smaller.
fn fill(repository: &Path, load: Load) -> Result<(), Failure> {
    let wrong = |error| Failure::outside(format!("can't write the dumps: {error}"));
    let attributes = "*.sql.gz filter=lfs diff=lfs merge=lfs -text\n";
    fs::write(repository.join(".gitattributes"), attributes).map_err(wrong)?;
    let mut noise = Noise::new(0);
    let mut piece = vec![0; 1 << 20];
    for number in 0..load.objects {
        let path = repository.join(format!("{number:03}.sql.gz"));
        let mut file = fs::File::create(path).map_err(wrong)?;
        for _ in 0..load.bytes / piece.len() {
            noise.fill(&mut piece);
            std::io::Write::write_all(&mut file, &piece).map_err(wrong)?;
        }
    }
    Ok(())
}

fn count_files(directory: &Path) -> usize {
    let Ok(entries) = fs::read_dir(directory) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => count_files(&entry.path()),
            _ => 1,
        })
        .sum()
}
