//! Merge conflicts that git left in a file.

use crate::problem::Problem;
use crate::settings::Span;

/// How git marks the line where a conflict begins.
const MARKER: &str = "<<<<<<< ";

/// The conflicts in a text, each with the line where it begins. What else such a text breaks says nothing.
pub fn merge_conflicts(text: &str) -> Vec<Problem> {
    let mut start = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with(MARKER) {
            let end = start + line.trim_end().len();
            found.push(
                Problem::configured(Span { start, end }, "a merge conflict isn't resolved here")
                    .hint(
                        "keep what is right of both sides, and delete the lines of `<<<<<<<`, `=======` and `>>>>>>>`",
                    ),
            );
        }
        start += line.len();
    }
    found
}
