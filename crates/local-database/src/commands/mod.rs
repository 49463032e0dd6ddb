//! The commands: what each does with a place, and how it tells.

mod status;

use std::process::ExitCode;
use std::time::Instant;

use command_line::{Failure, Status, finish};
use project_files::Project;
use serde::Serialize;

use crate::arguments::{
    Arguments, ClientArguments, Command, DropArguments, FormArguments, LogsArguments,
    NamesArguments, ResetArguments, StopArguments, UpArguments,
};
use crate::container::keep_port;
use crate::engine::{Mark, Script, Survey, template_of};
use crate::lock::lock;
use crate::output::{Teller, say, say_json, seconds};
use crate::place::{Load, Place, Running, choose, refused};
use crate::refresh::refresh;

/// What a command that changes something says with `--json`.
#[derive(Serialize)]
struct Outcome<'a> {
    /// What was done, in the order in which it was.
    done: &'a [String],
    /// Where the database is now.
    address: Option<String>,
}

/// The program.
pub(crate) fn run() -> ExitCode {
    let arguments: Arguments = command_line::parse();
    let outcome = dispatch(&arguments);
    match outcome {
        Ok(None) => finish(Ok(())),
        // A client's or docker's own; what went wrong it has said.
        Ok(Some(code)) => ExitCode::from(u8::try_from(code).unwrap_or(Status::Outside as u8)),
        Err(failure) => finish(Err(failure)),
    }
}

fn dispatch(arguments: &Arguments) -> Result<Option<i32>, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::outside(format!("there is no current directory: {error}")))?;
    let project = Project::around(&here);
    let place = || choose(&project, &arguments.place);
    let teller = |form: &FormArguments| Teller::new(arguments.verbosity, form.json);
    let Some(command) = &arguments.command else {
        status::status(&project, &*place()?, &FormArguments { json: false })?;
        return Ok(None);
    };
    match command {
        Command::Up(up_arguments) => {
            let place = place()?;
            let mut teller = teller(&up_arguments.form);
            let _lock = lock(&project, &mut teller);
            up(&project, &*place, up_arguments, &mut teller)?;
        }
        Command::Status(form) => status::status(&project, &*place()?, form)?,
        Command::Reset(reset_arguments) => {
            let mut teller = teller(&reset_arguments.form);
            let _lock = lock(&project, &mut teller);
            reset(&*place()?, reset_arguments, &mut teller)?;
        }
        Command::Clone(names) => {
            let mut teller = teller(&names.form);
            let _lock = lock(&project, &mut teller);
            clone(&*place()?, names, &mut teller)?;
        }
        Command::Drop(names) => {
            let mut teller = teller(&names.form);
            let _lock = lock(&project, &mut teller);
            drop_clones(&*place()?, names, &mut teller)?;
        }
        Command::Client(client_arguments) => return client(&*place()?, None, client_arguments),
        Command::Psql(client_arguments) => {
            return client(&*place()?, Some("psql"), client_arguments);
        }
        Command::Mysql(client_arguments) => {
            return client(&*place()?, Some("mysql"), client_arguments);
        }
        Command::Logs(LogsArguments { follow }) => {
            return Ok(place()?.logs(*follow)?.filter(|code| *code != 0));
        }
        Command::Stop(stop_arguments) => {
            stop(
                &*place()?,
                stop_arguments,
                &mut teller(&stop_arguments.form),
            )?;
        }
    }
    Ok(None)
}

fn up(
    project: &Project,
    place: &dyn Place,
    arguments: &UpArguments,
    teller: &mut Teller,
) -> Result<(), Failure> {
    if let Some(port) = arguments.port {
        keep_port(project, port)?;
    }
    let dumps = refresh(project, arguments.as_is, teller)?;
    let sums = dumps.sums()?;
    place.up(
        &Load {
            dumps: &dumps,
            sums: &sums,
            again: arguments.again,
            replace: arguments.replace,
        },
        teller,
    )?;
    let address = place.address(&place.database()?)?;
    if arguments.form.json {
        say_json(&Outcome {
            done: teller.all_done(),
            address: Some(address),
        });
    } else {
        say(&address);
    }
    Ok(())
}

fn reset(
    place: &dyn Place,
    arguments: &ResetArguments,
    teller: &mut Teller,
) -> Result<(), Failure> {
    let survey = ready(place)?;
    let name = place.database()?;
    let names = if arguments.names.is_empty() {
        vec![name.clone()]
    } else {
        arguments.names.clone()
    };
    for wanted in &names {
        if *wanted != name && !survey.is_clone(wanted, &name) {
            return Err(unknown(&survey, &name, wanted));
        }
    }
    copies(place, &survey, &names, "reset", teller)?;
    let address = place.address(&names[0])?;
    outcome(&arguments.form, teller, Some(address));
    Ok(())
}

fn clone(
    place: &dyn Place,
    arguments: &NamesArguments,
    teller: &mut Teller,
) -> Result<(), Failure> {
    let survey = ready(place)?;
    let name = place.database()?;
    let longest = place.engine().longest_name() - crate::engine::LONGEST_ENDING;
    for wanted in &arguments.names {
        if wanted.is_empty() || wanted.len() > longest || wanted.chars().any(char::is_control) {
            return Err(
                Failure::input(format!("`{wanted}` can't be a database's name"))
                    .hint(format!("a name has 1 to {longest} bytes")),
            );
        }
        if *wanted == name {
            return Err(Failure::input(format!("`{wanted}` is the database itself"))
                .hint("`git database reset` gives it the rows that were loaded"));
        }
        if survey.named(wanted).is_some() && !survey.is_clone(wanted, &name) {
            return Err(Failure::input(format!(
                "the database `{wanted}` is there, and `git database clone` hasn't made it"
            ))
            .hint("choose another name; `git database status` shows those that are ours"));
        }
    }
    copies(place, &survey, &arguments.names, "made", teller)?;
    if arguments.form.json {
        outcome(&arguments.form, teller, None);
    } else {
        for wanted in &arguments.names {
            say(&place.address(wanted)?);
        }
    }
    Ok(())
}

