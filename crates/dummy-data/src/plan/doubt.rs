//! Constraints of which it isn't known that rows keep them.
//!
//! A dump that doesn't load is worse than none. So what isn't understood stops the run, unless the rows that are made
//! are seen to keep it ([`crate::plan::verify`]), or the configuration says that the server is to judge.

use crate::problem::Problem;
use value_model::Doubt;

/// A doubt as an error, with both ways out.
pub(crate) fn problem(doubt: &Doubt) -> Problem {
    let Doubt {
        table,
        constraint,
        text,
    } = doubt;
    Problem::new(table, text.as_str()).hint(format!(
        "say in `schema/dummy.toml` what its columns hold; or leave it to the server, under `[tables.{}]`: \
         unverified = [{}]",
        toml_key(table),
        toml_text(constraint)
    ))
}

/// A table's name as a key of TOML.
fn toml_key(name: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    if !name.is_empty() && name.chars().all(is_bare) {
        name.to_owned()
    } else {
        toml_text(name)
    }
}

/// A text in TOML.
fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
