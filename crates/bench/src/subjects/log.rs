//! What a hundred versions of a dump cost to look through: `lfs-agent log` of a table and of a row, and `blame`.
//!
//! A table of rows as gen-dummy packs them, 100 MB compressed, in each version of which 1 % of the rows have another value
//! than in the one before: new ones at the end, neighbours, neighbours in each megabyte, or rows everywhere. Versions are
//! pushed by real git-lfs; then the commands are run in a clone that has them all, and in one that has the newest alone. The
//! variables of the long history's subject make it smaller.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use command_line::Failure;
use dump_gzip::MemberWriter;
use host_tools::{narrate, workspace};
use testkit::git::GitHome;
use testkit_s3::proxy::FaultProxy;

use super::history::{FEWER, MEGABYTE, MEGABYTES, ONLY, SMALLER, VERSIONS, forget_all_but};
use super::transfer::server::Server;
use super::versions::{Mode, commit, set_up, unwritable};
use crate::measure::{self, Cost};
use crate::report::{Table, megabytes, seconds};

/// Of a member, in rows: some 130 kB of text, as in a dump.
const MEMBER: u64 = 2200;

/// Of a compressed row, in bytes, about.
const ROW: u64 = 15;

/// Where 1 % of the rows are other ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Appended,
    Clustered,
    Scattered,
    Everywhere,
}

impl Change {
    const ALL: [Self; 4] = [
        Self::Appended,
        Self::Clustered,
        Self::Scattered,
        Self::Everywhere,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Appended => "appended",
            Self::Clustered => "in one place",
            Self::Scattered => "in each megabyte",
            Self::Everywhere => "in 1 % of the rows",
        }
    }
}

/// A dump that has versions.
struct Dump {
    change: Change,
    /// In which version each row got its value.
    rows: Vec<u32>,
    /// Compressed.
    members: Vec<Vec<u8>>,
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

fn compressed(text: &[u8]) -> Vec<u8> {
    let mut writer = MemberWriter::new(Vec::new(), 1);
    // Writing into memory doesn't fail.
    let _ = writer.write_all(text);
    writer.finish().unwrap_or_default()
}

impl Dump {
    fn new(change: Change, rows: u64) -> Self {
        let mut dump = Self {
            change,
            rows: vec![0; usize::try_from(rows).unwrap_or(usize::MAX)],
            members: Vec::new(),
        };
        dump.compress_from(0);
        dump
    }

    fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    fn member(&self, member: u64) -> Vec<u8> {
        let mut text = Vec::new();
        for number in member * MEMBER..self.count().min((member + 1) * MEMBER) {
            let random = mixed(number);
            let changed = self.rows[usize::try_from(number).unwrap_or_default()];
            let value = mixed(number ^ (u64::from(changed) << 40)) % 100_000;
            let _ = writeln!(
                text,
                "{number}\tcustomer {}\t{}.{:02}\t2024-{:02}-{:02} 10:{:02}:00\topen",
                mixed(random) % 50_000,
                value / 100,
                value % 100,
                random % 12 + 1,
                (random >> 8) % 28 + 1,
                (random >> 16) % 60,
            );
        }
        compressed(&text)
    }

    fn compress_from(&mut self, first: u64) {
        self.members
            .truncate(usize::try_from(first).unwrap_or_default());
        for member in first..self.count().div_ceil(MEMBER) {
            let member = self.member(member);
            self.members.push(member);
        }
    }

    fn change(&mut self, version: u32) {
        let count = self.count();
        let percent = count / 100;
        if self.change == Change::Appended {
            let last = count / MEMBER;
            self.rows.resize(
                usize::try_from(count + percent).unwrap_or_default(),
                version,
            );
            return self.compress_from(last);
        }
        let (places, length) = match self.change {
            Change::Everywhere => (percent, 1),
            Change::Scattered => {
                let megabytes = (count * ROW / MEGABYTE as u64).max(1);
                (megabytes, percent / megabytes)
            }
            _ => (1, percent),
        };
        let mut touched = vec![false; self.members.len()];
        for place in 0..places {
            // Each in its own part of the table.
            let part = count / places;
            let random = mixed(u64::from(version) << 32 | place);
            let at = place * part + random % (part - length).max(1);
            for row in at..(at + length).min(count) {
                self.rows[usize::try_from(row).unwrap_or_default()] = version;
                touched[usize::try_from(row / MEMBER).unwrap_or_default()] = true;
            }
        }
        for (member, _) in touched.iter().enumerate().filter(|(_, touched)| **touched) {
            self.members[member] = self.member(member as u64);
        }
    }

