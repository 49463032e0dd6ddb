//! Patterns and replacements of an application's own rules.

use super::super::{InflectionError, Inflections, Pattern, Scope};

/// Pattern, options, replacement, word, and what Ruby's `sub` makes of it.
const RULES: &[(&str, &str, &str, &str, &str)] = &[
    (r"bonuses\z", "i", "bonus", "seed_BONUSES", "seed_bonus"),
    (r"bonuses\z", "", "bonus", "seed_BONUSES", "seed_BONUSES"),
    ("^(ox)$", "i", r"\1en", "OX", "OXen"),
    ("^(ox)$", "i", r"\1en", "fox", "fox"),
    ("(criteri)a$", "", r"\1on", "criteria", "criterion"),
    ("(?<stem>dat)a$", "", r"\k<stem>um", "metadata", "metadatum"),
    ("(?<stem>dat)a$", "", r"\1um", "metadata", "metaum"),
    ("(a)?b", "", r"[\1]", "b", "[]"),
    ("s{2}$", "", "z", "glass", "glaz"),
    ("s{,1}$", "", "z", "glass", "glasz"),
    ("s{1,}?", "", "z", "glass", "glazs"),
    ("s{a", "", "z", "s{a", "z"),
    ("{}", "", "z", "a{}", "az"),
    ("a(?i)b|C", "", "z", "xc", "xc"),
    ("(a(?i)b)C", "", "z", "aBc", "aBc"),
    ("(?i:a)b", "", "z", "AB", "AB"),
    ("(?i:a)b", "", "z", "Ab", "z"),
    ("a(?-i)b", "i", "z", "AB", "AB"),
    ("a(?-i)b", "i", "z", "Ab", "z"),
    ("(?:a|b)+?", "", "z", "ab", "zb"),
    ("É$", "i", "es", "café", "cafes"),
    ("名$", "i", "々", "題名", "題々"),
    (r"\u540d\z", "", "x", "題名", "題x"),
    (r"\u{540d}\Z", "", "x", "題名", "題x"),
    (r"\x41", "", "b", "bAA", "bbA"),
    ("[^aeiou]y$", "i", "ies", "CITY", "CIies"),
    (r"[a-c\-]+", "", "_", "x-b-a", "x_"),
    (r"[\d_]+$", "", "", "t_12", "t"),
    (r"[\w-]+$", "", "x", "a b-c", "a x"),
    (r"\h\z", "", "x", "beef", "beex"),
    (r"\W", "", "x", "題a", "xa"),
    (r"\bdata\z", "", "x", "my data", "my x"),
    (r"\bdata\z", "", "x", "my_data", "my_data"),
    (r"\.", "", "x", "a.b", "axb"),
    (r"\/", "", "x", "a/b", "axb"),
    ("a.c", "", "x", "a\nc", "a\nc"),
    ("a.c", "m", "x", "a\nc", "x"),
    ("^b$", "", "x", "a\nb", "a\nx"),
    (r"\Ab", "", "x", "a\nb", "a\nb"),
    ("(a)(b)", "", r"\2\1\0\\\9\q\&", "ab", r"baab\\qab"),
    ("(a)", "", r"\12", "a", "a2"),
    ("~&#", "", "-", "~&#", "-"),
    ("[&~#]+", "", "-", "a~&#", "a-"),
];

/// Pattern, options, and the sentence that refuses it.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "a(?=s)",
        "",
        "the pattern `/a(?=s)/` uses look-ahead `(?=`, which isn't supported",
    ),
    (
        "a(?!s)",
        "",
        "the pattern `/a(?!s)/` uses look-ahead `(?!`, which isn't supported",
    ),
    (
        "(?<=a)s",
        "",
        "the pattern `/(?<=a)s/` uses look-behind `(?<=`, which isn't supported",
    ),
    (
        "(?<!a)s",
        "",
        "the pattern `/(?<!a)s/` uses look-behind `(?<!`, which isn't supported",
    ),
    (
        "(?>a)",
        "",
        "the pattern `/(?>a)/` uses the atomic group `(?>`, which isn't supported",
    ),
    (
        "(?~a)",
        "",
        "the pattern `/(?~a)/` uses the absence operator `(?~`, which isn't supported",
    ),
    (
        "(?x)a",
        "",
        "the pattern `/(?x)a/` uses the group `(?x`, which isn't supported",
    ),
    (
        r"(a)\1",
        "",
        r"the pattern `/(a)\1/` uses the back-reference `\1`, which isn't supported",
    ),
    (
        r"\p{Alpha}",
        "",
        r"the pattern `/\p{Alpha}/` uses `\p`, which isn't supported",
    ),
    (
        r"\k<a>",
        "",
        r"the pattern `/\k<a>/` uses `\k`, which isn't supported",
    ),
    (
        "a++",
        "",
        "the pattern `/a++/` uses the possessive `++`, which isn't supported",
    ),
    (
        "a{2}?",
        "",
        "the pattern `/a{2}?/` uses the optional repetition `{2}?`, which isn't supported",
    ),
    (
        "[[:alpha:]]",
        "",
        "the pattern `/[[:alpha:]]/` uses a named class such as `[:alpha:]`, which isn't supported",
    ),
    (
        "[a[bc]]",
        "",
        "the pattern `/[a[bc]]/` uses a class within a class, which isn't supported",
    ),
    (
        "[a&&b]",
        "",
        "the pattern `/[a&&b]/` uses `&&` in a class, which isn't supported",
    ),
    (
        "[à-é]",
        "i",
        "the pattern `/[à-é]/` uses a range of letters beyond ASCII with the option `i`, which isn't supported",
    ),
    (
        "(?<a>a)(b)",
        "",
        "the pattern `/(?<a>a)(b)/` uses named groups beside unnamed ones, which isn't supported",
    ),
    (
        "a b",
        "x",
        "the pattern `/a b/` has the option `x`, which isn't supported",
    ),
    (
        "(a",
        "",
        "the pattern `/(a/` can't be read: a group isn't closed",
    ),
    (
        "a)",
        "",
        "the pattern `/a)/` can't be read: a `)` closes nothing",
    ),
    (
        "[a",
        "",
        "the pattern `/[a/` can't be read: a class isn't closed",
    ),
    (
        "[]",
        "",
        "the pattern `/[]/` can't be read: a class is empty",
    ),
    (
        r"[\w-x]",
        "",
        r"the pattern `/[\w-x]/` can't be read: a range in a class has no beginning",
    ),
    (
        r"a\",
        "",
        r"the pattern `/a\/` can't be read: it ends in a backslash",
    ),
    (
        r"\xe9",
        "",
        r"the pattern `/\xe9/` can't be read: an escape isn't the number of a character",
    ),
    (
        r"\u{110000}",
        "",
        r"the pattern `/\u{110000}/` can't be read: an escape isn't the number of a character",
    ),
];

