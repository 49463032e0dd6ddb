//! Reading and writing files at given places, and hashing them, on every system.
//!
//! Several tasks share one open file, so none may move a common cursor.

use std::fs::File;
use std::io;
use std::sync::mpsc;

use sha2::{Digest, Sha256};

use crate::oid::Oid;

/// How much is read from a file at once, in bytes: large enough that system calls cost nothing, small enough to stay in
/// the processor's cache.
pub(crate) const BUFFER: usize = 128 << 10;

/// Fills `buffer` from the file's bytes at `offset`.
///
/// # Errors
/// `UnexpectedEof` when the file ends before.
pub(crate) fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
    }
    #[cfg(windows)]
    {
        let mut filled = 0;
        while filled < buffer.len() {
            match std::os::windows::fs::FileExt::seek_read(
                file,
                &mut buffer[filled..],
                offset + filled as u64,
            )? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
        }
        Ok(())
    }
}

/// Writes all of `bytes` at `offset`.
pub(crate) fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
    }
    #[cfg(windows)]
    {
        let mut written = 0;
        while written < bytes.len() {
            match std::os::windows::fs::FileExt::seek_write(
                file,
                &bytes[written..],
                offset + written as u64,
            )? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => written += count,
            }
        }
        Ok(())
    }
}

/// Calls `take` with the `length` bytes from `offset` on, in order, a buffer at a time.
pub(crate) fn read_range(
    file: &File,
    offset: u64,
    length: u64,
    buffer: &mut Vec<u8>,
    mut take: impl FnMut(&[u8]),
) -> io::Result<()> {
    buffer.resize(BUFFER, 0);
    let end = offset + length;
    let mut at = offset;
    while at < end {
        let step = usize::try_from(end - at).unwrap_or(usize::MAX).min(BUFFER);
        read_exact_at(file, &mut buffer[..step], at)?;
        take(&buffer[..step]);
        at += step as u64;
    }
    Ok(())
}

/// Hashes the file in order, up to each end that is announced, until no more are.
pub(crate) fn hash_behind(file: &File, ready: &mpsc::Receiver<u64>) -> io::Result<Oid> {
    let mut sha256 = Sha256::new();
    let mut buffer = Vec::new();
    let mut hashed = 0;
    for until in ready {
        read_range(file, hashed, until - hashed, &mut buffer, |bytes| {
            sha256.update(bytes);
        })?;
        hashed = until;
    }
    Ok(Oid::from_bytes(sha256.finalize().into()))
}
