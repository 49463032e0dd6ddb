//! What a hundred versions of a dump cost to look through: `lfs-agent log` of a table and of a row, and `blame`.
//!
//! A table of rows as gen-dummy packs them, 100 MB compressed, in each version of which 1 % of the rows have another value
//! than in the one before: new ones at the end, neighbours, neighbours in each megabyte, or rows everywhere. Versions are
//! pushed by real git-lfs; then the commands are run in a clone that has them all, and in one that has the newest alone. The
//! variables of the long history's subject make it smaller.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use command_line::Failure;
use host_tools::{narrate, workspace};
use testkit::git::GitHome;
use testkit::memory::Watch;

use super::dump::{Change, Dump, ROW};
use super::history::{
    FEWER, MEGABYTE, MEGABYTES, ONLY, SMALLER, VERSIONS, forget_all_but, objects,
};
use super::team::Team;
use super::versions::{Mode, commit, unwritable};
use crate::measure::{self, Cost};
use crate::report::{Table, megabytes, seconds};

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
    let team = Team::new(Mode::Recipes)?;
    let (home, one, proxy) = (&team.home, &team.one, &team.proxy);
    let source = home.scratch().join("version");
    let mut dump = Dump::new(change, size / ROW);
    let mut newest = 0;
    for version in 0..versions {
        if version > 0 {
            dump.change(u32::try_from(version).unwrap_or_default());
        }
        newest = dump.write(&source).map_err(|error| unwritable(&error))?;
        commit(home, one, &source)?;
        home.git(one, &["push", "-q", "origin", "HEAD:main"]);
    }
    drop(dump);
    for (here, name) in [(usize::MAX, "all"), (1, "the newest")] {
        forget_all_but(one, here)?;
        let kept = Kept::of(one)?;
        for command in [
            &["log", "users", "--revisions", "HEAD~1..HEAD"][..],
            &["log", "users"],
            &["log", "users", "42"],
            &["blame", "users", "42"],
        ] {
            let mut fetched = 0;
            let cost = measure::median(runs, || {
                kept.restore(one)?;
                let before = proxy.received();
                let cost = run(home, one, command)?;
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
struct Kept(Vec<PathBuf>);

impl Kept {
    fn of(repository: &Path) -> Result<Self, Failure> {
        let found = objects(repository)?;
        Ok(Self(found.into_iter().map(|(_, path)| path).collect()))
    }

    fn restore(&self, repository: &Path) -> Result<(), Failure> {
        for (_, path) in objects(repository)? {
            if !self.0.contains(&path) {
                fs::remove_file(path).map_err(|error| unwritable(&error))?;
            }
        }
        Ok(())
    }
}

fn run(home: &GitHome, repository: &Path, arguments: &[&str]) -> Result<Cost, Failure> {
    let program = workspace::program("lfs-agent");
    let mut command = home.command(&program, repository);
    command.args(arguments);
    let nowhere = fs::File::create(home.scratch().join("output"));
    command.stdout(nowhere.map_err(|error| unwritable(&error))?);
    // What the system says of a child counts from this program's own size upwards, which holds a dump.
    let watch = Watch::start(&program);
    let cost = measure::once(&mut command);
    let resident = watch.end().largest;
    Ok(Cost { resident, ..cost? })
}
