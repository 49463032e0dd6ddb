//! The same for PostgreSQL, with psql, which knows COPY.

use super::{Answer, database, finish, refused};
use command_line::Failure;
use std::io::{self, ErrorKind, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// What psql ends with when it can't reach the server.
const NO_CONNECTION: i32 = 2;

/// Makes a database on the server that `url` names (psql's own settings if it is empty), loads the schema and the
/// rows that `write` writes, and drops it.
pub(crate) fn verify(
    url: &str,
    schema: &str,
    write: impl FnOnce(&mut ChildStdin) -> io::Result<()>,
) -> Result<(), Failure> {
    let database = database();
    let created = run(
        url,
        &format!("CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8';\n"),
    )?;
    if let Some(said) = created.refusal {
        return Err(server_failed(created.code, &said));
    }
    let outcome = load(url, &database, schema, write);
    let dropped = run(
        url,
        &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE);\n"),
    )?;
    outcome?;
    match dropped.refusal {
        None => Ok(()),
        Some(said) => Err(Failure::outside(format!(
            "the rows load, but the database `{database}` can't be dropped: {}",
            first_line(&said)
        ))),
    }
}

fn load(
    url: &str,
    database: &str,
    schema: &str,
    write: impl FnOnce(&mut ChildStdin) -> io::Result<()>,
) -> Result<(), Failure> {
    let connect = format!("\\connect {database}\nSET client_min_messages = error;\n");
    let of_schema = run(url, &format!("{connect}{schema}"))?;
    if let Some(said) = of_schema.refusal {
        return Err(
            Failure::check(format!("the schema doesn't load: {}", first_line(&said)))
                .hint("a server that has the schema's extensions can tell whether the rows load"),
        );
    }
    let mut psql = start(url)?;
    let answer = finish(&mut psql, "psql", |input| {
        input.write_all(connect.as_bytes())?;
        write(input)
    })?;
    match answer.refusal {
        None => Ok(()),
        Some(said) => Err(refusal(&said)),
    }
}

fn start(url: &str) -> Result<Child, Failure> {
    let mut command = Command::new("psql");
    command
        .args([
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-v",
            "VERBOSITY=verbose",
            "-f",
            "-",
        ])
        .env("LC_MESSAGES", "C")
        .env("PGOPTIONS", "-c lc_messages=C")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if !url.is_empty() {
        command.args(["-d", url]);
    }
    command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::outside("`--verify` needs psql, and it isn't there")
            .hint("install PostgreSQL's client: postgresql-client on Debian and Ubuntu, libpq with Homebrew"),
        _ => Failure::outside(format!("can't start psql: {error}")),
    })
}

fn run(url: &str, script: &str) -> Result<Answer, Failure> {
    let mut psql = start(url)?;
    finish(&mut psql, "psql", |input| {
        input.write_all(script.as_bytes())
    })
}

fn server_failed(code: Option<i32>, said: &str) -> Failure {
    let failure = Failure::outside(format!("the server can't be used: {}", first_line(said)));
    if code == Some(NO_CONNECTION) {
        failure.hint("give it as psql takes it: `gen-dummy --verify postgres://user:password@host:5432/postgres`")
    } else {
        failure.hint("its user must be allowed to make databases (CREATEDB)")
    }
}

/// psql's first message, without the file and line of its input.
fn first_line(said: &str) -> &str {
    let line = said.lines().next().unwrap_or_default();
    ["ERROR:  ", "FATAL:  ", "error: "]
        .iter()
        .find_map(|label| line.split_once(label))
        .map_or(line, |(_, rest)| rest)
}

/// Why rows were refused: table, column, constraint, row, and the way out.
fn refusal(said: &str) -> Failure {
    let field = |label: &str| {
        said.lines()
            .find_map(|line| line.strip_prefix(label))
            .map(str::trim)
    };
    let message = first_line(said);
    // Verbose messages begin with the error's code.
    let message = message.split_once(": ").map_or(message, |(_, rest)| rest);
    let table = match (field("SCHEMA NAME:"), field("TABLE NAME:")) {
        (Some(schema), Some(table)) if schema != "public" => Some(format!("{schema}.{table}")),
        (_, table) => table.map(str::to_owned),
    };
    // `CONTEXT:  COPY users, line 17, column email: "x"`.
    let context = field("CONTEXT:").unwrap_or_default();
    let after = |label: &str| {
        let rest = context.split_once(label)?.1;
        Some(
            rest.split([',', ':'])
                .next()
                .unwrap_or(rest)
                .trim()
                .to_owned(),
        )
    };
    let table = table.or_else(|| after("COPY "));
    let column = field("COLUMN NAME:")
        .map(str::to_owned)
        .or_else(|| after(", column "));
    let mut place = table.clone().unwrap_or_else(|| "the rows".to_owned());
    if let Some(column) = &column {
        place = format!("{place}.{column}");
    }
    let row = after(", line ").map_or_else(String::new, |line| format!(" (row {line})"));
    let detail = field("DETAIL:").map_or_else(String::new, |detail| format!("; {detail}"));
    let constraint = field("CONSTRAINT NAME:")
        .map_or_else(String::new, |name| format!(" [constraint `{name}`]"));
    refused(
        table.as_deref(),
        &format!("{place}: {message}{detail}{row}{constraint}"),
    )
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn a_refusal_names_table_constraint_and_row() {
        let said = "psql:<stdin>:9: ERROR:  23514: new row for relation \"orders\" violates check constraint \"c\"\n\
             DETAIL:  Failing row contains (1, 2).\n\
             CONTEXT:  COPY orders, line 17: \"1\\t2\"\n\
             SCHEMA NAME:  sales\nTABLE NAME:  orders\nCONSTRAINT NAME:  c\nLOCATION:  execMain.c\n";
        assert_eq!(
            refusal(said).to_string().lines().next().unwrap(),
            "the rows don't load: sales.orders: new row for relation \"orders\" violates check constraint \"c\"; \
             Failing row contains (1, 2). (row 17) [constraint `c`]"
        );
    }

    #[test]
    fn a_value_that_its_type_refuses_has_table_and_column() {
        let said = "psql:<stdin>:9: ERROR:  22P02: invalid input syntax for type inet: \"x\"\n\
             CONTEXT:  COPY hosts, line 3, column address: \"x\"\n";
        let text = refusal(said).to_string();
        assert!(
            text.contains("hosts.address: invalid input syntax") && text.contains("(row 3)"),
            "{text}"
        );
    }
}
