//! Which known name a misspelt one was meant to be: one measure for calls, options, columns, keys and parameters, so
//! that every program asks "did you mean …?" under the same circumstances.

/// Most characters of a word that is looked up: names are no longer in any database, and what is longer was never one.
const LONGEST: usize = 64;

/// The known name with the fewest edits to what was typed, when one is near enough to be meant: insertions, deletions,
/// substitutions and swaps of neighbours, at most a third of the longer word and one at least, and never all of what was
/// typed. Of names equally near it is the first. Letter case and blanks around what was typed count for nothing.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.trim().to_lowercase();
    let letters = typed.chars().take(LONGEST + 1).count();
    if letters > LONGEST {
        return None;
    }
    known
        .into_iter()
        .filter_map(|name| {
            let folded = name.to_lowercase();
            let longer = letters.max(folded.chars().count());
            let most = (longer / 3).max(1).min(letters.saturating_sub(1));
            // The difference in length is the least that it takes.
            if 2 * letters < longer {
                return None;
            }
            let edits = strsim::osa_distance(&typed, &folded);
            let same = letters > 0 && edits == 0;
            (same || edits <= most && most > 0).then_some((edits, name))
        })
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// The same as a hint.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(typed, known).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, known: &[&str], expected: Option<&str>) {
        assert_eq!(nearest(typed, known.iter().copied()), expected, "{typed}");
    }

    #[test]
    fn what_is_near_is_found() {
        let types = ["text", "string", "integer", "citext"];
        check("strng", &types, Some("string"));
        check("sting", &types, Some("string"));
        check("citex", &types, Some("citext"));
        check(
            "add_foregin_key",
            &["add_index", "add_foreign_key"],
            Some("add_foreign_key"),
        );
        check("ofices", &["users", "offices"], Some("offices"));
        check(" ORDERS ", &["users", "orders"], Some("orders"));
        check("ID", &["id"], Some("id"));
        check("x", &["x"], Some("x"));
    }

    #[test]
    fn what_is_far_is_not() {
        check("polygon", &["text", "string"], None);
        check("zebra", &["users", "orders"], None);
        check("x", &["y"], None);
        check("", &["y"], None);
        check("id", &["identity"], None);
        check(&"a".repeat(65), &["a"], None);
    }

    #[test]
    fn the_first_of_equals_is_asked_for() {
        check("cat", &["bat", "rat"], Some("bat"));
        assert_eq!(
            did_you_mean("strng", ["string"]).as_deref(),
            Some("did you mean `string`?")
        );
        assert_eq!(did_you_mean("strng", ["x"]), None);
    }
}
