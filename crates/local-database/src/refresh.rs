//! Has `dumps/` hold what is to be loaded: what git-lfs has not fetched is fetched, what the schema makes is made, and what
//! the schema makes otherwise by now is made anew.
//!
//! The generators do the making, where they are; their own checks say what is stale. A dump that something else than
//! gen-dummy has written is nobody's business here.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use command_line::{Failure, Status};
use flate2::bufread::MultiGzDecoder;
use project_files::Project;
use sha2::{Digest as _, Sha256};

use crate::dumps::{DIRECTORY, Dump, Dumps, Lack, ROWS, SCHEMA, hexadecimal, sha256};
use crate::output::Teller;
use crate::programs::{self, answer, find, git};

/// Where a schema is kept, from the repository's root.
const SCHEMA_DIRECTORY: &str = "schema";

/// What says, in git's own directory, that `dumps/` was held against `schema/`: its check takes as long as making rows does.
const CHECKED: &str = "git-database-checked";

/// The exit code of a generator's `--check` for a file that isn't what it would write.
const STALE: i32 = 1;

/// How `dumps/` stands to the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// It is what the schema makes.
    Fresh,
    /// These files are not.
    Stale(Vec<&'static str>),
    /// Nobody can say: why.
    Unknown(String),
}

/// A generator, as it is started here.
struct Generator {
    name: &'static str,
    words: Vec<PathBuf>,
}

/// Fetches and makes what is missing, and what is stale unless all is taken `as_is`. All that is there then can be loaded.
pub(crate) fn refresh(
    project: &Project,
    as_is: bool,
    teller: &mut Teller,
) -> Result<Dumps, Failure> {
    let mut dumps = Dumps::find(project)?;
    if let Some(lack) = dumps.lack() {
        provide(project, &lack, teller)?;
        dumps = Dumps::find(project)?;
        if let Some(lack) = dumps.lack() {
            return Err(lacking(project, &lack, None));
        }
    }
    if as_is {
        return Ok(dumps);
    }
    match freshness(project, &dumps)? {
        Freshness::Stale(files) => {
            for file in files {
                // Other rows than before follow from another schema.
                let generator = Generator::of(project, name_of(file)).ok_or_else(|| stale(file))?;
                generator.make(project)?;
                teller.done(format!("made {DIRECTORY}/{file} anew: schema/ has changed"));
            }
            Dumps::find(project)
        }
        Freshness::Fresh | Freshness::Unknown(_) => Ok(dumps),
    }
}

/// Whether `dumps/` is what the schema makes.
pub(crate) fn freshness(project: &Project, dumps: &Dumps) -> Result<Freshness, Failure> {
    if !project.resolve(Path::new(SCHEMA_DIRECTORY)).is_dir() {
        return Ok(Freshness::Unknown("there is no schema/".to_owned()));
    }
    let generated: Vec<&'static str> = [SCHEMA, ROWS]
        .into_iter()
        .filter(|name| dumps.named(name).is_some_and(is_generated))
        .collect();
    if generated.is_empty() {
        return Ok(Freshness::Unknown("no generator made the dumps".to_owned()));
    }
    let mut generators = Vec::new();
    for file in generated {
        match Generator::of(project, name_of(file)) {
            Some(generator) => generators.push((file, generator)),
            None => {
                return Ok(Freshness::Unknown(format!(
                    "{} isn't installed",
                    name_of(file)
                )));
            }
        }
    }
    let seal = seal(project, dumps, &generators);
    let kept = git(project.root(), &["rev-parse", "--git-path", CHECKED])
        .map(|path| project.resolve(Path::new(&path)));
    if let Some(seal) = &seal
        && let Some(kept) = &kept
        && std::fs::read_to_string(kept).is_ok_and(|text| text.trim() == seal)
    {
        return Ok(Freshness::Fresh);
    }
    let mut stale = Vec::new();
    for (file, generator) in &generators {
        // Another schema makes other rows, whatever the old ones are held against.
        let said = answer(generator.command(project).arg("--check"))?;
        match said.code {
            Some(0) => {}
            Some(STALE) => stale.push(*file),
            _ => return Err(generator.failed(&said.stderr, said.code)),
        }
    }
    if stale == [SCHEMA] && generators.len() == 2 {
        stale.push(ROWS);
    }
    if !stale.is_empty() {
        return Ok(Freshness::Stale(stale));
    }
    if let (Some(seal), Some(kept)) = (seal, kept) {
        // Without it the next check takes longer, and that is all.
        let _ = std::fs::write(kept, seal + "\n");
    }
    Ok(Freshness::Fresh)
}

