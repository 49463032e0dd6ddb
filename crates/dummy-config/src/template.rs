//! `{first_name}.{last_name}@example.com`: texts with names in braces.

use dummy_data::{Filter, Located, Problem, Span, TemplatePart};

/// Takes a template apart. `span` is the place of the quoted text in the file.
pub(crate) fn read(
    template: &str,
    raw: &str,
    span: Span,
    problems: &mut Vec<Problem>,
) -> Option<Vec<TemplatePart>> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    let fault = |what: &str| {
        Problem::configured(span, what)
            .hint("a name stands in braces, `{first_name}`; a brace itself is written twice, `{{`")
    };
    while let Some(position) = rest.find(['{', '}']) {
        text.push_str(&rest[..position]);
        let brace = &rest[position..=position];
        let after = &rest[position + 1..];
        if after.starts_with(brace) {
            text.push_str(brace);
            rest = &after[1..];
            continue;
        }
        if brace == "}" {
            problems.push(fault("a closing brace has no opening one"));
            return None;
        }
        let Some(end) = after.find('}') else {
            problems.push(fault("an opening brace is never closed"));
            return None;
        };
        let name = after[..end].trim();
        if name.is_empty() {
            problems.push(fault("nothing stands between the braces"));
            return None;
        }
        if !text.is_empty() {
            parts.push(TemplatePart::Text(std::mem::take(&mut text)));
        }
        let (own, filter) = match name.split_once('|') {
            None => (name, Filter::Plain),
            Some((own, wanted)) => {
                let wanted = wanted.trim();
                let known = Filter::NAMES.iter().find(|(known, _)| *known == wanted);
                let Some((_, filter)) = known else {
                    let names = Filter::NAMES.map(|(known, _)| known);
                    problems.push(
                        Problem::configured(
                            place_of(name, raw, span),
                            format!(
                                "nothing is called `{wanted}` that could be made of a value: {}",
                                names.join(", ")
                            ),
                        )
                        .did_you_mean(wanted, names.into_iter()),
                    );
                    return None;
                };
                (own.trim(), *filter)
            }
        };
        let place = place_of(name, raw, span);
        parts.push(TemplatePart::Name(
            Located {
                value: own.to_owned(),
                span: place,
            },
            filter,
        ));
        rest = &after[end + 1..];
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(TemplatePart::Text(text));
    }
    Some(parts)
}

/// Where a name stands in the file: within the quotes, if they hold it as it is.
fn place_of(name: &str, raw: &str, span: Span) -> Span {
    match raw.find(&format!("{{{name}}}")) {
        Some(position) => Span {
            start: span.start + position + 1,
            end: span.start + position + 1 + name.len(),
        },
        None => span,
    }
}
