//! Words as data: what can happen to a row, and what Japanese names mean.

use crate::plan::names::{NameParts, singular};
use std::sync::OnceLock;
use value_model::Table;

/// What can happen to a row: an entry of `pools/en/stages.tsv`.
#[derive(Debug, PartialEq)]
pub(crate) struct Stage {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: StageKind,
    /// Its place among the others, where nothing else says it.
    pub rank: u32,
    /// How many days it usually takes.
    pub days: f64,
    /// To how many of 1000 rows it happens.
    pub share: u64,
    /// Where a way out leaves.
    pub place: Place,
    /// Other forms of its name.
    forms: Vec<&'static str>,
}

/// Stages that are one thing where a table has a label of one and a time of the other.
const ALIKE: &[&[&str]] = &[
    &["dispatched", "shipped", "sent"],
    &["arrived", "delivered"],
    &["approved", "confirmed"],
    &["activated", "published", "started"],
    &["issued", "sent"],
    &["cancelled", "void", "withdrawn"],
    &["terminated", "cancelled"],
];

/// What happens together with something that has no time of its own: who takes it in signs for it.
const FOLLOWS: &[(&str, &str)] = &[("signed", "delivered"), ("reviewed", "approved")];

impl Stage {
    /// Whether two stages may be one thing.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        ALIKE
            .iter()
            .any(|alike| alike.contains(&self.name) && alike.contains(&other.name))
    }

    /// The stage with which this one happens where a table doesn't know it.
    pub(crate) fn follows(&self) -> Option<&'static str> {
        FOLLOWS
            .iter()
            .find(|(name, _)| *name == self.name)
            .map(|(_, with)| *with)
    }
}

/// What a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StageKind {
    /// Where a row begins.
    Begin,
    /// What comes next.
    Step,
    /// What ends it.
    Out,
    /// What can happen besides.
    Side,
}

/// Where a way out leaves the way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// At its beginning.
    Start,
    /// Instead of the first of some steps.
    Instead(Vec<&'static str>),
    /// After the last of some steps.
    After(Vec<&'static str>),
}

const STAGES: &str = include_str!("../../../pools/en/stages.tsv");
const ACTORS: &str = include_str!("../../../pools/en/actors.tsv");
const ROMAJI: &str = include_str!("../../../pools/ja/romaji.tsv");
const JAPANESE: &str = include_str!("../../../pools/ja/names.tsv");

fn stages() -> &'static [Stage] {
    static STAGES_READ: OnceLock<Vec<Stage>> = OnceLock::new();
    STAGES_READ.get_or_init(|| {
        STAGES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut fields = line.split('\t');
                let name = fields.next()?;
                let kind = match fields.next()? {
                    "begin" => StageKind::Begin,
                    "step" => StageKind::Step,
                    "out" => StageKind::Out,
                    _ => StageKind::Side,
                };
                let rank = fields.next()?.parse().ok()?;
                let days = fields.next()?.parse().ok()?;
                let share = fields.next()?.parse().ok()?;
                let place = fields.next()?;
                let steps = |text: &'static str| text.split(',').collect();
                let place = match place.split_once(':') {
                    Some(("instead", of)) => Place::Instead(steps(of)),
                    Some((_, of)) => Place::After(steps(of)),
                    None => Place::Start,
                };
                Some(Stage {
                    name,
                    kind,
                    rank,
                    days,
                    share,
                    place,
                    forms: fields.next().unwrap_or("").split(' ').collect(),
                })
            })
            .collect()
    })
}

/// The stages in which somebody who is called so takes part, by their names; the first that a table knows counts.
pub(super) fn stages_of_actor(word: &str) -> impl Iterator<Item = &'static str> {
    ACTORS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .find(|(names, _)| names.split(' ').any(|name| name == word))
        .map_or("", |(_, stages)| stages)
        .split(' ')
        .filter(|stage| !stage.is_empty())
}

