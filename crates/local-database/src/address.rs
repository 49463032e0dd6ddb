//! Where a server is: a URL as drivers take it, with the name of a database in it. Its scheme says what kind of server.

use command_line::Failure;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use crate::engine::{self, Engine};

/// What may stand in a URL as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Settings of a URL that are secret.
const SECRETS: [&str; 2] = ["password", "sslpassword"];

/// A server and a database on it.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    url: Url,
    database: String,
    engine: &'static dyn Engine,
}

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    /// What isn't one for a server that we know, or names no database.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let example = "write it as `postgresql://USER:PASSWORD@HOST:PORT/DATABASE` (or `mysql://…`), for example \
                       `postgresql://postgres@localhost:5432/app`";
        // The text itself may hold a password.
        let wrong = |what: &str| Failure::input(format!("the database's URL {what}")).hint(example);
        let url = Url::parse(&with_user_behind(text).unwrap_or_else(|| text.to_owned()))
            .map_err(|error| wrong(&format!("can't be read: {error}")))?;
        let engine = engine::of_scheme(url.scheme()).ok_or_else(|| {
            let known = engine::schemes();
            wrong(&format!(
                "begins with `{}:`; {known} are known",
                url.scheme()
            ))
        })?;
        let database = decoded(url.path().trim_start_matches('/'));
        if database.is_empty() {
            return Err(wrong("names no database"));
        }
        Ok(Self {
            url,
            database,
            engine,
        })
    }

    /// The address of a database that a container publishes on this machine.
    pub(crate) fn on_this_machine(
        engine: &dyn Engine,
        user: &str,
        password: &str,
        port: u16,
        database: &str,
    ) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
        format!(
            "{}://{}:{}@localhost:{port}/{}",
            engine.schemes()[0],
            encoded(user),
            encoded(password),
            encoded(database)
        )
    }

    /// What kind of server it is.
    pub(crate) fn engine(&self) -> &'static dyn Engine {
        self.engine
    }

    /// What the URL begins with.
    pub(crate) fn scheme(&self) -> &str {
        self.url.scheme()
    }

    /// The host, if it names one.
    pub(crate) fn host(&self) -> Option<&str> {
        self.url.host_str().filter(|host| !host.is_empty())
    }

    /// The port, if it names one.
    pub(crate) fn port(&self) -> Option<u16> {
        self.url.port()
    }

    /// The user, if it names one.
    pub(crate) fn user(&self) -> Option<String> {
        let of_url = Some(decoded(self.url.username())).filter(|user| !user.is_empty());
        of_url.or_else(|| self.setting("user"))
    }

    /// The password, if it has one.
    pub(crate) fn password(&self) -> Option<String> {
        let of_url = self.url.password().map(decoded);
        of_url.or_else(|| self.setting("password"))
    }

    /// A setting behind the `?`.
    pub(crate) fn setting(&self, name: &str) -> Option<String> {
        let mut all = self.url.query_pairs();
        let (_, value) = all.find(|(key, _)| key == name)?;
        Some(value.into_owned())
    }

    /// The name of the database.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// The same server with another database, for a program that connects to it.
    pub(crate) fn with(&self, database: &str) -> String {
        let mut url = self.url.clone();
        url.set_path(&format!("/{}", utf8_percent_encode(database, PLAIN)));
        url.into()
    }

    /// The same without the password, for what is shown.
    pub(crate) fn shown(&self, database: &str) -> String {
        let mut other = self.clone();
        // It refuses where there is no host, and so no password.
        let _ = other.url.set_password(None);
        let secret: Vec<(String, String)> = other
            .url
            .query_pairs()
            .filter(|(key, _)| !SECRETS.contains(&&**key))
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        if other.url.query().is_some() {
            other.url.set_query(None);
            if !secret.is_empty() {
                other.url.query_pairs_mut().extend_pairs(secret);
            }
        }
        other.with(database)
    }
}

/// `postgresql://me@/app?host=/tmp` is libpq's for a server on a socket (its manual, "Connection URIs"), and no URL where
/// URLs are read strictly: a user wants a host. Behind the `?` a user wants none.
fn with_user_behind(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let (user, path) = rest.split_once("@/")?;
    if user.contains(['/', '@', '?']) {
        return None;
    }
    let mut settings = Vec::new();
    let (user, password) = match user.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (user, None),
    };
    settings.extend(
        Some(user)
            .filter(|user| !user.is_empty())
            .map(|user| format!("user={user}")),
    );
    settings.extend(password.map(|password| format!("password={password}")));
    let between = if path.contains('?') { '&' } else { '?' };
    Some(format!("{scheme}:///{path}{between}{}", settings.join("&")))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn another_database_is_put_into_any_url() {
        for (url, with, shown) in [
            (
                "postgresql://me:s%40cret@localhost:5433/app?sslmode=disable",
                "postgresql://me:s%40cret@localhost:5433/x%20y?sslmode=disable",
                "postgresql://me@localhost:5433/x%20y?sslmode=disable",
            ),
            (
                "postgres:///app?host=/tmp&password=x",
                "postgres:///x%20y?host=/tmp&password=x",
                "postgres:///x%20y?host=%2Ftmp",
            ),
            (
                "postgresql://localhost/app",
                "postgresql://localhost/x%20y",
                "postgresql://localhost/x%20y",
            ),
            (
                "mysql2://root:secret@127.0.0.1:3307/app",
                "mysql2://root:secret@127.0.0.1:3307/x%20y",
                "mysql2://root@127.0.0.1:3307/x%20y",
            ),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(address.database(), "app");
            assert_eq!(address.with("x y"), with);
            assert_eq!(address.shown("x y"), shown);
        }
    }

    #[test]
    fn a_user_of_a_socket_is_read_as_libpq_reads_one() {
        let address = Address::parse("postgresql://me:s%40cret@/app?host=/tmp&port=5433").unwrap();
        assert_eq!(address.user().as_deref(), Some("me"));
        assert_eq!(address.password().as_deref(), Some("s@cret"));
        assert_eq!(address.host(), None);
        assert_eq!(
            address.with("x"),
            "postgresql:///x?host=/tmp&port=5433&user=me&password=s%40cret"
        );
        assert_eq!(
            address.shown("x"),
            "postgresql:///x?host=%2Ftmp&port=5433&user=me"
        );
        let address = Address::parse("postgresql://me@/app").unwrap();
        assert_eq!(address.with("app"), "postgresql:///app?user=me");
        let other = Address::parse("postgresql://me@localhost/a@/b").unwrap();
        assert_eq!(other.host(), Some("localhost"));
    }

    #[test]
    fn what_is_no_address_is_told_without_its_password() {
        for (url, part) in [
            (
                "sqlite://root:secret@localhost/app",
                "begins with `sqlite:`; `postgresql:` (PostgreSQL) and `mysql:` (MySQL and MariaDB) are known",
            ),
            ("postgresql://me:secret@localhost", "names no database"),
            ("host=localhost password=secret", "can't be read"),
        ] {
            let failure = Address::parse(url).unwrap_err().to_string();
            assert!(failure.contains(part), "{failure}");
            assert!(!failure.contains("secret"), "{failure}");
        }
    }
}
