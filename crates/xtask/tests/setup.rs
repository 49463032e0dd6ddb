//! Setting up a machine: what is missing is announced and installed, what is there is left alone, and what can't be
//! installed is explained. The machine is a directory of stand-ins that `PATH` is reduced to.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use host_tools::process::find_program;

/// A machine without git-lfs, with everything else.
struct Machine {
    directory: tempfile::TempDir,
    has_extensions: bool,
}

#[test]
fn what_is_missing_is_announced_and_then_installed() {
    let machine = Machine::new();
    machine.has("id", "echo 0");
    machine.has(
        "apt-get",
        &format!("{LOG}; case $1 in install) {MAKE_GIT_LFS};; esac"),
    );
    let (code, output) = machine.xtask(&["test", "--only", "tests"]);
    assert_eq!(code, Some(0), "{output}");
    assert_eq!(
        machine.log(),
        "apt-get update\napt-get install --yes --no-install-recommends git-lfs\n"
    );
    let told: Vec<usize> = [
        "Not found: git-lfs.",
        "$ apt-get update",
        "$ env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends git-lfs",
        "All found now.",
        "All is well",
    ]
    .iter()
    .map(|part| {
        output
            .find(part)
            .unwrap_or_else(|| panic!("`{part}` isn't in:\n{output}"))
    })
    .collect();
    assert!(told.is_sorted(), "{output}");
}

#[test]
fn where_nothing_is_missing_nothing_is_said_or_done() {
    let machine = Machine::new();
    machine.has("git-lfs", "exit 0");
    machine.has("apt-get", LOG);
    let (code, output) = machine.xtask(&["test", "--only", "tests"]);
    assert_eq!(code, Some(0), "{output}");
    assert_eq!(machine.log(), "");
    assert!(!output.contains("Setting up"), "{output}");
}

#[test]
fn who_is_not_root_installs_with_sudo() {
    let machine = Machine::new();
    machine.has("id", "echo 1000");
    machine.has("sudo", &format!("{LOG}; \"$@\""));
    machine.has(
        "apt-get",
        &format!("case $1 in install) {MAKE_GIT_LFS};; esac"),
    );
    let (code, output) = machine.xtask(&["test", "--only", "tests"]);
    assert_eq!(code, Some(0), "{output}");
    assert_eq!(
        machine.log(),
        "sudo apt-get update\n\
         sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends git-lfs\n"
    );
}

#[test]
fn who_may_not_install_is_told_what_to_install() {
    let machine = Machine::new();
    machine.has("id", "echo 1000");
    machine.has("apt-get", LOG);
    let (code, output) = machine.xtask(&["test", "--only", "tests"]);
    assert_eq!(code, Some(3), "{output}");
    assert_eq!(machine.log(), "");
    assert!(output.contains("error: not found: git-lfs"), "{output}");
    assert!(
        output.contains(
            "hint: as root, run this, then the command from before again:\n  apt-get update\n  env DEBIAN_FRONTEND=noninteractive apt-get install"
        ),
        "{output}"
    );
    for other in ["dnf", "brew", "winget"] {
        assert!(!output.contains(other), "{output}");
    }
}

#[test]
fn packages_ask_no_questions_and_start_no_server() {
    let machine = Machine::without_extensions();
    machine.has("git-lfs", "exit 0");
    machine.has("id", "echo 1000");
    machine.has(
        "sudo",
        &format!("{LOG}; case $1 in sh|rm) ;; *) \"$@\";; esac"),
    );
    machine.has(
        "apt-get",
        "echo \"$DEBIAN_FRONTEND\" >> \"$MACHINE/log\"; [ \"$1\" = update ]",
    );
    let (code, output) = machine.xtask(&["test", "--only", "tests"]);
    assert_eq!(code, Some(3), "{output}");
    let log = machine.log();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 6, "{log}");
    assert!(lines[2].contains("create_main_cluster=false"), "{log}");
    assert_eq!(lines[4], "noninteractive");
    // Also when the installation failed, what was written for it is taken away.
    assert_eq!(
        lines[5],
        "sudo rm -f /etc/postgresql-common/createcluster.d/no-cluster.conf"
    );
}

#[test]
fn an_installation_that_fails_is_a_failure_with_the_command_to_repeat() {
    let machine = Machine::new();
    machine.has("id", "echo 0");
    machine.has("apt-get", &format!("{LOG}; exit 100"));
    let (code, output) = machine.xtask(&["demo"]);
    assert_eq!(code, Some(3), "{output}");
    assert_eq!(machine.log(), "apt-get update\n");
    assert!(
        output.contains("error: `apt-get update` failed"),
        "{output}"
    );
}

#[test]
fn an_installation_that_does_not_help_is_a_failure_too() {
    let machine = Machine::new();
    machine.has("id", "echo 0");
    machine.has("apt-get", LOG);
    let (code, output) = machine.xtask(&["test", "--only", "tests"]);
    assert_eq!(code, Some(3), "{output}");
    assert!(output.contains("error: not found: git-lfs"), "{output}");
}

#[test]
fn steps_that_need_no_tools_need_no_setup() {
    let machine = Machine::new();
    let (code, output) = machine.xtask(&["test", "--only", "format"]);
    assert_eq!(code, Some(0), "{output}");
}