/// The stage that a word names: `shipped`, `shipment` and `出荷済` are the same.
pub(crate) fn stage(word: &str) -> Option<&'static Stage> {
    let word = word.to_lowercase().replace([' ', '-'], "_");
    let of = |word: &str| {
        stages()
            .iter()
            .find(|stage| stage.name == word || stage.forms.contains(&word))
    };
    if let Some(found) = of(&word) {
        return Some(found);
    }
    if !word.is_ascii() {
        let english = english(&word)?;
        return stage_of_words(&english.words);
    }
    let parts = NameParts::new(&word);
    stage_of_words(&parts.words)
}

/// The stage that some words of a name end or begin with.
pub(crate) fn stage_of_words(words: &[String]) -> Option<&'static Stage> {
    let whole = words.join("_");
    let of = |word: &str| {
        stages()
            .iter()
            .find(|stage| stage.name == word || stage.forms.contains(&word))
    };
    of(&whole)
        .or_else(|| {
            let [.., first, second] = words else {
                return None;
            };
            of(&format!("{first}_{second}"))
        })
        .or_else(|| {
            words
                .iter()
                .rev()
                .filter(|word| !matches!(word.as_str(), "done" | "is" | "was" | "has" | "be"))
                .find_map(|word| of(word))
        })
        .or_else(|| words.last().and_then(|word| of(word)))
}

fn dictionary() -> &'static [(&'static str, &'static str)] {
    static READ: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    READ.get_or_init(|| {
        let mut entries: Vec<(&str, &str)> = JAPANESE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .collect();
        entries.sort_by_key(|(japanese, _)| std::cmp::Reverse(japanese.len()));
        entries
    })
}

/// The English name that a Japanese one means, as far as its words are known: `キャンセル日時` is `cancelled_at`.
pub(crate) fn english(japanese: &str) -> Option<NameParts> {
    if japanese.is_ascii() {
        return None;
    }
    let mut words = Vec::new();
    let mut rest = japanese;
    'words: while !rest.is_empty() {
        for (from, to) in dictionary() {
            if let Some(after) = rest.strip_prefix(from) {
                // At the end of other words it is the name of something, not somebody's.
                let is_of_something = *from == "名" && !words.is_empty() && after.is_empty();
                words.push(if is_of_something { "name" } else { *to });
                rest = after;
                continue 'words;
            }
        }
        let mut characters = rest.chars();
        let next = characters.next();
        // Particles join words; anything else that isn't known ends the name.
        if next.is_some_and(|next| "のをがはに・ 　".contains(next)) || words.is_empty() {
            rest = characters.as_str();
        } else if next.is_some_and(|next| "（(：:、,。".contains(next)) {
            break;
        } else {
            rest = characters.as_str();
        }
    }
    // `氏名（漢字）` and the like say it in their first part.
    (!words.is_empty()).then(|| NameParts::new(&words.join("_")))
}

/// The English name that a Japanese one in Latin letters means, where all its words are known: `shukka_on` is
/// `shipped_on`.
pub(crate) fn romaji(name: &NameParts) -> Option<NameParts> {
    const ENGLISH: &[&str] = &[
        "at", "on", "no", "id", "code", "name", "date", "rate", "count", "by", "last", "first",
        "is", "flag", "total", "max", "min", "kana", "reason",
    ];
    let mut is_japanese = false;
    let words: Option<Vec<&str>> = name
        .words
        .iter()
        .map(|word| {
            let found = ROMAJI
                .lines()
                .filter(|line| !line.starts_with('#'))
                .filter_map(|line| line.split_once('\t'))
                .find(|(japanese, _)| japanese == word);
            match found {
                Some((_, english)) => {
                    is_japanese = true;
                    Some(english)
                }
                None => ENGLISH.contains(&word.as_str()).then_some(word.as_str()),
            }
        })
        .collect();
    let words = words?;
    is_japanese.then(|| NameParts::new(&words.join("_")))
}

