//! What a transfer has done so far, so that another process can go on where this one was killed.
//!
//! A journal is a text file: a header line that says what is transferred, then a line for each piece that is done, each
//! one JSON. Lines are only ever appended; a last line that was cut off is no line. The file is locked while a process
//! works on it, and the lock goes when the process goes, however it does.
//!
//! A journal is a hint and never a proof: pieces that it names are checked again before they are used.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// An open and locked journal.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    header: String,
}

impl Journal {
    /// Opens the journal at `path`, or begins it, and returns the entries that belong to `header`. `None` when another
    /// process works on it.
    ///
    /// A journal of another header is of another transfer (the object moved to another bucket, parts of another size):
    /// it is begun anew.
    pub(crate) fn open<E: DeserializeOwned>(
        path: &Path,
        header: &impl Serialize,
    ) -> io::Result<Option<(Self, Vec<E>)>> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut journal = Self {
            file,
            path: path.to_owned(),
            header: serde_json::to_string(header)?,
        };
        let entries = journal.entries(&bytes);
        let Some(entries) = entries else {
            journal.restart()?;
            return Ok(Some((journal, Vec::new())));
        };
        // What follows the last whole line would run into the next one.
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        journal.file.set_len(whole as u64)?;
        journal.file.seek(SeekFrom::End(0))?;
        Ok(Some((journal, entries)))
    }

    /// Adds an entry.
    pub(crate) fn append(&mut self, entry: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }

    /// Forgets all entries.
    pub(crate) fn restart(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(format!("{}\n", self.header).as_bytes())
    }

    /// Deletes the journal: the transfer is done, or given up.
    pub(crate) fn remove(self) -> io::Result<()> {
        let path = self.path;
        // Windows deletes no open file.
        drop(self.file);
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The entries in `bytes`, if they begin with this journal's header.
    fn entries<E: DeserializeOwned>(&self, bytes: &[u8]) -> Option<Vec<E>> {
        let whole = &bytes[..=bytes.iter().rposition(|byte| *byte == b'\n')?];
        let mut lines = whole.split_inclusive(|byte| *byte == b'\n');
        if lines.next()? != format!("{}\n", self.header).as_bytes() {
            return None;
        }
        Some(
            lines
                .map_while(|line| serde_json::from_slice(line).ok())
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path, header: &str) -> (Journal, Vec<u32>) {
        Journal::open(path, &header)
            .unwrap()
            .expect("nobody else holds it")
    }

    #[test]
    fn entries_are_there_for_the_next_process() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new/journal");
        let (mut journal, entries) = open(&path, "a");
        assert!(entries.is_empty());
        journal.append(&1).unwrap();
        journal.append(&2).unwrap();
        drop(journal);
        assert_eq!(open(&path, "a").1, [1, 2]);
        assert!(open(&path, "b").1.is_empty(), "another transfer's entries");
        assert!(open(&path, "a").1.is_empty(), "it was begun anew");
    }

    #[test]
    fn a_line_that_was_cut_off_is_no_entry() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        std::fs::write(&path, "\"a\"\n11\n12\n1").unwrap();
        let (mut journal, entries) = open(&path, "a");
        assert_eq!(entries, [11, 12]);
        journal.append(&13).unwrap();
        drop(journal);
        assert_eq!(open(&path, "a").1, [11, 12, 13]);
    }

    #[test]
    fn garbage_begins_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        for garbage in [
            &b""[..],
            b"\n",
            b"\xff\xfe\n",
            b"\"a\"",
            b"\"a\"\nnonsense\n5\n",
        ] {
            std::fs::write(&path, garbage).unwrap();
            assert!(open(&path, "a").1.is_empty(), "{garbage:?}");
        }
    }

    #[test]
    fn two_cannot_work_on_one_journal() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let held = open(&path, "a");
        assert!(Journal::open::<u32>(&path, &"a").unwrap().is_none());
        drop(held);
        assert!(Journal::open::<u32>(&path, &"a").unwrap().is_some());
    }

    #[test]
    fn a_removed_journal_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        open(&path, "a").0.remove().unwrap();
        assert!(!path.exists());
    }
}
