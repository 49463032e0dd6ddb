//! Copies of parents' columns, and what a row keeps of its children: the first, the last, the mean, the number of some.

use crate::ids::{ColumnId, TableId};
use crate::plan::names::singular;
use crate::plan::story::lists::List;
use crate::plan::story::reader::Reader;
use crate::plan::story::words::stage_of_words;
use crate::plan::story::{Expr, Relation};
use crate::story::Fold;

/// Finds the copies of a table.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if reader.is_unique(table, column) {
            continue;
        }
        if reader.is_text(table, column) {
            copy(reader, table, column);
            if reader.is_free(table, column) {
                far_copy(reader, table, column);
            }
            if reader.is_free(table, column) {
                newest_text(reader, table, column);
            }
        } else if reader.is_time(table, column) {
            last_of_children(reader, table, column);
        } else if reader.is_number(table, column) {
            super::bought::find(reader, table, column);
            copy_number(reader, table, column);
            super::folds::of_children(reader, table, column);
        }
    }
    super::beside::find(reader, table);
}

/// What columns of a row stand for its name.
fn names_of(reader: &Reader<'_, '_>, table: TableId) -> Option<Vec<ColumnId>> {
    let named = |names: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.is_text(table, column) && reader.name(table, column).whole_is(names)
        })
    };
    if let Some(name) = [
        "name",
        "full_name",
        "display_name",
        "title",
        "company_name",
        "product_name",
        "customer_name",
        "label",
        "subject",
    ]
    .iter()
    .find_map(|name| named(&[*name]))
    {
        return Some(vec![name]);
    }
    let given = named(&["first_name", "given_name", "forename"])?;
    let family = named(&["last_name", "family_name", "surname"])?;
    Some(
        if reader.request.locale == crate::locale::Locale::Japanese {
            vec![family, given]
        } else {
            vec![given, family]
        },
    )
}

/// A text that a parent has.
fn copy(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    const ALIKE: &[&str] = &["currency", "currency_code", "currency_iso", "iso_currency"];
    const OF_GOODS: &[&str] = &[
        "sku",
        "product_code",
        "item_code",
        "jan_code",
        "unit_of_measure",
        "isbn",
    ];
    let name = reader.name(table, column).clone();
    for (via, target) in reader.references(table) {
        if target == table {
            continue;
        }
        let own = reader.name(table, via).own.clone();
        let stem = own.prefix_before("id").unwrap_or(&own.whole).to_owned();
        let one = reader.one_of(target);
        let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
        let text = |wanted: &str| {
            reader.columns(target).find(|&other| {
                reader.is_text(target, other) && reader.name(target, other).whole_is(&[wanted])
            })
        };
        let mut found: Option<Vec<ColumnId>> = None;
        for parts in name.all() {
            // `shipping_city` is that of the row to which `shipping_address_id` leads.
            let short = stem.strip_suffix("_address").unwrap_or(&stem).to_owned();
            for before in [&stem, &one, &last, &short] {
                let Some(rest) = parts
                    .whole
                    .strip_prefix(before.as_str())
                    .and_then(|rest| rest.strip_prefix('_'))
                else {
                    continue;
                };
                let rest = rest
                    .trim_end_matches("_snapshot")
                    .trim_end_matches("_at_purchase")
                    .trim_end_matches("_cache");
                found = found.or_else(|| text(rest).map(|of| vec![of])).or_else(|| {
                    matches!(
                        rest,
                        "name" | "title" | "full_name" | "display_name" | "label"
                    )
                    .then(|| names_of(reader, target))
                    .flatten()
                });
            }
            if (ALIKE.contains(&parts.whole.as_str()) || OF_GOODS.contains(&parts.whole.as_str()))
                && found.is_none()
            {
                found = text(&parts.whole).map(|of| vec![of]);
                if found.is_none() && ALIKE.contains(&parts.whole.as_str()) {
                    found = ALIKE
                        .iter()
                        .find_map(|other| text(other))
                        .map(|of| vec![of]);
                }
            }
        }
        if found.is_none() {
            found = said_by_comment(reader, &name.text, &one, &last, &stem, target, false);
        }
        // `of the rule`: what it calls as the row does.
        if found.is_none() && is_all_it_says(&name.text, &[&one, &last, &stem]) {
            found = text(&name.own.whole).map(|of| vec![of]);
        }
        if found.is_none() {
            found = copied(reader, (table, column), target).map(|of| vec![of]);
        }
        let Some(of) = found else {
            continue;
        };
        if of.iter().any(|&of| reader.is_nullable(target, of)) && !reader.is_nullable(table, column)
        {
            continue;
        }
        let theirs = &reader.facts[target].table.name;
        let why = format!("the copy of what `{theirs}` has");
        if reader.relate(table, column, Relation::Copy { via, of }, why) {
            return;
        }
    }
}