/// Gets what isn't there: from the bucket where there is one, else from the schema.
fn provide(project: &Project, lack: &Lack, teller: &mut Teller) -> Result<(), Failure> {
    let has_store = project.resolve(Path::new(".lfsconfig")).is_file()
        || git(project.root(), &["config", "--get", "lfs.url"]).is_some();
    let mut reason = None;
    if let Lack::Pointers(names) = lack
        && has_store
    {
        match pull(project, names, teller) {
            Ok(()) => {
                teller.done(format!("fetched {}", listed(names)));
                return Ok(());
            }
            Err(said) => reason = Some(said),
        }
    }
    let made = match lack {
        Lack::Everything => make(project, &[SCHEMA, ROWS], teller)?,
        Lack::Rows => make(project, &[ROWS], teller)?,
        Lack::Pointers(names) if names == &[ROWS] => match made_of_pointer(project, teller)? {
            OfPointer::Others if !has_store => return Err(others()),
            made => made == OfPointer::Made,
        },
        Lack::Pointers(_) => false,
    };
    if made {
        return Ok(());
    }
    if let Lack::Pointers(names) = lack
        && !has_store
        && git(project.root(), &["remote"]).is_some_and(|remotes| !remotes.is_empty())
    {
        // git-lfs may know a server that no setting names: the one that the remote has.
        match pull(project, names, teller) {
            Ok(()) => {
                teller.done(format!("fetched {}", listed(names)));
                return Ok(());
            }
            Err(said) => reason = Some(said),
        }
    }
    Err(lacking(project, lack, reason))
}

/// Has git-lfs fetch files. What went wrong, if it did.
fn pull(project: &Project, names: &[String], teller: &mut Teller) -> Result<(), String> {
    teller.progress(|| "fetching dumps".to_owned());
    let paths: Vec<String> = names
        .iter()
        .map(|name| format!("{DIRECTORY}/{name}"))
        .collect();
    let mut command = Command::new("git");
    command.current_dir(project.root());
    // A machine where `lfs-agent install` hasn't run yet is told of the agent for this once.
    if let Some(agent) = find("lfs-agent")
        && git(
            project.root(),
            &["config", "--get", "lfs.customtransfer.lfs-agent.path"],
        )
        .is_none()
    {
        let agent = agent.to_string_lossy().into_owned();
        command.args(["-c", &format!("lfs.customtransfer.lfs-agent.path={agent}")]);
        command.args(["-c", "lfs.lfs-agent::.standalonetransferagent=lfs-agent"]);
    }
    command
        .args(["lfs", "pull", "--include", &paths.join(",")])
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null());
    let said = answer(&mut command).map_err(|failure| failure.to_string())?;
    teller.clear();
    if said.success
        && Dumps::find(project)
            .is_ok_and(|dumps| dumps.files.iter().all(|dump| dump.pointer.is_none()))
    {
        return Ok(());
    }
    let text = said.stderr.trim();
    Err(if text.is_empty() {
        "`git lfs pull` said nothing, and fetched nothing".to_owned()
    } else {
        text.to_owned()
    })
}

