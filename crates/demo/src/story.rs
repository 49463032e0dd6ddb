//! The story itself, chapter by chapter. Every claim is checked first: a story that fails says where and why.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use command_line::Failure;
use host_tools::narrate::{bytes, command, heading, say, seconds};
use host_tools::process::find_program;
use host_tools::workspace::{program, root};
use sha2::{Digest as _, Sha256};
use testkit::git::is_pointer;
use testkit_s3::proxy::FaultProxy;
use testkit_s3::s3::EmbeddedS3;

use crate::database::Database;
use crate::developer::Developer;
use crate::picture::{Picture, Who};
use crate::{load, merge};

const SCHEMA: &str = "dumps/01_schema.sql";
pub(crate) const DUMMY: &str = "dumps/02_dummy.sql.gz";
/// What says how many rows there are, and stays said: options of `gen-dummy` hold for one run.
const SETTINGS: &str = "schema/dummy.toml";
/// Rows of each table in the first version. A dump of some megabytes is cut into many pieces, so that what doesn't change
/// can be seen to stay where it is.
pub(crate) const ROWS: usize = 20_000;
/// The table of this repository's schema that gets more rows in the course of the story.
pub(crate) const TABLE: &str = "user_favorites";
/// How many rows it then has.
pub(crate) const MORE_ROWS: usize = 20_100;
/// At most so many hundredths of the dump are stored for its second version.
const MOST_STORED: usize = 25;
/// How much of what git says about a change is shown.
const SHOWN_LINES: usize = 8;
/// Rows have many columns.
const SHOWN_COLUMNS: usize = 90;

/// The programs of which it is told.
const PROGRAMS: [&str; 4] = ["gen-schema", "gen-dummy", "lfs-agent", "git-database"];

/// Where they are: those that were built here, or those that a user has installed.
fn programs(installed: bool) -> Result<Vec<PathBuf>, Failure> {
    let find = |name: &str| {
        if !installed {
            return Ok(program(name));
        }
        find_program(name).ok_or_else(|| {
            Failure::outside(format!("`{name}` isn't installed"))
                .hint("`cargo xtask install` installs all four; without `--installed` the demo builds them")
        })
    };
    PROGRAMS.into_iter().map(find).collect()
}

/// Tells it from beginning to end; `scratch` is where bare repositories may lie.
pub(crate) fn tell(
    scratch: &Path,
    database: Database,
    installed: bool,
    picture: &mut Picture,
) -> Result<(), Failure> {
    let programs = programs(installed)?;
    let s3 = EmbeddedS3::start();
    // Only to count what goes over the wire: no fault is planned.
    let wire = FaultProxy::start(&s3.endpoint());
    heading("A bucket");
    say(format_args!(
        "An S3 server runs in this process at {}, with an empty bucket `{}`.",
        wire.endpoint(),
        s3.bucket()
    ));

    let origin = scratch.join("origin.git");
    let first = Developer::new("First Developer", &programs, &s3)?;
    team_repository(&first, &origin, database)?;
    generate(&first)?;
    point_at_bucket(&first, &s3, &wire)?;
    push_first_version(&first, &s3, &wire)?;

    let second = Developer::new("Second Developer", &programs, &s3)?;
    clone(&first, &second, &origin, &wire)?;
    let stored = push_more_rows(&first, &s3, &wire, picture)?;
    pull(&first, &second, &wire, stored, picture)?;
    merge::tell(&first, &second, picture)?;
    load::tell(&second, database, picture)?;
    what_next(database);
    Ok(())
}

fn team_repository(first: &Developer, origin: &Path, database: Database) -> Result<(), Failure> {
    heading("A team's repository");
    say("The first developer starts it from this repository's schema/, dumps/ and .gitattributes,");
    say("with a HOME and a git configuration of its own. Yours stay as they are.");
    first.quiet(
        "git",
        &["init", "--quiet", "--bare", &origin.to_string_lossy()],
    )?;
    first.quiet(
        "git",
        &["init", "--quiet", &first.repository().to_string_lossy()],
    )?;
    for name in ["schema", "dumps", ".gitattributes"] {
        copy(&root().join(name), &first.repository().join(name))?;
    }
    for (name, content) in database.files() {
        fs::write(first.repository().join(name), content)
            .map_err(|error| Failure::outside(format!("can't write {name}: {error}")))?;
    }
    if database != Database::Postgresql {
        say(format_args!(
            "Its schema says the same in the words of {}.",
            database.name()
        ));
    }
    first.quiet(
        "git",
        &["remote", "add", "origin", &origin.to_string_lossy()],
    )?;
    say(first.quiet("git", &["status", "--short", "--untracked-files=all"])?);
    Ok(())
}