/// `last_status`: the status of the newest of the rows that point here.
fn newest_text(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).own.clone();
    let rest = ["last_", "latest_", "newest_", "most_recent_"]
        .iter()
        .find_map(|start| name.whole.strip_prefix(start))
        .map(str::to_owned);
    let Some(rest) = rest.filter(|rest| !rest.ends_with("name")) else {
        return;
    };
    if !reader.is_nullable(table, column) {
        return;
    }
    let found = reader.children(table).into_iter().find_map(|(child, via)| {
        if child == table || reader.reference(child, via).is_none() {
            return None;
        }
        let one = reader.one_of(child);
        let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
        let wanted = rest
            .strip_prefix(&format!("{last}_"))
            .unwrap_or(&rest)
            .to_owned();
        let of = reader.columns(child).find(|&of| {
            reader.is_text(child, of)
                && !reader.is_nullable(child, of)
                && (reader.name(child, of).own.whole == wanted)
        })?;
        Some((child, via, of))
    });
    if let Some((child, via, of)) = found {
        let theirs = reader.facts[child].table.name.clone();
        reader.relate(
            table,
            column,
            Relation::NewestText { child, via, of },
            format!("that of the newest of its `{theirs}`"),
        );
    }
}

/// A text of what the row's parent belongs to: `course_title` of a certificate of an enrollment in a course, the
/// currency of the account of a card.
fn far_copy(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    const CURRENCY: &[&str] = &["currency", "currency_code", "currency_iso", "iso_currency"];
    let name = reader.name(table, column).clone();
    let is_currency = name.whole_is(CURRENCY);
    for (via, target) in firm(reader, table) {
        for (next, far) in firm(reader, target) {
            if far == table {
                continue;
            }
            let own = reader.name(target, next).own.clone();
            let stem = own.prefix_before("id").unwrap_or(&own.whole).to_owned();
            let one = reader.one_of(far);
            let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
            let called = [&stem, &one, &last].into_iter().find_map(|before| {
                let rest = name.own.whole.strip_prefix(before.as_str())?;
                let rest = rest.strip_prefix('_')?;
                let same = reader
                    .columns(far)
                    .find(|&of| reader.is_text(far, of) && reader.name(far, of).own.whole == rest);
                let is_name = matches!(rest, "name" | "title" | "full_name" | "label");
                same.map(|of| vec![of])
                    .or_else(|| is_name.then(|| names_of(reader, far)).flatten())
            });
            let currency = || {
                let of = reader.columns(far).find(|&of| {
                    reader.is_text(far, of)
                        && !reader.is_nullable(far, of)
                        && reader.name(far, of).whole_is(CURRENCY)
                });
                of.filter(|_| is_currency).map(|of| vec![of])
            };
            let found = called
                .or_else(currency)
                .or_else(|| said_by_comment(reader, &name.text, &one, &last, &stem, far, false));
            let Some([of]) = found.as_deref() else {
                continue;
            };
            if reader.is_nullable(far, *of) && !reader.is_nullable(table, column) {
                continue;
            }
            let theirs = reader.facts[far].table.name.clone();
            let (path, of) = (vec![via, next], *of);
            let why = format!("the copy of what `{theirs}` has");
            if reader.relate(table, column, Relation::CopyFar { path, of }, why) {
                return;
            }
        }
    }
}

