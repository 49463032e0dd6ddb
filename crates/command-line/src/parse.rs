//! Reading a command line, with what every command has for those who package it.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process;

use clap::builder::StyledStr;
use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{Arg, ArgMatches, Command, Parser};

use crate::failure::report;
use crate::page::Page;
use crate::{COMMIT, Failure, SOURCE, mistake};

/// How many of its digits: as many as are unique in large repositories.
const COMMIT_DIGITS: usize = 10;

/// The colours of `--help` on a terminal, which are those of cargo and uv. clap honours `NO_COLOR`.
const STYLES: Styles = Styles::styled()
    .header(bold(AnsiColor::Green))
    .usage(bold(AnsiColor::Green))
    .literal(bold(AnsiColor::Cyan))
    .placeholder(AnsiColor::Cyan.on_default());

/// What stands below the options begins with these.
const HEADINGS: [&str; 3] = ["Examples:", "Exit codes:", "Documentation:"];

const fn bold(colour: AnsiColor) -> Style {
    colour.on_default().bold()
}

/// The name of the argument, which no command may have for something else.
const GENERATE: &str = "generate-page";

/// Reads the command line, or ends the program: with a mistake's message, or with what `--help`, `--version` and
/// `--generate` ask for.
pub fn parse<A: Parser>() -> A {
    let matches = matches::<A>(env::args_os()).unwrap_or_else(|end| end.exit());
    if let Some(page) = matches.get_one::<Page>(GENERATE) {
        // A reader who has seen enough (`| head`) is no reason to fail.
        let _ = io::stdout().lock().write_all(&page.text(command::<A>()));
        process::exit(0);
    }
    A::from_arg_matches(&matches).unwrap_or_else(|error| {
        let error = error.format(&mut command::<A>());
        let command = command::<A>();
        let words: Vec<OsString> = env::args_os().collect();
        let typed = mistake::named(&command, words.iter().skip(1));
        End::of(error, &command, &typed).exit()
    })
}

/// Why there is nothing to run.
#[derive(Debug)]
enum End {
    /// `--help` and `--version`.
    Asked(clap::Error),
    Mistake(Failure),
}

impl End {
    fn of(error: clap::Error, command: &Command, typed: &str) -> Self {
        if error.use_stderr() {
            Self::Mistake(mistake::told(&error, command, typed))
        } else {
            Self::Asked(error)
        }
    }

    fn exit(self) -> ! {
        match self {
            Self::Asked(error) => error.exit(),
            Self::Mistake(failure) => process::exit(report(&failure)),
        }
    }
}

fn matches<A: Parser>(words: impl IntoIterator<Item = OsString>) -> Result<ArgMatches, End> {
    let mut command = command::<A>();
    let words = mistake::command_first(&command, words.into_iter().collect());
    if let Some(word) = words.get(1)
        && let Some(failure) = mistake::mistyped_command(&command, word)
    {
        return Err(End::Mistake(failure));
    }
    let typed = mistake::named(&command, words.iter().skip(1));
    command
        .try_get_matches_from_mut(words)
        .map_err(|error| End::of(error, &command, &typed))
}

