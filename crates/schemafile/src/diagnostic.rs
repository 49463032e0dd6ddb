//! What is wrong with a user's file, and where.
//!
//! A diagnostic is one sentence, its place, and where it helps a hint for the next step. All of a
//! run are collected and shown in file order: a team that fixes a Schemafile wants the whole list.

use crate::source::{Sources, Span, to_index};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt::Write as _;

pub(crate) use nearest_name::{did_you_mean, nearest};

/// Whether the run can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// There is no schema.
    Error,
    /// The schema is what ActiveRecord would build, but something in the file has no effect.
    Warning,
}

/// One thing to tell the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the run can go on.
    pub severity: Severity,
    /// A sentence, with names in backticks.
    pub message: String,
    /// Where it is.
    pub span: Span,
    /// Places that explain it, such as the first of two definitions.
    pub(crate) related: Vec<(Span, String)>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub(crate) fn error(span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span,
            related: Vec::new(),
            hint: None,
        }
    }

    /// A warning at a place.
    pub(crate) fn warning(span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(span, message)
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a hint when there is one to give.
    #[must_use]
    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        if hint.is_some() {
            self.hint = hint;
        }
        self
    }

    /// Adds a place that explains it.
    #[must_use]
    pub(crate) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }
}

/// All diagnostics of a run with the files they speak of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    sources: Sources,
}

impl Diagnostics {
    /// Puts diagnostics in file order; of equal ones at one place, the first is kept.
    pub(crate) fn new(mut list: Vec<Diagnostic>, sources: Sources) -> Self {
        list.sort_by_key(|diagnostic| diagnostic.span);
        list.dedup_by(|later, earlier| {
            later.span == earlier.span && later.message == earlier.message
        });
        Self { list, sources }
    }

    /// Each diagnostic, in file order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.list
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Only the warnings.
    #[must_use]
    pub(crate) fn warnings(mut self) -> Self {
        self.list
            .retain(|diagnostic| diagnostic.severity == Severity::Warning);
        self
    }

    /// Path, line and column (both from 1, the column in characters) of a diagnostic of this list.
    pub fn place(&self, diagnostic: &Diagnostic) -> (&str, usize, usize) {
        let path = self
            .sources
            .file(diagnostic.span.file)
            .map_or("", |file| file.path.as_str());
        let (line, column) = self.sources.line_column(diagnostic.span);
        (path, line, column)
    }

    /// The text for a terminal: for each, the sentence, `path:line:column`, the line of the file with a
    /// caret, and the hint. Of more errors than one, the last line says how many there are.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        }
        .decor_style(DecorStyle::Ascii);
        let mut text = String::new();
        for diagnostic in &self.list {
            if !text.is_empty() {
                text.push('\n');
            }
            self.render_one(&mut text, diagnostic, &renderer);
            text.push('\n');
        }
        let errors = self
            .list
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .count();
        if errors > 1 {
            let _ = writeln!(text, "\n{errors} errors");
        }
        text
    }

    fn render_one(&self, text: &mut String, diagnostic: &Diagnostic, renderer: &Renderer) {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let Some(file) = self.sources.file(diagnostic.span.file) else {
            let _ = write!(text, "{}", diagnostic.message);
            return;
        };
        let mut snippet = Snippet::source(&file.text)
            .path(&file.path)
            .annotation(AnnotationKind::Primary.span(one_line(&file.text, diagnostic.span)));
        for (span, label) in &diagnostic.related {
            if span.file == diagnostic.span.file {
                snippet = snippet.annotation(
                    AnnotationKind::Context
                        .span(one_line(&file.text, *span))
                        .label(label.as_str()),
                );
            }
        }
        let mut group = level
            .primary_title(diagnostic.message.as_str())
            .element(snippet);
        if let Some(hint) = &diagnostic.hint {
            group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
        }
        text.push_str(&renderer.render(&[group]));
    }
}

/// The part of a place that lies on its first line: a whole heredoc under a caret helps nobody. Ends
/// between characters, whatever the place says.
fn one_line(text: &str, span: Span) -> std::ops::Range<usize> {
    let mut start = to_index(span.start).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = to_index(span.end).clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let length = text[start..end].find('\n').unwrap_or(end - start);
    start..start + length
}

/// The first line of a text, shortened: for quoting a user's code in a message.
pub(crate) fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default().trim_end();
    let mut short: String = line.chars().take(MOST).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceFile;

    #[test]
    fn shows_the_sentence_the_place_the_line_and_the_hint() {
        let mut sources = Sources::default();
        let file = sources
            .add(SourceFile::new("schema/Schemafile", "t.sting \"名前\"\n"))
            .unwrap();
        let span = Span {
            file,
            start: 2,
            end: 7,
        };
        let diagnostics = Diagnostics::new(
            vec![
                Diagnostic::error(span, "unknown column type `sting`")
                    .hint("did you mean `string`?"),
            ],
            sources,
        );
        assert_eq!(
            diagnostics.render(false),
            "\
error: unknown column type `sting`
 --> schema/Schemafile:1:3
  |
1 | t.sting \"名前\"
  |   ^^^^^
  |
  = hint: did you mean `string`?
"
        );
    }

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::default();
        let file = sources
            .add(SourceFile::new("f", "a\n\"名前\" x\n"))
            .unwrap();
        let span = Span {
            file,
            start: 11,
            end: 12,
        };
        assert_eq!(sources.line_column(span), (2, 6));
    }
}
