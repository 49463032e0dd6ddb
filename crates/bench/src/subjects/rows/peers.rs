//! Other programs that make the same rows: Faker with pandas, and the crate `fake`.
//!
//! They lie beside the benchmark in `crates/bench/peers`, and are built under `target/bench` at the first run, with what
//! they need from their registries.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use command_line::Failure;
use host_tools::narrate;
use host_tools::process::find_program;
use host_tools::run::captured;
use host_tools::workspace::{cargo, profile_directory, root};

/// A peer that can be measured here.
#[derive(Debug)]
pub(super) struct Peer {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
}

impl Peer {
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// What makes the rows and throws them away.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdout(Stdio::null());
        command
    }

    /// How many bytes it makes.
    pub(super) fn bytes(&self) -> Result<u64, Failure> {
        super::output_bytes(&mut self.command())
    }
}

/// The peers, built where that is possible; what isn't is said.
pub(super) fn at_hand() -> Result<Vec<Peer>, Failure> {
    let peers = root().join("crates/bench/peers");
    let built = profile_directory().with_file_name("bench");
    let mut found = vec![fake(&peers, &built)?];
    match find_program("python3") {
        Some(python) => found.push(faker(&python, &peers, &built)?),
        None => narrate::say("python3 is not in PATH, so Faker isn't measured."),
    }
    Ok(found)
}

fn fake(peers: &Path, built: &Path) -> Result<Peer, Failure> {
    let target = built.join("fake-rows");
    let mut build = cargo();
    build.args(["build", "--release", "--locked", "--manifest-path"]);
    build.arg(peers.join("fake-rows/Cargo.toml"));
    captured(build.arg("--target-dir").arg(&target))?;
    Ok(Peer {
        name: "the crate fake in a loop",
        program: target.join("release/fake-rows"),
        arguments: vec!["400000".to_owned()],
    })
}

fn faker(python: &Path, peers: &Path, built: &Path) -> Result<Peer, Failure> {
    let environment = built.join("python");
    let interpreter = environment.join("bin/python");
    if !interpreter.is_file() {
        captured(Command::new(python).args(["-m", "venv"]).arg(&environment))?;
    }
    let mut install = Command::new(&interpreter);
    captured(install.args(["-m", "pip", "install", "-q", "Faker", "pandas"]))?;
    let script = peers.join("faker_rows.py");
    Ok(Peer {
        name: "Faker and pandas",
        program: interpreter,
        arguments: vec![script.display().to_string(), "5000".to_owned()],
    })
}
