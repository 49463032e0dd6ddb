//! Formulas as comments write them, in words or signs: `quantity * (unit price + extras)`, `(gross less tare) times
//! price`, `stock less what is reserved`. This is the only place that knows their signs; what their pieces speak of is
//! not known here.

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

/// A formula without parentheses, as it is said: what comes first, and what is done with what comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    /// What stands before the first sign.
    pub first: String,
    /// Each sign with what stands behind it.
    pub rest: Vec<(char, String)>,
}

/// The chain of a text; none where no sign is in it.
pub(super) fn chain(text: &str) -> Option<Chain> {
    let mut rest = Vec::new();
    let (at, mark, mut sign) = first_sign(text)?;
    let before = &text[..at];
    // `total = subtotal + tax`.
    let first = before
        .split_once(['=', '＝'])
        .map_or(before, |(_, after)| after);
    let mut behind = &text[at + mark.len()..];
    while let Some((at, mark, next)) = first_sign(behind) {
        rest.push((sign, until_closed(&behind[..at]).to_owned()));
        sign = next;
        behind = &behind[at + mark.len()..];
    }
    rest.push((sign, until_closed(behind).to_owned()));
    Some(Chain {
        first: inside(first).to_owned(),
        rest,
    })
}

/// What stands before a parenthesis that was opened before: `消化` of `消化）`.
fn until_closed(text: &str) -> &str {
    let mut depth = 0_u32;
    for (at, character) in text.char_indices() {
        match character {
            '(' | '（' => depth += 1,
            ')' | '）' if depth == 0 => return &text[..at],
            ')' | '）' => depth -= 1,
            _ => {}
        }
    }
    text
}

/// Where the first sign of a text stands, how it is written, and what it means.
fn first_sign(text: &str) -> Option<(usize, &'static str, char)> {
    SIGNS
        .iter()
        .filter_map(|(mark, sign)| Some((text.find(mark)?, *mark, *sign)))
        .min()
}

/// Whether a comment is a formula of more than two operands: `単価×数量＋送料`.
pub(super) fn is_long(text: &str) -> bool {
    // `quantity x price less discount` is what a line of that quantity and price is anyway.
    let text = normalized(text).replace(" x ", " by ");
    chain(&text).is_some_and(|chain| chain.rest.len() >= 2)
}

/// The part of a formula that begins behind an open parenthesis: `賃料` of `敷金（賃料`.
pub(super) fn inside(left: &str) -> &str {
    let open = left.rfind(['(', '（']);
    let closed = left.rfind([')', '）']);
    match open {
        Some(open) if closed.is_none_or(|closed| closed < open) => {
            left[open..].trim_start_matches(['(', '（'])
        }
        _ => left,
    }
}

/// A comment with signs as formulas have them: `賃料+管理費` says what `賃料＋管理費` says.
pub(super) fn normalized(text: &str) -> String {
    // A long vowel's mark is a minus where no long vowel can be.
    let text = text.replace("ー引当", "－引当");
    let characters: Vec<char> = text.chars().collect();
    characters
        .iter()
        .enumerate()
        .map(|(place, &character)| {
            let between_words = place > 0
                && [place - 1, place + 1].iter().all(|&beside| {
                    characters
                        .get(beside)
                        .is_some_and(|other| !other.is_ascii() || (beside < place && *other == ')'))
                });
            match character {
                '+' if between_words => '＋',
                '-' | '‐' | '–' | '—' if between_words => '－',
                '*' | '✕' | '＊' | '✖' if between_words => '×',
                other => other,
            }
        })
        .collect()
}

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
    // `(height in m) squared`.
    let is_squared = after.trim_start().starts_with("squared");
    if !holds
        || !(has_sign(inside) || is_squared)
        || !(has_sign(&format!("{} ", before.trim_end())) || has_sign(after))
    {
        return None;
    }
    sum(&text)
}

/// The formula that a text is, with parentheses or without; none where it has no sign.
pub(super) fn formula(text: &str) -> Option<Tree> {
    let text = text.replace('（', "(").replace('）', ")");
    match sum(&text)? {
        Tree::Piece(_) => None,
        tree @ Tree::Both(..) => Some(tree),
    }
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
    if let Some(base) = text.strip_suffix(" squared") {
        let base = piece(base)?;
        return Some(Tree::Both(Box::new(base.clone()), '*', Box::new(base)));
    }
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

    #[test]
    fn operators_between_japanese_words_are_operators() {
        assert_eq!(normalized("賃料+管理費"), "賃料＋管理費");
        assert_eq!(normalized("退勤-出勤"), "退勤－出勤");
        assert_eq!(normalized("x-ray, 2-3"), "x-ray, 2-3");
    }

    #[test]
    fn formulas_begin_behind_parentheses() {
        assert_eq!(inside("敷金（賃料"), "賃料");
        assert_eq!(inside("実働（分）＝退勤"), "実働（分）＝退勤");
        assert_eq!(inside("subtotal"), "subtotal");
    }

    #[test]
    fn formulas_of_three_operands_are_long() {
        assert!(is_long("金額（単価×数量+送料）"));
        assert!(is_long("quantity times price plus shipping"));
        assert!(!is_long("単価×数量"));
        assert!(!is_long("amount"));
    }

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
            (
                "weight in kg / (height in m) squared",
                "[weight in kg / [height in m * height in m]]",
            ),
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
