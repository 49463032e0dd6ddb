//! The workflow of a new repository: it must run where somebody has done no more than the README says.
//!
//! A job has the repository and nothing else, so it builds the generators from where these were built: only that version is
//! certain to write the same bytes. What was built from a clone that nobody else reaches can't say where that is; then the
//! workflow has the job that needs nothing but git, and `init` says what the other one wants.

use command_line::Failure;

/// The workflow, whose part for the generators stands between marks.
const TEXT: &str = include_str!("schema.yml");
const BEGIN: &str = "\n  #[programs\n";
const END: &str = "  #programs]\n";

/// A version of the programs, as a job gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    source: String,
    commit: String,
}

impl Programs {
    /// What `--programs` says, `URL` or `URL#COMMIT`; else where this was built from, if others can reach that.
    pub(super) fn of(
        said: Option<&str>,
        source: Option<&str>,
        commit: Option<&str>,
    ) -> Result<Option<Self>, Failure> {
        let (source, commit) = match said {
            None => (source, commit),
            Some(said) => {
                let (source, named) = said
                    .split_once('#')
                    .map_or((said, None), |(url, commit)| (url, Some(commit)));
                (Some(source), named.or(commit))
            }
        };
        let Some(source) = source else {
            return Ok(None);
        };
        let plain = |text: &str, others: &[u8]| {
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
        };
        if !source.contains("://") || !plain(source, b"-._~/:+%@") {
            return Err(Failure::input(format!("`{source}` isn't the URL of a git repository"))
                .hint("`--programs` takes what a job can clone, such as https://git.example.com/team/database-tools.git"));
        }
        let commit = commit.filter(|commit| commit.len() >= 7 && plain(commit, b""));
        let Some(commit) = commit else {
            return Err(Failure::input("it isn't known which commit of the programs this is").hint(format!(
                "name it: `--programs {source}#COMMIT`, where COMMIT is what `git rev-parse HEAD` says in the clone that you build from"
            )));
        };
        Ok(Some(Self {
            source: source.to_owned(),
            commit: commit.to_owned(),
        }))
    }
}

/// The workflow's text.
pub(super) fn text(programs: Option<&Programs>) -> String {
    let (before, rest) = TEXT.split_once(BEGIN).unwrap_or((TEXT, ""));
    let (job, after) = rest.split_once(END).unwrap_or((rest, ""));
    match programs {
        None => format!("{before}{after}"),
        Some(Programs { source, commit }) => {
            let job = job
                .replace("THE_SOURCE", source)
                .replace("THE_COMMIT", commit);
            format!("{before}\n{job}{after}")
        }
    }
}

/// What to say of a workflow that has just been written.
pub(super) fn remark(programs: Option<&Programs>) -> String {
    match programs {
        Some(Programs { source, .. }) => {
            format!("The workflow builds the generators from {source}, which GitHub must be able to read.\n")
        }
        None => "\
The workflow doesn't check that dumps/ is fresh: these programs were built from a clone that a job can't reach.
For that, remove .github/workflows/schema.yml and run `gen-schema init --programs URL`, with the programs' git URL.
"
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Programs, text};

    const URL: &str = "https://git.example.com/team/tools.git";
    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn programs(
        said: Option<&str>,
        built: (Option<&str>, Option<&str>),
    ) -> Result<Option<Programs>, String> {
        Programs::of(said, built.0, built.1).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_job_gets_the_version_that_wrote_the_workflow() {
        let built = programs(None, (Some(URL), Some(COMMIT))).unwrap().unwrap();
        let text = text(Some(&built));
        assert!(
            text.contains(&format!("PROGRAMS: {URL}\n      COMMIT: {COMMIT}\n")),
            "{text}"
        );
        for mark in ["THE_", "#[", "programs]"] {
            assert!(!text.contains(mark), "{mark}: {text}");
        }
        let said = format!("{URL}#0123456");
        let said = programs(
            Some(&said),
            (Some("https://other.example.com/x"), Some(COMMIT)),
        )
        .unwrap()
        .unwrap();
        assert_eq!(
            (said.source.as_str(), said.commit.as_str()),
            (URL, "0123456")
        );
        let said = programs(Some(URL), (None, Some(COMMIT))).unwrap().unwrap();
        assert_eq!(said, built);
    }

    #[test]
    fn a_job_that_could_not_get_them_is_left_out() {
        assert_eq!(programs(None, (None, Some(COMMIT))), Ok(None));
        let text = text(None);
        assert!(
            text.contains("git has pointers") && !text.contains("cargo"),
            "{text}"
        );
        assert!(text.ends_with("fi\n"), "{text}");
    }

    #[test]
    fn what_is_no_address_or_no_commit_is_told() {
        for (said, built) in [
            ("../tools", Some(COMMIT)),
            ("https://git.example.com/$(x)", Some(COMMIT)),
            (URL, None),
            ("https://git.example.com/tools#main", None),
        ] {
            assert!(programs(Some(said), (None, built)).is_err(), "{said}");
        }
    }
}
