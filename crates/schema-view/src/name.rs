//! Logical names: what a column is called by the people whose business it holds.
//!
//! Japanese table definition documents have a logical name (論理名) beside the physical one. Teams write it at the
//! beginning of the comment, with or without an explanation behind it.

/// A comment, parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Logical<'a> {
    /// The logical name; empty where the comment is none.
    pub name: &'a str,
    /// What the comment says besides.
    pub rest: &'a str,
}

/// What a logical name is longer than is a sentence, in characters.
const LONGEST: usize = 32;

/// The logical name that a comment begins with, and the rest. The name ends at a line break, a colon, a bar, a full
/// stop, a dash between spaces, or where parentheses or a Japanese comma begin. What is longer than a name, or begins
/// a list of values, is all rest.
///
/// ```
/// let parted = schema_view::logical_name("顧客名：請求先の正式名称");
/// assert_eq!((parted.name, parted.rest), ("顧客名", "請求先の正式名称"));
/// assert_eq!(schema_view::logical_name("担当者").name, "担当者");
/// ```
pub fn logical_name(comment: &str) -> Logical<'_> {
    let comment = comment.trim();
    let end = comment.char_indices().find_map(|(at, character)| {
        let behind = &comment[at + character.len_utf8()..];
        let (name, rest) = match character {
            '\n' | '\r' | '\t' | '：' | '|' | '｜' | '。' | '、' => (at, behind),
            // A time or a URL has no space behind its colon, and Japanese text needs none.
            ':' if !behind.starts_with('/')
                && !behind.starts_with(|next: char| next.is_ascii_digit()) =>
            {
                (at, behind)
            }
            '(' | '（' | '[' | '［' | '【' if at > 0 => (at, &comment[at..]),
            '-' | '–' | '—' if comment[..at].ends_with(' ') && behind.starts_with(' ') => {
                (at, behind)
            }
            '.' if behind.starts_with(' ') => (at, behind),
            _ => return None,
        };
        Some((name, rest))
    });
    let (name, rest) = match end {
        Some((at, rest)) => (comment[..at].trim(), rest.trim()),
        None => (comment, ""),
    };
    // `0: open, 1: closed` says what values mean, and `2段階認証: …` has a name.
    let behind_number = name.trim_start_matches(char::is_numeric);
    let is_value = behind_number.len() < name.len()
        && !rest.is_empty()
        && !behind_number.starts_with(char::is_alphabetic);
    if name.is_empty() || is_value || name.chars().count() > LONGEST {
        return Logical {
            name: "",
            rest: comment,
        };
    }
    Logical { name, rest }
}

#[cfg(test)]
mod tests {
    use super::logical_name;

    #[track_caller]
    fn check(comment: &str, name: &str, rest: &str) {
        let parted = logical_name(comment);
        assert_eq!((parted.name, parted.rest), (name, rest), "{comment}");
    }

    #[test]
    fn a_name_ends_where_an_explanation_begins() {
        check("都道府県 (JIS X 0401)", "都道府県", "(JIS X 0401)");
        check("受注担当", "受注担当", "");
        check("状態: 0=下書き, 1=公開", "状態", "0=下書き, 1=公開");
        check("Customer - who pays", "Customer", "who pays");
        check("税率|小数", "税率", "小数");
        check("名称\n改行のあと", "名称", "改行のあと");
        check("  ", "", "");
    }

    #[test]
    fn a_sentence_is_no_name() {
        let sentence = "When the order was delivered to the customer";
        check(sentence, "", sentence);
        check("See https://example.com/x", "See https://example.com/x", "");
        check("10:30", "10:30", "");
    }

    #[test]
    fn what_values_mean_is_no_name() {
        check("0: 入金, 1: 出金", "", "0: 入金, 1: 出金");
        check("1＝有効、2＝無効", "", "1＝有効、2＝無効");
        check("2段階認証：有効か", "2段階認証", "有効か");
    }
}
