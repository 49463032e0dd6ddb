//! Mistakes on a command line, told like all other failures: a sentence, a hint, exit code 2.
//!
//! clap finds them and knows what is similar; its own layout (a tip, the usage, where to read more) would make the first
//! error that a user meets look like that of another program.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{Failure, synonym};

/// How alike a word and a command must be to be taken for each other: as clap has it for options.
const ALIKE: f64 = 0.7;

/// What clap found, in our words.
///
/// `typed` is the command that the words before the mistake name, for where clap doesn't say it.
pub(crate) fn told(error: &clap::Error, whole: &Command, typed: &str) -> Failure {
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
    let command = command_of(text, typed);
    let hint = misplaced(error, whole, &command).or_else(|| meant(error, &command));
    let hint = hint.unwrap_or_else(|| {
        if error.kind() == ErrorKind::MissingRequiredArgument {
            tips.extend(example(whole, &command).map(|example| format!("for example `{example}`")));
        }
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
            format!("{} ", as_typed(command)),
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

/// A schema behind a command that takes it by an option.
fn misplaced(error: &clap::Error, whole: &Command, named: &str) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    if error.kind() != ErrorKind::UnknownArgument || !looks_like_a_file(word) {
        return None;
    }
    let option = synonym::option_for_a_schema(found(whole, named)?)?;
    Some(format!("did you mean `{named} --{option} {word}`?"))
}

/// The command of this name, with its subcommand.
fn found<'a>(whole: &'a Command, named: &str) -> Option<&'a Command> {
    named
        .split(' ')
        .skip(1)
        .try_fold(whole, |command, name| command.find_subcommand(name))
}

/// The first example of a command's help that shows it.
fn example(whole: &Command, named: &str) -> Option<String> {
    let help = found(whole, named)?.get_after_help()?.to_string();
    let shown = help
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with(named))?;
    // What it is for stands behind some spaces.
    Some(shown.split("  ").next().unwrap_or(shown).to_owned())
}

/// What git runs as a command of its own is typed as one.
fn as_typed(program: &str) -> String {
    match program.strip_prefix("git-") {
        Some(command) => format!("git {command}"),
        None => program.to_owned(),
    }
}

/// The words with those of our own options behind the command that stand before it: where a command also takes a file, clap
/// would take the command for one.
pub(crate) fn command_first(command: &Command, mut words: Vec<OsString>) -> Vec<OsString> {
    let is_ours = |word: &OsString| {
        let word = word.to_string_lossy();
        let is_short = |letters: &str| {
            !letters.is_empty() && letters.bytes().all(|one| matches!(one, b'q' | b'v'))
        };
        matches!(&*word, "--quiet" | "--verbose") || word.strip_prefix('-').is_some_and(is_short)
    };
    let ours = words
        .iter()
        .skip(1)
        .take_while(|word| is_ours(word))
        .count();
    let is_command = words.get(ours + 1).is_some_and(|word| {
        word.to_str().is_some_and(|word| {
            command.find_subcommand(word).is_some()
                || mistyped_command(command, word.as_ref()).is_some()
        })
    });
    if is_command {
        words[1..=ours + 1].rotate_right(1);
    }
    words
}

/// The command with its subcommands that words name.
pub(crate) fn named<'w>(whole: &Command, words: impl Iterator<Item = &'w OsString>) -> String {
    let mut named = whole.get_name().to_owned();
    let mut command = whole;
    for word in words {
        let Some(found) = word.to_str().and_then(|word| command.find_subcommand(word)) else {
            break;
        };
        command = found;
        named = format!("{named} {}", command.get_name());
    }
    named
}

/// Commands are in lower case: `Schemafile` is a file, even where there is none.
fn looks_like_a_file(word: &str) -> bool {
    !word.starts_with('-')
        && (word.contains(['.', '/', '\\'])
            || word.starts_with(char::is_uppercase)
            || Path::new(word).exists())
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

/// A first word that was meant to be a command, an option or something else. Where a command also takes a file, clap would
/// take it for that.
pub(crate) fn mistyped_command(command: &Command, word: &OsStr) -> Option<Failure> {
    let word = word.to_str()?;
    let takes_a_file = command.get_positionals().next().is_some();
    if word.starts_with('-') || takes_a_file && looks_like_a_file(word) {
        return None;
    }
    let names = || command.get_subcommands().map(Command::get_name);
    if names().chain(["help"]).any(|name| name == word) {
        return None;
    }
    let what = if takes_a_file {
        "neither a command nor a file"
    } else {
        "not a command"
    };
    let failure = |meant: String| {
        Failure::input(format!("`{word}` is {what}")).hint(format!("did you mean `{meant}`?"))
    };
    let program = &as_typed(command.get_name());
    if looks_like_a_file(word) {
        let option = synonym::option_for_a_schema(command)?;
        return Some(failure(format!("{program} --{option} {word}")));
    }
    if let Some(meant) = synonym::meant(command, word) {
        return Some(failure(meant));
    }
    let options = command
        .get_arguments()
        .filter_map(|argument| Some(format!("--{}", argument.get_long()?)));
    let likeness = |name: &str| strsim::jaro(word, name.trim_start_matches('-'));
    let nearest = names()
        .map(str::to_owned)
        .chain(options)
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(&nearest) > ALIKE).then(|| failure(format!("{program} {nearest}")))
}
