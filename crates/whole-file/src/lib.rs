//! Outputs that appear whole or not at all.

mod interrupted;

use interrupted::Doomed;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that gets its name when it is finished.
///
/// The bytes go to a temporary file in the same directory, because a rename is only atomic within a
/// file system. Dropped without [`WholeFile::finish`], or when a signal ends the process, it leaves what was there untouched
/// and nothing beside it. A device or
/// a pipe (`-o /dev/null`) is written to as it is: a file must not take its place.
#[derive(Debug)]
pub struct WholeFile {
    destination: Destination,
}

#[derive(Debug)]
enum Destination {
    File {
        temporary: NamedTempFile,
        path: PathBuf,
        doomed: Doomed,
    },
    Device(File),
}

impl WholeFile {
    /// Begins a file. Missing directories on the way to it are made.
    ///
    /// # Errors
    /// What the system says about the directory, or about a device.
    pub fn create(path: &Path) -> io::Result<Self> {
        // Told now: a rename over a directory would fail only when all the work is done.
        if path.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "it is a directory",
            ));
        }
        if fs_err::metadata(path).is_ok_and(|found| !found.is_file()) {
            let device = File::options().write(true).open(path)?;
            return Ok(Self {
                destination: Destination::Device(device),
            });
        }
        // A link's target is replaced and not the link: people link dumps into other places.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let directory = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        fs_err::create_dir_all(directory)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".writing-").suffix(".tmp");
        readable_by_all(&mut builder);
        let temporary = builder.tempfile_in(directory).map_err(|error| {
            match error.kind() {
                // The directory is there; `/proc` is one in which nothing can be made.
                io::ErrorKind::NotFound => io::Error::other("no file can be made in its directory"),
                _ => error,
            }
        })?;
        Ok(Self {
            destination: Destination::File {
                doomed: Doomed::new(temporary.path()),
                temporary,
                path,
            },
        })
    }

    /// Makes the bytes durable and gives the file its name.
    ///
    /// # Errors
    /// What the system says; the file that had the name before is then still there.
    pub fn finish(self) -> io::Result<()> {
        if let Destination::File { temporary, .. } = &self.destination {
            temporary.as_file().sync_all()?;
        }
        self.finish_when_the_system_likes()
    }

    /// Gives the file its name, and leaves it to the system when the bytes are durable. For many small files that are made
    /// again from others at any time: waiting for each takes a hundred times as long as writing them all.
    ///
    /// # Errors
    /// As [`WholeFile::finish`].
    pub fn finish_when_the_system_likes(self) -> io::Result<()> {
        match self.destination {
            Destination::File {
                temporary,
                path,
                doomed,
            } => {
                temporary.persist(&path).map_err(|error| error.error)?;
                drop(doomed);
                Ok(())
            }
            Destination::Device(mut device) => device.flush(),
        }
    }
}

impl Write for WholeFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match &mut self.destination {
            Destination::File { temporary, .. } => temporary.write(buffer),
            Destination::Device(device) => device.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.destination {
            Destination::File { temporary, .. } => temporary.flush(),
            Destination::Device(device) => device.flush(),
        }
    }
}

/// A temporary file is its owner's alone, but a dump is read by a container's user. The umask still
/// applies.
#[cfg(unix)]
fn readable_by_all(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn readable_by_all(_: &mut tempfile::Builder<'_, '_>) {}

/// Puts a file with all of `content` in the place of whatever is at `path`.
///
/// # Errors
/// Of reading and writing; what was there before is then still there.
pub fn write(path: &Path, content: &mut impl Read) -> io::Result<()> {
    let mut file = WholeFile::create(path)?;
    io::copy(content, &mut file)?;
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(directory: &Path) -> Vec<String> {
        fs_err::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_finished_file_replaces_the_old_one() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("dumps/01_schema.sql");
        for content in ["old", "new"] {
            let mut file = WholeFile::create(&path).unwrap();
            file.write_all(content.as_bytes()).unwrap();
            file.finish().unwrap();
        }
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "new");
        assert_eq!(names_in(path.parent().unwrap()), ["01_schema.sql"]);
    }

    #[test]
    fn a_directory_is_told_before_anything_is_written() {
        let scratch = tempfile::tempdir().unwrap();
        let error = WholeFile::create(scratch.path()).unwrap_err();
        assert_eq!(error.to_string(), "it is a directory");
        assert!(names_in(scratch.path()).is_empty());
    }

    #[test]
    fn an_unfinished_file_leaves_nothing_behind() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("01_schema.sql");
        fs_err::write(&path, "old").unwrap();
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "old");
        assert_eq!(names_in(scratch.path()), ["01_schema.sql"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_directory_in_which_nothing_can_be_made_is_told() {
        let error = WholeFile::create(Path::new("/proc/01_schema.sql")).unwrap_err();
        assert_eq!(error.to_string(), "no file can be made in its directory");
    }

    /// As root, a rename would put a file in the place of `/dev/null`; a link stands for it here, and a
    /// named pipe would do as well.
    #[cfg(unix)]
    #[test]
    fn a_device_stays_a_device() {
        use std::os::unix::fs::FileTypeExt as _;
        let scratch = tempfile::tempdir().unwrap();
        let link = scratch.path().join("nowhere");
        fs_err::os::unix::fs::symlink("/dev/null", &link).unwrap();
        let mut file = WholeFile::create(&link).unwrap();
        file.write_all(b"gone").unwrap();
        assert!(matches!(file.destination, Destination::Device(_)));
        file.finish().unwrap();
        assert!(
            fs_err::metadata(&link)
                .unwrap()
                .file_type()
                .is_char_device()
        );
        assert_eq!(names_in(scratch.path()), ["nowhere"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_container_user_can_read_it_and_a_link_stays_a_link() {
        use std::os::unix::fs::PermissionsExt as _;
        let scratch = tempfile::tempdir().unwrap();
        let target = scratch.path().join("real.sql");
        let link = scratch.path().join("link.sql");
        fs_err::write(&target, "old").unwrap();
        fs_err::os::unix::fs::symlink(&target, &link).unwrap();
        let mut file = WholeFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.finish().unwrap();
        assert!(fs_err::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs_err::read_to_string(&target).unwrap(), "new");
        let mode = fs_err::metadata(&target).unwrap().permissions().mode();
        assert_eq!(mode & 0o400, 0o400);
        let sibling = scratch.path().join("sibling");
        fs_err::write(&sibling, "").unwrap();
        assert_eq!(
            mode,
            fs_err::metadata(&sibling).unwrap().permissions().mode()
        );
    }
}
