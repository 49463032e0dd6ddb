//! A download that isn't whole yet: a file that comes together, and a journal of what is in it.
//!
//! Both stay when a process is killed, and the next one goes on with them. Nothing that the journal says is believed before
//! the file has been looked at.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::TransferError;
use crate::oid::Oid;
use crate::transfer::journal::Journal;
use crate::transfer::workspace::Workspace;

/// A download's file and journal.
#[derive(Debug)]
pub(crate) struct Unfinished {
    workspace: Workspace,
    oid: Oid,
    path: PathBuf,
    file: Arc<File>,
    /// `None` when another process downloads the same object: this one then works alone, in a file of its own.
    journal: Option<Journal>,
}

impl Unfinished {
    /// Takes up what an earlier download of `oid` with the same `header` left, or begins; returns the journal's entries. The
    /// file has `size` bytes, of which those that aren't in yet are anything.
    pub(crate) fn open<E: DeserializeOwned>(
        workspace: &Workspace,
        oid: &Oid,
        size: u64,
        header: &impl Serialize,
    ) -> Result<(Self, Vec<E>), TransferError> {
        let written = workspace.prepare_downloads();
        written.map_err(|error| TransferError::local("write", workspace.root(), error))?;
        let journal_path = workspace.download_journal(oid);
        let opened = Journal::open(&journal_path, header)
            .map_err(|error| TransferError::local("write", &journal_path, error))?;
        let (path, journal, entries) = match opened {
            Some((journal, entries)) => (workspace.partial(oid), Some(journal), entries),
            None => (workspace.unique(oid), None, Vec::new()),
        };
        let open = || {
            let mut options = OpenOptions::new();
            let options = options.read(true).write(true).create(true).truncate(false);
            let file = options.open(&path)?;
            file.set_len(size)?;
            Ok(file)
        };
        let file = open().map_err(|error| TransferError::local("write", &path, error))?;
        let unfinished = Self {
            workspace: workspace.clone(),
            oid: *oid,
            path,
            file: Arc::new(file),
            journal,
        };
        Ok((unfinished, entries))
    }

    /// The file, to be read and written at places.
    pub(crate) fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Takes down in the journal what is in now.
    pub(crate) fn note(&mut self, entry: &impl Serialize) -> Result<(), TransferError> {
        let noted = self.journal.as_mut().map(|journal| journal.append(entry));
        self.journaled(noted)
    }

    /// Forgets what is in, so that all of it comes again.
    pub(crate) fn forget(&mut self) -> Result<(), TransferError> {
        let forgotten = self.journal.as_mut().map(Journal::restart);
        self.journaled(forgotten)
    }

    /// Hands the whole file out, under a name that no other process will touch.
    pub(crate) fn hand_out(self) -> Result<PathBuf, TransferError> {
        // Windows renames no open file.
        drop(self.file);
        let Some(journal) = self.journal else {
            return Ok(self.path);
        };
        let unique = self.workspace.unique(&self.oid);
        fs::rename(&self.path, &unique)
            .map_err(|error| TransferError::local("write", &unique, error))?;
        // A journal that stays behind is found not to fit.
        let _ = journal.remove();
        Ok(unique)
    }

    /// Deletes what is there: it isn't worth keeping.
    pub(crate) fn discard(self) {
        drop(self.file);
        let _ = fs::remove_file(&self.path);
        if let Some(journal) = self.journal {
            let _ = journal.remove();
        }
    }

    /// The failure to write the file.
    pub(crate) fn unwritable(&self, error: io::Error) -> TransferError {
        TransferError::local("write", &self.path, error)
    }

    /// The failure to read the file.
    pub(crate) fn unreadable(&self, error: io::Error) -> TransferError {
        TransferError::local("read", &self.path, error)
    }

    fn journaled(&self, written: Option<io::Result<()>>) -> Result<(), TransferError> {
        let path = || self.workspace.download_journal(&self.oid);
        let failed = |error| TransferError::local("write", &path(), error);
        written.map_or(Ok(()), |written| written.map_err(failed))
    }
}
