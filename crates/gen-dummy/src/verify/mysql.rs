//! The same for MySQL and MariaDB, with the client `mysql` or `mariadb`.
//!
//! A dump is loaded without a look at foreign keys, so what they lead to is asked for afterwards.

use super::place::{Marks, Watch};
use super::{Answer, database, finish, refused};
use command_line::Failure;
use mysql_model::{ForeignKey, Schema, Server, Table};
use mysql_sql::{ddl, literal, qualified, quoted};
use std::io::{self, ErrorKind, Write};
use std::process::{Child, Command, Stdio};

/// Numbers of errors that are the client's own: it didn't reach the server.
const OF_CLIENT: std::ops::Range<u32> = 2000..3000;

/// What is verified where.
#[derive(Debug)]
struct Verification<'a> {
    client: Client,
    database: String,
    schema: &'a Schema,
    server: Server,
}

/// Makes a database on the server that `url` names (the client's own settings if it is empty), loads the schema and the
/// rows that `write` writes, and drops it.
pub(crate) fn verify(
    url: &str,
    schema: &Schema,
    server: Server,
    source: &str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let here = Verification {
        client: Client::of(url, server)?,
        database: database(),
        schema,
        server,
    };
    let name = &here.database;
    let created = here.client.run(
        None,
        &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4;\n"),
    )?;
    if let Some(said) = created.refusal {
        return Err(Client::server_failed(&said));
    }
    let outcome = here
        .load(source, write)
        .and_then(|()| here.check_foreign_keys());
    let dropped = here
        .client
        .run(None, &format!("DROP DATABASE IF EXISTS {name};\n"))?;
    outcome?;
    match dropped.refusal {
        None => Ok(()),
        Some(said) => Err(Failure::outside(format!(
            "the rows load, but the database `{name}` can't be dropped: {}",
            Refusal::of(&said).message
        ))),
    }
}

impl Verification<'_> {
    fn load(
        &self,
        source: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let sql = ddl::schema_sql(self.schema, self.server, source);
        let of_schema = self.client.run(Some(&self.database), &sql)?;
        if let Some(said) = of_schema.refusal {
            return Err(Failure::check(format!(
                "the schema doesn't load: {}",
                Refusal::of(&said).message
            ))
            .hint(format!("is the server a {}?", self.server)));
        }
        let mut child = self.client.start(Some(&self.database))?;
        let mut marks = Marks::default();
        let answer = finish(&mut child, self.client.program, |input| {
            let mut writer = Watch::new(input);
            let written = write(&mut writer);
            marks = writer.into_marks();
            written
        })?;
        let Some(said) = answer.refusal else {
            return Ok(());
        };
        let refusal = Refusal::of(&said);
        let mark = refusal.line.and_then(|line| marks.at(line));
        let table = mark.map(|mark| mark.table.as_str());
        let row = match (mark, refusal.row()) {
            (Some(mark), Some(row)) => format!(" (row {})", mark.rows_before + row),
            _ => String::new(),
        };
        Err(refused(
            table,
            &format!("{}: {}{row}", table.unwrap_or("the rows"), refusal.message),
        ))
    }

    /// Asks whether each row has the ones that it refers to.
    fn check_foreign_keys(&self) -> Result<(), Failure> {
        let mut sql = String::new();
        for table in &self.schema.tables {
            for key in &table.foreign_keys {
                sql.push_str(&orphan(table, key));
            }
        }
        let answer = self.client.run(Some(&self.database), &sql)?;
        if let Some(said) = answer.refusal {
            return Err(Failure::outside(format!(
                "foreign keys can't be checked: {}",
                Refusal::of(&said).message
            )));
        }
        match answer
            .output
            .lines()
            .next()
            .and_then(|line| line.split_once('\t'))
        {
            Some((table, key)) => Err(refused(
                Some(table),
                &format!("{table}: a row refers to none [foreign key `{key}`]"),
            )),
            None => Ok(()),
        }
    }
}

