//! What a generator reads, of three versions, and what these come to.
//!
//! Only what may be read is looked at: the folder of the schema, `schema/` with the settings, and what the settings name. A
//! source that lies elsewhere is missed by the generator itself, and then the file is merged as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use super::{Generator, Heads};
use crate::dumps::content::{self, Content};
use crate::error::AgentError;
use crate::git;
use crate::git::pointer::Pointer;
use crate::git::repository::Repository;

/// The folder of what the generators are told for good.
const SETTINGS: &str = "schema/";

/// Where the settings name files.
const SETTINGS_FILES: [&str; 2] = ["schema/schema.toml", "schema/dummy.toml"];

/// A schema at the repository's root may require anything; its files end like this.
const ENDINGS: [&str; 6] = ["rb", "schema", "toml", "csv", "sql", "txt"];

/// Paths and git's names for what is there.
pub(super) type Listing = BTreeMap<String, String>;

/// The sources of the versions that are merged.
pub(super) struct Sources {
    bases: Vec<Listing>,
    pub(super) ours: Listing,
    pub(super) theirs: Listing,
}

/// What three versions come to.
pub(super) enum Merge {
    Clean(Listing),
    /// The paths of what has to be decided.
    Conflicts(Vec<String>),
}

impl Sources {
    pub(super) fn of(
        generator: &Generator,
        ours: Listing,
        heads: &Heads,
        repository: &Repository,
    ) -> Result<Self, AgentError> {
        let theirs = tree(&heads.theirs, repository)?;
        let bases: Vec<Listing> = heads
            .bases
            .iter()
            .map(|base| tree(base, repository))
            .collect::<Result<_, _>>()?;
        let mut settings = String::new();
        for listing in [&ours, &theirs] {
            for file in SETTINGS_FILES {
                let content = blob(listing.get(file).map(String::as_str), repository)?;
                settings.push_str(&String::from_utf8_lossy(&content));
            }
        }
        let of = |listing: Listing| within(generator.source(), &settings, listing);
        Ok(Self {
            bases: bases.into_iter().map(of).collect(),
            ours: of(ours),
            theirs: of(theirs),
        })
    }

    /// Merges path by path, as git does.
    pub(super) fn merge(&self, repository: &Repository) -> Result<Merge, AgentError> {
        let paths: BTreeSet<&String> = self.ours.keys().chain(self.theirs.keys()).collect();
        let mut merged = Listing::new();
        let mut conflicts = Vec::new();
        for path in paths {
            let (ours, theirs) = (self.ours.get(path), self.theirs.get(path));
            let bases = || self.bases.iter().map(|base| base.get(path));
            let chosen = if let Some(chosen) = decide(ours, theirs, bases()) {
                chosen.cloned()
            } else {
                let both = if let (Some(ours), Some(theirs)) = (ours, theirs) {
                    let mut bases = bases();
                    let base = bases.next().flatten().filter(|_| bases.next().is_none());
                    text(path, base, ours, theirs, repository)?
                } else {
                    None
                };
                if both.is_none() {
                    conflicts.push(path.clone());
                }
                both
            };
            merged.extend(chosen.map(|blob| (path.clone(), blob)));
        }
        Ok(if conflicts.is_empty() {
            Merge::Clean(merged)
        } else {
            Merge::Conflicts(conflicts)
        })
    }
}

/// The version that both sides come to, if it is one of them; that may be that the file is gone.
#[expect(
    clippy::option_option,
    reason = "a file that is gone isn't one that both changed"
)]
fn decide<'a>(
    ours: Option<&'a String>,
    theirs: Option<&'a String>,
    mut bases: impl Iterator<Item = Option<&'a String>>,
) -> Option<Option<&'a String>> {
    if ours == theirs {
        return Some(ours);
    }
    let base = bases.next().flatten();
    if bases.any(|other| other != base) {
        return None;
    }
    if base == ours {
        Some(theirs)
    } else if base == theirs {
        Some(ours)
    } else {
        None
    }
}

