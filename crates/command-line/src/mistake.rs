//! Mistakes on a command line, told like all other failures: a sentence, a hint, exit code 2.
//!
//! clap finds them and knows what is similar; its own layout (a tip, the usage, where to read more) would make the first
//! error that a user meets look like that of another program.

use std::ffi::OsStr;
use std::path::Path;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::Failure;

/// How alike a word and a command must be to be taken for each other: as clap has it for options.
const ALIKE: f64 = 0.7;

/// What clap found, in our words.
pub(crate) fn told(error: &clap::Error, name: &str) -> Failure {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let mut message = String::new();
    let mut tips: Vec<String> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("Usage:") && error.kind() != ErrorKind::MissingRequiredArgument {
            break;
        }
        if let Some(tip) = trimmed.strip_prefix("tip: ") {
            tips.push(tip.to_owned());
        } else if !trimmed.is_empty() && !trimmed.starts_with("For more information") {
            if !message.is_empty() {
                message.push('\n');
            }
            message.push_str(line);
        }
    }
    let command = command_of(text, name);
    let hint = meant(error, &command).unwrap_or_else(|| {
        tips.push(format!("`{command} --help` tells more"));
        ticked(tips.join("; "), error)
    });
    Failure::input(ticked(message, error)).hint(hint)
}

/// What was meant, if clap found something similar to what was typed.
fn meant(error: &clap::Error, command: &str) -> Option<String> {
    let (typed, suggested, before) = match error.kind() {
        ErrorKind::InvalidSubcommand => (
            ContextKind::InvalidSubcommand,
            ContextKind::SuggestedSubcommand,
            format!("{command} "),
        ),
        ErrorKind::UnknownArgument => (
            ContextKind::InvalidArg,
            ContextKind::SuggestedArg,
            String::new(),
        ),
        ErrorKind::InvalidValue => (
            ContextKind::InvalidValue,
            ContextKind::SuggestedValue,
            String::new(),
        ),
        _ => return None,
    };
    let words = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        _ => Vec::new(),
    };
    let typed = words(typed).concat();
    let likeness = |word: &String| strsim::jaro(&typed, word);
    words(suggested)
        .into_iter()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
        .map(|word| format!("did you mean `{before}{word}`?"))
}

/// The command that was meant, with its subcommand, as the usage names it.
fn command_of(text: &str, name: &str) -> String {
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
    let words: Vec<&str> = usage
        .unwrap_or(name)
        .split(' ')
        .take_while(|word| !word.starts_with(['[', '<', '-']))
        .collect();
    words.join(" ")
}

/// clap's 'quoted' words in our `ticks`. Other apostrophes stay.
fn ticked(mut text: String, error: &clap::Error) -> String {
    let values = error
        .context()
        .flat_map(|(kind, value)| match (kind, value) {
            (ContextKind::Usage, _) => Vec::new(),
            (_, ContextValue::String(value)) => vec![value.clone()],
            (_, ContextValue::Strings(values)) => values.clone(),
            _ => Vec::new(),
        });
    for value in values {
        let shown = value.trim_end_matches("...");
        text = text.replace(&format!("'{value}'"), &format!("`{shown}`"));
    }
    text
}

/// A first word that was meant to be a command. Where a command also takes a file, clap would take it for that.
pub(crate) fn mistyped_command(command: &Command, word: &OsStr) -> Option<Failure> {
    let word = word.to_str()?;
    let looks_like_a_file = word.contains(['.', '/', '\\']) || Path::new(word).exists();
    if word.starts_with('-') || looks_like_a_file || command.get_positionals().next().is_none() {
        return None;
    }
    let names = || command.get_subcommands().map(Command::get_name);
    if names().chain(["help"]).any(|name| name == word) {
        return None;
    }
    let likeness = |name: &str| strsim::jaro(word, name);
    let nearest = names().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(nearest) > ALIKE).then(|| {
        Failure::input(format!("`{word}` is neither a command nor a file"))
            .hint(format!("did you mean `{} {nearest}`?", command.get_name()))
    })
}
