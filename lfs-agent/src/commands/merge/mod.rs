//! Merging dumps: as git's merge driver, and by hand where something was left to decide.
//!
//! git calls the driver for every file whose attributes say `merge=lfs-agent`, before anything of the merge is in the
//! work tree. It sees pointers; what they stand for is merged row by row (`dump-merge`), stored as git-lfs stores
//! what is added, and handed back as a pointer. Where both sides contradict each other, ours stands in the file, git
//! marks it as not merged, and `lfs-agent merge` makes the same merge again with what somebody has decided.
//!
//! What a generator made is made anew and not merged: see [`generated`].

mod conflicts;
mod generated;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::thread;

use dump_gzip::MemberWriter;
use dump_merge::{Decisions, Report, Side, Three};
use tempfile::NamedTempFile;

use crate::arguments::{DriverArguments, MergeArguments};
use crate::dumps::content::{self, Content};
use crate::dumps::schema;
use crate::error::AgentError;
use crate::git;
use crate::git::repository::Repository;
use crate::terminal::output::{remark, say};
use generated::{Files, Generator, Outcome, Waiting};

/// Merges one file for git: `ours` becomes what both sides come to.
pub(crate) fn driver(arguments: &DriverArguments) -> Result<(), AgentError> {
    let repository = Repository::discover()?;
    let path = arguments.path.to_string_lossy().replace('\\', "/");
    let files = Files {
        path: &path,
        versions: Three {
            base: &arguments.base,
            ours: &arguments.ours,
            theirs: &arguments.theirs,
        },
    };
    let as_it_is = match generated::make(&files, &repository)? {
        Outcome::Anew(generator, fresh) => {
            hand_to_git(&fresh.path(&path), &files, &repository)?;
            remark(&format!("{path}: {}", made_anew(&generator)));
            return tell_of_lines(&path, &repository);
        }
        Outcome::Waits {
            generator,
            reason,
            sources,
        } => {
            let blobs = generated::blobs(&files.versions, &repository)?;
            Waiting::write(&path, &generator, &blobs, &repository)?;
            return Err(AgentError::Undecided {
                path,
                reason,
                sources,
            });
        }
        Outcome::AsItIs(generator, reason) => Some((generator, reason)),
        Outcome::NotGenerated => None,
    };
    if let Some((generator, reason)) = &as_it_is
        && generator.is_of_schema()
    {
        let clean = merge_text(&files, &repository)?;
        remark(&format!("{path}: merged by lines: {reason}"));
        return if clean {
            remark(&format!("  hint: {}", run_it(generator)));
            Ok(())
        } else {
            Err(AgentError::LinesConflict {
                path,
                program: generator.name(),
            })
        };
    }
    let versions = Three {
        base: Content::of_file(&arguments.base, &repository)?,
        ours: Content::of_file(&arguments.ours, &repository)?,
        theirs: Content::of_file(&arguments.theirs, &repository)?,
    };
    let merged = Merged::of(&path, &versions, &Decisions::default(), &repository)?;
    hand_to_git(merged.file.path(), &files, &repository)?;
    conflicts::tell(&path, &merged.report);
    if let Some((generator, reason)) = &as_it_is {
        remark(&format!("  note: merged and not made anew: {reason}"));
        remark(&format!("  hint: {}", run_it(generator)));
    }
    if merged.report.is_clean() {
        conflicts::forget(&path, &repository)?;
        return Ok(());
    }
    let file = conflicts::write(&path, &merged.report, &repository)?;
    Err(AgentError::Conflicts {
        path,
        file,
        count: conflicts::count(&merged.report),
    })
}

/// Merges dumps that git has left unmerged, with what somebody decided.
pub(crate) fn merge(arguments: &MergeArguments, quiet: bool) -> Result<(), AgentError> {
    let repository = Repository::discover()?;
    if repository.work_tree().is_none() {
        return Err(AgentError::NoWorkTree);
    }
    let unmerged = unmerged(&repository, &arguments.paths)?;
    if unmerged.is_empty() {
        return Err(AgentError::NothingToMerge {
            paths: arguments.paths.clone(),
        });
    }
    let mut left = Vec::new();
    for (path, stages) in &unmerged {
        if let Some(generator) = generated::make_in_work_tree(path, stages, &repository)? {
            git::run_in(repository.root(), &["add", "--", path])?;
            generated::forget(path, &repository)?;
            if !quiet {
                say(&format!(
                    "{path}: {}, and added for the commit",
                    made_anew(&generator)
                ));
            }
            continue;
        }
        let decisions = decisions(arguments, path, &repository)?;
        let versions = Three {
            base: Content::of_blob(stages.base.as_deref(), &repository)?,
            ours: Content::of_blob(stages.ours.as_deref(), &repository)?,
            theirs: Content::of_blob(stages.theirs.as_deref(), &repository)?,
        };
        let merged = Merged::of(path, &versions, &decisions, &repository)?;
        let is_settled = merged
            .report
            .conflicts
            .iter()
            .all(|conflict| arguments.anyway && !conflict.what.has_sides());
        if is_settled {
            let target = repository.root().join(path);
            let mut source = File::open(merged.file.path())
                .map_err(|error| AgentError::file("read", merged.file.path(), error))?;
            whole_file::write(&target, &mut source)
                .map_err(|error| AgentError::file("write", &target, error))?;
            git::run_in(repository.root(), &["add", "--", path])?;
            conflicts::forget(path, &repository)?;
            if !quiet {
                say(&format!("{path}: merged, and added for the commit"));
            }
        } else {
            conflicts::tell(path, &merged.report);
            let file = match conflicts::file(path, &repository)? {
                edited if edited.exists() => edited,
                _ => conflicts::write(path, &merged.report, &repository)?,
            };
            left.push((path.clone(), file, conflicts::count(&merged.report)));
        }
    }
    match left.into_iter().next() {
        None => Ok(()),
        Some((path, file, count)) => Err(AgentError::Conflicts { path, file, count }),
    }
}