fn generate(first: &Developer) -> Result<(), Failure> {
    heading("The schema as SQL, and rows for it");
    settings(first, &format!("rows = {ROWS}\n"))?;
    let (_, elapsed) = first.types("gen-schema", &[])?;
    let schema = String::from_utf8_lossy(&first.read(SCHEMA)?).into_owned();
    let tables = schema
        .lines()
        .filter(|line| line.starts_with("CREATE TABLE"))
        .count();
    ensure(tables > 0, || format!("{SCHEMA} creates no table"))?;
    say(format_args!(
        "{SCHEMA}: {tables} tables in {} lines, {}.",
        schema.lines().count(),
        seconds(elapsed)
    ));
    let (_, elapsed) = first.types("gen-dummy", &[])?;
    let dump = first.read(DUMMY)?;
    ensure(!is_pointer(&dump), || format!("{DUMMY} is still a pointer"))?;
    say(format_args!(
        "{DUMMY}: {}, {}.",
        bytes(dump.len()),
        seconds(elapsed)
    ));
    first.types("gen-schema", &["--check"])?;
    first.types("gen-dummy", &["--check"])?;
    say(
        "Both are what the schema makes, bit for bit: any machine can check that without fetching anything.",
    );
    Ok(())
}

fn point_at_bucket(first: &Developer, s3: &EmbeddedS3, wire: &FaultProxy) -> Result<(), Failure> {
    heading("git-lfs learns where the dumps are");
    say("`git lfs install --skip-repo` and `lfs-agent install` have run: once per machine.");
    say(first.quiet(
        "git",
        &[
            "config",
            "--global",
            "--get-regexp",
            "customtransfer.*path|standalonetransferagent",
        ],
    )?);
    say("Once per repository:");
    let bucket = format!("s3://{}/shop", s3.bucket());
    let endpoint = wire.endpoint();
    first.types(
        "lfs-agent",
        &[
            "init",
            &bucket,
            "--region",
            s3.region(),
            "--endpoint",
            &endpoint,
            "--path-style",
        ],
    )?;
    let configuration = String::from_utf8_lossy(&first.read(".lfsconfig")?).into_owned();
    ensure(configuration.contains(&bucket), || {
        format!(".lfsconfig doesn't name {bucket}:\n{configuration}")
    })?;
    say(configuration);
    Ok(())
}

fn push_first_version(
    first: &Developer,
    s3: &EmbeddedS3,
    wire: &FaultProxy,
) -> Result<(), Failure> {
    heading("The first push");
    first.types("git", &["add", "."])?;
    first.types(
        "git",
        &[
            "commit",
            "--quiet",
            "--message",
            "Schema, rows, and where the rows are kept",
        ],
    )?;
    ensure(s3.keys().is_empty(), || {
        format!("the bucket isn't empty before the push: {:?}", s3.keys())
    })?;
    let (_, elapsed) = first.types(
        "git",
        &["push", "--quiet", "--set-upstream", "origin", "main"],
    )?;
    let pointer = first.quiet("git", &["show", &format!("origin/main:{DUMMY}")])?;
    ensure(is_pointer(format!("{pointer}\n").as_bytes()), || {
        format!("git got the dump itself, not a pointer: {pointer}")
    })?;
    say(format_args!(
        "Pushed in {}. git has the schema as text, and of the dump only this:",
        seconds(elapsed)
    ));
    say(&pointer);
    let oid = sha256(&first.read(DUMMY)?);
    ensure(pointer.contains(&oid), || {
        format!("the pointer doesn't name the dump's SHA-256, {oid}")
    })?;
    let keys = s3.keys();
    let stored = keys
        .iter()
        .any(|key| s3.read(key).is_some_and(|object| sha256(&object) == oid));
    ensure(stored, || {
        format!("no object in the bucket has the dump's content; it holds {keys:?}")
    })?;
    say(format_args!(
        "S3 has the dump ({} requests, {} of them PUT):",
        wire.requests().len(),
        wire.count("PUT")
    ));
    show_bucket(s3);
    Ok(())
}

fn clone(
    first: &Developer,
    second: &Developer,
    origin: &Path,
    wire: &FaultProxy,
) -> Result<(), Failure> {
    heading("A second developer clones");
    say(
        "The bucket is not at Amazon's own address, so the agent wants a person's word for it, once:",
    );
    second.types(
        "git",
        &[
            "config",
            "--global",
            "--add",
            "lfs-agent.allowEndpoint",
            &wire.endpoint(),
        ],
    )?;
    wire.clear_requests();
    let (_, elapsed) = second.types(
        "git",
        &["clone", "--quiet", &origin.to_string_lossy(), "shop"],
    )?;
    ensure(wire.count("GET") > 0, || {
        "the clone fetched nothing from S3".to_owned()
    })?;
    same_dumps(first, second)?;
    say(format_args!(
        "Cloned in {}, the dumps with it: byte for byte those of the first developer.",
        seconds(elapsed)
    ));
    Ok(())
}

