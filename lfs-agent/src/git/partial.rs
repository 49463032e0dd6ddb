//! What a clone doesn't have of its history, and so can't say of its dumps.
//!
//! A shallow clone has no older commits; a partial one (`--filter`) has commits without all their files, and git would fetch
//! these one by one, each with a connection of its own, when it is asked for them. So it isn't asked.

use std::collections::BTreeMap;
use std::path::Path;

use dump_store::Oid;

use crate::error::AgentError;
use crate::git::history::{self, Dump, Reach};
use crate::git::{self};

/// How much of the history is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completeness {
    Complete,
    /// Older commits aren't here.
    Shallow,
    /// Of the commits that are here, so many files and directories aren't.
    Partial(usize),
}

/// The dumps that these refs reach (all refs, if there are none) as far as the clone at `directory` knows, and how far that
/// is.
pub(crate) fn dumps(
    directory: &Path,
    refs: &[String],
) -> Result<(BTreeMap<Oid, Dump>, Completeness), AgentError> {
    if git::run_in(directory, &["rev-parse", "--is-shallow-repository"])?.starts_with(b"true") {
        let dumps = history::dumps(directory, Reach::Refs(refs))?;
        return Ok((dumps, Completeness::Shallow));
    }
    if !is_partial(directory)? {
        let dumps = history::dumps(directory, Reach::Refs(refs))?;
        return Ok((dumps, Completeness::Complete));
    }
    let mut arguments = vec!["rev-list", "--objects", "--missing=print"];
    if refs.is_empty() {
        arguments.push("--all");
    } else {
        arguments.push("--end-of-options");
        arguments.extend(refs.iter().map(String::as_str));
    }
    let listed = git::run_in(directory, &arguments)?;
    let lines = listed.split_inclusive(|byte| *byte == b'\n');
    let (missing, here): (Vec<&[u8]>, Vec<&[u8]>) = lines.partition(|line| line[0] == b'?');
    let dumps = history::dumps_among(directory, here.concat())?;
    let how = match missing.len() {
        0 => Completeness::Complete,
        missing => Completeness::Partial(missing),
    };
    Ok((dumps, how))
}

/// Whether git may leave out what the remote has.
fn is_partial(directory: &Path) -> Result<bool, AgentError> {
    let promised = ["config", "--get-regexp", r"^remote\..*\.promisor$"];
    let output = git::attempt_in(directory, &promised)?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .any(|line| line.ends_with(" true")))
}
