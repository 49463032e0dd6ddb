//! Which of Prism's errors to tell, and in which words.
//!
//! Prism goes on after an error, so most of its errors follow from the first. The one that is told is the
//! one that a person would fix: where a text begins that never ends, rather than the end of the file.

use crate::diagnostic::Diagnostic;
use crate::source::{Span, offset};
use ruby_prism::{InterpolatedStringNode, Location, ParseResult, StringNode, Visit};

/// The syntax error of a file, if it has one.
pub(super) fn error(result: &ParseResult<'_>, file: u32, text: &str) -> Option<Diagnostic> {
    let span = |location: &Location<'_>| Span {
        file,
        start: location.start().min(offset(text.len())),
        end: location.end().min(offset(text.len())),
    };
    let errors: Vec<(Span, String)> = result
        .errors()
        .map(|error| {
            let message = String::from_utf8_lossy(error.message()).into_owned();
            (span(&error.location()), message.replace('\n', " "))
        })
        .collect();
    if let Some(conflict) = merge_conflict(file, text) {
        return Some(conflict);
    }
    let (first, message) = errors.first()?;
    if let Some(missing) = missing_do(*first, text) {
        return Some(missing);
    }
    if let Some((place, message)) = errors
        .iter()
        .find(|(_, message)| message.starts_with("unterminated"))
    {
        let mut unclosed = Unclosed { first: None };
        unclosed.visit(&result.node());
        let place = unclosed.first.as_ref().map_or(*place, span);
        let what = message
            .strip_suffix(" meets end of file")
            .unwrap_or(message);
        return Some(
            Diagnostic::error(place, format!("syntax error: {what}"))
                .hint("the text that begins here has no end"),
        );
    }
    if message.starts_with("unexpected end-of-input") {
        let opening = errors
            .iter()
            .find(|(_, message)| message.starts_with("expected a block beginning with"));
        let diagnostic = Diagnostic::error(
            *first,
            "syntax error: unexpected end of the file, an `end` or a closing bracket is missing",
        );
        return Some(match opening {
            Some((opening, _)) => diagnostic.related(*opening, "what begins here isn't closed"),
            None => diagnostic,
        });
    }
    if message.ends_with("expecting end-of-input") {
        let found = text
            .get(crate::source::to_index(first.start)..crate::source::to_index(first.end))
            .unwrap_or_default();
        return Some(
            Diagnostic::error(*first, format!("syntax error: unexpected `{found}`"))
                .hint("is a comma missing before it?"),
        );
    }
    Some(Diagnostic::error(
        *first,
        format!("syntax error: {message}"),
    ))
}

/// What git leaves where two branches changed the same lines.
fn merge_conflict(file: u32, text: &str) -> Option<Diagnostic> {
    let mut start = 0;
    let mut opening = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let span = Span {
            file,
            start: offset(start),
            end: offset(start + content.len()),
        };
        if content.starts_with("<<<<<<< ") {
            opening = Some(span);
        } else if let (Some(opening), true) = (opening, content.starts_with(">>>>>>> ")) {
            return Some(
                Diagnostic::error(opening, "a merge conflict is left in the file")
                    .related(span, "it ends here")
                    .hint(
                        "choose between the two sides, and take out the lines that begin with \
                         `<<<<<<<`, `=======` and `>>>>>>>`",
                    ),
            );
        }
        start += line.len();
    }
    None
}

/// `create_table "name" |t|`, of which Prism finds fault only with the next line.
fn missing_do(place: Span, text: &str) -> Option<Diagnostic> {
    let before = text.get(..crate::source::to_index(place.start))?;
    let this_line = before.rfind('\n').map_or(0, |newline| newline + 1);
    for start in [
        this_line,
        text[..this_line.saturating_sub(1)]
            .rfind('\n')
            .map_or(0, |newline| newline + 1),
    ] {
        let line = text[start..].lines().next()?.trim_end();
        let Some(opening) = line.strip_suffix('|').and_then(|rest| rest.rfind('|')) else {
            continue;
        };
        let call = line[..opening].trim_end();
        if call.ends_with("do") || call.ends_with('{') || call.ends_with('|') {
            continue;
        }
        let span = Span {
            file: place.file,
            start: offset(start + opening),
            end: offset(start + line.len()),
        };
        return Some(
            Diagnostic::error(span, "syntax error: a block begins with `do`")
                .hint(format!("write `do {}`", &line[opening..])),
        );
    }
    None
}

/// Looks for the first text that isn't closed.
struct Unclosed<'pr> {
    first: Option<Location<'pr>>,
}

impl<'pr> Unclosed<'pr> {
    fn note(&mut self, opening: Option<Location<'pr>>, closing: Option<Location<'pr>>) {
        let closed = closing.is_some_and(|closing| closing.end() > closing.start());
        if let (Some(opening), false, None) = (opening, closed, &self.first) {
            self.first = Some(opening);
        }
    }
}

impl<'pr> Visit<'pr> for Unclosed<'pr> {
    fn visit_string_node(&mut self, node: &StringNode<'pr>) {
        self.note(node.opening_loc(), node.closing_loc());
    }

    fn visit_interpolated_string_node(&mut self, node: &InterpolatedStringNode<'pr>) {
        self.note(node.opening_loc(), node.closing_loc());
        ruby_prism::visit_interpolated_string_node(self, node);
    }
}