/// The command with what all commands have.
fn command<A: Parser>() -> Command {
    let mut command = with_headings(A::command().styles(STYLES));
    if let Some(commit) = COMMIT {
        let version = command.get_version().unwrap_or_default();
        let commit = &commit[..commit.len().min(COMMIT_DIGITS)];
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

/// Sets the headings below the options as clap sets those above, and says where the pages are that are named there: who has
/// installed a program has no docs/.
fn with_headings(mut command: Command) -> Command {
    let styled = |text: &StyledStr| {
        let style = STYLES.get_header();
        let text = with_place_of_pages(&text.to_string(), SOURCE);
        // With the line's end before it: clap counts the columns of a line anew only where it finds one in a piece of
        // its own style.
        let text = HEADINGS.iter().fold(format!("\n{text}"), |text, heading| {
            text.replace(
                &format!("\n{heading}"),
                &format!("{style}\n{heading}{style:#}"),
            )
        });
        StyledStr::from(text.replacen('\n', "", 1))
    };
    if let Some(text) = command.get_after_help().map(styled) {
        command = command.after_help(text);
    }
    if let Some(text) = command.get_after_long_help().map(styled) {
        command = command.after_long_help(text);
    }
    command.mut_subcommands(with_headings)
}

/// The text with the place of the pages behind their names.
fn with_place_of_pages(text: &str, source: Option<&str>) -> String {
    let place = source.map_or_else(
        || "in the repository that this was built from".to_owned(),
        |source| format!("in {source}"),
    );
    let line = |line: &str| {
        if line.starts_with("Documentation:") {
            format!("{line}\n  {place}\n")
        } else {
            format!("{line}\n")
        }
    };
    text.lines()
        .map(line)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{End, command, matches, with_place_of_pages};
    use crate::Verbosity;

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
        #[command(after_help = "Examples:\n  example compare --other x   what differs")]
        Compare {
            /// With what
            #[arg(long)]
            other: String,
            /// How
            #[arg(long, value_parser = ["short", "long"])]
            form: Option<String>,
            #[command(flatten)]
            verbosity: Verbosity,
        },
    }

    #[test]
    fn generating_is_asked_for_alone() {
        let parse = |arguments: &[&str]| command::<Example>().try_get_matches_from(arguments);
        assert!(parse(&["example", "--generate", "man"]).is_ok());
        assert!(parse(&["example", "--generate", "fish"]).is_ok());
        assert!(parse(&["example", "--generate", "tcsh"]).is_err());
        assert!(parse(&["example", "--generate", "man", "file"]).is_err());
    }

    #[track_caller]
    fn mistake(words: &[&str], expected: &str) {
        let words = [&["example"], words].concat();
        let end = matches::<Example>(words.into_iter().map(Into::into));
        let Err(End::Mistake(failure)) = end else {
            panic!("{end:?}");
        };
        assert_eq!(failure.text(), expected);
        assert_eq!(failure.status() as u8, 2);
    }

    #[test]
    fn a_mistake_reads_like_every_other_failure() {
        mistake(
            &["--generat", "man"],
            "error: unexpected argument `--generat` found\n\
             hint: did you mean `--generate`?\n",
        );
        mistake(
            &["compare"],
            "error: the following required arguments were not provided:\n  --other <OTHER>\nUsage: example compare --other <OTHER>\n\
             hint: for example `example compare --other x`; `example compare --help` tells more\n",
        );
        mistake(
            &["--generate", "none"],
            "error: invalid value `none` for `--generate <KIND>`\n  [possible values: man, bash, elvish, fish, powershell, zsh]\n\
             hint: `example --help` tells more\n",
        );
    }

    #[test]
    fn a_mistake_behind_a_subcommand_is_of_that() {
        mistake(
            &["compare", "--other", "x", "--form", "wide"],
            "error: invalid value `wide` for `--form <FORM>`\n  [possible values: short, long]\n\
             hint: `example compare --help` tells more\n",
        );
    }

    #[test]
    fn our_own_options_may_stand_before_the_command() {
        for words in [
            ["example", "-q", "compare", "--other", "x"],
            ["example", "-vvv", "compare", "--other", "x"],
            ["example", "--verbose", "compare", "--other", "x"],
        ] {
            let found = matches::<Example>(words.map(Into::into)).unwrap();
            assert_eq!(found.subcommand_name(), Some("compare"), "{words:?}");
        }
        mistake(
            &["-q", "comprae"],
            "error: `comprae` is neither a command nor a file\nhint: did you mean `example compare`?\n",
        );
    }

    #[test]
    fn what_git_runs_is_told_as_git_is_typed() {
        #[derive(Debug, Parser)]
        #[command(name = "git-example")]
        enum Example {
            Reset,
        }
        let words = ["git-example", "rest"].map(Into::into);
        let Err(End::Mistake(failure)) = matches::<Example>(words) else {
            panic!("it is a mistake");
        };
        assert!(
            failure.text().contains("`git example reset`"),
            "{}",
            failure.text()
        );
    }

    #[test]
    fn of_several_similar_words_the_most_similar_is_told() {
        #[derive(Debug, Parser)]
        #[command(name = "example")]
        enum Example {
            Init,
            Install,
            Uninstall,
        }
        let words = ["example", "isntall"].map(Into::into);
        let Err(End::Mistake(failure)) = matches::<Example>(words) else {
            panic!("it is a mistake");
        };
        assert_eq!(
            failure.text(),
            "error: `isntall` is not a command\nhint: did you mean `example install`?\n"
        );
    }

    #[test]
    fn headings_below_the_options_look_like_those_above() {
        #[derive(Debug, Parser)]
        #[command(after_help = "Examples:\n  example")]
        struct Example {}
        let help = command::<Example>().render_help();
        assert!(
            help.ansi()
                .to_string()
                .contains("\x1b[1m\x1b[32mExamples:\x1b[0m")
        );
        assert!(help.to_string().contains("Examples:\n  example"));
    }

    #[test]
    fn help_of_an_installed_program_says_where_its_pages_are() {
        let told =
            |source| with_place_of_pages("Exit codes: 0 done\nDocumentation: docs/a.md", source);
        assert_eq!(
            told(Some("https://git.example.com/tools.git")),
            "Exit codes: 0 done\nDocumentation: docs/a.md\n  in https://git.example.com/tools.git"
        );
        assert_eq!(
            told(None),
            "Exit codes: 0 done\nDocumentation: docs/a.md\n  in the repository that this was built from"
        );
    }

    #[test]
    fn a_mistyped_command_is_not_taken_for_a_file() {
        mistake(
            &["comprae", "--other", "x"],
            "error: `comprae` is neither a command nor a file\nhint: did you mean `example compare`?\n",
        );
        for file in ["schema", "compare.rb", "./compar", "Compar"] {
            let words = ["example", file].map(Into::into);
            assert!(matches::<Example>(words).is_ok(), "{file}");
        }
    }

    #[test]
    fn a_schema_in_a_place_where_none_is_taken_is_given_its_option() {
        #[derive(Debug, Parser)]
        #[command(name = "gen-example", args_conflicts_with_subcommands = true)]
        struct Example {
            #[arg(long)]
            schemafile: Option<String>,
            #[command(subcommand)]
            command: Option<Sub>,
        }
        #[derive(Debug, clap::Subcommand)]
        enum Sub {
            Init {
                #[arg(long)]
                from: Option<String>,
            },
        }
        for (words, expected) in [
            (
                &["gen-example", "db/schema.rb"][..],
                "error: `db/schema.rb` is not a command\nhint: did you mean `gen-example --schemafile db/schema.rb`?\n",
            ),
            (
                &["gen-example", "init", "db/schema.rb"],
                "error: unexpected argument `db/schema.rb` found\n\
                 hint: did you mean `gen-example init --from db/schema.rb`?\n",
            ),
        ] {
            let end = matches::<Example>(words.iter().map(Into::into));
            let Err(End::Mistake(failure)) = end else {
                panic!("{end:?}");
            };
            assert_eq!(failure.text(), expected);
        }
    }

    #[test]
    fn help_and_version_are_no_mistakes() {
        for option in ["--help", "-h", "--version", "-V"] {
            let words = ["example", option].map(Into::into);
            assert!(
                matches!(matches::<Example>(words), Err(End::Asked(_))),
                "{option}"
            );
        }
    }
}
