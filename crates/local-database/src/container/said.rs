//! What docker and the container's script say, with the next step that follows from it.

use command_line::{Failure, Status};

use crate::programs::Answer;

/// What docker's own messages have in common, and what to do about them.
const KNOWN: &[(&[&str], &str, &str)] = &[
    (
        &[
            "is not a docker command",
            "unknown command: docker compose",
            "unknown shorthand flag",
            // Docker takes the options of what it doesn't know for its own.
            "Usage:  docker [OPTIONS] COMMAND",
            "unrecognized command",
            "looking up compose provider failed",
        ],
        "Compose 2 isn't installed (`docker compose version`)",
        "install it: https://docs.docker.com/compose/install",
    ),
    (
        &[
            "permission denied while trying to connect",
            "Got permission denied",
        ],
        "this user may not use Docker",
        "`sudo usermod --append --groups docker $USER`, then log in anew; or, without Docker: `git database up --url …`",
    ),
    (
        &[
            "Cannot connect to the Docker daemon",
            "error during connect",
            "failed to connect to the docker API",
            "docker daemon is not running",
            "Is the docker daemon running",
        ],
        "Docker isn't running",
        "start Docker Desktop, or `sudo systemctl start docker`; then `git database up` again",
    ),
    (
        &[
            "port is already allocated",
            "address already in use",
            "Ports are not available",
            "bind for",
        ],
        "something else on this machine listens at the database's port",
        "take another one: `git database up --port 5433`",
    ),
    (
        &[
            "pull access denied",
            "manifest unknown",
            "manifest for",
            "failed to resolve reference",
            "no such host",
            "toomanyrequests",
            "connection refused",
            "i/o timeout",
            "Client.Timeout",
        ],
        "the image can't be fetched",
        "see whether this machine reaches the registry, or name an image that is here: docs/docker.md has the variable for `.env`",
    ),
    (
        &["Mounts denied", "not shared from the host", "file sharing"],
        "Docker may not mount this directory",
        "Docker Desktop's settings, under File sharing, say which it may: add this one",
    ),
    (
        &["no space left on device"],
        "Docker's disk is full",
        "`docker system df` says what fills it, `docker system prune` takes away what nobody uses",
    ),
];

/// The failure of a call of docker's.
pub(crate) fn failure(said: &Answer, program: &str) -> Failure {
    let text = &said.stderr;
    let is_about = |words: &&[&str]| {
        let lower = text.to_lowercase();
        words
            .iter()
            .any(|word| lower.contains(&word.to_lowercase()))
    };
    if let Some((_, what, hint)) = KNOWN.iter().find(|(words, ..)| is_about(words)) {
        let last = said.last_words();
        return Failure::outside(format!("{what}\n  {program}: {}", shortened(last))).hint(*hint);
    }
    let last = said.last_words();
    let failure = Failure::outside(format!("{program} failed: {}", shortened(last)));
    if text.contains("yaml:") || text.contains("Additional property") || text.contains("services.")
    {
        return failure.hint("mend the compose file: `docker compose config` says more");
    }
    failure.hint("`docker compose ps --all` and `docker compose logs` may say more")
}

/// Docker puts whole chains of errors into one line.
fn shortened(line: &str) -> &str {
    let end = line
        .char_indices()
        .nth(300)
        .map_or(line.len(), |(at, _)| at);
    &line[..end]
}

/// The failure that a container's log ends with: the script's own `error:` and `hint:` lines if there are any.
pub(crate) fn of_log(log: &str) -> Failure {
    let lines: Vec<&str> = log.lines().map(str::trim_end).collect();
    let Some(last) = lines.iter().rposition(|line| line.starts_with("error: ")) else {
        let told = lines
            .iter()
            .rev()
            .find(|line| {
                ["FATAL:", "PANIC:", "ERROR:", "Error", "error"]
                    .iter()
                    .any(|word| line.contains(word))
            })
            .or_else(|| lines.iter().rev().find(|line| !line.is_empty()))
            .copied()
            .unwrap_or("it has written nothing");
        let failure = Failure::outside(format!("the container has ended: {}", shortened(told)));
        return if log.contains("No space left on device") {
            failure.hint("the database is larger than what the container may keep in memory: docs/docker.md, \"A database larger than memory\"")
        } else {
            failure.hint("`git database logs` has all that it wrote")
        };
    };
    let hints = lines[last + 1..]
        .iter()
        .take_while(|line| line.starts_with("hint: "));
    let text: Vec<&str> = std::iter::once(&lines[last])
        .chain(hints)
        .copied()
        .collect();
    Failure::rendered(Status::BadInput, text.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(stderr: &str) -> Answer {
        Answer {
            success: false,
            code: Some(1),
            stdout: String::new(),
            stderr: stderr.to_owned(),
        }
    }

    #[test]
    fn what_docker_says_has_one_next_step() {
        for (stderr, part) in [
            (
                "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
                "Docker isn't running",
            ),
            (
                "docker: 'compose' is not a docker command.\nSee 'docker --help'",
                "Compose 2 isn't installed",
            ),
            (
                "Error response from daemon: driver failed programming external connectivity: Bind for 127.0.0.1:5432 failed: port is already allocated",
                "database's port",
            ),
            (
                "unknown flag: --all\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information",
                "Compose 2 isn't installed",
            ),
            (
                "Error response from daemon: pull access denied for x",
                "can't be fetched",
            ),
            ("something new", "docker failed: something new"),
        ] {
            let told = failure(&answer(stderr), "docker").to_string();
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    fn the_scripts_own_words_are_taken_from_the_log() {
        let log =
            "LOG: x\nerror: dumps/ holds no .sql and no .sql.gz file\nhint: make them\nLOG: y\n";
        let told = of_log(log);
        assert_eq!(
            told.to_string(),
            "error: dumps/ holds no .sql and no .sql.gz file\nhint: make them"
        );
        let told = of_log("initdb: error: could not write: No space left on device\n").to_string();
        assert!(told.contains("No space left"), "{told}");
    }
}
