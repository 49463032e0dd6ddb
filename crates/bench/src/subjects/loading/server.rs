//! What the processes of a PostgreSQL server have spent, by Linux's `/proc`.

use std::fs;
use std::time::Duration;

use command_line::Failure;
use testkit::pg::TempPostgres;

/// Linux tells times to programs in hundredths of a second, whatever the kernel counts in.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time of the server until now: its first process with all children that have ended, and the children that
/// are there.
pub(super) fn processor_time(postgres: &TempPostgres) -> Result<Duration, Failure> {
    let file = postgres.psql("postgres", "SELECT pg_read_file('postmaster.pid')");
    let postmaster = file.lines().next().unwrap_or_default().trim().to_owned();
    let first = Stat::read(&postmaster)
        .ok_or_else(|| Failure::outside("`/proc` doesn't tell what PostgreSQL has spent"))?;
    let mut ticks = first.own + first.ended_children;
    let processes = fs::read_dir("/proc")
        .map_err(|error| Failure::outside(format!("can't read `/proc`: {error}")))?;
    for process in processes.flatten() {
        let name = process.file_name();
        if let Some(stat) = Stat::read(&name.to_string_lossy())
            && stat.parent == postmaster
        {
            ticks += stat.own;
        }
    }
    Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

/// Processor time of one process until now.
pub(in crate::subjects) fn processor_time_of(process: &str) -> Option<Duration> {
    let ticks = Stat::read(process)?.own;
    Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

/// What `/proc/ID/stat` says (proc(5)), times in ticks.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: String,
    own: u64,
    ended_children: u64,
}

impl Stat {
    fn read(process: &str) -> Option<Self> {
        if !process.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Self::parse(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        // The second field is the program's name in parentheses, which may hold anything.
        let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
        let ticks = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            parent: (*fields.get(1)?).to_owned(),
            own: ticks(14)? + ticks(15)?,
            ended_children: ticks(16)? + ticks(17)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Stat;

    #[test]
    fn times_are_found_behind_any_name() {
        let text = "42 (a) b) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3000 400 20 0 1 0 12345 0";
        assert_eq!(
            Stat::parse(text),
            Some(Stat {
                parent: "7".to_owned(),
                own: 120,
                ended_children: 3400
            })
        );
        assert_eq!(Stat::parse("42 (a) S 7"), None);
    }
}