/// A merged dump in a file, with what is to be said of it.
struct Merged {
    file: NamedTempFile,
    report: Report,
}

impl Merged {
    fn of(
        path: &str,
        versions: &Three<Content>,
        decisions: &Decisions,
        repository: &Repository,
    ) -> Result<Self, AgentError> {
        let sources = Three {
            base: &versions.base as &dyn dump_text::Source,
            ours: &versions.ours,
            theirs: &versions.theirs,
        };
        let keys = schema::keys_beside(path, repository);
        let file = content::temporary(repository)?;
        let cannot_merge = |error| AgentError::NotMerged {
            path: path.to_owned(),
            error,
        };
        let cannot_write = |error| AgentError::file("write", file.path(), error);
        let output = BufWriter::new(file.as_file());
        let report = if content::compressed(versions)? {
            let threads = thread::available_parallelism().map_or(1, usize::from);
            let mut members = MemberWriter::new(output, threads);
            let report =
                dump_merge::merge(sources, &keys, decisions, &mut members).map_err(cannot_merge)?;
            members.finish().map_err(cannot_write)?;
            report
        } else {
            let mut output = output;
            let report =
                dump_merge::merge(sources, &keys, decisions, &mut output).map_err(cannot_merge)?;
            output.flush().map_err(cannot_write)?;
            report
        };
        Ok(Self { file, report })
    }
}

/// Puts into git's file what git is to keep: a pointer, where it kept one before.
fn hand_to_git(
    merged: &Path,
    files: &Files<'_>,
    repository: &Repository,
) -> Result<(), AgentError> {
    let Three { ours, theirs, .. } = files.versions;
    let cannot_write = |error| AgentError::file("write", ours, error);
    let by_git_lfs = content::is_pointer(ours)? || content::is_pointer(theirs)?;
    let mut source = File::open(merged).map_err(|error| AgentError::file("read", merged, error))?;
    if !by_git_lfs {
        let mut target = File::create(ours).map_err(cannot_write)?;
        return io::copy(&mut source, &mut target)
            .map(drop)
            .map_err(cannot_write);
    }
    // Without a path: with one git-lfs takes the length of what lies there, and of ours 1,024 bytes if that is no longer.
    let pointer = git::fed(repository.root(), &["lfs", "clean"], source)?;
    fs::write(ours, pointer).map_err(cannot_write)
}

/// Merges lines as git itself does, with its marks where both sides changed the same ones. Whether there are none.
fn merge_text(files: &Files<'_>, repository: &Repository) -> Result<bool, AgentError> {
    let Three { base, ours, theirs } = files.versions;
    let whole = |path: &Path| {
        let whole = std::path::absolute(path);
        whole.map(|whole| whole.to_string_lossy().into_owned())
    };
    let [ours, base, theirs] = [ours, base, theirs]
        .map(|path| whole(path).map_err(|error| AgentError::file("read", path, error)));
    let (ours, base, theirs) = (ours?, base?, theirs?);
    let labels = ["-L", "ours", "-L", "base", "-L", "theirs"];
    let arguments = [
        &["merge-file", "--quiet"][..],
        &labels,
        &[&ours, &base, &theirs],
    ]
    .concat();
    let answer = git::attempt_in(repository.root(), &arguments)?;
    Ok(answer.status.success())
}

