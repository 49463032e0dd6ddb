//! An array as one text: `'{draft,"paid, late"}'`, as dumps and people write it in place of `ARRAY[…]`.

/// The elements of a flat array's text, without its NULLs; none for what isn't one.
pub fn elements(text: &str) -> Option<Vec<String>> {
    let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut elements = Vec::new();
    let mut characters = inside.chars().peekable();
    if inside.trim().is_empty() {
        return Some(elements);
    }
    loop {
        let mut element = String::new();
        while characters
            .next_if(|character| character.is_whitespace())
            .is_some()
        {}
        if characters.next_if_eq(&'"').is_some() {
            loop {
                match characters.next()? {
                    '"' => break,
                    '\\' => element.push(characters.next()?),
                    other => element.push(other),
                }
            }
            while characters
                .next_if(|character| character.is_whitespace())
                .is_some()
            {}
            elements.push(element);
        } else {
            while let Some(character) = characters.next_if(|&character| character != ',') {
                match character {
                    '{' | '}' | '"' => return None,
                    '\\' => element.push(characters.next()?),
                    other => element.push(other),
                }
            }
            let element = element.trim_end();
            if element.is_empty() {
                return None;
            }
            if !element.eq_ignore_ascii_case("null") {
                elements.push(element.to_owned());
            }
        }
        match characters.next() {
            None => return Some(elements),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[track_caller]
    fn check(text: &str, expected: Option<&[&str]>) {
        let found = elements(text);
        let found: Option<Vec<&str>> = found
            .as_ref()
            .map(|found| found.iter().map(String::as_str).collect());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn elements_are_read_as_the_server_reads_them() {
        check("{a,b}", Some(&["a", "b"]));
        check(" { a b , NULL ,c} ", Some(&["a b", "c"]));
        check(
            r#"{"a, b","say \"x\"",\{}"#,
            Some(&["a, b", r#"say "x""#, "{"]),
        );
        check(r#"{"NULL",""}"#, Some(&["NULL", ""]));
        check("{}", Some(&[]));
    }

    #[test]
    fn what_is_no_flat_array_isnt_read() {
        for text in [
            "a,b",
            "{{a},{b}}",
            "{a,}",
            r#"{"a}"#,
            r#"{"a"b}"#,
            "[2:3]={a,b}",
        ] {
            check(text, None);
        }
    }
}
