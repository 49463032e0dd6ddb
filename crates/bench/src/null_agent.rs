//! A transfer agent that moves nothing: what git-lfs takes by itself.
//!
//! It speaks git-lfs's custom transfer protocol over a directory. An upload leaves a hard link there, a download hands one
//! out, so no byte is copied or hashed. What is left is git-lfs's own work, and below that no agent can be.

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::path::Path;

use serde_json::{Value, json};

/// The argument that makes the program such an agent; behind it comes the directory.
pub(crate) const ARGUMENT: &str = "null-agent";

/// Answers git-lfs until it ends.
pub(crate) fn run(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let message: Value = serde_json::from_str(&line?)?;
        let text = |key: &str| message[key].as_str().unwrap_or_default();
        let kept = directory.join(text("oid"));
        let complete =
            |path: Option<&Path>| json!({ "event": "complete", "oid": text("oid"), "path": path });
        let answer = match text("event") {
            "init" => json!({}),
            "upload" => {
                if !kept.exists() {
                    fs::hard_link(text("path"), &kept)?;
                }
                complete(None)
            }
            "download" => {
                let handed = kept.with_extension("handed");
                fs::hard_link(&kept, &handed)?;
                complete(Some(&handed))
            }
            _ => return Ok(()),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}
