//! Places in a list: counted within a parent, in the order of birth; and exactly one of a parent's rows that is its
//! default, or its current one.

use crate::ids::{ColumnId, TableColumns, TableId};
use crate::plan::bounds::number_bounds;
use crate::plan::columns::text_rules::is_people;
use crate::plan::facts::uniques::UniqueSet;
use crate::plan::story::lists::List;
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::{Expr, Relation, TextRole};
use value_model::Index;

const PLACES: &[&str] = &[
    "position",
    "line_number",
    "line_no",
    "row_number",
    "row_order",
    "sort_order",
    "display_order",
    "sequence",
    "sequence_number",
    "seq",
    "seq_no",
    "ordinal",
    "version",
    "version_number",
    "revision",
    "revision_number",
    "step",
    "step_number",
    "sort",
    "list_order",
    "order_index",
    "sort_index",
    "item_number",
    "item_no",
    "rank",
    "ordering",
    "part_number",
    "chapter_number",
    "lesson_number",
    "entry_number",
    "installment_number",
    "attempt_number",
    "round",
    "priority_order",
    "slot_number",
    "sort_key",
    "display_position",
    "line",
    "index",
    "installment_no",
    "instalment_no",
    "instalment_number",
    "installment",
    "night_no",
    "parcel_no",
    "package_no",
    "box_no",
    "page_number",
    "page_no",
    "round_no",
    "round_number",
    "leg_number",
    "leg_no",
    "stop_number",
    "stop_no",
    "track_number",
    "track_no",
    "verse",
    "question_number",
    "question_no",
    "set_number",
    "op_seq",
    "row_no",
    "visit_no",
    "attempt_no",
    "week_number",
    "day_number",
    "session_no",
    "job_no",
];

const ONE_OF_A_PARENT: &[&str] = &[
    "default",
    "primary",
    "main",
    "preferred",
    "principal",
    "cover",
    "master",
    "representative",
    "head",
];
const NEWEST_OF_A_PARENT: &[&str] = &["current", "latest", "newest"];

/// Finds the sequences of a table.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    if reader.rows(table) > MOST_ROWS || reader.facts[table].per.is_some() {
        return;
    }
    let tree = reader
        .references(table)
        .into_iter()
        .find(|(column, target)| *target == table && reader.name(table, *column).own.has("parent"));
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).clone();
        let counted = counted_per(reader, table, column);
        if reader.is_whole(table, column) {
            if attempts(reader, table, column) {
                continue;
            }
            let is_number =
                name.own.last() == "number" || name.own.last() == "no" || name.has(&["number"]);
            let is_place = name.whole_is(PLACES)
                || (name.is(PLACES)
                    && name.has(&["position", "order", "sequence", "version", "revision"])
                    && !name.has(&["id", "count"]));
            let set = set_of(reader, table, column);
            if !(is_place
                || counted.is_some()
                || (is_number && set.is_some())
                || (name.own.whole == "number" && reader.owner(table).is_some()))
            {
                continue;
            }
            // A tree's places are those among brothers and sisters.
            let via = counted
                .or_else(|| set.as_ref().map(|(via, _)| *via))
                .or_else(|| tree.filter(|_| is_place).map(|(column, _)| column))
                .or_else(|| reader.owner(table));
            let Some(via) = via else {
                continue;
            };
            // A place that has few numbers is counted by those who look at how many there are.
            let own = reader.column(table, column);
            let domain = reader.facts[table].rules.domains.get(&own.name).cloned();
            let domain = domain.unwrap_or_default();
            let bounds = number_bounds(&own.data_type.kind, &domain);
            let enough = u64::try_from(bounds.greatest)
                .is_ok_and(|most| most >= reader.rows(table))
                && bounds.least <= 1
                && domain.says_nothing_of_values();
            if set.is_some() && !enough {
                continue;
            }
            if let Some((_, name)) = set.filter(|(of, _)| *of == via) {
                reader.story.tables[table].kept_sets.push(name);
            }
            let rank = Expr::Sum(vec![Expr::Rank(via), Expr::whole(1)]);
            let of = reader.column(table, via).name.clone();
            reader.relate(
                table,
                column,
                Relation::Value(rank),
                format!("counted from 1 for each `{of}`"),
            );
        } else if reader.is_boolean(table, column) {
            exactly_one(reader, table, column);
        } else if reader.is_text(table, column) && name.has(&["number", "no", "code"]) {
            let by_year = [
                "年ごと",
                "年毎",
                "年度ごと",
                "per year",
                "each year",
                "by year",
            ]
            .iter()
            .any(|words| name.text.contains(words));
            let with_sample = sample(&name.text).is_some_and(|sample| year_of(&sample));
            if counted.is_some() || by_year || with_sample {
                let via = counted.or_else(|| named_owner(reader, table, &name.text));
                number_in_year(reader, table, column, via);
            }
        }
    }
}

