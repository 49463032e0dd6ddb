//! What the documentation says must be so: its links lead somewhere, its commands exist, and both READMEs tell one story.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use host_tools::process::run;
use host_tools::workspace::root;
use testkit::cargo::binary;

/// What `cargo xtask` can be asked for.
const XTASKS: [&str; 5] = ["demo", "install", "test", "bench", "pointer"];

const PROGRAMS: [&str; 4] = ["gen-schema", "gen-dummy", "lfs-agent", "git-database"];

#[test]
fn links_lead_to_files_and_headings_that_are_there() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in links(&text) {
            if target.contains("://") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((&target, ""));
            let path = if file.is_empty() {
                page.clone()
            } else {
                page.with_file_name("").join(file)
            };
            let there = path.exists()
                && (heading.is_empty()
                    || fs::read_to_string(&path).is_ok_and(|text| has_heading(&text, heading)));
            if !there {
                wrong.push(format!("{}: {target}", shown(&page)));
            }
        }
    }
    assert!(wrong.is_empty(), "links to nowhere:\n{}", wrong.join("\n"));
}

#[test]
fn commands_and_their_options_exist() {
    let mut helps = Helps::default();
    let mut seen = 0;
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for command in commands(&text) {
            seen += 1;
            for problem in helps.problems(&command) {
                wrong.push(format!("{}: `{command}`: {problem}", shown(&page)));
            }
        }
    }
    assert!(seen > 50, "only {seen} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_does_not_exist_would_be_found() {
    let mut helps = Helps::default();
    for (command, problem) in [
        ("gen-schema --chek", "--chek"),
        ("lfs-agent ls --delete", "--delete"),
        ("gen-dummy -z", "-z"),
    ] {
        let found = helps.problems(command);
        assert!(
            found.iter().any(|said| said.contains(problem)),
            "{command}: {found:?}"
        );
    }
    assert_eq!(
        commands(
            "Run `gen-schema --check`.\n```sh\ncargo run -p gen-dummy -- --rows 5 | psql  # rows\nls\n```\n"
        ),
        ["gen-schema --check", "gen-dummy --rows 5"]
    );
}

#[test]
fn pages_that_help_names_are_there() {
    let mut seen = 0;
    for program in PROGRAMS {
        // The man pages have the help of the subcommands too.
        let pages = run(Command::new(binary(program)).args(["--generate", "man"]));
        let text = String::from_utf8(pages.stdout).unwrap().replace('\\', "");
        for names in text
            .lines()
            .filter_map(|line| line.strip_prefix("Documentation: "))
        {
            for name in names.split(", ") {
                seen += 1;
                assert!(root().join(name).is_file(), "{program}: {name}");
            }
        }
    }
    assert!(seen >= 8, "only {seen} pages were found");
}

#[test]
fn what_cargo_is_asked_for_is_there() {
    let mut seen = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for words in cargo_commands(&text) {
            seen += 1;
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let there = match words[..] {
                ["xtask", task, ..] => XTASKS.contains(&task),
                [
                    "install" | "run" | "test" | "clippy" | "check" | "build",
                    ..,
                ] => {
                    named_after(&words, &["-p", "--package"]).all(|name| {
                        ["crates/", ""].iter().any(|parent| {
                            root().join(parent).join(name).join("Cargo.toml").exists()
                        })
                    }) && named_after(&words, &["--path"])
                        .all(|path| root().join(path).join("Cargo.toml").exists())
                        && installed_from_git(&words).iter().all(|name| {
                            ["crates/", ""].iter().any(|parent| {
                                root().join(parent).join(name).join("Cargo.toml").exists()
                            })
                        })
                }
                ["clean" | "fmt" | "fuzz" | "insta" | "metadata", ..] => true,
                _ => false,
            };
            assert!(there, "{}: `cargo {}`", shown(&page), words.join(" "));
        }
    }
    assert!(seen > 30, "only {seen} commands were found");
    assert_eq!(
        cargo_commands("```sh\ncargo xtask tset   # all\n```\n`cargo run -p\nnobody`"),
        [vec!["run", "-p", "nobody"], vec!["xtask", "tset"]]
    );
}

