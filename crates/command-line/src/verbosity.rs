//! `-q` and `-v`.

use tracing_subscriber::filter::LevelFilter;

/// How much a command says on standard error. Its results are not affected.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Verbosity {
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say what is being done, on standard error; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

impl Verbosity {
    /// Whether `-q` was given.
    pub fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Sends what the crates trace to standard error, as far as `-v` asks for it. Lines have no
    /// times: they are for reading along, not for keeping.
    pub fn start_tracing(self) {
        let level = self.level();
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(std::io::stderr)
            .with_ansi(crate::colour_on_stderr())
            .with_target(false)
            .without_time()
            .init();
    }

    /// The least important events that `-v` asks for.
    pub fn level(self) -> LevelFilter {
        match self.verbose {
            0 => LevelFilter::OFF,
            1 => LevelFilter::INFO,
            2 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        }
    }
}
