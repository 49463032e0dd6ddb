//! What a database server is asked, in its own words: which databases it has, which of them are ours, and how one becomes
//! a pristine copy of the loaded one.
//!
//! This is the seam for other servers. All that the commands know is what stands in [`Engine`]; where the server runs, and
//! how its client is started, is a [`Place`](crate::place::Place)'s business.
//!
//! A database that we made carries a mark, kept by the server itself, and what carries none is never replaced or dropped.

mod postgres;

pub(crate) use postgres::Postgres;

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

/// A kind of database server.
pub(crate) trait Engine {
    /// The program that people type SQL into, by its name.
    fn client(&self) -> &'static str;

    /// The client's arguments for scripts: results alone, an end at the first error.
    fn script_arguments(&self) -> Vec<String>;

    /// The database that one connects to for work on others.
    fn maintenance_database(&self) -> &'static str;

    /// Asks what there is.
    fn survey(&self) -> String;

    /// Reads the answer to [`Engine::survey`].
    fn read_survey(&self, answer: &str) -> Survey;

    /// Asks, in a database, whether somebody has put something into it. The answer is `t` or `f`.
    fn has_content(&self) -> &'static str;

    /// Makes an empty database to load into, in the place of one that was left behind half-made.
    fn begin(&self, name: &str) -> String;

    /// Makes a loaded database the template, in the place of the one that is there. Nobody can connect to it afterwards.
    fn keep(&self, loaded: &str, template: &str, key: &str) -> String;

    /// Makes a database a pristine copy of another's template, whatever it is now. Who is connected to it is cut off, and
    /// one whose copy can't be made stays as it was.
    fn copy(&self, version: u32, of: &str, name: &str, key: &str) -> String;

    /// Drops a database, template or not.
    fn drop(&self, database: &Database) -> String;

    /// The longest name of a database, in bytes.
    fn longest_name(&self) -> usize;
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
