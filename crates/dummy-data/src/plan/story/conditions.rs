//! Columns that only some rows have, as their comments say: `only when the source is referral`, `却下の場合のみ`.

use crate::ids::{ColumnId, TableId};
use crate::plan::names::{NameParts, singular};
use crate::plan::story::folds::condition;
use crate::plan::story::labelled;
use crate::plan::story::lifecycles::labels;
use crate::plan::story::reader::Reader;
use crate::plan::story::words::{StageKind, stage, stage_of_words};
use crate::plan::story::{Expr, Relation};
use crate::story::Event;

/// Finds the columns of a table that its comments leave to some rows.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if reader.is_boolean(table, column) {
            flag_of_a_time(reader, table, column);
        } else if reader.is_nullable(table, column) && !reader.is_time(table, column) {
            of_a_way_out(reader, table, column);
            of_a_time(reader, table, column);
            of_a_flag(reader, table, column);
            of_a_means_of_payment(reader, table, column);
        }
    }
    for column in reader.columns(table) {
        let text = reader.name(table, column).text.clone();
        let Some((phrase, is_so)) = phrase(&text) else {
            continue;
        };
        let facts = &reader.facts[table];
        if facts.always_null[column].is_some()
            || facts.left_out[column].is_some()
            || facts.source(column).is_some()
            || facts.is_given(column)
        {
            continue;
        }
        let Some(found) = rows_of(reader, table, column, phrase) else {
            continue;
        };
        let found = if is_so {
            found
        } else {
            Expr::Not(Box::new(found))
        };
        let why = format!("as its comment says: {text}");
        if reader.is_nullable(table, column) {
            let relations = &mut reader.story.tables[table].relations;
            let value = match relations.get(&column) {
                None | Some((Relation::OnlyIf(_), _)) => Relation::OnlyIf(found),
                Some((Relation::Value(value), _)) => {
                    Relation::Value(Expr::when(found, value.clone(), Expr::Null))
                }
                Some(_) => continue,
            };
            relations.insert(column, (value, why));
        } else if reader.is_number(table, column) {
            let value = Expr::when(found, Expr::Usual(column), Expr::Number(0));
            reader.relate(table, column, Relation::Value(value), why);
        }
    }
}

/// `late_minutes`, `遅刻した分数`: of rows that were late, where that is a state that ends them.
fn of_a_way_out(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let Some(cycle) = reader.story.tables[table].cycle.clone() else {
        return;
    };
    let name = &reader.name(table, column).own;
    let by_name = || {
        let [first, _, ..] = name.words.as_slice() else {
            return None;
        };
        cycle
            .outs
            .iter()
            .position(|out| out.happening.label.is_some() && out.happening.word == *first)
            .map(|place| (first.clone(), Event::Out(place)))
    };
    let by_comment = || {
        let (word, found) = labelled::of_comment(reader, table, column)?;
        let event = cycle.find(&word, Some(found))?;
        matches!(event, Event::Out(_)).then_some((word, event))
    };
    if let Some((word, event)) = by_comment().or_else(by_name) {
        only_if(
            reader,
            table,
            column,
            Expr::happened(event),
            format!("only where it was {word}"),
        );
    }
}

fn only_if(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    found: Expr,
    why: String,
) {
    if reader.is_free(table, column) {
        reader.story.tables[table]
            .relations
            .insert(column, (Relation::OnlyIf(found), why));
    }
}

/// `blocked_reason` beside `blocked`: only where that is so.
fn of_a_flag(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).own.clone();
    let Some((last, rest)) = name.words.split_last() else {
        return;
    };
    if !matches!(last.as_str(), "reason" | "note" | "details" | "comment") || rest.is_empty() {
        return;
    }
    let rest = rest.join("_");
    let flag = reader.columns(table).find(|&flag| {
        reader.is_boolean(table, flag) && {
            let whole = &reader.name(table, flag).own.whole;
            whole.trim_start_matches("is_") == rest || whole.ends_with(&format!("_{rest}"))
        }
    });
    if let Some(flag) = flag {
        let own = reader.column(table, flag).name.clone();
        only_if(
            reader,
            table,
            column,
            Expr::Column(flag),
            format!("only where `{own}` is true"),
        );
    }
}