#[test]
fn both_readmes_have_the_same_commands() {
    let of = |name: &str| {
        let text = fs::read_to_string(root().join(name)).unwrap();
        let lines: Vec<String> = blocks(&text)
            .flat_map(str::lines)
            .map(|line| {
                let command = line.split(" #").next().unwrap_or_default().trim();
                // The message of a commit is in the reader's language.
                command.split(" -m ").next().unwrap_or_default().to_owned()
            })
            .collect();
        assert!(
            lines.len() > 15,
            "{name} has {} lines of commands",
            lines.len()
        );
        lines
    };
    assert_eq!(of("README.md"), of("README.ja.md"));
}

#[test]
fn a_japanese_page_has_the_headings_and_blocks_of_the_english_one() {
    let mut seen = 0;
    for japanese in pages() {
        let name = shown(&japanese);
        let Some(english) = name.strip_suffix(".ja.md").map(|stem| format!("{stem}.md")) else {
            continue;
        };
        if english == "README.md" {
            continue;
        }
        seen += 1;
        let of = |path: &Path| {
            let text = fs::read_to_string(path).unwrap();
            let headings: Vec<usize> = text
                .lines()
                .filter(|line| line.starts_with('#') && !line.starts_with("# test/"))
                .map(|line| line.bytes().take_while(|byte| *byte == b'#').count())
                .collect();
            let rows = text.lines().filter(|line| line.starts_with("| `")).count();
            let blocks: Vec<String> = blocks(&text).map(str::to_owned).collect();
            (headings, rows, blocks)
        };
        assert_eq!(
            of(&japanese),
            of(&root().join(&english)),
            "{name} and {english}"
        );
    }
    assert!(seen > 0, "no page was found");
}

/// Every page of the repository.
fn pages() -> Vec<PathBuf> {
    let listed = run(Command::new("git")
        .current_dir(root())
        .args(["ls-files", "-z", "*.md"]));
    let pages: Vec<PathBuf> = String::from_utf8(listed.stdout)
        .unwrap()
        .split_terminator('\0')
        .filter(|name| !name.contains("/tests/"))
        .map(|name| root().join(name))
        .filter(|path| path.exists())
        .collect();
    assert!(pages.len() > 10, "{pages:?}");
    pages
}

/// The targets of `[text](target)`, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut prose = String::new();
    for (number, part) in text.split("```").enumerate() {
        if number % 2 == 0 {
            prose += part;
        }
    }
    prose
        .split("](")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

/// Whether a page has a heading with this anchor.
fn has_heading(text: &str, anchor: &str) -> bool {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| {
            let slug: String = line
                .trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|character| character.is_alphanumeric() || " -_".contains(*character))
                .map(|character| if character == ' ' { '-' } else { character })
                .collect();
            slug == anchor
        })
}

/// What stands behind these options.
fn named_after<'a>(words: &'a [&'a str], options: &'a [&str]) -> impl Iterator<Item = &'a str> {
    words
        .windows(2)
        .filter(|pair| options.contains(&pair[0]))
        .map(|pair| pair[1])
}

/// The packages that `cargo install --git` is to take out of a repository.
fn installed_from_git<'a>(words: &[&'a str]) -> Vec<&'a str> {
    const WITH_VALUES: [&str; 5] = ["--git", "--rev", "--tag", "--branch", "--root"];
    if !words.contains(&"--git") {
        return Vec::new();
    }
    let mut names = Vec::new();
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        if WITH_VALUES.contains(word) {
            words.next();
        } else if !word.starts_with('-') {
            names.push(*word);
        }
    }
    names
}

