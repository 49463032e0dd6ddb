//! MySQL and MariaDB, whose clients and servers are one for all that is asked here. They can neither copy nor rename a
//! database, and keep no comments on one: copies are made of tables, most of them as files ([`COPY`]), and a mark is an
//! event that never happens.

mod complaint;

use std::process::Command;

use super::{
    Database, Engine, InContainer, Mark, Script, Survey, Unreachable, between, shell_quoted,
    template_of,
};
use crate::address::Address;
use crate::trouble::Complaint;

/// MySQL 8.0 or newer, MariaDB 10.6 or newer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MySql;

/// Functions for bash. The compose file's script has them, too.
const COPY: &str = include_str!("copy.sh");

/// The event whose words are our mark.
const EVENT: &str = "git_database";

/// The statement of that event, before its words.
const MARK: &str = "SET @git_database = '";

/// What the official images call things, and how far a load is that the compose file's script has begun.
const IN_CONTAINER: InContainer = InContainer {
    port: "3306/tcp",
    published_port: &["MYSQL_PORT", "MARIADB_PORT"],
    user: (&[], "root"),
    password: &["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"],
    database: &["MYSQL_DATABASE", "MARIADB_DATABASE"],
    client: |user, database| {
        let script = r#"export MYSQL_PWD=${MYSQL_ROOT_PASSWORD:-$MARIADB_ROOT_PASSWORD}
exec "$(command -v mariadb || command -v mysql)" --protocol=socket --default-character-set=utf8mb4 "$@""#;
        let user = format!("--user={user}");
        let mut words = ["bash", "-c", script, "client", &user]
            .map(str::to_owned)
            .to_vec();
        if !database.is_empty() {
            words.push(format!("--database={database}"));
        }
        words
    },
    shell: r"
export MYSQL_PWD=${MYSQL_ROOT_PASSWORD:-$MARIADB_ROOT_PASSWORD}
client=$(command -v mariadb || command -v mysql) dumper=$(command -v mariadb-dump || command -v mysqldump)
connection=(--protocol=socket --user=root)
",
    watch: r#"
export MYSQL_PWD=${MYSQL_ROOT_PASSWORD:-$MARIADB_ROOT_PASSWORD}
client=$(command -v mariadb || command -v mysql) loaded=/var/lib/mysql/.loaded
while sleep 0.3; do
  [ -e "$loaded/.loading" ] || continue
  read -r file read all < "$loaded/.progress" || continue
  does=$("$client" --protocol=socket --user=root --batch --skip-column-names --execute="
    SELECT LEFT(info, 80) FROM information_schema.processlist WHERE command = 'Query' AND id <> CONNECTION_ID()
    AND info NOT LIKE 'KILL%' ORDER BY time DESC LIMIT 1" 2> /dev/null | head -1)
  echo "$file $read $all $does"
done
"#,
};

impl Engine for MySql {
    fn name(&self) -> &'static str {
        "MySQL and MariaDB"
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["mysql", "mariadb", "mysql2", "trilogy"]
    }

    fn variables(&self) -> &'static [&'static str] {
        &[
            "MYSQL_DATABASE",
            "MARIADB_DATABASE",
            "MYSQL_ROOT_PASSWORD",
            "MARIADB_ROOT_PASSWORD",
        ]
    }

    fn in_container(&self) -> &'static InContainer {
        &IN_CONTAINER
    }

    fn reserved(&self) -> &'static [&'static str] {
        &["mysql", "information_schema", "performance_schema", "sys"]
    }

    fn clients(&self, scheme: &str) -> &'static [&'static str] {
        if scheme == "mariadb" {
            &["mariadb", "mysql"]
        } else {
            &["mysql", "mariadb"]
        }
    }

    fn client_hint(&self) -> &'static str {
        "install the server's client: mariadb-client or mysql-client on Debian and Ubuntu, mysql-client with Homebrew"
    }

    fn connect(&self, client: &mut Command, address: &Address, database: &str) {
        client.args(arguments(address));
        if let Some(password) = address.password() {
            client.env("MYSQL_PWD", password);
        }
        if !database.is_empty() {
            client.arg(format!("--database={database}"));
        }
    }

    fn in_english(&self, _: &mut Command) {
        // What is asked of messages is their numbers.
    }

    fn refuses_english(&self, _: &str) -> bool {
        false
    }

    fn shell(&self, client: &Command) -> String {
        let program = client.get_program().to_string_lossy().into_owned();
        let dumper = match program.strip_suffix("mariadb") {
            Some(directory) => format!("{directory}mariadb-dump"),
            None => format!("{program}dump"),
        };
        let connection: Vec<String> = client
            .get_args()
            .map(|argument| shell_quoted(&argument.to_string_lossy()))
            .collect();
        format!(
            "client={} dumper={} connection=({})\n",
            shell_quoted(&program),
            shell_quoted(&dumper),
            connection.join(" ")
        )
    }

    fn script_arguments(&self) -> Vec<String> {
        [
            "--default-character-set=utf8mb4",
            "--batch",
            "--skip-column-names",
            "--raw",
            // Something else at that port may wait for a client to speak first, as this one waits for a server.
            "--connect-timeout=20",
        ]
        .map(str::to_owned)
        .into()
    }

    fn no_connection(&self, _: Option<i32>, said: &str) -> bool {
        let (_, why) = self.unreachable(said);
        why != Unreachable::Other
    }

    fn unreachable(&self, said: &str) -> (String, Unreachable) {
        let line = said
            .lines()
            .find(|line| line.starts_with("ERROR"))
            .or_else(|| said.lines().next_back())
            .unwrap_or_default();
        let reason = line.split_once(": ").map_or(line, |(_, reason)| reason);
        let number = between(line, "ERROR ", ' ').unwrap_or_default();
        let why = match number.trim_end_matches(':') {
            "1045" | "1698" | "1251" => Unreachable::Password,
            "2005" => Unreachable::Host,
            "2002" | "2003" | "2013" => Unreachable::Nobody,
            "2026" | "3159" => Unreachable::Encryption,
            _ => Unreachable::Other,
        };
        (reason.to_owned(), why)
    }

    fn password_file(&self) -> &'static str {
        "~/.my.cnf"
    }

    fn encryption_hint(&self) -> &'static str {
        "add `?ssl-mode=DISABLED` to the URL"
    }

    fn maintenance_database(&self) -> &'static str {
        ""
    }

    fn survey(&self) -> String {
        format!(
            "SELECT s.schema_name, COALESCE(e.event_definition, '') FROM information_schema.schemata s\n\
             LEFT JOIN information_schema.events e ON e.event_schema = s.schema_name AND e.event_name = '{EVENT}'\n\
             ORDER BY CAST(s.schema_name AS BINARY);\n"
        )
    }

    fn read_survey(&self, answer: &str) -> Survey {
        let database = |line: &str| {
            let (name, statement) = line.split_once('\t')?;
            Some(Database {
                name: name.to_owned(),
                mark: mark(statement),
            })
        };
        Survey {
            version: 0,
            databases: answer.lines().filter_map(database).collect(),
        }
    }

    fn has_content(&self, name: &str) -> String {
        format!(
            "SELECT IF(EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = {0})\n  \
             OR EXISTS (SELECT 1 FROM information_schema.routines WHERE routine_schema = {0}), 't', 'f');\n",
            literal(name)
        )
    }

    fn loads_as(&self, template: &str) -> String {
        // It can't be renamed, so it has its name from the beginning, and its mark in the end.
        template.to_owned()
    }

    fn begin(&self, name: &str) -> String {
        let quoted = identifier(name);
        format!(
            "SET sql_notes = 0, lock_wait_timeout = 20;\n\
             DROP DATABASE IF EXISTS {quoted};\n\
             CREATE DATABASE {quoted} CHARACTER SET utf8mb4;\n{}",
            marking(name, "unfinished")
        )
    }

    fn keep(&self, loaded: &str, _: &str, key: &str) -> String {
        marking(loaded, &format!("template {key}"))
    }

    fn copy(&self, _: u32, of: &str, name: &str, key: &str) -> Script {
        Script::Shell(format!(
            "{COPY}\ncopy {} {} {}\n",
            shell_quoted(&template_of(of)),
            shell_quoted(name),
            shell_quoted(&format!("copy {key} {of}"))
        ))
    }

    fn drop(&self, database: &Database) -> String {
        format!(
            "SET lock_wait_timeout = 20;\nDROP DATABASE IF EXISTS {};\n",
            identifier(&database.name)
        )
    }

    fn longest_name(&self) -> usize {
        64
    }

    fn complaint(&self, said: &str) -> Option<Complaint> {
        complaint::parse(said)
    }

    fn refusal(&self, said: &str) -> Option<String> {
        said.lines().find_map(|line| {
            let (_, rest) = line.split_once("ERROR ")?;
            let (_, rest) = rest.split_once(": ")?;
            Some(rest.trim().to_owned())
        })
    }

    fn fills(&self, text: &[u8]) -> Option<String> {
        const BEGIN: &[u8] = b"INSERT INTO `";
        let rest = &text[memchr::memmem::rfind(text, BEGIN)? + BEGIN.len()..];
        let end = memchr::memchr(b'`', rest)?;
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    }

    fn rights_hint(&self) -> &'static str {
        "the user that the URL names must be allowed to make databases and events: `GRANT ALL ON *.* TO …`"
    }

    fn log_query(&self) -> &'static str {
        "git database client --execute 'SELECT @@log_error'"
    }
}