/// Makes files with the generators, if all that are needed are there.
fn make(project: &Project, files: &[&'static str], teller: &mut Teller) -> Result<bool, Failure> {
    if !project.resolve(Path::new(SCHEMA_DIRECTORY)).is_dir() {
        return Ok(false);
    }
    let mut generators = Vec::new();
    for file in files {
        match Generator::of(project, name_of(file)) {
            Some(generator) => generators.push((file, generator)),
            None => return Ok(false),
        }
    }
    for (file, generator) in generators {
        generator.make(project)?;
        teller.done(format!("made {DIRECTORY}/{file} of schema/"));
    }
    Ok(true)
}

/// What the generator made of a pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfPointer {
    /// The rows that it stands for.
    Made,
    /// Nothing: the schema makes other rows.
    Others,
    /// Nothing: it isn't there, or fails.
    Nothing,
}

/// Makes the rows that a pointer stands for, if they are what the schema makes.
fn made_of_pointer(project: &Project, teller: &mut Teller) -> Result<OfPointer, Failure> {
    let Some(generator) = Generator::of(project, name_of(ROWS)) else {
        return Ok(OfPointer::Nothing);
    };
    let said = answer(generator.command(project).arg("--check"))?;
    match said.code {
        Some(0) => {}
        Some(STALE) => return Ok(OfPointer::Others),
        _ => return Ok(OfPointer::Nothing),
    }
    generator.make(project)?;
    teller.done(format!(
        "made {DIRECTORY}/{ROWS} of schema/: it is what the pointer stands for"
    ));
    Ok(OfPointer::Made)
}

/// What to do about a pointer to rows that nobody has.
fn others() -> Failure {
    Failure::check(format!(
        "{DIRECTORY}/{ROWS} is what git has in place of rows that no bucket keeps, and schema/ makes others by now"
    ))
    .hint("`gen-dummy` makes those; `git database up` then loads them")
}

/// What to do about what isn't there.
fn lacking(project: &Project, lack: &Lack, reason: Option<String>) -> Failure {
    let has_schema = project.resolve(Path::new(SCHEMA_DIRECTORY)).is_dir();
    match lack {
        Lack::Everything if !has_schema => Failure::input(format!(
            "{DIRECTORY}/ holds no .sql and no .sql.gz file, and there is no {SCHEMA_DIRECTORY}/ to make them of"
        ))
        .hint(
            "run it in a clone of the team's database; in one, `git reset --hard` brings back what is missing",
        ),
        Lack::Everything => Failure::input(format!(
            "{DIRECTORY}/ holds no .sql and no .sql.gz file, and gen-schema and gen-dummy, which would make them, aren't installed"
        ))
        .hint("in a clone of the team's database, `git reset --hard` brings back what is missing"),
        Lack::Rows => Failure::input(format!("{DIRECTORY}/ holds the schema but no rows"))
            .hint(
                "a clone that stopped is finished by `git reset --hard`; rows that no bucket keeps are made by `gen-dummy`",
            ),
        Lack::Pointers(names) => {
            let one = format!(
                "{} {} git has in place of the rows, and they can't be fetched",
                listed(names),
                if names.len() == 1 { "is what" } else { "are what" }
            );
            let (text, hint) = match reason {
                None => (one, "`lfs-agent doctor` says what is missing; where the rows are made of the schema, `gen-dummy` makes them".to_owned()),
                Some(said) => {
                    let hint = hint_of(&said);
                    let said: String = said.lines().fold(String::new(), |text, line| text + "\n  " + line);
                    (format!("{one}:{said}"), hint)
                }
            };
            Failure::new(Status::Outside, text).hint(hint)
        }
    }
}

/// The next step after what git-lfs said. What the agent says has a hint of its own.
fn hint_of(said: &str) -> String {
    if said.contains("is not a git command") || said.contains("isn't installed") {
        "install git-lfs: https://git-lfs.com; then `git database up` again".to_owned()
    } else if said.contains("missing protocol") {
        "install lfs-agent, and run `lfs-agent install` once on this machine; then `git database up` again".to_owned()
    } else {
        "`lfs-agent doctor --read-only` says what is missing; then `git database up` again"
            .to_owned()
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .map(|name| format!("{DIRECTORY}/{name}"))
        .collect();
    shown.join(", ")
}

fn stale(file: &str) -> Failure {
    Failure::check(format!("{DIRECTORY}/{file} isn't what schema/ makes")).hint(
        "`gen-schema && gen-dummy` make both anew; `git database up --as-is` loads what is there",
    )
}

/// The generator of a file.
fn name_of(file: &str) -> &'static str {
    if file == SCHEMA {
        "gen-schema"
    } else {
        "gen-dummy"
    }
}

