//! `git database status`: one look at everything that `up` would look at, and nothing done.

use command_line::Failure;
use project_files::Project;
use serde::Serialize;

use crate::arguments::FormArguments;
use crate::dumps::{DIRECTORY, Dumps, Lack};
use crate::output::{human, say, say_json};
use crate::place::{Place, Running};
use crate::programs::git;
use crate::refresh::{Freshness, freshness};

/// A database as `status --json` tells of it.
#[derive(Serialize)]
struct Told {
    name: String,
    address: String,
}

/// What `status --json` says.
#[derive(Serialize)]
struct Report {
    dumps: Vec<File>,
    /// What is missing of them, as a sentence.
    lacks: Option<String>,
    /// Whether git has them as they are here.
    committed: Option<bool>,
    /// `fresh`, `stale`, `unknown`.
    schema: &'static str,
    server: Option<Running>,
    /// Whether the database was loaded from these dumps.
    current: bool,
    database: Option<Told>,
    clones: Vec<Told>,
}

#[derive(Serialize)]
struct File {
    name: String,
    size: u64,
    pointer: bool,
}

/// Says how everything is. It fails where `up` would have something to do.
pub(super) fn status(
    project: &Project,
    place: &dyn Place,
    form: &FormArguments,
) -> Result<(), Failure> {
    let dumps = Dumps::find(project)?;
    let lack = dumps.lack();
    let key = match lack {
        None => Some(dumps.sums()?.key()),
        Some(_) => None,
    };
    let state = git(project.root(), &["status", "--porcelain", "--", DIRECTORY]);
    let committed = state.map(|changes| changes.is_empty());
    let fresh = match lack {
        None => freshness(project, &dumps),
        Some(_) => Ok(Freshness::Unknown("dumps/ isn't whole".to_owned())),
    };
    // Wrong schemas are `up`'s to tell; here the rest is worth telling, too.
    let fresh = fresh.unwrap_or_else(|_| {
        Freshness::Unknown("the schema has mistakes: `gen-schema --check`".to_owned())
    });
    let seen = place.look();
    let mut is_current = false;
    let mut server = None;
    let mut database = None;
    let mut clones = Vec::new();
    let mut trouble = None;
    match seen {
        Err(failure) => trouble = Some(failure),
        Ok(seen) => {
            server = Some(seen.running);
            if seen.running == Running::Ready {
                let name = place.database()?;
                is_current = key.is_some() && seen.survey.key(&name) == key.as_deref();
                let told = |name: &str| -> Result<Told, Failure> {
                    Ok(Told {
                        name: name.to_owned(),
                        address: place.address(name)?,
                    })
                };
                if seen.survey.named(&name).is_some() {
                    database = Some(told(&name)?);
                }
                for clone in seen.survey.clones(&name) {
                    clones.push(told(clone)?);
                }
            }
        }
    }
    let told = Report {
        lacks: lack.as_ref().map(sentence),
        committed,
        schema: match &fresh {
            Freshness::Fresh => "fresh",
            Freshness::Stale(_) => "stale",
            Freshness::Unknown(_) => "unknown",
        },
        server,
        current: is_current,
        database,
        clones,
        dumps: dumps
            .files
            .iter()
            .map(|dump| File {
                name: dump.name.clone(),
                size: dump.size,
                pointer: dump.pointer.is_some(),
            })
            .collect(),
    };
    if form.json {
        say_json(&told);
    } else {
        show(&told, &fresh);
    }
    if let Some(failure) = trouble {
        return Err(failure);
    }
    let is_well = told.current && told.lacks.is_none() && told.schema != "stale";
    if is_well {
        return Ok(());
    }
    Err(
        Failure::check("the database isn't what dumps/ and schema/ make")
            .hint("`git database up` makes it so"),
    )
}

/// The lines of `status` for people.
fn show(told: &Report, fresh: &Freshness) {
    let line = |name: &str, text: &str| say(&format!("{name:10} {text}"));
    let files: Vec<String> = told
        .dumps
        .iter()
        .map(|file| {
            let size = if file.pointer {
                "a pointer".to_owned()
            } else {
                human(file.size)
            };
            format!("{} ({size})", file.name)
        })
        .collect();
    let files = if files.is_empty() {
        "none".to_owned()
    } else {
        files.join(", ")
    };
    let committed = match told.committed {
        Some(true) => ", as git has them",
        Some(false) => ", changed since the last commit",
        None => "",
    };
    line("dumps", &format!("{files}{committed}"));
    if let Some(lacks) = &told.lacks {
        line("", lacks);
    }
    match fresh {
        Freshness::Fresh => line("schema", "dumps/ is what schema/ makes"),
        Freshness::Stale(files) => line(
            "schema",
            &format!("has changed since {} was made", files.join(" and ")),
        ),
        Freshness::Unknown(why) => line("schema", &format!("not compared: {why}")),
    }
    match (told.server, told.current) {
        (None, _) => {}
        (Some(Running::Stopped), _) => line("database", "isn't running"),
        (Some(Running::Loading), _) => line("database", "is being loaded"),
        (Some(Running::Ready), true) => line("database", "runs, loaded from these dumps"),
        (Some(Running::Ready), false) if told.database.is_none() => {
            line("database", "isn't there yet");
        }
        (Some(Running::Ready), false) => {
            line("database", "runs, loaded from other dumps than these");
        }
    }
    if let Some(database) = &told.database {
        line("address", &database.address);
    }
    for clone in &told.clones {
        line("clone", &clone.address);
    }
}

fn sentence(lack: &Lack) -> String {
    match lack {
        Lack::Everything => "there is no .sql and no .sql.gz file".to_owned(),
        Lack::Rows => "there are no rows beside the schema".to_owned(),
        Lack::Pointers(names) => format!(
            "{} not fetched: what git has in place of a dump lies there",
            names.join(", ")
        ),
    }
}
