//! Lines that `.gitattributes` and `.gitignore` must have, whoever began those files: nobody yet, somebody, or
//! `lfs-agent init`, before this or after it. They go to the end, all others stay, and a second time changes nothing.

/// What a file must have.
pub(super) struct Wanted {
    pub(super) name: &'static str,
    /// Each with the comment above it, which comes along with the line.
    pub(super) lines: &'static [(&'static str, &'static str)],
}

/// By name and not `*`: a line for everything behind one for dumps would take from those that they are no text, and in
/// somebody's repository it would be about files that are none of our business.
pub(super) const ATTRIBUTES: Wanted = Wanted {
    name: ".gitattributes",
    lines: &[
        (
            "# LF line endings everywhere: the database's image runs these files inside Linux, and `--check` compares bytes.\n",
            "schema/** text=auto eol=lf",
        ),
        ("", "*.sql text eol=lf"),
        ("", "*.csv text eol=lf"),
    ],
};

/// `lfs-agent init` knows the last line by what stands above it.
pub(super) const IGNORED: Wanted = Wanted {
    name: ".gitignore",
    lines: &[
        ("# The container's settings on this machine.\n", ".env"),
        (
            "# Rows that no bucket keeps: gen-dummy makes the same everywhere. `lfs-agent init` takes this line out.\n",
            ROWS,
        ),
    ],
};

/// The rows, as long as they are in no bucket.
pub(super) const ROWS: &str = "dumps/*.sql.gz";

impl Wanted {
    /// The text with the lines that are missing in it, if any are; `leave_out` is one that isn't wanted here.
    pub(super) fn added_to(&self, present: &str, leave_out: Option<&str>) -> Option<String> {
        let mut text = present.to_owned();
        let missing = self
            .lines
            .iter()
            .filter(|(_, line)| Some(*line) != leave_out && !has(present, line));
        for (comment, line) in missing {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text = format!("{text}{comment}{line}\n");
        }
        (text != present).then_some(text)
    }
}

/// Whether a line is there in meaning: the same words behind the same pattern, or LF line endings for everything.
fn has(text: &str, wanted: &str) -> bool {
    let (pattern, attributes) = wanted.split_once(' ').unwrap_or((wanted, ""));
    text.lines().any(|line| {
        let mut words = line.split_whitespace();
        let found = words.next().unwrap_or_default();
        let words: Vec<&str> = words.collect();
        let everything = found == "*" && words.contains(&"eol=lf") && wanted.ends_with("eol=lf");
        let same = found.trim_start_matches('/') == pattern;
        everything
            || same
                && attributes
                    .split(' ')
                    .all(|word| word.is_empty() || words.contains(&word))
    })
}

#[cfg(test)]
mod tests {
    use super::{ATTRIBUTES, IGNORED, ROWS};

    #[test]
    fn lines_that_are_missing_are_added_and_others_stay() {
        let new = ATTRIBUTES.added_to("", None).unwrap();
        assert!(new.starts_with("# LF line endings"), "{new}");
        assert_eq!(ATTRIBUTES.added_to(&new, None), None);
        let theirs = "*.png binary";
        assert_eq!(
            ATTRIBUTES.added_to(theirs, None),
            Some(format!("{theirs}\n{new}"))
        );
    }

    #[test]
    fn what_lfs_agent_has_written_is_made_whole() {
        let agents =
            "*.sql.gz filter=lfs diff=lfs-agent merge=lfs-agent -text\n*.sql text eol=lf\n";
        let whole = ATTRIBUTES.added_to(agents, None).unwrap();
        let lines: Vec<&str> = whole
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        assert_eq!(
            lines,
            [
                "*.sql.gz filter=lfs diff=lfs-agent merge=lfs-agent -text",
                "*.sql text eol=lf",
                "schema/** text=auto eol=lf",
                "*.csv text eol=lf"
            ]
        );
    }

    #[test]
    fn lf_line_endings_for_everything_are_enough() {
        assert_eq!(ATTRIBUTES.added_to("*  text=auto\teol=lf\n", None), None);
        assert!(ATTRIBUTES.added_to("* text=auto\n", None).is_some());
    }

    #[test]
    fn rows_are_ignored_until_a_bucket_has_them() {
        let new = IGNORED.added_to("/target\n", None).unwrap();
        assert!(
            new.starts_with("/target\n#") && new.ends_with("out.\ndumps/*.sql.gz\n"),
            "{new}"
        );
        assert_eq!(IGNORED.added_to(".env\n", Some(ROWS)), None);
        assert_eq!(IGNORED.added_to("/.env", Some(ROWS)), None);
    }
}
