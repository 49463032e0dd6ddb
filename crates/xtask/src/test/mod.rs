//! `cargo xtask test`: everything that must be true before a change is shared, in one call.
//!
//! All steps run even when an early one fails, so that one run tells everything; the exit code is the worst of them.

mod programs;

use std::process::Command;
use std::time::Instant;

use clap::{Args, ValueEnum};

use crate::setup;
use crate::setup::{MARIADB, POSTGRESQL};
use command_line::Failure;
use host_tools::narrate;
use host_tools::run::shown;
use host_tools::workspace::{cargo, program, root};

/// What to run.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Run only this step (may be given several times)
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
}

/// The steps, in the order in which they run: what tells most in the least time comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// The source is formatted as `cargo fmt` does it
    Format,
    /// No lint has anything to say
    Clippy,
    /// Unit tests, integration tests, documentation tests
    Tests,
    /// The fuzz targets still compile
    Fuzz,
    /// The dumps are what the schema makes
    Dumps,
}

/// Sets up the machine, then runs the steps.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let steps: Vec<Step> = Step::value_variants()
        .iter()
        .copied()
        .filter(|step| options.only.is_empty() || options.only.contains(step))
        .collect();
    if steps.contains(&Step::Tests) {
        setup::ensure(&[POSTGRESQL, MARIADB])?;
    }
    for step in &steps {
        step.require_its_component()?;
    }
    let mut failed = Vec::new();
    for step in steps {
        let started = Instant::now();
        narrate::heading(step.title());
        if !step.run()? {
            failed.push(step.title());
        }
        narrate::say(format_args!(
            "{} took {}",
            step.title(),
            narrate::seconds(started.elapsed())
        ));
    }
    if failed.is_empty() {
        narrate::heading("All is well");
        return Ok(());
    }
    Err(Failure::check(format!("failed: {}", failed.join("; ")))
        .hint("the reasons are above, under these titles"))
}

impl Step {
    fn title(self) -> &'static str {
        match self {
            Self::Format => "Formatting (cargo fmt)",
            Self::Clippy => "Lints (cargo clippy)",
            Self::Tests => "Tests (cargo test)",
            Self::Fuzz => "Fuzz targets (cargo check)",
            Self::Dumps => "Freshness of dumps/ (gen-schema --check, gen-dummy --check)",
        }
    }

    /// A minimal toolchain has neither rustfmt nor clippy.
    fn require_its_component(self) -> Result<(), Failure> {
        let (subcommand, component) = match self {
            Self::Format => ("fmt", "rustfmt"),
            Self::Clippy => ("clippy", "clippy"),
            Self::Tests | Self::Fuzz | Self::Dumps => return Ok(()),
        };
        let answer = cargo().args([subcommand, "--version"]).output();
        if answer.is_ok_and(|answer| answer.status.success()) {
            return Ok(());
        }
        Err(Failure::outside(format!("`cargo {subcommand}` is not installed"))
            .hint(format!("run `rustup component add {component}`, or install Rust by rustup (https://rustup.rs)")))
    }

    /// Runs the step; `false`: something is not as it should be, and the output has said what.
    fn run(self) -> Result<bool, Failure> {
        match self {
            Self::Format => cargo_succeeds(&["fmt", "--all", "--check"]),
            Self::Clippy => cargo_succeeds(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ]),
            Self::Tests => tests_pass(),
            Self::Fuzz => fuzz_targets_compile(),
            Self::Dumps => dumps_are_fresh(),
        }
    }
}

/// Builds all programs and tests at once, so that what they share is built once.
fn everything_builds() -> Result<bool, Failure> {
    cargo_succeeds(&["build", "--workspace", "--all-targets"])
}

/// Everything is built before the first test runs: tests of one package start the programs of others.
fn tests_pass() -> Result<bool, Failure> {
    if !everything_builds()? {
        return Ok(false);
    }
    programs::all_pass()
}

/// The generators say that the dumps, or the LFS pointers in their place, are what they would write.
fn dumps_are_fresh() -> Result<bool, Failure> {
    if !everything_builds()? {
        return Ok(false);
    }
    let mut all = true;
    for generator in ["gen-schema", "gen-dummy"] {
        narrate::command(format_args!("{generator} --check"));
        all &= shown(
            Command::new(program(generator))
                .current_dir(root())
                .arg("--check"),
        )?;
    }
    Ok(all)
}

fn cargo_succeeds(arguments: &[&str]) -> Result<bool, Failure> {
    narrate::command(format_args!("cargo {}", arguments.join(" ")));
    shown(cargo().args(arguments))
}

/// Fuzz targets are a package out of the workspace; stable Rust checks them, if it can't run them.
fn fuzz_targets_compile() -> Result<bool, Failure> {
    // In the workspace's own target directory, where clippy has checked the same dependencies.
    let target = ["--target-dir", "target"];
    let manifest = ["--manifest-path", "crates/fuzz/Cargo.toml"];
    cargo_succeeds(&[&["check", "--all-targets"], &manifest[..], &target[..]].concat())
}
