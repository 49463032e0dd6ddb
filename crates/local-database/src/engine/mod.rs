//! What a database server is asked, in its own words: which databases it has, which of them are ours, how one becomes a
//! pristine copy of the loaded one, and what its client says of a dump that doesn't load.
//!
//! This is the seam for kinds of servers: one module each, and no other knows which there are. All that the commands know
//! is what stands in [`Engine`]; where the server runs, and how its client is started, is a
//! [`Place`](crate::place::Place)'s business.
//!
//! A database that we made carries a mark, kept by the server itself, and what carries none is never replaced or dropped.

mod mysql;
mod postgres;

use std::fmt::Debug;
use std::process::Command;

use crate::address::Address;
use crate::trouble::Complaint;

/// All kinds of servers that there are. The first is meant where nothing says which.
const ENGINES: [&dyn Engine; 2] = [&postgres::Postgres, &mysql::MySql];

/// Ends the name of the loaded database that all others are copies of.
const TEMPLATE: &str = "_template";

/// Ends the name of a database that is being loaded, and of a copy that is being made.
const UNFINISHED: &str = "_unfinished";

/// What a database is to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The loaded one, which nobody writes to; of the dumps with this key.
    Template(String),
    /// A copy of it: of the dumps with this key, and of the template of the database with this name.
    Copy { key: String, of: String },
    /// Being made, or left behind half-made.
    Unfinished,
    /// Somebody else's.
    None,
}

impl Mark {
    /// Reads the words that a mark is written in, on every server alike.
    fn of_words(words: &str) -> Self {
        match words.split_once(' ') {
            Some(("template", key)) => Self::Template(key.to_owned()),
            Some(("copy", rest)) => match rest.split_once(' ') {
                Some((key, of)) => Self::Copy {
                    key: key.to_owned(),
                    of: of.to_owned(),
                },
                None => Self::None,
            },
            None if words == "unfinished" => Self::Unfinished,
            _ => Self::None,
        }
    }
}

/// A database of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) mark: Mark,
}

/// What a server has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// As the server counts them; 0 if it didn't say.
    pub(crate) version: u32,
    pub(crate) databases: Vec<Database>,
}

/// Work for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Script {
    /// Statements, for the client.
    Sql(String),
    /// Commands, for bash on the machine that the client runs on, behind [`InContainer::shell`] or [`Engine::shell`].
    Shell(String),
}

/// What the official image of a server calls things.
#[derive(Debug)]
pub(crate) struct InContainer {
    /// The port inside of the container, as docker names it.
    pub(crate) port: &'static str,
    /// The variables of our compose files that name the port on this machine.
    pub(crate) published_port: &'static [&'static str],
    /// The variables that may name the user, and who it is else.
    pub(crate) user: (&'static [&'static str], &'static str),
    /// The variables that may hold the password.
    pub(crate) password: &'static [&'static str],
    /// The variables that may name the database; else it has the user's name.
    pub(crate) database: &'static [&'static str],
    /// The words that start the client in the container for a user and a database; its arguments follow.
    pub(crate) client: fn(&str, &str) -> Vec<String>,
    /// What [`Script::Shell`] needs before it.
    pub(crate) shell: &'static str,
    /// Prints, as long as dumps are loaded, which file it is at, bytes read, all bytes, and the statement that runs.
    pub(crate) watch: &'static str,
}

/// Why a server can't be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreachable {
    /// It refuses the password, or who comes without one.
    Password,
    /// It doesn't know the user.
    User,
    /// The host has no such name.
    Host,
    /// Nothing answers there.
    Nobody,
    /// It wants an encrypted connection, or none.
    Encryption,
    /// Something else.
    Other,
}

/// A kind of database server.
pub(crate) trait Engine: Debug + Sync {
    /// Its name in sentences.
    fn name(&self) -> &'static str;

