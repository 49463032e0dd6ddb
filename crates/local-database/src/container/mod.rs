//! The container that the repository's compose file describes. Docker does the work, and Compose says which container it
//! is: `docker compose up` by hand and `git database up` mean the same one.

mod compose;
mod inspect;
mod said;
mod watch;

use std::cell::OnceCell;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use command_line::Failure;
use project_files::Project;

use crate::address::Address;
use crate::dumps::{DIRECTORY, Dumps};
use crate::engine::{Engine, Script, Survey};
use crate::output::{Teller, seconds};
use crate::place::{Load, Place, Running, Seen, URL_KEY};
use crate::programs::{self, Answer, answer, answer_to};
use compose::{SERVICE, compose_file, engine_of, no_service};
use inspect::Inspected;
use watch::Watch;

pub(crate) use compose::keep_port;

/// The key of git's configuration that names the program, where it isn't the first of these.
const PROGRAM_KEY: &str = "database.docker";

/// The programs that may be there; the first one is taken.
const PROGRAMS: [&str; 2] = ["docker", "podman"];

/// How often the container is asked how it is, while it loads.
const ASK: Duration = Duration::from_millis(100);

/// How long a container may be unhealthy: files that have come back to what was loaded make it healthy again, when it has
/// looked at them.
const RECOVERY: Duration = Duration::from_secs(5);

/// How long a container that is healthy may take to say so after it was made anew.
const PATIENCE: Duration = Duration::from_mins(30);

/// What the container's script says when it takes a load that was kept, and when it loads.
const COPIED: &str = "dumps/: copied from what an earlier start has loaded";
const LOADING: &str = ": loading\n";

/// The container of a repository.
#[derive(Debug)]
pub(crate) struct Container {
    root: PathBuf,
    program: String,
    /// The file to name to Compose, where it wouldn't find it by itself.
    file: Option<&'static str>,
    engine: &'static dyn Engine,
    inspected: OnceCell<Option<Inspected>>,
}

impl Container {
    /// The container of a repository, which may not be there yet.
    pub(crate) fn of(project: &Project) -> Result<Self, Failure> {
        let root = project.root().to_owned();
        let file = compose_file(&root)?;
        let named = programs::git(&root, &["config", "--get", PROGRAM_KEY]);
        if let Some(named) = &named
            && programs::find(named).is_none()
        {
            return Err(Failure::outside(format!(
                "git's `{PROGRAM_KEY}` names `{named}`, which isn't in PATH"
            ))
            .hint(format!(
                "`git config --global {PROGRAM_KEY} podman`, or `git config --global --unset {PROGRAM_KEY}`"
            )));
        }
        let there = || {
            PROGRAMS
                .into_iter()
                .find(|program| programs::find(program).is_some())
        };
        let program = named
            .or_else(|| there().map(str::to_owned))
            .ok_or_else(|| {
                Failure::outside("Docker isn't installed, or isn't in PATH").hint(format!(
                    "install it: https://docs.docker.com/get-docker; without it, on a server of your own: \
                     `git config {URL_KEY} {}://localhost/app`, then `git database up`",
                    engine_of(&root, file).schemes()[0]
                ))
            })?;
        Ok(Self {
            engine: engine_of(&root, file),
            root,
            program,
            file,
            inspected: OnceCell::new(),
        })
    }

