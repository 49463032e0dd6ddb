//! How much memory the processes of a program hold, all of them.
//!
//! git-lfs starts and ends its agents by itself, so nobody else can wait for them; what the system shows of running
//! processes is read again and again. Only Linux shows it as files; elsewhere the figures are 0.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The most that was seen, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Peak {
    /// Resident, of one process.
    pub largest: u64,
    /// Resident, of all processes that ran at the same time, together.
    pub all: u64,
}

/// Looks at processes until it is ended.
#[derive(Debug)]
pub struct Watch {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<Peak>,
}

impl Watch {
    /// Watches all processes that were started by this path.
    pub fn start(program: &Path) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let (seen, program) = (Arc::clone(&ended), program.to_owned());
        let thread = thread::spawn(move || {
            let mut peak = Peak::default();
            while !seen.load(Ordering::Relaxed) {
                let sizes = resident_sizes(&program);
                peak.largest = peak.largest.max(sizes.iter().copied().max().unwrap_or(0));
                peak.all = peak.all.max(sizes.iter().sum());
                thread::sleep(Duration::from_millis(20));
            }
            peak
        });
        Self { ended, thread }
    }

    /// The most that was seen.
    pub fn end(self) -> Peak {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

/// The largest resident size so far of each running process of a program, in bytes.
fn resident_sizes(program: &Path) -> Vec<u64> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .map(|entry| entry.path())
        .filter(|process| is_of(process, program))
        .filter_map(|process| resident(&process))
        .collect()
}

/// Whether a process is this program, or an interpreter that runs it as its script.
fn is_of(process: &Path, program: &Path) -> bool {
    let Ok(line) = fs::read(process.join("cmdline")) else {
        return false;
    };
    let line = String::from_utf8_lossy(&line);
    let mut words = line.split('\0').map(PathBuf::from);
    // A shell that starts the program has it in `-c`'s text, which isn't the path alone.
    words.next().is_some_and(|word| word == program)
        || words.next().is_some_and(|word| word == program)
}

fn resident(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes << 10)
}
