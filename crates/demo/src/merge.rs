//! Two developers change the rows at the same time: git sees two pointers that differ, the agent what they stand for.

use command_line::Failure;
use host_tools::narrate::{heading, say, seconds};

use crate::developer::Developer;
use crate::picture::{Picture, Who};
use crate::story::{DUMMY, MORE_ROWS, ROWS, TABLE, ensure, same_dumps, settings};

/// The table that the second developer gives other rows.
const THEIR_TABLE: &str = "stocks";
/// How many rows it has then.
const THEIR_ROWS: usize = 20_050;
/// How many rows the first developer's table has after this chapter.
pub(crate) const MOST_ROWS: usize = 20_200;

/// Tells it. Both have the same commit before it, and after it.
pub(crate) fn tell(
    first: &Developer,
    second: &Developer,
    picture: &mut Picture,
) -> Result<(), Failure> {
    heading("Both change the rows at the same time");
    let theirs = |rows: usize| format!("[tables.{THEIR_TABLE}]\nrows = {rows}\n\n");
    let ours = |rows: usize| format!("[tables.{TABLE}]\nrows = {rows}\n");
    say("The first developer:");
    settings(first, &format!("rows = {ROWS}\n\n{}", ours(MOST_ROWS)))?;
    commit(first, "Still more favourites")?;
    first.types("git", &["push", "--quiet"])?;
    say("The second one, who doesn't know of it:");
    settings(
        second,
        &format!("rows = {ROWS}\n\n{}{}", theirs(THEIR_ROWS), ours(MORE_ROWS)),
    )?;
    commit(second, "More stock")?;
    let (output, elapsed) =
        second.types("git", &["pull", "--quiet", "--no-rebase", "--no-edit"])?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let merged = said
        .lines()
        .find(|line| line.starts_with(DUMMY))
        .ok_or_else(|| {
            Failure::check(format!(
                "the agent doesn't say what came of the dump:\n{said}"
            ))
        })?;
    say(merged);
    say(format_args!(
        "Merged in {}: what both changed is in it, and nobody had to decide anything.",
        seconds(elapsed)
    ));
    picture.types(
        Who::Second,
        "git pull    # after changes of rows on both sides",
    );
    picture.says(merged);
    second.types("gen-dummy", &["--check"])?;
    say("That is byte for byte what the merged schema/ makes.");
    second.types("git", &["push", "--quiet"])?;
    first.types("git", &["pull", "--quiet"])?;
    same_dumps(first, second)?;
    let left = second.quiet("git", &["status", "--short"])?;
    ensure(left.is_empty(), || {
        format!("the clone isn't clean after the merge:\n{left}")
    })
}

fn commit(developer: &Developer, message: &str) -> Result<(), Failure> {
    developer.types("gen-dummy", &[])?;
    developer.types("git", &["commit", "--quiet", "--all", "--message", message])?;
    Ok(())
}
