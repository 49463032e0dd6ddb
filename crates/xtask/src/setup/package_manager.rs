//! The system's package managers: which one this machine has, and what each calls the things that we need.

use std::env::consts::OS;
use std::process::Command;

use host_tools::process::{command_line, find_program};

use super::Tool;

/// A package manager that can install without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PackageManager {
    /// Debian, Ubuntu.
    AptGet,
    /// Fedora, RHEL and its kin.
    Dnf,
    /// Alpine.
    Apk,
    /// Arch.
    Pacman,
    /// macOS.
    Brew,
}

const ALL: [PackageManager; 5] = [
    PackageManager::AptGet,
    PackageManager::Dnf,
    PackageManager::Apk,
    PackageManager::Pacman,
    PackageManager::Brew,
];

/// While this file is there, Debian's packages make no database of their own, and start no server for it on port 5432.
const NO_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/no-cluster.conf";

impl PackageManager {
    /// The one of this machine, if it has one.
    pub(super) fn of_this_machine() -> Option<Self> {
        ALL.into_iter()
            .find(|manager| find_program(manager.program()).is_some())
    }

    /// Whether it may install from here: most want root, and then root or sudo has to be there.
    pub(super) fn may_install(self) -> bool {
        !self.needs_root() || is_root() || find_program("sudo").is_some()
    }

    /// The program's name.
    pub(super) fn program(self) -> &'static str {
        match self {
            Self::AptGet => "apt-get",
            Self::Dnf => "dnf",
            Self::Apk => "apk",
            Self::Pacman => "pacman",
            Self::Brew => "brew",
        }
    }

    /// The commands that install what is missing, for whoever runs this.
    pub(super) fn commands(self, missing: &[Tool]) -> Vec<Vec<String>> {
        self.commands_as(missing, self.prefix())
    }

    /// What to run after them, also when one of them failed.
    pub(super) fn afterwards(self, missing: &[Tool]) -> Option<Vec<String>> {
        let words = [self.prefix(), &["rm", "-f", NO_CLUSTER]].concat();
        self.makes_a_cluster(missing)
            .then(|| words.into_iter().map(str::to_owned).collect())
    }

    fn prefix(self) -> &'static [&'static str] {
        if self.needs_root() && !is_root() {
            &["sudo"]
        } else {
            &[]
        }
    }

    /// What a user should know beforehand.
    pub(super) fn note(self, missing: &[Tool]) -> Option<&'static str> {
        self.makes_a_cluster(missing).then_some(
            "(Debian's package would also start a server of its own on port 5432. It is told not to, for this\n\
             installation: the port stays free for the container.)",
        )
    }

    fn makes_a_cluster(self, missing: &[Tool]) -> bool {
        let wanted = [Tool::PostgreSql, Tool::PostgreSqlExtensions];
        self == Self::AptGet && wanted.iter().any(|tool| missing.contains(tool))
    }

    fn needs_root(self) -> bool {
        self != Self::Brew
    }

    fn commands_as(self, missing: &[Tool], prefix: &[&str]) -> Vec<Vec<String>> {
        let mut packages: Vec<&str> = missing
            .iter()
            .flat_map(|tool| self.packages(*tool))
            .copied()
            .collect();
        packages.dedup();
        let no_cluster = format!(
            "mkdir -p {} && echo create_main_cluster=false > {NO_CLUSTER}",
            NO_CLUSTER
                .rsplit_once('/')
                .map_or("", |(directory, _)| directory)
        );
        let commands: Vec<Vec<&str>> = match self {
            Self::AptGet => {
                // A fresh image has no list of packages, and an old list names versions that are gone.
                let mut commands = vec![vec!["apt-get", "update"]];
                if self.makes_a_cluster(missing) {
                    commands.push(vec!["sh", "-c", &no_cluster]);
                }
                // Packages must not ask questions of somebody who may not be there, and sudo hands no variable on. What
                // they recommend is a mail server, among other things.
                let install = vec![
                    "env",
                    "DEBIAN_FRONTEND=noninteractive",
                    "apt-get",
                    "install",
                    "--yes",
                    "--no-install-recommends",
                ];
                commands.push([install, packages].concat());
                commands
            }
            Self::Dnf => vec![[vec!["dnf", "install", "--assumeyes"], packages].concat()],
            Self::Apk => vec![[vec!["apk", "add"], packages].concat()],
            Self::Pacman => {
                vec![[vec!["pacman", "-S", "--noconfirm", "--needed"], packages].concat()]
            }
            Self::Brew => vec![[vec!["brew", "install"], packages].concat()],
        };
        let words = |command: Vec<&str>| {
            prefix
                .iter()
                .copied()
                .chain(command)
                .map(str::to_owned)
                .collect()
        };
        commands.into_iter().map(words).collect()
    }

    fn packages(self, tool: Tool) -> &'static [&'static str] {
        match (tool, self) {
            (Tool::Git, _) => &["git"],
            (Tool::GitLfs, _) => &["git-lfs"],
            (Tool::Gunzip, _) => &["gzip"],
            (Tool::PostgreSql, Self::Dnf) => &["postgresql-server"],
            // Formulas and packages that have the extensions with the server.
            (Tool::PostgreSql | Tool::PostgreSqlExtensions, Self::Brew) => &["postgresql@17"],
            (Tool::PostgreSqlExtensions, Self::Pacman) | (Tool::PostgreSql, _) => &["postgresql"],
            (Tool::PostgreSqlExtensions, _) => &["postgresql-contrib"],
            // The programs alone: the package `mariadb-server` would start a server on port 3306.
            (Tool::MariaDb, Self::AptGet) => &["mariadb-server-core", "mariadb-client"],
            (Tool::MariaDb, Self::Dnf) => &["mariadb-server", "mariadb"],
            (Tool::MariaDb, Self::Apk) => &["mariadb", "mariadb-client"],
            (Tool::MariaDb, Self::Pacman) => &["mariadb", "mariadb-clients"],
            (Tool::MariaDb, Self::Brew) => &["mariadb"],
        }
    }
}