/// The keys of a table that always lead elsewhere.
pub(super) fn firm(reader: &Reader<'_, '_>, table: TableId) -> Vec<(ColumnId, TableId)> {
    reader
        .references(table)
        .into_iter()
        .filter(|(via, to)| *to != table && !reader.is_nullable(table, *via))
        .collect()
}

/// `name of the account`, `the customer's e-mail at the time`.
fn said_by_comment(
    reader: &Reader<'_, '_>,
    text: &str,
    one: &str,
    last: &str,
    stem: &str,
    target: TableId,
    number: bool,
) -> Option<Vec<ColumnId>> {
    if number
        && [
            "sum",
            "number of",
            "mean",
            "average",
            "never more",
            "at most",
            "less",
            "times",
        ]
        .iter()
        .any(|word| text.contains(word))
    {
        return None;
    }
    let text = text.replace("e-mail", "email");
    let says_whose = [one, last, stem].iter().any(|word| {
        let word = word.replace('_', " ");
        word.len() > 2
            && List::Whose
                .words()
                .iter()
                .any(|mark| text.contains(&mark.replace('*', &word)))
    });
    if !says_whose {
        return None;
    }
    let words: Vec<&str> = text
        .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .collect();
    // `first and last name of the customer`.
    let is_whole_name = !number
        && words.contains(&"name")
        && ["first", "given"].iter().any(|word| words.contains(word))
        && ["last", "family"].iter().any(|word| words.contains(word));
    if is_whole_name && let Some(names) = names_of(reader, target) {
        return Some(names);
    }
    let column = reader.columns(target).find(|&column| {
        let name = &reader.name(target, column).own;
        let words_of_name = name
            .words
            .iter()
            .filter(|own| {
                !matches!(
                    own.as_str(),
                    "cents" | "g" | "kg" | "cm" | "mm" | "ml" | "l"
                )
            })
            .count();
        (if number {
            reader.is_number(target, column) && reader.facts[target].reference_of[column].is_none()
        } else {
            reader.is_text(target, column)
        }) && words_of_name > 0
            && name
                .words
                .iter()
                .filter(|own| {
                    !matches!(
                        own.as_str(),
                        "cents" | "g" | "kg" | "cm" | "mm" | "ml" | "l"
                    )
                })
                .all(|own| words.contains(&own.as_str()))
            && name.whole != "id"
    });
    if number {
        return column.map(|column| vec![column]);
    }
    column.map(|column| vec![column]).or_else(|| {
        words
            .iter()
            .any(|word| matches!(*word, "name" | "title" | "named"))
            .then(|| names_of(reader, target))
            .flatten()
    })
}

/// Whether a comment says nothing but whose a value is: `of the rule`, `as in the vehicle class at the time`.
fn is_all_it_says(text: &str, whose: &[&String]) -> bool {
    let text = text.trim_end_matches(" at the time");
    whose.iter().any(|word| {
        let word = word.replace('_', " ");
        word.len() > 2
            && List::AsThere
                .words()
                .iter()
                .any(|mark| text == mark.replace('*', &word))
    })
}

/// Whether a comment says that a value is a copy: `copied from the SKU`, `請求時点の写し`.
fn is_copy(text: &str) -> bool {
    ["copied", "copy of", "snapshot", "写し", "コピー", "複写"]
        .iter()
        .any(|word| text.contains(word))
        || (text.contains("時点") && !text.contains("残高"))
}

/// What stands before the first parenthesis of a comment.
fn head(text: &str) -> &str {
    text.split(['(', '（', '、', ','])
        .next()
        .unwrap_or("")
        .trim()
}

