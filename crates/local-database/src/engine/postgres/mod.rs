//! PostgreSQL: `CREATE DATABASE … TEMPLATE` copies files, and comments on databases are kept by the server.

mod complaint;

use std::process::Command;

use super::{
    Database, Engine, InContainer, Mark, Script, Survey, Unreachable, between, template_of,
    unfinished,
};
use crate::address::Address;
use crate::trouble::Complaint;

/// PostgreSQL 13 or newer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Postgres;

/// What our comments begin with. The container's script writes the same.
const MARK: &str = "git database: ";

/// Parts the columns of what psql prints.
const COLUMN: char = '\u{1f}';

/// The first version that can be told how to copy.
const STRATEGIES: u32 = 150_000;

/// What the official image calls things, and how far a load is that the compose file's script has begun.
const IN_CONTAINER: InContainer = InContainer {
    port: "5432/tcp",
    published_port: &["POSTGRES_PORT"],
    user: (&["POSTGRES_USER"], "postgres"),
    password: &["POSTGRES_PASSWORD"],
    database: &["POSTGRES_DB"],
    client: |user, database| {
        ["psql", "--username", user, "--dbname", database]
            .map(str::to_owned)
            .into()
    },
    shell: "",
    watch: r#"
while sleep 0.3; do
  [ -e "$PGDATA/loaded/.loading" ] || continue
  read -r file read all < "$PGDATA/loaded/.progress" || continue
  does=$(psql --no-psqlrc --no-password -qAt --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --command="
    SELECT left(query, 80) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()
    AND backend_type = 'client backend' ORDER BY query_start LIMIT 1" 2> /dev/null | head -1)
  echo "$file $read $all $does"
done
"#,
};

/// The exit code of psql when it can't connect.
const NO_CONNECTION: i32 = 2;

impl Engine for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["postgresql", "postgres"]
    }

    fn variables(&self) -> &'static [&'static str] {
        &["POSTGRES_DB", "POSTGRES_PASSWORD"]
    }

    fn in_container(&self) -> &'static InContainer {
        &IN_CONTAINER
    }

    fn reserved(&self) -> &'static [&'static str] {
        &["postgres", "template0", "template1"]
    }

    fn clients(&self, _: &str) -> &'static [&'static str] {
        &["psql"]
    }

    fn client_hint(&self) -> &'static str {
        "install PostgreSQL's client: postgresql-client on Debian and Ubuntu, libpq with Homebrew, or the installer of \
         https://www.postgresql.org/download"
    }

    fn connect(&self, client: &mut Command, address: &Address, database: &str) {
        client.arg("--dbname").arg(address.with(database));
    }

    fn in_english(&self, client: &mut Command) {
        let own = std::env::var("PGOPTIONS").unwrap_or_default();
        let options = format!("{own} -c lc_messages=C");
        client
            .env("LC_MESSAGES", "C")
            .env("PGOPTIONS", options.trim());
    }

    fn refuses_english(&self, said: &str) -> bool {
        // Who isn't a superuser reads messages in the server's language.
        said.contains("\"lc_messages\"")
    }

    fn shell(&self, _: &Command) -> String {
        String::new()
    }

    fn no_connection(&self, code: Option<i32>, _: &str) -> bool {
        code == Some(NO_CONNECTION)
    }

    fn unreachable(&self, said: &str) -> (String, Unreachable) {
        // Behind it psql asks whether there is a server at all.
        let reason = said
            .rsplit_once("FATAL:")
            .or_else(|| said.lines().next()?.rsplit_once("failed: "))
            .map(|(_, rest)| rest.trim())
            .or_else(|| said.lines().next_back())
            .map(|reason| reason.trim_start_matches("psql: error: "))
            .unwrap_or_default();
        let known = |words: &[&str]| words.iter().any(|word| said.contains(word));
        let why = if known(&["invalid response to SSL negotiation"]) {
            // Something else answers.
            Unreachable::Nobody
        } else if known(&["password", "authentication failed", "no pg_hba.conf entry"]) {
            Unreachable::Password
        } else if known(&["role \""]) {
            Unreachable::User
        } else if known(&["translate host name", "Name or service not known"]) {
            Unreachable::Host
        } else if known(&["SSL"]) {
            Unreachable::Encryption
        } else if known(&[
            "Connection refused",
            "No such file or directory",
            "timeout",
            "timed out",
        ]) {
            Unreachable::Nobody
        } else {
            Unreachable::Other
        };
        (reason.to_owned(), why)
    }

    fn script_arguments(&self) -> Vec<String> {
        let separator = format!("--field-separator={COLUMN}");
        [
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--no-password",
            "--set=ON_ERROR_STOP=1",
            &separator,
            "--file=-",
        ]
        .map(str::to_owned)
        .into()
    }

    fn password_file(&self) -> &'static str {
        "~/.pgpass"
    }

    fn encryption_hint(&self) -> &'static str {
        "add `?sslmode=require` to the URL, or `?sslmode=disable`"
    }

    fn maintenance_database(&self) -> &'static str {
        "postgres"
    }

    fn survey(&self) -> String {
        "SELECT '', current_setting('server_version_num')\n\
         UNION ALL\n\
         (SELECT d.datname, coalesce(shobj_description(d.oid, 'pg_database'), '')\n \
          FROM pg_database d ORDER BY d.datname COLLATE \"C\");\n"
            .to_owned()
    }

    fn read_survey(&self, answer: &str) -> Survey {
        let mut survey = Survey::default();
        for line in answer.lines() {
            match line.split_once(COLUMN) {
                Some(("", version)) => survey.version = version.trim().parse().unwrap_or_default(),
                Some((name, comment)) => survey.databases.push(Database {
                    name: name.to_owned(),
                    mark: mark(comment.trim()),
                }),
                None => {}
            }
        }
        survey
    }

    fn has_content(&self, _: &str) -> String {
        "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace\n    \
         WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%');\n"
            .to_owned()
    }

    fn loads_as(&self, template: &str) -> String {
        unfinished(template)
    }

    fn begin(&self, name: &str) -> String {
        let quoted = identifier(name);
        format!(
            "SET client_min_messages = warning;\n\
             DROP DATABASE IF EXISTS {quoted} WITH (FORCE);\n\
             CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8';\n{}",
            comment(name, "unfinished")
        )
    }

    fn keep(&self, loaded: &str, template: &str, key: &str) -> String {
        let (from, to) = (identifier(loaded), identifier(template));
        format!(
            "{}ALTER DATABASE {from} RENAME TO {to};\n{}ALTER DATABASE {to} IS_TEMPLATE true ALLOW_CONNECTIONS false;\n",
            // The old one is gone before the new one has its name: who is cut off here finds no template, and loads again.
            drop_if_there(template, true),
            comment(template, &format!("template {key}")),
        )
    }

    fn copy(&self, version: u32, of: &str, name: &str, key: &str) -> Script {
        let new = unfinished(name);
        // A copy through the write-ahead log writes everything twice, and is the default of those that have a choice.
        let strategy = if version >= STRATEGIES {
            " STRATEGY file_copy"
        } else {
            ""
        };
        Script::Sql(format!(
            "{}CREATE DATABASE {} TEMPLATE {}{strategy};\n{}{}ALTER DATABASE {} RENAME TO {};\n",
            drop_if_there(&new, false),
            identifier(&new),
            identifier(&template_of(of)),
            comment(&new, &format!("copy {key} {of}")),
            drop_if_there(name, false),
            identifier(&new),
            identifier(name),
        ))
    }

    fn drop(&self, database: &Database) -> String {
        drop_if_there(&database.name, matches!(database.mark, Mark::Template(_)))
    }

    fn longest_name(&self) -> usize {
        63
    }

    fn complaint(&self, said: &str) -> Option<Complaint> {
        complaint::parse(said)
    }

    fn refusal(&self, said: &str) -> Option<String> {
        said.lines().find_map(|line| {
            let (_, rest) = line.split_once("ERROR:").or(line.split_once("FATAL:"))?;
            Some(rest.trim().to_owned())
        })
    }

    fn fills(&self, text: &[u8]) -> Option<String> {
        const BEGIN: &[u8] = b"\nCOPY ";
        let rest = match memchr::memmem::rfind(text, BEGIN) {
            Some(at) => &text[at + BEGIN.len()..],
            None => text.strip_prefix(&BEGIN[1..])?,
        };
        let end = memchr::memchr2(b' ', b'(', rest)?;
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    }

    fn rights_hint(&self) -> &'static str {
        "the user that the URL names must be allowed to create databases: `ALTER ROLE … CREATEDB`"
    }

    fn log_query(&self) -> &'static str {
        "git database client --command 'SELECT pg_current_logfile()'"
    }
}

