//! What stands beside the copy of a name: the e-mail address, the telephone number of the same row.

use crate::ids::TableId;
use crate::plan::story::Relation;
use crate::plan::story::reader::Reader;

/// What stands beside the copy of a name under the same word is of the same row: `recipient_email` beside `recipient_name`.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if !reader.is_text(table, column) || reader.is_unique(table, column) {
            continue;
        }
        let name = reader.name(table, column).own.clone();
        let Some((word, rest)) = name.words.split_first() else {
            continue;
        };
        let rest = rest.join("_");
        if !matches!(
            rest.as_str(),
            "email"
                | "email_address"
                | "phone"
                | "phone_number"
                | "mobile"
                | "company"
                | "kana"
                | "name_kana"
                | "postal_code"
                | "city"
                | "street"
        ) {
            continue;
        }
        let via = reader.columns(table).find_map(|other| {
            let own = &reader.name(table, other).own.whole;
            let is_name = ["name", "full_name"]
                .iter()
                .any(|end| *own == format!("{word}_{end}"));
            match reader.story.tables[table].relations.get(&other) {
                Some((Relation::Copy { via, .. }, _)) if is_name => Some(*via),
                _ => None,
            }
        });
        let Some(via) = via else {
            continue;
        };
        let Some(target) = reader
            .reference(table, via)
            .map(|reference| reference.table)
        else {
            continue;
        };
        let of = reader.columns(target).find(|&of| {
            reader.is_text(target, of)
                && reader.name(target, of).whole_is(&[rest.as_str()])
                && (!reader.is_nullable(target, of) || reader.is_nullable(table, column))
        });
        if let Some(of) = of {
            let theirs = &reader.facts[target].table.name;
            let why = format!("the copy of what `{theirs}` has, as the name beside it");
            let relation = Relation::Copy { via, of: vec![of] };
            reader.relate(table, column, relation, why);
        }
    }
}