/// The column of a parent that is called as one that is a copy is, or whose comment begins as its does.
fn copied(
    reader: &Reader<'_, '_>,
    (table, column): (TableId, ColumnId),
    target: TableId,
) -> Option<ColumnId> {
    let own = reader.name(table, column);
    let is_number = reader.is_number(table, column);
    let fits = |other: ColumnId| {
        reader.facts[target].reference_of[other].is_none()
            && if is_number {
                reader.is_number(target, other)
            } else {
                reader.is_text(target, other)
            }
    };
    if is_copy(&own.text) {
        let found = reader
            .columns(target)
            .find(|&other| fits(other) && reader.name(target, other).own.whole == own.own.whole);
        let begins = head(&own.text);
        return found.or_else(|| {
            reader.columns(target).find(|&other| {
                fits(other) && !begins.is_empty() && {
                    let theirs = reader.name(target, other).text.clone();
                    head(&theirs) == begins
                }
            })
        });
    }
    let words = |name: &crate::plan::names::NameParts| -> Vec<String> {
        name.words
            .iter()
            .filter(|word| !matches!(word.as_str(), "cents" | "amount"))
            .cloned()
            .collect()
    };
    let prices = |table: TableId| {
        reader.columns(table).any(|other| {
            reader.is_number(table, other)
                && reader
                    .name(table, other)
                    .own
                    .words
                    .first()
                    .map(String::as_str)
                    == Some("price")
        })
    };
    // The fee of what gives the price: `fee_cents` beside the `booking_fee_cents` of a tier.
    let mine = words(&own.own);
    (is_number
        && matches!(mine.as_slice(), [fee] if fee == "fee")
        && prices(table)
        && prices(target))
    .then(|| {
        reader.columns(target).find(|&other| {
            fits(other) && words(&reader.name(target, other).own).last() == mine.last()
        })
    })
    .flatten()
}

/// A number that a parent has, where the name says whose it is.
fn copy_number(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    const RENTS: &[&str] = &["rent", "monthly_rent", "base_rent", "net_rent", "cold_rent"];
    let name = reader.name(table, column).own.clone();
    for (via, target) in reader.references(table) {
        if target == table {
            continue;
        }
        let one = reader.one_of(target);
        let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
        // What is the same wherever it stands.
        let same = name
            .has_any(&["max", "pass", "passing", "possible", "full"])
            .then(|| {
                reader.columns(target).find(|&other| {
                    name.has_any(&["points", "score", "marks", "mark"])
                        && reader.is_number(target, other)
                        && reader.name(target, other).own.whole == name.whole
                        && reader.facts[target].reference_of[other].is_none()
                })
            })
            .flatten();
        let is_rent = matches!(
            name.whole.as_str(),
            "common_fee" | "management_fee" | "monthly_fee" | "premium"
        ) || RENTS.contains(&name.whole.as_str());
        let same = same.or_else(|| {
            is_rent
                .then(|| {
                    let called = |wanted: &dyn Fn(&str) -> bool| {
                        reader.columns(target).find(|&other| {
                            reader.is_number(target, other)
                                && wanted(&reader.name(target, other).own.whole)
                        })
                    };
                    called(&|other| other == name.whole).or_else(|| {
                        RENTS
                            .contains(&name.whole.as_str())
                            .then(|| called(&|other| RENTS.contains(&other)))
                            .flatten()
                    })
                })
                .flatten()
        });
        // `as in the policy`: what it calls what one of these rows has.
        let as_there = || {
            let text = &reader.name(table, column).text;
            let says = [&one, &last].iter().any(|word| {
                let word = word.replace('_', " ");
                List::AsThere
                    .words()
                    .iter()
                    .any(|mark| text.contains(&mark.replace('*', &word)))
            });
            let own = reader.one_of(table);
            let own = own.rsplit('_').next().unwrap_or(&own).to_owned();
            let wanted = [name.whole.clone(), format!("{own}_{}", name.whole)];
            says.then(|| {
                reader.columns(target).find(|&other| {
                    reader.is_number(target, other)
                        && wanted.contains(&reader.name(target, other).own.whole)
                        && reader.facts[target].reference_of[other].is_none()
                })
            })
            .flatten()
        };
        let same = same.or_else(as_there);
        let said = || {
            let text = reader.name(table, column).text.clone();
            let stem = reader.name(table, via).own.clone();
            let stem = stem.prefix_before("id").unwrap_or(&stem.whole).to_owned();
            said_by_comment(reader, &text, &one, &last, &stem, target, true)
                .and_then(|found| found.first().copied())
        };
        let same = same
            .or_else(said)
            .or_else(|| copied(reader, (table, column), target));
        let found = same.or_else(|| {
            [&one, &last].iter().find_map(|before| {
                let rest = name
                    .whole
                    .strip_prefix(before.as_str())?
                    .strip_prefix('_')?;
                let rest = rest
                    .trim_end_matches("_snapshot")
                    .trim_end_matches("_at_purchase");
                reader.columns(target).find(|&other| {
                    reader.is_number(target, other)
                        && reader.name(target, other).own.whole == rest
                        && reader.facts[target].reference_of[other].is_none()
                        && rest != "id"
                })
            })
        });
        if let Some(of) = found
            && (reader.is_nullable(table, column) || !reader.is_nullable(target, of))
        {
            let copied = Expr::There(via, Box::new(Expr::Column(of)));
            let theirs = reader.facts[target].table.name.clone();
            reader.relate(
                table,
                column,
                Relation::Value(copied),
                format!("the copy of what `{theirs}` has"),
            );
            return;
        }
    }
}

