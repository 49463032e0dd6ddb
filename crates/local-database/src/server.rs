//! A server of somebody's own, named by a URL: nothing is started or stopped, and nothing is replaced that
//! doesn't carry our mark.

use std::cell::Cell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use command_line::Failure;
use project_files::Project;

use crate::address::Address;
use crate::dumps::DIRECTORY;
use crate::engine::{Engine, LONGEST_ENDING, Mark, Script, Survey, Unreachable, template_of};
use crate::load;
use crate::output::{Teller, seconds};
use crate::place::{Load, Place, Running, Seen, URL_KEY, refused};
use crate::programs::{self, Answer, answer_to};

/// A server that is there.
#[derive(Debug)]
pub(crate) struct Server {
    address: Address,
    engine: &'static dyn Engine,
    /// The client's name, or its path where it is beside this program.
    client: PathBuf,
    root: PathBuf,
    /// The server may be asked for messages in English.
    english: Cell<bool>,
}

impl Server {
    /// The server that a URL names.
    pub(crate) fn at(project: &Project, url: &str) -> Result<Self, Failure> {
        let address = Address::parse(url)?;
        let engine = address.engine();
        let name = address.database();
        if engine.reserved().contains(&name) {
            return Err(
                Failure::input(format!("`{name}` is the server's own database"))
                    .hint("name another in the URL, such as `app`: it is made when it isn't there"),
            );
        }
        if name.len() + LONGEST_ENDING > engine.longest_name() {
            return Err(Failure::input(format!("the database's name `{name}` is too long"))
                .hint(format!(
                    "a name of at most {} bytes leaves room for the names of its template and of copies that are being made",
                    engine.longest_name() - LONGEST_ENDING
                )));
        }
        let clients = engine.clients(address.scheme());
        let client = clients
            .iter()
            .find(|client| programs::find(client).is_some());
        let Some(client) = client else {
            let names = clients.join("` or `");
            return Err(
                Failure::outside(format!("`{names}` isn't installed, or isn't in PATH"))
                    .hint(engine.client_hint()),
            );
        };
        Ok(Self {
            client: programs::find(client).unwrap_or_else(|| client.into()),
            address,
            engine,
            root: project.root().to_owned(),
            english: Cell::new(true),
        })
    }

    /// The client, told of a database.
    fn client(&self, database: &str) -> Command {
        let mut client = Command::new(&self.client);
        self.engine.connect(&mut client, &self.address, database);
        client
    }

    /// The client for a script on its standard input.
    fn script(&self, database: &str) -> Command {
        let mut client = self.client(database);
        client.args(self.engine.script_arguments());
        if self.english.get() {
            self.engine.in_english(&mut client);
        }
        client
    }

    fn sql(&self, database: &str, script: String) -> Result<Answer, Failure> {
        self.run(database, &Script::Sql(script))
    }

    fn survey(&self) -> Result<Survey, Failure> {
        let maintenance = self.engine.maintenance_database();
        let mut answer = self.sql(maintenance, self.engine.survey())?;
        if !answer.success && self.engine.refuses_english(&answer.stderr) {
            self.english.set(false);
            answer = self.sql(maintenance, self.engine.survey())?;
        }
        if !answer.success {
            return Err(self.unreachable(&answer));
        }
        Ok(self.engine.read_survey(&answer.stdout))
    }

    /// What to do about a server that doesn't answer.
    fn unreachable(&self, answer: &Answer) -> Failure {
        let said = answer.stderr.trim();
        let shown = self.address.shown(self.engine.maintenance_database());
        let (reason, why) = self.engine.unreachable(said);
        let failure = Failure::outside(format!("can't connect to `{shown}`: {reason}"));
        let set = format!(
            "`git config {URL_KEY} {}://USER:PASSWORD@HOST:PORT/{}`",
            self.address.scheme(),
            self.address.database()
        );
        failure.hint(match why {
            Unreachable::Password => format!(
                "the user or the password is wrong: {set}, or put the password into {}",
                self.engine.password_file()
            ),
            Unreachable::User => format!("name a user that the server has: {set}"),
            Unreachable::Host => format!("the host's name is wrong: {set}"),
            Unreachable::Encryption => format!(
                "the server and the client disagree about encryption: {}",
                self.engine.encryption_hint()
            ),
            Unreachable::Nobody => format!(
                "start the server, or name one that runs: {set}; `git database up --container` takes Docker's"
            ),
            Unreachable::Other => set,
        })
    }