/// `failure_code` beside `failed_at`: only where that is known.
fn of_a_time(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    const ABOUT: &[&str] = &[
        "reason",
        "code",
        "message",
        "feedback",
        "note",
        "notes",
        "comment",
        "detail",
        "details",
        "cause",
        "explanation",
        "category",
    ];
    let name = &reader.name(table, column).own;
    let Some((last, words)) = name.words.split_last() else {
        return;
    };
    if !reader.is_text(table, column) || !ABOUT.contains(&last.as_str()) || words.is_empty() {
        return;
    }
    let Some(about) = stage_of_words(words).filter(|stage| stage.kind == StageKind::Out) else {
        return;
    };
    let time = reader.columns(table).find(|&time| {
        let own = &reader.name(table, time).own;
        reader.is_time(table, time)
            && reader.is_nullable(table, time)
            && own.words.len() == 2
            && stage_of_words(&own.words[..1]) == Some(about)
    });
    if let Some(time) = time {
        let why = format!("only where `{}` is known", reader.column(table, time).name);
        let known = Expr::Known(Box::new(Expr::Column(time)));
        only_if(reader, table, column, known, why);
    }
}

/// `succeeded` beside `succeeded_at`: whether that is known.
fn flag_of_a_time(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let flag = &reader.name(table, column).own;
    let bare = flag.whole.strip_prefix("is_").unwrap_or(&flag.whole);
    let time = reader.columns(table).find(|&time| {
        let own = &reader.name(table, time).own.whole;
        reader.is_time(table, time)
            && reader.is_nullable(table, time)
            && own
                .strip_prefix(bare)
                .is_some_and(|rest| matches!(rest, "_at" | "_on" | "_date"))
    });
    if let Some(time) = time {
        let why = format!("whether `{}` is known", reader.column(table, time).name);
        let known = Expr::Known(Box::new(Expr::Column(time)));
        reader.relate(table, column, Relation::Value(known), why);
    }
}

/// What only cards have, where rows are of cards and other means.
fn of_a_means_of_payment(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = &reader.name(table, column).own;
    let is_of_cards = matches!(
        name.whole.as_str(),
        "brand"
            | "last4"
            | "last_four"
            | "last_4"
            | "exp_month"
            | "exp_year"
            | "expiry_month"
            | "expiry_year"
            | "expires_month"
            | "expires_year"
            | "cardholder_name"
            | "cardholder"
    );
    let is_of_banks = name.has_any(&["iban", "bic"]);
    if !(is_of_cards || is_of_banks) {
        return;
    }
    let found = reader.columns(table).find_map(|kind| {
        if kind == column || !reader.is_text(table, kind) && !reader.is_number(table, kind) {
            return None;
        }
        let labels = labels(reader, table, kind);
        let has = |label: &str, words: &[&str]| words.iter().any(|word| label.contains(word));
        let some: Vec<String> = labels
            .iter()
            .filter(|(_, label)| {
                let label = label.to_lowercase();
                if is_of_cards {
                    has(&label, &["card", "credit", "カード", "クレジット"])
                } else {
                    has(
                        &label,
                        &["bank", "sepa", "transfer", "debit", "iban", "振込", "口座"],
                    ) && !has(&label, &["card"])
                }
            })
            .map(|(text, _)| text.clone())
            .collect();
        (!some.is_empty() && some.len() < labels.len()).then_some((kind, some))
    });
    if let Some((kind, some)) = found {
        let why = format!("only where `{}` says so", reader.column(table, kind).name);
        only_if(reader, table, column, Expr::Is(kind, some), why);
    }
}