/// Where `.gitattributes` was written before the schema's SQL was made anew, git merges that by lines, and nobody would know.
fn tell_of_lines(path: &str, repository: &Repository) -> Result<(), AgentError> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let schema = format!("{folder}/01_schema.sql");
    let schema = schema.trim_start_matches('/');
    let root = repository.root();
    let answer = git::run_in(root, &["check-attr", "-z", "merge", "--", schema])?;
    let answer = String::from_utf8_lossy(&answer);
    let is_there = || git::run_in(root, &["ls-files", "-z", "--", schema]);
    if answer.split('\0').nth(2) == Some("unspecified") && !is_there()?.is_empty() {
        remark(&format!(
            "  note: {schema} merges by lines, for `.gitattributes` doesn't give it to lfs-agent\n  hint: add the line \
             `{schema} merge=lfs-agent`; after this merge `gen-schema --check` says whether it is fresh"
        ));
    }
    Ok(())
}

fn made_anew(generator: &Generator) -> String {
    format!(
        "made anew by {} of the merged {}",
        generator.name(),
        generator.source()
    )
}

/// What is to be done where a file was merged that a generator might have made.
fn run_it(generator: &Generator) -> String {
    let name = generator.name();
    format!("if it is to be what {name} makes, run `{name}` after the merge and commit")
}

/// What was decided: on the command line, and in the file of a dump's conflicts.
fn decisions(
    arguments: &MergeArguments,
    path: &str,
    repository: &Repository,
) -> Result<Decisions, AgentError> {
    let mut decisions = Decisions::default();
    for (tables, side) in [
        (&arguments.ours, Side::Ours),
        (&arguments.theirs, Side::Theirs),
    ] {
        for table in tables {
            if table == crate::arguments::ALL_TABLES {
                decisions.everything(side);
            } else {
                decisions.table(table, side);
            }
        }
    }
    let file = match &arguments.decisions {
        Some(file) => Some(file.clone()),
        None => Some(conflicts::file(path, repository)?).filter(|file| file.exists()),
    };
    if let Some(file) = file {
        let text =
            fs::read_to_string(&file).map_err(|error| AgentError::file("read", &file, error))?;
        decisions
            .read(&text)
            .map_err(|errors| AgentError::Decisions { file, errors })?;
    }
    Ok(decisions)
}

/// git's names for the versions of an unmerged file.
type Stages = Three<Option<String>>;

/// The dumps that git has left unmerged; of these paths, if any are given.
fn unmerged(
    repository: &Repository,
    paths: &[PathBuf],
) -> Result<BTreeMap<String, Stages>, AgentError> {
    let wanted: Vec<String> = paths
        .iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    let mut arguments = vec!["ls-files", "--unmerged", "-z", "--full-name", "--"];
    arguments.extend(wanted.iter().map(String::as_str));
    // Where the user stands, so that paths mean what they say there.
    let mut found = stages(&git::run(&if wanted.is_empty() {
        vec!["ls-files", "--unmerged", "-z", "--full-name", ":/"]
    } else {
        arguments
    })?);
    if wanted.is_empty() {
        let paths: String = found.keys().flat_map(|path| [path, "\0"]).collect();
        let attributes = ["check-attr", "-z", "--stdin", "merge"];
        let answer = git::ask(repository.root(), &attributes, paths.into_bytes())?;
        let text = String::from_utf8_lossy(&answer);
        let fields: Vec<&str> = text.split('\0').collect();
        let ours: Vec<&str> = fields
            .chunks_exact(3)
            .filter(|entry| entry[2] == crate::commands::install::NAME)
            .map(|entry| entry[0])
            .collect();
        found.retain(|path, _| ours.contains(&path.as_str()));
    }
    Ok(found)
}

/// Paths and their versions, from `MODE BLOB STAGE\tPATH` ended by NUL.
fn stages(listing: &[u8]) -> BTreeMap<String, Stages> {
    let mut found: BTreeMap<String, Stages> = BTreeMap::new();
    for entry in String::from_utf8_lossy(listing).split('\0') {
        let Some((fields, path)) = entry.split_once('\t') else {
            continue;
        };
        let mut fields = fields.split(' ').skip(1);
        let (Some(blob), Some(stage)) = (fields.next(), fields.next()) else {
            continue;
        };
        let stages = found.entry(path.to_owned()).or_insert(Three {
            base: None,
            ours: None,
            theirs: None,
        });
        let place = match stage {
            "1" => &mut stages.base,
            "2" => &mut stages.ours,
            _ => &mut stages.theirs,
        };
        *place = Some(blob.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_of_a_path_are_told_apart() {
        let listing = b"100644 aa 1\tdumps/a b.gz\x00100644 bb 2\tdumps/a b.gz\x00100644 cc 3\tdumps/a b.gz\x00100644 dd 2\tnew\0";
        let found = stages(listing);
        let name = |text: &str| Some(text.to_owned());
        assert_eq!(
            found["dumps/a b.gz"],
            Three {
                base: name("aa"),
                ours: name("bb"),
                theirs: name("cc")
            }
        );
        assert_eq!(found["new"].base, None);
    }
}