/// Where a server is, for its client.
fn arguments(address: &Address) -> Vec<String> {
    let mut arguments = Vec::new();
    let socket = address.setting("socket");
    // Both clients take `localhost` for the socket, whatever the port.
    if let Some(socket) = &socket {
        arguments.extend(["--protocol=socket".to_owned(), format!("--socket={socket}")]);
    } else if let Some(port) = address.port() {
        arguments.extend(["--protocol=tcp".to_owned(), format!("--port={port}")]);
    }
    if let Some(host) = address.host().filter(|_| socket.is_none()) {
        arguments.push(format!("--host={host}"));
    }
    if let Some(user) = address.user() {
        arguments.push(format!("--user={user}"));
    }
    match address.setting("ssl-mode") {
        Some(mode) if mode.eq_ignore_ascii_case("disabled") => {
            arguments.push("--skip-ssl".to_owned());
        }
        _ => {}
    }
    arguments
}

/// The statements that write a mark.
fn marking(name: &str, words: &str) -> String {
    let event = format!("{}.{EVENT}", identifier(name));
    format!(
        "SET sql_notes = 0;\nDROP EVENT IF EXISTS {event};\n\
         CREATE EVENT {event} ON SCHEDULE EVERY 1 YEAR DISABLE DO SET @{EVENT} = {};\n",
        literal(words)
    )
}

