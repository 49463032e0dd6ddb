//! Shows problems of a configuration with the line that they are about.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use dummy_data::{Problem, Span};
use std::ops::Range;

/// The text for a terminal: for each problem the sentence, `file:line:column`, the source line with a caret,
/// and the hint. Problems without a place in the file stand as they are.
pub fn render(problems: &[Problem], file: &str, text: &str, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
    .decor_style(DecorStyle::Ascii);
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.span);
    let mut rendered = String::new();
    for problem in sorted {
        if !rendered.is_empty() {
            rendered.push('\n');
        }
        let title = match problem.span {
            Some(_) => problem.text.clone(),
            None => format!("{}: {}", problem.place, problem.text),
        };
        let mut group = Level::ERROR
            .primary_title(title.as_str())
            .elements(problem.span.map(|span| {
                Snippet::source(text)
                    .path(file)
                    .annotation(AnnotationKind::Primary.span(first_line(text, span)))
            }));
        if let Some(hint) = &problem.hint {
            group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
        }
        rendered.push_str(&renderer.render(&[group]));
        rendered.push('\n');
    }
    rendered
}

/// The part of a place that lies on its first line.
fn first_line(text: &str, span: Span) -> Range<usize> {
    let start = span.start.min(text.len());
    let end = span.end.clamp(start, text.len());
    let line = text
        .get(start..end)
        .and_then(|part| part.find('\n'))
        .map_or(end, |length| start + length);
    start..line
}
