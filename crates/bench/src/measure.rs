//! What a command costs: time on the clock, time of the processor, memory.
//!
//! The operating system counts for each process by itself, so other work on the machine disturbs the first of the
//! three only. Where time on the clock is disturbed, processor time is what to read.

use std::process::Command;
use std::time::{Duration, Instant};

use command_line::Failure;
use host_tools::process;
use wait4::Wait4 as _;

/// The cost of one run of a command, with the descendants that it waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// On the clock, from start to end.
    pub(crate) wall: Duration,
    /// Of all processors, user and system.
    pub(crate) cpu: Duration,
    /// The largest resident set of any one process, in bytes; Linux counts from this program's own size upwards.
    pub(crate) resident: u64,
}

/// Runs the command once.
///
/// # Errors
/// When it can't be started, or doesn't end with success: what failed can't be measured.
pub(crate) fn once(command: &mut Command) -> Result<Cost, Failure> {
    let shown = process::command_line(command);
    let outside = |error| Failure::outside(format!("can't run `{shown}`: {error}"));
    let started = Instant::now();
    let mut child = command.spawn().map_err(outside)?;
    let used = child.wait4().map_err(outside)?;
    let wall = started.elapsed();
    if !used.status.success() {
        return Err(Failure::outside(format!(
            "`{shown}` ended with {}",
            used.status
        )));
    }
    Ok(Cost {
        wall,
        cpu: used.rusage.utime + used.rusage.stime,
        resident: used.rusage.maxrss,
    })
}

/// The median of each figure over several runs of what `run` measures once.
///
/// # Errors
/// The first one of `run`.
pub(crate) fn median(
    runs: u32,
    mut run: impl FnMut() -> Result<Cost, Failure>,
) -> Result<Cost, Failure> {
    let mut costs = Vec::new();
    for _ in 0..runs {
        costs.push(run()?);
    }
    Ok(Cost {
        wall: middle(costs.iter().map(|cost| cost.wall)),
        cpu: middle(costs.iter().map(|cost| cost.cpu)),
        resident: middle(costs.iter().map(|cost| cost.resident)),
    })
}

/// The median; of an even number, the upper of the two in the middle.
///
/// # Panics
/// When there is no value.
pub(crate) fn middle<T: Ord>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    let half = values.len() / 2;
    values.swap_remove(half)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{middle, once};

    #[test]
    fn the_middle_is_the_median() {
        assert_eq!(middle([5, 1, 3].into_iter()), 3);
        assert_eq!(middle([4, 1, 3, 2].into_iter()), 3);
        assert_eq!(middle([7].into_iter()), 7);
    }

    #[cfg(unix)]
    #[test]
    fn a_command_is_counted_with_what_it_waits_for() {
        let busy = "sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'";
        let cost = once(Command::new("sh").args(["-c", busy])).unwrap();
        assert!(!cost.cpu.is_zero() && cost.resident > 100_000);
        assert!(cost.wall >= cost.cpu / 4);
    }

    #[cfg(unix)]
    #[test]
    fn what_fails_is_not_measured() {
        let failure = once(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(failure.to_string().contains("exit status: 3"), "{failure}");
    }
}
