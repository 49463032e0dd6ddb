//! Keys that agree: whatever way leads from a row to another table leads to the same row of it.
//!
//! A task of a project belongs to the account of the project, its assignee too; an order goes to an address of the
//! customer who orders; a reply stands under the comment that it answers. The most particular key chooses freely, and
//! the others follow: up from it, or among those that belong where it leads.

use crate::ids::{ColumnId, TableId};
use crate::plan::columns::text_rules::is_people;
use crate::plan::facts::uniques::UniqueSet;
use crate::plan::names::NameParts;
use crate::plan::story::lifecycles::labels;
use crate::plan::story::reader::{MOST_ROWS, Reader};

/// How a column that points to rows agrees with the row's others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// Where another column leads, and from there some columns.
    Up {
        /// The other column.
        through: ColumnId,
        /// The columns of the tables on the way.
        path: Vec<ColumnId>,
    },
    /// One of those that belong where another column leads.
    Among {
        /// The other column.
        through: ColumnId,
        /// The columns of the tables on the way.
        path: Vec<ColumnId>,
        /// The columns by which those belong there.
        back: Vec<ColumnId>,
        /// Which of them count.
        class: Option<Class>,
    },
    /// One that fits.
    Fitting {
        /// What must be there where it leads.
        requirements: Vec<Requirement>,
        /// Which of them count.
        class: Option<Class>,
    },
    /// Together with another column a pair of rows that belong to the same row, another pair for each row: the other
    /// column, the ways back of both, and whether this is the first of the two.
    Pair {
        /// The other column.
        with: ColumnId,
        /// The columns by which rows of its own table belong there.
        back: Vec<ColumnId>,
        /// Those of the other's.
        other_back: Vec<ColumnId>,
        /// Whether it is the first.
        first: bool,
        /// The classes that rows of its own table and of the other's must have.
        classes: Box<[Option<Class>; 2]>,
    },
    /// An elder that belongs where another column leads.
    Sibling(ColumnId),
    /// The row that was born just before, or one before that.
    Close {
        /// How many rows that are written together take the same.
        together: u64,
        /// What must be there where it leads.
        requirements: Vec<Requirement>,
    },
    /// A row further up, so that no branch is long.
    Tree,
    /// The row at the top, by the column that points up.
    Root(ColumnId),
    /// Its own youngest (true) or eldest child: their table and the column that points back.
    OwnChild(TableId, ColumnId, bool),
    /// Where its own eldest child points: the child's table, its column that points back, its other column.
    OfChild(TableId, ColumnId, ColumnId),
}

/// Rows of a table that have a text in a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Class {
    /// The column.
    pub column: ColumnId,
    /// The text.
    pub text: String,
}

/// Where a row leads, rows of a table must belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// The columns on the way.
    pub path: Vec<ColumnId>,
    /// The table.
    pub table: TableId,
    /// The columns by which its rows belong there.
    pub back: Vec<ColumnId>,
    /// Which of them count.
    pub class: Option<Class>,
    /// How many of them there must be.
    pub least: usize,
}

/// A way from a table to another.
pub(super) struct Way {
    pub to: TableId,
    pub path: Vec<ColumnId>,
}

/// Tables whose rows belong to everybody.
const SHARED: &[&str] = &[
    "country",
    "currency",
    "language",
    "category",
    "type",
    "kind",
    "status",
    "unit",
    "tag",
    "role",
    "permission",
    "prefecture",
    "state",
    "region",
    "city",
    "genre",
    "color",
    "locale",
    "label",
    "plan",
    "holiday",
    "setting",
];

/// What people do to what isn't theirs.
const SOCIAL: &[&str] = &[
    "comment",
    "like",
    "reaction",
    "review",
    "answer",
    "reply",
    "message",
    "follow",
    "vote",
    "bid",
    "application",
    "favorite",
    "bookmark",
    "rating",
    "view",
    "share",
    "mention",
    "notification",
    "read",
    "report",
    "enrollment",
    "participant",
    "attendance",
    "membership",
    "member",
    "subscription",
    "invitation",
    "watcher",
    "feedback",
    "post",
    "submission",
    "registration",
    "rsvp",
    "assignment",
    "approval",
    "log",
    "event",
    "visit",
    "reservation",
    "loan",
];