/// Makes copies of the template, one after the other.
fn copies(
    place: &dyn Place,
    survey: &Survey,
    names: &[String],
    word: &str,
    teller: &mut Teller,
) -> Result<(), Failure> {
    let engine = place.engine();
    let database = place.database()?;
    let template = template_of(&database);
    let Some(key) = survey.template_key(&database) else {
        if survey.named(&database).is_none() {
            return Err(missing(&database));
        }
        return Err(Failure::check(format!(
            "the rows that were loaded are kept nowhere: there is no `{template}`"
        ))
        .hint("`git database up --again` loads them, and keeps them; a compose file that is older than `git database` is written anew by `gen-schema init` once it is removed"));
    };
    for name in names {
        let begun = Instant::now();
        let script = engine.copy(survey.version, &database, name, key);
        let answer = place.run(engine.maintenance_database(), &script)?;
        if !answer.success {
            return Err(refused(engine, &format!("can't make `{name}`"), &answer));
        }
        teller.done(format!("{word} `{name}` in {}", seconds(begun.elapsed())));
    }
    Ok(())
}

fn drop_clones(
    place: &dyn Place,
    arguments: &DropArguments,
    teller: &mut Teller,
) -> Result<(), Failure> {
    let survey = ready(place)?;
    let name = place.database()?;
    let mut names: Vec<String> = arguments.names.clone();
    if arguments.all {
        names = survey
            .clones(&name)
            .into_iter()
            .map(str::to_owned)
            .collect();
        if place.drops_itself() {
            let own = [name.clone(), template_of(&name)];
            let ours = |name: &String| !matches!(survey.mark(name), None | Some(Mark::None));
            names.extend(own.into_iter().filter(ours));
        }
    } else if let Some(wanted) = names.iter().find(|wanted| !survey.is_clone(wanted, &name)) {
        if *wanted == name {
            return Err(Failure::input(format!("`{wanted}` is the database itself"))
                .hint("`git database drop --all` on a server of one's own, `git database stop` for a container"));
        }
        return Err(unknown(&survey, &name, wanted));
    }
    let engine = place.engine();
    for wanted in &names {
        let Some(database) = survey.named(wanted) else {
            continue;
        };
        let answer = place.run(
            engine.maintenance_database(),
            &Script::Sql(engine.drop(database)),
        )?;
        if !answer.success {
            return Err(refused(engine, &format!("can't drop `{wanted}`"), &answer));
        }
        teller.done(format!("dropped `{wanted}`"));
    }
    if names.is_empty() {
        teller.note("there is nothing to drop");
    }
    outcome(&arguments.form, teller, None);
    Ok(())
}

/// Opens the server's client; `meant` is the name that was typed, if it is one server's.
fn client(
    place: &dyn Place,
    meant: Option<&str>,
    arguments: &ClientArguments,
) -> Result<Option<i32>, Failure> {
    let engine = place.engine();
    if let Some(meant) = meant.filter(|meant| !engine.clients("").contains(meant)) {
        return Err(Failure::input(format!(
            "`{meant}` is no client of {}, which this database is on",
            engine.name()
        ))
        .hint("`git database client` opens the right one"));
    }
    let database = match &arguments.database {
        Some(name) => {
            let survey = ready(place)?;
            let own = place.database()?;
            if survey.named(name).is_none() {
                return Err(unknown(&survey, &own, name));
            }
            name.clone()
        }
        None => place.database()?,
    };
    let code = place.client(&database, &arguments.arguments)?;
    let code = code.filter(|code| *code != 0);
    // Its own words of a database that isn't there have no next step.
    if code.is_some()
        && let Ok(survey) = ready(place)
        && survey.named(&database).is_none()
    {
        return Err(missing(&database));
    }
    Ok(code)
}

fn stop(place: &dyn Place, arguments: &StopArguments, teller: &mut Teller) -> Result<(), Failure> {
    if place.stop(arguments.forget)? {
        teller.done("stopped the container; its rows are gone with it".to_owned());
    } else {
        teller.note("there is no container");
    }
    outcome(&arguments.form, teller, None);
    Ok(())
}

/// What a server has that is ready.
fn ready(place: &dyn Place) -> Result<Survey, Failure> {
    let seen = place.look()?;
    let failure = match seen.running {
        Running::Ready => return Ok(seen.survey),
        Running::Loading => {
            Failure::check("the database is being loaded").hint("`git database up` waits for it")
        }
        Running::Stopped => {
            Failure::check("the database isn't running").hint("`git database up` starts it")
        }
    };
    Err(failure)
}

/// A database that nobody has made yet.
fn missing(database: &str) -> Failure {
    Failure::check(format!("there is no database `{database}` yet"))
        .hint("`git database up` makes it")
}

/// A name that no copy has.
fn unknown(survey: &Survey, own: &str, wanted: &str) -> Failure {
    let clones = survey.clones(own);
    let hint = if clones.is_empty() {
        format!("there is none yet: `git database clone {wanted}` makes it")
    } else {
        format!("there are {}", clones.join(", "))
    };
    Failure::input(format!(
        "`{wanted}` is no copy that `git database clone` made"
    ))
    .hint(hint)
}

fn outcome(form: &FormArguments, teller: &Teller, address: Option<String>) {
    if form.json {
        say_json(&Outcome {
            done: teller.all_done(),
            address,
        });
    }
}
