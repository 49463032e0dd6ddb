//! Doing what a hint says, word for word, as somebody does who trusts it.

use std::path::Path;

use super::{Team, text};

/// So many hints lead to the end at most: of a clone that is shallow, partial and behind.
const MOST_HINTS: usize = 4;

/// Runs the agent's command, and as long as it stops with exit code 2 what its hint says to run, until it is done. Returns
/// what it says then.
#[track_caller]
pub(crate) fn prune_by_hints(team: &Team, repository: &Path, arguments: &[&str]) -> String {
    let mut said = String::new();
    for _ in 0..=MOST_HINTS {
        let output = team.agent_any(repository, arguments);
        said = text(&output);
        match output.status.code() {
            Some(0) => return said,
            Some(2) => follow_hint(team, &said),
            code => panic!("{code:?}: {said}"),
        }
    }
    panic!("the hints lead nowhere: {said}");
}

/// Runs the command that a hint begins with.
#[track_caller]
pub(crate) fn follow_hint(team: &Team, said: &str) {
    let (_, rest) = said
        .split_once("hint: run `")
        .unwrap_or_else(|| panic!("there is no command to run: {said}"));
    let (command, _) = rest.split_once('`').expect("a command ends");
    team.home.run_in_shell(team.home.work(), command);
}
