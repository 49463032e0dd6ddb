//! Any text as an identifier and as a literal, read back by the rules of PostgreSQL's scanner (`scan.l`,
//! with `standard_conforming_strings = on`): one token, on one line, that says the same text.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    // PostgreSQL holds no NUL in any text; what comes here has none.
    if text.contains('\0') {
        return;
    }
    let literal = pg_sql::literal(text);
    assert!(!literal.contains(['\n', '\r']), "a literal of two lines");
    assert_eq!(read_literal(&literal).as_deref(), Some(text), "{literal}");
    let identifier = pg_sql::identifier(text);
    assert_eq!(
        read_identifier(&identifier).as_deref(),
        Some(text),
        "{identifier}"
    );
});

/// What PostgreSQL reads in a literal; none when it isn't one literal from end to end.
fn read_literal(sql: &str) -> Option<String> {
    let (escapes, rest) = match sql.strip_prefix('E') {
        Some(rest) => (true, rest),
        None => (false, sql),
    };
    let inner = rest.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                (characters.next()? == '\'').then_some(())?;
                text.push('\'');
            }
            '\\' if escapes => text.push(match characters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let digits: String = characters.by_ref().take(4).collect();
                    (digits.len() == 4).then_some(())?;
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                other => other,
            }),
            other => text.push(other),
        }
    }
    Some(text)
}

/// What PostgreSQL reads in an identifier; none when it isn't one identifier from end to end.
fn read_identifier(sql: &str) -> Option<String> {
    if let Some(rest) = sql.strip_prefix('"') {
        let inner = rest.strip_suffix('"')?;
        let mut text = String::new();
        let mut characters = inner.chars();
        while let Some(character) = characters.next() {
            if character == '"' && characters.next()? != '"' {
                return None;
            }
            text.push(character);
        }
        return Some(text);
    }
    let mut characters = sql.chars();
    let starts = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    let goes_on = characters.all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '$'));
    (starts && goes_on).then(|| sql.to_ascii_lowercase())
}