    fn docker(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.root);
        command
    }

    fn compose(&self, arguments: &[&str]) -> Command {
        let mut command = self.docker(&["compose"]);
        if let Some(file) = self.file {
            command.args(["--file", file]);
        }
        command.args(arguments);
        command
    }

    /// Runs Compose to its end.
    fn composed(&self, arguments: &[&str]) -> Result<Answer, Failure> {
        let said = answer(&mut self.compose(arguments))?;
        if said.success {
            return Ok(said);
        }
        Err(said::failure(&said, &self.program))
    }

    /// How the container is now.
    fn inspect(&self) -> Result<Option<Inspected>, Failure> {
        let id = self.composed(&["ps", "--all", "--quiet", SERVICE]);
        let id = match id {
            Ok(said) => said
                .stdout
                .trim()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
            Err(failure) if failure.to_string().contains("no such service") => {
                return Err(no_service());
            }
            Err(failure) => return Err(failure),
        };
        if id.is_empty() {
            return Ok(None);
        }
        self.inspect_again(&id)
    }

    fn inspect_again(&self, id: &str) -> Result<Option<Inspected>, Failure> {
        let said = answer(&mut self.docker(&["inspect", "--type=container", id]))?;
        if said.success {
            return Ok(Inspected::parse(&said.stdout));
        }
        // It may have gone since.
        if said.stderr.to_lowercase().contains("no such") {
            return Ok(None);
        }
        Err(said::failure(&said, &self.program))
    }

    /// The container as it was when this was asked first, running.
    fn running(&self) -> Result<&Inspected, Failure> {
        if self.inspected.get().is_none() {
            let _ = self.inspected.set(self.inspect()?);
        }
        match self.inspected.get() {
            Some(Some(inspected)) if inspected.is_running() => Ok(inspected),
            _ => {
                Err(Failure::check("the database isn't running")
                    .hint("`git database up` starts it"))
            }
        }
    }

    /// The name of the container's database.
    fn database_of<'a>(&self, inspected: &'a Inspected) -> &'a str {
        let words = self.engine.in_container();
        let own = inspected.variable(words.database);
        own.or_else(|| inspected.variable(words.user.0))
            .unwrap_or(words.user.1)
    }

    /// bash in the container.
    fn bash(&self, inspected: &Inspected, options: &[&str], script: &str) -> Command {
        let mut bash = self.docker(&["exec"]);
        bash.args(options)
            .args([&inspected.id, "bash", "-c", script]);
        bash
    }

    /// The client in the container, as the server's first user.
    fn client_of(&self, inspected: &Inspected, options: &[&str], database: &str) -> Command {
        let words = self.engine.in_container();
        let user = inspected.variable(words.user.0).unwrap_or(words.user.1);
        let mut client = self.docker(&["exec"]);
        client
            .args(options)
            .arg(&inspected.id)
            .args((words.client)(user, database));
        client
    }

    fn script(
        &self,
        inspected: &Inspected,
        database: &str,
        script: &Script,
    ) -> Result<Answer, Failure> {
        match script {
            Script::Sql(script) => {
                let options = ["--interactive", "--env", "LC_MESSAGES=C"];
                let mut client = self.client_of(inspected, &options, database);
                answer_to(client.args(self.engine.script_arguments()), script)
            }
            Script::Shell(script) => {
                let script = format!("{}{script}", self.engine.in_container().shell);
                answer(&mut self.bash(inspected, &[], &script))
            }
        }
    }

    fn survey(&self, inspected: &Inspected) -> Result<Survey, Failure> {
        let said = self.script(
            inspected,
            self.engine.maintenance_database(),
            &Script::Sql(self.engine.survey()),
        )?;
        // It may be about to end, or to begin.
        Ok(if said.success {
            self.engine.read_survey(&said.stdout)
        } else {
            Survey::default()
        })
    }

    /// Fetches the image, which may take minutes and should be seen.
    fn pull(&self, teller: &mut Teller) -> Result<(), Failure> {
        let said = self.composed(&["config", "--images"])?;
        for image in said.stdout.lines().filter(|line| !line.trim().is_empty()) {
            if answer(&mut self.docker(&["image", "inspect", image]))?.success {
                continue;
            }
            let mut pull = self.compose(&["pull", SERVICE]);
            if !teller.shows_progress() {
                let said = answer(&mut pull)?;
                if !said.success {
                    return Err(said::failure(&said, &self.program));
                }
            } else if programs::shown(&mut pull)? != Some(0) {
                return Err(
                    Failure::outside(format!("the image `{image}` can't be fetched")).hint(
                        "the lines above say why; the variable before the image's name in the compose file names another one: set it in `.env`",
                    ),
                );
            }
            break;
        }
        Ok(())
    }

    /// Waits until the container is healthy, and shows meanwhile how far it is.
    fn wait(&self, id: &str, dumps: &Dumps, teller: &mut Teller) -> Result<Inspected, Failure> {
        let mut watch: Option<Watch> = None;
        let mut unhealthy_since: Option<Instant> = None;
        let begun = Instant::now();
        loop {
            let Some(inspected) = self.inspect_again(id)? else {
                return Err(Failure::outside("the container has gone while it loaded")
                    .hint("something else has removed it: `git database up` makes it again"));
            };
            if !inspected.is_running() {
                return Err(self.ended(id, dumps)?);
            }
            match inspected.health() {
                "healthy" | "" => {
                    teller.clear();
                    return Ok(inspected);
                }
                "unhealthy" => {
                    let since = *unhealthy_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > RECOVERY {
                        return Err(self.unhealthy(id)?);
                    }
                }
                _ => unhealthy_since = None,
            }
            if begun.elapsed() > PATIENCE {
                return Err(
                    Failure::outside("the database isn't ready after half an hour")
                        .hint("`git database logs` says what it does"),
                );
            }
            if watch.is_none() && teller.shows_progress() {
                watch = Watch::start(self.bash(&inspected, &[], self.engine.in_container().watch));
            }
            teller.progress(|| {
                let far = watch.as_ref().and_then(|watch| watch.far(self.engine));
                far.unwrap_or_else(|| {
                    format!("starting the container, {}", seconds(begun.elapsed()))
                })
            });
            thread::sleep(ASK);
        }
    }

    /// Whether the container's last start has copied what an earlier one had loaded.
    fn was_copied(&self, id: &str) -> Result<bool, Failure> {
        let said = answer(&mut self.docker(&["logs", "--tail", "200", id]))?;
        let last = |words: &str| said.stdout.rfind(words);
        Ok(last(COPIED) > last(LOADING))
    }

    /// Why the container ended.
    fn ended(&self, id: &str, dumps: &Dumps) -> Result<Failure, Failure> {
        let said = answer(&mut self.docker(&["logs", "--tail", "200", id]))?;
        let log = format!("{}\n{}", said.stdout, said.stderr);
        if let Some(complaint) = self.engine.complaint(&log)
            && let Some(dump) = dumps
                .files
                .iter()
                .find(|dump| complaint.file.as_deref() == Some(&dump.shown()))
        {
            return Ok(complaint.failure(dump));
        }
        Ok(said::of_log(&log))
    }

    fn unhealthy(&self, id: &str) -> Result<Failure, Failure> {
        let said = answer(&mut self.docker(&["logs", "--tail", "50", id]))?;
        let log = format!("{}\n{}", said.stdout, said.stderr);
        if log.contains("is not what this database was loaded from") {
            return Ok(
                Failure::check(format!("{DIRECTORY}/ has changed while it was loaded"))
                    .hint("`git database up` loads what is there now"),
            );
        }
        Ok(said::of_log(&log))
    }
}