fn mark(statement: &str) -> Mark {
    let words = statement
        .strip_prefix(MARK)
        .and_then(|rest| rest.strip_suffix('\''));
    let words = words.unwrap_or_default().replace("''", "'");
    Mark::of_words(&words.replace("\\\\", "\\"))
}

fn identifier(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_has_is_read() {
        let answer = "app\tSET @git_database = 'copy k it''s'\nit's_template\tSET @git_database = 'template k'\n\
                      mysql\t\nother\tSET @git_database = 'something newer'\n";
        let survey = MySql.read_survey(answer);
        assert_eq!(survey.key("app"), Some("k"));
        assert_eq!(survey.template_key("it's"), Some("k"));
        assert_eq!(survey.clones("it's"), ["app"]);
        assert_eq!(survey.mark("mysql"), Some(&Mark::None));
        assert_eq!(survey.mark("other"), Some(&Mark::None));
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let name = "it's a \\`name";
        let statement = marking("x", &format!("copy k {name}"));
        let (_, statement) = statement.rsplit_once(" DO ").unwrap();
        let expected = Mark::Copy {
            key: "k".to_owned(),
            of: name.to_owned(),
        };
        assert_eq!(mark(statement.trim_end_matches(";\n")), expected);
    }

    #[test]
    fn clients_are_told_of_a_server_as_its_url_says() {
        for (url, expected) in [
            (
                "mysql://me:secret@localhost:3307/app",
                &[
                    "--protocol=tcp",
                    "--port=3307",
                    "--host=localhost",
                    "--user=me",
                ][..],
            ),
            ("mysql2://localhost/app", &["--host=localhost"]),
            (
                "mariadb:///app?socket=/run/mysqld.sock",
                &["--protocol=socket", "--socket=/run/mysqld.sock"],
            ),
            (
                "mysql://db.example.com/app?ssl-mode=DISABLED",
                &["--host=db.example.com", "--skip-ssl"],
            ),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(arguments(&address), expected, "{url}");
        }
    }

    #[test]
    fn the_table_of_the_last_insert_is_told() {
        let of = |text: &str| MySql.fills(text.as_bytes());
        let text = "INSERT INTO `a` VALUES\n(1);\nINSERT INTO `b c` VALUES (1);";
        assert_eq!(of(text).as_deref(), Some("b c"));
        assert_eq!(of("SELECT 1"), None);
    }

    #[test]
    fn what_keeps_a_client_out_is_known_by_its_number() {
        for (said, reason, why) in [
            (
                "ERROR 1045 (28000): Access denied for user 'x'@'localhost' (using password: YES)\n",
                "Access denied for user 'x'@'localhost' (using password: YES)",
                Unreachable::Password,
            ),
            (
                "ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)\n",
                "Can't connect to server on '127.0.0.1' (115)",
                Unreachable::Nobody,
            ),
        ] {
            assert_eq!(MySql.unreachable(said), (reason.to_owned(), why));
        }
    }
}