/// Whether a number says the how manieth try a row is.
pub(super) fn is_attempt(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    let name = reader.name(table, column);
    let of_tries = matches!(
        crate::plan::names::singular(reader.table_name(table).last()).as_str(),
        "attempt" | "try" | "retake"
    ) && name.whole_is(&["number", "no", "seq", "sequence"]);
    reader.is_whole(table, column)
        && reader.facts[table].reference_of[column].is_none()
        && (of_tries
            || name.text.contains("first attempt")
            || name.whole_is(&[
                "attempt",
                "attempt_number",
                "attempt_no",
                "try",
                "try_number",
                "retake",
                "retake_number",
                "trial_number",
                "visit_number",
                "session_number",
            ]))
}

/// The how manieth try of somebody at something: counted for each pair of the two.
fn attempts(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    let Some(via) = reader
        .owner(table)
        .filter(|_| is_attempt(reader, table, column))
    else {
        return false;
    };
    // Of a set of three the third says whose, else the person does.
    let of_set = reader.facts[table].unique_sets.iter().find_map(|set| {
        let others: Vec<ColumnId> = set
            .columns
            .iter()
            .copied()
            .filter(|&own| own != column && own != via)
            .collect();
        let &[other] = others.as_slice() else {
            return None;
        };
        (is_plain(set)
            && set.columns.contains(&column)
            && set.columns.contains(&via)
            && reader.reference(table, other).is_some()
            && !reader.is_nullable(table, other))
        .then_some(other)
    });
    let person = reader
        .references(table)
        .into_iter()
        .find(|(other, target)| {
            *other != via
                && *target != table
                && !reader.is_nullable(table, *other)
                && is_people(&reader.table_name(*target))
        })
        .map(|(other, _)| other);
    let whose = of_set.or(person);
    let sets: Vec<String> = reader.facts[table]
        .unique_sets
        .iter()
        .filter(|set| {
            is_plain(set)
                && set.columns.contains(&column)
                && set
                    .columns
                    .iter()
                    .all(|&own| own == column || own == via || Some(own) == whose)
                && set.columns.contains(&via)
                && whose.is_none_or(|whose| set.columns.contains(&whose))
        })
        .map(|set| set.name.clone())
        .collect();
    let rank = match whose {
        Some(whose) => Expr::RankAmong(via, Box::new(Expr::Column(whose))),
        None => Expr::Rank(via),
    };
    reader.story.tables[table].kept_sets.extend(sets);
    reader.relate(
        table,
        column,
        Relation::Value(Expr::Sum(vec![rank, Expr::whole(1)])),
        "counted from 1 for each that tries",
    )
}

