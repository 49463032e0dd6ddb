//! The system's package managers: which one this machine has, and what each calls the things that we need.

use std::fmt::Write as _;
use std::process::Command;

use host_tools::process::find_program;

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

impl PackageManager {
    /// The one of this machine, or `None`: also when installing needs root, and neither root nor sudo is to be had.
    pub(super) fn of_this_machine() -> Option<Self> {
        let manager = ALL
            .into_iter()
            .find(|manager| find_program(manager.program()).is_some())?;
        (!manager.needs_root() || is_root() || find_program("sudo").is_some()).then_some(manager)
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
        self.commands_as(
            missing,
            if self.needs_root() && !is_root() {
                &["sudo"]
            } else {
                &[]
            },
        )
    }

    /// What a user should know beforehand.
    pub(super) fn note(self, missing: &[Tool]) -> Option<&'static str> {
        (self == Self::AptGet && missing.contains(&Tool::PostgreSql)).then_some(
            "(Debian's package also starts a server of its own on port 5432. Nothing here uses it;\n\
             `systemctl disable --now postgresql` turns it off.)",
        )
    }

    fn needs_root(self) -> bool {
        self != Self::Brew
    }

    fn commands_as(self, missing: &[Tool], prefix: &[&str]) -> Vec<Vec<String>> {
        let mut packages: Vec<&str> = missing.iter().map(|tool| self.package(*tool)).collect();
        packages.dedup();
        let commands: Vec<Vec<&str>> = match self {
            // A fresh image has no list of packages, and an old list names versions that are gone.
            Self::AptGet => vec![
                vec!["apt-get", "update"],
                [vec!["apt-get", "install", "--yes"], packages].concat(),
            ],
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

    fn package(self, tool: Tool) -> &'static str {
        match (tool, self) {
            (Tool::Git, _) => "git",
            (Tool::GitLfs, _) => "git-lfs",
            (Tool::Gunzip, _) => "gzip",
            (Tool::PostgreSql, Self::Dnf) => "postgresql-server",
            // Formulas and packages that have the extensions with the server.
            (Tool::PostgreSql | Tool::PostgreSqlExtensions, Self::Brew) => "postgresql@17",
            (Tool::PostgreSqlExtensions, Self::Pacman) | (Tool::PostgreSql, _) => "postgresql",
            (Tool::PostgreSqlExtensions, _) => "postgresql-contrib",
        }
    }
}

/// What to type by hand, on each system.
pub(super) fn by_hand(missing: &[Tool]) -> String {
    let mut text = "install what is missing, then run this again:".to_owned();
    for manager in ALL {
        let commands: Vec<String> = manager
            .commands_as(missing, &[])
            .iter()
            .map(|command| command.join(" "))
            .collect();
        let _ = write!(text, "\n  {}", commands.join(" && "));
    }
    let windows = |names: [&str; 3]| {
        let wanted = [
            (missing.contains(&Tool::Git), names[0]),
            (missing.contains(&Tool::GitLfs), names[1]),
            (missing.contains(&Tool::PostgreSql), names[2]),
        ];
        wanted
            .into_iter()
            .filter_map(|(wanted, name)| wanted.then_some(name))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let winget = windows(["Git.Git", "GitHub.GitLFS", "PostgreSQL.PostgreSQL.17"]);
    let scoop = windows(["git", "git-lfs", "postgresql"]);
    if !winget.is_empty() {
        let _ = write!(text, "\n  winget install {winget}\n  scoop install {scoop}");
    }
    text
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

    const EVERYTHING: [Tool; 3] = [Tool::GitLfs, Tool::PostgreSql, Tool::PostgreSqlExtensions];

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
                "sudo apt-get install --yes git-lfs postgresql postgresql-contrib",
            ],
        );
        check(
            PackageManager::Dnf,
            &[],
            &["dnf install --assumeyes git-lfs postgresql-server postgresql-contrib"],
        );
        check(
            PackageManager::Apk,
            &[],
            &["apk add git-lfs postgresql postgresql-contrib"],
        );
        check(
            PackageManager::Pacman,
            &[],
            &["pacman -S --noconfirm --needed git-lfs postgresql"],
        );
        check(
            PackageManager::Brew,
            &[],
            &["brew install git-lfs postgresql@17"],
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
    fn a_server_that_debian_starts_is_announced() {
        assert!(PackageManager::AptGet.note(&EVERYTHING).is_some());
        assert!(PackageManager::AptGet.note(&[Tool::GitLfs]).is_none());
        assert!(PackageManager::Dnf.note(&EVERYTHING).is_none());
    }

    #[test]
    fn each_system_s_users_are_told_what_to_type() {
        let text = by_hand(&[Tool::GitLfs, Tool::PostgreSql]);
        for line in [
            "  apt-get update && apt-get install --yes git-lfs postgresql",
            "  brew install git-lfs postgresql@17",
            "  winget install GitHub.GitLFS PostgreSQL.PostgreSQL.17",
            "  scoop install git-lfs postgresql",
        ] {
            assert!(
                text.lines().any(|told| told == line),
                "{line} isn't in:\n{text}"
            );
        }
        assert!(!by_hand(&[Tool::Gunzip]).contains("winget"));
    }
}