/// Asks for a row of a table that refers to none.
fn orphan(table: &Table, key: &ForeignKey) -> String {
    let pairs = key.columns.iter().zip(&key.referenced_columns);
    let has_values: Vec<String> = key
        .columns
        .iter()
        .map(|column| format!("child.{} IS NOT NULL", quoted(column)))
        .collect();
    let is_parent: Vec<String> = pairs
        .map(|(own, other)| format!("parent.{} = child.{}", quoted(other), quoted(own)))
        .collect();
    format!(
        "SELECT {}, {} FROM {} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS parent WHERE {}) LIMIT 1;\n",
        literal(&table.name.to_string()),
        literal(&key.name),
        qualified(&table.name),
        has_values.join(" AND "),
        qualified(&key.referenced_table),
        is_parent.join(" AND ")
    )
}

/// A client, and how it reaches the server.
#[derive(Debug)]
struct Client {
    program: &'static str,
    arguments: Vec<String>,
    password: Option<String>,
}

impl Client {
    /// The client for a server, whichever of the two is installed.
    fn of(url: &str, server: Server) -> Result<Self, Failure> {
        let programs = match server {
            Server::MySql => ["mysql", "mariadb"],
            Server::MariaDb => ["mariadb", "mysql"],
        };
        let is_there = |program: &&&str| {
            Command::new(program)
                .arg("--version")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok()
        };
        let Some(program) = programs.iter().find(is_there) else {
            return Err(Failure::outside(format!(
                "`--verify` needs the client `{}`, and it isn't there",
                programs[0]
            ))
            .hint("install it: default-mysql-client on Debian and Ubuntu, mysql-client or mariadb with Homebrew"));
        };
        let mut client = Self {
            program,
            arguments: Vec::new(),
            password: None,
        };
        if !url.is_empty() {
            client.reach(url)?;
        }
        Ok(client)
    }

    /// Takes the parts of a URL.
    fn reach(&mut self, url: &str) -> Result<(), Failure> {
        let wrong = |what: &str| {
            Failure::input(format!("`--verify {}`: {what}", shown(url)))
                .hint("write `gen-dummy --verify mysql://user:password@host:3306`")
        };
        let rest = ["mysql://", "mariadb://", "mysql2://", "trilogy://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme))
            .ok_or_else(|| {
                wrong("a URL of MySQL begins with `mysql://`, one of MariaDB with `mariadb://`")
            })?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let place = place.split('/').next().unwrap_or_default();
        let (account, host) = place.rsplit_once('@').unwrap_or(("", place));
        let (user, password) = match account.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (account, None),
        };
        let plain = |text: &str| {
            decoded(text).ok_or_else(|| wrong("a `%` stands before two digits of hexadecimal"))
        };
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (host, None),
        };
        let mut add =
            |option: &str, value: String| self.arguments.push(format!("--{option}={value}"));
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if !host.is_empty() {
            add("host", plain(host)?);
            // `localhost` is the socket to the client.
            add("protocol", "tcp".to_owned());
        }
        if let Some(port) = port {
            let number: u16 = port
                .parse()
                .map_err(|_| wrong(&format!("the port is a number, not `{port}`")))?;
            add("port", number.to_string());
        }
        if !user.is_empty() {
            add("user", plain(user)?);
        }
        for option in query.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("socket", path)) if host.is_empty() => add("socket", plain(path)?),
                Some(("socket", _)) => return Err(wrong("a host and a socket are two places")),
                _ => return Err(wrong(&format!("`{option}` isn't known; `socket=` is"))),
            }
        }
        self.password = password.map(plain).transpose()?;
        Ok(())
    }

    fn start(&self, database: Option<&str>) -> Result<Child, Failure> {
        let mut command = Command::new(self.program);
        command
            .args(&self.arguments)
            .args([
                "--batch",
                "--skip-column-names",
                "--default-character-set=utf8mb4",
            ])
            .args(database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(password) = &self.password {
            // Arguments can be read by everybody on the machine.
            command.env("MYSQL_PWD", password);
        }
        command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::outside(format!("{} is gone", self.program)),
            _ => Failure::outside(format!("can't start {}: {error}", self.program)),
        })
    }

    fn run(&self, database: Option<&str>, script: &str) -> Result<Answer, Failure> {
        let mut child = self.start(database)?;
        finish(&mut child, self.program, |input| {
            input.write_all(script.as_bytes())
        })
    }

    fn server_failed(said: &str) -> Failure {
        let refusal = Refusal::of(said);
        let failure = Failure::outside(format!("the server can't be used: {}", refusal.message));
        if refusal
            .number
            .is_some_and(|number| OF_CLIENT.contains(&number))
        {
            failure.hint("is it running, and there? `gen-dummy --verify mysql://user:password@host:3306` says where it is")
        } else {
            failure.hint("its user must be allowed to make databases: `GRANT CREATE, DROP, … ON *.*`, or root of a throw-away server")
        }
    }
}