/// The part of a comment that says which rows have it, and whether those have it or the others.
fn phrase(text: &str) -> Option<(&str, bool)> {
    const ONLY: &[&str] = &[
        "only when ",
        "only if ",
        "only where ",
        "only for ",
        "only after ",
        "only once ",
        "only on ",
        "only set when ",
        "only present when ",
        "set when ",
        "set if ",
        "set only when ",
        "set only if ",
        "required when ",
        "required if ",
        "present when ",
        "present if ",
        "filled when ",
        "filled if ",
        "null unless ",
        "empty unless ",
        "blank unless ",
        "zero unless ",
        "0 unless ",
    ];
    const NEVER: &[&str] = &[
        "null when ",
        "null if ",
        "null for ",
        "empty when ",
        "empty if ",
        "empty for ",
        "blank for ",
        "not for ",
        "except for ",
        "unless ",
    ];
    const JAPANESE: &[&str] = &[
        "の場合のみ",
        "場合のみ",
        "の場合だけ",
        "場合だけ",
        "の場合に限",
        "のときのみ",
        "の時のみ",
        "時のみ",
        "のときだけ",
        "の時だけ",
        "時だけ",
        "に限る",
        "の場合に",
        "の場合",
        "のみ",
    ];
    for (marks, is_so) in [(ONLY, true), (NEVER, false)] {
        if let Some(phrase) = marks
            .iter()
            .find_map(|mark| text.split_once(mark).map(|(_, phrase)| phrase))
        {
            let end = phrase
                .find([',', ';', '.', ')', '('])
                .unwrap_or(phrase.len());
            return Some((&phrase[..end], is_so));
        }
    }
    // `sensors only: the gateway they report to`, `persons only`.
    if let Some((before, _)) = text.split_once(" only")
        && before.is_ascii()
    {
        let from = before.rfind(['(', ',', ';', ':']).map_or(0, |at| at + 1);
        let phrase = before[from..].trim();
        let phrase = phrase.strip_prefix("for ").unwrap_or(phrase);
        return (!phrase.is_empty() && !phrase.contains("the") && phrase.split(' ').count() <= 3)
            .then_some((phrase, true));
    }
    if let Some(phrase) = text.strip_prefix("only ")
        && text.is_ascii()
    {
        let end = phrase
            .find([',', ';', '.', ')', '(', ':'])
            .unwrap_or(phrase.len());
        return Some((&phrase[..end], true));
    }
    let before = JAPANESE
        .iter()
        .find_map(|mark| text.split_once(mark).map(|(before, _)| before))?;
    let from = before
        .char_indices()
        .rev()
        .find(|(_, mark)| "（(、。：:※　 ".contains(*mark))
        .map_or(0, |(at, mark)| at + mark.len_utf8());
    (from < before.len()).then_some((&before[from..], true))
}