/// Whether two words are forms of one: `commented` and `comment`, `shipped` and `shipment`.
pub(crate) fn alike(word: &str, other: &str) -> bool {
    let bare = |word: &str| {
        let one = singular(word);
        let stem = ["ed", "ing"]
            .iter()
            .find_map(|ending| one.strip_suffix(ending));
        stem.map_or_else(|| one.clone(), str::to_owned)
    };
    let (first, second) = (bare(word), bare(other));
    let shared = first
        .chars()
        .zip(second.chars())
        .take_while(|(first, second)| first == second)
        .count();
    let shorter = first.chars().count().min(second.chars().count());
    first == second || (shared >= 4 && shared * 5 >= shorter * 4)
}

/// Words for the same thing.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("response", &["message", "reply", "comment", "answer"]),
    ("stay", &["booking", "reservation"]),
    ("purchase", &["order", "sale", "purchase"]),
    ("visit", &["appointment", "visit", "checkin", "session"]),
    ("contact", &["call", "message", "contact", "interaction"]),
    ("login", &["login", "session"]),
    ("donation", &["gift", "donation"]),
    ("service", &["service", "maintenance", "repair"]),
    ("payment", &["payment", "receipt"]),
    (
        "activity",
        &[
            "activity", "event", "log", "message", "post", "comment", "topic", "task", "visit",
        ],
    ),
    (
        "reply",
        &["message", "post", "comment", "answer", "response"],
    ),
    ("replied", &["message", "post", "comment", "reply"]),
    ("post", &["message", "comment", "post"]),
    ("posted", &["message", "comment", "post"]),
    ("message", &["message", "reply"]),
    ("commented", &["comment"]),
];