/// Replacements for the pattern `(?<stem>a)`, with the sentence that refuses each.
const REFUSED_REPLACEMENTS: &[(&str, &str)] = &[
    (
        r"\k<root>",
        r"the replacement `\k<root>` names the group `root`, which its pattern doesn't have",
    ),
    (
        r"\k<stem",
        r"the replacement `\k<stem` uses `\k<`, which isn't supported",
    ),
    (
        r"a\`",
        r"the replacement `a\`` uses `\``, which isn't supported",
    ),
    (
        r"a\'",
        r"the replacement `a\'` uses `\'`, which isn't supported",
    ),
];

/// An application that has only this rule, for plurals.
fn only(pattern: Pattern, replacement: &str) -> Result<Inflections, InflectionError> {
    let mut inflections = Inflections::english();
    inflections.clear(Scope::All);
    inflections.plural(pattern, replacement)?;
    Ok(inflections)
}

#[test]
fn a_pattern_means_what_it_means_to_ruby() {
    for &(source, options, replacement, word, expected) in RULES {
        let pattern = Pattern::regex(source, options).unwrap();
        let inflections = only(pattern, replacement).unwrap();
        assert_eq!(
            inflections.pluralize(word),
            expected,
            "{word:?}.sub(/{source}/{options}, {replacement:?})"
        );
    }
}

#[test]
fn what_cannot_be_matched_is_refused_in_a_sentence() {
    for &(source, options, sentence) in REFUSED {
        let error = Pattern::regex(source, options).unwrap_err();
        assert_eq!(error.to_string(), sentence);
        let is_plain = matches!(error, InflectionError::Malformed { .. });
        assert_eq!(error.hint().is_some(), !is_plain, "{sentence}");
    }
}

#[test]
fn a_replacement_that_cannot_be_made_is_refused_in_a_sentence() {
    for &(replacement, sentence) in REFUSED_REPLACEMENTS {
        let pattern = Pattern::regex("(?<stem>a)", "").unwrap();
        assert_eq!(
            only(pattern, replacement).unwrap_err().to_string(),
            sentence
        );
    }
}

#[test]
fn a_text_is_looked_for_as_it_stands() {
    let inflections = only(Pattern::text("a.b"), r"<\0\1\&>").unwrap();
    assert_eq!(inflections.pluralize("xa.ba.b"), "x<a.ba.b>a.b");
    assert_eq!(inflections.pluralize("xaxb"), "xaxb");
    assert_eq!(inflections.pluralize("A.B"), "A.B");
}

#[test]
fn no_pattern_of_three_letters_breaks_the_reader() {
    let alphabet: Vec<char> = "aé\\^$|.?*+(){}[]-&:<>=!#,1ikuxZ".chars().collect();
    let (mut accepted, mut refused) = (0, 0);
    for first in &alphabet {
        for second in &alphabet {
            for third in &alphabet {
                let source: String = [first, second, third].into_iter().collect();
                match Pattern::regex(&source, "i").and_then(|pattern| only(pattern, "\\1s")) {
                    Ok(inflections) => {
                        accepted += 1;
                        // Whatever it matched, the letters beside the match stay whole.
                        assert!(inflections.pluralize("naïve_é1").len() < 40);
                    }
                    Err(error) => {
                        refused += 1;
                        assert!(error.to_string().contains(&source), "{error}");
                    }
                }
            }
        }
    }
    // Neither is rare: a reader that took or refused everything would be wrong.
    assert!(
        accepted > 10_000 && refused > 5_000,
        "{accepted} and {refused}"
    );
}