    /// Refuses to take the place of what somebody else has made.
    fn may_replace(&self, survey: &Survey, name: &str, replace: bool) -> Result<(), Failure> {
        let is_foreign = survey.mark(name) == Some(&Mark::None);
        if !is_foreign || replace {
            return Ok(());
        }
        let answer = self.sql(name, self.engine.has_content(name))?;
        if answer.success && answer.stdout.trim() == "f" {
            return Ok(());
        }
        Err(
            Failure::input(format!("the database `{name}` is there, and `git database` hasn't made it")).hint(
                format!("`git database up --replace` drops it with all that is in it; or name another: `git config {URL_KEY} …/OTHER`"),
            ),
        )
    }

    fn done(&self, answer: &Answer, doing: &str) -> Result<(), Failure> {
        if answer.success {
            return Ok(());
        }
        if self.engine.no_connection(answer.code, &answer.stderr) {
            return Err(self.unreachable(answer));
        }
        Err(refused(self.engine, doing, answer))
    }
}

impl Place for Server {
    fn engine(&self) -> &'static dyn Engine {
        self.engine
    }

    fn database(&self) -> Result<String, Failure> {
        Ok(self.address.database().to_owned())
    }

    fn look(&self) -> Result<Seen, Failure> {
        Ok(Seen {
            running: Running::Ready,
            survey: self.survey()?,
        })
    }

    fn up(&self, wanted: &Load<'_>, teller: &mut Teller) -> Result<(), Failure> {
        let name = self.address.database();
        let template = template_of(name);
        let key = wanted.sums.key();
        let survey = self.survey()?;
        let is_loaded = survey.template_key(name) == Some(&key) && !wanted.again;
        if is_loaded && survey.key(name) == Some(&key) {
            teller.note(&format!(
                "`{name}` was loaded from these dumps already; `git database reset` gives it their rows again"
            ));
            return Ok(());
        }
        for taken in [name, &template] {
            self.may_replace(&survey, taken, wanted.replace)?;
        }
        let maintenance = self.engine.maintenance_database();
        if !is_loaded {
            let begun = Instant::now();
            let new = self.engine.loads_as(&template);
            let answer = self.sql(maintenance, self.engine.begin(&new))?;
            self.done(&answer, &format!("can't make the database `{new}`"))?;
            let connect = || {
                let mut client = self.script(&new);
                client.current_dir(&self.root);
                client
            };
            if let Err(failure) = load::load(self.engine, wanted.dumps, &connect, teller) {
                // What is left of it is of no use to anybody; the next `up` would take it away, too.
                let half = crate::engine::Database {
                    name: new.clone(),
                    mark: Mark::Unfinished,
                };
                let _ = self.sql(maintenance, self.engine.drop(&half));
                return Err(failure);
            }
            let answer = self.sql(maintenance, self.engine.keep(&new, &template, &key))?;
            self.done(&answer, &format!("can't keep `{template}`"))?;
            teller.done(format!(
                "loaded {DIRECTORY}/ in {}",
                seconds(begun.elapsed())
            ));
        }
        let begun = Instant::now();
        let script = self.engine.copy(survey.version, name, name, &key);
        let answer = self.run(maintenance, &script)?;
        self.done(&answer, &format!("can't make `{name}` of `{template}`"))?;
        teller.done(format!("made `{name}` in {}", seconds(begun.elapsed())));
        Ok(())
    }

    fn run(&self, database: &str, script: &Script) -> Result<Answer, Failure> {
        match script {
            Script::Sql(script) => answer_to(&mut self.script(database), script),
            Script::Shell(script) => {
                let client = self.client("");
                let mut bash = Command::new("bash");
                bash.arg("-c").arg(self.engine.shell(&client) + script);
                bash.envs(
                    client
                        .get_envs()
                        .filter_map(|(name, value)| Some((name, value?))),
                );
                programs::answer(&mut bash)
            }
        }
    }

    fn address(&self, database: &str) -> Result<String, Failure> {
        Ok(self.address.shown(database))
    }

    fn client(&self, database: &str, arguments: &[OsString]) -> Result<Option<i32>, Failure> {
        programs::shown(self.client(database).args(arguments))
    }

    fn logs(&self, _: bool) -> Result<Option<i32>, Failure> {
        let shown = self.address.shown(self.address.database());
        Err(
            Failure::input(format!("the log of the server at `{shown}` is its own"))
                .hint(format!("`{}` may say where it is", self.engine.log_query())),
        )
    }

    fn stop(&self, _: bool) -> Result<bool, Failure> {
        let shown = self.address.shown(self.address.database());
        Err(Failure::input(format!(
            "`git database` hasn't started the server at `{shown}`"
        ))
        .hint("`git database drop --all` takes its databases away"))
    }

    fn drops_itself(&self) -> bool {
        true
    }
}
