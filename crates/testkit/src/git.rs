//! Scratch homes in which real git, and real git-lfs, run blind to the configuration of the person at the keyboard.
//!
//! The environment is built from nothing: what a test sets is all there is. `PATH` begins with a directory of the
//! home's own, in which a test puts the programs that it has built.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::process::{self, run, run_any, run_failing};

/// Variables of the system without which programs don't start at all on Windows, or can't find their libraries.
const INHERITED: [&str; 7] = [
    "SystemRoot",
    "SystemDrive",
    "COMSPEC",
    "PATHEXT",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "LLVM_PROFILE_FILE",
];

/// Names further git-lfs programs for [`git_lfs_programs`].
const GIT_LFS_VARIABLE: &str = "TESTKIT_GIT_LFS";

/// A HOME for one invented developer, with its own global git configuration and its own programs.
#[derive(Debug)]
pub struct GitHome {
    scratch: TempDir,
    path: OsString,
    variables: Vec<(OsString, OsString)>,
}

impl GitHome {
    /// A home whose git configuration has a name, an address, `main` as the first branch, and nothing else that
    /// changes what git does to files.
    ///
    /// # Panics
    /// When git can't be found, or no temporary directory can be had.
    #[track_caller]
    pub fn new() -> Self {
        let scratch = tempfile::Builder::new()
            .prefix("home-")
            .tempdir()
            .expect("a temporary directory for a home");
        let mut home = Self {
            path: OsString::new(),
            scratch,
            variables: Vec::new(),
        };
        for directory in [home.home(), home.bin(), home.work()] {
            fs::create_dir_all(directory).expect("a directory in the scratch home");
        }
        let own = std::iter::once(home.bin());
        let inherited = env::var_os("PATH").unwrap_or_default();
        home.path = env::join_paths(own.chain(env::split_paths(&inherited)))
            .expect("a PATH with the home's own bin");
        assert!(
            process::find_program("git").is_some(),
            "git is not in PATH: install git 2.30 or newer"
        );
        let settings = [
            ("user.name", "Test Developer"),
            ("user.email", "developer@example.com"),
            ("init.defaultBranch", "main"),
            ("protocol.file.allow", "always"),
            ("advice.detachedHead", "false"),
            ("commit.gpgSign", "false"),
            ("gc.auto", "0"),
        ];
        for (key, value) in settings {
            home.git(home.work(), &["config", "--global", key, value]);
        }
        home
    }

    /// As [`Self::new`], with git-lfs set up for every repository of this home (`git lfs install --skip-repo`).
    ///
    /// # Panics
    /// When git or git-lfs can't be found.
    #[track_caller]
    pub fn with_git_lfs() -> Self {
        let home = Self::new();
        home.install_git_lfs();
        home
    }

    /// The scratch directory that holds all of the home's directories. It is removed with the home.
    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// The value of HOME.
    pub fn home(&self) -> PathBuf {
        self.scratch.path().join("home")
    }

    /// The directory that `PATH` begins with.
    pub fn bin(&self) -> PathBuf {
        self.scratch.path().join("bin")
    }

    /// An empty directory for repositories.
    pub fn work(&self) -> PathBuf {
        self.scratch.path().join("work")
    }

    /// Sets a variable for all commands of this home.
    pub fn set(&mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) {
        let key = key.as_ref().to_owned();
        self.variables.retain(|(known, _)| *known != key);
        self.variables.push((key, value.as_ref().to_owned()));
    }

    /// Sets several variables for all commands of this home.
    pub fn set_all<K: AsRef<OsStr>, V: AsRef<OsStr>>(
        &mut self,
        variables: impl IntoIterator<Item = (K, V)>,
    ) {
        for (key, value) in variables {
            self.set(key, value);
        }
    }

    /// Puts a program into [`Self::bin`], under its own file name.
    ///
    /// # Panics
    /// When the program isn't there or can't be linked or copied.
    #[track_caller]
    pub fn add_program(&self, program: &Path) {
        assert!(
            program.is_file(),
            "{} isn't there: has cargo built it?",
            program.display()
        );
        let name = program.file_name().expect("a program has a name");
        link_or_copy(program, &self.bin().join(name));
    }

    /// Replaces `PATH` by one in which git and everything else is found, but no program of these names
    /// (`git-lfs`, say).
    ///
    /// # Panics
    /// When the directory of links that stands for `PATH` can't be made.
    pub fn hide_programs(&mut self, names: &[&str]) {
        let shadow = self.scratch.path().join("path");
        let _ = fs::remove_dir_all(&shadow);
        fs::create_dir(&shadow).expect("a directory of links");
        for directory in env::split_paths(&env::var_os("PATH").unwrap_or_default()) {
            let Ok(entries) = fs::read_dir(&directory) else {
                continue;
            };
            for entry in entries.flatten() {
                let hidden = Path::new(&entry.file_name())
                    .file_stem()
                    .is_some_and(|stem| names.iter().any(|name| stem == OsStr::new(name)));
                let link = shadow.join(entry.file_name());
                if !hidden && !link.exists() {
                    link_or_copy(&entry.path(), &link);
                }
            }
        }
        self.path = env::join_paths([self.bin(), shadow]).expect("a PATH of two directories");
    }