/// Whether a file begins as a generator has it begin. A pointer stands for whatever it stands for.
fn is_generated(dump: &Dump) -> bool {
    const HEADS: [&str; 2] = [
        "-- Generated by gen-schema ",
        "made by gen-dummy: don't edit",
    ];
    if dump.pointer.is_some() {
        return true;
    }
    let Ok(file) = File::open(&dump.path) else {
        return false;
    };
    let file = BufReader::new(file);
    let mut text: Box<dyn Read> = if dump.is_gzip() {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut head = String::new();
    let mut first = BufReader::new((&mut text).take(4096));
    first.read_line(&mut head).is_ok() && HEADS.iter().any(|words| head.contains(words))
}

/// What decides the answer of the generators' checks, in one digest. `None` where it can't be told.
fn seal(project: &Project, dumps: &Dumps, generators: &[(&str, Generator)]) -> Option<String> {
    let mut hash = Sha256::new();
    for dump in &dumps.files {
        hash.update(dump.name.as_bytes());
        hash.update(sha256(&dump.path).ok()?);
    }
    let mut waiting = vec![project.resolve(Path::new(SCHEMA_DIRECTORY))];
    let mut files = Vec::new();
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).ok()? {
            let path = entry.ok()?.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    for file in files {
        hash.update(project.display(&file).as_bytes());
        hash.update(sha256(&file).ok()?);
    }
    for (_, generator) in generators {
        // A program that was built anew may make something else.
        let program = generator.words.first()?;
        let about = program.metadata().ok()?;
        let when = about
            .modified()
            .ok()?
            .duration_since(std::time::UNIX_EPOCH)
            .ok()?;
        hash.update(format!(
            "{} {} {}",
            program.display(),
            about.len(),
            when.as_nanos()
        ));
        if generator.words.len() > 1 {
            return None;
        }
    }
    Some(hexadecimal(&hash.finalize()))
}

impl Generator {
    /// The generator of this name: an installed one, or the one that the repository itself is the source of.
    fn of(project: &Project, name: &'static str) -> Option<Self> {
        let of_source = || {
            let manifest = project
                .resolve(Path::new("crates"))
                .join(name)
                .join("Cargo.toml");
            let cargo = manifest.is_file().then(|| find("cargo")).flatten()?;
            let rest = ["run", "--quiet", "--package", name, "--"].map(PathBuf::from);
            Some(std::iter::once(cargo).chain(rest).collect())
        };
        let words = find(name).map(|program| vec![program]).or_else(of_source)?;
        Some(Self { name, words })
    }

    fn command(&self, project: &Project) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).current_dir(project.root());
        // What is passed on to us isn't meant for it.
        command.env_remove("GIT_PREFIX");
        command
    }

    /// Runs it with the terminal, where it shows how far it is.
    fn make(&self, project: &Project) -> Result<(), Failure> {
        let mut command = self.command(project);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        match programs::shown(&mut command)? {
            Some(0) => Ok(()),
            code => Err(Failure::new(status(code), format!("{} failed", self.name))
                .hint("its own lines above say why")),
        }
    }

    fn failed(&self, said: &str, code: Option<i32>) -> Failure {
        let text = said.trim();
        if text.is_empty() {
            return Failure::new(status(code), format!("{} --check failed", self.name));
        }
        Failure::rendered(status(code), text)
    }
}

fn status(code: Option<i32>) -> Status {
    match code {
        Some(1) => Status::CheckFailed,
        Some(2) => Status::BadInput,
        _ => Status::Outside,
    }
}
