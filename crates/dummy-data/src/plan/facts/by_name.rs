//! What columns' names say of other tables and columns where no constraint does: `user_id` means a row of `users`, and
//! `ends_at` comes after `starts_at`.

use crate::check::{Bound, ColumnRelation, Comparison};
use crate::ids::{ColumnId, SchemaTables, TableColumns, TableId};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::following::domain_of_checks;
use crate::plan::facts::table::{Choosing, Reference, reach};
use crate::plan::facts::uniques::UniqueSet;
use crate::plan::names::{NameParts, singular};
use crate::plan::story::words::numbered_labels;
use value_model::{Schema, Table, ValueType};

/// `user_id` without a foreign key still means a row of `users`.
pub(crate) fn add_references_by_name(schema: &Schema, facts: &mut Duties<'_>) {
    let table = facts.table;
    for (position, column) in table.columns_with_ids() {
        // What tells the table's own rows apart is counted.
        let own_key = table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns == [column.name.clone()]);
        if facts.reference_of[position].is_some()
            || facts.left_out[position].is_some()
            || facts.always_null[position].is_some()
            || facts.rules.domains.contains_key(&column.name)
            || facts.source(position).is_some()
            || column.data_type.array
            || own_key
        {
            continue;
        }
        let parts = NameParts::new(&column.name);
        let Some(stem) = parts.prefix_before("id").filter(|stem| !stem.is_empty()) else {
            continue;
        };
        if table
            .columns
            .iter()
            .any(|other| NameParts::new(&other.name).whole == format!("{stem}_type"))
        {
            continue;
        }
        let of_comment = || {
            let comment = column.comment.as_deref()?.to_lowercase();
            // `an official`; `tenant of the lease`.
            table_of_comment(schema, &comment).or_else(|| {
                let (word, _) = comment.split_once(" of ")?;
                table_named(schema, table, word.trim_start_matches("the "))
            })
        };
        let Some(parent) = table_named(schema, table, stem).or_else(of_comment) else {
            continue;
        };
        let Some([key]) = schema.tables[parent]
            .primary_key
            .as_ref()
            .map(|key| key.columns.as_slice())
        else {
            continue;
        };
        let Some(referenced) = schema.tables[parent].column_id(key) else {
            continue;
        };
        if same_family(
            &schema.tables[parent].columns[referenced].data_type.kind,
            &column.data_type.kind,
        ) {
            facts.add_reference(Reference {
                constraint: None,
                columns: vec![position],
                candidate_keys: vec![vec![position]],
                table: parent,
                referenced: vec![referenced],
                reach: reach(std::iter::once(column)),
                targets: Vec::new(),
                choosing: Choosing::Freely,
            });
        }
    }
}

/// A day of the week that must differ is one of seven all the same.
pub(crate) fn add_days_of_the_week(facts: &mut Duties<'_>) {
    let table = facts.table;
    for (position, column) in table.columns_with_ids() {
        let is_day = matches!(
            NameParts::new(&column.name).whole.as_str(),
            "day_of_week" | "weekday" | "week_day" | "wday" | "dow" | "day_of_the_week"
        );
        let must_differ = facts
            .unique_sets
            .iter()
            .any(|set| set.columns.contains(&position));
        if !must_differ
            || !matches!(
                column.data_type.kind,
                ValueType::SmallInt | ValueType::Integer | ValueType::BigInt
            )
            || facts.reference_of[position].is_some()
            || facts.rules.domains.contains_key(&column.name)
        {
            continue;
        }
        // Numbers with a meaning each are those numbers.
        let comment = column.comment.as_deref().unwrap_or("");
        let labels = numbered_labels(comment);
        if labels.len() > 2 {
            let numbers = labels.iter().map(|(number, _)| number.to_string());
            let domain = facts.rules.domains.entry(column.name.clone()).or_default();
            domain.one_of = Some(numbers.collect());
            continue;
        }
        if !is_day {
            continue;
        }
        // `1 = Monday, 7 = Sunday` counts from one.
        let from_one = comment.contains('7') && !comment.contains('0');
        let (least, greatest) = if from_one { ("1", "7") } else { ("0", "6") };
        let domain = facts.rules.domains.entry(column.name.clone()).or_default();
        domain.least = Some(Bound::new(least, false));
        domain.greatest = Some(Bound::new(greatest, false));
    }
}

/// The table of whose rows a comment speaks first: `an official`, `the member who brought this one`.
fn table_of_comment(schema: &Schema, comment: &str) -> Option<TableId> {
    let mut words = comment.split(|one: char| !one.is_ascii_alphanumeric());
    matches!(words.next()?, "a" | "an" | "the")
        .then(|| words.next())
        .flatten()
        .and_then(|noun| schema.find_table(|table| singular(&table.name.name) == noun))
}

