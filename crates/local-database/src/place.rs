//! Where a database server runs: in the container that the repository describes, or wherever a URL says.
//!
//! Both answer the same questions, so that `reset`, `clone`, `drop` and `status` are written once.

use std::ffi::OsString;

use command_line::Failure;
use project_files::Project;
use serde::Serialize;

use crate::arguments::PlaceArguments;
use crate::container::Container;
use crate::dumps::{Dumps, Sums};
use crate::engine::{Engine, Script, Survey};
use crate::output::Teller;
use crate::programs::{self, Answer};
use crate::server::Server;

/// The key of git's configuration that names a server.
pub(crate) const URL_KEY: &str = "database.url";

/// How a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Running {
    /// There is none, or it has ended.
    Stopped,
    /// It isn't ready yet.
    Loading,
    /// It answers.
    Ready,
}

/// What one look at a server shows.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) running: Running,
    /// What it has, if it is ready.
    pub(crate) survey: Survey,
}

/// What is to be loaded, and how.
#[derive(Debug)]
pub(crate) struct Load<'a> {
    pub(crate) dumps: &'a Dumps,
    pub(crate) sums: &'a Sums,
    /// Whatever is loaded now.
    pub(crate) again: bool,
    /// Even over a database that isn't ours.
    pub(crate) replace: bool,
}

/// A place for a server.
pub(crate) trait Place {
    /// What kind of server it is.
    fn engine(&self) -> &'static dyn Engine;

    /// The name of the database.
    fn database(&self) -> Result<String, Failure>;

    /// Looks what is there.
    fn look(&self) -> Result<Seen, Failure>;

    /// Starts what has to be started, and loads what isn't loaded.
    fn up(&self, load: &Load<'_>, teller: &mut Teller) -> Result<(), Failure>;

    /// Runs a script, statements in a database.
    fn run(&self, database: &str, script: &Script) -> Result<Answer, Failure>;

    /// The address of a database, for people and programs on this machine.
    fn address(&self, database: &str) -> Result<String, Failure>;

    /// Gives the terminal to the server's client. Its exit code.
    fn client(&self, database: &str, arguments: &[OsString]) -> Result<Option<i32>, Failure>;

    /// Shows what the server has written.
    fn logs(&self, follow: bool) -> Result<Option<i32>, Failure>;

    /// Ends the server; `forget`: with all that it has kept for a later start. `false` if there is none.
    fn stop(&self, forget: bool) -> Result<bool, Failure>;

    /// What is never there without our having made it, and goes when all is dropped: on a server of somebody's, the
    /// database and its template too.
    fn drops_itself(&self) -> bool;
}

/// The place that is meant.
pub(crate) fn choose(
    project: &Project,
    arguments: &PlaceArguments,
) -> Result<Box<dyn Place>, Failure> {
    let named = || programs::git(project.root(), &["config", "--get", URL_KEY]);
    let url = arguments
        .url
        .clone()
        .or_else(|| named().filter(|_| !arguments.container));
    match url {
        Some(url) => Ok(Box::new(Server::at(project, &url)?)),
        None => Ok(Box::new(Container::of(project)?)),
    }
}

/// What the server refused, in its own words.
pub(crate) fn refused(engine: &dyn Engine, doing: &str, answer: &Answer) -> Failure {
    let said = engine
        .refusal(&answer.stderr)
        .unwrap_or_else(|| answer.last_words().to_owned());
    let failure = Failure::outside(format!("{doing}: {said}"));
    let is_about = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if is_about(&["No space left", "is full", "disk full"]) {
        failure.hint(
            "a copy needs as much room as the database itself: `git database drop --all` takes copies away",
        )
    } else if is_about(&["permission denied", "Access denied", "command denied"]) {
        failure.hint(engine.rights_hint())
    } else if is_about(&["isn't installed", "command not found"]) {
        failure.hint(engine.client_hint())
    } else {
        failure.hint("`git database logs` has what the server wrote")
    }
}
