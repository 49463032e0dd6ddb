//! Lists of what columns of business schemas hold, as data: `pools/LANGUAGE/lists.tsv`.

use crate::locale::Locale;
use crate::plan::names::NameParts;
use std::sync::OnceLock;

/// An entry: names and values.
type List = (Vec<&'static str>, Vec<&'static str>);

const ENGLISH: &str = include_str!("../../../../pools/en/lists.tsv");
const JAPANESE: &str = include_str!("../../../../pools/ja/lists.tsv");

fn lists(locale: Locale) -> &'static [List] {
    static ENGLISH_READ: OnceLock<Vec<List>> = OnceLock::new();
    static JAPANESE_READ: OnceLock<Vec<List>> = OnceLock::new();
    let read = |text: &'static str| {
        text.lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .map(|(names, values)| (names.split(' ').collect(), values.split('|').collect()))
            .collect()
    };
    match locale {
        Locale::English => ENGLISH_READ.get_or_init(|| read(ENGLISH)),
        Locale::Japanese => JAPANESE_READ.get_or_init(|| read(JAPANESE)),
    }
}

/// What a column holds by its name, or by that of its table too.
pub(crate) fn list(
    column: &NameParts,
    table: &NameParts,
    locale: Locale,
) -> Option<&'static [&'static str]> {
    // `account_kind` is what `account_type` is.
    let as_type = column.prefix_before("kind").map(|of| format!("{of}_type"));
    let as_type = as_type.as_deref();
    let fits = |name: &&'static str| match name.split_once('.') {
        Some((of, own)) => {
            column.whole == own && (table.whole == of || table.whole.ends_with(&format!("_{of}")))
        }
        None => column.is(&[name]) || as_type == Some(*name),
    };
    lists(locale)
        .iter()
        .find(|(names, _)| names.iter().any(fits))
        .map(|(_, values)| values.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_list_differ() {
        for locale in [Locale::English, Locale::Japanese] {
            for (names, values) in lists(locale) {
                let mut sorted: Vec<String> =
                    values.iter().map(|value| value.to_lowercase()).collect();
                sorted.sort();
                sorted.dedup();
                assert_eq!(sorted.len(), values.len(), "{names:?}");
                assert!(!values.is_empty() && !names.is_empty());
            }
        }
    }

    #[test]
    fn a_table_decides_what_a_kind_is() {
        let of = |table: &str, column: &str| {
            list(
                &NameParts::new(column),
                &NameParts::new(table),
                Locale::English,
            )
            .map(|values| values[0])
        };
        assert_eq!(of("rooms", "kind"), Some("single"));
        assert_eq!(of("hotel_rooms", "type"), Some("single"));
        assert_eq!(of("shipments", "carrier"), Some("FedEx"));
        assert_eq!(of("lamps", "kind"), None);
    }
}