/// Whether a phrase has a label in its words.
fn speaks_of(phrase: &str, label: &str) -> bool {
    let label = label.to_lowercase().replace(['_', '-'], " ");
    if !label.is_ascii() {
        let core = label
            .trim_end_matches('み')
            .trim_end_matches('済')
            .trim_end_matches('中');
        return core.chars().count() >= 2 && phrase.contains(core);
    }
    let words = |text: &str| -> Vec<String> {
        text.split(|character: char| !character.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(singular)
            .collect()
    };
    let (phrase, label) = (words(phrase), words(&label));
    !label.is_empty() && phrase.windows(label.len()).any(|some| some == label)
}

/// Whether a phrase names what makes a class different from the others: `persons` of `PersonClient` beside
/// `CompanyClient`.
fn names_class(phrase: &str, label: &str, others: &[String]) -> bool {
    let words = |label: &str| NameParts::new(label).words;
    let own = words(label);
    let is_shared = |word: &String| others.iter().all(|other| words(other).contains(word));
    let particular: Vec<String> = own
        .iter()
        .filter(|word| !is_shared(word))
        .map(|word| singular(word))
        .collect();
    own.len() > 1
        && others.len() > 1
        && !particular.is_empty()
        && particular.len() < own.len()
        && speaks_of(phrase, &particular.join(" "))
}

/// Of which rows a phrase speaks: those with labels, flags or times that it names.
pub(super) fn rows_of(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    phrase: &str,
) -> Option<Expr> {
    let mut best: Option<(bool, ColumnId, Vec<String>)> = None;
    for kind in reader.columns(table) {
        if kind == column
            || reader.is_time(table, kind)
            || reader.is_boolean(table, kind)
            || reader.facts[table].reference_of[kind].is_some()
        {
            continue;
        }
        let labels = labels(reader, table, kind);
        let own: Vec<String> = labels.iter().map(|(_, word)| word.clone()).collect();
        // A label within another that the phrase names isn't named: `paid` in `partly paid`.
        let named: Vec<&(String, String)> = labels
            .iter()
            .filter(|(_, word)| speaks_of(phrase, word) || names_class(phrase, word, &own))
            .collect();
        let fitting: Vec<String> = named
            .iter()
            .filter(|(_, word)| {
                !named
                    .iter()
                    .any(|(_, other)| other.len() > word.len() && other.contains(word.as_str()))
            })
            .map(|(text, _)| text.clone())
            .collect();
        if fitting.is_empty() || fitting.len() == labels.len() {
            continue;
        }
        let is_named = reader
            .name(table, kind)
            .own
            .words
            .iter()
            .any(|word| phrase.contains(word.as_str()));
        if best.as_ref().is_none_or(|(named, ..)| is_named && !named) {
            best = Some((is_named, kind, fitting));
        }
    }
    if let Some((_, kind, texts)) = best {
        return Some(Expr::Is(kind, texts));
    }
    let by_word = |word: &str| {
        // What happened, also where it went on since.
        let event = reader.story.tables[table]
            .cycle
            .as_ref()
            .filter(|_| stage(word).is_some())
            .and_then(|cycle| cycle.event(word));
        event
            .map(Expr::happened)
            .or_else(|| condition(reader, table, word))
    };
    if phrase.is_ascii() {
        let words = || {
            phrase
                .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
                .filter(|word| word.len() > 3)
        };
        return words().find_map(by_word);
    }
    let flag = reader.columns(table).find(|&flag| {
        let name = &reader.name(table, flag).text;
        let name = name.split(['（', '(', '：', ':']).next().unwrap_or("");
        let name = name.trim_end_matches("フラグ").trim_end_matches("有無");
        flag != column
            && reader.is_boolean(table, flag)
            && name.chars().count() >= 2
            && phrase.contains(name)
    });
    flag.map(Expr::Column)
        .or_else(|| by_word(stage(phrase)?.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_say_which_rows_have_it() {
        for (text, expected) in [
            (
                "only when the source is referral",
                Some(("the source is referral", true)),
            ),
            ("why, only for refunds", Some(("refunds", true))),
            ("null unless declined", Some(("declined", true))),
            ("null for cash", Some(("cash", false))),
            ("紹介者（紹介の場合のみ）", Some(("紹介", true))),
            ("法人番号　区分が法人のときだけ", Some(("区分が法人", true))),
            ("備考", None),
            ("persons only", Some(("persons", true))),
            ("sensors only: the gateway", Some(("sensors", true))),
            ("the only one", None),
        ] {
            assert_eq!(phrase(text), expected, "{text}");
        }
    }

    #[test]
    fn classes_are_named_by_what_is_their_own() {
        let labels = ["PersonClient".to_owned(), "CompanyClient".to_owned()];
        assert!(names_class("persons", &labels[0], &labels));
        assert!(!names_class("persons", &labels[1], &labels));
        assert!(!names_class("clients", &labels[0], &labels));
    }

    #[test]
    fn labels_are_named_by_whole_words() {
        assert!(speaks_of("the source is a referral", "referral"));
        assert!(speaks_of("refunds", "refund"));
        assert!(speaks_of("bank transfers", "bank_transfer"));
        assert!(!speaks_of("cashier's checks", "cash"));
        assert!(speaks_of("却下", "却下済み"));
    }
}