    fn write(&self, path: &Path) -> std::io::Result<u64> {
        let head = b"COPY public.users (id, name, amount, made_at, state) FROM stdin;\n";
        let tail = b"\\.\nALTER TABLE ONLY public.users ADD CONSTRAINT p PRIMARY KEY (id);\n";
        let mut file = std::io::BufWriter::new(fs::File::create(path)?);
        file.write_all(&compressed(head))?;
        for member in &self.members {
            file.write_all(member)?;
        }
        file.write_all(&compressed(tail))?;
        file.flush()?;
        Ok(file.get_ref().metadata()?.len())
    }
}

/// Measures each way of changing, each command `runs` times.
pub(crate) fn measure(runs: u32) -> Result<(), Failure> {
    let mut table = Table::new([
        "1 % changes",
        "newest version",
        "command",
        "versions here",
        "time",
        "processor",
        "resident",
        "fetched",
    ]);
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let size = number(SMALLER).unwrap_or(MEGABYTES as u64) * MEGABYTE as u64;
    let versions = number(FEWER).unwrap_or(VERSIONS);
    let only = env::var(ONLY).ok();
    for change in Change::ALL {
        if only.as_ref().is_none_or(|only| change.name() == only) {
            measure_change(change, size, versions, runs, &mut table)?;
        }
    }
    table.show();
    Ok(())
}

fn measure_change(
    change: Change,
    size: u64,
    versions: u64,
    runs: u32,
    table: &mut Table,
) -> Result<(), Failure> {
    narrate::say(format!(
        "{versions} versions, 1 % changed {}",
        change.name()
    ));
    let server = Server::open()?;
    let proxy = FaultProxy::start(server.endpoint());
    let mut home = GitHome::with_git_lfs();
    home.set_all(server.environment());
    home.set("GIT_LFS_SKIP_SMUDGE", "1");
    set_up(&home, &server, &proxy, Mode::Recipes);
    home.git(home.work(), &["init", "-q", "--bare", "team.git"]);
    let team = home.work().join("team.git").to_string_lossy().into_owned();
    home.git(home.work(), &["clone", "-q", &team, "one"]);
    let one = home.work().join("one");
    let attributes = "*.sql.gz filter=lfs diff=lfs-agent merge=lfs-agent -text\n";
    fs::write(one.join(".gitattributes"), attributes).map_err(|error| unwritable(&error))?;
    let source = home.scratch().join("version");
    let mut dump = Dump::new(change, size / ROW);
    let mut newest = 0;
    for version in 0..versions {
        if version > 0 {
            dump.change(u32::try_from(version).unwrap_or_default());
        }
        newest = dump.write(&source).map_err(|error| unwritable(&error))?;
        commit(&home, &one, &source)?;
        home.git(&one, &["push", "-q", "origin", "HEAD:main"]);
    }
    drop(dump);
    for (here, name) in [(usize::MAX, "all"), (1, "the newest")] {
        forget_all_but(&one, here)?;
        let kept = Kept::of(&one)?;
        for command in [
            &["log", "users", "--revisions", "HEAD~1..HEAD"][..],
            &["log", "users"],
            &["log", "users", "42"],
            &["blame", "users", "42"],
        ] {
            let mut fetched = 0;
            let cost = measure::median(runs, || {
                kept.restore(&one)?;
                let before = proxy.received();
                let cost = run(&home, &one, command)?;
                fetched = proxy.received() - before;
                Ok(cost)
            })?;
            table.row([
                change.name().to_owned(),
                megabytes(newest),
                command.join(" "),
                name.to_owned(),
                seconds(cost.wall),
                seconds(cost.cpu),
                megabytes(cost.resident),
                megabytes(fetched),
            ]);
        }
    }
    Ok(())
}

/// Which objects are in the local LFS storage, so that what a command fetches can be taken away again.
struct Kept(Vec<std::path::PathBuf>);

impl Kept {
    fn of(repository: &Path) -> Result<Self, Failure> {
        let found = super::history::objects(repository)?;
        Ok(Self(found.into_iter().map(|(_, path)| path).collect()))
    }

    fn restore(&self, repository: &Path) -> Result<(), Failure> {
        for (_, path) in super::history::objects(repository)? {
            if !self.0.contains(&path) {
                fs::remove_file(path).map_err(|error| unwritable(&error))?;
            }
        }
        Ok(())
    }
}

fn run(home: &GitHome, repository: &Path, arguments: &[&str]) -> Result<Cost, Failure> {
    let mut command = home.command(workspace::program("lfs-agent"), repository);
    command.args(arguments);
    let nowhere = fs::File::create(home.scratch().join("output"));
    command.stdout(nowhere.map_err(|error| unwritable(&error))?);
    measure::once(&mut command)
}
