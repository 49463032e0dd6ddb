//! Partitions of a table: a row that none of them takes is refused, so they are a check.

use mysql_text::Token;

/// Which rows a table's partitions take.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Partitioning {
    /// All.
    All,
    /// Those of which this is true, in MySQL's words.
    Within(String),
    /// Nobody knows; the text.
    Unknown(String),
}

/// What a table's options say of partitions, if they do.
pub(crate) fn read(options: &str) -> Option<Partitioning> {
    let tokens = mysql_text::tokens(options);
    let start = tokens
        .windows(2)
        .position(|pair| pair[0].is("partition") && pair[1].is("by"))?;
    let tokens = &tokens[start + 2..];
    let unknown = || Partitioning::Unknown(options[tokens[0].start()..].trim().to_owned());
    Some(match tokens {
        [first, ..] if first.is("hash") || first.is("key") || first.is("linear") => {
            Partitioning::All
        }
        [first, rest @ ..] if first.is("range") || first.is("list") => {
            bounded(options, first.is("range"), rest).unwrap_or_else(unknown)
        }
        [] => Partitioning::Unknown(options.to_owned()),
        _ => unknown(),
    })
}

fn bounded(text: &str, is_range: bool, tokens: &[Token<'_>]) -> Option<Partitioning> {
    let (key, tokens) = in_parentheses(text, skip(tokens, "columns"))?;
    let (_, _) = in_parentheses(text, tokens)?;
    let mut bounds = Vec::new();
    let mut rest = tokens;
    while let Some(place) = rest.iter().position(|token| token.is("values")) {
        rest = &rest[place + 1..];
        let words = if is_range {
            ["less", "than"].as_slice()
        } else {
            &["in"]
        };
        for word in words {
            rest = rest.split_first().filter(|(token, _)| token.is(word))?.1;
        }
        if rest.first()?.is("maxvalue") {
            return Some(Partitioning::All);
        }
        let (bound, after) = in_parentheses(text, rest)?;
        if is_range && bound.trim().eq_ignore_ascii_case("maxvalue") {
            return Some(Partitioning::All);
        }
        bounds.push(bound);
        rest = after;
    }
    // Several columns are compared one after the other.
    if mysql_text::tokens(key).iter().any(|token| token.is(",")) && key_has_columns(key) {
        return None;
    }
    Some(Partitioning::Within(if is_range {
        format!("({key}) < ({})", bounds.last()?)
    } else {
        format!("({key}) IN ({})", bounds.join(", "))
    }))
}

/// Whether a comma of a key stands between columns, not within a call.
fn key_has_columns(key: &str) -> bool {
    let mut depth = 0_u32;
    mysql_text::tokens(key).iter().any(|token| {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is(",")
    })
}

fn skip<'t, 'a>(tokens: &'t [Token<'a>], word: &str) -> &'t [Token<'a>] {
    match tokens {
        [first, rest @ ..] if first.is(word) => rest,
        _ => tokens,
    }
}

/// The text between parentheses that stand next, and what follows them.
fn in_parentheses<'s, 't, 'a>(
    text: &'s str,
    tokens: &'t [Token<'a>],
) -> Option<(&'s str, &'t [Token<'a>])> {
    let first = tokens.first().filter(|token| token.is("("))?;
    let mut depth = 0_u32;
    for (place, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
            if depth == 0 {
                return Some((&text[first.end..token.start()], &tokens[place + 1..]));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_a_check_on_their_key() {
        let within = |sql: &str| Some(Partitioning::Within(sql.to_owned()));
        for (options, expected) in [
            ("ENGINE=InnoDB", None),
            (
                "PARTITION BY HASH (`id`) PARTITIONS 4",
                Some(Partitioning::All),
            ),
            ("PARTITION BY LINEAR KEY (id)", Some(Partitioning::All)),
            (
                "PARTITION BY RANGE (`year`) (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE)",
                Some(Partitioning::All),
            ),
            (
                "partition by range (year(at)) (partition a values less than (2020), partition b values less than (2030))",
                within("(year(at)) < (2030)"),
            ),
            (
                "PARTITION BY LIST COLUMNS (state) (PARTITION a VALUES IN ('x', 'y'), PARTITION b VALUES IN ('z'))",
                within("(state) IN ('x', 'y', 'z')"),
            ),
            (
                "PARTITION BY RANGE COLUMNS (a, b) (PARTITION p VALUES LESS THAN (1, 2))",
                Some(Partitioning::Unknown(
                    "RANGE COLUMNS (a, b) (PARTITION p VALUES LESS THAN (1, 2))".to_owned(),
                )),
            ),
        ] {
            assert_eq!(read(options), expected, "{options}");
        }
    }
}