/// Finds how the keys of a table agree.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    if reader.rows(table) > MOST_ROWS {
        return;
    }
    let references: Vec<(ColumnId, TableId)> = reader
        .references(table)
        .into_iter()
        .filter(|(_, target)| reader.rows(*target) <= MOST_ROWS)
        .collect();
    super::kin::own_children(reader, table, &references);
    super::kin::itself(reader, table, &references);
    let others: Vec<(ColumnId, TableId)> = references
        .iter()
        .copied()
        .filter(|(column, target)| {
            *target != table && !reader.story.tables[table].agreements.contains_key(column)
        })
        .collect();
    let ways: Vec<Vec<Way>> = others
        .iter()
        .map(|(_, target)| ways(reader, *target, table))
        .collect();
    let is_fixed: Vec<bool> = others
        .iter()
        .map(|(column, _)| is_unique(reader, table, *column))
        .collect();
    let classes: Vec<Option<Class>> = others
        .iter()
        .map(|(column, target)| class(reader, table, *column, *target))
        .collect();
    let mut decided: Vec<Option<Agreement>> = vec![None; others.len()];
    pairs(reader, table, &others, &ways, &classes, &mut decided);
    let is_fixed: Vec<bool> = is_fixed
        .iter()
        .zip(&decided)
        .map(|(fixed, decided)| *fixed && decided.is_none())
        .collect();
    // What may be missing is one of those that belong where something firm leads.
    for lower in 0..others.len() {
        if !reader.is_nullable(table, others[lower].0)
            || is_fixed[lower]
            || decided[lower].is_some()
            || is_people(&reader.table_name(others[lower].1))
                && reader
                    .name(table, others[lower].0)
                    .own
                    .has_any(&["by", "owner", "assignee"])
        {
            continue;
        }
        let best = (0..others.len())
            .filter(|&upper| upper != lower && !reader.is_nullable(table, others[upper].0))
            .filter_map(|upper| {
                let way = ways[lower]
                    .iter()
                    .find(|way| way.to == others[upper].1 && way.path.len() == 1)?;
                let fits = fits(reader, table, others[upper].0, others[lower].1, way)
                    && !is_shared(reader, others[upper].1)
                    && !comes_from(&decided, &others, upper, lower);
                fits.then(|| (ways[upper].len(), upper, way.path.clone()))
            })
            .filter(|(particular, ..)| *particular > 0)
            .max_by_key(|(particular, upper, _)| (*particular, std::cmp::Reverse(*upper)));
        if let Some((_, upper, path)) = best {
            decided[lower] = Some(Agreement::Among {
                through: others[upper].0,
                path: Vec::new(),
                back: path,
                class: classes[lower].clone(),
            });
        }
    }
    // Up from the more particular ones.
    for upper in 0..others.len() {
        let mut best: Option<(bool, usize, usize, Vec<ColumnId>)> = None;
        for lower in 0..others.len() {
            if lower == upper || comes_from(&decided, &others, lower, upper) {
                continue;
            }
            let Some(way) = ways[lower].iter().find(|way| way.to == others[upper].1) else {
                continue;
            };
            if !fits(reader, table, others[upper].0, others[lower].1, way) {
                continue;
            }
            let rank = (
                reader.is_nullable(table, others[lower].0),
                way.path.len(),
                lower,
                way.path.clone(),
            );
            if best.as_ref().is_none_or(|best| rank < *best) {
                best = Some(rank);
            }
        }
        let Some((_, _, lower, path)) = best else {
            continue;
        };
        if decided[upper].is_some() {
            continue;
        }
        if !is_fixed[upper] {
            decided[upper] = Some(Agreement::Up {
                through: others[lower].0,
                path,
            });
        } else if !is_fixed[lower] && decided[lower].is_none() {
            decided[lower] = Some(Agreement::Among {
                through: others[upper].0,
                path: Vec::new(),
                back: path,
                class: classes[lower].clone(),
            });
        }
    }
    let mut requirements: Vec<Vec<Requirement>> = vec![Vec::new(); others.len()];
    // Those that lead to the same row as one that is decided.
    for upper in 0..others.len() {
        let Some(Agreement::Up { .. }) = &decided[upper] else {
            continue;
        };
        for lower in 0..others.len() {
            let Some(way) = ways[lower].iter().find(|way| way.to == others[upper].1) else {
                continue;
            };
            if decided[lower].is_some()
                || is_fixed[lower]
                || leads(&decided, &others, upper, lower)
                || !fits(reader, table, others[upper].0, others[lower].1, way)
            {
                continue;
            }
            let (driver, path) = driver(&decided, &others, upper);
            if driver == lower {
                continue;
            }
            decided[lower] = Some(Agreement::Among {
                through: others[upper].0,
                path: Vec::new(),
                back: way.path.clone(),
                class: classes[lower].clone(),
            });
            // Where something happens somebody there does it.
            let acts = is_people(&reader.table_name(others[lower].1))
                && reader.name(table, others[lower].0).own.has("by");
            if !reader.is_nullable(table, others[lower].0) || acts {
                requirements[driver].push(Requirement {
                    path,
                    table: others[lower].1,
                    back: way.path.clone(),
                    class: classes[lower].clone(),
                    least: least(reader, table, others[lower].0),
                });
            }
        }
    }
    // Those that lead to the same row of a table to which the row itself doesn't point.
    for first in 0..others.len() {
        if decided[first].is_some() {
            continue;
        }
        for second in 0..others.len() {
            if first == second
                || decided[second].is_some()
                || is_fixed[second]
                || others[first].1 == others[second].1
                || decided.iter().flatten().any(|other| matches!(other, Agreement::Among { through, .. } if *through == others[second].0))
                || (reader.is_nullable(table, others[first].0) && !reader.is_nullable(table, others[second].0))
            {
                continue;
            }
            let shared = ways[first].iter().find_map(|way| {
                let other = ways[second].iter().find(|other| other.to == way.to)?;
                let is_tenant = (!is_people(&reader.table_name(way.to))
                    || is_whose(reader, others[first].1, way, others[second].1, other))
                    && !is_shared(reader, way.to)
                    && !others.iter().any(|(_, target)| *target == way.to);
                is_tenant.then(|| (way.path.clone(), other.path.clone()))
            });
            let Some((path, back)) = shared else {
                continue;
            };
            if !reader.is_nullable(table, others[second].0) && !is_fixed[first] {
                requirements[first].push(Requirement {
                    path: path.clone(),
                    table: others[second].1,
                    back: back.clone(),
                    class: classes[second].clone(),
                    least: least(reader, table, others[second].0),
                });
            }
            decided[second] = Some(Agreement::Among {
                through: others[first].0,
                path,
                back,
                class: classes[second].clone(),
            });
        }
    }
    for (place, (column, target)) in others.iter().enumerate() {
        let agreement = match decided[place].take() {
            Some(agreement) => Some(agreement),
            None if is_fixed[place] => None,
            None if requirements[place].is_empty() && classes[place].is_none() => None,
            None => Some(Agreement::Fitting {
                requirements: std::mem::take(&mut requirements[place]),
                class: classes[place].clone(),
            }),
        };
        if let Some(agreement) = agreement {
            let why = sentence(reader, table, &agreement, *target);
            reader.story.tables[table]
                .agreements
                .insert(*column, (agreement, why));
        }
    }
}