    /// A command of this home: its environment, nothing inherited but what the system needs.
    pub fn command(&self, program: impl AsRef<OsStr>, directory: impl AsRef<Path>) -> Command {
        let program = program.as_ref();
        // The search must use this home's PATH, which is not the one of the process that starts the command.
        let found = program
            .to_str()
            .and_then(|name| process::find_program_in(name, &self.path));
        let mut command = Command::new(found.as_deref().map_or(program, Path::as_os_str));
        command.current_dir(directory).env_clear();
        for name in INHERITED {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        let home = self.home();
        command
            .env("PATH", &self.path)
            .env("HOME", &home)
            .env("USERPROFILE", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("TMPDIR", tempfile::env::temp_dir())
            .env("TEMP", tempfile::env::temp_dir())
            .env("TMP", tempfile::env::temp_dir())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("NO_COLOR", "1")
            .stdin(std::process::Stdio::null())
            .envs(self.variables.iter().map(|(key, value)| (key, value)));
        command
    }

    /// Runs git in a directory.
    ///
    /// # Panics
    /// With the command, its status and its outputs, unless it succeeds.
    #[track_caller]
    pub fn git(&self, directory: impl AsRef<Path>, arguments: &[&str]) -> Output {
        run(self.command("git", directory).args(arguments))
    }

    /// Runs git in a directory, and expects it to fail.
    ///
    /// # Panics
    /// With the command and its outputs, if it succeeds.
    #[track_caller]
    pub fn git_fails(&self, directory: impl AsRef<Path>, arguments: &[&str]) -> Output {
        run_failing(self.command("git", directory).args(arguments))
    }

    /// Runs git in a directory, however it ends.
    #[track_caller]
    pub fn git_any(&self, directory: impl AsRef<Path>, arguments: &[&str]) -> Output {
        run_any(self.command("git", directory).args(arguments))
    }

    /// What git prints, without the last line break.
    ///
    /// # Panics
    /// As [`Self::git`], or when the output is no UTF-8.
    #[track_caller]
    pub fn git_text(&self, directory: impl AsRef<Path>, arguments: &[&str]) -> String {
        let output = self.git(directory, arguments);
        String::from_utf8(output.stdout)
            .expect("git printed UTF-8")
            .trim_end_matches('\n')
            .to_owned()
    }

    /// Runs a command line as somebody types it, with git-lfs leaving pointers where it checks files out.
    ///
    /// # Panics
    /// With the command and its outputs, unless it succeeds.
    #[track_caller]
    pub fn run_in_shell(&self, directory: impl AsRef<Path>, line: &str) -> Output {
        let (shell, option) = if cfg!(windows) {
            ("cmd", "/C")
        } else {
            ("sh", "-c")
        };
        let mut command = self.command(shell, directory);
        run(command.args([option, line]).env("GIT_LFS_SKIP_SMUDGE", "1"))
    }

    /// Sets up git-lfs's filters in this home's global configuration.
    ///
    /// # Panics
    /// When git-lfs is missing.
    #[track_caller]
    pub fn install_git_lfs(&self) {
        assert!(
            process::find_program_in("git-lfs", &self.path).is_some(),
            "git-lfs is not in PATH: install it (Debian, Ubuntu: `apt-get install git-lfs`; macOS: `brew install git-lfs`), \
             or run `cargo xtask test`, which does"
        );
        self.git(self.work(), &["lfs", "install", "--skip-repo"]);
    }
}

impl Default for GitHome {
    fn default() -> Self {
        Self::new()
    }
}

/// The git-lfs programs to test with: the one in `PATH`, and those that `TESTKIT_GIT_LFS` names, a list as in `PATH`
/// of programs and not of directories: an older or a newer one beside the machine's own.
///
/// # Panics
/// When there is none.
#[track_caller]
pub fn git_lfs_programs() -> Vec<PathBuf> {
    let named = env::var_os(GIT_LFS_VARIABLE).unwrap_or_default();
    let usual = process::find_program("git-lfs");
    let programs: Vec<PathBuf> = usual
        .into_iter()
        .chain(env::split_paths(&named).filter(|path| !path.as_os_str().is_empty()))
        .collect();
    assert!(!programs.is_empty(), "git-lfs is not in PATH: install it");
    programs
}

/// True when the bytes are a git-lfs pointer and not the file that it stands for.
///
/// The form of a pointer is git-lfs's `docs/spec.md`: a text of less than 1024 bytes that begins with its version.
pub fn is_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/v1\n")
}

#[cfg(unix)]
fn link_or_copy(from: &Path, to: &Path) {
    std::os::unix::fs::symlink(from, to).unwrap_or_else(|error| {
        panic!("can't link {} to {}: {error}", to.display(), from.display())
    });
}

#[cfg(not(unix))]
fn link_or_copy(from: &Path, to: &Path) {
    if let Err(error) = fs::copy(from, to) {
        panic!("can't copy {} to {}: {error}", from.display(), to.display());
    }
}
