//! Files that are written whole or not at all.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use tempfile::Builder;

/// Puts a file with all of `content` in the place of whatever is at `path`.
///
/// # Errors
/// Of reading and writing; what was there before is then still there.
pub(crate) fn write(path: &Path, content: &mut impl Read) -> io::Result<()> {
    // In the same directory, since nothing can be renamed from one file system into another.
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = readable_by_all(&mut Builder::new()).tempfile_in(directory)?;
    io::copy(content, &mut file)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// As a plain new file would be, after the process's mask; temporary files are otherwise private.
fn readable_by_all<'a, 'b>(builder: &'b mut Builder<'a, 'a>) -> &'b mut Builder<'a, 'a> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666))
    }
    #[cfg(not(unix))]
    builder
}
