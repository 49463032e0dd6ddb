//! Processes that are killed in the middle of their work.
#![cfg(unix)]

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::Team;

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Victim {
    /// git, and all that it started.
    All,
    /// The agents alone, under a git-lfs that lives on.
    Agents,
}

/// Starts git and kills it as soon as `due`. False if it ended before.
pub(crate) fn kill_when(
    team: &Team,
    directory: &Path,
    arguments: &[&str],
    victim: Victim,
    due: impl Fn() -> bool,
) -> bool {
    let mut git = team.home.command("git", directory);
    git.args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    let mut child = git.spawn().expect("git starts");
    while !due() {
        if child.try_wait().expect("git is asked").is_some() {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    kill(&child, victim);
    child.wait().expect("git ends");
    true
}

/// Starts git and kills it, with all that it started, after some time.
#[track_caller]
pub(crate) fn kill_midway(team: &Team, directory: &Path, arguments: &[&str], after: Duration) {
    let started = Instant::now();
    let due = || started.elapsed() >= after;
    assert!(
        kill_when(team, directory, arguments, Victim::All, due),
        "it ended before it could be killed"
    );
}

/// Starts git and kills it, with all that it started, when the agent has noted the first piece of the one transfer in
/// this directory of its journals (`upload`, `download`).
#[track_caller]
pub(crate) fn kill_after_the_first_piece(
    team: &Team,
    directory: &Path,
    arguments: &[&str],
    journals: &str,
) {
    let journals = directory.join(".git/lfs/lfs-agent").join(journals);
    assert!(
        kill_when(team, directory, arguments, Victim::All, || has_a_piece(
            &journals
        )),
        "it ended before it could be killed"
    );
}

/// Whether a journal of this directory has the check sum of a piece.
fn has_a_piece(directory: &Path) -> bool {
    let journals = std::fs::read_dir(directory).into_iter().flatten().flatten();
    journals
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|name| name == "journal"))
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .any(|text| text.contains("\"crc32\""))
}

fn kill(child: &Child, victim: Victim) {
    let group = Pid::from_child(child);
    let agents = match victim {
        Victim::All => None,
        Victim::Agents => agents(group),
    };
    // What has ended meanwhile can't be killed, which is as good.
    match agents {
        None => {
            let _ = kill_process_group(group, Signal::KILL);
        }
        Some(agents) => {
            for agent in agents {
                let _ = kill_process(agent, Signal::KILL);
            }
        }
    }
}

/// The agents of this group of processes. `None` where the system doesn't show them as files, as only Linux does: then
/// the whole group counts.
fn agents(group: Pid) -> Option<Vec<Pid>> {
    let processes = std::fs::read_dir("/proc").ok()?;
    let is_one = |stat: &str| {
        let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
        let of = rest.split_whitespace().nth(2)?.parse::<i32>().ok()?;
        (name == "lfs-agent" && of == group.as_raw_pid()).then_some(())
    };
    let agents = processes
        .flatten()
        .filter(|entry| {
            let stat = std::fs::read_to_string(entry.path().join("stat"));
            stat.is_ok_and(|stat| is_one(&stat).is_some())
        })
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .collect();
    Some(agents)
}
