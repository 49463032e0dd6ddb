//! Chromium, which tests of pages ask where it is found.

use std::path::PathBuf;

use host_tools::process::find_program;

/// Names that systems give it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// What names it where it isn't in `PATH`.
const VARIABLE: &str = "CHROMIUM";

/// The browser that `CHROMIUM` names, else one of `PATH`.
pub fn chromium() -> Option<PathBuf> {
    match std::env::var_os(VARIABLE) {
        Some(named) => Some(PathBuf::from(named)),
        None => NAMES.iter().find_map(|name| find_program(name)),
    }
}

/// What to say where there is none.
pub fn missing() -> String {
    format!("Chromium can't be found; put it into PATH, or name it in {VARIABLE}")
}
