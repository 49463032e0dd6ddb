//! Reading a command line, with what every command has for those who package it.

use std::io::{self, Write as _};
use std::process;

use clap::builder::PossibleValue;
use clap::{Arg, Command, Parser, ValueEnum};
use clap_complete::Shell;
use clap_mangen::Man;

/// The commit that a release is built from, when its builder says so: `--version` shows it.
const COMMIT: Option<&str> = option_env!("BUILD_COMMIT");

/// The name of the argument, which no command may have for something else.
const GENERATE: &str = "generate-page";

/// Reads the command line, or ends the program: with a mistake's message, or with what `--help`, `--version` and
/// `--generate` ask for.
pub fn parse<A: Parser>() -> A {
    let matches = command::<A>().get_matches();
    if let Some(page) = matches.get_one::<Page>(GENERATE) {
        // A reader who has seen enough (`| head`) is no reason to fail.
        let _ = io::stdout().lock().write_all(&page.text(command::<A>()));
        process::exit(0);
    }
    A::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command::<A>()).exit())
}

/// The command with what all commands have.
fn command<A: Parser>() -> Command {
    let mut command = A::command();
    if let Some(commit) = COMMIT {
        let version = command.get_version().unwrap_or_default();
        // A command is made once or twice in a process, and clap wants names that stay.
        command = command
            .clone()
            .version(&*format!("{version} ({commit})").leak());
    }
    command.arg(
        Arg::new(GENERATE)
            .long("generate")
            .value_name("KIND")
            .value_parser(clap::value_parser!(Page))
            .exclusive(true)
            .help("Print the man pages, or a shell's completions")
            .hide_short_help(true),
    )
}

/// What is made of the definition of a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// The man pages of the command and of its subcommands, one after the other.
    Man,
    /// What completes the command in a shell.
    Completions(Shell),
}

impl ValueEnum for Page {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Man,
            Self::Completions(Shell::Bash),
            Self::Completions(Shell::Elvish),
            Self::Completions(Shell::Fish),
            Self::Completions(Shell::PowerShell),
            Self::Completions(Shell::Zsh),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Man => Some(PossibleValue::new("man")),
            Self::Completions(shell) => shell.to_possible_value(),
        }
    }
}

impl Page {
    fn text(self, mut command: Command) -> Vec<u8> {
        let mut text = Vec::new();
        match self {
            Self::Completions(shell) => {
                let name = command.get_name().to_owned();
                clap_complete::generate(shell, &mut command, name, &mut text);
            }
            Self::Man => {
                command.build();
                pages(&command, &mut text);
            }
        }
        text
    }
}

/// The page of a command, then those of its subcommands.
fn pages(command: &Command, text: &mut Vec<u8>) {
    // Writing into memory can't fail.
    let _ = Man::new(command.clone()).render(text);
    for subcommand in command
        .get_subcommands()
        .filter(|command| !command.is_hide_set() && command.get_name() != "help")
    {
        pages(subcommand, text);
    }
}

#[cfg(test)]
mod tests {
    use clap::{Parser, ValueEnum as _};

    use super::{Page, command};

    /// A command.
    #[derive(Debug, Parser)]
    #[command(
        name = "example",
        version = "1.2.3",
        args_conflicts_with_subcommands = true
    )]
    struct Example {
        /// A file
        file: Option<String>,
        #[command(subcommand)]
        command: Option<Sub>,
    }

    #[derive(Debug, clap::Subcommand)]
    enum Sub {
        /// Compares
        Compare {
            /// With what
            #[arg(long)]
            other: String,
        },
    }

    fn text(page: Page) -> String {
        String::from_utf8(page.text(command::<Example>())).unwrap()
    }

    #[test]
    fn the_man_pages_tell_of_the_command_and_of_its_subcommands() {
        let text = text(Page::Man);
        assert_eq!(
            text.matches("\n.TH ").count() + usize::from(text.starts_with(".TH ")),
            2,
            "{text}"
        );
        assert!(text.contains(".TH example-compare 1"), "{text}");
        assert!(text.contains("With what"), "{text}");
    }

    #[test]
    fn every_shell_completes_options_and_subcommands() {
        for page in Page::value_variants()
            .iter()
            .filter(|page| **page != Page::Man)
        {
            let text = text(*page);
            assert!(
                text.contains("compare") && text.contains("generate"),
                "{page:?}: {text}"
            );
        }
    }

    #[test]
    fn generating_is_asked_for_alone() {
        let parse = |arguments: &[&str]| command::<Example>().try_get_matches_from(arguments);
        assert!(parse(&["example", "--generate", "man"]).is_ok());
        assert!(parse(&["example", "--generate", "fish"]).is_ok());
        assert!(parse(&["example", "--generate", "tcsh"]).is_err());
        assert!(parse(&["example", "--generate", "man", "file"]).is_err());
    }
}
