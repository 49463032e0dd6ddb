//! Keys of lines to their documents, to a row's own children, and to rows of the same table.

use crate::ids::{ColumnId, TableId};
use crate::plan::columns::text_rules::is_people;
use crate::plan::story::keys::{Agreement, class, is_shared, sentence, ways};
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::{Expr, Relation};

/// Lines are written together with what they belong to.
pub(crate) fn find_lines(reader: &mut Reader<'_, '_>, table: TableId) {
    let name = reader.table_name(table);
    let last = crate::plan::names::singular(name.last());
    let is_line = matches!(
        last.as_str(),
        "item" | "line" | "detail" | "row" | "charge" | "ticket" | "passenger"
    ) || name.whole.ends_with("明細");
    if !is_line || reader.rows(table) > MOST_ROWS || reader.facts[table].per.is_some() {
        return;
    }
    let Some(owner) = reader.owner(table) else {
        return;
    };
    let Some(reference) = reader.reference(table, owner) else {
        return;
    };
    let target = reference.table;
    let one = reader.one_of(target);
    let of = one.rsplit('_').next().unwrap_or(&one);
    let is_whole = name.whole.starts_with(&one)
        || (name.words.len() > 1
            && one.split('_').next() == name.words.first().map(String::as_str))
        || name
            .words
            .iter()
            .any(|word| crate::plan::names::singular(word) == *of)
        || matches!(
            of,
            "order"
                | "invoice"
                | "bill"
                | "receipt"
                | "quote"
                | "cart"
                | "shipment"
                | "delivery"
                | "sale"
                | "purchase"
                | "estimate"
                | "booking"
                | "reservation"
        );
    let fixed = reader.facts[table].unique_sets.iter().any(|set| {
        set.columns.contains(&owner) && !reader.story.tables[table].kept_sets.contains(&set.name)
    });
    if !is_whole || fixed || reader.is_nullable(table, owner) {
        return;
    }
    close(reader, table, owner, (target, 1));
}

/// Lets rows be written together with what they belong to, so many at once.
pub(super) fn close(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    owner: ColumnId,
    (target, together): (TableId, u64),
) {
    // What other keys want to find there stays wanted.
    let requirements = match reader.story.tables[table].agreements.get(&owner) {
        None => Vec::new(),
        Some((
            Agreement::Fitting {
                requirements,
                class: None,
            },
            _,
        )) => requirements.clone(),
        Some(_) => return,
    };
    let agreement = Agreement::Close {
        together,
        requirements,
    };
    let why = sentence(reader, table, &agreement, target);
    reader.story.tables[table]
        .agreements
        .insert(owner, (agreement, why));
}

/// Keys that point to rows that point back: those are the row's own.
pub(super) fn own_children(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    references: &[(ColumnId, TableId)],
) {
    for &(column, target) in references {
        if target == table
            || !reader.facts[table]
                .unique_sets
                .iter()
                .all(|set| !set.columns.contains(&column))
        {
            continue;
        }
        let parts = reader.name(table, column).own.clone();
        let back: Vec<ColumnId> = reader
            .references(target)
            .into_iter()
            .filter(|(back, to)| *to == table && !reader.is_nullable(target, *back))
            .map(|(back, _)| back)
            .collect();
        let is_people_of_it = parts.has_any(&[
            "owner",
            "creator",
            "admin",
            "leader",
            "captain",
            "head",
            "host",
            "president",
            "chair",
            "representative",
            "lead",
            "organizer",
            "organiser",
        ]);
        if let [back] = back.as_slice()
            && reader.is_nullable(table, column)
        {
            let newest = parts.has_any(&[
                "last",
                "latest",
                "current",
                "newest",
                "recent",
                "active",
                "published",
            ]);
            let agreement = Agreement::OwnChild(target, *back, newest);
            let why = sentence(reader, table, &agreement, target);
            reader.story.tables[table]
                .agreements
                .insert(column, (agreement, why));
        } else if is_people_of_it && back.is_empty() {
            let join = reader.facts.keys().find_map(|join| {
                if join == table || join == target || reader.facts[join].no_rows.is_some() {
                    return None;
                }
                let keys = reader.references(join);
                let to = |wanted: TableId| {
                    keys.iter()
                        .find(|(key, to)| *to == wanted && !reader.is_nullable(join, *key))
                };
                let (own, _) = to(table)?;
                let (other, _) = to(target)?;
                let both = reader.facts[join]
                    .unique_sets
                    .iter()
                    .any(|set| set.columns.contains(own) && set.columns.contains(other));
                both.then_some((join, *own, *other))
            });
            if let Some((join, own, other)) = join {
                let agreement = Agreement::OfChild(join, own, other);
                let why = sentence(reader, table, &agreement, target);
                reader.story.tables[table]
                    .agreements
                    .insert(column, (agreement, why));
            }
        }
    }
}

/// Keys to the table's own rows.
pub(super) fn itself(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    references: &[(ColumnId, TableId)],
) {
    for &(column, target) in references {
        if target != table
            || !reader.is_nullable(table, column)
            || reader.facts[table]
                .unique_sets
                .iter()
                .any(|set| set.columns.contains(&column) && set.columns.len() == 1)
        {
            continue;
        }
        let parts = reader.name(table, column).own.clone();
        if parts.has_any(&[
            "previous",
            "next",
            "original",
            "duplicate",
            "merged",
            "replaced",
            "prev",
            "source",
        ]) {
            continue;
        }
        if parts.has_any(&["root", "top"])
            && let Some(up) =
                crate::plan::story::trees::up(reader, table).filter(|&up| up != column)
        {
            let agreement = Agreement::Root(up);
            let why = sentence(reader, table, &agreement, target);
            reader.story.tables[table]
                .agreements
                .insert(column, (agreement, why));
            continue;
        }
        let is_person = is_people(&reader.table_name(table));
        let owner = references
            .iter()
            .filter(|(other, to)| {
                *to != table
                    && !reader.is_nullable(table, *other)
                    && !is_people(&reader.table_name(*to))
                    && !is_shared(reader, *to)
            })
            .max_by_key(|(_, to)| (ways(reader, *to, table).len(), std::cmp::Reverse(*to)))
            .map(|(other, _)| *other)
            .or_else(|| if is_person { None } else { reader.pair(table) });
        // A sensor's gateway is a gateway, and has none itself.
        let class = class(reader, table, column, table);
        if let (Some(class), Some(owner)) = (&class, owner) {
            let is_it = Expr::Is(class.column, vec![class.text.clone()]);
            let relations = &mut reader.story.tables[table].relations;
            relations.entry(column).or_insert_with(|| {
                let why = format!("not where it is {} itself", class.text);
                (Relation::OnlyIf(Expr::Not(Box::new(is_it))), why)
            });
            let agreement = Agreement::Among {
                through: owner,
                path: Vec::new(),
                back: vec![owner],
                class: Some(class.clone()),
            };
            let why = sentence(reader, table, &agreement, target);
            reader.story.tables[table]
                .agreements
                .insert(column, (agreement, why));
            continue;
        }
        let agreement = match owner {
            Some(owner) => Agreement::Sibling(owner),
            None => Agreement::Tree,
        };
        let why = sentence(reader, table, &agreement, target);
        reader.story.tables[table]
            .agreements
            .insert(column, (agreement, why));
    }
}
