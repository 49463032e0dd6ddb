//! How a merge is told, and the file in which its conflicts are decided.

use std::fs;
use std::path::PathBuf;

use dump_merge::{Counts, Decisions, Report};

use crate::error::AgentError;
use crate::git;
use crate::git::repository::Repository;
use crate::terminal::output::remark;

/// So many conflicts are shown; the file has all of them.
const SHOWN: usize = 20;

/// Says what was merged, and what wasn't.
pub(super) fn tell(path: &str, report: &Report) {
    let tables: Vec<String> = report
        .tables
        .iter()
        .map(|(table, counts)| {
            format!(
                "{table} (ours {}, theirs {})",
                told(counts.ours),
                told(counts.theirs)
            )
        })
        .collect();
    match &tables[..] {
        [] => remark(&format!("{path}: merged by tables")),
        tables => remark(&format!("{path}: merged by rows: {}", tables.join(", "))),
    }
    for note in &report.notes {
        remark(&format!("  note: {note}"));
    }
    for conflict in report.conflicts.iter().take(SHOWN) {
        remark(&format!("  {conflict}"));
    }
    let more = count(report).saturating_sub(SHOWN as u64);
    if more > 0 {
        remark(&format!("  … and {more} more"));
    }
}

fn told(counts: Counts) -> String {
    let said: Vec<String> = [
        ('+', counts.added),
        ('~', counts.changed),
        ('-', counts.deleted),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(sign, count)| format!("{sign}{count}"))
    .collect();
    match &said[..] {
        [] => "0".to_owned(),
        said => said.join(" "),
    }
}

/// How many conflicts there are.
pub(super) fn count(report: &Report) -> u64 {
    report.conflicts.len() as u64 + report.more_conflicts
}

/// Where the conflicts of a dump are decided. In git's own directory: it is nobody's to commit.
pub(super) fn file(path: &str, repository: &Repository) -> Result<PathBuf, AgentError> {
    let name = format!("lfs-agent/conflicts/{}.tsv", path.replace('/', "%2F"));
    let place = git::run_in(repository.root(), &["rev-parse", "--git-path", &name])?;
    Ok(repository
        .root()
        .join(String::from_utf8_lossy(&place).trim_end_matches('\n')))
}

/// Writes the conflicts down.
pub(super) fn write(
    path: &str,
    report: &Report,
    repository: &Repository,
) -> Result<PathBuf, AgentError> {
    let file = file(path, repository)?;
    let text = Decisions::file(&report.conflicts);
    whole_file::write(&file, &mut text.as_bytes())
        .map_err(|error| AgentError::file("write", &file, error))?;
    Ok(file)
}

/// Nothing is left to decide.
pub(super) fn forget(path: &str, repository: &Repository) -> Result<(), AgentError> {
    let file = file(path, repository)?;
    match fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(AgentError::file("delete", &file, error))
        }
        _ => Ok(()),
    }
}
