//! Pieces of Markdown (GitHub's, with tables) in which a text stays the text that it is.

use crate::paths::address;

/// Text that is read as it stands: no markup in it, no HTML, no line break.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.trim().chars().peekable();
    while let Some(character) = letters.next() {
        match character {
            // Within a word it marks nothing.
            '_' if out.ends_with(char::is_alphanumeric)
                && letters.peek().is_some_and(|next| next.is_alphanumeric()) =>
            {
                out.push('_');
            }
            '\n' => out.push_str("<br>"),
            '\r' => {}
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // `@` would call somebody, `#` and a number would be an issue.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(character);
            }
            // A bare address would become a link.
            ':' => out.push_str(if out.ends_with("http") || out.ends_with("https") {
                "&#58;"
            } else {
                ":"
            }),
            control if control.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// Text of several lines as a paragraph.
pub(crate) fn paragraph(text: &str) -> String {
    let mut out = plain(text);
    // What would begin a list or a heading at a line's start is only that there.
    if out.starts_with(['-', '+', '=']) || out.starts_with(|first: char| first.is_ascii_digit()) {
        out.insert_str(0, "&#8203;");
    }
    out
}

/// A piece of code within a table's cell or a sentence.
pub(crate) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text: String = text
        .chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            control if control.is_control() => '\u{fffd}',
            other => other,
        })
        .collect();
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // In a table even code is parted at bars, unless they are escaped.
    let inner = text.replace('|', "\\|");
    let pad = if inner.starts_with('`') || inner.ends_with('`') || inner.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{inner}{pad}{fence}")
}

/// A block of code, whatever is in it.
pub(crate) fn block(language: &str, text: &str) -> String {
    let longest = text
        .lines()
        .map(|line| {
            line.trim_start()
                .chars()
                .take_while(|one| *one == '`')
                .count()
        })
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// A link.
pub(crate) fn link(text: &str, path: &str) -> String {
    format!("[{}]({})", plain(text), address(path))
}

/// A link whose text is Markdown already.
pub(crate) fn link_of(text: &str, path: &str) -> String {
    format!("[{text}]({})", address(path))
}

/// A table's row.
pub(crate) fn row(cells: &[String]) -> String {
    let mut line = String::from("|");
    for cell in cells {
        line.push(' ');
        line.push_str(cell);
        line.push_str(" |");
    }
    line.push('\n');
    line
}

/// A table's head, with numbers to the right.
pub(crate) fn head(cells: &[(&str, bool)]) -> String {
    let names: Vec<String> = cells.iter().map(|(name, _)| (*name).to_owned()).collect();
    let rules: Vec<String> = cells
        .iter()
        .map(|(_, number)| if *number { "--:" } else { "---" }.to_owned())
        .collect();
    row(&names) + &row(&rules)
}

/// A number with commas between its thousands.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(
            plain("<script>alert(1)</script> | *a* [b](c)\nd"),
            "&lt;script&gt;alert(1)&lt;/script&gt; \\| \\*a\\* \\[b\\](c)<br>d"
        );
        assert_eq!(
            plain("https://example.com @all #1"),
            "https&#58;//example.com &#64;all &#35;1"
        );
        assert_eq!(paragraph("1. one"), "&#8203;1. one");
    }

    #[test]
    fn code_keeps_its_signs() {
        assert_eq!(code("a | b"), "`a \\| b`");
        assert_eq!(code("a ` b"), "``a ` b``");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(block("sql", "```\nx"), "````sql\n```\nx\n````\n");
        assert_eq!(code(""), "");
    }

    #[test]
    fn thousands_are_parted() {
        let numbers: Vec<String> = [0, 999, 1000, 1_234_567].map(number).into();
        assert_eq!(numbers, ["0", "999", "1,000", "1,234,567"]);
    }
}