impl Place for Container {
    fn engine(&self) -> &'static dyn Engine {
        self.engine
    }

    fn database(&self) -> Result<String, Failure> {
        Ok(self.database_of(self.running()?).to_owned())
    }

    fn look(&self) -> Result<Seen, Failure> {
        let stopped = Seen {
            running: Running::Stopped,
            survey: Survey::default(),
        };
        let found = self.inspect()?;
        let seen = match &found {
            None => stopped,
            Some(inspected) if !inspected.is_running() => stopped,
            Some(inspected) if inspected.health() == "starting" => Seen {
                running: Running::Loading,
                survey: Survey::default(),
            },
            Some(inspected) => Seen {
                running: Running::Ready,
                survey: self.survey(inspected)?,
            },
        };
        let _ = self.inspected.set(found);
        Ok(seen)
    }

    fn up(&self, wanted: &Load<'_>, teller: &mut Teller) -> Result<(), Failure> {
        let key = wanted.sums.key();
        let before = self.inspect()?;
        let runs = before.as_ref().filter(|found| found.is_running());
        let loads = runs.is_some_and(|found| found.health() == "starting");
        let same = match runs {
            Some(found) if !loads => self.survey(found)?.key(self.database_of(found)) == Some(&key),
            _ => false,
        };
        let anew = runs.is_some() && (!same || wanted.again) && !loads;
        if before.is_none() {
            self.pull(teller)?;
        }
        let begun = Instant::now();
        let mut arguments = vec!["up", "--detach"];
        if anew {
            arguments.push("--force-recreate");
        }
        arguments.push(SERVICE);
        teller.progress(|| "starting the container".to_owned());
        self.composed(&arguments)?;
        let Some(started) = self.inspect()? else {
            return Err(
                Failure::outside("the container isn't there after it was started")
                    .hint("`docker compose ps --all` shows what there is"),
            );
        };
        let untouched = runs.is_some_and(|found| found.id == started.id);
        let ready = self.wait(&started.id, wanted.dumps, teller)?;
        if untouched && same {
            teller.note(
                "the container was loaded from these dumps already; `git database reset` gives it their rows again",
            );
        } else {
            let how = match (&before, untouched) {
                (_, true) => "waited for the container, which was loading",
                (None, _) => "made the container",
                (Some(_), _) if anew => "made the container anew",
                (Some(_), _) => "started the container",
            };
            let what = match self.was_copied(&ready.id)? {
                _ if untouched => String::new(),
                true => format!(" with the load of {DIRECTORY}/ that was kept"),
                false => format!(" and loaded {DIRECTORY}/"),
            };
            teller.done(format!("{how}{what} in {}", seconds(begun.elapsed())));
        }
        let _ = self.inspected.set(Some(ready));
        Ok(())
    }

    fn run(&self, database: &str, script: &Script) -> Result<Answer, Failure> {
        self.script(self.running()?, database, script)
    }

    fn address(&self, database: &str) -> Result<String, Failure> {
        let inspected = self.running()?;
        let words = self.engine.in_container();
        let port = inspected.port(words.port).ok_or_else(|| {
            Failure::outside("the container publishes no port")
                .hint("`git database client` needs none; `ports:` of the compose file says which")
        })?;
        let user = inspected.variable(words.user.0).unwrap_or(words.user.1);
        let password = inspected.variable(words.password).unwrap_or_default();
        Ok(Address::on_this_machine(
            self.engine,
            user,
            password,
            port,
            database,
        ))
    }

    fn client(&self, database: &str, arguments: &[OsString]) -> Result<Option<i32>, Failure> {
        let inspected = self.running()?;
        let words = self.engine.in_container();
        // A client on this machine reads and writes files of this machine.
        let clients = self.engine.clients(self.engine.schemes()[0]);
        let here = clients.iter().find_map(|client| programs::find(client));
        if let Some(here) = here
            && inspected.port(words.port).is_some()
        {
            let address = Address::parse(&self.address(database)?)?;
            let mut client = Command::new(here);
            self.engine.connect(&mut client, &address, database);
            return programs::shown(client.args(arguments));
        }
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let options: &[&str] = if is_terminal {
            &["--interactive", "--tty"]
        } else {
            &["--interactive"]
        };
        programs::shown(self.client_of(inspected, options, database).args(arguments))
    }

    fn logs(&self, follow: bool) -> Result<Option<i32>, Failure> {
        let Some(inspected) = self.inspect()? else {
            return Err(Failure::check("there is no container").hint("`git database up` makes it"));
        };
        let mut arguments = vec!["logs"];
        if follow {
            arguments.push("--follow");
        }
        arguments.push(&inspected.id);
        let _ = std::io::stdout().flush();
        programs::shown(&mut self.docker(&arguments))
    }

    fn stop(&self, forget: bool) -> Result<bool, Failure> {
        let found = self.inspect()?;
        if forget {
            self.composed(&["down", "--volumes"])?;
        } else if found.is_some() {
            self.composed(&["rm", "--stop", "--force", SERVICE])?;
        }
        Ok(found.is_some())
    }

    fn drops_itself(&self) -> bool {
        false
    }
}