/// What a table's rows are called in English: by its name, its comment, and its name read as Japanese.
pub(crate) fn called(table: &Table) -> Vec<String> {
    let own = NameParts::new(&table.name.name);
    let comment = table.comment.as_deref().unwrap_or("");
    [
        Some(own.clone()),
        english(&table.name.name),
        english(comment),
        romaji(&own),
    ]
    .into_iter()
    .flatten()
    .map(|name| singular(&name.whole))
    .collect()
}

/// What stands between a number and what it means.
const MARKS: &[&str] = &[
    "=>", ":", "=", "：", "＝", "-", "→", "⇒", ".", "．", "…", "‥", "－",
];

/// Whether a comment begins with its first label's number: `0 draft, 1 submitted`.
fn starts_with_label(comment: &str) -> bool {
    // `状態（0 下書き、1 公開）`, `状態: 0 下書き`.
    let comment = comment
        .split_once(['（', '(', ':', '：'])
        .map_or(comment, |(head, rest)| {
            let names =
                !head.is_ascii() && !head.contains(|character: char| character.is_ascii_digit());
            if names { rest } else { comment }
        });
    let rest = comment
        .trim_start()
        .trim_start_matches(|character: char| character.is_ascii_digit());
    rest.len() < comment.trim_start().len() && rest.starts_with([' ', '\u{3000}'])
}

/// A comment with full-width digits as the others: `１：申込` and `①申込` say what `1：申込` says.
fn half_width(comment: &str) -> String {
    let mut text = String::with_capacity(comment.len());
    for character in comment.chars() {
        let circled = u32::from(character).wrapping_sub(u32::from('①'));
        match character {
            '０'..='９' => {
                text.push(char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character));
            }
            _ if circled < 20 => {
                text.push(' ');
                text.push_str(&(circled + 1).to_string());
                text.push(':');
            }
            other => text.push(other),
        }
    }
    text
}

/// Whether what stands before a number makes it the end of a range: `1〜6:小学生` names no single number.
fn ends_a_range(before: &str) -> bool {
    let mut characters = before.trim_end().chars().rev();
    characters
        .next()
        .is_some_and(|mark| matches!(mark, '〜' | '～' | '~' | '-' | '–' | 'ー'))
        && characters
            .find(|character| !character.is_whitespace())
            .is_some_and(|character| character.is_ascii_digit())
}

