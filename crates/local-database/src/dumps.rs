//! What `dumps/` holds: files to load, in the order of their names, and what makes them one version of the database.
//!
//! The rules are those of the container's own script, so that both call the same directory fit to load.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use command_line::Failure;
use lfs_pointer::Pointer;
use project_files::{Project, plain_reason};
use sha2::{Digest as _, Sha256};

/// The directory, from the repository's root.
pub(crate) const DIRECTORY: &str = "dumps";

/// What gen-schema writes.
pub(crate) const SCHEMA: &str = "01_schema.sql";

/// What gen-dummy writes.
pub(crate) const ROWS: &str = "02_dummy.sql.gz";

/// A file to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dump {
    /// Its name in the directory.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// In bytes, as it is on disk.
    pub(crate) size: u64,
    /// What git has in its place, if that lies here and not the file itself.
    pub(crate) pointer: Option<Pointer>,
}

/// The files of the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dumps {
    pub(crate) files: Vec<Dump>,
}

/// Why a directory can't be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lack {
    /// There is no dump at all.
    Everything,
    /// There is a schema and nothing beside it.
    Rows,
    /// Some are pointers; their names.
    Pointers(Vec<String>),
}

impl Dump {
    /// From the repository's root, as it is told.
    pub(crate) fn shown(&self) -> String {
        format!("{DIRECTORY}/{}", self.name)
    }

    /// Whether it is compressed.
    pub(crate) fn is_gzip(&self) -> bool {
        self.name.strip_suffix(".gz").is_some()
    }
}

impl Dumps {
    /// Looks into the directory. One that isn't there is empty.
    pub(crate) fn find(project: &Project) -> Result<Self, Failure> {
        let directory = project.resolve(Path::new(DIRECTORY));
        let entries = match std::fs::read_dir(&directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            entries => entries.map_err(|error| unreadable(DIRECTORY, &error))?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(DIRECTORY, &error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // As the shell's patterns have it: what begins with a dot is hidden.
            let is_dump = name
                .strip_suffix(".gz")
                .unwrap_or(&name)
                .strip_suffix(".sql")
                .is_some();
            let path = entry.path();
            if is_dump && !name.starts_with('.') && path.is_file() {
                let told = format!("{DIRECTORY}/{name}");
                let (size, pointer) = look(&path).map_err(|error| unreadable(&told, &error))?;
                files.push(Dump {
                    name,
                    path,
                    size,
                    pointer,
                });
            }
        }
        files.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self { files })
    }

    /// What is missing, if anything is.
    pub(crate) fn lack(&self) -> Option<Lack> {
        let pointers: Vec<String> = self
            .files
            .iter()
            .filter(|file| file.pointer.is_some())
            .map(|file| file.name.clone())
            .collect();
        if !pointers.is_empty() {
            return Some(Lack::Pointers(pointers));
        }
        match self.files.as_slice() {
            [] => Some(Lack::Everything),
            [only] if only.name == SCHEMA => Some(Lack::Rows),
            _ => None,
        }
    }

    /// The file of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Dump> {
        self.files.iter().find(|file| file.name == name)
    }

    /// What `sha256sum dumps/*` writes in the container, in the order of names.
    pub(crate) fn sums(&self) -> Result<Sums, Failure> {
        let mut lines = Vec::new();
        for file in &self.files {
            let told = file.shown();
            let sum = sha256(&file.path).map_err(|error| unreadable(&told, &error))?;
            lines.push(format!("{sum}  {told}"));
        }
        Ok(Sums(lines))
    }
}

/// The SHA-256 of each file: what a database was loaded from, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sums(Vec<String>);

impl Sums {
    /// The SHA-256 of the lines, by which a loaded database is known. 64 hexadecimal digits.
    pub(crate) fn key(&self) -> String {
        let mut text = self.0.join("\n");
        text.push('\n');
        hexadecimal(&Sha256::digest(text))
    }
}

/// A file's size, and the pointer that it is.
fn look(path: &Path) -> io::Result<(u64, Option<Pointer>)> {
    let size = path.metadata()?.len();
    if size > lfs_pointer::LARGEST {
        return Ok((size, None));
    }
    let mut content = Vec::new();
    File::open(path)?.read_to_end(&mut content)?;
    Ok((size, Pointer::parse(&content)))
}

/// The SHA-256 of a file, in hexadecimal digits.
pub(crate) fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Bytes as digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    let failure = Failure::outside(format!("can't read `{name}`: {}", plain_reason(error)));
    match error.kind() {
        io::ErrorKind::NotADirectory => failure.hint(format!(
            "move that file away: `{DIRECTORY}` has to be a directory"
        )),
        io::ErrorKind::PermissionDenied => failure.hint(format!(
            "let this user read it: `sudo chown -R $USER {DIRECTORY}`"
        )),
        _ => failure.hint(format!(
            "`git checkout -- {DIRECTORY}` brings back what git has"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTER: &str = "version https://git-lfs.github.com/spec/v1\n\
        oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

    fn found(files: &[(&str, &str)]) -> (tempfile::TempDir, Dumps) {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("dumps")).unwrap();
        for (name, content) in files {
            std::fs::write(root.path().join("dumps").join(name), content).unwrap();
        }
        let dumps = Dumps::find(&Project::rooted(root.path())).unwrap();
        (root, dumps)
    }

    #[track_caller]
    fn lacks(files: &[(&str, &str)], expected: Option<&Lack>) {
        assert_eq!(found(files).1.lack().as_ref(), expected);
    }

    #[test]
    fn what_is_missing_is_found() {
        lacks(&[], Some(&Lack::Everything));
        lacks(
            &[("README", ""), (".hidden.sql", "")],
            Some(&Lack::Everything),
        );
        lacks(&[("01_schema.sql", "")], Some(&Lack::Rows));
        lacks(&[("01_schema.sql", ""), ("02_none.sql", "")], None);
        lacks(&[("all.sql", "")], None);
        lacks(
            &[("01_schema.sql", ""), ("02_dummy.sql.gz", POINTER)],
            Some(&Lack::Pointers(vec!["02_dummy.sql.gz".to_owned()])),
        );
    }

    #[test]
    fn sums_are_those_of_sha256sum() {
        let (root, dumps) = found(&[("02_b.sql.gz", "b"), ("01_a.sql", "a")]);
        let names = ["dumps/01_a.sql", "dumps/02_b.sql.gz"];
        let mut sha256sum = std::process::Command::new("sha256sum");
        let output = sha256sum
            .current_dir(root.path())
            .args(names)
            .output()
            .unwrap();
        let written = String::from_utf8(output.stdout).unwrap();
        let sums = dumps.sums().unwrap();
        assert_eq!(sums.0.join("\n") + "\n", written);
        assert_eq!(sums.key(), hexadecimal(&Sha256::digest(written)));
    }
}
