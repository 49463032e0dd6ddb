//! A PostgreSQL server of somebody's own, named by a URL: nothing is started or stopped, and nothing is replaced that
//! doesn't carry our mark.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use command_line::Failure;
use project_files::Project;

use crate::address::Address;
use crate::dumps::DIRECTORY;
use crate::engine::{Engine, LONGEST_ENDING, Mark, Postgres, Survey, template_of, unfinished};
use crate::load;
use crate::output::{Teller, seconds};
use crate::place::{Load, Place, Running, Seen, URL_KEY, refused};
use crate::programs::{self, Answer, answer_to};

/// The exit code of psql when it can't connect.
const NO_CONNECTION: i32 = 2;

/// A server that is there.
#[derive(Debug)]
pub(crate) struct Server {
    address: Address,
    engine: Postgres,
    root: PathBuf,
}

impl Server {
    /// The server that a URL names.
    pub(crate) fn at(project: &Project, url: &str) -> Result<Self, Failure> {
        let address = Address::parse(url)?;
        let engine = Postgres;
        let name = address.database();
        let reserved = ["postgres", "template0", "template1"];
        if reserved.contains(&name) {
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
        Ok(Self {
            address,
            engine,
            root: project.root().to_owned(),
        })
    }

    /// psql for a script.
    fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new(self.engine.client());
        psql.args(self.engine.script_arguments())
            .arg("--dbname")
            .arg(self.address.with(database));
        // Messages are read here.
        psql.env("LC_MESSAGES", "C").env("PGOPTIONS", options());
        psql
    }

    fn survey(&self) -> Result<Survey, Failure> {
        let maintenance = self.engine.maintenance_database();
        let answer = self.run(maintenance, &self.engine.survey())?;
        if !answer.success {
            return Err(self.unreachable(&answer));
        }
        Ok(self.engine.read_survey(&answer.stdout))
    }

    /// What to do about a server that doesn't answer.
    fn unreachable(&self, answer: &Answer) -> Failure {
        let said = answer.stderr.trim();
        let shown = self.address.shown(self.engine.maintenance_database());
        // Behind it psql asks whether there is a server at all.
        let reason = said
            .rsplit_once("FATAL:")
            .or_else(|| {
                said.lines()
                    .next()
                    .and_then(|line| line.rsplit_once("failed: "))
            })
            .map_or_else(|| answer.last_words(), |(_, rest)| rest.trim());
        let failure = Failure::outside(format!("can't connect to `{shown}`: {reason}"));
        let set = format!(
            "`git config {URL_KEY} postgresql://USER:PASSWORD@HOST:PORT/{}`",
            self.address.database()
        );
        if answer.code != Some(NO_CONNECTION) {
            return failure;
        }
        let known = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if known(&["password", "authentication failed", "no pg_hba.conf entry"]) {
            failure.hint(format!(
                "the user or the password is wrong: {set}, or put the password into ~/.pgpass"
            ))
        } else if known(&["role \""]) {
            failure.hint(format!("name a user that the server has: {set}"))
        } else if known(&["translate host name", "Name or service not known"]) {
            failure.hint(format!("the host's name is wrong: {set}"))
        } else if known(&[
            "Connection refused",
            "No such file or directory",
            "timeout",
            "timed out",
        ]) {
            failure.hint(format!(
                "start the server, or name one that runs: {set}; `git database up --container` takes Docker's"
            ))
        } else {
            failure.hint(set)
        }
    }

    /// Refuses to take the place of what somebody else has made.
    fn may_replace(&self, survey: &Survey, name: &str, replace: bool) -> Result<(), Failure> {
        let is_foreign = survey.mark(name) == Some(&Mark::None);
        if !is_foreign || replace {
            return Ok(());
        }
        let answer = self.run(name, self.engine.has_content())?;
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
        if answer.code == Some(NO_CONNECTION) {
            return Err(self.unreachable(answer));
        }
        Err(refused(doing, answer))
    }
}

/// Settings of a session, added to those that the user has.
fn options() -> String {
    let own = std::env::var("PGOPTIONS").unwrap_or_default();
    format!("{own} -c lc_messages=C").trim().to_owned()
}

impl Place for Server {
    fn engine(&self) -> &dyn Engine {
        &self.engine
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
            let new = unfinished(&template);
            let answer = self.run(maintenance, &self.engine.begin(&new))?;
            self.done(&answer, &format!("can't make the database `{new}`"))?;
            let connect = || {
                let mut psql = self.psql(&new);
                psql.current_dir(&self.root);
                psql
            };
            if let Err(failure) = load::load(wanted.dumps, &connect, teller) {
                // What is left of it is of no use to anybody; the next `up` would take it away, too.
                let half = crate::engine::Database {
                    name: new.clone(),
                    mark: Mark::Unfinished,
                };
                let _ = self.run(maintenance, &self.engine.drop(&half));
                return Err(failure);
            }
            let answer = self.run(maintenance, &self.engine.keep(&new, &template, &key))?;
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

    fn run(&self, database: &str, script: &str) -> Result<Answer, Failure> {
        answer_to(self.psql(database).arg("--file=-"), script)
    }

    fn address(&self, database: &str) -> Result<String, Failure> {
        Ok(self.address.shown(database))
    }

    fn client(&self, database: &str, arguments: &[OsString]) -> Result<Option<i32>, Failure> {
        let mut psql = Command::new(self.engine.client());
        psql.arg("--dbname").arg(self.address.with(database));
        programs::shown(psql.args(arguments))
    }

    fn logs(&self, _: bool) -> Result<Option<i32>, Failure> {
        let shown = self.address.shown(self.address.database());
        Err(
            Failure::input(format!("the log of the server at `{shown}` is its own")).hint(
                "`git database psql --command 'SELECT pg_current_logfile()'` may say where it is",
            ),
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
