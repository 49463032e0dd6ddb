//! A pack, put together in a file that goes when this does.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use dump_delta::{ContentHash, Plan};
use sha2::{Digest, Sha256};

use crate::oid::Oid;
use crate::transfer::file::read_exact_at;
use crate::transfer::workspace::Workspace;

/// A pack that grows.
pub(crate) struct NewPack {
    scratch: Scratch,
    file: BufWriter<File>,
    sha256: Sha256,
    size: u64,
}

/// A pack that is whole.
pub(crate) struct PackFile {
    scratch: Scratch,
    oid: Oid,
    size: u64,
}

/// A file that goes when this does.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is swept days later.
        let _ = fs::remove_file(&self.0);
    }
}

impl NewPack {
    /// An empty one, for a version of the object `oid`.
    pub(crate) fn create(workspace: &Workspace, oid: &Oid) -> io::Result<Self> {
        workspace.prepare_uploads()?;
        let path = workspace.pack(oid);
        let file = BufWriter::new(File::create(&path)?);
        Ok(Self {
            scratch: Scratch(path),
            file,
            sha256: Sha256::new(),
            size: 0,
        })
    }

    /// Adds bytes, and says where they begin.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let offset = self.size;
        self.sha256.update(bytes);
        self.file.write_all(bytes)?;
        self.size += bytes.len() as u64;
        Ok(offset)
    }

    /// The whole pack.
    pub(crate) fn finish(mut self) -> io::Result<PackFile> {
        self.file.flush()?;
        Ok(PackFile {
            scratch: self.scratch,
            oid: Oid::from_bytes(self.sha256.finalize().into()),
            size: self.size,
        })
    }
}

impl PackFile {
    /// Copies what is new from the file `path`, and checks that it still is what was compared.
    pub(crate) fn write(
        workspace: &Workspace,
        oid: &Oid,
        path: &Path,
        plan: &Plan,
    ) -> io::Result<Self> {
        let from = File::open(path)?;
        let mut pack = NewPack::create(workspace, oid)?;
        let mut chunk = Vec::new();
        for new in plan.new_ranges() {
            chunk.resize(new.length as usize, 0);
            read_exact_at(&from, &mut chunk, new.offset)?;
            if ContentHash::of(&chunk) != new.hash {
                return Err(io::Error::other("the object changed while it was read"));
            }
            pack.add(&chunk)?;
        }
        pack.finish()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.scratch.0
    }

    /// The SHA-256 of its content.
    pub(crate) fn oid(&self) -> Oid {
        self.oid
    }

    /// In bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }
}
