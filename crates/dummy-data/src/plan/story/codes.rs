//! Codes and names that are made of others or have a form of their own: the beginning of a token, the parts of a version,
//! letters of a list, addresses of network cards, the name of a person or a company.

use crate::check::Domain;
use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::text_limit;
use crate::plan::story::reader::Reader;
use crate::plan::story::texts::relate_unique;
use crate::plan::story::{Expr, Relation, TextRole};

/// Finds the codes of a table.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if reader.is_text(table, column) {
            network_card(reader, table, column);
            beginning(reader, table, column);
            version(reader, table, column);
            letter(reader, table, column);
        }
    }
}

fn limit(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> Option<usize> {
    text_limit(reader.column(table, column), &Domain::default())
}

/// The address of a network card: those that are administered locally belong to nobody (IEEE 802-2014, 8.2.2).
fn network_card(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column);
    let is_so = name.is(&[
        "mac_address",
        "mac_addr",
        "mac",
        "hardware_address",
        "ethernet_address",
        "bssid",
        "wifi_mac",
    ]) && limit(reader, table, column).is_none_or(|limit| limit >= 17);
    let own = &reader.column(table, column).name;
    if is_so && !reader.facts[table].rules.domains.contains_key(own) {
        let why = "the address of a network card, another one in each row";
        relate_unique(reader, table, column, TextRole::NetworkCard, why);
    }
}

/// `prefix` beside `token`, where the comment says that it is how that begins.
fn beginning(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    const STARTS: &[&str] = &[
        "first characters of ",
        "first letters of ",
        "first digits of ",
        "beginning of ",
        "start of ",
        "prefix of ",
    ];
    let name = reader.name(table, column).clone();
    let text = name.text.strip_prefix("the ").unwrap_or(&name.text);
    let is_code = |other: ColumnId| {
        other != column
            && reader.is_text(table, other)
            && !reader.is_nullable(table, other)
            && reader
                .name(table, other)
                .has(&["token", "key", "secret", "code", "number", "sha", "hash"])
    };
    let counted = text
        .strip_prefix("first ")
        .and_then(|rest| rest.split_once(' '))
        .and_then(|(number, rest)| Some((number.parse::<usize>().ok()?, rest)))
        .and_then(|(number, rest)| {
            let rest = rest
                .strip_prefix("characters of ")
                .or_else(|| rest.strip_prefix("letters of "))
                .or_else(|| rest.strip_prefix("digits of "))?;
            Some((number, rest))
        });
    let said = counted
        .map(|(_, rest)| rest)
        .or_else(|| STARTS.iter().find_map(|start| text.strip_prefix(start)));
    let of = match said {
        Some(rest) => super::remarks::named(reader, table, rest, &|other| {
            other != column && reader.is_text(table, other)
        }),
        // Without a comment only what can't be anything else.
        None if name.whole_is(&["token_prefix", "key_prefix"]) => {
            reader.columns(table).find(|&other| is_code(other))
        }
        None => None,
    };
    let Some(of) = of else {
        return;
    };
    let most = limit(reader, table, column).unwrap_or(8).min(8);
    let length = counted.map_or(most, |(number, _)| number);
    if limit(reader, table, column).is_none_or(|limit| limit >= length) {
        let why = format!("how `{}` begins", reader.column(table, of).name);
        let role = TextRole::Beginning(of, length);
        reader.relate(table, column, Relation::Text(role), why);
    }
}

/// A version beside its parts.
fn version(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    if !reader
        .name(table, column)
        .is(&["version", "version_number", "version_string"])
    {
        return;
    }
    let part = |names: &[&str]| {
        reader.columns(table).find(|&other| {
            reader.is_whole(table, other)
                && !reader.is_nullable(table, other)
                && reader.name(table, other).whole_is(names)
        })
    };
    let major = part(&["major", "major_version", "version_major"]);
    let minor = part(&["minor", "minor_version", "version_minor"]);
    let patch = part(&[
        "patch",
        "patch_version",
        "version_patch",
        "build",
        "revision",
    ]);
    let (Some(major), Some(minor)) = (major, minor) else {
        return;
    };
    let parts: Vec<ColumnId> = [Some(major), Some(minor), patch]
        .into_iter()
        .flatten()
        .collect();
    for (&part, most) in parts[1..].iter().zip([20, 30]) {
        let few = Expr::Random(
            if most == 20 { "minor" } else { "patch" },
            0,
            most,
            crate::story::ONE,
            true,
        );
        reader.relate(table, part, Relation::Value(few), "a part of a version");
    }
    let why = "its parts with dots between them";
    reader.relate(
        table,
        column,
        Relation::Text(TextRole::Joined(".", parts)),
        why,
    );
}

/// `A, B, C` beside a place in a list.
fn letter(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column);
    let says = name.text.to_uppercase();
    let is_list = ["A, B, C", "A,B,C", "A B C", "A/B/C", "A、B、C", "A・B・C"]
        .iter()
        .any(|list| says.starts_with(list));
    if !is_list || reader.is_unique(table, column) {
        return;
    }
    let place = reader.columns(table).find(|&place| {
        reader.is_whole(table, place)
            && !reader.is_nullable(table, place)
            && reader.name(table, place).is(&[
                "position",
                "number",
                "ordinal",
                "sort_order",
                "display_order",
                "sequence",
                "index",
            ])
    });
    let number = match (place, reader.owner(table)) {
        (Some(place), _) => Expr::Column(place).minus(Expr::whole(1)),
        (None, Some(via)) => Expr::Rank(via),
        (None, None) => return,
    };
    let number = Expr::Greatest(vec![number, Expr::Number(0)]);
    let letters = ('A'..='Z').map(String::from).collect();
    reader.relate(
        table,
        column,
        Relation::Text(TextRole::OneOf(number, letters)),
        "the letter of its place",
    );
}

/// The name of what is a person or a company: the names of the one, or what the other is called.
pub(super) fn of_either(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    (given, family): (ColumnId, ColumnId),
) {
    let only_some = |column: ColumnId| {
        // Comments that say so are read after this.
        reader.name(table, column).text.contains(" only")
            || matches!(
                reader.story.tables[table].relations.get(&column),
                Some((Relation::OnlyIf(_), _))
            )
    };
    let company = reader.columns(table).find(|&company| {
        reader.is_text(table, company)
            && reader.is_nullable(table, company)
            && company != column
            && reader.name(table, company).whole_is(&[
                "company_name",
                "company",
                "organization_name",
                "organisation_name",
                "corporate_name",
                "business_name",
                "legal_name",
            ])
    });
    let Some(company) = company.filter(|&company| only_some(company)) else {
        return;
    };
    let is_company = Expr::Known(Box::new(Expr::Column(company)));
    // Who has a company's name has none of a person, whatever nobody said of that.
    for name in [given, family] {
        if reader.is_nullable(table, name) {
            let relations = &mut reader.story.tables[table].relations;
            relations.entry(name).or_insert_with(|| {
                let only = Relation::OnlyIf(Expr::Not(Box::new(is_company.clone())));
                (only, "only where it is a person".to_owned())
            });
        }
    }
    let parts = if reader.request.locale == crate::locale::Locale::Japanese {
        vec![family, given]
    } else {
        vec![given, family]
    };
    if !reader.is_unique(table, column) {
        reader.relate(
            table,
            column,
            Relation::Text(TextRole::Either(is_company, company, parts)),
            "what the person or the company is called",
        );
    }
}
