//! Where a server is: a URL as psql and every driver take it, with the name of a database in it.

use command_line::Failure;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

/// What may stand in a URL as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A server and a database on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    url: Url,
    database: String,
}

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    /// What isn't one for a server that we know, or names no database.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let example = "write it as `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, for example \
                       `postgresql://postgres@localhost:5432/app`";
        // The text itself may hold a password.
        let wrong = |what: &str| Failure::input(format!("the database's URL {what}")).hint(example);
        let url = Url::parse(text).map_err(|error| wrong(&format!("can't be read: {error}")))?;
        if !["postgresql", "postgres"].contains(&url.scheme()) {
            return Err(wrong(&format!(
                "begins with `{}:`, and only PostgreSQL's (`postgresql:`) are known",
                url.scheme()
            )));
        }
        let database = percent_decode_str(url.path().trim_start_matches('/'))
            .decode_utf8_lossy()
            .into_owned();
        if database.is_empty() {
            return Err(wrong("names no database"));
        }
        Ok(Self { url, database })
    }

    /// The address of a database that a container publishes on this machine.
    pub(crate) fn on_this_machine(user: &str, password: &str, port: u16, database: &str) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
        format!(
            "postgresql://{}:{}@localhost:{port}/{}",
            encoded(user),
            encoded(password),
            encoded(database)
        )
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
            .filter(|(key, _)| key != "password" && key != "sslpassword")
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
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(address.database(), "app");
            assert_eq!(address.with("x y"), with);
            assert_eq!(address.shown("x y"), shown);
        }
    }

    #[test]
    fn what_is_no_address_is_told_without_its_password() {
        for (url, part) in [
            ("mysql://root:secret@localhost/app", "begins with `mysql:`"),
            ("postgresql://me:secret@localhost", "names no database"),
            ("host=localhost password=secret", "can't be read"),
        ] {
            let failure = Address::parse(url).unwrap_err().to_string();
            assert!(failure.contains(part), "{failure}");
            assert!(!failure.contains("secret"), "{failure}");
        }
    }
}
