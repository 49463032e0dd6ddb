//! Whether git would take the dump itself.
//!
//! Where `.gitattributes` gives dumps to git-lfs and nobody has set that up on this machine, `git add` commits the dump as it
//! is, without a word, and it stays in history for ever. No file of the repository can prevent that, so it is said here,
//! before anybody commits.

use project_files::Project;
use std::path::Path;
use std::process::Command;

/// What to say after the dump was written to `path`; nothing where all is well, or where git can't be asked.
pub(crate) fn warning(project: &Project, path: &Path) -> Option<String> {
    let name = project.display(path);
    let attribute = git(project, &["check-attr", "-z", "filter", "--", &name])?;
    // `PATH`, `filter`, `VALUE`, each ended by NUL.
    if attribute.split('\0').nth(2) != Some("lfs") {
        return None;
    }
    let filters = git(
        project,
        &["config", "--get-regexp", r"^filter\.lfs\.(process|clean)$"],
    );
    if filters.is_some_and(|filters| filters.contains("git-lfs")) {
        return None;
    }
    Some(format!(
        "`.gitattributes` gives {name} to git-lfs, which git doesn't know on this machine: a commit would take the dump \
         itself\nhint: before you commit, run `git lfs install --skip-repo` (git-lfs: https://git-lfs.com) and \
         `lfs-agent install`"
    ))
}

/// What git prints, if it can be asked and has an answer.
fn git(project: &Project, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .current_dir(project.root())
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}