/// What a client says when a statement is refused.
#[derive(Debug, PartialEq, Eq)]
struct Refusal<'a> {
    number: Option<u32>,
    line: Option<u64>,
    message: &'a str,
}

impl<'a> Refusal<'a> {
    /// `ERROR 1062 (23000) at line 17: Duplicate entry …`
    fn of(said: &'a str) -> Self {
        let line = said
            .lines()
            .find(|line| line.starts_with("ERROR "))
            .or_else(|| said.lines().next())
            .unwrap_or_default();
        let Some((head, message)) = line
            .strip_prefix("ERROR ")
            .and_then(|rest| rest.split_once(": "))
        else {
            return Self {
                number: None,
                line: None,
                message: line,
            };
        };
        let mut words = head.split(' ');
        Self {
            number: words.next().and_then(|number| number.parse().ok()),
            line: words.next_back().and_then(|line| line.parse().ok()),
            message,
        }
    }

    /// The row of the statement that it is about: `… at row 3`.
    fn row(&self) -> Option<u64> {
        self.message.rsplit_once(" at row ")?.1.parse().ok()
    }
}

/// A URL without its password.
fn shown(url: &str) -> String {
    let Some((account, rest)) = url.rsplit_once('@') else {
        return url.to_owned();
    };
    let scheme = account.find("://").map_or(0, |place| place + 3);
    match account[scheme..].find(':') {
        Some(colon) => format!("{}:…@{rest}", &account[..scheme + colon]),
        None => url.to_owned(),
    }
}

/// A part of a URL with what is written as `%20` in it.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_number_line_and_row() {
        let said = "mysql: [Warning] something\nERROR 1406 (22001) at line 17: Data too long for column 'name' at row 3\n";
        let refusal = Refusal::of(said);
        assert_eq!((refusal.number, refusal.line), (Some(1406), Some(17)));
        assert_eq!(refusal.row(), Some(3));
        let refusal =
            Refusal::of("ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)\n");
        assert_eq!(
            (refusal.number, refusal.line, refusal.row()),
            (Some(2002), None, None)
        );
        assert_eq!(Refusal::of("what\n").message, "what");
    }

    fn client(url: &str) -> Result<Client, Failure> {
        let mut client = Client {
            program: "mysql",
            arguments: Vec::new(),
            password: None,
        };
        client.reach(url).map(|()| client)
    }

    #[test]
    fn a_url_says_where_the_server_is() {
        let found = client("mysql://me:a%40b%3a@db.example:3307/shop").unwrap();
        assert_eq!(
            found.arguments,
            [
                "--host=db.example",
                "--protocol=tcp",
                "--port=3307",
                "--user=me"
            ]
        );
        assert_eq!(found.password.as_deref(), Some("a@b:"));
        let found = client("mariadb://root@[::1]").unwrap();
        assert_eq!(
            found.arguments,
            ["--host=::1", "--protocol=tcp", "--user=root"]
        );
        let found = client("mysql://root@/?socket=/run/mysqld/mysqld.sock").unwrap();
        assert_eq!(
            found.arguments,
            ["--user=root", "--socket=/run/mysqld/mysqld.sock"]
        );
    }

    #[test]
    fn a_url_that_is_wrong_is_told_without_its_password() {
        for (url, what) in [
            (
                "postgres://me:secret@host/x",
                "a URL of MySQL begins with `mysql://`",
            ),
            ("mysql://me:secret@host:x", "the port is a number, not `x`"),
            (
                "mysql://me:secret%zz@host",
                "a `%` stands before two digits",
            ),
            ("mysql://me:secret@host?ssl=1", "`ssl=1` isn't known"),
        ] {
            let error = client(url).unwrap_err().to_string();
            assert!(error.contains(what) && !error.contains("secret"), "{error}");
        }
    }
}
