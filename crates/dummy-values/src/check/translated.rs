//! Patterns of SQL as regular expressions that this program's libraries read, and the texts that a pattern has where
//! they are few.

use regex_lite::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// A pattern with no more texts than this is a list of them.
const FEW: usize = 64;

/// A regular expression of SQL; none for what isn't understood.
pub fn regex(pattern: &str) -> Option<Regex> {
    // A dot matches the end of a line too.
    RegexBuilder::new(&spelt_out(pattern))
        .dot_matches_new_line(true)
        .build()
        .ok()
}

/// A regular expression without names for anchors that others don't know.
fn spelt_out(pattern: &str) -> String {
    pattern
        .replace("\\A", "^")
        .replace("\\Z", "$")
        .replace("\\y", "\\b")
}

/// `LIKE`'s pattern as a regular expression.
pub fn like_pattern(pattern: &str, escape: Option<char>) -> String {
    let mut result = "^".to_owned();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '%' => result.push_str(".*"),
            '_' => result.push('.'),
            same if Some(same) == escape => {
                let literal = characters.next().unwrap_or(same);
                result.push_str(&regex_syntax::escape(&literal.to_string()));
            }
            other => result.push_str(&regex_syntax::escape(&other.to_string())),
        }
    }
    result.push('$');
    result
}

/// `SIMILAR TO`'s pattern as a regular expression: dots, carets and dollars mean themselves in it.
pub fn similar_pattern(pattern: &str) -> String {
    let mut result = "^(?:".to_owned();
    let mut characters = pattern.chars();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let literal = characters.next().unwrap_or('\\');
                result.push_str(&regex_syntax::escape(&literal.to_string()));
            }
            '[' => {
                in_class = true;
                result.push('[');
            }
            ']' => {
                in_class = false;
                result.push(']');
            }
            other if in_class => result.push(other),
            '%' => result.push_str(".*"),
            '_' => result.push('.'),
            '.' | '^' | '$' => {
                result.push('\\');
                result.push(character);
            }
            other => result.push(other),
        }
    }
    result.push_str(")$");
    result
}

/// All texts that match a pattern from beginning to end, where there are few: of `^(draft|paid)$` both.
pub(super) fn texts(pattern: &str) -> Option<Vec<String>> {
    if pattern.starts_with("(?i)") {
        return None;
    }
    let pattern = pattern.replace("\\A", "^").replace("\\Z", "$");
    let hir = ParserBuilder::new().build().parse(&pattern).ok()?;
    let HirKind::Concat(parts) = hir.kind() else {
        return None;
    };
    let is = |part: Option<&Hir>, look: Look| {
        part.is_some_and(|part| matches!(part.kind(), HirKind::Look(found) if *found == look))
    };
    if !is(parts.first(), Look::Start) || !is(parts.last(), Look::End) {
        return None;
    }
    let mut found = enumerated(&parts[1..parts.len() - 1])?;
    found.sort();
    found.dedup();
    Some(found)
}

fn enumerated(parts: &[Hir]) -> Option<Vec<String>> {
    let mut result = vec![String::new()];
    for part in parts {
        let own = texts_of(part)?;
        result = result
            .iter()
            .flat_map(|before| own.iter().map(move |after| format!("{before}{after}")))
            .take(FEW + 1)
            .collect();
        if result.len() > FEW {
            return None;
        }
    }
    Some(result)
}

fn texts_of(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty => Some(vec![String::new()]),
        HirKind::Literal(literal) => Some(vec![String::from_utf8(literal.0.to_vec()).ok()?]),
        HirKind::Class(Class::Unicode(class)) => {
            let characters: Vec<String> = class
                .iter()
                .flat_map(|range| range.start()..=range.end())
                .take(FEW + 1)
                .map(String::from)
                .collect();
            (characters.len() <= FEW).then_some(characters)
        }
        HirKind::Capture(capture) => texts_of(&capture.sub),
        HirKind::Concat(parts) => enumerated(parts),
        HirKind::Alternation(parts) => {
            let all: Vec<String> = parts
                .iter()
                .map(texts_of)
                .collect::<Option<Vec<_>>>()?
                .concat();
            (all.len() <= FEW).then_some(all)
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.filter(|&most| most <= 4)?;
            let one = texts_of(&repetition.sub)?;
            let mut all = Vec::new();
            for times in repetition.min..=most {
                let mut texts = vec![String::new()];
                for _ in 0..times {
                    texts = texts
                        .iter()
                        .flat_map(|before| one.iter().map(move |after| format!("{before}{after}")))
                        .collect();
                    if texts.len() > FEW {
                        return None;
                    }
                }
                all.append(&mut texts);
            }
            (all.len() <= FEW).then_some(all)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_few_texts_is_a_list_of_them() {
        for (pattern, expected) in [
            ("^(draft|paid)$", Some(vec!["draft", "paid"])),
            (
                r"\A(draft|pa(id|yed))\Z",
                Some(vec!["draft", "paid", "payed"]),
            ),
            ("^v[12]$", Some(vec!["v1", "v2"])),
            ("^https?$", Some(vec!["http", "https"])),
            ("draft|paid", None),
            ("^[a-z]{3}$", None),
            ("^a+$", None),
        ] {
            let found = texts(pattern);
            let found: Option<Vec<&str>> = found
                .as_ref()
                .map(|texts| texts.iter().map(String::as_str).collect());
            assert_eq!(found, expected, "{pattern}");
        }
    }

    #[test]
    fn patterns_of_sql_match_what_they_match_there() {
        for (pattern, right, wrong) in [
            (like_pattern("a.%", Some('\\')), "a.b", "axb"),
            (like_pattern(r"100\%", Some('\\')), "100%", "1000"),
            (like_pattern("100!%", Some('!')), "100%", "100!"),
            (like_pattern("_b", None), "\nb", "b"),
            (similar_pattern("(a|b).c"), "a.c", "axc"),
            (similar_pattern("[0-9]{3}%"), "123x", "12"),
            (similar_pattern("a$"), "a$", "a"),
        ] {
            let regex = regex(&pattern).unwrap();
            assert!(regex.is_match(right), "{pattern}");
            assert!(!regex.is_match(wrong), "{pattern}");
        }
    }
}
