//! The agent's own directory, inside the LFS storage directory.
//!
//! It lies there because git-lfs renames a download into place, which only works within one filesystem, and it isn't
//! git-lfs's `tmp` because git-lfs deletes from that what is older than an hour, and a download that is to be resumed may
//! well be.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use std::{fs, io, process};

use crate::oid::Oid;

/// How long what a killed transfer left is kept for a later one to go on with.
const KEPT: Duration = Duration::from_hours(72);

/// How long lists of chunks, and what recipes need, are kept. One that is missing is made again.
const LISTS_KEPT: Duration = Duration::from_hours(24 * 90);

/// The directory in which transfers keep what isn't finished.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace `root`, which is made when it is first needed.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the bytes of a download lie while it isn't whole.
    pub(crate) fn partial(&self, oid: &Oid) -> PathBuf {
        self.downloads().join(format!("{oid}.part"))
    }

    /// The journal of a download.
    pub(crate) fn download_journal(&self, oid: &Oid) -> PathBuf {
        self.downloads().join(format!("{oid}.journal"))
    }

    /// A path that no other process and no other download of this one uses.
    pub(crate) fn unique(&self, oid: &Oid) -> PathBuf {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        self.downloads()
            .join(format!("{oid}.{}.{count}", process::id()))
    }

    /// The journal of an upload.
    pub(crate) fn upload_journal(&self, oid: &Oid) -> PathBuf {
        self.uploads().join(format!("{oid}.journal"))
    }

    /// Where a pack is put together that belongs to the object `oid`. No other process uses it.
    pub(crate) fn pack(&self, oid: &Oid) -> PathBuf {
        self.uploads().join(format!("{oid}.{}.pack", process::id()))
    }

    /// The chunks of a local object.
    pub(crate) fn chunk_list(&self, oid: &Oid) -> PathBuf {
        self.root.join("chunks").join(oid.to_hex())
    }

    /// What is known of the recipe of the object `oid`.
    pub(crate) fn recipe_note(&self, oid: &Oid) -> PathBuf {
        self.root.join("recipes").join(oid.to_hex())
    }

    /// Where an object or a pack is put together that is missing in the store.
    pub(crate) fn restored(&self, oid: &Oid) -> PathBuf {
        self.uploads()
            .join(format!("{oid}.{}.restored", process::id()))
    }

    /// Waits until no other process puts this object or pack back, and keeps others from it until the file is dropped.
    /// `None` when the directory can't be written.
    pub(crate) fn restoring(&self, oid: &Oid) -> Option<fs::File> {
        self.prepare_uploads().ok()?;
        let file = fs::File::create(self.uploads().join(format!("{oid}.lock"))).ok()?;
        file.lock().is_ok().then_some(file)
    }

    /// The lock of the one transfer that may have most of the connections; `None` when another has it, or when the
    /// directory can't be written.
    pub(crate) fn lead(&self) -> Option<fs::File> {
        fs::create_dir_all(&self.root).ok()?;
        let file = fs::File::create(self.root.join("leader")).ok()?;
        file.try_lock().is_ok().then_some(file)
    }

    fn downloads(&self) -> PathBuf {
        self.root.join("download")
    }

    fn uploads(&self) -> PathBuf {
        self.root.join("upload")
    }

    /// Makes the directory of downloads.
    pub(crate) fn prepare_downloads(&self) -> io::Result<()> {
        fs::create_dir_all(self.downloads())
    }

    /// Makes the directory of uploads.
    pub(crate) fn prepare_uploads(&self) -> io::Result<()> {
        fs::create_dir_all(self.uploads())
    }

    /// Deletes the leftovers of transfers that nobody went on with for days, and lists of chunks that are older than the
    /// objects of most repositories. What can't be deleted stays for next time.
    pub(crate) fn sweep(&self) {
        let directories = [
            (self.downloads(), KEPT),
            (self.uploads(), KEPT),
            (self.root.join("chunks"), LISTS_KEPT),
            (self.root.join("recipes"), LISTS_KEPT),
        ];
        for (directory, kept) in directories {
            let Ok(entries) = fs::read_dir(directory) else {
                continue;
            };
            for entry in entries.flatten() {
                if is_older(&entry, kept) && !is_locked(&entry.path()) {
                    tracing::debug!(path = %entry.path().display(), "deleting what an old transfer left");
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }
}

fn is_older(entry: &fs::DirEntry, than: Duration) -> bool {
    let modified = entry.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| {
        SystemTime::now()
            .duration_since(time)
            .is_ok_and(|age| age > than)
    })
}

/// Whether another process works on this journal.
fn is_locked(path: &Path) -> bool {
    fs::File::open(path)
        .is_ok_and(|file| matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_old_is_swept() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::new(directory.path());
        let (old, new) = (Oid::of(b"old"), Oid::of(b"new"));
        workspace.prepare_downloads().unwrap();
        for oid in [&old, &new] {
            fs::write(workspace.partial(oid), "x").unwrap();
        }
        let past = SystemTime::now() - KEPT - Duration::from_mins(1);
        fs::File::options()
            .write(true)
            .open(workspace.partial(&old))
            .unwrap()
            .set_modified(past)
            .unwrap();
        workspace.sweep();
        assert!(!workspace.partial(&old).exists());
        assert!(workspace.partial(&new).exists());
    }
}
