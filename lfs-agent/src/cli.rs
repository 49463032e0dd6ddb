//! From the command line to an exit code: which command runs, and how failures are told.

use std::env;
use std::process::ExitCode;

use command_line::{Failure, finish};
use tracing_subscriber::EnvFilter;

use crate::agent;
use crate::arguments::{Arguments, Command};
use crate::commands::{
    blame, diff, doctor, fsck, get, init, install, log, ls, merge, mirror, prune, show,
};
use crate::error::AgentError;

/// The variable that makes the agent tell on stderr what it does, which git-lfs shows under `GIT_TRACE=1`.
const LOG_VARIABLE: &str = "LFS_AGENT_LOG";

/// The program.
pub(crate) fn run() -> ExitCode {
    let arguments: Arguments = command_line::parse();
    match env::var(LOG_VARIABLE) {
        Ok(level) if arguments.command.is_none() => start_log(&level),
        _ => start_log(&arguments.verbosity.level().to_string()),
    }
    finish(dispatch(arguments).map_err(Failure::from))
}

fn dispatch(arguments: Arguments) -> Result<(), AgentError> {
    let quiet = arguments.verbosity.is_quiet();
    match arguments.command {
        None => agent::run(),
        Some(Command::Install(scope)) => install::install(scope.scope(), quiet),
        Some(Command::Uninstall(scope)) => install::uninstall(scope.scope(), quiet),
        Some(Command::Init(init)) => init::init(&init, quiet),
        Some(Command::Doctor(doctor)) => doctor::doctor(&doctor, quiet),
        Some(Command::Fsck(fsck)) => fsck::fsck(&fsck, quiet),
        Some(Command::Prune(prune)) => prune::prune(&prune, quiet),
        Some(Command::Mirror(mirror)) => mirror::mirror(&mirror, quiet),
        Some(Command::Get(get)) => get::get(&get, quiet),
        Some(Command::Ls(ls)) => ls::ls(&ls, quiet),
        Some(Command::Diff(diff)) => diff::diff(&diff),
        Some(Command::Merge(merge)) => merge::merge(&merge, quiet),
        Some(Command::MergeDriver(driver)) => merge::driver(&driver),
        Some(Command::Show(arguments)) => show::show(&arguments),
        Some(Command::Log(arguments)) => log::log(&arguments),
        Some(Command::Blame(arguments)) => blame::blame(&arguments),
    }
}

/// Tells on stderr what is done. Only our own crates speak: the S3 client's messages may hold what is secret.
fn start_log(level: &str) {
    if let Ok(filter) = EnvFilter::try_new(command_line::directives(level)) {
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr);
        let _ = log.with_ansi(false).try_init();
    }
}
