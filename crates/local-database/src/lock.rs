//! One at a time: two calls that load, or copy from the same template, would take each other's databases away. Test
//! workers that begin together are such calls.

use std::fs::{File, TryLockError};
use std::path::Path;

use project_files::Project;

use crate::output::Teller;
use crate::programs::git;

/// The file in git's own directory, which worktrees share.
const NAME: &str = "git-database-lock";

/// Waits until no other call in this clone changes databases, and says so. As long as the file is held, none begins.
///
/// Without a repository, or where its directory can't be written to, nobody waits for anybody.
pub(crate) fn lock(project: &Project, teller: &mut Teller) -> Option<File> {
    let directory = git(project.root(), &["rev-parse", "--git-common-dir"])?;
    let path = project.resolve(Path::new(&directory)).join(NAME);
    let file = File::create(path).ok()?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            teller.note("waiting for another `git database` in this clone");
            file.lock().ok()?;
        }
        Err(TryLockError::Error(_)) => return None,
    }
    Some(file)
}