/// What to type by hand where this can't be done from here: on a machine with that package manager, or on `system`.
pub(super) fn by_hand(manager: Option<PackageManager>, missing: &[Tool], system: &str) -> String {
    let commands = match (manager, system) {
        (Some(manager), _) => {
            let mut commands = manager.commands_as(missing, &[]);
            commands.extend(manager.afterwards(missing).map(|command| {
                let sudo = |word: &String| word == "sudo";
                command.into_iter().skip_while(sudo).collect::<Vec<_>>()
            }));
            commands.iter().map(|command| typed(command)).collect()
        }
        (None, "windows") => windows(missing),
        (None, "macos") => {
            let brew = PackageManager::Brew.commands_as(missing, &[]);
            brew.iter().map(|command| typed(command)).collect()
        }
        (None, _) => {
            let names: Vec<&str> = missing.iter().map(|tool| tool.description()).collect();
            return format!("install {}, then run this again", names.join(", and "));
        }
    };
    let who = match manager {
        Some(manager) if manager.needs_root() => "as root, ",
        _ => "",
    };
    format!(
        "{who}run this, then the command from before again:\n  {}",
        commands.join("\n  ")
    )
}

/// By hand on this system.
pub(super) fn by_hand_here(missing: &[Tool]) -> String {
    by_hand(PackageManager::of_this_machine(), missing, OS)
}

/// A command as it is typed.
pub(super) fn typed(command: &[String]) -> String {
    let [program, arguments @ ..] = command else {
        return String::new();
    };
    command_line(Command::new(program).args(arguments))
}

/// Of two package managers there one is enough.
fn windows(missing: &[Tool]) -> Vec<String> {
    let of = |program: &str, names: [&str; 4]| {
        let wanted = [Tool::Git, Tool::GitLfs, Tool::PostgreSql, Tool::MariaDb];
        let names: Vec<&str> = wanted
            .iter()
            .zip(names)
            .filter_map(|(tool, name)| missing.contains(tool).then_some(name))
            .collect();
        format!("{program} install {}", names.join(" "))
    };
    let program = if find_program("scoop").is_some() {
        "scoop"
    } else {
        "winget"
    };
    let names = match program {
        "scoop" => ["git", "git-lfs", "postgresql", "mariadb"],
        _ => [
            "Git.Git",
            "GitHub.GitLFS",
            "PostgreSQL.PostgreSQL.17",
            "MariaDB.Server",
        ],
    };
    vec![of(program, names)]
}

