//! Running the workspace's test programs, two at a time.
//!
//! `cargo test` runs one program after the other, and each ends with a test that is alone on the machine, or waits for
//! a server. A second program uses what the first leaves. What a program writes is shown when it has ended, whole.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use cargo_metadata::{Artifact, Message, TargetKind};
use command_line::Failure;
use host_tools::narrate;
use host_tools::process::command_line;
use host_tools::workspace::{PROGRAMS_ARE_BUILT, cargo, root};

/// So many programs run at once, each with as many tests at once as the machine has cores.
const AT_ONCE: usize = 2;

/// A program full of tests.
#[derive(Debug)]
struct Program {
    executable: PathBuf,
    /// The package's directory, in which cargo runs its tests.
    directory: PathBuf,
    /// The file that it is made from, as paths in the repository are told.
    source: String,
    /// What runs it alone.
    again: String,
    /// The bytes of its source; 0 for tests that stand beside what they test, which start no other program.
    written: u64,
}

/// Runs all tests of the workspace, those of its documentation too; `false`: one failed, and the output has said why.
pub(super) fn all_pass() -> Result<bool, Failure> {
    let Some(mut programs) = built()? else {
        return Ok(false);
    };
    // Where most is written most is tested, and that takes longest: none of these should be the last to begin.
    programs.sort_by_cached_key(|program| (Reverse(program.written), program.source.clone()));
    narrate::say(format_args!(
        "{} test programs, {AT_ONCE} at once.",
        programs.len()
    ));
    let waiting = Mutex::new(VecDeque::from(programs));
    let failed = Mutex::new(Vec::new());
    let worked: Vec<Result<(), Failure>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| scope.spawn(|| work(&waiting, &failed)))
            .collect();
        let ended = workers.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .map(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    worked.into_iter().collect::<Result<(), Failure>>()?;
    let mut failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    let documentation = ["test", "--workspace", "--doc"];
    narrate::command(format_args!("cargo {}", documentation.join(" ")));
    if !host_tools::run::shown(cargo().args(documentation))? {
        failed.push(format!("cargo {}", documentation.join(" ")));
    }
    failed.sort();
    for again in &failed {
        narrate::say(format_args!("Failed: {again}"));
    }
    Ok(failed.is_empty())
}

/// Runs programs until none is left.
fn work(waiting: &Mutex<VecDeque<Program>>, failed: &Mutex<Vec<String>>) -> Result<(), Failure> {
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    };
    while let Some(program) = next() {
        if !program.passes()? {
            failed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(program.again);
        }
    }
    Ok(())
}

impl Program {
    fn passes(&self) -> Result<bool, Failure> {
        let mut command = Command::new(&self.executable);
        command
            .current_dir(&self.directory)
            .env(PROGRAMS_ARE_BUILT, "1")
            .env("CARGO_MANIFEST_DIR", &self.directory)
            .stdin(Stdio::null());
        let started = Instant::now();
        let output = command.output().map_err(|error| {
            Failure::outside(format!("can't start `{}`: {error}", command_line(&command)))
        })?;
        // Both at once would be mixed.
        let mut shown = std::io::stdout().lock();
        let said = format!(
            "\n     Running {} ({})\n{}{}",
            self.source,
            narrate::seconds(started.elapsed()),
            String::from_utf8_lossy(&output.stderr),
            String::from_utf8_lossy(&output.stdout),
        );
        shown
            .write_all(said.as_bytes())
            .and_then(|()| shown.flush())
            .map_err(|error| Failure::outside(format!("can't show what a test says: {error}")))?;
        Ok(output.status.success())
    }
}

/// All test programs, built; none where one doesn't build, and cargo has said why.
fn built() -> Result<Option<Vec<Program>>, Failure> {
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-run"]);
    narrate::command(format_args!("cargo test --workspace --no-run"));
    command
        .arg("--message-format=json-render-diagnostics")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let outside = |error: &std::io::Error| {
        Failure::outside(format!("cargo can't tell what it built: {error}"))
    };
    let mut child = command.spawn().map_err(|error| outside(&error))?;
    let mut programs = Vec::new();
    if let Some(told) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(told)) {
            if let Message::CompilerArtifact(artifact) = message.map_err(|error| outside(&error))? {
                programs.extend(program(&artifact));
            }
        }
    }
    let status = child.wait().map_err(|error| outside(&error))?;
    if !status.success() {
        return Ok(None);
    }
    if programs.is_empty() {
        return Err(Failure::check("cargo built no test program"));
    }
    Ok(Some(programs))
}

/// What cargo tells of a test program; none for anything else that it built.
fn program(artifact: &Artifact) -> Option<Program> {
    if !artifact.profile.test {
        return None;
    }
    let executable = artifact.executable.as_ref()?.as_std_path().to_owned();
    let directory = artifact.manifest_path.parent()?.as_std_path().to_owned();
    let package = directory.file_name()?.to_string_lossy().into_owned();
    let target = &artifact.target;
    let only = if target.kind.contains(&TargetKind::Test) {
        format!("--test {}", target.name)
    } else if target.kind.contains(&TargetKind::Bin) {
        format!("--bin {}", target.name)
    } else {
        "--lib".to_owned()
    };
    let source = target.src_path.as_std_path();
    let written = match source.file_name() {
        _ if !target.kind.contains(&TargetKind::Test) => 0,
        Some(name) if name == "main.rs" => source.parent().map_or(0, bytes_of_source),
        _ => source.metadata().map_or(0, |of| of.len()),
    };
    Some(Program {
        written,
        source: source
            .strip_prefix(root())
            .unwrap_or(source)
            .display()
            .to_string(),
        again: format!("cargo test --package {package} {only}"),
        executable,
        directory,
    })
}

/// The bytes of all source files in a directory and those in it; what can't be read counts nothing.
fn bytes_of_source(directory: &Path) -> u64 {
    let entries = directory.read_dir().into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => bytes_of_source(&entry.path()),
            Ok(_) if entry.path().extension().is_some_and(|kind| kind == "rs") => {
                entry.metadata().map_or(0, |of| of.len())
            }
            _ => 0,
        })
        .sum()
}