fn drop_if_there(name: &str, is_template: bool) -> String {
    let quoted = identifier(name);
    // psql asks and runs what it is answered: a template has to be made an ordinary database first.
    let ordinary = if is_template {
        format!(
            "SELECT format('ALTER DATABASE %I IS_TEMPLATE false', datname) FROM pg_database WHERE datname = {} \\gexec\n",
            literal(name)
        )
    } else {
        String::new()
    };
    format!(
        "SET client_min_messages = warning;\n{ordinary}DROP DATABASE IF EXISTS {quoted} WITH (FORCE);\n"
    )
}

fn comment(name: &str, what: &str) -> String {
    format!(
        "COMMENT ON DATABASE {} IS {};\n",
        identifier(name),
        literal(&format!("{MARK}{what}"))
    )
}

fn mark(comment: &str) -> Mark {
    Mark::of_words(comment.strip_prefix(MARK).unwrap_or_default())
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names that end in a backslash can't be, and none of our words has one, so `E''` isn't needed.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_carries_our_mark_is_ours() {
        for (comment, expected) in [
            (
                "git database: template ab12",
                Mark::Template("ab12".to_owned()),
            ),
            (
                "git database: copy ab12 my app",
                Mark::Copy {
                    key: "ab12".to_owned(),
                    of: "my app".to_owned(),
                },
            ),
            ("git database: unfinished", Mark::Unfinished),
            ("git database: something newer", Mark::None),
            ("default administrative connection database", Mark::None),
            ("copy ab12", Mark::None),
            ("", Mark::None),
        ] {
            assert_eq!(mark(comment), expected, "{comment}");
        }
    }

    #[test]
    fn what_a_server_has_is_read() {
        let answer = "\u{1f}150018\napp\u{1f}git database: copy k app\napp_template\u{1f}git database: template k\n\
                      other\u{1f}git database: copy k other\npostgres\u{1f}default\ntest_1\u{1f}git database: copy k app\n";
        let survey = Postgres.read_survey(answer);
        assert_eq!(survey.version, 150_018);
        assert_eq!(survey.template_key("app"), Some("k"));
        assert_eq!(survey.key("app"), Some("k"));
        assert_eq!(survey.clones("app"), ["test_1"]);
        assert_eq!(survey.mark("postgres"), Some(&Mark::None));
        assert_eq!(survey.mark("nowhere"), None);
    }

    #[test]
    fn names_are_quoted() {
        let copy = |version, of: &str, name: &str| match Postgres.copy(version, of, name, "k") {
            Script::Sql(script) | Script::Shell(script) => script,
        };
        let script = copy(150_000, "a\"b", "a'b");
        assert!(
            script.contains("\"a\"\"b_template\" STRATEGY file_copy"),
            "{script}"
        );
        assert!(script.contains("RENAME TO \"a'b\""), "{script}");
        assert!(!copy(140_000, "t", "n").contains("STRATEGY"));
    }

    #[test]
    fn the_table_of_the_last_copy_is_told() {
        let of = |text: &str| Postgres.fills(text.as_bytes());
        assert_eq!(
            of("x\nCOPY a (id) FROM stdin;\n1\n\\.\n\nCOPY s.b FROM stdin;\n"),
            Some("s.b".to_owned())
        );
        assert_eq!(of("COPY users (id) FROM stdin;"), Some("users".to_owned()));
        assert_eq!(of("COPYING\n1\tCOPY x \n"), None);
    }
}