fn is_root() -> bool {
    // There is no safe call for it in the standard library; every Unix has this program.
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::{ALL, PackageManager, Tool, by_hand};

    const EVERYTHING: [Tool; 4] = [
        Tool::GitLfs,
        Tool::PostgreSql,
        Tool::PostgreSqlExtensions,
        Tool::MariaDb,
    ];

    #[track_caller]
    fn check(manager: PackageManager, prefix: &[&str], expected: &[&str]) {
        let commands: Vec<String> = manager
            .commands_as(&EVERYTHING, prefix)
            .iter()
            .map(|command| command.join(" "))
            .collect();
        assert_eq!(commands, expected);
    }

    #[test]
    fn each_manager_is_asked_in_its_own_words() {
        check(
            PackageManager::AptGet,
            &["sudo"],
            &[
                "sudo apt-get update",
                "sudo sh -c mkdir -p /etc/postgresql-common/createcluster.d && \
                 echo create_main_cluster=false > /etc/postgresql-common/createcluster.d/no-cluster.conf",
                "sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
                 git-lfs postgresql postgresql-contrib mariadb-server-core mariadb-client",
            ],
        );
        check(
            PackageManager::Dnf,
            &[],
            &[
                "dnf install --assumeyes git-lfs postgresql-server postgresql-contrib mariadb-server mariadb",
            ],
        );
        check(
            PackageManager::Apk,
            &[],
            &["apk add git-lfs postgresql postgresql-contrib mariadb mariadb-client"],
        );
        check(
            PackageManager::Pacman,
            &[],
            &["pacman -S --noconfirm --needed git-lfs postgresql mariadb mariadb-clients"],
        );
        check(
            PackageManager::Brew,
            &[],
            &["brew install git-lfs postgresql@17 mariadb"],
        );
    }

    #[test]
    fn only_what_is_missing_is_installed() {
        for manager in ALL {
            let commands = manager.commands_as(&[Tool::GitLfs], &[]);
            assert!(
                commands
                    .iter()
                    .flatten()
                    .all(|word| !word.contains("postgresql")),
                "{commands:?}"
            );
        }
    }

    #[test]
    fn debian_is_told_to_start_no_server() {
        let told = |manager: PackageManager, missing| {
            let commands = manager.commands_as(missing, &[]);
            let there = commands
                .iter()
                .flatten()
                .any(|word| word.contains("create_main_cluster=false"));
            let gone = manager.afterwards(missing).is_some();
            let said = manager.note(missing).is_some();
            assert!(there == gone && gone == said, "{commands:?}");
            there
        };
        assert!(told(PackageManager::AptGet, &EVERYTHING));
        assert!(!told(PackageManager::AptGet, &[Tool::GitLfs]));
        assert!(!told(PackageManager::Dnf, &EVERYTHING));
    }

    #[test]
    fn who_has_to_type_it_is_told_the_commands_of_their_machine_alone() {
        let missing = [Tool::GitLfs, Tool::PostgreSql];
        for (manager, system, lines) in [
            (
                Some(PackageManager::Dnf),
                "linux",
                "as root, run this, then the command from before again:\n  dnf install --assumeyes git-lfs postgresql-server",
            ),
            (
                None,
                "macos",
                "run this, then the command from before again:\n  brew install git-lfs postgresql@17",
            ),
            (
                None,
                "windows",
                "run this, then the command from before again:\n  winget install GitHub.GitLFS PostgreSQL.PostgreSQL.17",
            ),
            (
                None,
                "linux",
                "install git-lfs, and PostgreSQL's server (initdb, postgres) and psql, then run this again",
            ),
        ] {
            assert_eq!(by_hand(manager, &missing, system), lines);
        }
        let debian = by_hand(Some(PackageManager::AptGet), &missing, "linux");
        let lines: Vec<&str> = debian.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                "  apt-get update",
                "  sh -c 'mkdir -p /etc/postgresql-common/createcluster.d && \
                 echo create_main_cluster=false > /etc/postgresql-common/createcluster.d/no-cluster.conf'",
                "  env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends git-lfs postgresql",
                "  rm -f /etc/postgresql-common/createcluster.d/no-cluster.conf",
            ]
        );
    }
}
