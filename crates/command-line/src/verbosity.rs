//! `-q` and `-v`.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// The crates of this workspace that trace. What their dependencies say is for who looks for a defect in those, and may be
/// more than a user wants to see on a terminal.
const OWN: [&str; 4] = ["dump_store", "gen_dummy", "gen_schema", "lfs_agent"];

/// How much a command says on standard error. Its results are not affected.
#[derive(Debug, Clone, Copy, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Verbosity {
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say what is being done; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

impl Verbosity {
    /// Whether `-q` was given.
    pub fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Sends what the crates trace to standard error, as far as `-v` asks for it: our own from the first on, the
    /// dependencies' from the second. Lines have no times: they are for reading along, not for keeping.
    pub fn start_tracing(self) {
        let (own, others) = (level(self.verbose), level(self.verbose.saturating_sub(1)));
        // The directives are ours, so there is nothing that couldn't be read.
        if let Ok(filter) = EnvFilter::try_new(format!("{others},{}", directives(own))) {
            tracing_subscriber::fmt()
                .with_env_filter(filter)
                .with_writer(std::io::stderr)
                .with_ansi(crate::colour_on_stderr())
                .with_target(self.verbose > 1)
                .without_time()
                .init();
        }
    }

    /// The least important events of our own that `-v` asks for.
    pub fn level(self) -> LevelFilter {
        level(self.verbose)
    }
}

fn level(verbose: u8) -> LevelFilter {
    match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

/// What has our own crates speak up to `level` and all others be silent, in the language of [`EnvFilter`]. For programs whose
/// dependencies may say what is secret.
pub fn directives(level: impl std::fmt::Display) -> String {
    OWN.map(|name| format!("{name}={level}")).join(",")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_crates_that_trace_are_known() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut found: Vec<String> = fs::read_dir(root.join("crates"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .chain([root.join("lfs-agent")])
            .filter(|crate_| {
                fs::read_to_string(crate_.join("Cargo.toml"))
                    .is_ok_and(|text| text.lines().any(|line| line.starts_with("tracing.")))
            })
            .map(|crate_| {
                let name = crate_.file_name().unwrap().to_string_lossy();
                name.replace('-', "_")
            })
            .collect();
        found.sort();
        assert_eq!(found, OWN);
    }

    #[test]
    fn only_our_own_crates_are_named() {
        assert_eq!(
            directives(LevelFilter::DEBUG),
            "dump_store=debug,gen_dummy=debug,gen_schema=debug,lfs_agent=debug"
        );
        assert!(EnvFilter::try_new(directives("info")).is_ok());
    }
}