/// Changes the data a little, and returns how many bytes the push brought to the bucket.
fn push_more_rows(
    first: &Developer,
    s3: &EmbeddedS3,
    wire: &FaultProxy,
    picture: &mut Picture,
) -> Result<usize, Failure> {
    heading("The first developer changes the data");
    let before = s3.keys();
    settings(
        first,
        &format!("rows = {ROWS}\n\n[tables.{TABLE}]\nrows = {MORE_ROWS}\n"),
    )?;
    first.types("gen-dummy", &[])?;
    let (output, _) = first.types("git", &["diff", "--", DUMMY])?;
    let diff = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure(diff.contains(&format!("-> {MORE_ROWS} rows")), || {
        format!("git doesn't show what changed in the dump:\n{diff}")
    })?;
    picture.types(Who::First, "gen-dummy && git diff");
    for line in diff.lines().take(SHOWN_LINES) {
        let line: String = line.chars().take(SHOWN_COLUMNS).collect();
        if line.contains(" rows") {
            picture.says(&line);
        }
        say(line);
    }
    first.types(
        "git",
        &["commit", "--quiet", "--all", "--message", "More favourites"],
    )?;
    wire.clear_requests();
    let (_, elapsed) = first.types("git", &["push", "--quiet"])?;
    let size = |key: &String| s3.read(key).map_or(0, |object| object.len());
    let new = s3.keys().into_iter().filter(|key| !before.contains(key));
    let stored: usize = new.map(|key| size(&key)).sum();
    ensure(stored > 0, || {
        "the push brought nothing new to the bucket".to_owned()
    })?;
    let dump = first.read(DUMMY)?.len();
    ensure(stored * 100 < dump * MOST_STORED, || {
        format!("the second version takes {stored} bytes of {dump}: as if it were stored whole")
    })?;
    say(format_args!(
        "Pushed in {}: {} of a dump of {}, which is {}. The bucket has both versions, whole or in pieces:",
        seconds(elapsed),
        bytes(stored),
        bytes(dump),
        percent(stored, dump)
    ));
    picture.types(
        Who::First,
        "git commit --all --message 'More favourites' && git push",
    );
    picture.says(&format!(
        "{} of a dump of {}: {}",
        bytes(stored),
        bytes(dump),
        percent(stored, dump)
    ));
    show_bucket(s3);
    let (output, _) = first.types("lfs-agent", &["ls"])?;
    say(String::from_utf8_lossy(&output.stdout));
    first.types("gen-dummy", &["--check"])?;
    Ok(stored)
}

fn pull(
    first: &Developer,
    second: &Developer,
    wire: &FaultProxy,
    stored: usize,
    picture: &mut Picture,
) -> Result<(), Failure> {
    heading("The second developer pulls");
    let old = second.read(DUMMY)?;
    wire.clear_requests();
    let (_, elapsed) = second.types("git", &["pull", "--quiet"])?;
    ensure(second.read(DUMMY)? != old, || {
        format!("{DUMMY} is the old one after the pull")
    })?;
    same_dumps(first, second)?;
    let status = second.quiet("git", &["status", "--short"])?;
    ensure(status.is_empty(), || {
        format!("the clone isn't clean after the pull:\n{status}")
    })?;
    picture.types(Who::Second, "git pull");
    picture.says(&format!("the new dump, for {}", bytes(stored)));
    say(format_args!(
        "Pulled in {}, with {} requests for those {}. The new dump came by itself, and is that of the first developer.",
        seconds(elapsed),
        wire.requests().len(),
        bytes(stored)
    ));
    Ok(())
}

/// The same steps with a bucket of one's own. `crates/demo/tests` types them as they stand here.
const NEXT: &str = include_str!("next.txt");

fn what_next(database: Database) {
    heading("Now with a bucket of your own");
    for line in NEXT.lines() {
        match line.strip_prefix("$ ") {
            Some("gen-schema init") => command(database.init()),
            Some(typed) => command(typed),
            None => say(line),
        }
    }
}

/// Writes how many rows there are to be, and shows it.
pub(crate) fn settings(developer: &Developer, text: &str) -> Result<(), Failure> {
    say(format_args!("{SETTINGS} says how many rows there are:"));
    for line in text.lines() {
        say(format_args!("    {line}"));
    }
    fs::write(developer.repository().join(SETTINGS), text)
        .map_err(|error| Failure::outside(format!("can't write {SETTINGS}: {error}")))
}

/// A part of a whole in hundredths, with one digit behind the point.
fn percent(part: usize, whole: usize) -> String {
    let tenths = part * 1000 / whole.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

pub(crate) fn same_dumps(first: &Developer, second: &Developer) -> Result<(), Failure> {
    for path in [SCHEMA, DUMMY] {
        ensure(first.read(path)? == second.read(path)?, || {
            format!("{path} differs between the two developers")
        })?;
    }
    Ok(())
}

fn show_bucket(s3: &EmbeddedS3) {
    for key in s3.keys() {
        let size = s3.read(&key).map_or(0, |object| object.len());
        say(format_args!("s3://{}/{key}  {}", s3.bucket(), bytes(size)));
    }
}

pub(crate) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(Failure::check(otherwise()))
    }
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Copies a file, or a directory with all that is in it.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let refused =
        |error: std::io::Error| Failure::outside(format!("can't copy {}: {error}", from.display()));
    if from.is_dir() {
        fs::create_dir_all(to).map_err(refused)?;
        for entry in fs::read_dir(from).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    fs::copy(from, to).map(|_| ()).map_err(refused)
}