/// Merges lines; `None` where they conflict, or where nobody but git knows how this file is merged.
fn text(
    path: &str,
    base: Option<&String>,
    ours: &str,
    theirs: &str,
    repository: &Repository,
) -> Result<Option<String>, AgentError> {
    let answer = git::run_in(
        repository.root(),
        &["check-attr", "-z", "merge", "--", path],
    )?;
    let answer = String::from_utf8_lossy(&answer);
    let union = match answer.split('\0').nth(2) {
        Some("unspecified" | "set" | "text") => false,
        Some("union") => true,
        _ => return Ok(None),
    };
    let directory = content::temporary_directory(repository)?;
    let mut files = Vec::new();
    for (name, version) in [
        ("ours", Some(ours)),
        ("base", base.map(String::as_str)),
        ("theirs", Some(theirs)),
    ] {
        let file = directory.path().join(name);
        fs::write(&file, blob(version, repository)?)
            .map_err(|error| AgentError::file("write", &file, error))?;
        files.push(file.to_string_lossy().into_owned());
    }
    let mut arguments = vec!["merge-file", "--stdout", "--quiet"];
    if union {
        arguments.push("--union");
    }
    arguments.extend(files.iter().map(String::as_str));
    let answer = git::attempt_in(repository.root(), &arguments)?;
    if !answer.status.success() {
        return Ok(None);
    }
    let merged = git::ask(
        repository.root(),
        &["hash-object", "-w", "--stdin"],
        answer.stdout,
    )?;
    Ok(Some(String::from_utf8_lossy(&merged).trim().to_owned()))
}

/// What of a version a generator may read.
fn within(source: &str, settings: &str, listing: Listing) -> Listing {
    let folder = source
        .rsplit_once('/')
        .map(|(folder, _)| format!("{folder}/"));
    listing
        .into_iter()
        .filter(|(path, _)| {
            let in_folder = match &folder {
                Some(folder) => path.starts_with(folder),
                None => {
                    path == source
                        || Path::new(path)
                            .extension()
                            .is_some_and(|end| ENDINGS.iter().any(|known| end == *known))
                }
            };
            in_folder || path.starts_with(SETTINGS) || settings.contains(path)
        })
        .collect()
}

/// All files of a version.
pub(super) fn tree(commit: &str, repository: &Repository) -> Result<Listing, AgentError> {
    let answer = git::run_in(
        repository.root(),
        &["ls-tree", "-r", "-z", "--full-tree", commit],
    )?;
    // `MODE TYPE NAME\tPATH`
    Ok(listing(&answer, |fields| match fields {
        [mode, _, name] if mode.starts_with("100") => Some(name),
        _ => None,
    }))
}

/// All files of git's index, which is what ours is while git merges.
pub(super) fn index(repository: &Repository) -> Result<Listing, AgentError> {
    let answer = git::run_in(
        repository.root(),
        &["ls-files", "--stage", "-z", "--full-name", ":/"],
    )?;
    // `MODE NAME STAGE\tPATH`
    Ok(listing(&answer, |fields| match fields {
        [mode, name, "0" | "2"] if mode.starts_with("100") => Some(name),
        _ => None,
    }))
}

