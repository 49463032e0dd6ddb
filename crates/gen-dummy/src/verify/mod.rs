//! Loads schema and rows into a database of a server's, which has the last word about constraints.
//!
//! The server's own client does the work, as it does when a dump is loaded for good: it knows passwords, services and
//! settings. The database is made for this and dropped afterwards, so nothing of the server's is touched.

mod mysql;
mod place;
mod postgresql;

pub(crate) use mysql::verify as verify_mysql;
pub(crate) use postgresql::verify as verify_postgresql;

use command_line::Failure;
use std::io::{self, ErrorKind, Read};
use std::process::{Child, ChildStdin};
use std::thread::{self, JoinHandle};

/// What a run of a client came to.
struct Answer {
    code: Option<i32>,
    /// What it gave.
    output: String,
    /// What it wrote about its failure, if it failed.
    refusal: Option<String>,
}

/// The database that is made; two runs at the same time don't meet.
fn database() -> String {
    format!("gen_dummy_verify_{}", std::process::id())
}

/// Writes a client's input and reads what it says.
fn finish(
    client: &mut Child,
    name: &str,
    write: impl FnOnce(&mut ChildStdin) -> io::Result<()>,
) -> Result<Answer, Failure> {
    let failed = |error: io::Error| Failure::outside(format!("{name} broke off: {error}"));
    let (Some(mut input), Some(errors)) = (client.stdin.take(), client.stderr.take()) else {
        return Err(Failure::outside(format!("{name} has no input")));
    };
    // What it says is read while its input is written: neither waits for the other.
    let output = client.stdout.take().map(read_beside);
    let errors = read_beside(errors);
    // A client stops reading at the first error.
    match write(&mut input) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(failed(error)),
        _ => {}
    }
    drop(input);
    let said = errors.join().unwrap_or_else(|_| Ok(String::new()));
    let output = output.map(|output| output.join().unwrap_or_else(|_| Ok(String::new())));
    let status = client.wait().map_err(failed)?;
    let said = said.map_err(failed)?;
    Ok(Answer {
        code: status.code(),
        output: output.transpose().map_err(failed)?.unwrap_or_default(),
        refusal: (!status.success()).then_some(said),
    })
}

fn read_beside(mut source: impl Read + Send + 'static) -> JoinHandle<io::Result<String>> {
    thread::spawn(move || {
        let mut said = Vec::new();
        source.read_to_end(&mut said)?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    })
}

/// Rows that were refused, with the way out.
fn refused(table: Option<&str>, what: &str) -> Failure {
    let failure = Failure::check(format!("the rows don't load: {what}"));
    match table {
        Some(table) => failure.hint(format!(
            "say in `schema/dummy.toml` what the columns of `{table}` hold that it is about"
        )),
        None => failure.hint("say in `schema/dummy.toml` what the columns hold that it is about"),
    }
}