/// The unique set of a reference and a column, and its name.
fn set_of(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> Option<(ColumnId, String)> {
    reader.facts[table].unique_sets.iter().find_map(|set| {
        let others: Vec<ColumnId> = set
            .columns
            .iter()
            .copied()
            .filter(|&own| own != column)
            .collect();
        let [other] = others.as_slice() else {
            return None;
        };
        (set.columns.contains(&column)
            && is_plain(set)
            && reader.reference(table, *other).is_some()
            && is_alone(reader, table, *other, set)
            && is_alone(reader, table, column, set))
        .then(|| (*other, set.name.clone()))
    })
}

fn is_plain(set: &UniqueSet) -> bool {
    set.opaque.is_none() && !set.nulls_equal && set.name != "configuration"
}

/// Whether no other unique set looks at a column.
fn is_alone(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, set: &UniqueSet) -> bool {
    reader.facts[table]
        .unique_sets
        .iter()
        .all(|other| other.name == set.name || !other.columns.contains(&column))
}

/// The column that leads to what a comment says that something is counted for: `counted per clinic`.
fn counted_per(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> Option<ColumnId> {
    let text = &reader.name(table, column).text;
    let marks = [
        "per ",
        "for each ",
        "within ",
        "in each ",
        "within the ",
        "ごと",
        "毎",
        "単位",
    ];
    if !marks.iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let says_so = [
        "count", "number", "unique", "sequen", "start", "連番", "採番", "通し",
    ]
    .iter()
    .any(|word| text.contains(word));
    if !says_so {
        return None;
    }
    reader
        .references(table)
        .into_iter()
        .find(|(via, target)| {
            let stem = reader
                .column(table, *via)
                .name
                .trim_end_matches("_id")
                .replace('_', " ");
            let one = reader.one_of(*target).replace('_', " ");
            let last = one.rsplit(' ').next().unwrap_or(&one).to_owned();
            text.contains(&stem) || text.contains(&one) || text.contains(&last)
        })
        .map(|(via, _)| via)
}

/// What a comment shows as a number: `SO-2025-00042`, `2025/00017`.
fn sample(text: &str) -> Option<String> {
    text.split(|character: char| {
        !(character.is_ascii_alphanumeric() || character == '-' || character == '/')
    })
    .find(|word| {
        word.contains(['-', '/']) && word.ends_with(|character: char| character.is_ascii_digit())
    })
    .map(str::to_uppercase)
}

/// Whether a year stands before the last number of a sample.
fn year_of(sample: &str) -> bool {
    sample.split(['-', '/']).rev().skip(1).any(|piece| {
        let digits = piece.trim_start_matches(|character: char| character.is_ascii_alphabetic());
        digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
    }) && sample
        .rsplit(['-', '/'])
        .next()
        .is_some_and(|last| last.len() >= 3)
}

/// The column that leads to what a comment names: `prefix of the company, year, number counted in them`.
fn named_owner(reader: &Reader<'_, '_>, table: TableId, text: &str) -> Option<ColumnId> {
    reader
        .references(table)
        .into_iter()
        .find(|(via, target)| {
            let one = reader.one_of(*target).replace('_', " ");
            let last = one.rsplit(' ').next().unwrap_or(&one);
            !reader.is_nullable(table, *via)
                && text
                    .split(|character: char| !character.is_ascii_alphanumeric())
                    .any(|word| word == last)
        })
        .map(|(via, _)| via)
}

/// `2024-0001`: the year, and what is counted within it.
fn number_in_year(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    via: Option<ColumnId>,
) {
    let text = reader.name(table, column).text.clone();
    let example = sample(&text);
    let with_year =
        text.contains("year") || text.contains('年') || example.as_deref().is_some_and(year_of);
    let kept: Vec<String> = match via {
        Some(via) => set_of(reader, table, column)
            .filter(|(of, _)| *of == via)
            .map(|(_, name)| name)
            .into_iter()
            .collect(),
        // Within a year no two are the same.
        None => reader.facts[table]
            .unique_sets
            .iter()
            .filter(|set| set.columns == [column] && is_plain(set))
            .map(|set| set.name.clone())
            .collect(),
    };
    reader.story.tables[table].kept_sets.extend(kept);
    let role = TextRole::Numbered {
        via,
        with_year,
        example,
    };
    reader.relate(
        table,
        column,
        Relation::Text(role),
        "counted as its comment says",
    );
}

/// A flag that one of each parent's rows has.
fn exactly_one(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).clone();
    let words: Vec<&str> = name
        .own
        .words
        .iter()
        .map(String::as_str)
        .filter(|word| *word != "is")
        .collect();
    let newest = words.iter().any(|word| NEWEST_OF_A_PARENT.contains(word));
    let one = words.iter().any(|word| ONE_OF_A_PARENT.contains(word));
    let text = &name.text;
    // Where none may be so, something else decides.
    let said = List::OneOfAParent.is_in(text) && !List::AtMostOne.is_in(text);
    if !said && (words.len() > 2 || !(newest || one)) {
        return;
    }
    let of_comment = said
        .then(|| {
            reader.references(table).into_iter().find(|(_, target)| {
                let one = reader.one_of(*target).replace('_', " ");
                let called = reader.facts[*target].table.comment.as_deref().unwrap_or("");
                text.contains(one.rsplit(' ').next().unwrap_or(&one))
                    || (!called.is_empty() && !called.is_ascii() && text.contains(called))
            })
        })
        .flatten()
        .map(|(via, _)| via);
    let own = &reader.column(table, column).name;
    let guard = reader.facts[table]
        .table
        .indexes
        .iter()
        .find(|index| index.unique && is_about(index, own));
    let via = match guard {
        Some(index) => {
            let columns = index.plain_columns().unwrap_or_default();
            let [first] = columns.as_slice() else {
                return;
            };
            reader.facts[table].table.column_id(first)
        }
        None => of_comment.or_else(|| reader.owner(table)),
    };
    let Some(via) = via else {
        return;
    };
    if reader.facts[table].reference_of[via].is_none() {
        return;
    }
    let guard = guard.map(|index| index.name.clone());
    let rank = Expr::Rank(via);
    let chosen = if newest {
        Expr::Size(via).minus(Expr::whole(1))
    } else {
        Expr::whole(0)
    };
    let is_it = Expr::All(vec![
        Expr::AtMost(Box::new(rank.clone()), Box::new(chosen.clone())),
        Expr::AtMost(Box::new(chosen), Box::new(rank)),
    ]);
    if reader.relate(
        table,
        column,
        Relation::Value(is_it),
        "exactly one for each parent",
    ) && let Some(guard) = guard
    {
        reader.story.tables[table].kept_sets.push(guard);
    }
}

/// Whether an index is about the rows of which a column is true.
fn is_about(index: &Index, column: &str) -> bool {
    index.own.predicate.as_deref().is_some_and(|predicate| {
        let text: String = predicate
            .to_lowercase()
            .chars()
            .filter(|character| !matches!(character, '(' | ')' | '"' | ' '))
            .collect();
        text == column
            || text == format!("{column}=true")
            || text == format!("{column}istrue")
            || text == format!("{column}='t'")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_show_numbers_that_count_in_a_year() {
        for (text, number, in_a_year) in [
            (
                "year and a number counted in it: 2025/00017",
                "2025/00017",
                true,
            ),
            (
                "prefix of the company, year: so-2025-00042",
                "SO-2025-00042",
                true,
            ),
            ("例：inv-2024-001", "INV-2024-001", true),
            ("client number and a number: 27-003", "27-003", false),
            ("as of 2025-01-02", "2025-01-02", false),
        ] {
            let found = sample(text).unwrap();
            assert_eq!(found, number, "{text}");
            assert_eq!(year_of(&found), in_a_year, "{text}");
        }
        assert_eq!(sample("counted per client"), None);
    }
}
