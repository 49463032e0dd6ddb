//! The files that git tracks now, held against how git-lfs should have them.
//!
//! Three things go wrong without anybody noticing at once: a dump that was committed before `.gitattributes` named it lies in
//! git itself; a pointer whose path no attribute names is checked out as it is; and where git-lfs wasn't set up when a clone
//! was made, pointers lie in place of dumps.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::Path;

use crate::error::AgentError;
use crate::git::ask;
use crate::git::history::{blobs, small_blobs};
use crate::git::pointer::{LARGEST, Pointer};

/// The paths of files that aren't as they should be, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tracked {
    /// How many files git-lfs has.
    pub(crate) with_git_lfs: usize,
    /// Attributes say that git-lfs has them, but git has them itself.
    pub(crate) in_git: Vec<String>,
    /// Pointers of which no attribute says that they are.
    pub(crate) stray: Vec<String>,
    /// Pointers that lie in the work tree in place of what they stand for.
    pub(crate) not_fetched: Vec<String>,
}

/// Looks at all files in the index of the repository whose work tree is `root`.
pub(crate) fn tracked(root: &Path) -> Result<Tracked, AgentError> {
    let index = index(&ask(root, &["ls-files", "--stage", "-z"], Vec::new())?);
    let paths: String = index.keys().flat_map(|path| [path, "\0"]).collect();
    let attributes = ["check-attr", "-z", "--stdin", "filter"];
    let with_filter = with_filter(&ask(root, &attributes, paths.into_bytes())?);
    let pointers = pointers(root, index.values())?;
    let mut tracked = Tracked::default();
    for (path, blob) in index {
        match (with_filter.contains(&path), pointers.contains(&blob)) {
            (true, true) => {
                tracked.with_git_lfs += 1;
                if is_pointer(&root.join(&path)) {
                    tracked.not_fetched.push(path);
                }
            }
            (true, false) if blob != EMPTY => tracked.in_git.push(path),
            (false, true) => tracked.stray.push(path),
            _ => {}
        }
    }
    Ok(tracked)
}

/// The files of the work tree that these patterns name and that git ignores, in git's order.
pub(crate) fn ignored(root: &Path, patterns: &[String]) -> Result<Vec<String>, AgentError> {
    let mut arguments = vec![
        "ls-files",
        "--others",
        "--ignored",
        "--exclude-standard",
        "-z",
        "--",
    ];
    arguments.extend(patterns.iter().map(String::as_str));
    let listing = ask(root, &arguments, Vec::new())?;
    let text = String::from_utf8_lossy(&listing);
    Ok(text.split_terminator('\0').map(str::to_owned).collect())
}

/// git's name for the empty file, which is no pointer and needs none.
const EMPTY: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

/// Paths and their blobs, from `MODE BLOB STAGE\tPATH` ended by NUL. Links and submodules aren't files.
fn index(listing: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(listing);
    let files = text.split('\0').filter_map(|entry| {
        let (fields, path) = entry.split_once('\t')?;
        let mut fields = fields.split(' ');
        let (mode, blob) = (fields.next()?, fields.next()?);
        mode.starts_with("100").then(|| (path.into(), blob.into()))
    });
    files.collect()
}

/// The paths whose filter is git-lfs's, from `PATH`, `filter`, `VALUE`, each ended by NUL.
fn with_filter(attributes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(attributes);
    let fields: Vec<&str> = text.split('\0').collect();
    let entries = fields.chunks_exact(3);
    entries
        .filter(|entry| entry[2] == "lfs")
        .map(|entry| entry[0].to_owned())
        .collect()
}

/// Those of these blobs that are pointers.
fn pointers<'a>(
    root: &Path,
    all: impl Iterator<Item = &'a String>,
) -> Result<BTreeSet<String>, AgentError> {
    let names: BTreeSet<&str> = all.map(String::as_str).collect();
    let lines = names.into_iter().flat_map(|name| [name, "\n"]);
    let small = small_blobs(root, lines.collect::<String>().into_bytes())?;
    let lines: String = small.keys().flat_map(|name| [name, "\n"]).collect();
    let contents = ask(
        root,
        &["cat-file", "--batch", "--buffer"],
        lines.into_bytes(),
    )?;
    Ok(blobs(&contents)
        .filter(|(_, content)| Pointer::parse(content).is_some())
        .map(|(name, _)| name.to_owned())
        .collect())
}

/// Whether a file's content is a pointer.
fn is_pointer(path: &Path) -> bool {
    let mut content = Vec::new();
    let read =
        fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut content));
    read.is_ok() && Pointer::parse(&content).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_may_have_spaces_and_tabs_and_links_are_no_files() {
        let listing =
            b"100644 aa 0\tdumps/a b.gz\x00120000 bb 0\tlink\x00160000 cc 0\tsub\x00100755 dd 0\tx\ty\0";
        let found: Vec<_> = index(listing).into_iter().collect();
        let expected = [("dumps/a b.gz", "aa"), ("x\ty", "dd")];
        assert_eq!(
            found,
            expected.map(|(path, blob)| (path.into(), blob.into()))
        );
        let attributes = b"a b\0filter\0lfs\0c\0filter\0unspecified\0";
        assert_eq!(with_filter(attributes), ["a b".to_owned()].into());
    }
}