    /// What its URLs begin with; the first is written.
    fn schemes(&self) -> &'static [&'static str];

    /// Words of a compose file by which its service is known.
    fn variables(&self) -> &'static [&'static str];

    /// What its official image calls things.
    fn in_container(&self) -> &'static InContainer;

    /// Names of databases that are the server's own.
    fn reserved(&self) -> &'static [&'static str];

    /// The programs that people type SQL into, by their names; the first that is there is taken.
    fn clients(&self, scheme: &str) -> &'static [&'static str];

    /// Where the client comes from.
    fn client_hint(&self) -> &'static str;

    /// Tells the client of a server. An empty name is no database.
    fn connect(&self, client: &mut Command, address: &Address, database: &str);

    /// Has messages come in the language in which they are read here.
    fn in_english(&self, client: &mut Command);

    /// Whether a server lets this user not ask for it.
    fn refuses_english(&self, said: &str) -> bool;

    /// Defines for bash what [`Script::Shell`] needs, for a client that is told of a server.
    fn shell(&self, client: &Command) -> String;

    /// The client's arguments for a script on its standard input: results alone, an end at the first error.
    fn script_arguments(&self) -> Vec<String>;

    /// The client's exit code when it can't connect.
    fn no_connection(&self, code: Option<i32>, said: &str) -> bool;

    /// What a client that can't connect said of the reason, and which that is.
    fn unreachable(&self, said: &str) -> (String, Unreachable);

    /// The file in which a user may have passwords.
    fn password_file(&self) -> &'static str;

    /// What to do when a server and its client disagree about encryption.
    fn encryption_hint(&self) -> &'static str;

    /// The database that one connects to for work on others.
    fn maintenance_database(&self) -> &'static str;

    /// Asks what there is.
    fn survey(&self) -> String;

    /// Reads the answer to [`Engine::survey`].
    fn read_survey(&self, answer: &str) -> Survey;

    /// Asks whether somebody has put something into a database. The answer is `t` or `f`.
    fn has_content(&self, name: &str) -> String;

    /// The name under which what is to be the template is loaded.
    fn loads_as(&self, template: &str) -> String;

    /// Makes an empty database to load into, in the place of one that was left behind half-made.
    fn begin(&self, name: &str) -> String;

    /// Makes a loaded database the template, in the place of the one that is there.
    fn keep(&self, loaded: &str, template: &str, key: &str) -> String;

    /// Makes a database a pristine copy of another's template, whatever it is now. Who is connected to it is cut off.
    fn copy(&self, version: u32, of: &str, name: &str, key: &str) -> Script;

    /// Drops a database, template or not.
    fn drop(&self, database: &Database) -> String;

    /// The longest name of a database, in bytes.
    fn longest_name(&self) -> usize;

    /// Reads what the client, or the container's script, wrote of a dump that doesn't load.
    fn complaint(&self, said: &str) -> Option<Complaint>;

    /// What a server said when it refused something.
    fn refusal(&self, said: &str) -> Option<String>;

    /// The table that gets rows by the last statement of a text that fills one. For people who wait: a line that only
    /// looks like one harms nobody, and one that is cut by the text's end isn't missed.
    fn fills(&self, text: &[u8]) -> Option<String>;

    /// What to do when a user may not do what has to be done.
    fn rights_hint(&self) -> &'static str;

    /// Asks where the server's log is.
    fn log_query(&self) -> &'static str;
}

/// The kind of server that a URL's scheme names.
pub(crate) fn of_scheme(scheme: &str) -> Option<&'static dyn Engine> {
    let knows = |engine: &&'static dyn Engine| engine.schemes().contains(&scheme);
    ENGINES.into_iter().find(knows)
}

/// The kind of server that a compose file describes.
pub(crate) fn of_compose_file(text: &str) -> &'static dyn Engine {
    let is_of = |engine: &&'static dyn Engine| {
        let mut words = engine.variables().iter();
        words.any(|word| text.contains(word))
    };
    ENGINES.into_iter().find(is_of).unwrap_or(ENGINES[0])
}

/// What URLs may begin with, for a message.
pub(crate) fn schemes() -> String {
    let one = |engine: &dyn Engine| format!("`{}:` ({})", engine.schemes()[0], engine.name());
    ENGINES.map(one).join(" and ")
}

/// The name of the template of a database.
pub(crate) fn template_of(name: &str) -> String {
    format!("{name}{TEMPLATE}")
}

/// The name under which a database is made.
pub(crate) fn unfinished(name: &str) -> String {
    format!("{name}{UNFINISHED}")
}

/// How much longer than a database's own name the longest of the names beside it is, in bytes.
pub(crate) const LONGEST_ENDING: usize = TEMPLATE.len() + UNFINISHED.len();

/// A text for bash, as it is.
pub(crate) fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A name in a sentence of the server's: what stands between the first such quotes.
fn between<'a>(text: &'a str, before: &str, after: char) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

impl Survey {
    /// The database of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Database> {
        self.databases.iter().find(|database| database.name == name)
    }

    /// What the database of this name is to us; none if there is no such database.
    pub(crate) fn mark(&self, name: &str) -> Option<&Mark> {
        self.named(name).map(|database| &database.mark)
    }

    /// The key of the dumps that the template of a database was loaded from.
    pub(crate) fn template_key(&self, name: &str) -> Option<&str> {
        match self.mark(&template_of(name)) {
            Some(Mark::Template(key)) => Some(key),
            _ => None,
        }
    }

    /// The key of the dumps that a database has the rows of, as far as nobody has changed them.
    pub(crate) fn key(&self, name: &str) -> Option<&str> {
        match self.mark(name) {
            Some(Mark::Copy { key, .. }) => Some(key),
            _ => None,
        }
    }

    /// Whether the database of this name is a copy beside another one: two repositories may use one server.
    pub(crate) fn is_clone(&self, name: &str, of: &str) -> bool {
        name != of && matches!(self.mark(name), Some(Mark::Copy { of: whose, .. }) if whose == of)
    }

    /// The copies beside a database, by name.
    pub(crate) fn clones(&self, of: &str) -> Vec<&str> {
        self.databases
            .iter()
            .map(|database| database.name.as_str())
            .filter(|name| self.is_clone(name, of))
            .collect()
    }
}
