//! The end of the story: the second developer's database, and back to clean.

use std::time::Instant;

use command_line::Failure;
use host_tools::narrate::{heading, say, seconds};

use crate::database::{Database, Server};
use crate::developer::Developer;
use crate::merge::MOST_ROWS;
use crate::picture::{Picture, Who};
use crate::story::{TABLE, ensure};

/// Tells it.
pub(crate) fn tell(
    second: &Developer,
    database: Database,
    picture: &mut Picture,
) -> Result<(), Failure> {
    heading("The second developer's database");
    let started = Instant::now();
    let server = Server::start(database)?;
    say(format_args!(
        "{} {} is up after {}, with nothing in it.",
        database.name(),
        server.version(),
        seconds(started.elapsed())
    ));
    up_and_back(second, database, &server, picture)
}

/// By `git database`, on a server that a URL names.
fn up_and_back(
    second: &Developer,
    database: Database,
    server: &Server,
    picture: &mut Picture,
) -> Result<(), Failure> {
    server.lend_clients(second);
    say("There may be no Docker here, so it is told of this server, once:");
    second.types("git", &["config", "database.url", &server.url()])?;
    let (output, _) = second.types("git", &["database", "up"])?;
    say(String::from_utf8_lossy(&output.stderr));
    say(String::from_utf8_lossy(&output.stdout));
    picture.types(Who::Second, "git database up");
    picture.says("loaded dumps/");
    let url = server.url();
    let scheme = url.split("://").next().unwrap_or_default();
    picture.says(&format!("{scheme}://localhost/app"));
    let loaded = counted(server)?;
    say("Somebody's experiment goes wrong:");
    let delete = format!("DELETE FROM {TABLE}");
    second.types(
        "git",
        &["database", "client", database.statement(), &delete],
    )?;
    let gone = server.row_counts();
    ensure(gone != loaded, || "no row was deleted".to_owned())?;
    let (_, elapsed) = second.types("git", &["database", "reset"])?;
    let again = server.row_counts();
    ensure(again == loaded, || {
        format!("the rows aren't those that were loaded: {again:?}, not {loaded:?}")
    })?;
    say(format_args!(
        "All {} rows of {} tables are back after {}.",
        loaded.iter().map(|(_, rows)| rows).sum::<usize>(),
        loaded.len(),
        seconds(elapsed)
    ));
    picture.types(
        Who::Second,
        &format!(
            "git database client {} '{delete}'    # oh",
            database.statement()
        ),
    );
    picture.types(Who::Second, "git database reset");
    picture.says("the rows that were loaded, in a moment");
    let (output, elapsed) = second.types("git", &["database", "clone", "test_1", "test_2"])?;
    say(String::from_utf8_lossy(&output.stdout));
    say(format_args!(
        "A database for each of two test workers, after {}.",
        seconds(elapsed)
    ));
    Ok(())
}

/// Shows how many rows there are, which are those of the merge.
fn counted(server: &Server) -> Result<Vec<(String, usize)>, Failure> {
    let counts = server.row_counts();
    say("What is in it:");
    for (table, rows) in &counts {
        say(format_args!("{table:<24} {rows:>8} rows"));
        ensure(*rows > 0, || format!("table {table} is empty"))?;
    }
    let found = counts
        .iter()
        .find(|(table, _)| table == TABLE)
        .map(|(_, rows)| *rows);
    ensure(found == Some(MOST_ROWS), || {
        format!("{TABLE} should have the {MOST_ROWS} rows of the merge, not {found:?}")
    })?;
    Ok(counts)
}