/// `last_order_at`, `first_visit_on`, `latest_published_at`.
fn last_of_children(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let parts = reader.name(table, column).clone();
    let name = parts.all().find(|parts| {
        parts.words.iter().any(|word| {
            matches!(
                word.as_str(),
                "last" | "latest" | "newest" | "recent" | "first" | "earliest"
            )
        })
    });
    let Some(name) = name else {
        return;
    };
    let is_first = name.has_any(&["first", "earliest"]);
    let rest: Vec<String> = name
        .words
        .iter()
        .filter(|word| {
            !matches!(
                word.as_str(),
                "last"
                    | "latest"
                    | "newest"
                    | "recent"
                    | "most"
                    | "first"
                    | "earliest"
                    | "at"
                    | "on"
                    | "date"
                    | "time"
                    | "most_recent"
            )
        })
        .cloned()
        .collect();
    if rest.is_empty() {
        return;
    }
    let whole = rest.join("_");
    let is_date = reader.is_date(table, column);
    let mut best: Option<(u32, TableId, ColumnId, ColumnId)> = None;
    for (child, via) in reader.children(table) {
        // Of its own kind only what answers it.
        let answers = matches!(
            whole.as_str(),
            "reply" | "replied" | "response" | "answer" | "answered"
        ) && reader.name(table, via).own.has_any(&["parent", "reply"]);
        if child == table && !answers {
            continue;
        }
        let one = reader.one_of(child);
        let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
        let times: Vec<ColumnId> = reader
            .columns(child)
            .filter(|&time| reader.is_time(child, time))
            .collect();
        let created = times
            .iter()
            .copied()
            .find(|&time| reader.name(child, time).own.whole.starts_with("created"));
        // A time of theirs that is called so.
        let of_event = times.iter().copied().find(|&time| {
            let own = &reader.name(child, time).own;
            let own: Vec<String> = own
                .words
                .iter()
                .filter(|word| !matches!(word.as_str(), "at" | "on" | "date" | "time"))
                .cloned()
                .collect();
            own == rest
                || (own.len() == 1
                    && rest.len() == 1
                    && stage_of_words(&own).is_some()
                    && stage_of_words(&own) == stage_of_words(&rest)
                    && own[0].ends_with('d')
                    && own[0] != "created")
        });
        let is_named = one == whole || last == whole || alike(&whole, &last) || alike(&whole, &one);
        let is_synonym = !is_named
            && (of_event.is_none() || child == table)
            && SYNONYMS
                .iter()
                .any(|(word, others)| *word == whole && others.contains(&last.as_str()));
        let (weight, time) = if is_named || is_synonym {
            let of_day = times.iter().copied().find(|&time| {
                let own = &reader.name(child, time).own;
                reader.is_date(child, time)
                    && !reader.is_nullable(child, time)
                    && (own.words.iter().any(|word| alike(word, &last))
                        || own.whole == "date"
                        || own.words.len() == 1
                        || own.whole == "check_in")
            });
            let time = if is_date { of_day.or(created) } else { created };
            (
                if is_named { 3 } else { 1 },
                time.or_else(|| {
                    times
                        .iter()
                        .copied()
                        .find(|&time| !reader.is_nullable(child, time))
                }),
            )
        } else {
            let is_called_so = of_event.is_some_and(|time| {
                let own = &reader.name(child, time).own;
                own.words.starts_with(&rest)
            });
            (if is_called_so { 4 } else { 2 }, of_event)
        };
        if let Some(time) = time
            && best.as_ref().is_none_or(|(most, ..)| weight > *most)
        {
            best = Some((weight, child, via, time));
        }
    }
    let Some((_, child, via, time)) = best else {
        return;
    };
    let of_children = Expr::Over {
        table: child,
        via,
        fold: if is_first {
            Fold::Least
        } else {
            Fold::Greatest
        },
        of: Box::new(Expr::Column(time)),
        only: None,
    };
    let done = reader.story.tables[table]
        .cycle
        .as_ref()
        .and_then(|cycle| cycle.event("completed"))
        .map(Expr::Event);
    let of_children = match done {
        // What was answered was so before it was through.
        Some(done) if is_first => Expr::when(
            Expr::AtMost(Box::new(done.clone()), Box::new(of_children.clone())),
            done,
            of_children,
        ),
        _ => of_children,
    };
    let expr = if reader.is_nullable(table, column) {
        of_children
    } else {
        Expr::First(vec![of_children, Expr::Born])
    };
    let theirs = &reader.facts[child].table.name;
    let why = format!(
        "the {} `{}` of its `{theirs}`",
        if is_first { "first" } else { "last" },
        reader.column(child, time).name
    );
    reader.relate(table, column, Relation::Value(expr), why);
}