/// Two where one must differ from another of them.
fn least(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> usize {
    1 + usize::from(reader.facts[table].differs_from(column).is_some())
}

pub(super) fn sentence(
    reader: &Reader<'_, '_>,
    table: TableId,
    agreement: &Agreement,
    target: TableId,
) -> String {
    let name = |column: ColumnId| reader.column(table, column).name.clone();
    let of = &reader.facts[target].table.name;
    match agreement {
        Agreement::Up { through, .. } => {
            format!("the row of `{of}` to which `{}` leads", name(*through))
        }
        Agreement::Among {
            through,
            class: Some(class),
            ..
        } => {
            format!(
                "a row of `{of}` ({}) that belongs where `{}` leads",
                class.text,
                name(*through)
            )
        }
        Agreement::Among { through, .. } => {
            format!(
                "a row of `{of}` that belongs where `{}` leads",
                name(*through)
            )
        }
        Agreement::Fitting {
            class: Some(class), ..
        } => format!("a row of `{of}` that is {}", class.text),
        Agreement::Fitting { .. } => format!("a row of `{of}` that leaves the other keys a choice"),
        Agreement::Pair { with, .. } => {
            format!(
                "a row of `{of}` that belongs where `{}` does, each pair once",
                name(*with)
            )
        }
        Agreement::Sibling(through) => format!("an elder of the same `{}`", name(*through)),
        Agreement::Close { .. } => format!("the row of `{of}` with which it was written"),
        Agreement::Root(_) => "the row at the top of its tree".to_owned(),
        Agreement::Tree => "a row further up, or none at the top".to_owned(),
        Agreement::OwnChild(_, _, true) => format!("the youngest row of `{of}` that points here"),
        Agreement::OwnChild(..) => format!("the eldest row of `{of}` that points here"),
        Agreement::OfChild(child, ..) => {
            format!(
                "one of those that `{}` joins with the row",
                reader.facts[*child].table.name
            )
        }
    }
}

/// Two keys that are unique together and lead to the same row: of all pairs that belong together each row is another.
fn pairs(
    reader: &Reader<'_, '_>,
    table: TableId,
    others: &[(ColumnId, TableId)],
    ways: &[Vec<Way>],
    classes: &[Option<Class>],
    decided: &mut [Option<Agreement>],
) {
    for set in &reader.facts[table].unique_sets {
        let [first, second] = set.columns.as_slice() else {
            continue;
        };
        let alone = reader.facts[table].unique_sets.iter().all(|other| {
            other.name == set.name
                || !(other.columns.contains(first) || other.columns.contains(second))
        });
        let place = |column: ColumnId| others.iter().position(|(own, _)| *own == column);
        let (Some(one), Some(two)) = (place(*first), place(*second)) else {
            continue;
        };
        if !alone
            || set.opaque.is_some()
            || others[one].1 == others[two].1
            || decided[one].is_some()
            || decided[two].is_some()
            || reader.facts[table].per.is_some()
        {
            continue;
        }
        let shared = ways[one].iter().find_map(|way| {
            let other = ways[two].iter().find(|other| other.to == way.to)?;
            (!is_people(&reader.table_name(way.to)) && !is_shared(reader, way.to))
                .then(|| (way.path.clone(), other.path.clone()))
        });
        let Some((back, other_back)) = shared else {
            continue;
        };
        decided[one] = Some(Agreement::Pair {
            with: *second,
            back: back.clone(),
            other_back: other_back.clone(),
            first: true,
            classes: Box::new([classes[one].clone(), classes[two].clone()]),
        });
        decided[two] = Some(Agreement::Pair {
            with: *first,
            back: other_back,
            other_back: back,
            first: false,
            classes: Box::new([classes[two].clone(), classes[one].clone()]),
        });
    }
}

/// Whether one column's row follows from that of another.
fn comes_from(
    decided: &[Option<Agreement>],
    columns: &[(ColumnId, TableId)],
    one: usize,
    other: usize,
) -> bool {
    let mut at = one;
    for _ in 0..columns.len() {
        let through = match &decided[at] {
            Some(Agreement::Up { through, .. } | Agreement::Among { through, .. }) => *through,
            _ => return false,
        };
        let Some(place) = columns.iter().position(|(column, _)| *column == through) else {
            return false;
        };
        if place == other {
            return true;
        }
        at = place;
    }
    true
}

fn leads(
    decided: &[Option<Agreement>],
    columns: &[(ColumnId, TableId)],
    upper: usize,
    lower: usize,
) -> bool {
    comes_from(decided, columns, upper, lower)
}

/// The column that chooses freely and from which another follows, and the way from there.
fn driver(
    decided: &[Option<Agreement>],
    columns: &[(ColumnId, TableId)],
    upper: usize,
) -> (usize, Vec<ColumnId>) {
    let mut at = upper;
    let mut whole: Vec<ColumnId> = Vec::new();
    for _ in 0..columns.len() {
        let Some(Agreement::Up { through, path }) = &decided[at] else {
            break;
        };
        let Some(place) = columns.iter().position(|(column, _)| column == through) else {
            break;
        };
        whole = path.iter().copied().chain(whole).collect();
        at = place;
    }
    (at, whole)
}

/// Where a table always leads, by up to three keys.
pub(super) fn ways(reader: &Reader<'_, '_>, table: TableId, from: TableId) -> Vec<Way> {
    let mut found: Vec<Way> = Vec::new();
    let mut open = vec![(table, Vec::new())];
    while let Some((at, path)) = open.pop() {
        if path.len() >= 3 {
            continue;
        }
        for (column, target) in reader.references(at) {
            if target == at
                || target == table
                || target == from
                || reader.is_nullable(at, column)
                || found
                    .iter()
                    .any(|way| way.to == target && way.path.len() <= path.len() + 1)
                || reader.rows(target) > MOST_ROWS
            {
                continue;
            }
            let mut longer: Vec<ColumnId> = path.clone();
            longer.push(column);
            found.push(Way {
                to: target,
                path: longer.clone(),
            });
            open.insert(0, (target, longer));
        }
    }
    found
}

/// Whether a way from a more particular row leads to what a column means.
fn fits(
    reader: &Reader<'_, '_>,
    table: TableId,
    upper: ColumnId,
    lower: TableId,
    way: &Way,
) -> bool {
    if is_shared(reader, way.to) {
        return false;
    }
    // A landlord is no tenant, though both are parties.
    let own = class(reader, table, upper, way.to);
    if own.is_some()
        && let Some((at, column)) = last_of(reader, lower, way)
        && class(reader, at, column, way.to) != own
    {
        return false;
    }
    if !is_people(&reader.table_name(way.to)) {
        return true;
    }
    // People act on what isn't theirs: only the same word means the same person.
    let Some(last) = last_of(reader, lower, way) else {
        return false;
    };
    // `tenant of the lease`.
    let own = reader.column(table, upper).name.clone();
    let said = &reader.name(table, upper).text;
    let said = said.split_once(" of ").map(|(word, _)| word);
    let said = said.map(|word| format!("{}_id", word.trim_start_matches("the ")));
    let last = &reader.column(last.0, last.1).name;
    let name = reader.table_name(table);
    let is_client = ["customer", "patient", "client", "student", "guest"]
        .iter()
        .any(|word| own.contains(word));
    (own == *last || said.as_ref() == Some(last))
        && (is_client || !SOCIAL.contains(&crate::plan::names::singular(name.last()).as_str()))
}

/// The last table and column of a way.
fn last_of(reader: &Reader<'_, '_>, from: TableId, way: &Way) -> Option<(TableId, ColumnId)> {
    let mut at = from;
    let mut last = None;
    for &column in &way.path {
        last = Some((at, column));
        at = reader.reference(at, column)?.table;
    }
    last
}

/// Whether two ways lead to the person to whom both rows belong: the customer's invoice is paid with the customer's card.
fn is_whose(
    reader: &Reader<'_, '_>,
    first: TableId,
    way: &Way,
    second: TableId,
    other: &Way,
) -> bool {
    let one = reader.one_of(way.to);
    let belongs = matches!(
        one.rsplit('_').next().unwrap_or(&one),
        "customer"
            | "client"
            | "patient"
            | "policyholder"
            | "subscriber"
            | "guest"
            | "payer"
            | "borrower"
            | "resident"
            | "tenant"
            | "student"
            | "guardian"
            | "employee"
            | "donor"
    );
    let ([back], [other_back]) = (way.path.as_slice(), other.path.as_slice()) else {
        return false;
    };
    belongs
        && !is_people(&reader.table_name(first))
        && !is_people(&reader.table_name(second))
        && reader.name(first, *back).own.whole == reader.name(second, *other_back).own.whole
        && !reader.is_nullable(first, *back)
        && !reader.is_nullable(second, *other_back)
}

pub(super) fn is_shared(reader: &Reader<'_, '_>, table: TableId) -> bool {
    let name = reader.table_name(table);
    // Types of rooms that each hotel has for itself are not everybody's.
    let is_owned = || {
        reader.references(table).iter().any(|(column, target)| {
            let owner = reader.table_name(*target);
            *target != table
                && !reader.is_nullable(table, *column)
                && !is_people(&owner)
                && !SHARED.contains(&crate::plan::names::singular(owner.last()).as_str())
        })
    };
    SHARED.contains(&crate::plan::names::singular(name.last()).as_str()) && !is_owned()
}

/// The class of the row that a column's name means: `physician_id` is a row whose `type` is `Physician`.
pub(super) fn class(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    target: TableId,
) -> Option<Class> {
    let parts = &reader.name(table, column).own;
    let stem = parts.prefix_before("id").unwrap_or(&parts.whole);
    reader
        .columns(target)
        .filter(|&kind| {
            let name = reader.name(target, kind);
            name.whole_is(&[
                "type",
                "role",
                "kind",
                "position",
                "job",
                "occupation",
                "category",
                "staff_type",
                "user_type",
                "account_type",
            ])
        })
        .find_map(|kind| {
            labels(reader, target, kind)
                .into_iter()
                .find_map(|(text, word)| {
                    let word = NameParts::new(&word).whole;
                    (word == stem || stem.ends_with(&format!("_{word}")))
                        .then_some(Class { column: kind, text })
                })
        })
}

fn is_unique(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    // A place that is counted within a parent leaves the parent free, and so does the number of a try.
    let is_counted = |set: &UniqueSet| {
        let mut columns = set.columns.iter();
        let is_place = set.columns.len() == 2
            && set.columns.iter().any(|&other| {
                other != column
                    && reader.reference(table, other).is_none()
                    && reader.facts[table].reference_of[other].is_none()
            });
        is_place || columns.any(|&own| super::sequences::is_attempt(reader, table, own))
    };
    reader.facts[table].unique_sets.iter().any(|set| {
        set.columns.contains(&column)
            && !reader.story.tables[table].kept_sets.contains(&set.name)
            && !is_counted(set)
    }) || reader.facts[table].per.is_some()
}
