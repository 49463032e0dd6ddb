//! Pages that are made of the definition of a command line: man pages, and completions for shells.

use clap::builder::PossibleValue;
use clap::{Command, ValueEnum};
use clap_complete::Shell;
use clap_mangen::Man;

/// What is made of the definition of a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
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
    /// The text, for this definition.
    pub(crate) fn text(self, mut command: Command) -> Vec<u8> {
        let mut text = Vec::new();
        match self {
            Self::Completions(shell) => {
                let name = command.get_name().to_owned();
                clap_complete::generate(shell, &mut command, &name, &mut text);
                if shell == Shell::Bash {
                    text = with_one_name_for_a_state(&text, &name);
                }
            }
            Self::Man => {
                command.build();
                pages(&command, &mut text);
            }
        }
        text
    }
}

/// `clap_complete` 4.6 names the states of a program with a hyphen in its name in one way where they are entered and in
/// another where they are looked up, and bash completes no option of a subcommand
/// (<https://github.com/clap-rs/clap/issues/6421>).
fn with_one_name_for_a_state(text: &[u8], name: &str) -> Vec<u8> {
    let state = |hyphen| name.replace('-', hyphen) + "__subcmd__";
    String::from_utf8_lossy(text)
        .replace(&state("__subcmd__"), &state("__"))
        .into_bytes()
}

/// The page of a command, then those of its subcommands.
fn pages(command: &Command, text: &mut Vec<u8>) {
    let mut shown = command.clone();
    if let Some(help) = command.get_after_long_help().or(command.get_after_help()) {
        // roff makes one paragraph of lines that follow each other.
        let help = help
            .to_string()
            .replace("\nDocumentation:", "\n\nDocumentation:");
        shown = shown.after_long_help(help);
    }
    // Writing into memory can't fail.
    let _ = Man::new(shown).render(text);
    for subcommand in command
        .get_subcommands()
        .filter(|command| !command.is_hide_set() && command.get_name() != "help")
    {
        pages(subcommand, text);
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command, ValueEnum as _};
    use clap_complete::Shell;

    use super::Page;

    fn text(page: Page) -> String {
        let other = Arg::new("other").long("other").help("With what");
        let command = Command::new("an-example")
            .after_help("Exit codes: 0 done\nDocumentation: README.md")
            .subcommand(Command::new("compare").arg(other));
        String::from_utf8(page.text(command)).unwrap()
    }

    #[test]
    fn the_man_pages_tell_of_the_command_and_of_its_subcommands() {
        let text = text(Page::Man);
        assert_eq!(
            text.matches("\n.TH ").count() + usize::from(text.starts_with(".TH ")),
            2,
            "{text}"
        );
        assert!(text.contains(".TH an-example-compare 1"), "{text}");
        assert!(text.contains("With what"), "{text}");
        assert!(
            text.contains("Exit codes: 0 done\n\nDocumentation: README.md"),
            "{text}"
        );
    }

    #[test]
    fn bash_finds_the_options_of_every_subcommand_that_it_enters() {
        let text = text(Page::Completions(Shell::Bash));
        let states: Vec<&str> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("cmd=\"")?.strip_suffix('"'))
            .filter(|state| !state.is_empty())
            .collect();
        assert!(states.len() > 2, "{text}");
        for state in states {
            let looked_up = format!("{state})");
            assert!(
                text.lines().any(|line| line.trim() == looked_up),
                "{state}: {text}"
            );
        }
    }

    #[test]
    fn every_shell_completes_options_and_subcommands() {
        for page in Page::value_variants()
            .iter()
            .filter(|page| **page != Page::Man)
        {
            let text = text(*page);
            assert!(
                text.contains("compare") && text.contains("other"),
                "{page:?}: {text}"
            );
        }
    }
}
