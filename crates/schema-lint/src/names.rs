//! How a schema's names are written, and which aren't.

use schema_view::View;

/// A convention is what so many of a hundred names follow.
const NEARLY_ALL: usize = 90;

/// In smaller schemas there is no rest to be told from.
const FEWEST: usize = 10;

/// A way to write a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `order_lines`
    Snake,
    /// `orderLines`
    Camel,
    /// `OrderLines`
    Pascal,
    /// What is none of these.
    Other,
}

impl Style {
    fn name(self) -> &'static str {
        match self {
            Self::Snake => "snake_case",
            Self::Camel => "camelCase",
            Self::Pascal => "PascalCase",
            Self::Other => "none of the usual ways",
        }
    }
}

/// How a name is written; none for one that is written so in several ways, such as a single word.
fn style(name: &str) -> Option<Style> {
    let has_upper = name.chars().any(char::is_uppercase);
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    if !name.chars().all(is_word) {
        return Some(Style::Other);
    }
    // Letters without capitals, as Japanese has them, follow any convention.
    if !name.is_ascii() && !has_upper {
        return None;
    }
    match (has_upper, name.contains('_')) {
        (false, true) => Some(Style::Snake),
        (false, false) => None,
        (true, true) => Some(Style::Other),
        (true, false) if name.starts_with(char::is_uppercase) => Some(Style::Pascal),
        (true, false) => Some(Style::Camel),
    }
}

/// The tables and columns whose names are written otherwise than nearly all, each with what to say of it.
pub(crate) fn odd(view: &View) -> Vec<(usize, Option<usize>, String)> {
    let mut found = Vec::new();
    let tables: Vec<(usize, Option<usize>, &str)> = view
        .tables
        .iter()
        .enumerate()
        .map(|(at, table)| {
            let name = table.name.as_str();
            let name = match &table.schema {
                Some(schema) => name
                    .strip_prefix(schema.as_str())
                    .map_or(name, |rest| &rest[1..]),
                None => name,
            };
            (at, None, name)
        })
        .collect();
    let columns: Vec<(usize, Option<usize>, &str)> = view
        .tables
        .iter()
        .enumerate()
        .flat_map(|(at, table)| {
            let columns = table.columns.iter().enumerate();
            columns.map(move |(column, one)| (at, Some(column), one.name.as_str()))
        })
        .collect();
    for (kind, names) in [("tables", &tables), ("columns", &columns)] {
        let styled: Vec<_> = names
            .iter()
            .filter_map(|(table, column, name)| Some((*table, *column, style(name)?)))
            .collect();
        let most = [Style::Snake, Style::Camel, Style::Pascal]
            .into_iter()
            .map(|style| (styled.iter().filter(|one| one.2 == style).count(), style))
            .max_by_key(|(count, _)| *count);
        let Some((count, convention)) = most else {
            continue;
        };
        if styled.len() < FEWEST || count * 100 < styled.len() * NEARLY_ALL {
            continue;
        }
        found.extend(styled.into_iter().filter(|one| one.2 != convention).map(
            |(table, column, style)| {
                let message = format!(
                    "its name is in {}, and nearly all {kind} are in {}",
                    style.name(),
                    convention.name()
                );
                (table, column, message)
            },
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Style, style};

    #[test]
    fn a_name_tells_how_it_is_written() {
        assert_eq!(style("order_lines"), Some(Style::Snake));
        assert_eq!(style("orderLines"), Some(Style::Camel));
        assert_eq!(style("OrderLines"), Some(Style::Pascal));
        assert_eq!(style("Order_lines"), Some(Style::Other));
        assert_eq!(style("order-lines"), Some(Style::Other));
        assert_eq!(style("orders"), None);
        assert_eq!(style("注文"), None);
    }
}