/// The table whose rows a name such as `user`, `billing_user` or `parent` speaks of.
fn table_named(schema: &Schema, own: &Table, stem: &str) -> Option<TableId> {
    let own_position = schema.find_table(|table| table.name == own.name);
    if matches!(
        stem,
        "parent" | "previous" | "next" | "root" | "original" | "ancestor"
    ) {
        return own_position;
    }
    let mut rest = stem;
    loop {
        let found = schema
            .find_table(|table| table.name.name == rest || singular(&table.name.name) == rest);
        let found = found.or_else(|| prefixed(schema, own, rest));
        if found.is_some() {
            return found;
        }
        match rest.split_once('_') {
            Some((_, shorter)) => rest = shorter,
            None => break,
        }
    }
    if let Some(found) = of_class(schema, stem) {
        return Some(found);
    }
    matches!(
        stem,
        "owner"
            | "author"
            | "creator"
            | "editor"
            | "assignee"
            | "manager"
            | "sender"
            | "recipient"
            | "reviewer"
            | "approver"
            | "inviter"
            | "follower"
            | "followed"
            | "created_by"
            | "updated_by"
            | "member"
    )
    .then(|| schema.find_table(|table| table.name.name == "users"))?
}

/// The table whose rows are of several classes, of which a name is one: `tenant` of `parties` with the type `Tenant`.
fn of_class(schema: &Schema, stem: &str) -> Option<TableId> {
    let class: String = stem
        .split('_')
        .map(|word| {
            let mut characters = word.chars();
            let first = characters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(characters).collect::<String>()
        })
        .collect();
    let mut all = schema.table_ids().filter(|&place| {
        let table = &schema.tables[place];
        table.column("type").is_some()
            && domain_of_checks(table, "type")
                .one_of
                .is_some_and(|labels| labels.contains(&class))
    });
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// The table that a name means where an application puts its own before all of them: `site` is a row of `wms_sites`.
fn prefixed(schema: &Schema, own: &Table, stem: &str) -> Option<TableId> {
    let fits = |table: &Table| {
        let one = singular(&table.name.name);
        one.strip_suffix(stem)
            .is_some_and(|before| before.ends_with('_') && before.len() > 1)
    };
    let (prefix, _) = own
        .name
        .name
        .split_once('_')
        .unwrap_or((own.name.name.as_str(), ""));
    let alike = |table: &Table| {
        singular(&table.name.name)
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix('_'))
            == Some(stem)
    };
    if let Some(found) = schema.find_table(alike) {
        return Some(found);
    }
    let mut all = schema.table_ids().filter(|&place| {
        let table = &schema.tables[place];
        // A single word before it; `order` isn't `purchase_order`.
        let (before, _) = table.name.name.split_once('_').unwrap_or(("", ""));
        let shared = schema
            .tables
            .iter()
            .filter(|other| other.name.name.starts_with(&format!("{before}_")))
            .count();
        fits(table) && before.len() <= 8 && shared >= 2 && {
            let one = singular(&table.name.name);
            one.len() == before.len() + 1 + stem.len()
        }
    });
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

fn same_family(left: &ValueType, right: &ValueType) -> bool {
    let integer = |kind: &ValueType| {
        matches!(
            kind,
            ValueType::SmallInt | ValueType::Integer | ValueType::BigInt
        )
    };
    (integer(left) && integer(right))
        || (matches!(left, ValueType::Uuid) && matches!(right, ValueType::Uuid))
}

/// Pairs whose names say which comes first: `starts_at` and `ends_at`, `min_price` and `max_price`.
pub(crate) fn add_orders_by_name(facts: &mut Duties<'_>) {
    const PAIRS: [(&str, &str); 19] = [
        ("begins", "ends"),
        ("began", "ended"),
        ("arrival", "departure"),
        ("checkin", "checkout"),
        ("lower", "upper"),
        ("starts", "ends"),
        ("start", "end"),
        ("started", "ended"),
        ("started", "finished"),
        ("started", "completed"),
        ("start", "finish"),
        ("from", "to"),
        ("from", "until"),
        ("since", "until"),
        ("begin", "end"),
        ("opened", "closed"),
        ("opens", "closes"),
        ("min", "max"),
        ("minimum", "maximum"),
    ];
    let table = facts.table;
    for earlier in &table.columns {
        let words = NameParts::new(&earlier.name).words;
        for (first, second) in PAIRS {
            let Some(place) = words.iter().position(|word| word == first) else {
                continue;
            };
            let mut wanted = words.clone();
            second.clone_into(&mut wanted[place]);
            let wanted = wanted.join("_");
            let Some(later) = table.columns.iter().find(|column| {
                NameParts::new(&column.name).whole == wanted
                    && column.data_type == earlier.data_type
            }) else {
                continue;
            };
            let related = facts
                .rules
                .relations
                .iter()
                .any(|relation| relation.is_between(&later.name, &earlier.name));
            if !related {
                facts.rules.relations.push(ColumnRelation {
                    left: later.name.clone(),
                    operator: Comparison::AtLeast,
                    right: earlier.name.clone(),
                });
            }
        }
    }
}

/// Two columns of a row that mean different rows: sender and recipient, follower and followed, author and reviewer.
const DIFFERENT: [(&str, &str); 53] = [
    ("user", "approver"),
    ("user", "approved_by"),
    ("user", "reviewed_by"),
    ("requester", "reviewed_by"),
    ("applicant", "approver"),
    ("applicant", "approved_by"),
    ("operator", "approved_by"),
    ("student", "graded_by"),
    ("learner", "grader"),
    ("actor", "recipient"),
    ("driver", "co_driver"),
    ("caller", "callee"),
    ("lender", "borrower"),
    ("from_site", "to_site"),
    ("from_warehouse", "to_warehouse"),
    ("sender", "recipient"),
    ("sender", "receiver"),
    ("from", "to"),
    ("follower", "followed"),
    ("follower", "followee"),
    ("follower", "following"),
    ("requester", "addressee"),
    ("requester", "receiver"),
    ("requester", "approver"),
    ("requester", "approved_by"),
    ("requested_by", "approved_by"),
    ("inviter", "invitee"),
    ("blocker", "blocked"),
    ("referrer", "referred"),
    ("referrer", "referee"),
    ("payer", "payee"),
    ("buyer", "seller"),
    ("winner", "loser"),
    ("home", "away"),
    ("home_team", "away_team"),
    ("source", "target"),
    ("source", "destination"),
    ("origin", "destination"),
    ("mentor", "mentee"),
    ("reporter", "reported"),
    ("author", "reviewer"),
    ("author", "reviewed_by"),
    ("author", "editor"),
    ("author", "approved_by"),
    ("created_by", "approved_by"),
    ("created_by", "reviewed_by"),
    ("submitter", "approver"),
    ("submitted_by", "approved_by"),
    ("employee", "approver"),
    ("employee", "approved_by"),
    ("user", "friend"),
    ("debit_account", "credit_account"),
    ("from_account", "to_account"),
];

/// Adds what must differ by its name, and that those who are joined are joined once.
pub(crate) fn add_differences_by_name(facts: &mut Duties<'_>) {
    let table = facts.table;
    let keys: Vec<(ColumnId, TableId, String)> = table
        .column_ids()
        .filter_map(|column| {
            let number = facts.reference_of[column]?.reference;
            let reference = &facts.references[number];
            let parts = NameParts::new(&table.columns[column].name);
            let stem = parts.prefix_before("id").unwrap_or(&parts.whole).to_owned();
            (reference.columns.len() == 1
                && reference.targets.is_empty()
                && reference.choosing == Choosing::Freely)
                .then_some((column, reference.table, stem))
        })
        .collect();
    let is_meant = |stem: &str, word: &str| {
        stem == word
            || stem
                .strip_prefix(word)
                .is_some_and(|rest| rest.starts_with('_'))
            || stem
                .strip_suffix(word)
                .is_some_and(|rest| rest.ends_with('_'))
    };
    for (first, to, one) in &keys {
        for (second, other_to, other) in &keys {
            let differ = first != second
                && to == other_to
                && DIFFERENT
                    .iter()
                    .any(|(left, right)| is_meant(one, left) && is_meant(other, right));
            let names = (&table.columns[*first].name, &table.columns[*second].name);
            let related = facts
                .rules
                .relations
                .iter()
                .any(|relation| relation.is_between(names.0, names.1));
            if differ && !related {
                facts.rules.relations.push(ColumnRelation {
                    left: names.0.clone(),
                    operator: Comparison::NotEqual,
                    right: names.1.clone(),
                });
            }
        }
    }
    // A table that does nothing but join two rows.
    if let [(first, ..), (second, ..)] = keys.as_slice()
        && table.columns_with_ids().all(|(position, column)| {
            position == *first
                || position == *second
                || crate::plan::facts::table::is_name(column)
                || (matches!(column.data_type.kind, ValueType::Timestamp { .. })
                    && matches!(column.name.as_str(), "created_at" | "updated_at"))
        })
        && facts.never_null[*first]
        && facts.never_null[*second]
        && facts.per.is_none()
        && !facts
            .unique_sets
            .iter()
            .any(|set| set.columns.contains(first) || set.columns.contains(second))
    {
        let set = UniqueSet::implied(&table.name.name, vec![*first, *second]);
        facts.unique_sets.push(set);
    }
}