/// The words behind `cargo`, of each of its command lines in blocks and in sentences.
fn cargo_commands(text: &str) -> Vec<Vec<String>> {
    lines_of_code(text)
        .iter()
        .flat_map(|line| line.split(['|', ';', '>']))
        .flat_map(|part| part.split("&&"))
        .filter_map(|command| command.trim().strip_prefix("cargo "))
        .map(|rest| rest.split_whitespace().map(str::to_owned).collect())
        .collect()
}

/// The contents of fenced blocks.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| Some(block.split_once('\n')?.1))
}

/// Every command line of our programs, in blocks and in sentences, without comments and what it is piped into.
fn commands(text: &str) -> Vec<String> {
    lines_of_code(text)
        .iter()
        .flat_map(|code| {
            code.split([';', '|', '>'])
                .flat_map(|part| part.split("&&"))
                .filter_map(ours)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// All that is set as code: in sentences, then the lines of blocks, those that a backslash continues as one, without
/// comments.
fn lines_of_code(text: &str) -> Vec<String> {
    let mut prose = String::new();
    for part in text.split("```").step_by(2) {
        prose += part;
    }
    let inline = prose
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|code| code.replace('\n', " "));
    let joined: Vec<String> = blocks(text)
        .map(|block| block.replace("\\\n", " "))
        .collect();
    let lines = joined.iter().flat_map(|block| block.lines()).map(|line| {
        let line = line
            .trim()
            .trim_start_matches("- ")
            .trim_start_matches("run: ");
        line.split(" #").next().unwrap_or_default().to_owned()
    });
    inline.chain(lines).collect()
}

/// The command, if it is one of ours: `cargo run -p gen-schema -- --check` is `gen-schema --check`.
fn ours(code: &str) -> Option<String> {
    let code = code.trim();
    let code = code
        .strip_prefix("cargo run --locked -p ")
        .or_else(|| code.strip_prefix("cargo run --release -p "))
        .or_else(|| code.strip_prefix("cargo run -p "))
        .unwrap_or(code)
        .replacen(" -- ", " ", 1)
        // What psql is given isn't ours to know.
        .replacen("git database psql --command", "git database psql", 1);
    let code = match code.strip_prefix("git database") {
        Some(rest) => format!("git-database{rest}"),
        None => code,
    };
    let program = code.split(' ').next()?;
    PROGRAMS.contains(&program).then(|| code.trim().to_owned())
}

/// What the programs say of themselves, asked once.
#[derive(Default)]
struct Helps(BTreeMap<Vec<String>, String>);

impl Helps {
    fn problems(&mut self, command: &str) -> Vec<String> {
        let words: Vec<&str> = command.split_whitespace().collect();
        let program = words[0];
        let main = self.of(&[program]);
        let named = words.get(1).copied().filter(|word| !word.starts_with('-'));
        let subcommand = named.filter(|word| {
            main.lines().any(|line| {
                line.trim_start().split(' ').next() == Some(word) && line.starts_with("  ")
            })
        });
        let help = match subcommand {
            Some(subcommand) => self.of(&[program, subcommand]),
            None => main,
        };
        words[1..]
            .iter()
            .map(|word| word.trim_matches(['[', ']', ',', '.', '…']))
            .filter(|word| word.len() > 1 && word.starts_with('-') && *word != "--")
            .map(|word| word.split('=').next().unwrap_or(word))
            .filter(|option| {
                !help
                    .split([' ', ',', '\n', '.', '='])
                    .any(|known| known == *option)
            })
            .map(|option| format!("has no `{option}`"))
            .collect()
    }

    fn of(&mut self, words: &[&str]) -> String {
        let key: Vec<String> = words.iter().map(ToString::to_string).collect();
        self.0
            .entry(key)
            .or_insert_with(|| {
                let output = run(Command::new(binary(words[0]))
                    .args(&words[1..])
                    .arg("--help"));
                String::from_utf8(output.stdout).unwrap()
            })
            .clone()
    }
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}
