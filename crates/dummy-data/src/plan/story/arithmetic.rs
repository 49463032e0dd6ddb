//! Formulas with parentheses as comments write them, in words or signs: `quantity * (unit price + extras)`,
//! `(gross less tare) times price`. What their pieces speak of is not known here.

use crate::plan::story::Expr;

/// A formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tree {
    /// What stands between operators.
    Piece(String),
    /// Two formulas and the sign between them: `+`, `-`, `*` or `/`.
    Both(Box<Tree>, char, Box<Tree>),
}

/// What stands for a sign.
const SIGNS: &[(&str, char)] = &[
    (" plus ", '+'),
    (" minus ", '-'),
    (" less ", '-'),
    (" times ", '*'),
    (" multiplied by ", '*'),
    (" divided by ", '/'),
    (" and ", '+'),
    (" + ", '+'),
    (" - ", '-'),
    (" − ", '-'),
    (" * ", '*'),
    (" × ", '*'),
    (" x ", '*'),
    (" / ", '/'),
    ("＋", '+'),
    ("－", '-'),
    ("−", '-'),
    ("×", '*'),
    ("÷", '/'),
];

/// The formula of a text in which parentheses hold a part of it; none where they only explain, or where something
/// isn't a formula.
pub(super) fn tree(text: &str) -> Option<Tree> {
    let text = text.replace('（', "(").replace('）', ")");
    let open = text.find('(')?;
    let close = text.rfind(')')?;
    let inside = text.get(open + 1..close)?;
    let has_sign = |text: &str| SIGNS.iter().any(|(mark, _)| text.contains(mark));
    let before = &text[..open];
    let after = &text[close + 1..];
    // What parentheses explain stands behind a word, what they hold behind a sign or at the beginning.
    let holds = before.trim().is_empty()
        || SIGNS.iter().any(|(mark, _)| {
            format!("{} ", before.trim_end()).ends_with(mark) || before.ends_with(mark)
        });
    if !holds
        || !has_sign(inside)
        || !(has_sign(&format!("{} ", before.trim_end())) || has_sign(after))
    {
        return None;
    }
    sum(&text)
}

/// Where the last sign of some stands that no parentheses hold: its place, length and meaning.
fn last_sign(text: &str, wanted: &[char]) -> Option<(usize, usize, char)> {
    let mut depth = 0_u32;
    let mut found = None;
    let mut skip = 0;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth > 0 || at < skip {
            continue;
        }
        if let Some((mark, sign)) = SIGNS.iter().find(|(mark, _)| text[at..].starts_with(mark))
            && wanted.contains(sign)
        {
            found = Some((at, mark.len(), *sign));
            // The blank behind a sign may be the one before the next.
            skip = at + mark.trim_end().len();
        }
    }
    (depth == 0).then_some(found)?
}

fn sum(text: &str) -> Option<Tree> {
    split(text, &['+', '-'], sum, product).or_else(|| product(text))
}

fn product(text: &str) -> Option<Tree> {
    split(text, &['*', '/'], product, piece).or_else(|| piece(text))
}

fn split(
    text: &str,
    signs: &[char],
    left: fn(&str) -> Option<Tree>,
    right: fn(&str) -> Option<Tree>,
) -> Option<Tree> {
    let (at, length, sign) = last_sign(text, signs)?;
    let first = left(&text[..at])?;
    let second = right(&text[at + length..])?;
    Some(Tree::Both(Box::new(first), sign, Box::new(second)))
}

fn piece(text: &str) -> Option<Tree> {
    let text = text.trim();
    if let Some(inside) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return sum(inside);
    }
    (!text.is_empty() && !text.contains(['(', ')'])).then(|| Tree::Piece(text.to_owned()))
}

/// What a formula comes to, where all its pieces speak of something.
pub(super) fn value_of(tree: &Tree, of: &dyn Fn(&str) -> Option<Expr>) -> Option<Expr> {
    match tree {
        Tree::Piece(text) => match text.parse::<i64>() {
            Ok(number) => Some(Expr::whole(number)),
            Err(_) => of(text),
        },
        Tree::Both(first, sign, second) => {
            let (first, second) = (value_of(first, of)?, value_of(second, of)?);
            Some(match sign {
                '+' => Expr::Sum(vec![first, second]),
                '-' => first.minus(second),
                '*' => first.times(second),
                _ => first.per(second),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(tree: &Tree) -> String {
        match tree {
            Tree::Piece(text) => text.clone(),
            Tree::Both(first, sign, second) => {
                format!("[{} {sign} {}]", written(first), written(second))
            }
        }
    }

    fn read(text: &str) -> Option<String> {
        tree(text).as_ref().map(written)
    }

    #[test]
    fn parentheses_hold_parts_of_formulas() {
        let cases = [
            (
                "quantity * (unit price + extras)",
                "[quantity * [unit price + extras]]",
            ),
            ("(gross less tare) times price", "[[gross - tare] * price]"),
            ("a + b * (c - d) - e", "[[a + [b * [c - d]]] - e]"),
            ("数量×（単価－値引）", "[数量 * [単価 - 値引]]"),
            ("days times (rate plus 2)", "[days * [rate + 2]]"),
        ];
        for (text, wanted) in cases {
            assert_eq!(read(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn parentheses_that_explain_are_none() {
        for text in [
            "quantity times price",
            "amount (quantity × price)",
            "total (with tax and fees)",
            "net (of tax) + fee",
            "a * (b + c",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
