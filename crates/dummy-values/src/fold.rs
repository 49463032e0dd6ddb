//! What texts have in common under the most forgiving collations.
//!
//! Databases compare texts by collations, and names such as `utf8mb4_0900_ai_ci` mean a table of weights for all of Unicode. To
//! tell values apart it is enough to know when two of them *may* be equal, so there is one folding here, which forgives more
//! than any of them: case, accents, marks of voiced kana, width, hiragana or katakana, small kana, and blanks at the end.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The same text for all texts that a collation may take for the same.
pub fn folded(text: &str) -> String {
    // Full width becomes narrow and the other way round, a letter with an accent a letter and an accent.
    let mut folded: String = text
        .nfkd()
        .filter(|&character| {
            !is_combining_mark(character) && !matches!(character, '\u{3099}' | '\u{309A}')
        })
        .flat_map(char::to_lowercase)
        .map(kana)
        // Some compare these by nothing but that they are there.
        .map(|character| {
            if character > '\u{FFFF}' {
                '\u{FFFD}'
            } else {
                character
            }
        })
        .collect();
    folded.truncate(folded.trim_end_matches(' ').len());
    folded
}

/// Katakana as hiragana, and small kana as large.
fn kana(character: char) -> char {
    const TO_HIRAGANA: u32 = 'ァ' as u32 - 'ぁ' as u32;
    let hiragana = match character {
        'ァ'..='ヶ' => char::from_u32(u32::from(character) - TO_HIRAGANA).unwrap_or(character),
        other => other,
    };
    match hiragana {
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ゕ' => 'か',
        'ゖ' => 'け',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_collation_may_take_for_the_same_is_the_same() {
        for (left, right) in [
            ("Ada", "ADA"),
            ("José", "jose"),
            ("Ａｄａ", "ada"),
            ("がっこう", "カツコウ"),
            ("ﾊﾟﾘ", "はり"),
            ("x  ", "x"),
            ("Å", "a"),
        ] {
            assert_eq!(folded(left), folded(right), "{left} {right}");
        }
        for (left, right) in [("a b", "ab"), ("日", "月"), ("a-b", "a_b"), (" x", "x")] {
            assert_ne!(folded(left), folded(right), "{left} {right}");
        }
    }
}