fn listing<'a>(answer: &'a [u8], name: impl Fn(&[&'a str]) -> Option<&'a str>) -> Listing {
    let text = std::str::from_utf8(answer).unwrap_or_default();
    text.split('\0')
        .filter_map(|entry| {
            let (fields, path) = entry.split_once('\t')?;
            let fields: Vec<&str> = fields.split(' ').collect();
            Some((path.to_owned(), name(&fields)?.to_owned()))
        })
        .collect()
}

/// The sources that git has left unmerged.
pub(super) fn unmerged(
    generator: &Generator,
    path: &str,
    repository: &Repository,
) -> Result<Vec<String>, AgentError> {
    let arguments = ["ls-files", "--unmerged", "-z", "--full-name", ":/"];
    let answer = git::run_in(repository.root(), &arguments)?;
    let all = listing(&answer, |fields| fields.get(1).copied());
    let own = within(generator.source(), "", all);
    Ok(own.into_keys().filter(|source| source != path).collect())
}

/// The content that git has under this name of its own.
pub(super) fn blob(name: Option<&str>, repository: &Repository) -> Result<Vec<u8>, AgentError> {
    match name {
        Some(name) => git::run_in(repository.root(), &["cat-file", "blob", name]),
        None => Ok(Vec::new()),
    }
}

/// Writes the sources below a directory, as the root of a repository.
pub(super) fn write(
    listing: &Listing,
    directory: &Path,
    repository: &Repository,
) -> Result<(), AgentError> {
    let cannot_write = |path: &Path| {
        let path = path.to_owned();
        move |error| AgentError::file("write", &path, error)
    };
    // So that generators know where the repository begins.
    let mark = directory.join(".git");
    fs::create_dir_all(&mark).map_err(cannot_write(&mark))?;
    let names: BTreeSet<&str> = listing.values().map(String::as_str).collect();
    let input: String = names.iter().flat_map(|name| [*name, "\n"]).collect();
    let arguments = ["cat-file", "--batch", "--buffer"];
    let batch = git::ask(repository.root(), &arguments, input.into_bytes())?;
    let contents: BTreeMap<&str, &[u8]> = crate::git::history::blobs(&batch).collect();
    for (path, name) in listing {
        let file = directory.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(cannot_write(folder))?;
        }
        let content = contents.get(name.as_str()).copied().unwrap_or_default();
        if Pointer::parse(content).is_some() {
            // A source that git-lfs keeps.
            let large = Content::of_blob(Some(name), repository)?;
            let mut target = fs::File::create(&file).map_err(cannot_write(&file))?;
            let mut reader = dump_text::Source::open(&large).map_err(cannot_write(&file))?;
            io::copy(&mut reader, &mut target).map_err(cannot_write(&file))?;
        } else {
            fs::write(&file, content).map_err(cannot_write(&file))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        (!text.is_empty()).then(|| text.to_owned())
    }

    #[test]
    fn a_file_that_one_side_changed_is_that_sides() {
        for (ours, theirs, bases, expected) in [
            ("a", "a", &["x"][..], Some("a")),
            ("a", "b", &["a"], Some("b")),
            ("b", "a", &["a"], Some("b")),
            ("", "a", &["a"], Some("")),
            ("a", "", &["a"], Some("")),
            ("a", "b", &["c"], None),
            ("", "b", &["c"], None),
            ("a", "b", &["a", "b"], None),
            ("a", "b", &["a", "a"], Some("b")),
            ("a", "", &[], Some("a")),
        ] {
            let (ours, theirs) = (some(ours), some(theirs));
            let bases: Vec<Option<String>> = bases.iter().map(|base| some(base)).collect();
            let decided = decide(
                ours.as_ref(),
                theirs.as_ref(),
                bases.iter().map(Option::as_ref),
            );
            assert_eq!(
                decided,
                expected.map(some).as_ref().map(Option::as_ref),
                "{ours:?} {theirs:?}"
            );
        }
    }

    #[test]
    fn only_what_a_generator_may_read_is_looked_at() {
        let all = || -> Listing {
            [
                "schema/dummy.toml",
                "db/schema.rb",
                "db/masters/a.csv",
                "app/user.rb",
                "config/words.rb",
                "Schemafile",
                "logo.png",
            ]
            .map(|path| (path.to_owned(), String::new()))
            .into()
        };
        let paths = |source: &str, settings: &str| {
            let found = within(source, settings, all());
            found.into_keys().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            paths("db/schema.rb", "inflections = \"config/words.rb\""),
            "config/words.rb db/masters/a.csv db/schema.rb schema/dummy.toml"
        );
        assert_eq!(
            paths("Schemafile", ""),
            "Schemafile app/user.rb config/words.rb db/masters/a.csv db/schema.rb schema/dummy.toml"
        );
    }
}
