//! What other programs call the things that ours do: words that people try, and what to type for them here.

use clap::{Arg, Command};

/// What may be meant.
#[derive(Debug, Clone, Copy)]
enum Meant {
    /// A subcommand of this name, with what else belongs to it.
    Subcommand(&'static str, &'static str),
    /// An option of this name.
    Option(&'static str),
    /// The command as it is, without a word, if it writes an output.
    Alone,
    /// Another program's command, where this one has nothing of the kind.
    Elsewhere(&'static str),
}

use Meant::{Alone, Elsewhere, Option as Flag, Subcommand as Sub};

/// Words, and what they may mean: the first that the command has.
const SYNONYMS: [(&[&str], &[Meant]); 16] = [
    (
        &["check", "verify", "validate", "test", "lint"],
        &[Flag("check"), Sub("fsck", ""), Sub("doctor", "")],
    ),
    (
        &[
            "status", "info", "health", "diagnose", "debug", "config", "env",
        ],
        &[Sub("doctor", ""), Flag("check")],
    ),
    (
        &[
            "generate", "gen", "build", "make", "create", "run", "write", "dump", "update",
            "refresh", "apply", "export",
        ],
        &[Alone],
    ),
    (
        &["init", "new", "start", "begin", "scaffold", "bootstrap"],
        &[Sub("init", ""), Elsewhere("gen-schema init")],
    ),
    (
        &["setup", "set-up", "register", "enable", "configure"],
        &[
            Sub("install", ""),
            Sub("init", ""),
            Elsewhere("gen-schema init"),
        ],
    ),
    (&["disable", "unregister"], &[Sub("uninstall", "")]),
    (
        &["import", "from", "load"],
        &[
            Sub("init", " --from FILE"),
            Elsewhere("gen-schema init --from FILE"),
        ],
    ),
    (
        &["migrate", "migration", "compare"],
        &[Sub("diff", ""), Elsewhere("gen-schema diff")],
    ),
    (&["list", "log", "history", "versions"], &[Sub("ls", "")]),
    (
        &["gc", "clean", "cleanup", "clear", "delete", "rm", "remove"],
        &[Sub("prune", "")],
    ),
    (&["download", "cat"], &[Sub("get", "")]),
    (&["copy", "cp", "move", "mv"], &[Sub("mirror", "")]),
    (
        &["explain", "describe"],
        &[Flag("explain"), Sub("show", "")],
    ),
    (
        &["compress", "gzip", "zip"],
        &[Sub("pack", ""), Elsewhere("gen-dummy pack")],
    ),
    (&["completion", "completions", "man"], &[Flag("generate")]),
    (
        &["dummy", "rows", "seed"],
        &[Flag("rows"), Elsewhere("gen-dummy")],
    ),
];

/// Words of git's that the agent isn't asked for.
const OF_GIT: [(&str, &str); 5] = [
    ("push", "git push"),
    ("pull", "git pull"),
    ("clone", "git clone"),
    ("fetch", "git lfs fetch"),
    ("track", "git lfs track"),
];

/// What to type for a word in the place of a command.
pub(crate) fn meant(command: &Command, word: &str) -> Option<String> {
    let name = command.get_name();
    if word == "version" || word == "help" {
        return Some(format!("{name} --{word}"));
    }
    if !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
        && has(command, "rows")
    {
        return Some(format!("{name} --rows {word}"));
    }
    // An option without its dashes; but `--generate` is for packagers, and whoever says `generate` wants the output.
    if word != "generate" && has(command, word) {
        return Some(format!("{name} --{word}"));
    }
    // Only the agent stands between git and anything.
    if has_subcommand(command, "fsck")
        && let Some((_, instead)) = OF_GIT.iter().find(|(of_git, _)| *of_git == word)
    {
        return Some((*instead).to_owned());
    }
    let (_, meanings) = SYNONYMS.iter().find(|(words, _)| words.contains(&word))?;
    meanings.iter().find_map(|meaning| match *meaning {
        Sub(subcommand, rest) => {
            has_subcommand(command, subcommand).then(|| format!("{name} {subcommand}{rest}"))
        }
        Flag(option) => has(command, option).then(|| format!("{name} --{option}")),
        Alone => has(command, "output").then(|| name.to_owned()),
        Elsewhere(other) => (!other.split(' ').any(|word| word == name)).then(|| other.to_owned()),
    })
}

/// The option of a command that takes a schema, for a file in a place where none is taken.
pub(crate) fn option_for_a_schema(command: &Command) -> Option<&str> {
    ["from", "schemafile"]
        .into_iter()
        .find(|name| has(command, name))
}

fn has(command: &Command, option: &str) -> bool {
    command
        .get_arguments()
        .filter_map(Arg::get_long)
        .any(|long| long == option)
}

fn has_subcommand(command: &Command, name: &str) -> bool {
    command
        .get_subcommands()
        .any(|subcommand| subcommand.get_name() == name)
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::meant;

    fn generator() -> Command {
        let option = |name: &'static str| Arg::new(name).long(name);
        Command::new("gen-schema")
            .args([option("check"), option("output")])
            .subcommands([Command::new("init"), Command::new("diff")])
    }

    #[track_caller]
    fn check(command: &Command, word: &str, expected: Option<&str>) {
        assert_eq!(meant(command, word).as_deref(), expected, "{word}");
    }

    #[test]
    fn other_names_of_what_a_command_does_are_understood() {
        let command = generator();
        for (word, expected) in [
            ("check", "gen-schema --check"),
            ("status", "gen-schema --check"),
            ("generate", "gen-schema"),
            ("setup", "gen-schema init"),
            ("import", "gen-schema init --from FILE"),
            ("migrate", "gen-schema diff"),
            ("rows", "gen-dummy"),
            ("version", "gen-schema --version"),
        ] {
            check(&command, word, Some(expected));
        }
        for word in ["push", "prune", "schema", "Schemafile", "5000", ""] {
            check(&command, word, None);
        }
    }

    #[test]
    fn what_another_program_does_is_named() {
        let rows = Arg::new("rows").long("rows");
        let dummy = Command::new("gen-dummy")
            .arg(rows)
            .args(["check", "verify"].map(|name| Arg::new(name).long(name)))
            .subcommand(Command::new("pack"));
        check(&dummy, "init", Some("gen-schema init"));
        check(&dummy, "verify", Some("gen-dummy --verify"));
        check(&dummy, "validate", Some("gen-dummy --check"));
        check(&dummy, "5_000", Some("gen-dummy --rows 5_000"));
        let agent =
            Command::new("lfs-agent").subcommands([Command::new("fsck"), Command::new("doctor")]);
        check(&agent, "status", Some("lfs-agent doctor"));
        check(&agent, "verify", Some("lfs-agent fsck"));
        check(&agent, "push", Some("git push"));
        check(&agent, "generate", None);
    }
}