/// The numbers and names that a comment lists: `0: draft, 1: placed`, `draft(0) placed(1)`, `0=下書き 1=公開`.
pub(crate) fn numbered_labels(comment: &str) -> Vec<(i64, String)> {
    let comment = half_width(comment);
    let comment = comment.as_str();
    let mut labels: Vec<(i64, String)> = Vec::new();
    let separators = |character: char| {
        matches!(
            character,
            ',' | ';'
                | '、'
                | '，'
                | '/'
                | '／'
                | '|'
                | '\n'
                | '・'
                | '。'
                | '　'
                | '{'
                | '}'
                | '['
                | ']'
                | '（'
                | '）'
                | '('
                | ')'
        )
    };
    // `0: draft`.
    let mut rest = comment;
    let mut found: Vec<(usize, usize, i64)> = Vec::new();
    let mut offset = 0;
    while let Some(at) = rest.find(|character: char| character.is_ascii_digit()) {
        let digits = rest[at..]
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(rest.len() - at);
        let before = rest[..at].chars().next_back();
        let number = rest[at..at + digits].parse().ok();
        let after = rest[at + digits..].trim_start();
        // `1〜6` is from one number to another.
        if before.is_some_and(|before| "〜～~".contains(before))
            || after.starts_with(['〜', '～', '~'])
        {
            return Vec::new();
        }
        let is_label = MARKS.iter().any(|mark| after.starts_with(mark))
            || (after.starts_with([')', '）']) && !before.is_some_and(|mark| "(（".contains(mark)))
            || (starts_with_label(comment)
                && rest[at + digits..].starts_with([' ', '　'])
                && after.starts_with(char::is_alphabetic));
        if let Some(number) = number
            && is_label
            && before.is_none_or(|before| !before.is_alphanumeric() && before != '.')
            && !ends_a_range(&rest[..at])
        {
            found.push((offset + at, offset + at + digits, number));
        }
        offset += at + digits;
        rest = &rest[at + digits..];
    }
    for (place, (_, end, number)) in found.iter().enumerate() {
        let until = found.get(place + 1).map_or(comment.len(), |next| next.0);
        let text = comment[*end..until]
            .trim_start()
            .trim_start_matches([
                '=', '>', ':', '：', '＝', '-', '→', '⇒', '.', '．', '…', '‥', '－', ' ', ')', '）',
            ])
            .trim_start();
        let label = text.split(separators).next().unwrap_or("").trim();
        let label = label.trim_matches(['"', '\'', '`', ' ']);
        if !label.is_empty() {
            labels.push((*number, label.to_owned()));
        }
    }
    if labels.len() >= 2 {
        return labels;
    }
    labels.clear();
    // `draft(0)`, `draft: 0`, `draft = 0`.
    let has_commas = comment.contains([',', ';', '、', '，', '/', '|', '\n']);
    let splits = |character: char| {
        matches!(
            character,
            ',' | ';' | '、' | '，' | '/' | '|' | '\n' | '{' | '}'
        ) || (character == ' ' && !has_commas)
    };
    for piece in comment.split(splits) {
        let digits: String = piece.chars().filter(char::is_ascii_digit).collect();
        let label: String = piece
            .trim_matches(|character: char| !character.is_alphabetic())
            .to_owned();
        if let Ok(number) = digits.parse()
            && !label.is_empty()
            && piece.ends_with([')', '）', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
        {
            labels.push((number, label));
        }
    }
    if labels.len() < 2 {
        labels.clear();
    }
    labels
}

/// What a comment lists in parentheses: `項目（賃料、管理費など）`, `判定（合格・不合格）`, `kind (e.g. box, bag, tube)`.
fn in_parentheses(comment: &str) -> Option<&str> {
    let from = comment.find(['(', '（'])?;
    let inside = comment[from..].trim_start_matches(['(', '（']);
    let inside = inside[..inside.find([')', '）'])?].trim();
    let inside = ["など", "等", "etc.", "etc", "..."]
        .iter()
        .find_map(|ending| inside.strip_suffix(ending))
        .unwrap_or(inside);
    let inside = ["e.g.", "eg.", "such as", "例：", "例:", "for example"]
        .iter()
        .find_map(|opening| inside.strip_prefix(opening))
        .unwrap_or(inside);
    Some(inside.trim_matches([',', '、', ' ']))
}

/// The texts that a comment lists: `small, large`, `kind: box/bag`, `判定（合格・不合格）`, `判定 購入/借用`.
pub(crate) fn listed_labels(comment: &str) -> Vec<String> {
    let after = comment.rsplit([':', '：']).next().unwrap_or(comment);
    in_parentheses(comment)
        .map(pieces)
        .filter(|labels| !labels.is_empty())
        .unwrap_or_else(|| pieces(after))
}

/// The words between the separators of a list; none where it isn't one.
fn pieces(list: &str) -> Vec<String> {
    let mut pieces: Vec<String> = list
        .split([',', '/', '／', '|', '、', '・'])
        .map(|piece| piece.trim().trim_matches(['"', '\'', '`', '.']).to_owned())
        .collect();
    // `判定 購入/借用`: what stands before the list names the column.
    if let Some((first, rest)) = pieces.split_first_mut()
        && rest.iter().all(|piece| !piece.contains([' ', '　']))
        && list.contains(['/', '／', '|', '・'])
        && let Some((_, label)) = first.rsplit_once([' ', '　'])
    {
        *first = label.to_owned();
    }
    let fits = pieces.len() >= 2
        && pieces.iter().all(|piece| {
            !piece.is_empty()
                && piece.chars().count() <= 24
                && piece.chars().all(|character| {
                    character.is_alphanumeric() || character == '_' || character == '-'
                })
        });
    if fits { pieces } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_comments_in_any_usual_writing() {
        let expected = vec![(0, "draft".to_owned()), (1, "placed".to_owned())];
        for comment in [
            "0: draft, 1: placed",
            "0=draft 1=placed",
            "0 - draft, 1 - placed",
            "0 draft, 1 placed",
            "draft(0), placed(1)",
            "draft: 0, placed: 1",
            "{0=>draft, 1=>placed}",
            "status (0: draft, 1: placed)",
        ] {
            assert_eq!(numbered_labels(comment), expected, "{comment}");
        }
        assert_eq!(
            numbered_labels("0: 下書き、1: 公開"),
            [(0, "下書き".to_owned()), (1, "公開".to_owned())]
        );
        assert!(numbered_labels("between 1 and 5").is_empty());
    }

    #[test]
    fn full_width_digits_are_digits() {
        assert_eq!(
            numbered_labels("状態（１：申込、２：審査中、３：承認）"),
            [
                (1, "申込".to_owned()),
                (2, "審査中".to_owned()),
                (3, "承認".to_owned())
            ]
        );
    }

    #[test]
    fn japanese_labels_in_any_usual_writing() {
        let expected = [
            (0, "手配中".to_owned()),
            (1, "出荷済".to_owned()),
            (9, "取消".to_owned()),
        ];
        for comment in [
            "状態（0…手配中　1…出荷済　9…取消）",
            "状態　０：手配中　１：出荷済　９：取消",
            "0．手配中、1．出荷済、9．取消",
            "状態（0 手配中、1 出荷済、9 取消）",
            "0⇒手配中／1⇒出荷済／9⇒取消",
            "0）手配中 1）出荷済 9）取消",
            "手配中(0)、出荷済(1)、取消(9)",
        ] {
            assert_eq!(numbered_labels(comment), expected, "{comment}");
        }
        assert_eq!(
            numbered_labels("①申請中②承認済み"),
            [(1, "申請中".to_owned()), (2, "承認済み".to_owned())]
        );
    }

    #[test]
    fn ranges_are_no_labels() {
        assert!(numbered_labels("学年（1〜6:小学生、7〜9:中学生、10〜12:高校生）").is_empty());
    }

    #[test]
    fn examples_in_parentheses_are_labels() {
        for (comment, expected) in [
            (
                "項目（賃料、管理費、駐車場など）",
                vec!["賃料", "管理費", "駐車場"],
            ),
            (
                "how it is packed (e.g. box, bag, tube)",
                vec!["box", "bag", "tube"],
            ),
            ("kind: small, large", vec!["small", "large"]),
            ("判定（合格・不合格）", vec!["合格", "不合格"]),
            ("判定 購入/借用/見送り", vec!["購入", "借用", "見送り"]),
            ("氏名（漢字）", vec![]),
            ("A sentence, with a comma.", vec![]),
        ] {
            assert_eq!(listed_labels(comment), expected, "{comment}");
        }
    }

    #[test]
    fn words_of_stages_in_their_forms() {
        for (word, expected) in [
            ("shipment", "shipped"),
            ("出荷済", "shipped"),
            ("canceled", "cancelled"),
            ("キャンセル", "cancelled"),
            ("in_review", "submitted"),
            ("入金済み", "paid"),
            ("no_show", "no_show"),
        ] {
            assert_eq!(
                stage(word).map(|stage| stage.name),
                Some(expected),
                "{word}"
            );
        }
        assert!(stage("banana").is_none());
    }

    #[test]
    fn japanese_names_are_read() {
        for (japanese, expected) in [
            ("キャンセル日時", "cancelled_at"),
            ("合計金額", "total"),
            ("受注番号", "order_number"),
            ("出荷日", "shipped_on"),
            ("税込合計（円）", "total"),
        ] {
            assert_eq!(english(japanese).unwrap().whole, expected, "{japanese}");
        }
    }
}