#[test]
fn a_failed_step_does_not_hide_the_next_one() {
    let machine = Machine::new();
    machine.has("cargo", "case \"$*\" in 'fmt --all --check') exit 1;; esac");
    let (code, output) = machine.xtask(&["test", "--only", "format", "--only", "clippy"]);
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("$ cargo clippy"), "{output}");
    assert!(
        output.contains("error: failed: Formatting (cargo fmt)\n"),
        "{output}"
    );
}

#[test]
fn a_failed_program_of_tests_is_told_with_what_runs_it_again() {
    let machine = Machine::new();
    machine.has("git-lfs", "exit 0");
    machine.has("tests", "echo 'orders are lost'; exit 101");
    let (code, output) = machine.xtask(&["test", "--only", "tests"]);
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("orders are lost"), "{output}");
    assert!(output.contains("--test orders"), "{output}");
    assert!(output.contains("error: failed: Tests"), "{output}");
}

#[test]
fn where_cargo_builds_no_test_nothing_has_passed() {
    let machine = Machine::new();
    machine.has("git-lfs", "exit 0");
    machine.has("cargo", "exit 0");
    let (code, output) = machine.xtask(&["test", "--only", "tests"]);
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("built no test program"), "{output}");
}

#[test]
fn a_missing_component_of_the_toolchain_is_named() {
    let machine = Machine::new();
    machine.has(
        "cargo",
        "case \"$*\" in 'clippy --version') exit 101;; esac",
    );
    let (code, output) = machine.xtask(&["test", "--only", "clippy"]);
    assert_eq!(code, Some(3), "{output}");
    assert!(output.contains("rustup component add clippy"), "{output}");
}

/// Writes the command line into the log.
const LOG: &str = "echo \"${0##*/} $*\" >> \"$MACHINE/log\"";
/// What installing git-lfs comes to.
const MAKE_GIT_LFS: &str =
    "printf '#!/bin/sh\\nexit 0\\n' > \"$MACHINE/bin/git-lfs\"; chmod +x \"$MACHINE/bin/git-lfs\"";

/// What cargo tells of a program of tests that it built: `tests` on this machine.
const TELL_TESTS: &str = r#"echo "{\"reason\":\"compiler-artifact\",\"package_id\":\"shop 0.1.0\",\"manifest_path\":\"$MACHINE/Cargo.toml\",\"target\":{\"kind\":[\"test\"],\"crate_types\":[\"bin\"],\"name\":\"orders\",\"src_path\":\"$MACHINE/tests/orders.rs\",\"edition\":\"2024\"},\"profile\":{\"opt_level\":\"0\",\"debug_assertions\":true,\"overflow_checks\":true,\"test\":true},\"features\":[],\"filenames\":[],\"executable\":\"$MACHINE/bin/tests\",\"fresh\":true}""#;

impl Machine {
    fn without_extensions() -> Self {
        Self {
            has_extensions: false,
            ..Self::new()
        }
    }

    fn new() -> Self {
        let machine = Self {
            directory: tempfile::tempdir().expect("a directory"),
            has_extensions: true,
        };
        fs::create_dir(machine.bin()).expect("a directory for programs");
        for program in ["sh", "env", "git", "gunzip", "chmod", "psql"] {
            let real = find_program(program).unwrap_or_else(|| panic!("{program} is not in PATH"));
            symlink(real, machine.bin().join(program)).expect("a link to a program");
        }
        // Cargo stands in for itself: it says that it built one program of tests, which passes.
        machine.has(
            "cargo",
            &format!("case \"$*\" in *--no-run*) {TELL_TESTS};; esac"),
        );
        machine.has("tests", "exit 0");
        machine
    }

    fn bin(&self) -> PathBuf {
        self.directory.path().join("bin")
    }

    fn has(&self, program: &str, script: &str) {
        write_program(&self.bin().join(program), script);
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    /// Runs the real xtask on this machine: its exit code, and all that it wrote.
    fn xtask(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .env("PATH", self.bin())
            .env("MACHINE", self.directory.path())
            .env("CARGO", self.bin().join("cargo"))
            .env("PG_BINDIR", self.postgres())
            .env("MARIADB_BINDIR", self.mariadb())
            .output()
            .expect("xtask runs");
        (
            status.code(),
            format!(
                "{}{}",
                String::from_utf8_lossy(&stdout),
                String::from_utf8_lossy(&stderr)
            ),
        )
    }

    /// The directory of a PostgreSQL server, with its extensions or without.
    fn postgres(&self) -> PathBuf {
        let directory = self.directory.path().join("postgres");
        fs::create_dir_all(directory.join("share/extension")).expect("a directory");
        if self.has_extensions {
            fs::write(directory.join("share/extension/citext.control"), "").expect("an extension");
        }
        for (program, script) in [
            ("initdb", ""),
            ("postgres", ""),
            ("psql", ""),
            ("pg_config", "echo \"${0%/*}/share\""),
        ] {
            write_program(&directory.join(program), script);
        }
        directory
    }

    /// The directory of a MariaDB server.
    fn mariadb(&self) -> PathBuf {
        let directory = self.directory.path().join("mariadb");
        fs::create_dir_all(&directory).expect("a directory");
        for (program, script) in [
            ("mariadbd", "echo MariaDB"),
            ("mariadb-install-db", ""),
            ("mariadb", ""),
            ("mariadb-dump", ""),
        ] {
            write_program(&directory.join(program), script);
        }
        directory
    }
}

fn write_program(path: &Path, script: &str) {
    fs::write(path, format!("#!/bin/sh\n{script}\n")).expect("a program");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a program to run");
}
