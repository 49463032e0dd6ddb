//! Columns that an expression reads as another type: `(ip_address)::inet` in an index asks more of a text than
//! its own type does.

/// The casts of plain columns in an SQL expression: the column, and the type's first word in lower case. Of
/// `((address)::text)::inet` that is `inet` as well as `text`. What is cast otherwise isn't a column.
pub fn casts(expression: &str) -> Vec<(String, String)> {
    let outside = blank_strings(expression);
    let mut found = Vec::new();
    for (place, _) in outside.match_indices("::") {
        let type_name: String = outside[place + 2..]
            .trim_start()
            .chars()
            .take_while(|character| character.is_alphanumeric() || *character == '_')
            .collect();
        if let Some(column) = column_before(&expression[..place])
            && !type_name.is_empty()
        {
            found.push((column, type_name.to_ascii_lowercase()));
        }
    }
    found
}

/// The text with what stands in string literals made blank, so that places stay what they are.
fn blank_strings(text: &str) -> String {
    let mut in_string = false;
    text.chars()
        .flat_map(|character| {
            let quote = character == '\'';
            let blank = in_string && !quote;
            in_string ^= quote;
            std::iter::repeat_n(
                if blank { ' ' } else { character },
                if blank { character.len_utf8() } else { 1 },
            )
        })
        .collect()
}

/// The column that ends here, within any number of parentheses and casts.
fn column_before(text: &str) -> Option<String> {
    let text = text.trim_end();
    if let Some(inside) = text.strip_suffix(')') {
        let mut depth = 1;
        let open = inside.rfind(|character| {
            depth += match character {
                ')' => 1,
                '(' => -1,
                _ => 0,
            };
            depth == 0
        })?;
        // Before the parenthesis of a call stands its function's name.
        if inside[..open].ends_with(|last: char| last.is_alphanumeric() || last == '_') {
            return None;
        }
        let inside = inside[open + 1..].trim();
        let column = match inside.rfind("::") {
            Some(cast)
                if inside[cast + 2..]
                    .chars()
                    .all(|character| character.is_alphanumeric() || " _".contains(character)) =>
            {
                &inside[..cast]
            }
            _ => inside,
        };
        return whole_column(column);
    }
    let start = text
        .rfind(|character: char| !character.is_alphanumeric() && !"_\"".contains(character))
        .map_or(0, |before| {
            before + text[before..].chars().next().map_or(1, char::len_utf8)
        });
    identifier(&text[start..])
}

/// A text that is a column and nothing else, but for parentheses and casts.
fn whole_column(text: &str) -> Option<String> {
    let text = text.trim();
    identifier(text).or_else(|| text.ends_with(')').then(|| column_before(text)).flatten())
}

fn identifier(text: &str) -> Option<String> {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted
            .strip_suffix('"')
            .filter(|name| !name.contains('"'))
            .map(str::to_owned);
    }
    let begins = text.starts_with(|first: char| first.is_alphabetic() || first == '_');
    (begins
        && text
            .chars()
            .all(|character| character.is_alphanumeric() || character == '_'))
    .then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::casts;

    #[track_caller]
    fn check(expression: &str, expected: &[(&str, &str)]) {
        let found = casts(expression);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(column, type_name)| (column.as_str(), type_name.as_str()))
            .collect();
        assert_eq!(found, expected, "{expression}");
    }

    #[test]
    fn columns_are_found_however_they_are_wrapped() {
        check("((ip_address)::inet)", &[("ip_address", "inet")]);
        check("ip_address::inet", &[("ip_address", "inet")]);
        check("(\"Number\" :: INTEGER) > 3", &[("Number", "integer")]);
        check(
            "(((address)::text)::inet)",
            &[("address", "text"), ("address", "inet")],
        );
        check(
            "lower((email)::text), (code)::bigint",
            &[("email", "text"), ("code", "bigint")],
        );
    }

    #[test]
    fn what_is_no_column_isnt_one() {
        check("to_tsvector('english'::regconfig, body)", &[]);
        check("((data ->> 'number'))::integer", &[]);
        check("lower(name)::citext", &[]);
        check("(a || b)::text", &[]);
        check("'it''s (x)::inet'::text = y", &[]);
        check("1::bigint", &[]);
        check("ünïcode::date", &[("ünïcode", "date")]);
        check(")::inet", &[]);
    }
}
